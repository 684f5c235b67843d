/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which events are meant: one row a selector. */
#include "cli/select.h"

#include <string.h>

enum answer { NO, YES, NO_DATE };

struct selector_row {
	const char *name;
	/* Whether the value is of use; may fill in what it means. NULL: any is. */
	bool (*read)(struct selector *selector);
	/* Before the event is explained, or behind it: one of them. */
	enum answer (*event)(
		const struct selector *selector, const struct oom_event *event);
	enum answer (*explained)(
		const struct selector *selector, const struct explanation *x);
};

static bool glob(struct slice pattern, struct slice s, bool parts)
{
	size_t p = 0, i = 0, star = SLICE_NONE, from = 0;

	/* The last star takes one byte more each time that the rest fails. */
	while (i < s.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = i;
		} else if (p < pattern.n &&
			   (pattern.p[p] == s.p[i] ||
				   (pattern.p[p] == '?' &&
					   !(parts && s.p[i] == '/')))) {
			p++;
			i++;
		} else if (star != SLICE_NONE && !(parts && s.p[from] == '/')) {
			p = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool glob_match(struct slice pattern, struct slice s)
{
	return glob(pattern, s, false);
}

/* A pattern without a slash is the name of any part of the path. */
static bool glob_match_part(struct slice pattern, struct slice path)
{
	struct slice part;

	while (slice_cut(&path, '/', &part))
		if (part.n > 0 && glob(pattern, part, true))
			return true;
	return false;
}

bool glob_match_path(struct slice pattern, struct slice path)
{
	if (!slice_has(pattern, "/"))
		return glob_match_part(pattern, path);
	while (pattern.n > 1 && slice_ends(pattern, "/"))
		pattern.n--;
	if (path.n == 0)
		return false;
	if (slice_is(pattern, "/"))
		return true;
	for (size_t n = 1; n <= path.n; n++)
		if ((n == path.n || path.p[n] == '/') &&
			glob(pattern, slice_first(path, n), true))
			return true;
	return false;
}

static bool read_moment(struct selector *s)
{
	return moment_read(&s->moment, s->words, now_usec());
}

/* The event's time by the clock that the moment means. */
static int64_t time_for(const struct selector *s, const struct oom_event *e)
{
	return s->moment.kernel_clock ? e->uptime_usec
				      : event_began_usec(e, now_usec());
}

static enum answer since(const struct selector *s, const struct oom_event *e)
{
	int64_t began = time_for(s, e);

	return !known(began) ? NO_DATE : (began >= s->moment.usec ? YES : NO);
}

static enum answer until(const struct selector *s, const struct oom_event *e)
{
	int64_t began = time_for(s, e);

	return !known(began) ? NO_DATE : (began <= s->moment.usec ? YES : NO);
}

static enum answer matches(const struct selector *s, struct slice name)
{
	return name.n > 0 && glob_match(slice_of(s->words), name) ? YES : NO;
}

static enum answer host(const struct selector *s, const struct oom_event *e)
{
	return matches(s, e->host);
}

/* The cgroup whose limit was met, the victim's, or what a userspace killer named. */
static enum answer cgroup(const struct selector *s, const struct oom_event *e)
{
	const struct slice paths[] = { e->memcg.oom_path, e->memcg.task_path,
		e->group_path, e->killer.cgroup };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (glob_match_path(slice_of(s->words), paths[i]))
			return YES;
	return NO;
}

/* Who asked, or who was killed. */
static enum answer comm(const struct selector *s, const struct oom_event *e)
{
	if (matches(s, e->request.comm) == YES)
		return YES;
	for (size_t i = 0; i < e->victim_count; i++)
		if (matches(s, e->victims[i].comm) == YES)
			return YES;
	return NO;
}

static bool read_kind(struct selector *s)
{
	struct slice rest = SLICE(KIND_CHOICES), name;

	while (slice_cut(&rest, ',', &name))
		if (slice_is(name, s->words))
			return true;
	return false;
}

static enum answer kind(const struct selector *s, const struct oom_event *e)
{
	return strcmp(kind_name(e->kind), s->words) == 0 ? YES : NO;
}

static bool read_cause(struct selector *s)
{
	return cause_title(s->words) != NULL;
}

static enum answer cause(const struct selector *s, const struct explanation *x)
{
	return strcmp(x->cause.slug, s->words) == 0 ? YES : NO;
}

static const struct selector_row rows[] = {
	{ "since", read_moment, since, NULL },
	{ "until", read_moment, until, NULL },
	{ "host", NULL, host, NULL },
	{ "cgroup", NULL, cgroup, NULL },
	{ "comm", NULL, comm, NULL },
	{ "kind", read_kind, kind, NULL },
	{ "cause", read_cause, NULL, cause },
};

bool select_add(struct selectors *selectors, const char *name, const char *words)
{
	struct selector s = { .words = words };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			s.row = &rows[i];
	if (!s.row || selectors->count == MOST_SELECTORS || !*words ||
		(s.row->read && !s.row->read(&s)))
		return false;
	selectors->all[selectors->count++] = s;
	return true;
}

/* Any of the row's values; YES too when it has none. */
static enum answer asks(const struct selectors *selectors,
	const struct selector_row *row, const struct oom_event *e,
	const struct explanation *x)
{
	enum answer best = YES;
	bool asked = false;

	for (size_t i = 0; i < selectors->count; i++) {
		const struct selector *s = &selectors->all[i];
		enum answer one;

		if (s->row != row || (x ? !row->explained : !row->event))
			continue;
		one = x ? row->explained(s, x) : row->event(s, e);
		if (one == YES)
			return YES;
		if (!asked || one == NO_DATE)
			best = one;
		asked = true;
	}
	return best;
}

bool select_event(
	const struct selectors *selectors, const struct oom_event *e, size_t *undated)
{
	bool no_date = false;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum answer answer = asks(selectors, &rows[i], e, NULL);

		if (answer == NO)
			return false;
		no_date |= answer == NO_DATE;
	}
	*undated += no_date;
	return true;
}

bool select_needs_explanation(const struct selectors *selectors)
{
	for (size_t i = 0; i < selectors->count; i++)
		if (selectors->all[i].row->explained)
			return true;
	return false;
}

bool select_explained(const struct selectors *selectors, const struct explanation *x)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (asks(selectors, &rows[i], NULL, x) == NO)
			return false;
	return true;
}
