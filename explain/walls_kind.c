/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walls that the kind of event decides: asked for, refused by policy, too large,
 * not allowed to wait. */
#include "explain/causes.h"
#include "explain/thresholds.h"
#include "parsers/gfp.h"

#include <string.h>

static bool is_failure(const struct inquiry *q)
{
	return q->e->kind == KIND_ALLOCATION_FAILURE;
}

static struct slice asker(struct inquiry *q)
{
	return q->e->request.comm.n ? shown_name(q, q->e->request.comm)
				    : SLICE("a task");
}

enum confidence sysrq_manual(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;

	if (e->kind != KIND_OOM || !e->manual)
		return NOT_HELD;
	if (e->request.order == -1) {
		fact_for(q, f, e->request.line, quote(q, e->request.line, "order=", 0),
			"the kernel's mark for a kill by request (sysrq)");
		if (e->manual_line && e->manual_line != e->request.line)
			fact_for(q, f, e->manual_line,
				quote_line(q, e->manual_line, 40),
				"sysrq-f was pressed or written");
		return CERTAIN;
	}
	if (e->manual_line) {
		fact_for(q, f, e->manual_line, quote_line(q, e->manual_line, 40),
			"sysrq-f was pressed or written");
		return CERTAIN;
	}
	fact_for(q, f, 0, SLICE("moom_callback"),
		"the call trace begins in sysrq's handler");
	return LIKELY;
}

void tell_sysrq_manual(struct inquiry *q)
{
	q->because =
		q->known_free
			? say(q,
				  "somebody asked the kernel to kill the largest process (sysrq-f) while "
				  "%s were free",
				  BYTES(q->free_bytes))
			: SLICE("somebody asked the kernel to kill the largest process (sysrq-f)");
	add_help(q, "now",
		SLICE("find who wrote f to /proc/sysrq-trigger or pressed the keys; earlyoom "
		      "can do it as well"),
		SLICE(""), NULL);
	add_help(q, "or", SLICE("forbid it to the keyboard (bit 64 of kernel.sysrq)"),
		SLICE("sysctl kernel.sysrq"),
		"root can still write to the trigger file");
	add_help(q, "not",
		SLICE("more RAM: the kernel was told to kill, it did not have to"),
		SLICE(""), NULL);
}

enum confidence overcommit_refused(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;

	if (e->kind != KIND_OVERCOMMIT_REFUSAL)
		return NOT_HELD;
	fact_for(q, f, e->request.line, quote_line(q, e->request.line, 72),
		"__vm_enough_memory() refused a promise; nothing was killed");
	fact_missing(q, f,
		"the commit limit and what is committed: see CommitLimit and "
		"Committed_AS in /proc/meminfo");
	return CERTAIN;
}

void tell_overcommit_refused(struct inquiry *q)
{
	const struct oom_event *e = q->e;

	q->because =
		known(e->request.size_bytes)
			? say(q,
				  "the kernel refused to promise %s more to %.*s because of its commit "
				  "limit (vm.overcommit_memory), whatever was free",
				  BYTES(e->request.size_bytes),
				  SLICE_ARG(name_and_pid(q, asker(q), e->request.pid)))
			: say(q,
				  "the kernel refused to promise more memory to %.*s because of its "
				  "commit limit (vm.overcommit_memory), whatever was free",
				  SLICE_ARG(name_and_pid(q, asker(q), e->request.pid)));
	add_help(q, "now", SLICE("compare what is promised with the limit"),
		SLICE("grep Commit /proc/meminfo"), NULL);
	add_help(q, "or",
		SLICE("raise the limit: vm.overcommit_ratio or vm.overcommit_kbytes, or more "
		      "swap"),
		SLICE("sysctl vm.overcommit_memory vm.overcommit_ratio"),
		"in mode 2 a higher limit makes OOM kills possible again");
	add_help(q, "not",
		SLICE("vm.overcommit_memory=1 as a cure: promises are then never "
		      "refused, and kills come instead"),
		SLICE(""), NULL);
}

/* __vmalloc_node_range() got no place for it: "vm_struct allocation failed" (5.14+), and
 * before 5.13 the same line without how much was allocated, which also told of requests
 * above RAM. */
static bool lacks_place(const struct inquiry *q)
{
	const struct oom_event *e = q->e;
	int64_t ram = known(q->managed_bytes) ? q->managed_bytes : q->free_bytes;

	if (e->no_place_line == 0 || e->request.size_bytes == 0)
		return false;
	return slice_has(event_text(e, e->no_place_line), "vm_struct") ||
	       (known(ram) && known(e->request.size_bytes) &&
		       e->request.size_bytes <= ram);
}

