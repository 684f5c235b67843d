/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An area set aside for one purpose had no room, whatever memory was free elsewhere. */
#include "explain/causes.h"
#include "explain/thresholds.h"

enum {
	SLOT_BYTES = 2048,    /* IO_TLB_SIZE */
	SEGMENT_SLOTS = 128,  /* IO_TLB_SEGSIZE: no mapping is longer */
	ERROR_NO_MEMORY = 12, /* ENOMEM */
	ERROR_BUSY = 16       /* EBUSY */
};

static const int64_t longest_mapping = INT64_C(1) * SLOT_BYTES * SEGMENT_SLOTS;

static int64_t size_of(const struct inquiry *q)
{
	const struct oom_event *e = q->e;

	return e->area.kind == AREA_CMA ? quantity_mul(e->area.pages, q->page)
					: e->request.size_bytes;
}

static bool is_too_long(const struct inquiry *q)
{
	return q->e->area.kind == AREA_SWIOTLB && known(size_of(q)) &&
	       size_of(q) > longest_mapping;
}

/* Were there fewer free slots than asked for? UNKNOWN numbers tell nothing. */
static bool is_full(const struct inquiry *q)
{
	int64_t left = quantity_mul(
		quantity_sub(q->e->area.slots, q->e->area.used_slots), SLOT_BYTES);

	return known(left) && known(size_of(q)) && left < size_of(q);
}

/* The reserved chunk is for modules; other words of mm/percpu.c tell of missing pages or
 * addresses. */
static bool chunk_was_full(const struct oom_event *e)
{
	return slice_has(e->area.why, "reserved chunk");
}

enum confidence area_full(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;
	struct slice quoted;

	if (e->area.kind == NO_AREA)
		return NOT_HELD;
	quoted = quote_line(q, e->area.line, 60);
	if (e->area.kind == AREA_PERCPU) {
		if (!chunk_was_full(e)) {
			f->says = SLICE(
				"not the space for modules: pages or addresses for "
				"another chunk were not to be had");
			return NOT_HELD;
		}
		fact_for(q, f, e->area.line, quoted,
			"the chunk for modules' own per-CPU variables has no room");
		return CERTAIN;
	}
	if (e->area.kind == AREA_SWIOTLB) {
		fact_for(q, f, e->area.line, quoted, "%s",
			is_too_long(q)
				? "above 256 KiB, the longest piece that swiotlb maps"
			: is_full(q) ? "fewer slots of 2 KiB are free than that needs"
			: known(e->area.slots)
				? "slots are free, but not enough side by side"
				: "no slots of 2 KiB were free side by side");
		return CERTAIN;
	}
	if (e->area.error != ERROR_NO_MEMORY && e->area.error != ERROR_BUSY) {
		f->says = SLICE(
			"the request was broken off, as by a signal: not for want "
			"of room");
		return NOT_HELD;
	}
	fact_for(q, f, e->area.line, quoted, "%s",
		e->area.error == ERROR_BUSY
			? "EBUSY: pages that others had there could not be moved away"
			: "ENOMEM: no range of that length is free of others' buffers");
	return CERTAIN;
}

static void tell_cma(struct inquiry *q)
{
	const struct area_failure *a = &q->e->area;
	bool busy = a->error == ERROR_BUSY;

	q->because = say(q, "the CMA area%s%.*s had no room for %s in one piece%s",
		a->name.n > 0 ? " " : "", SLICE_ARG(a->name), BYTES(size_of(q)),
		busy ? ": what others keep there for now could not be moved away"
		     : ", whatever memory is free elsewhere");
	if (busy)
		add_help(q, "now",
			SLICE("try again: what is being read or written can be moved a moment "
			      "later; what is pinned for long (RDMA, VFIO, io_uring) cannot"),
			SLICE(""), NULL);
	add_help(q, busy ? "or" : "now",
		SLICE("see how large the areas are, and what is left"),
		SLICE("grep Cma /proc/meminfo"), NULL);
	add_help(q, "or",
		SLICE("a larger area: cma= at boot, or its reserved-memory node in the device "
		      "tree"),
		SLICE("cat /proc/cmdline"), "what is in it serves movable pages only");
	add_help(q, "then",
		SLICE("see who keeps buffers there: displays, cameras, codecs; a count that "
		      "only grows is a leak"),
		SLICE("cat /sys/kernel/debug/dma_buf/bufinfo"), NULL);
	add_help(q, "not", SLICE("more RAM or swap: it is not in the area"), SLICE(""),
		NULL);
}

