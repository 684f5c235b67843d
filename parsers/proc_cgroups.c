/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory cgroups, version 1 and 2: found, followed, forgotten.
 *
 * At each refresh of every cgroup: its usage, from a descriptor that stays open. In turn,
 * an eighth at a time, and of every new one: limits, events and statistics, and whether
 * it has children that are not known. Statistics of those near a limit always. */
#include "parsers/proc_parts.h"

#include "base/complain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TURNS = 8, NEAR_PERCENT = 80, SAMPLE_USEC = 900000 };

/* The statistics that the rules know, by either version's name. */
static const char *const stat_keys[] = { "anon", "file", "kernel", "kernel_stack",
	"pagetables", "sec_pagetables", "percpu", "sock", "vmalloc", "shmem", "zswap",
	"zswapped", "file_mapped", "file_dirty", "file_writeback", "swapcached",
	"inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable",
	"slab_reclaimable", "slab_unreclaimable", "slab", "hugetlb", "cache", "rss",
	"rss_huge", "mapped_file", "dirty", "writeback", "swap", "total_cache",
	"total_rss", "total_shmem", "total_mapped_file", "total_dirty",
	"total_writeback", "total_swap", "total_inactive_anon", "total_active_anon",
	"total_inactive_file", "total_active_file", "total_unevictable",
	"hierarchical_memory_limit", "hierarchical_memsw_limit" };

size_t cgroup_by_path(const struct machine *m, struct slice path)
{
	for (size_t i = 0; i < m->state.cgroup_count; i++)
		if (slice_eq(m->state.cgroups[i].path, path))
			return i;
	return SIZE_MAX;
}

/* A limit in bytes: v2 says "max", v1 LONG_MAX rounded down to a page. */
static int64_t read_limit(struct machine *m, int directory, const char *name)
{
	int64_t bytes = read_number(m, directory, name);

	return bytes > INT64_MAX - 65536 ? UNLIMITED : bytes;
}

/* The number behind a key of a flat-keyed file. */
static int64_t number_of(struct slice text, const char *key)
{
	struct slice line;
	int64_t n;

	while (slice_cut(&text, '\n', &line)) {
		if (!slice_take(&line, key) || !slice_take(&line, " "))
			continue;
		if (slice_take_int(&line, &n))
			return n;
	}
	return UNKNOWN;
}

static void read_stats(struct machine *m, size_t i, int directory)
{
	struct cgroup *c = &m->state.cgroups[i];
	struct slice text = read_below(m, directory, "memory.stat"), line, key;
	struct memcg_stat *stats;
	size_t hint = 0, keys = sizeof(stat_keys) / sizeof(*stat_keys);

	_Static_assert(sizeof(stat_keys) / sizeof(*stat_keys) <= MOST_STATS,
		"room for every statistic");
	if (!c->stats)
		c->stats = must_alloc(MOST_STATS * sizeof(*c->stats));
	stats = c->stats;
	c->stat_count = 0;
	while (text.p && slice_cut(&text, '\n', &line)) {
		int64_t value;

		if (!slice_cut(&line, ' ', &key) || !slice_take_int(&line, &value))
			continue;
		/* They come in about our own order. */
		for (size_t k = 0; k < keys; k++) {
			size_t at = (hint + k) % keys;

			if (!slice_is(key, stat_keys[at]))
				continue;
			hint = at + 1;
			if (c->stat_count < MOST_STATS)
				stats[c->stat_count++] =
					(struct memcg_stat){ slice_of(stat_keys[at]),
						value, 0 };
			break;
		}
	}
}

static const char *usage_file(const struct machine *m)
{
	return m->state.cgroup_version == 1 ? "memory.usage_in_bytes"
					    : "memory.current";
}

static void read_limits_1(struct machine *m, struct cgroup *c, int directory)
{
	struct slice text;

	c->limit_bytes = read_limit(m, directory, "memory.limit_in_bytes");
	c->memsw_limit_bytes = read_limit(m, directory, "memory.memsw.limit_in_bytes");
	c->memsw_usage_bytes = read_number(m, directory, "memory.memsw.usage_in_bytes");
	c->kmem_usage_bytes = read_number(m, directory, "memory.kmem.usage_in_bytes");
	c->failcnt = read_number(m, directory, "memory.failcnt");
	c->swappiness = read_number(m, directory, "memory.swappiness");
	text = read_below(m, directory, "memory.oom_control");
	if (!text.p)
		return;
	c->oom_kill_disable = number_of(text, "oom_kill_disable");
	c->events_oom_kill = number_of(text, "oom_kill");
}

