/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeps the live view usable on a machine that has no memory left. */
#ifndef CLI_LIVE_STEADY_H
#define CLI_LIVE_STEADY_H

#include <stdbool.h>

/* Grow the heap once, so that the small allocations of later need none from the kernel;
 * make the OOM killer pass us over (oom_score_adj -500, where we may); lock what we have
 * in memory where `lock` asks for it. Returns NULL, or why the memory is not locked. */
const char *steady_begin(bool lock);

#endif
