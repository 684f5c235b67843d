/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file is by its first bytes, where it is not the text of a log. */
#ifndef PARSERS_MAGIC_H
#define PARSERS_MAGIC_H

#include "base/slice.h"

enum magic_kind {
	MAGIC_COMPRESSED, /* an unpacker reads it, or libarchive's filters */
	MAGIC_ARCHIVE,    /* libarchive's formats read it */
	MAGIC_JOURNAL,    /* libsystemd reads it */
	MAGIC_ELF_CORE,   /* a core, of a process or of a whole kernel */
	MAGIC_KDUMP,      /* a vmcore that makedumpfile wrote */
	MAGIC_KDUMP_FLAT, /* the same as it goes through a pipe (makedumpfile -F) */
	MAGIC_PROGRAM     /* holds the words that we look for, and never said them */
};

struct magic {
	enum magic_kind kind;
	const char *name; /* "gzip", "tar" */
	size_t at;        /* where the bytes stand */
	const char *bytes;
	size_t n;
};

/* What `head`, the first bytes of a source, says that it is; NULL: perhaps text. */
const struct magic *magic_of(struct slice head);

#endif
