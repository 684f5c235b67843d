/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as it is written: members and elements straight behind each other, without blanks,
 * by the rules of ours: unknown is absent, no limit is a word.
 *
 * json-c does the same for any program; its tables of keys and its counted
 * references cost four times what the rest of the work on a report does (CONTRIBUTING.md,
 * "Speed"). What is read as JSON is still read by json-c. */
#ifndef CLI_JSON_WRITE_H
#define CLI_JSON_WRITE_H

#include "base/quantity.h"
#include "base/text.h"

/* In all of these `key` is our own word, and NULL for an element of an array or for the
 * outermost object. The caller writes each key of an object once. */

/* An object or an array that is open. */
struct json_part {
	size_t from; /* where its key begins, or the comma before it */
	char end;    /* the bracket that closes it */
};

struct json_part json_object(struct text *out, const char *key);
struct json_part json_array(struct text *out, const char *key);
void json_end(struct text *out, struct json_part part);
/* Close it, or take it back where nothing came into it. */
void json_end_filled(struct text *out, struct json_part part);

/* A key of two parts, or one from a log (any bytes); what comes next is its value, with
 * NULL for its key. */
void json_key(struct text *out, struct slice key, struct slice suffix);
void json_key_of_log(struct text *out, struct slice key);

/* Any bytes: they become valid UTF-8. */
void add_text(struct text *out, const char *key, struct slice s);
/* Only when there is something to say. */
void add_slice(struct text *out, const char *key, struct slice s);
/* Our own words; nothing for NULL. */
void add_word(struct text *out, const char *key, const char *word);
/* An amount, a count, an id: nothing for UNKNOWN, nor where a damaged log has a negative
 * number, which no kernel prints there. What was beyond 64 bits is INT64_MAX. */
void add_int(struct text *out, const char *key, int64_t v);
/* What may be negative; nothing for UNKNOWN. */
void add_signed(struct text *out, const char *key, int64_t v);
/* A limit: "unlimited" for UNLIMITED. */
void add_limit(struct text *out, const char *key, int64_t v);
/* Every number as it is. */
void add_number(struct text *out, const char *key, int64_t v);
void add_bool(struct text *out, const char *key, bool v);

#endif
