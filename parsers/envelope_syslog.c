/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What log daemons, journalctl and container runtimes put before a line. */
#include "parsers/envelope_layers.h"

#include <string.h>

enum { LONGEST_NAME = 128 };

/* "kern.warn", as busybox, OpenWrt and BSD write it. */
static bool is_priority(struct slice word)
{
	static const char *const levels[] = { "emerg", "panic", "alert", "crit", "err",
		"error", "warn", "warning", "notice", "info", "debug" };
	size_t dot = slice_find(word, ".");

	if (dot == SLICE_NONE || dot == 0)
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (slice_is(slice_from(word, dot + 1), levels[i]))
			return true;
	return false;
}

static void note_program(struct record *r, struct slice word)
{
	size_t bracket = slice_find(word, "[");

	r->program = bracket == SLICE_NONE ? word : slice_first(word, bracket);
	r->program_pid = bracket != SLICE_NONE;
}

bool names_pid(struct slice s)
{
	struct slice word;
	size_t digits, n;

	if (!slice_take_word(&s, &word) || !slice_ends(word, "]:"))
		return false;
	n = digits = word.n - 2;
	while (digits > 0 && digit_at(word, digits - 1))
		digits--;
	return digits > 1 && digits < n && word.p[digits - 1] == '[';
}

/* "host tag[12]: " behind a time stamp; the host or a priority may be missing. */
static bool take_host_and_tag(struct slice *rest, struct record *r)
{
	struct slice s = *rest, host = slice_first(s, 0), word, id;

	if (slice_take(&s, "<")) {
		/* FreeBSD's syslogd -v: "<kern.warn> db1 kernel: ". Else it is what somebody
		 * put there for a host: "<hostname> kernel: ". */
		if (!slice_cut(&s, '>', &word) || word.n > 24)
			return false;
		if (is_priority(word))
			slice_take(&s, " ");
		else
			s = *rest;
	}
	/* Some logs name no host: "Jan  5 15:19:27 kernel: ", "... systemd[1]: ". */
	if (slice_starts(s, "kernel: ") || names_pid(s)) {
		slice_take_word(&s, &word);
	} else {
		if (!slice_take_word(&s, &word) || slice_ends(word, ":"))
			return false;
		if (!is_priority(word)) {
			host = word;
			if (!slice_take_word(&s, &word))
				return false;
		}
		if (is_priority(word) && !slice_take_word(&s, &word))
			return false;
		if (!slice_ends(word, ":"))
			return false;
	}
	word.n--;
	r->host = host;
	note_program(r, word);
	/* The kernel's own blanks behind the tag matter (" free:..."). */
	slice_take(&s, " ");
	/* Some daemons leave an empty tag of their own: "kernel: : [   12.3". */
	if (slice_starts(s, ": ["))
		s = slice_from(s, 2);
	id = s;
	/* Solaris: "[ID 702911 kern.warning] ". */
	if (slice_take(&id, "[ID ") && slice_cut(&id, ']', &word) && word.n < 32 &&
		slice_take(&id, " "))
		s = id;
	*rest = s;
	return true;
}

/* Does the text begin as the kernel's lines do that open or end a report? */
static bool begins_report(struct slice s)
{
	static const char *const starts[] = { "oom-killer: gfp_mask=",
		"Out of memory: Kill", "Out of Memory: Kill",
		"Memory cgroup out of memory: Kill",
		"oom-kill:constraint=", "sysrq: Manual OOM execution",
		"__vm_enough_memory: pid: " };
	static const char *const behind_a_name[] = { " invoked oom-killer: gfp_mask",
		": page allocation failure", ": vmalloc error: size " };
	struct slice front = slice_first(s, 48);

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (slice_starts(s, starts[i]))
			return true;
	for (size_t i = 0; i < sizeof(behind_a_name) / sizeof(*behind_a_name); i++) {
		size_t at = slice_find(front, behind_a_name[i]);

		if (at != SLICE_NONE)
			return !slice_has(slice_first(s, at), ": ");
	}
	return false;
}

/* Words of a report that look like a program's tag: "Mem-Info:", "R10:". */
static bool is_kernels_word(struct slice program)
{
	static const char *const words[] = { "Mem-Info", "Mem-info", "Normal",
		"HighMem", "Movable", "lowmem_reserve", "protections", "memory",
		"memory+swap", "swap", "kmem", "oom_reaper", "Code", "Tainted",
		"Workqueue" };
	size_t capitals = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_is(program, words[i]))
			return true;
	while (capitals < program.n &&
		(digit_at(program, capitals) ||
			(program.p[capitals] >= 'A' && program.p[capitals] <= 'Z')))
		capitals++;
	return capitals == program.n && capitals <= 5;
}

