/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Large reads, and the choice between sweeping and attending.
 *
 * read() rather than mmap: a log that is truncated while it is mapped ends the
 * reader with SIGBUS, and pipes need read() all the same. */
#include "parsers/source.h"

#include "base/byte_masks.h"
#include "base/complain.h"
#include "base/text.h"
#include "parsers/anchors.h"
#include "parsers/envelope.h"
#include "parsers/line_form.h"
#include "parsers/magic.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
	BLOCK_BYTES = 256 * 1024,
	LOOK_AHEAD = 64 * 1024,
	LONGEST_LINE = 64 * 1024, /* what is longer is cut: no kernel line is */
	LONGEST_SKIPPED =
		64 * 1024 * 1024, /* a bomb, and no log, has no newline in it */
	SILENCE_MSEC = 1000,
	MORE_MSEC = 100, /* for the next bytes of a pipe */
	MOST_READS_AHEAD = 32,
	/* A log that goes back so often, and so much oftener than on, is backwards: each boot
	 * goes back once, and CPUs print a little out of step. */
	REVERSED_LEAST = 10,
	REVERSED_TIMES = 8
};

struct reader {
	struct assembler *assembler;
	struct envelope_memory memory;
	struct source_facts *facts;
	char *block;
	size_t have;
	uint32_t line;
	uint64_t byte;      /* offset of block[0] in the source */
	bool skipping;      /* the rest of a line that was too long */
	uint64_t line_byte; /* where that line begins */
	/* How often the clock of the lines that were opened went on, and back. */
	int64_t clock_usec;
	uint32_t later, earlier;
};

static void note_order(struct reader *r, const struct record *record)
{
	int64_t usec =
		known(record->uptime_usec) ? record->uptime_usec : record->order_usec;

	if (!known(usec))
		return;
	r->later += known(r->clock_usec) && usec > r->clock_usec;
	r->earlier += known(r->clock_usec) && usec < r->clock_usec;
	r->clock_usec = usec;
}

static void give(const struct record *record, void *context)
{
	struct reader *r = context;

	note_order(r, record);
	assembler_take(r->assembler, record);
}

static void give_line(struct reader *r, size_t from, size_t n)
{
	struct slice line = { r->block + from, n > LONGEST_LINE ? LONGEST_LINE : n };

	if (r->line < UINT32_MAX)
		r->line++;
	envelope_open(&r->memory, line, r->line, r->byte + from, give, r);
}

static size_t newlines_by_vectors(const char *p, size_t n)
{
	size_t count = 0, at = 0;

	while (at + sizeof(sixteen_bytes) <= n) {
		size_t rounds = (n - at) / sizeof(sixteen_bytes);
		sixteen_bytes sum = { 0 };

		/* A lane counts to 255. */
		if (rounds > 255)
			rounds = 255;
		for (size_t i = 0; i < rounds; i++, at += sizeof(sixteen_bytes)) {
			sixteen_bytes v;

			memcpy(&v, p + at, sizeof(v));
			sum -= (sixteen_bytes)(v == (unsigned char)'\n');
		}
		for (size_t i = 0; i < sizeof(sixteen_bytes); i++)
			count += sum[i];
	}
	for (; at < n; at++)
		count += p[at] == '\n';
	return count;
}

#if defined(__x86_64__)
/* How many there are in the first `n` bytes, a multiple of 32. (Not more in this function:
 * GCC 12 forgets vzeroupper before it calls one of this file, and then all later SSE code
 * is slow.) */
__attribute__((target("avx2,popcnt"), noinline)) static size_t newlines_by_avx2(
	const char *p, size_t n)
{
	const __m256i newline = _mm256_set1_epi8('\n');
	size_t count = 0;

	for (size_t at = 0; at < n; at += 32) {
		__m256i bytes = _mm256_loadu_si256((const void *)(p + at));
		__m256i equal = _mm256_cmpeq_epi8(bytes, newline);

		count += (size_t)__builtin_popcount(
			(unsigned int)_mm256_movemask_epi8(equal));
	}
	return count;
}
#endif

static size_t newlines_in(const char *p, size_t n)
{
	size_t whole = 0, count = 0;

#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		whole = n - n % 32;
		count = newlines_by_avx2(p, whole);
	}
#endif
	return count + newlines_by_vectors(p + whole, n - whole);
}

static void note_time(const struct record *record, void *context)
{
	assembler_clock(context, record);
}

/* Whole lines that nobody attends to: only the anchors matter. Returns how far it
 * came; the line at that place holds an anchor, or is the first incomplete one. */
