/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine now, judged as a report is: each question becomes the event that it would
 * be, and the replays of zones.c, selection.c, ledger.c and causes.c answer it. */
#include "explain/now.h"

#include "explain/inquiry.h"
#include "explain/thresholds.h"
#include "parsers/gfp.h"

#include <stdlib.h>
#include <string.h>

struct now {
	struct arena *arena;
	struct oom_event *blank; /* every amount UNKNOWN */
	struct now_answer *answer;
};

enum {
	WEEK_SECONDS = 7 * 24 * 3600,
	ALL_SECTIONS = SECTION_TRIGGER | SECTION_COUNTERS | SECTION_ZONES |
		       SECTION_BUDDY | SECTION_SWAP | SECTION_RAM | SECTION_TASKS |
		       SECTION_SUMMARY | SECTION_KILL | SECTION_MEM_INFO |
		       SECTION_MEMCG | SECTION_MEMCG_STATS
};

#define BITS_RECLAIM (GFP_BIT(GFPF_DIRECT_RECLAIM) | GFP_BIT(GFPF_KSWAPD_RECLAIM))
#define BITS_KERNEL  (BITS_RECLAIM | GFP_BIT(GFPF_IO) | GFP_BIT(GFPF_FS))
#define BITS_USER                                                                      \
	(BITS_KERNEL | GFP_BIT(GFPF_HARDWALL) | GFP_BIT(GFPF_HIGHMEM) |                \
		GFP_BIT(GFPF_MOVABLE))
#define BITS_ATOMIC                                                                    \
	(GFP_BIT(GFPF_KSWAPD_RECLAIM) | GFP_BIT(GFPF_HIGH) | GFP_BIT(GFPF_ATOMIC))

/* What is always asked. */
static const struct {
	const char *name, *words, *gfp;
	uint64_t flags;
	int64_t order;
} usual[] = {
	{ "user-page", "a user page", "GFP_HIGHUSER_MOVABLE", BITS_USER, 0 },
	{ "kernel-page", "a kernel page", "GFP_KERNEL", BITS_KERNEL, 0 },
	{ "kernel-order3", "32 KiB for the kernel in one piece", "GFP_KERNEL",
		BITS_KERNEL, 3 },
	{ "nowait-page", "a kernel page without waiting", "GFP_NOWAIT",
		GFP_BIT(GFPF_KSWAPD_RECLAIM), 0 },
	{ "nowait-order3", "order 3 without waiting", "GFP_NOWAIT",
		GFP_BIT(GFPF_KSWAPD_RECLAIM), 3 },
	{ "atomic-page", "a page for an interrupt", "GFP_ATOMIC", BITS_ATOMIC, 0 },
	{ "atomic-order3", "order 3 for an interrupt", "GFP_ATOMIC", BITS_ATOMIC, 3 },
};

enum { USUAL = sizeof(usual) / sizeof(*usual) };

const char *now_verdict_name(enum now_verdict verdict)
{
	static const char *const names[] = { "unknown", "not-reached", "passes",
		"wakes-kswapd", "reclaims", "fails" };

	return names[verdict];
}

const char *now_choice_name(enum now_choice choice)
{
	static const char *const names[] = { "badness", "asking", "panic", "nobody",
		"unknown" };

	return names[choice];
}

struct now *now_new(void)
{
	struct oom_event *blank = event_new();
	struct now *now = arena_alloc(blank->arena, sizeof(*now));

	/* The blank event's arena holds us; the answers have their own. */
	now->blank = blank;
	now->arena = arena_new();
	return now;
}

void now_free(struct now *now)
{
	struct oom_event *blank;

	if (!now)
		return;
	blank = now->blank;
	arena_free(now->arena);
	event_free(blank);
}

/* The event that a question would be. */
static struct oom_event *event_of(struct now *now, const struct machine_state *s)
{
	struct oom_event *e = arena_alloc(now->arena, sizeof(*e));

