/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel said: one refused request of memory, read but not judged.
 *
 * Amounts are bytes unless the name says pages. UNKNOWN (base/quantity.h) is what
 * the log did not give, never zero. A line number of 0 means "no line". Every
 * pointer and slice lives in the event's arena. */
#ifndef PARSERS_EVENT_H
#define PARSERS_EVENT_H

#include "base/arena.h"
#include "base/quantity.h"
#include "base/slice.h"

enum {
	MAX_ORDERS = 24,       /* free lists of one zone: 11 on x86, 14 on arm64 */
	MAX_ZONE_TYPES = 8,    /* entries of lowmem_reserve[] */
	MAX_NODES_NAMED = 1024 /* nodes in a mask: the kernel's MAX_NUMNODES */
};

/* A number and the line that it stands in. */
struct amount {
	int64_t value;
	uint32_t line;
};

#define NO_AMOUNT ((struct amount){ UNKNOWN, 0 })

enum event_kind {
	KIND_OOM,
	KIND_ALLOCATION_FAILURE,
	KIND_OVERCOMMIT_REFUSAL,
	KIND_USERSPACE_KILL,
	KIND_STATE /* somebody asked for Mem-Info (sysrq-m): no event, nothing was refused */
};

enum constraint {
	CONSTRAINT_UNKNOWN,
	CONSTRAINT_NONE,
	CONSTRAINT_CPUSET,
	CONSTRAINT_MEMORY_POLICY,
	CONSTRAINT_MEMCG
};

enum outcome {
	OUTCOME_UNKNOWN,
	OUTCOME_KILLED,
	OUTCOME_GROUP_KILLED,
	OUTCOME_PANIC,
	OUTCOME_NO_KILLABLE_PROCESS,
	OUTCOME_NONE
};

/* How a value was come by. */
enum provenance { FROM_NOWHERE, FROM_PRINT, FROM_INFERENCE, FROM_ASSUMPTION };

/* Whether allocation profiling went on when its table was printed (6.18+ says). */
enum profiling { PROFILING_UNSAID, PROFILING_ON, PROFILING_OFF };

/* Parts of a report, as bits: which were seen. */
enum section {
	SECTION_TRIGGER = 1 << 0,
	SECTION_TRACE = 1 << 1,
	SECTION_MEMCG = 1 << 2,
	SECTION_MEMCG_STATS = 1 << 3,
	SECTION_COUNTERS = 1 << 4,
	SECTION_ZONES = 1 << 5,
	SECTION_BUDDY = 1 << 6,
	SECTION_SWAP = 1 << 7,
	SECTION_RAM = 1 << 8,
	SECTION_SLABS = 1 << 9,
	SECTION_TASKS = 1 << 10,
	SECTION_SUMMARY = 1 << 11, /* "oom-kill:constraint=" (5.0+) */
	SECTION_KILL = 1 << 12,
	SECTION_MEM_INFO = 1 << 13 /* the line "Mem-Info:" */
};

/* A release such as 6.12.117+deb12-amd64; major is UNKNOWN when not printed. */
struct kernel {
	struct slice release;
	int64_t major, minor, patch;
	bool el; /* a Red Hat release ("el7"): backports, so only shapes count */
	uint32_t line;
};

/* The request's flags as a set of enum gfp_flag (parsers/gfp.h). */
struct gfp {
	struct slice text; /* the kernel's own words */
	uint64_t mask;
	bool mask_known;
	uint64_t flags;
	uint64_t unnamed;     /* bits of the mask that no table names */
	enum provenance from; /* printed names, or decoded from the number */
	const char *layout;   /* which table decoded it, e.g. "4.10 to 4.17" */
};

/* A list of nodes such as "0-1,4". `is_null` is the kernel's "(null)". */
struct node_list {
	struct slice text;
	bool seen, is_null;
	uint64_t bits[MAX_NODES_NAMED / 64];
};

