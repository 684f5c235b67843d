/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The witness must be neither culprit nor victim. */
#include "cli/live/steady.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OUR_SCORE = -500, HEAP_BYTES = 2 * 1024 * 1024 };

/* Lower it only; without the privilege it stays as it is. It ends with us: the live view
 * starts no other program. */
static void lower_score(void)
{
	char words[16];
	int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, words, sizeof(words) - 1);
	if (n > 0) {
		words[n] = '\0';
		n = snprintf(words + 8, sizeof(words) - 8, "%d", OUR_SCORE);
		if (strtol(words, NULL, 10) > OUR_SCORE &&
			pwrite(fd, words + 8, (size_t)n, 0) < 0)
			errno = 0;
	}
	close(fd);
}

static void grow_heap(void)
{
#ifdef __GLIBC__
	char *p;

	/* What is freed stays ours; blocks up to a mebibyte come from the heap. */
	mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
	mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
	p = malloc(HEAP_BYTES);
	if (p) {
		memset(p, 1, HEAP_BYTES);
		free(p);
	}
#endif
}

const char *steady_begin(bool lock)
{
	struct rlimit limit;
	int what = MCL_CURRENT;

	lower_score();
	grow_heap();
	if (!lock)
		return NULL;
	/* With a small limit, locking what comes later would refuse us memory. */
	if (geteuid() == 0 || (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
				      limit.rlim_cur == RLIM_INFINITY))
		what |= MCL_FUTURE;
	return mlockall(what) == 0 ? NULL : strerror(errno);
}
