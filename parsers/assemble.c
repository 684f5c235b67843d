/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which record belongs to which report, and when a report is complete.
 *
 * Detection is a line at a time: a row of the pattern table says what a line is
 * and where it may stand. Reports of one host do not interleave with each other
 * since 4.2 (oom_lock), but allocation failures, drivers and daemons do. */
#include "parsers/assemble_parts.h"

#include "base/complain.h"
#include "parsers/gfp.h"
#include "parsers/notices.h"
#include "parsers/pieces.h"
#include "parsers/sections.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_LINES = 400, /* a source may begin within a report */
	PATIENCE_HOSTS =
		40000, /* lines of all hosts after which one has fallen silent */
	PATIENCE_READING = 600, /* foreign lines after which a report has no end */
	PATIENCE_ENDED = 64,    /* after the kill the sweep finds what follows */
};
#define EVENT_ENDS_USEC INT64_C(3000000)

/* A task that was killed is gone after so long, or its pid may be another's: by the clock,
 * and by the records read since. */
#define DYING_USEC INT64_C(10000000)
enum { RECORDS_OF_ONE_STORM = 2000 };

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
	return (known(e->memory.counters.ram.value) ||
		       counters_whole(&e->memory.counters)) &&
	       (e->sections & SECTION_ZONES) &&
	       !(e->sections & (SECTION_TASKS | SECTION_MEMCG | SECTION_TRACE)) &&
	       e->tasks.title_line == 0;
}

/* The middle of a report whose first and last lines are lost: only the OOM killer prints
 * a cgroup's counters, or the tasks that it may choose from. */
static bool is_middle(const struct oom_event *e)
{
	return known(e->memcg.memory.limit_bytes) || e->memcg.stat_groups > 0 ||
	       (e->tasks.header_line != 0 && e->tasks.count > 0) ||
	       (e->tasks.title_line != 0 && (e->sections & SECTION_ZONES));
}

/* sysrq-f that left no more than its own line: what i915 and the like could give back was
 * enough, or a victim was dying already. */
static bool is_asked_alone(const struct oom_event *e)
{
	return e->manual && e->manual_line != 0;
}

/* Hand on what is complete, oldest first. */
void assembler_hand_on(struct assembler *a)
{
	while (a->count > 0 && a->open[0].done) {
		struct open_event o = a->open[0];

		a->count--;
		memmove(a->open, a->open + 1, a->count * sizeof(*a->open));
		if (!o.real && is_state(o.e))
			o.e->kind = KIND_STATE;
		if (o.real || o.e->kind == KIND_STATE || is_middle(o.e) ||
			is_asked_alone(o.e))
			notices_event(a->notices, o.e);
		else
			event_free(o.e);
		o.e = NULL;
		forget(&o);
	}
}

static const struct killed *find_killed(
	const struct assembler *a, struct slice host, int64_t pid)
{
	for (size_t i = 0; i < LAST_KILLED; i++)
		if (a->killed[i].pid == pid && pid != 0 &&
			a->killed[i].host == assembler_hash(host))
			return &a->killed[i];
	return NULL;
}

/* The victim of that pid in a report that is still open, before `e`. */
static const struct victim *find_open_victim(
	const struct assembler *a, const struct oom_event *e, int64_t pid)
{
	for (size_t i = 0; i < a->count && a->open[i].e != e; i++) {
		const struct oom_event *before = a->open[i].e;

		if (!slice_eq(before->host, e->host))
			continue;
		for (size_t k = 0; k < before->victim_count; k++)
			if (before->victims[k].pid == pid)
				return &before->victims[k];
	}
	return NULL;
}

/* Was the process killed by another report? The reaper comes two seconds later (5.18+),
 * and the next report may have begun by then. */
static bool killed_before(const struct assembler *a, const struct oom_event *e)
{
	return find_killed(a, e->host, e->reaped.pid) ||
	       find_open_victim(a, e, e->reaped.pid);
}

