/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was named on the command line, one after the other. */
#include "cli/inputs.h"

#include "base/complain.h"
#include "base/text.h"
#include "cli/advice.h"
#include "cli/clean.h"
#include "cli/crew.h"
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

void inputs_take(struct inputs *in, struct told told)
{
	in->found++;
	if (in->several)
		merger_take(in->merger, told);
	else
		merger_pass(in->merger, told);
}

/* A take_event. */
static void found(struct oom_event *event, void *in)
{
	inputs_take(in, (struct told){ .event = event });
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
	if (S_ISDIR(st.st_mode)) {
		read_named_directory(in, name);
		if (in->crew)
			crew_drain(in->crew);
	} else {
		read_descriptor(in, fd, &m);
	}
	if (m.continued) {
		in->last = strdup(name);
		if (!in->last)
			die("out of memory");
	}
	if (!m.continued || in->found > before)
		end_named(in, name, before, false);
	if (!standard)
		close(fd);
}

static void read_named_job(struct inputs *in, const struct job_file *file)
{
	read_named(in, file->path, file->next);
}

static bool is_regular(const char *name)
{
	struct stat st;

	return name && strcmp(name, "-") != 0 && stat(name, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

/* The named ones in turn; files are given to the crew, where there is one. */
static void read_all_named(struct inputs *in)
{
	bool continues = false;

	for (int i = 0; i < in->options->file_count; i++) {
		char *name = in->options->files[i];
		char *next = i + 1 < in->options->file_count ? in->options->files[i + 1]
							     : NULL;
		struct job_file file = { .path = name,
			.next = next,
			.continues = continues,
			.continued = next && rotated_continues(name, next),
			.read = read_named_job };

		if (in->crew && is_regular(name)) {
			crew_read(in->crew, &file);
			continues = file.continued;
			continue;
		}
		if (in->crew)
			crew_drain(in->crew);
		read_named(in, name, next);
		if (in->crew)
			crew_drain(in->crew);
		continues = false;
	}
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

/* Whether all that is named are files or directories, which nobody waits for. */
static bool all_at_hand(const struct options *options)
{
	for (int i = 0; i < options->file_count; i++) {
		struct stat st;

		if (strcmp(options->files[i], "-") == 0 ||
			(stat(options->files[i], &st) == 0 && !S_ISREG(st.st_mode) &&
				!S_ISDIR(st.st_mode)))
			return false;
	}
	return options->file_count > 0;
}

void inputs_read(const struct options *options, struct pipeline *pipeline)
{
	struct inputs in = { .options = options };
	size_t workers = crew_size(options);

	in.assembler = assembler_new(found, &in);
	in.merger = merger_new(pipeline_take, pipeline);
	in.several = !options->follow && options->file_count + options->journal > 1;
	if (options->journal)
		read_machine_journal(&in);
	else if (options->file_count == 0 && isatty(STDIN_FILENO))
		read_kernel_log(&in);
	else if (options->file_count == 0)
		read_named(&in, "-", NULL);
	if (workers > 1)
		in.crew = crew_new(&in, workers, pipeline);
	if (workers > 1 && all_at_hand(options))
		pipeline_side_by_side(pipeline, workers);
	read_all_named(&in);
	crew_free(in.crew);
	assembler_flush(in.assembler, true);
	assembler_free(in.assembler);
	merger_end(in.merger);
	free(in.last);
}
