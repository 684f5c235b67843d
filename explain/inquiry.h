/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The work on one event: its numbers derived once, for every rule to use. */
#ifndef EXPLAIN_INQUIRY_H
#define EXPLAIN_INQUIRY_H

#include "explain/explain.h"

enum { MAX_CLASSES = 12 };

/* One way in which memory can be held, with what is normal taken off. */
struct class
{
	const char *filler; /* a filler's slug */
	int64_t bytes;      /* UNKNOWN when the log has no number for it */
	int64_t beyond_baseline;
	uint32_t line;
};

/* PAGE_ALLOC_COSTLY_ORDER: pieces above it the kernel gives up on soon, and never kills
 * for. */
enum { COSTLY_ORDER = 3 };

/* Whose the anonymous memory is, where the task table alone misleads (holders.c). */
struct holders {
	enum {
		AS_LISTED, /* the table's sums tell */
		SHARED,    /* its processes share pages, which each one's row counts */
		UNLISTED,  /* most of it is no listed process's */
	} how;
	int64_t all_bytes;          /* by the counters */
	int64_t listed_bytes;       /* by the table */
	const struct name_sum *top; /* shared: who has most for certain */
	int64_t top_bytes;          /* ... at least so much */
};

struct inquiry {
	const struct oom_event *e;
	struct arena *arena;
	struct explanation *x;

	int64_t page;          /* bytes of a page */
	int64_t present_bytes; /* pages RAM */
	int64_t managed_bytes; /* RAM that the allocator has, all zones */
	bool ram_contradicts;  /* "pages RAM" and the zones cannot both be right */
	int64_t free_bytes;    /* machine-wide */
	bool known_free;
	int64_t hidden_free_bytes; /* H of causes.md */
	int64_t hidden_managed_bytes;
	bool nodes_hidden; /* some node is left out, as far as that shows */
	bool zones_hidden; /* zones above the request's highest may be (6.1+) */

	/* The allocator, replayed (zones.c). */
	size_t usable;           /* zones in the zonelist and allowed */
	size_t usable_refusing;  /* of these, how many refuse the request */
	size_t usable_refusing0; /* ... how many refuse even order 0 */
	size_t usable_racing;    /* refuse only within what a race explains */
	size_t usable_unknown;
	int64_t usable_managed_bytes, usable_free_bytes, usable_short_bytes;
	int64_t usable_file_bytes;
	const struct refusal *worst; /* the usable zone that matters most: largest */

	/* Who holds the machine's memory (ledger.c), largest beyond baseline first. */
	struct class classes[MAX_CLASSES];
	size_t class_count;
	int64_t lost_bytes; /* held by what the counters that the log lost would name */
	int64_t file_bytes, anon_bytes, shmem_bytes, dirty_bytes;
	bool lists_mixed; /* one LRU for processes and files, and nothing tells them apart */

	/* Ask each zone at its low mark, where a request is first tried, in place of the
	 * mark of the kind of event. */
	bool at_low_mark;
	bool memcg; /* a memcg OOM */
	bool has_swap, swap_known;
	int64_t swap_total_bytes, swap_free_bytes;
	int64_t swap_leaving_bytes; /* still in an area that swapoff empties */
	struct holders holders;
	struct slice because, tail; /* the headline's two halves */
};

/* inquiry.c: derive the numbers. */
void inquiry_begin(struct inquiry *q, const struct oom_event *e, struct explanation *x);
/* Whether memory of this size lies free outside the wall (H >= max(64 MiB, 2 % of
 * hidden managed)). */
bool hidden_free_is_much(const struct inquiry *q);
/* Much is free on nodes that this report leaves out, and the request could have had all
 * zones of them: a cpuset or a memory policy kept it off, whether or not the log says
 * which. */
bool kept_off_nodes(const struct inquiry *q);

/* zones.c: the page allocator, zone by zone. */
void replay_allocator(struct inquiry *q);
/* What reclaim might free in this zone, in bytes: its file lists, and its anonymous
 * ones while swap has room; UNKNOWN. */
