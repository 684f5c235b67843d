#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Why: whatever a log is packed in, the event is the same; and what was packed to harm
gets a message, while the rest is explained.

Containers: gz, xz, zst, bz2, lz4, tar, tar.*, a gz in a tar, a directory, a journal.
Places: one event in several logs, and one report that rotation cut. Hostile input:
bombs, loops, cut and damaged files. Memory: a directory of compressed logs in constant
memory, 1 GB here, and as many GB as CONTAINERS_GB says (50 for the full proof).
Usage: containers.py [PART OF A NAME]...; OOMWHY names another program.
"""

import bz2
import datetime
import gzip
import io
import json
import lzma
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))
REMOTE = "/lib/systemd/systemd-journal-remote"
MOST_RSS_KB = 48 * 1024
FIXTURES = """
memcg-limit--6.1-memcg-anon
memcg-limit--6.12-memcg-oom-group
memcg-limit--6.1-v1-limit
anon-no-swap--6.1-global-noswap
anon-swap-full--6.12-global-swapfull
cpuset-hardwall--6.12-cpuset-2nodes
fragmentation--6.1-fragmentation-order3
cannot-wait--6.1-failure-atomic
""".split()
BOOT = datetime.datetime(2026, 11, 22, 2, 19, 0, tzinfo=datetime.timezone.utc)


class Skip(Exception):
    """What a case needs is not here."""


def log_of(name):
    folder = HERE / "fixtures" / name
    if (folder / "log").exists():
        return (folder / "log").read_bytes()
    return lzma.open(folder / "log.xz").read()


def peak_of(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    match = re.search(r"VmHWM:\s*(\d+)", status)
    ours = f"Name:\t{os.path.basename(BINARY)[:15]}\n" in status
    return int(match[1]) if match and ours else 0


def run(*arguments, data=b"", limit=60):
    """Status, events, message and peak memory in kB of one run."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, \
            tempfile.TemporaryFile() as source:
        source.write(data)
        source.seek(0)
        child = subprocess.Popen([BINARY, "--json", "--full", *map(str, arguments)],
                                 stdin=source, stdout=out, stderr=err)
        end = time.monotonic() + limit
        rss = 0
        # Not from getrusage: that counts this interpreter's memory before the exec too.
        while child.poll() is None:
            rss = max(rss, peak_of(child.pid))
            if time.monotonic() > end:
                child.kill()
                child.wait()
                raise ValueError(f"no end after {limit} s")
            time.sleep(0.002)
        out.seek(0)
        err.seek(0)
        return (child.returncode, [json.loads(line) for line in out.read().splitlines()],
                err.read().decode("utf-8", "replace"), rss)


def comparable(value):
    """Without what a container may change: the id stays."""
    if isinstance(value, dict):
        return {k: comparable(v) for k, v in value.items()
                if k not in ("source", "time", "also_in", "line")}
    if isinstance(value, list):
        return [comparable(v) for v in value]
    return value


