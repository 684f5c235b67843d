/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: what the machine now is judged to be, where no recorded machine has the case: its
 * settings, groups that die together, other adjustments, what is not known. */
#include "explain/now.h"

#include <criterion/criterion.h>
#include <string.h>

enum { PAGE = 4096, TASKS = 3 };

#define MIB_PAGES INT64_C(256)

static struct task rows[TASKS];
static struct task_place places[TASKS];
static struct cgroup cgroups[3];
static struct zone zone;
static struct machine_state state;

static struct task task_of(int64_t pid, struct slice comm, int64_t mib, int64_t adj)
{
	return (struct task){ .pid = pid,
		.tgid = pid,
		.comm = comm,
		.uid = 0,
		.rss_pages = mib * MIB_PAGES,
		.rss_anon_pages = mib * MIB_PAGES,
		.rss_file_pages = 0,
		.rss_shmem_pages = 0,
		.swapents_pages = 0,
		.pagetable_bytes = 0,
		.pagetable_pages = UNKNOWN,
		.oom_adj = UNKNOWN,
		.oom_score_adj = adj };
}

static struct cgroup cgroup_of(struct slice path, size_t parent, int64_t limit)
{
	return (struct cgroup){ .path = path,
		.parent = parent,
		.usage_bytes = limit == UNLIMITED ? UNKNOWN : limit / 2,
		.limit_bytes = limit,
		.high_bytes = UNLIMITED,
		.swap_usage_bytes = 0,
		.swap_limit_bytes = 0,
		.memsw_usage_bytes = UNKNOWN,
		.memsw_limit_bytes = UNKNOWN,
		.kmem_usage_bytes = UNKNOWN,
		.failcnt = UNKNOWN,
		.swappiness = UNKNOWN,
		.oom_kill_disable = UNKNOWN,
		.oom_group = 0,
		.events_max = 0,
		.events_oom = 0,
		.events_oom_kill = 0 };
}

/* 1000 MiB of RAM; db (1) with 300 MiB outside, web (2) with 100 and cache (3) with 50
 * in /box of 256 MiB. */
static void set_up(void)
{
	int64_t *unknown = (int64_t *)&state.vm;
	struct amount *counters = (struct amount *)&state.memory.counters;

	memset(&state, 0, sizeof(state));
	for (size_t i = 0; i < sizeof(state.vm) / sizeof(int64_t); i++)
		unknown[i] = 0;
	for (size_t i = 0; i < sizeof(struct counters) / sizeof(struct amount); i++)
		counters[i] = NO_AMOUNT;
	state.page_bytes = PAGE;
	state.kernel = (struct kernel){ .major = 6, .minor = 12, .patch = 0 };
	state.memory.counters.ram = (struct amount){ 1000 * MIB_PAGES, 0 };
	state.memory.counters.reserved = (struct amount){ 0, 0 };
	state.memory.swap_total_bytes = (struct amount){ 0, 0 };
	state.memory.swap_free_bytes = (struct amount){ 0, 0 };
	state.memory.cpus = 2;
	state.total_bytes = 1000 * MIB_PAGES * PAGE;
	rows[0] = task_of(11, SLICE("db"), 300, 0);
	rows[1] = task_of(12, SLICE("web"), 100, 0);
	rows[2] = task_of(13, SLICE("cache"), 50, 0);
	state.tasks = (struct task_table){ .rows = rows,
		.count = TASKS,
		.has_swapents = true,
		.has_pagetables = true,
		.has_oom_score_adj = true,
		.has_rss_split = true };
	state.places = places;
	places[0] = (struct task_place){ .cgroup = 0, .oom_score = UNKNOWN };
	places[1] = places[2] =
		(struct task_place){ .cgroup = 2, .oom_score = UNKNOWN };
	cgroups[0] = cgroup_of(SLICE("/"), SIZE_MAX, UNLIMITED);
	cgroups[1] = cgroup_of(SLICE("/box"), 0, 256 * MIB_PAGES * PAGE);
	cgroups[2] = cgroup_of(SLICE("/box/inner"), 1, UNLIMITED);
	state.cgroups = cgroups;
	state.cgroup_count = 3;
	state.cgroup_version = 2;
}

static const struct now_answer *judged(struct now *now)
{
	return now_judge(now, &state, NULL, 0);
}

static int64_t first_pid(const struct now_ranking *r)
{
	return r->first ? r->first->task->pid : -1;
}

