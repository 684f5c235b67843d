/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other programs say: their own kills, and their notices of a kill that the kernel
 * or another program did. A kill and the notices of it are one event. */
#ifndef PARSERS_NOTICES_H
#define PARSERS_NOTICES_H

#include "parsers/assemble.h"
#include "parsers/patterns.h"

struct notices;

/* Events go to `take` in the order of their first lines. */
struct notices *notices_new(take_event *take, void *context);
void notices_free(struct notices *notices);

/* Where a line stands, as in the events. */
struct spoken_in {
	const char *file, *member; /* member may be NULL */
	uint32_t boots_before;
};
/* A program's line that this row matched. */
void notices_take(struct notices *notices, const struct pattern *pattern,
	const struct record *record, const struct captures *captures,
	const struct spoken_in *where);
/* A complete event of the kernel, which is passed on with what was said of it. */
void notices_event(struct notices *notices, struct oom_event *event);
/* The log's clock has reached this record. `oldest_open` is the first line of the oldest
 * event that the assembler still reads, UINT32_MAX when there is none. */
void notices_clock(
	struct notices *notices, const struct record *record, uint32_t oldest_open);
/* The next lines must all be seen: a killer is in the midst of what it says. */
bool notices_attend(const struct notices *notices);
/* Events wait for what may be said of them. */
bool notices_wait(const struct notices *notices);
/* Pass everything on: the end of input, or silence. */
void notices_flush(struct notices *notices);
/* A new source: what was said before is not about it. */
void notices_begin(struct notices *notices);

#endif