/* What is asked for by its order is one piece. */
static int64_t piece_bytes(const struct inquiry *q)
{
	int64_t order = q->e->request.order;

	return known(order) && order > 0 && order < 31
		       ? quantity_mul(INT64_C(1) << order, q->page)
		       : UNKNOWN;
}

/* The zones alone do not tell: since 6.1 those above the request's are not printed. */
static bool is_larger_than_ram(const struct inquiry *q)
{
	return !q->e->vmalloc_failure && known(q->e->memory.counters.ram.value) &&
	       known(piece_bytes(q)) && known(q->managed_bytes) &&
	       piece_bytes(q) > q->managed_bytes;
}

enum confidence request_too_large(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;
	int64_t all = quantity_add(q->managed_bytes, known_or(q->swap_total_bytes, 0));

	if (!is_failure(q))
		return NOT_HELD;
	if (slice_has(event_text(e, e->request.line), "exceeds total pages")) {
		fact_for(q, f, e->request.line, SLICE("exceeds total pages"),
			"the request is larger than the whole machine");
		return CERTAIN;
	}
	if (e->no_addresses_line) {
		fact_for(q, f, e->no_addresses_line,
			quote_line(q, e->no_addresses_line, 60),
			"the kernel's address space for vmalloc is used up, not memory");
		return CERTAIN;
	}
	if (lacks_place(q)) {
		fact_for(q, f, e->no_place_line, quote_line(q, e->no_place_line, 72),
			"no page was asked for yet: it is the place in the kernel's address "
			"space that was not found");
		fact_missing(q, f,
			"whether the few bytes that describe the place were refused instead");
		return LIKELY;
	}
	if (known(e->request.size_bytes) && known(all)) {
		if (e->request.size_bytes <= all) {
			f->says = SLICE(
				"the request is smaller than RAM and swap together");
			return NOT_HELD;
		}
		fact_for(q, f, e->request.line, quote_line(q, e->request.line, 60),
			"%s, but RAM and swap together are %s",
			BYTES(e->request.size_bytes), BYTES(all));
		return CERTAIN;
	}
	if (known(e->request.order) && e->memory.zone_count > 0 &&
		e->memory.zones[0].orders > 0 &&
		(size_t)(e->request.order < 0 ? 0 : e->request.order) >=
			e->memory.zones[0].orders) {
		fact_for(q, f, e->request.line, quote(q, e->request.line, "order:", 0),
			"above the largest order that this kernel has");
		return CERTAIN;
	}
	if (is_larger_than_ram(q)) {
		fact_for(q, f, e->request.line, quote_line(q, e->request.line, 60),
			"%s in one piece, but all RAM is %s", BYTES(piece_bytes(q)),
			BYTES(q->managed_bytes));
		return CERTAIN;
	}
	return NOT_HELD;
}

void tell_request_too_large(struct inquiry *q)
{
	const struct oom_event *e = q->e;

	bool addresses = e->no_addresses_line || lacks_place(q);

	if (known(e->request.size_bytes) && known(q->managed_bytes) && !addresses)
		q->because = say(q,
			"%.*s asked for %s at once, more than the %s of RAM and swap that the "
			"machine has",
			SLICE_ARG(asker(q)), BYTES(e->request.size_bytes),
			BYTES(quantity_add(
				q->managed_bytes, known_or(q->swap_total_bytes, 0))));
	else if (known(e->request.size_bytes) && e->vmalloc_failure) {
		q->because = say(q,
			"the kernel has no addresses left to map %s at: its vmalloc area is "
			"full or in pieces, whatever memory is free",
			BYTES(e->request.size_bytes));
		add_help(q, "now", SLICE("see who holds the area, largest first"),
			SLICE("sort -k2 -rn /proc/vmallocinfo | head"), NULL);
		add_help(q, "or",
			SLICE("a larger area, on 32 bits by vmalloc= at boot; on 64 bits a "
			      "leak or the area for modules is likelier"),
			SLICE("cat /proc/cmdline"), NULL);
		add_help(q, "not",
			SLICE("freeing memory: no amount of it would have served this"),
			SLICE(""), NULL);
		return;
	} else if (known(e->request.size_bytes))
		q->because = say(q,
			"%.*s asked for %s at once, more than this kernel can map",
			SLICE_ARG(asker(q)), BYTES(e->request.size_bytes));
	else if (is_larger_than_ram(q))
		q->because = say(q,
			"%.*s asked for %s in one piece (order=%lld), more than the %s of RAM "
			"that the machine has",
			SLICE_ARG(asker(q)), BYTES(piece_bytes(q)),
			(long long)e->request.order, BYTES(q->managed_bytes));
	else if (known(e->request.order))
		q->because = say(q,
			"%.*s asked for an order-%lld piece, larger than any that this kernel "
			"has",
			SLICE_ARG(asker(q)), (long long)e->request.order);
	else
		q->because = SLICE("the kernel's address space for vmalloc is used up, "
				   "whatever memory is free");
	add_help(q, "now",
		SLICE("see what was asked: the call trace names the function; a wrong size "
		      "from a program or a filter rule is likelier than a real need"),
		SLICE(""), NULL);
	add_help(q, "not",
		SLICE("freeing memory: no amount of it would have served this"),
		SLICE(""), NULL);
}

