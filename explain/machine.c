/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wall is the whole machine: what fills it names the cause.
 *
 * Classes are compared beyond what is normal for each (thresholds.h). Certain: the
 * largest, and at least half as much again as the second. Likely: the largest. */
#include "explain/causes.h"
#include "explain/thresholds.h"
#include "parsers/gfp.h"

#include <string.h>

/* Is this class the largest? The page cache counts as a rival only where it should
 * have been freed, which is reclaim_failure()'s question. */
static enum confidence by_size(const struct inquiry *q, const char *filler)
{
	const struct class *mine = NULL, *rival = NULL;

	for (size_t i = 0; i < q->class_count; i++) {
		const struct class *c = &q->classes[i];

		if (strcmp(c->filler, filler) == 0)
			mine = c;
		else if (!rival || c->beyond_baseline > rival->beyond_baseline)
			rival = c;
	}
	if (!mine || mine->beyond_baseline <= 0 || mine->bytes < q->lost_bytes)
		return NOT_HELD;
	if (!rival || rival->beyond_baseline <= 0)
		return CERTAIN;
	if (mine->beyond_baseline < rival->beyond_baseline)
		return NOT_HELD;
	if (mine->beyond_baseline / CLEARLY_LARGEST_NUM * CLEARLY_LARGEST_DEN >=
		rival->beyond_baseline)
		return CERTAIN;
	return LIKELY;
}

static int64_t ram(const struct inquiry *q)
{
	return known(q->managed_bytes) ? q->managed_bytes : q->present_bytes;
}

/* For sentences: ", 12 % of RAM", of all of it, as the ledger's rows are; nothing where
 * the log does not tell how much there is. */
static struct slice shown_share(struct inquiry *q, int64_t bytes)
{
	int64_t share = quantity_percent(
		bytes, known(q->present_bytes) ? q->present_bytes : ram(q));

	return known(share) ? say(q, ", %lld %% of RAM", (long long)share) : SLICE("");
}

static int64_t share_of_ram(const struct inquiry *q, int64_t bytes)
{
	return quantity_percent(bytes, ram(q));
}

static void share_fact(struct inquiry *q, struct finding *f, const char *token,
	struct amount a, int64_t bytes, const char *what)
{
	/* The counters' own lines may be lost, and the sum be that of all zones. */
	uint32_t line = a.line == 0 && q->worst ? q->worst->zone->line : a.line;

	fact_for(q, f, line,
		strcmp(token, "active_file:") == 0
			? quote_through(q, line, token, "inactive_file:")
			: quote(q, line, token, 0),
		"%s%s: %s%.*s", what, line == a.line ? "" : ", in all zones",
		BYTES(bytes), SLICE_ARG(shown_share(q, bytes)));
}

static enum confidence weaker(enum confidence a, enum confidence b)
{
	return a < b ? a : b;
}

/* Its line of reserves or its free list is lost, but no lowmem_reserve_ratio that anybody
 * sets could keep that much from the request. */
static bool has_plenty(const struct inquiry *q, const struct refusal *r)
{
	int64_t bound = quantity_add(
		r->needs_bytes, q->usable_managed_bytes / RESERVE_MOST_PARTS);

	return r->verdict == VERDICT_UNKNOWN && r->passes_order0 && known(bound) &&
	       known(q->usable_managed_bytes) && r->has_bytes / 2 > bound;
}

/* Does the whole machine refuse? Not a row of the table: the wall of all of them. */
enum confidence machine(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;

	if (q->memcg || (e->kind != KIND_OOM && e->kind != KIND_ALLOCATION_FAILURE))
		return NOT_HELD;
	if (q->usable == 0) {
		fact_missing(q, f,
			"the zones: without Mem-Info nothing tells why the "
			"request failed");
		return NOT_HELD;
	}
	if (q->x->constraint == CONSTRAINT_UNKNOWN && kept_off_nodes(q)) {
		f->says = SLICE("much is free on nodes that the request was kept off");
		fact_missing(q, f,
			"whether a cpuset or a memory policy kept the request off the other "
			"nodes");
		return NOT_HELD;
	}
	for (size_t i = 0; i < q->x->refusal_count && f->fact_count < 3; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (r->verdict == VERDICT_BELOW_WATERMARK ||
			r->verdict == VERDICT_WITHIN_RACE)
			fact_for(q, f, r->zone->line,
				quote(q, r->zone->line, "free:", 3), "%.*s",
				SLICE_ARG(r->says));
	}
	for (size_t i = 0; i < q->x->refusal_count; i++)
		if (has_plenty(q, &q->x->refusals[i])) {
			f->says =
				SLICE("a usable zone has far more free than any of its "
				      "marks and reserves can hold back");
			return NOT_HELD;
		}
	if (q->usable_refusing0 == q->usable)
		return q->usable_racing == q->usable ? LIKELY : CERTAIN;
	if (q->usable_refusing0 + q->usable_unknown == q->usable)
		return q->usable_refusing0 > 0 ? LIKELY : NOT_HELD;
	return NOT_HELD;
}

enum confidence hugetlb_pool(struct inquiry *q, struct finding *f)
{
	const struct memory_state *m = &q->e->memory;
	int64_t idle = 0, all = 0, lacking;
	uint32_t line = 0;

	for (size_t i = 0; i < m->huge_count; i++) {
		const struct huge_pages *h = &m->huge[i];

		idle = quantity_add(idle, quantity_mul(h->free, h->size_bytes));
		all = quantity_add(all, quantity_mul(h->total, h->size_bytes));
		if (h->total > 0)
			line = h->line;
	}
	if (all <= 0)
		return NOT_HELD;
	lacking = quantity_mul(HUGETLB_IDLE_TIMES, q->usable_short_bytes);
	fact_for(q, f, line, quote(q, line, "hugepages_total=", 2),
		"the pool holds %s%.*s", BYTES(all), SLICE_ARG(shown_share(q, all)));
	if (idle > 0 && (known_or(share_of_ram(q, idle), 0) >= HUGETLB_IDLE_PERCENT)) {
		fact_for(q, f, line, quote(q, line, "hugepages_free=", 2),
			"%s of it are idle; nothing else may use them", BYTES(idle));
		return CERTAIN;
	}
	if (idle > 0 && lacking > 0 && idle >= lacking && idle >= 64 * MIB) {
		fact_for(q, f, line, quote(q, line, "hugepages_free=", 2),
			"%s of it are idle, more than was lacking", BYTES(idle));
		return CERTAIN;
	}
	if (known_or(share_of_ram(q, all), 0) > HUGETLB_USED_PERCENT)
		return LIKELY;
	f->says = say(
		q, "the pool holds %s, all in use, less than half of RAM", BYTES(all));
	return NOT_HELD;
}

/* What the table of unreclaimable slab sums to. */
static int64_t slab_table_sum(const struct inquiry *q)
{
	int64_t sum = 0;

	for (size_t i = 0; i < q->e->slab_count; i++)
		sum = quantity_add(sum, q->e->slabs[i].total_bytes);
	return q->e->slab_count ? sum : UNKNOWN;
}

static const struct slab_cache *largest_cache(const struct inquiry *q)
{
	const struct slab_cache *best = NULL;

	for (size_t i = 0; i < q->e->slab_count; i++)
		if (!best || q->e->slabs[i].total_bytes > best->total_bytes)
			best = &q->e->slabs[i];
	return best;
}

