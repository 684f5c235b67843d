/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums of amounts, and their printing. */
#include "base/quantity.h"

#include "base/decimal.h"

#include <string.h>

__extension__ typedef __int128 wide;

int64_t quantity_share(int64_t a, int64_t parts, int64_t whole)
{
	wide product;

	if (!known(a) || !known(parts) || !known(whole) || whole == 0)
		return UNKNOWN;
	product = (wide)a * parts / whole;

	if (product > INT64_MAX)
		return INT64_MAX;
	if (product <= INT64_MIN)
		return INT64_MIN + 1;
	return (int64_t)product;
}

int64_t quantity_percent(int64_t part, int64_t whole)
{
	int64_t thousand;

	if (!known(whole) || whole <= 0)
		return UNKNOWN;
	thousand = quantity_share(part, 1000, whole);
	if (!known(thousand))
		return UNKNOWN;
	return quantity_add(thousand, thousand < 0 ? -5 : 5) / 10;
}

/* v / 2^shift in so many parts, rounded to the nearest, once; v < 2^63, so nothing
 * wraps. */
static uint64_t rounded(uint64_t v, unsigned int shift, uint64_t parts)
{
	uint64_t scale = UINT64_C(1) << shift;
	uint64_t rest = (v & (scale - 1)) * parts;

	return (v >> shift) * parts + (rest >> shift) +
	       ((rest & (scale - 1)) * 2 >= scale);
}

enum { UNIT_TEXT = 4 };

/* "12.3 GiB", "512 MiB": the sign, the number, the unit. */
static void print_parts(
	char *to, bool negative, uint64_t whole, int tenth, const char *unit)
{
	if (negative)
		*to++ = '-';
	to += decimal(to, (int64_t)whole);
	if (tenth >= 0) {
		*to++ = '.';
		*to++ = (char)('0' + tenth);
	}
	*to++ = ' ';
	memcpy(to, unit, UNIT_TEXT);
}

const char *quantity_print(char buffer[QUANTITY_TEXT], int64_t bytes)
{
	static const char units[][UNIT_TEXT] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB",
		"EiB" };
	uint64_t v = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes;
	uint64_t tenths;
	unsigned int shift = 0, unit = 0;

	if (!known(bytes))
		return memcpy(buffer, "unknown", sizeof("unknown"));
	if (bytes == UNLIMITED)
		return memcpy(buffer, "unlimited", sizeof("unlimited"));
	while (unit < 6 && v >> shift >= 1024) {
		shift += 10;
		unit++;
	}
	/* Rounding up may reach the next unit: 1023.6 MiB is 1.0 GiB. */
	if (unit < 6 && (unit < 3 ? rounded(v, shift, 1) >= 1024
				  : rounded(v, shift, 10) >= 10240)) {
		shift += 10;
		unit++;
	}
	tenths = rounded(v, shift, 10);
	if (unit >= 3 || (unit == 2 && tenths < 1000))
		print_parts(buffer, bytes < 0, tenths / 10, (int)(tenths % 10),
			units[unit]);
	else
		print_parts(buffer, bytes < 0, rounded(v, shift, 1), -1, units[unit]);
	return buffer;
}
