/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking two interleaved Mem-Infos apart again, as far as their order allows. */
#include "parsers/braid.h"

#include "base/complain.h"
#include "parsers/sections.h"

#include <stdlib.h>
#include <string.h>

struct braid *braid_new(void)
{
	struct braid *b = must_alloc(sizeof(*b));

	b->arena = arena_new();
	b->past_at[0] = b->past_at[1] = SIZE_MAX;
	return b;
}

void braid_free(struct braid *b)
{
	if (!b)
		return;
	arena_free(b->arena);
	free(b);
}

bool braid_takes(const struct pattern *p)
{
	/* Not the per-CPU lines of old kernels, which repeat for each zone. */
	return p->take == take_mem_info || p->take == take_counters ||
	       p->take == take_node || p->take == take_zone ||
	       p->take == take_reserve || p->take == take_blocks ||
	       p->take == take_hugepages || p->take == take_tail_pages ||
	       p->take == take_swap_free || p->take == take_swap_total ||
	       p->take == take_swap_stats || strcmp(p->name, "blocks-empty") == 0;
}

static uint64_t mix(uint64_t h, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

uint64_t braid_key(const struct pattern *p, const struct captures *c)
{
	uint64_t h = mix(UINT64_C(14695981039346656037), slice_of(p->name));

	if (p->take == take_node)
		return mix(h, c->part[1]);
	if (p->take == take_zone || p->take == take_blocks || p->take == take_ignore)
		return mix(mix(h, c->part[1]), c->part[2]);
	if (p->take == take_hugepages)
		return mix(mix(h, c->part[1]), c->part[5]);
	if (p->take == take_tail_pages)
		return mix(h, c->part[2]);
	/* The reserves of one zone are the same in both reports. */
	if (p->take == take_reserve)
		return mix(h, c->part[1]);
	return h;
}

static struct braid_line *new_line(struct braid *b)
{
	if (b->count >= BRAID_LINES) {
		b->lossy = true;
		return NULL;
	}
	b->lines =
		arena_room(b->arena, b->lines, b->count, &b->room, sizeof(*b->lines));
	b->lines[b->count] =
		(struct braid_line){ .owner = BRAID_EITHER, .pair = SIZE_MAX };
	return &b->lines[b->count++];
}

void braid_add(struct braid *b, const struct pattern *p, const struct record *r,
	const struct captures *c)
{
	struct braid_line *line = new_line(b);

	if (!line)
		return;
	line->pattern = p;
	line->record = *r;
	line->record.text = arena_copy(b->arena, r->text);
	line->captures = *c;
	for (int i = 0; i < MAX_CAPTURES; i++)
		if (c->part[i].p)
			line->captures.part[i].p =
				line->record.text.p + (c->part[i].p - r->text.p);
	line->key = braid_key(p, c);
}

void braid_given(struct braid *b, uint64_t key, int owner)
{
	struct braid_line *line = new_line(b);

	if (!line)
		return;
	line->key = key;
	line->owner = owner;
	line->given = true;
}

void braid_past(struct braid *b, int member)
{
	if (b->past_at[member] == SIZE_MAX)
		b->past_at[member] = b->count;
}

/* Who leads from line `from` on is known now. */
static void name_leader(struct braid *b, size_t from, size_t to, int leader)
{
	for (size_t i = from; i < to; i++)
		b->lines[i].owner = b->lines[i].second ? 1 - leader : leader;
}

/* Did a line of this kind come before, as the first of its pair? Kinds that may repeat
 * within one report are left out. */
static bool came_before(const struct braid *b, size_t at)
{
	const struct braid_line *line = &b->lines[at];

	if (line->pattern->take == take_reserve)
		return false;
	for (size_t i = 0; i < at; i++)
		if (b->lines[i].key == line->key && !b->lines[i].second)
			return true;
	return false;
}

struct walk {
	size_t *ahead; /* lines that the leader is ahead by, oldest first */
	size_t first, end;
	size_t level_at;  /* where both were level last */
	int leader, only; /* who leads; who alone still prints */
};

/* Report `m` is past Mem-Info: if one is ahead, it is `m`. */
static bool pass(struct braid *b, struct walk *w, size_t at, int m)
{
	if (w->first == w->end) {
		w->only = 1 - m;
		return true;
	}
	if (w->leader == 1 - m)
		return false;
	if (w->leader == BRAID_EITHER)
		name_leader(b, w->level_at, at, m);
	w->leader = m;
	return true;
}

static bool walk_lines(struct braid *b, struct walk *w)
{
	for (size_t i = 0; i <= b->count; i++) {
		struct braid_line *line;

		for (int m = 0; m < 2; m++)
			if (b->past_at[m] == i && !pass(b, w, i, m))
				return false;
		if (i == b->count)
			break;
		line = &b->lines[i];
		if (line->given) {
			if (w->leader == 1 - line->owner)
				return false;
			w->leader = line->owner;
			w->ahead[w->end++] = i;
			continue;
		}
		if (w->first < w->end &&
			b->lines[w->ahead[w->first]].key == line->key) {
			struct braid_line *before = &b->lines[w->ahead[w->first]];

			line->second = true;
			line->pair = w->ahead[w->first++];
			before->pair = i;
			if (w->leader != BRAID_EITHER)
				line->owner = 1 - w->leader;
			if (w->first == w->end) {
				w->leader = BRAID_EITHER;
				w->level_at = i + 1;
			}
			continue;
		}
		if (came_before(b, i))
			return false;
		if (w->first == w->end && w->only != BRAID_EITHER)
			w->leader = w->only;
		line->owner = w->leader;
		w->ahead[w->end++] = i;
	}
	return true;
}

bool braid_solve(struct braid *b, int none)
{
	struct walk w = { .leader = BRAID_EITHER, .only = BRAID_EITHER };
	bool solved;
	size_t pairs = 0;

	if (b->lossy)
		return false;
	if (none != BRAID_EITHER) {
		b->past_at[none] = 0;
		w.only = 1 - none;
	}
	w.ahead = must_alloc((b->count + 1) * sizeof(*w.ahead));
	solved = walk_lines(b, &w);
	for (size_t i = 0; i < b->count; i++)
		pairs += b->lines[i].second;
	/* What is left over was printed by one alone. That is so where the other never
	 * began; else lines were lost, and the order tells nothing. */
	if (w.first < w.end && pairs > 0)
		solved = false;
	free(w.ahead);
	return solved;
}

static bool is_value(struct slice word)
{
	return !slice_has(word, ":");
}

struct slice braid_common(struct braid *b, struct slice x, struct slice y)
{
	char *out = arena_alloc(b->arena, x.n + 1);
	size_t n = 0, before = 0;
	struct slice a, c;

	for (;;) {
		bool more = slice_take_word(&x, &a);

		if (!slice_take_word(&y, &c) || !more)
			break;
		if (slice_eq(a, c)) {
			before = n;
			if (n > 0)
				out[n++] = ' ';
			memcpy(out + n, a.p, a.n);
			n += a.n;
		} else if (is_value(a)) {
			/* "shmem_thp: 0kB", "all_unreclaimable? no": the key goes too. */
			n = before;
		}
	}
	return (struct slice){ out, n };
}
