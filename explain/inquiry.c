/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers derived once, and the small services that every rule uses. */
#include "explain/inquiry.h"

#include "explain/thresholds.h"
#include "parsers/gfp.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* An unlimited counter of a memcg betrays the page size (3.19+): LONG_MAX rounded
 * down to a page. The kill line against the table does too. */
static void find_page_size(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const struct charge *charges[] = { &e->memcg.memory, &e->memcg.memsw,
		&e->memcg.kmem, &e->memcg.swap };
	struct explanation *x = q->x;

	x->page_from = e->page_from;
	x->page_bytes = e->page_bytes;
	for (size_t i = 0; i < sizeof(charges) / sizeof(*charges); i++) {
		static const struct {
			const char *text;
			int64_t bytes;
		} limits[] = { { "limit 9007199254740988kB", 4096 },
			{ "limit 9007199254740976kB", 16384 },
			{ "limit 9007199254740928kB", 65536 } };

		struct slice text = event_text(e, charges[i]->line);

		if (known(x->page_bytes))
			break;
		for (size_t k = 0; k < 3; k++) {
			if (!slice_has(text, limits[k].text))
				continue;
			x->page_bytes = limits[k].bytes;
			x->page_from = FROM_PRINT;
		}
	}
	for (size_t v = 0; v < e->victim_count && !known(x->page_bytes); v++) {
		const struct victim *victim = &e->victims[v];
		int64_t rss = quantity_add(
			quantity_add(victim->anon_rss_bytes, victim->file_rss_bytes),
			known_or(victim->shmem_rss_bytes, 0));

		for (size_t i = 0; i < e->tasks.count; i++) {
			int64_t pages = e->tasks.rows[i].rss_pages;

			if (e->tasks.rows[i].pid != victim->pid || !known(rss) ||
				!known(pages) || pages < 256)
				continue;
			for (int64_t size = 4096; size <= 65536; size *= 4) {
				int64_t whole = quantity_mul(pages, size);

				if (rss > quantity_sub(whole, whole / 4) &&
					rss < quantity_add(whole, whole / 4)) {
					x->page_bytes = size;
					x->page_from = FROM_PRINT;
				}
			}
		}
	}
	if (!known(x->page_bytes)) {
		x->page_bytes = 4096;
		x->page_from = FROM_ASSUMPTION;
	}
	q->page = x->page_bytes;
}

static bool is_memcg(const struct oom_event *e)
{
	return e->constraint == CONSTRAINT_MEMCG || e->memcg_mentioned;
}

bool kept_off_nodes(const struct inquiry *q)
{
	const struct oom_event *e = q->e;

	return e->kind == KIND_OOM && !q->memcg &&
	       (e->request.gfp.flags & GFP_BIT(GFPF_HARDWALL)) &&
	       gfp_movable(e->request.gfp.flags) && q->nodes_hidden &&
	       !q->ram_contradicts && hidden_free_is_much(q);
}

/* Section D of the kernel's rules: what does the log imply where it does not print
 * the constraint (before 5.0)? */
static void find_constraint(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const struct request *r = &e->request;
	struct explanation *x = q->x;

	x->constraint = e->constraint;
	x->constraint_from = e->constraint_from;
	if (x->constraint != CONSTRAINT_UNKNOWN)
		return;
	x->constraint_from = FROM_INFERENCE;
	/* Only the killer has constraints. */
	if (e->kind != KIND_OOM) {
		x->constraint = CONSTRAINT_NONE;
		return;
	}
	if (is_memcg(e)) {
		x->constraint = CONSTRAINT_MEMCG;
	} else if (e->manual || e->page_fault ||
		   (r->gfp.mask_known && r->gfp.mask == 0)) {
		x->constraint = CONSTRAINT_NONE;
	} else if (r->nodemask.seen && !r->nodemask.is_null && r->mems_allowed.seen &&
		   memcmp(r->nodemask.bits, r->mems_allowed.bits,
			   sizeof(r->nodemask.bits)) != 0) {
		x->constraint = CONSTRAINT_MEMORY_POLICY;
	} else if (r->mems_allowed.seen && (r->gfp.flags & GFP_BIT(GFPF_HARDWALL)) &&
		   q->nodes_hidden && hidden_free_is_much(q)) {
		x->constraint = CONSTRAINT_CPUSET;
	} else if (slice_has(e->panic, "system-wide")) {
		/* vm.panic_on_oom=1 spares tasks that a mask or a limit constrains. */
		x->constraint = CONSTRAINT_NONE;
	} else if (kept_off_nodes(q)) {
		x->constraint_from = FROM_NOWHERE;
	} else if (e->sections & (SECTION_COUNTERS | SECTION_ZONES) || e->global_oom) {
		x->constraint = CONSTRAINT_NONE;
	} else {
		x->constraint_from = FROM_NOWHERE;
	}
}

