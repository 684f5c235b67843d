/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one table of options: parser, --help, completions and manual come from it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/boots.h"
#include "cli/select.h"
#include "explain/explain.h"

enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

enum { MOST_WHAT_IFS = 32 };

struct options {
	const char *format;
	enum colour_choice colour;
	const char *output; /* NULL: standard output */
	const char *wiki_url;
	const char *why_not;
	struct what_if what_ifs[MOST_WHAT_IFS];
	size_t what_if_count;
	struct selectors selectors;
	struct boot_choice boot;
	long width;                 /* 0: as wide as the terminal, 80 at the most */
	long jobs;                  /* files read side by side; 0: as is worth it */
	long event;                 /* 0: all */
	const char *anonymized_log; /* a file to create, or NULL */
	bool last, full, quiet, follow, journal, dedupe;
	bool anonymize, no_sandbox;
	bool help, version, anchors, completion_data;
	char **files; /* what is left of the command line */
	int file_count;
};

struct option_row {
	const char *name;
	char letter;          /* 0: none */
	const char *argument; /* what --help calls it; NULL: takes none */
	const char *choices;  /* "auto,always,never"; "pages", "causes", or NULL */
	const char *help;
	bool hidden;
	/* Takes the argument (or NULL); false when it is of no use. */
	bool (*set)(struct options *options, const char *argument);
};

extern const struct option_row option_rows[];
extern const size_t option_count;

/* A word in the first place that is a command. */
struct command_row {
	const char *name, *argument, *choices, *help;
	int (*run)(int argc, char **argv);
};
extern const struct command_row command_rows[];
extern const size_t command_count;

/* Parse the command line. Returns false after a message on wrong usage. */
bool options_parse(struct options *options, int argc, char **argv);
void print_help(void);
/* One line an option, command and page, for completions and `make docs`. */
void print_completion_data(void);

#endif
