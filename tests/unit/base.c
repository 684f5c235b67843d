/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: all rules stand on these: unknown is never zero, and nothing ever wraps. */
#include "base/arena.h"
#include "base/quantity.h"
#include "base/slice.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <string.h>

#define KIB INT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

static void prints(int64_t bytes, const char *expected)
{
	cr_expect_str_eq(BYTES(bytes), expected, "%lld prints as \"%s\", not \"%s\"",
		(long long)bytes, BYTES(bytes), expected);
}

/* Quantities. */

Test(quantity, unknown_makes_every_result_unknown)
{
	const int64_t others[] = { 0, 1, -1, INT64_MAX, INT64_MIN + 1, UNKNOWN };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		cr_expect_eq(quantity_add(UNKNOWN, others[i]), UNKNOWN);
		cr_expect_eq(quantity_add(others[i], UNKNOWN), UNKNOWN);
		cr_expect_eq(quantity_sub(UNKNOWN, others[i]), UNKNOWN);
		cr_expect_eq(quantity_sub(others[i], UNKNOWN), UNKNOWN);
		cr_expect_eq(quantity_mul(UNKNOWN, others[i]), UNKNOWN);
		cr_expect_eq(quantity_mul(others[i], UNKNOWN), UNKNOWN);
		cr_expect_eq(quantity_share(UNKNOWN, others[i], 1), UNKNOWN);
		cr_expect_eq(quantity_share(1, UNKNOWN, 1), UNKNOWN);
		cr_expect_eq(quantity_share(1, 1, UNKNOWN), UNKNOWN);
		cr_expect_eq(quantity_percent(UNKNOWN, 1), UNKNOWN);
		cr_expect_eq(quantity_percent(1, UNKNOWN), UNKNOWN);
	}
	cr_expect_eq(known_or(UNKNOWN, 7), 7);
	cr_expect_eq(known_or(0, 7), 0);
	cr_expect_not(known(UNKNOWN));
	cr_expect(known(UNLIMITED));
	cr_expect_not(bounded(UNLIMITED));
	cr_expect_not(bounded(UNKNOWN));
	cr_expect(bounded(0));
}

/* A sum that does not fit stops at the end; it never becomes UNKNOWN by accident. */
Test(quantity, arithmetic_saturates)
{
	cr_expect_eq(quantity_add(INT64_MAX, 1), INT64_MAX);
	cr_expect_eq(quantity_add(INT64_MAX, INT64_MAX), INT64_MAX);
	cr_expect_eq(quantity_add(INT64_MIN + 1, -1), INT64_MIN + 1);
	cr_expect_eq(quantity_add(INT64_MIN + 1, INT64_MIN + 1), INT64_MIN + 1);
	cr_expect_eq(quantity_sub(INT64_MIN + 1, 1), INT64_MIN + 1);
	cr_expect_eq(quantity_sub(INT64_MAX, -1), INT64_MAX);
	cr_expect_eq(quantity_sub(-1, INT64_MAX), INT64_MIN + 1);
	cr_expect_eq(quantity_sub(0, INT64_MAX), -INT64_MAX);
	cr_expect_eq(quantity_mul(INT64_MAX, 2), INT64_MAX);
	cr_expect_eq(quantity_mul(INT64_MAX, -2), INT64_MIN + 1);
	cr_expect_eq(quantity_mul(INT64_MIN + 1, -2), INT64_MAX);
	cr_expect_eq(quantity_mul(INT64_C(1) << 62, -2), INT64_MIN + 1);
	cr_expect_eq(quantity_mul(0, INT64_MAX), 0);
}

