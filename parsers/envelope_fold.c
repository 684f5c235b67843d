/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that are not yet what was logged: wrapped by a terminal or a mailer, printed
 * newest part first (pstore), or sent in pieces and out of order (netconsole).
 *
 * What is held back is bounded: one line, the parts of one crash, a few datagrams. */
#include "parsers/envelope_layers.h"

#include "base/complain.h"

#include <stdlib.h>
#include <string.h>

/* ---- wrapped lines ---- */

enum {
	NARROW = 80, /* nobody's window was narrower, and no mailer wraps wider */
	WIDE = 132,
	LONGEST_WRAPPED = 5120, /* no kernel line has 64 such parts */
	MAIL_LEAST = 70,        /* the narrowest that mailers wrap at */
	WIDEST_WINDOW = 400,
	LEAST_WRAPPED = 3,
	LONGEST_WORD = 16
};

/* Does the line begin as lines of a log do: with a stamp or a date? */
static bool has_front(struct slice s)
{
	int64_t number;

	while (take_quote(&s))
		;
	slice_take_blanks(&s);
	if (slice_take(&s, "<") &&
		(!slice_take_int(&s, &number) || !slice_take(&s, ">")))
		return false;
	if (s.n > 15 && s.p[0] >= 'A' && s.p[0] <= 'S' && s.p[3] == ' ' &&
		s.p[6] == ' ' && s.p[9] == ':')
		return true;
	if (s.n > 19 && digit_at(s, 0) && s.p[4] == '-' && s.p[7] == '-' &&
		s.p[13] == ':')
		return true;
	if (!slice_take(&s, "["))
		return false;
	slice_take_blanks(&s);
	if (!digit_at(s, 0) || !slice_take_int(&s, &number))
		return false;
	return s.n > 1 && s.p[0] == '.' && digit_at(s, 1);
}

/* How wide the line is. A mailer leaves a word that is too long for any line in one
 * piece: then it says nothing about the width. */
static size_t width_of(struct slice line)
{
	size_t blank = slice_find_last(line, " ");

	return line.n > NARROW && blank != SLICE_NONE && blank <= MAIL_LEAST ? 0
									     : line.n;
}

static void give_held(struct envelope_memory *m, give_record *give, void *context)
{
	struct slice line = text_slice(&m->wrapped);

	if (!m->wrapped_there)
		return;
	m->wrapped_there = false;
	envelope_open_line(m, line, m->wrapped_line, m->wrapped_byte, give, context);
}

/* Is `line` the rest of the one that is held? */
static bool is_rest(const struct envelope_memory *m, struct slice line, bool *blank)
{
	struct slice words = line, word;
	size_t width = m->wrapped_width;

	while (take_quote(&words))
		;
	*blank = false;
	if (line.n == 0 || has_front(line))
		return false;
	if (m->window)
		return width == m->window;
	if (m->longest > WIDE)
		return false;
	if (width == WIDE || (width == NARROW && m->longest <= NARROW))
		return true;
	*blank = true;
	/* What is indented below a heading is no rest of it. A rest may begin with blanks:
	 * the mailer took only one of those between two columns. */
	if (slice_starts(words, "  ") && slice_ends(text_slice(&m->wrapped), ":"))
		return false;
	width += words.n;
	return m->longest <= NARROW && slice_take_word(&words, &word) &&
	       width - words.n + 1 > MAIL_LEAST;
}

/* Is it a line that may go on in the next one? Learns from it how wide the window is. */
static bool may_be_wrapped(struct envelope_memory *m, struct slice line)
{
	if (m->window)
		return line.n == m->window && !m->cut && has_front(line);
	if (m->longest > WIDE || m->cut || !has_front(line))
		return false;
	if (width_of(line) > m->longest)
		m->longest = width_of(line);
	return line.n <= WIDE && (m->longest <= NARROW || line.n == WIDE);
}

