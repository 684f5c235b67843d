/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Masks of every kernel read and written: bits, names, shapes, zones, and junk. */
#include "parsers/gfp.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define F(flag)      GFP_BIT(GFPF_##flag)

/* A release by its numbers; major 0 for one that is not known. */
struct release {
	int16_t major, minor, patch;
};

static struct arena *arena;

static void start(void)
{
	arena = arena_new();
}

static void stop(void)
{
	arena_free(arena);
}

TestSuite(gfp, .init = start, .fini = stop);

static struct kernel kernel_of(struct release r)
{
	struct kernel kernel = { .major = r.major, .minor = r.minor, .patch = r.patch };

	if (r.major == 0)
		kernel.major = kernel.minor = kernel.patch = UNKNOWN;
	return kernel;
}

static struct gfp decode(uint64_t mask, struct release release)
{
	struct gfp gfp = { .mask = mask, .mask_known = true };
	struct kernel kernel = kernel_of(release);

	gfp_decode(&gfp, &kernel);
	cr_assert_eq(gfp.from, FROM_INFERENCE);
	cr_assert_not_null(gfp.layout);
	return gfp;
}

/* The arena's strings end with a NUL. */
static const char *written(const struct gfp *gfp)
{
	return gfp_write(arena, gfp->flags, gfp->unnamed).p;
}

static void writes(uint64_t mask, struct release r, const char *expected)
{
	struct gfp gfp = decode(mask, r);

	cr_expect_str_eq(written(&gfp), expected,
		"0x%" PRIx64 " of %d.%d.%d: \"%s\", not \"%s\"", mask, r.major, r.minor,
		r.patch, written(&gfp), expected);
}

static uint64_t names(const char *text)
{
	uint64_t flags, unnamed;

	cr_expect(gfp_read_names(slice_of(text), &flags, &unnamed), "%s", text);
	cr_expect_eq(unnamed, 0, "%s", text);
	return flags;
}

enum {
	ATOMIC,
	NOWAIT,
	NOIO,
	NOFS,
	KERNEL,
	KERNEL_ACCOUNT,
	TEMPORARY,
	USER,
	HIGHUSER,
	HIGHUSER_MOVABLE,
	TRANSHUGE,
	TRANSHUGE_LIGHT,
	DMA,
	DMA32,
	COMPOSITES
};

#define NA UINT32_MAX

static const char *const composite_names[COMPOSITES] = { "GFP_ATOMIC", "GFP_NOWAIT",
	"GFP_NOIO", "GFP_NOFS", "GFP_KERNEL", "GFP_KERNEL_ACCOUNT", "GFP_TEMPORARY",
	"GFP_USER", "GFP_HIGHUSER", "GFP_HIGHUSER_MOVABLE", "GFP_TRANSHUGE",
	"GFP_TRANSHUGE_LIGHT", "GFP_DMA", "GFP_DMA32" };

/* include/linux/gfp.h of the releases that were read. `but` says how a mask is
 * written where its own name would be another kernel's. */
