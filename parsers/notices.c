/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins what programs say to the kill that they speak of.
 *
 * Events are held for three seconds of the log's clock, and only in logs that hold other
 * programs' lines at all. A notice joins the event with its pid, unit, cgroup or container;
 * one that finds none becomes an event that says so. */
#include "parsers/notices.h"

#include "base/complain.h"
#include "parsers/sections.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_HELD = 24,
	MAX_TOLD = 32,
	MAX_LINES = 200,           /* kept of one killer's words, and of notices */
	LINES_WITHOUT_CLOCK = 200, /* how near is near where no line has a time */
	PATIENCE = 64 /* lines of others in the midst of a killer's words */
};
#define NEAR_USEC      INT64_C(3000000)
#define SAME_KILL_USEC INT64_C(2000000) /* the kernel and a program, the same pid */
#define OUTCOME_USEC                                                                   \
	INT64_C(12000000) /* earlyoom looks for ten seconds whether it died */
#define ESCALATION_USEC INT64_C(30000000) /* SIGTERM, then SIGKILL */
#define BUSY_USEC       INT64_C(60000000) /* longest wait for a report being read */
#define TOLD_USEC       INT64_C(600000000)

struct held {
	struct oom_event *e;
	struct slice host;
	bool real;    /* not only what a killer said before it acted */
	bool kernels; /* the assembler's event */
	bool waits;   /* the killer has yet to say how it went */
	uint32_t lines_since;
};

/* A unit of which a notice was given, so that systemd's later line about the same end is
 * no event of its own. */
struct told {
	uint64_t place;
	int64_t order_usec;
};

struct notices {
	take_event *take;
	void *context;
	struct held held[MAX_HELD];
	size_t count;
	bool others; /* this source holds other programs' lines */
	struct told told[MAX_TOLD];
	size_t told_count;
};

struct notices *notices_new(take_event *take, void *context)
{
	struct notices *n = must_alloc(sizeof(*n));

	n->take = take;
	n->context = context;
	return n;
}

void notices_free(struct notices *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->count; i++)
		event_free(n->held[i].e);
	free(n);
}

void notices_begin(struct notices *n)
{
	n->others = false;
	n->told_count = 0;
}

static int64_t distance(int64_t a, int64_t b)
{
	int64_t d = quantity_sub(a, b);

	return known(d) && d < 0 ? -d : d;
}

static bool same_host(struct slice a, struct slice b)
{
	return a.n == 0 || b.n == 0 || slice_eq(a, b);
}

/* ---- does a notice speak of this event? ---- */

static bool is_id(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			    (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n >= 12;
}

/* Is `part` one or more whole parts of the path? A container's id also counts within
 * one ("docker-ID.scope"). */
static bool path_has(struct slice path, struct slice part)
{
	bool id = is_id(part);

	for (size_t at = 0; part.n > 0 && at + part.n <= path.n; at++) {
		bool begins = at == 0 || path.p[at - 1] == '/';
		bool ends = at + part.n == path.n || path.p[at + part.n] == '/';

		if (memcmp(path.p + at, part.p, part.n) == 0 &&
			(id || (begins && ends)))
			return true;
	}
	return false;
}

/* Two programs' names for one place: the unit's, and the id of the container in it. */
static bool same_place(struct slice a, struct slice b)
{
	if (slice_eq(a, b))
		return true;
	for (int swap = 0; swap < 2; swap++) {
		struct slice id = swap ? a : b, whole = swap ? b : a;

		for (size_t at = 0; is_id(id) && at + id.n <= whole.n; at++)
			if (memcmp(whole.p + at, id.p, id.n) == 0)
				return true;
	}
	return false;
}

static bool names_place(const struct oom_event *e, struct slice place, bool *any_path)
{
	const struct slice paths[] = { e->memcg.task_path, e->memcg.oom_path,
		e->group_path, e->killer.cgroup };
	bool found = false;

	*any_path = false;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		*any_path |= paths[i].n > 0;
		found |= path_has(paths[i], place);
	}
	return found;
}

/* "mysqld.service" and a victim named mysqld. */
static bool unit_named(struct slice unit, const struct oom_event *e)
{
	size_t dot = slice_find_last(unit, ".");
	struct slice stem = slice_first(unit, dot == SLICE_NONE ? unit.n : dot);

	for (size_t i = 0; i < e->victim_count; i++)
		if (e->victims[i].comm.n > 0 &&
			slice_eq(e->victims[i].comm, slice_first(stem, 15)))
			return true;
	return false;
}

