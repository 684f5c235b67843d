/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: a line that a reader takes without its row's expression must be the line that the
 * expressions take, and have the same parts, whatever else stands in it. */
#include "parsers/plain_lines.h"
#include "parsers/pieces.h"
#include "parsers/sections.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct pattern_set *set;

static void start(void)
{
	set = pattern_set_new();
}

static void stop(void)
{
	pattern_set_free(set);
}

TestSuite(plain_lines, .init = start, .fini = stop);

/* One at least for each reader. */
static const char *const lines[] = {
	"java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=-998",
	"CPU: 1 UID: 0 PID: 4711 Comm: a b Not tainted 6.12.9+deb13-amd64 #1",
	"CPU: 1 PID: 4711 Comm: a Not tainted 6.1.0 #1",
	"memory: usage 524288kB, limit 524288kB, failcnt 913",
	"Memory cgroup stats for /a b:",
	"Mem-Info:",
	"Node 0 active_anon:12kB shmem_thp: 0kB all_unreclaimable? no",
	"Node 0 DMA32 free:15360kB min:28kB low:40kB reserved_highatomic:0KB free_cma:0kB",
	"lowmem_reserve[]: 0 2874 15907 15907",
	"active_anon:1 inactive_anon:2 isolated_anon:0",
	" active_file:1 inactive_file:2 isolated_file:0",
	" unevictable:0 dirty:0 writeback:0",
	" slab_reclaimable:1 slab_unreclaimable:2",
	" mapped:1 shmem:2 pagetables:3",
	" sec_pagetables:0 bounce:0",
	" kernel_misc_reclaimable:0",
	" free:33888 free_pcp:0 free_cma:0",
	"Node 0 Normal: 11*4kB (UME) 0*8kB 3*16kB (M) 2*32kB 1*64kB 0*128kB = 220kB",
	"Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB",
	"4190217 pages RAM",
	"0 pages HighMem/MovableOnly",
	"Free swap  = 84kB",
	"Total swap = 25165820kB",
	"Tasks state (memory values in pages):",
	"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
	"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=b,pid=1,uid=0",
	"Memory cgroup out of memory: Killed process 4 (x) total-vm:8kB, anon-rss:4kB",
	"oom_reaper: reaped process 9 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
};
enum { LINES = sizeof(lines) / sizeof(*lines), LONGEST = 1024 };

static void expect_agreement(struct slice text, bool inside, enum speaker speaker)
{
	struct captures plain, expression;
	const struct pattern *p = pattern_match(set, text, inside, speaker, &plain);
	const struct pattern *q =
		pattern_match_expressions(set, text, inside, speaker, &expression);

	cr_assert_eq(p, q, "\"%.*s\" is %s, not %s", SLICE_ARG(text),
		p ? p->name : "nothing", q ? q->name : "nothing");
	cr_assert(!pattern_match_plain(set, text, inside, speaker, &plain) ||
			  (!piece_lacks_more(text) && !piece_may_go_on(text)),
		"\"%.*s\" is a piece", SLICE_ARG(text));
	p = pattern_match(set, text, inside, speaker, &plain);
	for (size_t i = 1; p && i < MAX_CAPTURES; i++)
		cr_assert(!plain.part[i].p == !expression.part[i].p &&
				  slice_eq(plain.part[i], expression.part[i]),
			"\"%.*s\": part %zu is \"%.*s\", not \"%.*s\"", SLICE_ARG(text),
			i, SLICE_ARG(plain.part[i]), SLICE_ARG(expression.part[i]));
}

Test(plain_lines, every_reader_takes_a_line_of_ours)
{
	for (size_t k = 0; k < plain_line_count; k++) {
		size_t row = 0, taken = 0;

		while (strcmp(pattern_rows[row].name, plain_lines[k].row) != 0)
			row++;
		for (size_t i = 0; i < LINES; i++) {
			struct captures c = { 0 };

			if (!plain_lines[k].read(
				    &pattern_rows[row], slice_of(lines[i]), &c))
				continue;
			taken++;
			cr_expect(!plain_lines[k].begins ||
					  strchr(plain_lines[k].begins, lines[i][0]),
				"%s", lines[i]);
		}
		cr_expect_gt(taken, 0, "%s", plain_lines[k].row);
	}
}

