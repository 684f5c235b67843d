/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walls between kinds of free pages: order, zone, migratetype, watermark.
 *
 * All of these read the replay of zones.c: which zones refused, and because of what. */
#include "explain/causes.h"
#include "explain/thresholds.h"
#include "parsers/gfp.h"

#include <string.h>

static bool all_refuse(const struct inquiry *q)
{
	return q->usable > 0 && q->usable_refusing == q->usable;
}

static bool is_usable(const struct refusal *r)
{
	return r->verdict != VERDICT_NOT_ALLOWED &&
	       r->verdict != VERDICT_NOT_IN_ZONELIST &&
	       known_or(r->zone->managed_bytes, 1) != 0;
}

static bool from_allocator(const struct inquiry *q)
{
	return !q->memcg && !q->e->manual && q->x->refusal_count > 0 &&
	       (q->e->kind == KIND_OOM || q->e->kind == KIND_ALLOCATION_FAILURE);
}

static int64_t ram(const struct inquiry *q)
{
	return known(q->managed_bytes) ? q->managed_bytes : q->present_bytes;
}

/* A zone refuses at the last look, but would have passed at the min mark. */
static bool passes_min(const struct refusal *r)
{
	int64_t needs = quantity_add(r->zone->min_bytes, known_or(r->reserve_bytes, 0));

	return known(needs) && r->has_bytes > needs;
}

static int64_t request_bytes(const struct inquiry *q)
{
	int64_t order = known_or(q->e->request.order, 0);

	if (order < 0)
		order = 0;
	return quantity_mul(INT64_C(1) << (order > 30 ? 30 : order), q->page);
}

/* The zone was short of single pages when its numbers were printed, but many times that
 * much could have been freed: reclaim would have served a single page, and what failed is
 * putting pages together. */
static bool reclaim_had_plenty(const struct inquiry *q)
{
	const struct counters *c = &q->e->memory.counters;
	int64_t pages =
		quantity_add(quantity_add(c->active_file.value, c->inactive_file.value),
			known_or(c->slab_reclaimable.value, 0));
	int64_t bytes = quantity_mul(pages, q->page);
	int64_t lacking = q->usable_short_bytes > 0 ? q->usable_short_bytes : q->page;
	int64_t share = quantity_percent(bytes, q->usable_managed_bytes);

	return gfp_may_reclaim(q->e->request.gfp.flags) && known(bytes) &&
	       known_or(share, 0) >= RECLAIM_FILE_PERCENT &&
	       bytes >= quantity_mul(RECLAIM_FILE_TIMES, lacking);
}

/* Nearly all of the usable memory is in zones without a piece of the size. */
static bool pieces_lack(const struct inquiry *q, int64_t size)
{
	int64_t lacking = 0;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (is_usable(r) && r->zone->orders > 0 && known(r->largest_bytes) &&
			r->largest_bytes < size)
			lacking = quantity_add(
				lacking, known_or(r->zone->managed_bytes, 0));
	}
	return known_or(quantity_percent(lacking, q->usable_managed_bytes), 0) >=
	       PIECES_LACK_PERCENT;
}

/* CMA pages that are free, and closed to the request. */
static int64_t closed_cma(const struct inquiry *q, const struct refusal *r)
{
	bool closed = !gfp_movable(q->e->request.gfp.flags) ||
		      (q->e->kind == KIND_OOM && !q->at_low_mark);

	return closed ? known_or(r->zone->free_cma_bytes, 0) : 0;
}

static void tell_enough_free(
	struct inquiry *q, struct finding *f, const struct refusal *r)
{
	int64_t cma = closed_cma(q, r);

	if (cma > 0 && cma >= r->zone->free_bytes / 4)
		fact_for(q, f, r->zone->line, quote(q, r->zone->line, "free_cma:", 3),
			"%s of the %s free are CMA's, closed to this request; the other %s "
			"are above %s %s: not short",
			BYTES(cma), BYTES(r->zone->free_bytes),
			BYTES(quantity_sub(r->zone->free_bytes, cma)), r->mark,
			BYTES(r->mark_bytes));
	else
		fact_for(q, f, r->zone->line, quote(q, r->zone->line, "free:", 3),
			"above %s %s: not short", r->mark, BYTES(r->mark_bytes));
}

/* What is free in the usable zones and not closed to the request. */
static int64_t open_free(const struct inquiry *q)
{
	int64_t sum = 0;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (is_usable(r))
			sum = quantity_add(
				sum, quantity_sub(known_or(r->zone->free_bytes, 0),
					     closed_cma(q, r)));
	}
	return sum;
}

/* Up to 2.6.2x the zones that a machine does not have were printed, too. */
static bool is_empty(const struct zone *z)
{
	return z->present_bytes == 0 && known_or(z->managed_bytes, 0) == 0;
}

enum confidence fragmentation(struct inquiry *q, struct finding *f)
{
	int64_t size = request_bytes(q);
	size_t fragmented = 0, nearly = 0, suitable = 0, unlisted = 0, pieces = 0;
	bool letters = false, plenty;

