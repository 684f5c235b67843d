/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turning masks of any kernel into one set of flags, and flags into names. */
#include "parsers/gfp.h"

#include "base/text.h"

enum { LAYOUT_BITS = 32 };

/* The meaning of a mask's bits in the kernels from `since` on, up to the next row.
 * An entry that is not written is 0, GFPF_DMA: only bit 0 can mean that, in any
 * other place it says that the bit has no name. */
struct layout {
	const char *name;
	int64_t since;
	uint8_t flag[LAYOUT_BITS];
};

/* Only 2.6 counts its releases in the third number; see version_of(). */
#define VERSION(major, minor, patch)                                                   \
	((int64_t)(major)*1000000 + (int64_t)(minor)*1000 + (patch))

/* What neighbouring rows have in common. Bits are numbered, so [8] is 0x100. */
#define ZONES_TO_HIGHMEM [0] = GFPF_DMA, [1] = GFPF_HIGHMEM
#define ZONES_TO_DMA32   ZONES_TO_HIGHMEM, [2] = GFPF_DMA32
#define HIGH_IO_FS       [5] = GFPF_HIGH, [6] = GFPF_IO, [7] = GFPF_FS

/* 2.6.9 to 4.3. */
#define WAIT_TO_COMP                                                                   \
	HIGH_IO_FS, [4] = GFPF_WAIT, [8] = GFPF_COLD, [9] = GFPF_NOWARN,               \
		    [10] = GFPF_REPEAT, [11] = GFPF_NOFAIL, [12] = GFPF_NORETRY,       \
		    [14] = GFPF_COMP
#define ZERO_TO_THISNODE                                                               \
	[15] = GFPF_ZERO, [16] = GFPF_NOMEMALLOC, [17] = GFPF_HARDWALL,                \
	[18] = GFPF_THISNODE

/* 2.6.31 to 4.3. */
#define WAIT_TO_NOTRACK                                                                \
	ZONES_TO_DMA32, WAIT_TO_COMP, ZERO_TO_THISNODE,                                \
		[3] = GFPF_MOVABLE, [19] = GFPF_RECLAIMABLE, [21] = GFPF_NOTRACK
#define WITH_HUGE_PAGES     [22] = GFPF_NO_KSWAPD, [23] = GFPF_OTHER_NODE
#define WITH_WRITE          WITH_HUGE_PAGES, [24] = GFPF_WRITE
#define WITH_WRITE_MEMALLOC WITH_WRITE, [13] = GFPF_MEMALLOC

/* 4.4 to 5.0: the flags that kept their place when WAIT was split. */
#define SPLIT_LOW                                                                      \
	ZONES_TO_DMA32, HIGH_IO_FS, ZERO_TO_THISNODE,                                  \
		[3] = GFPF_MOVABLE, [4] = GFPF_RECLAIMABLE, [9] = GFPF_NOWARN,         \
		[11] = GFPF_NOFAIL, [12] = GFPF_NORETRY, [13] = GFPF_MEMALLOC,         \
		[14] = GFPF_COMP, [19] = GFPF_ATOMIC
#define SPLIT_4_4                                                                      \
	SPLIT_LOW, [8] = GFPF_COLD, [10] = GFPF_REPEAT, [21] = GFPF_NOTRACK,           \
		   [22] = GFPF_DIRECT_RECLAIM, [23] = GFPF_OTHER_NODE,                 \
		   [24] = GFPF_WRITE, [25] = GFPF_KSWAPD_RECLAIM
#define SPLIT_4_10                                                                     \
	SPLIT_LOW, [20] = GFPF_ACCOUNT, [22] = GFPF_DIRECT_RECLAIM, [23] = GFPF_WRITE, \
		   [24] = GFPF_KSWAPD_RECLAIM

