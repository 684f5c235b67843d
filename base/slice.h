/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pointer and a length: the only form in which bytes of a log travel. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that somebody else owns; may hold anything, NUL included. */
struct slice {
	const char *p;
	size_t n;
};

#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })
#define SLICE_ARG(s)   (int)((s).n > 65536 ? 65536 : (s).n), (s).p
#define SLICE_NONE     SIZE_MAX

/* The slice of a C string (not of log bytes). */
static inline struct slice slice_of(const char *string)
{
	return (struct slice){ string, strlen(string) };
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool slice_is(struct slice s, const char *string)
{
	/* Most words are told apart by their first byte. */
	if (s.n > 0 && s.p[0] != string[0])
		return false;
	return slice_eq(s, slice_of(string));
}

static inline bool slice_starts(struct slice s, const char *prefix)
{
	size_t n;

	if (s.n > 0 && s.p[0] != prefix[0] && prefix[0] != '\0')
		return false;
	n = strlen(prefix);
	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

static inline bool slice_ends(struct slice s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.p + (s.n - n), suffix, n) == 0;
}

/* Whether the byte stands in `s`. */
static inline bool slice_has_byte(struct slice s, char byte)
{
	return s.n > 0 && memchr(s.p, byte, s.n) != NULL;
}

/* The offset of the first `needle` in `s`, or SLICE_NONE. */
size_t slice_find(struct slice s, const char *needle);
/* The offset of the last `needle` in `s`, or SLICE_NONE. */
size_t slice_find_last(struct slice s, const char *needle);
bool slice_has(struct slice s, const char *needle);

/* The part from offset `at` on (empty when `at` lies beyond the end). */
static inline struct slice slice_from(struct slice s, size_t at)
{
	if (at >= s.n)
		return (struct slice){ s.p ? s.p + s.n : "", 0 };
	return (struct slice){ s.p + at, s.n - at };
}

/* The first `n` bytes, or all of them when there are fewer. */
static inline struct slice slice_first(struct slice s, size_t n)
{
	return (struct slice){ s.p, n < s.n ? n : s.n };
}

/* Without blanks and tabs at both ends. */
struct slice slice_trim(struct slice s);

/* Take the part up to `separator` off the front of `rest` (all of it when there
 * is none). False when `rest` was already empty. */
bool slice_cut(struct slice *rest, char separator, struct slice *part);
/* Take `prefix` off the front; false, and nothing taken, when it is not there. */
static inline bool slice_take(struct slice *rest, const char *prefix)
{
	if (!slice_starts(*rest, prefix))
		return false;
	*rest = slice_from(*rest, strlen(prefix));
	return true;
}

/* Take the blanks off the front. */
static inline void slice_take_blanks(struct slice *rest)
{
	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
		rest->p++;
		rest->n--;
	}
}

/* Take the next word, blanks before it dropped; false at the end. */
static inline bool slice_take_word(struct slice *rest, struct slice *word)
{
	size_t n = 0;

	slice_take_blanks(rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*word = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return n > 0;
}

/* Take a decimal number with an optional minus sign. What does not fit in 64
 * bits saturates, so that a hostile number never wraps. */
static inline bool slice_take_int(struct slice *rest, int64_t *number)
{
	size_t at = 0;
	bool minus = rest->n > 0 && rest->p[0] == '-';
	int64_t value = 0;

	if (minus)
		at++;
	if (at >= rest->n || rest->p[at] < '0' || rest->p[at] > '9')
		return false;
	for (; at < rest->n && rest->p[at] >= '0' && rest->p[at] <= '9'; at++) {
		int64_t digit = rest->p[at] - '0';

		if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
			__builtin_add_overflow(value, digit, &value))
			value = INT64_MAX;
	}
	*number = minus ? -value : value;
	*rest = slice_from(*rest, at);
	return true;
}

/* Take a hexadecimal number, "0x" before it optional; saturates. */
bool slice_take_hex(struct slice *rest, uint64_t *number);

#endif
