/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only user of curses besides the themes. What it changes on the terminal it
 * changes back, whatever ends the program. */
#include "cli/live/terminal.h"

#include "base/complain.h"

#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

/* Names of terminfo that are macros. */
#undef columns
#undef lines

static struct {
	bool open;
	bool nowhere;
	SCREEN *screen;
	FILE *in, *out;
	struct termios before;
	bool before_known;
	char goodbye[256]; /* what a crash writes to give the terminal back */
	size_t goodbye_bytes;
} terminal;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
enum { CRASHES = sizeof(crashes) / sizeof(*crashes) };
static struct sigaction crash_before[CRASHES];

/* A crash may have curses' own memory in pieces: only write() and tcsetattr(), which a
 * signal handler may call, and strings made at the start. */
static void on_crash(int number)
{
	static const char words[] = "oomwhy: this is a bug: the live view crashed\r\n";
	int saved = errno;

	if (write(STDOUT_FILENO, terminal.goodbye, terminal.goodbye_bytes) < 0)
		errno = saved;
	if (terminal.before_known)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		errno = saved;
	for (size_t i = 0; i < CRASHES; i++)
		if (crashes[i] == number)
			sigaction(number, &crash_before[i], NULL);
	raise(number);
}

static void watch_crashes(void)
{
	static char stack[16384];
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_ONSTACK };

	sigaltstack(&other, NULL);
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &action, &crash_before[i]);
}

/* A string of this terminal's terminfo, or NULL; tigetstr() has two ways to say no. */
static const char *capability(const char *name)
{
	const char *s = tigetstr(name);

	return (intptr_t)s == -1 ? NULL : s;
}

/* A capability without its delays ("$<5>"), which only tputs() understands. */
static void add_goodbye(const char *name)
{
	const char *s = capability(name);

	if (!s)
		return;
	while (*s && terminal.goodbye_bytes < sizeof(terminal.goodbye) - 3) {
		const char *end = strncmp(s, "$<", 2) == 0 ? strchr(s, '>') : NULL;

		if (end)
			s = end + 1;
		else
			terminal.goodbye[terminal.goodbye_bytes++] = *s++;
	}
}

const char *terminal_lacks(void)
{
	int error;

	if (setupterm(NULL, STDOUT_FILENO, &error) == ERR)
		return "is not known here";
	if (!capability("cup"))
		return "cannot move its cursor";
	return NULL;
}

static void settle(enum theme theme)
{
	theme_begin(theme);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	idlok(stdscr, TRUE);
}

bool terminal_open(enum theme theme)
{
	terminal.before_known = tcgetattr(STDIN_FILENO, &terminal.before) == 0;
	terminal.screen = newterm(NULL, stdout, stdin);
	if (!terminal.screen)
		return false;
	terminal.open = true;
	settle(theme);
	add_goodbye("sgr0");
	add_goodbye("rmkx");
	add_goodbye("cnorm");
	add_goodbye("rmcup");
	terminal.goodbye[terminal.goodbye_bytes++] = '\r';
	terminal.goodbye[terminal.goodbye_bytes++] = '\n';
	watch_crashes();
	die_calls(terminal_close);
	return true;
}

bool terminal_open_nowhere(enum theme theme, int rows, int columns)
{
	terminal.nowhere = true;
	terminal.in = fopen("/dev/null", "r");
	terminal.out = fopen("/dev/null", "w");
	if (!terminal.in || !terminal.out)
		return false;
	terminal.screen = newterm(NULL, terminal.out, terminal.in);
	if (!terminal.screen)
		return false;
	terminal.open = true;
	settle(theme);
	resizeterm(rows, columns);
	die_calls(terminal_close);
	return true;
}

void terminal_close(void)
{
	if (!terminal.open)
		return;
	terminal.open = false;
	die_calls(NULL);
	endwin();
	delscreen(terminal.screen);
	if (!terminal.nowhere) {
		for (size_t i = 0; i < CRASHES; i++)
			sigaction(crashes[i], &crash_before[i], NULL);
		return;
	}
	fclose(terminal.in);
	fclose(terminal.out);
}

