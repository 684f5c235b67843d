/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the process gives up before it reads the first byte of a log. */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* Paths that stay open to us. A directory means everything below it. */
struct sandbox_paths {
	const char *const *read;
	size_t read_count;
	bool read_directories;    /* those that the files stand in, too */
	const char *const *write; /* files that may be made and written */
	size_t write_count;
};

/* Give up, for good and for all threads made later: new privileges; starting programs,
 * sockets, tracing, mounting and the like (seccomp); reading outside `paths` and the
 * system's libraries, writing outside `paths` (landlock). What this kernel does not have
 * is left out without a word: sandbox_describe() tells. Call it before any thread. */
void sandbox_enter(const struct sandbox_paths *paths);

/* "+seccomp +landlock", or "-" for what this build or this kernel lacks. The string is
 * static. */
const char *sandbox_describe(void);

#endif
