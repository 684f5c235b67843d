/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sweep: every byte of a log is looked at for four bytes out of each anchor.
 *
 * Each anchor is known by its rarest four neighbouring bytes, its window. The windows
 * are dealt into eight groups; a table for each place of a window says which groups
 * have which byte there, a bit a group, and where the four tables agree on a group
 * the anchors themselves are compared. With AVX2 the tables are looked up by the halves
 * of a byte, 64 bytes at a time (the way of Hyperscan's Teddy); elsewhere a byte at a
 * time. To add an anchor is to add its text. */
#include "parsers/anchors.h"

#include <pthread.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

const char *const anchors[] = { "oom-kill", "oom_reaper", "oom_score_adj ",
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
	"Allocation of length ", "VM: killing process" };
const size_t anchor_count = sizeof(anchors) / sizeof(*anchors);

enum { WINDOW = 4, GROUPS = 8, ANCHORS = sizeof(anchors) / sizeof(*anchors) };

static struct {
	/* Which groups have this byte at this place; by byte, and by half bytes. */
	unsigned char groups[WINDOW][256];
	struct halves {
		unsigned char low[WINDOW][16], high[WINDOW][16];
	} halves;
	struct window {
		uint32_t bytes; /* as they lie in memory */
		uint32_t at, length;
		const char *anchor;
	} windows[GROUPS][ANCHORS];
	size_t count[GROUPS];
	double weights[256];
	size_t (*find)(struct slice block);
} sweep;

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* How common each byte is in logs, roughly: by its rank among those that are. */
static void weigh_bytes(void)
{
	static const char ranks[] =
		" 1e0o:2dst.rni54a368cpl\"bv=9m7/][u-Nfx\nyTgkh()CPS,"
		"_GOLDERwMFAIHKU'W?zX;&>{}Z*BYjqJVQ";

	for (size_t byte = 0; byte < 256; byte++)
		sweep.weights[byte] = 1;
	for (size_t i = sizeof(ranks) - 1; i-- > 0;)
		sweep.weights[(unsigned char)ranks[i]] = 300.0 / (double)(i + 3);
	/* Words differ most where one ends and the next begins. */
	sweep.weights[' '] = 17;
}

/* How often a group would be asked for, by what it has. */
static double cost_of(const struct halves *halves, unsigned int bit)
{
	double cost = 1;

	for (size_t i = 0; i < WINDOW; i++) {
		double sum = 0;

		for (unsigned int byte = 0; byte < 256; byte++)
			if (halves->low[i][byte & 15] & halves->high[i][byte >> 4] &
				bit)
				sum += sweep.weights[byte];
		cost *= sum;
	}
	return cost;
}

static void mark(struct halves *halves, const char *window, unsigned int bit)
{
	for (size_t i = 0; i < WINDOW; i++) {
		unsigned char byte = (unsigned char)window[i];

		halves->low[i][byte & 15] |= (unsigned char)bit;
		halves->high[i][byte >> 4] |= (unsigned char)bit;
	}
}

/* Where an anchor's rarest window begins. */
static size_t rarest(const char *anchor, size_t length)
{
	size_t best = 0;
	double least = 0;

	for (size_t at = 0; at + WINDOW <= length; at++) {
		double product = 1;

		for (size_t i = 0; i < WINDOW; i++)
			product *= sweep.weights[(unsigned char)anchor[at + i]];
		if (at == 0 || product < least) {
			least = product;
			best = at;
		}
	}
	return best;
}

/* The group whose cost the window raises least. */
static unsigned int best_group(const char *window, double costs[GROUPS])
{
	unsigned int best = 0;
	double least = 0;

	for (unsigned int g = 0; g < GROUPS; g++) {
		struct halves with = sweep.halves;
		double raise;

		mark(&with, window, 1u << g);
		raise = cost_of(&with, 1u << g) - costs[g];
		if (g == 0 || raise < least) {
			least = raise;
			best = g;
		}
	}
	costs[best] += least;
	return best;
}

static size_t find_by_bytes(struct slice block);
static size_t find_by_halves(struct slice block);

static void set_up(void)
{
	double costs[GROUPS] = { 0 };

	weigh_bytes();
	for (size_t i = 0; i < ANCHORS; i++) {
		size_t length = strlen(anchors[i]), at = rarest(anchors[i], length);
		const char *window = anchors[i] + at;
		unsigned int g = best_group(window, costs);
		struct window *w = &sweep.windows[g][sweep.count[g]++];

		memcpy(&w->bytes, window, WINDOW);
		w->at = (uint32_t)at;
		w->length = (uint32_t)length;
		w->anchor = anchors[i];
		mark(&sweep.halves, window, 1u << g);
		for (size_t k = 0; k < WINDOW; k++)
			sweep.groups[k][(unsigned char)window[k]] |=
				(unsigned char)(1u << g);
	}
	sweep.find = find_by_bytes;
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		sweep.find = find_by_halves;
#endif
}

/* Where the anchor begins whose window, of one of these groups, stands at `at`; or
 * SLICE_NONE. */
static size_t anchor_at(struct slice block, size_t at, unsigned int groups)
{
	uint32_t bytes;

	memcpy(&bytes, block.p + at, WINDOW);
	for (; groups; groups &= groups - 1) {
		int g = __builtin_ctz(groups);

		for (size_t i = 0; i < sweep.count[g]; i++) {
			const struct window *w = &sweep.windows[g][i];

			if (bytes == w->bytes && at >= w->at &&
				block.n - (at - w->at) >= w->length &&
				memcmp(block.p + at - w->at, w->anchor, w->length) == 0)
				return at - w->at;
		}
	}
	return SLICE_NONE;
}

static size_t find_from(struct slice block, size_t at)
{
	const unsigned char *p = (const unsigned char *)block.p;

	for (; at + WINDOW <= block.n; at++) {
		unsigned int groups =
			sweep.groups[0][p[at]] & sweep.groups[1][p[at + 1]] &
			sweep.groups[2][p[at + 2]] & sweep.groups[3][p[at + 3]];
		size_t begin = groups ? anchor_at(block, at, groups) : SLICE_NONE;

		if (begin != SLICE_NONE)
			return begin;
	}
	return SLICE_NONE;
}

static size_t find_by_bytes(struct slice block)
{
	return find_from(block, 0);
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

/* For 32 places: the groups of which every place of the window agrees. (A shuffle takes
 * the lower half of a byte itself, and gives none for a byte beyond ASCII, which no
 * anchor has.) */
AVX2 static inline __m256i groups_at(
	const char *p, const __m256i low[WINDOW], const __m256i high[WINDOW])
{
	const __m256i half = _mm256_set1_epi8(15);
	__m256i groups = _mm256_set1_epi8(-1);

#pragma GCC unroll 4
	for (int i = 0; i < WINDOW; i++) {
		__m256i bytes = _mm256_loadu_si256((const void *)(p + i));
		__m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);

		groups = _mm256_and_si256(
			groups, _mm256_and_si256(_mm256_shuffle_epi8(low[i], bytes),
					_mm256_shuffle_epi8(high[i], upper)));
	}
	return groups;
}

/* A bit for each of 32 places that has a group. */
AVX2 static inline uint64_t places_of(__m256i groups)
{
	return ~(unsigned int)_mm256_movemask_epi8(
		_mm256_cmpeq_epi8(groups, _mm256_setzero_si256()));
}

AVX2 static size_t find_by_halves(struct slice block)
{
	__m256i low[WINDOW], high[WINDOW];
	size_t at = 0;

	for (int i = 0; i < WINDOW; i++) {
		low[i] = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const void *)sweep.halves.low[i]));
		high[i] = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const void *)sweep.halves.high[i]));
	}
	for (; at + 64 + WINDOW <= block.n; at += 64) {
		__m256i a = groups_at(block.p + at, low, high);
		__m256i b = groups_at(block.p + at + 32, low, high);
		__m256i both = _mm256_or_si256(a, b);
		unsigned char groups[64];

		if (_mm256_testz_si256(both, both))
			continue;
		_mm256_storeu_si256((void *)groups, a);
		_mm256_storeu_si256((void *)(groups + 32), b);
		for (uint64_t left = places_of(a) | places_of(b) << 32; left;
			left &= left - 1) {
			size_t i = (size_t)__builtin_ctzll(left);
			size_t begin = anchor_at(block, at + i, groups[i]);

			if (begin != SLICE_NONE)
				return begin;
		}
	}
	return find_from(block, at);
}
#endif

size_t anchor_find(struct slice block)
{
	pthread_once(&once, set_up);
	return sweep.find(block);
}

size_t anchor_longest(void)
{
	size_t longest = 0;

	for (size_t i = 0; i < anchor_count; i++)
		if (strlen(anchors[i]) > longest)
			longest = strlen(anchors[i]);
	return longest;
}
