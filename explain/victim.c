/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was killed, and why that one. */
#include "explain/inquiry.h"
#include "explain/thresholds.h"

#include <string.h>

static void found(
	struct inquiry *q, const char *slug, enum confidence sure, struct slice says)
{
	q->x->victim.slug = slug;
	q->x->victim.confidence = sure;
	q->x->victim.says = says;
}

/* All that a task holds: resident, swapped, page tables. */
static int64_t held_by(const struct inquiry *q, const struct task *t)
{
	int64_t tables =
		known(t->pagetable_bytes)
			? t->pagetable_bytes
			: quantity_mul(known_or(t->pagetable_pages, 0), q->page);

	return quantity_add(
		tables, quantity_mul(quantity_add(known_or(t->rss_pages, 0),
					     known_or(t->swapents_pages, 0)),
				q->page));
}

static struct slice next_words(struct inquiry *q)
{
	const struct ranked *next = q->x->selection.next;

	if (!next)
		return SLICE("");
	return say(q, "; next: %.*s, %s",
		SLICE_ARG(name_and_pid(q, next->task->comm, next->task->pid)),
		BYTES(quantity_mul(next->task->rss_pages, q->page)));
}

static const struct name_sum *sum_named(const struct inquiry *q, struct slice comm)
{
	for (size_t i = 0; i < q->x->name_count; i++)
		if (slice_eq(q->x->names[i].comm, comm))
			return &q->x->names[i];
	return NULL;
}

static bool is_filled_with(
	const struct inquiry *q, const char *const fillers[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(q->x->filler.slug, fillers[i]) == 0)
			return true;
	return false;
}

/* Kernel memory is in nobody's rss, whoever asked for it. */
static bool is_filled_by_kernel(const struct inquiry *q)
{
	static const char *const fillers[] = { "slab", "slab-reclaimable",
		"kernel-stacks", "kernel-memory", "sock" };

	return is_filled_with(q, fillers, sizeof(fillers) / sizeof(*fillers));
}

/* Did the victim hold little of what fills the wall? Either that is no process's
 * memory at all, or it is that of other programs. */
static bool is_bystander(struct inquiry *q, const struct task *victim)
{
	static const char *const of_processes[] = { "anon", "page-tables", "cache",
		"unknown" };
	int64_t total = q->memcg ? q->x->ledger.total_bytes : q->usable_managed_bytes;
	const struct name_sum *own = sum_named(q, victim->comm);
	const struct name_sum *top = q->x->name_count ? &q->x->names[0] : NULL;

	if (is_filled_by_kernel(q))
		return true;
	if (!is_filled_with(
		    q, of_processes, sizeof(of_processes) / sizeof(*of_processes)))
		return known(total) && total > 0 &&
		       held_by(q, victim) <
			       quantity_share(total, BYSTANDER_PERCENT, 100);
	if (q->holders.how == UNLISTED)
		return held_by(q, victim) <
		       quantity_share(q->holders.all_bytes, BYSTANDER_PERCENT, 100);
	if (q->holders.how == SHARED)
		return own && own != q->holders.top &&
		       quantity_percent(quantity_mul(own->anon_pages, q->page),
			       q->holders.all_bytes) < BYSTANDER_PERCENT &&
		       quantity_percent(q->holders.top_bytes, q->holders.all_bytes) >=
			       50;
	if (!own || !top || own == top || !known(q->x->task_rss_pages))
		return false;
	return quantity_percent(own->rss_pages, q->x->task_rss_pages) <
		       BYSTANDER_PERCENT &&
	       quantity_percent(top->rss_pages, q->x->task_rss_pages) >= 50;
}

/* What the victim has to do with what fills the memory, as far as its size tells: threads,
 * files and sockets may be its own all the same. */
static const char *bystanders_part(const struct inquiry *q)
{
	static const char *const no_ones[] = { "free", "free-cma" };

	if (is_filled_with(q, no_ones, sizeof(no_ones) / sizeof(*no_ones)))
		return "";
	return is_filled_by_kernel(q) || strcmp(q->x->filler.slug, "unaccounted") == 0
		       ? "; what fills the memory is in nobody's rss"
		       : "; what fills the memory is not in this process";
}

/* The row of the task that the kernel chose. */
static const struct task *chosen_task(const struct inquiry *q)
{
	const struct selection *s = &q->x->selection;

	return s->chosen ? s->chosen->task : NULL;
}