/* Is a large part of RAM in zones or nodes that this report leaves out or lost? */
static bool memory_not_shown(const struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;

	if (q->nodes_hidden || q->ram_contradicts)
		return true;
	if (known_or(m->counters.highmem.value, 0) == 0)
		return false;
	for (size_t i = 0; i < m->zone_count; i++)
		if (slice_is(m->zones[i].name, "HighMem") &&
			known(m->zones[i].free_bytes))
			return false;
	return true;
}

/* Two users of RAM have lines of their own, outside of the counters: the huge page
 * pools (every kernel built with them) and, since 2.6.32, kernel stacks. */
static bool user_line_lost(const struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;
	bool stacks = m->node_count > 0;

	for (size_t i = 0; i < m->node_count; i++)
		stacks &= known(m->nodes[i].kernel_stack_bytes);
	for (size_t i = 0; i < m->zone_count; i++)
		stacks |= known(m->zones[i].kernel_stack_bytes);
	return m->huge_count == 0 || (!stacks && !kernel_before(&q->e->kernel, 2, 6));
}

enum confidence slab_unreclaimable(struct inquiry *q, struct finding *f)
{
	const struct counters *c = &q->e->memory.counters;
	struct amount slab =
		known(c->slab_unreclaimable.value) ? c->slab_unreclaimable : c->slab;
	const struct slab_cache *cache = largest_cache(q);
	enum confidence sure = by_size(q, "slab");
	int64_t bytes = class_bytes(q, "slab");

	if (sure != NOT_HELD)
		share_fact(q, f,
			known(c->slab_unreclaimable.value) ? "slab_unreclaimable:"
							   : "slab:",
			slab, bytes, "slab that cannot be freed");
	if (cache && sure != NOT_HELD) {
		fact_for(q, f, cache->line, quote_line(q, cache->line, 48),
			"the largest cache of them");
		if (q->e->slabs_line)
			fact_for(q, f, q->e->slabs_line,
				quote_line(q, q->e->slabs_line, 40),
				"the kernel prints this table when slab exceeds all pages of "
				"processes and files");
	}
	if (sure == LIKELY)
		fact_against(q, f, q->e->memory.counters.active_anon.line,
			quote_through(q, q->e->memory.counters.active_anon.line,
				"active_anon:", "inactive_anon:"),
			"another class is nearly as large: anonymous memory holds %s",
			BYTES(class_bytes(q, "anon")));
	if (sure == CERTAIN && memory_not_shown(q)) {
		fact_missing(q, f,
			"the zones that are not shown: what is free there may be the story");
		sure = LIKELY;
	}
	if (sure != NOT_HELD)
		return sure;
	/* Dentries and inodes are "reclaimable", and yet pinned. */
	if (by_size(q, "slab-reclaimable") != NOT_HELD &&
		known_or(share_of_ram(q, class_bytes(q, "slab-reclaimable")), 0) >=
			SLAB_RECLAIMABLE_PERCENT) {
		share_fact(q, f, "slab_reclaimable:", c->slab_reclaimable,
			class_bytes(q, "slab-reclaimable"),
			"slab that should be reclaimable (dentries, inodes), and was not");
		return LIKELY;
	}
	/* A cut report: the table without the counters. */
	if (!known(bytes) && known(slab_table_sum(q)) && known(q->x->task_rss_pages) &&
		slab_table_sum(q) > quantity_mul(q->x->task_rss_pages, q->page)) {
		fact_for(q, f, q->e->slabs_line, quote_line(q, q->e->slabs_line, 40),
			"the table sums to %s, more than all processes hold",
			BYTES(slab_table_sum(q)));
		return LIKELY;
	}
	if (known(bytes) && known_or(share_of_ram(q, bytes), 0) >= 15)
		f->says =
			say(q, "slab holds %s, less than another class", BYTES(bytes));
	return NOT_HELD;
}

enum confidence page_tables(struct inquiry *q, struct finding *f)
{
	enum confidence sure = by_size(q, "page-tables");
	const struct task_table *t = &q->e->tasks;
	const struct task *largest = NULL;

	for (size_t i = 0; i < t->count; i++)
		if (!largest || known_or(t->rows[i].pagetable_bytes, 0) >
					known_or(largest->pagetable_bytes, 0))
			largest = &t->rows[i];
	/* A cut report: the table without the counters. */
	if (!known(class_bytes(q, "page-tables")) && largest &&
		known_or(largest->pagetable_bytes, 0) > 64 * MIB &&
		largest->pagetable_bytes >
			quantity_mul(4, quantity_mul(q->x->task_rss_pages, q->page))) {
		fact_for(q, f, largest->line, quote_line(q, largest->line, 60),
			"%.*s has %s of page tables, and all tasks together %s resident",
			SLICE_ARG(largest->comm), BYTES(largest->pagetable_bytes),
			BYTES(quantity_mul(q->x->task_rss_pages, q->page)));
		return LIKELY;
	}
	if (sure == NOT_HELD)
		return NOT_HELD;
	share_fact(q, f, "pagetables:", q->e->memory.counters.pagetables,
		class_bytes(q, "page-tables"), "page tables");
	if (largest && known_or(largest->pagetable_bytes, 0) > 0)
		fact_for(q, f, largest->line, quote_line(q, largest->line, 60),
			"%.*s has %s of them, and %s resident",
			SLICE_ARG(largest->comm), BYTES(largest->pagetable_bytes),
			BYTES(quantity_mul(largest->rss_pages, q->page)));
	return sure;
}

enum confidence kernel_stacks(struct inquiry *q, struct finding *f)
{
	enum confidence sure = by_size(q, "kernel-stacks");
	int64_t bytes = class_bytes(q, "kernel-stacks");
	uint32_t line = q->e->memory.node_count ? q->e->memory.nodes[0].line : 0;
	const struct task_table *t = &q->e->tasks;
	int64_t threads = known_or(bytes, 0) / 16384;

	if (sure == NOT_HELD) {
		/* Task structs and the like stand in slab beside each stack. */
		if (known(bytes) && known_or(share_of_ram(q, bytes), 0) >= 10)
			f->says =
				say(q, "kernel stacks hold %s, less than another class",
					BYTES(bytes));
		return NOT_HELD;
	}
	fact_for(q, f, line, quote(q, line, "kernel_stack:", 2),
		"%s of stacks, about %lld threads at 16 KiB each", BYTES(bytes),
		(long long)threads);
	/* The table has a row a process, and names no thread. */
	if (t->count > 0 && threads / 2 > (int64_t)t->count)
		fact_for(q, f, t->header_line, quote_line(q, t->header_line, 32),
			"%zu process%s in the table: most of these threads are second and "
			"later ones of theirs, or the kernel's",
			t->count, t->count == 1 ? " is" : "es are");
	return sure;
}

/* A task that holds at least half of so much: pages that it locks stand on the unevictable
 * list before they count as mlocked. */
static const struct task *large_as(const struct inquiry *q, int64_t bytes)
{
	const struct task_table *t = &q->e->tasks;

	for (size_t i = 0; known(bytes) && bytes > 0 && i < t->count; i++)
		if (known_or(quantity_mul(t->rows[i].rss_pages, q->page), 0) >
			bytes / 2)
			return &t->rows[i];
	return NULL;
}

