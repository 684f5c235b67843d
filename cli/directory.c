/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory: which of its files are read, in which order, and the word about each
 * that cannot be. */
#include "base/complain.h"
#include "base/text.h"
#include "cli/crew.h"
#include "cli/places.h"
#include "cli/reading.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEEPEST_DIRECTORY = 64, /* deeper ones were made to harm */
	JOURNALS_AT_ONCE = 200  /* each is an open file */
};

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

static bool is_journal_name(const char *name)
{
	struct slice s = slice_of(name);

	return slice_ends(s, ".journal") || slice_ends(s, ".journal~");
}

/* A symbolic link: its target is read where it lies within what was named and is not
 * read there for its own name. One that leads out is not followed: the tree may come
 * from anybody, and the sandbox has closed all else. */
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
	else if (!S_ISDIR(st.st_mode) && !inside)
		cannot_read(&m, "it is a symbolic link to a file elsewhere: name that");
	else if (!S_ISDIR(st.st_mode))
		follow = d->within && !place_is(target + n + (n > 1));
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

static void read_entry_job(struct inputs *in, const struct job_file *file)
{
	read_entry_file(in, file->path, file->continues, file->continued);
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

/* One name of a directory, and whether it goes on in the next name. */
struct entry {
	char *name;
	char reason
		[16]; /* of a part that pstore kept: "Panic"; empty for other files */
	int64_t dump, part;
	bool continued;
};

static void read_entry(
	struct inputs *in, const struct directory *d, const struct entry *entry)
{
	const char *name = entry->name;
	char *path = joined(d->path, name);
	char *within = NULL;
	struct manner m = { .file = path };
	/* What may go on in this one was set by the entry before. */
	bool continues = in->last != NULL;
	struct stat st;

	free(in->last);
	in->last = NULL;
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
	} else if (S_ISREG(st.st_mode) && is_journal_name(name)) {
		/* It was read with the others. */
	} else if (!within || place_is(within)) {
		if (S_ISREG(st.st_mode) ||
			(S_ISLNK(st.st_mode) && follow_link(d, path))) {
			struct job_file file = { .path = path,
				.continues = continues,
				.continued = entry->continued,
				.read = read_entry_job };

			if (in->crew)
				crew_read(in->crew, &file);
			else
				read_entry_job(in, &file);
			if (entry->continued)
				in->last = joined("", path);
		} else if (!S_ISLNK(st.st_mode)) {
			cannot_read(&m, special_name(st.st_mode));
		}
	}
	free(within);
	free(path);
}

/* The first line of a part that pstore kept: "Panic#2 Part3". Part 1 is the newest. */
static void find_part(const char *directory, struct entry *e)
{
	char *path, head[64];
	struct slice rest = { head, 0 }, reason;
	ssize_t n = 0;
	int fd;

	if (strncmp(e->name, "dmesg-", 6) != 0)
		return;
	path = joined(directory, e->name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	free(path);
	if (fd < 0)
		return;
	n = read(fd, head, sizeof(head));
	close(fd);
	rest.n = n > 0 ? (size_t)n : 0;
	if (slice_cut(&rest, '#', &reason) && reason.n < sizeof(e->reason) &&
		slice_take_int(&rest, &e->dump) && slice_take(&rest, " Part") &&
		slice_take_int(&rest, &e->part) && slice_starts(rest, "\n"))
		memcpy(e->reason, reason.p, reason.n);
}

static bool same_dump(const struct entry *a, const struct entry *b)
{
	return a->reason[0] && a->dump == b->dump && strcmp(a->reason, b->reason) == 0;
}

/* Logs by name, the oldest first; then what pstore kept, each dump from its highest
 * part on. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (!x->reason[0] != !y->reason[0])
		return x->reason[0] ? 1 : -1;
	if (x->reason[0] && x->dump != y->dump)
		return x->dump < y->dump ? -1 : 1;
	if (same_dump(x, y) && x->part != y->part)
		return x->part > y->part ? -1 : 1;
	return rotated_compare(x->name, y->name);
}

static void mark_continued(const char *path, struct entry *entries, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		struct entry *e = &entries[i];
		char *here = joined(path, e[0].name), *next = joined(path, e[1].name);

		e->continued = rotated_continues(here, next) ||
			       (same_dump(&e[0], &e[1]) &&
				       quantity_sub(e[0].part, e[1].part) == 1);
		free(here);
		free(next);
	}
}

/* The entries of a directory, sorted; the caller frees each name and the list. */
static struct entry *entries_in(const char *path, size_t *count, bool *marked)
{
	DIR *dir = opendir(path);
	struct entry *entries = NULL;
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
			entries = must_realloc(entries, room * sizeof(*entries));
		}
		*marked = *marked || place_marks_root(entry->d_name);
		entries[(*count)++] =
			(struct entry){ .name = joined("", entry->d_name) };
	}
	closedir(dir);
	for (size_t i = 0; i < *count; i++)
		find_part(path, &entries[i]);
	if (entries)
		qsort(entries, *count, sizeof(*entries), compare_entries);
	mark_continued(path, entries, *count);
	return entries;
}