Test(quantity, shares_do_not_overflow)
{
	cr_expect_eq(quantity_share(INT64_MAX, INT64_MAX, INT64_MAX), INT64_MAX);
	cr_expect_eq(quantity_share(INT64_MAX, 1, 2), INT64_MAX / 2);
	cr_expect_eq(quantity_share(INT64_MAX, 3, 1), INT64_MAX);
	cr_expect_eq(quantity_share(INT64_MAX, -3, 1), INT64_MIN + 1);
	cr_expect_eq(quantity_share(5, 1, 0), UNKNOWN);
	cr_expect_eq(quantity_percent(1, 0), UNKNOWN);
	cr_expect_eq(quantity_percent(1, -1), UNKNOWN);
	cr_expect_eq(quantity_percent(498073600, 536870912), 93);
	cr_expect_eq(quantity_percent(1, 3), 33);
	cr_expect_eq(quantity_percent(2, 3), 67);
	cr_expect_eq(quantity_percent(0, 3), 0);
	cr_expect_eq(quantity_percent(-1, 3), -33);
}

Test(quantity, amounts_print_as_a_person_writes_them)
{
	prints(UNKNOWN, "unknown");
	prints(UNLIMITED, "unlimited");
	prints(0, "0 B");
	prints(1023, "1023 B");
	prints(4 * KIB, "4 KiB");
	prints(2 * GIB, "2.0 GiB");
	prints(512 * MIB, "512 MiB");
	prints(MIB * 452 / 10, "45.2 MiB");
	prints(1 * MIB, "1.0 MiB");
	prints(1 * GIB, "1.0 GiB");
	prints(-4 * KIB, "-4 KiB");
	prints(-3 * GIB / 2, "-1.5 GiB");
	prints(INT64_MAX - 1, "8.0 EiB");
	prints(INT64_MIN + 1, "-8.0 EiB");
}

/* No amount ever prints as 1024 of a unit that has a larger one. */
Test(quantity, rounding_up_reaches_the_next_unit)
{
	prints(GIB - 1, "1.0 GiB");
	prints(GIB - MIB / 100, "1.0 GiB");
	prints(GIB - MIB * 3 / 10, "1.0 GiB");
	prints(GIB - MIB * 45 / 100, "1.0 GiB");
	prints(GIB - MIB * 6 / 10, "1023 MiB");
	prints(MIB - 1, "1.0 MiB");
	prints(MIB - KIB * 4 / 10, "1.0 MiB");
	prints(1024 * GIB - 1, "1.0 TiB");
	prints(100 * MIB - KIB, "100 MiB");
	for (int64_t below = 0; below < 2 * MIB; below += 997) {
		char buffer[QUANTITY_TEXT];

		quantity_print(buffer, GIB - below);
		cr_assert_null(strstr(buffer, "1024"), "%lld below 1 GiB is \"%s\"",
			(long long)below, buffer);
	}
}

/* Rounded once: 100.45 MiB is nearer to 100 than to 101. */
Test(quantity, nothing_is_rounded_twice)
{
	prints(100 * MIB + MIB * 45 / 100, "100 MiB");
	prints(100 * MIB + MIB * 47 / 100, "100 MiB");
	prints(100 * MIB + MIB * 51 / 100, "101 MiB");
	prints(3 * KIB + 480, "3 KiB");
}

/* Slices. */

Test(slice, an_empty_slice_is_safe_everywhere)
{
	struct slice none = { NULL, 0 }, part;
	int64_t number;
	uint64_t hex;

	cr_expect(slice_eq(none, SLICE("")));
	cr_expect(slice_is(none, ""));
	cr_expect(slice_starts(SLICE(""), ""));
	cr_expect_not(slice_starts(none, "a"));
	cr_expect_not(slice_ends(none, "a"));
	cr_expect_eq(slice_find(none, "a"), SLICE_NONE);
	cr_expect_eq(slice_find_last(none, "a"), SLICE_NONE);
	cr_expect_not(slice_has(none, "a"));
	cr_expect_eq(slice_from(none, 5).n, 0);
	cr_expect_eq(slice_first(none, 5).n, 0);
	cr_expect_eq(slice_trim(none).n, 0);
	cr_expect_not(slice_cut(&none, ',', &part));
	cr_expect_not(slice_take(&none, "a"));
	slice_take_blanks(&none);
	cr_expect_not(slice_take_word(&none, &part));
	cr_expect_not(slice_take_int(&none, &number));
	cr_expect_not(slice_take_hex(&none, &hex));
}

