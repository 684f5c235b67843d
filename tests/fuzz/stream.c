/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: a stream in, JSON and text out: the whole path of `oomwhy FILE`. */
#include "tests/fuzz/fuzz.h"

#include "cli/format.h"
#include "parsers/source.h"

#include <sys/mman.h>
#include <unistd.h>

static struct assembler *assembler;
static struct output json_out, text_out;

static void take(struct oom_event *event, void *context)
{
	struct explanation *x = explain(event);

	(void)context;
	format_json.event(&json_out, x);
	text_out.full = !text_out.full;
	format_text.event(&text_out, x);
	event_free(event);
}

static void begin(void)
{
	assembler = assembler_new(take, NULL);
	json_out.to = text_out.to = fopen("/dev/null", "w");
	if (!json_out.to)
		abort();
	json_out.event = text_out.event = 1;
	json_out.full = true;
	text_out.width = 80;
	text_out.utf8 = true;
	json_out.summary = summary_new();
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