static int64_t pages_to_bytes(const struct inquiry *q, struct amount pages)
{
	return quantity_mul(pages.value, q->page);
}

/* Could this report leave out nodes (2.6.39+, outside mems_allowed or the policy) or
 * zones (6.1+, above the request's highest)? */
static bool may_hide(const struct inquiry *q)
{
	const struct oom_event *e = q->e;

	if (e->constraint == CONSTRAINT_CPUSET ||
		e->constraint == CONSTRAINT_MEMORY_POLICY)
		return true;
	if (!kernel_before(&e->kernel, 6, 1))
		return true;
	if (!e->request.mems_allowed.seen ||
		(kernel_before(&e->kernel, 2, 7) && e->kernel.patch < 39))
		return false;
	/* The one node 0 that is allowed may be the only one there is. */
	for (size_t i = 0; i < e->memory.zone_count; i++)
		if (e->memory.zones[i].node > 0)
			return true;
	return e->memory.node_count > 1;
}

/* lowmem_reserve[] of the lowest zone is the managed pages of those above it, divided
 * by vm.lowmem_reserve_ratio (256 by default for DMA). Where that tells of far less
 * than "pages RAM", and nothing is left out, one of the two is wrong. */
static void check_reserves(struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;
	const struct zone *z = m->zones;
	int64_t most = 0, told;

	if (m->zone_count == 0 || may_hide(q) || !slice_is(z->name, "DMA") ||
		!known(q->managed_bytes) || m->node_count > 1)
		return;
	for (size_t i = 0; i < z->lowmem_reserves; i++)
		if (known(z->lowmem_reserve_pages[i]) &&
			z->lowmem_reserve_pages[i] > most)
			most = z->lowmem_reserve_pages[i];
	told = quantity_mul(quantity_mul(most, 256), q->page);
	told = quantity_add(told, known_or(z->managed_bytes, 16 * MIB));
	if (most == 0 || q->managed_bytes / 3 < told)
		return;
	q->ram_contradicts = true;
	q->present_bytes = q->managed_bytes = told;
}

static void find_totals(struct inquiry *q)
{
	const struct memory_state *m = &q->e->memory;
	const struct counters *c = &m->counters;
	int64_t shown_managed = 0, shown_free = 0, shown_present = 0;
	bool present_known = true;
	bool shown_known = m->zone_count > 0;
	int64_t nodes[64];
	size_t node_count = 0;

	q->present_bytes = pages_to_bytes(q, c->ram);
	q->free_bytes = pages_to_bytes(q, c->free);
	q->known_free = known(q->free_bytes);
	/* 3.12 to 3.17 count the reserved pages of the last zone only. */
	if (kernel_at_least(&q->e->kernel, 3, 12) &&
		kernel_before(&q->e->kernel, 3, 18))
		q->managed_bytes = UNKNOWN;
	else
		q->managed_bytes =
			quantity_sub(q->present_bytes, pages_to_bytes(q, c->reserved));
	/* 3.19 to 4.1 leave the CMA pages out of what they print as reserved. */
	if (kernel_at_least(&q->e->kernel, 3, 19) &&
		kernel_before(&q->e->kernel, 4, 2) && known(c->cma_reserved.value))
		q->managed_bytes = quantity_sub(
			q->managed_bytes, pages_to_bytes(q, c->cma_reserved));
	for (size_t i = 0; i < m->zone_count; i++) {
		const struct zone *z = &m->zones[i];
		int64_t managed =
			known(z->managed_bytes) ? z->managed_bytes : z->present_bytes;
		bool seen = false;

		if (!known(managed) || !known(z->free_bytes))
			shown_known = false;
		if (!known(z->present_bytes))
			present_known = false;
		if (present_known)
			shown_present = quantity_add(shown_present, z->present_bytes);
		shown_managed = quantity_add(shown_managed, known_or(managed, 0));
		shown_free = quantity_add(shown_free, known_or(z->free_bytes, 0));
		for (size_t k = 0; k < node_count; k++)
			seen |= nodes[k] == z->node;
		if (!seen && node_count < 64)
			nodes[node_count++] = z->node;
	}
	/* 2.6.9 and 2.6.10 print no "pages of RAM"; all zones are there. */
	if (!known(q->present_bytes) && m->protections && shown_known && present_known)
		q->present_bytes = shown_present;
	/* On a machine whose zones are all printed their sum is the better number. */
	if (!known(q->managed_bytes) && shown_known)
		q->managed_bytes = shown_managed;
	/* Where no node and no zone can be left out, the sums must agree. */
	if (shown_known && present_known && known(q->present_bytes) &&
		shown_present > 0 && !may_hide(q) &&
		(q->present_bytes > quantity_add(shown_present,
					    shown_present / 50 + 16 * MIB) ||
			q->present_bytes < shown_present - shown_present / 50)) {
		q->ram_contradicts = true;
		q->present_bytes = shown_present;
		q->managed_bytes = shown_managed;
	}
	check_reserves(q);
	q->hidden_free_bytes = UNKNOWN;
	q->hidden_managed_bytes = UNKNOWN;
	if (shown_known) {
		q->hidden_free_bytes = quantity_sub(q->free_bytes, shown_free);
		if (known(q->managed_bytes))
			q->hidden_managed_bytes =
				quantity_sub(q->managed_bytes, shown_managed);
	}
	/* More than the drift of the counters: some zone or node is left out. */
	q->nodes_hidden = known(q->hidden_managed_bytes) &&
			  q->hidden_managed_bytes >
				  quantity_share(q->managed_bytes, 2, 100) + 16 * MIB;
	q->zones_hidden = kernel_at_least(&q->e->kernel, 6, 1);
	q->swap_total_bytes = m->swap_total_bytes.value;
	q->swap_free_bytes = m->swap_free_bytes.value;
	/* swapoff takes the area's size away first, then what is in it: until it is
	 * empty less than nothing is free. */
	if (known(q->swap_free_bytes) && q->swap_free_bytes < 0) {
		q->swap_leaving_bytes = -q->swap_free_bytes;
		q->swap_free_bytes = 0;
	}
	q->swap_known = known(q->swap_total_bytes);
	q->has_swap = q->swap_known && q->swap_total_bytes > 0;
}

