/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a report: who asked for memory, how much, of which kind. */
#include "parsers/assemble.h"
#include "parsers/gfp.h"
#include "parsers/sections.h"

/* log2 of the pages; -1 is a kill by hand. No kernel's order has three digits: what has
 * is damage. */
static int64_t order_of(struct slice part)
{
	int64_t order = capture_number(part);

	return order >= -1 && order < 100 ? order : UNKNOWN;
}

static void read_gfp(struct gfp *gfp, struct slice mask, struct slice names)
{
	struct slice rest = mask;

	gfp->mask_known = mask.p && slice_take_hex(&rest, &gfp->mask);
	gfp->text = mask;
	/* "0x0()" has empty parentheses: the page-fault path. Names are read when
	 * printed; a bare number waits for the release (gfp_decode). */
	if (names.p) {
		gfp->text.n = (size_t)(names.p + names.n - mask.p) + 1;
		gfp_read_names(names, &gfp->flags, &gfp->unnamed);
		gfp->from = FROM_PRINT;
	}
}

/* A task's name has 15 bytes at most (TASK_COMM_LEN). What is longer begins with a front
 * that no envelope knows: "20:31:49.738 [warn] kthreadd". */
static struct slice without_front(struct slice comm)
{
	enum { LONGEST_COMM = 15 };
	size_t at = comm.n > LONGEST_COMM ? slice_find_last(comm, "] ") : SLICE_NONE;

	return at == SLICE_NONE || at + 2 >= comm.n || comm.n - at - 2 > LONGEST_COMM
		       ? comm
		       : slice_from(comm, at + 2);
}

void take_linux_version(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	if (!known(e->kernel.major))
		kernel_read(&e->kernel, c->part[1]);
}

void take_invoked(struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->request.line = r->line;
	e->request.comm = without_front(c->part[1]);
	read_gfp(&e->request.gfp, c->part[2], c->part[3]);
	if (c->part[4].p)
		node_list_read(&e->request.nodemask, c->part[4]);
	e->request.order = order_of(c->part[5]);
	e->request.oom_adj = capture_number(c->part[6]);
	e->request.oom_score_adj = capture_number(c->part[7]);
	if (e->request.order == -1) {
		e->manual = true;
		e->manual_line = r->line;
	}
}

void take_invoked_next(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct captures moved = { .part = { [1] = c->part[1],
					  [2] = c->part[4],
					  [3] = c->part[5],
					  [5] = c->part[2],
					  [7] = c->part[3] } };

	take_invoked(e, r, &moved);
}

/* "9 (php) invoked oom-killer in ub 101 generation 0 gfp 0x2005a" (OpenVZ); ub -1 is the
 * whole node. */
void take_invoked_vz(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->request.line = r->line;
	e->request.pid = capture_number(c->part[1]);
	e->request.comm = c->part[2];
	if (c->part[3].p && !slice_is(c->part[3], "-1"))
		e->memcg.beancounter = c->part[3];
	e->memcg_mentioned = e->memcg.beancounter.n > 0 || slice_is(c->part[4], "loc");
	read_gfp(&e->request.gfp, c->part[5], (struct slice){ NULL, 0 });
	e->request.order = order_of(c->part[6]);
	e->request.oom_adj = capture_number(c->part[7]);
}

/* "java invoked oom-killer:", where the rest was lost or stands in the next lines. */
void take_invoked_cut(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->request.line = r->line;
	e->request.comm = without_front(c->part[1]);
}

void take_invoked_bare(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->request.line = r->line;
	read_gfp(&e->request.gfp, c->part[1], (struct slice){ NULL, 0 });
	e->request.order = order_of(c->part[2]);
}

void take_invoked_rest(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->request.order = order_of(c->part[1]);
	e->request.oom_score_adj = capture_number(c->part[2]);
}

void take_nodemask_piece(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	if (!e->request.nodemask.seen)
		node_list_read(&e->request.nodemask, c->part[1]);
}

void take_cpuset(struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->request.cpuset = c->part[2];
	node_list_read(&e->request.mems_allowed, c->part[3]);
}

void take_compaction(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	(void)c;
	e->request.compaction_disabled = true;
}

void take_cpu(struct oom_event *e, const struct record *r, const struct captures *c)
{
	/* Its trace follows: frames before it are another's. */
	e->frame_count = 0;
	e->request.cpu_line = r->line;
	e->request.cpu = capture_number(c->part[1]);
	e->request.uid = capture_number(c->part[2]);
	e->request.pid = capture_number(c->part[3]);
	if (e->request.comm.n == 0)
		e->request.comm = c->part[4];
	if (c->part[5].p && kernel_read(&e->kernel, c->part[5]))
		e->kernel.line = r->line;
}

void take_manual(struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)c;
	e->manual = true;
	e->manual_line = r->line;
}

/* sysrq-m: what follows is a state that somebody asked for. */
void take_show_memory(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)c;
	e->shown_line = r->line;
}

void take_ignore(struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)e;
	(void)r;
	(void)c;
}

void take_dropped(struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->dropped_messages = quantity_add(
		e->dropped_messages, known_or(capture_number(c->part[1]), 1));
}

