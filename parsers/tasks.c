/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The task table: its columns by the header that the kernel printed. */
#include "base/byte_masks.h"
#include "base/eight_bytes.h"
#include "parsers/sections.h"

#include <string.h>

/* Where no member of a task takes the number as it is. */
#define ADDED_SLOT SIZE_MAX
#define NO_SLOT    (SIZE_MAX - 1)

/* The columns that some kernel has, and the slot of each. */
static const struct {
	const char *name;
	size_t offset;
} columns[] = {
	{ "uid", offsetof(struct task, uid) }, { "tgid", offsetof(struct task, tgid) },
	{ "total_vm", offsetof(struct task, total_vm_pages) },
	{ "rss", offsetof(struct task, rss_pages) },
	{ "rss_anon", offsetof(struct task, rss_anon_pages) },
	{ "rss_file", offsetof(struct task, rss_file_pages) },
	{ "rss_shmem", offsetof(struct task, rss_shmem_pages) },
	{ "nr_ptes", offsetof(struct task, pagetable_pages) },
	{ "nr_pmds", ADDED_SLOT }, /* to nr_ptes */
	{ "nr_puds", ADDED_SLOT },
	{ "pgtables_bytes", offsetof(struct task, pagetable_bytes) },
	{ "swapents", offsetof(struct task, swapents_pages) },
	{ "oom_adj", offsetof(struct task, oom_adj) },
	{ "oom_score_adj", offsetof(struct task, oom_score_adj) },
	{ "cpu", NO_SLOT }, /* the last CPU: of no use here */
};
enum { COLUMNS = sizeof(columns) / sizeof(*columns) };

/* Every header that was ever printed, by the columns between pid and name. */
static const char *const headers[] = {
	"uid tgid total_vm rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj",
	"uid tgid total_vm rss pgtables_bytes swapents oom_score_adj",
	"uid tgid total_vm rss nr_ptes nr_pmds nr_puds swapents oom_score_adj",
	"uid tgid total_vm rss nr_ptes nr_pmds swapents oom_score_adj",
	"uid tgid total_vm rss nr_ptes swapents oom_score_adj",
	"uid tgid total_vm rss cpu oom_adj oom_score_adj",
	"uid tgid total_vm rss cpu oom_adj",
};

static size_t slot_of(struct slice name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (slice_is(name, columns[i].name))
			return columns[i].offset;
	return NO_SLOT;
}

bool tasks_row_shape(struct slice text)
{
	struct slice rest = slice_trim(text), word;
	int64_t number;
	size_t numbers = 0;

	if (!slice_take(&rest, "["))
		return false;
	slice_take_blanks(&rest);
	if (!slice_take_int(&rest, &number) || !slice_take(&rest, "]"))
		return false;
	while (slice_take_word(&rest, &word)) {
		struct slice digits = word;

		if (!slice_take_int(&digits, &number) || digits.n > 0)
			break;
		numbers++;
	}
	return numbers >= 6;
}

static void use_columns(struct task_table *t, const char *header)
{
	struct slice rest = slice_of(header), word;

	t->columns = header;
	t->column_count = 0;
	t->has_swapents = t->has_pagetables = t->has_oom_score_adj = t->has_rss_split =
		false;
	while (slice_take_word(&rest, &word)) {
		if (t->column_count == MAX_COLUMNS) {
			t->columns = NULL; /* no kernel's table */
			return;
		}
		t->slots[t->column_count++] = slot_of(word);
		t->has_swapents |= slice_is(word, "swapents");
		t->has_pagetables |=
			slice_is(word, "nr_ptes") || slice_is(word, "pgtables_bytes");
		t->has_oom_score_adj |= slice_is(word, "oom_score_adj");
		t->has_rss_split |= slice_is(word, "rss_anon");
	}
}

static bool same_words(struct slice a, struct slice b)
{
	struct slice x, y;

	while (slice_take_word(&a, &x))
		if (!slice_take_word(&b, &y) || !slice_eq(x, y))
			return false;
	return !slice_take_word(&b, &y);
}

void take_tasks_title(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)c;
	e->tasks.title_line = r->line;
}

void take_tasks_header(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	e->tasks.header_line = r->line;
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		if (same_words(slice_of(headers[i]), c->part[1])) {
			use_columns(&e->tasks, headers[i]);
			return;
		}
	/* A vendor's own: its words name the columns, and those nobody knows are passed
	 * over. */
	use_columns(&e->tasks,
		arena_printf(e->arena, "%.*s", SLICE_ARG(slice_first(c->part[1], 400)))
			.p);
}

