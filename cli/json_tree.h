/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as it is written: values built into a tree, the tree written as one line.
 *
 * json-c does the same for any program; its tables of keys and its counted
 * references cost four times what the rest of the work on a report does (CONTRIBUTING.md,
 * "Speed"). What is read as JSON is still read by json-c. */
#ifndef CLI_JSON_TREE_H
#define CLI_JSON_TREE_H

#include "base/text.h"

/* A value. All values of a tree live until json_write() has written it. */
struct json;

struct json *json_new_object(void);
struct json *json_new_array(void);
/* Any bytes: they are made valid UTF-8 when they are written. */
struct json *json_new_string(struct slice s);
struct json *json_new_word(const char *word);
struct json *json_new_number(int64_t number);
struct json *json_new_bool(bool b);

/* Add a member to an object, an element to an array. A key is added once. */
void json_add(struct json *object, const char *key, struct json *value);
void json_append(struct json *array, struct json *value);
/* Whether an object or an array holds nothing. */
bool json_is_empty(const struct json *part);

/* Append the tree to `out`, without blanks, and forget every value of this thread. */
void json_write(const struct json *root, struct text *out);
/* json-c's names for the same, until the JSON format has changed over. */
#define json_object                     json
#define json_object_new_object()        json_new_object()
#define json_object_new_array()         json_new_array()
#define json_object_new_string(word)    json_new_word(word)
#define json_object_new_int64(n)        json_new_number(n)
#define json_object_new_boolean(b)      json_new_bool(b)
#define json_object_object_add(o, k, v) json_add((o), (k), (v))
#define json_object_array_add(a, v)     json_append((a), (v))
#define json_object_object_length(o)    (!json_is_empty(o))
#define json_object_array_length(a)     (!json_is_empty(a))
#define json_object_put(v)              ((void)(v))

/* Give the memory of this thread's values back. */
void json_end(void);

#endif
