/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: what we make of an event. The same event always gives the same answer. */
#ifndef EXPLAIN_EXPLAIN_H
#define EXPLAIN_EXPLAIN_H

#include "parsers/event.h"

enum confidence { NOT_HELD, POSSIBLE, LIKELY, CERTAIN };
/* "certain", "likely", "possible", "unknown". */
const char *confidence_name(enum confidence confidence);

enum side { SPEAKS_FOR, SPEAKS_AGAINST, NOT_IN_LOG };

/* One piece of evidence: the kernel's words, and what they mean. */
struct fact {
	enum side side;
	uint32_t line;     /* 0 with NOT_IN_LOG, and for a sum over lines */
	struct slice text; /* the kernel's own words, shortened with "..." */
	struct slice says;
};

struct finding {
	const char *slug;
	enum confidence confidence;
	struct slice says;
	struct fact *facts;
	size_t fact_count, fact_room;
};

/* A cause that was considered and lost. */
struct weighed {
	const char *slug;
	enum confidence confidence;
	struct slice why_not;
};

struct help {
	const char *when; /* "now", "or", "then", "not" */
	struct slice says;
	struct slice command; /* empty when none is safe or needed */
	struct slice caution;
};

enum verdict {
	VERDICT_UNKNOWN,
	VERDICT_NOT_ALLOWED,
	VERDICT_NOT_IN_ZONELIST,
	VERDICT_BELOW_WATERMARK,
	VERDICT_LOWMEM_RESERVE,
	VERDICT_FRAGMENTED,
	VERDICT_CMA_ONLY,
	VERDICT_HIGHATOMIC_ONLY,
	VERDICT_WITHIN_RACE,
	VERDICT_WOULD_SUCCEED
};
const char *verdict_name(enum verdict verdict);

/* The page allocator replayed on one zone for this request. */
struct refusal {
	const struct zone *zone;
	enum verdict verdict;
	const char *mark; /* "min" or "high" */
	int64_t mark_bytes, reserve_bytes, unusable_bytes;
	int64_t needs_bytes;   /* more than this must be free: mark + reserve */
	int64_t has_bytes;     /* free less unusable */
	int64_t short_bytes;   /* needs - has; negative when it passes */
	bool passes_order0;    /* would a single page have been given? */
	int64_t largest_bytes; /* the largest free block this request may take */
	struct slice says;
};

/* Memory that this request could not use. */
struct elsewhere {
	int64_t free_bytes, managed_bytes;
	enum provenance from;
};

struct ledger_entry {
	const char *what; /* a filler's slug */
	int64_t bytes;
	struct slice says;
	uint32_t line;
};

/* "of which" amounts inside an entry: mlocked, dirty... */
struct ledger_part {
	const char *what, *inside;
	int64_t bytes;
	uint32_t line;
};

/* Where the memory inside the wall went: signed, without overlap, summing to the
 * total (present memory of the machine, or the usage of a memcg). */
struct ledger {
	int64_t total_bytes;
	struct ledger_entry *entries;
	size_t entry_count, entry_room;
	struct ledger_part *parts;
	size_t part_count, part_room;
	bool of_memcg;
	bool has_gaps; /* some counters were lost: theirs is in "unaccounted" */
};

struct ranked {
	const struct task *task;
	int64_t badness; /* pages, or thousandths up to 3.4 */
	bool eligible;
	const char *why_not;
};

/* How many of the ranking are there without being asked for. */
enum { RANKED_FIRST = 10 };

/* The killer replayed. */
struct selection {
	bool replayed;
	const char *why_not; /* why it was not replayed */
	const char *unit;    /* "pages" or "permille" */
	int64_t total_pages; /* what oom_score_adj is a share of */
	bool total_exact;
	bool matches;              /* the kernel's victim ranks first */
	bool within_drift;         /* it does within what the counters may lag */
	struct ranked *candidates; /* the rows of the table, in its order */
	size_t count;
	const struct ranked *ranking; /* the best of them first... */
	size_t ranked; /* ...so many: RANKED_FIRST, or all where there are fewer */
	const struct ranked *chosen; /* the kernel's choice, or NULL */
	size_t victim_rank;          /* its index in whole_ranking(), or SIZE_MAX */
	const struct ranked *next;   /* who would have been next, or NULL */
	const struct ranked *first_unadjusted; /* first without any oom_score_adj */
	const struct ranked
		*first_instead; /* first if the chosen one had none; NULL: itself */
};

/* All `count` candidates, the best first. Where it has to be made, it lives in the
 * arena. */
const struct ranked *whole_ranking(
	const struct selection *selection, struct arena *arena);

/* "What if this task (or all of this name) had another oom_score_adj?" */
struct what_if {
	struct slice name; /* a task's name, or a decimal pid */
	int64_t oom_score_adj;
};

/* The answer, by the replay. */
struct what_if_answer {
	struct what_if question;
	bool found;                /* some task has that name or pid */
	const struct task *victim; /* who would have died; NULL: nobody could */
	int64_t frees_bytes;       /* private memory and page tables of it */
};

/* Processes of one name together. */
struct name_sum {
	struct slice comm;
	int64_t count, rss_pages, swap_pages, pagetable_bytes;
	/* Its anonymous pages, or all resident ones where the table does not tell them
	 * apart, and those of its largest process. */
	int64_t anon_pages, largest_pages;
};

struct wiki_link {
	const char *page;
};

struct explanation {
	const struct oom_event *event;
	struct arena *arena; /* the event's */

	int64_t page_bytes;
	enum provenance page_from;
	enum constraint constraint;
	enum provenance constraint_from;

	struct slice headline;
	struct slice cgroup_says; /* what the limited cgroup is, in plain words */
	struct finding cause;     /* slug, confidence, says (the title) */
	struct finding wall, reclaim, filler, victim;
	struct weighed *weighed;
	size_t weighed_count, weighed_room;
	struct help *helps;
	size_t help_count, help_room;
	struct slice *also; /* "Also true" */
	size_t also_count, also_room;
	struct slice *not_in_log;
	size_t not_in_log_count, not_in_log_room;
	const char *missing[12];
	size_t missing_count;

	struct refusal *refusals;
	size_t refusal_count;
	/* How it came to the kill (should_reclaim_retry(), 4.7+): "nothing-left" where
	 * no usable zone could pass its min mark with all that reclaim might free,
	 * "no-progress" where one could on paper and sixteen passes freed nothing;
	 * NULL where the log does not tell. */
	const char *route;
	struct slice route_says;
	struct elsewhere elsewhere;
	struct ledger ledger;
	struct selection selection;
	struct name_sum *names;
	size_t name_count;
	int64_t task_rss_pages;

	struct what_if_answer *what_ifs; /* all questions at once, one answer each */
	size_t what_if_count;

	struct wiki_link pages[6]; /* the cause's page first */
	size_t page_count;
};

/* Explain one event. The explanation lives in the event's arena; the event is not
 * changed (only memory is taken from its arena). */
struct explanation *explain(const struct oom_event *event);
/* Answer questions about other adjustments: all of them hold together. They are
 * answered in explanation->what_ifs, in their order. */
void explain_what_if(
	struct explanation *explanation, const struct what_if *questions, size_t count);

/* A cause by its slug: its title, or NULL. */
const char *cause_title(const char *slug);
/* All slugs of causes, in order of precedence; NULL ends the list. */
const char *cause_slug(size_t index);

const char *kind_name(enum event_kind kind);
const char *outcome_name(enum outcome outcome);
const char *constraint_name(enum constraint constraint);
/* What a filler is called in a sentence: "anonymous memory". */
const char *filler_words(const char *slug);

#endif
