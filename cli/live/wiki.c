/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page of the wiki: the cause's, or one that another page names. */
#include "cli/live/view.h"

#include <string.h>

/* One link a row, so that Enter on it says which is meant. */
static void add_line(struct text *text, struct slice line)
{
	size_t at;

	while ((at = slice_find(line, ".md), [")) != SLICE_NONE) {
		text_add(text, slice_first(line, at + 5));
		text_puts(text, line.p[0] == '-' || line.p[0] == ' ' ? "\n  " : "\n");
		line = slice_from(line, at + 6);
	}
	text_add(text, line);
	text_putc(text, '\n');
}

static void open_wiki(struct live *live, struct view *view)
{
	struct text *text = &view->lines[0].text;
	struct slice rest, line;

	if (!view->page)
		view->page = wiki_page(live_selected(live)->x->cause.slug);
	text_clear(text);
	if (view->page) {
		rest = (struct slice){ view->page->text, view->page->bytes };
		/* The licence stands in a comment of the file. */
		while (slice_cut(&rest, '\n', &line)) {
			if (slice_starts(line, "<!--"))
				continue;
			add_line(text, line);
		}
	}
	lines_index(&view->lines[0]);
	view->part[0].rows = view->lines[0].count;
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	struct slice line = lines_at(&view->lines[0], (size_t)index);

	(void)live, (void)part;
	if (slice_starts(line, "#"))
		row_role(row, ROLE_TITLE);
	else if (slice_has(line, "]("))
		row_role(row, ROLE_EVIDENCE);
	row_name(row, line);
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)live;
	row_printf(row, "wiki  %s", view->page ? view->page->name : "");
}

/* The page that this line links to: "[zones](zones.md)", the first that has a page. */
static const struct page *page_in(struct slice line)
{
	size_t at;

	while ((at = slice_find(line, "](")) != SLICE_NONE) {
		char name[64];
		struct slice target = slice_from(line, at + 2);
		size_t end = slice_find(target, ".md)");

		line = target;
		if (end == SLICE_NONE || end >= sizeof(name))
			continue;
		memcpy(name, target.p, end);
		name[end] = '\0';
		if (wiki_page(name))
			return wiki_page(name);
	}
	return NULL;
}

static void enter(struct live *live, struct view *view)
{
	const struct page *page =
		page_in(lines_at(&view->lines[0], view->part[0].cursor));

	if (!page) {
		live_say(live, "No page is named in this line.");
		return;
	}
	live_open(live, &screen_wiki);
	live_view(live)->page = page;
}

const struct screen screen_wiki = {
	.name = "wiki",
	.place = AT_WIKI,
	.of_event = true,
	.open = open_wiki,
	.draw_row = draw_row,
	.title = title,
	.enter = enter,
};