	*e = *now->blank;
	e->arena = now->arena;
	e->kernel = s->kernel;
	e->page_bytes = s->page_bytes;
	e->page_from = FROM_PRINT;
	e->sections = ALL_SECTIONS & ~(SECTION_MEMCG | SECTION_MEMCG_STATS);
	e->constraint = CONSTRAINT_NONE;
	e->constraint_from = FROM_PRINT;
	e->outcome = OUTCOME_KILLED;
	e->memory = s->memory;
	e->tasks = s->tasks;
	e->request.gfp.mask_known = true;
	e->request.gfp.from = FROM_PRINT;
	e->request.order = 0;
	return e;
}

static void ask_for(struct oom_event *e, uint64_t flags, int64_t order)
{
	e->request.gfp.flags = flags;
	e->request.gfp.mask = flags ? flags : 1;
	e->request.order = order;
}

static struct inquiry inquire(struct oom_event *e)
{
	struct explanation *x = arena_alloc(e->arena, sizeof(*x));
	struct inquiry q;

	x->event = e;
	x->arena = e->arena;
	inquiry_begin(&q, e, x);
	return q;
}

static bool passes(enum verdict v)
{
	return v == VERDICT_WOULD_SUCCEED || v == VERDICT_WITHIN_RACE;
}

static struct slice zone_says(
	struct inquiry *q, const struct now_zone *n, const struct refusal *least)
{
	const char *mark = known_or(least->reserve_bytes, 0) > 0
				   ? "min mark and reserve"
				   : "min mark";

	switch (n->verdict) {
	case NOW_NOT_REACHED:
		return SLICE("this request may not use it");
	case NOW_PASSES:
		return say(q, "passes: %s above its %s", BYTES(n->spare_bytes), mark);
	case NOW_WAKES_KSWAPD:
		return say(q, "passes and wakes kswapd: %s above its %s",
			BYTES(n->spare_bytes), mark);
	case NOW_RECLAIMS:
	case NOW_FAILS:
		break;
	default:
		return SLICE("its numbers could not be read");
	}
	if (n->refused == VERDICT_LOWMEM_RESERVE)
		return say(q,
			"keeps the rest for requests that need this zone: %s short",
			BYTES(quantity_sub(0, n->spare_bytes)));
	if (n->refused == VERDICT_FRAGMENTED)
		return say(q, "%s: the largest free piece is %s",
			n->verdict == NOW_FAILS ? "fails" : "must compact first",
			BYTES(n->largest_bytes));
	if (n->verdict == NOW_RECLAIMS)
		return say(q,
			"must reclaim first: %s short of its %s, %s might be freed",
			BYTES(quantity_sub(0, n->spare_bytes)), mark,
			BYTES(n->reclaimable_bytes));
	return say(q, "fails: %s short of its %s",
		BYTES(quantity_sub(0, n->spare_bytes)), mark);
}

static void judge_zone(struct inquiry *q, struct now_zone *n, const struct refusal *low,
	const struct refusal *least, bool may_wait)
{
	n->zone = least->zone;
	n->refused = least->verdict;
	n->needs_bytes = least->needs_bytes;
	n->has_bytes = least->has_bytes;
	n->spare_bytes = quantity_sub(least->has_bytes, least->needs_bytes);
	n->largest_bytes = least->largest_bytes;
	n->reclaimable_bytes = zone_reclaimable(q, least->zone);
	if (least->verdict == VERDICT_NOT_IN_ZONELIST)
		n->verdict = NOW_NOT_REACHED;
	else if (least->verdict == VERDICT_UNKNOWN ||
		 least->verdict == VERDICT_NOT_ALLOWED)
		n->verdict = NOW_UNKNOWN;
	else if (passes(least->verdict))
		n->verdict = passes(low->verdict) ? NOW_PASSES : NOW_WAKES_KSWAPD;
	else if (!may_wait)
		n->verdict = NOW_FAILS;
	else if (least->verdict == VERDICT_FRAGMENTED ||
		 quantity_add(n->has_bytes, n->reclaimable_bytes) > n->needs_bytes)
		n->verdict = NOW_RECLAIMS;
	else
		n->verdict = known(n->reclaimable_bytes) ? NOW_FAILS : NOW_UNKNOWN;
	n->says = zone_says(q, n, least);
}