static bool near(
	const struct oom_event *e, int64_t order_usec, uint32_t line, int64_t most)
{
	int64_t d = distance(e->last_order_usec, order_usec);

	if (known(d))
		return d <= most;
	return line > e->last_line ? line - e->last_line <= LINES_WITHOUT_CLOCK
				   : e->last_line - line <= LINES_WITHOUT_CLOCK;
}

/* `surely`: only by a pid or a name, not by the moment alone. */
static bool speaks_of(const struct notice *n, const struct oom_event *e, bool surely)
{
	bool any_path;

	if (e->kind != KIND_OOM && e->kind != KIND_USERSPACE_KILL)
		return false;
	if (n->of_kernel_kill && e->kind != KIND_OOM && n->place.n == 0)
		return false;
	if (n->of_other_kill && e->kind == KIND_OOM && !e->told)
		return false;
	if (!near(e, n->order_usec, n->line, NEAR_USEC))
		return false;
	if (known(n->pid)) {
		for (size_t i = 0; i < e->victim_count; i++)
			if (e->victims[i].pid == n->pid)
				return true;
		for (size_t i = 0; i < e->notice_count; i++)
			if (e->told && e->notices[i].pid == n->pid)
				return true;
		return false;
	}
	if (n->place.n > 0) {
		if (names_place(e, n->place, &any_path))
			return true;
		for (size_t i = 0; i < e->notice_count; i++)
			if (same_place(e->notices[i].place, n->place))
				return true;
		if (any_path || e->told)
			return false;
		if (unit_named(n->place, e))
			return true;
	}
	/* What says nothing more than "the OOM killer has killed" is about the kill of
	 * that moment. */
	return !surely && !e->told && e->kind == KIND_OOM && e->victim_count > 0;
}

/* The youngest event that the notice speaks of: by name first. */
static struct held *spoken_of(
	struct notices *n, const struct notice *notice, struct slice host, bool hint)
{
	for (int surely = 1; surely >= (hint ? 1 : 0); surely--)
		for (size_t i = n->count; i-- > 0;)
			if (n->held[i].real && same_host(n->held[i].host, host) &&
				speaks_of(notice, n->held[i].e, surely != 0))
				return &n->held[i];
	return NULL;
}

/* ---- holding and passing on ---- */

/* The kubelet evicts for disks and pids as well: that is not ours. */
static bool about_memory(const struct oom_event *e)
{
	return !slice_is(e->killer.program, "kubelet") || e->killer.rule.n == 0 ||
	       slice_has(e->killer.rule, "emory");
}

/* The notices of `from` are about what `to` tells in full. */
static void merge(struct oom_event *to, const struct oom_event *from)
{
	for (size_t i = 0; i < from->notice_count && to->notice_count < MAX_LINES;
		i++) {
		struct notice n = from->notices[i];

		n.program = arena_copy(to->arena, n.program);
		n.text = arena_copy(to->arena, n.text);
		n.comm = arena_copy(to->arena, n.comm);
		n.place = arena_copy(to->arena, n.place);
		event_add_notice(to, &n);
	}
	for (size_t i = 0;
		i < from->line_count && !from->told && to->notice_count < MAX_LINES;
		i++) {
		struct notice n = { .program =
					    arena_copy(to->arena, from->killer.program),
			.text = arena_copy(to->arena, from->lines[i].text),
			.line = from->lines[i].number,
			.pid = UNKNOWN,
			.order_usec = from->last_order_usec };

		event_add_notice(to, &n);
	}
}

static bool same_process(const struct victim *a, const struct victim *b)
{
	return known(a->pid) && a->pid == b->pid &&
	       (a->comm.n == 0 || b->comm.n == 0 ||
		       slice_eq(slice_first(a->comm, 15), slice_first(b->comm, 15)));
}

/* Is this the same kill as the kernel's: the same process at the same moment? */
static bool same_kill(const struct oom_event *kernels, const struct oom_event *e)
{
	if (kernels->kind != KIND_OOM ||
		!near(kernels, e->last_order_usec, e->last_line, SAME_KILL_USEC))
		return false;
	for (size_t i = 0; i < e->victim_count; i++)
		for (size_t k = 0; k < kernels->victim_count; k++)
			if (same_process(&e->victims[i], &kernels->victims[k]))
				return true;
	return false;
}

