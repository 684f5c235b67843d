/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of keys, and the scanner that walks them. */
#include "parsers/fields.h"

#include "parsers/assemble.h"

#include <string.h>

#define KB(type, member, key)                                                          \
	{                                                                              \
		key, UNIT_KB, offsetof(type, member), false                            \
	}
#define COUNT(type, member, key)                                                       \
	{                                                                              \
		key, UNIT_COUNT, offsetof(type, member), false                         \
	}
#define YES_NO(type, member, key)                                                      \
	{                                                                              \
		key, UNIT_YES_NO, offsetof(type, member), false                        \
	}
#define PAGES(member, key)                                                             \
	{                                                                              \
		key, UNIT_PAGES, offsetof(struct counters, member), true               \
	}

static const struct field zone_rows[] = {
	KB(struct zone, free_bytes, "free"),
	KB(struct zone, boost_bytes, "boost"),
	KB(struct zone, min_bytes, "min"),
	KB(struct zone, low_bytes, "low"),
	KB(struct zone, high_bytes, "high"),
	KB(struct zone, reserved_highatomic_bytes, "reserved_highatomic"),
	KB(struct zone, free_highatomic_bytes, "free_highatomic"),
	KB(struct zone, active_anon_bytes, "active_anon"),
	KB(struct zone, inactive_anon_bytes, "inactive_anon"),
	KB(struct zone, active_file_bytes, "active_file"),
	KB(struct zone, inactive_file_bytes, "inactive_file"),
	KB(struct zone, unevictable_bytes, "unevictable"),
	KB(struct zone, isolated_anon_bytes, "isolated(anon)"),
	KB(struct zone, isolated_file_bytes, "isolated(file)"),
	KB(struct zone, writepending_bytes, "writepending"),
	KB(struct zone, zspages_bytes, "zspages"),
	KB(struct zone, present_bytes, "present"),
	KB(struct zone, managed_bytes, "managed"),
	KB(struct zone, mlocked_bytes, "mlocked"),
	KB(struct zone, dirty_bytes, "dirty"),
	KB(struct zone, writeback_bytes, "writeback"),
	KB(struct zone, mapped_bytes, "mapped"),
	KB(struct zone, shmem_bytes, "shmem"),
	KB(struct zone, slab_reclaimable_bytes, "slab_reclaimable"),
	KB(struct zone, slab_unreclaimable_bytes, "slab_unreclaimable"),
	KB(struct zone, kernel_stack_bytes, "kernel_stack"),
	KB(struct zone, shadow_call_stack_bytes, "shadow_call_stack"),
	KB(struct zone, pagetables_bytes, "pagetables"),
	KB(struct zone, unstable_bytes, "unstable"),
	KB(struct zone, bounce_bytes, "bounce"),
	KB(struct zone, free_pcp_bytes, "free_pcp"),
	KB(struct zone, local_pcp_bytes, "local_pcp"),
	KB(struct zone, free_cma_bytes, "free_cma"),
	KB(struct zone, writeback_tmp_bytes, "writeback_tmp"),
	KB(struct zone, cma_watermark_bytes, "cma_watermark"),
	KB(struct zone, active_bytes, "active"),
	KB(struct zone, inactive_bytes, "inactive"),
	COUNT(struct zone, pages_scanned, "pages_scanned"),
	YES_NO(struct zone, all_unreclaimable, "all_unreclaimable"),
};

static const struct field node_rows[] = {
	KB(struct node, active_anon_bytes, "active_anon"),
	KB(struct node, inactive_anon_bytes, "inactive_anon"),
	KB(struct node, active_file_bytes, "active_file"),
	KB(struct node, inactive_file_bytes, "inactive_file"),
	KB(struct node, unevictable_bytes, "unevictable"),
	KB(struct node, isolated_anon_bytes, "isolated(anon)"),
	KB(struct node, isolated_file_bytes, "isolated(file)"),
	KB(struct node, mapped_bytes, "mapped"),
	KB(struct node, dirty_bytes, "dirty"),
	KB(struct node, writeback_bytes, "writeback"),
	KB(struct node, shmem_bytes, "shmem"),
	KB(struct node, shmem_thp_bytes, "shmem_thp"),
	KB(struct node, shmem_pmdmapped_bytes, "shmem_pmdmapped"),
	KB(struct node, anon_thp_bytes, "anon_thp"),
	KB(struct node, writeback_tmp_bytes, "writeback_tmp"),
	KB(struct node, unstable_bytes, "unstable"),
	KB(struct node, kernel_stack_bytes, "kernel_stack"),
	KB(struct node, shadow_call_stack_bytes, "shadow_call_stack"),
	KB(struct node, pagetables_bytes, "pagetables"),
	KB(struct node, sec_pagetables_bytes, "sec_pagetables"),
	COUNT(struct node, pages_scanned, "pages_scanned"),
	YES_NO(struct node, all_unreclaimable, "all_unreclaimable"),
	KB(struct node, balloon_bytes, "Balloon"),
	KB(struct node, gpu_active_bytes, "gpu_active"),
	KB(struct node, gpu_reclaim_bytes, "gpu_reclaim"),
};

