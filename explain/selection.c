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

#include <string.h>

/* Counters of a process may lag by 64 pages a thread (to 6.1) or by a batch a CPU
 * (6.2 to 6.19): what ranks closer than this may change places. */
enum { DRIFT_PAGES = 3 * RACE_PAGES_PER_CPU * RACE_ASSUMED_CPUS };

/* Bytes into pages. A page is a power of two, and dividing by what the compiler does not
 * know is slow. */
static int64_t pages_of(const struct inquiry *q, int64_t bytes)
{
	if (bytes >= 0 && (q->page & (q->page - 1)) == 0)
		return bytes >> __builtin_ctzll((uint64_t)q->page);
	return bytes / q->page;
}

static int64_t page_table_pages(const struct inquiry *q, const struct task *t)
{
	if (known(t->pagetable_bytes))
		return pages_of(q, t->pagetable_bytes);
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

/* How a table's tasks are weighed. */
struct rule {
	enum formula formula;
	int64_t total; /* pages */
	int64_t share; /* a thousandth of them */
};

static struct rule rule_of(enum formula formula, int64_t total)
{
	return (struct rule){ formula, total, known_or(total, 0) / 1000 };
}

/* What a task holds, in pages: its points before any adjustment. */
static int64_t points_held(
	const struct inquiry *q, const struct rule *rule, const struct task *t)
{
	int64_t points = quantity_add(known_or(t->rss_pages, 0),
		quantity_add(known_or(t->swapents_pages, 0), page_table_pages(q, t)));

	if (rule->formula == ROOT_SHARE && t->uid == 0)
		points = quantity_sub(points, quantity_share(points, 3, 100));
	return points;
}

/* The points of what it holds with this oom_score_adj. */
static int64_t badness(
	const struct rule *rule, const struct task *t, int64_t held, int64_t adj)
{
	int64_t points;

	if (rule->formula == ROOT_ADJ && t->uid == 0)
		adj = quantity_sub(adj, 30);
	/* The share of a total that the log does not have is not known. */
	if (adj != 0 && !known(rule->total))
		return UNKNOWN;
	points = quantity_add(held, quantity_mul(adj, rule->share));
	if (rule->formula != NO_FLOOR && points < 1)
		points = 1;
	return points;
}

/* Of two candidates of one table, which stands first: the eligible one, that of the
 * larger badness, and of equals the lower row, which wins since 5.3. */
static bool ranks_before(const struct ranked *a, const struct ranked *b)
{
	if (a->eligible != b->eligible)
		return a->eligible;
	if (a->badness != b->badness)
		return a->badness > b->badness;
	return a > b;
}

const struct ranked *whole_ranking(const struct selection *s, struct arena *arena)
{
	struct sort_key *keys;
	struct ranked *ranking;

	if (s->ranked == s->count)
		return s->ranking;
	keys = arena_alloc_raw(arena, 2 * s->count * sizeof(*keys));
	for (size_t i = 0; i < s->count; i++) {
		size_t row = s->count - 1 - i;

		keys[i] = (struct sort_key){ !s->candidates[row].eligible,
			largest_first(s->candidates[row].badness), (uint32_t)row };
	}
	sort_keys(keys, keys + s->count, s->count);
	ranking = arena_alloc_raw(arena, s->count * sizeof(*ranking));
	for (size_t i = 0; i < s->count; i++)
		ranking[i] = s->candidates[keys[i].row];
	return ranking;
}

/* The first few of the ranking, which are all that most readers ask for. */
static void rank_first(struct inquiry *q)
{
	struct selection *s = &q->x->selection;
	const struct ranked *best[RANKED_FIRST];
	struct ranked *ranking;
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct ranked *r = &s->candidates[i];
		size_t at;

		if (n == RANKED_FIRST && !ranks_before(r, best[n - 1]))
			continue;
		at = n < RANKED_FIRST ? n++ : n - 1;
		for (; at > 0 && ranks_before(r, best[at - 1]); at--)
			best[at] = best[at - 1];
		best[at] = r;
	}
	ranking = arena_alloc_raw(q->arena, n * sizeof(*ranking));
	for (size_t i = 0; i < n; i++)
		ranking[i] = *best[i];
	s->ranking = ranking;
	s->ranked = n;
}

