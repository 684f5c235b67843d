# SPDX-License-Identifier: GPL-2.0-or-later
# Why: kernels that no distribution carries any more cannot be booted here, but their reports are still read.
#
# Writes fixtures marked `composed`: reports in the form of kernels 2.4 to 7.1, whose numbers agree with each other
# (the buddy list sums to free, the zones sum to the counters, every usable zone fails the last test before a kill).
# Run it as: python3 tests/lab/compose.py [FOLDER]
# It writes anew what it composes itself; other fixtures marked so were written by hand, and stay.

import os
import random
import shutil
import sys

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fixtures")
WRITTEN = set()
UNLIMITED = 9007199254740988  # kB: what "no limit" looks like with pages of 4 kB, 3.19 on


def kb(pages):
    return pages * 4


class Log:
    """Lines with a time that moves on a little."""

    def __init__(self, rng):
        self.rng, self.time, self.lines = rng, 5000 + rng.random() * 90000, []

    def say(self, text):
        self.time += self.rng.randint(3, 60) / 1e6
        for line in text.split("\n"):  # one record: its lines share the time
            self.lines.append(f"[{self.time:12.6f}] {line}")

    def rest(self, seconds):
        self.time += seconds


class Zone:
    def __init__(self, name, present, managed, free, largest_block=10):
        self.name, self.present, self.managed, self.free, self.largest = name, present, managed, free, largest_block
        self.boost = self.highatomic = self.cma = self.zspages = 0
        self.count = dict.fromkeys(("active_anon", "inactive_anon", "active_file", "inactive_file", "unevictable",
                                    "slab_reclaimable", "slab_unreclaimable", "kernel_stack", "pagetables",
                                    "mapped", "shmem", "dirty", "writeback", "pcp"), 0)


