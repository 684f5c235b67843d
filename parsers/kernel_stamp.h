/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stamp that printk puts before a line: "[%5lu.%06lu]" (print_time(),
 * kernel/printk/printk.c). */
#ifndef PARSERS_KERNEL_STAMP_H
#define PARSERS_KERNEL_STAMP_H

#include "base/eight_bytes.h"

/* The seconds of an uptime of more than 115 days: up to 12 digits and six more fit into
 * 64 bits. Returns how many digits it has. */
static inline size_t long_seconds(const char *p, const char *end, int64_t *seconds)
{
	size_t n = 0;

	*seconds = 0;
	for (; n < 12 && p + n < end && (unsigned char)(p[n] - '0') < 10; n++)
		*seconds = *seconds * 10 + (p[n] - '0');
	return n;
}

/* A stamp at the front of a line: what is behind it, or NULL. */
static inline const char *past_stamp(const char *p, const char *end, int64_t *usec)
{
	int64_t seconds, fraction;
	size_t n;

	if (end - p < 18 || *p++ != '[')
		return NULL;
	p += blanks_at(p);
	n = end - p < 8 ? 0 : short_number_at(p, &seconds);
	if (n == 0)
		n = long_seconds(p, end, &seconds);
	p += n;
	/* Eight bytes behind the point must be there. */
	if (n == 0 || end - p < 9 || *p != '.' ||
		short_number_at(p + 1, &fraction) != 6 || p[7] != ']')
		return NULL;
	*usec = seconds * 1000000 + fraction;
	return p + 8;
}

#endif
