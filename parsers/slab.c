/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds kernel memory: the slab table and the allocation sites. */
#include "parsers/sections.h"

void take_slab_title(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)c;
	e->slabs_printed = true;
	if (e->slabs_line == 0)
		e->slabs_line = r->line;
}

/* The table is printed where unreclaimable slab exceeds all LRU pages; here another
 * task held its lock, so the fact alone is told. */
void take_slab_busy(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	take_slab_title(e, r, c);
	e->slabs_unreadable = true;
}

/* "kmalloc-1k          5120KB       6144KB" (4.15+). */
bool slab_take_row(struct oom_event *e, struct slice text, uint32_t line)
{
	struct slice rest = text, name, word;
	int64_t used, total;

	if (!slice_take_word(&rest, &name) || !slice_take_word(&rest, &word) ||
		!slice_take_int(&word, &used) || !slice_is(word, "KB") ||
		!slice_take_word(&rest, &word) || !slice_take_int(&word, &total) ||
		!slice_is(word, "KB") || slice_trim(rest).n > 0)
		return false;
	e->slabs = arena_room(
		e->arena, e->slabs, e->slab_count, &e->slab_room, sizeof(*e->slabs));
	e->slabs[e->slab_count++] = (struct slab_cache){ name, bytes_of_kb(used),
		bytes_of_kb(total), line };
	return true;
}

void take_sites_title(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	if (c->part[1].p)
		e->profiling =
			slice_is(c->part[1], "on") ? PROFILING_ON : PROFILING_OFF;
}

/* A size in bytes (6.10, 6.11), or as "1.23 GiB" (6.12+). */
static bool take_size(struct slice *rest, int64_t *bytes)
{
	static const struct {
		const char *unit;
		int64_t bytes;
	} units[] = { { " KiB", 1 << 10 }, { " MiB", 1 << 20 }, { " GiB", 1 << 30 },
		{ " TiB", INT64_C(1) << 40 }, { " B", 1 } };
	int64_t whole, hundredths = 0, digits = 1;

	slice_take_blanks(rest);
	if (!slice_take_int(rest, &whole))
		return false;
	if (slice_take(rest, ".")) {
		while (rest->n > 0 && rest->p[0] >= '0' && rest->p[0] <= '9') {
			if (digits < 1000) {
				hundredths = hundredths * 10 + (rest->p[0] - '0');
				digits *= 10;
			}
			*rest = slice_from(*rest, 1);
		}
	}
	*bytes = whole;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!slice_take(rest, units[i].unit))
			continue;
		*bytes = quantity_add(quantity_mul(whole, units[i].bytes),
			quantity_share(hundredths, units[i].bytes, digits));
		break;
	}
	return true;
}

bool sites_take_row(struct oom_event *e, struct slice text, uint32_t line)
{
	struct slice rest = text;
	int64_t bytes, calls;

	if (!slice_has(text, " func:") || !take_size(&rest, &bytes))
		return false;
	slice_take_blanks(&rest);
	if (!slice_take_int(&rest, &calls))
		return false;
	e->sites = arena_room(
		e->arena, e->sites, e->site_count, &e->site_room, sizeof(*e->sites));
	e->sites[e->site_count++] =
		(struct allocation_site){ slice_trim(rest), bytes, calls, line };
	return true;
}