/* One zone that lets it pass is enough; of several the best. */
static enum now_verdict best_of(const struct now_request *r)
{
	enum now_verdict best = NOW_FAILS;
	bool reached = false, unknown = false;

	for (size_t i = 0; i < r->zone_count; i++) {
		enum now_verdict v = r->zones[i].verdict;

		if (v == NOW_NOT_REACHED)
			continue;
		reached = true;
		if (v == NOW_UNKNOWN)
			unknown = true;
		else if (v < best)
			best = v;
	}
	if (!reached || (unknown && best > NOW_WAKES_KSWAPD))
		return NOW_UNKNOWN;
	return best;
}

static struct slice request_says(struct inquiry *q, const struct now_request *r)
{
	int64_t reclaimable = 0;

	for (size_t i = 0; i < r->zone_count; i++)
		if (r->zones[i].verdict != NOW_NOT_REACHED)
			reclaimable = quantity_add(
				reclaimable, r->zones[i].reclaimable_bytes);
	switch (r->verdict) {
	case NOW_PASSES:
		return SLICE("passes");
	case NOW_WAKES_KSWAPD:
		return SLICE("passes; kswapd is woken to reclaim");
	case NOW_RECLAIMS:
		return r->order > 0
			       ? say(q, "must reclaim or compact first; %s might be freed",
					 BYTES(reclaimable))
			       : say(q, "must reclaim first; %s might be freed",
					 BYTES(reclaimable));
	case NOW_FAILS:
		return r->may_wait ? SLICE("fails: the OOM killer is called")
				   : SLICE("fails");
	default:
		return SLICE("cannot tell: the zones could not be read");
	}
}

static void judge_request(
	struct now *now, const struct machine_state *s, struct now_request *r)
{
	struct oom_event *e = event_of(now, s);
	struct inquiry at_low, at_min;

	e->kind = KIND_ALLOCATION_FAILURE;
	ask_for(e, r->flags, r->order);
	at_low = inquire(e);
	at_low.at_low_mark = true;
	replay_allocator(&at_low);
	at_min = inquire(e);
	replay_allocator(&at_min);
	r->may_wait = gfp_may_reclaim(r->flags);
	r->zone_count = s->memory.zone_count;
	r->zones = arena_alloc(now->arena, (r->zone_count + 1) * sizeof(*r->zones));
	for (size_t i = 0; i < r->zone_count; i++)
		judge_zone(&at_min, &r->zones[i], &at_low.x->refusals[i],
			&at_min.x->refusals[i], r->may_wait);
	r->verdict = best_of(r);
	r->says = request_says(&at_min, r);
}

static void judge_requests(struct now *now, const struct machine_state *s,
	const struct now_question *questions, size_t count)
{
	struct now_answer *a = now->answer;

	a->request_count = USUAL + count;
	a->requests = arena_alloc(now->arena, a->request_count * sizeof(*a->requests));
	for (size_t i = 0; i < a->request_count; i++) {
		struct now_request *r = &a->requests[i];

		if (i < USUAL) {
			r->name = usual[i].name;
			r->words = usual[i].words;
			r->gfp = slice_of(usual[i].gfp);
			r->flags = usual[i].flags;
			r->order = usual[i].order;
		} else {
			r->name = "asked";
			r->words = "the request asked about";
			r->flags = questions[i - USUAL].flags;
			r->order = questions[i - USUAL].order;
			r->gfp = gfp_write(now->arena, r->flags, 0);
		}
		judge_request(now, s, r);
	}
}

static void add_known_rest(struct now_answer *a, const char *what, int64_t bytes)
{
	if (known(bytes) && bytes > 0)
		a->known_rest[a->known_rest_count++] =
			(struct ledger_entry){ what, bytes, SLICE(""), 0 };
}

