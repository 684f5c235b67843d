/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of magic numbers. */
#include "parsers/magic.h"

#include <string.h>

#define BYTES_OF(literal) literal, sizeof(literal) - 1

static const struct magic magics[] = {
	{ MAGIC_COMPRESSED, "gzip", 0, BYTES_OF("\x1f\x8b") },
	{ MAGIC_COMPRESSED, "xz", 0,
		BYTES_OF("\xfd"
			 "7zXZ") },
	{ MAGIC_COMPRESSED, "zstd", 0, BYTES_OF("\x28\xb5\x2f\xfd") },
	{ MAGIC_COMPRESSED, "bzip2", 0, BYTES_OF("BZh") },
	{ MAGIC_COMPRESSED, "lz4", 0, BYTES_OF("\x04\x22\x4d\x18") },
	{ MAGIC_COMPRESSED, "compress", 0, BYTES_OF("\x1f\x9d") },
	{ MAGIC_ARCHIVE, "tar", 257, BYTES_OF("ustar") },
	{ MAGIC_ARCHIVE, "cpio", 0, BYTES_OF("070701") },
	{ MAGIC_ARCHIVE, "cpio", 0, BYTES_OF("070702") },
	{ MAGIC_ARCHIVE, "cpio", 0, BYTES_OF("070707") },
	{ MAGIC_ARCHIVE, "zip", 0, BYTES_OF("PK\003\004") },
	{ MAGIC_JOURNAL, "journal", 0, BYTES_OF("LPKSHHRH") },
	{ MAGIC_KDUMP, "vmcore", 0, BYTES_OF("KDUMP   ") },
	{ MAGIC_KDUMP_FLAT, "vmcore", 0, BYTES_OF("makedumpfile\0") },
	{ MAGIC_PROGRAM, "program", 0, BYTES_OF("\177ELF") },
};
enum { MAGICS = sizeof(magics) / sizeof(*magics) };

static const struct magic elf_core = { MAGIC_ELF_CORE, "core", 0, BYTES_OF("\177ELF") };

/* e_type, in the byte order that e_ident[EI_DATA] says, is ET_CORE. */
static bool is_core(struct slice head)
{
	return head.n >= 18 && (head.p[5] == 2 ? head.p[16] == 0 && head.p[17] == 4
					       : head.p[16] == 4 && head.p[17] == 0);
}

const struct magic *magic_of(struct slice head)
{
	for (size_t i = 0; i < MAGICS; i++) {
		const struct magic *m = &magics[i];

		if (head.n < m->at + m->n ||
			memcmp(head.p + m->at, m->bytes, m->n) != 0)
			continue;
		if (m->kind == MAGIC_PROGRAM && is_core(head))
			return &elf_core;
		return m;
	}
	return NULL;
}
