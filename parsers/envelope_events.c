/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kubernetes' events as kubectl shows them: a row of a table, and the kernel's line, or
 * the kubelet's, in its last column. */
#include "parsers/envelope_layers.h"

enum { FRONT_WITHIN = 256 }; /* all columns before the message */

/* The next column: two blanks or more, or a tab, stand between them. */
static bool next_column(struct slice *row)
{
	for (size_t i = 0; i + 1 < row->n; i++) {
		if (row->p[i] != '\t' && (row->p[i] != ' ' || row->p[i + 1] != ' '))
			continue;
		while (i < row->n && (row->p[i] == ' ' || row->p[i] == '\t'))
			i++;
		*row = slice_from(*row, i);
		return row->n > 0;
	}
	return false;
}

static bool begins_column(struct slice row, const char *word)
{
	return slice_take(&row, word) && row.n > 1 &&
	       (row.p[0] == '\t' || (row.p[0] == ' ' && row.p[1] == ' '));
}

/* The message, where a name with two blanks in it may stand. */
static bool is_message(struct slice row)
{
	return slice_starts(row, "Memory cgroup out of memory: ") ||
	       slice_starts(row, "Out of memory: ") ||
	       slice_starts(row, "System OOM encountered");
}

/* "  Warning  OOMKilling  65s  kernel-monitor  Memory cgroup out of memory: Killed ...",
 * "3m   Warning   SystemOOM   node/db1   System OOM encountered, victim process: ...". */
bool strip_events(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice front = slice_first(*rest, FRONT_WITHIN), row = *rest, last;
	bool kernels = false, kubelets = false;

	(void)memory;
	if (r->program.n > 0 ||
		(!slice_has(front, "OOMKilling") && !slice_has(front, "SystemOOM")))
		return false;
	do {
		kernels |= begins_column(row, "OOMKilling") ||
			   begins_column(row, "PodOOMKilling");
		kubelets |= begins_column(row, "SystemOOM");
		last = row;
	} while (row.n + FRONT_WITHIN > rest->n &&
		 !((kernels || kubelets) && is_message(row)) && next_column(&row));
	if (!kernels && !kubelets)
		return false;
	r->program = kernels ? SLICE("kernel") : SLICE("kubelet");
	*rest = last;
	return true;
}
