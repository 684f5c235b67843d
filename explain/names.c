/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes of one name added up: a hundred small ones are one large one. */
#include "explain/inquiry.h"

#include <stdlib.h>
#include <string.h>

static int compare(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order != 0)
		return order;
	return a.n < b.n ? -1 : a.n > b.n;
}

static int by_name(const void *a, const void *b)
{
	const struct name_sum *x = a, *y = b;

	return compare(x->comm, y->comm);
}

static int by_rss(const void *a, const void *b)
{
	const struct name_sum *x = a, *y = b;
	int64_t p = quantity_add(x->rss_pages, x->swap_pages);
	int64_t r = quantity_add(y->rss_pages, y->swap_pages);

	if (p != r)
		return p < r ? 1 : -1;
	return compare(x->comm, y->comm);
}

void sum_names(struct inquiry *q)
{
	const struct task_table *t = &q->e->tasks;
	struct name_sum *sums;
	size_t count = 0;

	q->x->task_rss_pages = t->count ? 0 : UNKNOWN;
	if (t->count == 0)
		return;
	sums = arena_alloc(q->arena, t->count * sizeof(*sums));
	for (size_t i = 0; i < t->count; i++) {
		const struct task *task = &t->rows[i];

		sums[i] = (struct name_sum){ task->comm, 1,
			known_or(task->rss_pages, 0), known_or(task->swapents_pages, 0),
			known(task->pagetable_bytes)
				? task->pagetable_bytes
				: quantity_mul(known_or(task->pagetable_pages, 0),
					  q->page) };
		q->x->task_rss_pages = quantity_add(
			q->x->task_rss_pages, known_or(task->rss_pages, 0));
	}
	qsort(sums, t->count, sizeof(*sums), by_name);
	for (size_t i = 0; i < t->count; i++) {
		if (count > 0 && compare(sums[count - 1].comm, sums[i].comm) == 0) {
			struct name_sum *s = &sums[count - 1];

			s->count++;
			s->rss_pages = quantity_add(s->rss_pages, sums[i].rss_pages);
			s->swap_pages = quantity_add(s->swap_pages, sums[i].swap_pages);
			s->pagetable_bytes = quantity_add(
				s->pagetable_bytes, sums[i].pagetable_bytes);
		} else {
			sums[count++] = sums[i];
		}
	}
	qsort(sums, count, sizeof(*sums), by_rss);
	q->x->names = sums;
	q->x->name_count = count;
}
