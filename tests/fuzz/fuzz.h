/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every fuzz target shares: lines in memory of their own, so that a read of one
 * byte too many is seen. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* The entry point that libFuzzer, and replay.c, call; 0 always. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

typedef void fuzz_line(struct slice line, uint32_t number, void *context);

static inline void fuzz_lines(
	const uint8_t *bytes, size_t n, fuzz_line *take, void *context)
{
	struct slice rest = { (const char *)bytes, n }, line;
	uint32_t number = 0;

	while (slice_cut(&rest, '\n', &line)) {
		char *exact = malloc(line.n ? line.n : 1);

		if (!exact)
			abort();
		if (line.n)
			memcpy(exact, line.p, line.n);
		take((struct slice){ exact, line.n }, ++number, context);
		free(exact);
	}
}

#endif