static uint64_t host_bit(struct slice host)
{
	unsigned int hash = 0;

	for (size_t i = 0; i < host.n && i < 64; i++)
		hash = hash * 33 + (unsigned char)host.p[i];
	return UINT64_C(1) << hash % 64;
}

/* "db1 " and no tag: some daemons leave the kernel's out. A report is known by its own
 * words right behind the host; from then on, what has no tag is the kernel's. */
static bool take_host_alone(struct envelope_memory *memory, struct slice *rest,
	struct record *r, bool tagged)
{
	struct slice s = *rest, host;
	uint64_t bit;

	if (!slice_take_word(&s, &host) || slice_ends(host, ":") ||
		!slice_take(&s, " "))
		return false;
	bit = host_bit(host);
	if (memory->tagged & bit)
		return false;
	if (begins_report(s))
		memory->untagged |= bit;
	else if (!(memory->untagged & bit) || (tagged && !is_kernels_word(r->program)))
		return false;
	r->host = host;
	r->program = SLICE("kernel");
	*rest = s;
	return true;
}

static bool take_host_and_program(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice behind = *rest;
	bool tagged = take_host_and_tag(&behind, r);

	if (tagged && slice_is(r->program, "kernel"))
		memory->tagged |= host_bit(r->host);
	else if (take_host_alone(memory, rest, r, tagged))
		return true;
	*rest = behind;
	return tagged;
}

/* A stamp of the kernel's comes next. */
static bool before_stamp(struct slice s)
{
	if (s.n > 3 && s.p[0] == '<' && digit_at(s, 1) && s.p[2] == '>')
		s = slice_from(s, 3);
	if (!slice_take(&s, "["))
		return false;
	slice_take_blanks(&s);
	while (digit_at(s, 0))
		s = slice_from(s, 1);
	return s.n > 1 && s.p[0] == '.' && digit_at(s, 1);
}

/* Structured data: "-", or elements of which the values may hold "\]". */
static bool take_structured_data(struct slice *rest)
{
	struct slice s = *rest;

	if (slice_take(rest, "-"))
		return true;
	while (s.n > 0 && s.p[0] == '[') {
		bool quoted = false;
		size_t n = 1;

		for (; n < s.n && (quoted || s.p[n] != ']'); n++) {
			if (s.p[n] == '"')
				quoted = !quoted;
			else if (quoted && s.p[n] == '\\')
				n++;
		}
		if (n >= s.n)
			return false;
		s = slice_from(s, n + 1);
	}
	if (s.p == rest->p)
		return false;
	*rest = s;
	return true;
}

/* RFC 5424: "<4>1 2026-11-22T02:19:01.5Z db1 kernel - - - Mem-Info:". */
bool strip_rfc5424(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text = { "", 0 }, host, program, word;
	int64_t priority, version, usec = UNKNOWN;
	struct iso_form form = { 0 };

	(void)memory;
	if (!slice_take(&s, "<") || !digit_at(s, 0) || !slice_take_int(&s, &priority) ||
		priority > 191 || !slice_take(&s, ">") || !digit_at(s, 0) ||
		!slice_take_int(&s, &version) || version > 99 || !slice_take(&s, " "))
		return false;
	if (!slice_take(&s, "- ") &&
		(!take_iso_time(&s, &usec, &text, &form) || !slice_take(&s, " ")))
		return false;
	if (!slice_take_word(&s, &host) || !slice_take_word(&s, &program) ||
		!slice_take_word(&s, &word) || !slice_take_word(&s, &word) ||
		!slice_take(&s, " ") || !take_structured_data(&s))
		return false;
	if (s.n > 0 && !slice_take(&s, " "))
		return false;
	slice_take(&s, "\xef\xbb\xbf");
	r->level = priority & 7;
	r->host = slice_is(host, "-") ? slice_first(host, 0) : host;
	r->program = slice_is(program, "-") ? slice_first(program, 0) : program;
	if (text.n > 0)
		note_clock(r, text, usec, form.dated);
	*rest = s;
	return true;
}

