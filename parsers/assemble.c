/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which record belongs to which report, and when a report is complete.
 *
 * Detection is a line at a time: a row of the pattern table says what a line is
 * and where it may stand. Reports of one host do not interleave with each other
 * since 4.2 (oom_lock), but allocation failures, drivers and daemons do. */
#include "parsers/assemble.h"

#include "base/complain.h"
#include "base/text.h"
#include "parsers/braid.h"
#include "parsers/gfp.h"
#include "parsers/notices.h"
#include "parsers/pieces.h"
#include "parsers/sections.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_OPEN = 64,     /* reports being read at once: hosts, mostly */
	FIRST_LINES = 400, /* a source may begin within a report */
	PATIENCE_HOSTS =
		40000, /* lines of all hosts after which one has fallen silent */
	PATIENCE_READING = 600, /* foreign lines after which a report has no end */
	PATIENCE_ENDED = 64,    /* after the kill the sweep finds what follows */
	MAX_UNRECOGNISED = 200,
	MAX_RELEASES = 64,
	BOOT_COUNTERS = 64 /* hosts share one when there are more */
};
#define EVENT_ENDS_USEC INT64_C(3000000)
#define AT_ONCE_USEC    INT64_C(1000000)
#define BOOT_STEP_USEC  INT64_C(5000000)

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

	a->notices = notices_new(take, context);
	a->patterns = pattern_set_new();
	a->file = "-";
	return a;
}

static void forget(struct open_event *o)
{
	text_free(&o->torn);
	*o = (struct open_event){ 0 };
}

/* Mem-Info alone: somebody asked for it (sysrq-m), or all else of a report is lost. */
static bool is_state(const struct oom_event *e)
{
	return known(e->memory.counters.ram.value) && (e->sections & SECTION_ZONES) &&
	       !(e->sections & (SECTION_TASKS | SECTION_MEMCG | SECTION_TRACE));
}

/* Hand on what is complete, oldest first. */
static void hand_on(struct assembler *a)
{
	while (a->count > 0 && a->open[0].done) {
		struct open_event o = a->open[0];

		a->count--;
		memmove(a->open, a->open + 1, a->count * sizeof(*a->open));
		if (!o.real && is_state(o.e))
			o.e->kind = KIND_STATE;
		if (o.real || o.e->kind == KIND_STATE)
			notices_event(a->notices, o.e);
		else
			event_free(o.e);
		o.e = NULL;
		forget(&o);
	}
}

static void take_torn(
	struct assembler *a, struct open_event *o, const struct record *r);
static void unbraid(struct assembler *a, struct braid *braid);
static const char *release_of(const struct assembler *a, struct slice host);

static void finish(struct assembler *a, struct open_event *o, bool cut)
{
	struct oom_event *e = o->e;
	const char *release = release_of(a, o->host);

	if (o->done)
		return;
	if (o->braid)
		unbraid(a, o->braid);
	/* Their sum has holes. */
	if (o->per_cpu_mixed) {
		e->memory.counters.free_pcp = NO_AMOUNT;
		e->memory.cpus = UNKNOWN;
		e->mixed_lines++;
	}
	/* A trace with holes is none. What single frames told stands in the event. */
	if (o->trace_mixed) {
		e->frame_count = 0;
		e->sections &= ~(unsigned int)SECTION_TRACE;
	}
	if (o->torn_parts > 0) {
		struct record last = { .uptime_usec = UNKNOWN, .order_usec = UNKNOWN };

		take_torn(a, o, &last);
	}
	o->done = true;
	e->cut_at_end = (cut && !o->ended) || o->cut;
	if (!known(e->kernel.major) && release) {
		kernel_read(&e->kernel, arena_copy(e->arena, slice_of(release)));
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
	notices_flush(a->notices);
}

void assembler_free(struct assembler *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->count; i++) {
		struct braid *braid = a->open[i].braid;

		for (size_t k = i; k < a->count && braid; k++)
			if (a->open[k].braid == braid)
				a->open[k].braid = NULL;
		braid_free(braid);
		event_free(a->open[i].e);
		forget(&a->open[i]);
	}
	notices_free(a->notices);
	pattern_set_free(a->patterns);
	free(a);
}

