/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page allocator replayed: why each zone refused this request.
 *
 * Rules: mm/page_alloc.c, __zone_watermark_ok() and __alloc_pages_may_oom(), 2.6.11
 * to 7.1. Before it kills, the kernel looks once more, against the high mark,
 * without CMA and without reserves; a zone refuses when
 *     free - unusable <= mark + lowmem_reserve[highest zone of the request].
 * A request that may not wait fails at the min mark, less what its flags allow. */
#include "explain/inquiry.h"
#include "explain/thresholds.h"
#include "parsers/gfp.h"

#include <string.h>

/* Zone types in the order of enum zone_type, for each known configuration. The
 * number of lowmem_reserve[] entries and the names that are printed choose. */
static const struct configuration {
	const char *types[MAX_ZONE_TYPES];
} configurations[] = {
	{ { "DMA", "DMA32", "Normal", "Movable", "Device" } },
	{ { "DMA", "DMA32", "Normal", "Movable" } },
	{ { "DMA", "DMA32", "Normal", "HighMem" } },
	{ { "DMA", "Normal", "HighMem", "Movable" } },
	{ { "DMA", "Normal", "HighMem", "Movable", "Device" } },
	{ { "DMA", "DMA32", "Normal" } },
	{ { "DMA", "Normal", "HighMem" } },
	{ { "DMA", "Normal", "Movable" } },
	{ { "DMA32", "Normal", "Movable" } },
	{ { "Normal", "HighMem", "Movable" } },
	{ { "DMA32", "Normal", "Movable", "Device" } },
	{ { "DMA", "Normal", "Movable", "Device" } },
	{ { "DMA", "DMA32", "Normal", "HighMem", "Movable" } },
	{ { "DMA", "Normal" } },
	{ { "DMA32", "Normal" } },
	{ { "Normal", "Movable" } },
	{ { "Normal", "HighMem" } },
	{ { "Normal", "Movable", "Device" } },
	{ { "DMA" } },
	{ { "Normal" } },
};

static size_t types_in(const struct configuration *c)
{
	size_t n = 0;

	while (n < MAX_ZONE_TYPES && c->types[n])
		n++;
	return n;
}

static size_t index_of(const struct configuration *c, const char *name)
{
	for (size_t i = 0; i < types_in(c); i++)
		if (strcmp(c->types[i], name) == 0)
			return i;
	return SIZE_MAX;
}

static size_t index_of_slice(const struct configuration *c, struct slice name)
{
	for (size_t i = 0; i < types_in(c); i++)
		if (slice_is(name, c->types[i]))
			return i;
	return SIZE_MAX;
}

/* A zone of a vendor's own ("NVM"): it stands somewhere between the others. */
static bool is_vendors(struct slice name)
{
	return !slice_is(name, "DMA") && !slice_is(name, "DMA32") &&
	       !slice_is(name, "Normal") && !slice_is(name, "HighMem") &&
	       !slice_is(name, "Movable") && !slice_is(name, "Device");
}

/* Entry j of a zone of index i is 0 for j <= i; anything else contradicts. */
static bool consistent(const struct configuration *c, const struct memory_state *m)
{
	for (size_t i = 0; i < m->zone_count; i++) {
		const struct zone *z = &m->zones[i];
		size_t at = index_of_slice(c, z->name);

		if (is_vendors(z->name))
			continue;
		if (at == SIZE_MAX)
			return false;
		if (z->lowmem_reserves == 0)
			continue;
		if (z->lowmem_reserves != types_in(c))
			return false;
		for (size_t j = 0; j <= at; j++)
			if (z->lowmem_reserve_pages[j] != 0)
				return false;
	}
	return true;
}

static const struct configuration *configuration_of(const struct memory_state *m)
{
	size_t count = sizeof(configurations) / sizeof(*configurations);
	bool highmem =
		known(m->counters.highmem.value) && m->counters.highmem.value > 0;

	if (m->zone_count == 0)
		return NULL;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count; i++) {
			if (!consistent(&configurations[i], m))
				continue;
			/* "pages HighMem" tells 32-bit machines apart. */
			if (pass == 0 && highmem &&
				index_of(&configurations[i], "HighMem") == SIZE_MAX)
				continue;
			return &configurations[i];
		}
	}
	return NULL;
}

