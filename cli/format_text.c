/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person reads: the answer first, enough to act on within one screen.
 *
 * All that comes from the log passes clean_for_terminal(); wrapping is ours. */
#include "base/complain.h"
#include "cli/clean.h"
#include "cli/format.h"
#include "cli/places.h"
#include "cli/repeats.h"
#include "parsers/gfp.h"

#include <inttypes.h>
#include <string.h>

enum { FIRST_SCREEN = 23, LABEL = 10, MOST_EVIDENCE = 7, MOST_LEDGER = 4, BAR = 20 };

/* Roles, not colours: what each means stands in words as well. */
enum role { PLAIN, HEADLINE, TITLE, SLUG, SURE, UNSURE, NOT_SURE };

static const char *const colours[] = { "", "\033[1m", "\033[1m", "\033[36m", "\033[32m",
	"\033[33m", "\033[35m" };

static void begin(struct output *out, enum role role)
{
	if (out->colour && role != PLAIN)
		text_puts(&out->buffer, colours[role]);
}

static void end(struct output *out, enum role role)
{
	if (out->colour && role != PLAIN)
		text_puts(&out->buffer, "\033[0m");
}

/* A number and its unit stay on one line. */
static void glue_unit(struct slice *rest, struct slice *word)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "%" };
	struct slice after = *rest, next, bare;

	if (word->n == 0 || word->p[word->n - 1] < '0' || word->p[word->n - 1] > '9' ||
		!slice_take_word(&after, &next))
		return;
	bare = next;
	while (bare.n > 0 && strchr(".,;:)", bare.p[bare.n - 1]))
		bare.n--;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!slice_is(bare, units[i]))
			continue;
		word->n = (size_t)(next.p + next.n - word->p);
		*rest = after;
		return;
	}
}

/* The part of a long word that goes on this line: up to a bar or a slash where it has one
 * (the flags of a mask, the parts of a path), and something in any case. */
static struct slice part_of(struct slice word, size_t room)
{
	struct slice fits = clean_first(word, room);
	size_t bytes = fits.n;

	if (bytes == 0)
		return clean_first(word, 4); /* the widest that stays whole */
	for (; bytes > 1; bytes--)
		if (word.p[bytes - 1] == '|' || word.p[bytes - 1] == '/')
			return slice_first(word, bytes);
	return fits;
}

/* Write `words` wrapped: the first line begins at column `at`, the next at `indent`.
 * Words longer than a line are broken, never lost. Returns the lines written. */
static size_t wrap(struct output *out, struct slice words, size_t at, size_t indent)
{
	struct text clean = { 0 };
	struct slice rest, word;
	size_t column = at, lines = 1;
	bool first = true;

	clean_for_terminal(&clean, words, out->utf8);
	rest = text_slice(&clean);
	if (indent + 8 > out->width)
		indent = 2;
	while (slice_take_word(&rest, &word)) {
		size_t width;

		glue_unit(&rest, &word);
		width = clean_width(word);
		if (!first && column + 1 + width > out->width) {
			text_printf(&out->buffer, "\n%*s", (int)indent, "");
			column = indent;
			lines++;
		} else if (!first) {
			text_putc(&out->buffer, ' ');
			column++;
		}
		first = false;
		while (column + width > out->width) {
			struct slice part = part_of(
				word, out->width > column ? out->width - column : 1);

			text_add(&out->buffer, part);
			word = slice_from(word, part.n);
			width = clean_width(word);
			if (width == 0)
				break;
			text_printf(&out->buffer, "\n%*s", (int)indent, "");
			column = indent;
			lines++;
		}
		text_add(&out->buffer, word);
		column += width;
	}
	text_putc(&out->buffer, '\n');
	text_free(&clean);
	return lines;
}

static size_t labelled(struct output *out, const char *label, struct slice words)
{
	text_printf(&out->buffer, "  %-*s", LABEL - 2, label);
	return wrap(out, words, LABEL, LABEL);
}

static void title(struct output *out, const char *words)
{
	text_putc(&out->buffer, '\n');
	begin(out, TITLE);
	text_puts(&out->buffer, words);
	end(out, TITLE);
	text_putc(&out->buffer, '\n');
}

static enum role role_of(enum confidence sure)
{
	return sure == CERTAIN ? SURE : (sure == LIKELY ? UNSURE : NOT_SURE);
}

static size_t say_headline(struct output *out, const struct explanation *x)
{
	size_t lines;

	begin(out, HEADLINE);
	lines = wrap(out, x->headline, 0, 0);
	/* The colour ends before the newline that wrap() wrote. */
	if (out->colour) {
		out->buffer.n--;
		end(out, HEADLINE);
		text_putc(&out->buffer, '\n');
	}
	return lines;
}

