/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walls between nodes: a cpuset or a memory policy keeps a task off free memory.
 *
 * mm/oom_kill.c, constrained_alloc(): CONSTRAINT_CPUSET only says that some zone of
 * the zonelist was not allowed. It is the wall only when memory lies free outside.
 * Nodes outside the mask are left out of Mem-Info (2.6.39+), so that free memory is
 * the machine-wide counter less the zones shown. */
#include "explain/causes.h"
#include "explain/thresholds.h"
#include "parsers/gfp.h"

/* Free memory of printed nodes that the mask does not allow (before 4.11). */
static int64_t printed_outside(const struct inquiry *q)
{
	int64_t sum = 0;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (r->verdict == VERDICT_NOT_ALLOWED && known(r->zone->free_bytes) &&
			r->zone->free_bytes > known_or(r->zone->high_bytes, 0))
			sum = quantity_add(sum, r->zone->free_bytes);
	}
	return sum;
}

static bool all_refuse(const struct inquiry *q)
{
	return q->usable > 0 && q->usable_refusing == q->usable;
}

/* The allowed nodes have zones, and none of them is for such a request: a node whose
 * memory is all ZONE_MOVABLE serves no kernel memory, whatever is free there (up to
 * 5.15 that kills; 5.16, 8ca1b5a49885, lets the request fail). */
static const struct refusal *closed_zone(const struct inquiry *q)
{
	const struct refusal *closed = NULL;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (r->verdict == VERDICT_NOT_ALLOWED)
			continue;
		if (r->verdict != VERDICT_NOT_IN_ZONELIST)
			return NULL;
		if (!closed || r->zone->free_bytes > closed->zone->free_bytes)
			closed = r;
	}
	return q->usable == 0 ? closed : NULL;
}

static void closed_fact(struct inquiry *q, struct finding *f, const struct refusal *r)
{
	fact_for(q, f, r->zone->line, quote(q, r->zone->line, "free:", 3),
		"%s free, but %.*s takes no request of this kind, and the allowed nodes "
		"have no other zone",
		BYTES(r->zone->free_bytes), SLICE_ARG(r->zone->name));
}

static void zone_facts(struct inquiry *q, struct finding *f)
{
	size_t shown = 0;

	for (size_t i = 0; i < q->x->refusal_count && shown < 2; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (r->verdict != VERDICT_BELOW_WATERMARK &&
			r->verdict != VERDICT_LOWMEM_RESERVE)
			continue;
		if (q->worst && r->zone != q->worst->zone && q->x->refusal_count > 2)
			continue;
		fact_for(q, f, r->zone->line, quote(q, r->zone->line, "free:", 3),
			"%.*s", SLICE_ARG(r->says));
		shown++;
	}
}

/* Is memory free outside the allowed nodes? Fills `elsewhere` and the evidence. */
static bool free_outside(struct inquiry *q, struct finding *f, bool zones_may_hide)
{
	struct elsewhere *w = &q->x->elsewhere;
	int64_t printed = printed_outside(q);

	if (printed > 0) {
		*w = (struct elsewhere){ printed, UNKNOWN, FROM_PRINT };
		fact_for(q, f, 0, SLICE(""), "%s are free on nodes outside the mask",
			BYTES(printed));
		return true;
	}
	if (!hidden_free_is_much(q)) {
		f->says =
			known(q->hidden_free_bytes)
				? say(q, "the nodes outside are full too: only %s are free there",
					  BYTES(q->hidden_free_bytes))
				: SLICE("the log lacks the numbers that would show free memory on "
					"other nodes");
		return false;
	}
	*w = (struct elsewhere){ q->hidden_free_bytes, q->hidden_managed_bytes,
		FROM_INFERENCE };
	fact_for(q, f, q->e->memory.counters.free.line,
		quote(q, q->e->memory.counters.free.line, "free:", 0),
		"free pages of all nodes: %s, of which %s are on nodes not shown",
		BYTES(q->free_bytes), BYTES(q->hidden_free_bytes));
	if (zones_may_hide)
		fact_missing(q, f,
			"whether the hidden free memory is a higher zone's and "
			"not another node's");
	fact_missing(q, f,
		"which nodes hold the rest: the kernel leaves out nodes that the "
		"mask forbids; the sum is the machine-wide count less what is shown");
	return true;
}

/* Could the hidden memory be ZONE_MOVABLE's rather than another node's? Only for a
 * request that may not use that zone, since 6.1. */
