/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a report: the kernel's choice, the kill, and what comes after. */
#include "parsers/sections.h"

/* Names hold commas and '=', so the pieces are found by their keys, the last one
 * first: ",uid=", ",pid=", ",task=", ",task_memcg=" from the right. */
static bool take_last(struct slice *rest, const char *key, struct slice *value)
{
	size_t at = slice_find_last(*rest, key);

	if (at == SLICE_NONE)
		return false;
	*value = slice_from(*rest, at + slice_of(key).n);
	*rest = slice_first(*rest, at);
	return true;
}

/* The line's end is lost: what its last key says may be half of it, and half of a cgroup's
 * path is its parent's. */
static struct slice before_last_key(struct slice rest)
{
	static const char *const keys[] = {
		",oom_memcg=", ",task_memcg=", ",task=", ",pid=", ",uid="
	};
	size_t last = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		size_t at = slice_find_last(rest, keys[i]);

		if (at != SLICE_NONE && at > last)
			last = at;
	}
	return last > 0 ? slice_first(rest, last) : rest;
}

static const struct {
	const char *name;
	enum constraint constraint;
} constraints[] = {
	{ "CONSTRAINT_NONE", CONSTRAINT_NONE },
	{ "CONSTRAINT_CPUSET", CONSTRAINT_CPUSET },
	{ "CONSTRAINT_MEMORY_POLICY", CONSTRAINT_MEMORY_POLICY },
	{ "CONSTRAINT_MEMCG", CONSTRAINT_MEMCG },
};

/* oom-kill:constraint=%s,nodemask=%s,cpuset=%s,mems_allowed=%s[,global_oom|
 * ,oom_memcg=%s],task_memcg=%s,task=%s,pid=%d,uid=%d (5.0+). */
void take_summary(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct slice rest = c->part[2], value, uid;
	size_t at;

	for (size_t i = 0; i < sizeof(constraints) / sizeof(*constraints); i++)
		if (slice_is(c->part[1], constraints[i].name))
			e->constraint = constraints[i].constraint;
	e->bpf = slice_starts(c->part[1], "CONSTRAINT_BPF");
	if (e->constraint != CONSTRAINT_UNKNOWN || e->bpf)
		e->constraint_from = FROM_PRINT;
	e->constraint_line = r->line;
	if (r->cut)
		rest = before_last_key(rest);
	take_last(&rest, ",uid=", &uid);
	if (take_last(&rest, ",pid=", &value))
		e->chosen.pid = capture_number(value);
	/* The oldest ",task=" behind the paths: a name may hold the key, a cgroup's
	 * too, so the name is what stands behind the last one. */
	if (take_last(&rest, ",task=", &value)) {
		e->chosen.comm = value;
		e->chosen.line = r->line;
	}
	if (take_last(&rest, ",task_memcg=", &value)) {
		e->memcg.task_path = value;
		e->memcg.task_line = r->line;
	}
	at = slice_find(rest, ",oom_memcg=");
	if (at != SLICE_NONE) {
		e->memcg.oom_path = slice_from(rest, at + 11);
		e->memcg.oom_line = r->line;
		rest = slice_first(rest, at);
		e->memcg_mentioned = true;
		/* 5.0 and 5.1 print a stale constraint here. */
		if (e->constraint != CONSTRAINT_MEMCG)
			e->constraint_from = FROM_INFERENCE;
		e->constraint = CONSTRAINT_MEMCG;
	} else if (slice_ends(rest, ",global_oom")) {
		rest.n -= 11;
		e->global_oom = true;
	}
	if (take_last(&rest, ",mems_allowed=", &value))
		node_list_read(&e->request.mems_allowed, value);
	at = slice_find(rest, ",cpuset=");
	if (at != SLICE_NONE) {
		e->request.cpuset = slice_from(rest, at + 8);
		rest = slice_first(rest, at);
	}
	if (slice_take(&rest, ",nodemask=") || slice_take(&rest, "nodemask="))
		node_list_read(&e->request.nodemask, rest);
}

static void note_message(struct oom_event *e, struct slice message)
{
	static const char *const ends[] = { "Memory cgroup out of memory",
		"Out of memory" };

	/* In front of it stands what no envelope is known for. */
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = slice_of(ends[i]).n;

		if (message.n > n + 1 && slice_ends(message, ends[i]) &&
			message.p[message.n - n - 1] == ' ') {
			message = slice_from(message, message.n - n);
			break;
		}
	}
	if (message.n == 0)
		return;
	e->message = message;
	if (slice_starts(message, "Memory cgroup out of memory"))
		e->memcg_mentioned = true;
	if (slice_has(message, "oom_kill_allocating_task"))
		e->allocating_task = true;
	if (e->constraint == CONSTRAINT_UNKNOWN) {
		if (slice_has(message, "(MPOL_BIND)"))
			e->constraint = CONSTRAINT_MEMORY_POLICY;
		else if (slice_has(message, "No available memory in cpuset"))
			e->constraint = CONSTRAINT_CPUSET;
		else
			return;
		e->constraint_from = FROM_PRINT;
	}
}

