/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only user of dlopen. */
#include "base/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

enum { UNTRIED, MISSING, USABLE };

static int load(const struct library *library)
{
	void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return MISSING;
	for (size_t i = 0; i < library->count; i++) {
		void *found = dlsym(handle, library->symbols[i].name);

		if (!found)
			return MISSING;
		memcpy(library->symbols[i].pointer, &found, sizeof(found));
	}
	return USABLE;
}

bool library_usable(struct library *library)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	if (atomic_load(&library->state) == UNTRIED) {
		pthread_mutex_lock(&lock);
		if (atomic_load(&library->state) == UNTRIED)
			atomic_store(&library->state, load(library));
		pthread_mutex_unlock(&lock);
	}
	return atomic_load(&library->state) == USABLE;
}