enum confidence page_fault_oom(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;

	if (e->kind != KIND_OOM || q->memcg || e->bpf)
		return NOT_HELD;
	if (!e->request.gfp.mask_known || e->request.gfp.mask != 0 ||
		e->request.order != 0)
		return NOT_HELD;
	fact_for(q, f, e->request.line, quote(q, e->request.line, "gfp_mask=", 0),
		"no flags: the fault path itself called the killer, no zone was tested");
	if (e->page_fault)
		fact_for(q, f, 0, SLICE("pagefault_out_of_memory"),
			"and the trace shows it");
	fact_missing(q, f,
		"which allocation failed with ENOMEM: often a cgroup's kernel "
		"charge (3.12 to 4.18) or a driver");
	return CERTAIN;
}

void tell_page_fault_oom(struct inquiry *q)
{
	q->because =
		SLICE("a page fault failed with ENOMEM, and this kernel then calls the "
		      "killer without asking whether memory is short");
	add_help(q, "now",
		SLICE("look at the lines just before for a cgroup at its limit or a failed "
		      "allocation of a driver"),
		SLICE("journalctl -k"), NULL);
	add_help(q, "or",
		SLICE("run kernel 5.16 or later: it retries the fault instead"),
		SLICE("uname -r"), NULL);
	if (q->known_free)
		add_help(q, "not",
			say(q, "more RAM: %s were free", BYTES(q->free_bytes)),
			SLICE(""), NULL);
}

enum confidence node_bound_request(struct inquiry *q, struct finding *f)
{
	const struct refusal *full = NULL, *other = NULL;

	if (!is_failure(q) || !(q->e->request.gfp.flags & GFP_BIT(GFPF_THISNODE)))
		return NOT_HELD;
	for (size_t i = 0; i < q->x->refusal_count; i++) {
		const struct refusal *r = &q->x->refusals[i];

		if (r->verdict == VERDICT_BELOW_WATERMARK)
			full = r;
		else if (r->verdict == VERDICT_WOULD_SUCCEED)
			other = r;
	}
	if (!full || !other || full->zone->node == other->zone->node)
		return NOT_HELD;
	fact_for(q, f, q->e->request.line, quote(q, q->e->request.line, "mode:", 0),
		"__GFP_THISNODE: one node only");
	fact_for(q, f, full->zone->line, quote(q, full->zone->line, "free:", 3), "%.*s",
		SLICE_ARG(full->says));
	fact_for(q, f, other->zone->line, quote(q, other->zone->line, "free:", 3),
		"another node has memory");
	q->x->elsewhere =
		(struct elsewhere){ other->zone->free_bytes, UNKNOWN, FROM_PRINT };
	return CERTAIN;
}

void tell_node_bound_request(struct inquiry *q)
{
	q->because = say(q,
		"%.*s asked for memory of one node only, and that is full; %s are free on "
		"another",
		SLICE_ARG(asker(q)), BYTES(q->x->elsewhere.free_bytes));
	add_help(q, "now",
		SLICE("such callers have a second choice as a rule: see whether anything "
		      "failed besides this message"),
		SLICE(""), NULL);
	add_help(q, "then", SLICE("see who fills that node"), SLICE("numastat -m"),
		NULL);
	add_help(q, "not", SLICE("more RAM on other nodes"), SLICE(""), NULL);
}

static bool injected(const struct oom_event *e)
{
	for (size_t i = 0; i < e->frame_count; i++)
		if (slice_is(e->frames[i], "should_fail") ||
			slice_is(e->frames[i], "should_failslab") ||
			slice_is(e->frames[i], "fault_create_debugfs_attr"))
			return true;
	return false;
}

/* Where an interrupt came in: what stands further out was interrupted, and asked for
 * nothing. */
static bool is_interrupt(struct slice function)
{
	static const char *const functions[] = { "do_IRQ", "asm_do_IRQ", "handle_IRQ",
		"common_interrupt", "asm_common_interrupt", "__do_softirq",
		"do_softirq", "handle_softirqs", "irq_exit", "irq_exit_rcu",
		"gic_handle_irq", "el1_irq", "el1h_64_irq", "__irq_svc",
		"do_IRQ_handler", "net_rx_action", "apic_timer_interrupt",
		"asm_sysvec_apic_timer_interrupt", "plat_irq_dispatch",
		"generic_handle_irq", "tasklet_action", "ret_from_intr" };

	for (size_t k = 0; k < sizeof(functions) / sizeof(*functions); k++)
		if (slice_is(function, functions[k]))
			return true;
	return false;
}

