/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walls of a cgroup: whose limit was met, and which of its limits.
 *
 * mm/memcontrol.c, try_charge(): the first counter on the way up the hierarchy that
 * would exceed its limit names `oom_memcg`; it may be any ancestor. */
#include "explain/causes.h"
#include "explain/thresholds.h"

#include <string.h>

static int64_t slack_of(const struct charge *c)
{
	int64_t share = bounded(c->limit_bytes) ? quantity_share(c->limit_bytes,
							  MEMCG_SLACK_PERCENT, 100)
						: 0;

	return share > MEMCG_SLACK_BYTES ? share : MEMCG_SLACK_BYTES;
}

static bool at_limit(const struct charge *c, int64_t slack)
{
	return known(c->usage_bytes) && bounded(c->limit_bytes) &&
	       c->usage_bytes >= quantity_sub(c->limit_bytes, slack);
}

/* The name of the setting behind `memory:`. */
static const char *limit_file(const struct inquiry *q)
{
	return q->e->memcg.version == 1 ? "memory.limit_in_bytes" : "memory.max";
}

/* "Out of memory in UB 101". */
static bool blames_container(const struct oom_event *e)
{
	return e->victim_count > 0 && slice_has(e->message, " in UB ");
}

static void constraint_fact(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;

	/* 5.0 to 5.2 print CONSTRAINT_NONE for a cgroup, too. */
	bool printed = slice_has(event_text(e, e->constraint_line), "CONSTRAINT_MEMCG");

	if (e->constraint_line != 0)
		fact_for(q, f, e->constraint_line,
			quote(q, e->constraint_line,
				printed ? "constraint=" : "oom_memcg=", 0),
			"the kernel blames a cgroup");
	else if (e->victim_count > 0 &&
		 slice_starts(e->message, "Memory cgroup out of memory"))
		fact_for(q, f, e->chosen.line ? e->chosen.line : e->victims[0].line,
			SLICE("Memory cgroup out of memory"),
			"the kernel blames a cgroup");
	else if (e->memcg.beancounter.n > 0)
		fact_for(q, f,
			blames_container(e) ? e->victims[0].line : e->request.line,
			blames_container(e) ? e->message
					    : quote(q, e->request.line, "in ub ", 0),
			"OpenVZ's kernel blames a container");
}

static void usage_facts(struct inquiry *q, struct finding *f)
{
	const struct memcg *m = &q->e->memcg;
	const struct charge *c = &m->memory;

	if (c->line == 0) {
		fact_missing(q, f,
			"how full the cgroup was: its usage and limit are not in "
			"this log");
		return;
	}
	if (at_limit(c, slack_of(c)))
		fact_for(q, f, c->line, quote_line(q, c->line, 60),
			"%s of %s: the cgroup is full", BYTES(c->usage_bytes),
			BYTES(c->limit_bytes));
	else if (bounded(c->limit_bytes))
		fact_against(q, f, c->line, quote_line(q, c->line, 60),
			"the usage is %s below the limit: freed since, or the request was "
			"for several pages",
			BYTES(quantity_sub(c->limit_bytes, c->usage_bytes)));
	if (known(c->failcnt) && c->failcnt > 1)
		fact_for(q, f, c->line, quote(q, c->line, "failcnt ", 0),
			"it met this limit %lld times", (long long)c->failcnt);
	if (m->swap.line != 0 && m->swap.limit_bytes == 0)
		fact_for(q, f, m->swap.line, quote_line(q, m->swap.line, 60),
			"memory.swap.max is 0: it may not swap");
	else if (m->swap.line != 0 && at_limit(&m->swap, MEMCG_SLACK_BYTES))
		fact_for(q, f, m->swap.line, quote_line(q, m->swap.line, 60),
			"its swap is used up too");
	if (m->memsw.line != 0 && at_limit(&m->memsw, MEMCG_SLACK_BYTES))
		fact_for(q, f, m->memsw.line, quote_line(q, m->memsw.line, 60),
			"memory and swap together are at their limit");
}

/* v1 prints memory, memory+swap and kmem; where one of the first two is lost, the
 * other cannot tell whose limit it was. */
static bool one_counter_lost(const struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;

	return (m->memsw.line || m->kmem.line) && !(m->memory.line && m->memsw.line);
}

enum confidence memcg_swap_limit(struct inquiry *q, struct finding *f)
{
	const struct memcg *m = &q->e->memcg;

