/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key table. What a key does, the bottom line, the help, KEYS of the manual and the
 * tests all read it: a key is added by a row. */
#include "cli/clean.h"
#include "cli/live/live.h"
#include "cli/live/terminal.h"
#include "cli/live/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_KEYS = 4 };

struct key {
	int keys[MOST_KEYS];
	const char *label; /* in the bottom line; NULL: not there */
	unsigned int where;
	void (*act)(struct live *live);
	const char *does;
};

static long page_of(struct live *live)
{
	struct view *view = live_view(live);
	size_t height = view->part[view->focus].height;

	return height > 1 ? (long)height - 1 : 1;
}

static void move_down(struct live *live)
{
	live_move(live, 1);
}

static void move_up(struct live *live)
{
	live_move(live, -1);
}

static void page_down(struct live *live)
{
	live_move(live, page_of(live));
}

static void page_up(struct live *live)
{
	live_move(live, -page_of(live));
}

static void to_first(struct live *live)
{
	live_move_to(live, 0);
}

static void to_last(struct live *live)
{
	live_move_to(live, SIZE_MAX / 2);
}

static void enter(struct live *live)
{
	struct view *view = live_view(live);

	if (view->screen->enter)
		view->screen->enter(live, view);
}

static void other_part(struct live *live)
{
	struct view *view = live_view(live);

	if (view->part[1].rows > 0 || view->focus == 1)
		view->focus = !view->focus;
}

static void open_tasks(struct live *live)
{
	live_open(live, &screen_tasks);
}

static void open_zones(struct live *live)
{
	live_open(live, &screen_zones);
}

static void open_log(struct live *live)
{
	live_open(live, &screen_log);
}

static void open_wiki(struct live *live)
{
	live_open(live, &screen_wiki);
}

static void open_help(struct live *live)
{
	if (live_view(live)->screen != &screen_help)
		live_open(live, &screen_help);
}

/* The next line of the log that the explanation names, from the top again at the end. */
static void next_evidence(struct live *live)
{
	struct view *view = live_view(live);
	const struct part *part = &view->part[0];

	for (size_t i = 1; i <= part->rows; i++) {
		size_t row = (part->cursor + i) % part->rows;

		if (view->order[row].key) {
			live_go(live, row);
			return;
		}
	}
	live_say(live, "The explanation names no line of this report.");
}

static void another_event(struct live *live, int by)
{
	size_t count = live_shown(live), at = 0;

	for (size_t i = 0; i < count; i++)
		if (live_shown_at(live, i)->number == live->selected)
			at = i;
	if ((by < 0 && at == 0) || (by > 0 && at + 1 >= count)) {
		live_say(live, by < 0 ? "This is the first event."
				      : "This is the last event.");
		return;
	}
	live->follow = false;
	live_select(live, live_shown_at(live, by < 0 ? at - 1 : at + 1)->number);
}

static void previous_event(struct live *live)
{
	another_event(live, -1);
}

static void next_event(struct live *live)
{
	another_event(live, 1);
}

static void search_forward(struct live *live)
{
	search_again(live, false);
}

static void search_backward(struct live *live)
{
	search_again(live, true);
}

static void only_this_cause(struct live *live)
{
	const struct kept *kept = live_selected(live);

	if (live->only) {
		live->only = NULL;
		live_say(live, "All causes.");
	} else if (kept) {
		live->only = kept->x->cause.slug;
		live_say(live, "Only %s; c shows all again.", live->only);
	}
	live->stale = true;
}

static void follow(struct live *live)
{
	live->follow = !live->follow;
	if (live->follow)
		live_move_to(live, SIZE_MAX / 2);
	live_say(live, live->follow ? "Following: new events are selected."
				    : "Not following.");
}

static void next_sort(struct live *live)
{
	struct view *view = live_view(live);

	view->sort++;
	live->stale = true;
}

static void reverse_sort(struct live *live)
{
	struct view *view = live_view(live);

	view->reverse = !view->reverse;
	live->stale = true;
}

static void redraw(struct live *live)
{
	live->redraw = live->dirty = true;
}

static void suspend(struct live *live)
{
	live->suspend = true;
}

static void quit(struct live *live)
{
	live->quit = true;
}

static void open_available(struct live *live)
{
	live_open_present(live, &screen_available);
}

static void open_next(struct live *live)
{
	live_open_present(live, &screen_next);
}

static void try_more(struct live *live)
{
	next_try(live, 1);
}

static void try_less(struct live *live)
{
	next_try(live, -1);
}

