/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: releases, node lists and cgroup paths decide rules, so each form is shown. */
#include "explain/inquiry.h"
#include "parsers/sections.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Releases. */

static void reads_release(
	const char *text, int64_t major, int64_t minor, int64_t patch, bool el)
{
	struct kernel k = { .major = UNKNOWN };

	cr_expect(kernel_read(&k, slice_of(text)), "%s", text);
	cr_expect_eq(k.major, major, "%s", text);
	cr_expect_eq(k.minor, minor, "%s", text);
	cr_expect_eq(k.patch, patch, "%s is patch %lld", text, (long long)k.patch);
	cr_expect_eq(k.el, el, "%s", text);
	cr_expect(slice_is(k.release, text));
}

Test(kernel, releases_of_all_shapes_are_read)
{
	reads_release("6.12.117+deb12-amd64", 6, 12, 117, false);
	reads_release("3.10.0-514.el7.x86_64", 3, 10, 0, true);
	reads_release("2.6.32-642.11.1.el6.x86_64", 2, 6, 32, true);
	reads_release("4.18.0-305.el8.x86_64", 4, 18, 0, true);
	reads_release("6.18-rc1", 6, 18, 0, false);
	reads_release("6.18", 6, 18, 0, false);
	reads_release("5.15.0-101-generic", 5, 15, 0, false);
	reads_release("4.4.0", 4, 4, 0, false);
}

Test(kernel, what_is_no_release_is_refused)
{
	const char *const bad[] = { "", "x", "6", "6.", "6.x", ".1", "-6.1", "6.-1",
		"#1 SMP" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct kernel k = { .major = UNKNOWN };

		cr_expect_not(kernel_read(&k, slice_of(bad[i])), "\"%s\"", bad[i]);
		cr_expect_eq(k.major, UNKNOWN, "\"%s\"", bad[i]);
	}
}

Test(kernel, an_unknown_release_is_neither_old_nor_new)
{
	struct kernel k = { .major = UNKNOWN };

	cr_expect_not(kernel_at_least(&k, 2, 6));
	cr_expect_not(kernel_before(&k, 99, 0));
	kernel_read(&k, SLICE("5.10.3"));
	cr_expect(kernel_at_least(&k, 5, 10));
	cr_expect(kernel_at_least(&k, 4, 20));
	cr_expect_not(kernel_at_least(&k, 5, 11));
	cr_expect_not(kernel_at_least(&k, 6, 0));
	cr_expect(kernel_before(&k, 5, 11));
	cr_expect_not(kernel_before(&k, 5, 10));
}

/* Node lists. */

Test(node_list, ranges_and_singles_are_read)
{
	struct node_list list;

	cr_assert(node_list_read(&list, SLICE("0-1,4,62-65")));
	for (int64_t n = -1; n < 70; n++)
		cr_expect_eq(node_list_has(&list, n),
			n == 0 || n == 1 || n == 4 || (n >= 62 && n <= 65), "%lld",
			(long long)n);
	cr_expect(list.seen);
	cr_expect_not(list.is_null);
}

Test(node_list, null_is_no_list)
{
	struct node_list list;

	cr_assert(node_list_read(&list, SLICE("(null)")));
	cr_expect(list.is_null);
	cr_expect_not(node_list_has(&list, 0));
}

