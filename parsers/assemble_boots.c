/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "Linux version" lines say, by host: boots counted, and the kernel's release. */
#include "parsers/assemble_parts.h"

#include <string.h>

/* FNV-1a. */
uint32_t assembler_hash(struct slice name)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	return h;
}

/* The boots seen of a host. */
uint32_t *assembler_boots(struct assembler *a, struct slice host)
{
	return &a->boots[assembler_hash(host) % BOOT_COUNTERS];
}

const char *assembler_release(const struct assembler *a, struct slice host)
{
	for (size_t i = 0; i < MAX_RELEASES; i++)
		if (a->releases[i].seen &&
			slice_is(slice_first(host, 63), a->releases[i].host))
			return a->releases[i].release;
	return NULL;
}

void assembler_note_release(struct assembler *a, const struct record *r)
{
	struct slice rest = r->text, word, host = slice_first(r->host, 63);
	size_t at = a->next_release;

	/* A version that cannot be read is not the one of the boot before. */
	for (size_t i = 0; i < MAX_RELEASES; i++)
		a->releases[i].seen &= !slice_is(host, a->releases[i].host);
	if (!slice_take(&rest, "Linux version ") || !slice_take_word(&rest, &word) ||
		word.n >= sizeof(a->releases[0].release))
		return;
	for (size_t i = 0; i < MAX_RELEASES && a->releases[at].seen; i++)
		if (!a->releases[i].seen)
			at = i;
	if (at == a->next_release)
		a->next_release = (at + 1) % MAX_RELEASES;
	a->releases[at].seen = true;
	if (host.n > 0)
		memcpy(a->releases[at].host, host.p, host.n);
	a->releases[at].host[host.n] = '\0';
	memcpy(a->releases[at].release, word.p, word.n);
	a->releases[at].release[word.n] = '\0';
}
