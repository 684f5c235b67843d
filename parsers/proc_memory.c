/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zones, nodes, free blocks, counters, swap, huge pages, settings and pressure.
 *
 * /proc/zoneinfo holds all counters that a report prints, by node and by zone, in one
 * read; /proc/meminfo adds swap and what no zone knows. */
#include "parsers/proc_parts.h"

#include "base/complain.h"
#include "parsers/fields.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_SLOT    SIZE_MAX
#define IN_NODE(f) offsetof(struct node, f)
#define IN_ZONE(f) offsetof(struct zone, f)
#define SUM(f)     offsetof(struct counters, f)

/* A line of zoneinfo, "key number": its slots by node and zone (bytes) and among the
 * machine's counters (pages). Up to 4.7 the lists stand in the zones. */
static const struct stat_row {
	const char *key;
	size_t in_node, in_zone, sum;
} stat_rows[] = {
	{ "nr_active_anon", IN_NODE(active_anon_bytes), IN_ZONE(active_anon_bytes),
		SUM(active_anon) },
	{ "nr_inactive_anon", IN_NODE(inactive_anon_bytes),
		IN_ZONE(inactive_anon_bytes), SUM(inactive_anon) },
	{ "nr_active_file", IN_NODE(active_file_bytes), IN_ZONE(active_file_bytes),
		SUM(active_file) },
	{ "nr_inactive_file", IN_NODE(inactive_file_bytes),
		IN_ZONE(inactive_file_bytes), SUM(inactive_file) },
	{ "nr_unevictable", IN_NODE(unevictable_bytes), IN_ZONE(unevictable_bytes),
		SUM(unevictable) },
	{ "nr_isolated_anon", IN_NODE(isolated_anon_bytes),
		IN_ZONE(isolated_anon_bytes), SUM(isolated_anon) },
	{ "nr_isolated_file", IN_NODE(isolated_file_bytes),
		IN_ZONE(isolated_file_bytes), SUM(isolated_file) },
	{ "nr_mapped", IN_NODE(mapped_bytes), IN_ZONE(mapped_bytes), SUM(mapped) },
	{ "nr_dirty", IN_NODE(dirty_bytes), IN_ZONE(dirty_bytes), SUM(dirty) },
	{ "nr_writeback", IN_NODE(writeback_bytes), IN_ZONE(writeback_bytes),
		SUM(writeback) },
	{ "nr_unstable", IN_NODE(unstable_bytes), IN_ZONE(unstable_bytes),
		SUM(unstable) },
	{ "nr_shmem", IN_NODE(shmem_bytes), IN_ZONE(shmem_bytes), SUM(shmem) },
	{ "nr_slab_reclaimable", NO_SLOT, IN_ZONE(slab_reclaimable_bytes),
		SUM(slab_reclaimable) },
	{ "nr_slab_unreclaimable", NO_SLOT, IN_ZONE(slab_unreclaimable_bytes),
		SUM(slab_unreclaimable) },
	{ "nr_page_table_pages", IN_NODE(pagetables_bytes), IN_ZONE(pagetables_bytes),
		SUM(pagetables) },
	{ "nr_sec_page_table_pages", IN_NODE(sec_pagetables_bytes), NO_SLOT,
		SUM(sec_pagetables) },
	{ "nr_kernel_misc_reclaimable", NO_SLOT, NO_SLOT,
		SUM(kernel_misc_reclaimable) },
	{ "nr_file_pages", NO_SLOT, NO_SLOT, SUM(pagecache) },
	{ "nr_swapcached", NO_SLOT, NO_SLOT, SUM(swapcache) },
	{ "nr_balloon_pages", IN_NODE(balloon_bytes), NO_SLOT, NO_SLOT },
	{ "nr_zone_active_anon", NO_SLOT, IN_ZONE(active_anon_bytes), NO_SLOT },
	{ "nr_zone_inactive_anon", NO_SLOT, IN_ZONE(inactive_anon_bytes), NO_SLOT },
	{ "nr_zone_active_file", NO_SLOT, IN_ZONE(active_file_bytes), NO_SLOT },
	{ "nr_zone_inactive_file", NO_SLOT, IN_ZONE(inactive_file_bytes), NO_SLOT },
	{ "nr_zone_unevictable", NO_SLOT, IN_ZONE(unevictable_bytes), NO_SLOT },
	{ "nr_zone_write_pending", NO_SLOT, IN_ZONE(writepending_bytes), NO_SLOT },
	{ "nr_mlock", NO_SLOT, IN_ZONE(mlocked_bytes), NO_SLOT },
	{ "nr_bounce", NO_SLOT, IN_ZONE(bounce_bytes), SUM(bounce) },
	{ "nr_zspages", NO_SLOT, IN_ZONE(zspages_bytes), NO_SLOT },
	{ "nr_free_cma", NO_SLOT, IN_ZONE(free_cma_bytes), SUM(free_cma) },
	{ "boost", NO_SLOT, IN_ZONE(boost_bytes), NO_SLOT },
	{ "min", NO_SLOT, IN_ZONE(min_bytes), NO_SLOT },
	{ "low", NO_SLOT, IN_ZONE(low_bytes), NO_SLOT },
	{ "high", NO_SLOT, IN_ZONE(high_bytes), NO_SLOT },
	{ "present", NO_SLOT, IN_ZONE(present_bytes), NO_SLOT },
	{ "managed", NO_SLOT, IN_ZONE(managed_bytes), NO_SLOT },
	{ "reserved_highatomic", NO_SLOT, IN_ZONE(reserved_highatomic_bytes), NO_SLOT },
	{ "free_highatomic", NO_SLOT, IN_ZONE(free_highatomic_bytes), NO_SLOT },
};

