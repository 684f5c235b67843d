/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mem-Info: counters of the machine, nodes, zones, free lists, swap. */
#include "base/text.h"
#include "parsers/assemble.h"
#include "parsers/sections.h"

void take_mem_info(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)e;
	(void)r;
	(void)c;
}

void take_counters(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	fields_scan(&counter_fields, c->part[1], &e->memory.counters, e, r->line);
}

void take_node(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct memory_state *m = &e->memory;
	struct node *node;

	m->nodes = arena_room(
		e->arena, m->nodes, m->node_count, &m->node_room, sizeof(*m->nodes));
	node = &m->nodes[m->node_count++];
	fields_forget(&node_fields, node);
	node->id = capture_number(c->part[1]);
	node->line = r->line;
	fields_scan(&node_fields, c->part[2], node, e, r->line);
}

static void read_reserve(struct zone *zone, struct slice rest, uint32_t line)
{
	struct slice word;

	zone->reserve_line = line;
	zone->lowmem_reserves = 0;
	while (slice_take_word(&rest, &word) && zone->lowmem_reserves < MAX_ZONE_TYPES)
		zone->lowmem_reserve_pages[zone->lowmem_reserves++] =
			capture_number(word);
}

void take_zone(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct memory_state *m = &e->memory;
	struct zone *zone;
	size_t reserve;

	m->zones = arena_room(
		e->arena, m->zones, m->zone_count, &m->zone_room, sizeof(*m->zones));
	zone = &m->zones[m->zone_count++];
	*zone = (struct zone){ 0 };
	fields_forget(&zone_fields, zone);
	zone->blocks_total_bytes = UNKNOWN;
	zone->node = capture_number(c->part[1]);
	zone->name = c->part[2];
	zone->line = r->line;
	fields_scan(&zone_fields, c->part[3], zone, e, r->line);
	/* Its line of reserves may have lost its own beginning. */
	reserve = slice_find(c->part[3], " lowmem_reserve[]:");
	if (reserve != SLICE_NONE)
		read_reserve(zone, slice_from(c->part[3], reserve + 18), r->line);
}

bool meminfo_take_wrapped(struct oom_event *e, struct slice text, uint32_t line)
{
	struct memory_state *m = &e->memory;
	/* Nodes are printed before the zones: the last line begun is the one to go on. */
	bool zone = m->zone_count > 0;
	const struct field_table *table = zone ? &zone_fields : &node_fields;

	if (m->open_key.n > 0 && text.n > 0 && text.p[0] >= '0' && text.p[0] <= '9') {
		struct text whole = { 0 };

		text_add(&whole, m->open_key);
		text_putc(&whole, ':');
		text_add(&whole, text);
		text = arena_copy(e->arena, text_slice(&whole));
		text_free(&whole);
		m->open_key.n = 0;
	}
	if ((!zone && m->node_count == 0) || !fields_begin(table, text))
		return false;
	if (zone)
		fields_scan(table, text, &m->zones[m->zone_count - 1], e, line);
	else
		fields_scan(table, text, &m->nodes[m->node_count - 1], e, line);
	return true;
}

void take_reserve(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct memory_state *m = &e->memory;
	struct zone *zone;

	m->protections |= slice_starts(r->text, "protections");
	if (m->zone_count == 0)
		return;
	zone = &m->zones[m->zone_count - 1];
	if (zone->lowmem_reserves > 0 && zone->reserve_line != r->line)
		return;
	read_reserve(zone, c->part[1], r->line);
}

static struct zone *zone_named(struct memory_state *m, int64_t node, struct slice name)
{
	for (size_t i = 0; i < m->zone_count; i++)
		if (m->zones[i].node == node && slice_eq(m->zones[i].name, name))
			return &m->zones[i];
	return NULL;
}

