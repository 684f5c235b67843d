/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options and commands, a row each. */
#include "cli/options.h"

#include "base/complain.h"
#include "cli/clean.h"
#include "cli/decode_gfp.h"
#include "cli/format.h"
#include "cli/live/live.h"
#include "cli/now.h"
#include "cli/places.h"
#include "cli/wiki.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static bool set_json(struct options *o, const char *argument)
{
	(void)argument;
	o->format = "json";
	return true;
}

static bool set_list(struct options *o, const char *argument)
{
	(void)argument;
	o->format = "list";
	return true;
}

static bool set_format(struct options *o, const char *argument)
{
	o->format = argument;
	return format_named(argument) != NULL;
}

static bool set_colour(struct options *o, const char *argument)
{
	static const char *const choices[] = { "auto", "always", "never" };

	for (int i = 0; i < 3; i++) {
		if (strcmp(argument, choices[i]) == 0) {
			o->colour = (enum colour_choice)i;
			return true;
		}
	}
	return false;
}

static bool number(const char *argument, long least, long most, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(argument, &end, 10);
	return errno == 0 && end != argument && *end == '\0' && *value >= least &&
	       *value <= most;
}

static bool set_width(struct options *o, const char *argument)
{
	return number(argument, 40, 400, &o->width);
}

static bool set_event(struct options *o, const char *argument)
{
	return number(argument, 1, 1000000000, &o->event);
}

static bool set_jobs(struct options *o, const char *argument)
{
	return number(argument, 1, 256, &o->jobs);
}

static bool set_output(struct options *o, const char *argument)
{
	o->output = argument;
	return *argument != '\0';
}

static bool set_wiki_url(struct options *o, const char *argument)
{
	o->wiki_url = argument;
	return true;
}

static bool set_why_not(struct options *o, const char *argument)
{
	o->why_not = argument;
	return cause_title(argument) != NULL;
}

/* "oom_score_adj:NAME|PID=N" */
static bool set_what_if(struct options *o, const char *argument)
{
	struct slice rest = slice_of(argument), number;
	size_t equals = slice_find_last(rest, "=");
	struct what_if *question = &o->what_ifs[o->what_if_count];

	if (equals == SLICE_NONE || o->what_if_count == MOST_WHAT_IFS)
		return false;
	number = slice_from(rest, equals + 1);
	rest = slice_first(rest, equals);
	if (!slice_take(&rest, "oom_score_adj:") || rest.n == 0 ||
		!slice_take_int(&number, &question->oom_score_adj) || number.n > 0 ||
		question->oom_score_adj < -1000 || question->oom_score_adj > 1000)
		return false;
	question->name = rest;
	o->what_if_count++;
	return true;
}

#define FLAG(name)                                                                     \
	static bool set_##name(struct options *o, const char *argument)                \
	{                                                                              \
		(void)argument;                                                        \
		o->name = true;                                                        \
		return true;                                                           \
	}
FLAG(last)
FLAG(full)
FLAG(quiet)
FLAG(follow)
FLAG(journal)
FLAG(no_sandbox)
FLAG(dedupe)
FLAG(anonymize)
FLAG(help)
FLAG(version)
FLAG(anchors)
FLAG(completion_data)

static bool set_anonymized_log(struct options *o, const char *argument)
{
	o->anonymize = true;
	o->anonymized_log = argument;
	return *argument != '\0';
}

