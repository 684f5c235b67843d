/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of layers: each takes one envelope off, if it is there. */
#include "parsers/envelope.h"

#include <string.h>

void envelope_memory_free(struct envelope_memory *memory)
{
	for (size_t i = 0; i < 3; i++)
		text_free(&memory->scratch[i]);
}

static bool digit_at(struct slice s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

static int64_t take_digits(struct slice *rest, size_t digits)
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

/* ".123456" or ",123" in microseconds; nothing there is 0. */
static int64_t take_fraction(struct slice *rest, bool *comma)
{
	int64_t usec = 0, scale = 100000;

	if (rest->n < 2 || (rest->p[0] != '.' && rest->p[0] != ',') ||
		!digit_at(*rest, 1))
		return 0;
	*comma = rest->p[0] == ',';
	*rest = slice_from(*rest, 1);
	while (digit_at(*rest, 0)) {
		usec += (rest->p[0] - '0') * scale;
		scale /= 10;
		*rest = slice_from(*rest, 1);
	}
	return usec;
}

static int64_t take_clock(struct slice *rest, bool *comma)
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

bool take_iso_time(struct slice *rest, int64_t *usec, struct slice *text, bool *comma)
{
	struct slice s = *rest;
	int64_t year, month, day, clock, zone = 0;

	*comma = false;
	if (s.n < 19 || !digit_at(s, 0) || !digit_at(s, 3) || s.p[4] != '-' ||
		s.p[7] != '-' || (s.p[10] != 'T' && s.p[10] != ' '))
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
	clock = take_clock(&s, comma);
	if (!known(clock))
		return false;
	if (slice_take(&s, "Z")) {
		zone = 0;
	} else if (s.n >= 5 && (s.p[0] == '+' || s.p[0] == '-') && digit_at(s, 1)) {
		bool west = s.p[0] == '-';
		int64_t h, m;

		s = slice_from(s, 1);
		h = take_digits(&s, 2);
		slice_take(&s, ":");
		m = take_digits(&s, 2);
		if (!known(h) || !known(m) || h > 23 || m > 59)
			return false;
		zone = (h * 60 + m) * 60 * 1000000 * (west ? -1 : 1);
	} else {
		slice_take(&s, " UTC");
	}
	*usec = days_of(year, month, day) * INT64_C(86400000000) + clock - zone;
	*text = (struct slice){ rest->p, (size_t)(s.p - rest->p) };
	*rest = s;
	return true;
}

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
	"Aug", "Sep", "Oct", "Nov", "Dec" };

/* "Nov 22 02:19:01", without a year: good for order only. */
static bool take_bsd_time(struct slice *rest, int64_t *usec, struct slice *text)
{
	struct slice s = *rest;
	int64_t day, clock;
	bool comma;

	for (int64_t m = 0; m < 12; m++) {
		if (!slice_take(&s, months[m]) || !slice_take(&s, " "))
			continue;
		slice_take_blanks(&s);
		if (!slice_take_int(&s, &day) || day < 1 || day > 31 ||
			!slice_take(&s, " "))
			return false;
		clock = take_clock(&s, &comma);
		if (!known(clock))
			return false;
		*usec = days_of(2000, m + 1, day) * INT64_C(86400000000) + clock;
		*text = (struct slice){ rest->p, (size_t)(s.p - rest->p) };
		*rest = s;
		return true;
	}
	return false;
}

static void note_clock(struct record *r, struct slice text, int64_t usec, bool dated)
{
	r->wall = text;
	if (dated)
		r->wall_usec = usec;
	if (!known(r->order_usec))
		r->order_usec = usec;
}

/* "host tag[12]: " behind a time stamp. */
static bool take_host_and_program(struct slice *rest, struct record *r)
{
	struct slice s = *rest, host, word;
	size_t bracket;

	/* Some logs name no host: "Jan  5 15:19:27 kernel: ". */
	if (slice_starts(s, "kernel: ")) {
		host = slice_first(s, 0);
		slice_take_word(&s, &word);
	} else if (!slice_take_word(&s, &host) || !slice_take_word(&s, &word) ||
		   !slice_ends(word, ":")) {
		return false;
	}
	word.n--;
	bracket = slice_find(word, "[");
	r->host = host;
	r->program = bracket == SLICE_NONE ? word : slice_first(word, bracket);
	/* The kernel's own blanks behind the tag matter (" free:..."). */
	slice_take(&s, " ");
	*rest = s;
	return true;
}

