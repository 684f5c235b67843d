/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log that grows, for a loop that must never wait for it alone: /dev/kmsg and pipes are
 * polled, a file is watched with inotify, also for its successor after a rotation. */
#include "cli/live/follow.h"

#include "base/complain.h"
#include "parsers/magic.h"
#include "parsers/source_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	MESSAGES_AT_ONCE = 256,
	ROUND_MSEC = 40,    /* of reading before keys are looked at again */
	SILENCE_MSEC = 700, /* completes an event: seen within two seconds of its end */
	RETRY_MSEC = 1000   /* for files that cannot be watched */
};

struct follow {
	const char *name; /* NULL: /dev/kmsg */
	struct assembler *assembler;
	struct source *source;
	struct source_facts facts;
	struct journal *journal; /* in place of a source */
	int fd, watch;           /* watch: inotify's, or -1 */
	struct byte_stream stream;
	bool regular, ended, looked;
	dev_t device;
	ino_t inode;
	int64_t silent_since; /* milliseconds, of CLOCK_MONOTONIC */
	const char *trouble;
};

static int64_t now_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The file, and its folder for the file that takes its place. */
static void watch_file(struct follow *f)
{
	char folder[4096];
	const char *slash = strrchr(f->name, '/');
	size_t n = slash ? (size_t)(slash - f->name) : 0;

	if (f->watch >= 0)
		close(f->watch);
	f->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->watch < 0 || n >= sizeof(folder) - 1)
		return;
	memcpy(folder, f->name, n);
	folder[n] = '\0';
	if (inotify_add_watch(f->watch, f->name, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF) <
			0 ||
		inotify_add_watch(f->watch, slash ? (n ? folder : "/") : ".",
			IN_CREATE | IN_MOVED_TO) < 0) {
		close(f->watch);
		f->watch = -1;
	}
}

/* Begin to read what is open. A report may go on in the file that takes its place, so
 * only silence, or our own end, completes it. */
static void begin_source(struct follow *f, bool successor)
{
	struct source_options options = { .follow = true,
		.kmsg = !f->name,
		.continues = successor,
		.lines_before = (uint32_t)f->facts.lines,
		.continued = true };

	f->stream = stream_of(f->fd);
	f->source = source_open(
		f->name ? f->name : "/dev/kmsg", f->assembler, &options, &f->facts);
}

