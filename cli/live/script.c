/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests: keys and commands from a file in place of a terminal.
 *
 * A line is the name of a key, or `:save NAME` (the screen as text on standard output),
 * `:looks NAME` (the role of each cell), `:resize COLUMNSxROWS`, `:type TEXT`,
 * `:read` (go on reading the source until it falls silent). */
#include "cli/live/loop.h"

#include "base/complain.h"
#include "cli/clean.h"
#include "cli/live/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifdef OOMWHY_TEST

static void save(struct live *live, struct slice name, bool looks)
{
	live_draw(live);
	printf("== %.*s\n", SLICE_ARG(name));
	terminal_dump(stdout, looks);
}

static void resize(struct live *live, struct slice size)
{
	int64_t rows, columns;

	if (!slice_take_int(&size, &columns) || !slice_take(&size, "x") ||
		!slice_take_int(&size, &rows) || rows < 1 || rows > 1000 ||
		columns < 1 || columns > 1000)
		die("script: :resize COLUMNSxROWS");
	terminal_resize((int)rows, (int)columns);
	live_resize(live, (int)rows, (int)columns);
}

static void type(struct live *live, struct slice words)
{
	for (size_t i = 0; i < words.n; i++)
		live_key(live, (unsigned char)words.p[i]);
}

static void read_all(struct live *live, struct follow *follow)
{
	while (follow_read(follow))
		;
	follow_settle(follow);
	live->state = live->follow ? "following" : "paused";
	if (follow_trouble(follow) && live->trouble.n == 0) {
		text_puts(&live->trouble, follow_trouble(follow));
		live->state = "ended";
	}
}

static void obey(struct live *live, struct follow *follow, struct slice line)
{
	if (slice_take(&line, ":save "))
		save(live, line, false);
	else if (slice_take(&line, ":looks "))
		save(live, line, true);
	else if (slice_take(&line, ":resize "))
		resize(live, line);
	else if (slice_take(&line, ":type "))
		type(live, line);
	else if (slice_is(line, ":read"))
		read_all(live, follow);
	else if (key_named(line) >= 0)
		live_key(live, key_named(line));
	else
		die("script: no key and no command: %.*s", SLICE_ARG(line));
}

int script_run(struct live *live, struct follow *follow, const char *file)
{
	FILE *in = fopen(file, "r");
	char buffer[1024];

	if (!in)
		die("cannot open %s: %s", clean_name(file), strerror(errno));
	live->fixed_clock = true;
	read_all(live, follow);
	while (!live->quit && fgets(buffer, sizeof(buffer), in)) {
		struct slice line = slice_of(buffer);

		if (slice_ends(line, "\n"))
			line.n--;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		obey(live, follow, line);
		live->state = live->trouble.n > 0
				      ? "ended"
				      : (live->follow ? "following" : "paused");
		/* As the loop would, so that every state is drawn once. */
		if (!live->quit)
			live_draw(live);
		live->suspend = false;
	}
	fclose(in);
	printf("== end: %s\n", live->quit ? "quit" : "still running");
	return EXIT_FOUND;
}

#else

/* A file of nothing is no C. */
typedef int no_script;

#endif
