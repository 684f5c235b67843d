/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes from a log made safe: for a terminal, and for JSON.
 *
 * Names of processes, cgroups and files come from attackers. Nothing from a log
 * reaches a terminal or a JSON string but through these. */
#ifndef CLI_CLEAN_H
#define CLI_CLEAN_H

#include "base/text.h"

/* Add `s` with every byte that is not plain printable text made visible as \xNN:
 * control characters (C1 too), bidirectional overrides, invisible and invalid UTF-8;
 * all beyond ASCII where the terminal has no UTF-8. */
void clean_for_terminal(struct text *out, struct slice s, bool utf8);
/* Add `s` as valid UTF-8: what is none becomes U+FFFD. What acts on a terminal stays: JSON
 * has escapes for it. */
void clean_for_json(struct text *out, struct slice s);
/* The length of the character at the front of valid UTF-8, and its code point, where
 * it is one that acts, hides or reorders; else 0. `s` is not empty. */
size_t clean_acting(struct slice s, uint32_t *code);

/* How many columns the cleaned text takes, by the locale's wcwidth(). */
size_t clean_width(struct slice cleaned);
/* As much of the cleaned text as fits into so many columns, in whole characters and whole
 * \xNN. */
struct slice clean_first(struct slice cleaned, size_t columns);

/* For messages on standard error: a cleaned, NUL-terminated copy that the next
 * call overwrites. */
const char *clean_name(const char *name);

#endif
