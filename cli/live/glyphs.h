/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lines, marks and bars are drawn with, as the terminal's character set allows. */
#ifndef CLI_LIVE_GLYPHS_H
#define CLI_LIVE_GLYPHS_H

#include <stdbool.h>

/* Each is one column wide. */
struct glyphs {
	const char *rule;   /* of a horizontal line */
	const char *marker; /* before the selected row */
	const char *evidence;
	const char *victim;
	const char *full, *empty; /* of a bar */
	const char *mark;         /* a watermark within a bar */
};

/* ACS characters are not used: they come out as letters in dumps of a screen. */
const struct glyphs *glyphs_for(bool utf8);

#endif
