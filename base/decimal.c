/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two digits at a time, from the last. */
#include "base/decimal.h"

#include <string.h>

size_t decimal(char to[DECIMAL_TEXT], int64_t number)
{
	static const char pairs[] =
		"00010203040506070809101112131415161718192021222324"
		"25262728293031323334353637383940414243444546474849"
		"50515253545556575859606162636465666768697071727374"
		"75767778798081828384858687888990919293949596979899";
	char digits[DECIMAL_TEXT];
	size_t at = sizeof(digits);
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	while (left >= 10) {
		at -= 2;
		memcpy(digits + at, pairs + 2 * (left % 100), 2);
		left /= 100;
	}
	/* The first digit of an odd number of them. */
	if (left > 0 || at == sizeof(digits))
		digits[--at] = (char)('0' + left);
	if (number < 0)
		digits[--at] = '-';
	memcpy(to, digits + at, sizeof(digits) - at);
	return sizeof(digits) - at;
}
