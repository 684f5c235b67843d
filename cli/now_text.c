/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine now in words: the same as on the screens of the live view. */
#include "cli/clean.h"
#include "cli/now.h"

#include <string.h>

enum { MOST_RANKED = 5, MOST_ENTRIES = 8, PATH_COLUMNS = 38, WIDTH = 80 };

struct writer {
	struct text *out;
	bool utf8;
};

static void say_clean(struct writer *w, struct slice s)
{
	clean_for_terminal(w->out, s, w->utf8);
}

/* Words in lines of 80 columns, further ones indented. */
static void wrap(struct writer *w, size_t indent, struct slice words)
{
	struct text clean = { 0 };
	struct slice rest, word;
	size_t column = 0;

	clean_for_terminal(&clean, words, w->utf8);
	rest = text_slice(&clean);
	while (slice_take_word(&rest, &word)) {
		size_t width = clean_width(word);

		if (column > 0 && column + 1 + width > WIDTH) {
			text_putc(w->out, '\n');
			column = 0;
		}
		if (column == 0)
			text_printf(w->out, "%*s", (int)indent, "");
		else
			text_putc(w->out, ' ');
		text_add(w->out, word);
		column = (column == 0 ? indent : column + 1) + width;
	}
	text_putc(w->out, '\n');
	text_free(&clean);
}

static void say_memory(struct writer *w, const struct machine_state *s)
{
	int64_t swap = s->memory.swap_total_bytes.value;

	text_puts(w->out, "Now: ");
	if (known(s->total_bytes))
		text_printf(w->out, "%s RAM, %s available", BYTES(s->total_bytes),
			BYTES(s->available_bytes));
	else
		text_puts(w->out, "RAM unknown");
	if (known(swap) && swap == 0)
		text_puts(w->out, ", no swap");
	else if (known(swap))
		text_printf(w->out, ", %s of %s swap free",
			BYTES(s->memory.swap_free_bytes.value), BYTES(swap));
	if (s->kernel.release.n) {
		text_puts(w->out, ", kernel ");
		say_clean(w, s->kernel.release);
	}
	text_putc(w->out, '\n');
	if (known(s->pressure.some.avg10))
		text_printf(w->out,
			"Pressure: some %lld.%02lld %%, full %lld.%02lld %% of the last 10 s\n",
			(long long)(s->pressure.some.avg10 / 100),
			(long long)(s->pressure.some.avg10 % 100),
			(long long)(s->pressure.full.avg10 / 100),
			(long long)(s->pressure.full.avg10 % 100));
}

/* In a recorded tree it is whatever somebody wrote there. */
static void say_zone_name(struct writer *w, const struct zone *z)
{
	struct text clean = { 0 };

	clean_for_terminal(&clean, z->name, w->utf8);
	text_printf(w->out, "%-7.*s", SLICE_ARG(text_slice(&clean)));
	text_free(&clean);
}

static void say_requests(struct writer *w, const struct now_answer *a)
{
	text_puts(w->out, "\nAvailable now\n");
	for (size_t i = 0; i < a->request_count; i++) {
		const struct now_request *r = &a->requests[i];
		struct text name = { 0 };

		text_printf(&name, "%.*s", SLICE_ARG(r->gfp));
		if (r->order > 0)
			text_printf(&name, " order %lld", (long long)r->order);
		text_printf(w->out, "  %-35s %-21.*s ", r->words,
			SLICE_ARG(text_slice(&name)));
		text_free(&name);
		say_clean(w, r->says);
		text_putc(w->out, '\n');
		/* The zones that do not simply let it pass; a reserve for requests that
		 * need the zone is nothing while another zone serves. */
		for (size_t z = 0; z < r->zone_count; z++) {
			const struct now_zone *n = &r->zones[z];

			if (n->verdict == NOW_PASSES || n->verdict == NOW_NOT_REACHED ||
				(r->verdict == NOW_PASSES &&
					n->refused == VERDICT_LOWMEM_RESERVE))
				continue;
			text_printf(w->out, "      node %lld ",
				(long long)known_or(n->zone->node, 0));
			say_zone_name(w, n->zone);
			text_putc(w->out, ' ');
			say_clean(w, n->says);
			text_putc(w->out, '\n');
		}
	}
}

static void say_zones(struct writer *w, const struct machine_state *s)
{
	if (s->memory.zone_count == 0)
		return;
	text_printf(w->out, "\n%-16s %9s %9s %9s %9s %9s\n", "Zones", "FREE", "MIN",
		"LOW", "HIGH", "MANAGED");
	for (size_t i = 0; i < s->memory.zone_count; i++) {
		const struct zone *z = &s->memory.zones[i];

		text_printf(w->out, "  node %-2lld ", (long long)known_or(z->node, 0));
		say_zone_name(w, z);
		text_printf(w->out, " %9s %9s %9s %9s %9s\n", BYTES(z->free_bytes),
			BYTES(z->min_bytes), BYTES(z->low_bytes), BYTES(z->high_bytes),
			BYTES(z->managed_bytes));
	}
}

