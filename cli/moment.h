/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moments: those that a person names, and that at which an event began. */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include "parsers/event.h"

struct moment {
	bool kernel_clock; /* microseconds since boot, not since 1970 */
	int64_t usec;
};

/* What moment_read() takes, for --help and messages. */
#define MOMENT_FORMS                                                                   \
	"\"2026-11-22 02:19:01\" (local; the time may be cut short or left out), "     \
	"RFC 3339, \"02:19\", now, today, yesterday, \"2 hours ago\", -2h, @SECONDS "  \
	"(since 1970), or \"[123.456]\" (the kernel's clock)"

/* Read one of the forms above; false when it is none. `now_usec` is the time, since
 * 1970; local time is the environment's (TZ). */
bool moment_read(struct moment *moment, const char *words, int64_t now_usec);

/* When the event began by the log's clock: microseconds since 1970. A stamp without
 * a zone is taken for local time, one without a year for the latest that is not in
 * the future. UNKNOWN when the log has no date. */
int64_t event_began_usec(const struct oom_event *event, int64_t now_usec);

/* The time, in microseconds since 1970. */
int64_t now_usec(void);

#endif
