/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes an event itself, wherever and in whatever envelope it is read. */
#ifndef PARSERS_IDENTITY_H
#define PARSERS_IDENTITY_H

#include "parsers/event.h"

/* A hash of what each copy of the event holds: who asked, who was killed, and numbers
 * of the report. Where nobody was killed the time counts too, for the same task may be
 * refused the same amount many times. */
uint64_t event_id(const struct oom_event *event);

/* Whether two events from different places are one: nothing that both tell differs, and
 * what they share is too much for chance. */
bool event_same(const struct oom_event *a, const struct oom_event *b);

/* As much of an event as the functions here ask for, and where it stands, in an arena of
 * its own: what is left to keep once the event was explained. Its copies (`also`) are not
 * taken. */
struct oom_event *event_gist(const struct oom_event *event);

/* Which copy tells more: greater than 0 when it is `a`, 0 when they tell as much. */
int event_tells_more(const struct oom_event *a, const struct oom_event *b);

#endif
