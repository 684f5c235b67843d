/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The growing buffer. */
#include "base/text.h"

#include "base/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_free(struct text *text)
{
	free(text->p);
	*text = (struct text){ 0 };
}

void text_clear(struct text *text)
{
	text->n = 0;
}

void text_reserve(struct text *text, size_t bytes)
{
	size_t room = text->room ? text->room : 256;

	if (bytes > SIZE_MAX / 4)
		die("out of memory: a text of %zu bytes", bytes);
	if (text->room - text->n >= bytes)
		return;
	while (room - text->n < bytes)
		room *= 2;
	text->p = must_realloc(text->p, room);
	text->room = room;
}

void text_add(struct text *text, struct slice s)
{
	if (s.n == 0)
		return;
	text_reserve(text, s.n);
	memcpy(text->p + text->n, s.p, s.n);
	text->n += s.n;
}

void text_puts(struct text *text, const char *string)
{
	text_add(text, slice_of(string));
}

void text_putc(struct text *text, char c)
{
	text_add(text, (struct slice){ &c, 1 });
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		die("cannot format \"%s\"", format);
	text_reserve(text, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(text->p + text->n, (size_t)n + 1, format, args);
	va_end(args);
	text->n += (size_t)n;
}

struct slice text_slice(const struct text *text)
{
	return (struct slice){ text->p ? text->p : "", text->n };
}
