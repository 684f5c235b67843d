/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The task table: its columns by the header that the kernel printed. */
#include "parsers/sections.h"

#include <endian.h>
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

/* Eight bytes at once, the first of them the lowest. */
static inline uint64_t eight_at(const char *p)
{
	uint64_t bytes;

	memcpy(&bytes, p, sizeof(bytes));
	return le64toh(bytes);
}

/* Past the blanks at `p`, up to `end`. */
static inline const char *past_blanks(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t others = eight_at(p) ^ UINT64_C(0x2020202020202020);

		if (others) {
			p += __builtin_ctzll(others) / 8;
			break;
		}
		p += 8;
	}
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* A number of less than eight digits at the front of eight bytes: how many it has; 0
 * when there is none, or a longer one. */
static inline size_t short_number(const char *p, int64_t *number)
{
	uint64_t digits = eight_at(p) ^ UINT64_C(0x3030303030303030);
	/* The high bit of a byte that is more than 9; bytes behind the first such may
	 * be wrong. */
	uint64_t others = (digits + UINT64_C(0x7676767676767676)) | digits;
	size_t n;

	others &= UINT64_C(0x8080808080808080);
	if (!others || others & 0x80)
		return 0;
	n = (size_t)__builtin_ctzll(others) / 8;
	digits <<= 64 - 8 * n;
	/* Added up in pairs, in fours, in eights. */
	digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
	digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000ffff0000ffff);
	*number = (int64_t)((digits * 10000 + (digits >> 32)) & UINT64_C(0xffffffff));
	return n;
}

/* The numbers of a row, one a column, each a word of its own. */
static bool take_numbers(struct slice *rest, size_t count, int64_t *numbers)
{
	const char *p = rest->p, *end = rest->p + rest->n;

	for (size_t i = 0; i < count; i++) {
		struct slice word;
		int64_t number = 0;
		const char *from, *fits;
		size_t n;

		p = past_blanks(p, end);
		n = end - p >= 8 ? short_number(p, &numbers[i]) : 0;
		if (n > 0 && (p[n] == ' ' || p[n] == '\t')) {
			p += n;
			continue;
		}
		/* Up to 18 digits fit into 64 bits. */
		fits = end - p > 18 ? p + 18 : end;
		for (from = p; p < fits && (unsigned char)(*p - '0') < 10; p++)
			number = number * 10 + (*p - '0');
		numbers[i] = number;
		if (p > from && (p == end || *p == ' ' || *p == '\t'))
			continue;
		word = (struct slice){ from, (size_t)(end - from) };
		if (!slice_take_int(&word, &numbers[i]))
			return false;
		p = word.p;
		if (p < end && *p != ' ' && *p != '\t')
			return false;
	}
	*rest = (struct slice){ p, (size_t)(end - p) };
	return true;
}

/* Fill a task's slots with the numbers of its row. */
static void task_fill(
	struct task *task, const struct task_table *t, const int64_t *numbers)
{
	for (size_t i = 0; i < t->column_count; i++) {
		if (t->slots[i] == ADDED_SLOT)
			task->pagetable_pages =
				quantity_add(task->pagetable_pages, numbers[i]);
		else if (t->slots[i] != NO_SLOT)
			*(int64_t *)(void *)((char *)task + t->slots[i]) = numbers[i];
	}
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

bool tasks_take_row(struct oom_event *e, struct slice text, uint32_t line)
{
	struct task_table *t = &e->tasks;
	struct slice rest = text;
	int64_t pid, numbers[MAX_COLUMNS] = { 0 };
	struct task *task;

	slice_take_blanks(&rest);
	if (!slice_take(&rest, "["))
		return false;
	slice_take_blanks(&rest);
	if (!slice_take_int(&rest, &pid) || !slice_take(&rest, "]"))
		return false;
	if (!t->columns)
		guess_columns(t, rest, kernel_before(&e->kernel, 3, 6));
	if (!t->columns)
		return false;
	if (!take_numbers(&rest, t->column_count, numbers))
		return false;
	/* The name is the rest of the line, its own blanks included. */
	slice_take(&rest, " ");
	t->rows =
		arena_room_raw(e->arena, t->rows, t->count, &t->room, sizeof(*t->rows));
	task = &t->rows[t->count++];
	*task = no_task;
	task_fill(task, t, numbers);
	task->pid = pid;
	task->comm = rest;
	task->line = line;
	return true;
}