void assembler_begin(struct assembler *a, const char *file)
{
	assembler_flush(a, true);
	notices_begin(a->notices);
	a->file = file;
	a->member = NULL;
	a->lines_seen = 0;
	memset(a->releases, 0, sizeof(a->releases));
	memset(a->boots, 0, sizeof(a->boots));
}

void assembler_member(struct assembler *a, const char *member)
{
	a->member = member;
}

void assembler_continue(
	struct assembler *a, const char *file, const char *member, uint32_t lines)
{
	/* Other programs' lines are near by their numbers, which begin anew. */
	notices_flush(a->notices);
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
	return notices_attend(a->notices);
}

bool assembler_waits(const struct assembler *a)
{
	return a->count > 0 || notices_wait(a->notices);
}

static bool same_host(const struct open_event *o, const struct record *r)
{
	if (o->done)
		return false;
	if (o->host.n == 0 || r->host.n == 0)
		return !o->host_needed || slice_eq(o->host, r->host);
	return slice_eq(o->host, r->host);
}

/* Are the open reports those of several hosts? */
static void note_hosts(struct assembler *a)
{
	struct slice host = { "", 0 };
	bool several = false;

	for (size_t i = 0; i < a->count; i++) {
		struct slice other = a->open[i].host;

		several |= other.n > 0 && host.n > 0 && !slice_eq(host, other);
		if (other.n > 0)
			host = other;
	}
	for (size_t i = 0; i < a->count; i++)
		a->open[i].host_needed = several;
}

/* Another boot of the same host: by its id, or by the kernel's clock, which went back
 * by more than what CPUs differ in. */
static bool is_before_boot(const struct open_event *o, const struct record *r)
{
	if (o->e->boot.n > 0 && r->boot.n > 0)
		return !slice_eq(o->e->boot, r->boot);
	return known(r->uptime_usec) && known(o->last_uptime_usec) &&
	       r->uptime_usec < o->last_uptime_usec - BOOT_STEP_USEC;
}

/* How much younger the record is than the event's last line, by a clock that both
 * have: the kernel's, else the log's. */
static int64_t younger_usec(const struct open_event *o, const struct record *r)
{
	if (known(r->uptime_usec) && known(o->last_uptime_usec))
		return quantity_sub(r->uptime_usec, o->last_uptime_usec);
	return quantity_sub(r->order_usec, o->last_wall_usec);
}

static uint32_t oldest_open(const struct assembler *a)
{
	uint32_t line = UINT32_MAX;

	for (size_t i = 0; i < a->count; i++)
		if (a->open[i].e->first_line < line)
			line = a->open[i].e->first_line;
	return line;
}

void assembler_clock(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];
		int64_t age = younger_usec(o, r);

		/* A slow serial console prints one report over many seconds, so
		 * what has not ended waits longer. */
		if (same_host(o, r) &&
			((known(age) && age > (o->ended ? EVENT_ENDS_USEC
							: 20 * EVENT_ENDS_USEC)) ||
				is_before_boot(o, r)))
			finish(a, o, false);
		/* A host that fell silent in the midst of others. */
		else if (!o->done && a->records - o->seen_at > PATIENCE_HOSTS)
			finish(a, o, false);
	}
	hand_on(a);
	notices_clock(a->notices, r, oldest_open(a));
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
	o->seen_at = a->records;
	note_hosts(a);
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

/* Which of several reports a line may belong to says its own name: "CPU: 0 PID: 9 Comm:
 * x", "x cpuset=/ mems_allowed=0". NULL: it names nobody. */
static const struct slice *name_in(const struct pattern *p, const struct captures *c)
{
	if (p && c && p->take == take_cpu)
		return &c->part[4];
	if (p && c && p->take == take_cpuset)
		return &c->part[1];
	return NULL;
}

static bool could_own(const struct open_event *o, const struct record *r,
	const struct pattern *p, const struct slice *name)
{
	if (!same_host(o, r) || !same_caller(o, r))
		return false;
	if (p && only_oom(p) && o->real && o->e->kind != KIND_OOM)
		return false;
	return !name || o->ended || o->e->request.comm.n == 0 ||
	       slice_eq(o->e->request.comm, *name);
}

