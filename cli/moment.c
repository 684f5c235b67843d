/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moments: those that a person names, and that at which an event began. */
#include "cli/moment.h"

#include "parsers/envelope.h"

#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)

int64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

/* Seconds since 1970 of local time; what mktime() cannot tell is UNKNOWN. */
static int64_t of_local(struct tm tm)
{
	time_t t;

	tm.tm_isdst = -1;
	tm.tm_wday = -1;
	t = mktime(&tm);
	/* -1 is also a second of 1969: only wday tells them apart. */
	return t == (time_t)-1 && tm.tm_wday == -1 ? UNKNOWN : (int64_t)t * SECOND;
}

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* A calendar time that was written without a zone. */
static int64_t localised(int64_t usec, bool yearless, int64_t now)
{
	time_t seconds = (time_t)(usec / SECOND), today = (time_t)(now / SECOND);
	struct tm tm, this_year;
	int64_t found = UNKNOWN;

	if (!gmtime_r(&seconds, &tm) || !localtime_r(&today, &this_year))
		return UNKNOWN;
	if (!yearless)
		return of_local(tm);
	/* The latest year with such a day that does not lie ahead: a day of leeway for
	 * machines in other zones; 29 February may be eight years ago. */
	for (int back = 0; back <= 8 && !known(found); back++) {
		tm.tm_year = this_year.tm_year - back;
		if (tm.tm_mon == 1 && tm.tm_mday == 29 && !leap(tm.tm_year + 1900))
			continue;
		found = of_local(tm);
		if (known(found) && found > now + 86400 * SECOND)
			found = UNKNOWN;
	}
	return found;
}

int64_t event_began_usec(const struct oom_event *e, int64_t now)
{
	enum stamp_kind kind;
	int64_t usec;

	if (known(e->wall_usec))
		return e->wall_usec;
	if (!stamp_read(e->wall, &usec, &kind))
		return UNKNOWN;
	if (kind == STAMP_ZONED)
		return usec;
	return quantity_add(
		localised(usec - usec % SECOND, kind == STAMP_YEARLESS, now),
		usec % SECOND);
}

/* Digits between `least` and `most` in value, exactly two of them. */
static bool take_two(struct slice *rest, int least, int most, int *value)
{
	if (rest->n < 2 || rest->p[0] < '0' || rest->p[0] > '9' || rest->p[1] < '0' ||
		rest->p[1] > '9')
		return false;
	*value = (rest->p[0] - '0') * 10 + (rest->p[1] - '0');
	*rest = slice_from(*rest, 2);
	return *value >= least && *value <= most;
}

/* "HH:MM[:SS]" and nothing behind it. */
static bool read_clock(struct slice rest, struct tm *tm)
{
	tm->tm_sec = 0;
	if (!take_two(&rest, 0, 23, &tm->tm_hour) || !slice_take(&rest, ":") ||
		!take_two(&rest, 0, 59, &tm->tm_min))
		return false;
	if (slice_take(&rest, ":") && !take_two(&rest, 0, 60, &tm->tm_sec))
		return false;
	return rest.n == 0;
}

/* "YYYY-MM-DD[ HH:MM[:SS]]" in local time. */
static bool read_date(struct slice rest, int64_t *usec)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct tm tm = { 0 };
	int century, year;

	if (!take_two(&rest, 19, 99, &century) || !take_two(&rest, 0, 99, &year) ||
		!slice_take(&rest, "-") || !take_two(&rest, 1, 12, &tm.tm_mon) ||
		!slice_take(&rest, "-") ||
		!take_two(&rest, 1, days[tm.tm_mon - 1], &tm.tm_mday))
		return false;
	year += century * 100;
	if (tm.tm_mon == 2 && tm.tm_mday == 29 && !leap(year))
		return false;
	tm.tm_mon--;
	tm.tm_year = year - 1900;
	if (rest.n > 0) {
		if (!slice_take(&rest, " ") && !slice_take(&rest, "T"))
			return false;
		if (!read_clock(rest, &tm))
			return false;
	}
	*usec = of_local(tm);
	return known(*usec);
}

/* A date and time with its zone. */
static bool read_zoned(struct slice rest, int64_t *usec)
{
	struct slice text;
	struct iso_form form;

	if (!take_iso_time(&rest, usec, &text, &form) || rest.n > 0 || form.comma)
		return false;
	return form.dated;
}

static const struct {
	const char *name; /* also with an s */
	int64_t seconds;
} units[] = { { "second", 1 }, { "sec", 1 }, { "s", 1 }, { "minute", 60 },
	{ "min", 60 }, { "m", 60 }, { "hour", 3600 }, { "hr", 3600 }, { "h", 3600 },
	{ "day", 86400 }, { "d", 86400 }, { "week", 604800 }, { "w", 604800 } };

/* "2 hours ago", "2h ago", "-2h". */
static bool read_relative(struct slice rest, int64_t now, int64_t *usec)
{
	bool minus = slice_take(&rest, "-");
	int64_t count;

	if (rest.n == 0 || rest.p[0] < '0' || rest.p[0] > '9' ||
		!slice_take_int(&rest, &count))
		return false;
	if (!minus) {
		if (!slice_ends(rest, " ago"))
			return false;
		rest.n -= 4;
	}
	rest = slice_trim(rest);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct slice unit = rest;

		if (!slice_take(&unit, units[i].name))
			continue;
		if (unit.n == 0 || slice_is(unit, "s")) {
			*usec = quantity_sub(
				now, quantity_mul(count, units[i].seconds * SECOND));
			return true;
		}
	}
	return false;
}

/* "123" or "123.456789" and nothing behind it, in microseconds. */
static bool read_seconds(struct slice rest, int64_t *usec)
{
	int64_t scale = SECOND / 10;

	if (rest.n == 0 || rest.p[0] < '0' || rest.p[0] > '9' ||
		!slice_take_int(&rest, usec))
		return false;
	*usec = quantity_mul(*usec, SECOND);
	if (rest.n > 1 && slice_take(&rest, "."))
		while (rest.n > 0 && rest.p[0] >= '0' && rest.p[0] <= '9') {
			*usec = quantity_add(*usec, (rest.p[0] - '0') * scale);
			scale /= 10;
			rest = slice_from(rest, 1);
		}
	return rest.n == 0;
}

static bool read_word(struct slice rest, int64_t now, int64_t *usec)
{
	time_t t = (time_t)(now / SECOND);
	struct tm tm, at;

	if (slice_is(rest, "now")) {
		*usec = now;
		return true;
	}
	if (!localtime_r(&t, &tm))
		return false;
	at = tm;
	at.tm_hour = at.tm_min = at.tm_sec = 0;
	if (slice_is(rest, "yesterday"))
		at.tm_mday--;
	else if (!slice_is(rest, "today") && !read_clock(rest, &at))
		return false;
	*usec = of_local(at);
	return known(*usec);
}

bool moment_read(struct moment *moment, const char *words, int64_t now)
{
	struct slice s = slice_trim(slice_of(words)), inner = s;

	moment->kernel_clock = false;
	if (slice_take(&inner, "@"))
		return read_seconds(inner, &moment->usec);
	if (slice_take(&inner, "[") && slice_ends(inner, "]")) {
		inner.n--;
		moment->kernel_clock = true;
		return read_seconds(slice_trim(inner), &moment->usec);
	}
	return read_word(s, now, &moment->usec) || read_zoned(s, &moment->usec) ||
	       read_date(s, &moment->usec) || read_relative(s, now, &moment->usec);
}