/* An event of which the notices alone are known, or a program's kill: is there one
 * that tells it in full? */
static struct held *whole_of(struct notices *n, const struct held *h)
{
	for (int surely = 1; surely >= 0; surely--)
		for (size_t i = 0; i < n->count; i++) {
			struct held *other = &n->held[i];

			if (other == h || !other->real || other->e->told ||
				!same_host(other->host, h->host))
				continue;
			if (!h->e->told && surely && other->kernels &&
				same_kill(other->e, h->e))
				return other;
			if (h->e->told &&
				speaks_of(&h->e->notices[0], other->e, surely != 0))
				return other;
		}
	return NULL;
}

static void pass_on(struct notices *n, size_t at)
{
	struct held h = n->held[at];
	struct held *whole = h.kernels || !h.real ? NULL : whole_of(n, &n->held[at]);

	if (whole)
		merge(whole->e, h.e);
	n->count--;
	memmove(n->held + at, n->held + at + 1, (n->count - at) * sizeof(*n->held));
	if (whole || !h.real || (!h.kernels && !about_memory(h.e)))
		event_free(h.e);
	else
		n->take(h.e, n->context);
}

static size_t oldest(const struct notices *n)
{
	size_t first = 0;

	for (size_t i = 1; i < n->count; i++)
		if (n->held[i].e->first_line < n->held[first].e->first_line)
			first = i;
	return first;
}

void notices_flush(struct notices *n)
{
	/* What only leads up to a kill, or tells of one, finds the others still there. */
	for (size_t i = n->count; i-- > 0;)
		if (!n->held[i].kernels &&
			(!n->held[i].real || whole_of(n, &n->held[i])))
			pass_on(n, i);
	while (n->count > 0)
		pass_on(n, oldest(n));
}

bool notices_wait(const struct notices *n)
{
	return n->count > 0;
}

bool notices_attend(const struct notices *n)
{
	for (size_t i = 0; i < n->count; i++)
		if (!n->held[i].kernels && n->held[i].lines_since < PATIENCE)
			return true;
	return false;
}

/* How much younger the record is; UNKNOWN without a common clock. */
static int64_t younger(const struct oom_event *e, const struct record *r)
{
	if (known(r->uptime_usec) && known(e->last_uptime_usec))
		return quantity_sub(r->uptime_usec, e->last_uptime_usec);
	return quantity_sub(r->order_usec, e->last_order_usec);
}

void notices_clock(struct notices *n, const struct record *r, uint32_t oldest_open)
{
	if (r->program.n > 0 && !slice_is(r->program, "kernel"))
		n->others = true;
	for (size_t i = 0; i < n->count; i++)
		if (n->held[i].lines_since < UINT32_MAX)
			n->held[i].lines_since++;
	while (n->count > 0) {
		size_t at = oldest(n);
		struct held *h = &n->held[at];
		int64_t age = younger(h->e, r);
		int64_t most = h->waits ? OUTCOME_USEC : NEAR_USEC;
		bool late =
			known(age) ? age > most : h->lines_since > LINES_WITHOUT_CLOCK;

		if (h->kernels && !n->others)
			late = true;
		if (!late || (h->kernels ? oldest_open < h->e->first_line
					 : oldest_open != UINT32_MAX && known(age) &&
						     age < BUSY_USEC))
			return;
		pass_on(n, at);
	}
}

static struct held *hold(struct notices *n, struct oom_event *e)
{
	if (n->count == MAX_HELD)
		pass_on(n, oldest(n));
	n->held[n->count] = (struct held){ .e = e, .host = e->host };
	return &n->held[n->count++];
}

void notices_event(struct notices *n, struct oom_event *e)
{
	struct held *h;

	if (n->count == 0 && !n->others) {
		n->take(e, n->context);
		return;
	}
	h = hold(n, e);
	h->real = h->kernels = true;
}

/* ---- a program's line ---- */