/* What is set aside for one purpose, and was full on its own. */
enum area { NO_AREA, AREA_CMA, AREA_SWIOTLB, AREA_PERCPU };

struct area_failure {
	enum area kind;
	struct slice name;    /* CMA's own, or the device's */
	struct slice why;     /* in mm/percpu.c's words */
	int64_t pages, error; /* CMA's; the error without its sign */
	/* Of the CMA area; the longest run is known where all of them were listed. */
	int64_t free_pages, all_pages, listed_pages, longest_pages;
	int64_t slots, used_slots; /* swiotlb's, of 2 KiB each */
	uint32_t line, free_line;
};

struct request {
	struct slice comm;
	int64_t pid, uid;
	int64_t order;      /* -1: asked for by sysrq */
	int64_t size_bytes; /* vmalloc's and vm_enough_memory's own number */
	struct gfp gfp;
	struct node_list nodemask; /* of a memory policy */
	struct slice cpuset;       /* last part of the path only */
	struct node_list mems_allowed;
	int64_t oom_adj, oom_score_adj; /* oom_adj, once oomkilladj: up to 3.6 */
	int64_t cpu;
	bool compaction_disabled; /* "COMPACTION is disabled!!!" (4.9+) */
	int64_t stalled_msec;     /* "page allocation stalls for" (4.9 to 4.14) */
	uint32_t line, cpu_line;
};

struct free_blocks {
	int64_t size_bytes, count;
	bool types_known;
	bool unmovable, movable, reclaimable, highatomic, cma, isolate, reserve;
};

struct zone {
	int64_t node; /* UNKNOWN when the line has no "Node N" */
	struct slice name;
	int64_t free_bytes, boost_bytes, min_bytes, low_bytes, high_bytes;
	int64_t reserved_highatomic_bytes, free_highatomic_bytes;
	int64_t active_anon_bytes, inactive_anon_bytes, active_file_bytes;
	int64_t inactive_file_bytes, unevictable_bytes, writepending_bytes;
	int64_t zspages_bytes, present_bytes, managed_bytes, mlocked_bytes;
	int64_t isolated_anon_bytes, isolated_file_bytes, dirty_bytes;
	int64_t writeback_bytes, mapped_bytes, shmem_bytes, slab_reclaimable_bytes;
	int64_t slab_unreclaimable_bytes, kernel_stack_bytes, pagetables_bytes;
	int64_t unstable_bytes, writeback_tmp_bytes, bounce_bytes, free_pcp_bytes;
	int64_t local_pcp_bytes, free_cma_bytes, shadow_call_stack_bytes;
	int64_t active_bytes, inactive_bytes; /* 2.6.9 to 2.6.27 */
	int64_t cma_watermark_bytes;          /* Huawei's 3.18 */
	int64_t pages_scanned;
	int64_t all_unreclaimable; /* 1, 0 or UNKNOWN */
	int64_t lowmem_reserve_pages[MAX_ZONE_TYPES];
	size_t lowmem_reserves;
	struct free_blocks blocks[MAX_ORDERS];
	size_t orders;
	int64_t blocks_total_bytes;
	uint32_t line, reserve_line, blocks_line;
};

struct node {
	int64_t id;
	int64_t active_anon_bytes, inactive_anon_bytes, active_file_bytes;
	int64_t inactive_file_bytes, unevictable_bytes, isolated_anon_bytes;
	int64_t isolated_file_bytes, mapped_bytes, dirty_bytes, writeback_bytes;
	int64_t shmem_bytes, shmem_thp_bytes, shmem_pmdmapped_bytes, anon_thp_bytes;
	int64_t writeback_tmp_bytes, unstable_bytes, kernel_stack_bytes;
	int64_t shadow_call_stack_bytes, pagetables_bytes, sec_pagetables_bytes;
	int64_t balloon_bytes, gpu_active_bytes, gpu_reclaim_bytes;
	int64_t pages_scanned, all_unreclaimable;
	uint32_t line;
};

