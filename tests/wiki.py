#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The wiki's pages keep their form, their links, their examples and their commands.

One result for each page and rule, so that a failure names the page to be mended.
"""

import json
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WIKI = ROOT / "share" / "wiki"
BINARY = os.environ.get("OOMWHY", str(ROOT / "oomwhy"))
WIDTH = 76

INDEXES = ("README", "symptoms", "settings")
CAUSE_HEADINGS = ["What happened", "How oomwhy knows", "Example", "What helps",
                  "When this is wrong", "In the kernel", "See also"]
CONCEPT_HEADINGS = ["What it is", "In the report", "How to see it now", "What to set",
                    "In the kernel", "See also"]

# Programs that a page tells its reader to run, and Debian's package of each.
PACKAGES = {
    "coreutils": "cat chmod dd df du head ls sort tail tee tr uniq wc who",
    "mawk": "awk",
    "sed": "sed",
    "grep": "grep",
    "gzip": "zcat",
    "findutils": "find xargs",
    "util-linux": "choom dmesg fallocate findmnt ipcs lsmem mkswap prlimit swapon zramctl",
    "mount": "mount swapon",
    "procps": "free pgrep ps slabtop sysctl top vmstat",
    "kmod": "lsmod modprobe",
    "systemd": "journalctl systemctl systemd-cgls systemd-cgtop",
    "systemd-oomd": "oomctl",
    "numactl": "migratepages numactl numastat",
    "iproute2": "ip",
    "ethtool": "ethtool",
    "sudo": "sudo",
    "oomwhy": "oomwhy",
    "dash": "cd echo exit printf read test [ :",
}
PROGRAMS = {program for programs in PACKAGES.values() for program in programs.split()}

# Paths that need not exist where the test runs: what has them.
PATHS = {
    "/proc/allocinfo": "6.10, CONFIG_MEM_ALLOC_PROFILING",
    "/proc/buddyinfo": "2.6.0",
    "/proc/pagetypeinfo": "2.6.24",
    "/proc/pressure/memory": "4.20, CONFIG_PSI",
    "/proc/pressure/io": "4.20, CONFIG_PSI",
    "/proc/slabinfo": "root only since 2.6.39",
    "/proc/spl/kstat/zfs/arcstats": "the module zfs",
    "/proc/sysrq-trigger": "CONFIG_MAGIC_SYSRQ",
    "/proc/sys/vm/compact_memory": "2.6.35, CONFIG_COMPACTION",
    "/proc/sys/kernel/sysrq": "CONFIG_MAGIC_SYSRQ",
    "/proc/vmallocinfo": "2.6.27",
    "/proc/user_beancounters": "OpenVZ only, up to 2.6.32",
    "/proc/PID/cpuset": "CONFIG_PROC_PID_CPUSET",
    "/proc/PID/ksm_stat": "6.0, CONFIG_KSM",
    "/proc/PID/ksm_merging_pages": "5.19, CONFIG_KSM",
    "/proc/PID/numa_maps": "2.6.14, CONFIG_NUMA",
    "/proc/PID/oom_adj": "2.6.11, for old programs only since 2.6.36",
    "/proc/PID/smaps_rollup": "4.14",
    "/sys/block/zram0": "the module zram",
    "/sys/devices/system/memory": "CONFIG_MEMORY_HOTPLUG",
    "/sys/devices/system/node": "CONFIG_NUMA",
    "/sys/fs/cgroup": "a mounted cgroup hierarchy; its files are in CGROUP_FILES",
    "/sys/fs/pstore": "CONFIG_PSTORE",
    "/sys/kernel/debug/page_owner": "CONFIG_PAGE_OWNER, page_owner=on",
    "/sys/kernel/debug/slab": "5.14, CONFIG_SLUB_DEBUG, slub_debug=U",
    "/sys/kernel/mm/hugepages": "CONFIG_HUGETLBFS",
    "/sys/kernel/mm/ksm": "2.6.32, CONFIG_KSM; general_profit 6.4",
    "/sys/kernel/mm/lru_gen": "6.1, CONFIG_LRU_GEN",
    "/sys/kernel/mm/transparent_hugepage": "2.6.38; shmem_enabled 4.8",
    "/sys/module/zfs/parameters": "the module zfs",
    "/sys/module/zswap/parameters": "3.11, CONFIG_ZSWAP",
}

# Files of a cgroup: "2" or "1" for the version, and the kernel that brought them.
CGROUP_FILES = {
    "cgroup.events": "2", "cgroup.kill": "2, 5.14", "cgroup.procs": "1 and 2",
    "cgroup.subtree_control": "2", "cgroup.controllers": "2",
    "cpuset.mem_exclusive": "1", "cpuset.mem_hardwall": "1",
    "cpuset.memory_migrate": "1", "cpuset.memory_pressure": "1", "cpuset.mems": "1 and 2",
    "cpuset.mems.effective": "2", "cpuset.effective_mems": "1", "cpuset.cpus": "1 and 2",
    "hugetlb.": "1 and 2",
    "memory.current": "2", "memory.events": "2", "memory.events.local": "2, 5.2",
    "memory.failcnt": "1", "memory.force_empty": "1", "memory.high": "2",
    "memory.kmem.failcnt": "1", "memory.kmem.limit_in_bytes": "1, no effect since 5.16",
    "memory.kmem.usage_in_bytes": "1", "memory.kmem.tcp.limit_in_bytes": "1",
    "memory.limit_in_bytes": "1", "memory.low": "2", "memory.max": "2",
    "memory.max_usage_in_bytes": "1", "memory.memsw.failcnt": "1",
    "memory.memsw.limit_in_bytes": "1", "memory.memsw.usage_in_bytes": "1",
    "memory.min": "2, 4.18", "memory.numa_stat": "1, and 2 since 5.10",
    "memory.oom.group": "2, 4.19", "memory.oom_control": "1",
    "memory.peak": "2, 5.19", "memory.pressure": "2, 4.20",
    "memory.pressure_level": "1", "memory.reclaim": "2, 5.19",
    "memory.soft_limit_in_bytes": "1", "memory.stat": "1 and 2",
    "memory.swap.current": "2", "memory.swap.events": "2", "memory.swap.high": "2, 5.8",
    "memory.swap.max": "2", "memory.swap.peak": "2, 6.5", "memory.swappiness": "1",
    "memory.usage_in_bytes": "1", "memory.use_hierarchy": "1, always 1 since 5.11",
    "memory.zswap.current": "2, 5.19", "memory.zswap.max": "2, 5.19",
    "memory.zswap.writeback": "2, 6.8",
    "pids.current": "1 and 2", "pids.events": "1 and 2", "pids.max": "1 and 2",
    "pids.peak": "2, 6.1",
}
# Words of that form that are no file of a cgroup.
NO_CGROUP_FILES = {"memory.available": "a signal of the kubelet"}

SYSCTLS = {
    "vm.compaction_proactiveness": "5.9",
    "vm.numa_zonelist_order": "2.6.23 to 4.13",
    "vm.watermark_boost_factor": "5.0",
    "vm.watermark_scale_factor": "4.6",
    "vm.mem_profiling": "6.10, CONFIG_MEM_ALLOC_PROFILING",
    "vm.nr_hugepages": "CONFIG_HUGETLBFS",
    "vm.nr_overcommit_hugepages": "CONFIG_HUGETLBFS",
    "vm.nr_hugepages_mempolicy": "CONFIG_HUGETLBFS and CONFIG_NUMA",
    "vm.hugetlb_optimize_vmemmap": "6.0",
    "vm.unprivileged_userfaultfd": "5.2",
    "vm.zone_reclaim_mode": "CONFIG_NUMA",
    "kernel.sysrq": "CONFIG_MAGIC_SYSRQ",
    "net.netfilter.nf_conntrack_buckets": "the module nf_conntrack",
    "net.netfilter.nf_conntrack_max": "the module nf_conntrack",
}

counts = {"passed": 0, "failed": 0, "skipped": 0}


def result(name, wrong):
    wrong = list(dict.fromkeys(wrong))
    if wrong:
        print(f"FAIL {name}: " + "; ".join(wrong[:6]) +
              (f"; and {len(wrong) - 6} more" if len(wrong) > 6 else ""))
        counts["failed"] += 1
    else:
        counts["passed"] += 1


def skip(name, why):
    print(f"skip {name}: {why}")
    counts["skipped"] += 1


def run(*command, data=None):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)


class Page:
    """A page taken apart: prose, and its fenced blocks with their first line."""

    def __init__(self, path):
        self.name = path.stem
        self.lines = path.read_text().splitlines()
        self.prose, self.blocks = [], []
        block = None
        for number, line in enumerate(self.lines, 1):
            if line.startswith("```"):
                if block is None:
                    block = (line[3:], number, [])
                    self.blocks.append(block)
                else:
                    block = None
            elif block is not None:
                block[2].append(line)
            else:
                self.prose.append((number, line))
        self.open_fence = block is not None
        self.text = "\n".join(line for _, line in self.prose)
        self.headings = [line[3:] for _, line in self.prose if line.startswith("## ")]
        part = re.search(r"Part: (\w+)$", self.line(5))
        self.part = part.group(1) if part else ""

    def line(self, number):
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def section(self, heading):
        inside, out = False, []
        for _, line in self.prose:
            if line.startswith("## "):
                inside = line[3:] == heading
            elif inside:
                out.append(line)
        return "\n".join(out)

    def filled(self, heading):
        at = self.lines.index("## " + heading)
        for line in self.lines[at + 1:]:
            if line.startswith("## "):
                return False
            if line.strip() and not line.startswith("<!--"):
                return True
        return False

    def links(self):
        return re.findall(r"\[[^]]*\]\(([^)]+)\)", re.sub(r"\s*\n\s*", " ", self.text))


def check_form(page, causes):
    wrong = []
    if page.line(1) != "# " + page.name:
        wrong.append(f"its first line is not # {page.name}")
    if page.line(2) or page.line(4):
        wrong.append("lines 2 and 4 are not empty")
    if not re.match(r"Since: \d+\.\d+(   Kernels: [^ ].*[^ ])?   Part: \w+$", page.line(5)):
        wrong.append("line 5 is not `Since: ...   Part: ...`")
    if page.open_fence:
        wrong.append("a fence is not closed")
    if page.name in INDEXES:
        if page.part != "index":
            wrong.append("an index page is `Part: index`")
    elif page.name in causes:
        if page.line(3) != causes[page.name]:
            wrong.append("line 3 is not the cause's title")
        if page.headings != CAUSE_HEADINGS:
            wrong.append(f"its headings are {page.headings}")
        if page.part not in ("wall", "machine", "kind"):
            wrong.append(f"Part: {page.part} of a cause")
    else:
        if page.part != "concept":
            wrong.append("neither a cause nor `Part: concept`")
        if page.headings != CONCEPT_HEADINGS:
            wrong.append(f"its headings are {page.headings}")
    wrong += [f"nothing under {h}" for h in page.headings if not page.filled(h)]
    if not re.match(r".{10,76}\.$", page.line(3)):
        wrong.append("line 3 is no sentence of at most 76 columns")
    result(f"form of {page.name}", wrong)
    result(f"width of {page.name}", [f"line {n} has {len(line)} columns"
                                     for n, line in page.prose if len(line) > WIDTH])


def check_links(pages):
    for page in pages.values():
        wrong = []
        for target in page.links():
            if re.match(r"https?://", target):
                continue
            name, _, anchor = target.partition("#")
            if name and not (name.endswith(".md") and name[:-3] in pages):
                wrong.append(f"dead link {target}")
            elif anchor:
                there = pages[name[:-3]] if name else page
                if anchor not in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-")
                                  for h in there.headings}:
                    wrong.append(f"dead anchor {target}")
        wrong += [f"oomwhy wiki {name}: no such page" for name in
                  re.findall(r"oomwhy wiki ([a-z][a-z0-9-]+)", "\n".join(page.lines))
                  if name not in pages and name != "index"]
        result(f"links of {page.name}", wrong)
    reached, to_do = set(), ["README"]
    while to_do:
        name = to_do.pop()
        if name in pages and name not in reached:
            reached.add(name)
            to_do += [t.partition("#")[0][:-3] for t in pages[name].links()]
    result("every page can be reached from README",
           [f"{name} cannot" for name in sorted(set(pages) - reached)])


def log_of(name):
    folder = HERE / "fixtures" / name
    if (folder / "log").exists():
        return (folder / "log").read_bytes()
    if (folder / "log.xz").exists():
        return lzma.open(folder / "log.xz").read()
    return None


def causes_of(data):
    done = run(BINARY, "--json", data=data)
    return {json.loads(line)["cause"]["slug"] for line in done.stdout.splitlines()}


def in_log(lines):
    """Lines of a page as a log; a program's own lines get a date and a host."""
    return "".join((f"Nov 22 02:19:01 db1 {line}" if re.match(r"[\w-]+\[\d+\]:", line)
                    else line) + "\n" for line in lines).encode()