/* The open event that a line of this row belongs to: of this host, of this caller
 * where callers are printed, the youngest first. */
static struct open_event *owner(struct assembler *a, const struct record *r,
	const struct pattern *p, const struct captures *c)
{
	const struct slice *name = name_in(p, c);
	struct open_event *found = NULL;

	for (size_t i = a->count; i-- > 0;) {
		struct open_event *o = &a->open[i];

		if (!could_own(o, r, p, name))
			continue;
		/* Two that have that name, both still being read: it is in neither. */
		if (found && name && !o->ended && !found->ended)
			return NULL;
		/* What is complete comes after what is being read. */
		if (!found || (found->ended && !o->ended))
			found = o;
	}
	if (found)
		return found;
	/* The reaper and a group's further victims come from other callers. */
	if (p && (p->place == AFTER || p->place == ENDS))
		for (size_t i = a->count; i-- > 0;)
			if (same_host(&a->open[i], r) && a->open[i].e->kind == KIND_OOM)
				return &a->open[i];
	return NULL;
}

/* Several reports that are being read could have printed this record. */
static bool is_mixed(const struct assembler *a, const struct record *r)
{
	size_t readers = 0;

	for (size_t i = 0; i < a->count; i++)
		readers += same_host(&a->open[i], r) && same_caller(&a->open[i], r) &&
			   !a->open[i].ended;
	return readers > 1;
}

