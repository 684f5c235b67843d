/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines in the form in which nearly every kernel prints them, read without an expression:
 * pcre2 costs some 5,000 instructions a match, and a Mem-Info has thirty lines.
 *
 * The row of the pattern table still has its expression, which reads every other form.
 * What a reader takes, no row above its own may match, but for those that are read in
 * their turn; and the captures are those of the expression, but for the whole match,
 * which nobody asks for: tests/unit/plain_lines.c holds it to that. */
#ifndef PARSERS_PLAIN_LINES_H
#define PARSERS_PLAIN_LINES_H

#include "parsers/patterns.h"

/* Fill the captures from the line; false when it has another form, whatever that is: then
 * they hold anything. Those that take no part are NULL before. */
typedef bool read_plain_line(
	const struct pattern *row, struct slice text, struct captures *captures);

struct plain_line {
	const char *row; /* the pattern row's name; they stand in its table's order */
	/* The bytes that such a line may begin with; then it is whole, and no piece of one
	 * (pieces.h). NULL: a name stands in it, which may look like another row's line, so
	 * it is read in its row's turn. */
	const char *begins;
	read_plain_line *read;
};

extern const struct plain_line plain_lines[];
extern const size_t plain_line_count;

#endif
