/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on standard error, and memory or the end. */
#include "base/complain.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_bool trouble;
static void (*before_death)(void);
static _Thread_local struct text *kept; /* instead of standard error */

__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list args)
{
	char *words;

	if (!kept) {
		fflush(stdout);
		vfprintf(stderr, format, args);
	} else if (vasprintf(&words, format, args) >= 0) {
		text_puts(kept, words);
		free(words);
	} else {
		text_puts(kept, "out of memory for a message\n");
	}
}

void remark(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void complaints_into(struct text *text)
{
	kept = text;
}

void warn(const char *format, ...)
{
	va_list args;

	trouble = true;
	remark("oomwhy: ");
	va_start(args, format);
	say(format, args);
	va_end(args);
	remark("\n");
}

void die(const char *format, ...)
{
	va_list args;

	if (before_death)
		before_death();
	kept = NULL;
	remark("oomwhy: ");
	va_start(args, format);
	say(format, args);
	va_end(args);
	remark("\n");
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
