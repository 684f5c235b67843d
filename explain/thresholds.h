/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every number in a rule that is ours and not the kernel's, with its reason. */
#ifndef EXPLAIN_THRESHOLDS_H
#define EXPLAIN_THRESHOLDS_H

#include <stdint.h>

#define MIB (INT64_C(1024) * 1024)
#define GIB (1024 * MIB)

/* Free memory outside the wall counts from here: less is what other nodes always
 * keep free between their marks. */
#define HIDDEN_MIN_BYTES   (64 * MIB)
#define HIDDEN_MIN_PERCENT 2

/* A victim below this was not what filled a machine of today. */
#define SMALL_VICTIM_BYTES (64 * MIB)

/* Numbers are printed unlocked, after the decision: pages trickle back. Above the
 * mark by no more than this a zone is still taken to have refused. */
#define RACE_PERCENT       1
#define RACE_PAGES_PER_CPU INT64_C(64)
#define RACE_ASSUMED_CPUS  8

/* lowmem_reserve[] is what stands above the zone divided by its ratio, 256 by default and
 * 32 for HighMem: more than such a part is kept back nowhere. */
#define RESERVE_MOST_PARTS 32

/* A memcg's printed usage may lag its limit by per-CPU stocks (64 pages a CPU) and
 * by what exited meanwhile. */
#define MEMCG_SLACK_BYTES   (INT64_C(256) * 1024)
#define MEMCG_SLACK_PERCENT 2

/* Without statistics, the tasks of a cgroup fill it when they hold most of it. */
#define MEMCG_TASKS_PERCENT 60

/* Locked (or protected) memory is why reclaim failed when it is half of it. */
#define MEMCG_LOCKED_PERCENT 50

/* What a healthy machine has in each class; only more than this can be a cause. */
#define SLAB_BASELINE_PERCENT        5
#define SLAB_BASELINE_MAX            GIB
#define PAGE_TABLES_BASELINE_PERCENT 1
#define STACKS_BASELINE_PERCENT      1
#define UNACCOUNTED_BASELINE_PERCENT 3
#define UNACCOUNTED_BASELINE_BYTES   (100 * MIB)
#define RESERVED_BASELINE_PERCENT    3
#define RESERVED_BASELINE_BYTES      (128 * MIB)

/* The kernel's own fixed part (vmalloc, per-CPU areas, drivers) is some 100 MiB on
 * a server and 8 to 12 MiB in the lab's guests of 256 to 512 MiB, so on a small
 * machine the fixed part is bounded by the same share once more. */

/* The largest class is the cause for certain when nothing comes near it. */
#define CLEARLY_LARGEST_NUM 3
#define CLEARLY_LARGEST_DEN 2

/* An idle hugetlb pool matters when it is a share of RAM or covers the shortage. */
#define HUGETLB_IDLE_PERCENT 5
#define HUGETLB_IDLE_TIMES   2
#define HUGETLB_USED_PERCENT 50

#define SLAB_RECLAIMABLE_PERCENT 20

/* The small DMA zone may have large pieces that its reserve keeps from the request. */
#define PIECES_LACK_PERCENT 90

/* Page cache that should have been freed: much of the memory, and many times what
 * was lacking; mapped program text on a full machine stays below this. */
#define RECLAIM_FILE_PERCENT 20
#define RECLAIM_FILE_TIMES   10

#define SWAP_FULL_PERCENT     1
#define SWAP_FULL_BYTES       (4 * MIB)
#define SWAP_NEARLY_PERCENT   10
#define SWAP_UNUSABLE_PERCENT 10

/* zram compresses to between these shares of what is swapped out. */
#define ZRAM_RATIO_MIN_TENTHS 15
#define ZRAM_RATIO_MAX        6

/* One kind of free memory hides behind the marks. */
#define KIND_CERTAIN_PERCENT 25
#define KIND_LIKELY_PERCENT  10

/* The reserve for atomic requests is the wall where it is most of what is free. */
#define HIGHATOMIC_FREE_PARTS 2

/* THP raises min_free_kbytes to at most 5 % of lowmem, so only more is absurd. */
#define MARKS_CERTAIN_PERCENT 8
#define MARKS_LIKELY_PERCENT  5

/* Rows of the task table that sum to so much more than the counters count shared pages
 * more than once; below it, counters lag and small programs share their code. */
#define SHARED_PERCENT 25

/* Swap in use that is no process's: tmpfs and shared memory, where it is that much. Places
 * that CPUs keep at hand (64 pages each) and rows that lag are less. */
#define SWAPPED_FILES_PERCENT 25
#define SWAPPED_FILES_BYTES   (64 * MIB)

/* Of one program it is said that it holds most from here on. */
#define STANDS_OUT_PERCENT 40

/* A bystander holds less than this of what fills the wall. */
#define BYSTANDER_PERCENT 20

/* dma-zone-exhausted and node-bound-request: free memory elsewhere. */
#define ELSEWHERE_MIN_BYTES (64 * MIB)

/* lowmem-exhausted: pages on the lists of low memory, as a share of it, below which
 * the kernel itself fills it. */
#define LOWMEM_LISTS_PERCENT 10

#endif
