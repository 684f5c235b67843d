/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gfp mask by hand: its flags on a given kernel, and the zones it may use. */
#include "cli/decode_gfp.h"

#include "base/complain.h"
#include "cli/clean.h"
#include "parsers/gfp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *zones_of(uint64_t flags)
{
	const char *highest = gfp_highest_zone(flags);
	static const struct {
		const char *highest, *words;
	} rows[] = {
		{ "DMA", "DMA only" },
		{ "DMA32", "DMA32, DMA (Normal where a kernel has no DMA32)" },
		{ "Normal", "Normal, DMA32, DMA; not HighMem, not Movable" },
		{ "HighMem", "HighMem (32 bit), Normal, DMA32, DMA; not Movable" },
		{ "Movable", "Movable, HighMem (32 bit), Normal, DMA32, DMA" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].highest, highest) == 0)
			return rows[i].words;
	return highest;
}

static int usage(const char *given, const char *why)
{
	warn("decode-gfp: %s%s%s\nUsage: oomwhy decode-gfp MASK [--kernel VERSION]",
		given ? clean_name(given) : "", given ? ": " : "", why);
	return EXIT_TROUBLE;
}

int decode_gfp_main(int argc, char **argv)
{
	struct kernel kernel = { .major = UNKNOWN, .minor = UNKNOWN, .patch = UNKNOWN };
	struct gfp gfp = { 0 };
	struct slice rest;
	const char *mask = NULL;
	struct arena *arena;
	struct slice written;

	for (int i = 1; i < argc; i++) {
		const char *version = NULL;

		if (strcmp(argv[i], "--kernel") == 0 && i + 1 < argc)
			version = argv[++i];
		else if (strncmp(argv[i], "--kernel=", 9) == 0)
			version = argv[i] + 9;
		else if (mask || argv[i][0] == '-')
			return usage(
				argv[i], "one mask is taken, and --kernel VERSION");
		else
			mask = argv[i];
		if (version && !kernel_read(&kernel, slice_of(version)))
			return usage(version,
				"the kernel's version is written as 5.4 or 6.12.9-amd64");
	}
	if (!mask)
		return usage(NULL, "it needs a mask, such as 0x100cca");
	rest = slice_of(mask);
	if (!slice_take_hex(&rest, &gfp.mask) || rest.n > 0)
		return usage(
			mask, "the mask is a hexadecimal number, such as 0x100cca");
	gfp.mask_known = true;
	gfp_decode(&gfp, &kernel);
	arena = arena_new();
	written = gfp_write(arena, gfp.flags, gfp.unnamed);
	printf("mask     0x%" PRIx64 "\n", gfp.mask);
	printf("layout   kernels %s%s\n", gfp.layout ? gfp.layout : "unknown",
		known(kernel.major)
			? ""
			: " (chosen by the number's shape; --kernel decides)");
	printf("means    %.*s\n", SLICE_ARG(written));
	fputs("flags   ", stdout);
	for (int f = 0; f < GFPF_COUNT; f++)
		if (gfp.flags & GFP_BIT(f))
			printf(" %s", gfp_flag_name((enum gfp_flag)f));
	if (gfp.unnamed)
		printf(" 0x%" PRIx64, gfp.unnamed);
	printf("\nzones    %s\n", zones_of(gfp.flags));
	printf("reclaim  %s\n", gfp_may_reclaim(gfp.flags)
					? "may wait and reclaim memory"
					: "may not wait: takes what is free, or fails");
	arena_free(arena);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("cannot write the output: %s", strerror(errno));
		return EXIT_TROUBLE;
	}
	return EXIT_FOUND;
}
