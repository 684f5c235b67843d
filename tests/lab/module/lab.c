// SPDX-License-Identifier: GPL-2.0-or-later
// Why: a driver's shortages (orders, zones, leaks, vmalloc) cannot be provoked from userland.
//
// A command is written to /proc/lab and works in the writer's context, so the report bears the writer's name.
//   pages ORDER COUNT GFP [NODE]  takes COUNT blocks with that mask (hex) and keeps them; stops when refused
//   burst ORDER COUNT GFP         the same, and gives everything back before it returns
//   soak COUNT GFP                takes single pages for as long as that needs no waiting, then COUNT more, then
//                                 gives everything back
//   until FREE_MIB GFP            takes single pages until the machine has no more than that free
//   comb ORDER KEEP_MIB           takes all but KEEP_MIB, then gives back every other block, so that free memory
//                                 is plentiful and no block of ORDER is among it
//   vmalloc MIB                   as a driver's buffer
//   slab NAME SIZE COUNT          objects of a cache of that name
//   slabuntil NAME SIZE FREE_MIB  the same until the machine has no more than that free
//   low ZONE PAGES                takes single pages of that zone, past every mark, until it has no more free
//   tries GFP                     asks for one block of each order with that mask, gives it back, and writes down
//                                 which zone gave it; per-CPU lists are drained before each. Read from /proc/lab
//   drop                          gives back the pages
//   dropvm                        gives back the last vmalloc

#include <linux/gfp.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

MODULE_DESCRIPTION("Provokes memory shortages for the lab of oomwhy");
MODULE_LICENSE("GPL");

static LIST_HEAD(held);
static void *last_vm;

// Without HighMem, which the kernel's own requests cannot have.
static unsigned long mib_free(void)
{
	struct sysinfo si;

	si_meminfo(&si);
	return (si.freeram - si.freehigh) >> (20 - PAGE_SHIFT);
}

static bool take_to(struct list_head *list, unsigned int order, gfp_t gfp, int node)
{
	struct page *page =
		node < 0 ? alloc_pages(gfp, order) : alloc_pages_node(node, gfp, order);

	if (!page)
		return false;
	page->private = order;
	list_add(&page->lru, list);
	return true;
}

static bool take(unsigned int order, gfp_t gfp, int node)
{
	return take_to(&held, order, gfp, node);
}

static void give_back(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru)
	{
		list_del(&page->lru);
		__free_pages(page, page->private);
	}
}

static void drop(void)
{
	give_back(&held);
}

// Pages go back when their block's lower half is theirs: blocks of ORDER - 1, and none of ORDER.
static void comb(unsigned int order, unsigned long keep)
{
	struct page *page, *next;
	unsigned long mask = (1UL << order) - 1;

	while (mib_free() > keep &&
		take(0, GFP_HIGHUSER | __GFP_NORETRY | __GFP_NOWARN, -1))
		;
	list_for_each_entry_safe(page, next, &held, lru)
	{
		if ((page_to_pfn(page) & mask) <= mask >> 1) {
			list_del(&page->lru);
			__free_pages(page, 0);
		}
	}
}

// Not exported; a probe finds it.
static void drain(void)
{
	static void (*drain_all)(struct zone *);
	struct kprobe probe = { .symbol_name = "drain_all_pages" };

	if (!drain_all && !register_kprobe(&probe)) {
		drain_all = (void *)probe.addr;
		unregister_kprobe(&probe);
	}
	if (drain_all)
		drain_all(NULL);
}

static struct zone *zone_of(const char *name)
{
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		if (!strcmp(NODE_DATA(0)->node_zones[i].name, name))
			return &NODE_DATA(0)->node_zones[i];
	return NULL;
}

static int low(const char *name, unsigned long pages)
{
	struct zone *zone = zone_of(name);
	gfp_t gfp = __GFP_MEMALLOC | __GFP_NOWARN;
	LIST_HEAD(lent);
	int error = 0;

	if (!zone)
		return -EINVAL;
	// Below its low mark the zone would send us on to DMA, so DMA must be empty meanwhile.
	if (strcmp(name, "DMA"))
		while (take_to(&lent, 0, gfp | GFP_DMA, -1))
			;
	gfp |= strcmp(name, "DMA") ? GFP_DMA32 : GFP_DMA;
	drain();
	while (!error && zone_page_state(zone, NR_FREE_PAGES) > pages) {
		if (!take(0, gfp, -1))
			error = -ENOMEM;
		drain();
	}
	give_back(&lent);
	drain();
	return error;
}

// Of the reserve for atomic requests: what a mark does not count as free.
static unsigned long highatomic(struct zone *zone)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return zone->nr_free_highatomic;
#else
	return zone->nr_reserved_highatomic;
#endif
}

