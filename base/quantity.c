/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums of amounts, and their printing. */
#include "base/quantity.h"

#include <inttypes.h>
#include <stdio.h>

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

/* v / scale rounded to the nearest, once; v < 2^63, so nothing wraps. */
static uint64_t rounded(uint64_t v, uint64_t scale, uint64_t parts)
{
	uint64_t rest = v % scale * parts;

	return v / scale * parts + rest / scale + (rest % scale * 2 >= scale);
}

const char *quantity_print(char buffer[QUANTITY_TEXT], int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB",
		"EiB" };
	const char *sign = bytes < 0 ? "-" : "";
	uint64_t v = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes;
	uint64_t scale = 1, tenths, whole;
	unsigned int unit = 0;
	bool fine;

	if (!known(bytes)) {
		snprintf(buffer, QUANTITY_TEXT, "unknown");
		return buffer;
	}
	if (bytes == UNLIMITED) {
		snprintf(buffer, QUANTITY_TEXT, "unlimited");
		return buffer;
	}
	while (unit < 6 && v / scale >= 1024) {
		scale *= 1024;
		unit++;
	}
	/* Rounding up may reach the next unit: 1023.6 MiB is 1.0 GiB. */
	if (unit < 6 && (unit < 3 ? rounded(v, scale, 1) >= 1024
				  : rounded(v, scale, 10) >= 10240)) {
		scale *= 1024;
		unit++;
	}
	tenths = rounded(v, scale, 10);
	whole = rounded(v, scale, 1);
	fine = unit >= 3 || (unit == 2 && tenths < 1000);
	if (fine)
		snprintf(buffer, QUANTITY_TEXT, "%s%" PRIu64 ".%" PRIu64 " %s", sign,
			tenths / 10, tenths % 10, units[unit]);
	else
		snprintf(buffer, QUANTITY_TEXT, "%s%" PRIu64 " %s", sign, whole,
			units[unit]);
	return buffer;
}
