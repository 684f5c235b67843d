/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs that grow, are rotated, come and go: --follow. */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "cli/options.h"
#include "parsers/assemble.h"

/* Read what the options name, or standard input, or on a terminal this machine's kernel
 * log, and go on until SIGINT or SIGTERM, or until all of them have ended, which only
 * pipes do. Each event goes to `take` as soon as it is complete. */
void follow(const struct options *options, take_event *take, void *context);

#endif