	if (!from_allocator(q) || known_or(q->e->request.order, 0) < 1)
		return NOT_HELD;
	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (!is_usable(r))
			continue;
		if (r->verdict == VERDICT_FRAGMENTED) {
			fragmented++;
			pieces += !known(r->largest_bytes) || r->largest_bytes >= size;
			for (size_t k = 0; k < r->zone->orders; k++)
				letters |= r->zone->blocks[k].types_known;
		} else if (!r->passes_order0 && passes_min(r) &&
			   known(r->largest_bytes) && r->largest_bytes < size) {
			nearly++;
		}
		if (r->verdict == VERDICT_WOULD_SUCCEED)
			suitable++;
		/* The free lists are lost, but there is twice what one page needs. */
		if (r->verdict == VERDICT_UNKNOWN && r->zone->orders == 0 &&
			r->passes_order0 && known(r->needs_bytes) &&
			r->has_bytes / 2 > r->needs_bytes)
			unlisted++;
	}
	plenty =
		q->e->kind == KIND_OOM && reclaim_had_plenty(q) && pieces_lack(q, size);
	if (plenty)
		nearly++;
	if (suitable > 0) {
		f->says =
			SLICE("a usable zone has a large enough piece above its mark");
		return NOT_HELD;
	}
	if (fragmented + nearly + unlisted == 0) {
		f->says =
			SLICE("every usable zone refuses even a single page: this is a "
			      "shortage, not fragmentation");
		return NOT_HELD;
	}
	fact_for(q, f, q->e->request.line,
		quote(q, q->e->request.line,
			q->e->no_mmu             ? "Allocation of length "
			: q->e->kind == KIND_OOM ? "order="
			: q->e->vmalloc_goes_on  ? "page order "
						 : "order:",
			0),
		"%lld pages side by side: %s in one piece",
		(long long)(INT64_C(1)
			    << (q->e->request.order > 30 ? 30 : q->e->request.order)),
		BYTES(size));
	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (!is_usable(r) || f->fact_count > 5 || is_empty(r->zone))
			continue;
		if (r->verdict == VERDICT_FRAGMENTED) {
			tell_enough_free(q, f, r);
			fact_for(q, f, r->zone->blocks_line,
				quote_line(q, r->zone->blocks_line, 48),
				"the largest piece it may take is %s",
				BYTES(r->largest_bytes));
		} else {
			fact_for(q, f, r->zone->line,
				quote(q, r->zone->line, "free:", 3), "%.*s",
				SLICE_ARG(r->says));
		}
	}
	if (plenty)
		fact_for(q, f, q->e->memory.counters.active_file.line,
			quote_through(q, q->e->memory.counters.active_file.line,
				"active_file:", "inactive_file:"),
			"page cache and reclaimable slab could have been freed: for a single "
			"page there was enough");
	if (fragmented + nearly == 0)
		fact_missing(q, f,
			"the free lists, which would show the largest piece: with that "
			"much free, a piece too small is what remains");
	if (!q->e->no_mmu)
		fact_missing(q, f, "whether compaction ran, and what stopped it");
	if (fragmented == 0)
		return LIKELY;
	/* Without letters a piece may be of a type that it may not take; where there is
	 * none of that size, no letter matters. */
	return (letters || pieces == 0) && all_refuse(q) ? CERTAIN : LIKELY;
}

/* Memory free in zones above those that the request may use: printed, or, since
 * 6.1, hidden. */
static int64_t free_above(
	const struct inquiry *q, enum provenance *from, const char *only_zone)
{
	int64_t printed = 0;
	bool seen = false;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (r->verdict != VERDICT_NOT_IN_ZONELIST ||
			(only_zone && !slice_is(r->zone->name, only_zone)))
			continue;
		if (known(r->zone->free_bytes) &&
			r->zone->free_bytes > known_or(r->zone->high_bytes, 0)) {
			printed = quantity_add(printed, r->zone->free_bytes);
			seen = true;
		}
	}
	*from = FROM_PRINT;
	if (seen)
		return printed;
	*from = FROM_INFERENCE;
	return q->zones_hidden ? q->hidden_free_bytes : UNKNOWN;
}

/* Does this kernel have that zone at all? 32-bit machines with high memory have no DMA32
 * but in 2.6.15 to 2.6.18, which print it empty: a request for it is one for Normal. */
static bool has_zone_type(const struct inquiry *q, const char *name)
{
	bool highmem = false;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		if (slice_is(q->x->refusals[i].zone->name, name))
			return true;
		highmem |= slice_is(q->x->refusals[i].zone->name, "HighMem");
	}
	return !highmem;
}

enum confidence dma_zone_exhausted(struct inquiry *q, struct finding *f)
{
	const char *highest = gfp_highest_zone(q->e->request.gfp.flags);
	enum provenance from;
	int64_t above;

