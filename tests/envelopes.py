#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Why: the same report must give the same event, whatever a log daemon put round it.

Fixtures are wrapped into every envelope that logs come in, as the tools really print
them (util-linux 2.38, systemd 252, rsyslog 8), and with foreign lines between their own.
Only `source`, `time`, `id`, line numbers and the count of foreign lines may differ.
Usage: envelopes.py [PART OF A NAME]...; OOMWHY names another program.
"""

import datetime
import json
import lzma
import os
import pathlib
import quopri
import re
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("OOMWHY", str(HERE.parent / "oomwhy"))

FIXTURES = """
memcg-limit--6.1-memcg-anon
memcg-limit--6.12-memcg-tmpfs
memcg-limit--6.1-v1-limit
memcg-limit--6.12-names
memcg-limit--6.12-memcg-oom-group
memcg-ancestor-limit--6.1-memcg-kubepods-pod
anon-no-swap--6.1-global-noswap
anon-no-swap--6.1-686-global-noswap
anon-no-swap--6.12-rt-global-noswap
anon-no-swap--3.10-composed-global-noswap
anon-swap-full--6.12-global-swapfull
cpuset-hardwall--6.12-cpuset-2nodes
mempolicy-bind--6.1-mempolicy-bind
fragmentation--6.1-fragmentation-order3
slab-unreclaimable--6.12-global-slab-leak
cma-only-free--6.1-arm64-cma-only
sysrq-manual--6.12-sysrq-f
cannot-wait--6.1-failure-atomic
request-too-large--6.12-failure-vmalloc
overcommit-refused--6.1-overcommit-refused
""".split()

BOOT = datetime.datetime(2026, 11, 22, 2, 19, 0, tzinfo=datetime.timezone.utc)
HOST = "db1"
BOOT_ID = "0123456789abcdef0123456789abcdef"


class Record:
    """What one printk put into the ring: its time, and one line or several."""

    def __init__(self, usec, lines, foreign=False):
        self.usec, self.lines, self.foreign = usec, lines, foreign

    def stamp(self):
        return "[%5d.%06d] " % divmod(self.usec, 1000000)

    def clock(self):
        return BOOT + datetime.timedelta(microseconds=self.usec)

    def text(self):
        return "\n".join(self.lines)


def belongs(text, before):
    """Is this line of the same printk as the one before? Mem-Info, memory.stat, and
    the process that calls itself "two", newline, "lines"."""
    if re.match(r"lines( |,|\)|$)", text):
        return True
    if re.match(r" (active_file|inactive_file|unevictable|slab_reclaimable|mapped|"
                r"sec_pagetables|kernel_misc|free|bounce|free_cma):\d", text):
        return True
    return bool(re.match(r"[a-z_0-9]+ \d+$", text) and re.match(r"[a-z_0-9]+ \d+$", before))


def records_of(log):
    records = []
    for line in log.decode("latin-1").split("\n"):
        match = re.match(r"\[ *(\d+)\.(\d{6})\] ?(.*)$", line, re.S)
        if match:
            usec, text = int(match[1]) * 1000000 + int(match[2]), match[3]
        elif line:
            usec, text = records[-1].usec if records else 0, line
        else:
            continue
        if records and records[-1].usec == usec and belongs(text, records[-1].lines[-1]):
            records[-1].lines.append(text)
        else:
            records.append(Record(usec, [text]))
    return records


def by_line(prefix, end="\n"):
    """Every line has its own prefix, as the kernel's console prints it."""
    def write(records):
        return "".join(prefix(r) + line + end for r in records for line in r.lines)
    return write


def by_record(prefix):
    """One prefix a record, further lines indented by its width, as dmesg and
    journalctl print it."""
    def write(records):
        return "".join(prefix(r) + ("\n" + " " * len(prefix(r))).join(r.lines) + "\n"
                       for r in records)
    return write


def folded(prefix):
    """rsyslog: control characters as #012."""
    def write(records):
        return "".join(prefix(r) + "#012".join(r.lines) + "\n" for r in records)
    return write


def ctime(record):
    return record.clock().strftime("[%a %b %e %H:%M:%S %Y] ")


def dmesg_iso(record):
    return record.clock().strftime("%Y-%m-%dT%H:%M:%S,%f+00:00 ")


def decoded(record):
    return "kern  :warn  : " + record.stamp()


def caller_beside(record):
    return record.stamp().rstrip() + ("[    C1] " if record.foreign else "[ T1234] ")


def caller_apart(record):
    return record.stamp() + ("[    C1] " if record.foreign else "[ T1234] ")


def program(record, named):
    return "cron[812]" if record.foreign and named else "kernel"


