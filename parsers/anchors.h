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

/* The ways in which it is found; the first that this processor can go is taken. All find
 * the same, which a test shows. */
struct anchor_way {
	const char *name;
	bool (*usable)(void);
	size_t (*next)(struct slice block, size_t at, uint64_t *places);
};
extern const struct anchor_way anchor_ways[];
extern const size_t anchor_way_count;
size_t anchor_find_by(const struct anchor_way *way, struct slice block);

#endif
