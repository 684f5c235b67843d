/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: each envelope comes off whole, and a torn or hostile one does no harm. */
#include "parsers/envelope_layers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copies of what was given: the record's slices last until the next line only. */
struct given {
	size_t count;
	struct record first;
	struct text texts; /* all texts, each followed by '|' */
	struct text store;
};

static struct envelope_memory memory;
static struct given given;

static void stop(void)
{
	envelope_memory_free(&memory);
	text_free(&given.texts);
	text_free(&given.store);
}

TestSuite(envelopes, .fini = stop);

static struct slice stored(struct given *g, struct slice s)
{
	size_t at = g->store.n;

	text_add(&g->store, s);
	text_putc(&g->store, '\0');
	return (struct slice){ g->store.p + at, s.n };
}

static void give(const struct record *r, void *context)
{
	struct given *g = context;

	if (g->count++ == 0) {
		g->first = *r;
		text_clear(&g->store);
		/* Room first, so that the slices stay where they are. */
		text_reserve(&g->store, r->text.n + r->host.n + r->program.n +
						r->boot.n + r->caller.n + r->wall.n +
						64);
		g->first.text = stored(g, r->text);
		g->first.host = stored(g, r->host);
		g->first.program = stored(g, r->program);
		g->first.boot = stored(g, r->boot);
		g->first.caller = stored(g, r->caller);
		g->first.wall = stored(g, r->wall);
	}
	text_add(&g->texts, r->text);
	text_putc(&g->texts, '|');
}

/* A copy without slack behind it, so that the sanitizer sees a byte too far. */
static const struct record *open_bytes(struct slice line)
{
	char *exact = malloc(line.n ? line.n : 1);

	memcpy(exact, line.p, line.n);
	given.count = 0;
	text_clear(&given.texts);
	envelope_open(&memory, (struct slice){ exact, line.n }, 7, 99, give, &given);
	/* Nothing follows that could be its rest. */
	envelope_flush(&memory, give, &given);
	free(exact);
	return &given.first;
}

static const struct record *open_line(const char *line)
{
	return open_bytes(slice_of(line));
}

/* Another log. */
static void begin_anew(void)
{
	envelope_memory_free(&memory);
	memset(&memory, 0, sizeof(memory));
}

static void texts_are(const char *line, const char *expected)
{
	open_line(line);
	cr_expect(slice_is(text_slice(&given.texts), expected), "\"%s\" gives \"%.*s\"",
		line, SLICE_ARG(text_slice(&given.texts)));
}

Test(envelopes, each_sample_is_taken_off_by_its_own_layer)
{
	for (size_t i = 0; i < envelope_layer_count; i++) {
		const struct envelope_layer *layer = &envelope_layers[i];

		cr_expect_not_null(layer->samples[0], "%s has no sample", layer->name);
		for (size_t k = 0; k < 6 && layer->samples[k]; k++) {
			const struct record *r;

			begin_anew();
			/* A prompt is one only in a log that has stamps. */
			open_line("[    1.000000] a");
			open_line("[    1.000001] b");
			r = open_line(layer->samples[k]);
			cr_expect_eq(given.count, 1);
			cr_expect(slice_is(r->text, "Mem-Info:"),
				"%s: \"%s\" gives \"%.*s\"", layer->name,
				layer->samples[k], SLICE_ARG(r->text));
			cr_expect_eq(r->line, 7);
			cr_expect_eq(r->byte, 99);
		}
	}
}