static int64_t *slot_of(void *base, size_t offset)
{
	return (int64_t *)(void *)((char *)base + offset);
}

static void add_to(struct amount *sum, int64_t pages)
{
	sum->value = quantity_add(known_or(sum->value, 0), pages);
}

/* Counts of what a machine can have: more, or less than none, is a damaged file, and
 * unknown. */
static bool take_count(struct slice *rest, int64_t *count)
{
	return slice_take_int(rest, count) && *count >= 0 && *count <= INT64_C(1) << 44;
}

static void *room_for(void *array, size_t count, size_t *room, size_t element)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 8;
	return must_realloc(array, *room * element);
}

static struct node *new_node(struct machine *m, int64_t id)
{
	struct memory_state *s = &m->state.memory;
	struct node *node;

	for (size_t i = 0; i < s->node_count; i++)
		if (s->nodes[i].id == id)
			return &s->nodes[i];
	s->nodes = room_for(s->nodes, s->node_count, &s->node_room, sizeof(*s->nodes));
	node = &s->nodes[s->node_count++];
	*node = (struct node){ 0 };
	fields_forget(&node_fields, node);
	node->id = id;
	return node;
}

/* Zone names are few, and the slices must outlive the buffer. */
static struct slice name_to_keep(struct machine *m, struct slice name)
{
	static const char *const names[] = { "DMA", "DMA32", "Normal", "HighMem",
		"Movable", "Device" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (slice_is(name, names[i]))
			return slice_of(names[i]);
	name = slice_first(name, sizeof(m->zone_names));
	memcpy(m->zone_names, name.p, name.n);
	return (struct slice){ m->zone_names, name.n };
}

static struct zone *new_zone(struct machine *m, int64_t node, struct slice name)
{
	struct memory_state *s = &m->state.memory;
	struct zone *zone;

