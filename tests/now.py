#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`oomwhy now` on recorded machines and on this one.

Recorded: what every guest of the lab had in /proc before and after its shortage, judged
here a second time by a few lines of arithmetic. This machine: the ranking is that of
/proc/PID/oom_score, and what cannot be seen is said.
"""

import collections
import json
import lzma
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parent / "share" / "oomwhy-now.schema.json"
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
PASSING = ("passes", "wakes-kswapd")

passed, failed, skipped = 0, 0, 0


def result(name, trouble=""):
    global passed, failed
    if trouble:
        failed += 1
        print(f"FAIL now: {name}: {trouble}")
    else:
        passed += 1


def skip(name, why):
    global skipped
    skipped += 1
    print(f"SKIP now: {name}: {why}")


def validator():
    try:
        import jsonschema
    except ImportError:
        return None
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))


VALIDATOR = validator()


def now(*arguments, before=(), **kw):
    run = subprocess.run([*before, BINARY, "now", "--json", "--seconds", "0", *arguments],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **kw)
    if run.returncode:
        raise RuntimeError(run.stderr.decode().strip())
    said = json.loads(run.stdout)
    if VALIDATOR:
        for error in VALIDATOR.iter_errors(said):
            result("schema", f"{error.json_path}: {error.message}"[:300])
    return said


# ---- recorded machines -------------------------------------------------------------------

def read(folder, name):
    if (folder / name).exists():
        return (folder / name).read_text()
    packed = folder / (name + ".xz")
    return lzma.open(packed, "rt").read() if packed.exists() else None


def zones_of(zoneinfo):
    """The populated zones: what decides over a request for a single page."""
    zones = []
    for part in re.split(r"(?m)^(?=Node \d+, zone)", zoneinfo)[1:]:
        one = {"name": re.match(r"Node \d+, zone +(\w+)", part).group(1),
               "node": int(part.split()[1].rstrip(","))}
        one["free"] = int(re.search(r"pages free +(\d+)", part).group(1))
        for key in ("boost", "min", "low", "high", "present", "managed", "nr_free_cma"):
            found = re.search(rf"(?m)^ +{key} +(\d+)", part)
            one[key] = int(found.group(1)) if found else 0
        one["reserve"] = [int(n) for n in
                          re.search(r"protection: \((.*)\)", part).group(1).split(", ")]
        if one["present"]:
            zones.append(one)
    return zones


def expected(zone, kind, page):
    """Would a zone that may be used give one page without waiting?"""
    mark = zone["min"]
    cma = 0 if kind == "user-page" else zone["nr_free_cma"]
    if kind == "atomic-page":
        # Without the boost, three eighths of the rest.
        mark -= zone["boost"]
        mark -= mark // 2
        mark -= mark // 4
    reach = len(zone["reserve"])
    types = {5: ("DMA", "DMA32", "Normal", "Movable", "Device"),
             4: ("DMA", "Normal", "HighMem", "Movable")}[reach]
    highest = types.index("Movable" if kind == "user-page" else "Normal")
    if types.index(zone["name"]) > highest:
        return None
    return (zone["free"] - cma > mark + zone["reserve"][highest]), \
        (zone["free"] - cma - mark - zone["reserve"][highest]) * page


def check_zones(name, said, zones, page):
    wrong = []
    for request in said["requests"]:
        if request["name"] not in ("user-page", "kernel-page", "nowait-page", "atomic-page"):
            continue
        for zone, answer in zip(zones, request["zones"], strict=True):
            want = expected(zone, request["name"], page)
            if want is None:
                ok = answer["verdict"] == "not-reached"
            else:
                ok = (answer["verdict"] in PASSING) == want[0] and \
                    answer["spare_bytes"] == want[1]
            if not ok:
                wrong.append(f"{request['name']} in {zone}: {answer}, not {want}")
    result(f"{name}: zones", "; ".join(wrong[:2]))


def check_ledger(name, said, meminfo, zoneinfo, zones, page):
    ledger = {e["what"]: e["bytes"] for e in said["ledger"]["entries"]}
    kb = {k: int(v) * 1024 for k, v in re.findall(r"(?m)^(\S+): +(\d+) kB", meminfo)}
    wrong = []
    if sum(ledger.values()) != said["ledger"]["total_bytes"]:
        wrong.append("it does not sum")
    if said["ledger"]["total_bytes"] != sum(z["present"] for z in zones) * page:
        wrong.append("its total is not the present pages")
    if ledger["free"] + ledger.get("free-cma", 0) != kb["MemFree"]:
        wrong.append(f"free {ledger['free']}, MemFree {kb['MemFree']}")
    slab = sum(int(n) for n in re.findall(r"nr_slab_unreclaimable +(\d+)", zoneinfo)) * page
    if ledger["slab"] != slab:
        wrong.append(f"slab {ledger['slab']}, not {slab}")
    if ledger["unaccounted"] < -8 * 2**20:
        wrong.append(f"more than there is: {ledger['unaccounted']}")
    result(f"{name}: ledger", "; ".join(wrong))


def recorded():
    count = collections.Counter()
    for truth in sorted((HERE / "fixtures").glob("*/truth")):
        for state in ("before", "after"):
            folder = truth.parent / state
            files = {f: read(folder, f) for f in ("meminfo", "zoneinfo", "buddyinfo")}
            if not all(files.values()):
                continue
            facts = dict(line.split("\t", 1) for line in truth.read_text().splitlines())
            page = int(facts.get("page_size_bytes", 4096))
            name = f"{truth.parent.name}/{state}"
            with tempfile.TemporaryDirectory() as root:
                for f, text in files.items():
                    (pathlib.Path(root) / f).write_text(text)
                release = pathlib.Path(root) / "sys" / "kernel"
                release.mkdir(parents=True)
                (release / "osrelease").write_text(facts["kernel"] + "\n")
                said = now("--root", root)
            zones = zones_of(files["zoneinfo"])
            if said["memory"]["page_bytes"] != page:
                result(f"{name}: page size", said["memory"]["page_bytes"])
            check_zones(name, said, zones, page)
            check_ledger(name, said, files["meminfo"], files["zoneinfo"], zones, page)
            count[state] += 1
            # Before its shortage a guest can give a page to anybody.
            if state == "before" and facts["kind"] == "oom" and facts["constraint"] == "memcg":
                bad = [r for r in said["requests"][:2] if r["verdict"] not in PASSING]
                result(f"{name}: passes", bad)
            if not said.get("headline", "").startswith("No available memory because"):
                result(f"{name}: headline", said.get("headline"))
    result("states before", "" if count["before"] > 100 else count)
    result("states after", "" if count["after"] > 100 else count)


# ---- this machine ------------------------------------------------------------------------

def adjusted(adj, mib):
    """A process with that adjustment and about that much memory."""
    code = (f"import time\nopen('/proc/self/oom_score_adj','w').write('{adj}')\n"
            f"x=bytearray({mib}<<20)\nprint(flush=True)\ntime.sleep(60)")
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def check_ranking(said, again=False):
    """The order of badness is that of oom_score, and each is proc_oom_score()'s formula."""
    total = said["who_dies_next"]["total_pages"]
    rows = [c for c in said["who_dies_next"]["candidates"] if c["eligible"] and "oom_score" in c]
    # Counters lag by a batch a CPU: 1 in a score of 2000.
    slack = 2 * 3 * max(32, 2 * os.cpu_count()) * os.cpu_count() * 1000 / total + 1
    off = [(c["comm"], c["oom_score"]) for c in rows if
           abs((1000 + int(c["badness_pages"] * 1000 / total)) * 2 // 3 - c["oom_score"]) > slack]
    # A process may grow between two reads of it, so a second look must agree that it is off.
    if off and not again:
        return check_ranking(now(), again=True)
    result("oom_score is what badness makes of it", off)
    wrong = [(a["comm"], b["comm"]) for a, b in zip(rows, rows[1:], strict=False)
             if b["oom_score"] > a["oom_score"] + slack]
    result("the ranking is that of oom_score", wrong)
    return None


def kernel_at_least(major, minor):
    return tuple(int(n) for n in re.findall(r"\d+", os.uname().release)[:2]) >= (major, minor)


def this_machine():
    if not os.path.exists("/proc/zoneinfo"):
        skip("this machine", "it has no /proc/zoneinfo")
        return
    processes = []
    try:
        processes = [adjusted(1000, 4), adjusted(500, 8), adjusted(0, 32)]
        said = now()
    except (PermissionError, RuntimeError) as error:
        skip("this machine", error)
        return
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
    pids = [c["pid"] for c in said["who_dies_next"]["candidates"]]
    result("ours are ranked by their adjustments",
           "" if [p for p in pids if p in [q.pid for q in processes]] ==
           [q.pid for q in processes] else pids[:5])
    result("no kernel thread, not the first process",
           [p for p in pids if p in (1, 2)] if os.readlink("/proc/self/ns/pid") ==
           "pid:[4026531836]" else "")
    if kernel_at_least(5, 9):
        check_ranking(said)
    else:
        skip("the ranking", "oom_score has another formula before 5.9")


def as_others():
    """What cannot be seen is said, with its reason."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        skip("without root", "this needs root to become nobody")
        return
    with tempfile.TemporaryDirectory() as place:
        # The checkout may stand where nobody may look.
        copy = pathlib.Path(place) / "oomwhy"
        shutil.copy(BINARY, copy)
        os.chmod(place, 0o755)
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        command = [*nobody, str(copy), "now", "--json", "--seconds", "0"]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        result("without root: status", run.stderr.decode() if run.returncode else "")
        said = json.loads(run.stdout or "{}")
        places = {u["place"]: u["why"] for u in said.get("unseen", [])}
        mode = os.stat("/proc/pagetypeinfo").st_mode & 0o004 if \
            os.path.exists("/proc/pagetypeinfo") else 1
        result("without root: pagetypeinfo", "" if mode or places.get("/proc/pagetypeinfo") ==
               "Permission denied" else places)
        result("without root: requests are judged",
               [r for r in said["requests"][:2] if r["verdict"] == "unknown"])
        if not shutil.which("unshare"):
            skip("containers", "unshare is missing")
            return
        inside = ("unshare", "--pid", "--fork", "--mount-proc")
        probe = subprocess.run([*inside, "true"], stderr=subprocess.DEVNULL, check=False)
        if probe.returncode:
            skip("containers", "namespaces are not allowed here")
            return
        said = now(before=inside)
        result("container: processes outside are named as unseen",
               "" if [u for u in said.get("unseen", []) if "container" in u["what"]]
               else said.get("unseen"))
        # There pid 1 is an ordinary process: here it is ourselves.
        result("container: only its own processes",
               "" if len(said["who_dies_next"].get("candidates", [])) <= 3
               else said["who_dies_next"])
        said = now(before=("unshare", "--cgroup"))
        if "/.." in subprocess.run(["unshare", "--cgroup", "cat", "/proc/self/mountinfo"], check=True,
                                   stdout=subprocess.PIPE).stdout.decode():
            result("cgroup namespace: said",
                   "" if [u for u in said.get("unseen", []) if "cgroup namespace" in u["why"]]
                   else said.get("unseen"))
        else:
            skip("cgroup namespace", "ours is at the top, so another one is too")
        hidden = subprocess.run(
            ["unshare", "--mount", "sh", "-c",
             "mount -t proc -o hidepid=2 proc /proc && exec " + " ".join(command)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if hidden.returncode:
            skip("hidepid", hidden.stderr.decode().strip())
            return
        said = json.loads(hidden.stdout)
        result("hidepid: said", "" if [u for u in said.get("unseen", []) if "hidepid" in u["why"]]
               else said.get("unseen"))


def growth():
    """A cgroup that grows towards its limit: how long it has; one that does not: says so."""
    tops = ("/sys/fs/cgroup/memory", "/sys/fs/cgroup")
    made = []
    for top in tops:
        try:
            for name in ("grows", "rests"):
                folder = pathlib.Path(top) / f"oomwhy-{os.getpid()}-{name}"
                folder.mkdir()
                made.append(folder)
                limit = [f for f in ("memory.limit_in_bytes", "memory.max")
                         if (folder / f).exists()]
                (folder / limit[0]).write_text(str(64 << 20))
            break
        except (OSError, IndexError):
            for folder in made:
                folder.rmdir()
            made = []
    if not made:
        skip("growth", "no memory cgroup can be made here")
        return
    code = ("import sys,time\nopen(sys.argv[1]+'/cgroup.procs','w').write('0')\n"
            "x=[bytearray(16<<20)]\nprint(flush=True)\n"
            "while True:\n time.sleep(.1); x+=[bytearray(int(k)<<10) for k in sys.argv[2:]]")
    processes = [subprocess.Popen([sys.executable, "-c", code, str(folder), *kib],
                                  stdout=subprocess.PIPE)
                 for folder, kib in zip(made, (["400"], []), strict=True)]
    try:
        for process in processes:
            process.stdout.readline()
        run = subprocess.run([BINARY, "now", "--json", "--seconds", "3"], check=True,
                             stdout=subprocess.PIPE)
        said = {c["path"].rsplit("-", 1)[1]: c for c in json.loads(run.stdout)["cgroups"]
                if f"oomwhy-{os.getpid()}" in c["path"]}
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for folder in made:
            for _ in range(50):
                try:
                    folder.rmdir()
                    break
                except OSError:
                    time.sleep(0.1)
    grows, rests = said.get("grows", {}), said.get("rests", {})
    rate = grows.get("growth_bytes_per_second", 0)
    result("growth: its rate", "" if 256 << 10 < rate < 8 << 20 else grows)
    left = grows.get("seconds_left", 0)
    result("growth: the time left", "" if isinstance(left, int) and
           abs(left - grows["room_bytes"] / rate) <= 1 else grows)
    result("growth: none", "" if rests.get("seconds_left") == "unlimited" else rests)
    result("growth: whom it would cost", "" if grows.get("who_dies_next", {}).get("pid") ==
           processes[0].pid else grows.get("who_dies_next"))


def usage():
    for arguments in (("--request", "GFP_NONSENSE:0"), ("--request", "GFP_KERNEL:99"),
                      ("--seconds", "x"), ("--root", "/nonexistent"), ("file",), ("--request",)):
        run = subprocess.run([BINARY, "now", *arguments], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
        result(f"usage: {' '.join(arguments)}", "" if run.returncode == 2 and run.stderr and
               not run.stdout else f"status {run.returncode}")
    with tempfile.TemporaryDirectory() as root:
        run = subprocess.run([BINARY, "now", "--root", root], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
        result("an empty tree", "" if run.returncode == 2 and run.stderr else run.returncode)
    run = subprocess.run([BINARY, "now", "--seconds", "0"], stdout=subprocess.PIPE, check=False)
    long = [line for line in run.stdout.decode().splitlines() if len(line) > 80]
    result("text: at most 80 columns", long[:2])


def main():
    recorded()
    this_machine()
    as_others()
    growth()
    usage()
    print(f"now: {passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
