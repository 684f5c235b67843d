/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: the JSON of journald, containers and dmesg, taken off a line. */
#include "tests/fuzz/fuzz.h"

#include "parsers/envelope_layers.h"

static void strip(struct slice line, uint32_t number, void *context)
{
	struct record r = { .uptime_usec = UNKNOWN,
		.wall_usec = UNKNOWN,
		.order_usec = UNKNOWN,
		.level = UNKNOWN,
		.line = number };

	strip_json(context, &line, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct envelope_memory memory = { 0 };

	fuzz_lines(bytes, n, strip, &memory);
	envelope_memory_free(&memory);
	return 0;
}