void take_allocation_failure(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->kind = KIND_ALLOCATION_FAILURE;
	e->outcome = OUTCOME_NONE;
	e->request.line = r->line;
	e->request.comm = without_front(c->part[1]);
	e->stall = slice_is(c->part[2], "stalls for");
	e->request.stalled_msec = capture_number(c->part[3]);
	e->request.order = order_of(c->part[4]);
	read_gfp(&e->request.gfp, c->part[5], c->part[6]);
	if (c->part[7].p)
		node_list_read(&e->request.nodemask, c->part[7]);
	if (c->part[8].p)
		e->request.cpuset = c->part[8];
	if (c->part[9].p)
		node_list_read(&e->request.mems_allowed, c->part[9]);
}

/* "__alloc_pages: 0-order allocation failed (gfp=0x20/0)": all that 2.4 says. */
void take_allocation_failure_2_4(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->kind = KIND_ALLOCATION_FAILURE;
	e->outcome = OUTCOME_NONE;
	e->request.line = r->line;
	e->request.order = order_of(c->part[1]);
	read_gfp(&e->request.gfp, c->part[2], (struct slice){ NULL, 0 });
	if (!known(e->kernel.major)) {
		e->kernel.major = 2;
		e->kernel.minor = 4;
		e->kernel.patch = 0;
	}
}

/* The rest of a trigger that a mailer wrapped or another CPU tore. */
void take_mode_piece(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	if (e->request.gfp.mask_known)
		return;
	read_gfp(&e->request.gfp, c->part[1], c->part[2]);
	if (c->part[3].p)
		node_list_read(&e->request.nodemask, c->part[3]);
	if (c->part[4].p)
		e->request.cpuset = c->part[4];
	if (c->part[5].p)
		node_list_read(&e->request.mems_allowed, c->part[5]);
}

void take_vmalloc(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct slice rest;
	size_t at;
	int64_t order;

	e->kind = KIND_ALLOCATION_FAILURE;
	e->outcome = OUTCOME_NONE;
	e->vmalloc_failure = true;
	e->request.line = r->line;
	e->request.comm = without_front(c->part[1]);
	if (slice_has(r->text, "vm_struct allocation failed") ||
		slice_has(r->text, "vmalloc: allocation failure: "))
		e->no_place_line = r->line;
	/* "allocated %ld of %ld bytes" names the whole second; without the whole, what is
	 * named is what was got before a page was refused (5.13+). */
	if (!slice_has(r->text, "failed to allocate pages") &&
		!slice_has(r->text, "page order "))
		e->request.size_bytes =
			capture_number(c->part[3].p ? c->part[3] : c->part[2]);
	/* A huge page was tried first; after this line vmalloc goes on with small ones. */
	at = slice_find(r->text, "page order ");
	if (at != SLICE_NONE) {
		rest = slice_from(r->text, at + sizeof("page order ") - 1);
		if (slice_take_int(&rest, &order) && order > 0 && order < 31) {
			e->request.order = order;
			e->vmalloc_goes_on = true;
		}
	}
	read_gfp(&e->request.gfp, c->part[4], c->part[5]);
	if (c->part[6].p)
		node_list_read(&e->request.nodemask, c->part[6]);
	if (c->part[7].p)
		e->request.cpuset = c->part[7];
	if (c->part[8].p)
		node_list_read(&e->request.mems_allowed, c->part[8]);
}

void take_vmap(struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->kind = KIND_ALLOCATION_FAILURE;
	e->outcome = OUTCOME_NONE;
	e->vmalloc_failure = true;
	e->request.line = e->no_addresses_line = r->line;
	e->request.size_bytes = capture_number(c->part[1]);
}

/* Without an MMU: "Allocation of length 9 from process 7 (x) failed" (mm/nommu.c), always
 * of GFP_KERNEL. */
void take_nommu(struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->kind = KIND_ALLOCATION_FAILURE;
	e->outcome = OUTCOME_NONE;
	e->request.line = r->line;
	e->request.size_bytes = capture_number(c->part[1]);
	e->request.pid = capture_number(c->part[2]);
	e->request.comm = c->part[3];
	e->no_mmu = true;
	e->request.gfp.flags = GFP_BIT(GFPF_IO) | GFP_BIT(GFPF_FS) |
			       GFP_BIT(GFPF_DIRECT_RECLAIM) |
			       GFP_BIT(GFPF_KSWAPD_RECLAIM);
	e->request.gfp.from = FROM_INFERENCE;
}

void take_slub(struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->slub_failure = true;
	if (e->request.line != 0)
		return;
	e->kind = KIND_ALLOCATION_FAILURE;
	e->outcome = OUTCOME_NONE;
	e->request.line = r->line;
	read_gfp(&e->request.gfp, c->part[1], c->part[2]);
}

/* "kmalloc-1024(1793:docker-0a1b)": a cgroup's own cache (3.8 to 5.8). */
static bool is_of_a_cgroup(struct slice cache)
{
	size_t at = slice_find(cache, "(");
	int64_t id;

	if (at == SLICE_NONE)
		return false;
	cache = slice_from(cache, at + 1);
	return slice_take_int(&cache, &id) && slice_starts(cache, ":");
}

void take_slub_cache(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->slub_memcg |= is_of_a_cgroup(c->part[1]);
	e->slub_cache = true;
}

void take_slub_node(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	(void)c;
	e->slub_nodes = true;
}

void take_overcommit(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->kind = KIND_OVERCOMMIT_REFUSAL;
	e->outcome = OUTCOME_NONE;
	e->request.line = r->line;
	e->request.pid = capture_number(c->part[1]);
	e->request.comm = c->part[2];
	e->request.size_bytes = capture_number(c->part[3]);
}
