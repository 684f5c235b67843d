/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments to jobs, and jobs to an exit status. */
#include "base/complain.h"
#include "cli/advice.h"
#include "cli/built.h"
#include "cli/clean.h"
#include "cli/format.h"
#include "cli/options.h"
#include "parsers/anchors.h"
#include "parsers/source.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct run {
	const struct options *options;
	const struct format *format;
	struct output out;
	struct oom_event *last; /* kept back for --last */
	size_t found;
};

static void show(struct run *run, struct oom_event *event)
{
	if (!run->options->quiet) {
		struct explanation *x = explain(event);

		explain_what_if(x, run->options->what_ifs, run->options->what_if_count);
		run->format->event(&run->out, x);
	}
	event_free(event);
}

static void take(struct oom_event *event, void *context)
{
	struct run *run = context;

	run->found++;
	run->out.event++;
	if (run->options->event && (size_t)run->options->event != run->found) {
		event_free(event);
	} else if (run->options->last) {
		event_free(run->last);
		run->last = event;
	} else {
		if (run->options->event)
			run->out.event = 1;
		show(run, event);
	}
}

static size_t terminal_width(void)
{
	const char *told = getenv("COLUMNS");
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col < 80 ? size.ws_col : 80;
	if (isatty(STDOUT_FILENO) && told) {
		long columns = strtol(told, NULL, 10);

		if (columns >= 40 && columns < 80)
			return (size_t)columns;
	}
	return 80;
}

static bool wants_colour(const struct options *options)
{
	const char *off = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->colour != COLOUR_AUTO)
		return options->colour == COLOUR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(off && *off) && term &&
	       strcmp(term, "dumb") != 0;
}

static void begin_output(struct run *run)
{
	const struct options *o = run->options;

	run->out.to = stdout;
	run->out.terminal = isatty(STDOUT_FILENO);
	run->out.width = o->width ? (size_t)o->width : terminal_width();
	run->out.colour = wants_colour(o);
	run->out.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	run->out.full = o->full;
	run->out.why_not = o->why_not;
	run->out.wiki_url = o->wiki_url ? o->wiki_url : getenv("OOMWHY_WIKI_URL");
	if (!run->out.wiki_url || !*run->out.wiki_url)
		run->out.wiki_url = OOMWHY_WIKI_URL;
	run->out.summary = summary_new();
	run->out.several_sources = o->file_count > 1;
}

/* Read one source; true when something was there to read. */
static bool read_source(struct run *run, struct assembler *assembler, int fd,
	const char *name, bool kmsg)
{
	struct source_options options = { .follow = run->options->follow,
		.kmsg = kmsg };
	struct source_facts facts;
	size_t before = run->found;
	struct stat st;
	int error;

	/* A pipe may fall silent with an event in it: `tail -f log | oomwhy`. */
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !kmsg)
		options.follow = true;
	error = source_read(fd, name, assembler, &options, &facts);
	if (error) {
		warn("cannot read %s: %s", clean_name(name), strerror(error));
		return false;
	}
	if (run->found == before && !run->options->quiet)
		advise_nothing_found(name, &facts, kmsg);
	return true;
}

static void read_file(struct run *run, struct assembler *assembler, const char *name)
{
	struct stat st;
	int fd;

	if (strcmp(name, "-") == 0) {
		read_source(run, assembler, STDIN_FILENO, "-", false);
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
		read_source(run, assembler, fd, name, false);
	close(fd);
}

/* No argument and a terminal: this machine's own kernel log. */
static void read_kernel_log(struct run *run, struct assembler *assembler)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		advise_forbidden(errno);
		return;
	}
	fputs("oomwhy: reading this machine's kernel log (/dev/kmsg)\n", stderr);
	read_source(run, assembler, fd, "/dev/kmsg", true);
	close(fd);
}

static int explain_all(const struct options *options)
{
	struct run run = { .options = options };
	struct assembler *assembler;

	run.format = format_named(options->format ? options->format : "text");
	begin_output(&run);
	assembler = assembler_new(take, &run);
	if (options->file_count == 0 && isatty(STDIN_FILENO))
		read_kernel_log(&run, assembler);
	else if (options->file_count == 0)
		read_file(&run, assembler, "-");
	for (int i = 0; i < options->file_count; i++)
		read_file(&run, assembler, options->files[i]);
	assembler_flush(assembler, true);
	if (run.last) {
		run.out.event = 1;
		show(&run, run.last);
	}
	if (run.format->end && !options->quiet && !options->last && !options->event)
		run.format->end(&run.out);
	assembler_free(assembler);
	summary_free(run.out.summary);
	text_free(&run.out.buffer);
	if (options->event && run.found < (size_t)options->event && run.found > 0)
		warn("there are only %zu events", run.found);
	if (complained())
		return EXIT_TROUBLE;
	return run.found > 0 ? EXIT_FOUND : EXIT_NOTHING;
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
