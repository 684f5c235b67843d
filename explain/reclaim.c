/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why nothing more could be freed. */
#include "explain/inquiry.h"
#include "explain/thresholds.h"
#include "parsers/gfp.h"

#include <string.h>

static void found(
	struct inquiry *q, const char *slug, enum confidence sure, struct slice says)
{
	q->x->reclaim.slug = slug;
	q->x->reclaim.confidence = sure;
	q->x->reclaim.says = says;
}

static bool one_of(const char *slug, const char *const list[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(slug, list[i]) == 0)
			return true;
	return false;
}

/* Kernel memory of any kind: reclaim cannot touch it. */
static bool kernel_filler(const char *filler)
{
	static const char *const list[] = { "slab", "slab-reclaimable", "page-tables",
		"kernel-stacks", "kernel-memory", "sock" };

	return one_of(filler, list, 6);
}

static bool dirty_proof(const struct inquiry *q)
{
	return known(q->dirty_bytes) && known(q->file_bytes) &&
	       quantity_mul(2, q->dirty_bytes) > q->file_bytes;
}

static bool full(const struct charge *c)
{
	return known(c->usage_bytes) && bounded(c->limit_bytes) &&
	       c->usage_bytes >= quantity_sub(c->limit_bytes, MEMCG_SLACK_BYTES);
}

/* Its counter of swap is 0 though it may swap. What its tasks have there was charged
 * elsewhere, or before they came: then the machine does have swap. */
static void nothing_swapped(struct inquiry *q)
{
	const struct task_table *t = &q->e->tasks;
	int64_t pages = 0;

	for (size_t i = 0; i < t->count; i++)
		pages = quantity_add(pages, known_or(t->rows[i].swapents_pages, 0));
	if (pages > 0)
		found(q, "unknown", NOT_HELD,
			say(q,
				"nothing is charged there, though its tasks have %s in swap: why no "
				"more of it was swapped is not in this log",
				BYTES(quantity_mul(pages, q->page))));
	else
		found(q, "no-swap", LIKELY,
			SLICE("nothing of it is swapped, though it may: the machine probably had no swap to give"));
}

/* It swapped, and then got no more of it, though its own limit leaves room: there was none,
 * or the limit of a cgroup above it, which is not printed, was met (v1: of memory+swap). */
static void swap_refused(struct inquiry *q)
{
	struct slice path = q->e->memcg.oom_path;
	bool has_parent = path.n > 1 &&
			  slice_has_byte((struct slice){ path.p + 1, path.n - 1 }, '/');

	found(q, "swap-full", LIKELY,
		has_parent
			? SLICE("it has swapped and has not reached a limit of its own: the "
				"machine's swap was full, or the limit of a cgroup above it on swap")
			: SLICE("it has swapped and has not reached a limit of its own: the "
				"machine's swap was likely full"));
}

int64_t much_protected(const struct inquiry *q)
{
	int64_t bytes = q->e->memcg.protection_min_bytes;

	if (q->memcg || !known(bytes) ||
		known_or(quantity_percent(bytes, q->managed_bytes), 0) <
			RECLAIM_FILE_PERCENT)
		return 0;
	return bytes;
}

