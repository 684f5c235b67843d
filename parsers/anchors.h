/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The literals by which a report is found in a sea of other lines. */
#ifndef PARSERS_ANCHORS_H
#define PARSERS_ANCHORS_H

#include "base/slice.h"

extern const char *const anchors[];
extern const size_t anchor_count;

/* The offset of the first anchor in `block`, or SLICE_NONE. An anchor that the end
 * of the block cuts is not found: let blocks overlap by anchor_longest(). */
size_t anchor_find(struct slice block);
size_t anchor_longest(void);

#endif
