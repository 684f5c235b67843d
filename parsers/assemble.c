/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which record belongs to which report, and when a report is complete.
 *
 * Detection is a line at a time: a row of the pattern table says what a line is
 * and where it may stand. Reports of one host do not interleave with each other
 * since 4.2 (oom_lock), but allocation failures, drivers and daemons do. */
#include "parsers/assemble.h"

#include "base/complain.h"
#include "base/text.h"
#include "parsers/gfp.h"
#include "parsers/pieces.h"
#include "parsers/sections.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_OPEN = 8,
	FIRST_LINES = 400,      /* a source may begin within a report */
	PATIENCE_READING = 600, /* foreign lines after which a report has no end */
	PATIENCE_ENDED = 64,    /* after the kill the sweep finds what follows */
	MAX_UNRECOGNISED = 200,
	BOOT_COUNTERS = 64 /* hosts share one when there are more */
};
#define EVENT_ENDS_USEC INT64_C(3000000)

/* The part whose bare rows are being read. */
enum table { NO_TABLE, TASK_ROWS, STAT_ROWS, SLAB_ROWS, SITE_ROWS };

struct open_event {
	struct oom_event *e;
	struct slice host, caller;
	int64_t last_uptime_usec, last_wall_usec;
	enum table table;
	bool real;              /* a trigger, a kill or the like was seen */
	bool ended;             /* its last obligatory line was seen */
	bool cut;               /* the source ended within one of its lines */
	bool done;              /* complete, waits for older ones to be handed on */
	uint32_t foreign_since; /* lines of others since its last own line */
	struct text torn;       /* a line that another CPU, or a name, tore in two */
	uint32_t torn_line;
	uint32_t line_offset; /* lines of the files before, where it began */
	int torn_parts; /* pieces so far of a line that a newline in a name tore */
};

struct assembler {
	take_event *take;
	void *context;
	struct pattern_set *patterns;
	struct open_event open[MAX_OPEN];
	size_t count;
	const char *file, *member;
	uint32_t lines_seen;
	struct kernel kernel; /* of a "Linux version" line */
	char release[128];
	uint32_t boots[BOOT_COUNTERS];
};

/* The boots seen of a host. */
static uint32_t *boots_of(struct assembler *a, struct slice host)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < host.n; i++)
		h = (h ^ (unsigned char)host.p[i]) * 16777619u;
	return &a->boots[h % BOOT_COUNTERS];
}

struct assembler *assembler_new(take_event *take, void *context)
{
	struct assembler *a = must_alloc(sizeof(*a));

	a->take = take;
	a->context = context;
	a->patterns = pattern_set_new();
	a->kernel.major = UNKNOWN;
	a->file = "-";
	return a;
}

static void forget(struct open_event *o)
{
	text_free(&o->torn);
	*o = (struct open_event){ 0 };
}

/* Hand on what is complete, oldest first. */
static void hand_on(struct assembler *a)
{
	while (a->count > 0 && a->open[0].done) {
		struct open_event o = a->open[0];

		a->count--;
		memmove(a->open, a->open + 1, a->count * sizeof(*a->open));
		if (o.real)
			a->take(o.e, a->context);
		else
			event_free(o.e); /* a state, such as sysrq-m's, not an event */
		o.e = NULL;
		forget(&o);
	}
}

static void take_torn(
	struct assembler *a, struct open_event *o, const struct record *r);

static void finish(struct assembler *a, struct open_event *o, bool cut)
{
	struct oom_event *e = o->e;

	if (o->done)
		return;
	if (o->torn_parts > 0) {
		struct record last = { .uptime_usec = UNKNOWN, .order_usec = UNKNOWN };

		take_torn(a, o, &last);
	}
	o->done = true;
	e->cut_at_end = (cut && !o->ended) || o->cut;
	if (!known(e->kernel.major) && known(a->kernel.major)) {
		kernel_read(&e->kernel, arena_copy(e->arena, slice_of(a->release)));
		e->kernel.line = 0;
	}
	if (e->request.gfp.mask_known && e->request.gfp.from == FROM_NOWHERE)
		gfp_decode_printed(&e->request.gfp, &e->kernel);
	misprints_mend(e);
}

void assembler_flush(struct assembler *a, bool ended)
{
	for (size_t i = 0; i < a->count; i++)
		finish(a, &a->open[i], ended);
	hand_on(a);
}

