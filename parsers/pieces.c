/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which records are pieces of one line, by their own words. */
#include "parsers/pieces.h"

/* "4*4kB (U) 2*8kB", of a zone's free lists. */
static bool begins_with_blocks(struct slice rest)
{
	int64_t number;

	slice_take_blanks(&rest);
	return slice_take_int(&rest, &number) && slice_take(&rest, "*") &&
	       slice_take_int(&rest, &number) && slice_take(&rest, "kB");
}

/* "Node 0 Normal: 1*4kB (U) 2*8kB" without its sum. */
static bool blocks_head(struct slice text)
{
	size_t colon = slice_find(text, ": ");

	return colon != SLICE_NONE && colon < 32 &&
	       begins_with_blocks(slice_from(text, colon + 2)) &&
	       !slice_has(text, " = ");
}

/* "Node 0" alone: show_node() printed it, its zone is to come. */
static bool node_alone(struct slice text)
{
	int64_t number;

	return slice_take(&text, "Node ") && slice_take_int(&text, &number) &&
	       slice_trim(text).n == 0;
}

static bool numbers_only(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != ' ' && text.p[i] != '-' &&
			(text.p[i] < '0' || text.p[i] > '9'))
			return false;
	return slice_trim(text).n > 0;
}

static bool list_of_zone(struct slice text)
{
	struct slice t = slice_trim(text);

	return slice_is(t, "lowmem_reserve[]:") || slice_is(t, "protections[]:");
}

static bool names_cpuset(struct slice text)
{
	return slice_has(text, " cpuset=") || slice_has(text, ",cpuset=");
}

static bool of_failure(struct slice text)
{
	return slice_has(text, "page allocation ") && slice_has(text, "nodemask=");
}

bool piece_lacks_more(struct slice text)
{
	struct slice t = slice_trim(text);

	if (slice_starts(t, "oom-kill:")) /* the assembler's, as names tear it too */
		return false;
	if (slice_starts(t, "Task in"))
		return !slice_has(t, " limit of /");
	if (slice_starts(t, "Tasks in"))
		return !slice_has(t, "oom.group set");
	if (slice_is(t, "Memory cgroup stats for") ||
		slice_is(t, "Memory limit reached of cgroup"))
		return true;
	if (slice_ends(t, "nodemask=") || slice_ends(t, "mems_allowed=") ||
		(slice_has(t, " invoked oom-killer:") &&
			(!slice_has(t, "order=") || slice_ends(t, ","))))
		return true;
	if (names_cpuset(t) && !slice_has(t, "mems_allowed="))
		return true;
	return list_of_zone(t) || node_alone(t) || blocks_head(text);
}

bool piece_may_go_on(struct slice text)
{
	return (slice_starts(text, "Memory cgroup stats for ") &&
		       slice_ends(slice_trim(text), ":")) ||
	       (of_failure(text) && !names_cpuset(text));
}

bool piece_continues(struct slice open, struct slice text)
{
	struct slice t = slice_trim(text);
	bool lists;

	open = slice_trim(open);
	if (slice_starts(open, "Task in"))
		return slice_starts(t, "killed as a result of limit of") ||
		       (slice_starts(t, "/") &&
			       (slice_is(open, "Task in") || slice_ends(open, " of")));
	if (slice_starts(open, "Tasks in"))
		return slice_starts(t, "are going to be killed") ||
		       (slice_starts(t, "/") && slice_is(open, "Tasks in"));
	if (slice_is(open, "Memory cgroup stats for") ||
		slice_is(open, "Memory limit reached of cgroup"))
		return slice_starts(t, "/");
	if (slice_starts(open, "Memory cgroup stats for"))
		return slice_starts(t, "cache:") || slice_starts(t, "rss:");
	if (slice_ends(open, "nodemask="))
		return slice_starts(t, "(null)") || (t.n > 0 && numbers_only(t));
	if (slice_has(open, " invoked oom-killer:"))
		return (slice_starts(t, ",") && slice_has(t, "order=")) ||
		       slice_starts(t, "gfp_mask=") || slice_starts(t, "nodemask=") ||
		       slice_starts(t, "order=") || slice_starts(t, "oom_score_adj=") ||
		       (slice_ends(open, "|") && slice_has(t, "GFP_"));
	if (of_failure(open) && !names_cpuset(open))
		return slice_starts(t, ",cpuset=");
	if (slice_ends(open, "mems_allowed="))
		return numbers_only(t);
	if (names_cpuset(open))
		return slice_starts(t, "mems_allowed=") ||
		       slice_starts(t, ",mems_allowed=") ||
		       (slice_ends(open, "cpuset=") && !slice_has(t, ": ") && t.n > 0 &&
			       t.n < 256);
	if (list_of_zone(open))
		return numbers_only(t);
	lists = begins_with_blocks(t);
	if (node_alone(open))
		return blocks_head(t) || slice_has(t, " free:") ||
		       slice_ends(t, "per-cpu:") || slice_ends(t, ": empty") ||
		       (slice_has(t, "kB = ") && slice_has(t, ": "));
	return blocks_head(open) &&
	       (lists || slice_starts(t, "= ") || slice_starts(t, "("));
}