// Which kinds have a free block of that order, a bit each.
static unsigned int kinds(struct zone *zone, unsigned int order)
{
	unsigned int mask = 0;
	int type;

	for (type = 0; type < MIGRATE_TYPES; type++)
		if (!list_empty(&zone->free_area[order].free_list[type]))
			mask |= 1 << type;
	return mask;
}

static char results[131072];
static size_t result_bytes;

static void write_down(gfp_t gfp, unsigned int order)
{
	char *at = results + result_bytes, *end = results + sizeof(results);
	struct page *page;
	char *from = at;
	int i, o;

	drain();
	at += scnprintf(at, end - at, "gfp=0x%x order=%u", (unsigned int)gfp, order);
	for (i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &NODE_DATA(0)->node_zones[i];

		if (!populated_zone(zone))
			continue;
		at += scnprintf(at, end - at,
			" %s free=%lu highatomic=%lu blocks=", zone->name,
			zone_page_state(zone, NR_FREE_PAGES), highatomic(zone));
		for (o = 0; o < 11; o++)
			at += scnprintf(at, end - at, "%s%lu/%x", o ? "," : "",
				zone->free_area[o].nr_free, kinds(zone, o));
	}
	page = alloc_pages(gfp | __GFP_NOWARN, order);
	at += scnprintf(
		at, end - at, " gave=%s\n", page ? page_zone(page)->name : "none");
	if (page)
		__free_pages(page, order);
	result_bytes += at - from;
}

static void tries(gfp_t gfp)
{
	unsigned int order;

	for (order = 0; order <= 10; order++)
		write_down(gfp, order);
}

static int command(char *text)
{
	unsigned int order, size;
	unsigned long count, mib;
	gfp_t gfp;
	int node = -1;
	char name[32];

	if (sscanf(text, "pages %u %lu %x %d", &order, &count, (unsigned int *)&gfp,
		    &node) >= 3) {
		while (count-- && !fatal_signal_pending(current))
			if (!take(order, gfp, node))
				return -ENOMEM;
	} else if (sscanf(text, "burst %u %lu %x", &order, &count,
			   (unsigned int *)&gfp) == 3) {
		while (count-- && take(order, gfp, -1))
			;
		drop();
	} else if (sscanf(text, "soak %lu %x", &count, (unsigned int *)&gfp) == 2) {
		while (take(0, gfp | __GFP_NORETRY | __GFP_NOWARN, -1))
			;
		while (count-- && take(0, gfp, -1))
			;
		drop();
	} else if (sscanf(text, "until %lu %x", &mib, (unsigned int *)&gfp) == 2) {
		while (mib_free() > mib && !fatal_signal_pending(current))
			if (!take(0, gfp, -1))
				return -ENOMEM;
	} else if (sscanf(text, "comb %u %lu", &order, &mib) == 2) {
		comb(order, mib);
	} else if (sscanf(text, "vmalloc %lu", &mib) == 1) {
		last_vm = vmalloc(mib << 20);
		return last_vm ? 0 : -ENOMEM;
	} else if (sscanf(text, "slab %31s %u %lu", name, &size, &count) == 3) {
		struct kmem_cache *cache = kmem_cache_create(name, size, 0, 0, NULL);

		if (!cache)
			return -ENOMEM;
		while (count-- && !fatal_signal_pending(current))
			if (!kmem_cache_alloc(cache, GFP_KERNEL))
				return -ENOMEM;
	} else if (sscanf(text, "slabuntil %31s %u %lu", name, &size, &mib) == 3) {
		struct kmem_cache *cache = kmem_cache_create(name, size, 0, 0, NULL);

		while (cache && mib_free() > mib && kmem_cache_alloc(cache, GFP_KERNEL))
			;
	} else if (sscanf(text, "low %31s %lu", name, &count) == 2) {
		return low(name, count);
	} else if (sscanf(text, "tries %x", (unsigned int *)&gfp) == 1) {
		tries(gfp);
	} else if (!strncmp(text, "dropvm", 6)) {
		vfree(last_vm);
		last_vm = NULL;
	} else if (!strncmp(text, "drop", 4)) {
		drop();
	} else {
		return -EINVAL;
	}
	return 0;
}

static ssize_t lab_write(
	struct file *file, const char __user *from, size_t bytes, loff_t *at)
{
	char text[128];
	int error;

	if (bytes >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, bytes))
		return -EFAULT;
	text[bytes] = 0;
	error = command(text);
	return error ? error : bytes;
}

// Each reading begins anew.
static ssize_t lab_read(struct file *file, char __user *to, size_t bytes, loff_t *at)
{
	ssize_t n = simple_read_from_buffer(to, bytes, at, results, result_bytes);

	if (n == 0)
		result_bytes = 0;
	return n;
}

static const struct proc_ops lab_ops = {
	.proc_read = lab_read,
	.proc_write = lab_write,
};

static int __init lab_init(void)
{
	return proc_create("lab", 0600, NULL, &lab_ops) ? 0 : -ENOMEM;
}
module_init(lab_init);