	if (q->e->kind != KIND_ALLOCATION_FAILURE ||
		q->e->request.gfp.from == FROM_NOWHERE ||
		(strcmp(highest, "DMA") != 0 && strcmp(highest, "DMA32") != 0) ||
		!has_zone_type(q, highest))
		return NOT_HELD;
	fact_for(q, f, q->e->request.line, quote(q, q->e->request.line, "mode:", 0),
		"asks for memory of zone %s or below only", highest);
	if (q->x->refusal_count == 0) {
		fact_missing(q, f, "the state of the zone: there is no Mem-Info");
		return NOT_HELD;
	}
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (slice_is(q->x->refusals[i].zone->name, highest) &&
			q->x->refusals[i].zone->managed_bytes == 0) {
			fact_for(q, f, q->x->refusals[i].zone->line,
				quote(q, q->x->refusals[i].zone->line, "managed:", 3),
				"this zone has no memory at all, as in a kdump kernel");
			return CERTAIN;
		}
	above = free_above(q, &from, NULL);
	if (!all_refuse(q)) {
		f->says = say(q, "zone %s could still serve the request", highest);
		return NOT_HELD;
	}
	if (!known(above) || above < ELSEWHERE_MIN_BYTES) {
		f->says = say(q, "the zones above %s are short too", highest);
		return NOT_HELD;
	}
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (is_usable(&q->x->refusals[i]))
			fact_for(q, f, q->x->refusals[i].zone->line,
				quote(q, q->x->refusals[i].zone->line, "free:", 3),
				"%.*s", SLICE_ARG(q->x->refusals[i].says));
	fact_for(q, f, q->e->memory.counters.free.line,
		quote(q, q->e->memory.counters.free.line, "free:", 0),
		"%s are free in zones above", BYTES(above));
	q->x->elsewhere = (struct elsewhere){ above, UNKNOWN, from };
	return CERTAIN;
}

/* Do pages of processes and files hold next to nothing of the zones that the request
 * may use? Then the kernel itself fills them. */
static bool lists_of_usable_empty(const struct inquiry *q)
{
	int64_t listed = 0, size = 0;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct zone *z = q->x->refusals[i].zone;

		if (!is_usable(&q->x->refusals[i]))
			continue;
		if (known(z->active_bytes))
			listed = quantity_add(listed,
				quantity_add(z->active_bytes, z->inactive_bytes));
		else
			listed = quantity_add(
				listed, quantity_add(quantity_add(z->active_anon_bytes,
							     z->inactive_anon_bytes),
						quantity_add(z->active_file_bytes,
							z->inactive_file_bytes)));
		size = quantity_add(size, z->present_bytes);
	}
	return known(listed) && known(size) && size > 0 &&
	       listed <= quantity_share(size, LOWMEM_LISTS_PERCENT, 100);
}

/* How much of the usable zones is free, but CMA's, where that alone makes them refuse:
 * percent of their managed pages; the bytes in `*cma`. UNKNOWN where no zone does. */
static int64_t cma_share(const struct inquiry *q, int64_t *cma)
{
	size_t zones = 0;

	*cma = 0;
	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (!is_usable(r) || r->verdict != VERDICT_CMA_ONLY)
			continue;
		*cma = quantity_add(*cma, known_or(r->zone->free_cma_bytes, 0));
		zones++;
	}
	return zones ? quantity_percent(*cma, q->usable_managed_bytes) : UNKNOWN;
}

enum confidence lowmem_exhausted(struct inquiry *q, struct finding *f)
{
	const struct memory_state *m = &q->e->memory;
	uint64_t flags = q->e->request.gfp.flags;
	enum provenance from;
	int64_t above, share, cma;
	bool highmem =
		known(m->counters.highmem.value) && m->counters.highmem.value > 0;

	for (size_t i = 0; i < m->zone_count; i++)
		highmem |= slice_is(m->zones[i].name, "HighMem") &&
			   known_or(m->zones[i].present_bytes, 0) > 0;
	if (!from_allocator(q) || !highmem || flags & GFP_BIT(GFPF_HIGHMEM) ||
		q->e->request.gfp.from == FROM_NOWHERE)
		return NOT_HELD;
	if (!all_refuse(q)) {
		f->says = SLICE("a zone below HighMem could still serve the request");
		return NOT_HELD;
	}
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (q->x->refusals[i].verdict == VERDICT_FRAGMENTED) {
			f->says = SLICE("a zone below HighMem has pages enough, but in "
					"pieces too small");
			return NOT_HELD;
		}
	above = free_above(q, &from, "HighMem");
	share = quantity_percent(above, ram(q));
	if (!known(share) ||
		(share < KIND_LIKELY_PERCENT &&
			(above < ELSEWHERE_MIN_BYTES || !lists_of_usable_empty(q)))) {
		f->says = SLICE("high memory is nearly full too");
		return NOT_HELD;
	}
	q->x->elsewhere = (struct elsewhere){ above, UNKNOWN, from };
	fact_for(q, f, q->e->request.line, quote(q, q->e->request.line, "gfp_mask=", 0),
		"without __GFP_HIGHMEM: the kernel itself needs memory below HighMem");
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (is_usable(&q->x->refusals[i]))
			fact_for(q, f, q->x->refusals[i].zone->line,
				quote(q, q->x->refusals[i].zone->line, "free:", 1),
				"%.*s", SLICE_ARG(q->x->refusals[i].says));
	if (from == FROM_PRINT)
		fact_for(q, f, 0, SLICE(""), "%s are free in HighMem", BYTES(above));
	else
		fact_for(q, f, m->counters.free.line,
			quote(q, m->counters.free.line, "free:", 0),
			"%s of it in zones not shown: HighMem", BYTES(above));
	/* Low memory that is free, but CMA's, is not in use: that wall is the nearer. */
	if (cma_share(q, &cma) >= KIND_LIKELY_PERCENT)
		return LIKELY;
	return share >= KIND_CERTAIN_PERCENT ? CERTAIN : LIKELY;
}

/* Does lowmem_reserve[] prove that a Movable zone exists? The entry for it is then
 * larger than the one before it. */
