/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Available now": how far this machine is from the wall, and from which. */
#include "cli/clean.h"
#include "cli/live/bar.h"
#include "cli/live/view.h"

#include <inttypes.h>
#include <string.h>

/* The colours of the text format, which row_coloured() makes roles of. */
#define STRONG "\033[1m"
#define FINE   "\033[32m"
#define WARNS  "\033[33m"
#define BAD    "\033[35m"
#define PLAIN  "\033[0m"

enum { MOST_ENTRIES = 9, ZONE = 16 };

static struct text clean;

static struct slice cleaned(const struct live *live, struct slice s)
{
	text_clear(&clean);
	clean_for_terminal(&clean, s, live->utf8);
	return text_slice(&clean);
}

static void heading(struct text *t, const char *words)
{
	text_printf(t, "\n" STRONG "%s" PLAIN "\n", words);
}

static void say_headline(const struct live *live, struct text *t)
{
	const struct now_answer *a = live->present.answer;
	size_t columns = (size_t)live->columns;

	if (a->headline.n == 0) {
		text_puts(t,
			"What would end this machine's memory cannot be told from here.\n");
		return;
	}
	text_puts(t, STRONG "If memory ended this second" PLAIN "\n");
	text_puts(t, "  ");
	text_wrapped(t, cleaned(live, a->headline), 2, columns);
}

static const char *percent(int64_t hundredths, char buffer[48])
{
	if (!known(hundredths))
		return "?";
	snprintf(buffer, 48, "%" PRId64 ".%02" PRId64 " %%", hundredths / 100,
		hundredths % 100);
	return buffer;
}

static void say_memory(const struct live *live, struct text *t)
{
	const struct machine_state *s = live->present.answer->state;
	int64_t swap = s->memory.swap_total_bytes.value;
	char some[48], full[48];
	struct text words = { 0 };

	text_printf(&words, "RAM %s, available %s; ", BYTES(s->total_bytes),
		BYTES(s->available_bytes));
	if (known(swap) && swap == 0)
		text_puts(&words, "no swap; ");
	else
		text_printf(&words, "swap %s, free %s; ", BYTES(swap),
			BYTES(s->memory.swap_free_bytes.value));
	text_printf(&words, "pressure some %s, full %s of 10 s",
		percent(s->pressure.some.avg10, some),
		percent(s->pressure.full.avg10, full));
	text_puts(t, "\n");
	text_wrapped(t, text_slice(&words), 0, (size_t)live->columns);
	text_free(&words);
}

static const struct now_request *request(const struct now_answer *a, const char *name)
{
	for (size_t i = 0; i < a->request_count; i++)
		if (strcmp(a->requests[i].name, name) == 0)
			return &a->requests[i];
	return NULL;
}

/* What a request meets in one zone: a word, and how much must be freed first. */
static void say_verdict(
	struct text *t, const struct now_request *r, size_t zone, int width)
{
	const struct now_zone *n = r && zone < r->zone_count ? &r->zones[zone] : NULL;
	const char *words = n ? now_verdict_name(n->verdict) : "unknown";
	const char *colour = PLAIN;

	if (n && n->verdict == NOW_NOT_REACHED)
		words = "-";
	else if (n && n->verdict == NOW_WAKES_KSWAPD)
		words = "wakes kswapd";
	if (n && (n->verdict == NOW_PASSES || n->verdict == NOW_WAKES_KSWAPD))
		colour = FINE;
	else if (n && n->verdict == NOW_RECLAIMS)
		colour = WARNS;
	else if (n && n->verdict == NOW_FAILS)
		colour = BAD;
	text_printf(t, " %s%-*s" PLAIN, colour, width, words);
}

static void say_zone(
	const struct live *live, struct text *t, const struct zone *z, size_t i)
{
	static struct row bar;
	const struct now_answer *a = live->present.answer;
	const int64_t marks[] = { z->min_bytes, z->low_bytes, z->high_bytes };
	char name[64];
	size_t cells = live->columns >= 80 ? 12 : 0;

	/* In a recorded tree a zone is called whatever somebody wrote there. */
	snprintf(name, sizeof(name), "node %" PRId64 " %.*s", known_or(z->node, 0),
		SLICE_ARG(clean_first(cleaned(live, z->name), 12)));
	text_printf(t, "  %-*.*s %9s ", ZONE - 2, ZONE - 2, name, BYTES(z->free_bytes));
	row_clear(&bar);
	bar_draw(&bar, live->glyphs, cells, z->free_bytes,
		quantity_mul(z->high_bytes, 2), marks, 3);
	text_add(t, text_slice(&bar.text));
	say_verdict(t, request(a, "user-page"), i, 12);
	say_verdict(t, request(a, "kernel-page"), i, 12);
	if (live->columns >= 60)
		say_verdict(t, request(a, "kernel-order3"), i, 12);
	text_putc(t, '\n');
}

static void say_zones(const struct live *live, struct text *t)
{
	const struct memory_state *m = &live->present.answer->state->memory;
	size_t cells = live->columns >= 80 ? 12 : 0;

	if (m->zone_count == 0)
		return;
	text_printf(t, "\n" STRONG "%-*s %9s %-*s %-12s %-12s%s" PLAIN "\n", ZONE,
		"ZONE", "FREE", (int)cells, cells ? "min low high" : "", "USER PAGE",
		"KERNEL PAGE", live->columns >= 60 ? " ORDER 3" : "");
	for (size_t i = 0; i < m->zone_count; i++)
		say_zone(live, t, &m->zones[i], i);
}