void terminal_size(int *rows, int *columns)
{
	*rows = LINES;
	*columns = COLS;
}

void terminal_resize(int rows, int columns)
{
	resizeterm(rows, columns);
	clearok(curscr, TRUE);
}

bool terminal_measure(void)
{
	struct winsize size;

	if (terminal.nowhere || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
		size.ws_row == 0 || size.ws_col == 0 ||
		(size.ws_row == LINES && size.ws_col == COLS))
		return false;
	terminal_resize(size.ws_row, size.ws_col);
	return true;
}

void terminal_line(int y, const struct row *row, bool selected)
{
	struct slice text = text_slice(&row->text);
	size_t end = bytes_in_columns(text, (size_t)COLS), at = 0, span = 0;
	attr_t extra = selected ? A_REVERSE : 0;
	attr_t look = (attr_t)theme_look(ROLE_TEXT);

	if (y < 0 || y >= LINES)
		return;
	move(y, 0);
	while (at < end) {
		size_t to = end;

		while (span < row->span_count && row->spans[span].from <= at)
			look = (attr_t)theme_look((int)row->spans[span++].role);
		if (span < row->span_count && row->spans[span].from < end)
			to = row->spans[span].from;
		attrset((int)(look | extra));
		addnstr(text.p + at, (int)(to - at));
		at = to;
	}
	attrset((int)(theme_look(ROLE_TEXT) | extra));
	if (getcury(stdscr) != y)
		return;
	if (!selected)
		clrtoeol();
	else
		hline(' ' | A_REVERSE, COLS - getcurx(stdscr));
}

void terminal_show(bool all)
{
	attrset(A_NORMAL);
	move(LINES - 1, COLS - 1);
	if (all)
		clearok(curscr, TRUE);
	refresh();
}

static const struct {
	int curses, code;
} codes[] = {
	{ KEY_UP, K_UP },
	{ KEY_DOWN, K_DOWN },
	{ KEY_LEFT, K_LEFT },
	{ KEY_RIGHT, K_RIGHT },
	{ KEY_PPAGE, K_PAGE_UP },
	{ KEY_NPAGE, K_PAGE_DOWN },
	{ KEY_HOME, K_HOME },
	{ KEY_END, K_END },
	{ KEY_F(1), K_F1 },
	{ KEY_BACKSPACE, K_BACKSPACE },
	{ KEY_RESIZE, K_RESIZE },
	{ KEY_ENTER, ENTER },
};

int terminal_key(void)
{
	wint_t key;
	int kind = get_wch(&key);

	if (kind == ERR)
		return NO_KEY;
	if (kind != KEY_CODE_YES) {
		if (key == '\r')
			return ENTER;
		return key == 127 || key == 8 ? K_BACKSPACE : (int)key;
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if ((wint_t)codes[i].curses == key)
			return codes[i].code;
	return K_OTHER;
}

void terminal_suspend(void)
{
	struct sigaction now, ours = { .sa_handler = SIG_DFL };

	if (terminal.nowhere)
		return;
	def_prog_mode();
	endwin();
	sigaction(SIGTSTP, &ours, &now);
	raise(SIGTSTP);
	/* Here again: the shell has put us into the foreground. */
	sigaction(SIGTSTP, &now, NULL);
	reset_prog_mode();
	terminal_show(true);
}

void terminal_dump(FILE *to, bool looks)
{
	char line[4096];

	for (int y = 0; y < LINES; y++) {
		int n = 0;

		if (looks) {
			chtype cells[512] = { 0 };
			int count = COLS < 511 ? COLS : 511;

			mvinchnstr(y, 0, cells, count);
			for (; n < count; n++)
				line[n] = theme_letter(cells[n]);
			while (n > 0 && line[n - 1] == '.')
				n--;
		} else {
			n = mvinnstr(y, 0, line, (int)sizeof(line) - 1);
			while (n > 0 && line[n - 1] == ' ')
				n--;
		}
		fprintf(to, "%.*s\n", n < 0 ? 0 : n, line);
	}
}