static bool strip_quote(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	(void)memory;
	(void)r;
	return slice_take(rest, "> ");
}

/* Records of /dev/kmsg: "6,1234,5678901,-;text", escapes as \x0a. */
static bool strip_kmsg(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;
	struct text *text = &memory->scratch[0];
	int64_t priority, sequence, usec;
	size_t semicolon;

	if (!digit_at(s, 0) || !slice_take_int(&s, &priority) || !slice_take(&s, ",") ||
		!slice_take_int(&s, &sequence) || !slice_take(&s, ",") ||
		!slice_take_int(&s, &usec) || !slice_take(&s, ","))
		return false;
	semicolon = slice_find(s, ";");
	if (semicolon == SLICE_NONE || semicolon > 80)
		return false;
	r->level = priority & 7;
	/* Facility 0 is the kernel; others were written into /dev/kmsg. */
	if (priority >> 3 != 0)
		r->program = SLICE("user");
	r->uptime_usec = usec;
	r->continues = s.n > 0 && s.p[0] == 'c';
	{
		size_t caller = slice_find(slice_first(s, semicolon), "caller=");

		if (caller != SLICE_NONE)
			r->caller = slice_first(
				slice_from(s, caller + 7), semicolon - caller - 7);
	}
	s = slice_from(s, semicolon + 1);
	if (!slice_has(s, "\\x")) {
		*rest = s;
		return true;
	}
	text_clear(text);
	while (s.n > 0) {
		uint64_t byte = 0;
		struct slice hex = slice_first(slice_from(s, 2), 2);

		if (slice_starts(s, "\\x") && hex.n == 2 &&
			slice_take_hex(&hex, &byte) && hex.n == 0) {
			text_putc(text, (char)byte);
			s = slice_from(s, 4);
		} else {
			text_putc(text, s.p[0]);
			s = slice_from(s, 1);
		}
	}
	*rest = text_slice(text);
	return true;
}

static bool strip_level(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;
	int64_t level;

	(void)memory;
	if (!slice_take(&s, "<") || !slice_take_int(&s, &level) || level > 191 ||
		level < 0 || !slice_take(&s, ">"))
		return false;
	r->level = level & 7;
	*rest = s;
	return true;
}

/* `dmesg -x`: "kern  :warn  : ". */
static bool strip_decoded_level(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	static const char *const facilities[] = { "kern", "user", "mail", "daemon",
		"auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6",
		"local7" };
	static const char *const levels[] = { "emerg", "alert", "crit", "err", "warn",
		"notice", "info", "debug" };
	struct slice s = *rest;

	(void)memory;
	if (s.n == 0 || s.p[0] < 'a' || s.p[0] > 'u')
		return false;
	for (size_t f = 0; f < sizeof(facilities) / sizeof(*facilities); f++) {
		if (!slice_take(&s, facilities[f]))
			continue;
		slice_take_blanks(&s);
		if (!slice_take(&s, ":"))
			return false;
		for (int64_t l = 0; l < 8; l++) {
			if (!slice_take(&s, levels[l]))
				continue;
			slice_take_blanks(&s);
			if (!slice_take(&s, ": "))
				return false;
			r->level = l;
			if (f != 0)
				r->program = SLICE("user");
			*rest = s;
			return true;
		}
		return false;
	}
	return false;
}

/* RFC 3164 and what journalctl -o short prints: "Nov 22 02:19:01 db1 kernel: ". */
static bool strip_bsd(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text;
	int64_t usec;

	(void)memory;
	if (s.n < 16 || s.p[0] < 'A' || s.p[0] > 'S' ||
		!take_bsd_time(&s, &usec, &text) || !slice_take(&s, " ") ||
		!take_host_and_program(&s, r))
		return false;
	note_clock(r, text, usec, false);
	*rest = s;
	return true;
}

