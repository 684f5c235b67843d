/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events explained and formatted side by side, written in their order. */
#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include "cli/format.h"
#include "cli/options.h"

struct renderers;

/* Writes an event whose words are `words`; it is called in the order of the events, in
 * the caller's thread. */
typedef void write_rendered(
	const struct explanation *x, struct slice words, void *context);

/* `workers` threads that format as `out` says; NULL where none can be had. */
struct renderers *renderers_new(size_t workers, const struct format *format,
	const struct output *out, const struct options *options, write_rendered *write,
	void *context);
/* Take an event and own it; `x` is its explanation, or NULL: then it is explained, too.
 * Older ones may be written meanwhile. */
void renderers_take(
	struct renderers *renderers, struct oom_event *event, struct explanation *x);
/* Write all that were taken. */
void renderers_drain(struct renderers *renderers);
/* Drain, end the threads, free. */
void renderers_free(struct renderers *renderers);

#endif
