/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs that grow, are rotated, come and go: --follow.
 *
 * Files are looked at four times a second: that also works where changes are not
 * announced (NFS), and takes less than a tick of the clock in 20 s. A file is the one that
 * stands under its name: when another one does, the old one is read to its end first,
 * and until somebody writes into the new one, because a log daemon goes on with the
 * old one until it is told. */
#include "cli/follow.h"

#include "base/complain.h"
#include "cli/advice.h"
#include "cli/clean.h"
#include "parsers/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum {
	ROUND_MSEC = 250,
	SILENCE_USEC = 1000000,  /* completes an event */
	OLD_FILE_USEC = 5000000, /* after which a renamed file gets nothing more */
	READS_A_ROUND = 64       /* before the other files have their turn */
};

struct followed {
	const char *name;
	int fd; /* -1: it is not there */
	bool regular, kmsg, ended, missed;
	struct stat st; /* of the file that is open */
	struct byte_stream stream;
	struct source *source;
	struct source_facts facts;
	struct assembler *assembler;
	int64_t heard_usec;    /* when bytes came last, by a clock that only goes on */
	int64_t replaced_usec; /* when another file was first seen; 0: it was not */
};

static volatile sig_atomic_t told_to_end;

static void end_soon(int signal)
{
	(void)signal;
	told_to_end = 1;
}

static int64_t clock_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* Give the source up; what is open in the assembler waits for the next one. */
static void part_from(struct followed *f)
{
	if (f->source)
		source_close(f->source);
	f->source = NULL;
	if (f->fd > STDERR_FILENO)
		close(f->fd);
	f->fd = -1;
}

/* Read from the beginning of what is open. `again` where something was read before it:
 * a report may go on. */
static void begin_reading(struct followed *f, bool again)
{
	struct source_options options = { .follow = true,
		.kmsg = f->kmsg,
		.continued = true,
		.continues = again,
		.lines_before = again ? (uint32_t)f->facts.lines : 0 };

	f->stream = stream_of(f->fd);
	f->source = source_open(f->name, f->assembler, &options, &f->facts);
	f->replaced_usec = 0;
	f->heard_usec = clock_usec();
}

static void give_up(struct followed *f, const char *what, const char *why)
{
	warn("cannot %s %s: %s", what, clean_name(f->name), why);
	part_from(f);
	assembler_flush(f->assembler, true);
	f->ended = true;
}