/* Is it a journal file that is read with the others of its directory? One that is
 * broken gets its message here. */
static bool is_good_journal(const struct directory *d, const char *name, char *path)
{
	struct manner m = { .file = path };
	char *within = d->within ? within_of(d, name, path) : NULL;
	struct journal *journal = NULL;
	const char *why = "";
	struct stat st;

	if ((!within || place_is(within)) && lstat(path, &st) == 0 &&
		S_ISREG(st.st_mode)) {
		journal = journal_open_files((const char *[]){ path, NULL }, &why);
		if (!journal)
			cannot_read(&m, why);
	}
	free(within);
	journal_close(journal);
	return journal != NULL;
}

static void read_journals_at_once(
	struct inputs *in, const struct directory *d, char **paths, size_t count)
{
	/* One file is called by its name, several by their directory's. */
	struct manner m = { .file = count == 1 ? paths[0] : d->path, .among = true };
	struct journal *journal;
	const char *why = "";

	if (count == 0)
		return;
	paths[count] = NULL;
	journal = journal_open_files((const char **)paths, &why);
	if (journal)
		read_journal(in, journal, &m);
	else
		cannot_read(&m, why);
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
}

/* The journal files among the names, as one journal in the order of time. */
static void read_journals(struct inputs *in, const struct directory *d,
	const struct entry *entries, size_t count)
{
	char *paths[JOURNALS_AT_ONCE + 1];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		char *path;

		if (!is_journal_name(entries[i].name))
			continue;
		path = joined(d->path, entries[i].name);
		if (is_good_journal(d, entries[i].name, path))
			paths[n++] = path;
		else
			free(path);
		if (n == JOURNALS_AT_ONCE) {
			read_journals_at_once(in, d, paths, n);
			n = 0;
		}
	}
	read_journals_at_once(in, d, paths, n);
}

static void read_directory(struct inputs *in, const struct directory *d)
{
	struct directory here = *d;
	struct manner m = { .file = d->path };
	size_t count;
	bool marked = false;
	struct entry *entries;

	if (d->depth > DEEPEST_DIRECTORY) {
		cannot_read(&m, "its directories are too deep");
		return;
	}
	entries = entries_in(d->path, &count, &marked);
	if (marked && !here.within)
		here.within = "";
	/* What the directory before left open does not go on in this one. */
	free(in->last);
	in->last = NULL;
	if (in->crew)
		crew_drain(in->crew);
	read_journals(in, &here, entries, count);
	for (size_t i = 0; i < count; i++)
		read_entry(in, &here, &entries[i]);
	for (size_t i = 0; i < count; i++)
		free(entries[i].name);
	free(entries);
}

void read_named_directory(struct inputs *in, const char *name)
{
	struct manner m = { .file = name };
	char *root = realpath(name, NULL);
	struct directory d = { .path = name, .root = root };

	in->named.several = in->several = true;
	if (!root) {
		cannot_read(&m, strerror(errno));
		return;
	}
	d.within = place_root(root);
	read_directory(in, &d);
	free(root);
}
