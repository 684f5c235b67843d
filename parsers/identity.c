/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same event, told apart from another one and known again in a second log. */
#include "parsers/identity.h"

#include "base/decimal.h"

enum {
	ENOUGH_NUMBERS = 3, /* pid, rss and vm; pid, order and free pages */
	CLOCKS_DIFFER_SEC =
		120,          /* when a daemon wrote it, and when dmesg says it was */
	REPORT_TAKES_SEC = 60 /* on a slow console; a cut copy begins so much later */
};

/* The numbers by which a report is known: no envelope changes them. */
enum { NUMBERS = 13 };

static void numbers_of(const struct oom_event *e, int64_t n[NUMBERS])
{
	const struct victim *v = e->victim_count > 0 ? e->victims : NULL;

	n[0] = v ? v->pid : UNKNOWN;
	n[1] = v ? v->total_vm_bytes : UNKNOWN;
	n[2] = v ? v->anon_rss_bytes : UNKNOWN;
	n[3] = v ? v->file_rss_bytes : UNKNOWN;
	n[4] = e->request.pid;
	n[5] = e->request.order;
	n[6] = e->request.gfp.mask_known ? (int64_t)e->request.gfp.mask : UNKNOWN;
	n[7] = e->memory.counters.free.value;
	n[8] = e->memory.counters.active_anon.value;
	n[9] = e->memory.swap_free_bytes.value;
	n[10] = e->memcg.memory.usage_bytes;
	n[11] = e->memcg.memory.failcnt;
	n[12] = e->area.kind == AREA_CMA ? e->area.pages : e->request.size_bytes;
}

