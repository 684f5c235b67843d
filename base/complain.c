/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on standard error, and memory or the end. */
#include "base/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool trouble;
static void (*before_death)(void);

__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list args)
{
	fflush(stdout);
	fputs("oomwhy: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void warn(const char *format, ...)
{
	va_list args;

	trouble = true;
	va_start(args, format);
	say(format, args);
	va_end(args);
}

void die(const char *format, ...)
{
	va_list args;

	if (before_death)
		before_death();
	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(EXIT_TROUBLE);
}

bool complained(void)
{
	return trouble;
}

void die_calls(void (*before)(void))
{
	before_death = before;
}

void *must_alloc(size_t bytes)
{
	void *p = calloc(1, bytes ? bytes : 1);

	if (!p)
		die("out of memory: %zu bytes were refused", bytes);
	return p;
}

void *must_realloc(void *p, size_t bytes)
{
	void *larger = realloc(p, bytes ? bytes : 1);

	if (!larger)
		die("out of memory: %zu bytes were refused", bytes);
	return larger;
}
