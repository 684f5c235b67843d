/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The newest events stay, by number and by bytes: a flood must not fill the memory that
 * it reports the lack of. */
#include "cli/live/ring.h"

#include <string.h>

static void drop(struct ring *ring, size_t at)
{
	ring->bytes -= arena_bytes(ring->kept[at].event->arena);
	event_free(ring->kept[at].event);
	ring->count--;
	memmove(ring->kept + at, ring->kept + at + 1,
		(ring->count - at) * sizeof(*ring->kept));
}

const struct kept *ring_add(struct ring *ring, struct oom_event *event, size_t pinned)
{
	struct explanation *x = explain(event);
	size_t bytes = arena_bytes(event->arena);

	while (ring->count > 0 &&
		(ring->count == RING_EVENTS || ring->bytes + bytes > RING_BYTES)) {
		size_t oldest = ring->kept[0].number == pinned ? 1 : 0;

		if (oldest >= ring->count)
			break;
		drop(ring, oldest);
	}
	if (ring->count > 0 && !slice_eq(ring->kept[0].event->host, event->host))
		ring->several_hosts = true;
	ring->bytes += bytes;
	ring->seen++;
	ring->kept[ring->count++] = (struct kept){ ring->seen, event, x };
	return &ring->kept[ring->count - 1];
}

const struct kept *ring_find(const struct ring *ring, size_t number)
{
	for (size_t i = 0; i < ring->count; i++)
		if (ring->kept[i].number == number)
			return &ring->kept[i];
	return NULL;
}

void ring_free(struct ring *ring)
{
	while (ring->count > 0)
		drop(ring, ring->count - 1);
}
