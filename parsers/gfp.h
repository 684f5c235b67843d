/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flags of a request for memory, from the kernel's names or from the number.
 *
 * The same bit means different things in different kernels, so a mask is turned
 * into our own set of flags first, and all rules use that set. */
#ifndef PARSERS_GFP_H
#define PARSERS_GFP_H

#include "parsers/event.h"

/* One bit a flag, in our own numbering; the name without the prefix is the
 * kernel's name without "__GFP_". */
enum gfp_flag {
	GFPF_DMA,
	GFPF_HIGHMEM,
	GFPF_DMA32,
	GFPF_MOVABLE,
	GFPF_RECLAIMABLE,
	GFPF_HIGH,
	GFPF_IO,
	GFPF_FS,
	GFPF_ZERO,
	GFPF_ATOMIC,
	GFPF_DIRECT_RECLAIM,
	GFPF_KSWAPD_RECLAIM,
	GFPF_WRITE,
	GFPF_NOWARN,
	GFPF_RETRY_MAYFAIL,
	GFPF_NOFAIL,
	GFPF_NORETRY,
	GFPF_MEMALLOC,
	GFPF_COMP,
	GFPF_NOMEMALLOC,
	GFPF_HARDWALL,
	GFPF_THISNODE,
	GFPF_ACCOUNT,
	GFPF_ZEROTAGS,
	GFPF_SKIP_ZERO,
	GFPF_SKIP_KASAN,
	GFPF_SKIP_KASAN_POISON,
	GFPF_SKIP_KASAN_UNPOISON,
	GFPF_NOLOCKDEP,
	GFPF_NO_OBJ_EXT,
	GFPF_WAIT, /* up to 4.3: may sleep and reclaim */
	GFPF_COLD,
	GFPF_REPEAT,
	GFPF_NO_GROW,
	GFPF_NO_KSWAPD,
	GFPF_OTHER_NODE,
	GFPF_NOTRACK,
	GFPF_KMEMCG,
	GFPF_NOACCOUNT,
	GFPF_HIGHIO, /* 2.4: may start I/O on high memory */
	GFPF_COUNT
};

#define GFP_BIT(flag) (UINT64_C(1) << (flag))

/* "__GFP_HARDWALL" and the like. */
const char *gfp_flag_name(enum gfp_flag flag);

/* Read the kernel's own words, "GFP_KERNEL|__GFP_COMP|0x1000000", composites
 * opened; false when a name is not known to any kernel (what is known is set all
 * the same, numbers in it go to `unnamed`). A name whose meaning changed is read as
 * 4.8 to 6.2 meant it: GFP_ATOMIC with ATOMIC, GFP_NOWAIT without NOWARN. */
bool gfp_read_names(struct slice names, uint64_t *flags, uint64_t *unnamed);

/* Fill flags, unnamed, layout and from of a mask that was printed as a bare
 * number. `kernel` picks the layout; where its release is not known, the shape of
 * the number does (masks below 4.4 hold __GFP_WAIT as 0x10, 4.4 and 4.5 begin with
 * 0x24). Does nothing while mask_known is false. Sources: include/linux/gfp.h and
 * gfp_types.h, 2.6.9 to 7.1. */
void gfp_decode(struct gfp *gfp, const struct kernel *kernel);
/* The same for a mask in a report. A kernel built between two releases, or with a
 * backport, calls itself by the older one: where its layout leaves bits without a name
 * and a neighbour's names them all, the neighbour's is taken. */
void gfp_decode_printed(struct gfp *gfp, const struct kernel *kernel);

/* The flags in the kernel's own notation, composites closed greedily in the order
 * of include/trace/events/mmflags.h ("none" for no flags). Only names that are right
 * for every kernel are closed. The NUL-terminated string lives in `arena`. */
struct slice gfp_write(struct arena *arena, uint64_t flags, uint64_t unnamed);

/* Whether the request may sleep and reclaim memory itself. */
bool gfp_may_reclaim(uint64_t flags);
/* Whether user memory (movable) is asked for, which CMA and ZONE_MOVABLE serve. */
bool gfp_movable(uint64_t flags);

/* The highest zone that such a request may use, by name: "DMA", "DMA32",
 * "Normal", "HighMem" or "Movable" (gfp_zone() in include/linux/gfp.h). HighMem
 * means Normal where a kernel has none. */
const char *gfp_highest_zone(uint64_t flags);

#endif
