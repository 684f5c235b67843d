/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: each section's parser on its own, whatever the assembler would say.
 *
 * A line's first byte chooses the reader: a row of the pattern table, or the rows of a
 * table that have no pattern. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"

#include "parsers/gfp.h"
#include "parsers/sections.h"

static struct pattern_set *patterns;

static void read_row(struct oom_event *e, const struct record *r, unsigned char reader)
{
	switch (reader % 5) {
	case 0:
		tasks_take_row(e, r->text, r->line);
		break;
	case 1:
		memcg_take_stat(e, r->text, r->line);
		break;
	case 2:
		slab_take_row(e, r->text, r->line);
		break;
	case 3:
		sites_take_row(e, r->text, r->line);
		break;
	default:
		trace_take(e, r->text);
	}
}

static void read_line(struct slice line, uint32_t number, void *context)
{
	struct oom_event *e = context;
	struct record r = { .uptime_usec = UNKNOWN,
		.wall_usec = UNKNOWN,
		.order_usec = UNKNOWN,
		.level = UNKNOWN,
		.line = number };
	struct captures c;
	const struct pattern *p;

	if (line.n == 0)
		return;
	r.text = arena_copy(e->arena, slice_from(line, 1));
	if (line.p[0] >= 'a' && line.p[0] <= 'e') {
		read_row(e, &r, (unsigned char)line.p[0]);
		return;
	}
	p = pattern_match(patterns, r.text, true, ANYONE, &c);
	if (p)
		p->take(e, &r, &c);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct oom_event *e = event_new();
	const char *missing[12];

	if (!patterns)
		patterns = pattern_set_new();
	fuzz_lines(bytes, n, read_line, e);
	gfp_decode(&e->request.gfp, &e->kernel);
	event_missing(e, missing, 12);
	event_free(e);
	return 0;
}
