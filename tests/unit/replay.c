/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: the kernel's own decision, computed again, on numbers worked out by hand.
 *
 * The four worked examples are those of the kernel report's section G6. Each report
 * goes through the envelopes, the assembler and explain(), as a log does. */
#include "explain/explain.h"
#include "parsers/assemble.h"
#include "parsers/envelope.h"
#include "parsers/gfp.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB INT64_C(1024)

enum { MOST_EVENTS = 16 };

static struct assembler *assembler;
static struct envelope_memory memory;
static struct oom_event *events[MOST_EVENTS];
static size_t event_count;

static void take(struct oom_event *event, void *context)
{
	(void)context;
	cr_assert_lt(event_count, MOST_EVENTS);
	events[event_count++] = event;
}

static void give(const struct record *record, void *context)
{
	assembler_take(context, record);
}

static void start(void)
{
	assembler = assembler_new(take, NULL);
	assembler_begin(assembler, "report");
}

static void stop(void)
{
	for (size_t i = 0; i < event_count; i++)
		event_free(events[i]);
	assembler_free(assembler);
	envelope_memory_free(&memory);
}

TestSuite(replay, .init = start, .fini = stop);
TestSuite(assembling, .init = start, .fini = stop);

/* Read a log to its end. */
static void read_log(const char *text)
{
	struct slice rest = slice_of(text), line;
	uint32_t number = 1;

	while (slice_cut(&rest, '\n', &line))
		envelope_open(&memory, line, number++, 0, give, assembler);
	assembler_flush(assembler, true);
}

/* ... that holds exactly one event, and explain it. */
static const struct explanation *explain_log(const char *text)
{
	read_log(text);
	cr_assert_eq(event_count, 1, "%zu events", event_count);
	cr_expect_eq(events[0]->unrecognised_count, 0, "unrecognised: \"%.*s\"",
		SLICE_ARG(events[0]->unrecognised[0].text));
	return explain(events[0]);
}

static const struct refusal *refusal_of(const struct explanation *x, const char *zone)
{
	for (size_t i = 0; i < x->refusal_count; i++)
		if (slice_is(x->refusals[i].zone->name, zone))
			return &x->refusals[i];
	cr_assert_fail("no zone %s", zone);
	abort();
}

static int64_t ledger_bytes(const struct explanation *x, const char *what)
{
	for (size_t i = 0; i < x->ledger.entry_count; i++)
		if (strcmp(x->ledger.entries[i].what, what) == 0)
			return x->ledger.entries[i].bytes;
	return UNKNOWN;
}

static void is_verdict(const struct refusal *r, enum verdict verdict)
{
	cr_expect_eq(r->verdict, verdict, "%.*s is %s, not %s: %.*s",
		SLICE_ARG(r->zone->name), verdict_name(r->verdict),
		verdict_name(verdict), SLICE_ARG(r->says));
}

static void is_cause(
	const struct explanation *x, const char *slug, enum confidence sure)
{
	cr_expect_str_eq(x->cause.slug, slug, "cause %s: %.*s", x->cause.slug,
		SLICE_ARG(x->headline));
	cr_expect_eq(x->cause.confidence, sure, "%s is %s", x->cause.slug,
		confidence_name(x->cause.confidence));
}

/* What every report of one zone needs around its numbers. */
#define HEAD(release, gfp)                                                             \
	"java invoked oom-killer: gfp_mask=" gfp ", order=0, oom_score_adj=0\n"        \
	"CPU: 1 PID: 4711 Comm: java Not tainted " release " #1\n"                     \
	"Call Trace:\n"                                                                \
	" dump_stack+0x1/0x2\n"                                                        \
	"Mem-Info:\n"
#define TABLE                                                                          \
	"Tasks state (memory values in pages):\n"                                      \
	"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "             \
	"oom_score_adj name\n"
#define KILL(anon)                                                                     \
	"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0," \
	"global_oom,task_memcg=/,task=java,pid=4711,uid=0\n"                           \
	"Out of memory: Killed process 4711 (java) total-vm:900000kB, "                \
	"anon-rss:" anon "kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:900kB "      \
	"oom_score_adj:0\n"