static void note_killed(struct assembler *a, const struct oom_event *e)
{
	for (size_t i = 0; i < e->victim_count; i++)
		a->killed[a->next_killed++ % LAST_KILLED] = (struct killed){
			.pid = e->victims[i].pid,
			.uptime_usec = e->last_uptime_usec,
			.record = a->records,
			.host = assembler_hash(e->host),
			.comm = assembler_hash(e->victims[i].comm),
		};
}

/* Who was just killed is refused memory on its way out: since 6.12 the log often has that. */
static bool is_dying(const struct assembler *a, const struct oom_event *e)
{
	const struct victim *v = find_open_victim(a, e, e->request.pid);
	const struct killed *k = find_killed(a, e->host, e->request.pid);
	int64_t since;

	if (v)
		return slice_eq(v->comm, e->request.comm);
	if (!k || k->comm != assembler_hash(e->request.comm) ||
		a->records - k->record >= RECORDS_OF_ONE_STORM)
		return false;
	since = quantity_sub(e->uptime_usec, k->uptime_usec);
	return !known(since) || (since >= 0 && since < DYING_USEC);
}

/* The smallest block that holds so many bytes. */
static int64_t order_of(int64_t bytes, int64_t page)
{
	int64_t order = 0;

	if (!known(bytes) || !known(page) || page <= 0)
		return UNKNOWN;
	while (order < 40 && bytes > quantity_mul(page, INT64_C(1) << order))
		order++;
	return order;
}

void assembler_finish(struct assembler *a, struct open_event *o, bool cut)
{
	struct oom_event *e = o->e;
	const char *release = assembler_release(a, o->host);

	if (o->done)
		return;
	if (o->braid)
		assembler_unbraid(a, o->braid);
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

		torn_take(a, o, &last);
	}
	if (e->reaped.line != 0 && !killed_before(a, e))
		kill_by_reaper(e);
	note_killed(a, e);
	if (e->kind == KIND_ALLOCATION_FAILURE && known(e->request.pid))
		e->asker_dying = is_dying(a, e);
	o->done = true;
	e->cut_at_end = (cut && !o->ended) || o->cut;
	if (e->no_mmu) {
		e->request.order = order_of(e->request.size_bytes, e->page_bytes);
		/* What no "Mem-Info:" began has no counts of RAM behind it. */
		if ((e->sections & SECTION_BUDDY) && !(e->sections & SECTION_MEM_INFO))
			e->cut_at_end = o->cut;
	}
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
		assembler_finish(a, &a->open[i], ended);
	assembler_hand_on(a);
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
	memset(a->killed, 0, sizeof(a->killed));
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
		int64_t age = open_younger_usec(o, r);

		/* A slow serial console prints one report over many seconds, so
		 * what has not ended waits longer. */
		if (open_same_host(o, r) &&
			((known(age) && age > (o->ended ? EVENT_ENDS_USEC
							: 20 * EVENT_ENDS_USEC)) ||
				open_before_boot(o, r)))
			assembler_finish(a, o, false);
		/* A host that fell silent in the midst of others. */
		else if (!o->done && a->records - o->seen_at > PATIENCE_HOSTS)
			assembler_finish(a, o, false);
	}
	assembler_hand_on(a);
	notices_clock(a->notices, r, oldest_open(a));
}

struct open_event *assembler_open(struct assembler *a, const struct record *r)
{
	struct open_event *o;
	struct oom_event *e;