/* A name with blanks, commas or brackets is quoted, so that its end shows. */
static void add_name(struct text *t, struct slice name, const char *otherwise)
{
	bool plain = name.n > 0;

	for (size_t i = 0; i < name.n; i++)
		plain = plain && name.p[i] > ' ' && !strchr(",()\"'", name.p[i]);
	if (name.n == 0)
		text_puts(t, otherwise);
	else if (plain)
		text_add(t, name);
	else
		text_printf(t, "\"%.*s\"", SLICE_ARG(name));
}

static struct slice gfp_short(const struct explanation *x)
{
	const struct gfp *g = &x->event->request.gfp;

	if (g->from == FROM_NOWHERE)
		return SLICE("");
	return gfp_write(x->arena, g->flags, g->unnamed);
}

static void asked_words(const struct explanation *x, struct text *t)
{
	const struct request *r = &x->event->request;
	struct slice flags = gfp_short(x);
	int64_t size = r->size_bytes;

	if (x->event->area.kind == AREA_CMA)
		size = quantity_mul(x->event->area.pages, x->page_bytes);
	if (r->comm.n == 0 && !known(r->order) && !known(size)) {
		text_puts(t, x->event->kind == KIND_USERSPACE_KILL
				     ? "nobody: no request for memory was refused"
				     : "not in this log");
		return;
	}
	if (x->event->area.kind == AREA_SWIOTLB)
		add_name(t, x->event->area.name, "a device");
	else
		add_name(t, r->comm, "somebody");
	if (known(r->pid))
		text_printf(t, " (%" PRId64 ")", r->pid);
	if (r->gfp.mask_known && r->gfp.mask == 0 && x->event->kind == KIND_OOM) {
		text_puts(t, ": a page fault, no request (gfp_mask=0x0)");
		return;
	}
	if (r->order == -1) {
		text_puts(t, ": a kill by hand (order=-1), no memory");
		return;
	}
	if (!known(size) && known(r->order) && r->order >= 0 && r->order < 31)
		size = quantity_mul(INT64_C(1) << r->order, x->page_bytes);
	if (known(size))
		text_printf(t, ": %s", BYTES(size));
	if (known(r->order))
		text_printf(t, ", order=%" PRId64, r->order);
	if (flags.n > 0) {
		text_puts(t, ", ");
		text_add(t, flags);
	}
}

/* A long file name: its two ends, so that it is never broken. */
static void add_shortened(struct text *t, struct slice name, size_t most)
{
	if (most < 20)
		most = 20;
	if (name.n <= most) {
		text_add(t, name);
		return;
	}
	text_add(t, slice_first(name, most / 3));
	text_puts(t, "...");
	text_add(t, slice_from(name, name.n - (most - most / 3 - 3)));
}

static void killed_words(const struct explanation *x, struct text *t)
{
	const struct oom_event *e = x->event;
	const struct victim *v = e->victims;

	if (e->killer.dry_run) {
		text_puts(t, "nobody: a dry run");
		return;
	}
	if (e->kind == KIND_USERSPACE_KILL && e->outcome == OUTCOME_NONE &&
		e->victim_count > 0) {
		text_puts(t, "nobody: ");
		add_name(t, v->comm, "a process");
		if (known(v->pid))
			text_printf(t, " (%" PRId64 ")", v->pid);
		text_puts(t, " did not die of it");
		return;
	}
	if (e->asker_dying && e->victim_count == 0) {
		text_puts(t, "nobody: ");
		add_name(t, e->request.comm, "a process");
		text_puts(t, " had just been killed");
		return;
	}
	if (e->killer.pod.n > 0 || e->killer.cgroup.n > 0) {
		text_puts(t, e->killer.pod.n > 0 ? "the pod " : "the cgroup ");
		if (e->killer.pod.n > 0)
			add_name(t, e->killer.pod, "");
		else
			add_shortened(t, e->killer.cgroup, 56);
		if (e->victim_count > 0)
			text_printf(t, ": %zu processes", e->victim_count);
		return;
	}
	if (e->told && e->victim_count == 0) {
		text_puts(t, "not in this log");
		if (e->notices[0].place.n > 0) {
			text_puts(t, ", a process of ");
			add_name(t, e->notices[0].place, "");
		}
		return;
	}
	if (e->victim_count == 0 && e->outcome == OUTCOME_UNKNOWN &&
		e->chosen.comm.n > 0) {
		add_name(t, e->chosen.comm, "a process");
		if (known(e->chosen.pid))
			text_printf(t, " (%" PRId64 ")", e->chosen.pid);
		/* Up to 5.0, with the score, a child may have died for it. */
		if (known(e->chosen.score))
			text_puts(t, ", or a child of it");
		text_puts(t, ": chosen; its kill is not in this log");
		return;
	}
	if (e->victim_count == 0) {
		text_puts(t,
			e->outcome == OUTCOME_UNKNOWN ? "not in this log" : "nobody");
		if (e->outcome == OUTCOME_PANIC)
			text_puts(t, ": the kernel panicked");
		return;
	}
	add_name(t, v->comm, "a process");
	if (known(v->pid))
		text_printf(t, " (%" PRId64 ")", v->pid);
	if (v->by_reaper)
		text_puts(t, ": reaped; the line of its kill is not in this log");
	if (known(v->anon_rss_bytes))
		text_printf(t, ": %s anonymous", BYTES(v->anon_rss_bytes));
	if (known(v->shmem_rss_bytes) && v->shmem_rss_bytes > 0)
		text_printf(t, ", %s shared", BYTES(v->shmem_rss_bytes));
	if (known(v->oom_score_adj))
		text_printf(t, ", oom_score_adj=%" PRId64, v->oom_score_adj);
	if (e->victim_count > 1)
		text_printf(t, "; and %zu more with it", e->victim_count - 1);
}

