/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to try when nothing was found, or nothing may be read. */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include "parsers/source.h"

/* On standard error; `name` is the source as the user named it. */
void advise_nothing_found(
	const char *name, const struct source_facts *facts, bool kmsg);
/* The kernel log could not be opened; a complaint, so the status is 2. */
void advise_forbidden(int error);

#endif
