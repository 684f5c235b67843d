/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only user of curses, which is loaded for the live view alone. What it changes on the
 * terminal it changes back, whatever ends the program.
 *
 * One window as large as the screen is drawn on, and not stdscr: then only functions are
 * looked up in the library, none of its variables. */
#include "cli/live/terminal.h"

#include "base/complain.h"
#include "base/library.h"

#define NCURSES_NOMACROS
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

/* The functions of curses that are called, a name each. */
#define FUNCTIONS(F)                                                                   \
	F(setupterm)                                                                   \
	F(tigetnum)                                                                    \
	F(tigetstr)                                                                    \
	F(newterm)                                                                     \
	F(delscreen)                                                                   \
	F(endwin)                                                                      \
	F(newwin)                                                                      \
	F(resizeterm)                                                                  \
	F(getmaxx)                                                                     \
	F(getmaxy)                                                                     \
	F(start_color)                                                                 \
	F(has_colors)                                                                  \
	F(use_default_colors)                                                          \
	F(init_pair)                                                                   \
	F(cbreak)                                                                      \
	F(noecho)                                                                      \
	F(nonl)                                                                        \
	F(intrflush)                                                                   \
	F(keypad)                                                                      \
	F(nodelay)                                                                     \
	F(set_escdelay)                                                                \
	F(curs_set)                                                                    \
	F(idlok)                                                                       \
	F(clearok)                                                                     \
	F(wmove)                                                                       \
	F(wattrset)                                                                    \
	F(waddnstr)                                                                    \
	F(whline)                                                                      \
	F(wclrtoeol)                                                                   \
	F(getcurx)                                                                     \
	F(getcury)                                                                     \
	F(wrefresh)                                                                    \
	F(wget_wch)                                                                    \
	F(def_prog_mode)                                                               \
	F(reset_prog_mode)                                                             \
	F(mvwinchnstr)                                                                 \
	F(mvwinnstr)

LIBRARY("libncursesw.so.6", FUNCTIONS);

static struct {
	bool open;
	bool nowhere;
	SCREEN *screen;
	WINDOW *window;
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
	const char *s = lib.tigetstr(name);

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

	if (!library_usable(&library))
		return "cannot be drawn on without ncurses (Debian's package libncursesw6)";
	if (lib.setupterm(NULL, STDOUT_FILENO, &error) == ERR)
		return "is not known here";
	if (!capability("cup"))
		return "cannot move its cursor";
	return NULL;
}

/* The theme, or none where the terminal has no colours. One that cannot go back to its own
 * colours would get black. */
static enum theme possible(enum theme theme)
{
	if (theme != THEME_NONE &&
		(lib.start_color() == ERR || !lib.has_colors() ||
			lib.tigetnum("colors") < 8 || lib.use_default_colors() == ERR))
		return THEME_NONE;
	return theme;
}

static void make_pair(short number, short colour)
{
	lib.init_pair(number, colour, -1);
}

static bool settle(enum theme theme)
{
	theme_begin(possible(theme), make_pair);
	terminal.window = lib.newwin(0, 0, 0, 0);
	if (!terminal.window) {
		lib.endwin();
		lib.delscreen(terminal.screen);
		return false;
	}
	terminal.open = true;
	lib.cbreak();
	lib.noecho();
	lib.nonl();
	lib.intrflush(terminal.window, FALSE);
	lib.keypad(terminal.window, TRUE);
	lib.nodelay(terminal.window, TRUE);
	lib.set_escdelay(50);
	lib.curs_set(0);
	lib.idlok(terminal.window, TRUE);
	return true;
}