/* Index of the highest zone that the request may use (gfp_zone()). */
static size_t highest_of(const struct configuration *c, uint64_t flags)
{
	const char *name = gfp_highest_zone(flags);
	size_t at = index_of(c, name);

	if (at != SIZE_MAX)
		return at;
	/* A zone type that this kernel lacks falls back to Normal, or to the only
	 * one below. */
	if (strcmp(name, "Movable") == 0 && index_of(c, "HighMem") != SIZE_MAX)
		return index_of(c, "HighMem");
	at = index_of(c, "Normal");
	return at != SIZE_MAX ? at : types_in(c) - 1;
}

/* The entry of lowmem_reserve[] that applies. Up to 5.7 the kernel took the first
 * populated zone of the zonelist; where the zones above are empty both entries are
 * equal (but in 6.10 to 6.12.0, where an empty upper zone has 0). */
static size_t class_zone(
	const struct inquiry *q, const struct configuration *c, size_t highest)
{
	size_t populated = 0;
	bool seen = false;

	if (!kernel_before(&q->e->kernel, 5, 8))
		return highest;
	for (size_t i = 0; i < q->e->memory.zone_count; i++) {
		const struct zone *z = &q->e->memory.zones[i];
		size_t at = index_of_slice(c, z->name);
		int64_t size =
			known(z->managed_bytes) ? z->managed_bytes : z->present_bytes;

		if (is_vendors(z->name))
			return highest;

		if (at <= highest && known(size) && size > 0 &&
			(!seen || at > populated)) {
			populated = at;
			seen = true;
		}
	}
	return seen ? populated : highest;
}

/* Which nodes the request may use. Softwall requests (no __GFP_HARDWALL) may leave
 * their cpuset, so only a printed constraint binds those. */
static bool node_allowed(const struct inquiry *q, int64_t node)
{
	const struct oom_event *e = q->e;
	const struct request *r = &e->request;

	if (!known(node))
		return true;
	if (q->x->constraint == CONSTRAINT_MEMORY_POLICY && r->nodemask.seen &&
		!r->nodemask.is_null)
		return node_list_has(&r->nodemask, node);
	if (q->x->constraint == CONSTRAINT_CPUSET && r->mems_allowed.seen)
		return node_list_has(&r->mems_allowed, node);
	if (r->nodemask.seen && !r->nodemask.is_null &&
		e->kind == KIND_ALLOCATION_FAILURE)
		return node_list_has(&r->nodemask, node);
	return true;
}

static int64_t tolerance_of(const struct inquiry *q, const struct zone *z)
{
	int64_t cpus = known_or(q->e->memory.cpus, 0);
	int64_t of_cpus, of_zone;

	if (quantity_add(q->e->request.cpu, 1) > cpus)
		cpus = quantity_add(q->e->request.cpu, 1);
	if (cpus < RACE_ASSUMED_CPUS)
		cpus = RACE_ASSUMED_CPUS;
	of_cpus = quantity_mul(quantity_mul(RACE_PAGES_PER_CPU, cpus), q->page);
	of_zone = known(z->managed_bytes) ? z->managed_bytes : z->present_bytes;
	of_zone = quantity_share(known_or(of_zone, 0), RACE_PERCENT, 100);
	return of_zone > of_cpus ? of_zone : of_cpus;
}

/* Is a block of these types of use to the request? Without letters (3.7 and
 * before) any block is. */
static bool usable_block(const struct free_blocks *b, bool cma, bool highatomic)
{
	if (!b->types_known)
		return true;
	return b->unmovable || b->movable || b->reclaimable || b->reserve ||
	       (cma && b->cma) || (highatomic && b->highatomic);
}