bool hidden_free_is_much(const struct inquiry *q)
{
	int64_t least = quantity_share(
		known_or(q->hidden_managed_bytes, 0), HIDDEN_MIN_PERCENT, 100);

	if (!known(q->hidden_free_bytes))
		return false;
	return q->hidden_free_bytes >=
	       (least > HIDDEN_MIN_BYTES ? least : HIDDEN_MIN_BYTES);
}

void inquiry_begin(struct inquiry *q, const struct oom_event *e, struct explanation *x)
{
	*q = (struct inquiry){ .e = e, .arena = e->arena, .x = x };
	find_page_size(q);
	find_totals(q);
	find_constraint(q);
	q->memcg = x->constraint == CONSTRAINT_MEMCG;
	x->elsewhere = (struct elsewhere){ UNKNOWN, UNKNOWN, FROM_NOWHERE };
}

struct slice say(struct inquiry *q, const char *format, ...)
{
	char small[512];
	va_list args;
	int n;
	char *p;

	va_start(args, format);
	n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (n < 0)
		return SLICE("");
	if ((size_t)n < sizeof(small))
		return arena_copy(q->arena, (struct slice){ small, (size_t)n });
	p = arena_alloc(q->arena, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return (struct slice){ p, (size_t)n };
}

__attribute__((format(printf, 6, 0))) static void add_fact(struct inquiry *q,
	struct finding *f, enum side side, uint32_t line, struct slice text,
	const char *format, va_list args)
{
	struct fact *fact;
	char sentence[512];

	vsnprintf(sentence, sizeof(sentence), format, args);
	f->facts = arena_room(
		q->arena, f->facts, f->fact_count, &f->fact_room, sizeof(*f->facts));
	fact = &f->facts[f->fact_count++];
	*fact = (struct fact){ side, line, text,
		arena_copy(q->arena, slice_of(sentence)) };
}

void fact_for(struct inquiry *q, struct finding *f, uint32_t line, struct slice text,
	const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_fact(q, f, SPEAKS_FOR, line, text, format, args);
	va_end(args);
}

void fact_against(struct inquiry *q, struct finding *f, uint32_t line,
	struct slice text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_fact(q, f, SPEAKS_AGAINST, line, text, format, args);
	va_end(args);
}

void fact_missing(struct inquiry *q, struct finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_fact(q, f, NOT_IN_LOG, 0, SLICE(""), format, args);
	va_end(args);
}

/* Where does the value behind a token end? At a blank or a comma. */
static size_t value_end(struct slice s, size_t at)
{
	while (at < s.n && s.p[at] != ' ' && s.p[at] != ',' && s.p[at] != '\t')
		at++;
	return at;
}

static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Where a counter's name stands as a word of its own: "active_anon:" is not the tail
 * of "inactive_anon:", and 2.6.28 to 2.6.31 write "Active_anon:". */
static size_t find_word(struct slice text, const char *token)
{
	size_t n = strlen(token);

	for (size_t at = 0; at + n <= text.n; at++)
		if ((at == 0 || !in_word(text.p[at - 1]) || !in_word(token[0])) &&
			(text.p[at] == token[0] ||
				(at == 0 && (text.p[at] | 0x20) == token[0])) &&
			memcmp(text.p + at + 1, token + 1, n - 1) == 0)
			return at;
	return slice_find(text, token);
}

/* Lines can share a number (rsyslog's #012); take the one that has the token. */
static struct slice line_with(const struct inquiry *q, uint32_t line, const char *token)
{
	for (size_t i = 0; i < q->e->line_count; i++)
		if (q->e->lines[i].number == line &&
			find_word(q->e->lines[i].text, token) != SLICE_NONE)
			return q->e->lines[i].text;
	return SLICE("");
}

struct slice quote(struct inquiry *q, uint32_t line, const char *token, size_t lead)
{
	struct slice text = line_with(q, line, token), head, word, value;
	size_t at = find_word(text, token), end;

