/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: lines into records, every envelope that there is. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"

#include "parsers/envelope.h"

static size_t seen;

/* Read what the record points at, all of it. */
static void take(const struct record *r, void *context)
{
	const struct slice parts[] = { r->text, r->host, r->program, r->boot, r->caller,
		r->wall };

	(void)context;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		for (size_t k = 0; k < parts[i].n; k++)
			seen += (unsigned char)parts[i].p[k];
}

static void open_line(struct slice line, uint32_t number, void *context)
{
	envelope_open(context, line, number, 0, take, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct envelope_memory memory = { 0 };

	fuzz_lines(bytes, n, open_line, &memory);
	envelope_memory_free(&memory);
	return 0;
}