	if (!q->memcg || m->memsw.line == 0 || !at_limit(&m->memsw, MEMCG_SLACK_BYTES))
		return NOT_HELD;
	/* A cgroup with equal limits does not swap by itself, but the machine's reclaim
	 * may have swapped some of it: then memory is below its limit. */
	if (m->memsw.limit_bytes <= m->memory.limit_bytes &&
		(!known(m->memory.usage_bytes) ||
			at_limit(&m->memory, slack_of(&m->memory)))) {
		f->says = SLICE("memory and memory+swap have the same limit: swap is "
				"forbidden, and the memory limit is the wall");
		return NOT_HELD;
	}
	constraint_fact(q, f);
	fact_for(q, f, m->memsw.line, quote_line(q, m->memsw.line, 60),
		"memory and swap together are at their limit");
	if (m->memory.line != 0)
		fact_for(q, f, m->memory.line, quote_line(q, m->memory.line, 60), "%s",
			m->memsw.limit_bytes <= m->memory.limit_bytes
				? "memory alone is below its own limit"
				: "the memory limit alone is lower than that");
	return one_counter_lost(q) ? LIKELY : CERTAIN;
}

static const struct memcg *paths(const struct inquiry *q)
{
	return &q->e->memcg;
}

enum confidence memcg_ancestor_limit(struct inquiry *q, struct finding *f)
{
	const struct memcg *m = paths(q);

	if (!q->memcg || m->oom_path.n == 0 || m->task_path.n == 0)
		return NOT_HELD;
	if (!cgroup_below(m->task_path, m->oom_path)) {
		f->says =
			SLICE("the victim was in the very cgroup whose limit was met");
		return NOT_HELD;
	}
	constraint_fact(q, f);
	if (m->oom_line == m->task_line && q->e->constraint_line != m->oom_line) {
		fact_for(q, f, m->oom_line, quote_line(q, m->oom_line, 70),
			"the limit is of a cgroup above the victim's");
	} else {
		fact_for(q, f, m->oom_line, quote(q, m->oom_line, "oom_memcg=", 0),
			"whose limit it was");
		fact_for(q, f, m->task_line, quote(q, m->task_line, "task_memcg=", 0),
			"the victim's own cgroup lies below it");
	}
	usage_facts(q, f);
	fact_missing(q, f,
		"which cgroup below it grew: the kernel prints the sum of all "
		"of them only");
	return CERTAIN;
}

enum confidence memcg_limit(struct inquiry *q, struct finding *f)
{
	const struct memcg *m = paths(q);

	if (!q->memcg)
		return NOT_HELD;
	if (m->oom_path.n > 0 && cgroup_below(m->task_path, m->oom_path)) {
		f->says = SLICE("the limit that was met is above the victim's cgroup");
		return NOT_HELD;
	}
	if (m->memory.limit_bytes == UNLIMITED) {
		f->says = SLICE("the cgroup has no memory limit of its own");
		return NOT_HELD;
	}
	if (m->memsw.line != 0 && at_limit(&m->memsw, MEMCG_SLACK_BYTES) &&
		known(m->memory.usage_bytes) &&
		!at_limit(&m->memory, slack_of(&m->memory))) {
		f->says = say(q, "%s of its memory limit were not in use",
			BYTES(quantity_sub(
				m->memory.limit_bytes, m->memory.usage_bytes)));
		return NOT_HELD;
	}
	constraint_fact(q, f);
	usage_facts(q, f);
	/* A beancounter is the container's, and has no other above it. */
	if (m->beancounter.n > 0)
		return CERTAIN;
	if (m->oom_path.n > 0 && slice_eq(m->oom_path, m->task_path)) {
		if (m->oom_line != q->e->constraint_line)
			fact_for(q, f, m->oom_line, quote_line(q, m->oom_line, 70),
				"both paths are the same: its own limit");
		/* Without its counters it may be v1's limit of memory+swap. */
		return one_counter_lost(q) || !(m->memory.line || m->swap.line)
			       ? LIKELY
			       : CERTAIN;
	}
	if (m->oom_path.n > 0 && m->task_path.n == 0) {
		/* Nobody was killed, so only the cgroup of the limit is named. */
		if (q->e->no_killable || q->e->outcome == OUTCOME_PANIC)
			return CERTAIN;
		return LIKELY;
	}
	if (m->stats_path.n > 0 && (q->e->no_killable || q->e->panic.n > 0))
		return CERTAIN;
	fact_missing(q, f, "whether the limit is this cgroup's or a parent's");
	return LIKELY;
}

