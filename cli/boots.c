/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots told apart, as far as the input does, and the one that --boot means.
 *
 * A boot ends where the id changes, where the kernel says its version, or where its
 * clock goes back. Boots are counted for each host. Which is the last is known at the
 * end only: events that may be meant are held back until then, up to a bound. */
#include "cli/boots.h"

#include "base/complain.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_HOSTS = 1024, MOST_HELD_BYTES = 64 * 1024 * 1024, LEAST_ID = 8 };

struct host_boots {
	char *host, *id, *file;
	int64_t uptime_usec;
	uint32_t boots_before;
	int64_t ordinal; /* of the newest boot, from 1 */
};

struct held {
	struct oom_event *event;
	size_t host;
	int64_t ordinal;
};

struct boots {
	const struct boot_choice *choice;
	struct host_boots hosts[MOST_HOSTS];
	size_t host_count;
	struct held *held;
	size_t held_count, held_room, held_bytes;
	bool overflowed;
};

bool boot_choice_read(struct boot_choice *choice, const char *words)
{
	struct slice rest = slice_of(words);
	size_t hex = 0;

	*choice = (struct boot_choice){ .asked = true, .id = words };
	for (size_t i = 0; i < rest.n; i++) {
		if (strchr("0123456789abcdefABCDEF", rest.p[i]))
			hex++;
		else if (rest.p[i] != '-' || i == 0)
			hex = SIZE_MAX / 2;
	}
	if (hex >= LEAST_ID && hex <= 32)
		return true;
	choice->counted = true;
	return slice_take_int(&rest, &choice->index) && rest.n == 0 &&
	       choice->index > -1000000 && choice->index < 1000000;
}

struct boots *boots_new(const struct boot_choice *choice)
{
	struct boots *b = must_alloc(sizeof(*b));

	b->choice = choice;
	return b;
}

void boots_free(struct boots *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->held_count; i++)
		event_free(b->held[i].event);
	for (size_t i = 0; i < b->host_count; i++) {
		free(b->hosts[i].host);
		free(b->hosts[i].id);
		free(b->hosts[i].file);
	}
	free(b->held);
	free(b);
}

static char *copied(struct slice s)
{
	char *p = must_alloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

/* The host's row; all that find no room share the last. */
static struct host_boots *row_of(struct boots *b, struct slice host)
{
	for (size_t i = 0; i < b->host_count; i++)
		if (slice_is(host, b->hosts[i].host))
			return &b->hosts[i];
	if (b->host_count == MOST_HOSTS)
		return &b->hosts[MOST_HOSTS - 1];
	b->hosts[b->host_count] =
		(struct host_boots){ .host = copied(host), .uptime_usec = UNKNOWN };
	return &b->hosts[b->host_count++];
}

static bool is_next_boot(const struct host_boots *h, const struct oom_event *e)
{
	if (h->ordinal == 0)
		return true;
	if (e->boot.n > 0 && *h->id)
		return !slice_is(e->boot, h->id);
	if (slice_is(e->file, h->file) && e->boots_before != h->boots_before)
		return true;
	return known(e->uptime_usec) && known(h->uptime_usec) &&
	       e->uptime_usec < h->uptime_usec;
}

/* The ordinal of the event's boot. */
static int64_t ordinal_of(struct host_boots *h, const struct oom_event *e)
{
	if (is_next_boot(h, e)) {
		h->ordinal++;
		free(h->id);
		h->id = copied(e->boot);
	}
	h->uptime_usec = e->uptime_usec;
	h->boots_before = e->boots_before;
	free(h->file);
	h->file = copied(e->file);
	return h->ordinal;
}

/* Is the beginning of the event's id the one that is meant? Dashes do not count. */
static bool has_id(const struct oom_event *e, const char *id)
{
	size_t at = 0;

	for (; *id; id++) {
		if (*id == '-')
			continue;
		while (at < e->boot.n && e->boot.p[at] == '-')
			at++;
		if (at == e->boot.n || (e->boot.p[at] | 0x20) != (*id | 0x20))
			return false;
		at++;
	}
	return true;
}

static void drop(struct boots *b, size_t index)
{
	b->held_bytes -= arena_bytes(b->held[index].event->arena);
	event_free(b->held[index].event);
	b->held_count--;
	memmove(b->held + index, b->held + index + 1,
		(b->held_count - index) * sizeof(*b->held));
}

static void hold(struct boots *b, struct oom_event *event, size_t host, int64_t ordinal)
{
	for (size_t i = 0; i < b->held_count;) {
		if (b->held[i].host == host &&
			b->held[i].ordinal < ordinal + b->choice->index)
			drop(b, i);
		else
			i++;
	}
	if (b->held_count == b->held_room) {
		b->held_room = b->held_room ? b->held_room * 2 : 64;
		b->held = must_realloc(b->held, b->held_room * sizeof(*b->held));
	}
	b->held[b->held_count++] = (struct held){ event, host, ordinal };
	b->held_bytes += arena_bytes(event->arena);
	while (b->held_bytes > MOST_HELD_BYTES && b->held_count > 1) {
		drop(b, 0);
		b->overflowed = true;
	}
}

bool boots_take(struct boots *b, struct oom_event *event, bool *held)
{
	struct host_boots *h;
	int64_t ordinal;

	*held = false;
	if (!b->choice->asked)
		return true;
	if (!b->choice->counted)
		return event->boot.n > 0 && has_id(event, b->choice->id);
	h = row_of(b, event->host);
	ordinal = ordinal_of(h, event);
	if (b->choice->index > 0)
		return ordinal == b->choice->index;
	*held = true;
	hold(b, event, (size_t)(h - b->hosts), ordinal);
	return false;
}

void boots_end(struct boots *b, void (*take)(struct oom_event *event, void *context),
	void *context)
{
	if (b->overflowed)
		warn("--boot=%lld: more than %d MiB of events had to be held back until "
		     "the last boot was known; the oldest are left out. Name the boot's id, "
		     "or count from the first (--boot=1)",
			(long long)b->choice->index, MOST_HELD_BYTES / 1024 / 1024);
	for (size_t i = 0; i < b->held_count; i++) {
		struct held *held = &b->held[i];

		if (held->ordinal == b->hosts[held->host].ordinal + b->choice->index)
			take(held->event, context);
		else
			event_free(held->event);
	}
	b->held_count = 0;
}
