/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memcg block: whose limit, how full, and what fills it. */
#include "parsers/sections.h"

#include <string.h>

/* The limit is that of the task's own cgroup or of one above it: a path that ends within
 * a name of the task's was cut, as by the edge of a window. */
static bool is_cut_within(struct slice task, struct slice limit)
{
	return limit.n > 0 && limit.n < task.n && limit.p[limit.n - 1] != '/' &&
	       task.p[limit.n] != '/' && slice_eq(slice_first(task, limit.n), limit);
}

void take_memcg_task(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	/* "limit of host" of Alibaba's kernels is nobody's: the machine's, or of its nodes. */
	if (c->part[2].n > 0 && c->part[2].p[0] != '/') {
		e->global_oom = true;
		return;
	}
	e->memcg_mentioned = true;
	e->memcg.task_path = c->part[1];
	e->memcg.task_line = e->memcg.oom_line = r->line;
	if (!is_cut_within(c->part[1], c->part[2]))
		e->memcg.oom_path = c->part[2];
}

/* 3.15 to 3.17 print the sentence in pieces: "Task in ", "/a", " killed as a
 * result of limit of ", "/b". Pieces are joined by the assembler where it can;
 * what arrives here has both paths or only the first. */
void take_memcg_killed(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->memcg_mentioned = true;
	e->memcg.task_path = c->part[1];
	e->memcg.task_line = r->line;
}

void take_memcg_limit_of(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->memcg_mentioned = true;
	e->memcg.oom_path = c->part[1];
	e->memcg.oom_line = r->line;
}

void take_memcg_reached(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->memcg_mentioned = true;
	e->memcg.oom_path = c->part[1];
	e->memcg.oom_line = r->line;
}

void take_memcg_charge(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct charge *charge = &e->memcg.memory;

	e->memcg_mentioned = true;
	if (slice_is(c->part[1], "memory+swap")) {
		charge = &e->memcg.memsw;
		e->memcg.version = 1;
	} else if (slice_is(c->part[1], "kmem")) {
		charge = &e->memcg.kmem;
	} else if (slice_is(c->part[1], "swap")) {
		charge = &e->memcg.swap;
		e->memcg.version = 2;
	}
	charge->usage_bytes = bytes_of_kb(capture_number(c->part[2]));
	charge->limit_bytes = limit_of_kb(capture_number(c->part[3]));
	charge->failcnt = capture_number(c->part[4]);
	charge->line = r->line;
}

enum { MOST_STATS = 256 };

static void add_stat(
	struct oom_event *e, struct slice key, int64_t value, uint32_t line)
{
	struct memcg *m = &e->memcg;

	/* One line for each cgroup of the subtree (3.9 to 5.2): the sum counts. These
	 * kernels have some 20 keys; what has far more was not written by one. */
	if (m->stat_count >= MOST_STATS && !m->stats_hierarchical)
		return;
	for (size_t i = 0; i < m->stat_count && !m->stats_hierarchical; i++) {
		if (slice_eq(m->stats[i].key, key)) {
			m->stats[i].value = quantity_add(m->stats[i].value, value);
			return;
		}
	}
	m->stats = arena_room(
		e->arena, m->stats, m->stat_count, &m->stat_room, sizeof(*m->stats));
	m->stats[m->stat_count++] = (struct memcg_stat){ key, value, line };
}

/* "Memory cgroup stats for /a: cache:0KB rss:1KB ..." (3.9 to 5.2), or the title
 * of memory.stat's own lines (5.3+), the first of which may follow the colon. */
void take_memcg_stats(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct memcg *m = &e->memcg;
	struct slice tail = c->part[1], rest, word;
	size_t at;

	e->memcg_mentioned = true;
	if (m->stats_line == 0)
		m->stats_line = r->line;
	/* The path may hold colons: the list begins at " name:NUMBERKB". */
	at = slice_find(tail, ": cache:");
	if (at == SLICE_NONE)
		at = slice_find(tail, ": rss:");
	if (at != SLICE_NONE) {
		if (m->stat_groups++ == 0)
			m->stats_path = slice_first(tail, at);
		rest = slice_from(tail, at + 1);
		while (slice_take_word(&rest, &word)) {
			struct slice key;
			int64_t number;

			/* Without its unit the number may be cut. */
			if (!slice_cut(&word, ':', &key) ||
				!slice_take_int(&word, &number) ||
				!slice_is(word, "KB"))
				continue;
			add_stat(e, key, bytes_of_kb(number), r->line);
		}
		return;
	}
	/* Whose lines follow: memory.stat's, or the list as a piece of its own. */
	at = slice_find_last(tail, ":");
	/* A path without its colon was cut. */
	if (at == SLICE_NONE)
		return;
	m->stats_path = slice_first(tail, at);
	memcg_take_stat(e, slice_trim(slice_from(tail, at + 1)), r->line);
}

bool memcg_take_stat(struct oom_event *e, struct slice text, uint32_t line)
{
	struct slice rest = text, key;
	int64_t number;

	if (!slice_take_word(&rest, &key) || key.n > 48)
		return false;
	for (size_t i = 0; i < key.n; i++) {
		char ch = key.p[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
			    ch == '_'))
			return false;
	}
	slice_take_blanks(&rest);
	if (rest.n == 0 && e->memcg.stats_text > 0 &&
		memcg_stats_full(&e->memcg, text.n + 1)) {
		/* "workingset_nod": here the record was full. */
		e->memcg.stats_cut = true;
		return true;
	}
	if (!slice_take_int(&rest, &number) || slice_trim(rest).n > 0)
		return false;
	e->memcg.stats_hierarchical = true;
	add_stat(e, key, number, line);
	/* With the newline before it, which the first line does not have. */
	e->memcg.stats_text += (int64_t)text.n + (e->memcg.stats_text > 0);
	return true;
}

void take_memcg_protection(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->memcg.protection_line = r->line;
	e->memcg.protection_min_bytes = bytes_of_kb(capture_number(c->part[1]));
	e->memcg.protection_low_bytes = bytes_of_kb(capture_number(c->part[2]));
}