static bool below_movable(const struct inquiry *q)
{
	return q->zones_hidden && !gfp_movable(q->e->request.gfp.flags);
}

/* A whole Mem-Info without a single zone: the nodes that it would show have none. */
static bool no_memory_there(const struct inquiry *q)
{
	return q->x->refusal_count == 0 && q->known_free &&
	       counters_whole(&q->e->memory.counters) && q->e->sections & SECTION_RAM &&
	       q->e->memory.node_count == 0;
}

enum confidence mempolicy_bind(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;

	if (q->memcg || q->x->constraint != CONSTRAINT_MEMORY_POLICY)
		return NOT_HELD;
	if (e->constraint_line != 0)
		fact_for(q, f, e->constraint_line,
			quote(q, e->constraint_line, "constraint=", 0),
			"the kernel blames a memory policy");
	if (e->request.nodemask.seen && !e->request.nodemask.is_null)
		fact_for(q, f,
			e->constraint_line ? e->constraint_line : e->request.line,
			quote(q,
				e->constraint_line ? e->constraint_line
						   : e->request.line,
				"nodemask=", 0),
			"the policy allows node %.*s only",
			SLICE_ARG(e->request.nodemask.text));
	if (no_memory_there(q)) {
		fact_for(q, f, e->memory.counters.free.line,
			quote(q, e->memory.counters.free.line, "free:", 0),
			"%s are free, and no zone of the allowed nodes is in the report: "
			"they have no memory, or it is being taken offline",
			BYTES(q->free_bytes));
		q->x->elsewhere =
			(struct elsewhere){ q->free_bytes, UNKNOWN, FROM_INFERENCE };
		return q->x->constraint_from == FROM_PRINT ? LIKELY : NOT_HELD;
	}
	if (q->x->refusal_count == 0) {
		/* No Mem-Info: the constraint is printed, the free memory is not. */
		fact_missing(q, f, "the free memory of any node: there is no Mem-Info");
		return q->x->constraint_from == FROM_PRINT ? LIKELY : NOT_HELD;
	}
	if (!free_outside(q, f, false))
		return NOT_HELD;
	zone_facts(q, f);
	if (!all_refuse(q)) {
		f->says = SLICE(
			"a zone of the allowed nodes could still serve the request");
		return q->usable_unknown ? LIKELY : NOT_HELD;
	}
	return q->x->constraint_from == FROM_PRINT ? CERTAIN : LIKELY;
}

enum confidence cpuset_hardwall(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;
	const struct refusal *closed;
	uint32_t line = e->constraint_line;

	if (q->memcg || q->x->constraint != CONSTRAINT_CPUSET)
		return NOT_HELD;
	if (line != 0)
		fact_for(q, f, line, quote(q, line, "constraint=", 0),
			"the kernel blames the cpuset");
	if (e->request.mems_allowed.seen && line != 0)
		fact_for(q, f, line, quote(q, line, "mems_allowed=", 0),
			"\"%.*s\" may use node %.*s, no other",
			SLICE_ARG(e->request.cpuset),
			SLICE_ARG(e->request.mems_allowed.text));
	if (e->request.gfp.flags & GFP_BIT(GFPF_HARDWALL))
		fact_for(q, f, e->request.line,
			quote(q, e->request.line, "gfp_mask=", 0),
			"carries __GFP_HARDWALL: no escape to a parent cpuset");
	if (q->x->refusal_count == 0) {
		fact_missing(q, f, "the free memory of any node: there is no Mem-Info");
		return q->x->constraint_from == FROM_PRINT ? LIKELY : NOT_HELD;
	}
	closed = closed_zone(q);
	if (closed)
		closed_fact(q, f, closed);
	if (!free_outside(q, f, below_movable(q)))
		return NOT_HELD;
	zone_facts(q, f);
	if (closed)
		return q->x->constraint_from == FROM_PRINT ? CERTAIN : LIKELY;
	if (!all_refuse(q)) {
		f->says = SLICE(
			"a zone of the allowed nodes could still serve the request");
		return q->usable_unknown ? LIKELY : NOT_HELD;
	}
	if (q->x->constraint_from != FROM_PRINT || below_movable(q))
		return LIKELY;
	return CERTAIN;
}

static struct slice outside_tail(struct inquiry *q)
{
	if (!known(q->x->elsewhere.free_bytes))
		return SLICE("");
	return say(q, "; the %s free on other nodes are outside its",
		BYTES(q->x->elsewhere.free_bytes));
}

