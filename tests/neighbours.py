#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Why: what other parts of the kernel print near a report must change nothing in it.

An oops, a warning and a hung task each bring a call trace, with lines of the same forms as
the report's own. Here each stands before, behind and at places within the report of every
fixture. The event must be the same; only its own trace may be shorter or gone, where the
other one stands within it.
Usage: neighbours.py [PART OF A NAME]...; OOMWHY names another program.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

from envelopes import comparable, difference, log_of

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
LONGEST = 100000  # a log of more bytes is left out: what it would show, the others do

NEIGHBOURS = {
    "an oops": """\
BUG: unable to handle page fault for address: ffffffffc0a01234
#PF: supervisor read access in kernel mode
Oops: 0000 [#1] PREEMPT SMP PTI
CPU: 63 PID: 471199 Comm: neighbour Tainted: G        W          RELEASE #1
Hardware name: Example Inc. Server/Board, BIOS 2.8.2 08/27/2020
RIP: 0010:neighbour_read+0x12/0x40 [neighbour]
RSP: 0018:ffffb1c0c0a3fe00 EFLAGS: 00010246
RAX: 0000000000000000 RBX: ffff9c1e4a3b8000 RCX: 0000000000000000
Call Trace:
 <TASK>
 neighbour_thread+0xda/0x100
 ret_from_fork+0x22/0x30
 </TASK>
Modules linked in: neighbour(OE) xt_conntrack nft_compat
---[ end trace 0123456789abcdef ]---
""",
    "a hung task": """\
INFO: task neighbour:471199 blocked for more than 120 seconds.
      Not tainted RELEASE #1
"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
task:neighbour       state:D stack:0     pid:471199 ppid:2      flags:0x00004000
Call Trace:
 <TASK>
 neighbour_schedule+0x34d/0x9e0
 neighbour_wait+0x5a/0xd0
 </TASK>
""",
    "a warning": """\
------------[ cut here ]------------
WARNING: CPU: 62 PID: 471199 at mm/page_alloc.c:4400 neighbour_alloc+0x1234/0x1300
Modules linked in: neighbour
CPU: 62 PID: 471199 Comm: neighbour Not tainted RELEASE #1
Call Trace:
 <TASK>
 neighbour_warn+0x7d/0xc0
 </TASK>
---[ end trace 0000000000000000 ]---
""",
}


def explain(text):
    run = subprocess.run([BINARY, "--json"], input=text.encode("latin-1"),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def without_line(value):
    return json.loads(re.sub(r"cut after line \d+", "cut after line N", json.dumps(value)))


def stamped(neighbour, before, release):
    """With the last stamp of what is before it."""
    stamps = re.findall(r"^(\[\s*\d+\.\d+\] )", before, re.M)
    stamp = stamps[-1] if stamps else ""
    return "".join(stamp + line + "\n"
                   for line in neighbour.replace("RELEASE", release).splitlines())


def wrong_in(events, alone):
    if len(events) != len(alone):
        return f"{len(events)} events, alone it is {len(alone)}"
    for have, want in zip(events, alone):
        if "neighbour" in json.dumps(have):
            return "the neighbour is in it"
        request, own = have.get("request", {}), want.get("request", {})
        # A trace that another stood in is cut before it, or gone.
        trace, whole = request.pop("trace", []), own.get("trace", [])
        if trace != whole[:len(trace)]:
            return f"its trace is {trace}, was {whole}"
        own = {k: v for k, v in own.items() if k != "trace"}
        have, want = {**have, "request": request}, {**want, "request": own}
        if trace != whole:
            # A frame may have been evidence, and the release stands above them.
            have, want = ({k: v for k, v in e.items() if k not in ("story", "kernel")}
                          for e in (have, want))
        found = difference(without_line(comparable(have)), without_line(comparable(want)))
        if found:
            return found
    return ""


def places(first, last):
    """After which lines of the report: within its head and its trace, in the midst, and
    before its end."""
    return sorted(k for k in {first, first + 1, first + 2, first + 10, (first + last) // 2,
                              last - 2, last - 1} if first <= k < last)


def main():
    passed = failed = 0
    # Within the report only a tenth: each costs as much as reading the whole log.
    for number, folder in enumerate(sorted((HERE / "fixtures").iterdir())):
        if sys.argv[1:] and not any(part in folder.name for part in sys.argv[1:]):
            continue
        text = log_of(folder).decode("latin-1")
        if len(text) > LONGEST or not text.endswith("\n"):
            continue
        alone = explain(text)
        if not alone:
            continue
        lines = text.splitlines(True)
        first, last = (alone[0]["source"][k] for k in ("first_line", "last_line"))
        release = alone[0].get("kernel", {}).get("release", "6.1.0-18-amd64")
        cuts = [first - 1, len(lines)]
        # Of a trigger in pieces, and of an area, only the line below tells all.
        if (number % 10 == 0 or sys.argv[1:]) and len(alone) == 1 and \
                not re.search("-torn-|-percpu-|-swiotlb-", folder.name):
            cuts += places(first, last)
        names = sorted(NEIGHBOURS)
        for i, at in enumerate(cuts):
            chosen = names if sys.argv[1:] else [names[(i + number) % len(names)]]
            for name in chosen:
                before = "".join(lines[:at])
                wrong = wrong_in(explain(before + stamped(NEIGHBOURS[name], before or text,
                                                          release) + "".join(lines[at:])),
                                 alone)
                if wrong:
                    print(f"FAIL {folder.name}, {name} after line {at}: {wrong}")
                    failed += 1
                else:
                    passed += 1
    print(f"neighbours: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