static void keep(struct open_event *o, const struct record *r)
{
	struct oom_event *e = o->e;
	size_t at;

	e->lines = arena_room_raw(
		e->arena, e->lines, e->line_count, &e->line_room, sizeof(*e->lines));
	/* In the order of the log: what two reports printed at once comes late. */
	for (at = e->line_count++; at > 0 && e->lines[at - 1].number > r->line; at--)
		e->lines[at] = e->lines[at - 1];
	e->lines[at] = (struct event_line){ r->line, r->text };
	if (r->line > e->last_line)
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
		o->last_wall_usec = e->last_order_usec = r->order_usec;
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

static void note_key(struct open_event *o, uint64_t key)
{
	o->keys = arena_room(
		o->e->arena, o->keys, o->key_count, &o->key_room, sizeof(*o->keys));
	o->keys[o->key_count++] = key;
}

/* An allocation failure has no last line of its own: Mem-Info's is it. */
static void end_failure(struct open_event *o)
{
	if (o->e->kind == KIND_ALLOCATION_FAILURE &&
		known(o->e->memory.counters.reserved.value))
		o->ended = true;
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
	if (braid_takes(p))
		note_key(o, braid_key(p, c));
	end_failure(o);
}

/* Does a trigger end this report of the same host? Reports of one kind follow each
 * other (oom_lock, since 4.2); those of two kinds may be printed at once, by two CPUs. */
static bool ends_before(
	const struct open_event *o, const struct record *r, const struct pattern *p)
{
	int64_t age = younger_usec(o, r);

	if (o->ended || !o->real)
		return true;
	/* Mem-Info that is not its own does not end it. */
	if (p->place == HEADLESS && braid_takes(p))
		return false;
	if (o->e->kind == p->kind)
		return true;
	/* A failure whose Mem-Info the rate limit kept back has no end of its own. */
	return p->kind == KIND_OOM && (!known(age) || age > AT_ONCE_USEC);
}

static void end_before(
	struct assembler *a, const struct record *r, const struct pattern *p)
{
	for (size_t i = 0; i < a->count; i++)
		if (same_host(&a->open[i], r) && same_caller(&a->open[i], r) &&
			ends_before(&a->open[i], r, p))
			finish(a, &a->open[i], false);
	hand_on(a);
}

static struct open_event *begin_event(
	struct assembler *a, const struct record *r, const struct pattern *p)
{
	struct open_event *o = owner(a, r, p, NULL);

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
	p = pattern_match(a->patterns, joined->text, true, THE_KERNEL, &c);
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
	/* An empty line is nobody's. */
	if (r->text.n == 0)
		return;
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
	p = pattern_match(a->patterns, own.text, true, THE_KERNEL, &c);
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
		if (!pattern_match(a->patterns, r->text, true, THE_KERNEL, &c))
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

/* From the task table to the kill every line holds a name, and what a newline in one
 * splits off has at most 15 bytes. Counters, zones and Mem-Info stand before the table:
 * a line so short is none of them, whatever it looks like, but where another report of
 * this host is being printed at the same time ("98157 pages RAM"). */
static bool piece_of_a_name(
	const struct assembler *a, const struct open_event *o, const struct record *r)
{
	if (!o->e->tasks.header_line || o->ended || r->text.n > 15)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (&a->open[i] != o && !a->open[i].ended && same_host(&a->open[i], r))
			return false;
	return true;
}

/* A line with the kernel's own clock and no program's name is dmesg's. */
static enum speaker speaker_of(const struct record *r)
{
	if (r->program.n > 0)
		return slice_is(r->program, "kernel") ? THE_KERNEL : A_PROGRAM;
	return known(r->uptime_usec) ? THE_KERNEL : ANYONE;
}

static const char *release_of(const struct assembler *a, struct slice host)
{
	for (size_t i = 0; i < MAX_RELEASES; i++)
		if (a->releases[i].seen &&
			slice_is(slice_first(host, 63), a->releases[i].host))
			return a->releases[i].release;
	return NULL;
}

static void note_release(struct assembler *a, const struct record *r)
{
	struct slice rest = r->text, word, host = slice_first(r->host, 63);
	size_t at = a->next_release;

	/* A version that cannot be read is not the one of the boot before. */
	for (size_t i = 0; i < MAX_RELEASES; i++)
		a->releases[i].seen &= !slice_is(host, a->releases[i].host);
	if (!slice_take(&rest, "Linux version ") || !slice_take_word(&rest, &word) ||
		word.n >= sizeof(a->releases[0].release))
		return;
	for (size_t i = 0; i < MAX_RELEASES && a->releases[at].seen; i++)
		if (!a->releases[i].seen)
			at = i;
	if (at == a->next_release)
		a->next_release = (at + 1) % MAX_RELEASES;
	a->releases[at].seen = true;
	if (host.n > 0)
		memcpy(a->releases[at].host, host.p, host.n);
	a->releases[at].host[host.n] = '\0';
	memcpy(a->releases[at].release, word.p, word.n);
	a->releases[at].release[word.n] = '\0';
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

/* "pages hwpoisoned" may follow what is complete without it. */
static struct open_event *complete_reader(struct assembler *a, const struct record *r)
{
	for (size_t i = a->count; i-- > 0;)
		if (same_host(&a->open[i], r) && same_caller(&a->open[i], r) &&
			a->open[i].ended && a->open[i].key_count > 0)
			return &a->open[i];
	return NULL;
}

/* Has an OOM report gone on to what follows Mem-Info? */
static bool is_past_mem_info(const struct open_event *o)
{
	return o->e->kind == KIND_OOM &&
	       (o->e->sections & (SECTION_SLABS | SECTION_TASKS | SECTION_SUMMARY |
					 SECTION_KILL));
}

/* An OOM of a cgroup, of a kernel that prints no Mem-Info for it (3.9 and later). */
static bool has_no_mem_info(const struct open_event *o)
{
	return o->e->kind == KIND_OOM && (o->e->sections & SECTION_MEMCG_STATS);
}

static bool reads_mem_info(const struct open_event *o, const struct record *r)
{
	return same_host(o, r) && same_caller(o, r) && !o->ended &&
	       !has_no_mem_info(o) && (!is_past_mem_info(o) || o->key_count == 0);
}

/* Two reports begin to be mixed. */
static void braid_two(struct open_event *one, struct open_event *two)
{
	struct open_event *members[2] = { one, two };
	struct braid *braid = braid_new();

	/* A third one, or a second time: nothing is sure any more. */
	braid->lossy = one->key_count > 0 && two->key_count > 0;
	for (int m = 0; m < 2; m++) {
		members[m]->braid = braid;
		members[m]->strand = m;
		for (size_t i = 0; i < members[m]->key_count; i++)
			braid_given(braid, members[m]->keys[i], m);
	}
}

static void note_past(struct assembler *a, struct braid *braid)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->open[i].braid == braid && is_past_mem_info(&a->open[i]))
			braid_past(braid, a->open[i].strand);
}

static void add_to_braid(struct assembler *a, struct braid *braid,
	const struct pattern *p, const struct record *r, const struct captures *c)
{
	note_past(a, braid);
	braid_add(braid, p, r, c);
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (o->braid != braid)
			continue;
		o->foreign_since = 0;
		o->seen_at = a->records;
		if (known(r->uptime_usec))
			o->last_uptime_usec = r->uptime_usec;
		if (known(r->order_usec))
			o->last_wall_usec = r->order_usec;
	}
}

