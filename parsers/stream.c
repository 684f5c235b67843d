/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plainest stream, a descriptor, and what all streams share. */
#include "parsers/stream.h"

#include <string.h>
#include <unistd.h>

static ssize_t read_fd(struct byte_stream *stream, char *to, size_t room)
{
	return read(stream->fd, to, room);
}

struct byte_stream stream_of(int fd)
{
	return (struct byte_stream){ .read = read_fd, .fd = fd };
}

const char *stream_why(const struct byte_stream *stream, int error)
{
	return stream->why ? stream->why : strerror(error);
}
