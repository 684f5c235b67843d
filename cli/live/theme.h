/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles and how they look. */
#ifndef CLI_LIVE_THEME_H
#define CLI_LIVE_THEME_H

#include "base/slice.h"

enum theme { THEME_DARK, THEME_LIGHT, THEME_NONE };

/* The theme of that name; false when there is none. */
bool theme_named(const char *name, enum theme *theme);
/* Set the looks up. `make_pair` makes a pair of curses: that colour on the terminal's own
 * background; it is not called for the theme `none`. */
void theme_begin(enum theme theme, void (*make_pair)(short number, short colour));
/* The attributes (of curses) for a role, an enum role. */
unsigned long theme_look(int role);
/* A letter for the look of a cell, for tests: that of the role that looks so. */
char theme_letter(unsigned long look);

#endif
