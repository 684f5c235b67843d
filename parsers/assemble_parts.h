/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the assembler share: the reports that are being read.
 *
 * Functions that begin with open_ are about one such report, those with assembler_
 * about all of them, those with torn_ about a line in pieces. */
#ifndef PARSERS_ASSEMBLE_PARTS_H
#define PARSERS_ASSEMBLE_PARTS_H

#include "base/text.h"
#include "parsers/assemble.h"
#include "parsers/braid.h"
#include "parsers/notices.h"
#include "parsers/patterns.h"

enum {
	MAX_OPEN = 64, /* reports being read at once: hosts, mostly */
	MAX_RELEASES = 64,
	BOOT_COUNTERS = 64, /* hosts share one when there are more */
	LAST_KILLED = 32
};

/* The part whose bare rows are being read. */
enum table { NO_TABLE, TASK_ROWS, STAT_ROWS, SLAB_ROWS, SITE_ROWS };

struct open_event {
	struct oom_event *e;
	struct slice host, caller;
	int64_t last_uptime_usec, last_wall_usec;
	enum table table;
	bool real;              /* a trigger, a kill or the like was seen */
	bool ended;             /* its last obligatory line was seen */
	bool late_mem_info;     /* Mem-Info came behind the kill */
	bool cut;               /* the source ended within one of its lines */
	bool done;              /* complete, waits for older ones to be handed on */
	bool host_needed;       /* several hosts: a record without one is nobody's */
	uint32_t seen_at;       /* how many lines had been seen at its last own one */
	uint32_t foreign_since; /* lines of others since its last own line */
	struct text torn;       /* a line that another CPU, or a name, tore in two */
	uint32_t torn_line;
	uint32_t line_offset; /* lines of the files before, where it began */
	/* Kinds of Mem-Info lines that it has, and the lines that another report on the
	 * same machine may have printed instead (shared with that report). */
	uint64_t *keys;
	size_t key_count, key_room;
	struct braid *braid;
	bool per_cpu_mixed; /* the like for the rows of old kernels' per-CPU lists */
	bool trace_mixed;   /* frames came of which it is not known whose they are */
	bool trace_foreign; /* somebody else's trace has begun */
	int strand;         /* which of the braid's two reports it is */
	int torn_parts;     /* pieces so far of a line that a newline in a name tore */
};

struct assembler {
	struct notices *notices; /* where complete events go */
	struct pattern_set *patterns;
	struct open_event open[MAX_OPEN];
	size_t count;
	const char *file, *member;
	uint32_t lines_seen;
	uint32_t records; /* the same without beginning anew */
	/* Of the "Linux version" lines, by host. */
	struct {
		bool seen;
		char host[64], release[128];
	} releases[MAX_RELEASES];
	size_t next_release;
	uint32_t boots[BOOT_COUNTERS];
	struct killed {
		int64_t pid; /* 0: none */
		int64_t uptime_usec;
		uint32_t
			record; /* counted over all files, when its report was complete */
		uint32_t host, comm; /* hashes */
	} killed[LAST_KILLED];       /* the last victims */
	size_t next_killed;
};

/* Might the record be of this report's machine? Not where the report is complete. */
static inline bool open_same_host(const struct open_event *o, const struct record *r)
{
	if (o->done)
		return false;
	if (o->host.n == 0 || r->host.n == 0)
		return !o->host_needed || slice_eq(o->host, r->host);
	return slice_eq(o->host, r->host);
}

/* The same of the caller: where one is not printed, it might be. */
static inline bool open_same_caller(const struct open_event *o, const struct record *r)
{
	return o->caller.n == 0 || r->caller.n == 0 || slice_eq(o->caller, r->caller);
}

/* ---- assemble.c: the reports as a whole ---- */

/* A new report that begins with this record; may hand on the oldest to make room. */
struct open_event *assembler_open(struct assembler *a, const struct record *r);
/* The report gets nothing more. `cut`: because the source ended. */
void assembler_finish(struct assembler *a, struct open_event *o, bool cut);
/* Hand on what is complete, oldest first: pointers to reports are then stale. */
void assembler_hand_on(struct assembler *a);

/* ---- assemble_lines.c: a line into its report ---- */

/* The record's line with a text that lives as long as the event, by the report's own
 * count. */
