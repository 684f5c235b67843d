/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The zones of the report: how much was free against their marks, and below, of the
 * selected one, why it refused and its free blocks by order. */
#include "cli/live/bar.h"
#include "cli/live/view.h"

#include <inttypes.h>
#include <string.h>

static const struct memory_state *memory(const struct live *live)
{
	return &live_selected(live)->event->memory;
}

static void open_zones(struct live *live, struct view *view)
{
	size_t count = memory(live)->zone_count;

	view->part[0].rows = count > 0 ? count : 1;
}

static const struct refusal *refusal_of(
	const struct explanation *x, const struct zone *zone)
{
	for (size_t i = 0; i < x->refusal_count; i++)
		if (x->refusals[i].zone == zone)
			return &x->refusals[i];
	return NULL;
}

static void say_amount(struct text *text, const char *label, int64_t bytes)
{
	if (known(bytes))
		text_printf(text, "  %-20s %10s\n", label, BYTES(bytes));
}

/* "(UMEHCI)": the kinds of which there are free blocks of this order. */
static void say_kinds(struct text *text, const struct free_blocks *b)
{
	const struct {
		bool has;
		const char *letter;
	} kinds[] = { { b->unmovable, "U" }, { b->movable, "M" },
		{ b->reclaimable, "E" }, { b->highatomic, "H" }, { b->cma, "C" },
		{ b->isolate, "I" }, { b->reserve, "R" } };

	if (!b->types_known || b->count == 0)
		return;
	text_puts(text, "  ");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		text_puts(text, kinds[i].has ? kinds[i].letter : "");
}

static void say_blocks(struct text *text, const struct zone *zone, size_t columns)
{
	int64_t most = 0;

	for (size_t i = 0; i < zone->orders; i++) {
		const struct free_blocks *b = &zone->blocks[i];
		int64_t bytes = quantity_mul(b->size_bytes, b->count);

		if (known(bytes) && bytes > most)
			most = bytes;
	}
	if (zone->orders > 0)
		text_puts(text, "Free blocks\n");
	for (size_t i = 0; i < zone->orders; i++) {
		const struct free_blocks *b = &zone->blocks[i];
		int64_t bytes = quantity_mul(b->size_bytes, b->count);
		size_t room = columns > 64 ? 20 : (columns > 52 ? 8 : 0), cells;

		text_printf(text, "  order %2zu  %9s  %8" PRId64 "  %9s  ", i,
			BYTES(b->size_bytes), b->count, BYTES(bytes));
		cells = most > 0 && known(bytes)
				? (size_t)known_or(
					  quantity_share((int64_t)room, bytes, most), 0)
				: 0;
		for (size_t k = 0; k < cells; k++)
			text_putc(text, '#');
		say_kinds(text, b);
		text_putc(text, '\n');
	}
}

static void say_zone(struct live *live, struct view *view)
{
	const struct explanation *x = live_selected(live)->x;
	struct text *text = &view->lines[1].text;
	const struct refusal *r;
	const struct zone *zone;

	text_clear(text);
	view->part[1].top = 0;
	if (memory(live)->zone_count > 0) {
		zone = &memory(live)->zones[view->part[0].cursor];
		r = refusal_of(x, zone);
		if (r) {
			text_puts(text, "This request: ");
			text_wrapped(text, r->says, 14, (size_t)live->columns);
		}
		say_amount(text, "free", zone->free_bytes);
		say_amount(text, "min", zone->min_bytes);
		say_amount(text, "low", zone->low_bytes);
		say_amount(text, "high", zone->high_bytes);
		say_amount(text, "boost", zone->boost_bytes);
		say_amount(text, "present", zone->present_bytes);
		say_amount(text, "managed", zone->managed_bytes);
		say_amount(
			text, "reserved_highatomic", zone->reserved_highatomic_bytes);
		say_amount(text, "free_cma", zone->free_cma_bytes);
		for (size_t i = 0; i < zone->lowmem_reserves; i++)
			text_printf(text, "%s%" PRId64 "%s",
				i == 0 ? "  lowmem_reserve pages " : " ",
				zone->lowmem_reserve_pages[i],
				i + 1 == zone->lowmem_reserves ? "\n" : "");
		say_blocks(text, zone, (size_t)live->columns);
	}
	lines_index(&view->lines[1]);
	view->part[1].rows = view->lines[1].count;
}

static void draw_zone(struct live *live, const struct zone *zone, struct row *row)
{
	const struct refusal *r = refusal_of(live_selected(live)->x, zone);
	const int64_t marks[] = { zone->min_bytes, zone->low_bytes, zone->high_bytes };
	int64_t whole = quantity_mul(zone->high_bytes, 2);
	size_t bar = (size_t)live->columns > 62 ? (size_t)live->columns - 52 : 10;
	char node[32] = "";

	if (known(zone->node))
		snprintf(node, sizeof(node), "Node %" PRId64 " ", zone->node);
	row_printf(row, "  %s", node);
	row_field(row, zone->name, strlen(node) < 17 ? 17 - strlen(node) : 1);
	row_printf(row, "%9s ", BYTES(zone->free_bytes));
	bar_draw(row, live->glyphs, bar > 40 ? 40 : bar, zone->free_bytes, whole, marks,
		3);
	if (r && live->columns >= 60)
		row_printf(row, " %s", verdict_name(r->verdict));
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	const struct memory_state *m = memory(live);

	if (part == 1) {
		row_name(row, lines_at(&view->lines[1], (size_t)index));
	} else if (index == HEADER) {
		row_printf(row, "  %-17s%9s %s", "ZONE", "FREE",
			live->columns >= 60 ? "marks: min, low, high; this request"
					    : "");
	} else if (m->zone_count == 0) {
		row_puts(row,
			"  This report has no zones: for a cgroup the kernel prints "
			"none.");
	} else {
		draw_zone(live, &m->zones[index], row);
	}
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)view;
	row_puts(row, "zones of ");
	title_of_event(live, row);
}

const struct screen screen_zones = {
	.name = "zones",
	.place = AT_ZONES,
	.of_event = true,
	.pager = { false, true },
	.header = true,
	.split = true,
	.open = open_zones,
	.moved = say_zone,
	.draw_row = draw_row,
	.title = title,
};
