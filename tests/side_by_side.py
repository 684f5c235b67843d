#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""-j N gives, byte for byte, what -j 1 gives: answers, messages and status."""

import lzma
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
counts = {"passed": 0, "failed": 0}


def check(name, wrong):
    if wrong:
        print(f"FAIL {name}: {wrong}")
    counts["failed" if wrong else "passed"] += 1


def run(folder, *arguments):
    done = subprocess.run([BINARY, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=folder, check=False)
    return done.stdout, done.stderr, done.returncode


def same(name, folder, *arguments):
    one = run(folder, "-j1", *arguments)
    for jobs in ("-j2", "-j16"):
        many = run(folder, jobs, *arguments)
        wrong = [f"{what} differs" for what, a, b in zip(
            ("the output", "stderr", "the status"), one, many) if a != b]
        check(f"{jobs} {name}", ", ".join(wrong))
    return one


def write_logs(folder):
    names = []
    for fixture in sorted((HERE / "fixtures").iterdir()):
        data = None
        if (fixture / "log").exists():
            data = (fixture / "log").read_bytes()
        elif (fixture / "log.xz").exists():
            data = lzma.open(fixture / "log.xz").read()
        if data:
            (folder / fixture.name).write_bytes(data)
            names.append(fixture.name)
    return names


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        names = write_logs(folder)
        for options in (("--json",), ("--full",), ("--anonymize", "--list"),
                        ("--dedupe", "--list"), ("--cause=memcg-limit",), ("--event=7",),
                        ("--last",), ("--quiet",), ("--boot=-1", "--list")):
            out, _, status = same(f"all fixtures {' '.join(options)}", folder, *options,
                                  *names)
            check(f"something is said {' '.join(options)}",
                  "" if status == 0 and (out or options == ("--quiet",)) else status)
        same("a directory", folder, "--json", ".")
        same("a directory among files", folder, "--json", names[0], ".", names[1])

        # What cannot be read, and what holds nothing, in the midst of the others.
        (folder / "empty").write_bytes(b"")
        (folder / "noise").write_bytes(b"nothing happened\n" * 100000)
        (folder / "binary").write_bytes(random.Random(1).randbytes(100000))
        (folder / "broken.gz").write_bytes(b"\x1f\x8b\x08\x00 broken")
        order = names[:20] + ["missing", "empty"] + names[20:40] + ["binary", "noise"] + \
            names[40:60] + ["broken.gz", "nowhere/at-all"] + names[60:80]
        _, error, status = same("with trouble", folder, "--json", *order)
        check("all of the trouble is told", "" if status == 2 and all(
            w.encode() in error for w in ("missing", "empty", "binary", "noise",
                                          "broken.gz", "at-all")) else error)
        same("a directory with trouble", folder, "--json", ".")

        # A rotated log is one log for one worker.
        log = (folder / "memcg-limit--6.12-memcg-anon").read_bytes()
        lines = log.splitlines(True)
        (folder / "kern.log.1").write_bytes(b"".join(lines[:50]))
        (folder / "kern.log").write_bytes(b"".join(lines[50:]))
        out, _, _ = same("a rotated log", folder, "--list", "noise", "kern.log.1",
                         "kern.log", "empty")
        check("which stays whole", "" if out.count(b"\n") == 1 else out.count(b"\n"))

        # Copies of events that were told ahead of their turn: each worker reads on long
        # enough that all have one to do.
        short = [n for n in names if (folder / n).stat().st_size < 50000][:30]
        logs = [(folder / n).read_bytes() for n in short]
        noise = b"nothing happened\n" * 1000000
        (folder / "kern").write_bytes(noise + b"".join(logs))
        (folder / "messages").write_bytes(noise + b"".join(
            b"Nov 26 02:19:01 db1 kernel: " + line for log in logs
            for line in log.splitlines(True)))
        for options in (("--json",), ("--list",), ("--full",)):
            out, _, _ = same(f"copies {' '.join(options)}", folder, *options, "kern",
                             "messages")
            if options == ("--json",):
                copied = out.count(b'"also_in":[{"file":"')
                check("copies are named", "" if copied > 20 else copied)

        # Files that hold more than may wait.
        for number in range(4):
            (folder / f"many{number}").write_bytes(log * 1000)
        many = [f"many{n}" for n in range(4)]
        out, _, _ = same("files of many events", folder, "--list", *many)
        if "san" not in BINARY:
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            check("memory is bounded", "" if peak < 300 else f"{peak} MiB")
        wrong = [j for j in ("0", "257", "x", "") if run(folder, f"--jobs={j}", names[0])[2]
                 != 2]
        check("numbers that are refused", wrong)
    print(f"side_by_side: {counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
