/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine now as one JSON object. Amounts are bytes; what could not be read is
 * absent. */
#include "cli/json_members.h"
#include "cli/now.h"

#include <string.h>

static struct json *zone_of(const struct now_zone *n)
{
	struct json *o = json_new_object();

	add_int(o, "node", n->zone->node);
	add_slice(o, "name", n->zone->name);
	add_word(o, "verdict", now_verdict_name(n->verdict));
	if (n->verdict == NOW_RECLAIMS || n->verdict == NOW_FAILS)
		add_word(o, "refused", verdict_name(n->refused));
	if (n->verdict == NOW_NOT_REACHED)
		return o;
	add_int(o, "needs_bytes", n->needs_bytes);
	add_int(o, "has_bytes", n->has_bytes);
	add_int(o, "spare_bytes", n->spare_bytes);
	add_int(o, "largest_free_bytes", n->largest_bytes);
	add_int(o, "reclaimable_bytes", n->reclaimable_bytes);
	return o;
}

static struct json *request_of(const struct now_request *r)
{
	struct json *o = json_new_object();
	struct json *zones = json_new_array();

	add_word(o, "name", r->name);
	add_slice(o, "gfp", r->gfp);
	add_int(o, "order", r->order);
	add_bool(o, "may_wait", r->may_wait);
	add_word(o, "verdict", now_verdict_name(r->verdict));
	add_slice(o, "says", r->says);
	for (size_t i = 0; i < r->zone_count; i++)
		json_append(zones, zone_of(&r->zones[i]));
	add_array(o, "zones", zones);
	return o;
}

static struct json *candidate_of(const struct now_answer *a, const struct ranked *r)
{
	struct json *o = json_new_object();
	const struct task *t = r->task;

	add_int(o, "pid", t->pid);
	add_text(o, "comm", t->comm);
	add_int(o, "uid", t->uid);
	add_int(o, "badness_pages", r->badness);
	add_bool(o, "eligible", r->eligible);
	add_int(o, "oom_score_adj", t->oom_score_adj);
	add_int(o, "rss_pages", t->rss_pages);
	add_int(o, "swap_pages", t->swapents_pages);
	add_int(o, "pagetable_bytes", t->pagetable_bytes);
	/* As the kernel had it when it was read; rows and places run side by side. */
	for (size_t i = 0; i < a->state->tasks.count; i++)
		if (a->state->tasks.rows[i].pid == t->pid)
			add_int(o, "oom_score", a->state->places[i].oom_score);
	return o;
}

static struct json *ranking_of(
	const struct now_answer *a, const struct now_ranking *r, size_t most)
{
	struct json *o = json_new_object();
	struct json *list = json_new_array();

	add_word(o, "choice", now_choice_name(r->choice));
	add_slice(o, "says", r->says);
	if (r->first)
		add_int(o, "pid", r->first->task->pid);
	add_int(o, "frees_bytes", r->frees_bytes);
	add_bool(o, "close", r->close);
	add_int(o, "total_pages", r->selection.total_pages);
	if (r->group)
		add_text(o, "group", r->group->path);
	for (size_t i = 0; i < r->selection.count && i < most; i++)
		json_append(list, candidate_of(a, &r->selection.ranking[i]));
	add_array(o, "candidates", list);
	return o;
}

static void add_memory(struct json *o, const struct machine_state *s)
{
	struct json *m = json_new_object();
	struct json *zones = json_new_array();

	add_int(m, "page_bytes", s->page_bytes);
	add_int(m, "total_bytes", s->total_bytes);
	add_int(m, "available_bytes", s->available_bytes);
	add_int(m, "swap_total_bytes", s->memory.swap_total_bytes.value);
	add_int(m, "swap_free_bytes", s->memory.swap_free_bytes.value);
	for (size_t i = 0; i < s->memory.zone_count; i++) {
		const struct zone *z = &s->memory.zones[i];
		struct json *one = json_new_object();

		add_int(one, "node", z->node);
		add_slice(one, "name", z->name);
		add_int(one, "free_bytes", z->free_bytes);
		add_int(one, "min_bytes", z->min_bytes);
		add_int(one, "low_bytes", z->low_bytes);
		add_int(one, "high_bytes", z->high_bytes);
		add_int(one, "managed_bytes", z->managed_bytes);
		json_append(zones, one);
	}
	add_array(m, "zones", zones);
	add_object(o, "memory", m);
}

