/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to each event between the assembler and the output: selected, explained,
 * counted, shown. Events come here one by one, in the order of the input. */
#include "cli/pipeline.h"

#include "base/complain.h"
#include "cli/anonymize.h"
#include "cli/output.h"
#include "cli/render.h"
#include "cli/repeats.h"

#include <stdlib.h>

/* An event and, once it was needed, its explanation, which lives in its arena. */
struct told {
	struct oom_event *event;
	struct explanation *x;
};

struct pipeline {
	const struct options *options;
	const struct format *format;
	struct output out;
	struct boots *boots;
	struct anonymizer *anonymizer; /* of --anonymize, else NULL */
	struct groups *groups;         /* of --dedupe, else NULL */
	struct renderers *renderers;   /* of -j, else NULL */
	struct told last;              /* kept back for --last */
	size_t taken, selected, undated;
	uint32_t state_line; /* of the first state (sysrq-m); 0: none */
};

static void print(
	const struct explanation *x, const struct repeats *repeats, void *pipeline)
{
	struct pipeline *p = pipeline;

	p->out.event++;
	p->out.repeats = repeats;
	if (!p->format->turn || p->format->turn(&p->out, x))
		p->format->event(&p->out, x);
}

/* The same where another thread found the words. */
static void print_rendered(
	const struct explanation *x, struct slice words, void *pipeline)
{
	struct pipeline *p = pipeline;

	p->out.event++;
	if (p->format->turn && !p->format->turn(&p->out, x))
		return;
	text_add(&p->out.buffer, words);
	output_flush(&p->out);
}

void pipeline_side_by_side(struct pipeline *p, size_t threads)
{
	if (!p->groups && !p->options->quiet && !p->renderers)
		p->renderers = renderers_new(
			threads, p->format, &p->out, p->options, print_rendered, p);
}

struct pipeline *pipeline_new(const struct options *options)
{
	struct pipeline *p = must_alloc(sizeof(*p));

	p->options = options;
	p->format = format_named(options->format ? options->format : "text");
	p->boots = boots_new(&options->boot);
	if (options->anonymize)
		p->anonymizer = anonymizer_new(options->anonymized_log);
	if (options->dedupe)
		p->groups = groups_new(options->follow, print, p);
	output_begin(&p->out, options);
	return p;
}

size_t pipeline_taken(const struct pipeline *p)
{
	return p->taken;
}

static void need_explanation(struct pipeline *p, struct told *told)
{
	if (told->x)
		return;
	told->x = explain(told->event);
	explain_what_if(told->x, p->options->what_ifs, p->options->what_if_count);
}

/* Questions name processes as the log does. */
static void ask_anonymously(struct pipeline *p, struct explanation *x)
{
	struct what_if questions[MOST_WHAT_IFS];

	for (size_t i = 0; i < p->options->what_if_count; i++) {
		struct slice rest;
		int64_t pid;

		questions[i] = p->options->what_ifs[i];
		rest = questions[i].name;
		if (!slice_take_int(&rest, &pid) || rest.n > 0)
			questions[i].name =
				anonymizer_process(p->anonymizer, questions[i].name);
	}
	explain_what_if(x, questions, p->options->what_if_count);
}

static void show_explained(struct pipeline *p, struct told *told)
{
	if (p->groups) {
		groups_take(p->groups, told->event, told->x);
		return;
	}
	if (p->renderers) {
		renderers_take(p->renderers, told->event, told->x);
		return;
	}
	print(told->x, NULL, p);
	event_free(told->event);
}

static void show_anonymous(struct oom_event *event, void *pipeline)
{
	struct pipeline *p = pipeline;
	struct told told = { event, NULL };

	if (p->options->quiet) {
		event_free(event);
		return;
	}
	told.x = explain(event);
	ask_anonymously(p, told.x);
	show_explained(p, &told);
}

static void show(struct pipeline *p, struct told *told)
{
	if (p->anonymizer) {
		anonymizer_take(p->anonymizer, told->event, show_anonymous, p);
	} else if (p->options->quiet) {
		event_free(told->event);
	} else {
		if (!p->renderers)
			need_explanation(p, told);
		show_explained(p, told);
	}
}

static void take_of_boot(struct oom_event *event, void *pipeline)
{
	struct pipeline *p = pipeline;
	const struct options *o = p->options;
	struct told told = { event, NULL };

	if (!select_event(&o->selectors, event, &p->undated)) {
		event_free(event);
		return;
	}
	if (select_needs_explanation(&o->selectors)) {
		need_explanation(p, &told);
		if (!select_explained(&o->selectors, told.x)) {
			event_free(event);
			return;
		}
	}
	p->selected++;
	if (o->event && (size_t)o->event != p->selected) {
		event_free(event);
	} else if (o->last) {
		event_free(p->last.event);
		p->last = told;
	} else {
		show(p, &told);
	}
}

void pipeline_take(struct oom_event *event, void *pipeline)
{
	struct pipeline *p = pipeline;
	bool held, of_boot;

	/* A state is no event: --list calls it so, all else passes over it. */
	if (event->kind == KIND_STATE) {
		if (p->state_line == 0)
			p->state_line = event->first_line;
		if (p->format == &format_list && !p->options->last &&
			!p->options->event && !p->options->quiet)
			p->format->event(&p->out, explain(event));
		event_free(event);
		return;
	}
	p->taken++;
	/* Boots are counted by all events, the selected or not. */
	of_boot = boots_take(p->boots, event, &held);
	if (of_boot)
		take_of_boot(event, p);
	else if (!held)
		event_free(event);
}

/* What the selection did that the output does not show. */
static void say_selection(const struct pipeline *p)
{
	const struct options *o = p->options;

	if (o->quiet)
		return;
	if (p->undated > 0)
		fprintf(stderr,
			"oomwhy: %zu event%s no time to compare with --since or --until and "
			"%s kept.\n",
			p->undated, p->undated == 1 ? " has" : "s have",
			p->undated == 1 ? "was" : "were");
	if (p->selected == 0 && p->taken > 0)
		fprintf(stderr, "oomwhy: %zu event%s found, none of them selected.\n",
			p->taken, p->taken == 1 ? " was" : "s were");
}

int pipeline_end(struct pipeline *p)
{
	const struct options *o = p->options;
	size_t selected;

	boots_end(p->boots, take_of_boot, p);
	if (p->last.event)
		show(p, &p->last);
	renderers_free(p->renderers);
	if (p->groups)
		groups_end(p->groups);
	if (p->format->end && !o->quiet && !o->last && !o->event)
		p->format->end(&p->out);
	say_selection(p);
	if (o->event && p->selected < (size_t)o->event && p->selected > 0)
		warn("--event=%ld: there %s only %zu event%s", o->event,
			p->selected == 1 ? "is" : "are", p->selected,
			p->selected == 1 ? "" : "s");
	selected = p->selected;
	output_end(&p->out);
	boots_free(p->boots);
	groups_free(p->groups);
	anonymizer_free(p->anonymizer);
	if (p->taken == 0 && p->state_line && !o->quiet && p->format != &format_list)
		fprintf(stderr,
			"Line %u begins a Mem-Info alone, such as sysrq-m asks for: a state, "
			"not an event.\noomwhy --list shows it.\n",
			p->state_line);
	free(p);
	if (complained())
		return EXIT_TROUBLE;
	return selected > 0 ? EXIT_FOUND : EXIT_NOTHING;
}
