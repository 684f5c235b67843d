/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine at hand: descriptors that stay open, one buffer, and the order of a
 * refresh. */
#include "parsers/proc_parts.h"

#include "base/complain.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_ROOM = 64 * 1024, MOST_ROOM = 64 * 1024 * 1024 };

static const char *const kept_names[KEPT_FILES] = { "zoneinfo", "buddyinfo",
	"pagetypeinfo", "meminfo", "pressure/memory", "sys/vm/overcommit_memory",
	"sys/vm/overcommit_ratio", "sys/vm/overcommit_kbytes", "sys/vm/min_free_kbytes",
	"sys/vm/watermark_scale_factor", "sys/vm/swappiness", "sys/vm/panic_on_oom",
	"sys/vm/oom_kill_allocating_task", "sys/vm/oom_dump_tasks" };

int64_t monotonic_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct slice read_whole(struct machine *m, int fd)
{
	size_t n = 0;

	for (;;) {
		ssize_t got;

		if (n == m->room && m->room < MOST_ROOM) {
			m->room *= 2;
			m->buffer = must_realloc(m->buffer, m->room);
		}
		got = pread(fd, m->buffer + n, m->room - n, (off_t)n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return (struct slice){ NULL, 0 };
		if (got == 0)
			return (struct slice){ m->buffer, n };
		n += (size_t)got;
	}
}

struct slice read_small(struct machine *m, int fd)
{
	ssize_t got;

	do
		got = pread(fd, m->buffer, m->room, 0);
	while (got < 0 && errno == EINTR);
	return got < 0 ? (struct slice){ NULL, 0 }
		       : (struct slice){ m->buffer, (size_t)got };
}

struct slice read_below(struct machine *m, int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct slice read;
	int error;

	if (fd < 0)
		return (struct slice){ NULL, 0 };
	read = read_whole(m, fd);
	error = errno;
	close(fd);
	errno = error;
	return read;
}

struct slice read_kept(struct machine *m, enum kept_file file)
{
	struct slice read;

	if (m->kept[file] == CLOSED && m->kept_error[file] == 0) {
		m->kept[file] = openat(
			m->proc_fd, kept_names[file], O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (m->kept[file] == CLOSED)
			m->kept_error[file] = errno;
	}
	if (m->kept[file] == CLOSED) {
		errno = m->kept_error[file];
		return (struct slice){ NULL, 0 };
	}
	read = read_whole(m, m->kept[file]);
	return read;
}

int64_t read_number(struct machine *m, int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct slice text;
	int64_t number;

	if (fd < 0)
		return UNKNOWN;
	text = read_small(m, fd);
	close(fd);
	if (text.p && slice_take_int(&text, &number))
		return number;
	return text.p && slice_starts(text, "max") ? UNLIMITED : UNKNOWN;
}

void cannot_see(struct machine *m, const char *what, const char *place, int error,
	const char *why)
{
	struct machine_state *s = &m->state;

	for (size_t i = 0; i < s->unseen_count; i++) {
		struct unseen *u = &s->unseen[i];

		if (strcmp(u->what, what) == 0 && u->error == error) {
			u->count++;
			return;
		}
	}
	if (s->unseen_count < MOST_UNSEEN)
		s->unseen[s->unseen_count++] =
			(struct unseen){ what, place, error, why, 1 };
}

enum { ENTRIES_ROOM = 32 * 1024 };

/* The kernel's own structure (getdents64(2)). */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

bool next_entry(struct machine *m, int directory, struct listing *l)
{
	const struct entry *e;
	struct stat st;

	if (l->at == l->n) {
		long got;

		if (l->n == 0 && lseek(directory, 0, SEEK_SET) < 0)
			return false;
		got = syscall(SYS_getdents64, directory, m->entries, ENTRIES_ROOM);
		if (got <= 0)
			return false;
		l->n = (size_t)got;
		l->at = 0;
	}
	e = (const struct entry *)(const void *)(m->entries + l->at);
	l->at += e->size;
	l->name = e->name;
	l->inode = e->inode;
	l->directory = e->type == DT_DIR;
	if (e->type == DT_UNKNOWN && fstatat(directory, e->name, &st, 0) == 0)
		l->directory = S_ISDIR(st.st_mode);
	return true;
}

static char *copy_of(const char *string)
{
	char *copy;

	if (!string)
		return NULL;
	copy = strdup(string);
	if (!copy)
		die("out of memory");
	return copy;
}

static int open_directory(const char *path, int *error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*error = fd < 0 ? errno : 0;
	return fd;
}

/* Descriptors for cgroups: what the limit leaves beside our own few. */
static size_t room_for_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < 256)
		return 64;
	return limit.rlim_cur > 4096 ? 4000 : (size_t)limit.rlim_cur - 128;
}

