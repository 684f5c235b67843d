/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wiki inside the binary, so that a copied binary explains itself. */
#ifndef CLI_WIKI_H
#define CLI_WIKI_H

#include "base/slice.h"

struct page {
	const char *name;
	const char *text;
	size_t bytes;
};

/* Made by the Makefile from share/wiki, sorted by name; NULL ends the list. */
extern const struct page wiki_pages[];

const struct page *wiki_page(const char *name);
/* The second line of a page: its title. */
struct slice wiki_title(const struct page *page);
/* The page whose name is nearest to `name`, or NULL when none is near. */
const struct page *wiki_nearest(const char *name);

/* `oomwhy wiki [PAGE]`: print the list, or a page. Returns the exit status. */
int wiki_main(int argc, char **argv);

#endif
