/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many bytes looked at together: a bit for each that is what is sought. */
#ifndef BASE_BYTE_MASKS_H
#define BASE_BYTE_MASKS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Sixteen bytes; comparisons give 0xff where they hold. */
typedef unsigned char sixteen_bytes __attribute__((vector_size(16)));

/* Sixteen bytes must be readable at `p`. */
static inline sixteen_bytes sixteen_at(const char *p)
{
	sixteen_bytes v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Does a comparison hold for any of them? */
static inline bool any_of(sixteen_bytes hit)
{
	typedef unsigned long long halves __attribute__((vector_size(16)));
	halves half = (halves)hit;

	return (half[0] | half[1]) != 0;
}

/* The result of a comparison as bits, the first byte's the lowest. */
static inline uint64_t bits_of(sixteen_bytes hit)
{
#if defined(__SSE2__)
	return (uint64_t)(unsigned int)_mm_movemask_epi8((__m128i)hit);
#else
	uint64_t bits = 0;

	for (unsigned int i = 0; i < sizeof(hit); i++)
		bits |= (uint64_t)(hit[i] >> 7) << i;
	return bits;
#endif
}

/* Which of the 64 bytes at `p`, all of them readable, are blanks. */
static inline uint64_t blanks_in_64(const char *p)
{
	uint64_t bits = 0;

	for (unsigned int i = 0; i < 64; i += 16)
		bits |= bits_of((sixteen_bytes)(sixteen_at(p + i) == ' ')) << i;
	return bits;
}

#endif
