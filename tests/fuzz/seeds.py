#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a fuzz target's first inputs from the fixtures: DIR is filled with one file each.

A fuzzer that begins with real reports need not invent them. Each target has its own
form of input, see its first comment."""
import bz2
import gzip
import io
import lzma
import pathlib
import re
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
MOST_BYTES = 24000


def logs():
    for path in sorted(HERE.parent.glob("fixtures/*/log*")):
        raw = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        yield path.parent.name, raw[:MOST_BYTES]


def bare(line):
    return re.sub(rb"^(<\d+>)?\[ *\d+\.\d+\] ?", b"", line)


def form(target, raw):
    lines = raw.split(b"\n")
    if target in ("stream", "records"):
        return raw
    if target == "assembler":
        return b"\n".join(b"\x00" + bare(line) for line in lines)
    if target == "sections":
        rows = re.compile(rb"^\[ *\d+\]")
        return b"\n".join((b"a" if rows.match(bare(line)) else b"A") + bare(line) for line in lines[:120])
    if target == "json_envelope":
        text = bare(lines[0]).decode("latin-1").replace("\\", "").replace('"', "")
        return ('{"MESSAGE":"%s","SYSLOG_IDENTIFIER":"kernel","_HOSTNAME":"db1",'
                '"__REALTIME_TIMESTAMP":"1764000000000000","_BOOT_ID":"0a"}\n'
                '{"log":"%s\\n","stream":"stdout","time":"2026-11-22T02:19:01Z"}\n'
                % (text, text)).encode("latin-1")
    raise SystemExit(f"seeds.py: no form is known for {target}")


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def containers():
    """Packed files behind a byte that says "raw", and members that the target packs."""
    for number, (name, raw) in enumerate(logs()):
        raw = raw[:8000]
        tar = tar_of([("var/log/kern.log", raw), ("sosreport-x/var/log/messages", raw[:999])])
        forms = (
            b"\x00" + gzip.compress(raw, mtime=0) + gzip.compress(raw[:500], mtime=0),
            b"\x00" + lzma.compress(tar),
            b"\x00" + bz2.compress(raw),
            b"\x00" + gzip.compress(tar, mtime=0)[:-300],
            b"\x00" + tar[:12000],
            b"\x00" + raw,
            b"\x01@0 ./var/log/kern.log.1\n" + raw + b"\n@2 link\n@5 folder/\n@0 b/syslog\n" + raw[:999],
            b"\x11@0 sosreport-db1/sos_commands/kernel/dmesg\n" + raw + b"\n@0 sosreport-db1/etc/x\n?",
            b"\x30" + raw,
            b"\xf1@3 dev\n@6 fifo\n@0 \x1b]0;x\x07\n" + raw,
        )
        yield name, forms[number % len(forms)]
    for name, head in (("journal", b"LPKSHHRH"), ("kdump", b"KDUMP   "), ("flat", b"makedumpfile\0"),
                       ("core", b"\x7fELF\2\1\1" + b"\0" * 9 + b"\4\0"), ("program", b"\x7fELF"),
                       ("zstd", b"\x28\xb5\x2f\xfd\x04\x00\x45\x00\x00\x10ab\x01\x00"), ("lz4", b"\x04\x22\x4d\x18"),
                       ("compress", b"\x1f\x9d\x90a\xc4"), ("cpio", b"070701" + b"0" * 104),
                       ("zip", b"PK\x03\x04" + b"\0" * 26)):
        yield name, b"\x00" + head + b"\0" * 64


PROCESSES = b"""@77/status
Name:\tjava\\nx
Tgid:\t77
PPid:\t1
Uid:\t1000\t0\t0\t0
RssAnon:\t 40000 kB
RssFile:\t 2000 kB
RssShmem:\t 0 kB
VmPTE:\t 80 kB
VmSwap:\t 12 kB
Mems_allowed_list:\t0-1
@77/statm
40000 10500 500 1 0 10500 0
@77/oom_score_adj
-500
@77/oom_score
667
@78/status
Name:\t$(reboot)
Tgid:\t78
PPid:\t2
VmSwap:\t 0 kB
@78/statm
1 1 1 1 0 1 0
@78/oom_score_adj
0
@78/cgroup
0::/a/b
4:memory:/a
@2/status
Name:\tkthreadd
PPid:\t0
@self/mounts
proc /proc proc rw,hidepid=2 0 0
"""
CGROUPS = {
    2: b"@cg/cgroup.controllers\ncpu memory\n@cg/a/memory.current\n9000000\n@cg/a/memory.max\n10000000\n"
       b"@cg/a/memory.high\nmax\n@cg/a/memory.stat\nanon 8000000\nfile 4096\nslab_reclaimable 77\n"
       b"@cg/a/memory.events\nlow 0\nmax 3\noom 1\noom_kill 1\n@cg/a/memory.swap.max\n0\n"
       b"@cg/a/memory.swap.current\n0\n@cg/a/memory.oom.group\n1\n@cg/a/b/memory.current\n77\n@cg/a/b/memory.max\nmax\n",
    1: b"@cg/memory.usage_in_bytes\n99\n@cg/a/memory.usage_in_bytes\n9000000\n@cg/a/memory.limit_in_bytes\n10000000\n"
       b"@cg/a/memory.memsw.limit_in_bytes\n9223372036854771712\n@cg/a/memory.memsw.usage_in_bytes\n9000000\n"
       b"@cg/a/memory.kmem.usage_in_bytes\n77\n@cg/a/memory.failcnt\n3\n@cg/a/memory.swappiness\n60\n"
       b"@cg/a/memory.oom_control\noom_kill_disable 1\nunder_oom 0\noom_kill 2\n"
       b"@cg/a/memory.stat\ncache 1\nrss 2\nhierarchical_memory_limit 10000000\n"}
SETTINGS = b"""@pressure/memory
some avg10=3.52 avg60=1.10 avg300=0.30 total=812345
full avg10=0.41 avg60=0.11 avg300=0.02 total=91234
@sys/vm/overcommit_memory
2
@sys/vm/overcommit_ratio
50
@sys/vm/min_free_kbytes
1800
@sys/vm/panic_on_oom
0
@sys/vm/oom_kill_allocating_task
1
@sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
4
@sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages
1
@pagetypeinfo
Page block order: 9
Pages per block:  512

