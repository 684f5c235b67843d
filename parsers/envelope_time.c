/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wall clocks in all the forms that logs print them in. */
#include "parsers/envelope_layers.h"

#include <stdio.h>
#include <time.h>

bool digit_at(struct slice s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

int64_t take_digits(struct slice *rest, size_t digits)
{
	int64_t number = 0;

	for (size_t i = 0; i < digits; i++) {
		if (!digit_at(*rest, i))
			return UNKNOWN;
		number = number * 10 + (rest->p[i] - '0');
	}
	*rest = slice_from(*rest, digits);
	return number;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
	       719468;
}

int64_t take_fraction(struct slice *rest, bool *comma)
{
	int64_t usec = 0;
	size_t n = 1;

	if (rest->n < 2 || (rest->p[0] != '.' && rest->p[0] != ',') ||
		!digit_at(*rest, 1))
		return 0;
	*comma = rest->p[0] == ',';
	for (; n < 7 && digit_at(*rest, n); n++)
		usec = usec * 10 + (rest->p[n] - '0');
	for (size_t missing = n; missing < 7; missing++)
		usec *= 10;
	while (digit_at(*rest, n))
		n++;
	*rest = slice_from(*rest, n);
	return usec;
}

int64_t take_clock(struct slice *rest, bool *comma)
{
	int64_t h = take_digits(rest, 2), m = UNKNOWN, s = UNKNOWN;

	if (known(h) && slice_take(rest, ":"))
		m = take_digits(rest, 2);
	if (known(m) && slice_take(rest, ":"))
		s = take_digits(rest, 2);
	if (!known(s) || h > 23 || m > 59 || s > 60)
		return UNKNOWN;
	return ((h * 60 + m) * 60 + s) * 1000000 + take_fraction(rest, comma);
}

/* "Z", "+01:00", "+0100" behind a time; false when it is none of the world's. */
static bool take_zone(struct slice *rest, int64_t *usec)
{
	struct slice s = *rest;
	bool west;
	int64_t h, m;

	*usec = 0;
	if (slice_take(rest, "Z") || slice_take(rest, " UTC"))
		return true;
	if (s.n < 5 || (s.p[0] != '+' && s.p[0] != '-') || !digit_at(s, 1))
		return false;
	west = s.p[0] == '-';
	s = slice_from(s, 1);
	h = take_digits(&s, 2);
	slice_take(&s, ":");
	m = take_digits(&s, 2);
	if (!known(h) || !known(m) || h > 23 || m > 59)
		return false;
	*usec = (h * 60 + m) * 60 * 1000000 * (west ? -1 : 1);
	*rest = s;
	return true;
}

bool take_iso_time(
	struct slice *rest, int64_t *usec, struct slice *text, struct iso_form *form)
{
	struct slice s = *rest;
	int64_t year, month, day, clock, zone;

	*form = (struct iso_form){ 0 };
	if (s.n < 19 || !digit_at(s, 0) || !digit_at(s, 3) ||
		(s.p[4] != '-' && s.p[4] != '/') || s.p[7] != s.p[4] ||
		(s.p[10] != ' ' && (s.p[10] != 'T' || s.p[4] != '-')))
		return false;
	year = take_digits(&s, 4);
	s = slice_from(s, 1);
	month = take_digits(&s, 2);
	s = slice_from(s, 1);
	day = take_digits(&s, 2);
	s = slice_from(s, 1);
	if (!known(year) || !known(month) || !known(day) || month < 1 || month > 12 ||
		day < 1 || day > 31)
		return false;
	clock = take_clock(&s, &form->comma);
	if (!known(clock))
		return false;
	form->dated = take_zone(&s, &zone);
	/* A zone that is none: this is no time. */
	if (!form->dated && s.n > 1 && (s.p[0] == '+' || s.p[0] == '-') &&
		digit_at(s, 1))
		return false;
	*usec = days_of(year, month, day) * INT64_C(86400000000) + clock - zone;
	*text = (struct slice){ rest->p, (size_t)(s.p - rest->p) };
	*rest = s;
	return true;
}

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
	"Aug", "Sep", "Oct", "Nov", "Dec" };

/* "2026 ", so that no clock or pid is taken for a year. */
static bool take_year(struct slice *rest, int64_t *year)
{
	struct slice s = *rest;
	int64_t number;

	if (!digit_at(s, 3) || digit_at(s, 4))
		return false;
	number = take_digits(&s, 4);
	if (!known(number) || number < 1970 || !slice_take(&s, " "))
		return false;
	*year = number;
	*rest = s;
	return true;
}

