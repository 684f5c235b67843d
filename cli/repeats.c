/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A crash loop told once: events alike in kind, cause, target and victim.
 *
 * What they must share is written into one key. A container that is started again has
 * a new id each time, so ids do not count in a cgroup's path. */
#include "cli/repeats.h"

#include "base/complain.h"
#include "cli/moment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MOST_GROUPS = 512,
	MOST_KEPT_BYTES = 64 * 1024 * 1024,
	LEAST_ID_DIGITS = 32 /* of a container's id; a pod's has dashes within */
};

struct group {
	struct text key;
	struct oom_event *event;
	struct explanation *x; /* in the event's arena */
	size_t bytes;
	size_t count, shown;
	uint64_t seen; /* when it was met last, by the number of events */
	struct text first, last;
	int64_t first_usec, last_usec;     /* by the log's clock */
	int64_t first_uptime, last_uptime; /* UNKNOWN once the clock went back */
	int64_t limit_bytes;
	struct text path;
	bool limit_changed, path_changed;
};

struct groups {
	bool following;
	show_group *show;
	void *context;
	struct group *all[MOST_GROUPS]; /* in the order in which they began */
	size_t count, bytes;
	uint64_t events;
	bool said;
};

struct groups *groups_new(bool following, show_group *show, void *context)
{
	struct groups *g = must_alloc(sizeof(*g));

	g->following = following;
	g->show = show;
	g->context = context;
	return g;
}

static void group_free(struct group *group)
{
	event_free(group->event);
	text_free(&group->key);
	text_free(&group->first);
	text_free(&group->last);
	text_free(&group->path);
	free(group);
}

void groups_free(struct groups *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->count; i++)
		group_free(g->all[i]);
	free(g);
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* A path with each container's id written as one star. */
static void add_path(struct text *t, struct slice path)
{
	for (size_t i = 0; i < path.n;) {
		size_t n = 0;

		while (i + n < path.n && is_hex(path.p[i + n]))
			n++;
		if (n >= LEAST_ID_DIGITS) {
			text_putc(t, '*');
		} else {
			n = n ? n : 1;
			text_add(t, (struct slice){ path.p + i, n });
		}
		i += n;
	}
}

/* What the wall is, by name: the cgroup, the cpuset, the policy's nodes. */
static struct slice target_of(const struct explanation *x)
{
	const struct oom_event *e = x->event;

	if (e->memcg.oom_path.n > 0)
		return e->memcg.oom_path;
	if (e->killer.cgroup.n > 0)
		return e->killer.cgroup;
	if (x->constraint == CONSTRAINT_MEMORY_POLICY)
		return e->request.nodemask.text;
	if (x->constraint == CONSTRAINT_CPUSET)
		return e->request.cpuset;
	return SLICE("");
}

/* No part may hold the separator: names come without NUL from the kernel, and a NUL
 * that a log holds only parts what would have been one group. */
static void write_key(struct text *key, const struct explanation *x)
{
	const struct oom_event *e = x->event;

	text_printf(key, "%s %s %s", kind_name(e->kind), x->cause.slug,
		constraint_name(x->constraint));
	text_putc(key, '\0');
	text_add(key, e->host);
	text_putc(key, '\0');
	add_path(key, target_of(x));
	text_putc(key, '\0');
	text_add(key, e->victim_count > 0 ? e->victims[0].comm : e->request.comm);
}

static void note_time(struct text *t, const struct oom_event *e)
{
	struct text buffer = { 0 };

	text_clear(t);
	text_add(t, event_time(e, &buffer));
	text_free(&buffer);
}

static struct group *group_new(
	struct groups *g, struct text *key, struct explanation *x)
{
	struct group *group = must_alloc(sizeof(*group));
	const struct oom_event *e = x->event;

	group->key = *key;
	*key = (struct text){ 0 };
	note_time(&group->first, e);
	group->first_usec = event_began_usec(e, now_usec());
	group->first_uptime = group->last_uptime = e->uptime_usec;
	group->limit_bytes = e->memcg.memory.limit_bytes;
	text_add(&group->path, target_of(x));
	g->all[g->count++] = group;
	return group;
}

static void show(struct groups *g, struct group *group)
{
	struct repeats r = { .count = group->count,
		.first = text_slice(&group->first),
		.last = text_slice(&group->last),
		.span_usec = quantity_sub(group->last_usec, group->first_usec),
		.limit_changed = group->limit_changed,
		.path_changed = group->path_changed };

	if (!known(r.span_usec))
		r.span_usec = quantity_sub(group->last_uptime, group->first_uptime);
	if (known(r.span_usec) && r.span_usec < 0)
		r.span_usec = UNKNOWN;
	group->shown = group->count;
	g->show(group->x, &r, g->context);
}

static void forget(struct groups *g, size_t index)
{
	g->bytes -= g->all[index]->bytes;
	group_free(g->all[index]);
	g->count--;
	memmove(g->all + index, g->all + index + 1,
		(g->count - index) * sizeof(struct group *));
}