/* "2026-11-22T02:19:01+00:00 db1 kernel: " of rsyslog and journalctl -o short-iso;
 * with a comma and no host it is dmesg --time-format=iso. */
static bool strip_iso(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text;
	int64_t usec;
	bool comma;

	(void)memory;
	if (!take_iso_time(&s, &usec, &text, &comma) || !slice_take(&s, " "))
		return false;
	if (!comma)
		take_host_and_program(&s, r);
	note_clock(r, text, usec, true);
	*rest = s;
	return true;
}

/* "[  123.456789] ", "[123456.7]"; also journalctl's short-monotonic, where a host
 * and "kernel:" follow. */
static bool strip_uptime(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, probe, host, word;
	int64_t seconds, usec;
	bool comma = false;

	(void)memory;
	if (!slice_take(&s, "["))
		return false;
	slice_take_blanks(&s);
	if (!digit_at(s, 0) || !slice_take_int(&s, &seconds) || s.n == 0 ||
		s.p[0] != '.' || !digit_at(s, 1))
		return false;
	usec = quantity_add(quantity_mul(seconds, 1000000), take_fraction(&s, &comma));
	if (!slice_take(&s, "]"))
		return false;
	r->uptime_usec = usec;
	slice_take(&s, " ");
	probe = s;
	if (slice_take_word(&probe, &host) && !slice_ends(host, ":") &&
		slice_take_word(&probe, &word) && slice_is(word, "kernel:")) {
		r->host = host;
		r->program = SLICE("kernel");
		slice_take(&probe, " ");
		s = probe;
	}
	*rest = s;
	return true;
}

/* "Mon Jan  1 00:00:00 2024", in any language: `*usec` is UNKNOWN where the name of
 * the month is none of ours. */