#define SELECTOR(name)                                                                 \
	static bool set_##name(struct options *o, const char *argument)                \
	{                                                                              \
		return select_add(&o->selectors, #name, argument);                     \
	}
SELECTOR(since)
SELECTOR(until)
SELECTOR(host)
SELECTOR(cgroup)
SELECTOR(comm)
SELECTOR(kind)
SELECTOR(cause)

static bool set_boot(struct options *o, const char *argument)
{
	return boot_choice_read(&o->boot, argument);
}

const struct option_row option_rows[] = {
	{ "json", 0, NULL, NULL,
		"NDJSON, one object an event; the same as --format=json", false,
		set_json },
	{ "format", 0, "FORMAT", "text,json,list",
		"the form of the output: text, json, list", false, set_format },
	{ "list", 'l', NULL, NULL, "one line an event, for grep", false, set_list },
	{ "full", 0, NULL, NULL,
		"append the zones, the whole ledger, the ranking of victims, the tasks and "
		"the report's own lines",
		false, set_full },
	{ "quiet", 'q', NULL, NULL, "print nothing; the exit status tells", false,
		set_quiet },
	{ "since", 0, "TIME", NULL,
		"only events that began at TIME or later: " MOMENT_FORMS, false,
		set_since },
	{ "until", 0, "TIME", NULL, "only events that began at TIME or before", false,
		set_until },
	{ "boot", 0, "BOOT", NULL,
		"only events of this boot: an id, 0 for the last of the input, -1 for the "
		"one before, 1 for the first",
		false, set_boot },
	{ "host", 0, "GLOB", NULL, "only events of hosts with such a name (*, ?)",
		false, set_host },
	{ "cgroup", 0, "GLOB", NULL,
		"only events of this cgroup and those below it; * and ? stay within a "
		"part of the path, and a GLOB without / is the name of any part",
		false, set_cgroup },
	{ "comm", 0, "GLOB", NULL,
		"only events in which a process of such a name (*, ?) asked or was killed",
		false, set_comm },
	{ "kind", 0, "KIND", KIND_CHOICES, "only events of this kind: " KIND_WORDS,
		false, set_kind },
	{ "cause", 0, "CAUSE", "causes", "only events of this cause", false,
		set_cause },
	{ "event", 0, "N", NULL, "only the Nth event of those selected", false,
		set_event },
	{ "last", 0, NULL, NULL, "only the last event of those selected", false,
		set_last },
	{ "journal", 0, NULL, NULL,
		"read this machine's journal, of all its boots, before any FILE", false,
		set_journal },
	{ "dedupe", 0, NULL, NULL,
		"show events of one kind, cause, cgroup and victim once, with their count, "
		"first, last and rate",
		false, set_dedupe },
	{ "anonymize", 0, NULL, NULL,
		"replace the names of processes, cgroups, hosts and files, the same name by "
		"the same pseudonym; numbers stay",
		false, set_anonymize },
	{ "anonymized-log", 0, "FILE", NULL,
		"the same, and write the events' own lines so changed to FILE, for a bug "
		"report; FILE must not exist",
		false, set_anonymized_log },
	{ "jobs", 'j', "N", NULL,
		"read N files side by side, with the same output (default: the number of "
		"processors where there is much to read, 16 at most)",
		false, set_jobs },
	{ "follow", 'f', NULL, NULL,
		"go on reading files that grow, are rotated, or are not there yet; an event "
		"is told when it is complete, after a second of silence at the latest",
		false, set_follow },
	{ "why-not", 0, "CAUSE", "causes", "say why CAUSE is not the cause", false,
		set_why_not },
	{ "what-if", 0, "oom_score_adj:NAME|PID=N", NULL,
		"say who would have died with another oom_score_adj; may be repeated, all hold together",
		false, set_what_if },
	{ "output", 0, "FILE", NULL,
		"append to FILE instead of writing to standard output, each event with one "
		"write",
		false, set_output },
	{ "width", 0, "N", NULL,
		"columns of prose, 40 to 400 (default 80, or the terminal's)", false,
		set_width },
	{ "color", 0, "WHEN", "auto,always,never",
		"colour: auto (on a terminal, unless NO_COLOR is set), always, never",
		false, set_colour },
	{ "wiki-url", 0, "URL", NULL,
		"link to pages below URL instead of the installed ones (OOMWHY_WIKI_URL)",
		false, set_wiki_url },
	{ "no-sandbox", 0, NULL, NULL,
		"keep the right to start programs, open sockets and read other files, "
		"for kernels on which the sandbox is in the way",
		false, set_no_sandbox },
	{ "anchors", 0, NULL, NULL, "print the literals by which reports are found",
		false, set_anchors },
	{ "completion-data", 0, NULL, NULL, "for completions and the manual", true,
		set_completion_data },
	{ "help", 'h', NULL, NULL, "this list of options", false, set_help },
	{ "version", 'V', NULL, NULL, "version and features", false, set_version },
};
const size_t option_count = sizeof(option_rows) / sizeof(*option_rows);

const struct command_row command_rows[] = {
	{ "live", "[--journal] [--lock] [--theme THEME] [--color WHEN] [FILE]", NULL,
		"follow the kernel log, the journal or a file on a screen with keys",
		live_main },
	{ "wiki", "[PAGE]", "pages", "list the pages of the wiki, or show one",
		wiki_main },
	{ "decode-gfp", "MASK [--kernel VERSION]", NULL,
		"name the flags of a gfp mask, and the zones it may use",
		decode_gfp_main },
	{ "now", "[--json] [--seconds N] [--request GFP:ORDER] [--root DIR]", NULL,
		"judge this machine as it is now: what a request for memory would meet, which "
		"limits are near, who would be killed",
		now_main },
};
const size_t command_count = sizeof(command_rows) / sizeof(*command_rows);

enum { LONG_ONLY = 256, MAX_OPTIONS = 64 };

/* The cause whose name is nearest, or NULL: the shortest that holds it, such as
 * memcg-limit for memcg, else one that is spelt alike. */
static const char *cause_nearest(const char *name)
{
	const struct page *page = wiki_nearest(name);
	const char *best = NULL;

	for (size_t i = 0; strlen(name) >= 3 && cause_slug(i); i++)
		if (strstr(cause_slug(i), name) &&
			(!best || strlen(cause_slug(i)) < strlen(best)))
			best = cause_slug(i);
	if (best)
		return best;

	return page && cause_title(page->name) ? page->name : NULL;
}

static void refuse(const struct option_row *o, const char *argument)
{
	bool cause = o->choices && strcmp(o->choices, "causes") == 0;
	const char *near = cause ? cause_nearest(argument) : NULL;

	if (near)
		warn("--%s: there is no cause %s; the nearest is %s ('oomwhy wiki' lists "
		     "them)",
			o->name, clean_name(argument), near);
	else if (cause)
		warn("--%s: there is no cause %s ('oomwhy wiki' lists them)", o->name,
			clean_name(argument));
	else
		warn("--%s does not take %s (%s)\nTry 'oomwhy --help'.", o->name,
			*argument ? clean_name(argument) : "an empty argument",
			o->help);
}

/* Standard input can be read once: where `-` stands again, nothing is left of it. */
static void take_files(struct options *options, char **files, int count)
{
	bool standard = false;

	options->files = files;
	for (int i = 0; i < count; i++) {
		bool dash = strcmp(files[i], "-") == 0;

		if (!dash || !standard)
			files[options->file_count++] = files[i];
		standard |= dash;
	}
}

bool options_parse(struct options *options, int argc, char **argv)
{
	struct option longs[MAX_OPTIONS] = { 0 };
	char shorts[2 * MAX_OPTIONS + 2] = ":";
	size_t n = 1;
	int c;

	_Static_assert(sizeof(option_rows) / sizeof(*option_rows) < MAX_OPTIONS,
		"room for every option");
	for (size_t i = 0; i < option_count; i++) {
		longs[i] = (struct option){ option_rows[i].name,
			option_rows[i].argument ? required_argument : no_argument, NULL,
			LONG_ONLY + (int)i };
		if (option_rows[i].letter)
			shorts[n++] = option_rows[i].letter;
		if (option_rows[i].letter && option_rows[i].argument)
			shorts[n++] = ':';
	}
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		size_t row = SIZE_MAX;

		if (c >= LONG_ONLY)
			row = (size_t)(c - LONG_ONLY);
		for (size_t i = 0; i < option_count && row == SIZE_MAX; i++)
			if (c == option_rows[i].letter && c != 0)
				row = i;
		if (c == ':' || c == '?' || row == SIZE_MAX) {
			warn("%s: %s\nTry 'oomwhy --help'.",
				clean_name(argv[optind - 1]),
				c == ':' ? "this option needs an argument"
					 : "there is no such option");
			return false;
		}
		if (!option_rows[row].set(options, optarg)) {
			refuse(&option_rows[row], optarg);
			return false;
		}
	}
	take_files(options, argv + optind, argc - optind);
	return true;
}