static struct slice asker(struct inquiry *q)
{
	struct slice comm = q->e->request.comm;

	return comm.n ? shown_name(q, comm) : SLICE("a task");
}

/* "node 1 ... is" or "nodes 0-1 ... are". */
static bool one_node(struct slice list)
{
	return !slice_has(list, ",") && !slice_has(list, "-");
}

void tell_mempolicy_bind(struct inquiry *q)
{
	struct slice mask = q->e->request.nodemask.text;
	bool one = one_node(mask);

	q->because = say(q,
		"%.*s is bound by its memory policy to node%s %.*s, and %s%.*s%s",
		SLICE_ARG(asker(q)), one ? "" : "s",
		SLICE_ARG(mask.n ? mask : SLICE("that the log does not name")),
		no_memory_there(q)
			? (one ? "that has no memory" : "those have no memory")
			: (one ? "that is full" : "those are full"),
		SLICE_ARG(outside_tail(q)),
		known(q->x->elsewhere.free_bytes) ? " policy" : "");
	add_help(q, "now",
		SLICE("prefer these nodes instead of binding to them, so that others are used "
		      "when they are full"),
		SLICE("numactl --preferred=NODE COMMAND"), "remote memory is slower");
	add_help(q, "or", SLICE("bind to more nodes, or interleave over all of them"),
		SLICE("numactl --interleave=all COMMAND"), NULL);
	add_help(q, "then", SLICE("see which process fills these nodes"),
		SLICE("numastat -p COMMAND"), NULL);
	if (known(q->x->elsewhere.free_bytes))
		add_help(q, "not",
			say(q, "more RAM: %s were free on other nodes",
				BYTES(q->x->elsewhere.free_bytes)),
			SLICE(""), NULL);
}

/* "and that is full", "and that has memory for movable pages only". */
static struct slice why_not_there(struct inquiry *q, bool one)
{
	const struct refusal *closed = closed_zone(q);

	if (!closed)
		return say(q, "%s full", one ? "that is" : "those are");
	return say(q, "%s no zone for such a request (%s are free in ZONE_MOVABLE)",
		one ? "that has" : "those have", BYTES(closed->zone->free_bytes));
}

void tell_cpuset_hardwall(struct inquiry *q)
{
	struct slice mems = q->e->request.mems_allowed.text;
	bool one = mems.n > 0 && one_node(mems);

	if (mems.n > 0)
		mems = say(q, "node%s %.*s", one ? "" : "s", SLICE_ARG(mems));
	else
		mems = SLICE("the nodes of its cpuset");
	q->because = say(q, "%.*s may use %.*s only and %.*s%.*s%s",
		SLICE_ARG(asker(q)), SLICE_ARG(mems), SLICE_ARG(why_not_there(q, one)),
		SLICE_ARG(outside_tail(q)),
		known(q->x->elsewhere.free_bytes) ? " cpuset" : "");
	if (closed_zone(q))
		add_help(q, "now",
			SLICE("let the cpuset have a node with a Normal zone as well: kernel "
			      "memory cannot come from ZONE_MOVABLE"),
			SLICE("grep -E 'Node|managed' /proc/zoneinfo"), NULL);
	add_help(q, closed_zone(q) ? "or" : "now",
		say(q, "add a node to cpuset.mems of the cgroup named \"%.*s\"",
			SLICE_ARG(q->e->request.cpuset)),
		/* The asker's own, by the cpuset's name: the victim's may be another. */
		safe_in_command(cgroup_unit(q->e->request.cpuset))
			? say(q, "systemctl set-property %.*s AllowedMemoryNodes=...",
				  SLICE_ARG(cgroup_unit(q->e->request.cpuset)))
			: SLICE(""),
		"remote memory is slower");
	if (!closed_zone(q)) {
		add_help(q, "or",
			SLICE("move work that does not need these nodes to others"),
			SLICE(""), NULL);
		add_help(q, "then", SLICE("see who fills the allowed nodes"),
			SLICE("numastat -m"), NULL);
	}
	if (known(q->x->elsewhere.free_bytes))
		add_help(q, "not",
			say(q, "more RAM: %s were free on other nodes",
				BYTES(q->x->elsewhere.free_bytes)),
			SLICE(""), NULL);
	add_not_in_log(q,
		say(q,
			"The path of \"%.*s\": the kernel prints the last part of it "
			"only.",
			SLICE_ARG(q->e->request.cpuset)));
}