static int64_t largest_block(const struct zone *z, bool cma, bool highatomic)
{
	int64_t largest = 0;

	for (size_t i = 0; i < z->orders; i++)
		if (z->blocks[i].count > 0 &&
			usable_block(&z->blocks[i], cma, highatomic))
			largest = z->blocks[i].size_bytes;
	return z->orders ? largest : UNKNOWN;
}

static bool has_letters(const struct zone *z)
{
	for (size_t i = 0; i < z->orders; i++)
		if (z->blocks[i].types_known)
			return true;
	return false;
}

/* The order walk of 2.6.11 to 4.3: what is left after all smaller blocks must be
 * above the mark, halved at each order. */
static bool passes_order_walk(const struct zone *z, int64_t free, int64_t mark,
	int64_t reserve, int64_t order, int64_t page)
{
	int64_t left = free;

	for (int64_t o = 0; o < order && (size_t)o < z->orders; o++) {
		left = quantity_sub(left,
			quantity_mul(z->blocks[o].count, z->blocks[o].size_bytes));
		mark = mark / page / 2 * page;
		if (left <= quantity_add(mark, reserve))
			return false;
	}
	return true;
}

/* The mark that decides, and what may not be counted as free. */
struct terms {
	const char *mark;
	int64_t mark_bytes, unusable_bytes, highatomic_bytes;
	bool cma, blocks; /* may take the free blocks of CMA, of highatomic */
};

/* The kernel divides pages, not bytes. */
static int64_t page_share(const struct inquiry *q, int64_t bytes, int64_t parts)
{
	return bytes / q->page / parts * q->page;
}

/* Requests that may not wait and dip deeper for it. Up to 4.3 all of those that do not
 * wait, to 6.2 those with __GFP_ATOMIC, since 6.3 those with __GFP_HIGH: GFP_NOWAIT has
 * neither (gfp_to_alloc_flags()). */
static bool tries_harder(const struct inquiry *q)
{
	uint64_t flags = q->e->request.gfp.flags;

	if (gfp_may_reclaim(flags) || (flags & GFP_BIT(GFPF_NOMEMALLOC)))
		return false;
	if (kernel_before(&q->e->kernel, 4, 4))
		return true;
	if (kernel_before(&q->e->kernel, 6, 3))
		return flags & GFP_BIT(GFPF_ATOMIC);
	if (known(q->e->kernel.major))
		return flags & GFP_BIT(GFPF_HIGH);
	return flags & (GFP_BIT(GFPF_ATOMIC) | GFP_BIT(GFPF_HIGH));
}

/* A single page for an atomic request is tested without the boost of the marks (5.9+,
 * zone_watermark_fast(); __GFP_ATOMIC to 6.2, then __GFP_HIGH). */
static bool leaves_boost_out(const struct inquiry *q, int64_t boost)
{
	uint64_t flags = q->e->request.gfp.flags;

	if (!known(boost) || boost <= 0 || q->e->request.order != 0 ||
		!kernel_at_least(&q->e->kernel, 5, 9))
		return false;
	return kernel_before(&q->e->kernel, 6, 3) ? flags & GFP_BIT(GFPF_ATOMIC)
						  : flags & GFP_BIT(GFPF_HIGH);
}

/* C1: __GFP_HIGH halves the mark, trying harder takes a quarter of what is left. */
static int64_t min_mark(const struct inquiry *q, int64_t min, int64_t boost)
{
	if (!known(min))
		return min;
	if (leaves_boost_out(q, boost))
		min = quantity_sub(min, boost);
	if (q->e->request.gfp.flags & GFP_BIT(GFPF_HIGH))
		min -= page_share(q, min, 2);
	if (tries_harder(q))
		min -= page_share(q, min, 4);
	return min;
}

/* Whether the reserve for atomic requests of higher order counts as free for this one:
 * where it tries harder, and since 6.3 wherever it may not wait or is __GFP_HIGH
 * (ALLOC_RESERVES in __zone_watermark_unusable_free()). */