/* G6: free is 3.6 times min, and yet nothing of it may be taken. */
#define HIGHATOMIC_ZONES                                                               \
	"active_anon:50000 inactive_anon:1000000 isolated_anon:0\n"                    \
	" active_file:1000 inactive_file:1000 isolated_file:0\n"                       \
	" unevictable:0 dirty:0 writeback:0\n"                                         \
	" slab_reclaimable:5000 slab_unreclaimable:5000\n"                             \
	" mapped:100 shmem:100 pagetables:2000\n"                                      \
	" sec_pagetables:0 bounce:0\n"                                                 \
	" kernel_misc_reclaimable:0\n"                                                 \
	" free:370734 free_pcp:0 free_cma:0\n"                                         \
	"Node 0 active_anon:200000kB inactive_anon:4000000kB active_file:4000kB "      \
	"inactive_file:4000kB unevictable:0kB isolated(anon):0kB isolated(file):0kB "  \
	"mapped:400kB dirty:0kB writeback:0kB shmem:400kB shmem_thp:0kB "              \
	"shmem_pmdmapped:0kB anon_thp:0kB kernel_stack:4000kB pagetables:8000kB "      \
	"sec_pagetables:0kB all_unreclaimable? yes\n"                                  \
	"Node 0 Normal free:1482936kB boost:0kB min:410416kB low:513020kB "            \
	"high:615624kB reserved_highatomic:1073152KB active_anon:200000kB "            \
	"inactive_anon:4000000kB active_file:4000kB inactive_file:4000kB "             \
	"unevictable:0kB writepending:0kB present:8388608kB managed:8388608kB "        \
	"mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"             \
	"lowmem_reserve[]: 0 0 0\n"                                                    \
	"Node 0 Normal: 1000*4kB (UMEH) 184867*8kB (UMEH) 0*16kB 0*32kB 0*64kB "       \
	"0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 1482936kB\n"             \
	"2100 total pagecache pages\n0 pages in swap cache\nFree swap  = 0kB\n"        \
	"Total swap = 0kB\n2097152 pages RAM\n0 pages HighMem/MovableOnly\n"           \
	"0 pages reserved\n"

Test(replay, highatomic_reservation_hides_what_is_free)
{
	const struct explanation *x = explain_log(
		HEAD("6.6.0", "0xcc0(GFP_KERNEL)") HIGHATOMIC_ZONES TABLE
		"[   4711]     0  4711   225000   100000   921600        0             0 "
		"java\n" KILL("400000"));
	const struct refusal *r = refusal_of(x, "Normal");

	is_verdict(r, VERDICT_HIGHATOMIC_ONLY);
	cr_expect_eq(r->unusable_bytes, 1073152 * KIB);
	cr_expect_eq(r->has_bytes, 409784 * KIB);
	/* The last look before a kill is at the high mark. */
	cr_expect_str_eq(r->mark, "high");
	cr_expect_eq(r->needs_bytes, 615624 * KIB);
	cr_expect_not(r->passes_order0);
	is_cause(x, "highatomic-reserve", CERTAIN);
}

/* The arithmetic of the example itself: a failure is judged at the min mark. */
Test(replay, highatomic_reservation_at_the_min_mark)
{
	const struct explanation *x = explain_log(
		"java: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), "
		"nodemask=(null),cpuset=/,mems_allowed=0\n"
		"CPU: 1 PID: 4711 Comm: java Not tainted 6.6.0 #1\n"
		"Call Trace:\n dump_stack+0x1/0x2\nMem-Info:\n" HIGHATOMIC_ZONES);
	const struct refusal *r = refusal_of(x, "Normal");

	is_verdict(r, VERDICT_HIGHATOMIC_ONLY);
	cr_expect_str_eq(r->mark, "min");
	cr_expect_eq(r->mark_bytes, 410416 * KIB);
	cr_expect_eq(r->has_bytes, 409784 * KIB);
	cr_expect_eq(r->short_bytes, 632 * KIB);
}

