/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `y`: text and JSON of an event into files of their own, in the working directory. */
#include "cli/clean.h"
#include "cli/live/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "oomwhy-memcg-limit-2026-11-22T02.19.01-line1042": only letters that need no quotes. */
static void name_of(const struct kept *kept, char *name, size_t room)
{
	const struct oom_event *e = kept->event;
	char when[32];
	size_t n = 0;

	for (size_t i = 0; i < e->wall.n && n < 19; i++) {
		char c = e->wall.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || c == '-';

		when[n++] = (char)(plain ? c : '.');
	}
	when[n] = '\0';
	if (n == 0 && known(e->uptime_usec))
		snprintf(when, sizeof(when), "%lld",
			(long long)e->uptime_usec / 1000000);
	snprintf(name, room, "oomwhy-%s-%s%sline%u", kept->x->cause.slug, when,
		*when ? "-" : "", e->first_line);
}

/* A new file and nothing else: what stands there already, a link too, is left alone.
 * Returns 0 or an errno. */
static int write_file(const char *name, struct slice bytes)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int error = 0;

	if (fd < 0)
		return errno;
	while (bytes.n > 0 && !error) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n > 0)
			bytes = slice_from(bytes, (size_t)n);
		else if (n == 0 || errno != EINTR)
			error = n == 0 ? EIO : errno;
	}
	if (close(fd) != 0 && !error)
		error = errno;
	if (error)
		unlink(name);
	return error;
}

void event_write_files(struct live *live)
{
	static const struct format *const forms[] = { &format_text, &format_json };
	static const char *const ends[] = { "txt", "json" };
	const struct kept *kept = live_selected(live);
	struct output *out = &live->out;
	char name[160], file[176];

	if (!kept) {
		live_say(live, "There is no event yet.");
		return;
	}
	name_of(kept, name, sizeof(name));
	for (size_t i = 0; i < 2; i++) {
		int error;

		out->to = NULL;
		out->width = 80;
		out->colour = false;
		out->utf8 = live->utf8;
		out->full = true;
		out->event = 1;
		out->wiki_url = live->wiki_url;
		text_clear(&out->buffer);
		forms[i]->event(out, kept->x);
		out->full = false;
		snprintf(file, sizeof(file), "%s.%s", name, ends[i]);
		error = write_file(file, text_slice(&out->buffer));
		if (error) {
			live_say(live, "Not written: %s: %s", file, strerror(error));
			return;
		}
	}
	live_say(live, "Written: %s.txt and .json", name);
}