static void judge_ledger(struct now *now, const struct machine_state *s)
{
	struct now_answer *a = now->answer;
	struct oom_event *e = event_of(now, s);
	struct inquiry q;
	int64_t stacks = 0;

	ask_for(e, BITS_USER, 0);
	q = inquire(e);
	make_ledger(&q);
	a->ledger = q.x->ledger;
	a->known_rest = arena_alloc(now->arena, 2 * sizeof(*a->known_rest));
	for (size_t i = 0; i < a->ledger.entry_count; i++)
		if (strcmp(a->ledger.entries[i].what, "kernel-stacks") == 0)
			stacks = a->ledger.entries[i].bytes;
	/* Stacks are vmalloc memory too, and already counted. */
	add_known_rest(a, "vmalloc", quantity_sub(s->vmalloc_bytes, stacks));
	add_known_rest(a, "percpu", s->percpu_bytes);
}

/* Is `inner` this cgroup or below it? */
static bool is_in(
	const struct machine_state *s, size_t inner, const struct cgroup *outer)
{
	while (inner < s->cgroup_count) {
		if (&s->cgroups[inner] == outer)
			return true;
		inner = s->cgroups[inner].parent;
	}
	return false;
}

/* The tasks of that cgroup and below, or all; with other adjustments. */
static void tasks_of(struct oom_event *e, const struct machine_state *s,
	const struct cgroup *cgroup, const struct what_if *what_ifs, size_t count)
{
	struct task_table *t = &e->tasks;

	t->rows = arena_alloc(e->arena, (s->tasks.count + 1) * sizeof(*t->rows));
	t->count = t->room = 0;
	for (size_t i = 0; i < s->tasks.count; i++) {
		struct task *row = &t->rows[t->count];

		if (cgroup && !is_in(s, s->places[i].cgroup, cgroup))
			continue;
		*row = s->tasks.rows[i];
		for (size_t k = 0; k < count; k++)
			if (what_if_means(&what_ifs[k], row))
				row->oom_score_adj = what_ifs[k].oom_score_adj;
		t->count++;
	}
}

static int64_t at_most(int64_t a, int64_t most)
{
	return known(a) && known(most) && a > most ? most : a;
}

static int64_t *stat_slot(const struct memcg *m, const char *key)
{
	for (size_t i = 0; i < m->stat_count; i++)
		if (slice_is(m->stats[i].key, key))
			return &m->stats[i].value;
	return NULL;
}

/* What mem_cgroup_print_oom_meminfo() would print of it. */
static void charges_of(
	struct oom_event *e, const struct machine_state *s, const struct cgroup *c)
{
	struct memcg *m = &e->memcg;
	int64_t swap = s->memory.swap_total_bytes.value;

	e->constraint = CONSTRAINT_MEMCG;
	e->memcg_mentioned = true;
	e->sections = ALL_SECTIONS;
	m->oom_path = m->stats_path = c->path;
	m->version = s->cgroup_version;
	m->memory = (struct charge){ c->usage_bytes, c->limit_bytes, c->failcnt, 0 };
	if (s->cgroup_version == 2)
		m->swap = (struct charge){ c->swap_usage_bytes,
			at_most(c->swap_limit_bytes, swap), UNKNOWN, 0 };
	/* No swap on the machine: its limit makes no difference. */
	else if (known_or(swap, 1) == 0)
		m->memsw = (struct charge){ c->memsw_usage_bytes, c->limit_bytes,
			UNKNOWN, 0 };
	else if (bounded(c->memsw_limit_bytes) || !known(swap))
		m->memsw = (struct charge){ c->memsw_usage_bytes,
			at_most(c->memsw_limit_bytes,
				quantity_add(c->limit_bytes, swap)),
			UNKNOWN, 0 };
	else
		m->memsw = (struct charge){ c->memsw_usage_bytes,
			quantity_add(c->limit_bytes, swap), UNKNOWN, 0 };
	m->stats_hierarchical = true;
	m->stats = arena_alloc(e->arena, (c->stat_count + 1) * sizeof(*m->stats));
	m->stat_count = c->stat_count;
	if (c->stat_count > 0)
		memcpy(m->stats, c->stats, c->stat_count * sizeof(*m->stats));
}