/* 5.1 on: all but the ends of the row. */
#define MODERN                                                                         \
	ZONES_TO_DMA32, HIGH_IO_FS,                                                    \
		[3] = GFPF_MOVABLE, [4] = GFPF_RECLAIMABLE, [8] = GFPF_ZERO,           \
		[10] = GFPF_DIRECT_RECLAIM, [11] = GFPF_KSWAPD_RECLAIM,                \
		[12] = GFPF_WRITE, [13] = GFPF_NOWARN, [14] = GFPF_RETRY_MAYFAIL,      \
		[15] = GFPF_NOFAIL, [16] = GFPF_NORETRY, [17] = GFPF_MEMALLOC,         \
		[18] = GFPF_COMP, [19] = GFPF_NOMEMALLOC, [20] = GFPF_HARDWALL,        \
		[21] = GFPF_THISNODE, [22] = GFPF_ACCOUNT

/* Oldest first and without gaps. A release that was not read (5.1, 5.13, what is
 * newer than the last row) is taken for its neighbour. */
static const struct layout layouts[] = {
	{ "2.4", 0,
		{ [0] = GFPF_DMA,
			[1] = GFPF_HIGHMEM,
			[4] = GFPF_WAIT,
			[5] = GFPF_HIGH,
			[6] = GFPF_IO,
			[7] = GFPF_HIGHIO,
			[8] = GFPF_FS } },
	{ "2.6.9 to 2.6.10", VERSION(2, 5, 0),
		{ ZONES_TO_HIGHMEM, WAIT_TO_COMP, [13] = GFPF_NO_GROW } },
	{ "2.6.11", VERSION(2, 6, 11),
		{ ZONES_TO_HIGHMEM,
			WAIT_TO_COMP, [13] = GFPF_NO_GROW, [15] = GFPF_ZERO } },
	{ "2.6.12 to 2.6.13", VERSION(2, 6, 12),
		{ ZONES_TO_HIGHMEM, WAIT_TO_COMP, [13] = GFPF_NO_GROW, [15] = GFPF_ZERO,
			[16] = GFPF_NOMEMALLOC } },
	{ "2.6.14", VERSION(2, 6, 14),
		{ ZONES_TO_HIGHMEM, WAIT_TO_COMP, [13] = GFPF_NO_GROW, [15] = GFPF_ZERO,
			[16] = GFPF_NOMEMALLOC, [17] = GFPF_HARDWALL } },
	{ "2.6.15 to 2.6.18", VERSION(2, 6, 15),
		{ ZONES_TO_DMA32, WAIT_TO_COMP, [13] = GFPF_NO_GROW, [15] = GFPF_ZERO,
			[16] = GFPF_NOMEMALLOC, [17] = GFPF_HARDWALL } },
	{ "2.6.19 to 2.6.21", VERSION(2, 6, 19),
		{ ZONES_TO_DMA32, WAIT_TO_COMP,
			ZERO_TO_THISNODE, [13] = GFPF_NO_GROW } },
	{ "2.6.22", VERSION(2, 6, 22),
		{ ZONES_TO_DMA32, WAIT_TO_COMP, ZERO_TO_THISNODE } },
	/* For one release MOVABLE sat where RECLAIMABLE came to be. */
	{ "2.6.23", VERSION(2, 6, 23),
		{ ZONES_TO_DMA32, WAIT_TO_COMP,
			ZERO_TO_THISNODE, [19] = GFPF_MOVABLE } },
	{ "2.6.24 to 2.6.30", VERSION(2, 6, 24),
		{ ZONES_TO_DMA32, WAIT_TO_COMP, ZERO_TO_THISNODE,
			[19] = GFPF_RECLAIMABLE, [20] = GFPF_MOVABLE } },
	{ "2.6.31 to 2.6.37", VERSION(2, 6, 31), { WAIT_TO_NOTRACK } },
	{ "2.6.38 to 3.2", VERSION(2, 6, 38), { WAIT_TO_NOTRACK, WITH_HUGE_PAGES } },
	{ "3.3 to 3.5", VERSION(3, 3, 0), { WAIT_TO_NOTRACK, WITH_WRITE } },
	{ "3.6 to 3.7", VERSION(3, 6, 0), { WAIT_TO_NOTRACK, WITH_WRITE_MEMALLOC } },
	{ "3.8 to 3.15", VERSION(3, 8, 0),
		{ WAIT_TO_NOTRACK, WITH_WRITE_MEMALLOC, [20] = GFPF_KMEMCG } },
	{ "3.16 to 4.0", VERSION(3, 16, 0), { WAIT_TO_NOTRACK, WITH_WRITE_MEMALLOC } },
	{ "4.1 to 4.3", VERSION(4, 1, 0),
		{ WAIT_TO_NOTRACK, WITH_WRITE_MEMALLOC, [20] = GFPF_NOACCOUNT } },
	{ "4.4", VERSION(4, 4, 0), { SPLIT_4_4, [20] = GFPF_NOACCOUNT } },
	{ "4.5 to 4.9", VERSION(4, 5, 0), { SPLIT_4_4, [20] = GFPF_ACCOUNT } },
	{ "4.10 to 4.11", VERSION(4, 10, 0),
		{ SPLIT_4_10, [8] = GFPF_COLD, [10] = GFPF_REPEAT,
			[21] = GFPF_NOTRACK } },
	{ "4.12", VERSION(4, 12, 0),
		{ SPLIT_4_10, [8] = GFPF_COLD, [10] = GFPF_REPEAT, [21] = GFPF_NOTRACK,
			[25] = GFPF_NOLOCKDEP } },
	{ "4.13 to 4.14", VERSION(4, 13, 0),
		{ SPLIT_4_10, [8] = GFPF_COLD, [10] = GFPF_RETRY_MAYFAIL,
			[21] = GFPF_NOTRACK, [25] = GFPF_NOLOCKDEP } },
	{ "4.15 to 4.17", VERSION(4, 15, 0),
		{ SPLIT_4_10, [10] = GFPF_RETRY_MAYFAIL, [25] = GFPF_NOLOCKDEP } },
	{ "4.18 to 5.0", VERSION(4, 18, 0),
		{ SPLIT_LOW, [8] = GFPF_WRITE, [10] = GFPF_RETRY_MAYFAIL,
			[20] = GFPF_ACCOUNT, [21] = GFPF_DIRECT_RECLAIM,
			[22] = GFPF_KSWAPD_RECLAIM, [23] = GFPF_NOLOCKDEP } },
	{ "5.1 to 5.13", VERSION(5, 1, 0),
		{ MODERN, [9] = GFPF_ATOMIC, [23] = GFPF_NOLOCKDEP } },
	{ "5.14 to 5.17", VERSION(5, 14, 0),
		{ MODERN, [9] = GFPF_ATOMIC, [23] = GFPF_ZEROTAGS,
			[24] = GFPF_SKIP_KASAN_POISON, [25] = GFPF_NOLOCKDEP } },
	{ "5.18 to 6.2", VERSION(5, 18, 0),
		{ MODERN, [9] = GFPF_ATOMIC, [23] = GFPF_ZEROTAGS,
			[24] = GFPF_SKIP_ZERO, [25] = GFPF_SKIP_KASAN_UNPOISON,
			[26] = GFPF_SKIP_KASAN_POISON, [27] = GFPF_NOLOCKDEP } },
	{ "6.3", VERSION(6, 3, 0),
		{ MODERN, [23] = GFPF_ZEROTAGS, [24] = GFPF_SKIP_ZERO,
			[25] = GFPF_SKIP_KASAN_UNPOISON, [26] = GFPF_SKIP_KASAN_POISON,
			[27] = GFPF_NOLOCKDEP } },
	{ "6.4 to 6.8", VERSION(6, 4, 0),
		{ MODERN, [23] = GFPF_ZEROTAGS, [24] = GFPF_SKIP_ZERO,
			[25] = GFPF_SKIP_KASAN, [26] = GFPF_NOLOCKDEP } },
	/* From here on the bits above depend on the configuration. */
	{ "6.9 to 7.1", VERSION(6, 9, 0), { MODERN, [23] = GFPF_ZEROTAGS } },
};

