/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many files read side by side, their events and messages in the order of the files. */
#ifndef CLI_CREW_H
#define CLI_CREW_H

#include "cli/pipeline.h"
#include "cli/reading.h"

struct crew;

/* What one worker does: read the files of a job, one after the other, because they are
 * one rotated log. `in` is the worker's own. */
struct job_file {
	char *path, *next; /* next: what may go on where it ends, or NULL */
	bool continues, continued;
	void (*read)(struct inputs *in, const struct job_file *file);
};

/* At most `workers` files are read at a time; threads start when they are needed. `in`
 * is whose events and facts these are: events go to in->take in the caller's thread, some
 * of them told ahead, as `pipeline` does it. */
struct crew *crew_new(
	struct inputs *in, size_t workers, const struct pipeline *pipeline);
/* Wait for all jobs, hand on what they found, end the threads, free. */
void crew_free(struct crew *crew);

/* Read a file some time soon; takes a copy of `file`. Events of files before it may be
 * handed on meanwhile. */
void crew_read(struct crew *crew, const struct job_file *file);
/* Wait until everything is read and handed on. */
void crew_drain(struct crew *crew);

/* How many workers are worth it for what the options name: 1 where little is to be read
 * or there is one processor. */
size_t crew_size(const struct options *options);

#endif
