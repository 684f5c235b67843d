#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No line of the text, of --help or of the table of events is wider than the screen.

Columns are counted here, by Unicode's East Asian width, not by the program. Names are
cut between characters. And the table stays small whatever a log holds: thousands of
cgroups, each with a kill of its own.
"""

import os
import pathlib
import re
import subprocess
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
LOG = HERE / "fixtures" / "memcg-limit--6.1-memcg-anon" / "log"

counts = {"passed": 0, "failed": 0, "skipped": 0}


def result(name, wrong):
    if wrong:
        print(f"FAIL {name}: {wrong}")
    counts["failed" if wrong else "passed"] += 1


def say(*arguments, text=None, locale="C.UTF-8"):
    run = subprocess.run([BINARY, *arguments], input=text, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False, timeout=60,
                         env={**os.environ, "LC_ALL": locale})
    return run.stdout.decode("utf-8", "surrogateescape")


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def over(text, width):
    wide = [line for line in text.splitlines() if columns(line) > width]
    return f"{len(wide)} lines, first {wide[0]!r}" if wide else ""


def fixtures():
    for width in (40, 80):
        wrong = {}
        for log in sorted(HERE.glob("fixtures/*/log")):
            bad = over(say("--width", str(width), str(log)), width)
            if bad:
                wrong[log.parent.name] = bad
        result(f"fixtures at {width} columns", "; ".join(
            f"{name}: {bad}" for name, bad in list(wrong.items())[:3]))


def masks():
    log = HERE / "fixtures" / "cpuset-hardwall--6.12-cpuset-2nodes" / "log"
    text = say("--width", "40", str(log))
    lines = re.search(r"(?s)  asked(.*?)\n  killed", text).group(1).split("\n")
    flags = [flag for line in lines[1:] for flag in line.strip().strip("|").split("|")]
    result("flags of a mask are whole at 40 columns", "" if flags == [
        "GFP_HIGHUSER_MOVABLE", "__GFP_COMP", "__GFP_ZERO"] else f"they are {flags}")


def wide_names():
    name = "记忆体记忆体记忆体记忆体记忆体记忆体记忆体记忆体记忆体记忆体记忆体.service"
    log = LOG.read_text().replace("box.service", name)
    if name not in log:
        result("the fixture has the cgroup", "it has no box.service")
    for width in (40, 41, 60, 80):
        for locale in ("C.UTF-8", "C"):
            text = say("--width", str(width), text=(log + log.replace(
                "[", "[1")).encode(), locale=locale)
            result(f"wide characters, {locale}, {width} columns",
                   over(text, width) or ("a character was cut in two"
                                        if re.search("[\udc80-\udcff]", text) else ""))
            result(f"two events, {locale}, {width} columns",
                   "" if "\n2 events\n" in text else "no table of events")


def many_cgroups():
    report = LOG.read_text()
    line = next(x for x in report.splitlines() if "oom-kill:constraint" in x)
    killed = next(x for x in report.splitlines() if "Killed process" in x)
    log = "".join(
        f"{line.replace('box.service', f'box{n}.service')}\n{killed}\n"
        for n in range(3000))
    text = say("--width", "80", text=log.encode())
    table = text.rsplit(" events\n", 1)[-1]
    result("3000 cgroups: the table is bounded",
           "" if table.count("memcg-limit") <= 1000 else f"{len(table)} bytes")
    rest = re.search(r"(\d+)  more, of other causes", table)
    result("3000 cgroups: the rest is counted", "" if rest and sum(
        int(n) for n in re.findall(r"(?m)^ +(\d+)  \S", table)) == int(
            re.search(r"(\d+) events\n", text[-len(table) - 20:]).group(1))
        else f"{table[-200:]!r}")


def main():
    fixtures()
    masks()
    wide_names()
    many_cgroups()
    result("--help fits 80 columns", over(say("--help"), 80))
    print("width: " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
