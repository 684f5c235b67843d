/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The causes in order of precedence: this table read aloud is the decision.
 *
 * First the wall: the first row of PART_WALL that is certain, else the first that is
 * likely. Where none holds and the machine as a whole refuses, what fills it: the
 * first certain row of PART_MACHINE, else the first likely one. */
#include "explain/causes.h"

#include <string.h>

const struct cause causes[] = {
	{ .slug = "sysrq-manual",
		.title =
			"A person or a tool asked the kernel to kill; memory was not exhausted.",
		.part = PART_WALL,
		.holds = sysrq_manual,
		.tell = tell_sysrq_manual,
		.pages = { "userspace-oom", "out-of-memory" } },
	{ .slug = "userspace-policy",
		.title = "A program outside the kernel killed by a rule of its own.",
		.part = PART_WALL,
		.holds = userspace_policy,
		.tell = tell_userspace_policy,
		.pages = { "userspace-oom" } },
	{ .slug = "overcommit-refused",
		.title =
			"The kernel refused to promise more memory; nothing was killed for it.",
		.part = PART_WALL,
		.holds = overcommit_refused,
		.tell = tell_overcommit_refused,
		.pages = { "overcommit", "paging" } },
	{ .slug = "request-too-large",
		.title = "The request was larger than this machine can ever serve.",
		.part = PART_WALL,
		.holds = request_too_large,
		.tell = tell_request_too_large,
		.pages = { "allocation-failures", "orders" } },
	{ .slug = "area-full",
		.title =
			"An area set aside for one purpose (CMA, swiotlb, per-CPU) had no room.",
		.part = PART_WALL,
		.holds = area_full,
		.tell = tell_area_full,
		.pages = { "allocation-failures", "migratetypes" } },
	{ .slug = "page-fault-oom",
		.title =
			"A page fault failed with ENOMEM, and the kernel killed without a request.",
		.part = PART_WALL,
		.holds = page_fault_oom,
		.tell = tell_page_fault_oom,
		.pages = { "paging", "reclaim" } },
	{ .slug = "memcg-swap-limit",
		.title =
			"A cgroup v1 has used up its limit for memory and swap together.",
		.part = PART_WALL,
		.holds = memcg_swap_limit,
		.tell = tell_memcg_swap_limit,
		.pages = { "cgroup-v1-memory", "swap" } },
	{ .slug = "memcg-ancestor-limit",
		.title =
			"A cgroup above the killed task's own has used up its memory limit.",
		.part = PART_WALL,
		.holds = memcg_ancestor_limit,
		.tell = tell_memcg_ancestor_limit,
		.pages = { "cgroup-hierarchy", "kubernetes" } },
	{ .slug = "memcg-limit",
		.title = "A cgroup has used up its own memory limit.",
		.part = PART_WALL,
		.holds = memcg_limit,
		.tell = tell_memcg_limit,
		.pages = { "cgroup-v2-memory", "containers-and-page-cache" } },
	{ .slug = "mempolicy-bind",
		.title =
			"A memory policy binds the task to nodes that are full; others are not.",
		.part = PART_WALL,
		.holds = mempolicy_bind,
		.tell = tell_mempolicy_bind,
		.pages = { "numa-policy", "zones" } },
	{ .slug = "cpuset-hardwall",
		.title =
			"A task may use some memory nodes only, these are full, others are not.",
		.part = PART_WALL,
		.holds = cpuset_hardwall,
		.tell = tell_cpuset_hardwall,
		.pages = { "cpusets", "numa-policy" } },
	{ .slug = "fragmentation",
		.title =
			"Enough memory is free, but no piece is as large as the request needs.",
		.part = PART_WALL,
		.holds = fragmentation,
		.tell = tell_fragmentation,
		.pages = { "orders", "migratetypes" } },
	{ .slug = "dma-zone-exhausted",
		.title =
			"The zone for devices with short addresses (DMA or DMA32) is full.",
		.part = PART_WALL,
		.holds = dma_zone_exhausted,
		.tell = tell_dma_zone_exhausted,
		.pages = { "zones", "allocation-failures" } },
	{ .slug = "lowmem-exhausted",
		.title =
			"All that the kernel itself can use on 32 bit is full; high memory is not.",
		.part = PART_WALL,
		.holds = lowmem_exhausted,
		.tell = tell_lowmem_exhausted,
		.pages = { "zones", "gfp-masks" } },
	{ .slug = "movable-only-free",
		.title =
			"The free memory is in the zone for movable pages, closed to this request.",
		.part = PART_WALL,
		.holds = movable_only_free,
		.tell = tell_movable_only_free,
		.pages = { "zones", "gfp-masks" } },
	{ .slug = "cma-only-free",
		.title =
			"The free pages belong to a CMA area, which this request may not use.",
		.part = PART_WALL,
		.holds = cma_only_free,
		.tell = tell_cma_only_free,
		.pages = { "migratetypes", "watermarks" } },
	{ .slug = "highatomic-reserve",
		.title =
			"The free pages are a reserve for urgent requests of several pages.",
		.part = PART_WALL,
		.holds = highatomic_reserve,
		.tell = tell_highatomic_reserve,
		.pages = { "migratetypes", "watermarks" } },
	{ .slug = "min-free-too-high",
		.title =
			"The watermarks keep so much free that too little is left to use.",
		.part = PART_WALL,
		.holds = min_free_too_high,
		.tell = tell_min_free_too_high,
		.pages = { "watermarks", "settings" } },
	{ .slug = "node-bound-request",
		.title =
			"The request was for one node only; that is full, and another is not.",
		.part = PART_WALL,
		.holds = node_bound_request,
		.tell = tell_node_bound_request,
		.pages = { "numa-policy", "allocation-failures" } },
	{ .slug = "cannot-wait",
		.title =
			"The request may not wait for reclaim, and nothing was left at that moment.",
		.part = PART_WALL,
		.holds = cannot_wait,
		.tell = tell_cannot_wait,
		.pages = { "allocation-failures", "watermarks" } },
	{ .slug = "freed-before-report",
		.title = "Enough memory was there again when the report was printed.",
		.part = PART_WALL,
		.holds = freed_before_report,
		.tell = tell_freed_before_report,
		.pages = { "watermarks", "reading-a-report" } },
	{ .slug = "hugetlb-pool",
		.title =
			"The pool of huge pages holds memory that nothing else may use.",
		.part = PART_MACHINE,
		.holds = hugetlb_pool,
		.tell = tell_hugetlb_pool,
		.pages = { "huge-pages" } },
	{ .slug = "slab-unreclaimable",
		.title =
			"The kernel's own objects (slab) fill the machine and cannot be freed.",
		.part = PART_MACHINE,
		.holds = slab_unreclaimable,
		.tell = tell_slab_unreclaimable,
		.pages = { "slab" } },
	{ .slug = "page-tables",
		.title = "Page tables fill the machine.",
		.part = PART_MACHINE,
		.holds = page_tables,
		.tell = tell_page_tables,
		.pages = { "page-table-memory", "huge-pages" } },
	{ .slug = "kernel-stacks",
		.title = "The kernel stacks of very many threads fill the machine.",
		.part = PART_MACHINE,
		.holds = kernel_stacks,
		.tell = tell_kernel_stacks,
		.pages = { "stack-memory" } },
	{ .slug = "unevictable",
		.title =
			"Locked memory, which may not be swapped or dropped, fills the machine.",
		.part = PART_MACHINE,
		.holds = unevictable,
		.tell = tell_unevictable,
		.pages = { "mlock", "tmpfs" } },
	{ .slug = "shmem-tmpfs",
		.title = "Files in RAM (tmpfs and shared memory) fill the machine.",
		.part = PART_MACHINE,
		.holds = shmem_tmpfs,
		.tell = tell_shmem_tmpfs,
		.pages = { "tmpfs" } },
	{ .slug = "unaccounted-memory",
		.title =
			"Memory that none of the report's counters owns fills the machine.",
		.part = PART_MACHINE,
		.holds = unaccounted_memory,
		.tell = tell_unaccounted_memory,
		.pages = { "memory-nobody-owns" } },
	{ .slug = "reclaim-failure",
		.title = "There was page cache to reclaim, and reclaiming it failed.",
		.part = PART_MACHINE,
		.holds = reclaim_failure,
		.tell = tell_reclaim_failure,
		.pages = { "reclaim" } },
	{ .slug = "swap-unusable",
		.title =
			"Processes' own memory fills the machine, and free swap was not used.",
		.part = PART_MACHINE,
		.holds = swap_unusable,
		.tell = tell_swap_unusable,
		.pages = { "swap", "reclaim" } },
	{ .slug = "anon-swap-full",
		.title =
			"Processes' own memory fills the machine, and the swap is full.",
		.part = PART_MACHINE,
		.holds = anon_swap_full,
		.tell = tell_anon_swap_full,
		.pages = { "swap", "badness" } },
	{ .slug = "anon-no-swap",
		.title =
			"Processes' own memory fills the machine, and there is no swap for it.",
		.part = PART_MACHINE,
		.holds = anon_no_swap,
		.tell = tell_anon_no_swap,
		.pages = { "swap", "badness" } },
	{ .slug = "unknown",
		.title = "The log does not say enough to name a cause.",
		.part = PART_MACHINE,
		.holds = NULL,
		.tell = tell_unknown,
		.pages = { "reading-a-report", "symptoms" } },
};
const size_t cause_count = sizeof(causes) / sizeof(*causes);

const char *cause_title(const char *slug)
{
	for (size_t i = 0; i < cause_count; i++)
		if (strcmp(causes[i].slug, slug) == 0)
			return causes[i].title;
	return NULL;
}

const char *cause_slug(size_t index)
{
	return index < cause_count ? causes[index].slug : NULL;
}
