/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 told apart from what only looks like it, and made visible. */
#include "cli/clean.h"

#include <string.h>
#include <wchar.h>

/* The length of the valid UTF-8 character at the front and its code point, or 0. */
static size_t character(struct slice s, uint32_t *code)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n;
	uint32_t v, least;

	if (c < 0x80) {
		*code = c;
		return 1;
	}
	if (c >= 0xc2 && c <= 0xdf) {
		n = 2;
		v = c & 0x1fu;
		least = 0x80;
	} else if (c >= 0xe0 && c <= 0xef) {
		n = 3;
		v = c & 0x0fu;
		least = 0x800;
	} else if (c >= 0xf0 && c <= 0xf4) {
		n = 4;
		v = c & 0x07u;
		least = 0x10000;
	} else {
		return 0;
	}
	if (s.n < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		unsigned char next = (unsigned char)s.p[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (next & 0x3fu);
	}
	if (v < least || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*code = v;
	return n;
}

/* Characters that move, hide or reorder what stands beside them. */
static bool deceives(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad || c == 0x34f ||
	       c == 0x61c || c == 0x115f || c == 0x1160 ||
	       (c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202f) || (c >= 0x2060 && c <= 0x206f) ||
	       (c >= 0xfe00 && c <= 0xfe0f) || c == 0x3164 || c == 0xfeff ||
	       c == 0xffa0 || (c >= 0xfff0 && c <= 0xfffb) ||
	       (c >= 0xe000 && c <= 0xf8ff) || (c >= 0x300 && c <= 0x36f) ||
	       (c >= 0x13430 && c <= 0x1345f) || (c >= 0x1bca0 && c <= 0x1bca3) ||
	       (c >= 0x1d173 && c <= 0x1d17a) || c >= 0xe0000;
}

/* How many bytes at the front are plain, printable ASCII: most names are nothing else. */
static size_t plain(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
		n++;
	return n;
}

/* Copy them. */
static void take_plain(struct text *out, struct slice *s)
{
	size_t n = plain(*s);

	text_add(out, slice_first(*s, n));
	*s = slice_from(*s, n);
}

void clean_for_terminal(struct text *out, struct slice s, bool utf8)
{
	for (take_plain(out, &s); s.n > 0; take_plain(out, &s)) {
		uint32_t code;
		size_t n = character(s, &code);

		if (n > 0 && !deceives(code) && (n == 1 || utf8)) {
			text_add(out, slice_first(s, n));
			s = slice_from(s, n);
			continue;
		}
		if (n == 0)
			n = 1;
		for (size_t i = 0; i < n; i++)
			text_printf(out, "\\x%02x", (unsigned char)s.p[i]);
		s = slice_from(s, n);
	}
}

void clean_for_json(struct text *out, struct slice s)
{
	for (take_plain(out, &s); s.n > 0; take_plain(out, &s)) {
		uint32_t code;
		size_t n = character(s, &code);

		if (n > 0)
			text_add(out, slice_first(s, n));
		else
			text_puts(out, "\xef\xbf\xbd");
		s = slice_from(s, n ? n : 1);
	}
}

size_t clean_acting(struct slice s, uint32_t *code)
{
	size_t n = character(s, code);

	return n > 0 && deceives(*code) ? n : 0;
}

size_t clean_width(struct slice cleaned)
{
	size_t width = 0;

	while (cleaned.n > 0) {
		uint32_t code = 0;
		size_t n = character(cleaned, &code);
		int columns = n > 1 ? wcwidth((wchar_t)code) : 1;

		width += columns > 0 ? (size_t)columns : 1;
		cleaned = slice_from(cleaned, n ? n : 1);
	}
	return width;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

struct slice clean_first(struct slice cleaned, size_t columns)
{
	size_t at = 0, width = 0;

	while (at < cleaned.n) {
		struct slice rest = slice_from(cleaned, at);
		uint32_t code = 0;
		size_t n = character(rest, &code);
		int wide = n > 1 ? wcwidth((wchar_t)code) : 1;

		if (rest.n >= 4 && rest.p[0] == '\\' && rest.p[1] == 'x' &&
			is_hex(rest.p[2]) && is_hex(rest.p[3]))
			n = 4, wide = 4;
		width += wide > 0 ? (size_t)wide : 1;
		if (width > columns)
			break;
		at += n ? n : 1;
	}
	return slice_first(cleaned, at);
}

const char *clean_name(const char *name)
{
	/* One for each thread, so that none has to be given back: what is longer than any
	 * path of the system is cut. */
	static _Thread_local char shown[4 * 4096 + 1];
	struct text text = { 0 };

	clean_for_terminal(&text, slice_of(name), false);
	if (text.n >= sizeof(shown))
		text.n = sizeof(shown) - 1;
	if (text.n > 0)
		memcpy(shown, text.p, text.n);
	shown[text.n] = '\0';
	text_free(&text);
	return shown;
}
