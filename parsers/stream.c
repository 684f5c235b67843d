/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plainest stream, a descriptor, and the look at what a stream begins with. */
#include "parsers/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_fd(struct byte_stream *stream, char *to, size_t room)
{
	return read(stream->fd, to, room);
}

/* What a pipe is asked to hold, as much as is read at once: with the 64 KiB that it has,
 * writer and reader wait for each other four times as often. */
enum { PIPE_BYTES = 256 * 1024 };

struct byte_stream stream_of(int fd)
{
	int holds = fcntl(fd, F_GETPIPE_SZ);

	/* Whether it is granted does not matter. What is no pipe has no size. */
	if (holds > 0 && holds < PIPE_BYTES)
		fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	return (struct byte_stream){ .read = read_fd, .fd = fd };
}

const char *stream_why(const struct byte_stream *stream, int error)
{
	return stream->why ? stream->why : strerror(error);
}

static ssize_t read_peeked(struct byte_stream *stream, char *to, size_t room)
{
	struct peeked_stream *p = (struct peeked_stream *)(void *)stream;
	size_t n = p->n - p->at < room ? p->n - p->at : room;
	ssize_t got;

	if (n > 0) {
		memcpy(to, p->head + p->at, n);
		p->at += n;
		return (ssize_t)n;
	}
	if (p->error) {
		errno = p->error;
		stream->why = p->under->why;
		return -1;
	}
	got = p->under->read(p->under, to, room);
	stream->why = p->under->why;
	return got;
}

/* The longest magic number ends with byte 262, tar's; and a log holds no NUL. A pipe
 * that only began to give a line of text is not waited for. */
static bool tells_nothing_yet(const struct peeked_stream *p)
{
	return p->n < 8 || (p->n < 512 && memchr(p->head, '\0', p->n));
}

void stream_peek(struct peeked_stream *p, struct byte_stream *under)
{
	ssize_t n = 1;

	p->stream = (struct byte_stream){ .read = read_peeked, .fd = under->fd };
	p->under = under;
	p->n = p->at = 0;
	p->error = 0;
	do {
		n = under->read(under, p->head + p->n, PEEK_BYTES - p->n);
		if (n > 0)
			p->n += (size_t)n;
		else if (n < 0 && errno != EINTR)
			p->error = errno;
	} while ((n > 0 && tells_nothing_yet(p)) || (n < 0 && errno == EINTR));
}
