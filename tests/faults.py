#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing half printed, whatever fails: each allocation of our own code, reads, writes,
a full disk. Always a message, status 2, and only whole JSON objects (tests/faults.c).

Plain files, compressed ones, archives, directories, a journal, threads, --follow, the
machine now and the live view."""
import gzip
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BINARY = ROOT / "build" / "faults"
LIVE = ROOT / "build" / "san" / "faults"
REMOTE = "/lib/systemd/systemd-journal-remote"
LOGS = [HERE / "fixtures" / name / "log" for name in (
    "memcg-limit--6.12-memcg-anon", "cpuset-hardwall--6.12-cpuset-2nodes")]
MOST_TRIED = 250  # allocations of one command line; more are sampled evenly
MOST_PACKED = 60  # of what differs from a plain file only in its source
MOST_LIVE = 40    # under the sanitizers
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


def packed(folder):
    """The same logs in whatever holds logs: command lines, each with what it is called."""
    log = LOGS[0].read_bytes()
    (folder / "log.gz").write_bytes(gzip.compress(log, mtime=0))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as archive:
        for name in ("var/log/kern.log", "var/log/kern.log.1", "etc/x"):
            member = tarfile.TarInfo("sosreport-db1/" + name)
            member.size = len(log)
            archive.addfile(member, io.BytesIO(log))
    (folder / "sos.tar.xz").write_bytes(out.getvalue())
    tree = folder / "tree" / "var" / "log"
    tree.mkdir(parents=True)
    (tree / "kern.log").write_bytes(LOGS[1].read_bytes())
    (tree / "kern.log.1.gz").write_bytes(gzip.compress(log, mtime=0))
    (tree / "a-link").symlink_to("kern.log")
    yield "gzip", ["--json", folder / "log.gz"], b""
    yield "an archive", ["--json", folder / "sos.tar.xz"], b""
    yield "a directory", ["--json", folder / "tree"], b""
    yield "threads", ["--json", "-j2", *LOGS, folder / "log.gz"], b""
    yield "a pipe", ["--json"], log
    yield "a pipe that is followed", ["--follow", "--json", "-"], log
    yield "anonymised", ["--json", "--anonymize", *LOGS], b""
    yield "dedupe", ["--dedupe", *LOGS], b""
    yield "now", ["now", "--root", HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "before"], b""
    if os.access(REMOTE, os.X_OK):
        path = folder / "x.journal"
        text = b"".join(b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n_TRANSPORT=kernel\n"
                        b"SYSLOG_IDENTIFIER=kernel\nMESSAGE=%s\n\n" %
                        (1795313941000000 + i, 3194613 + i, b"0123456789abcdef" * 2, re.sub(rb"^\[ *[\d.]+\] ", b"", line))
                        for i, line in enumerate(log.splitlines()))
        if subprocess.run([REMOTE, "-o", str(path), "-"], input=text, capture_output=True, check=False).returncode == 0:
            yield "a journal", ["--json", path], b""
            return
    global skipped
    skipped += 1
    print("skip faults: no journal can be made (systemd-journal-remote)")


def allocations():
    for arguments in (["--json", *LOGS], ["--full", LOGS[0]], ["--list", LOGS[1]],
                      ["wiki", "memcg-limit"], ["--help"]):
        shown = " ".join(str(a).rsplit("/", 2)[-2] if "/" in str(a) else str(a) for a in arguments)
        fail_each(shown, arguments, b"", MOST_TRIED)


def fail_each(shown, arguments, stdin, most):
    with tempfile.NamedTemporaryFile() as count:
        fine = run(arguments, stdin, FAULT_COUNT=count.name)
        total = int(pathlib.Path(count.name).read_text().split()[0])
    check(fine.returncode == 0, f"{shown}: runs without a fault: {fine.stderr[:200]!r}")
    step = max(1, total // most)
    for n in range(1, total + 1, step):
        r = run(arguments, stdin, FAULT_ALLOC=str(n))
        # What failed may be something that only speeds things up.
        if r.returncode == 0 and r.stdout == fine.stdout:
            passed_quietly = True
        else:
            passed_quietly = False
        good = passed_quietly or (r.returncode == 2 and r.stderr.startswith(b"oomwhy: "))
        if "--json" in arguments:
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


def packed_reads():
    """Reads of the descriptors below decompressors, threads and a followed pipe."""
    with tempfile.TemporaryDirectory() as name:
        for shown, arguments, stdin in packed(pathlib.Path(name)):
            fail_each(shown, arguments, stdin, MOST_PACKED)
            if arguments[0] == "now":
                continue
            fine = run(arguments, stdin)
            for fault in ({"FAULT_READ": "short"}, {"FAULT_READ": "eintr"}, {"FAULT_WRITE": "short"},
                          {"FAULT_WRITE": "eintr"}):
                r = run(arguments, stdin, **fault)
                check(r.returncode == 0 and r.stdout == fine.stdout,
                      f"{shown}: {fault} changes nothing: {r.returncode}, {r.stderr[:80]!r}")
            for n in (1, 2, 3, 4):
                r = run(arguments, stdin, FAULT_READ=f"eio:{n}")
                check(r.returncode in (0, 2) and (r.returncode == 2) == bool(r.stderr) and
                      ("--json" not in arguments or whole_objects(r.stdout)),
                      f"{shown}: read {n} fails: status {r.returncode}, {r.stderr[:80]!r}")
            r = run(arguments, stdin, FAULT_WRITE="eio:1")
            check(r.returncode == 2 and b"cannot write" in r.stderr, f"{shown}: a write fails: {r.returncode}")
            with open("/dev/full", "wb") as full:
                r = run(arguments, stdin, stdout=full)
            check(r.returncode == 2 and b"No space left" in r.stderr, f"{shown}: a device that is full")


def followed_files():
    """A file that is followed for ever: all at once, each failing elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        log = pathlib.Path(name) / "log"
        log.write_bytes(LOGS[0].read_bytes())
        runs = []
        for fault in ([{"FAULT_ALLOC": str(n)} for n in (1, 3, 9, 15, 16, 17, 18, 19, 20, 22, 25, 30, 40, 60)] +
                      [{"FAULT_READ": how} for how in ("short", "eintr", "eio:1", "eio:2")] + [{}]):
            runs.append((fault, subprocess.Popen([BINARY, "-f", "--json", log], stdout=subprocess.PIPE,
                                                 stderr=subprocess.PIPE, env=dict(os.environ, **fault))))
        fault, last = runs[-1]
        fine = last.stdout.readline()
        time.sleep(2)
        for fault, one in runs:
            one.send_signal(signal.SIGTERM)
            out, err = one.communicate(timeout=60)
            if one is last:
                out = fine + out
            good = whole_objects(out) and (
                (one.returncode == 2 and err.startswith(b"oomwhy: ")) or
                (one.returncode in (0, 1, -signal.SIGTERM) and (out == fine or "eio" in str(fault))))
            check(good, f"--follow FILE, {fault}: status {one.returncode}, {err[:80]!r}, {len(out)} bytes")


