/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes of one name added up: a hundred small ones are one large one. */
#include "explain/inquiry.h"
#include "explain/order.h"

#include <endian.h>
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

/* The first 15 bytes, which is all that a kernel's comm has, and the length: equal
 * keys are equal names, but for longer ones. */
enum { KEY_BYTES = 15 };

static void name_key(struct sort_key *key, struct slice comm)
{
	size_t n = comm.n < KEY_BYTES ? comm.n : KEY_BYTES;
	char bytes[16] = { 0 };
	uint64_t parts[2];

	if (n > 0)
		memcpy(bytes, comm.p, n);
	bytes[KEY_BYTES] = (char)(comm.n > n ? KEY_BYTES + 1 : n);
	memcpy(parts, bytes, sizeof(parts));
	key->first = be64toh(parts[0]);
	key->second = be64toh(parts[1]);
}

/* The tasks, each as a sum of its own, in the order of their names. */
static void in_order_of_names(const struct inquiry *q, struct sort_key *keys,
	struct sort_key *room, struct name_sum *sums)
{
	const struct task_table *t = &q->e->tasks;
	size_t run = 0;

	for (size_t i = 0; i < t->count; i++) {
		keys[i].row = (uint32_t)i;
		name_key(&keys[i], t->rows[i].comm);
	}
	sort_keys(keys, room, t->count);
	for (size_t i = 0; i < t->count; i++) {
		const struct task *task = &t->rows[keys[i].row];

		sums[i] = (struct name_sum){ task->comm, 1,
			known_or(task->rss_pages, 0), known_or(task->swapents_pages, 0),
			known(task->pagetable_bytes)
				? task->pagetable_bytes
				: quantity_mul(known_or(task->pagetable_pages, 0),
					  q->page) };
		if (keys[i].first != keys[run].first ||
			keys[i].second != keys[run].second)
			run = i;
		/* Names that differ behind the key. */
		if (sums[i].comm.n > KEY_BYTES &&
			(i + 1 == t->count || keys[i + 1].first != keys[run].first ||
				keys[i + 1].second != keys[run].second) &&
			i > run)
			qsort(sums + run, i + 1 - run, sizeof(*sums), by_name);
	}
}

void sum_names(struct inquiry *q)
{
	const struct task_table *t = &q->e->tasks;
	struct sort_key *keys, *room;
	struct name_sum *tasks, *sums;
	size_t count = 0;

	q->x->task_rss_pages = t->count ? 0 : UNKNOWN;
	if (t->count == 0)
		return;
	keys = arena_alloc_raw(q->arena, t->count * sizeof(*keys));
	room = arena_alloc_raw(q->arena, t->count * sizeof(*room));
	tasks = arena_alloc_raw(q->arena, t->count * sizeof(*tasks));
	in_order_of_names(q, keys, room, tasks);
	for (size_t i = 0; i < t->count; i++) {
		q->x->task_rss_pages =
			quantity_add(q->x->task_rss_pages, tasks[i].rss_pages);
		if (count > 0 && slice_eq(tasks[count - 1].comm, tasks[i].comm)) {
			struct name_sum *s = &tasks[count - 1];

			s->count++;
			s->rss_pages = quantity_add(s->rss_pages, tasks[i].rss_pages);
			s->swap_pages =
				quantity_add(s->swap_pages, tasks[i].swap_pages);
			s->pagetable_bytes = quantity_add(
				s->pagetable_bytes, tasks[i].pagetable_bytes);
		} else {
			tasks[count++] = tasks[i];
		}
	}
	/* The largest first; of equals, by name, which is their order now. */
	for (size_t i = 0; i < count; i++)
		keys[i] = (struct sort_key){
			largest_first(
				quantity_add(tasks[i].rss_pages, tasks[i].swap_pages)),
			0, (uint32_t)i
		};
	sort_keys(keys, room, count);
	sums = arena_alloc_raw(q->arena, count * sizeof(*sums));
	for (size_t i = 0; i < count; i++)
		sums[i] = tasks[keys[i].row];
	q->x->names = sums;
	q->x->name_count = count;
}
