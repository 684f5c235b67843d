/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of JSON objects, for every form of JSON that we print: what is not known stays
 * out. */
#ifndef CLI_JSON_MEMBERS_H
#define CLI_JSON_MEMBERS_H

#include "base/quantity.h"
#include "cli/json_tree.h"

struct json *string_of(struct slice s);
void add_text(struct json *o, const char *key, struct slice s);
/* Only when there is something to say. */
void add_slice(struct json *o, const char *key, struct slice s);
/* Our own words; nothing for NULL. */
void add_word(struct json *o, const char *key, const char *word);
/* Nothing for UNKNOWN; "unlimited" for UNLIMITED. */
void add_int(struct json *o, const char *key, int64_t v);
void add_bool(struct json *o, const char *key, bool v);
/* A part of the object, dropped where nothing came into it. */
void add_object(struct json *o, const char *key, struct json *part);
void add_array(struct json *o, const char *key, struct json *part);

#endif
