/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pointer and a length: the only form in which bytes of a log travel. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else owns; may hold anything, NUL included. */
struct slice {
	const char *p;
	size_t n;
};

#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })
#define SLICE_ARG(s)   (int)((s).n > 65536 ? 65536 : (s).n), (s).p
#define SLICE_NONE     SIZE_MAX

/* The slice of a C string (not of log bytes). */
struct slice slice_of(const char *string);

bool slice_eq(struct slice a, struct slice b);
bool slice_is(struct slice s, const char *string);
bool slice_starts(struct slice s, const char *prefix);
bool slice_ends(struct slice s, const char *suffix);

/* The offset of the first `needle` in `s`, or SLICE_NONE. */
size_t slice_find(struct slice s, const char *needle);
/* The offset of the last `needle` in `s`, or SLICE_NONE. */
size_t slice_find_last(struct slice s, const char *needle);
bool slice_has(struct slice s, const char *needle);

/* The part from offset `at` on (empty when `at` lies beyond the end). */
struct slice slice_from(struct slice s, size_t at);
/* The first `n` bytes, or all of them when there are fewer. */
struct slice slice_first(struct slice s, size_t n);
/* Without blanks and tabs at both ends. */
struct slice slice_trim(struct slice s);

/* Take the part up to `separator` off the front of `rest` (all of it when there
 * is none). False when `rest` was already empty. */
bool slice_cut(struct slice *rest, char separator, struct slice *part);
/* Take `prefix` off the front; false, and nothing taken, when it is not there. */
bool slice_take(struct slice *rest, const char *prefix);
/* Take the blanks off the front. */
void slice_take_blanks(struct slice *rest);
/* Take the next word, blanks before it dropped; false at the end. */
bool slice_take_word(struct slice *rest, struct slice *word);

/* Take a decimal number with an optional minus sign. What does not fit in 64
 * bits saturates, so that a hostile number never wraps. */
bool slice_take_int(struct slice *rest, int64_t *number);
/* Take a hexadecimal number, "0x" before it optional; saturates. */
bool slice_take_hex(struct slice *rest, uint64_t *number);

#endif
