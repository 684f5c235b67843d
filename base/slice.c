/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking into slices and taking pieces off them. */
#include "base/slice.h"

#include "base/byte_masks.h"

#include <string.h>

/* The first of sixteen places, of those marked in `hit`, where the needle stands. */
__attribute__((noinline)) static size_t first_of(
	sixteen_bytes hit, const char *p, const char *needle, size_t n)
{
	for (size_t i = 0; i < sizeof(sixteen_bytes); i++)
		if (hit[i] && memcmp(p + i, needle, n) == 0)
			return i;
	return SLICE_NONE;
}

/* Where sixteen places hold the needle's first byte, and its last where that must be. */
static inline sixteen_bytes places_at(
	const char *p, size_t to_last, sixteen_bytes first, sixteen_bytes last)
{
	sixteen_bytes a, b;

	memcpy(&a, p, sizeof(a));
	memcpy(&b, p + to_last, sizeof(b));
	return (sixteen_bytes)(a == first) & (sixteen_bytes)(b == last);
}

/* memmem() sets up a table first, which a line of a log is too short for. */
size_t slice_find(struct slice s, const char *needle)
{
	size_t n = strlen(needle), places, at = 0, found;
	sixteen_bytes first, last, hit;

	if (n < 2 || s.n < n) {
		const char *p = n == 1 && s.n > 0 ? memchr(s.p, *needle, s.n) : NULL;

		return p ? (size_t)(p - s.p) : n == 0 && s.n > 0 ? 0 : SLICE_NONE;
	}
	places = s.n - n + 1;
	first = (unsigned char)needle[0] - (sixteen_bytes){ 0 };
	last = (unsigned char)needle[n - 1] - (sixteen_bytes){ 0 };
	for (; at + sizeof(sixteen_bytes) <= places; at += sizeof(sixteen_bytes)) {
		hit = places_at(s.p + at, n - 1, first, last);
		if (!any_of(hit))
			continue;
		found = first_of(hit, s.p + at, needle, n);
		if (found != SLICE_NONE)
			return at + found;
	}
	if (at < places && places >= sizeof(sixteen_bytes)) {
		at = places - sizeof(sixteen_bytes);
		hit = places_at(s.p + at, n - 1, first, last);
		found = any_of(hit) ? first_of(hit, s.p + at, needle, n) : SLICE_NONE;
		return found == SLICE_NONE ? SLICE_NONE : at + found;
	}
	for (; at < places; at++)
		if (s.p[at] == needle[0] && memcmp(s.p + at, needle, n) == 0)
			return at;
	return SLICE_NONE;
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
