/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: rows of a task table that are read one after another must come to what they come to
 * when each is opened and found its report, whatever stands among them. */
#include "parsers/line_form.h"
#include "parsers/source.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 60, MOST_EVENTS = 8, LOG_BYTES = 64 * 1024 };

struct read_log {
	struct oom_event *events[MOST_EVENTS];
	size_t count;
};

static void take(struct oom_event *event, void *context)
{
	struct read_log *log = context;

	cr_assert_lt(log->count, MOST_EVENTS);
	log->events[log->count++] = event;
}

/* Bytes in memory. A line at a time, none can be read together with the next one. */
struct bytes {
	struct byte_stream stream;
	struct slice rest;
	bool by_lines;
};

static ssize_t read_bytes(struct byte_stream *stream, char *to, size_t room)
{
	struct bytes *b = (struct bytes *)stream;
	size_t newline = slice_find(b->rest, "\n");
	size_t n = b->by_lines && newline != SLICE_NONE ? newline + 1 : b->rest.n;

	if (n > room)
		n = room;
	memcpy(to, b->rest.p, n);
	b->rest = slice_from(b->rest, n);
	return (ssize_t)n;
}

static void read_log(struct read_log *log, struct slice text, bool by_lines)
{
	struct bytes b = { .stream = { .read = read_bytes, .fd = -1 },
		.rest = text,
		.by_lines = by_lines };
	/* What is followed is not looked at ahead. */
	struct source_options options = { .follow = by_lines };
	struct source_facts facts;
	struct assembler *assembler = assembler_new(take, log);

	log->count = 0;
	source_read(&b.stream, "log", assembler, &options, &facts);
	assembler_free(assembler);
}

static void forget(struct read_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		event_free(log->events[i]);
	log->count = 0;
}

static bool same_task(const struct task *a, const struct task *b)
{
	return slice_eq(a->comm, b->comm) && a->pid == b->pid && a->tgid == b->tgid &&
	       a->uid == b->uid && a->total_vm_pages == b->total_vm_pages &&
	       a->rss_pages == b->rss_pages && a->rss_anon_pages == b->rss_anon_pages &&
	       a->rss_file_pages == b->rss_file_pages &&
	       a->rss_shmem_pages == b->rss_shmem_pages &&
	       a->swapents_pages == b->swapents_pages &&
	       a->pagetable_bytes == b->pagetable_bytes &&
	       a->pagetable_pages == b->pagetable_pages && a->oom_adj == b->oom_adj &&
	       a->oom_score_adj == b->oom_score_adj && a->line == b->line;
}

static void expect_same(
	const struct oom_event *a, const struct oom_event *b, const char *what)
{
	cr_assert_eq(a->tasks.count, b->tasks.count, "%s: %zu rows, not %zu", what,
		a->tasks.count, b->tasks.count);
	for (size_t i = 0; i < a->tasks.count; i++)
		cr_expect(same_task(&a->tasks.rows[i], &b->tasks.rows[i]),
			"%s: row %zu, %.*s", what, i, SLICE_ARG(b->tasks.rows[i].comm));
	cr_assert_eq(a->line_count, b->line_count, "%s: %zu lines, not %zu", what,
		a->line_count, b->line_count);
	for (size_t i = 0; i < a->line_count; i++)
		cr_expect(a->lines[i].number == b->lines[i].number &&
				  slice_eq(a->lines[i].text, b->lines[i].text),
			"%s: line %u: %.*s", what, b->lines[i].number,
			SLICE_ARG(b->lines[i].text));
	cr_expect_eq(a->unrecognised_count, b->unrecognised_count, "%s", what);
	cr_expect_eq(a->last_line, b->last_line, "%s", what);
	cr_expect_eq(a->last_uptime_usec, b->last_uptime_usec, "%s", what);
	cr_expect_eq(a->last_order_usec, b->last_order_usec, "%s", what);
	cr_expect_eq(a->foreign, b->foreign, "%s", what);
	cr_expect_eq(a->cut_at_end, b->cut_at_end, "%s", what);
	cr_expect_eq(a->victim_count, b->victim_count, "%s", what);
	cr_expect(slice_eq(a->host, b->host), "%s", what);
}