enum { PLACES_SHOWN = 3 };

/* A member without the directory in which a tool packs everything:
 * "sosreport-db1/var/log/messages". */
static struct slice member_within(struct slice member)
{
	size_t slash = slice_find(member, "/");

	if (slash == SLICE_NONE || slash + 1 == member.n ||
		!place_packed(slice_first(member, slash)))
		return member;
	return slice_from(member, slash + 1);
}

/* The archive is named once: `before` is the file of the place named before. */
static void where_name(struct output *out, struct text *t, struct slice file,
	struct slice member, struct slice before)
{
	if (member.n > 0 && slice_eq(file, before)) {
		add_shortened(t, member_within(member), out->width - LABEL - 20);
		return;
	}
	if (slice_is(file, "-"))
		text_puts(t, "standard input");
	else
		add_shortened(t, file, out->width - LABEL - 20);
	if (member.n > 0) {
		text_puts(t, ", ");
		add_shortened(t, member_within(member), out->width - LABEL - 20);
	}
}

static void line_range(struct text *t, uint32_t first, uint32_t last)
{
	if (first == last)
		text_printf(t, ", line %u", first);
	else
		text_printf(t, ", lines %u-%u", first, last);
}

static void where_words(struct output *out, const struct oom_event *e, struct text *t)
{
	struct slice file = e->file, member = e->member, named = SLICE("");
	uint32_t first = e->first_line, before = 0;

	for (size_t i = 0; i < e->joint_count; i++) {
		const struct joint *j = &e->joints[i];

		/* A file may have begun and given it nothing. */
		if (j->after_line >= e->last_line)
			break;
		if (j->after_line >= first) {
			where_name(out, t, file, member, named);
			named = file;
			line_range(t, first - before, j->after_line - before);
			text_puts(t, ", and ");
		}
		file = j->file;
		member = j->member;
		first = before = j->after_line;
		first++;
	}
	where_name(out, t, file, member, named);
	line_range(t, first - before, e->last_line - before);
	if (e->foreign > 0)
		text_printf(t, " (%u between are not the report's)", e->foreign);
	for (size_t i = 0; i < e->also_count && i < PLACES_SHOWN; i++) {
		text_puts(t, i == 0 ? "; also in " : "; ");
		where_name(out, t, e->also[i].file, e->also[i].member,
			i == 0 ? file : e->also[i - 1].file);
		line_range(t, e->also[i].first_line, e->also[i].last_line);
	}
	if (e->also_count > PLACES_SHOWN)
		text_printf(t, "; and in %zu more", e->also_count - PLACES_SHOWN);
}

static size_t say_identity(struct output *out, const struct explanation *x)
{
	const struct oom_event *e = x->event;
	struct text t = { 0 }, buffer = { 0 };
	struct slice when;
	size_t lines = 1;

	text_printf(&out->buffer, "\n  %-*s", LABEL - 2, "cause");
	begin(out, SLUG);
	text_puts(&out->buffer, x->cause.slug);
	end(out, SLUG);
	text_puts(&out->buffer, ", ");
	begin(out, role_of(x->cause.confidence));
	text_puts(&out->buffer, confidence_name(x->cause.confidence));
	end(out, role_of(x->cause.confidence));
	text_putc(&out->buffer, '\n');

	when = event_time(e, &buffer);
	text_add(&t, when.n ? when : SLICE("not in this log"));
	if (e->host.n > 0) {
		text_puts(&t, " on ");
		text_add(&t, e->host);
	}
	lines += labelled(out, "when", text_slice(&t));

	text_clear(&t);
	where_words(out, e, &t);
	lines += labelled(out, "where", text_slice(&t));

	text_clear(&t);
	asked_words(x, &t);
	lines += labelled(out, "asked", text_slice(&t));

	text_clear(&t);
	killed_words(x, &t);
	lines += labelled(out, "killed", text_slice(&t));

	if (out->repeats && out->repeats->count > 1) {
		text_clear(&t);
		repeats_words(&t, x, out->repeats);
		lines += labelled(out, "repeats", text_slice(&t));
	}
	text_free(&t);
	text_free(&buffer);
	return lines;
}

