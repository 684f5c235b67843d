/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many files read side by side, their events and messages in the order of the files.
 *
 * Jobs stand in a ring in the order of the input. Workers take the next one that nobody
 * has begun; the caller's thread hands on what the oldest one found, and so is the only
 * one that writes. Workers that run ahead wait when what they found takes too much
 * memory, until it is the turn of their job. */
#include "cli/crew.h"

#include "base/complain.h"
#include "base/text.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	MOST_WORKERS = 256,
	DEFAULT_WORKERS = 16,
	MOST_AHEAD_BYTES = 64 * 1024 * 1024, /* of events that wait, all together */
	AHEAD_SHARE = 32,                    /* and of the machine's memory */
	OLDEST_BYTES = 4 * 1024 * 1024,      /* that wait in the oldest job */
	HANDFUL = 16,                        /* events for which the caller wakes */
	HANDFUL_MSEC = 10,                   /* and how long it waits for them */
	WORTH_BYTES = 8 * 1024 * 1024        /* less is read before a thread starts */
};

struct found {
	struct told told;
	struct found *next;
};

struct job {
	struct crew *crew;
	struct job_file *files;
	size_t file_count;
	struct inputs in; /* the worker's */
	struct found *first, **last;
	size_t waiting, waiting_bytes; /* the events in the list */
	bool several;         /* there is an archive in it: see struct inputs */
	struct text messages; /* of the worker */
	struct text after;    /* of the caller, before it came to the next job */
	struct text words;    /* the worker's, see pipeline_tell_ahead() */
	bool done;
};

struct crew {
	struct inputs *in;
	const struct pipeline *pipeline;
	pthread_mutex_t lock;
	pthread_cond_t work; /* for workers: a job, or room in one */
	pthread_cond_t news; /* for the caller: an event, or a job is done */
	struct job **ring;
	size_t room, oldest, next, end; /* numbers of jobs; [n % room] */
	struct job *pending;            /* waits for the next file of its log */
	pthread_t threads[MOST_WORKERS];
	size_t workers, started, busy;
	size_t waiting_bytes, most_bytes; /* of events of all jobs */
	bool ending;
};

static size_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (n > DEFAULT_WORKERS ? DEFAULT_WORKERS : (size_t)n);
}

size_t crew_size(const struct options *options)
{
	off_t bytes = 0;
	bool worth = false;

	if (options->jobs > 0)
		return (size_t)options->jobs;
	for (int i = 0; i < options->file_count; i++) {
		struct stat st;

		if (stat(options->files[i], &st) != 0)
			continue;
		worth |= S_ISDIR(st.st_mode);
		if (S_ISREG(st.st_mode))
			bytes = quantity_add(bytes, st.st_size);
	}
	return worth || bytes >= WORTH_BYTES ? processors() : 1;
}

static size_t most_ahead(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
	size_t share = pages > 0 && bytes > 0
			       ? (size_t)pages / AHEAD_SHARE * (size_t)bytes
			       : MOST_AHEAD_BYTES;

	return share < MOST_AHEAD_BYTES ? share : MOST_AHEAD_BYTES;
}

struct crew *crew_new(
	struct inputs *in, size_t workers, const struct pipeline *pipeline)
{
	struct crew *crew = must_alloc(sizeof(*crew));

	crew->in = in;
	crew->pipeline = pipeline;
	crew->workers = workers < MOST_WORKERS ? workers : MOST_WORKERS;
	crew->room = 2 * crew->workers;
	crew->most_bytes = most_ahead();
	crew->ring = must_alloc(crew->room * sizeof(struct job *));
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->work, NULL);
	pthread_cond_init(&crew->news, NULL);
	/* What one thread frees another takes again: it need not go back to the system. */
	mallopt(M_TRIM_THRESHOLD, MOST_AHEAD_BYTES);
	mallopt(M_MMAP_THRESHOLD, MOST_AHEAD_BYTES / 8);
	return crew;
}

