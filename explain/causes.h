/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shape of a cause: one row in causes.c, its rule in its family's file. */
#ifndef EXPLAIN_CAUSES_H
#define EXPLAIN_CAUSES_H

#include "explain/inquiry.h"

enum part { PART_WALL, PART_MACHINE };

struct cause {
	const char *slug;
	const char *title; /* the wiki page's second line, word for word */
	enum part part;
	/* Does it hold? Adds its evidence while it decides. Where it does not hold
	 * but was near, `f->says` tells why not. */
	enum confidence (*holds)(struct inquiry *q, struct finding *f);
	/* Fill q->because (the headline behind "because") and the remedies. */
	void (*tell)(struct inquiry *q);
	const char *pages[4]; /* further pages of the wiki */
};

extern const struct cause causes[];
extern const size_t cause_count;

typedef enum confidence rule(struct inquiry *q, struct finding *f);
typedef void telling(struct inquiry *q);

/* walls_kind.c: the kind of event itself decides. */
rule sysrq_manual, overcommit_refused, request_too_large, page_fault_oom,
	node_bound_request, cannot_wait;
telling tell_sysrq_manual, tell_overcommit_refused, tell_request_too_large,
	tell_page_fault_oom, tell_node_bound_request, tell_cannot_wait;
/* walls_area.c: what is set aside for one purpose. */
rule area_full;
telling tell_area_full, tell_area_refused;
/* killers.c: somebody killed by a rule of its own; other programs' words for a kill. */
rule userspace_policy;
telling tell_userspace_policy, tell_told;
/* stall.c: a request that was still tried, with no proven cause; and what is added to
 * the headline of each. */
telling tell_stall, say_stall;
/* machine.c: the remedy of a cut report. */
telling help_whole_report;
/* walls_memcg.c */
rule memcg_swap_limit, memcg_ancestor_limit, memcg_limit;
telling tell_memcg_swap_limit, tell_memcg_ancestor_limit, tell_memcg_limit;
/* walls_node.c */
rule mempolicy_bind, cpuset_hardwall;
telling tell_mempolicy_bind, tell_cpuset_hardwall;
/* walls_zone.c */
rule fragmentation, dma_zone_exhausted, lowmem_exhausted, movable_only_free,
	cma_only_free, highatomic_reserve, min_free_too_high, freed_before_report;
telling tell_fragmentation, tell_dma_zone_exhausted, tell_lowmem_exhausted,
	tell_movable_only_free, tell_cma_only_free, tell_highatomic_reserve,
	tell_min_free_too_high, tell_freed_before_report;
/* machine.c: the wall is the whole machine; what fills it names the cause. */
rule machine, hugetlb_pool, slab_unreclaimable, page_tables, kernel_stacks, unevictable,
	shmem_tmpfs, unaccounted_memory, reclaim_failure, swap_unusable, anon_swap_full,
	anon_no_swap;
telling tell_hugetlb_pool, tell_slab_unreclaimable, tell_page_tables,
	tell_kernel_stacks, tell_unevictable, tell_shmem_tmpfs, tell_unaccounted_memory,
	tell_reclaim_failure, tell_swap_unusable, tell_anon_swap_full,
	tell_anon_no_swap, tell_unknown;

/* SLUB's line alone, of a cgroup's own cache: the charge may be what was refused, and of
 * that the kernel says nothing more. */
bool charged_to_a_cgroup(const struct oom_event *e);

#endif
