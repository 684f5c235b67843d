/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments to jobs, and jobs to an exit status. */
#include "base/complain.h"
#include "cli/built.h"
#include "cli/follow.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "cli/sandbox.h"
#include "parsers/anchors.h"
#include "parsers/container.h"
#include "parsers/source_journal.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Before the first byte of a log is read: what is named may be read, nothing else. */
static void give_up_rights(const struct options *options)
{
	static const char *const unnamed[] = { "/dev/kmsg", "/var/log/journal",
		"/run/log/journal" };
	enum { UNNAMED = sizeof(unnamed) / sizeof(*unnamed) };
	size_t count = (size_t)options->file_count;
	const char **read = must_alloc((count + UNNAMED) * sizeof(*read));
	struct sandbox_paths paths = { .read = read,
		.read_count = count,
		/* A log that is rotated is another file of the same directory. */
		.read_directories = options->follow };

	for (size_t i = 0; i < count; i++)
		read[i] = options->files[i];
	if (count == 0 || options->journal)
		for (size_t i = 0; i < UNNAMED; i++)
			read[paths.read_count++] = unnamed[i];
	if (!options->no_sandbox)
		sandbox_enter(&paths);
	free(read);
}

/* Journals are followed by their own library. */
static bool follows_journal(const struct options *options)
{
	struct stat st;

	return options->journal ||
	       (options->file_count == 1 &&
		       (slice_ends(slice_of(options->files[0]), ".journal") ||
			       (stat(options->files[0], &st) == 0 &&
				       S_ISDIR(st.st_mode))));
}

static int explain_all(const struct options *options)
{
	struct pipeline *pipeline;

	/* Before the rights to open it are given up. */
	if (options->output && !output_open(options->output))
		return EXIT_TROUBLE;
	pipeline = pipeline_new(options);
	give_up_rights(options);
	if (options->follow && !follows_journal(options))
		follow(options, pipeline_take_event, pipeline);
	else
		inputs_read(options, pipeline);
	return pipeline_end(pipeline);
}

/* Features as kmod prints them: what is there is +, and - what is not. */
static void print_version(void)
{
	printf("oomwhy " OOMWHY_VERSION
	       " +json +wiki %cgzip %czstd %carchive %cjournal %s\n",
		gzip_unpacker.available() ? '+' : '-',
		zstd_unpacker.available() ? '+' : '-', archive_available() ? '+' : '-',
		journal_available() ? '+' : '-', sandbox_describe());
}

static int finished(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("cannot write the output: %s", strerror(errno));
		return EXIT_TROUBLE;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };

	setlocale(LC_CTYPE, "");
	/* A closed pipe ends us quietly, as it ends grep. */
	signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; argc > 1 && i < command_count; i++)
		if (strcmp(argv[1], command_rows[i].name) == 0)
			return command_rows[i].run(argc - 1, argv + 1);
	if (!options_parse(&options, argc, argv))
		return EXIT_TROUBLE;
	if (options.help) {
		print_help();
		return finished(EXIT_FOUND);
	}
	if (options.version) {
		print_version();
		return finished(EXIT_FOUND);
	}
	if (options.completion_data) {
		print_completion_data();
		return finished(EXIT_FOUND);
	}
	if (options.anchors) {
		for (size_t i = 0; i < anchor_count; i++)
			puts(anchors[i]);
		return finished(EXIT_FOUND);
	}
	return explain_all(&options);
}