static size_t say_helps(struct output *out, const struct explanation *x, bool commands)
{
	struct text t = { 0 };
	size_t lines = 0;

	if (x->help_count == 0)
		return 0;
	title(out, "What helps");
	for (size_t i = 0; i < x->help_count; i++) {
		const struct help *h = &x->helps[i];

		text_clear(&t);
		text_add(&t, h->says);
		if (commands && h->command.n > 0) {
			text_puts(&t, " (");
			text_add(&t, h->command);
			text_puts(&t, ")");
		}
		if (h->caution.n > 0) {
			text_puts(&t, "; ");
			text_add(&t, h->caution);
		}
		lines += labelled(out, h->when, text_slice(&t));
	}
	text_free(&t);
	return lines + 2;
}

static void say_commands(struct output *out, const struct explanation *x)
{
	bool any = false;

	for (size_t i = 0; i < x->help_count; i++) {
		if (x->helps[i].command.n == 0)
			continue;
		if (!any)
			title(out, "Commands");
		any = true;
		labelled(out, x->helps[i].when, x->helps[i].command);
	}
}

static void bar(struct output *out, int64_t percent)
{
	int64_t length = percent > 100 ? 100 : percent;

	length = (length * BAR + 50) / 100;
	for (int64_t i = 0; i < length; i++)
		text_puts(&out->buffer, out->utf8 ? "\xe2\x96\x88" : "#");
}

/* Free memory holds nothing, but where the wall is not the whole machine it is the
 * story that it lies there. */
static bool holds(const struct explanation *x, const struct ledger_entry *e)
{
	bool whole = strcmp(x->wall.slug, "machine") == 0 ||
		     strcmp(x->wall.slug, "unknown") == 0;

	if (!whole)
		return e->bytes > 0;
	return e->bytes > 0 && strcmp(e->what, "free") != 0 &&
	       strcmp(e->what, "free-cma") != 0;
}

/* The largest classes of the ledger, what no counter owns among them. */
static const char *row_words(const struct ledger *l, const struct ledger_entry *e)
{
	return l->has_gaps && strcmp(e->what, "unaccounted") == 0
		       ? "not in this log"
		       : filler_words(e->what);
}

static size_t say_ledger(struct output *out, const struct explanation *x, size_t most)
{
	const struct ledger *l = &x->ledger;
	const struct ledger_entry *rows[MOST_LEDGER];
	size_t shown = 0, width = 0;

	for (size_t i = 0; i < l->entry_count; i++) {
		const struct ledger_entry *e = &l->entries[i];
		size_t at = shown;

		if (!holds(x, e) || quantity_percent(e->bytes, l->total_bytes) < 1)
			continue;
		while (at > 0 && rows[at - 1]->bytes < e->bytes)
			at--;
		if (at == most)
			continue;
		if (shown < most)
			shown++;
		for (size_t k = shown - 1; k > at; k--)
			rows[k] = rows[k - 1];
		rows[at] = e;
	}
	for (size_t i = 0; i < shown; i++)
		if (strlen(row_words(l, rows[i])) > width)
			width = strlen(row_words(l, rows[i]));
	for (size_t i = 0; i < shown; i++) {
		const struct ledger_entry *e = rows[i];
		int64_t percent = quantity_percent(e->bytes, l->total_bytes);

		/* A narrow screen gives the words a line of their own. */
		if (width + 19 > out->width)
			text_printf(&out->buffer, "  %s\n    %8s  %3" PRId64 " %%  ",
				row_words(l, e), BYTES(e->bytes), percent);
		else
			text_printf(&out->buffer, "  %-*s  %8s  %3" PRId64 " %%  ",
				(int)width, row_words(l, e), BYTES(e->bytes), percent);
		if (width + 22 + BAR <= out->width)
			bar(out, percent);
		while (out->buffer.n > 0 && out->buffer.p[out->buffer.n - 1] == ' ')
			out->buffer.n--;
		text_putc(&out->buffer, '\n');
	}
	return shown;
}

static size_t say_holders(struct output *out, const struct explanation *x, size_t most)
{
	size_t start = out->buffer.n, lines = 0, entries;
	bool victim = x->victim.says.n > 0 && x->event->kind == KIND_OOM;

	if (x->ledger.entry_count == 0 && !victim)
		return 0;
	/* The counters are the machine's even where the wall is some of its nodes. */
	title(out, known(x->elsewhere.free_bytes) && !x->ledger.of_memcg &&
				   (x->constraint == CONSTRAINT_CPUSET ||
					   x->constraint == CONSTRAINT_MEMORY_POLICY)
			   ? "Who held the memory (all nodes)"
			   : "Who held the memory");
	entries = say_ledger(out, x, most);
	/* Shares that need what the log lost: no heading of nothing. */
	if (entries == 0 && !victim) {
		out->buffer.n = start;
		return 0;
	}
	lines += 2 + entries;
	if (victim)
		lines += labelled(out, "victim", x->victim.says);
	return lines;
}

