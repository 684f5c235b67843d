/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What log daemons and tools put round a kernel line, taken off a line at a time. */
#ifndef PARSERS_ENVELOPE_H
#define PARSERS_ENVELOPE_H

#include "base/text.h"
#include "parsers/record.h"

/* What one line leaves behind for the next ones. Starts as all zero. */
struct envelope_memory {
	struct text scratch[3]; /* unescaped text of the current line */
	int64_t json_time_usec; /* of `dmesg --json`, whose fields stand on lines */
	bool json_time_seen;
	char json_caller[24]; /* its "caller": of the message that comes next */
	size_t json_caller_length;
	bool cut;      /* the line that comes has no end: the source ended in it */
	size_t indent; /* blanks that a quoted report is indented by */
};
void envelope_memory_free(struct envelope_memory *memory);

typedef void give_record(const struct record *record, void *context);

/* Take the envelope off `line` and give what it holds: one record, or several
 * when a daemon folded a message of many lines into one (#012, "\n" in JSON). */
void envelope_open(struct envelope_memory *memory, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context);

/* One layer of an envelope, for tests: its name and lines that wear it. */
struct envelope_layer {
	const char *name;
	bool (*strip)(struct envelope_memory *memory, struct slice *rest,
		struct record *record);
	const char *samples[4]; /* each holds the text "Mem-Info:" */
};
extern const struct envelope_layer envelope_layers[];
extern const size_t envelope_layer_count;

/* envelope_json.c: a JSON object on one line (journald, Docker) or one line of
 * `dmesg --json`. Fills the record; the text stands in the memory's scratch. */
bool envelope_strip_json(
	struct envelope_memory *memory, struct slice *rest, struct record *record);

/* "2026-11-22T02:19:01.5+00:00" into microseconds since 1970 and RFC 3339; takes
 * it off `rest`. `*comma` tells that the fraction had a comma (dmesg's own form). */
bool take_iso_time(struct slice *rest, int64_t *usec, struct slice *text, bool *comma);

/* How much of a date a log's time stamp holds. */
enum stamp_kind {
	STAMP_ZONED,   /* date, time and zone: a moment */
	STAMP_LOCAL,   /* date and time of wherever it was written */
	STAMP_YEARLESS /* the same without a year: it stands in the year 2000 */
};
/* Read a record's `wall` again: microseconds since 1970 of what it says. False when
 * it is no time stamp. */
bool stamp_read(struct slice wall, int64_t *usec, enum stamp_kind *kind);

#endif