/* "the cgroup PATH" for a sentence. */
static struct slice limited_cgroup(struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;
	struct slice path = m->oom_path.n ? m->oom_path : m->stats_path;

	if (path.n == 0)
		return SLICE("a cgroup that this log does not name");
	return say(q, "the cgroup %.*s",
		SLICE_ARG(shown_name(q, short_path(q, path, 40))));
}

static struct slice fullness(struct inquiry *q)
{
	const struct charge *c = &q->e->memcg.memory;

	if (!known(c->usage_bytes) || !known(c->limit_bytes))
		return SLICE("");
	if (c->limit_bytes == UNLIMITED)
		return say(q, ": %s are in use", BYTES(c->usage_bytes));
	if (c->usage_bytes > quantity_add(c->limit_bytes, slack_of(c)))
		return say(q, ": %s are in use, the limit is %s (%s)",
			BYTES(c->usage_bytes), BYTES(c->limit_bytes), limit_file(q));
	/* Others died or freed since: "20 MiB of 200 MiB" would not be used up. */
	if (c->usage_bytes < quantity_share(c->limit_bytes, 9, 10))
		return say(q,
			" of %s (%s), though only %s were in use when this was printed",
			BYTES(c->limit_bytes), limit_file(q), BYTES(c->usage_bytes));
	return say(q, ": %s of %s (%s)", BYTES(c->usage_bytes), BYTES(c->limit_bytes),
		limit_file(q));
}

/* What the headline adds: why nothing could be freed, or what fills it. */
static struct slice memcg_tail(struct inquiry *q)
{
	const char *filler = q->x->filler.slug, *reclaim = q->x->reclaim.slug;
	int64_t held = class_bytes(q, filler);

	if (strcmp(filler, "shmem") == 0)
		return say(q,
			"; %s are tmpfs or shared memory, which a kill does not free",
			BYTES(held));
	if (strcmp(filler, "slab") == 0 || strcmp(filler, "slab-reclaimable") == 0 ||
		strcmp(filler, "kernel-memory") == 0 || strcmp(filler, "sock") == 0 ||
		strcmp(filler, "page-tables") == 0 ||
		strcmp(filler, "kernel-stacks") == 0)
		return say(q, "; %s of it are %s", BYTES(held), filler_words(filler));
	if (strcmp(filler, "zswap") == 0)
		return say(q,
			"; %s of it are its own swapped pages, which zswap keeps in RAM, compressed",
			BYTES(held));
	if (strcmp(filler, "cache") == 0 && strcmp(reclaim, "dirty-writeback") == 0)
		return say(q,
			"; %s of it are page cache, which must be written before it can be "
			"freed",
			BYTES(held));
	if (strcmp(reclaim, "unevictable") == 0)
		return say(q, "; %s of it are locked and may not be freed",
			BYTES(memcg_stat(&q->e->memcg, "unevictable").value));
	if (strcmp(reclaim, "swap-forbidden") == 0)
		return SLICE(", and it may not swap");
	if (strcmp(reclaim, "swap-limit") == 0)
		return say(q, ", and its swap is used up too (%s)",
			BYTES(q->e->memcg.swap.limit_bytes));
	if (known(held) && strcmp(filler, "anon") == 0)
		return say(q, "; %s of it are anonymous memory of its processes",
			BYTES(held));
	return SLICE("");
}

/* Which command raises a limit of this cgroup, if its name is safe in one. */
static struct slice raise_command(
	struct inquiry *q, struct slice path, const char *setting)
{
	struct slice unit = cgroup_unit(path);

	if (unit.n > 0 && safe_in_command(unit) && !slice_has(path, "kubepods") &&
		!slice_has(path, "docker"))
		return say(q, "systemctl set-property %.*s %s=...", SLICE_ARG(unit),
			setting);
	return SLICE("");
}

static void help_raise(struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;
	struct slice path = m->oom_path.n ? m->oom_path : m->stats_path;

	q->x->cgroup_says = cgroup_meaning(q, path);

	if (q->x->victim.slug && strcmp(q->x->filler.slug, "shmem") == 0)
		add_help(q, "now",
			SLICE("remove files from its tmpfs (emptyDir with medium Memory, "
			      "/dev/shm, /tmp)"),
			SLICE(""),
			"the files are lost; a kill alone does not free them");
	if (known(m->memory.limit_bytes) && m->memory.limit_bytes != UNLIMITED)
		add_help(q, q->x->help_count ? "or" : "now",
			say(q, "raise %s above %s; the log does not tell by how much",
				limit_file(q), BYTES(m->memory.limit_bytes)),
			raise_command(q, path, "MemoryMax"), NULL);
	else
		add_help(q, "now",
			SLICE("raise the cgroup's memory limit; this log does not "
			      "tell which it is"),
			SLICE(""), NULL);
}

