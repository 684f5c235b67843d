#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every relative of an OOM has a fixture in which it is recognised.

tests/relatives.tsv lists them: a row of the pattern table, what it is, and a fixture whose
log holds such a line. Rows of other programs, and the kernel's rows for what is near an
OOM, must stand in it; so that a row added without a fixture fails here. The second half
are logs that only look like relatives, and states, which are no events.
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

# The kernel's own rows that tell of something near an OOM, or of a part of one.
KERNELS = """allocation-failure vmalloc-failure vmalloc-old vmap-failure vmalloc-range slub-failure
overcommit manual manual-ignored no-killable panic reaped unreaped group sharing exiting pinned
lowmem-killing lowmem-sigkill""".split()


def rows_of_table():
    """name -> (literal, whether another program's) of each row of parsers/patterns.c."""
    source = (HERE.parent / "parsers" / "patterns.c").read_text()
    rows = {}
    for m in re.finditer(r'\{\s*"([a-z0-9.-]+)",\s*([A-Z]+),\s*([A-Z_0-9]+),\s*KIND_(\w+),\s*"((?:[^"\\]|\\.)*)"',
                         source):
        rows[m.group(1)] = (m.group(5).replace('\\"', '"'),
                            m.group(2) in ("LEAD", "PART", "NOTICE", "HINT") or
                            m.group(4) == "USERSPACE_KILL")
    return rows


def log_of(folder):
    if (folder / "log").exists():
        return (folder / "log").read_bytes()
    if (folder / "log.xz").exists():
        return lzma.open(folder / "log.xz").read()
    return None


