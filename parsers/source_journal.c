/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal, with libsystemd, which is loaded when the first one is met. */
#include "parsers/source_journal.h"

#include "base/complain.h"
#include "base/library.h"
#include "base/text.h"
#include "parsers/envelope_layers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if __has_include(<systemd/sd-journal.h>)
#include <systemd/sd-journal.h>

/* The functions of libsystemd that are called, a name each. */
#define FUNCTIONS(F)                                                                   \
	F(sd_journal_open)                                                             \
	F(sd_journal_open_files)                                                       \
	F(sd_journal_open_files_fd)                                                    \
	F(sd_journal_close)                                                            \
	F(sd_journal_add_match)                                                        \
	F(sd_journal_add_disjunction)                                                  \
	F(sd_journal_next)                                                             \
	F(sd_journal_seek_tail)                                                        \
	F(sd_journal_previous)                                                         \
	F(sd_journal_get_data)                                                         \
	F(sd_journal_get_realtime_usec)                                                \
	F(sd_journal_get_fd)                                                           \
	F(sd_journal_process)                                                          \
	F(sd_journal_has_persistent_files)                                             \
	F(sd_journal_has_runtime_files)

LIBRARY("libsystemd.so.0", FUNCTIONS);

bool journal_available(void)
{
	return library_usable(&library);
}

/* Whose messages are read: the kernel's, and the killers' that the pattern table
 * knows. The journal's index finds them, so that the others cost nothing. */
static const char *const matches[] = { "_TRANSPORT=kernel", "SYSLOG_IDENTIFIER=kernel",
	"SYSLOG_IDENTIFIER=systemd-oomd", "SYSLOG_IDENTIFIER=earlyoom",
	"SYSLOG_IDENTIFIER=oomd", "SYSLOG_IDENTIFIER=nohang" };

/* The fields that are read: their values must be kept, for a call overwrites what the
 * one before gave. */
enum field {
	MESSAGE,
	TRANSPORT,
	IDENTIFIER,
	HOSTNAME,
	BOOT_ID,
	MONOTONIC,
	PRIORITY,
	FIELDS
};
static const char *const field_names[FIELDS] = { "MESSAGE", "_TRANSPORT",
	"SYSLOG_IDENTIFIER", "_HOSTNAME", "_BOOT_ID", "_SOURCE_MONOTONIC_TIMESTAMP",
	"PRIORITY" };

struct journal {
	sd_journal *journal;
	uint32_t messages;
	struct text fields[FIELDS];
};

static struct journal *opened(sd_journal *journal, int result, const char **why)
{
	struct journal *j;

	if (result < 0) {
		*why = result == -EBADMSG || result == -ENODATA
			       ? "the journal file is cut or damaged"
		       : result == -EPROTONOSUPPORT
			       ? "this libsystemd is too old for the journal file"
			       : strerror(-result);
		return NULL;
	}
	j = must_alloc(sizeof(*j));
	j->journal = journal;
	for (size_t i = 0; i < sizeof(matches) / sizeof(*matches) && result >= 0; i++) {
		result = lib.sd_journal_add_match(journal, matches[i], 0);
		if (result >= 0)
			result = lib.sd_journal_add_disjunction(journal);
	}
	if (result < 0)
		die("libsystemd has no memory");
	return j;
}

static bool there(const char **why)
{
	if (journal_available())
		return true;
	*why = "libsystemd is not there (Debian's package libsystemd0)";
	return false;
}

struct journal *journal_open_files(const char **paths, const char **why)
{
	sd_journal *journal = NULL;
	int result;

	if (!there(why))
		return NULL;
	result = lib.sd_journal_open_files(&journal, paths, 0);
	return opened(journal, result, why);
}

struct journal *journal_open_fd(int fd, const char **why)
{
	sd_journal *journal = NULL;
	int result;

	if (!there(why))
		return NULL;
	result = lib.sd_journal_open_files_fd(&journal, &fd, 1, 0);
	return opened(journal, result, why);
}

struct journal *journal_open_machine(const char **why)
{
	sd_journal *journal = NULL;
	int result;

