/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NDJSON: one object an event, by the contract in share/oomwhy.schema.json.
 *
 * Amounts are integers in bytes; what the log did not say is absent. */
#include "base/complain.h"
#include "cli/built.h"
#include "cli/clean.h"
#include "cli/format.h"
#include "cli/json_members.h"
#include "parsers/fields.h"
#include "parsers/gfp.h"
#include "parsers/identity.h"

#include <inttypes.h>
#include <string.h>

/* Every number of a "key:value" line that the kernel printed, by the kernel's own keys:
 * amounts in bytes ("_bytes"), the rest counts. */
static struct json_object *fields_of(const struct field_table *table, const void *base)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < table->count; i++) {
		const struct field *f = &table->fields[i];
		int64_t value = *(
			const int64_t *)(const void *)((const char *)base + f->offset);
		const char *suffix = f->unit == UNIT_KB ? "_bytes" : "";
		size_t n = strlen(f->key);
		char key[64];

		memcpy(key, f->key, n);
		memcpy(key + n, suffix, strlen(suffix) + 1);
		if (known(value) && f->unit == UNIT_YES_NO)
			json_object_object_add(
				o, key, json_object_new_boolean(value == 1));
		else if (known(value))
			json_object_object_add(o, key, json_object_new_int64(value));
	}
	return o;
}

static void add_id(struct json_object *o, const struct oom_event *e)
{
	char id[20];

	snprintf(id, sizeof(id), "%016" PRIx64, event_id(e));
	add_word(o, "id", id);
}

static struct json_object *facts_of(const struct finding *f)
{
	static const char *const sides[] = { "for", "against", "not-in-log" };
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < f->fact_count; i++) {
		const struct fact *fact = &f->facts[i];
		struct json_object *o = json_object_new_object();

		add_word(o, "side", sides[fact->side]);
		if (fact->line)
			add_int(o, "line", fact->line);
		add_slice(o, "text", fact->text);
		add_text(o, "says", fact->says);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *finding_of(const struct finding *f)
{
	struct json_object *o = json_object_new_object();

	add_word(o, "slug", f->slug);
	add_text(o, "says", f->says);
	add_word(o, "confidence", confidence_name(f->confidence));
	json_object_object_add(o, "facts", facts_of(f));
	return o;
}

static void add_source(struct json_object *o, const struct oom_event *e)
{
	struct json_object *s = json_object_new_object();
	struct json_object *joints = json_object_new_array();

	add_text(s, "file", e->file);
	add_slice(s, "member", e->member);
	add_int(s, "first_line", e->first_line);
	add_int(s, "last_line", e->last_line);
	json_object_object_add(
		s, "first_byte", json_object_new_int64((int64_t)e->first_byte));
	add_slice(s, "host", e->host);
	add_slice(s, "boot", e->boot);
	for (size_t i = 0; i < e->joint_count; i++) {
		struct json_object *j = json_object_new_object();

		if (e->last_line <= e->joints[i].after_line) {
			json_object_put(j);
			break;
		}
		add_text(j, "file", e->joints[i].file);
		add_slice(j, "member", e->joints[i].member);
		add_int(j, "after_line", e->joints[i].after_line);
		json_object_array_add(joints, j);
	}
	add_array(s, "continued", joints);
	json_object_object_add(o, "source", s);
}

static void add_also(struct json_object *o, const struct oom_event *e)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->also_count; i++) {
		struct json_object *s = json_object_new_object();

		add_text(s, "file", e->also[i].file);
		add_slice(s, "member", e->also[i].member);
		add_int(s, "first_line", e->also[i].first_line);
		add_int(s, "last_line", e->also[i].last_line);
		json_object_array_add(list, s);
	}
	add_array(o, "also_in", list);
}

/* Is it RFC 3339 as it stands ("2026-11-22T02:19:01+00:00")? */
static bool is_rfc3339(struct slice s)
{
	return s.n >= 20 && s.p[4] == '-' && s.p[10] == 'T' &&
	       (slice_ends(s, "Z") || s.p[s.n - 6] == '+' || s.p[s.n - 6] == '-') &&
	       s.p[0] >= '0' && s.p[0] <= '9';
}

