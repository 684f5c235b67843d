/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field scanner: every "key:value" that the kernel prints, by table. */
#ifndef PARSERS_FIELDS_H
#define PARSERS_FIELDS_H

#include "parsers/event.h"

/* What the kernel's number counts; our slots hold bytes, or pages and counts as
 * they are. The suffix that stands in the log ("kB") wins over the table. */
enum unit { UNIT_KB, UNIT_PAGES, UNIT_COUNT, UNIT_YES_NO };

/* One key, and the slot that it fills: an int64_t, or a struct amount. */
struct field {
	const char *key;
	enum unit unit;
	size_t offset;
	bool is_amount;
};

struct field_table {
	const struct field *fields;
	size_t count;
};

extern const struct field_table zone_fields, node_fields, counter_fields;

/* Set every slot of the table to UNKNOWN. */
void fields_forget(const struct field_table *table, void *base);

/* Read "key:12kB key:3 key? yes" into the slots below `base`. A key that no row
 * knows is kept with its value among the event's unrecognised. Returns the number
 * of keys that were known. Blanks after a colon are allowed (4.8 to 6.5 print
 * "shmem_thp: 0kB"). */
size_t fields_scan(const struct field_table *table, struct slice tail, void *base,
	struct oom_event *event, uint32_t line);

/* Whether the line begins with a key of this table and a number. */
bool fields_begin(const struct field_table *table, struct slice text);

/* kB to bytes; saturates. */
int64_t bytes_of_kb(int64_t kb);
/* A limit in kB: bytes, or UNLIMITED for the constants that mean "none" (a
 * page_counter's LONG_MAX, a res_counter's LLONG_MAX, in every page size). */
int64_t limit_of_kb(int64_t kb);

#endif
