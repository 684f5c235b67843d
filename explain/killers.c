/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Killers with a rule of their own, one row each: what they are called and where their
 * rule is set, so that nobody is told about the kernel's watermarks. */
#include "explain/causes.h"

#include <string.h>

struct killer_words {
	const char *program; /* as parsers/relatives.c names it */
	const char *called;  /* in a sentence */
	const char *change, *command;
	const char *spare; /* how to leave this one out */
	const char *spare_caution;
	const char *then, *then_command;
};

static const char pressure[] =
	"ask what put the machine under pressure before it acted";

static const struct killer_words killers[] = {
	{ "systemd-oomd", "systemd-oomd",
		"see or change its rule: ManagedOOMMemoryPressureLimit= of the unit or a slice "
		"above it, SwapUsedLimit= in oomd.conf",
		"oomctl", "leave the unit to the last: ManagedOOMPreference=avoid",
		"others are killed in its place", pressure,
		"cat /proc/pressure/memory" },
	{ "earlyoom", "earlyoom",
		"see or change its limits: -m (memory) and -s (swap) in /etc/default/earlyoom",
		"systemctl status earlyoom",
		"name it in --avoid, or what may go in --prefer",
		"others are killed in its place", pressure,
		"cat /proc/pressure/memory" },
	{ "nohang", "nohang",
		"see or change its thresholds: soft_threshold_min_mem, hard_threshold_min_mem "
		"and their like in nohang.conf",
		"grep threshold /etc/nohang/nohang.conf",
		"lower its badness: @BADNESS_ADJ_RE_NAME in nohang.conf",
		"others are killed in its place", pressure,
		"cat /proc/pressure/memory" },
	{ "oomd", "oomd",
		"see or change the detectors of the ruleset that it names, in oomd.json",
		"cat /etc/oomd/oomd.json",
		"mark the cgroup with the attribute "
		"trusted.oomd_avoid",
		"others are killed in its place", pressure,
		"cat /proc/pressure/memory" },
	{ "lmkd", "Android's lmkd",
		"see or change its rule: the properties ro.lmk.* (thrashing_limit, "
		"swap_free_low_percentage, psi_partial_stall_ms)",
		"getprop | grep ro.lmk",
		"a lower oom_score_adj, which the activity manager sets by what the app does",
		NULL, "ask which app grew", "dumpsys meminfo" },
	{ "lowmemorykiller", "Android's lowmemorykiller",
		"see or change its steps: minfree (pages) for each adj, in the driver's "
		"parameters",
		"grep . /sys/module/lowmemorykiller/parameters/*",
		"a lower oom_score_adj, which the activity manager sets by what the app does",
		NULL, "ask which app grew", "dumpsys meminfo" },
	{ "kubelet", "the kubelet",
		"see or change its thresholds: memory.available under evictionHard and "
		"evictionSoft in its configuration",
		"kubectl get --raw /api/v1/nodes/NODE/proxy/configz",
		"give the pod a memory request as large as its use: those above their request "
		"go first",
		NULL, "ask which pods use more than they request",
		"kubectl top pods -A" },
};

static const struct killer_words *words_of(const struct killer *k)
{
	for (size_t i = 0; i < sizeof(killers) / sizeof(*killers); i++)
		if (slice_is(k->program, killers[i].program))
			return &killers[i];
	return NULL;
}

/* What was killed, as far as the killer says. */
static struct slice prey(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const struct killer *k = &e->killer;

	if (k->pod.n > 0)
		return say(q, "the pod %.*s", SLICE_ARG(shown_name(q, k->pod)));
	if (k->cgroup.n > 0)
		return say(
			q, "the cgroup %.*s", SLICE_ARG(short_path(q, k->cgroup, 60)));
	if (e->victim_count > 0)
		return name_and_pid(q, e->victims[0].comm, e->victims[0].pid);
	if (e->notice_count > 0 && e->notices[0].place.n > 0)
		return say(q, "processes of %.*s",
			SLICE_ARG(short_path(q, e->notices[0].place, 60)));
	return SLICE("a process");
}

