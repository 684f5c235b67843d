/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: one scanner reads every "key:value"; a key it loses is a number lost. */
#include "parsers/fields.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct oom_event *event;

static void start(void)
{
	event = event_new();
}

static void stop(void)
{
	event_free(event);
}

TestSuite(fields, .init = start, .fini = stop);

union place {
	struct zone zone;
	struct node node;
	struct counters counters;
};
static union place place;

static const struct {
	const char *name;
	const struct field_table *table;
} tables[] = { { "zone", &zone_fields }, { "node", &node_fields },
	{ "counters", &counter_fields } };

static struct amount slot(const struct field *f)
{
	const char *p = (const char *)&place + f->offset;
	struct amount a = { 0 };

	if (f->is_amount)
		memcpy(&a, p, sizeof(a));
	else
		memcpy(&a.value, p, sizeof(a.value));
	return a;
}

static size_t scan(const struct field_table *table, const char *text)
{
	fields_forget(table, &place);
	event->unrecognised_count = 0;
	return fields_scan(table, slice_of(text), &place, event, 42);
}

Test(fields, each_key_fills_its_own_slot_in_its_unit)
{
	for (size_t t = 0; t < 3; t++) {
		const struct field_table *table = tables[t].table;

		for (size_t i = 0; i < table->count; i++) {
			const struct field *f = &table->fields[i];
			char text[80];
			int64_t expected = 12;

			if (f->unit == UNIT_YES_NO) {
				snprintf(text, sizeof(text), "%s? yes", f->key);
				expected = 1;
			} else if (f->unit == UNIT_KB) {
				snprintf(text, sizeof(text), "%s:12kB", f->key);
				expected = 12 * 1024;
			} else {
				snprintf(text, sizeof(text), "%s:12", f->key);
			}
			cr_expect_eq(
				scan(table, text), 1, "%s: %s", tables[t].name, text);
			cr_expect_eq(slot(f).value, expected, "%s: %s is %lld",
				tables[t].name, text, (long long)slot(f).value);
			if (f->is_amount)
				cr_expect_eq(slot(f).line, 42);
			for (size_t k = 0; k < table->count; k++)
				if (table->fields[k].offset != f->offset)
					cr_expect_eq(slot(&table->fields[k]).value,
						UNKNOWN, "%s: %s also fills %s",
						tables[t].name, text,
						table->fields[k].key);
			cr_expect_eq(event->unrecognised_count, 0);
		}
	}
}

/* "Active_anon" of old kernels shares a slot; no other two keys do. */
Test(fields, no_key_stands_twice)
{
	for (size_t t = 0; t < 3; t++)
		for (size_t i = 0; i < tables[t].table->count; i++)
			for (size_t k = 0; k < i; k++)
				cr_expect_str_neq(tables[t].table->fields[i].key,
					tables[t].table->fields[k].key);
}

Test(fields, a_suffix_wins_over_the_table)
{
	scan(&counter_fields, "free:3kB slab:4");
	cr_expect_eq(place.counters.free.value, 3 * 1024);
	cr_expect_eq(place.counters.slab.value, 4);
	scan(&zone_fields, "free:3 min:4KB");
	cr_expect_eq(place.zone.free_bytes, 3 * 1024);
	cr_expect_eq(place.zone.min_bytes, 4 * 1024);
}

Test(fields, blanks_after_a_colon_are_allowed)
{
	cr_expect_eq(
		scan(&node_fields,
			"shmem:0kB shmem_thp: 8kB shmem_pmdmapped:\t0kB anon_thp:  4kB "
			"all_unreclaimable? no"),
		5);
	cr_expect_eq(place.node.shmem_thp_bytes, 8 * 1024);
	cr_expect_eq(place.node.anon_thp_bytes, 4 * 1024);
	cr_expect_eq(place.node.all_unreclaimable, 0);
	cr_expect_eq(event->unrecognised_count, 0);
}