	if (!there(why))
		return NULL;
	result = lib.sd_journal_open(
		&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (result >= 0 && lib.sd_journal_has_persistent_files(journal) <= 0 &&
		lib.sd_journal_has_runtime_files(journal) <= 0) {
		lib.sd_journal_close(journal);
		*why = "this machine keeps none, or this user may not read it (the groups "
		       "adm and systemd-journal may)";
		return NULL;
	}
	return opened(journal, result, why);
}

static struct slice field_of(struct journal *j, enum field field)
{
	const char *name = field_names[field];
	size_t n = 0, skip = strlen(name) + 1;
	const void *bytes = NULL;

	text_clear(&j->fields[field]);
	if (lib.sd_journal_get_data(j->journal, name, &bytes, &n) < 0 || n < skip)
		return SLICE("");
	text_add(&j->fields[field],
		(struct slice){ (const char *)bytes + skip, n - skip });
	return text_slice(&j->fields[field]);
}

static void give_message(struct journal *j, struct assembler *assembler)
{
	struct record r = { .uptime_usec = UNKNOWN,
		.wall_usec = UNKNOWN,
		.order_usec = UNKNOWN,
		.level = UNKNOWN,
		.line = ++j->messages };
	struct slice message = field_of(j, MESSAGE), number, part;
	char wall[64];
	uint64_t usec;

	r.host = field_of(j, HOSTNAME);
	r.boot = field_of(j, BOOT_ID);
	r.program = slice_is(field_of(j, TRANSPORT), "kernel")
			    ? SLICE("kernel")
			    : field_of(j, IDENTIFIER);
	number = field_of(j, MONOTONIC);
	slice_take_int(&number, &r.uptime_usec);
	number = field_of(j, PRIORITY);
	slice_take_int(&number, &r.level);
	if (lib.sd_journal_get_realtime_usec(j->journal, &usec) >= 0 &&
		usec < INT64_MAX) {
		r.wall_usec = r.order_usec = (int64_t)usec;
		r.wall = utc_text((int64_t)usec, wall, sizeof(wall));
	}
	/* One printk may have several lines. */
	while (slice_cut(&message, '\n', &part)) {
		r.text = part;
		assembler_take(assembler, &r);
	}
}

int journal_feed(struct journal *j, struct assembler *assembler, unsigned int most)
{
	unsigned int given = 0;

	while (given < most) {
		int result = lib.sd_journal_next(j->journal);

		if (result < 0)
			return result;
		if (result == 0)
			break;
		give_message(j, assembler);
		given++;
	}
	return (int)given;
}

int journal_skip(struct journal *j)
{
	int result = lib.sd_journal_seek_tail(j->journal);

	/* The tail is behind the last message only after a step back. */
	if (result >= 0)
		result = lib.sd_journal_previous(j->journal);
	return result < 0 ? result : 0;
}

int journal_fd(struct journal *j)
{
	return lib.sd_journal_get_fd(j->journal);
}

void journal_woken(struct journal *j)
{
	lib.sd_journal_process(j->journal);
}

uint32_t journal_messages(const struct journal *j)
{
	return j->messages;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	lib.sd_journal_close(j->journal);
	for (size_t i = 0; i < FIELDS; i++)
		text_free(&j->fields[i]);
	free(j);
}

#else

static const char not_built[] =
	"oomwhy was built without libsystemd (Debian's package libsystemd-dev)";

bool journal_available(void)
{
	return false;
}

struct journal *journal_open_files(const char **paths, const char **why)
{
	(void)paths;
	*why = not_built;
	return NULL;
}

struct journal *journal_open_fd(int fd, const char **why)
{
	(void)fd;
	*why = not_built;
	return NULL;
}

struct journal *journal_open_machine(const char **why)
{
	*why = not_built;
	return NULL;
}

int journal_feed(
	struct journal *journal, struct assembler *assembler, unsigned int most)
{
	(void)journal;
	(void)assembler;
	(void)most;
	return 0;
}

int journal_skip(struct journal *journal)
{
	(void)journal;
	return -ENOSYS;
}

int journal_fd(struct journal *journal)
{
	(void)journal;
	return -ENOSYS;
}

void journal_woken(struct journal *journal)
{
	(void)journal;
}

uint32_t journal_messages(const struct journal *journal)
{
	(void)journal;
	return 0;
}

void journal_close(struct journal *journal)
{
	(void)journal;
}

#endif