static void memcg_reclaim(struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;
	const char *filler = q->x->filler.slug;
	struct finding *f = &q->x->reclaim;

	if (kernel_filler(filler)) {
		found(q, "kernel-memory", LIKELY,
			SLICE("most of it is kernel memory, which reclaim cannot free"));
		return;
	}
	if (strcmp(filler, "cache") == 0 && dirty_proof(q)) {
		found(q, "dirty-writeback", CERTAIN,
			SLICE("its page cache is mostly dirty or under writeback"));
		return;
	}
	{
		struct amount locked = memcg_stat(m, "unevictable");
		int64_t share = quantity_percent(locked.value, m->memory.usage_bytes);

		if (known(share) && share >= MEMCG_LOCKED_PERCENT) {
			found(q, "unevictable", CERTAIN,
				say(q, "%s of it are locked: they may not be freed or swapped",
					BYTES(locked.value)));
			fact_for(q, f, locked.line, quote_line(q, locked.line, 40),
				"mlocked, or locked shared memory");
			return;
		}
	}
	if (known(m->protection_min_bytes) &&
		quantity_percent(quantity_add(m->protection_min_bytes,
					 known_or(m->protection_low_bytes, 0)),
			m->memory.usage_bytes) >= MEMCG_LOCKED_PERCENT) {
		found(q, "protected", LIKELY,
			say(q, "memory.min and memory.low inside it protect %s from reclaim",
				BYTES(quantity_add(m->protection_min_bytes,
					known_or(m->protection_low_bytes, 0)))));
		return;
	}
	/* Clean page cache is the first thing that reclaim takes. Where much of it is
	 * left under an ancestor's limit, memory.min or memory.low below keeps it. */
	if (strcmp(q->x->wall.slug, "memcg-ancestor-limit") == 0 && m->version == 2 &&
		known(q->file_bytes) && known(q->dirty_bytes) &&
		quantity_percent(quantity_sub(q->file_bytes, q->dirty_bytes),
			m->memory.usage_bytes) >= RECLAIM_FILE_PERCENT) {
		found(q, "protected", LIKELY,
			say(q,
				"%s of clean page cache were left: memory.min or memory.low of a "
				"cgroup below it likely protects them",
				BYTES(quantity_sub(q->file_bytes, q->dirty_bytes))));
		return;
	}
	/* Page cache goes without swap: whether there is any does not matter. */
	if (strcmp(filler, "cache") == 0) {
		found(q, "unknown", NOT_HELD,
			SLICE("the log does not say what kept its page cache from being freed"));
		return;
	}
	if (strcmp(filler, "zswap") == 0) {
		found(q, "swap-unusable", LIKELY,
			SLICE("what it swaps stays in RAM: zswap keeps it, compressed, and the "
			      "pool is charged to it"));
		return;
	}
	if (m->swap.line != 0) {
		if (m->swap.limit_bytes == 0) {
			found(q, "swap-forbidden", CERTAIN,
				SLICE("memory.swap.max is 0: it may not swap"));
		} else if (full(&m->swap)) {
			found(q, "swap-limit", CERTAIN,
				SLICE("its own limit of swap is used up"));
		} else if (m->swap.usage_bytes == 0) {
			nothing_swapped(q);
		} else {
			swap_refused(q);
		}
		fact_for(q, f, m->swap.line, quote_line(q, m->swap.line, 60), "%.*s",
			SLICE_ARG(f->says));
		return;
	}
	if (m->memsw.line != 0) {
		if (bounded(m->memsw.limit_bytes) &&
			m->memsw.limit_bytes <= m->memory.limit_bytes &&
			known_or(memcg_stat(m, "swap").value, 0) == 0)
			found(q, "swap-forbidden", CERTAIN,
				SLICE("memory+swap has the same limit as memory: it may not "
				      "swap"));
		else if (full(&m->memsw))
			found(q, "swap-limit", CERTAIN,
				SLICE("memory and swap together are at their limit"));
		else if (m->memsw.usage_bytes == 0 && m->memory.usage_bytes > 0 &&
			 known_or(memcg_stat(m, "swap").value, 0) == 0)
			/* What is counted there is all of the other counter, too. */
			found(q, "unknown", NOT_HELD,
				SLICE("this kernel does not count memory and swap together "
				      "(swapaccount=0): whether it may swap is not in this log"));
		else if (known(m->memsw.usage_bytes) &&
			 m->memsw.usage_bytes <= quantity_add(m->memory.usage_bytes,
							 MEMCG_SLACK_BYTES) &&
			 known_or(memcg_stat(m, "swap").value, 0) == 0)
			nothing_swapped(q);
		else
			swap_refused(q);
		fact_for(q, f, m->memsw.line, quote_line(q, m->memsw.line, 60), "%.*s",
			SLICE_ARG(f->says));
		return;
	}
	found(q, "unknown", NOT_HELD,
		SLICE("the log does not say whether it may swap"));
}

/* Enough memory, but of a kind that this request may not take. */
static bool wrong_kind(const char *wall)
{
	static const char *const list[] = { "fragmentation", "cma-only-free",
		"movable-only-free", "highatomic-reserve", "lowmem-exhausted",
		"dma-zone-exhausted", "node-bound-request" };

	return one_of(wall, list, 7);
}

