/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several events: counted by cause and cgroup, told in one table. */
#include "base/complain.h"
#include "cli/clean.h"
#include "cli/format.h"

#include <stdlib.h>
#include <string.h>

/* A table for a person: of what has more rows than this the rest is counted only. */
enum { MOST_ROWS = 1000, PLACES = 2048, LONGEST_NAME = 4096 };

struct row {
	const char *slug;
	char *where, *first, *last;
	size_t count;
};

struct summary {
	struct row *rows;
	size_t count, room, events, others;
	uint16_t places[PLACES]; /* by hash: number of a row, from 1; 0: nothing */
};

struct summary *summary_new(void)
{
	return must_alloc(sizeof(struct summary));
}

void summary_free(struct summary *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++) {
		free(s->rows[i].where);
		free(s->rows[i].first);
		free(s->rows[i].last);
	}
	free(s->rows);
	free(s);
}

static char *copy_of(struct slice s)
{
	char *p = must_alloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

/* The cgroup whose limit was met, else the victim's name. */
static struct slice where_of(const struct explanation *x)
{
	const struct oom_event *e = x->event;

	if (e->memcg.oom_path.n > 0)
		return e->memcg.oom_path;
	if (e->killer.pod.n > 0 || e->killer.cgroup.n > 0)
		return e->killer.pod.n > 0 ? e->killer.pod : e->killer.cgroup;
	if (e->told && e->victim_count == 0)
		return e->notices[0].place;
	if (e->victim_count > 0)
		return e->victims[0].comm;
	return e->request.comm;
}

static size_t hash_of(const char *slug, struct slice where)
{
	uint32_t h = 2166136261u;

	for (; *slug; slug++)
		h = (h ^ (unsigned char)*slug) * 16777619u;
	for (size_t i = 0; i < where.n; i++)
		h = (h ^ (unsigned char)where.p[i]) * 16777619u;
	return h ^ h >> 15;
}

/* The row of this cause and cgroup, a new one if need be; NULL: there are too many. */
static struct row *row_of(struct summary *s, const char *slug, struct slice where)
{
	size_t at = hash_of(slug, where) % PLACES;

	for (; s->places[at]; at = (at + 1) % PLACES) {
		struct row *row = &s->rows[s->places[at] - 1];

		if (strcmp(row->slug, slug) == 0 && slice_is(where, row->where))
			return row;
	}
	if (s->count == MOST_ROWS)
		return NULL;
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 16;
		s->rows = must_realloc(s->rows, s->room * sizeof(*s->rows));
	}
	s->rows[s->count] = (struct row){ .slug = slug, .where = copy_of(where) };
	s->places[at] = (uint16_t)++s->count;
	return &s->rows[s->count - 1];
}

size_t summary_count(
	struct summary *s, const struct explanation *x, const struct repeats *repeats)
{
	size_t times = repeats ? repeats->count : 1;
	struct text buffer = { 0 };
	struct slice when;
	struct row *row =
		row_of(s, x->cause.slug, slice_first(where_of(x), LONGEST_NAME));

	s->events += times;
	if (!row) {
		s->others += times;
		return times;
	}
	when = event_time(x->event, &buffer);
	if (!row->first)
		row->first = copy_of(repeats ? repeats->first : when);
	row->count += times;
	free(row->last);
	row->last = copy_of(repeats ? repeats->last : when);
	text_free(&buffer);
	return row->count;
}

/* "from A to B", on a line of its own each where the screen is narrow. */
static void print_times(struct output *out, const struct row *row)
{
	struct text *t = &out->buffer, first = { 0 }, last = { 0 };
	int indent = out->width < 60 ? 4 : 9;

	clean_for_terminal(&first, slice_of(row->first), out->utf8);
	clean_for_terminal(&last, slice_of(row->last), out->utf8);
	if (first.n > 0)
		text_printf(t, "%*s%s %.*s", indent, "", row->count > 1 ? "from" : "at",
			SLICE_ARG(text_slice(&first)));
	if (first.n > 0 && row->count > 1) {
		if ((size_t)indent + 5 + first.n + 4 + last.n > out->width)
			text_printf(t, "\n%*s", indent, "");
		else
			text_putc(t, ' ');
		text_printf(t, "to %.*s", SLICE_ARG(text_slice(&last)));
	}
	if (first.n > 0)
		text_putc(t, '\n');
	text_free(&first);
	text_free(&last);
}

void summary_print(struct output *out)
{
	struct summary *s = out->summary;
	struct text *t = &out->buffer, name = { 0 };
	size_t slug_width = 5, room;

	if (s->events < 2)
		return;
	for (size_t i = 0; i < s->count; i++)
		if (strlen(s->rows[i].slug) > slug_width)
			slug_width = strlen(s->rows[i].slug);
	text_printf(t, "\n%zu events\n", s->events);
	room = out->width > slug_width + 10 ? out->width - slug_width - 10 : 10;
	for (size_t i = 0; i < s->count; i++) {
		const struct row *row = &s->rows[i];

		text_clear(&name);
		clean_for_terminal(&name, slice_of(row->where), out->utf8);
		text_printf(t, "  %5zu  %-*s ", row->count, (int)slug_width, row->slug);
		if (clean_width(text_slice(&name)) > room) {
			text_add(t, clean_first(text_slice(&name), room - 3));
			text_puts(t, "...");
		} else {
			text_add(t, text_slice(&name));
		}
		text_putc(t, '\n');
		print_times(out, row);
	}
	if (s->others > 0)
		text_printf(t,
			"  %5zu  more, of other causes and cgroups than these %d\n",
			s->others, MOST_ROWS);
	text_free(&name);
	output_flush(out);
}