/* The bottom line takes them in this order, as many as there is room for. */
static const struct key keys[] = {
	{ { 'j', K_DOWN }, NULL, ANYWHERE, move_down, "next line" },
	{ { 'k', K_UP }, NULL, ANYWHERE, move_up, "line before" },
	{ { ' ', K_PAGE_DOWN }, NULL, ANYWHERE, page_down, "next screen" },
	{ { 'b', K_PAGE_UP }, NULL, ANYWHERE, page_up, "screen before" },
	{ { 'g', K_HOME }, NULL, ANYWHERE, to_first, "first line" },
	{ { 'G', K_END }, NULL, ANYWHERE, to_last,
		"last line; in the list of events, follow again" },
	{ { '?', K_F1, 'h' }, "Help", ANYWHERE & ~AT_HELP, open_help,
		"this list of keys" },
	{ { ENTER }, "Open", AT_EVENTS | AT_WIKI, enter,
		"the whole explanation; in the wiki, the page named in this line" },
	{ { 'e' }, "Evidence", AT_LOG, next_evidence,
		"the next line that the explanation rests on" },
	{ { 's' }, "Sort", AT_TASKS, next_sort, "sort by the next column" },
	{ { 'S' }, "Reverse", AT_TASKS, reverse_sort, "sort the other way round" },
	{ { 't' }, "Tasks", AT_EVENT & ~AT_TASKS, open_tasks,
		"the tasks of this event" },
	{ { 'z' }, "Zones", AT_EVENT & ~AT_ZONES, open_zones,
		"the zones of this event" },
	{ { 'l' }, "Log", AT_EVENT & ~AT_LOG, open_log, "the lines of this event" },
	{ { 'w' }, "Wiki", AT_EVENT & ~AT_WIKI, open_wiki,
		"the page about the cause of this event" },
	{ { 'a' }, "Available", ANYWHERE & ~AT_NOW, open_available,
		"available now: how far this machine is from each limit" },
	{ { 'x' }, "Next", ANYWHERE & ~AT_NEXT, open_next, "who dies next" },
	{ { '+' }, "More", AT_NEXT, try_more,
		"try an oom_score_adj that is larger by 100; nothing is set" },
	{ { '-' }, "Less", AT_NEXT, try_less, "try one that is smaller by 100" },
	{ { '/' }, "Search", ANYWHERE, search_begin,
		"search for a regular expression (PCRE2); small letters match large ones" },
	{ { 'F' }, "Follow", AT_EVENTS, follow,
		"follow new events, or stop following; moving up stops too" },
	{ { 'q', ESCAPE, K_LEFT }, "Back", ANYWHERE, live_back,
		"back; from the list of events, quit" },
	{ { TAB }, "Pane", AT_EVENTS | AT_ZONES | AT_NEXT, other_part,
		"the other pane" },
	{ { 'y' }, "Write", AT_EVENT, event_write_files,
		"write text and JSON of this event to files named after it" },
	{ { 'c' }, "Cause", AT_EVENTS, only_this_cause,
		"only events of this cause; again for all" },
	{ { '[' }, NULL, AT_EVENT & ~AT_EVENTS, previous_event, "the event before" },
	{ { ']' }, NULL, AT_EVENT & ~AT_EVENTS, next_event, "the next event" },
	{ { 'n' }, NULL, ANYWHERE, search_forward, "search again" },
	{ { 'N' }, NULL, ANYWHERE, search_backward, "search backwards" },
	{ { CTRL_L }, NULL, ANYWHERE, redraw, "draw the screen anew" },
	{ { CTRL_Z }, NULL, ANYWHERE, suspend, "suspend; fg comes back" },
	{ { CTRL_C }, NULL, ANYWHERE, quit, "quit" },
};
enum { KEY_ROWS = sizeof(keys) / sizeof(*keys) };

static const struct {
	int code;
	const char *name;
} names[] = {
	{ ' ', "Space" },
	{ TAB, "Tab" },
	{ ENTER, "Enter" },
	{ ESCAPE, "Esc" },
	{ CTRL_C, "Ctrl-C" },
	{ CTRL_L, "Ctrl-L" },
	{ CTRL_Z, "Ctrl-Z" },
	{ K_UP, "Up" },
	{ K_DOWN, "Down" },
	{ K_LEFT, "Left" },
	{ K_RIGHT, "Right" },
	{ K_PAGE_UP, "PgUp" },
	{ K_PAGE_DOWN, "PgDn" },
	{ K_HOME, "Home" },
	{ K_END, "End" },
	{ K_F1, "F1" },
	{ K_BACKSPACE, "Backspace" },
};