static void read_limits_2(struct machine *m, struct cgroup *c, int directory)
{
	struct slice text;

	c->limit_bytes = read_limit(m, directory, "memory.max");
	c->high_bytes = read_limit(m, directory, "memory.high");
	c->swap_limit_bytes = read_limit(m, directory, "memory.swap.max");
	c->swap_usage_bytes = read_number(m, directory, "memory.swap.current");
	c->oom_group = read_number(m, directory, "memory.oom.group");
	text = read_below(m, directory, "memory.events");
	if (!text.p)
		return;
	c->events_max = number_of(text, "max");
	c->events_oom = number_of(text, "oom");
	c->events_oom_kill = number_of(text, "oom_kill");
}

static int open_cgroup(const struct machine *m, size_t i)
{
	const char *path = m->cgroup_files[i].path;

	return openat(m->cgroup_fd, path[1] ? path + 1 : ".",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void add_sample(struct machine *m, struct cgroup *c)
{
	if (!known(c->usage_bytes))
		return;
	if (c->sample_count > 0 &&
		m->state.usec - c->samples[c->sample_count - 1].usec < SAMPLE_USEC)
		return;
	if (c->sample_count == MOST_SAMPLES) {
		memmove(c->samples, c->samples + 1,
			(MOST_SAMPLES - 1) * sizeof(*c->samples));
		c->sample_count--;
	}
	c->samples[c->sample_count++] =
		(struct usage_sample){ m->state.usec, c->usage_bytes };
}

static void read_usage(struct machine *m, size_t i)
{
	struct cgroup *c = &m->state.cgroups[i];
	struct cgroup_files *f = &m->cgroup_files[i];
	struct slice text = { NULL, 0 };
	int64_t n;

	if (f->usage != CLOSED) {
		text = read_small(m, f->usage);
	} else {
		int directory = open_cgroup(m, i);

		if (directory >= 0) {
			text = read_below(m, directory, usage_file(m));
			close(directory);
		}
	}
	/* The top of v2 has no usage; of any other cgroup it means that it is gone. */
	if (!text.p && i > 0 && !m->recorded &&
		(errno == ENODEV || errno == ENOENT || errno == EBADF))
		f->gone = true;
	c->usage_bytes = text.p && slice_take_int(&text, &n) ? n : UNKNOWN;
	add_sample(m, c);
}

static bool is_near(const struct cgroup *c)
{
	int64_t percent = bounded(c->limit_bytes)
				  ? quantity_percent(c->usage_bytes, c->limit_bytes)
				  : UNKNOWN;

	return percent >= NEAR_PERCENT ||
	       (bounded(c->memsw_limit_bytes) &&
		       quantity_percent(c->memsw_usage_bytes, c->memsw_limit_bytes) >=
			       NEAR_PERCENT);
}

static bool is_limited(const struct cgroup *c)
{
	return bounded(c->limit_bytes) || bounded(c->memsw_limit_bytes) ||
	       bounded(c->swap_limit_bytes);
}

static void read_rest(struct machine *m, size_t i, int directory)
{
	struct cgroup *c = &m->state.cgroups[i];

	if (m->state.cgroup_version == 1)
		read_limits_1(m, c, directory);
	else
		read_limits_2(m, c, directory);
	if (is_limited(c))
		read_stats(m, i, directory);
}

static void new_cgroup(struct machine *m, const char *path, size_t parent)
{
	struct machine_state *s = &m->state;
	struct cgroup_files *f;
	struct cgroup *c;

	if (s->cgroup_count == m->cgroup_room) {
		m->cgroup_room = m->cgroup_room ? m->cgroup_room * 2 : 64;
		s->cgroups =
			must_realloc(s->cgroups, m->cgroup_room * sizeof(*s->cgroups));
		m->cgroup_files = must_realloc(
			m->cgroup_files, m->cgroup_room * sizeof(*m->cgroup_files));
	}
	f = &m->cgroup_files[s->cgroup_count];
	c = &s->cgroups[s->cgroup_count++];
	*f = (struct cgroup_files){ .usage = CLOSED };
	f->path = strdup(path);
	if (!f->path)
		die("out of memory");
	*c = (struct cgroup){ .path = slice_of(f->path),
		.parent = parent,
		.usage_bytes = UNKNOWN,
		.limit_bytes = UNKNOWN,
		.high_bytes = UNKNOWN,
		.swap_usage_bytes = UNKNOWN,
		.swap_limit_bytes = UNKNOWN,
		.memsw_usage_bytes = UNKNOWN,
		.memsw_limit_bytes = UNKNOWN,
		.kmem_usage_bytes = UNKNOWN,
		.failcnt = UNKNOWN,
		.swappiness = UNKNOWN,
		.oom_kill_disable = UNKNOWN,
		.oom_group = UNKNOWN,
		.events_max = UNKNOWN,
		.events_oom = UNKNOWN,
		.events_oom_kill = UNKNOWN };
}

static void close_usage(struct machine *m, struct cgroup_files *f)
{
	if (f->usage == CLOSED)
		return;
	close(f->usage);
	f->usage = CLOSED;
	m->keeps--;
}

static void keep_usage(struct machine *m, size_t i, int directory)
{
	struct cgroup_files *f = &m->cgroup_files[i];

	if (f->usage != CLOSED || m->keeps == m->may_keep)
		return;
	f->usage = openat(directory, usage_file(m), O_RDONLY | O_CLOEXEC);
	if (f->usage != CLOSED)
		m->keeps++;
}

/* Children that are not known yet come in behind all that are. */
static void find_children(struct machine *m, size_t i, int directory)
{
	struct listing l = { 0 };
	char path[4096];

	while (next_entry(m, directory, &l)) {
		const char *parent = m->cgroup_files[i].path;
		int n;

		if (!l.directory || strcmp(l.name, ".") == 0 ||
			strcmp(l.name, "..") == 0)
			continue;
		n = snprintf(
			path, sizeof(path), "%s/%s", parent[1] ? parent : "", l.name);
		if (n < 0 || (size_t)n >= sizeof(path) ||
			cgroup_by_path(m, slice_of(path)) != SIZE_MAX)
			continue;
		new_cgroup(m, path, i);
		m->generation++;
	}
}

/* Everything of one cgroup; new children are visited in their turn by the caller. */
static void visit(struct machine *m, size_t i)
{
	int directory = open_cgroup(m, i);

	if (directory < 0) {
		int error = errno;

		if (error == EACCES || error == EPERM || error == EMFILE)
			cannot_see(m, "some cgroups", "/sys/fs/cgroup", error, NULL);
		else if (i > 0)
			m->cgroup_files[i].gone = true;
		return;
	}
	keep_usage(m, i, directory);
	read_rest(m, i, directory);
	find_children(m, i, directory);
	close(directory);
}

/* Those that went, and what was below them. Indexes of the rest change. */
static void drop_gone(struct machine *m)
{
	struct machine_state *s = &m->state;
	size_t kept = 0;
	bool any = false;

	for (size_t i = 1; i < s->cgroup_count; i++) {
		size_t parent = s->cgroups[i].parent;

		if (parent != SIZE_MAX && m->cgroup_files[parent].gone)
			m->cgroup_files[i].gone = true;
		any |= m->cgroup_files[i].gone;
	}
	if (!any)
		return;
	for (size_t i = 0; i < s->cgroup_count; i++) {
		size_t parent = s->cgroups[i].parent;

		if (m->cgroup_files[i].gone) {
			close_usage(m, &m->cgroup_files[i]);
			free(m->cgroup_files[i].path);
			free(s->cgroups[i].stats);
			continue;
		}
		/* A parent stands before its children, so it has moved already. */
		if (parent != SIZE_MAX)
			for (size_t k = 0; k < kept; k++)
				if (m->cgroup_files[k].path ==
					m->cgroup_files[parent].path)
					parent = k;
		if (kept != i) {
			s->cgroups[kept] = s->cgroups[i];
			m->cgroup_files[kept] = m->cgroup_files[i];
		}
		s->cgroups[kept].parent = parent;
		kept++;
	}
	s->cgroup_count = kept;
	m->generation++;
}

static bool has_file(int directory, const char *name)
{
	return faccessat(directory, name, F_OK, 0) == 0;
}

static bool has_memory_controller(struct machine *m, int directory)
{
	struct slice text = read_below(m, directory, "cgroup.controllers"), word;

	text = slice_trim(text);
	while (text.p && slice_take_word(&text, &word)) {
		if (slice_is(slice_trim(word), "memory") ||
			slice_starts(word, "memory\n"))
			return true;
	}
	return has_file(directory, "memory.current");
}

/* Is this a top of memory cgroups, and of which version? */
static bool try_top(struct machine *m, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		m->cgroup_error = errno;
		return false;
	}
	if (has_file(fd, "memory.usage_in_bytes"))
		m->state.cgroup_version = 1;
	else if (has_memory_controller(m, fd))
		m->state.cgroup_version = 2;
	if (!known(m->state.cgroup_version)) {
		close(fd);
		return false;
	}
	m->cgroup_fd = fd;
	return true;
}

static bool try_below(struct machine *m, const char *folder, const char *name)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	return n > 0 && (size_t)n < sizeof(path) && try_top(m, path);
}

