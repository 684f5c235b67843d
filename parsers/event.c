/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event's life, and the small readings of its own words. */
#include "parsers/event.h"

#include <string.h>

struct oom_event *event_new(void)
{
	struct arena *arena = arena_new();
	struct oom_event *e = arena_alloc(arena, sizeof(*e));
	struct amount *amounts = (struct amount *)&e->memory.counters;

	e->arena = arena;
	e->uptime_usec = UNKNOWN;
	e->last_uptime_usec = UNKNOWN;
	e->wall_usec = UNKNOWN;
	e->last_order_usec = UNKNOWN;
	e->page_bytes = UNKNOWN;
	e->kernel.major = e->kernel.minor = e->kernel.patch = UNKNOWN;
	e->request.pid = e->request.uid = e->request.order = UNKNOWN;
	e->request.size_bytes = e->request.oom_score_adj = e->request.cpu = UNKNOWN;
	e->request.oom_adj = e->request.stalled_msec = UNKNOWN;
	e->area.pages = e->area.error = UNKNOWN;
	e->area.slots = e->area.used_slots = UNKNOWN;
	e->area.free_pages = e->area.all_pages = e->area.longest_pages = UNKNOWN;
	e->chosen.pid = e->chosen.score = UNKNOWN;
	for (size_t i = 0; i < sizeof(struct counters) / sizeof(struct amount); i++)
		amounts[i] = NO_AMOUNT;
	e->memory.swap_total_bytes = e->memory.swap_free_bytes = NO_AMOUNT;
	e->memory.cpus = UNKNOWN;
	e->memcg.version = UNKNOWN;
	e->memcg.protection_min_bytes = e->memcg.protection_low_bytes = UNKNOWN;
	struct charge *charges[] = { &e->memcg.memory, &e->memcg.memsw, &e->memcg.kmem,
		&e->memcg.swap };
	for (size_t i = 0; i < 4; i++)
		charges[i]->usage_bytes = charges[i]->limit_bytes =
			charges[i]->failcnt = UNKNOWN;
	return e;
}

struct victim *event_add_victim(
	struct oom_event *event, struct slice comm, int64_t pid, uint32_t line)
{
	struct victim *v;

	event->victims = arena_room(event->arena, event->victims, event->victim_count,
		&event->victim_room, sizeof(*event->victims));
	v = &event->victims[event->victim_count++];
	*v = (struct victim){ .comm = comm,
		.pid = pid,
		.uid = UNKNOWN,
		.total_vm_bytes = UNKNOWN,
		.anon_rss_bytes = UNKNOWN,
		.file_rss_bytes = UNKNOWN,
		.shmem_rss_bytes = UNKNOWN,
		.pgtables_bytes = UNKNOWN,
		.oom_score_adj = UNKNOWN,
		.reaped = UNKNOWN,
		.left_anon_bytes = UNKNOWN,
		.left_file_bytes = UNKNOWN,
		.left_shmem_bytes = UNKNOWN,
		.line = line };
	return v;
}

void event_add_notice(struct oom_event *event, const struct notice *notice)
{
	event->notices = arena_room(event->arena, event->notices, event->notice_count,
		&event->notice_room, sizeof(*event->notices));
	event->notices[event->notice_count++] = *notice;
}

void event_free(struct oom_event *event)
{
	if (event)
		arena_free(event->arena);
}

bool kernel_at_least(const struct kernel *kernel, int64_t major, int64_t minor)
{
	if (!known(kernel->major))
		return false;
	return kernel->major > major ||
	       (kernel->major == major && kernel->minor >= minor);
}

bool kernel_before(const struct kernel *kernel, int64_t major, int64_t minor)
{
	return known(kernel->major) && !kernel_at_least(kernel, major, minor);
}

bool kernel_read(struct kernel *kernel, struct slice release)
{
	struct slice rest = release;
	int64_t parts[3] = { UNKNOWN, UNKNOWN, 0 };

	for (int i = 0; i < 3; i++) {
		int64_t part;

		if (!slice_take_int(&rest, &part) || part < 0)
			break;
		parts[i] = part;
		if (!slice_take(&rest, "."))
			break;
	}
	if (!known(parts[0]) || !known(parts[1]))
		return false;
	kernel->release = release;
	kernel->major = parts[0];
	kernel->minor = parts[1];
	kernel->patch = parts[2];
	kernel->el = slice_has(release, ".el");
	return true;
}

bool node_list_read(struct node_list *list, struct slice text)
{
	struct slice rest = text, part;

	memset(list, 0, sizeof(*list));
	list->text = text;
	list->seen = true;
	if (slice_is(text, "(null)")) {
		list->is_null = true;
		return true;
	}
	while (slice_cut(&rest, ',', &part)) {
		int64_t first, last;

		if (!slice_take_int(&part, &first) || first < 0)
			return false;
		last = first;
		if (slice_take(&part, "-") && !slice_take_int(&part, &last))
			return false;
		if (part.n > 0 || last < first)
			return false;
		for (int64_t n = first; n <= last && n < MAX_NODES_NAMED; n++)
			list->bits[n / 64] |= UINT64_C(1) << (n % 64);
	}
	return true;
}

bool node_list_has(const struct node_list *list, int64_t node)
{
	if (node < 0 || node >= MAX_NODES_NAMED)
		return false;
	return list->bits[node / 64] >> (node % 64) & 1;
}

struct amount memcg_stat(const struct memcg *memcg, const char *key)
{
	for (size_t i = 0; i < memcg->stat_count; i++)
		if (slice_is(memcg->stats[i].key, key))
			return (struct amount){ memcg->stats[i].value,
				memcg->stats[i].line };
	return NO_AMOUNT;
}

