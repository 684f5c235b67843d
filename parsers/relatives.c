/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who kills by a rule of its own: the killers' own lines, so that the kernel is not
 * blamed. Android's driver is among them: it is no part of the page allocator. */
#include "parsers/sections.h"

static void killed_by(struct oom_event *e, const struct record *r, const char *program)
{
	e->kind = KIND_USERSPACE_KILL;
	if (e->outcome == OUTCOME_UNKNOWN)
		e->outcome = OUTCOME_KILLED;
	e->killer.program = slice_of(program);
	e->killer.line = r->line;
}

/* The victim of that pid, new if need be; a pid of UNKNOWN is always new. */
static struct victim *victim(struct oom_event *e, const struct record *r,
	struct slice comm, struct slice pid)
{
	int64_t number = capture_number(pid);

	for (size_t i = 0; i < e->victim_count; i++)
		if (known(number) && e->victims[i].pid == number)
			return &e->victims[i];
	return event_add_victim(e, comm, number, r->line);
}

/* What a killer said before it acted counts as its rule until it says more. */
void take_killer_rule(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->killer.rule = slice_trim(c->part[1]);
}

void take_killer_dry(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	(void)c;
	e->killer.dry_run = true;
	e->outcome = OUTCOME_NONE;
}

void take_kill_failed(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	(void)c;
	e->outcome = OUTCOME_NONE;
}

/* "Killed CGROUP due to memory pressure for ..." or "... due to memory used ...". */
void take_systemd_oomd(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "systemd-oomd");
	e->outcome = OUTCOME_GROUP_KILLED;
	e->killer.cgroup = c->part[1];
	e->killer.rule = c->part[2];
}

/* "/sys/fs/cgroup/a" is the path of the cgroup "/a". */
static struct slice cgroup_of(struct slice path)
{
	if (slice_take(&path, "/sys/fs/cgroup") && path.n == 0)
		return SLICE("/");
	return path;
}

void take_systemd_oomd_dry(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "systemd-oomd");
	take_killer_dry(e, r, c);
	e->killer.cgroup = cgroup_of(c->part[1]);
}

/* "sending SIGTERM to process 9 uid 0 "x": oom_score 5, ..., VmRSS 100 MiB". */
void take_earlyoom(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v;

	killed_by(e, r, "earlyoom");
	/* It tries again where its first signal did not help. */
	if (e->outcome == OUTCOME_NONE && !e->killer.dry_run)
		e->outcome = OUTCOME_KILLED;
	if (e->killer.rule.n == 0)
		e->killer.rule = c->part[4];
	v = victim(e, r, c->part[3], c->part[1]);
	if (c->part[2].p)
		v->uid = capture_number(c->part[2]);
	if (slice_has(c->part[4], ", oom_score_adj "))
		v->oom_score_adj = capture_number(slice_from(
			c->part[4], slice_find(c->part[4], ", oom_score_adj ") + 16));
}

/* "oomd kill: 10.0 20.0 30.0 CGROUP BYTES ruleset:[...] ... killer:(dry)NAME v2". */
void take_oomd(struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "oomd");
	e->killer.cgroup = c->part[1];
	e->killer.rule = c->part[2];
	if (slice_has(c->part[2], "killer:(dry)"))
		take_killer_dry(e, r, c);
	else
		e->outcome = OUTCOME_GROUP_KILLED;
}

void take_oomd_trying(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->killer.cgroup = cgroup_of(c->part[1]);
}

static struct slice leading_digits(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return slice_first(s, n);
}

/* Where "name) 10(..." has the bracket that ends the name, which may hold brackets. */
static size_t name_end(struct slice s)
{
	for (size_t at = 0; at + 2 < s.n; at++) {
		struct slice pid = leading_digits(slice_from(s, at + 2));

		if (s.p[at] == ')' && s.p[at + 1] == ' ' && pid.n > 0 &&
			at + 2 + pid.n < s.n && s.p[at + 2 + pid.n] == '(')
			return at;
	}
	return s.n > 0 ? s.n - 1 : 0;
}