static void add_time(struct json_object *o, const struct oom_event *e)
{
	struct json_object *t = json_object_new_object();
	struct text wall = { 0 };

	/* Seconds as text in a number's place would need floating point; the
	 * microseconds are exact. */
	if (known(e->uptime_usec)) {
		json_object_object_add(
			t, "uptime_s", json_object_new_int64(e->uptime_usec / 1000000));
		json_object_object_add(
			t, "uptime_usec", json_object_new_int64(e->uptime_usec));
	}
	for (size_t i = 0; i < e->wall.n; i++)
		text_putc(&wall, (char)(e->wall.p[i] == ',' ? '.' : e->wall.p[i]));
	/* journalctl -o short-iso writes +0000 without the colon. */
	if (wall.n > 5 && (wall.p[wall.n - 5] == '+' || wall.p[wall.n - 5] == '-') &&
		wall.p[wall.n - 3] != ':') {
		char tail[2] = { wall.p[wall.n - 2], wall.p[wall.n - 1] };

		wall.n -= 2;
		text_putc(&wall, ':');
		text_add(&wall, (struct slice){ tail, 2 });
	}
	if (is_rfc3339(text_slice(&wall)))
		add_text(t, "wall", text_slice(&wall));
	else
		add_slice(t, "log", e->wall);
	text_free(&wall);
	add_object(o, "time", t);
}

static const char *provenance_name(enum provenance from)
{
	static const char *const names[] = { NULL, "printed", "inferred", "assumed" };

	return names[from];
}

static void add_kernel(struct json_object *o, const struct explanation *x)
{
	struct json_object *k = json_object_new_object();

	add_slice(k, "release", x->event->kernel.release);
	add_int(k, "page_size_bytes", x->page_bytes);
	add_word(k, "page_size_from",
		x->page_from == FROM_ASSUMPTION ? "assumed" : "report");
	json_object_object_add(o, "kernel", k);
}

static void add_gfp(struct json_object *o, const struct explanation *x)
{
	const struct gfp *g = &x->event->request.gfp;
	struct json_object *part = json_object_new_object();

	if (g->mask_known) {
		char mask[24];

		snprintf(mask, sizeof(mask), "0x%" PRIx64, g->mask);
		add_word(part, "mask", mask);
	}
	if (g->from != FROM_NOWHERE) {
		add_text(part, "flags", gfp_write(x->arena, g->flags, g->unnamed));
		add_word(part, "flags_from",
			g->from == FROM_PRINT ? "printed" : "decoded");
	}
	add_word(part, "layout", g->layout);
	add_object(o, "gfp", part);
}

/* The functions of the call trace, the innermost first. */
static void add_trace(struct json_object *o, const struct oom_event *e)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->frame_count; i++)
		json_object_array_add(list, string_of(e->frames[i]));
	add_array(o, "trace", list);
}

static void add_request(struct json_object *o, const struct explanation *x)
{
	const struct request *r = &x->event->request;
	struct json_object *part = json_object_new_object();

	add_slice(part, "comm", r->comm);
	add_int(part, "pid", r->pid);
	add_int(part, "uid", r->uid);
	add_int(part, "cpu", r->cpu);
	add_int(part, "order", r->order);
	if (known(r->size_bytes))
		add_int(part, "bytes", r->size_bytes);
	else if (known(r->order) && r->order >= 0 && r->order < 31)
		add_int(part, "bytes",
			quantity_mul(INT64_C(1) << r->order, x->page_bytes));
	add_gfp(part, x);
	if (r->nodemask.seen && !r->nodemask.is_null)
		add_text(part, "nodemask", r->nodemask.text);
	add_slice(part, "cpuset", r->cpuset);
	if (r->mems_allowed.seen)
		add_text(part, "mems_allowed", r->mems_allowed.text);
	add_int(part, "oom_adj", r->oom_adj);
	add_int(part, "oom_score_adj", r->oom_score_adj);
	add_int(part, "stalled_msec", r->stalled_msec);
	if (r->compaction_disabled)
		add_bool(part, "compaction_disabled", true);
	add_trace(part, x->event);
	add_object(o, "request", part);
}

