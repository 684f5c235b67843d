/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One unwrapped line an event, for grep: time host cause certainty headline. */
#include "cli/clean.h"
#include "cli/format.h"
#include "cli/repeats.h"

/* A field without blanks, so that columns stay columns; '-' when it is absent. */
static void field(struct output *out, struct slice s)
{
	size_t from = out->buffer.n;

	if (s.n == 0)
		text_putc(&out->buffer, '-');
	else
		clean_for_terminal(&out->buffer, s, out->utf8);
	for (size_t i = from; i < out->buffer.n; i++)
		if (out->buffer.p[i] == ' ')
			out->buffer.p[i] = '_';
	text_putc(&out->buffer, ' ');
}

static void list_event(struct output *out, const struct explanation *x)
{
	struct text buffer = { 0 };

	field(out, event_time(x->event, &buffer));
	field(out, x->event->host);
	text_printf(&out->buffer, "%s %s ", x->cause.slug,
		x->event->kind == KIND_STATE ? "-"
					     : confidence_name(x->cause.confidence));
	clean_for_terminal(&out->buffer, x->headline, out->utf8);
	if (out->repeats && out->repeats->count > 1) {
		struct text words = { 0 };

		repeats_words(&words, x, out->repeats);
		text_puts(&out->buffer, " (");
		clean_for_terminal(&out->buffer, text_slice(&words), out->utf8);
		text_putc(&out->buffer, ')');
		text_free(&words);
	}
	text_putc(&out->buffer, '\n');
	text_free(&buffer);
	output_flush(out);
}

/* A list names no places. */
static void no_copies(struct output *out, const struct oom_event *e)
{
	(void)out;
	(void)e;
}

const struct format format_list = { .name = "list",
	.help = "one line an event, for grep",
	.event = list_event,
	.copies = no_copies };
