/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to each event between the assembler and the output: selected, explained,
 * counted, shown. Events come here one by one, in the order of the input. */
#include "cli/pipeline.h"

#include "base/complain.h"
#include "cli/anonymize.h"
#include "cli/output.h"
#include "cli/render.h"
#include "cli/repeats.h"
#include "parsers/identity.h"

#include <stdlib.h>

struct pipeline {
	const struct options *options;
	const struct format *format;
	struct output out;
	struct output ahead; /* its settings: what is written stays in the buffer */
	struct boots *boots;
	struct anonymizer *anonymizer; /* of --anonymize, else NULL */
	struct groups *groups;         /* of --dedupe, else NULL */
	struct renderers *renderers;   /* of -j, else NULL */
	struct told last;              /* kept back for --last */
	bool shows_all; /* each event, as it comes: it can be told ahead of its turn */
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
	p->shows_all = p->format->copies && !options->quiet && !options->last &&
		       !options->event && !options->dedupe && !options->anonymize &&
		       !options->boot.asked && options->selectors.count == 0;
	output_begin(&p->out, options);
	p->ahead = p->out;
	p->ahead.to = NULL;
	p->ahead.summary = NULL;
	return p;
}

size_t pipeline_taken(const struct pipeline *p)
{
	return p->taken;
}

static void need_explanation(const struct pipeline *p, struct told *told)
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
	struct told told = { .event = event };

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

struct told pipeline_tell_ahead(
	const struct pipeline *p, struct oom_event *event, struct text *buffer)
{
	struct told whole = { .event = event }, gist = { 0 };
	struct output out = p->ahead;

	if (!p->shows_all || event->kind == KIND_STATE)
		return whole;
	out.buffer = *buffer;
	text_clear(&out.buffer);
	need_explanation(p, &whole);
	p->format->event(&out, whole.x);
	gist.event = event_gist(event);
	gist.words = arena_copy(gist.event->arena, text_slice(&out.buffer));
	gist.copies_at = out.copies_at;
	*buffer = out.buffer;
	event_free(event);
	return gist;
}

static void show_words(struct pipeline *p, const struct told *told)
{
	struct text *buffer = &p->out.buffer;

	if (p->renderers)
		renderers_drain(p->renderers); /* of what came before it */
	p->selected++;
	p->out.event++;
	text_add(buffer, slice_first(told->words, told->copies_at));
	p->format->copies(&p->out, told->event);
	text_add(buffer, slice_from(told->words, told->copies_at));
	output_flush(&p->out);
	event_free(told->event);
}

static void take_of_boot(struct oom_event *event, void *pipeline)
{
	struct pipeline *p = pipeline;
	const struct options *o = p->options;
	struct told told = { .event = event };

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

void pipeline_take_event(struct oom_event *event, void *pipeline)
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

void pipeline_take(struct told told, void *pipeline)
{
	struct pipeline *p = pipeline;

	if (told.words.n == 0) {
		pipeline_take_event(told.event, p);
		return;
	}
	p->taken++;
	show_words(p, &told);
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
