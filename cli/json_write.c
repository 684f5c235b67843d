/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writing of JSON: commas, numbers, strings and what must be escaped in them. */
#include "cli/json_write.h"

#include "base/decimal.h"
#include "cli/clean.h"

#include <string.h>

/* Whether something stands before what comes next in the same object or array. Behind a
 * newline the outermost object begins. */
static bool needs_comma(const struct text *out)
{
	char last = out->n > 0 ? out->p[out->n - 1] : '\n';

	return last != '{' && last != '[' && last != ':' && last != '\n';
}

/* ',' and "key": where they are needed, and room for a few bytes more. */
static inline void begin(struct text *out, struct slice key, bool has_key)
{
	char *p;

	text_reserve(out, key.n + 32);
	p = out->p + out->n;
	if (needs_comma(out))
		*p++ = ',';
	if (has_key) {
		*p++ = '"';
		memcpy(p, key.p, key.n);
		p += key.n;
		*p++ = '"';
		*p++ = ':';
	}
	out->n = (size_t)(p - out->p);
}

static inline void begin_member(struct text *out, const char *key)
{
	begin(out, key ? slice_of(key) : SLICE(""), key != NULL);
}

static struct json_part open_part(
	struct text *out, const char *key, char bracket, char end)
{
	struct json_part part = { out->n, end };

	begin_member(out, key);
	text_putc(out, bracket);
	return part;
}

struct json_part json_object(struct text *out, const char *key)
{
	return open_part(out, key, '{', '}');
}

struct json_part json_array(struct text *out, const char *key)
{
	return open_part(out, key, '[', ']');
}

void json_end(struct text *out, struct json_part part)
{
	text_putc(out, part.end);
}

void json_end_filled(struct text *out, struct json_part part)
{
	char last = out->p[out->n - 1];

	/* No value ends with an opening bracket. */
	if (last == '{' || last == '[')
		out->n = part.from;
	else
		json_end(out, part);
}

/* What JSON has a short escape for, else 0. */
static char short_escape(char c)
{
	switch (c) {
	case '\b':
		return 'b';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\f':
		return 'f';
	case '"':
	case '\\':
		return c;
	default:
		return 0;
	}
}

static void put_hex(struct text *out, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";

	text_puts(out, "\\u");
	for (int at = 12; at >= 0; at -= 4)
		text_putc(out, hex[unit >> at & 15]);
}

/* Beyond U+FFFF in two, as JSON wants it. */
static void put_escape(struct text *out, uint32_t code)
{
	char escape = code < 0x80 ? short_escape((char)code) : 0;

	if (escape) {
		text_putc(out, '\\');
		text_putc(out, escape);
	} else if (code < 0x10000) {
		put_hex(out, code);
	} else {
		put_hex(out, 0xd800 + ((code - 0x10000) >> 10));
		put_hex(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
	}
}

/* The bytes of a string that do not all stand in JSON as they are: what JSON must escape,
 * and what acts on a terminal, where NDJSON is looked at too. */
static void put_cleaned(struct text *out, struct slice s)
{
	struct text cleaned = { 0 };
	struct slice rest;

	clean_for_json(&cleaned, s);
	rest = text_slice(&cleaned);
	for (size_t n = 0; n < rest.n;) {
		uint32_t code = (unsigned char)rest.p[n];
		size_t length = 1;

		if (code >= 0x7f)
			length = clean_acting(slice_from(rest, n), &code);
		else if (code >= 0x20 && code != '"' && code != '\\')
			length = 0;
		if (length == 0) {
			n++;
			continue;
		}
		text_add(out, slice_first(rest, n));
		rest = slice_from(rest, n + length);
		n = 0;
		put_escape(out, code);
	}
	text_add(out, rest);
	text_free(&cleaned);
}

typedef unsigned char vector __attribute__((vector_size(16)));
typedef unsigned long long halves __attribute__((vector_size(16)));

/* Sixteen bytes of which none needs an escape or may be no UTF-8: from 0x20 on and below
 * 0x7f, without a jump for each. */
static inline bool all_plain(vector v)
{
	vector marked = (vector)((vector)(v - 0x20) >= 0x7f - 0x20) |
			(vector)(v == '"') | (vector)(v == '\\');

	return (((halves)marked)[0] | ((halves)marked)[1]) == 0;
}

/* Copy a string as long as it stands in JSON as it is; false when it does not. */
static bool copy_plain(char *to, struct slice s)
{
	vector v = ' ' - (vector){ 0 };
	size_t n = 0;

	if (s.n < sizeof(v)) {
		memcpy(&v, s.p, s.n);
		memcpy(to, &v, sizeof(v));
		return all_plain(v);
	}
	for (; n + sizeof(v) <= s.n; n += sizeof(v)) {
		memcpy(&v, s.p + n, sizeof(v));
		memcpy(to + n, &v, sizeof(v));
		if (!all_plain(v))
			return false;
	}
	/* The last ones are copied once more. */
	memcpy(&v, s.p + s.n - sizeof(v), sizeof(v));
	memcpy(to + s.n - sizeof(v), &v, sizeof(v));
	return all_plain(v);
}

static void put_string(struct text *out, struct slice s)
{
	text_reserve(out, s.n + sizeof(vector) + 2);
	out->p[out->n++] = '"';
	if (s.n > 0 && copy_plain(out->p + out->n, s))
		out->n += s.n;
	else if (s.n > 0)
		put_cleaned(out, s);
	text_putc(out, '"');
}

void json_key(struct text *out, struct slice key, struct slice suffix)
{
	begin(out, key, true);
	out->n -= 2;
	text_add(out, suffix);
	text_add(out, SLICE("\":"));
}

void json_key_of_log(struct text *out, struct slice key)
{
	begin(out, SLICE(""), false);
	put_string(out, key);
	text_putc(out, ':');
}

void add_text(struct text *out, const char *key, struct slice s)
{
	begin_member(out, key);
	put_string(out, s);
}

void add_slice(struct text *out, const char *key, struct slice s)
{
	if (s.n > 0)
		add_text(out, key, s);
}

void add_word(struct text *out, const char *key, const char *word)
{
	if (word)
		add_text(out, key, slice_of(word));
}

void add_number(struct text *out, const char *key, int64_t v)
{
	begin_member(out, key);
	text_reserve(out, DECIMAL_TEXT);
	out->n += decimal(out->p + out->n, v);
}

void add_int(struct text *out, const char *key, int64_t v)
{
	/* UNKNOWN is negative too. */
	if (v >= 0)
		add_number(out, key, v);
}

void add_signed(struct text *out, const char *key, int64_t v)
{
	if (known(v))
		add_number(out, key, v);
}

void add_limit(struct text *out, const char *key, int64_t v)
{
	if (v == UNLIMITED)
		add_word(out, key, "unlimited");
	else
		add_int(out, key, v);
}

void add_bool(struct text *out, const char *key, bool v)
{
	begin_member(out, key);
	text_add(out, v ? SLICE("true") : SLICE("false"));
}
