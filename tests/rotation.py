#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--follow goes on: a file that grows, is renamed, truncated, deleted, or comes later.

Nothing is asserted about time: what must come is waited for, up to a deadline.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
MEMCG = (HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "log").read_bytes()
GLOBAL = (HERE / "fixtures" / "anon-no-swap--6.12-global-noswap" / "log").read_bytes()
DEADLINE = 30
counts = {"passed": 0, "failed": 0}


def check(name, have, want):
    if have != want:
        print(f"FAIL {name}: {have!r}, not {want!r}")
    counts["passed" if have == want else "failed"] += 1


class Follower:
    def __init__(self, *arguments, **options):
        self.out = tempfile.TemporaryFile()
        self.error = tempfile.TemporaryFile()
        self.run = subprocess.Popen([BINARY, "-f", "--json", *map(str, arguments)],
                                    stdout=self.out, stderr=self.error, **options)

    def text(self, of=None):
        of = of or self.out
        return os.pread(of.fileno(), 1 << 24, 0)

    def events(self):
        """The whole lines so far; output that is no whole line is not there yet."""
        return [json.loads(line) for line in self.text().split(b"\n")[:-1]]

    def wait(self, ready):
        end = time.monotonic() + DEADLINE
        while not ready() and time.monotonic() < end and self.run.poll() is None:
            time.sleep(0.02)
        return ready()

    def wait_for(self, count):
        self.wait(lambda: len(self.events()) >= count)
        return len(self.events())

    def position(self, path):
        """How far it has read the file that was opened as `path`; -1: not open."""
        folder = pathlib.Path(f"/proc/{self.run.pid}/fd")
        for link in folder.iterdir() if folder.exists() else ():
            try:
                if os.readlink(link).split(" (deleted)")[0] == str(path):
                    info = (folder.parent / "fdinfo" / link.name).read_text()
                    return int(info.split("pos:")[1].split()[0])
            except OSError:
                pass
        return -1

    def wait_read(self, path):
        """Until it has read what is there now."""
        return self.wait(lambda: self.position(path) == path.stat().st_size)

    def end(self, sig=signal.SIGTERM):
        if sig:
            self.run.send_signal(sig)
        try:
            return self.run.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.run.kill()
            return "it does not end"


def whole(events):
    return [(e["cause"]["slug"], e["complete"]) for e in events]


MEMCG_EVENT, GLOBAL_EVENT = ("memcg-limit", True), ("anon-no-swap", True)


def append(path, data):
    with open(path, "ab") as log:
        log.write(data)


def halves(data):
    """Cut in the middle of a line, and in the middle of the report."""
    middle = len(data) // 2
    return data[:middle], data[middle:]


def grows(folder):
    log = folder / "grows"
    log.write_bytes(MEMCG)
    f = Follower(log)
    check("what is there already", f.wait_for(1), 1)
    first, rest = halves(GLOBAL)
    append(log, first)
    f.wait_read(log)
    append(log, rest)
    f.wait_for(2)
    check("a file that grows", whole(f.events()), [MEMCG_EVENT, GLOBAL_EVENT])
    check("it ends with the status of what was found", f.end(), 0)


def renamed(folder):
    log, old = folder / "renamed", folder / "renamed.1"
    lines = MEMCG.splitlines(True)
    log.write_bytes(b"".join(lines[:40]))
    f = Follower(log)
    f.wait_read(log)
    log.rename(old)
    # The daemon goes on with the old file until it is told.
    append(old, b"".join(lines[40:60]))
    log.write_bytes(b"")
    append(old, b"".join(lines[60:70]))
    append(log, b"".join(lines[70:]))
    f.wait_for(1)
    check("renamed in the midst of a report", whole(f.events()), [MEMCG_EVENT])
    append(log, GLOBAL)
    f.wait_for(2)
    check("and the new file grows", whole(f.events()), [MEMCG_EVENT, GLOBAL_EVENT])
    for number in range(3):
        log.rename(folder / f"renamed.{number + 2}")
        log.write_bytes(GLOBAL)
        f.wait_for(3 + number)
    check("renamed again and again", len(f.events()), 5)
    check("it ends", f.end(signal.SIGINT), 0)


def truncated(folder):
    log = folder / "truncated"
    lines = MEMCG.splitlines(True)
    log.write_bytes(b"an old line\n" * 100 + b"".join(lines[:40]))
    f = Follower(log)
    f.wait_read(log)
    os.truncate(log, 0)
    append(log, b"".join(lines[40:]))
    f.wait_for(1)
    check("truncated in the midst of a report", whole(f.events()), [MEMCG_EVENT])
    os.truncate(log, 0)
    append(log, GLOBAL[:2000])
    f.wait(lambda: f.position(log) == 2000)
    append(log, GLOBAL[2000:])
    f.wait_for(2)
    check("truncated again", whole(f.events()), [MEMCG_EVENT, GLOBAL_EVENT])
    f.end()


def comes_and_goes(folder):
    log = folder / "later"
    f = Follower(log)
    f.wait(lambda: b"waiting for it" in f.text(f.error))
    check("a file that is not there is said", f.text(f.error).count(b"waiting for it"), 1)
    log.write_bytes(MEMCG)
    check("it comes later", f.wait_for(1), 1)
    log.unlink()
    log.write_bytes(GLOBAL)
    f.wait_for(2)
    check("deleted and written anew", whole(f.events()), [MEMCG_EVENT, GLOBAL_EVENT])
    check("one line on stderr", f.text(f.error).count(b"\n"), 1)
    f.end()
    f = Follower(folder / "never")
    f.wait(lambda: f.text(f.error))
    check("nothing was found", f.end(), 1)


def several(folder):
    one, two = folder / "one", folder / "two"
    a, b = halves(MEMCG)
    c, d = halves(GLOBAL)
    one.write_bytes(a)
    two.write_bytes(c)
    f = Follower(one, two)
    f.wait_read(one)
    f.wait_read(two)
    append(two, d)
    append(one, b)
    f.wait_for(2)
    check("two files, a report in each", sorted(whole(f.events())),
          sorted([MEMCG_EVENT, GLOBAL_EVENT]))
    check("by their names", sorted(pathlib.Path(e["source"]["file"]).name
                                   for e in f.events()), ["one", "two"])
    f.end()
    f = Follower(one, folder)
    f.wait(lambda: b"directory" in f.text(f.error))
    check("a directory among them", f.wait_for(1), 1)
    check("is trouble", f.end(), 2)


def pipes(folder):
    f = Follower(stdin=subprocess.PIPE)
    f.run.stdin.write(MEMCG)
    f.run.stdin.flush()
    check("an open pipe", f.wait_for(1), 1)
    f.run.stdin.close()
    check("ends with its writer", f.end(None), 0)
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    f = Follower(fifo)
    for number in (1, 2):
        with open(fifo, "wb") as out:
            out.write(MEMCG)
        check(f"writer {number} of a FIFO", f.wait_for(number), number)
    f.end()


def grouped(folder):
    log = folder / "grouped"
    log.write_bytes(b"")
    f = Follower("--dedupe", log)
    for number in range(12):
        append(log, MEMCG.replace(b"[    ", b"[%4d" % (100 * number)))
    f.wait_for(2)
    check("a crash loop is told at 1 and 10", [e["repeats"]["count"] for e in f.events()],
          [1, 10])
    f.end()
    check("and at the end", [e["repeats"]["count"] for e in f.events()], [1, 10, 12])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        for test in (grows, renamed, truncated, comes_and_goes, several, pipes, grouped):
            test(folder)
    print(f"rotation: {counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
