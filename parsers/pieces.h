/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that the kernel prints with several calls of printk.
 *
 * Up to 4.8 none of them had KERN_CONT, and in any kernel another CPU's line can come
 * between: then each piece is a record of its own (mm/page_alloc.c, lib/show_mem.c,
 * mm/memcontrol.c, kernel/cgroup/cpuset.c, mm/oom_kill.c). */
#ifndef PARSERS_PIECES_H
#define PARSERS_PIECES_H

#include "base/slice.h"

/* Whether the text is the beginning of such a line and surely lacks the rest. */
bool piece_lacks_more(struct slice text);
/* Whether more of the line may follow, though it is a line as it stands. */
bool piece_may_go_on(struct slice text);
/* Whether `text` is the next piece of the line that begins with `open`. */
bool piece_continues(struct slice open, struct slice text);

#endif
