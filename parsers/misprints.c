/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What some kernels print wrong, put right once the whole report is read.
 *
 * Each is known by the numbers themselves, as vendors carry the mistakes and their
 * repairs to other releases; where numbers cannot tell, the release does. */
#include "parsers/sections.h"

/* 5.4.0 to about 5.4.8 print "pgtables:" of the kill line in bytes and call them kB
 * (mm/oom_kill.c; 70cb6d267790, repaired in 5.5 by 941f762bcb27). The table's column is
 * right; without it, page tables larger than the address space give it away. */
static void mend_pgtables(struct oom_event *e)
{
	for (size_t v = 0; v < e->victim_count; v++) {
		struct victim *victim = &e->victims[v];
		int64_t printed = victim->pgtables_bytes / 1024;
		bool wrong = known(victim->pgtables_bytes) && printed > 0 &&
			     printed % 4096 == 0 && known(victim->total_vm_bytes) &&
			     victim->pgtables_bytes > victim->total_vm_bytes;

		if (!known(victim->pgtables_bytes))
			continue;
		for (size_t i = 0; i < e->tasks.count; i++) {
			const struct task *t = &e->tasks.rows[i];

			if (t->pid == victim->pid && known(t->pagetable_bytes) &&
				t->pagetable_bytes > 0)
				wrong = t->pagetable_bytes == printed;
		}
		if (wrong)
			victim->pgtables_bytes = printed;
	}
}

static int64_t distance(int64_t a, int64_t b)
{
	int64_t d = quantity_sub(a, b);

	return d < 0 ? -d : d;
}

/* 4.8 passes four arguments of the node line in the wrong order where transparent
 * huge pages are built in (mm/page_alloc.c, repaired in 4.9): what it calls anon_thp is
 * shmem, and the three before it are each their right neighbour's. */
static void mend_nodes(struct oom_event *e)
{
	struct memory_state *m = &e->memory;
	int64_t shmem = quantity_mul(m->counters.shmem.value, e->page_bytes);
	int64_t as_shmem = 0, as_thp = 0;

	if (!kernel_at_least(&e->kernel, 4, 8) || !kernel_before(&e->kernel, 4, 9))
		return;
	for (size_t i = 0; i < m->node_count; i++) {
		if (!known(m->nodes[i].anon_thp_bytes))
			return;
		as_shmem = quantity_add(as_shmem, m->nodes[i].shmem_bytes);
		as_thp = quantity_add(as_thp, m->nodes[i].anon_thp_bytes);
	}
	/* Repaired by a vendor, as the machine's own counter shows. */
	if (known(shmem) && known(as_shmem) &&
		distance(as_shmem, shmem) < distance(as_thp, shmem))
		return;
	for (size_t i = 0; i < m->node_count; i++) {
		struct node *n = &m->nodes[i];
		int64_t last = n->anon_thp_bytes;

		n->anon_thp_bytes = n->shmem_pmdmapped_bytes;
		n->shmem_pmdmapped_bytes = n->shmem_thp_bytes;
		n->shmem_thp_bytes = n->shmem_bytes;
		n->shmem_bytes = last;
	}
}

bool memcg_stats_full(const struct memcg *m, size_t more)
{
	/* A record's text: 1024 bytes less PREFIX_MAX (32, 48 with callers), or all of
	 * them from 6.3 on; the last byte is the NUL. A newline or a blank at the cut
	 * is gone. */
	static const int64_t room[] = { 975, 991, 1023 };
	int64_t text = m->stats_text + (int64_t)more;

	for (size_t i = 0; i < sizeof(room) / sizeof(*room); i++)
		if (text <= room[i] && text >= room[i] - 2)
			return true;
	return false;
}

/* 5.3 to 6.4 hand memory.stat to one printk, which cuts it where its record is full
 * (mm/memcontrol.c, c8713d0b2312; by lines from 6.5 on): the last number may have lost
 * digits. */
static void mend_stats(struct oom_event *e)
{
	struct memcg *m = &e->memcg;

	if (!m->stats_hierarchical || m->stat_count == 0 || m->stats_cut ||
		kernel_at_least(&e->kernel, 6, 5) || !memcg_stats_full(m, 0))
		return;
	m->stats_cut = true;
	m->stat_count--;
}

void misprints_mend(struct oom_event *e)
{
	mend_pgtables(e);
	mend_nodes(e);
	mend_stats(e);
}
