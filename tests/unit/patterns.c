/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: a row that steals another row's line, or that matches none, is found here. */
#include "parsers/patterns.h"

#include "parsers/anchors.h"

#include <criterion/criterion.h>
#include <string.h>

static struct pattern_set *set;

static void start(void)
{
	set = pattern_set_new();
}

static void stop(void)
{
	pattern_set_free(set);
}

TestSuite(patterns, .init = start, .fini = stop);

static bool stands_outside(const struct pattern *p)
{
	return p->place != INSIDE && p->place != AFTER;
}

Test(patterns, every_row_has_a_sample_and_a_name_of_its_own)
{
	for (size_t i = 0; i < pattern_count; i++) {
		cr_expect_not_null(pattern_rows[i].samples[0], "%s has no sample",
			pattern_rows[i].name);
		cr_expect_not_null(
			pattern_rows[i].take, "%s reads nothing", pattern_rows[i].name);
		for (size_t k = 0; k < i; k++)
			cr_expect_str_neq(pattern_rows[i].name, pattern_rows[k].name);
	}
}

Test(patterns, each_sample_matches_its_own_row)
{
	for (size_t i = 0; i < pattern_count; i++) {
		const struct pattern *p = &pattern_rows[i];

		for (size_t k = 0; k < MAX_SAMPLES && p->samples[k]; k++) {
			struct captures c;

			cr_expect(pattern_matches(set, i, slice_of(p->samples[k]), &c),
				"%s does not match \"%s\"", p->name, p->samples[k]);
		}
	}
}

/* No row above takes the sample away, wherever it may stand. */
Test(patterns, no_earlier_row_steals_a_sample)
{
	for (size_t i = 0; i < pattern_count; i++) {
		const struct pattern *p = &pattern_rows[i], *got;

		for (size_t k = 0; k < MAX_SAMPLES && p->samples[k]; k++) {
			struct slice sample = slice_of(p->samples[k]);
			struct captures c;

			got = pattern_match(set, sample, true, ANYONE, &c);
			cr_expect_eq(got, p, "inside: \"%s\" is %s, not %s", sample.p,
				got ? got->name : "nothing", p->name);
			got = pattern_match(set, sample, false, ANYONE, &c);
			cr_expect_eq(got, stands_outside(p) ? p : NULL,
				"outside: \"%s\" is %s, row %s", sample.p,
				got ? got->name : "nothing", p->name);
			got = pattern_match(set, sample, true, A_PROGRAM, &c);
			cr_expect_eq(got, p->program ? p : NULL,
				"of a daemon: \"%s\" is %s, row %s", sample.p,
				got ? got->name : "nothing", p->name);
			got = pattern_match(set, sample, true, THE_KERNEL, &c);
			cr_expect_eq(got, p->program && !pattern_in_kmsg(p) ? NULL : p,
				"of the kernel: \"%s\" is %s, row %s", sample.p,
				got ? got->name : "nothing", p->name);
		}
	}
}

/* A literal that is too short is no gate, and no row may swallow everything. */
Test(patterns, literals_are_long_enough_and_stand_in_the_samples)
{
	for (size_t i = 0; i < pattern_count; i++) {
		const struct pattern *p = &pattern_rows[i];

		cr_expect_geq(strlen(p->literal), 4, "%s: \"%s\"", p->name, p->literal);
		for (size_t k = 0; k < MAX_SAMPLES && p->samples[k]; k++) {
			struct slice sample = slice_of(p->samples[k]);

			cr_expect(p->at_start ? slice_starts(sample, p->literal)
					      : slice_has(sample, p->literal),
				"%s: \"%s\" not in \"%s\"", p->name, p->literal,
				sample.p);
		}
	}
}

Test(patterns, captures_lie_within_the_text)
{
	for (size_t i = 0; i < pattern_count; i++) {
		const struct pattern *p = &pattern_rows[i];

		for (size_t k = 0; k < MAX_SAMPLES && p->samples[k]; k++) {
			struct slice sample = slice_of(p->samples[k]);
			struct captures c;

			if (!pattern_matches(set, i, sample, &c))
				continue;
			for (size_t m = 0; m < MAX_CAPTURES; m++)
				cr_expect(!c.part[m].p ||
						  (c.part[m].p >= sample.p &&
							  c.part[m].p + c.part[m].n <=
								  sample.p + sample.n),
					"%s: part %zu lies outside", p->name, m);
		}
	}
}

/* What opens an event must be found by the sweep, or a quiet log hides it. */
Test(patterns, what_opens_an_event_holds_an_anchor)
{
	for (size_t i = 0; i < pattern_count; i++) {
		const struct pattern *p = &pattern_rows[i];

		if (p->place != OPENS && p->place != ALONE && p->place != ENDS &&
			p->place != LEAD && p->place != NOTICE)
			continue;
		for (size_t k = 0; k < MAX_SAMPLES && p->samples[k]; k++)
			cr_expect_neq(anchor_find(slice_of(p->samples[k])), SLICE_NONE,
				"%s: no anchor in \"%s\"", p->name, p->samples[k]);
	}
}

