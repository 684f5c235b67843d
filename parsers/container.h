/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed files and archives, read as they stream: nothing is unpacked to disk.
 *
 * Their libraries are loaded when the first such input is met. */
#ifndef PARSERS_CONTAINER_H
#define PARSERS_CONTAINER_H

#include "base/slice.h"
#include "parsers/magic.h"
#include "parsers/stream.h"

/* One compressed file, or several put end to end, read by a library of its own: up to
 * the place where a file was cut, and cut logs are common. libarchive drops the last tens
 * of kilobytes before it. */
struct unpacker {
	const char *name; /* as in the table of magic numbers */
	/* Whether the library is there; loads it. */
	bool (*available)(void);
	/* The unpacked bytes of `under`, where it is available. */
	struct byte_stream *(*open)(struct byte_stream *under);
	void (*close)(struct byte_stream *stream);
};
extern const struct unpacker gzip_unpacker; /* source_gzip.c, with zlib */
extern const struct unpacker
	zstd_unpacker; /* source_zstd.c, with libzstd: it takes three
					     * quarters of libarchive's time */

/* source_archive.c: whatever else libarchive reads. */
/* Whether the library is there; loads it. */
bool archive_available(void);

struct archive_reader;

enum member_type { MEMBER_FILE, MEMBER_DIRECTORY, MEMBER_LINK, MEMBER_SPECIAL };

struct archive_member {
	struct slice path; /* as the archive has it; empty: a file was compressed alone.
			    * Lives until the next member. */
	enum member_type type;
};

enum archive_step { ARCHIVE_MEMBER, ARCHIVE_ENDED, ARCHIVE_BROKEN };

/* Begin to read `under`, which begins as `magic` says. NULL when the library is not
 * there, or cannot read that kind (`*why` says so, for the user). */
struct archive_reader *archive_open(
	struct byte_stream *under, const struct magic *magic, const char **why);
/* The next member. After ARCHIVE_BROKEN there is no further one. */
enum archive_step archive_next(
	struct archive_reader *reader, struct archive_member *member);
/* The bytes of the current member. Holes of sparse files are passed over. */
struct byte_stream *archive_stream(struct archive_reader *reader);
/* Why it is broken, in the library's words: not safe for a terminal. */
const char *archive_why(const struct archive_reader *reader);
void archive_close(struct archive_reader *reader);

#endif