/* A name has 15 bytes at most, and four times as many where all are escaped. What is
 * longer goes on into the next lines, which a mail program refilled into one. */
static struct slice one_name(struct slice comm)
{
	enum { LONGEST_ESCAPED = 4 * 15 };
	size_t end = comm.n > LONGEST_ESCAPED ? slice_find(comm, ")") : SLICE_NONE;

	return end == SLICE_NONE ? comm : slice_first(comm, end);
}

static struct victim *add_victim(
	struct oom_event *e, struct slice comm, int64_t pid, uint32_t line)
{
	/* memory.oom.group prints the first victim once more as a member. */
	for (size_t i = 0; i < e->victim_count; i++)
		if (e->victims[i].pid == pid)
			return &e->victims[i];
	if (e->outcome == OUTCOME_UNKNOWN || e->outcome == OUTCOME_NONE)
		e->outcome = OUTCOME_KILLED;
	return event_add_victim(e, one_name(comm), pid, line);
}

/* "MESSAGE: Kill process 9 (x) score 5 or sacrifice child" (up to 5.0). */
void take_chosen(struct oom_event *e, const struct record *r, const struct captures *c)
{
	note_message(e, c->part[1]);
	e->chosen.pid = capture_number(c->part[2]);
	e->chosen.comm = one_name(c->part[3]);
	e->chosen.score = capture_number(c->part[4]);
	e->chosen.line = r->line;
}

/* "[MESSAGE: ]Killed process 9 (x) total-vm:..." with the numbers in any of the
 * forms since 2.6.33; the tail is read by key. */
void take_killed(struct oom_event *e, const struct record *r, const struct captures *c)
{
	static const struct {
		const char *key;
		size_t offset;
		bool kb;
	} keys[] = {
		{ "total-vm:", offsetof(struct victim, total_vm_bytes), true },
		{ "vsz:", offsetof(struct victim, total_vm_bytes), true },
		{ "anon-rss:", offsetof(struct victim, anon_rss_bytes), true },
		{ "file-rss:", offsetof(struct victim, file_rss_bytes), true },
		{ "shmem-rss:", offsetof(struct victim, shmem_rss_bytes), true },
		{ "pgtables:", offsetof(struct victim, pgtables_bytes), true },
		{ "UID:", offsetof(struct victim, uid), false },
		{ "UID ", offsetof(struct victim, uid), false },
		{ "oom_score_adj:", offsetof(struct victim, oom_score_adj), false },
	};
	struct victim *v;

	note_message(e, c->part[1]);
	v = add_victim(e, c->part[3], capture_number(c->part[2]), r->line);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		size_t at = slice_find(c->part[4], keys[i].key);
		int64_t number;

		if (at == SLICE_NONE)
			continue;
		number = capture_number(
			slice_from(c->part[4], at + slice_of(keys[i].key).n));
		*(int64_t *)(void *)((char *)v + keys[i].offset) =
			keys[i].kb ? bytes_of_kb(number) : number;
	}
}

/* "Killed process 9 (x)" without numbers (2.4 to 2.6.32, RHEL 3 and 4). */
void take_killed_old(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	note_message(e, c->part[1]);
	add_victim(e, c->part[3], capture_number(c->part[2]), r->line);
}

/* "Out of memory in UB 101: OOM killed process 9 (x) score 0 vm:8kB, rss:4kB, swap:0kB":
 * its rss is not told apart into anonymous and file. Within a container the log holds no
 * more than this line, the node's has the counters. */
void take_killed_vz(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct slice vm = c->part[5];
	struct victim *v;

	note_message(e, c->part[1]);
	if (c->part[2].p) {
		e->memcg.beancounter = c->part[2];
		e->memcg_mentioned = true;
	}
	v = add_victim(e, c->part[4], capture_number(c->part[3]), r->line);
	if (slice_take(&vm, "vm:"))
		v->total_vm_bytes = bytes_of_kb(capture_number(vm));
}

/* "Killed process 9, UID 48, (x) total-vm:..." (RHEL 6). */
void take_killed_el6(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct captures same = *c;
	struct victim *v;

	same.part[1] = (struct slice){ NULL, 0 };
	same.part[2] = c->part[1];
	same.part[3] = c->part[3];
	same.part[4] = c->part[4];
	take_killed(e, r, &same);
	v = &e->victims[e->victim_count - 1];
	v->uid = capture_number(c->part[2]);
}

