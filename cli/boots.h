/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots told apart, as far as the input does, and the one that --boot means. */
#ifndef CLI_BOOTS_H
#define CLI_BOOTS_H

#include "parsers/event.h"

/* What --boot says. All zero: every boot. */
struct boot_choice {
	bool asked, counted; /* counted: `index` is meant, not `id` */
	int64_t index;       /* 1 is the first, 0 the last, -1 the one before */
	const char *id;
};
/* Read an index or (the beginning of) an id; false when it is neither. */
bool boot_choice_read(struct boot_choice *choice, const char *words);

struct boots;
struct boots *boots_new(const struct boot_choice *choice);
void boots_free(struct boots *boots);

/* Take the next event. Returns whether it is of the boot that is meant; an event that
 * may be is kept (`*held`, it belongs to `boots` then) until boots_end(). */
bool boots_take(struct boots *boots, struct oom_event *event, bool *held);

/* The end of input: hand on those held that are of the boot that is meant, in their
 * order; what is handed on belongs to `take`. */
void boots_end(struct boots *boots,
	void (*take)(struct oom_event *event, void *context), void *context);

#endif
