/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines in pieces, put together again: printed piece by piece (pieces.h), or torn by a
 * newline in a process's name. */
#include "parsers/assemble_parts.h"
#include "parsers/pieces.h"

/* Put a line together that came in pieces (pieces.h). True when the record was used
 * up; `joined` then holds the whole line if it is whole now. A piece that may be a line
 * as it stands is read as one as well. */
bool torn_join(struct open_event *o, const struct record *r, struct record *joined)
{
	joined->text.n = 0;
	if (o->torn_parts > 0)
		return false;
	if (o->torn.n > 0 && piece_continues(text_slice(&o->torn), r->text)) {
		char last = o->torn.p[o->torn.n - 1], first = r->text.p[0];

		if (last != ' ' && last != '=' && last != '|' && first != ' ' &&
			first != ',')
			text_putc(&o->torn, ' ');
		text_add(&o->torn, r->text);
		/* A trigger's last piece may be lost: what there is of it is read. */
		if (piece_lacks_more(text_slice(&o->torn)) &&
			!slice_has(text_slice(&o->torn), " invoked oom-killer:"))
			return true;
		*joined = *r;
		joined->text = arena_copy(o->e->arena, text_slice(&o->torn));
		if (piece_lacks_more(joined->text))
			return true;
		if (!piece_may_go_on(joined->text))
			text_clear(&o->torn);
		return true;
	}
	if (piece_lacks_more(r->text) || piece_may_go_on(r->text)) {
		text_clear(&o->torn);
		text_add(&o->torn, r->text);
		o->torn_line = r->line;
	}
	return false;
}

/* A line in pieces that is whole now; the trigger's was read once, without its end. */
void torn_take_joined(struct assembler *a, struct open_event *o, struct record *joined)
{
	struct captures c;
	const struct pattern *p;

	if (joined->text.n == 0)
		return;
	p = pattern_match(a->patterns, joined->text, true, THE_KERNEL, &c);
	if (!p || (p->place == OPENS && o->e->request.line < o->torn_line))
		return;
	open_take_matched(o, p, joined, &c);
}

/* A newline in a process name splits the kernel's line: what is obligatory behind
 * the name is then missing. A name has at most 15 bytes, so at most 16 pieces. */
enum { MOST_PIECES = 16 };

static bool lacks_its_end(struct slice text)
{
	size_t at = slice_find(text, "illed process ");

	if (slice_starts(text, "oom-kill:constraint="))
		return !slice_has(text, ",uid=");
	if (at != SLICE_NONE)
		return slice_has(slice_from(text, at), "(") &&
		       !slice_has(slice_from(text, at), ")");
	return slice_starts(text, "CPU: ") && slice_has(text, " Comm: ") &&
	       !slice_has(text, "ainted");
}

void torn_take(struct assembler *a, struct open_event *o, const struct record *r)
{
	struct record own = *r;
	struct captures c;
	const struct pattern *p;

	own.text = arena_copy(o->e->arena, text_slice(&o->torn));
	own.line = o->torn_line;
	/* Its end never came. */
	own.cut = lacks_its_end(own.text);
	text_clear(&o->torn);
	o->torn_parts = 0;
	p = pattern_match(a->patterns, own.text, true, THE_KERNEL, &c);
	if (p && p->place != OPENS && p->place != ALONE)
		open_take_matched(o, p, &own, &c);
}

/* Is this record the next piece of the torn line? A newline in a name splits it
 * (`*newline`); so does another CPU, between the pieces that the kernel prints one by
 * one. What is neither belongs to somebody else. */
static bool is_next_piece(
	const struct open_event *o, const struct record *r, bool *newline)
{
	struct slice torn = text_slice(&o->torn), piece = r->text;
	bool summary = slice_starts(torn, "oom-kill:constraint=");

	*newline = false;
	if (summary &&
		(slice_starts(piece, ",cpuset=") || slice_starts(piece, ",mems_a") ||
			slice_starts(piece, ",oom_memcg=") ||
			slice_starts(piece, ",global_oom") ||
			slice_starts(piece, ",task")))
		return true;
	if (summary && slice_ends(torn, "=") && !slice_has(piece, ": "))
		return true;
	*newline = true;
	if (summary ? slice_has(piece, ",pid=")
		    : (slice_starts(torn, "CPU: ") ? slice_has(piece, "ainted")
						   : slice_has(piece, ") total-vm:")))
		return true;
	/* The middle of a name with several newlines: short, and printed at once. */
	return piece.n <= 15 && r->uptime_usec == o->last_uptime_usec;
}

/* Put a torn line together again. True when the record was used up. */
bool torn_join_name(struct assembler *a, struct open_event *o, const struct record *r)
{
	bool newline;

	if (o->torn_parts > 0 && is_next_piece(o, r, &newline)) {
		if (newline)
			text_putc(&o->torn, '\n');
		text_add(&o->torn, r->text);
		o->torn_parts++;
		if (!lacks_its_end(text_slice(&o->torn)) || o->torn_parts > MOST_PIECES)
			torn_take(a, o, r);
		return true;
	}
	if (o->torn_parts > 0) {
		struct captures c;

		/* A line of the report's own: the rest was lost. */
		if (!pattern_match(a->patterns, r->text, true, THE_KERNEL, &c))
			return false;
		torn_take(a, o, r);
	}
	if (!lacks_its_end(r->text))
		return false;
	text_clear(&o->torn);
	text_add(&o->torn, r->text);
	o->torn_line = r->line;
	o->last_uptime_usec = r->uptime_usec;
	o->torn_parts = 1;
	return true;
}

/* From the task table to the kill every line holds a name, and what a newline in one
 * splits off has at most 15 bytes. Counters, zones and Mem-Info stand before the table:
 * a line so short is none of them, whatever it looks like, but where another report of
 * this host is being printed at the same time ("98157 pages RAM"). */
bool torn_rest_of_name(
	const struct assembler *a, const struct open_event *o, const struct record *r)
{
	if (!o->e->tasks.header_line || o->ended || r->text.n > 15)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (&a->open[i] != o && !a->open[i].ended &&
			open_same_host(&a->open[i], r))
			return false;
	return true;
}
