/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sweep: every byte of a log is looked at for seven bytes out of each anchor.
 *
 * Each anchor is known by a window: seven neighbouring bytes of it. The windows are
 * dealt into eight groups; a table for each place of a window says, by the lower half
 * of a byte, which groups have such a byte there, a bit a group. Where the seven tables
 * agree on a group, the window itself is looked up, and then the anchor compared. With
 * AVX2 or AVX-512 64 places are asked at a time (the way of Hyperscan's Teddy, with more
 * places instead of the upper half). To add an anchor is to add its text. */
#include "parsers/anchors.h"

#include <pthread.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

const char *const anchors[] = { "oom-kill", "oom_reaper", "oom_score_adj ", " oom_adj ",
	"ut of memory", "ut of Memory", "page allocation ", "vmalloc",
	"vmap allocation", "Unable to allocate memory on ",
	"enough memory for the allocation", "Manual OOM execution",
	"OOM request ignored", "Mem-Info:", "Mem-info:", "Memory cgroup",
	"Memory limit reached", " due to memory ", "ending SIG",
	"oomd kill: ", "Linux version ", "sharing same memory", "Tasks in ",
	"illed process ", "deadlocked on memory",
	/* Other killers, and notices of kills. */
	" due to swap ", "ould have tried to kill", "Memory pressure for ",
	"Memory used (", "Swap used (", "low memory! at", ">>=== STARTING",
	"Memory status that", "Trying to kill /", "Killing '", "send sigkill to ",
	"evict pod(s)", "evicted successfully", "low on resource: ", "OOM killer",
	"-oomd killed", "ystem OOM", "TaskOOM", "(image=", "topic=/tasks/oom",
	">: OOM ", "oom_kill event", "Show Memory", "-order allocation",
	"Allocation of length ", "illing process ",
	/* Areas set aside. */
	"alloc failed, req-size", "swiotlb buffer is", "of SW-IOMMU space",
	": allocation failed, size=" };
const size_t anchor_count = sizeof(anchors) / sizeof(*anchors);

enum {
	WINDOW = 7, /* no anchor is shorter */
	GROUPS = 8,
	HALVES = 16, /* lower halves of a byte */
	SLOTS = 256,
	ANCHORS = sizeof(anchors) / sizeof(*anchors)
};

static struct {
	unsigned char groups[WINDOW][HALVES]; /* which have it at this place */
	struct window {
		uint64_t bytes; /* see window_at() */
		const char *anchor;
		size_t length, at; /* the anchor's, and the window's place in it */
		unsigned char
			next; /* of the windows in the same slot, from 1; 0: none */
	} windows[ANCHORS];
	unsigned char slots[SLOTS]; /* the first window in each, from 1; 0: none */
	double weights[HALVES];
	const struct anchor_way *way;
} sweep;

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* How common each half is in logs, roughly: by the ranks of the bytes that have it. */
static void weigh_halves(void)
{
	static const char ranks[] =
		" 1e0o:2dst.rni54a368cpl\"bv=9m7/][u-Nfx\nyTgkh()CPS,"
		"_GOLDERwMFAIHKU'W?zX;&>{}Z*BYjqJVQ";

	for (size_t half = 0; half < HALVES; half++)
		sweep.weights[half] = 1;
	for (size_t i = 0; i + 1 < sizeof(ranks); i++)
		sweep.weights[ranks[i] & 15] += 300.0 / (double)(i + 3);
}

/* What the groups have so far, for dealing. */
struct dealt {
	double sums[GROUPS][WINDOW]; /* of the weights of what a place has */
	double costs[GROUPS];        /* how often the group would be asked for */
};

static bool has(unsigned int group, size_t place, char byte)
{
	return sweep.groups[place][byte & 15] >> group & 1;
}

static double cost_with(const struct dealt *d, unsigned int group, const char *window)
{
	double cost = 1;

	for (size_t k = 0; k < WINDOW; k++)
		cost *= d->sums[group][k] +
			(has(group, k, window[k]) ? 0 : sweep.weights[window[k] & 15]);
	return cost;
}

