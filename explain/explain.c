/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One event in, one explanation out: the walk through the table of causes. */
#include "explain/explain.h"

#include "explain/causes.h"
#include "explain/thresholds.h"

#include <string.h>

enum { MAX_CAUSES = 64 };

static const char *const confidence_names[] = { "unknown", "possible", "likely",
	"certain" };

const char *confidence_name(enum confidence confidence)
{
	return confidence_names[confidence];
}

const char *kind_name(enum event_kind kind)
{
	static const char *const names[] = { "oom", "allocation-failure",
		"overcommit-refusal", "userspace-kill", "state" };

	return names[kind];
}

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = { "unknown", "killed", "group-killed",
		"panic", "no-killable-process", "none" };

	return names[outcome];
}

const char *constraint_name(enum constraint constraint)
{
	static const char *const names[] = { "unknown", "none", "cpuset", "mempolicy",
		"memcg" };

	return names[constraint];
}

/* The first certain row of a part, else the first likely one. */
static const struct cause *first_of(const struct finding *findings, enum part part)
{
	const struct cause *likely = NULL;

	for (size_t i = 0; i < cause_count; i++) {
		if (causes[i].part != part || !causes[i].holds)
			continue;
		if (findings[i].confidence == CERTAIN)
			return &causes[i];
		if (findings[i].confidence == LIKELY && !likely)
			likely = &causes[i];
	}
	return likely;
}

static void weigh(
	struct inquiry *q, const struct finding *findings, const struct cause *winner)
{
	struct explanation *x = q->x;

	for (size_t i = 0; i < cause_count; i++) {
		const struct finding *f = &findings[i];
		struct weighed *w;

		if (&causes[i] == winner ||
			(f->confidence == NOT_HELD && f->says.n == 0))
			continue;
		/* "It was over when printed" says nothing beside a real wall. */
		if (strcmp(f->slug, "freed-before-report") == 0 &&
			winner->part == PART_WALL)
			continue;
		x->weighed = arena_room(q->arena, x->weighed, x->weighed_count,
			&x->weighed_room, sizeof(*x->weighed));
		w = &x->weighed[x->weighed_count++];
		w->slug = causes[i].slug;
		w->confidence = f->confidence == NOT_HELD ? POSSIBLE : f->confidence;
		if (f->confidence == NOT_HELD) {
			w->why_not = f->says;
		} else {
			w->why_not = say(q, "%s stands before it", winner->slug);
			if (causes[i].part == winner->part ||
				winner->part == PART_MACHINE)
				add_also(q, say(q, "%s (%s): %s", causes[i].slug,
						    confidence_name(f->confidence),
						    causes[i].title));
		}
	}
}

/* Now, or, then, not; and the first remedy is "now", whatever was left out. */
static void order_helps(struct explanation *x)
{
	static const char *const order[] = { "now", "or", "then", "not" };
	struct help sorted[16] = { 0 };
	size_t n = 0;

	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < x->help_count && n < 16; i++)
			if (strcmp(x->helps[i].when, order[k]) == 0)
				sorted[n++] = x->helps[i];
	for (size_t i = 0; i < n; i++)
		x->helps[i] = sorted[i];
	x->help_count = n;
	if (n > 0 && strcmp(x->helps[0].when, "not") != 0)
		x->helps[0].when = "now";
}

static void link_pages(struct explanation *x, const struct cause *c)
{
	x->pages[x->page_count++].page = c->slug;
	for (size_t i = 0; i < 4 && c->pages[i]; i++)
		x->pages[x->page_count++].page = c->pages[i];
}

static bool not_exhausted(const struct explanation *x)
{
	return x->event->kind == KIND_OVERCOMMIT_REFUSAL ||
	       x->event->kind == KIND_USERSPACE_KILL ||
	       strcmp(x->cause.slug, "sysrq-manual") == 0 ||
	       strcmp(x->cause.slug, "userspace-policy") == 0;
}

