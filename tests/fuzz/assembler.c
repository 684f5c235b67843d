/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: records into events and explanations, without an envelope in the way.
 *
 * A line's first byte says whose it is: host, caller and a step of the clock. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"

#include "explain/explain.h"
#include "parsers/assemble.h"

static struct assembler *assembler;
static int64_t clock_usec;

static void take(struct oom_event *event, void *context)
{
	(void)context;
	explain(event);
	event_free(event);
}

static void read_line(struct slice line, uint32_t number, void *context)
{
	static const char *const hosts[] = { "", "db1", "db2", "web" };
	static const char *const callers[] = { "", "T1", "C0", "T22" };
	unsigned char who = line.n ? (unsigned char)line.p[0] : 0;
	struct record r = { .text = slice_from(line, 1),
		.host = slice_of(hosts[who & 3]),
		.caller = slice_of(callers[who >> 2 & 3]),
		.uptime_usec = clock_usec,
		.wall_usec = UNKNOWN,
		.order_usec = clock_usec,
		.level = UNKNOWN,
		.line = number };

	(void)context;
	clock_usec += who & 0x80 ? 900000 : 10;
	assembler_take(assembler, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (!assembler)
		assembler = assembler_new(take, NULL);
	clock_usec = 1000000;
	assembler_begin(assembler, "fuzz");
	fuzz_lines(bytes, n, read_line, NULL);
	assembler_flush(assembler, true);
	return 0;
}
