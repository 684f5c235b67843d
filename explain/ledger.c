/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the memory went: entries that do not overlap and sum to the total.
 *
 * Shmem sits on the anonymous LRU lists (2.6.28+), so anonymous memory is those
 * lists less shmem; what exceeds them is locked shmem on the unevictable list.
 * mapped, dirty, mlocked, pagecache and swap cache are parts of other entries and
 * never added. */
#include "explain/inquiry.h"
#include "explain/thresholds.h"

#include <stdlib.h>
#include <string.h>

/* Every filler: its slug, and its words in a sentence. One table names them. */
static const struct {
	const char *slug, *words;
} fillers[] = {
	{ "anon", "anonymous memory" },
	{ "lru", "processes and page cache" }, /* one list for both */
	{ "shmem", "tmpfs and shared memory" },
	{ "cache", "page cache" },
	{ "slab", "unreclaimable slab" },
	{ "slab-reclaimable", "reclaimable slab" },
	{ "page-tables", "page tables" },
	{ "kernel-stacks", "kernel stacks" },
	{ "kernel-memory", "other kernel memory" },
	{ "sock", "socket buffers" },
	{ "hugetlb", "hugetlb pool" },
	{ "unevictable", "unevictable memory" },
	{ "zswap", "zswap pool" },
	{ "zspages", "zram or zswap pool" },
	{ "balloon", "balloon" },
	{ "gpu", "GPU memory" },
	{ "pcp", "per-CPU free lists" },
	{ "bounce", "bounce buffers" },
	{ "reserved", "reserved" },
	{ "free", "free" },
	{ "free-cma", "free, CMA only" },
	{ "unaccounted", "in no counter" },
	{ "unknown", "unknown" },
};

const char *filler_words(const char *slug)
{
	for (size_t i = 0; i < sizeof(fillers) / sizeof(*fillers); i++)
		if (strcmp(fillers[i].slug, slug) == 0)
			return fillers[i].words;
	return slug;
}

static void add_entry(struct inquiry *q, const char *what, int64_t bytes, uint32_t line,
	struct slice says)
{
	struct ledger *l = &q->x->ledger;

	if (!known(bytes))
		return;
	l->entries = arena_room(q->arena, l->entries, l->entry_count, &l->entry_room,
		sizeof(*l->entries));
	l->entries[l->entry_count++] = (struct ledger_entry){ what, bytes, says, line };
}

static void add_part(struct inquiry *q, const char *what, const char *inside,
	int64_t bytes, uint32_t line)
{
	struct ledger *l = &q->x->ledger;

	if (!known(bytes) || bytes == 0)
		return;
	l->parts = arena_room(
		q->arena, l->parts, l->part_count, &l->part_room, sizeof(*l->parts));
	l->parts[l->part_count++] = (struct ledger_part){ what, inside, bytes, line };
}

static int64_t sum_of(const struct ledger *l)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->entry_count; i++)
		sum = quantity_add(sum, l->entries[i].bytes);
	return sum;
}

static int64_t in_bytes(const struct inquiry *q, struct amount pages)
{
	return quantity_mul(pages.value, q->page);
}

/* Sums over what the log prints by node or by zone; UNKNOWN when it does not. */
static int64_t node_sum(const struct inquiry *q, size_t offset)
{
	const struct memory_state *m = &q->e->memory;
	int64_t sum = UNKNOWN;

	for (size_t i = 0; i < m->node_count; i++) {
		const char *node = (const char *)&m->nodes[i];
		int64_t v = *(const int64_t *)(const void *)(node + offset);

		if (known(v))
			sum = quantity_add(known_or(sum, 0), v);
	}
	return sum;
}

static int64_t zone_sum(const struct inquiry *q, size_t offset)
{
	const struct memory_state *m = &q->e->memory;
	int64_t sum = UNKNOWN;

	for (size_t i = 0; i < m->zone_count; i++) {
		const char *zone = (const char *)&m->zones[i];
		int64_t v = *(const int64_t *)(const void *)(zone + offset);

		if (known(v))
			sum = quantity_add(known_or(sum, 0), v);
	}
	return sum;
}

static int64_t either(int64_t a, int64_t b)
{
	return known(a) ? a : b;
}

/* The machine's counter, or where its line is lost the sum of what the log still has by
 * node or by zone: not where another report's zones may be among them. */
static int64_t counted(
	const struct inquiry *q, int64_t counter, size_t of_node, size_t of_zone)
{
	if (known(counter) || q->e->mixed_lines > 0)
		return counter;
	return either(node_sum(q, of_node), zone_sum(q, of_zone));
}