/* Of all zones that hold unevictable memory, or not known. */
static int64_t mlocked_bytes(const struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;
	int64_t locked = 0, all = 0;

	for (size_t i = 0; i < m->zone_count; i++) {
		const struct zone *z = &m->zones[i];

		if (known_or(z->unevictable_bytes, 0) == 0)
			continue;
		locked = quantity_add(locked, z->mlocked_bytes);
		all = quantity_add(all, z->unevictable_bytes);
	}
	/* Zones are lost. */
	if (all < quantity_share(class_bytes(q, "unevictable"), 9, 10))
		return UNKNOWN;
	return locked;
}

/* Is most of it locked by nobody's mlock(), and no large task about to have it so? */
static bool locked_without_mlock(const struct inquiry *q)
{
	int64_t all = class_bytes(q, "unevictable"), locked = mlocked_bytes(q);

	return known(locked) && locked < all / 4 &&
	       !large_as(q, quantity_sub(all, locked));
}

enum confidence unevictable(struct inquiry *q, struct finding *f)
{
	enum confidence sure = by_size(q, "unevictable");
	int64_t locked = mlocked_bytes(q), all;
	const struct task *locker;
	struct slice text;

	if (sure == NOT_HELD)
		return NOT_HELD;
	share_fact(q, f, "unevictable:", q->e->memory.counters.unevictable,
		class_bytes(q, "unevictable"),
		"memory that may not be freed or swapped");
	if (!known(locked))
		return sure;
	all = class_bytes(q, "unevictable");
	locker = large_as(q, quantity_sub(all, locked));
	text = q->worst ? quote(q, q->worst->zone->line, "mlocked:", 3) : SLICE("");
	if (locked > quantity_share(all, 19, 20))
		fact_for(q, f, q->worst ? q->worst->zone->line : 0, text,
			"%s are mlocked by processes, in all zones", BYTES(locked));
	else if (locker)
		fact_for(q, f, q->worst ? q->worst->zone->line : 0, text,
			"%s are counted as mlocked; the rest is ramfs, locked shared "
			"memory, or what %.*s is locking",
			BYTES(locked),
			SLICE_ARG(name_and_pid(q, locker->comm, locker->pid)));
	else
		fact_for(q, f, q->worst ? q->worst->zone->line : 0, text,
			"%s are mlocked by processes; the rest is ramfs, locked "
			"shared memory or secretmem",
			BYTES(locked));
	return sure;
}

enum confidence shmem_tmpfs(struct inquiry *q, struct finding *f)
{
	enum confidence sure = by_size(q, "shmem");
	const struct task_table *t = &q->e->tasks;
	int64_t mapped = t->has_rss_split ? 0 : UNKNOWN;
	int64_t bytes = class_bytes(q, "shmem");

	if (sure == NOT_HELD) {
		if (known(bytes) && known_or(share_of_ram(q, bytes), 0) >= 15)
			f->says = say(q,
				"tmpfs and shared memory hold %s, less than another "
				"class",
				BYTES(bytes));
		return NOT_HELD;
	}
	share_fact(q, f, "shmem:", q->e->memory.counters.shmem, bytes,
		"tmpfs files and shared memory");
	for (size_t i = 0; i < t->count && known(mapped); i++)
		mapped = quantity_add(mapped, t->rows[i].rss_shmem_pages);
	mapped = quantity_mul(mapped, q->page);
	if (known(mapped) && mapped < bytes)
		fact_for(q, f, t->header_line, SLICE("rss_shmem"),
			"processes map %s of it: at least %s are files that nobody maps",
			BYTES(mapped), BYTES(quantity_sub(bytes, mapped)));
	return sure;
}

enum confidence unaccounted_memory(struct inquiry *q, struct finding *f)
{
	enum confidence sure = by_size(q, "unaccounted");
	enum confidence reserved = by_size(q, "reserved");
	int64_t bytes = class_bytes(q, "unaccounted");
	int64_t swap_used = quantity_sub(q->swap_total_bytes, q->swap_free_bytes);
	int64_t balloon = 0;

	for (size_t i = 0; i < q->e->memory.node_count; i++)
		balloon = quantity_add(
			balloon, known_or(q->e->memory.nodes[i].balloon_bytes, 0));
	if (reserved != NOT_HELD && !kernel_before(&q->e->kernel, 3, 18)) {
		fact_for(q, f, q->e->memory.counters.reserved.line,
			quote_line(q, q->e->memory.counters.reserved.line, 40),
			"%s never reach the allocator: a balloon, crashkernel= or mem=",
			BYTES(class_bytes(q, "reserved")));
		if (balloon > 0)
			fact_for(q, f, q->e->memory.nodes[0].line,
				quote(q, q->e->memory.nodes[0].line, "Balloon:", 2),
				"a balloon holds it");
		return balloon > 0 ? CERTAIN : LIKELY;
	}
	if (by_size(q, "zspages") != NOT_HELD) {
		uint32_t line = q->worst ? q->worst->zone->line : 0;

		fact_for(q, f, line, quote(q, line, "zspages:", 3),
			"the pool of zram or zswap in all zones: %s%.*s, and %s of swap are in "
			"use",
			BYTES(class_bytes(q, "zspages")),
			SLICE_ARG(shown_share(q, class_bytes(q, "zspages"))),
			swap_used > 0 ? BYTES(swap_used) : "nothing");
		return by_size(q, "zspages");
	}
	if (sure == NOT_HELD)
		return NOT_HELD;
	/* Counters of hidden nodes (page tables aside) are not printed. */
	if (q->nodes_hidden) {
		f->says = SLICE(
			"nodes are hidden: what they hold is not in the counters");
		return NOT_HELD;
	}
	fact_for(q, f, q->e->memory.counters.ram.line,
		quote_line(q, q->e->memory.counters.ram.line, 40),
		"all counters together leave %s unexplained%.*s", BYTES(bytes),
		SLICE_ARG(shown_share(q, bytes)));
	if (known(swap_used) && swap_used > 0 && bytes > 0 &&
		swap_used >= quantity_mul(bytes / 10, ZRAM_RATIO_MIN_TENTHS) &&
		swap_used / ZRAM_RATIO_MAX <= bytes) {
		f->says = say(q,
			"swap holds %s: its zram pool of about this size is the "
			"likelier owner",
			BYTES(swap_used));
		return NOT_HELD;
	}
	for (size_t i = 0; i < q->e->site_count && i < 2; i++)
		fact_for(q, f, q->e->sites[i].line,
			quote_line(q, q->e->sites[i].line, 60),
			"allocation profiling names this code for %s",
			BYTES(q->e->sites[i].bytes));
	if (q->e->slabs_printed && sure == CERTAIN)
		fact_against(q, f, q->e->slabs_line,
			quote_line(q, q->e->slabs_line, 40),
			"the slab table is printed, but it sums to %s only",
			BYTES(known_or(slab_table_sum(q), 0)));
	if (sure == CERTAIN && user_line_lost(q)) {
		fact_missing(q, f,
			"the line of the huge page pools or of kernel stacks: they may be "
			"the owner");
		sure = LIKELY;
	}
	return sure;
}

enum confidence reclaim_failure(struct inquiry *q, struct finding *f)
{
	int64_t file = q->file_bytes, dirty_twice = quantity_mul(2, q->dirty_bytes);
	bool dirty = known(dirty_twice) && known(file) && dirty_twice > file;
	int64_t lacking = q->usable_short_bytes > 0 ? q->usable_short_bytes : q->page;
	enum confidence sure = by_size(q, "cache");
	const struct counters *c = &q->e->memory.counters;