static bool dips_into_highatomic(const struct inquiry *q)
{
	uint64_t flags = q->e->request.gfp.flags;

	if (!kernel_at_least(&q->e->kernel, 6, 3))
		return tries_harder(q);
	return (flags & GFP_BIT(GFPF_HIGH)) ||
	       (!gfp_may_reclaim(flags) && !(flags & GFP_BIT(GFPF_NOMEMALLOC)));
}

/* Whether its blocks may be taken for a higher order: 6.3+ gives ALLOC_HIGHATOMIC to
 * every such order that may not wait, before that it was trying harder. */
static bool takes_highatomic_blocks(const struct inquiry *q)
{
	uint64_t flags = q->e->request.gfp.flags;

	if (!kernel_at_least(&q->e->kernel, 6, 3))
		return tries_harder(q);
	return !gfp_may_reclaim(flags) && !(flags & GFP_BIT(GFPF_NOMEMALLOC));
}

/* Is its mask in the log, or what tells of it? */
static bool request_known(const struct inquiry *q)
{
	return q->e->request.gfp.mask_known || q->e->request.gfp.from != FROM_NOWHERE;
}

static struct terms terms_of(const struct inquiry *q, const struct zone *z)
{
	const struct oom_event *e = q->e;
	uint64_t flags = e->request.gfp.flags;
	struct terms t = { .mark = "high", .mark_bytes = z->high_bytes };
	int64_t order = known_or(e->request.order, 0);

	t.highatomic_bytes = known(z->free_highatomic_bytes)
				     ? z->free_highatomic_bytes
				     : known_or(z->reserved_highatomic_bytes, 0);
	if (q->at_low_mark) {
		t.mark = "low";
		t.mark_bytes = z->low_bytes;
		t.cma = gfp_movable(flags);
	} else if (e->kind == KIND_ALLOCATION_FAILURE) {
		t.mark = "min";
		t.cma = gfp_movable(flags);
		t.mark_bytes = min_mark(q, z->min_bytes, z->boost_bytes);
		t.blocks = takes_highatomic_blocks(q);
		if (dips_into_highatomic(q))
			t.highatomic_bytes = 0;
	}
	if (order < 0)
		order = 0;
	if (order > 30)
		order = 30;
	t.unusable_bytes = quantity_mul((INT64_C(1) << order) - 1, q->page);
	t.unusable_bytes = quantity_add(t.unusable_bytes, t.highatomic_bytes);
	if (!request_known(q)) {
		t.cma = true;
		t.unusable_bytes = t.highatomic_bytes = 0;
	}
	if (!t.cma)
		t.unusable_bytes =
			quantity_add(t.unusable_bytes, known_or(z->free_cma_bytes, 0));
	return t;
}

static void judge_order0(struct refusal *r, const struct terms *t, int64_t tolerance)
{
	const struct zone *z = r->zone;
	int64_t cma = t->cma ? 0 : known_or(z->free_cma_bytes, 0);

	r->short_bytes = quantity_sub(r->needs_bytes, r->has_bytes);
	r->passes_order0 = r->short_bytes < 0;
	if (r->short_bytes < -tolerance)
		r->verdict = VERDICT_WOULD_SUCCEED;
	else if (r->short_bytes < 0)
		r->verdict = VERDICT_WITHIN_RACE;
	else if (cma > 0 && quantity_sub(r->short_bytes, cma) < 0)
		r->verdict = VERDICT_CMA_ONLY;
	else if (t->highatomic_bytes > 0 &&
		 quantity_sub(r->short_bytes, t->highatomic_bytes) < 0)
		r->verdict = VERDICT_HIGHATOMIC_ONLY;
	else if (r->has_bytes > r->mark_bytes)
		r->verdict = VERDICT_LOWMEM_RESERVE;
	else
		r->verdict = VERDICT_BELOW_WATERMARK;
}