static void keep(struct oom_event *e, const struct record *own)
{
	if (e->line_count < MAX_LINES) {
		e->lines = arena_room(e->arena, e->lines, e->line_count, &e->line_room,
			sizeof(*e->lines));
		e->lines[e->line_count++] = (struct event_line){ own->line, own->text };
	}
	e->last_line = own->line;
	if (known(own->uptime_usec))
		e->last_uptime_usec = own->uptime_usec;
	if (known(own->order_usec))
		e->last_order_usec = own->order_usec;
}

static struct held *open_new(struct notices *n, const struct record *r,
	const struct pattern *p, const struct spoken_in *where)
{
	struct oom_event *e = event_new();

	e->kind = p->kind;
	e->file = arena_copy(e->arena, slice_of(where->file));
	e->member = arena_copy(e->arena, slice_of(where->member ? where->member : ""));
	e->boots_before = where->boots_before;
	e->host = arena_copy(e->arena, r->host);
	e->boot = arena_copy(e->arena, r->boot);
	e->first_line = r->line;
	e->first_byte = r->byte;
	e->uptime_usec = r->uptime_usec;
	e->wall = arena_copy(e->arena, r->wall);
	e->wall_usec = r->wall_usec;
	return hold(n, e);
}

/* The row's reader, with slices that live as long as the event. */
static void read_into(struct held *h, const struct pattern *p, const struct record *r,
	const struct captures *c)
{
	struct record own = *r;
	struct captures moved = *c;

	own.text = arena_copy(h->e->arena, r->text);
	own.program = arena_copy(h->e->arena, r->program);
	for (int i = 0; i < MAX_CAPTURES; i++)
		if (moved.part[i].p)
			moved.part[i].p = own.text.p + (c->part[i].p - r->text.p);
	keep(h->e, &own);
	h->lines_since = 0;
	p->take(h->e, &own, &moved);
	h->e->sections |= p->section;
}

static struct notice notice_of(
	const struct pattern *p, const struct record *r, const struct captures *c)
{
	return (struct notice){ .program = r->program.n ? r->program
							: slice_of(p->program),
		.text = r->text,
		.pid = c->part[1].n > 0 ? capture_number(c->part[1]) : UNKNOWN,
		.comm = c->part[2],
		.place = c->part[3],
		.order_usec = r->order_usec,
		.line = r->line };
}

static void add_notice(struct oom_event *e, const struct notice *from)
{
	struct notice n = *from;

	n.program = arena_copy(e->arena, n.program);
	n.text = arena_copy(e->arena, n.text);
	n.comm = arena_copy(e->arena, n.comm);
	n.place = arena_copy(e->arena, n.place);
	event_add_notice(e, &n);
}

void take_notice(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct notice n = { .program = r->program,
		.text = r->text,
		.pid = c->part[1].n > 0 ? capture_number(c->part[1]) : UNKNOWN,
		.comm = c->part[2],
		.place = c->part[3],
		.order_usec = r->order_usec,
		.line = r->line };

	event_add_notice(e, &n);
}

static uint64_t hash_of(struct slice s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return h;
}

/* Was this unit's end told of before? Notes it for the next time. */
static bool told_before(struct notices *n, const struct notice *notice)
{
	uint64_t place = hash_of(notice->place);
	struct told *t = n->told;
	bool before = false;

	if (notice->place.n == 0)
		return false;
	for (size_t i = 0; i < MAX_TOLD && i < n->told_count; i++) {
		int64_t d = distance(n->told[i].order_usec, notice->order_usec);

		if (n->told[i].place == place && (!known(d) || d < TOLD_USEC)) {
			before = true;
			t = &n->told[i];
		}
	}
	if (!before)
		t = &n->told[n->told_count++ % MAX_TOLD];
	*t = (struct told){ place, notice->order_usec };
	return before;
}