#define PLAIN_COUNTERS                                                                 \
	"active_anon:50000 inactive_anon:3900000 isolated_anon:0\n"                    \
	" active_file:10 inactive_file:10 isolated_file:0\n"                           \
	" unevictable:0 dirty:0 writeback:0\n"                                         \
	" slab_reclaimable:5000 slab_unreclaimable:5000\n"                             \
	" mapped:100 shmem:100 pagetables:9000 bounce:0\n"                             \
	" free:20000 free_pcp:0 free_cma:0\n"                                          \
	"Node 0 active_anon:200000kB inactive_anon:15600000kB active_file:40kB "       \
	"inactive_file:40kB unevictable:0kB isolated(anon):0kB isolated(file):0kB "    \
	"mapped:400kB dirty:0kB writeback:0kB shmem:400kB shmem_thp: 0kB "             \
	"shmem_pmdmapped: 0kB anon_thp: 0kB writeback_tmp:0kB "                        \
	"all_unreclaimable? yes\n"
#define ZONE_TAIL                                                                      \
	"active_anon:0kB inactive_anon:0kB active_file:0kB inactive_file:0kB "         \
	"unevictable:0kB writepending:0kB "
#define BLOCKS(zone, pages, total)                                                     \
	"Node 0 " zone ": " pages "*4kB (UM) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB "      \
	"0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = " total "kB\n"
#define NO_SWAP                                                                        \
	"120 total pagecache pages\n0 pages in swap cache\nFree swap  = 0kB\n"         \
	"Total swap = 0kB\n"

Test(replay, lowmem_reserve_keeps_the_dma_zone)
{
	const struct explanation *x = explain_log(
		HEAD("5.4.0", "0xcc0(GFP_KERNEL)") PLAIN_COUNTERS
		"Node 0 DMA free:15360kB min:28kB low:40kB high:52kB " ZONE_TAIL
		"present:15992kB managed:15360kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 2874 15907 15907\n"
		"Node 0 DMA32 free:40000kB min:12000kB low:15000kB high:18000kB " ZONE_TAIL
		"present:3000000kB managed:2943000kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 0 13033 13033\n"
		"Node 0 Normal free:24640kB min:55000kB low:68750kB high:82500kB " ZONE_TAIL
		"present:13600000kB managed:13345792kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 0 0 0\n" BLOCKS("DMA", "3840", "15360")
			BLOCKS("DMA32", "10000", "40000")
				BLOCKS("Normal", "6160", "24640") NO_SWAP
		"4153998 pages RAM\n0 pages HighMem/MovableOnly\n78000 pages reserved\n" TABLE
		"[   4711]     0  4711  4000000  3900000 32768000        0             0 "
		"java\n" KILL("15600000"));
	const struct refusal *r = refusal_of(x, "DMA");

	/* 15907 pages of 4 kB are 63628 kB; with the high mark 63680 kB. */
	is_verdict(r, VERDICT_LOWMEM_RESERVE);
	cr_expect_eq(r->reserve_bytes, 63628 * KIB);
	cr_expect_eq(r->needs_bytes, 63680 * KIB);
	cr_expect_eq(r->has_bytes, 15360 * KIB);
	cr_expect_eq(r->short_bytes, (63680 - 15360) * KIB);
	cr_expect_eq(refusal_of(x, "DMA32")->needs_bytes, (18000 + 13033 * 4) * KIB);
	is_verdict(refusal_of(x, "DMA32"), VERDICT_LOWMEM_RESERVE);
	is_verdict(refusal_of(x, "Normal"), VERDICT_BELOW_WATERMARK);
	cr_expect_eq(refusal_of(x, "Normal")->short_bytes, (82500 - 24640) * KIB);
	/* 15 MiB in DMA are no cause: the machine is full. */
	is_cause(x, "anon-no-swap", CERTAIN);
}

