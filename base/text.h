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
/* Make room for `bytes` more. */
void text_reserve(struct text *text, size_t bytes);
void text_add(struct text *text, struct slice s);
void text_puts(struct text *text, const char *string);
void text_putc(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* What it holds now; valid until the next change. */
struct slice text_slice(const struct text *text);

#endif