/* What a row says, below its name and within a terminal of 80 columns. */
static void print_row_help(const char *help)
{
	enum { INDENT = 8, WIDTH = 79 };
	struct slice rest = slice_of(help), word;
	size_t column = 0;

	while (slice_take_word(&rest, &word)) {
		if (column == 0 || column + 1 + word.n > WIDTH) {
			printf("%s%*s", column == 0 ? "" : "\n", INDENT, "");
			column = INDENT;
		} else {
			putchar(' ');
			column++;
		}
		printf("%.*s", SLICE_ARG(word));
		column += word.n;
	}
	putchar('\n');
}

void print_help(void)
{
	puts("Usage: oomwhy [OPTION]... [FILE]...\n"
	     "       dmesg | oomwhy\n"
	     "\n"
	     "Explain why the kernel refused memory: every event in FILE, or in standard\n"
	     "input (also as -), or in this machine's kernel log. Oldest first, each as\n"
	     "soon as it is complete.\n"
	     "\n"
	     "Commands, as the first word:");
	for (size_t i = 0; i < command_count; i++) {
		printf("  %s %s\n", command_rows[i].name, command_rows[i].argument);
		print_row_help(command_rows[i].help);
	}
	puts("\nOptions:");
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *o = &option_rows[i];

		if (o->hidden)
			continue;
		if (o->letter)
			printf("  -%c, --%s", o->letter, o->name);
		else
			printf("      --%s", o->name);
		if (o->argument)
			printf("=%s", o->argument);
		putchar('\n');
		print_row_help(o->help);
	}
	puts("\nExit status: 0 an event was explained, 1 none was found, 2 trouble.");
}

void print_completion_data(void)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *o = &option_rows[i];

		if (o->hidden)
			continue;
		printf("option\t%s\t%c\t%s\t%s\t%s\n", o->name,
			o->letter ? o->letter : '-', o->argument ? o->argument : "-",
			o->choices ? o->choices : "-", o->help);
	}
	for (size_t i = 0; i < command_count; i++)
		printf("command\t%s\t%s\t%s\t%s\n", command_rows[i].name,
			command_rows[i].argument,
			command_rows[i].choices ? command_rows[i].choices : "-",
			command_rows[i].help);
	for (size_t i = 0; cause_slug(i); i++)
		printf("cause\t%s\t%s\n", cause_slug(i), cause_title(cause_slug(i)));
	for (size_t i = 0; wiki_pages[i].name; i++)
		printf("page\t%s\t%.*s\n", wiki_pages[i].name,
			SLICE_ARG(wiki_title(&wiki_pages[i])));
	for (size_t i = 0; i < place_count; i++)
		printf("place\t%s\t%s\n", places[i].pattern, places[i].what);
	live_print_keys();
}