static bool is_victim(const struct oom_event *e, const struct task *t)
{
	for (size_t i = 0; i < e->victim_count; i++)
		if (e->victims[i].pid == t->pid || e->victims[i].pid == t->tgid)
			return true;
	return false;
}

static bool has_row(const struct oom_event *e, int64_t pid)
{
	for (size_t i = 0; i < e->tasks.count; i++)
		if (e->tasks.rows[i].pid == pid || e->tasks.rows[i].tgid == pid)
			return true;
	return false;
}

/* Up to 5.2 a cgroup's tasks are walked thread by thread: "Kill process" then names the
 * thread that was weighed, and the table, which has a row a process, only the process. */
bool chose_thread(const struct oom_event *e)
{
	return known(e->chosen.pid) && e->victim_count > 0 &&
	       e->victims[0].pid != e->chosen.pid && !has_row(e, e->chosen.pid) &&
	       has_row(e, e->victims[0].pid);
}

/* Whose row is the victim's. Where threads are walked, the kill line too may name one:
 * then it is the one row with as large an address space. */
static int64_t victim_pid(const struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const struct victim *v = e->victims;
	const struct task *process = NULL;

	if (e->victim_count == 0)
		return UNKNOWN;
	if (!known(v->total_vm_bytes) || has_row(e, v->pid))
		return v->pid;
	for (size_t i = 0; i < e->tasks.count; i++) {
		const struct task *t = &e->tasks.rows[i];

		if (quantity_mul(t->total_vm_pages, q->page) != v->total_vm_bytes)
			continue;
		if (process)
			return v->pid;
		process = t;
	}
	return process ? process->pid : v->pid;
}

/* Whom the kernel chose: by the summary or the "Kill process" line, else whom it
 * killed. */
static int64_t chosen_pid(const struct inquiry *q)
{
	const struct oom_event *e = q->e;

	if (known(e->chosen.pid) && !chose_thread(e) &&
		!(e->victim_count > 0 && e->victims[0].pid == e->chosen.pid))
		return e->chosen.pid;
	return victim_pid(q);
}

/* The first of the ranking that is left when a kill takes its victims. */
static void find_next(struct inquiry *q)
{
	struct selection *s = &q->x->selection;
	int64_t pid = victim_pid(q);

	for (size_t i = 0; i < s->count; i++) {
		const struct ranked *r = &s->candidates[i];

		if (r->eligible && (!s->next || ranks_before(r, s->next)) &&
			!is_victim(q->e, r->task) && r->task->pid != pid)
			s->next = r;
	}
}

/* The kernel's choice and its place in the ranking. A thread group has one row, so that
 * two of this number are a damaged table: then the later place. */
static void find_chosen(struct inquiry *q)
{
	struct selection *s = &q->x->selection;
	int64_t pid = chosen_pid(q);

	if (!known(pid))
		return;
	for (size_t i = 0; i < s->count; i++) {
		const struct ranked *r = &s->candidates[i];

		if ((r->task->pid == pid || r->task->tgid == pid) &&
			(!s->chosen || ranks_before(s->chosen, r)))
			s->chosen = r;
	}
	if (!s->chosen)
		return;
	s->victim_rank = 0;
	for (size_t i = 0; i < s->count; i++)
		s->victim_rank += ranks_before(&s->candidates[i], s->chosen);
}

