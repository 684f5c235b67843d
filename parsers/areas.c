/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Areas that are set aside for one purpose and can be full on their own: CMA, the bounce
 * buffers of swiotlb, the space for modules' per-CPU variables. */
#include "parsers/sections.h"

static void refused(struct oom_event *e, const struct record *r, enum area area)
{
	e->kind = KIND_ALLOCATION_FAILURE;
	e->outcome = OUTCOME_NONE;
	e->area.kind = area;
	e->area.line = e->request.line = r->line;
}

/* "cma: cma_alloc: NAME: alloc failed, req-size: 300 pages, ret: -12" (mm/cma.c). */
void take_cma_failure(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	refused(e, r, AREA_CMA);
	e->area.name = c->part[1];
	e->area.pages = capture_number(c->part[2]);
	e->area.error = capture_number(c->part[3]);
}

/* "cma: number of available pages: 5@1027+112@1040=> 117 free of 65536 total pages": each
 * run's length and where it begins. Since 6.15 the runs of each range stand on a line of
 * their own. */
void take_cma_free(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	struct slice runs = c->part[1];
	int64_t pages, first;

	if (e->area.kind != AREA_CMA)
		return;
	while (runs.n > 0) {
		slice_take(&runs, "+");
		if (!slice_take_int(&runs, &pages) || !slice_take(&runs, "@") ||
			!slice_take_int(&runs, &first))
			break;
		if (e->area.longest_pages < pages)
			e->area.longest_pages = pages;
		e->area.listed_pages = quantity_add(e->area.listed_pages, pages);
	}
	if (c->part[2].n == 0)
		return;
	e->area.free_line = r->line;
	e->area.free_pages = capture_number(c->part[2]);
	e->area.all_pages = capture_number(c->part[3]);
	/* A long list is broken into lines, of which this may not see all. */
	if (e->area.listed_pages != e->area.free_pages)
		e->area.longest_pages = UNKNOWN;
}

/* "DRIVER DEVICE: swiotlb buffer is full (sz: 4096 bytes), total 32768 (slots), used
 * 32766 (slots)" (kernel/dma/swiotlb.c). */
void take_swiotlb_full(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	refused(e, r, AREA_SWIOTLB);
	e->area.name = c->part[1];
	e->request.size_bytes = capture_number(c->part[2]);
	e->area.slots = capture_number(c->part[3]);
	e->area.used_slots = capture_number(c->part[4]);
}

/* "DMA: Out of SW-IOMMU space for 4224 bytes at device 0000:0b:00.0": up to 4.x, in the
 * newer of these as a second line. */
void take_swiotlb_space(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	if (e->area.kind == AREA_SWIOTLB)
		return;
	refused(e, r, AREA_SWIOTLB);
	e->request.size_bytes = capture_number(c->part[2]);
	e->area.name = c->part[3].n > 0 ? c->part[3] : c->part[1];
}

/* "percpu: allocation failed, size=72 align=8 atomic=0, alloc from reserved chunk failed"
 * (mm/percpu.c). */
void take_percpu_failure(
	struct oom_event *e, const struct record *r, const struct captures *c)
{
	refused(e, r, AREA_PERCPU);
	e->request.size_bytes = capture_number(c->part[1]);
	e->area.why = slice_trim(c->part[2]);
}