	if (a->count == MAX_OPEN) {
		assembler_finish(a, &a->open[0], false);
		assembler_hand_on(a);
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
	e->program_pid = r->program_pid;
	e->boot = arena_copy(e->arena, r->boot);
	e->boots_before = *assembler_boots(a, r->host);
	e->first_line = e->last_line = r->line;
	e->first_byte = r->byte;
	e->uptime_usec = e->last_uptime_usec = r->uptime_usec;
	e->wall = arena_copy(e->arena, r->wall);
	e->wall_usec = r->wall_usec;
	o->seen_at = a->records;
	note_hosts(a);
	return o;
}

static void end_before(
	struct assembler *a, const struct record *r, const struct pattern *p)
{
	for (size_t i = 0; i < a->count; i++)
		if (open_same_host(&a->open[i], r) &&
			open_same_caller(&a->open[i], r) &&
			open_ends_before(&a->open[i], r, p))
			assembler_finish(a, &a->open[i], false);
	assembler_hand_on(a);
}

/* The area's line comes first, then vmalloc's of the same task; a notice of suppressed
 * lines may stand between, or another CPU's trace. */
static bool follows_vmap(const struct open_event *o, const struct record *r)
{
	enum { LINES_BETWEEN = 20, WITHIN_USEC = 1000000 };
	const struct oom_event *e = o->e;

	return e->no_addresses_line != 0 && e->request.line == e->no_addresses_line &&
	       r->line - e->no_addresses_line <= LINES_BETWEEN + 1 &&
	       known_or(open_younger_usec(o, r), 0) <= WITHIN_USEC;
}

/* SLUB's line right behind a Mem-Info without a head: that was its request's. */
static bool follows_mem_info(const struct open_event *o)
{
	return !o->real && o->foreign_since == 0 && is_state(o->e) && !o->e->shown_line;
}

static struct open_event *begin_event(
	struct assembler *a, const struct record *r, const struct pattern *p)
{
	struct open_event *o = assembler_owner(a, r, p, NULL);

	/* "Manual OOM execution" stands before its trigger. */
	if (o && p->place == OPENS && o->e->manual && !o->real && o->e->sections == 0)
		return o;
	/* vmalloc's and SLUB's own lines and the failure that they report are one. */
	if (o && p->take == take_slub && o->real &&
		o->e->kind == KIND_ALLOCATION_FAILURE)
		return o;
	if (o && p->take == take_slub && follows_mem_info(o)) {
		o->e->kind = KIND_ALLOCATION_FAILURE;
		return o;
	}
	if (o && p->take == take_vmalloc && follows_vmap(o, r))
		return o;
	/* swiotlb's second line of the same mapping (up to 4.x). */
	if (o && p->take == take_swiotlb_space && o->e->area.kind == AREA_SWIOTLB &&
		r->line <= o->e->last_line + 1)
		return o;
	if (o && p->take == take_allocation_failure && o->e->vmalloc_failure &&
		o->e->request.line != o->e->no_addresses_line &&
		!o->e->request.gfp.mask_known)
		return o;
	end_before(a, r, p);
	o = assembler_open(a, r);
	o->e->kind = p->kind;
	if (p->place == HEADLESS || p->place == ENDS)
		o->e->cut_at_start = p->take != take_manual;
	return o;
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

		if (!open_same_host(o, r))
			continue;
		o->foreign_since++;
		if (!o->ended && o->foreign_since > PATIENCE_READING)
			assembler_finish(a, o, false);
	}
	assembler_hand_on(a);
}

/* A line with the kernel's own clock and no program's name is dmesg's. */
static enum speaker speaker_of(const struct record *r)
{
	if (r->program.n > 0)
		return slice_is(r->program, "kernel") ? THE_KERNEL : A_PROGRAM;
	return known(r->uptime_usec) ? THE_KERNEL : ANYONE;
}

/* "java invoked oom-killer" without a colon is the kernel's only where the kernel speaks:
 * people write so, too. And its source, or a patch of it, has the format. */
