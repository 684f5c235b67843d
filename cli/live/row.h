/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of a screen: text, and which role each part of it plays. */
#ifndef CLI_LIVE_ROW_H
#define CLI_LIVE_ROW_H

#include "base/text.h"

/* What a part of a line is; a theme gives it its look. Never told by the look alone. */
enum role {
	ROLE_TEXT,
	ROLE_DIM,
	ROLE_TITLE,
	ROLE_SELECT,
	ROLE_CERTAIN,
	ROLE_LIKELY,
	ROLE_UNKNOWN,
	ROLE_EVIDENCE,
	ROLE_BAR,
	ROLES
};

enum { MOST_SPANS = 24 };

/* Starts as all zero. `wide` tells whether the terminal has UTF-8. */
struct row {
	struct text text;
	struct {
		size_t from; /* byte of the text from which on it holds */
		enum role role;
	} spans[MOST_SPANS];
	size_t span_count;
	bool utf8;
};

void row_clear(struct row *row);
/* What comes next plays this role. */
void row_role(struct row *row, enum role role);
/* Our own words. */
void row_puts(struct row *row, const char *words);
void row_printf(struct row *row, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Bytes of a log, made safe. */
void row_name(struct row *row, struct slice name);
/* The same in exactly so many columns: cut with "..", or filled with blanks. */
void row_field(struct row *row, struct slice name, size_t columns);
/* Blanks up to that column; at least none. */
void row_pad(struct row *row, size_t column);
/* Words that may hold the colours of the text format (cli/format_text.c), which become
 * roles. */
void row_coloured(struct row *row, struct slice line);

/* How many bytes of the clean text stand in at most so many columns. */
size_t bytes_in_columns(struct slice clean, size_t columns);

/* Add clean words wrapped: the first line begins at column `at`, so do the next. */
void text_wrapped(struct text *text, struct slice words, size_t at, size_t columns);

/* A text of many lines, found by number. Starts as all zero. */
struct lines {
	struct text text;
	uint32_t *starts;
	size_t count, room;
};

/* Find the lines of what the text holds now. */
void lines_index(struct lines *lines);
struct slice lines_at(const struct lines *lines, size_t index);
void lines_free(struct lines *lines);

#endif
