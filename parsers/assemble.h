/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records in, events out: which line belongs to which report, and when it ends. */
#ifndef PARSERS_ASSEMBLE_H
#define PARSERS_ASSEMBLE_H

#include "parsers/event.h"
#include "parsers/record.h"

struct assembler;
struct line_form; /* line_form.h */

/* Gets each complete event, oldest first, and owns it from then on. */
typedef void take_event(struct oom_event *event, void *context);

struct assembler *assembler_new(take_event *take, void *context);
void assembler_free(struct assembler *assembler);

/* A new source begins: what is open ends here. `file` is as the user named it
 * ("-" for standard input) and must last until the next source begins. */
void assembler_begin(struct assembler *assembler, const char *file);
/* The source is this member of the archive `file`; NULL: it is the file itself. */
void assembler_member(struct assembler *assembler, const char *member);
/* The next file of a rotated log begins: what is open may go on in it. `lines` is how
 * many the one before had. */
void assembler_continue(struct assembler *assembler, const char *file,
	const char *member, uint32_t lines);
/* Read one record. Its slices are copied as far as they are kept. */
void assembler_take(struct assembler *assembler, const struct record *record);
/* How many rows the table has of the one report that is being read, SIZE_MAX where there
 * is none, or more, or none that reads its table now. */
size_t assembler_rows(const struct assembler *assembler);
/* Most lines of a report are rows of its table, one after another. Read those of `form`
 * at the front of `lines` but the last of them, as opening each and assembler_take() would
 * do it; `line` is the number of the first. Returns their bytes and their number. */
size_t assembler_take_rows(struct assembler *assembler, const struct line_form *form,
	struct slice lines, uint32_t line, uint32_t *count);
/* Whether the next lines must all be seen: an event is being read, or the source
 * has only just begun and may start within a report. */
bool assembler_attends(const struct assembler *assembler);
/* Whether an event waits for its end: silence or time completes it. */
bool assembler_waits(const struct assembler *assembler);
/* The log's clock has reached this record: events older than 3 s are complete. */
void assembler_clock(struct assembler *assembler, const struct record *record);
/* Complete everything: the end of input, or one second of silence. `ended` says
 * that the input ended here, so a report without its end was cut. */
void assembler_flush(struct assembler *assembler, bool ended);

/* For the sections: keep a line, or a part of one, that no row knew. */
void event_unrecognised(struct oom_event *event, uint32_t line, struct slice text);

#endif
