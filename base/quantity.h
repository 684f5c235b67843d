/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Amounts that may be unknown: arithmetic that never invents or wraps. */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/* A number that the log did not give. Never zero, never a guess: every sum with
 * it is UNKNOWN too, and every comparison with it is false. */
#define UNKNOWN INT64_MIN
/* A limit that is not set; also what an amount beyond 64 bits becomes. */
#define UNLIMITED INT64_MAX

static inline bool known(int64_t v)
{
	return v != UNKNOWN;
}

/* Known, and not the mark of a missing limit. */
static inline bool bounded(int64_t v)
{
	return v != UNKNOWN && v != UNLIMITED;
}

/* `v`, or `otherwise` when it is unknown. */
static inline int64_t known_or(int64_t v, int64_t otherwise)
{
	return known(v) ? v : otherwise;
}

/* Saturating arithmetic; UNKNOWN in, UNKNOWN out. */
static inline int64_t quantity_saturated(bool negative)
{
	return negative ? INT64_MIN + 1 : INT64_MAX;
}

static inline int64_t quantity_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (!known(a) || !known(b))
		return UNKNOWN;
	if (__builtin_add_overflow(a, b, &sum) || sum == UNKNOWN)
		return quantity_saturated(a < 0);
	return sum;
}

static inline int64_t quantity_sub(int64_t a, int64_t b)
{
	int64_t difference;

	if (!known(a) || !known(b))
		return UNKNOWN;
	if (__builtin_sub_overflow(a, b, &difference) || difference == UNKNOWN)
		return quantity_saturated(a < 0);
	return difference;
}

static inline int64_t quantity_mul(int64_t a, int64_t b)
{
	int64_t product;

	if (!known(a) || !known(b))
		return UNKNOWN;
	if (__builtin_mul_overflow(a, b, &product) || product == UNKNOWN)
		return quantity_saturated((a < 0) != (b < 0));
	return product;
}

/* a * parts / whole without overflow; UNKNOWN when whole is 0 or anything is
 * unknown. */
int64_t quantity_share(int64_t a, int64_t parts, int64_t whole);
/* 100 * part / whole, rounded; UNKNOWN when whole is not positive. */
int64_t quantity_percent(int64_t part, int64_t whole);

enum { QUANTITY_TEXT = 32 };

/* Print an amount of bytes for a person: "2.0 GiB", "512 MiB", "45.2 MiB",
 * "4 KiB", "unlimited", "unknown". Returns `buffer`. */
const char *quantity_print(char buffer[QUANTITY_TEXT], int64_t bytes);

/* The same in a buffer of the caller's block, for use as a printf argument. */
#define BYTES(v) quantity_print((char[QUANTITY_TEXT]){ 0 }, (v))

#endif
