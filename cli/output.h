/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the words go: how wide, in colour or not, and what the links begin with. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/format.h"
#include "cli/options.h"

/* Let standard output be the end of this file, made where there is none. Returns false
 * after a message where that cannot be. */
bool output_open(const char *name);

/* Set up `out`, all zero before, by the options, the environment and the terminal.
 * output_end() gives back what it owns. */
void output_begin(struct output *out, const struct options *options);
void output_end(struct output *out);

#endif