Free pages count per migrate type at order       0      1      2      3      4      5      6      7      8      9     10
Node    0, zone      DMA, type    Unmovable      0      0      0      0      0      0      0      0      1      0      0
Node    0, zone      DMA, type      Movable      0      0      0      0      0      0      0      0      0      1      3
Node    0, zone   Normal, type          CMA      0      0      0      0      0      0      0      0      0      1      >3
"""


def machine():
    """What the lab's guests had in /proc, and the rest made up."""
    for number, truth in enumerate(sorted(HERE.parent.glob("fixtures/*/truth"))):
        kernel = re.search(rb"(?m)^kernel\t(.*)$", truth.read_bytes())
        states = []
        for state in ("before", "after"):
            files = b""
            for name in ("meminfo", "zoneinfo", "buddyinfo"):
                path = truth.parent / state / name
                if path.exists():
                    files += b"@%s\n%s\n" % (name.encode(), path.read_bytes().rstrip()[:7000])
            if files:
                states.append(files)
        if not states or number % 4:
            continue
        parts = [b"@live\n" if number % 8 == 0 else b"",
                 b"@sys/kernel/osrelease\n%s\n" % (kernel[1] if kernel else b"6.1"),
                 PROCESSES, CGROUPS[1 + number // 8 % 2], SETTINGS, b"@again\n".join(states)]
        yield truth.parent.name, b"".join(parts)


def main():
    target, place = sys.argv[1], pathlib.Path(sys.argv[2])
    place.mkdir(parents=True, exist_ok=True)
    own = {"containers": containers, "machine": machine}
    for name, raw in own[target]() if target in own else ((n, form(target, r)) for n, r in logs()):
        (place / name).write_bytes(raw)


main()