class Task:
    def __init__(self, pid, uid, total_vm, rss, name, adj=0, swapents=0):
        self.pid, self.uid, self.total_vm, self.rss, self.name = pid, uid, total_vm, rss, name
        self.adj, self.swapents = adj, swapents
        self.ptes = max(4, (rss + swapents) // 500)

    def points(self, v, total):
        if v < (3, 5):  # per mille, 2.6.36 on
            return max(1, min(1000, (self.rss + self.swapents + (self.ptes if v >= (2, 6, 39) else 0)) * 1000 // total
                              - (30 if self.uid == 0 else 0) + self.adj))
        p = self.rss + self.swapents + self.ptes + (2 if v >= (4, 0) else 0)
        if (3, 14) <= v < (4, 17) and self.uid == 0:
            p -= p * 3 // 100
        if v < (3, 14) and self.uid == 0:
            return max(1, p + (self.adj - 30) * (total // 1000))
        return max(1, p + self.adj * (total // 1000))


# ---- a machine ------------------------------------------------------------------------------------------------------

class Machine:
    """A machine of one node at the moment of its shortage. `mix` says what fills it, in parts of a hundred."""

    def __init__(self, v, rng, mix, swap=(0, 0), arch="amd64", order=0, roomy=False, starved=False):
        self.v, self.rng, self.arch, self.order = v, rng, arch, order
        self.swap_total, self.swap_free = swap
        self.sec = self.thp = 0
        self.node = "Node 0 " if arch == "amd64" else ""
        if arch == "amd64":
            zones = [("DMA", 3998, 3976), ("DMA32", 520176, 505812), ("Normal", 524288, 511104)]
            self.columns = 4
        else:
            zones = [("DMA", 3998, 3976), ("Normal", 223230, 217102), ("HighMem", 294912, 294912)]
            self.columns = 4
        low = sum(z[2] for z in zones if z[0] != "HighMem")
        self.pages_min = 2011 if arch == "amd64" else 939
        self.zones = []
        for at, (name, present, managed) in enumerate(zones):
            z = Zone(name, present, managed, 0)
            basis = managed if v >= (3, 9) else present
            tmp = self.pages_min * basis // low
            z.min = tmp if name != "HighMem" else max(32, min(128, managed // 1024))
            step = max(tmp // 4, managed // 1000) if v >= (4, 6) else tmp // 4
            z.low, z.high = z.min + step, z.min + (2 * step if v >= (4, 6) else tmp // 2)
            ratio = {"DMA": 256, "DMA32": 256, "Normal": 32, "HighMem": 1}[name]
            z.reserve = []
            for j in range(self.columns):
                above = zones[at + 1:j + 1]
                z.reserve.append(sum(a[2] if v >= (3, 9) else a[1] for a in above) // ratio)
            self.zones.append(z)
        self.fill(mix, roomy, starved)

    def fill(self, mix, roomy, starved):
        for z in self.zones:
            last = z.reserve[-1] if self.arch == "amd64" else z.reserve[1]
            if starved:  # below what a request that may not wait is left with
                z.free = z.min // 4 + last
            elif roomy:  # enough single pages, no block of the order
                z.free, z.largest = z.managed // 9, self.order - 1 if self.order > 0 else 10
            elif z.name == "DMA":
                z.free = min(z.managed - 6, z.high + last - 20)
            elif z.name == "HighMem" and mix.get("highmem_free"):
                z.free = z.managed * 3 // 4
            else:
                z.free = z.min + last - self.rng.randint(0, z.min // 3)
            c = z.count
            c["pcp"] = 0 if z.name == "DMA" else self.rng.randint(10, 180)
            used = z.managed - z.free - c["pcp"]
            if z.name == "DMA":
                c["slab_unreclaimable"] = min(used, 4)
                continue
            used = used * 985 // 1000  # what no counter owns
            part = {k: used * mix.get(k, 0) // 100 for k in
                    ("anon", "shmem", "file", "slab_unreclaimable", "slab_reclaimable", "pagetables", "kernel_stack")}
            if z.name == "HighMem":  # the kernel's own things are not here
                for k in ("slab_unreclaimable", "slab_reclaimable", "kernel_stack"):
                    part["anon"] += part[k]
                    part[k] = 0
            c["active_anon"] = part["anon"] * 8 // 10 + part["shmem"] // 3
            c["inactive_anon"] = part["anon"] - part["anon"] * 8 // 10 + part["shmem"] - part["shmem"] // 3
            c["active_file"], c["inactive_file"] = part["file"] // 2, part["file"] - part["file"] // 2
            c["shmem"], c["mapped"] = part["shmem"], part["file"] // 3 + part["shmem"] // 4
            for k in ("slab_unreclaimable", "slab_reclaimable", "pagetables", "kernel_stack"):
                c[k] = part[k] // (2 if k == "kernel_stack" else 1) * (2 if k == "kernel_stack" else 1)

    def total(self, name):
        return sum(z.count[name] for z in self.zones)

    @property
    def cma(self):
        return sum(z.cma for z in self.zones)

    @property
    def free(self):
        return sum(z.free for z in self.zones)

    @property
    def ram(self):
        return sum(z.managed for z in self.zones)

    def buddy(self, z):
        n, counts = z.free, []
        for order in range(11):
            if order == z.largest:
                counts.append(n >> order)
                n &= (1 << order) - 1
            elif order > z.largest:
                counts.append(0)
            else:
                odd = (n >> order) & 1
                c = odd + 2 * self.rng.randint(0, 9)
                while (c << order) > n:
                    c -= 2
                counts.append(max(0, c))
                n -= counts[-1] << order
        assert n == 0 and sum(c << o for o, c in enumerate(counts)) == z.free, (z.name, n, counts)
        return counts


# ---- the sections of a report, by version --------------------------------------------------------------------------

def old_adj(task):
    return -17 if task.adj == -1000 else task.adj * 15 // 1000


def trigger(log, v, task, gfp, order, names):
    adj = f"oom_score_adj={task.adj}"
    if v < (2, 6, 13):
        log.say(f"oom-killer: gfp_mask=0x{gfp:x}")
    elif v < (2, 6, 19):
        log.say(f"oom-killer: gfp_mask=0x{gfp:x}, order={order}")
    elif v < (2, 6, 32):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}, order={order}, oomkilladj={old_adj(task)}")
    elif v < (2, 6, 36):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}, order={order}, oom_adj={old_adj(task)}")
    elif v < (3, 7):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}, order={order}, oom_adj={old_adj(task)}, {adj}")
    elif v < (4, 6):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}, order={order}, {adj}")
    elif v < (4, 9):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}({names}), order={order}, {adj}")
    elif v < (4, 11):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}({names}), nodemask=0, order={order}, {adj}")
    elif v < (4, 15):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}({names}), nodemask=(null),  order={order}, {adj}")
    elif v < (5, 0):
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}({names}), nodemask=(null), order={order}, {adj}")
    else:
        log.say(f"{task.name} invoked oom-killer: gfp_mask=0x{gfp:x}({names}), order={order}, {adj}")
    if (2, 6, 29) <= v < (5, 0):
        log.say(f"{task.name} cpuset=/ mems_allowed=0")


def stack(log, v, task, frames):
    if v < (2, 6, 16):  # no dump_stack() yet
        return
    release = ".".join(map(str, v)) + ("" if v < (3, 0) else ".0") + "-1-amd64"
    if (2, 6, 19) <= v < (3, 10):
        log.say(f"Pid: {task.pid}, comm: {task.name} Not tainted {release} #1")
    elif v >= (3, 10):
        uid = f"UID: {task.uid} " if v >= (6, 11) else ""
        preempt = " PREEMPT(voluntary) " if v >= (6, 17) else ""
        log.say(f"CPU: 1 {uid}PID: {task.pid} Comm: {task.name} Not tainted {release} #1{preempt}")
        log.say("Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2-1 04/01/2014")
    log.say("Call Trace:" if v >= (2, 6, 19) else "\nCall Trace:")
    if v >= (5, 17):
        log.say(" <TASK>")
    for frame in frames:
        address = f"[<ffffffff81{log.rng.randint(0x100000, 0x6fffff):06x}>] " if v < (4, 9) else ""
        log.say(f" {address}{frame}+0x{log.rng.randint(16, 900):x}/0x{log.rng.randint(901, 3000):x}")
    if v >= (5, 17):
        log.say(" </TASK>")


def huge_pages_in(v, shmem, thp):
    """shmem and the three numbers of huge pages; `thp` of them are anonymous. 4.8 has them in the wrong order."""
    numbers = (shmem, 0, 0, thp)
    if v[:2] == (4, 8):
        numbers = numbers[1:] + numbers[:1]
    blank = " " if v < (6, 6) else ""
    return "shmem:{}kB shmem_thp:{}{}kB shmem_pmdmapped:{}{}kB anon_thp:{}{}kB".format(
        numbers[0], blank, numbers[1], blank, numbers[2], blank, numbers[3])


def mem_info(log, m):
    v, t = m.v, m.total
    if v >= (2, 6, 11):  # before, show_free_areas() alone
        log.say("Mem-info:" if v < (2, 6, 27) else "Mem-Info:")
    if v < (4, 1):
        for z in m.zones:
            log.say(f"{m.node}{z.name} per-cpu:")
            high, batch = (0, 1) if z.name == "DMA" else (186, 31)
            for cpu in (0, 1):
                used = z.count["pcp"] // 2 + (z.count["pcp"] & cpu)
                if v < (2, 6, 19):
                    cold = used // 4 if v < (2, 6, 16) else 0
                    low = (f"low {high // 3}, ", "low 0, ") if v < (2, 6, 16) else ("", "")
                    log.say(f"cpu {cpu} hot: {low[0]}high {high}, batch {batch}" + (f" used:{used - cold}" if v >= (2, 6, 13) else ""))
                    log.say(f"cpu {cpu} cold: {low[1]}high {high // 3}, batch {max(1, batch // 2)}"
                            + (f" used:{cold}" if v >= (2, 6, 13) else ""))
                elif v < (2, 6, 25):
                    log.say(f"CPU {cpu:4}: Hot: hi:{high:5}, btch:{batch:4} usd:{used:4}   "
                            f"Cold: hi:{high // 3:5}, btch:{max(1, batch // 2):4} usd:{0:4}")
                else:
                    log.say(f"CPU {cpu:4}: hi:{high:5}, btch:{batch:4} usd:{used:4}")
    high_free = sum(z.free for z in m.zones if z.name == "HighMem")
    if v < (2, 6, 13):
        log.say("")
    if v < (2, 6, 19):
        log.say(f"Free pages: {kb(m.free):11}kB ({kb(high_free)}kB HighMem)")
    slab = t("slab_reclaimable") + t("slab_unreclaimable")
    active, inactive = t("active_anon") + t("active_file"), t("inactive_anon") + t("inactive_file")
    if v < (2, 6, 21):
        log.say(f"Active:{active} inactive:{inactive} dirty:{t('dirty')} writeback:{t('writeback')} unstable:0 "
                f"free:{m.free} slab:{slab} mapped:{t('mapped')} pagetables:{t('pagetables')}")
    elif v < (2, 6, 28):
        log.say(f"Active:{active} inactive:{inactive} dirty:{t('dirty')} writeback:{t('writeback')} unstable:0\n"
                f" free:{m.free} slab:{slab} mapped:{t('mapped')} pagetables:{t('pagetables')} bounce:0")
    elif v < (2, 6, 32):
        log.say(f"Active_anon:{t('active_anon')} active_file:{t('active_file')} inactive_anon:{t('inactive_anon')}\n"
                f" inactive_file:{t('inactive_file')} unevictable:{t('unevictable')} dirty:{t('dirty')} "
                f"writeback:{t('writeback')} unstable:0\n"
                f" free:{m.free} slab:{slab} mapped:{t('mapped')} pagetables:{t('pagetables')} bounce:0")
    else:
        unstable = " unstable:0" if v < (5, 8) else ""
        text = (f"active_anon:{t('active_anon')} inactive_anon:{t('inactive_anon')} isolated_anon:0\n"
                f" active_file:{t('active_file')} inactive_file:{t('inactive_file')} isolated_file:0\n"
                f" unevictable:{t('unevictable')} dirty:{t('dirty')} writeback:{t('writeback')}{unstable}\n")
        slabs = f"slab_reclaimable:{t('slab_reclaimable')} slab_unreclaimable:{t('slab_unreclaimable')}"
        mapped = (f" mapped:{t('mapped')} shmem:{t('shmem')} pagetables:{t('pagetables')}"
                  + (f"\n sec_pagetables:{m.sec} bounce:0" if v >= (6, 1) else " bounce:0"))
        if v < (4, 1):
            text += f" free:{m.free} {slabs}\n{mapped}" + (f"\n free_cma:{m.cma}" if v >= (3, 7) else "")
        else:
            text += f" {slabs}\n{mapped}\n" + (" kernel_misc_reclaimable:0\n" if v >= (5, 15) else "")
            text += f" free:{m.free} free_pcp:{t('pcp')} free_cma:{m.cma}"
        log.say(text)
    if v >= (4, 8):
        ks = f" kernel_stack:{t('kernel_stack') * 4}kB" if v >= (5, 9) else ""
        pt = f" pagetables:{kb(t('pagetables'))}kB" if v >= (5, 11) else ""
        log.say(f"Node 0 active_anon:{kb(t('active_anon'))}kB inactive_anon:{kb(t('inactive_anon'))}kB "
                f"active_file:{kb(t('active_file'))}kB inactive_file:{kb(t('inactive_file'))}kB "
                f"unevictable:{kb(t('unevictable'))}kB isolated(anon):0kB isolated(file):0kB "
                f"mapped:{kb(t('mapped'))}kB dirty:{kb(t('dirty'))}kB writeback:{kb(t('writeback'))}kB "
                + huge_pages_in(v, kb(t("shmem")), m.thp) + (" writeback_tmp:0kB" if v < (6, 17) else "")
                + (" unstable:0kB" if v < (5, 8) else "") + (" pages_scanned:0" if v < (4, 12) else "")
                + ks + pt + (f" sec_pagetables:{kb(m.sec)}kB" if v >= (6, 1) else "") + " all_unreclaimable? yes"
                + (" Balloon:0kB" if v >= (6, 17) else "") + (" gpu_active:16kB gpu_reclaim:8kB" if v >= (7, 1) else ""))
    for z in m.zones:
        log.say(m.node + zone_line(v, z, m))
        name = "lowmem_reserve[]:" if v >= (2, 6, 11) else "protections[]:"
        log.say(f"{name} " + " ".join(map(str, z.reserve)))
    for z in m.zones:
        items = []
        for order, count in enumerate(m.buddy(z)):
            letters = ""
            if v >= (3, 8) and count:
                letters = "(U) " if order == 0 else "(UM) " if order < 6 else "(M) " if v >= (4, 4) else "(MR) "
            items.append(f"{count}*{4 << order}kB {letters}")
        log.say(f"{m.node}{z.name}: " + "".join(items) + f"= {kb(z.free)}kB")
    if v >= (3, 10) and m.arch == "amd64":
        log.say("Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=1048576kB")
        log.say("Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB")
    tail(log, m)


def zone_line(v, z, m):
    c = {k: kb(n) for k, n in z.count.items()}
    c["kernel_stack"] = c["kernel_stack"]
    boost = f" boost:{kb(z.boost)}kB" if v >= (5, 17) else ""
    text = f"{z.name} free:{kb(z.free)}kB{boost} min:{kb(z.min)}kB low:{kb(z.low)}kB high:{kb(z.high)}kB "
    stuck = "yes" if z.name != "HighMem" else "no"
    if v < (2, 6, 28):
        return text + (f"active:{c['active_anon'] + c['active_file']}kB inactive:{c['inactive_anon'] + c['inactive_file']}kB "
                       f"present:{kb(z.present)}kB"
                       + (f" pages_scanned:{(z.count['active_anon'] + 7) * 6} all_unreclaimable? {stuck}" if v >= (2, 6, 10) else ""))
    if v >= (5, 6):
        text += f"reserved_highatomic:{kb(z.highatomic)}KB "
    if v >= (6, 17):
        text += "free_highatomic:0KB "
    text += (f"active_anon:{c['active_anon']}kB inactive_anon:{c['inactive_anon']}kB active_file:{c['active_file']}kB "
             f"inactive_file:{c['inactive_file']}kB unevictable:{c['unevictable']}kB ")
    if v < (2, 6, 32):
        return text + f"present:{kb(z.present)}kB pages_scanned:{(z.count['active_anon'] + 7) * 6} all_unreclaimable? {stuck}"
    managed = f"managed:{kb(z.managed)}kB " if v >= (3, 8) else ""
    pcp = f"free_pcp:{c['pcp']}kB local_pcp:{c['pcp'] // 8 * 4}kB " if v >= (4, 1) else ""
    cma = f"free_cma:{kb(z.cma)}kB" if v >= (3, 7) else ""
    slabs = f"slab_reclaimable:{c['slab_reclaimable']}kB slab_unreclaimable:{c['slab_unreclaimable']}kB "
    if v < (4, 8):
        return (text + f"isolated(anon):0kB isolated(file):0kB present:{kb(z.present)}kB {managed}mlocked:0kB "
                f"dirty:{c['dirty']}kB writeback:{c['writeback']}kB mapped:{c['mapped']}kB shmem:{c['shmem']}kB {slabs}"
                f"kernel_stack:{c['kernel_stack']}kB pagetables:{c['pagetables']}kB unstable:0kB bounce:0kB {pcp}"
                + (cma + " " if cma else "") + f"writeback_tmp:0kB pages_scanned:{(z.count['active_anon'] + 7) * 6} "
                f"all_unreclaimable? {stuck}")
    zspages = f"zspages:{kb(z.zspages)}kB " if v >= (6, 18) else ""
    return (text + f"writepending:{c['dirty'] + c['writeback']}kB {zspages}present:{kb(z.present)}kB {managed}mlocked:0kB "
            + (slabs if v < (4, 13) else "") + (f"kernel_stack:{c['kernel_stack']}kB " if v < (5, 9) else "")
            + (f"pagetables:{c['pagetables']}kB " if v < (5, 11) else "") + f"bounce:0kB {pcp}{cma}")


def tail(log, m):
    v, t = m.v, m.total
    used = m.swap_total - m.swap_free
    cache = t("active_file") + t("inactive_file") + t("shmem")
    if v >= (2, 6, 25):
        log.say(f"{cache} total pagecache pages")
    if v < (2, 6, 27):
        log.say(f"Swap cache: add {used * 3}, delete {used * 3}, find {used // 7}/{used // 5}, race 0+0")
        if v < (2, 6, 11):
            return
        log.say(f"Free swap  = {kb(m.swap_free)}kB")
        log.say(f"Total swap = {kb(m.swap_total)}kB")
        if v < (2, 6, 26):
            log.say(f"Free swap:       {kb(m.swap_free):6}kB")
        log.say(f"{sum(z.present for z in m.zones)} pages of RAM")
        if m.arch == "i386":
            log.say(f"{sum(z.present for z in m.zones if z.name == 'HighMem')} pages of HIGHMEM")
        log.say(f"{sum(z.present - z.managed for z in m.zones)} reserved pages")
        log.say(f"{cache} pages shared")
        log.say("0 pages swap cached")
        if v >= (2, 6, 13) and m.arch == "i386":
            slab = t("slab_reclaimable") + t("slab_unreclaimable")
            for n, what in ((t("dirty"), "dirty"), (t("writeback"), "writeback"), (t("mapped"), "mapped"), (slab, "slab"),
                            (t("pagetables"), "pagetables")):
                log.say(f"{n} pages {what}")
        return
    log.say("0 pages in swap cache")
    if v < (6, 0):
        log.say(f"Swap cache stats: add {used * 3}, delete {used * 3}, find {used // 7}/{used // 5}")
    log.say(f"Free swap  = {kb(m.swap_free)}kB")
    log.say(f"Total swap = {kb(m.swap_total)}kB")
    log.say(f"{sum(z.present for z in m.zones)} pages RAM")
    high = sum(z.present for z in m.zones if z.name == "HighMem")
    reserved = sum(z.present - z.managed for z in m.zones)
    if v < (3, 12):
        if m.arch == "i386":
            log.say(f"{high} pages HighMem")
        log.say(f"{reserved} pages reserved")
        log.say(f"{cache // 2} pages shared")
        log.say(f"{m.ram - m.free} pages non-shared")
        return
    log.say(f"{high} pages HighMem/MovableOnly")
    # 3.12 to 3.17 print the last zone's number only.
    log.say(f"{m.zones[-1].present - m.zones[-1].managed if v < (3, 18) else reserved} pages reserved")
    if v >= (3, 19):
        log.say("0 pages cma reserved")
    if v >= (3, 14):
        log.say("0 pages hwpoisoned")


def task_table(log, v, tasks, asked=False):
    if v < (2, 6, 25) or v < (2, 6, 36) and not asked:  # off unless asked for
        return
    if v >= (4, 19):
        log.say("Tasks state (memory values in pages):")
    pid = "[  pid  ]" if v >= (4, 19) else "[ pid ]"
    if v < (3, 6):
        log.say(f"{pid}   uid  tgid total_vm      rss cpu oom_adj" + (" oom_score_adj" if v >= (2, 6, 36) else "") + " name")
    elif v < (4, 0):
        log.say(f"{pid}   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name")
    elif v < (4, 15):
        log.say(f"{pid}   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name")
    elif v < (6, 8):
        log.say(f"{pid}   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name")
    else:
        log.say(f"{pid}   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name")
    for t in tasks:
        head = f"[{t.pid:{7 if v >= (4, 19) else 5}}] {t.uid:5} {t.pid:5} {t.total_vm:8} {t.rss:8} "
        if v < (3, 6):
            log.say(head + f"{t.pid & 1:3} {old_adj(t):7}" + (f" {t.adj:13}" if v >= (2, 6, 36) else "") + f" {t.name}")
        elif v < (4, 0):
            log.say(head + f"{t.ptes:7} {t.swapents:8} {t.adj:13} {t.name}")
        elif v < (4, 15):
            log.say(head + f"{t.ptes:7} {2:7} {t.swapents:8} {t.adj:13} {t.name}")
        else:
            split = f"{t.rss - 8:8} {8:8} {0:9} " if v >= (6, 8) else ""
            log.say(head + split + f"{(t.ptes + 2) * 4096:8} {t.swapents:8} {t.adj:13} {t.name}")


def kill(log, v, task, total, message="Out of memory"):
    file = 8
    rss = f"total-vm:{kb(task.total_vm)}kB, anon-rss:{kb(task.rss - file)}kB, file-rss:{kb(file)}kB"
    score = task.points(v, total)
    score = score if v < (3, 5) else score * 1000 // total
    if v < (2, 6, 16):
        log.say(f"Out of Memory: Killed process {task.pid} ({task.name}).")
    elif v < (2, 6, 20):
        log.say(f"Out of Memory: Kill process {task.pid} ({task.name}) score {task.total_vm} and children.")
        log.say(f"Out of Memory: Killed process {task.pid} ({task.name}).")
    elif v < (2, 6, 36):
        log.say(f"{message}: kill process {task.pid} ({task.name}) score {task.total_vm} or a child")
        if v < (2, 6, 33):
            log.say(f"Killed process {task.pid} ({task.name})")
        else:
            log.say(f"Killed process {task.pid} ({task.name}) vsz:{kb(task.total_vm)}kB, anon-rss:{kb(task.rss - file)}kB, "
                    f"file-rss:{kb(file)}kB")
    elif v < (5, 1):
        log.say(f"{message}: Kill process {task.pid} ({task.name}) score {score} or sacrifice child")
        log.say(f"Killed process {task.pid} ({task.name}) {rss}" + (", shmem-rss:0kB" if v >= (4, 5) else ""))
    elif v < (5, 4):
        log.say(f"{message}: Killed process {task.pid} ({task.name}) {rss}, shmem-rss:0kB")
    else:
        tables = (task.ptes + 2) * (4096 if v == (5, 4, 3) else 4)  # 5.4.3: bytes, and called kB
        log.say(f"{message}: Killed process {task.pid} ({task.name}) {rss}, shmem-rss:0kB, UID:{task.uid} "
                f"pgtables:{tables}kB oom_score_adj:{task.adj}")
    if v >= (4, 6):
        log.rest(0.04)
        log.say(f"oom_reaper: reaped process {task.pid} ({task.name}), now anon-rss:0kB, file-rss:0kB"
                + (", shmem-rss:0kB" if v >= (4, 6) else ""))


# ---- whole reports --------------------------------------------------------------------------------------------------

# What an anonymous page fault, a kernel allocation and a page of a large order ask for, by the layout of the bits.
def masks(v):
    if v < (2, 6, 24):
        return (0x280d2, "", 0xd0, "")
    if v < (2, 6, 31):
        return (0x1280d2, "", 0xd0, "")
    if v < (4, 4):
        return (0x280da, "", 0xd0, "")
    if v < (4, 10):
        return (0x24280ca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO", 0x24000c0, "GFP_KERNEL")
    if v < (4, 18):
        return (0x14280ca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO", 0x14000c0, "GFP_KERNEL")
    if v < (5, 1):
        return (0x6280ca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO", 0x6000c0, "GFP_KERNEL")
    return (0x100dca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO", 0xcc0, "GFP_KERNEL")


FAULT = ["dump_stack", "dump_header", "oom_kill_process", "out_of_memory", "__alloc_pages_nodemask", "alloc_pages_vma",
         "handle_mm_fault", "__do_page_fault", "page_fault"]
KERNEL = ["dump_stack", "dump_header", "oom_kill_process", "out_of_memory", "__alloc_pages_nodemask", "alloc_pages_current",
          "__get_free_pages", "copy_process", "do_fork", "system_call_fastpath"]
CHARGE = ["dump_stack", "dump_header", "oom_kill_process", "mem_cgroup_out_of_memory", "mem_cgroup_oom_synchronize",
          "pagefault_out_of_memory", "mm_fault_error", "page_fault"]


def crowd(scale):
    """The processes of a small server: the last one is the hog."""
    return [Task(412, 0, 11032, 412, "systemd-udevd", -1000), Task(731, 0, 14521, 180, "sshd", -1000),
            Task(742, 0, 27201, 251, "crond"), Task(990, 27, 301222, 11021, "mysqld"),
            Task(1033, 48, 98112, 4512, "httpd"), Task(1034, 48, 98110, 4480, "httpd"),
            Task(4711, 1000, scale + 3021, scale, "hog")]


def global_oom(v, rng, mix, tasks, gfp, names, order=0, swap=(0, 0), arch="amd64", roomy=False, frames=None,
               slab_table=None):
    log = Log(rng)
    m = Machine(v, rng, mix, swap, arch, order, roomy)
    victim = tasks[-1]
    trigger(log, v, victim, gfp, order, names)
    stack(log, v, victim, frames or FAULT)
    mem_info(log, m)
    if slab_table and v >= (4, 15):
        log.say("Unreclaimable slab info:")
        log.say("Name                      Used          Total")
        for name, used, size in slab_table(m):
            log.say(f"{name:17} {used:10}KB {size:10}KB")
    task_table(log, v, tasks)
    if v >= (5, 0):
        log.say(f"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,"
                f"task={victim.name},pid={victim.pid},uid={victim.uid}")
    kill(log, v, victim, m.ram + m.swap_total)
    return log, victim


def manual(v, rng, tasks):
    """SysRq-f: until 4.3 only its line and the stack tell it from a real one."""
    log = Log(rng)
    log.say(("SysRq : " if v < (3, 4) else "sysrq: SysRq : ") + "Manual OOM execution")
    m = Machine(v, rng, LIGHT, roomy=True)
    worker = Task(61, 0, 0, 0, "kworker/0:1")
    trigger(log, v, worker, masks(v)[2], 0 if v < (4, 3) else -1, masks(v)[3])
    stack(log, v, worker, ["dump_stack", "dump_header", "oom_kill_process", "out_of_memory", "moom_callback",
                           "process_one_work", "worker_thread", "kthread"])
    mem_info(log, m)
    task_table(log, v, tasks)
    kill(log, v, tasks[-1], m.ram)
    return log, tasks[-1]


def failure(v, rng, task, log=None):
    """A network card's request that may not wait, on a machine whose memory is mostly page cache."""
    log = log or Log(rng)
    mask, names = ((0x20, "") if v < (4, 4) else (0x2080020, "GFP_ATOMIC") if v < (4, 10) else
                   (0x1080020, "GFP_ATOMIC") if v < (4, 18) else (0x480020, "GFP_ATOMIC") if v < (5, 1) else (0xa20, "GFP_ATOMIC") if v < (6, 3) else (0x820, "GFP_ATOMIC"))
    if v < (3, 0):
        log.say(f"{task.name}: page allocation failure. order:0, mode:0x{mask:x}")
    elif v < (4, 6):
        log.say(f"{task.name}: page allocation failure: order:0, mode:0x{mask:x}")
    elif v < (4, 11):
        log.say(f"{task.name}: page allocation failure: order:0, mode:0x{mask:x}({names})")
    elif v < (5, 0):
        log.say(f"{task.name}: page allocation failure: order:0, mode:0x{mask:x}({names}), nodemask=(null)")
        if v >= (4, 15):
            log.say(f"{task.name} cpuset=/ mems_allowed=0")
    else:
        log.say(f"{task.name}: page allocation failure: order:0, mode:0x{mask:x}({names}), nodemask=(null),cpuset=/,mems_allowed=0")
    stack(log, v, task, ["dump_stack", "warn_alloc_failed" if v < (4, 9) else "warn_alloc", "__alloc_pages_nodemask", "new_slab",
                         "__slab_alloc", "__netdev_alloc_skb", "e1000_clean_rx_irq", "net_rx_action", "__do_softirq"])
    mem_info(log, Machine(v, rng, LIGHT, starved=True))
    return log


def memcg_oom(v, rng, limit, tasks, task_path, limit_path, shmem=0):
    log, victim = Log(rng), tasks[-1]
    gfp = {True: 0xd0, False: masks(v)[2]}[v < (4, 4)]
    trigger(log, v, victim, gfp, 0, "GFP_KERNEL")
    stack(log, v, victim, CHARGE)
    none = UNLIMITED if v >= (3, 19) else 9007199254740991 if v < (3, 12) else 18014398509481983
    if v < (5, 0):
        log.say(f"Task in {task_path} killed as a result of limit of {limit_path}")
    log.say(f"memory: usage {kb(limit)}kB, limit {kb(limit)}kB, failcnt 4711")
    log.say(f"memory+swap: usage {kb(limit)}kB, limit {none}kB, failcnt 0")
    if v >= (3, 8):
        log.say(f"kmem: usage {512 if v >= (4, 5) else 0}kB, limit {none}kB, failcnt 0")
    anon = limit - shmem - 180
    if (3, 9) <= v < (5, 3):
        paths = [limit_path] + ([task_path] if task_path != limit_path else [])
        for path in paths:
            mine = path == task_path
            log.say(f"Memory cgroup stats for {path}:"
                    f" cache:{kb(shmem) if mine else 0}KB rss:{kb(anon) if mine else 0}KB"
                    + (" rss_huge:0KB" if v >= (3, 10) else "") + (f" shmem:{kb(shmem) if mine else 0}KB" if v >= (4, 12) else "")
                    + " mapped_file:0KB" + (" dirty:0KB" if v >= (4, 2) else "") + (" writeback:0KB" if v >= (3, 12) else "")
                    + f" swap:0KB inactive_anon:{kb(shmem) if mine else 0}KB active_anon:{kb(anon) if mine else 0}KB"
                    " inactive_file:0KB active_file:0KB unevictable:0KB")
    elif v >= (5, 3):
        stat = [("anon", anon * 4096), ("file", shmem * 4096), ("kernel_stack", 16384), ("slab", 270336), ("sock", 0),
                ("shmem", shmem * 4096), ("file_mapped", 0), ("file_dirty", 0), ("file_writeback", 0), ("anon_thp", 0),
                ("inactive_anon", shmem * 4096), ("active_anon", anon * 4096), ("inactive_file", 0), ("active_file", 0),
                ("unevictable", 0), ("slab_reclaimable", 135168), ("slab_unreclaimable", 135168), ("pgfault", 90120),
                ("pgmajfault", 0)]
        log.say(f"Memory cgroup stats for {limit_path}:")
        log.say("\n".join(f"{k} {n}" for k, n in stat))
    task_table(log, v, tasks)
    if v >= (5, 0):
        log.say(f"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={limit_path},"
                f"task_memcg={task_path},task={victim.name},pid={victim.pid},uid={victim.uid}")
    kill(log, v, victim, limit, "Memory cgroup out of memory")
    return log, victim


def keep(cause, version, scenario, what, log, truth):
    kernel = ".".join(map(str, version))
    name = f"{cause}--{kernel}-composed-{scenario}"
    target = os.path.join(FIXTURES, name)
    assert name not in WRITTEN, name
    WRITTEN.add(name)
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    with open(os.path.join(target, "log"), "w", encoding="utf-8") as f:
        f.write("\n".join(log.lines) + "\n")
    full = {"what": what, "origin": "composed", "scenario": "composed-" + scenario, "kernel": kernel, "events": "1",
            "kind": "oom", "cause": cause, "second": "-", "outcome": "killed", "constraint": "none", **truth}
    with open(os.path.join(target, "truth"), "w", encoding="utf-8") as f:
        for key, value in full.items():
            f.write(f"{key}\t{value}\n")


ANON = {"anon": 91, "shmem": 1, "file": 1, "slab_unreclaimable": 2, "slab_reclaimable": 1, "pagetables": 1, "kernel_stack": 0}
SLAB = {"anon": 17, "shmem": 1, "file": 1, "slab_unreclaimable": 75, "slab_reclaimable": 2, "pagetables": 1, "kernel_stack": 0}
LIGHT = {"anon": 40, "shmem": 1, "file": 45, "slab_unreclaimable": 3, "slab_reclaimable": 4, "pagetables": 1}
LOWMEM = {"anon": 12, "shmem": 1, "file": 2, "slab_unreclaimable": 70, "slab_reclaimable": 8, "pagetables": 2,
          "kernel_stack": 2, "highmem_free": True}
VERSIONS = [(2, 6, 18), (2, 6, 26), (2, 6, 32), (2, 6, 38), (3, 2), (3, 10), (3, 16), (4, 4), (4, 9), (4, 14), (4, 19), (5, 4),
            (5, 10), (5, 15)]


def people(victim, order=0, **more):
    return {"victim": victim.name, "victim_pid": str(victim.pid), "page_size_bytes": "4096", "order": str(order), **more}


def slab_rows(m):
    total = kb(m.total("slab_unreclaimable"))
    return [("nf_conntrack", total * 88 // 100, total * 89 // 100), ("kmalloc-512", total // 30, total // 30),
            ("task_struct", 2130, 2210), ("filp", 1804, 2044)]


def main():
    global FIXTURES
    if len(sys.argv) > 1:
        FIXTURES = sys.argv[1]
    for v in VERSIONS:
        rng = random.Random(repr(v))  # the same every time
        fault, fault_names, kernel, kernel_names = masks(v)
        log, who = global_oom(v, rng, ANON, crowd(850000), fault, fault_names)
        keep("anon-no-swap", v, "global-noswap", "hog filled a machine of 4 GiB without swap with anonymous memory.", log,
             people(who, filler="anon", reclaim="no-swap", victim_finding="largest|unknown"))
        tasks = crowd(850000)
        tasks[-1].swapents = 240000
        tasks[-1].total_vm += 240000
        log, who = global_oom(v, rng, ANON, tasks, fault, fault_names, swap=(262143, 0))
        keep("anon-swap-full", v, "global-swapfull", "hog filled a machine of 4 GiB and its 1 GiB of swap with anonymous memory.",
             log, people(who, filler="anon", reclaim="swap-full", victim_finding="largest|unknown"))
        if v >= (2, 6, 32):
            path = "/lab.slice/box.service" if v >= (3, 10) else "/lab/box"
            log, who = memcg_oom(v, rng, 65536, crowd(65100)[-1:], path, path)
            keep("memcg-limit", v, "memcg-anon", "hog filled the 256 MiB limit of its own v1 cgroup with anonymous memory.", log,
                 people(who, constraint="memcg", filler="anon" if v >= (2, 6, 36) else "anon|unknown", reclaim="unknown|no-swap", victim_finding="largest|unknown",
                        usage_bytes="268435456", limit_bytes="268435456", oom_memcg=path, task_memcg=path))
        if v >= (3, 10):
            log, who = memcg_oom(v, rng, 65536, crowd(65100)[-1:], "/lab.slice/box.service", "/lab.slice")
            keep("memcg-ancestor-limit", v, "memcg-ancestor",
                 "hog in box.service ran into the 256 MiB limit of the v1 cgroup lab.slice above it.", log,
                 people(who, constraint="memcg", filler="anon" if v >= (2, 6, 36) else "anon|unknown", reclaim="unknown|no-swap", victim_finding="largest|unknown",
                        usage_bytes="268435456", limit_bytes="268435456", oom_memcg="/lab.slice",
                        task_memcg="/lab.slice/box.service"))
        if v >= (2, 6, 36):
            log, who = global_oom(v, rng, SLAB, crowd(150000), kernel, kernel_names, frames=KERNEL, slab_table=slab_rows)
            keep("slab-unreclaimable", v, "global-slab", "A leak of nf_conntrack objects filled a machine of 4 GiB without swap; "
                 "hog, with 586 MiB the largest process, was killed.", log,
                 people(who, filler="slab", reclaim="kernel-memory", victim_finding="bystander"))
            log, who = global_oom(v, rng, LIGHT, crowd(330000), kernel, kernel_names, order=3, roomy=True, frames=KERNEL)
            keep("fragmentation", v, "fragmentation-order3", "A ninth of each zone was free, none of it in a block of order 3, "
                 "which fork asked for.", log, people(who, 3, filler="cache", reclaim="wrong-kind-of-free",
                                                      victim_finding="largest|unknown"))
            log, who = global_oom(v, rng, LIGHT, crowd(330000), 0, "", roomy=True,
                                  frames=["dump_stack", "dump_header", "oom_kill_process", "out_of_memory",
                                          "pagefault_out_of_memory", "mm_fault_error", "__do_page_fault", "page_fault"])
            keep("page-fault-oom", v, "page-fault", "A fault handler returned ENOMEM to hog while a ninth of each zone was free.",
                 log, people(who, filler="cache", reclaim="unknown", victim_finding="largest|unknown"))
        if (3, 2) <= v <= (4, 9):
            log, who = manual(v, rng, crowd(330000))
            keep("sysrq-manual", v, "sysrq-f", "SysRq-f was triggered while a ninth of each zone was free.", log,
                 people(who, 0 if v < (4, 3) else -1, filler="cache", reclaim="unknown", victim_finding="largest|unknown"))
        if v >= (2, 6, 28):
            log = failure(v, rng, crowd(330000)[-1])
            keep("cannot-wait", v, "failure-atomic", "A network card's driver asked for a page with GFP_ATOMIC while all zones were "
                 "below what such a request may use.", log,
                 {"kind": "allocation-failure", "outcome": "none", "page_size_bytes": "4096", "order": "0", "filler": "cache",
                  "reclaim": "may-not-wait", "victim_finding": "nobody"})
        if v <= (4, 4):
            log, who = global_oom(v, rng, LOWMEM, crowd(70000), kernel, kernel_names, arch="i386", frames=KERNEL)
            keep("lowmem-exhausted", v, "highmem-slab", "On a 32-bit machine of 2 GiB slab filled all below HighMem; three quarters "
                 "of HighMem were free.", log, people(who, filler="slab", reclaim="wrong-kind-of-free",
                                                      victim_finding="largest|bystander|unknown"))
    import forms  # it is built of the parts above
    forms.keep_all()
    print(len(WRITTEN), "composed")


if __name__ == "__main__":
    sys.modules["compose"] = sys.modules["__main__"]
    main()
