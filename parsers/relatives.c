/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Userspace killers: their own lines, so that the kernel is not blamed. */
#include "parsers/sections.h"

static void killed_by(struct oom_event *e, const struct record *r, const char *program,
	struct slice rule)
{
	e->kind = KIND_USERSPACE_KILL;
	e->outcome = OUTCOME_KILLED;
	e->killer.program = slice_of(program);
	e->killer.rule = rule;
	e->killer.line = r->line;
}

static void note_victim(struct oom_event *e, const struct record *r, struct slice comm,
	struct slice pid)
{
	event_add_victim(e, comm, capture_number(pid), r->line);
}

/* "Killed CGROUP due to memory pressure for ..." or "... due to memory used ...". */
void take_systemd_oomd(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "systemd-oomd", c->part[2]);
	e->killer.cgroup = c->part[1];
}

/* "sending SIGTERM to process 9 uid 0 "x": oom_score 5, ..., VmRSS 100 MiB". */
void take_earlyoom(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "earlyoom", c->part[4]);
	note_victim(e, r, c->part[3], c->part[1]);
	e->victims[0].uid = capture_number(c->part[2]);
}

/* "oomd kill: 10.0 20.0 30.0 CGROUP BYTES ruleset:[...] ...". */
void take_oomd(struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "oomd", c->part[2]);
	e->killer.cgroup = c->part[1];
}

/* Android: "Kill 'x' (9), uid 10, oom_score_adj 900 to free 100kB rss, ...". */
void take_lmkd(struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "lmkd", c->part[3]);
	note_victim(e, r, c->part[1], c->part[2]);
}

void take_nohang(struct oom_event *e, const struct record *r, const struct captures *c)
{
	killed_by(e, r, "nohang", c->part[2]);
	note_victim(e, r, c->part[1], (struct slice){ NULL, 0 });
}
