/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One source: what it is by its first bytes, and what is packed in it. */
#include "base/complain.h"
#include "base/text.h"
#include "cli/advice.h"
#include "cli/clean.h"
#include "cli/places.h"
#include "cli/reading.h"
#include "parsers/container.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	DEEPEST_CONTAINER = 8,       /* an archive in an archive in... */
	DEEPEST_DIRECTORY = 64,      /* deeper ones were made to harm */
	MOST_EMPTY_MEMBERS = 200000, /* directories, links, devices in one archive */
	SILENCE_MSEC = 1000
};

/* "file", or "file: member", safe for a terminal; lasts until the thread's next call. */
static const char *shown(const struct manner *m)
{
	struct text text = { 0 };
	const char *clean;

	text_puts(&text, strcmp(m->file, "-") == 0 ? "standard input" : m->file);
	if (m->member) {
		text_puts(&text, ": ");
		text_puts(&text, m->member);
	}
	text_putc(&text, '\0');
	clean = clean_name(text.p);
	text_free(&text);
	return clean;
}

/* `why` is a library's, and may hold the archive's own bytes. */
void cannot_read(const struct manner *m, const char *why)
{
	struct text reason = { 0 };

	clean_for_terminal(&reason, slice_of(why), false);
	text_putc(&reason, '\0');
	warn("cannot read %s: %s", shown(m), reason.p);
	text_free(&reason);
}

static void add_facts(struct inputs *in, const struct source_facts *facts)
{
	in->named.files++;
	in->named.facts.bytes += facts->bytes;
	in->named.facts.lines += facts->lines;
	if (in->named.several)
		return;
	in->named.facts.binary = facts->binary;
	in->named.facts.image = facts->image;
}

static void read_text(
	struct inputs *in, struct byte_stream *stream, const struct manner *m)
{
	struct source_options options = {
		.follow = m->follow,
		.kmsg = m->kmsg,
		.member = m->member,
		.continues = m->continues,
		.lines_before = in->last_lines,
		.continued = m->continued,
		.text_only = m->among || m->compressed,
	};
	struct source_facts facts;
	int error = source_read(stream, m->file, in->assembler, &options, &facts);

	in->last_lines = (uint32_t)facts.lines;
	add_facts(in, &facts);
	if (error)
		cannot_read(m, stream_why(stream, error));
	else if (facts.one_line)
		cannot_read(m,
			"no line of it ends: it is no log, and was not read to its "
			"end");
	else if (facts.binary && m->compressed && in->named.several)
		warn("%s holds binary data, not the text of a log", shown(m));
	else if (facts.newest_first && !in->options->quiet)
		advise_newest_first(shown(m));
}

static void read_stream(
	struct inputs *in, struct byte_stream *stream, const struct manner *m);

/* The unpacker for a magic number's name; NULL: libarchive reads it. */
static const struct unpacker *unpacker_of(const struct magic *magic)
{
	static const struct unpacker *const unpackers[] = { &gzip_unpacker,
		&zstd_unpacker };

	for (size_t i = 0; i < sizeof(unpackers) / sizeof(*unpackers); i++)
		if (strcmp(unpackers[i]->name, magic->name) == 0 &&
			unpackers[i]->available())
			return unpackers[i];
	return NULL;
}

static void read_unpacked(struct inputs *in, struct byte_stream *stream,
	const struct manner *m, const struct unpacker *unpacker)
{
	struct byte_stream *unpacked = unpacker->open(stream);
	struct manner inner = *m;

	inner.depth++;
	inner.compressed = true;
	read_stream(in, unpacked, &inner);
	unpacker->close(unpacked);
}

/* The archive's root directory, where it is one that a tool packed. */
static bool in_packed_root(const char *path, const char **within)
{
	const char *slash;

	while (path[0] == '.' && path[1] == '/')
		path += 2;
	slash = strchr(path, '/');
	if (!slash || !place_packed((struct slice){ path, (size_t)(slash - path) }))
		return false;
	*within = slash + 1;
	return true;
}

static bool too_deep(const char *path)
{
	size_t parts = 0;

	for (const char *p = path; *p; p++)
		parts += *p == '/';
	return parts > DEEPEST_DIRECTORY || strlen(path) >= 4096;
}

/* One member of an archive: is it read? */
static bool is_wanted(const struct manner *m, const struct archive_member *member)
{
	const char *within;

	if (member->type == MEMBER_DIRECTORY || member->type == MEMBER_LINK)
		return false; /* what a link names is a member itself */
	if (in_packed_root(m->member, &within) && !place_is(within))
		return false;
	if (member->type == MEMBER_SPECIAL) {
		cannot_read(m, "it is a device, a FIFO or a socket");
		return false;
	}
	if (too_deep(m->member)) {
		warn("%s: not read: its directories are too deep", shown(m));
		return false;
	}
	return true;
}

/* What a rotated log leaves open goes on in the next member, where that is the next file
 * of the log: which it will be, is not known before. `last`: the member before. */
static void join_rotated(struct manner *m, struct text *last)
{
	const char *slash = strrchr(m->member, '/');

	m->continues = last->n > 0 && rotated_continues(last->p, m->member);
	m->continued = rotated_of(slice_of(slash ? slash + 1 : m->member)).age > 0;
	text_clear(last);
	text_puts(last, m->member);
	text_putc(last, '\0');
}

