/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes now, as the kernel's task table would list them.
 *
 * At each refresh of every process: statm. In turn, an eighth at a time, and of every
 * new one: status, oom_score_adj, oom_score, cgroup. */
#include "parsers/proc_parts.h"

#include "base/complain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TURNS = 8 };

static int by_pid(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void list_processes(struct machine *m)
{
	struct listing l = { 0 };
	bool sorted = true;

	m->listed_count = 0;
	while (m->proc_fd != CLOSED && next_entry(m, m->proc_fd, &l)) {
		struct slice name = slice_of(l.name);
		int64_t pid;

		if (!l.directory || !slice_take_int(&name, &pid) || name.n > 0 ||
			pid <= 0)
			continue;
		if (m->listed_count == m->listed_room) {
			m->listed_room = m->listed_room ? m->listed_room * 2 : 256;
			m->listed = must_realloc(
				m->listed, m->listed_room * sizeof(*m->listed));
		}
		if (m->listed_count > 0 && m->listed[m->listed_count - 1].pid > pid)
			sorted = false;
		m->listed[m->listed_count++] = (struct listed){ pid, l.inode };
	}
	if (!sorted)
		qsort(m->listed, m->listed_count, sizeof(*m->listed), by_pid);
}

/* "Name:" stands with newlines and backslashes escaped. */
static void take_name(struct process *p, struct slice escaped)
{
	size_t n = 0;

	for (size_t i = 0; i < escaped.n && n < sizeof(p->comm); i++) {
		char c = escaped.p[i];

		if (c == '\\' && i + 1 < escaped.n) {
			c = escaped.p[++i];
			if (c == 'n')
				c = '\n';
		}
		p->comm[n++] = c;
	}
	p->row.comm.n = n;
}

static int64_t kb_to_pages(const struct machine *m, struct slice text)
{
	int64_t kb;

	slice_take_blanks(&text);
	if (!slice_take_int(&text, &kb))
		return UNKNOWN;
	return quantity_mul(kb, 1024) / m->state.page_bytes;
}

static int64_t number_in(struct slice text)
{
	int64_t n;

	slice_take_blanks(&text);
	return slice_take_int(&text, &n) ? n : UNKNOWN;
}

static void take_status_line(
	struct machine *m, struct process *p, struct slice key, struct slice value)
{
	struct task *t = &p->row;

	if (slice_is(key, "Name")) {
		slice_take(&value, "\t");
		take_name(p, value);
	} else if (slice_is(key, "Tgid")) {
		t->tgid = number_in(value);
	} else if (slice_is(key, "PPid")) {
		p->kernel_thread = m->state.pid_namespace_initial == 1 &&
				   (p->pid == 2 || number_in(value) == 2);
	} else if (slice_is(key, "Uid")) {
		t->uid = number_in(value);
	} else if (slice_is(key, "RssAnon")) {
		t->rss_anon_pages = kb_to_pages(m, value);
	} else if (slice_is(key, "RssFile")) {
		t->rss_file_pages = kb_to_pages(m, value);
	} else if (slice_is(key, "RssShmem")) {
		t->rss_shmem_pages = kb_to_pages(m, value);
	} else if (slice_is(key, "VmSwap")) {
		t->swapents_pages = kb_to_pages(m, value);
	} else if (slice_is(key, "VmPTE")) {
		t->pagetable_bytes = quantity_mul(number_in(value), 1024);
	} else if (slice_is(key, "Mems_allowed_list")) {
		value = slice_first(
			slice_trim(value), sizeof(p->place.mems_allowed) - 1);
		memcpy(p->place.mems_allowed, value.p, value.n);
		p->place.mems_allowed[value.n] = '\0';
	}
}

/* Whatever failed: a process that ended meanwhile is no loss. */
static void note_unread(struct machine *m, struct process *p, int error)
{
	p->unread = true;
	if (error != ENOENT && error != ESRCH)
		cannot_see(m, "processes of others", "/proc/PID", error, NULL);
}

static void forget_row(struct process *p)
{
	p->row = (struct task){ .comm = { p->comm, p->row.comm.n },
		.pid = p->pid,
		.tgid = p->pid,
		.uid = UNKNOWN,
		.total_vm_pages = UNKNOWN,
		.rss_pages = UNKNOWN,
		.rss_anon_pages = UNKNOWN,
		.rss_file_pages = UNKNOWN,
		.rss_shmem_pages = UNKNOWN,
		.swapents_pages = UNKNOWN,
		.pagetable_bytes = UNKNOWN,
		.pagetable_pages = UNKNOWN,
		.oom_adj = UNKNOWN,
		.oom_score_adj = UNKNOWN };
	p->place.oom_score = UNKNOWN;
	p->place.mems_allowed[0] = '\0';
}

/* "total resident shared ...": shared is file and shmem together. */
static void take_statm(struct process *p, struct slice text, bool whole)
{
	struct task *t = &p->row;
	int64_t n[3] = { 0, 0, 0 };

	for (int i = 0; i < 3; i++) {
		slice_take_blanks(&text);
		if (!slice_take_int(&text, &n[i]))
			return;
	}
	p->has_memory = n[0] > 0;
	t->total_vm_pages = n[0];
	t->rss_pages = n[1];
	if (whole || !p->has_memory || !known(t->rss_shmem_pages))
		return;
	t->rss_anon_pages = n[1] > n[2] ? quantity_sub(n[1], n[2]) : 0;
	t->rss_file_pages =
		n[2] > t->rss_shmem_pages ? quantity_sub(n[2], t->rss_shmem_pages) : 0;
}

/* The line of the memory controller, or v2's "0::/path". */
static void take_cgroup(struct machine *m, struct process *p, struct slice text)
{
	struct slice line, path = SLICE("");

	while (slice_cut(&text, '\n', &line)) {
		struct slice id, controllers, one;

		if (!slice_cut(&line, ':', &id) || !slice_cut(&line, ':', &controllers))
			continue;
		if (m->state.cgroup_version == 2 && slice_is(id, "0"))
			path = line;
		while (m->state.cgroup_version == 1 &&
			slice_cut(&controllers, ',', &one))
			if (slice_is(one, "memory"))
				path = line;
	}
	if (m->cgroup_above)
		slice_take(&path, m->cgroup_above);
	p->place.cgroup = m->cgroup_paths_lost
				  ? SIZE_MAX
				  : cgroup_by_path(m, path.n ? path : SLICE("/"));
	p->generation = m->generation;
}

static void read_cgroup(struct machine *m, struct process *p, int directory)
{
	struct slice text = read_below(m, directory, "cgroup");

	if (text.p)
		take_cgroup(m, p, text);
	else
		p->place.cgroup = SIZE_MAX;
}

static int open_process(const struct machine *m, int64_t pid)
{
	char name[32];

	snprintf(name, sizeof(name), "%lld", (long long)pid);
	return openat(m->proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void read_process(struct machine *m, struct process *p)
{
	int directory = open_process(m, p->pid);
	struct slice text, line, key;

	p->unread = false;
	if (directory < 0) {
		note_unread(m, p, errno);
		return;
	}
	forget_row(p);
	text = read_below(m, directory, "status");
	if (!text.p) {
		note_unread(m, p, errno);
		close(directory);
		return;
	}
	while (slice_cut(&text, '\n', &line))
		if (slice_cut(&line, ':', &key))
			take_status_line(m, p, key, line);
	text = read_below(m, directory, "statm");
	if (text.p)
		take_statm(p, text, true);
	if (p->has_memory) {
		p->row.oom_score_adj = read_number(m, directory, "oom_score_adj");
		p->place.oom_score = read_number(m, directory, "oom_score");
		read_cgroup(m, p, directory);
	}
	close(directory);
}

static void read_statm(struct machine *m, struct process *p)
{
	struct slice text = { NULL, 0 };
	int directory, fd = p->statm;
	char name[48];

	if (fd == CLOSED) {
		snprintf(name, sizeof(name), "%lld/statm", (long long)p->pid);
		fd = openat(m->proc_fd, name, O_RDONLY | O_CLOEXEC);
	}
	if (fd != CLOSED)
		text = read_small(m, fd);
	if (fd != CLOSED && p->statm == CLOSED && text.p && m->keeps < m->may_keep) {
		p->statm = fd;
		m->keeps++;
	} else if (fd != CLOSED && p->statm == CLOSED) {
		int error = errno;

		close(fd);
		errno = error;
	}
	if (text.p)
		take_statm(p, text, false);
	else
		note_unread(m, p, errno);
	if (p->generation == m->generation)
		return;
	directory = open_process(m, p->pid);
	if (directory < 0)
		return;
	read_cgroup(m, p, directory);
	close(directory);
}

static void close_statm(struct machine *m, struct process *p)
{
	if (p->statm == CLOSED)
		return;
	close(p->statm);
	p->statm = CLOSED;
	m->keeps--;
}

/* Old processes keep what is known of them; new ones are read whole. */
static void merge(struct machine *m)
{
	size_t old = 0;
	struct process *was = m->processes;

	if (m->other_room < m->listed_count) {
		m->other_room = m->listed_room;
		m->others = must_realloc(m->others, m->other_room * sizeof(*m->others));
	}
	for (size_t i = 0; i < m->listed_count; i++) {
		const struct listed *l = &m->listed[i];
		struct process *p = &m->others[i];
		bool whole = true;

		while (old < m->process_count && was[old].pid < l->pid)
			close_statm(m, &was[old++]);
		if (old < m->process_count && was[old].pid == l->pid &&
			was[old].inode == l->inode && !was[old].unread) {
			*p = was[old++];
			whole = (i + (size_t)m->state.refreshes) % TURNS == 0;
		} else {
			*p = (struct process){
				.pid = l->pid, .inode = l->inode, .statm = CLOSED
			};
			p->place.cgroup = SIZE_MAX;
		}
		if (whole)
			read_process(m, p);
		else if (p->has_memory)
			read_statm(m, p);
	}
	while (old < m->process_count)
		close_statm(m, &was[old++]);
	m->processes = m->others;
	m->others = was;
	m->process_count = m->listed_count;
	old = m->process_room;
	m->process_room = m->other_room;
	m->other_room = old;
}

static void add_row(struct machine *m, const struct process *p)
{
	struct task_table *t = &m->state.tasks;

	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 256;
		t->rows = must_realloc(t->rows, t->room * sizeof(*t->rows));
		m->state.places = must_realloc(
			m->state.places, t->room * sizeof(*m->state.places));
	}
	t->rows[t->count] = p->row;
	t->rows[t->count].comm.p = p->comm;
	m->state.places[t->count] = p->place;
	t->count++;
}

static void count_in_cgroups(struct machine *m)
{
	struct machine_state *s = &m->state;

	for (size_t i = 0; i < s->cgroup_count; i++)
		s->cgroups[i].tasks = 0;
	for (size_t i = 0; i < s->tasks.count; i++)
		for (size_t c = s->places[i].cgroup; c < s->cgroup_count;
			c = s->cgroups[c].parent)
			s->cgroups[c].tasks++;
}

/* A /proc that hides others' processes says so in its options. */
static void note_hidden(struct machine *m)
{
	struct slice text, line;

	if (m->recorded || m->state.refreshes > 0)
		return;
	text = read_below(m, m->proc_fd, "self/mounts");
	while (text.p && slice_cut(&text, '\n', &line))
		if (slice_has(line, " /proc proc ") && slice_has(line, "hidepid=") &&
			!slice_has(line, "hidepid=0") &&
			!slice_has(line, "hidepid=off"))
			m->hides_processes = geteuid() != 0;
}

void refresh_tasks(struct machine *m)
{
	struct machine_state *s = &m->state;
	struct task_table *t = &s->tasks;

	note_hidden(m);
	if (m->hides_processes)
		cannot_see(m, "processes of others", "/proc", 0,
			"it is mounted with hidepid");
	if (s->pid_namespace_initial == 0)
		cannot_see(m, "processes outside this container", "/proc", 0,
			"this is a process namespace of its own");
	list_processes(m);
	merge(m);
	t->count = 0;
	t->has_swapents = t->has_pagetables = true;
	t->has_oom_score_adj = t->has_rss_split = true;
	s->kernel_threads = 0;
	for (size_t i = 0; i < m->process_count; i++) {
		const struct process *p = &m->processes[i];

		s->kernel_threads += p->kernel_thread;
		/* The machine's first process is never killed; a container's is. */
		if (p->unread || !p->has_memory ||
			(p->pid == 1 && s->pid_namespace_initial != 0))
			continue;
		add_row(m, p);
	}
	if (m->recorded && m->process_count == 0 && m->proc_fd != CLOSED)
		cannot_see(m, "the processes", "/proc/PID", ENOENT, NULL);
	count_in_cgroups(m);
}

void close_tasks(struct machine *m)
{
	for (size_t i = 0; i < m->process_count; i++)
		close_statm(m, &m->processes[i]);
	free(m->processes);
	free(m->others);
	free(m->listed);
	free(m->state.tasks.rows);
	free(m->state.places);
}
