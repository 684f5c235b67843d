#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every form that a kernel gave its reports has a fixture, and its numbers are read.

tests/rows.tsv lists the forms, one a line: the row's name, the kernels that print it,
what it is, the fixtures (names with *), an expression for the form, and what the JSON
must say. The expression is searched in the log without its time stamps, a line at a
time ("\\n" in it joins lines). "path=$1*1024" wants the number of the first group, times
1024, at that path of the event in which the form stands; zone(NAME), node(N), task(PID)
and victim(PID) find an element. A row without a fixture, a form that no line of its
fixtures has, a number that is read differently, a line that is unrecognised or taken
for foreign: each fails.

Usage: rows.py [-l] [ROW-PART]; -l lists the rows.
"""

import fnmatch
import functools
import json
import lzma
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
STAMP = re.compile(r"^(?:<\d>)?\[ *\d+\.\d+\] ", re.MULTILINE)
NAMES = sorted(f.name for f in (HERE / "fixtures").iterdir())


@functools.lru_cache(maxsize=None)
def read(name):
    """A fixture's log without stamps, and its events."""
    folder = HERE / "fixtures" / name
    data = (folder / "log").read_bytes() if (folder / "log").exists() else \
        lzma.open(folder / "log.xz").read()
    run = subprocess.run([BINARY, "--json", "--full"], input=data, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    return STAMP.sub("", data.decode("utf-8", "replace")), events


def zones(event):
    return [z for n in event.get("memory", {}).get("nodes", []) for z in n["zones"]]


# How a path's NAME(KEY) finds its element.
FINDERS = {
    "zone": lambda e, key: [z for z in zones(e) if z["name"] == key],
    "node": lambda e, key: [n for n in e.get("memory", {}).get("nodes", [])
                            if str(n["node"]) == key],
    "task": lambda e, key: [t for t in e.get("tasks", {}).get("top", [])
                            if str(t["pid"]) == key],
    "victim": lambda e, key: [v for v in e.get("victims", [e.get("victim", {})])
                              if str(v.get("pid")) == key],
}


def at(event, path):
    value = event
    for part in re.findall(r"(?:zone|node|task|victim)\([^)]*\)|[^.]+", path):
        call = re.fullmatch(r"(\w+)\((.*)\)", part)
        if call and call[1] in FINDERS:
            value = next(iter(FINDERS[call[1]](value, call[2])), None)
        elif isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value


def wanted(text, match, report):
    """"$2*1024" of a match, as the JSON would say it; @sum(EXPRESSION) adds up the
    numbers that the report prints in such places, @signed($1) undoes a wrapped one."""
    if text.startswith("@sum("):
        return str(sum(int(n) for n in re.findall(text[5:-1], report)))
    if text.startswith("@signed("):
        return str(int(match[1]) - 2 ** 64)
    text = re.sub(r"\$(\d)", lambda m: match[int(m[1])] or "", text)
    product = re.fullmatch(r"(-?\d+)\*(\d+)", text)
    return str(int(product[1]) * int(product[2])) if product else text


def said(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "|".join(map(said, value))
    return str(value)


def wrong_at(match, text, events, reads, check_foreign):
    line = text.count("\n", 0, match.start()) + 1
    event = next((e for e in events if e["source"]["first_line"] <= line
                  <= e["source"]["last_line"]), None)
    if event is None:
        return [f"line {line} stands in no event"]
    source, wrong = event["source"], []
    report = "\n".join(text.split("\n")[source["first_line"] - 1:source["last_line"]])
    if event["unrecognised"]:
        wrong.append(f"unrecognised: {event['unrecognised'][0]['text'][:60]}")
    if check_foreign and event["foreign"]:
        wrong.append(f"{event['foreign']} lines are taken for foreign")
    for read_ in reads:
        path, _, want = read_.partition("=")
        path = re.sub(r"\$(\d)", lambda m: match[int(m[1])] or "", path)
        have, want = said(at(event, path)), wanted(want, match, report)
        if have != want:
            wrong.append(f"line {line}: {path} is {have}, printed {want}")
    return wrong


def check(row):
    name, _, _, fixtures, form, reads = row
    expression = re.compile(form, re.MULTILINE)
    found = [n for pattern in fixtures.split() for n in NAMES if fnmatch.fnmatch(n, pattern)]
    if not found:
        return ["no fixture"]
    wrong = []
    for fixture in found:
        text, events = read(fixture)
        matches = list(expression.finditer(text))
        if not matches:
            wrong.append(f"{fixture} does not have it")
        for match in matches:
            wrong += [f"{fixture}: {w}" for w in wrong_at(
                match, text, events, [] if reads == "-" else reads.split("; "),
                "-composed-" in fixture)]
    return wrong


def rows():
    for number, line in enumerate((HERE / "rows.tsv").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        row = line.split("\t")
        if len(row) != 6:
            sys.exit(f"rows.tsv, line {number}: {len(row)} fields, not 6")
        yield row


def main():
    passed = failed = 0
    only = [a for a in sys.argv[1:] if a != "-l"]
    for row in rows():
        if only and not any(o in row[0] for o in only):
            continue
        if "-l" in sys.argv:
            print("\t".join(row[:4]))
            continue
        wrong = check(row)
        if wrong:
            failed += 1
            print(f"FAIL {row[0]} ({row[1]}): " + "; ".join(wrong[:3]))
        else:
            passed += 1
    print(f"rows: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
