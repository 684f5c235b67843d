/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where kernel logs lie in what customers send, and how rotated logs are named. */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H

#include "base/slice.h"

struct place {
	const char
		*pattern; /* fnmatch(3), within the tree's root; '/' is not matched */
	const char *what;
};
extern const struct place places[];
extern const size_t place_count;

/* Whether a file of that path, within the root of a tree, is a place. */
bool place_is(const char *path);
/* Whether places may lie below that directory ("" is the root). */
bool place_below(const char *directory);

/* A directory that is the root of such a tree, or lies in it: the path within the tree
 * (so "" for a sosreport, "var/log" for /var/log), or NULL when nothing shows it.
 * `path` is absolute, without symbolic links. */
const char *place_root(const char *path);
/* Whether a directory of that name is the root of a report that a tool packed. */
bool place_packed(struct slice name);
/* Whether an entry of that name shows that the directory is the root of a tree. */
bool place_marks_root(const char *entry);

/* The name of a log without what rotation and compression put behind it. */
struct rotated {
	struct slice base;
	int64_t age; /* greater is older; 0: still written to */
	bool dated;  /* the age is a date, turned round */
};
struct rotated rotated_of(struct slice name);
/* Whether the log `next` goes on where `path` ends; both as paths. */
bool rotated_continues(const char *path, const char *next);
/* For sorting names: a log's files stand together, the oldest first. */
int rotated_compare(const char *a, const char *b);

#endif
