/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the Makefile tells the program about how it was built. */
#ifndef CLI_BUILT_H
#define CLI_BUILT_H

#ifndef OOMWHY_VERSION
#define OOMWHY_VERSION "0"
#endif
/* Base of the links to pages; empty: the installed files. */
#ifndef OOMWHY_WIKI_URL
#define OOMWHY_WIKI_URL ""
#endif
/* Where `make install` puts the pages. */
#ifndef OOMWHY_WIKI_DIR
#define OOMWHY_WIKI_DIR "/usr/local/share/oomwhy/wiki"
#endif

#endif
