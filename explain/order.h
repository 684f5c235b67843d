/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of a task table put in order by numbers: a table may have 200,000 rows, and
 * qsort() calls a function for each of its comparisons. */
#ifndef EXPLAIN_ORDER_H
#define EXPLAIN_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* A row's place in its table, and by what it is sorted. */
struct sort_key {
	uint64_t first, second;
	uint32_t row;
};

/* Smallest first, by `first`, then `second`; equals stay in their order. `room` holds
 * `count` too. */
void sort_keys(struct sort_key *keys, struct sort_key *room, size_t count);

/* A number as a key that sorts the largest first. */
static inline uint64_t largest_first(int64_t number)
{
	return ~((uint64_t)number ^ UINT64_C(1) << 63);
}

#endif
