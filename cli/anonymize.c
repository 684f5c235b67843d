/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events with other names: of processes, cgroups, hosts, files.
 *
 * The event's lines are written with pseudonyms in the places of the names and read
 * again: so every format and the anonymised log say the same, and nothing that was not
 * in those lines can come out. Pseudonyms are numbers by order of appearance: nothing
 * of a name is in them. */
#include "cli/anonymize.h"

#include "base/complain.h"
#include "cli/clean.h"
#include "parsers/envelope.h"
#include "parsers/names.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	FIRST_SLOTS = 1024,
	MOST_KEPT = 256 * 1024, /* names of one kind: then all others share one */
	LONGEST_KEPT = 4096
};

/* Kinds of names that are numbered apart from each other. */
enum kind { PROCESS, GROUP, HOST, LOG_FILE, HARDWARE, COMMAND, ID, BOOT, KINDS };

static const char *const words[KINDS] = { "proc", "name", "host", "file", "hardware",
	"command", "", "" };

struct pseudonym {
	struct slice name, other;
};

struct name_map {
	struct pseudonym *slots;
	size_t room, count;
};

struct anonymizer {
	struct name_map maps[KINDS];
	struct arena *arena; /* of names and pseudonyms */
	struct pattern_set *patterns;
	struct assembler *assembler;
	take_event *take;
	void *context;
	const struct oom_event *original;
	size_t given;
	FILE *log;
	const char *log_name;
	bool said;
};

static uint64_t hash_of(struct slice s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return h ^ h >> 29;
}

static struct pseudonym *slot_of(struct name_map *map, struct slice name)
{
	size_t at = hash_of(name) & (map->room - 1);

	while (map->slots[at].name.p && !slice_eq(map->slots[at].name, name))
		at = (at + 1) & (map->room - 1);
	return &map->slots[at];
}

static void grow(struct name_map *map)
{
	struct name_map larger = { .room = map->room ? map->room * 2 : FIRST_SLOTS,
		.count = map->count };

	larger.slots = must_alloc(larger.room * sizeof(*larger.slots));
	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].name.p)
			*slot_of(&larger, map->slots[i].name) = map->slots[i];
	free(map->slots);
	*map = larger;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* An id of the same shape: the number in front, because the first digits of an id are
 * what is shown; what is no digit stays where it is. */
static struct slice id_like(struct arena *arena, struct slice name, size_t number)
{
	char *p = arena_alloc(arena, name.n);
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%08zx", number);
	int at = 0;

	for (size_t i = 0; i < name.n; i++) {
		p[i] = name.p[i];
		if (is_hex(name.p[i]))
			p[i] = at < n ? digits[at++] : '0';
	}
	return (struct slice){ p, name.n };
}

static struct slice pseudonym(struct anonymizer *a, enum kind kind, struct slice name)
{
	struct name_map *map = &a->maps[kind];
	struct pseudonym *slot;

	name = slice_first(name, LONGEST_KEPT);
	if (map->count * 2 >= map->room && map->count < MOST_KEPT)
		grow(map);
	slot = slot_of(map, name);
	if (slot->name.p)
		return slot->other;
	if (map->count >= MOST_KEPT) {
		if (!a->said)
			fprintf(stderr,
				"oomwhy: --anonymize: more than %d names of one kind: all "
				"further ones get the same pseudonym.\n",
				MOST_KEPT);
		a->said = true;
		return kind == ID || kind == BOOT
			       ? id_like(a->arena, name, MOST_KEPT)
			       : arena_printf(a->arena, "%s-more", words[kind]);
	}
	slot->name = arena_copy(a->arena, name);
	map->count++;
	if (kind == ID || kind == BOOT)
		slot->other = id_like(a->arena, name, map->count);
	else
		slot->other = arena_printf(a->arena, "%s-%zu", words[kind], map->count);
	return slot->other;
}

/* Names that every machine has: kernel threads, and the first processes. Behind the
 * beginning only such characters may follow, or anybody could hide a name there. */