/* The mask decides which zones count at all. */
Test(replay, a_dma_request_does_not_reach_normal)
{
	const struct explanation *x = explain_log(
		"java: page allocation failure: order:0, mode:0xcc1(GFP_KERNEL|GFP_DMA), "
		"nodemask=(null),cpuset=/,mems_allowed=0\n"
		"CPU: 1 PID: 4711 Comm: java Not tainted 5.4.0 #1\n"
		"Call Trace:\n dump_stack+0x1/0x2\nMem-Info:\n"
		"active_anon:50000 inactive_anon:1600000 isolated_anon:0\n"
		" active_file:10 inactive_file:10 isolated_file:0\n"
		" unevictable:0 dirty:0 writeback:0\n"
		" slab_reclaimable:5000 slab_unreclaimable:5000\n"
		" mapped:100 shmem:100 pagetables:9000 bounce:0\n"
		" free:2250005 free_pcp:0 free_cma:0\n"
		"Node 0 DMA free:20kB min:28kB low:40kB high:52kB " ZONE_TAIL
		"present:15992kB managed:15360kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 0 15430 15430\n"
		"Node 0 Normal free:9000000kB min:55000kB low:68750kB high:82500kB " ZONE_TAIL
		"present:16000000kB managed:15800000kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 0 0 0\n" BLOCKS("DMA", "5", "20")
			BLOCKS("Normal", "2250000", "9000000") NO_SWAP
		"4003998 pages RAM\n0 pages HighMem/MovableOnly\n50158 pages reserved\n");

	is_verdict(refusal_of(x, "DMA"), VERDICT_BELOW_WATERMARK);
	/* The failing look is at the min mark. */
	cr_expect_eq(refusal_of(x, "DMA")->needs_bytes, 28 * KIB);
	is_verdict(refusal_of(x, "Normal"), VERDICT_NOT_IN_ZONELIST);
	is_cause(x, "dma-zone-exhausted", CERTAIN);
}

/* G6: rss 2 100 000 pages, 8 MiB of page tables, oom_score_adj 300 of 4 177 920
 * pages in all: 2 100 000 + 2048 + 300 * 4177 = 3 355 148 points. */
Test(replay, badness_is_the_kernels_own)
{
	const struct explanation *x = explain_log(
		HEAD("5.4.0", "0xcc0(GFP_KERNEL)") PLAIN_COUNTERS
		"Node 0 Normal free:66000kB min:67584kB low:84480kB high:101376kB " ZONE_TAIL
		"present:16711680kB managed:16711680kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 0 0\n" BLOCKS("Normal", "16500", "66000") NO_SWAP
		"4177920 pages RAM\n0 pages HighMem/MovableOnly\n0 pages reserved\n" TABLE
		"[      1]     0     1    10000      500    90112        0             0 "
		"init\n"
		"[    900]     0   900    20000      900    90112        0         -1000 "
		"sshd\n"
		"[   4000]  1000  4000  3000000  2900000  8388608        0             0 "
		"big\n"
		"[   4711]  1000  4711  2500000  2100000  8388608        0           300 "
		"java\n" KILL("8400000"));
	const struct selection *s = &x->selection;

	cr_assert(s->replayed, "%s", s->why_not);
	cr_expect_str_eq(s->unit, "pages");
	cr_expect_eq(s->total_pages, 4177920);
	cr_expect(s->total_exact);
	cr_expect(s->matches);
	cr_expect_eq(s->victim_rank, 0);
	cr_assert_eq(s->count, 4);
	cr_expect_eq(s->ranking[0].task->pid, 4711);
	cr_expect_eq(s->ranking[0].badness, 3355148);
	/* As kernels up to 5.0 print it. */
	cr_expect_eq(s->ranking[0].badness * 1000 / s->total_pages, 803);
	cr_expect_eq(s->ranking[1].task->pid, 4000);
	cr_expect_eq(s->ranking[1].badness, 2902048);
	cr_assert_not_null(s->next);
	cr_expect_eq(s->next->task->pid, 4000);
	cr_assert_not_null(s->first_unadjusted);
	cr_expect_eq(s->first_unadjusted->task->pid, 4000);
	for (size_t i = 0; i < s->count; i++)
		cr_expect_eq(
			s->candidates[i].eligible, s->candidates[i].task->pid != 900);
}

