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

/* The reserved chunk is for modules; a request that may not wait gets no new chunk. Other
 * words of mm/percpu.c tell of missing pages or addresses. */
static bool is_for_modules(const struct oom_event *e)
{
	return slice_has(e->area.why, "reserved chunk");
}

static bool gets_no_new_chunk(const struct oom_event *e)
{
	return slice_has(e->area.why, "atomic alloc failed, no space");
}

/* The longest run of free pages, where the whole list of them was read. */
static int64_t longest_run(const struct area_failure *a)
{
	return known(a->free_pages) ? a->longest_pages : UNKNOWN;
}

/* Is no run of free pages as long as the request, as far as CMA told? */
static bool is_short(const struct area_failure *a)
{
	return known(a->free_pages) &&
	       (a->free_pages < a->pages ||
		       (known(longest_run(a)) && longest_run(a) < a->pages));
}

/* What CMA's own line of its free pages says. */
static void tell_free_pages(struct inquiry *q, struct finding *f)
{
	const struct area_failure *a = &q->e->area;
	struct slice quoted = quote_line(q, a->free_line, 60);

	if (!known(a->free_pages))
		return;
	if (a->free_pages < a->pages)
		fact_for(q, f, a->free_line, quoted,
			"of %lld pages %lld are free, and %lld were asked for",
			(long long)a->all_pages, (long long)a->free_pages,
			(long long)a->pages);
	else if (is_short(a))
		fact_for(q, f, a->free_line, quoted,
			"%lld pages are free, but no more than %lld side by side",
			(long long)a->free_pages, (long long)a->longest_pages);
	else if (known(longest_run(a)) && a->error == ERROR_BUSY)
		fact_for(q, f, a->free_line, quoted,
			"up to %lld pages side by side are nobody's buffer: only what is lent out "
			"there was in the way",
			(long long)a->longest_pages);
	else if (known(longest_run(a)))
		fact_for(q, f, a->free_line, quoted,
			"up to %lld pages side by side are nobody's buffer, but not where such a "
			"piece may begin, or what is lent out there found no other place",
			(long long)a->longest_pages);
}

enum confidence area_full(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;
	struct slice quoted;

	if (e->area.kind == NO_AREA)
		return NOT_HELD;
	quoted = quote_line(q, e->area.line, 60);
	if (e->area.kind == AREA_PERCPU) {
		if (gets_no_new_chunk(e)) {
			fact_for(q, f, e->area.line, quoted,
				"no chunk had room, and a request that may not wait gets no new "
				"one");
			return CERTAIN;
		}
		if (!is_for_modules(e)) {
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
	if (!known(e->area.error) && !is_short(&e->area))
		return NOT_HELD;
	if (known(e->area.error) && e->area.error != ERROR_NO_MEMORY &&
		e->area.error != ERROR_BUSY) {
		f->says = SLICE(
			"the request was broken off, as by a signal: not for want "
			"of room");
		return NOT_HELD;
	}
	if (known(e->area.error))
		fact_for(q, f, e->area.line, quoted, "%s",
			e->area.error == ERROR_BUSY
				? "EBUSY: pages that others had there could not be moved away"
			: is_short(&e->area) || !known(longest_run(&e->area))
				? "ENOMEM: no range of that length is free of others' buffers"
				: "ENOMEM: no range would do");
	tell_free_pages(q, f);
	return CERTAIN;
}

/* How large its pages are, only the machine knows: the count is what the line proves. */
static struct slice pages_words(struct inquiry *q)
{
	return say(q, "%lld pages (%s%s)", (long long)q->e->area.pages,
		BYTES(size_of(q)),
		q->x->page_from == FROM_ASSUMPTION ? " if a page has 4 KiB" : "");
}

static void tell_cma(struct inquiry *q)
{
	const struct area_failure *a = &q->e->area;
	bool busy = a->error == ERROR_BUSY && !is_short(a);
	struct slice rest = SLICE(", whatever memory is free elsewhere");

	if (busy)
		rest = SLICE(
			": what others keep there for now could not be moved away");
	else if (is_short(a) && a->free_pages < a->pages)
		rest = say(q, ": %lld of %lld pages are free", (long long)a->free_pages,
			(long long)a->all_pages);
	else if (is_short(a))
		rest = say(q, ": %lld are free, but no more than %lld side by side",
			(long long)a->free_pages, (long long)a->longest_pages);
	q->because = say(q, "the CMA area%s%.*s had no room for %.*s in one piece%.*s",
		a->name.n > 0 ? " " : "", SLICE_ARG(a->name), SLICE_ARG(pages_words(q)),
		SLICE_ARG(rest));
	if (busy)
		add_help(q, "now",
			SLICE("try again: what is being read or written can be moved a moment "
			      "later; what is pinned for long (RDMA, VFIO, io_uring) cannot"),
			SLICE(""), NULL);
	else
		add_help(q, "now",
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

static void tell_atomic_per_cpu(struct inquiry *q)
{
	q->because = say(q,
		"the chunks for per-CPU variables had no room for %s, and a request that may not "
		"wait gets no new one",
		BYTES(q->e->request.size_bytes));
	add_help(q, "now",
		SLICE("see whether the caller tries again: the kernel makes room in the "
		      "background for the next ones"),
		SLICE(""), NULL);
	add_help(q, "then",
		SLICE("if something then lacked, create fewer at once (BPF map entries, nftables "
		      "rules, tunnels), or have BPF maps allocate beforehand"),
		SLICE("grep Percpu /proc/meminfo"), NULL);
	add_help(q, "not",
		SLICE("a larger vm.min_free_kbytes: no pages lacked, but a chunk to take from"),
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
	if (gets_no_new_chunk(q->e)) {
		tell_atomic_per_cpu(q);
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

	if (a->kind == AREA_CMA && !known(a->error))
		q->because = say(q,
			"CMA gave no %.*s in one piece, and the line is cut before it says why",
			SLICE_ARG(pages_words(q)));
	else if (a->kind == AREA_CMA)
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
		a->kind == AREA_CMA && !known(a->error)
			? SLICE("get the whole line: ret: -12 or -16 tell of no room")
		: a->kind == AREA_CMA
			? SLICE("see whether the caller tries again: this may be all there is "
				"to it")
			: SLICE("look for what else the kernel refused at that time: a page "
				"allocation failure, vmalloc, a cgroup's limit"),
		known(a->error) ? SLICE("") : SLICE("journalctl -k"), NULL);
}
