/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Libraries that are loaded when they are first needed: a run that does not use one pays
 * nothing for it, and where it is not installed, all else works. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct library_symbol {
	const char *name;
	void *pointer; /* where the pointer to it goes */
};

struct library {
	const char *file; /* its soname */
	const struct library_symbol *symbols;
	size_t count;
	atomic_int state;
};

/* For the one file that uses a library. FUNCTIONS(F) has F(name) for each function that
 * is called; it is called as lib.name(). */
#define LIBRARY(soname, FUNCTIONS)                                                     \
	static struct {                                                                \
		FUNCTIONS(LIBRARY_POINTER)                                             \
	} lib;                                                                         \
	static const struct library_symbol library_symbols[] = { FUNCTIONS(            \
		LIBRARY_SYMBOL) };                                                     \
	static struct library library = { .file = (soname),                            \
		.symbols = library_symbols,                                            \
		.count = sizeof(library_symbols) / sizeof(*library_symbols) }
#define LIBRARY_POINTER(name) __typeof__(name) *name;
#define LIBRARY_SYMBOL(name)  { #name, &lib.name },

/* Whether the library is there, with all the functions. The first call loads it, for
 * good; any thread may ask. */
bool library_usable(struct library *library);

#endif