def check_examples(page, causes):
    wrong, examples = [], 0
    for info, number, lines in page.blocks:
        if not info.startswith("log"):
            continue
        examples += 1
        fixture = re.fullmatch(r"log fixture=(\S+)", info)
        if not fixture:
            after = " ".join(page.lines[number + len(lines) + 1:][:4])
            if info != "log" or not after.strip().startswith("These lines are composed"):
                wrong.append(f"the block of line {number} names no fixture, and does not "
                             "say that it is composed")
            elif page.name in causes and \
                    page.name not in causes_of(in_log(lines)):
                wrong.append(f"oomwhy does not name {page.name} for the composed lines")
            continue
        log = log_of(fixture.group(1))
        if log is None:
            wrong.append(f"there is no fixture {fixture.group(1)}")
            continue
        have = set(log.decode("utf-8", "replace").splitlines())
        wrong += [f"not in {fixture.group(1)}: {line[:50]}" for line in lines
                  if line not in have]
        if page.name in causes and page.name not in causes_of(log):
            wrong.append(f"oomwhy does not name {page.name} for {fixture.group(1)}")
    if page.name in causes and examples == 0:
        wrong.append("it has no example")
    result(f"examples of {page.name}", wrong)


def commands_in(text):
    """The first words of every command of a shell block."""
    text = re.sub(r"\\\n", " ", text)
    text = re.sub(r"(?m)(^|\s)#.*$", r"\1", text)
    text = re.sub(r"'[^']*'", "Q", text)
    # What "$(...)" runs is a command too, in quotes or not.
    inner = re.findall(r"\$\(([^()]*)\)", text)
    text = re.sub(r"\$\([^()]*\)", "Q", text)
    text = re.sub(r'"[^"]*"', "Q", text)
    found = [word for part in inner for word in commands_in(part)]
    for part in re.split(r"\n|;;|;|\|\||\||&&|&|\(|\)|\{ ", text):
        words = part.split()
        while words and (words[0] in ("if", "then", "else", "elif", "do", "while", "until",
                                      "!", "time") or
                         re.match(r"\w+=", words[0])):
            words.pop(0)
        if not words or words[0] in ("for", "done", "fi", "case", "esac", "}"):
            continue
        if words[0].startswith((">", "<")):
            continue
        found.append(words[0])
        if words[0] in ("sudo", "xargs"):
            rest = [w for w in words[1:] if not w.startswith("-")]
            found += rest[:1]
    return found


