/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of output formats, and what they share. */
#include "cli/format.h"

#include "base/complain.h"
#include "cli/built.h"
#include "cli/wiki.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct format *const formats[] = { &format_text, &format_json, &format_list,
	NULL };

const struct format *format_named(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

/* Where the next byte of a regular file goes; -1 for what is none. */
static off_t end_of(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return -1;
	return flags & O_APPEND ? st.st_size : lseek(fd, 0, SEEK_CUR);
}

/* All of it or, in a file, nothing: the half of an object that a full disk took is
 * taken back, so that a reader of lines never meets it. */
static bool write_whole(int fd, const char *p, size_t n)
{
	off_t begin = end_of(fd);

	while (n > 0) {
		ssize_t written = write(fd, p, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			int error = errno;

			if (begin >= 0 && ftruncate(fd, begin) != 0)
				warn("cannot take back a half-written event: %s",
					strerror(errno));
			errno = error;
			return false;
		}
		p += written;
		n -= (size_t)written;
	}
	return true;
}

void output_flush(struct output *out)
{
	if (!out->to)
		return;
	if (fflush(out->to) != 0 ||
		!write_whole(fileno(out->to), out->buffer.p, out->buffer.n))
		die("cannot write the output: %s", strerror(errno));
	text_clear(&out->buffer);
}

const char *wiki_place(const struct output *out, const char *page, struct text *buffer)
{
	text_clear(buffer);
	/* The version stands in the path, so that an old binary never points to a
	 * page about a newer one. */
	if (out->wiki_url && *out->wiki_url)
		text_printf(buffer, "%s/%s/%s", out->wiki_url, OOMWHY_VERSION, page);
	else
		text_printf(buffer, "%s/%s.md", OOMWHY_WIKI_DIR, page);
	text_putc(buffer, '\0');
	return buffer->p;
}

struct slice event_time(const struct oom_event *e, struct text *buffer)
{
	text_clear(buffer);
	if (e->wall.n > 0)
		return e->wall;
	if (known(e->uptime_usec))
		text_printf(buffer, "%" PRId64 ".%06" PRId64 " s after boot",
			e->uptime_usec / 1000000, e->uptime_usec % 1000000);
	return text_slice(buffer);
}