static bool is_prose(
	const struct pattern *p, const struct record *r, enum speaker speaker)
{
	if (speaker != ANYONE)
		return false;
	if (p->take == take_invoked)
		return slice_has(r->text, "%s invoked oom-killer: ");
	return p->take == take_invoked_cut && !slice_has(r->text, "oom-killer:");
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
		if (open_same_host(&a->open[i], r) &&
			open_same_caller(&a->open[i], r) && a->open[i].ended &&
			a->open[i].key_count > 0)
			return &a->open[i];
	return NULL;
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
		struct event_line own;

		if (!open_same_host(o, r) || !open_same_caller(o, r) || o->ended)
			continue;
		if (o->key_count == 0 && !open_past_mem_info(o) && r->text.n > 0)
			o->trace_mixed = true;
		if (!is_frame_of(o->e->kind, r->text))
			continue;
		own = open_kept_line(o, r);
		if (trace_take(o->e, own.text))
			open_keep(o, r, &own);
	}
}

/* Rows and torn lines of the one report among several that has such. */
static bool take_row_of_one(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (!open_same_host(o, r) || !open_same_caller(o, r) || o->ended ||
			o->e->kind != KIND_OOM)
			continue;
		if ((o->torn_parts > 0 || !slice_starts(r->text, "CPU: ")) &&
			torn_join_name(a, o, r))
			return true;
		if (!r->cut && open_take_row(o, r))
			return true;
	}
	return false;
}

/* Records whose numbers are missing may be any report's. */
static void note_lost_records(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (!open_same_host(o, r) || o->ended)
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

		if (!open_same_host(o, r) || o->ended)
			continue;
		open_take_matched(o, p, r, c);
		if (o->braid && slice_has(r->text, "dropped"))
			o->braid->lossy = true;
	}
}

/* The old machine's reports get nothing more. */
static void take_boot(struct assembler *a, const struct record *r)
{
	for (size_t i = 0; i < a->count; i++)
		if (open_same_host(&a->open[i], r))
			assembler_finish(a, &a->open[i], true);
	assembler_hand_on(a);
	notices_flush(a->notices);
	assembler_note_release(a, r);
	(*assembler_boots(a, r->host))++;
	/* A log put together of pieces (--anonymized-log) begins anew. */
	a->lines_seen = 0;
}

/* Rows of tables and lines in pieces are known by where they stand: no row of the
 * pattern table is asked. True when the record was used up. */
static bool take_by_place(
	struct assembler *a, struct open_event *o, const struct record *r, bool mixed)
{
	struct record joined;

	if (mixed && take_row_of_one(a, r))
		return true;
	if (!o)
		return false;
	if (!mixed) {
		if (is_next_task(o, r) && open_take_row(o, r))
			return true;
		if (!o->ended && torn_join_name(a, o, r))
			return true;
		if (!r->cut && open_take_row(o, r))
			return true;
		if (!r->cut &&
			(!o->ended || o->torn.n > 0 ||
				slice_starts(r->text, "Tasks in")) &&
			torn_join(o, r, &joined)) {
			torn_take_joined(a, o, &joined);
			return true;
		}
	}
	if (torn_rest_of_name(a, o, r)) {
		note_foreign(a, r);
		return true;
	}
	return false;
}

/* Is no table being read, no line in pieces, and no name that a newline may split? Then
 * what has the form of a whole line is one. */
static bool reads_whole_lines(const struct open_event *o)
{
	return !o->ended && o->table == NO_TABLE && o->torn.n == 0 &&
	       o->torn_parts == 0 && !o->e->tasks.header_line;
}

/* A frame of the trace, or a line that looks like the report's. */
static bool take_as_ours(struct open_event *o, const struct record *r)
{
	struct event_line own;

	if ((o->ended && !(o->e->sections & SECTION_TRACE)) ||
		(o->ended && o->e->victim_count > 0))
		return false;
	/* A second trace is another's too. */
	if (trace_is_others(r->text) ||
		(o->e->frame_count > 0 &&
			(slice_starts(r->text, "Call Trace:") ||
				slice_starts(r->text, "Call trace:"))))
		o->trace_foreign = true;
	own = open_kept_line(o, r);
	if (open_reads_trace(o) && trace_take(o->e, own.text)) {
		open_keep(o, r, &own);
		if (own.text.n > 0)
			o->table = NO_TABLE;
		return true;
	}
	if (!looks_like_ours(own.text) || o->ended)
		return false;
	open_keep(o, r, &own);
	if (!meminfo_take_wrapped(o->e, own.text, own.number))
		event_unrecognised(o->e, own.number, own.text);
	return true;
}