def check_commands(page):
    wrong = []
    shell = "dash" if shutil.which("dash") else "sh"
    for info, number, lines in page.blocks:
        if info == "sh":
            text = "\n".join(lines) + "\n"
            done = run(shell, "-n", data=text.encode())
            if done.returncode != 0:
                wrong.append(f"the block of line {number} is no shell: "
                             f"{done.stderr.decode().strip()}")
            wrong += [f"{word} is in no package that this test knows"
                      for word in commands_in(text) if word not in PROGRAMS]
        elif not info.startswith("log") and info not in ("", "ini", "yaml", "text", "c"):
            wrong.append(f"the block of line {number} is {info!r}")
    result(f"commands of {page.name}", wrong)


def known_path(path):
    path = re.sub(r"^/proc/(?:\$pid|\$\$|<pid>|PID|self|\d+|\[0-9\]\*)(?=/|$)", "/proc/PID",
                  path)
    if any(path == p or path.startswith(p + "/") for p in PATHS):
        return True
    path = path.replace("/proc/PID", "/proc/self")
    return bool(list(pathlib.Path("/").glob(path.lstrip("/"))))


def check_paths(page):
    text = "\n".join(page.lines)
    # The kernel's own documentation has paths of that form too.
    text = re.sub(r"Documentation/\S+", "", text)
    wrong = []
    for path in re.findall(r"(?<![\w.}])/(?:proc|sys)(?:/[^\s`'\",;:()|]*)?", text):
        if not path.startswith("/proc/$"):
            path = re.sub(r"\$\w*", "/x", path)
        path = path.rstrip("./") or path
        if "}" in path or path in ("/proc", "/sys", "/proc/sys"):
            continue
        if not known_path(path):
            wrong.append(f"{path} is neither here nor in the test's table")
        name = path.rsplit("/", 1)[-1]
        if path.startswith("/sys/fs/cgroup/") and \
                re.match(r"(memory|cgroup|cpuset|pids)\.", name) and \
                name not in CGROUP_FILES:
            wrong.append(f"{name} is no file of a cgroup")
    for name in re.findall(r"[`\"/ ]((?:memory|cgroup|cpuset|pids)\.[a-z_.]+[a-z])\b(?!\()",
                           text):
        if name.endswith((".slice", ".service", ".c", ".h", ".rst", ".md")):
            continue
        if name not in CGROUP_FILES and name not in NO_CGROUP_FILES:
            wrong.append(f"{name} is no file of a cgroup that this test knows")
    for name in re.findall(r"\b((?:vm|kernel|net\.\w+)\.[a-z_-]+[a-z])\b", text):
        path = pathlib.Path("/proc/sys") / name.replace(".", "/")
        if name.endswith((".org", ".c")) or name in SYSCTLS:
            continue
        if not path.exists():
            wrong.append(f"{name} is neither a sysctl here nor in the test's table")
    result(f"paths of {page.name}", wrong)


