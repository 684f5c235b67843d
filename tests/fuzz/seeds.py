#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a fuzz target's first inputs from the fixtures: DIR is filled with one file each.

A fuzzer that begins with real reports need not invent them. Each target has its own
form of input, see its first comment."""
import lzma
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
MOST_BYTES = 24000


def logs():
    for path in sorted(HERE.parent.glob("fixtures/*/log*")):
        raw = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        yield path.parent.name, raw[:MOST_BYTES]


def bare(line):
    return re.sub(rb"^(<\d+>)?\[ *\d+\.\d+\] ?", b"", line)


def form(target, raw):
    lines = raw.split(b"\n")
    if target in ("stream", "records"):
        return raw
    if target == "assembler":
        return b"\n".join(b"\x00" + bare(line) for line in lines)
    if target == "sections":
        rows = re.compile(rb"^\[ *\d+\]")
        return b"\n".join((b"a" if rows.match(bare(line)) else b"A") + bare(line) for line in lines[:120])
    if target == "json_envelope":
        text = bare(lines[0]).decode("latin-1").replace("\\", "").replace('"', "")
        return ('{"MESSAGE":"%s","SYSLOG_IDENTIFIER":"kernel","_HOSTNAME":"db1",'
                '"__REALTIME_TIMESTAMP":"1764000000000000","_BOOT_ID":"0a"}\n'
                '{"log":"%s\\n","stream":"stdout","time":"2026-11-22T02:19:01Z"}\n'
                % (text, text)).encode("latin-1")
    raise SystemExit(f"seeds.py: no form is known for {target}")


def main():
    target, place = sys.argv[1], pathlib.Path(sys.argv[2])
    place.mkdir(parents=True, exist_ok=True)
    for name, raw in logs():
        (place / name).write_bytes(form(target, raw))


main()
