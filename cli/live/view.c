/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack of screens, the cursor, and how a screen is laid out and drawn. */
#include "cli/live/view.h"

#include "base/complain.h"
#include "cli/clean.h"
#include "cli/live/terminal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LEAST_ROWS = 6,
	LEAST_COLUMNS = 40,
	SPLIT_ROWS = 10, /* both parts are seen from this size on */
	SPLIT_COLUMNS = 60
};

void live_say(struct live *live, const char *format, ...)
{
	char buffer[512];
	va_list args;

	va_start(args, format);
	if (vsnprintf(buffer, sizeof(buffer), format, args) < 0)
		buffer[0] = '\0';
	va_end(args);
	text_clear(&live->message);
	text_puts(&live->message, buffer);
	live->dirty = true;
}

struct view *live_view(struct live *live)
{
	return &live->views[live->depth - 1];
}

const struct kept *live_selected(const struct live *live)
{
	return ring_find(&live->ring, live->selected);
}

static bool shown(const struct live *live, const struct kept *kept)
{
	return !live->only || strcmp(kept->x->cause.slug, live->only) == 0;
}

size_t live_shown(const struct live *live)
{
	size_t count = 0;

	for (size_t i = 0; i < live->ring.count; i++)
		count += shown(live, &live->ring.kept[i]);
	return count;
}

const struct kept *live_shown_at(const struct live *live, size_t index)
{
	for (size_t i = 0; i < live->ring.count; i++)
		if (shown(live, &live->ring.kept[i]) && index-- == 0)
			return &live->ring.kept[i];
	return NULL;
}

void live_select(struct live *live, size_t number)
{
	struct view *view = live_view(live);

	live->selected = number;
	/* The page of another event's cause. */
	if (view->screen == &screen_wiki)
		view->page = NULL;
	live->stale = true;
}

void live_fresh(struct live *live)
{
	struct view *view = live_view(live);

	if (!live->stale)
		return;
	live->stale = false;
	view->screen->open(live, view);
	for (int i = 0; i < 2; i++) {
		struct part *part = &view->part[i];

		if (part->cursor >= part->rows)
			part->cursor = part->rows > 0 ? part->rows - 1 : 0;
		part->found = NOWHERE;
	}
	if (view->screen->moved)
		view->screen->moved(live, view);
	live->dirty = true;
}

void view_order_room(struct view *view, size_t rows)
{
	if (view->order_room >= rows)
		return;
	view->order_room = rows;
	view->order = must_realloc(view->order, rows * sizeof(*view->order));
}

void live_open(struct live *live, const struct screen *screen)
{
	struct view *view;

	if (screen->of_event && !live_selected(live)) {
		live_say(live, "There is no event yet.");
		return;
	}
	/* A long way through the wiki forgets its beginning, not the events. */
	if (live->depth == MOST_VIEWS) {
		struct view oldest = live->views[1];

		memmove(live->views + 1, live->views + 2,
			(MOST_VIEWS - 2) * sizeof(*live->views));
		live->views[MOST_VIEWS - 1] = oldest;
		live->depth--;
	}
	view = &live->views[live->depth++];
	view->screen = screen;
	view->page = NULL;
	view->focus = 0;
	view->sort = 0;
	view->reverse = false;
	for (int i = 0; i < 2; i++)
		view->part[i] = (struct part){ .found = NOWHERE };
	live->stale = true;
}

bool live_shows_present(const struct live *live)
{
	const struct screen *seen = live->views[live->depth - 1].screen;

	return seen == &screen_available || seen == &screen_next;
}

void live_open_present(struct live *live, const struct screen *screen)
{
	if (live_view(live)->screen == screen)
		return;
	if (live_shows_present(live))
		live->depth--;
	live->waiting = false;
	live_open(live, screen);
	live_refresh(live);
}

void live_refresh(struct live *live)
{
	present_refresh(&live->present);
	live->stale = live->dirty = true;
}

void live_back(struct live *live)
{
	if (live->depth == 1) {
		live->quit = true;
		return;
	}
	live->depth--;
	live->stale = true;
}

/* How many rows of the screen each part has; 0 for one that is not seen. */
static void lay_out(struct live *live, struct view *view)
{
	size_t body = live->rows > 2 ? (size_t)live->rows - 2 : 0;
	size_t header = view->screen->header ? 1 : 0;
	struct part *upper = &view->part[0], *lower = &view->part[1];

	upper->height = lower->height = 0;
	if (body <= header)
		return;
	if (!view->screen->split) {
		upper->height = body - header;
	} else if (live->rows < SPLIT_ROWS || live->columns < SPLIT_COLUMNS) {
		if (view->focus == 0)
			upper->height = body - header;
		else
			lower->height = body;
	} else {
		size_t most = body * 2 / 5, want = upper->rows > 2 ? upper->rows : 2;

		upper->height = want + header < most ? want : most - header;
		lower->height = body - header - upper->height - 1;
	}
}