/* Parts 1 to 4 on one screen: the ledger gives way first, then the commands move
 * below. */
static void say_first_screen(struct output *out, const struct explanation *x)
{
	size_t start = out->buffer.n;
	bool moved = false;

	for (int attempt = 0;; attempt++) {
		size_t most = attempt == 0 ? 4 : (attempt == 1 ? 3 : 2), lines;

		moved = attempt >= 2;
		if (attempt == 4)
			most = 1;
		out->buffer.n = start;
		lines = say_headline(out, x);
		lines += 1 + say_identity(out, x);
		lines += say_helps(out, x, !moved);
		lines += say_holders(out, x, most);
		if (lines <= FIRST_SCREEN || attempt == 4)
			break;
	}
	if (moved)
		say_commands(out, x);
}

static void evidence_row(struct output *out, const struct oom_event *e,
	const struct fact *f, size_t number_width, size_t quote_width)
{
	size_t joint;
	struct text quote = { 0 };
	size_t width, column = number_width + 4;

	clean_for_terminal(&quote, f->text, out->utf8);
	width = clean_width(text_slice(&quote));
	if (f->line)
		text_printf(&out->buffer, "  %*u  ", (int)number_width,
			event_line_in_file(e, f->line, &joint));
	else
		text_printf(&out->buffer, "  %*s  ", (int)number_width, "");
	if (width > out->width - column) {
		/* A quote is cut, never wrapped. */
		text_add(&out->buffer,
			clean_first(text_slice(&quote), out->width - column - 3));
		text_puts(&out->buffer, "...");
		width = out->width;
	} else {
		text_add(&out->buffer, text_slice(&quote));
	}
	text_free(&quote);
	if (width > 0 &&
		(width > quote_width || column + quote_width + 32 > out->width)) {
		text_printf(&out->buffer, "\n%*s", (int)column + 2, "");
		if (f->side == SPEAKS_AGAINST)
			text_puts(&out->buffer, "but ");
		wrap(out, f->says, column + 2 + (f->side == SPEAKS_AGAINST ? 4 : 0),
			column + 2);
		return;
	}
	text_printf(&out->buffer, "%*s", (int)(quote_width - width + 2), "");
	column += quote_width + 2;
	if (f->side == SPEAKS_AGAINST)
		text_puts(&out->buffer, "but ");
	wrap(out, f->says, column + (f->side == SPEAKS_AGAINST ? 4 : 0), column);
}

static size_t digits_of(uint32_t n)
{
	size_t digits = 1;

	while (n >= 10) {
		n /= 10;
		digits++;
	}
	return digits;
}

static bool shown_fact(const struct fact *f)
{
	return f->side != NOT_IN_LOG;
}

static void say_cgroup(struct output *out, const struct explanation *x)
{
	struct text t = { 0 };

	if (x->cgroup_says.n == 0)
		return;
	title(out, "The cgroup");
	text_puts(&out->buffer, "  ");
	text_add(&t, x->cgroup_says);
	if (t.n > 0 && t.p[0] >= 'a' && t.p[0] <= 'z')
		t.p[0] = (char)(t.p[0] - 'a' + 'A');
	text_putc(&t, '.');
	wrap(out, text_slice(&t), 2, 2);
	text_free(&t);
}

static void say_evidence(struct output *out, const struct explanation *x)
{
	const struct finding *sources[] = { &x->cause, &x->reclaim };
	const struct fact *rows[MOST_EVIDENCE];
	size_t count = 0, number_width = 1, quote_width = 0;

	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sources[s]->fact_count && count < MOST_EVIDENCE;
			i++) {
			const struct fact *f = &sources[s]->facts[i];
			bool twice = false;

			if (!shown_fact(f))
				continue;
			for (size_t k = 0; k < count; k++)
				twice |= rows[k]->line == f->line &&
					 slice_eq(rows[k]->text, f->text);
			if (!twice)
				rows[count++] = f;
		}
	}
	if (count == 0)
		return;
	title(out, "Evidence");
	for (size_t i = 0; i < count; i++) {
		size_t width = rows[i]->text.n;

		if (digits_of(rows[i]->line) > number_width)
			number_width = digits_of(rows[i]->line);
		if (width > quote_width && width <= 40)
			quote_width = width;
	}
	/* Those against stand last. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count; i++)
			if ((rows[i]->side == SPEAKS_AGAINST) == (pass == 1))
				evidence_row(out, x->event, rows[i], number_width,
					quote_width);
}

static bool named_before(const struct oom_event *e, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (slice_eq(e->notices[i].program, e->notices[at].program))
			return true;
	return false;
}

/* Other programs' notices of the same kill, in one row. */
static void say_told(struct output *out, const struct explanation *x)
{
	const struct oom_event *e = x->event;
	struct text t = { 0 };
	size_t programs = 0;

	if (e->notice_count == 0 || e->told)
		return;
	for (size_t i = 0; i < e->notice_count && programs < 4; i++) {
		size_t lines = 0;

		if (named_before(e, i))
			continue;
		text_puts(&t, programs++ > 0 ? ", " : "by ");
		add_name(&t, e->notices[i].program, "somebody");
		for (size_t k = i; k < e->notice_count; k++)
			if (slice_eq(e->notices[k].program, e->notices[i].program) &&
				lines++ < 4)
				text_printf(&t, "%s%u", lines == 1 ? " (" : ", ",
					e->notices[k].line);
		text_puts(&t, lines > 4 ? "...)" : ")");
	}
	text_puts(&t, ": the same kill, nothing new");
	labelled(out, "told", text_slice(&t));
	text_free(&t);
}