def bsd(own_stamp, named=False):
    def prefix(record):
        return (record.clock().strftime("%b %e %H:%M:%S ") + HOST + " " +
                program(record, named) + ": " + (record.stamp() if own_stamp else ""))
    return prefix


def iso(own_stamp, form="%Y-%m-%dT%H:%M:%S.%f+00:00"):
    def prefix(record):
        return (record.clock().strftime(form) + " " + HOST + " kernel: " +
                (record.stamp() if own_stamp else ""))
    return prefix


def monotonic(record):
    return "[%5d.%06d] %s kernel: " % (*divmod(record.usec, 1000000), HOST)


def kmsg(caller=False, dictionary=False):
    def write(records):
        out = []
        for number, record in enumerate(records):
            text = "".join(c if " " <= c < "\x7f" and c != "\\" else "\\x%02x" % ord(c)
                           for c in record.text())
            who = ",caller=" + ("C1" if record.foreign else "T1234") if caller else ""
            out.append("4,%d,%d,-%s;%s\n" % (number, record.usec, who, text))
            if record.foreign and dictionary:
                out.append(" SUBSYSTEM=usb\n DEVICE=c189:4\n")
        return "".join(out)
    return write


def unicode_of(record):
    return record.text().encode("latin-1").decode(errors="replace")


def printable(record):
    """Would journalctl print the message as a string? Else as an array of bytes."""
    try:
        text = record.text().encode("latin-1").decode()
    except UnicodeDecodeError:
        return False
    return all(c == "\n" or c == "\t" or c.isprintable() for c in text)


def dmesg_json(records):
    parts = []
    for record in records:
        parts.append('{\n         "pri": 4,\n         "time": %5d.%06d,\n         "msg": %s\n'
                     '      }' % (*divmod(record.usec, 1000000),
                                  json.dumps(unicode_of(record), ensure_ascii=False)
                                  .encode().decode("latin-1")))
    return '{\n   "dmesg": [\n      ' + ",".join(parts) + "\n   ]\n}\n"


def journal_json(as_bytes=False, named=False):
    def write(records):
        out = []
        for number, record in enumerate(records):
            as_array = as_bytes or not printable(record)
            out.append(json.dumps({
                "__CURSOR": "s=%x" % number,
                "__REALTIME_TIMESTAMP": str(int(record.clock().timestamp()) * 1000000 +
                                            record.usec % 1000000),
                "__MONOTONIC_TIMESTAMP": str(record.usec + 1000),
                "_SOURCE_MONOTONIC_TIMESTAMP": str(record.usec),
                "_BOOT_ID": BOOT_ID, "_HOSTNAME": HOST, "_TRANSPORT": "kernel",
                "PRIORITY": "4", "SYSLOG_FACILITY": "0",
                "SYSLOG_IDENTIFIER": "cron" if record.foreign and named else "kernel",
                "MESSAGE": list(record.text().encode("latin-1")) if as_array
                else unicode_of(record)}))
        return "\n".join(out) + "\n"
    return write


