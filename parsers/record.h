/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of a log without its envelope. */
#ifndef PARSERS_RECORD_H
#define PARSERS_RECORD_H

#include "base/quantity.h"
#include "base/slice.h"

/* Slices point into the source's buffer: they last until the next line. */
struct record {
	struct slice text; /* what the kernel (or the program) printed */
	struct slice host;
	struct slice program; /* "kernel", "systemd-oomd"...; empty when not named */
	bool program_pid;     /* it is named with a pid: "kernel[1]: " */
	struct slice boot;    /* boot id, where the envelope has one */
	struct slice caller;  /* "T123" or "C0" (CONFIG_PRINTK_CALLER) */
	struct slice wall;    /* the wall clock as the log has it */
	int64_t uptime_usec;  /* the kernel's own time stamp, else UNKNOWN */
	int64_t wall_usec;    /* since 1970, UNKNOWN when the year or zone is missing */
	int64_t order_usec;   /* the log's clock, only to compare records */
	int64_t level;        /* syslog level, UNKNOWN when not printed */
	bool cut;             /* the source ended within this line */
	bool continues;       /* belongs to the line before ('c' flag, #012 part) */
	uint32_t lost; /* records before it that never arrived, by their numbers */
	uint32_t line;
	uint64_t byte;
};

#endif