static struct json_object *victim_of(const struct oom_event *e, const struct victim *v)
{
	struct json_object *o = json_object_new_object();

	add_int(o, "pid", v->pid);
	add_text(o, "comm", v->comm);
	add_int(o, "uid", v->uid);
	add_int(o, "total_vm_bytes", v->total_vm_bytes);
	add_int(o, "anon_rss_bytes", v->anon_rss_bytes);
	add_int(o, "file_rss_bytes", v->file_rss_bytes);
	add_int(o, "shmem_rss_bytes", v->shmem_rss_bytes);
	add_int(o, "pgtables_bytes", v->pgtables_bytes);
	add_int(o, "oom_score_adj", v->oom_score_adj);
	if (v == e->victims)
		add_slice(o, "memcg", e->memcg.task_path);
	if (known(v->reaped))
		add_bool(o, "reaped", v->reaped == 1);
	if (known(v->left_anon_bytes)) {
		struct json_object *left = json_object_new_object();

		add_int(left, "anon_rss_bytes", v->left_anon_bytes);
		add_int(left, "file_rss_bytes", v->left_file_bytes);
		add_int(left, "shmem_rss_bytes", v->left_shmem_bytes);
		json_object_object_add(o, "left", left);
	}
	if (v->already_exiting)
		add_bool(o, "already_exiting", true);
	return o;
}

static void add_victims(struct json_object *o, const struct oom_event *e)
{
	struct json_object *list;

	/* A dry run names whom it would have killed. */
	if (e->victim_count == 0 || e->outcome == OUTCOME_NONE)
		return;
	json_object_object_add(o, "victim", victim_of(e, e->victims));
	if (e->victim_count < 2)
		return;
	list = json_object_new_array();
	for (size_t i = 0; i < e->victim_count; i++)
		json_object_array_add(list, victim_of(e, &e->victims[i]));
	json_object_object_add(o, "victims", list);
}

/* As many of the ranking as are shown. */
static const struct ranked *ranking_of(
	const struct output *out, const struct explanation *x, size_t *count)
{
	const struct selection *s = &x->selection;

	*count = out->full ? s->count : s->ranked;
	return out->full ? whole_ranking(s, x->arena) : s->ranking;
}

static void add_selection(
	struct json_object *o, const struct output *out, const struct explanation *x)
{
	const struct selection *s = &x->selection;
	struct json_object *part = json_object_new_object();
	struct json_object *list = json_object_new_array();
	size_t shown;
	const struct ranked *ranking = ranking_of(out, x, &shown);

	add_bool(part, "replayed", s->replayed);
	if (s->replayed && x->event->victim_count > 0)
		add_bool(part, "matches", s->matches || s->within_drift);
	add_word(part, "why_not_replayed", s->why_not);
	for (size_t i = 0; i < shown; i++) {
		const struct ranked *r = &ranking[i];
		struct json_object *row = json_object_new_object();

		add_int(row, "pid", r->task->pid);
		add_text(row, "comm", r->task->comm);
		add_int(row, "badness", r->badness);
		add_word(row, "badness_unit", s->unit);
		add_int(row, "oom_score_adj", r->task->oom_score_adj);
		add_bool(row, "eligible", r->eligible);
		add_word(row, "why_not", r->why_not);
		json_object_array_add(list, row);
	}
	json_object_object_add(part, "ranking", list);
	if (x->event->chosen.line != 0) {
		const struct chosen *c = &x->event->chosen;
		struct json_object *printed = json_object_new_object();

		add_int(printed, "pid", c->pid);
		add_slice(printed, "comm", c->comm);
		add_int(printed, "score", c->score);
		add_object(part, "printed", printed);
	}
	json_object_object_add(o, "selection", part);
}

