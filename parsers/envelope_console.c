/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel, dmesg and consoles put before a line: levels, stamps, callers. */
#include "base/byte_masks.h"
#include "base/eight_bytes.h"
#include "parsers/envelope_layers.h"
#include "parsers/kernel_stamp.h"

#include <string.h>

/* Records of /dev/kmsg: "6,1234,5678901,-;text", escapes as \x0a. */
bool strip_kmsg(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;
	struct text *text = &memory->scratch[0];
	int64_t priority, sequence, usec, offset, length;
	struct slice pieces = { "", 0 };
	size_t fragment, semicolon, comma;

	if (!digit_at(s, 0))
		return false;
	comma = slice_find(slice_first(s, 80), ",");
	/* netconsole may begin with the release ("6.12.9-amd64,4,1234,..."). */
	if (digit_at(s, 0) && comma != SLICE_NONE &&
		slice_has(slice_first(s, comma), "."))
		s = slice_from(s, comma + 1);
	if (!digit_at(s, 0) || !slice_take_int(&s, &priority) || !slice_take(&s, ",") ||
		!slice_take_int(&s, &sequence) || !slice_take(&s, ",") ||
		!slice_take_int(&s, &usec) || !slice_take(&s, ","))
		return false;
	/* Numbers that no kernel reaches; there is room to count on from these. */
	if (sequence < 0 || sequence > INT64_MAX / 4)
		return false;
	semicolon = slice_find(s, ";");
	if (semicolon == SLICE_NONE || semicolon > 80)
		return false;
	memory->bare = true;
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
	fragment = slice_find(slice_first(s, semicolon), ",ncfrag=");
	if (fragment != SLICE_NONE)
		pieces = slice_from(slice_first(s, semicolon), fragment + 8);
	s = slice_from(s, semicolon + 1);
	memory->sequence = sequence;
	if (fragment != SLICE_NONE) {
		if (!slice_take_int(&pieces, &offset) || !slice_take(&pieces, "/") ||
			!slice_take_int(&pieces, &length) ||
			!fragment_take(memory, sequence, offset, length, s, &s)) {
			memory->part_of_line = true;
			*rest = slice_from(s, s.n);
			return true;
		}
	}
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

bool strip_level(struct envelope_memory *memory, struct slice *rest, struct record *r)
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

/* The same behind what a daemon put in front: busybox's klogd, a serial console with
 * ts, kernels before 3.5 that printed a level within a line. */
bool strip_inner_level(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	if (!memory->stripped || rest->n < 4 || rest->p[0] != '<' ||
		rest->p[2] != '>' || !digit_at(*rest, 1))
		return false;
	return strip_level(memory, rest, r);
}

/* talosctl: "[2026-11-22T02:19:01.123456789Z]: " behind the level. */
static void take_talos_time(struct slice *rest, struct record *r)
{
	struct slice s = *rest, text;
	struct iso_form form;
	int64_t usec;

	if (!slice_take(&s, "[") || !take_iso_time(&s, &usec, &text, &form) ||
		!slice_take(&s, "]: "))
		return;
	note_clock(r, text, usec, form.dated);
	*rest = s;
}

/* `dmesg -x`: "kern  :warn  : "; talosctl: "kern: warning: [...]: ". */
bool strip_decoded_level(
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
		slice_take_blanks(&s);
		for (int64_t l = 0; l < 8; l++) {
			if (!slice_take(&s, levels[l]))
				continue;
			slice_take(&s, "ing");
			slice_take_blanks(&s);
			if (!slice_take(&s, ": "))
				return false;
			take_talos_time(&s, r);
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

/* A name may look like a stamp or a caller: "[1.000000] x" has 12 bytes. So a log in
 * which this host's kernel lines (`counts`) have none does not begin to have them in one
 * line. */
static bool plausible(
	struct habits *habits, const struct record *r, bool there, bool counts)
{
	unsigned int hash = 0;
	signed char *seen;
	bool before;

	for (size_t i = 0; i < r->host.n && i < 64; i++)
		hash = hash * 33 + (unsigned char)r->host.p[i];
	seen = &habits->seen[hash % (sizeof(habits->seen) / sizeof(*habits->seen))];
	before = *seen > -3;
	if (there && *seen < 4)
		++*seen;
	else if (!there && counts && *seen > -4)
		--*seen;
	return there && before;
}

/* "[  123.456789", "[123456.7": the seconds since boot; "[2-123.4567": Samsung's, with
 * the CPU before them. */
static bool take_uptime(struct slice *rest, int64_t *usec)
{
	struct slice s = *rest;
	int64_t seconds;
	bool comma = false;

	if (!slice_take(&s, "["))
		return false;
	slice_take_blanks(&s);
	if (!digit_at(s, 0) || !slice_take_int(&s, &seconds))
		return false;
	if (slice_starts(s, "-") && digit_at(s, 1)) {
		s = slice_from(s, 1);
		slice_take_int(&s, &seconds);
	}
	if (s.n == 0 || s.p[0] != '.' || !digit_at(s, 1))
		return false;
	*usec = quantity_add(quantity_mul(seconds, 1000000), take_fraction(&s, &comma));
	*rest = s;
	return true;
}

/* " <    0.000012 >", " <   60.499990>", or the blanks of a first line. */
static void take_delta(struct slice *rest)
{
	struct slice s = *rest;
	int64_t seconds;
	bool comma;

	slice_take_blanks(&s);
	if (slice_take(&s, "<")) {
		slice_take_blanks(&s);
		if (!digit_at(s, 0) || !slice_take_int(&s, &seconds))
			return;
		take_fraction(&s, &comma);
		slice_take(&s, "*");
		slice_take_blanks(&s);
		if (!slice_take(&s, ">"))
			return;
	}
	if (slice_starts(s, "]"))
		*rest = s;
}

/* The kernel's lines that begin with a task's name, which may look like a tag. */
static bool begins_with_comm(struct slice s)
{
	static const char *const words[] = {
		" invoked oom-killer: ", "page allocation ", "vmalloc", " cpuset="
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_has(s, words[i]))
			return true;
	return false;
}

/* "db1 kernel: " behind the stamp: journalctl's short-monotonic and short-delta; "kernel: "
 * with --no-hostname. A program without a host may also have written into /dev/kmsg:
 * "systemd[1]: ". */
static void take_monotonic_host(struct slice *rest, struct record *r)
{
	struct slice probe = *rest, host, word;
	size_t bracket;

	if (names_pid(probe) && !begins_with_comm(probe)) {
		slice_take_word(&probe, &word);
		r->program = slice_first(word, slice_find(word, "["));
		slice_take(&probe, " ");
		*rest = probe;
		return;
	}
	if (slice_take(&probe, "kernel: ")) {
		r->program = slice_first(*rest, sizeof("kernel") - 1);
		*rest = probe;
		return;
	}
	if (!slice_take_word(&probe, &host) || slice_ends(host, ":") ||
		!slice_take_word(&probe, &word) || !slice_ends(word, ":"))
		return;
	word.n--;
	bracket = slice_find(word, "[");
	/* A program with its pid, or the kernel: "Call Trace:" is no host's. */
	if (bracket == SLICE_NONE && !slice_is(word, "kernel"))
		return;
	r->host = host;
	r->program = bracket == SLICE_NONE ? word : slice_first(word, bracket);
	slice_take(&probe, " ");
	*rest = probe;
}

/* `dmesg -T`: "[Mon Jan  1 00:00:00 2024] ", in any language; conserver's own stamps
 * have no blank behind them and the kernel's behind that. */
static bool take_ctime(struct slice *rest, struct record *r)
{
	struct slice s = *rest, inner;
	size_t close, delta;
	int64_t usec;

	if (s.n == 0 || s.p[0] != '[')
		return false;
	/* Not the "[  1234]" of a task, not the "[   12.345678]" of a kernel's clock. */
	close = 1;
	while (close < s.n && (s.p[close] == ' ' || s.p[close] == '.' ||
				      (s.p[close] >= '0' && s.p[close] <= '9')))
		close++;
	if (close < s.n && s.p[close] == ']')
		return false;
	close = slice_find(slice_first(s, 64), "]");
	if (close == SLICE_NONE)
		return false;
	inner = slice_first(slice_from(s, 1), close - 1);
	delta = slice_find(inner, " <");
	if (delta != SLICE_NONE)
		inner = slice_first(inner, delta);
	if (slice_find(inner, ":") == SLICE_NONE || !read_ctime(inner, &usec))
		return false;
	s = slice_from(s, close + 1);
	if (!slice_take(&s, " ") && !slice_starts(s, "[") && !slice_starts(s, "<"))
		return false;
	if (!known(r->wall_usec))
		r->wall = inner;
	/* Local time of the machine that printed it: for order only. */
	if (!known(r->order_usec))
		r->order_usec = usec;
	/* dmesg's own form: only the kernel's lines count. */
	if (r->program.n == 0)
		r->program = SLICE("kernel");
	*rest = s;
	return true;
}

/* dmesg prints as many stamps as it was told to (util-linux 2.40), in any order: those
 * that may stand behind the first. Both are longer than a process's name. */
static bool take_further_stamps(struct slice *rest, struct record *r)
{
	struct slice first = *rest, s, text;
	struct iso_form form;
	int64_t usec;

	for (int i = 0; i < 2; i++) {
		s = *rest;
		if (take_iso_time(&s, &usec, &text, &form)) {
			if (!form.comma || !slice_take(&s, " "))
				break;
			note_clock(r, text, usec, form.dated);
			*rest = s;
		} else if (!take_ctime(rest, r)) {
			break;
		}
	}
	if (rest->p == first.p)
		return false;
	if (r->program.n == 0)
		r->program = SLICE("kernel");
	return true;
}

/* "[  123.456789] "; with a delta it is `dmesg -d` or journalctl's short-delta. */
bool strip_uptime(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;
	int64_t usec = UNKNOWN;
	bool there;

	/* rsyslog's %msg% begins with a blank of its own. */
	if (memory->stripped && s.n > 1 && s.p[0] == ' ' && s.p[1] == '[')
		s = slice_from(s, 1);
	there = take_uptime(&s, &usec);
	if (there) {
		take_delta(&s);
		there = slice_take(&s, "]");
	}
	if (!plausible(&memory->stamps, r, there, slice_is(r->program, "kernel")))
		return false;
	r->uptime_usec = usec;
	slice_take(&s, " ");
	if (!take_further_stamps(&s, r) && !memory->stripped)
		take_monotonic_host(&s, r);
	memory->stamp_usec = usec;
	*rest = s;
	return true;
}

/* "[Nov22 02:19] ", "[  +0.000012] " of `dmesg -H`, "[<    0.000012>] " of dmesg. */
bool strip_relative(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;
	int64_t number;
	bool comma, there;

	(void)memory;
	if (r->program.n > 0 || known(r->uptime_usec) || !slice_take(&s, "["))
		return false;
	if (s.n > 12 && s.p[0] >= 'A' && s.p[0] <= 'S' && s.p[11] == ']' &&
		s.p[5] == ' ' && s.p[8] == ':' && digit_at(s, 4) && digit_at(s, 7) &&
		digit_at(s, 10)) {
		s = slice_from(s, 11);
		there = true;
	} else if (slice_starts(s, "<")) {
		take_delta(&s);
		there = true;
	} else {
		slice_take_blanks(&s);
		there = slice_take(&s, "+") && digit_at(s, 0) &&
			slice_take_int(&s, &number) && slice_starts(s, ".");
		take_fraction(&s, &comma);
	}
	if (!there || !slice_take(&s, "] "))
		return false;
	*rest = s;
	return true;
}

/* `dmesg -T`, and what may stand behind. */
bool strip_ctime(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	(void)memory;
	if (!take_ctime(rest, r))
		return false;
	take_further_stamps(rest, r);
	return true;
}

/* CONFIG_PRINTK_CALLER (5.1+): "[ T1234] ", "[    C0] ". */
bool strip_caller(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, id = { "", 0 };
	size_t n = 1;
	bool there = slice_take(&s, "[");

	slice_take_blanks(&s);
	there = there && s.n >= 3 && (s.p[0] == 'T' || s.p[0] == 'C') && digit_at(s, 1);
	if (there) {
		while (digit_at(s, n))
			n++;
		id = slice_first(s, n);
		s = slice_from(s, n);
		there = slice_take(&s, "]");
	}
	if (!plausible(&memory->callers, r, there, known(r->uptime_usec)))
		return false;
	slice_take(&s, " ");
	r->caller = id;
	*rest = s;
	return true;
}

/* MediaTek's kernels: "<4>.(1)[1234:kworker/0:1]", "  (2)[1:init]". */
bool strip_mediatek(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;
	int64_t number;
	size_t close;

	if (!known(r->uptime_usec) || memory->bare)
		return false;
	if (slice_take(&s, "<") && (!digit_at(s, 0) || !slice_take_int(&s, &number) ||
					   !slice_take(&s, ">")))
		return false;
	slice_take_blanks(&s);
	slice_take(&s, ".");
	slice_take(&s, "-");
	if (!slice_take(&s, "(") || !digit_at(s, 0) || !slice_take_int(&s, &number) ||
		!slice_take(&s, ")[") || !digit_at(s, 0) ||
		!slice_take_int(&s, &number) || !slice_take(&s, ":"))
		return false;
	close = slice_find(slice_first(s, 16), "]");
	if (close == SLICE_NONE)
		return false;
	*rest = slice_from(s, close + 1);
	return true;
}

/* How far into a line of a console the kernel's stamp is looked for. */
enum { PROMPT_WITHIN = 120 };

/* What a log may begin with, in front of a stamp: "db1 login: ", "root@db1:~# ". */
static bool is_prompt(struct slice front)
{
	return front.p &&
	       ((slice_ends(front, " login: ") &&
			slice_find(front, " ") + 8 == front.n) ||
		       ((slice_ends(front, "# ") || slice_ends(front, "$ ")) &&
			       slice_has_byte(
				       slice_first(front, slice_find(front, " ")),
				       '@')));
}

/* "db1 login: [   12.345678] ": a prompt, or what a user typed, that the kernel's line
 * ran into. Only in a log whose lines begin with stamps, and only with a stamp that
 * goes on where the last one was: a name in a line of the kernel's has its stamp in
 * front. In a log that only begins, only behind what no text looks like. */
bool strip_prompt(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	bool begins = memory->stamps.seen[0] < 2 || !known(memory->stamp_usec);

	(void)r;
	if (memory->stripped || rest->n < 16)
		return false;
	for (size_t at = 1; at < PROMPT_WITHIN && at + 14 < rest->n; at++) {
		size_t within =
			rest->n - 14 < PROMPT_WITHIN ? rest->n - 14 : PROMPT_WITHIN;
		const char *bracket = memchr(rest->p + at, '[', within - at);
		struct slice s, digits;
		int64_t usec;

		if (!bracket)
			return false;
		at = (size_t)(bracket - rest->p);
		s = slice_from(*rest, at);

		/* "[%5lu.%06lu] " to the letter. */
		if (!take_uptime(&s, &usec) || !slice_take(&s, "]") ||
			(s.n > 0 && s.p[0] != ' ' && s.p[0] != '['))
			continue;
		digits = (struct slice){ rest->p + at, (size_t)(s.p - rest->p) - at };
		if (digits.n < 14 || digits.p[digits.n - 8] != '.')
			continue;
		if (begins ? !is_prompt(slice_first(*rest, at))
			   : usec < memory->stamp_usec ||
					usec > quantity_add(memory->stamp_usec,
						       INT64_C(86400000000)))
			continue;
		*rest = slice_from(*rest, at);
		return true;
	}
	return false;
}

/* How far into a line strip_kernel_tag() and strip_prompt() look, and more. */
enum { LOOKED_AT = 128 };

/* Behind a '[': is it a stamp of the kernel's, or the line's end in one? A task's
 * "[   1234] " is none. */
static inline bool is_stamp(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (p < end && (unsigned char)(*p - '0') < 10)
		p++;
	return p == end || *p == '.' || *p == '-';
}

/* Might a further stamp of the kernel's stand in the line, of which other layers make
 * something? */
static bool maybe_stamped_again(struct slice s)
{
	const char *p = s.p, *end = s.p + (s.n < LOOKED_AT ? s.n : LOOKED_AT);

	while (p < end && (p = memchr(p, '[', (size_t)(end - p)))) {
		if (p - s.p >= 9 && memcmp(p - 9, " kernel: ", 9) == 0)
			return true;
		if (is_stamp(++p, end))
			return true;
	}
	return false;
}

/* What other layers might find in a line. */
struct marks {
	bool odd; /* "=3" of mail, "<p" of a web page, a newline */
	bool colon;
	bool bracket; /* but for the first byte */
};

/* The same where the line is known to hold one of the bytes. */
static struct marks marks_of_some(struct slice s)
{
	return (struct marks){ slice_has(s, "=3") || slice_has(s, "<p") ||
				       slice_has_byte(s, '\n'),
		slice_has_byte(s, ':'), slice_has_byte(slice_from(s, 1), '[') };
}

/* A task's row, which most lines are, has none of them. */
static inline struct marks marks_in(struct slice s)
{
	sixteen_bytes some = { 0 };
	size_t at = 1;

	if (s.n < sizeof(sixteen_bytes) + 1)
		return marks_of_some(s);
	for (;;) {
		sixteen_bytes v;

		memcpy(&v, s.p + at, sizeof(v));
		some |= (sixteen_bytes)(v == '=') | (sixteen_bytes)(v == '<') |
			(sixteen_bytes)(v == '\n') | (sixteen_bytes)(v == ':') |
			(sixteen_bytes)(v == '[');
		if (at + sizeof(v) == s.n)
			break;
		at += sizeof(v);
		/* The last ones are looked at once more. */
		if (at + sizeof(v) > s.n)
			at = s.n - sizeof(v);
	}
	if (any_of(some) || s.p[0] == '<' || s.p[0] == '\n' || s.p[0] == ':')
		return marks_of_some(s);
	return (struct marks){ 0 };
}

/* What a '[' at the front of a line begins. */
enum bracket { NO_BRACKET, A_STAMP, MAYBE_A_CALLER };

static inline enum bracket bracket_in_front(struct slice s)
{
	const char *p = s.p + 1, *end = s.p + s.n;
	int64_t number;
	size_t n;

	if (s.n == 0 || s.p[0] != '[')
		return NO_BRACKET;
	/* "[   1234]", a task. */
	if (s.n > 24 && (n = blanks_at(p)) < 8) {
		p += n;
		n = short_number_at(p, &number);
		if (n > 0 && p[n] == ']')
			return NO_BRACKET;
	}
	return is_stamp(p, end) ? A_STAMP : MAYBE_A_CALLER;
}

/* strip_caller() for a line that has none. */
static inline void note_no_caller(struct envelope_memory *memory)
{
	signed char *seen = &memory->callers.seen[0];

	if (*seen > -4)
		--*seen;
}

/* "[Mon Jan  1 00:00:00 2024] ", "2024-01-01T00:00:00,0+00:00 ": might it be one? */
static inline bool maybe_dated(struct slice s)
{
	return (s.n > 10 && s.p[10] == 'T' && digit_at(s, 0)) ||
	       (s.n > 2 && s.p[0] == '[' && s.p[1] != ' ' && !digit_at(s, 2));
}

bool strip_stamp_alone(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	const char *end = rest->p + rest->n;
	int64_t usec;
	const char *p = past_stamp(rest->p, end, &usec);
	struct marks marks;
	enum bracket bracket;
	struct slice s;

	/* An equals sign at the end is mail's, too; a pager's cut is another layer's. */
	if (!p || end[-1] == '\r' || end[-1] == '=' ||
		(end[-1] == '>' && rest->n >= NARROWEST_PAGER) ||
		memory->stamps.seen[0] <= -3)
		return false;
	s = (struct slice){ p, (size_t)(end - p) };
	slice_take(&s, " ");
	marks = marks_in(s);
	bracket = bracket_in_front(s);
	/* What an earlier layer, or mail, might find in it, and a further stamp. */
	if (marks.odd || bracket == A_STAMP || (marks.colon && maybe_dated(s)) ||
		(marks.bracket && maybe_stamped_again(s)))
		return false;
	r->uptime_usec = memory->stamp_usec = usec;
	if (memory->stamps.seen[0] < 4)
		memory->stamps.seen[0]++;
	memory->stripped = true;
	/* Two layers have a colon; a task's row has none. */
	if (marks.colon)
		take_monotonic_host(&s, r);
	if (r->host.n > 0 || bracket == MAYBE_A_CALLER)
		strip_caller(memory, &s, r);
	else
		note_no_caller(memory);
	if (marks.colon)
		strip_mediatek(memory, &s, r);
	strip_inner_level(memory, &s, r);
	*rest = s;
	return true;
}
