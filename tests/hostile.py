#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No byte of a log, of a file's name or of an archive acts on a terminal, and no unsafe
name stands in a suggested command.

Every control byte, C1 as a byte and as UTF-8, OSC, CSI, DCS, bidirectional overrides and
isolates, characters without width, invalid and overlong UTF-8: as names of processes,
cgroups, cpusets, modules, hosts, hardware, files, members, zones and in free text; in
every format, piped and on a terminal, in messages, in the live view's screens. What may
come out is said here, by code that shares nothing with ours: printable characters,
newlines, and the colours that a harmless log has too.
"""

import gzip
import io
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BINARY = os.environ.get("OOMWHY", str(ROOT / "oomwhy"))
LIVE = ROOT / "build" / "san" / "oomwhy"
LOG = (HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "log").read_bytes()
MACHINE_LOG = (HERE / "fixtures" / "cpuset-hardwall--6.12-cpuset-2nodes" / "log").read_bytes()
counts = {"passed": 0, "failed": 0, "skipped": 0}


def result(name, wrong):
    if wrong:
        print(f"FAIL hostile: {name}: {wrong}")
    counts["failed" if wrong else "passed"] += 1


# ---- what is fed -------------------------------------------------------------------------

def utf8(*codes):
    return "".join(map(chr, codes)).encode("utf-8", "surrogatepass")


NASTY = [bytes([c]) for c in [*range(0x20), 0x7f, *range(0x80, 0xa0)] if c != 0x0a]
NASTY += [utf8(c) for c in range(0x80, 0xa0)]
NASTY += [utf8(c) for c in (0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x180e, *range(0x200b, 0x2010),
                            *range(0x2028, 0x202f), *range(0x2060, 0x2070), 0x3164, 0xfe0f, 0xfeff,
                            0xffa0, 0xfff9, 0xfffb, 0x301, 0x180b, 0x1bca0, 0x1d173, 0xe000, 0xe0001, 0xe0041, 0xe01ef, 0x10fffd)]
NASTY += [b"\x1b]0;pwn\x07", b"\x1b]8;;http://e/\x1b\\x", b"\x9d0;pwn\x9c", b"\x1b[2J", b"\x1b[6;7m",
          b"\x9b2J", utf8(0x9b) + b"2J", b"\x1bP1$r\x1b\\", b"\x90q\x9c", b"\x1b_G\x1b\\", b"\x1b^x\x1b\\",
          b"\x1bXx\x1b\\", b"\x1bc", b"\x1b(0", b"\x1b[?47h", b"\r\x1b[K", b"\x08\x08\x08"]
# Invalid: lone bytes, overlong forms of NUL, ESC and '/', surrogates, beyond the last one.
NASTY += [b"\xff", b"\xfe", b"\xc0\x80", b"\xc0\x9b", b"\xc1\x9b", b"\xc0\xaf", b"\xe0\x80\x9b",
          b"\xe0\x82\x9b", b"\xf0\x80\x80\x9b", b"\xf0\x80\x82\x9b", b"\xed\xa0\x80", b"\xed\xbf\xbf",
          b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x9b", b"\xe2\x80", b"\xf0\x9f\x98", b"\xc2"]
# Sentences that a shell would obey.
SHELL = [b"$(PWNED)", b"`PWNED`", b"a;PWNED", b"a|PWNED", b"a&PWNED", b"a>PWNED", b"a<PWNED", b"a PWNED",
         b"'PWNED", b'"PWNED', b"a\\PWNED", b"-DASHED", b"--DASHED", b"*PWNED", b"?PWNED", b"~PWNED",
         b"#PWNED", b"!PWNED", b"{a,PWNED}", b"a%sPWNED", b"a=PWNED", b"a\tPWNED", b"a\rPWNED",
         b"[PWNED]", b"(PWNED)", b"\xe2\x80\xaePWNED", b"\x1b[2JPWNED"]
# A dash is unsafe where a word begins with it.
COMMANDS = re.compile(rb"\b(systemctl|cat|echo|sysctl|kubectl|docker|swapon|journalctl|dmesg|makedumpfile|"
                      rb"vmcore-dmesg|choom|kill|grep|mount|sudo|ls|oomwhy(?! live)) ([^\n]*PWNED|([^\n]* )?--?DASHED)")


def event(log, name, host=b"", program=b"kernel", number=0):
    """The report with the name in all places where names stand."""
    log = log.replace(b"hog", name[:15])
    log = log.replace(b"/lab.slice/box.service", b"/lab" + name + b"/" + name + b".service")
    log = log.replace(b"box.service", name + b".service")
    log = re.sub(rb"cpuset=[^,\n]*", lambda _: b"cpuset=" + name, log)
    log = re.sub(rb"Hardware name: .*", lambda _: b"Hardware name: H" + name, log)
    log = re.sub(rb"(?m)^(\[.*?\] )Call Trace:", lambda m: m[1].join((
        b"", b"Modules linked in: m" + name + b" x\n", b"Call Trace:\n", b" f" + name + b"+0x1/0x2 [m]\n",
        b"free " + name + b" text")), log)
    # A report each: other pids, other times.
    lines = []
    for line in log.rstrip(b"\n").split(b"\n"):
        stamp = re.match(rb"\[ *(\d+)\.(\d+)\]", line)
        if stamp:
            line = b"[%5d.%s]" % (int(stamp[1]) + 100 * number, stamp[2]) + line[stamp.end():]
        if host:
            line = b"2026-03-01T10:%02d:%02d+00:00 h%s %s: " % (number // 60 % 60, number % 60, host, program) + line
        lines.append(line)
    return b"\n".join(lines) + b"\n"


def all_of(log, names, host=False):
    return b"".join(event(log, n + b"q", (n.strip(b" \t\r\x0b\x0c") or b"h") if host else b"", number=i)
                    for i, n in enumerate(names))


# ---- what may come out -------------------------------------------------------------------

ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                  "\ufff9-\ufffb\U000e0000-\U0010ffff]")


def wrong_in(raw, colours=(), ascii_only=False):
    """The first thing of the output that could act, or ''."""
    for colour in colours:
        raw = raw.replace(colour, b"")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"invalid UTF-8: {raw[max(0, error.start - 30):error.start + 10]!r}"
    bad = ACTS.search(text)
    if not bad:
        bad = next((m for m in re.finditer("[^\x0a\x20-\x7e]", text)
                    if unicodedata.category(m[0]) in ("Cc", "Cf", "Co", "Cs", "Cn")), None)
    if not bad and ascii_only:
        bad = re.search("[^\x0a\x20-\x7e]", text)
    return f"{bad[0]!r} in {text[max(0, bad.start() - 40):bad.end() + 20]!r}" if bad else ""


def environment(locale="C.UTF-8", **more):
    kept = {k: v for k, v in os.environ.items()
            if k not in ("OOMWHY_WIKI_URL", "NO_COLOR", "COLUMNS", "LINES")}
    return dict(kept, LC_ALL=locale, TERM="xterm-256color", ASAN_OPTIONS="abort_on_error=1", **more)


def piped(*arguments, data=b"", locale="C.UTF-8", binary=BINARY, cwd=None):
    done = subprocess.run([binary, *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment(locale), check=False, timeout=120, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


def on_terminal(*arguments, locale="C.UTF-8"):
    """Standard output and standard error are a terminal, which changes nothing."""
    master, slave = pty.openpty()
    import termios
    mode = termios.tcgetattr(slave)
    mode[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, mode)
    said = bytearray()

    def listen():
        try:
            while True:
                said.extend(os.read(master, 65536))
        except OSError:
            pass
    listener = threading.Thread(target=listen)
    listener.start()
    done = subprocess.run([BINARY, *arguments], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                          env=environment(locale), check=False, timeout=120)
    os.close(slave)
    listener.join()
    os.close(master)
    return done.returncode, bytes(said)


# ---- the parts ---------------------------------------------------------------------------

FORMATS = (("text",), ("--full",), ("--list",), ("--json",), ("--json", "--full"), ("--dedupe",), ("--dedupe", "--json"),
           ("--full", "--anonymize"), ("--json", "--full", "--anonymize"), ("--list", "--anonymize"),
           ("--full", "--width=40"), ("--full", "--why-not=memcg-limit"),
           ("--full", "--what-if=oom_score_adj:1=-1000"))


def formats(folder):
    logs = {}
    for name, log in (("memcg", LOG), ("machine", MACHINE_LOG)):
        for host in (False, True):
            logs[f"{name}{'-syslog' if host else ''}"] = all_of(log, NASTY, host)
    harmless = folder / "harmless"
    harmless.write_bytes(LOG + MACHINE_LOG)
    _, plain = on_terminal("--color=always", "--full", str(harmless))
    _, listed = on_terminal("--color=always", "--list", str(harmless))
    colours = sorted(set(re.findall(rb"\x1b\[[0-9;]*m", plain + listed)), key=len, reverse=True)
    result("a harmless log has colours and nothing else", "" if colours and not wrong_in(plain, colours) else
           f"{colours} {wrong_in(plain, colours)}")
    for name, log in logs.items():
        path = folder / name
        path.write_bytes(log)
        for options in FORMATS:
            options = [o for o in options if o != "text"]
            shown = f"{name} {' '.join(options)}"
            status, out, err = piped(*options, str(path))
            result(shown, f"status {status}: {err[:200]!r}" if status else wrong_in(out) or wrong_in(err))
            if "--json" in options:
                result(f"{shown}: JSON", "" if len([json.loads(line) for line in out.splitlines()]) > len(NASTY) // 2
                       or "--dedupe" in options else "few events")
        for options in (("--full",), ("--list",), ("--full", "--anonymize")):
            _, out, err = piped(*options, str(path), locale="C")
            result(f"{name} {' '.join(options)} in ASCII", wrong_in(out, ascii_only=True) or
                   wrong_in(err, ascii_only=True))
        for options in ((), ("--full",), ("--list",), ("--json",), ("--color=always", "--full", "--anonymize")):
            status, out = on_terminal(*options, str(path))
            result(f"{name} {' '.join(options)} on a terminal", f"status {status}" if status else wrong_in(out, colours))
    # The names that arrived: else this shows nothing.
    _, out, _ = piped("--json", "--full", str(folder / "memcg"))
    comms = {e.get("request", {}).get("comm") for e in map(json.loads, out.splitlines())}
    missing = [n for n in NASTY if len(n) < 15 and (n + b"q").decode("utf-8", "replace") not in comms and
               n not in (b"\x00", b"\r", b"\t", b"\x0b", b"\x0c", b"\r\x1b[K")]
    result("the names of the log arrive in JSON as they are", f"{len(missing)} do not: {missing[:6]}"
           if len(missing) > 8 else "")


def hostile_path(folder, name):
    path = os.path.join(os.fsencode(folder), name.replace(b"/", b"").replace(b"\0", b"") or b"x")
    try:
        pathlib.Path(os.fsdecode(path)).parent.mkdir(exist_ok=True)
        return path
    except OSError:
        return None


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8",
                      errors="surrogateescape") as archive:
        for name, kind, content in members:
            member = tarfile.TarInfo(os.fsdecode(name))
            member.type, member.size = kind, len(content)
            member.linkname = os.fsdecode(name) if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def paths(folder):
    """Names of files, directories and members, and every message about them."""
    harmless = LOG[:2000]
    damaged = gzip.compress(LOG)[:-200]
    for i, name in enumerate(n for n in NASTY + SHELL if n != b"\0"):
        name = name.replace(b"/", b"_").replace(b"\0", b"")
        place = pathlib.Path(folder) / f"p{i}"
        place.mkdir()
        at = os.path.join(os.fsencode(place), name)
        members = [(name + b"m", tarfile.REGTYPE, LOG), (name + b"c", tarfile.CHRTYPE, b""),
                   (b"a/" + name + b".gz", tarfile.REGTYPE, damaged), (name + b"z", tarfile.REGTYPE, b"\0\1\2" * 999)]
        for suffix, content in ((b".log", LOG), (b".gz", damaged), (b".tar", tar_of(members)), (b".core", b"KDUMP   x" * 9),
                                (b".flat", b"makedumpfile\0" * 9), (b".elf", b"\x7fELF\2\1\1" + b"\0" * 9 + b"\4\0" + b"\0" * 99),
                                (b".empty", b""), (b".quiet", harmless[:50]), (b".bin", b"\0\1" * 999),
                                (b".journal", b"LPKSHHRHx")):
            with open(at + suffix, "wb") as out:
                out.write(content)
        os.mkdir(at + b".d")
        os.symlink(at + b"nowhere", at + b".d/" + name + b"l")
        os.mkfifo(at + b".d/" + name + b"f")
    every = sorted(os.path.join(os.fsencode(folder), p, f) for p in os.listdir(os.fsencode(folder))
                   for f in os.listdir(os.path.join(os.fsencode(folder), p)))
    for options in ((), ("--json",), ("--list",), ("--full", "-j3"), ("--anonymize",)):
        shown = " ".join(options)
        status, out, err = piped(*options, "--", *every)
        result(f"{len(every)} paths {shown}", wrong_in(out) or wrong_in(err, ascii_only=True) or
               ("" if status == 2 and len(err) > 20000 else f"status {status}, {len(err)} bytes of messages"))
        result(f"paths in commands {shown}", (COMMANDS.search(err + b"\n" + out) or [b""])[0][:200] or "")
        status, out, err = piped(*options, str(folder))
        result(f"their directory {shown}", wrong_in(out) or wrong_in(err, ascii_only=True))
    for name in (b"-DASHED.core", b"$(PWNED)"):
        with open(os.path.join(os.fsencode(folder), name), "wb") as out:
            out.write(b"KDUMP   x" * 9)
        _, out, err = piped("--", name, cwd=folder)
        result(f"a memory image called {name!r}", (COMMANDS.search(err) or [b""])[0] or
               ("" if b"--dump-dmesg FILE" in err else err[:200]))
    status, said = on_terminal("--color=never", "--", *every[:400])
    result("paths on a terminal", wrong_in(said))


def arguments(folder):
    """The command line is ours, but people paste names into it."""
    log = folder / "harmless"
    wrong = []
    for n in (b"\x1b]0;x\x07", b"\x9b2J", b"\xc2\x9b2J", b"\xe2\x80\xae", b"\xff", b"\r\x1b[K"):
        for options in ((b"--" + n,), (b"-" + n,), (b"--width=" + n,), (b"--format=" + n,), (b"--color=" + n,),
                        (b"--event=" + n,), (b"--since=" + n,), (b"--until=" + n,), (b"--boot=" + n,), (b"--kind=" + n,),
                        (b"--cause=" + n,), (b"--host=" + n,), (b"--comm=" + n,), (b"--cgroup=" + n,), (b"--why-not=" + n,),
                        (b"--what-if=" + n,), (b"--what-if=oom_score_adj:" + n + b"=5",), (b"--jobs=" + n,),
                        (b"--output=/nowhere/" + n,), (b"--anonymized-log=/nowhere/" + n,), (b"wiki", n), (b"decode-gfp", n),
                        (b"decode-gfp", b"0xcc0", b"--kernel", n), (b"now", n), (b"now", b"--root", b"/nowhere/" + n),
                        (b"now", b"--request", n), (b"now", b"--seconds", n), (b"live", b"/nowhere/" + n), (b"live", b"--theme", n),
                        (b"live", b"--" + n)):
            more = () if options[0] in (b"wiki", b"decode-gfp", b"now", b"live") else (os.fsencode(log),)
            _, out, err = piped(*options, *more)
            found = wrong_in(out) or wrong_in(err)
            if found:
                wrong.append(f"{options}: {found}")
    result("arguments", "; ".join(wrong[:3]))


def commands():
    """No unsafe name in a suggested command, whatever the shape of the event."""
    for kind, log in (("memcg", LOG), ("machine", MACHINE_LOG)):
        log = all_of(log, SHELL)
        for options in ((), ("--full",)):
            _, out, _ = piped(*options, data=log)
            result(f"commands of {kind} {options}", (COMMANDS.search(out) or [b""])[0][:200] or "")
        _, out, _ = piped("--json", "--full", data=log)
        events = [json.loads(line) for line in out.splitlines()]
        bad = [h["command"] for e in events for h in e.get("helps", [])
               if COMMANDS.search(h.get("command", "").encode())]
        result(f"helps of {kind}", bad[:3] or ("" if len(events) >= len(SHELL) - 4 else f"{len(events)} events"))
    # A safe name does stand in one.
    _, out, _ = piped("--json", data=all_of(LOG, [b"PWNED"]))
    result("a safe name stands in commands", "" if "PWNED" in json.dumps(
        [h.get("command", "") for h in json.loads(out)["helps"]]) else "it does not: this test sees nothing")


LIVE_SCRIPT = """:save start
{moves}Enter
:save explanation
l
:save log
q
t
:save tasks
q
z
:save zones
q
m
q
x
:save next
q
a
:save available
Space
:save more
q
c
:save cause
c
/
:type q
Enter
:save found
:resize 40x10
:save small
:resize 132x60
:save large
y
:save written
"""


def record_machine(root, name):
    """A recorded tree whose processes, cgroups, zones and release have that name."""
    def write(path, content):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(content)
    before = HERE / "fixtures" / "memcg-limit--6.12-memcg-anon" / "before"
    top = os.fsencode(root)
    for f in ("meminfo", "buddyinfo"):
        write(top + b"/proc/" + f.encode(), (before / f).read_bytes())
    write(top + b"/proc/zoneinfo", (before / "zoneinfo").read_bytes().replace(b"Normal", b"N" + name[:9]))
    write(top + b"/proc/sys/kernel/osrelease", b"6.12.1-" + name + b"\n")
    for pid, rss in ((70, 9000), (71, 800)):
        folder = top + b"/proc/%d" % pid
        write(folder + b"/status", b"Name:\t%s\nTgid:\t%d\nPPid:\t1\nUid:\t0\t0\t0\t0\nRssAnon:\t%d kB\nRssFile:\t4 kB\n"
              b"RssShmem:\t0 kB\nVmPTE:\t80 kB\nVmSwap:\t0 kB\nMems_allowed_list:\t%s\n" % (name, pid, rss * 4, name))
        write(folder + b"/statm", b"%d %d 1 1 0 1 0\n" % (rss * 2, rss))
        write(folder + b"/oom_score_adj", b"0\n")
        write(folder + b"/cgroup", b"0::/c" + name + b"\n")
    group = top + b"/sys/fs/cgroup/"
    write(group + b"cgroup.controllers", b"memory\n")
    group += b"c" + name.replace(b"/", b"_") + b"/"
    write(group + b"memory.current", b"9000000\n")
    write(group + b"memory.max", b"9500000\n")
    write(group + b"memory.stat", b"anon 8000000\nfile 4096\n")
    write(group + b"memory.events", b"max 3\noom 0\noom_kill 0\n")


MACHINE_NAMES = (b"\x1b]0;pwn\x07", b"\x9b2J", utf8(0x9b) + b"2J", utf8(0x202e), utf8(0x2066), utf8(0x200b), b"\xff\xc0\x9b",
                 b"\x7f\x01\x08", b"$(PWNED)")


def machines(folder):
    for i, name in enumerate(MACHINE_NAMES):
        root = folder / f"machine{i}"
        record_machine(root, name)
        for options in ((), ("--json",)):
            status, out, err = piped("now", *options, "--root", str(root))
            result(f"now {options} of {name!r}", f"status {status}: {err[:100]!r}" if status else
                   wrong_in(out) or wrong_in(err) or (COMMANDS.search(out) or [b""])[0] or
                   ("" if b"9." in out or options else "the machine is not read"))


def live(folder):
    if not LIVE.exists() and subprocess.run(["make", "-s", "-j2", "SAN=1", "all"], cwd=ROOT, capture_output=True,
                                            check=False).returncode:
        result("the live view", "build/san/oomwhy does not build")
        return
    script = folder / "script"
    runs = [(NASTY[at::8], MACHINE_NAMES[at % len(MACHINE_NAMES)]) for at in range(8)] + [(SHELL, MACHINE_NAMES[8])]
    for i, (names, machine) in enumerate(runs):
        place = folder / f"live{i}"
        place.mkdir()
        log = os.path.join(os.fsencode(place), machine.replace(b"/", b"") + b".log")
        with open(log, "wb") as out:
            out.write(all_of(LOG if i % 2 else MACHINE_LOG, names, host=i % 3 == 0))
        root = place / "machine"
        record_machine(root, machine)
        script.write_text(LIVE_SCRIPT.format(moves=":save event\nk\n" * min(len(names), 25)))
        for locale in ("C.UTF-8", "C"):
            done = subprocess.run([LIVE, b"live", b"--script", os.fsencode(script), b"--root", os.fsencode(root), log],
                                  cwd=place, env=environment(locale), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, check=False, timeout=300)
            err = re.sub(rb"(?m)^driven\t.*\n", b"", done.stderr)
            result(f"live view {i} {locale}", f"status {done.returncode}: {err[:300]!r}" if done.returncode or err else
                   wrong_in(done.stdout, ascii_only=locale == "C") or
                   (COMMANDS.search(done.stdout) or [b""])[0] or
                   ("" if done.stdout.count(b"\n== ") > 15 else "few screens"))
            for path in place.iterdir():
                if path.is_file() and path.suffix in (".txt", ".json"):
                    result(f"live view {i}: {path.suffix} that it wrote", wrong_in(path.read_bytes()))
                    path.unlink()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        formats(folder)
        (folder / "paths").mkdir()
        paths(folder / "paths")
        arguments(folder)
        commands()
        machines(folder)
        live(folder)
    print(f"hostile: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