def docker_json(records):
    return "".join(json.dumps({"log": r.stamp() + line.encode("latin-1").decode(
        errors="replace") + "\n", "stream": "stdout",
        "time": r.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")}) + "\n"
        for r in records for line in r.lines)


def journal_fields(number, record):
    """What journald keeps of a kernel record, as bytes."""
    realtime = int(record.clock().timestamp()) * 1000000 + record.usec % 1000000
    return [("__CURSOR", b"s=%s;i=%x;b=%s" % (BOOT_ID.encode(), number, BOOT_ID.encode())),
            ("__REALTIME_TIMESTAMP", b"%d" % realtime),
            ("__MONOTONIC_TIMESTAMP", b"%d" % (record.usec + 1000)),
            ("_BOOT_ID", BOOT_ID.encode()), ("_TRANSPORT", b"kernel"), ("PRIORITY", b"4"),
            ("SYSLOG_FACILITY", b"0"), ("SYSLOG_IDENTIFIER", b"kernel"),
            ("_SOURCE_MONOTONIC_TIMESTAMP", b"%d" % record.usec),
            ("MESSAGE", record.text().encode("latin-1")), ("_HOSTNAME", HOST.encode())]


def journal_export(records):
    """Values with a control character, or that are no UTF-8, have their length before
    them."""
    out = bytearray()
    for number, record in enumerate(records):
        for name, value in journal_fields(number, record):
            try:
                text = all(c >= " " or c == "\t" for c in value.decode())
            except UnicodeDecodeError:
                text = False
            out += name.encode() + (b"=" + value if text else
                                    b"\n" + struct.pack("<Q", len(value)) + value) + b"\n"
        out += b"\n"
    return out.decode("latin-1")


def journal_verbose(records):
    out = []
    for number, record in enumerate(records):
        fields = journal_fields(number, record)
        out.append(record.clock().strftime("%a %Y-%m-%d %H:%M:%S.%f CET [s=") + BOOT_ID +
                   ";i=%x;b=%s;m=1;t=2;x=3]\n" % (number, BOOT_ID))
        for name, value in fields[3:]:
            value = value.decode("latin-1").replace("\n", "\n" + " " * (5 + len(name)))
            out.append(f"    {name}={value}\n")
    return "".join(out)


def pretty_json(records):
    """As journalctl prints it; what is no text is an array of numbers, one a line."""
    return "".join(json.dumps(json.loads(line), indent="\t", separators=(",", " : ")) + "\n"
                   for line in journal_json()(records).splitlines())


def json_lines(wrap):
    """One object a line; `wrap` makes it of a line and its record."""
    def write(records):
        return "".join(json.dumps(wrap(r, line.encode("latin-1").decode(
            errors="replace"))) + "\n" for r in records for line in r.lines)
    return write


def mediatek(record):
    return record.stamp() + ("<4>.(1)[812:cron]" if record.foreign else
                             "<4>.(0)[1234:kworker/0:1]")


def logcat(record):
    return record.clock().strftime("%m-%d %H:%M:%S.") + "%03d     0     0 W kernel  : " % (
        record.usec // 1000 % 1000)


def cri_parts(records):
    """Long lines in parts, as containerd cuts them."""
    out = []
    for record in records:
        when = record.clock().strftime("%Y-%m-%dT%H:%M:%S.%f789Z stderr ")
        for line in record.lines:
            line = record.stamp() + line
            while len(line) > 60:
                out.append(when + "P " + line[:60] + "\n")
                line = line[60:]
            out.append(when + "F " + line + "\n")
    return "".join(out)


def octets(records):
    """RFC 6587: each message after its length."""
    return "".join(f"{len(m)} {m}\n" for m in (
        rfc5424()(r) + line for r in records for line in r.lines))


def rfc5424(data="-", bom=""):
    def prefix(record):
        return (record.clock().strftime("<4>1 %Y-%m-%dT%H:%M:%S.%f+00:00 ") + HOST +
                " kernel - - " + data + " " + bom + record.stamp())
    return prefix


def clocked(form, tag="kernel: ", own_stamp=False):
    def prefix(record):
        return (record.clock().strftime(form) + tag + (record.stamp() if own_stamp else ""))
    return prefix


def unix_time(record):
    return "%d.%06d %s kernel: " % (int(record.clock().timestamp()),
                                    record.usec % 1000000, HOST)


def deltas(form):
    """Times since the line before."""
    def write(records):
        out, before = [], None
        for record in records:
            delta = 0 if before is None else record.usec - before
            prefix = form(record, delta, before is None)
            out.append(prefix + ("\n" + " " * len(prefix)).join(record.lines) + "\n")
            before = record.usec
        return "".join(out)
    return write


def several(*forms):
    """dmesg with more than one --time-format (2.40+): further lines are indented by the last one's width."""
    def write(records):
        out = []
        for record in records:
            parts = [form(record) for form in forms]
            out.append("".join(parts) + ("\n" + " " * len(parts[-1])).join(record.lines) + "\n")
        return "".join(out)
    return write


def short_delta(record, delta, first):
    return "[%5d.%06d%s] %s kernel: " % (
        *divmod(record.usec, 1000000),
        " " * 16 if first else " <%5d.%06d >" % divmod(delta, 1000000), HOST)


def relative(record, delta, first):
    if first or delta > 60000000:
        return record.clock().strftime("[%b%d %H:%M] ")
    return "[%+4d.%06d] " % divmod(delta, 1000000)


def prompts(records):
    """A serial console on which people log in."""
    out = ["\r\nDebian GNU/Linux 12 db1 ttyS0\r\n\r\n"]
    for number, record in enumerate(records):
        for line in record.lines:
            if number % 7 == 5:
                out.append("\r\ndb1 login: " if number % 2 else "root@db1:~# dmes")
            out.append(record.stamp() + line + "\r\n")
    return "".join(out)


def netconsole(release=""):
    """Datagrams of at most 60 bytes of text, some late, some twice."""
    def write(records):
        out = []
        for number, record in enumerate(records):
            body = "".join(c if " " <= c < "\x7f" and c != "\\" else "\\x%02x" % ord(c)
                           for c in record.text())
            head = release + "4,%d,%d,-" % (number + 100, record.usec)
            if len(body) <= 60:
                out.append(f"{head};{body}\n")
                continue
            for at in range(0, len(body), 60):
                out.append(f"{head},ncfrag={at}/{len(body)};{body[at:at + 60]}\n")
        for k in range(5, len(out) - 4, 9):
            out[k], out[k + 3] = out[k + 3], out[k]
        for k in range(7, len(out), 11):
            out[k] += out[k] if "ncfrag" not in out[k] else ""
        return "".join(out)
    return write


def pstore(records):
    """Parts of about 2000 bytes, the newest first."""
    parts, size = [[]], 0
    for record in records:
        for line in record.lines:
            line = "<4>" + record.stamp() + line + "\n"
            if size + len(line) > 2000:
                parts.append([])
                size = 0
            parts[-1].append(line)
            size += len(line)
    parts.reverse()
    return "".join(f"Panic#1 Part{k + 1}\n" + "".join(part) for k, part in enumerate(parts))


def wrapped(width, prefix=None, quote=""):
    """By a terminal: after so many columns."""
    def write(records):
        out = []
        for record in records:
            for line in record.lines:
                line = quote + (prefix or stamp)(record) + line
                out += [line[k:k + width] for k in range(0, len(line), width)]
        return "\n".join(out) + "\n"
    return write


def mailed(width, quote=""):
    """By a mailer: between words, where a line would be longer than that."""
    def write(records):
        out = []
        for record in records:
            for text in record.lines:
                line = record.stamp() + text
                while len(line) > width:
                    at = line.rfind(" ", 16, width + 1)
                    at = at if at > 0 else line.find(" ", width)
                    if at < 0:
                        break
                    out.append(quote + line[:at])
                    line = line[at + 1:]
                out.append(quote + line)
        return "\n".join(out) + "\n"
    return write


def quoted_printable(records):
    """A mail as it travels and is archived."""
    body = "".join(record.stamp() + line + "\n" for record in records for line in record.lines)
    encoded = quopri.encodestring(body.encode("latin-1")).decode("latin-1")
    return "Content-Transfer-Encoding: quoted-printable\n\n" + encoded


def html(records):
    text = by_line(stamp)(records)
    return ("<!DOCTYPE html>\n<html><body>\n<pre>" + text.replace("&", "&amp;").replace(
        "<", "&lt;").replace(">", "&gt;").rstrip("\n") + "</pre>\n</body></html>\n")


def stamp(record):
    return record.stamp()


def nothing(_record):
    return ""


ENVELOPES = {
    "dmesg": by_record(stamp),
    "dmesg -S": by_line(stamp),
    "dmesg -T": by_record(ctime),
    "dmesg -T of syslog": by_line(ctime),
    "dmesg --time-format=iso": by_record(dmesg_iso),
    "dmesg -x": by_record(decoded),
    "dmesg -r": by_record(lambda r: "<4>" + r.stamp()),
    "dmesg --json": dmesg_json,
    "dmesg --color": by_line(lambda r: "\033[32m" + r.stamp() + "\033[0m"),
    "caller beside the stamp": by_record(caller_beside),
    "caller apart from the stamp": by_line(caller_apart),
    "levels of a console": by_line(lambda r: "<4>" + r.stamp()),
    "levels without a stamp": by_line(lambda r: "<4>"),
    "/dev/kmsg": kmsg(),
    "/dev/kmsg with caller": kmsg(caller=True),
    "RFC 3164": by_line(bsd(False)),
    "RFC 3164 without tags": by_line(clocked("%b %e %H:%M:%S " + HOST + " ", tag="")),
    "ISO syslog without tags": by_line(clocked("%Y-%m-%dT%H:%M:%S.%f+01:00 " + HOST + " ",
                                               tag="")),
    "RFC 3164, indented": by_line(lambda r: "\t" + bsd(False)(r)),
    "grep FILE...": by_line(lambda r: "/var/log/kern.log.1:" + bsd(False)(r)),
    "a clock without its day": by_line(
        lambda r: r.clock().strftime("%H:%M:%S ") + HOST + " kernel: "),
    "vmware.log": by_line(
        lambda r: r.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ In(05) vcpu-5 - Guest: ")),
    "a guest's console in vmware.log": by_line(
        lambda r: r.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ In(05) vcpu-5 - Guest: <4>") +
        r.stamp()),
    "busybox klogd": by_line(lambda r: bsd(False)(r) + "<4>" + r.stamp()),
    "a level within the line": by_line(lambda r: r.stamp() + "<4>"),
    "RFC 3164 with stamp": by_line(bsd(True)),
    "ISO syslog": by_line(iso(False)),
    "ISO syslog with stamp": by_line(iso(True)),
    "rsyslog, folded": folded(bsd(False)),
    "rsyslog, folded, with stamp": folded(bsd(True)),
    "rsyslog ISO, folded": folded(iso(False)),
    "journalctl -o short": by_record(bsd(False)),
    "journalctl in French": by_record(clocked("nov. %d %H:%M:%S " + HOST + " ")),
    "journalctl in Chinese": by_record(clocked("11\xe6\x9c\x88 %d %H:%M:%S " + HOST + " ")),
    "talosctl dmesg": by_line(
        lambda r: r.clock().strftime("kern:    info: [%Y-%m-%dT%H:%M:%S.%f789Z]: ")),
    "journalctl -o short-iso": by_record(iso(False, "%Y-%m-%dT%H:%M:%S+0000")),
    "journalctl -o short-monotonic": by_record(monotonic),
    "journalctl -o json": journal_json(),
    "journalctl -o json, bytes": journal_json(as_bytes=True),
    "Docker": docker_json,
    "CR-LF": by_line(stamp, end="\r\n"),
    "CR-LF of syslog": by_line(bsd(True), end="\r\n"),
    "no time stamp": by_line(nothing),
    "RFC 5424": by_line(rfc5424()),
    "RFC 5424 with data": by_line(rfc5424('[origin software="rsyslogd"][x@1 a="\\"]\\]"]')),
    "RFC 5424 with BOM": by_line(rfc5424(bom="\xef\xbb\xbf")),
    "RFC 5424, rsyslog's blank": by_line(rfc5424("- ")),
    "RFC 5424 by octets": octets,
    "journalctl -o short-precise": by_record(clocked("%b %e %H:%M:%S.%f " + HOST + " ")),
    "journalctl -o short-full": by_record(clocked("%a %Y-%m-%d %H:%M:%S CET " + HOST + " ")),
    "journalctl -o with-unit": by_record(clocked("%a %Y-%m-%d %H:%M:%S UTC " + HOST + " ")),
    "journalctl -o short-iso-precise": by_record(
        clocked("%Y-%m-%dT%H:%M:%S.%f+0100 " + HOST + " ")),
    "journalctl -o short-unix": by_record(unix_time),
    "journalctl -o short-delta": deltas(short_delta),
    "journalctl -o verbose": journal_verbose,
    "journalctl -o export": journal_export,
    "journalctl -o json-pretty": pretty_json,
    "journalctl -o json-seq": lambda records: "".join(
        "\x1e" + line + "\n" for line in journal_json()(records).splitlines()),
    "journalctl -o json-sse": lambda records: "".join(
        "data: " + line + "\n\n" for line in journal_json()(records).splitlines()),
    "journalctl -o cat": by_line(nothing),
    "CRI": by_line(lambda r: r.clock().strftime("%Y-%m-%dT%H:%M:%S.%f789Z stderr F ") +
                   r.stamp()),
    "CRI, no time stamp": by_line(lambda r: r.clock().strftime(
        "%Y-%m-%dT%H:%M:%S.%f789+01:00 stdout F ")),
    "CRI in parts": cri_parts,
    "klog": by_line(lambda r: r.clock().strftime(
        "W%m%d %H:%M:%S.%f    1234 kmsg.go:66] ") + r.stamp()),
    "logcat -v threadtime": by_line(logcat),
    "logcat -v time": by_line(lambda r: r.clock().strftime("%m-%d %H:%M:%S.") +
                              "%03d W/kernel  (    0): " % (r.usec // 1000 % 1000)),
    "MediaTek": by_line(mediatek),
    "dmesg -d": deltas(lambda r, d, _: "[%5d.%06d <%5d.%06d>] " % (
        *divmod(r.usec, 1000000), *divmod(d, 1000000))),
    "dmesg -dT": deltas(lambda r, d, _: r.clock().strftime("[%a %b %e %H:%M:%S %Y") +
                        " <%5d.%06d>] " % divmod(d, 1000000)),
    "dmesg --time-format=delta": deltas(lambda r, d, _: "[<%5d.%06d>] " % divmod(d, 1000000)),
    "dmesg --time-format=raw": by_record(stamp),
    "dmesg --time-format=raw, callers": by_record(caller_apart),
    "dmesg --time-format=ctime --time-format=raw": several(ctime, stamp),
    "dmesg --time-format=iso --time-format=raw": several(dmesg_iso, stamp),
    "dmesg --time-format=raw --time-format=ctime": several(stamp, ctime),
    "dmesg --time-format=raw --time-format=iso": several(stamp, dmesg_iso),
    "dmesg --time-format=ctime --time-format=iso": several(ctime, dmesg_iso),
    "dmesg --time-format=iso --time-format=ctime": several(dmesg_iso, ctime),
    "dmesg, raw, ctime and iso": several(stamp, ctime, dmesg_iso),
    "dmesg, raw, iso and ctime": several(stamp, dmesg_iso, ctime),
    "dmesg, ctime, raw and iso": several(ctime, stamp, dmesg_iso),
    "dmesg, ctime, iso and raw": several(ctime, dmesg_iso, stamp),
    "dmesg, iso, raw and ctime": several(dmesg_iso, stamp, ctime),
    "dmesg -x, raw and ctime": several(decoded, ctime),
    "dmesg -H": deltas(relative),
    "dmesg -xT": by_record(lambda r: "kern  :warn  : " + ctime(r)),
    "dmesg -x --time-format=iso": by_record(lambda r: "kern  :warn  : " + dmesg_iso(r)),
    "vmcore-dmesg.txt": lambda records: "".join(
        r.stamp() + r.text() + "\n" for r in records),
    "crash> log": by_record(stamp),
    "crash> log -T": by_record(lambda r: r.clock().strftime("[%a %b %e %H:%M:%S UTC %Y] ")),
    "BSD with the year in front": by_line(clocked("%Y %b %e %H:%M:%S " + HOST + " ")),
    "BSD with the year behind": by_line(clocked("%b %e %Y %H:%M:%S " + HOST + " ")),
    "rsyslog %rawmsg%": by_line(lambda r: "<4>" + bsd(True)(r)),
    "ISO with local offset": by_line(clocked("%Y-%m-%dT%H:%M:%S.%f-05:00 " + HOST + " ",
                                             own_stamp=True)),
    "busybox syslogd": by_line(clocked("%b %e %H:%M:%S " + HOST + " kern.warn ",
                                       own_stamp=True)),
    "OpenWrt logread": by_line(clocked("%a %b %e %H:%M:%S %Y kern.warn ", own_stamp=True)),
    "Solaris": by_line(clocked("%b %e %H:%M:%S " + HOST + " ",
                               tag="kernel: [ID 702911 kern.warning] ")),
    "FreeBSD syslogd -v": by_line(clocked("%b %e %H:%M:%S <kern.warn> " + HOST + " ")),
    "ts": by_line(clocked("%b %d %H:%M:%S ", tag="", own_stamp=True)),
    "conserver": by_line(clocked("[%a %b %e %H:%M:%S %Y]", tag="", own_stamp=True), "\r\n"),
    "aws logs tail": by_line(clocked("%Y-%m-%dT%H:%M:%S.%f+00:00 i-0123456789 ", tag="",
                                     own_stamp=True)),
    "login prompts": prompts,
    "an unknown prefix": by_line(lambda r: "22/11/2026 " + HOST + " kernel: " + r.stamp()),
    "CloudWatch": json_lines(lambda r, line: {"timestamp": 1795313940000 + r.usec // 1000,
                                              "message": r.stamp() + line}),
    "Loki": json_lines(lambda r, line: {"labels": {"job": "kern"}, "line": r.stamp() + line,
                                        "timestamp": r.clock().isoformat()}),
    "Elasticsearch": json_lines(lambda r, line: {"_index": "a", "_source": {
        "@timestamp": r.clock().isoformat(), "host": {"name": HOST},
        "event": {"original": "<4>" + bsd(True)(r) + line}}}),
    "Splunk": json_lines(lambda r, line: {"preview": False, "result": {
        "_raw": bsd(True)(r) + line, "host": HOST}}),
    "Google Cloud": json_lines(lambda r, line: {"jsonPayload": {
        "message": r.stamp() + line}, "timestamp": r.clock().isoformat()}),
    "netconsole": netconsole(),
    "netconsole with the release": netconsole("6.12.9-amd64,"),
    "pstore": pstore,
    "wrapped at 80 columns": wrapped(80),
    "wrapped at 132 columns": wrapped(132),
    "wrapped at 100 columns": wrapped(100),
    "syslog wrapped at 120 columns": wrapped(120, bsd(True)),
    "ISO wrapped at 140 columns": wrapped(140, iso(True)),
    "syslog wrapped at 80 columns": wrapped(80, bsd(True)),
    "wrapped by a mailer": mailed(76),
    "wrapped by another mailer": mailed(72),
    "quoted and wrapped by a mailer": mailed(74, "> "),
    "quoted-printable mail": quoted_printable,
    "year behind the time": by_line(lambda r: r.clock().strftime("%b %e %H:%M:%S %Y kernel: : ") + r.stamp()),
    "CPU in the stamp": by_line(lambda r: f"[2-{r.usec / 1e6:.6f}] "),
    "HTML": html,
    "in a fence": lambda records: "Look:\n\n```\n" + by_line(stamp)(records) + "```\n",
    "quoted in a mail": by_line(lambda r: "> " + r.stamp()),
    "indented": by_line(lambda r: "    " + r.stamp()),
}

# An envelope for each row of `envelope_layers`: a new row needs one here too.
LAYERS = {
    "inner-level": "busybox klogd",
    "last-level": "a level within the line",
    "local-bsd": "journalctl in French",
    "quote": "quoted in a mail", "json": "journalctl -o json", "cri": "CRI", "klog": "klog",
    "logcat": "logcat -v threadtime", "kmsg": "/dev/kmsg", "rfc5424": "RFC 5424",
    "level": "levels of a console", "decoded-level": "dmesg -x", "bsd": "RFC 3164",
    "clock": "a clock without its day", "grep": "grep FILE...",
    "weekday": "journalctl -o short-full", "iso": "ISO syslog",
    "unix": "journalctl -o short-unix", "kernel": "an unknown prefix",
    "prompt": "login prompts", "ctime": "dmesg -T", "uptime": "dmesg",
    "relative": "dmesg -H", "caller": "caller beside the stamp", "mediatek": "MediaTek",
}
# Rows of kubectl's tables: a kill in each, and no report (near_misses.py has them).
NO_REPORTS = {"events"}
DICTIONARY = "kernel lines between, /dev/kmsg"
# Envelopes for a log with foreign lines: a daemon that the envelope names, or the kernel.
FOREIGN = {
    "kernel lines between": by_line(stamp),
    "kernel lines between, dmesg": by_record(stamp),
    "kernel lines between, caller": by_record(caller_beside),
    "kernel lines between, no time stamp": by_line(nothing),
    "kernel lines between, RFC 3164": by_line(bsd(False)),
    DICTIONARY: kmsg(dictionary=True),
    "kernel lines between, journalctl -o json": journal_json(),
    "daemon's lines between, RFC 3164": by_line(bsd(False, named=True)),
    "daemon's lines between, RFC 3164 with stamp": by_line(bsd(True, named=True)),
    "daemon's lines between, rsyslog": folded(bsd(False, named=True)),
    "daemon's lines between, journalctl -o short": by_record(bsd(False, named=True)),
    "daemon's lines between, journalctl -o json": journal_json(named=True),
}
# One line does not tell how wide the window was that wrapped it.
# A name that begins with an escape sequence cannot be told from dmesg's own colours
# where nothing stands before it.
AMBIGUOUS = {("memcg-limit--6.12-names", "dmesg --color"),
             ("memcg-limit--6.12-names", "journalctl -o cat"),
             ("memcg-limit--6.12-names", "no time stamp"),
             ("overcommit-refused--6.1-overcommit-refused", "syslog wrapped at 120 columns"),
             ("overcommit-refused--6.1-overcommit-refused", "ISO wrapped at 140 columns")}
FOREIGN_TEXTS = [
    "usb 1-1: new high-speed USB device number 5 using xhci_hcd",
    "EXT4-fs (sda1): error count since last fsck: 2",
    "e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx",
    'audit: type=1400 audit(1795313941.123:45): apparmor="DENIED" operation="open" pid=9',
    "TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.",
    "(root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.daily)",
    "nfs: server files not responding, still trying",
]


def log_of(folder):
    if (folder / "log").exists():
        return (folder / "log").read_bytes()
    return lzma.open(folder / "log.xz").read()


def explain(data):
    run = subprocess.run([BINARY, "--json", "--full"], input=data.encode("latin-1"),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode != 0:
        raise ValueError(f"exit {run.returncode}: {run.stderr.decode(errors='replace')}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def comparable(value):
    """Without what an envelope may change."""
    if isinstance(value, dict):
        return {k: comparable(v) for k, v in value.items()
                if k not in ("source", "time", "id", "line", "foreign")}
    if isinstance(value, list):
        return [comparable(v) for v in value]
    return value


def difference(have, want, path=""):
    """The first place where two values differ, in words; empty when there is none."""
    if isinstance(have, dict) and isinstance(want, dict):
        for key in sorted(set(have) | set(want)):
            if key not in have or key not in want:
                return f"{path}.{key} is {'gone' if key not in have else 'new'}"
            found = difference(have[key], want[key], f"{path}.{key}")
            if found:
                return found
        return ""
    if isinstance(have, list) and isinstance(want, list) and len(have) == len(want):
        for i, pair in enumerate(zip(have, want)):
            found = difference(*pair, f"{path}[{i}]")
            if found:
                return found
        return ""
    return "" if have == want else f"{path} is {str(have)[:120]!r}, was {str(want)[:120]!r}"


def with_foreign(records, events):
    """Foreign lines between the report's own, and how many."""
    first = events[0]["source"]["first_line"]
    last = events[0]["source"]["last_line"]
    out, count, number = [], 0, 0
    for record in records:
        begin = number + 1
        number += len(record.lines)
        # Never within the report's first or behind its last line.
        if first < begin <= last and begin % 5 == 0:
            out.append(Record(record.usec, [FOREIGN_TEXTS[count % len(FOREIGN_TEXTS)]], True))
            count += 1
        out.append(record)
    return out, count


def wrong_in(events, plain, foreign):
    if len(events) != len(plain):
        return f"{len(events)} events, plain has {len(plain)}"
    for event in events:
        if event["unrecognised"]:
            return f"unrecognised: {event['unrecognised'][0]}"
    found = difference(comparable(events), comparable(plain))
    if found:
        return found
    for have, want in zip(events, plain):
        if "anon_rss_bytes" in want.get("victim", {}) and have["id"] != want["id"]:
            return f"the id is {have['id']}, was {want['id']}"
    have = sum(e["foreign"] for e in events)
    want = sum(e["foreign"] for e in plain) + foreign
    return "" if have == want else f"foreign is {have}, not {want}"


QUIET_FIXTURE = "memcg-limit--6.1-memcg-anon"
# How wide a window was, its first lines tell. A crash's parts hold no quiet days; an anchor that is numbers is found by no sweep, and
# journald writes numbers only where a name is not printable.
NEVER_QUIET = {"wrapped at 100 columns", "syslog wrapped at 120 columns", "ISO wrapped at 140 columns", "pstore", "journalctl -o json, bytes"}


def after_quiet(records):
    """Behind and before more quiet lines than are read at once, and twice."""
    def quiet(usec, count):
        return [Record(usec + i, [FOREIGN_TEXTS[i % len(FOREIGN_TEXTS)]]) for i in range(count)]

    def shifted(usec):
        return [Record(r.usec + usec, r.lines) for r in records]
    last = records[-1].usec
    return (quiet(0, 4500) + shifted(0) + quiet(last + 1000000, 4500) + shifted(2000000000) +
            quiet(last + 2001000000, 200))


def wrong_among_quiet(events, alone):
    """Both events are what the report alone gives in that envelope, the time included."""
    if len(events) != 2 * len(alone):
        return f"{len(events)} events among quiet lines, not {2 * len(alone)}"
    for event, want in zip(events, alone * 2):
        found = difference(comparable(event), comparable(want))
        if found:
            return "among quiet lines: " + found
    for event, want in zip(events, alone):
        have, time = event.get("time", {}), want.get("time", {})
        if have.get("uptime_usec") != time.get("uptime_usec"):
            return f"among quiet lines its time is {have}, alone it is {time}"
    return ""


def rows_without_envelope():
    table = (HERE.parent / "parsers" / "envelope.c").read_text(encoding="utf-8")
    rows = re.findall(r'^\t\{ "([a-z0-9-]+)", strip_', table, re.M)
    return [row for row in rows if row not in NO_REPORTS and LAYERS.get(row) not in ENVELOPES] if rows else ["any"]


def main():
    passed = failed = skipped = 0
    for row in rows_without_envelope():
        print(f"FAIL the layer {row} has no envelope here")
        failed += 1
    only = sys.argv[1:]
    for name in FIXTURES:
        folder = HERE / "fixtures" / name
        if not (folder / "log").exists() and not (folder / "log.xz").exists():
            print(f"skip {name}: no such fixture now")
            skipped += 1
            continue
        # Bytes beyond ASCII have forms of their own in each envelope; here they stand
        # for themselves.
        records = records_of(log_of(folder))
        plain = explain(by_line(stamp)(records))
        if not plain:
            print(f"FAIL {name}: no event")
            failed += 1
            continue
        between, count = with_foreign(records, plain)
        cases = [(e, write(records), 0) for e, write in ENVELOPES.items()]
        if count and len(plain) == 1:
            # " SUBSYSTEM=" and " DEVICE=" are lines of the log too.
            cases += [(e, write(between), count * 3 if e == DICTIONARY else count)
                      for e, write in FOREIGN.items()]
        for envelope, data, foreign in cases:
            if only and not any(o in f"{name} in {envelope}" for o in only):
                continue
            if (name, envelope) in AMBIGUOUS:
                continue
            if os.environ.get("KEEP"):
                pathlib.Path(os.environ["KEEP"]).write_bytes(data.encode("latin-1"))
            try:
                wrong = wrong_in(explain(data), plain, foreign)
                if not wrong and name == QUIET_FIXTURE and envelope in ENVELOPES \
                        and envelope not in NEVER_QUIET:
                    wrong = wrong_among_quiet(explain(ENVELOPES[envelope](after_quiet(records))),
                                              explain(data))
            except ValueError as error:
                wrong = str(error)
            if wrong:
                print(f"FAIL {name} in {envelope}: {wrong}")
                failed += 1
            else:
                passed += 1
    print(f"envelopes: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