/* What a cut log took away lowers what can be said for certain. */
static void lower_for_gaps(struct inquiry *q, enum confidence *sure)
{
	const struct oom_event *e = q->e;

	/* A cut line can end within a number, so nothing of a cut report's last
	 * line is proof; vmalloc's and sysrq-f's are whole where they were read. */
	if (*sure == CERTAIN && e->cut_at_end && !e->no_addresses_line &&
		!e->manual_line && e->area.kind == NO_AREA &&
		(e->kind == KIND_ALLOCATION_FAILURE ||
			!(e->sections & (SECTION_SUMMARY | SECTION_KILL))))
		*sure = LIKELY;
	/* Since 5.0 the kernel prints the constraint: where the line was lost, a cpuset
	 * or a policy may be what is not seen. */
	if (*sure == CERTAIN && e->kind == KIND_OOM && !q->memcg && !e->manual &&
		!e->page_fault && kernel_at_least(&e->kernel, 5, 0) &&
		q->x->constraint_from != FROM_PRINT && e->panic.n == 0 &&
		!e->no_killable)
		*sure = LIKELY;
	/* Without the trigger the request itself is not known. */
	if (*sure == CERTAIN && e->cut_at_start && !q->memcg &&
		!(e->sections & SECTION_TRIGGER))
		*sure = LIKELY;
	if (*sure == CERTAIN && e->dropped_messages > 0 && q->x->missing_count > 0 &&
		!e->no_addresses_line)
		*sure = LIKELY;
}

/* Numbers that cannot both be true: a damaged or edited log. */
static void name_contradictions(struct inquiry *q)
{
	struct explanation *x = q->x;
	size_t found = 0;

	if (q->ram_contradicts) {
		uint32_t line = q->e->memory.counters.ram.line;

		fact_against(q, &x->cause, line, quote_line(q, line, 40),
			"the zones tell of %s together: one of the numbers is wrong, and the "
			"zones' are used",
			BYTES(q->present_bytes));
		found++;
	}
	for (size_t i = 0; i < x->ledger.entry_count; i++) {
		const struct ledger_entry *entry = &x->ledger.entries[i];

		if (strcmp(entry->what, "unaccounted") != 0 ||
			entry->bytes > -(x->ledger.total_bytes / 20 + 64 * MIB))
			continue;
		fact_against(q, &x->cause, 0, SLICE(""),
			"the counters sum to %s more than there is: some of them are wrong",
			BYTES(-entry->bytes));
		found++;
	}
	for (size_t i = 0; i < q->e->memory.zone_count; i++) {
		const struct zone *z = &q->e->memory.zones[i];
		int64_t sum = 0;

		if (!known(z->blocks_total_bytes))
			continue;
		for (size_t k = 0; k < z->orders; k++)
			sum = quantity_add(sum, quantity_mul(z->blocks[k].count,
							z->blocks[k].size_bytes));
		if (sum == z->blocks_total_bytes)
			continue;
		fact_against(q, &x->cause, z->blocks_line,
			quote_line(q, z->blocks_line, 40),
			"its pieces sum to %lld kB, not to the %lld kB behind them",
			(long long)(sum / 1024),
			(long long)(z->blocks_total_bytes / 1024));
		found++;
	}
	if (found == 0)
		return;
	if (x->cause.confidence == CERTAIN)
		x->cause.confidence = LIKELY;
	if (x->wall.confidence == CERTAIN)
		x->wall.confidence = LIKELY;
}

/* Nobody is certain of what no line of the log speaks for. */
static void lower_for_silence(struct finding *f)
{
	for (size_t i = 0; i < f->fact_count; i++)
		if (f->facts[i].side == SPEAKS_FOR)
			return;
	if (f->confidence == CERTAIN)
		f->confidence = LIKELY;
}

/* A task that was just killed may take reserves to come to its end, and is refused at once
 * where they end too. */
static void tell_dying(struct inquiry *q)
{
	const struct request *r = &q->e->request;

	add_also(q,
		say(q,
			"%.*s had just been killed, and was refused memory on its way out: this "
			"is no other shortage.",
			SLICE_ARG(name_and_pid(q, r->comm, r->pid))));
}