	s->zones = room_for(s->zones, s->zone_count, &s->zone_room, sizeof(*s->zones));
	zone = &s->zones[s->zone_count++];
	*zone = (struct zone){ 0 };
	fields_forget(&zone_fields, zone);
	zone->blocks_total_bytes = UNKNOWN;
	zone->node = node;
	zone->name = name_to_keep(m, name);
	return zone;
}

/* "Node 0, zone   Normal", and what stands behind it. */
static bool take_heading(struct slice *line, int64_t *node, struct slice *name)
{
	if (!slice_take(line, "Node "))
		return false;
	slice_take_blanks(line);
	if (!slice_take_int(line, node) || !slice_take(line, ", zone"))
		return false;
	return slice_take_word(line, name);
}

static void take_protection(struct zone *zone, struct slice rest)
{
	int64_t pages;

	zone->lowmem_reserves = 0;
	while (zone->lowmem_reserves < MAX_ZONE_TYPES && take_count(&rest, &pages)) {
		zone->lowmem_reserve_pages[zone->lowmem_reserves++] = pages;
		if (!slice_take(&rest, ", "))
			break;
	}
}

/* Where we stand in zoneinfo. */
struct place {
	struct zone *zone;
	struct node *node;
	bool per_node, populated;
};

static void take_stat(struct machine *m, struct place *at, struct slice key, int64_t n)
{
	int64_t page = m->state.page_bytes;

	if (slice_is(key, "nr_kernel_stack")) {
		/* In KiB since 4.8; a number of pages before. */
		int64_t unit = kernel_before(&m->state.kernel, 4, 8) ? page : 1024;

		if (at->per_node)
			at->node->kernel_stack_bytes = quantity_mul(n, unit);
		else
			at->zone->kernel_stack_bytes = quantity_mul(n, unit);
		return;
	}
	for (size_t i = 0; i < sizeof(stat_rows) / sizeof(*stat_rows); i++) {
		const struct stat_row *row = &stat_rows[i];
		size_t slot = at->per_node ? row->in_node : row->in_zone;

		if (!slice_is(key, row->key))
			continue;
		if (slot != NO_SLOT)
			*slot_of(at->per_node ? (void *)at->node : (void *)at->zone,
				slot) = quantity_mul(n, page);
		if (row->sum != NO_SLOT)
			add_to((struct amount *)(void *)((char *)&m->state.memory
								 .counters +
							 row->sum),
				n);
		return;
	}
}

static void take_zone_line(struct machine *m, struct place *at, struct slice line)
{
	struct slice key, rest = line;
	int64_t n;

	if (!slice_take_word(&rest, &key))
		return;
	if (slice_is(key, "per-node")) {
		at->per_node = true;
		at->node = new_node(m, at->zone->node);
		return;
	}
	if (slice_is(key, "pages") && slice_take_word(&rest, &key) &&
		slice_is(key, "free")) {
		slice_take_blanks(&rest);
		at->per_node = false;
		if (take_count(&rest, &n))
			at->zone->free_bytes = quantity_mul(n, m->state.page_bytes);
		return;
	}
	slice_take_blanks(&rest);
	if (slice_is(key, "protection:")) {
		slice_take(&rest, "(");
		take_protection(at->zone, rest);
	} else if (slice_is(key, "cpu:")) {
		m->cpus_in_zone++;
	} else if (slice_is(key, "count:")) {
		if (take_count(&rest, &n))
			at->zone->free_pcp_bytes =
				quantity_add(known_or(at->zone->free_pcp_bytes, 0),
					quantity_mul(n, m->state.page_bytes));
	} else if (take_count(&rest, &n)) {
		take_stat(m, at, key, n);
	}
}

/* A report names populated zones only. */
static void end_zone(struct machine *m, struct place *at)
{
	struct memory_state *s = &m->state.memory;

	if (!at->zone)
		return;
	if (known_or(at->zone->present_bytes, 0) == 0)
		s->zone_count--;
	at->zone = NULL;
}

static void take_zoneinfo(struct machine *m, struct slice text)
{
	struct place at = { 0 };
	size_t cpus = 0;
	struct slice line;

	while (slice_cut(&text, '\n', &line)) {
		struct slice name, rest = line;
		int64_t node;

		if (take_heading(&rest, &node, &name)) {
			end_zone(m, &at);
			if (m->cpus_in_zone > cpus)
				cpus = m->cpus_in_zone;
			m->cpus_in_zone = 0;
			at.zone = new_zone(m, node, name);
			at.per_node = false;
		} else if (at.zone) {
			take_zone_line(m, &at, line);
		}
	}
	end_zone(m, &at);
	if (m->cpus_in_zone > cpus)
		cpus = m->cpus_in_zone;
	m->cpus_in_zone = 0;
	m->state.memory.cpus = cpus ? (int64_t)cpus : UNKNOWN;
}

/* What a report prints below its zones. */
static void sum_zones(struct machine *m)
{
	struct memory_state *s = &m->state.memory;
	struct counters *c = &s->counters;
	int64_t page = m->state.page_bytes;

	for (size_t i = 0; i < s->zone_count; i++) {
		const struct zone *z = &s->zones[i];
		int64_t managed =
			known(z->managed_bytes) ? z->managed_bytes : z->present_bytes;

		if (known(z->free_bytes))
			add_to(&c->free, z->free_bytes / page);
		add_to(&c->ram, z->present_bytes / page);
		add_to(&c->reserved, quantity_sub(z->present_bytes, managed) / page);
		if (known(z->free_pcp_bytes))
			add_to(&c->free_pcp, z->free_pcp_bytes / page);
		add_to(&c->highmem,
			slice_is(z->name, "HighMem") ? z->present_bytes / page : 0);
	}
}

static struct zone *zone_named(struct memory_state *s, int64_t node, struct slice name)
{
	for (size_t i = 0; i < s->zone_count; i++)
		if (s->zones[i].node == node && slice_eq(s->zones[i].name, name))
			return &s->zones[i];
	return NULL;
}

static void take_buddyinfo(struct machine *m, struct slice text)
{
	struct slice line, name;
	int64_t node, count;

	while (slice_cut(&text, '\n', &line)) {
		struct zone *zone;

		if (!take_heading(&line, &node, &name))
			continue;
		zone = zone_named(&m->state.memory, node, name);
		if (!zone)
			continue;
		zone->orders = 0;
		slice_take_blanks(&line);
		while (zone->orders < MAX_ORDERS && take_count(&line, &count)) {
			struct free_blocks *b = &zone->blocks[zone->orders];

			*b = (struct free_blocks){ .count = count };
			b->size_bytes = quantity_mul(
				m->state.page_bytes, INT64_C(1) << zone->orders);
			zone->orders++;
			slice_take_blanks(&line);
		}
	}
}

static bool *type_of(struct free_blocks *b, struct slice type)
{
	if (slice_is(type, "Unmovable"))
		return &b->unmovable;
	if (slice_is(type, "Movable"))
		return &b->movable;
	if (slice_is(type, "Reclaimable"))
		return &b->reclaimable;
	if (slice_is(type, "HighAtomic"))
		return &b->highatomic;
	if (slice_is(type, "CMA"))
		return &b->cma;
	if (slice_is(type, "Isolate"))
		return &b->isolate;
	return slice_is(type, "Reserve") ? &b->reserve : NULL;
}

/* "Node 0, zone DMA, type Movable  1 0 ..." ; ">100000" is a count cut short. */
static void take_type(
	struct machine *m, struct zone *zone, struct slice type, struct slice counts)
{
	int64_t pages = 0, count;
	bool exact = true;

