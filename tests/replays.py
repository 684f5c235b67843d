#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The replays and the ledger against what the lab measured for itself.

ledger: what no counter owns in the report, less what no counter owned in the same
guest before the provocation (its /proc/meminfo and /proc/zoneinfo), is within 2 % of
RAM + 16 MiB, or the truth says that unaccounted memory is what filled it.
killer: the kernel's victim ranks first, or within the drift of the counters.
what-if: pairs of guests that differ in one oom_score_adj predict each other's victim.
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

# fixture, what-if, the fixture whose victim it must name (by name)
PAIRS = [
    ("anon-no-swap--{k}-global-protected-hog", "oom_score_adj:hog=0",
     "anon-no-swap--{k}-global-plain-hog"),
    ("anon-no-swap--{k}-global-plain-hog", "oom_score_adj:hog=-1000",
     "anon-no-swap--{k}-global-protected-hog"),
    ("anon-no-swap--{k}-global-adj1000", "oom_score_adj:scapegoat=0",
     "anon-no-swap--{k}-global-plain-goat"),
    ("anon-no-swap--{k}-global-plain-goat", "oom_score_adj:scapegoat=1000",
     "anon-no-swap--{k}-global-adj1000"),
    # Tried with -1000 on 6.12: it died all the same.
    ("anon-no-swap--{k}-swapoff", "oom_score_adj:swapoff=-1000", "anon-no-swap--{k}-swapoff"),
]

# The kernel's victim does not rank first by the printed table, and why.
NOT_FIRST = {
    "allocating-task": "vm.oom_kill_allocating_task kills whoever asks",
    "threaded": "the row names a thread",
    "swapoff": "whoever turns swap off dies first",
}


def read(path):
    if path.exists():
        return path.read_bytes()
    packed = path.with_name(path.name + ".xz")
    return lzma.open(packed).read() if packed.exists() else None


def events_of(folder, *options):
    data = read(folder / "log")
    run = subprocess.run([BINARY, "--json", *options], input=data, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def truth_of(folder):
    return dict(line.split("\t", 1) for line in
                (folder / "truth").read_text(errors="replace").splitlines() if "\t" in line)


def unaccounted_before(folder, zspages):
    meminfo, zoneinfo = read(folder / "before" / "meminfo"), read(folder / "before" / "zoneinfo")
    if not meminfo or not zoneinfo:
        return None
    kb = {m[1]: int(m[2]) for m in re.finditer(r"^([^:\n]+): +(\d+)", meminfo.decode(), re.M)}
    zones = zoneinfo.decode()
    page = 4
    managed = sum(map(int, re.findall(r"^ +managed +(\d+)", zones, re.M))) * page
    pcp = sum(map(int, re.findall(r"^ +count: +(\d+)", zones, re.M))) * page
    # zoneinfo has always had them, the report since 6.18.
    pools = sum(map(int, re.findall(r"^ +nr_zspages +(\d+)", zones, re.M))) * page if zspages else 0
    known = (pools + kb["MemFree"] + kb["Active(anon)"] + kb["Inactive(anon)"] + kb["Active(file)"]
             + kb["Inactive(file)"] + kb["Unevictable"] + kb["Slab"]
             + kb.get("KReclaimable", kb["SReclaimable"]) - kb["SReclaimable"]
             + kb["KernelStack"] + kb["PageTables"] + kb.get("SecPageTables", 0)
             + kb.get("HugePages_Total", 0) * kb.get("Hugepagesize", 0) + pcp)
    return (managed - known) * 1024


def ledger_wrong(folder, truth):
    event = events_of(folder)[0]
    entries = {e["what"]: e["bytes"] for e in event.get("ledger", {}).get("entries", [])}
    if event["constraint"] == "memcg" or "unaccounted" not in entries or not event["complete"]:
        return None
    before = unaccounted_before(folder, "zspages" in entries)
    if before is None:
        return None
    total = event["ledger"]["total_bytes"]
    grown = entries["unaccounted"] - before
    if abs(grown) <= total * 2 // 100 + (16 << 20):
        return ""
    leak = truth.get("filler", "").split("|") + [truth.get("cause", "")]
    if grown > 0 and ("unaccounted" in leak or "unaccounted-memory" in leak):
        return ""
    # A module's own pages and zram's pool are in no counter: the scenario says so.
    if grown > 0 and re.search(r"module|driver|zram|leak|pages of", truth.get("what", "")):
        return ""
    return f"unaccounted grew by {grown >> 20} MiB of {total >> 20} MiB"


def killer_wrong(folder, truth):
    event = events_of(folder)[0]
    selection = event.get("selection", {})
    if "victim" not in event or not selection.get("replayed") or not event["complete"]:
        return None
    if any(folder.name.endswith(k) for k in NOT_FIRST):
        return None
    return "" if selection.get("matches") else "the kernel's victim does not rank first"


def pair_wrong(kernel, pair):
    fixture, question, other = (p.format(k=kernel) for p in pair)
    folder, target = HERE / "fixtures" / fixture, HERE / "fixtures" / other
    if not (folder / "truth").exists() or not (target / "truth").exists():
        return None
    answer = events_of(folder, "--what-if", question)[0]["what_if"][0]
    victim = answer.get("victim", {}).get("comm")
    want = truth_of(target)["victim"]
    return "" if victim == want else f"predicts {victim}, the other guest killed {want}"


def main():
    passed = failed = 0
    for folder in sorted((HERE / "fixtures").iterdir()):
        if not (folder / "truth").exists() or read(folder / "log") is None:
            continue
        truth = truth_of(folder)
        if truth.get("origin") != "lab":
            continue
        for name, check in (("ledger", ledger_wrong), ("killer", killer_wrong)):
            wrong = check(folder, truth)
            if wrong:
                failed += 1
                print(f"FAIL replays: {name}: {folder.name}: {wrong}")
            elif wrong is not None:
                passed += 1
    for kernel in ("6.1", "6.12"):
        for pair in PAIRS:
            wrong = pair_wrong(kernel, pair)
            if wrong:
                failed += 1
                print(f"FAIL replays: {pair[0].format(k=kernel)} {pair[1]}: {wrong}")
            elif wrong is not None:
                passed += 1
    print(f"replays: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