SCRIPT = "Enter\nl\nq\nt\nq\na\nq\n?\nq\nw\nq\n/\n:type hog\nEnter\ny\n:save last\n"


def live_view():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "script").write_text(SCRIPT)
        (folder / "log").write_bytes(LOGS[0].read_bytes() + LOGS[1].read_bytes())
        (folder / "proc").symlink_to(HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "before")

        def once(**faults):
            for left in [*folder.glob("*.txt"), *folder.glob("*.json")]:
                left.unlink()
            env = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm-256color",
                       ASAN_OPTIONS="abort_on_error=1:detect_leaks=0", **faults)
            return subprocess.run([LIVE, "live", "--script", "script", "--root", ".", "log"], cwd=folder, env=env,
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120)

        with tempfile.NamedTemporaryFile() as count:
            fine = once(FAULT_COUNT=count.name)
            told = pathlib.Path(count.name).read_text().split()
        check(fine.returncode == 0 and b"== last" in fine.stdout, f"the live view runs: {fine.stderr[:300]!r}")
        total = int(told[0]) if told else 0
        for n in range(1, total + 1, max(1, total // MOST_LIVE)):
            r = once(FAULT_ALLOC=str(n))
            check((r.returncode == 2 and b"oomwhy: " in r.stderr) or (r.returncode == 0 and b"== last" in r.stdout),
                  f"live: allocation {n} of {total} fails: status {r.returncode}, {r.stderr[-300:]!r}")
        for fault in ({"FAULT_READ": "short"}, {"FAULT_READ": "eintr"}, {"FAULT_READ": "eio:1"}, {"FAULT_READ": "eio:2"},
                      {"FAULT_WRITE": "eio:1"}, {"FAULT_WRITE": "short"}, {"FAULT_WRITE": "eintr"}):
            r = once(**fault)
            check(r.returncode in (0, 2) and (r.returncode == 0 or b"oomwhy: " in r.stderr),
                  f"live: {fault}: status {r.returncode}, {r.stderr[-300:]!r}")


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
    for options in ("--json", "--json -j2", "--full", "--list --dedupe"):
        r = subprocess.run(f"'{BINARY}' {options} {' '.join(map(str, LOGS * 20))} | head -c 100 >/dev/null; "
                           "echo ${PIPESTATUS[0]}", shell=True, executable="/bin/bash",
                           capture_output=True, check=False)
        # A short list may be in the pipe before it is closed.
        check(r.stdout.strip() in ((b"141", b"0") if "list" in options else (b"141",)) and not r.stderr,
              f"{options}: a closed pipe ends it quietly, by SIGPIPE: {r.stdout.strip()!r}, {r.stderr[:80]!r}")


def main():
    made = subprocess.run("make -s build/faults && make -s SAN=1 build/san/faults", shell=True, cwd=ROOT,
                          capture_output=True, check=False)
    if made.returncode:
        print(made.stderr.decode())
        print("FAIL faults: it does not build\nfaults: 0 passed, 1 failed, 0 skipped")
        return 1
    allocations()
    packed_reads()
    followed_files()
    live_view()
    reads_and_writes()
    full_disk()
    closed_pipe()
    print(f"faults: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


sys.exit(main())