static const struct task no_task = { .pid = UNKNOWN,
	.tgid = UNKNOWN,
	.uid = UNKNOWN,
	.total_vm_pages = UNKNOWN,
	.rss_pages = UNKNOWN,
	.rss_anon_pages = UNKNOWN,
	.rss_file_pages = UNKNOWN,
	.rss_shmem_pages = UNKNOWN,
	.swapents_pages = UNKNOWN,
	.pagetable_bytes = UNKNOWN,
	.pagetable_pages = UNKNOWN,
	.oom_adj = UNKNOWN,
	.oom_score_adj = UNKNOWN };

/* Past the blanks at `p`, up to `end`. */
static inline const char *past_blanks(const char *p, const char *end)
{
	while (end - p >= 8) {
		size_t n = blanks_at(p);

		p += n;
		if (n == 8)
			continue;
		if (*p != '\t')
			return p;
		break;
	}
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* Take a number that is a word of its own off the front, blanks before it dropped.
 * Returns what is behind it, or NULL where there is none. */
static const char *take_any_number(const char *p, const char *end, int64_t *number)
{
	struct slice word;
	int64_t digits = 0;
	const char *from = p = past_blanks(p, end);

	/* Up to 18 digits fit into 64 bits. */
	for (; p < end && p - from < 18 && (unsigned char)(*p - '0') < 10; p++)
		digits = digits * 10 + (*p - '0');
	*number = digits;
	if (p > from && (p == end || *p == ' ' || *p == '\t'))
		return p;
	word = (struct slice){ from, (size_t)(end - from) };
	if (!slice_take_int(&word, number) ||
		(word.n > 0 && word.p[0] != ' ' && word.p[0] != '\t'))
		return NULL;
	return word.p;
}

/* The same where so many bytes are there that none need be counted: up to 16 blanks, a
 * number and what is behind it. */
enum { NUMBER_ROOM = 24 };

static inline const char *take_short_number(const char *p, int64_t *number)
{
	size_t blanks = blanks_at(p), n;

	p += blanks;
	if (blanks == 8)
		p += blanks_at(p);
	n = short_number_at(p, number);
	return n > 0 && p[n] == ' ' ? p + n : NULL;
}

static inline const char *take_number(const char *p, const char *end, int64_t *number)
{
	const char *behind = NULL;

	if (end - p >= NUMBER_ROOM)
		behind = take_short_number(p, number);
	return behind ? behind : take_any_number(p, end, number);
}

/* The same of a word that is known to end, with eight bytes readable at it. */
static inline bool whole_number(struct slice word, int64_t *number)
{
	bool minus = word.p[0] == '-';
	size_t n = word.n - minus;
	uint64_t digits, others;

	if (n - 1 > 7)
		return take_any_number(word.p, word.p + word.n, number) ==
		       word.p + word.n;
	digits = digits_of(word.p + minus, n, &others);
	*number = minus ? -(int64_t)digits : (int64_t)digits;
	return !others;
}

/* Fill a task's slots with the numbers of its row. Returns what is behind them, or NULL
 * where one is missing. */
static const char *take_columns(
	const struct task_table *t, struct task *task, const char *p, const char *end)
{
	for (size_t i = 0; i < t->column_count && p; i++) {
		size_t slot = t->slots[i];
		int64_t number;

		if (slot < NO_SLOT) {
			p = take_number(
				p, end, (int64_t *)(void *)((char *)task + slot));
			continue;
		}
		p = take_number(p, end, &number);
		if (p && slot == ADDED_SLOT)
			task->pagetable_pages =
				quantity_add(task->pagetable_pages, number);
	}
	return p;
}

/* How many numbers stand before the name. */
static size_t numbers_in(struct slice rest)
{
	struct slice word;
	size_t count = 0;

	while (slice_take_word(&rest, &word)) {
		int64_t ignored;

		if (!slice_take_int(&word, &ignored) || word.n > 0)
			break;
		count++;
	}
	return count;
}

/* Where the log lost the header: the one with as many columns as this row has
 * numbers. A name that begins with a number can mislead this, no more than one
 * row, as the first row decides for the table. */
static void guess_columns(struct task_table *t, struct slice rest, bool before_3_6)
{
	size_t count = numbers_in(rest);

	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		use_columns(t, headers[i]);
		/* Seven numbers are nr_ptes and swapents, or cpu and oom_adj. */
		if (t->column_count == count && !(before_3_6 && t->has_swapents))
			return;
	}
	t->columns = NULL;
}

/* "[  1234]" at the front; what is behind it, or NULL. */
static const char *take_pid(const char *p, const char *end, int64_t *pid)
{
	struct slice rest;

	p = past_blanks(p, end);
	if (p == end || *p++ != '[')
		return NULL;
	p = past_blanks(p, end);
	if (end - p > 8) {
		size_t n = short_number_at(p, pid);

		if (n > 0 && p[n] == ']')
			return p + n + 1;
	}
	rest = (struct slice){ p, (size_t)(end - p) };
	if (!slice_take_int(&rest, pid) || !slice_take(&rest, "]"))
		return NULL;
	return rest.p;
}

