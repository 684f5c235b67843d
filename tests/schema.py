#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""share/oomwhy.schema.json is what the tool prints: no more, no less.

Every event of every fixture is validated, and the paths that occur are compared
with the schema's, both ways. Fixtures come from the lab with dmesg's stamps, so
some reports are also written in other envelopes here, to see the fields that only
those give.
"""

import io
import json
import lzma
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
SCHEMA = HERE.parent / "share" / "oomwhy.schema.json"

# Paths of the schema that no input of this test can produce, each with the reason.
UNSEEN = {
    "source.continued[].member": "members come in any order: none goes on in the next",
    "victims[].already_exiting": "such a victim dies alone; victims is for several",
}

# Objects whose keys are the kernel's own: one path for all of them.
OPEN = ("memcg.stats", "memory.counters", "memory.nodes[].counters",
        "memory.nodes[].zones[].counters")

BASE = "anon-no-swap--6.12-global-noswap"
WHAT_IF = ("--what-if", "oom_score_adj:hog=-1000")
GROUP = "memcg-limit--6.12-memcg-oom-group"


def log_of(folder):
    if (folder / "log").exists():
        return (folder / "log").read_bytes()
    if (folder / "log.xz").exists():
        return lzma.open(folder / "log.xz").read()
    return None


def in_syslog(log):
    return re.sub(rb"(?m)^", b"Nov 22 02:19:01 db1 kernel: ", log.rstrip()) + b"\n"


def in_journal(log):
    out = []
    for line in log.splitlines():
        message = re.sub(rb"^\[ *[\d.]+\] ", b"", line).decode("utf-8", "replace")
        out.append(json.dumps({
            "_TRANSPORT": "kernel", "_HOSTNAME": "db1", "SYSLOG_IDENTIFIER": "kernel",
            "_BOOT_ID": "0123456789abcdef0123456789abcdef",
            "__REALTIME_TIMESTAMP": "1795313941000000",
            "_SOURCE_MONOTONIC_TIMESTAMP": "3194613", "MESSAGE": message}))
    return "\n".join(out).encode() + b"\n"


def reaped(log):
    kill = list(re.finditer(rb"(?m)^(.*?\] ).*Killed process (\d+) \((\S+)\)", log))[-1]
    return log.rstrip() + b"\n%soom_reaper: reaped process %s (%s), now anon-rss:0kB, " \
        b"file-rss:0kB, shmem-rss:0kB\n" % kill.groups()


def in_archive(log):
    """Twice: as dmesg and as syslog has it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as archive:
        for name, text in (("sos_commands/kernel/dmesg", log),
                           ("var/log/syslog", in_syslog(log))):
            member = tarfile.TarInfo("sosreport-db1/" + name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return out.getvalue()


def rotated_events(log):
    """The report is cut by rotation, in two files."""
    lines = in_syslog(log).splitlines(True)
    with tempfile.TemporaryDirectory() as folder:
        older, newer = pathlib.Path(folder, "syslog.1"), pathlib.Path(folder, "syslog")
        older.write_bytes(b"".join(lines[:20]))
        newer.write_bytes(b"".join(lines[20:]))
        return events_of(b"", str(older), str(newer))


def others(log, group):
    """Reports that no fixture has, each for fields that the fixtures lack."""
    trigger = re.compile(rb"gfp_mask=(0x[0-9a-f]+)\([^)]*\)")
    return {
        "in syslog": in_syslog(log),
        "in the journal": in_journal(log),
        "in an archive": in_archive(log),
        "reaped": reaped(log),
        "a group reaped": reaped(group),
        "mask without names": trigger.sub(rb"gfp_mask=\1", log),
        "already exiting": re.sub(
            rb"Out of memory: Killed process (\d+) \((\S+)\).*",
            rb"Out of memory: OOM victim \1 (\2) is already exiting. Skip killing the "
            rb"task", log),
        "allocation sites": log.replace(
            b"Tasks state (memory", b"Memory allocations:\n    1.23 GiB    81920 "
            b"mm/slub.c:2345 func:alloc_slab_page\nTasks state (memory"),
        "a new key": log.replace(b" active_anon:", b" zzz_new:9 active_anon:"),
        "with a date": re.sub(rb"(?m)^", b"2026-11-22T02:19:01.1+00:00 db1 kernel: ",
                              log.rstrip()) + b"\n",
        "by systemd-oomd": in_syslog(b"").rstrip().replace(b"kernel", b"systemd-oomd[9]")
        + b" Killed /user.slice/a.service due to memory pressure for /user.slice being "
        b"60.00% > 50.00% for > 20s with reclaim activity\n",
        "by earlyoom": b"Nov 22 02:19:01 db1 earlyoom[9]: sending SIGTERM to process 9 "
        b"uid 0 \"x\": oom_score 800, oom_score_adj 0, VmRSS 100 MiB, cmdline \"x\"\n",
    }


def events_of(log, *options):
    run = subprocess.run([BINARY, "--json", *options], input=log,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.decode('utf-8', 'replace')}")
    return [json.loads(line) for line in run.stdout.decode("utf-8").splitlines()]


def paths_in(value, path, found):
    if isinstance(value, dict):
        for key, part in value.items():
            name = "*" if path in OPEN else key
            below = f"{path}.{name}" if path else name
            found.add(below)
            paths_in(part, below, found)
    elif isinstance(value, list):
        for part in value:
            paths_in(part, path + "[]", found)


def paths_of(schema, root, path, found):
    """The paths that a schema allows; a definition is walked where it is used."""
    if "$ref" in schema:
        paths_of(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, path, found)
    for key, part in schema.get("properties", {}).items():
        below = f"{path}.{key}" if path else key
        found.add(below)
        if part is not False:
            paths_of(part, root, below, found)
    if isinstance(schema.get("additionalProperties"), dict):
        found.add(path + ".*")
    if "items" in schema:
        paths_of(schema["items"], root, path + "[]", found)


def loose_objects(schema, path):
    """Objects that would let an unknown key pass, and fields without words."""
    if isinstance(schema, list):
        return [w for part in schema for w in loose_objects(part, path + "[]")]
    if not isinstance(schema, dict):
        return []
    wrong = []
    if schema.get("type") == "object" and "additionalProperties" not in schema:
        wrong.append(f"{path} lets unknown keys pass")
    for key, part in schema.get("properties", {}).items():
        if isinstance(part, dict) and "properties" in schema and schema.get("type") == "object":
            if "$ref" not in part and not (part.get("title") and part.get("description")):
                wrong.append(f"{path}.{key} has no title or no description")
    for key, part in schema.items():
        if key in ("if", "then", "else", "allOf", "anyOf", "examples"):
            continue
        wrong += loose_objects(part, f"{path}.{key}" if path else key)
    return wrong


def beyond_schema(event):
    """Promises of the contract that a schema cannot say."""
    wrong = []
    ledger = event.get("ledger")
    if ledger and "total_bytes" in ledger:
        if sum(e["bytes"] for e in ledger["entries"]) != ledger["total_bytes"]:
            wrong.append("the ledger does not sum to its total")
        last = ledger["entries"][-1]
        if last["what"] != "unaccounted":
            wrong.append("the ledger's last entry is not unaccounted")
        for entry in ledger["entries"]:
            if entry["bytes"] < 0 and "says" not in entry:
                wrong.append(f"{entry['what']} is negative and does not say why")
            if sum(p["bytes"] < 0 for p in entry.get("of_which", [])):
                wrong.append(f"a part of {entry['what']} is negative")
    if event["wiki"][0]["page"] != event["cause"]["slug"]:
        wrong.append("the first page is not the cause's")
    if event["source"]["first_line"] > event["source"]["last_line"]:
        wrong.append("the event ends before it begins")
    if not all(f["slug"] == "unknown" for f in event["story"].values()
               if f.get("confidence") == "unknown"):
        wrong.append("a finding of unknown confidence has a name")
    if event["story"]["victim"]["slug"] != "nobody" and "victim" not in event and \
            event["outcome"] == "killed" and event["kind"] == "oom" and \
            "kernel's own report" not in event["missing"]:
        wrong.append("somebody was killed and no victim is named")
    if event.get("victims") and event["victims"][0]["pid"] != event["victim"]["pid"]:
        wrong.append("the victim is not the first of the victims")
    times = event.get("time", {})
    if "uptime_usec" in times and times["uptime_usec"] // 1000000 != times["uptime_s"]:
        wrong.append("the two uptimes differ")
    return wrong


def main():
    try:
        import jsonschema
    except ImportError:
        print("skip schema: python3-jsonschema is not installed")
        print("schema: 0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0

    def result(name, wrong):
        nonlocal passed, failed
        if wrong:
            print(f"FAIL {name}: " + "; ".join(wrong[:5]))
            failed += 1
        else:
            passed += 1

    schema = json.loads(SCHEMA.read_text())
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
        result("the schema itself", loose_objects(schema, ""))
    except jsonschema.exceptions.SchemaError as error:
        result("the schema itself", [str(error).splitlines()[0]])
    validator = jsonschema.Draft202012Validator(schema)

    logs = {f.name: log_of(f) for f in sorted((HERE / "fixtures").iterdir())}
    logs = {name: log for name, log in logs.items() if log}
    logs.update(others(logs[BASE], logs[GROUP]))
    seen, shapes = set(), set()
    for name, log in logs.items():
        wrong = []
        for options in ((), ("--full",), *((WHAT_IF, ("--dedupe",)) if name in (BASE, "with a date")
                                           else ())):
            try:
                events = events_of(log, *options)
            except (RuntimeError, ValueError) as error:
                wrong.append(f"{' '.join(options)} {error}")
                continue
            if not events:
                wrong.append("no event")
            for event in events:
                paths_in(event, "", seen)
                # Two events alike in all but their numbers need one look.
                shape = re.sub(r"\d+", "0", json.dumps(event))
                if shape not in shapes:
                    shapes.add(shape)
                    for error in validator.iter_errors(event):
                        wrong.append(f"{error.json_path}: {error.message[:120]}")
                wrong += beyond_schema(event)
        result(name, sorted(set(wrong)))

    events = rotated_events(logs[BASE])
    for event in events:
        paths_in(event, "", seen)
    result("a report that rotation cut", [
        f"{error.json_path}: {error.message[:120]}"
        for event in events for error in validator.iter_errors(event)]
        if len(events) == 1 else [f"{len(events)} events"])

    places = {name: events_of(log)[0]["id"] for name, log in (
        ("dmesg", logs[BASE]), ("syslog", in_syslog(logs[BASE])),
        ("the journal", in_journal(logs[BASE])))}
    result("the same event has the same id in each place",
           [f"{name} {id_}" for name, id_ in places.items() if id_ != places["dmesg"]])

    for path in sorted((HERE / "golden" / "json").glob("*.json")):
        result(f"golden {path.name}", [
            f"{error.json_path}: {error.message[:120]}"
            for event in json.loads(path.read_text())
            for error in validator.iter_errors(event)])

    allowed = set()
    paths_of(schema, schema, "", allowed)
    unseen = {p for p in allowed if any(p == u or p.startswith((u + ".", u + "["))
                                        for u in UNSEEN)}
    result("paths that are printed and not in the schema", sorted(seen - allowed))
    result("paths of the schema that are never printed", sorted(allowed - seen - unseen))
    result("paths called unseen that are printed", sorted(unseen & seen))
    result("paths called unseen that are not in the schema",
           sorted(u for u in UNSEEN if u not in allowed))
    print(f"schema: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
