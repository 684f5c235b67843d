/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal: what the kernel and the killers in userspace wrote to it. */
#ifndef PARSERS_SOURCE_JOURNAL_H
#define PARSERS_SOURCE_JOURNAL_H

#include "parsers/assemble.h"

/* Whether libsystemd is there; loads it. */
bool journal_available(void);

struct journal;

/* Journal files, read as one in the order of time; `paths` ends with NULL. On failure
 * NULL, and `*why` in words that are safe for a terminal. */
struct journal *journal_open_files(const char **paths, const char **why);
/* The same for one descriptor of a regular file, which stays the caller's. */
struct journal *journal_open_fd(int fd, const char **why);
/* This machine's own journal, of all its boots. */
struct journal *journal_open_machine(const char **why);

/* Give the next `most` messages to the assembler; each counts as a line. Returns how
 * many there were, 0 at the end of what is there for now, or a negative errno. */
int journal_feed(
	struct journal *journal, struct assembler *assembler, unsigned int most);
/* Go behind the last message, so that only new ones are given. Returns 0 or a negative
 * errno. */
int journal_skip(struct journal *journal);
/* For a loop that follows: what to poll (POLLIN) before the next journal_feed(), or a
 * negative errno. journal_woken() is called after each wake. */
int journal_fd(struct journal *journal);
void journal_woken(struct journal *journal);

/* How many messages were given so far. */
uint32_t journal_messages(const struct journal *journal);
void journal_close(struct journal *journal);

#endif