/* RFC 3164 and what journalctl -o short prints: "Nov 22 02:19:01 db1 kernel: ". */
bool strip_bsd(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text;
	int64_t usec;

	if (s.n < 16 || !((s.p[0] >= 'A' && s.p[0] <= 'S') || s.p[0] == '2') ||
		!take_bsd_time(&s, &usec, &text))
		return false;
	/* `ts "%b %d %H:%M:%S:"` behind a program that names itself nowhere. */
	if (!slice_take(&s, ": ")) {
		if (!slice_take(&s, " "))
			return false;
		/* ts and conserver put their time before the kernel's. */
		if (!before_stamp(s) && !take_host_and_program(memory, &s, r))
			return false;
	}
	note_clock(r, text, usec, false);
	*rest = s;
	return true;
}

/* The same in a language of its own. No line of the kernel's has a clock there, but what
 * follows it must be a daemon's, too. */
bool strip_local_bsd(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text;
	int64_t usec;

	if (r->program.n > 0 || known(r->uptime_usec) ||
		!take_local_time(&s, &usec, &text) || !slice_take(&s, " ") ||
		!take_host_and_program(memory, &s, r))
		return false;
	note_clock(r, text, usec, false);
	*rest = s;
	return true;
}

/* "02:19:01 db1 systemd[1]: ": somebody cut the date out. */
bool strip_clock(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, host, word;
	bool comma;

	if (s.n < 12 || s.p[2] != ':' || s.p[5] != ':' || !digit_at(s, 0) ||
		!known(take_clock(&s, &comma)) || !slice_take(&s, " "))
		return false;
	if (before_stamp(s)) {
		*rest = s;
		return true;
	}
	word = s;
	if (!slice_starts(s, "kernel: ") && !names_pid(s) &&
		(!slice_take_word(&word, &host) || slice_ends(host, ":") ||
			!slice_take(&word, " ") ||
			(!slice_starts(word, "kernel: ") && !names_pid(word))))
		return false;
	if (!take_host_and_program(memory, &s, r))
		return false;
	*rest = s;
	return true;
}

/* Behind the time in a vmware.log: " In(05) vcpu-5 - Guest: ", "| vcpu-0| I125: Guest: ". */
static bool take_vmware(struct slice *rest)
{
	struct slice s = *rest, word;

	if (slice_take(&s, "| ")) {
		if (!slice_take_word(&s, &word) || !slice_starts(word, "vcpu-") ||
			!slice_ends(word, "|") || !slice_take_word(&s, &word) ||
			!slice_ends(word, ":") || !slice_take(&s, " Guest: "))
			return false;
	} else if (!slice_take(&s, " ") || !slice_take_word(&s, &word) ||
		   !slice_ends(word, ")") || !slice_take_word(&s, &word) ||
		   !slice_starts(word, "vcpu-") || !slice_take(&s, " - Guest: ")) {
		return false;
	}
	*rest = s;
	return true;
}

/* "2026-11-22T02:19:01+00:00 db1 kernel: " of rsyslog and journalctl -o short-iso;
 * with a comma and no host it is dmesg --time-format=iso. */
bool strip_iso(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text, probe, word;
	int64_t usec;
	struct iso_form form;

	if (!take_iso_time(&s, &usec, &text, &form))
		return false;
	if (take_vmware(&s)) {
		note_clock(r, text, usec, form.dated);
		*rest = s;
		return true;
	}
	/* Python's: "2026-11-22 02:19:01,123: ". */
	if (form.comma && slice_take(&s, ": ")) {
		note_clock(r, text, usec, form.dated);
		*rest = s;
		return true;
	}
	if (!slice_take(&s, " "))
		return false;
	probe = s;
	if (!form.comma && !before_stamp(s) && !take_host_and_program(memory, &s, r)) {
		int64_t inner;
		struct slice inner_text, after;

		/* `aws logs tail`: the name of a stream, then the line. */
		if (slice_take_word(&probe, &word) && slice_take(&probe, " ") &&
			!slice_ends(word, ":")) {
			after = probe;
			if (before_stamp(probe) ||
				take_bsd_time(&after, &inner, &inner_text)) {
				r->host = word;
				s = probe;
			}
		}
	}
	/* dmesg writes a comma: only the kernel's lines count. */
	if (form.comma && r->program.n == 0)
		r->program = SLICE("kernel");
	note_clock(r, text, usec, form.dated);
	*rest = s;
	return true;
}

/* "Sun 2026-11-22 02:19:01 CET db1 kernel: " (journalctl's short-full, with-unit),
 * "Sun Nov 22 02:19:01 2026 kern.warn kernel: " (OpenWrt's logread). */