static uint32_t movable_proved(const struct inquiry *q)
{
	for (size_t i = 0; i < q->e->memory.zone_count; i++) {
		const struct zone *z = &q->e->memory.zones[i];
		size_t at = z->lowmem_reserves;

		/* Movable is the last entry, or the last but one before Device. */
		for (size_t k = at; k-- > 2;)
			if (z->lowmem_reserve_pages[k] >
					z->lowmem_reserve_pages[k - 1] &&
				k + 2 >= at && k >= 3)
				return z->reserve_line;
	}
	return 0;
}

enum confidence movable_only_free(struct inquiry *q, struct finding *f)
{
	enum provenance from;
	int64_t above, share;
	uint32_t proof = 0;

	if (!from_allocator(q) || gfp_movable(q->e->request.gfp.flags) ||
		q->e->request.gfp.from == FROM_NOWHERE ||
		(q->e->request.gfp.mask_known && q->e->request.gfp.mask == 0))
		return NOT_HELD;
	above = free_above(q, &from, "Movable");
	if (from == FROM_INFERENCE)
		proof = movable_proved(q);
	if (!known(above) || (from == FROM_INFERENCE && proof == 0))
		return NOT_HELD;
	if (!all_refuse(q)) {
		f->says = SLICE("a zone that the request may use could still serve it");
		return NOT_HELD;
	}
	share = quantity_percent(above, ram(q));
	if (!known(share) || share < KIND_LIKELY_PERCENT) {
		f->says = say(q, "only %s are free in ZONE_MOVABLE", BYTES(above));
		return NOT_HELD;
	}
	q->x->elsewhere = (struct elsewhere){ above, UNKNOWN, from };
	fact_for(q, f, q->e->request.line,
		quote(q, q->e->request.line,
			q->e->kind == KIND_OOM ? "gfp_mask=" : "mode:", 0),
		"not movable: ZONE_MOVABLE is closed to it");
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (is_usable(&q->x->refusals[i]) && f->fact_count < 4)
			fact_for(q, f, q->x->refusals[i].zone->line,
				quote(q, q->x->refusals[i].zone->line, "free:", 3),
				"%.*s", SLICE_ARG(q->x->refusals[i].says));
	if (proof)
		fact_for(q, f, proof, quote_line(q, proof, 48),
			"the last entries differ: a Movable zone exists, though it is not "
			"shown");
	fact_for(q, f, q->e->memory.counters.free.line,
		quote(q, q->e->memory.counters.free.line, "free:", 0),
		"%s of it are ZONE_MOVABLE's", BYTES(above));
	if (share < KIND_CERTAIN_PERCENT ||
		(from == FROM_INFERENCE && q->x->constraint != CONSTRAINT_NONE))
		return LIKELY;
	return CERTAIN;
}

enum confidence cma_only_free(struct inquiry *q, struct finding *f)
{
	int64_t cma, share;
	bool movable = gfp_movable(q->e->request.gfp.flags);

	if (!from_allocator(q) || q->e->request.gfp.from == FROM_NOWHERE)
		return NOT_HELD;
	share = cma_share(q, &cma);
	if (!known(share) || !all_refuse(q))
		return NOT_HELD;
	if (share < (movable ? KIND_CERTAIN_PERCENT : KIND_LIKELY_PERCENT)) {
		f->says = movable ? SLICE("")
				  : say(q, "only %s are free in CMA", BYTES(cma));
		return NOT_HELD;
	}
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (q->x->refusals[i].verdict == VERDICT_CMA_ONLY)
			fact_for(q, f, q->x->refusals[i].zone->line,
				quote(q, q->x->refusals[i].zone->line, "free_cma:", 3),
				"%.*s", SLICE_ARG(q->x->refusals[i].says));
	fact_for(q, f, q->e->request.line,
		quote(q, q->e->request.line,
			q->e->kind == KIND_OOM ? "gfp_mask=" : "mode:", 0),
		movable ? "movable: mainline gives it CMA pages before it kills, kernels "
			  "of some vendors do not"
			: "not movable: CMA pages are closed to it");
	q->x->elsewhere = (struct elsewhere){ cma, UNKNOWN, FROM_PRINT };
	if (movable)
		return LIKELY;
	return share >= KIND_CERTAIN_PERCENT ? CERTAIN : LIKELY;
}

static int64_t highatomic_blocks(const struct zone *z)
{
	int64_t sum = 0;

	for (size_t i = 0; i < z->orders; i++)
		if (z->blocks[i].highatomic)
			sum = quantity_add(sum, quantity_mul(z->blocks[i].count,
							z->blocks[i].size_bytes));
	return sum;
}

/* What of a zone is kept, as printed: its free part (6.17+), or the whole blocks. */
static int64_t highatomic_bytes(const struct zone *z)
{
	return known(z->free_highatomic_bytes)
		       ? z->free_highatomic_bytes
		       : known_or(z->reserved_highatomic_bytes, 0);
}

enum confidence highatomic_reserve(struct inquiry *q, struct finding *f)
{
	size_t printed = 0, bounded_by_blocks = 0;
	int64_t kept = 0, free = 0;

