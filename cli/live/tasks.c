/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The task table of the report, sorted by any of its columns, the victims marked. */
#include "cli/clean.h"
#include "cli/live/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a column shows; bytes where `amount`, else a plain number. */
static const struct column {
	const char *title;
	int width;
	int columns; /* shown on terminals of so many columns and more */
	bool amount;
} table[] = {
	/* So that a name of 15 bytes is whole at 40, 60, 70 and 80 columns. */
	{ "BADNESS", 9, 70, false },
	{ "RSS", 8, 40, true },
	{ "ANON", 8, 60, true },
	{ "SWAP", 8, 60, true },
	{ "PGTABLES", 9, 80, true },
	{ "ADJ", 5, 40, false },
	{ "PID", 7, 40, false },
};
enum { COLUMNS = sizeof(table) / sizeof(*table), BADNESS = 0 };
#define KILLED "  (killed)" /* where there is room for it: the mark says it too */

static int64_t badness_of(const struct explanation *x, const struct task *t)
{
	size_t row = (size_t)(t - x->event->tasks.rows);

	if (row >= x->selection.count || !x->selection.candidates[row].eligible)
		return UNKNOWN;
	return x->selection.candidates[row].badness;
}

static int64_t value(const struct explanation *x, const struct task *t, size_t column)
{
	const struct task_table *tasks = &x->event->tasks;

	switch (column) {
	case 0:
		return badness_of(x, t);
	case 1:
		return quantity_mul(t->rss_pages, x->page_bytes);
	case 2:
		return tasks->has_rss_split
			       ? quantity_mul(t->rss_anon_pages, x->page_bytes)
			       : UNKNOWN;
	case 3:
		return tasks->has_swapents
			       ? quantity_mul(t->swapents_pages, x->page_bytes)
			       : UNKNOWN;
	case 4:
		return tasks->has_pagetables ? t->pagetable_bytes : UNKNOWN;
	case 5:
		return tasks->has_oom_score_adj ? t->oom_score_adj : UNKNOWN;
	default:
		return t->pid;
	}
}

/* Largest first; the unknown last; among equals as the kernel printed them. */
static int by_key(const void *a, const void *b)
{
	const struct sorted *one = a, *other = b;

	if (one->key != other->key)
		return one->key < other->key ? 1 : -1;
	return one->row < other->row ? -1 : 1;
}

static void open_tasks(struct live *live, struct view *view)
{
	const struct explanation *x = live_selected(live)->x;
	const struct task_table *tasks = &x->event->tasks;
	size_t column = view->sort % COLUMNS;

	view->part[0].rows = tasks->count > 0 ? tasks->count : 1;
	view_order_room(view, tasks->count);
	for (size_t i = 0; i < tasks->count; i++) {
		view->order[i].row = (uint32_t)i;
		view->order[i].key = value(x, &tasks->rows[i], column);
	}
	if (tasks->count > 0)
		qsort(view->order, tasks->count, sizeof(*view->order), by_key);
	for (size_t i = 0; view->reverse && i < tasks->count / 2; i++) {
		struct sorted other = view->order[i];

		view->order[i] = view->order[tasks->count - 1 - i];
		view->order[tasks->count - 1 - i] = other;
	}
}

static bool is_victim(const struct oom_event *e, const struct task *t)
{
	for (size_t i = 0; i < e->victim_count; i++)
		if (e->victims[i].pid == t->pid ||
			(known(t->tgid) && e->victims[i].pid == t->tgid))
			return true;
	return false;
}

static void draw_cells(struct live *live, const struct view *view,
	const struct explanation *x, const struct task *t, struct row *row)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct column *c = &table[i];
		int64_t v;

		if (live->columns < c->columns)
			continue;
		if (!t) {
			bool sorted = i == view->sort % COLUMNS;

			row_role(row, sorted ? ROLE_EVIDENCE : ROLE_TITLE);
			row_printf(row, "%*s%s%s ", c->width - sorted, c->title,
				sorted ? (view->reverse ? "^" : "v") : "", "");
			continue;
		}
		v = value(x, t, i);
		if (!known(v))
			row_printf(row, "%*s ", c->width, "-");
		else if (c->amount)
			row_printf(row, "%*s ", c->width, BYTES(v));
		else
			row_printf(row, "%*" PRId64 " ", c->width, v);
	}
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	const struct explanation *x = live_selected(live)->x;
	const struct task *t;
	bool victim;

	(void)part;
	if (index == HEADER) {
		row_puts(row, "  ");
		draw_cells(live, view, x, NULL, row);
		row_role(row, ROLE_TITLE);
		row_puts(row, "NAME");
		return;
	}
	if (x->event->tasks.count == 0) {
		row_puts(row, "  This report has no task table.");
		return;
	}
	t = &x->event->tasks.rows[view->order[index].row];
	victim = is_victim(x->event, t);
	if (victim)
		row_role(row, ROLE_UNKNOWN);
	row_puts(row, victim ? live->glyphs->victim : " ");
	row_puts(row, " ");
	draw_cells(live, view, x, t, row);
	row_name(row, t->comm);
	if (victim && clean_width(text_slice(&row->text)) + strlen(KILLED) <=
			      (size_t)live->columns)
		row_puts(row, KILLED);
}

/* What the whole table holds; of a memcg OOM that is the cgroup's sum. */
static void title(struct live *live, const struct view *view, struct row *row)
{
	const struct explanation *x = live_selected(live)->x;
	const struct oom_event *e = x->event;

	(void)view;
	row_printf(row, "%zu %s, rss %s", e->tasks.count,
		e->tasks.count == 1 ? "task" : "tasks",
		BYTES(quantity_mul(x->task_rss_pages, x->page_bytes)));
	if (e->memcg.oom_path.n > 0) {
		row_puts(row, " in ");
		row_name(row, e->memcg.oom_path);
	}
	row_puts(row, "  ");
	title_of_event(live, row);
}

const struct screen screen_tasks = {
	.name = "tasks",
	.place = AT_TASKS,
	.of_event = true,
	.header = true,
	.open = open_tasks,
	.draw_row = draw_row,
	.title = title,
};
