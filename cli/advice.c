/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advice on standard error, by case. */
#include "cli/advice.h"

#include "base/complain.h"
#include "cli/clean.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many the kernel killed since boot (/proc/vmstat, 4.13+); 0 when not told. */
static long kills_since_boot(void)
{
	FILE *f = fopen("/proc/vmstat", "re");
	char line[128];
	long kills = 0;

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "oom_kill ", 9) == 0)
			kills = strtol(line + 9, NULL, 10);
	fclose(f);
	return kills;
}

static void say_kills(void)
{
	long kills = kills_since_boot();

	if (kills > 0)
		fprintf(stderr,
			"The kernel killed %ld time%s since this machine booted; the log of it "
			"is gone from\nthis source: try journalctl -k, or /var/log/kern.log.\n",
			kills, kills == 1 ? "" : "s");
}

void advise_nothing_found(const char *name, const struct source_facts *facts, bool kmsg)
{
	bool standard = strcmp(name, "-") == 0;
	const char *what = standard ? "standard input" : clean_name(name);

	if (facts->compressed) {
		warn("%s is compressed (%s): decompress it first, as in "
		     "zcat FILE | oomwhy",
			what, facts->compressed);
		return;
	}
	if (facts->bytes == 0) {
		fprintf(stderr, "oomwhy: %s is empty.\n", what);
		if (standard)
			fputs("If dmesg printed nothing, try: sudo dmesg | oomwhy, or "
			      "journalctl -k | oomwhy\n",
				stderr);
		return;
	}
	if (facts->image) {
		warn("%s is a program or a memory image, not the text of a log. The log "
		     "of a vmcore: vmcore-dmesg FILE, or makedumpfile --dump-dmesg",
			what);
		return;
	}
	if (facts->binary) {
		warn("%s is binary data, not the text of a log", what);
		return;
	}
	fprintf(stderr,
		"oomwhy: no report of refused memory in %s (%" PRIu64 " lines).\n",
		what, facts->lines);
	if (standard || kmsg) {
		fputs("Before the last reboot: journalctl -k -b -1 | oomwhy. From the "
		      "log files: oomwhy /var/log/kern.log\n",
			stderr);
		say_kills();
	}
}

void advise_forbidden(int error)
{
	if (error == EPERM || error == EACCES) {
		warn("this user may not read the kernel's log (kernel.dmesg_restrict). "
		     "Try: sudo oomwhy, or sudo dmesg | oomwhy, or journalctl -k | oomwhy");
		return;
	}
	warn("cannot open /dev/kmsg: %s. Name a log file, or try: dmesg | oomwhy",
		strerror(error));
}
