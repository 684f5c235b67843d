/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two tables of glyphs: ASCII, and UTF-8 where the locale has it. */
#include "cli/live/glyphs.h"

static const struct glyphs ascii = { "-", ">", "*", "*", "#", ".", "|" };
static const struct glyphs unicode = { "\u2500", "\u25b8", "\u2022", "\u2717", "\u2588",
	"\u00b7", "\u2502" };

const struct glyphs *glyphs_for(bool utf8)
{
	return utf8 ? &unicode : &ascii;
}