Test(fields, order_does_not_matter)
{
	cr_expect_eq(scan(&zone_fields, "high:3kB low:2kB free:9kB min:1kB"), 4);
	cr_expect_eq(place.zone.high_bytes, 3 * 1024);
	cr_expect_eq(place.zone.free_bytes, 9 * 1024);
	cr_expect_eq(place.zone.min_bytes, 1024);
}

Test(fields, an_unknown_key_is_kept_and_the_rest_is_read)
{
	cr_expect_eq(scan(&zone_fields, "free:1kB newfangled:77kB min:2kB other:5"), 2);
	cr_expect_eq(place.zone.min_bytes, 2 * 1024);
	cr_assert_eq(event->unrecognised_count, 2);
	cr_expect(slice_is(event->unrecognised[0].text, "newfangled:77kB"), "\"%.*s\"",
		SLICE_ARG(event->unrecognised[0].text));
	cr_expect_eq(event->unrecognised[0].number, 42);
	cr_expect(slice_is(event->unrecognised[1].text, "other:5"));
}

Test(fields, what_is_no_value_is_kept)
{
	const char *const bad[] = { "free:", "free:kB", "free:x", "free",
		"free:1kB stray", "free:1kB min:maybe" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		scan(&zone_fields, bad[i]);
		cr_expect_eq(event->unrecognised_count, 1, "\"%s\": %zu", bad[i],
			event->unrecognised_count);
	}
	cr_expect_eq(scan(&zone_fields, ""), 0);
	cr_expect_eq(event->unrecognised_count, 0);
}

Test(fields, numbers_that_do_not_fit_saturate)
{
	scan(&zone_fields,
		"free:99999999999999999999kB min:9223372036854775807kB low:-4kB");
	cr_expect_eq(place.zone.free_bytes, INT64_MAX);
	cr_expect_eq(place.zone.min_bytes, INT64_MAX);
	cr_expect_eq(place.zone.low_bytes, -4096);
	scan(&counter_fields, "free:99999999999999999999");
	cr_expect_eq(place.counters.free.value, INT64_MAX);
}

/* Thousands of unknown keys keep a bounded number of them. */
Test(fields, unknown_keys_are_bounded)
{
	struct text t = { 0 };

	for (int i = 0; i < 5000; i++)
		text_printf(&t, "k%d:1 ", i);
	fields_scan(&zone_fields, text_slice(&t), &place, event, 1);
	cr_expect_leq(event->unrecognised_count, 200);
	text_free(&t);
}

Test(fields, a_line_begins_with_a_known_key_and_a_number)
{
	cr_expect(fields_begin(&counter_fields, SLICE("active_anon:1 x")));
	cr_expect(fields_begin(&counter_fields, SLICE(" unevictable:0")));
	cr_expect_not(fields_begin(&counter_fields, SLICE("active_anon: x")));
	cr_expect_not(fields_begin(&counter_fields, SLICE("other:1")));
	cr_expect_not(fields_begin(&counter_fields, SLICE("")));
}

Test(fields, limits_that_mean_none_are_unlimited)
{
	cr_expect_eq(limit_of_kb(INT64_C(9007199254740988)), UNLIMITED);
	cr_expect_eq(limit_of_kb(INT64_C(9007199254740976)), UNLIMITED);
	cr_expect_eq(limit_of_kb(INT64_C(9007199254740928)), UNLIMITED);
	cr_expect_eq(limit_of_kb(INT64_C(9007199254740991)), UNLIMITED);
	cr_expect_eq(limit_of_kb(INT64_C(18014398509481983)), UNLIMITED);
	cr_expect_eq(limit_of_kb(INT64_C(8589934588)), UNLIMITED);
	cr_expect_eq(limit_of_kb(0), 0);
	cr_expect_eq(limit_of_kb(524288), 512 * 1024 * 1024);
	cr_expect_eq(limit_of_kb(UNKNOWN), UNKNOWN);
	cr_expect_eq(bytes_of_kb(UNKNOWN), UNKNOWN);
	cr_expect_eq(bytes_of_kb(INT64_MAX), INT64_MAX);
}