Test(patterns, every_anchor_is_found_at_every_offset_and_end)
{
	for (size_t i = 0; i < anchor_count * anchor_way_count; i++) {
		const struct anchor_way *way = &anchor_ways[i / anchor_count];
		const char *anchor = anchors[i % anchor_count];
		size_t n = strlen(anchor);

		for (size_t at = 0; at < 140 && way->usable(); at++) {
			char block[256];

			memset(block, '.', sizeof(block));
			memcpy(block + at, anchor, n);
			cr_expect_eq(anchor_find_by(way, (struct slice){ block, 256 }),
				at, "%s: %s at %zu", way->name, anchor, at);
			cr_expect_eq(
				anchor_find_by(way, (struct slice){ block, at + n }),
				at, "%s: %s at %zu and the end", way->name, anchor, at);
			cr_expect_eq(anchor_find_by(
					     way, (struct slice){ block, at + n - 1 }),
				SLICE_NONE, "%s: %s is cut", way->name, anchor);
		}
		cr_expect_geq(n, 7, "%s: shorter than a window", anchor);
		cr_expect_leq(n, anchor_longest());
	}
	cr_expect_eq(anchor_find(SLICE("")), SLICE_NONE);
}

/* What resembles anchors: pieces of them, one behind the other, some of them whole. */
Test(patterns, every_way_finds_the_same)
{
	static char block[4096];
	uint32_t random = 1;

	for (size_t round = 0; round < 2000; round++) {
		size_t n = 0, found;

		while (n + 64 < sizeof(block)) {
			const char *anchor;
			size_t length, from;

			random = random * 1664525 + 1013904223;
			anchor = anchors[(random >> 8) % anchor_count];
			length = strlen(anchor);
			from = (random >> 16) % 3;
			length -= from + (random >> 20) % 3;
			memcpy(block + n, anchor + from, length);
			n += length;
			/* Most are spoilt, so that the first whole one stands anywhere. */
			if ((random >> 24) % 128 != 0)
				block[n - 1 - (random >> 12) % length] =
					(char)(random >> 7);
		}
		found = anchor_find((struct slice){ block, n });
		for (size_t i = 0; i < anchor_way_count; i++) {
			const struct anchor_way *way = &anchor_ways[i];

			if (way->usable())
				cr_expect_eq(
					anchor_find_by(way, (struct slice){ block, n }),
					found, "%s", way->name);
		}
		for (size_t i = 0; i < anchor_count; i++) {
			const char *first =
				memmem(block, n, anchors[i], strlen(anchors[i]));

			if (first)
				cr_expect(found != SLICE_NONE &&
						  found <= (size_t)(first - block) + 32,
					"%s was passed over", anchors[i]);
		}
	}
}

Test(patterns, a_hostile_line_ends_soon_and_matches_nothing)
{
	static char line[65536];
	struct captures c;

	/* Blanks and brackets make expressions with ".*" go back and forth. */
	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = " ):(,"[i % 5];
	memcpy(line + 1000, "illed process ", 14);
	memcpy(line + 3000, " invoked oom-killer: ", 21);
	memcpy(line + 5000, "page allocation ", 16);
	memcpy(line + 7000, "oom_score_adj ", 14);
	memcpy(line + 9000, "vmalloc", 7);
	cr_assert_null(pattern_match(
		set, (struct slice){ line, sizeof(line) }, true, ANYONE, &c));
	cr_assert_null(pattern_match(set, SLICE(""), true, ANYONE, &c));
	cr_assert_null(pattern_match(set, SLICE("\0\0\0\0\xff\xfe"), true, ANYONE, &c));
}

/* What --anonymize replaces. */
Test(patterns, captures_with_a_name_are_names)
{
	struct captures c;

	for (size_t i = 0; i < pattern_count; i++) {
		const struct pattern *p = &pattern_rows[i];

		for (size_t k = 0; k < MAX_SAMPLES && p->samples[k]; k++) {
			cr_assert(pattern_matches(set, i, slice_of(p->samples[k]), &c));
			for (size_t n = 1; n < MAX_CAPTURES; n++) {
				const char *class = pattern_capture_name(set, p, n);
				struct slice name = c.part[n];

				if (!class || name.n == 0)
					continue;
				cr_expect(strncmp(class, "process", 7) == 0 ||
						  strncmp(class, "cgroup", 6) == 0 ||
						  strncmp(class, "cpuset", 6) == 0,
					"%s: nobody knows %s", p->name, class);
				cr_expect(name.p[0] < '0' || name.p[0] > '9',
					"%s: %s is a number", p->name, class);
				cr_expect(class[0] != 'c' || class[1] != 'g' ||
						  name.p[0] == '/',
					"%s: %s is no path", p->name, class);
			}
		}
	}
	cr_assert_str_eq(pattern_capture_name(set, &pattern_rows[0], 1), "process");
	cr_assert_null(pattern_capture_name(set, &pattern_rows[0], 2));
}

Test(patterns, capture_number_is_unknown_without_a_number)
{
	cr_assert_eq(capture_number((struct slice){ NULL, 0 }), UNKNOWN);
	cr_assert_eq(capture_number(SLICE("")), UNKNOWN);
	cr_assert_eq(capture_number(SLICE("x1")), UNKNOWN);
	cr_assert_eq(capture_number(SLICE("-12kB")), -12);
	cr_assert_eq(capture_number(SLICE("99999999999999999999")), INT64_MAX);
}
