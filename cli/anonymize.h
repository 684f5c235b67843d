/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events with other names: of processes, cgroups, hosts, files. */
#ifndef CLI_ANONYMIZE_H
#define CLI_ANONYMIZE_H

#include "parsers/assemble.h"

struct anonymizer;

/* The same name gets the same pseudonym as long as the anonymizer lives. `log` names
 * the file for the anonymised lines, which must not be there yet; NULL: none. */
struct anonymizer *anonymizer_new(const char *log);
/* Close the log and free. */
void anonymizer_free(struct anonymizer *anonymizer);

/* Take the event, and give what its lines say under other names: one event as a rule,
 * none (after a complaint) where its lines cannot be read again. Numbers, and names that
 * are the kernel's or systemd's own, stay. */
void anonymizer_take(struct anonymizer *anonymizer, struct oom_event *event,
	take_event *take, void *context);

/* The pseudonym of a process's name; it lives as long as the anonymizer. */
struct slice anonymizer_process(struct anonymizer *anonymizer, struct slice comm);

#endif
