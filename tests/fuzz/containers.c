/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: what a source is by its first bytes, and all that is packed in it: the
 * way of `oomwhy FILE` from the descriptor to the formats, messages too.
 *
 * The first byte says what the rest is: raw bytes, or the text of members that is
 * packed here, because no mutation of a packed file gets past its checksums. A line
 * "@TYPE NAME" (TYPE as in tar) begins a member. The upper bits say how often the whole
 * is packed into gzip. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/promises.h"

#include "base/complain.h"
#include "cli/format.h"
#include "cli/merge.h"
#include "cli/reading.h"

#include <sys/mman.h>
#include <unistd.h>

enum { TAR_BLOCK = 512, MOST_STORED = 65535 };

static void add_zeros(struct text *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_putc(out, '\0');
}

/* A header of the old kind; a name of more than 100 bytes is cut. */
static void add_header(struct text *tar, char type, struct slice name, size_t bytes)
{
	char h[TAR_BLOCK] = { 0 };
	unsigned int sum = 8 * ' ';

	name = slice_first(name, 100);
	if (name.n > 0)
		memcpy(h, name.p, name.n);
	memcpy(h + 100, "0000644", 7);
	snprintf(h + 124, 12, "%011zo", bytes);
	memcpy(h + 136, "00000000000", 11);
	h[156] = type;
	memcpy(h + 157, "target", 6);
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	text_add(tar, (struct slice){ h, TAR_BLOCK });
}

static void add_member(struct text *tar, struct slice head, struct slice content)
{
	char type = '0';

	if (head.n > 0)
		type = head.p[0];
	head = slice_from(head, 2);
	/* Types that have no content. */
	if (type >= '1' && type <= '6')
		content.n = 0;
	add_header(tar, type, head, content.n);
	text_add(tar, content);
	add_zeros(tar, (TAR_BLOCK - content.n % TAR_BLOCK) % TAR_BLOCK);
}

static struct text packed_in_tar(struct slice text)
{
	struct text tar = { 0 };
	struct slice line, head = SLICE("0 log"), content = { text.p, 0 };

	while (slice_cut(&text, '\n', &line)) {
		if (!slice_take(&line, "@")) {
			/* With its newline, which the last one may lack. */
			content.n =
				(size_t)(line.p + line.n - content.p) + (text.n > 0);
			continue;
		}
		if (content.n > 0)
			add_member(&tar, head, content);
		head = line;
		content = (struct slice){ text.p, 0 };
	}
	add_member(&tar, head, content);
	add_zeros(&tar, 2 * TAR_BLOCK);
	return tar;
}

static uint32_t crc_of(struct slice s)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void add_little(struct text *out, uint64_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		text_putc(out, (char)(n >> (8 * i)));
}

static struct text packed_in_gzip(struct slice s)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";
	struct text out = { 0 };
	struct slice rest = s;

	text_add(&out, (struct slice){ head, sizeof(head) - 1 });
	do {
		struct slice some = slice_first(rest, MOST_STORED);

		rest = slice_from(rest, some.n);
		text_putc(&out, rest.n == 0);
		add_little(&out, some.n, 2);
		add_little(&out, some.n ^ 0xffff, 2);
		text_add(&out, some);
	} while (rest.n > 0);
	add_little(&out, crc_of(s), 4);
	add_little(&out, s.n, 4);
	return out;
}

static struct text packed(const uint8_t *bytes, size_t n)
{
	struct text out = { 0 };
	struct slice rest = { (const char *)bytes, n };
	unsigned int how;

	if (n == 0)
		return out;
	how = bytes[0];
	rest = slice_from(rest, 1);
	if (how & 1)
		out = packed_in_tar(rest);
	else
		text_add(&out, rest);
	for (unsigned int i = how >> 4; i > 0; i--) {
		struct text outer = packed_in_gzip(text_slice(&out));

		text_free(&out);
		out = outer;
	}
	return out;
}

static struct output json_out, text_out, list_out;
static struct options options;

static void written(struct output *out, void (*promise)(struct slice text))
{
	promise(text_slice(&out->buffer));
	text_clear(&out->buffer);
}

static void take(struct told told, void *context)
{
	struct explanation *x = explain(told.event);

	(void)context;
	format_json.event(&json_out, x);
	written(&json_out, promise_json);
	text_out.full = !text_out.full;
	format_text.event(&text_out, x);
	written(&text_out, promise_terminal);
	format_list.event(&list_out, x);
	written(&list_out, promise_terminal);
	event_free(told.event);
}

static void begin(struct output *out)
{
	out->event = 1;
	out->width = 80;
	out->utf8 = out->full = true;
	out->several_sources = true;
}

/* One assembler for all: to make one compiles its patterns. */
static struct assembler *assembler;
static struct options options;
static struct inputs in;

static void found(struct oom_event *event, void *context)
{
	(void)context;
	inputs_take(&in, (struct told){ .event = event });
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct manner m = { .file = "fuzz" };
	struct text input = packed(bytes, n), said = { 0 };
	int fd = memfd_create("fuzz", 0);

	if (!assembler) {
		assembler = assembler_new(found, NULL);
		begin(&json_out);
		begin(&text_out);
		begin(&list_out);
	}
	if (fd < 0 || write(fd, input.p ? input.p : "", input.n) != (ssize_t)input.n ||
		lseek(fd, 0, SEEK_SET) != 0)
		abort();
	text_free(&input);
	complaints_into(&said);
	in = (struct inputs){ .options = &options, .assembler = assembler };
	in.merger = merger_new(take, NULL);
	read_descriptor(&in, fd, &m);
	assembler_flush(in.assembler, true);
	merger_end(in.merger);
	complaints_into(NULL);
	promise_terminal(text_slice(&said));
	text_free(&said);
	free(in.last);
	close(fd);
	return 0;
}