void assembler_free(struct assembler *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->count; i++) {
		event_free(a->open[i].e);
		forget(&a->open[i]);
	}
	pattern_set_free(a->patterns);
	free(a);
}

void assembler_begin(struct assembler *a, const char *file)
{
	assembler_flush(a, true);
	a->file = file;
	a->member = NULL;
	a->lines_seen = 0;
	a->kernel.major = UNKNOWN;
	memset(a->boots, 0, sizeof(a->boots));
}

void assembler_member(struct assembler *a, const char *member)
{
	a->member = member;
}

void assembler_continue(
	struct assembler *a, const char *file, const char *member, uint32_t lines)
{
	a->file = file;
	a->member = member;
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];
		struct oom_event *e = o->e;

		e->joints = arena_room(e->arena, e->joints, e->joint_count,
			&e->joint_room, sizeof(*e->joints));
		o->line_offset += lines;
		/* Its offset was another one when it was torn. */
		o->torn_line -= lines;
		e->joints[e->joint_count++] = (struct joint){
			.file = arena_copy(e->arena, slice_of(file)),
			.member = arena_copy(e->arena, slice_of(member ? member : "")),
			.after_line = o->line_offset,
		};
	}
}

bool assembler_attends(const struct assembler *a)
{
	if (a->lines_seen < FIRST_LINES)
		return true;
	for (size_t i = 0; i < a->count; i++)
		if (!a->open[i].done && !(a->open[i].ended && a->open[i].foreign_since >
								      PATIENCE_ENDED))
			return true;
	return false;
}

bool assembler_waits(const struct assembler *a)
{
	return a->count > 0;
}

static bool same_host(const struct open_event *o, const struct record *r)
{
	return !o->done &&
	       (o->host.n == 0 || r->host.n == 0 || slice_eq(o->host, r->host));
}

/* How much younger the record is than the event's last line, by a clock that both
 * have: the kernel's, else the log's. */
static int64_t younger_usec(const struct open_event *o, const struct record *r)
{
	if (known(r->uptime_usec) && known(o->last_uptime_usec))
		return quantity_sub(r->uptime_usec, o->last_uptime_usec);
	return quantity_sub(r->order_usec, o->last_wall_usec);
}

void assembler_clock(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];
		int64_t age = younger_usec(o, r);

		/* A slow serial console prints one report over many seconds, so
		 * what has not ended waits longer. */
		if (same_host(o, r) && known(age) &&
			age > (o->ended ? EVENT_ENDS_USEC : 20 * EVENT_ENDS_USEC))
			finish(a, o, false);
	}
	hand_on(a);
}

void event_unrecognised(struct oom_event *e, uint32_t line, struct slice text)
{
	struct event_line *kept;

	if (e->unrecognised_count >= MAX_UNRECOGNISED)
		return;
	e->unrecognised = arena_room(e->arena, e->unrecognised, e->unrecognised_count,
		&e->unrecognised_room, sizeof(*e->unrecognised));
	kept = &e->unrecognised[e->unrecognised_count++];
	kept->number = line;
	kept->text = arena_copy(e->arena, text);
}

static struct open_event *open_new(struct assembler *a, const struct record *r)
{
	struct open_event *o;
	struct oom_event *e;

	if (a->count == MAX_OPEN) {
		finish(a, &a->open[0], false);
		hand_on(a);
	}
	o = &a->open[a->count++];
	*o = (struct open_event){ .e = event_new() };
	e = o->e;
	o->host = arena_copy(e->arena, r->host);
	o->caller = arena_copy(e->arena, r->caller);
	o->last_uptime_usec = r->uptime_usec;
	o->last_wall_usec = r->order_usec;
	e->file = arena_copy(e->arena, slice_of(a->file));
	e->member = arena_copy(e->arena, slice_of(a->member ? a->member : ""));
	e->host = o->host;
	e->boot = arena_copy(e->arena, r->boot);
	e->boots_before = *boots_of(a, r->host);
	e->first_line = e->last_line = r->line;
	e->first_byte = r->byte;
	e->uptime_usec = e->last_uptime_usec = r->uptime_usec;
	e->wall = arena_copy(e->arena, r->wall);
	e->wall_usec = r->wall_usec;
	return o;
}

static bool same_caller(const struct open_event *o, const struct record *r)
{
	return o->caller.n == 0 || r->caller.n == 0 || slice_eq(o->caller, r->caller);
}

