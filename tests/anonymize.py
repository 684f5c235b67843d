#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--anonymize hides every name and changes no answer.

Over all fixtures, in one run each: the anonymised answers have the same causes,
numbers and ranking as the plain ones; the anonymised log, read again, gives the same
answers; no name of the fixtures is in any output. Then names made to break it.
"""

import json
import lzma
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
counts = {"passed": 0, "failed": 0}

# What stays: kernel threads, the first processes, and parts of paths that every
# machine has.
KEPT = re.compile(
    r"^(kworker/[0-9uUH:+-]+|kswapd\d+|kcompactd\d+|ksoftirqd/\d+|swapper/\d+|"
    r"migration/\d+|khugepaged|kthreadd|oom_reaper|swapper|init|systemd|"
    r"(system|user|machine|app|session|background|kubepods|kubepods-\w+)\.slice|"
    r"init\.scope|kubepods|besteffort|burstable|docker|machine|system|user|lxc|"
    r"user-\d+\.slice|session-\d+\.scope|user@\d+\.service)?$")


def result(name, wrong):
    if wrong:
        print(f"FAIL {name}: {wrong}")
    counts["failed" if wrong else "passed"] += 1


def run(*arguments, text=None):
    done = subprocess.run([BINARY, *arguments], input=text, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        result(" ".join(arguments)[:60], f"status {done.returncode}: "
               f"{done.stderr.decode(errors='replace')[:300]}")
    return done.stdout.decode("utf-8", "replace")


def objects(*arguments, text=None):
    return [json.loads(line) for line in
            run("--json", "--full", *arguments, text=text).splitlines()]


def names_of(event):
    """The names that must be gone, and the free parts of paths."""
    names = set()
    for place in (event.get("request", {}).get("comm"), *(
            v["comm"] for v in [event.get("victim", {"comm": ""})] + event.get("victims", [])),
                  *(t["comm"] for t in event.get("tasks", {}).get("by_comm", [])),
                  event["source"].get("host")):
        names.add(place or "")
    paths = [event.get("memcg", {}).get(k, "") for k in ("oom_path", "task_path")]
    paths.append(event.get("request", {}).get("cpuset", ""))
    paths.append(event.get("killer", {}).get("cgroup", ""))
    for path in paths:
        for part in path.split("/"):
            names.add(part)
            names.add(re.sub(r"\.(service|slice|scope)$", "", part) if not KEPT.match(part)
                      else "")
    return {n for n in names if not KEPT.match(n)}


def compare(a, b, path, wrong, lines):
    """Everything but words is the same; a word may only have become another."""
    if isinstance(a, dict) and isinstance(b, dict):
        gone = {"also_in", "notices"}  # what other programs said is left out
        # Of a name that ends with a newline the line that asks has nothing.
        if path.endswith((".request", ".printed")) and not (a.get("comm") and b.get("comm")):
            gone.add("comm")
        if set(a) - gone != set(b) - gone or \
                lines and set(a) - gone | {"also_in"} & set(a) != \
                set(b) - gone | {"also_in"} & set(b):
            wrong.append(f"{path}: keys {sorted(set(a) ^ set(b))}")
        for key in a:
            if key in b and key not in ("id", "source", "helps", "notices") and \
                    (lines or key not in ("line", "unrecognised", "foreign", "also_in")):
                compare(a[key], b[key], f"{path}.{key}", wrong, lines)
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            wrong.append(f"{path}: {len(a)} and {len(b)} entries")
        for i, (x, y) in enumerate(zip(a, b)):
            compare(x, y, f"{path}[{i}]", wrong, lines)
    elif isinstance(a, str) and isinstance(b, str):
        if path.rsplit(".", 1)[-1] in ("slug", "confidence", "kind", "outcome", "what",
                                       "constraint", "verdict", "side", "when", "mask",
                                       "flags") and a != b:
            wrong.append(f"{path}: {a!r} and {b!r}")
    elif a != b:
        wrong.append(f"{path}: {a!r} and {b!r}")


def has_name(text, names):
    """The first of the names that stands in the text as a word, or ''."""
    words = set(re.findall(r"[\w.@:/+-]+", text))
    words |= {part for w in words for part in re.split(r"[/:]", w)}
    words |= {w.strip(".:,") for w in words}
    return next((n for n in sorted(names) if n in words), "")


def own_words():
    """Words of our sentences and of the kernel's lines, which a fixture's process may be
    called too: there they are no leak."""
    words = {"hog", "box", "lab", "batch"}
    for folder in ("cli", "explain", "parsers"):
        for source in (HERE.parent / folder).glob("*.c"):
            words |= set(re.findall(r"[\w-]+", source.read_text()))
    return words


OURS = own_words()


def fixtures(folder):
    files = []
    for fixture in sorted((HERE / "fixtures").iterdir()):
        data = None
        if (fixture / "log").exists():
            data = (fixture / "log").read_bytes()
        elif (fixture / "log.xz").exists():
            data = lzma.open(fixture / "log.xz").read()
        if data:
            files.append(folder / fixture.name)
            files[-1].write_bytes(data)
    return files


def all_fixtures(folder):
    files = fixtures(folder)
    log = folder / "anonymized"
    plain = objects(*map(str, files))
    hidden = objects(f"--anonymized-log={log}", *map(str, files))
    again = objects(str(log))
    result("as many events", "" if len(plain) == len(hidden) == len(again) else
           f"{len(plain)}, anonymised {len(hidden)}, read again {len(again)}")
    for p, h, a in zip(plain, hidden, again):
        name = pathlib.Path(p["source"]["file"]).name
        wrong = []
        compare(p, h, "", wrong, True)
        if not wrong:
            compare(h, a, "", wrong, False)
            wrong = [f"read again {w}" for w in wrong]
        found = has_name(json.dumps(h, ensure_ascii=False), names_of(p))
        # A word of a sentence is no leak: then only the places of names count.
        if found and found not in OURS:
            wrong.append(f"{found!r} is still there")
        if names_of(p) & names_of(h):
            wrong.append(f"the name {names_of(p) & names_of(h)} is still there")
        if name in json.dumps(h):
            wrong.append("the file's name is still there")
        result(name, "; ".join(wrong[:4]))
    return files, plain


def every_format(files, plain):
    names = set().union(*map(names_of, plain)) - OURS
    for options in (("--full",), ("--list",), ("--dedupe",)):
        text = run("--anonymize", *options, *map(str, files))
        # What an ia64 calls a register is no task's name.
        text = re.sub(r"oomwhy wiki \S+|\bip  ?:", "", text)
        found = has_name(text, names)
        result(f"{' '.join(options)} shows no name", found)
        result(f"{' '.join(options)} shows no file", "fixtures" if any(
            f.name in text for f in files) else "")


def syslog(text, host="acme-db1.example.com", program="kernel"):
    return "".join(f"2026-03-01T10:00:00+00:00 {host} {program}: {line}\n"
                   for line in text.splitlines()).encode()


def hostile(folder):
    log = (HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "log").read_text()
    plain = objects(text=log.encode())[0]
    for number, name in enumerate(("Node", "kB", "free", "memory", "total_vm", "a b", ")",
                                   "task=x,pid=1", "Killed process", "usage", "(null)",
                                   "proc-1", "order=0", "limit", "é\x1b[31m", "[  12]",
                                   "kworker/secret", "x)(y", "uid=0")):
        changed = re.sub(r"\bhog\b", lambda _, n=name: n[:15], log)
        out = folder / f"hostile{number}"
        hidden = objects(f"--anonymized-log={out}", text=changed.encode())
        again = objects(str(out))
        wrong = []
        if len(hidden) != 1 or len(again) != 1:
            wrong.append(f"{len(hidden)} events, {len(again)} read again")
        else:
            compare(plain, hidden[0], "", wrong, True)
            compare(plain, again[0], "", wrong, False)
            if name not in ("proc-1",) and name in names_of(hidden[0]):
                wrong.append("it is still there")
            if len(name) > 8 and name != "Killed process" and name in out.read_text(errors="replace"):
                wrong.append("it is in the log")
        result(f"a process called {name!r}", "; ".join(wrong[:4]))


def places(folder):
    """Names at all kinds of places, each of which must go."""
    log = (HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "log").read_text()
    container = "0123456789abcdef" * 4
    pod = "12345678-9abc-4def-8123-456789abcdef"
    path = f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" \
           f"{pod.replace('-', '_')}.slice/cri-containerd-{container}.scope"
    text = log.replace("/lab.slice/box.service", path).replace("box.service", path[-85:])
    text = re.sub(r"Hardware name: .*", "Hardware name: Acme X1, serial S3R14L", text)
    text += ("[    3.100000] oom_reaper: reaped process 162 (hog), now anon-rss:0kB, "
             "file-rss:0kB, shmem-rss:0kB\n"
             "[    3.200000] oom_reaper: unable to reap pid:162 (hog)\n"
             "[    3.300000] Tasks in /acme/secret are going to be killed due to "
             "memory.oom.group set\n")
    for form, secrets in (("--full", ()), ("--json", ()), ("--list", ())):
        out = run("--anonymize", form, text=syslog(text))
        found = [s for s in (container[:12], pod, pod.replace("-", "_"), "acme", "secret",
                             "Acme", "S3R14L", "hog", *secrets) if s in out]
        result(f"places in {form}", found)
        result(f"the shape of the path stays in {form}", "" if form == "--list" or
               re.search(r"QoS class Burstable", out) else "it is no pod any more")
    two = syslog(log) + syslog(log, "other.example.com") + syslog(log)
    hosts = [o["source"]["host"] for o in objects("--anonymize", text=two)]
    result("a host has one pseudonym", "" if hosts == ["host-1", "host-2", "host-1"]
           else hosts)
    killers = syslog("Killed /user.slice/acme.service due to memory pressure for /user.slice"
                     "/acme-2 being 60.00% > 50.00% for > 20s with reclaim activity",
                     program="systemd-oomd[9]") + syslog(
        "sending SIGTERM to process 9 uid 0 \"acmed\": oom_score 800, oom_score_adj 0, "
        "VmRSS 100 MiB, cmdline \"/opt/acme/acmed --secret\"", program="earlyoom[9]") + \
        syslog("__vm_enough_memory: pid: 1, comm: acmed, bytes: 8589934592 not enough memory "
               "for the allocation")
    log_file = folder / "killers"
    out = run("--json", f"--anonymized-log={log_file}", text=killers)
    result("userspace killers", [s for s in ("acme", "secret") if s in out] +
           [s for s in ("acme", "secret") if s in log_file.read_text()])
    result("userspace killers read again",
           [] if [o["kind"] for o in objects(str(log_file))] ==
           [json.loads(line)["kind"] for line in out.splitlines()] else log_file.read_text())
    what_if = objects("--anonymize", "--what-if=oom_score_adj:hog=-1000",
                      text=log.encode())[0]["what_if"][0]
    result("--what-if asks for the log's own name",
           "" if what_if["found"] and what_if["name"].startswith("proc-") else what_if)
    # Selected by its real name; written under another.
    result("selectors mean the real names", "" if len(objects(
        "--anonymize", "--host=acme-*", "--comm=hog", text=syslog(log))) == 1 else "none")
    taken = subprocess.run([BINARY, f"--anonymized-log={log_file}"], input=killers,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    result("no file is overwritten", "" if taken.returncode == 2 and not taken.stdout and
           b"cannot create" in taken.stderr else taken)
    same = [run("--anonymize", "--full", text=two) for _ in range(2)]
    result("two runs say the same", "" if same[0] == same[1] else "they differ")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "acme-customer"
        folder.mkdir()
        files, plain = all_fixtures(folder)
        every_format(files, plain)
        hostile(folder)
        places(folder)
    print(f"anonymize: {counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