static void add_charge(struct json_object *o, const char *key, const struct charge *c)
{
	struct json_object *part = json_object_new_object();

	add_int(part, "usage_bytes", c->usage_bytes);
	add_int(part, "limit_bytes", c->limit_bytes);
	add_int(part, "failcnt", c->failcnt);
	add_object(o, key, part);
}

static void add_memcg(struct json_object *o, const struct explanation *x)
{
	const struct memcg *m = &x->event->memcg;
	struct json_object *part = json_object_new_object();
	struct json_object *stats = json_object_new_object();

	add_slice(part, "oom_path", m->oom_path);
	add_slice(part, "task_path", m->task_path);
	add_slice(part, "says", x->cgroup_says);
	add_int(part, "version", m->version);
	add_charge(part, "memory", &m->memory);
	add_charge(part, "memsw", &m->memsw);
	add_charge(part, "kmem", &m->kmem);
	add_charge(part, "swap", &m->swap);
	for (size_t i = 0; i < m->stat_count; i++) {
		char key[64];

		snprintf(key, sizeof(key), "%.*s", SLICE_ARG(m->stats[i].key));
		add_int(stats, key, m->stats[i].value);
	}
	add_object(part, "stats", stats);
	if (m->stats_cut)
		add_bool(part, "stats_cut", true);
	if (known(m->protection_min_bytes)) {
		struct json_object *p = json_object_new_object();

		add_int(p, "min_bytes", m->protection_min_bytes);
		add_int(p, "low_bytes", m->protection_low_bytes);
		json_object_object_add(part, "protection", p);
	}
	add_object(o, "memcg", part);
}

static struct json_object *buddy_of(const struct zone *z)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < z->orders; i++) {
		const struct free_blocks *b = &z->blocks[i];
		struct json_object *o = json_object_new_object();
		char types[8];
		size_t n = 0;

		add_int(o, "order", (int64_t)i);
		add_int(o, "count", b->count);
		if (b->unmovable)
			types[n++] = 'U';
		if (b->movable)
			types[n++] = 'M';
		if (b->reclaimable)
			types[n++] = 'E';
		if (b->highatomic)
			types[n++] = 'H';
		if (b->reserve)
			types[n++] = 'R';
		if (b->cma)
			types[n++] = 'C';
		if (b->isolate)
			types[n++] = 'I';
		if (b->types_known)
			add_text(o, "types", (struct slice){ types, n });
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *refused_of(const struct refusal *r)
{
	struct json_object *o = json_object_new_object();

	add_word(o, "verdict", verdict_name(r->verdict));
	add_word(o, "mark", r->mark);
	add_int(o, "mark_bytes", r->mark_bytes);
	add_int(o, "reserve_bytes", r->reserve_bytes);
	add_int(o, "unusable_bytes", r->unusable_bytes);
	add_int(o, "needs_bytes", r->needs_bytes);
	add_int(o, "has_bytes", r->has_bytes);
	add_int(o, "short_bytes", r->short_bytes);
	add_text(o, "says", r->says);
	return o;
}

static struct json_object *zone_of(const struct refusal *r)
{
	const struct zone *z = r->zone;
	struct json_object *o = json_object_new_object();
	struct json_object *reserves = json_object_new_array();

	add_text(o, "name", z->name);
	add_int(o, "free_bytes", z->free_bytes);
	add_int(o, "min_bytes", z->min_bytes);
	add_int(o, "low_bytes", z->low_bytes);
	add_int(o, "high_bytes", z->high_bytes);
	add_int(o, "managed_bytes", z->managed_bytes);
	add_int(o, "present_bytes", z->present_bytes);
	for (size_t i = 0; i < z->lowmem_reserves && known(z->lowmem_reserve_pages[i]);
		i++)
		json_object_array_add(
			reserves, json_object_new_int64(z->lowmem_reserve_pages[i]));
	add_array(o, "lowmem_reserve_pages", reserves);
	add_int(o, "free_cma_bytes", z->free_cma_bytes);
	add_array(o, "buddy", buddy_of(z));
	add_object(o, "counters", fields_of(&zone_fields, z));
	json_object_object_add(o, "refused", refused_of(r));
	return o;
}

/* The node's own line (4.8+). */
static void add_node_line(
	struct json_object *o, const struct oom_event *e, int64_t node)
{
	for (size_t i = 0; i < e->memory.node_count; i++)
		if (e->memory.nodes[i].id == node) {
			add_object(o, "counters",
				fields_of(&node_fields, &e->memory.nodes[i]));
			return;
		}
}

/* Nodes in the order in which their zones were printed. */
static struct json_object *nodes_of(const struct explanation *x)
{
	struct json_object *nodes = json_object_new_array(), *zones = NULL;
	int64_t current = UNKNOWN;

