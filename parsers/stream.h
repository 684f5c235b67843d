/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where bytes come from: a descriptor, a member of an archive, a decompressor. */
#ifndef PARSERS_STREAM_H
#define PARSERS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct byte_stream {
	/* As read(2): how many bytes it put into `to`, 0 at the end, or -1 with errno
	 * (and `why`, where there is more to say). */
	ssize_t (*read)(struct byte_stream *stream, char *to, size_t room);
	int fd;          /* what to wait for, where silence matters; -1: nothing */
	const char *why; /* the reason of a failed read in words, or NULL */
};

/* The bytes of a descriptor, which stays the caller's. */
struct byte_stream stream_of(int fd);

/* The reason of a read that failed with `error`: `why`, or strerror's words. */
const char *stream_why(const struct byte_stream *stream, int error);

enum { PEEK_BYTES = 4096 };

/* A stream whose first bytes were looked at and are read again. */
struct peeked_stream {
	struct byte_stream stream; /* first, so that it can be had back from it */
	struct byte_stream *under; /* the caller's */
	char head[PEEK_BYTES];
	size_t n, at;
	int error; /* of the read that was tried ahead */
};

/* Look at the first bytes of `under`: at least 512 of what begins like a container,
 * where there are as many. The result must stay where it is while it is read. */
void stream_peek(struct peeked_stream *peeked, struct byte_stream *under);

#endif
