/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NDJSON: one object an event, by the contract in share/oomwhy.schema.json.
 *
 * Amounts are integers in bytes; what the log did not say is absent. */
#include "base/complain.h"
#include "cli/built.h"
#include "cli/format.h"
#include "cli/json_write.h"
#include "parsers/fields.h"
#include "parsers/gfp.h"
#include "parsers/identity.h"

#include <inttypes.h>
#include <string.h>

/* Every number of a "key:value" line that the kernel printed, by the kernel's own keys:
 * amounts in bytes ("_bytes"), the rest counts. */
static void add_fields(
	struct text *o, const struct field_table *table, const void *base)
{
	struct json_part part = json_object(o, "counters");

	for (size_t i = 0; i < table->count; i++) {
		const struct field *f = &table->fields[i];
		int64_t value = *(
			const int64_t *)(const void *)((const char *)base + f->offset);

		if (!known(value))
			continue;
		json_key(o, slice_of(f->key),
			f->unit == UNIT_KB ? SLICE("_bytes") : SLICE(""));
		if (f->unit == UNIT_YES_NO)
			add_bool(o, NULL, value == 1);
		else
			add_number(o, NULL, value);
	}
	json_end_filled(o, part);
}

/* A number that has bounds in the kernel; a damaged log may tell of others. */
static void add_within(
	struct text *o, const char *key, int64_t v, int64_t least, int64_t most)
{
	if (v >= least && v <= most)
		add_number(o, key, v);
}

/* The task table prints it as an int: nobody of a network file system is -2. */
static void add_uid(struct text *o, int64_t uid)
{
	if (known(uid) && uid < 0 && uid >= INT32_MIN)
		uid += INT64_C(1) << 32;
	add_int(o, "uid", uid);
}

static void add_id(struct text *o, const struct oom_event *e)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t id = event_id(e);
	char digits[16];

	for (size_t i = sizeof(digits); i-- > 0; id >>= 4)
		digits[i] = hex[id & 15];
	add_text(o, "id", (struct slice){ digits, sizeof(digits) });
}

static void add_facts(struct text *o, const struct finding *f)
{
	static const char *const sides[] = { "for", "against", "not-in-log" };
	struct json_part list = json_array(o, "facts");

	for (size_t i = 0; i < f->fact_count; i++) {
		const struct fact *fact = &f->facts[i];
		struct json_part part = json_object(o, NULL);

		add_word(o, "side", sides[fact->side]);
		if (fact->line)
			add_int(o, "line", fact->line);
		add_slice(o, "text", fact->text);
		add_text(o, "says", fact->says);
		json_end(o, part);
	}
	json_end(o, list);
}

static void add_finding(struct text *o, const char *key, const struct finding *f)
{
	struct json_part part = json_object(o, key);

	add_word(o, "slug", f->slug);
	add_text(o, "says", f->says);
	add_word(o, "confidence", confidence_name(f->confidence));
	add_facts(o, f);
	json_end(o, part);
}