	for (size_t order = 0; order < zone->orders; order++) {
		struct free_blocks *b = &zone->blocks[order];
		bool *flag = type_of(b, type);

		slice_take_blanks(&counts);
		if (slice_take(&counts, ">"))
			exact = false;
		if (!take_count(&counts, &count))
			return;
		b->types_known = true;
		if (flag && count > 0)
			*flag = true;
		pages = quantity_add(pages, quantity_mul(count, INT64_C(1) << order));
	}
	/* What is taken off what is free: the reserve's free pages (6.12+), or all of it
	 * (below). */
	if (slice_is(type, "HighAtomic") && !kernel_before(&m->state.kernel, 6, 12))
		zone->free_highatomic_bytes =
			exact ? quantity_mul(pages, m->state.page_bytes) : UNKNOWN;
}

/* The lists by type, then "Number of blocks type  Unmovable ... HighAtomic ...". */
static void take_pagetypeinfo(struct machine *m, struct slice text)
{
	int64_t block_pages = UNKNOWN, node, count;
	size_t highatomic = SIZE_MAX;
	struct slice line, name, word;

	while (slice_cut(&text, '\n', &line)) {
		struct zone *zone;

		if (slice_take(&line, "Pages per block:")) {
			slice_take_blanks(&line);
			take_count(&line, &block_pages);
			continue;
		}
		if (slice_take(&line, "Number of blocks type")) {
			for (size_t i = 0; slice_take_word(&line, &word); i++)
				if (slice_is(word, "HighAtomic"))
					highatomic = i;
			continue;
		}
		if (!take_heading(&line, &node, &name))
			continue;
		if (name.n > 0 && name.p[name.n - 1] == ',')
			name.n--;
		zone = zone_named(&m->state.memory, node, name);
		if (!zone)
			continue;
		slice_take_blanks(&line);
		if (slice_take(&line, "type")) {
			if (slice_take_word(&line, &word))
				take_type(m, zone, word, line);
			continue;
		}
		for (size_t i = 0; slice_take_word(&line, &word); i++)
			if (i == highatomic && take_count(&word, &count) &&
				!kernel_at_least(&m->state.kernel, 6, 12))
				zone->reserved_highatomic_bytes =
					quantity_mul(quantity_mul(count, block_pages),
						m->state.page_bytes);
	}
}

/* The kinds of free blocks are read less often than their numbers. */
static void keep_types(struct machine *m)
{
	struct memory_state *s = &m->state.memory;

	while (m->typed_room < s->zone_count)
		m->typed = room_for(
			m->typed, m->typed_room, &m->typed_room, sizeof(*m->typed));
	if (s->zone_count > 0)
		memcpy(m->typed, s->zones, s->zone_count * sizeof(*s->zones));
	m->typed_count = s->zone_count;
}

static void remember_types(struct machine *m)
{
	for (size_t i = 0; i < m->typed_count; i++) {
		const struct zone *was = &m->typed[i];
		struct zone *z = zone_named(&m->state.memory, was->node, was->name);

		for (size_t k = 0; z && k < z->orders && k < was->orders; k++) {
			struct free_blocks b = was->blocks[k];

			b.count = z->blocks[k].count;
			b.size_bytes = z->blocks[k].size_bytes;
			z->blocks[k] = b;
		}
		if (!z)
			continue;
		z->free_highatomic_bytes = was->free_highatomic_bytes;
		z->reserved_highatomic_bytes = was->reserved_highatomic_bytes;
	}
}

/* It walks every block of memory: at most a five hundredth of the time goes into it. */
static void refresh_types(struct machine *m)
{
	int64_t began = monotonic_usec();
	struct slice text;

	if (m->types_usec && began < m->types_usec + 500 * m->types_cost_usec) {
		remember_types(m);
		return;
	}
	text = read_kept(m, KEPT_PAGETYPEINFO);
	m->state.block_types_known = text.p != NULL;
	if (!text.p) {
		cannot_see(m, "of which kind the free blocks are", "/proc/pagetypeinfo",
			errno, NULL);
		return;
	}
	take_pagetypeinfo(m, text);
	keep_types(m);
	m->types_usec = monotonic_usec();
	m->types_cost_usec = m->types_usec - began;
}

/* A line of meminfo in kB, and its slot: a counter in pages, where zoneinfo could not
 * be read, or an amount of our own in bytes. */
static const struct {
	const char *key;
	size_t sum, own;
} meminfo_rows[] = {
	{ "MemTotal", NO_SLOT, offsetof(struct machine_state, total_bytes) },
	{ "MemAvailable", NO_SLOT, offsetof(struct machine_state, available_bytes) },
	{ "Percpu", NO_SLOT, offsetof(struct machine_state, percpu_bytes) },
	{ "VmallocUsed", NO_SLOT, offsetof(struct machine_state, vmalloc_bytes) },
	{ "Committed_AS", NO_SLOT, offsetof(struct machine_state, committed_bytes) },
	{ "CommitLimit", NO_SLOT, offsetof(struct machine_state, commit_limit_bytes) },
	{ "Active(anon)", SUM(active_anon), NO_SLOT },
	{ "Inactive(anon)", SUM(inactive_anon), NO_SLOT },
	{ "Active(file)", SUM(active_file), NO_SLOT },
	{ "Inactive(file)", SUM(inactive_file), NO_SLOT },
	{ "Unevictable", SUM(unevictable), NO_SLOT },
	{ "Dirty", SUM(dirty), NO_SLOT },
	{ "Writeback", SUM(writeback), NO_SLOT },
	{ "Mapped", SUM(mapped), NO_SLOT },
	{ "Shmem", SUM(shmem), NO_SLOT },
	{ "SReclaimable", SUM(slab_reclaimable), NO_SLOT },
	{ "SUnreclaim", SUM(slab_unreclaimable), NO_SLOT },
	{ "PageTables", SUM(pagetables), NO_SLOT },
	{ "SecPageTables", SUM(sec_pagetables), NO_SLOT },
	{ "Bounce", SUM(bounce), NO_SLOT },
};

struct huge_default {
	int64_t total, free, surplus, size_bytes, all_bytes;
};

static void take_meminfo_line(
	struct machine *m, struct huge_default *huge, struct slice key, int64_t n)
{
	struct memory_state *s = &m->state.memory;
	int64_t bytes = bytes_of_kb(n);