def tar_of(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members:
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def zip_of(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def by_program(program, *arguments):
    def pack(data):
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")
        return subprocess.run([program, *arguments], input=data, check=True,
                              stdout=subprocess.PIPE).stdout
    return pack


def two_members(data):
    """gzip files put end to end, torn within a line."""
    middle = len(data) // 2
    return gzip.compress(data[:middle]) + gzip.compress(data[middle:])


DMESG = "sosreport-db1/sos_commands/kernel/dmesg"
def two_frames(data):
    """zstd files put end to end, torn within a line, and what its format skips between."""
    middle, zstd = len(data) // 2, by_program("zstd", "-qc")
    return (zstd(data[:middle]) + struct.pack("<II", 0x184d2a53, 100000) + bytes(100000) +
            zstd(data[middle:]))


PACKED = {
    "gz": gzip.compress,
    "gz of two": two_members,
    "gz of a gz": lambda d: gzip.compress(gzip.compress(d)),
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": by_program("zstd", "-qc"),
    "zst of two": two_frames,
    "tar.zst": lambda d: by_program("zstd", "-qc")(tar_of([("log", d)])),
    "lz4": by_program("lz4", "-qc"),
    "tar": lambda d: tar_of([("log", d)]),
    "tar.gz": lambda d: tar_of([("log", d)], "w:gz"),
    "tar.bz2": lambda d: tar_of([("log", d)], "w:bz2"),
    "tar.xz": lambda d: tar_of([(DMESG, d), ("sosreport-db1/etc/x", d)], "w:xz"),
    "gz in a tar": lambda d: tar_of([("sosreport-db1/var/log/syslog.2.gz",
                                      gzip.compress(d))], "w:xz"),
    "tar in a tar": lambda d: tar_of([("inner.tar.gz", tar_of([("log", d)], "w:gz"))]),
    "zip": lambda d: zip_of("log", d),
}


def records_of(log):
    for line in log.decode("latin-1").split("\n"):
        match = re.match(r"\[ *(\d+)\.(\d{6})\] ?(.*)$", line, re.S)
        if match:
            yield int(match[1]) * 1000000 + int(match[2]), match[3]


def written(log, prefix, stamp):
    out = []
    for usec, text in records_of(log):
        clock = BOOT + datetime.timedelta(microseconds=usec)
        own = "[%5d.%06d] " % divmod(usec, 1000000) if stamp else ""
        out.append(clock.strftime(prefix) + own + text + "\n")
    return "".join(out).encode("latin-1")


def syslog(log, stamp=True):
    return written(log, "%b %e %H:%M:%S db1 kernel: ", stamp)


def dmesg_t(log):
    return written(log, "[%a %b %e %H:%M:%S %Y] ", False)


def export(log):
    """The journal's export format."""
    out = []
    for usec, text in records_of(log):
        clock = int(BOOT.timestamp()) * 1000000 + usec
        fields = {
            "__REALTIME_TIMESTAMP": clock, "__MONOTONIC_TIMESTAMP": usec + 1000,
            "_BOOT_ID": "0123456789abcdef0123456789abcdef", "_TRANSPORT": "kernel",
            "_HOSTNAME": "db1", "PRIORITY": 4, "SYSLOG_IDENTIFIER": "kernel",
            "_SOURCE_MONOTONIC_TIMESTAMP": usec, "SYSLOG_FACILITY": 0,
            "_MACHINE_ID": "1" * 32}
        message = text.encode("latin-1")
        out.append("".join(f"{k}={v}\n" for k, v in fields.items()).encode() +
                   b"MESSAGE\n" + struct.pack("<Q", len(message)) + message + b"\n\n")
    return b"".join(out)


def journal(log, path):
    if not os.access(REMOTE, os.X_OK):
        raise Skip("systemd-journal-remote is not installed")
    subprocess.run([REMOTE, "-o", str(path), "-"], input=export(log), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wrong_events(events, plain):
    if len(events) != len(plain):
        return f"{len(events)} events, not {len(plain)}"
    for have, want in zip(events, plain):
        if comparable(have) != comparable(want):
            keys = [k for k in set(have) | set(want)
                    if comparable({k: have.get(k)}) != comparable({k: want.get(k)})]
            return f"differs in {keys}"
    return ""


class Tests:
    def __init__(self, only):
        self.only = only
        self.passed = self.failed = self.skipped = 0

    def check(self, name, test, *arguments):
        if self.only and not any(part in name for part in self.only):
            return
        try:
            with tempfile.TemporaryDirectory() as folder:
                wrong = test(pathlib.Path(folder), *arguments)
        except Skip as why:
            print(f"skip {name}: {why}")
            self.skipped += 1
            return
        except ValueError as error:
            wrong = str(error)
        if wrong:
            print(f"FAIL {name}: {wrong}")
            self.failed += 1
        else:
            self.passed += 1


# Containers.

def packed_file(folder, log, pack, plain):
    path = folder / "packed"
    data = pack(log)
    path.write_bytes(data)
    status, events, message, _ = run(path)
    if status != 0:
        return f"status {status}: {message[:200]}"
    wrong = wrong_events(events, plain)
    if wrong:
        return wrong
    member = events[0]["source"].get("member")
    if (member is None) != (tarfile_like(pack, log) is False):
        return f"member is {member}"
    status, events, message, _ = run(data=data)
    return f"from a pipe: {message[:200]}" if status else wrong_events(events, plain)


def tarfile_like(pack, _log):
    return any(PACKED[name] is pack for name in PACKED if "tar" in name or name == "zip")


def in_directory(folder, log, plain):
    (folder / "below" / "it").mkdir(parents=True)
    (folder / "below" / "it" / "some.log.gz").write_bytes(gzip.compress(log))
    (folder / "picture").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(2000))
    status, events, message, _ = run(folder)
    return f"status {status}: {message[:200]}" if status else wrong_events(events, plain)


def in_journal(folder, log, plain):
    journal(log, folder / "system.journal")
    for what in (folder / "system.journal", folder):
        status, events, message, _ = run(what)
        wrong = f"status {status}: {message[:200]}" if status else \
            wrong_events(events, plain)
        if wrong:
            return wrong
    with open(folder / "system.journal", "rb") as source:
        status = subprocess.run([BINARY, "--quiet"], stdin=source, check=False).returncode
    return f"as standard input: status {status}" if status else ""


# Places.

def sosreport_tree(folder, log, with_journal):
    files = {"sos_commands/kernel/dmesg": log, "sos_commands/kernel/dmesg_-T": dmesg_t(log),
             "sos_commands/logs/journalctl_--no-pager": syslog(log, False),
             "var/log/syslog.1": syslog(log),
             "var/log/kern.log.1.gz": gzip.compress(syslog(log)),
             "proc/meminfo": b"MemTotal: 1 kB\n", "etc/motd": log}
    root = folder / "sosreport-db1-2026-11-22-abcdefg"
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "dmesg").symlink_to("sos_commands/kernel/dmesg")
    if with_journal:
        (root / "var/log/journal/1").mkdir(parents=True)
        journal(log, root / "var/log/journal/1/system.journal")
    return root


def one_event_many_places(folder, log, plain, packed):
    root = sosreport_tree(folder, log, not packed)
    what, places = root, 6
    if packed:
        what, places = folder / "sosreport-db1.tar.xz", 5
        subprocess.run(["tar", "-cJf", what, "-C", folder, root.name], check=True)
    status, events, message, _ = run(what)
    if status or len(events) != len(plain):
        return f"status {status}, {len(events)} events: {message[:200]}"
    for have, want in zip(events, plain):
        if have["id"] != want["id"] or have["cause"] != want["cause"]:
            return f"another event: {have['cause']}"
        where = [have["source"], *have["also_in"]]
        if len({(w["file"], w.get("member")) for w in where}) != places or \
                any("motd" in str(w) for w in where):
            return f"places: {where}"
        if packed and not all(w["member"].startswith(root.name) for w in where):
            return f"members: {where}"
    # For a person the archive and the directory in it are named once.
    text = subprocess.run([BINARY, "--event=1", what], stdout=subprocess.PIPE, check=False,
                          timeout=60).stdout.decode()
    row = re.search(r"(?s)\n  where (.*?)\n  asked ", text).group(1)
    if packed and (row.count("sosreport-db1") != 1 or "sos_commands/" not in row):
        return f"where: {row}"
    return ""


def supportconfig(folder, log, plain):
    """boot.txt holds dmesg -T and journalctl: one event, two places in one file."""
    head = b"#==[ Command ]====#\n# /bin/%s\n"
    boot = head % b"dmesg -T" + dmesg_t(log) + b"\n" + head % b"journalctl" + syslog(log, False)
    members = [("scc_db1_261122_0219/" + name, content) for name, content in (
        ("boot.txt", boot), ("messages.txt", syslog(log)), ("y2log.txt", log))]
    (folder / "scc_db1.txz").write_bytes(tar_of(members, "w:xz"))
    status, events, message, _ = run(folder / "scc_db1.txz")
    if status or len(events) != len(plain):
        return f"status {status}, {len(events)} events: {message[:200]}"
    where = [events[0]["source"], *events[0]["also_in"]]
    names = sorted(w["member"].split("/")[1] for w in where)
    return "" if names == ["boot.txt", "boot.txt", "messages.txt"] else f"places {names}"


def two_daemons(folder, log, plain):
    """One file, in which one daemon writes "kernel:" and the other "kernel[1]:"."""
    lines = [re.sub(r"^\[[^\]]*\] ", "", line) for line in log.decode().splitlines()]

    def told(tag):
        return [f"Nov 22 02:19:01 db1 {tag}: {line}\n" for line in lines]
    (folder / "messages").write_text("".join(told("kernel") + told("kernel[1]")))
    _, events, _, _ = run(folder / "messages")
    if len(events) != len(plain):
        return f"{len(events)} events"
    (folder / "messages").write_text("".join(2 * told("kernel")))
    _, events, _, _ = run(folder / "messages")
    return "" if len(events) == 2 else f"{len(events)} events of one daemon, who tells none twice"


def many_events_twice(folder, log):
    """200 kills in two logs: more than are held back, and each is told once."""
    kills = []
    for i in range(200):
        one = re.sub(rb"\b110\b", b"%d" % (2000 + i), log)
        one = re.sub(rb"(?m)^\[ *\d+\.", b"[%5d." % (100 + 10 * i), one)
        kills.append(one)
    (folder / "dmesg").write_bytes(b"".join(kills))
    (folder / "syslog").write_bytes(b"".join(syslog(k) for k in kills))
    status, events, message, _ = run(folder / "dmesg", folder / "syslog")
    pids = [e["victim"]["pid"] for e in events]
    if status or sorted(pids) != list(range(2000, 2200)):
        return f"status {status}, {len(pids)} events, {len(set(pids))} pids: {message[:200]}"
    return ""


def alike_in_one_file(folder, log):
    """Three refusals alike but for the time are three, in one log and in two."""
    burst = b"".join(re.sub(rb"(?m)^\[ *\d+\.", b"[%5d." % (100 + 10 * i), log)
                     for i in range(3))
    (folder / "dmesg").write_bytes(burst)
    (folder / "kern.log").write_bytes(syslog(burst))
    for names, places in ((["dmesg"], 1), (["dmesg", "kern.log"], 2)):
        status, events, message, _ = run(*(folder / n for n in names))
        if status or len(events) != 3:
            return f"status {status}, {len(events)} events of {names}: {message[:200]}"
        if any(len(e.get("also_in", [])) != places - 1 for e in events):
            return f"also_in of {names}: {[e.get('also_in') for e in events]}"
    return ""


def cut_by_rotation(folder, log, plain):
    """Cut in two and in three at every line: the same event."""
    lines = syslog(log).splitlines(True)
    first, last = plain[0]["source"]["first_line"], plain[0]["source"]["last_line"]
    archive, folder = folder / "logs.tar", folder / "logs"
    folder.mkdir()
    for at in range(first, last, 7):
        second = min(at + 3, last)
        (folder / "syslog.2.gz").write_bytes(gzip.compress(b"".join(lines[:at])))
        (folder / "syslog.1").write_bytes(b"".join(lines[at:second]))
        (folder / "syslog").write_bytes(b"".join(lines[second:]))
        named = [folder / n for n in ("syslog.2.gz", "syslog.1", "syslog")]
        archive.write_bytes(tar_of([("log/" + n.name, n.read_bytes()) for n in named]))
        for what in (named, [folder], [archive]):
            status, events, message, _ = run(*what)
            wrong = f"status {status}: {message[:200]}" if status else \
                wrong_events(events, plain)
            if wrong:
                return f"cut at {at}: {wrong}"
    return ""


def lost_by_rotation(folder, log, plain):
    """A file is missing between: partial, never wrong."""
    lines = syslog(log).splitlines(True)
    first, last = plain[0]["source"]["first_line"], plain[0]["source"]["last_line"]
    third = (last - first) // 3
    (folder / "syslog.3").write_bytes(b"".join(lines[:first + third]))
    (folder / "syslog.1").write_bytes(b"".join(lines[last - third:]))
    status, events, message, _ = run(folder / "syslog.3", folder / "syslog.1")
    if status or not events:
        return f"status {status}: {message[:200]}"
    for event in events:
        if event["complete"]:
            return "an event that lost its middle is called complete"
        if "victim" in event and event["victim"]["pid"] != plain[0]["victim"]["pid"]:
            return f"another victim: {event['victim']}"
        if event["cause"]["confidence"] == "certain" and \
                event["cause"]["slug"] != plain[0]["cause"]["slug"]:
            return f"certain of {event['cause']['slug']}"
    return ""


def pstore_parts(folder, log, plain, count):
    """Newest part first, each with its header, as the kernel keeps them."""
    lines = log.splitlines(True)
    size = -(-len(lines) // count)
    pieces = [b"".join(lines[i:i + size]) for i in range(0, len(lines), size)]
    for i, piece in enumerate(pieces):
        part = len(pieces) - i
        (folder / f"dmesg-ramoops-{part - 1}").write_bytes(b"Oops#1 Part%d\n" % part + piece)
    status, events, message, _ = run(folder)
    if status:
        return f"status {status}: {message[:200]}"
    for event in events:
        event.pop("foreign")
    return wrong_events(events, [{k: v for k, v in e.items() if k != "foreign"}
                                 for e in plain])


# Hostile input: each case makes files beside a good one and says which words must be in
# the message.

def gz_cut(folder, log):
    """What stands before the cut is explained; the tail that is lost is padding."""
    data = gzip.compress(log + b"[  999.000000] x: padding\n" * 9 + os.urandom(4000).hex().encode())
    (folder / "cut.gz").write_bytes(data[:-1500])
    return ["cut.gz: the gzip file is cut"], 2


def gz_damaged(folder, _log):
    data = bytearray(gzip.compress(os.urandom(300000).hex().encode()))
    data[len(data) // 2:len(data) // 2 + 64] = bytes(64)
    (folder / "bad.gz").write_bytes(bytes(data))
    return ["bad.gz: the gzip file is damaged"], 1


def zst_blocks(log, after):
    """The log ends with a block: zstd's have 128 KiB of text. The rest is padding."""
    padding = b"[    1.000000] x: padding\n" * 30000
    return by_program("zstd", "-qc", "--no-check")(
        padding[:4 * 128 * 1024 - len(log) - 1] + b"\n" + log + after)


def zst_cut(folder, log):
    (folder / "cut.zst").write_bytes(zst_blocks(log, b"x\n")[:-1])
    return ["cut.zst: the zstd file is cut"], 2


def zst_damaged(folder, log):
    """What stands before the damage is read, though all of it comes with one read."""
    (folder / "bad.zst").write_bytes(zst_blocks(log, b"x\n")[:-5] + b"\xff" * 1000)
    (folder / "more.zst").write_bytes(by_program("zstd", "-qc")(b"x\n") + b"more of it")
    return ["bad.zst: the zstd file is damaged", "more.zst: the zstd file is damaged"], 2


def xz_cut(folder, log):
    (folder / "cut.xz").write_bytes(lzma.compress(log)[:-200])
    return ["cut.xz: "], 1


def tar_cut(folder, log):
    (folder / "cut.tar").write_bytes(tar_of([("a", log), ("b", log * 9)])[:-30000])
    return ["cut.tar"], 3


def gz_bomb(folder, _log):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = b"a" * 1000000
    with open(folder / "bomb.gz", "wb") as out:
        for _ in range(200):
            out.write(packer.compress(chunk))
        out.write(packer.flush())
    return ["bomb.gz: no line of it ends"], 1


def zero_bomb(folder, _log):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    with open(folder / "zero.gz", "wb") as out:
        for _ in range(200):
            out.write(packer.compress(bytes(1000000)))
        out.write(packer.flush())
    return ["zero.gz holds binary data"], 1


def directory_bomb(folder, log):
    """Directories beyond number, and one that is a thousand deep."""
    members = []
    for i in range(3000):
        member = tarfile.TarInfo(f"d{i}/e/f")
        member.type = tarfile.DIRTYPE
        members.append((member, b""))
    members += [("/".join(["deep"] * 1000) + "/log", log), ("good/log", log)]
    (folder / "dirs.tar.gz").write_bytes(tar_of(members, "w:gz"))
    block = tarfile.TarInfo("d/")
    block.type = tarfile.DIRTYPE
    with open(folder / "many.tar.gz", "wb") as out:
        out.write(gzip.compress(block.tobuf() * 210000, 1))
    return ["dirs.tar.gz: deep/", "too deep", "many.tar.gz: too many directories"], 1


def absurd_members(folder, log):
    members = [("/etc/passwd", b"root:x:0:0\n"), ("../../../etc/shadow", log),
               ("\x1b[31mred\nname", log)]
    for kind, name in ((tarfile.CHRTYPE, "dev/sda"), (tarfile.FIFOTYPE, "a.fifo"),
                       (tarfile.SYMTYPE, "link"), (tarfile.LNKTYPE, "hard")):
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "../../../../etc/passwd"
        members.append((member, b""))
    (folder / "absurd.tar").write_bytes(tar_of(members))
    return ["absurd.tar: dev/sda: it is a device", "absurd.tar: a.fifo: it is a device"], 1


def symlink_loops(folder, _log):
    (folder / "sub").mkdir()
    (folder / "sub" / "up").symlink_to("..")
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to("one")
    (folder / "away").symlink_to("nowhere")
    (folder / "outside").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to("/etc")
    (folder / "again").symlink_to("good.log")
    return ["sub/up: it is a symbolic link to a directory that holds it",
            "one: Too many levels of symbolic links", "two: Too many levels",
            "away: it is a symbolic link to nothing", "outside: it is a symbolic link to a "
            "file elsewhere", "elsewhere: it is a symbolic link to a directory"], 1


def special_files(folder, _log):
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(folder / "socket"))
    return ["fifo: it is a FIFO", "socket: it is a socket"], 1


def deep_archive(folder, log):
    data = tar_of([("log", log)])
    for i in range(20):
        data = tar_of([(f"a{i}.tar", data)])
    (folder / "russian.tar").write_bytes(data)
    return ["russian.tar: a19.tar/", "too many archives inside each other"], 1


def deep_directories(folder, _log):
    path = str(folder)
    for _ in range(80):
        path += "/d"
        os.mkdir(path)
    return ["its directories are too deep"], 1


def broken_journal(folder, _log):
    (folder / "bad.journal").write_bytes(b"LPKSHHRH" + bytes(500))
    (folder / "memory.tar").write_bytes(tar_of([("x.journal", b"LPKSHHRH" + bytes(500))]))
    return ["bad.journal: ", "memory.tar: x.journal: it is a binary journal"], 1


def vmcores(folder, _log):
    (folder / "dump").write_bytes(b"KDUMP   " + bytes(5000))
    (folder / "flat").write_bytes(b"makedumpfile\0\0\0\0" + bytes(5000))
    (folder / "core").write_bytes(b"\x7fELF\2\1\1" + bytes(9) + b"\4\0\x3e\0" + bytes(5000))
    return ["makedumpfile --dump-dmesg", "makedumpfile -R vmcore.whole <",
            "vmcore-dmesg"], 1


HOSTILE = (gz_cut, gz_damaged, zst_cut, zst_damaged, xz_cut, tar_cut, gz_bomb, zero_bomb, directory_bomb,
           absurd_members, symlink_loops, special_files, deep_archive, deep_directories,
           broken_journal, vmcores)


def hostile(folder, log, plain, make):
    """The good log beside it must be explained whatever comes before and after."""
    tree = folder / "t"
    tree.mkdir()
    (tree / "good.log").write_bytes(log)
    (tree / "zz.log").write_bytes(re.sub(rb"\b110\b", b"4711", log))
    words, least = make(tree, log)
    status, events, message, rss = run(tree)
    if status != 2:
        return f"status {status}: {message[:200]}"
    for word in words:
        if word not in message:
            return f"no {word!r} in {message[:600]!r}"
    if re.search(r"[^ -~\n]", message):
        return f"a control byte in {message[:300]!r}"
    pids = [e.get("victim", {}).get("pid") for e in events]
    if pids.count(4711) < 1 or pids.count(plain[0]["victim"]["pid"]) < 1:
        return f"victims {pids}"
    if sum(1 + len(e.get("also_in", [])) for e in events) < least + 1:
        return f"only {len(events)} events"
    return f"{rss} kB" if rss > MOST_RSS_KB else ""


def empty_archives(folder, _log):
    (folder / "empty.tar").write_bytes(tar_of([]))
    (folder / "empty.tgz").write_bytes(tar_of([], "w:gz"))
    (folder / "empty.gz").write_bytes(gzip.compress(b""))
    for name in ("empty.tar", "empty.tgz", "empty.gz"):
        status, events, message, _ = run(folder / name)
        if status not in (1, 2) or events or name not in message:
            return f"{name}: status {status}: {message[:200]}"
    return ""


def unreadable(folder, log):
    """Among readable ones, as another user."""
    if os.getuid() == 0 and not shutil.which("setpriv"):
        raise Skip("root reads everything, and there is no setpriv")
    program = folder / "oomwhy"
    shutil.copy(BINARY, program)
    folder.chmod(0o755)
    tree = folder / "t"
    (tree / "closed").mkdir(parents=True)
    for name in ("a.log", "b.log", "secret.log"):
        (tree / name).write_bytes(re.sub(rb"\b110\b", b"4%d" % ord(name[0]), log))
    (tree / "secret.log").chmod(0)
    (tree / "closed").chmod(0)
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] \
        if os.getuid() == 0 else []
    if user and subprocess.run([*user, "test", "-x", program], check=False).returncode:
        raise Skip("another user does not reach the program")
    done = subprocess.run([*user, program, "--json", tree], capture_output=True, check=False)
    (tree / "closed").chmod(0o755)
    message = done.stderr.decode()
    if done.returncode != 2 or done.stdout.count(b"\n") != 2:
        return f"status {done.returncode}, {done.stdout.count(10)} events: {message[:300]}"
    for name in ("secret.log", "closed"):
        if f"{name}: Permission denied" not in message:
            return f"no word about {name}: {message[:300]}"
    return ""


def without_library(folder, log, library, names, package):
    """A library that is not there: its package is named, and the rest is explained."""
    paths = [p for p in pathlib.Path("/").glob(f"usr/lib/*/{library}")]
    if os.getuid() != 0 or not paths:
        raise Skip("this needs root and the library itself, to hide it")
    for name in names:
        (folder / name).write_bytes(
            lzma.compress(log) if name.endswith("xz") else b"LPKSHHRH" + bytes(500))
    (folder / "good.log").write_bytes(log)
    (folder / "nothing").write_bytes(b"")
    script = f"mount --bind {folder}/nothing {paths[0].resolve()} && " \
        f"exec '{BINARY}' --no-sandbox --json " + " ".join(f"{folder}/{n}" for n in names) + \
        f" {folder}/good.log"
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True,
                          check=False)
    message = done.stderr.decode()
    if "mount:" in message or "unshare:" in message:
        raise Skip("no mounts here: " + message[:100])
    if done.returncode != 2 or package not in message or done.stdout.count(b"\n") != 1:
        return f"status {done.returncode}, {done.stdout.count(10)} events: {message[:300]}"
    return ""


