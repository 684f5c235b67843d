/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every kind of line that a kernel prints about refused memory, by table. */
#ifndef PARSERS_PATTERNS_H
#define PARSERS_PATTERNS_H

#include "parsers/event.h"
#include "parsers/record.h"

enum { MAX_CAPTURES = 12, MAX_SAMPLES = 8 };

/* The parts of a line that an expression picked out; a part that took no part in
 * the match has p == NULL. */
struct captures {
	struct slice part[MAX_CAPTURES];
};

/* Where a line may stand, and what it does to the event. */
enum place {
	OPENS,    /* begins a new event: somebody asked and was refused */
	HEADLESS, /* inside a report; begins one when the log lost its head */
	ENDS,     /* names the end; begins a report when the log lost the rest */
	INSIDE,   /* inside a report only */
	AFTER,    /* follows the end: the reaper, further victims */
	ALONE,    /* an event of one line */
	/* Of other programs than the kernel (notices.c): */
	LEAD,   /* what a killer says before it acts; no event without what follows */
	PART,   /* what it says while it acts */
	NOTICE, /* tells of a kill by somebody else */
	HINT    /* fits such a kill, and is nothing without one */
};

/* Whose line it may be. */
enum speaker {
	A_PROGRAM,  /* the envelope names a program other than the kernel */
	THE_KERNEL, /* it is in the kernel's log */
	ANYONE      /* a bare line */
};

/* The number that a part begins with; UNKNOWN when it took no part or has none. */
int64_t capture_number(struct slice part);

struct pattern;
/* Read one matched line into the event. */
typedef void take_line(struct oom_event *event, const struct record *record,
	const struct captures *captures);

struct pattern {
	const char *name;
	enum place place;
	enum section section;   /* which section this line proves; 0 for none */
	enum event_kind kind;   /* of the event that it opens */
	const char *literal;    /* at least four characters, in every such line */
	bool at_start;          /* the literal begins the line */
	const char *expression; /* of the line's fixed part; captured names are named */
	take_line *take;
	const char *program; /* whose line it is; NULL: the kernel's */
	const char *samples[MAX_SAMPLES];
};

extern const struct pattern pattern_rows[];
extern const size_t pattern_count;

/* Compiled expressions; each is compiled when a line first needs it. */
struct pattern_set;
struct pattern_set *pattern_set_new(void);
void pattern_set_free(struct pattern_set *set);

/* Whether a program's line stands in the kernel's log, where it wrote it itself. */
bool pattern_in_kmsg(const struct pattern *pattern);
/* The first row that the text matches among those that may stand there (inside an
 * event, or outside any), or NULL. The captures point into `text`. */
const struct pattern *pattern_match(struct pattern_set *set, struct slice text,
	bool inside, enum speaker speaker, struct captures *captures);
/* The same for a line in its plain form alone (plain_lines.h), which is whole and not a
 * piece of one (pieces.h). */
const struct pattern *pattern_match_plain(struct pattern_set *set, struct slice text,
	bool inside, enum speaker speaker, struct captures *captures);
/* The same by the expressions alone, for tests. */
const struct pattern *pattern_match_expressions(struct pattern_set *set,
	struct slice text, bool inside, enum speaker speaker,
	struct captures *captures);
/* What the expression calls a capture of the row: "process", "cgroup" (a path) or
 * "cpuset", with a digit behind it where there are several, for those that a person or
 * a company named; else NULL. */
const char *pattern_capture_name(
	struct pattern_set *set, const struct pattern *row, size_t capture);
/* The same for one row alone, for tests. */
bool pattern_matches(struct pattern_set *set, size_t row, struct slice text,
	struct captures *captures);

/* A person's regular expression (PCRE2), searched for a line at a time. Without a capital
 * letter it matches either case. A hostile one costs bounded time and memory, and then
 * does not match. NULL, and `*wrong` in words, when it is none. */
struct search;
struct search *search_new(struct slice expression, bool utf8, const char **wrong);
bool search_in(const struct search *search, struct slice line);
void search_free(struct search *search);

#endif
