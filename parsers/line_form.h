/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines whose envelope differs from the line before in nothing but its stamps: what the
 * layers made of that one, they would make of these. */
#ifndef PARSERS_LINE_FORM_H
#define PARSERS_LINE_FORM_H

#include "parsers/envelope.h"

enum {
	WIDEST_FORM = 128,
	/* So many bytes must be readable from the front of a line. */
	FORM_ROOM = WIDEST_FORM + 8
};

struct line_form {
	/* What the envelope remembered of hosts before the line. */
	struct habits stamps, callers;
	size_t width;     /* of the envelope, in bytes */
	const char *like; /* the line's front */
	/* Its bytes that are the same in each line, as 0xff. */
	uint64_t same[WIDEST_FORM / 8];
	size_t stamp;    /* where the kernel's stamp stands, SIZE_MAX: nowhere */
	size_t behind;   /* ...and what is behind it */
	size_t fraction; /* the microseconds of the wall clock's second; the same */
	size_t longest;  /* that a line may be */
};

/* Look at `memory` before a line is opened. */
void line_form_watch(struct line_form *form, const struct envelope_memory *memory);
/* The line that was opened since, and came to one record. False where its form says not
 * enough about other lines: something is held back, or was learned from it. `line` must
 * stay where it is while the form is used. */
bool line_form_note(struct line_form *form, const struct envelope_memory *memory,
	struct slice line);
/* Has the line at `p` this form? FORM_ROOM bytes must be readable. Then `*usec` is its
 * kernel's stamp, UNKNOWN where the form has none, and its text stands `width` bytes on.
 * Holds for texts only in which no layer finds anything: of letters, digits, blanks and
 * the few marks that plain_name_at() (tasks.c) lets pass. */
bool line_form_fits(const struct line_form *form, const char *p, int64_t *usec);

#endif
