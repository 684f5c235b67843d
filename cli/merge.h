/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One event that stands in several logs is told once, with all its places. */
#ifndef CLI_MERGE_H
#define CLI_MERGE_H

#include "cli/told.h"

struct merger;

/* Hands events on to `take` in the order in which they were first seen. */
struct merger *merger_new(take_told *take, void *context);
/* Take one event and own it. It is held back until MOST_HELD events or MOST_BYTES came
 * after it, in case that another copy comes; the copy that tells more is handed on, and
 * the places of the others with it. A copy that comes later is dropped. */
void merger_take(struct merger *merger, struct told told);
/* The same of a single log, whose events are not held back: the first copy is told. */
void merger_pass(struct merger *merger, struct told told);
/* Hand on what is held. */
void merger_flush(struct merger *merger);
/* Flush and free. */
void merger_end(struct merger *merger);

#endif
