/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records that are blocks of lines: journalctl -o export, verbose and json-pretty.
 *
 * A block is read field by field; its record is given when its last line was seen. The
 * fields that nobody needs are not kept. */
#include "parsers/envelope_layers.h"

#include <stdio.h>
#include <string.h>

enum {
	LONGEST_BLOCK =
		256 * 1024, /* what is kept of one; no kernel record is longer */
	LONGEST_FIELD = 1024 * 1024 /* a longer one is no field of a journal */
};

static const char *const field_names[JOURNAL_FIELDS] = {
	[FIELD_MESSAGE] = "MESSAGE",
	[FIELD_HOST] = "_HOSTNAME",
	[FIELD_PROGRAM] = "SYSLOG_IDENTIFIER",
	[FIELD_BOOT] = "_BOOT_ID",
	[FIELD_PRIORITY] = "PRIORITY",
	[FIELD_MONOTONIC] = "_SOURCE_MONOTONIC_TIMESTAMP",
	[FIELD_REALTIME] = "__REALTIME_TIMESTAMP",
};

static enum journal_field field_named(struct slice name)
{
	for (int i = 0; i < JOURNAL_FIELDS; i++)
		if (slice_is(name, field_names[i]))
			return (enum journal_field)i;
	return JOURNAL_FIELDS;
}

static void begin_field(struct envelope_memory *m, enum journal_field f)
{
	if (f == JOURNAL_FIELDS)
		return;
	m->field[f].at = m->store.n;
	m->field[f].n = 0;
	m->field[f].there = true;
}

/* Only the field that was begun last grows. */
static void grow_field(struct envelope_memory *m, enum journal_field f, struct slice s)
{
	if (f == JOURNAL_FIELDS || m->store.n + s.n > LONGEST_BLOCK)
		return;
	text_add(&m->store, s);
	m->field[f].n += s.n;
}

static void begin_block(
	struct envelope_memory *m, enum block block, uint32_t number, uint64_t byte)
{
	m->block = block;
	m->in_blocks = true;
	m->binary = JOURNAL_FIELDS;
	m->binary_left = 0;
	m->block_line = number;
	m->block_byte = byte;
	text_clear(&m->store);
	memset(m->field, 0, sizeof(m->field));
}

static struct slice value_of(const struct envelope_memory *m, enum journal_field f)
{
	if (!m->store.p || !m->field[f].there || m->field[f].n == 0)
		return (struct slice){ "", 0 };
	return slice_first(
		slice_from(text_slice(&m->store), m->field[f].at), m->field[f].n);
}

static int64_t number_of(const struct envelope_memory *m, enum journal_field f)
{
	struct slice s = value_of(m, f);
	int64_t number;

	return slice_take_int(&s, &number) ? number : UNKNOWN;
}

static void end_block(struct envelope_memory *m, give_record *give, void *context)
{
	struct record r = { .line = m->block_line, .byte = m->block_byte };
	char wall[64];

	m->block = NO_BLOCK;
	if (!m->field[FIELD_MESSAGE].there)
		return;
	r.text = value_of(m, FIELD_MESSAGE);
	r.host = value_of(m, FIELD_HOST);
	r.program = value_of(m, FIELD_PROGRAM);
	r.boot = value_of(m, FIELD_BOOT);
	r.level = number_of(m, FIELD_PRIORITY);
	r.uptime_usec = number_of(m, FIELD_MONOTONIC);
	r.wall_usec = r.order_usec = number_of(m, FIELD_REALTIME);
	r.wall = utc_text(r.wall_usec, wall, sizeof(wall));
	give_parts(m, &r, give, context);
}

