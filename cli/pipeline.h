/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to each event between the assembler and the output. */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include "base/text.h"
#include "cli/options.h"
#include "cli/told.h"

struct pipeline;

/* A pipeline that writes to standard output; `options` must outlive it. */
struct pipeline *pipeline_new(const struct options *options);

/* Take one complete event, in the order of the input; owns it from then on. A take_told:
 * `pipeline` is a struct pipeline. */
void pipeline_take(struct told told, void *pipeline);
/* The same, a take_event (parsers/assemble.h). */
void pipeline_take_event(struct oom_event *event, void *pipeline);

/* Explain and format an event before it is its turn, and keep the words alone; owns
 * `event`. Several threads may do so at once, each with a `buffer` of its own. An event
 * whose words depend on others comes back as it was. */
struct told pipeline_tell_ahead(
	const struct pipeline *pipeline, struct oom_event *event, struct text *buffer);

/* How many events were taken so far. */
size_t pipeline_taken(const struct pipeline *pipeline);

/* From now on explain and format events in so many threads. They are then written when
 * others have come after them, and at the end: not for an input that is waited for. */
void pipeline_side_by_side(struct pipeline *pipeline, size_t threads);

/* The end of all input: show what was kept back, end the output, free the pipeline.
 * Returns the exit status. */
int pipeline_end(struct pipeline *pipeline);

#endif
