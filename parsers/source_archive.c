/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Archives and compressed files, with libarchive. */
#include "base/complain.h"
#include "base/library.h"
#include "parsers/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<archive.h>)
#include <archive.h>
#include <archive_entry.h>

enum { IN_BYTES = 64 * 1024 };

/* The functions of libarchive that are called, a name each. */
#define FUNCTIONS(F)                                                                   \
	F(archive_read_new)                                                            \
	F(archive_read_free)                                                           \
	F(archive_read_open)                                                           \
	F(archive_read_next_header)                                                    \
	F(archive_read_data_block)                                                     \
	F(archive_read_set_options)                                                    \
	F(archive_error_string)                                                        \
	F(archive_set_error)                                                           \
	F(archive_entry_pathname)                                                      \
	F(archive_entry_filetype)                                                      \
	F(archive_entry_hardlink)                                                      \
	F(archive_read_support_filter_gzip)                                            \
	F(archive_read_support_filter_xz)                                              \
	F(archive_read_support_filter_zstd)                                            \
	F(archive_read_support_filter_bzip2)                                           \
	F(archive_read_support_filter_lz4)                                             \
	F(archive_read_support_filter_compress)                                        \
	F(archive_read_support_format_tar)                                             \
	F(archive_read_support_format_cpio)                                            \
	F(archive_read_support_format_zip_streamable)                                  \
	F(archive_read_support_format_empty)                                           \
	F(archive_read_support_format_raw)

LIBRARY("libarchive.so.13", FUNCTIONS);

bool archive_available(void)
{
	return library_usable(&library);
}

struct archive_reader {
	struct byte_stream stream; /* first, so that it can be had back from it */
	struct byte_stream *under;
	struct archive *archive;
	bool raw; /* one compressed file: its only member was given */
	bool broken;
	const char *block; /* what is left of the library's block */
	size_t left;
	char in[IN_BYTES];
};

/* The filter for a magic number's name. One that would call an external program
 * (ARCHIVE_WARN) is not used. */
static bool add_filter(struct archive *a, const char *name)
{
	const struct {
		const char *name;
		int (*support)(struct archive *archive);
	} filters[] = {
		{ "gzip", lib.archive_read_support_filter_gzip },
		{ "xz", lib.archive_read_support_filter_xz },
		{ "zstd", lib.archive_read_support_filter_zstd },
		{ "bzip2", lib.archive_read_support_filter_bzip2 },
		{ "lz4", lib.archive_read_support_filter_lz4 },
		{ "compress", lib.archive_read_support_filter_compress },
	};

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		if (strcmp(filters[i].name, name) == 0)
			return filters[i].support(a) == ARCHIVE_OK;
	return true; /* an archive that is not compressed */
}

