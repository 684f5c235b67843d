#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real reports from public projects, where their folder lies beside the checkout.

They are not the project's own and never copied into it. labels.tsv has an expert's
cause by the numbers, index.tsv the kind and the victim. Where a label is wrong the
arithmetic stands in RELABELLED below.
"""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = pathlib.Path(os.environ.get("OOMWHY_CORPUS", HERE.parent.parent / "shared" / "corpus"))
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))

# Older names of the labels, and what causes.md calls them.
RENAMED = {
    "unaccounted-kernel-memory": "unaccounted-memory",
    "balloon": "unaccounted-memory",
    "mlocked": "unevictable",
    "reclaim-failure-file-cache": "reclaim-failure",
}

# The index's words for what the events are: the kind, and what else must hold of one.
KINDS = {
    "oom-global": ("oom", {}), "oom-memcg": ("oom", {"constraint": "memcg"}),
    "oom-sysrq": ("oom", {"cause.slug": "sysrq-manual"}), "oom-bpf": ("oom", {}),
    "oom-cpuset": ("oom", {"constraint": "cpuset"}),
    "oom-mempolicy": ("oom", {"constraint": "mempolicy"}),
    "vmalloc-failure": ("allocation-failure", {}),
    "page-alloc-failure": ("allocation-failure", {}), "truncated": ("oom", {}),
}

# Labels that the numbers contradict, each with its arithmetic.
RELABELLED = {}

# Lines that a mailer, a web page or a terminal cut or wrapped: these logs' own damage.
DAMAGED = {"reports/m28-5.4-balloon-managed.log"}


def explain(path):
    run = subprocess.run([BINARY, "--json", str(path)], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1, 2):
        return None, f"status {run.returncode}: {run.stderr.decode(errors='replace')[-300:]}"
    return [json.loads(line) for line in run.stdout.splitlines()], ""


def rows_of(name):
    lines = (CORPUS / "reports" / name).read_text().splitlines()
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t"))) for line in lines[1:]]


def label_wrong(event, label):
    slug = event["cause"]["slug"]
    accepted = {RENAMED.get(label[k], label[k]) for k in ("primary", "second_acceptable")}
    if label["id"] in RELABELLED:
        accepted |= set(RELABELLED[label["id"]])
    # That label is a kind: any cause will do if the kind is right.
    if "page-allocation-failure" in accepted and event["kind"] == "allocation-failure":
        return ""
    if slug in accepted:
        return ""
    return f"cause {slug} ({event['cause']['confidence']}), label {'/'.join(sorted(accepted))}"


def at(event, path):
    for part in path.split("."):
        event = event.get(part, {})
    return event


def index_wrong(events, row):
    wrong = []
    kinds = {e["kind"] for e in events}
    for word in row["kind"].replace(" (fragment)", "").replace(" truncated", "").split(" + "):
        kind, holds = KINDS[word]
        alike = [e for e in events if e["kind"] == kind]
        if not alike:
            wrong.append(f"kind {sorted(kinds)}, index {word}")
        for path, want in holds.items():
            if not any(at(e, path) == want for e in alike):
                wrong.append(f"no event has {path} {want}")
    for column, path in (("trigger", "request.comm"), ("order", "request.order"),
                         ("gfp", "request.gfp.mask")):
        want = row[column].split("(")[0]
        if want and not any(str(at(e, path)) == want for e in events):
            wrong.append(f"no event has {path} {want}")
    victims = [(str(e["victim"].get("pid")), e["victim"]["comm"]) for e in events
               if "victim" in e]
    for part in row["victim"].split(";"):
        pid, _, comm = part.strip().partition(" ")
        if pid and (pid, comm) not in victims:
            wrong.append(f"victim {pid} {comm} not in {victims}")
    return wrong


def killer_wrong(event, row):
    """From 4.17 on the kernel's victim ranks first in a whole table."""
    major, _, rest = row["kernel"].partition(".")
    minor = "".join(c for c in rest.split(".")[0].split("-")[0] if c.isdigit())
    if not (major.isdigit() and minor and (int(major), int(minor)) >= (4, 17)):
        return ""
    selection = event.get("selection", {})
    if event["complete"] and selection.get("replayed") and selection.get("matches") is False:
        return "the kernel's victim does not rank first"
    return ""


def cuts_wrong(path, accepted):
    """The log cut at forty places is never certain of anything but its cause."""
    data = path.read_bytes()
    wrong = []
    for i in range(1, 40):
        run = subprocess.run([BINARY, "--json"], input=data[:len(data) * i // 40],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        for line in run.stdout.splitlines():
            event = json.loads(line)
            if event["cause"]["confidence"] == "certain" and \
                    event["cause"]["slug"] not in accepted:
                wrong.append(f"cut at {i}/40: certain of {event['cause']['slug']}")
    return wrong


def main():
    if not (CORPUS / "reports").is_dir():
        print(f"skip corpus: no folder {CORPUS}")
        print("corpus: 0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0
    labels = {row["id"]: row for row in rows_of("labels.tsv")}
    seen = {}
    for path in sorted(CORPUS.rglob("*")):
        if not path.is_file() or path.name in ("PROVENANCE.txt", "README.md", "index.tsv",
                                               "labels.tsv"):
            continue
        name = str(path.relative_to(CORPUS))
        events, error = explain(path)
        wrong = [error] if events is None else []
        for event in events or []:
            if event["unrecognised"] and name not in DAMAGED:
                wrong.append(f"line {event['unrecognised'][0]['line']} unrecognised: "
                             f"{event['unrecognised'][0]['text'][:60]}")
            for node in event.get("memory", {}).get("nodes", []):
                for zone in node["zones"]:
                    if zone["refused"]["verdict"] == "would-succeed" and event["complete"] \
                            and event["kind"] == "oom" and event["constraint"] != "memcg" \
                            and event["request"].get("order") == 0:
                        wrong.append(f"zone {zone['name']} would succeed")
        if events is not None and len(path.read_bytes()) < 200000:
            wrong += cuts_wrong(path, {e["cause"]["slug"] for e in events})
        if path.parent.name == "reports":
            seen[path.stem] = events
            row = next((r for r in rows_of("index.tsv") if r["id"] == path.stem), None)
            if row and events is not None:
                wrong += index_wrong(events, row)
                wrong += [w for e in events for w in [killer_wrong(e, row)] if w]
            if path.stem in labels and events:
                judged = [label_wrong(e, labels[path.stem]) for e in events]
                if all(judged):
                    wrong.append(judged[0])
            elif path.stem in labels:
                wrong.append("no event")
        if wrong:
            failed += 1
            print(f"FAIL {name}: " + "; ".join(wrong))
        else:
            passed += 1
        if "-v" in sys.argv:
            for event in events or []:
                print(f"     {name}: {event['cause']['slug']} "
                      f"{event['cause']['confidence']}: {event['cause']['headline']}")
    print(f"corpus: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
