/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event driven: without something to do it sleeps until the clock's next minute. It draws
 * only when something changed, and in a flood ten times a second at the most. */
#include "cli/live/loop.h"

#include "base/complain.h"
#include "cli/live/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DRAW_MSEC = 100 };

/* Written by the handlers, read by the loop. */
static volatile sig_atomic_t ended, interrupted, resized, stopped, continued;
static int pipe_ends[2] = { -1, -1 };

static void on_signal(int number)
{
	int saved = errno;

	switch (number) {
	case SIGINT:
		/* A second one ends us even where the loop does not come round. */
		if (interrupted) {
			terminal_close();
			_exit(EXIT_TROUBLE);
		}
		interrupted = 1;
		break;
	case SIGWINCH:
		resized = 1;
		break;
	case SIGTSTP:
		stopped = 1;
		break;
	case SIGCONT:
		continued = 1;
		break;
	default:
		ended = number;
	}
	if (write(pipe_ends[1], "", 1) < 0)
		errno = saved;
	errno = saved;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP,
	SIGCONT };

static void watch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
		die("cannot make a pipe: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
}

static int64_t now_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int msec_to_minute(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int)((60 - t.tv_sec % 60) * 1000);
}

static void note_size(struct live *live)
{
	int rows, columns;

	terminal_size(&rows, &columns);
	live_resize(live, rows, columns);
}

static void take_signals(struct live *live)
{
	char bytes[64];

	while (read(pipe_ends[0], bytes, sizeof(bytes)) > 0)
		;
	if (interrupted) {
		interrupted = 0;
		live_key(live, CTRL_C);
	}
	if (stopped) {
		stopped = 0;
		live_key(live, CTRL_Z);
	}
	if (live->suspend) {
		live->suspend = false;
		terminal_suspend();
		resized = 1;
	}
	if (continued) {
		continued = 0;
		resized = 1;
		live->redraw = live->dirty = true;
	}
	if (resized) {
		resized = 0;
		terminal_measure();
		note_size(live);
	}
}

static void take_keys(struct live *live)
{
	int code;

	while (!live->quit && !live->suspend && (code = terminal_key()) != NO_KEY) {
		if (code == K_RESIZE)
			note_size(live);
		else
			live_key(live, code);
	}
}

static void note_trouble(struct live *live, const struct follow *follow)
{
	const char *trouble = follow_trouble(follow);

	if (!trouble || live->trouble.n > 0)
		return;
	text_puts(&live->trouble, trouble);
	live->state = "ended";
	live_say(live, "%s", trouble);
	live->stale = true;
}

static int least(int a, int b)
{
	if (a < 0)
		return b;
	return b < 0 || a < b ? a : b;
}

int loop_run(struct live *live, struct follow *follow, bool machine_log)
{
	int64_t drawn = now_msec() - DRAW_MSEC;
	bool more = true, history = true;

	watch_signals();
	while (!live->quit && !ended) {
		struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
			{ pipe_ends[0], POLLIN, 0 }, { follow_fd(follow), POLLIN, 0 } };
		int wait = least(follow_timeout(follow), msec_to_minute());
		int64_t since = now_msec() - drawn;

		if (live_shows_present(live)) {
			if (present_due(&live->present) == 0)
				live_refresh(live);
			wait = least(wait, present_due(&live->present));
		}
		if (live->dirty && since >= DRAW_MSEC) {
			live_draw(live);
			drawn = now_msec();
		} else if (live->dirty) {
			wait = least(wait, (int)(DRAW_MSEC - since));
		}
		if (poll(fds, 3, more ? 0 : wait) == 0 && !more && !live->dirty)
			live->dirty = true; /* the clock, or silence after an event */
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			ended = SIGHUP;
		take_keys(live);
		take_signals(live);
		more = follow_read(follow);
		live->state =
			more ? "reading" : (live->follow ? "following" : "paused");
		note_trouble(live, follow);
		/* A kernel log without an event: then how far it is to the first. */
		if (history && !more && machine_log) {
			history = false;
			if (live->ring.seen == 0 && !follow_waits(follow)) {
				live_open_present(live, &screen_available);
				live->waiting = true;
			}
		}
	}
	return ended;
}

int loop_lines(struct follow *follow)
{
	watch_signals();
	while (!ended && !interrupted && !follow_trouble(follow)) {
		struct pollfd fds[] = { { pipe_ends[0], POLLIN, 0 },
			{ follow_fd(follow), POLLIN, 0 } };

		if (!follow_read(follow))
			poll(fds, 2, follow_timeout(follow));
		if (stopped) {
			stopped = 0;
			raise(SIGSTOP);
		}
	}
	return ended;
}