/* A line of those that are looked at ahead. */
static bool next_line(struct slice *rest, struct slice *line)
{
	if (!slice_cut(rest, '\n', line))
		return false;
	while (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

/* Other widths than a terminal's usual ones: no line is longer, and nearly all that are as
 * long, but none a word shorter, as where a program wrapped between words, are followed by
 * one that does not begin as lines of the log do. */
size_t fold_window(struct slice lines)
{
	struct slice rest = lines, line;
	size_t width = 0, rests = 0, others = 0;
	bool wide = false, close = false;

	while (next_line(&rest, &line)) {
		if (line.n > WIDEST_WINDOW)
			return 0;
		if (line.n > width)
			width = line.n;
	}
	if (width <= NARROW || width == WIDE)
		return 0;
	for (rest = lines; next_line(&rest, &line);) {
		bool far = line.n + LONGEST_WORD < width;
		bool begins = (wide || close || !far) && has_front(line);
		bool goes_on = !begins && line.n > 0;
		bool of_log = wide || close || begins;

		rests += wide && goes_on;
		others += (wide && !goes_on) || (close && goes_on && line.p[0] != ' ');
		wide = of_log && line.n == width && width_of(line) > 0;
		close = of_log && line.n < width && !far;
	}
	return rests >= LEAST_WRAPPED && others * 4 <= rests ? width : 0;
}

bool fold_take(struct envelope_memory *m, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	bool blank;

	while (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (m->wrapped_there) {
		if (is_rest(m, line, &blank) && m->wrapped.n < LONGEST_WRAPPED) {
			while (blank && take_quote(&line))
				;
			if (blank && !slice_ends(text_slice(&m->wrapped), " "))
				text_putc(&m->wrapped, ' ');
			text_add(&m->wrapped, line);
			m->wrapped_width = line.n;
			return true;
		}
		give_held(m, give, context);
	}
	if (!may_be_wrapped(m, line))
		return false;
	text_clear(&m->wrapped);
	text_add(&m->wrapped, line);
	m->wrapped_there = true;
	m->wrapped_width = line.n;
	m->wrapped_line = number;
	m->wrapped_byte = byte;
	return true;
}

/* ---- pstore ---- */

enum { LONGEST_CRASH = 512 * 1024, MOST_LINES = 16384 };

struct crash_line {
	size_t at, n;
	uint32_t number;
	uint64_t byte;
	int64_t part;
};

/* "Panic#1 Part2", as pstore puts before each part. */
static bool is_part(struct slice s, int64_t *part)
{
	static const char *const reasons[] = { "Panic#", "Oops#", "Emergency#",
		"Shutdown#", "Restart#", "Halt#", "Poweroff#", "Unknown#" };
	int64_t number;
	size_t i = 0;

	while (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	while (i < sizeof(reasons) / sizeof(*reasons) && !slice_take(&s, reasons[i]))
		i++;
	return i < sizeof(reasons) / sizeof(*reasons) && digit_at(s, 0) &&
	       slice_take_int(&s, &number) && slice_take(&s, " Part") &&
	       digit_at(s, 0) && slice_take_int(&s, part) && s.n == 0;
}

static int oldest_first(const void *x, const void *y)
{
	const struct crash_line *a = x, *b = y;

	if (a->part != b->part)
		return a->part > b->part ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void give_crash(struct envelope_memory *m, give_record *give, void *context)
{
	struct crash_line *lines = m->crash_lines;
	size_t count = m->crash_count;

	m->crash_count = 0;
	if (count > 1)
		qsort(lines, count, sizeof(*lines), oldest_first);
	for (size_t i = 0; i < count; i++)
		envelope_open_line(m,
			slice_first(slice_from(text_slice(&m->crash), lines[i].at),
				lines[i].n),
			lines[i].number, lines[i].byte, give, context);
	text_clear(&m->crash);
}

/* The parts of a crash stand newest first. They begin the file: elsewhere the words may
 * be anybody's. */
bool crash_take(struct envelope_memory *m, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	int64_t part;
	struct crash_line *one;

	if (!m->in_crash && number != 1)
		return false;
	if (is_part(line, &part)) {
		/* Part1 begins the next crash, in whichever order the parts stand. */
		if (m->in_crash && part == m->first_part)
			give_crash(m, give, context);
		if (!m->in_crash)
			m->first_part = part;
		m->in_crash = true;
		m->part_number = part;
		return true;
	}
	if (!m->in_crash)
		return false;
	if (m->crash_count == MOST_LINES || m->crash.n + line.n > LONGEST_CRASH) {
		give_crash(m, give, context);
		m->in_crash = false;
		return false;
	}
	if (m->crash_count == m->crash_room) {
		m->crash_room = m->crash_room * 2 + 64;
		m->crash_lines = must_realloc(
			m->crash_lines, m->crash_room * sizeof(*m->crash_lines));
	}
	one = &m->crash_lines[m->crash_count++];
	*one = (struct crash_line){ m->crash.n, line.n, number, byte, m->part_number };
	text_add(&m->crash, line);
	return true;
}

/* ---- netconsole ---- */

enum {
	LONGEST_MESSAGE =
		16 * 1024, /* of a fragmented record; the kernel's have 8 kB */
	LATE = 64,         /* a number so far back was sent again, or is late */
	JUMP = 1024        /* one so far ahead is no late datagram's neighbour */
};

/* A record in several datagrams: the same number, "ncfrag=OFFSET/LENGTH". */
bool fragment_take(struct envelope_memory *m, int64_t sequence, int64_t offset,
	int64_t length, struct slice body, struct slice *whole)
{
	struct fragments *f = NULL;

	if (length <= 0 || length > LONGEST_MESSAGE || offset < 0 || offset > length ||
		(int64_t)body.n > length - offset)
		return false;
	for (size_t i = 0; i < MOST_FRAGMENTED && !f; i++)
		if (m->fragments[i].length == length &&
			m->fragments[i].sequence == sequence)
			f = &m->fragments[i];
	if (!f) {
		f = &m->fragments[m->next_fragmented++ % MOST_FRAGMENTED];
		f->sequence = sequence;
		f->length = length;
		f->have = 0;
		text_clear(&f->text);
		text_reserve(&f->text, (size_t)length);
		memset(f->text.p, ' ', (size_t)length);
	}
	memcpy(f->text.p + offset, body.p, body.n);
	f->have += (int64_t)body.n;
	if (f->have < length)
		return false;
	f->text.n = (size_t)length;
	f->length = 0;
	*whole = text_slice(&f->text);
	return true;
}

static uint32_t hash_of(struct slice s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h;
}

static void give_next(struct envelope_memory *m, struct record *r, int64_t sequence,
	give_record *give, void *context)
{
	struct order *o = &m->order;

	if (o->known && sequence > o->next)
		r->lost = (uint32_t)(sequence - o->next > UINT32_MAX
					     ? UINT32_MAX
					     : sequence - o->next);
	o->known = true;
	o->next = sequence + 1;
	o->given[sequence & (LATE - 1)] = hash_of(r->text);
	give_parts(m, r, give, context);
}

/* The earliest of what is held, or NULL. */
static struct held_record *earliest(struct order *o)
{
	struct held_record *first = NULL;

	for (size_t i = 0; i < MOST_HELD; i++)
		if (o->held[i].there &&
			(!first || o->held[i].sequence < first->sequence))
			first = &o->held[i];
	return first;
}

static void give_in_order(struct envelope_memory *m, struct held_record *h,
	give_record *give, void *context)
{
	h->there = false;
	m->order.count--;
	give_next(m, &h->record, h->sequence, give, context);
}

static void give_all_held(struct envelope_memory *m, give_record *give, void *context)
{
	struct held_record *h;

	while (m->order.count > 0 && (h = earliest(&m->order)))
		give_in_order(m, h, give, context);
}

static struct slice moved(struct text *store, struct slice s)
{
	size_t at = store->n;

	text_add(store, s);
	return (struct slice){ store->p + at, s.n };
}

static void hold(struct envelope_memory *m, const struct record *r, int64_t sequence)
{
	struct held_record *h = m->order.held;

	for (size_t i = 0; i < MOST_HELD; i++)
		if (h[i].there && h[i].sequence == sequence)
			return;
	while (h->there)
		h++;
	h->there = true;
	h->sequence = sequence;
	h->record = *r;
	text_clear(&h->store);
	/* Room first, so that the slices stay where they are. */
	text_reserve(&h->store, r->text.n + r->host.n + r->program.n + r->caller.n +
					r->wall.n + r->boot.n + 1);
	h->record.text = moved(&h->store, r->text);
	h->record.host = moved(&h->store, r->host);
	h->record.program = moved(&h->store, r->program);
	h->record.caller = moved(&h->store, r->caller);
	h->record.wall = moved(&h->store, r->wall);
	h->record.boot = moved(&h->store, r->boot);
	m->order.count++;
}

/* Datagrams come late, twice or never: records are given by their numbers. */
void order_give(struct envelope_memory *m, struct record *r, int64_t sequence,
	give_record *give, void *context)
{
	struct order *o = &m->order;
	uint32_t host = hash_of(r->host);
	struct held_record *h;

	if (o->known && host == o->host && sequence < o->next &&
		sequence >= o->next - LATE &&
		o->given[sequence & (LATE - 1)] == hash_of(r->text))
		return; /* once more */
	if (!o->known || host != o->host || sequence < o->next ||
		sequence > o->next + JUMP) {
		/* Another machine, another boot, or lines were passed over. */
		bool begins = host != o->host || sequence < o->next;

		give_all_held(m, give, context);
		o->known = o->known && !begins;
		o->host = host;
		give_next(m, r, sequence, give, context);
		return;
	}
	if (sequence == o->next)
		give_next(m, r, sequence, give, context);
	else
		hold(m, r, sequence);
	if (o->count == MOST_HELD)
		give_in_order(m, earliest(o), give, context);
	while (o->count > 0 && (h = earliest(o)) && h->sequence <= o->next)
		give_in_order(m, h, give, context);
}

/* ---- all of them ---- */

void fold_flush(struct envelope_memory *m, give_record *give, void *context)
{
	give_crash(m, give, context);
	give_held(m, give, context);
	give_all_held(m, give, context);
}

bool fold_waits(const struct envelope_memory *m)
{
	return m->wrapped_there || m->crash_count > 0 || m->order.count > 0;
}

bool fold_passes(const struct envelope_memory *m, uint32_t number)
{
	return m->longest > WIDE && !m->wrapped_there && !m->in_crash && number != 1;
}

void fold_free(struct envelope_memory *m)
{
	text_free(&m->wrapped);
	text_free(&m->crash);
	free(m->crash_lines);
	for (size_t i = 0; i < MOST_FRAGMENTED; i++)
		text_free(&m->fragments[i].text);
	for (size_t i = 0; i < MOST_HELD; i++)
		text_free(&m->order.held[i].store);
}
