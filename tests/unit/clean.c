/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: names in a log come from attackers; not one byte of theirs may act. */
#include "cli/clean.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct text out;

static void stop(void)
{
	text_free(&out);
}

TestSuite(clean, .fini = stop);

static struct slice terminal(struct slice s, bool utf8)
{
	text_clear(&out);
	clean_for_terminal(&out, s, utf8);
	return text_slice(&out);
}

static struct slice json(struct slice s)
{
	text_clear(&out);
	clean_for_json(&out, s);
	return text_slice(&out);
}

/* Printable ASCII, and nothing else. */
static bool plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

static size_t encode(uint32_t c, char bytes[4])
{
	if (c < 0x80) {
		bytes[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		bytes[0] = (char)(0xc0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		bytes[0] = (char)(0xe0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	bytes[0] = (char)(0xf0 | c >> 18);
	bytes[1] = (char)(0x80 | (c >> 12 & 0x3f));
	bytes[2] = (char)(0x80 | (c >> 6 & 0x3f));
	bytes[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static void is_made_visible(uint32_t from, uint32_t to)
{
	for (uint32_t c = from; c <= to; c++) {
		char bytes[4];
		size_t n = encode(c, bytes);

		cr_expect(plain(terminal((struct slice){ bytes, n }, true)),
			"U+%04X reaches the terminal", c);
	}
}

Test(clean, every_control_byte_is_made_visible)
{
	for (unsigned int c = 0; c < 256; c++) {
		char byte = (char)c, hex[8];
		struct slice s = { &byte, 1 };

		snprintf(hex, sizeof(hex), "\\x%02x", c);
		for (int utf8 = 0; utf8 < 2; utf8++) {
			if (c >= 0x20 && c < 0x7f)
				cr_expect(slice_eq(terminal(s, utf8), s));
			else
				cr_expect(slice_is(terminal(s, utf8), hex),
					"byte %s is \"%.*s\"", hex,
					SLICE_ARG(terminal(s, utf8)));
		}
	}
}

Test(clean, an_escape_sequence_loses_its_power)
{
	cr_assert(slice_is(terminal(SLICE("\x1b[2Jx"), true), "\\x1b[2Jx"));
	cr_assert(slice_is(terminal(SLICE("\x1b]0;t\x07"), true), "\\x1b]0;t\\x07"));
	/* The same control as one byte of Latin-1, and as a character of UTF-8. */
	cr_assert(slice_is(terminal(SLICE("\x9b"
					  "2J"),
				   true),
		"\\x9b2J"));
	cr_assert(slice_is(terminal(SLICE("\xc2\x9b"
					  "2J"),
				   true),
		"\\xc2\\x9b2J"));
}

Test(clean, what_hides_moves_or_reorders_is_made_visible)
{
	is_made_visible(0x80, 0xa0);
	is_made_visible(0xad, 0xad);
	is_made_visible(0x300, 0x36f); /* combining */
	is_made_visible(0x61c, 0x61c);
	is_made_visible(0x180b, 0x180e);
	is_made_visible(0x200b, 0x200f); /* no width, direction marks */
	is_made_visible(0x2028, 0x202e); /* separators, overrides */
	is_made_visible(0x2060, 0x206f); /* isolates */
	is_made_visible(0x3164, 0x3164);
	is_made_visible(0xe000, 0xf8ff); /* private use: fonts decide */
	is_made_visible(0xfe00, 0xfe0f);
	is_made_visible(0xfeff, 0xfeff);
	is_made_visible(0xfff0, 0xfffb);
	is_made_visible(0x1bca0, 0x1bca3); /* shorthand */
	is_made_visible(0x1d173, 0x1d17a); /* music */
	is_made_visible(0xe0000, 0xe007f); /* tags */
	is_made_visible(0xe0100, 0xe01ef);
	is_made_visible(0x10ffff, 0x10ffff);
}

Test(clean, ordinary_letters_of_other_scripts_pass)
{
	const char *const words[] = { "m\xc3\xbcller", "\xe6\x97\xa5\xe6\x9c\xac",
		"\xd0\x9f\xd0\xb8", "\xf0\x9f\x98\x80" };

	for (size_t i = 0; i < 4; i++) {
		cr_expect(slice_is(terminal(slice_of(words[i]), true), words[i]));
		cr_expect(plain(terminal(slice_of(words[i]), false)));
		cr_expect(slice_is(json(slice_of(words[i])), words[i]));
	}
}

/* Overlong forms, surrogates, cut characters, bytes that UTF-8 never has. */
static const struct slice invalid[] = { SLICE("\x80"), SLICE("\xbf"), SLICE("\xc0\x80"),
	SLICE("\xc0\xaf"), SLICE("\xc1\xbf"), SLICE("\xe0\x80\xaf"),
	SLICE("\xe0\x9f\xbf"), SLICE("\xf0\x80\x80\x9b"), SLICE("\xf0\x8f\xbf\xbf"),
	SLICE("\xed\xa0\x80"), SLICE("\xed\xbf\xbf"), SLICE("\xf4\x90\x80\x80"),
	SLICE("\xf5\x80\x80\x80"), SLICE("\xf8\x88\x80\x80\x80"),
	SLICE("\xfc\x84\x80\x80\x80\x80"), SLICE("\xfe"), SLICE("\xff"), SLICE("\xc3"),
	SLICE("\xe6\x97"), SLICE("\xf0\x9f\x98"), SLICE("\xc3("), SLICE("\xe6\x97("),
	SLICE("\xf0\x9f\x98(") };

Test(clean, invalid_utf8_never_reaches_the_terminal)
{
	for (size_t i = 0; i < sizeof(invalid) / sizeof(*invalid); i++) {
		struct slice shown = terminal(invalid[i], true);

		cr_expect(plain(shown), "case %zu: \"%.*s\"", i, SLICE_ARG(shown));
		cr_expect(slice_starts(shown, "\\x"));
	}
}

/* A strict reader of UTF-8, written apart from the code under test. */
static bool valid(struct slice s)
{
	size_t i = 0;

	while (i < s.n) {
		uint32_t code;
		char again[4];
		size_t n = 0;
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x80)
			n = 1, code = c;
		else if (c >> 5 == 6)
			n = 2, code = c & 0x1f;
		else if (c >> 4 == 14)
			n = 3, code = c & 0x0f;
		else if (c >> 3 == 30)
			n = 4, code = c & 0x07;
		if (n == 0 || i + n > s.n)
			return false;
		for (size_t k = 1; k < n; k++)
			code = code << 6 | ((unsigned char)s.p[i + k] & 0x3f);
		/* What encodes to other bytes was overlong or had no continuation. */
		if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
			encode(code, again) != n || memcmp(again, s.p + i, n) != 0)
			return false;
		i += n;
	}
	return true;
}

Test(clean, json_gets_valid_utf8_whatever_comes)
{
	char bytes[8];
	uint32_t seed = 20261122;

	for (size_t i = 0; i < sizeof(invalid) / sizeof(*invalid); i++) {
		cr_expect(valid(json(invalid[i])), "case %zu", i);
		cr_expect(slice_has(json(invalid[i]), "\xef\xbf\xbd"), "case %zu", i);
	}
	for (int round = 0; round < 200000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1664525 + 1013904223;
			/* Leading and continuation bytes are likelier than chance. */
			bytes[i] = (char)(seed >> 24 | (seed >> 8 & 0x80));
		}
		cr_assert(valid(json((struct slice){ bytes, sizeof(bytes) })));
		cr_assert(
			valid(terminal((struct slice){ bytes, sizeof(bytes) }, true)));
		cr_assert(
			plain(terminal((struct slice){ bytes, sizeof(bytes) }, false)));
	}
}

/* Controls have escapes of JSON's own. */
Test(clean, json_keeps_control_characters)
{
	cr_assert(slice_eq(json(SLICE("a\nb\x1b\0c")), SLICE("a\nb\x1b\0c")));
}

Test(clean, width_counts_characters)
{
	cr_assert_eq(clean_width(SLICE("")), 0);
	cr_assert_eq(clean_width(SLICE("abc")), 3);
	cr_assert_eq(clean_width(SLICE("m\xc3\xbcller")), 6);
}

/* Neither a character nor the \xNN of one is cut. */
Test(clean, first_columns_are_whole)
{
	cr_assert_eq(clean_first(SLICE("abc"), 2).n, 2);
	cr_assert_eq(clean_first(SLICE("abc"), 9).n, 3);
	cr_assert_eq(clean_first(SLICE("m\xc3\xbcller"), 2).n, 3);
	cr_assert_eq(clean_first(SLICE("a\\x1bb"), 4).n, 1);
	cr_assert_eq(clean_first(SLICE("a\\x1bb"), 5).n, 5);
	cr_assert_eq(clean_first(SLICE("a\\xy"), 3).n, 3);
	cr_assert_eq(clean_first(SLICE(""), 3).n, 0);
}

Test(clean, names_for_messages_are_cleaned_and_end)
{
	cr_assert_str_eq(clean_name("a\x1b[31mb"), "a\\x1b[31mb");
	cr_assert_str_eq(clean_name(""), "");
	cr_assert_str_eq(clean_name("\xc3\xbc"), "\\xc3\\xbc");
}
