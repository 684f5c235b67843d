/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event on its way to the output, and what was made of it so far. */
#ifndef CLI_TOLD_H
#define CLI_TOLD_H

#include "explain/explain.h"

/* event_free(told.event) frees all of it: everything else lives in the event's arena. */
struct told {
	struct oom_event *event;
	struct explanation *x; /* once it was needed, or NULL */
	/* The event as its format writes it, once a reader did that: then `event` is no more
	 * than its gist (parsers/identity.h). */
	struct slice words;
	size_t copies_at; /* where in them the places of its copies belong */
};

/* Take a struct told and own it. */
typedef void take_told(struct told told, void *context);

#endif