static void say_entry(
	struct writer *w, const char *what, int64_t bytes, int64_t total, bool part)
{
	text_printf(w->out, "  %s%-28s %10s %3lld %%\n", part ? "  of it " : "", what,
		BYTES(bytes), (long long)known_or(quantity_percent(bytes, total), 0));
}

static void say_ledger(struct writer *w, const struct now_answer *a)
{
	const struct ledger *l = &a->ledger;
	size_t said = 0;

	if (l->entry_count == 0)
		return;
	text_printf(w->out, "\nWho holds the memory (%s)\n", BYTES(l->total_bytes));
	for (size_t i = 0; i < l->entry_count; i++) {
		bool rest = strcmp(l->entries[i].what, "unaccounted") == 0;

		if ((said < MOST_ENTRIES && l->entries[i].bytes > 0) || rest) {
			say_entry(w, filler_words(l->entries[i].what),
				l->entries[i].bytes, l->total_bytes, false);
			said++;
		}
		for (size_t k = 0; rest && k < a->known_rest_count; k++)
			say_entry(w, a->known_rest[k].what, a->known_rest[k].bytes,
				l->total_bytes, true);
	}
}

static void say_path(struct writer *w, struct slice path)
{
	struct text clean = { 0 };
	size_t width;

	clean_for_terminal(&clean, path, w->utf8);
	width = clean_width(text_slice(&clean));
	if (width > PATH_COLUMNS && clean.n == width) {
		/* Its end tells more than its beginning. */
		text_printf(w->out, "...%.*s", PATH_COLUMNS - 3,
			clean.p + clean.n - (PATH_COLUMNS - 3));
		width = PATH_COLUMNS;
	} else {
		text_add(w->out, text_slice(&clean));
	}
	if (width < PATH_COLUMNS)
		text_printf(w->out, "%*s", (int)(PATH_COLUMNS - width), "");
	text_free(&clean);
}

static void say_cgroups(struct writer *w, const struct now_answer *a)
{
	struct text line = { 0 };

	if (a->cgroup_count == 0)
		return;
	text_puts(w->out, "\nCgroups nearest a limit\n");
	for (size_t i = 0; i < a->cgroup_count; i++) {
		const struct now_cgroup *n = &a->cgroups[i];

		text_puts(w->out, "  ");
		say_path(w, n->cgroup->path);
		text_printf(w->out, " %3lld %% of %8s  ", (long long)n->percent,
			BYTES(n->limit_bytes));
		say_clean(w, n->says);
		text_putc(w->out, '\n');
		text_clear(&line);
		text_printf(&line, "next to die: %.*s", SLICE_ARG(n->ranking.says));
		wrap(w, 6, text_slice(&line));
		/* The nearest one tells what would be said. */
		if (i == 0)
			wrap(w, 6, n->headline);
	}
	text_free(&line);
}

static void say_ranking(struct writer *w, const struct now_answer *a)
{
	const struct now_ranking *r = &a->ranking;

	text_puts(w->out, "\nWho dies next\n");
	wrap(w, 2, r->says);
	if (r->close)
		text_puts(w->out,
			"  (the second is so near that the kernel may take it instead)\n");
	for (size_t i = 0; i < r->selection.count && i < MOST_RANKED; i++) {
		const struct ranked *one = &r->selection.ranking[i];

		if (!one->eligible)
			break;
		text_printf(w->out, "  %8lld  %10s  adj %5lld  ",
			(long long)one->task->pid,
			BYTES(quantity_mul(one->badness, a->state->page_bytes)),
			(long long)known_or(one->task->oom_score_adj, 0));
		say_clean(w, one->task->comm);
		text_putc(w->out, '\n');
	}
}

static void say_headline(struct writer *w, const struct now_answer *a)
{
	if (a->headline.n == 0)
		return;
	text_puts(w->out, "\nIf memory ended this second\n");
	wrap(w, 2, a->headline);
	text_puts(w->out, "  (");
	text_add(w->out, a->headline_takes);
	text_puts(w->out, ")\n");
}

static void say_unseen(struct writer *w, const struct machine_state *s)
{
	if (s->unseen_count == 0)
		return;
	text_puts(w->out, "\nCannot be seen from here\n");
	for (size_t i = 0; i < s->unseen_count; i++) {
		const struct unseen *u = &s->unseen[i];
		struct text line = { 0 };

		text_printf(&line, "%s: %s", u->what, u->place);
		text_printf(&line, ": %s", u->why ? u->why : strerror(u->error));
		wrap(w, 2, text_slice(&line));
		text_free(&line);
	}
}

void now_text(struct text *out, const struct now_answer *a, bool utf8)
{
	struct writer w = { out, utf8 };

	say_memory(&w, a->state);
	say_requests(&w, a);
	say_zones(&w, a->state);
	say_ledger(&w, a);
	say_cgroups(&w, a);
	say_ranking(&w, a);
	say_headline(&w, a);
	say_unseen(&w, a->state);
}