Test(node_list, hostile_lists_end_soon)
{
	struct node_list list;
	const char *const bad[] = { "a", "0-", "1-0", "0,,1", "0-1x", "-1", "(nul",
		"0 1" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_not(
			node_list_read(&list, slice_of(bad[i])), "\"%s\"", bad[i]);
	/* Beyond the kernel's own most: read, and not marked. */
	cr_expect(node_list_read(&list, SLICE("0-9223372036854775807")));
	cr_expect(node_list_has(&list, 1023));
	cr_expect_not(node_list_has(&list, 1024));
	cr_expect_not(node_list_has(&list, INT64_MAX));
	cr_expect(node_list_read(&list, SLICE("99999999999999999999")));
	cr_expect_not(node_list_has(&list, 1023));
}

Test(node_list, an_empty_list_names_no_node)
{
	struct node_list list;

	node_list_read(&list, SLICE(""));
	for (int64_t n = 0; n < MAX_NODES_NAMED; n++)
		cr_assert_not(node_list_has(&list, n));
}

/* Lines by their number, of which several can share one (#012). */
Test(event, a_line_is_found_by_its_number)
{
	struct oom_event *e = event_new();
	struct event_line lines[] = { { 3, SLICE("three") }, { 7, SLICE("seven") },
		{ 8, SLICE("eight") } };

	e->lines = lines;
	e->line_count = 3;
	cr_expect(slice_is(event_text(e, 3), "three"));
	cr_expect(slice_is(event_text(e, 7), "seven"));
	cr_expect(slice_is(event_text(e, 8), "eight"));
	cr_expect_eq(event_text(e, 0).n, 0);
	cr_expect_eq(event_text(e, 4).n, 0);
	cr_expect_eq(event_text(e, 9).n, 0);
	e->line_count = 0;
	cr_expect_eq(event_text(e, 3).n, 0);
	event_free(e);
}

/* A new event knows nothing: no amount is 0. */
Test(event, a_new_event_knows_nothing)
{
	struct oom_event *e = event_new();
	const struct amount *a = (const struct amount *)&e->memory.counters;

	for (size_t i = 0; i < sizeof(struct counters) / sizeof(*a); i++)
		cr_expect_eq(a[i].value, UNKNOWN);
	cr_expect_eq(e->uptime_usec, UNKNOWN);
	cr_expect_eq(e->page_bytes, UNKNOWN);
	cr_expect_eq(e->memcg.memory.usage_bytes, UNKNOWN);
	cr_expect_eq(e->memcg.memory.limit_bytes, UNKNOWN);
	cr_expect_eq(e->memory.swap_total_bytes.value, UNKNOWN);
	cr_expect_eq(e->request.order, UNKNOWN);
	cr_expect_eq(e->request.oom_score_adj, UNKNOWN);
	cr_expect_eq(memcg_stat(&e->memcg, "anon").value, UNKNOWN);
	event_free(e);
	event_free(NULL);
}

/* Paths of cgroups. */

Test(cgroup_path, below_means_a_whole_component)
{
	cr_expect(cgroup_below(SLICE("/a/b"), SLICE("/a")));
	cr_expect(cgroup_below(SLICE("/a"), SLICE("/")));
	cr_expect_not(cgroup_below(SLICE("/a"), SLICE("/a")));
	cr_expect_not(cgroup_below(SLICE("/ab"), SLICE("/a")));
	cr_expect_not(cgroup_below(SLICE("/a"), SLICE("/a/b")));
	cr_expect_not(cgroup_below(SLICE("/"), SLICE("/")));
	cr_expect_not(cgroup_below(SLICE("/a"), SLICE("")));
	cr_expect_not(cgroup_below(SLICE(""), SLICE("")));
}

static void unit_is(const char *path, const char *expected)
{
	cr_expect(slice_is(cgroup_unit(slice_of(path)), expected), "%s: \"%.*s\"", path,
		SLICE_ARG(cgroup_unit(slice_of(path))));
}

Test(cgroup_path, the_unit_is_the_last_component_or_none)
{
	unit_is("/system.slice/postgresql.service", "postgresql.service");
	unit_is("/user.slice/user-1000.slice/session-3.scope", "session-3.scope");
	unit_is("/user.slice", "user.slice");
	/* A cgroup below a unit is the service's own, no unit. */
	unit_is("/system.slice/postgresql.service/worker", "");
	unit_is("/docker/0123456789abcdef", "");
	unit_is("/", "");
	unit_is("", "");
}

#define ID   "4c1a9e0db3f25e77a8e6b2a1d0c9f8e7d6c5b4a39281706f5e4d3c2b1a098f7e"
#define ID12 "4c1a9e0db3f2"

static void means(const char *path, const char *const parts[4])
{
	struct oom_event *e = event_new();
	struct inquiry q = { .e = e, .arena = e->arena };
	struct slice s = cgroup_meaning(&q, slice_of(path));

	if (!parts[0])
		cr_expect_eq(s.n, 0, "%s: \"%.*s\"", path, SLICE_ARG(s));
	for (size_t i = 0; i < 4 && parts[i]; i++)
		cr_expect(slice_has(s, parts[i]), "%s: no \"%s\" in \"%.*s\"", path,
			parts[i], SLICE_ARG(s));
	event_free(e);
}
#define MEANS(path, ...) means(path, (const char *const[4]){ __VA_ARGS__ })

Test(cgroup_path, kubernetes_containers_and_pods_are_named)
{
	/* The systemd driver of kubelet. */
	MEANS("/kubepods.slice/kubepods-burstable.slice/"
	      "kubepods-burstable-pod0a1b2c3d_4e5f.slice/cri-containerd-" ID ".scope",
		ID12, "0a1b2c3d-4e5f", "Burstable", "container");
	MEANS("/kubepods.slice/kubepods-pod0a1b.slice/crio-" ID ".scope", ID12, "0a1b",
		"Guaranteed");
	MEANS("/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod0a1b.slice",
		"0a1b", "BestEffort", "as a whole");
	/* The cgroupfs driver. */
	MEANS("/kubepods/burstable/pod0a1b2c3d-4e5f/" ID, ID12, "0a1b2c3d-4e5f",
		"Burstable", "container");
	MEANS("/kubepods/pod0a1b", "0a1b", "Guaranteed", "as a whole");
	/* All pods. */
	MEANS("/kubepods.slice", "all pods");
	MEANS("/kubepods/besteffort", "BestEffort");
	MEANS("/kubepods.slice/kubepods-burstable.slice", "Burstable");
}

/* kind and minikube put all of it below another path. */
Test(cgroup_path, kubernetes_within_a_container_is_kubernetes)
{
	MEANS("/docker/" ID "/kubelet/kubepods/burstable/pod0a1b/" ID, "0a1b",
		"Burstable", "Kubernetes");
	MEANS("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
	      "kubelet-kubepods-burstable-pod0a1b.slice/cri-containerd-" ID ".scope",
		"0a1b", "Burstable", "Kubernetes");
}

Test(cgroup_path, containers_are_named_by_their_runtime)
{
	MEANS("/docker/" ID, "Docker", ID12, "--memory");
	MEANS("/system.slice/docker-" ID ".scope", "Docker", ID12);
	MEANS("/machine.slice/libpod-" ID ".scope", "container", ID12);
}

Test(cgroup_path, units_of_systemd_are_named)
{
	MEANS("/system.slice/postgresql.service", "postgresql.service", "MemoryMax=");
	MEANS("/user.slice/user-1000.slice", "user-1000.slice", "all units in it");
	MEANS("/", NULL);
	MEANS("", NULL);
	MEANS("/mine", NULL);
	MEANS("/docker/short", NULL);
}

Test(cgroup_path, hostile_names_stay_out_of_commands)
{
	cr_expect(safe_in_command(SLICE("/system.slice/a-b_c@1.service")));
	cr_expect_not(safe_in_command(SLICE("")));
	cr_expect_not(safe_in_command(SLICE("-rf")));
	cr_expect_not(safe_in_command(SLICE("/a b")));
	cr_expect_not(safe_in_command(SLICE("/a;b")));
	cr_expect_not(safe_in_command(SLICE("/$(a)")));
	cr_expect_not(safe_in_command(SLICE("/a\nb")));
	cr_expect_not(safe_in_command(SLICE("/a`b`")));
	cr_expect_not(safe_in_command(SLICE("/a'b")));
	cr_expect_not(safe_in_command(SLICE("/a\\b")));
	cr_expect_not(safe_in_command(SLICE("/m\xc3\xbc")));
}

/* A row whose fourth number has so many digits, behind so many blanks. */
static int64_t rss_of(
	struct oom_event *e, size_t digits, size_t blanks, const char *name)
{
	char row[160];
	size_t n = (size_t)snprintf(row, sizeof(row), "[%7d] %5d %5d %d", 12, 0, 12, 1);
	char *exact;
	bool taken;

	memset(row + n, ' ', blanks);
	n += blanks;
	for (size_t i = 0; i < digits; i++)
		row[n++] = (char)('0' + (i + 1) % 10);
	n += (size_t)snprintf(row + n, sizeof(row) - n, " 4096 0\t-1000%s", name);
	/* Exact, so that the sanitizer sees a byte too far. */
	exact = malloc(n);
	memcpy(exact, row, n);
	taken = tasks_take_row(e, (struct slice){ exact, n }, 1);
	cr_assert(taken);
	free(exact);
	cr_assert_eq(e->tasks.rows[0].oom_score_adj, -1000);
	cr_assert_eq(e->tasks.rows[0].pagetable_bytes, 4096);
	return e->tasks.rows[0].rss_pages;
}

Test(event, a_row_s_numbers_may_have_any_length)
{
	static const char *const names[] = { "", " ", " a", " a name of its own" };
	struct captures c = { { { 0 } } };
	struct record r = { .line = 1 };

	c.part[1] =
		SLICE("uid tgid total_vm rss pgtables_bytes swapents oom_score_adj");
	for (size_t digits = 1; digits <= 18; digits++)
		for (size_t blanks = 1; blanks <= 20; blanks++)
			for (size_t i = 0; i < 4; i++) {
				struct oom_event *e = event_new();
				int64_t expected = 0;

				for (size_t k = 0; k < digits; k++)
					expected =
						expected * 10 + (int64_t)((k + 1) % 10);
				take_tasks_header(e, &r, &c);
				cr_assert_eq(
					rss_of(e, digits, blanks, names[i]), expected);
				event_free(e);
			}
}