#define COUNTED(q, name)                                                               \
	counted(q, in_bytes(q, (q)->e->memory.counters.name),                          \
		offsetof(struct node, name##_bytes),                                   \
		offsetof(struct zone, name##_bytes))

static int64_t huge_bytes(const struct inquiry *q, bool only_free)
{
	const struct memory_state *m = &q->e->memory;
	int64_t sum = m->huge_count ? 0 : UNKNOWN;

	for (size_t i = 0; i < m->huge_count; i++) {
		const struct huge_pages *h = &m->huge[i];

		sum = quantity_add(sum,
			quantity_mul(only_free ? h->free : h->total, h->size_bytes));
	}
	return sum;
}

static void add_class(struct inquiry *q, const char *filler, int64_t bytes,
	int64_t baseline, uint32_t line)
{
	if (q->class_count == MAX_CLASSES || !known(bytes))
		return;
	q->classes[q->class_count++] = (struct class){ filler, bytes,
		quantity_sub(bytes, known_or(baseline, 0)), line };
}

static int by_size(const void *a, const void *b)
{
	const struct class *x = a, *y = b;

	if (x->beyond_baseline != y->beyond_baseline)
		return x->beyond_baseline < y->beyond_baseline ? 1 : -1;
	return strcmp(x->filler, y->filler);
}

static int by_bytes(const void *a, const void *b)
{
	const struct ledger_entry *x = a, *y = b;
	bool x_last = strcmp(x->what, "unaccounted") == 0;
	bool y_last = strcmp(y->what, "unaccounted") == 0;

	if (x_last != y_last)
		return x_last ? 1 : -1;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return strcmp(x->what, y->what);
}

static int64_t percent_of(int64_t whole, int64_t percent)
{
	return quantity_share(known_or(whole, 0), percent, 100);
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* NR_FILE_MAPPED came with 2.6.18: before, pages of processes counted as mapped too. */
static bool before_mapped_files(const struct kernel *kernel)
{
	return kernel->major == 2 && kernel->minor == 6 && known(kernel->patch) &&
	       kernel->patch < 18;
}

/* The machine's ledger, from the counters and what nodes and zones add. */
static void machine_ledger(struct inquiry *q)
{
	const struct counters *c = &q->e->memory.counters;
	struct ledger *l = &q->x->ledger;
	int64_t cache = UNKNOWN, anon_lru, anon, shmem = COUNTED(q, shmem), unevictable,
		slab, stacks;
	int64_t tables, reserved, unaccounted, huge, managed = q->managed_bytes;
	int64_t reserved_baseline;
	/* Lines that may be another report's are as good as lost. */
	bool whole = counters_whole(c) && q->e->mixed_lines == 0;

	l->total_bytes = q->present_bytes;
	anon_lru = quantity_add(
		quantity_add(COUNTED(q, active_anon), COUNTED(q, inactive_anon)),
		known_or(COUNTED(q, isolated_anon), 0));
	/* 2.6.9 to 2.6.27 print one LRU for processes and files; the page cache's own
	 * line (2.6.25+) tells them apart, shared memory aside. Without it only what waits
	 * to be written is known to be cache. */
	if (!known(anon_lru)) {
		anon_lru =
			quantity_add(in_bytes(q, c->active), in_bytes(q, c->inactive));
		cache = in_bytes(q, c->pagecache);
		/* RHEL 5 prints what processes hold of it; up to 2.6.17 "mapped" is that and
		 * what they map of files. */
		if (!known(cache) && known(c->mapped_anon.value))
			cache = quantity_sub(anon_lru, in_bytes(q, c->mapped_anon));
		else if (!known(cache) && before_mapped_files(&q->e->kernel))
			cache = quantity_sub(anon_lru, in_bytes(q, c->mapped));
		q->lists_mixed = known(anon_lru) && !known(cache);
		if (known(cache) && cache < 0)
			cache = 0;
		if (!known(cache))
			cache = quantity_add(in_bytes(q, c->dirty),
				known_or(in_bytes(q, c->writeback), 0));
		anon_lru = quantity_sub(anon_lru, known_or(cache, 0));
	}
	unevictable = COUNTED(q, unevictable);
	anon = quantity_sub(anon_lru, known_or(shmem, 0));
	if (known(anon) && anon < 0 && known(unevictable)) {
		/* Locked shmem stands on the unevictable list. */
		unevictable = quantity_add(unevictable, anon);
		anon = 0;
	}
	q->file_bytes = quantity_add(
		quantity_add(COUNTED(q, active_file), COUNTED(q, inactive_file)),
		known_or(COUNTED(q, isolated_file), 0));
	if (!known(q->file_bytes) && known(c->active.value))
		q->file_bytes = cache;
	slab = either(in_bytes(q, c->slab_unreclaimable), in_bytes(q, c->slab));
	stacks = either(node_sum(q, offsetof(struct node, kernel_stack_bytes)),
		zone_sum(q, offsetof(struct zone, kernel_stack_bytes)));
	tables = quantity_add(in_bytes(q, c->pagetables),
		known_or(in_bytes(q, c->sec_pagetables), 0));
	huge = huge_bytes(q, false);
	reserved = quantity_sub(q->present_bytes, q->managed_bytes);
	q->anon_bytes = anon;
	q->shmem_bytes = shmem;
	q->dirty_bytes =
		quantity_add(COUNTED(q, dirty), known_or(COUNTED(q, writeback), 0));
	if (!known(q->dirty_bytes) && q->e->mixed_lines == 0)
		q->dirty_bytes = zone_sum(q, offsetof(struct zone, writepending_bytes));

	add_entry(q, q->lists_mixed ? "lru" : "anon", anon,
		c->active_anon.line ? c->active_anon.line : c->active.line, SLICE(""));
	add_entry(q, "shmem", shmem, c->shmem.line, SLICE(""));
	add_entry(q, "cache", q->file_bytes, c->active_file.line, SLICE(""));
	add_entry(q, "unevictable", unevictable, c->unevictable.line, SLICE(""));
	add_entry(q, "slab", slab, c->slab_unreclaimable.line, SLICE(""));
	add_entry(q, "slab-reclaimable",
		quantity_add(in_bytes(q, c->slab_reclaimable),
			known_or(in_bytes(q, c->kernel_misc_reclaimable), 0)),
		c->slab_reclaimable.line, SLICE(""));
	add_entry(q, "kernel-stacks", stacks, 0, SLICE(""));
	add_entry(q, "page-tables", tables, c->pagetables.line, SLICE(""));
	add_entry(q, "hugetlb", huge,
		q->e->memory.huge_count ? q->e->memory.huge[0].line : 0, SLICE(""));
	add_entry(q, "bounce", in_bytes(q, c->bounce), c->bounce.line, SLICE(""));
	add_entry(q, "pcp", in_bytes(q, c->free_pcp), c->free_pcp.line, SLICE(""));
	add_entry(q, "zspages", zone_sum(q, offsetof(struct zone, zspages_bytes)), 0,
		SLICE(""));
	add_entry(q, "balloon", node_sum(q, offsetof(struct node, balloon_bytes)), 0,
		SLICE(""));
	add_entry(q, "gpu",
		quantity_add(node_sum(q, offsetof(struct node, gpu_active_bytes)),
			known_or(node_sum(q, offsetof(struct node, gpu_reclaim_bytes)),
				0)),
		0, SLICE(""));
	add_entry(q, "free",
		quantity_sub(
			in_bytes(q, c->free), known_or(in_bytes(q, c->free_cma), 0)),
		c->free.line, SLICE(""));
	add_entry(q, "free-cma", in_bytes(q, c->free_cma), c->free_cma.line, SLICE(""));
	add_entry(q, "reserved", reserved, c->reserved.line, SLICE(""));
	l->has_gaps = !whole;
	unaccounted = quantity_sub(l->total_bytes, sum_of(l));
	add_entry(q, "unaccounted", unaccounted, 0,
		known(unaccounted) && unaccounted < 0
			? SLICE("something was counted twice: the counters were read while "
				"they changed")
			: (whole ? SLICE("owned by no counter that the kernel prints")
				 : SLICE("some counters are not in this log: theirs is in here")));

	/* A class that the lost counters would have named may be larger than any known. */
	q->lost_bytes =
		whole ? 0
		      : known_or(either(unaccounted, quantity_sub(managed, sum_of(l))),
				0);
	add_part(q, "dirty", "cache", in_bytes(q, c->dirty), c->dirty.line);
	add_part(q, "writeback", "cache", in_bytes(q, c->writeback), c->writeback.line);
	add_part(q, "mlocked", "unevictable",
		zone_sum(q, offsetof(struct zone, mlocked_bytes)), 0);
	add_part(q, "free-huge-pages", "hugetlb", huge_bytes(q, true), 0);
	if (l->entry_count > 1)
		qsort(l->entries, l->entry_count, sizeof(*l->entries), by_bytes);

	if (!known(managed))
		managed = q->present_bytes;
	add_class(q, "anon", anon, 0, c->active_anon.line);
	add_class(q, "shmem", shmem, 0, c->shmem.line);
	add_class(q, "cache", q->file_bytes, 0, c->active_file.line);
	add_class(q, "unevictable", unevictable, 0, c->unevictable.line);
	add_class(q, "slab", slab,
		least(percent_of(managed, SLAB_BASELINE_PERCENT), SLAB_BASELINE_MAX),
		c->slab_unreclaimable.line ? c->slab_unreclaimable.line : c->slab.line);
	add_class(q, "slab-reclaimable", in_bytes(q, c->slab_reclaimable),
		least(percent_of(managed, SLAB_BASELINE_PERCENT), SLAB_BASELINE_MAX),
		c->slab_reclaimable.line);
	add_class(q, "page-tables", tables,
		percent_of(managed, PAGE_TABLES_BASELINE_PERCENT), c->pagetables.line);
	add_class(q, "kernel-stacks", stacks,
		percent_of(managed, STACKS_BASELINE_PERCENT),
		q->e->memory.node_count ? q->e->memory.nodes[0].line : 0);
	add_class(q, "hugetlb", huge, 0,
		q->e->memory.huge_count ? q->e->memory.huge[0].line : 0);
	/* The pool of zram or zswap is what was swapped, compressed; what exceeds that is
	 * in a zram device that is no swap. */
	add_class(q, "zspages", zone_sum(q, offsetof(struct zone, zspages_bytes)),
		known_or(quantity_sub(q->swap_total_bytes, q->swap_free_bytes), 0), 0);
	/* The zone's own reserved pages are wrong in 3.12 to 3.17, and with nodes
	 * hidden part of the rest is simply not shown. */
	if (whole)
		add_class(q, "unaccounted", unaccounted,
			quantity_add(percent_of(managed, UNACCOUNTED_BASELINE_PERCENT),
				least(UNACCOUNTED_BASELINE_BYTES,
					percent_of(managed,
						UNACCOUNTED_BASELINE_PERCENT))),
			c->ram.line);
	reserved_baseline =
		quantity_add(percent_of(q->present_bytes, RESERVED_BASELINE_PERCENT),
			RESERVED_BASELINE_BYTES);
	add_class(q, "reserved", reserved, reserved_baseline, c->reserved.line);
	qsort(q->classes, q->class_count, sizeof(*q->classes), by_size);
}

int64_t class_bytes(const struct inquiry *q, const char *filler)
{
	for (size_t i = 0; i < q->class_count; i++)
		if (strcmp(q->classes[i].filler, filler) == 0)
			return q->classes[i].bytes;
	return UNKNOWN;
}

/* A statistic of the subtree: v2's key, else v1's total_ form (6.5+), else v1's. */
static struct amount stat_of(
	const struct inquiry *q, const char *v2, const char *total, const char *v1)
{
	const struct memcg *m = &q->e->memcg;
	const char *keys[] = { total, v2, v1 };

	for (size_t i = 0; i < 3; i++) {
		struct amount a = keys[i] ? memcg_stat(m, keys[i]) : NO_AMOUNT;

		if (known(a.value))
			return a;
	}
	return NO_AMOUNT;
}

static struct amount sum_amounts(struct amount a, struct amount b)
{
	if (!known(a.value))
		return b;
	if (!known(b.value))
		return a;
	return (struct amount){ quantity_add(a.value, b.value), a.line };
}

/* Shared memory in a v1 block without the key (3.9 to 4.11): page cache that is not
 * on the file lists. */
static struct amount memcg_shmem(const struct inquiry *q)
{
	struct amount shmem = stat_of(q, "shmem", "total_shmem", NULL);
	struct amount cache = stat_of(q, NULL, NULL, "cache");
	struct amount active = stat_of(q, "active_file", "total_active_file", NULL);
	struct amount inactive =
		stat_of(q, "inactive_file", "total_inactive_file", NULL);
	int64_t rest;

	if (known(shmem.value))
		return shmem;
	rest = quantity_sub(cache.value, quantity_add(active.value, inactive.value));
	if (!known(rest))
		return NO_AMOUNT;
	return (struct amount){ rest > 0 ? rest : 0, cache.line };
}

struct amount memcg_class(const struct inquiry *q, const char *filler)
{
	struct amount a;

	if (strcmp(filler, "anon") == 0)
		return stat_of(q, "anon", "total_rss", "rss");
	if (strcmp(filler, "shmem") == 0)
		return memcg_shmem(q);
	if (strcmp(filler, "cache") == 0) {
		a = stat_of(q, "file", "total_cache", "cache");
		a.value = quantity_sub(a.value, known_or(memcg_shmem(q).value, 0));
		/* The swap cache stands in the machine's NR_FILE_PAGES, not in a cgroup's. */
		return a;
	}
	if (strcmp(filler, "slab") == 0)
		return stat_of(q, "slab_unreclaimable", NULL, NULL);
	if (strcmp(filler, "slab-reclaimable") == 0)
		return stat_of(q, "slab_reclaimable", NULL, NULL);
	if (strcmp(filler, "kernel-stacks") == 0)
		return stat_of(q, "kernel_stack", NULL, NULL);
	if (strcmp(filler, "page-tables") == 0)
		return sum_amounts(stat_of(q, "pagetables", NULL, NULL),
			stat_of(q, "sec_pagetables", NULL, NULL));
	if (strcmp(filler, "sock") == 0)
		return stat_of(q, "sock", NULL, NULL);
	if (strcmp(filler, "zswap") == 0)
		return stat_of(q, "zswap", NULL, NULL);
	if (strcmp(filler, "hugetlb") == 0)
		return stat_of(q, "hugetlb", NULL, NULL);
	if (strcmp(filler, "kernel-memory") == 0) {
		int64_t finer = 0;
		/* zswap's pool is charged as kernel memory. */
		static const char *const parts[] = { "slab", "slab-reclaimable",
			"kernel-stacks", "page-tables", "zswap" };

		a = stat_of(q, "kernel", NULL, NULL);
		if (!known(a.value) && known(q->e->memcg.kmem.usage_bytes))
			a = (struct amount){ q->e->memcg.kmem.usage_bytes,
				q->e->memcg.kmem.line };
		if (!known(a.value)) {
			return sum_amounts(stat_of(q, "percpu", NULL, NULL),
				stat_of(q, "vmalloc", NULL, NULL));
		}
		for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
			finer = quantity_add(
				finer, known_or(memcg_class(q, parts[i]).value, 0));
		a.value = quantity_sub(a.value, finer);
		return a;
	}
	return NO_AMOUNT;
}

static void memcg_ledger(struct inquiry *q)
{
	static const char *const parts[] = { "anon", "shmem", "cache", "slab",
		"slab-reclaimable", "kernel-stacks", "page-tables", "kernel-memory",
		"sock", "zswap", "hugetlb" };
	struct ledger *l = &q->x->ledger;
	int64_t unaccounted;

	l->of_memcg = true;
	l->total_bytes = q->e->memcg.memory.usage_bytes;
	if (q->e->memcg.stat_count == 0)
		return;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct amount a = memcg_class(q, parts[i]);

		if (!known(a.value))
			continue;
		add_entry(q, parts[i], a.value, a.line, SLICE(""));
		add_class(q, parts[i], a.value, 0, a.line);
	}
	unaccounted = quantity_sub(l->total_bytes, sum_of(l));
	add_entry(q, "unaccounted", unaccounted, 0,
		known(unaccounted) && unaccounted < 0
			? SLICE("something was counted twice: the counters were read while "
				"they changed")
			: SLICE("charged, but in no counter of the block: per-CPU stocks and "
				"kernel memory"));
	add_class(q, "unaccounted", unaccounted, 0, q->e->memcg.memory.line);
	add_part(q, "dirty", "cache",
		stat_of(q, "file_dirty", "total_dirty", "dirty").value,
		stat_of(q, "file_dirty", "total_dirty", "dirty").line);
	add_part(q, "writeback", "cache",
		stat_of(q, "file_writeback", "total_writeback", "writeback").value, 0);
	add_part(q, "unevictable", "anon",
		stat_of(q, "unevictable", "total_unevictable", NULL).value, 0);
	q->anon_bytes = memcg_class(q, "anon").value;
	q->shmem_bytes = memcg_class(q, "shmem").value;
	q->file_bytes = memcg_class(q, "cache").value;
	q->dirty_bytes = quantity_add(
		stat_of(q, "file_dirty", "total_dirty", "dirty").value,
		known_or(stat_of(q, "file_writeback", "total_writeback", "writeback")
				 .value,
			0));
	if (l->entry_count > 1)
		qsort(l->entries, l->entry_count, sizeof(*l->entries), by_bytes);
	if (q->class_count > 1)
		qsort(q->classes, q->class_count, sizeof(*q->classes), by_size);
}

void make_ledger(struct inquiry *q)
{
	q->x->ledger.total_bytes = UNKNOWN;
	q->anon_bytes = q->shmem_bytes = q->file_bytes = q->dirty_bytes = UNKNOWN;
	if (q->memcg)
		memcg_ledger(q);
	else if (q->e->sections & (SECTION_COUNTERS | SECTION_ZONES))
		machine_ledger(q);
}
