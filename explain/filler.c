/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fills the space inside the wall. */
#include "explain/inquiry.h"
#include "explain/thresholds.h"

#include <string.h>

/* Inside a cpuset's or policy's nodes: from the lines of the nodes that are shown. */
static bool nodes_filler(struct inquiry *q, struct finding *f)
{
	const struct memory_state *m = &q->e->memory;
	int64_t anon = 0, shmem = 0, file = 0, locked = 0, best;
	const char *what = "anon";

	if (m->node_count == 0 || (q->x->constraint != CONSTRAINT_CPUSET &&
					  q->x->constraint != CONSTRAINT_MEMORY_POLICY))
		return false;
	for (size_t i = 0; i < m->node_count; i++) {
		const struct node *n = &m->nodes[i];

		anon = quantity_add(anon,
			quantity_add(n->active_anon_bytes, n->inactive_anon_bytes));
		shmem = quantity_add(shmem, known_or(n->shmem_bytes, 0));
		file = quantity_add(file,
			quantity_add(n->active_file_bytes, n->inactive_file_bytes));
		locked = quantity_add(locked, known_or(n->unevictable_bytes, 0));
	}
	if (!known(anon) || !known(file))
		return false;
	anon = quantity_sub(anon, shmem);
	best = anon;
	if (shmem > best) {
		best = shmem;
		what = "shmem";
	}
	if (file > best) {
		best = file;
		what = "cache";
	}
	if (locked > best) {
		best = locked;
		what = "unevictable";
	}
	/* The nodes' own lines leave out slab: only a clear majority counts. */
	if (best < quantity_share(q->usable_managed_bytes, 40, 100))
		return false;
	f->slug = what;
	f->confidence = LIKELY;
	f->says = say(q, "%s holds %s of the %s on the allowed nodes",
		filler_words(what), BYTES(best), BYTES(q->usable_managed_bytes));
	fact_for(q, f, m->nodes[0].line,
		quote(q, m->nodes[0].line,
			strcmp(what, "shmem") == 0 ? "shmem:" : "active_anon:", 2),
		"what the allowed nodes hold");
	return true;
}

/* A cgroup's block without statistics (2.6.30 to 3.8): the table has its tasks only,
 * so their sum tells when it is most of the usage. */
static bool tasks_filler(struct inquiry *q, struct finding *f)
{
	int64_t rss = quantity_mul(q->x->task_rss_pages, q->page);
	int64_t share = quantity_percent(rss, q->e->memcg.memory.usage_bytes);

	if (!q->memcg || q->e->memcg.stat_count > 0 || !known(share) ||
		share < MEMCG_TASKS_PERCENT)
		return false;
	f->slug = "anon";
	f->confidence = LIKELY;
	f->says = say(q, "its processes hold %s of %s", BYTES(rss),
		BYTES(q->e->memcg.memory.usage_bytes));
	return true;
}

/* The counter behind a class: the machine's, and the cgroup's. Lines may share a
 * number (a folded record), so the quote is found by the counter's own name. */
static struct slice filler_quote(struct inquiry *q, const struct class *c)
{
	static const struct {
		const char *filler, *machine, *memcg;
	} tokens[] = {
		{ "anon", "active_anon:", "anon " },
		{ "shmem", "shmem:", "shmem " },
		{ "cache", "active_file:", "file " },
		{ "unevictable", "unevictable:", "unevictable " },
		{ "slab", "slab_unreclaimable:", "slab_unreclaimable " },
		{ "slab-reclaimable", "slab_reclaimable:", "slab_reclaimable " },
		{ "page-tables", "pagetables:", "pagetables " },
		{ "kernel-stacks", "kernel_stack:", "kernel_stack " },
		{ "hugetlb", "hugepages_total=", "hugetlb " },
		{ "sock", "sock ", "sock " },
		{ "kernel-memory", "kernel ", "kernel " },
		{ "zswap", "zswap ", "zswap " },
		{ "zspages", "zspages:", "zspages " },
	};

	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++)
		if (strcmp(tokens[i].filler, c->filler) == 0)
			return quote(q, c->line,
				q->memcg ? tokens[i].memcg : tokens[i].machine, 0);
	return quote_line(q, c->line, 60);
}

void find_filler(struct inquiry *q)
{
	struct finding *f = &q->x->filler;
	const struct class *first = NULL, *second = NULL;
	const char *what;

	*f = (struct finding){ .slug = "unknown", .confidence = NOT_HELD };
	/* Of a request that no memory could serve, nothing is the filler. */
	if (strcmp(q->x->wall.slug, "request-too-large") == 0 ||
		q->e->area.kind != NO_AREA)
		return;
	if (nodes_filler(q, f))
		return;
	if (tasks_filler(q, f))
		return;
	for (size_t i = 0; i < q->class_count; i++) {
		const struct class *c = &q->classes[i];

		if (c->beyond_baseline <= 0)
			continue;
		if (!first)
			first = c;
		else if (!second)
			second = c;
	}
	if (!first) {
		f->says = SLICE("the log has no numbers that tell what fills it");
		return;
	}
	if (first->bytes < q->lost_bytes) {
		f->says = SLICE(
			"the log lacks counters that may hold more than those it has");
		return;
	}
	what = first->filler;
	f->slug = what;
	f->confidence = LIKELY;
	if (!second ||
		first->beyond_baseline / CLEARLY_LARGEST_NUM * CLEARLY_LARGEST_DEN >=
			second->beyond_baseline)
		f->confidence = CERTAIN;
	f->says = say(q, "%s holds %s of %s", filler_words(what), BYTES(first->bytes),
		BYTES(q->x->ledger.total_bytes));
	if (first->line)
		fact_for(
			q, f, first->line, filler_quote(q, first), "the largest class");
}
