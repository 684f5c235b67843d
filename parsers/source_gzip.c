/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip, with zlib: everything before the place where a file is cut or damaged. */
#include "base/complain.h"
#include "base/library.h"
#include "parsers/container.h"

#include <errno.h>
#include <stdlib.h>

#if __has_include(<zlib.h>)
#include <zlib.h>

enum { IN_BYTES = 64 * 1024 };

struct gzip {
	struct byte_stream stream; /* first, so that it can be had back from it */
	struct byte_stream *under;
	z_stream z;
	bool in_member; /* within one of the files that were put end to end */
	bool any;       /* one of them was whole */
	bool ended;
	unsigned char in[IN_BYTES];
};

#define FUNCTIONS(F)                                                                   \
	F(inflateInit2_)                                                               \
	F(inflate)                                                                     \
	F(inflateReset)                                                                \
	F(inflateEnd)

LIBRARY("libz.so.1", FUNCTIONS);

static bool available(void)
{
	return library_usable(&library);
}

static ssize_t broken(struct gzip *g, const char *why)
{
	g->ended = true;
	g->stream.why = why;
	errno = EBADMSG;
	return -1;
}

/* More input. 1: there is some, 0: the end, -1: the read failed. */
static int fill(struct gzip *g)
{
	ssize_t n;

	do {
		n = g->under->read(g->under, (char *)g->in, IN_BYTES);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		g->stream.why = g->under->why;
		g->ended = true;
		return -1;
	}
	g->z.next_in = g->in;
	g->z.avail_in = (unsigned int)n;
	return n > 0;
}

static ssize_t read_gzip(struct byte_stream *stream, char *to, size_t room)
{
	struct gzip *g = (struct gzip *)(void *)stream;

	if (room > INT32_MAX)
		room = INT32_MAX;
	g->z.next_out = (unsigned char *)to;
	g->z.avail_out = (unsigned int)room;
	/* What was unpacked before an error is given first; the error comes back with
	 * the next read. */
	while (!g->ended && g->z.avail_out == room) {
		int got = g->z.avail_in > 0 ? 1 : fill(g), result;

		if (got < 0)
			return -1;
		if (got == 0 && g->in_member)
			return broken(g, "the gzip file is cut: its end is missing");
		if (got == 0)
			break;
		if (!g->in_member) {
			/* gzip pads with zeros on tape; what else follows is not ours. */
			if (g->any && g->z.next_in[0] != 0x1f)
				break;
			if (lib.inflateReset(&g->z) != Z_OK)
				return broken(g, "zlib failed");
			g->in_member = true;
		}
		result = lib.inflate(&g->z, Z_NO_FLUSH);
		if (result == Z_STREAM_END) {
			g->in_member = false;
			g->any = true;
		} else if (result == Z_MEM_ERROR) {
			return broken(g, "zlib has no memory");
		} else if (result != Z_OK && result != Z_BUF_ERROR &&
			   g->z.avail_out == room) {
			return broken(g, "the gzip file is damaged");
		}
	}
	if (g->z.avail_out == room)
		g->ended = true;
	return (ssize_t)(room - g->z.avail_out);
}

static struct byte_stream *open_gzip(struct byte_stream *under)
{
	struct gzip *g = must_alloc(sizeof(*g));

	g->stream = (struct byte_stream){ .read = read_gzip, .fd = -1 };
	g->under = under;
	if (lib.inflateInit2_(&g->z, 15 + 16, ZLIB_VERSION, (int)sizeof(g->z)) != Z_OK)
		die("zlib has no memory, or is another version");
	return &g->stream;
}

static void close_gzip(struct byte_stream *stream)
{
	struct gzip *g = (struct gzip *)(void *)stream;

	lib.inflateEnd(&g->z);
	free(g);
}

const struct unpacker gzip_unpacker = { "gzip", available, open_gzip, close_gzip };

#else

static bool available(void)
{
	return false;
}

const struct unpacker gzip_unpacker = { "gzip", available, NULL, NULL };

#endif
