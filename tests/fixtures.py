#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every lab fixture against its ground truth: what was done, not what was printed.

A fixture is tests/fixtures/SLUG--KERNEL-WHAT/ with `log` (or log.xz) and `truth`.
tests/known-gaps lists what the explanation cannot do yet; a gap that has closed
fails the test until its line is taken out.
"""

import json
import lzma
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))


def log_of(folder):
    """The log's bytes, or None where a fixture is not whole (the lab writes now)."""
    if (folder / "log").exists():
        return (folder / "log").read_bytes()
    if (folder / "log.xz").exists():
        return lzma.open(folder / "log.xz").read()
    return None


def truth_of(folder):
    truth = {}
    for line in (folder / "truth").read_text(errors="replace").splitlines():
        key, _, value = line.partition("\t")
        truth[key] = value
    return truth


def explain(data):
    run = subprocess.run([BINARY, "--json", "--full"], input=data,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):
        return None, f"exit {run.returncode}: {run.stderr.decode(errors='replace')}"
    return [json.loads(line) for line in run.stdout.splitlines()], ""


def get(event, *path):
    for part in path:
        if not isinstance(event, dict) or part not in event:
            return None
        event = event[part]
    return event


# key of the truth -> where the event has it
PLACES = {
    "kind": ("kind",),
    "outcome": ("outcome",),
    "constraint": ("constraint",),
    "victim": ("victim", "comm"),
    "victim_pid": ("victim", "pid"),
    "filler": ("story", "filler", "slug"),
    "reclaim": ("story", "reclaim", "slug"),
    "victim_finding": ("story", "victim", "slug"),
    "usage_bytes": ("memcg", "memory", "usage_bytes"),
    "limit_bytes": ("memcg", "memory", "limit_bytes"),
    "oom_memcg": ("memcg", "oom_path"),
    "task_memcg": ("memcg", "task_path"),
    "order": ("request", "order"),
    "confidence": ("cause", "confidence"),
    "complete": ("complete",),
    "killer": ("killer", "program"),
    "killer_cgroup": ("killer", "cgroup"),
    "killer_pod": ("killer", "pod"),
}


def compare(event, truth, prefix):
    """What of this event differs from the truth, as a list of words."""
    wrong = []
    cause = truth.get(prefix + "cause")
    if cause:
        accepted = [cause] + truth.get(prefix + "second", "-").split()
        # A cut report may end as unknown, never as something wrong.
        if not event["complete"] and \
                any(m.endswith("line that says who asked") for m in event["missing"]):
            accepted.append("unknown")
        if event["cause"]["slug"] not in accepted:
            wrong.append(f"cause is {event['cause']['slug']}, truth {cause}")
        if event["cause"]["slug"] != "unknown" and \
                event["cause"]["confidence"] not in ("certain", "likely"):
            wrong.append(f"confidence is {event['cause']['confidence']}")
    for key, path in PLACES.items():
        want = truth.get(prefix + key)
        if want is None or want in ("-", "any"):
            continue
        have = get(event, *path)
        # What the log lost cannot be told; unknown is then the right word.
        if not event["complete"] and have in (None, "unknown"):
            continue
        if key == "order" and event["kind"] == "overcommit-refusal":
            continue
        want = want.encode().decode("unicode_escape").encode("latin-1").decode(
            errors="replace") if "\\" in want else want
        # dmesg prints its time stamp again behind a newline in a name.
        want = re.sub(r"\n\[ *\d+\.\d+\] ", "\n", want)
        if str(have) not in want.split("|"):
            wrong.append(f"{key} is {have}, truth {want}")
    want = truth.get(prefix + "notices")
    if want and len(event.get("notices", [])) != int(want):
        wrong.append(f"{len(event.get('notices', []))} notices, truth {want}")
    if event["unrecognised"]:
        wrong.append(f"unrecognised: {event['unrecognised'][0]}")
    return wrong


def ledger_wrong(event):
    ledger = event.get("ledger")
    if not ledger or "total_bytes" not in ledger:
        return []
    total = sum(e["bytes"] for e in ledger["entries"])
    return [] if total == ledger["total_bytes"] else [f"ledger sums to {total}"]


