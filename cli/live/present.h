/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine at hand, read again and again for the two screens that show it. */
#ifndef CLI_LIVE_PRESENT_H
#define CLI_LIVE_PRESENT_H

#include "explain/now.h"
#include "parsers/proc.h"

enum { MOST_TRIES = 16 };

/* Starts as all zero; nothing is opened before the first refresh. */
struct present {
	struct machine *machine;
	struct now *now;
	const struct now_answer *answer;
	const char *root;      /* a recorded tree in place of this machine's (tests) */
	int64_t read_msec;     /* CLOCK_MONOTONIC of the last refresh */
	int64_t cpu_usec;      /* what we had used of the CPU then */
	int64_t interval_msec; /* until the next one */
	/* Adjustments that are tried, without being set: by pid. */
	struct what_if tries[MOST_TRIES];
	char pids[MOST_TRIES][24];
	size_t try_count;
};

/* Read and judge the machine anew. */
void present_refresh(struct present *present);
/* Milliseconds until that is due; 0: now. At least a second, and so many more that it
 * takes a hundredth of one CPU at the most; longer still under memory pressure. */
int present_due(const struct present *present);
/* Try another oom_score_adj for a process, by so much more or less. */
void present_try(struct present *present, const struct task *task, int64_t by);
/* What is tried for the process, or UNKNOWN. */
int64_t present_tried(const struct present *present, const struct task *task);
void present_close(struct present *present);

#endif
