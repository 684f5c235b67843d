/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Who dies next": for the machine and inside each cgroup under a limit, and what another
 * oom_score_adj would change. Nothing is set. */
#include "cli/clean.h"
#include "cli/live/view.h"

#include <inttypes.h>
#include <string.h>

/* Rows of the lower part before the candidates: the sentence, and the titles. */
enum { ABOVE = 2, STEP = 100 };

/* The ranking of the selected row, with what is tried. */
static struct now_ranking shown;
static int64_t under_cursor = UNKNOWN; /* pid */

static const struct now_ranking *ranking_at(const struct live *live, size_t index)
{
	const struct now_answer *a = live->present.answer;

	return index == 0 ? &a->ranking : &a->cgroups[index - 1].ranking;
}

static const struct ranked *candidate(const struct view *view, size_t row)
{
	(void)view;
	return row >= ABOVE && row - ABOVE < shown.selection.count
		       ? &shown.selection.ranking[row - ABOVE]
		       : NULL;
}

static void open_next(struct live *live, struct view *view)
{
	if (!live->present.answer)
		present_refresh(&live->present);
	view->part[0].rows = 1 + live->present.answer->cgroup_count;
}

/* The ranking is made anew at each look: the cursor stays on its process. */
static void show_ranking(struct live *live, struct view *view)
{
	struct present *p = &live->present;
	struct part *part = &view->part[1];
	size_t row = view->part[0].cursor;

	if (row > p->answer->cgroup_count)
		row = 0;
	shown = *ranking_at(live, row);
	if (p->try_count > 0)
		shown = now_who_dies(
			p->now, p->answer->state, shown.cgroup, p->tries, p->try_count);
	part->rows = shown.selection.count + ABOVE;
	if (part->cursor < ABOVE)
		part->cursor = ABOVE;
	for (size_t i = 0; known(under_cursor) && i < shown.selection.count; i++)
		if (shown.selection.ranking[i].task->pid == under_cursor)
			part->cursor = i + ABOVE;
	if (part->cursor >= part->rows)
		part->cursor = part->rows - 1;
}

static void note_cursor(struct live *live, struct view *view)
{
	const struct ranked *r = candidate(view, view->part[1].cursor);

	(void)live;
	under_cursor = r && view->focus == 1 ? r->task->pid : UNKNOWN;
}

static void draw_target(struct live *live, const struct now_ranking *r, struct row *row)
{
	size_t columns = (size_t)live->columns;
	size_t where = columns >= 72 ? columns - 52 : (columns >= 60 ? 22 : 14);

	row_puts(row, "  ");
	row_field(row, r->cgroup ? r->cgroup->path : SLICE("the machine"), where);
	row_puts(row, " ");
	if (r->first) {
		row_role(row, ROLE_TITLE);
		row_field(row, r->first->task->comm, 15);
		row_role(row, ROLE_TEXT);
		row_printf(row, " %7" PRId64, r->first->task->pid);
		if (columns >= 60)
			row_printf(row, " %9s", BYTES(r->frees_bytes));
	} else {
		row_printf(row, "%-15s", now_choice_name(r->choice));
	}
	if (columns >= 72)
		row_printf(row, "  %s%s", now_choice_name(r->choice),
			r->close ? ", close" : "");
}

static void draw_candidate(
	struct live *live, const struct ranked *r, size_t index, struct row *row)
{
	const struct task *t = r->task;
	int64_t tried = present_tried(&live->present, t);
	bool first = shown.first && shown.first->task->pid == t->pid;

	if (first)
		row_role(row, ROLE_UNKNOWN);
	row_printf(row, "%s %4zu %8" PRId64 " ", first ? live->glyphs->victim : " ",
		index + 1, t->pid);
	if (r->eligible)
		row_printf(row, "%10" PRId64 " ", r->badness);
	else
		row_printf(row, "%10s ", "-");
	if (known(tried))
		row_printf(row, "%6" PRId64 "?", tried);
	else if (known(t->oom_score_adj))
		row_printf(row, "%6" PRId64 " ", t->oom_score_adj);
	else
		row_printf(row, "%6s ", "?");
	row_printf(row, " %9s ",
		BYTES(quantity_mul(
			t->rss_pages, live->present.answer->state->page_bytes)));
	row_name(row, t->comm);
	if (!r->eligible && r->why_not)
		row_printf(row, "  (%s)", r->why_not);
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	if (part == 0 && index == HEADER) {
		size_t columns = (size_t)live->columns;
		int where =
			(int)(columns >= 72 ? columns - 52 : (columns >= 60 ? 22 : 14));

		row_printf(row, "  %-*s %-15s %7s%s%s", where,
			columns >= 60 ? "WHERE MEMORY ENDS" : "WHERE", "DIES FIRST",
			"PID", columns >= 60 ? "     FREES" : "",
			columns >= 72 ? "  CHOSEN BY" : "");
	} else if (part == 0) {
		if ((size_t)index <= live->present.answer->cgroup_count)
			draw_target(live, ranking_at(live, (size_t)index), row);
	} else if (index == 0) {
		if (live->present.try_count > 0)
			row_puts(row, "With what is tried (?): ");
		row_name(row, shown.says);
	} else if (index == 1) {
		row_role(row, ROLE_TITLE);
		row_printf(row, "  RANK %8s %10s %6s  %9s NAME", "PID", "BADNESS",
			"ADJ", "RSS");
	} else if (candidate(view, (size_t)index)) {
		draw_candidate(live, candidate(view, (size_t)index),
			(size_t)index - ABOVE, row);
	}
}

static void say_tried(struct live *live)
{
	static struct text words;

	text_clear(&words);
	text_puts(&words, "With what is tried: ");
	clean_for_terminal(&words, shown.says, live->utf8);
	live_say(live, "%.*s", SLICE_ARG(text_slice(&words)));
}

void next_try(struct live *live, int direction)
{
	struct view *view = live_view(live);
	const struct ranked *r = candidate(view, view->part[1].cursor);

	if (!r) {
		live_say(live, "There is nobody to try it on.");
		return;
	}
	note_cursor(live, view);
	if (!known(under_cursor))
		under_cursor = r->task->pid;
	if (present_tried(&live->present, r->task) == UNKNOWN &&
		live->present.try_count == MOST_TRIES)
		live_say(live, "No more than %d can be tried at once.", MOST_TRIES);
	present_try(&live->present, r->task, (int64_t)direction * STEP);
	show_ranking(live, view);
	say_tried(live);
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)view;
	row_puts(row, "who dies next");
	title_of_present(live, row);
}

const struct screen screen_next = {
	.name = "next",
	.place = AT_NEXT,
	.header = true,
	.split = true,
	.open = open_next,
	.moved = show_ranking,
	.noted = note_cursor,
	.draw_row = draw_row,
	.title = title,
};
