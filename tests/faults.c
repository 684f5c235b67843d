/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: memory, disks and pipes fail. The whole program, linked with --wrap, so that the
 * calls of our own code (not those of the libraries) fail when the environment says so:
 *
 *   FAULT_ALLOC=N   the Nth allocation fails; what the C library allocates for us counts
 *                   (strdup, vasprintf, realpath, opendir, fdopen), and a thread too
 *   FAULT_READ=eio:N | eintr | short    the Nth read fails; each second one is
 *                   interrupted; each gives one byte
 *   FAULT_WRITE=eio:N | eintr | short   the same for write
 *   FAULT_COUNT=FILE  how many allocations, reads and writes there were */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *p, size_t bytes);
ssize_t __real_read(int fd, void *to, size_t room);
ssize_t __real_write(int fd, const void *from, size_t n);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *p, size_t bytes);
char *__real_strdup(const char *s);
char *__wrap_strdup(const char *s);
char *__real_realpath(const char *path, char *to);
char *__wrap_realpath(const char *path, char *to);
DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);
FILE *__real_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
int __real_vasprintf(char **to, const char *format, va_list args);
int __wrap_vasprintf(char **to, const char *format, va_list args);
int __real___vasprintf_chk(char **to, int flag, const char *format, va_list args);
int __wrap___vasprintf_chk(char **to, int flag, const char *format, va_list args);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
	void *(*run)(void *), void *with);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
	void *(*run)(void *), void *with);
ssize_t __wrap_read(int fd, void *to, size_t room);
ssize_t __wrap_write(int fd, const void *from, size_t n);

/* Threads count too. */
static atomic_long allocations, reads, writes;

static FILE *tally;

static void write_count(void)
{
	fprintf(tally, "%ld %ld %ld\n", (long)allocations, (long)reads, (long)writes);
	fclose(tally);
}

__attribute__((constructor)) static void begin(void)
{
	const char *name = getenv("FAULT_COUNT");

	/* Opened now: later the sandbox refuses it. */
	tally = name ? fopen(name, "w") : NULL;
	if (tally)
		atexit(write_count);
}

static int allocation_fails(void)
{
	const char *which = getenv("FAULT_ALLOC");
	long number = ++allocations;

	if (!which || atol(which) != number)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *__wrap_malloc(size_t bytes)
{
	return allocation_fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	return allocation_fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *p, size_t bytes)
{
	return allocation_fails() ? NULL : __real_realloc(p, bytes);
}

char *__wrap_strdup(const char *s)
{
	return allocation_fails() ? NULL : __real_strdup(s);
}

char *__wrap_realpath(const char *path, char *to)
{
	return allocation_fails() ? NULL : __real_realpath(path, to);
}

DIR *__wrap_opendir(const char *path)
{
	return allocation_fails() ? NULL : __real_opendir(path);
}

FILE *__wrap_fdopen(int fd, const char *mode)
{
	return allocation_fails() ? NULL : __real_fdopen(fd, mode);
}

int __wrap_vasprintf(char **to, const char *format, va_list args)
{
	return allocation_fails() ? -1 : __real_vasprintf(to, format, args);
}

int __wrap___vasprintf_chk(char **to, int flag, const char *format, va_list args)
{
	return allocation_fails() ? -1 : __real___vasprintf_chk(to, flag, format, args);
}

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *with)
{
	return allocation_fails() ? EAGAIN
				  : __real_pthread_create(thread, attr, run, with);
}

/* How many bytes this call may move; 0 when it fails, with errno. */
static size_t allowed(const char *how, long number, size_t n)
{
	if (!how)
		return n;
	if (strcmp(how, "short") == 0)
		return n ? 1 : 0;
	if (strcmp(how, "eintr") == 0 && number % 2 == 1) {
		errno = EINTR;
		return 0;
	}
	if (strncmp(how, "eio:", 4) == 0 && atol(how + 4) == number) {
		errno = EIO;
		return 0;
	}
	return n;
}

ssize_t __wrap_read(int fd, void *to, size_t room)
{
	size_t n = allowed(getenv("FAULT_READ"), ++reads, room);

	return n == 0 && room > 0 ? -1 : __real_read(fd, to, n);
}

ssize_t __wrap_write(int fd, const void *from, size_t n)
{
	size_t most = allowed(getenv("FAULT_WRITE"), ++writes, n);

	return most == 0 && n > 0 ? -1 : __real_write(fd, from, most);
}
