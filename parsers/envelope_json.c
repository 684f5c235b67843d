/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON envelopes: journalctl -o json, Docker's json-file, dmesg --json, and what
 * log stores export (CloudWatch, Loki, Elasticsearch, Splunk, Google). */
#include "base/complain.h"
#include "base/library.h"
#include "parsers/envelope_layers.h"

#include <json-c/json.h>
#include <string.h>

/* The functions of json-c that are called, a name each. */
#define FUNCTIONS(F)                                                                   \
	F(json_tokener_new)                                                            \
	F(json_tokener_free)                                                           \
	F(json_tokener_parse)                                                          \
	F(json_tokener_parse_ex)                                                       \
	F(json_object_put)                                                             \
	F(json_object_is_type)                                                         \
	F(json_object_object_get_ex)                                                   \
	F(json_object_get_string)                                                      \
	F(json_object_get_string_len)                                                  \
	F(json_object_get_int)                                                         \
	F(json_object_array_length)                                                    \
	F(json_object_array_get_idx)

LIBRARY("libjson-c.so.5", FUNCTIONS);

/* A line of JSON that cannot be read may be one of a report: that is said once. */
static bool there(void)
{
	static atomic_flag said = ATOMIC_FLAG_INIT;

	if (library_usable(&library))
		return true;
	if (!atomic_flag_test_and_set(&said))
		warn("JSON lines cannot be read: json-c is not there (Debian's package "
		     "libjson-c5)");
	return false;
}

static bool string_of(struct json_object *object, const char *key, struct slice *value)
{
	struct json_object *v;

	if (!lib.json_object_object_get_ex(object, key, &v) ||
		!lib.json_object_is_type(v, json_type_string))
		return false;
	*value = (struct slice){ lib.json_object_get_string(v),
		(size_t)lib.json_object_get_string_len(v) };
	return true;
}

static int64_t number_of(struct json_object *object, const char *key)
{
	struct slice text;
	int64_t number;

	if (!string_of(object, key, &text) || !slice_take_int(&text, &number))
		return UNKNOWN;
	return number;
}

/* MESSAGE is a string, or an array of bytes where it is no UTF-8. */
static bool message_of(struct json_object *object, const char *key, struct text *text)
{
	struct json_object *v;
	struct slice string;

	if (string_of(object, key, &string)) {
		text_add(text, string);
		return true;
	}
	if (!lib.json_object_object_get_ex(object, key, &v) ||
		!lib.json_object_is_type(v, json_type_array))
		return false;
	for (size_t i = 0; i < lib.json_object_array_length(v); i++)
		text_putc(text, (char)lib.json_object_get_int(
					lib.json_object_array_get_idx(v, i)));
	return true;
}

static struct slice kept(struct text *text, struct slice s)
{
	size_t at = text->n;

	text_reserve(text, s.n + 1);
	text_add(text, s);
	return (struct slice){ text->p + at, s.n };
}

/* Where the line stands, by the names that stores and shippers give it. */
static const char *const message_keys[] = { "MESSAGE", "log", "msg", "message", "_raw",
	"@message", "line", "textPayload", "original" };
/* Objects in which it may stand. */
static const char *const inner_keys[] = { "_source", "result", "jsonPayload", "event",
	"fields", "data" };
static const char *const program_keys[] = { "SYSLOG_IDENTIFIER", "programname",
	"program", "ident", "appname" };
static const char *const host_keys[] = { "_HOSTNAME", "hostname", "host", "name" };
static const char *const time_keys[] = { "time", "@timestamp", "timestamp", "_time" };
#define COUNT(keys) (sizeof(keys) / sizeof(*(keys)))

static bool first_string(struct json_object *object, const char *const keys[],
	size_t count, struct slice *value)
{
	for (size_t i = 0; i < count; i++)
		if (string_of(object, keys[i], value))
			return true;
	return false;
}

/* Deep enough for {"_source": {"event": {"original": ...}}}. */
enum { DEEPEST = 3 };

static struct json_object *message_in(
	struct json_object *object, struct text *text, int depth)
{
	for (size_t i = 0; i < COUNT(message_keys); i++)
		if (message_of(object, message_keys[i], text))
			return object;
	for (size_t i = 0; i < COUNT(inner_keys) && depth < DEEPEST; i++) {
		struct json_object *inner, *found;

		if (!lib.json_object_object_get_ex(object, inner_keys[i], &inner) ||
			!lib.json_object_is_type(inner, json_type_object))
			continue;
		found = message_in(inner, text, depth + 1);
		if (found)
			return found;
	}
	return NULL;
}