static const struct {
	const char *name, *then;
} everyones[] = { { "kworker/", "0123456789uUH:+-" }, { "kswapd", "0123456789" },
	{ "kcompactd", "0123456789" }, { "ksoftirqd/", "0123456789" },
	{ "swapper/", "0123456789" }, { "migration/", "0123456789" },
	{ "khugepaged", "" }, { "kthreadd", "" }, { "oom_reaper", "" },
	{ "swapper", "" }, { "init", "" }, { "systemd", "" } };

static bool is_everyones(struct slice comm)
{
	for (size_t i = 0; i < sizeof(everyones) / sizeof(*everyones); i++) {
		struct slice rest = comm;
		size_t n = 0;

		if (!slice_take(&rest, everyones[i].name))
			continue;
		while (n < rest.n && rest.p[n] && strchr(everyones[i].then, rest.p[n]))
			n++;
		if (n == rest.n)
			return true;
	}
	return false;
}

struct slice anonymizer_process(struct anonymizer *a, struct slice comm)
{
	size_t newline = slice_find_last(comm, "\n");

	/* A log without escapes tears such a name, and one line of the report has its
	 * last part only: one process, one pseudonym. */
	if (newline != SLICE_NONE)
		comm = slice_from(comm, newline + 1);
	if (comm.n == 0 || is_everyones(comm))
		return comm;
	return pseudonym(a, PROCESS, comm);
}

/* Parts of a cgroup's path that are the same everywhere and that say what it is. */
static const char *const everyones_parts[] = { "system.slice", "user.slice",
	"machine.slice", "init.scope", "app.slice", "session.slice", "background.slice",
	"-.slice", "kubepods", "kubepods.slice", "besteffort", "burstable",
	"guaranteed", "kubepods-besteffort.slice", "kubepods-burstable.slice", "docker",
	"libpod_parent", "lxc", "lxc.payload", "machine", "system", "user", "crio" };

/* Beginnings behind which an id stands. */
static const char *const id_prefixes[] = { "cri-containerd-", "crio-conmon-", "crio-",
	"docker-", "libpod-conmon-", "libpod-", "containerd-", "kubepods-burstable-pod",
	"kubepods-besteffort-pod", "kubepods-pod", "pod", "" };

static const char *const unit_endings[] = { ".service", ".slice", ".scope", ".socket",
	".mount", ".swap", ".timer", ".device", "" };

/* A container's id (12 digits or more) or a UUID, its hyphens also written as
 * underscores. */
static bool is_id(struct slice s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (is_hex(s.p[i]))
			digits++;
		else if (s.p[i] != '-' && s.p[i] != '_')
			return false;
	}
	return digits >= 12;
}

/* "session-3.scope", "user-1000.slice": numbers, as uids and pids stay. */
static bool is_numbered(struct slice s)
{
	static const char *const prefixes[] = { "session-", "user-", "user@", "run-u",
		"user-runtime-dir@" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		struct slice rest = s;
		size_t n = 0;

		if (!slice_take(&rest, prefixes[i]))
			continue;
		while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
			n++;
		if (n > 0 && n == rest.n)
			return true;
	}
	return false;
}

static struct slice anonymous_part(struct anonymizer *a, struct slice part)
{
	struct slice base = part, ending = { "", 0 }, id;

	for (size_t i = 0; i < sizeof(everyones_parts) / sizeof(*everyones_parts); i++)
		if (slice_is(part, everyones_parts[i]))
			return part;
	for (size_t i = 0; i < sizeof(unit_endings) / sizeof(*unit_endings); i++) {
		if (part.n <= strlen(unit_endings[i]) ||
			!slice_ends(part, unit_endings[i]))
			continue;
		ending = slice_of(unit_endings[i]);
		base = slice_first(part, part.n - ending.n);
		break;
	}
	if (is_numbered(base))
		return part;
	for (size_t i = 0; i < sizeof(id_prefixes) / sizeof(*id_prefixes); i++) {
		id = base;
		if (!slice_take(&id, id_prefixes[i]) || !is_id(id))
			continue;
		return arena_printf(a->arena, "%s%.*s%.*s", id_prefixes[i],
			SLICE_ARG(pseudonym(a, ID, id)), SLICE_ARG(ending));
	}
	return arena_printf(a->arena, "%.*s%.*s", SLICE_ARG(pseudonym(a, GROUP, base)),
		SLICE_ARG(ending));
}