	if (!known(file) || known_or(share_of_ram(q, file), 0) < RECLAIM_FILE_PERCENT)
		return NOT_HELD;
	if (file < quantity_mul(RECLAIM_FILE_TIMES, lacking))
		return NOT_HELD;
	if (sure == NOT_HELD && !dirty) {
		f->says = say(q,
			"the page cache holds %s, but it is neither the largest class "
			"nor mostly dirty",
			BYTES(file));
		return NOT_HELD;
	}
	share_fact(q, f, "active_file:", c->active_file, file,
		"page cache that could be freed, on paper");
	if (dirty) {
		fact_for(q, f, c->dirty.line,
			quote_through(q, c->dirty.line, "dirty:", "writeback:"),
			"%s of it wait to be written", BYTES(q->dirty_bytes));
		return CERTAIN;
	}
	if (much_protected(q) > 0)
		fact_for(q, f, q->e->memcg.protection_line,
			quote_line(q, q->e->memcg.protection_line, 60),
			"memory.min keeps %s from reclaim", BYTES(much_protected(q)));
	else
		fact_missing(q, f,
			"why reclaim freed nothing: the kernel counts the passes, not "
			"the reasons");
	return LIKELY;
}

/* "; the other 4.3 GiB of these lists are shared memory", which lies on them, too: where
 * that is more than a hundredth. */
static struct slice shared_rest(struct inquiry *q)
{
	const struct counters *c = &q->e->memory.counters;
	int64_t lists = quantity_mul(
		quantity_add(c->active_anon.value, c->inactive_anon.value), q->page);
	int64_t rest = quantity_sub(lists, class_bytes(q, "anon"));

	if (!known(rest) || rest <= lists / 100 || rest > known_or(q->shmem_bytes, 0))
		return SLICE("");
	return say(q, "; the other %s of these lists are shared memory", BYTES(rest));
}

/* Anonymous memory is the largest class. */
static enum confidence anon_largest(
	const struct inquiry *q, struct finding *f, struct inquiry *writable)
{
	enum confidence sure = by_size(q, "anon");
	const struct counters *c = &q->e->memory.counters;

	if (sure == NOT_HELD)
		return NOT_HELD;
	if (c->active_anon.line)
		fact_for(writable, f, c->active_anon.line,
			quote_through(writable, c->active_anon.line,
				"active_anon:", "inactive_anon:"),
			"processes' own memory: %s%.*s%.*s",
			BYTES(class_bytes(q, "anon")),
			SLICE_ARG(shown_share(writable, class_bytes(q, "anon"))),
			SLICE_ARG(shared_rest(writable)));
	else if (!c->active.line && q->worst)
		fact_for(writable, f, q->worst->zone->line,
			quote_through(writable, q->worst->zone->line,
				"active_anon:", "inactive_anon:"),
			"processes' own memory, in all zones: %s%.*s",
			BYTES(class_bytes(q, "anon")),
			SLICE_ARG(shown_share(writable, class_bytes(q, "anon"))));
	else
		fact_for(writable, f, c->active.line,
			known(c->mapped_anon.value)
				? quote(writable, c->mapped_anon.line,
					  "mapped-anon:", 0)
				: quote_through(writable, c->active.line,
					  "Active:", "inactive:"),
			"%s: %s%.*s",
			q->lists_mixed ? "memory of processes and files"
				       : "processes' own memory",
			BYTES(class_bytes(q, "anon")),
			SLICE_ARG(shown_share(writable, class_bytes(q, "anon"))));
	if (q->lists_mixed)
		fact_missing(writable, f,
			"how much of it is page cache: up to 2.6.24 the kernel prints one list "
			"for processes and files");
	/* 2.6.28 to 2.6.31 do not tell shared memory apart. */
	if (!known(q->shmem_bytes) && !known(q->e->memory.counters.mapped_anon.value))
		return LIKELY;
	return sure;
}

static void swap_facts(struct inquiry *q, struct finding *f)
{
	const struct memory_state *m = &q->e->memory;

	if (m->swap_free_bytes.line)
		fact_for(q, f, m->swap_free_bytes.line,
			quote_line(q, m->swap_free_bytes.line, 40), "%s",
			q->swap_leaving_bytes > 0
				? say(q, "swapoff is at work: %s are still to come back from swap",
					  BYTES(q->swap_leaving_bytes))
					  .p
			: q->swap_free_bytes == 0 ? "no swap is free"
						  : say(q, "%s of swap are free",
							    BYTES(q->swap_free_bytes))
							    .p);
	if (m->swap_total_bytes.line)
		fact_for(q, f, m->swap_total_bytes.line,
			quote_line(q, m->swap_total_bytes.line, 40), "%s",
			q->swap_leaving_bytes > 0  ? "without that area"
			: q->swap_total_bytes == 0 ? "there is no swap"
						   : say(q, "%s of swap in all",
							     BYTES(q->swap_total_bytes))
							     .p);
}

static int64_t full_below(const struct inquiry *q)
{
	int64_t share = quantity_share(q->swap_total_bytes, SWAP_FULL_PERCENT, 100);

	return share > SWAP_FULL_BYTES ? share : SWAP_FULL_BYTES;
}

enum confidence swap_unusable(struct inquiry *q, struct finding *f)
{
	enum confidence sure;
	int64_t share = quantity_percent(q->swap_free_bytes, q->swap_total_bytes);

	if (!q->has_swap || !known(share) || share < SWAP_UNUSABLE_PERCENT ||
		q->swap_free_bytes < full_below(q))
		return NOT_HELD;
	if (q->e->stall) {
		f->says = SLICE(
			"the request was still tried: reclaim may have been swapping");
		return NOT_HELD;
	}
	if (q->lists_mixed) {
		f->says = SLICE(
			"swap was free, but whether processes or files filled RAM "
			"is not in this report");
		return NOT_HELD;
	}
	sure = anon_largest(q, f, q);
	if (sure == NOT_HELD)
		return NOT_HELD;
	swap_facts(q, f);
	fact_missing(q, f,
		"why it was not used: vm.swappiness, a swap device that fails, "
		"cgroups without swap; the kernel prints none of it");
	return sure;
}

enum confidence anon_swap_full(struct inquiry *q, struct finding *f)
{
	enum confidence sure;
	int64_t share = quantity_percent(q->swap_free_bytes, q->swap_total_bytes);

	if (!q->has_swap || !known(share))
		return NOT_HELD;
	if (share >= SWAP_NEARLY_PERCENT && q->swap_free_bytes >= full_below(q))
		return NOT_HELD;
	sure = anon_largest(q, f, q);
	if (sure == NOT_HELD)
		return NOT_HELD;
	swap_facts(q, f);
	return q->swap_free_bytes < full_below(q) ? sure : weaker(sure, LIKELY);
}

enum confidence anon_no_swap(struct inquiry *q, struct finding *f)
{
	enum confidence sure;

	if (q->swap_known && q->swap_total_bytes != 0)
		return NOT_HELD;
	sure = anon_largest(q, f, q);
	if (sure == NOT_HELD)
		return NOT_HELD;
	if (!q->swap_known) {
		/* A kernel without swap support prints none of the lines; a cut log
		 * neither. */
		fact_missing(q, f,
			"the swap lines: the log is cut, or the kernel is built "
			"without swap");
		if (known(q->swap_free_bytes) || !(q->e->sections & SECTION_RAM))
			return NOT_HELD;
		return LIKELY;
	}
	swap_facts(q, f);
	return sure;
}

