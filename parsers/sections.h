/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a kernel report: who reads which line. One file a part. */
#ifndef PARSERS_SECTIONS_H
#define PARSERS_SECTIONS_H

#include "parsers/fields.h"
#include "parsers/patterns.h"

/* trigger.c: who asked for what, and on which machine. */
take_line take_invoked, take_invoked_next, take_invoked_vz, take_invoked_cut,
	take_invoked_bare, take_invoked_rest, take_nodemask_piece;
take_line take_cpuset, take_cpu, take_manual, take_allocation_failure, take_vmalloc;
take_line take_vmalloc_bare, take_slub, take_slub_cache, take_slub_node,
	take_overcommit, take_ignore, take_dropped;
take_line take_vmap, take_linux_version, take_mode_piece, take_compaction;
take_line take_allocation_failure_2_4, take_nommu, take_show_memory;

/* areas.c: what was refused by an area set aside. */
take_line take_cma_failure, take_cma_free, take_swiotlb_full, take_swiotlb_space,
	take_percpu_failure;

/* trace.c: the call trace and registers of every architecture. */
take_line take_modules;
/* Whether the line belongs to a call trace, a register dump or the like; notes
 * the function of a frame in the event, whose memory the text is in. */
bool trace_take(struct oom_event *event, struct slice text);
/* Whether it is a frame in its plain form, which no other line has: " f+0x1/0x2". */
bool trace_is_frame(struct slice text);
/* Whether a trace of something else begins: an oops, a warning, a task that hangs. */
bool trace_is_others(struct slice text);

/* meminfo.c: Mem-Info. */
take_line take_counters, take_node, take_zone, take_reserve, take_blocks;
take_line take_hugepages, take_tail_pages, take_swap_free, take_swap_total;
take_line take_per_cpu, take_mem_info, take_swap_stats;
/* The rest of a node's or zone's line that a mailer wrapped; false when it is none. */
bool meminfo_take_wrapped(struct oom_event *event, struct slice text, uint32_t line);

/* memcg.c: the cgroup's counters. */
take_line take_memcg_task, take_memcg_killed, take_memcg_limit_of, take_memcg_reached;
take_line take_memcg_charge, take_memcg_stats, take_memcg_protection;
/* One "key value" line of memory.stat; false when the line is something else. */
bool memcg_take_stat(struct oom_event *event, struct slice text, uint32_t line);

/* Whether the text of memory.stat so far, with `more` bytes, fills a whole record of
 * the log: then it was cut there (5.3 to 6.4). */
bool memcg_stats_full(const struct memcg *memcg, size_t more);

/* misprints.c: numbers that some kernels print wrong, mended when an event is whole. */
void misprints_mend(struct oom_event *event);

/* slab.c: the slab table and the allocation sites. */
take_line take_slab_title, take_slab_busy, take_sites_title;
bool slab_take_row(struct oom_event *event, struct slice text, uint32_t line);
bool sites_take_row(struct oom_event *event, struct slice text, uint32_t line);

/* tasks.c: the task table. */
take_line take_tasks_title;
take_line take_tasks_header;
bool tasks_take_row(struct oom_event *event, struct slice text, uint32_t line);
/* Read a row in the form that the kernel prints, its newline behind it, and a name in it
 * of no more than letters, digits and a few marks. What is readable ends at `end`. Returns
 * its length without the newline; 0 where tasks_take_row() must look at it. The name still
 * points to where it stands. */
size_t tasks_plain_row(const struct task_table *table, const char *p, const char *end,
	struct task *task);
/* Room for one more row, to be filled before it is counted. */
struct task *tasks_room(struct oom_event *event);
/* Whether it has the shape of a row, whatever the columns. */
bool tasks_row_shape(struct slice text);

/* kill.c: the choice, the kill and what follows. */
take_line take_summary, take_chosen, take_killed, take_reaped, take_unreaped;
take_line take_group, take_no_killable, take_panic, take_exiting, take_killed_old;
take_line take_killed_vz, take_killed_el6, take_sharing, take_spared, take_ignored,
	take_vm_killing;
/* The event is complete and has no line of its kill: then the victim is whom the reaper
 * named, where nothing speaks against that. */
void kill_by_reaper(struct oom_event *event);

/* relatives.c: what kills by a rule of its own. */
take_line take_systemd_oomd, take_systemd_oomd_dry, take_earlyoom, take_oomd;
take_line take_oomd_trying, take_oomd_killed, take_oomd_dry, take_lmkd, take_nohang;
take_line take_lmkd_watchdog, take_nohang_victim, take_nohang_command, take_evict_lead;
take_line take_evicted, take_evicted_event, take_killer_rule, take_killer_dry;
take_line take_kill_failed, take_lowmem_killing, take_lowmem_free, take_lowmem_sigkill;

/* notices.c: what other programs say of a kill. Parts 1 to 3 are pid, name, place. */
take_line take_notice;

#endif