static void tell_swiotlb(struct inquiry *q)
{
	const struct area_failure *a = &q->e->area;
	struct slice who = a->name.n > 0 ? a->name : SLICE("a device");

	if (is_too_long(q)) {
		q->because = say(q,
			"%.*s was to get %s through bounce buffers, and swiotlb maps 256 KiB "
			"at most in one piece",
			SLICE_ARG(who), BYTES(size_of(q)));
		add_help(q, "now",
			SLICE("let the driver or the program map less at once: smaller "
			      "transfers, or a scatter list"),
			SLICE(""), NULL);
		add_help(q, "or",
			SLICE("an IOMMU, or a device that reaches all memory, needs no bounce "
			      "buffers"),
			SLICE("dmesg | grep -i -e iommu -e 'software IO TLB'"), NULL);
		add_help(q, "not",
			SLICE("swiotlb=: a larger pool has no longer pieces"),
			SLICE(""), NULL);
		return;
	}
	q->because =
		known(a->slots) && known(a->used_slots)
			? say(q,
				  "the bounce buffers of swiotlb had no room for %s of %.*s: "
				  "%lld of %lld slots of 2 KiB are in use",
				  BYTES(size_of(q)), SLICE_ARG(who),
				  (long long)a->used_slots, (long long)a->slots)
			: say(q, "the bounce buffers of swiotlb had no room for %s of %.*s",
				  BYTES(size_of(q)), SLICE_ARG(who));
	add_help(q, "now",
		SLICE("see whether they stay in use: then a driver does not unmap"),
		SLICE("cat /sys/kernel/debug/swiotlb/io_tlb_used"), NULL);
	add_help(q, "or",
		SLICE("a larger pool at boot: swiotlb=65536 is 128 MiB, and twice what is "
		      "usual"),
		SLICE("cat /proc/cmdline"), "taken from memory below 4 GiB");
	add_help(q, "then",
		SLICE("see why this device needs them: an IOMMU, or a device that reaches all "
		      "memory, does not"),
		SLICE("dmesg | grep -i -e iommu -e 'software IO TLB'"), NULL);
	add_help(q, "not", SLICE("freeing memory: the pool was set aside at boot"),
		SLICE(""), NULL);
}

void tell_area_full(struct inquiry *q)
{
	if (q->e->area.kind == AREA_CMA) {
		tell_cma(q);
		return;
	}
	if (q->e->area.kind == AREA_SWIOTLB) {
		tell_swiotlb(q);
		return;
	}
	q->because = say(q,
		"the space for modules' own per-CPU variables is used up: %s more were asked "
		"for",
		BYTES(size_of(q)));
	add_help(q, "now",
		SLICE("unload modules that nobody needs, then load this one again"),
		SLICE("lsmod"), NULL);
	add_help(q, "then",
		SLICE("if it is a module from outside the kernel, have it allocate such "
		      "variables (alloc_percpu) instead of declaring them"),
		SLICE(""), NULL);
	add_help(q, "not",
		SLICE("freeing memory: the space is fixed when the kernel is built"),
		SLICE(""), NULL);
}

/* Not for want of room, or the line does not say so. */
void tell_area_refused(struct inquiry *q)
{
	const struct area_failure *a = &q->e->area;

	if (a->kind == AREA_CMA)
		q->because = say(q,
			"a request for CMA was broken off (ret: -%lld), as by a signal: not "
			"for want of room",
			(long long)a->error);
	else
		q->because = say(q,
			"the kernel could not give %s of per-CPU variables a place (\"%.*s\"): "
			"it lacked pages, or addresses to map them at, and the log does not "
			"show which",
			BYTES(size_of(q)), SLICE_ARG(a->why));
	add_help(q, "now",
		a->kind == AREA_CMA
			? SLICE("see whether the caller tries again: this may be all there is "
				"to it")
			: SLICE("look for what else the kernel refused at that time: a page "
				"allocation failure, vmalloc, a cgroup's limit"),
		a->kind == AREA_CMA ? SLICE("") : SLICE("journalctl -k"), NULL);
}