/* A record that no row of the pattern table knows. */
static void take_unknown(struct assembler *a, struct open_event *o,
	const struct record *r, bool kernel, bool mixed)
{
	if (!o && kernel && tasks_row_shape(r->text)) {
		/* A ring that begins within the task table. */
		o = assembler_open(a, r);
		o->e->cut_at_start = true;
		open_take_row(o, r);
		return;
	}
	if (mixed) {
		take_mixed(a, r);
		return;
	}
	/* The first piece of a line: its end comes. */
	if (o && o->torn.n > 0 && o->torn_parts == 0 && o->torn_line == r->line)
		return;
	if (!o || !take_as_ours(o, r))
		note_foreign(a, r);
}

/* A further line of a record, split off by a newline in a name or a path: may it not be
 * what it looks like? */
static bool is_forged(
	const struct open_event *o, const struct pattern *p, const struct record *r)
{
	if (!r->continues)
		return false;
	/* Mem-Info's lines are records of their own: a short further line is a name's. */
	if (r->text.n <= 15 && p->place == HEADLESS && !slice_starts(r->text, " "))
		return true;
	/* It opens or ends nothing: a path may say what it likes. */
	return o && !o->ended && p->place != INSIDE && p->place != HEADLESS &&
	       p->place != AFTER;
}

/* The report that reads this line of Mem-Info, begun where there is none. NULL where
 * the line is settled: in a braid, or nobody's. */
static struct open_event *mem_info_reader(struct assembler *a, const struct pattern *p,
	const struct record *r, const struct captures *c)
{
	struct open_event *o =
		p->take == take_mem_info ? assembler_late_mem_info(a, r) : NULL;

	if (o)
		return o;
	if (assembler_braid(a, p, r, c, &o))
		return NULL;
	if (!o && p->take == take_tail_pages)
		o = complete_reader(a, r);
	if (!o && p->place == HEADLESS)
		o = begin_event(a, r, p);
	if (!o)
		note_foreign(a, r);
	return o;
}

/* A driver's trace, or a hung task's, may be printed at any time: whose is this line? */
static struct open_event *trace_owner(struct assembler *a, struct open_event *o,
	const struct pattern *p, const struct record *r)
{
	if (p->take != take_cpu)
		return o && open_reads_trace(o) ? o : NULL;
	if (o && open_begins_trace(o)) {
		o->trace_foreign = false;
		return o;
	}
	/* The frames that follow are not ours. */
	for (size_t i = 0; i < a->count; i++)
		if (open_same_host(&a->open[i], r) && open_same_caller(&a->open[i], r))
			a->open[i].trace_foreign = true;
	return NULL;
}

/* The report that reads this line, begun where it may begin one; NULL: nobody's. */
static struct open_event *reader(struct assembler *a, const struct pattern *p,
	const struct record *r, const struct captures *c)
{
	struct open_event *o = assembler_owner(a, r, p, c);

	if (o && p->place == ENDS && !open_closes(o, p, c))
		o = NULL;
	/* sysrq-m's Mem-Info after a kill; but "pages hwpoisoned" is still ours. */
	if (o && o->ended && p->place == HEADLESS && p->take != take_tail_pages)
		o = NULL;
	if (p->section & SECTION_TRACE)
		o = trace_owner(a, o, p, r);
	if (!o && (p->place == HEADLESS || p->place == ENDS))
		o = begin_event(a, r, p);
	if (!o)
		note_foreign(a, r);
	return o;
}

/* Lines of which several reports being read could each have printed any. True when
 * that settles the line. */