/* What the replay gives process 500, the row of its kernel's table that is passed. */
static int64_t badness_of_500(const char *release, const char *table)
{
	char text[8192];
	const struct explanation *x;

	snprintf(text, sizeof(text),
		"java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, "
		"oom_score_adj=0\nCPU: 1 PID: 4711 Comm: java Not tainted %s #1\n%s%s%s",
		release,
		"Call Trace:\n dump_stack+0x1/0x2\nMem-Info:\n" PLAIN_COUNTERS
		"Node 0 Normal free:66000kB min:67584kB low:84480kB high:101376kB " ZONE_TAIL
		"present:16711680kB managed:16711680kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 0 0\n" BLOCKS("Normal", "16500", "66000") NO_SWAP
		"4177920 pages RAM\n0 pages HighMem/MovableOnly\n0 pages reserved\n",
		table, KILL("8400000"));
	x = explain_log(text);
	for (size_t i = 0; i < x->selection.count; i++)
		if (x->selection.candidates[i].task->pid == 500)
			return x->selection.candidates[i].badness;
	return UNKNOWN;
}

#define PROTECTED                                                                      \
	TABLE "[    500]     0   500    10000      500     8192        0          "    \
	      "-998 dbus\n"                                                            \
	      "[   4711]  1000  4711  2500000  2100000  8388608        0             " \
	      "0 java\n"

Test(replay, badness_has_a_floor_until_5_8)
{
	cr_expect_eq(badness_of_500("5.4.0", PROTECTED), 1);
}

Test(replay, badness_has_no_floor_from_5_9_on)
{
	cr_expect_eq(badness_of_500("5.10.0", PROTECTED), 500 + 2 - 998 * 4177);
}

/* A task of root with oom_score_adj 100, of 4 177 920 pages, in the tables that each
 * range of versions prints: 1 000 000 pages of rss, 2000 of page tables. */
#define WITH_PTES                                                                      \
	"[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n"  \
	"[  500]     0   500  1500000  1000000    2000        0           100 root\n"  \
	"[ 4711]  1000  4711  2500000  2100000    2048        0             0 java\n"
#define WITH_PMDS                                                                       \
	"[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents "               \
	"oom_score_adj name\n"                                                          \
	"[  500]     0   500  1500000  1000000    2000      50        0           100 " \
	"root\n"                                                                        \
	"[ 4711]  1000  4711  2500000  2100000    2048      50        0             0 " \
	"java\n"
#define WITH_BYTES                                                                     \
	TABLE "[    500]     0   500  1500000  1000000  8192000        0           "   \
	      "100 root\n"                                                             \
	      "[   4711]  1000  4711  2500000  2100000  8388608        0             " \
	      "0 java\n"

Test(replay, badness_of_root_is_30_adj_less_until_3_11)
{
	cr_expect_eq(badness_of_500("3.10.0", WITH_PTES), 1002000 + 70 * 4177);
}

Test(replay, badness_of_root_is_3_percent_less_from_3_14_on)
{
	cr_expect_eq(badness_of_500("3.16.0", WITH_PTES), 1002000 - 30060 + 417700);
}

Test(replay, badness_of_root_is_3_percent_less_on_el7)
{
	cr_expect_eq(badness_of_500("3.10.0-1160.el7.x86_64", WITH_PTES),
		1002000 - 30060 + 417700);
}

Test(replay, badness_counts_nr_pmds_from_4_0_on)
{
	cr_expect_eq(badness_of_500("4.4.0", WITH_PMDS), 1002050 - 30061 + 417700);
}

Test(replay, badness_has_no_bonus_for_root_from_4_17_on)
{
	cr_expect_eq(badness_of_500("4.19.0", WITH_BYTES), 1002000 + 417700);
	stop();
	event_count = 0;
	start();
	cr_expect_eq(badness_of_500("6.12.0", WITH_BYTES), 1002000 + 417700);
}

/* An order-3 request and one free block of 1 MiB among 38 MiB of single pages. */
static enum verdict verdict_with_one_block(const char *release)
{
	char text[8192];