static void read_archive(struct inputs *in, struct byte_stream *stream,
	const struct manner *m, const struct magic *magic)
{
	const char *why = "";
	struct archive_reader *archive = archive_open(stream, magic, &why);
	struct archive_member member;
	struct text path = { 0 }, last = { 0 };
	enum archive_step step = ARCHIVE_ENDED;
	size_t empty = 0;

	if (!archive) {
		warn("%s is compressed or an archive (%s), and %s", shown(m),
			magic->name, why);
		return;
	}
	if (magic->kind == MAGIC_ARCHIVE)
		in->named.several = in->several = true;
	while ((step = archive_next(archive, &member)) == ARCHIVE_MEMBER) {
		struct manner inner = *m;

		inner.depth++;
		inner.continues = inner.continued = m->continued && member.path.n == 0;
		inner.continues = m->continues && member.path.n == 0;
		if (magic->kind == MAGIC_COMPRESSED) {
			inner.compressed = true;
		} else {
			inner.among = true;
			inner.compressed = false;
			text_clear(&path);
			if (m->member) {
				text_puts(&path, m->member);
				text_putc(&path, '/');
			}
			text_add(&path, member.path);
			text_putc(&path, '\0');
			inner.member = path.p;
			if (member.type != MEMBER_FILE &&
				++empty > MOST_EMPTY_MEMBERS) {
				cannot_read(m,
					"too many directories, links or devices; the "
					"rest of it was not read");
				break;
			}
			if (!is_wanted(&inner, &member))
				continue;
			join_rotated(&inner, &last);
		}
		read_stream(in, archive_stream(archive), &inner);
	}
	if (last.n > 0)
		assembler_flush(in->assembler, true);
	if (step == ARCHIVE_BROKEN)
		cannot_read(m, archive_why(archive));
	archive_close(archive);
	text_free(&path);
	text_free(&last);
}

static void read_container(struct inputs *in, struct byte_stream *stream,
	const struct manner *m, const struct magic *magic)
{
	const struct unpacker *unpacker = unpacker_of(magic);

	if (m->depth >= DEEPEST_CONTAINER)
		cannot_read(m, "there are too many archives inside each other");
	else if (unpacker)
		read_unpacked(in, stream, m, unpacker);
	else
		read_archive(in, stream, m, magic);
}

/* Wait for more of a journal that is followed; silence completes an event. */
static void await(struct inputs *in, struct journal *journal)
{
	struct pollfd poll_fd = { .fd = journal_fd(journal), .events = POLLIN };
	int wait = assembler_waits(in->assembler) ? SILENCE_MSEC : -1;

	if (poll(&poll_fd, 1, wait) == 0)
		assembler_flush(in->assembler, false);
	else
		journal_woken(journal);
}

void read_journal(struct inputs *in, struct journal *journal, const struct manner *m)
{
	struct source_facts facts = { 0 };
	int given;

	assembler_begin(in->assembler, m->file);
	do {
		given = journal_feed(journal, in->assembler, 1000);
		if (given == 0 && m->follow)
			await(in, journal);
	} while (given > 0 || (given == 0 && m->follow));
	assembler_flush(in->assembler, true);
	if (given < 0)
		cannot_read(m, strerror(-given));
	facts.lines = journal_messages(journal);
	facts.bytes = 1;
	add_facts(in, &facts);
	journal_close(journal);
}

/* libsystemd reads a regular file only, at any place of it, and none without a name (EIDRM
 * where st_nlink is 0): neither memfd_create() nor O_TMPFILE makes one of a stream, and the
 * sandbox has no directory for a named one. */
static void read_journal_file(struct inputs *in, int fd, const struct manner *m)
{
	struct journal *journal;
	const char *why = "";
	struct stat st;

	if (m->member || m->compressed) {
		cannot_read(m, "it is a binary journal: unpack it and name it");
	} else if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		cannot_read(
			m, "it is a binary journal: write it to a file and name that");
	} else {
		journal = journal_open_fd(fd, &why);
		if (journal)
			read_journal(in, journal, m);
		else
			cannot_read(m, why);
	}
}

static void read_stream(
	struct inputs *in, struct byte_stream *stream, const struct manner *m)
{
	struct peeked_stream *peeked = must_alloc(sizeof(*peeked));
	const struct magic *magic;

	stream_peek(peeked, stream);
	magic = magic_of((struct slice){ peeked->head, peeked->n });
	if (!magic || magic->kind == MAGIC_PROGRAM)
		read_text(in, &peeked->stream, m);
	else if (magic->kind == MAGIC_JOURNAL)
		read_journal_file(in, stream->fd, m);
	else if (magic->kind == MAGIC_COMPRESSED || magic->kind == MAGIC_ARCHIVE)
		read_container(in, &peeked->stream, m, magic);
	else
		advise_vmcore(m->member ? NULL : m->file, shown(m), magic->kind);
	free(peeked);
}

void read_descriptor(struct inputs *in, int fd, const struct manner *m)
{
	struct byte_stream stream = stream_of(fd);

	if (m->kmsg)
		read_text(in, &stream, m);
	else
		read_stream(in, &stream, m);
}
