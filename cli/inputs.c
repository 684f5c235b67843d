/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From names to bytes: what is opened, what is passed over, and the word about each
 * thing that cannot be read. */
#include "cli/inputs.h"

#include "base/complain.h"
#include "base/text.h"
#include "cli/advice.h"
#include "cli/clean.h"
#include "cli/places.h"
#include "parsers/container.h"
#include "parsers/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEEPEST_CONTAINER = 8,      /* an archive in an archive in... */
	DEEPEST_DIRECTORY = 64,     /* deeper ones were made to harm */
	MOST_EMPTY_MEMBERS = 200000 /* directories, links, devices in one archive */
};

struct inputs {
	const struct options *options;
	struct assembler *assembler;
	take_event *take;
	void *context;
	size_t found; /* events so far */
	/* Of the source that was named, for the word when nothing is found in it. */
	struct {
		bool several; /* it holds several: a directory, an archive */
		size_t files;
		struct source_facts facts;
	} named;
	char *last; /* path of the file that may go on in the next one, or NULL */
	uint32_t last_lines;
};

/* How one source is to be read. */
struct manner {
	const char *file, *member;
	size_t depth; /* of containers round it */
	bool kmsg;
	bool follow;
	bool among; /* one of several; what is no log is passed over */
	bool compressed;
	bool continues, continued;
};

static void take_counted(struct oom_event *event, void *context)
{
	struct inputs *in = context;

	in->found++;
	in->take(event, in->context);
}

/* "file", or "file: member", safe for a terminal; lasts until the next call. */
static const char *shown(const struct manner *m)
{
	static struct text text;

	text_clear(&text);
	text_puts(&text, strcmp(m->file, "-") == 0 ? "standard input" : m->file);
	if (m->member) {
		text_puts(&text, ": ");
		text_puts(&text, m->member);
	}
	text_putc(&text, '\0');
	return clean_name(text.p);
}

/* `why` is a library's, and may hold the archive's own bytes. */
static void cannot_read(const struct manner *m, const char *why)
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
}

static void read_stream(
	struct inputs *in, struct byte_stream *stream, const struct manner *m);

static void read_gzip(
	struct inputs *in, struct byte_stream *stream, const struct manner *m)
{
	struct gzip *gzip = gzip_open(stream);

	read_stream(in, gzip_stream(gzip), m);
	gzip_close(gzip);
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

static void read_archive(struct inputs *in, struct byte_stream *stream,
	const struct manner *m, const struct magic *magic)
{
	const char *why = "";
	struct archive_reader *archive = archive_open(stream, magic, &why);
	struct archive_member member;
	struct text path = { 0 };
	enum archive_step step = ARCHIVE_ENDED;
	size_t empty = 0;

	if (!archive) {
		warn("%s is compressed or an archive (%s), and %s", shown(m),
			magic->name, why);
		return;
	}
	if (magic->kind == MAGIC_ARCHIVE)
		in->named.several = true;
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
		}
		read_stream(in, archive_stream(archive), &inner);
	}
	if (step == ARCHIVE_BROKEN)
		cannot_read(m, archive_why(archive));
	archive_close(archive);
	text_free(&path);
}

static void read_container(struct inputs *in, struct byte_stream *stream,
	const struct manner *m, const struct magic *magic)
{
	struct manner inner = *m;

	if (m->depth >= DEEPEST_CONTAINER) {
		cannot_read(m, "there are too many archives inside each other");
		return;
	}
	inner.depth++;
	inner.compressed = true;
	if (magic->kind == MAGIC_GZIP && gzip_available())
		read_gzip(in, stream, &inner);
	else
		read_archive(in, stream, m, magic);
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
		cannot_read(m, "it is a binary journal");
	else if (magic->kind == MAGIC_GZIP || magic->kind == MAGIC_COMPRESSED ||
		 magic->kind == MAGIC_ARCHIVE)
		read_container(in, &peeked->stream, m, magic);
	else
		advise_vmcore(m->member ? NULL : m->file, shown(m), magic->kind);
	free(peeked);
}

/* A descriptor, as a named file or one of a directory. */
static void read_descriptor(struct inputs *in, int fd, const struct manner *m)
{
	struct byte_stream stream = stream_of(fd);

	if (m->kmsg)
		read_text(in, &stream, m);
	else
		read_stream(in, &stream, m);
}