static size_t sweep(struct reader *r, size_t from, size_t end)
{
	struct slice block = { r->block + from, end - from };
	size_t hit = anchor_find(block), stop = end;

	if (hit != SLICE_NONE) {
		const char *newline = memrchr(block.p, '\n', hit);

		stop = newline ? (size_t)(newline - r->block) + 1 : from;
	}
	r->line += (uint32_t)newlines_in(r->block + from, stop - from);
	if (stop > from)
		envelope_skipped(&r->memory);
	if (stop > from && assembler_waits(r->assembler)) {
		/* The log's clock may complete what waits. */
		const char *last = memrchr(r->block + from, '\n', stop - from - 1);
		size_t at = last ? (size_t)(last - r->block) + 1 : from;
		size_t n = stop - 1 - at;

		envelope_open(&r->memory,
			(struct slice){
				r->block + at, n > LONGEST_LINE ? LONGEST_LINE : n },
			r->line, r->byte + at, note_time, r->assembler);
	}
	return stop;
}

/* Give the line at `at`, and rows of a task table that follow it in its form. Returns where
 * the next line begins. */
static size_t give_lines(struct reader *r, size_t at, size_t whole)
{
	const char *newline = memchr(r->block + at, '\n', whole - at);
	struct slice line = { r->block + at, (size_t)(newline - r->block) - at };
	size_t rows = assembler_rows(r->assembler);
	struct line_form form;
	uint32_t count;

	if (rows == SIZE_MAX) {
		give_line(r, at, line.n);
		return at + line.n + 1;
	}
	line_form_watch(&form, &r->memory);
	give_line(r, at, line.n);
	at += line.n + 1;
	if (assembler_rows(r->assembler) != rows + 1 ||
		!line_form_note(&form, &r->memory, line) || r->line > UINT32_MAX / 2)
		return at;
	at += assembler_take_rows(r->assembler, &form,
		(struct slice){ r->block + at, whole - at }, r->line + 1, &count);
	r->line += count;
	return at;
}

/* Work through what the block holds; keep the incomplete line at its front. */
static void work(struct reader *r, bool at_end)
{
	size_t at = 0;
	const char *last = memrchr(r->block, '\n', r->have);
	size_t whole = last ? (size_t)(last - r->block) + 1 : 0;

	while (at < whole) {
		if (r->skipping) {
			const char *newline = memchr(r->block + at, '\n', whole - at);
			at = (size_t)(newline - r->block) + 1;
			r->skipping = false;
			continue;
		}
		if (!assembler_attends(r->assembler) &&
			!envelope_wants_all(&r->memory)) {
			at = sweep(r, at, whole);
			if (at == whole)
				break;
		}
		at = give_lines(r, at, whole);
	}
	if (at_end && at < r->have && !r->skipping) {
		r->memory.cut = true;
		give_line(r, at, r->have - at);
		at = r->have;
	}
	/* A line without an end: its beginning is read, the rest passed over. */
	if (at == 0 && r->have == BLOCK_BYTES) {
		if (!r->skipping) {
			give_line(r, 0, r->have);
			r->line_byte = r->byte;
		}
		r->skipping = true;
		at = r->have;
	}
	memmove(r->block, r->block + at, r->have - at);
	r->have -= at;
	r->byte += at;
}

/* Programs and memory images hold the kernel's words, and ours, without being a log:
 * events found among them never happened. */
static bool is_image(struct slice head)
{
	const struct magic *m = magic_of(head);

	return m && (m->kind == MAGIC_ELF_CORE || m->kind == MAGIC_KDUMP ||
			    m->kind == MAGIC_KDUMP_FLAT || m->kind == MAGIC_PROGRAM);
}

static void look_at_first_block(struct reader *r)
{
	size_t control = 0, n = r->have < 4096 ? r->have : 4096;

	/* Text has few control characters; random bytes have one in ten. */
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)r->block[i];

		control += c < 0x20 && c != '\n' && c != '\t' && c != '\r' && c != 0x1b;
	}
	r->facts->binary = control * 20 > n;
	r->facts->image = is_image((struct slice){ r->block, r->have });
}

struct source {
	struct reader reader;
	struct source_options options;
	bool ended; /* while it was looked ahead: with this result, as read() and errno */
	ssize_t result;
	int error;
};

struct source *source_open(const char *name, struct assembler *assembler,
	const struct source_options *options, struct source_facts *facts)
{
	struct source *s = must_alloc(sizeof(*s));

	*facts = (struct source_facts){ 0 };
	s->reader.assembler = assembler;
	s->reader.clock_usec = UNKNOWN;
	s->reader.facts = facts;
	s->reader.block = must_alloc(BLOCK_BYTES);
	s->options = *options;
	if (options->continues) {
		assembler_continue(
			assembler, name, options->member, options->lines_before);
	} else {
		assembler_begin(assembler, name);
		assembler_member(assembler, options->member);
	}
	return s;
}