/* Machine-wide counters, in pages as the kernel prints them. */
struct counters {
	struct amount active, inactive; /* 2.6.9 to 2.6.27 */
	struct amount active_anon, inactive_anon, isolated_anon, active_file;
	struct amount inactive_file, isolated_file, unevictable, dirty, writeback;
	struct amount unstable, slab, slab_reclaimable, slab_unreclaimable, mapped;
	struct amount mapped_anon; /* RHEL 5; its mapped is "mapped-file" */
	struct amount shmem, pagetables, sec_pagetables, bounce;
	struct amount kernel_misc_reclaimable, free, free_pcp, free_cma;
	struct amount pagecache, swapcache, ram, highmem, reserved, cma_reserved;
	struct amount hwpoisoned, shared, non_shared, quicklist;
	struct amount swapcache_added, swapcache_deleted; /* since boot */
};

struct huge_pages {
	int64_t node, total, free, surplus, size_bytes;
	uint32_t line;
};

/* The memory of a machine, from a report's Mem-Info or from /proc. */
struct memory_state {
	struct counters counters;
	struct amount swap_total_bytes, swap_free_bytes;
	struct zone *zones;
	size_t zone_count, zone_room;
	struct node *nodes;
	size_t node_count, node_room;
	struct huge_pages *huge;
	size_t huge_count, huge_room;
	int64_t cpus;          /* of the old per-CPU lines, else UNKNOWN */
	struct slice open_key; /* the last line was wrapped between it and its value */
	bool protections; /* protections[] in lowmem_reserve[]'s place (to 2.6.10) */
};

/* usage, limit and failcnt of one page_counter of a memcg. */
struct charge {
	int64_t usage_bytes, limit_bytes, failcnt;
	uint32_t line;
};

struct memcg_stat {
	struct slice key;
	int64_t value; /* bytes for amounts, counts for events: the kernel's own */
	uint32_t line;
};

struct memcg {
	struct slice oom_path, task_path; /* whose limit; the victim's own */
	uint32_t oom_line, task_line;
	int64_t version; /* 1, 2 or UNKNOWN */
	struct charge memory, memsw, kmem, swap;
	struct slice stats_path;
	bool stats_hierarchical; /* 5.3+: of the whole subtree */
	bool stats_cut;          /* 5.3 to 6.4: one record, cut at about 1 kB */
	int64_t stats_text;      /* bytes of the one record so far */
	struct memcg_stat *stats;
	size_t stat_count, stat_room;
	int64_t stat_groups; /* "Memory cgroup stats for" lines seen */
	int64_t protection_min_bytes, protection_low_bytes; /* 6.19+ */
	uint32_t protection_line;
	struct slice beancounter; /* OpenVZ up to 2.6.32: the container, by number */
	uint32_t stats_line;
};

struct task {
	struct slice comm;
	int64_t pid, tgid, uid;
	int64_t total_vm_pages, rss_pages, rss_anon_pages, rss_file_pages;
	int64_t rss_shmem_pages, swapents_pages, pagetable_bytes, pagetable_pages;
	int64_t oom_adj, oom_score_adj;
	uint32_t line;
};

enum { MAX_COLUMNS = 16 };

/* Which columns this table has: what is absent cannot enter a replay. */
struct task_table {
	struct task *rows;
	size_t count, room;
	bool has_swapents, has_pagetables, has_oom_score_adj, has_rss_split;
	const char *columns; /* between pid and name, in order; NULL: not known */
	size_t column_count;
	size_t slots[MAX_COLUMNS]; /* of each column; its own meanings in tasks.c */
	uint32_t title_line, header_line;
};

struct victim {
	struct slice comm;
	int64_t pid, uid;
	int64_t total_vm_bytes, anon_rss_bytes, file_rss_bytes, shmem_rss_bytes;
	int64_t pgtables_bytes, oom_score_adj;
	int64_t reaped; /* 1, 0 (tried, failed), UNKNOWN */
	int64_t left_anon_bytes, left_file_bytes, left_shmem_bytes; /* by the reaper */
	bool already_exiting;
	bool by_reaper; /* only the reaper's line names it; that of its kill is lost */
	uint32_t line;
};