	if (!from_allocator(q))
		return NOT_HELD;
	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];
		const struct zone *z = r->zone;

		if (!is_usable(r))
			continue;
		if (r->verdict == VERDICT_HIGHATOMIC_ONLY) {
			printed++;
			kept = quantity_add(kept, highatomic_bytes(z));
			free = quantity_add(free, z->free_bytes);
			fact_for(q, f, z->line, quote(q, z->line, "highatomic:", 3),
				"%.*s", SLICE_ARG(r->says));
		} else if (r->verdict == VERDICT_WOULD_SUCCEED &&
			   !known(z->reserved_highatomic_bytes) &&
			   !known(z->free_highatomic_bytes) &&
			   highatomic_blocks(z) > -r->short_bytes) {
			bounded_by_blocks++;
			fact_for(q, f, z->blocks_line,
				quote_line(q, z->blocks_line, 48),
				"blocks marked H hold up to %s",
				BYTES(highatomic_blocks(z)));
		}
	}
	/* A few pages of the reserve decide wherever a zone is at its mark: what brought it
	 * there is the story. */
	if (printed > 0 && kept < free / HIGHATOMIC_FREE_PARTS) {
		f->says = say(q,
			"the reserve for atomic requests keeps only %s of %s free",
			BYTES(kept), BYTES(free));
		return NOT_HELD;
	}
	if (printed > 0 && all_refuse(q))
		return CERTAIN;
	if (bounded_by_blocks > 0 &&
		printed + bounded_by_blocks + q->usable_refusing >= q->usable)
		return LIKELY;
	return NOT_HELD;
}

/* Where the line is cut before its size: no zone is larger than RAM. */
static int64_t size_of_zone(const struct inquiry *q, const struct zone *z)
{
	if (known(z->managed_bytes))
		return z->managed_bytes;
	return known(z->present_bytes)
		       ? z->present_bytes
		       : quantity_mul(q->e->memory.counters.ram.value, q->page);
}

/* What no counter owns and no kill gives back fills most of it: lower marks would only be
 * met later. */
static bool mostly_lost(const struct inquiry *q, int64_t size)
{
	return !q->nodes_hidden &&
	       known_or(class_bytes(q, "unaccounted"), 0) > known_or(size, 0) / 2;
}

/* What 5.0 to 5.12 add to the marks for a while and do not print: otherwise low stands at
 * least a quarter of min above it (__setup_per_zone_wmarks()). */
static int64_t boost_of(const struct inquiry *q, const struct zone *z)
{
	int64_t step = quantity_sub(z->low_bytes, z->min_bytes);
	int64_t more = quantity_sub(z->min_bytes, quantity_mul(4, step));

	if (known(z->boost_bytes))
		return z->boost_bytes;
	return known(more) && more > 4 * q->page && known(q->e->kernel.major) &&
			       !kernel_before(&q->e->kernel, 5, 0)
		       ? more
		       : 0;
}

/* Sums over the usable zones. */
struct marks {
	int64_t mins, steps, boosts, highs, size;
	uint32_t line;
};

static struct marks marks_of(const struct inquiry *q)
{
	struct marks m = { 0 };

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct zone *z = q->x->refusals[i].zone;
		int64_t managed = size_of_zone(q, z), boost = boost_of(q, z);

		if (!is_usable(&q->x->refusals[i]) || !known(z->min_bytes) ||
			!known(managed))
			continue;
		m.size = quantity_add(m.size, managed);
		m.mins = quantity_add(m.mins, quantity_sub(z->min_bytes, boost));
		m.boosts = quantity_add(m.boosts, boost);
		m.highs = quantity_add(m.highs, z->high_bytes);
		m.steps = quantity_add(m.steps,
			known_or(quantity_sub(z->high_bytes, z->min_bytes), 0));
		if (!m.line || z == q->worst->zone)
			m.line = z->line;
	}
	return m;
}

/* The boost alone holds the memory back. */
static bool boost_decides(const struct inquiry *q, const struct marks *m)
{
	return known_or(quantity_percent(m->boosts, m->size), 0) >
		       MARKS_LIKELY_PERCENT &&
	       m->boosts > m->mins &&
	       known_or(quantity_sub(q->usable_free_bytes,
				quantity_sub(m->highs, m->boosts)),
		       0) > 0;
}

static const struct zone *broken_zone(const struct inquiry *q)
{
	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct zone *z = q->x->refusals[i].zone;
		int64_t size = size_of_zone(q, z);

		if (is_usable(&q->x->refusals[i]) && known(size) &&
			z->min_bytes > size && size > 0)
			return z;
	}
	return NULL;
}

enum confidence min_free_too_high(struct inquiry *q, struct finding *f)
{
	int64_t min_share, step_share, free_share;
	const struct zone *broken;
	struct marks m;
	bool boosted;