def in_constant_memory(folder, log, gigabytes):
    """A directory of compressed logs; each file holds one event."""
    quiet = b"".join(b"Nov 22 02:%02d:%02d db1 CRON[%d]: (root) CMD (run-parts)\n" %
                     (i % 60, i % 60, 1000 + i) for i in range(60)) * 400
    files = max(4, int(gigabytes * 8))
    piece = gzip.compress(quiet, 9)
    per_file = int(gigabytes * 1e9 / files / len(quiet))
    for i in range(files):
        kill = syslog(re.sub(rb"\b110\b", b"%d" % (10000 + i), log))
        with open(folder / f"host{i:05d}.log.gz", "wb") as out:
            for k in range(per_file):
                out.write(piece)
                if k == per_file // 2:
                    out.write(gzip.compress(kill))
    began = time.monotonic()
    status, events, message, rss = run(folder, limit=3600)
    seconds = time.monotonic() - began
    if len(sys.argv) > 1 or gigabytes > 1:
        print(f"     {gigabytes} GB in {files} files: {seconds:.1f} s, {rss} kB at most")
    if status or len(events) != files:
        return f"status {status}, {len(events)} events of {files}: {message[:200]}"
    return f"{rss} kB" if rss > MOST_RSS_KB else ""


def main():
    tests = Tests(sys.argv[1:])
    for name in FIXTURES:
        log = log_of(name)
        plain = run(data=log)[1]
        for kind, pack in PACKED.items():
            tests.check(f"{name} in {kind}", packed_file, log, pack, plain)
        tests.check(f"{name} in a directory", in_directory, log, plain)
        tests.check(f"{name} in a journal", in_journal, log, plain)
        tests.check(f"{name} in a sosreport", one_event_many_places, log, plain, False)
        tests.check(f"{name} in a packed sosreport", one_event_many_places, log, plain, True)
        tests.check(f"{name} cut by rotation", cut_by_rotation, log, plain)
    log = log_of(FIXTURES[0])
    plain = run(data=log)[1]
    for count in (1, 2, 5, 11):
        tests.check(f"pstore in {count} parts", pstore_parts, log, plain, count)
    tests.check("supportconfig", supportconfig, log, plain)
    tests.check("two daemons write one file", two_daemons, log, plain)
    tests.check("200 kills in two logs", many_events_twice, log)
    tests.check("alike in one file", alike_in_one_file, log_of(FIXTURES[-1]))
    tests.check("lost by rotation", lost_by_rotation, log, plain)
    for make in HOSTILE:
        tests.check("hostile: " + make.__name__, hostile, log, plain, make)
    tests.check("empty archives", empty_archives, log)
    tests.check("unreadable", unreadable, log)
    tests.check("no libarchive", without_library, log, "libarchive.so.13",
                ["log.xz"], "libarchive13")
    tests.check("no libsystemd", without_library, log, "libsystemd.so.0",
                ["x.journal"], "libsystemd0")
    tests.check("constant memory", in_constant_memory, log,
                float(os.environ.get("CONTAINERS_GB", "1")))
    print(f"containers: {tests.passed} passed, {tests.failed} failed, "
          f"{tests.skipped} skipped")
    return 1 if tests.failed else 0


if __name__ == "__main__":
    sys.exit(main())
