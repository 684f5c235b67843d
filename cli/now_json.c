/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine now as one JSON object. Amounts are bytes; what could not be read is
 * absent. */
#include "cli/json_write.h"
#include "cli/now.h"

#include <string.h>

static void add_zone(struct text *o, const struct now_zone *n)
{
	struct json_part part = json_object(o, NULL);

	add_int(o, "node", n->zone->node);
	add_slice(o, "name", n->zone->name);
	add_word(o, "verdict", now_verdict_name(n->verdict));
	if (n->verdict == NOW_RECLAIMS || n->verdict == NOW_FAILS)
		add_word(o, "refused", verdict_name(n->refused));
	if (n->verdict != NOW_NOT_REACHED) {
		add_int(o, "needs_bytes", n->needs_bytes);
		add_signed(o, "has_bytes", n->has_bytes);
		add_signed(o, "spare_bytes", n->spare_bytes);
		add_int(o, "largest_free_bytes", n->largest_bytes);
		add_int(o, "reclaimable_bytes", n->reclaimable_bytes);
	}
	json_end(o, part);
}

static void add_request(struct text *o, const struct now_request *r)
{
	struct json_part part = json_object(o, NULL), zones;

	add_word(o, "name", r->name);
	add_slice(o, "gfp", r->gfp);
	add_int(o, "order", r->order);
	add_bool(o, "may_wait", r->may_wait);
	add_word(o, "verdict", now_verdict_name(r->verdict));
	add_slice(o, "says", r->says);
	zones = json_array(o, "zones");
	for (size_t i = 0; i < r->zone_count; i++)
		add_zone(o, &r->zones[i]);
	json_end_filled(o, zones);
	json_end(o, part);
}

static void add_candidate(
	struct text *o, const struct now_answer *a, const struct ranked *r)
{
	struct json_part part = json_object(o, NULL);
	const struct task *t = r->task;

	add_int(o, "pid", t->pid);
	add_text(o, "comm", t->comm);
	add_int(o, "uid", t->uid);
	add_signed(o, "badness_pages", r->badness);
	add_bool(o, "eligible", r->eligible);
	add_signed(o, "oom_score_adj", t->oom_score_adj);
	add_int(o, "rss_pages", t->rss_pages);
	add_int(o, "swap_pages", t->swapents_pages);
	add_int(o, "pagetable_bytes", t->pagetable_bytes);
	/* As the kernel had it when it was read; rows and places run side by side. */
	for (size_t i = 0; i < a->state->tasks.count; i++)
		if (a->state->tasks.rows[i].pid == t->pid)
			add_int(o, "oom_score", a->state->places[i].oom_score);
	json_end(o, part);
}

static void add_ranking(struct text *o, const struct now_answer *a,
	const struct now_ranking *r, size_t most)
{
	struct json_part part = json_object(o, "who_dies_next"), list;

	add_word(o, "choice", now_choice_name(r->choice));
	add_slice(o, "says", r->says);
	if (r->first)
		add_int(o, "pid", r->first->task->pid);
	add_int(o, "frees_bytes", r->frees_bytes);
	add_bool(o, "close", r->close);
	add_int(o, "total_pages", r->selection.total_pages);
	if (r->group)
		add_text(o, "group", r->group->path);
	list = json_array(o, "candidates");
	for (size_t i = 0; i < r->selection.count && i < most; i++)
		add_candidate(o, a, &r->selection.ranking[i]);
	json_end_filled(o, list);
	json_end(o, part);
}