/* Red Hat's kernels whose backports moved bits; `since` is the only version. */
static const struct layout el_layouts[] = {
	{ "2.6.32 of el6", VERSION(2, 6, 32), { WAIT_TO_NOTRACK, WITH_HUGE_PAGES } },
	{ "3.10 of el7", VERSION(3, 10, 0),
		{ WAIT_TO_NOTRACK, WITH_WRITE_MEMALLOC, [20] = GFPF_ACCOUNT } },
};

static const char *const flag_names[GFPF_COUNT] = {
	[GFPF_DMA] = "__GFP_DMA",
	[GFPF_HIGHMEM] = "__GFP_HIGHMEM",
	[GFPF_DMA32] = "__GFP_DMA32",
	[GFPF_MOVABLE] = "__GFP_MOVABLE",
	[GFPF_RECLAIMABLE] = "__GFP_RECLAIMABLE",
	[GFPF_HIGH] = "__GFP_HIGH",
	[GFPF_IO] = "__GFP_IO",
	[GFPF_FS] = "__GFP_FS",
	[GFPF_ZERO] = "__GFP_ZERO",
	[GFPF_ATOMIC] = "__GFP_ATOMIC",
	[GFPF_DIRECT_RECLAIM] = "__GFP_DIRECT_RECLAIM",
	[GFPF_KSWAPD_RECLAIM] = "__GFP_KSWAPD_RECLAIM",
	[GFPF_WRITE] = "__GFP_WRITE",
	[GFPF_NOWARN] = "__GFP_NOWARN",
	[GFPF_RETRY_MAYFAIL] = "__GFP_RETRY_MAYFAIL",
	[GFPF_NOFAIL] = "__GFP_NOFAIL",
	[GFPF_NORETRY] = "__GFP_NORETRY",
	[GFPF_MEMALLOC] = "__GFP_MEMALLOC",
	[GFPF_COMP] = "__GFP_COMP",
	[GFPF_NOMEMALLOC] = "__GFP_NOMEMALLOC",
	[GFPF_HARDWALL] = "__GFP_HARDWALL",
	[GFPF_THISNODE] = "__GFP_THISNODE",
	[GFPF_ACCOUNT] = "__GFP_ACCOUNT",
	[GFPF_ZEROTAGS] = "__GFP_ZEROTAGS",
	[GFPF_SKIP_ZERO] = "__GFP_SKIP_ZERO",
	[GFPF_SKIP_KASAN] = "__GFP_SKIP_KASAN",
	[GFPF_SKIP_KASAN_POISON] = "__GFP_SKIP_KASAN_POISON",
	[GFPF_SKIP_KASAN_UNPOISON] = "__GFP_SKIP_KASAN_UNPOISON",
	[GFPF_NOLOCKDEP] = "__GFP_NOLOCKDEP",
	[GFPF_NO_OBJ_EXT] = "__GFP_NO_OBJ_EXT",
	[GFPF_WAIT] = "__GFP_WAIT",
	[GFPF_COLD] = "__GFP_COLD",
	[GFPF_REPEAT] = "__GFP_REPEAT",
	[GFPF_NO_GROW] = "__GFP_NO_GROW",
	[GFPF_NO_KSWAPD] = "__GFP_NO_KSWAPD",
	[GFPF_OTHER_NODE] = "__GFP_OTHER_NODE",
	[GFPF_NOTRACK] = "__GFP_NOTRACK",
	[GFPF_KMEMCG] = "__GFP_KMEMCG",
	[GFPF_NOACCOUNT] = "__GFP_NOACCOUNT",
	[GFPF_HIGHIO] = "__GFP_HIGHIO",
};

