/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command that looks at the machine once: its arguments, and two looks where growth
 * is to be measured. */
#include "cli/now.h"

#include "base/complain.h"
#include "cli/clean.h"
#include "parsers/gfp.h"
#include "parsers/proc.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MOST_QUESTIONS = 128, MOST_SECONDS = 3600, MOST_ORDER = 10 };

struct wanted {
	bool json;
	long seconds;
	const char *root;
	struct now_question questions[MOST_QUESTIONS];
	size_t question_count;
};

/* What is wrong with the argument, and how it is done; false. */
static bool refuse(const char *argument, const char *why)
{
	warn("now: %s: %s\nUsage: oomwhy now [--json] [--seconds N] [--request GFP:ORDER] [--root DIR]",
		clean_name(argument), why);
	return false;
}

/* "GFP_NOWAIT:3", "GFP_KERNEL|__GFP_DMA32". */
static bool take_request(struct wanted *w, const char *argument)
{
	struct slice names = slice_of(argument), order;
	size_t colon = slice_find_last(names, ":");
	struct now_question *q = &w->questions[w->question_count];
	uint64_t unnamed = 0;

	if (w->question_count == MOST_QUESTIONS)
		return false;
	q->order = 0;
	if (colon != SLICE_NONE) {
		order = slice_from(names, colon + 1);
		names = slice_first(names, colon);
		if (!slice_take_int(&order, &q->order) || order.n > 0 || q->order < 0 ||
			q->order > MOST_ORDER)
			return false;
	}
	if (names.n == 0 || !gfp_read_names(names, &q->flags, &unnamed) || unnamed)
		return false;
	w->question_count++;
	return true;
}

static bool take_seconds(struct wanted *w, const char *argument)
{
	char *end;

	errno = 0;
	w->seconds = strtol(argument, &end, 10);
	return errno == 0 && end != argument && *end == '\0' && w->seconds >= 0 &&
	       w->seconds <= MOST_SECONDS;
}

static bool take_root(struct wanted *w, const char *argument)
{
	w->root = argument;
	return true;
}

static const struct {
	const char *name, *takes;
	bool (*take)(struct wanted *w, const char *argument);
} rows[] = {
	{ "--request", "--request takes flags and an order, such as GFP_NOWAIT:3",
		take_request },
	{ "--seconds", "--seconds takes a number up to 3600", take_seconds },
	{ "--root", "--root takes a directory", take_root },
};

enum { ROWS = sizeof(rows) / sizeof(*rows) };

/* The row of "--name" or "--name=VALUE"; then `value` is behind the sign. */
static size_t row_of(const char *argument, const char **value)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct slice rest = slice_of(argument);

		*value = NULL;
		if (slice_is(rest, rows[i].name))
			return i;
		if (slice_take(&rest, rows[i].name) && slice_take(&rest, "=")) {
			*value = rest.p;
			return i;
		}
	}
	return SIZE_MAX;
}

static bool take_arguments(struct wanted *w, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value;
		size_t row;

		if (strcmp(argv[i], "--json") == 0) {
			w->json = true;
			continue;
		}
		row = row_of(argv[i], &value);
		if (row == SIZE_MAX)
			return refuse(argv[i], "there is no such argument");
		if (!value && i + 1 < argc)
			value = argv[++i];
		if (!value || !rows[row].take(w, value))
			return refuse(value ? value : argv[i], rows[row].takes);
	}
	return true;
}

/* A recorded tree: DIR/proc and DIR/sys, as in a sosreport; or the files themselves. */
static struct machine *open_recorded(const char *root)
{
	struct proc_roots roots = { .recorded = true };
	char proc[4096], cgroup[4096], sys[4096];
	struct stat st;

	if (stat(root, &st) != 0) {
		warn("cannot open %s: %s", clean_name(root), strerror(errno));
		return NULL;
	}
	snprintf(proc, sizeof(proc), "%s/proc", root);
	snprintf(cgroup, sizeof(cgroup), "%s/sys/fs/cgroup", root);
	snprintf(sys, sizeof(sys), "%s/sys", root);
	roots.proc = stat(proc, &st) == 0 ? proc : root;
	roots.cgroup = cgroup;
	roots.sys = sys;
	return machine_open(&roots);
}

int now_main(int argc, char **argv)
{
	struct wanted w = { .seconds = 1 };
	struct machine *machine;
	const struct now_answer *answer;
	struct text out = { 0 };
	struct now *now;

	if (!take_arguments(&w, argc, argv))
		return EXIT_TROUBLE;
	machine = w.root ? open_recorded(w.root) : machine_open(NULL);
	if (!machine)
		return EXIT_TROUBLE;
	machine_refresh(machine);
	for (long i = 0; i < w.seconds && !w.root; i++) {
		nanosleep(&(struct timespec){ 1, 0 }, NULL);
		machine_refresh(machine);
	}
	now = now_new();
	answer = now_judge(now, machine_state(machine), w.questions, w.question_count);
	if (answer->state->memory.zone_count == 0 && answer->ledger.entry_count == 0)
		warn("neither zoneinfo nor meminfo could be read below %s",
			w.root ? clean_name(w.root) : "/proc");
	else if (w.json)
		now_json(&out, answer);
	else
		now_text(&out, answer, strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
	text_free(&out);
	now_free(now);
	machine_close(machine);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("cannot write the output: %s", strerror(errno));
		return EXIT_TROUBLE;
	}
	return complained() ? EXIT_TROUBLE : EXIT_FOUND;
}
