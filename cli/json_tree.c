/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values in an arena that is used again for each tree, and their writing. */
#include "cli/json_tree.h"

#include "base/arena.h"
#include "cli/clean.h"

#include <string.h>

enum kind { OBJECT, ARRAY, STRING, NUMBER, TRUTH };

struct json {
	enum kind kind;
	struct slice key;
	struct json *next; /* in the object or array that holds it */
	union {
		struct {
			struct json *first, *last;
		};
		struct slice string;
		int64_t number;
		bool truth;
	};
};

static _Thread_local struct arena *values;
static _Thread_local struct text cleaned;

static struct json *new_value(enum kind kind)
{
	struct json *v;

	if (!values)
		values = arena_new();
	v = arena_alloc(values, sizeof(*v));
	v->kind = kind;
	return v;
}

struct json *json_new_object(void)
{
	return new_value(OBJECT);
}

struct json *json_new_array(void)
{
	return new_value(ARRAY);
}

struct json *json_new_string(struct slice s)
{
	struct json *v = new_value(STRING);

	v->string = arena_copy(values, s);
	return v;
}

struct json *json_new_word(const char *word)
{
	return json_new_string(slice_of(word));
}

struct json *json_new_number(int64_t number)
{
	struct json *v = new_value(NUMBER);

	v->number = number;
	return v;
}

struct json *json_new_bool(bool b)
{
	struct json *v = new_value(TRUTH);

	v->truth = b;
	return v;
}

void json_append(struct json *array, struct json *value)
{
	if (array->last)
		array->last->next = value;
	else
		array->first = value;
	array->last = value;
}

void json_add(struct json *object, const char *key, struct json *value)
{
	value->key = arena_copy(values, slice_of(key));
	json_append(object, value);
}

bool json_is_empty(const struct json *part)
{
	return part->first == NULL;
}

static void write_number(struct text *out, int64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (number < 0)
		digits[--at] = '-';
	text_add(out, (struct slice){ digits + at, sizeof(digits) - at });
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

typedef unsigned char vector __attribute__((vector_size(16)));
typedef unsigned long long halves __attribute__((vector_size(16)));

/* Whether it stands in JSON as it is. */
static bool is_plain(struct slice s)
{
	size_t n = 0;

	for (; n + sizeof(vector) <= s.n; n += sizeof(vector)) {
		vector v, marked;

		memcpy(&v, s.p + n, sizeof(v));
		/* From 0x20 on and below 0x7f, without a jump for each byte. */
		marked = (vector)((vector)(v - 0x20) >= 0x7f - 0x20) |
			 (vector)(v == '"') | (vector)(v == '\\');
		if (((halves)marked)[0] | ((halves)marked)[1])
			return false;
	}
	for (; n < s.n; n++) {
		unsigned char c = (unsigned char)s.p[n];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			return false;
	}
	return true;
}

static void write_string(struct text *out, struct slice s)
{
	static const char hex[] = "0123456789abcdef";
	struct slice rest;

	if (is_plain(s)) {
		text_reserve(out, s.n + 2);
		out->p[out->n++] = '"';
		text_add(out, s);
		out->p[out->n++] = '"';
		return;
	}
	text_clear(&cleaned);
	clean_for_json(&cleaned, s);
	rest = text_slice(&cleaned);
	text_putc(out, '"');
	for (size_t n = 0; n < rest.n;) {
		unsigned char c = (unsigned char)rest.p[n];
		char escape;

		if (c >= 0x20 && c != '"' && c != '\\') {
			n++;
			continue;
		}
		text_add(out, slice_first(rest, n));
		rest = slice_from(rest, n + 1);
		n = 0;
		escape = short_escape((char)c);
		text_putc(out, '\\');
		if (escape) {
			text_putc(out, escape);
		} else {
			text_puts(out, "u00");
			text_putc(out, hex[c >> 4]);
			text_putc(out, hex[c & 15]);
		}
	}
	text_add(out, rest);
	text_putc(out, '"');
}

static void write_value(struct text *out, const struct json *v);

static void write_parts(struct text *out, const struct json *v)
{
	text_putc(out, v->kind == OBJECT ? '{' : '[');
	for (const struct json *part = v->first; part; part = part->next) {
		if (part != v->first)
			text_putc(out, ',');
		if (v->kind == OBJECT) {
			write_string(out, part->key);
			text_putc(out, ':');
		}
		write_value(out, part);
	}
	text_putc(out, v->kind == OBJECT ? '}' : ']');
}

/* As deep as the tree, which is a handful of levels. */
static void write_value(struct text *out, const struct json *v)
{
	switch (v->kind) {
	case OBJECT:
	case ARRAY:
		write_parts(out, v);
		break;
	case STRING:
		write_string(out, v->string);
		break;
	case NUMBER:
		write_number(out, v->number);
		break;
	case TRUTH:
		text_puts(out, v->truth ? "true" : "false");
		break;
	}
}

void json_write(const struct json *root, struct text *out)
{
	write_value(out, root);
	arena_clear(values);
}

void json_end(void)
{
	arena_free(values);
	values = NULL;
	text_free(&cleaned);
}