void find_reclaim(struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;
	const char *filler = q->x->filler.slug;
	struct finding *f = &q->x->reclaim;
	int64_t share;

	*f = (struct finding){ .slug = "unknown",
		.confidence = NOT_HELD,
		.says = SLICE("the log does not say") };
	if (q->memcg) {
		memcg_reclaim(q);
		return;
	}
	if (q->e->kind == KIND_OVERCOMMIT_REFUSAL ||
		q->e->kind == KIND_USERSPACE_KILL || q->e->manual ||
		q->e->area.kind != NO_AREA ||
		strcmp(q->x->wall.slug, "request-too-large") == 0 ||
		strcmp(q->x->wall.slug, "page-fault-oom") == 0)
		return;
	if (q->e->kind == KIND_ALLOCATION_FAILURE &&
		q->e->request.gfp.from != FROM_NOWHERE &&
		!gfp_may_reclaim(q->e->request.gfp.flags)) {
		found(q, "may-not-wait", CERTAIN,
			SLICE("the request may not wait for memory to be freed"));
		return;
	}
	if (wrong_kind(q->x->wall.slug)) {
		found(q, "wrong-kind-of-free", q->x->wall.confidence,
			SLICE("memory is free, but not of the kind that was asked for"));
		return;
	}
	if (q->class_count == 0)
		return;
	share = quantity_percent(q->file_bytes, q->managed_bytes);
	if (dirty_proof(q) && known(share) && share >= 10) {
		found(q, "dirty-writeback", CERTAIN,
			say(q, "%s of %s of page cache wait to be written",
				BYTES(q->dirty_bytes), BYTES(q->file_bytes)));
		fact_for(q, f, m->counters.dirty.line,
			quote_through(
				q, m->counters.dirty.line, "dirty:", "writeback:"),
			"pages that must be "
			"written first");
		return;
	}
	if (kernel_filler(filler) || strcmp(filler, "zspages") == 0 ||
		(strcmp(filler, "unaccounted") == 0 &&
			known_or(class_bytes(q, "unaccounted"), 0) >
				known_or(class_bytes(q, "reserved"), 0))) {
		found(q, "kernel-memory", LIKELY,
			say(q, "most of it is %s, which reclaim cannot free",
				filler_words(filler)));
		return;
	}
	if (strcmp(filler, "unevictable") == 0) {
		found(q, "unevictable", LIKELY,
			SLICE("most of it is locked: it may not be freed or swapped"));
		return;
	}
	/* memory.low yields before a kill, memory.min never does. */
	if (much_protected(q) > 0 &&
		(strcmp(filler, "cache") == 0 ||
			strcmp(q->x->cause.slug, "swap-unusable") == 0)) {
		found(q, "protected", LIKELY,
			say(q, "memory.min of cgroups protects %s from reclaim",
				BYTES(much_protected(q))));
		fact_for(q, f, q->e->memcg.protection_line,
			quote_line(q, q->e->memcg.protection_line, 60),
			"what memory.min keeps from reclaim");
		return;
	}
	if (!q->swap_known)
		return;
	if (!q->has_swap) {
		found(q, "no-swap", CERTAIN,
			q->swap_leaving_bytes > 0 ? SLICE("swap is being turned off")
						  : SLICE("there is no swap"));
	} else {
		share = quantity_percent(q->swap_free_bytes, q->swap_total_bytes);
		if (known(share) && share < SWAP_NEARLY_PERCENT)
			found(q, "swap-full", CERTAIN,
				say(q, "swap is full: %s of %s %s free",
					q->swap_free_bytes == 0
						? "nothing"
						: BYTES(q->swap_free_bytes),
					BYTES(q->swap_total_bytes),
					q->swap_free_bytes == 0 ? "is" : "are"));
		else if (q->e->stall)
			found(q, "unknown", NOT_HELD,
				say(q, "%s of %s of swap are free: it may have been swapping",
					BYTES(q->swap_free_bytes),
					BYTES(q->swap_total_bytes)));
		else
			found(q, "swap-unusable", LIKELY,
				say(q, "%s of swap were free and were not used",
					BYTES(q->swap_free_bytes)));
	}
	fact_for(q, f, m->swap_free_bytes.line,
		quote_line(q, m->swap_free_bytes.line, 40), "%.*s", SLICE_ARG(f->says));
}
