/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mem-Info lines that two reports of one machine printed at the same time.
 *
 * Without caller ids nothing on a line says whose it is. But both reports print the
 * same kinds of lines in the same order, so who is ahead of the other prints a kind
 * first: between two places where they are level, one of them leads. Who leads is known
 * where one of them had begun before, or goes on to what only it prints. Where it is not
 * known, a line that says the same in both belongs to both, and any other to neither. */
#ifndef PARSERS_BRAID_H
#define PARSERS_BRAID_H

#include "base/arena.h"
#include "parsers/patterns.h"

enum { BRAID_LINES = 4000, BRAID_EITHER = -1 };

struct braid_line {
	const struct pattern *pattern;
	struct record record;     /* its text lives in the braid's arena */
	struct captures captures; /* into that text */
	uint64_t key;             /* of its kind: the row, the node, the zone */
	int owner;                /* 0, 1 or BRAID_EITHER */
	size_t pair;              /* the line of the same kind of the other report, or
				   * SIZE_MAX */
	bool second;              /* the later one of its pair */
	bool given;               /* read into its report before the braid began */
};

struct braid {
	struct arena *arena;
	struct braid_line *lines;
	size_t count, room;
	size_t past_at[2]; /* the line before which a report was past Mem-Info, or
			    * SIZE_MAX */
	bool lossy;        /* lines were lost, or more than two reports were mixed */
};

/* A new braid without lines; braid_free() gives it back, NULL included. */
struct braid *braid_new(void);
void braid_free(struct braid *braid);

/* What tells a line of Mem-Info from the others of the same report. */
uint64_t braid_key(const struct pattern *pattern, const struct captures *captures);
/* Whether it is a line of which two reports print the same kinds in the same order. */
bool braid_takes(const struct pattern *pattern);

/* One more line, copied. */
void braid_add(struct braid *braid, const struct pattern *pattern,
	const struct record *record, const struct captures *captures);
/* A line that report `owner` had taken before the other one began. */
void braid_given(struct braid *braid, uint64_t key, int owner);
/* Report `member` has gone on to what follows Mem-Info. */
void braid_past(struct braid *braid, int member);

/* Find the owner and the pair of each line. `none`: the report (0, 1) that is known to
 * have printed no Mem-Info, else BRAID_EITHER. Returns false where the lines fit no two
 * reports: then none of them says anything. */
bool braid_solve(struct braid *braid, int none);

/* The words that two lines of one kind have in common, number by number; in the
 * braid's arena. */
struct slice braid_common(struct braid *braid, struct slice x, struct slice y);

#endif
