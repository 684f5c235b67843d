/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The killer replayed: oom_badness() of mm/oom_kill.c over the task table.
 *
 *   2.6.36 to 3.5  per mille of the total; the table lacks terms: not replayed
 *   3.6 to 3.11    rss + page tables + swap + (adj - 30 for root) * total/1000
 *   to 4.16        the same, root's share 3 % of the points instead (3.14+, el7)
 *   4.17 to 5.8    rss + swap + page tables + adj * total/1000, at least 1
 *   5.9+           the same without a floor
 * The integer division of the total comes first, as in the kernel. */
#include "explain/inquiry.h"
#include "explain/order.h"
#include "explain/thresholds.h"

/* Counters of a process may lag by 64 pages a thread (to 6.1) or by a batch a CPU
 * (6.2 to 6.19): what ranks closer than this may change places. */
enum { DRIFT_PAGES = 3 * RACE_PAGES_PER_CPU * RACE_ASSUMED_CPUS };

static int64_t page_table_pages(const struct inquiry *q, const struct task *t)
{
	if (known(t->pagetable_bytes))
		return t->pagetable_bytes / q->page;
	return known_or(t->pagetable_pages, 0);
}

/* RAM (or limit) plus swap: what oom_score_adj is a share of. */
static int64_t total_pages(const struct inquiry *q, bool *exact)
{
	const struct oom_event *e = q->e;
	int64_t total = UNKNOWN;

	*exact = false;
	if (q->memcg) {
		const struct memcg *m = &e->memcg;

		if (!bounded(m->memory.limit_bytes))
			return UNKNOWN;
		total = m->memory.limit_bytes;
		/* Swap that the cgroup may use: v2's own limit, v1's difference;
		 * both bounded by the machine's swap, which is not printed. */
		if (bounded(m->swap.limit_bytes)) {
			total = quantity_add(total, m->swap.limit_bytes);
			*exact = m->swap.limit_bytes == 0;
		} else if (bounded(m->memsw.limit_bytes) &&
			   m->memsw.limit_bytes >= m->memory.limit_bytes) {
			total = m->memsw.limit_bytes;
			*exact = m->memsw.limit_bytes == m->memory.limit_bytes;
		}
		return total / q->page;
	}
	total = quantity_add(q->managed_bytes, known_or(q->swap_total_bytes, 0));
	if (!known(total))
		return UNKNOWN;
	*exact = q->x->constraint == CONSTRAINT_NONE && !q->nodes_hidden;
	return total / q->page;
}

/* Which of the formulas applies, by release or, without one, by the table. */
enum formula { NO_FORMULA, ROOT_ADJ, ROOT_SHARE, FLOOR_ONE, NO_FLOOR };

static enum formula formula_of(const struct oom_event *e)
{
	const struct task_table *t = &e->tasks;

	if (!t->has_swapents || !t->has_oom_score_adj)
		return NO_FORMULA;
	if (e->kernel.el && kernel_at_least(&e->kernel, 3, 10) &&
		kernel_before(&e->kernel, 3, 11))
		return ROOT_SHARE;
	if (kernel_at_least(&e->kernel, 5, 9))
		return NO_FLOOR;
	if (kernel_at_least(&e->kernel, 4, 17))
		return FLOOR_ONE;
	if (kernel_at_least(&e->kernel, 3, 12))
		return ROOT_SHARE;
	if (known(e->kernel.major))
		return ROOT_ADJ;
	if (t->rows && known(t->rows[0].pagetable_bytes))
		return t->has_rss_split ? NO_FLOOR : FLOOR_ONE;
	return ROOT_SHARE;
}

static int64_t badness(const struct inquiry *q, enum formula formula,
	const struct task *t, int64_t total, bool with_adj)
{
	int64_t points = quantity_add(known_or(t->rss_pages, 0),
		quantity_add(known_or(t->swapents_pages, 0), page_table_pages(q, t)));
	int64_t adj = with_adj ? known_or(t->oom_score_adj, 0) : 0;

	if (formula == ROOT_SHARE && t->uid == 0)
		points = quantity_sub(points, quantity_share(points, 3, 100));
	if (formula == ROOT_ADJ && t->uid == 0)
		adj = quantity_sub(adj, 30);
	/* The share of a total that the log does not have is not known. */
	if (adj != 0 && !known(total))
		return UNKNOWN;
	points = quantity_add(points, quantity_mul(adj, known_or(total, 0) / 1000));
	if (formula != NO_FLOOR && points < 1)
		points = 1;
	return points;
}

/* The candidates, the best first: eligible, of the largest badness, and of equals the
 * lower row, which wins since 5.3. */
static void rank(struct inquiry *q, const struct ranked *rows, size_t count)
{
	struct selection *s = &q->x->selection;
	struct sort_key *keys = arena_alloc_raw(q->arena, 2 * count * sizeof(*keys));

	for (size_t i = 0; i < count; i++) {
		size_t row = count - 1 - i;

		keys[i] = (struct sort_key){ !rows[row].eligible,
			largest_first(rows[row].badness), (uint32_t)row };
	}
	sort_keys(keys, keys + count, count);
	s->ranking = arena_alloc_raw(q->arena, count * sizeof(*s->ranking));
	for (size_t i = 0; i < count; i++)
		s->ranking[i] = rows[keys[i].row];
	s->count = count;
}

static bool is_victim(const struct oom_event *e, const struct task *t)
{
	for (size_t i = 0; i < e->victim_count; i++)
		if (e->victims[i].pid == t->pid || e->victims[i].pid == t->tgid)
			return true;
	return false;
}