/* Who holds the anonymous memory: one, many alike, or the sum of ordinary ones. */
static struct slice holders(struct inquiry *q)
{
	const struct explanation *x = q->x;
	const struct holders *h = &q->holders;
	int64_t all = x->task_rss_pages, top;

	if (x->name_count == 0 || !known(all) || all <= 0)
		return SLICE("");
	if (h->how == UNLISTED)
		return say(q, "the processes of the table hold only %lld %% of it",
			(long long)quantity_percent(h->listed_bytes, h->all_bytes));
	if (h->how == SHARED) {
		top = quantity_percent(h->top_bytes, h->all_bytes);
		if (top < STANDS_OUT_PERCENT)
			return SLICE(
				"the processes share memory, and who has how much of "
				"it is not in this log");
		if (h->top->count > 1)
			return say(q,
				"%lld processes named %.*s hold at least %lld %% of it",
				(long long)h->top->count, SLICE_ARG(h->top->comm),
				(long long)top);
		return say(q, "%.*s holds %lld %% of it", SLICE_ARG(h->top->comm),
			(long long)top);
	}
	top = quantity_percent(x->names[0].rss_pages, all);
	if (x->names[0].count > 1 && top >= STANDS_OUT_PERCENT)
		return say(q, "%lld processes named %.*s hold %lld %% of it",
			(long long)x->names[0].count, SLICE_ARG(x->names[0].comm),
			(long long)top);
	if (top >= STANDS_OUT_PERCENT)
		return say(q, "%.*s alone holds %lld %% of it",
			SLICE_ARG(x->names[0].comm), (long long)top);
	return SLICE("no single program stands out: it is the sum of many");
}

/* Most of it is no listed process's: the kernel lists neither pid 1 nor what has no
 * memory of its own any more. */
static void help_unlisted(struct inquiry *q, const char *when)
{
	const struct oom_event *e = q->e;

	add_help(q, when,
		init_asked(q)
			? say(q, "look at %.*s: it asked, and the table of processes, which hold only %s, never lists pid 1",
				  SLICE_ARG(name_and_pid(
					  q, e->request.comm, e->request.pid)),
				  BYTES(q->holders.listed_bytes))
			: say(q, "find who holds it: the processes listed have only %s; pid 1 is never listed, nor is one that was just exiting",
				  BYTES(q->holders.listed_bytes)),
		SLICE("grep -E 'Name|Rss' /proc/1/status"), NULL);
}

static void help_shrink(struct inquiry *q, const char *when)
{
	const struct explanation *x = q->x;
	const struct holders *h = &q->holders;
	const struct name_sum *first = x->names;
	struct slice swapped = SLICE("");

	if (x->name_count == 0)
		return;
	if (h->how == UNLISTED) {
		help_unlisted(q, when);
		return;
	}
	if (h->how == SHARED &&
		quantity_percent(h->top_bytes, h->all_bytes) >= STANDS_OUT_PERCENT)
		first = h->top;
	if (first->count > 1) {
		add_help(q, when,
			say(q, "run fewer of %.*s (%lld run now), or limit them together",
				SLICE_ARG(first->comm), (long long)first->count),
			SLICE(""), NULL);
		return;
	}
	if (first->swap_pages > 0)
		swapped = say(q, ", and %s in swap",
			BYTES(quantity_mul(first->swap_pages, q->page)));
	add_help(q, when,
		say(q, "limit what grows: %.*s holds %s%.*s", SLICE_ARG(first->comm),
			BYTES(quantity_mul(first->rss_pages, q->page)),
			SLICE_ARG(swapped)),
		SLICE("systemctl set-property UNIT MemoryHigh=... MemoryMax=..."),
		"the limited unit slows down or is killed instead");
}

static void not_killing(struct inquiry *q)
{
	if (known(q->x->task_rss_pages))
		add_help(q, "not",
			say(q, "killing large processes: together they held %s",
				BYTES(quantity_mul(q->x->task_rss_pages, q->page))),
			SLICE(""), NULL);
}

static void not_dropping(struct inquiry *q)
{
	if (q->lists_mixed)
		return;
	if (known(q->file_bytes) && q->file_bytes > 0)
		add_help(q, "not",
			say(q, "dropping caches: the page cache held only %s",
				BYTES(q->file_bytes)),
			SLICE(""), NULL);
	else
		add_help(q, "not",
			SLICE("dropping caches: the page cache held nothing"),
			SLICE(""), NULL);
}

void tell_anon_no_swap(struct inquiry *q)
{
	struct slice who = holders(q);

	q->because = say(q,
		"the machine's %s are in use and %s: %s are %s cannot be freed without it",
		BYTES(ram(q)),
		q->swap_leaving_bytes > 0 ? "its swap is being turned off"
					  : "there is no swap",
		BYTES(class_bytes(q, "anon")),
		q->lists_mixed ? "pages of processes and files, and those of processes"
			       : "anonymous memory of processes, which");
	help_shrink(q, "now");
	if (q->swap_leaving_bytes > 0)
		add_help(q, "or",
			say(q, "leave the swap on until processes are small enough: swapoff brings %s back into RAM",
				BYTES(q->swap_leaving_bytes)),
			SLICE("swapon --show"), NULL);
	else
		add_help(q, "or", SLICE("give it swap, on disk or zram"),
			SLICE("swapon --show"),
			"slower under load, but not killed at once");
	add_help(q, "then",
		say(q, "find out what grew%s%.*s", who.n ? ": " : "", SLICE_ARG(who)),
		SLICE("ps -eo rss,pid,comm --sort=-rss"), NULL);
	not_dropping(q);
}

/* Swap that is in use and no listed process's: what was swapped out of tmpfs and shared
 * memory, less what the swap cache keeps a place for. 0 where that is little. */
static int64_t swapped_files(const struct inquiry *q)
{
	const struct task_table *t = &q->e->tasks;
	int64_t used = quantity_sub(q->swap_total_bytes, q->swap_free_bytes);
	int64_t rest = quantity_sub(
		used, quantity_mul(known_or(q->e->memory.counters.swapcache.value, 0),
			      q->page));

	if (!t->has_swapents || t->count == 0 || q->x->constraint != CONSTRAINT_NONE ||
		q->e->cut_at_end)
		return 0;
	for (size_t i = 0; i < t->count; i++)
		rest = quantity_sub(rest,
			quantity_mul(known_or(t->rows[i].swapents_pages, 0), q->page));
	if (!known(rest) || rest < SWAPPED_FILES_BYTES ||
		rest < quantity_share(used, SWAPPED_FILES_PERCENT, 100))
		return 0;
	return rest;
}

