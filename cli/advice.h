/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to try when nothing was found, or nothing may be read. */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include "parsers/magic.h"
#include "parsers/source.h"

/* On standard error; `name` is the source as the user named it. */
void advise_nothing_found(
	const char *name, const struct source_facts *facts, bool kmsg);
/* The same for a directory or an archive, of which so many files were read. */
void advise_nothing_in_files(
	const char *name, size_t files, const struct source_facts *facts);
/* A log whose lines stand in reverse, so that its reports cannot be put together. */
void advise_newest_first(const char *shown);
/* A memory image: the one command that takes its log out. A complaint. `file` is its
 * path, or NULL where it has none; `shown` what the message calls it. */
void advise_vmcore(const char *file, const char *shown, enum magic_kind kind);
/* The kernel log could not be opened; a complaint, so the status is 2. */
void advise_forbidden(int error);

#endif