/* The cursor within the rows, and within what is seen. */
static void settle(const struct view *view, int number, struct part *part)
{
	size_t last = part->rows > part->height ? part->rows - part->height : 0;

	if (part->height == 0)
		return;
	if (!view->screen->pager[number]) {
		if (part->cursor < part->top)
			part->top = part->cursor;
		if (part->cursor >= part->top + part->height)
			part->top = part->cursor - part->height + 1;
	}
	if (part->top > last)
		part->top = last;
}

void live_go(struct live *live, size_t row)
{
	struct view *view = live_view(live);
	struct part *part = &view->part[view->focus];

	if (part->rows == 0)
		return;
	if (row >= part->rows)
		row = part->rows - 1;
	if (view->screen->pager[view->focus]) {
		part->top = row;
	} else {
		bool moved = part->cursor != row;

		part->cursor = row;
		if (moved && view->focus == 0 && view->screen->moved)
			view->screen->moved(live, view);
		if (view->focus == 1 && view->screen->noted)
			view->screen->noted(live, view);
	}
	lay_out(live, view);
	settle(view, view->focus, part);
	live->dirty = true;
}

void live_move(struct live *live, long by)
{
	struct view *view = live_view(live);
	struct part *part = &view->part[view->focus];
	bool pager = view->screen->pager[view->focus];
	size_t at = pager ? part->top : part->cursor;

	part->found = NOWHERE;
	if (view->screen == &screen_events && view->focus == 0 && by < 0)
		live->follow = false;
	if (by < 0)
		at = at > (size_t)-by ? at - (size_t)-by : 0;
	else
		at += (size_t)by;
	live_go(live, at);
}

void live_move_to(struct live *live, size_t row)
{
	struct view *view = live_view(live);

	view->part[view->focus].found = NOWHERE;
	if (view->screen == &screen_events && view->focus == 0)
		live->follow = row > 0;
	live_go(live, row);
}

void live_begin(struct live *live, int rows, int columns)
{
	live->follow = true;
	live->rows = rows;
	live->columns = columns;
	live->row.utf8 = live->utf8;
	live->glyphs = glyphs_for(live->utf8);
	/* The views of events write into memory that is there already. */
	text_reserve(&live->row.text, 4096);
	text_reserve(&live->message, 512);
	text_reserve(&live->out.buffer, 65536);
	for (size_t i = 0; i < MOST_VIEWS; i++)
		for (int k = 0; k < 2; k++)
			text_reserve(&live->views[i].lines[k].text, 8192);
	live_open(live, &screen_events);
}

void live_free(struct live *live)
{
	for (size_t i = 0; i < MOST_VIEWS; i++) {
		lines_free(&live->views[i].lines[0]);
		lines_free(&live->views[i].lines[1]);
		free(live->views[i].order);
	}
	present_close(&live->present);
	ring_free(&live->ring);
	text_free(&live->row.text);
	text_free(&live->message);
	text_free(&live->trouble);
	text_free(&live->typed);
	text_free(&live->out.buffer);
	search_free(live->search);
}

void live_resize(struct live *live, int rows, int columns)
{
	struct view *view = live_view(live);

	live->rows = rows;
	live->columns = columns;
	/* Both parts are seen, or the first one. */
	if (rows < SPLIT_ROWS || columns < SPLIT_COLUMNS)
		view->focus = 0;
	live->stale = live->dirty = live->redraw = true;
}

static void live_keep(struct live *live, struct oom_event *event)
{
	const struct kept *kept = ring_add(&live->ring, event, live->selected);
	bool deeper = live->depth > 1;

	live->dirty = true;
	if (!live->selected || (live->follow && !deeper && shown(live, kept)))
		live->selected = kept->number;
	if (!deeper)
		live->stale = true;
	else if (!live->typing)
		live_say(live, "A new event: %s. (q goes back to the events)",
			kept->x->cause.slug);
	if (live->ring.seen > live->ring.count && !live->told_kept) {
		live->told_kept = true;
		live_say(live, "The last %zu events are kept; older ones go.",
			live->ring.count);
	}
}

void live_take(struct live *live, struct oom_event *event)
{
	/* What was shown for want of an event gives way to the first one. */
	if (live->waiting && live->depth == 2 && live_shows_present(live))
		live_back(live);
	live->waiting = false;
	live_keep(live, event);
}