/* The order in which single flags are printed (mmflags.h of 4.6 to 6.12, the flags
 * of older kernels beside their like). DMA and DMA32 are rows of composites[]. */
static const uint8_t print_order[] = {
	GFPF_HIGHMEM,
	GFPF_HIGH,
	GFPF_ATOMIC,
	GFPF_WAIT,
	GFPF_IO,
	GFPF_HIGHIO,
	GFPF_FS,
	GFPF_COLD,
	GFPF_NOWARN,
	GFPF_REPEAT,
	GFPF_RETRY_MAYFAIL,
	GFPF_NOFAIL,
	GFPF_NORETRY,
	GFPF_NO_GROW,
	GFPF_COMP,
	GFPF_ZERO,
	GFPF_NOMEMALLOC,
	GFPF_MEMALLOC,
	GFPF_HARDWALL,
	GFPF_THISNODE,
	GFPF_RECLAIMABLE,
	GFPF_MOVABLE,
	GFPF_ACCOUNT,
	GFPF_KMEMCG,
	GFPF_NOACCOUNT,
	GFPF_NOTRACK,
	GFPF_WRITE,
	GFPF_DIRECT_RECLAIM,
	GFPF_KSWAPD_RECLAIM,
	GFPF_NO_KSWAPD,
	GFPF_OTHER_NODE,
	GFPF_ZEROTAGS,
	GFPF_SKIP_ZERO,
	GFPF_SKIP_KASAN_POISON,
	GFPF_SKIP_KASAN_UNPOISON,
	GFPF_SKIP_KASAN,
	GFPF_NOLOCKDEP,
	GFPF_NO_OBJ_EXT,
};
_Static_assert(sizeof(print_order) == GFPF_COUNT - 2, "a flag is never written");

