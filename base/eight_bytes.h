/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blanks and numbers, eight bytes at a time: a report has thousands of them. */
#ifndef BASE_EIGHT_BYTES_H
#define BASE_EIGHT_BYTES_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* In all of these eight bytes must be readable at `p`. */

/* The bytes as a number, the first of them the lowest. */
static inline uint64_t eight_at(const char *p)
{
	uint64_t bytes;

	memcpy(&bytes, p, sizeof(bytes));
	return le64toh(bytes);
}

/* How many of the eight are blanks before another byte. */
static inline size_t blanks_at(const char *p)
{
	uint64_t others = eight_at(p) ^ UINT64_C(0x2020202020202020);

	return others ? (size_t)__builtin_ctzll(others) / 8 : 8;
}

/* Eight digits, the first in the lowest byte, added up in pairs, in fours, in eights. */
static inline uint64_t added_up(uint64_t digits)
{
	digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
	digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000ffff0000ffff);
	return (digits * 10000 + (digits >> 32)) & UINT64_C(0xffffffff);
}

/* A number of less than eight digits at the front: how many it has; 0 when there is none,
 * or a longer one. */
static inline size_t short_number_at(const char *p, int64_t *number)
{
	uint64_t digits = eight_at(p) ^ UINT64_C(0x3030303030303030);
	/* The high bit of a byte that is more than 9; bytes behind the first such may
	 * be wrong. */
	uint64_t others = (digits + UINT64_C(0x7676767676767676)) | digits;
	size_t n;

	others &= UINT64_C(0x8080808080808080);
	if (!others || others & 0x80)
		return 0;
	n = (size_t)__builtin_ctzll(others) / 8;
	*number = (int64_t)added_up(digits << (64 - 8 * n));
	return n;
}

/* The number that the first `n` bytes are, one to eight digits; `*others` is not 0 where
 * they hold something else. */
static inline uint64_t digits_of(const char *p, size_t n, uint64_t *others)
{
	uint64_t digits = (eight_at(p) ^ UINT64_C(0x3030303030303030)) << (64 - 8 * n);

	*others = ((digits + UINT64_C(0x7676767676767676)) | digits) &
		  UINT64_C(0x8080808080808080);
	return added_up(digits);
}

#endif