	snprintf(text, sizeof(text),
		"java: page allocation failure: order:3, mode:0xd0%s\n"
		"CPU: 1 PID: 4711 Comm: java Not tainted %s #1\n%s",
		release[0] < '4' ? "" : "(GFP_KERNEL), nodemask=(null)", release,
		"Call Trace:\n dump_stack+0x1/0x2\nMem-Info:\n" PLAIN_COUNTERS
		"Node 0 Normal free:40000kB min:8000kB low:10000kB high:12000kB " ZONE_TAIL
		"present:16711680kB managed:16711680kB mlocked:0kB kernel_stack:0kB "
		"pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB\n"
		"lowmem_reserve[]: 0 0 0\n"
		"Node 0 Normal: 9744*4kB (M) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB "
		"0*512kB 1*1024kB (M) 0*2048kB 0*4096kB = 40000kB\n" NO_SWAP
		"4177920 pages RAM\n0 pages HighMem/MovableOnly\n0 pages reserved\n");
	return refusal_of(explain_log(text), "Normal")->verdict;
}

/* Until 4.3 half of the mark had to be free above each order that was passed over. */
Test(replay, one_block_did_not_suffice_until_4_3)
{
	cr_expect_eq(verdict_with_one_block("3.16.0"), VERDICT_FRAGMENTED);
}

Test(replay, one_block_suffices_from_4_4_on)
{
	enum verdict verdict = verdict_with_one_block("5.4.0");

	cr_expect(verdict == VERDICT_WOULD_SUCCEED || verdict == VERDICT_WITHIN_RACE,
		"%s", verdict_name(verdict));
}

/* G6: anonymous memory is 92.8 % of a cgroup that may not swap. */
Test(replay, a_memcg_at_its_own_limit)
{
	const struct explanation *x = explain_log(
		"java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, "
		"oom_score_adj=0\n"
		"CPU: 1 PID: 4711 Comm: java Not tainted 5.10.0 #1\n"
		"Call Trace:\n dump_stack+0x1/0x2\n mem_cgroup_out_of_memory+0x1/0x2\n"
		"memory: usage 524288kB, limit 524288kB, failcnt 913\n"
		"swap: usage 0kB, limit 0kB, failcnt 0\n"
		"Memory cgroup stats for /system.slice/app.service:\n"
		"anon 498073600\nfile 8192\nkernel_stack 1048576\nshmem 4096\n"
		"slab_reclaimable 1048576\nslab_unreclaimable 2097152\n" TABLE
		"[   4711]  1000  4711   500000   121600  1048576        0             0 "
		"java\n"
		"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
		"mems_allowed=0,oom_memcg=/system.slice/app.service,"
		"task_memcg=/system.slice/app.service,task=java,pid=4711,uid=1000\n"
		"Memory cgroup out of memory: Killed process 4711 (java) "
		"total-vm:2000000kB, anon-rss:486400kB, file-rss:0kB, shmem-rss:0kB, "
		"UID:1000 pgtables:1024kB oom_score_adj:0\n");

	is_cause(x, "memcg-limit", CERTAIN);
	cr_expect_eq(x->constraint, CONSTRAINT_MEMCG);
	cr_expect_str_eq(x->filler.slug, "anon");
	cr_expect_str_eq(x->reclaim.slug, "swap-forbidden");
	cr_expect(x->ledger.of_memcg);
	cr_expect_eq(x->ledger.total_bytes, 524288 * KIB);
	cr_expect_eq(ledger_bytes(x, "anon"), 498073600);
	cr_expect_eq(quantity_share(
			     ledger_bytes(x, "anon") * 1000 + x->ledger.total_bytes / 2,
			     1, x->ledger.total_bytes),
		928);
	cr_expect_eq(x->event->memcg.memory.failcnt, 913);
	cr_expect_eq(x->event->memcg.swap.limit_bytes, 0);
	/* The total is the limit: it may not swap. */
	cr_expect_eq(x->selection.total_pages, 131072);
	cr_expect(x->selection.total_exact);
	cr_expect_eq(x->missing_count, 0);
}

