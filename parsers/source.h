/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes in, lines out: of whatever stream. */
#ifndef PARSERS_SOURCE_H
#define PARSERS_SOURCE_H

#include "parsers/assemble.h"
#include "parsers/stream.h"

#include <sys/types.h>

/* How a source is read. */
struct source_options {
	bool follow; /* 1 s of silence completes an event: pipes, growing files */
	bool kmsg;   /* it is /dev/kmsg, opened with O_NONBLOCK */
	const char *member;    /* the source is this member of an archive, or NULL */
	bool continues;        /* what is open in the assembler may go on in it... */
	uint32_t lines_before; /* ...and the file before had so many lines */
	bool continued;        /* what is open at its end may go on in the next one */
	bool text_only;        /* binary data is not worth reading to its end */
};

/* What a source turned out to hold, for the advice when nothing was found. */
struct source_facts {
	uint64_t bytes, lines;
	bool binary;
	bool image;        /* a program, a core or a vmcore: not read at all */
	bool one_line;     /* so long a line that it was given up (text_only) */
	bool newest_first; /* by the clock of its lines (journalctl -r) */
};

/* Read `stream` to its end and give every line that may matter to the assembler: all
 * of them while it attends, otherwise those that the anchors find. `name` is what
 * the user called the source. Returns 0, or the errno of a failed read; what was read
 * before it was given. */
int source_read(struct byte_stream *stream, const char *name,
	struct assembler *assembler, const struct source_options *options,
	struct source_facts *facts);

/* The same a piece at a time, for a loop that waits for other things too. What is
 * open in the assembler completes there; `name` and `facts` must outlive the source. */
struct source;
struct source *source_open(const char *name, struct assembler *assembler,
	const struct source_options *options, struct source_facts *facts);
/* One read of `stream`, and what it completes. Returns the bytes read, 0 at the end of what
 * is there for now, or a negative errno: -EAGAIN where a read would have to wait. */
ssize_t source_feed(struct source *source, struct byte_stream *stream);
/* Whether something waits for its end, and a second of silence would complete it. */
bool source_waits(const struct source *source);
/* There was a second of silence. */
void source_silence(struct source *source);
/* The end of the source: a last line without newline is given, what is open completed. */
void source_close(struct source *source);

#endif