def check_questions(pages):
    symptoms = pages.get("symptoms")
    for line in (HERE / "questions.tsv").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        number, question, heading, name = line.split("\t")
        wrong = []
        if not symptoms or heading not in symptoms.headings:
            wrong.append(f"symptoms.md has no heading {heading!r}")
        elif f"({name}.md" not in symptoms.section(heading):
            wrong.append(f"{heading!r} does not link to {name}")
        result(f"question {number}, {question[:40]}", wrong)


def check_fields(pages):
    """What a 6.12 report prints is explained, each key by its name."""
    page = pages["reading-a-report"]
    keys = set()
    for part in ("global-swapfull", "cpuset-2nodes-full", "memcg-anon", "memcg-swap-limit",
                 "memcg-ancestor"):
        for folder in sorted((HERE / "fixtures").glob(f"*--6.12-{part}")):
            for line in log_of(folder.name).decode("utf-8", "replace").splitlines():
                line = re.sub(r"^\[ *[\d.]+\] ", "", line)
                if re.match(r" ?[a-z_]+:\d|Node \d", line):
                    keys |= set(re.findall(r"([a-z_]+(?:\(\w+\))?)[:=?]", line))
                elif line.startswith("lowmem_reserve"):
                    keys.add("lowmem_reserve")
                elif re.match(r"[a-z_]+ \d+$", line):
                    keys.add(line.split()[0])
                elif "oom-kill:constraint" in line:
                    keys |= set(re.findall(r"[:,](\w+)=", line))
                    keys |= {"global_oom"} if "global_oom" in line else set()
                elif "invoked oom-killer" in line:
                    keys |= set(re.findall(r"(\w+)=", line))
                elif "Killed process" in line:
                    keys |= set(re.findall(r"([\w-]+):\d", line))
                elif re.match(r"\[ +pid", line):
                    keys |= set(re.findall(r"\w+", line))
                elif re.match(r"(\d+ )?([A-Za-z].*?)(?: +=.*)?$", line) and \
                        re.search(r" pages|Free swap|Total swap|pages ", line):
                    keys.add(re.sub(r"^\d+ | +=.*|:.*| \(.*", "", line))
                elif re.match(r"(memory|swap): usage", line):
                    keys |= set(re.findall(r"(\w+)[: ]", line)) & {
                        "memory", "swap", "usage", "limit", "failcnt"}
    # The keys of the parser's tables that this fixture's kernel prints are among these.
    source = (ROOT / "parsers" / "fields.c").read_text()
    table = set(re.findall(r'(?:KB|COUNT|YES_NO)\([^"]*"([^"]+)"\)|PAGES\([^"]*"([^"]+)"\)',
                           source))
    keys |= {a or b for a, b in table}
    told = page.text.replace("\n", " ")
    result(f"all {len(keys)} fields are explained on reading-a-report",
           [key for key in sorted(keys) if not re.search(
               r"(?<![\w-])" + re.escape(key) + r"(?![\w-])", told, re.I)])


def check_spelling():
    if not shutil.which("codespell"):
        skip("spelling", "codespell is not installed")
        return
    done = run("codespell", str(WIKI))
    result("spelling", done.stdout.decode().splitlines())


def main():
    rows = [line.split("\t") for line in
            run(BINARY, "--completion-data").stdout.decode().splitlines()]
    causes = {r[1]: r[2] for r in rows if r[0] == "cause"}
    pages = {p.stem: Page(p) for p in sorted(WIKI.glob("*.md"))}
    result("every cause has a page", [c for c in causes if c not in pages])
    for page in pages.values():
        check_form(page, causes)
        check_examples(page, causes)
        check_commands(page)
        check_paths(page)
    check_links(pages)
    check_questions(pages)
    check_fields(pages)
    check_spelling()
    print("wiki: " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
