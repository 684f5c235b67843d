/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines put together before they are drawn, so that all screens are searched, cut and
 * tested in the same way. */
#include "cli/live/row.h"

#include "base/complain.h"
#include "cli/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void row_clear(struct row *row)
{
	text_clear(&row->text);
	row->span_count = 0;
}

void row_role(struct row *row, enum role role)
{
	if (row->span_count > 0 && row->spans[row->span_count - 1].role == role)
		return;
	if (row->span_count == MOST_SPANS)
		return;
	row->spans[row->span_count].from = row->text.n;
	row->spans[row->span_count++].role = role;
}

void row_puts(struct row *row, const char *words)
{
	text_puts(&row->text, words);
}

void row_printf(struct row *row, const char *format, ...)
{
	char buffer[512];
	va_list args;

	va_start(args, format);
	if (vsnprintf(buffer, sizeof(buffer), format, args) > 0)
		text_puts(&row->text, buffer);
	va_end(args);
}

void row_name(struct row *row, struct slice name)
{
	clean_for_terminal(&row->text, name, row->utf8);
}

/* The bytes of the character at the front; the text is clean, so it is whole. */
static size_t character_bytes(struct slice s)
{
	size_t n = 1;

	while (n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

size_t bytes_in_columns(struct slice clean, size_t columns)
{
	size_t at = 0, used = 0;

	while (at < clean.n) {
		size_t n = character_bytes(slice_from(clean, at));
		size_t width =
			n == 1 ? 1 : clean_width((struct slice){ clean.p + at, n });

		if (used + width > columns)
			break;
		used += width;
		at += n;
	}
	return at;
}

void row_field(struct row *row, struct slice name, size_t columns)
{
	size_t from = row->text.n, width;

	clean_for_terminal(&row->text, name, row->utf8);
	width = clean_width(slice_from(text_slice(&row->text), from));
	if (width > columns) {
		struct slice whole = slice_from(text_slice(&row->text), from);

		row->text.n =
			from + bytes_in_columns(whole, columns > 2 ? columns - 2 : 0);
		row_puts(row, columns > 2 ? ".." : "");
		width = clean_width(slice_from(text_slice(&row->text), from));
	}
	for (; width < columns; width++)
		text_putc(&row->text, ' ');
}

void row_pad(struct row *row, size_t column)
{
	for (size_t at = clean_width(text_slice(&row->text)); at < column; at++)
		text_putc(&row->text, ' ');
}

static enum role role_of_colour(int64_t colour)
{
	switch (colour) {
	case 1:
		return ROLE_TITLE;
	case 32:
		return ROLE_CERTAIN;
	case 33:
		return ROLE_LIKELY;
	case 35:
		return ROLE_UNKNOWN;
	case 36:
		return ROLE_EVIDENCE;
	default:
		return ROLE_TEXT;
	}
}

void row_coloured(struct row *row, struct slice line)
{
	while (line.n > 0) {
		size_t escape = slice_find(line, "\033[");
		int64_t colour;

		text_add(&row->text, slice_first(line, escape));
		if (escape == SLICE_NONE)
			return;
		line = slice_from(line, escape + 2);
		if (slice_take_int(&line, &colour) && slice_take(&line, "m"))
			row_role(row, role_of_colour(colour));
	}
}

void text_wrapped(struct text *text, struct slice words, size_t at, size_t columns)
{
	struct slice word;
	size_t column = at;

	while (slice_take_word(&words, &word)) {
		size_t width = clean_width(word);

		if (column > at && column + 1 + width > columns) {
			text_printf(text, "\n%*s", (int)at, "");
			column = at;
		}
		if (column > at) {
			text_putc(text, ' ');
			column++;
		}
		text_add(text, word);
		column += width;
	}
	text_putc(text, '\n');
}

void lines_index(struct lines *lines)
{
	size_t at = 0;

	lines->count = 0;
	while (at < lines->text.n) {
		const char *from = lines->text.p + at;
		const char *newline = memchr(from, '\n', lines->text.n - at);

		if (lines->count == lines->room) {
			lines->room = lines->room ? lines->room * 2 : 128;
			lines->starts = must_realloc(
				lines->starts, lines->room * sizeof(*lines->starts));
		}
		lines->starts[lines->count++] = (uint32_t)at;
		at = newline ? (size_t)(newline - lines->text.p) + 1 : lines->text.n;
	}
}

struct slice lines_at(const struct lines *lines, size_t index)
{
	size_t from, to;

	if (index >= lines->count)
		return SLICE("");
	from = lines->starts[index];
	to = index + 1 < lines->count ? lines->starts[index + 1] : lines->text.n;
	if (to > from && lines->text.p[to - 1] == '\n')
		to--;
	return (struct slice){ lines->text.p + from, to - from };
}

void lines_free(struct lines *lines)
{
	text_free(&lines->text);
	free(lines->starts);
	*lines = (struct lines){ 0 };
}
