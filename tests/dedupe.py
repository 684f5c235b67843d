#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--dedupe tells a crash loop once, counts right, and holds its memory."""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
LOG = (HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "log").read_text()
counts = {"passed": 0, "failed": 0}


def report(seconds, change=lambda text: text, host="db1"):
    """The fixture's report at so many seconds after a day began, dated and with a
    kernel clock."""
    date = f"2026-03-{1 + seconds // 86400:02}T{seconds // 3600 % 24:02}:" \
           f"{seconds // 60 % 60:02}:{seconds % 60:02}+00:00"
    out = []
    for line in LOG.splitlines():
        m = re.match(r"^\[ *[\d.]+\] (.*)", line)
        if m:
            out.append(f"{date} {host} kernel: [{seconds + 100:5}.000000] "
                       f"{change(m.group(1))}")
    return "\n".join(out) + "\n"


def run(text, *options):
    return subprocess.run([BINARY, "--dedupe", *options], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def objects(text, *options):
    return [json.loads(line) for line in run(text, "--json", *options).stdout.splitlines()]


def check(name, have, want):
    if have != want:
        print(f"FAIL {name}: {have!r}, not {want!r}")
    counts["passed" if have == want else "failed"] += 1


def container(number):
    path = f"/kubepods.slice/pod1/cri-containerd-{number:064x}.scope"
    return lambda text: text.replace("/lab.slice/box.service", path)


def main():
    loop = "".join(report(i * 26) for i in range(412))
    text = run(loop, "--width=200").stdout.decode()
    check("text", re.findall(r"(?m)^  repeats (.*)$", text),
          ["the same cgroup met the same limit 412 times in 3 h, about every 26 s; first "
           "2026-03-01T00:00:00+00:00, last 2026-03-01T02:58:06+00:00"])
    check("one event", text.count("What helps"), 1)
    check("the table counts all", "412 events" in text, True)
    check("json", [o["repeats"] for o in objects(loop)],
          [{"count": 412, "first": "2026-03-01T00:00:00+00:00",
            "last": "2026-03-01T02:58:06+00:00", "span_s": 411 * 26}])
    check("list", run(loop, "--list").stdout.decode().count("412 times in 3 h"), 1)

    once = report(0)
    check("a group of one", [o["repeats"]["count"] for o in objects(once)], [1])
    check("a group of one says nothing", "repeats" in run(once).stdout.decode(), False)

    # What parts groups, and what does not.
    mixed = (once + report(60, host="db2") + report(120) +
             report(180, lambda t: t.replace("box.service", "other.service")) +
             report(240, lambda t: t.replace("hog", "pig")) + report(300))
    check("groups", [(o["source"]["host"], o["victim"]["comm"], o["memcg"]["oom_path"],
                      o["repeats"]["count"]) for o in objects(mixed)],
          [("db1", "hog", "/lab.slice/box.service", 3),
           ("db2", "hog", "/lab.slice/box.service", 1),
           ("db1", "hog", "/lab.slice/other.service", 1),
           ("db1", "pig", "/lab.slice/box.service", 1)])
    restarts = "".join(report(60 * i, container(i)) for i in range(5))
    check("a container that is started again",
          [o["repeats"]["count"] for o in objects(restarts)], [5])
    check("its words", "the same cgroup, but for its container's id, met the same limit "
          "5 times in 4 min" in run(restarts, "--width=200").stdout.decode(), True)
    raised = report(0) + report(60, lambda t: t.replace("limit 65536kB", "limit 65540kB"))
    check("a limit that was changed", "met a limit, not always of the same size, 2 times"
          in run(raised, "--width=200").stdout.decode(), True)
    # The most complete is shown, the newest of those.
    cut = report(0) + report(60) + "".join(
        line + "\n" for line in report(120).splitlines() if "Tasks state" not in line
        and "] [ " not in line)
    check("the most complete", [(o["complete"], o["time"]["uptime_s"], o["repeats"]["count"])
                                for o in objects(cut)], [(True, 160, 3)])

    # The clock went back: a span is not told by it.
    bare = re.sub(r"(?m)^\S+ db1 kernel: ", "", report(500) + report(20))
    check("no span over a reboot", [o["repeats"].get("span_s") for o in objects(bare)],
          [None])
    # Hostile: each event a group of its own.
    many = "".join(f"[{i:5}.000000] Memory cgroup out of memory: Killed process {i} "
                   f"(n{i}) total-vm:8kB, anon-rss:4kB, file-rss:0kB\n"
                   for i in range(1, 40001))
    result = run(many, "--list")
    check("no event is lost", result.stdout.count(b"\n"), 40000)
    check("the bound is said", result.stderr.decode().count("too many groups"), 1)
    if "san" not in BINARY:
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        check(f"memory is bounded ({peak} MiB)", peak < 100, True)
    print(f"dedupe: {counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