static void read_types(struct free_blocks *b, struct slice letters)
{
	b->types_known = true;
	for (size_t i = 0; i < letters.n; i++) {
		switch (letters.p[i]) {
		case 'U':
			b->unmovable = true;
			break;
		case 'M':
			b->movable = true;
			break;
		case 'E':
			b->reclaimable = true;
			break;
		case 'H':
			b->highatomic = true;
			break;
		case 'C':
			b->cma = true;
			break;
		case 'I':
			b->isolate = true;
			break;
		case 'R':
			b->reserve = true;
			break;
		default:
			break;
		}
	}
}

/* Pages are 4 KiB to 1 MiB (hexagon); anything else is no print of theirs. */
static bool is_page_size(int64_t bytes)
{
	return bytes >= 4096 && bytes <= INT64_C(1024) * 1024 &&
	       (bytes & (bytes - 1)) == 0;
}

/* "1*4kB (U) 0*8kB ... = 15360kB" of one zone. */
void take_blocks(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct memory_state *m = &e->memory;
	struct zone *zone = zone_named(m, capture_number(c->part[1]), c->part[2]);
	struct slice rest = c->part[3], word;
	bool letters_seen = false;

	if (!zone) {
		/* The zone's own line was lost; its free lists are kept all the same. */
		m->zones = arena_room(e->arena, m->zones, m->zone_count, &m->zone_room,
			sizeof(*m->zones));
		zone = &m->zones[m->zone_count++];
		*zone = (struct zone){ 0 };
		fields_forget(&zone_fields, zone);
		zone->node = capture_number(c->part[1]);
		zone->name = c->part[2];
	}
	zone->blocks_line = r->line;
	zone->blocks_total_bytes = UNKNOWN;
	zone->orders = 0;
	while (slice_take_word(&rest, &word)) {
		struct free_blocks *b;
		int64_t count, kb;

		if (slice_is(word, "=")) {
			slice_take_blanks(&rest);
			if (slice_take_int(&rest, &kb))
				zone->blocks_total_bytes = bytes_of_kb(kb);
			break;
		}
		if (word.n > 1 && word.p[0] == '(' && zone->orders > 0) {
			read_types(&zone->blocks[zone->orders - 1], word);
			letters_seen = true;
			continue;
		}
		if (!slice_take_int(&word, &count) ||
			(!slice_take(&word, "*") && !slice_take(&word, "_")) ||
			!slice_take_int(&word, &kb) || zone->orders == MAX_ORDERS)
			break;
		b = &zone->blocks[zone->orders++];
		*b = (struct free_blocks){ .size_bytes = bytes_of_kb(kb),
			.count = count };
	}
	/* Where letters are printed, an order without free blocks has none. */
	for (size_t i = 0; i < zone->orders && letters_seen; i++)
		zone->blocks[i].types_known = true;
	if (zone->orders > 0 && !known(e->page_bytes) &&
		is_page_size(zone->blocks[0].size_bytes)) {
		e->page_bytes = zone->blocks[0].size_bytes;
		e->page_from = FROM_PRINT;
	}
}

void take_hugepages(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct memory_state *m = &e->memory;
	struct huge_pages *h;

	m->huge = arena_room(
		e->arena, m->huge, m->huge_count, &m->huge_room, sizeof(*m->huge));
	h = &m->huge[m->huge_count++];
	h->node = capture_number(c->part[1]);
	h->total = capture_number(c->part[2]);
	h->free = capture_number(c->part[3]);
	h->surplus = capture_number(c->part[4]);
	h->size_bytes = bytes_of_kb(capture_number(c->part[5]));
	h->line = r->line;
}

