/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bars that mean the same with and without UTF-8: their marks stand between cells. */
#include "cli/live/bar.h"

static size_t cell_of(int64_t amount, int64_t whole, size_t columns)
{
	int64_t cell = quantity_share((int64_t)columns, amount, whole);

	if (!known(cell) || cell < 0)
		return 0;
	return cell > (int64_t)columns ? columns : (size_t)cell;
}

void bar_draw(struct row *row, const struct glyphs *glyphs, size_t columns,
	int64_t amount, int64_t whole, const int64_t *marks, size_t mark_count)
{
	bool any = known(amount) && known(whole) && whole > 0;
	size_t filled = any ? cell_of(amount, whole, columns) : 0;

	for (size_t i = 0; i < columns; i++) {
		bool mark = false;

		for (size_t k = 0; any && k < mark_count; k++)
			mark |= known(marks[k]) &&
				i == cell_of(marks[k], whole, columns);
		row_role(row, mark ? ROLE_TEXT : (i < filled ? ROLE_BAR : ROLE_DIM));
		if (mark)
			row_puts(row, glyphs->mark);
		else
			row_puts(row,
				!any ? " "
				     : (i < filled ? glyphs->full : glyphs->empty));
	}
	row_role(row, ROLE_TEXT);
}
