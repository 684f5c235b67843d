#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The live view in the lab's guests: it showed the event within two seconds of its end.

The fixtures of the scenarios live-* hold what `oomwhy live` drew on a terminal of the guest,
each piece with the time since boot, and the guest's log with the times of its lines
(tests/lab/README.md). Both clocks are the guest's, and both begin at boot.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
SECONDS = 2.0

counts = {"passed": 0, "failed": 0, "skipped": 0}


def result(name, wrong):
    if wrong:
        print(f"FAIL {name}: {wrong}")
        counts["failed"] += 1
    else:
        counts["passed"] += 1


def pieces(screen):
    """(seconds, bytes) of each piece that was drawn."""
    at = 0
    while at < len(screen):
        head = re.compile(rb"@([\d.]+) (\d+)\n").match(screen, at)
        if not head:
            raise ValueError(f"no piece begins at byte {at}")
        end = head.end() + int(head[2])
        yield float(head[1]), screen[head.end():end]
        at = end + 1


def main():
    found = [p for p in sorted(FIXTURES.glob("*-live-*")) if (p / "live" / "screen").exists()]
    if not found:
        print("skip live_lab: no fixture of a live-* scenario")
        counts["skipped"] += 1
    for fixture in found:
        cause = fixture.name.split("--")[0].encode()
        log = (fixture / "log").read_text(errors="replace")
        drawn = list(pieces((fixture / "live" / "screen").read_bytes()))
        ends = [float(t) for t in re.findall(r"\[ *([\d.]+)\] .*: Killed process", log)]
        shown = [t for t, body in drawn if cause in body]
        wrong = ""
        if not ends or not shown:
            wrong = f"{len(ends)} kills, shown {len(shown)} times"
        elif not ends[0] < shown[0] <= ends[0] + SECONDS:
            wrong = f"the kill was at {ends[0]}, it was shown at {shown[0]}"
        result(f"{fixture.name} shows its event in time", wrong)
        # It lived through it, and was passed over by the killer.
        status = (fixture / "live" / "status").read_text()
        result(f"{fixture.name}: its score was lowered",
               "" if re.search(r"(?m)^oom_score_adj:\t-500$", status) else status)
        if "live-global" in fixture.name:
            locked = re.search(r"(?m)^VmLck:\s+(\d+) kB$", status)
            result(f"{fixture.name}: its memory was locked",
                   "" if locked and int(locked[1]) > 1000 else status)
        own = re.search(r"(?m)^RssAnon:\s+(\d+) kB$", status)
        result(f"{fixture.name}: it holds less than 20 MiB",
               "" if own and int(own[1]) < 20480 else status)
        # Before the first event it showed the machine, after it the event; TERM gave the
        # terminal back.
        whole = b"".join(body for _, body in drawn)
        result(f"{fixture.name}: what it showed before",
               "" if b"available now" in whole.split(cause)[0] else "not the machine")
        result(f"{fixture.name}: the terminal was given back",
               "" if b"\x1b[?1l" in drawn[-1][1] or b"\x1b[?1l" in whole[-64:] else
               repr(whole[-64:]))
    print("live_lab: " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
