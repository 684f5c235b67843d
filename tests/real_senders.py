#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Why: what Debian's own tools write is read, and not only what we think they write.

A sosreport that Debian's sosreport package builds, of a root in which a log was planted;
a journal that a real systemd-journald writes, in a mount namespace of its own. Each
must give the same event as the plain log. `make test` installs both; where they cannot
run, the test says so and skips.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
LOG = HERE / "fixtures" / "memcg-limit--6.1-memcg-anon" / "log"
JOURNALD = "/lib/systemd/systemd-journald"

# journald without being asked by PID 1: it makes its own sockets in a /run of its own,
# and keeps its journal in a /var/log of its own.
START_JOURNALD = f"""
set -u
mount --make-rprivate / && mount -t tmpfs none /run && mount --bind "$1" /var/log ||
	{{ echo "skip: no mounts here"; exit 0; }}
mkdir -p /run/systemd/journal /run/log/journal /var/log/journal
{JOURNALD} >/dev/null 2>&1 &
server=$!
for _ in $(seq 100); do [ -S /run/systemd/journal/stdout ] && break; sleep 0.1; done
systemd-cat -t kernel <"$2"
sleep 0.5
kill -USR1 $server
sleep 0.5
kill -TERM $server
wait $server
"""


class Skip(Exception):
    """What the test needs is not here."""


def explain(*names, data=None):
    done = subprocess.run([BINARY, "--json", *map(str, names)], input=data,
                          stdin=None if data else subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], \
        done.stderr.decode("utf-8", "replace")


def same(events, plain):
    """The one event among perhaps others: this machine's own log may be in it too."""
    ours = [e for e in events if e["id"] == plain["id"]]
    if len(ours) != 1:
        return f"{len(ours)} copies of it among {len(events)} events"
    for key in ("kind", "outcome", "cause", "victim", "request", "memcg", "missing"):
        if ours[0].get(key) != plain.get(key):
            return f"{key} is {ours[0].get(key)}"
    return ""


def sosreport(folder, plain):
    if not shutil.which("sos"):
        raise Skip("sosreport is not installed")
    if os.getuid() != 0:
        raise Skip("sos runs as root only")
    root, out = folder / "root", folder / "out"
    for below in ("var/log", "etc", "sys", "proc"):
        (root / below).mkdir(parents=True)
    out.mkdir()
    shutil.copy("/etc/os-release", root / "etc")
    shutil.copy("/etc/debian_version", root / "etc")
    lines = LOG.read_text().splitlines(True)
    clock = datetime.datetime.now().strftime("%b %e %H:%M:%S")
    for name in ("syslog", "kern.log"):
        (root / "var/log" / name).write_text(
            "".join(f"{clock} db1 kernel: {line}" for line in lines))
    try:
        done = subprocess.run(
            ["sos", "report", "--batch", "--tmp-dir", out, "-o", "kernel,logs",
             "--sysroot", root, "-c", "never"], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=120, check=False)
    except subprocess.TimeoutExpired as why:
        raise Skip("sos did not end within two minutes") from why
    packed = [p for p in out.iterdir() if ".tar" in p.name and p.suffix not in (
        ".md5", ".sha256")]
    if len(packed) != 1:
        raise Skip("sos made no report: " + done.stdout.decode()[-200:])
    status, events, message = explain(packed[0])
    if status != 0:
        return f"status {status}: {message[:300]}"
    wrong = same(events, plain)
    if wrong:
        return wrong
    ours = next(e for e in events if e["id"] == plain["id"])
    where = [ours["source"], *ours.get("also_in", [])]
    members = sorted(w["member"].split("/", 1)[1] for w in where)
    if members != ["var/log/kern.log", "var/log/syslog"]:
        return f"members: {members}"
    subprocess.run(["tar", "-xf", packed[0], "-C", folder], check=True)
    tree = next(p for p in folder.iterdir() if p.name.startswith("sosreport-"))
    status, events, message = explain(tree)
    if status != 0:
        return f"unpacked: status {status}: {message[:300]}"
    return same(events, plain)


def journald(folder, plain):
    if not os.access(JOURNALD, os.X_OK) or not shutil.which("systemd-cat"):
        raise Skip("systemd-journald is not installed")
    if os.getuid() != 0:
        raise Skip("a mount namespace needs root")
    stripped = folder / "messages"
    stripped.write_text(re.sub(r"(?m)^\[[^]]*\] ?", "", LOG.read_text()))
    (folder / "log").mkdir()
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", START_JOURNALD, "sh", folder / "log", stripped],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    files = list((folder / "log").rglob("*.journal"))
    if not files:
        raise Skip("journald wrote nothing: " + done.stdout.decode()[-200:])
    for what in (files[0], files[0].parent, folder / "log"):
        status, events, message = explain(what)
        if status != 0:
            return f"status {status}: {message[:300]}"
        wrong = same(events, plain)
        if wrong:
            return wrong
        event = next(e for e in events if e["id"] == plain["id"])
        if "boot" not in event["source"] or "wall" not in event["time"]:
            return f"no boot or time: {event['source']} {event['time']}"
    return ""


def main():
    passed = failed = skipped = 0
    plain = explain(LOG)[1][0]
    for test in (sosreport, journald):
        if len(sys.argv) > 1 and test.__name__ not in sys.argv[1:]:
            continue
        try:
            with tempfile.TemporaryDirectory() as folder:
                wrong = test(pathlib.Path(folder), plain)
        except Skip as why:
            print(f"skip {test.__name__}: {why}")
            skipped += 1
            continue
        if wrong:
            print(f"FAIL {test.__name__}: {wrong}")
            failed += 1
        else:
            passed += 1
    print(f"real_senders: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
