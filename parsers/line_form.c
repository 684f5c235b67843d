/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form of a line's envelope, taken from one line and held against others. */
#include "parsers/line_form.h"

#include "parsers/envelope_layers.h"
#include "parsers/kernel_stamp.h"

enum { SECONDS_DIGITS = 6 };

void line_form_watch(struct line_form *form, const struct envelope_memory *memory)
{
	form->stamps = memory->stamps;
	form->callers = memory->callers;
}

/* Is nothing held back, and no block of lines being read? */
static bool is_calm(const struct envelope_memory *m)
{
	return m->block == NO_BLOCK && !m->in_blocks && !m->dmesg_json && !m->html &&
	       !m->quoted_printable && !m->soft_there && m->indent == 0 &&
	       m->part.n == 0 && !m->part_of_line && !m->cut && !known(m->sequence) &&
	       !fold_waits(m) && fold_passes(m, 0);
}

static void let_vary(struct line_form *form, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		memset((char *)form->same + i, 0, 1);
}

/* The last stamp of the kernel's in the envelope, with the bytes behind it readable. */
static size_t find_stamp(struct slice line, size_t width, size_t *behind)
{
	const char *end = line.p + line.n;
	int64_t usec;

	for (size_t at = width; at-- > 0;) {
		const char *p =
			line.p[at] == '[' ? past_stamp(line.p + at, end, &usec) : NULL;

		if (p && p <= line.p + width) {
			*behind = (size_t)(p - line.p);
			return at;
		}
	}
	return SIZE_MAX;
}

/* The microseconds of "02:19:01.123456" before the kernel's stamp. */
static size_t find_fraction(struct slice front)
{
	for (size_t at = 4; at + SECONDS_DIGITS + 1 < front.n; at++) {
		size_t digits = 0;

		if ((front.p[at] != '.' && front.p[at] != ',') ||
			!digit_at(front, at - 1) || !digit_at(front, at - 2) ||
			front.p[at - 3] != ':')
			continue;
		while (digit_at(front, at + 1 + digits))
			digits++;
		return digits == SECONDS_DIGITS ? at + 1 : SIZE_MAX;
	}
	return SIZE_MAX;
}

bool line_form_note(
	struct line_form *form, const struct envelope_memory *memory, struct slice line)
{
	size_t width = memory->before_width, front;

	if (!memory->stripped || width == 0 || width > WIDEST_FORM || width > line.n ||
		!memory->before_whole || !is_calm(memory) ||
		memcmp(&form->stamps, &memory->stamps, sizeof(form->stamps)) != 0 ||
		memcmp(&form->callers, &memory->callers, sizeof(form->callers)) != 0)
		return false;
	/* A frame's length (RFC 6587) would be another. */
	if (line.p[0] >= '1' && line.p[0] <= '9' &&
		slice_find(slice_first(line, 8), " <") != SLICE_NONE)
		return false;
	form->width = width;
	form->like = line.p;
	form->longest = line.p[0] == '[' ? GLUED_LEAST - 1 : SIZE_MAX;
	memset(form->same, 0, sizeof(form->same));
	memset(form->same, 0xff, width);
	form->stamp = find_stamp(line, width, &form->behind);
	front = form->stamp == SIZE_MAX ? width : form->stamp;
	form->fraction = find_fraction(slice_first(line, front));
	if (form->stamp != SIZE_MAX)
		let_vary(form, form->stamp + 1, form->behind - form->stamp - 2);
	if (form->fraction != SIZE_MAX)
		let_vary(form, form->fraction, SECONDS_DIGITS);
	return true;
}

bool line_form_fits(const struct line_form *form, const char *p, int64_t *usec)
{
	uint64_t differs = 0;
	int64_t micros;

	for (size_t i = 0; i < (form->width + 7) / 8; i++)
		differs |= (eight_at(p + 8 * i) ^ eight_at(form->like + 8 * i)) &
			   le64toh(form->same[i]);
	if (differs)
		return false;
	*usec = UNKNOWN;
	if (form->fraction != SIZE_MAX &&
		short_number_at(p + form->fraction, &micros) != SECONDS_DIGITS)
		return false;
	/* A stamp of another width moves the text. */
	return form->stamp == SIZE_MAX ||
	       past_stamp(p + form->stamp, p + FORM_ROOM, usec) == p + form->behind;
}
