/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine now, judged by the rules for reports: what a request would meet, how far
 * it is to each limit, who dies next. The same state always gives the same answer. */
#ifndef EXPLAIN_NOW_H
#define EXPLAIN_NOW_H

#include "explain/explain.h"
#include "parsers/machine.h"

enum { NEAREST_CGROUPS = 10 };

enum now_verdict {
	NOW_UNKNOWN,
	NOW_NOT_REACHED,  /* the mask does not reach this zone */
	NOW_PASSES,       /* at once, above the low mark */
	NOW_WAKES_KSWAPD, /* at once, between min and low: kswapd is woken */
	NOW_RECLAIMS,     /* must free memory itself first */
	NOW_FAILS /* not even with all that reclaim might free; or may not wait */
};
/* "unknown", "not-reached", "passes", "wakes-kswapd", "reclaims", "fails". */
const char *now_verdict_name(enum now_verdict verdict);

/* One request in one zone. */
struct now_zone {
	const struct zone *zone;
	enum now_verdict verdict;
	enum verdict refused; /* why not at once (VERDICT_WOULD_SUCCEED: it does) */
	int64_t needs_bytes; /* more than this must be free: its least mark + reserve */
	int64_t has_bytes;   /* free, less what this request may not take */
	int64_t spare_bytes; /* has - needs; negative when it lacks */
	int64_t largest_bytes;     /* largest free block it may take; UNKNOWN */
	int64_t reclaimable_bytes; /* what reclaim might free there; UNKNOWN */
	struct slice says;
};

/* One request: passes where one zone lets it pass. */
struct now_request {
	const char *name;  /* "user-page", "kernel-page", "kernel-order3"... */
	const char *words; /* "a user page" */
	struct slice gfp;  /* in the kernel's notation */
	uint64_t flags;    /* enum gfp_flag, as bits */
	int64_t order;
	bool may_wait;
	enum now_verdict verdict;
	struct now_zone *zones; /* as memory.zones */
	size_t zone_count;
	struct slice says;
};

/* A request to ask for besides the usual ones. */
struct now_question {
	uint64_t flags;
	int64_t order;
};

enum now_choice {
	CHOOSES_BY_BADNESS,
	CHOOSES_THE_ASKING, /* vm.oom_kill_allocating_task */
	CHOOSES_TO_PANIC,   /* vm.panic_on_oom */
	CHOOSES_NOBODY,     /* nobody may be killed, or v1's oom_kill_disable */
	CHOICE_UNKNOWN
};
/* "badness", "asking", "panic", "nobody", "unknown". */
const char *now_choice_name(enum now_choice choice);

/* Who dies next, for the machine or inside one cgroup. */
struct now_ranking {
	const struct cgroup *cgroup; /* NULL: the machine */
	enum now_choice choice;
	struct selection selection; /* best candidate first; by the kernel's formula */
	const struct ranked *first; /* who would be killed, or NULL */
	bool close; /* the second is so near that the kernel's counters may turn it round */
	int64_t frees_bytes;        /* what that would give back; UNKNOWN */
	const struct cgroup *group; /* memory.oom.group: all in it die; or NULL */
	size_t group_tasks;
	struct slice says;
};

/* A cgroup with a limit. */
struct now_cgroup {
	const struct cgroup *cgroup;
	const char *limit_name; /* "memory.max", "memory.memsw.limit_in_bytes" */
	int64_t usage_bytes, limit_bytes, room_bytes; /* of that limit */
	int64_t reclaimable_bytes; /* page cache and slab in it; UNKNOWN */
	int64_t percent;           /* of the limit, what reclaim might free left out */
	int64_t growth_bytes;      /* per second; UNKNOWN with less than two samples */
	int64_t seconds_left;      /* UNLIMITED: not growing; UNKNOWN */
	const char *cause;         /* slug of the headline */
	struct slice headline;     /* what would be printed if it were met now */
	struct now_ranking ranking;
	struct slice says; /* "at this rate in 3 min", "not growing" */
};

struct now_answer {
	const struct machine_state *state;
	struct now_request *requests;
	size_t request_count;
	struct ledger ledger;            /* of all RAM, with its unaccounted rest */
	struct ledger_entry *known_rest; /* of the unaccounted rest: percpu, vmalloc */
	size_t known_rest_count;
	const char *cause;           /* slug of the headline */
	struct slice headline;       /* if memory ended this second, machine-wide */
	struct slice headline_takes; /* on what assumption */
	struct now_cgroup *cgroups;  /* nearest its limit first */
	size_t cgroup_count;
	struct now_ranking ranking;
};

/* Keeps the memory of its answers from one refresh to the next. */
struct now;
struct now *now_new(void);
void now_free(struct now *now);

/* Judge the state; `questions` (may be NULL) are appended to the usual requests. The
 * answer and all in it live until the next call. */
const struct now_answer *now_judge(struct now *now, const struct machine_state *state,
	const struct now_question *questions, size_t count);

/* Who would die with other adjustments (all of them hold together), in the answer's
 * machine (cgroup NULL) or inside a cgroup. Lives until the next now_judge(). */
struct now_ranking now_who_dies(struct now *now, const struct machine_state *state,
	const struct cgroup *cgroup, const struct what_if *what_ifs, size_t count);

#endif
