/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of output formats, and what they share. */
#include "cli/format.h"

#include "base/complain.h"
#include "cli/built.h"
#include "cli/wiki.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

const struct format *const formats[] = { &format_text, &format_json, &format_list,
	NULL };

const struct format *format_named(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

void output_flush(struct output *out)
{
	if (out->buffer.n > 0 &&
		fwrite(out->buffer.p, 1, out->buffer.n, out->to) != out->buffer.n)
		die("cannot write the output: %s", strerror(errno));
	text_clear(&out->buffer);
	if (fflush(out->to) != 0)
		die("cannot write the output: %s", strerror(errno));
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