/* "36 25 0:30 /root /mount/point rw - cgroup2 cgroup2 rw": try it, and remember the
 * root, which the paths of processes begin with. */
static bool try_mount(struct machine *m, struct slice line)
{
	struct slice word[5], rest = line, type;
	size_t dash = slice_find(line, " - ");
	char point[4096];

	for (int i = 0; i < 5; i++)
		if (!slice_take_word(&rest, &word[i]))
			return false;
	if (dash == SLICE_NONE || word[4].n >= sizeof(point))
		return false;
	rest = slice_from(line, dash + 3);
	if (!slice_take_word(&rest, &type) ||
		!(slice_is(type, "cgroup2") ||
			(slice_is(type, "cgroup") && slice_has(rest, "memory"))))
		return false;
	memcpy(point, word[4].p, word[4].n);
	point[word[4].n] = '\0';
	if (word[3].n > 1 && !slice_starts(word[3], "/..")) {
		m->cgroup_above = must_alloc(word[3].n + 1);
		memcpy(m->cgroup_above, word[3].p, word[3].n);
	}
	m->cgroup_paths_lost = slice_starts(word[3], "/..");
	if (try_top(m, point))
		return true;
	m->cgroup_paths_lost = false;
	free(m->cgroup_above);
	m->cgroup_above = NULL;
	return false;
}

