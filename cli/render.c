/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events explained and formatted side by side, written in their order.
 *
 * Events stand in a ring. Workers take the next one that nobody has begun; the caller
 * writes the oldest when the ring is full. That bounds the memory, too. */
#include "cli/render.h"

#include "base/complain.h"

#include <pthread.h>
#include <stdlib.h>

enum { EVENTS_A_WORKER = 16, MOST_RENDERERS = 64 };

struct slot {
	struct oom_event *event;
	struct explanation *x;
	struct text words;
	bool done;
};

struct renderers {
	const struct format *format;
	struct output out; /* a copy, for its settings */
	const struct options *options;
	write_rendered *write;
	void *context;
	pthread_mutex_t lock;
	pthread_cond_t work, news;
	struct slot *ring;
	size_t room, oldest, next, end; /* numbers of events; [n % room] */
	pthread_t threads[MOST_RENDERERS];
	size_t started;
	bool ending;
};

static void render(const struct renderers *r, struct slot *slot)
{
	struct output out = r->out;

	out.buffer = slot->words;
	text_clear(&out.buffer);
	if (!slot->x) {
		slot->x = explain(slot->event);
		explain_what_if(
			slot->x, r->options->what_ifs, r->options->what_if_count);
	}
	r->format->event(&out, slot->x);
	slot->words = out.buffer;
}

static void *work(void *renderers)
{
	struct renderers *r = renderers;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		struct slot *slot;

		while (r->next == r->end && !r->ending)
			pthread_cond_wait(&r->work, &r->lock);
		if (r->next == r->end)
			break;
		slot = &r->ring[r->next++ % r->room];
		pthread_mutex_unlock(&r->lock);
		render(r, slot);
		pthread_mutex_lock(&r->lock);
		slot->done = true;
		/* The caller waits for the oldest one only. */
		if (slot == &r->ring[r->oldest % r->room])
			pthread_cond_signal(&r->news);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

struct renderers *renderers_new(size_t workers, const struct format *format,
	const struct output *out, const struct options *options, write_rendered *write,
	void *context)
{
	struct renderers *r = must_alloc(sizeof(*r));

	r->format = format;
	r->out = *out;
	r->out.to = NULL; /* what is written stays in the buffer */
	r->out.summary = NULL;
	r->out.buffer = (struct text){ 0 };
	r->options = options;
	r->write = write;
	r->context = context;
	if (workers > MOST_RENDERERS)
		workers = MOST_RENDERERS;
	r->room = workers * EVENTS_A_WORKER;
	r->ring = must_alloc(r->room * sizeof(*r->ring));
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	pthread_cond_init(&r->news, NULL);
	while (r->started < workers &&
		pthread_create(&r->threads[r->started], NULL, work, r) == 0)
		r->started++;
	if (r->started > 0)
		return r;
	renderers_free(r);
	return NULL;
}

static void write_oldest(struct renderers *r)
{
	struct slot *slot = &r->ring[r->oldest % r->room];

	pthread_mutex_lock(&r->lock);
	while (!slot->done)
		pthread_cond_wait(&r->news, &r->lock);
	slot->done = false;
	r->oldest++;
	pthread_mutex_unlock(&r->lock);
	r->write(slot->x, text_slice(&slot->words), r->context);
	event_free(slot->event);
	slot->event = NULL;
}

void renderers_take(struct renderers *r, struct oom_event *event, struct explanation *x)
{
	struct slot *slot;

	if (r->end - r->oldest == r->room)
		write_oldest(r);
	pthread_mutex_lock(&r->lock);
	slot = &r->ring[r->end++ % r->room];
	slot->event = event;
	slot->x = x;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
}

void renderers_drain(struct renderers *r)
{
	while (r->oldest != r->end)
		write_oldest(r);
}

void renderers_free(struct renderers *r)
{
	if (!r)
		return;
	renderers_drain(r);
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	pthread_cond_broadcast(&r->work);
	pthread_mutex_unlock(&r->lock);
	for (size_t i = 0; i < r->started; i++)
		pthread_join(r->threads[i], NULL);
	for (size_t i = 0; i < r->room; i++)
		text_free(&r->ring[i].words);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->work);
	pthread_cond_destroy(&r->news);
	free(r->ring);
	free(r);
}