	if (slice_is(key, "MemFree"))
		m->free_bytes = bytes;
	else if (slice_is(key, "SwapTotal"))
		s->swap_total_bytes.value = bytes;
	else if (slice_is(key, "SwapFree"))
		s->swap_free_bytes.value = bytes;
	else if (slice_is(key, "HugePages_Total"))
		huge->total = n;
	else if (slice_is(key, "HugePages_Free"))
		huge->free = n;
	else if (slice_is(key, "HugePages_Surp"))
		huge->surplus = n;
	else if (slice_is(key, "Hugepagesize"))
		huge->size_bytes = bytes;
	else if (slice_is(key, "Hugetlb"))
		huge->all_bytes = bytes;
	for (size_t i = 0; i < sizeof(meminfo_rows) / sizeof(*meminfo_rows); i++) {
		struct amount *sum;

		if (!slice_is(key, meminfo_rows[i].key))
			continue;
		if (meminfo_rows[i].own != NO_SLOT) {
			*slot_of(&m->state, meminfo_rows[i].own) = bytes;
			continue;
		}
		sum = (struct amount *)(void *)((char *)&s->counters +
						meminfo_rows[i].sum);
		if (!known(sum->value) && known(m->state.page_bytes))
			sum->value = bytes / m->state.page_bytes;
	}
}

static void add_huge(struct machine *m, struct huge_default h)
{
	struct memory_state *s = &m->state.memory;

	if (!known(h.total) || !known(h.size_bytes))
		return;
	s->huge = room_for(s->huge, s->huge_count, &s->huge_room, sizeof(*s->huge));
	s->huge[s->huge_count++] = (struct huge_pages){ .total = h.total,
		.free = h.free,
		.surplus = h.surplus,
		.size_bytes = h.size_bytes };
}

/* Pools of other sizes than the usual one: only sysfs names them. */
static void add_other_pools(struct machine *m, int64_t usual_bytes)
{
	char path[512];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/kernel/mm/hugepages", m->sys);
	folder = opendir(path);
	if (!folder) {
		cannot_see(m, "pools of huge pages of other sizes",
			"/sys/kernel/mm/hugepages", errno, NULL);
		return;
	}
	while ((entry = readdir(folder))) {
		struct slice name = slice_of(entry->d_name);
		struct huge_default h;
		int64_t kb;
		int fd;

		if (!slice_take(&name, "hugepages-") || !take_count(&name, &kb) ||
			bytes_of_kb(kb) == usual_bytes)
			continue;
		fd = openat(dirfd(folder), entry->d_name,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		h = (struct huge_default){ .total = read_number(m, fd, "nr_hugepages"),
			.free = read_number(m, fd, "free_hugepages"),
			.surplus = read_number(m, fd, "surplus_hugepages"),
			.size_bytes = bytes_of_kb(kb) };
		close(fd);
		add_huge(m, h);
	}
	closedir(folder);
}

static struct huge_default take_meminfo(struct machine *m, struct slice text)
{
	struct huge_default huge = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN };
	struct slice line, key;
	int64_t n;

	while (slice_cut(&text, '\n', &line)) {
		if (!slice_cut(&line, ':', &key))
			continue;
		slice_take_blanks(&line);
		if (take_count(&line, &n))
			take_meminfo_line(m, &huge, key, n);
	}
	return huge;
}

/* A recorded machine had its own page size: what meminfo calls MemTotal are the managed
 * pages of zoneinfo. */
static void find_page_size(struct machine *m)
{
	struct slice text = read_kept(m, KEPT_MEMINFO), line, key;
	int64_t kb = UNKNOWN, pages = 0, n, best = UNKNOWN, off = INT64_MAX;

	while (text.p && slice_cut(&text, '\n', &line)) {
		if (slice_take(&line, "MemTotal:")) {
			slice_take_blanks(&line);
			take_count(&line, &kb);
		}
	}
	text = read_kept(m, KEPT_ZONEINFO);
	while (text.p && slice_cut(&text, '\n', &line))
		if (slice_take_word(&line, &key) && slice_is(key, "managed")) {
			slice_take_blanks(&line);
			if (take_count(&line, &n))
				pages = quantity_add(pages, n);
		}
	for (int64_t size = 4096; size <= 65536 && known(kb) && pages > 0; size *= 4) {
		int64_t differs =
			quantity_sub(quantity_mul(pages, size), bytes_of_kb(kb));

		if (differs < 0)
			differs = -differs;
		if (differs < off) {
			off = differs;
			best = size;
		}
	}
	m->state.page_bytes = known(best) ? best : 4096;
}

static void forget_memory(struct machine *m)
{
	struct machine_state *s = &m->state;
	struct amount *amounts = (struct amount *)&s->memory.counters;

	for (size_t i = 0; i < sizeof(struct counters) / sizeof(struct amount); i++)
		amounts[i] = NO_AMOUNT;
	s->memory.swap_total_bytes = s->memory.swap_free_bytes = NO_AMOUNT;
	s->memory.node_count = s->memory.huge_count = 0;
	s->total_bytes = s->available_bytes = s->percpu_bytes = UNKNOWN;
	m->free_bytes = UNKNOWN;
	s->vmalloc_bytes = s->committed_bytes = s->commit_limit_bytes = UNKNOWN;
}

/* The kernel's own totals are what the killer computes with; where memory waits to be
 * handed to its zones, they hold more than the zones do. */
static void trust_totals(struct machine *m)
{
	struct counters *c = &m->state.memory.counters;

	if (known(m->state.total_bytes))
		c->reserved.value = quantity_sub(
			c->ram.value, m->state.total_bytes / m->state.page_bytes);
	if (known(m->free_bytes))
		c->free.value = m->free_bytes / m->state.page_bytes;
}

void refresh_memory(struct machine *m)
{
	struct machine_state *s = &m->state;
	struct slice text;
	struct huge_default huge;

	forget_memory(m);
	if (!known(s->page_bytes))
		find_page_size(m);
	text = read_kept(m, KEPT_ZONEINFO);
	s->memory.zone_count = 0;
	if (text.p)
		take_zoneinfo(m, text);
	else
		cannot_see(
			m, "the zones and their marks", "/proc/zoneinfo", errno, NULL);
	text = read_kept(m, KEPT_BUDDYINFO);
	if (text.p)
		take_buddyinfo(m, text);
	else
		cannot_see(
			m, "the free blocks by order", "/proc/buddyinfo", errno, NULL);
	refresh_types(m);
	sum_zones(m);
	text = read_kept(m, KEPT_MEMINFO);
	if (!text.p) {
		cannot_see(m, "swap and the totals", "/proc/meminfo", errno, NULL);
		return;
	}
	huge = take_meminfo(m, text);
	trust_totals(m);
	add_huge(m, huge);
	if (known(huge.all_bytes) && known(huge.total) &&
		huge.all_bytes > quantity_mul(huge.total, huge.size_bytes))
		add_other_pools(m, huge.size_bytes);
}

static int64_t setting(struct machine *m, enum kept_file file)
{
	struct slice text = read_kept(m, file);
	int64_t n;

	return text.p && take_count(&text, &n) ? n : UNKNOWN;
}

/* "some avg10=1.23 avg60=0.50 avg300=0.10 total=1234" */
static void take_pressure(struct pressure_line *line, struct slice rest)
{
	struct slice word;

	while (slice_take_word(&rest, &word)) {
		int64_t *slot = NULL, whole, part = 0;

		if (slice_take(&word, "avg10="))
			slot = &line->avg10;
		else if (slice_take(&word, "avg60="))
			slot = &line->avg60;
		else if (slice_take(&word, "avg300="))
			slot = &line->avg300;
		if (slot && take_count(&word, &whole)) {
			slice_take(&word, ".");
			take_count(&word, &part);
			*slot = quantity_add(quantity_mul(whole, 100), part);
		} else if (slice_take(&word, "total=")) {
			take_count(&word, &line->total_usec);
		}
	}
}

void refresh_settings(struct machine *m)
{
	struct vm_settings *vm = &m->state.vm;
	struct pressure *p = &m->state.pressure;
	struct pressure_line none = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN };
	struct slice text, line;

