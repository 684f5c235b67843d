/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: a stream in, JSON and text out: the whole path of `oomwhy FILE`. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/promises.h"

#include "cli/format.h"
#include "parsers/source.h"

#include <sys/mman.h>
#include <unistd.h>

static struct assembler *assembler;
static struct output json_out, text_out, list_out;

static void take(struct oom_event *event, void *context)
{
	struct explanation *x = explain(event);

	(void)context;
	format_json.event(&json_out, x);
	promise_json(text_slice(&json_out.buffer));
	text_clear(&json_out.buffer);
	text_out.full = !text_out.full;
	format_text.event(&text_out, x);
	promise_terminal(text_slice(&text_out.buffer));
	text_clear(&text_out.buffer);
	format_list.event(&list_out, x);
	promise_terminal(text_slice(&list_out.buffer));
	text_clear(&list_out.buffer);
	event_free(event);
}

static void begin(void)
{
	assembler = assembler_new(take, NULL);
	json_out.event = text_out.event = list_out.event = 1;
	json_out.full = true;
	text_out.width = list_out.width = 80;
	text_out.utf8 = list_out.utf8 = true;
	text_out.summary = summary_new();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct source_options options = { 0 };
	struct source_facts facts;
	struct byte_stream stream;
	int fd = memfd_create("fuzz", 0);

	if (!assembler)
		begin();
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	stream = stream_of(fd);
	source_read(&stream, "fuzz", assembler, &options, &facts);
	close(fd);
	return 0;
}