static void decide(struct inquiry *q)
{
	struct explanation *x = q->x;
	struct finding findings[MAX_CAUSES] = { 0 }, whole = { 0 };
	const struct cause *wall = NULL, *winner = NULL;
	struct elsewhere elsewhere[MAX_CAUSES] = { 0 };
	enum confidence machine_sure = NOT_HELD;
	bool cut;

	for (size_t i = 0; i < cause_count; i++) {
		findings[i].slug = causes[i].slug;
		if (causes[i].holds && causes[i].part == PART_WALL)
			findings[i].confidence = causes[i].holds(q, &findings[i]);
		elsewhere[i] = x->elsewhere;
	}
	wall = first_of(findings, PART_WALL);
	/* Walls that lost may have found other memory: the winner tells of its own. */
	if (wall)
		x->elsewhere = elsewhere[wall - causes];
	/* The machine as a whole is the wall only if nothing else holds. */
	if (!wall) {
		machine_sure = machine(q, &whole);
		/* Without Mem-Info a table alone can still show a kernel's own hog. */
		cut = machine_sure == NOT_HELD && q->usable == 0 && !q->memcg &&
		      q->e->kind == KIND_OOM && q->class_count == 0;
		if (machine_sure != NOT_HELD || cut)
			for (size_t i = 0; i < cause_count; i++)
				if (causes[i].holds && causes[i].part == PART_MACHINE)
					findings[i].confidence =
						causes[i].holds(q, &findings[i]);
		winner = first_of(findings, PART_MACHINE);
		if (cut && winner)
			machine_sure = LIKELY;
	} else {
		winner = wall;
	}
	if (!winner)
		winner = &causes[cause_count - 1];
	x->cause.slug = winner->slug;
	x->cause.says = slice_of(winner->title);
	x->cause.confidence = findings[winner - causes].confidence;
	x->cause.facts = findings[winner - causes].facts;
	x->cause.fact_count = findings[winner - causes].fact_count;
	/* A further fact is added to a copy: the wall may have the same ones. */
	x->cause.fact_room = x->cause.fact_count;
	if (wall) {
		x->wall = findings[wall - causes];
		x->wall.says = slice_of(wall->title);
	} else {
		x->wall = whole;
		x->wall.slug = machine_sure != NOT_HELD ? "machine" : "unknown";
		x->wall.confidence = machine_sure;
		x->wall.says =
			machine_sure != NOT_HELD
				? SLICE("No zone of the machine could give what was asked.")
				: SLICE("The log does not show what the request ran into.");
		if (machine_sure < x->cause.confidence)
			x->cause.confidence = machine_sure;
	}
	/* What a lost line held would be taken for somebody else's. */
	if (!wall && x->missing_count > 0 && x->cause.confidence == CERTAIN)
		x->cause.confidence = LIKELY;
	lower_for_gaps(q, &x->cause.confidence);
	lower_for_gaps(q, &x->wall.confidence);
	lower_for_silence(&x->cause);
	name_contradictions(q);
	find_filler(q);
	find_reclaim(q);
	find_victim(q);
	if (winner->tell)
		winner->tell(q);
	if (q->e->stall)
		say_stall(q);
	if (q->e->asker_dying)
		tell_dying(q);
	order_helps(x);
	weigh(q, findings, winner);
	link_pages(x, winner);
	x->headline = say(q, "%s%.*s.",
		not_exhausted(x) ? "Memory was not exhausted: "
				 : "No available memory because ",
		SLICE_ARG(q->because));
}

/* Mem-Info alone, so there is no cause. Only sysrq-m's own line proves that nothing was
 * refused: what else prints Mem-Info may have lost its head. */
static void say_state(struct inquiry *q)
{
	struct explanation *x = q->x;
	bool counted = known(q->free_bytes);

	x->cause.slug = x->wall.slug = "state";
	x->reclaim.slug = x->filler.slug = x->victim.slug = "unknown";
	x->headline = say(q, "%s: %s%s%s%s; %s.",
		q->e->shown_line ? "Somebody asked for the state of memory (sysrq-m)"
				 : "A state of memory, and not who asked for it",
		counted ? BYTES(q->free_bytes) : "", counted ? " of " : "",
		BYTES(q->present_bytes), counted ? " free" : " of RAM",
		q->e->shown_line ? "nothing was refused and nothing killed"
				 : "no line here says that anything was refused");
}

struct explanation *explain(const struct oom_event *event)
{
	struct explanation *x = arena_alloc(event->arena, sizeof(*x));
	struct inquiry q;

	x->event = event;
	x->arena = event->arena;
	x->missing_count = event_missing(
		event, x->missing, sizeof(x->missing) / sizeof(*x->missing));
	inquiry_begin(&q, event, x);
	sum_names(&q);
	replay_allocator(&q);
	find_route(&q);

	make_ledger(&q);
	find_holders(&q);
	replay_killer(&q);
	if (event->kind == KIND_STATE)
		say_state(&q);
	else
		decide(&q);
	return x;
}

void explain_what_if(
	struct explanation *x, const struct what_if *questions, size_t count)
{
	struct inquiry q;
	struct explanation again;

	if (count == 0)
		return;
	again = *x;
	/* The numbers are derived anew; the explanation itself stays as it is. */
	inquiry_begin(&q, x->event, &again);
	again.selection = x->selection;
	answer_what_ifs(&q, questions, count);
	x->what_ifs = again.what_ifs;
	x->what_if_count = again.what_if_count;
}