/* The files in which it goes on. */
static void add_joints(struct text *o, const struct oom_event *e)
{
	struct json_part list = json_array(o, "continued");

	for (size_t i = 0; i < e->joint_count && e->last_line > e->joints[i].after_line;
		i++) {
		struct json_part part = json_object(o, NULL);

		add_text(o, "file", e->joints[i].file);
		add_slice(o, "member", e->joints[i].member);
		add_int(o, "after_line", e->joints[i].after_line);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_source(struct text *o, const struct oom_event *e)
{
	struct json_part part = json_object(o, "source");

	add_text(o, "file", e->file);
	add_slice(o, "member", e->member);
	add_int(o, "first_line", e->first_line);
	add_int(o, "last_line", e->last_line);
	add_number(o, "first_byte", (int64_t)e->first_byte);
	add_slice(o, "host", e->host);
	add_slice(o, "boot", e->boot);
	add_joints(o, e);
	json_end(o, part);
}

static void add_also(struct output *out, const struct oom_event *e)
{
	struct text *o = &out->buffer;
	struct json_part list = json_array(o, "also_in");

	for (size_t i = 0; i < e->also_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_text(o, "file", e->also[i].file);
		add_slice(o, "member", e->also[i].member);
		add_int(o, "first_line", e->also[i].first_line);
		add_int(o, "last_line", e->also[i].last_line);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

/* Is it RFC 3339 as it stands ("2026-11-22T02:19:01+00:00")? */
static bool is_rfc3339(struct slice s)
{
	return s.n >= 20 && s.p[4] == '-' && s.p[10] == 'T' &&
	       (slice_ends(s, "Z") || s.p[s.n - 6] == '+' || s.p[s.n - 6] == '-') &&
	       s.p[0] >= '0' && s.p[0] <= '9';
}

/* The log's own time: as RFC 3339 where it is one but for details. */
static void add_wall(struct text *o, const struct oom_event *e)
{
	struct text wall = { 0 };

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
		add_text(o, "wall", text_slice(&wall));
	else
		add_slice(o, "log", e->wall);
	text_free(&wall);
}

static void add_time(struct text *o, const struct oom_event *e)
{
	struct json_part part = json_object(o, "time");

	/* Seconds as text in a number's place would need floating point; the
	 * microseconds are exact. */
	if (known(e->uptime_usec)) {
		add_number(o, "uptime_s", e->uptime_usec / 1000000);
		add_number(o, "uptime_usec", e->uptime_usec);
	}
	if (e->wall.n > 0)
		add_wall(o, e);
	json_end_filled(o, part);
}

static const char *provenance_name(enum provenance from)
{
	static const char *const names[] = { NULL, "printed", "inferred", "assumed" };

	return names[from];
}

static void add_kernel(struct text *o, const struct explanation *x)
{
	struct json_part part = json_object(o, "kernel");

	add_slice(o, "release", x->event->kernel.release);
	add_int(o, "page_size_bytes", x->page_bytes);
	add_word(o, "page_size_from",
		x->page_from == FROM_ASSUMPTION ? "assumed" : "report");
	json_end(o, part);
}

static void add_gfp(struct text *o, const struct explanation *x)
{
	const struct gfp *g = &x->event->request.gfp;
	struct json_part part = json_object(o, "gfp");

	if (g->mask_known) {
		char mask[24];

		snprintf(mask, sizeof(mask), "0x%" PRIx64, g->mask);
		add_word(o, "mask", mask);
	}
	if (g->from != FROM_NOWHERE) {
		add_text(o, "flags", gfp_write(x->arena, g->flags, g->unnamed));
		add_word(
			o, "flags_from", g->from == FROM_PRINT ? "printed" : "decoded");
	}
	add_word(o, "layout", g->layout);
	json_end_filled(o, part);
}

/* The functions of the call trace, the innermost first. */
static void add_trace(struct text *o, const struct oom_event *e)
{
	struct json_part list = json_array(o, "trace");

	for (size_t i = 0; i < e->frame_count; i++)
		add_text(o, NULL, e->frames[i]);
	json_end_filled(o, list);
}

static void add_request(struct text *o, const struct explanation *x)
{
	const struct request *r = &x->event->request;
	struct json_part part = json_object(o, "request");

	add_slice(o, "comm", r->comm);
	add_int(o, "pid", r->pid);
	add_uid(o, r->uid);
	add_int(o, "cpu", r->cpu);
	add_within(o, "order", r->order, -1, INT64_MAX);
	/* vmalloc is asked for nothing now and then. */
	if (known(r->size_bytes))
		add_within(o, "bytes", r->size_bytes, 1, INT64_MAX);
	else if (known(x->event->area.pages))
		add_within(o, "bytes",
			quantity_mul(x->event->area.pages, x->page_bytes), 1,
			INT64_MAX);
	else if (known(r->order) && r->order >= 0 && r->order < 31)
		add_int(o, "bytes",
			quantity_mul(INT64_C(1) << r->order, x->page_bytes));
	add_gfp(o, x);
	if (r->nodemask.seen && !r->nodemask.is_null)
		add_text(o, "nodemask", r->nodemask.text);
	add_slice(o, "cpuset", r->cpuset);
	if (r->mems_allowed.seen)
		add_text(o, "mems_allowed", r->mems_allowed.text);
	add_within(o, "oom_adj", r->oom_adj, -17, 15);
	add_within(o, "oom_score_adj", r->oom_score_adj, -1000, 1000);
	add_int(o, "stalled_msec", r->stalled_msec);
	if (r->compaction_disabled)
		add_bool(o, "compaction_disabled", true);
	add_trace(o, x->event);
	json_end_filled(o, part);
}

static void add_victim(struct text *o, const char *key, const struct oom_event *e,
	const struct victim *v)
{
	struct json_part part = json_object(o, key);

	add_int(o, "pid", v->pid);
	add_text(o, "comm", v->comm);
	add_uid(o, v->uid);
	add_int(o, "total_vm_bytes", v->total_vm_bytes);
	add_int(o, "anon_rss_bytes", v->anon_rss_bytes);
	add_int(o, "file_rss_bytes", v->file_rss_bytes);
	add_int(o, "shmem_rss_bytes", v->shmem_rss_bytes);
	add_int(o, "pgtables_bytes", v->pgtables_bytes);
	add_within(o, "oom_score_adj", v->oom_score_adj, -1000, 1000);
	if (v == e->victims)
		add_slice(o, "memcg", e->memcg.task_path);
	if (known(v->reaped))
		add_bool(o, "reaped", v->reaped == 1);
	if (known(v->left_anon_bytes)) {
		struct json_part left = json_object(o, "left");

		add_int(o, "anon_rss_bytes", v->left_anon_bytes);
		add_int(o, "file_rss_bytes", v->left_file_bytes);
		add_int(o, "shmem_rss_bytes", v->left_shmem_bytes);
		json_end(o, left);
	}
	if (v->already_exiting)
		add_bool(o, "already_exiting", true);
	json_end(o, part);
}

static void add_victims(struct text *o, const struct oom_event *e)
{
	struct json_part list;

	/* A dry run names whom it would have killed. */
	if (e->victim_count == 0 || e->outcome == OUTCOME_NONE)
		return;
	add_victim(o, "victim", e, e->victims);
	if (e->victim_count < 2)
		return;
	list = json_array(o, "victims");
	for (size_t i = 0; i < e->victim_count; i++)
		add_victim(o, NULL, e, &e->victims[i]);
	json_end(o, list);
}

/* As many of the ranking as are shown. */
static const struct ranked *ranking_of(
	const struct output *out, const struct explanation *x, size_t *count)
{
	const struct selection *s = &x->selection;

	*count = out->full ? s->count : s->ranked;
	return out->full ? whole_ranking(s, x->arena) : s->ranking;
}

static void add_ranking(
	struct text *o, const struct output *out, const struct explanation *x)
{
	size_t shown;
	const struct ranked *ranking = ranking_of(out, x, &shown);
	struct json_part list = json_array(o, "ranking");

	for (size_t i = 0; i < shown; i++) {
		const struct ranked *r = &ranking[i];
		struct json_part row = json_object(o, NULL);

		add_int(o, "pid", r->task->pid);
		add_text(o, "comm", r->task->comm);
		add_signed(o, "badness", r->badness);
		add_word(o, "badness_unit", x->selection.unit);
		add_within(o, "oom_score_adj", r->task->oom_score_adj, -1000, 1000);
		add_bool(o, "eligible", r->eligible);
		add_word(o, "why_not", r->why_not);
		json_end(o, row);
	}
	json_end(o, list);
}

static void add_selection(
	struct text *o, const struct output *out, const struct explanation *x)
{
	const struct selection *s = &x->selection;
	struct json_part part = json_object(o, "selection");

	add_bool(o, "replayed", s->replayed);
	if (s->replayed && x->event->victim_count > 0)
		add_bool(o, "matches", s->matches || s->within_drift);
	add_word(o, "why_not_replayed", s->why_not);
	add_ranking(o, out, x);
	if (x->event->chosen.line != 0) {
		const struct chosen *c = &x->event->chosen;
		struct json_part printed = json_object(o, "printed");

		add_int(o, "pid", c->pid);
		add_slice(o, "comm", c->comm);
		add_signed(o, "score", c->score);
		json_end_filled(o, printed);
	}
	json_end(o, part);
}

static void add_charge(struct text *o, const char *key, const struct charge *c)
{
	struct json_part part = json_object(o, key);

	add_int(o, "usage_bytes", c->usage_bytes);
	add_limit(o, "limit_bytes", c->limit_bytes);
	add_int(o, "failcnt", c->failcnt);
	json_end_filled(o, part);
}

/* memory.stat by the log's own keys, of which the longest has half as many bytes. */
enum { LONGEST_STAT_KEY = 63 };

static void add_stats(struct text *o, const struct memcg *m)
{
	struct json_part part = json_object(o, "stats");

	for (size_t i = 0; i < m->stat_count; i++) {
		if (!known(m->stats[i].value))
			continue;
		json_key_of_log(o, slice_first(m->stats[i].key, LONGEST_STAT_KEY));
		add_signed(o, NULL, m->stats[i].value);
	}
	json_end_filled(o, part);
}

static void add_memcg(struct text *o, const struct explanation *x)
{
	const struct memcg *m = &x->event->memcg;
	struct json_part part = json_object(o, "memcg");

	add_slice(o, "oom_path", m->oom_path);
	add_slice(o, "task_path", m->task_path);
	add_slice(o, "says", x->cgroup_says);
	add_int(o, "version", m->version);
	add_charge(o, "memory", &m->memory);
	add_charge(o, "memsw", &m->memsw);
	add_charge(o, "kmem", &m->kmem);
	add_charge(o, "swap", &m->swap);
	add_stats(o, m);
	if (m->stats_cut)
		add_bool(o, "stats_cut", true);
	if (known(m->protection_min_bytes)) {
		struct json_part protection = json_object(o, "protection");

		add_int(o, "min_bytes", m->protection_min_bytes);
		add_int(o, "low_bytes", m->protection_low_bytes);
		json_end(o, protection);
	}
	json_end_filled(o, part);
}

static void add_buddy(struct text *o, const struct zone *z)
{
	struct json_part list = json_array(o, "buddy");

	for (size_t i = 0; i < z->orders; i++) {
		const struct free_blocks *b = &z->blocks[i];
		struct json_part part;
		char types[8];
		size_t n = 0;

		if (b->count < 0)
			continue;
		part = json_object(o, NULL);
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
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_refused(struct text *o, const struct refusal *r)
{
	struct json_part part = json_object(o, "refused");

	add_word(o, "verdict", verdict_name(r->verdict));
	add_word(o, "mark", r->mark);
	add_int(o, "mark_bytes", r->mark_bytes);
	add_int(o, "reserve_bytes", r->reserve_bytes);
	add_int(o, "unusable_bytes", r->unusable_bytes);
	add_int(o, "needs_bytes", r->needs_bytes);
	add_signed(o, "has_bytes", r->has_bytes);
	add_signed(o, "short_bytes", r->short_bytes);
	add_text(o, "says", r->says);
	json_end(o, part);
}

static void add_reserves(struct text *o, const struct zone *z)
{
	struct json_part list = json_array(o, "lowmem_reserve_pages");

	for (size_t i = 0; i < z->lowmem_reserves && z->lowmem_reserve_pages[i] >= 0;
		i++)
		add_number(o, NULL, z->lowmem_reserve_pages[i]);
	json_end_filled(o, list);
}

static void add_zone(struct text *o, const struct refusal *r)
{
	const struct zone *z = r->zone;
	struct json_part part = json_object(o, NULL);

	add_text(o, "name", z->name);
	add_int(o, "free_bytes", z->free_bytes);
	add_int(o, "min_bytes", z->min_bytes);
	add_int(o, "low_bytes", z->low_bytes);
	add_int(o, "high_bytes", z->high_bytes);
	add_int(o, "managed_bytes", z->managed_bytes);
	add_int(o, "present_bytes", z->present_bytes);
	add_reserves(o, z);
	add_int(o, "free_cma_bytes", z->free_cma_bytes);
	add_buddy(o, z);
	add_fields(o, &zone_fields, z);
	add_refused(o, r);
	json_end(o, part);
}

/* The node's own line (4.8+). */
static void add_node_line(struct text *o, const struct oom_event *e, int64_t node)
{
	for (size_t i = 0; i < e->memory.node_count; i++)
		if (e->memory.nodes[i].id == node) {
			add_fields(o, &node_fields, &e->memory.nodes[i]);
			return;
		}
}

/* Nodes in the order in which their zones were printed. */
static void add_nodes(struct text *o, const struct explanation *x)
{
	struct json_part nodes = json_array(o, "nodes");

	for (size_t i = 0; i < x->refusal_count;) {
		int64_t node = x->refusals[i].zone->node;
		struct json_part part = json_object(o, NULL), zones;

		/* A machine without NUMA prints no number: its node is 0. */
		add_int(o, "node", known_or(node, 0));
		add_node_line(o, x->event, known_or(node, 0));
		zones = json_array(o, "zones");
		for (; i < x->refusal_count && x->refusals[i].zone->node == node; i++)
			add_zone(o, &x->refusals[i]);
		json_end(o, zones);
		json_end(o, part);
	}
	json_end_filled(o, nodes);
}

static void add_huge_pages(struct text *o, const struct memory_state *m)
{
	struct json_part list = json_array(o, "hugetlb");

	for (size_t i = 0; i < m->huge_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_int(o, "node", m->huge[i].node);
		add_int(o, "size_bytes", m->huge[i].size_bytes);
		add_int(o, "total", m->huge[i].total);
		add_int(o, "free", m->huge[i].free);
		add_int(o, "surplus", m->huge[i].surplus);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_counters(struct text *o, const struct counters *c)
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
		COUNTER(mapped_anon), COUNTER(shmem), COUNTER(pagetables),
		COUNTER(sec_pagetables), COUNTER(bounce),
		COUNTER(kernel_misc_reclaimable), COUNTER(free), COUNTER(free_pcp),
		COUNTER(free_cma), COUNTER(pagecache), COUNTER(swapcache), COUNTER(ram),
		COUNTER(highmem), COUNTER(reserved), COUNTER(cma_reserved),
		COUNTER(hwpoisoned), COUNTER(shared), COUNTER(non_shared),
		COUNTER(quicklist), COUNTER(swapcache_added), COUNTER(swapcache_deleted)
#undef COUNTER
	};
	struct json_part part = json_object(o, "counters");

	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		const char *at = (const char *)c + counters[i].offset;

		/* Kernels have printed some below zero (reserved, 3.19 to 4.1). */
		add_signed(o, counters[i].key,
			((const struct amount *)(const void *)at)->value);
	}
	json_end_filled(o, part);
}

static void add_memory(struct text *o, const struct explanation *x)
{
	const struct memory_state *m = &x->event->memory;
	struct json_part part = json_object(o, "memory"), swap;

	add_nodes(o, x);
	swap = json_object(o, "swap");
	add_int(o, "total_bytes", m->swap_total_bytes.value);
	add_int(o, "free_bytes", m->swap_free_bytes.value);
	add_int(o, "cached_bytes",
		quantity_mul(m->counters.swapcache.value, x->page_bytes));
	json_end_filled(o, swap);
	add_huge_pages(o, m);
	add_counters(o, &m->counters);
	json_end_filled(o, part);
}

static void add_ledger_parts(
	struct text *o, const struct ledger *l, const struct ledger_entry *entry)
{
	struct json_part list = json_array(o, "of_which");

	for (size_t i = 0; i < l->part_count; i++) {
		struct json_part part;

		if (strcmp(l->parts[i].inside, entry->what) != 0 ||
			l->parts[i].bytes < 0)
			continue;
		part = json_object(o, NULL);
		add_word(o, "what", l->parts[i].what);
		add_int(o, "bytes", l->parts[i].bytes);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_ledger(struct text *o, const struct explanation *x)
{
	const struct ledger *l = &x->ledger;
	struct json_part part, list;

	if (l->entry_count == 0)
		return;
	part = json_object(o, "ledger");
	add_int(o, "total_bytes", l->total_bytes);
	list = json_array(o, "entries");
	for (size_t i = 0; i < l->entry_count; i++) {
		const struct ledger_entry *entry = &l->entries[i];
		struct json_part row = json_object(o, NULL);

		add_word(o, "what", entry->what);
		add_signed(o, "bytes", entry->bytes);
		add_slice(o, "says", entry->says);
		add_ledger_parts(o, l, entry);
		json_end(o, row);
	}
	json_end(o, list);
	json_end(o, part);
}

enum { SHOWN_NAMES = 10 };

static void add_names(
	struct text *o, const struct output *out, const struct explanation *x)
{
	size_t shown =
		out->full || x->name_count < SHOWN_NAMES ? x->name_count : SHOWN_NAMES;
	struct json_part list = json_array(o, "by_comm");

	for (size_t i = 0; i < shown; i++) {
		const struct name_sum *s = &x->names[i];
		struct json_part row = json_object(o, NULL);

		add_text(o, "comm", s->comm);
		add_int(o, "count", s->count);
		add_int(o, "rss_bytes", quantity_mul(s->rss_pages, x->page_bytes));
		if (x->event->tasks.has_swapents)
			add_int(o, "swap_bytes",
				quantity_mul(s->swap_pages, x->page_bytes));
		json_end(o, row);
	}
	json_end(o, list);
}

static void add_task(
	struct text *o, const struct explanation *x, const struct task *task)
{
	struct json_part row = json_object(o, NULL);

	add_int(o, "pid", task->pid);
	add_text(o, "comm", task->comm);
	add_uid(o, task->uid);
	add_int(o, "tgid", task->tgid);
	add_int(o, "total_vm_bytes", quantity_mul(task->total_vm_pages, x->page_bytes));
	add_int(o, "rss_bytes", quantity_mul(task->rss_pages, x->page_bytes));
	add_int(o, "rss_anon_bytes", quantity_mul(task->rss_anon_pages, x->page_bytes));
	add_int(o, "rss_file_bytes", quantity_mul(task->rss_file_pages, x->page_bytes));
	add_int(o, "rss_shmem_bytes",
		quantity_mul(task->rss_shmem_pages, x->page_bytes));
	add_int(o, "pgtables_bytes",
		known(task->pagetable_bytes)
			? task->pagetable_bytes
			: quantity_mul(task->pagetable_pages, x->page_bytes));
	add_int(o, "swap_bytes", quantity_mul(task->swapents_pages, x->page_bytes));
	add_within(o, "oom_adj", task->oom_adj, -17, 15);
	add_within(o, "oom_score_adj", task->oom_score_adj, -1000, 1000);
	json_end(o, row);
}

static void add_tasks(
	struct text *o, const struct output *out, const struct explanation *x)
{
	const struct task_table *t = &x->event->tasks;
	size_t ranks;
	const struct ranked *ranking = ranking_of(out, x, &ranks);
	struct json_part part, top;

	if (t->count == 0)
		return;
	part = json_object(o, "tasks");
	add_int(o, "count", (int64_t)t->count);
	add_int(o, "total_rss_bytes", quantity_mul(x->task_rss_pages, x->page_bytes));
	add_names(o, out, x);
	top = json_array(o, "top");
	for (size_t i = 0; i < ranks; i++)
		add_task(o, x, ranking[i].task);
	json_end_filled(o, top);
	json_end(o, part);
}

static void add_weighed(struct text *o, const struct explanation *x)
{
	struct json_part list = json_array(o, "weighed");

	for (size_t i = 0; i < x->weighed_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_word(o, "slug", x->weighed[i].slug);
		add_word(o, "confidence", confidence_name(x->weighed[i].confidence));
		add_text(o, "why_not", x->weighed[i].why_not);
		json_end(o, part);
	}
	json_end(o, list);
}

static void add_helps(struct text *o, const struct explanation *x)
{
	struct json_part list = json_array(o, "helps");

	for (size_t i = 0; i < x->help_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_word(o, "when", x->helps[i].when);
		add_text(o, "says", x->helps[i].says);
		add_slice(o, "command", x->helps[i].command);
		add_slice(o, "caution", x->helps[i].caution);
		json_end(o, part);
	}
	json_end(o, list);
}

static void add_pages(
	struct text *o, const struct output *out, const struct explanation *x)
{
	struct json_part list = json_array(o, "wiki");
	struct text place = { 0 };

	for (size_t i = 0; i < x->page_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_word(o, "page", x->pages[i].page);
		add_word(o, "url", wiki_place(out, x->pages[i].page, &place));
		json_end(o, part);
	}
	json_end(o, list);
	text_free(&place);
}

static void add_unrecognised(struct text *o, const struct oom_event *e)
{
	struct json_part list = json_array(o, "unrecognised");

	for (size_t i = 0; i < e->unrecognised_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_int(o, "line", e->unrecognised[i].number);
		add_text(o, "text", e->unrecognised[i].text);
		json_end(o, part);
	}
	json_end(o, list);
}

static void add_slabs(struct text *o, const struct oom_event *e)
{
	struct json_part list = json_array(o, "slabs");

	for (size_t i = 0; i < e->slab_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_text(o, "name", e->slabs[i].name);
		add_signed(o, "used_bytes", e->slabs[i].used_bytes);
		add_signed(o, "total_bytes", e->slabs[i].total_bytes);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_sites(struct text *o, const struct oom_event *e)
{
	struct json_part list = json_array(o, "allocation_sites");

	for (size_t i = 0; i < e->site_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_text(o, "where", e->sites[i].where);
		add_signed(o, "bytes", e->sites[i].bytes);
		add_signed(o, "calls", e->sites[i].calls);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

/* Kernel memory by name: the slab caches and the allocation sites of the report. */
static void add_kernel_owners(struct text *o, const struct oom_event *e)
{
	static const char *const profiling[] = { NULL, "on", "off" };

	add_slabs(o, e);
	add_sites(o, e);
	add_word(o, "allocation_profiling", profiling[e->profiling]);
	if (e->slabs_unreadable)
		add_bool(o, "slabs_unreadable", true);
}

static void add_what_ifs(struct text *o, const struct explanation *x)
{
	struct json_part list = json_array(o, "what_if");

	for (size_t i = 0; i < x->what_if_count; i++) {
		const struct what_if_answer *a = &x->what_ifs[i];
		struct json_part part = json_object(o, NULL);

		add_text(o, "name", a->question.name);
		add_within(o, "oom_score_adj", a->question.oom_score_adj, -1000, 1000);
		add_bool(o, "found", a->found);
		if (x->selection.replayed && a->victim) {
			struct json_part victim = json_object(o, "victim");

			add_int(o, "pid", a->victim->pid);
			add_text(o, "comm", a->victim->comm);
			add_int(o, "frees_bytes", a->frees_bytes);
			json_end(o, victim);
		}
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_killer(struct text *o, const struct oom_event *e)
{
	struct json_part part = json_object(o, "killer");

	add_slice(o, "program", e->killer.program);
	add_slice(o, "cgroup", e->killer.cgroup);
	add_slice(o, "pod", e->killer.pod);
	add_slice(o, "rule", e->killer.rule);
	if (e->killer.dry_run)
		add_bool(o, "dry_run", true);
	json_end_filled(o, part);
}

static void add_repeats(struct text *o, const struct repeats *r)
{
	struct json_part part;

	if (!r)
		return;
	part = json_object(o, "repeats");
	add_int(o, "count", (int64_t)r->count);
	add_slice(o, "first", r->first);
	add_slice(o, "last", r->last);
	if (known(r->span_usec))
		add_int(o, "span_s", r->span_usec / 1000000);
	json_end(o, part);
}

/* What other programs said of the same kill. */
static void add_notices(struct text *o, const struct oom_event *e)
{
	struct json_part list = json_array(o, "notices");

	for (size_t i = 0; i < e->notice_count; i++) {
		struct json_part part = json_object(o, NULL);

		add_text(o, "program", e->notices[i].program);
		add_int(o, "line", e->notices[i].line);
		add_text(o, "text", e->notices[i].text);
		json_end(o, part);
	}
	json_end_filled(o, list);
}

static void add_tool(struct text *o)
{
	struct json_part part = json_object(o, "tool");

	add_word(o, "name", "oomwhy");
	add_word(o, "version", OOMWHY_VERSION);
	json_end(o, part);
}

static void add_missing(struct text *o, const struct explanation *x)
{
	struct json_part list;

	add_bool(o, "complete", x->missing_count == 0);
	list = json_array(o, "missing");
	for (size_t i = 0; i < x->missing_count; i++)
		add_word(o, NULL, x->missing[i]);
	json_end(o, list);
}

static void add_cause(struct text *o, const struct explanation *x)
{
	struct json_part part = json_object(o, "cause");

	add_word(o, "slug", x->cause.slug);
	add_text(o, "headline", x->headline);
	add_word(o, "confidence", confidence_name(x->cause.confidence));
	json_end(o, part);
}

static void add_story(struct text *o, const struct explanation *x)
{
	struct json_part part = json_object(o, "story");

	add_finding(o, "wall", &x->wall);
	add_finding(o, "reclaim", &x->reclaim);
	if (x->route) {
		struct json_part route = json_object(o, "route");

		add_word(o, "slug", x->route);
		add_text(o, "says", x->route_says);
		json_end(o, route);
	}
	add_finding(o, "filler", &x->filler);
	add_finding(o, "victim", &x->victim);
	json_end(o, part);
}

static void add_elsewhere(struct text *o, const struct elsewhere *elsewhere)
{
	struct json_part part;

	if (!known(elsewhere->free_bytes))
		return;
	part = json_object(o, "elsewhere");
	add_int(o, "free_bytes", elsewhere->free_bytes);
	add_int(o, "managed_bytes", elsewhere->managed_bytes);
	add_word(o, "from", provenance_name(elsewhere->from));
	json_end(o, part);
}

static void add_event(struct output *out, const struct oom_event *e)
{
	struct text *o = &out->buffer;

	add_id(o, e);
	add_word(o, "kind", kind_name(e->kind));
	add_word(o, "outcome", outcome_name(e->outcome));
	add_slice(o, "message", e->message);
	add_slice(o, "panic", e->panic);
	add_source(o, e);
	out->copies_at = o->n;
	add_also(out, e);
	add_time(o, e);
}

static void json_event(struct output *out, const struct explanation *x)
{
	const struct oom_event *e = x->event;
	struct text *o = &out->buffer;
	struct json_part whole = json_object(o, NULL);

	add_word(o, "schema", "oomwhy/1");
	add_tool(o);
	add_event(out, e);
	add_kernel(o, x);
	add_missing(o, x);
	add_word(o, "constraint", constraint_name(x->constraint));
	add_word(o, "constraint_from", provenance_name(x->constraint_from));
	add_cause(o, x);
	add_story(o, x);
	add_request(o, x);
	add_victims(o, e);
	add_selection(o, out, x);
	add_memcg(o, x);
	add_memory(o, x);
	add_elsewhere(o, &x->elsewhere);
	add_ledger(o, x);
	add_tasks(o, out, x);
	add_kernel_owners(o, e);
	add_what_ifs(o, x);
	add_killer(o, e);
	add_repeats(o, out->repeats);
	add_notices(o, e);
	add_weighed(o, x);
	add_helps(o, x);
	add_pages(o, out, x);
	add_int(o, "foreign", e->foreign);
	add_unrecognised(o, e);
	json_end(o, whole);
	text_putc(o, '\n');
	output_flush(out);
}

const struct format format_json = { .name = "json",
	.help = "NDJSON, one object an event",
	.event = json_event,
	.copies = add_also };