/* Room for one more: the group that was silent longest gives way. */
static void make_room(struct groups *g)
{
	while (g->count == MOST_GROUPS ||
		(g->bytes > MOST_KEPT_BYTES && g->count > 1)) {
		size_t oldest = 0;

		for (size_t i = 1; i < g->count; i++)
			/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): all are there */
			if (g->all[i]->seen < g->all[oldest]->seen)
				oldest = i;
		if (!g->said)
			fprintf(stderr,
				"oomwhy: --dedupe: too many groups to keep them all (%d, or "
				"%d MiB): those that were silent longest are shown early, and "
				"what comes of them later is a group of its own.\n",
				MOST_GROUPS, MOST_KEPT_BYTES / 1024 / 1024);
		g->said = true;
		if (g->all[oldest]->shown < g->all[oldest]->count)
			show(g, g->all[oldest]);
		forget(g, oldest);
	}
}

static void keep_event(struct groups *g, struct group *group, struct oom_event *event,
	struct explanation *x)
{
	if (group->event && x->missing_count > group->x->missing_count) {
		event_free(event);
		return;
	}
	g->bytes -= group->bytes;
	event_free(group->event);
	group->event = event;
	group->x = x;
	group->bytes = arena_bytes(event->arena);
	g->bytes += group->bytes;
}

static bool power_of_ten(size_t n)
{
	while (n > 1 && n % 10 == 0)
		n /= 10;
	return n == 1;
}

static void add_to(struct group *group, const struct explanation *x)
{
	const struct oom_event *e = x->event;

	group->count++;
	note_time(&group->last, e);
	group->last_usec = event_began_usec(e, now_usec());
	if (known(group->last_uptime) && e->uptime_usec < group->last_uptime)
		group->last_uptime = UNKNOWN;
	if (known(group->last_uptime))
		group->last_uptime = e->uptime_usec;
	group->limit_changed |= group->limit_bytes != e->memcg.memory.limit_bytes;
	group->path_changed |= !slice_eq(text_slice(&group->path), target_of(x));
}

void groups_take(struct groups *g, struct oom_event *event, struct explanation *x)
{
	struct text key = { 0 };
	struct group *group = NULL;

	write_key(&key, x);
	for (size_t i = 0; i < g->count && !group; i++)
		if (slice_eq(text_slice(&g->all[i]->key), text_slice(&key)))
			group = g->all[i];
	if (!group) {
		make_room(g);
		group = group_new(g, &key, x);
	}
	text_free(&key);
	group->seen = ++g->events;
	add_to(group, x);
	keep_event(g, group, event, x);
	if (g->following && power_of_ten(group->count))
		show(g, group);
}

void groups_end(struct groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->all[i]->shown < g->all[i]->count)
			show(g, g->all[i]);
}

/* "3 h": rounded so that at least two digits or so are right. */
static void duration(struct text *t, int64_t usec)
{
	static const struct {
		int64_t from, unit;
		const char *name;
	} steps[] = { { 172800, 86400, "days" }, { 7200, 3600, "h" },
		{ 120, 60, "min" }, { 0, 1, "s" } };
	int64_t seconds = quantity_add(usec, 500000) / 1000000;
	size_t i = 0;

	while (seconds < steps[i].from)
		i++;
	text_printf(t, "%" PRId64 " %s", (seconds + steps[i].unit / 2) / steps[i].unit,
		steps[i].name);
}

static const char *what_repeats(const struct explanation *x, const struct repeats *r)
{
	if (x->event->kind == KIND_OVERCOMMIT_REFUSAL)
		return "the same program was refused memory";
	if (x->event->kind == KIND_ALLOCATION_FAILURE)
		return "the same program's requests failed for the same cause";
	if (x->event->kind == KIND_USERSPACE_KILL)
		return "the same was killed from outside the kernel";
	if (x->event->memcg.oom_path.n > 0 && r->path_changed)
		return r->limit_changed
			       ? "the same cgroup, but for its container's id, met a limit"
			       : "the same cgroup, but for its container's id, met the "
				 "same limit";
	if (x->event->memcg.oom_path.n > 0)
		return r->limit_changed
			       ? "the same cgroup met a limit, not always of the "
				 "same size,"
			       : "the same cgroup met the same limit";
	if (x->event->victim_count > 0)
		return "a process of the same name was killed for the same cause";
	return "memory was refused for the same cause";
}

void repeats_words(struct text *t, const struct explanation *x, const struct repeats *r)
{
	text_printf(t, "%s %zu times", what_repeats(x, r), r->count);
	if (known(r->span_usec)) {
		text_puts(t, " in ");
		duration(t, r->span_usec);
		if (r->count > 2 && r->span_usec / (int64_t)(r->count - 1) >= 1000000) {
			text_puts(t, ", about every ");
			duration(t, r->span_usec / (int64_t)(r->count - 1));
		}
	}
	if (r->first.n > 0) {
		text_puts(t, "; first ");
		text_add(t, r->first);
		text_puts(t, ", last ");
		text_add(t, r->last);
	}
}