static la_ssize_t give_bytes(struct archive *archive, void *context, const void **bytes)
{
	struct archive_reader *r = context;
	ssize_t n;

	do {
		n = r->under->read(r->under, r->in, IN_BYTES);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		lib.archive_set_error(
			archive, errno, "%s", stream_why(r->under, errno));
	*bytes = r->in;
	return n;
}

static ssize_t read_member(struct byte_stream *stream, char *to, size_t room)
{
	struct archive_reader *r = (struct archive_reader *)(void *)stream;
	const void *block;
	la_int64_t offset;
	size_t n;

	while (r->left == 0) {
		int result = r->broken ? ARCHIVE_FATAL
				       : lib.archive_read_data_block(
						 r->archive, &block, &r->left, &offset);

		if (result == ARCHIVE_EOF)
			return 0;
		if (result == ARCHIVE_RETRY)
			continue;
		if (result < ARCHIVE_WARN) {
			r->broken = r->broken || result == ARCHIVE_FATAL;
			r->left = 0;
			r->stream.why = archive_why(r);
			errno = EBADMSG;
			return -1;
		}
		r->block = block;
	}
	n = r->left < room ? r->left : room;
	memcpy(to, r->block, n);
	r->block += n;
	r->left -= n;
	return (ssize_t)n;
}

struct archive_reader *archive_open(
	struct byte_stream *under, const struct magic *magic, const char **why)
{
	struct archive_reader *r;

	if (!archive_available()) {
		*why = "libarchive is not there (Debian's package libarchive13)";
		return NULL;
	}
	r = must_alloc(sizeof(*r));
	r->stream = (struct byte_stream){ .read = read_member, .fd = -1 };
	r->under = under;
	r->raw = magic->kind != MAGIC_ARCHIVE;
	r->archive = lib.archive_read_new();
	if (!r->archive)
		die("libarchive has no memory");
	if (!add_filter(r->archive, magic->name)) {
		*why = "this libarchive was built without it";
		archive_close(r);
		return NULL;
	}
	if (r->raw) {
		/* A tar inside is found when the first bytes are looked at. */
		lib.archive_read_support_format_empty(r->archive);
		lib.archive_read_support_format_raw(r->archive);
	} else {
		lib.archive_read_support_format_tar(r->archive);
		lib.archive_read_support_format_cpio(r->archive);
		lib.archive_read_support_format_zip_streamable(r->archive);
		/* Names stay the bytes that they are. */
		lib.archive_read_set_options(r->archive, "hdrcharset=BINARY");
	}
	if (lib.archive_read_open(r->archive, r, NULL, give_bytes, NULL) < ARCHIVE_WARN)
		r->broken = true;
	return r;
}

static enum member_type type_of(struct archive_entry *entry)
{
	if (lib.archive_entry_hardlink(entry))
		return MEMBER_LINK;
	switch (lib.archive_entry_filetype(entry)) {
	case AE_IFREG:
	case 0: /* raw, and some zip files, do not say */
		return MEMBER_FILE;
	case AE_IFDIR:
		return MEMBER_DIRECTORY;
	case AE_IFLNK:
		return MEMBER_LINK;
	default:
		return MEMBER_SPECIAL;
	}
}

enum archive_step archive_next(struct archive_reader *r, struct archive_member *m)
{
	struct archive_entry *entry = NULL;
	const char *path;
	int result = ARCHIVE_FATAL;

	r->left = 0;
	r->stream.why = NULL;
	do {
		if (!r->broken)
			result = lib.archive_read_next_header(r->archive, &entry);
	} while (result == ARCHIVE_RETRY && !r->broken);
	if (result == ARCHIVE_EOF)
		return ARCHIVE_ENDED;
	if (result < ARCHIVE_WARN || !entry) {
		r->broken = true;
		return ARCHIVE_BROKEN;
	}
	path = lib.archive_entry_pathname(entry);
	m->type = type_of(entry);
	m->path = slice_of(r->raw || !path ? "" : path);
	return ARCHIVE_MEMBER;
}

struct byte_stream *archive_stream(struct archive_reader *r)
{
	return &r->stream;
}

const char *archive_why(const struct archive_reader *r)
{
	const char *why = lib.archive_error_string(r->archive);

	return why ? why : "it is damaged";
}

void archive_close(struct archive_reader *r)
{
	if (!r)
		return;
	lib.archive_read_free(r->archive);
	free(r);
}

#else

bool archive_available(void)
{
	return false;
}

struct archive_reader *archive_open(
	struct byte_stream *under, const struct magic *magic, const char **why)
{
	(void)under;
	(void)magic;
	*why = "oomwhy was built without libarchive (Debian's package libarchive-dev)";
	return NULL;
}

enum archive_step archive_next(
	struct archive_reader *reader, struct archive_member *member)
{
	(void)reader;
	(void)member;
	return ARCHIVE_ENDED;
}

struct byte_stream *archive_stream(struct archive_reader *reader)
{
	(void)reader;
	return NULL;
}

const char *archive_why(const struct archive_reader *reader)
{
	(void)reader;
	return "";
}

void archive_close(struct archive_reader *reader)
{
	(void)reader;
}

#endif