static void add_path(struct anonymizer *a, struct text *t, struct slice path)
{
	while (path.n > 0) {
		size_t n = 0;

		while (n < path.n && path.p[n] != '/')
			n++;
		if (n > 0)
			text_add(t, anonymous_part(a, slice_first(path, n)));
		if (n < path.n)
			text_putc(t, '/');
		path = slice_from(path, n + 1);
	}
}

static void add_name(
	struct anonymizer *a, struct text *t, struct slice name, enum name_class class)
{
	switch (class) {
	case NAME_PROCESS:
		text_add(t, anonymizer_process(a, name));
		break;
	case NAME_CGROUP:
	case NAME_CPUSET:
		add_path(a, t, name);
		break;
	case NAME_HARDWARE:
		text_add(t, pseudonym(a, HARDWARE, name));
		break;
	case NAME_COMMAND:
		text_add(t, pseudonym(a, COMMAND, name));
		break;
	}
}

/* Is it a name that has a pseudonym, of whatever kind? */
static bool known_name(struct anonymizer *a, struct slice word, struct slice *other)
{
	for (int kind = 0; kind < KINDS; kind++) {
		struct name_map *map = &a->maps[kind];
		struct pseudonym *slot = map->room > 0 ? slot_of(map, word) : NULL;

		if (!slot || !slot->name.p)
			continue;
		*other = slot->other;
		return true;
	}
	return false;
}

static bool in_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' || c == '@' ||
	       (unsigned char)c >= 0x80;
}

/* Text of a line whose form nobody knows: words that are names are replaced. */
static void add_unshaped(struct anonymizer *a, struct text *t, struct slice s)
{
	while (s.n > 0) {
		size_t n = 0;
		struct slice other;

		while (n < s.n && in_word(s.p[n]))
			n++;
		if (n > 0 && known_name(a, slice_first(s, n), &other))
			text_add(t, other);
		else
			text_add(t, slice_first(s, n));
		if (n < s.n)
			text_putc(t, s.p[n] == '\n' || s.p[n] == '\r' ? ' ' : s.p[n]);
		s = slice_from(s, n + 1);
	}
}

static void add_line(struct anonymizer *a, struct text *t, struct names_reader *reader,
	const struct event_line *line)
{
	struct name_place places[MOST_NAMES];
	bool shaped;
	size_t count = names_in_line(reader, line, places, &shaped), at = 0;

	for (size_t i = 0; i <= count; i++) {
		size_t end = i < count ? places[i].at : line->text.n;
		struct slice between = { line->text.p + at, end - at };

		if (shaped)
			text_add(t, between);
		else
			add_unshaped(a, t, between);
		if (i == count)
			break;
		at = places[i].at + places[i].n;
		add_name(a, t, (struct slice){ line->text.p + end, places[i].n },
			places[i].class);
	}
}

