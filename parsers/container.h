/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed files and archives, read as they stream: nothing is unpacked to disk.
 *
 * Their libraries are loaded when the first such input is met. */
#ifndef PARSERS_CONTAINER_H
#define PARSERS_CONTAINER_H

#include "base/slice.h"
#include "parsers/magic.h"
#include "parsers/stream.h"

/* Whether the library is there; loads it. */
bool gzip_available(void);
bool archive_available(void);

/* source_gzip.c: one gzip file, or several put end to end. zlib and not libarchive
 * reads it, because libarchive drops the last 64 KiB before the place where a file was
 * cut, and cut logs are common. NULL when zlib is not there. */
struct gzip;
struct gzip *gzip_open(struct byte_stream *under);
/* The unpacked bytes; lives as long as the gzip. */
struct byte_stream *gzip_stream(struct gzip *gzip);
void gzip_close(struct gzip *gzip);

/* source_archive.c: whatever else libarchive reads. */
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
