/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of layers, and the walk over it: each takes one envelope off, if it is
 * there. */
#include "parsers/envelope_layers.h"

void envelope_memory_free(struct envelope_memory *memory)
{
	for (size_t i = 0; i < sizeof(memory->scratch) / sizeof(*memory->scratch); i++)
		text_free(&memory->scratch[i]);
	text_free(&memory->before);
	text_free(&memory->part);
	text_free(&memory->soft);
	text_free(&memory->store);
	fold_free(memory);
}

enum { DEEPEST_QUOTE = 12 };

bool take_quote(struct slice *s)
{
	size_t deep = 0;

	while (deep < s->n && deep < DEEPEST_QUOTE && s->p[deep] == '>')
		deep++;
	if (deep == 0 || deep >= s->n || (s->p[deep] != ' ' && s->p[deep] != '['))
		return false;
	*s = slice_from(*s, s->p[deep] == ' ' ? deep + 1 : deep);
	return true;
}

bool strip_quote(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	(void)memory;
	(void)r;
	return take_quote(rest);
}

/* In the order in which they come off: what stands before the other first. */
/* Long samples stand in two strings, as the formatter breaks them. */
/* NOLINTBEGIN(bugprone-suspicious-missing-comma) */
const struct envelope_layer envelope_layers[] = {
	{ "quote", strip_quote,
		{ "> Mem-Info:", "> > [   12.345678] Mem-Info:", ">>> Mem-Info:",
			">>[   12.345678] Mem-Info:" } },
	{ "grep", strip_grep,
		{ "/var/log/kern.log:Nov 22 02:19:01 db1 kernel: Mem-Info:",
			"log-[   12.345678] Mem-Info:",
			"kern.log:12:2026-11-22T02:19:01+00:00 db1 kernel: Mem-Info:" } },
	{ "json", strip_json,
		{ "{\"MESSAGE\":\"Mem-Info:\",\"SYSLOG_IDENTIFIER\":\"kernel\"}",
			"{\"log\":\"Mem-Info:\\n\",\"stream\":\"stdout\"}",
			"         \"msg\": \"Mem-Info:\"",
			"{\"_source\":{\"event\":{\"original\":\"<4>[   12.345678] "
			"Mem-Info:\"}}}",
			"data: {\"result\":{\"_raw\":\"Nov 22 02:19:01 db1 kernel: "
			"Mem-Info:\"}}" } },
	{ "cri", strip_cri,
		{ "2026-11-22T02:19:01.123456789Z stderr F Mem-Info:",
			"2026-11-22T02:19:01.123456789+01:00 stdout F [   12.345678] "
			"Mem-Info:" } },
	{ "logcat", strip_logcat,
		{ "11-22 02:19:01.123     0     0 W kernel  : Mem-Info:",
			"11-22 02:19:01.123     0     0 W Mem-Info: ",
			"11-22 02:19:01.123 W/kernel  (    0): Mem-Info:",
			"W/kernel  (    0): Mem-Info:",
			"2026-11-22 02:19:01.123     0     0 W         : [   12.345678] "
			"Mem-Info:" } },
	{ "kmsg", strip_kmsg,
		{ "6,1234,5678901,-;Mem-Info:", "4,1,2,-,caller=T55;Mem-Info:",
			"6.12.9-amd64,4,1234,5678901,-;Mem-Info:" } },
	{ "rfc5424", strip_rfc5424,
		{ "<4>1 2026-11-22T02:19:01.123456+00:00 db1 kernel - - - Mem-Info:",
			"<4>1 2026-11-22T02:19:01Z db1 kernel - - [a@1 x=\"]\" "
			"y=\"\\\"]\"][b] \xef\xbb\xbf[   12.345678] Mem-Info:",
			"<4>1 - - kernel - - - Mem-Info:",
			"68 <4>1 2026-11-22T02:19:01Z db1 kernel - - -  [   12.345678] "
			"Mem-Info:" } },
	{ "level", strip_level, { "<4>Mem-Info:", "<6>[   12.345678] Mem-Info:" } },
	{ "decoded-level", strip_decoded_level,
		{ "kern  :warn  : [   12.345678] Mem-Info:",
			"kern: warning: [2026-11-22T02:19:01.123456789Z]: Mem-Info:",
			"kern:     err: [2026-11-22T02:19:01.123456789Z]: Mem-Info:" } },
	{ "bsd", strip_bsd,
		{ "Nov 22 02:19:01 db1 kernel: Mem-Info:",
			"Nov  2 02:19:01.123456 db1 kern.warn kernel: [   12.345678] "
			"Mem-Info:",
			"2026 Nov 22 02:19:01 db1 kernel: [ID 702911 kern.warning] Mem-Info:",
			"Nov 22 02:19:01 [   12.345678] Mem-Info:",
			"Nov 22 02:19:01 <kern.warn> db1 kernel: Mem-Info:",
			"Nov 22 02:19:01 <hostname> kernel: Mem-Info:" } },
	{ "local-bsd", strip_local_bsd,
		{ "nov. 22 02:19:01 db1 kernel: Mem-Info:",
			"\xd0\xbd\xd0\xbe\xd1\x8f  2 02:19:01 db1 kernel: [   12.345678] "
			"Mem-Info:",
			"11\xe6\x9c\x88 22 02:19:01 kernel: Mem-Info:",
			"Thg 11 22 02:19:01.123456 db1 kernel: Mem-Info:" } },
	{ "clock", strip_clock,
		{ "02:19:01 db1 kernel: Mem-Info:",
			"02:19:01.123 [   12.345678] Mem-Info:" } },
	{ "weekday", strip_weekday,
		{ "Sun 2026-11-22 02:19:01 CET db1 kernel: Mem-Info:",
			"Sun 2026-11-22 02:19:01.123456 UTC db1 kernel: Mem-Info:",
			"Sun Nov 22 02:19:01 2026 kern.warn kernel: [   12.345678] "
			"Mem-Info:" } },
	{ "iso", strip_iso,
		{ "2026-11-22T02:19:01+00:00 db1 kernel: Mem-Info:",
			"2026-11-22T02:19:01,123456+00:00 Mem-Info:",
			"2026-11-22T02:19:01+0000 db1 kernel: Mem-Info:",
			"2026-11-22T02:19:01.123456+01:00 db1 kernel: [    1.500000] "
			"Mem-Info:",
			"2026/11/22 02:19:01 [    1.500000] Mem-Info:",
			"2026-11-22 02:19:01,123: Mem-Info:",
			"2026-11-22T02:19:01.123Z In(05) vcpu-5 - Guest: <4>[   12.345678] "
			"Mem-Info:",
			"2026-11-22T02:19:01.123Z| vcpu-0| I125: Guest: <4>[   12.345678] "
			"Mem-Info:" } },
	{ "unix", strip_unix_time, { "1795313941.123456 db1 kernel: Mem-Info:" } },
	{ "klog", strip_klog,
		{ "W1122 02:19:01.123456    1234 oom_watcher.go:66] Mem-Info:" } },
	{ "kernel", strip_kernel_tag,
		{ "kernel: Mem-Info:", "... kernel: [   12.345678] Mem-Info:",
			" kernel:[   12.345678] Mem-Info:", " kernel:Mem-Info:" } },
	{ "events", strip_events,
		{ "  Warning  OOMKilling  65s (x2 over 3m)  kernel-monitor  Mem-Info:",
			"3m22s   Warning   OOMKilling   node/db1   Mem-Info:",
			"db1\t\tWarning\t\tSystemOOM\tkubelet, db1\tMem-Info:" } },
	{ "prompt", strip_prompt,
		{ "db1 login: [   12.345678] Mem-Info:",
			"root@db1:~# ls[   12.345678][ T1234] Mem-Info:" } },
	{ "inner-level", strip_inner_level,
		{ "Nov 22 02:19:01 db1 kernel: <4>[   12.345678] Mem-Info:",
			"2026-11-22T02:19:01Z <4>[   12.345678] Mem-Info:" } },
	{ "ctime", strip_ctime,
		{ "[Mon Jan  1 00:00:00 2024] Mem-Info:",
			"[Mo Jan 1 00:00:00 2024] Mem-Info:",
			"[Mon Jan  1 00:00:00 2024 <    0.000010>] Mem-Info:",
			"[Mon Jan  1 00:00:00 2024][   12.345678] Mem-Info:" } },
	{ "uptime", strip_uptime,
		{ "[   12.345678] Mem-Info:", "[   12.345678] db1 kernel: Mem-Info:",
			"[   12.345678] kernel: Mem-Info:", "[12.345678] Mem-Info:",
			"[2-12.3456] Mem-Info:",
			"[   12.345678 <    0.000001 >] db1 kernel: Mem-Info:",
			"[   12.345678                ] db1 kernel: Mem-Info:" } },
	{ "relative", strip_relative,
		{ "[Nov22 02:19] Mem-Info:", "[  +0.000012] Mem-Info:",
			"[<    0.000012>] Mem-Info:" } },
	{ "caller", strip_caller,
		{ "[   12.345678][ T1234] Mem-Info:", "[   12.345678] [    C0] "
						      "Mem-Info:" } },
	{ "mediatek", strip_mediatek,
		{ "[   12.345678] <4>.(1)[1234:kworker/0:1]Mem-Info:",
			"<4>[   12.345678]  (2)[1:init]Mem-Info:" } },
	{ "last-level", strip_inner_level,
		{ "Nov 22 02:19:01 db1 kernel: [   12.345678] <4>Mem-Info:",
			"[   12.345678] <6>Mem-Info:" } },
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
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

	while (take_quote(&bare))
		line = bare;
	slice_take_blanks(&bare);
	/* Lines of a pretty-printed JSON are not quoted text. */
	if (bare.n > 0 && (bare.p[0] == '"' || bare.p[0] == '{' || bare.p[0] == '}'))
		return line;
	indent = line.n - bare.n;
	if (indent != memory->indent &&
		(slice_has(bare, " invoked oom-killer: ") ||
			slice_has(bare, "page allocation ") ||
			slice_has(bare, "vmalloc error: size ") ||
			slice_has(bare, "vmalloc: allocation failure") ||
			slice_starts(bare, "SLUB: Unable to allocate memory on ") ||
			slice_starts(bare, "Tasks state (memory") ||
			slice_starts(bare, "Out of memory: Kill") ||
			slice_starts(bare, "Memory cgroup out of memory: Kill") ||
			slice_starts(bare, "oom-kill:constraint=")))
		memory->indent = indent;
	if (bare.n > 1 && bare.p[0] == '[') {
		struct slice stamp = slice_from(bare, 1);
		int64_t seconds;

		slice_take_blanks(&stamp);
		if (slice_take_int(&stamp, &seconds) && slice_starts(stamp, "."))
			return bare;
	}
	/* "Nov 22 02:19:01 ", "2026-11-22T02:19:01". */
	if (indent > 0 && bare.n > 20 &&
		((bare.p[0] >= 'A' && bare.p[0] <= 'S' && bare.p[3] == ' ' &&
			 bare.p[6] == ' ' && bare.p[9] == ':' && bare.p[12] == ':') ||
			(bare.p[0] == '2' && bare.p[4] == '-' && bare.p[7] == '-' &&
				bare.p[13] == ':')))
		return bare;
	return slice_from(line, indent < memory->indent ? indent : memory->indent);
}

