/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `oomwhy live`: its options, what it reads, and what it needs of the terminal. */
#include "base/complain.h"
#include "cli/advice.h"
#include "cli/built.h"
#include "cli/clean.h"
#include "cli/live/live.h"
#include "cli/live/loop.h"
#include "cli/live/steady.h"
#include "cli/live/terminal.h"
#include "cli/sandbox.h"

#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct choices {
	const char *file, *script, *root;
	enum theme theme;
	bool theme_told, lock, journal;
	const char *colour;
	int rows, columns;
};

static bool parse(struct choices *c, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "journal", no_argument, NULL, 'j' },
		{ "lock", no_argument, NULL, 'l' },
		{ "theme", required_argument, NULL, 't' },
		{ "color", required_argument, NULL, 'c' },
#ifdef OOMWHY_TEST
		{ "script", required_argument, NULL, 's' },
		{ "root", required_argument, NULL, 'r' },
#endif
		{ 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (option == 'l') {
			c->lock = true;
		} else if (option == 'j') {
			c->journal = true;
		} else if (option == 't') {
			c->theme_told = true;
			if (!theme_named(optarg, &c->theme)) {
				warn("live: --theme takes dark, light or none");
				return false;
			}
		} else if (option == 'c') {
			c->colour = optarg;
			if (strcmp(optarg, "auto") != 0 &&
				strcmp(optarg, "always") != 0 &&
				strcmp(optarg, "never") != 0) {
				warn("live: --color takes auto, always or never");
				return false;
			}
		} else if (option == 's') {
			c->script = optarg;
		} else if (option == 'r') {
			c->root = optarg;
		} else {
			warn("live: %s: %s\nTry 'oomwhy --help'.",
				clean_name(argv[optind - 1]),
				option == ':' ? "this option needs an argument"
					      : "there is no such option");
			return false;
		}
	}
	if (argc - optind > (c->journal ? 0 : 1)) {
		warn("live takes one file, or --journal: oomwhy live [--journal | FILE]");
		return false;
	}
	c->file = argv[optind];
	return true;
}

/* Colours by the rules of --color, and those for a light background where the terminal
 * tells that it has one ("COLORFGBG=0;15"). */
static enum theme theme_of(const struct choices *c)
{
	const char *off = getenv("NO_COLOR"), *term = getenv("TERM");
	const char *ground = getenv("COLORFGBG"), *last;
	bool colour = !(off && *off) && term && strcmp(term, "dumb") != 0;

	if (c->colour && strcmp(c->colour, "auto") != 0)
		colour = strcmp(c->colour, "always") == 0;
	if (!colour)
		return THEME_NONE;
	if (c->theme_told)
		return c->theme;
	last = ground ? strrchr(ground, ';') : NULL;
	return last && (strcmp(last, ";7") == 0 || strcmp(last, ";15") == 0)
		       ? THEME_LIGHT
		       : THEME_DARK;
}

static void take(struct oom_event *event, void *context)
{
	live_take(context, event);
}

static void print(struct oom_event *event, void *context)
{
	struct output *out = context;

	out->event++;
	format_text.event(out, explain(event));
	event_free(event);
}

static struct follow *open_source(const struct choices *c, struct assembler *assembler)
{
	int error;
	const char *why;
	struct follow *follow;

	if (c->journal) {
		follow = follow_journal(assembler, &why);
		if (!follow)
			warn("cannot read the journal: %s", why);
		return follow;
	}
	follow = follow_open(c->file, assembler, &error);
	if (!follow && c->file)
		warn("cannot open %s: %s", clean_name(c->file), strerror(error));
	else if (!follow)
		advise_forbidden(error);
	return follow;
}

/* Before the first byte of a log is read. Everything may still be read: the two screens
 * of the machine need all of /proc and the cgroups, which may be mounted anywhere; but no
 * program is started, no socket opened, and only the working directory written to (`y`). */
static void give_up_rights(void)
{
	static const char *const everything[] = { "/" }, *const here[] = { "./event" };
	struct sandbox_paths paths = {
		.read = everything, .read_count = 1, .write = here, .write_count = 1
	};

	tzset();
	sandbox_enter(&paths);
}

/* What the terminal cannot show on a screen it gets line by line. */
static int run_lines(const struct choices *c, const char *lacks)
{
	struct output out = { .to = stdout, .width = 80, .wiki_url = OOMWHY_WIKI_URL };
	struct assembler *assembler = assembler_new(print, &out);
	struct follow *follow = open_source(c, assembler);
	int number = 0;

	if (follow) {
		fprintf(stderr,
			"oomwhy: this terminal %s: each event is printed; Ctrl-C ends\n",
			lacks);
		give_up_rights();
		number = loop_lines(follow);
	}
	follow_close(follow);
	assembler_free(assembler);
	text_free(&out.buffer);
	if (number) {
		signal(number, SIG_DFL);
		raise(number);
	}
	return complained() ? EXIT_TROUBLE : EXIT_FOUND;
}

static void set_up(struct live *live, const struct choices *c)
{
	static char host[256];

	live->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	live->source = c->journal ? "journal" : (c->file ? c->file : "/dev/kmsg");
	live->state = "reading";
	live->present.root = c->root;
	live->wiki_url = getenv("OOMWHY_WIKI_URL");
	if (!live->wiki_url || !*live->wiki_url)
		live->wiki_url = OOMWHY_WIKI_URL;
	/* A file may come from anywhere; the kernel's log is this machine's. */
	if (!c->file && gethostname(host, sizeof(host) - 1) == 0 &&
		strcmp(host, "(none)") != 0)
		live->host = host;
}

static int run(const struct choices *c)
{
	struct live *live = must_alloc(sizeof(*live));
	struct assembler *assembler = assembler_new(take, live);
	struct follow *follow = open_source(c, assembler);
	const char *unlocked;
	int rows, columns, number = 0, status = EXIT_FOUND;

	set_up(live, c);
	if (follow && c->script) {
#ifdef OOMWHY_TEST
		if (!terminal_open_nowhere(theme_of(c), 24, 80))
			die("cannot open a terminal for the script");
		live_begin(live, 24, 80);
		status = script_run(live, follow, c->script);
		terminal_close();
#endif
	} else if (follow) {
		unlocked = steady_begin(c->lock);
		if (!terminal_open(theme_of(c)))
			die("cannot use this terminal (TERM=%s)",
				clean_name(getenv("TERM") ? getenv("TERM") : ""));
		terminal_size(&rows, &columns);
		live_begin(live, rows, columns);
		give_up_rights();
		if (unlocked)
			live_say(live, "Memory is not locked: %s.", unlocked);
		number = loop_run(live, follow, !c->file);
		terminal_close();
	}
	follow_close(follow);
	assembler_free(assembler);
	live_free(live);
	free(live);
	if (number) {
		/* Whoever waits for us sees what ended us. */
		signal(number, SIG_DFL);
		raise(number);
	}
	return complained() ? EXIT_TROUBLE : status;
}

int live_main(int argc, char **argv)
{
	struct choices choices = { 0 };
	const char *lacks;

	if (!parse(&choices, argc, argv))
		return EXIT_TROUBLE;
	if (choices.script)
		return run(&choices);
	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		warn("live needs a terminal for standard input and output; for a pipe: "
		     "oomwhy --follow");
		return EXIT_TROUBLE;
	}
	lacks = terminal_lacks();
	return lacks ? run_lines(&choices, lacks) : run(&choices);
}
