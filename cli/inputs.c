/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was named on the command line, one after the other. */
#include "cli/inputs.h"

#include "base/complain.h"
#include "base/text.h"
#include "cli/advice.h"
#include "cli/clean.h"
#include "cli/merge.h"
#include "cli/places.h"
#include "cli/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void take_counted(struct oom_event *event, void *context)
{
	struct inputs *in = context;

	in->found++;
	if (in->several)
		merger_take(in->merger, event);
	else
		in->take(event, in->context);
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
		in->last = strdup(name);
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

/* --journal: this machine's journal. */
static void read_machine_journal(struct inputs *in)
{
	struct manner m = { .file = "journal", .follow = in->options->follow };
	size_t before = in->found;
	const char *why = "";
	struct journal *journal = journal_open_machine(&why);

	begin_named(in);
	if (!journal) {
		warn("cannot read this machine's journal: %s", why);
		return;
	}
	read_journal(in, journal, &m);
	end_named(in, "the journal", before, false);
}

void inputs_read(const struct options *options, take_event *take, void *context)
{
	struct inputs in = { .options = options, .take = take, .context = context };

	in.assembler = assembler_new(take_counted, &in);
	in.merger = merger_new(take, context);
	in.several = !options->follow && options->file_count + options->journal > 1;
	if (options->journal)
		read_machine_journal(&in);
	else if (options->file_count == 0 && isatty(STDIN_FILENO))
		read_kernel_log(&in);
	else if (options->file_count == 0)
		read_named(&in, "-", NULL);
	for (int i = 0; i < options->file_count; i++)
		read_named(&in, options->files[i],
			i + 1 < options->file_count ? options->files[i + 1] : NULL);
	assembler_flush(in.assembler, true);
	assembler_free(in.assembler);
	merger_end(in.merger);
	free(in.last);
}
