/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several events: counted by cause and cgroup, told in one table. */
#include "base/complain.h"
#include "cli/clean.h"
#include "cli/format.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *slug;
	char *where, *first, *last;
	size_t count;
};

struct summary {
	struct row *rows;
	size_t count, room, events;
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

size_t summary_count(
	struct summary *s, const struct explanation *x, const struct repeats *repeats)
{
	struct slice where = where_of(x);
	struct text buffer = { 0 };
	struct slice when = event_time(x->event, &buffer);
	struct row *row = NULL;

	s->events += repeats ? repeats->count : 1;
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->rows[i].slug, x->cause.slug) == 0 &&
			slice_is(where, s->rows[i].where))
			row = &s->rows[i];
	if (!row) {
		if (s->count == s->room) {
			s->room = s->room ? s->room * 2 : 16;
			s->rows = must_realloc(s->rows, s->room * sizeof(*s->rows));
		}
		row = &s->rows[s->count++];
		*row = (struct row){ x->cause.slug, copy_of(where),
			copy_of(repeats ? repeats->first : when), copy_of(when), 0 };
	}
	row->count += repeats ? repeats->count : 1;
	free(row->last);
	row->last = copy_of(repeats ? repeats->last : when);
	text_free(&buffer);
	return row->count;
}

void summary_print(struct output *out)
{
	struct summary *s = out->summary;
	struct text *t = &out->buffer, name = { 0 };
	size_t slug_width = 5, times = 13, room;

	if (s->events < 2)
		return;
	for (size_t i = 0; i < s->count; i++)
		if (strlen(s->rows[i].slug) > slug_width)
			slug_width = strlen(s->rows[i].slug);
	for (size_t i = 0; i < s->count; i++)
		if (strlen(s->rows[i].first) > times)
			times = strlen(s->rows[i].first);
	text_printf(t, "\n%zu events\n", s->events);
	room = out->width > slug_width + 10 ? out->width - slug_width - 10 : 10;
	for (size_t i = 0; i < s->count; i++) {
		const struct row *row = &s->rows[i];

		text_clear(&name);
		clean_for_terminal(&name, slice_of(row->where), out->utf8);
		text_printf(t, "  %5zu  %-*s ", row->count, (int)slug_width, row->slug);
		if (name.n > room) {
			text_add(t, slice_first(text_slice(&name), room - 3));
			text_puts(t, "...");
		} else {
			text_add(t, text_slice(&name));
		}
		text_putc(t, '\n');
		text_clear(&name);
		clean_for_terminal(&name, slice_of(row->first), out->utf8);
		if (name.n > 0) {
			text_printf(t, "         %s %.*s",
				row->count > 1 ? "from" : "at",
				SLICE_ARG(text_slice(&name)));
			if (row->count > 1) {
				text_clear(&name);
				clean_for_terminal(
					&name, slice_of(row->last), out->utf8);
				text_printf(
					t, " to %.*s", SLICE_ARG(text_slice(&name)));
			}
			text_putc(t, '\n');
		}
	}
	text_free(&name);
	output_flush(out);
}
