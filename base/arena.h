/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that lives as long as one event and goes at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena;

/* A new, empty arena; arena_free() gives all of its memory back. */
struct arena *arena_new(void);
void arena_free(struct arena *arena);

/* Forget everything in it, and keep its newest chunk for what comes. */
void arena_clear(struct arena *arena);

/* Zeroed memory for any type. Never NULL: without memory the program ends. */
void *arena_alloc(struct arena *arena, size_t bytes);
/* The same with whatever was in it, for an array that its owner fills. */
void *arena_alloc_raw(struct arena *arena, size_t bytes);
/* A copy of `s` that lives as long as the arena. */
struct slice arena_copy(struct arena *arena, struct slice s);
/* A formatted string, NUL-terminated (the length does not count the NUL). */
struct slice arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* How many bytes the arena holds, its own overhead included. */
size_t arena_bytes(const struct arena *arena);

/* Room for one more element: returns `array`, or a larger copy of it in the arena
 * when `count` has reached `*room` (elements). */
void *arena_room(struct arena *arena, void *array, size_t count, size_t *room,
	size_t element_bytes);
/* The same, the new room with whatever was in it: for elements that are set whole. */
void *arena_room_raw(struct arena *arena, void *array, size_t count, size_t *room,
	size_t element_bytes);

#endif
