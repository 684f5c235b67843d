/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine says of itself now: read but not judged.
 *
 * The same memory_state and task_table as of a report, so that the same rules judge
 * both; beside them what a report does not hold: settings, pressure, cgroups. Amounts
 * are bytes unless the name says pages; UNKNOWN is what could not be read, and
 * `unseen` says why. All of it belongs to the reader (parsers/proc.h) and stays as it
 * is until its next refresh. */
#ifndef PARSERS_MACHINE_H
#define PARSERS_MACHINE_H

#include "parsers/event.h"

enum { MOST_UNSEEN = 24, MOST_SAMPLES = 8 };

/* What could not be read, and why. */
struct unseen {
	const char *what;  /* in our words: "which kinds the free blocks are" */
	const char *place; /* the kernel's: "/proc/pagetypeinfo" */
	int error;         /* errno; 0 where `why` says it */
	const char *why;   /* NULL where errno does */
	size_t count;      /* how many files of that kind */
};

/* /proc/sys/vm: what decides over an OOM. UNKNOWN where absent. */
struct vm_settings {
	int64_t overcommit_memory, overcommit_ratio, overcommit_kbytes;
	int64_t min_free_kbytes, watermark_scale_factor, swappiness;
	int64_t panic_on_oom, oom_kill_allocating_task, oom_dump_tasks;
};

/* One line of /proc/pressure/memory: hundredths of a per cent, microseconds. */
struct pressure_line {
	int64_t avg10, avg60, avg300, total_usec;
};

struct pressure {
	struct pressure_line some, full;
};

/* A cgroup's usage at one time (CLOCK_MONOTONIC). */
struct usage_sample {
	int64_t usec, bytes;
};

/* One memory cgroup. A limit that is not set is UNLIMITED. */
struct cgroup {
	struct slice path; /* from the top that we see: "/", "/system.slice" */
	size_t parent;     /* index in the array; SIZE_MAX: the top */
	int64_t usage_bytes, limit_bytes, high_bytes;
	int64_t swap_usage_bytes, swap_limit_bytes;   /* v2 */
	int64_t memsw_usage_bytes, memsw_limit_bytes; /* v1 */
	int64_t kmem_usage_bytes, failcnt;            /* v1 */
	int64_t swappiness;                           /* v1 */
	int64_t oom_kill_disable;                     /* v1: 1, 0 or UNKNOWN */
	int64_t oom_group;                            /* v2: 1, 0 or UNKNOWN */
	int64_t events_max, events_oom, events_oom_kill;
	struct memcg_stat *stats; /* of the subtree, where it was read */
	size_t stat_count;
	struct usage_sample samples[MOST_SAMPLES]; /* oldest first */
	size_t sample_count;
	size_t tasks; /* processes in it or below, as far as seen */
};

/* What a report's task table does not say; the same index as the row. */
struct task_place {
	size_t cgroup;     /* index in the array; SIZE_MAX: not known */
	int64_t oom_score; /* /proc/PID/oom_score, when the rest was read */
	char mems_allowed[32];
};

struct machine_state {
	int64_t usec; /* CLOCK_MONOTONIC of this refresh */
	int64_t refreshes;
	int64_t page_bytes;
	struct kernel kernel;

	struct memory_state memory;
	bool block_types_known; /* /proc/pagetypeinfo could be read */
	int64_t total_bytes, available_bytes, percpu_bytes, vmalloc_bytes;
	int64_t committed_bytes, commit_limit_bytes;
	struct vm_settings vm;
	struct pressure pressure;

	/* Who could be killed or is at least listed by the kernel: no kernel threads,
	 * no process without memory of its own, not the first process. */
	struct task_table tasks;
	struct task_place *places;
	size_t kernel_threads;
	int64_t pid_namespace_initial; /* 1, 0 (we see a part), UNKNOWN */

	struct cgroup *cgroups; /* the top first, a parent before its children */
	size_t cgroup_count;
	int64_t cgroup_version; /* 1, 2 or UNKNOWN */
	bool cgroup_top_limited; /* the top is itself a cgroup: limits above are hidden */

	struct unseen unseen[MOST_UNSEEN];
	size_t unseen_count;
};

#endif
