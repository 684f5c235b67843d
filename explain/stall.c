/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "page allocation stalls for 10044ms" (4.9 to 4.14) is no refusal: every ten seconds
 * __alloc_pages_slowpath() told that it was still trying. What was slow is direct
 * reclaim; the counters show at most what that had to do. */
#include "explain/causes.h"
#include "parsers/gfp.h"

static struct slice asker(struct inquiry *q)
{
	return q->e->request.comm.n ? shown_name(q, q->e->request.comm)
				    : SLICE("a task");
}

/* "10.0 s" */
static struct slice stalled(struct inquiry *q)
{
	int64_t msec = q->e->request.stalled_msec;

	if (!known(msec))
		return SLICE("a long time");
	return say(q, "%lld.%lld s", (long long)(msec / 1000),
		(long long)(msec % 1000 / 100));
}

static int64_t bytes_of(const struct inquiry *q, const struct amount *first,
	const struct amount *second)
{
	return quantity_mul(quantity_add(first->value, second->value), q->page);
}

/* What reclaim had before it, in the headline's words; empty without counters. */
static struct slice work_of_reclaim(struct inquiry *q)
{
	const struct counters *c = &q->e->memory.counters;
	int64_t isolated = bytes_of(q, &c->isolated_anon, &c->isolated_file);
	struct slice cache = SLICE("");

	if (!known(q->file_bytes))
		return cache;
	cache = say(q, "%s of page cache", BYTES(q->file_bytes));
	if (!q->lists_mixed && known_or(class_bytes(q, "anon"), 0) > q->file_bytes)
		cache = say(q, "%s of anonymous memory, %.*s",
			BYTES(class_bytes(q, "anon")), SLICE_ARG(cache));
	if (known(q->dirty_bytes))
		cache = say(q, "%.*s, %s dirty or under writeback", SLICE_ARG(cache),
			BYTES(q->dirty_bytes));
	if (known(isolated) && isolated > 0)
		cache = say(q, "%.*s, %s isolated by tasks that reclaim",
			SLICE_ARG(cache), BYTES(isolated));
	if (q->swap_known && q->has_swap)
		cache = say(q, "%.*s, %s of swap free", SLICE_ARG(cache),
			BYTES(q->swap_free_bytes));
	return cache;
}

void tell_stall(struct inquiry *q)
{
	const struct counters *c = &q->e->memory.counters;
	struct slice work = work_of_reclaim(q);

	q->because = say(q, "direct reclaim was slow (%s%.*s)",
		work.n > 0 ? "the counters show "
			   : "this log does not show what it waited for",
		SLICE_ARG(work));
	if (known(c->dirty.value) || known(c->writeback.value))
		fact_for(q, &q->x->cause, c->dirty.line,
			quote_through(q, c->dirty.line, "dirty:", "writeback:"),
			"what must be written before it can be freed");
	if (known_or(bytes_of(q, &c->isolated_anon, &c->isolated_file), 0) > 0)
		fact_for(q, &q->x->cause, c->isolated_file.line,
			quote(q, c->isolated_file.line, "isolated_file:", 0),
			"where many tasks reclaim at once, others wait for these");
	if (q->x->missing_count > 0)
		help_whole_report(q);
	add_help(q, "or",
		SLICE("see how much reclaim takes of what it scans, and how often tasks wait "
		      "for it"),
		SLICE("grep -E '^(pgscan|pgsteal)_direct|^allocstall' /proc/vmstat"),
		NULL);
	add_help(q, "or",
		SLICE("look at the devices behind the files and the swap, and let less dirty "
		      "data pile up"),
		SLICE("sysctl vm.dirty_bytes vm.dirty_background_bytes"),
		"writers wait sooner");
	add_help(q, "not",
		SLICE("looking for what failed: nothing was refused and nothing killed"),
		SLICE(""), NULL);
}

void say_stall(struct inquiry *q)
{
	const struct request *r = &q->e->request;

	fact_for(q, &q->x->cause, r->line, quote_line(q, r->line, 60),
		"told every ten seconds while the request is tried again");
	q->because = say(q, "%.*s; %.*s had been trying for %.*s and was not refused",
		SLICE_ARG(q->because), SLICE_ARG(asker(q)), SLICE_ARG(stalled(q)));
}