static void judge_order(struct inquiry *q, struct refusal *r, const struct terms *t)
{
	const struct zone *z = r->zone;
	int64_t order = q->e->request.order;
	int64_t size = quantity_mul(INT64_C(1) << (order > 30 ? 30 : order), q->page);
	bool letters = has_letters(z);
	/* The walk was replaced in 4.4; where the release is not known, a mask with
	 * __GFP_WAIT or no letters at all (3.7 and before) tell an old kernel. */
	bool walks = kernel_before(&q->e->kernel, 4, 4) ||
		     (!known(q->e->kernel.major) &&
			     (!letters || (q->e->request.gfp.flags &
						  GFP_BIT(GFPF_WAIT)) != 0));

	if (!r->passes_order0)
		return;
	if (z->orders == 0) {
		r->verdict = VERDICT_UNKNOWN;
		return;
	}
	if (walks && !passes_order_walk(z, r->has_bytes, r->mark_bytes,
			     r->reserve_bytes, order, q->page)) {
		r->verdict = VERDICT_FRAGMENTED;
		return;
	}
	if (known(r->largest_bytes) && r->largest_bytes < size && (letters || !walks))
		r->verdict = VERDICT_FRAGMENTED;
	(void)t;
}

static struct slice refusal_says(struct inquiry *q, const struct refusal *r)
{
	const struct zone *z = r->zone;
	struct slice needs =
		known_or(r->reserve_bytes, 0) > 0
			? say(q, "%s mark of %s + reserve %s", r->mark,
				  BYTES(r->mark_bytes), BYTES(r->reserve_bytes))
			: say(q, "%s mark of %s", r->mark, BYTES(r->mark_bytes));

	switch (r->verdict) {
	case VERDICT_NOT_ALLOWED:
		return say(q, "its node is not allowed for this request");
	case VERDICT_NOT_IN_ZONELIST:
		return say(q, "the request's gfp mask does not reach this zone");
	case VERDICT_BELOW_WATERMARK:
		return say(q,
			"%s free; the kernel's last try needs more than its %.*s: short by %s",
			BYTES(z->free_bytes), SLICE_ARG(needs),
			BYTES(r->short_bytes > 0 ? r->short_bytes : q->page));
	case VERDICT_LOWMEM_RESERVE:
		return say(q,
			"%s free, above %s, but %s are held back from requests that may use "
			"higher zones: short by %s",
			BYTES(z->free_bytes), r->mark, BYTES(r->reserve_bytes),
			BYTES(r->short_bytes));
	case VERDICT_FRAGMENTED:
		return say(q,
			"%s free, above its %.*s, but the largest usable piece is %s",
			BYTES(z->free_bytes), SLICE_ARG(needs),
			BYTES(r->largest_bytes));
	case VERDICT_CMA_ONLY:
		return say(q, "%s free, %s of it CMA, which this request may not take",
			BYTES(z->free_bytes), BYTES(z->free_cma_bytes));
	case VERDICT_HIGHATOMIC_ONLY:
		return say(q, "%s free, %s of it kept for atomic high-order requests",
			BYTES(z->free_bytes),
			BYTES(known(z->free_highatomic_bytes)
					? z->free_highatomic_bytes
					: z->reserved_highatomic_bytes));
	case VERDICT_WITHIN_RACE:
		return say(q,
			"%s free, %s above its %.*s when it was printed: pages came back after the "
			"decision",
			BYTES(z->free_bytes), BYTES(-r->short_bytes), SLICE_ARG(needs));
	case VERDICT_WOULD_SUCCEED:
		return say(q,
			"%s free, %s above its %.*s: by these numbers it would succeed",
			BYTES(z->free_bytes), BYTES(-r->short_bytes), SLICE_ARG(needs));
	default:
		if (r->passes_order0 && z->orders == 0)
			return say(q,
				"%s above its %.*s: a single page would be given; its free "
				"list is not in this log",
				BYTES(-r->short_bytes), SLICE_ARG(needs));
		return say(q, "the log lacks numbers of this zone");
	}
}

/* The page-fault path asks for nothing: no zone was tested. */
static bool is_page_fault(const struct inquiry *q)
{
	const struct gfp *gfp = &q->e->request.gfp;

	return q->e->kind == KIND_OOM && gfp->mask_known && gfp->mask == 0;
}

