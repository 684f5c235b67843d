/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What log daemons and tools put round a kernel line, taken off a line at a time. */
#ifndef PARSERS_ENVELOPE_H
#define PARSERS_ENVELOPE_H

#include "base/text.h"
#include "parsers/record.h"

/* Whether a host's lines have a part that a name could imitate: counted up where it is
 * there, down where it is not, by host. */
struct habits {
	signed char seen[64];
};

enum journal_field {
	FIELD_MESSAGE,
	FIELD_HOST,
	FIELD_PROGRAM,
	FIELD_BOOT,
	FIELD_PRIORITY,
	FIELD_MONOTONIC,
	FIELD_REALTIME,
	JOURNAL_FIELDS
};

/* Which block of many lines is being read. */
enum block { NO_BLOCK, BLOCK_EXPORT, BLOCK_VERBOSE, BLOCK_OBJECT };

enum { MOST_FRAGMENTED = 4, MOST_HELD = 32 };

/* A record of which datagrams are still missing; length 0: none. */
struct fragments {
	int64_t sequence, length, have;
	struct text text;
};

struct held_record {
	bool there;
	int64_t sequence;
	struct record record; /* its slices point into the store */
	struct text store;
};

/* The numbers of records, of kmsg and netconsole. */
struct order {
	bool known;
	int64_t next;
	uint32_t host;      /* a hash of whose they are */
	uint32_t given[64]; /* hashes of the last texts, by number */
	struct held_record held[MOST_HELD];
	size_t count;
};

/* What one line leaves behind for the next ones. Starts as all zero. */
struct envelope_memory {
	struct text scratch[5]; /* unescaped text of the current line */
	bool stripped;          /* a layer came off the current line */
	bool bare;              /* what is left of it is the kernel's own text */
	bool part_of_line;      /* it is a part of a line that goes on (CRI) */
	struct habits stamps, callers;
	/* Of hosts, a bit each: the kernel's lines have its tag; they have none. */
	uint64_t tagged, untagged;
	int64_t stamp_usec;     /* the last stamp of the kernel's */
	int64_t json_time_usec; /* of `dmesg --json`, whose fields stand on lines */
	bool json_time_seen;
	char json_caller[24]; /* its "caller": of the message that comes next */
	size_t json_caller_length;
	bool cut;      /* the line that comes has no end: the source ended in it */
	size_t indent; /* blanks that a quoted report is indented by */
	bool html;     /* within <pre>: &gt; stands for > */

	/* The line before, which an indented one may continue. */
	struct text before; /* its host, program and caller, one behind the other */
	size_t before_host, before_program, before_caller, before_width;
	bool before_whole; /* its text goes on to its end */

	struct text part; /* the parts of a line so far (CRI) */

	/* envelope_mail.c */
	bool quoted_printable, soft_there; /* a line that goes on in the next one */
	struct text soft;
	uint32_t soft_line;
	uint64_t soft_byte;

	/* envelope_fold.c */
	bool wrapped_there; /* a line that may go on in the next one */
	struct text wrapped;
	size_t wrapped_width, longest;
	size_t window; /* what wrapped the log, where that was seen ahead; 0: unknown */
	uint32_t wrapped_line;
	uint64_t wrapped_byte;
	bool in_crash; /* parts of pstore */
	struct text crash;
	struct crash_line *crash_lines;
	size_t crash_count, crash_room;
	int64_t part_number, first_part;
	struct fragments fragments[MOST_FRAGMENTED];
	size_t next_fragmented;
	struct order order;
	int64_t sequence; /* of the current line, else UNKNOWN */

	/* envelope_journal.c */
	enum block block;
	bool dmesg_json; /* an object of many lines that is no record */
	bool in_blocks;  /* records are blocks of lines: every line counts */
	struct text store;
	struct {
		size_t at, n;
		bool there;
	} field[JOURNAL_FIELDS];
	enum journal_field binary; /* whose value is being read; FIELDS: nobody's */
	uint64_t binary_left, binary_seen;
	unsigned char binary_length[8];
	size_t object_indent;
	uint32_t block_line;
	uint64_t block_byte;
};
void envelope_memory_free(struct envelope_memory *memory);

typedef void give_record(const struct record *record, void *context);

/* Take the envelope off `line` and give what it holds: one record, or several
 * when a daemon folded a message of many lines into one (#012, "\n" in JSON). */
void envelope_open(struct envelope_memory *memory, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context);

/* A source begins with these whole lines: see ahead what only many of them tell. */
void envelope_look_ahead(struct envelope_memory *memory, struct slice lines);

/* Give what still waits for a line that would have completed it. */
void envelope_flush(struct envelope_memory *memory, give_record *give, void *context);
/* Whether something does. */
bool envelope_waits(const struct envelope_memory *memory);
/* Whether a record may have begun in a line without an anchor, so that none may be
 * passed over. */
bool envelope_wants_all(const struct envelope_memory *memory);
/* Lines were passed over: the next one does not follow the last. */
void envelope_skipped(struct envelope_memory *memory);

/* One layer of an envelope, for tests: its name and lines that wear it. */
struct envelope_layer {
	const char *name;
	bool (*strip)(struct envelope_memory *memory, struct slice *rest,
		struct record *record);
	const char *samples[8]; /* each holds the text "Mem-Info:" */
};
extern const struct envelope_layer envelope_layers[];
extern const size_t envelope_layer_count;

/* "2026-11-22T02:19:01.5+00:00" into microseconds since 1970 and the text that it was;
 * takes it off `rest`. `*comma`: the fraction had a comma (dmesg's form);
 * `*dated`: the zone is known too, so the time is one of the world's. */
struct iso_form {
	bool comma, dated;
};
bool take_iso_time(
	struct slice *rest, int64_t *usec, struct slice *text, struct iso_form *form);

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
