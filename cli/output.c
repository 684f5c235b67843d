/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the words go: how wide, in colour or not, and what the links begin with. */
#include "cli/output.h"

#include "base/complain.h"
#include "cli/built.h"
#include "cli/clean.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static size_t terminal_width(void)
{
	const char *told = getenv("COLUMNS");
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col < 80 ? size.ws_col : 80;
	if (isatty(STDOUT_FILENO) && told) {
		long columns = strtol(told, NULL, 10);

		if (columns >= 40 && columns < 80)
			return (size_t)columns;
	}
	return 80;
}

static bool wants_colour(const struct options *options)
{
	const char *off = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->colour != COLOUR_AUTO)
		return options->colour == COLOUR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(off && *off) && term &&
	       strcmp(term, "dumb") != 0;
}

bool output_open(const char *name)
{
	if (freopen(name, "ae", stdout))
		return true;
	warn("cannot write %s: %s", clean_name(name), strerror(errno));
	return false;
}

void output_begin(struct output *out, const struct options *o)
{
	out->to = stdout;
	out->terminal = isatty(STDOUT_FILENO);
	out->width = o->width ? (size_t)o->width : terminal_width();
	out->colour = wants_colour(o);
	out->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	out->full = o->full;
	out->why_not = o->why_not;
	out->wiki_url = o->wiki_url ? o->wiki_url : getenv("OOMWHY_WIKI_URL");
	if (!out->wiki_url || !*out->wiki_url)
		out->wiki_url = OOMWHY_WIKI_URL;
	out->summary = summary_new();
	out->several_sources = o->file_count > 1;
}

void output_end(struct output *out)
{
	summary_free(out->summary);
	text_free(&out->buffer);
}