Test(slice, bytes_are_bytes_nul_included)
{
	struct slice s = SLICE("a\0b\xff");

	cr_assert_eq(s.n, 4);
	cr_assert(slice_ends(s, "\xff"));
	cr_assert_eq(slice_find(s, "b"), 2);
	cr_assert_not(slice_is(s, "a"));
	cr_assert(slice_eq(slice_from(s, 2), SLICE("b\xff")));
	cr_assert_eq(slice_from(s, 4).n, 0);
	cr_assert_eq(slice_from(s, SIZE_MAX).n, 0);
}

Test(slice, find_finds_the_first_and_the_last)
{
	struct slice s = SLICE("ab-ab-ab");

	cr_assert_eq(slice_find(s, "ab"), 0);
	cr_assert_eq(slice_find_last(s, "ab"), 6);
	cr_assert_eq(slice_find(s, "b-ab-abc"), SLICE_NONE);
	cr_assert_eq(slice_find_last(s, "ab-ab-ab"), 0);
	cr_assert_eq(slice_find_last(s, "ab-ab-ab-"), SLICE_NONE);
}

Test(slice, cutting_gives_every_part)
{
	struct slice rest = SLICE("a,,b,"), part;

	cr_assert(slice_cut(&rest, ',', &part) && slice_is(part, "a"));
	cr_assert(slice_cut(&rest, ',', &part) && slice_is(part, ""));
	cr_assert(slice_cut(&rest, ',', &part) && slice_is(part, "b"));
	cr_assert_not(slice_cut(&rest, ',', &part));
}

Test(slice, words_are_taken_without_the_blanks)
{
	struct slice rest = SLICE(" \t one\t two "), word;

	cr_assert(slice_take_word(&rest, &word) && slice_is(word, "one"));
	cr_assert(slice_take_word(&rest, &word) && slice_is(word, "two"));
	cr_assert_not(slice_take_word(&rest, &word));
	cr_assert(slice_is(slice_trim(SLICE(" \ta b\t ")), "a b"));
	cr_assert_eq(slice_trim(SLICE(" \t ")).n, 0);
}

static void reads_int(const char *text, int64_t expected, const char *left)
{
	struct slice rest = slice_of(text);
	int64_t number = 12345;

	cr_expect(slice_take_int(&rest, &number), "\"%s\" is no number", text);
	cr_expect_eq(number, expected, "\"%s\" is %lld", text, (long long)number);
	cr_expect(
		slice_is(rest, left), "\"%s\" leaves \"%.*s\"", text, SLICE_ARG(rest));
}

Test(slice, integers_saturate_and_never_wrap)
{
	reads_int("0", 0, "");
	reads_int("-4kB", -4, "kB");
	reads_int("007", 7, "");
	reads_int("9223372036854775807", INT64_MAX, "");
	reads_int("9223372036854775808", INT64_MAX, "");
	reads_int("18446744073709551615", INT64_MAX, "");
	reads_int("99999999999999999999999999999999999999990", INT64_MAX, "");
	/* Not INT64_MIN: that is the mark of what is unknown. */
	reads_int("-9223372036854775808", INT64_MIN + 1, "");
	reads_int("-99999999999999999999999999", INT64_MIN + 1, "");
	reads_int("12 ", 12, " ");
}

Test(slice, what_is_no_integer_is_left_alone)
{
	const char *const bad[] = { "", "-", "- 1", "+1", " 1", "x", "--1" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct slice rest = slice_of(bad[i]);
		int64_t number = 7;

		cr_expect_not(slice_take_int(&rest, &number), "\"%s\"", bad[i]);
		cr_expect(slice_is(rest, bad[i]));
		cr_expect_eq(number, 7);
	}
}

