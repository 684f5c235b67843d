/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of a live view: read as far as it goes, then waited for. */
#ifndef CLI_LIVE_FOLLOW_H
#define CLI_LIVE_FOLLOW_H

#include "parsers/source.h"

struct follow;

/* Open a log, or /dev/kmsg when `name` is NULL. `name` must outlive the events. NULL, and
 * `*error` an errno, when it cannot be opened. */
struct follow *follow_open(const char *name, struct assembler *assembler, int *error);
/* Open this machine's journal. NULL, and `*why` in words, when it cannot be. */
struct follow *follow_journal(struct assembler *assembler, const char **why);
/* What to poll for: readable when there may be something new; -1 for nothing. */
int follow_fd(const struct follow *follow);
/* Read on for a short while. True when there is more to read at once. */
bool follow_read(struct follow *follow);
/* Milliseconds until follow_read() must be called even when nothing is readable: an
 * event waits for silence, or the file cannot be watched. -1: never. */
int follow_timeout(const struct follow *follow);
/* Whether an event waits for its end. */
bool follow_waits(const struct follow *follow);
/* As if there had been a second of silence: what waits is complete. */
void follow_settle(struct follow *follow);
/* Why the source gives nothing more, or NULL while it may. */
const char *follow_trouble(const struct follow *follow);
void follow_close(struct follow *follow);

#endif