	for (size_t i = 0; i < x->refusal_count; i++) {
		int64_t node = x->refusals[i].zone->node;

		if (!zones || node != current) {
			struct json_object *o = json_object_new_object();

			current = node;
			/* A machine without NUMA prints no number: its node is 0. */
			add_int(o, "node", known_or(node, 0));
			add_node_line(o, x->event, known_or(node, 0));
			zones = json_object_new_array();
			json_object_object_add(o, "zones", zones);
			json_object_array_add(nodes, o);
		}
		json_object_array_add(zones, zone_of(&x->refusals[i]));
	}
	return nodes;
}

static void add_memory(struct json_object *o, const struct explanation *x)
{
	static const struct {
		const char *key;
		size_t offset;
	} counters[] = {
#define COUNTER(name) { #name "_pages", offsetof(struct counters, name) }
		COUNTER(active), COUNTER(inactive), COUNTER(active_anon),
		COUNTER(inactive_anon), COUNTER(isolated_anon), COUNTER(active_file),
		COUNTER(inactive_file), COUNTER(isolated_file), COUNTER(unevictable),
		COUNTER(dirty), COUNTER(writeback), COUNTER(unstable), COUNTER(slab),
		COUNTER(slab_reclaimable), COUNTER(slab_unreclaimable), COUNTER(mapped),
		COUNTER(shmem), COUNTER(pagetables), COUNTER(sec_pagetables),
		COUNTER(bounce), COUNTER(kernel_misc_reclaimable), COUNTER(free),
		COUNTER(free_pcp), COUNTER(free_cma), COUNTER(pagecache),
		COUNTER(swapcache), COUNTER(ram), COUNTER(highmem), COUNTER(reserved),
		COUNTER(cma_reserved), COUNTER(hwpoisoned), COUNTER(shared),
		COUNTER(non_shared), COUNTER(quicklist), COUNTER(swapcache_added),
		COUNTER(swapcache_deleted)
#undef COUNTER
	};
	const struct memory_state *m = &x->event->memory;
	struct json_object *part = json_object_new_object();
	struct json_object *swap = json_object_new_object();
	struct json_object *huge = json_object_new_array();
	struct json_object *count = json_object_new_object();

	add_array(part, "nodes", nodes_of(x));
	add_int(swap, "total_bytes", m->swap_total_bytes.value);
	add_int(swap, "free_bytes", m->swap_free_bytes.value);
	add_int(swap, "cached_bytes",
		quantity_mul(m->counters.swapcache.value, x->page_bytes));
	add_object(part, "swap", swap);
	for (size_t i = 0; i < m->huge_count; i++) {
		struct json_object *h = json_object_new_object();

		add_int(h, "node", m->huge[i].node);
		add_int(h, "size_bytes", m->huge[i].size_bytes);
		add_int(h, "total", m->huge[i].total);
		add_int(h, "free", m->huge[i].free);
		add_int(h, "surplus", m->huge[i].surplus);
		json_object_array_add(huge, h);
	}
	add_array(part, "hugetlb", huge);
	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		const char *base = (const char *)&m->counters;
		const struct amount *a =
			(const struct amount *)(const void *)(base +
							      counters[i].offset);

		add_int(count, counters[i].key, a->value);
	}
	add_object(part, "counters", count);
	add_object(o, "memory", part);
}

