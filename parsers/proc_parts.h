/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the readers of the machine at hand: what stays open and what is kept. */
#ifndef PARSERS_PROC_PARTS_H
#define PARSERS_PROC_PARTS_H

#include "parsers/proc.h"

#include <sys/types.h>

/* Files that are read at every refresh and stay open. */
enum kept_file {
	KEPT_ZONEINFO,
	KEPT_BUDDYINFO,
	KEPT_PAGETYPEINFO,
	KEPT_MEMINFO,
	KEPT_PRESSURE,
	KEPT_OVERCOMMIT_MEMORY,
	KEPT_OVERCOMMIT_RATIO,
	KEPT_OVERCOMMIT_KBYTES,
	KEPT_MIN_FREE_KBYTES,
	KEPT_WATERMARK_SCALE_FACTOR,
	KEPT_SWAPPINESS,
	KEPT_PANIC_ON_OOM,
	KEPT_OOM_KILL_ALLOCATING_TASK,
	KEPT_OOM_DUMP_TASKS,
	KEPT_FILES
};

/* Not opened yet. */
#define CLOSED (-1)

/* What is known of a process besides its row. */
struct process {
	int64_t pid;
	uint64_t inode; /* of /proc/PID: another one is another process */
	int statm;      /* descriptor, or CLOSED */
	bool kernel_thread, has_memory;
	bool unread;       /* its files may not be read, or it ended */
	size_t generation; /* of the cgroups, when its own was looked up */
	char comm[64];
	struct task row;
	struct task_place place;
};

enum { MOST_STATS = 64 };

/* A cgroup's descriptors (CLOSED: opened when needed); the array runs beside
 * state.cgroups. */
struct cgroup_files {
	int usage;
	bool gone;
	char *path;
};

/* A process directory, as listed. */
struct listed {
	int64_t pid;
	uint64_t inode;
};

struct machine {
	struct machine_state state;
	char *proc, *cgroup, *sys, *release;
	bool recorded;

	int proc_fd, proc_error;
	int kept[KEPT_FILES];
	int kept_error[KEPT_FILES];
	char *buffer; /* of the file that was read last */
	size_t room;

	size_t keeps,
		may_keep; /* descriptors of processes and cgroups: open, at most */
	size_t cpus_in_zone;
	int64_t free_bytes;                  /* MemFree */
	int64_t types_usec, types_cost_usec; /* pagetypeinfo: when, how long */
	struct zone *typed;                  /* the zones of that time */
	size_t typed_count, typed_room;
	char zone_names[64];

	struct process *processes, *others; /* by pid; two arrays that change places */
	size_t process_count, process_room, other_room;
	struct listed *listed;
	size_t listed_count, listed_room;
	bool hides_processes;
	char *entries; /* of the directory that is being listed */

	int cgroup_fd, cgroup_error;
	bool cgroup_sought;
	bool cgroup_paths_lost; /* the tree begins above our cgroup namespace */
	char *cgroup_above;     /* what stands before the paths that processes have */
	struct cgroup_files *cgroup_files;
	size_t cgroup_room;
	size_t generation; /* grows when cgroups came or went */
};

/* Read the whole of an open file from its start into machine->buffer. Returns what was
 * read, valid until the next read; NULL `p` with errno on failure. */
struct slice read_whole(struct machine *machine, int fd);
/* The same of a file that the kernel gives in one read: a line, a number. */
struct slice read_small(struct machine *machine, int fd);
/* The same of a file below an open directory, which is closed again. */
struct slice read_below(struct machine *machine, int directory, const char *name);
/* The same of a kept file, opened at first use. */
struct slice read_kept(struct machine *machine, enum kept_file file);
/* A file's only number; UNKNOWN on failure, UNLIMITED for "max". */
int64_t read_number(struct machine *machine, int directory, const char *name);

/* Remember what could not be read; equal ones are counted. */
void cannot_see(struct machine *machine, const char *what, const char *place, int error,
	const char *why);

int64_t monotonic_usec(void);

/* The next entry of an open directory: its name, inode and whether it is a directory.
 * `at` and `n` begin as 0; false at the end. Uses machine->entries. */
struct listing {
	size_t at, n;
	const char *name;
	uint64_t inode;
	bool directory;
};
bool next_entry(struct machine *machine, int directory, struct listing *listing);

/* proc_memory.c, proc_cgroups.c, proc_tasks.c: one part of a refresh each. */
void refresh_memory(struct machine *machine);
void refresh_settings(struct machine *machine);
void refresh_cgroups(struct machine *machine);
void refresh_tasks(struct machine *machine);
void close_cgroups(struct machine *machine);
void close_tasks(struct machine *machine);

/* The cgroup of that path, or SIZE_MAX. */
size_t cgroup_by_path(const struct machine *machine, struct slice path);

#endif
