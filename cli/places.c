/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of places. */
#include "cli/places.h"

#include <fnmatch.h>
#include <string.h>

const struct place places[] = {
	{ "sos_commands/kernel/dmesg*", "sosreport: dmesg, plain and -T" },
	{ "sos_commands/logs/journalctl*", "sosreport: journalctl" },
	{ "sos_commands/systemd/journalctl*", "sosreport: journalctl" },
	{ "sos_strings/logs/*", "sosreport: the ends of logs that are too long" },
	{ "sos_strings/kernel/*", "sosreport: the ends of logs that are too long" },
	{ "sosreport-*.tar*", "sos collect: a sosreport of each host" },
	{ "messages.txt", "supportconfig" },
	{ "boot.txt", "supportconfig: dmesg and journalctl" },
	{ "crash.txt", "supportconfig: kernel crashes" },
	{ "systemd.txt", "supportconfig" },
	{ "var/log/messages*", "the system's log (Red Hat, SUSE)" },
	{ "var/log/warn*", "the system's log (SUSE)" },
	{ "var/log/syslog*", "the system's log (Debian, Ubuntu)" },
	{ "var/log/kern.log*", "the kernel's log" },
	{ "var/log/kernel*", "the kernel's log" },
	{ "var/log/dmesg*", "dmesg at boot" },
	{ "var/log/daemon.log*", "userspace killers" },
	{ "var/log/journal/*.journal*", "the journal" },
	{ "var/log/journal/*/*.journal*", "the journal" },
	{ "run/log/journal/*/*.journal*", "the journal since boot" },
	{ "var/crash/*dmesg*", "kdump" },
	{ "var/crash/*/*dmesg*", "kdump: vmcore-dmesg.txt, dmesg.DATE" },
	{ "var/crash/*/vmcore*", "kdump" },
	{ "var/spool/abrt/*/dmesg", "ABRT" },
	{ "sys/fs/pstore/*", "pstore" },
	{ "var/lib/systemd/pstore/*", "pstore, as systemd keeps it" },
	{ "var/lib/systemd/pstore/*/*", "pstore, as systemd keeps it" },
	{ "var/lib/systemd/pstore/*/*/*", "pstore, as systemd keeps it" },
};
const size_t place_count = sizeof(places) / sizeof(*places);

bool place_is(const char *path)
{
	for (size_t i = 0; i < place_count; i++)
		if (fnmatch(places[i].pattern, path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

/* The first `parts` parts of a pattern. */
static bool first_parts(const char *pattern, size_t parts, char *to, size_t room)
{
	size_t n = 0;

	for (; pattern[n]; n++) {
		if (pattern[n] == '/' && --parts == 0)
			break;
		if (n + 1 >= room)
			return false;
		to[n] = pattern[n];
	}
	to[n] = '\0';
	return pattern[n] == '/';
}

bool place_below(const char *directory)
{
	size_t parts = 1;
	char head[128];

	if (!*directory)
		return true;
	for (const char *p = directory; *p; p++)
		parts += *p == '/';
	for (size_t i = 0; i < place_count; i++)
		if (first_parts(places[i].pattern, parts, head, sizeof(head)) &&
			fnmatch(head, directory, FNM_PATHNAME) == 0)
			return true;
	return false;
}

bool place_packed(struct slice name)
{
	return slice_starts(name, "sosreport-") ||
	       slice_starts(name, "sos-collector-") || slice_starts(name, "scc_") ||
	       slice_starts(name, "nts_");
}

const char *place_root(const char *path)
{
	static const char *const roots[] = { "var/log", "var/crash", "sys/fs/pstore",
		"var/lib/systemd/pstore", "var/log/journal", "run/log/journal",
		"var/spool/abrt", "sos_commands", "sos_strings" };
	struct slice whole = slice_of(path);
	size_t slash = slice_find_last(whole, "/");

	if (slash != SLICE_NONE && place_packed(slice_from(whole, slash + 1)))
		return "";
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		size_t n = strlen(roots[i]);

		if (slice_ends(whole, roots[i]) && whole.n > n &&
			whole.p[whole.n - n - 1] == '/')
			return roots[i];
	}
	return NULL;
}

bool place_marks_root(const char *entry)
{
	static const char *const marks[] = { "sos_commands", "sos_reports",
		"basic-environment.txt" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (strcmp(entry, marks[i]) == 0)
			return true;
	return false;
}

static struct slice without_suffix(struct slice name, const char *suffix)
{
	if (slice_ends(name, suffix))
		name.n -= strlen(suffix);
	return name;
}

static bool digits_only(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

struct rotated rotated_of(struct slice name)
{
	static const char *const packed[] = { ".gz", ".xz", ".bz2", ".zst", ".lz4",
		".Z" };
	struct rotated r = { .base = name };
	struct slice tail;
	int64_t number = 0;

	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++)
		name = without_suffix(name, packed[i]);
	r.base = name;
	for (const char *mark = ".-"; *mark; mark++) {
		size_t at = slice_find_last(name, (char[]){ *mark, '\0' });

		if (at == SLICE_NONE || at == 0)
			continue;
		tail = slice_from(name, at + 1);
		/* "syslog.2", "messages-20261122" and "messages-20261122.1". */
		if (!digits_only(tail) || tail.n > 14 || (*mark == '-' && tail.n < 8))
			continue;
		slice_take_int(&tail, &number);
		r.base = slice_first(name, at);
		r.dated = name.n - at - 1 >= 8;
		r.age = r.dated ? INT64_MAX - number : number + 1;
		return r;
	}
	return r;
}

static struct slice name_of(const char *path, struct slice *directory)
{
	struct slice whole = slice_of(path);
	size_t slash = slice_find_last(whole, "/");

	*directory = slash == SLICE_NONE ? SLICE("") : slice_first(whole, slash + 1);
	return slash == SLICE_NONE ? whole : slice_from(whole, slash + 1);
}

bool rotated_continues(const char *path, const char *next)
{
	struct slice here, there;
	struct rotated a = rotated_of(name_of(path, &here));
	struct rotated b = rotated_of(name_of(next, &there));

	if (!slice_eq(here, there) || !slice_eq(a.base, b.base) || a.age <= b.age)
		return false;
	/* Between numbers none may be missing; counting begins with .0 or with .1. */
	if (!a.dated && !b.dated)
		return a.age == b.age + 1 || (b.age == 0 && a.age <= 2);
	return a.dated;
}

static int compare_slices(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

int rotated_compare(const char *a, const char *b)
{
	struct rotated x = rotated_of(slice_of(a)), y = rotated_of(slice_of(b));
	int order = compare_slices(x.base, y.base);

	if (order)
		return order;
	if (x.age != y.age)
		return x.age > y.age ? -1 : 1;
	return strcmp(a, b);
}