void tell_anon_swap_full(struct inquiry *q)
{
	struct slice who = holders(q);
	int64_t files = swapped_files(q);

	q->because = say(q,
		"the machine's %s and its swap are full: %s are %s, and %s of %s of swap %s "
		"free",
		BYTES(ram(q)), BYTES(class_bytes(q, "anon")),
		q->lists_mixed ? "pages of processes and files"
			       : "anonymous memory of processes",
		q->swap_free_bytes == 0 ? "nothing" : BYTES(q->swap_free_bytes),
		BYTES(q->swap_total_bytes), q->swap_free_bytes == 0 ? "is" : "are");
	if (files > 0)
		q->because = say(q, "%.*s; tmpfs and shared memory hold %s of it",
			SLICE_ARG(q->because), BYTES(files));
	help_shrink(q, "now");
	if (files > 0)
		add_help(q, "or",
			say(q, "remove or shrink files in tmpfs, and shared memory segments: no process listed has %s of the swap in use",
				BYTES(files)),
			SLICE("df -h -t tmpfs; ipcs -m -p"), "the files are lost");
	else
		add_help(q, "or",
			SLICE("more swap: it gives time while the cause is looked for"),
			SLICE("swapon --show"), "slower under load");
	add_help(q, "then",
		say(q, "find out what grew%s%.*s", who.n ? ": " : "", SLICE_ARG(who)),
		SLICE("ps -eo rss,pid,comm --sort=-rss"), NULL);
	not_dropping(q);
}

void tell_swap_unusable(struct inquiry *q)
{
	q->because = say(q,
		"the machine's %s are in use, %s of it anonymous memory of processes, and the "
		"%s of free swap were not used for it",
		BYTES(ram(q)), BYTES(class_bytes(q, "anon")),
		BYTES(q->swap_free_bytes));
	add_help(q, "now",
		SLICE("see whether the kernel may swap: swappiness 0 forbids it "
		      "while page cache is left"),
		SLICE("sysctl vm.swappiness"), NULL);
	add_help(q, "or", SLICE("look for errors or slowness of the swap device"),
		SLICE("dmesg -l err,warn"), NULL);
	add_help(q, "then", SLICE("look for cgroups that may not swap"),
		SLICE("grep -H . /sys/fs/cgroup/*/memory.swap.max"), NULL);
	add_help(q, "not",
		say(q, "more swap: %s of it were free", BYTES(q->swap_free_bytes)),
		SLICE(""), NULL);
}

void tell_hugetlb_pool(struct inquiry *q)
{
	int64_t idle = 0, all = class_bytes(q, "hugetlb");

	for (size_t i = 0; i < q->e->memory.huge_count; i++)
		idle = quantity_add(idle, quantity_mul(q->e->memory.huge[i].free,
						  q->e->memory.huge[i].size_bytes));
	q->because = say(q,
		"the pool of huge pages keeps %s%.*s to itself, and %s of that %s idle",
		BYTES(all),
		SLICE_ARG(known(ram(q)) ? say(q, " of the machine's %s", BYTES(ram(q)))
					: SLICE("")),
		idle ? BYTES(idle) : "nothing", idle ? "are" : "is");
	add_help(q, "now", SLICE("make the pool smaller: vm.nr_hugepages"),
		SLICE("grep Huge /proc/meminfo"),
		"programs that count on it (databases, virtual machines) may fail to start");
	add_help(q, "or",
		SLICE("let the pool grow and shrink: vm.nr_overcommit_hugepages"),
		SLICE("sysctl vm.nr_overcommit_hugepages"), NULL);
	add_help(q, "not",
		SLICE("killing processes or swap: neither reaches the pool, which "
		      "is in nobody's rss"),
		SLICE(""), NULL);
}

void tell_slab_unreclaimable(struct inquiry *q)
{
	const struct slab_cache *cache = largest_cache(q);
	int64_t slab = class_bytes(q, "slab");
	bool pinned = by_size(q, "slab") == NOT_HELD && by_size(q, "slab-reclaimable");

	if (pinned)
		slab = class_bytes(q, "slab-reclaimable");
	q->because = say(q, "the kernel's own objects (slab) hold %s%s%s%s%.*s",
		known(slab) ? BYTES(slab) : BYTES(slab_table_sum(q)),
		known(ram(q)) ? " of the machine's " : "",
		known(ram(q)) ? BYTES(ram(q)) : "",
		cache ? "; the largest cache is " : "",
		SLICE_ARG(cache ? cache->name : SLICE("")));
	add_help(q, "now", SLICE("see which cache grows"), SLICE("slabtop -o -s c"),
		NULL);
	if (pinned)
		add_help(q, "or",
			SLICE("find what keeps so many files known: many open or watched "
			      "files, or files in ramfs or tmpfs"),
			SLICE("cat /proc/sys/fs/dentry-state"), NULL);
	else
		add_help(q, "or",
			cache ? say(q, "find what makes %.*s: the code or module of that name, or what asks it for so many",
					SLICE_ARG(cache->name))
			      : SLICE("find its owner: a driver or module, or very many files, sockets or threads"),
			SLICE(""), NULL);
	add_help(q, "then", SLICE("a reboot frees it; a newer kernel may leak no more"),
		SLICE(""), NULL);
	not_killing(q);
}

void tell_page_tables(struct inquiry *q)
{
	int64_t bytes = class_bytes(q, "page-tables");

	if (!known(bytes)) {
		const struct task_table *t = &q->e->tasks;

		bytes = 0;
		for (size_t i = 0; i < t->count; i++)
			bytes = quantity_add(
				bytes, known_or(t->rows[i].pagetable_bytes, 0));
		q->because = say(q,
			"page tables of processes hold %s, far more than the %s that they have "
			"resident",
			BYTES(bytes),
			BYTES(quantity_mul(q->x->task_rss_pages, q->page)));
	} else {
		q->because = say(q,
			"page tables hold %s of the machine's %s: many processes map the same "
			"large memory, or one maps very much of it",
			BYTES(bytes), BYTES(ram(q)));
	}
	add_help(q, "now",
		SLICE("use huge pages for the large shared memory (a database's "
		      "huge_pages setting)"),
		SLICE("grep -E 'PageTables|Huge' /proc/meminfo"),
		"needs a restart of it");
	add_help(q, "or", SLICE("let fewer processes map it: a connection pool"),
		SLICE(""), NULL);
	add_help(q, "then", SLICE("see whose they are"),
		SLICE("grep -H VmPTE /proc/[0-9]*/status"), NULL);
	add_help(q, "not",
		SLICE("looking at rss alone: page tables are in nobody's rss"),
		SLICE(""), NULL);
}

void tell_kernel_stacks(struct inquiry *q)
{
	int64_t stacks = class_bytes(q, "kernel-stacks");

	q->because = say(q,
		"kernel stacks hold %s of the machine's %s: about %lld threads",
		BYTES(stacks), BYTES(ram(q)), (long long)(known_or(stacks, 0) / 16384));
	add_help(q, "now",
		SLICE("limit the number of threads of the unit that makes them"),
		SLICE("systemctl set-property UNIT TasksMax=..."), NULL);
	add_help(q, "then", SLICE("see who has them"),
		SLICE("ps -eo nlwp,pid,comm --sort=-nlwp"), NULL);
	add_help(q, "not", SLICE("swap: kernel stacks are never swapped"), SLICE(""),
		NULL);
}

