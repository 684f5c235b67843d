/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readers of plain lines: each goes along its line once. */
#include "parsers/plain_lines.h"

#include "base/byte_masks.h"

#include <string.h>

/* Whether nothing but "key:12kB", "key: 12kB", "key:3", "key? yes" and the like stand in
 * it: what a blank parts from what comes behind ends with a digit, a B or a question
 * mark, or with a colon before a digit, and there is no equals sign. Words of another
 * kind of line do not hide in that. */
static bool only_pairs(struct slice s)
{
	sixteen_bytes bad = { 0 };
	size_t at = 2;

	if (s.n < sizeof(sixteen_bytes) + 2)
		return !slice_has_byte(slice_from(s, 1), ' ') &&
		       !slice_has_byte(s, '=');
	for (;;) {
		sixteen_bytes v, blank, end, parted;

		memcpy(&v, s.p + at, sizeof(v));
		memcpy(&blank, s.p + at - 1, sizeof(v));
		memcpy(&end, s.p + at - 2, sizeof(v));
		parted = (sixteen_bytes)((sixteen_bytes)(end - '0') < 10) |
			 (sixteen_bytes)(end == 'B') | (sixteen_bytes)(end == '?') |
			 ((sixteen_bytes)(end == ':') &
				 (sixteen_bytes)((sixteen_bytes)(v - '0') < 10));
		bad |= (sixteen_bytes)(v == '=') |
		       ((sixteen_bytes)(blank == ' ') & ~parted);
		if (at + sizeof(v) == s.n)
			break;
		at += sizeof(v);
		/* The last ones are looked at once more. */
		if (at + sizeof(v) > s.n)
			at = s.n - sizeof(v);
	}
	return !any_of(bad);
}

/* Take the digits at the front, as they stand; false when there are none. */
static inline bool take_digits_of(struct slice *rest, struct slice *digits)
{
	size_t n = 0;

	while (n < rest->n && (unsigned char)(rest->p[n] - '0') < 10)
		n++;
	*digits = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return n > 0;
}

static inline bool is_word_byte(char c)
{
	return (unsigned char)(c - '0') < 10 ||
	       (unsigned char)((c | 0x20) - 'a') < 26 || c == '_';
}

static inline bool take_name(struct slice *rest, struct slice *name)
{
	size_t n = 0;

	while (n < rest->n && is_word_byte(rest->p[n]))
		n++;
	*name = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return n > 0;
}

static inline bool digit_first(struct slice s)
{
	return s.n > 0 && (unsigned char)(s.p[0] - '0') < 10;
}

/* "Node 0 Normal free:1kB ..." */
static bool plain_zone(const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	(void)row;
	if (!slice_take(&rest, "Node ") || !take_digits_of(&rest, &c->part[1]) ||
		!slice_take(&rest, " ") || !take_name(&rest, &c->part[2]) ||
		!slice_take(&rest, " "))
		return false;
	c->part[3] = rest;
	return slice_take(&rest, "free:") && digit_first(rest) &&
	       only_pairs(c->part[3]);
}

/* "Node 0 active_anon:1kB ..." */
static bool plain_node(const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	(void)row;
	if (!slice_take(&rest, "Node ") || !take_digits_of(&rest, &c->part[1]) ||
		!slice_take(&rest, " "))
		return false;
	c->part[2] = rest;
	return slice_take(&rest, "active_anon:") && digit_first(rest) &&
	       only_pairs(c->part[2]);
}

/* "lowmem_reserve[]: 0 2874 15907" */
static bool plain_reserve(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	if (!slice_take(&rest, row->literal) || !slice_starts(rest, " "))
		return false;
	c->part[1] = rest;
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] != ' ' && (unsigned char)(rest.p[i] - '0') >= 10)
			return false;
	return (unsigned char)(rest.p[rest.n - 1] - '0') < 10;
}

/* "Node 0 Normal: 1*4kB (U) 0*8kB ... = 4kB", with its sum. No word of another line is without small
 * letters. */
static bool plain_blocks(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text, digits;
	sixteen_bytes small = { 0 };
	size_t at = 0;

	if (!slice_take(&rest, "Node ") || !take_digits_of(&rest, &c->part[1]) ||
		!slice_take(&rest, " ") || !take_name(&rest, &c->part[2]) ||
		!slice_take(&rest, ": "))
		return false;
	c->part[3] = rest;
	if (!take_digits_of(&rest, &digits) || !slice_take(&rest, "*") ||
		!take_digits_of(&rest, &digits) || !slice_take(&rest, "kB") ||
		rest.n < sizeof(sixteen_bytes))
		return false;
	for (;;) {
		sixteen_bytes v;

		memcpy(&v, rest.p + at, sizeof(v));
		small |= (sixteen_bytes)((sixteen_bytes)(v - 'a') < 26) &
			 (sixteen_bytes)(v != 'k');
		if (at + sizeof(v) == rest.n)
			break;
		at += sizeof(v);
		if (at + sizeof(v) > rest.n)
			at = rest.n - sizeof(v);
	}
	return !any_of(small) && slice_has(rest, row->literal) &&
	       slice_has(rest, " = ");
}