static bool find_mount(struct machine *m)
{
	struct slice text = read_below(m, m->proc_fd, "self/mountinfo"), line;
	char *copy;
	bool found = false;

	if (!text.p || text.n == 0)
		return false;
	/* The buffer is read into while we go through it. */
	copy = must_alloc(text.n);
	memcpy(copy, text.p, text.n);
	text.p = copy;
	while (!found && slice_cut(&text, '\n', &line))
		found = try_mount(m, line);
	free(copy);
	return found;
}

static void find_top(struct machine *m)
{
	bool found = false;

	m->cgroup_sought = true;
	if (m->cgroup)
		found = try_below(m, m->cgroup, "memory") || try_top(m, m->cgroup);
	else if (!m->recorded)
		found = find_mount(m);
	if (found) {
		new_cgroup(m, "/", SIZE_MAX);
		/* The real top has no limit file in v2, and no limit in v1. */
		m->state.cgroup_top_limited =
			has_file(m->cgroup_fd, "memory.max") || m->cgroup_above != NULL;
	} else if (m->cgroup_error == 0) {
		m->cgroup_error = ENOENT;
	}
}

void refresh_cgroups(struct machine *m)
{
	struct machine_state *s = &m->state;
	size_t turn = (size_t)s->refreshes % TURNS, known_before;

	if (!m->cgroup_sought)
		find_top(m);
	if (m->cgroup_fd == CLOSED) {
		cannot_see(m, "the memory cgroups", "/sys/fs/cgroup", m->cgroup_error,
			m->cgroup_error == ENOENT ? "no memory controller is mounted"
						  : NULL);
		return;
	}
	if (s->cgroup_top_limited)
		cannot_see(m, "limits of the cgroups above this one", "/sys/fs/cgroup",
			0, "this is a cgroup namespace of its own");
	if (m->cgroup_paths_lost)
		cannot_see(m, "which cgroup each process is in", "/proc/PID/cgroup", 0,
			"the cgroups mounted here begin above this cgroup namespace");
	known_before = s->cgroup_count;
	for (size_t i = 0; i < s->cgroup_count; i++) {
		bool fresh = i >= known_before || s->refreshes == 0;

		if (fresh || i % TURNS == turn)
			visit(m, i);
		read_usage(m, i);
		if (!fresh && i % TURNS != turn && is_near(&s->cgroups[i])) {
			int directory = open_cgroup(m, i);

			if (directory < 0)
				continue;
			read_stats(m, i, directory);
			close(directory);
		}
	}
	drop_gone(m);
}

void close_cgroups(struct machine *m)
{
	for (size_t i = 0; i < m->state.cgroup_count; i++) {
		close_usage(m, &m->cgroup_files[i]);
		free(m->cgroup_files[i].path);
		free(m->state.cgroups[i].stats);
	}
	free(m->cgroup_files);
	free(m->state.cgroups);
	if (m->cgroup_fd != CLOSED)
		close(m->cgroup_fd);
}