/* So long that the headline takes three lines at most. */
enum { MOST_RULE = 80 };

/* The rule without a full stop, for the end of a sentence; three dots where it is cut. */
static struct slice rule_of(struct inquiry *q, const struct killer *k)
{
	struct slice words = slice_trim(k->rule);

	if (words.n > MOST_RULE) {
		size_t end = slice_find_last(slice_first(words, MOST_RULE - 3), " ");

		return say(q, "%.*s ..",
			SLICE_ARG(slice_first(
				words, end == SLICE_NONE ? MOST_RULE - 3 : end)));
	}
	while (words.n > 0 &&
		(words.p[words.n - 1] == '.' || words.p[words.n - 1] == ' '))
		words.n--;
	return words;
}

static void say_because(struct inquiry *q, const char *called)
{
	const struct oom_event *e = q->e;
	const struct killer *k = &e->killer;
	struct slice what = prey(q), words = rule_of(q, k);
	const char *verb = slice_is(k->program, "kubelet") ? "evicted" : "killed";

	if (k->dry_run)
		q->because = say(q,
			"%s, which only tries its rule (dry run), would have killed %.*s; "
			"nothing was killed",
			called, SLICE_ARG(what));
	else if (e->outcome == OUTCOME_NONE && e->victim_count > 0)
		q->because = say(q,
			"%s wanted to kill %.*s by a rule of its own and could not",
			called, SLICE_ARG(what));
	else if (e->outcome == OUTCOME_NONE)
		q->because = say(q,
			"%s ran a command of its configuration by a rule of its own%s%.*s",
			called, words.n ? ": " : "", SLICE_ARG(words));
	else if (e->told)
		q->because = say(q,
			"%s killed %.*s by a rule of its own, by systemd's word; its own line, "
			"which names the rule, is not in this log",
			called, SLICE_ARG(what));
	else if (words.n == 0 && slice_is(k->program, "kubelet"))
		q->because = say(q,
			"%s evicted %.*s; of what the node was short this log does not say",
			called, SLICE_ARG(what));
	else
		q->because = say(q, "%s %s %.*s by a rule of its own%s%.*s", called,
			verb, SLICE_ARG(what), words.n ? ": " : "", SLICE_ARG(words));
}

/* A killer's line; the paths before its reason are long and stand in the headline. */
static struct slice its_words(struct inquiry *q, const struct event_line *line)
{
	size_t at = slice_find(line->text, "due to ");

	if (line->text.n <= 70)
		return line->text;
	if (at == SLICE_NONE || at > line->text.n - 8)
		at = slice_find(line->text, "low on resource");
	if (at == SLICE_NONE || at == 0)
		return quote_line(q, line->number, 70);
	return say(
		q, "... %.*s", SLICE_ARG(slice_first(slice_from(line->text, at), 66)));
}

enum confidence userspace_policy(struct inquiry *q, struct finding *f)
{
	const struct oom_event *e = q->e;

	if (e->kind == KIND_OOM && e->bpf) {
		fact_for(q, f,
			e->constraint_line ? e->constraint_line : e->request.line,
			quote(q,
				e->constraint_line ? e->constraint_line
						   : e->request.line,
				"constraint=", 0),
			"a BPF program asked for this kill by its own rule");
		return CERTAIN;
	}
	if (e->kind != KIND_USERSPACE_KILL)
		return NOT_HELD;
	if (e->told) {
		fact_for(q, f, e->killer.line, quote_line(q, e->killer.line, 70),
			"systemd found systemd-oomd's mark on the unit's cgroup");
		fact_missing(q, f, "systemd-oomd's own line, which names its rule");
		return LIKELY;
	}
	for (size_t i = 0; i < e->line_count && f->fact_count < 3; i++)
		if (e->lines[i].number == e->killer.line ||
			(e->killer.rule.p >= e->lines[i].text.p &&
				e->killer.rule.p <
					e->lines[i].text.p + e->lines[i].text.n))
			fact_for(q, f, e->lines[i].number, its_words(q, &e->lines[i]),
				"%.*s's own words", SLICE_ARG(e->killer.program));
	return slice_is(e->killer.program, "kubelet") && e->killer.rule.n == 0
		       ? LIKELY
		       : CERTAIN;
}