/* "Kill process 9 (x) score 5 or sacrifice child" (up to 5.0). */
struct chosen {
	struct slice comm;
	int64_t pid, score;
	uint32_t line;
};

/* "oom_reaper: reaped process 9 (x), now anon-rss:0kB..." */
struct reaped {
	struct slice comm;
	int64_t pid, anon_bytes, file_bytes, shmem_bytes;
	uint32_t line;
};

struct slab_cache {
	struct slice name;
	int64_t used_bytes, total_bytes;
	uint32_t line;
};

struct allocation_site {
	struct slice where;
	int64_t bytes, calls;
	uint32_t line;
};

/* A userspace killer's own words. */
struct killer {
	struct slice program, cgroup, pod, rule;
	bool dry_run; /* it only says what it would have done */
	uint32_t line;
};

/* What another program said about a kill. What it did not name is empty or UNKNOWN. */
struct notice {
	struct slice program, text;
	struct slice comm;
	struct slice place; /* the unit, the container's id or the cgroup */
	int64_t pid;
	int64_t order_usec;  /* the log's clock, only to compare */
	bool of_kernel_kill; /* it says that the kernel's OOM killer did it */
	bool of_other_kill;  /* it says that another killer did it */
	uint32_t line;
};

struct event_line {
	uint32_t number;
	struct slice text; /* without its envelope */
};

/* Where a report goes on in the next file of a rotated log: the lines after that
 * number are its lines, counted on. */
struct joint {
	struct slice file, member;
	uint32_t after_line;
};

/* Where a copy of the event stands. */
struct sighting {
	struct slice file, member;
	uint32_t first_line, last_line;
	unsigned int dress; /* what its envelope gave, in bits */
};

struct oom_event {
	struct arena *arena;
	enum event_kind kind;
	enum outcome outcome;
	struct slice message; /* "Out of memory", "Memory cgroup out of memory"... */

	struct slice file, member, host, boot;
	bool program_pid; /* the kernel was named with a pid: another daemon's copy */
	uint32_t boots_before; /* boots of its host seen in this source before it */
	uint32_t first_line, last_line;
	uint64_t first_byte;
	struct joint *joints;
	size_t joint_count, joint_room;
	struct sighting *also; /* the other places where it was read */
	size_t also_count, also_room;
	int64_t uptime_usec, last_uptime_usec;
	int64_t last_order_usec; /* the log's clock at its last line, only to compare */
	struct slice wall;       /* RFC 3339, as exact as the log; empty when unknown */
	int64_t wall_usec;       /* since 1970, where the log names date and zone */

	struct kernel kernel;
	int64_t page_bytes;
	enum provenance page_from;

	unsigned int sections; /* enum section, seen */
	bool cut_at_start, cut_at_end;
	uint32_t mixed_lines;     /* lines that may be this report's or another's */
	int64_t dropped_messages; /* "printk messages dropped", "suppressed" */

