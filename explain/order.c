/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A merge sort from the bottom up: no worst case, whatever an attacker's names are. */
#include "explain/order.h"

#include <stdbool.h>
#include <string.h>

enum { SHORT_RUN = 8 };

__extension__ typedef unsigned __int128 wide;

/* Without a jump: which key comes first cannot be foretold, and a wrong guess costs the
 * processor more than the comparison. */
static inline bool before(const struct sort_key *a, const struct sort_key *b)
{
	return ((wide)a->first << 64 | a->second) < ((wide)b->first << 64 | b->second);
}

/* Few keys are sorted fastest by moving each to its place. */
static void sort_run(struct sort_key *keys, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct sort_key key = keys[i];
		size_t at = i;

		for (; at > 0 && before(&key, &keys[at - 1]); at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
	}
}

static void merge(const struct sort_key *a, size_t a_count, const struct sort_key *b,
	size_t b_count, struct sort_key *to)
{
	while (a_count > 0 && b_count > 0) {
		size_t of_b = before(b, a);
		const struct sort_key *least = of_b ? b : a;

		*to++ = *least;
		b += of_b;
		b_count -= of_b;
		a += 1 - of_b;
		a_count -= 1 - of_b;
	}
	memcpy(to, a_count ? a : b, (a_count + b_count) * sizeof(*to));
}

void sort_keys(struct sort_key *keys, struct sort_key *room, size_t count)
{
	struct sort_key *from = keys, *to = room, *other;

	for (size_t at = 0; at < count; at += SHORT_RUN)
		sort_run(keys + at, count - at < SHORT_RUN ? count - at : SHORT_RUN);
	for (size_t run = SHORT_RUN; run < count; run *= 2) {
		for (size_t at = 0; at < count; at += 2 * run) {
			size_t left = count - at;
			size_t a = left < run ? left : run;
			size_t b = left - a < run ? left - a : run;

			merge(from + at, a, from + at + a, b, to + at);
		}
		other = from;
		from = to;
		to = other;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(*keys));
}