static void say_gaps(struct output *out, const struct explanation *x)
{
	struct text t = { 0 };
	bool any = x->missing_count > 0 || x->not_in_log_count > 0;

	for (size_t i = 0; i < x->cause.fact_count; i++)
		any |= x->cause.facts[i].side == NOT_IN_LOG;
	if (!any)
		return;
	title(out, "Not in this log");
	if (x->missing_count > 0) {
		text_puts(&t, "This report is not complete. It lacks the ");
		for (size_t i = 0; i < x->missing_count; i++)
			text_printf(&t, "%s%s", i == 0 ? "" : ", the ", x->missing[i]);
		text_putc(&t, '.');
		text_puts(&out->buffer, "  ");
		wrap(out, text_slice(&t), 2, 2);
	}
	for (size_t i = 0; i < x->not_in_log_count; i++) {
		text_puts(&out->buffer, "  ");
		wrap(out, x->not_in_log[i], 2, 2);
	}
	for (size_t i = 0; i < x->cause.fact_count; i++) {
		const struct fact *f = &x->cause.facts[i];

		if (f->side != NOT_IN_LOG || x->not_in_log_count > 0)
			continue;
		text_clear(&t);
		text_add(&t, f->says);
		if (t.n > 0 && t.p[0] >= 'a' && t.p[0] <= 'z')
			t.p[0] = (char)(t.p[0] - 'a' + 'A');
		text_putc(&t, '.');
		text_puts(&out->buffer, "  ");
		wrap(out, text_slice(&t), 2, 2);
	}
	text_free(&t);
}

static void say_also(struct output *out, const struct explanation *x)
{
	if (x->also_count == 0)
		return;
	title(out, "Also true");
	for (size_t i = 0; i < x->also_count; i++) {
		text_puts(&out->buffer, "  ");
		wrap(out, x->also[i], 2, 4);
	}
}

static void say_why_not(struct output *out, const struct explanation *x)
{
	struct text t = { 0 };

	if (!out->why_not)
		return;
	text_printf(&t, "Why not %s", out->why_not);
	text_putc(&t, '\0');
	title(out, t.p);
	text_clear(&t);
	if (strcmp(out->why_not, x->cause.slug) == 0)
		text_puts(&t, "It is the cause.");
	for (size_t i = 0; i < x->weighed_count; i++) {
		if (strcmp(x->weighed[i].slug, out->why_not) != 0)
			continue;
		text_printf(&t, "%s: ", confidence_name(x->weighed[i].confidence));
		text_add(&t, x->weighed[i].why_not);
		text_putc(&t, '.');
	}
	if (t.n == 0)
		text_printf(&t,
			"Nothing in this report speaks for it. See oomwhy wiki %s "
			"for the lines it needs.",
			out->why_not);
	text_puts(&out->buffer, "  ");
	wrap(out, text_slice(&t), 2, 2);
	text_free(&t);
}

static void say_what_if(struct output *out, const struct explanation *x)
{
	struct text t = { 0 };
	const struct what_if_answer *last;

	if (x->what_if_count == 0)
		return;
	title(out, "What if");
	for (size_t i = 0; i < x->what_if_count; i++) {
		const struct what_if_answer *a = &x->what_ifs[i];

		text_clear(&t);
		text_puts(&t, "oom_score_adj of ");
		text_add(&t, a->question.name);
		text_printf(&t, " were %" PRId64 "%s", a->question.oom_score_adj,
			a->found ? "" : ": no task of this table has that name or pid");
		text_puts(&out->buffer, "  ");
		wrap(out, text_slice(&t), 2, 4);
	}
	last = &x->what_ifs[x->what_if_count - 1];
	text_clear(&t);
	if (!x->selection.replayed) {
		text_printf(&t, "Who would have died cannot be computed: %s.",
			x->selection.why_not ? x->selection.why_not : "no task table");
	} else if (last->victim) {
		text_add(&t, last->victim->comm);
		text_printf(&t, " (%" PRId64 ") would have died, which frees %s",
			last->victim->pid, BYTES(last->frees_bytes));
	} else {
		text_puts(&t, "nobody could have been killed");
	}
	text_puts(&out->buffer, "  ");
	wrap(out, text_slice(&t), 2, 4);
	text_free(&t);
}