bool terminal_open(enum theme theme)
{
	terminal.before_known = tcgetattr(STDIN_FILENO, &terminal.before) == 0;
	terminal.screen = lib.newterm(NULL, stdout, stdin);
	if (!terminal.screen || !settle(theme))
		return false;
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
	if (!terminal.in || !terminal.out || !library_usable(&library))
		return false;
	terminal.screen = lib.newterm(NULL, terminal.out, terminal.in);
	if (!terminal.screen || !settle(theme))
		return false;
	lib.resizeterm(rows, columns);
	die_calls(terminal_close);
	return true;
}

void terminal_close(void)
{
	if (!terminal.open)
		return;
	terminal.open = false;
	die_calls(NULL);
	lib.endwin();
	lib.delscreen(terminal.screen);
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
	*rows = lib.getmaxy(terminal.window);
	*columns = lib.getmaxx(terminal.window);
}

void terminal_resize(int rows, int columns)
{
	lib.resizeterm(rows, columns);
	lib.clearok(terminal.window, TRUE);
}

bool terminal_measure(void)
{
	struct winsize size;
	int rows, columns;

	terminal_size(&rows, &columns);
	if (terminal.nowhere || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
		size.ws_row == 0 || size.ws_col == 0 ||
		(size.ws_row == rows && size.ws_col == columns))
		return false;
	terminal_resize(size.ws_row, size.ws_col);
	return true;
}

void terminal_line(int y, const struct row *row, bool selected)
{
	struct slice text = text_slice(&row->text);
	WINDOW *w = terminal.window;
	int columns = lib.getmaxx(w);
	size_t end = bytes_in_columns(text, (size_t)columns), at = 0, span = 0;
	attr_t extra = selected ? A_REVERSE : 0;
	attr_t look = (attr_t)theme_look(ROLE_TEXT);

	if (y < 0 || y >= lib.getmaxy(w))
		return;
	lib.wmove(w, y, 0);
	while (at < end) {
		size_t to = end;

		while (span < row->span_count && row->spans[span].from <= at)
			look = (attr_t)theme_look((int)row->spans[span++].role);
		if (span < row->span_count && row->spans[span].from < end)
			to = row->spans[span].from;
		lib.wattrset(w, (int)(look | extra));
		lib.waddnstr(w, text.p + at, (int)(to - at));
		at = to;
	}
	lib.wattrset(w, (int)(theme_look(ROLE_TEXT) | extra));
	if (lib.getcury(w) != y)
		return;
	if (!selected)
		lib.wclrtoeol(w);
	else
		lib.whline(w, ' ' | A_REVERSE, columns - lib.getcurx(w));
}

void terminal_show(bool all)
{
	WINDOW *w = terminal.window;

	lib.wattrset(w, A_NORMAL);
	lib.wmove(w, lib.getmaxy(w) - 1, lib.getmaxx(w) - 1);
	if (all)
		lib.clearok(w, TRUE);
	lib.wrefresh(w);
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
	int kind = lib.wget_wch(terminal.window, &key);

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
	lib.def_prog_mode();
	lib.endwin();
	sigaction(SIGTSTP, &ours, &now);
	raise(SIGTSTP);
	/* Here again: the shell has put us into the foreground. */
	sigaction(SIGTSTP, &now, NULL);
	lib.reset_prog_mode();
	terminal_show(true);
}

void terminal_dump(FILE *to, bool looks)
{
	char line[4096];
	int rows, columns;

	terminal_size(&rows, &columns);
	for (int y = 0; y < rows; y++) {
		int n = 0;

		if (looks) {
			chtype cells[512] = { 0 };
			int count = columns < 511 ? columns : 511;

			lib.mvwinchnstr(terminal.window, y, 0, cells, count);
			for (; n < count; n++)
				line[n] = theme_letter(cells[n]);
			while (n > 0 && line[n - 1] == '.')
				n--;
		} else {
			n = lib.mvwinnstr(
				terminal.window, y, 0, line, (int)sizeof(line) - 1);
			while (n > 0 && line[n - 1] == ' ')
				n--;
		}
		fprintf(to, "%.*s\n", n < 0 ? 0 : n, line);
	}
}