/* Sections that only an OOM report has. */
static bool only_oom(const struct pattern *p)
{
	return p->place == ENDS || p->place == AFTER ||
	       (p->section & (SECTION_MEMCG | SECTION_MEMCG_STATS | SECTION_TASKS |
				     SECTION_SUMMARY | SECTION_KILL | SECTION_SLABS));
}

/* The open event that a line of this row belongs to: of this host, of this caller
 * where callers are printed, the youngest first. */
static struct open_event *owner(
	struct assembler *a, const struct record *r, const struct pattern *p)
{
	for (size_t i = a->count; i-- > 0;) {
		struct open_event *o = &a->open[i];

		if (!same_host(o, r) || !same_caller(o, r))
			continue;
		if (p && only_oom(p) && o->real && o->e->kind != KIND_OOM)
			continue;
		return o;
	}
	/* The reaper and a group's further victims come from other callers. */
	if (p && (p->place == AFTER || p->place == ENDS))
		for (size_t i = a->count; i-- > 0;)
			if (same_host(&a->open[i], r) && a->open[i].e->kind == KIND_OOM)
				return &a->open[i];
	return NULL;
}

static void keep(struct open_event *o, const struct record *r)
{
	struct oom_event *e = o->e;

	e->lines = arena_room(
		e->arena, e->lines, e->line_count, &e->line_room, sizeof(*e->lines));
	e->lines[e->line_count++] = (struct event_line){ r->line, r->text };
	e->last_line = r->line;
	if (known(r->uptime_usec))
		e->last_uptime_usec = r->uptime_usec;
	if (e->wall.n == 0 && r->wall.n > 0)
		e->wall = arena_copy(e->arena, r->wall);
	if (!known(e->wall_usec))
		e->wall_usec = r->wall_usec;
	if (known(r->uptime_usec))
		o->last_uptime_usec = r->uptime_usec;
	if (known(r->order_usec))
		o->last_wall_usec = r->order_usec;
	e->foreign += o->foreign_since;
	o->foreign_since = 0;
}

/* A record whose text lives as long as the event. */
static struct record kept_record(struct open_event *o, const struct record *r)
{
	struct record own = *r;

	own.text = arena_copy(o->e->arena, r->text);
	own.line += o->line_offset;
	return own;
}

static enum table table_after(const struct pattern *p)
{
	if (p->take == take_tasks_header)
		return TASK_ROWS;
	if (p->take == take_memcg_stats)
		return STAT_ROWS;
	if (p->take == take_slab_title)
		return SLAB_ROWS;
	if (p->take == take_sites_title)
		return SITE_ROWS;
	return NO_TABLE;
}

/* A bare row of the table that is being read. */
static bool take_row(struct open_event *o, const struct record *r)
{
	struct record own;
	bool taken = false;

	/* A row has a shape of its own: it is known even where a lost or foreign
	 * line came between. */
	if (o->table == NO_TABLE && (o->ended || !tasks_row_shape(r->text)))
		return false;
	own = kept_record(o, r);
	if (o->table == STAT_ROWS)
		taken = memcg_take_stat(o->e, own.text, own.line);
	else if (o->table == SLAB_ROWS)
		taken = slab_take_row(o->e, own.text, own.line);
	else if (o->table == SITE_ROWS)
		taken = sites_take_row(o->e, own.text, own.line);
	else {
		taken = tasks_take_row(o->e, own.text, own.line);
		if (taken)
			o->e->sections |= SECTION_TASKS;
	}
	if (taken)
		keep(o, &own);
	return taken;
}

/* Does an END line belong to this event, or is it the next one's? */
static bool closes(
	const struct open_event *o, const struct pattern *p, const struct captures *c)
{
	const struct oom_event *e = o->e;

	if (p->take == take_summary)
		return !(e->sections & SECTION_SUMMARY) && e->victim_count == 0;
	if (p->take == take_chosen)
		/* 5.0 prints both: "oom-kill:" with the choice, and its score after. */
		return e->victim_count == 0 &&
		       (e->chosen.line == 0 || e->chosen.line == e->constraint_line);
	if (p->take == take_killed || p->take == take_killed_old ||
		p->take == take_killed_el6 || p->take == take_exiting) {
		int64_t pid = capture_number(
			p->take == take_killed_el6 ? c->part[1] : c->part[2]);

		if (e->victim_count == 0 || e->group_path.n > 0)
			return true;
		for (size_t i = 0; i < e->victim_count; i++)
			if (e->victims[i].pid == pid)
				return true;
		/* Up to 2.6.35 several lines without a message follow one choice. */
		return c->part[1].p == NULL && e->chosen.line != 0 &&
		       p->take == take_killed_old;
	}
	return true;
}