/* The stamp and origin that the log's line gets, in a form that is read again. */
static void add_origin(struct text *t, const struct record *r)
{
	enum stamp_kind kind;
	int64_t usec;
	bool stamped = stamp_read(r->wall, &usec, &kind);

	/* UNKNOWN is negative too; before 1970 no log was written. */
	if (!stamped && r->wall_usec >= 0) {
		time_t seconds = (time_t)(r->wall_usec / 1000000);
		struct tm tm;
		char date[32];

		if (gmtime_r(&seconds, &tm) &&
			strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm))
			text_printf(t, "%s.%06dZ", date, (int)(r->wall_usec % 1000000));
		stamped = t->n > 0;
		kind = STAMP_ZONED;
	} else if (stamped && kind != STAMP_LOCAL) {
		text_add(t, r->wall);
	}
	if (stamped && kind == STAMP_LOCAL)
		text_printf(t, "[%.*s] ", SLICE_ARG(r->wall));
	else if (stamped)
		text_printf(t,
			" %.*s %.*s: ", SLICE_ARG(r->host.n ? r->host : SLICE("host")),
			SLICE_ARG(r->program.n ? r->program : SLICE("kernel")));
	if (known(r->uptime_usec) && !(stamped && kind == STAMP_LOCAL))
		text_printf(t, "[%5" PRId64 ".%06" PRId64 "] ",
			r->uptime_usec / 1000000, r->uptime_usec % 1000000);
}

static void write_line(struct anonymizer *a, const struct record *r)
{
	struct text t = { 0 };

	if (!a->log)
		return;
	add_origin(&t, r);
	text_add(&t, r->text);
	text_putc(&t, '\n');
	if (fwrite(t.p, 1, t.n, a->log) != t.n)
		die("cannot write %s: %s", clean_name(a->log_name), strerror(errno));
	text_free(&t);
}

static struct slice anonymous_file(struct anonymizer *a, struct slice file)
{
	if (file.n == 0 || slice_is(file, "-") || slice_is(file, "/dev/kmsg"))
		return file;
	return pseudonym(a, LOG_FILE, file);
}

/* Where else it stands, and where it goes on. */
static void take_places(struct anonymizer *a, struct oom_event *e)
{
	const struct oom_event *o = a->original;

	e->joints = arena_alloc(e->arena, (o->joint_count + 1) * sizeof(*e->joints));
	e->joint_count = e->joint_room = o->joint_count;
	for (size_t i = 0; i < o->joint_count; i++)
		e->joints[i] = (struct joint){
			arena_copy(e->arena, anonymous_file(a, o->joints[i].file)),
			arena_copy(e->arena, anonymous_file(a, o->joints[i].member)),
			o->joints[i].after_line
		};
	e->also = arena_alloc(e->arena, (o->also_count + 1) * sizeof(*e->also));
	e->also_count = e->also_room = o->also_count;
	for (size_t i = 0; i < o->also_count; i++) {
		e->also[i] = o->also[i];
		e->also[i].file =
			arena_copy(e->arena, anonymous_file(a, o->also[i].file));
		e->also[i].member =
			arena_copy(e->arena, anonymous_file(a, o->also[i].member));
	}
}

/* What the lines do not say: from the original. */
static void take_read_again(struct oom_event *e, void *anonymizer)
{
	struct anonymizer *a = anonymizer;
	const struct oom_event *o = a->original;

	if (a->given++ == 0) {
		e->foreign = o->foreign;
		e->cut_at_start = o->cut_at_start;
		e->cut_at_end = o->cut_at_end;
		e->last_line = o->last_line;
		e->last_uptime_usec = o->last_uptime_usec;
		e->boots_before = o->boots_before;
	}
	e->file = arena_copy(e->arena, anonymous_file(a, o->file));
	e->member = arena_copy(e->arena, anonymous_file(a, o->member));
	take_places(a, e);
	a->take(e, a->context);
}

/* All names are met once before any line is written: a line of unknown form may hold
 * what a later line tells to be a name. */
static void meet_names(struct anonymizer *a, const struct oom_event *e)
{
	struct names_reader reader = { .patterns = a->patterns, .event = e };
	struct text ignored = { 0 };

	if (e->host.n > 0)
		pseudonym(a, HOST, e->host);
	for (size_t i = 0; i < e->line_count; i++) {
		add_line(a, &ignored, &reader, &e->lines[i]);
		text_clear(&ignored);
	}
	text_free(&ignored);
}