static const struct {
	struct release first, last;
	uint32_t masks[COMPOSITES];
	struct {
		int composite;
		const char *text;
	} but[4];
} ranges[] = {
	{ { 2, 6, 9 }, { 2, 6, 12 },
		{ 0x20, NA, 0x10, 0x50, 0xd0, NA, NA, 0xd0, 0xd2, NA, NA, NA, 0x1, NA },
		{ { USER, "GFP_KERNEL" }, { HIGHUSER, "GFP_KERNEL|__GFP_HIGHMEM" } } },
	{ { 2, 6, 18 }, { 2, 6, 18 },
		{ 0x20, 0x0, 0x10, 0x50, 0xd0, NA, NA, 0x200d0, 0x200d2, NA, NA, NA,
			0x1, 0x1 },
		{ { NOWAIT, "none" }, { DMA32, "GFP_DMA" } } },
	{ { 2, 6, 20 }, { 2, 6, 22 },
		{ 0x20, 0x0, 0x10, 0x50, 0xd0, NA, NA, 0x200d0, 0x200d2, NA, NA, NA,
			0x1, 0x4 },
		{ { NOWAIT, "none" } } },
	{ { 2, 6, 24 }, { 2, 6, 29 },
		{ 0x20, 0x0, 0x10, 0x50, 0xd0, NA, 0x800d0, 0x200d0, 0x200d2, 0x1200d2,
			NA, NA, 0x1, 0x4 },
		{ { NOWAIT, "none" }, { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" } } },
	{ { 2, 6, 31 }, { 2, 6, 37 },
		{ 0x20, 0x0, 0x10, 0x50, 0xd0, NA, 0x800d0, 0x200d0, 0x200d2, 0x200da,
			NA, NA, 0x1, 0x4 },
		{ { NOWAIT, "none" }, { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" } } },
	{ { 2, 6, 39 }, { 4, 3, 0 },
		{ 0x20, 0x0, 0x10, 0x50, 0xd0, NA, 0x800d0, 0x200d0, 0x200d2, 0x200da,
			0x4352da, NA, 0x1, 0x4 },
		{ { NOWAIT, "none" }, { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" } } },
	{ { 4, 4, 11 }, { 4, 4, 11 },
		{ 0x2080020, 0x2000000, 0x2400000, 0x2400040, 0x24000c0, NA, 0x24000d0,
			0x24200c0, 0x24200c2, 0x24200ca, 0x4352ca, NA, 0x1, 0x4 },
		{ { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" },
			{ TRANSHUGE, "GFP_TRANSHUGE|__GFP_NORETRY" } } },
	{ { 4, 5, 0 }, { 4, 5, 0 },
		{ 0x2080020, 0x2000000, 0x2400000, 0x2400040, 0x24000c0, 0x25000c0,
			0x24000d0, 0x24200c0, 0x24200c2, 0x24200ca, 0x4352ca, NA, 0x1,
			0x4 },
		{ { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" },
			{ TRANSHUGE, "GFP_TRANSHUGE|__GFP_NORETRY" } } },
	{ { 4, 6, 2 }, { 4, 7, 4 },
		{ 0x2080020, 0x2000000, 0x2400000, 0x2400040, 0x24000c0, 0x25000c0,
			0x24000d0, 0x24200c0, 0x24200c2, 0x24200ca, 0x352ca, NA, 0x1,
			0x4 },
		{ { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" },
			{ TRANSHUGE, "GFP_TRANSHUGE_LIGHT|__GFP_NORETRY" } } },
	{ { 4, 8, 15 }, { 4, 9, 115 },
		{ 0x2080020, 0x2000000, 0x2400000, 0x2400040, 0x24000c0, 0x25000c0,
			0x24000d0, 0x24200c0, 0x24200c2, 0x24200ca, 0x4342ca, 0x342ca,
			0x1, 0x4 },
		{ { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" } } },
	{ { 4, 10, 17 }, { 4, 13, 4 },
		{ 0x1080020, 0x1000000, 0x1400000, 0x1400040, 0x14000c0, 0x15000c0,
			0x14000d0, 0x14200c0, 0x14200c2, 0x14200ca, 0x4342ca, 0x342ca,
			0x1, 0x4 },
		{ { TEMPORARY, "GFP_KERNEL|__GFP_RECLAIMABLE" } } },
	{ { 4, 14, 5 }, { 4, 17, 0 },
		{ 0x1080020, 0x1000000, 0x1400000, 0x1400040, 0x14000c0, 0x15000c0, NA,
			0x14200c0, 0x14200c2, 0x14200ca, 0x4342ca, 0x342ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 4, 18, 0 }, { 5, 0, 1 },
		{ 0x480020, 0x400000, 0x600000, 0x600040, 0x6000c0, 0x7000c0, NA,
			0x6200c0, 0x6200c2, 0x6200ca, 0x2342ca, 0x342ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 5, 2, 1 }, { 5, 12, 9 },
		{ 0xa20, 0x800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x100cca, 0x1c24ca, 0x1c20ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 5, 14, 0 }, { 5, 17, 0 },
		{ 0xa20, 0x800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x1100cca, 0x11c24ca, 0x11c20ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 5, 18, 12 }, { 5, 19, 0 },
		{ 0xa20, 0x800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x4100cca, 0x41c24ca, 0x41c20ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 6, 0, 1 }, { 6, 2, 1 },
		{ 0xa20, 0x800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x6100cca, 0x61c24ca, 0x61c20ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 6, 3, 8 }, { 6, 3, 8 },
		{ 0x820, 0x800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x6100cca, 0x61c24ca, 0x61c20ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 6, 4, 6 }, { 6, 7, 3 },
		{ 0x820, 0x800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x2100cca, 0x21c24ca, 0x21c20ca, 0x1, 0x4 },
		{ { 0 } } },
	{ { 6, 8, 1 }, { 6, 8, 1 },
		{ 0x820, 0x2800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x2100cca, 0x21c24ca, 0x21c20ca, 0x1, 0x4 },
		{ { NOWAIT, "GFP_NOWAIT|__GFP_NOWARN" } } },
	{ { 6, 9, 0 }, { 7, 1, 5 },
		{ 0x820, 0x2800, 0xc00, 0xc40, 0xcc0, 0x400cc0, NA, 0x100cc0, 0x100cc2,
			0x2100cca, 0x21c24ca, 0x21c20ca, 0x1, 0x4 },
		{ { NOWAIT, "GFP_NOWAIT|__GFP_NOWARN" },
			{ HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE|0x2000000" },
			{ TRANSHUGE, "GFP_TRANSHUGE|0x2000000" },
			{ TRANSHUGE_LIGHT, "GFP_TRANSHUGE_LIGHT|0x2000000" } } },
};

Test(gfp, composites_are_written_as_their_names)
{
	for (size_t i = 0; i < COUNT(ranges); i++) {
		for (int c = 0; c < COMPOSITES; c++) {
			const char *text = composite_names[c];

			if (ranges[i].masks[c] == NA)
				continue;
			for (size_t b = 0; b < COUNT(ranges[i].but); b++)
				if (ranges[i].but[b].text &&
					ranges[i].but[b].composite == c)
					text = ranges[i].but[b].text;
			writes(ranges[i].masks[c], ranges[i].first, text);
			writes(ranges[i].masks[c], ranges[i].last, text);
		}
	}
}

/* From 4.8 to 6.2 each name stands for what gfp_read_names() says. */
Test(gfp, printed_names_are_the_decoded_flags)
{
	uint64_t kasan = F(SKIP_KASAN_POISON) | F(SKIP_KASAN_UNPOISON);

	for (size_t i = 0; i < COUNT(ranges); i++) {
		if (ranges[i].first.major < 4 || ranges[i].last.major > 6 ||
			(ranges[i].first.major == 4 && ranges[i].first.minor < 8) ||
			(ranges[i].first.major == 6 && ranges[i].first.minor > 2))
			continue;
		for (int c = 0; c < COMPOSITES; c++) {
			struct gfp gfp;

			if (ranges[i].masks[c] == NA)
				continue;
			gfp = decode(ranges[i].masks[c], ranges[i].first);
			cr_expect_eq(gfp.flags & ~kasan, names(composite_names[c]),
				"%s of %d.%d", composite_names[c],
				ranges[i].first.major, ranges[i].first.minor);
			cr_expect_eq(gfp.unnamed, 0);
		}
	}
}

Test(gfp, bits_that_moved_within_a_layout)
{
	static const struct {
		struct release release;
		uint32_t mask;
		const char *text, *layout;
	} moved[] = {
		{ { 2, 4, 22 }, 0x1d2, "GFP_KERNEL|__GFP_HIGHMEM|__GFP_HIGHIO", "2.4" },
		{ { 2, 6, 9 }, 0x2000, "__GFP_NO_GROW", "2.6.9 to 2.6.10" },
		{ { 2, 6, 10 }, 0x8000, "0x8000", "2.6.9 to 2.6.10" },
		{ { 2, 6, 11 }, 0x8000, "__GFP_ZERO", "2.6.11" },
		{ { 2, 6, 11 }, 0x10000, "0x10000", "2.6.11" },
		{ { 2, 6, 13 }, 0x10000, "__GFP_NOMEMALLOC", "2.6.12 to 2.6.13" },
		{ { 2, 6, 13 }, 0x20000, "0x20000", "2.6.12 to 2.6.13" },
		{ { 2, 6, 14 }, 0x20000, "__GFP_HARDWALL", "2.6.14" },
		{ { 2, 6, 14 }, 0x4, "0x4", "2.6.14" },
		{ { 2, 6, 15 }, 0x4, "GFP_DMA32", "2.6.15 to 2.6.18" },
		{ { 2, 6, 18 }, 0x40000, "0x40000", "2.6.15 to 2.6.18" },
		{ { 2, 6, 19 }, 0x40000, "__GFP_THISNODE", "2.6.19 to 2.6.21" },
		{ { 2, 6, 21 }, 0x2000, "__GFP_NO_GROW", "2.6.19 to 2.6.21" },
		{ { 2, 6, 22 }, 0x2000, "0x2000", "2.6.22" },
		{ { 2, 6, 23 }, 0x80000, "__GFP_MOVABLE", "2.6.23" },
		{ { 2, 6, 24 }, 0x80000, "__GFP_RECLAIMABLE", "2.6.24 to 2.6.30" },
		{ { 2, 6, 30 }, 0x100000, "__GFP_MOVABLE", "2.6.24 to 2.6.30" },
		{ { 2, 6, 30 }, 0x8, "0x8", "2.6.24 to 2.6.30" },
		{ { 2, 6, 31 }, 0x8, "__GFP_MOVABLE", "2.6.31 to 2.6.37" },
		{ { 2, 6, 31 }, 0x200000, "__GFP_NOTRACK", "2.6.31 to 2.6.37" },
		{ { 2, 6, 37 }, 0x400000, "0x400000", "2.6.31 to 2.6.37" },
		{ { 2, 6, 38 }, 0xc00000, "__GFP_NO_KSWAPD|__GFP_OTHER_NODE",
			"2.6.38 to 3.2" },
		{ { 3, 2, 7 }, 0x1000000, "0x1000000", "2.6.38 to 3.2" },
		{ { 3, 3, 0 }, 0x1000000, "__GFP_WRITE", "3.3 to 3.5" },
		{ { 3, 5, 0 }, 0x2000, "0x2000", "3.3 to 3.5" },
		{ { 3, 6, 5 }, 0x2000, "__GFP_MEMALLOC", "3.6 to 3.7" },
		{ { 3, 7, 2 }, 0x100000, "0x100000", "3.6 to 3.7" },
		{ { 3, 10, 0 }, 0x100000, "__GFP_KMEMCG", "3.8 to 3.15" },
		{ { 3, 16, 0 }, 0x100000, "0x100000", "3.16 to 4.0" },
		{ { 4, 1, 0 }, 0x100000, "__GFP_NOACCOUNT", "4.1 to 4.3" },
		{ { 4, 4, 0 }, 0x100000, "__GFP_NOACCOUNT", "4.4" },
		{ { 4, 5, 0 }, 0x100000, "__GFP_ACCOUNT", "4.5 to 4.9" },
		{ { 4, 9, 0 }, 0xa00400, "__GFP_REPEAT|__GFP_NOTRACK|__GFP_OTHER_NODE",
			"4.5 to 4.9" },
		{ { 4, 10, 0 }, 0xa00400, "__GFP_REPEAT|__GFP_NOTRACK|__GFP_WRITE",
			"4.10 to 4.11" },
		{ { 4, 11, 0 }, 0x2000000, "0x2000000", "4.10 to 4.11" },
		{ { 4, 12, 0 }, 0x2000400, "__GFP_REPEAT|__GFP_NOLOCKDEP", "4.12" },
		{ { 4, 13, 0 }, 0x500, "__GFP_COLD|__GFP_RETRY_MAYFAIL",
			"4.13 to 4.14" },
		{ { 4, 15, 0 }, 0x200500, "__GFP_RETRY_MAYFAIL|0x200100",
			"4.15 to 4.17" },
		{ { 4, 18, 0 }, 0x800100, "__GFP_WRITE|__GFP_NOLOCKDEP",
			"4.18 to 5.0" },
		{ { 5, 0, 0 }, 0x400000, "GFP_NOWAIT", "4.18 to 5.0" },
		{ { 5, 1, 0 }, 0x800, "GFP_NOWAIT", "5.1 to 5.13" },
		{ { 5, 13, 0 }, 0x800000, "__GFP_NOLOCKDEP", "5.1 to 5.13" },
		{ { 5, 15, 16 }, 0x3800000,
			"__GFP_ZEROTAGS|__GFP_SKIP_KASAN_POISON|__GFP_NOLOCKDEP",
			"5.14 to 5.17" },
		{ { 6, 1, 0 }, 0x9000200,
			"__GFP_ATOMIC|__GFP_SKIP_ZERO|__GFP_NOLOCKDEP", "5.18 to 6.2" },
		{ { 6, 3, 0 }, 0x9000200, "__GFP_SKIP_ZERO|__GFP_NOLOCKDEP|0x200",
			"6.3" },
		{ { 6, 6, 9 }, 0x7000000,
			"__GFP_SKIP_ZERO|__GFP_SKIP_KASAN|__GFP_NOLOCKDEP",
			"6.4 to 6.8" },
		{ { 6, 12, 0 }, 0x1800000, "__GFP_ZEROTAGS|0x1000000", "6.9 to 7.1" },
		{ { 9, 0, 0 }, 0xcc0, "GFP_KERNEL", "6.9 to 7.1" },
	};

	for (size_t i = 0; i < COUNT(moved); i++) {
		struct gfp gfp = decode(moved[i].mask, moved[i].release);

		writes(moved[i].mask, moved[i].release, moved[i].text);
		cr_expect_str_eq(gfp.layout, moved[i].layout);
	}
}

Test(gfp, red_hat_kernels)
{
	static const struct {
		struct release release;
		uint32_t mask;
		const char *text, *layout;
	} rows[] = {
		{ { 3, 10, 0 }, 0x1000d0, "GFP_KERNEL_ACCOUNT", "3.10 of el7" },
		{ { 3, 10, 0 }, 0x280da, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO",
			"3.10 of el7" },
		{ { 2, 6, 32 }, 0x4352da, "GFP_TRANSHUGE", "2.6.32 of el6" },
		{ { 4, 18, 0 }, 0x6200ca, "GFP_HIGHUSER_MOVABLE", "4.18 to 5.0" },
		{ { 4, 1, 12 }, 0x100000, "__GFP_NOACCOUNT", "4.1 to 4.3" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kernel kernel = kernel_of(rows[i].release);
		struct gfp gfp = { .mask = rows[i].mask, .mask_known = true };

		kernel.el = true;
		gfp_decode(&gfp, &kernel);
		cr_expect_str_eq(written(&gfp), rows[i].text);
		cr_expect_str_eq(gfp.layout, rows[i].layout);
	}
}

/* Masks of real reports, with a kernel that printed them and without. */
Test(gfp, frequent_masks)
{
	static const struct {
		struct release release;
		uint32_t mask;
		const char *text;
	} frequent[] = {
		{ { 3, 13, 0 }, 0x280da, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ { 3, 2, 0 }, 0x201da, "GFP_HIGHUSER_MOVABLE|__GFP_COLD" },
		{ { 3, 13, 0 }, 0x200da, "GFP_HIGHUSER_MOVABLE" },
		{ { 2, 6, 26 }, 0x1201d2, "GFP_HIGHUSER_MOVABLE|__GFP_COLD" },
		{ { 2, 6, 26 }, 0x1280d2, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ { 3, 13, 0 }, 0x2000d0, "GFP_KERNEL|__GFP_NOTRACK" },
		{ { 3, 13, 0 }, 0x3000d0, "GFP_KERNEL|__GFP_KMEMCG|__GFP_NOTRACK" },
		{ { 3, 13, 0 }, 0x84d0, "GFP_KERNEL|__GFP_REPEAT|__GFP_ZERO" },
		{ { 3, 13, 0 }, 0x50, "GFP_NOFS" },
		{ { 3, 13, 0 }, 0xd0, "GFP_KERNEL" },
		{ { 3, 13, 0 }, 0x4020, "GFP_ATOMIC|__GFP_COMP" },
		{ { 3, 13, 0 }, 0x0, "none" },
		{ { 4, 5, 0 }, 0x24280ca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ { 4, 5, 0 }, 0x24201ca, "GFP_HIGHUSER_MOVABLE|__GFP_COLD" },
		{ { 4, 5, 0 }, 0x26000c0, "GFP_KERNEL|__GFP_NOTRACK" },
		{ { 4, 15, 0 }, 0x14280ca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ { 4, 18, 0 }, 0x6280ca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ { 5, 4, 0 }, 0x100dca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ { 6, 1, 0 }, 0x140cca, "GFP_HIGHUSER_MOVABLE|__GFP_COMP" },
		{ { 6, 1, 0 }, 0x152c4a,
			"GFP_NOFS|__GFP_HIGHMEM|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP|"
			"__GFP_HARDWALL|__GFP_MOVABLE" },
		{ { 6, 1, 0 }, 0x40cc0, "GFP_KERNEL|__GFP_COMP" },
		{ { 6, 1, 0 }, 0xdc0, "GFP_KERNEL|__GFP_ZERO" },
		{ { 6, 1, 0 }, 0x400dc0, "GFP_KERNEL_ACCOUNT|__GFP_ZERO" },
	};

	for (size_t i = 0; i < COUNT(frequent); i++) {
		writes(frequent[i].mask, frequent[i].release, frequent[i].text);
		writes(frequent[i].mask, (struct release){ 0, 0, 0 }, frequent[i].text);
	}
}

/* What kernels from 4.6 on printed: the names must read, and the number alone must
 * give the same names. */
Test(gfp, masks_with_names_of_real_reports)
{
	static const struct {
		uint32_t mask;
		const char *text;
	} printed[] = {
		{ 0xcc0, "GFP_KERNEL" },
		{ 0x6200ca, "GFP_HIGHUSER_MOVABLE" },
		{ 0x140dca, "GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO" },
		{ 0x100cca, "GFP_HIGHUSER_MOVABLE" },
		{ 0xcc1, "GFP_KERNEL|GFP_DMA" },
		{ 0x484020, "GFP_ATOMIC|__GFP_COMP" },
		{ 0x140cca, "GFP_HIGHUSER_MOVABLE|__GFP_COMP" },
		{ 0x1100cca, "GFP_HIGHUSER_MOVABLE" },
		{ 0xc04, "GFP_NOIO|GFP_DMA32" },
		{ 0x6202c2, "GFP_HIGHUSER|__GFP_NOWARN" },
		{ 0x440dc0, "GFP_KERNEL_ACCOUNT|__GFP_COMP|__GFP_ZERO" },
		{ 0x40a20, "GFP_ATOMIC|__GFP_COMP" },
		{ 0x27080c0, "GFP_KERNEL_ACCOUNT|__GFP_ZERO|__GFP_NOTRACK" },
		{ 0x24200ca, "GFP_HIGHUSER_MOVABLE" },
		{ 0x240c0c0, "GFP_KERNEL|__GFP_COMP|__GFP_ZERO" },
		{ 0x24040c0, "GFP_KERNEL|__GFP_COMP" },
		{ 0x24000c0, "GFP_KERNEL" },
		{ 0x14080c0, "GFP_KERNEL|__GFP_ZERO" },
		{ 0x600040, "GFP_NOFS" },
		{ 0x24010c0, "GFP_KERNEL|__GFP_NORETRY" },
	};

	for (size_t i = 0; i < COUNT(printed); i++) {
		struct gfp gfp = decode(printed[i].mask, (struct release){ 0, 0, 0 });
		uint64_t kasan = F(SKIP_KASAN_POISON);

		writes(printed[i].mask, (struct release){ 0, 0, 0 }, printed[i].text);
		cr_expect_eq(gfp.flags & ~kasan, names(printed[i].text), "%s",
			printed[i].text);
	}
	/* The order of 6.13 and later. */
	cr_expect_eq(names("GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP"),
		names("GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO"));
}

Test(gfp, names_of_every_kernel)
{
	static const char *const composites[] = { "GFP_TEMPORARY", "GFP_TRANSHUGE",
		"GFP_TRANSHUGE_LIGHT", "GFP_HIGHUSER_MOVABLE", "GFP_HIGHUSER",
		"GFP_USER", "GFP_KERNEL_ACCOUNT", "GFP_KERNEL", "GFP_NOFS",
		"GFP_ATOMIC", "GFP_NOIO", "GFP_NOWAIT", "GFP_DMA", "GFP_DMA32",
		"__GFP_RECLAIM" };

	for (size_t i = 0; i < COUNT(composites); i++)
		cr_expect_neq(names(composites[i]), 0);
	for (int flag = 0; flag < GFPF_COUNT; flag++) {
		const char *name = gfp_flag_name((enum gfp_flag)flag);

		cr_expect(slice_starts(slice_of(name), "__GFP_"));
		cr_expect_eq(names(name), GFP_BIT(flag), "%s", name);
		/* Alone, WAIT is GFP_NOIO of its time, and that name is newer. */
		if (flag != GFPF_WAIT)
			cr_expect_eq(names(gfp_write(arena, GFP_BIT(flag), 0).p) &
					     GFP_BIT(flag),
				GFP_BIT(flag), "%s", name);
	}
	cr_expect_str_eq(gfp_flag_name(GFPF_COUNT), "");
	cr_expect_eq(names("GFP_HIGHUSER_MOVABLE"),
		F(DIRECT_RECLAIM) | F(KSWAPD_RECLAIM) | F(IO) | F(FS) | F(HARDWALL) |
			F(HIGHMEM) | F(MOVABLE));
	cr_expect_eq(names("__GFP_RECLAIM"), F(DIRECT_RECLAIM) | F(KSWAPD_RECLAIM));
	cr_expect_eq(names("GFP_ZERO"), F(ZERO), "the trace events of old kernels");
	cr_expect_eq(names(""), 0, "gfp_mask=0x0()");
	cr_expect_eq(names("none"), 0);
}

Test(gfp, numbers_among_the_names)
{
	uint64_t flags, unnamed;

	cr_expect(gfp_read_names(
		SLICE("GFP_KERNEL|__GFP_COMP|0x1000000"), &flags, &unnamed));
	cr_expect_eq(flags, names("GFP_KERNEL|__GFP_COMP"));
	cr_expect_eq(unnamed, 0x1000000);
	cr_expect_str_eq(
		gfp_write(arena, flags, unnamed).p, "GFP_KERNEL|__GFP_COMP|0x1000000");
	cr_expect(gfp_read_names(SLICE("0xffffffffffffffff"), &flags, &unnamed));
	cr_expect_eq(unnamed, UINT64_MAX);
	cr_expect_str_eq(gfp_write(arena, 0, UINT64_MAX).p, "0xffffffffffffffff");
}

Test(gfp, names_that_no_kernel_has)
{
	static const char *const bad[] = { "|", "||", "GFP_KERNEL|", "|GFP_KERNEL",
		"GFP_KERNEL||__GFP_COMP", "GFP_HIGHUSER_MOV", "__GFP_", "GFP_", "GFP",
		"__GFP_NOSUCH", "gfp_kernel", "0x", "0xg", "0x10z", "10", "_GFP_ZERO",
		"GFP_KERNEL,order=0", "GFP_KERNEL|\xff\xfe" };
	uint64_t flags, unnamed;

	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_not(gfp_read_names(slice_of(bad[i]), &flags, &unnamed), "%s",
			bad[i]);
	cr_expect_not(gfp_read_names(
		SLICE("GFP_KERNEL|x\0y|__GFP_ZERO|0x80"), &flags, &unnamed));
	cr_expect_eq(flags, names("GFP_KERNEL|__GFP_ZERO"), "the rest is set");
	cr_expect_eq(unnamed, 0x80);
}

Test(gfp, very_long_names)
{
	size_t n = 1 << 20;
	char *bytes = malloc(n);
	uint64_t flags, unnamed;

	cr_assert_not_null(bytes);
	memset(bytes, '|', n);
	cr_expect_not(gfp_read_names((struct slice){ bytes, n }, &flags, &unnamed));
	memset(bytes, 'G', n);
	cr_expect_not(gfp_read_names((struct slice){ bytes, n }, &flags, &unnamed));
	bytes[0] = '0';
	bytes[1] = 'x';
	memset(bytes + 2, 'f', n - 2);
	cr_expect(gfp_read_names((struct slice){ bytes, n }, &flags, &unnamed));
	cr_expect_eq(flags, 0);
	cr_expect_eq(unnamed, UINT64_MAX);
	free(bytes);
	cr_expect(gfp_read_names((struct slice){ NULL, 0 }, &flags, &unnamed));
}

/* No bit is lost and none is invented, whatever the number and the kernel. */
Test(gfp, any_mask_of_any_kernel)
{
	static const struct release odd[] = { { 0, 0, 0 }, { -1, 0, 0 }, { 2, 6, -5 },
		{ 2, 4, 0 }, { 3, -1, 0 }, { 32767, 32767, 32767 }, { 1, 0, 0 } };
	uint64_t mask = 0x9e3779b97f4a7c15;

	for (int i = 0; i < 20000; i++) {
		struct release r = odd[(size_t)i % COUNT(odd)];
		struct gfp gfp;
		uint64_t flags, unnamed;

		mask ^= mask << 13;
		mask ^= mask >> 7;
		mask ^= mask << 17;
		gfp = decode(i % 2 ? mask : mask & 0x3ffffff, r);
		cr_assert_eq(__builtin_popcountll(gfp.flags) +
				     __builtin_popcountll(gfp.unnamed),
			__builtin_popcountll(gfp.mask));
		cr_assert_eq(gfp.unnamed & ~gfp.mask, 0);
		cr_assert(gfp_read_names(
			gfp_write(arena, gfp.flags, gfp.unnamed), &flags, &unnamed));
		cr_assert_eq(unnamed, gfp.unnamed);
	}
	writes(UINT64_MAX, (struct release){ 6, 12, 0 },
		"GFP_TRANSHUGE|GFP_NOWAIT|GFP_DMA|GFP_DMA32|__GFP_HIGH|"
		"__GFP_RETRY_MAYFAIL|__GFP_NOFAIL|__GFP_NORETRY|__GFP_ZERO|"
		"__GFP_MEMALLOC|__GFP_THISNODE|__GFP_RECLAIMABLE|__GFP_ACCOUNT|"
		"__GFP_WRITE|__GFP_ZEROTAGS|0xffffffffff000200");
}

Test(gfp, versions_beyond_reason)
{
	struct kernel kernel = {
		.major = INT64_MAX, .minor = INT64_MAX, .patch = INT64_MAX
	};
	struct gfp gfp = { .mask = 0xcc0, .mask_known = true };

	gfp_decode(&gfp, &kernel);
	cr_expect_str_eq(gfp.layout, "6.9 to 7.1");
	kernel = (struct kernel){ .major = 2, .minor = 6, .patch = INT64_MAX };
	gfp_decode(&gfp, &kernel);
	cr_expect_str_eq(gfp.layout, "2.6.38 to 3.2");
	gfp_decode(&gfp, NULL);
	cr_expect_str_eq(gfp.layout, "5.1 to 5.13", "by its shape");
	gfp = (struct gfp){ .mask = 0xcc0 };
	gfp_decode(&gfp, &kernel);
	cr_expect_null(gfp.layout, "no mask, nothing to decode");
	cr_expect_eq(gfp.from, FROM_NOWHERE);
}

/* A kernel built from git between 2.6.30 and 2.6.31 says 2.6.30 and has the newer bits. */
Test(gfp, bits_that_the_release_lacks_are_the_next_one_s)
{
	struct kernel kernel = kernel_of((struct release){ 2, 6, 30 });
	struct gfp between = { .mask = 0x201da, .mask_known = true };

	gfp_decode_printed(&between, &kernel);
	cr_expect_str_eq(between.layout, "2.6.31 to 2.6.37");
	cr_expect_eq(between.unnamed, 0);
	cr_expect(gfp_movable(between.flags));
}

/* 0x80 and 0x100 meant something else than in 2.6: its layout is no neighbour's. */
Test(gfp, mask_of_2_4)
{
	struct kernel kernel = kernel_of((struct release){ 2, 4, 0 });
	struct gfp gfp = { .mask = 0x1d2, .mask_known = true };

	gfp_decode_printed(&gfp, &kernel);
	cr_expect_str_eq(gfp.layout, "2.4");
	cr_expect_eq(gfp.flags & GFP_BIT(GFPF_COLD), 0);
	cr_expect(gfp_may_reclaim(gfp.flags));
}

Test(gfp, writing_flags_that_do_not_exist)
{
	cr_expect_str_eq(gfp_write(arena, 0, 0).p, "none");
	cr_expect_str_eq(gfp_write(arena, UINT64_C(1) << 63, 0).p, "none");
	cr_expect_not_null(gfp_write(arena, UINT64_MAX, UINT64_MAX).p);
	cr_expect_eq(gfp_write(arena, 0, 0).n, 4);
}

Test(gfp, who_may_reclaim)
{
	cr_expect(gfp_may_reclaim(names("GFP_KERNEL")));
	cr_expect(gfp_may_reclaim(names("GFP_NOIO")));
	cr_expect(gfp_may_reclaim(names("GFP_TRANSHUGE")));
	cr_expect(gfp_may_reclaim(names("__GFP_WAIT")));
	cr_expect(gfp_may_reclaim(decode(0xd0, (struct release){ 3, 2, 0 }).flags));
	cr_expect_not(gfp_may_reclaim(names("GFP_ATOMIC")));
	cr_expect_not(gfp_may_reclaim(names("GFP_NOWAIT")));
	cr_expect_not(gfp_may_reclaim(names("GFP_TRANSHUGE_LIGHT")));
	cr_expect_not(gfp_may_reclaim(0));
	cr_expect_not(gfp_may_reclaim(decode(0x20, (struct release){ 3, 2, 0 }).flags));
	cr_expect(gfp_movable(names("GFP_HIGHUSER_MOVABLE")));
	cr_expect(gfp_movable(decode(0x1200d2, (struct release){ 0, 0, 0 }).flags));
	cr_expect_not(gfp_movable(names("GFP_HIGHUSER")));
}

Test(gfp, highest_zones)
{
	static const struct {
		const char *names, *zone;
	} zones[] = {
		{ "GFP_KERNEL", "Normal" },
		{ "GFP_KERNEL|GFP_DMA", "DMA" },
		{ "GFP_KERNEL|GFP_DMA32", "DMA32" },
		{ "GFP_HIGHUSER", "HighMem" },
		{ "GFP_HIGHUSER_MOVABLE", "Movable" },
		{ "GFP_USER|__GFP_MOVABLE", "Normal" },
		{ "GFP_DMA|__GFP_MOVABLE", "DMA" },
		{ "GFP_DMA32|__GFP_MOVABLE", "DMA32" },
		{ "GFP_DMA|GFP_DMA32|__GFP_HIGHMEM", "DMA" },
		{ "", "Normal" },
	};

	for (size_t i = 0; i < COUNT(zones); i++)
		cr_expect_str_eq(gfp_highest_zone(names(zones[i].names)), zones[i].zone,
			"%s", zones[i].names);
}
