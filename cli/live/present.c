/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking must not cost what it measures: the time between two looks follows from what
 * the last one took. */
#include "cli/live/present.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	EVERY_MSEC = 1000,
	SHARE = 100,      /* one part in so many of a CPU is ours */
	PRESSED = 1000,   /* hundredths of a per cent of the last 10 s: then... */
	PRESSED_TIMES = 5 /* ...so many times rarer */
};

static int64_t clock_usec(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct machine *open_machine(const struct present *p)
{
	struct proc_roots roots = { .recorded = true };
	char proc[4096], cgroup[4096], sys[4096];

	if (!p->root)
		return machine_open(NULL);
	snprintf(proc, sizeof(proc), "%s/proc", p->root);
	snprintf(cgroup, sizeof(cgroup), "%s/sys/fs/cgroup", p->root);
	snprintf(sys, sizeof(sys), "%s/sys", p->root);
	roots.proc = proc;
	roots.cgroup = cgroup;
	roots.sys = sys;
	return machine_open(&roots);
}

/* What the last refresh and its drawing took decides when the next one is due. */
static void set_interval(struct present *p, int64_t used_usec)
{
	int64_t cost = p->cpu_usec ? used_usec - p->cpu_usec : 0;
	int64_t pressure = p->answer->state->pressure.some.avg10;

	p->interval_msec = cost * SHARE / 1000;
	if (p->interval_msec < EVERY_MSEC)
		p->interval_msec = EVERY_MSEC;
	/* The first look opens everything: its cost says nothing of the next. */
	if (p->answer->state->refreshes <= 2)
		p->interval_msec = EVERY_MSEC;
	if (known(pressure) && pressure >= PRESSED)
		p->interval_msec *= PRESSED_TIMES;
}

void present_refresh(struct present *p)
{
	int64_t used = clock_usec(CLOCK_PROCESS_CPUTIME_ID);

	if (!p->machine) {
		p->machine = open_machine(p);
		p->now = now_new();
	}
	machine_refresh(p->machine);
	p->answer = now_judge(p->now, machine_state(p->machine), NULL, 0);
	set_interval(p, used);
	p->cpu_usec = used;
	p->read_msec = clock_usec(CLOCK_MONOTONIC) / 1000;
}

int present_due(const struct present *p)
{
	int64_t left =
		p->read_msec + p->interval_msec - clock_usec(CLOCK_MONOTONIC) / 1000;

	if (!p->answer || left <= 0)
		return 0;
	return left > 600000 ? 600000 : (int)left;
}

static size_t place_of(const struct present *p, const struct task *task)
{
	for (size_t i = 0; i < p->try_count; i++)
		if (strtoll(p->pids[i], NULL, 10) == task->pid)
			return i;
	return p->try_count;
}

int64_t present_tried(const struct present *p, const struct task *task)
{
	size_t at = place_of(p, task);

	return at < p->try_count ? p->tries[at].oom_score_adj : UNKNOWN;
}

void present_try(struct present *p, const struct task *task, int64_t by)
{
	size_t at = place_of(p, task);
	int64_t adj;

	if (at == MOST_TRIES || !known(task->oom_score_adj))
		return;
	adj = quantity_add(
		at < p->try_count ? p->tries[at].oom_score_adj : task->oom_score_adj,
		by);
	adj = adj > 1000 ? 1000 : (adj < -1000 ? -1000 : adj);
	if (at == p->try_count) {
		p->try_count++;
		snprintf(p->pids[at], sizeof(p->pids[at]), "%" PRId64, task->pid);
		p->tries[at].name = slice_of(p->pids[at]);
	}
	p->tries[at].oom_score_adj = adj;
	if (adj != task->oom_score_adj)
		return;
	/* As it is: nothing is tried any more. */
	p->try_count--;
	memmove(p->tries + at, p->tries + at + 1,
		(p->try_count - at) * sizeof(*p->tries));
	memmove(p->pids + at, p->pids + at + 1, (p->try_count - at) * sizeof(*p->pids));
	for (size_t i = at; i < p->try_count; i++)
		p->tries[i].name = slice_of(p->pids[i]);
}

void present_close(struct present *p)
{
	if (!p->machine)
		return;
	now_free(p->now);
	machine_close(p->machine);
	*p = (struct present){ 0 };
}