/* Reclaim that asks for memory does not reclaim a second time (PF_MEMALLOC): it takes of
 * the reserves what is there (__alloc_pages_slowpath()). */
static bool is_reclaim_itself(const struct oom_event *e)
{
	static const char *const functions[] = { "kswapd", "balance_pgdat",
		"shrink_node", "shrink_zone", "shrink_slab", "do_try_to_free_pages",
		"try_to_free_pages" };

	for (size_t i = 0; i < e->frame_count && !is_interrupt(e->frames[i]); i++)
		for (size_t k = 0; k < sizeof(functions) / sizeof(*functions); k++)
			if (slice_is(e->frames[i], functions[k]))
				return true;
	return false;
}

bool charged_to_a_cgroup(const struct oom_event *e)
{
	return e->slub_memcg && !known(e->request.order);
}

enum confidence cannot_wait(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;
	bool reclaim = is_reclaim_itself(e);
	size_t lost = 0; /* zones of which the log lacks the numbers */

	for (size_t i = 0; i < q->x->refusal_count; i++)
		lost += q->x->refusals[i].verdict == VERDICT_UNKNOWN &&
			!q->x->refusals[i].passes_order0;
	if (!is_failure(q) || e->request.gfp.from == FROM_NOWHERE ||
		e->vmalloc_failure || charged_to_a_cgroup(e) ||
		(gfp_may_reclaim(e->request.gfp.flags) && !reclaim))
		return NOT_HELD;
	if (q->usable_refusing + lost < q->usable) {
		f->says =
			SLICE("a usable zone was above the mark that this request must "
			      "leave");
		return NOT_HELD;
	}
	fact_for(q, f, e->request.line,
		quote(q, e->request.line, e->slub_failure ? "gfp" : "mode:", 0), "%s",
		reclaim ? "asked by reclaim itself, as the call trace shows: it takes what is "
			  "free or fails"
			: "without __GFP_DIRECT_RECLAIM: it takes what is free or fails");
	for (size_t i = 0; i < q->x->refusal_count && f->fact_count < 4; i++)
		if (q->x->refusals[i].verdict == VERDICT_BELOW_WATERMARK)
			fact_for(q, f, q->x->refusals[i].zone->line,
				quote(q, q->x->refusals[i].zone->line, "free:", 3),
				"%.*s", SLICE_ARG(q->x->refusals[i].says));
	if (q->usable == 0) {
		fact_missing(q, f, "the state of the zones: there is no Mem-Info");
		if (injected(e)) {
			fact_against(q, f, 0, SLICE("should_fail"),
				"the trace shows fault injection: the failure may be made");
			return NOT_HELD;
		}
		return LIKELY;
	}
	if (lost > 0) {
		fact_missing(q, f, "the numbers of every zone that it may take from");
		return LIKELY;
	}
	return CERTAIN;
}

void tell_cannot_wait(struct inquiry *q)
{
	int64_t order = known_or(q->e->request.order, 0);
	bool pages = false, pieces = order > 0 && order < 31;

	/* Single pages were free: what lacked is a piece of the request's size. */
	for (size_t i = 0; i < q->x->refusal_count; i++)
		pages |= q->x->refusals[i].verdict == VERDICT_FRAGMENTED;
	if (is_reclaim_itself(q->e))
		q->because = say(q,
			"%.*s needed memory in order to free memory, and none was left for it: "
			"reclaim may not wait for itself",
			SLICE_ARG(asker(q)));
	else if (pieces && (pages || q->usable == 0))
		q->because = say(q,
			"%.*s asked for %s in one piece at a moment when it may not wait for "
			"any to be freed, and no zone could give a piece of that size",
			SLICE_ARG(asker(q)),
			BYTES(quantity_mul(INT64_C(1) << order, q->page)));
	else
		q->because = say(q,
			"%.*s asked for memory at a moment when it may not wait for any to be "
			"freed, and nothing was left above the mark",
			SLICE_ARG(asker(q)));
	if (order > COSTLY_ORDER)
		add_help(q, "now",
			SLICE("see what failed with it: the call trace names the function; a "
			      "piece that large is rarely free for a request that may not "
			      "wait"),
			SLICE(""), NULL);
	else
		add_help(q, "now",
			SLICE("see whether anything was lost: most callers try again or drop "
			      "one packet; nothing was killed"),
			SLICE(""), NULL);
	add_help(q, "or",
		SLICE("keep more free for such requests: raise vm.min_free_kbytes"),
		SLICE("sysctl vm.min_free_kbytes"),
		"that memory is taken away from programs");
	add_help(q, "not", SLICE("swap: the request could not have waited for it"),
		SLICE(""), NULL);
}