static const struct cgroup *cgroup_of(
	const struct machine_state *s, const struct task *task)
{
	for (size_t i = 0; i < s->tasks.count; i++)
		if (s->tasks.rows[i].pid == task->pid)
			return s->places[i].cgroup < s->cgroup_count
				       ? &s->cgroups[s->places[i].cgroup]
				       : NULL;
	return NULL;
}

/* mem_cgroup_get_oom_group(): the topmost cgroup with memory.oom.group on the way from
 * the victim up to the one whose limit was met (4.19+). */
static void find_group(
	struct inquiry *q, const struct machine_state *s, struct now_ranking *r)
{
	const struct cgroup *c = cgroup_of(s, r->first->task);

	while (c) {
		if (c->oom_group == 1)
			r->group = c;
		if (c == r->cgroup || c->parent >= s->cgroup_count)
			break;
		c = &s->cgroups[c->parent];
	}
	if (!r->group)
		return;
	r->frees_bytes = 0;
	for (size_t i = 0; i < s->tasks.count; i++) {
		const struct task *t = &s->tasks.rows[i];

		if (t->oom_score_adj == -1000 ||
			!is_in(s, s->places[i].cgroup, r->group))
			continue;
		r->group_tasks++;
		r->frees_bytes = quantity_add(r->frees_bytes, kill_frees(q, t));
	}
}

static enum now_choice choice_of(
	const struct machine_state *s, const struct cgroup *cgroup)
{
	const struct vm_settings *vm = &s->vm;

	/* 1 spares a cgroup's own OOM, 2 does not (check_panic_on_oom()). */
	if (vm->panic_on_oom == 2 || (vm->panic_on_oom == 1 && !cgroup))
		return CHOOSES_TO_PANIC;
	if (cgroup)
		return cgroup->oom_kill_disable == 1 ? CHOOSES_NOBODY
						     : CHOOSES_BY_BADNESS;
	return vm->oom_kill_allocating_task > 0 ? CHOOSES_THE_ASKING
						: CHOOSES_BY_BADNESS;
}

static struct slice ranking_says(struct inquiry *q, const struct now_ranking *r)
{
	struct slice name;

	if (r->choice == CHOOSES_TO_PANIC)
		return SLICE("nobody: vm.panic_on_oom is set, the kernel panics");
	if (r->choice == CHOOSES_THE_ASKING)
		return SLICE("whoever asks: vm.oom_kill_allocating_task is set");
	if (r->choice == CHOOSES_NOBODY)
		return r->cgroup && r->cgroup->oom_kill_disable == 1
			       ? SLICE("nobody: oom_kill_disable is set, who asks waits")
			       : SLICE("nobody may be killed");
	if (!r->first)
		return SLICE("cannot tell: no process could be read");
	name = name_and_pid(q, r->first->task->comm, r->first->task->pid);
	if (r->group)
		return say(q,
			"%.*s, and with it all %zu of %.*s (memory.oom.group): %s come back",
			SLICE_ARG(name), r->group_tasks, SLICE_ARG(r->group->path),
			BYTES(r->frees_bytes));
	return say(q, "%.*s: %s come back", SLICE_ARG(name), BYTES(r->frees_bytes));
}

static struct now_ranking rank(
	struct oom_event *e, const struct machine_state *s, const struct cgroup *cgroup)
{
	struct now_ranking r = {
		.cgroup = cgroup, .choice = choice_of(s, cgroup), .frees_bytes = UNKNOWN
	};
	struct inquiry q;

	ask_for(e, BITS_USER, 0);
	q = inquire(e);
	replay_killer(&q);
	r.selection = q.x->selection;
	r.selection.ranking = whole_ranking(&r.selection, q.arena);
	r.selection.ranked = r.selection.count;
	if (r.selection.count > 0 && r.selection.ranking[0].eligible)
		r.first = &r.selection.ranking[0];
	if (r.selection.count > 1 && r.first && r.selection.ranking[1].eligible)
		r.close = counters_may_swap(r.first, &r.selection.ranking[1]);
	if (r.choice == CHOOSES_BY_BADNESS && !r.first)
		r.choice = s->tasks.count > 0 ? CHOOSES_NOBODY : CHOICE_UNKNOWN;
	if (r.first) {
		r.frees_bytes = kill_frees(&q, r.first->task);
		find_group(&q, s, &r);
	}
	r.says = ranking_says(&q, &r);
	return r;
}

