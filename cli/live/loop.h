/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop that waits for the source, the keys and signals, and draws. */
#ifndef CLI_LIVE_LOOP_H
#define CLI_LIVE_LOOP_H

#include "cli/live/follow.h"
#include "cli/live/view.h"

/* Until the user quits, or a signal ends us. `machine_log`: the source is this machine's
 * own log. Returns 0, or the number of that signal. */
int loop_run(struct live *live, struct follow *follow, bool machine_log);
/* On a terminal that cannot move its cursor: each event as text, when it is complete. */
int loop_lines(struct follow *follow);

/* script.c: keys and commands from a file in place of a terminal. Returns the exit
 * status. Only in builds for tests. */
int script_run(struct live *live, struct follow *follow, const char *file);

#endif