static void help_look(struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;
	struct slice path = m->oom_path.n ? m->oom_path : m->stats_path;
	const char *filler = q->x->filler.slug;
	struct slice command = SLICE("");

	if (safe_in_command(path) && m->version != 1)
		command = say(q, "cat /sys/fs/cgroup%.*s/memory.stat", SLICE_ARG(path));
	else if (safe_in_command(path))
		command = say(q, "cat /sys/fs/cgroup/memory%.*s/memory.stat",
			SLICE_ARG(path));
	if (strcmp(filler, "anon") == 0 && q->e->victim_count > 0 &&
		q->x->ledger.of_memcg) {
		int64_t share = quantity_percent(
			q->e->victims[0].anon_rss_bytes, class_bytes(q, "anon"));

		if (known(share) && share > 20) {
			add_help(q, "then",
				say(q, "ask why %.*s holds %lld %% of the anonymous memory",
					SLICE_ARG(name_and_pid(q, q->e->victims[0].comm,
						q->e->victims[0].pid)),
					(long long)share),
				SLICE(""), NULL);
			return;
		}
	}
	if (strcmp(filler, "unknown") == 0)
		return;
	if (strcmp(filler, "unaccounted") == 0)
		add_help(q, "then",
			SLICE("watch which of its counters grows before the limit is met: "
			      "when this was printed most of its memory was in none"),
			command, NULL);
	else
		add_help(q, "then",
			say(q, "watch what grows: here it is %s", filler_words(filler)),
			command, NULL);
}

static void help_swap(struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;
	struct slice path = m->oom_path.n ? m->oom_path : m->stats_path;

	if (strcmp(q->x->filler.slug, "zswap") == 0)
		add_help(q, "or",
			SLICE("give zswap a smaller part of the limit: memory.zswap.max; what is "
			      "beyond it goes to the swap device"),
			raise_command(q, path, "MemoryZSwapMax"), "slower under load");

	if (strcmp(q->x->filler.slug, "anon") != 0 &&
		strcmp(q->x->filler.slug, "shmem") != 0)
		return;
	/* A pod's owner cannot: swap is the kubelet's to give. */
	if (slice_has(path, "kubepods"))
		return;
	if (strcmp(q->x->reclaim.slug, "swap-forbidden") == 0 && m->version != 1)
		add_help(q, "or", SLICE("let it swap: raise memory.swap.max above 0"),
			raise_command(q, path, "MemorySwapMax"), "slower under load");
	else if (strcmp(q->x->reclaim.slug, "swap-limit") == 0 && m->version != 1)
		add_help(q, "or",
			say(q, "raise memory.swap.max above %s",
				BYTES(m->swap.limit_bytes)),
			raise_command(q, path, "MemorySwapMax"), "slower under load");
	else if (strcmp(q->x->reclaim.slug, "swap-forbidden") == 0)
		add_help(q, "or",
			SLICE("let it swap: raise memory.memsw.limit_in_bytes above the "
			      "memory limit"),
			SLICE(""), "slower under load");
}

/* Up to 3.8, and where the kernel panics instead, Mem-Info is printed for a cgroup too. */
static void tell_machine(struct inquiry *q)
{
	if (!q->known_free)
		add_not_in_log(q,
			SLICE("Whether the machine had memory left: for a cgroup the kernel "
			      "prints only the cgroup."));
}

static void help_not(struct inquiry *q)
{
	if (q->e->no_killable && q->e->tasks.header_line != 0 && q->e->tasks.count == 0)
		add_help(q, "or",
			SLICE("see whether it comes back: no process is left in it to kill, "
			      "the last one was dying or what it wrote outlives it"),
			SLICE(""), NULL);
	else if (q->e->no_killable)
		add_help(q, "or",
			SLICE("take oom_score_adj -1000 from what grows, so that it can be killed"),
			SLICE(""), NULL);
	add_help(q, "not",
		q->known_free
			? say(q,
				  "more RAM in the machine: %s were free, and this limit "
				  "is the cgroup's",
				  BYTES(q->free_bytes))
			: SLICE("more RAM in the machine: this limit is the cgroup's"),
		SLICE(""), NULL);
	tell_machine(q);
}