	vm->overcommit_memory = setting(m, KEPT_OVERCOMMIT_MEMORY);
	vm->overcommit_ratio = setting(m, KEPT_OVERCOMMIT_RATIO);
	vm->overcommit_kbytes = setting(m, KEPT_OVERCOMMIT_KBYTES);
	vm->min_free_kbytes = setting(m, KEPT_MIN_FREE_KBYTES);
	vm->watermark_scale_factor = setting(m, KEPT_WATERMARK_SCALE_FACTOR);
	vm->swappiness = setting(m, KEPT_SWAPPINESS);
	vm->panic_on_oom = setting(m, KEPT_PANIC_ON_OOM);
	vm->oom_kill_allocating_task = setting(m, KEPT_OOM_KILL_ALLOCATING_TASK);
	vm->oom_dump_tasks = setting(m, KEPT_OOM_DUMP_TASKS);
	if (!known(vm->panic_on_oom) || !known(vm->oom_kill_allocating_task))
		cannot_see(m, "whether an OOM kills by badness", "/proc/sys/vm",
			m->kept_error[KEPT_PANIC_ON_OOM], NULL);
	p->some = p->full = none;
	text = read_kept(m, KEPT_PRESSURE);
	if (!text.p) {
		cannot_see(m, "pressure", "/proc/pressure/memory", errno,
			!m->recorded && (errno == ENOENT || errno == EOPNOTSUPP)
				? "this kernel does not measure it"
				: NULL);
		return;
	}
	while (slice_cut(&text, '\n', &line)) {
		if (slice_take(&line, "some"))
			take_pressure(&p->some, line);
		else if (slice_take(&line, "full"))
			take_pressure(&p->full, line);
	}
}