struct now_ranking now_who_dies(struct now *now, const struct machine_state *s,
	const struct cgroup *cgroup, const struct what_if *what_ifs, size_t count)
{
	struct oom_event *e = event_of(now, s);

	tasks_of(e, s, cgroup, what_ifs, count);
	if (cgroup)
		charges_of(e, s, cgroup);
	return rank(e, s, cgroup);
}

/* Make the first of the ranking the victim of the event that would be. */
static void kill_first(
	struct oom_event *e, const struct machine_state *s, const struct now_ranking *r)
{
	const struct task *t = r->first ? r->first->task : NULL;
	const struct cgroup *c;
	struct victim *v;

	if (!t || r->choice != CHOOSES_BY_BADNESS)
		return;
	v = event_add_victim(e, t->comm, t->pid, 0);
	v->uid = t->uid;
	v->anon_rss_bytes = quantity_mul(t->rss_anon_pages, s->page_bytes);
	v->oom_score_adj = t->oom_score_adj;
	e->chosen.pid = UNKNOWN;
	e->request.comm = t->comm;
	e->request.pid = t->pid;
	c = cgroup_of(s, t);
	e->memcg.task_path = c ? c->path : SLICE("");
}

/* Let processes take what is free down to the min marks and what reclaim frees. */
static void use_up(struct oom_event *e, const struct machine_state *s)
{
	struct memory_state *m = &e->memory;
	struct counters *c = &m->counters;
	int64_t taken = 0, cache;

	m->zones = arena_alloc(e->arena, (m->zone_count + 1) * sizeof(*m->zones));
	for (size_t i = 0; i < m->zone_count; i++) {
		struct zone *z = &m->zones[i];
		int64_t reserve = 0, left;

		*z = s->memory.zones[i];
		for (size_t k = 0; k < z->lowmem_reserves; k++)
			if (z->lowmem_reserve_pages[k] > reserve)
				reserve = z->lowmem_reserve_pages[k];
		left = quantity_add(z->min_bytes, quantity_mul(reserve, s->page_bytes));
		cache = quantity_add(z->active_file_bytes, z->inactive_file_bytes);
		if (known(cache)) {
			z->active_anon_bytes =
				quantity_add(z->active_anon_bytes, cache);
			z->active_file_bytes = z->inactive_file_bytes = 0;
		}
		if (!known(z->free_bytes) || !known(left) || z->free_bytes <= left)
			continue;
		taken = quantity_add(taken, quantity_sub(z->free_bytes, left));
		z->active_anon_bytes = quantity_add(
			z->active_anon_bytes, quantity_sub(z->free_bytes, left));
		z->free_bytes = left;
		z->free_cma_bytes = at_most(z->free_cma_bytes, left);
	}
	cache = quantity_add(c->active_file.value, c->inactive_file.value);
	taken /= s->page_bytes;
	c->free.value = quantity_sub(c->free.value, taken);
	c->active_anon.value =
		quantity_add(c->active_anon.value, quantity_add(taken, cache));
	if (known(cache))
		c->active_file.value = c->inactive_file.value = 0;
	c->dirty.value = c->writeback.value = 0;
	m->swap_free_bytes.value = known(m->swap_free_bytes.value) ? 0 : UNKNOWN;
}

static void judge_headline(struct now *now, const struct machine_state *s)
{
	struct now_answer *a = now->answer;
	struct oom_event *e = event_of(now, s);
	struct explanation *x;

	if (s->memory.zone_count == 0)
		return;
	e->kind = KIND_OOM;
	e->global_oom = true;
	e->message = SLICE("Out of memory");
	ask_for(e, BITS_USER, 0);
	kill_first(e, s, &a->ranking);
	use_up(e, s);
	x = explain(e);
	a->cause = x->cause.slug;
	a->headline = x->headline;
	a->headline_takes =
		SLICE("if processes took what is free, reclaimable and left of swap");
}