static void add_to(struct dealt *d, unsigned int group, const char *window)
{
	d->costs[group] = cost_with(d, group, window);
	for (size_t k = 0; k < WINDOW; k++) {
		if (!has(group, k, window[k]))
			d->sums[group][k] += sweep.weights[window[k] & 15];
		sweep.groups[k][window[k] & 15] |= (unsigned char)(1u << group);
	}
}

/* Of all windows of the anchor, and all groups, those that raise a group's cost least. */
static const char *deal(struct dealt *d, const char *anchor, size_t length)
{
	const char *best = anchor;
	unsigned int best_group = 0;
	double least = 0;

	for (size_t at = 0; at + WINDOW <= length; at++) {
		for (unsigned int group = 0; group < GROUPS; group++) {
			double raise =
				cost_with(d, group, anchor + at) - d->costs[group];

			if ((at == 0 && group == 0) || raise < least) {
				least = raise;
				best = anchor + at;
				best_group = group;
			}
		}
	}
	add_to(d, best_group, best);
	return best;
}

/* By two words that overlap: a copy of seven bytes would go through memory. */
static uint64_t window_at(const char *p)
{
	uint32_t first, last;

	memcpy(&first, p, sizeof(first));
	memcpy(&last, p + WINDOW - sizeof(last), sizeof(last));
	return first | (uint64_t)last << 24;
}

static unsigned char *slot_of(uint64_t bytes)
{
	return &sweep.slots[bytes * UINT64_C(0x9e3779b97f4a7c15) >> 56];
}

static void set_up(void)
{
	struct dealt dealt = { 0 };

	weigh_halves();
	for (size_t i = 0; i < ANCHORS; i++) {
		struct window *w = &sweep.windows[i];
		const char *window;
		unsigned char *slot;

		w->anchor = anchors[i];
		w->length = strlen(anchors[i]);
		window = deal(&dealt, w->anchor, w->length);
		w->at = (size_t)(window - w->anchor);
		w->bytes = window_at(window);
		slot = slot_of(w->bytes);
		w->next = *slot;
		*slot = (unsigned char)(i + 1);
	}
	sweep.way = anchor_ways;
	while (!sweep.way->usable())
		sweep.way++;
}

/* Where the anchor begins whose window stands at `at`; or SLICE_NONE. */
static size_t anchor_at(struct slice block, size_t at)
{
	uint64_t bytes = window_at(block.p + at);
	const struct window *w;

	for (size_t i = *slot_of(bytes); i > 0; i = w->next) {
		const char *begin;

		w = &sweep.windows[i - 1];
		if (bytes != w->bytes || at < w->at ||
			block.n - (at - w->at) < w->length)
			continue;
		begin = block.p + at - w->at;
		/* What has the window mostly differs at once. */
		if (begin[0] == w->anchor[0] &&
			begin[w->length - 1] == w->anchor[w->length - 1] &&
			memcmp(begin, w->anchor, w->length) == 0)
			return at - w->at;
	}
	return SLICE_NONE;
}

/* The groups of which every place of a window agrees. */
static unsigned int groups_of(const char *p)
{
	unsigned int groups = 0xff;

	for (size_t k = 0; k < WINDOW && groups; k++)
		groups &= sweep.groups[k][p[k] & 15];
	return groups;
}

/* The ways to sweep: from `at` on to the first 64 places with a group, and a bit in
 * `places` for each of them that has one; none: what is left is too short for 64. Loops
 * of their own, so that their tables stay in registers. */
static size_t next_by_bytes(struct slice block, size_t at, uint64_t *places)
{
	*places = 0;
	for (; at + 64 + WINDOW <= block.n; at += 64) {
		for (size_t i = 0; i < 64; i++)
			*places |= (uint64_t)(groups_of(block.p + at + i) != 0) << i;
		if (*places)
			break;
	}
	return at;
}

