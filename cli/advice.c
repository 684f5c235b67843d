/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advice on standard error, by case. */
#include "cli/advice.h"

#include "base/complain.h"
#include "cli/clean.h"
#include "explain/inquiry.h"

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
		remark("The kernel killed %ld time%s since this machine booted; the log of it "
		       "is gone from\nthis source: try journalctl -k, or /var/log/kern.log.\n",
			kills, kills == 1 ? "" : "s");
}

void advise_nothing_found(const char *name, const struct source_facts *facts, bool kmsg)
{
	bool standard = strcmp(name, "-") == 0;
	const char *what = standard ? "standard input" : clean_name(name);

	if (facts->bytes == 0) {
		remark("oomwhy: %s is empty.\n", what);
		if (standard)
			remark("If dmesg printed nothing, try: sudo dmesg | oomwhy, or "
			       "journalctl -k | oomwhy\n");
		return;
	}
	if (facts->image) {
		warn("%s is a program, not the text of a log", what);
		return;
	}
	if (facts->binary) {
		warn("%s is binary data, not the text of a log", what);
		return;
	}
	remark("oomwhy: no report of refused memory in %s (%" PRIu64 " lines).\n", what,
		facts->lines);
	if (standard || kmsg) {
		remark("Before the last reboot: journalctl -k -b -1 | oomwhy. From the "
		       "log files: oomwhy /var/log/kern.log\n");
		say_kills();
	}
}

void advise_newest_first(const char *shown)
{
	remark("oomwhy: %s has its newest line first, and no report can be read backwards.\n"
	       "Try journalctl without -r, or tac FILE | oomwhy\n",
		shown);
}

void advise_nothing_in_files(
	const char *name, size_t files, const struct source_facts *facts)
{
	const char *what = strcmp(name, "-") == 0 ? "standard input" : clean_name(name);

	if (files == 0)
		remark("oomwhy: there is no kernel log in %s.\n", what);
	else
		remark("oomwhy: no report of refused memory in %s (%zu file%s, %" PRIu64
		       " lines).\n",
			what, files, files == 1 ? "" : "s", facts->lines);
}

void advise_vmcore(const char *file, const char *shown, enum magic_kind kind)
{
	const char *name = "FILE";

	/* A name goes into a command only if no shell can take it for more. */
	if (file && safe_in_command(slice_of(file)))
		name = file;
	if (kind == MAGIC_KDUMP_FLAT)
		warn("%s is a memory image (a vmcore as makedumpfile sends it through a "
		     "pipe), not the text of a log. Its log: makedumpfile -R vmcore.whole "
		     "<%s && makedumpfile --dump-dmesg vmcore.whole dmesg.txt",
			shown, name);
	else if (kind == MAGIC_KDUMP)
		warn("%s is a memory image (a vmcore that makedumpfile wrote), not the text "
		     "of a log. Its log: makedumpfile --dump-dmesg %s dmesg.txt",
			shown, name);
	else
		warn("%s is a memory image (an ELF core), not the text of a log. If it is a "
		     "vmcore, its log: vmcore-dmesg %s >dmesg.txt",
			shown, name);
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