Test(now, the_largest_dies_machine_wide_and_inside_the_limit, .init = set_up)
{
	struct now *now = now_new();
	const struct now_answer *a = judged(now);

	cr_expect_eq(a->ranking.choice, CHOOSES_BY_BADNESS);
	cr_expect_eq(first_pid(&a->ranking), 11);
	cr_expect_eq(a->ranking.frees_bytes, 300 * MIB_PAGES * PAGE);
	cr_assert_eq(a->cgroup_count, 1);
	cr_expect_eq(first_pid(&a->cgroups[0].ranking), 12);
	cr_expect_eq(a->cgroups[0].ranking.selection.total_pages, 256 * MIB_PAGES);
	/* web's own cgroup has no limit: it is the parent's. */
	cr_expect_str_eq(a->cgroups[0].cause, "memcg-ancestor-limit");
	now_free(now);
}

Test(now, settings_that_replace_badness, .init = set_up)
{
	static const struct {
		int64_t panic, asking;
		enum now_choice machine, cgroup;
	} rows_of[] = {
		{ 0, 0, CHOOSES_BY_BADNESS, CHOOSES_BY_BADNESS },
		{ 1, 0, CHOOSES_TO_PANIC, CHOOSES_BY_BADNESS },
		{ 2, 0, CHOOSES_TO_PANIC, CHOOSES_TO_PANIC },
		{ 0, 1, CHOOSES_THE_ASKING, CHOOSES_BY_BADNESS },
		{ 1, 1, CHOOSES_TO_PANIC, CHOOSES_BY_BADNESS },
		{ UNKNOWN, UNKNOWN, CHOOSES_BY_BADNESS, CHOOSES_BY_BADNESS },
	};
	struct now *now = now_new();

	for (size_t i = 0; i < sizeof(rows_of) / sizeof(*rows_of); i++) {
		const struct now_answer *a;

		state.vm.panic_on_oom = rows_of[i].panic;
		state.vm.oom_kill_allocating_task = rows_of[i].asking;
		a = judged(now);
		cr_expect_eq(a->ranking.choice, rows_of[i].machine, "row %zu", i);
		cr_expect_eq(
			a->cgroups[0].ranking.choice, rows_of[i].cgroup, "row %zu", i);
	}
	now_free(now);
}

Test(now, a_group_dies_as_one, .init = set_up)
{
	struct now *now = now_new();
	const struct now_answer *a;

	cgroups[2].oom_group = 1;
	a = judged(now);
	cr_expect_null(a->ranking.group, "db is in none");
	cr_assert_eq(a->cgroup_count, 1);
	cr_expect_eq(a->cgroups[0].ranking.group, &cgroups[2]);
	cr_expect_eq(a->cgroups[0].ranking.group_tasks, 2);
	cr_expect_eq(a->cgroups[0].ranking.frees_bytes, 150 * MIB_PAGES * PAGE);
	/* oom_score_adj -1000 survives its group too. */
	rows[2].oom_score_adj = -1000;
	a = judged(now);
	cr_expect_eq(a->cgroups[0].ranking.group_tasks, 1);
	now_free(now);
}

Test(now, another_adjustment_is_tried_and_not_set, .init = set_up)
{
	struct what_if up = { SLICE("cache"), 900 }, off = { SLICE("11"), -1000 };
	struct now *now = now_new();
	struct now_ranking r;

	judged(now);
	r = now_who_dies(now, &state, NULL, &up, 1);
	cr_expect_eq(first_pid(&r), 13);
	r = now_who_dies(now, &state, NULL, &off, 1);
	cr_expect_eq(first_pid(&r), 12);
	r = now_who_dies(now, &state, &cgroups[1], &up, 1);
	cr_expect_eq(first_pid(&r), 13);
	cr_expect_eq(rows[2].oom_score_adj, 0);
	r = now_who_dies(now, &state, NULL, NULL, 0);
	cr_expect_eq(first_pid(&r), 11);
	now_free(now);
}

Test(now, nobody_where_all_are_spared, .init = set_up)
{
	struct now *now = now_new();
	const struct now_answer *a;

	for (int i = 0; i < TASKS; i++)
		rows[i].oom_score_adj = -1000;
	a = judged(now);
	cr_expect_eq(a->ranking.choice, CHOOSES_NOBODY);
	cr_expect_null(a->ranking.first);
	state.tasks.count = 0;
	a = judged(now);
	cr_expect_eq(a->ranking.choice, CHOICE_UNKNOWN, "none seen is not none there");
	now_free(now);
}

