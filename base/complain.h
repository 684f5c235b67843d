/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways to complain: every message of oomwhy on standard error. */
#ifndef BASE_COMPLAIN_H
#define BASE_COMPLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* Exit status, as grep: an event was explained, none was found, trouble. */
enum { EXIT_FOUND = 0, EXIT_NOTHING = 1, EXIT_TROUBLE = 2 };

/* "oomwhy: message" on standard error; remembers that there was trouble. The
 * arguments must already be safe for a terminal. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, then the end with status 2. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Words on standard error that are no complaint, as they stand. */
void remark(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What this thread says from now on is added to `text` instead; NULL: it is said. */
struct text;
void complaints_into(struct text *text);
/* Whether warn() was called: then the exit status is 2. */
bool complained(void);

/* A function to call before the program ends in die(), for the terminal; NULL
 * for none. */
void die_calls(void (*before)(void));

/* Zeroed memory from malloc, or die(). */
void *must_alloc(size_t bytes);
/* realloc, or die(). */
void *must_realloc(void *p, size_t bytes);

#endif