static int64_t cgroup_reclaimable(const struct cgroup *c)
{
	struct memcg m = { .stats = c->stats, .stat_count = c->stat_count };
	const char *v2[] = { "active_file", "inactive_file", "slab_reclaimable" };
	const char *v1[] = { "total_active_file", "total_inactive_file" };
	int64_t sum = UNKNOWN;
	bool one = known(memcg_stat(&m, v1[0]).value);

	for (size_t i = 0; i < (one ? 2 : 3); i++) {
		int64_t bytes = memcg_stat(&m, one ? v1[i] : v2[i]).value;

		if (known(bytes))
			sum = quantity_add(known_or(sum, 0), bytes);
	}
	return sum;
}

static void set_stat(struct memcg *m, const char *key, int64_t bytes)
{
	int64_t *slot = stat_slot(m, key);

	if (slot)
		*slot = bytes;
}

/* Let its processes take the room that is left and what reclaim frees. */
static void fill_cgroup(struct oom_event *e, const struct now_cgroup *n)
{
	struct memcg *m = &e->memcg;
	static const char *const anon[] = { "anon", "total_rss", "rss" };
	static const char *const cache[] = { "active_file", "inactive_file",
		"total_active_file", "total_inactive_file" };
	int64_t taken = n->room_bytes, shmem;

	for (size_t i = 0; i < 4; i++) {
		const int64_t *slot = stat_slot(m, cache[i]);
		/* v1 has both its own and the subtree's. */
		bool counts = i >= 2 || !stat_slot(m, "total_active_file");

		if (slot && counts)
			taken = quantity_add(taken, *slot);
		set_stat(m, cache[i], 0);
	}
	shmem = known_or(memcg_stat(m, "shmem").value, 0);
	set_stat(m, "file", shmem);
	set_stat(m, "total_cache", known_or(memcg_stat(m, "total_shmem").value, 0));
	for (size_t i = 0; i < 3; i++) {
		const int64_t *slot = stat_slot(m, anon[i]);

		if (!slot)
			continue;
		set_stat(m, anon[i], quantity_add(*slot, taken));
		break;
	}
	m->memory.usage_bytes = m->memory.limit_bytes;
	m->memory.failcnt = UNKNOWN;
	if (known(m->memsw.usage_bytes) && bounded(m->memsw.limit_bytes))
		m->memsw.usage_bytes = m->memsw.limit_bytes;
	if (known(m->swap.usage_bytes) && bounded(m->swap.limit_bytes))
		m->swap.usage_bytes = m->swap.limit_bytes;
}

static void judge_growth(struct inquiry *q, struct now_cgroup *n)
{
	const struct cgroup *c = n->cgroup;
	const struct usage_sample *first = c->samples;
	const struct usage_sample *last = c->samples + c->sample_count;
	int64_t usec;

	n->growth_bytes = n->seconds_left = UNKNOWN;
	n->says = SLICE("growth not known yet");
	if (c->sample_count < 2)
		return;
	last--;
	usec = last->usec - first->usec;
	n->growth_bytes =
		quantity_share(quantity_sub(last->bytes, first->bytes), 1000000, usec);
	n->seconds_left = UNLIMITED;
	n->says = SLICE("not growing");
	if (n->growth_bytes <= 0)
		return;
	n->seconds_left = n->room_bytes / n->growth_bytes;
	if (n->seconds_left > WEEK_SECONDS) {
		n->seconds_left = UNLIMITED;
		return;
	}
	if (n->seconds_left < 120)
		n->says = say(q, "met in %lld s", (long long)n->seconds_left);
	else if (n->seconds_left < 7200)
		n->says = say(q, "met in %lld min", (long long)(n->seconds_left / 60));
	else
		n->says = say(q, "met in %lld h", (long long)(n->seconds_left / 3600));
}

