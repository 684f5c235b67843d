#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing half printed, whatever fails: each allocation of our own code, reads, writes,
a full disk. Always a message, status 2, and only whole JSON objects (tests/faults.c)."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BINARY = ROOT / "build" / "faults"
LOGS = [HERE / "fixtures" / name / "log" for name in (
    "memcg-limit--6.12-memcg-anon", "cpuset-hardwall--6.12-cpuset-2nodes")]
MOST_TRIED = 250  # allocations of one command line; more are sampled evenly
passed = failed = skipped = 0


def check(held, what):
    global passed, failed
    if held:
        passed += 1
    else:
        failed += 1
        print(f"FAIL faults: {what}")


def run(arguments, stdin=b"", stdout=subprocess.PIPE, **faults):
    env = dict(os.environ, **faults)
    return subprocess.run([BINARY, *arguments], input=stdin, stdout=stdout, stderr=subprocess.PIPE,
                          env=env, check=False, timeout=60)


def whole_objects(raw):
    """Whether every line is a whole JSON object and the last one has its newline."""
    if raw and not raw.endswith(b"\n"):
        return False
    try:
        return all(isinstance(json.loads(line), dict) for line in raw.splitlines())
    except ValueError:
        return False


def allocations():
    for arguments in (["--json", *LOGS], ["--full", LOGS[0]], ["--list", LOGS[1]],
                      ["wiki", "memcg-limit"], ["--help"]):
        with tempfile.NamedTemporaryFile() as count:
            fine = run(arguments, FAULT_COUNT=count.name)
            total = int(pathlib.Path(count.name).read_text().split()[0])
        shown = " ".join(str(a).rsplit("/", 2)[-2] if "/" in str(a) else str(a) for a in arguments)
        check(fine.returncode == 0, f"{shown}: runs without a fault")
        step = max(1, total // MOST_TRIED)
        for n in range(1, total + 1, step):
            r = run(arguments, FAULT_ALLOC=str(n))
            # What failed may be something that only speeds things up.
            if r.returncode == 0 and r.stdout == fine.stdout:
                passed_quietly = True
            else:
                passed_quietly = False
            good = passed_quietly or (r.returncode == 2 and r.stderr.startswith(b"oomwhy: "))
            if arguments[0] == "--json":
                good = good and whole_objects(r.stdout)
            check(good, f"{shown}: allocation {n} of {total} fails: status {r.returncode}, "
                        f"{r.stderr[:80]!r}, {len(r.stdout)} bytes of output")


def reads_and_writes():
    fine = run(["--json", *LOGS])
    for how in ("short", "eintr"):
        for what in ("FAULT_READ", "FAULT_WRITE"):
            r = run(["--json", *LOGS], **{what: how})
            check(r.returncode == 0 and r.stdout == fine.stdout, f"{what}={how} changes nothing")
    for n in (1, 2, 3):
        r = run(["--json", *LOGS], FAULT_READ=f"eio:{n}")
        check(r.returncode in (0, 2) and whole_objects(r.stdout), f"read {n} fails: status {r.returncode}")
        check((b"Input/output error" in r.stderr) == (r.returncode == 2), f"read {n} fails: its message")
    for n in (1, 2):
        r = run(["--json", *LOGS], FAULT_WRITE=f"eio:{n}")
        check(r.returncode == 2 and b"cannot write" in r.stderr and whole_objects(r.stdout),
              f"write {n} fails: status {r.returncode}, {r.stderr[:80]!r}")


def full_disk():
    with open("/dev/full", "wb") as full:
        r = run(["--json", *LOGS], stdout=full)
    check(r.returncode == 2 and b"No space left" in r.stderr, "a device that is full")
    with tempfile.TemporaryDirectory() as place:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", place],
                                 capture_output=True, check=False).returncode == 0
        if not mounted:
            global skipped
            skipped += 1
            print("skip faults: a small tmpfs cannot be mounted")
            return
        try:
            for mode in ("wb", "ab"):
                path = pathlib.Path(place) / f"out-{mode}"
                with open(path, mode) as out:
                    r = run(["--json", "--full", *(LOGS * 3)], stdout=out)
                raw = path.read_bytes()
                check(r.returncode == 2 and b"No space left" in r.stderr and raw and whole_objects(raw),
                      f"a disk that fills ({mode}): status {r.returncode}, {len(raw)} bytes")
                path.unlink()
        finally:
            subprocess.run(["umount", place], check=False)


def closed_pipe():
    r = subprocess.run(f"'{BINARY}' --json {' '.join(map(str, LOGS * 20))} | head -c 100 >/dev/null; "
                       "echo ${PIPESTATUS[0]}", shell=True, executable="/bin/bash",
                       capture_output=True, check=False)
    check(r.stdout.strip() == b"141" and not r.stderr, "a closed pipe ends it quietly, by SIGPIPE")


def main():
    made = subprocess.run(["make", "-s", "build/faults"], cwd=ROOT, capture_output=True, check=False)
    if made.returncode:
        print(made.stderr.decode())
        print("FAIL faults: it does not build\nfaults: 0 passed, 1 failed, 0 skipped")
        return 1
    allocations()
    reads_and_writes()
    full_disk()
    closed_pipe()
    print(f"faults: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


sys.exit(main())
