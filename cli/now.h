/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `oomwhy now`: the machine at hand, once, as text or JSON. */
#ifndef CLI_NOW_H
#define CLI_NOW_H

#include "base/text.h"
#include "explain/now.h"

int now_main(int argc, char **argv);

/* The answer for a person, 80 columns; names are made safe for a terminal. */
void now_text(struct text *out, const struct now_answer *answer, bool utf8);
/* The answer as one JSON object and a newline. */
void now_json(struct text *out, const struct now_answer *answer);

#endif