Test(slice, hexadecimal_saturates)
{
	struct slice rest = SLICE("0x100ccaZ");
	uint64_t n;

	cr_assert(slice_take_hex(&rest, &n) && n == 0x100cca && slice_is(rest, "Z"));
	rest = SLICE("DEADbeef");
	cr_assert(slice_take_hex(&rest, &n) && n == 0xdeadbeef);
	rest = SLICE("ffffffffffffffff");
	cr_assert(slice_take_hex(&rest, &n) && n == UINT64_MAX);
	rest = SLICE("0x10000000000000000");
	cr_assert(slice_take_hex(&rest, &n) && n == UINT64_MAX);
	rest = SLICE("0x1234567890abcdef1234567890");
	cr_assert(slice_take_hex(&rest, &n) && n == UINT64_MAX);
	rest = SLICE("0x");
	cr_assert_not(slice_take_hex(&rest, &n));
	cr_assert(slice_is(rest, "0x"));
}

/* The growing buffer. */

Test(text, it_grows_and_keeps_what_it_holds)
{
	struct text t = { 0 };

	cr_assert_eq(text_slice(&t).n, 0);
	cr_assert_not_null(text_slice(&t).p);
	for (int i = 0; i < 10000; i++)
		text_printf(&t, "%04d", i);
	cr_assert_eq(t.n, 40000);
	cr_assert(slice_eq(slice_from(text_slice(&t), 39996), SLICE("9999")));
	text_clear(&t);
	text_puts(&t, "a");
	text_putc(&t, '\0');
	text_add(&t, SLICE("b"));
	text_add(&t, (struct slice){ NULL, 0 });
	cr_assert(slice_eq(text_slice(&t), SLICE("a\0b")));
	text_free(&t);
	cr_assert_null(t.p);
	text_free(&t);
}

/* The arena. */

Test(arena, little_lies_idle)
{
	struct arena *arena = arena_new();
	size_t first = 0;

	for (size_t taken = 64; taken < 1024 * 1024; taken += 64) {
		arena_alloc(arena, 64);
		if (first == 0)
			first = arena_bytes(arena);
		cr_assert_leq(arena_bytes(arena), taken + taken / 3 + first,
			"%zu of %zu", taken, arena_bytes(arena));
	}
	arena_free(arena);
}

Test(arena, memory_is_zeroed_aligned_and_apart)
{
	struct arena *arena = arena_new();
	char *last = NULL;

	for (size_t n = 1; n < 3000; n += 7) {
		char *p = arena_alloc(arena, n);

		cr_assert_eq((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0x5a, n);
		cr_assert_neq(p, last);
		last = p;
	}
	/* One piece larger than any chunk. */
	memset(arena_alloc(arena, 5 * 1024 * 1024), 1, 5 * 1024 * 1024);
	cr_assert_geq(arena_bytes(arena), 5 * 1024 * 1024);
	arena_free(arena);
	arena_free(NULL);
}

Test(arena, copies_and_strings_end_with_a_nul)
{
	struct arena *arena = arena_new();
	struct slice copy = arena_copy(arena, SLICE("a\0b"));
	struct slice empty = arena_copy(arena, (struct slice){ NULL, 0 });
	struct slice printed = arena_printf(arena, "%s-%d", "x", 7);

	cr_assert(slice_eq(copy, SLICE("a\0b")));
	cr_assert_eq(copy.p[3], '\0');
	cr_assert_eq(empty.n, 0);
	cr_assert_eq(empty.p[0], '\0');
	cr_assert_str_eq(printed.p, "x-7");
	cr_assert_eq(printed.n, 3);
	arena_free(arena);
}

Test(arena, an_array_keeps_its_elements_as_it_grows)
{
	struct arena *arena = arena_new();
	int64_t *numbers = NULL;
	size_t room = 0;

	for (size_t i = 0; i < 5000; i++) {
		numbers = arena_room(arena, numbers, i, &room, sizeof(*numbers));
		cr_assert_gt(room, i);
		numbers[i] = (int64_t)i * 3;
	}
	for (size_t i = 0; i < 5000; i++)
		cr_assert_eq(numbers[i], (int64_t)i * 3);
	arena_free(arena);
}
