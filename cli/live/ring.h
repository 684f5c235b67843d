/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events that are kept: the last ones, each with its explanation. */
#ifndef CLI_LIVE_RING_H
#define CLI_LIVE_RING_H

#include "explain/explain.h"

enum {
	RING_EVENTS = 200,
	RING_BYTES = 12 * 1024 * 1024 /* arenas of all kept events together */
};

struct kept {
	size_t number; /* of the event in its source, from 1 */
	struct oom_event *event;
	struct explanation *x;
};

/* Starts as all zero. Oldest first. */
struct ring {
	struct kept kept[RING_EVENTS];
	size_t count;
	size_t seen; /* events taken so far */
	size_t bytes;
	bool several_hosts; /* events came from more than one */
};

/* Explain the event and keep it; the ring owns it. Where it is full, the oldest goes, but
 * never number `pinned`, which is being looked at. */
const struct kept *ring_add(struct ring *ring, struct oom_event *event, size_t pinned);
/* The event of that number, or NULL when it is not kept. */
const struct kept *ring_find(const struct ring *ring, size_t number);
void ring_free(struct ring *ring);

#endif