Test(plain_lines, lines_and_samples_are_the_expressions)
{
	for (size_t i = 0; i < LINES; i++)
		for (int inside = 0; inside < 2; inside++)
			for (int s = A_PROGRAM; s <= ANYONE; s++)
				expect_agreement(slice_of(lines[i]), inside != 0,
					(enum speaker)s);
	for (size_t i = 0; i < pattern_count; i++)
		for (size_t k = 0; k < MAX_SAMPLES && pattern_rows[i].samples[k]; k++)
			expect_agreement(
				slice_of(pattern_rows[i].samples[k]), true, ANYONE);
}

/* `more` put into the line at a place, with a blank or not. */
static void expect_with(
	struct slice line, size_t at, const char *more, const char *blank)
{
	char text[LONGEST];
	int n = snprintf(text, sizeof(text), "%.*s%s%s%.*s", (int)at, line.p, more,
		blank, SLICE_ARG(slice_from(line, at)));

	cr_assert_lt(n, LONGEST);
	expect_agreement((struct slice){ text, (size_t)n }, true, ANYONE);
}

/* Other rows' lines within it: in a name, or where there is none. */
Test(plain_lines, no_other_line_hides_in_one)
{
	for (size_t i = 0; i < LINES; i++) {
		struct slice line = slice_of(lines[i]);

		for (size_t k = 0; k < pattern_count; k++) {
			const char *more = pattern_rows[k].samples[0];

			expect_with(line, 0, more, " ");
			expect_with(line, line.n, more, "");
			for (size_t at = 1; at <= line.n; at++)
				if (line.p[at - 1] == ' ' || line.p[at - 1] == '(')
					expect_with(line, at, more, " ");
		}
	}
}

/* Cut, and with each of its bytes changed. */
Test(plain_lines, damage_is_seen_alike)
{
	static const char bytes[] = " 0A_a:=(),\n-.\t";

	for (size_t i = 0; i < LINES; i++) {
		struct slice line = slice_of(lines[i]);

		for (size_t at = 0; at < line.n; at++) {
			char text[LONGEST];

			expect_agreement(slice_first(line, at), true, ANYONE);
			expect_agreement(slice_from(line, at), true, ANYONE);
			for (size_t k = 0; k < sizeof(bytes); k++) {
				memcpy(text, line.p, line.n);
				text[at] = bytes[k];
				expect_agreement(
					(struct slice){ text, line.n }, true, ANYONE);
				memmove(text + at + 1, line.p + at, line.n - at);
				text[at] = bytes[k];
				expect_agreement((struct slice){ text, line.n + 1 },
					true, ANYONE);
			}
		}
	}
}

/* A frame is no row's line and no piece of one, whatever its function is called. */
Test(plain_lines, a_frame_is_nothing_else)
{
	size_t frames = 0;

	cr_expect(trace_is_frame(SLICE(" do_sys_open.part.0+0x1f/0x2e0")));
	cr_expect_not(trace_is_frame(SLICE(" a b+0x1f/0x2e0")));
	cr_expect_not(trace_is_frame(SLICE(" a+0x1f/0x2e0 ")));
	cr_expect_not(trace_is_frame(SLICE(" a+0x1f/0x")));
	cr_expect_not(trace_is_frame(SLICE(" +0x1f/0x2e0")));
	for (size_t i = 0; i < pattern_count; i++) {
		char text[LONGEST];
		int n = snprintf(
			text, sizeof(text), " %s+0x1f/0x2e0", pattern_rows[i].literal);
		struct slice s = { text, (size_t)n };
		struct captures c;

		if (!trace_is_frame(s))
			continue;
		frames++;
		for (int speaker = A_PROGRAM; speaker <= ANYONE; speaker++)
			cr_expect_null(pattern_match_expressions(
					       set, s, true, (enum speaker)speaker, &c),
				"%s", text);
		cr_expect(!piece_lacks_more(s) && !piece_may_go_on(s), "%s", text);
	}
	cr_expect_gt(frames, 0);
}
