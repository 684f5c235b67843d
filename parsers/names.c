/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where names stand in the lines of a report: of processes, cgroups, hardware.
 *
 * A name may be any word ("Node", "free"), so names are found by their place in the
 * line, never by looking for them: by the captures of the line's row in the pattern
 * table, and by what the parser took from the line. */
#include "parsers/names.h"

#include "parsers/sections.h"

#include <string.h>

struct found {
	struct slice text;
	struct name_place *places;
	size_t count;
};

static void add(struct found *f, struct slice name, enum name_class class)
{
	size_t at;

	if (!name.p || name.n == 0 || f->count == MOST_NAMES || name.p < f->text.p ||
		name.p + name.n > f->text.p + f->text.n)
		return;
	at = (size_t)(name.p - f->text.p);
	for (size_t i = 0; i < f->count; i++)
		if (at < f->places[i].at + f->places[i].n &&
			f->places[i].at < at + name.n)
			return;
	f->places[f->count++] = (struct name_place){ at, name.n, class };
}

static void add_captures(struct names_reader *r, struct found *f,
	const struct pattern *row, const struct captures *c)
{
	for (size_t i = 1; i < MAX_CAPTURES; i++) {
		const char *name = pattern_capture_name(r->patterns, row, i);

		if (!name)
			continue;
		add(f, c->part[i],
			strncmp(name, "process", 7) == 0  ? NAME_PROCESS
			: strncmp(name, "cgroup", 6) == 0 ? NAME_CGROUP
							  : NAME_CPUSET);
	}
}

/* What stands between two literals, the second the first or the last of its kind. */
static struct slice between(
	struct slice s, const char *before, const char *after, bool last)
{
	size_t at = slice_find(s, before), end;
	struct slice rest;

	if (at == SLICE_NONE)
		return SLICE("");
	rest = slice_from(s, at + strlen(before));
	end = last ? slice_find_last(rest, after) : slice_find(rest, after);
	return end == SLICE_NONE ? SLICE("") : slice_first(rest, end);
}

/* "Memory cgroup stats for PATH: cache:0KB ...", "... for PATH:". */
static void add_stats_path(struct found *f)
{
	struct slice tail = f->text;
	size_t end;

	if (!slice_take(&tail, "Memory cgroup stats for "))
		return;
	end = slice_find(tail, ": cache:");
	if (end == SLICE_NONE)
		end = slice_find(tail, ": rss:");
	if (end == SLICE_NONE)
		end = slice_find_last(tail, ":");
	add(f, end == SLICE_NONE ? tail : slice_first(tail, end), NAME_CGROUP);
}

/* What stands behind the release: "#1 Dell Inc. PowerEdge", or a distribution. */
static void add_behind_release(struct found *f)
{
	size_t at = slice_find_last(f->text, "ainted");
	size_t mark = at == SLICE_NONE ? at : slice_find(slice_from(f->text, at), " #");
	struct slice rest;

	if (mark == SLICE_NONE)
		return;
	rest = slice_from(f->text, at + mark + 2);
	mark = slice_find(rest, " ");
	rest = slice_from(rest, mark == SLICE_NONE ? rest.n : mark);
	add(f, slice_trim(rest), NAME_HARDWARE);
}

/* Lines whose names nobody needs, so that their rows do not capture them. */
static void add_passed_over(struct found *f)
{
	struct slice s = slice_trim(f->text), rest;

	if (slice_starts(s, "Hardware name:"))
		add(f, slice_trim(slice_from(s, 14)), NAME_HARDWARE);
	if (slice_starts(s, "CPU: ") || slice_starts(s, "Pid: "))
		add_behind_release(f);
	if (slice_starts(s, "Process ") && slice_has(s, " (pid:"))
		add(f, between(s, "Process ", " (pid:", true), NAME_PROCESS);
	if (slice_starts(s, "oom killer ") && slice_has(s, ") has mm pinned by ")) {
		size_t at = slice_find_last(s, ") has mm pinned by ");

		add(f, between(slice_first(s, at + 1), "(", ")", true), NAME_PROCESS);
		add(f, between(slice_from(s, at + 1), "(", ")", true), NAME_PROCESS);
	}
	if (slice_starts(s, "oom_reaper: ") && slice_has(s, " pid:"))
		add(f, between(s, "(", ")", true), NAME_PROCESS);
	if (slice_has(s, " due to memory pressure for "))
		add(f, between(s, " due to memory pressure for ", " being ", false),
			NAME_CGROUP);
	rest = between(s, ", cmdline \"", "\"", true);
	if (slice_starts(s, "sending SIG"))
		add(f, rest, NAME_COMMAND);
}

/* What the parser took: single names of the event that may stand in this line. */
static void add_taken(struct found *f, const struct oom_event *e)
{
	add(f, e->chosen.comm, NAME_PROCESS);
	add(f, e->memcg.task_path, NAME_CGROUP);
	add(f, e->memcg.oom_path, NAME_CGROUP);
	add(f, e->memcg.stats_path, NAME_CGROUP);
	add(f, e->group_path, NAME_CGROUP);
	add(f, e->killer.cgroup, NAME_CGROUP);
	add(f, e->request.cpuset, NAME_CPUSET);
	add(f, e->request.comm, NAME_PROCESS);
	for (size_t i = 0; i < e->victim_count && i < MOST_NAMES; i++)
		add(f, e->victims[i].comm, NAME_PROCESS);
}

static bool within(struct slice name, struct slice text)
{
	return name.p && name.p >= text.p && name.p + name.n <= text.p + text.n;
}

/* Rows of tables, each behind the one before. Old kernels write the cgroup of a slab
 * cache behind its name: "dentry(12:box.service)". */
static bool add_row(struct names_reader *r, struct found *f)
{
	const struct oom_event *e = r->event;

	if (r->next_task < e->tasks.count &&
		within(e->tasks.rows[r->next_task].comm, f->text)) {
		add(f, e->tasks.rows[r->next_task++].comm, NAME_PROCESS);
		return true;
	}
	if (r->next_slab < e->slab_count &&
		within(e->slabs[r->next_slab].name, f->text)) {
		struct slice name = e->slabs[r->next_slab++].name;
		size_t bracket = slice_find(name, "(");

		if (bracket != SLICE_NONE)
			add(f, between(slice_from(name, bracket), ":", ")", true),
				NAME_CPUSET);
		return true;
	}
	return false;
}

static void put_in_order(struct found *f)
{
	for (size_t i = 1; i < f->count; i++)
		for (size_t k = i; k > 0 && f->places[k].at < f->places[k - 1].at;
			k--) {
			struct name_place other = f->places[k];

			f->places[k] = f->places[k - 1];
			f->places[k - 1] = other;
		}
}

size_t names_in_line(struct names_reader *r, const struct event_line *line,
	struct name_place places[MOST_NAMES], bool *shaped)
{
	struct found f = { line->text, places, 0 };
	struct captures c;
	const struct pattern *row;

	*shaped = true;
	if (add_row(r, &f))
		return f.count;
	row = pattern_match(r->patterns, line->text, true, ANYONE, &c);
	if (row && row->take == take_memcg_stats)
		add_stats_path(&f);
	else if (row)
		add_captures(r, &f, row, &c);
	add_passed_over(&f);
	add_taken(&f, r->event);
	put_in_order(&f);
	/* Of a program's lines, lmkd's rules alone hold nothing but its own words. */
	*shaped = row &&
		  (!row->program || (row->place == PART &&
					    slice_is(slice_of(row->program), "lmkd")));
	return f.count;
}