struct event_line open_kept_line(struct open_event *o, const struct record *r);
/* Put such a line among the event's, and its record's clocks into the event. */
void open_keep(
	struct open_event *o, const struct record *r, const struct event_line *line);
/* A bare row of the table that is being read: false where it is none. */
bool open_take_row(struct open_event *o, const struct record *r);
/* Read a line that a row of the pattern table knows. */
void open_take_matched(struct open_event *o, const struct pattern *p,
	const struct record *r, const struct captures *c);
/* What ends with Mem-Info has ended when that is complete: an allocation failure, and a
 * report whose Mem-Info stands behind the kill. */
void open_end_with_mem_info(struct open_event *o);

/* ---- assemble_owner.c: whose record it is ---- */

/* How much younger the record is than the report's last line, in microseconds of a
 * clock that both have; UNKNOWN where they have none. */
int64_t open_younger_usec(const struct open_event *o, const struct record *r);
/* Is the record of another boot of the same host? */
bool open_before_boot(const struct open_event *o, const struct record *r);
/* Does an ENDS line belong to this report, or is it the next one's? */
bool open_closes(
	const struct open_event *o, const struct pattern *p, const struct captures *c);
/* Does a trigger end this report of the same host? */
bool open_ends_before(
	const struct open_event *o, const struct record *r, const struct pattern *p);
/* The report that a line of this row (NULL: of any) belongs to, or NULL. */
struct open_event *assembler_owner(struct assembler *a, const struct record *r,
	const struct pattern *p, const struct captures *c);
/* Might a line of a call trace be this report's, which has one such trace? It stands
 * before Mem-Info and the cgroup's part (mm/oom_kill.c dump_header(), mm/page_alloc.c
 * warn_alloc(), since 2.6), behind the line that names the CPU or right behind another
 * line of the report. */
bool open_reads_trace(const struct open_event *o);
/* The same of the line that names the CPU, the process being the report's. */
bool open_begins_trace(const struct open_event *o);
/* Could several reports that are being read have printed this record? */
bool assembler_is_mixed(const struct assembler *a, const struct record *r);

/* ---- assemble_torn.c: lines in pieces ---- */

/* A line that the kernel prints in pieces. True when the record was used up; `joined`
 * then holds the whole line if it is whole now, else an empty one. */
bool torn_join(struct open_event *o, const struct record *r, struct record *joined);
/* Read that whole line. */
void torn_take_joined(struct assembler *a, struct open_event *o, struct record *joined);
/* A line that a newline in a name tore. True when the record was used up. */
bool torn_join_name(struct assembler *a, struct open_event *o, const struct record *r);
/* Read what there is of such a line; `r` is the record that came instead of the rest. */
void torn_take(struct assembler *a, struct open_event *o, const struct record *r);
/* Is the record what a newline split off a name, whatever it looks like? */
bool torn_rest_of_name(
	const struct assembler *a, const struct open_event *o, const struct record *r);

/* ---- assemble_braid.c: two reports' Mem-Info at once ---- */

/* Has an OOM report gone on to what follows Mem-Info? */
bool open_past_mem_info(const struct open_event *o);
/* The report that a "Mem-Info:" behind its kill belongs to, as some vendors' kernels print
 * it: one that has none yet, whose caller and clock fit; or NULL. It is open again then. */
struct open_event *assembler_late_mem_info(struct assembler *a, const struct record *r);
/* Could the report print Mem-Info now, and this record be a line of it? */
bool open_reads_mem_info(const struct open_event *o, const struct record *r);
/* Whose Mem-Info is this line? True when that is settled here: several reports could
 * have printed it. Else `*o` is the one that reads it, or NULL. */
bool assembler_braid(struct assembler *a, const struct pattern *p,
	const struct record *r, const struct captures *c, struct open_event **o);
/* One of two mixed reports is complete: say whose the lines were; frees the braid. */
void assembler_unbraid(struct assembler *a, struct braid *braid);

/* ---- assemble_boots.c: what "Linux version" says ---- */

/* The boots seen of a host, to be read and counted up. */
uint32_t assembler_hash(struct slice name);
uint32_t *assembler_boots(struct assembler *a, struct slice host);
/* The release of the host's kernel, NULL where no line told. Lives with `a`. */
const char *assembler_release(const struct assembler *a, struct slice host);
void assembler_note_release(struct assembler *a, const struct record *r);

#endif
