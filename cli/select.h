/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which events are meant: one row a selector. */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "cli/moment.h"
#include "explain/explain.h"

enum { MOST_SELECTORS = 64 };

struct selector_row;

/* One option with its value. */
struct selector {
	const struct selector_row *row;
	const char *words;
	struct moment moment; /* of --since and --until */
};

struct selectors {
	struct selector all[MOST_SELECTORS];
	size_t count;
};

/* Add the option `name` with its value; false when the value is of no use. */
bool select_add(struct selectors *selectors, const char *name, const char *words);

/* Whether an event is meant, as far as can be told before it is explained: several
 * values of one option mean any of them, several options all of them. What a log
 * without dates leaves open is meant; `*undated` then counts it. */
bool select_event(const struct selectors *selectors, const struct oom_event *event,
	size_t *undated);
/* Whether some selector asks for what only the explanation tells. */
bool select_needs_explanation(const struct selectors *selectors);
/* Whether the event is meant, by what only the explanation tells. */
bool select_explained(const struct selectors *selectors, const struct explanation *x);

/* The kinds of events, for completions: "oom,allocation-failure,...". */
#define KIND_WORDS   "oom, allocation-failure, overcommit-refusal, userspace-kill"
#define KIND_CHOICES "oom,allocation-failure,overcommit-refusal,userspace-kill"

/* Whether `pattern` with * (any bytes, none too) and ? (one byte) matches all of s. */
bool glob_match(struct slice pattern, struct slice s);
/* Whether `pattern` matches a cgroup's path or one above it; * stays in one part. A
 * pattern without a slash is the name of any part. */
bool glob_match_path(struct slice pattern, struct slice path);

#endif