static void add_pressure(struct json *o, const struct pressure *p)
{
	struct json *part = json_new_object();

	add_int(part, "some_avg10_hundredths", p->some.avg10);
	add_int(part, "full_avg10_hundredths", p->full.avg10);
	add_int(part, "some_total_usec", p->some.total_usec);
	add_int(part, "full_total_usec", p->full.total_usec);
	add_object(o, "pressure", part);
}

static void add_settings(struct json *o, const struct vm_settings *vm)
{
	struct json *part = json_new_object();

	add_int(part, "overcommit_memory", vm->overcommit_memory);
	add_int(part, "min_free_kbytes", vm->min_free_kbytes);
	add_int(part, "swappiness", vm->swappiness);
	add_int(part, "panic_on_oom", vm->panic_on_oom);
	add_int(part, "oom_kill_allocating_task", vm->oom_kill_allocating_task);
	add_object(o, "vm", part);
}

static void add_ledger(struct json *o, const struct now_answer *a)
{
	struct json *part = json_new_object();
	struct json *entries = json_new_array();
	struct json *rest = json_new_object();

	add_int(part, "total_bytes", a->ledger.total_bytes);
	for (size_t i = 0; i < a->ledger.entry_count; i++) {
		struct json *one = json_new_object();

		add_word(one, "what", a->ledger.entries[i].what);
		add_int(one, "bytes", a->ledger.entries[i].bytes);
		json_append(entries, one);
	}
	add_array(part, "entries", entries);
	for (size_t i = 0; i < a->known_rest_count; i++)
		add_int(rest, a->known_rest[i].what, a->known_rest[i].bytes);
	add_object(part, "known_rest", rest);
	add_object(o, "ledger", part);
}

static struct json *cgroup_of(const struct now_answer *a, const struct now_cgroup *n)
{
	struct json *o = json_new_object();

	add_text(o, "path", n->cgroup->path);
	add_word(o, "limit_name", n->limit_name);
	add_int(o, "usage_bytes", n->usage_bytes);
	add_int(o, "limit_bytes", n->limit_bytes);
	add_int(o, "room_bytes", n->room_bytes);
	add_int(o, "reclaimable_bytes", n->reclaimable_bytes);
	add_int(o, "percent", n->percent);
	add_int(o, "growth_bytes_per_second", n->growth_bytes);
	add_int(o, "seconds_left", n->seconds_left);
	add_word(o, "cause", n->cause);
	add_slice(o, "headline", n->headline);
	json_add(o, "who_dies_next", ranking_of(a, &n->ranking, NEAREST_CGROUPS));
	return o;
}

static void add_unseen(struct json *o, const struct machine_state *s)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < s->unseen_count; i++) {
		const struct unseen *u = &s->unseen[i];
		struct json *one = json_new_object();

		add_word(one, "what", u->what);
		add_word(one, "place", u->place);
		add_word(one, "why", u->why ? u->why : strerror(u->error));
		json_append(list, one);
	}
	add_array(o, "unseen", list);
}

void now_json(struct text *out, const struct now_answer *a)
{
	struct json *o = json_new_object();
	struct json *requests = json_new_array();
	struct json *cgroups = json_new_array();

	add_int(o, "now_schema", 1);
	add_slice(o, "kernel", a->state->kernel.release);
	add_memory(o, a->state);
	add_pressure(o, &a->state->pressure);
	add_settings(o, &a->state->vm);
	for (size_t i = 0; i < a->request_count; i++)
		json_append(requests, request_of(&a->requests[i]));
	add_array(o, "requests", requests);
	add_ledger(o, a);
	for (size_t i = 0; i < a->cgroup_count; i++)
		json_append(cgroups, cgroup_of(a, &a->cgroups[i]));
	add_array(o, "cgroups", cgroups);
	json_add(o, "who_dies_next", ranking_of(a, &a->ranking, SIZE_MAX));
	add_word(o, "cause", a->cause);
	add_slice(o, "headline", a->headline);
	add_slice(o, "headline_takes", a->headline_takes);
	add_unseen(o, a->state);
	json_write(o, out);
	text_putc(out, '\n');
	json_end();
}