static ssize_t read_more(struct source *s, struct byte_stream *stream)
{
	struct reader *r = &s->reader;
	ssize_t n;

	if (s->ended) {
		errno = s->error;
		return s->result;
	}
	do {
		n = stream->read(stream, r->block + r->have, BLOCK_BYTES - r->have);
		/* /dev/kmsg: EPIPE is a record that was overwritten. */
	} while (n < 0 && (errno == EINTR || (errno == EPIPE && s->options.kmsg)));
	return n;
}

/* Some things only many lines tell. What does not come at once is not waited for,
 * and what comes by drops not for long. */
static ssize_t look_ahead(struct source *s, struct byte_stream *stream, ssize_t have)
{
	struct reader *r = &s->reader;
	const char *last;
	size_t n;

	for (int reads = 0; reads < MOST_READS_AHEAD && have < LOOK_AHEAD &&
			    !s->ended && !s->options.kmsg;
		reads++) {
		struct pollfd poll_fd = { .fd = stream->fd, .events = POLLIN };
		ssize_t more;

		if (stream->fd < 0 ? s->options.follow
				   : poll(&poll_fd, 1, MORE_MSEC) <= 0)
			break;
		r->have = (size_t)have;
		more = read_more(s, stream);
		if (more > 0) {
			have += more;
			continue;
		}
		/* A file may grow; what is unpacked need not tell its end again. */
		s->ended = stream->fd < 0;
		s->result = more;
		s->error = errno;
		break;
	}
	r->have = 0;
	n = (size_t)have < LOOK_AHEAD ? (size_t)have : LOOK_AHEAD;
	last = memrchr(r->block, '\n', n);
	if (last)
		envelope_look_ahead(&r->memory,
			(struct slice){ r->block, (size_t)(last - r->block) });
	return have;
}

ssize_t source_feed(struct source *s, struct byte_stream *stream)
{
	struct reader *r = &s->reader;
	ssize_t n = read_more(s, stream);

	if (n > 0 && r->facts->bytes == 0)
		n = look_ahead(s, stream, n);
	if (n < 0)
		return -errno;
	if (n == 0)
		return 0;
	r->have += (size_t)n;
	if (r->facts->bytes == 0)
		look_at_first_block(r);
	r->facts->bytes += (uint64_t)n;
	if (r->facts->image || (r->facts->binary && s->options.text_only)) {
		r->have = 0;
		return 0;
	}
	work(r, false);
	r->facts->lines = r->line;
	if (s->options.text_only && r->skipping &&
		r->byte - r->line_byte > LONGEST_SKIPPED) {
		r->facts->one_line = true;
		return 0;
	}
	return n;
}

bool source_waits(const struct source *s)
{
	return assembler_waits(s->reader.assembler) ||
	       envelope_waits(&s->reader.memory);
}

void source_silence(struct source *s)
{
	envelope_flush(&s->reader.memory, give, &s->reader);
	assembler_flush(s->reader.assembler, false);
}

void source_close(struct source *s)
{
	if (!s)
		return;
	work(&s->reader, true);
	envelope_flush(&s->reader.memory, give, &s->reader);
	if (!s->options.continued)
		assembler_flush(s->reader.assembler, true);
	s->reader.facts->lines = s->reader.line;
	s->reader.facts->newest_first =
		s->reader.earlier >= REVERSED_LEAST &&
		s->reader.earlier / REVERSED_TIMES > s->reader.later;
	free(s->reader.block);
	envelope_memory_free(&s->reader.memory);
	free(s);
}

int source_read(struct byte_stream *stream, const char *name,
	struct assembler *assembler, const struct source_options *options,
	struct source_facts *facts)
{
	struct source *s = source_open(name, assembler, options, facts);
	ssize_t n;

	do {
		struct pollfd poll_fd = { .fd = stream->fd, .events = POLLIN };

		/* A pipe that falls silent completes what is open. */
		if (options->follow && stream->fd >= 0 && source_waits(s) &&
			poll(&poll_fd, 1, SILENCE_MSEC) == 0)
			source_silence(s);
		n = source_feed(s, stream);
	} while (n > 0);
	if (n < 0)
		s->options.continued = false;
	source_close(s);
	/* Of /dev/kmsg, EAGAIN is the end of what is there. */
	return n < 0 && !(n == -EAGAIN && options->kmsg) ? (int)-n : 0;
}