/* Try to open it. Returns whether it is open now. */
static bool try_open(struct followed *f, bool again)
{
	if (strcmp(f->name, "-") == 0)
		f->fd = STDIN_FILENO;
	else
		f->fd = open(f->name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (f->fd < 0 && errno == ENOENT) {
		if (!f->missed)
			fprintf(stderr, "oomwhy: %s is not there: waiting for it.\n",
				clean_name(f->name));
		f->missed = true;
		return false;
	}
	if (f->fd < 0 || fstat(f->fd, &f->st) != 0) {
		give_up(f, "open", strerror(errno));
		return false;
	}
	if (S_ISDIR(f->st.st_mode)) {
		give_up(f, "follow", "it is a directory");
		return false;
	}
	f->regular = S_ISREG(f->st.st_mode);
	f->kmsg = S_ISCHR(f->st.st_mode) && f->st.st_rdev == makedev(1, 11);
	begin_reading(f, again);
	return true;
}

/* Whether a read of what is no file would have to wait. */
static bool must_wait(const struct followed *f)
{
	struct pollfd p = { .fd = f->fd, .events = POLLIN };

	return !f->regular && poll(&p, 1, 0) == 0;
}

/* A pipe whose writers are gone. A named one may get others. */
static void pipe_ended(struct followed *f)
{
	part_from(f);
	assembler_flush(f->assembler, true);
	if (strcmp(f->name, "-") == 0)
		f->ended = true;
}

/* Nothing new is in the file: does another one stand under its name, or was it cut?
 * Returns whether it is worth reading again at once. */
static bool look_for_rotation(struct followed *f)
{
	struct stat there;
	off_t at = lseek(f->fd, 0, SEEK_CUR);
	int64_t now = clock_usec();

	if (fstat(f->fd, &f->st) == 0 && at > f->st.st_size) {
		/* Copied and truncated. */
		source_close(f->source);
		lseek(f->fd, 0, SEEK_SET);
		begin_reading(f, true);
		return true;
	}
	if (strcmp(f->name, "-") == 0 || stat(f->name, &there) != 0 ||
		(there.st_dev == f->st.st_dev && there.st_ino == f->st.st_ino)) {
		f->replaced_usec = 0;
		return false;
	}
	/* What was written between the last read and now is read first. */
	if (f->replaced_usec == 0) {
		f->replaced_usec = now;
		return true;
	}
	if (there.st_size == 0 && now - f->replaced_usec <= OLD_FILE_USEC)
		return false;
	part_from(f);
	return try_open(f, true);
}

/* Read what is there. Returns whether anything was. */
static bool follow_once(struct followed *f)
{
	ssize_t n = 0;
	bool any = false;

	if (f->ended || (f->fd < 0 && !try_open(f, f->facts.lines > 0)))
		return false;
	for (int i = 0; i < READS_A_ROUND && !told_to_end; i++) {
		if (must_wait(f)) {
			n = -EAGAIN;
			break;
		}
		n = source_feed(f->source, &f->stream);
		if (n <= 0)
			break;
		any = true;
	}
	if (any) {
		f->heard_usec = clock_usec();
		return true;
	}
	if (f->facts.image) {
		give_up(f, "follow", "it is a program or a memory image, no log");
		return false;
	}
	if (n < 0 && n != -EAGAIN) {
		give_up(f, "read", stream_why(&f->stream, (int)-n));
		return false;
	}
	if (f->regular && look_for_rotation(f))
		return true;
	if (!f->regular && n == 0 && !f->kmsg) {
		pipe_ended(f);
		return false;
	}
	/* A report may go on in the next file. */
	if (assembler_waits(f->assembler) && f->replaced_usec == 0 &&
		clock_usec() - f->heard_usec >= SILENCE_USEC)
		assembler_flush(f->assembler, false);
	return false;
}

/* Until something may have come: a quarter of a second, or less where a pipe has it. */
static void wait_for_more(const struct followed *files, size_t count)
{
	struct pollfd *fds = must_alloc(count * sizeof(*fds));

	for (size_t i = 0; i < count; i++) {
		fds[i].fd = files[i].regular || files[i].ended ? -1 : files[i].fd;
		fds[i].events = POLLIN;
	}
	poll(fds, count, ROUND_MSEC);
	free(fds);
}

static void follow_all(struct followed *files, size_t count)
{
	size_t ended = 0;

	while (!told_to_end && ended < count) {
		bool any = false;

		ended = 0;
		for (size_t i = 0; i < count && !told_to_end; i++) {
			any |= follow_once(&files[i]);
			ended += files[i].ended;
		}
		if (!any && ended < count && !told_to_end)
			wait_for_more(files, count);
	}
}

void follow(const struct options *options, take_event *take, void *context)
{
	size_t count = options->file_count > 0 ? (size_t)options->file_count : 1;
	struct followed *files = must_alloc(count * sizeof(*files));
	struct sigaction action = { .sa_handler = end_soon };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (size_t i = 0; i < count; i++) {
		files[i].fd = -1;
		files[i].assembler = assembler_new(take, context);
		files[i].name = options->file_count > 0 ? options->files[i] : "-";
	}
	if (options->file_count == 0 && isatty(STDIN_FILENO)) {
		files[0].name = "/dev/kmsg";
		fputs("oomwhy: following this machine's kernel log (/dev/kmsg)\n",
			stderr);
	}
	follow_all(files, count);
	for (size_t i = 0; i < count; i++) {
		part_from(&files[i]);
		assembler_flush(files[i].assembler, true);
		assembler_free(files[i].assembler);
	}
	free(files);
}