/* Read a matched line into its event. */
static void take_matched(struct open_event *o, const struct pattern *p,
	const struct record *r, const struct captures *c)
{
	struct record own = kept_record(o, r);
	struct captures moved = *c;

	for (int i = 0; i < MAX_CAPTURES; i++)
		if (moved.part[i].p)
			moved.part[i].p = own.text.p + (c->part[i].p - r->text.p);
	keep(o, &own);
	p->take(o->e, &own, &moved);
	o->e->sections |= p->section;
	if (table_after(p) != NO_TABLE || p->place != INSIDE)
		o->table = table_after(p);
	if (p->place == OPENS || p->place == ALONE || p->place == ENDS)
		o->real = true;
	if (p->place == ALONE ||
		(p->place == ENDS && p->take != take_summary && p->take != take_chosen))
		o->ended = true;
	/* An allocation failure has no last line of its own: Mem-Info's is it. */
	if (o->e->kind == KIND_ALLOCATION_FAILURE &&
		known(o->e->memory.counters.reserved.value))
		o->ended = true;
}

/* A trigger ends the reports of the same host before it, but not an allocation
 * failure's, which may come from another CPU in the midst of one. */
static void end_before(
	struct assembler *a, const struct record *r, const struct pattern *p)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (!same_host(o, r))
			continue;
		if (p->kind == KIND_OOM || o->ended || !o->real ||
			o->e->kind == p->kind)
			if (!(p->kind != KIND_OOM && o->e->kind == KIND_OOM &&
				    o->real && !o->ended))
				finish(a, o, false);
	}
	hand_on(a);
}

static struct open_event *begin_event(
	struct assembler *a, const struct record *r, const struct pattern *p)
{
	struct open_event *o = owner(a, r, p);

	/* "Manual OOM execution" stands before its trigger. */
	if (o && p->place == OPENS && o->e->manual && !o->real && o->e->sections == 0)
		return o;
	/* vmalloc's and SLUB's own lines and the failure that they report are one. */
	if (o && p->take == take_slub && o->real)
		return o;
	if (o && p->take == take_allocation_failure && o->e->vmalloc_failure &&
		!o->e->request.gfp.mask_known)
		return o;
	end_before(a, r, p);
	o = open_new(a, r);
	o->e->kind = p->kind;
	if (p->place == HEADLESS || p->place == ENDS)
		o->e->cut_at_start = p->take != take_manual;
	return o;
}

/* Put a line together that came in pieces (pieces.h). True when the record was used
 * up; `joined` then holds the whole line if it is whole now. A piece that may be a line
 * as it stands is read as one as well. */
static bool join(struct open_event *o, const struct record *r, struct record *joined)
{
	joined->text.n = 0;
	if (o->torn_parts > 0)
		return false;
	if (o->torn.n > 0 && piece_continues(text_slice(&o->torn), r->text)) {
		char last = o->torn.p[o->torn.n - 1], first = r->text.p[0];

		if (last != ' ' && last != '=' && first != ' ' && first != ',')
			text_putc(&o->torn, ' ');
		text_add(&o->torn, r->text);
		if (piece_lacks_more(text_slice(&o->torn)))
			return true;
		*joined = *r;
		joined->text = arena_copy(o->e->arena, text_slice(&o->torn));
		if (!piece_may_go_on(joined->text))
			text_clear(&o->torn);
		return true;
	}
	if (piece_lacks_more(r->text) || piece_may_go_on(r->text)) {
		text_clear(&o->torn);
		text_add(&o->torn, r->text);
		o->torn_line = r->line;
	}
	return false;
}

/* A line in pieces that is whole now; the trigger's was read once, without its end. */
static void take_joined(
	struct assembler *a, struct open_event *o, struct record *joined)
{
	struct captures c;
	const struct pattern *p;

	if (joined->text.n == 0)
		return;
	p = pattern_match(a->patterns, joined->text, true, true, &c);
	if (!p || (p->place == OPENS && o->e->request.line < o->torn_line))
		return;
	take_matched(o, p, joined, &c);
}