	enum constraint constraint;
	enum provenance constraint_from;
	uint32_t constraint_line;
	bool manual; /* sysrq, by word, trace or order */
	uint32_t manual_line;
	uint32_t shown_line;  /* "Show Memory" of sysrq-m */
	bool page_fault;      /* pagefault_out_of_memory in the trace, or mask 0 */
	bool allocating_task; /* vm.oom_kill_allocating_task, by the message */
	bool memcg_mentioned;
	bool global_oom;
	bool bpf; /* a BPF program asked (CONSTRAINT_BPF_*) */
	bool vmalloc_failure;
	bool no_mmu;          /* a length asked for in one piece (mm/nommu.c) */
	bool vmalloc_goes_on; /* a huge page was refused, small ones come next (5.14+) */
	uint32_t no_place_line;     /* vmalloc's, that it got no place for its pages */
	uint32_t no_addresses_line; /* the area's own, that no addresses are left */
	bool stall; /* an allocation stall: still being tried (4.9 to 4.14) */
	bool slub_failure;
	bool slub_memcg;             /* the cache is a cgroup's own */
	bool slub_cache, slub_nodes; /* the lines that tell of the cache */
	struct area_failure area;
	struct slice panic; /* the panic's own words */
	uint32_t panic_line;
	bool no_killable;
	uint32_t no_killable_line;
	struct slice group_path; /* memory.oom.group */
	uint32_t group_line;
	bool slabs_printed;
	bool slabs_unreadable; /* their table was locked (4.15+) */
	enum profiling profiling;
	uint32_t slabs_line;

	struct request request;
	struct memory_state memory;
	struct memcg memcg;
	struct task_table tasks;
	struct chosen chosen;
	struct reaped
		reaped; /* whom the reaper named before any kill did; line 0: nobody */
	struct victim *victims;
	size_t victim_count, victim_room;
	struct slab_cache *slabs;
	size_t slab_count, slab_room;
	struct allocation_site *sites;
	size_t site_count, site_room;
	struct slice modules; /* "Modules linked in:" */
	struct killer killer;
	struct notice *notices; /* in the order of their lines */
	size_t notice_count, notice_room;
	bool told; /* known from notices alone: the report itself is not in this log */
	bool asker_dying;     /* it had just been killed, by a report before this one */
	struct slice *frames; /* functions of the call trace, innermost first */
	size_t frame_count, frame_room;

	struct event_line *lines;
	size_t line_count, line_room;
	uint32_t foreign;
	struct event_line *unrecognised;
	size_t unrecognised_count, unrecognised_room;
};

/* A new event with every amount UNKNOWN, in an arena of its own. */
struct oom_event *event_new(void);
/* Give an event and everything that it owns back. */
void event_free(struct oom_event *event);

/* One more process that was killed, with every amount UNKNOWN; the event owns it, and
 * it moves when the next one is added. `pid` may be UNKNOWN. */
struct victim *event_add_victim(
	struct oom_event *event, struct slice comm, int64_t pid, uint32_t line);

/* One more notice, owned by the event; the slices of `notice` must live as long. */
void event_add_notice(struct oom_event *event, const struct notice *notice);

/* Whether all counters that a ledger needs are there: no line of them was lost. */
bool counters_whole(const struct counters *counters);

/* The names of the sections that this kernel prints for such an event and that
 * were not seen, each as the reader knows it ("Mem-Info", "task table"); at most
 * `room` of them. Returns their number: 0 means that the event is complete. */
size_t event_missing(const struct oom_event *event, const char *names[], size_t room);

/* Whether the kernel is known to be at least major.minor. */
bool kernel_at_least(const struct kernel *kernel, int64_t major, int64_t minor);
/* Whether the kernel is known to be older than major.minor. */
bool kernel_before(const struct kernel *kernel, int64_t major, int64_t minor);
/* Read "6.12.117+deb12-amd64" into its parts; false when it is no release. */
bool kernel_read(struct kernel *kernel, struct slice release);

/* Read "0-1,4" or "(null)"; false when it is neither. */
bool node_list_read(struct node_list *list, struct slice text);
bool node_list_has(const struct node_list *list, int64_t node);

/* The value of a memcg statistic, or NO_AMOUNT. */
struct amount memcg_stat(const struct memcg *memcg, const char *key);

/* The file's own number of an event's line, and which of the event's joints it lies
 * behind: 0 is the file in which it begins, 1 the first joint's. */
uint32_t event_line_in_file(
	const struct oom_event *event, uint32_t number, size_t *joint);

/* The line of that number, without its envelope; empty when it is not kept. */
struct slice event_text(const struct oom_event *event, uint32_t number);

#endif