static void take_notice_line(struct notices *n, const struct pattern *p,
	const struct record *r, const struct captures *c, const struct spoken_in *where)
{
	struct notice notice = notice_of(p, r, c);
	bool is_end = strcmp(p->name, "unit-failed") == 0, before = false;
	struct held *h;

	notice.of_kernel_kill = p->kind == KIND_OOM && !is_end;
	notice.of_other_kill = p->kind == KIND_USERSPACE_KILL;
	h = spoken_of(n, &notice, r->host, p->place == HINT);
	if (p->place == NOTICE)
		before = told_before(n, &notice);
	if (h && h->e->notice_count >= MAX_LINES)
		return;
	if (h) {
		add_notice(h->e, &notice);
		/* The kernel's events end where the kernel's lines end. */
		if (!h->kernels) {
			h->e->last_line = r->line;
			if (known(r->order_usec))
				h->e->last_order_usec = r->order_usec;
		}
		return;
	}
	/* A unit can take a minute to end after its process was killed. */
	if (p->place == HINT || (is_end && before))
		return;
	h = open_new(n, r, p, where);
	h->real = h->e->told = true;
	read_into(h, p, r, c);
	h->e->notices[0] = notice;
	h->e->notices[0].program = arena_copy(h->e->arena, notice.program);
	h->e->notices[0].text = h->e->lines[0].text;
	h->e->notices[0].comm = arena_copy(h->e->arena, notice.comm);
	h->e->notices[0].place = arena_copy(h->e->arena, notice.place);
	h->e->outcome = OUTCOME_KILLED;
	if (p->kind == KIND_USERSPACE_KILL) {
		h->e->killer.program = SLICE("systemd-oomd");
		h->e->killer.line = r->line;
		h->e->outcome = OUTCOME_GROUP_KILLED;
	}
	if (known(notice.pid))
		event_add_victim(h->e, h->e->notices[0].comm, notice.pid, r->line);
}

/* What this killer's event so far says of the same kill as the new line. */
static bool same_victim(
	const struct oom_event *e, const struct pattern *p, const struct captures *c)
{
	struct slice pod = c->part[2].p ? c->part[2] : c->part[1];

	if (p->take == take_earlyoom) {
		for (size_t i = 0; i < e->victim_count; i++)
			if (e->victims[i].pid == capture_number(c->part[1]))
				return true;
		return false;
	}
	/* Its last words on a kill are the first that name the rule. */
	if (p->take == take_oomd)
		return e->killer.rule.n == 0;
	if (p->take == take_evicted_event || p->take == take_evicted) {
		size_t at = slice_find_last(e->killer.pod, "/");
		struct slice name =
			slice_from(e->killer.pod, at == SLICE_NONE ? 0 : at + 1);

		name = slice_first(name, slice_find(name, "_") == SLICE_NONE
						 ? name.n
						 : slice_find(name, "_"));
		for (size_t i = 0; name.n > 0 && i + name.n <= pod.n; i++)
			if (memcmp(pod.p + i, name.p, name.n) == 0)
				return true;
	}
	return false;
}

/* The event of this killer that the line goes on with: the same kill's, else what led
 * up to it. */
static struct held *going_on(struct notices *n, const struct pattern *p,
	const struct record *r, const struct captures *c)
{
	struct held *lead = NULL;

	for (size_t i = n->count; i-- > 0;) {
		struct held *h = &n->held[i];

		if (h->kernels || h->e->told || !same_host(h->host, r->host) ||
			!slice_is(h->e->killer.program, p->program) ||
			!near(h->e, r->order_usec, r->line, ESCALATION_USEC))
			continue;
		if (h->real && (p->place == PART ||
				       (p->place == ALONE && same_victim(h->e, p, c))))
			return h;
		if (!h->real && !lead)
			lead = h;
		if (p->place == PART && lead)
			return lead;
	}
	return lead;
}

void notices_take(struct notices *n, const struct pattern *p, const struct record *r,
	const struct captures *c, const struct spoken_in *where)
{
	struct held *h;

	n->others = true;
	if (p->place == NOTICE || p->place == HINT) {
		take_notice_line(n, p, r, c, where);
		return;
	}
	h = going_on(n, p, r, c);
	if (!h && p->place == PART)
		return;
	/* A killer that finds nobody to kill says the same every second. */
	if (h && p->place == LEAD &&
		(p->take == take_killer_rule || h->e->line_count > MAX_LINES / 2)) {
		pass_on(n, (size_t)(h - n->held));
		h = NULL;
	}
	if (!h) {
		h = open_new(n, r, p, where);
		h->e->killer.program = slice_of(p->program);
	}
	read_into(h, p, r, c);
	h->waits = p->take == take_earlyoom ||
		   (h->waits && p->take != take_kill_failed &&
			   !slice_has(r->text, " exited after "));
	if (p->place == ALONE || p->take == take_nohang_command ||
		p->take == take_oomd_killed)
		h->real = true;
}