/* Does an unknown line look like a piece of the report? Then it is the report's
 * and is kept for `unrecognised`; other kernel lines are foreign. */
static bool looks_like_ours(struct slice text)
{
	size_t pairs = 0;

	if (slice_starts(text, "Node ") || slice_starts(text, "oom") ||
		slice_starts(text, "Memory cgroup") ||
		slice_starts(text, "Out of memory"))
		return true;
	for (size_t i = 0; i + 2 < text.n; i++) {
		bool digit = text.p[i + 1] >= '0' && text.p[i + 1] <= '9';

		if (text.p[i] == ':' && digit) {
			size_t j = i + 1;

			while (j < text.n && text.p[j] >= '0' && text.p[j] <= '9')
				j++;
			if (j + 1 < text.n && (text.p[j] == 'k' || text.p[j] == 'K') &&
				text.p[j + 1] == 'B')
				pairs++;
		}
	}
	return pairs >= 2;
}

static void note_foreign(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (!same_host(o, r))
			continue;
		o->foreign_since++;
		if (!o->ended && o->foreign_since > PATIENCE_READING)
			finish(a, o, false);
	}
	hand_on(a);
}

/* A newline in a process name splits the kernel's line: what is obligatory behind
 * the name is then missing. A name has at most 15 bytes, so at most 16 pieces. */
enum { MOST_PIECES = 16 };

static bool lacks_its_end(struct slice text)
{
	size_t at = slice_find(text, "illed process ");

	if (slice_starts(text, "oom-kill:constraint="))
		return !slice_has(text, ",uid=");
	if (at != SLICE_NONE)
		return slice_has(slice_from(text, at), "(") &&
		       !slice_has(slice_from(text, at), ")");
	return slice_starts(text, "CPU: ") && slice_has(text, " Comm: ") &&
	       !slice_has(text, "ainted");
}

static void take_torn(struct assembler *a, struct open_event *o, const struct record *r)
{
	struct record own = *r;
	struct captures c;
	const struct pattern *p;

	own.text = arena_copy(o->e->arena, text_slice(&o->torn));
	own.line = o->torn_line;
	text_clear(&o->torn);
	o->torn_parts = 0;
	p = pattern_match(a->patterns, own.text, true, true, &c);
	if (p && p->place != OPENS && p->place != ALONE)
		take_matched(o, p, &own, &c);
}

/* Is this record the next piece of the torn line? A newline in a name splits it
 * (`*newline`); so does another CPU, between the pieces that the kernel prints one by
 * one. What is neither belongs to somebody else. */
static bool is_next_piece(
	const struct open_event *o, const struct record *r, bool *newline)
{
	struct slice torn = text_slice(&o->torn), piece = r->text;
	bool summary = slice_starts(torn, "oom-kill:constraint=");

	*newline = false;
	if (summary &&
		(slice_starts(piece, ",cpuset=") || slice_starts(piece, ",mems_a") ||
			slice_starts(piece, ",oom_memcg=") ||
			slice_starts(piece, ",global_oom") ||
			slice_starts(piece, ",task")))
		return true;
	if (summary && slice_ends(torn, "=") && !slice_has(piece, ": "))
		return true;
	*newline = true;
	if (summary ? slice_has(piece, ",pid=")
		    : (slice_starts(torn, "CPU: ") ? slice_has(piece, "ainted")
						   : slice_has(piece, ") total-vm:")))
		return true;
	/* The middle of a name with several newlines: short, and printed at once. */
	return piece.n <= 15 && r->uptime_usec == o->last_uptime_usec;
}

/* Put a torn line together again. True when the record was used up. */
static bool join_name(struct assembler *a, struct open_event *o, const struct record *r)
{
	bool newline;

	if (o->torn_parts > 0 && is_next_piece(o, r, &newline)) {
		if (newline)
			text_putc(&o->torn, '\n');
		text_add(&o->torn, r->text);
		o->torn_parts++;
		if (!lacks_its_end(text_slice(&o->torn)) || o->torn_parts > MOST_PIECES)
			take_torn(a, o, r);
		return true;
	}
	if (o->torn_parts > 0) {
		struct captures c;

		/* A line of the report's own: the rest was lost. */
		if (!pattern_match(a->patterns, r->text, true, true, &c))
			return false;
		take_torn(a, o, r);
	}
	if (!lacks_its_end(r->text))
		return false;
	text_clear(&o->torn);
	text_add(&o->torn, r->text);
	o->torn_line = r->line;
	o->last_uptime_usec = r->uptime_usec;
	o->torn_parts = 1;
	return true;
}