/* What stands before line `i`: of the kernel's stamp only the microseconds differ. */
typedef void write_front(char *to, size_t room, int i);

static void front_dmesg(char *to, size_t room, int i)
{
	snprintf(to, room, "[  123.%06d] ", 4000 + i);
}

static void front_long_uptime(char *to, size_t room, int i)
{
	snprintf(to, room, "[12345678.%06d] ", 4000 + i);
}

static void front_caller(char *to, size_t room, int i)
{
	snprintf(to, room, "[  123.%06d][ T4711] ", 4000 + i);
}

static void front_two_callers(char *to, size_t room, int i)
{
	snprintf(to, room, "[  123.%06d][ T%d] ", 4000 + i, i % 20 == 9 ? 12 : 4711);
}

static void front_wider_seconds(char *to, size_t room, int i)
{
	snprintf(to, room, "[%5d.%06d] ", i < ROWS / 2 ? 99999 : 100000,
		i < ROWS / 2 ? 999900 + i : i);
}

static void front_stepping(char *to, size_t room, int i)
{
	snprintf(to, room, "[%5d.%06d] ", 100 + i / 10 * (i % 3), 500000);
}

static void front_syslog(char *to, size_t room, int i)
{
	snprintf(to, room, "Nov 22 02:19:%02d db1 kernel: [  123.%06d] ", i / 25,
		4000 + i);
}

static void front_syslog_bare(char *to, size_t room, int i)
{
	snprintf(to, room, "Nov 22 02:19:%02d db1 kernel: ", i / 25);
}

static void front_iso(char *to, size_t room, int i)
{
	snprintf(to, room, "2026-11-22T02:19:01.%06d+01:00 db1 kernel: [  123.%06d] ",
		100 + 7 * i, 4000 + i);
}

static void front_precise(char *to, size_t room, int i)
{
	snprintf(to, room, "Nov 22 02:19:01.%06d db1 kernel: ", 100 + 7 * i);
}

static void front_ctime(char *to, size_t room, int i)
{
	(void)i;
	snprintf(to, room, "[Sun Nov 22 02:19:01 2026] ");
}

static void front_two_hosts(char *to, size_t room, int i)
{
	snprintf(
		to, room, "Nov 22 02:19:01 db%d kernel: [  123.%06d] ", i % 13 == 7, i);
}

static void front_kmsg(char *to, size_t room, int i)
{
	snprintf(to, room, "4,%d,%d,-;", 100 + i, 123004000 + i);
}

static void front_frame(char *to, size_t room, int i)
{
	snprintf(to, room, "%d <4>1 2026-11-22T02:19:01Z db1 kernel - - - ",
		100 + i % 7);
}

static void front_quoted(char *to, size_t room, int i)
{
	snprintf(to, room, "> > [  123.%06d] ", i);
}

static const struct {
	const char *name;
	write_front *write;
} fronts[] = { { "dmesg", front_dmesg }, { "a long uptime", front_long_uptime },
	{ "a caller", front_caller }, { "two callers", front_two_callers },
	{ "a wider stamp", front_wider_seconds },
	{ "a stepping clock", front_stepping }, { "syslog", front_syslog },
	{ "syslog without stamps", front_syslog_bare }, { "ISO", front_iso },
	{ "short-precise", front_precise }, { "ctime", front_ctime },
	{ "two hosts", front_two_hosts }, { "kmsg", front_kmsg },
	{ "frames", front_frame }, { "quoted", front_quoted } };