/* Mem-Info that came without a trigger, such as sysrq-m's, while `o` had its own. */
static struct open_event *open_state(struct assembler *a, const struct record *r)
{
	struct open_event *o = open_new(a, r);

	o->e->kind = KIND_ALLOCATION_FAILURE;
	o->e->cut_at_start = true;
	return o;
}

/* Whose Mem-Info is this line? True when that is settled here: several reports could
 * have printed it. Else `*o` is the one that reads it, if any. */
static bool braid_or_own(struct assembler *a, const struct pattern *p,
	const struct record *r, const struct captures *c, struct open_event **o)
{
	struct open_event *reader[2] = { NULL, NULL };
	size_t readers = 0, place[2] = { 0 };

	for (size_t i = 0; i < a->count; i++) {
		struct open_event *one = &a->open[i];

		if (one->braid && same_host(one, r) && same_caller(one, r)) {
			add_to_braid(a, one->braid, p, r, c);
			return true;
		}
		if (!reads_mem_info(one, r))
			continue;
		if (readers < 2) {
			place[readers] = i;
			reader[readers] = one;
		}
		readers++;
	}
	*o = reader[0];
	if (readers == 1 && p->take == take_mem_info && reader[0]->key_count > 0) {
		/* May make room in front: the place is looked for again. */
		size_t before = a->count;

		open_state(a, r);
		place[0] -= before + 1 - a->count;
		if (place[0] >= a->count)
			return true;
		reader[0] = &a->open[place[0]];
		reader[1] = &a->open[a->count - 1];
		readers = 2;
	}
	if (readers < 2)
		return false;
	braid_two(reader[0], reader[1]);
	if (readers > 2)
		reader[0]->braid->lossy = true;
	add_to_braid(a, reader[0]->braid, p, r, c);
	return true;
}

/* A line of a braid is this report's; `common` is what it says in both, where it is not
 * known which is whose. */
static void read_braided(
	struct open_event *o, const struct braid_line *line, const struct slice *common)
{
	struct record own = line->record;
	struct captures moved = line->captures;
	const struct pattern *p = line->pattern;
	int tail = p->take == take_zone ? 3 : (p->take == take_node ? 2 : 1);

	own.text = arena_copy(o->e->arena, common ? *common : line->record.text);
	own.line += o->line_offset;
	for (int i = 0; i < MAX_CAPTURES; i++)
		if (moved.part[i].p)
			moved.part[i] = arena_copy(o->e->arena, moved.part[i]);
	if (common)
		moved.part[tail] = own.text;
	keep(o, &own);
	p->take(o->e, &own, &moved);
	if (!common)
		o->e->sections |= p->section;
}

/* A line that may be of either report, and the other one of its kind. */
static void read_either(struct open_event *members[2], struct braid *braid,
	const struct braid_line *first)
{
	const struct pattern *p = first->pattern;
	const struct braid_line *second =
		first->pair == SIZE_MAX ? NULL : &braid->lines[first->pair];
	int tail = p->take == take_zone ? 3 : (p->take == take_node ? 2 : 1);
	/* The counters' sums need whole lines; a zone's numbers stand for themselves. */
	bool has_tail = p->take == take_zone || p->take == take_node;
	struct slice common;

	if (second && slice_eq(first->record.text, second->record.text)) {
		for (int m = 0; m < 2; m++)
			read_braided(members[m], first, NULL);
		return;
	}
	for (int m = 0; m < 2; m++)
		members[m]->e->mixed_lines++;
	if (!second || !has_tail)
		return;
	common = braid_common(
		braid, first->captures.part[tail], second->captures.part[tail]);
	for (int m = 0; m < 2; m++)
		read_braided(members[m], first, &common);
}