static void add_ledger(struct json_object *o, const struct explanation *x)
{
	const struct ledger *l = &x->ledger;
	struct json_object *part = json_object_new_object();
	struct json_object *list = json_object_new_array();

	if (l->entry_count == 0) {
		json_object_put(list);
		json_object_put(part);
		return;
	}
	add_int(part, "total_bytes", l->total_bytes);
	for (size_t i = 0; i < l->entry_count; i++) {
		const struct ledger_entry *entry = &l->entries[i];
		struct json_object *e = json_object_new_object();
		struct json_object *of_which = json_object_new_array();

		add_word(e, "what", entry->what);
		add_int(e, "bytes", entry->bytes);
		add_slice(e, "says", entry->says);
		for (size_t k = 0; k < l->part_count; k++) {
			struct json_object *p;

			if (strcmp(l->parts[k].inside, entry->what) != 0)
				continue;
			p = json_object_new_object();
			add_word(p, "what", l->parts[k].what);
			add_int(p, "bytes", l->parts[k].bytes);
			json_object_array_add(of_which, p);
		}
		add_array(e, "of_which", of_which);
		json_object_array_add(list, e);
	}
	json_object_object_add(part, "entries", list);
	json_object_object_add(o, "ledger", part);
}

static void add_tasks(
	struct json_object *o, const struct output *out, const struct explanation *x)
{
	const struct task_table *t = &x->event->tasks;
	struct json_object *part, *names, *top;
	size_t shown = out->full || x->name_count < 10 ? x->name_count : 10;
	size_t ranks;
	const struct ranked *ranking = ranking_of(out, x, &ranks);

	if (t->count == 0)
		return;
	part = json_object_new_object();
	names = json_object_new_array();
	top = json_object_new_array();
	add_int(part, "count", (int64_t)t->count);
	add_int(part, "total_rss_bytes",
		quantity_mul(x->task_rss_pages, x->page_bytes));
	for (size_t i = 0; i < shown; i++) {
		const struct name_sum *s = &x->names[i];
		struct json_object *row = json_object_new_object();

		add_text(row, "comm", s->comm);
		add_int(row, "count", s->count);
		add_int(row, "rss_bytes", quantity_mul(s->rss_pages, x->page_bytes));
		if (t->has_swapents)
			add_int(row, "swap_bytes",
				quantity_mul(s->swap_pages, x->page_bytes));
		json_object_array_add(names, row);
	}
	json_object_object_add(part, "by_comm", names);
	for (size_t i = 0; i < ranks; i++) {
		const struct task *task = ranking[i].task;
		struct json_object *row = json_object_new_object();

		add_int(row, "pid", task->pid);
		add_text(row, "comm", task->comm);
		add_int(row, "uid", task->uid);
		add_int(row, "tgid", task->tgid);
		add_int(row, "total_vm_bytes",
			quantity_mul(task->total_vm_pages, x->page_bytes));
		add_int(row, "rss_bytes", quantity_mul(task->rss_pages, x->page_bytes));
		add_int(row, "rss_anon_bytes",
			quantity_mul(task->rss_anon_pages, x->page_bytes));
		add_int(row, "rss_file_bytes",
			quantity_mul(task->rss_file_pages, x->page_bytes));
		add_int(row, "rss_shmem_bytes",
			quantity_mul(task->rss_shmem_pages, x->page_bytes));
		add_int(row, "pgtables_bytes",
			known(task->pagetable_bytes)
				? task->pagetable_bytes
				: quantity_mul(task->pagetable_pages, x->page_bytes));
		add_int(row, "swap_bytes",
			quantity_mul(task->swapents_pages, x->page_bytes));
		add_int(row, "oom_adj", task->oom_adj);
		add_int(row, "oom_score_adj", task->oom_score_adj);
		json_object_array_add(top, row);
	}
	add_array(part, "top", top);
	json_object_object_add(o, "tasks", part);
}

static void add_lists(
	struct json_object *o, const struct output *out, const struct explanation *x)
{
	const struct oom_event *e = x->event;
	struct json_object *helps = json_object_new_array();
	struct json_object *wiki = json_object_new_array();
	struct json_object *odd = json_object_new_array();
	struct json_object *weighed = json_object_new_array();
	struct text place = { 0 };