/* "Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB" */
static bool plain_hugepages(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	(void)row;
	return slice_take(&rest, "Node ") && take_digits_of(&rest, &c->part[1]) &&
	       slice_take(&rest, " hugepages_total=") &&
	       take_digits_of(&rest, &c->part[2]) &&
	       slice_take(&rest, " hugepages_free=") &&
	       take_digits_of(&rest, &c->part[3]) &&
	       slice_take(&rest, " hugepages_surp=") &&
	       take_digits_of(&rest, &c->part[4]) &&
	       slice_take(&rest, " hugepages_size=") &&
	       take_digits_of(&rest, &c->part[5]) && slice_take(&rest, "kB") &&
	       rest.n == 0;
}

/* The row's own key and its number, behind blanks; `*rest` is what follows. */
static bool take_counter(const struct pattern *row, struct slice text,
	struct captures *c, struct slice *rest)
{
	struct slice digits;

	while (text.n > 0 && text.p[0] == ' ')
		text = slice_from(text, 1);
	c->part[1] = *rest = text;
	return slice_take(rest, row->literal) && take_digits_of(rest, &digits);
}

/* " active_anon:1 inactive_anon:2", by the row's own key. */
static bool plain_counters(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest;

	return take_counter(row, text, c, &rest) && slice_starts(rest, " ") &&
	       only_pairs(c->part[1]);
}

/* " kernel_misc_reclaimable:0", which stands alone. */
static bool plain_counter(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest;

	return take_counter(row, text, c, &rest) && rest.n == 0;
}

/* "4190217 pages RAM" */
static bool plain_tail_pages(
	const struct pattern *row, struct slice text, struct captures *c)
{
	static const char *const words[] = { "total pagecache pages",
		"pages in swap cache", "pages RAM", "pages HighMem/MovableOnly",
		"pages reserved", "pages hwpoisoned", "pages cma reserved" };
	struct slice rest = text;

	(void)row;
	if (!take_digits_of(&rest, &c->part[1]) || !slice_take(&rest, " "))
		return false;
	c->part[2] = rest;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_is(rest, words[i]))
			return true;
	return false;
}

/* "Free swap  = 84kB", "Total swap = 25165820kB" */
static bool plain_swap(const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	if (!slice_take(&rest, row->literal))
		return false;
	while (rest.n > 0 && rest.p[0] == ' ')
		rest = slice_from(rest, 1);
	return slice_take(&rest, "= ") && take_digits_of(&rest, &c->part[1]) &&
	       slice_take(&rest, "kB") && rest.n == 0;
}

/* A line of fixed words: the row's first sample. */
static bool plain_title(
	const struct pattern *row, struct slice text, struct captures *c)
{
	(void)c;
	return slice_is(text, row->samples[0]);
}

/* The header of the task table since 4.17. */
static bool plain_tasks_header(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	if (!slice_is(text, row->samples[0]) || !slice_take(&rest, "[  pid  ]   "))
		return false;
	c->part[1] = slice_first(rest, rest.n - strlen(" name"));
	return true;
}

/* "memory: usage 524288kB, limit 524288kB, failcnt 913" */
static bool plain_charge(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	(void)row;
	return take_name(&rest, &c->part[1]) &&
	       (slice_is(c->part[1], "memory") || slice_is(c->part[1], "swap") ||
		       slice_is(c->part[1], "kmem")) &&
	       slice_take(&rest, ": usage ") && take_digits_of(&rest, &c->part[2]) &&
	       slice_take(&rest, "kB, limit ") && take_digits_of(&rest, &c->part[3]) &&
	       slice_take(&rest, "kB, failcnt ") &&
	       take_digits_of(&rest, &c->part[4]) && rest.n == 0;
}

/* ---- lines with names in them, which may hold anything ---- */

/* Take what stands before the one place where `words` stand, and the words. */
static bool take_before_only(
	struct slice *rest, const char *words, struct slice *before)
{
	size_t at = slice_find(*rest, words);

	if (at == SLICE_NONE)
		return false;
	*before = slice_first(*rest, at);
	*rest = slice_from(*rest, at + strlen(words));
	return !slice_has(*rest, words);
}

/* "-998", as it stands. */
static bool take_signed_digits(struct slice *rest, struct slice *number)
{
	struct slice from = *rest, digits;

	slice_take(rest, "-");
	if (!take_digits_of(rest, &digits))
		return false;
	*number = slice_first(from, from.n - rest->n);
	return true;
}

/* "0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP)" */
static bool take_mask(struct slice *rest, struct slice *mask, struct slice *flags)
{
	size_t n = 2;

	if (!slice_starts(*rest, "0x"))
		return false;
	while (n < rest->n && ((unsigned char)(rest->p[n] - '0') < 10 ||
				      (unsigned char)(rest->p[n] - 'a') < 6))
		n++;
	*mask = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return n > 2 && slice_take(rest, "(") && slice_cut(rest, ')', flags) &&
	       !slice_has_byte(*flags, '(');
}

