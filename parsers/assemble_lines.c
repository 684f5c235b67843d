/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line read into its report: kept, copied, taken by its row or by the table that is
 * being read. */
#include "parsers/assemble_parts.h"
#include "parsers/line_form.h"
#include "parsers/sections.h"

enum { MAX_UNRECOGNISED = 200 };

/* Rows further apart than this are looked at one by one. */
#define ROWS_WITHIN_USEC INT64_C(1000000)

/* So many lines need not be moved while a report grows. */
enum { FIRST_LINES = 256 };

static void make_room(struct oom_event *e)
{
	if (!e->lines) {
		e->line_room = FIRST_LINES;
		e->lines = arena_alloc_raw(e->arena, e->line_room * sizeof(*e->lines));
	}
	e->lines = arena_room_raw(
		e->arena, e->lines, e->line_count, &e->line_room, sizeof(*e->lines));
}

void open_keep(
	struct open_event *o, const struct record *r, const struct event_line *line)
{
	struct oom_event *e = o->e;
	size_t at;

	make_room(e);
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

/* A report that reads its table while no other is there, and nothing waits. */
static const struct open_event *reads_tasks(const struct assembler *a)
{
	const struct open_event *o = &a->open[0];

	return a->count == 1 && o->table == TASK_ROWS && !o->ended && !o->done &&
			       !o->cut && !o->braid && !o->host_needed &&
			       o->torn_parts == 0 && o->e->tasks.columns &&
			       !notices_wait(a->notices)
		       ? o
		       : NULL;
}

size_t assembler_rows(const struct assembler *a)
{
	const struct open_event *o = reads_tasks(a);

	return o ? o->e->tasks.count : SIZE_MAX;
}

/* So many bytes must be there behind the front of a line: its form, and a row. */
enum { ROW_ROOM = FORM_ROOM + 512 };

/* One row. Returns its bytes with the newline, 0 where it has not that form. */
static size_t take_plain_row(struct open_event *o, const struct line_form *form,
	struct slice rest, uint32_t line)
{
	struct oom_event *e = o->e;
	const char *text = rest.p + form->width;
	struct event_line own;
	struct task *task;
	int64_t usec;
	size_t n;

	if (rest.n < ROW_ROOM || !line_form_fits(form, rest.p, &usec))
		return 0;
	/* CPUs print out of step, and reports end: assembler_clock() sees to that. */
	if (known(usec) && (usec < o->last_uptime_usec ||
				   usec - o->last_uptime_usec > ROWS_WITHIN_USEC))
		return 0;
	task = tasks_room(e);
	n = tasks_plain_row(&e->tasks, text, rest.p + rest.n, task);
	if (n == 0 || form->width + n > form->longest)
		return 0;
	own = (struct event_line){ line + o->line_offset,
		arena_copy(e->arena, (struct slice){ text, n }) };
	task->comm.p = own.text.p + (task->comm.p - text);
	task->line = own.number;
	e->tasks.count++;
	make_room(e);
	e->lines[e->line_count++] = own;
	return form->width + n + 1;
}

size_t assembler_take_rows(struct assembler *a, const struct line_form *form,
	struct slice lines, uint32_t line, uint32_t *count)
{
	struct open_event *o = &a->open[0];
	struct slice rest = lines;
	size_t n, last = 0;

	*count = 0;
	if (!reads_tasks(a))
		return 0;
	while ((n = take_plain_row(o, form, rest, line + *count)) > 0) {
		rest = slice_from(rest, n);
		last = n;
		++*count;
	}
	if (*count == 0)
		return 0;
	/* The last is opened like any line, and leaves behind what that leaves. */
	--*count;
	o->e->tasks.count--;
	o->e->line_count--;
	a->lines_seen += *count;
	a->records += *count;
	o->seen_at = a->records;
	return lines.n - rest.n - last;
}

static void note_key(struct open_event *o, uint64_t key)
{
	o->keys = arena_room(
		o->e->arena, o->keys, o->key_count, &o->key_room, sizeof(*o->keys));
	o->keys[o->key_count++] = key;
}

/* An allocation failure has no last line of its own: Mem-Info's is it. */
void open_end_with_mem_info(struct open_event *o)
{
	if ((o->e->kind == KIND_ALLOCATION_FAILURE || o->late_mem_info) &&
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
	open_end_with_mem_info(o);
}