void take_sharing(struct oom_event *e, const struct record *r, const struct captures *c)
{
	add_victim(e, c->part[2], capture_number(c->part[1]), r->line);
}

void take_exiting(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v;

	note_message(e, c->part[1]);
	v = add_victim(e, c->part[3], capture_number(c->part[2]), r->line);
	v->already_exiting = true;
}

static struct victim *victim_of(struct oom_event *e, struct slice pid)
{
	int64_t number = capture_number(pid);

	for (size_t i = 0; i < e->victim_count; i++)
		if (e->victims[i].pid == number)
			return &e->victims[i];
	return NULL;
}

static void note_reaped(struct victim *v, const struct reaped *reaped)
{
	v->reaped = 1;
	v->left_anon_bytes = reaped->anon_bytes;
	v->left_file_bytes = reaped->file_bytes;
	v->left_shmem_bytes = reaped->shmem_bytes;
}

void take_reaped(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v = victim_of(e, c->part[1]);
	struct reaped reaped = { one_name(c->part[2]), capture_number(c->part[1]),
		bytes_of_kb(capture_number(c->part[3])),
		bytes_of_kb(capture_number(c->part[4])),
		bytes_of_kb(capture_number(c->part[5])), r->line };

	if (v)
		note_reaped(v, &reaped);
	else if (e->victim_count == 0 && e->reaped.line == 0)
		e->reaped = reaped;
}

void kill_by_reaper(struct oom_event *e)
{
	const struct reaped *reaped = &e->reaped;
	bool in_table = e->tasks.count == 0;
	struct victim *v;

	for (size_t i = 0; i < e->tasks.count; i++)
		in_table |= e->tasks.rows[i].pid == reaped->pid;
	if (reaped->line == 0 || e->victim_count > 0 || e->outcome != OUTCOME_UNKNOWN ||
		!in_table ||
		(known(e->chosen.pid) && !known(e->chosen.score) &&
			e->chosen.pid != reaped->pid))
		return;
	v = add_victim(e, reaped->comm, reaped->pid, reaped->line);
	v->by_reaper = true;
	note_reaped(v, reaped);
}

void take_unreaped(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v = victim_of(e, c->part[1]);

	(void)r;
	if (v)
		v->reaped = 0;
}

void take_group(struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->group_path = c->part[1];
	e->group_line = r->line;
	e->outcome = OUTCOME_GROUP_KILLED;
}

/* RHEL 6: "Would have killed process 9 (x). But continuing instead."; RHEL 4 with
 * vm.oom-kill = 0: "Would have oom-killed but /proc/sys/vm/oom-kill is disabled". */
void take_spared(struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	(void)c;
	if (e->outcome == OUTCOME_UNKNOWN)
		e->outcome = OUTCOME_NONE;
}

/* sysrq-f in vain: "OOM request ignored because killer is disabled" (4.0 to 4.11, during
 * suspend), "OOM request ignored. No task eligible" (4.12+). */
void take_ignored(struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->manual = true;
	if (!e->manual_line)
		e->manual_line = r->line;
	if (c->part[1].p)
		take_spared(e, r, c);
	else
		take_no_killable(e, r, c);
}

/* "VM: killing process x" (arch/x86/mm/fault.c, up to 2.6.28): a fault that got no page
 * kills whoever caused it, and asks no OOM killer. Most often that is the process which
 * was killed just before and is refused more memory on its way out. */
void take_vm_killing(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	for (size_t i = 0; i < e->victim_count; i++)
		if (slice_eq(e->victims[i].comm, c->part[1]))
			return;
	e->page_fault = true;
	add_victim(e, c->part[1], UNKNOWN, r->line);
}

void take_no_killable(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)c;
	e->no_killable = true;
	e->no_killable_line = r->line;
	if (e->victim_count == 0 && e->outcome != OUTCOME_PANIC)
		e->outcome = OUTCOME_NO_KILLABLE_PROCESS;
}

void take_panic(struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->panic = c->part[1];
	e->panic_line = r->line;
	e->outcome = OUTCOME_PANIC;
	/* "out of memory(memcg). panic_on_oom is selected." (2.6.34, 2.6.35) */
	e->memcg_mentioned |= slice_has(c->part[1], "(memcg)");
	/* A quiet console may have this line alone: what comes before it is a warning. */
	if (slice_has(c->part[1], "no killable processes") ||
		slice_has(c->part[1], "deadlocked on memory"))
		e->no_killable = true;
}