void tell_userspace_policy(struct inquiry *q)
{
	const struct killer_words *w = words_of(&q->e->killer);

	if (q->e->bpf) {
		q->because = SLICE(
			"a BPF program loaded on this machine asked the kernel to "
			"kill by a rule of its own");
		add_help(q, "now", SLICE("find the program and its rule"),
			SLICE("bpftool prog list"), NULL);
		return;
	}
	say_because(q, w ? w->called : "a program");
	if (!w)
		return;
	add_help(q, "now", slice_of(w->change), slice_of(w->command), NULL);
	if (w->spare)
		add_help(q, "or", slice_of(w->spare), SLICE(""), w->spare_caution);
	add_help(q, "then", slice_of(w->then), slice_of(w->then_command), NULL);
	add_help(q, "not",
		slice_is(q->e->killer.program, "lowmemorykiller")
			? SLICE("vm.overcommit_memory and other settings of the OOM killer: it "
				"was not asked")
			: SLICE("the kernel's OOM settings: the kernel did not kill"),
		SLICE(""), NULL);
}

/* The telling part of a notice: the kubelet's stands at the end of a long line. */
static struct slice words_about(const struct notice *n)
{
	size_t at = slice_find(n->text, "System OOM encountered");

	return slice_first(slice_from(n->text, at == SLICE_NONE ? 0 : at), 70);
}

/* An event of which only other programs' notices are in the log. */
void tell_told(struct inquiry *q)
{
	const struct oom_event *e = q->e;
	const struct notice *n = &e->notices[0];
	struct slice who = shown_name(q, n->program);

	if (e->victim_count > 0)
		q->because = say(q,
			"of something that this log does not show: by the word of %.*s the kernel "
			"killed %.*s; its own report is not in this log",
			SLICE_ARG(who),
			SLICE_ARG(name_and_pid(
				q, e->victims[0].comm, e->victims[0].pid)));
	else if (slice_has(n->text, "this unit") || slice_has(n->text, "'oom-kill'"))
		q->because = say(q,
			"of something that this log does not show: by the word of %.*s an OOM killer "
			"killed in %.*s, and this log does not say whether the kernel or a daemon",
			SLICE_ARG(who), SLICE_ARG(short_path(q, n->place, 60)));
	else if (n->place.n > 0)
		q->because = say(q,
			"of something that this log does not show: by the word of %.*s the kernel "
			"killed in the container %.*s; its own report is not in this log",
			SLICE_ARG(who), SLICE_ARG(short_path(q, n->place, 24)));
	else
		q->because = say(q,
			"of something that this log does not show: by the word of %.*s the kernel "
			"killed; its own report is not in this log",
			SLICE_ARG(who));
	for (size_t i = 0; i < e->notice_count && i < 4; i++)
		fact_for(q, &q->x->cause, e->notices[i].line,
			words_about(&e->notices[i]), "%.*s's word, no report",
			SLICE_ARG(shown_name(q, e->notices[i].program)));
	add_help(q, "now",
		SLICE("get the kernel's own report of that moment: it names the cause"),
		SLICE("journalctl -k"), NULL);
	add_help(q, "or",
		SLICE("look for a killer in user space at that moment: systemd-oomd, earlyoom "
		      "and their like say so themselves"),
		SLICE("journalctl -u systemd-oomd -u earlyoom"), NULL);
}