static void nobody(struct inquiry *q)
{
	const struct oom_event *e = q->e;

	if (e->panic.n > 0)
		found(q, "nobody", CERTAIN,
			e->no_killable
				? SLICE("the kernel found nobody it may kill, and panicked")
				: SLICE("the kernel panicked instead of killing "
					"(vm.panic_on_oom)"));
	else if (e->no_killable)
		found(q, "nobody", CERTAIN,
			SLICE("the kernel found nobody it may kill"));
	else if (e->kind != KIND_OOM)
		found(q, "nobody", CERTAIN, SLICE("nothing was killed"));
	else
		found(q, "unknown", NOT_HELD,
			e->chosen.comm.n > 0
				? say(q, "%.*s was chosen; the line of its kill is not in this log",
					  SLICE_ARG(name_and_pid(
						  q, e->chosen.comm, e->chosen.pid)))
				: SLICE("the log does not show who was killed"));
	if (e->panic_line)
		fact_for(q, &q->x->victim, e->panic_line,
			quote_line(q, e->panic_line, 60), "the end of the machine");
	else if (e->no_killable_line)
		fact_for(q, &q->x->victim, e->no_killable_line,
			quote_line(q, e->no_killable_line, 60),
			"nobody could be killed");
}

/* What a score of 2.6.36 to 3.5 stands for, in bytes: thousandths of RAM and swap, of which
 * root's processes are given 30, and oom_score_adj. UNKNOWN where that is not told. */
static int64_t held_by_score(const struct inquiry *q, const struct task *task)
{
	const struct chosen *c = &q->e->chosen;
	int64_t thousandths = quantity_sub(c->score, known_or(task->oom_score_adj, 0));

	if (!q->e->tasks.has_oom_score_adj || !known(q->x->selection.total_pages) ||
		c->pid != task->pid)
		return UNKNOWN;
	if (task->uid == 0)
		thousandths = quantity_add(thousandths, 30);
	return quantity_mul(
		quantity_mul(q->x->selection.total_pages, q->page) / 1000, thousandths);
}

/* Is the victim not the largest of a table that lacks what this kernel weighed? */
static bool is_largest_elsewhere(struct inquiry *q, const struct task *task)
{
	const struct selection *s = &q->x->selection;
	const struct task *first = s->ranking[0].task;
	int64_t shown = held_by(q, task), weighed;

	if (q->e->tasks.has_swapents || first == task ||
		held_by(q, first) <=
			quantity_add(shown,
				quantity_mul(RACE_PAGES_PER_CPU * RACE_ASSUMED_CPUS,
					q->page)))
		return false;
	weighed = held_by_score(q, task);
	if (known(weighed) && weighed > held_by(q, first))
		found(q, "disagrees", LIKELY,
			say(q,
				"its score of %lld stands for about %s, of which its row shows %s: "
				"the rest was in swap or page tables, which this kernel's table "
				"lacks",
				(long long)q->e->chosen.score, BYTES(weighed),
				BYTES(shown)));
	else
		found(q, "disagrees", LIKELY,
			say(q, "%.*s has more in RAM, %s; %s",
				SLICE_ARG(name_and_pid(q, first->comm, first->pid)),
				BYTES(held_by(q, first)),
				q->e->tasks.has_oom_score_adj
					? "what was in swap this kernel's table does not tell"
					: "up to 2.6.35 the kernel weighs the address space, "
					  "children, age and niceness"));
	return true;
}

static bool calls(const struct oom_event *e, const char *function)
{
	for (size_t i = 0; i < e->frame_count; i++)
		if (slice_has(e->frames[i], function))
			return true;
	return false;
}

/* The task that turns swap off or undoes KSM's merging is marked and dies before all
 * others, whatever it holds (oom_task_origin(), once PF_SWAPOFF and PF_OOM_ORIGIN: 2.6.9+).
 * From 3.5 to 5.0 its score is then printed as ULONG_MAX * 1000 / total, cut to an int; no
 * process's own share of a whole machine is above 2000. */
