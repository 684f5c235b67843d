/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two reports of one machine that print Mem-Info at once: their lines go into a braid
 * (braid.h), and out of it into the reports when one of them is complete. */
#include "parsers/assemble_parts.h"
#include "parsers/sections.h"

#define WITH_THE_KILL_USEC INT64_C(200000)

/* Has an OOM report gone on to what follows Mem-Info? */
bool open_past_mem_info(const struct open_event *o)
{
	return o->e->kind == KIND_OOM &&
	       (o->e->sections & (SECTION_SLABS | SECTION_TASKS | SECTION_SUMMARY |
					 SECTION_KILL));
}

/* An OOM of a cgroup, of a kernel that prints no Mem-Info for it (3.9 and later). */
static bool has_no_mem_info(const struct open_event *o)
{
	return o->e->kind == KIND_OOM && (o->e->sections & SECTION_MEMCG_STATS);
}

bool open_reads_mem_info(const struct open_event *o, const struct record *r)
{
	return open_same_host(o, r) && open_same_caller(o, r) && !o->ended &&
	       !has_no_mem_info(o) &&
	       (!open_past_mem_info(o) || o->key_count == 0 || o->late_mem_info);
}

/* The kernel's own clock must say that it came with the kill, and nothing may be lost
 * between the trigger and the kill: it may be the next report's without its head. */
struct open_event *assembler_late_mem_info(struct assembler *a, const struct record *r)
{
	const unsigned int whole = SECTION_TRIGGER | SECTION_KILL;

	for (size_t i = a->count; i-- > 0;) {
		struct open_event *o = &a->open[i];
		int64_t age = open_younger_usec(o, r);

		if (!open_same_host(o, r) || !open_same_caller(o, r))
			continue;
		if (!o->ended || o->key_count > 0 || o->foreign_since > 0 ||
			o->e->kind != KIND_OOM || o->e->memcg_mentioned ||
			o->e->dropped_messages > 0 ||
			(o->e->sections & whole) != whole || !known(r->uptime_usec) ||
			!known(age) || age > WITH_THE_KILL_USEC)
			return NULL;
		o->late_mem_info = true;
		o->ended = false;
		return o;
	}
	return NULL;
}

/* Two reports begin to be mixed. */
static void braid_two(struct open_event *one, struct open_event *two)
{
	struct open_event *members[2] = { one, two };
	struct braid *braid = braid_new();

	/* A third one, or a second time: nothing is sure any more. */
	braid->lossy = one->key_count > 0 && two->key_count > 0;
	for (int m = 0; m < 2; m++) {
		members[m]->braid = braid;
		members[m]->strand = m;
		for (size_t i = 0; i < members[m]->key_count; i++)
			braid_given(braid, members[m]->keys[i], m);
	}
}

static void note_past(struct assembler *a, struct braid *braid)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->open[i].braid == braid && open_past_mem_info(&a->open[i]))
			braid_past(braid, a->open[i].strand);
}

static void add_to_braid(struct assembler *a, struct braid *braid,
	const struct pattern *p, const struct record *r, const struct captures *c)
{
	note_past(a, braid);
	braid_add(braid, p, r, c);
	for (size_t i = 0; i < a->count; i++) {
		struct open_event *o = &a->open[i];

		if (o->braid != braid)
			continue;
		o->foreign_since = 0;
		o->seen_at = a->records;
		if (known(r->uptime_usec))
			o->last_uptime_usec = r->uptime_usec;
		if (known(r->order_usec))
			o->last_wall_usec = r->order_usec;
	}
}

/* Mem-Info that came without a trigger, such as sysrq-m's, while `o` had its own. */
static struct open_event *open_state(struct assembler *a, const struct record *r)
{
	struct open_event *o = assembler_open(a, r);

	o->e->kind = KIND_ALLOCATION_FAILURE;
	o->e->cut_at_start = true;
	return o;
}

/* Whose Mem-Info is this line? True when that is settled here: several reports could
 * have printed it. Else `*o` is the one that reads it, if any. */
