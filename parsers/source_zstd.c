/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zstd, with libzstd: straight into the reader's block, and everything before the place
 * where a file is cut or damaged. */
#include "base/complain.h"
#include "base/library.h"
#include "parsers/container.h"

#include <errno.h>
#include <stdlib.h>

#if __has_include(<zstd.h>)
#include <zstd.h>
#include <zstd_errors.h>

enum {
	IN_BYTES = 64 * 1024,
	HEADER_BYTES = 3 /* of a block; what libzstd asks for has the next one's */
};

struct zstd {
	struct byte_stream stream; /* first, so that it can be had back from it */
	struct byte_stream *under;
	ZSTD_DStream *context;
	size_t asked;  /* bytes of the next step; 0: between frames */
	size_t begins; /* bytes that a frame's first step takes */
	bool full;     /* the last step filled its room: it may have more to give */
	bool ended;
	size_t error;    /* of a step whose read could give something, or 0 */
	size_t have, at; /* of `in` */
	char in[IN_BYTES];
};

#define FUNCTIONS(F)                                                                   \
	F(ZSTD_createDStream)                                                          \
	F(ZSTD_freeDStream)                                                            \
	F(ZSTD_initDStream)                                                            \
	F(ZSTD_decompressStream)                                                       \
	F(ZSTD_isError)                                                                \
	F(ZSTD_getErrorCode)

LIBRARY("libzstd.so.1", FUNCTIONS);

static bool available(void)
{
	return library_usable(&library);
}

static ssize_t broken(struct zstd *z, const char *why)
{
	z->ended = true;
	z->stream.why = why;
	errno = EBADMSG;
	return -1;
}

/* More input: as read(2). */
static ssize_t fill(struct zstd *z)
{
	ssize_t n;

	do {
		n = z->under->read(z->under, z->in, IN_BYTES);
	} while (n < 0 && errno == EINTR);
	z->at = 0;
	z->have = n > 0 ? (size_t)n : 0;
	if (n > 0)
		return n;
	z->ended = true;
	if (n < 0)
		z->stream.why = z->under->why;
	else if (z->asked > 0)
		return broken(z, "the zstd file is cut: its end is missing");
	return n;
}

static ssize_t refuse(struct zstd *z, size_t result)
{
	z->error = 0;
	switch (lib.ZSTD_getErrorCode(result)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return broken(z, "it was packed with a window of more than 128 MiB");
	case ZSTD_error_dictionary_wrong:
		return broken(z, "it was packed with a dictionary, which is not in it");
	case ZSTD_error_memory_allocation:
		die("zstd has no memory");
	default:
		return broken(z, "the zstd file is damaged");
	}
}

/* What a step with an error unpacked is lost: let it be one block, without the header of
 * the next one. */
static size_t step_bytes(const struct zstd *z)
{
	size_t bytes = z->asked > 0 ? z->asked : z->begins;

	return bytes > HEADER_BYTES ? bytes - HEADER_BYTES : bytes;
}

static ssize_t read_zstd(struct byte_stream *stream, char *to, size_t room)
{
	struct zstd *z = (struct zstd *)(void *)stream;
	ZSTD_outBuffer out = { to, room, 0 };

	while (!z->ended && !z->error && out.pos < room) {
		ZSTD_inBuffer in = { z->in, z->have, z->at };
		size_t step = step_bytes(z), result;

		if (in.pos == in.size && !z->full) {
			ssize_t n = out.pos > 0 ? 0 : fill(z);

			if (n <= 0)
				return out.pos > 0 ? (ssize_t)out.pos : n;
			continue;
		}
		if (in.size - in.pos > step)
			in.size = in.pos + step;
		result = lib.ZSTD_decompressStream(z->context, &out, &in);
		if (lib.ZSTD_isError(result)) {
			z->error = result;
			break;
		}
		z->at = in.pos;
		z->asked = result;
		z->full = out.pos == room;
	}
	/* What was unpacked before an error is given first. */
	return out.pos == 0 && z->error ? refuse(z, z->error) : (ssize_t)out.pos;
}

static struct byte_stream *open_zstd(struct byte_stream *under)
{
	struct zstd *z = must_alloc(sizeof(*z));

	z->stream = (struct byte_stream){ .read = read_zstd, .fd = -1 };
	z->under = under;
	z->context = lib.ZSTD_createDStream();
	if (!z->context)
		die("zstd has no memory");
	z->begins = lib.ZSTD_initDStream(z->context);
	return &z->stream;
}

static void close_zstd(struct byte_stream *stream)
{
	struct zstd *z = (struct zstd *)(void *)stream;

	lib.ZSTD_freeDStream(z->context);
	free(z);
}

const struct unpacker zstd_unpacker = { "zstd", available, open_zstd, close_zstd };

#else

static bool available(void)
{
	return false;
}

const struct unpacker zstd_unpacker = { "zstd", available, NULL, NULL };

#endif