static bool always(void)
{
	return true;
}

#if defined(__x86_64__)
#define AVX2   __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512bw")))

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512bw");
}

/* (A shuffle takes the lower half of a byte itself, and gives no group for a byte beyond
 * ASCII, which no anchor has.) */
AVX2 static inline __m256i groups_of_32(const char *p, const __m256i tables[WINDOW])
{
	__m256i groups = _mm256_set1_epi8(-1);

#pragma GCC unroll 7
	for (int k = 0; k < WINDOW; k++)
		groups = _mm256_and_si256(
			groups, _mm256_shuffle_epi8(tables[k],
					_mm256_loadu_si256((const void *)(p + k))));
	return groups;
}

AVX2 static inline uint64_t places_of(__m256i groups)
{
	return ~(unsigned int)_mm256_movemask_epi8(
		_mm256_cmpeq_epi8(groups, _mm256_setzero_si256()));
}

AVX2 static size_t next_by_avx2(struct slice block, size_t at, uint64_t *places)
{
	__m256i tables[WINDOW];

#pragma GCC unroll 7
	for (int k = 0; k < WINDOW; k++)
		tables[k] = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const void *)sweep.groups[k]));
	*places = 0;
	for (; at + 64 + WINDOW <= block.n; at += 64) {
		__m256i a = groups_of_32(block.p + at, tables);
		__m256i b = groups_of_32(block.p + at + 32, tables);
		__m256i both = _mm256_or_si256(a, b);

		if (!_mm256_testz_si256(both, both)) {
			*places = places_of(a) | places_of(b) << 32;
			break;
		}
	}
	return at;
}

AVX512 static size_t next_by_avx512(struct slice block, size_t at, uint64_t *places)
{
	__m512i tables[WINDOW];

#pragma GCC unroll 7
	for (int k = 0; k < WINDOW; k++)
		tables[k] = _mm512_broadcast_i32x4(
			_mm_loadu_si128((const void *)sweep.groups[k]));
	*places = 0;
	for (; at + 64 + WINDOW <= block.n; at += 64) {
		__m512i groups = _mm512_set1_epi8(-1);

#pragma GCC unroll 7
		for (int k = 0; k < WINDOW; k++)
			groups = _mm512_and_si512(
				groups, _mm512_shuffle_epi8(tables[k],
						_mm512_loadu_si512(block.p + at + k)));
		*places = _mm512_test_epi8_mask(groups, groups);
		if (*places)
			break;
	}
	return at;
}
#endif

const struct anchor_way anchor_ways[] = {
#if defined(__x86_64__)
	{ "AVX-512", has_avx512, next_by_avx512 },
	{ "AVX2", has_avx2, next_by_avx2 },
#endif
	{ "bytes", always, next_by_bytes },
};
const size_t anchor_way_count = sizeof(anchor_ways) / sizeof(*anchor_ways);

size_t anchor_find_by(const struct anchor_way *way, struct slice block)
{
	uint64_t places;
	size_t at = 0;

	pthread_once(&once, set_up);
	for (at = way->next(block, at, &places); places;
		at = way->next(block, at + 64, &places)) {
		for (; places; places &= places - 1) {
			size_t begin =
				anchor_at(block, at + (size_t)__builtin_ctzll(places));

			if (begin != SLICE_NONE)
				return begin;
		}
	}
	for (; at + WINDOW <= block.n; at++) {
		size_t begin =
			groups_of(block.p + at) ? anchor_at(block, at) : SLICE_NONE;

		if (begin != SLICE_NONE)
			return begin;
	}
	return SLICE_NONE;
}

size_t anchor_find(struct slice block)
{
	pthread_once(&once, set_up);
	return anchor_find_by(sweep.way, block);
}

size_t anchor_longest(void)
{
	size_t longest = 0;

	for (size_t i = 0; i < anchor_count; i++)
		if (strlen(anchors[i]) > longest)
			longest = strlen(anchors[i]);
	return longest;
}