/* "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0" */
static bool plain_invoked(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	return take_before_only(&rest, row->literal, &c->part[1]) &&
	       slice_take(&rest, "gfp_mask=") &&
	       take_mask(&rest, &c->part[2], &c->part[3]) &&
	       slice_take(&rest, ", order=") &&
	       take_signed_digits(&rest, &c->part[5]) &&
	       slice_take(&rest, ", oom_score_adj=") &&
	       take_signed_digits(&rest, &c->part[7]) && rest.n == 0;
}

/* "CPU: 1 PID: 4711 Comm: java Not tainted 6.1.0-47-amd64 #1": a colon in the name may
 * be a taint of its own. */
static bool plain_cpu(const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;
	size_t n = 0;

	(void)row;
	if (!slice_take(&rest, "CPU: ") || !take_digits_of(&rest, &c->part[1]) ||
		(slice_take(&rest, " UID: ") && !take_digits_of(&rest, &c->part[2])) ||
		!slice_take(&rest, " PID: ") || !take_digits_of(&rest, &c->part[3]) ||
		!slice_take(&rest, " Comm: ") ||
		!take_before_only(&rest, " Not tainted ", &c->part[4]) ||
		slice_has_byte(c->part[4], ':') || !digit_first(rest))
		return false;
	while (n < rest.n && rest.p[n] != ' ' &&
		!(rest.p[n] >= '\t' && rest.p[n] <= '\r'))
		n++;
	c->part[5] = slice_first(rest, n);
	return true;
}

/* "Memory cgroup stats for /a:" */
static bool plain_stats(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	if (!slice_take(&rest, row->literal) || !slice_take(&rest, " for "))
		return false;
	c->part[1] = rest;
	return true;
}

/* "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),..." */
static bool plain_summary(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;
	size_t n = 0;

	if (!slice_take(&rest, row->literal))
		return false;
	while (n < rest.n &&
		((unsigned char)(rest.p[n] - 'A') < 26 || rest.p[n] == '_'))
		n++;
	c->part[1] = slice_first(rest, n);
	c->part[2] = slice_from(rest, n);
	return n > 0;
}

/* "Out of memory: Killed process 4 (x) total-vm:8kB, ..." */
static bool plain_killed(
	const struct pattern *row, struct slice text, struct captures *c)
{
	static const char *const whys[] = { "Out of memory",
		"Memory cgroup out of memory" };
	struct slice rest = text;

	(void)row;
	for (size_t i = 0; i < 2 && !c->part[1].p; i++)
		if (slice_take(&rest, whys[i]))
			c->part[1] = slice_first(text, text.n - rest.n);
	if (!c->part[1].p || !slice_take(&rest, ": Killed process ") ||
		!take_digits_of(&rest, &c->part[2]) || !slice_take(&rest, " (") ||
		!take_before_only(&rest, ") ", &c->part[3]) ||
		slice_has_byte(rest, ')'))
		return false;
	c->part[4] = rest;
	return slice_starts(rest, "total-vm:");
}

/* "oom_reaper: reaped process 9 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB" */
static bool plain_reaped(
	const struct pattern *row, struct slice text, struct captures *c)
{
	struct slice rest = text;

	return slice_take(&rest, row->literal) && take_digits_of(&rest, &c->part[1]) &&
	       slice_take(&rest, " (") &&
	       take_before_only(&rest, "), now anon-rss:", &c->part[2]) &&
	       take_digits_of(&rest, &c->part[3]) &&
	       slice_take(&rest, "kB, file-rss:") &&
	       take_digits_of(&rest, &c->part[4]) &&
	       slice_take(&rest, "kB, shmem-rss:") &&
	       take_digits_of(&rest, &c->part[5]) && slice_take(&rest, "kB") &&
	       rest.n == 0;
}

const struct plain_line plain_lines[] = {
	{ "invoked", NULL, plain_invoked },
	{ "cpu", NULL, plain_cpu },
	{ "memcg-charge", "msk", plain_charge },
	{ "memcg-stats", NULL, plain_stats },
	{ "mem-info", "M", plain_title },
	{ "node", "N", plain_node },
	{ "zone", "N", plain_zone },
	{ "reserve", "l", plain_reserve },
	{ "counters", " a", plain_counters },
	{ "counters-file", " ", plain_counters },
	{ "counters-unevictable", " ", plain_counters },
	{ "counters-slab", " ", plain_counters },
	{ "counters-mapped", " ", plain_counters },
	{ "counters-sec", " ", plain_counters },
	{ "counters-misc", " ", plain_counter },
	{ "counters-free", " ", plain_counters },
	{ "blocks", "N", plain_blocks },
	{ "hugepages", "N", plain_hugepages },
	{ "tail-pages", "0123456789", plain_tail_pages },
	{ "swap-free", "F", plain_swap },
	{ "swap-total", "T", plain_swap },
	{ "tasks-title", "T", plain_title },
	{ "tasks-header", "[", plain_tasks_header },
	{ "summary", NULL, plain_summary },
	{ "killed", NULL, plain_killed },
	{ "reaped", NULL, plain_reaped },
};
const size_t plain_line_count = sizeof(plain_lines) / sizeof(*plain_lines);