/* One of two mixed reports is complete: say whose the lines were. */
static void unbraid(struct assembler *a, struct braid *braid)
{
	struct open_event *members[2] = { NULL, NULL };
	int none = BRAID_EITHER;
	bool solved;

	note_past(a, braid);
	for (size_t i = 0; i < a->count; i++)
		if (a->open[i].braid == braid)
			members[a->open[i].strand] = &a->open[i];
	/* A braid has two members until it is taken apart here. */
	if (!members[0] || !members[1])
		return;
	for (int m = 0; m < 2; m++) {
		members[m]->braid = NULL;
		if (has_no_mem_info(members[m]))
			none = m;
	}
	solved = braid_solve(braid, none);
	for (size_t i = 0; i < braid->count; i++) {
		const struct braid_line *line = &braid->lines[i];

		if (!solved && !line->given) {
			for (int m = 0; m < 2; m++)
				members[m]->e->mixed_lines++;
			continue;
		}
		/* In the order of the first of each kind, which is that of both reports. */
		if (!solved || line->second)
			continue;
		if (line->owner == BRAID_EITHER) {
			read_either(members, braid, line);
			continue;
		}
		if (!line->given)
			read_braided(members[line->owner], line, NULL);
		if (line->pair != SIZE_MAX)
			read_braided(members[1 - line->owner],
				&braid->lines[line->pair], NULL);
	}
	for (int m = 0; m < 2; m++)
		end_failure(members[m]);
	braid_free(braid);
}

static void note_kernel(struct open_event *o, struct slice release)
{
	if (!known(o->e->kernel.major) && release.p)
		kernel_read(&o->e->kernel, arena_copy(o->e->arena, release));
}

/* The functions that only one kind of report has in its trace. */
static bool is_frame_of(enum event_kind kind, struct slice text)
{
	static const char *const oom[] = { "dump_header", "oom_kill_process",
		"out_of_memory", "moom_callback" };

	if (kind != KIND_OOM)
		return slice_has(text, "warn_alloc") || slice_has(text, "should_fail");
	for (size_t i = 0; i < sizeof(oom) / sizeof(*oom); i++)
		if (slice_has(text, oom[i]))
			return true;
	return false;
}

/* A record that no row knows, and that several reports could have printed: only where
 * its shape tells whose it is, it is read. */
static void take_mixed(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];
		struct record own;

		if (!same_host(o, r) || !same_caller(o, r) || o->ended)
			continue;
		if (o->key_count == 0 && !is_past_mem_info(o) && r->text.n > 0)
			o->trace_mixed = true;
		if (!is_frame_of(o->e->kind, r->text))
			continue;
		own = kept_record(o, r);
		if (trace_take(o->e, own.text))
			keep(o, &own);
	}
}

/* Rows and torn lines of the one report among several that has such. */
static bool take_row_of_one(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (!same_host(o, r) || !same_caller(o, r) || o->ended ||
			o->e->kind != KIND_OOM)
			continue;
		if ((o->torn_parts > 0 || !slice_starts(r->text, "CPU: ")) &&
			join_name(a, o, r))
			return true;
		if (!r->cut && take_row(o, r))
			return true;
	}
	return false;
}

/* Records whose numbers are missing may be any report's. */
static void note_lost_records(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (!same_host(o, r) || o->ended)
			continue;
		o->e->dropped_messages =
			quantity_add(known_or(o->e->dropped_messages, 0), r->lost);
		if (o->braid)
			o->braid->lossy = true;
	}
}

/* Lines of the log that were lost may be any report's. */
static void note_loss(struct assembler *a, const struct record *r,
	const struct pattern *p, const struct captures *c)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (!same_host(o, r) || o->ended)
			continue;
		take_matched(o, p, r, c);
		if (o->braid && slice_has(r->text, "dropped"))
			o->braid->lossy = true;
	}
}