/* Tables of --full. */
static void say_refusals(struct output *out, const struct explanation *x)
{
	struct text t = { 0 };

	if (x->refusal_count == 0)
		return;
	title(out, "Zones");
	for (size_t i = 0; i < x->refusal_count; i++) {
		const struct refusal *r = &x->refusals[i];

		text_clear(&t);
		if (known(r->zone->node))
			text_printf(&t, "Node %" PRId64 " ", r->zone->node);
		text_add(&t, r->zone->name);
		text_printf(&t, ": %s; ", verdict_name(r->verdict));
		text_add(&t, r->says);
		text_puts(&out->buffer, "  ");
		wrap(out, text_slice(&t), 2, 4);
	}
	if (x->route) {
		text_puts(&out->buffer, "  Route to the kill: ");
		wrap(out, x->route_says, 21, 4);
	}
	if (known(x->elsewhere.free_bytes)) {
		text_printf(&out->buffer, "  Not shown: %s free",
			BYTES(x->elsewhere.free_bytes));
		text_puts(&out->buffer,
			x->elsewhere.from == FROM_INFERENCE
				? " (machine-wide count less the zones shown)\n"
				: "\n");
	}
	text_free(&t);
}

static void say_whole_ledger(struct output *out, const struct explanation *x)
{
	const struct ledger *l = &x->ledger;

	if (l->entry_count == 0)
		return;
	title(out, l->of_memcg ? "Ledger of the cgroup" : "Ledger of the machine");
	for (size_t i = 0; i < l->entry_count; i++) {
		const struct ledger_entry *e = &l->entries[i];

		if (e->bytes == 0)
			continue;
		text_printf(
			&out->buffer, "  %-24s %10s", row_words(l, e), BYTES(e->bytes));
		if (e->line)
			text_printf(&out->buffer, "  line %u", e->line);
		text_putc(&out->buffer, '\n');
		for (size_t k = 0; k < l->part_count; k++)
			if (strcmp(l->parts[k].inside, e->what) == 0)
				text_printf(&out->buffer, "    of which %-13s %10s\n",
					l->parts[k].what, BYTES(l->parts[k].bytes));
	}
	text_printf(&out->buffer, "  %-24s %10s\n", "total", BYTES(l->total_bytes));
}

enum { MOST_OWNERS = 10 };

/* Kernel memory by name, the largest first. */
static void say_kernel_owners(struct output *out, const struct explanation *x)
{
	const struct oom_event *e = x->event;
	bool shown[512] = { false };
	size_t count = e->slab_count < 512 ? e->slab_count : 512;
	struct text name = { 0 };

	if (count > 0)
		title(out, "Unreclaimable slab caches");
	for (size_t row = 0; row < MOST_OWNERS && row < count; row++) {
		size_t best = count;

		for (size_t i = 0; i < count; i++)
			if (!shown[i] &&
				(best == count || e->slabs[i].total_bytes >
							  e->slabs[best].total_bytes))
				best = i;
		shown[best] = true;
		text_clear(&name);
		clean_for_terminal(&name, e->slabs[best].name, out->utf8);
		text_printf(&out->buffer, "  %10s  %.*s\n",
			BYTES(e->slabs[best].total_bytes),
			SLICE_ARG(text_slice(&name)));
	}
	if (e->site_count > 0)
		title(out, "Allocation sites");
	for (size_t i = 0; i < e->site_count && i < MOST_OWNERS; i++) {
		text_clear(&name);
		clean_for_terminal(&name, e->sites[i].where, out->utf8);
		text_printf(&out->buffer, "  %10s  %.*s\n", BYTES(e->sites[i].bytes),
			SLICE_ARG(text_slice(&name)));
	}
	text_free(&name);
}

