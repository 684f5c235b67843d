/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report's own lines, those marked that the explanation rests on. */
#include "cli/live/view.h"

#include <string.h>

static bool names_line(const struct finding *f, uint32_t line)
{
	for (size_t i = 0; i < f->fact_count; i++)
		if (f->facts[i].line == line && f->facts[i].side != NOT_IN_LOG)
			return true;
	return false;
}

static bool is_evidence(const struct explanation *x, uint32_t line)
{
	return line &&
	       (names_line(&x->cause, line) || names_line(&x->wall, line) ||
		       names_line(&x->reclaim, line) || names_line(&x->filler, line) ||
		       names_line(&x->victim, line));
}

static void open_log(struct live *live, struct view *view)
{
	const struct kept *kept = live_selected(live);
	const struct oom_event *e = kept->event;

	/* The key of a row tells whether it is evidence; the order stays. */
	view_order_room(view, e->line_count);
	for (size_t i = 0; i < e->line_count; i++)
		view->order[i].key = is_evidence(kept->x, e->lines[i].number);
	view->part[0].rows = e->line_count;
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	const struct event_line *line = &live_selected(live)->event->lines[index];
	bool evidence = view->order[index].key;

	(void)part;
	row_role(row, evidence ? ROLE_EVIDENCE : ROLE_DIM);
	row_printf(
		row, "%s %6u  ", evidence ? live->glyphs->evidence : " ", line->number);
	row_role(row, evidence ? ROLE_EVIDENCE : ROLE_TEXT);
	row_name(row, line->text);
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)view;
	row_puts(row, "log of ");
	title_of_event(live, row);
}

const struct screen screen_log = {
	.name = "log",
	.place = AT_LOG,
	.of_event = true,
	.open = open_log,
	.draw_row = draw_row,
	.title = title,
};
