/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as decimal digits: printf() takes ten times as long for one. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_TEXT = 20 }; /* of the longest number, its sign included */

/* Write the number without a NUL; returns how many bytes it took. */
size_t decimal(char to[DECIMAL_TEXT], int64_t number);

#endif