/* " 9(x) 10(a b)". */
void take_oomd_killed(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct slice rest = c->part[1];

	killed_by(e, r, "oomd");
	e->outcome = OUTCOME_GROUP_KILLED;
	while (slice_take(&rest, " ") && e->victim_count < 64) {
		struct slice pid = leading_digits(rest);
		size_t end;

		rest = slice_from(rest, pid.n);
		if (pid.n == 0 || !slice_take(&rest, "("))
			break;
		end = name_end(rest);
		victim(e, r, slice_first(rest, end), pid);
		rest = slice_from(rest, end + 1);
	}
}

void take_oomd_dry(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "oomd");
	take_killer_dry(e, r, c);
	e->killer.cgroup = cgroup_of(c->part[1]);
}

/* Android: "Kill 'x' (9), uid 10, oom_score_adj 900 to free 100kB rss, ...". */
void take_lmkd(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v;

	killed_by(e, r, "lmkd");
	if (c->part[5].p)
		e->killer.rule = c->part[5];
	v = victim(e, r, c->part[1], c->part[2]);
	v->uid = capture_number(c->part[3]);
	v->oom_score_adj = capture_number(c->part[4]);
}

void take_lmkd_watchdog(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v;

	killed_by(e, r, "lmkd");
	e->killer.rule =
		SLICE("its main thread did not answer, so its watchdog killed");
	v = victim(e, r, SLICE(""), c->part[1]);
	v->oom_score_adj = capture_number(c->part[2]);
}

/* The driver: "Killing 'x' (9), adj 900," or, with both scales, "adj 12, score_adj 700,",
 * and what follows. */
void take_lowmem_killing(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v;

	killed_by(e, r, "lowmemorykiller");
	v = victim(e, r, c->part[1], c->part[2]);
	v->oom_score_adj = capture_number(c->part[c->part[4].p ? 4 : 3]);
}

/* "to free 8kB on behalf of 'y' (7) because": who ran into it. */
void take_lowmem_free(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->request.comm = c->part[2];
	e->request.pid = capture_number(c->part[3]);
	e->request.line = r->line;
}

/* "send sigkill to 9 (x), adj 900, size 4096" (up to 4.5; the size is in pages). */
void take_lowmem_sigkill(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct victim *v;

	killed_by(e, r, "lowmemorykiller");
	v = victim(e, r, c->part[2], c->part[1]);
	v->oom_score_adj = capture_number(c->part[3]);
}

/* nohang names its candidate twice, the last time just before it acts. */
void take_nohang_victim(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	if (e->outcome != OUTCOME_UNKNOWN)
		return;
	e->victim_count = 0;
	victim(e, r, c->part[2], c->part[1]);
}

void take_nohang(struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)c;
	killed_by(e, r, "nohang");
}

/* A configured command in a signal's place: whether anything died is not said. */
void take_nohang_command(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)c;
	killed_by(e, r, "nohang");
	e->outcome = OUTCOME_NONE;
	e->victim_count = 0;
}

void take_evict_lead(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->killer.program = SLICE("kubelet");
	e->killer.rule = c->part[1];
}

/* "pod web-1_default(3f0e...) is evicted successfully" or pod="default/web-1". */
void take_evicted(struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct slice pod = c->part[2].p ? c->part[2] : c->part[1];
	size_t uid = slice_find(pod, "(");

	killed_by(e, r, "kubelet");
	if (e->killer.pod.n == 0)
		e->killer.pod = uid == SLICE_NONE ? pod : slice_first(pod, uid);
}

/* The event that the kubelet sends about it, which names what was short. */
void take_evicted_event(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "kubelet");
	e->killer.pod = c->part[2];
	/* "default/web-1": both parts stand side by side in the second form. */
	if (c->part[1].p && c->part[1].n > 0 &&
		c->part[1].p + c->part[1].n + 1 == c->part[2].p)
		e->killer.pod =
			(struct slice){ c->part[1].p, c->part[1].n + 1 + c->part[2].n };
	e->killer.rule = slice_trim(c->part[3]);
}