	if (!from_allocator(q) || q->usable == 0)
		return NOT_HELD;
	broken = broken_zone(q);
	if (broken) {
		fact_for(q, f, broken->line, quote(q, broken->line, "min:", 3),
			"more than the %s of the whole %s: a kernel bug",
			BYTES(size_of_zone(q, broken)),
			known(broken->managed_bytes) || known(broken->present_bytes)
				? "zone"
				: "machine");
		return CERTAIN;
	}
	m = marks_of(q);
	min_share = quantity_percent(m.mins, m.size);
	step_share = quantity_percent(m.steps, m.size);
	free_share = quantity_percent(q->usable_free_bytes, m.size);
	if (!known(min_share) || !known(free_share) ||
		free_share <= MARKS_LIKELY_PERCENT)
		return NOT_HELD;
	if (!all_refuse(q))
		return NOT_HELD;
	boosted = boost_decides(q, &m);
	if (boosted)
		fact_for(q, f, m.line, quote(q, m.line, "min:", 3),
			"%s of the marks are a boost for a while "
			"(vm.watermark_boost_factor)",
			BYTES(m.boosts));
	if (min_share > MARKS_LIKELY_PERCENT)
		fact_for(q, f, m.line, quote(q, m.line, "min:", 3),
			"min marks hold %lld %% of the usable memory back "
			"(vm.min_free_kbytes)",
			(long long)min_share);
	if (known(step_share) && step_share > MARKS_LIKELY_PERCENT)
		fact_for(q, f, m.line, quote(q, m.line, "high:", 3),
			"the marks stand %lld %% apart (vm.watermark_scale_factor)",
			(long long)step_share);
	fact_for(q, f, q->e->memory.counters.free.line,
		quote(q, q->e->memory.counters.free.line, "free:", 0),
		"%s are free, %lld %% of what the request may use",
		BYTES(q->usable_free_bytes), (long long)free_share);
	if (boosted || min_share > MARKS_CERTAIN_PERCENT ||
		known_or(step_share, 0) > MARKS_CERTAIN_PERCENT)
		return mostly_lost(q, m.size) ? LIKELY : CERTAIN;
	if (min_share > MARKS_LIKELY_PERCENT ||
		known_or(step_share, 0) > MARKS_LIKELY_PERCENT)
		return LIKELY;
	return NOT_HELD;
}

enum confidence freed_before_report(struct inquiry *q, struct finding *f)
{
	const struct refusal *passing = NULL;

	/* vmalloc fails for want of addresses, or of a task that may still ask, too. */
	if (!from_allocator(q) || q->e->page_fault || q->e->vmalloc_failure ||
		(q->e->request.gfp.mask_known && q->e->request.gfp.mask == 0))
		return NOT_HELD;
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (q->x->refusals[i].verdict == VERDICT_WOULD_SUCCEED)
			passing = &q->x->refusals[i];
	if (!passing)
		return NOT_HELD;
	fact_for(q, f, passing->zone->line, quote(q, passing->zone->line, "free:", 3),
		"%.*s", SLICE_ARG(passing->says));
	fact_missing(q, f,
		"the state at the moment of the decision: all numbers were read "
		"afterwards");
	return LIKELY;
}

static struct slice asker(struct inquiry *q)
{
	return q->e->request.comm.n ? shown_name(q, q->e->request.comm)
				    : SLICE("a task");
}

/* /proc/sys/vm/compact_memory came with 2.6.35. */
static bool before_compaction(const struct kernel *kernel)
{
	return kernel->major == 2 && kernel->minor == 6 && known(kernel->patch) &&
	       kernel->patch < 35 && !kernel->el;
}

/* Without an MMU nothing can be moved, and each mapping and stack is one piece. */
static void tell_no_mmu(struct inquiry *q)
{
	add_help(q, "now",
		SLICE("drop what is cached: it may lie between the free pieces; nothing can be "
		      "moved without an MMU"),
		SLICE("sync; echo 3 >/proc/sys/vm/drop_caches"),
		"what is read next is slower");
	add_help(q, "then",
		SLICE("ask for less in one piece, or for large pieces soon after boot: a length "
		      "above a power of two takes the next one to begin with"),
		SLICE("cat /proc/buddyinfo"), NULL);
	add_help(q, "not",
		say(q, "killing what is large: %s are free already",
			BYTES(open_free(q))),
		SLICE(""), NULL);
}

void tell_fragmentation(struct inquiry *q)
{
	int64_t size = request_bytes(q), largest = 0;
	const char *pieces = "none of it in pieces of that size above the mark";
	bool listed = false;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		listed |= is_usable(r) && r->zone->orders > 0;
		if (r->verdict == VERDICT_FRAGMENTED &&
			known_or(r->largest_bytes, 0) > largest)
			largest = r->largest_bytes;
	}
	if (largest > 0 && largest < size)
		pieces = "the largest piece this request may take is ";
	else if (!listed)
		pieces =
			"the free lists, which would show the pieces, are not in this log";
	if (q->e->vmalloc_goes_on)
		add_help(q, "now",
			SLICE("nothing, if nothing else failed: vmalloc tried a huge page "
			      "first and goes on with single ones; newer kernels do not say "
			      "so"),
			SLICE(""), NULL);
	q->because = say(q,
		"the free memory is in pieces too small: the kernel asked for %s in one piece "
		"(order=%lld), %s are free%s, and %s%s",
		BYTES(size), (long long)q->e->request.order, BYTES(open_free(q)),
		open_free(q) < q->usable_free_bytes / 4 * 3 ? " besides CMA's" : "",
		pieces, largest > 0 && largest < size ? BYTES(largest) : "");
	if (q->e->no_mmu) {
		tell_no_mmu(q);
		return;
	}
	if (!before_compaction(&q->e->kernel))
		add_help(q, q->x->help_count ? "or" : "now",
			SLICE("compact memory: the kernel then joins free pages"),
			SLICE("echo 1 >/proc/sys/vm/compact_memory"),
			"short stalls; helps once");
	if (kernel_before(&q->e->kernel, 5, 9))
		add_help(q, before_compaction(&q->e->kernel) ? "now" : "or",
			SLICE("raise vm.min_free_kbytes"),
			SLICE("sysctl vm.min_free_kbytes"),
			"takes memory from programs");
	else
		add_help(q, "or",
			SLICE("raise vm.min_free_kbytes or vm.compaction_proactiveness "
			      "(5.9+)"),
			SLICE("sysctl vm.min_free_kbytes vm.compaction_proactiveness"),
			"takes memory from programs");
	add_help(q, "then",
		SLICE("find who asks for large pieces (the call trace) and who holds unmovable "
		      "pages"),
		SLICE("cat /proc/pagetypeinfo"), NULL);
	add_help(q, "not",
		say(q, "more swap, or killing what is large: %s are free already",
			BYTES(open_free(q))),
		SLICE(""), NULL);
	add_not_in_log(q, SLICE("Whether compaction ran, and what stopped it."));
}