void assembler_take(struct assembler *a, const struct record *r)
{
	struct captures c;
	const struct pattern *p;
	struct open_event *o;
	struct record joined;
	enum speaker speaker = speaker_of(r);
	bool kernel = speaker != A_PROGRAM, mixed;

	a->lines_seen++;
	a->records++;
	assembler_clock(a, r);
	if (r->lost > 0)
		note_lost_records(a, r);
	mixed = kernel && is_mixed(a, r);
	if (is_boot(r)) {
		for (size_t i = 0; i < a->count; i++)
			if (same_host(&a->open[i], r))
				finish(a, &a->open[i], true);
		hand_on(a);
		notices_flush(a->notices);
		note_release(a, r);
		(*boots_of(a, r->host))++;
		/* A log put together of pieces (--anonymized-log) begins anew. */
		a->lines_seen = 0;
		return;
	}
	o = kernel ? owner(a, r, NULL, NULL) : NULL;
	if (o)
		o->seen_at = a->records;
	if (mixed && take_row_of_one(a, r))
		return;
	if (o && !mixed && is_next_task(o, r) && take_row(o, r))
		return;
	if (o && !mixed && !o->ended && join_name(a, o, r))
		return;
	if (o && !mixed && !r->cut && take_row(o, r))
		return;
	if (o && !mixed && !r->cut &&
		(!o->ended || o->torn.n > 0 || slice_starts(r->text, "Tasks in")) &&
		join(o, r, &joined)) {
		take_joined(a, o, &joined);
		return;
	}
	if (o && piece_of_a_name(a, o, r)) {
		note_foreign(a, r);
		return;
	}
	p = pattern_match(a->patterns, r->text, o != NULL, speaker, &c);
	if (p && p->program) {
		notices_take(a->notices, p, r, &c,
			&(struct spoken_in){
				a->file, a->member, *boots_of(a, r->host) });
		return;
	}
	if (!p && !o && kernel && tasks_row_shape(r->text)) {
		/* A ring that begins within the task table. */
		o = open_new(a, r);
		o->e->cut_at_start = true;
		take_row(o, r);
		return;
	}
	if (!p && mixed) {
		take_mixed(a, r);
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
				if (own.text.n > 0)
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
	/* Mem-Info's lines are records of their own: a short further line is a name's. */
	if (r->continues && r->text.n <= 15 && p->place == HEADLESS &&
		!slice_starts(r->text, " ")) {
		note_foreign(a, r);
		return;
	}
	/* A further line of a record opens or ends nothing: a path may say what it likes. */
	if (r->continues && o && !o->ended && p->place != INSIDE &&
		p->place != HEADLESS && p->place != AFTER) {
		note_foreign(a, r);
		return;
	}
	if (mixed && p->take == take_per_cpu) {
		for (size_t i = 0; i < a->count; i++)
			if (reads_mem_info(&a->open[i], r))
				a->open[i].per_cpu_mixed = true;
		return;
	}
	if (p->take == take_dropped && o) {
		note_loss(a, r, p, &c);
		return;
	}
	if (p->place == OPENS || p->place == ALONE || p->take == take_show_memory) {
		o = begin_event(a, r, p);
	} else if (kernel && braid_takes(p) && !(o && o->ended && p->place == INSIDE) &&
		   !r->cut) {
		if (braid_or_own(a, p, r, &c, &o))
			return;
		if (!o && p->take == take_tail_pages)
			o = complete_reader(a, r);
		if (!o && p->place == HEADLESS)
			o = begin_event(a, r, p);
		if (!o) {
			note_foreign(a, r);
			return;
		}
	} else if (kernel && mixed && p->take == take_cpu && !owner(a, r, p, &c)) {
		/* Two of one name: it tells which kernel both have, no more. */
		for (size_t i = 0; i < a->count; i++)
			if (same_host(&a->open[i], r) && !a->open[i].ended)
				note_kernel(&a->open[i], c.part[5]);
		return;
	} else {
		o = owner(a, r, p, &c);
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