Test(now, how_long_until_a_limit, .init = set_up)
{
	struct now *now = now_new();
	const struct now_answer *a = judged(now);

	cr_expect_eq(a->cgroups[0].growth_bytes, UNKNOWN, "one look tells nothing");
	cr_expect_eq(a->cgroups[0].seconds_left, UNKNOWN);
	cgroups[1].samples[0] =
		(struct usage_sample){ 1000000, cgroups[1].usage_bytes };
	cgroups[1].samples[1] =
		(struct usage_sample){ 5000000, cgroups[1].usage_bytes };
	cgroups[1].sample_count = 2;
	a = judged(now);
	cr_expect_eq(a->cgroups[0].seconds_left, UNLIMITED);
	cgroups[1].samples[0].bytes -= 4 * PAGE * MIB_PAGES;
	a = judged(now);
	cr_expect_eq(a->cgroups[0].growth_bytes, PAGE * MIB_PAGES, "1 MiB a second");
	cr_expect_eq(a->cgroups[0].seconds_left, 128, "128 MiB are left");
	now_free(now);
}

/* A zone of 100 MiB with marks of 4, 5 and 6 MiB, and so much free. */
static void free_is(int64_t pages)
{
	memset(&zone, 0, sizeof(zone));
	zone.name = SLICE("Normal");
	zone.node = 0;
	zone.free_bytes = pages * PAGE;
	zone.boost_bytes = 0;
	zone.min_bytes = 4 * MIB_PAGES * PAGE;
	zone.low_bytes = 5 * MIB_PAGES * PAGE;
	zone.high_bytes = 6 * MIB_PAGES * PAGE;
	zone.present_bytes = zone.managed_bytes = 100 * MIB_PAGES * PAGE;
	zone.reserved_highatomic_bytes = zone.free_highatomic_bytes = UNKNOWN;
	zone.lowmem_reserves = 1;
	zone.orders = 1;
	zone.blocks[0] = (struct free_blocks){ .size_bytes = PAGE, .count = pages };
	state.memory.zones = &zone;
	state.memory.zone_count = 1;
}

static enum now_verdict verdict_of(struct now *now, const char *name)
{
	const struct now_answer *a = judged(now);

	for (size_t i = 0; i < a->request_count; i++)
		if (strcmp(a->requests[i].name, name) == 0)
			return a->requests[i].verdict;
	return NOW_UNKNOWN;
}

Test(now, at_the_marks_and_between_them, .init = set_up)
{
	static const struct {
		int64_t free;
		enum now_verdict kernel, nowait, atomic;
	} at[] = {
		{ 5 * MIB_PAGES + 1, NOW_PASSES, NOW_PASSES, NOW_PASSES },
		{ 5 * MIB_PAGES, NOW_WAKES_KSWAPD, NOW_WAKES_KSWAPD, NOW_WAKES_KSWAPD },
		{ 4 * MIB_PAGES + 1, NOW_WAKES_KSWAPD, NOW_WAKES_KSWAPD,
			NOW_WAKES_KSWAPD },
		{ 4 * MIB_PAGES, NOW_RECLAIMS, NOW_FAILS, NOW_WAKES_KSWAPD },
		{ 4 * MIB_PAGES * 3 / 8 + 1, NOW_RECLAIMS, NOW_FAILS,
			NOW_WAKES_KSWAPD },
		{ 4 * MIB_PAGES * 3 / 8, NOW_RECLAIMS, NOW_FAILS, NOW_FAILS },
	};
	struct now *now = now_new();

	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		free_is(at[i].free);
		zone.inactive_file_bytes = 20 * MIB_PAGES * PAGE;
		cr_expect_eq(
			verdict_of(now, "kernel-page"), at[i].kernel, "row %zu", i);
		cr_expect_eq(
			verdict_of(now, "nowait-page"), at[i].nowait, "row %zu", i);
		cr_expect_eq(
			verdict_of(now, "atomic-page"), at[i].atomic, "row %zu", i);
	}
	/* Nothing to reclaim: the killer. */
	free_is(4 * MIB_PAGES);
	cr_expect_eq(verdict_of(now, "kernel-page"), NOW_FAILS);
	/* Enough free, in single pages only. */
	free_is(50 * MIB_PAGES);
	cr_expect_eq(verdict_of(now, "kernel-order3"), NOW_RECLAIMS);
	cr_expect_eq(verdict_of(now, "nowait-order3"), NOW_FAILS);
	/* What is not known is not guessed. */
	free_is(4 * MIB_PAGES);
	zone.inactive_file_bytes = UNKNOWN;
	cr_expect_eq(verdict_of(now, "kernel-page"), NOW_UNKNOWN);
	zone.min_bytes = UNKNOWN;
	cr_expect_eq(verdict_of(now, "nowait-page"), NOW_UNKNOWN);
	now_free(now);
}