bool strip_weekday(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	static const char *const days[] = { "Mon ", "Tue ", "Wed ", "Thu ", "Fri ",
		"Sat ", "Sun " };
	struct slice s = *rest, text, zone;
	struct iso_form form = { 0 };
	int64_t usec;

	for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++)
		if (slice_take(&s, days[i]))
			break;
	if (s.p == rest->p)
		return false;
	if (digit_at(s, 0)) {
		if (!take_iso_time(&s, &usec, &text, &form) || !slice_take(&s, " "))
			return false;
		if (!form.dated && !slice_take_word(&s, &zone))
			return false;
	} else {
		if (!take_bsd_time(&s, &usec, &text) || !slice_take(&s, " ") ||
			!digit_at(s, 3))
			return false;
		text.n += 5;
		s = slice_from(s, 4);
	}
	slice_take(&s, " ");
	if (!before_stamp(s) && !take_host_and_program(memory, &s, r))
		return false;
	note_clock(r, text, usec, form.dated);
	*rest = s;
	return true;
}

/* journalctl -o short-unix: "1795313941.123456 db1 kernel: ". */
bool strip_unix_time(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text;
	int64_t seconds, usec;
	bool comma;

	if (!digit_at(s, 8) || !slice_take_int(&s, &seconds) || seconds < 100000000 ||
		!slice_starts(s, "."))
		return false;
	usec = quantity_add(quantity_mul(seconds, 1000000), take_fraction(&s, &comma));
	text = (struct slice){ rest->p, (size_t)(s.p - rest->p) };
	if (!slice_take(&s, " ") || !take_host_and_program(memory, &s, r))
		return false;
	(void)text;
	r->wall_usec = usec;
	if (!known(r->order_usec))
		r->order_usec = usec;
	*rest = s;
	return true;
}

/* A container runtime's line (CRI): "2026-11-22T02:19:01.5Z stderr F Mem-Info:";
 * "P" is a part of a line, of which the next follows. */
bool strip_cri(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, text;
	int64_t usec;
	struct iso_form form;

	if (!take_iso_time(&s, &usec, &text, &form) || form.comma ||
		(!slice_take(&s, " stdout ") && !slice_take(&s, " stderr ")))
		return false;
	if (slice_take(&s, "P ") || slice_is(s, "P"))
		memory->part_of_line = true;
	else if (!slice_take(&s, "F ") && !slice_is(s, "F"))
		return false;
	note_clock(r, text, usec, form.dated);
	*rest = s;
	return true;
}

/* Kubernetes' klog: "W1122 02:19:01.123456    1234 oom_watcher.go:66] ". */
bool strip_klog(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, word;
	int64_t clock, thread;
	bool comma;

	(void)r;
	(void)memory;
	if (s.n < 24 || !memchr("IWEF", s.p[0], 4))
		return false;
	s = slice_from(s, 1);
	if (!known(take_digits(&s, 4)) || !slice_take(&s, " "))
		return false;
	clock = take_clock(&s, &comma);
	slice_take_blanks(&s);
	if (!known(clock) || !digit_at(s, 0) || !slice_take_int(&s, &thread) ||
		!slice_take_word(&s, &word) || !slice_ends(word, "]") ||
		!slice_has(word, ".go:"))
		return false;
	slice_take(&s, " ");
	*rest = s;
	return true;
}

/* Android's "11-22 02:19:01.123     0     0 W kernel  : Mem-Info:" (threadtime) and
 * "11-22 02:19:01.123 W/kernel  (    0): Mem-Info:" (time). logd makes a tag of what
 * the kernel's own line begins with: process 0 is the kernel, and gets it back. */
