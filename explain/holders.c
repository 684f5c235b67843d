/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose the anonymous memory is, where the rows of the task table do not sum to it: pages
 * that processes share stand in each one's row, and some processes have no row. */
#include "explain/inquiry.h"
#include "explain/thresholds.h"

/* What the counters say of anonymous memory, in bytes; UNKNOWN. */
static int64_t counted(const struct inquiry *q)
{
	return q->lists_mixed ? UNKNOWN : class_bytes(q, "anon");
}

/* Pages of files and shared memory stand in rows that do not tell them apart: no process
 * has more of them than are mapped at all. */
static int64_t not_its_own(const struct inquiry *q)
{
	if (q->e->tasks.has_rss_split)
		return 0;
	if (q->memcg)
		return quantity_add(
			known_or(q->file_bytes, 0), known_or(q->shmem_bytes, 0));
	return known_or(quantity_mul(q->e->memory.counters.mapped.value, q->page), 0);
}

/* What processes of that name have for certain: what their largest has, or all of theirs
 * less all that is counted more than once. */
static int64_t at_least(
	const struct inquiry *q, const struct name_sum *s, int64_t excess)
{
	int64_t one =
		quantity_sub(quantity_mul(s->largest_pages, q->page), not_its_own(q));
	int64_t all = quantity_sub(quantity_mul(s->anon_pages, q->page), excess);
	int64_t most = one > all ? one : all;

	if (most > q->holders.all_bytes)
		return q->holders.all_bytes;
	return most > 0 ? most : 0;
}

bool init_asked(const struct inquiry *q)
{
	return q->e->request.pid == 1;
}

/* Rows may lag behind the counters by so much each. */
static int64_t lag(const struct inquiry *q)
{
	return quantity_mul(
		q->page, quantity_mul(RACE_PAGES_PER_CPU * RACE_ASSUMED_CPUS,
				 (int64_t)q->e->tasks.count));
}

void find_holders(struct inquiry *q)
{
	struct holders *h = &q->holders;
	int64_t excess;

	*h = (struct holders){ .all_bytes = counted(q), .listed_bytes = 0 };
	if (q->x->name_count == 0 || !known(h->all_bytes) || h->all_bytes <= 0)
		return;
	for (size_t i = 0; i < q->x->name_count; i++)
		h->listed_bytes = quantity_add(h->listed_bytes,
			quantity_mul(q->x->names[i].anon_pages, q->page));
	excess = quantity_sub(h->listed_bytes, h->all_bytes);
	if (!known(excess))
		return;
	if (h->listed_bytes < h->all_bytes / 2 && -excess > lag(q) &&
		q->x->constraint != CONSTRAINT_CPUSET &&
		q->x->constraint != CONSTRAINT_MEMORY_POLICY && !q->e->cut_at_end) {
		h->how = UNLISTED;
		return;
	}
	if (excess < quantity_share(h->all_bytes, SHARED_PERCENT, 100))
		return;
	h->how = SHARED;
	for (size_t i = 0; i < q->x->name_count; i++) {
		int64_t bytes = at_least(q, &q->x->names[i], excess);

		if (!h->top || bytes > h->top_bytes) {
			h->top = &q->x->names[i];
			h->top_bytes = bytes;
		}
	}
}