static bool is_oldest(const struct job *job)
{
	const struct crew *crew = job->crew;

	return crew->ring[crew->oldest % crew->room] == job;
}

static bool is_too_far_ahead(const struct job *job)
{
	return is_oldest(job) ? job->waiting_bytes > OLDEST_BYTES
			      : job->crew->waiting_bytes > job->crew->most_bytes;
}

static bool all_are_busy(struct crew *crew)
{
	bool all;

	pthread_mutex_lock(&crew->lock);
	all = crew->busy == crew->workers;
	pthread_mutex_unlock(&crew->lock);
	return all;
}

/* A worker found an event. While all have work it explains the event itself, which is
 * in this processor's cache; a processor with nothing to read explains for others. */
static void put(struct oom_event *event, void *job_)
{
	struct job *job = job_;
	struct crew *crew = job->crew;
	struct found *found = must_alloc(sizeof(*found));
	size_t bytes;

	job->in.found++;
	if (all_are_busy(crew))
		found->told = pipeline_tell_ahead(crew->pipeline, event, &job->words);
	else
		found->told.event = event;
	bytes = arena_bytes(found->told.event->arena);
	pthread_mutex_lock(&crew->lock);
	while (is_too_far_ahead(job))
		pthread_cond_wait(&crew->work, &crew->lock);
	*job->last = found;
	job->last = &found->next;
	job->waiting++;
	job->waiting_bytes += bytes;
	crew->waiting_bytes += bytes;
	job->several = job->in.several;
	if (is_oldest(job) && (job->waiting == 1 || job->waiting == HANDFUL ||
				      job->waiting_bytes > OLDEST_BYTES))
		pthread_cond_signal(&crew->news);
	pthread_mutex_unlock(&crew->lock);
}

static void do_job(struct job *job)
{
	struct inputs *in = &job->in;

	in->assembler = assembler_new(put, job);
	for (size_t i = 0; i < job->file_count; i++)
		job->files[i].read(in, &job->files[i]);
	assembler_flush(in->assembler, true);
	assembler_free(in->assembler);
	free(in->last);
}