static bool take_shared(struct assembler *a, const struct pattern *p,
	const struct record *r, const struct captures *c)
{
	if (p->take == take_per_cpu) {
		for (size_t i = 0; i < a->count; i++)
			if (open_reads_mem_info(&a->open[i], r))
				a->open[i].per_cpu_mixed = true;
		return true;
	}
	if (p->take != take_cpu || assembler_owner(a, r, p, c))
		return false;
	/* Two of one name: it tells which kernel both have, no more. */
	for (size_t i = 0; i < a->count; i++)
		if (open_same_host(&a->open[i], r) && !a->open[i].ended)
			note_kernel(&a->open[i], c->part[5]);
	return true;
}

/* A line that a row of the pattern table knows; `o` is the report that reads at
 * present, or NULL. */
static void take_known(struct assembler *a, struct open_event *o,
	const struct pattern *p, const struct record *r, const struct captures *c,
	bool kernel, bool mixed)
{
	struct record joined;

	/* A line that the source cut may end within a number: only what it is counts. */
	if (r->cut && (p->place == INSIDE || p->place == HEADLESS)) {
		if (o)
			o->cut = true;
		return;
	}
	if (is_forged(o, p, r)) {
		note_foreign(a, r);
		return;
	}
	if (p->take == take_dropped && o) {
		note_loss(a, r, p, c);
		return;
	}
	if (mixed && take_shared(a, p, r, c))
		return;
	if (p->place == OPENS || p->place == ALONE || p->take == take_show_memory)
		o = begin_event(a, r, p);
	else if (kernel && braid_takes(p) && !(o && o->ended && p->place == INSIDE) &&
		 !r->cut)
		o = mem_info_reader(a, p, r, c);
	else
		o = reader(a, p, r, c);
	if (!o)
		return;
	open_take_matched(o, p, r, c);
	if (p->place == OPENS && piece_lacks_more(r->text))
		torn_join(o, r, &joined);
}

/* The source ended within this line: its last word may be half a number, or half a name. Not
 * so where it ends as the line does, as logs without their last newline do. */
static struct slice before_cut(struct slice text)
{
	size_t end = text.n;

	if (slice_ends(text, "kB") || slice_ends(text, ")") ||
		slice_has(text, "Kill") || slice_starts(text, "oom-kill:"))
		return text;
	while (end > 0 && text.p[end - 1] != ' ' && text.p[end - 1] != ',')
		end--;
	return slice_first(text, end);
}

void assembler_take(struct assembler *a, const struct record *record)
{
	struct record whole = *record;
	const struct record *r = &whole;
	struct captures c;
	const struct pattern *p;
	struct open_event *o;
	enum speaker speaker = speaker_of(record);
	bool kernel = speaker != A_PROGRAM, mixed;

	if (r->cut)
		whole.text = before_cut(whole.text);
	a->lines_seen++;
	a->records++;
	assembler_clock(a, r);
	if (r->lost > 0)
		note_lost_records(a, r);
	if (is_boot(r)) {
		take_boot(a, r);
		return;
	}
	mixed = kernel && assembler_is_mixed(a, r);
	o = kernel ? assembler_owner(a, r, NULL, NULL) : NULL;
	if (o)
		o->seen_at = a->records;
	p = NULL;
	if (o && !mixed && !r->cut && reads_whole_lines(o)) {
		if (trace_is_frame(r->text) && take_as_ours(o, r))
			return;
		p = pattern_match_plain(a->patterns, r->text, true, speaker, &c);
	}
	if (!p && take_by_place(a, o, r, mixed))
		return;
	if (!p)
		p = pattern_match(a->patterns, r->text, o != NULL, speaker, &c);
	if (p && is_prose(p, r, speaker))
		p = NULL;
	if (!p)
		take_unknown(a, o, r, kernel, mixed);
	else if (p->program)
		notices_take(a->notices, p, r, &c,
			&(struct spoken_in){
				a->file, a->member, *assembler_boots(a, r->host) });
	else
		take_known(a, o, p, r, &c, kernel, mixed);
}