/* What stands in the place of one row, or of a name. */
static const char *const odd_rows[] = {
	NULL,
	"[   4711]  1000  4711    68121    65100   540672        0             0 a b",
	"[   4711]  1000  4711    68121    65100   540672        0             0 trailing ",
	"[   4711]  1000  4711    68121    65100   540672        0             0  leading",
	"[   4711]  1000  4711    68121    65100   540672        0             0 ",
	"[   4711]  1000  4711    68121    65100   540672        0             0",
	"[   4711]  1000  4711    68121    65100   540672        0         -1000 kworker/0:1",
	"[   4711]  1000  4711    68121    65100   540672        0             0 [x] [1.5] ",
	"[   4711]  1000  4711    68121    65100   540672        0             0 a#012b",
	"[   4711]  1000  4711    68121    65100   540672        0             0 mail=3D0",
	"[   4711]  1000  4711    68121    65100   540672        0             0 cut\r",
	"[   4711]  1000  4711    68121    65100   540672        0             0 \xc3\xa9t\xc3\xa9",
	"[   4711]  1000  4711    68121    65100   540672        0             0 "
	"a-name-of-more-than-fifteen",
	/* Fifteen blanks, and the one before them: an editor's padding, for all we know. */
	"[   4711]  1000  4711    68121    65100   540672        0             0 "
	"               ",
	"[   4711]  1000  4711    68121    65100   540672        0             0 x             "
	"                  ",
	"[   4711]  1000  4711    68121    65100   540672        0 name",
	"[   4711]  1000  4711    68121    65100   540672        0             0     0 many",
	"[   4711]  1000  4711    68121    65100   5406y2        0             0 letter",
	"[   4711]  1000  4711    68121    -    540672        0             0 minus",
	"[   4711]  1000  4711    68121    --1    540672        0             0 two",
	"[4711] 1000 4711 68121 65100 540672 0 0 narrow",
	"[   4711]\t1000\t4711\t68121\t65100\t540672\t0\t0\ttabs",
	"[   4711]  1000  4711    12345678 123456789 99999999999999999999        0     0 huge",
	" [  4711]  1000  4711    68121    65100   540672        0             0 blank",
	"[-4711]  4294967294  4711    1    1   1        0     -17 negative",
	"[   4711   1000  4711    68121    65100   540672        0             0 open",
	"Out of memory: Killed process 4711 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB, "
	"shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0",
	"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=x,pid=4711,uid=0",
	"usb 1-1: new high-speed USB device number 2 using xhci_hcd",
	"y invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
	"y: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL|__GFP_COMP)",
	"Linux version 6.1.0-27-amd64 (debian-kernel@lists.debian.org)",
	"",
};

static char log_text[LOG_BYTES];

static size_t add(size_t at, write_front *front, int i, const char *line)
{
	char before[80];

	front(before, sizeof(before), i);
	return at + (size_t)snprintf(log_text + at, sizeof(log_text) - at, "%s%s\n",
			    before, line);
}

/* A report whose table has an odd row at some places. */
static struct slice compose(write_front *front, const char *odd)
{
	size_t at = 0;
	int i = 0;

	at = add(at, front, i++,
		"x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0");
	at = add(at, front, i++, "Mem-Info:");
	at = add(at, front, i++,
		"active_anon:1 inactive_anon:1811 isolated_anon:0 and so on, to be wide: "
		"unevictable:0 dirty:0 writeback:0 slab_reclaimable:1 slab_unreclaimable:2");
	at = add(at, front, i++, "Tasks state (memory values in pages):");
	at = add(at, front, i++,
		"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
		"oom_score_adj name");
	for (int row = 0; row < ROWS; row++) {
		char line[160];

		snprintf(line, sizeof(line),
			"[%7d] %5d %5d %8d %8d %8d %8d %13d name-%d", 100 + row,
			row % 3 * 500, 100 + row, row * row * 91,
			row * 1000003 % 7777777, row * 4096, row,
			row % 5 ? 0 : -17 * row, row * row * row);
		at = add(at, front, i++, odd && row % 23 == 17 ? odd : line);
	}
	at = add(at, front, i++,
		"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"
		"global_oom,task_memcg=/,task=name-1,pid=101,uid=500");
	at = add(at, front, i++,
		"Out of memory: Killed process 101 (name-1) total-vm:8kB, anon-rss:4kB, "
		"file-rss:0kB, shmem-rss:0kB, UID:500 pgtables:4kB oom_score_adj:0");
	cr_assert_lt(at, sizeof(log_text));
	return (struct slice){ log_text, at };
}

Test(rows, one_after_another_and_one_by_one)
{
	static struct read_log together, one_by_one;
	char what[400];

	for (size_t f = 0; f < sizeof(fronts) / sizeof(*fronts); f++)
		for (size_t o = 0; o < sizeof(odd_rows) / sizeof(*odd_rows); o++) {
			struct slice text = compose(fronts[f].write, odd_rows[o]);

			snprintf(what, sizeof(what), "%s, %s", fronts[f].name,
				odd_rows[o] ? odd_rows[o] : "no odd row");
			read_log(&together, text, false);
			read_log(&one_by_one, text, true);
			cr_expect_eq(together.count, one_by_one.count, "%s", what);
			if (together.count == one_by_one.count)
				for (size_t i = 0; i < together.count; i++)
					expect_same(together.events[i],
						one_by_one.events[i], what);
			if (!odd_rows[o] && f == 0)
				cr_expect_eq(together.events[0]->tasks.count, ROWS);
			forget(&together);
			forget(&one_by_one);
		}
}

