/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: /proc and the cgroups as nobody's kernel has them, read twice, judged
 * and shown as by `oomwhy now`.
 *
 * A line "@NAME" begins a file of that name (see the table); what is not named is not
 * there. "@again" parts what the first refresh reads from what the second one does:
 * descriptors that stay open find files that changed. "@live": not as recorded trees
 * are read, but as this machine's. The files lie in memory, below /dev/shm. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/promises.h"

#include "cli/now.h"
#include "explain/now.h"
#include "parsers/gfp.h"
#include "parsers/proc.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = { "zoneinfo", "buddyinfo", "pagetypeinfo", "meminfo",
	"pressure/memory", "sys/vm/overcommit_memory", "sys/vm/overcommit_ratio",
	"sys/vm/overcommit_kbytes", "sys/vm/min_free_kbytes",
	"sys/vm/watermark_scale_factor", "sys/vm/swappiness", "sys/vm/panic_on_oom",
	"sys/vm/oom_kill_allocating_task", "sys/vm/oom_dump_tasks",
	"sys/kernel/osrelease", "self/mounts", "2/status", "77/status", "77/statm",
	"77/oom_score_adj", "77/oom_score", "77/cgroup", "78/status", "78/statm",
	"78/oom_score_adj", "78/oom_score", "78/cgroup", "cg/cgroup.controllers",
	"cg/memory.max", "cg/memory.stat", "cg/memory.usage_in_bytes",
	"cg/a/memory.current", "cg/a/memory.max", "cg/a/memory.high",
	"cg/a/memory.stat", "cg/a/memory.events", "cg/a/memory.swap.max",
	"cg/a/memory.swap.current", "cg/a/memory.oom.group",
	"cg/a/memory.usage_in_bytes", "cg/a/memory.limit_in_bytes",
	"cg/a/memory.memsw.limit_in_bytes", "cg/a/memory.memsw.usage_in_bytes",
	"cg/a/memory.kmem.usage_in_bytes", "cg/a/memory.failcnt",
	"cg/a/memory.swappiness", "cg/a/memory.oom_control", "cg/a/b/memory.current",
	"cg/a/b/memory.max", "cg/a/b/memory.stat", "cg/a/b/memory.usage_in_bytes",
	"cg/a/b/memory.limit_in_bytes",
	"sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
	"sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages",
	"sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages" };
enum { NAMES = sizeof(names) / sizeof(*names) };

static char root[64];
static int root_fd = -1;
static bool there[NAMES];

static int remove_entry(
	const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_tree(void)
{
	nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_tree(void)
{
	snprintf(root, sizeof(root), "/dev/shm/oomwhy-fuzz-XXXXXX");
	if (!mkdtemp(root)) {
		snprintf(root, sizeof(root), "/tmp/oomwhy-fuzz-XXXXXX");
		if (!mkdtemp(root))
			abort();
	}
	atexit(remove_tree);
	root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < NAMES; i++)
		for (const char *slash = strchr(names[i], '/'); slash;
			slash = strchr(slash + 1, '/')) {
			char folder[128];

			snprintf(folder, sizeof(folder), "%.*s",
				(int)(slash - names[i]), names[i]);
			mkdirat(root_fd, folder, 0700);
		}
}

static void put_file(size_t i, struct slice content)
{
	int fd = openat(
		root_fd, names[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, content.p, content.n) != (ssize_t)content.n)
		abort();
	close(fd);
	there[i] = true;
}

static void forget_files(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (there[i])
			unlinkat(root_fd, names[i], 0);
		there[i] = false;
	}
}

/* Write files up to the end, or "@again". */
static void put_files(struct slice *rest, bool *live)
{
	struct slice line, content = { rest->p, 0 };
	size_t file = NAMES;

	while (slice_cut(rest, '\n', &line)) {
		bool heading = slice_take(&line, "@");

		if (!heading) {
			content.n =
				(size_t)(line.p + line.n - content.p) + (rest->n > 0);
			continue;
		}
		if (file < NAMES)
			put_file(file, content);
		content = (struct slice){ rest->p, 0 };
		*live |= slice_is(line, "live");
		for (file = 0; file < NAMES && !slice_is(line, names[file]);)
			file++;
		if (slice_is(line, "again"))
			return;
	}
	if (file < NAMES)
		put_file(file, content);
}

static void show(const struct machine_state *state)
{
	static const struct now_question questions[] = { { 0, 0 },
		{ ~UINT64_C(0), 10 } };
	struct now *now = now_new();
	const struct now_answer *answer = now_judge(now, state, questions, 2);
	struct text out = { 0 };

	now_json(&out, answer);
	promise_json(text_slice(&out));
	text_clear(&out);
	now_text(&out, answer, true);
	promise_terminal(text_slice(&out));
	text_free(&out);
	now_free(now);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct slice rest = { (const char *)bytes, n };
	struct proc_roots roots = { .proc = root };
	char cgroup[80], sys[80];
	struct machine *machine;
	bool live = false;

	if (root_fd < 0)
		make_tree();
	snprintf(cgroup, sizeof(cgroup), "%s/cg", root);
	snprintf(sys, sizeof(sys), "%s/sys", root);
	roots.cgroup = cgroup;
	roots.sys = sys;
	put_files(&rest, &live);
	roots.recorded = !live;
	machine = machine_open(&roots);
	machine_refresh(machine);
	show(machine_state(machine));
	if (rest.n > 0) {
		put_files(&rest, &live);
		machine_refresh(machine);
		show(machine_state(machine));
	}
	machine_close(machine);
	forget_files();
	return 0;
}