void tell_unevictable(struct inquiry *q)
{
	if (locked_without_mlock(q)) {
		q->because = say(q,
			"%s of the machine's %s may neither be swapped nor freed, and programs "
			"have locked %s of them: it is files on a ramfs, locked shared memory or "
			"secret memory",
			BYTES(class_bytes(q, "unevictable")), BYTES(ram(q)),
			mlocked_bytes(q) == 0 ? "none" : BYTES(mlocked_bytes(q)));
		if (q->e->no_killable && q->e->victim_count == 0)
			add_help(q, "now",
				SLICE("a smaller initramfs, if this is at boot: its files stay in "
				      "RAM until the root is mounted, or for ever where none is"),
				SLICE(""), NULL);
		add_help(q, q->x->help_count ? "or" : "now",
			SLICE("remove files from ramfs; tmpfs with size= is the safer kind"),
			SLICE("findmnt -t ramfs"), "the files are lost");
		add_help(q, "or", SLICE("see which shared memory segments are locked"),
			SLICE("ipcs -m"), NULL);
		add_help(q, "not", SLICE("swap: such memory never goes there"),
			SLICE(""), NULL);
		return;
	}
	q->because = say(q,
		"%s of the machine's %s are locked: the kernel may neither swap nor free them",
		BYTES(class_bytes(q, "unevictable")), BYTES(ram(q)));
	add_help(q, "now",
		SLICE("lock less: mlockall, a database's or Java's lock-in-memory "
		      "setting, LimitMEMLOCK="),
		SLICE("grep -H VmLck /proc/[0-9]*/status"), NULL);
	add_help(q, "or",
		SLICE("remove files from ramfs; tmpfs with size= is the safer kind"),
		SLICE("findmnt -t ramfs"), "the files are lost");
	add_help(q, "not", SLICE("swap: locked memory never goes there"), SLICE(""),
		NULL);
}

void tell_shmem_tmpfs(struct inquiry *q)
{
	q->because = say(q,
		"files in RAM (tmpfs and shared memory) hold %s of the machine's %s, and they "
		"outlive the process that is killed",
		BYTES(class_bytes(q, "shmem")), BYTES(ram(q)));
	add_help(q, "now",
		SLICE("remove or shrink files in tmpfs: /dev/shm, /tmp, /run"),
		SLICE("df -h -t tmpfs"), "the files are lost");
	add_help(q, "or", SLICE("give those mounts a smaller size="),
		SLICE("mount -o remount,size=... /dev/shm"), "writers then get ENOSPC");
	add_help(q, "then", SLICE("remove shared memory segments that nobody uses"),
		SLICE("ipcs -m -p"), NULL);
	add_help(q, "not",
		SLICE("the kill itself: the memory does not come back with it"),
		SLICE(""), NULL);
}

/* zram can hold a file system, or files in general, as well as swap. */
static void tell_zram_disk(struct inquiry *q)
{
	q->because = say(q,
		"the pool of zram or zswap holds %s of the machine's %s, more than was "
		"swapped: a zram device that is used as a disk keeps its data in RAM",
		BYTES(class_bytes(q, "zspages")), BYTES(ram(q)));
	add_help(q, "now", SLICE("see which zram devices hold what"), SLICE("zramctl"),
		NULL);
	add_help(q, "or",
		SLICE("remove files from the one that is no swap, with discard (fstrim), or "
		      "give it a mem_limit or a backing device"),
		SLICE("grep -H . /sys/block/zram*/mm_stat"), "the files are lost");
	not_killing(q);
}

void tell_unaccounted_memory(struct inquiry *q)
{
	bool reserved = by_size(q, "reserved") != NOT_HELD;
	int64_t bytes = class_bytes(q, reserved ? "reserved" : "unaccounted");
	static const char *const suspects[] = { "zfs", "nvidia", "vmmemctl",
		"vmw_balloon", "virtio_balloon", "hv_balloon", "drbd", "lustre" };

	if (!reserved && by_size(q, "zspages") != NOT_HELD) {
		tell_zram_disk(q);
		return;
	}
	q->because =
		reserved
			? say(q,
				  "%s of the machine's %s never reach its allocator: a balloon, "
				  "crashkernel= or mem= keep them",
				  BYTES(bytes), BYTES(q->present_bytes))
			: say(q,
				  "%s of the machine's %s are held by something that no counter of the "
				  "kernel names: a driver, vmalloc, pipes, a balloon, a leak",
				  BYTES(bytes), BYTES(ram(q)));
	for (size_t i = 0; i < sizeof(suspects) / sizeof(*suspects); i++)
		if (slice_has(q->e->modules, suspects[i])) {
			add_help(q, "now",
				say(q,
					"look at module %s first: it is loaded and known to "
					"hold such memory; the log does not prove it",
					suspects[i]),
				SLICE("lsmod"), NULL);
			break;
		}
	if (reserved)
		add_help(q, "now",
			SLICE("ask the host for the balloon's size, and the command "
			      "line for crashkernel= and mem="),
			SLICE("cat /proc/cmdline"), NULL);
	else
		add_help(q, q->x->help_count ? "or" : "now",
			SLICE("compare the counters over time"),
			SLICE("grep -E 'Mem|Slab|Percpu|Vmalloc' /proc/meminfo"), NULL);
	add_help(q, "then",
		SLICE("allocation profiling (6.10+) or page_owner name the code that holds it"),
		SLICE("sort -rn /proc/allocinfo | head"), "both need a boot parameter");
	not_killing(q);
}

/* memory.min of cgroups keeps page cache, or processes' memory, for ever. */
static void help_min(struct inquiry *q, const char *when)
{
	add_help(q, when,
		SLICE("see which cgroups have a memory.min (MemoryMin=): reclaim never takes "
		      "what it protects"),
		SLICE("grep -Hv '^0$' $(find /sys/fs/cgroup -name memory.min)"), NULL);
}

void tell_reclaim_failure(struct inquiry *q)
{
	bool dirty = known(q->dirty_bytes) && known(q->file_bytes) &&
		     quantity_mul(2, q->dirty_bytes) > q->file_bytes;

	bool clean = known(q->dirty_bytes) && q->dirty_bytes < q->file_bytes / 10;

	if (!dirty && much_protected(q) > 0) {
		q->because = say(q,
			"reclaim made no progress: %s of page cache are left, and memory.min of "
			"cgroups keeps %s from being freed",
			BYTES(q->file_bytes), BYTES(much_protected(q)));
		help_min(q, "now");
		add_help(q, "or",
			SLICE("memory.low in its place (MemoryLow=): it yields before the "
			      "kernel kills"),
			SLICE(""), NULL);
		add_help(q, "not",
			SLICE("dropping caches: what memory.min protects is in use"),
			SLICE(""), NULL);
		return;
	}
	q->because =
		dirty ? say(q,
				"reclaim made no progress: of %s of page cache, %s are dirty or under "
				"writeback and wait for a slow device",
				BYTES(q->file_bytes), BYTES(q->dirty_bytes))
		      : say(q,
				"reclaim made no progress, although %s of page cache were there to be "
				"freed",
				BYTES(q->file_bytes));
	/* Nothing waits to be written: then that is not the reason. */
	if (clean)
		help_min(q, "now");
	else
		add_help(q, "now", SLICE("let less dirty data pile up"),
			SLICE("sysctl vm.dirty_bytes vm.dirty_background_bytes"),
			"writers wait sooner");
	add_help(q, "or",
		SLICE("look at the device or server behind the files: NFS, FUSE, USB, "
		      "a throttled volume"),
		SLICE("cat /proc/pressure/io"), NULL);
	add_help(q, "not",
		say(q, "more RAM: %s were reclaimable on paper", BYTES(q->file_bytes)),
		SLICE(""), NULL);
}

void help_whole_report(struct inquiry *q)
{
	add_help(q, "now",
		SLICE("get the whole report: the kernel's log of that time from the journal or "
		      "another place"),
		SLICE("journalctl -k -b -1"), NULL);
}