static void *work(void *crew_)
{
	struct crew *crew = crew_;

	pthread_mutex_lock(&crew->lock);
	for (;;) {
		struct job *job;

		while (crew->next == crew->end && !crew->ending)
			pthread_cond_wait(&crew->work, &crew->lock);
		if (crew->next == crew->end)
			break;
		job = crew->ring[crew->next++ % crew->room];
		crew->busy++;
		pthread_mutex_unlock(&crew->lock);
		complaints_into(&job->messages);
		do_job(job);
		complaints_into(NULL);
		pthread_mutex_lock(&crew->lock);
		job->done = true;
		crew->busy--;
		if (is_oldest(job))
			pthread_cond_signal(&crew->news);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

static void job_free(struct job *job)
{
	for (size_t i = 0; i < job->file_count; i++) {
		free(job->files[i].path);
		free(job->files[i].next);
	}
	free(job->files);
	text_free(&job->messages);
	text_free(&job->after);
	text_free(&job->words);
	free(job);
}

static void add_facts_of(struct inputs *to, const struct inputs *from)
{
	to->named.files += from->named.files;
	to->named.facts.bytes += from->named.facts.bytes;
	to->named.facts.lines += from->named.facts.lines;
}

/* Messages of this thread stand behind those of the newest job, or come at once where
 * no job is left. */
static void turn_messages(struct crew *crew)
{
	struct job *newest = crew->pending;

	if (!newest && crew->oldest != crew->end)
		newest = crew->ring[(crew->end - 1) % crew->room];
	complaints_into(newest ? &newest->after : NULL);
}

static void say_all(struct slice words)
{
	while (words.n > 0) {
		struct slice some = slice_first(words, 4096);

		remark("%.*s", SLICE_ARG(some));
		words = slice_from(words, some.n);
	}
}

/* Wait for an event of the job, or its end; and a little longer for a handful of events,
 * so that the threads do not wake each other for every one. The lock is held. */
static void await_events(struct crew *crew, const struct job *job)
{
	struct timespec until;
	int error = 0;

	while (!job->first && !job->done)
		pthread_cond_wait(&crew->news, &crew->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += HANDFUL_MSEC * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	while (job->waiting < HANDFUL && job->waiting_bytes <= OLDEST_BYTES &&
		!job->done && error == 0)
		error = pthread_cond_timedwait(&crew->news, &crew->lock, &until);
}

/* Hand on what the oldest job finds, until it is done. */
static void finish_oldest(struct crew *crew)
{
	struct job *job = crew->ring[crew->oldest % crew->room];
	bool done = false;

	while (!done) {
		struct found *found, *next;

		pthread_mutex_lock(&crew->lock);
		await_events(crew, job);
		found = job->first;
		job->first = NULL;
		job->last = &job->first;
		crew->waiting_bytes -= job->waiting_bytes;
		job->waiting = job->waiting_bytes = 0;
		done = job->done;
		crew->in->several |= job->several;
		if (done)
			crew->oldest++;
		/* Whoever was too far ahead may not be any more. */
		pthread_cond_broadcast(&crew->work);
		pthread_mutex_unlock(&crew->lock);
		complaints_into(NULL);
		for (; found; found = next) {
			next = found->next;
			inputs_take(crew->in, found->told);
			free(found);
		}
	}
	say_all(text_slice(&job->messages));
	say_all(text_slice(&job->after));
	add_facts_of(crew->in, &job->in);
	turn_messages(crew);
	job_free(job);
}

/* More threads only as far as there are jobs for them. */
static void need_worker(struct crew *crew)
{
	if (crew->started < crew->workers && crew->started < crew->end - crew->oldest &&
		pthread_create(&crew->threads[crew->started], NULL, work, crew) == 0)
		crew->started++;
}

static void submit(struct crew *crew)
{
	struct job *job = crew->pending;

	if (!job)
		return;
	crew->pending = NULL;
	if (crew->end - crew->oldest == crew->room)
		finish_oldest(crew);
	pthread_mutex_lock(&crew->lock);
	crew->ring[crew->end++ % crew->room] = job;
	pthread_cond_signal(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	need_worker(crew);
	if (crew->started == 0)
		die("cannot start a thread; -j 1 needs none");
	turn_messages(crew);
}

static struct job *job_new(struct crew *crew)
{
	struct job *job = must_alloc(sizeof(*job));

	job->crew = crew;
	job->last = &job->first;
	job->in.options = crew->in->options;
	job->in.named.several = crew->in->named.several;
	return job;
}

static char *copied(const char *words)
{
	char *copy = words ? strdup(words) : NULL;

	if (words && !copy)
		die("out of memory: %zu bytes were refused", strlen(words) + 1);
	return copy;
}

void crew_read(struct crew *crew, const struct job_file *file)
{
	struct job *job;

	if (!file->continues)
		submit(crew);
	if (!crew->pending)
		crew->pending = job_new(crew);
	job = crew->pending;
	job->files =
		must_realloc(job->files, (job->file_count + 1) * sizeof(*job->files));
	job->files[job->file_count] = *file;
	job->files[job->file_count].path = copied(file->path);
	job->files[job->file_count].next = copied(file->next);
	job->file_count++;
	turn_messages(crew);
	if (!file->continued)
		submit(crew);
}

void crew_drain(struct crew *crew)
{
	submit(crew);
	while (crew->oldest != crew->end)
		finish_oldest(crew);
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	crew_drain(crew);
	pthread_mutex_lock(&crew->lock);
	crew->ending = true;
	pthread_cond_broadcast(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	for (size_t i = 0; i < crew->started; i++)
		pthread_join(crew->threads[i], NULL);
	pthread_mutex_destroy(&crew->lock);
	pthread_cond_destroy(&crew->work);
	pthread_cond_destroy(&crew->news);
	free(crew->ring);
	free(crew);
}
