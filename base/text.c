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

void text_grow(struct text *text, size_t bytes)
{
	size_t room = text->room ? text->room : 256;

	if (bytes > SIZE_MAX / 4)
		die("out of memory: a text of %zu bytes", bytes);
	while (room - text->n < bytes)
		room *= 2;
	text->p = must_realloc(text->p, room);
	text->room = room;
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	text_reserve(text, 64);
	va_start(args, format);
	n = vsnprintf(text->p + text->n, text->room - text->n, format, args);
	va_end(args);
	if (n < 0)
		die("cannot format \"%s\"", format);
	if ((size_t)n >= text->room - text->n) {
		text_reserve(text, (size_t)n + 1);
		va_start(args, format);
		vsnprintf(text->p + text->n, (size_t)n + 1, format, args);
		va_end(args);
	}
	text->n += (size_t)n;
}

struct slice text_slice(const struct text *text)
{
	return (struct slice){ text->p ? text->p : "", text->n };
}