/* Who would be first if the chosen one had no oom_score_adj, and all others theirs. */
static void find_instead(struct inquiry *q, const struct rule *rule)
{
	struct selection *s = &q->x->selection;
	struct ranked plain = *s->chosen;
	const struct ranked *first = NULL;

	plain.badness = badness(rule, plain.task, points_held(q, rule, plain.task), 0);
	for (size_t i = 0; i < s->count; i++) {
		const struct ranked *r = &s->candidates[i];

		if (r != s->chosen && r->eligible && (!first || ranks_before(r, first)))
			first = r;
	}
	if (first && first->badness > quantity_add(plain.badness,
					      RACE_PAGES_PER_CPU * RACE_ASSUMED_CPUS))
		s->first_instead = first;
}

static enum formula weighing(enum formula formula)
{
	return formula == NO_FORMULA ? NO_FLOOR : formula;
}

/* Weigh every task; `*adjusted` says whether any has an oom_score_adj. */
static void weigh_tasks(struct inquiry *q, enum formula formula, bool *adjusted)
{
	const struct task_table *t = &q->e->tasks;
	struct selection *s = &q->x->selection;
	const struct rule rule = rule_of(weighing(formula), s->total_pages);
	int64_t most = INT64_MIN;

	s->candidates = arena_alloc_raw(q->arena, t->count * sizeof(*s->candidates));
	s->count = t->count;
	for (size_t i = 0; i < t->count; i++) {
		const struct task *task = &t->rows[i];
		struct ranked *r = &s->candidates[i];
		int64_t held = points_held(q, &rule, task);
		int64_t adj = known_or(task->oom_score_adj, 0);
		int64_t plain = badness(&rule, task, held, 0);

		*adjusted |= adj != 0;
		*r = (struct ranked){ .task = task,
			.eligible = true,
			.badness = formula == NO_FORMULA || adj == 0
					   ? plain
					   : badness(&rule, task, held, adj) };
		if (task->oom_score_adj == -1000) {
			r->eligible = false;
			r->why_not = "oom_score_adj is -1000";
		} else if (task->oom_adj == -17) {
			r->eligible = false;
			r->why_not = "oom_adj is -17";
		}
		if (plain > most || (plain == most && s->first_unadjusted &&
					    ranks_before(r, s->first_unadjusted))) {
			most = plain;
			s->first_unadjusted = r;
		}
	}
}

void replay_killer(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	struct selection *s = &q->x->selection;
	enum formula formula = formula_of(e);
	bool adjusted = false;
	int64_t apart;

	s->unit = "pages";
	s->victim_rank = SIZE_MAX;
	s->total_pages = total_pages(q, &s->total_exact);
	if (e->tasks.count == 0) {
		s->why_not = "the log has no task table";
		return;
	}
	weigh_tasks(q, formula, &adjusted);
	rank_first(q);
	find_next(q);
	find_chosen(q);
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
	if (!s->chosen)
		return;
	s->matches = s->victim_rank == 0;
	if (known_or(s->chosen->task->oom_score_adj, 0) > 0) {
		const struct rule rule = rule_of(formula, s->total_pages);

		find_instead(q, &rule);
	}
	apart = quantity_sub(s->ranking[0].badness, s->chosen->badness);
	s->within_drift = known(apart) && apart <= DRIFT_PAGES;
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
	enum formula formula = formula_of(q->e);
	const struct rule rule = rule_of(formula, q->x->selection.total_pages);
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
		points = badness(&rule, &other, points_held(q, &rule, &other),
			known_or(other.oom_score_adj, 0));
		if (points >= most) {
			most = points;
			best = &t->rows[i];
		}
	}
	/* The mark of an origin (swapoff's) comes before any oom_score_adj, -1000 too. */
	if (q->x->victim.slug && strcmp(q->x->victim.slug, "origin") == 0 &&
		q->x->selection.chosen)
		best = q->x->selection.chosen->task;
	for (size_t k = 0; k < count; k++) {
		struct what_if_answer *answer = &q->x->what_ifs[k];

		answer->victim = best;
		if (best)
			answer->frees_bytes = kill_frees(q, best);
	}
}
