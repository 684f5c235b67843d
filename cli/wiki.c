/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `oomwhy wiki`: the list of pages, one page, or the nearest name. */
#include "cli/wiki.h"

#include "base/complain.h"
#include "cli/clean.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct page *wiki_page(const char *name)
{
	for (size_t i = 0; wiki_pages[i].name; i++)
		if (strcmp(wiki_pages[i].name, name) == 0)
			return &wiki_pages[i];
	return NULL;
}

struct slice wiki_title(const struct page *page)
{
	struct slice rest = { page->text, page->bytes }, line;

	for (int i = 0; slice_cut(&rest, '\n', &line); i++)
		if (i >= 1 && line.n > 0)
			return line;
	return SLICE("");
}

/* Levenshtein's distance, bounded by the length of a page's name. */
static size_t distance(const char *a, const char *b)
{
	enum { LONGEST = 64 };
	size_t row[LONGEST + 1], n = strlen(a), m = strlen(b);

	if (n > LONGEST || m > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[m];
}

const struct page *wiki_nearest(const char *name)
{
	const struct page *best = NULL;
	size_t least = strlen(name) / 2 + 2;

	for (size_t i = 0; wiki_pages[i].name; i++) {
		size_t d = distance(name, wiki_pages[i].name);

		/* A part of a name is near, too: "cpuset" for cpuset-hardwall. */
		if (strlen(name) >= 3 && strstr(wiki_pages[i].name, name))
			d = 1;
		if (d < least) {
			least = d;
			best = &wiki_pages[i];
		}
	}
	return best;
}

static int finished(void)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("cannot write the output: %s", strerror(errno));
		return EXIT_TROUBLE;
	}
	return EXIT_FOUND;
}

int wiki_main(int argc, char **argv)
{
	const struct page *page;

	if (argc > 2) {
		warn("wiki takes one page: oomwhy wiki [PAGE]");
		return EXIT_TROUBLE;
	}
	if (argc < 2) {
		for (size_t i = 0; wiki_pages[i].name; i++)
			printf("%-22s %.*s\n", wiki_pages[i].name,
				SLICE_ARG(wiki_title(&wiki_pages[i])));
		return finished();
	}
	page = wiki_page(argv[1]);
	if (!page) {
		const struct page *near = wiki_nearest(argv[1]);

		if (near)
			warn("there is no page %s; the nearest is: oomwhy wiki %s",
				clean_name(argv[1]), near->name);
		else
			warn("there is no page %s; oomwhy wiki lists them",
				clean_name(argv[1]));
		return EXIT_TROUBLE;
	}
	{
		struct slice rest = { page->text, page->bytes }, line;

		/* The licence stands in a comment of the file, not on the screen. */
		while (slice_cut(&rest, '\n', &line))
			if (!slice_starts(line, "<!--"))
				printf("%.*s\n", SLICE_ARG(line));
	}
	return finished();
}
