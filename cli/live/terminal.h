/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: its size, its keys, its lines, and its state before us. */
#ifndef CLI_LIVE_TERMINAL_H
#define CLI_LIVE_TERMINAL_H

#include "cli/live/row.h"
#include "cli/live/theme.h"

#include <stdio.h>

/* Keys that are no character. */
enum key_code {
	NO_KEY = -1,
	CTRL_C = 3,
	TAB = 9,
	ENTER = 10,
	CTRL_L = 12,
	CTRL_Z = 26,
	ESCAPE = 27,
	KEYS_BEYOND = 0x110000,
	K_UP = KEYS_BEYOND,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_HOME,
	K_END,
	K_F1,
	K_BACKSPACE,
	K_RESIZE,
	K_OTHER
};

/* Whether TERM is known, and its terminal can move its cursor. Returns NULL, or what is
 * missing, for a message. */
const char *terminal_lacks(void);
/* Take the terminal over. Every way out gives it back: terminal_close(), die(), a signal
 * that ends the program. False when it cannot be. */
bool terminal_open(enum theme theme);
/* A terminal that nobody sees, of so many rows and columns: for tests. */
bool terminal_open_nowhere(enum theme theme, int rows, int columns);
void terminal_close(void);

void terminal_size(int *rows, int *columns);
/* What the window has become; false when it is as it was. */
bool terminal_measure(void);
void terminal_resize(int rows, int columns);
/* A line of the screen; `selected`: under the cursor. */
void terminal_line(int y, const struct row *row, bool selected);
/* Show what was drawn; `all`: every cell, whatever the terminal has now. */
void terminal_show(bool all);
/* The next key, or NO_KEY. */
int terminal_key(void);
/* Stop, as the shell's job control has it, and come back. */
void terminal_suspend(void);

/* For tests: the screen as text, or the look of each cell as a letter. */
void terminal_dump(FILE *to, bool looks);

#endif
