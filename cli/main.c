/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments to jobs, and jobs to an exit status. */
#include "base/complain.h"
#include "cli/advice.h"
#include "cli/built.h"
#include "cli/clean.h"
#include "cli/options.h"
#include "cli/pipeline.h"
#include "parsers/anchors.h"
#include "parsers/source.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What every input is read with. */
struct reading {
	const struct options *options;
	struct pipeline *pipeline;
	struct assembler *assembler;
};

/* Read one source; true when something was there to read. */
static bool read_source(
	const struct reading *reading, int fd, const char *name, bool kmsg)
{
	struct source_options options = { .follow = reading->options->follow,
		.kmsg = kmsg };
	struct byte_stream stream = stream_of(fd);
	struct source_facts facts;
	size_t before = pipeline_taken(reading->pipeline);
	struct stat st;
	int error;

	/* A pipe may fall silent with an event in it: `tail -f log | oomwhy`. */
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !kmsg)
		options.follow = true;
	error = source_read(&stream, name, reading->assembler, &options, &facts);
	if (error) {
		warn("cannot read %s: %s", clean_name(name),
			stream_why(&stream, error));
		return false;
	}
	if (pipeline_taken(reading->pipeline) == before && !reading->options->quiet)
		advise_nothing_found(name, &facts, kmsg);
	return true;
}

static void read_file(const struct reading *reading, const char *name)
{
	struct stat st;
	int fd;

	if (strcmp(name, "-") == 0) {
		read_source(reading, STDIN_FILENO, "-", false);
		return;
	}
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		warn("cannot open %s: %s", clean_name(name), strerror(errno));
		return;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		warn("%s is a directory: name the log files in it", clean_name(name));
	else
		read_source(reading, fd, name, false);
	close(fd);
}

/* No argument and a terminal: this machine's own kernel log. */
static void read_kernel_log(const struct reading *reading)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		advise_forbidden(errno);
		return;
	}
	fputs("oomwhy: reading this machine's kernel log (/dev/kmsg)\n", stderr);
	read_source(reading, fd, "/dev/kmsg", true);
	close(fd);
}

static int explain_all(const struct options *options)
{
	struct reading reading = { .options = options };

	reading.pipeline = pipeline_new(options);
	reading.assembler = assembler_new(pipeline_take, reading.pipeline);
	if (options->file_count == 0 && isatty(STDIN_FILENO))
		read_kernel_log(&reading);
	else if (options->file_count == 0)
		read_file(&reading, "-");
	for (int i = 0; i < options->file_count; i++)
		read_file(&reading, options->files[i]);
	assembler_flush(reading.assembler, true);
	assembler_free(reading.assembler);
	return pipeline_end(reading.pipeline);
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
	/* A word that later versions give a meaning; a file of that name is ./live. */
	if (argc > 1 && strcmp(argv[1], "live") == 0)
		die("the live view is not in this version; for a file of that name write ./live");
	if (!options_parse(&options, argc, argv))
		return EXIT_TROUBLE;
	if (options.help) {
		print_help();
		return finished(EXIT_FOUND);
	}
	if (options.version) {
		puts("oomwhy " OOMWHY_VERSION " +json +wiki");
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
