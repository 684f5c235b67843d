/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys, from the key table, and how this view was started. */
#include "cli/live/view.h"

enum { KEYS = 12, WHERE = 18 };

static void open_help(struct live *live, struct view *view)
{
	struct text *text = &view->lines[0].text;
	static struct text names, where;
	const char *does;
	size_t columns = (size_t)live->columns;
	/* Where there is little room, what a key does goes first. */
	size_t at = columns >= 60 ? KEYS + WHERE : KEYS;

	text_clear(text);
	for (size_t i = 0; keys_help(i, &names, &where, &does); i++) {
		text_printf(text, "%-*.*s", KEYS, SLICE_ARG(text_slice(&names)));
		if (at > KEYS)
			text_printf(
				text, "%-*.*s", WHERE, SLICE_ARG(text_slice(&where)));
		text_wrapped(text, slice_of(does), at, columns);
	}
	lines_index(&view->lines[0]);
	view->part[0].rows = view->lines[0].count;
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	struct slice line = lines_at(&view->lines[0], (size_t)index);

	(void)live, (void)part;
	row_role(row, ROLE_TITLE);
	row_name(row, slice_first(line, KEYS));
	row_role(row, ROLE_TEXT);
	row_name(row, slice_from(line, KEYS));
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)live, (void)view;
	row_puts(row, "keys");
}

const struct screen screen_help = {
	.name = "help",
	.place = AT_HELP,
	.pager = { true },
	.open = open_help,
	.draw_row = draw_row,
	.title = title,
};