static void add_memory_zones(struct text *o, const struct machine_state *s)
{
	struct json_part list = json_array(o, "zones");

	for (size_t i = 0; i < s->memory.zone_count; i++) {
		const struct zone *z = &s->memory.zones[i];
		struct json_part part = json_object(o, NULL);

		add_int(o, "node", z->node);
		add_slice(o, "name", z->name);
		add_int(o, "free_bytes", z->free_bytes);
		add_int(o, "min_bytes", z->min_bytes);
		add_int(o, "low_bytes", z->low_bytes);
		add_int(o, "high_bytes", z->high_bytes);
		add_int(o, "managed_bytes", z->managed_bytes);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_memory(struct text *o, const struct machine_state *s)
{
	struct json_part part = json_object(o, "memory");

	add_int(o, "page_bytes", s->page_bytes);
	add_int(o, "total_bytes", s->total_bytes);
	add_int(o, "available_bytes", s->available_bytes);
	add_int(o, "swap_total_bytes", s->memory.swap_total_bytes.value);
	add_int(o, "swap_free_bytes", s->memory.swap_free_bytes.value);
	add_memory_zones(o, s);
	json_end_filled(o, part);
}

static void add_pressure(struct text *o, const struct pressure *p)
{
	struct json_part part = json_object(o, "pressure");

	add_int(o, "some_avg10_hundredths", p->some.avg10);
	add_int(o, "full_avg10_hundredths", p->full.avg10);
	add_int(o, "some_total_usec", p->some.total_usec);
	add_int(o, "full_total_usec", p->full.total_usec);
	json_end_filled(o, part);
}

static void add_settings(struct text *o, const struct vm_settings *vm)
{
	struct json_part part = json_object(o, "vm");

	add_int(o, "overcommit_memory", vm->overcommit_memory);
	add_int(o, "min_free_kbytes", vm->min_free_kbytes);
	add_int(o, "swappiness", vm->swappiness);
	add_int(o, "panic_on_oom", vm->panic_on_oom);
	add_int(o, "oom_kill_allocating_task", vm->oom_kill_allocating_task);
	json_end_filled(o, part);
}

static void add_ledger(struct text *o, const struct now_answer *a)
{
	struct json_part part = json_object(o, "ledger"), entries, rest;

	add_int(o, "total_bytes", a->ledger.total_bytes);
	entries = json_array(o, "entries");
	for (size_t i = 0; i < a->ledger.entry_count; i++) {
		struct json_part one = json_object(o, NULL);

		add_word(o, "what", a->ledger.entries[i].what);
		add_signed(o, "bytes", a->ledger.entries[i].bytes);
		json_end(o, one);
	}
	json_end_filled(o, entries);
	rest = json_object(o, "known_rest");
	for (size_t i = 0; i < a->known_rest_count; i++)
		add_signed(o, a->known_rest[i].what, a->known_rest[i].bytes);
	json_end_filled(o, rest);
	json_end_filled(o, part);
}

static void add_cgroup(
	struct text *o, const struct now_answer *a, const struct now_cgroup *n)
{
	struct json_part part = json_object(o, NULL);

	add_text(o, "path", n->cgroup->path);
	add_word(o, "limit_name", n->limit_name);
	add_int(o, "usage_bytes", n->usage_bytes);
	add_int(o, "limit_bytes", n->limit_bytes);
	add_signed(o, "room_bytes", n->room_bytes);
	add_int(o, "reclaimable_bytes", n->reclaimable_bytes);
	add_signed(o, "percent", n->percent);
	add_signed(o, "growth_bytes_per_second", n->growth_bytes);
	add_limit(o, "seconds_left", n->seconds_left);
	add_word(o, "cause", n->cause);
	add_slice(o, "headline", n->headline);
	add_ranking(o, a, &n->ranking, NEAREST_CGROUPS);
	json_end(o, part);
}

static void add_unseen(struct text *o, const struct machine_state *s)
{
	struct json_part list = json_array(o, "unseen");

	for (size_t i = 0; i < s->unseen_count; i++) {
		const struct unseen *u = &s->unseen[i];
		struct json_part part = json_object(o, NULL);

		add_word(o, "what", u->what);
		add_word(o, "place", u->place);
		add_word(o, "why", u->why ? u->why : strerror(u->error));
		json_end(o, part);
	}
	json_end_filled(o, list);
}

void now_json(struct text *o, const struct now_answer *a)
{
	struct json_part whole = json_object(o, NULL), list;

	add_int(o, "now_schema", 1);
	add_slice(o, "kernel", a->state->kernel.release);
	add_memory(o, a->state);
	add_pressure(o, &a->state->pressure);
	add_settings(o, &a->state->vm);
	list = json_array(o, "requests");
	for (size_t i = 0; i < a->request_count; i++)
		add_request(o, &a->requests[i]);
	json_end_filled(o, list);
	add_ledger(o, a);
	list = json_array(o, "cgroups");
	for (size_t i = 0; i < a->cgroup_count; i++)
		add_cgroup(o, a, &a->cgroups[i]);
	json_end_filled(o, list);
	add_ranking(o, a, &a->ranking, SIZE_MAX);
	add_word(o, "cause", a->cause);
	add_slice(o, "headline", a->headline);
	add_slice(o, "headline_takes", a->headline_takes);
	add_unseen(o, a->state);
	json_end(o, whole);
	text_putc(o, '\n');
}