def run(text, *options):
    done = subprocess.run([BINARY, *options], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


MEM_INFO = """[   10.000000] sysrq: Show Memory
[   10.000010] Mem-Info:
[   10.000020] active_anon:100 inactive_anon:100 isolated_anon:0
 active_file:100 inactive_file:100 isolated_file:0
 unevictable:0 dirty:0 writeback:0
 slab_reclaimable:100 slab_unreclaimable:100
 mapped:100 shmem:1 pagetables:10
 sec_pagetables:0 bounce:0
 kernel_misc_reclaimable:0
 free:40000 free_pcp:10 free_cma:0
[   10.000030] Node 0 active_anon:400kB inactive_anon:400kB active_file:400kB inactive_file:400kB unevictable:0kB isolated(anon):0kB isolated(file):0kB mapped:400kB dirty:0kB writeback:0kB shmem:4kB all_unreclaimable? no
[   10.000040] Node 0 DMA32 free:160000kB boost:0kB min:1900kB low:2300kB high:2700kB reserved_highatomic:0KB active_anon:400kB inactive_anon:400kB active_file:400kB inactive_file:400kB unevictable:0kB writepending:0kB present:262000kB managed:240000kB mlocked:0kB bounce:0kB free_pcp:40kB local_pcp:40kB free_cma:0kB
[   10.000050] lowmem_reserve[]: 0 0 0 0 0
[   10.000060] Node 0 DMA32: 0*4kB 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 39*4096kB (M) = 159744kB
[   10.000070] 201 total pagecache pages
[   10.000080] 0 pages in swap cache
[   10.000090] Free swap  = 0kB
[   10.000100] Total swap = 0kB
[   10.000110] 65500 pages RAM
[   10.000120] 0 pages HighMem/MovableOnly
[   10.000130] 5500 pages reserved
"""
AT = "Nov 22 02:19:01 db1 "
KILLED = ("Out of memory: Killed process 1 (init) total-vm:8kB, anon-rss:4kB, file-rss:0kB, "
          "shmem-rss:0kB\n")

# What is no event, whatever it looks like.
NOTHING = [
    ("a kernel line with a daemon's words", AT + "kernel: [    1.000000] sending SIGTERM to process 9 "
     "uid 0 \"x\": oom_score 800, VmRSS 9 MiB\n"),
    ("a dmesg line with a unit's words", "[    1.000000] a.service: A process of this unit has been "
     "killed by the OOM killer.\n"),
    ("the same as dmesg -T writes it", "[Sun Nov 22 02:19:01 2026] a.service: A process of this unit "
     "has been killed by the OOM killer.\n"),
    ("a kubelet's words in a kernel line", AT + "kernel: System OOM encountered, victim process: x, "
     "pid: 9\n"),
    ("logger writes a kill line", AT + "joe: " + KILLED),
    ("a program named like the kernel's", AT + "kernel2[7]: " + KILLED),
    ("a web server's log that quotes a notice", AT + "nginx[7]: GET /?q=a.service: A process of this "
     "unit has been killed by the OOM killer. HTTP/1.1\n"),
    ("an eviction for disk space", AT + "kubelet[9]: I1122 02:19:00.101110    1021 "
     "eviction_manager.go:377] \"Eviction manager: must evict pod(s) to reclaim\" "
     "resourceName=\"ephemeral-storage\"\n" + AT + "kubelet[9]: I1122 02:19:01.502010    1021 "
     "eviction_manager.go:598] \"Eviction manager: pod is evicted successfully\" "
     "pod=\"default/web-1\"\n"),
    ("earlyoom's low memory without a kill", AT + "earlyoom[9]: low memory! at or below SIGTERM limits: "
     "mem 10.00%, swap 10.00%\n" + AT + "earlyoom[9]: Could not find a process to kill. Sleeping 1 "
     "second.\n"),
    ("systemd-oomd's pressure without a kill", AT + "systemd-oomd[9]: Memory pressure for /a is 60.00% "
     "> 50.00% for > 20s with reclaim activity\n"),
    ("a service that was stopped with SIGKILL", AT + "systemd[1]: a.service: Main process exited, "
     "code=killed, status=9/KILL\n" + AT + "systemd[1]: a.service: Failed with result 'timeout'.\n"),
    ("a core dump", AT + "systemd-coredump[9]: Process 7 (x) of user 0 dumped core.\n"),
    ("facility user in /dev/kmsg", "12,1,1000,-;" + KILLED),
    ("dmesg -x names another facility", "user  :warn  : [    1.000000] " + KILLED),
    ("sysrq-m", MEM_INFO),
]

KERNELS_KILL = AT + ("kernel: Out of memory: Killed process 4711 (hog) total-vm:8kB, anon-rss:4kB, "
                     "file-rss:0kB, shmem-rss:0kB\n")
# Beside a kernel's kill of the same second: how many events there are, and why.
BESIDE = [
    (1, "systemd says that the kernel's killer did it", "systemd[1]: a.service: A process of this "
     "unit has been killed by the OOM killer.\n"),
    (2, "systemd says that systemd-oomd did it", "systemd[1]: a.service: systemd-oomd killed 3 "
     "process(es) in this unit.\n"),
    (1, "earlyoom sends a signal to the same process", 'earlyoom[9]: sending SIGTERM to process 4711 '
     'uid 0 "hog": badness 930, VmRSS 2211 MiB\n'),
    (2, "earlyoom sends one to another process that had the same pid", 'earlyoom[9]: sending SIGTERM '
     'to process 4711 uid 0 "other": badness 930, VmRSS 2211 MiB\n'),
]


def main():
    passed, failures = 0, []
    table = rows_of_table()
    listed = {}
    for line in (HERE / "relatives.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            row, what, fixture = line.split("\t")
            listed[row] = (what, fixture)
    for row, (_, others) in table.items():
        if (others or row in KERNELS) and row not in listed:
            failures.append(f"{row}: not in tests/relatives.tsv, so it has no fixture")
    for row, (what, fixture) in listed.items():
        log = log_of(HERE / "fixtures" / fixture)
        if row not in table:
            failures.append(f"{row}: no such row in parsers/patterns.c")
        elif log is None:
            failures.append(f"{row} ({what}): there is no fixture {fixture}")
        elif table[row][0].encode() not in log:
            failures.append(f"{row} ({what}): no line of {fixture} holds {table[row][0]!r}")
        else:
            passed += 1
    for name, text in NOTHING:
        status, out, _ = run(text, "--json")
        if status == 1 and not out:
            passed += 1
        else:
            failures.append(f"{name}: status {status}, {out[:200]}")
    status, out, error = run(MEM_INFO, "--list")
    if status == 1 and " state - " in out and "sysrq-m" in out:
        passed += 1
    else:
        failures.append(f"sysrq-m: --list gives status {status}, {out[:100]!r}")
    status, out, error = run(MEM_INFO)
    if status == 1 and not out and "a state" in error:
        passed += 1
    else:
        failures.append(f"sysrq-m: the text gives status {status}, {out[:60]!r} {error[:200]!r}")
    cut = MEM_INFO[:MEM_INFO.index("\n", MEM_INFO.index(" free:", MEM_INFO.index("Node 0 "))) + 1]
    status, out, error = run(cut, "--list")
    if status == 1 and " state - " in out:
        passed += 1
    else:
        failures.append(f"Mem-Info cut behind a zone: --list gives status {status}, {out[:100]!r}")
    # A state before a kill does not hide it, and the kill does not make it an event.
    status, out, _ = run(MEM_INFO + "[   99.000000] " + KILLED, "--json")
    if status == 0 and len(out.splitlines()) == 1 and json.loads(out)["kind"] == "oom":
        passed += 1
    else:
        failures.append(f"sysrq-m and a kill: {out[:200]!r}")
    for count, name, text in BESIDE:
        _, out, _ = run(KERNELS_KILL + AT + text, "--json")
        if len(out.splitlines()) == count:
            passed += 1
        else:
            failures.append(f"{name}: {len(out.splitlines())} events, not {count}")
    for failure in failures:
        print(f"FAIL relatives: {failure}")
    print(f"relatives: {passed} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
