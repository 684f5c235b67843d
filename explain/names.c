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

static void add_to_sum(struct name_sum *sum, const struct name_sum *more)
{
	sum->count += more->count;
	sum->rss_pages = quantity_add(sum->rss_pages, more->rss_pages);
	sum->anon_pages = quantity_add(sum->anon_pages, more->anon_pages);
	if (sum->largest_pages < more->largest_pages)
		sum->largest_pages = more->largest_pages;
	sum->swap_pages = quantity_add(sum->swap_pages, more->swap_pages);
	sum->pagetable_bytes =
		quantity_add(sum->pagetable_bytes, more->pagetable_bytes);
}

static struct name_sum sum_of(const struct inquiry *q, const struct task *task)
{
	int64_t rss = known_or(task->rss_pages, 0);
	int64_t anon = known_or(task->rss_anon_pages, rss);

	return (struct name_sum){ task->comm, 1, rss, known_or(task->swapents_pages, 0),
		known(task->pagetable_bytes)
			? task->pagetable_bytes
			: quantity_mul(known_or(task->pagetable_pages, 0), q->page),
		anon, anon };
}

/* Sums of tasks, a few of one name at most: the places of the last sums are found by
 * their names' bits, and where two names have one place the later begins anew. There is
 * no worst case in it, whatever the names are: what is left to sort is more, that is
 * all. */
enum { PLACES = 256 };

static size_t sums_so_far(
	struct inquiry *q, struct sort_key *keys, struct name_sum *sums)
{
	const struct task_table *t = &q->e->tasks;
	uint32_t at[PLACES];
	size_t count = 0;

	memset(at, 0xff, sizeof(at));
	for (size_t i = 0; i < t->count; i++) {
		const struct name_sum one = sum_of(q, &t->rows[i]);
		struct sort_key key;
		uint32_t *place;

		q->x->task_rss_pages =
			quantity_add(q->x->task_rss_pages, one.rss_pages);
		name_key(&key, one.comm);
		place = &at[((key.first ^ key.second) * UINT64_C(0x9e3779b97f4a7c15) >>
				    32) %
			    PLACES];
		/* Longer names may differ behind the key. */
		if (*place < count && one.comm.n <= KEY_BYTES &&
			keys[*place].first == key.first &&
			keys[*place].second == key.second) {
			add_to_sum(&sums[*place], &one);
			continue;
		}
		*place = key.row = (uint32_t)count;
		keys[count] = key;
		sums[count++] = one;
	}
	return count;
}

/* The sums in the order of their names. */
static void in_order_of_names(const struct sort_key *keys, size_t count,
	const struct name_sum *from, struct name_sum *sums)
{
	size_t run = 0;

	for (size_t i = 0; i < count; i++) {
		sums[i] = from[keys[i].row];
		if (keys[i].first != keys[run].first ||
			keys[i].second != keys[run].second)
			run = i;
		/* Names that differ behind the key. */
		if (sums[i].comm.n > KEY_BYTES &&
			(i + 1 == count || keys[i + 1].first != keys[run].first ||
				keys[i + 1].second != keys[run].second) &&
			i > run)
			qsort(sums + run, i + 1 - run, sizeof(*sums), by_name);
	}
}

/* One sum a name, of sums in the order of names; returns how many. */
static size_t merge_equal(struct name_sum *sums, size_t count)
{
	size_t merged = 0;

	for (size_t i = 0; i < count; i++) {
		if (merged > 0 && slice_eq(sums[merged - 1].comm, sums[i].comm))
			add_to_sum(&sums[merged - 1], &sums[i]);
		else
			sums[merged++] = sums[i];
	}
	return merged;
}

void sum_names(struct inquiry *q)
{
	const struct task_table *t = &q->e->tasks;
	struct sort_key *keys, *room;
	struct name_sum *tasks, *sums;
	size_t count;

	q->x->task_rss_pages = t->count ? 0 : UNKNOWN;
	if (t->count == 0)
		return;
	keys = arena_alloc_raw(q->arena, t->count * sizeof(*keys));
	room = arena_alloc_raw(q->arena, t->count * sizeof(*room));
	tasks = arena_alloc_raw(q->arena, t->count * sizeof(*tasks));
	sums = arena_alloc_raw(q->arena, t->count * sizeof(*sums));
	count = sums_so_far(q, keys, tasks);
	sort_keys(keys, room, count);
	in_order_of_names(keys, count, tasks, sums);
	count = merge_equal(sums, count);
	/* The largest first; of equals, by name, which is their order now. */
	for (size_t i = 0; i < count; i++)
		keys[i] =
			(struct sort_key){ largest_first(quantity_add(sums[i].rss_pages,
						   sums[i].swap_pages)),
				0, (uint32_t)i };
	sort_keys(keys, room, count);
	for (size_t i = 0; i < count; i++)
		tasks[i] = sums[keys[i].row];
	q->x->names = tasks;
	q->x->name_count = count;
}
