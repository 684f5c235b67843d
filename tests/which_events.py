#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--since, --until, --boot, --host, --cgroup, --comm, --kind and --cause select.

One log of six events is made of fixtures: two hosts, known dates, three boots. For
each selection the events that must be left are known.
"""

import calendar
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
counts = {"passed": 0, "failed": 0}

# fixture, host, date of the event (UTC), boot
EVENTS = (
    ("memcg-limit--6.12-memcg-anon", "db1", "2026-03-01T10:00:00Z", 1),
    ("anon-no-swap--6.12-global-noswap", "web7", "2026-03-01T11:00:00Z", 1),
    ("memcg-limit--6.12-memcg-anon", "db1", "2026-03-02T10:00:00Z", 2),
    ("shmem-tmpfs--6.12-global-tmpfs", "web7", "2026-03-02T12:00:00Z", 1),
    ("overcommit-refused--6.12-overcommit-refused", "db1", "2026-03-03T10:00:00Z", 2),
    ("memcg-limit--6.12-memcg-anon", "db1", "2026-03-04T10:00:00.5Z", 3),
)
STAMP = re.compile(r"^(?:<\d+>)?\[ *(\d+)\.(\d+)\] ?(?:\[ *[TC]\d+\] ?)?")


def lines_of(name):
    """(microseconds, text) of each line of a fixture."""
    for line in (HERE / "fixtures" / name / "log").read_text(errors="replace").splitlines():
        m = STAMP.match(line)
        if m:
            yield int(m.group(1)) * 1000000 + int(m.group(2)), line[m.end():]


def stamp(date, form):
    if form == "iso":
        return date.replace("Z", "+00:00")
    t = time.strptime(date[:19], "%Y-%m-%dT%H:%M:%S")
    if form == "bsd":
        return time.strftime("%b %e %H:%M:%S", t)
    return time.strftime("[%a %b %e %H:%M:%S %Y]", t)


def journal(date, uptime, host, boot, text):
    seconds = time.strptime(date[:19], "%Y-%m-%dT%H:%M:%S")
    usec = 1000000 * calendar.timegm(seconds)
    return json.dumps({"MESSAGE": text, "_HOSTNAME": host, "SYSLOG_IDENTIFIER": "kernel",
                       "_BOOT_ID": f"{boot:x}" * 32, "PRIORITY": "4",
                       "_SOURCE_MONOTONIC_TIMESTAMP": str(uptime),
                       "__REALTIME_TIMESTAMP": str(usec)})


def log(form):
    out = []
    boots = {}
    for name, host, date, boot in EVENTS:
        if form == "iso" and boots.get(host, 1) != boot:
            out.append(f"{stamp(date, form)} {host} kernel: [    0.000000] "
                       "Linux version 6.12.0 (gcc)")
        boots[host] = boot
        for usec, text in lines_of(name):
            if form == "journal":
                out.append(journal(date, usec, host, boot, text))
            elif form == "ctime":
                out.append(f"{stamp(date, form)} {text}")
            elif form == "dmesg":
                out.append(f"[{usec // 1000000:5}.{usec % 1000000:06}] {text}")
            else:
                out.append(f"{stamp(date, form)} {host} kernel: "
                           f"[{usec // 1000000:5}.{usec % 1000000:06}] {text}")
    return "\n".join(out) + "\n"


LOGS = {form: log(form) for form in ("iso", "bsd", "journal", "ctime", "dmesg")}


def run(form, *options, zone="UTC"):
    env = dict(os.environ, TZ=zone)
    return subprocess.run([BINARY, "--json", *options], input=LOGS[form].encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
                          check=False)


def keys(result):
    """Each event as its number in EVENTS, by the order among all of them."""
    return [json.loads(line)["source"]["first_line"]
            for line in result.stdout.decode().splitlines()]


ORDER = {form: keys(run(form)) for form in LOGS}


def check(form, options, expect, zone="UTC", stderr=None):
    result = run(form, *options, zone=zone)
    have = [ORDER[form].index(k) for k in keys(result)]
    status = 0 if expect else 1
    wrong = []
    if have != expect:
        wrong.append(f"events {have}, not {expect}")
    if result.returncode != status:
        wrong.append(f"status {result.returncode}, not {status}")
    if stderr and stderr not in result.stderr.decode():
        wrong.append(f"stderr {result.stderr.decode()!r} lacks {stderr!r}")
    if wrong:
        print(f"FAIL {form} {' '.join(options)}: {'; '.join(wrong)}")
    counts["failed" if wrong else "passed"] += 1


def refused(*options):
    result = run("iso", *options)
    bad = result.returncode != 2 or result.stdout
    if bad:
        print(f"FAIL {' '.join(options)} is not refused: status {result.returncode}")
    counts["failed" if bad else "passed"] += 1


def main():
    for form in LOGS:
        if len(ORDER[form]) != len(EVENTS):
            print(f"FAIL {form}: {len(ORDER[form])} events")
            counts["failed"] += 1
    everything = list(range(6))
    for form in ("iso", "journal", "ctime"):
        check(form, ["--since=2026-03-02"], [2, 3, 4, 5])
        check(form, ["--since=2026-03-02 12:00"], [3, 4, 5])
        check(form, ["--since=2026-03-02 12:00:01"], [4, 5])
        check(form, ["--since=2026-03-02T10:00:00Z", "--until=2026-03-03T10:00:00+00:00"],
              [2, 3, 4])
        check(form, ["--until=2026-03-01"], [])
        check(form, ["--since=@1772445600", "--until", "@1772452800.0"], [2, 3])
        check(form, ["--since=2 hours ago"], [])
        check(form, ["--until=-1h"], everything)
    check("iso", ["--since=2026-03-04T10:00:00.4Z"], [5])
    check("iso", ["--since=2026-03-04T10:00:00.6Z"], [])
    # A date without a zone is local: 10:00 UTC is 05:00 in New York.
    check("iso", ["--since=2026-03-04 05:00"], [5], zone="America/New_York")
    check("iso", ["--since=2026-03-04 05:01"], [], zone="EST5")
    # A log without a zone too: there it is the log's 10:00.
    check("ctime", ["--since=2026-03-04 10:00"], [5], zone="EST5")
    # Without a year: the latest that does not lie ahead.
    year = time.gmtime(time.time() + 86400).tm_year
    if time.gmtime(time.time() + 86400)[1:3] < (3, 6):
        year -= 1
    check("bsd", [f"--since={year}-03-02"], [2, 3, 4, 5])
    check("bsd", [f"--until={year}-03-01 23:59"], [0, 1])
    check("dmesg", ["--since=2026-03-02"], everything,
          stderr="6 events have no time to compare with --since or --until and were kept")
    first = sorted(json.loads(line)["time"]["uptime_usec"]
                   for line in run("dmesg").stdout.decode().splitlines())[1]
    stamps = [json.loads(line)["time"]["uptime_usec"]
              for line in run("dmesg").stdout.decode().splitlines()]
    check("dmesg", [f"--since=[ {first / 1000000:.6f}]"],
          [i for i in everything if stamps[i] >= first])
    check("iso", ["--host=db1"], [0, 2, 4, 5])
    check("iso", ["--host=w*"], [1, 3])
    check("iso", ["--host=db1", "--host=web7"], everything)
    check("iso", ["--host=db"], [], stderr="6 events were found, none of them selected")
    check("iso", ["--cgroup=/lab.slice"], [0, 2, 5])
    check("iso", ["--cgroup=/lab.slice/box.service"], [0, 2, 5])
    check("iso", ["--cgroup=box.*"], [0, 2, 5])
    check("iso", ["--cgroup=/*/box.service/"], [0, 2, 5])
    check("iso", ["--cgroup=/lab.slice/box"], [])
    check("iso", ["--cgroup=/*box.service"], [])
    check("iso", ["--kind=overcommit-refusal"], [4])
    check("iso", ["--kind=oom"], [0, 1, 2, 3, 5])
    check("iso", ["--cause=memcg-limit", "--cause=shmem-tmpfs"], [0, 2, 3, 5])
    check("iso", ["--cause=memcg-limit", "--since=2026-03-02", "--host=db1"], [2, 5])
    check("iso", ["--cause=memcg-limit", "--event=2"], [2])
    check("iso", ["--cause=memcg-limit", "--last"], [5])
    victim = json.loads(run("iso", "--event=2").stdout)["victim"]["comm"]
    check("iso", [f"--comm={victim}", "--kind=oom", "--host=web7"],
          [i for i in (1, 3) if json.loads(run("iso", f"--event={i + 1}").stdout)
           ["victim"]["comm"] == victim])
    check("iso", ["--comm=nobody-of-that-name"], [])
    for form in ("iso", "journal"):
        check(form, ["--boot=1", "--host=db1"], [0])
        check(form, ["--boot=2", "--host=db1"], [2, 4])
        check(form, ["--boot=0", "--host=db1"], [5])
        check(form, ["--boot=-1", "--host=db1"], [2, 4])
        check(form, ["--boot=-2", "--host=db1"], [0])
        check(form, ["--boot=-3"], [])
        check(form, ["--boot=0", "--host=db1", "--host=nobody"], [5])
    check("journal", ["--boot=" + "2" * 32], [2, 4])
    check("journal", ["--boot=22222222"], [2, 4])
    check("journal", ["--boot=22222222-2222-2222-2222-222222222222"], [2, 4])
    check("iso", ["--boot=" + "2" * 32], [])
    for wrong in ("--since=soon", "--since=2026-13-01", "--since=2026-02-30",
                  "--until=25:00", "--since=", "--since=-2", "--since=2 parsecs ago",
                  "--kind=killing", "--cause=moon", "--boot=last", "--boot=12x",
                  "--boot=", "--host=", "--since=@", "--since=[]", "--since=[1.5",
                  "--since=2026-03-01T10:00:00,5Z"):
        refused(wrong)
    print(f"which_events: {counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
