/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of JSON objects by the rules of ours: unknown is absent, no limit is a word. */
#include "cli/json_members.h"

struct json *string_of(struct slice s)
{
	return json_new_string(s);
}

void add_text(struct json *o, const char *key, struct slice s)
{
	json_add(o, key, string_of(s));
}

void add_slice(struct json *o, const char *key, struct slice s)
{
	if (s.n > 0)
		add_text(o, key, s);
}

void add_word(struct json *o, const char *key, const char *word)
{
	if (word)
		json_add(o, key, json_new_word(word));
}

void add_int(struct json *o, const char *key, int64_t v)
{
	if (!known(v))
		return;
	json_add(o, key,
		v == UNLIMITED ? json_new_word("unlimited") : json_new_number(v));
}

void add_bool(struct json *o, const char *key, bool v)
{
	json_add(o, key, json_new_bool(v));
}

void add_object(struct json *o, const char *key, struct json *part)
{
	if (!json_is_empty(part))
		json_add(o, key, part);
}

void add_array(struct json *o, const char *key, struct json *part)
{
	add_object(o, key, part);
}