/* No Mem-Info, and a piece that is refused as soon as none is found, however much may be
 * free: that is what mostly happens to such requests, and no proof. */
static bool tell_large_piece(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const char *zone = gfp_highest_zone(e->request.gfp.flags);
	bool low = strncmp(zone, "DMA", 3) == 0;
	int64_t order = known_or(e->request.order, 0);
	int64_t free_bytes = quantity_mul(e->memory.counters.free.value, q->page), size;

	if (e->kind != KIND_ALLOCATION_FAILURE || e->vmalloc_failure ||
		order <= COSTLY_ORDER || order > 30 || q->x->refusal_count > 0)
		return false;
	size = quantity_mul(INT64_C(1) << order, q->page);
	q->because = say(q,
		"%.*s asked for %s in one piece (order=%lld)%s%s, and there was none: whether "
		"%s, this log does not show",
		SLICE_ARG(e->request.comm.n > 0 ? e->request.comm : SLICE("somebody")),
		BYTES(size), (long long)order, low ? " of zone " : "", low ? zone : "",
		low ? "that zone had any at all"
		    : "memory was free in smaller pieces, as it mostly is then");
	if (!low && known(free_bytes))
		q->because = say(q,
			"%.*s asked for %s in one piece (order=%lld), and there was none: "
			"%s%s were free in all%s",
			SLICE_ARG(e->request.comm.n > 0 ? e->request.comm
							: SLICE("somebody")),
			BYTES(size), (long long)order, free_bytes < size ? "only " : "",
			BYTES(free_bytes),
			free_bytes < size ? ""
					  : ", in pieces that this log does not show");
	help_whole_report(q);
	if (!low)
		add_help(q, "or",
			SLICE("compact memory, if it is still refused: the kernel then "
			      "joins free pages"),
			SLICE("echo 1 >/proc/sys/vm/compact_memory"),
			"short stalls; helps once, and not where memory is short");
	add_help(q, "then",
		SLICE("see in the call trace who asks for so much in one piece: many callers "
		      "go on with less or with vmalloc, and newer versions do not ask"),
		SLICE(""), NULL);
	return true;
}

/* A kill and hardly more, as grep finds it. That it was no cgroup's limit the kernel says
 * in two ways; that memory was short it says where a page fault failed, too. */
static bool tell_kill_alone(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const struct victim *v = e->victims;
	bool whole = e->constraint == CONSTRAINT_NONE && e->constraint_line;

	if (e->kind != KIND_OOM || q->memcg || e->memcg_mentioned || e->manual ||
		q->x->refusal_count > 0 ||
		!(whole || slice_starts(e->message, "Out of memory")))
		return false;
	q->because = say(q,
		"the machine%s ran out, as the kernel puts it, and not a cgroup within its "
		"limit: what held the memory this log does not show",
		whole ? " as a whole" : ", or the nodes that the task may use,");
	help_whole_report(q);
	if (e->victim_count != 1 || !known(v->anon_rss_bytes) || v->comm.n == 0)
		return true;
	/* It dies before all others, whatever it holds: see is_origin(). */
	if (slice_is(v->comm, "swapoff"))
		add_help(q, "or",
			SLICE("leave the swap on until processes are small enough: swapoff "
			      "brings back into RAM what is in it"),
			SLICE("swapon --show"), NULL);
	else if (v->anon_rss_bytes < SMALL_VICTIM_BYTES)
		add_help(q, "or",
			say(q, "look elsewhere than at %.*s: it had %s, and the largest is killed as a rule; kernel memory, tmpfs or what grep left out held the rest",
				SLICE_ARG(v->comm), BYTES(v->anon_rss_bytes)),
			SLICE("grep -E 'Shmem:|Slab|SUnreclaim|PageTables|HugeP' /proc/meminfo"),
			NULL);
	else
		add_help(q, "or",
			say(q, "see whether %.*s should have had %s of its own: the largest is killed as a rule, oom_score_adj aside",
				SLICE_ARG(v->comm), BYTES(v->anon_rss_bytes)),
			SLICE(""), NULL);
	return true;
}

/* vm.panic_on_oom=2 panics before the line with the constraint. */
static void tell_kept_off(struct inquiry *q)
{
	struct slice comm = q->e->request.comm;

	q->because = say(q,
		"the nodes that %.*s may use are full; its cpuset or its memory policy, the log "
		"does not say which, keeps it off others, where %s are free",
		SLICE_ARG(comm.n ? shown_name(q, comm) : SLICE("the task")),
		BYTES(q->hidden_free_bytes));
	fact_for(q, &q->x->cause, q->e->memory.counters.free.line,
		quote(q, q->e->memory.counters.free.line, "free:", 0),
		"free pages of all nodes: %s, of which %s are on nodes not shown",
		BYTES(q->free_bytes), BYTES(q->hidden_free_bytes));
	add_help(q, "now", SLICE("see which nodes such a task may use, and by what"),
		SLICE("grep Mems_allowed_list /proc/PID/status; head /proc/PID/numa_maps"),
		NULL);
	add_help(q, "or",
		SLICE("add nodes to cpuset.mems, or prefer nodes instead of binding to "
		      "them (numactl --preferred)"),
		SLICE(""), "remote memory is slower");
	add_help(q, "not",
		say(q, "more RAM: %s were free on other nodes",
			BYTES(q->hidden_free_bytes)),
		SLICE(""), NULL);
}

void tell_unknown(struct inquiry *q)
{
	const struct explanation *x = q->x;
	const struct oom_event *e = q->e;

	if (e->told) {
		tell_told(q);
		return;
	}
	if (e->stall) {
		tell_stall(q);
		return;
	}
	if (x->constraint == CONSTRAINT_UNKNOWN && kept_off_nodes(q)) {
		tell_kept_off(q);
		return;
	}
	if (e->vmalloc_failure && e->request.size_bytes == 0) {
		q->because =
			SLICE("the kernel was asked for an area of 0 bytes, which it "
			      "always refuses: a mistake of the caller's");
		add_help(q, "now", SLICE("see in the call trace who asked for nothing"),
			SLICE(""), NULL);
		return;
	}
	if (e->area.kind != NO_AREA) {
		tell_area_refused(q);
		return;
	}
	if (tell_large_piece(q))
		return;
	if (e->kind == KIND_OOM && e->constraint == CONSTRAINT_NONE &&
		e->constraint_line)
		fact_for(q, &q->x->cause, e->constraint_line,
			quote(q, e->constraint_line, "constraint=", 0),
			"the kernel saw no cgroup's limit, cpuset or memory policy in "
			"the way");
	if (tell_kill_alone(q))
		return;
	if (charged_to_a_cgroup(e))
		q->because =
			SLICE("a cgroup's own cache of kernel objects got no page: the "
			      "limit of that cgroup may have refused it, or the page "
			      "allocator, and this log does not show which");
	else if (x->missing_count > 0 && e->cut_at_end && e->last_line)
		q->because = say(q,
			"of something that this log does not show: it is cut after line %u",
			e->last_line);
	else if (x->missing_count > 0)
		q->because = say(q,
			"of something that this log does not show: it lacks the %s%s%s",
			x->missing[0], x->missing_count > 1 ? " and the " : "",
			x->missing_count > 1 ? x->missing[1] : "");
	else
		q->because = SLICE(
			"of something that the numbers of this report do not prove");
	help_whole_report(q);
}
