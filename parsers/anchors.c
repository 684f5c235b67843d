/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sweep: sixteen bytes at a time for a rare pair of letters out of each anchor.
 *
 * Each anchor is found by two neighbouring bytes that are rare in logs; where such
 * a pair stands, the anchor itself is compared. Vectors of the compiler, so the
 * same source serves every architecture. */
#include "parsers/anchors.h"

#include <string.h>

const char *const anchors[] = { "oom-kill", "oom_reaper", "oom_score_adj ",
	"ut of memory", "ut of Memory", "page allocation ", "vmalloc",
	"vmap allocation", "Unable to allocate memory on ",
	"enough memory for the allocation", "Manual OOM execution",
	"OOM request ignored", "Mem-Info:", "Mem-info:", "Memory cgroup",
	"Memory limit reached", " due to memory ", "sending SIG",
	"oomd kill: ", "Linux version ", "sharing same memory", "Tasks in ",
	"illed process ", "deadlocked on memory", "-order allocation" };
const size_t anchor_count = sizeof(anchors) / sizeof(*anchors);

/* Each anchor's pair: its place within the anchor. */
static const unsigned char pair_at[] = { 2, 2, 2, 4, 4, 2, 0, 0, 0, 4, 8, 1, 0, 0, 0, 0,
	2, 8, 8, 4, 4, 4, 1, 3, 0 };
_Static_assert(sizeof(pair_at) == sizeof(anchors) / sizeof(*anchors),
	"one pair for each anchor");

typedef unsigned char vector __attribute__((vector_size(16)));
typedef unsigned long long halves __attribute__((vector_size(16)));

enum { MAX_PAIRS = 24 };

size_t anchor_longest(void)
{
	size_t longest = 0;

	for (size_t i = 0; i < anchor_count; i++)
		if (strlen(anchors[i]) > longest)
			longest = strlen(anchors[i]);
	return longest;
}

/* Does an anchor stand with its pair at `at`? Gives where it begins. */
static bool anchor_at(struct slice block, size_t at, size_t *begin)
{
	for (size_t i = 0; i < anchor_count; i++) {
		size_t n = strlen(anchors[i]), lead = pair_at[i];

		if (block.p[at] != anchors[i][lead] || at < lead ||
			block.n - (at - lead) < n ||
			memcmp(block.p + at - lead, anchors[i], n) != 0)
			continue;
		*begin = at - lead;
		return true;
	}
	return false;
}

/* The distinct pairs. */
static size_t pairs_of(unsigned char first[MAX_PAIRS], unsigned char second[MAX_PAIRS])
{
	size_t count = 0;

	for (size_t i = 0; i < anchor_count; i++) {
		unsigned char a = (unsigned char)anchors[i][pair_at[i]];
		unsigned char b = (unsigned char)anchors[i][pair_at[i] + 1];
		size_t k = 0;

		while (k < count && !(first[k] == a && second[k] == b))
			k++;
		if (k == count) {
			first[count] = a;
			second[count++] = b;
		}
	}
	return count;
}

size_t anchor_find(struct slice block)
{
	unsigned char first[MAX_PAIRS] = { 0 }, second[MAX_PAIRS] = { 0 };
	vector a[MAX_PAIRS], b[MAX_PAIRS];
	size_t pairs = pairs_of(first, second), at = 0, begin;

	for (size_t k = 0; k < pairs; k++) {
		a[k] = first[k] - (vector){ 0 };
		b[k] = second[k] - (vector){ 0 };
	}
	for (; at + sizeof(vector) + 1 <= block.n; at += sizeof(vector)) {
		vector here, next, hit = { 0 };
		halves both;

		memcpy(&here, block.p + at, sizeof(here));
		memcpy(&next, block.p + at + 1, sizeof(next));
		for (size_t k = 0; k < pairs; k++)
			hit |= (vector)(here == a[k]) & (vector)(next == b[k]);
		both = (halves)hit;
		if ((both[0] | both[1]) == 0)
			continue;
		for (size_t i = 0; i < sizeof(vector); i++)
			if (hit[i] && anchor_at(block, at + i, &begin))
				return begin;
	}
	for (; at < block.n; at++)
		if (anchor_at(block, at, &begin))
			return begin;
	return SLICE_NONE;
}