static bool is_origin(struct inquiry *q, const struct task *task)
{
	const struct oom_event *e = q->e;
	const struct selection *s = &q->x->selection;
	bool scored =
		e->chosen.pid == task->pid && known(e->chosen.score) &&
		(e->chosen.score < 0 || (e->chosen.score > 2000 &&
						q->x->constraint == CONSTRAINT_NONE)) &&
		e->tasks.has_swapents && e->tasks.has_oom_score_adj;
	bool first = s->replayed ? s->matches : s->victim_rank == 0;
	bool asked = e->request.pid == task->pid;
	bool swapoff = asked && calls(e, "swapoff");
	bool unmerges = asked && calls(e, "unmerge_and_remove_all_rmap_items");

	if (!scored &&
		(first || (!swapoff && !unmerges && !slice_is(task->comm, "swapoff"))))
		return false;
	found(q, "origin", scored || swapoff || unmerges ? CERTAIN : LIKELY,
		say(q, "%s: the kernel kills that one before all others%.*s",
			unmerges
				? "it was undoing KSM's merging, which needs the memory"
			: swapoff || slice_is(task->comm, "swapoff")
				? "it was turning swap off, which needs the memory"
				: "marked as the origin of the shortage (swapoff does it, and undoing KSM's merging)",
			SLICE_ARG(next_words(q))));
	if (scored)
		fact_for(q, &q->x->victim, e->chosen.line,
			quote(q, e->chosen.line, "score", 0),
			"no process's own score: the mark of the origin");
	return true;
}

/* Does the one hold more than the other, by more than the counters' lag? */
static bool clearly_more(
	const struct inquiry *q, const struct task *one, const struct task *other)
{
	return held_by(q, one) >
	       quantity_add(held_by(q, other),
		       quantity_mul(RACE_PAGES_PER_CPU * RACE_ASSUMED_CPUS, q->page));
}

static void adjusted_fact(struct inquiry *q, const struct task *task)
{
	fact_for(q, &q->x->victim, task->line, quote_line(q, task->line, 60),
		"its adjustment stands before the name");
}

static void ranked_victim(struct inquiry *q, const struct task *task)
{
	const struct selection *s = &q->x->selection;
	const struct oom_event *e = q->e;
	const struct ranked *plain = s->first_unadjusted;
	struct slice next = next_words(q);
	enum confidence sure =
		s->replayed && (s->matches || s->within_drift) ? CERTAIN : LIKELY;

	if (is_origin(q, task))
		return;
	if (plain && plain->task != task && plain->task->oom_score_adj == -1000 &&
		held_by(q, plain->task) > quantity_mul(2, held_by(q, task))) {
		found(q, "protected-hog", sure,
			say(q,
				"%.*s holds %s and is protected (oom_score_adj -1000), so "
				"another died%.*s",
				SLICE_ARG(name_and_pid(
					q, plain->task->comm, plain->task->pid)),
				BYTES(held_by(q, plain->task)), SLICE_ARG(next)));
		fact_for(q, &q->x->victim, plain->task->line,
			quote_line(q, plain->task->line, 60),
			"the largest may not be killed");
		return;
	}
	if (s->replayed && !s->matches && !s->within_drift) {
		const struct task *first = s->ranking[0].task;

		found(q, "disagrees", LIKELY,
			say(q,
				"by the printed table %.*s ranks first; the counters lag, or it "
				"could not be killed any more%.*s",
				SLICE_ARG(name_and_pid(q, first->comm, first->pid)),
				SLICE_ARG(next)));
		return;
	}
	if (plain && plain->task != task && s->first_instead &&
		s->first_instead->task->oom_score_adj != task->oom_score_adj) {
		const struct task *instead = s->first_instead->task;

		found(q, "adjusted", sure,
			say(q,
				"first only by its oom_score_adj of %lld; without it %.*s would have "
				"died%.*s",
				(long long)task->oom_score_adj,
				SLICE_ARG(name_and_pid(q, instead->comm, instead->pid)),
				SLICE_ARG(next)));
		adjusted_fact(q, task);
		return;
	}
	if (plain && plain->task != task &&
		known_or(plain->task->oom_score_adj, 0) <
			known_or(task->oom_score_adj, 0) &&
		clearly_more(q, plain->task, task)) {
		found(q, "adjusted", sure,
			say(q,
				"%.*s holds more, %s, but its oom_score_adj of %lld puts it "
				"behind%.*s",
				SLICE_ARG(name_and_pid(
					q, plain->task->comm, plain->task->pid)),
				BYTES(held_by(q, plain->task)),
				(long long)known_or(plain->task->oom_score_adj, 0),
				SLICE_ARG(next)));
		adjusted_fact(q, task);
		return;
	}
	if (is_largest_elsewhere(q, task))
		return;
	if (is_bystander(q, task)) {
		found(q, "bystander", sure,
			say(q, "the largest that may be killed, with %s%s%.*s",
				BYTES(held_by(q, task)), bystanders_part(q),
				SLICE_ARG(next)));
		return;
	}
	if (e->tasks.header_line == 0)
		/* Its head is lost, and who knows how many rows. */
		found(q, "largest", sure < LIKELY ? sure : LIKELY,
			say(q, "the largest of what the log has of the task table (rows: %zu)%.*s",
				e->tasks.count, SLICE_ARG(next)));
	else
		found(q, "largest", sure,
			e->tasks.count == 1 ? say(q, "the only task of the table%.*s",
						      SLICE_ARG(next))
					    : say(q, "the largest of %zu tasks%.*s",
						      e->tasks.count, SLICE_ARG(next)));
	fact_for(q, &q->x->victim, task->line, quote_line(q, task->line, 60),
		"its row in the task table");
}