/* "N pages RAM" and its like: the words, and the counter. */
static const struct {
	const char *words;
	size_t offset;
} tail_rows[] = {
	{ "total pagecache pages", offsetof(struct counters, pagecache) },
	{ "pages in swap cache", offsetof(struct counters, swapcache) },
	{ "pages swap cached", offsetof(struct counters, swapcache) },
	{ "pages RAM", offsetof(struct counters, ram) },
	{ "pages of RAM", offsetof(struct counters, ram) },
	{ "pages HighMem/MovableOnly", offsetof(struct counters, highmem) },
	{ "pages HighMem", offsetof(struct counters, highmem) },
	{ "pages of HIGHMEM", offsetof(struct counters, highmem) },
	{ "pages reserved", offsetof(struct counters, reserved) },
	{ "reserved pages", offsetof(struct counters, reserved) },
	{ "pages cma reserved", offsetof(struct counters, cma_reserved) },
	{ "pages hwpoisoned", offsetof(struct counters, hwpoisoned) },
	{ "pages shared", offsetof(struct counters, shared) },
	{ "pages non-shared", offsetof(struct counters, non_shared) },
	{ "pages nonshared", offsetof(struct counters, non_shared) },
	{ "pages in pagetable cache", offsetof(struct counters, quicklist) },
	{ "pages in page table cache", offsetof(struct counters, quicklist) },
	{ "pages dirty", offsetof(struct counters, dirty) },
	{ "pages writeback", offsetof(struct counters, writeback) },
	{ "pages mapped", offsetof(struct counters, mapped) },
	{ "pages slab", offsetof(struct counters, slab) },
	{ "pages pagetables", offsetof(struct counters, pagetables) },
	/* Said again, counted by another walk: the first word stays. */
	{ "free pages", SIZE_MAX },
	{ "slab pages", SIZE_MAX },
	{ "free buffer pages", SIZE_MAX },
};

/* 3.19 to 4.1 subtract the CMA pages from the reserved ones without looking: what is
 * below zero comes out as a number next to 2^64, or 2^32 on 32 bits. */
static int64_t wrapped_number(struct slice part)
{
	struct slice rest = part;
	int64_t number = capture_number(part);
	uint64_t wide = 0;

	if (number > INT64_C(0xf0000000) && number <= INT64_C(0xffffffff))
		return number - INT64_C(0x100000000);
	if (number != INT64_MAX)
		return number;
	for (; rest.n > 0; rest = slice_from(rest, 1))
		if (__builtin_mul_overflow(wide, UINT64_C(10), &wide) ||
			__builtin_add_overflow(
				wide, (uint64_t)(rest.p[0] - '0'), &wide))
			return number; /* beyond 64 bits it is nobody's */
	return wide > INT64_MAX ? -(int64_t)(UINT64_MAX - wide) - 1 : number;
}

void take_tail_pages(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	for (size_t i = 0; i < sizeof(tail_rows) / sizeof(*tail_rows); i++) {
		if (!slice_is(c->part[2], tail_rows[i].words))
			continue;
		if (tail_rows[i].offset == SIZE_MAX)
			return;
		struct amount *slot =
			(struct amount *)(void *)((char *)&e->memory.counters +
						  tail_rows[i].offset);

		*slot = (struct amount){ wrapped_number(c->part[1]), r->line };
		if (tail_rows[i].offset == offsetof(struct counters, ram))
			e->sections |= SECTION_RAM;
		return;
	}
	event_unrecognised(e, r->line, r->text);
}

void take_swap_free(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->memory.swap_free_bytes =
		(struct amount){ bytes_of_kb(capture_number(c->part[1])), r->line };
}

void take_swap_total(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->memory.swap_total_bytes =
		(struct amount){ bytes_of_kb(capture_number(c->part[1])), r->line };
}

void take_per_cpu(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct amount *pcp = &e->memory.counters.free_pcp;
	int64_t cpu = capture_number(c->part[1]), used = capture_number(c->part[2]);

	if (quantity_add(cpu, 1) > known_or(e->memory.cpus, 0))
		e->memory.cpus = quantity_add(cpu, 1);
	if (!known(used))
		return;
	used = quantity_add(used, known_or(capture_number(c->part[3]), 0));
	/* What 4.1 and later print as free_pcp, in their place. */
	if (pcp->line == 0)
		pcp->line = r->line;
	pcp->value = quantity_add(known_or(pcp->value, 0), used);
}

/* "Swap cache stats: add 1, delete 2, find 3/4": how much went out and came back. */
void take_swap_stats(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->memory.counters.swapcache_added =
		(struct amount){ capture_number(c->part[1]), r->line };
	e->memory.counters.swapcache_deleted =
		(struct amount){ capture_number(c->part[2]), r->line };
}