int64_t zone_reclaimable(const struct inquiry *q, const struct zone *zone);
/* Which of the two routes led to the kill. */
void find_route(struct inquiry *q);
/* ledger.c */
void make_ledger(struct inquiry *q);
int64_t class_bytes(const struct inquiry *q, const char *filler);
/* What memory.min keeps from reclaim, if that is much of the machine; 0. A report says
 * so since 6.19. */
int64_t much_protected(const struct inquiry *q);
/* A memcg statistic by its v2 name, in bytes, from whichever form the log has;
 * UNKNOWN where it is absent. */
struct amount memcg_class(const struct inquiry *q, const char *filler);
/* selection.c: the killer. */
void replay_killer(struct inquiry *q);
/* What a kill of this process gives back: its private memory and page tables, in bytes;
 * what it has in swap comes on top. */
int64_t kill_frees(const struct inquiry *q, const struct task *task);
/* Are two so near that the lag of the kernel's counters can turn them round? */
bool chose_thread(const struct oom_event *e);
bool counters_may_swap(const struct ranked *a, const struct ranked *b);
/* Does the question mean this task, by name or pid? */
bool what_if_means(const struct what_if *question, const struct task *task);
/* The same with other adjustments; fills x->what_ifs. */
void answer_what_ifs(struct inquiry *q, const struct what_if *questions, size_t count);
/* names.c */
void sum_names(struct inquiry *q);
/* holders.c */
void find_holders(struct inquiry *q);
/* The task table leaves out pid 1, and it was pid 1 that asked. */
bool init_asked(const struct inquiry *q);

/* Add evidence to a finding. `text` is a quote (see below) or empty. */
void fact_for(struct inquiry *q, struct finding *f, uint32_t line, struct slice text,
	const char *format, ...) __attribute__((format(printf, 5, 6)));
void fact_against(struct inquiry *q, struct finding *f, uint32_t line,
	struct slice text, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void fact_missing(struct inquiry *q, struct finding *f, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The kernel's words at `token` in that line: the token and the word behind it,
 * the line's first `lead` words before them ("..." for what lies between). */
struct slice quote(struct inquiry *q, uint32_t line, const char *token, size_t lead);
/* From the first token through the second and its value. */
struct slice quote_through(
	struct inquiry *q, uint32_t line, const char *first, const char *last);
/* The whole line, cut at `most` bytes. */
struct slice quote_line(struct inquiry *q, uint32_t line, size_t most);

void add_help(struct inquiry *q, const char *when, struct slice says,
	struct slice command, const char *caution);
struct slice say(struct inquiry *q, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void add_also(struct inquiry *q, struct slice sentence);
void add_not_in_log(struct inquiry *q, struct slice sentence);

/* A long path for a sentence: its two ends. */
struct slice short_path(struct inquiry *q, struct slice path, size_t most);
/* A name is safe in a command line: [A-Za-z0-9:_.@/-], not beginning with '-'. */
bool safe_in_command(struct slice name);
/* A name for a sentence: quoted where blanks, commas or brackets hide its end. */
struct slice shown_name(struct inquiry *q, struct slice name);
/* "comm (pid)" */
struct slice name_and_pid(struct inquiry *q, struct slice comm, int64_t pid);

/* cgroup_path.c: what a cgroup's path says to who knows Kubernetes or systemd. */
struct slice cgroup_meaning(struct inquiry *q, struct slice path);
/* Whether `inner` lies below `outer` (not equal). */
bool cgroup_below(struct slice inner, struct slice outer);
/* The systemd unit that owns this cgroup (last part ending in .service, .slice or
 * .scope), or empty. */
struct slice cgroup_unit(struct slice path);

/* reclaim.c, filler.c, victim.c: the findings beside the wall. */
void find_reclaim(struct inquiry *q);
void find_filler(struct inquiry *q);
void find_victim(struct inquiry *q);

#endif