/* The kernel's records of several lines, where the daemon's prefix was cut off. A name
 * in another line may hold "#012" as it likes. */
static bool is_record_of_lines(struct slice text)
{
	return slice_starts(text, "active_anon:") ||
	       slice_starts(text, "Memory cgroup stats");
}

/* dmesg of Android and of old systems writes them as \x0a. In the driver's line a name
 * stands before the first of them. */
static size_t escaped_lines_from(struct slice text)
{
	if (is_record_of_lines(text))
		return 0;
	return slice_starts(text, "lowmemorykiller: Killing '")
		       ? slice_find_last(text, "), adj ")
		       : SLICE_NONE;
}

static struct slice without_escapes(struct text *text, struct slice rest, size_t from)
{
	text_clear(text);
	text_add(text, slice_first(rest, from));
	rest = slice_from(rest, from);
	while (rest.n > 0) {
		if (slice_take(&rest, "\\x0a")) {
			text_putc(text, '\n');
			continue;
		}
		text_putc(text, rest.p[0]);
		rest = slice_from(rest, 1);
	}
	return text_slice(text);
}

/* rsyslog writes control characters as #012; a message of many lines gives one
 * record a line. */
void give_parts(struct envelope_memory *memory, struct record *r, give_record *give,
	void *context)
{
	struct slice rest = r->text, part;
	struct text *text = &memory->scratch[2];

	if ((r->program.n > 0 || is_record_of_lines(rest)) &&
		slice_has_byte(rest, '#') && slice_has(rest, "#012")) {
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
	if (slice_has_byte(rest, '\\') && escaped_lines_from(rest) != SLICE_NONE)
		rest = without_escapes(text, rest, escaped_lines_from(rest));
	if (!slice_has_byte(rest, '\n')) {
		r->text = rest;
		give(r, context);
		return;
	}
	r->text = rest;
	while (slice_cut(&rest, '\n', &part)) {
		struct record one = *r;

		one.text = part;
		one.continues = r->continues || part.p != r->text.p;
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

/* Web pages: &lt; &gt; &amp; &quot; &#39; between <pre> and </pre>. */
static struct slice without_entities(struct envelope_memory *memory, struct slice line)
{
	static const struct {
		const char *entity;
		char c;
	} entities[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' },
		{ "&quot;", '"' }, { "&#39;", '\'' }, { "&#x27;", '\'' },
		{ "&nbsp;", ' ' } };
	struct text *text = &memory->scratch[4];
	/* Only its beginning is asked for the tag. */
	size_t open = slice_find(slice_first(line, 64 + 3), "<pre");

	if (open != SLICE_NONE && open < 64) {
		size_t end = slice_find(slice_from(line, open), ">");

		if (end != SLICE_NONE) {
			line = slice_from(line, open + end + 1);
			memory->html = true;
		}
	}
	if (!memory->html)
		return line;
	if (slice_has(line, "</pre>")) {
		line = slice_first(line, slice_find(line, "</pre>"));
		memory->html = false;
	}
	if (!slice_has(line, "&"))
		return line;
	text_clear(text);
	while (line.n > 0) {
		size_t i = 0;

		while (i < sizeof(entities) / sizeof(*entities) &&
			!slice_take(&line, entities[i].entity))
			i++;
		if (i < sizeof(entities) / sizeof(*entities)) {
			text_putc(text, entities[i].c);
			continue;
		}
		text_putc(text, line.p[0]);
		line = slice_from(line, 1);
	}
	return text_slice(text);
}

static struct slice remembered(const struct envelope_memory *m, size_t from, size_t to)
{
	return slice_first(slice_from(text_slice(&m->before), from), to - from);
}

/* journalctl and dmesg indent the further lines of a record by the width of what stood
 * before its first. They are its sender's, whatever they say. */
static bool take_continuation(
	struct envelope_memory *memory, struct slice *line, struct record *r)
{
	size_t blanks = 0;

	while (blanks < line->n && line->p[blanks] == ' ')
		blanks++;
	if (memory->before_width == 0 || blanks < memory->before_width ||
		blanks == line->n)
		return false;
	*line = slice_from(*line, memory->before_width);
	r->host = remembered(memory, 0, memory->before_host);
	r->program = remembered(memory, memory->before_host, memory->before_program);
	r->caller = remembered(memory, memory->before_program, memory->before_caller);
	r->continues = true;
	return true;
}

static void remember(
	struct envelope_memory *memory, const struct record *r, struct slice line)
{
	text_clear(&memory->before);
	memory->before_host = memory->before_program = memory->before_caller = 0;
	memory->before_width = 0;
	if (r->text.p >= line.p && r->text.p <= line.p + line.n)
		memory->before_width = (size_t)(r->text.p - line.p);
	memory->before_whole = r->text.p + r->text.n == line.p + line.n;
	if (r->host.n == 0 && r->program.n == 0 && r->caller.n == 0)
		return;
	text_add(&memory->before, slice_first(r->host, 255));
	memory->before_host = memory->before.n;
	text_add(&memory->before, slice_first(r->program, 255));
	memory->before_program = memory->before.n;
	text_add(&memory->before, slice_first(r->caller, 32));
	memory->before_caller = memory->before.n;
}

enum { LONGEST_PARTS = 64 * 1024, LONGEST_COMM = 15 };

/* Copies from some terminals are padded with blanks to its width. No name ends with so
 * many. */
static struct slice without_padding(struct slice line)
{
	size_t blanks = 0;

	while (blanks < line.n && line.p[line.n - 1 - blanks] == ' ')
		blanks++;
	if (blanks > LONGEST_COMM)
		line.n -= blanks;
	return line;
}

/* journalctl's pager cuts lines at the screen's edge and marks that with ">": what stands
 * before it may be half a word or half a number, and goes with it. A task's name may end
 * so, and lines like "<TASK>" do. */
static struct slice without_torn_word(struct slice text, size_t width)
{
	size_t end = text.n - 1;

	if (width < NARROWEST_PAGER || text.p[0] == '[' || text.p[0] == ' ' ||
		slice_has_byte(text, '<'))
		return text;
	while (end > 0 && text.p[end - 1] != ' ' && text.p[end - 1] != ',')
		end--;
	while (end > 0 && (text.p[end - 1] == ' ' || text.p[end - 1] == ','))
		end--;
	return slice_first(text, end);
}

void envelope_open_line(struct envelope_memory *memory, struct slice line,
	uint32_t number, uint64_t byte, give_record *give, void *context)
{
	struct record r = { .uptime_usec = UNKNOWN,
		.wall_usec = UNKNOWN,
		.order_usec = UNKNOWN,
		.level = UNKNOWN,
		.line = number,
		.cut = memory->cut,
		.byte = byte };
	struct slice rest = line;
	const char *begin;

	memory->stripped = memory->bare = memory->part_of_line = false;
	memory->sequence = UNKNOWN;
	while (rest.n > 0 && rest.p[rest.n - 1] == '\r')
		rest.n--;
	rest = without_padding(rest);
	rest = without_colours(memory, rest);
	rest = without_entities(memory, rest);
	begin = rest.p;
	if (take_continuation(memory, &rest, &r)) {
		r.text = rest;
		give_parts(memory, &r, give, context);
		return;
	}
	rest = without_indent(memory, rest);
	for (size_t i = 0; i < envelope_layer_count && !memory->bare; i++)
		if (envelope_layers[i].strip(memory, &rest, &r))
			memory->stripped = true;
	if (is_scaffolding(line))
		return;
	if (memory->part_of_line) {
		if (memory->part.n + rest.n < LONGEST_PARTS)
			text_add(&memory->part, rest);
		return;
	}
	if (memory->part.n > 0) {
		text_add(&memory->part, rest);
		rest = text_slice(&memory->part);
	}
	if (memory->stripped && rest.n > 0 && rest.p[rest.n - 1] == '>')
		rest = without_torn_word(rest, line.n);
	r.text = rest;
	if (memory->stripped)
		remember(memory, &r, (struct slice){ begin, line.n });
	else
		memory->before_width = 0;
	if (known(memory->sequence))
		order_give(memory, &r, memory->sequence, give, context);
	else
		give_parts(memory, &r, give, context);
	text_clear(&memory->part);
}

/* RFC 6587: "123 <14>1 ...", each message after its length. */
static bool take_frame(struct slice *line, struct slice *frame)
{
	struct slice s = *line;
	int64_t length;

	if (s.n < 4 || s.p[0] < '1' || s.p[0] > '9' || !slice_take_int(&s, &length) ||
		length > 99999 || !slice_take(&s, " ") || !slice_starts(s, "<"))
		return false;
	*frame = slice_first(s, (size_t)length);
	*line = slice_from(s, (size_t)length);
	return true;
}

enum { GLUED_WITHIN_USEC = 60 * 1000000 };

/* Where the next stamp of the kernel's stands in `line` from `at` on: "[   12.345678] ",
 * with its six digits, and not the second of a line's own. */
static size_t find_stamp(struct slice line, size_t at, int64_t *usec)
{
	while (at + 12 < line.n) {
		const char *bracket = memchr(line.p + at, '[', line.n - at);
		struct slice s, before;
		int64_t seconds;

		if (!bracket)
			break;
		at = (size_t)(bracket - line.p);
		before = slice_first(line, at);
		s = slice_from(line, ++at);
		slice_take_blanks(&s);
		if (!digit_at(s, 0) || !slice_take_int(&s, &seconds) ||
			!slice_take(&s, ".") || !known(*usec = take_digits(&s, 6)) ||
			!slice_take(&s, "] ") || slice_ends(before, "]") ||
			slice_ends(before, "kernel: "))
			continue;
		*usec = quantity_add(quantity_mul(seconds, 1000000), *usec);
		return at - 1;
	}
	return SLICE_NONE;
}

/* Where the line ends that has `first` for its stamp, if others are glued to it: the ends
 * of lines were lost, as on some web pages. */
static size_t glued_at(struct slice line)
{
	int64_t first, next;
	size_t at;

	if (line.n < GLUED_LEAST || line.p[0] != '[')
		return SLICE_NONE;
	at = find_stamp(line, 0, &first);
	if (at != 0)
		return SLICE_NONE;
	at = find_stamp(line, 1, &next);
	return at != SLICE_NONE && next >= first && next - first < GLUED_WITHIN_USEC
		       ? at
		       : SLICE_NONE;
}

/* A line as it was before mail encoded it. */
static void open_plain(struct envelope_memory *memory, struct slice line,
	uint32_t number, uint64_t byte, give_record *give, void *context)
{
	struct slice frame;
	size_t glued;

	while ((glued = glued_at(line)) != SLICE_NONE) {
		envelope_open_line(
			memory, slice_first(line, glued), number, byte, give, context);
		line = slice_from(line, glued);
	}
	if (block_take(memory, line, number, byte, give, context) ||
		crash_take(memory, line, number, byte, give, context) ||
		fold_take(memory, line, number, byte, give, context))
		return;
	if (take_frame(&line, &frame)) {
		do
			envelope_open_line(memory, frame, number, byte, give, context);
		while (take_frame(&line, &frame));
		if (line.n == 0)
			return;
	}
	envelope_open_line(memory, line, number, byte, give, context);
}

/* Most lines of a kernel's log have its stamp and nothing else: they need not be held
 * against every form that there is. False where this one may have another. */
static bool open_stamped(struct envelope_memory *memory, struct slice line,
	uint32_t number, uint64_t byte, give_record *give, void *context)
{
	struct record r = { .uptime_usec = UNKNOWN,
		.wall_usec = UNKNOWN,
		.order_usec = UNKNOWN,
		.level = UNKNOWN,
		.line = number,
		.cut = memory->cut,
		.byte = byte,
		.text = line };

	if (memory->quoted_printable || memory->block != NO_BLOCK || memory->html ||
		memory->indent > 0 || memory->part.n > 0 ||
		!fold_passes(memory, number) || glued_at(line) != SLICE_NONE ||
		slice_ends(line, "                "))
		return false;
	memory->stripped = memory->bare = memory->part_of_line = false;
	memory->sequence = UNKNOWN;
	if (!strip_stamp_alone(memory, &r.text, &r))
		return false;
	remember(memory, &r, line);
	/* It is one line, and only a daemon, or a record that had one, folds several. */
	if (r.program.n == 0 && escaped_lines_from(r.text) == SLICE_NONE)
		give(&r, context);
	else
		give_parts(memory, &r, give, context);
	return true;
}

void envelope_open(struct envelope_memory *memory, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context)
{
	if (open_stamped(memory, line, number, byte, give, context))
		return;
	if (!mail_take(memory, &line, &number, &byte))
		open_plain(memory, line, number, byte, give, context);
}

void envelope_look_ahead(struct envelope_memory *memory, struct slice lines)
{
	memory->window = fold_window(lines);
}

void envelope_flush(struct envelope_memory *memory, give_record *give, void *context)
{
	if (memory->soft_there) {
		memory->soft_there = false;
		open_plain(memory, text_slice(&memory->soft), memory->soft_line,
			memory->soft_byte, give, context);
	}
	block_flush(memory, give, context);
	fold_flush(memory, give, context);
}

bool envelope_waits(const struct envelope_memory *memory)
{
	return memory->block == BLOCK_VERBOSE || memory->block == BLOCK_EXPORT ||
	       memory->soft_there || fold_waits(memory);
}

bool envelope_wants_all(const struct envelope_memory *memory)
{
	/* Datagrams come in any order: those with a number are all read. */
	return memory->in_blocks || memory->block == BLOCK_OBJECT ||
	       memory->dmesg_json || memory->part.n > 0 || memory->in_crash ||
	       memory->soft_there || known(memory->sequence) || fold_waits(memory);
}

void envelope_skipped(struct envelope_memory *memory)
{
	memory->before_width = 0;
	memory->order.known = false;
	memory->json_time_seen = false;
	memory->json_caller_length = 0;
}
