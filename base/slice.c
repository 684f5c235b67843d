/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking into slices and taking pieces off them. */
#include "base/slice.h"

#include <string.h>

struct slice slice_of(const char *string)
{
	return (struct slice){ string, strlen(string) };
}

bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is(struct slice s, const char *string)
{
	return slice_eq(s, slice_of(string));
}

bool slice_starts(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool slice_ends(struct slice s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.p + (s.n - n), suffix, n) == 0;
}

size_t slice_find(struct slice s, const char *needle)
{
	const char *hit;

	if (s.n == 0)
		return SLICE_NONE;
	hit = memmem(s.p, s.n, needle, strlen(needle));
	return hit ? (size_t)(hit - s.p) : SLICE_NONE;
}

size_t slice_find_last(struct slice s, const char *needle)
{
	size_t n = strlen(needle);

	if (n == 0 || s.n < n)
		return SLICE_NONE;
	for (size_t at = s.n - n + 1; at-- > 0;)
		if (memcmp(s.p + at, needle, n) == 0)
			return at;
	return SLICE_NONE;
}

bool slice_has(struct slice s, const char *needle)
{
	return slice_find(s, needle) != SLICE_NONE;
}

struct slice slice_from(struct slice s, size_t at)
{
	if (at >= s.n)
		return (struct slice){ s.p ? s.p + s.n : "", 0 };
	return (struct slice){ s.p + at, s.n - at };
}

struct slice slice_first(struct slice s, size_t n)
{
	return (struct slice){ s.p, n < s.n ? n : s.n };
}

struct slice slice_trim(struct slice s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool slice_cut(struct slice *rest, char separator, struct slice *part)
{
	const char *hit;

	if (rest->n == 0)
		return false;
	hit = memchr(rest->p, separator, rest->n);
	if (!hit) {
		*part = *rest;
		*rest = slice_from(*rest, rest->n);
		return true;
	}
	*part = slice_first(*rest, (size_t)(hit - rest->p));
	*rest = slice_from(*rest, part->n + 1);
	return true;
}

bool slice_take(struct slice *rest, const char *prefix)
{
	if (!slice_starts(*rest, prefix))
		return false;
	*rest = slice_from(*rest, strlen(prefix));
	return true;
}

void slice_take_blanks(struct slice *rest)
{
	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
		rest->p++;
		rest->n--;
	}
}

bool slice_take_word(struct slice *rest, struct slice *word)
{
	size_t n = 0;

	slice_take_blanks(rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*word = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return n > 0;
}

bool slice_take_int(struct slice *rest, int64_t *number)
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

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool slice_take_hex(struct slice *rest, uint64_t *number)
{
	struct slice s = *rest;
	uint64_t value = 0;
	size_t at = 0;

	if (!slice_take(&s, "0x"))
		slice_take(&s, "0X");
	if (s.n == 0 || hex_digit(s.p[0]) < 0)
		return false;
	for (; at < s.n && hex_digit(s.p[at]) >= 0; at++) {
		if (value >> 60)
			value = UINT64_MAX;
		else
			value = value << 4 | (uint64_t)hex_digit(s.p[at]);
	}
	*number = value;
	*rest = slice_from(s, at);
	return true;
}