static void judge_victim(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	struct finding *f = &q->x->victim;
	const struct task *task = chosen_task(q);

	if (e->told)
		return;
	if (e->kind == KIND_USERSPACE_KILL && e->killer.dry_run) {
		found(q, "nobody", CERTAIN,
			SLICE("nothing was killed: it was told only to say what it would kill"));
		return;
	}
	if (e->kind == KIND_USERSPACE_KILL) {
		found(q, "unknown", NOT_HELD,
			say(q, "chosen by %.*s, by its own rule",
				SLICE_ARG(e->killer.program)));
		return;
	}
	if (e->victim_count == 0) {
		nobody(q);
		return;
	}
	if (e->allocating_task) {
		found(q, "allocating-task", CERTAIN,
			SLICE("the one that asked: vm.oom_kill_allocating_task is set"));
		return;
	}
	if (e->chosen.line && known(e->chosen.score) && known(e->chosen.pid) &&
		e->victims[0].pid != e->chosen.pid &&
		!(chose_thread(e) && q->x->selection.victim_rank == 0)) {
		struct slice first = name_and_pid(q, e->chosen.comm, e->chosen.pid);

		/* Without a row of its own it may be a thread of the victim. */
		if (e->tasks.count == 0)
			found(q, "child-sacrifice", LIKELY,
				say(q,
					"%.*s ranked first: a thread of this process, or its "
					"parent (up to 5.0 a child dies for its parent)",
					SLICE_ARG(first)));
		else
			found(q, "child-sacrifice", chose_thread(e) ? LIKELY : CERTAIN,
				say(q,
					"a child of %.*s, which ranked first (up to 5.0 a child "
					"dies for its parent)",
					SLICE_ARG(first)));
		return;
	}
	if (task)
		ranked_victim(q, task);
	else if (e->tasks.count == 0)
		f->says = SLICE("without a task table the choice cannot be checked");
	else
		f->says = SLICE("the victim is not in the task table");
	if (e->group_path.n > 0) {
		struct slice why = f->says;
		const char *slug = f->slug;

		f->says =
			say(q, "%.*s; with it died the whole cgroup (memory.oom.group)",
				SLICE_ARG(why));
		/* A group's first victim keeps its own reason; the rest is the group's. */
		f->slug = strcmp(slug, "unknown") == 0 ? "group" : slug;
		fact_for(q, f, e->group_line, quote_line(q, e->group_line, 70),
			"all tasks of the cgroup die together");
	}
}

void find_victim(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	struct finding *f = &q->x->victim;

	*f = (struct finding){ .slug = "unknown", .confidence = NOT_HELD };
	judge_victim(q);
	if (e->victim_count == 0 || !e->victims[0].by_reaper)
		return;
	/* It may have come for a victim whose report is lost as well. */
	if (f->confidence == CERTAIN && e->chosen.pid != e->victims[0].pid)
		f->confidence = LIKELY;
	fact_for(q, f, e->victims[0].line, quote_line(q, e->victims[0].line, 60),
		"the reaper takes the memory of who was killed");
}
