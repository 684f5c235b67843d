/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing buffer of bytes: lines on their way in, words on their way out. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/slice.h"

/* Starts as all zero; text_free() gives its memory back. */
struct text {
	char *p;
	size_t n, room;
};

void text_free(struct text *text);
/* Forget the bytes, keep the memory. */
void text_clear(struct text *text);
/* More memory, of which `bytes` are free. */
void text_grow(struct text *text, size_t bytes);

/* Make room for `bytes` more. */
static inline void text_reserve(struct text *text, size_t bytes)
{
	if (text->room - text->n < bytes)
		text_grow(text, bytes);
}

static inline void text_add(struct text *text, struct slice s)
{
	if (s.n == 0)
		return;
	text_reserve(text, s.n);
	memcpy(text->p + text->n, s.p, s.n);
	text->n += s.n;
}

static inline void text_puts(struct text *text, const char *string)
{
	text_add(text, slice_of(string));
}

static inline void text_putc(struct text *text, char c)
{
	text_reserve(text, 1);
	text->p[text->n++] = c;
}

void text_printf(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* What it holds now; valid until the next change. */
struct slice text_slice(const struct text *text);

#endif