static const struct field counter_rows[] = {
	PAGES(active_anon, "active_anon"),
	PAGES(inactive_anon, "inactive_anon"),
	PAGES(isolated_anon, "isolated_anon"),
	PAGES(active_file, "active_file"),
	PAGES(inactive_file, "inactive_file"),
	PAGES(isolated_file, "isolated_file"),
	PAGES(unevictable, "unevictable"),
	PAGES(dirty, "dirty"),
	PAGES(writeback, "writeback"),
	PAGES(unstable, "unstable"),
	PAGES(slab_reclaimable, "slab_reclaimable"),
	PAGES(slab_unreclaimable, "slab_unreclaimable"),
	PAGES(mapped, "mapped"),
	PAGES(mapped, "mapped-file"),
	PAGES(mapped_anon, "mapped-anon"),
	PAGES(shmem, "shmem"),
	PAGES(pagetables, "pagetables"),
	PAGES(sec_pagetables, "sec_pagetables"),
	PAGES(bounce, "bounce"),
	PAGES(kernel_misc_reclaimable, "kernel_misc_reclaimable"),
	PAGES(free, "free"),
	PAGES(free_pcp, "free_pcp"),
	PAGES(free_cma, "free_cma"),
	PAGES(slab, "slab"),
	PAGES(active, "Active"),
	PAGES(inactive, "inactive"),
	PAGES(active_anon, "Active_anon"),
};

#define TABLE(rows)                                                                    \
	{                                                                              \
		rows, sizeof(rows) / sizeof((rows)[0])                                 \
	}
const struct field_table zone_fields = TABLE(zone_rows);
const struct field_table node_fields = TABLE(node_rows);
const struct field_table counter_fields = TABLE(counter_rows);

int64_t bytes_of_kb(int64_t kb)
{
	return quantity_mul(kb, 1024);
}

int64_t limit_of_kb(int64_t kb)
{
	/* 9007199254740988, ...976, ...928 (4, 16, 64 KiB pages), ...991 and
	 * 18014398509481983 before 3.19; LONG_MAX pages of 4, 8, 16, 64 KiB on 32 bit. */
	static const int64_t narrow[] = { INT64_C(8589934588), INT64_C(17179869176),
		INT64_C(34359738352), INT64_C(137438953408) };

	if (kb >= INT64_C(9007199254740000))
		return UNLIMITED;
	for (size_t i = 0; i < sizeof(narrow) / sizeof(*narrow); i++)
		if (kb == narrow[i])
			return UNLIMITED;
	return bytes_of_kb(kb);
}

void fields_forget(const struct field_table *table, void *base)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct field *f = &table->fields[i];
		char *slot = (char *)base + f->offset;

		if (f->is_amount)
			*(struct amount *)(void *)slot = NO_AMOUNT;
		else
			*(int64_t *)(void *)slot = UNKNOWN;
	}
}

/* A key runs up to ':' or '?'; "isolated(anon)" is one. */
static bool take_key(struct slice *rest, struct slice *key)
{
	size_t n = 0;

	slice_take_blanks(rest);
	while (n < rest->n && rest->p[n] != ':' && rest->p[n] != '?' &&
		rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	if (n == 0 || n >= rest->n || (rest->p[n] != ':' && rest->p[n] != '?'))
		return false;
	*key = slice_first(*rest, n);
	*rest = slice_from(*rest, n + 1);
	return true;
}

static const struct field *look_up(
	const struct field_table *table, struct slice key, size_t *hint)
{
	/* Kernels print the keys in the table's order, so begin where the last
	 * one was found. */
	for (size_t i = 0; i < table->count; i++) {
		size_t at = (*hint + i) % table->count;

		if (slice_is(key, table->fields[at].key)) {
			*hint = at + 1;
			return &table->fields[at];
		}
	}
	return NULL;
}

static void store(const struct field *f, void *base, int64_t value, uint32_t line)
{
	char *slot = (char *)base + f->offset;

	if (f->is_amount)
		*(struct amount *)(void *)slot = (struct amount){ value, line };
	else
		*(int64_t *)(void *)slot = value;
}

size_t fields_scan(const struct field_table *table, struct slice tail, void *base,
	struct oom_event *event, uint32_t line)
{
	struct slice rest = tail, key;
	size_t hint = 0, count = 0;

	while (take_key(&rest, &key)) {
		const struct field *f = look_up(table, key, &hint);
		struct slice value = rest;
		int64_t number;
		bool in_kb;

		slice_take_blanks(&value);
		if (value.n == 0 && count > 0) {
			event->memory.open_key = key;
			return count;
		}
		if (slice_take(&value, "yes"))
			number = 1;
		else if (slice_take(&value, "no"))
			number = 0;
		else if (!slice_take_int(&value, &number)) {
			event_unrecognised(event, line, slice_trim(tail));
			return count;
		}
		in_kb = slice_take(&value, "kB") || slice_take(&value, "KB");
		rest = value;
		if (!f) {
			struct slice whole = { key.p, (size_t)(rest.p - key.p) };

			event_unrecognised(event, line, whole);
			continue;
		}
		if (f->unit == UNIT_KB || in_kb)
			number = bytes_of_kb(number);
		store(f, base, number, line);
		count++;
	}
	slice_take_blanks(&rest);
	if (rest.n > 0)
		event_unrecognised(event, line, rest);
	return count;
}

bool fields_begin(const struct field_table *table, struct slice text)
{
	struct slice rest = text, key;
	size_t hint = 0;
	int64_t number;

	return take_key(&rest, &key) && look_up(table, key, &hint) &&
	       slice_take_int(&rest, &number);
}