static void clock_words(const struct live *live, char words[8])
{
	time_t now = time(NULL);
	struct tm parts;

	if (live->fixed_clock)
		memcpy(words, "02:19", 6);
	else if (!localtime_r(&now, &parts) || strftime(words, 8, "%H:%M", &parts) == 0)
		words[0] = '\0';
}

/* The top line: what is seen on the left, how the source stands on the right. */
static void draw_top(struct live *live, const struct view *view)
{
	struct row *row = &live->row;
	char right[96], clock[8];
	size_t columns = (size_t)live->columns, width;

	row_clear(row);
	row_role(row, ROLE_TITLE);
	if (columns >= 60)
		row_puts(row, "oomwhy live  ");
	view->screen->title(live, view, row);
	clock_words(live, clock);
	if (live->trouble.n > 0)
		snprintf(right, sizeof(right), "  %s", live->state);
	else
		snprintf(right, sizeof(right), "  %zu %s  %s  %s", live->ring.seen,
			live->ring.seen == 1 ? "report" : "reports", live->state,
			clock);
	width = strlen(right);
	if (width + 10 > columns) {
		snprintf(right, sizeof(right), "  %s", clock);
		width = strlen(right);
	}
	if (clean_width(text_slice(&row->text)) > columns - width) {
		row->text.n =
			bytes_in_columns(text_slice(&row->text), columns - width - 2);
		row_puts(row, "..");
	}
	row_pad(row, columns - width);
	row_puts(row, right);
	terminal_line(0, row, false);
}

/* The line between the parts: where the first one stands. */
static void draw_rule(struct live *live, const struct view *view, int y)
{
	const struct part *part = &view->part[0];
	struct row *row = &live->row;
	char place[64];
	size_t columns = (size_t)live->columns, width;

	snprintf(place, sizeof(place), " %zu of %zu ",
		part->rows ? part->cursor + 1 : 0, part->rows);
	width = strlen(place);
	row_clear(row);
	row_role(row, view->focus == 1 ? ROLE_TITLE : ROLE_DIM);
	for (size_t i = 0; i + width + 2 < columns; i++)
		row_puts(row, live->glyphs->rule);
	row_puts(row, place);
	row_puts(row, live->glyphs->rule);
	row_puts(row, live->glyphs->rule);
	terminal_line(y, row, false);
}

static int draw_part(struct live *live, struct view *view, int number, int y)
{
	struct part *part = &view->part[number];
	struct row *row = &live->row;

	settle(view, number, part);
	for (size_t i = 0; i < part->height; i++, y++) {
		size_t index = part->top + i;
		bool under = index == part->cursor && view->focus == number &&
			     !view->screen->pager[number];

		row_clear(row);
		if (index < part->rows)
			view->screen->draw_row(live, view, number, (long)index, row);
		terminal_line(y, row,
			index < part->rows && (under || (long)index == part->found));
	}
	return y;
}

static void draw_bottom(struct live *live)
{
	struct row *row = &live->row;

	row_clear(row);
	if (live->typing) {
		row_puts(row, "/");
		row_name(row, text_slice(&live->typed));
		row_puts(row, "_");
	} else if (live->message.n > 0) {
		row_role(row, ROLE_TITLE);
		text_add(&row->text, text_slice(&live->message));
	} else {
		keys_bottom_line(live, row);
	}
	terminal_line(live->rows - 1, row, false);
}

static void draw_too_small(struct live *live)
{
	struct row *row = &live->row;

	for (int y = 0; y < live->rows; y++) {
		row_clear(row);
		if (y == 0)
			row_printf(row, "%dx%d is too small: 40x6", live->columns,
				live->rows);
		terminal_line(y, row, false);
	}
	terminal_show(live->redraw);
	live->redraw = live->dirty = false;
}

void live_draw(struct live *live)
{
	struct view *view = live_view(live);
	int y = 1;

	if (live->rows < LEAST_ROWS || live->columns < LEAST_COLUMNS) {
		draw_too_small(live);
		return;
	}
	live_fresh(live);
	lay_out(live, view);
	draw_top(live, view);
	if (view->screen->header && view->part[0].height > 0) {
		row_clear(&live->row);
		row_role(&live->row, ROLE_TITLE);
		view->screen->draw_row(live, view, 0, HEADER, &live->row);
		terminal_line(y++, &live->row, false);
	}
	y = draw_part(live, view, 0, y);
	if (view->screen->split && view->part[0].height > 0 && view->part[1].height > 0)
		draw_rule(live, view, y++);
	draw_part(live, view, 1, y);
	draw_bottom(live);
	terminal_show(live->redraw);
	live->redraw = live->dirty = false;
}