static const char *name_of(int code, char buffer[2])
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].code == code)
			return names[i].name;
	buffer[0] = (char)code;
	buffer[1] = '\0';
	return buffer;
}

int key_named(struct slice name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (slice_is(name, names[i].name))
			return names[i].code;
	return name.n == 1 && name.p[0] > ' ' && name.p[0] < 0x7f ? name.p[0] : -1;
}

static const struct {
	unsigned int where;
	const char *words;
} places[] = {
	{ ANYWHERE, "everywhere" },
	{ ANYWHERE & ~AT_HELP, "everywhere" },
	{ ANYWHERE & ~AT_NOW, "everywhere" },
	{ ANYWHERE & ~AT_NEXT, "everywhere" },
	{ AT_EVENT, "events" },
	{ AT_EVENTS, "list" },
	{ AT_EXPLANATION, "explanation" },
	{ AT_TASKS, "tasks" },
	{ AT_ZONES, "zones" },
	{ AT_LOG, "log" },
	{ AT_WIKI, "wiki" },
	{ AT_NEXT, "next" },
};

/* "list, wiki": the widest set that all of the key's places are in, else each place. */
static void place_words(unsigned int where, struct text *text)
{
	text_clear(text);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (places[i].where == where) {
			text_puts(text, places[i].words);
			return;
		}
	}
	/* All screens of an event but one: that one is where the key leads. */
	if ((where & ~(unsigned int)AT_EVENT) == 0 &&
		__builtin_popcount(where) + 1 == __builtin_popcount(AT_EVENT)) {
		text_puts(text, "events");
		return;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (__builtin_popcount(places[i].where) != 1 ||
			!(places[i].where & where))
			continue;
		text_puts(text, text->n > 0 ? ", " : "");
		text_puts(text, places[i].words);
	}
}

static void add_names(const struct key *key, struct text *text)
{
	char buffer[2];

	for (int i = 0; i < MOST_KEYS && key->keys[i]; i++) {
		text_puts(text, i ? " " : "");
		text_puts(text, name_of(key->keys[i], buffer));
	}
}

bool keys_help(size_t index, struct text *text, struct text *where, const char **does)
{
	if (index >= KEY_ROWS)
		return false;
	text_clear(text);
	add_names(&keys[index], text);
	place_words(keys[index].where, where);
	*does = keys[index].does;
	return true;
}

void live_print_keys(void)
{
	struct text text = { 0 }, where = { 0 };
	const char *does;

	for (size_t i = 0; keys_help(i, &text, &where, &does); i++)
		printf("key\t%.*s\t%.*s\t%s\n", SLICE_ARG(text_slice(&text)),
			SLICE_ARG(text_slice(&where)), does);
	text_free(&text);
	text_free(&where);
}

void keys_bottom_line(const struct live *live, struct row *row)
{
	enum seen_at place = live->views[live->depth - 1].screen->place;
	char buffer[2];

	for (size_t i = 0; i < KEY_ROWS; i++) {
		const char *name = name_of(keys[i].keys[0], buffer);
		const char *label = keys[i].label;

		if (!label || !(keys[i].where & place))
			continue;
		if (live->depth == 1 && keys[i].act == live_back)
			label = "Quit";
		if (clean_width(text_slice(&row->text)) + strlen(name) + strlen(label) +
				3 >
			(size_t)live->columns)
			continue;
		row_puts(row, row->text.n > 0 ? "  " : "");
		row_role(row, ROLE_TITLE);
		row_puts(row, name);
		row_role(row, ROLE_TEXT);
		row_printf(row, " %s", label);
	}
}

void live_key(struct live *live, int code)
{
	enum seen_at place = live_view(live)->screen->place;

	if (code == CTRL_C || code == CTRL_Z || !live->typing) {
		if (live->message.n > 0)
			live->dirty = true;
		text_clear(&live->message);
	}
	if (live->typing && code != CTRL_C && code != CTRL_Z) {
		search_key(live, code);
		return;
	}
	live_fresh(live);
	for (size_t i = 0; i < KEY_ROWS; i++) {
		if (!(keys[i].where & place))
			continue;
		for (int k = 0; k < MOST_KEYS && keys[i].keys[k]; k++) {
			if (keys[i].keys[k] != code)
				continue;
#ifdef OOMWHY_TEST
			if (live->fixed_clock) {
				char buffer[2];

				fprintf(stderr, "driven\t%s\t%s\n",
					live_view(live)->screen->name,
					name_of(code, buffer));
			}
#endif
			live->dirty = true;
			keys[i].act(live);
			return;
		}
	}
}