/* Open the file of that name and begin to read it. */
static int begin(struct follow *f, bool successor)
{
	struct stat st;

	f->fd = open(f->name ? f->name : "/dev/kmsg",
		O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (f->fd < 0)
		return errno;
	if (fstat(f->fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		int error = S_ISDIR(st.st_mode) ? EISDIR : errno;

		close(f->fd);
		return error;
	}
	f->regular = S_ISREG(st.st_mode);
	f->device = st.st_dev;
	f->inode = st.st_ino;
	if (f->regular)
		watch_file(f);
	begin_source(f, successor);
	return 0;
}

struct follow *follow_open(const char *name, struct assembler *assembler, int *error)
{
	struct follow *f = must_alloc(sizeof(*f));

	f->name = name;
	f->assembler = assembler;
	f->watch = -1;
	*error = begin(f, false);
	if (*error) {
		free(f);
		return NULL;
	}
	f->silent_since = now_msec();
	return f;
}

struct follow *follow_journal(struct assembler *assembler, const char **why)
{
	struct journal *journal = journal_open_machine(why);
	struct follow *f;

	if (!journal)
		return NULL;
	f = must_alloc(sizeof(*f));
	f->journal = journal;
	f->assembler = assembler;
	f->watch = -1;
	f->fd = journal_fd(journal);
	f->silent_since = now_msec();
	assembler_begin(assembler, "the journal");
	return f;
}

void follow_close(struct follow *f)
{
	if (!f)
		return;
	if (f->journal) {
		assembler_flush(f->assembler, true);
		journal_close(f->journal);
	}
	if (f->source) {
		source_close(f->source);
		assembler_flush(f->assembler, true);
		close(f->fd);
	}
	if (f->watch >= 0)
		close(f->watch);
	free(f);
}

int follow_fd(const struct follow *f)
{
	if (f->ended)
		return -1;
	return f->regular ? f->watch : f->fd;
}

int follow_timeout(const struct follow *f)
{
	int64_t left = SILENCE_MSEC - (now_msec() - f->silent_since);

	if (f->ended)
		return -1;
	if (f->source ? source_waits(f->source) : assembler_waits(f->assembler))
		return left > 0 ? (int)left : 0;
	return f->regular && f->watch < 0 ? RETRY_MSEC : -1;
}

bool follow_waits(const struct follow *f)
{
	return assembler_waits(f->assembler);
}

void follow_settle(struct follow *f)
{
	if (f->source)
		source_silence(f->source);
	else
		assembler_flush(f->assembler, false);
}

const char *follow_trouble(const struct follow *f)
{
	return f->trouble;
}

static void stop(struct follow *f, const char *why)
{
	f->ended = true;
	f->trouble = why;
}

/* At the end of what is there: has the file been cut, or has another one its name? True
 * when there is a new beginning to read. */
static bool rotated(struct follow *f)
{
	struct stat st;
	int error;

	if (!f->regular)
		return false;
	if (fstat(f->fd, &st) == 0 && (uint64_t)st.st_size < f->facts.bytes) {
		/* copytruncate: the same file, from its front. */
		source_close(f->source);
		begin_source(f, true);
		return lseek(f->fd, 0, SEEK_SET) == 0;
	}
	if (stat(f->name, &st) != 0 ||
		(st.st_dev == f->device && st.st_ino == f->inode))
		return false;
	source_close(f->source);
	close(f->fd);
	f->source = NULL;
	error = begin(f, true);
	if (error)
		stop(f, strerror(error));
	return !error;
}

/* What does not grow as text is not followed: it is read by `oomwhy FILE`. */
static bool is_text(struct follow *f)
{
	char head[512];
	ssize_t n;

	if (!f->regular || f->looked)
		return true;
	n = pread(f->fd, head, sizeof(head), 0);
	if (n <= 0)
		return true;
	f->looked = true;
	if (!magic_of((struct slice){ head, (size_t)n }))
		return true;
	stop(f, "This is no text that grows; for what it holds: oomwhy FILE.");
	return false;
}

static void forget_notices(const struct follow *f)
{
	char notices[4096];

	while (f->watch >= 0 && read(f->watch, notices, sizeof(notices)) > 0)
		;
}

/* A second of silence completes what waits; a slow log is not silent. */
static void hear_silence(struct follow *f)
{
	if (now_msec() - f->silent_since < SILENCE_MSEC)
		return;
	/* A journal has no source, and no line that may go on. */
	if (f->source && source_waits(f->source))
		source_silence(f->source);
	else if (!f->source && assembler_waits(f->assembler))
		assembler_flush(f->assembler, false);
}

static bool read_journal(struct follow *f)
{
	int64_t until = now_msec() + ROUND_MSEC;
	int n;

	journal_woken(f->journal);
	do {
		n = journal_feed(f->journal, f->assembler, MESSAGES_AT_ONCE);
		if (n < 0)
			stop(f, strerror(-n));
		if (n <= 0) {
			hear_silence(f);
			return false;
		}
		f->silent_since = now_msec();
	} while (f->silent_since < until);
	return true;
}

bool follow_read(struct follow *f)
{
	int64_t until = now_msec() + ROUND_MSEC;

	if (f->ended)
		return false;
	if (f->journal)
		return read_journal(f);
	if (!is_text(f))
		return false;
	forget_notices(f);
	for (;;) {
		ssize_t n = source_feed(f->source, &f->stream);

		if (n > 0) {
			f->silent_since = now_msec();
			if (f->silent_since < until)
				continue;
			return true;
		}
		if (n < 0 && n != -EAGAIN) {
			stop(f, strerror((int)-n));
			return false;
		}
		if (n == 0 && !f->regular) {
			assembler_flush(f->assembler, true);
			stop(f, "The input has ended.");
			return false;
		}
		if (rotated(f))
			continue;
		hear_silence(f);
		return false;
	}
}
