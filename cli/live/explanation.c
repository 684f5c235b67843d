/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The explanation, word for word what the text format prints. */
#include "cli/live/view.h"

#include <string.h>

void explanation_write(struct live *live, const struct kept *kept, struct lines *lines)
{
	struct output *out = &live->out;

	out->to = NULL; /* stays in the buffer */
	out->width = live->columns < 80 ? (size_t)live->columns : 80;
	out->colour = true; /* becomes roles in row_coloured() */
	out->utf8 = live->utf8;
	out->event = 1;
	out->wiki_url = live->wiki_url;
	text_clear(&out->buffer);
	format_text.event(out, kept->x);
	text_clear(&lines->text);
	text_add(&lines->text, text_slice(&out->buffer));
	lines_index(lines);
}

void title_of_event(struct live *live, struct row *row)
{
	static struct text words;
	const struct kept *kept = live_selected(live);

	row_printf(row, "event %zu  %s  ", kept->number, kept->x->cause.slug);
	event_clock(kept->event, &words);
	row_name(row, text_slice(&words));
}

static void open_explanation(struct live *live, struct view *view)
{
	explanation_write(live, live_selected(live), &view->lines[0]);
	view->part[0].rows = view->lines[0].count;
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	(void)live, (void)part;
	row_coloured(row, lines_at(&view->lines[0], (size_t)index));
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)view;
	title_of_event(live, row);
}

const struct screen screen_explanation = {
	.name = "explanation",
	.place = AT_EXPLANATION,
	.of_event = true,
	.pager = { true },
	.open = open_explanation,
	.draw_row = draw_row,
	.title = title,
};
