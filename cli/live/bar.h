/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bars of an amount against marks. */
#ifndef CLI_LIVE_BAR_H
#define CLI_LIVE_BAR_H

#include "base/quantity.h"
#include "cli/live/glyphs.h"
#include "cli/live/row.h"

#include <stddef.h>

/* A bar of so many columns: `amount` of `whole` is filled, each mark stands at its place
 * (an UNKNOWN one does not). Nothing known: all blank. */
void bar_draw(struct row *row, const struct glyphs *glyphs, size_t columns,
	int64_t amount, int64_t whole, const int64_t *marks, size_t mark_count);

#endif
