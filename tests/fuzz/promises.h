/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds for whatever is written, looked at by code that shares nothing with the
 * writers: JSON is JSON, and a terminal gets nothing but printable characters. A broken
 * promise ends the process, as a crash does. */
#ifndef TESTS_FUZZ_PROMISES_H
#define TESTS_FUZZ_PROMISES_H

#include "base/slice.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

static inline _Noreturn void promise_broken(const char *what, struct slice text)
{
	fprintf(stderr, "PROMISE BROKEN: %s: %.*s\n", what,
		(int)(text.n > 4000 ? 4000 : text.n), text.p);
	abort();
}

/* The code point at the front of UTF-8, and its length; 0 where it is none. */
static inline size_t promised_character(struct slice s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80       ? 1
		   : c >> 5 == 6  ? 2
		   : c >> 4 == 14 ? 3
		   : c >> 3 == 30 ? 4
				  : 0;

	if (n == 0 || n > s.n)
		return 0;
	*code = n == 1 ? c : c & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((unsigned char)s.p[i] & 0x3fu);
	}
	return *code < least[n] || *code > 0x10ffff ||
			       (*code >= 0xd800 && *code < 0xe000)
		       ? 0
		       : n;
}

/* No control byte but newlines, nothing that moves, hides or reorders, no invalid UTF-8. */
static inline void promise_terminal(struct slice text)
{
	struct slice rest = text;

	while (rest.n > 0) {
		uint32_t c = 0;
		size_t n = promised_character(rest, &c);

		if (n == 0)
			promise_broken("invalid UTF-8 for a terminal", text);
		if ((c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
			(c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
			(c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c >= 0xe0000)
			promise_broken("a character for a terminal that acts", text);
		rest = slice_from(rest, n);
	}
}

/* Each line is one JSON object, and the last one has its newline; and as it is, it may
 * stand on a terminal. */
static inline void promise_json(struct slice text)
{
	struct json_tokener *tokener = json_tokener_new();
	struct slice all = text, line;

	if (text.n > 0 && text.p[text.n - 1] != '\n')
		promise_broken("a line of JSON has no end", all);
	json_tokener_set_flags(
		tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	while (slice_cut(&text, '\n', &line)) {
		struct json_object *o =
			json_tokener_parse_ex(tokener, line.p, (int)line.n);

		if (!o || !json_object_is_type(o, json_type_object) ||
			json_tokener_get_parse_end(tokener) != line.n)
			promise_broken("no JSON object", line);
		json_object_put(o);
		json_tokener_reset(tokener);
	}
	json_tokener_free(tokener);
	promise_terminal(all);
}

#endif