/* The limit of the two that is nearer. */
static bool find_limit(const struct machine_state *s, struct now_cgroup *n)
{
	const struct cgroup *c = n->cgroup;
	int64_t memsw_room = quantity_sub(c->memsw_limit_bytes, c->memsw_usage_bytes);

	if (bounded(c->limit_bytes) && known(c->usage_bytes)) {
		n->limit_name =
			s->cgroup_version == 1 ? "memory.limit_in_bytes" : "memory.max";
		n->usage_bytes = c->usage_bytes;
		n->limit_bytes = c->limit_bytes;
	}
	if (bounded(c->memsw_limit_bytes) && known(c->memsw_usage_bytes) &&
		(!n->limit_name ||
			memsw_room < quantity_sub(n->limit_bytes, n->usage_bytes))) {
		n->limit_name = "memory.memsw.limit_in_bytes";
		n->usage_bytes = c->memsw_usage_bytes;
		n->limit_bytes = c->memsw_limit_bytes;
	}
	if (!n->limit_name)
		return false;
	n->room_bytes = quantity_sub(n->limit_bytes, n->usage_bytes);
	if (n->room_bytes < 0)
		n->room_bytes = 0;
	n->reclaimable_bytes = cgroup_reclaimable(c);
	n->percent =
		n->limit_bytes > 0
			? quantity_percent(quantity_sub(n->usage_bytes,
						   known_or(n->reclaimable_bytes, 0)),
				  n->limit_bytes)
			: 100;
	return true;
}

static int nearest_first(const void *a, const void *b)
{
	const struct now_cgroup *x = a, *y = b;

	if (x->percent != y->percent)
		return x->percent < y->percent ? 1 : -1;
	if (x->room_bytes != y->room_bytes)
		return x->room_bytes > y->room_bytes ? 1 : -1;
	return x->cgroup > y->cgroup ? 1 : x->cgroup < y->cgroup ? -1 : 0;
}

static void judge_cgroup(
	struct now *now, const struct machine_state *s, struct now_cgroup *n)
{
	struct oom_event *e = event_of(now, s);
	struct explanation *x;
	struct inquiry q;

	tasks_of(e, s, n->cgroup, NULL, 0);
	charges_of(e, s, n->cgroup);
	n->ranking = rank(e, s, n->cgroup);
	e->kind = KIND_OOM;
	e->message = SLICE("Memory cgroup out of memory");
	kill_first(e, s, &n->ranking);
	fill_cgroup(e, n);
	q = inquire(e);
	judge_growth(&q, n);
	x = explain(e);
	n->cause = x->cause.slug;
	n->headline = x->headline;
}

static void judge_cgroups(struct now *now, const struct machine_state *s)
{
	struct now_answer *a = now->answer;

	a->cgroups =
		arena_alloc(now->arena, (s->cgroup_count + 1) * sizeof(*a->cgroups));
	for (size_t i = 0; i < s->cgroup_count; i++) {
		struct now_cgroup *n = &a->cgroups[a->cgroup_count];

		*n = (struct now_cgroup){ .cgroup = &s->cgroups[i] };
		a->cgroup_count += find_limit(s, n);
	}
	if (a->cgroup_count > 1)
		qsort(a->cgroups, a->cgroup_count, sizeof(*a->cgroups), nearest_first);
	if (a->cgroup_count > NEAREST_CGROUPS)
		a->cgroup_count = NEAREST_CGROUPS;
	for (size_t i = 0; i < a->cgroup_count; i++)
		judge_cgroup(now, s, &a->cgroups[i]);
}

const struct now_answer *now_judge(struct now *now, const struct machine_state *s,
	const struct now_question *questions, size_t count)
{
	struct now_answer *a;

	arena_clear(now->arena);
	a = now->answer = arena_alloc(now->arena, sizeof(*a));
	a->state = s;
	judge_requests(now, s, questions, count);
	judge_ledger(now, s);
	a->ranking = now_who_dies(now, s, NULL, NULL, 0);
	judge_headline(now, s);
	judge_cgroups(now, s);
	return a;
}
