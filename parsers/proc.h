/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the machine at hand, again and again at little cost: /proc and the cgroups. */
#ifndef PARSERS_PROC_H
#define PARSERS_PROC_H

#include "parsers/machine.h"

/* Where the trees are; NULL fields are found by themselves. Recorded trees (a
 * sosreport's, the lab's) are read the same way. */
struct proc_roots {
	const char *proc;   /* "/proc" */
	const char *cgroup; /* top of the memory cgroups; NULL: by PROC/self/mounts */
	const char *sys;    /* "/sys" */
	const char
		*release; /* the kernel's, where PROC/sys/kernel/osrelease is absent */
	bool recorded;    /* nothing changes: page size by the numbers */
};

struct machine;

/* Open the trees. Never NULL; what cannot be opened is told by `unseen` after the
 * first refresh. `roots` may be NULL; its strings are copied. */
struct machine *machine_open(const struct proc_roots *roots);
void machine_close(struct machine *machine);

/* Read everything anew: memory, settings and pressure whole; of processes and cgroups
 * what changes fast whole, the rest in turn. Allocates nothing once the machine has no
 * more processes and cgroups than before. */
void machine_refresh(struct machine *machine);

/* What was read last; the same pointer every time. */
const struct machine_state *machine_state(const struct machine *machine);

#endif