/* The most that a zone which the request may use could give it, were all of that zone
 * free; UNKNOWN where the log does not tell the size of each. */
static int64_t zones_could_give(const struct inquiry *q)
{
	int64_t most = 0;

	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct zone *z = q->x->refusals[i].zone;
		int64_t size =
			known(z->managed_bytes) ? z->managed_bytes : z->present_bytes;

		if (!is_usable(&q->x->refusals[i]))
			continue;
		if (!known(size))
			return UNKNOWN;
		size = quantity_sub(size, known_or(z->min_bytes, 0));
		if (known(size) && size > most)
			most = size;
	}
	return most;
}

/* What would keep such memory free for the request. */
static void help_dma_zone(struct inquiry *q, const char *zone)
{
	int64_t size = request_bytes(q), most = zones_could_give(q);

	if (known(most) && known(size) && most < size)
		add_help(q, "not",
			most == 0
				? say(q,
					  "vm.lowmem_reserve_ratio: zone %s has nothing to keep "
					  "back",
					  zone)
				: say(q,
					  "vm.lowmem_reserve_ratio: zone %s could give %s at "
					  "most, the request is for %s",
					  zone, BYTES(most), BYTES(size)),
			SLICE(""), NULL);
	else if (q->e->request.order > COSTLY_ORDER)
		add_help(q, "not",
			say(q,
				"vm.lowmem_reserve_ratio: it keeps pages back, not pieces of %s, "
				"which are there soon after boot or in a CMA area",
				BYTES(size)),
			SLICE(""), NULL);
	else
		add_help(q, "or",
			say(q, "keep more of zone %s back: lower vm.lowmem_reserve_ratio",
				zone),
			SLICE("sysctl vm.lowmem_reserve_ratio"),
			"ordinary requests then fill the upper zones sooner");
}

void tell_dma_zone_exhausted(struct inquiry *q)
{
	const char *zone = gfp_highest_zone(q->e->request.gfp.flags);
	int64_t most = zones_could_give(q);
	bool too_large = known(most) && most > 0 && known(request_bytes(q)) &&
			 most < request_bytes(q);

	q->because = say(q, "%.*s asked for %s of zone %s, and that zone %s%s%s%s",
		SLICE_ARG(asker(q)), too_large ? BYTES(request_bytes(q)) : "memory",
		zone, too_large ? "is too small for that" : "has none to give",
		known(q->x->elsewhere.free_bytes) ? "; the " : "",
		known(q->x->elsewhere.free_bytes) ? BYTES(q->x->elsewhere.free_bytes)
						  : "",
		known(q->x->elsewhere.free_bytes)
			? " free above it are out of its reach"
			: "");
	add_help(q, "now",
		SLICE("find the driver that asks (the call trace names it) and whether it "
		      "needs such memory at all"),
		SLICE(""), NULL);
	help_dma_zone(q, zone);
	add_help(q, "not", SLICE("more RAM: it would be above this zone"), SLICE(""),
		NULL);
}

/* ": kmemleak_object alone holds 2.3 GiB", where the report has the table. */
static struct slice largest_cache(struct inquiry *q)
{
	const struct slab_cache *best = NULL;

	for (size_t i = 0; i < q->e->slab_count; i++)
		if (!best || q->e->slabs[i].total_bytes > best->total_bytes)
			best = &q->e->slabs[i];
	if (!best || best->total_bytes < ELSEWHERE_MIN_BYTES)
		return SLICE("");
	return say(q, ": %.*s alone holds %s", SLICE_ARG(best->name),
		BYTES(best->total_bytes));
}

void tell_lowmem_exhausted(struct inquiry *q)
{
	q->because = say(q,
		"the kernel needs memory below HighMem, and all of that is in use; the %s "
		"free in HighMem cannot serve it",
		BYTES(q->x->elsewhere.free_bytes));
	add_help(q, "now",
		SLICE("reduce what fills low memory: inodes and dentries, page tables, "
		      "network buffers"),
		SLICE("slabtop -o -s c"), NULL);
	add_help(q, "or", SLICE("run a 64-bit kernel: it has no high memory"),
		SLICE(""), "the programs may stay 32 bit");
	add_help(q, "not",
		SLICE("more RAM: it would be high memory, and each page of it needs some low "
		      "memory to be managed"),
		SLICE(""), NULL);
}