/* Where the head of a report is lost: would each zone refuse whatever the kernel kills
 * for, a single page that may come from any zone and from CMA? */
static bool refuses_all(const struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;
	int64_t managed = 0;
	size_t zones = 0;

	for (size_t i = 0; i < m->zone_count; i++)
		managed = quantity_add(managed, known_or(m->zones[i].managed_bytes, 0));
	for (size_t i = 0; i < m->zone_count; i++) {
		const struct zone *z = &m->zones[i];
		int64_t size =
			known(z->managed_bytes) ? z->managed_bytes : z->present_bytes;
		int64_t most = 0;

		if (known(size) && size == 0)
			continue;
		/* Only its free list is left, and with less in it than the default
		 * vm.lowmem_reserve_ratio keeps from requests that may go higher. */
		if (!known(z->free_bytes) && known(z->blocks_total_bytes) &&
			z->blocks_total_bytes < managed / 256)
			continue;
		for (size_t k = 0; k < z->lowmem_reserves; k++)
			if (z->lowmem_reserve_pages[k] > most)
				most = z->lowmem_reserve_pages[k];
		if (!known(z->free_bytes) || !known(z->high_bytes) ||
			z->free_bytes > quantity_add(z->high_bytes,
						quantity_mul(most, q->page)))
			return false;
		zones++;
	}
	return q->e->kind == KIND_OOM && zones > 0;
}

static void judge_zone(struct inquiry *q, struct refusal *r,
	const struct configuration *c, size_t highest, size_t cz)
{
	const struct zone *z = r->zone;
	const struct terms t = terms_of(q, z);
	size_t at = c ? index_of_slice(c, z->name) : SIZE_MAX;
	int64_t managed = known(z->managed_bytes) ? z->managed_bytes : z->present_bytes;

	r->mark = t.mark;
	r->mark_bytes = t.mark_bytes;
	r->unusable_bytes = t.unusable_bytes;
	r->has_bytes = quantity_sub(z->free_bytes, t.unusable_bytes);
	r->reserve_bytes = 0;
	if (cz < z->lowmem_reserves)
		r->reserve_bytes = quantity_mul(z->lowmem_reserve_pages[cz], q->page);
	else if (z->lowmem_reserves == 0)
		r->reserve_bytes = UNKNOWN;
	r->needs_bytes = quantity_add(r->mark_bytes, known_or(r->reserve_bytes, 0));
	r->largest_bytes = largest_block(z, t.cma, t.blocks);
	r->short_bytes = quantity_sub(r->needs_bytes, r->has_bytes);
	if (!node_allowed(q, z->node))
		r->verdict = VERDICT_NOT_ALLOWED;
	else if (c && at != SIZE_MAX && at > highest)
		r->verdict = VERDICT_NOT_IN_ZONELIST;
	else if (!known(r->has_bytes) || !known(r->mark_bytes) ||
		 (!request_known(q) && !refuses_all(q)) || is_page_fault(q))
		r->verdict = VERDICT_UNKNOWN;
	else {
		judge_order0(r, &t, tolerance_of(q, z));
		if (known(q->e->request.order) && q->e->request.order > 0)
			judge_order(q, r, &t);
		/* Without its reserve a pass proves nothing. */
		if (r->verdict == VERDICT_WOULD_SUCCEED &&
			(!c || at == SIZE_MAX || (!known(r->reserve_bytes) && at < cz)))
			r->verdict = VERDICT_UNKNOWN;
	}
	r->says = refusal_says(q, r);
	if (r->verdict == VERDICT_NOT_ALLOWED ||
		r->verdict == VERDICT_NOT_IN_ZONELIST ||
		(known(managed) && managed == 0))
		return;
	q->usable++;
	q->usable_managed_bytes =
		quantity_add(q->usable_managed_bytes, known_or(managed, 0));
	q->usable_free_bytes =
		quantity_add(q->usable_free_bytes, known_or(z->free_bytes, 0));
	q->usable_file_bytes = quantity_add(
		q->usable_file_bytes, quantity_add(known_or(z->active_file_bytes, 0),
					      known_or(z->inactive_file_bytes, 0)));
	switch (r->verdict) {
	case VERDICT_UNKNOWN:
		q->usable_unknown++;
		break;
	case VERDICT_WOULD_SUCCEED:
		break;
	case VERDICT_WITHIN_RACE:
		q->usable_racing++;
		q->usable_refusing++;
		q->usable_refusing0++;
		break;
	case VERDICT_FRAGMENTED:
		q->usable_refusing++;
		break;
	default:
		q->usable_refusing++;
		q->usable_refusing0++;
		if (r->short_bytes > 0 && r->verdict == VERDICT_BELOW_WATERMARK)
			q->usable_short_bytes =
				quantity_add(q->usable_short_bytes, r->short_bytes);
		break;
	}
	if (!q->worst ||
		known_or(managed, 0) > known_or(q->worst->zone->managed_bytes, 0))
		q->worst = r;
}

