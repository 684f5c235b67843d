/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of roles and themes. What a colour says stands in words or marks as well. Of
 * curses it has the constants only. */
#include "cli/live/theme.h"

#include "cli/live/row.h"

#include <curses.h>
#include <string.h>

struct look {
	short colour; /* -1: the terminal's own */
	attr_t attributes;
};

/* The first eight colours only, so that every terminal with colours has them. */
static const struct look looks[][ROLES] = {
	[THEME_DARK] = {
		[ROLE_TEXT] = { -1, A_NORMAL },
		[ROLE_DIM] = { COLOR_CYAN, A_NORMAL },
		[ROLE_TITLE] = { -1, A_BOLD },
		[ROLE_SELECT] = { -1, A_REVERSE },
		[ROLE_CERTAIN] = { COLOR_GREEN, A_NORMAL },
		[ROLE_LIKELY] = { COLOR_YELLOW, A_NORMAL },
		[ROLE_UNKNOWN] = { COLOR_MAGENTA, A_NORMAL },
		[ROLE_EVIDENCE] = { COLOR_CYAN, A_BOLD },
		[ROLE_BAR] = { COLOR_GREEN, A_BOLD },
	},
	[THEME_LIGHT] = {
		[ROLE_TEXT] = { -1, A_NORMAL },
		[ROLE_DIM] = { COLOR_BLUE, A_NORMAL },
		[ROLE_TITLE] = { -1, A_BOLD },
		[ROLE_SELECT] = { -1, A_REVERSE },
		[ROLE_CERTAIN] = { COLOR_GREEN, A_BOLD },
		[ROLE_LIKELY] = { COLOR_RED, A_NORMAL },
		[ROLE_UNKNOWN] = { COLOR_MAGENTA, A_NORMAL },
		[ROLE_EVIDENCE] = { COLOR_BLUE, A_BOLD },
		[ROLE_BAR] = { COLOR_BLUE, A_REVERSE },
	},
	[THEME_NONE] = {
		[ROLE_TEXT] = { -1, A_NORMAL },
		[ROLE_DIM] = { -1, A_NORMAL },
		[ROLE_TITLE] = { -1, A_BOLD },
		[ROLE_SELECT] = { -1, A_REVERSE },
		[ROLE_CERTAIN] = { -1, A_BOLD },
		[ROLE_LIKELY] = { -1, A_UNDERLINE },
		[ROLE_UNKNOWN] = { -1, A_BOLD | A_UNDERLINE },
		[ROLE_EVIDENCE] = { -1, A_UNDERLINE },
		[ROLE_BAR] = { -1, A_REVERSE },
	},
};

static const char *const names[] = { "dark", "light", "none" };
static const char letters[ROLES] = { '.', 'd', 'T', 'S', 'c', 'l', 'u', 'e', 'b' };
static attr_t chosen[ROLES];

bool theme_named(const char *name, enum theme *theme)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*theme = (enum theme)i;
			return true;
		}
	}
	return false;
}

void theme_begin(enum theme theme, void (*make_pair)(short number, short colour))
{
	for (int i = 0; i < ROLES; i++) {
		chosen[i] = looks[theme][i].attributes;
		if (theme == THEME_NONE || looks[theme][i].colour < 0)
			continue;
		make_pair((short)(i + 1), looks[theme][i].colour);
		chosen[i] |= (attr_t)COLOR_PAIR(i + 1);
	}
}

unsigned long theme_look(int role)
{
	return chosen[role];
}

char theme_letter(unsigned long look)
{
	unsigned long seen = look & (A_COLOR | A_REVERSE | A_BOLD | A_UNDERLINE);

	for (int i = 0; i < ROLES; i++)
		if (seen == chosen[i])
			return letters[i];
	return seen & A_REVERSE ? 'S' : '?';
}
