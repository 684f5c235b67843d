/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output formats: one const struct each, and what all of them are told. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include "base/text.h"
#include "explain/explain.h"

#include <stdio.h>

/* How often events like the one shown came (--dedupe). */
struct repeats {
	size_t count;
	struct slice first, last;         /* when, as event_time() says it */
	int64_t span_usec;                /* between the two; UNKNOWN */
	bool limit_changed, path_changed; /* the path by a container's id only */
};

struct output {
	FILE *to;     /* NULL: what is written stays in the buffer */
	size_t width; /* columns of prose */
	bool terminal, colour, utf8;
	bool full;            /* tables and raw lines too */
	const char *wiki_url; /* base of the links, or NULL for installed pages */
	const char *why_not;  /* a slug to say more about, or NULL */
	size_t event;         /* number of the event, from 1 */
	bool several_sources;
	const struct repeats
		*repeats;        /* of the event shown now; NULL: counts for one */
	struct text buffer;      /* what is written at once */
	size_t copies_at;        /* in it: see struct format */
	struct summary *summary; /* NULL: events are not counted */
};

struct format {
	const char *name, *help;
	/* Writes the words of one event. Depends on nothing but its settings and the
	 * event, so that several threads can do it at once for several events. */
	void (*event)(struct output *out, const struct explanation *x);
	/* Before that, in the order of the events and in one thread: what counts events
	 * or parts them. False: the event is not shown. May be NULL. */
	bool (*turn)(struct output *out, const struct explanation *x);
	/* Where else the event stands, in the midst of its words: behind the bytes that
	 * event() put into out->buffer before out->copies_at. That is known when all logs
	 * were read; NULL: event() must wait so long. */
	void (*copies)(struct output *out, const struct oom_event *e);
	/* After the last event; may be NULL. */
	void (*end)(struct output *out);
};

extern const struct format format_text, format_json, format_list;
extern const struct format *const formats[];
const struct format *format_named(const char *name);

/* summary.c: the table after several events, and the grouping of a crash loop. */
struct summary *summary_new(void);
void summary_free(struct summary *summary);
/* Count an event, or as many as `repeats` says. Returns how many of its cause and cgroup
 * were seen, it included. */
size_t summary_count(struct summary *summary, const struct explanation *x,
	const struct repeats *repeats);
void summary_print(struct output *out);

/* Where a page is: its installed path or its URL. The string lives in `buffer`. */
const char *wiki_place(const struct output *out, const char *page, struct text *buffer);

/* "2026-11-22T02:19:01+00:00", "Nov 22 02:19:01", "12.345678 s after boot"; empty
 * when the log has no time. */
struct slice event_time(const struct oom_event *e, struct text *buffer);

/* Write the buffer out and empty it; without a file it stays. */
void output_flush(struct output *out);

#endif