void replay_allocator(struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;
	const struct configuration *c = configuration_of(m);
	size_t highest = !c                 ? 0
			 : request_known(q) ? highest_of(c, q->e->request.gfp.flags)
					    : types_in(c) - 1;
	size_t cz = c ? class_zone(q, c, highest) : 0;

	q->x->refusals = arena_alloc(q->arena,
		(m->zone_count ? m->zone_count : 1) * sizeof(*q->x->refusals));
	q->x->refusal_count = m->zone_count;
	for (size_t i = 0; i < m->zone_count; i++) {
		struct refusal *r = &q->x->refusals[i];

		r->zone = &m->zones[i];
		judge_zone(q, r, c, highest, cz);
	}
}

/* What reclaim might free in a zone: its file lists, and its anonymous ones while swap
 * has room. Up to 4.7 these stand in the zone's own line too. */
int64_t zone_reclaimable(const struct inquiry *q, const struct zone *z)
{
	int64_t sum = quantity_add(z->active_file_bytes, z->inactive_file_bytes);

	if (known_or(q->swap_free_bytes, 0) > 0)
		sum = quantity_add(sum,
			quantity_add(z->active_anon_bytes, z->inactive_anon_bytes));
	return sum;
}

void find_route(struct inquiry *q)
{
	struct explanation *x = q->x;
	int64_t most = 0;
	bool any = false, passes = false;

	if (q->memcg || q->e->kind != KIND_OOM || q->e->manual || is_page_fault(q) ||
		known_or(q->e->request.order, 0) != 0)
		return;
	for (size_t i = 0; i < x->refusal_count; i++) {
		const struct refusal *r = &x->refusals[i];
		int64_t can = zone_reclaimable(q, r->zone), with;

		if (r->verdict == VERDICT_NOT_ALLOWED ||
			r->verdict == VERDICT_NOT_IN_ZONELIST || !known(can) ||
			!known(r->has_bytes) || !known(r->zone->min_bytes))
			continue;
		any = true;
		with = quantity_add(r->has_bytes, can);
		passes |= with > quantity_add(r->zone->min_bytes,
					 known_or(r->reserve_bytes, 0));
		most = quantity_add(most, can);
	}
	if (!any)
		return;
	x->route = passes ? "no-progress" : "nothing-left";
	if (most == 0) {
		x->route_says =
			passes ? SLICE("reclaim had nothing to work on, and its passes freed nothing")
			       : SLICE("reclaim had nothing to free, and no usable zone passes its min mark");
		return;
	}
	x->route_says =
		passes ? say(q, "reclaim had %s to work on, enough on paper, and its passes freed nothing",
				 BYTES(most))
		       : say(q, "with all that reclaim might free (%s) no usable zone passes its min mark",
				 BYTES(most));
}

static const char *const verdict_names[] = { "unknown", "not-allowed",
	"not-in-zonelist", "below-watermark", "lowmem-reserve", "fragmented",
	"cma-only", "highatomic-only", "within-race", "would-succeed" };

const char *verdict_name(enum verdict verdict)
{
	return verdict_names[verdict];
}