static bool ctime_read(struct slice inner, int64_t *usec)
{
	struct slice probe = inner, word, last = { "", 0 };
	int64_t clock = UNKNOWN, day = 0, month = 0, year = UNKNOWN;
	bool comma;

	if (slice_find(inner, ":") == SLICE_NONE)
		return false;
	while (slice_take_word(&probe, &word)) {
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
	if (!known(clock) || last.n != 4 || !slice_take_int(&last, &year))
		return false;
	*usec = UNKNOWN;
	if (month && day > 0)
		*usec = days_of(year, month, day) * INT64_C(86400000000) + clock;
	return true;
}

/* `dmesg -T`: "[Mon Jan  1 00:00:00 2024] ". */
static bool strip_ctime(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, inner;
	size_t close;
	int64_t usec;

	(void)memory;
	if (s.n == 0 || s.p[0] != '[')
		return false;
	close = slice_find(slice_first(s, 48), "] ");
	if (close == SLICE_NONE)
		return false;
	inner = slice_first(slice_from(s, 1), close - 1);
	if (!ctime_read(inner, &usec))
		return false;
	r->wall = inner;
	/* Local time of the machine that printed it: for order only. */
	if (!known(r->order_usec))
		r->order_usec = usec;
	*rest = slice_from(s, close + 2);
	return true;
}

/* CONFIG_PRINTK_CALLER (5.1+): "[ T1234] ", "[    C0] ". */
static bool strip_caller(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, id;
	size_t n = 1;

	(void)memory;
	if (!slice_take(&s, "["))
		return false;
	slice_take_blanks(&s);
	if (s.n < 3 || (s.p[0] != 'T' && s.p[0] != 'C') || !digit_at(s, 1))
		return false;
	while (digit_at(s, n))
		n++;
	id = slice_first(s, n);
	s = slice_from(s, n);
	if (!slice_take(&s, "]"))
		return false;
	slice_take(&s, " ");
	r->caller = id;
	*rest = s;
	return true;
}

/* How far into a line " kernel: [" of a prefix that nobody knows is looked for. */
#define KERNEL_TAG_WITHIN 96

/* "kernel: " alone, as copies from a log often begin. */
static bool strip_kernel(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	size_t at;

	(void)memory;
	if (!slice_take(rest, "kernel: ")) {
		/* Someone cut the time or the host out before showing the log. */
		if (!slice_has(
			    slice_from(slice_first(*rest, KERNEL_TAG_WITHIN), 9), "["))
			return false;
		at = slice_find(slice_first(*rest, KERNEL_TAG_WITHIN), " kernel: [");
		if (at == SLICE_NONE || at + 10 >= rest->n ||
			!(rest->p[at + 10] == ' ' ||
				(rest->p[at + 10] >= '0' && rest->p[at + 10] <= '9')))
			return false;
		*rest = slice_from(*rest, at + 9);
	}
	r->program = SLICE("kernel");
	return true;
}

const struct envelope_layer envelope_layers[] = {
	{ "quote", strip_quote, { "> Mem-Info:", "> > [   12.345678] Mem-Info:" } },
	{ "json", envelope_strip_json,
		{ "{\"MESSAGE\":\"Mem-Info:\",\"SYSLOG_IDENTIFIER\":\"kernel\"}",
			"{\"log\":\"Mem-Info:\\n\",\"stream\":\"stdout\"}",
			"         \"msg\": \"Mem-Info:\"" } },
	{ "kmsg", strip_kmsg,
		{ "6,1234,5678901,-;Mem-Info:", "4,1,2,-,caller=T55;Mem-Info:" } },
	{ "level", strip_level, { "<4>Mem-Info:", "<6>[   12.345678] Mem-Info:" } },
	{ "decoded-level", strip_decoded_level,
		{ "kern  :warn  : [   12.345678] Mem-Info:" } },
	{ "bsd", strip_bsd,
		{ "Nov 22 02:19:01 db1 kernel: Mem-Info:",
			"Nov  2 02:19:01 db1 kernel: [   12.345678] Mem-Info:" } },
	{ "iso", strip_iso,
		{ "2026-11-22T02:19:01+00:00 db1 kernel: Mem-Info:",
			"2026-11-22T02:19:01,123456+00:00 Mem-Info:",
			"2026-11-22T02:19:01+0000 db1 kernel: Mem-Info:",
			"2026-11-22T02:19:01.123456+01:00 db1 kernel: [    1.500000] "
			"Mem-Info:" } },
	{ "kernel", strip_kernel,
		{ "kernel: Mem-Info:", "... kernel: [   12.345678] Mem-Info:" } },
	{ "uptime", strip_uptime,
		{ "[   12.345678] Mem-Info:", "[   12.345678] db1 kernel: Mem-Info:",
			"[12.345678] Mem-Info:" } },
	{ "ctime", strip_ctime,
		{ "[Mon Jan  1 00:00:00 2024] Mem-Info:",
			"[Mo Jan 1 00:00:00 2024] Mem-Info:" } },
	{ "caller", strip_caller,
		{ "[   12.345678][ T1234] Mem-Info:", "[   12.345678] [    C0] "
						      "Mem-Info:" } },
};
const size_t envelope_layer_count = sizeof(envelope_layers) / sizeof(*envelope_layers);

/* `dmesg --color` and serial consoles: drop "ESC [ ... letter" from lines that begin
 * so. In other lines an escape sequence is part of a hostile name, and stays. */
static struct slice without_colours(struct envelope_memory *memory, struct slice line)
{
	struct text *text = &memory->scratch[1];

	if (line.n == 0 || line.p[0] != '\x1b')
		return line;
	text_clear(text);
	while (line.n > 0) {
		if (slice_starts(line, "\x1b[")) {
			size_t n = 2;

			while (n < line.n &&
				!((line.p[n] >= 'A' && line.p[n] <= 'Z') ||
					(line.p[n] >= 'a' && line.p[n] <= 'z')))
				n++;
			line = slice_from(line, n + 1);
		} else {
			text_putc(text, line.p[0]);
			line = slice_from(line, 1);
		}
	}
	return text_slice(text);
}

/* Quoted reports are indented ("> ", blanks, a tab). The kernel's own lines may
 * begin with blanks too, so what is taken off is what stands before a time stamp
 * or before the line that opens the report, and no more from the lines after it. */
static struct slice without_indent(struct envelope_memory *memory, struct slice line)
{
	struct slice bare = line;
	size_t indent;

	while (slice_take(&bare, "> "))
		line = bare;
	slice_take_blanks(&bare);
	/* Lines of a pretty-printed JSON are not quoted text. */
	if (bare.n > 0 && (bare.p[0] == '"' || bare.p[0] == '{' || bare.p[0] == '}'))
		return line;
	indent = line.n - bare.n;
	if (indent != memory->indent &&
		(slice_has(bare, " invoked oom-killer: ") ||
			slice_has(bare, "page allocation ") ||
			slice_starts(bare, "Tasks state (memory") ||
			slice_starts(bare, "oom-kill:constraint=")))
		memory->indent = indent;
	if (bare.n > 1 && bare.p[0] == '[') {
		struct slice stamp = slice_from(bare, 1);
		int64_t seconds;

		slice_take_blanks(&stamp);
		if (slice_take_int(&stamp, &seconds) && slice_starts(stamp, "."))
			return bare;
	}
	return slice_from(line, indent < memory->indent ? indent : memory->indent);
}

/* rsyslog writes control characters as #012; a message of many lines gives one
 * record a line. */
static void give_parts(struct envelope_memory *memory, struct record *r,
	give_record *give, void *context)
{
	struct slice rest = r->text, part;
	struct text *text = &memory->scratch[2];

	if (slice_has(rest, "#") && slice_has(rest, "#012")) {
		text_clear(text);
		while (rest.n > 0) {
			if (slice_take(&rest, "#012"))
				text_putc(text, '\n');
			else if (slice_take(&rest, "#011"))
				text_putc(text, '\t');
			else {
				text_putc(text, rest.p[0]);
				rest = slice_from(rest, 1);
			}
		}
		rest = text_slice(text);
	}
	if (!slice_has(rest, "\n")) {
		r->text = rest;
		give(r, context);
		return;
	}
	while (slice_cut(&rest, '\n', &part)) {
		struct record one = *r;

		one.text = part;
		give(&one, context);
	}
}

/* The lines of `dmesg --json` that are not a message: nobody's text. */
static bool is_scaffolding(struct slice line)
{
	static const char *const fields[] = {
		"\"pri\":", "\"fac\":", "\"time\":", "\"caller\":"
	};
	static const char *const brackets[] = { "{", "}", "},{", "]", "],",
		"\"dmesg\": [" };
	struct slice s = slice_trim(line);

	for (size_t i = 0; i < sizeof(brackets) / sizeof(*brackets); i++)
		if (slice_is(s, brackets[i]))
			return true;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields) && line.n > s.n; i++)
		if (slice_starts(s, fields[i]))
			return true;
	return false;
}

void envelope_open(struct envelope_memory *memory, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	struct record r = { .uptime_usec = UNKNOWN,
		.wall_usec = UNKNOWN,
		.order_usec = UNKNOWN,
		.level = UNKNOWN,
		.line = number,
		.cut = memory->cut,
		.byte = byte };
	struct slice rest = line;

	while (rest.n > 0 && rest.p[rest.n - 1] == '\r')
		rest.n--;
	rest = without_colours(memory, rest);
	rest = without_indent(memory, rest);
	for (size_t i = 0; i < envelope_layer_count; i++)
		envelope_layers[i].strip(memory, &rest, &r);
	if (is_scaffolding(line))
		return;
	r.text = rest;
	give_parts(memory, &r, give, context);
}

bool stamp_read(struct slice wall, int64_t *usec, enum stamp_kind *kind)
{
	struct slice rest = wall, text;
	bool comma;

	*kind = STAMP_ZONED;
	if (take_iso_time(&rest, usec, &text, &comma))
		return true;
	*kind = STAMP_YEARLESS;
	if (take_bsd_time(&rest, usec, &text))
		return true;
	*kind = STAMP_LOCAL;
	return ctime_read(wall, usec) && known(*usec);
}
