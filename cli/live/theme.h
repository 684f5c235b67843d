/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles and how they look. */
#ifndef CLI_LIVE_THEME_H
#define CLI_LIVE_THEME_H

#include "base/slice.h"

enum theme { THEME_DARK, THEME_LIGHT, THEME_NONE };

/* The theme of that name; false when there is none. */
bool theme_named(const char *name, enum theme *theme);
/* Set the colours up; on a terminal that has none the theme is `none`. */
void theme_begin(enum theme theme);
/* The attributes (of curses) for a role, an enum role. */
unsigned long theme_look(int role);
/* A letter for the look of a cell, for tests: that of the role that looks so. */
char theme_letter(unsigned long look);

#endif