/* Whatever the numbers, the ledger sums to its total. */
Test(replay, the_ledger_sums_to_its_total)
{
	const struct explanation *x = explain_log(
		HEAD("6.6.0", "0xcc0(GFP_KERNEL)") HIGHATOMIC_ZONES TABLE
		"[   4711]     0  4711   225000   100000   921600        0             0 "
		"java\n" KILL("400000"));
	int64_t sum = 0;

	for (size_t i = 0; i < x->ledger.entry_count; i++)
		sum += x->ledger.entries[i].bytes;
	cr_expect_eq(sum, x->ledger.total_bytes);
	cr_expect_eq(x->ledger.total_bytes, 2097152 * 4 * KIB);
}

/* One line of an event, when nothing else survived. */
Test(assembling, a_kill_line_alone_is_an_event_and_incomplete)
{
	const struct explanation *x = explain_log(
		"Out of memory: Killed process 4711 (java) total-vm:900000kB, "
		"anon-rss:400000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:900kB "
		"oom_score_adj:0\n");

	is_cause(x, "unknown", NOT_HELD);
	cr_expect_gt(x->missing_count, 0);
	cr_expect_eq(x->event->victims[0].pid, 4711);
}

Test(assembling, a_trigger_alone_is_an_event_and_incomplete)
{
	const struct explanation *x =
		explain_log("java invoked oom-killer: "
			    "gfp_mask=0xcc0(GFP_KERNEL), order=0, "
			    "oom_score_adj=0\n");

	is_cause(x, "unknown", NOT_HELD);
	cr_expect_gt(x->missing_count, 0);
	cr_expect(x->event->cut_at_end);
}

Test(assembling, a_quiet_log_holds_no_event)
{
	read_log("[    1.0] Linux version 6.1.0\n[    2.0] usb 1-1: new device\n\n\n");
	cr_expect_eq(event_count, 0);
	read_log("");
	cr_expect_eq(event_count, 0);
}

#define ONE_KILL(time, pid)                                                            \
	time "x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, "             \
	     "oom_score_adj=0\n" time "Out of memory: Killed process " pid             \
	     " (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 "    \
	     "pgtables:52kB oom_score_adj:0\n"

Test(assembling, events_come_oldest_first)
{
	read_log(ONE_KILL("[   10.000000] ", "11") ONE_KILL("[   20.000000] ", "22")
			ONE_KILL("[   30.000000] ", "33"));
	cr_assert_eq(event_count, 3);
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(events[i]->victims[0].pid, (int64_t)(i + 1) * 11);
}

Test(assembling, a_late_reaper_is_no_event)
{
	read_log(ONE_KILL("[   10.000000] ",
		"11") "[   50.000000] oom_reaper: reaped process 11 (x), now anon-rss:0kB, "
		      "file-rss:0kB, shmem-rss:0kB\n");
	cr_assert_eq(event_count, 1);
	cr_expect_eq(events[0]->victims[0].reaped, UNKNOWN);
}

Test(assembling, the_reaper_belongs_to_its_kill)
{
	read_log(ONE_KILL("[   10.000000] ",
		"11") "[   10.500000] oom_reaper: reaped process 11 (x), now anon-rss:0kB, "
		      "file-rss:0kB, shmem-rss:0kB\n");
	cr_assert_eq(event_count, 1);
	cr_expect_eq(events[0]->victims[0].reaped, 1);
}

Test(assembling, two_hosts_do_not_mix)
{
	read_log("Nov 22 02:19:01 a kernel: x invoked oom-killer: "
		 "gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
		 "Nov 22 02:19:01 b kernel: y invoked oom-killer: "
		 "gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
		 "Nov 22 02:19:01 a kernel: Out of memory: Killed process 11 (x) "
		 "total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 "
		 "pgtables:52kB oom_score_adj:0\n"
		 "Nov 22 02:19:01 b kernel: Out of memory: Killed process 22 (y) "
		 "total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 "
		 "pgtables:52kB oom_score_adj:0\n");
	cr_assert_eq(event_count, 2);
	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(events[i]->victim_count, 1);
		cr_expect_eq(events[i]->victims[0].pid,
			slice_is(events[i]->host, "a") ? 11 : 22);
	}
}