static void say_ranking(struct output *out, const struct explanation *x)
{
	const struct selection *s = &x->selection;
	const struct ranked *ranking = whole_ranking(s, x->arena);
	struct text name = { 0 };

	if (s->count == 0)
		return;
	title(out, "Ranking of victims");
	if (s->why_not) {
		text_puts(&out->buffer, "  ");
		wrap(out, slice_of(s->why_not), 2, 2);
	}
	text_printf(&out->buffer, "  %8s  %12s  %6s  %10s  %s\n", "pid", "badness",
		"adj", "rss", "name");
	for (size_t i = 0; i < s->count; i++) {
		const struct ranked *r = &ranking[i];

		text_clear(&name);
		clean_for_terminal(&name, r->task->comm, out->utf8);
		text_printf(&out->buffer, "  %8" PRId64 "  ", r->task->pid);
		if (known(r->badness))
			text_printf(&out->buffer, "%12" PRId64 "  ", r->badness);
		else
			text_printf(&out->buffer, "%12s  ", "-");
		if (known(r->task->oom_score_adj))
			text_printf(&out->buffer, "%6" PRId64, r->task->oom_score_adj);
		else
			text_printf(&out->buffer, "%6s", "-");
		text_printf(&out->buffer, "  %10s  ",
			BYTES(quantity_mul(r->task->rss_pages, x->page_bytes)));
		text_add(&out->buffer, text_slice(&name));
		if (!r->eligible)
			text_printf(&out->buffer, "  (not eligible: %s)", r->why_not);
		if (i == s->victim_rank)
			text_puts(&out->buffer, "  (chosen)");
		text_putc(&out->buffer, '\n');
	}
	text_free(&name);
}

static void say_names(struct output *out, const struct explanation *x)
{
	struct text name = { 0 };

	if (x->name_count == 0)
		return;
	title(out, "Tasks by name");
	text_printf(&out->buffer, "  %6s  %10s  %10s  %10s  %s\n", "count", "rss",
		"swap", "pagetables", "name");
	for (size_t i = 0; i < x->name_count; i++) {
		const struct name_sum *s = &x->names[i];

		text_clear(&name);
		clean_for_terminal(&name, s->comm, out->utf8);
		text_printf(&out->buffer, "  %6" PRId64 "  %10s  %10s  %10s  ",
			s->count, BYTES(quantity_mul(s->rss_pages, x->page_bytes)),
			x->event->tasks.has_swapents
				? BYTES(quantity_mul(s->swap_pages, x->page_bytes))
				: "-",
			BYTES(s->pagetable_bytes));
		text_add(&out->buffer, text_slice(&name));
		text_putc(&out->buffer, '\n');
	}
	text_free(&name);
}

static void say_raw_lines(struct output *out, const struct explanation *x)
{
	const struct oom_event *e = x->event;

	title(out, "Lines of the report");
	for (size_t i = 0; i < e->line_count; i++) {
		size_t joint;

		text_printf(&out->buffer, "  %6u  ",
			event_line_in_file(e, e->lines[i].number, &joint));
		clean_for_terminal(&out->buffer, e->lines[i].text, out->utf8);
		text_putc(&out->buffer, '\n');
	}
}

static void say_more(struct output *out, const struct explanation *x)
{
	struct text place = { 0 };

	text_printf(&out->buffer, "\nMore: oomwhy wiki %s", x->cause.slug);
	wiki_place(out, x->cause.slug, &place);
	/* A link is never broken: it takes a line of its own when it must. The path of a
	 * page that does not fit there either is left out: the command shows it. */
	if (place.n > 0 && place.p[0] == '/' &&
		6 + clean_width(text_slice(&place)) - 1 > out->width)
		text_putc(&out->buffer, '\n');
	else if (19 + strlen(x->cause.slug) + 5 + place.n > out->width)
		text_printf(&out->buffer, "\n      %s\n", place.p);
	else
		text_printf(&out->buffer, "   (%s)\n", place.p);
	text_free(&place);
}

enum { GROUPED_FROM = 5 };

/* A line parts events; of a crash loop on a terminal the first five are shown, then
 * only the count. */
static bool text_turn(struct output *out, const struct explanation *x)
{
	size_t seen = out->summary ? summary_count(out->summary, x, out->repeats) : 1;

	if (out->terminal && !out->full && !out->repeats && seen > GROUPED_FROM) {
		if (seen == GROUPED_FROM + 1)
			text_printf(&out->buffer,
				"\n... more events of cause %s with the same cgroup or victim "
				"follow; only their number is told below (--full shows "
				"each).\n",
				x->cause.slug);
		output_flush(out);
		return false;
	}
	if (out->event > 1)
		text_printf(&out->buffer, "\n%.*s\n\n",
			(int)(out->width < 80 ? out->width : 80),
			"----------------------------------------------------------------------"
			"----------");
	return true;
}

static void text_event(struct output *out, const struct explanation *x)
{
	say_first_screen(out, x);
	say_cgroup(out, x);
	say_evidence(out, x);
	say_told(out, x);
	say_gaps(out, x);
	say_also(out, x);
	say_why_not(out, x);
	say_what_if(out, x);
	if (out->full) {
		say_refusals(out, x);
		say_whole_ledger(out, x);
		say_kernel_owners(out, x);
		say_ranking(out, x);
		say_names(out, x);
		say_raw_lines(out, x);
	}
	say_more(out, x);
	output_flush(out);
}

const struct format format_text = { .name = "text",
	.help = "for a person (the default)",
	.event = text_event,
	.turn = text_turn,
	.end = summary_print };