/* Short names for the table below; F() of several flags is their set. */
#define F(flag)  GFP_BIT(GFPF_##flag)
#define RECLAIM  (F(DIRECT_RECLAIM) | F(KSWAPD_RECLAIM))
#define IO_FS    (F(IO) | F(FS))
#define USER     (IO_FS | F(HARDWALL))
#define MOVABLE  (USER | F(HIGHMEM) | F(MOVABLE))
#define HUGE     (MOVABLE | F(COMP) | F(NOMEMALLOC) | F(NOWARN))
#define NO_KASAN (F(SKIP_KASAN) | F(SKIP_KASAN_POISON) | F(SKIP_KASAN_UNPOISON))

/* A name for several flags. A name that changed its meaning has several rows: the
 * first is what the name is read as, each may be written. `without` are flags of a
 * request that make the name a wrong one, `absorbs` flags that go unmentioned
 * because they are part of it in some kernels only. */
struct composite {
	const char *name;
	uint64_t set, without, absorbs;
};

/* In the kernel's order: what is left after a row is matched with the next.
 *
 * Left out, since the flags one by one are right for every kernel and the name is
 * not: GFP_NOWAIT of 6.8+ (with NOWARN), GFP_TRANSHUGE of 4.4 to 4.7 (with NORETRY,
 * in 4.6 and 4.7 without reclaim), GFP_USER and GFP_HIGHUSER before 2.6.14 (without
 * HARDWALL). */
