/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every screen of the live view has in common: its place in the stack, its parts,
 * its cursor, and the state that all of them share. */
#ifndef CLI_LIVE_VIEW_H
#define CLI_LIVE_VIEW_H

#include "cli/format.h"
#include "cli/live/glyphs.h"
#include "cli/live/present.h"
#include "cli/live/ring.h"
#include "cli/live/row.h"
#include "cli/wiki.h"
#include "parsers/patterns.h" /* struct search */

/* Where a key works, as bits. */
enum seen_at {
	AT_EVENTS = 1 << 0,
	AT_EXPLANATION = 1 << 1,
	AT_TASKS = 1 << 2,
	AT_ZONES = 1 << 3,
	AT_LOG = 1 << 4,
	AT_WIKI = 1 << 5,
	AT_HELP = 1 << 6,
	AT_NOW = 1 << 7,
	AT_NEXT = 1 << 8,
	AT_EVENT = AT_EVENTS | AT_EXPLANATION | AT_TASKS | AT_ZONES | AT_LOG | AT_WIKI,
	ANYWHERE = AT_EVENT | AT_HELP | AT_NOW | AT_NEXT
};

struct live;
struct view;

enum { HEADER = -1, MOST_VIEWS = 12, NOWHERE = -1 };

/* A screen: what it is called, how its rows come about. */
struct screen {
	const char *name;
	enum seen_at place;
	bool of_event; /* about the selected event: of no use without one */
	bool pager[2]; /* a part that is read, not chosen from: it has no cursor */
	bool header;   /* draw_row() gets HEADER for a line above the first part */
	bool split;    /* it has a second part, below the first */
	/* Count the rows of its parts; again when the event or the width has changed. */
	void (*open)(struct live *live, struct view *view);
	/* The cursor of the first part moved: what the second shows follows. */
	void (*moved)(struct live *live, struct view *view);
	void (*draw_row)(struct live *live, const struct view *view, int part,
		long index, struct row *row);
	/* What stands in the top line behind the screen's name. */
	void (*title)(struct live *live, const struct view *view, struct row *row);
	/* The cursor of the second part moved; NULL where that does not matter. */
	void (*noted)(struct live *live, struct view *view);
	/* Enter was pressed; NULL where nothing is behind a row. */
	void (*enter)(struct live *live, struct view *view);
};

/* Rows of which some are seen. */
struct part {
	size_t rows, top, cursor;
	long found; /* the row that a search found, or NOWHERE */
	size_t height;
};

/* A row of a table and what it is sorted by. */
struct sorted {
	int64_t key;
	uint32_t row;
};

struct view {
	const struct screen *screen;
	struct part part[2];
	int focus; /* the part that keys move in */
	struct lines lines[2];
	const struct page *page; /* of the wiki */
	size_t sort;             /* column of the tasks */
	bool reverse;
	struct sorted *order; /* rows in their sorted order */
	size_t order_room;
};

extern const struct screen screen_events, screen_explanation, screen_tasks,
	screen_zones, screen_log, screen_wiki, screen_help, screen_available,
	screen_next;

struct live {
	struct ring ring;
	size_t selected;  /* number of the selected event; 0 for none */
	bool follow;      /* the selection goes with the newest event */
	const char *only; /* slug of the only cause that is shown, or NULL */
	struct view views[MOST_VIEWS];
	size_t depth;
	int rows, columns;
	bool utf8;
	const struct glyphs *glyphs;
	struct row row;      /* the one that is being put together */
	struct text message; /* instead of the bottom line, until a key is pressed */
	const char *source, *host;
	const char *state;   /* "following", "reading", "cannot read" */
	struct text trouble; /* why the source gives nothing more; empty when it does */
	const char *wiki_url;
	struct present present; /* the machine now */
	bool told_kept;         /* that the oldest events go */
	bool waiting;           /* its screen was opened because there was no event */
	struct output out;      /* how an explanation is written */
	/* A search: the expression, and while it is being typed its text. */
	struct search *search;
	struct text typed;
	bool typing;
	bool fixed_clock; /* in tests the time of day stands still */
	bool stale;       /* the rows of the screen must be counted anew */
	bool dirty, quit, redraw, suspend;
};

/* The stack of screens; the last one is seen. */
struct view *live_view(struct live *live);
void live_open(struct live *live, const struct screen *screen);
void live_back(struct live *live);
void live_begin(struct live *live, int rows, int columns);
void live_free(struct live *live);
/* The terminal has another size. */
void live_resize(struct live *live, int rows, int columns);
/* An event has arrived; the live view owns it. */
void live_take(struct live *live, struct oom_event *event);
/* Say something in the bottom line. The arguments must be clean. */
void live_say(struct live *live, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The selected event, or NULL. */
const struct kept *live_selected(const struct live *live);
void live_select(struct live *live, size_t number);
/* Events that are shown: all, or those of one cause; oldest first. */
size_t live_shown(const struct live *live);
const struct kept *live_shown_at(const struct live *live, size_t index);
/* Put the whole screen together, line by line. */
void live_draw(struct live *live);

/* Room for so many rows in the order of a view. */
void view_order_room(struct view *view, size_t rows);

/* Move the cursor, or the text under it, by so many rows. */
void live_move(struct live *live, long by);
void live_move_to(struct live *live, size_t row);
/* Bring the row of the part that has the focus into sight, the cursor on it. */
void live_go(struct live *live, size_t row);
/* Count the rows of the screen that is seen, if that must be done anew. */
void live_fresh(struct live *live);

/* keys.c: a key was pressed (a character or enum key_code). */
void live_key(struct live *live, int code);
/* The bottom line: the keys of this place, as many as there is room for. */
void keys_bottom_line(const struct live *live, struct row *row);
/* Row of the table, for the help screen. False at the end. */
bool keys_help(size_t index, struct text *names, struct text *where, const char **does);
/* The code of a key by its name, as scripts and the help have it; -1 for no key. */
int key_named(struct slice name);

/* search.c */
void search_begin(struct live *live);
/* A key while the expression is typed. */
void search_key(struct live *live, int code);
void search_again(struct live *live, bool backwards);

/* explanation.c: the text format's own output, in so many columns. */
void explanation_write(struct live *live, const struct kept *kept, struct lines *lines);

/* write_event.c: text and JSON of the event into files named after it. */
void event_write_files(struct live *live);

/* The screens of the machine now. */
bool live_shows_present(const struct live *live);
/* Open one of them; in the place of the other. */
void live_open_present(struct live *live, const struct screen *screen);
/* The machine was read anew. */
void live_refresh(struct live *live);
/* next.c: try a larger (1) or smaller (-1) oom_score_adj of who is under the cursor. */
void next_try(struct live *live, int direction);
/* How often it is read, where that is not every second. */
void title_of_present(struct live *live, struct row *row);

/* What the screens of an event share: its headline is in the title. */
void title_of_event(struct live *live, struct row *row);
/* "02:19:01", "+0:00:02" since boot, or "" */
void event_clock(const struct oom_event *e, struct text *text);

#endif
