/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of reading share: a source and how it is read. For inputs.c,
 * streams.c and directory.c. */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "cli/options.h"
#include "cli/told.h"
#include "parsers/source.h"
#include "parsers/source_journal.h"

struct crew;

struct inputs {
	const struct options *options;
	struct assembler *assembler;
	size_t found; /* events so far */
	/* Several sources may tell the same event: then it goes through the merger. */
	bool several;
	struct merger *merger;
	/* Of the source that was named, for the word when nothing is found in it. */
	struct {
		bool several; /* it holds several: a directory, an archive */
		size_t files;
		struct source_facts facts;
	} named;
	struct crew *crew; /* reads files side by side; NULL: they are read here */
	char *last; /* path of the file that may go on in the next one, or NULL */
	uint32_t last_lines;
};

/* How one source is to be read. */
struct manner {
	const char *file, *member; /* member: NULL where it is the file itself */
	size_t depth;              /* of containers round it */
	bool kmsg;
	bool follow;
	bool among; /* one of several: what is no log is passed over */
	bool compressed;
	bool continues, continued; /* the files of a rotated log */
};

/* Hand on what a reader found, in the order of the input. */
void inputs_take(struct inputs *in, struct told told);

/* A complaint: "cannot read FILE: MEMBER: why". `why` may hold the archive's own bytes. */
void cannot_read(const struct manner *manner, const char *why);

/* streams.c: read a descriptor, and what is packed in it. */
void read_descriptor(struct inputs *in, int fd, const struct manner *manner);
/* Read an open journal to its end, or with --follow for ever, and close it. */
void read_journal(
	struct inputs *in, struct journal *journal, const struct manner *manner);

/* directory.c: read the directory that was named so. */
void read_named_directory(struct inputs *in, const char *name);

#endif
