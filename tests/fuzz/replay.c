/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feeds files to a fuzz target without libFuzzer: every compiler can replay what was
 * found. Usage: REPLAY FILE... */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

/* Nothing is mutated here. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most);

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most)
{
	(void)bytes;
	(void)most;
	return n;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		struct text bytes = { 0 };
		char block[4096];
		size_t n;

		if (!file) {
			perror(argv[i]);
			return 2;
		}
		while ((n = fread(block, 1, sizeof(block), file)) > 0)
			text_add(&bytes, (struct slice){ block, n });
		fclose(file);
		LLVMFuzzerTestOneInput((const uint8_t *)bytes.p, bytes.n);
		text_free(&bytes);
	}
	printf("%d replayed\n", argc - 1);
	return 0;
}