bool assembler_braid(struct assembler *a, const struct pattern *p,
	const struct record *r, const struct captures *c, struct open_event **o)
{
	struct open_event *reader[2] = { NULL, NULL };
	size_t readers = 0, place[2] = { 0 };

	for (size_t i = 0; i < a->count; i++) {
		struct open_event *one = &a->open[i];

		if (one->braid && open_same_host(one, r) && open_same_caller(one, r)) {
			add_to_braid(a, one->braid, p, r, c);
			return true;
		}
		if (!open_reads_mem_info(one, r))
			continue;
		if (readers < 2) {
			place[readers] = i;
			reader[readers] = one;
		}
		readers++;
	}
	*o = reader[0];
	if (readers == 1 && p->take == take_mem_info && reader[0]->key_count > 0) {
		/* May make room in front: the place is looked for again. */
		size_t before = a->count;

		open_state(a, r);
		place[0] -= before + 1 - a->count;
		if (place[0] >= a->count)
			return true;
		reader[0] = &a->open[place[0]];
		reader[1] = &a->open[a->count - 1];
		readers = 2;
	}
	if (readers < 2)
		return false;
	braid_two(reader[0], reader[1]);
	if (readers > 2)
		reader[0]->braid->lossy = true;
	add_to_braid(a, reader[0]->braid, p, r, c);
	return true;
}

/* A line of a braid is this report's; `common` is what it says in both, where it is not
 * known which is whose. */
static void read_braided(
	struct open_event *o, const struct braid_line *line, const struct slice *common)
{
	struct record own = line->record;
	struct captures moved = line->captures;
	const struct pattern *p = line->pattern;
	int tail = p->take == take_zone ? 3 : (p->take == take_node ? 2 : 1);

	own.text = arena_copy(o->e->arena, common ? *common : line->record.text);
	own.line += o->line_offset;
	for (int i = 0; i < MAX_CAPTURES; i++)
		if (moved.part[i].p)
			moved.part[i] = arena_copy(o->e->arena, moved.part[i]);
	if (common)
		moved.part[tail] = own.text;
	open_keep(o, &own, &(struct event_line){ own.line, own.text });
	p->take(o->e, &own, &moved);
	if (!common)
		o->e->sections |= p->section;
}

/* A line that may be of either report, and the other one of its kind. */
static void read_either(struct open_event *members[2], struct braid *braid,
	const struct braid_line *first)
{
	const struct pattern *p = first->pattern;
	const struct braid_line *second =
		first->pair == SIZE_MAX ? NULL : &braid->lines[first->pair];
	int tail = p->take == take_zone ? 3 : (p->take == take_node ? 2 : 1);
	/* The counters' sums need whole lines; a zone's numbers stand for themselves. */
	bool has_tail = p->take == take_zone || p->take == take_node;
	struct slice common;

	if (second && slice_eq(first->record.text, second->record.text)) {
		for (int m = 0; m < 2; m++)
			read_braided(members[m], first, NULL);
		return;
	}
	for (int m = 0; m < 2; m++)
		members[m]->e->mixed_lines++;
	if (!second || !has_tail)
		return;
	common = braid_common(
		braid, first->captures.part[tail], second->captures.part[tail]);
	for (int m = 0; m < 2; m++)
		read_braided(members[m], first, &common);
}

/* One of two mixed reports is complete: say whose the lines were. */
void assembler_unbraid(struct assembler *a, struct braid *braid)
{
	struct open_event *members[2] = { NULL, NULL };
	int none = BRAID_EITHER;
	bool solved;

	note_past(a, braid);
	for (size_t i = 0; i < a->count; i++)
		if (a->open[i].braid == braid)
			members[a->open[i].strand] = &a->open[i];
	/* A braid has two members until it is taken apart here. */
	if (!members[0] || !members[1])
		return;
	for (int m = 0; m < 2; m++) {
		members[m]->braid = NULL;
		if (has_no_mem_info(members[m]))
			none = m;
	}
	solved = braid_solve(braid, none);
	for (size_t i = 0; i < braid->count; i++) {
		const struct braid_line *line = &braid->lines[i];

		if (!solved && !line->given) {
			for (int m = 0; m < 2; m++)
				members[m]->e->mixed_lines++;
			continue;
		}
		/* In the order of the first of each kind, which is that of both reports. */
		if (!solved || line->second)
			continue;
		if (line->owner == BRAID_EITHER) {
			read_either(members, braid, line);
			continue;
		}
		if (!line->given)
			read_braided(members[line->owner], line, NULL);
		if (line->pair != SIZE_MAX)
			read_braided(members[1 - line->owner],
				&braid->lines[line->pair], NULL);
	}
	for (int m = 0; m < 2; m++)
		open_end_with_mem_info(members[m]);
	braid_free(braid);
}
