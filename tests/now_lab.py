#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `oomwhy now` says of a guest's state is what that guest's kernel then did.

The lab's guests (tests/lab/scenarios/now-*) keep what /proc and the cgroups held just
before, as now.tar.xz, and what came of it: which zone gave a block for each mask and
order, or whom the kernel killed. Each state is judged again here by the program as it
is now.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))

# What the module's masks are in the kernel's words.
MASKS = {
    0x800: "GFP_NOWAIT", 0x804: "GFP_NOWAIT|GFP_DMA32", 0x801: "GFP_NOWAIT|GFP_DMA",
    0xa20: "GFP_ATOMIC", 0xa24: "GFP_ATOMIC|GFP_DMA32", 0xa21: "GFP_ATOMIC|GFP_DMA",
    0x820: "GFP_ATOMIC", 0x824: "GFP_ATOMIC|GFP_DMA32", 0x821: "GFP_ATOMIC|GFP_DMA",
}
TYPES = ("Unmovable", "Movable", "Reclaimable", "HighAtomic")
ZONE = re.compile(r" (\w+) free=(\d+) highatomic=(\d+) blocks=([\d/a-f,]+)")

passed, failed = 0, 0


def result(name, trouble):
    global passed, failed
    if trouble:
        failed += 1
        print(f"FAIL now_lab: {name}: {trouble}")
    else:
        passed += 1


def judge(root, requests=()):
    command = [BINARY, "now", "--json", "--seconds", "0", "--root", str(root)]
    for request in requests:
        command += ["--request", request]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def set_zones(root, before, zones, new):
    """Make the recorded files those of the moment of a request: the module says what the
    zones had then, which is a few pages off what /proc had before."""
    proc = root / "proc"
    text = before["zoneinfo"]
    for name, (free, _, _) in zones.items():
        text, n = re.subn(rf"(?m)(^Node 0, zone +{name}\n(?:.*\n)*?  pages free +)\d+",
                          rf"\g<1>{free}", text, count=1)
        assert n == 1, name
    (proc / "zoneinfo").write_text(text)
    # MemFree must not contradict them.
    total = sum(free for free, _, _ in zones.values()) * 4
    (proc / "meminfo").write_text(re.sub(r"(?m)^MemFree:.*$", f"MemFree: {total} kB",
                                         before["meminfo"]))
    buddy, lists, blocks = [], [], []
    for name, (_, highatomic, orders) in zones.items():
        buddy.append(f"Node 0, zone {name:>8} " + " ".join(str(n) for n, _ in orders))
        for bit, kind in enumerate(TYPES):
            counts = [1 if mask >> bit & 1 else 0 for _, mask in orders]
            if kind == "HighAtomic" and new:
                counts[0] += highatomic - sum(n << o for o, n in enumerate(counts))
            lists.append(f"Node    0, zone {name:>8}, type {kind:>12} " +
                         " ".join(str(n) for n in counts))
        blocks.append(f"Node 0, zone {name:>8} 1 1 1 {highatomic // 512}")
    (proc / "buddyinfo").write_text("\n".join(buddy) + "\n")
    (proc / "pagetypeinfo").write_text(
        "Page block order: 9\nPages per block:  512\n\nFree pages count per migrate type at "
        "order 0 1 2 3 4 5 6 7 8 9 10 \n" + "\n".join(lists) + "\n" + "\nNumber of blocks type " +
        " ".join(TYPES) + "\n" + "\n".join(blocks) + "\n")


def zones_of(line):
    return {name: (int(free), int(highatomic),
                   tuple((int(n), int(mask, 16)) for n, mask in
                         (part.split("/") for part in blocks.split(","))))
            for name, free, highatomic, blocks in ZONE.findall(line)}


def served(request):
    """The zone that would give it: the highest that passes its low mark, else its min."""
    for verdict in ("passes", "wakes-kswapd"):
        for zone in reversed(request["zones"]):
            if zone["verdict"] == verdict:
                return zone["name"]
    return "none"


