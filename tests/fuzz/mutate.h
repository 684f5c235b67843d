/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes that happen to logs, for libFuzzer: lines are lost, doubled, swapped and
 * moved, numbers become huge, negative or nothing. Half of the changes remain its own.
 * A target that includes this reads lines. */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most);
size_t LLVMFuzzerCustomMutator(
	uint8_t *bytes, size_t n, size_t most, unsigned int seed);

static inline uint32_t mutate_chance(uint32_t *seed, size_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return below ? (uint32_t)((uint64_t)(*seed >> 8) * below >> 24) : 0;
}

/* The line round a byte, with its newline where it has one. */
static inline void mutate_line_at(
	const uint8_t *bytes, size_t n, size_t at, size_t *from, size_t *to)
{
	for (*from = at; *from > 0 && bytes[*from - 1] != '\n';)
		--*from;
	for (*to = at; *to < n && bytes[*to] != '\n';)
		++*to;
	*to += *to < n;
}

/* Put `with` in the place of bytes [from, to); returns the new length. */
static inline size_t mutate_replace(uint8_t *bytes, size_t n, size_t most, size_t from,
	size_t to, const void *with, size_t length)
{
	if (n - (to - from) + length > most)
		return n;
	memmove(bytes + from + length, bytes + to, n - to);
	if (length > 0)
		memcpy(bytes + from, with, length);
	return n - (to - from) + length;
}

static inline size_t mutate_number(
	uint8_t *bytes, size_t n, size_t most, uint32_t *seed)
{
	static const char *const odd[] = { "9223372036854775807", "9223372036854775808",
		"18446744073709551615", "99999999999999999999999999", "-1",
		"-9223372036854775808", "0", "", "1", "4294967296", "2147483648",
		"1000000000000" };
	const char *with = odd[mutate_chance(seed, sizeof(odd) / sizeof(*odd))];
	size_t from = mutate_chance(seed, n), to;

	while (from < n && (bytes[from] < '0' || bytes[from] > '9'))
		from++;
	for (to = from; to < n && bytes[to] >= '0' && bytes[to] <= '9';)
		to++;
	return to > from ? mutate_replace(bytes, n, most, from, to, with, strlen(with))
			 : n;
}

static inline size_t mutate_lines(uint8_t *bytes, size_t n, size_t most, uint32_t *seed)
{
	size_t from, to, place, place_end, length;
	uint32_t how = mutate_chance(seed, 5);
	uint8_t *line;

	mutate_line_at(bytes, n, mutate_chance(seed, n), &from, &to);
	length = to - from;
	if (how == 0)
		return mutate_replace(bytes, n, most, from, to, NULL, 0);
	line = malloc(length ? length : 1);
	if (!line)
		return n;
	memcpy(line, bytes + from, length);
	mutate_line_at(bytes, n, mutate_chance(seed, n), &place, &place_end);
	if (how == 1) { /* doubled */
		n = mutate_replace(bytes, n, most, to, to, line, length);
	} else if (how == 2) { /* copied to elsewhere */
		n = mutate_replace(bytes, n, most, place, place, line, length);
	} else if (how == 3) { /* in the place of another one */
		n = mutate_replace(bytes, n, most, place, place_end, line, length);
	} else if (to < n) { /* swapped with the next */
		mutate_line_at(bytes, n, to, &place, &place_end);
		memmove(bytes + from, bytes + to, place_end - to);
		memcpy(bytes + from + (place_end - to), line, length);
	}
	free(line);
	return n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned int seed)
{
	uint32_t luck = seed;
	uint32_t how = mutate_chance(&luck, 8);

	if (n == 0 || how < 4)
		return LLVMFuzzerMutate(bytes, n, most);
	return how < 6 ? mutate_number(bytes, n, most, &luck)
		       : mutate_lines(bytes, n, most, &luck);
}

#endif
