/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arena: chunks that grow with it, freed together. */
#include "base/arena.h"

#include "base/complain.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chunk {
	struct chunk *next;
	size_t used, room;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct chunk *newest;
	size_t total;
};

enum { FIRST_CHUNK = 16 * 1024, LARGEST_CHUNK = 1024 * 1024 };

struct arena *arena_new(void)
{
	return must_alloc(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	struct chunk *next;

	if (!arena)
		return;
	for (struct chunk *c = arena->newest; c; c = next) {
		next = c->next;
		free(c);
	}
	free(arena);
}

void arena_clear(struct arena *arena)
{
	struct chunk *newest = arena->newest, *next;

	if (!newest)
		return;
	for (struct chunk *c = newest->next; c; c = next) {
		next = c->next;
		free(c);
	}
	newest->next = NULL;
	newest->used = 0;
	arena->total = sizeof(*newest) + newest->room;
}

/* A new chunk in front, with room for so many bytes at least. What is larger than a chunk
 * gets one of its own behind the newest, whose rest serves what comes. */
static struct chunk *add_chunk(struct arena *arena, size_t bytes)
{
	/* A quarter of what there is: no more than that lies idle in an event that is kept. */
	size_t room = arena->total / 4;
	struct chunk *c;

	if (room < FIRST_CHUNK)
		room = FIRST_CHUNK;
	if (room > LARGEST_CHUNK)
		room = LARGEST_CHUNK;
	if (room < bytes)
		room = bytes;
	c = must_realloc(NULL, sizeof(*c) + room);
	c->room = room;
	c->used = 0;
	arena->total += sizeof(*c) + room;
	if (room == bytes && arena->newest) {
		c->next = arena->newest->next;
		arena->newest->next = c;
		return c;
	}
	c->next = arena->newest;
	arena->newest = c;
	return c;
}

/* Memory with whatever was in it. */
static void *take(struct arena *arena, size_t bytes)
{
	struct chunk *c = arena->newest;
	size_t align = alignof(max_align_t);
	void *p;

	if (bytes > SIZE_MAX / 4)
		die("out of memory: one piece of %zu bytes was asked for", bytes);
	bytes = (bytes + align - 1) / align * align;
	if (!c || c->room - c->used < bytes)
		c = add_chunk(arena, bytes);
	p = c->bytes + c->used;
	c->used += bytes;
	return p;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	return memset(take(arena, bytes), 0, bytes);
}

void *arena_alloc_raw(struct arena *arena, size_t bytes)
{
	return take(arena, bytes);
}

struct slice arena_copy(struct arena *arena, struct slice s)
{
	char *p = take(arena, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct slice){ p, s.n };
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
	struct chunk *c = arena->newest;
	size_t room = c ? c->room - c->used : 0;
	va_list args;
	int n;
	char *p;

	/* Most fit into what the chunk has left: printed where they stay. */
	va_start(args, format);
	n = vsnprintf(c ? c->bytes + c->used : NULL, room, format, args);
	va_end(args);
	if (n < 0)
		die("cannot format \"%s\"", format);
	p = take(arena, (size_t)n + 1);
	if ((size_t)n < room)
		return (struct slice){ p, (size_t)n };
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return (struct slice){ p, (size_t)n };
}

size_t arena_bytes(const struct arena *arena)
{
	return arena->total;
}

void *arena_room_raw(struct arena *arena, void *array, size_t count, size_t *room,
	size_t element_bytes)
{
	void *larger;

	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 8;
	larger = take(arena, *room * element_bytes);
	if (count > 0)
		memcpy(larger, array, count * element_bytes);
	return larger;
}

void *arena_room(struct arena *arena, void *array, size_t count, size_t *room,
	size_t element_bytes)
{
	void *same_or_larger = arena_room_raw(arena, array, count, room, element_bytes);

	if (same_or_larger != array)
		memset((char *)same_or_larger + count * element_bytes, 0,
			(*room - count) * element_bytes);
	return same_or_larger;
}