/* ---- what a line leaves behind, and its row's neighbours must not lose ---- */

static size_t written;

__attribute__((format(printf, 1, 2))) static void write_line(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	written += (size_t)vsnprintf(
		log_text + written, sizeof(log_text) - written, format, list);
	va_end(list);
	cr_assert_lt(written + 1, sizeof(log_text));
	log_text[written++] = '\n';
}

#define COLUMNS                                                                          \
	"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj " \
	"name"
#define ROW "[%7d]  1000 %5d    68121    65100   540672        0             0 x"

/* Nobody's window is so wide: lines are whole then. */
static void write_wide_line(void)
{
	write_line("Nov 22 02:19:01 db1 x[1]: %0110d is wide", 0);
}

static void write_rows(const char *front, int rows)
{
	for (int i = 0; i < rows; i++)
		write_line("%s" ROW, front, 100 + i, 100 + i);
}

/* Near the end of what was read, rows are looked at one by one. */
static void write_room(void)
{
	write_line("Nov 22 02:19:01 db1 x[1]: %0700d", 0);
}

/* What was written comes to so many events, and to the same both ways. */
static void reads_alike(size_t events, const char *what)
{
	struct read_log together, one_by_one;
	struct slice text;

	write_room();
	text = (struct slice){ log_text, written };
	read_log(&together, text, false);
	read_log(&one_by_one, text, true);
	written = 0;
	cr_assert_eq(
		one_by_one.count, events, "%s: %zu events", what, one_by_one.count);
	cr_assert_eq(together.count, events, "%s: %zu events together", what,
		together.count);
	for (size_t i = 0; i < events; i++) {
		const struct oom_event *a = together.events[i],
				       *b = one_by_one.events[i];

		expect_same(a, b, what);
		cr_expect_eq(a->notice_count, b->notice_count, "%s", what);
		cr_expect(slice_eq(a->request.comm, b->request.comm), "%s: %.*s", what,
			SLICE_ARG(a->request.comm));
	}
	forget(&together);
	forget(&one_by_one);
}

/* Where the lines have no stamps any more, what looks like one is a name; but where only
 * some had none, it is one. */
Test(rows, teach_that_a_log_has_no_stamps)
{
	static const char front[] = "Nov 22 02:19:01 db1 kernel: ";

	write_wide_line();
	write_line("%s[    1.000000] usb 1-1: new device", front);
	write_line("%s[    1.000001] usb 1-1: new device", front);
	write_line("%s" COLUMNS, front);
	write_rows(front, 20);
	write_line("%s[1.000000] x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
		   "order=0, oom_score_adj=0",
		front);
	reads_alike(2, "no stamps");
}

/* The same of callers, in a log whose stamps are known by then. */
Test(rows, teach_that_a_log_has_no_callers)
{
	write_wide_line();
	for (int i = 0; i < 4; i++)
		write_line("[    1.00000%d][    T1] usb 1-1: new device", i);
	write_line("[    2.000000] " COLUMNS);
	write_rows("[    2.000000] ", 20);
	write_line(
		"[    2.000000] [T1] x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
		"order=0, oom_score_adj=0");
	reads_alike(2, "no callers");
}

/* Where no line has a clock, a notice waits for a number of lines: rows are some. */
Test(rows, count_as_lines_that_a_notice_waits_for)
{
	static const char front[] = "<4>1 - db1 kernel - - - ";

	write_wide_line();
	write_line("<30>1 - db1 systemd 1 - - x.service: A process of this unit has "
		   "been killed by the OOM killer.");
	/* A line of many records: by its lines, all of this is near. */
	write_line("%sa", front);
	for (int i = 0; i < 150; i++) {
		written--;
		write_line("#012a");
	}
	write_line("%sy invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, "
		   "oom_score_adj=0",
		front);
	write_line("%s" COLUMNS, front);
	write_rows(front, 60);
	write_line(
		"%soom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
		"mems_allowed=0,global_oom,task_memcg=/system.slice/x.service,task=x,"
		"pid=101,uid=1000",
		front);
	reads_alike(2, "a notice");
}

