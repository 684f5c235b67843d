/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A crash loop told once: events alike in kind, cause, target and victim. */
#ifndef CLI_REPEATS_H
#define CLI_REPEATS_H

#include "cli/format.h"

struct groups;

/* Shows the event of a group; the repeats are valid during the call. */
typedef void show_group(
	const struct explanation *x, const struct repeats *repeats, void *context);

/* With `following` a group is shown when it begins and whenever its count has grown
 * tenfold, because the end may never come; otherwise at the end. */
struct groups *groups_new(bool following, show_group *show, void *context);
void groups_free(struct groups *groups);

/* Take an event, its explanation and their memory. One event a group is kept: the
 * newest of those that lack least. The number of groups and their memory are bounded:
 * then the group that has been silent longest is shown and forgotten. */
void groups_take(struct groups *groups, struct oom_event *event, struct explanation *x);
/* Show what was not shown yet, in the order in which the groups began. */
void groups_end(struct groups *groups);

/* "the same cgroup met the same limit 412 times in 3 h, about every 26 s" */
void repeats_words(
	struct text *t, const struct explanation *x, const struct repeats *repeats);

#endif