/* A directory of a tree, and where in the tree it lies. */
struct directory {
	const char *path;   /* as it is shown and opened */
	const char *within; /* path within the tree's root; NULL: read everything */
	size_t depth;
	const char *root; /* of what was named, without symbolic links */
};

static void read_directory(struct inputs *in, const struct directory *d);

static char *joined(const char *directory, const char *name)
{
	struct text t = { 0 };

	text_puts(&t, directory);
	if (t.n > 0 && t.p[t.n - 1] != '/')
		text_putc(&t, '/');
	text_puts(&t, name);
	text_putc(&t, '\0');
	return t.p;
}

/* A symbolic link: its target is read where it lies outside of what was named, or lies
 * inside and is not read there. */
static bool follow_link(const struct directory *d, const char *path)
{
	struct manner m = { .file = path };
	char *target = realpath(path, NULL);
	size_t n = strlen(d->root);
	struct stat st;
	bool inside, follow = false;

	if (!target) {
		cannot_read(&m, errno == ENOENT ? "it is a symbolic link to nothing"
						: strerror(errno));
		return false;
	}
	inside = strncmp(target, d->root, n) == 0 &&
		 (target[n] == '/' || target[n] == '\0' || n == 1);
	if (stat(target, &st) != 0)
		cannot_read(&m, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		follow = !inside || (d->within && !place_is(target + n + (n > 1)));
	else {
		char *here = realpath(d->path, NULL);
		size_t k = strlen(target);

		if (here && strncmp(here, target, k) == 0 &&
			(here[k] == '/' || here[k] == '\0' || k == 1))
			cannot_read(&m,
				"it is a symbolic link to a directory that holds "
				"it");
		else if (!inside)
			cannot_read(
				&m, "it is a symbolic link to a directory elsewhere");
		free(here);
	}
	free(target);
	return follow;
}

static void read_entry_file(
	struct inputs *in, const char *path, bool continues, bool continued)
{
	struct manner m = { .file = path,
		.among = true,
		.continues = continues,
		.continued = continued };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		cannot_read(&m, strerror(errno));
		return;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		read_descriptor(in, fd, &m);
	else
		cannot_read(&m, "it is no regular file");
	close(fd);
}

static const char *special_name(mode_t mode)
{
	if (S_ISFIFO(mode))
		return "it is a FIFO";
	if (S_ISSOCK(mode))
		return "it is a socket";
	return "it is a device";
}

/* Where an entry lies in the tree: NULL where everything is read. */
static char *within_of(const struct directory *d, const char *name, const char *path)
{
	char *absolute;
	const char *root;

	if (d->within)
		return *d->within ? joined(d->within, name) : joined("", name);
	/* A tree inside a plain directory. */
	absolute = realpath(path, NULL);
	root = absolute ? place_root(absolute) : NULL;
	free(absolute);
	return root ? joined("", root) : NULL;
}

static void read_entry(struct inputs *in, const struct directory *d, const char *name,
	const char *next)
{
	char *path = joined(d->path, name),
	     *after = next ? joined(d->path, next) : NULL;
	char *within = NULL;
	struct manner m = { .file = path };
	struct stat st;

	if (d->within)
		within = within_of(d, name, path);
	if (lstat(path, &st) != 0) {
		cannot_read(&m, strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		if (!d->within)
			within = within_of(d, name, path);
		if (!within || place_below(within)) {
			struct directory below = { .path = path,
				.within = within,
				.depth = d->depth + 1,
				.root = d->root };

			read_directory(in, &below);
		}
	} else if (!within || place_is(within)) {
		if (S_ISREG(st.st_mode) ||
			(S_ISLNK(st.st_mode) && follow_link(d, path))) {
			bool continued = after && rotated_continues(path, after);
			bool continues = in->last && rotated_continues(in->last, path);

			free(in->last);
			in->last = NULL;
			read_entry_file(in, path, continues, continued);
			if (continued)
				in->last = joined("", path);
		} else if (!S_ISLNK(st.st_mode)) {
			cannot_read(&m, special_name(st.st_mode));
		}
	}
	free(within);
	free(path);
	free(after);
}

static int compare_names(const void *a, const void *b)
{
	return rotated_compare(*(char *const *)a, *(char *const *)b);
}

/* The names in a directory, sorted; the caller frees each and the list. */
static char **names_in(const char *path, size_t *count, bool *marked)
{
	DIR *dir = opendir(path);
	char **names = NULL;
	size_t room = 0;
	struct dirent *entry;

	*count = 0;
	if (!dir) {
		struct manner m = { .file = path };

		cannot_read(&m, strerror(errno));
		return NULL;
	}
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (*count == room) {
			room = room ? 2 * room : 64;
			names = must_realloc(names, room * sizeof(*names));
		}
		*marked = *marked || place_marks_root(entry->d_name);
		names[(*count)++] = joined("", entry->d_name);
	}
	closedir(dir);
	if (names)
		qsort(names, *count, sizeof(*names), compare_names);
	return names;
}

static void read_directory(struct inputs *in, const struct directory *d)
{
	struct directory here = *d;
	struct manner m = { .file = d->path };
	size_t count;
	bool marked = false;
	char **names;

	if (d->depth > DEEPEST_DIRECTORY) {
		cannot_read(&m, "its directories are too deep");
		return;
	}
	names = names_in(d->path, &count, &marked);
	if (marked && !here.within)
		here.within = "";
	for (size_t i = 0; i < count; i++)
		read_entry(in, &here, names[i], i + 1 < count ? names[i + 1] : NULL);
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

static void read_named_directory(struct inputs *in, const char *name)
{
	struct manner m = { .file = name };
	char *root = realpath(name, NULL);
	struct directory d = { .path = name, .root = root };

	in->named.several = true;
	if (!root) {
		cannot_read(&m, strerror(errno));
		return;
	}
	d.within = place_root(root);
	read_directory(in, &d);
	free(root);
}

static void begin_named(struct inputs *in)
{
	memset(&in->named, 0, sizeof(in->named));
}

static void end_named(struct inputs *in, const char *name, size_t before, bool kmsg)
{
	if (in->found > before || in->options->quiet)
		return;
	if (in->named.several)
		advise_nothing_in_files(name, in->named.files, &in->named.facts);
	else if (in->named.files > 0)
		advise_nothing_found(name, &in->named.facts, kmsg);
}

/* A file, a pipe, a device or a directory that the user named. */
static void read_named(struct inputs *in, const char *name, const char *next)
{
	bool standard = strcmp(name, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct manner m = { .file = name, .follow = in->options->follow };
	size_t before = in->found;
	struct stat st = { 0 };

	begin_named(in);
	if (fd < 0) {
		warn("cannot open %s: %s", clean_name(name), strerror(errno));
		return;
	}
	fstat(fd, &st);
	/* A pipe may fall silent with an event in it: `tail -f log | oomwhy`. */
	if (!S_ISREG(st.st_mode))
		m.follow = true;
	m.continues = in->last && rotated_continues(in->last, name);
	m.continued = !m.follow && next && rotated_continues(name, next);
	free(in->last);
	in->last = NULL;
	if (S_ISDIR(st.st_mode))
		read_named_directory(in, name);
	else
		read_descriptor(in, fd, &m);
	if (m.continued)
		in->last = joined("", name);
	if (!m.continued || in->found > before)
		end_named(in, name, before, false);
	if (!standard)
		close(fd);
}

/* No argument and a terminal: this machine's own kernel log. */
static void read_kernel_log(struct inputs *in)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct manner m = { .file = "/dev/kmsg", .kmsg = true };

	if (fd < 0) {
		advise_forbidden(errno);
		return;
	}
	fputs("oomwhy: reading this machine's kernel log (/dev/kmsg)\n", stderr);
	begin_named(in);
	read_descriptor(in, fd, &m);
	end_named(in, "/dev/kmsg", 0, true);
	close(fd);
}

void inputs_read(const struct options *options, take_event *take, void *context)
{
	struct inputs in = { .options = options, .take = take, .context = context };

	in.assembler = assembler_new(take_counted, &in);
	if (options->file_count == 0 && isatty(STDIN_FILENO))
		read_kernel_log(&in);
	else if (options->file_count == 0)
		read_named(&in, "-", NULL);
	for (int i = 0; i < options->file_count; i++)
		read_named(&in, options->files[i],
			i + 1 < options->file_count ? options->files[i + 1] : NULL);
	assembler_flush(in.assembler, true);
	assembler_free(in.assembler);
	free(in.last);
}