/* What each form of line says beside its text. */
Test(envelopes, time_host_program_and_caller_are_kept)
{
	static const struct {
		const char *line;
		int64_t uptime_usec, wall_usec, level;
		const char *host, *program, *caller;
	} cases[] = {
		{ "Mem-Info:", UNKNOWN, UNKNOWN, UNKNOWN, "", "", "" },
		{ "[   12.345678] Mem-Info:", 12345678, UNKNOWN, UNKNOWN, "", "", "" },
		{ "[1234567.000001] Mem-Info:", 1234567000001, UNKNOWN, UNKNOWN, "", "",
			"" },
		{ "<4>[   12.345678] Mem-Info:", 12345678, UNKNOWN, 4, "", "", "" },
		{ "<14>Mem-Info:", UNKNOWN, UNKNOWN, 6, "", "", "" },
		{ "kern  :warn  : [   12.345678] Mem-Info:", 12345678, UNKNOWN, 4, "",
			"", "" },
		{ "[   12.345678][ T1234] Mem-Info:", 12345678, UNKNOWN, UNKNOWN, "",
			"", "T1234" },
		{ "[   12.345678] [ T1234] Mem-Info:", 12345678, UNKNOWN, UNKNOWN, "",
			"", "T1234" },
		{ "[   12.345678][    C0] Mem-Info:", 12345678, UNKNOWN, UNKNOWN, "",
			"", "C0" },
		{ "4,1,2000002,-,caller=T55;Mem-Info:", 2000002, UNKNOWN, 4, "", "",
			"T55" },
		{ "Nov 22 02:19:01 db1 kernel: [   12.345678] Mem-Info:", 12345678,
			UNKNOWN, UNKNOWN, "db1", "kernel", "" },
		{ "Nov  2 02:19:01 db1 systemd-oomd[812]: Mem-Info:", UNKNOWN, UNKNOWN,
			UNKNOWN, "db1", "systemd-oomd", "" },
		{ "2026-11-22T02:19:01+00:00 db1 kernel: Mem-Info:", UNKNOWN,
			1795313941000000, UNKNOWN, "db1", "kernel", "" },
		{ "2026-11-22T03:19:01.5+0100 db1 kernel: Mem-Info:", UNKNOWN,
			1795313941500000, UNKNOWN, "db1", "kernel", "" },
		{ "2026-11-22T02:19:01,250000+00:00 Mem-Info:", UNKNOWN,
			1795313941250000, UNKNOWN, "", "kernel", "" },
		{ "2026-11-22T02:19:01Z db1 kernel: Mem-Info:", UNKNOWN,
			1795313941000000, UNKNOWN, "db1", "kernel", "" },
		{ "[   12.345678] db1 kernel: Mem-Info:", 12345678, UNKNOWN, UNKNOWN,
			"db1", "kernel", "" },
		{ "{\"MESSAGE\":\"Mem-Info:\",\"_HOSTNAME\":\"db1\",\"SYSLOG_IDENTIFIER\":"
		  "\"kernel\",\"PRIORITY\":\"4\",\"__REALTIME_TIMESTAMP\":"
		  "\"1795313941000000\",\"_SOURCE_MONOTONIC_TIMESTAMP\":\"12345678\"}",
			12345678, 1795313941000000, 4, "db1", "kernel", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct record *r;

		begin_anew();
		r = open_line(cases[i].line);
		cr_expect(slice_is(r->text, "Mem-Info:"), "%s: text \"%.*s\"",
			cases[i].line, SLICE_ARG(r->text));
		cr_expect_eq(r->uptime_usec, cases[i].uptime_usec, "%s: uptime %lld",
			cases[i].line, (long long)r->uptime_usec);
		cr_expect_eq(r->wall_usec, cases[i].wall_usec, "%s: wall %lld",
			cases[i].line, (long long)r->wall_usec);
		cr_expect_eq(r->level, cases[i].level, "%s: level", cases[i].line);
		cr_expect(slice_is(r->host, cases[i].host), "%s: host", cases[i].line);
		cr_expect(slice_is(r->program, cases[i].program), "%s: program",
			cases[i].line);
		cr_expect(slice_is(r->caller, cases[i].caller), "%s: caller",
			cases[i].line);
	}
}

Test(envelopes, the_wall_clock_is_kept_as_the_log_has_it)
{
	cr_expect(slice_is(
		open_line("Nov 22 02:19:01 db1 kernel: x")->wall, "Nov 22 02:19:01"));
	cr_expect(slice_is(open_line("2026-11-22T02:19:01.5+00:00 db1 kernel: x")->wall,
		"2026-11-22T02:19:01.5+00:00"));
	cr_expect(slice_is(open_line("[Mon Jan  1 00:00:00 2024] x")->wall,
		"Mon Jan  1 00:00:00 2024"));
	cr_expect_eq(open_line("x")->wall.n, 0);
}

/* The kernel's own blanks stand for something: " active_file:1" is a second line. */
Test(envelopes, blanks_of_the_kernel_stay)
{
	const char *const lines[] = { " free:1", "[   12.345678]  free:1",
		"<4>[   12.345678]  free:1", "6,1,2,-; free:1",
		"Nov 22 02:19:01 db1 kernel:  free:1",
		"Nov 22 02:19:01 db1 kernel: [   12.345678]  free:1",
		"2026-11-22T02:19:01+00:00 db1 kernel:  free:1",
		"[   12.345678] db1 kernel:  free:1", "[   12.345678][ T1]  free:1",
		"{\"MESSAGE\":\" free:1\",\"SYSLOG_IDENTIFIER\":\"kernel\"}" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		texts_are(lines[i], " free:1|");
}

Test(envelopes, rows_and_brackets_of_the_kernel_are_no_envelope)
{
	const char *const lines[] = { "[  pid  ]   uid  tgid total_vm      rss name",
		"[    110]     0   110    69952    16003   167936        0             0 hog",
		"[   110]     0   110    69952    16003   167936        0             0 [x]",
		"[<ffffffff81183eb0>] dump_header+0x8e/0x1f0", "CPU: 0 PID: 1 Comm: x",
		"memory: usage 1kB, limit 1kB, failcnt 1", "Node 0 DMA free:1kB",
		"lowmem_reserve[]: 0 0", "Tasks state (memory values in pages):" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		cr_expect(slice_is(open_line(lines[i])->text, lines[i]),
			"\"%s\" gives \"%.*s\"", lines[i], SLICE_ARG(given.first.text));
		cr_expect_eq(given.first.uptime_usec, UNKNOWN, "\"%s\"", lines[i]);
		cr_expect_eq(given.first.host.n, 0);
	}
}

Test(envelopes, carriage_returns_are_dropped)
{
	texts_are("[   12.345678] Mem-Info:\r", "Mem-Info:|");
	texts_are("Mem-Info:\r\r", "Mem-Info:|");
	texts_are("\r", "|");
	texts_are("", "|");
}

Test(envelopes, colours_before_a_stamp_are_dropped)
{
	texts_are("\x1b[32m[   12.345678] \x1b[0mMem-Info:", "Mem-Info:|");
	texts_are("\x1b[", "|");
	texts_are("\x1b[31", "|");
	/* Within a line an escape belongs to a hostile name. */
	texts_are("a\x1b[31mb", "a\x1b[31mb|");
}

Test(envelopes, folded_lines_are_given_one_by_one)
{
	texts_are("Nov 22 02:19:01 db1 kernel: anon 1#012file 2#012shmem 0",
		"anon 1|file 2|shmem 0|");
	cr_expect_eq(given.count, 3);
	texts_are("Nov 22 02:19:01 db1 kernel: a#011b#012", "a\tb|");
	texts_are("Nov 22 02:19:01 db1 kernel: a#01", "a#01|");
	texts_are("active_anon:1#012 free:2", "active_anon:1| free:2|");
	/* Where no daemon wrote it, a name may hold it. */
	texts_are("a#012b", "a#012b|");
	texts_are("{\"MESSAGE\":\"anon 1\\nfile 2\"}", "anon 1|file 2|");
}

/* A printk of several lines is one record there; elsewhere it is several lines. */
Test(envelopes, kmsg_escapes_are_undone_and_lines_are_given_one_by_one)
{
	struct slice text;

	texts_are("4,1,2,-;active_anon:1\\x0a active_file:2\\x0a free:3",
		"active_anon:1| active_file:2| free:3|");
	cr_expect_eq(given.count, 3);
	texts_are("4,1,2,-;a\\x5cb", "a\\b|");
	text = open_line("4,1,2,-;\\xc3\\xbc")->text;
	cr_expect(slice_eq(text, SLICE("\xc3\xbc")));
	/* Escapes of other logs are left alone. */
	texts_are("[   12.345678] a\\x0ab", "a\\x0ab|");
}

Test(envelopes, truncated_escapes_do_no_harm)
{
	texts_are("4,1,2,-;a\\", "a\\|");
	texts_are("4,1,2,-;a\\x", "a\\x|");
	texts_are("4,1,2,-;a\\x0", "a\\x0|");
	texts_are("4,1,2,-;a\\xzz", "a\\xzz|");
	texts_are("4,1,2,-;\\x0x", "\\x0x|");
	open_line("4,1,2,-;a\\x00b");
	cr_expect(slice_eq(given.first.text, SLICE("a\0b")));
}

Test(envelopes, broken_json_is_text_or_nothing_but_no_crash)
{
	const char *const lines[] = { "{", "{}", "{\"MESSAGE\"}", "{\"MESSAGE\":}",
		"{\"MESSAGE\":\"a}", "{\"MESSAGE\":null}", "{\"MESSAGE\":5}",
		"{\"MESSAGE\":[300,-1,\"x\",null,{}]}", "{\"MESSAGE\":[]}",
		"{\"MESSAGE\":\"\\ud800\"}", "{\"MESSAGE\":\"\\u0000\"}",
		"         \"msg\": ", "         \"msg\": \"a",
		"         \"msg\": \"a\",,", "         \"time\": x",
		"         \"time\": 99999999999999999999999.9,",
		"         \"msg\": \"a\"",
		"{\"MESSAGE\":\"a\",\"PRIORITY\":{},\"_HOSTNAME\":[],"
		"\"__REALTIME_TIMESTAMP\":\"99999999999999999999\"}",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		open_line(lines[i]);
	/* A deep nest is cut by the reader's own limit. */
	{
		static char deep[40000];

		memset(deep, '[', sizeof(deep));
		memcpy(deep, "{\"MESSAGE\":", 11);
		deep[sizeof(deep) - 1] = '}';
		open_bytes((struct slice){ deep, sizeof(deep) });
	}
}

Test(envelopes, json_with_bytes_gives_bytes)
{
	struct slice text = open_line(
		"{\"MESSAGE\":[97,255,0,98],\"SYSLOG_IDENTIFIER\":\"kernel\"}")
				    ->text;

	cr_expect(slice_eq(text, SLICE("a\xff\0b")));
}

Test(envelopes, a_time_of_dmesg_json_serves_the_message_behind_it)
{
	open_line("         \"time\":     12.345678,");
	open_line("         \"msg\": \"Mem-Info:\"");
	cr_expect(slice_is(given.first.text, "Mem-Info:"));
	cr_expect_eq(given.first.uptime_usec, 12345678);
}

Test(envelopes, huge_numbers_saturate)
{
	const struct record *r = open_line("[99999999999999999999.999999] x");

	cr_expect(slice_is(r->text, "x"));
	cr_expect_eq(r->uptime_usec, INT64_MAX);
	r = open_line("[9223372036854775807.999999999999999999999999] x");
	cr_expect_eq(r->uptime_usec, INT64_MAX);
	open_line("99999999999999999999,99999999999999999999,99999999999999999999,-;x");
	open_line("<99999999999999999999>x");
	cr_expect(slice_is(given.first.text, "<99999999999999999999>x"));
	open_line("Nov 99999999999999999999 02:19:01 db1 kernel: x");
	open_line("[Mon Jan 99999999999999999999 00:00:00 2024] x");
	open_line("[Mon Jan  1 99:99:99 9999] x");
	open_line("2026-11-22T02:19:01.99999999999999999999999999+00:00 db1 kernel: x");
	cr_expect(slice_is(given.first.text, "x"));
	open_line(
		"{\"MESSAGE\":\"x\",\"__REALTIME_TIMESTAMP\":\"-99999999999999999999\"}");
}

/* What looks like a stamp and is none is text, and leaves no time behind. */
Test(envelopes, half_a_stamp_is_text)
{
	const char *const lines[] = { "[", "[ ", "[1", "[1.", "[12.5", "[12.5 x",
		"[ 12.x] a", "[12] x", "[Mon", "[Mon Jan  1 00:00:00] x", "[a:b] x",
		"<", "<4", "<x>y", "<-1>y", "<192>y", "4,", "4,1", "4,1,2", "4,1,2,",
		"4,1,2,-", "Nov", "Nov ", "Nov 22", "Nov 22 02", "Nov 22 02:19",
		"Nov 22 02:19:01", "Nov 32 02:19:01 db1 kernel: x",
		"Nov 22 02:19:01 db1", "kern", "kern  :", "kern  :warn",
		"kern  :warn  :", "kern  :wrong : x", "kernel:", "2026", "2026-11-22",
		"2026-11-22T02:19", "2026-11-22T02:19:0", "[T12", "[ T] x", "[C0",
		"> " };

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const struct record *r = open_line(lines[i]);

		cr_expect_eq(r->uptime_usec, UNKNOWN, "\"%s\" has the time %lld",
			lines[i], (long long)r->uptime_usec);
		cr_expect_eq(r->wall_usec, UNKNOWN, "\"%s\"", lines[i]);
		cr_expect_eq(r->level, UNKNOWN, "\"%s\"", lines[i]);
		cr_expect_eq(
			r->host.n + r->program.n + r->caller.n, 0, "\"%s\"", lines[i]);
	}
}

static bool reads_iso(const char *text, int64_t expected)
{
	struct slice rest = slice_of(text), words;
	int64_t usec = 0;
	struct iso_form form;

	return take_iso_time(&rest, &usec, &words, &form) && usec == expected;
}

static bool refuses_iso(const char *text)
{
	struct slice rest = slice_of(text), words;
	int64_t usec;
	struct iso_form form;

	return !take_iso_time(&rest, &usec, &words, &form) && slice_is(rest, text);
}

Test(envelopes, iso_times_are_read)
{
	cr_expect(reads_iso("1970-01-01T00:00:00Z", 0));
	cr_expect(reads_iso("1970-01-01 00:00:01 UTC", 1000000));
	cr_expect(reads_iso("1969-12-31T23:59:59Z", -1000000));
	cr_expect(reads_iso("2000-02-29T00:00:00Z", INT64_C(951782400000000)));
	cr_expect(reads_iso(
		"2026-11-22T02:19:01.123456+00:00", INT64_C(1795313941123456)));
	cr_expect(reads_iso("2026-11-22T02:19:01-05:30", INT64_C(1795333741000000)));
	cr_expect(reads_iso("9999-12-31T23:59:59Z", INT64_C(253402300799000000)));
}

Test(envelopes, iso_times_out_of_range_are_refused)
{
	const char *const bad[] = { "2026-00-22T02:19:01Z", "2026-13-22T02:19:01Z",
		"2026-11-00T02:19:01Z", "2026-11-32T02:19:01Z", "2026-11-99T02:19:01Z",
		"2026-11-22T24:19:01Z", "2026-11-22T02:60:01Z", "2026-11-22T99:99:99Z",
		"2026-11-22T02:19:01+99:99", "2026-11-22X02:19:01Z",
		"2026-1a-22T02:19:01Z", "20a6-11-22T02:19:01Z", "2026/11/22T02:19:01Z",
		"2026-11-22T02:19:0xZ", "2026-11-22T02:19:01+0x:00" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect(refuses_iso(bad[i]), "%s", bad[i]);
	/* A leap second is a time. */
	cr_expect_not(refuses_iso("2026-12-31T23:59:60Z"));
}

/* All prefixes of every sample, in memory that ends with them. */
Test(envelopes, a_sample_may_be_cut_anywhere)
{
	for (size_t i = 0; i < envelope_layer_count; i++)
		for (size_t k = 0; k < 6 && envelope_layers[i].samples[k]; k++) {
			struct slice s = slice_of(envelope_layers[i].samples[k]);

			for (size_t n = 0; n <= s.n; n++)
				open_bytes(slice_first(s, n));
		}
}

Test(envelopes, an_indented_quote_keeps_the_blanks_inside_it)
{
	texts_are("    x invoked oom-killer: gfp_mask=0x0",
		"x invoked oom-killer: gfp_mask=0x0|");
	texts_are("    Mem-Info:", "Mem-Info:|");
	texts_are("     free:1", " free:1|");
	texts_are("> [   12.345678]  free:1", " free:1|");
}

/* What an attacker names a process or a cgroup must not pass for an envelope. */
Test(envelopes, names_forge_no_envelope)
{
	static const char *const lines[] = {
		"x kernel: [1.0] invoked oom-killer: order=0",
		"Memory cgroup stats for /x kernel: [    1.000000] java invoked oom-killer:",
		"oom-kill:constraint=A,cpuset=x kernel: [    1.000000] java invoked",
		"Tasks in /a kernel: [    1.000000] b are going to be killed",
		"x[    1.000000] invoked oom-killer: order=0",
		"a#012java invoked oom-killer: gfp_mask=0x0, order=0"
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		begin_anew();
		cr_expect(slice_is(open_line(lines[i])->text, lines[i]),
			"\"%s\" gives \"%.*s\"", lines[i], SLICE_ARG(given.first.text));
	}
}

/* In a log whose lines of the kernel have no stamp, a name that looks like one stays. */
Test(envelopes, a_log_without_stamps_does_not_begin_to_have_them)
{
	for (int i = 0; i < 4; i++)
		open_line("Nov 22 02:19:01 db1 kernel: usb 1-1: new device");
	texts_are("Nov 22 02:19:01 db1 kernel: [1.000000] x invoked oom-killer:",
		"[1.000000] x invoked oom-killer:|");
}

/* The further lines of a daemon's message are the daemon's. */
#define TEN       "1234567890"
#define FIFTY     TEN TEN TEN TEN TEN
#define WIDE_LINE "[    1.000000] " FIFTY TEN TEN " 23456789 edge\n"

static size_t window_of(const char *lines)
{
	return fold_window(slice_of(lines));
}

/* Lines are joined only where many say so: nothing is longer, and what is as long goes on. */
Test(envelopes, the_width_of_a_window_is_seen_ahead)
{
#define L WIDE_LINE
	static const char longer[] = L "a\n" L "b\n" L "c\n[    1.0] " FIFTY FIFTY "\n";
	static const char words[] =
		L "a\n" L "b\n" L "c\n[    1.0] " FIFTY TEN TEN " 23456789\nd\n";
	static const char bare[] =
		FIFTY FIFTY "\na\n" FIFTY FIFTY "\na\n" FIFTY FIFTY "\na\n";

	cr_expect_eq(window_of(L "a\n" L " b\n" L "c\n"), strlen(L) - 1);
	cr_expect_eq(
		window_of("$ dmesg\n" L "a\n[    1.0] x\n" L "b\n" L L "c\n" L "d\n"),
		strlen(L) - 1, "one of five is as long by chance");
	cr_expect_eq(window_of(L "a\n" L "b\n"), 0, "two");
	cr_expect_eq(
		window_of(L "a\n" L "[    1.0] b\n" L "c\n" L "[    1.0] d\n" L "e\n"),
		0, "lines of the log follow");
	cr_expect_eq(window_of(L "\n" L "\n" L "\n" L "\n"), 0, "nothing follows");
	cr_expect_eq(window_of(longer), 0, "a longer one");
	cr_expect_eq(window_of(bare), 0, "no lines of a log");
	cr_expect_eq(window_of(words), 0, "wrapped between words");
#undef L
}

#define DATE "Nov 22 02:19:01 "

/* Whose the line is, and what is left of it. */
static void spoken_by(const char *line, const char *program, const char *text)
{
	const struct record *r = open_line(line);

	cr_expect(slice_is(r->program, program) && slice_is(r->text, text),
		"\"%s\" is %.*s's \"%.*s\"", line, SLICE_ARG(r->program),
		SLICE_ARG(r->text));
}

Test(envelopes, a_report_is_the_kernels_without_its_tag)
{
	static const char kill[] = "Out of memory: Kill process 123 (x) score 9";

	/* Only right behind the host, and only what the kernel says to the letter. */
	spoken_by(DATE "db1 tail Out of memory: Kill process 123 (x)", "",
		DATE "db1 tail Out of memory: Kill process 123 (x)");
	spoken_by(DATE "db1 Out of memory", "", DATE "db1 Out of memory");
	spoken_by(DATE "db1 oom-killer: started", "oom-killer", "started");
	spoken_by(DATE "db1 x: y invoked oom-killer: gfp_mask=0x1", "x",
		"y invoked oom-killer: gfp_mask=0x1");
	spoken_by(DATE "db1 Mem-Info: none", "Mem-Info", "none");
	spoken_by(DATE "db1 oom-killer: gfp_mask=0x1d2, order=0", "kernel",
		"oom-killer: gfp_mask=0x1d2, order=0");
	cr_expect(slice_is(given.first.host, "db1"));
	spoken_by(DATE "db1 a b invoked oom-killer: gfp_mask=0x1", "kernel",
		"a b invoked oom-killer: gfp_mask=0x1");
	spoken_by(
		DATE "db1 Out of memory: Kill process 123 (x) score 9", "kernel", kill);
	/* Now the host's lines are known to have none; those of others are not. */
	spoken_by(DATE "db1 Mem-Info:", "kernel", "Mem-Info:");
	spoken_by(DATE "db1 Call Trace:", "kernel", "Call Trace:");
	spoken_by(DATE "db1 sshd: a", "sshd", "a");
	spoken_by(DATE "db1 sshd[12]: Out of memory", "sshd", "Out of memory");
	spoken_by(DATE "db2 Mem-Info:", "Mem-Info", "");
	/* A host whose lines have it does not begin to leave it out. */
	spoken_by(DATE "db2 kernel: a", "kernel", "a");
	spoken_by(DATE "db2 oom-killer: gfp_mask=0x1d2, order=0", "oom-killer",
		"gfp_mask=0x1d2, order=0");
}

Test(envelopes, an_indented_line_is_its_senders)
{
	const struct record *r;

	open_line("Nov 22 02:19:01 db1 app[7]: two lines:");
	r = open_line("                             java invoked oom-killer: order=0");
	cr_expect(slice_is(r->program, "app"));
	cr_expect(slice_is(r->host, "db1"));
	cr_expect(r->continues);
}

/* A length that is a lie neither loops nor takes memory. */
Test(envelopes, a_journal_out_of_step_is_left)
{
	const char lie[] = "\xff\xff\xff\xff\xff\xff\xff\x7f"
			   "text";

	open_line("Mem-Info:");
	envelope_open(&memory, SLICE("__CURSOR=a"), 1, 0, give, &given);
	envelope_open(&memory, SLICE("MESSAGE"), 2, 0, give, &given);
	envelope_open(
		&memory, (struct slice){ lie, sizeof(lie) - 1 }, 3, 0, give, &given);
	texts_are("Mem-Info:", "Mem-Info:|");
}

/* What a line of the kernel's may begin with, and what an attacker may put into it. */
static const char *const fronts[] = { "[    1.000000]", "[12345.123456]", "[1.000000]",
	"[    1.000000][ T1234]", "[    2.5]", "[    2.5000001]", "[  .000001]", "[",
	"[    1.000000", "[1234567890123456.000001]", "[\t1.000000]", "[   -1.000000]",
	"[2-1.000000]", "[    1.000000 <    0.000001 >]" };
static const char *const middles[] = { " ", "", "  ", " [ 1234] ", "[    C0]",
	" [ T12] ", " db1 kernel: ", " db1 sshd[12]: ", " kernel: [    1.000000] ",
	"Node 0 ", " [    1.000000] ", " [    9.000000] ", " [    9.000000][ T1] ",
	"x [2-9.000000] ", "<4>.(1)[1234:a]", "  (2)[1:init]", "(1)[2:b]", " <pre>",
	"gfp_mask=0x", "oom_score_adj=3", "=", "#012", "active_anon:1", "\t[1.000000]",
	"\x1b[1m", "\r", " a: ", ": [    9.000000] ", "[Mon Jan  1 00:00:00 2024]", "[",
	"]", ".", "=3D", "order=30", "<p", "\n", "<", "a, b <TASK> c",
	"a, b active_fi>", "[Mon Jan  1 00:00:00 2024] ", "[drm:x] ",
	"2024-01-01T00:00:00,000001+00:00 ", "2024-01-01T00:00:00.000001+00:00 ",
	"more than forty bytes of a line that a pager cut at its edge: 12>" };
enum {
	FRONTS = sizeof(fronts) / sizeof(*fronts),
	MIDDLES = sizeof(middles) / sizeof(*middles)
};

static void opened_alike(
	struct envelope_memory both[2], struct slice line, uint32_t number)
{
	struct given got[2] = { 0 };

	envelope_open(&both[0], line, number, 5, give, &got[0]);
	envelope_open_line(&both[1], line, number, 5, give, &got[1]);
	cr_assert_eq(got[0].count, got[1].count, "%.*s", SLICE_ARG(line));
	cr_assert(slice_eq(text_slice(&got[0].texts), text_slice(&got[1].texts)),
		"%.*s: %.*s, not %.*s", SLICE_ARG(line),
		SLICE_ARG(text_slice(&got[0].texts)),
		SLICE_ARG(text_slice(&got[1].texts)));
	if (got[0].count > 0) {
		struct record *a = &got[0].first, *b = &got[1].first;

		cr_assert(a->uptime_usec == b->uptime_usec && a->level == b->level &&
				  a->wall_usec == b->wall_usec &&
				  a->order_usec == b->order_usec &&
				  a->continues == b->continues &&
				  slice_eq(a->host, b->host) &&
				  slice_eq(a->program, b->program) &&
				  slice_eq(a->caller, b->caller) &&
				  slice_eq(a->wall, b->wall),
			"%.*s", SLICE_ARG(line));
	}
	cr_assert(
		memcmp(&both[0].stamps, &both[1].stamps, sizeof(both[0].stamps)) == 0 &&
			memcmp(&both[0].callers, &both[1].callers,
				sizeof(both[0].callers)) == 0 &&
			both[0].stamp_usec == both[1].stamp_usec &&
			both[0].before_width == both[1].before_width &&
			both[0].before_host == both[1].before_host &&
			both[0].before_program == both[1].before_program &&
			both[0].before_caller == both[1].before_caller,
		"%.*s", SLICE_ARG(line));
	for (int i = 0; i < 2; i++) {
		text_free(&got[i].texts);
		text_free(&got[i].store);
	}
}

Test(envelopes, a_stamp_alone_is_taken_as_the_layers_take_it)
{
	unsigned int state = 1;

	for (int round = 0; round < 300; round++) {
		/* Lines so wide that none is held for its rest. */
		struct envelope_memory both[2] = { { .longest = 200 },
			{ .longest = 200 } };

		for (uint32_t number = 2; number < 60; number++) {
			char line[256];
			size_t n;

			state = state * 1103515245u + 12345u;
			n = (size_t)snprintf(line, sizeof(line), "%s%s%s%s",
				fronts[(state >> 16) % (round % 3 ? 3 : FRONTS)],
				middles[(state >> 8) % MIDDLES],
				middles[(state >> 20) % MIDDLES],
				state & 64 ? "" : "Mem-Info:");
			opened_alike(both, (struct slice){ line, n }, number);
		}
		envelope_memory_free(&both[0]);
		envelope_memory_free(&both[1]);
	}
}

Test(envelopes, a_stamp_does_not_hide_that_mail_encoded_the_line)
{
	struct slice line =
		SLICE("[    1.000000] a invoked oom-killer: gfp_mask=3D0xcc0");

	memory = (struct envelope_memory){ .longest = 200 };
	envelope_open(&memory, line, 2, 0, give, &given);
	cr_assert(slice_is(
		text_slice(&given.texts), "a invoked oom-killer: gfp_mask=0xcc0|"));
}
