/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of rotated logs, places in a tree, and magic numbers. */
#include "cli/places.h"
#include "parsers/magic.h"

#include <criterion/criterion.h>

Test(places, rotated_files_go_on_in_the_next)
{
	static const struct {
		const char *path, *next;
		bool goes_on;
	} rows[] = {
		{ "syslog.1", "syslog", true },
		{ "syslog.2.gz", "syslog.1", true },
		{ "/var/log/kern.log.3.xz", "/var/log/kern.log.2.gz", true },
		{ "messages.0", "messages", true },
		{ "messages-20261115.gz", "messages-20261122", true },
		{ "messages-20261122", "messages", true },
		{ "syslog.3.gz", "syslog.1", false }, /* one is missing */
		{ "syslog", "syslog.1", false },
		{ "syslog.1", "syslog.2.gz", false },
		{ "syslog.1", "kern.log", false },
		{ "a/syslog.1", "b/syslog", false },
		{ "syslog", "syslog", false },
		{ "host.log", "log", false },
		{ "10.0.0.1", "10.0.0.2", false },
		{ "-20261122", "", false },
		{ "", "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(rotated_continues(rows[i].path, rows[i].next),
			rows[i].goes_on, "%s, %s", rows[i].path, rows[i].next);
}

Test(places, the_oldest_comes_first)
{
	cr_expect_lt(rotated_compare("syslog.10.gz", "syslog.2.gz"), 0);
	cr_expect_lt(rotated_compare("syslog.1", "syslog"), 0);
	cr_expect_lt(rotated_compare("m-20261115", "m-20261122"), 0);
	cr_expect_lt(rotated_compare("kern.log", "syslog.9"), 0);
}

Test(places, what_is_read_of_a_tree)
{
	cr_expect(place_is("var/log/syslog.2.gz"));
	cr_expect(place_is("sos_commands/kernel/dmesg_-T"));
	cr_expect(place_is("var/crash/127.0.0.1-2026/vmcore-dmesg.txt"));
	cr_expect_not(place_is("etc/passwd"));
	cr_expect_not(place_is("var/log/apache2/error.log"));
	cr_expect(place_below(""));
	cr_expect(place_below("var"));
	cr_expect(place_below("var/log/journal/0123"));
	cr_expect_not(place_below("proc"));
	cr_expect_not(place_below("var/log/apache2"));
}

Test(places, a_known_directory)
{
	cr_expect_str_eq(place_root("/var/log"), "var/log");
	cr_expect_str_eq(place_root("/x/sosreport-db1-2026/var/crash"), "var/crash");
	cr_expect_str_eq(place_root("/x/sosreport-db1-2026"), "");
	cr_expect_null(place_root("/home/me/logs"));
	cr_expect_null(place_root("/srv/var/logs"));
}

Test(magic, cores_and_programs)
{
	cr_expect_eq(magic_of(SLICE("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0"))->kind,
		MAGIC_ELF_CORE);
	cr_expect_eq(magic_of(SLICE("\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\4"))->kind,
		MAGIC_ELF_CORE);
	cr_expect_eq(magic_of(SLICE("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0"))->kind,
		MAGIC_PROGRAM);
	cr_expect_eq(magic_of(SLICE("KDUMP   "))->kind, MAGIC_KDUMP);
	cr_expect_null(magic_of(SLICE("[    1.000000] Mem-Info:")));
	cr_expect_null(magic_of(SLICE("")));
}
