/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line read into its report: kept, copied, taken by its row or by the table that is
 * being read. */
#include "parsers/assemble_parts.h"
#include "parsers/sections.h"

enum { MAX_UNRECOGNISED = 200 };

/* So many lines need not be moved while a report grows. */
enum { FIRST_LINES = 256 };

void open_keep(
	struct open_event *o, const struct record *r, const struct event_line *line)
{
	struct oom_event *e = o->e;
	size_t at;

	if (!e->lines) {
		e->line_room = FIRST_LINES;
		e->lines = arena_alloc_raw(e->arena, e->line_room * sizeof(*e->lines));
	}
	e->lines = arena_room_raw(
		e->arena, e->lines, e->line_count, &e->line_room, sizeof(*e->lines));
	/* In the order of the log: what two reports printed at once comes late. */
	for (at = e->line_count++; at > 0 && e->lines[at - 1].number > line->number;
		at--)
		e->lines[at] = e->lines[at - 1];
	e->lines[at] = *line;
	if (line->number > e->last_line)
		e->last_line = line->number;
	if (known(r->uptime_usec))
		o->last_uptime_usec = e->last_uptime_usec = r->uptime_usec;
	if (e->wall.n == 0 && r->wall.n > 0)
		e->wall = arena_copy(e->arena, r->wall);
	if (!known(e->wall_usec))
		e->wall_usec = r->wall_usec;
	if (known(r->order_usec))
		o->last_wall_usec = e->last_order_usec = r->order_usec;
	e->foreign += o->foreign_since;
	o->foreign_since = 0;
}

struct event_line open_kept_line(struct open_event *o, const struct record *r)
{
	return (struct event_line){ r->line + o->line_offset,
		arena_copy(o->e->arena, r->text) };
}

void event_unrecognised(struct oom_event *e, uint32_t line, struct slice text)
{
	struct event_line *kept;

	if (e->unrecognised_count >= MAX_UNRECOGNISED)
		return;
	e->unrecognised = arena_room(e->arena, e->unrecognised, e->unrecognised_count,
		&e->unrecognised_room, sizeof(*e->unrecognised));
	kept = &e->unrecognised[e->unrecognised_count++];
	kept->number = line;
	kept->text = arena_copy(e->arena, text);
}

static enum table table_after(const struct pattern *p)
{
	if (p->take == take_tasks_header)
		return TASK_ROWS;
	if (p->take == take_memcg_stats)
		return STAT_ROWS;
	if (p->take == take_slab_title)
		return SLAB_ROWS;
	if (p->take == take_sites_title)
		return SITE_ROWS;
	return NO_TABLE;
}

/* A bare row of the table that is being read. */
bool open_take_row(struct open_event *o, const struct record *r)
{
	struct event_line own;
	bool taken = false;

	/* A row has a shape of its own: it is known even where a lost or foreign
	 * line came between. */
	if (o->table == NO_TABLE && (o->ended || !tasks_row_shape(r->text)))
		return false;
	own = open_kept_line(o, r);
	if (o->table == STAT_ROWS)
		taken = memcg_take_stat(o->e, own.text, own.number);
	else if (o->table == SLAB_ROWS)
		taken = slab_take_row(o->e, own.text, own.number);
	else if (o->table == SITE_ROWS)
		taken = sites_take_row(o->e, own.text, own.number);
	else {
		taken = tasks_take_row(o->e, own.text, own.number);
		if (taken)
			o->e->sections |= SECTION_TASKS;
	}
	if (taken)
		open_keep(o, r, &own);
	return taken;
}

static void note_key(struct open_event *o, uint64_t key)
{
	o->keys = arena_room(
		o->e->arena, o->keys, o->key_count, &o->key_room, sizeof(*o->keys));
	o->keys[o->key_count++] = key;
}

/* An allocation failure has no last line of its own: Mem-Info's is it. */
void open_end_failure(struct open_event *o)
{
	if (o->e->kind == KIND_ALLOCATION_FAILURE &&
		known(o->e->memory.counters.reserved.value))
		o->ended = true;
}

/* Read a matched line into its event. */
void open_take_matched(struct open_event *o, const struct pattern *p,
	const struct record *r, const struct captures *c)
{
	struct event_line line = open_kept_line(o, r);
	struct captures moved = *c;
	struct record own = *r;

	own.text = line.text;
	own.line = line.number;
	for (int i = 0; i < MAX_CAPTURES; i++)
		if (moved.part[i].p)
			moved.part[i].p = own.text.p + (c->part[i].p - r->text.p);
	open_keep(o, r, &line);
	p->take(o->e, &own, &moved);
	o->e->sections |= p->section;
	if (table_after(p) != NO_TABLE || p->place != INSIDE)
		o->table = table_after(p);
	if (p->place == OPENS || p->place == ALONE || p->place == ENDS)
		o->real = true;
	if (p->place == ALONE ||
		(p->place == ENDS && p->take != take_summary && p->take != take_chosen))
		o->ended = true;
	if (braid_takes(p))
		note_key(o, braid_key(p, c));
	open_end_failure(o);
}
