/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: what is kept of an event that was explained (its gist) must be taken for the same
 * event as the whole, and for another one where the whole is: in each thing that counts. */
#include "parsers/identity.h"

#include <criterion/criterion.h>

static void line_of(struct oom_event *e, const char *text)
{
	e->lines = arena_alloc(e->arena, sizeof(*e->lines));
	e->lines[0].text = slice_of(text);
	e->line_count = 1;
}

enum { MOST = 31 };

/* An event unlike the others in the n-th thing. */
static void make(struct oom_event *e, int n)
{
	struct victim *v;

	e->kind = n == 1 ? KIND_ALLOCATION_FAILURE : KIND_OOM;
	e->request.pid = n == 2 ? 71 : 70;
	e->request.order = n == 3 ? 1 : 0;
	e->request.gfp.mask_known = n != 4;
	e->request.gfp.mask = n == 5 ? 0xcc0 : 0x100cca;
	e->request.size_bytes = n == 6 ? 4096 : UNKNOWN;
	e->request.comm = n == 7 ? SLICE("other") : SLICE("asker");
	e->memory.counters.free.value = n == 8 ? 801 : 800;
	e->memory.counters.active_anon.value = n == 9 ? 901 : 900;
	e->memory.swap_free_bytes.value = n == 10 ? 101 : 100;
	e->memcg.memory.usage_bytes = n == 11 ? 111 : 110;
	e->memcg.memory.failcnt = n == 12 ? 121 : 120;
	e->host = n == 13 ? SLICE("db2") : SLICE("db1.example.com");
	e->boot = n == 14 ? SLICE("b00b") : SLICE("b001");
	e->uptime_usec = n == 15 || n >= 29 ? UNKNOWN : 2667103;
	e->wall_usec = n == 16 ? INT64_C(1795660741000000) : INT64_C(1795650741000000);
	e->wall = n == 17 ? SLICE("") : SLICE("2026-11-26T02:19:01+00:00");
	e->sections = n == 18 ? SECTION_TRIGGER : SECTION_TRIGGER | SECTION_KILL;
	e->cut_at_start = n == 19;
	e->cut_at_end = n == 20;
	e->unrecognised_count = n == 21;
	e->killer.cgroup = n == 22 ? SLICE("/bag") : SLICE("/box");
	line_of(e, n == 30 ? "asker invoked" : "oom-killer");
	if (n == 23 || n >= 29)
		return;
	v = event_add_victim(e, n == 24 ? SLICE("pig") : SLICE("hog"), 9, 1);
	v->pid = n == 25 ? 10 : 9;
	v->total_vm_bytes = n == 26 ? 4096 : 8192;
	v->anon_rss_bytes = n == 27 ? UNKNOWN : 4096;
	v->file_rss_bytes = n == 28 ? 4096 : 0;
}

Test(identity, a_gist_is_taken_for_its_event)
{
	struct oom_event *whole[MOST], *gist[MOST];
	size_t same = 0;

	for (int n = 0; n < MOST; n++) {
		whole[n] = event_new();
		make(whole[n], n);
		gist[n] = event_gist(whole[n]);
		cr_expect_eq(event_id(gist[n]), event_id(whole[n]), "id of %d", n);
	}
	for (int a = 0; a < MOST; a++) {
		for (int b = 0; b < MOST; b++) {
			bool is_same = event_same(whole[a], whole[b]);

			cr_expect_eq(
				event_same(gist[a], gist[b]), is_same, "%d, %d", a, b);
			cr_expect_eq(
				event_same(gist[a], whole[b]), is_same, "%d, %d", a, b);
			cr_expect_eq(event_tells_more(gist[a], gist[b]),
				event_tells_more(whole[a], whole[b]), "%d, %d", a, b);
			same += is_same;
		}
	}
	cr_expect(same > MOST && same < (size_t)MOST * MOST / 2, "%zu", same);
	for (int n = 0; n < MOST; n++) {
		event_free(whole[n]);
		event_free(gist[n]);
	}
}

Test(identity, a_gist_stands_when_the_event_is_gone)
{
	struct oom_event *whole = event_new(), *gist;

	whole->file = arena_copy(whole->arena, SLICE("kern.log"));
	whole->member = arena_copy(whole->arena, SLICE("var/log/kern.log"));
	whole->first_line = 3;
	whole->last_line = 90;
	event_add_victim(whole, arena_copy(whole->arena, SLICE("hog")), 9, 1);
	gist = event_gist(whole);
	event_free(whole);
	cr_expect(slice_is(gist->victims[0].comm, "hog"));
	cr_expect(slice_is(gist->file, "kern.log"));
	cr_expect(slice_is(gist->member, "var/log/kern.log"));
	cr_expect_eq(gist->first_line, 3);
	cr_expect_eq(gist->last_line, 90);
	event_free(gist);
}