/* The first row that is wider than a window tells that lines are not wrapped. */
Test(rows, tell_how_wide_a_log_is)
{
	static const char front[] = "2026-11-22T02:19:01.123456+01:00 db1 kernel: ";

	write_line("%s" COLUMNS, front);
	write_rows(front, 20);
	write_line("%s" ROW "--------------", front, 4711, 4711);
	write_line(
		"%s[%12d]  1000 %5d    68121    65100   540672        0             0 "
		"x--------------",
		front, 4712, 4712);
	write_rows(front, 3);
	write_line("%s" ROW "--------------", front, 4711, 4711);
	write_line("no part of a name");
	reads_alike(1, "a wide row");
}

static void give_nobody(const struct record *record, void *context)
{
	(void)record;
	(void)context;
}

/* Whether a row behind `next` is read in the form of one behind `first`. */
static bool fits(const char *first, const char *next)
{
	static const char row[] = "[    1]     0     1     1     1     1     0     0 a";
	struct envelope_memory memory = { .longest = 200 };
	char line[512] = { 0 }, other[512] = { 0 };
	struct line_form form;
	int64_t usec;
	bool noted;

	snprintf(line, sizeof(line), "%s%s", first, row);
	snprintf(other, sizeof(other), "%s%s", next, row);
	/* The first lines teach it whether the log has stamps and callers. */
	for (int i = 0; i < 20; i++) {
		line_form_watch(&form, &memory);
		envelope_open(&memory, slice_of(line), 7, 0, give_nobody, NULL);
	}
	noted = line_form_note(&form, &memory, slice_of(line));
	envelope_memory_free(&memory);
	return noted && line_form_fits(&form, other, &usec);
}

Test(rows, what_has_the_form_of_a_line)
{
	/* Here many rows are read together: it is what makes a log of reports fast. */
	cr_expect(fits("[  123.000001] ", "[  123.000009] "));
	cr_expect(fits("[  123.000001] ", "[ 4123.000009] "));
	cr_expect(fits("[  123.000001][ T4711] ", "[  123.000009][ T4711] "));
	cr_expect(fits("[Sun Nov 22 02:19:01 2026] ", "[Sun Nov 22 02:19:01 2026] "));
	cr_expect(fits("Nov 22 02:19:01 db1 kernel: [  123.000001] ",
		"Nov 22 02:19:01 db1 kernel: [  123.000009] "));
	cr_expect(fits("2026-11-22T02:19:01.000001+01:00 db1 kernel: [  123.000001] ",
		"2026-11-22T02:19:01.999999+01:00 db1 kernel: [  123.000009] "));
	/* And here another would have to look. */
	cr_expect_not(fits("[  123.000001] ", "[ 123.000009]  "));
	cr_expect_not(fits("[99999.000001] ", "[100000.00009] "));
	cr_expect_not(fits("[  123.000001] ", "[  123.00009]  "));
	cr_expect_not(fits("[  123.000001] ", "[  1a3.000009] "));
	cr_expect_not(fits("[  123.000001][ T4711] ", "[  123.000009][ T4712] "));
	cr_expect_not(
		fits("[Sun Nov 22 02:19:01 2026] ", "[Sun Nov 22 02:19:02 2026] "));
	cr_expect_not(fits("Nov 22 02:19:01 db1 kernel: [  123.000001] ",
		"Nov 22 02:19:01 db2 kernel: [  123.000009] "));
	cr_expect_not(fits(
		"2026-11-22T02:19:01.000001+01:00 db1 kernel: [  123.000001] ",
		"2026-11-22T02:19:02.000001+01:00 db1 kernel: [  123.000009] "));
	cr_expect_not(fits("4,100,123004000,-;", "4,100,123004000,-;"));
	cr_expect_not(fits("90 <4>1 2026-11-22T02:19:01Z db1 kernel - - - ",
		"91 <4>1 2026-11-22T02:19:01Z db1 kernel - - - "));
}