	for (size_t i = 0; i < x->weighed_count; i++) {
		struct json_object *w = json_object_new_object();

		add_word(w, "slug", x->weighed[i].slug);
		add_word(w, "confidence", confidence_name(x->weighed[i].confidence));
		add_text(w, "why_not", x->weighed[i].why_not);
		json_object_array_add(weighed, w);
	}
	json_object_object_add(o, "weighed", weighed);
	for (size_t i = 0; i < x->help_count; i++) {
		struct json_object *h = json_object_new_object();

		add_word(h, "when", x->helps[i].when);
		add_text(h, "says", x->helps[i].says);
		add_slice(h, "command", x->helps[i].command);
		add_slice(h, "caution", x->helps[i].caution);
		json_object_array_add(helps, h);
	}
	json_object_object_add(o, "helps", helps);
	for (size_t i = 0; i < x->page_count; i++) {
		struct json_object *w = json_object_new_object();

		add_word(w, "page", x->pages[i].page);
		add_text(w, "url", slice_of(wiki_place(out, x->pages[i].page, &place)));
		json_object_array_add(wiki, w);
	}
	json_object_object_add(o, "wiki", wiki);
	add_int(o, "foreign", e->foreign);
	for (size_t i = 0; i < e->unrecognised_count; i++) {
		struct json_object *u = json_object_new_object();

		add_int(u, "line", e->unrecognised[i].number);
		add_text(u, "text", e->unrecognised[i].text);
		json_object_array_add(odd, u);
	}
	json_object_object_add(o, "unrecognised", odd);
	text_free(&place);
}

/* Kernel memory by name: the slab caches and the allocation sites of the report. */
static void add_kernel_owners(struct json_object *o, const struct oom_event *e)
{
	struct json_object *slabs = json_object_new_array();
	struct json_object *sites = json_object_new_array();
	static const char *const profiling[] = { NULL, "on", "off" };

	for (size_t i = 0; i < e->slab_count; i++) {
		struct json_object *s = json_object_new_object();

		add_text(s, "name", e->slabs[i].name);
		add_int(s, "used_bytes", e->slabs[i].used_bytes);
		add_int(s, "total_bytes", e->slabs[i].total_bytes);
		json_object_array_add(slabs, s);
	}
	add_array(o, "slabs", slabs);
	for (size_t i = 0; i < e->site_count; i++) {
		struct json_object *s = json_object_new_object();

		add_text(s, "where", e->sites[i].where);
		add_int(s, "bytes", e->sites[i].bytes);
		add_int(s, "calls", e->sites[i].calls);
		json_object_array_add(sites, s);
	}
	add_array(o, "allocation_sites", sites);
	add_word(o, "allocation_profiling", profiling[e->profiling]);
	if (e->slabs_unreadable)
		add_bool(o, "slabs_unreadable", true);
}

static void add_what_ifs(struct json_object *o, const struct explanation *x)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < x->what_if_count; i++) {
		const struct what_if_answer *a = &x->what_ifs[i];
		struct json_object *w = json_object_new_object();

		add_text(w, "name", a->question.name);
		add_int(w, "oom_score_adj", a->question.oom_score_adj);
		add_bool(w, "found", a->found);
		if (x->selection.replayed && a->victim) {
			struct json_object *v = json_object_new_object();

			add_int(v, "pid", a->victim->pid);
			add_text(v, "comm", a->victim->comm);
			add_int(v, "frees_bytes", a->frees_bytes);
			json_object_object_add(w, "victim", v);
		}
		json_object_array_add(list, w);
	}
	add_array(o, "what_if", list);
}

static void add_killer(struct json_object *o, const struct oom_event *e)
{
	struct json_object *k = json_object_new_object();

	add_slice(k, "program", e->killer.program);
	add_slice(k, "cgroup", e->killer.cgroup);
	add_slice(k, "pod", e->killer.pod);
	add_slice(k, "rule", e->killer.rule);
	if (e->killer.dry_run)
		add_bool(k, "dry_run", true);
	add_object(o, "killer", k);
}