/* What does not simply pass, in words. */
static void say_requests(const struct live *live, struct text *t)
{
	const struct now_answer *a = live->present.answer;

	for (size_t i = 0; i < a->request_count; i++) {
		const struct now_request *r = &a->requests[i];

		if (r->verdict == NOW_PASSES)
			continue;
		text_printf(t, "  %s: ", r->words);
		text_wrapped(t, cleaned(live, r->says), 4, (size_t)live->columns);
	}
}

static void say_cgroups(const struct live *live, struct text *t)
{
	const struct now_answer *a = live->present.answer;

	heading(t, a->cgroup_count > 0
			   ? "CGROUPS NEAREST A LIMIT"
			   : "No cgroup that can be seen from here has a limit.");
	for (size_t i = 0; i < a->cgroup_count; i++) {
		const struct now_cgroup *n = &a->cgroups[i];
		size_t room = live->columns > 70 ? (size_t)live->columns - 40 : 24,
		       from;

		text_printf(t, "  %s%3" PRId64 " %%" PLAIN " of %8s  ",
			n->percent >= 90 ? BAD : (n->percent >= 75 ? WARNS : FINE),
			n->percent, BYTES(n->limit_bytes));
		cleaned(live, n->cgroup->path);
		/* Its end tells more than its beginning. */
		from = clean.n > room ? clean.n - room + 2 : 0;
		while (from > 0 && from < clean.n &&
			((unsigned char)clean.p[from] & 0xc0) == 0x80)
			from++;
		text_printf(t, "%s%.*s", from ? ".." : "", (int)(clean.n - from),
			clean.p + from);
		text_puts(t, "  ");
		text_add(t, cleaned(live, n->says));
		text_putc(t, '\n');
	}
}

static void say_ledger(const struct live *live, struct text *t)
{
	const struct now_answer *a = live->present.answer;
	const struct ledger *l = &a->ledger;
	size_t cells = live->columns >= 64 ? 20 : 0, said = 0;

	if (l->entry_count == 0)
		return;
	text_printf(t, "\n" STRONG "WHO HOLDS THE MEMORY (%s)" PLAIN "\n",
		BYTES(l->total_bytes));
	for (size_t i = 0; i < l->entry_count; i++) {
		const struct ledger_entry *e = &l->entries[i];
		bool rest = strcmp(e->what, "unaccounted") == 0;
		int64_t part = known_or(quantity_percent(e->bytes, l->total_bytes), 0);

		if (!rest && (said >= MOST_ENTRIES || e->bytes <= 0))
			continue;
		said++;
		text_printf(t, "  %-22s %10s %3" PRId64 " %%  ", filler_words(e->what),
			BYTES(e->bytes), part);
		for (size_t k = 0; k < cells && (int64_t)(k * 100 / 20) < part; k++)
			text_puts(t, live->glyphs->full);
		text_putc(t, '\n');
		for (size_t k = 0; rest && k < a->known_rest_count; k++)
			text_printf(t, "    of it %-14s %10s\n", a->known_rest[k].what,
				BYTES(a->known_rest[k].bytes));
	}
}

static void say_unseen(const struct live *live, struct text *t)
{
	const struct machine_state *s = live->present.answer->state;
	struct text words = { 0 };

	if (s->unseen_count > 0)
		heading(t, "CANNOT BE SEEN FROM HERE");
	for (size_t i = 0; i < s->unseen_count; i++) {
		const struct unseen *u = &s->unseen[i];

		text_clear(&words);
		text_printf(&words, "%s: %s: %s", u->what, u->place,
			u->why ? u->why : strerror(u->error));
		text_puts(t, "  ");
		text_wrapped(
			t, cleaned(live, text_slice(&words)), 2, (size_t)live->columns);
	}
	text_free(&words);
}

static void open_available(struct live *live, struct view *view)
{
	struct text *t = &view->lines[0].text;

	if (!live->present.answer)
		present_refresh(&live->present);
	text_clear(t);
	say_headline(live, t);
	say_memory(live, t);
	say_zones(live, t);
	say_requests(live, t);
	say_cgroups(live, t);
	say_ledger(live, t);
	say_unseen(live, t);
	lines_index(&view->lines[0]);
	view->part[0].rows = view->lines[0].count;
}

static void draw_row(struct live *live, const struct view *view, int part, long index,
	struct row *row)
{
	(void)live, (void)part;
	row_coloured(row, lines_at(&view->lines[0], (size_t)index));
}

void title_of_present(struct live *live, struct row *row)
{
	const struct present *p = &live->present;

	if (p->interval_msec > 1000)
		row_printf(
			row, "  every %" PRId64 " s", (p->interval_msec + 999) / 1000);
}

static void title(struct live *live, const struct view *view, struct row *row)
{
	(void)view;
	row_puts(row, "available now");
	title_of_present(live, row);
}

const struct screen screen_available = {
	.name = "available",
	.place = AT_NOW,
	.pager = { true },
	.open = open_available,
	.draw_row = draw_row,
	.title = title,
};