/* Who sent it, and when. `text` has room for all of it. */
static void read_sender(struct json_object *object, struct text *text, struct record *r)
{
	struct json_object *inner;
	struct slice value, wall;
	struct iso_form form;
	int64_t usec;
	char utc[64];

	if (first_string(object, host_keys, COUNT(host_keys) - 1, &value) ||
		(lib.json_object_object_get_ex(object, "host", &inner) &&
			lib.json_object_is_type(inner, json_type_object) &&
			first_string(inner, host_keys, COUNT(host_keys), &value)))
		r->host = kept(text, value);
	if (first_string(object, program_keys, COUNT(program_keys), &value))
		r->program = kept(text, value);
	if (string_of(object, "_BOOT_ID", &value))
		r->boot = kept(text, value);
	r->level = number_of(object, "PRIORITY");
	r->uptime_usec = number_of(object, "_SOURCE_MONOTONIC_TIMESTAMP");
	r->wall_usec = number_of(object, "__REALTIME_TIMESTAMP");
	r->order_usec = r->wall_usec;
	if (known(r->wall_usec))
		r->wall = kept(text, utc_text(r->wall_usec, utc, sizeof(utc)));
	if (!known(r->wall_usec) &&
		first_string(object, time_keys, COUNT(time_keys), &value)) {
		value = kept(text, value);
		if (take_iso_time(&value, &usec, &wall, &form))
			note_clock(r, wall, usec, form.dated);
	}
}

static bool strip_object(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct json_tokener *tokener = there() ? lib.json_tokener_new() : NULL;
	struct json_object *object, *holder = NULL;
	struct text *text = &memory->scratch[0];
	struct slice transport;
	size_t message;

	if (!tokener)
		return false;
	object = lib.json_tokener_parse_ex(
		tokener, rest->p, rest->n > INT32_MAX ? INT32_MAX : (int)rest->n);
	if (lib.json_object_is_type(object, json_type_object)) {
		text_clear(text);
		/* Room first, so that slices into the text stay where they are. */
		text_reserve(text, rest->n * 2 + 128);
		holder = message_in(object, text, 0);
		message = text->n;
		if (holder) {
			read_sender(holder, text, r);
			/* The kernel's text as the journal got it has no stamp. */
			memory->bare = string_of(holder, "_TRANSPORT", &transport) &&
				       slice_is(transport, "kernel");
			while (message > 0 && text->p[message - 1] == '\n')
				message--;
			*rest = (struct slice){ text->p, message };
		}
	}
	lib.json_object_put(object);
	lib.json_tokener_free(tokener);
	return holder != NULL;
}

/* One line of `dmesg --json`: "time": 12.345678 is kept for the "msg": behind it. */
static bool strip_dmesg_json(
	struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = slice_trim(*rest);
	struct text line = { 0 };
	bool found = false;
	struct json_object *object;

	if (slice_take(&s, "\"time\":")) {
		int64_t seconds, micro = 0, scale = 100000;

		slice_take_blanks(&s);
		if (slice_take_int(&s, &seconds) && slice_take(&s, ".")) {
			while (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9') {
				micro += (s.p[0] - '0') * scale;
				scale /= 10;
				s = slice_from(s, 1);
			}
			memory->json_time_usec =
				quantity_add(quantity_mul(seconds, 1000000), micro);
			memory->json_time_seen = true;
		}
		return false;
	}
	if (slice_take(&s, "\"caller\":")) {
		slice_take_blanks(&s);
		slice_take(&s, "\"");
		memory->json_caller_length = 0;
		for (size_t i = 0; i < s.n && i < sizeof(memory->json_caller) &&
				   s.p[i] != '"' && s.p[i] != ',';
			i++)
			memory->json_caller[memory->json_caller_length++] = s.p[i];
		return false;
	}
	if (!slice_starts(s, "\"msg\":") || !there())
		return false;
	text_putc(&line, '{');
	text_add(&line, s);
	if (slice_ends(s, ","))
		line.n--;
	text_puts(&line, "}");
	text_putc(&line, '\0');
	object = lib.json_tokener_parse(line.p);
	if (lib.json_object_is_type(object, json_type_object)) {
		text_clear(&memory->scratch[0]);
		found = message_of(object, "msg", &memory->scratch[0]);
		*rest = found ? text_slice(&memory->scratch[0]) : *rest;
		r->caller = (struct slice){ memory->json_caller,
			memory->json_caller_length };
		if (found && memory->json_time_seen)
			r->uptime_usec = memory->json_time_usec;
	}
	lib.json_object_put(object);
	text_free(&line);
	return found;
}

bool strip_json(struct envelope_memory *memory, struct slice *rest, struct record *r)
{
	struct slice s = *rest;

	/* journalctl's json-sse and json-seq. */
	if (!slice_take(&s, "data: "))
		slice_take(&s, "\x1e");
	slice_take_blanks(&s);
	/* An element of an array that has a line to itself. */
	if (slice_ends(s, "},"))
		s.n--;
	if (s.n > 1 && s.p[0] == '{' && s.p[s.n - 1] == '}') {
		if (!strip_object(memory, &s, r))
			return false;
		*rest = s;
		return true;
	}
	if (rest->n > 8 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		return strip_dmesg_json(memory, rest, r);
	return false;
}
