/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where names stand in the lines of a report: of processes, cgroups, hardware. */
#ifndef PARSERS_NAMES_H
#define PARSERS_NAMES_H

#include "parsers/patterns.h"

enum name_class {
	NAME_PROCESS,
	NAME_CGROUP, /* a path */
	NAME_CPUSET, /* the last part of a cgroup's path */
	NAME_HARDWARE,
	NAME_COMMAND /* a command line, as earlyoom prints it */
};

struct name_place {
	size_t at, n;
	enum name_class class;
};

enum { MOST_NAMES = 16 };

/* Goes through an event's lines in their order. */
struct names_reader {
	struct pattern_set *patterns;
	const struct oom_event *event;
	size_t next_task, next_slab; /* the rows that come next */
};

/* The names in the line, by position: in order, without overlap. Returns their number.
 * `*shaped` says whether the line is of a kind whose names stand at known places. */
size_t names_in_line(struct names_reader *reader, const struct event_line *line,
	struct name_place places[MOST_NAMES], bool *shaped);

#endif
