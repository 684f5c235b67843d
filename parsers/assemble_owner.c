/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the open reports a record belongs to: by host, by caller, by the clock, by
 * what only one kind of report has, and by the name that a line says. */
#include "parsers/assemble_parts.h"
#include "parsers/sections.h"

#define AT_ONCE_USEC   INT64_C(1000000)
#define BOOT_STEP_USEC INT64_C(5000000)

/* How much younger the record is than the event's last line, by a clock that both
 * have: the kernel's, else the log's. */
int64_t open_younger_usec(const struct open_event *o, const struct record *r)
{
	if (known(r->uptime_usec) && known(o->last_uptime_usec))
		return quantity_sub(r->uptime_usec, o->last_uptime_usec);
	return quantity_sub(r->order_usec, o->last_wall_usec);
}

/* Another boot of the same host: by its id, or by the kernel's clock, which went back
 * by more than what CPUs differ in. */
bool open_before_boot(const struct open_event *o, const struct record *r)
{
	if (o->e->boot.n > 0 && r->boot.n > 0)
		return !slice_eq(o->e->boot, r->boot);
	return known(r->uptime_usec) && known(o->last_uptime_usec) &&
	       r->uptime_usec < quantity_sub(o->last_uptime_usec, BOOT_STEP_USEC);
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
	if (!open_same_host(o, r) || !open_same_caller(o, r))
		return false;
	if (p && only_oom(p) && o->real && o->e->kind != KIND_OOM)
		return false;
	return !name || o->e->request.comm.n == 0 ||
	       slice_eq(o->e->request.comm, *name);
}

/* The open event that a line of this row belongs to: of this host, of this caller
 * where callers are printed, the youngest first. */
struct open_event *assembler_owner(struct assembler *a, const struct record *r,
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
			if (open_same_host(&a->open[i], r) &&
				a->open[i].e->kind == KIND_OOM)
				return &a->open[i];
	return NULL;
}

static bool is_past_trace(const struct open_event *o)
{
	const unsigned int later =
		SECTION_MEMCG | SECTION_MEMCG_STATS | SECTION_COUNTERS | SECTION_ZONES |
		SECTION_BUDDY | SECTION_SWAP | SECTION_RAM | SECTION_SLABS |
		SECTION_TASKS | SECTION_SUMMARY | SECTION_KILL | SECTION_MEM_INFO;

	return o->e->sections & later;
}

bool open_reads_trace(const struct open_event *o)
{
	if (o->trace_foreign || is_past_trace(o))
		return false;
	return o->foreign_since == 0 || (!o->ended && o->e->request.cpu_line != 0);
}

bool open_begins_trace(const struct open_event *o)
{
	if (o->e->request.cpu_line != 0 || is_past_trace(o))
		return false;
	return o->foreign_since == 0 || (!o->ended && o->e->request.comm.n > 0);
}

/* Several reports that are being read could have printed this record. */
bool assembler_is_mixed(const struct assembler *a, const struct record *r)
{
	size_t readers = 0;

	if (a->count < 2)
		return false;
	for (size_t i = 0; i < a->count; i++)
		readers += open_same_host(&a->open[i], r) &&
			   open_same_caller(&a->open[i], r) && !a->open[i].ended;
	return readers > 1;
}

/* Does an END line belong to this event, or is it the next one's? */
bool open_closes(
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

/* Does a trigger end this report of the same host? Reports of one kind follow each
 * other (oom_lock, since 4.2); those of two kinds may be printed at once, by two CPUs. */
bool open_ends_before(
	const struct open_event *o, const struct record *r, const struct pattern *p)
{
	int64_t age = open_younger_usec(o, r);

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
