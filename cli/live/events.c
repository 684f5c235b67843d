/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The start screen: a row an event, and below it why the selected one came about. */
#include "cli/live/view.h"

#include <inttypes.h>
#include <string.h>

void event_clock(const struct oom_event *e, struct text *text)
{
	struct slice wall = e->wall;
	size_t colon = slice_find(wall, ":");

	text_clear(text);
	/* "2026-11-22T02:19:01+00:00", "Nov 22 02:19:01" */
	if (colon != SLICE_NONE && colon >= 2) {
		text_add(text, slice_first(slice_from(wall, colon - 2), 8));
	} else if (known(e->uptime_usec)) {
		int64_t s = e->uptime_usec / 1000000;

		text_printf(text, "+%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600,
			s / 60 % 60, s % 60);
	}
}

static void open_events(struct live *live, struct view *view)
{
	size_t count = live_shown(live);
	bool found = false;

	view->part[0].rows = count > 0 ? count : 1;
	view->part[1].rows = 0;
	for (size_t i = 0; i < count; i++) {
		if (live_shown_at(live, i)->number != live->selected)
			continue;
		view->part[0].cursor = i;
		found = true;
	}
	if (!found)
		view->part[0].cursor = count > 0 ? count - 1 : 0;
}

static void select_event(struct live *live, struct view *view)
{
	const struct kept *kept = live_shown_at(live, view->part[0].cursor);

	view->part[1].rows = view->part[1].top = 0;
	if (!kept)
		return;
	live->selected = kept->number;
	explanation_write(live, kept, &view->lines[1]);
	view->part[1].rows = view->lines[1].count;
}

/* Columns of the terminal from which on a column of the list is shown. */
enum { CAUSE = 20, NAME = 17, SURE_FROM = 52, ANON_FROM = 62, CGROUP_FROM = 72 };

static void draw_header(const struct live *live, struct row *row)
{
	row_printf(row, "  %-8s %-*s ", "TIME", CAUSE, "CAUSE");
	if (live->columns >= SURE_FROM)
		row_puts(row, "SURE   ");
	if (live->columns < ANON_FROM) {
		row_puts(row, "KILLED");
	} else if (live->columns < CGROUP_FROM) {
		row_printf(row, "%-*s %8s", live->columns - 48, "KILLED", "ANON");
	} else {
		row_printf(row, "%-*s %8s CGROUP", NAME, "KILLED", "ANON");
	}
}

enum { HOST = 8 };

/* The victim as "node (3312)", "nobody", or "?" where the log does not tell; behind its
 * host where there are several. */
static void killed_words(
	const struct live *live, const struct oom_event *e, struct text *text)
{
	text_clear(text);
	if (live->ring.several_hosts && e->host.n > 0) {
		text_add(text, slice_first(e->host, HOST));
		text_puts(text, ": ");
	}
	if (e->victim_count > 0) {
		text_add(text, e->victims[0].comm);
		if (known(e->victims[0].pid))
			text_printf(text, " (%" PRId64 ")", e->victims[0].pid);
	} else if (e->kind != KIND_OOM || e->outcome == OUTCOME_NONE ||
		   e->no_killable) {
		text_puts(text, "nobody");
	} else {
		text_puts(text, e->panic.n > 0 ? "panic" : "?");
	}
}

static void where_words(const struct oom_event *e, struct text *text)
{
	text_clear(text);
	if (e->memcg.oom_path.n > 0)
		text_add(text, e->memcg.oom_path);
	else if (e->memcg.task_path.n > 0)
		text_add(text, e->memcg.task_path);
	else if (e->killer.cgroup.n > 0)
		text_add(text, e->killer.cgroup);
	else if (e->cut_at_start || e->cut_at_end)
		text_puts(text, "(log is cut)");
}

static void draw_event(struct live *live, const struct kept *kept, struct row *row)
{
	static struct text words;
	const struct explanation *x = kept->x;
	const struct oom_event *e = kept->event;
	enum confidence sure = x->cause.confidence;
	enum role role = sure == CERTAIN
				 ? ROLE_CERTAIN
				 : (sure == LIKELY ? ROLE_LIKELY : ROLE_UNKNOWN);
	size_t left;

	row_puts(row, kept->number == live->selected ? live->glyphs->marker : " ");
	row_puts(row, " ");
	event_clock(e, &words);
	row_field(row, text_slice(&words), 8);
	row_puts(row, " ");
	row_role(row, role);
	row_field(row, slice_of(x->cause.slug), CAUSE);
	row_puts(row, " ");
	if (live->columns >= SURE_FROM)
		row_printf(row, "%-6s ",
			sure == CERTAIN ? "yes" : (sure == LIKELY ? "likely" : "-"));
	row_role(row, ROLE_TEXT);
	killed_words(live, e, &words);
	left = (size_t)live->columns - 32 - (live->columns >= SURE_FROM ? 7 : 0);
	if (live->columns >= CGROUP_FROM)
		row_field(row, text_slice(&words), NAME);
	else
		row_field(row, text_slice(&words),
			live->columns < ANON_FROM ? left : left - 9);
	if (live->columns < ANON_FROM)
		return;
	row_printf(row, " %8s ",
		e->victim_count > 0 && known(e->victims[0].anon_rss_bytes)
			? BYTES(e->victims[0].anon_rss_bytes)
			: "?");
	if (live->columns < CGROUP_FROM)
		return;
	where_words(e, &words);
	row_field(row, text_slice(&words), left - NAME - 10);
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	const struct kept *kept;

	if (part == 1) {
		row_coloured(row, lines_at(&view->lines[1], (size_t)index));
		return;
	}
	if (index == HEADER) {
		draw_header(live, row);
		return;
	}
	kept = live_shown_at(live, (size_t)index);
	if (kept) {
		draw_event(live, kept, row);
	} else if (live->trouble.n > 0) {
		row_puts(row, "  ");
		row_name(row, text_slice(&live->trouble));
	} else {
		row_puts(row, "  No event yet.");
	}
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)view;
	if (live->host && *live->host) {
		row_name(row, slice_of(live->host));
		row_puts(row, "  ");
	}
	row_name(row, slice_of(live->source));
	if (live->only)
		row_printf(row, "  only %s", live->only);
}

static void enter(struct live *live, struct view *view)
{
	(void)view;
	live_open(live, &screen_explanation);
}

const struct screen screen_events = {
	.name = "events",
	.place = AT_EVENTS,
	.pager = { false, true },
	.header = true,
	.split = true,
	.open = open_events,
	.moved = select_event,
	.draw_row = draw_row,
	.title = title,
	.enter = enter,
};