/* Whom the kernel chose: by the summary or the "Kill process" line, else whom it
 * killed. */
static int64_t chosen_pid(const struct oom_event *e)
{
	if (known(e->chosen.pid))
		return e->chosen.pid;
	return e->victim_count ? e->victims[0].pid : UNKNOWN;
}

static void find_unadjusted(struct inquiry *q, enum formula formula)
{
	struct selection *s = &q->x->selection;
	int64_t best = INT64_MIN;

	for (size_t i = 0; i < s->count; i++) {
		int64_t points =
			badness(q, formula, s->ranking[i].task, s->total_pages, false);

		if (points > best) {
			best = points;
			s->first_unadjusted = &s->ranking[i];
		}
	}
}

void replay_killer(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const struct task_table *t = &e->tasks;
	struct selection *s = &q->x->selection;
	enum formula formula = formula_of(e);
	int64_t pid = chosen_pid(e);
	bool adjusted = false;
	struct ranked *rows;

	s->unit = "pages";
	s->victim_rank = SIZE_MAX;
	s->total_pages = total_pages(q, &s->total_exact);
	if (t->count == 0) {
		s->why_not = "the log has no task table";
		return;
	}
	rows = arena_alloc_raw(q->arena, t->count * sizeof(*rows));
	for (size_t i = 0; i < t->count; i++) {
		struct ranked *r = &rows[i];

		*r = (struct ranked){ .task = &t->rows[i], .eligible = true };
		adjusted |= known_or(t->rows[i].oom_score_adj, 0) != 0;
		r->badness = badness(q, formula == NO_FORMULA ? NO_FLOOR : formula,
			&t->rows[i], s->total_pages, formula != NO_FORMULA);
		if (t->rows[i].oom_score_adj == -1000) {
			r->eligible = false;
			r->why_not = "oom_score_adj is -1000";
		} else if (known(t->rows[i].oom_adj) && t->rows[i].oom_adj == -17) {
			r->eligible = false;
			r->why_not = "oom_adj is -17";
		}
	}
	rank(q, rows, t->count);
	for (size_t i = 0; i < s->count; i++) {
		const struct task *task = s->ranking[i].task;

		if (known(pid) && (task->pid == pid || task->tgid == pid))
			s->victim_rank = i;
		if (!s->next && s->ranking[i].eligible && !is_victim(e, task))
			s->next = &s->ranking[i];
	}
	find_unadjusted(q, formula == NO_FORMULA ? NO_FLOOR : formula);
	if (formula == NO_FORMULA) {
		s->why_not =
			"this kernel's table lacks swapped pages or page tables, so its "
			"choice cannot be computed again";
		return;
	}
	if (adjusted && !known(s->total_pages)) {
		s->next = NULL;
		s->why_not =
			"the total that oom_score_adj is a share of is not in the log";
		return;
	}
	s->replayed = true;
	if (s->victim_rank == SIZE_MAX)
		return;
	s->matches = s->victim_rank == 0;
	s->within_drift = s->ranking[0].badness - s->ranking[s->victim_rank].badness <=
			  DRIFT_PAGES;
}

int64_t kill_frees(const struct inquiry *q, const struct task *t)
{
	int64_t pages = known(t->rss_anon_pages) ? t->rss_anon_pages : t->rss_pages;

	return quantity_mul(quantity_add(pages, page_table_pages(q, t)), q->page);
}

bool counters_may_swap(const struct ranked *a, const struct ranked *b)
{
	int64_t apart = quantity_sub(a->badness, b->badness);

	return apart <= DRIFT_PAGES && apart >= -DRIFT_PAGES;
}

/* Does the question mean this task? */
bool what_if_means(const struct what_if *question, const struct task *task)
{
	struct slice digits = question->name;
	int64_t pid;

	if (slice_eq(question->name, task->comm))
		return true;
	return slice_take_int(&digits, &pid) && digits.n == 0 &&
	       (pid == task->pid || pid == task->tgid);
}

void answer_what_ifs(struct inquiry *q, const struct what_if *questions, size_t count)
{
	const struct task_table *t = &q->e->tasks;
	struct selection *s = &q->x->selection;
	enum formula formula = formula_of(q->e);
	const struct task *best = NULL;
	int64_t most = INT64_MIN;

	q->x->what_ifs =
		arena_alloc(q->arena, (count ? count : 1) * sizeof(*q->x->what_ifs));
	q->x->what_if_count = count;
	for (size_t k = 0; k < count; k++)
		q->x->what_ifs[k] = (struct what_if_answer){ .question = questions[k],
			.frees_bytes = UNKNOWN };
	for (size_t i = 0; i < t->count; i++) {
		struct task other = t->rows[i];
		int64_t points;

		for (size_t k = 0; k < count; k++) {
			if (!what_if_means(&questions[k], &t->rows[i]))
				continue;
			other.oom_score_adj = questions[k].oom_score_adj;
			q->x->what_ifs[k].found = true;
		}
		if (other.oom_score_adj == -1000 || formula == NO_FORMULA)
			continue;
		points = badness(q, formula, &other, s->total_pages, true);
		if (points >= most) {
			most = points;
			best = &t->rows[i];
		}
	}
	for (size_t k = 0; k < count; k++) {
		struct what_if_answer *answer = &q->x->what_ifs[k];

		answer->victim = best;
		if (best)
			answer->frees_bytes = kill_frees(q, best);
	}
}
