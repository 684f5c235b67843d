/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dmesg, dmesg -T, syslog and the journal tell the same event: it is held back a while,
 * so that the best copy is shown once and names the others. Memory is bounded. */
#include "cli/merge.h"

#include "base/complain.h"
#include "parsers/identity.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_HELD = 64,
	MOST_BYTES = 16 * 1024 * 1024,
	MOST_PLACES = 1000, /* of one event that are named */
	MARKS = 64 * 1024   /* ids of what was handed on; a later one takes its place */
};

/* An event that was handed on, and the file it came from. */
struct mark {
	uint64_t id, place;
};

struct held {
	struct told told;
	uint64_t id;
};

struct merger {
	take_told *take;
	void *context;
	struct held held[MOST_HELD];
	size_t count, bytes;
	struct mark *marks;
};

struct merger *merger_new(take_told *take, void *context)
{
	struct merger *m = must_alloc(sizeof(*m));

	m->take = take;
	m->context = context;
	m->marks = must_alloc(MARKS * sizeof(*m->marks));
	return m;
}

/* A supportconfig's boot.txt holds dmesg and journalctl, and two daemons may write one
 * file: two logs, which differ in what they tell beside the report. */
static unsigned int dress_of(const struct oom_event *e)
{
	return (unsigned int)known(e->uptime_usec) |
	       (unsigned int)(e->host.n > 0) << 1 | (unsigned int)(e->wall.n > 0) << 2 |
	       (unsigned int)e->program_pid << 3;
}

static uint64_t place_hash(const struct oom_event *e)
{
	uint64_t h = UINT64_C(14695981039346656037);
	const struct slice parts[] = { e->file, e->member };

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < parts[k].n; i++)
			h = (h ^ (unsigned char)parts[k].p[i]) *
			    UINT64_C(1099511628211);
		h = (h ^ 0xff) * UINT64_C(1099511628211);
	}
	return (h ^ dress_of(e)) * UINT64_C(1099511628211);
}

static bool is_there(const struct sighting *s, const struct oom_event *e)
{
	return slice_eq(s->file, e->file) && slice_eq(s->member, e->member) &&
	       s->dress == dress_of(e);
}

static struct sighting own_place(const struct oom_event *e)
{
	return (struct sighting){ e->file, e->member, e->first_line, e->last_line,
		dress_of(e) };
}

/* A log does not tell an event twice: two of its events are two, however alike. */
static bool knows_place(const struct oom_event *held, const struct oom_event *e)
{
	struct sighting own = own_place(held);

	if (is_there(&own, e))
		return true;
	for (size_t i = 0; i < held->also_count; i++)
		if (is_there(&held->also[i], e))
			return true;
	return false;
}

static void add_sighting(struct oom_event *e, struct sighting s)
{
	if (e->also_count == MOST_PLACES)
		return;
	e->also = arena_room(
		e->arena, e->also, e->also_count, &e->also_room, sizeof(*e->also));
	s.file = arena_copy(e->arena, s.file);
	s.member = arena_copy(e->arena, s.member);
	e->also[e->also_count++] = s;
}

/* `kept` is shown, and names the places of `other`, which goes. */
static void join(struct oom_event *kept, struct oom_event *other)
{
	add_sighting(kept, own_place(other));
	for (size_t i = 0; i < other->also_count; i++)
		add_sighting(kept, other->also[i]);
	event_free(other);
}

static size_t held_bytes(const struct held *held)
{
	return arena_bytes(held->told.event->arena);
}

static void hand_on(struct merger *m, const struct held *held)
{
	m->marks[held->id % MARKS] =
		(struct mark){ held->id, place_hash(held->told.event) };
	m->take(held->told, m->context);
}

static void hand_on_first(struct merger *m)
{
	struct held first = m->held[0];

	m->bytes -= held_bytes(&first);
	m->count--;
	memmove(m->held, m->held + 1, m->count * sizeof(*m->held));
	hand_on(m, &first);
}

/* Was a copy of it, from another place, handed on already? */
static bool was_told(const struct merger *m, const struct held *new)
{
	const struct mark *mark = &m->marks[new->id % MARKS];

	return mark->id == new->id && mark->place != 0 &&
	       mark->place != place_hash(new->told.event);
}

void merger_take(struct merger *m, struct told told)
{
	struct held new = { .told = told, .id = event_id(told.event) };

	for (size_t i = 0; i < m->count; i++) {
		struct held *held = &m->held[i];

		if (knows_place(held->told.event, told.event) ||
			!event_same(held->told.event, told.event))
			continue;
		m->bytes -= held_bytes(held);
		if (event_tells_more(told.event, held->told.event) > 0) {
			join(told.event, held->told.event);
			*held = new;
		} else {
			join(held->told.event, told.event);
		}
		m->bytes += held_bytes(held);
		return;
	}
	if (was_told(m, &new)) {
		event_free(told.event);
		return;
	}
	if (m->count == MOST_HELD)
		hand_on_first(m);
	m->held[m->count++] = new;
	m->bytes += held_bytes(&new);
	while (m->bytes > MOST_BYTES && m->count > 1)
		hand_on_first(m);
}

void merger_pass(struct merger *m, struct told told)
{
	struct held new = { .told = told, .id = event_id(told.event) };

	if (was_told(m, &new))
		event_free(told.event);
	else
		hand_on(m, &new);
}

void merger_flush(struct merger *m)
{
	while (m->count > 0)
		hand_on_first(m);
}

void merger_end(struct merger *m)
{
	if (!m)
		return;
	merger_flush(m);
	free(m->marks);
	free(m);
}