static bool from_kernel(const struct record *r)
{
	return r->program.n == 0 || slice_is(r->program, "kernel");
}

static void note_release(struct assembler *a, struct slice text)
{
	struct slice rest = text, word;

	/* A version that cannot be read is not the one of the boot before. */
	a->kernel.major = UNKNOWN;
	if (!slice_take(&rest, "Linux version ") || !slice_take_word(&rest, &word) ||
		word.n >= sizeof(a->release))
		return;
	memcpy(a->release, word.p, word.n);
	a->release[word.n] = '\0';
	kernel_read(&a->kernel, slice_of(a->release));
}

/* A boot begins: the old machine's report gets nothing more. */
static bool is_boot(const struct record *r)
{
	return slice_starts(r->text, "Linux version ");
}

/* Most lines of a report are rows of its task table, one after another: they need
 * not be held against everything else that a line may be. */
static bool is_next_task(const struct open_event *o, const struct record *r)
{
	return o->table == TASK_ROWS && !o->ended && o->torn_parts == 0 && !r->cut &&
	       r->text.n > 0 && r->text.p[0] == '[';
}

void assembler_take(struct assembler *a, const struct record *r)
{
	struct captures c;
	const struct pattern *p;
	struct open_event *o;
	struct record joined;
	bool kernel = from_kernel(r);

	a->lines_seen++;
	assembler_clock(a, r);
	if (is_boot(r)) {
		assembler_flush(a, true);
		note_release(a, r->text);
		(*boots_of(a, r->host))++;
		/* A log put together of pieces (--anonymized-log) begins anew. */
		a->lines_seen = 0;
		return;
	}
	o = kernel ? owner(a, r, NULL) : NULL;
	if (o && is_next_task(o, r) && take_row(o, r))
		return;
	if (o && !o->ended && join_name(a, o, r))
		return;
	if (o && !r->cut && take_row(o, r))
		return;
	if (o && !r->cut &&
		(!o->ended || o->torn.n > 0 || slice_starts(r->text, "Tasks in")) &&
		join(o, r, &joined)) {
		take_joined(a, o, &joined);
		return;
	}
	p = pattern_match(a->patterns, r->text, o != NULL, kernel, &c);
	if (!p && !o && kernel && tasks_row_shape(r->text)) {
		/* A ring that begins within the task table. */
		o = open_new(a, r);
		o->e->cut_at_start = true;
		take_row(o, r);
		return;
	}
	if (!p && o && o->torn.n > 0 && o->torn_parts == 0 && o->torn_line == r->line)
		return;
	if (!p) {
		if (o && (!o->ended || o->e->sections & SECTION_TRACE) &&
			!(o->ended && o->e->victim_count > 0)) {
			struct record own = kept_record(o, r);

			if (trace_take(o->e, own.text)) {
				keep(o, &own);
				o->table = NO_TABLE;
				return;
			}
			if (looks_like_ours(own.text) && !o->ended) {
				keep(o, &own);
				if (!meminfo_take_wrapped(o->e, own.text, own.line))
					event_unrecognised(o->e, own.line, own.text);
				return;
			}
		}
		note_foreign(a, r);
		return;
	}
	/* A line that the source cut may end within a number: only what it is counts. */
	if (r->cut && (p->place == INSIDE || p->place == HEADLESS)) {
		if (o)
			o->cut = true;
		return;
	}
	if (p->place == OPENS || p->place == ALONE) {
		o = begin_event(a, r, p);
	} else {
		o = owner(a, r, p);
		if (o && p->place == ENDS && !closes(o, p, &c))
			o = NULL;
		/* sysrq-m's Mem-Info after a kill; but "pages hwpoisoned" is still ours. */
		if (o && o->ended && p->place == HEADLESS && p->take != take_tail_pages)
			o = NULL;
		if (!o && (p->place == HEADLESS || p->place == ENDS))
			o = begin_event(a, r, p);
		if (!o) {
			note_foreign(a, r);
			return;
		}
	}
	take_matched(o, p, r, &c);
	if (p->place == OPENS && piece_lacks_more(r->text))
		join(o, r, &joined);
}