static bool is_name(struct slice s)
{
	if (s.n == 0 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '_' ||
			    (i > 0 && s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return true;
}

/* Bytes of a field of which the length is given: eight bytes, the value, a newline. */
static void take_binary(struct envelope_memory *m, struct slice bytes)
{
	for (; bytes.n > 0 && m->binary_seen < 8; bytes = slice_from(bytes, 1)) {
		m->binary_length[m->binary_seen++] = (unsigned char)bytes.p[0];
		if (m->binary_seen == 8) {
			m->binary_left = 1;
			for (size_t i = 0; i < 8; i++)
				m->binary_left += (uint64_t)m->binary_length[i]
						  << (8 * i);
		}
	}
	if (m->binary_seen < 8 || bytes.n == 0)
		return;
	/* Out of step: what follows is no journal. */
	if (bytes.n > m->binary_left || m->binary_left > LONGEST_FIELD) {
		m->block = NO_BLOCK;
		return;
	}
	m->binary_left -= bytes.n;
	if (m->binary_left == 0)
		bytes.n--;
	grow_field(m, m->binary, bytes);
	if (m->binary_left == 0)
		m->binary_seen = 0;
}

/* "KEY=value" into its parts. */
static bool split(struct slice line, struct slice *name, struct slice *value)
{
	size_t equals = slice_find(slice_first(line, 65), "=");

	if (equals == SLICE_NONE || !is_name(slice_first(line, equals)))
		return false;
	*name = slice_first(line, equals);
	*value = slice_from(line, equals + 1);
	return true;
}

static bool take_export(struct envelope_memory *m, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	struct slice name, value;
	enum journal_field f;

	if (m->block == BLOCK_EXPORT && m->binary_left > 0) {
		take_binary(m, line);
		if (m->block == BLOCK_EXPORT)
			take_binary(m, SLICE("\n"));
		if (m->binary_seen == 0)
			m->binary_left = 0;
		return true;
	}
	if (m->block == NO_BLOCK) {
		if (!slice_starts(line, "__CURSOR=") &&
			!slice_starts(line, "__REALTIME_TIMESTAMP="))
			return false;
		begin_block(m, BLOCK_EXPORT, number, byte);
	}
	if (line.n == 0 || slice_is(line, "\r")) {
		end_block(m, give, context);
	} else if (split(line, &name, &value)) {
		f = field_named(name);
		begin_field(m, f);
		grow_field(m, f, value);
		if (f == FIELD_MESSAGE)
			m->block_line = number;
	} else if (is_name(line)) {
		m->binary = field_named(line);
		begin_field(m, m->binary);
		m->binary_left = 1; /* until the length is known */
		m->binary_seen = 0;
		if (m->binary == FIELD_MESSAGE)
			m->block_line = number;
	} else {
		m->block = NO_BLOCK;
		return false;
	}
	return true;
}

/* "Sun 2026-11-22 02:19:01.123456 UTC [s=...;i=1;b=...]", then "    KEY=value". */
static bool is_verbose_head(struct slice line)
{
	size_t bracket = slice_find(slice_first(line, 64), " [s=");

	return bracket != SLICE_NONE && bracket >= 24 && slice_has(line, ";i=") &&
	       slice_has(line, ";b=");
}

/* Its cursor has what the fields below it lack: "t=" the time, "b=" the boot. */
static void take_cursor(struct envelope_memory *m, struct slice line)
{
	struct slice rest = slice_from(line, slice_find(line, " [s="));
	size_t at = slice_find(rest, ";t="), boot = slice_find(rest, ";b=");
	uint64_t usec;

	if (at != SLICE_NONE) {
		struct slice hex = slice_from(rest, at + 3);

		if (slice_take_hex(&hex, &usec) && usec < INT64_MAX) {
			char digits[24];
			int n = snprintf(digits, sizeof(digits), "%llu",
				(unsigned long long)usec);

			begin_field(m, FIELD_REALTIME);
			grow_field(m, FIELD_REALTIME,
				(struct slice){ digits, n > 0 ? (size_t)n : 0 });
		}
	}
	rest = slice_from(rest, boot + 3);
	begin_field(m, FIELD_BOOT);
	grow_field(m, FIELD_BOOT, slice_first(rest, slice_find(rest, ";")));
}

static bool take_verbose(struct envelope_memory *m, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	static const char indent[] = "    ";
	struct slice name, value, rest = line;
	enum journal_field f;

	if (is_verbose_head(line)) {
		if (m->block == BLOCK_VERBOSE)
			end_block(m, give, context);
		begin_block(m, BLOCK_VERBOSE, number, byte);
		take_cursor(m, line);
		return true;
	}
	if (m->block != BLOCK_VERBOSE)
		return false;
	if (!slice_take(&rest, indent)) {
		end_block(m, give, context);
		return false;
	}
	if (split(rest, &name, &value)) {
		f = field_named(name);
		m->binary = f;
		begin_field(m, f);
		grow_field(m, f, value);
		if (f == FIELD_MESSAGE)
			m->block_line = number;
	} else if (m->binary == FIELD_MESSAGE && slice_take(&rest, "        ")) {
		/* A further line, below the first one's text. */
		grow_field(m, m->binary, SLICE("\n"));
		grow_field(m, m->binary, rest);
	}
	return true;
}

/* An object that has its braces on lines of their own: journalctl's json-pretty, jq. */
static bool take_object(struct envelope_memory *m, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	struct slice bare = slice_trim(line);
	size_t indent = (size_t)(bare.p - line.p);
	bool ends;

	if (bare.n > 0 && bare.p[bare.n - 1] == '\r')
		bare.n--;
	if (m->block == NO_BLOCK) {
		if (m->dmesg_json && slice_is(bare, "]"))
			m->dmesg_json = false;
		if (!slice_is(bare, "{") || m->dmesg_json)
			return false;
		begin_block(m, BLOCK_OBJECT, number, byte);
		m->in_blocks = false;
		m->object_indent = indent;
		text_add(&m->store, bare);
		return true;
	}
	/* `dmesg --json` is read a line at a time. */
	if (slice_starts(bare, "\"dmesg\":")) {
		m->block = NO_BLOCK;
		m->dmesg_json = true;
		return false;
	}
	ends = indent == m->object_indent &&
	       (slice_is(bare, "}") || slice_is(bare, "},"));
	if (slice_starts(bare, "\"MESSAGE\"") || slice_starts(bare, "\"message\""))
		m->block_line = number;
	if (m->store.n + bare.n + 2 > LONGEST_BLOCK) {
		m->block = NO_BLOCK;
		return true;
	}
	text_putc(&m->store, '\n');
	text_add(&m->store, ends ? SLICE("}") : bare);
	if (ends) {
		m->block = NO_BLOCK;
		envelope_open_line(m, text_slice(&m->store), m->block_line,
			m->block_byte, give, context);
		m->in_blocks = m->stripped; /* it held a record; others are nobody's */
	}
	return true;
}

bool block_take(struct envelope_memory *m, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	bool maybe_new = line.n > 0 && (line.p[0] == '_' || line.p[0] == '{' ||
					       line.p[0] == ' ' || line.p[0] == '\t' ||
					       (line.p[0] >= 'A' && line.p[0] <= 'Z'));

	if (m->block == NO_BLOCK && !maybe_new)
		return false;
	if (m->block != BLOCK_OBJECT && m->block != BLOCK_VERBOSE &&
		take_export(m, line, number, byte, give, context))
		return true;
	if (m->block != BLOCK_OBJECT && m->block != BLOCK_EXPORT &&
		take_verbose(m, line, number, byte, give, context))
		return true;
	return (m->block == NO_BLOCK || m->block == BLOCK_OBJECT) &&
	       take_object(m, line, number, byte, give, context);
}

void block_flush(struct envelope_memory *m, give_record *give, void *context)
{
	if (m->block == BLOCK_VERBOSE || m->block == BLOCK_EXPORT)
		end_block(m, give, context);
	m->block = NO_BLOCK;
}