/* A version's line stands before each event in the log: it tells the release where the
 * event does not, and ends what stands before it. */
static void give_version(
	struct anonymizer *a, const struct oom_event *e, const struct record *like)
{
	struct record r = *like;
	struct text t = { 0 };

	text_puts(&t, "Linux version ");
	text_add(&t, e->kernel.release.n ? e->kernel.release : SLICE("unknown"));
	r.text = text_slice(&t);
	r.program = SLICE("kernel");
	assembler_take(a->assembler, &r);
	/* Without a time and a host: it is no boot of theirs, and no clock that would
	 * complete what ends here. */
	r.wall = r.host = SLICE("");
	r.wall_usec = r.uptime_usec = UNKNOWN;
	write_line(a, &r);
	text_free(&t);
}

/* Where the trigger was torn, the event has its first piece and then the whole line: two
 * triggers would be two events. */
static bool is_torn_trigger(const struct oom_event *e, size_t line)
{
	struct slice text = e->lines[line].text;

	return line + 1 < e->line_count && slice_has(text, " invoked oom-killer:") &&
	       slice_eq(text, slice_first(e->lines[line + 1].text, text.n));
}

void anonymizer_take(
	struct anonymizer *a, struct oom_event *e, take_event *take, void *context)
{
	struct names_reader reader = { .patterns = a->patterns, .event = e };
	struct text line = { 0 };
	struct record r = { .wall = e->wall,
		.uptime_usec = e->uptime_usec,
		.wall_usec = e->wall_usec,
		.order_usec = UNKNOWN,
		.level = UNKNOWN,
		.byte = e->first_byte,
		.line = e->first_line };

	a->take = take;
	a->context = context;
	a->original = e;
	a->given = 0;
	meet_names(a, e);
	if (e->host.n > 0)
		r.host = pseudonym(a, HOST, e->host);
	if (e->boot.n > 0)
		r.boot = pseudonym(a, BOOT, e->boot);
	assembler_begin(a->assembler, "");
	give_version(a, e, &r);
	/* Android's driver speaks in the kernel's log. */
	r.program = e->told ? e->notices[0].program : e->killer.program;
	if (slice_is(r.program, "lowmemorykiller"))
		r.program = SLICE("kernel");
	for (size_t i = 0; i < e->line_count; i++) {
		text_clear(&line);
		add_line(a, &line, &reader, &e->lines[i]);
		if (is_torn_trigger(e, i))
			continue;
		r.text = text_slice(&line);
		r.line = e->lines[i].number;
		write_line(a, &r);
		assembler_take(a->assembler, &r);
	}
	assembler_flush(a->assembler, false);
	text_free(&line);
	if (a->log && fflush(a->log) != 0)
		die("cannot write %s: %s", clean_name(a->log_name), strerror(errno));
	if (a->given == 0)
		warn("the event at line %u cannot be anonymised and is left out",
			e->first_line);
	event_free(e);
}

struct anonymizer *anonymizer_new(const char *log)
{
	struct anonymizer *a = must_alloc(sizeof(*a));

	a->arena = arena_new();
	a->patterns = pattern_set_new();
	a->assembler = assembler_new(take_read_again, a);
	a->log_name = log;
	if (log) {
		int fd = open(log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

		if (fd < 0)
			die("cannot create %s: %s", clean_name(log), strerror(errno));
		a->log = fdopen(fd, "w");
		if (!a->log)
			die("cannot create %s: %s", clean_name(log), strerror(errno));
	}
	return a;
}

void anonymizer_free(struct anonymizer *a)
{
	if (!a)
		return;
	if (a->log && fclose(a->log) != 0)
		warn("cannot write %s: %s", clean_name(a->log_name), strerror(errno));
	for (int kind = 0; kind < KINDS; kind++)
		free(a->maps[kind].slots);
	assembler_free(a->assembler);
	pattern_set_free(a->patterns);
	arena_free(a->arena);
	free(a);
}