static const struct composite composites[] = {
	{ "GFP_TRANSHUGE", HUGE | F(DIRECT_RECLAIM), 0, NO_KASAN },
	{ "GFP_TRANSHUGE", HUGE | F(WAIT) | F(NORETRY) | F(NO_KSWAPD), 0, 0 },
	{ "GFP_TRANSHUGE_LIGHT", HUGE, F(WAIT), NO_KASAN },
	{ "GFP_HIGHUSER_MOVABLE", MOVABLE | RECLAIM, 0, NO_KASAN },
	{ "GFP_HIGHUSER_MOVABLE", MOVABLE | F(WAIT), 0, 0 },
	{ "GFP_HIGHUSER", USER | F(HIGHMEM) | RECLAIM, 0, 0 },
	{ "GFP_HIGHUSER", USER | F(HIGHMEM) | F(WAIT), 0, 0 },
	{ "GFP_USER", USER | RECLAIM, 0, 0 },
	{ "GFP_USER", USER | F(WAIT), 0, 0 },
	{ "GFP_KERNEL_ACCOUNT", IO_FS | F(ACCOUNT) | RECLAIM, 0, 0 },
	{ "GFP_KERNEL_ACCOUNT", IO_FS | F(ACCOUNT) | F(WAIT), 0, 0 },
	{ "GFP_KERNEL", IO_FS | RECLAIM, 0, 0 },
	{ "GFP_KERNEL", IO_FS | F(WAIT), 0, 0 },
	{ "GFP_NOFS", F(IO) | RECLAIM, 0, 0 },
	{ "GFP_NOFS", F(IO) | F(WAIT), 0, 0 },
	/* 4.4 to 6.2, 6.3 on, up to 4.3. */
	{ "GFP_ATOMIC", F(HIGH) | F(ATOMIC) | F(KSWAPD_RECLAIM), 0, 0 },
	{ "GFP_ATOMIC", F(HIGH) | F(KSWAPD_RECLAIM), F(DIRECT_RECLAIM), 0 },
	{ "GFP_ATOMIC", F(HIGH), F(WAIT) | RECLAIM, 0 },
	{ "GFP_NOIO", RECLAIM, 0, 0 },
	{ "GFP_NOIO", F(WAIT), 0, 0 },
	{ "GFP_NOWAIT", F(KSWAPD_RECLAIM), 0, 0 },
	{ "GFP_DMA", F(DMA), 0, 0 },
	{ "GFP_DMA32", F(DMA32), 0, 0 },
	/* Never written: GFP_NOIO is the same set, and the kernels from 4.14 on say
	 * GFP_KERNEL|__GFP_RECLAIMABLE. */
	{ "__GFP_RECLAIM", RECLAIM, 0, 0 },
	{ "GFP_TEMPORARY", IO_FS | RECLAIM | F(RECLAIMABLE), 0, 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *gfp_flag_name(enum gfp_flag flag)
{
	return (size_t)flag < GFPF_COUNT ? flag_names[flag] : "";
}

static bool read_name(struct slice name, uint64_t *flags, uint64_t *unnamed)
{
	uint64_t number;

	for (size_t i = 0; i < COUNT(composites); i++) {
		if (slice_is(name, composites[i].name)) {
			*flags |= composites[i].set;
			return true;
		}
	}
	/* The trace events of 4.5 and older say GFP_ZERO for __GFP_ZERO. */
	for (size_t i = 0; i < GFPF_COUNT; i++) {
		if (slice_is(name, flag_names[i]) ||
			slice_is(name, flag_names[i] + 2)) {
			*flags |= GFP_BIT(i);
			return true;
		}
	}
	if (slice_starts(name, "0x") && slice_take_hex(&name, &number) && name.n == 0) {
		*unnamed |= number;
		return true;
	}
	return slice_is(name, "none");
}

bool gfp_read_names(struct slice names, uint64_t *flags, uint64_t *unnamed)
{
	struct slice name;
	bool all;

	*flags = 0;
	*unnamed = 0;
	/* "GFP_KERNEL|" was cut off: something stood behind the bar. */
	all = !slice_ends(names, "|");
	while (slice_cut(&names, '|', &name))
		if (!read_name(slice_trim(name), flags, unnamed))
			all = false;
	return all;
}

/* The kernel as a number to compare, or UNKNOWN. Its parts come from a log. */
static int64_t version_of(const struct kernel *kernel)
{
	enum { MOST = 999 };
	int64_t patch = 0;

	if (!kernel || kernel->major < 0 || kernel->minor < 0)
		return UNKNOWN;
	if (kernel->major == 2 && kernel->minor == 6) {
		if (kernel->patch < 0)
			return UNKNOWN;
		patch = kernel->patch < MOST ? kernel->patch : MOST;
	}
	return VERSION(kernel->major < MOST ? kernel->major : MOST,
		kernel->minor < MOST ? kernel->minor : MOST, patch);
}

/* A kernel whose layout fits the number. Reports with bare numbers end with 4.5,
 * so the newer layouts matter only for a mask that a person asks about. The tests
 * rest on what nobody asks for: REPEAT or NOFAIL without the right to wait, say,
 * are the reclaim bits of 5.1. */
static int64_t version_from_shape(uint64_t mask)
{
	bool wait = mask & 0x10;
	bool file_system = mask & 0xc0;

	if ((mask & 0xc00) == 0xc00 || ((mask & 0xc00) && !(mask & 0x600010))) {
		if (mask >> 24 == 0)
			return VERSION(5, 1, 0);
		return mask >> 24 == 1 ? VERSION(5, 14, 0) : VERSION(6, 9, 0);
	}
	if (mask & 0x2000000)
		return VERSION(4, 5, 0);
	if ((mask & 0x1400000) == 0x1400000 || ((mask & 0x1000000) && !wait))
		return VERSION(4, 15, 0);
	if ((mask & 0x600000) == 0x600000)
		return VERSION(4, 18, 0);
	if ((mask & 0x400000) && !wait) /* GFP_TRANSHUGE, or GFP_ATOMIC of 4.18 */
		return file_system ? VERSION(4, 5, 0) : VERSION(4, 18, 0);
	if ((mask & 0x200000) && !wait && file_system)
		return VERSION(4, 18, 0);
	if ((mask & 0x120000) == 0x120000 && !(mask & 0x8))
		return VERSION(2, 6, 24);
	return VERSION(3, 8, 0);
}

static const struct layout *layout_of(const struct kernel *kernel, uint64_t mask)
{
	int64_t version = version_of(kernel);
	size_t at = 0;

	if (!known(version))
		version = version_from_shape(mask);
	else if (kernel->el)
		for (size_t i = 0; i < COUNT(el_layouts); i++)
			if (el_layouts[i].since == version)
				return &el_layouts[i];
	while (at + 1 < COUNT(layouts) && layouts[at + 1].since <= version)
		at++;
	return &layouts[at];
}

static void decode_by(struct gfp *gfp, const struct layout *layout)
{
	gfp->flags = 0;
	gfp->unnamed = gfp->mask;
	gfp->layout = layout->name;
	gfp->from = FROM_INFERENCE;
	for (size_t bit = 0; bit < LAYOUT_BITS; bit++) {
		if (bit > 0 && layout->flag[bit] == 0)
			continue;
		if (gfp->mask >> bit & 1) {
			gfp->flags |= GFP_BIT(layout->flag[bit]);
			gfp->unnamed &= ~(UINT64_C(1) << bit);
		}
	}
}

void gfp_decode(struct gfp *gfp, const struct kernel *kernel)
{
	if (gfp->mask_known)
		decode_by(gfp, layout_of(kernel, gfp->mask));
}

void gfp_decode_printed(struct gfp *gfp, const struct kernel *kernel)
{
	const struct layout *told;
	struct gfp other = *gfp;

	if (!gfp->mask_known)
		return;
	told = layout_of(kernel, gfp->mask);
	decode_by(gfp, told);
	if (gfp->unnamed == 0 || told < layouts || told >= layouts + COUNT(layouts))
		return;
	for (int step = 1; step >= -1; step -= 2) {
		if (told + step < layouts || told + step == layouts + COUNT(layouts))
			continue;
		decode_by(&other, told + step);
		if (other.unnamed == 0) {
			*gfp = other;
			return;
		}
	}
}

static void add_name(struct text *text, const char *name)
{
	if (text->n > 0)
		text_putc(text, '|');
	text_puts(text, name);
}

struct slice gfp_write(struct arena *arena, uint64_t flags, uint64_t unnamed)
{
	struct text text = { 0 };
	struct slice written;
	uint64_t left = flags;

	for (size_t i = 0; i < COUNT(composites); i++) {
		const struct composite *c = &composites[i];

		if ((left & c->set) == c->set && !(flags & c->without)) {
			add_name(&text, c->name);
			left &= ~(c->set | c->absorbs);
		}
	}
	for (size_t i = 0; i < COUNT(print_order); i++)
		if (left & GFP_BIT(print_order[i]))
			add_name(&text, flag_names[print_order[i]]);
	if (unnamed) {
		add_name(&text, "");
		text_printf(&text, "0x%llx", (unsigned long long)unnamed);
	}
	if (text.n == 0)
		add_name(&text, "none");
	written = arena_copy(arena, text_slice(&text));
	text_free(&text);
	return written;
}

bool gfp_may_reclaim(uint64_t flags)
{
	return flags & (F(WAIT) | F(DIRECT_RECLAIM));
}

bool gfp_movable(uint64_t flags)
{
	return flags & F(MOVABLE);
}

const char *gfp_highest_zone(uint64_t flags)
{
	/* More than one of the three is a bug of the caller: the lowest is the one
	 * that every reader of the mask agrees on. */
	if (flags & F(DMA))
		return "DMA";
	if (flags & F(DMA32))
		return "DMA32";
	if (flags & F(HIGHMEM))
		return flags & F(MOVABLE) ? "Movable" : "HighMem";
	return "Normal";
}