static void read_release(struct machine *m)
{
	struct slice text = read_below(m, m->proc_fd, "sys/kernel/osrelease");

	m->state.kernel.major = m->state.kernel.minor = m->state.kernel.patch = UNKNOWN;
	if (!m->release && text.p) {
		m->release = must_alloc(text.n + 1);
		memcpy(m->release, text.p, text.n);
		m->release[strcspn(m->release, "\n")] = '\0';
	}
	if (m->release &&
		kernel_read(&m->state.kernel, slice_trim(slice_of(m->release))))
		return;
	cannot_see(m, "the kernel's release, by which its formulas are chosen",
		"/proc/sys/kernel/osrelease", errno, NULL);
}

/* The first process namespace has a fixed inode (include/linux/proc_ns.h). */
static int64_t is_initial_pid_namespace(struct machine *m)
{
	char target[64];
	ssize_t n = readlinkat(m->proc_fd, "self/ns/pid", target, sizeof(target) - 1);

	if (m->recorded || n < 0)
		return UNKNOWN;
	target[n] = '\0';
	return strcmp(target, "pid:[4026531836]") == 0;
}

struct machine *machine_open(const struct proc_roots *roots)
{
	static const struct proc_roots usual = { 0 };
	struct machine *m = must_alloc(sizeof(*m));
	struct machine_state *s = &m->state;

	if (!roots)
		roots = &usual;
	m->proc = copy_of(roots->proc ? roots->proc : "/proc");
	m->sys = copy_of(roots->sys ? roots->sys : "/sys");
	m->cgroup = copy_of(roots->cgroup);
	m->release = copy_of(roots->release);
	m->recorded = roots->recorded;
	m->room = FIRST_ROOM;
	m->buffer = must_alloc(m->room);
	m->entries = must_alloc(ENTRIES_ROOM);
	m->may_keep = room_for_descriptors();
	for (int i = 0; i < KEPT_FILES; i++)
		m->kept[i] = CLOSED;
	m->cgroup_fd = CLOSED;
	m->proc_fd = open_directory(m->proc, &m->proc_error);
	s->page_bytes = m->recorded ? UNKNOWN : sysconf(_SC_PAGESIZE);
	s->cgroup_version = UNKNOWN;
	read_release(m);
	s->pid_namespace_initial = is_initial_pid_namespace(m);
	return m;
}

void machine_close(struct machine *m)
{
	if (!m)
		return;
	close_tasks(m);
	close_cgroups(m);
	for (int i = 0; i < KEPT_FILES; i++)
		if (m->kept[i] != CLOSED)
			close(m->kept[i]);
	if (m->proc_fd != CLOSED)
		close(m->proc_fd);
	free(m->entries);
	free(m->typed);
	free(m->cgroup_above);
	free(m->state.memory.zones);
	free(m->state.memory.nodes);
	free(m->state.memory.huge);
	free(m->buffer);
	free(m->proc);
	free(m->sys);
	free(m->cgroup);
	free(m->release);
	free(m);
}

void machine_refresh(struct machine *m)
{
	struct machine_state *s = &m->state;

	s->usec = monotonic_usec();
	s->unseen_count = 0;
	if (m->proc_fd == CLOSED)
		cannot_see(m, "anything of this machine", "/proc", m->proc_error, NULL);
	refresh_memory(m);
	refresh_settings(m);
	refresh_cgroups(m);
	refresh_tasks(m);
	s->refreshes++;
}

const struct machine_state *machine_state(const struct machine *m)
{
	return &m->state;
}