static void add_repeats(struct json_object *o, const struct repeats *r)
{
	struct json_object *part = json_object_new_object();

	if (r) {
		add_int(part, "count", (int64_t)r->count);
		add_slice(part, "first", r->first);
		add_slice(part, "last", r->last);
		if (known(r->span_usec))
			add_int(part, "span_s", r->span_usec / 1000000);
	}
	add_object(o, "repeats", part);
}

/* What other programs said of the same kill. */
static void add_notices(struct json_object *o, const struct oom_event *e)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->notice_count; i++) {
		struct json_object *n = json_object_new_object();

		add_text(n, "program", e->notices[i].program);
		add_int(n, "line", e->notices[i].line);
		add_text(n, "text", e->notices[i].text);
		json_object_array_add(list, n);
	}
	add_array(o, "notices", list);
}

static void json_event(struct output *out, const struct explanation *x)
{
	const struct oom_event *e = x->event;
	struct json_object *o = json_object_new_object();
	struct json_object *part;

	add_word(o, "schema", "oomwhy/1");
	part = json_object_new_object();
	add_word(part, "name", "oomwhy");
	add_word(part, "version", OOMWHY_VERSION);
	json_object_object_add(o, "tool", part);
	add_id(o, e);
	add_word(o, "kind", kind_name(e->kind));
	add_word(o, "outcome", outcome_name(e->outcome));
	add_slice(o, "message", e->message);
	add_slice(o, "panic", e->panic);
	add_source(o, e);
	add_also(o, e);
	add_time(o, e);
	add_kernel(o, x);
	add_bool(o, "complete", x->missing_count == 0);
	part = json_object_new_array();
	for (size_t i = 0; i < x->missing_count; i++)
		json_object_array_add(part, json_object_new_string(x->missing[i]));
	json_object_object_add(o, "missing", part);
	add_word(o, "constraint", constraint_name(x->constraint));
	add_word(o, "constraint_from", provenance_name(x->constraint_from));
	part = json_object_new_object();
	add_word(part, "slug", x->cause.slug);
	add_text(part, "headline", x->headline);
	add_word(part, "confidence", confidence_name(x->cause.confidence));
	json_object_object_add(o, "cause", part);
	part = json_object_new_object();
	json_object_object_add(part, "wall", finding_of(&x->wall));
	json_object_object_add(part, "reclaim", finding_of(&x->reclaim));
	if (x->route) {
		struct json_object *route = json_object_new_object();

		add_word(route, "slug", x->route);
		add_text(route, "says", x->route_says);
		json_object_object_add(part, "route", route);
	}
	json_object_object_add(part, "filler", finding_of(&x->filler));
	json_object_object_add(part, "victim", finding_of(&x->victim));
	json_object_object_add(o, "story", part);
	add_request(o, x);
	add_victims(o, e);
	add_selection(o, out, x);
	add_memcg(o, x);
	add_memory(o, x);
	if (known(x->elsewhere.free_bytes)) {
		part = json_object_new_object();
		add_int(part, "free_bytes", x->elsewhere.free_bytes);
		add_int(part, "managed_bytes", x->elsewhere.managed_bytes);
		add_word(part, "from", provenance_name(x->elsewhere.from));
		json_object_object_add(o, "elsewhere", part);
	}
	add_ledger(o, x);
	add_tasks(o, out, x);
	add_kernel_owners(o, e);
	add_what_ifs(o, x);
	add_killer(o, e);
	add_repeats(o, out->repeats);
	add_notices(o, e);
	add_lists(o, out, x);
	json_write(o, &out->buffer);
	text_putc(&out->buffer, '\n');
	output_flush(out);
}

static void end(struct output *out)
{
	(void)out;
	json_end();
}

const struct format format_json = { .name = "json",
	.help = "NDJSON, one object an event",
	.event = json_event,
	.thread_ends = json_end,
	.end = end };
