/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Search by regular expression in the rows of a screen, as they are seen. */
#include "base/complain.h"
#include "cli/live/terminal.h"
#include "cli/live/view.h"

#include <string.h>
#include <time.h>

enum { LONGEST = 200, MOST_MSEC = 500 };

void search_begin(struct live *live)
{
	live->typing = true;
	text_clear(&live->typed);
	live->dirty = true;
}

static int64_t now_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void search_again(struct live *live, bool backwards)
{
	struct view *view = live_view(live);
	struct part *part = &view->part[view->focus];
	size_t at = part->cursor;
	int64_t until = now_msec() + MOST_MSEC;

	if (!live->search) {
		live_say(live, "There is no search yet: / begins one.");
		return;
	}
	if (view->screen->pager[view->focus])
		at = part->found != NOWHERE ? (size_t)part->found
					    : part->top + part->rows - 1;
	for (size_t i = 1; i <= part->rows; i++) {
		size_t row = (at + (backwards ? part->rows - i : i)) % part->rows;

		row_clear(&live->row);
		view->screen->draw_row(live, view, view->focus, (long)row, &live->row);
		if (search_in(live->search, text_slice(&live->row.text))) {
			if (backwards ? row > at : row < at)
				live_say(live, backwards ? "Found from the end on."
							 : "Found from the top on.");
			part->found = (long)row;
			if (view->screen == &screen_events && view->focus == 0)
				live->follow = false;
			live_go(live, row);
			return;
		}
		if (now_msec() > until && !live->fixed_clock) {
			live_say(live, "The search takes too long: it was stopped.");
			return;
		}
	}
	live_say(live, "Not found.");
}

static void set_out(struct live *live)
{
	const char *wrong;
	struct search *search;

	live->typing = false;
	/* As in less: nothing typed repeats the last one. */
	if (live->typed.n == 0) {
		if (live->search)
			search_again(live, false);
		return;
	}
	search = search_new(text_slice(&live->typed), live->utf8, &wrong);
	if (!search) {
		live_say(live, "No regular expression: %s.", wrong);
		return;
	}
	search_free(live->search);
	live->search = search;
	search_again(live, false);
}

/* The character as UTF-8. */
static void type(struct live *live, int code)
{
	char bytes[4];
	size_t n = 0;

	if (code < 0x80) {
		bytes[n++] = (char)code;
	} else if (code < 0x800) {
		bytes[n++] = (char)(0xc0 | code >> 6);
	} else if (code < 0x10000) {
		bytes[n++] = (char)(0xe0 | code >> 12);
		bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
	} else {
		bytes[n++] = (char)(0xf0 | code >> 18);
		bytes[n++] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[n++] = (char)(0x80 | (code >> 6 & 0x3f));
	}
	if (code >= 0x80)
		bytes[n++] = (char)(0x80 | (code & 0x3f));
	if (live->typed.n + n <= LONGEST)
		text_add(&live->typed, (struct slice){ bytes, n });
}

void search_key(struct live *live, int code)
{
	live->dirty = true;
	if (code == ENTER) {
		set_out(live);
	} else if (code == ESCAPE) {
		live->typing = false;
	} else if (code == K_BACKSPACE) {
		if (live->typed.n == 0)
			live->typing = false;
		while (live->typed.n > 0 &&
			((unsigned char)live->typed.p[--live->typed.n] & 0xc0) == 0x80)
			;
	} else if (code >= ' ' && code < KEYS_BEYOND) {
		type(live, code);
	}
}