def check_tried(name, root):
    """A step of now-nowait: every request of it, at the very numbers of that moment."""
    before = {f: (root / "proc" / f).read_text() for f in ("zoneinfo", "meminfo")}
    release = (root / "proc/sys/kernel/osrelease").read_text()
    new = tuple(int(n) for n in release.split(".")[:2]) >= (6, 12)
    moments = collections.defaultdict(list)
    for line in (root / "tried").read_text().splitlines():
        gfp, order = re.match(r"gfp=0x(\w+) order=(\d+)", line).groups()
        gave = re.search(r"gave=(\w+)", line).group(1)
        key = re.search(r" DMA free.*(?= gave=)", line).group(0)
        moments[key].append((f"{MASKS[int(gfp, 16)]}:{order}", gave))
    wrong, count = [], collections.Counter()
    for key, tries in moments.items():
        set_zones(root, before, zones_of(key), new)
        said = [r for r in judge(root, [request for request, _ in tries])["requests"]
                if r["name"] == "asked"]
        for (request, gave), r in zip(tries, said, strict=True):
            count[gave] += 1
            if served(r) != gave:
                wrong.append(f"{request} got {gave}, said {served(r)} ({r['zones']})")
    result(name, "; ".join(wrong[:2]) + (f" and {len(wrong) - 2} more" if len(wrong) > 2 else ""))
    return count


def check_victim(name, root, truth):
    """Whom it names is the one that was killed."""
    said = judge(root)
    ranking = said["who_dies_next"]
    if "oom_memcg" in truth:
        inside = [c for c in said.get("cgroups", []) if c["path"] == truth["oom_memcg"]]
        result(f"{name}: the cgroup is among the nearest", "" if inside else "it is not")
        if not inside:
            return
        ranking = inside[0]["who_dies_next"]
        result(f"{name}: the cgroup's headline", "" if inside[0]["cause"] == truth["cause"]
               else inside[0].get("headline"))
        result(f"{name}: the nearest of all", "" if said["cgroups"][0] is inside[0]
               else said["cgroups"][0]["path"])
    else:
        result(f"{name}: the headline", "" if said["cause"] == truth["cause"]
               else said["headline"])
    result(f"{name}: chosen by badness", "" if ranking["choice"] == "badness" else ranking["says"])
    result(f"{name}: who dies next", "" if str(ranking.get("pid")) == truth["victim_pid"]
           else f"{ranking['says']}; the kernel killed {truth['victim_pid']}")
    # The guest's kernel ranked them itself.
    total = said["who_dies_next"]["total_pages"]
    off = [c for c in said["who_dies_next"]["candidates"] if c["eligible"] and
           abs((1000 + int(c["badness_pages"] * 1000 / total)) * 2 // 3 - c["oom_score"]) > 1]
    result(f"{name}: oom_score of every process", off)
    # What the program of that time said in the guest itself.
    then = json.loads((root / "says.json").read_text())
    ours = [c for c in then.get("cgroups", []) if c["path"] == truth.get("oom_memcg")]
    named = (ours[0] if ours else then)["who_dies_next"].get("pid")
    result(f"{name}: said in the guest", "" if str(named) == truth["victim_pid"] else str(named))


def main():
    total = collections.Counter()
    for fixture in sorted((HERE / "fixtures").glob("*/now.tar.xz")):
        folder = fixture.parent
        truth = dict(line.split("\t", 1)
                     for line in (folder / "truth").read_text().splitlines())
        with tempfile.TemporaryDirectory() as place, tarfile.open(fixture) as tar:
            tar.extractall(place)
            for root in sorted(pathlib.Path(place).iterdir()):
                name = f"{folder.name}: {root.name}"
                if (root / "tried").exists():
                    total += check_tried(name, root)
                else:
                    check_victim(name, root, truth)
    for gave in ("DMA", "DMA32", "none"):
        result(f"requests that got {gave}", "" if total[gave] > 100 else f"only {total[gave]}")
    print(f"now_lab: {passed} passed, {failed} failed, 0 skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