/* FNV-1a. */
static uint64_t hash(uint64_t h, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

/* The plain characters of a name: what is no text has another form in JSON. */
static bool is_plain(char c)
{
	return c > ' ' && c <= '~';
}

static uint64_t hash_name(uint64_t h, struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (is_plain(name.p[i]))
			h = hash(h, (struct slice){ name.p + i, 1 });
	return h;
}

static uint64_t hash_number(uint64_t h, int64_t number)
{
	char text[DECIMAL_TEXT] = "";

	return hash(h, (struct slice){ text, decimal(text, number) });
}

uint64_t event_id(const struct oom_event *e)
{
	uint64_t h = UINT64_C(14695981039346656037);
	int64_t numbers[NUMBERS];

	numbers_of(e, numbers);
	h = hash_number(h, (int64_t)e->kind);
	for (size_t i = 0; i < NUMBERS; i++)
		h = hash_number(h, numbers[i]);
	if (e->victim_count > 0 && known(numbers[0]) && known(numbers[2]))
		return hash_name(h, e->victims[0].comm);
	/* The kernel's own clock is the same in every envelope, and host and wall clock
	 * are not always told: they count only where it is missing. */
	if (known(e->uptime_usec)) {
		h = hash_number(h, e->uptime_usec);
	} else {
		h = hash(h, e->host);
		h = hash(h, e->wall);
	}
	return hash(h, e->line_count > 0 ? e->lines[0].text : SLICE(""));
}

static bool differ(struct slice a, struct slice b)
{
	return a.n > 0 && b.n > 0 && !slice_eq(a, b);
}

static bool names_differ(struct slice a, struct slice b)
{
	return hash_name(0, a) != hash_name(0, b) && a.n > 0 && b.n > 0;
}

/* "db1" and "db1.example.com" are one host. */
static struct slice short_host(struct slice host)
{
	size_t dot = slice_find(host, ".");

	return dot == SLICE_NONE ? host : slice_first(host, dot);
}

static bool within(int64_t a, int64_t b, int64_t seconds)
{
	int64_t apart = quantity_sub(a, b);

	return known(apart) && apart <= seconds * 1000000 &&
	       apart >= -seconds * 1000000;
}

enum when { WHEN_UNKNOWN, WHEN_SAME, WHEN_OTHER };

static enum when same_time(const struct oom_event *a, const struct oom_event *b)
{
	if (known(a->uptime_usec) && known(b->uptime_usec)) {
		if (a->cut_at_start || b->cut_at_start)
			return within(a->uptime_usec, b->uptime_usec, REPORT_TAKES_SEC)
				       ? WHEN_SAME
				       : WHEN_OTHER;
		return a->uptime_usec == b->uptime_usec ? WHEN_SAME : WHEN_OTHER;
	}
	if (known(a->wall_usec) && known(b->wall_usec))
		return within(a->wall_usec, b->wall_usec, CLOCKS_DIFFER_SEC)
			       ? WHEN_SAME
			       : WHEN_OTHER;
	if (a->wall.n > 0 && slice_eq(a->wall, b->wall))
		return WHEN_SAME;
	return WHEN_UNKNOWN;
}

bool event_same(const struct oom_event *a, const struct oom_event *b)
{
	int64_t x[NUMBERS], y[NUMBERS];
	size_t shared = 0;
	enum when when;

	if (a->kind != b->kind || differ(a->boot, b->boot) ||
		differ(short_host(a->host), short_host(b->host)) ||
		names_differ(a->request.comm, b->request.comm) ||
		names_differ(a->killer.cgroup, b->killer.cgroup))
		return false;
	if (a->victim_count > 0 && b->victim_count > 0 &&
		names_differ(a->victims[0].comm, b->victims[0].comm))
		return false;
	when = same_time(a, b);
	if (when == WHEN_OTHER)
		return false;
	numbers_of(a, x);
	numbers_of(b, y);
	for (size_t i = 0; i < NUMBERS; i++) {
		if (!known(x[i]) || !known(y[i]))
			continue;
		if (x[i] != y[i])
			return false;
		shared++;
	}
	/* Without a common clock the numbers alone must do: of a kill. */
	if (when == WHEN_SAME)
		return shared >= 2 ||
		       (a->killer.cgroup.n > 0 && b->killer.cgroup.n > 0);
	return shared >= ENOUGH_NUMBERS && (known(x[0]) || known(x[7])) &&
	       (known(y[0]) || known(y[7]));
}

static int points(const struct oom_event *e)
{
	int n = 4 * __builtin_popcount(e->sections);

	n -= 2 * (e->cut_at_start + e->cut_at_end);
	n -= e->unrecognised_count > 0;
	/* Of copies that are as whole, the one that says when and where. */
	n += known(e->uptime_usec);
	n += e->wall.n > 0;
	n += known(e->wall_usec);
	n += e->host.n > 0;
	return n;
}

int event_tells_more(const struct oom_event *a, const struct oom_event *b)
{
	return points(a) - points(b);
}

struct oom_event *event_gist(const struct oom_event *e)
{
	struct oom_event *g = event_new();
	struct arena *a = g->arena;

	g->kind = e->kind;
	g->file = arena_copy(a, e->file);
	g->member = arena_copy(a, e->member);
	g->host = arena_copy(a, e->host);
	g->program_pid = e->program_pid;
	g->boot = arena_copy(a, e->boot);
	g->wall = arena_copy(a, e->wall);
	g->wall_usec = e->wall_usec;
	g->uptime_usec = e->uptime_usec;
	g->first_line = e->first_line;
	g->last_line = e->last_line;
	g->sections = e->sections;
	g->cut_at_start = e->cut_at_start;
	g->cut_at_end = e->cut_at_end;
	g->unrecognised_count = e->unrecognised_count;
	g->request.comm = arena_copy(a, e->request.comm);
	g->request.pid = e->request.pid;
	g->request.order = e->request.order;
	g->request.size_bytes = e->request.size_bytes;
	g->area.kind = e->area.kind;
	g->area.pages = e->area.pages;
	g->request.gfp.mask_known = e->request.gfp.mask_known;
	g->request.gfp.mask = e->request.gfp.mask;
	g->memory.counters.free = e->memory.counters.free;
	g->memory.counters.active_anon = e->memory.counters.active_anon;
	g->memory.swap_free_bytes = e->memory.swap_free_bytes;
	g->memcg.memory = e->memcg.memory;
	g->killer.cgroup = arena_copy(a, e->killer.cgroup);
	if (e->victim_count > 0) {
		struct slice comm = arena_copy(a, e->victims[0].comm);

		*event_add_victim(g, comm, UNKNOWN, 0) = e->victims[0];
		g->victims[0].comm = comm;
	}
	if (e->line_count > 0) {
		g->lines = arena_alloc(a, sizeof(*g->lines));
		g->lines[0].text = arena_copy(a, e->lines[0].text);
		g->line_count = g->line_room = 1;
	}
	return g;
}