	if (at == SLICE_NONE)
		return quote_line(q, line, 40);
	end = value_end(text, at + strlen(token));
	value = (struct slice){ text.p + at, end - at };
	head = text;
	for (size_t i = 0; i < lead; i++)
		if (!slice_take_word(&head, &word))
			break;
	if (lead == 0 || head.p >= value.p)
		return value;
	word = (struct slice){ text.p, (size_t)(head.p - text.p) };
	if (head.p + 1 >= value.p)
		return (struct slice){ text.p, end };
	return say(q, "%.*s ... %.*s", SLICE_ARG(word), SLICE_ARG(value));
}

struct slice quote_through(
	struct inquiry *q, uint32_t line, const char *first, const char *last)
{
	struct slice text = line_with(q, line, first);
	size_t from = find_word(text, first), to = find_word(text, last);

	if (from == SLICE_NONE || to == SLICE_NONE || to < from)
		return quote(q, line, first, 0);
	to = value_end(text, to + strlen(last));
	return (struct slice){ text.p + from, to - from };
}

struct slice quote_line(struct inquiry *q, uint32_t line, size_t most)
{
	struct slice text = slice_trim(event_text(q->e, line));

	if (text.n <= most)
		return text;
	return say(q, "%.*s...", SLICE_ARG(slice_first(text, most - 3)));
}

void add_help(struct inquiry *q, const char *when, struct slice says,
	struct slice command, const char *caution)
{
	struct explanation *x = q->x;

	x->helps = arena_room(
		q->arena, x->helps, x->help_count, &x->help_room, sizeof(*x->helps));
	x->helps[x->help_count++] = (struct help){ when, says, command,
		caution ? slice_of(caution) : SLICE("") };
}

void add_also(struct inquiry *q, struct slice sentence)
{
	struct explanation *x = q->x;

	x->also = arena_room(
		q->arena, x->also, x->also_count, &x->also_room, sizeof(*x->also));
	x->also[x->also_count++] = sentence;
}

void add_not_in_log(struct inquiry *q, struct slice sentence)
{
	struct explanation *x = q->x;

	x->not_in_log = arena_room(q->arena, x->not_in_log, x->not_in_log_count,
		&x->not_in_log_room, sizeof(*x->not_in_log));
	x->not_in_log[x->not_in_log_count++] = sentence;
}

struct slice short_path(struct inquiry *q, struct slice path, size_t most)
{
	size_t half = (most - 3) / 2;

	if (path.n <= most)
		return path;
	return say(q, "%.*s...%.*s", SLICE_ARG(slice_first(path, half)),
		SLICE_ARG(slice_from(path, path.n - half)));
}

bool safe_in_command(struct slice name)
{
	if (name.n == 0 || name.p[0] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    (c >= '0' && c <= '9') || strchr(":_.@/-", c)) ||
			c == '\0')
			return false;
	}
	return true;
}

struct slice shown_name(struct inquiry *q, struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || strchr(",()\"'", name.p[i]))
			return say(q, "\"%.*s\"", SLICE_ARG(name));
	return name;
}

struct slice name_and_pid(struct inquiry *q, struct slice comm, int64_t pid)
{
	struct slice name =
		comm.n ? shown_name(q, comm) : SLICE("a process without a name");

	if (!known(pid))
		return name;
	return say(q, "%.*s (%lld)", SLICE_ARG(name), (long long)pid);
}
