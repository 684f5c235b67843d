/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to each event between the assembler and the output: counted, selected,
 * explained, shown. Events come here one by one, in the order of the input. */
#include "cli/pipeline.h"

#include "base/complain.h"
#include "cli/output.h"

#include <stdlib.h>

struct pipeline {
	const struct options *options;
	const struct format *format;
	struct output out;
	struct oom_event *last; /* kept back for --last */
	size_t taken;
};

struct pipeline *pipeline_new(const struct options *options)
{
	struct pipeline *p = must_alloc(sizeof(*p));

	p->options = options;
	p->format = format_named(options->format ? options->format : "text");
	output_begin(&p->out, options);
	return p;
}

size_t pipeline_taken(const struct pipeline *p)
{
	return p->taken;
}

static void show(struct pipeline *p, struct oom_event *event)
{
	if (!p->options->quiet) {
		struct explanation *x = explain(event);

		explain_what_if(x, p->options->what_ifs, p->options->what_if_count);
		p->out.event++;
		p->format->event(&p->out, x);
	}
	event_free(event);
}

void pipeline_take(struct oom_event *event, void *pipeline)
{
	struct pipeline *p = pipeline;

	p->taken++;
	if (p->options->event && (size_t)p->options->event != p->taken) {
		event_free(event);
	} else if (p->options->last) {
		event_free(p->last);
		p->last = event;
	} else {
		show(p, event);
	}
}

int pipeline_end(struct pipeline *p)
{
	const struct options *o = p->options;
	size_t taken = p->taken;

	if (p->last)
		show(p, p->last);
	if (p->format->end && !o->quiet && !o->last && !o->event)
		p->format->end(&p->out);
	output_end(&p->out);
	free(p);
	if (o->event && taken < (size_t)o->event && taken > 0)
		warn("there are only %zu events", taken);
	if (complained())
		return EXIT_TROUBLE;
	return taken > 0 ? EXIT_FOUND : EXIT_NOTHING;
}