bool strip_logcat(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest, tag;
	int64_t pid = 0, thread = 0, year;
	size_t colon;
	bool comma, brief;

	(void)memory;
	if (digit_at(s, 3) && s.n > 5 && s.p[4] == '-') {
		slice_take_int(&s, &year);
		slice_take(&s, "-");
	}
	/* "W/kernel  (    0): " alone is logcat -v brief. */
	if (!(s.n > 2 && s.p[1] == '/' && memchr("VDIWEFS", s.p[0], 7)) &&
		(!known(take_digits(&s, 2)) || !slice_take(&s, "-") ||
			!known(take_digits(&s, 2)) || !slice_take(&s, " ") ||
			!known(take_clock(&s, &comma)) || !slice_take(&s, " ")))
		return false;
	slice_take_blanks(&s);
	brief = !digit_at(s, 0);
	if (!brief) {
		if (!slice_take_int(&s, &pid))
			return false;
		slice_take_blanks(&s);
		if (!digit_at(s, 0) || !slice_take_int(&s, &thread) ||
			!slice_take(&s, " "))
			return false;
	}
	if (s.n < 3 || !memchr("VDIWEFS", s.p[0], 7) || s.p[1] != (brief ? '/' : ' '))
		return false;
	s = slice_from(s, 2);
	colon = slice_find(slice_first(s, 64), brief ? "): " : ": ");
	if (colon == SLICE_NONE)
		return false;
	tag = slice_first(s, colon);
	if (brief) {
		size_t open = slice_find_last(tag, "(");
		struct slice number;

		if (open == SLICE_NONE)
			return false;
		number = slice_from(tag, open + 1);
		slice_take_blanks(&number);
		if (!slice_take_int(&number, &pid))
			return false;
		tag = slice_first(tag, open);
	}
	tag = slice_trim(tag);
	s = slice_from(s, colon + (brief ? 3 : 2));
	if (pid != 0)
		r->program = tag;
	else if (tag.n > 0 && !slice_is(tag, "kernel")) {
		text_clear(&memory->scratch[3]);
		text_add(&memory->scratch[3], tag);
		text_puts(&memory->scratch[3], s.n > 0 ? ": " : ":");
		text_add(&memory->scratch[3], s);
		s = text_slice(&memory->scratch[3]);
	}
	*rest = s;
	return true;
}

/* What grep puts before a line of a log: "FILE:", "FILE-" for those around it, "12:", or
 * "FILE:12:". A file's name has no blank, and what follows begins as logs do. */
bool strip_grep(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	(void)r;
	(void)memory;
	for (size_t i = 1; i + 16 < rest->n && i < LONGEST_NAME; i++) {
		struct slice after = slice_from(*rest, i + 1), text;
		struct iso_form form;
		int64_t usec;

		if (rest->p[i - 1] == ' ' || rest->p[i - 1] == '[')
			return false;
		if (rest->p[i] != ':' && rest->p[i] != '-')
			continue;
		if (before_stamp(after) ||
			(after.p[0] >= 'A' && after.p[0] <= 'S' &&
				take_bsd_time(&after, &usec, &text)) ||
			(after.p[0] == '2' && rest->p[i] == ':' &&
				take_iso_time(&after, &usec, &text, &form))) {
			*rest = slice_from(*rest, i + 1);
			return true;
		}
	}
	return false;
}

/* How far into a line " kernel: [" of a prefix that nobody knows is looked for. */
enum { KERNEL_TAG_WITHIN = 96 };

/* A prefix that nobody knows stands at a line's front, and no path, quotation or
 * assignment is in it: those of a kernel's line may be of an attacker's making. */
static bool harmless_prefix(struct slice prefix)
{
	for (size_t i = 0; i < prefix.n; i++) {
		char c = prefix.p[i];

		if (c == '=' || c == '"' || c == '\'' || c == '(' ||
			(unsigned char)c < ' ')
			return false;
		/* Of a date: "22/11/2026". */
		if (c == '/' && (i == 0 || !digit_at(prefix, i - 1) ||
					!digit_at(prefix, i + 1)))
			return false;
	}
	return true;
}

/* "kernel: " alone, as copies from a log often begin. */
bool strip_kernel_tag(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;
	size_t at;

	if (memory->stripped && r->program.n > 0)
		return false;
	/* "Message from syslogd@db1 at Nov 22 02:19:01 ...", on every terminal, and then
	 * the message with nothing but the tag. */
	if (!slice_take(&s, "kernel: ") && !slice_take(&s, " kernel:")) {
		/* Someone cut the time or the host out before showing the log. The
		 * stamp has its six digits: so much does not fit into a name. */
		const char *stamp = s.p;

		do {
			size_t from = (size_t)(stamp - s.p) + 1;
			struct slice left =
				slice_from(slice_first(s, KERNEL_TAG_WITHIN), from);

			stamp = left.n > 0 ? memchr(left.p, '[', left.n) : NULL;
		} while (stamp &&
			 (stamp - s.p < 9 || memcmp(stamp - 9, " kernel: ", 9) != 0));
		if (!stamp)
			return false;
		at = slice_find(slice_first(s, KERNEL_TAG_WITHIN), " kernel: [");
		if (at == SLICE_NONE || !harmless_prefix(slice_first(s, at)))
			return false;
		s = slice_from(s, at + 9);
		if (!before_stamp(s) || slice_find(slice_first(s, 24), "]") < 10)
			return false;
	}
	*rest = s;
	r->program = SLICE("kernel");
	return true;
}