void tell_memcg_swap_limit(struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;

	q->because = say(q,
		"%.*s has used up its limit for memory and swap together: %s of %s "
		"(memory.memsw.limit_in_bytes)",
		SLICE_ARG(limited_cgroup(q)), BYTES(m->memsw.usage_bytes),
		BYTES(m->memsw.limit_bytes));
	add_help(q, "now",
		say(q,
			"raise memory.memsw.limit_in_bytes above %s; the log does not tell by "
			"how much",
			BYTES(m->memsw.limit_bytes)),
		SLICE(""), NULL);
	help_look(q);
	add_help(q, "not",
		say(q,
			"a higher memory.limit_in_bytes alone: memory+swap is at its own "
			"limit of %s",
			BYTES(m->memsw.limit_bytes)),
		SLICE(""), NULL);
	tell_machine(q);
}

static bool victim_asked(const struct oom_event *e)
{
	return e->victim_count > 0 && known(e->request.pid) &&
	       e->victims[0].pid == e->request.pid;
}

void tell_memcg_ancestor_limit(struct inquiry *q)
{
	const struct memcg *m = &q->e->memcg;
	struct slice below = slice_from(
		m->task_path, slice_is(m->oom_path, "/") ? 1 : m->oom_path.n + 1);

	q->because = say(q,
		"%.*s has used up its limit%.*s; the killed process was in %.*s below it",
		SLICE_ARG(limited_cgroup(q)), SLICE_ARG(fullness(q)),
		SLICE_ARG(short_path(q, below, 32)));
	help_raise(q);
	help_swap(q);
	add_help(q, "then",
		SLICE("give the cgroups below it limits that add up to less than its own, "
		      "so that each meets its own first"),
		SLICE(""), NULL);
	add_help(q, "not",
		say(q, "a higher limit of %.*s: the limit that was met is above it",
			SLICE_ARG(short_path(q, below, 32))),
		SLICE(""), NULL);
	add_not_in_log(q,
		victim_asked(q->e)
			? SLICE("Which cgroup below it grew: the kernel prints the sum, "
				"and the cgroup of the victim, which asked.")
			: SLICE("Which cgroup below it grew, and which one asked: the "
				"kernel prints the sum, and the victim's cgroup."));
}

/* OpenVZ up to 2.6.32: no cgroup, and limits by other names. */
static void tell_beancounter(struct inquiry *q)
{
	struct slice ub = q->e->memcg.beancounter, rest = ub;
	int64_t number;
	bool is_number =
		slice_take_int(&rest, &number) && rest.n == 0 && ub.p[0] != '-';

	q->because = say(q,
		"the OpenVZ container %.*s has used up its own limit of memory; this log "
		"does not say how large it is",
		SLICE_ARG(shown_name(q, ub)));
	add_help(q, "now",
		SLICE("give the container more RAM or swap (physpages, swappages); only who "
		      "runs the node can"),
		is_number ? say(q, "vzctl set %.*s --ram SIZE --swap SIZE --save",
				    SLICE_ARG(ub))
			  : SLICE(""),
		NULL);
	add_help(q, "then",
		SLICE("see in the container which limit was met: failcnt counts how often"),
		SLICE("cat /proc/user_beancounters"), NULL);
	add_help(q, "not",
		SLICE("more RAM in the node, or swap made within the container: the limit "
		      "is the container's"),
		SLICE(""), NULL);
	add_not_in_log(
		q, SLICE("Whether the node had memory left: its counters are not in a "
			 "container's log."));
}

void tell_memcg_limit(struct inquiry *q)
{
	struct slice used = fullness(q);
	const struct memcg *m = paths(q);
	/* The same path twice names whose limit it was, if not which of its limits. */
	bool own = q->x->cause.confidence == CERTAIN ||
		   (m->oom_path.n > 0 && slice_eq(m->oom_path, m->task_path));

	if (m->beancounter.n > 0) {
		tell_beancounter(q);
		return;
	}
	q->because = say(q, "%.*s has used up %s limit%.*s%.*s",
		SLICE_ARG(limited_cgroup(q)), own ? "its own" : "its own or a parent's",
		SLICE_ARG(used), SLICE_ARG(memcg_tail(q)));
	if (q->e->memcg.memory.line == 0 && q->e->memcg.oom_path.n == 0)
		q->because =
			SLICE("a cgroup has used up its own limit or that of a cgroup "
			      "above it; this log does not say how large it is");
	help_raise(q);
	help_swap(q);
	help_look(q);
	help_not(q);
}