def refusals_wrong(event, truth):
    """No usable zone of a complete order-0 OOM comes out as would-succeed."""
    if event["kind"] != "oom" or get(event, "request", "order") != 0 or \
            not event["complete"] or event["constraint"] == "memcg":
        return []
    if truth.get("would_succeed") or event["cause"]["slug"] == "sysrq-manual":
        return []
    return [f"zone {z['name']} would succeed" for n in get(event, "memory", "nodes") or []
            for z in n["zones"] if z["refused"]["verdict"] == "would-succeed"]


def victim_wrong(event):
    """Who died and why must not contradict each other."""
    slug = event["story"]["victim"]["slug"]
    killed = event["outcome"] in ("killed", "group-killed")
    first = (get(event, "selection", "ranking") or [{}])[0]
    chosen = get(event, "selection", "printed", "pid") or get(event, "victim", "pid")
    own = [r["badness"] for r in get(event, "selection", "ranking") or [] if r["pid"] == chosen]
    wrong = []
    if killed and slug == "nobody":
        wrong.append(f"{event['outcome']}, but victim nobody")
    if slug in ("largest", "bystander") and first and first["pid"] != chosen and (
            not own or first["badness"] - own[0] > 2000):
        wrong.append(f"victim {slug}, but {first['comm']} ranks first")
    return wrong


def helps_wrong(event):
    """A screen has room for three rows, and one of what would not help."""
    whens = [h["when"] for h in event["helps"]]
    return [f"helps: {whens}"] if len(whens) > 4 or whens.count("not") > 1 else []


def check(folder):
    """The log, and /dev/kmsg's form of it where the lab kept it."""
    truth = truth_of(folder)
    wrong = check_log(log_of(folder), truth)
    kmsg = folder / "kmsg"
    if kmsg.exists() and kmsg.stat().st_size > 0:
        wrong += ["kmsg: " + w for w in check_log(kmsg.read_bytes(), truth)]
    elif (folder / "kmsg.xz").exists():
        wrong += ["kmsg: " + w for w in
                  check_log(lzma.open(folder / "kmsg.xz").read(), truth)]
    return wrong


def words_wrong(log, truth):
    """`says` and `says_not`: what must and must not stand in the text, parts between |."""
    says = [w for w in truth.get("says", "").split("|") if w]
    never = [w for w in truth.get("says_not", "").split("|") if w]
    if not says and not never:
        return []
    run = subprocess.run([BINARY], input=log, stdout=subprocess.PIPE, check=False)
    text = " ".join(run.stdout.decode(errors="replace").split())
    return [f"the text lacks: {w}" for w in says if w not in text] + \
           [f"the text has: {w}" for w in never if w in text]


def check_log(log, truth):
    events, error = explain(log)
    if events is None:
        return [error]
    wrong = words_wrong(log, truth)
    for event in events:
        wrong += [f"forged: it has {key}" for key in truth.get("absent", "").split()
                  if key in event]
    if truth.get("events") and len(events) != int(truth["events"]):
        wrong.append(f"{len(events)} events, truth {truth['events']}")
    for i, event in enumerate(events):
        prefix = "" if i == 0 else f"event{i + 1}."
        wrong += [(f"event {i + 1}: " if i else "") + w
                  for w in compare(event, truth, prefix)]
        wrong += ledger_wrong(event) + refusals_wrong(event, truth) + \
            victim_wrong(event) + helps_wrong(event)
    return wrong


def main():
    passed = failed = skipped = 0
    only = sys.argv[1:]
    gaps = {}
    gap_file = HERE / "known-gaps"
    if gap_file.exists():
        for line in gap_file.read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                name, _, why = line.partition("\t")
                gaps[name] = why
    for folder in sorted((HERE / "fixtures").iterdir()):
        if only and not any(o in folder.name for o in only):
            continue
        if not (folder / "truth").exists() or log_of(folder) is None:
            print(f"skip {folder.name}: not whole")
            skipped += 1
            continue
        wrong = check(folder)
        if folder.name in gaps:
            if wrong:
                print(f"skip {folder.name}: known gap, {gaps[folder.name]}")
                skipped += 1
            else:
                print(f"FAIL {folder.name}: the known gap has closed; take its line out")
                failed += 1
        elif wrong:
            print(f"FAIL {folder.name}: " + "; ".join(wrong))
            failed += 1
        else:
            passed += 1
    print(f"fixtures: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