uint32_t event_line_in_file(const struct oom_event *e, uint32_t number, size_t *joint)
{
	*joint = 0;
	for (size_t i = 0; i < e->joint_count && number > e->joints[i].after_line; i++)
		*joint = i + 1;
	return *joint ? number - e->joints[*joint - 1].after_line : number;
}

struct slice event_text(const struct oom_event *event, uint32_t number)
{
	size_t low = 0, high = event->line_count;

	/* Lines are kept in the order of their numbers. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (event->lines[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < event->line_count && event->lines[low].number == number)
		return event->lines[low].text;
	return SLICE("");
}

static bool is_memcg(const struct oom_event *e)
{
	return e->memcg_mentioned || e->constraint == CONSTRAINT_MEMCG ||
	       known(e->memcg.memory.usage_bytes);
}

bool counters_whole(const struct counters *c)
{
	bool lru = known(c->active.value) && known(c->inactive.value);

	if (!lru)
		lru = known(c->active_anon.value) && known(c->inactive_anon.value) &&
		      known(c->active_file.value) && known(c->inactive_file.value);
	/* 2.6.32 and later print the isolated and unevictable pages always. */
	if (known(c->isolated_anon.value) || known(c->isolated_file.value))
		lru = lru && known(c->unevictable.value);
	return lru && known(c->free.value) && known(c->pagetables.value) &&
	       (known(c->slab.value) || (known(c->slab_reclaimable.value) &&
						known(c->slab_unreclaimable.value)));
}

/* vm.oom_dump_tasks is on by default from 2.6.36 on, whose trigger prints
 * oom_score_adj; RHEL 6 has both in its 2.6.32. Older triggers print oom_adj or, up to
 * 2.6.18, not even a name. */
static bool prints_tasks(const struct oom_event *e)
{
	if (known(e->request.oom_score_adj))
		return true;
	if (e->sections & SECTION_TRIGGER &&
		(known(e->request.oom_adj) || e->request.comm.n == 0))
		return false;
	return !(kernel_before(&e->kernel, 2, 7) && e->kernel.patch < 36);
}

/* RHEL 8 has "oom-kill:" in its 4.18 since -240, whose trigger lost its nodemask. */
static bool like_el8(const struct oom_event *e)
{
	return e->kernel.el && kernel_at_least(&e->kernel, 4, 18) &&
	       e->request.gfp.from == FROM_PRINT && !e->request.nodemask.seen;
}

/* SLUB's or SLAB's own lines without a page allocation's failure before them, which is
 * not printed where the rate limit holds or a cgroup's charge was refused: with the cache
 * and its nodes they are all there is. */
static bool is_whole_slub(const struct oom_event *e)
{
	return e->slub_failure && e->slub_cache && e->slub_nodes && e->sections == 0;
}

size_t event_missing(const struct oom_event *e, const char *names[], size_t room)
{
	bool memcg = is_memcg(e);
	/* "oom-kill:" is 5.0+; where the release is not known, the task table's
	 * own form tells nothing sure, so the line is then not demanded. */
	bool has_summary = kernel_at_least(&e->kernel, 5, 0) || like_el8(e);
	bool has_slot[10] = { false };
	static const char *const name[10] = { "line that says who asked",
		"memory and limit of the cgroup", "Mem-Info counters", "Mem-Info zones",
		"Mem-Info free lists", "task table", "oom-kill summary", "kill line",
		"Mem-Info page counts", "Mem-Info lines that may be another report's" };
	size_t count = 0;

	if (e->told) {
		if (room > 0)
			names[0] = e->kind == KIND_OOM ? "kernel's own report"
						       : "killer's own line";
		return room > 0;
	}
	if (e->kind == KIND_OVERCOMMIT_REFUSAL || e->kind == KIND_USERSPACE_KILL ||
		e->kind == KIND_STATE || e->area.kind != NO_AREA || is_whole_slub(e))
		return 0;
	/* From 2.6.19 on it has a name and, at its end, the order. */
	has_slot[0] = !(e->sections & SECTION_TRIGGER) ||
		      (e->kind == KIND_OOM && e->request.comm.n > 0 &&
			      !known(e->request.order));
	if (e->kind == KIND_ALLOCATION_FAILURE) {
		has_slot[2] = !counters_whole(&e->memory.counters);
		has_slot[3] = !(e->sections & SECTION_ZONES);
		has_slot[4] = !(e->sections & SECTION_BUDDY);
	} else {
		bool ends = e->panic.n > 0 || e->no_killable;

		if (memcg)
			/* 2.6.29 and older say only that it was a cgroup. */
			has_slot[1] = !(e->sections & SECTION_MEMCG) &&
				      !(kernel_before(&e->kernel, 2, 7) &&
					      e->kernel.patch < 30);
		else {
			has_slot[2] = !counters_whole(&e->memory.counters);
			has_slot[3] = !(e->sections & SECTION_ZONES);
			has_slot[4] = !(e->sections & SECTION_BUDDY);
			has_slot[8] = !(e->sections & SECTION_RAM);
		}
		has_slot[5] = !(e->sections & SECTION_TASKS) && prints_tasks(e);
		has_slot[6] = has_summary && !(e->sections & SECTION_SUMMARY) && !ends;
		has_slot[7] = !(e->sections & SECTION_KILL) && !ends;
	}
	/* 2.6.9 and 2.6.10, which print protections[], end with the swap cache. */
	has_slot[8] = has_slot[8] && !kernel_before(&e->kernel, 2, 6) &&
		      !e->memory.protections;
	has_slot[9] = e->mixed_lines > 0;
	for (size_t i = 0; i < 10; i++)
		if (has_slot[i] && count < room)
			names[count++] =
				i == 0 && (e->sections & SECTION_TRIGGER)
					? "rest of the line that says who asked"
					: name[i];
	return count;
}