/* Most machines have some hundreds of processes: so many rows need not be moved while
 * their number grows. */
enum { FIRST_ROWS = 256 };

struct task *tasks_room(struct oom_event *e)
{
	struct task_table *t = &e->tasks;

	if (!t->rows) {
		t->room = FIRST_ROWS;
		t->rows = arena_alloc_raw(e->arena, t->room * sizeof(*t->rows));
	}
	t->rows =
		arena_room_raw(e->arena, t->rows, t->count, &t->room, sizeof(*t->rows));
	return &t->rows[t->count];
}

bool tasks_take_row(struct oom_event *e, struct slice text, uint32_t line)
{
	struct task_table *t = &e->tasks;
	const char *p, *end = text.p + text.n;
	int64_t pid;
	struct task *task;

	p = take_pid(text.p, end, &pid);
	if (!p)
		return false;
	if (!t->columns)
		guess_columns(t, (struct slice){ p, (size_t)(end - p) },
			kernel_before(&e->kernel, 3, 6));
	if (!t->columns)
		return false;
	task = tasks_room(e);
	*task = no_task;
	p = take_columns(t, task, p, end);
	if (!p)
		return false;
	/* The name is the rest of the line, its own blanks included. */
	if (p < end && *p == ' ')
		p++;
	task->pid = pid;
	task->comm = (struct slice){ p, (size_t)(end - p) };
	task->line = line;
	t->count++;
	return true;
}

/* ---- rows as nearly all are ---- */

/* Words of a line, found 64 bytes at a time. */
struct words {
	const char *base, *end;
	uint64_t begins,
		ends; /* bits, from `base` on: of words, and of blanks behind them */
};

static inline bool look(struct words *w)
{
	uint64_t letters;

	if (w->end - w->base < 64)
		return false;
	letters = ~blanks_in_64(w->base);
	w->begins = letters & ~(letters << 1);
	w->ends = ~letters & (letters << 1);
	return w->begins != 0 && w->ends != 0;
}

/* Look at 64 bytes from the first word on whose end was not seen. */
static bool look_further(struct words *w)
{
	w->base += w->begins ? (size_t)__builtin_ctzll(w->begins) : 64;
	return look(w);
}

static inline bool next_word(struct words *w, struct slice *word)
{
	size_t begin, end;

	if ((w->begins == 0 || w->ends == 0) && !look_further(w))
		return false;
	begin = (size_t)__builtin_ctzll(w->begins);
	end = (size_t)__builtin_ctzll(w->ends);
	w->begins &= w->begins - 1;
	w->ends &= w->ends - 1;
	*word = (struct slice){ w->base + begin, end - begin };
	return true;
}

/* A name in which no layer of an envelope finds anything, and no table either, with its
 * newline behind it: how long it is, 0 where it is another. */
static size_t plain_name_at(const char *p)
{
	sixteen_bytes v = sixteen_at(p);
	uint64_t newline = bits_of((sixteen_bytes)(v == '\n'));
	uint64_t others =
		bits_of((sixteen_bytes)(v < ' ') | (sixteen_bytes)(v > '~') |
			(sixteen_bytes)(v == '=') | (sixteen_bytes)(v == '<') |
			(sixteen_bytes)(v == '>') | (sixteen_bytes)(v == ':') |
			(sixteen_bytes)(v == '[') | (sixteen_bytes)(v == ']') |
			(sixteen_bytes)(v == '#') | (sixteen_bytes)(v == '&') |
			(sixteen_bytes)(v == '"') | (sixteen_bytes)(v == '\\'));
	size_t n = newline ? (size_t)__builtin_ctzll(newline) : 0;

	if (n == 0 || others & ((UINT64_C(1) << n) - 1) || p[n - 1] == ' ')
		return 0;
	return n;
}

size_t tasks_plain_row(
	const struct task_table *t, const char *p, const char *end, struct task *task)
{
	struct words words = { .end = end };
	struct slice word = { p, 0 };
	int64_t pid, number;
	size_t n;

	words.base = *p == '[' ? take_pid(p, end, &pid) : NULL;
	if (!words.base || !look(&words))
		return 0;
	*task = no_task;
	for (size_t i = 0; i < t->column_count; i++) {
		size_t slot = t->slots[i];

		if (!next_word(&words, &word) || !whole_number(word, &number))
			return 0;
		if (slot < NO_SLOT)
			*(int64_t *)(void *)((char *)task + slot) = number;
		else if (slot == ADDED_SLOT)
			task->pagetable_pages =
				quantity_add(task->pagetable_pages, number);
	}
	word.p += word.n + 1;
	if (end - word.p < 16 || (n = plain_name_at(word.p)) == 0)
		return 0;
	task->pid = pid;
	task->comm = (struct slice){ word.p, n };
	return (size_t)(word.p - p) + n;
}
