/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was named, opened and read: files, directories, archives, standard input. */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "cli/pipeline.h"

/* Read everything that the options name, or standard input, or on a terminal this
 * machine's kernel log, and give each event to the pipeline in the order in which they come.
 * What cannot be read is complained about, and the rest is read. */
void inputs_read(const struct options *options, struct pipeline *pipeline);

#endif