void tell_movable_only_free(struct inquiry *q)
{
	q->because = say(q,
		"the %s that are free lie in ZONE_MOVABLE, and %.*s asked for memory that "
		"cannot be moved",
		BYTES(q->x->elsewhere.free_bytes), SLICE_ARG(asker(q)));
	add_help(q, "now",
		SLICE("make ZONE_MOVABLE smaller: movablecore= or kernelcore= on the kernel's "
		      "command line, or memory that was onlined as online_movable"),
		SLICE("cat /proc/cmdline"), "needs a reboot");
	add_help(q, "then",
		say(q, "see which kernel memory fills the other zones%.*s",
			SLICE_ARG(largest_cache(q))),
		SLICE("slabtop -o -s c"), NULL);
	add_help(q, "not",
		say(q,
			"killing large processes: their pages may live in ZONE_MOVABLE, where "
			"%s were free",
			BYTES(q->x->elsewhere.free_bytes)),
		SLICE(""), NULL);
}

void tell_cma_only_free(struct inquiry *q)
{
	bool movable = gfp_movable(q->e->request.gfp.flags);

	q->because = say(q,
		movable ? "%s of the %s that are free belong to CMA, and this kernel gave "
			  "none of it to %.*s, though its request can be moved"
			: "%s of the %s that are free belong to CMA, and %.*s asked for "
			  "memory that cannot be moved",
		BYTES(q->x->elsewhere.free_bytes), BYTES(q->usable_free_bytes),
		SLICE_ARG(asker(q)));
	add_help(q, "now",
		SLICE("make the CMA area smaller: cma= on the kernel's command line"),
		SLICE("grep Cma /proc/meminfo"),
		"needs a reboot; cameras, video and the like need CMA");
	if (movable) {
		add_help(q, "or",
			SLICE("run a kernel that lets user memory use CMA (mainline does)"),
			SLICE("uname -r"), NULL);
		return;
	}
	add_help(q, "then",
		say(q, "see which kernel memory fills the rest%.*s",
			SLICE_ARG(largest_cache(q))),
		SLICE("slabtop -o -s c"), NULL);
	add_help(q, "not", SLICE("swap: what is short is memory for the kernel itself"),
		SLICE(""), NULL);
}

void tell_highatomic_reserve(struct inquiry *q)
{
	q->because = say(q,
		"the %s that are free are kept for urgent requests of several pages "
		"(highatomic)",
		BYTES(q->usable_free_bytes));
	add_help(q, "now",
		SLICE("run kernel 6.12 or later, which counts only the free part "
		      "of that reserve"),
		SLICE("uname -r"), NULL);
	add_help(q, "or",
		SLICE("use a smaller MTU or fewer receive rings, so that drivers "
		      "ask for single pages"),
		SLICE(""), "less network throughput");
}

void tell_min_free_too_high(struct inquiry *q)
{
	int64_t share = quantity_percent(q->usable_free_bytes, q->usable_managed_bytes);
	const struct zone *broken = broken_zone(q);
	struct marks m;

	if (broken) {
		q->because = say(q,
			"the min watermark of zone %.*s, %s, is larger than the %s: a "
			"kernel bug; %s are free",
			SLICE_ARG(broken->name), BYTES(broken->min_bytes),
			known(broken->managed_bytes) ? "zone itself" : "whole machine",
			BYTES(q->free_bytes));
		add_help(q, "now",
			SLICE("run a kernel with the fix; until then a reboot"),
			SLICE("uname -r"), NULL);
		add_help(q, "not",
			SLICE("more RAM or swap: the marks are wrong, not the "
			      "memory short"),
			SLICE(""), NULL);
		return;
	}
	q->because = say(q,
		"the watermarks keep %lld %% of the memory free: %s are free, and none of it "
		"may be given to this request",
		(long long)known_or(share, 0), BYTES(q->usable_free_bytes));
	m = marks_of(q);
	if (boost_decides(q, &m))
		add_help(q, "now",
			SLICE("set vm.watermark_boost_factor to 0: a boost after "
			      "fragmentation raised the marks"),
			SLICE("sysctl vm.watermark_boost_factor"),
			"since 5.7 small zones are not boosted");
	else
		add_help(q, "now",
			SLICE("lower vm.min_free_kbytes or vm.watermark_scale_factor"),
			SLICE("sysctl vm.min_free_kbytes vm.watermark_scale_factor"),
			"the kernel's default is 64 MiB or less, 10 for the factor");
	add_help(q, "not",
		say(q, "more swap: %s were free and held back",
			BYTES(q->usable_free_bytes)),
		SLICE(""), NULL);
	if (mostly_lost(q, q->usable_managed_bytes))
		add_also(q,
			say(q,
				"unaccounted-memory (likely): %s are in no counter, and "
				"no kill gives them back; lower marks are met later",
				BYTES(class_bytes(q, "unaccounted"))));
}

void tell_freed_before_report(struct inquiry *q)
{
	q->because = say(q,
		"of a shortage that was over when the kernel printed its numbers: %s are free "
		"and would have served the request",
		BYTES(q->usable_free_bytes));
	add_help(q, "now",
		SLICE("look for a process that ended, or another kill, in the seconds before"),
		SLICE("journalctl -k"), NULL);
	add_help(q, "then",
		SLICE("record the machine's memory, so that the moment itself is "
		      "seen the next time"),
		SLICE("vmstat -t 1"), NULL);
}