bool take_bsd_time(struct slice *rest, int64_t *usec, struct slice *text)
{
	struct slice s = *rest, after;
	int64_t year = 2000, day, clock;
	bool comma;

	take_year(&s, &year);
	for (int64_t m = 0; m < 12; m++) {
		if (!slice_take(&s, months[m]) || !slice_take(&s, " "))
			continue;
		slice_take_blanks(&s);
		if (!digit_at(s, 0) || !slice_take_int(&s, &day) || day < 1 ||
			day > 31 || !slice_take(&s, " "))
			return false;
		take_year(&s, &year);
		clock = take_clock(&s, &comma);
		if (!known(clock))
			return false;
		after = s;
		if (year == 2000 && slice_take(&after, " ") && take_year(&after, &year))
			s = slice_from(s, 5); /* its blank stays */
		*usec = days_of(year, m + 1, day) * INT64_C(86400000000) + clock;
		*text = (struct slice){ rest->p, (size_t)(s.p - rest->p) };
		*rest = s;
		return true;
	}
	return false;
}

/* A month's name in any script, with its number behind it in some: "nov.", "11\xe6\x9c\x88",
 * "Thg 11". */
static bool names_month(struct slice name)
{
	bool letter = false;

	/* "1788 Jun" is a line's number and a month that is known. */
	if (digit_at(name, 2))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		bool sign = (c >= '0' && c <= '9') || c == '.' || c == ' ';

		letter |= !sign;
		if (!sign && c < 0x80 && (c < 'A' || (c > 'Z' && c < 'a') || c > 'z'))
			return false;
	}
	return letter && name.p[0] != ' ' && name.p[0] != '.';
}

bool take_local_time(struct slice *rest, int64_t *usec, struct slice *text)
{
	enum { LONGEST_MONTH = 16, BEHIND_IT = sizeof(" 22 02") - 1 };
	size_t colon =
		slice_find(slice_first(*rest, LONGEST_MONTH + BEHIND_IT + 1), ":");
	struct slice s, number;
	int64_t day, clock;
	bool comma;

	if (colon == SLICE_NONE || colon <= BEHIND_IT || rest->p[colon - 3] != ' ' ||
		rest->p[colon - BEHIND_IT] != ' ' ||
		!names_month(slice_first(*rest, colon - BEHIND_IT)))
		return false;
	number = slice_first(slice_from(*rest, colon - BEHIND_IT + 1), 2);
	slice_take_blanks(&number);
	s = slice_from(*rest, colon - 2);
	clock = take_clock(&s, &comma);
	if (!digit_at(number, 0) || !slice_take_int(&number, &day) || number.n > 0 ||
		day < 1 || day > 31 || !known(clock))
		return false;
	*usec = days_of(2000, 1, day) * INT64_C(86400000000) + clock;
	*text = slice_first(*rest, (size_t)(s.p - rest->p));
	*rest = s;
	return true;
}

bool read_ctime(struct slice words, int64_t *usec)
{
	struct slice word, last = { "", 0 };
	int64_t clock = UNKNOWN, day = 0, month = 0, year;
	bool comma;

	while (slice_take_word(&words, &word)) {
		struct slice rest_of = word;
		int64_t number;

		for (int64_t m = 0; m < 12; m++)
			if (slice_is(word, months[m]))
				month = m + 1;
		if (slice_has(word, ":"))
			clock = take_clock(&rest_of, &comma);
		else if (slice_take_int(&rest_of, &number) && number <= 31)
			day = number;
		last = word;
	}
	if (!known(clock) || last.n != 4 || !digit_at(last, 0) ||
		!slice_take_int(&last, &year))
		return false;
	/* In a language of which the months are not known here, the time is no order. */
	*usec = UNKNOWN;
	if (month > 0 && day > 0)
		*usec = days_of(year, month, day) * INT64_C(86400000000) + clock;
	return true;
}

struct slice utc_text(int64_t usec, char *to, size_t room)
{
	time_t seconds = (time_t)(usec / 1000000);
	struct tm parts;
	size_t n;

	if (usec < 0 || !gmtime_r(&seconds, &parts))
		return SLICE("");
	n = strftime(to, room, "%Y-%m-%dT%H:%M:%S", &parts);
	if (n == 0)
		return SLICE("");
	n += (size_t)snprintf(to + n, room - n, ".%06d+00:00", (int)(usec % 1000000));
	return (struct slice){ to, n };
}

void note_clock(struct record *r, struct slice text, int64_t usec, bool dated)
{
	r->wall = text;
	if (dated)
		r->wall_usec = usec;
	if (!known(r->order_usec))
		r->order_usec = usec;
}

bool stamp_read(struct slice wall, int64_t *usec, enum stamp_kind *kind)
{
	struct slice rest = wall, text;
	struct iso_form form;

	if (take_iso_time(&rest, usec, &text, &form)) {
		*kind = form.dated ? STAMP_ZONED : STAMP_LOCAL;
		return true;
	}
	if (take_bsd_time(&rest, usec, &text)) {
		bool no_year = *usec >= days_of(2000, 1, 1) * INT64_C(86400000000) &&
			       *usec < days_of(2001, 1, 1) * INT64_C(86400000000);

		*kind = no_year ? STAMP_YEARLESS : STAMP_LOCAL;
		return true;
	}
	*kind = STAMP_LOCAL;
	return slice_has(wall, ":") && read_ctime(wall, usec) && known(*usec);
}
