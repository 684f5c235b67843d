#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Near misses: a real report with its deciding number changed loses its cause.

Each row names a lab fixture (or holds a short log), the edit, and the causes that are then true. The second
half is the reverse: what changes nothing must change nothing.
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


def text_of(name):
    if "\n" in name:
        return name  # the log itself
    folder = HERE / "fixtures" / name
    if (folder / "log").exists():
        return (folder / "log").read_text(errors="surrogateescape")
    return lzma.open(folder / "log.xz").read().decode(errors="surrogateescape")


def first(text):
    run = subprocess.run([BINARY, "--json"], input=text.encode(errors="surrogateescape"),
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    lines = run.stdout.splitlines()
    return json.loads(lines[0]) if lines else None


def words(pattern, replacement):
    def edit(text):
        changed, count = re.subn(pattern, replacement, text, flags=re.M)
        assert count, f"nothing matches {pattern}"
        return changed
    return edit


def lines_with(*needles):
    def edit(text):
        kept = [l for l in text.splitlines() if not any(n in l for n in needles)]
        return "\n".join(kept) + "\n"
    return edit


def headless(text):
    """From Mem-Info on, and up to the kill: what a ring buffer or a window left of the report."""
    return text[text.rindex("\n", 0, text.index("Mem-Info:")) + 1:]


def from_zones(text):
    """What is left where the ring buffer begins at the first zone."""
    return text[text.index("Node 0 DMA free:"):]


def mem_info_later(seconds, caller=("", "")):
    """What stands from Mem-Info on is so much younger; the callers of both parts, where they are printed."""
    def edit(text):
        at = text.index("\n", text.rindex("\n", 0, text.index("Mem-Info:")) - 1) + 1
        parts = text[:at], re.sub(r"^\[ *(\d+)", lambda m: f"[{int(m[1]) + seconds}", text[at:], flags=re.M)
        return "".join(re.sub(r"^(\[.*?\])", rf"\1{c}", part, flags=re.M) for part, c in zip(parts, caller))
    return edit


# Composed after the shapes of reports from the wild, one number or shape of each deciding.
ZONES_OF_2_6 = """worker/1: page allocation failure. order:%s, mode:%s
Pid: 7, comm: worker/1 %s
Mem-Info:
active_anon:4000 inactive_anon:4100 isolated_anon:0
 active_file:40 inactive_file:60 isolated_file:0
 unevictable:10 dirty:0 writeback:0 unstable:0
 free:1100 slab_reclaimable:1000 slab_unreclaimable:2000
 mapped:900 shmem:100 pagetables:800 bounce:0
Normal free:4400kB min:5000kB low:6000kB high:7000kB
active_anon:16000kB inactive_anon:16400kB active_file:160kB
inactive_file:240kB unevictable:40kB present:500000kB
lowmem_reserve[]: 0 0
Normal: 1100*4kB 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 4400kB
9000 total pagecache pages
Free swap  = 60000kB
Total swap = 300000kB
125000 pages RAM
0 pages HighMem
"""
# RHEL 5 prints one LRU, and beside it what processes hold of it.
RHEL5 = """oracle invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=0
Mem-info:
Node 0 DMA per-cpu:
cpu 0 hot: high 0, batch 1 used:0
Node 0 DMA32 per-cpu:
cpu 0 hot: high 186, batch 31 used:12
Node 0 Normal per-cpu: empty
Free pages:       18500kB (0kB HighMem)
Active:243105 inactive:204532 dirty:0 writeback:0 unstable:0 free:4625 slab:45017 mapped-file:1105 mapped-anon:416500 pagetables:1953
Node 0 DMA free:11512kB min:28kB low:32kB high:40kB active:0kB inactive:0kB present:11072kB pages_scanned:0 all_unreclaimable? yes
lowmem_reserve[]: 0 2003 8004 8004
Node 0 DMA32 free:6988kB min:5712kB low:7140kB high:8568kB active:972420kB inactive:818128kB present:2051340kB pages_scanned:3164210 all_unreclaimable? yes
lowmem_reserve[]: 0 0 0 0
Node 0 DMA: 4*4kB 5*8kB 2*16kB 5*32kB 4*64kB 2*128kB 0*256kB 1*512kB 2*1024kB 0*2048kB 2*4096kB = 11512kB
Node 0 DMA32: 1*4kB 1*8kB 0*16kB 2*32kB 0*64kB 2*128kB 2*256kB 2*512kB 1*1024kB 0*2048kB 1*4096kB = 6988kB
Node 0 Normal: empty
1341 pagecache pages
Swap cache: add 1301022, delete 1301021, find 99932/164217, race 0+89
Free swap  = 0kB
Total swap = 2096472kB
Free swap:            0kB
524224 pages of RAM
11112 reserved pages
1532 pages shared
1 pages swap cached
Out of memory: Killed process 4321 (oracle).
"""
# A small machine, in a mail that was wrapped at 70.
WRAPPED_AT_70 = """Aug  8 09:56:22 smallbox2345 kernel: oom-killer: gfp_mask=0xd0, order=0
Aug  8 09:56:22 smallbox2345 kernel: Mem-info:
Aug  8 09:56:22 smallbox2345 kernel: Free pages:         976kB
Aug  8 09:56:22 smallbox2345 kernel: Active:12345 inactive:6399 dirty:1
writeback:0 unstable:0 free:244 slab:11918 mapped:1477 pagetables:54
Aug  8 09:56:22 smallbox2345 kernel: DMA free:516kB min:180kB low:224kB
high:268kB active:3500kB inactive:2724kB present:16384kB
pages_scanned:0 all_unreclaimable? no
Aug  8 09:56:22 smallbox2345 kernel: lowmem_reserve[]: 0 111
Aug  8 09:56:22 smallbox2345 kernel: Normal free:460kB min:1260kB
low:1572kB high:1888kB active:45880kB inactive:22872kB
present:114624kB pages_scanned:0 all_unreclaimable? no
Aug  8 09:56:22 smallbox2345 kernel: lowmem_reserve[]: 0 0
Aug  8 09:56:22 smallbox2345 kernel: Free swap  = 506036kB
Aug  8 09:56:22 smallbox2345 kernel: Total swap = 506036kB
Aug  8 09:56:22 smallbox2345 kernel: 32752 pages of RAM
Aug  8 09:56:22 smallbox2345 kernel: 932 reserved pages
Aug  8 09:56:22 smallbox2345 kernel: Out of Memory: Killed process 9 (x).
"""
# 32-bit machines have no zone DMA32: a request for it is one for Normal.
DMA32_OF_32_BITS = """Xorg: page allocation failure. order:0, mode:0x%s
Mem-info:
Active:375022 inactive:201127 dirty:26 writeback:55 unstable:0
 free:30100 slab:11726 mapped:326538 pagetables:1265 bounce:0
DMA free:3536kB min:68kB low:84kB high:100kB active:0kB inactive:0kB present:16256kB pages_scanned:0 all_unreclaimable? yes
lowmem_reserve[]: 0 873 4048 4048
Normal free:3732kB min:3744kB low:4680kB high:5616kB active:0kB inactive:152kB present:894080kB pages_scanned:287 all_unreclaimable? yes
lowmem_reserve[]: 0 0 25400 25400
HighMem free:113132kB min:512kB low:3916kB high:7324kB active:1500112kB inactive:804356kB present:3251200kB pages_scanned:0 all_unreclaimable? no
lowmem_reserve[]: 0 0 0 0
Free swap  = 9844180kB
Total swap = 9855836kB
1048576 pages of RAM
819200 pages of HIGHMEM
"""
# The LRU lists' counters and all of the zones are lost.
LARGE_NO_ZONES = """[   96.809771] ls: page allocation failure: order:7, mode:0xcc0(GFP_KERNEL), nodemask=(null)
[   96.811214] CPU: 0 PID: 17 Comm: ls Not tainted 6.3.0 #22
[   96.881736] Mem-Info:
[   96.882473]  slab_reclaimable:0 slab_unreclaimable:284
[   96.882473]  mapped:0 shmem:0 pagetables:0
[   96.882473]  free:%d free_pcp:0 free_cma:0
"""
# The LRU lists' counters are lost.
LOST_LRU = """[   83.300000] mmcqd/0: page allocation failure: order:0, mode:0x20
[   83.300010] CPU: 0 PID: 656 Comm: mmcqd/0 Not tainted 3.18.23 #1
[   83.310000]  free:90 slab_reclaimable:749 slab_unreclaimable:3119
[   83.310000]  mapped:402 shmem:17 pagetables:59 bounce:0
[   83.310000]  free_cma:0
[   83.310000] Normal free:360kB min:984kB low:1228kB high:1476kB active_anon:2464kB inactive_anon:68kB active_file:14396kB inactive_file:20988kB unevictable:0kB isolated(anon):0kB isolated(file):0kB present:65536kB managed:61104kB mlocked:0kB
[   83.310000] lowmem_reserve[]: 0 0
[   83.310000] Normal: 10*4kB (R) 4*8kB (R) 2*16kB (R) 2*32kB (R) 3*64kB (R) = 360kB
[   83.310000] 9373 total pagecache pages
[   83.310000] 16384 pages RAM
[   83.310000] 0 pages HighMem/MovableOnly
[   83.310000] 1108 pages reserved
"""
# A kernel with blocks up to 4 GiB.
LARGER_THAN_RAM = """prog: page allocation failure: order:%d, mode:0x14000c0(GFP_KERNEL), nodemask=(null)
CPU: 0 PID: 71 Comm: prog Not tainted 4.16.0 #1
Mem-Info:
active_anon:0 inactive_anon:0 isolated_anon:0
 active_file:110 inactive_file:1638 isolated_file:0
 unevictable:4 dirty:1 writeback:0 unstable:0
 slab_reclaimable:217 slab_unreclaimable:833
 mapped:0 shmem:0 pagetables:0 bounce:0
 free:386112 free_pcp:0 free_cma:0
Node 0 active_anon:0kB inactive_anon:0kB active_file:440kB inactive_file:6552kB unevictable:16kB isolated(anon):0kB isolated(file):0kB mapped:0kB dirty:4kB writeback:0kB shmem:0kB writeback_tmp:0kB unstable:0kB all_unreclaimable? no
Normal free:1544448kB min:5652kB low:7648kB high:9644kB active_anon:0kB inactive_anon:0kB active_file:440kB inactive_file:6552kB unevictable:16kB writepending:4kB present:2058860kB managed:1998400kB mlocked:0kB kernel_stack:88kB pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
lowmem_reserve[]: 0 0
Normal: 56*4kB (U) 60*8kB (U) 60*16kB (U) 60*32kB (U) 60*64kB (U) 60*128kB (U) 60*256kB (U) 55*512kB (U) 17*1024kB (U) 5*2048kB (U) 6*4096kB (U) 1*8192kB (U) 1*16384kB (U) 3*32768kB (U) 0*65536kB 2*131072kB (U) 2*262144kB (U) 1*524288kB (U) 0*1048576kB 0*2097152kB 0*4194304kB = 1544448kB
1752 total pagecache pages
514715 pages RAM
0 pages HighMem/MovableOnly
15115 pages reserved
"""
# A camera's CMA area holds nearly all that is free.
CMA_ORDER_10 = """camera: page allocation failure: order:10, mode:0x2084020(GFP_ATOMIC|__GFP_COMP)
CPU: 0 PID: 179 Comm: camera Not tainted 4.9.56 #53
Mem-Info:
active_anon:3268 inactive_anon:2 isolated_anon:0
 active_file:1271 inactive_file:89286 isolated_file:0
 unevictable:0 dirty:343 writeback:0 unstable:0
 slab_reclaimable:2019 slab_unreclaimable:644
 mapped:4282 shmem:4 pagetables:59 bounce:0
 free:62110 free_pcp:199 free_cma:60234
Node 0 active_anon:13072kB inactive_anon:8kB active_file:5084kB inactive_file:357144kB unevictable:0kB isolated(anon):0kB isolated(file):0kB mapped:17128kB dirty:1372kB writeback:0kB shmem:16kB writeback_tmp:0kB unstable:0kB pages_scanned:0 all_unreclaimable? no
Normal free:248440kB min:2444kB low:3052kB high:3660kB active_anon:13072kB inactive_anon:8kB active_file:5084kB inactive_file:357144kB unevictable:0kB writepending:1372kB present:1048572kB managed:734584kB mlocked:0kB slab_reclaimable:8076kB slab_unreclaimable:2576kB kernel_stack:520kB pagetables:236kB bounce:0kB free_pcp:796kB local_pcp:796kB free_cma:240936kB
lowmem_reserve[]: 0 0 0
Normal: 12*4kB (UMC) 5*8kB (UC) 4*16kB (UMC) 3*32kB (UMC) 2*64kB (MC) 4*128kB (UMC) 5*256kB (UMC) 5*512kB (UMC) 4*1024kB (UMC) 1*2048kB (M) 58*4096kB (C) = 248440kB
262143 pages RAM
0 pages HighMem/MovableOnly
78497 pages reserved
65536 pages cma reserved
"""
# Boot-time test guests: the machine is full of what no counter names, at its mark.
AT_THE_MARK = """fuzzer invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP), order=0, oom_score_adj=500
CPU: 0 UID: 0 PID: 71 Comm: fuzzer Not tainted 6.11.0 #1
Mem-Info:
active_anon:5181 inactive_anon:9601 isolated_anon:0
 active_file:0 inactive_file:0 isolated_file:0
 unevictable:85008 dirty:0 writeback:0
 slab_reclaimable:24508 slab_unreclaimable:111403
 mapped:11081 shmem:7595 pagetables:757
 sec_pagetables:0 bounce:0
 kernel_misc_reclaimable:0
 free:14494 free_pcp:846 free_cma:0
Node 0 active_anon:20724kB inactive_anon:38404kB active_file:0kB inactive_file:0kB unevictable:340032kB isolated(anon):0kB isolated(file):0kB mapped:44324kB dirty:0kB writeback:0kB shmem:30380kB writeback_tmp:0kB kernel_stack:3776kB pagetables:3028kB sec_pagetables:0kB all_unreclaimable? yes
DMA free:15416kB boost:0kB min:16kB low:28kB high:40kB reserved_highatomic:0KB active_anon:0kB inactive_anon:0kB active_file:0kB inactive_file:0kB unevictable:0kB writepending:0kB present:15992kB managed:15360kB mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
lowmem_reserve[]: 0 13774 13774
Normal free:42560kB boost:4096kB min:16040kB low:27264kB high:38488kB reserved_highatomic:%dKB active_anon:20716kB inactive_anon:35516kB active_file:0kB inactive_file:0kB unevictable:340032kB writepending:0kB present:16760704kB managed:14182912kB mlocked:392kB bounce:0kB free_pcp:492kB local_pcp:464kB free_cma:0kB
lowmem_reserve[]: 0 0 0
Normal: 638*4kB (UMEH) 445*8kB (UME) 410*16kB (UME) 382*32kB (UMEH) 154*64kB (UME) 41*128kB (U) 8*256kB (U) 1*512kB (U) 0*1024kB 0*2048kB 0*4096kB = 42560kB
Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB
92505 total pagecache pages
0 pages in swap cache
Free swap  = 0kB
Total swap = 0kB
4194174 pages RAM
0 pages HighMem/MovableOnly
644606 pages reserved
"""
# Its node goes away under it: a whole Mem-Info, and no zone.
NODE_GOES_OFFLINE = """eater invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0
CPU: 1 PID: 2746 Comm: eater Not tainted 6.10.0 #160
Mem-Info:
active_anon:17939 inactive_anon:0 isolated_anon:0
 active_file:132347 inactive_file:109560 isolated_file:0
 unevictable:0 dirty:2021 writeback:0
 slab_reclaimable:5876 slab_unreclaimable:18566
 mapped:35589 shmem:251 pagetables:1809
 sec_pagetables:0 bounce:0
 kernel_misc_reclaimable:0
 free:1694176 free_pcp:0 free_cma:0
Node 2 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB
242158 total pagecache pages
0 pages in swap cache
Free swap  = 8142844kB
Total swap = 8143868kB
2097019 pages RAM
0 pages HighMem/MovableOnly
60814 pages reserved
oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=2,cpuset=/,mems_allowed=0-2,global_oom,task_memcg=/s,task=logger,pid=2745,uid=0
Out of memory: Killed process 2745 (logger) total-vm:957964kB, anon-rss:640kB, file-rss:46496kB, shmem-rss:0kB, UID:0 pgtables:1512kB oom_score_adj:0
"""
INSMOD = """vmalloc: allocation failure: 15729534 bytes
insmod: page allocation failure: order:0, mode:0xd0
CPU: 2 PID: 1506 Comm: insmod Not tainted 4.1.20 #1
Mem-Info:
active_anon:4125 inactive_anon:201 isolated_anon:0
 active_file:0 inactive_file:3012 isolated_file:0
 unevictable:0 dirty:0 writeback:0 unstable:0
 slab_reclaimable:1204 slab_unreclaimable:2034
 mapped:1520 shmem:233 pagetables:77 bounce:0
 free:744012 free_pcp:310 free_cma:0
Normal free:2976048kB min:3524kB low:4404kB high:5284kB active_anon:16500kB inactive_anon:804kB active_file:0kB inactive_file:12048kB unevictable:0kB isolated(anon):0kB isolated(file):0kB present:3145728kB managed:3042032kB mlocked:0kB dirty:0kB writeback:0kB mapped:6080kB shmem:932kB slab_reclaimable:4816kB slab_unreclaimable:8136kB kernel_stack:0kB pagetables:0kB unstable:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB writeback_tmp:0kB pages_scanned:0 all_unreclaimable? no
lowmem_reserve[]: 0 0
786432 pages RAM
0 pages HighMem/MovableOnly
25924 pages reserved
"""
# Lines glued together, as web pages do.
GLUED = ("[193038.106468] Task in /docker/%s killed as a result of limit of /docker/%s"
         "[193038.106478] memory: usage 524288kB, limit 524288kB, failcnt 77"
         "[193038.106480] memory+swap: usage 0kB, limit 9007199254740988kB, failcnt 0"
         "[193038.106481] Memory cgroup stats for /docker/%s: cache:0KB rss:520580KB rss_huge:450560KB "
         "mapped_file:0KB dirty:0KB writeback:0KB inactive_anon:0KB active_anon:520580KB inactive_file:0KB "
         "active_file:0KB unevictable:0KB"
         "[193038.106574] Memory cgroup out of memory: Kill process 271 (java) score 1027 or sacrifice child\n"
         % (("0f2b3fcdd2578165",) * 3))
# A screen of journalctl, cut by its pager.
PAGER = """Sep 25 19:18:11 host kernel: java invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_sc>
Sep 25 19:18:11 host kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=app,mems_allowed=0,oom_memcg=/ap>
Sep 25 19:18:11 host kernel: Memory cgroup out of memory: Killed process 4242 (java) total-vm:1234kB, anon-rss:1000kB, fi>
"""
# A cgroup's counters, whose title may be cut.
CUT_STATS = """Sep 25 19:18:11 host kernel: memory: usage 1048576kB, limit 1048576kB, failcnt 141
Sep 25 19:18:11 host kernel: swap: usage 0kB, limit 9007199254740988kB, failcnt 0
Sep 25 19:18:11 host kernel: Memory cgroup stats for %s
Sep 25 19:18:11 host kernel: anon 1062121472
"""
# RHEL's taints have dashes; the kernel panicked before it said which cgroup it was.
PANIC_OF_A_CGROUP = """[   81.234289] sched0200 invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0
[   81.234295] sched0200 cpuset=/ mems_allowed=0
[   81.234299] CPU: 3 PID: 8284 Comm: sched0200 Tainted: G           O E ----V-------   3.10.0-229.el7.x86_64 #1
[   81.234314] Call Trace:
[   81.234320]  [<ffffffff81608d3d>] dump_stack+0x19/0x1b
[   81.234338]  [<ffffffff8115d83e>] check_panic_on_oom+0x2e/0x60
[   81.234342]  [<ffffffff811c17bf>] mem_cgroup_oom_synchronize+0x34f/0x580
[   81.234350]  [<ffffffff8115df44>] pagefault_out_of_memory+0x14/0x90
[   81.234381] Mem-Info:
[   81.234414] active_anon:4453349 inactive_anon:175045 isolated_anon:0
 active_file:117415 inactive_file:180454 isolated_file:128
 unevictable:0 dirty:24 writeback:0 unstable:0
 free:6464114 slab_reclaimable:20430 slab_unreclaimable:9134
 mapped:128290 shmem:458882 pagetables:11540 bounce:0
 free_cma:0
[   81.234437] Node 0 Normal free:25856456kB min:63728kB low:79660kB high:95592kB active_anon:17813396kB inactive_anon:700180kB active_file:469660kB inactive_file:721816kB unevictable:0kB isolated(anon):0kB isolated(file):512kB present:50284020kB managed:49154420kB mlocked:0kB dirty:96kB writeback:0kB mapped:513160kB shmem:1835528kB slab_reclaimable:81720kB slab_unreclaimable:36536kB kernel_stack:9616kB pagetables:46160kB unstable:0kB bounce:0kB free_cma:0kB writeback_tmp:0kB pages_scanned:0 all_unreclaimable? no
[   81.234443] lowmem_reserve[]: 0 0
[   81.234502] 12571005 pages RAM
[   81.234504] 282400 pages reserved
[   81.234867] Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled
"""
# Alibaba's kernels say "limit of host" where it is the machine.
LIMIT_OF_HOST = """[Sat Sep 11 09:46:24 2021] main invoked oom-killer: gfp_mask=0x6280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), nodemask=(null), order=0, oom_score_adj=0
[Sat Sep 11 09:46:24 2021] main cpuset=mm_cpuset mems_allowed=1
[Sat Sep 11 09:46:24 2021] Task in / killed as a result of limit of host
[Sat Sep 11 09:46:24 2021] Memory cgroup out of memory: Kill process 9 (main) score 1 or sacrifice child
"""
PADDED = """[ 2929.921600] Task in /paul_cg1 killed as a result of limit of /paul_cg1                             
[ 2929.921610] memory: usage 204800kB, limit 204800kB, failcnt 95                                         
[ 2929.921670] Memory cgroup out of memory: Kill process 1733 (python) score 985 or sacrifice child       
"""
RECLAIM_ASKS = """%s: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0
CPU: 0 PID: 41 Comm: %s Not tainted 6.9.0 #1
Call Trace:
 warn_alloc+0x100/0x178
 __alloc_pages+0x370/0x8d0
 %s+0x340/0x650
 kthread+0xe4/0xe8
Mem-Info:
active_anon:340000 inactive_anon:139000 isolated_anon:0
 active_file:8000 inactive_file:2500 isolated_file:0
 unevictable:4 dirty:1 writeback:18
 slab_reclaimable:1377 slab_unreclaimable:7426
 mapped:6804 shmem:112 pagetables:946
 sec_pagetables:0 bounce:0
 kernel_misc_reclaimable:0
 free:14 free_pcp:7 free_cma:0
Node 0 Normal free:56kB boost:0kB min:11208kB low:12068kB high:12928kB present:2097152kB managed:2057000kB free_cma:0kB
lowmem_reserve[]: 0 0
Node 0 Normal: 0*4kB 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 0kB
Free swap  = 8057248kB
Total swap = 8388604kB
524288 pages RAM
0 pages HighMem/MovableOnly
9947 pages reserved
"""
LOST_LISTS = """[ 9.837984] cc1: vmalloc: allocation failure, allocated 8192 of 20480 bytes, mode:0x7080c0(GFP_KERNEL_ACCOUNT|__GFP_ZERO), nodemask=(null)
[ 9.837999] CPU: 4 PID: 16742 Comm: cc1 Not tainted 4.19.69 #43
[ 9.838053] Mem-Info:
[ 9.838056] active_anon:440000 inactive_anon:41000 isolated_anon:0
[ 9.838056]  active_file:590000 inactive_file:2300000 isolated_file:0
[ 9.838056]  unevictable:1 dirty:500 writeback:0 unstable:0
[ 9.838056]  slab_reclaimable:299000 slab_unreclaimable:22000
[ 9.838056]  mapped:133000 shmem:51000 pagetables:5300 bounce:0
[ 9.838056]  free:310000 free_pcp:4100 free_cma:0
[ 9.838071] DMA32 free:%dkB min:12968kB low:16208kB high:19448kB present:3172224kB managed:3172224kB free_cma:0kB
[ 9.838073] lowmem_reserve[]:
[ 9.838074]  0
[ 9.838075]  0
[ 9.838080] Normal free:112000kB min:54544kB low:68180kB high:81816kB present:13367296kB managed:13056872kB free_cma:0kB
[ 9.838081] lowmem_reserve[]:
[ 9.838082]  0
[ 9.838360] Free swap  = 4194300kB
[ 9.838362] Total swap = 4194300kB
[ 9.838363] 4138876 pages RAM
[ 9.838364] 0 pages HighMem/MovableOnly
[ 9.838365] 77627 pages reserved
"""
# name, fixture, edits, what is then true
# A cgroup's own cache (3.8 to 5.8): its limit may be what refused.
SLUB_OF_A_CGROUP = """[  812.400100] SLUB: Unable to allocate memory on node -1 (gfp=0x20)
[  812.400104]   cache: kmalloc-512(%s), object size: 512, buffer size: 512, default order: 2, min order: 0
[  812.400107]   node 0: slabs: 120, objs: 3840, free: 0
[  813.100000] eth0: link up
"""
# talosctl dmesg.
TALOS = """kern: warning: [2026-11-22T02:19:01.301725011Z]: worker invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=998
kern:    info: [2026-11-22T02:19:01.302025011Z]: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=a,mems_allowed=0,oom_memcg=/kubepods/a,task_memcg=/kubepods/a,task=worker,pid=77,uid=0
kern:     err: [2026-11-22T02:19:01.302525011Z]: Memory cgroup out of memory: Killed process 77 (worker) total-vm:9000kB, anon-rss:8000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:44kB oom_score_adj:998
"""

# A cgroup of v1 whose page cache waits to be written; the window's edge may cut its path.
DIRTY_CGROUP = """[ 5193.506728] Task in /kubepods/pod95/0249 killed as a result of limit of /kubepods/pod95/0249
[ 5193.506735] memory: usage 524288kB, limit 524288kB, failcnt 0
[ 5193.506737] memory+swap: usage 524288kB, limit 524288kB, failcnt 38
[ 5193.506738] kmem: usage 16560kB, limit 9007199254740988kB, failcnt 0
[ 5193.506739] Memory cgroup stats for /kubepods/pod95/0249: cache:507172KB rss:448KB rss_huge:0KB shmem:28KB mapped_file:0KB dirty:503316KB writeback:0KB swap:0KB inactive_anon:0KB active_anon:540KB inactive_file:253596KB active_file:253592KB unevictable:0KB
[ 5193.506956] Memory cgroup out of memory: Kill process 62685 (bash) score 0 or sacrifice child
[ 5193.508964] Killed process 62769 (cp) total-vm:17528kB, anon-rss:88kB, file-rss:1556kB, shmem-rss:0kB
"""

# A cgroup's killer of 3.10: the thread that was weighed, and the table that has its process alone.
THREAD_CHOSEN = """[  900.100000] Task in /docker/f00 killed as a result of limit of /docker/f00
[  900.100001] memory: usage 262144kB, limit 262144kB, failcnt 77
[  900.100002] memory+swap: usage 262144kB, limit 262144kB, failcnt 0
[  900.100003] [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
[  900.100004] [ 7100]     0  7100     1100      200       9        0             0 tini
[  900.100005] [%5d]     0 %5d   900100    64000     301        0             0 java
[  900.100006] Memory cgroup out of memory: Kill process 7155 (java) score 977 or sacrifice child
[  900.100007] Killed process 7120 (java) total-vm:3600400kB, anon-rss:255000kB, file-rss:1000kB
"""

# The machine's reclaim swapped some of a cgroup whose limits are equal.
EQUAL_LIMITS = """[  249.300000] mal invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0
[  249.300010] Task in /g/one killed as a result of limit of /g/one
[  249.300020] memory: usage %dkB, limit 524288kB, failcnt 7
[  249.300030] memory+swap: usage 524288kB, limit 524288kB, failcnt 15
[  249.300040] kmem: usage 0kB, limit 9007199254740988kB, failcnt 0
[  249.300050] Memory cgroup stats for /g/one: cache:0KB rss:%dKB rss_huge:0KB mapped_file:0KB swap:%dKB inactive_anon:0KB active_anon:%dKB inactive_file:0KB active_file:0KB unevictable:0KB
[  249.300060] [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
[  249.300070] [  711]     0   711    20000       90      30        0             0 sh
[  249.300080] [ 3459]     0  3459   200000   122900     300     8192             0 mal
[  249.300090] Memory cgroup out of memory: Kill process %d (mal) score 980 or sacrifice child
[  249.300100] Killed process %d (mal) total-vm:%dkB, anon-rss:491600kB, file-rss:0kB
"""
SWAPPED = (491520, 491488, 32768, 491488)

# A router whose marks hold back an eighth of its memory, of which little else is left.
MARKS_OF_A_ROUTER = """[  812.100000] hostapd invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=0, oom_score_adj=0
[  812.100010] CPU: 0 PID: 902 Comm: hostapd Not tainted 4.19.81 #0
[  812.100020] Mem-Info:
[  812.100030] active_anon:%d inactive_anon:30 isolated_anon:0
[  812.100030]  active_file:8 inactive_file:9 isolated_file:0
[  812.100030]  unevictable:0 dirty:0 writeback:0 unstable:0
[  812.100030]  slab_reclaimable:400 slab_unreclaimable:2000
[  812.100030]  mapped:2 shmem:20 pagetables:40 bounce:0
[  812.100030]  free:3700 free_pcp:20 free_cma:0
[  812.100040] Normal free:14800kB min:16384kB low:20480kB high:24576kB active_anon:400kB inactive_anon:120kB active_file:32kB inactive_file:36kB unevictable:0kB writepending:0kB present:131072kB managed:124000kB mlocked:0kB kernel_stack:400kB pagetables:160kB bounce:0kB free_pcp:80kB local_pcp:0kB free_cma:0kB
[  812.100050] lowmem_reserve[]: 0 0
[  812.100060] Normal: 200*4kB (UM) 125*8kB (UM) 100*16kB (UM) 100*32kB (UM) 128*64kB (UM) 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 14792kB
[  812.100070] Free swap  = 0kB
[  812.100080] Total swap = 0kB
[  812.100090] 32768 pages RAM
[  812.100100] 1768 pages reserved
[  812.100110] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  812.100120] [    902]     0   902      300       90     8192        0             0 hostapd
[  812.100130] Out of memory: Kill process 902 (hostapd) score 0 or sacrifice child
[  812.100140] Killed process 902 (hostapd) total-vm:1200kB, anon-rss:300kB, file-rss:60kB, shmem-rss:0kB
"""

# A board that booted with 8 MiB: a boost raised its marks, and 5.6 does not print how far.
BOOSTED = """[    1.700000] swapper/0 invoked oom-killer: gfp_mask=0x100cc2(GFP_HIGHUSER), order=0, oom_score_adj=0
[    1.700010] CPU: 0 PID: 1 Comm: swapper/0 Not tainted %s #12
[    1.700020] Mem-Info:
[    1.700030] active_anon:0 inactive_anon:0 isolated_anon:0
[    1.700030]  active_file:0 inactive_file:0 isolated_file:0
[    1.700030]  unevictable:700 dirty:0 writeback:0 unstable:0
[    1.700030]  slab_reclaimable:0 slab_unreclaimable:210
[    1.700030]  mapped:0 shmem:0 pagetables:0 bounce:0
[    1.700030]  free:420 free_pcp:0 free_cma:0
[    1.700040] DMA32 free:1680kB min:%dkB low:%dkB high:%dkB reserved_highatomic:0KB active_anon:0kB inactive_anon:0kB active_file:0kB inactive_file:0kB unevictable:2800kB writepending:0kB present:8192kB managed:5500kB mlocked:0kB kernel_stack:168kB pagetables:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
[    1.700050] lowmem_reserve[]: 0 0 0
[    1.700060] DMA32: 0*4kB 0*8kB 1*16kB (U) 0*32kB 0*64kB 1*128kB (U) 0*256kB 1*512kB (U) 1*1024kB (U) 0*2048kB 0*4096kB = 1680kB
[    1.700070] 2048 pages RAM
[    1.700080] 673 pages reserved
[    1.700090] Out of memory and no killable processes...
"""

# A 32-bit machine whose low memory is free in single pages; no line names its kernel.
LOW_PIECES = """squid invoked oom-killer: gfp_mask=%s, order=3, oom_score_adj=0
active_anon:600000 inactive_anon:50000 isolated_anon:0
 active_file:1100000 inactive_file:300000 isolated_file:0
 unevictable:0 dirty:69 writeback:0 unstable:0
 free:6900000 slab_reclaimable:31000 slab_unreclaimable:34000
 mapped:5000 shmem:4000 pagetables:2500 bounce:0
Normal free:112000kB min:3000kB low:3750kB high:4500kB active_anon:0kB inactive_anon:0kB active_file:250kB inactive_file:250kB unevictable:0kB present:894000kB managed:587000kB slab_reclaimable:124000kB slab_unreclaimable:136000kB
lowmem_reserve[]: 0 287000 287000
HighMem free:27488000kB min:512kB low:48000kB high:96000kB active_anon:2600000kB inactive_anon:200000kB active_file:4400000kB inactive_file:1200000kB unevictable:0kB present:36800000kB managed:36800000kB
lowmem_reserve[]: 0 0 0
Normal: 27900*4kB (UEM) 20*8kB (UEM) 2*16kB (E) 0*32kB 3*64kB (UE) 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 111984kB
HighMem: 0*4kB 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 6710*4096kB (M) = 27484160kB
9422000 pages RAM
"""

# A task is in mlock(): its pages stand on the unevictable list, and few count as mlocked yet.
LOCKING = """[ 2200.100000] locker invoked oom-killer: gfp_mask=0x84d0, order=0, oom_adj=0, oom_score_adj=0
[ 2200.100010] Pid: 5600, comm: locker Not tainted 3.3.0 #31
[ 2200.100020] Mem-Info:
[ 2200.100030] active_anon:3600 inactive_anon:20 isolated_anon:0
[ 2200.100030]  active_file:0 inactive_file:0 isolated_file:0
[ 2200.100030]  unevictable:200000 dirty:0 writeback:0 unstable:0
[ 2200.100030]  free:3000 slab_reclaimable:4000 slab_unreclaimable:9000
[ 2200.100030]  mapped:9 shmem:4 pagetables:900 bounce:0
[ 2200.100040] Node 0 DMA32 free:12000kB min:12400kB low:15500kB high:18600kB active_anon:14400kB inactive_anon:80kB active_file:0kB inactive_file:0kB unevictable:800000kB isolated(anon):0kB isolated(file):0kB present:1016000kB mlocked:1300kB dirty:0kB writeback:0kB mapped:36kB shmem:16kB slab_reclaimable:16000kB slab_unreclaimable:36000kB kernel_stack:1100kB pagetables:3600kB unstable:0kB bounce:0kB writeback_tmp:0kB pages_scanned:21 all_unreclaimable? yes
[ 2200.100050] lowmem_reserve[]: 0 0 0
[ 2200.100060] Free swap  = 0kB
[ 2200.100070] Total swap = 0kB
[ 2200.100080] 254000 pages RAM
[ 2200.100090] 20000 pages reserved
[ 2200.100100] [ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name
[ 2200.100110] [ 3000]     0  3000     4500       95   3       0             0 sh
[ 2200.100120] [ 5600]     0  5600   530000   %6d   1       0             0 locker
[ 2200.100130] Out of memory: Kill process 5600 (locker) score 713 or sacrifice child
[ 2200.100140] Killed process 5600 (locker) total-vm:2120000kB, anon-rss:700000kB, file-rss:8kB
"""

# The end of a report whose head is lost: %s is what stands behind its Mem-Info.
HEADLESS = """[ 4821.100001] Node 0 Normal free:240kB min:9600kB low:12000kB high:14400kB active_anon:650000kB inactive_anon:120000kB active_file:21000kB inactive_file:730000kB unevictable:0kB present:2097152kB mlocked:0kB dirty:120kB writeback:0kB mapped:9000kB shmem:400kB slab_reclaimable:61000kB slab_unreclaimable:402000kB kernel_stack:2100kB pagetables:5000kB unstable:0kB bounce:0kB writeback_tmp:0kB pages_scanned:0 all_unreclaimable? no
[ 4821.100002] lowmem_reserve[]: 0 0 0 0
[ 4821.100003] Node 0 DMA32: 1200*4kB 310*8kB 12*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 7472kB
[ 4821.100004] Node 0 Normal: 60*4kB 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 240kB
[ 4821.100005] 191200 total pagecache pages
[ 4821.100006] Free swap  = 2097148kB
[ 4821.100007] Total swap = 2097148kB
[ 4821.100008] 1048576 pages RAM
[ 4821.100009] 41200 pages reserved
%s"""
HEADLESS_SLUB = HEADLESS % """[ 4821.100012] SLUB: Unable to allocate memory on node -1 (gfp=0x20)
[ 4821.100013]   cache: skbuff_head_cache, object size: 232, buffer size: 256, default order: 1, min order: 0
[ 4821.100014]   node 0: slabs: 41, objs: 1312, free: 0
"""

# vmalloc's two lines, and others' between them.
VMAP = """[  913.400000] vmap allocation for size 53248 failed: use vmalloc=<size> to increase size
%s[  913.400100] modprobe: vmalloc: allocation failure: 49152 bytes, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0
[  913.400200] CPU: 1 PID: 812 Comm: modprobe Not tainted 5.4.61 #0
"""
# 5.0 to 5.2 print CONSTRAINT_NONE for a cgroup, too; its tasks' swap was charged elsewhere.
SWAPPED_ELSEWHERE = """[  310.100000] memory: usage 2048kB, limit 2048kB, failcnt 801
[  310.100001] swap: usage 0kB, limit 9007199254740988kB, failcnt 0
[  310.100002] Tasks state (memory values in pages):
[  310.100003] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  310.100004] [    310]     0   310    70000       60   500000    %5d             0 eater
[  310.100005] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),oom_memcg=/foo,task_memcg=/foo,task=eater,pid=310,uid=0
[  310.100006] Memory cgroup out of memory: Killed process 310 (eater) total-vm:280000kB, anon-rss:0kB, file-rss:240kB, shmem-rss:0kB
"""

# %s is the task that is killed, though another is larger, and what its trace shows.
ORIGIN = """[  710.100000] %(comm)s invoked oom-killer: gfp_mask=0x200da, order=0, oom_score_adj=0
[  710.100010] CPU: 1 PID: 703 Comm: %(comm)s Not tainted 3.12.9 #8
[  710.100020] Call Trace:
[  710.100021]  [<ffffffff8172017e>] dump_stack+0x4e/0x7a
[  710.100022]  [<ffffffff81191803>] %(frame)s+0x103/0x5b0
[  710.100030] Mem-Info:
[  710.100040] [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
[  710.100050] [  356]     0   356    25547     9178      50     2735             0 dhclient
[  710.100060] [  703]     0   703    30845      189      22        0             0 %(comm)s
[  710.100070] Out of memory: Kill process 703 (%(comm)s) score %(score)s or sacrifice child
[  710.100080] Killed process 703 (%(comm)s) total-vm:123380kB, anon-rss:164kB, file-rss:592kB
"""


def on_two_hosts(text):
    """The kill of one host, and the failure of a task of the same name and pid on another."""
    before, failure = text.split("swapoff: page allocation failure", 1)
    at = before.rindex("\n") + 1
    return "".join(f"Nov 26 02:19:01 {host} kernel: {line}" for host, part in (
        ("db1", text[:at]), ("db2", text[at:])) for line in part.splitlines(True))


def killed_in_swap(score):
    """The same with swap; a task whose memory is there is killed, and another has more in RAM."""
    text = LOCKING % 100000
    for old, new in (("Total swap = 0kB", "Total swap = 2097152kB"),
                     ("3000]     0  3000     4500       95   3       0             0 sh",
                      "3000]    27  3000   901000     3287   3       0             0 mysqld"),
                     ("process 5600 (locker) score 713", f"process 3000 (mysqld) score {score}"),
                     ("process 5600 (locker) total-vm:2120000kB, anon-rss:700000kB",
                      "process 3000 (mysqld) total-vm:3604000kB, anon-rss:13140kB")):
        assert old in text, old
        text = text.replace(old, new)
    return text


LONE_KILL = ("[  71.700000] Out of memory: Killed process 812 (eater) total-vm:900000kB, anon-rss:780000kB, "
             "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1700kB oom_score_adj:0\n")

# Only single pages are free, and no letters tell of their types (up to 3.7).
SINGLE_PAGES = """kswapd0: page allocation failure. order:1, mode:0x20
Pid: 77, comm: kswapd0 Not tainted 2.6.35.4 #1
Call Trace:
 [<c104b6b3>] ? __alloc_pages_nodemask+0x448/0x48a
 [<c11773a5>] ? sk_prot_alloc+0x19/0x55
%s [<c104f76b>] ? shrink_slab+0xda/0x12f
 [<c104fc28>] ? kswapd+0x468/0x63b
Mem-Info:
active_anon:700 inactive_anon:4100 isolated_anon:0
 active_file:27000 inactive_file:36000 isolated_file:0
 unevictable:0 dirty:50 writeback:0 unstable:0
 free:%d slab_reclaimable:25000 slab_unreclaimable:1000
 mapped:3000 shmem:140 pagetables:120 bounce:0
Normal free:%dkB min:2400kB low:3000kB high:3600kB active_anon:2800kB inactive_anon:16400kB active_file:108000kB inactive_file:144000kB unevictable:0kB isolated(anon):0kB isolated(file):0kB present:389000kB mlocked:0kB dirty:200kB writeback:0kB mapped:12000kB shmem:560kB slab_reclaimable:100000kB slab_unreclaimable:4000kB kernel_stack:520kB pagetables:480kB unstable:0kB bounce:0kB writeback_tmp:0kB pages_scanned:0 all_unreclaimable? no
lowmem_reserve[]: 0 0 0
Normal: %d*4kB %d*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = %dkB
63140 total pagecache pages
Free swap  = 995000kB
Total swap = 995992kB
98303 pages RAM
1630 pages reserved
"""

# vmalloc tries a huge page first.
HUGE_FIRST = """[  401.100000] worker: vmalloc error: size 0, page order 9, failed to allocate pages, mode:0xcc2(GFP_KERNEL|__GFP_HIGHMEM), nodemask=(null),cpuset=/,mems_allowed=0
[  401.100010] CPU: 2 PID: 901 Comm: worker Not tainted 6.3.2 #1
[  401.100020] Mem-Info:
[  401.100030] active_anon:200000 inactive_anon:90000 isolated_anon:0
[  401.100030]  active_file:30000 inactive_file:20000 isolated_file:0
[  401.100030]  unevictable:0 dirty:20 writeback:0
[  401.100030]  slab_reclaimable:9000 slab_unreclaimable:9000
[  401.100030]  mapped:9000 shmem:800 pagetables:2000
[  401.100030]  sec_pagetables:0 bounce:0
[  401.100030]  kernel_misc_reclaimable:0
[  401.100030]  free:130000 free_pcp:0 free_cma:0
[  401.100040] Node 0 active_anon:800000kB inactive_anon:360000kB active_file:120000kB inactive_file:80000kB unevictable:0kB isolated(anon):0kB isolated(file):0kB mapped:36000kB dirty:80kB writeback:0kB shmem:3200kB shmem_thp: 0kB shmem_pmdmapped: 0kB anon_thp: 0kB writeback_tmp:0kB kernel_stack:4000kB pagetables:8000kB sec_pagetables:0kB all_unreclaimable? no
[  401.100050] Node 0 DMA32 free:520000kB boost:0kB min:7000kB low:9000kB high:11000kB reserved_highatomic:2048KB active_anon:800000kB inactive_anon:360000kB active_file:120000kB inactive_file:80000kB unevictable:0kB writepending:80kB present:2000000kB managed:1950000kB mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
[  401.100060] lowmem_reserve[]: 0 0 0 0
[  401.100070] Node 0 DMA32: 64500*4kB (UME) 10000*8kB (UME) 11250*16kB (UME) 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 1*2048kB (H) 0*4096kB = 520048kB
[  401.100080] 51000 total pagecache pages
[  401.100090] Free swap  = 0kB
[  401.100090] Total swap = 0kB
[  401.100100] 500000 pages RAM
[  401.100100] 0 pages HighMem/MovableOnly
[  401.100100] 12500 pages reserved
"""

NEAR_MISSES = [
    ("no piece of the size anywhere: no letter matters", SINGLE_PAGES % ("", 800, 3200, 800, 0, 3200), [],
     {"fragmentation"}),
    ("vmalloc's huge page: the order is what was refused", HUGE_FIRST, [], {"fragmentation"}),
    ("the same, and a huge page is there", HUGE_FIRST, [words(r"1\*2048kB \(H\)", "1*2048kB (M)")],
     {"unknown"}),
    ("a stall of a machine that swaps: free swap is no proof that it was not used",
     "anon-no-swap--4.14-composed-form-stall",
     [words(r"^(.*)Free swap  = 0kB", r"\1Free swap  = 500000kB"),
      words(r"^(.*)Total swap = 0kB", r"\1Total swap = 4000000kB")], {"unknown"}),
    ("SLUB's line behind a Mem-Info without a head: one request", HEADLESS_SLUB, [], {"cannot-wait"}),
    ("the same: a zone above its mark has not refused", HEADLESS_SLUB,
     [words("Normal free:240kB", "Normal free:96000kB"), words(r"Normal: 60\*4kB", "Normal: 24000*4kB"),
      words("= 240kB", "= 96000kB")], {"freed-before-report", "unknown"}),
    ("Mem-Info and the title of the task table: the OOM killer's", HEADLESS % (
        "[ 4821.100010] Tasks state (memory values in pages):\n"), [], {"unknown"}),
    ("the kernel's own source: no report",
     '\tpr_warn("%s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d, oom_score_adj=%hd\\n",\n'
     '+\tpr_warn("%s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d, oom_score_adj=%d\\n",\n'
     '\t.action_msg\t= "Manual OOM execution",\n', [], {None}),
    ("words about sysrq-f are no sysrq-f",
     'If the log says "sysrq: Manual OOM execution", somebody asked for it.\n', [], {None}),
    ("CMA: a signal is no lack of room", "area-full--6.1-composed-form-cma-6.1", [words("-16$", "-4")], {"unknown"}),
    ("without an MMU: a block of that length", "fragmentation--2.6.19-composed-form-nommu-2.6.19",
     [words("0\\*2048kB", "1*2048kB"), words("19364kB", "21412kB")], {"unknown", "freed-before-report"}),
    ("without an MMU: more than the machine has", "fragmentation--2.6.19-composed-form-nommu-2.6.19",
     [words("1200128", "137438953472")], {"request-too-large"}),
    ("a piece larger than RAM", LARGER_THAN_RAM % 20, [], {"request-too-large"}),
    ("a piece that might fit", LARGER_THAN_RAM % 18, [], {"fragmentation"}),
    ("CMA: a line cut within the error", "area-full--4.14-composed-form-cma-4.14", [words("-12$", "-1")], {"unknown"}),
    ("per-CPU: no pages is another wall", "area-full--3.2-composed-form-percpu-3.2",
     [words("alloc from reserved chunk failed", "failed to allocate new chunk")], {"unknown"}),
    ("the source of CMA's line is none", '\tpr_err_ratelimited("%s: %s: alloc failed, req-size: %lu pages, ret: %d\\n",\n', [],
     {None}),
    ("a program's own line of such words", "Nov 22 02:19:01 db1 gfx[77]: allocation failed, size=72 align=8, no texture\n", [],
     {None}),
    ("sysrq-f of which nothing more came",
     "[   61.200000] sysrq: Manual OOM execution\n"
     "[   61.210000] Purging GPU memory, 812 pages freed, 4100 pages still pinned, 20 pages left available.\n", [],
     {"sysrq-manual"}),
    ("an order walk without a release: __GFP_WAIT tells that the kernel is old", LOW_PIECES % "0x42d0", [],
     {"fragmentation"}),
    ("the same lists under a mask of 4.4 and later: three blocks of the order would do",
     LOW_PIECES % "0x24042c0", [], {"freed-before-report"}),
    ("earlyoom 1.0", "Low Memory! At or below sigterm limits (mem: 10 %, swap: 10 %)\nKilling process 'a 'b' with "
     "signal 15, pid: 77, badness: 538, VmRSS: 3160 MiB\n", [], {"userspace-policy"}),
    ("earlyoom through ts, which puts a colon behind its time", "Jun 12 06:39:16: sending SIGTERM to process 77 "
     "uid 1001 \"hog\": badness 757, VmRSS 637 MiB\n", [], {"userspace-policy"}),
    ("the middle of a report: a cgroup's counters", DIRTY_CGROUP, [lines_with("ask in", "process")], {"memcg-limit"}),
    ("the middle of a report: a task table",
     "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n"
     "[ 2238]     0  2238   192897     8781      59        0          -900 docker\n", [], {"unknown"}),
    ("a task table's title, and no task",
     "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n", [], {None}),
    ("earlyoom before 1.3", "low memory! at or below SIGTERM limits: mem 10 %, swap 10 %\n"
     "killing process 275 \"a\" with signal 15: badness 550, VmRSS 7609 MiB\n", [], {"userspace-policy"}),
    ("systemd's end of a service is no killer's", "Nov 22 02:19:01 db1 systemd[1]: a.service: Killing "
     "process 275 (a) with signal SIGKILL.\n", [], {None}),
    ("SLUB of a cgroup's own cache, alone", SLUB_OF_A_CGROUP % "88:web", [], {"unknown"}),
    ("SLUB of the machine's cache, alone", SLUB_OF_A_CGROUP % "88", [], {"cannot-wait"}),
    ("SLUB, indented in a mail", SLUB_OF_A_CGROUP % "88",
     [words(r"^\[.*\] (SLUB|  cache|  node)", r">  \1")], {"cannot-wait"}),
    ("vmalloc of nothing", INSMOD, [words("15729534", "0")], {"unknown"}),
    ("Mem-Info behind the kill, of the same caller", "anon-no-swap--5.10-composed-form-mem-info-late",
     [mem_info_later(0, ("[ T4711]", "[ T4711]"))], {"anon-no-swap"}),
    ("Mem-Info behind the kill, of another caller", "anon-no-swap--5.10-composed-form-mem-info-late",
     [mem_info_later(0, ("[ T4711]", "[ T900]"))], {"unknown"}),
    ("Mem-Info a second behind the kill: nobody says whose", "anon-no-swap--5.10-composed-form-mem-info-late",
     [mem_info_later(1)], {"unknown"}),
    ("Mem-Info behind the kill, without a clock", "anon-no-swap--5.10-composed-form-mem-info-late",
     [words(r"^\[.*?\] ", "")], {"unknown"}),
    ("sysrq-m right behind a kill whose Mem-Info is lost", "anon-no-swap--5.10-composed-form-mem-info-late",
     [words(r"^(\[.*?\] )(Mem-Info:)", r"\1sysrq: Show Memory\n\1\2")], {"unknown"}),
    ("a tainted RHEL panics for a cgroup", PANIC_OF_A_CGROUP, [], {"memcg-limit"}),
    ("the same without the cgroup's function in the trace", PANIC_OF_A_CGROUP,
     [words(r"^.*mem_cgroup_oom.*\n", "")], {"unknown"}),
    ("limit of host", LIMIT_OF_HOST.replace("Memory cgroup out", "Out"), [], {"unknown", "cpuset-hardwall"}),
    ("reserves glued to their zones", "anon-no-swap--6.1-global-noswap",
     [words(r"\n[^\n]*(lowmem_reserve\[\]:)", r" \1")], {"anon-no-swap"}),
    ("a reserve of 4 MiB decides at the mark: what filled the machine is the story", AT_THE_MARK % 4096, [],
     {"unaccounted-memory"}),
    ("a reserve of most of what is free", AT_THE_MARK % 40960, [], {"highatomic-reserve"}),
    ("a policy's node without memory", NODE_GOES_OFFLINE, [], {"mempolicy-bind"}),
    ("vmalloc without a place", INSMOD, [], {"request-too-large"}),
    ("vmalloc that got some pages", INSMOD, [words("failure: 15729534 bytes", "failure, allocated 4096 of 15729534 bytes")],
     {"unknown", "freed-before-report"}),
    ("lines glued together", GLUED, [], {"memcg-limit"}),
    ("a pager's cut", PAGER, [], {"memcg-limit"}),
    ("RHEL 5: mapped-anon tells processes from files", RHEL5, [], {"anon-swap-full"}),
    ("RHEL 5: little of the LRU is mapped-anon: files that reclaim could not free", RHEL5,
     [words("mapped-anon:416500", "mapped-anon:20500")], {"reclaim-failure"}),
    ("one LRU for processes and files, swap free: nothing tells who filled RAM", RHEL5,
     [words("mapped-file:1105 mapped-anon:416500", "mapped:1105"), words("= 0kB", "= 2000000kB"),
      words("Free swap:            0kB", "Free swap: 2000000kB")], {"unknown"}),
    ("a zone's size in the third part of a wrapped line: the marks are not too high", WRAPPED_AT_70, [],
     {"unknown"}),
    ("a zone's size is lost: its mark is no share of the other zones", WRAPPED_AT_70,
     [words("^present:114624kB.*\n", "")], {"unknown"}),
    ("DMA32 where there is no such zone: Normal", DMA32_OF_32_BITS % "d4", [], {"lowmem-exhausted"}),
    ("and DMA where there is one", DMA32_OF_32_BITS.replace(" free:3536kB", " free:36kB") % "d1", [],
     {"dma-zone-exhausted"}),
    ("a zone's line that a mailer wrapped before active_anon: its kB are no pages",
     ZONES_OF_2_6 % (0, "0xd0", "Not tainted 2.6.33 #1"), [], {"unaccounted-memory"}),
    ("an old order walk where the release is not printed: single pages alone are free",
     ZONES_OF_2_6.replace("free:4400kB", "free:44800kB").replace("1100*4kB 0*8kB", "11000*4kB 100*8kB")
     .replace("= 4400kB", "= 44800kB") % (1, "0x20", ""), [], {"cannot-wait"}),
    ("an old order walk: pairs of pages are free too, above the halved mark",
     ZONES_OF_2_6.replace("free:4400kB", "free:44000kB")
     .replace("1100*4kB 0*8kB", "1000*4kB 5000*8kB").replace("= 4400kB", "= 44000kB")
     % (1, "0x20", ""), [], {"freed-before-report"}),
    ("kswapd asks, for reclaim that may not wait for itself",
     RECLAIM_ASKS % ("kswapd0", "kswapd0", "balance_pgdat"), [], {"cannot-wait"}),
    ("a task named kswapd0 asks: the call trace does not show reclaim",
     RECLAIM_ASKS % ("kswapd0", "kswapd0", "do_anonymous_page"), [], {"swap-unusable"}),
    ("vmalloc: a zone whose reserve and lists are lost has far more than any reserve",
     LOST_LISTS % 1900000, [], {"unknown"}),
    ("a min watermark larger than the machine, on a line cut before the zone's size",
     "anon-no-swap--6.1-global-noswap",
     [words(r"(DMA32 free:)\d+(kB .*?)min:\d+kB low:\d+kB high:\d+kB.*$",
            r"\g<1>200000\2min:99395541895224kB low:73886371836733356kB high:1476733481kB reB")],
     {"min-free-too-high"}),
    ("a log cut before a memcg's paths: they alone tell whose limit it was",
     "Jan 15 02:12:02 db1 kernel: Task in /a/b killed as a result of limit of /a\n"
     "Jan 15 02:12:02 db1 kernel: memory: usage 1048576kB, limit 1048576kB, failcnt 189\n"
     "Jan 15 02:12:02 db1 kernel: memory+swap: usage 1048576kB, limit 1048576kB, failcnt 0\n"
     "Jan 15 02:12:02 db1 kernel: Memory cgroup out of memory: Kill process 9 (x) score 995 or sacrifice child\n",
     [], {"memcg-ancestor-limit"}),
    ("half of a cgroup's path is its parent's: the log ends within the path",
     "memcg-ancestor-limit--5.4-composed-memcg-ancestor",
     [lambda text: text[:text.index("task_memcg=/lab.slice/") + len("task_memcg=/lab.slice")]],
     {"memcg-limit"}),
    ("the same, and more lines follow: the end of this one was lost",
     "memcg-ancestor-limit--5.4-composed-memcg-ancestor",
     [words(r"(task_memcg=/lab.slice)/\S+", r"\1")], {"memcg-limit"}),
    ("fragmentation: single pages were short, but reclaim had plenty to free",
     "fragmentation--6.12-fragmentation-order3",
     [words(r"DMA32 free:\d+kB", "DMA32 free:900kB"), words(r"DMA free:\d+kB", "DMA free:100kB"),
      words(r"active_file:\d+ inactive_file:\d+ isolated_file",
            "active_file:30000 inactive_file:30000 isolated_file")],
     {"fragmentation"}),
    ("sysrq: an order of 0 is no kill by hand, and memory was free",
     "sysrq-manual--6.12-sysrq-f",
     [words(r"order=-1", "order=0"), lines_with("Manual OOM", "moom_callback", "sysrq")],
     {"freed-before-report"}),
    ("cpuset: the other nodes are full too",
     "cpuset-hardwall--6.12-cpuset-2nodes",
     [words(r"(\]  free:)\d+", r"\g<1>400"),
      words(r"(active_anon:)\d+( inactive_anon:0 isolated)", r"\g<1>90000\2")],
     {"anon-no-swap"}),
    ("cpuset: the kernel blames no constraint",
     "cpuset-hardwall--6.12-cpuset-2nodes",
     [words("CONSTRAINT_CPUSET", "CONSTRAINT_NONE")],
     {"freed-before-report", "anon-no-swap", "unknown"}),
    ("mempolicy: the other nodes are full too",
     "mempolicy-bind--6.12-mempolicy-bind",
     [words(r"(\]  free:)\d+", r"\g<1>400"),
      words(r"(active_anon:)\d+( inactive_anon:0 isolated)", r"\g<1>90000\2")],
     {"anon-no-swap"}),
    ("fragmentation: a usable block of the order is free",
     "fragmentation--6.12-fragmentation-order3",
     [words(r"(DMA32: .*) 0\*32kB", r"\1 9*32kB (U)")],
     {"freed-before-report"}),
    ("fragmentation: order-0 pages are short too",
     "fragmentation--6.12-fragmentation-order3",
     [words(r"DMA32 free:\d+kB", "DMA32 free:900kB"), words(r"DMA free:\d+kB", "DMA free:100kB")],
     {"unaccounted-memory", "slab-unreclaimable", "unknown", "anon-no-swap", "unevictable"}),
    ("ancestor: both paths are the same",
     "memcg-ancestor-limit--6.12-memcg-ancestor",
     [words(r"task_memcg=/lab.slice/box.service", "task_memcg=/lab.slice")],
     {"memcg-limit"}),
    ("own limit: the limit is a parent's",
     "memcg-limit--6.12-memcg-anon",
     [words(r"oom_memcg=/lab.slice/box.service", "oom_memcg=/lab.slice")],
     {"memcg-ancestor-limit"}),
    ("own limit: no limit is set",
     "memcg-limit--6.12-memcg-anon",
     [words(r"limit 65536kB", "limit 9007199254740988kB")],
     {"unknown"}),
    ("memory+swap: not at its limit",
     "memcg-swap-limit--6.1-v1-memsw",
     [words(r"(memory\+swap: usage )\d+kB", r"\g<1>70000kB")],
     {"memcg-limit"}),
    ("memory+swap: the same limit as memory",
     "memcg-limit--6.1-v1-memsw-equal", [], {"memcg-limit"}),
    ("memory+swap: at its limit, and the memory limit far from met, is not both",
     "memcg-swap-limit--6.1-v1-memsw",
     [words(r"(memory: usage )\d+kB(, limit )\d+kB", r"\g<1>60000kB\g<2>90000kB")],
     {"memcg-swap-limit"}),
    ("movable: its zone is full too",
     "movable-only-free--6.12-movable-only",
     [words(r"(\]  free:)\d+", r"\g<1>500")],
     {"unaccounted-memory", "unknown"}),
    ("movable: the request is movable",
     "movable-only-free--6.12-movable-only",
     [words(r"gfp_mask=0x[0-9a-f]+\([A-Z_|]+\)", "gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE)")],
     {"unaccounted-memory", "unknown"}),
    ("cma: the request is movable and little is free",
     "cma-only-free--6.1-arm64-cma-only",
     [words(r"free_cma:\d+", "free_cma:0"), words(r"(DMA free:)\d+", r"\g<1>1000")],
     {"unaccounted-memory", "unknown"}),
    ("min-free: ordinary marks, and the free memory is free",
     "min-free-too-high--6.12-min-free",
     [words(r"min:\d+kB low:\d+kB high:\d+kB", "min:1600kB low:2000kB high:2400kB")],
     {"freed-before-report"}),
    ("dma32: the zones above are short too",
     "dma-zone-exhausted--6.12-failure-dma32",
     [words(r"(\]  free:)\d+", r"\g<1>300")],
     {"unknown", "unaccounted-memory", "slab-unreclaimable", "anon-no-swap"}),
    ("thisnode: the other node is full",
     "node-bound-request--6.12-failure-thisnode",
     [words(r"(Node [01] \S+ free:)\d+kB", r"\g<1>100kB")],
     {"unaccounted-memory", "unknown", "anon-no-swap"}),
    ("cannot wait: the request may wait",
     "cannot-wait--6.1-failure-atomic",
     [words(r"mode:0x[0-9a-f]+\([A-Z_|]+\)", "mode:0xcc0(GFP_KERNEL)")],
     {"unaccounted-memory", "unknown", "anon-no-swap"}),
    ("lowmem: HighMem is full too",
     "lowmem-exhausted--6.1-686-highmem-slab",
     [words(r"(\]  free:)\d+", r"\g<1>2500")],
     {"slab-unreclaimable"}),
    ("hugetlb: the pool is small and in use",
     "hugetlb-pool--6.12-global-hugetlb-idle",
     [words(r"hugepages_total=\d+ hugepages_free=\d+", "hugepages_total=4 hugepages_free=0")],
     {"unaccounted-memory", "anon-no-swap"}),
    ("slab: the counter is small",
     "slab-unreclaimable--6.12-global-slab-leak",
     [words(r"slab_unreclaimable:\d+", "slab_unreclaimable:1500"),
      lines_with("KB  ", "Unreclaimable slab", "Used          Total")],
     {"unaccounted-memory"}),
    ("page tables: the counter is small",
     "page-tables--6.12-global-pagetables",
     [words(r"(mapped:\d+ shmem:\d+ pagetables:)\d+", r"\g<1>100")],
     {"unaccounted-memory"}),
    ("stacks: the counter is small",
     "kernel-stacks--6.12-global-stacks",
     [words(r"kernel_stack:\d+kB", "kernel_stack:900kB")],
     {"unaccounted-memory", "slab-unreclaimable"}),
    ("unevictable: the memory is on the ordinary lists",
     "unevictable--6.12-global-mlocked",
     [words(r"unevictable:(\d{4,}) dirty", r"unevictable:0 dirty"),
      words(r"active_anon:\d+( inactive_anon:\d+ isolated_anon)", r"active_anon:48000\1")],
     {"anon-no-swap", "swap-unusable"}),
    ("shmem: it is private memory",
     "shmem-tmpfs--6.12-global-shared",
     [words(r"(mapped:\d+ shmem:)\d+", r"\g<1>700")],
     {"anon-no-swap"}),
    ("unaccounted: the anonymous counter explains it",
     "unaccounted-memory--6.12-global-leak",
     [words(r"active_anon:\d+( inactive_anon:\d+ isolated_anon)", r"active_anon:47000\1")],
     {"anon-no-swap"}),
    ("reclaim: little page cache, most of it clean",
     "reclaim-failure--6.12-global-dirty",
     [words(r"(active_file:)\d+( inactive_file:)\d+", r"\g<1>10\g<2>10"),
      words(r"(dirty:)\d+( writeback:)\d+", r"\g<1>0\g<2>0"),
      words(r"active_anon:\d+( inactive_anon:\d+ isolated_anon)", r"active_anon:47000\1")],
     {"anon-no-swap"}),
    ("swap unusable: swap is full",
     "swap-unusable--6.12-global-swap-forbidden",
     [words(r"Free swap  = \d+kB", "Free swap  = 0kB")],
     {"anon-swap-full"}),
    ("swap full: there is none",
     "anon-swap-full--6.12-global-swapfull",
     [words(r"Total swap = \d+kB", "Total swap = 0kB")],
     {"anon-no-swap"}),
    ("no swap: there is some, and it is free",
     "anon-no-swap--6.12-global-noswap",
     [words(r"Free swap  = 0kB", "Free swap  = 200000kB"),
      words(r"Total swap = 0kB", "Total swap = 262144kB")],
     {"swap-unusable"}),
    ("overcommit: the line is another program's",
     "overcommit-refused--6.12-overcommit-refused",
     [words(r"^(\[ *[0-9.]+\] )", "Nov 22 02:19:01 db1 postgres[99]: ")],
     {None}),
    ("too large: the machine could hold it",
     "request-too-large--6.12-failure-vmalloc",
     [words(r"size \d{9,}, exceeds total pages", "size 8388608, failed to allocate pages")],
     {"freed-before-report", "unknown", "unaccounted-memory"}),
    ("page fault: a real mask",
     "page-fault-oom--5.10-composed-page-fault",
     [words(r"gfp_mask=0x0\(\)", "gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE)")],
     {"freed-before-report", "unknown"}),
    ("highatomic: the reserve holds what is free",
     "anon-no-swap--6.1-global-noswap",
     [words(r"(DMA32 free:)\d+(kB .* reserved_highatomic:)\d+", r"\g<1>20000\g<2>19000")],
     {"highatomic-reserve"}),
    ("highatomic: nothing is reserved",
     "anon-no-swap--6.1-global-noswap",
     [words(r"(DMA32 free:)\d+(kB .* reserved_highatomic:)\d+", r"\g<1>20000\g<2>0")],
     {"freed-before-report"}),
    ("userspace: systemd's notice alone proves no killer",
     "Nov 22 02:19:01 db1 systemd[1]: a.service: A process of this unit has been killed "
     "by the OOM killer.\n", [], {"unknown"}),
    ("userspace: earlyoom's own line proves it",
     "Nov 22 02:19:01 db1 earlyoom[9]: sending SIGTERM to process 9 uid 0 \"x\": oom_score "
     "800, oom_score_adj 0, VmRSS 900 MiB, cmdline \"x\"\n", [], {"userspace-policy"}),
    ("userspace: what a program wrote into the kernel's log",
     "[   77.740697] earlyoom[412]: sending SIGTERM to process 9 uid 0 \"x\": oom_score 800, "
     "oom_score_adj 0, VmRSS 900 MiB, cmdline \"x\"\n", [], {"userspace-policy"}),
    ("kernel: a task named like a program's tag",
     "[   77.740697] earlyoom[412]: invoked oom-killer: gfp_mask=0x0, order=-1, oom_score_adj=0\n",
     [], {"sysrq-manual"}),
    ("kernel: PostgreSQL says out of memory, too",
     "Nov 22 02:19:01 db1 postgres[7]: Out of memory: Killed process 9 (x) total-vm:8kB, "
     "anon-rss:4kB, file-rss:0kB, shmem-rss:0kB\n", [], {None}),
    ("storm: a bare kill line of a cgroup is a cgroup's, whose limit is not known",
     "[    3.402404] Memory cgroup out of memory: Killed process 9 (x) total-vm:8kB, "
     "anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:52kB oom_score_adj:0\n", [],
     {"memcg-limit"}),
    ("storm: a bare kill line of the machine tells no cause",
     "[    3.402404] Out of memory: Killed process 9 (x) total-vm:8kB, anon-rss:4kB, "
     "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:52kB oom_score_adj:0\n", [], {"unknown"}),
    ("no Mem-Info: nothing tells what the machine was short of",
     "anon-no-swap--6.12-global-noswap",
     [lines_with("Node 0", "active_", "free:", "slab_", "mapped:", "pagetables", "reserve[]",
                 "pages", "swap", "Mem-Info", "unevictable", "bounce", "misc_recl")],
     {"unknown"}),
]

ANON = "anon-no-swap--6.12-diskroot-noswap"
# What changes nothing: name, fixture, edits, the cause that stays.
SAME = [
    ("warm page cache, a tenth of RAM", ANON,
     [words(r"active_file:\d+ inactive_file:\d+ isolated_file",
            "active_file:4000 inactive_file:6000 isolated_file")], "anon-no-swap"),
    ("min raised by transparent huge pages to 5 %", ANON,
     [words(r"DMA32 free:\d+kB boost:0kB min:\d+kB low:\d+kB high:\d+kB",
            "DMA32 free:21000kB boost:0kB min:21500kB low:26000kB high:30500kB")],
     "anon-no-swap"),
    ("64 MiB of CMA for a movable request", ANON,
     [words(r"free_cma:0kB", "free_cma:100kB")], "anon-no-swap"),
    ("a healthy slab of 4 %", ANON,
     [words(r"slab_unreclaimable:\d+", "slab_unreclaimable:4700")], "anon-no-swap"),
    ("a process named like a report's line", ANON,
     [words(r"\bhog\b", "oom-kill: x")], "anon-no-swap"),
    ("a cpuset whose node has ZONE_MOVABLE only, free, and kernel memory asked for",
     "cpuset-hardwall--6.12-cpuset-2nodes",
     [words(r"Node 1 DMA32", "Node 1 Movable"), words(r"Movable free:1188kB", "Movable free:90000kB"),
      words(r"gfp_mask=0x[0-9a-f]+\([A-Z_|]+\)", "gfp_mask=0x500cc2(GFP_HIGHUSER|__GFP_ACCOUNT)"),
      words(r"6\.12\.\d+\S*", "5.8.2-default")], "cpuset-hardwall"),
    ("free memory in plenty, a larger piece refused, and the free lists lost",
     "fragmentation--6.12-fragmentation-order3", [lines_with("*4kB", "*1024kB")], "fragmentation"),
    ("a column of a vendor's own in the task table", ANON,
     [words(r"rss_shmem pgtables_bytes", "rss_shmem (01)nrss pgtables_bytes"),
      words(r"^(\[[^]]*\] \[ *\d+\] +\d+ +\d+ +\d+ +\d+ +\d+ +\d+ +\d+)", r"\1 7")], "anon-no-swap"),
    ("a printed CONSTRAINT_NONE of 5.0 with oom_memcg", "memcg-limit--6.12-memcg-anon",
     [words("CONSTRAINT_MEMCG", "CONSTRAINT_NONE")], "memcg-limit"),
]

# What the first sentence then says: name, fixture, edits, words in it.
SAYS = [
    ("free lists whose asterisks a web site took for markup", "fragmentation--6.12-fragmentation-order3",
     [words(r"(\d)\*(\d+kB)", r"\1_\2")], "the largest piece this request may take is"),
    ("a cgroup's dirty page cache: swap is not what lacks", DIRTY_CGROUP, [],
     "limit: 512 MiB of 512 MiB (memory.limit_in_bytes); 495 MiB of it are page cache, which must be written"),
    ("the same, cut before it tells: no word of swap", DIRTY_CGROUP, [words(" dirty:.*", " dir")],
     "limit: 512 MiB of 512 MiB (memory.limit_in_bytes)."),
    ("a path cut within a name is no cgroup", DIRTY_CGROUP, [words("(limit of /kubepo).*", r"\1")],
     "the cgroup /kubepods/pod95/0249 has used up its own or a parent's limit"),
    ("talosctl dmesg", TALOS, [], "the cgroup /kubepods/a has used up its own limit"),
    ("vmalloc of nothing is a mistake, not a lack", INSMOD, [words("15729534", "0")],
     "an area of 0 bytes, which it always refuses"),
    ("lines padded to a terminal's width", PADDED, [], "the cgroup /paul_cg1 has used up its own limit"),
    ("a policy's node without memory is not full", NODE_GOES_OFFLINE, [],
     "node 2, and that has no memory; the 6.5 GiB free on other nodes"),
    ("vmalloc without a place: no word of RAM", INSMOD, [], "no addresses left to map 15.0 MiB at"),
    ("a cpuset whose nodes were cut off", "cpuset-hardwall--6.1-cpuset-2nodes",
     [words(r",mems_allowed=1,global_oom", ",global_oom")],
     "may use the nodes of its cpuset only and those are full"),
    ("a summary whose poster left out its end", "cpuset-hardwall--6.1-cpuset-2nodes",
     [words(r",global_oom,task_memcg=.*", "")],
     "may use node 1 only and that is full"),
    ("a pager's cut leaves no half of a path", PAGER, [], "a cgroup has used up its own limit"),
    ("lines glued together: usage and limit", GLUED, [], "512 MiB of 512 MiB"),
    ("a trigger wrapped before its order", "fragmentation--6.1-fragmentation-order3",
     [words(r"(invoked oom-killer: gfp_mask=.*\)), order=", r"\1,\norder=")], "in one piece (order=3)"),
    ("fragmentation: what is free, but CMA's, is not free for this request", CMA_ORDER_10, [],
     "7.3 MiB are free besides CMA's, and the largest piece this request may take is 2.0 MiB"),
    ("RHEL 5: what its mapped-anon holds", RHEL5, [], "1.6 GiB are anonymous memory of processes"),
    ("one LRU for both: no word of processes alone", RHEL5,
     [words("mapped-file:1105 mapped-anon:416500", "mapped:1105")], "1.7 GiB are pages of processes and files"),
    ("lowmem: free pages of CMA below HighMem are not what is free in HighMem",
     "lowmem-exhausted--4.4-composed-highmem-slab",
     [words(r"(Normal free:)\d+(kB .* free_cma:)\d+", r"\g<1>60000\g<2>59800")],
     "the 864 MiB free in HighMem cannot serve it"),
    ("lowmem: what is free below HighMem, but CMA's, is the nearer wall",
     "lowmem-exhausted--4.4-composed-highmem-slab",
     [words(r"(Normal free:)\d+(kB .* free_cma:)\d+", r"\g<1>300000\g<2>299800")],
     "293 MiB of the 296 MiB that are free belong to CMA"),
    ("a stall whose numbers prove nothing: what reclaim had before it, and no word of a refusal",
     "anon-no-swap--4.14-composed-form-stall",
     [words(r"active_anon:\d+ inactive_anon:\d+ isolated_anon:0$", "active_anon:9 isolated_anon:0"),
      words("isolated_file:0$", "isolated_file:2560"), words("dirty:0 writeback:0", "dirty:2560 writeback:640")],
     "because direct reclaim was slow (the counters show 697 MiB of anonymous memory, 49.0 MiB of page cache, 12.5 MiB dirty or under writeback, "
     "10.0 MiB isolated by tasks that reclaim); tar had been trying for 10.0 s and was not refused."),
    ("a stall cut behind its first lines", "unknown--4.9-composed-stall", [],
     "because direct reclaim was slow (this log does not show what it waited for); mysqld had been trying for 10.0 s"),
    ("a stall of a full machine", "anon-no-swap--4.14-composed-form-stall", [],
     "which cannot be freed without it; tar had been trying for 10.0 s and was not refused."),
    ("no line says who asked, and every zone refuses whatever was asked", "anon-no-swap--6.1-global-noswap", [headless],
     "are in use and there is no swap"),
    ("no line says who asked, and one zone would give to some", "anon-no-swap--6.1-global-noswap",
     [headless, words(r"(DMA32 free:)\d+kB", r"\g<1>900000kB")], "it lacks the line that says who asked"),
    ("the machine's counters are lost, and the zones have them", "anon-no-swap--6.1-global-noswap", [from_zones],
     "are in use and there is no swap"),
    ("and of one small zone only its free list is left", "anon-no-swap--6.12-composed-form-trigger-cut",
     [lambda text: text[text.index("Node 0 DMA32 free:"):]], "are in use and there is no swap"),
    ("of a large zone only its free list is left", "anon-no-swap--6.12-composed-form-trigger-cut",
     [lambda text: text[text.index("Node 0 Normal free:"):]], "something that this log does not show"),
    ("swapoff is at work", "anon-no-swap--6.1-global-noswap", [words(r"Free swap  = 0kB", "Free swap  = -123456kB")],
     "are in use and its swap is being turned off"),
    ("the path of a cgroup's counters is cut by a pager", CUT_STATS % "/kubepods.slice/kubepods-burst>", [],
     "because a cgroup that this log does not name"),
    ("the same at the end of its words", CUT_STATS % "/kubepods.slice/kubepods-burst", [],
     "because a cgroup that this log does not name"),
    ("the same, whole", CUT_STATS % "/kubepods.slice/kubepods-burst:", [], "because the cgroup /kubepods.slice/kubepods-burst "),
    ("a dmesg that writes newlines as \\x0a: counters", "anon-no-swap--6.1-global-noswap",
     [words(r"\n\[[ .\d]+\] ( (?:active_file|unevictable|slab_reclaimable|mapped|sec_pagetables|kernel_misc_|free):?)",
            r"\\x0a\1")], "are in use and there is no swap"),
    ("equal limits, and memory+swap alone is at its own", EQUAL_LIMITS % (*SWAPPED, 3459, 3459, 800000), [],
     "has used up its limit for memory and swap together: 512 MiB of 512 MiB"),
    ("equal limits, and both are met", EQUAL_LIMITS % (524288, 524288, 0, 524288, 3459, 3459, 800000), [],
     "has used up its own limit: 512 MiB of 512 MiB (memory.limit_in_bytes), and it may not swap"),
    ("'Task in ' was printed before and is not here", "/docker/0f2b3f killed as a result of limit of /docker/0f2b3f\n"
     "memory: usage 204760kB, limit 204800kB, failcnt 77\nmemory+swap: usage 204768kB, limit 409600kB, failcnt 0\n", [],
     "because the cgroup /docker/0f2b3f has used up its own limit: 200 MiB of 200 MiB"),
    ("a trigger whose first line has a stamp, and the two that it was wrapped to have none",
     "anon-no-swap--3.13-composed-form-trigger-in-three", [words(r"^\[[^\]]*\] ((?:gfp_mask|order|oom_score_adj)=)", r"\1")],
     "because the machine's 3.9 GiB are in use and there is no swap"),
    ("a cgroup that others left before its report was printed",
     THREAD_CHOSEN.replace("usage 262144kB", "usage 26214kB") % (7120, 7120), [],
     "limit of 256 MiB (memory.limit_in_bytes), though only 25.6 MiB were in use when this was printed"),
    ("a front that no envelope knows is no part of the task's name",
     "20:31:49.738 [warn] swapper/2: page allocation failure: order:0, mode:0x20\n", [],
     "because swapper/2 asked"),
    ("CMA whose pages cannot be moved", "area-full--6.1-composed-form-cma-6.1", [],
     "because the CMA area linux,cma had no room for 768 pages (3.0 MiB if a page has 4 KiB) in one piece: what others keep there"),
    ("a large piece, and less free than that", LARGE_NO_ZONES % 51, [],
     "because ls asked for 512 KiB in one piece (order=7), and there was none: only 204 KiB were free in all"),
    ("a large piece, and more free than that", LARGE_NO_ZONES % 5100, [],
     "there was none: 19.9 MiB were free in all, in pieces that this log does not show"),
    ("CMA used up", "area-full--6.6-composed-form-cma-used-up", [], "in one piece: 1128 of 16384 pages are free"),
    ("CMA in pieces", "area-full--6.18-composed-form-cma-ranges", [],
     "in one piece: 1600 are free, but no more than 900 side by side"),
    ("CMA: a piece of the list is missing", "area-full--6.18-composed-form-cma-ranges", [words(r"700@64\+", "")],
     "in one piece, whatever memory is free elsewhere"),
    ("CMA: a run is long enough, lent out", "area-full--6.18-composed-form-cma-ranges",
     [words(r"700@64\+900", "1600"), words("-12$", "-16")], "in one piece: what others keep there for now"),
    ("swiotlb: 256 KiB fit into its longest piece", "area-full--6.12-composed-form-swiotlb-long",
     [words("sz: 786432", "sz: 262144")], "12 of 32768 slots of 2 KiB are in use"),
    ("swiotlb: more do not", "area-full--6.12-composed-form-swiotlb-long", [],
     "vfe 1a000000.vfe was to get 768 KiB through bounce buffers, and swiotlb maps 256 KiB at most"),
    ("an interrupt above reclaim is not reclaim",
     SINGLE_PAGES % (" [<c1003955>] ? do_IRQ+0x7d/0x8e\n", 150, 600, 150, 0, 600), [],
     "asked for memory at a moment when it may not wait for any to be freed"),
    ("reclaim itself is", SINGLE_PAGES % ("", 150, 600, 150, 0, 600), [], "reclaim may not wait for itself"),
    ("a kill alone: the machine, not a cgroup", LONE_KILL, [],
     "because the machine, or the nodes that the task may use, ran out, as the kernel puts it, and not a cgroup"),
    ("the same with the summary: the machine as a whole",
     "[  71.600000] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
     "task_memcg=/a,task=eater,pid=812,uid=0\n" + LONE_KILL, [], "because the machine as a whole ran out"),
    ("the same of 2.6.32, which does not say", "[  71.6] Killed process 812, UID 0, (eater) total-vm:9000kB, "
     "anon-rss:800kB, file-rss:0kB\n", [], "because of something that this log does not show"),
    ("a piece for who may not wait, and no Mem-Info: no word of the mark",
     "[   91.500000] grab: page allocation failure: order:9, mode:0x20\n", [],
     "because grab asked for 2.0 MiB in one piece at a moment when it may not wait"),
    ("the same for a single page",
     "[   91.500000] grab: page allocation failure: order:0, mode:0x20\n", [], "nothing was left above the mark"),
    ("a large piece, and no Mem-Info: none was there is what the log tells",
     "[   91.500000] grab: page allocation failure: order:8, mode:0xcc0(GFP_KERNEL), nodemask=(null)\n", [],
     "because grab asked for 1.0 MiB in one piece (order=8), and there was none: whether memory was free in smaller"),
    ("the same of zone DMA",
     "[    1.500000] swapper/0: page allocation failure: order:5, mode:0xcc1(GFP_KERNEL|GFP_DMA), nodemask=(null)\n",
     [], "in one piece (order=5) of zone DMA, and there was none: whether that zone had any"),
    ("a small piece, and no Mem-Info: the kernel would have tried harder",
     "[   91.500000] grab: page allocation failure: order:3, mode:0xcc0(GFP_KERNEL), nodemask=(null)\n", [],
     "because of something that this log does not show"),
    ("unevictable, and mlock has none of it", "unevictable--6.12-global-ramfs", [], "programs have locked none of them"),
    ("unevictable, and how much mlock has of it is lost", "unevictable--6.12-global-ramfs",
     [words(r" mlocked:\d+kB", "")], "are locked: the kernel may neither"),
    ("unevictable, and all of it is mlock's", "unevictable--6.12-global-mlocked", [],
     "are locked: the kernel may neither"),
]

# `oomwhy --list`: name, log, words in it.
LISTS = [
    ("a Mem-Info without a head proves no peace", HEADLESS % "",
     "A state of memory, and not who asked for it: 4.0 GiB of RAM; no line here says that anything was refused."),
    ("one that sysrq-m asked for does",
     "[ 4821.100000] sysrq: Show Memory\n[ 4821.100000] Mem-Info:\n" + HEADLESS % "",
     "4.0 GiB of RAM; nothing was refused and nothing killed."),
]

# A node's events, as kubectl shows them.
EVENTS = """Events:
  Type     Reason      Age                   From            Message
  ----     ------      ----                  ----            -------
  Normal   Starting    17m                   kubelet, db1    Starting kubelet.
  Warning  SystemOOM   17m                   kubelet, db1    System OOM encountered, victim process: stress, pid: 9170
  Warning  OOMKilling  95s (x13 over 2m23s)  kernel-monitor  Memory cgroup out of memory: Killed process 7788 (a  b) total-vm:7169492kB, anon-rss:7165824kB, file-rss:44kB, shmem-rss:0kB, UID:0 pgtables:14076kB oom_score_adj:1000
"""

# earlyoom looks for ten seconds whether its signal helped, and tries again.
RETRIES = """Jun 12 06:39:16 pi earlyoom[88]: low memory! at or below SIGTERM limits: mem 10.00%, swap 15.00%
Jun 12 06:39:16 pi earlyoom[88]: sending SIGTERM to process 696 uid 1001 "ipfs": badness 757, VmRSS 637 MiB
Jun 12 06:39:26 pi earlyoom[88]: kill failed: Timer expired
"""
AGAIN = """Jun 12 06:39:26 pi earlyoom[88]: low memory! at or below SIGTERM limits: mem 10.00%, swap 15.00%
Jun 12 06:39:26 pi earlyoom[88]: sending SIGTERM to process 696 uid 1001 "ipfs": badness 799, VmRSS 656 MiB
Jun 12 06:39:26 pi earlyoom[88]: process exited after 0.1 seconds
"""
# nohang's own log, with the lines that it prints without a time.
NOHANG = """2023-08-10 16:53:26,460: >>=== STARTING implement_corrective_action() ====>>
2023-08-10 16:53:26,460: Memory status that requires corrective actions:
  MemAvailable [383 MiB, 5.0 %] <= soft_threshold_min_mem [384 MiB, 5.0 %]
2023-08-10 16:53:26,463: TOP printed in 1ms; process with highest badness:
  PID: 903309, name: mysqld, badness: 849
2023-08-10 16:53:26,465: Implementing a corrective action:
  Sending SIGTERM to the victim; total response time: 5 ms
"""

REAPED = "[    5.100000] oom_reaper: reaped process %d (hog), now anon-rss:0kB, file-rss:0kB, shmem-rss:584kB\n"
TWO_TRIGGERS = """[    3.000000] Out of memory: Killed process 154 (hog) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, \
UID:0 pgtables:4kB oom_score_adj:0
[    4.900000] x invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0
"""

# What the answer for people says further down: name, log, words in it.
PRINTS = [
    ("a trigger that a pager cut before its order: the half of its mask is no mask",
     words(r"oom-killer: gfp_m$", "oom-killer: gfp_mask=0x100")(text_of("anon-no-swap--6.12-composed-form-trigger-cut")),
     "  asked   hog (4711)\n"),
    ("the kill line names a thread, whose process has as large an address space",
     EQUAL_LIMITS % (*SWAPPED, 3470, 3470, 800000), "  victim  the largest of 2 tasks; next: sh (711)"),
    ("the kill line names somebody who is not in the table", EQUAL_LIMITS % (*SWAPPED, 3470, 3470, 700000),
     "  victim  the victim is not in the task table"),
    ("a dmesg that writes newlines as \\x0a: the driver's line", "[    1.000000] lowmemorykiller: Killing 'd.p' (284) (tgid 284), adj 999,\\x0ato free 8kB on "
     "behalf of 'kswapd0' (36) because\\x0acache 32kB is below limit 64kB for oom score 950\\x0aFree memory is 1kB above "
     "reserved.\n", "killed d.p (284) by a rule\nof its own: cache 32kB is below limit 64kB for oom score 950"),
    ("the same: a name of its kind forges no line", "[    1.000000] lowmemorykiller: Killing 'a\\x0ab' (284), adj 999,\n",
     "lowmemorykiller killed a\\x0ab (284)"),
    ("the driver with both scales", "<6>[    1.000000]  (4)[10628:x]lowmemorykiller: Killing 'a.b' (649), adj 12, score_adj 700,\n",
     "killed  a.b (649), oom_score_adj=700"),
    ("earlyoom's signal did not help", RETRIES, "earlyoom wanted to kill ipfs (696) by a rule of its\nown and could not"),
    ("and so nobody was killed", RETRIES, "  killed  nobody: ipfs (696) did not die of it\n"),
    ("earlyoom's second signal did", RETRIES + AGAIN, "earlyoom killed ipfs (696) by a rule of its own"),
    ("nohang's own log", NOHANG, "nohang killed mysqld (903309) by a rule of its own:\nMemAvailable [383 MiB, 5.0 %] <="),
    ("a kubelet's event in kubectl's table", EVENTS, "  killed  stress (9170)\n"),
    ("the kernel's line in kubectl's table, with two blanks in a name", EVENTS, "  killed  \"a b\" (7788): 6.8 GiB anonymous"),
    ("what the kernel saw in the way, where nothing else is left", "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),"
     "cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,task=perl,pid=144,uid=0\nOut of memory: Killed process "
     "144 (perl) total-vm:87033376kB, anon-rss:60356340kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:169956kB "
     "oom_score_adj:0\n", "constraint=CONSTRAINT_NONE  the kernel saw no cgroup's limit, cpuset or"),
    ("less than no swap is free", words(r"Free swap  = 0kB", "Free swap  = -123456kB")(
        text_of("anon-no-swap--6.1-global-noswap")), "swapoff is at work: 121 MiB are"),
    ("a number cut before its unit is none", re.sub("rss:448KB.*", "rss:44800", DIRTY_CGROUP)
     .replace("cache:507172KB", "cache:0KB"), "in no counter         496 MiB"),
    ("numbered lines", "  1788 Jun 27 13:37:04 web kernel: [26319390.344305] node invoked oom-killer: gfp_mask=0x201da, "
     "order=0, oom_adj=0, oom_score_adj=0\n", "when    26319390.344305 s after boot"),
    ("the kernel's choice alone", "[  100.100000] Out of memory: Kill process 9 (x) score 511 or sacrifice child\n",
     "killed  x (9), or a child of it: chosen; its kill is not in this log"),
    ("marks that a boost raised, not printed before 5.13", BOOSTED % ("5.6.0", 4392, 4464, 4536),
     "set vm.watermark_boost_factor to 0"),
    ("marks as far apart as a quarter of min: no boost", BOOSTED % ("5.6.0", 4392, 5490, 6588),
     "lower vm.min_free_kbytes"),
    ("low memory in pieces too small is not full: no lowmem-exhausted under Also true", LOW_PIECES % "0x42d0",
     "what stopped it.\n\nMore: oomwhy wiki fragmentation"),
    ("pages that a task is locking", LOCKING % 200300, "are counted as mlocked;"),
    ("unevictable pages that no task holds", LOCKING % 2000, "are mlocked by processes;"),
    ("a thread of the victim was chosen: it is no child", THREAD_CHOSEN % (7120, 7120),
     "victim  the largest of 2 tasks"),
    ("the chosen has a row of its own: a child of it died", THREAD_CHOSEN % (7155, 7155),
     "victim  a child of java (7155)"),
    ("marks too high where no counter owns most of the memory", MARKS_OF_A_ROUTER % 100,
     "min-free-too-high, likely"),
    ("marks too high where processes hold the memory", MARKS_OF_A_ROUTER % 24000,
     "min-free-too-high, certain"),
    ("a table without swapped pages: the score tells what the row does not", killed_in_swap(300),
     "victim  its score of 300 stands for about 889 MiB, of which its row shows"),
    ("the same with a score of less than another has in RAM", killed_in_swap(100),
     "victim  locker (5600) has more in RAM, 391 MiB; what was in swap this kernel's"),
    ("memory and swap together that are not counted", THREAD_CHOSEN.replace(
        "swap: usage 262144kB, limit 262144kB", "swap: usage 0kB, limit 9007199254740988kB") % (7120, 7120),
     "(swapaccount=0)"),
    ("a cgroup blamed by its path, not by the constraint", SWAPPED_ELSEWHERE % 5120,
     "  6  oom_memcg=/foo"),
    ("no swap in a cgroup's counter, some in its tasks", SWAPPED_ELSEWHERE % 5120,
     "nothing is charged there, though its tasks have 20.0 MiB in swap"),
    ("the same without any in its tasks", SWAPPED_ELSEWHERE % 0,
     "nothing of it is swapped, though it may"),
    ("lines that a mail program refilled: a name ends where it must",
     "Jul  6 06:45:05 box kernel: [78751.516057] Killed process 95 (kuiserver) Jul  6 06:45:05 box kernel: "
     "[78751.519481] Killed process 91 (kwin) Jul  6 06:45:05 box kernel: [78751.522674] Killed process 31 (kmail)\n",
     "killed  kuiserver (95)"),
    ("a failure of the task that was killed just before (6.12)", text_of("anon-no-swap--6.12-swapoff"),
     "killed  nobody: swapoff had just been killed"),
    ("the same on another host: it is no end of that kill", on_two_hosts(text_of("anon-no-swap--6.12-swapoff")),
     "killed  nobody\n"),
    ("the same pid a minute later is another's", re.sub(
        r"(?m)^\[    6(?=\.(9[2-9])\d+\])", "[   66", text_of("anon-no-swap--6.12-swapoff")),
     "killed  nobody\n"),
    ("a panic for want of anybody to kill, and no other line: a quiet console",
     "[    1.204411] Kernel panic - not syncing: System is deadlocked on memory\n",
     "victim  the kernel found nobody it may kill, and panicked"),
    ("swapoff, by its trace", ORIGIN % {"comm": "swapoff", "frame": "SyS_swapoff", "score": 0},
     "victim  it was turning swap off"),
    ("the end of KSM's merging, by its trace",
     ORIGIN % {"comm": "sh", "frame": "unmerge_and_remove_all_rmap_items", "score": 0},
     "victim  it was undoing KSM's merging"),
    ("the mark alone", ORIGIN % {"comm": "sh", "frame": "run_store", "score": -1369716241},
     "victim  marked as the origin of the shortage"),
    ("neither the mark nor its trace", ORIGIN % {"comm": "sh", "frame": "run_store", "score": 0},
     "victim  by the printed table dhclient (356) ranks first"),
    ("stacks are of threads, which the table does not name", text_of("kernel-stacks--6.12-global-stacks"),
     "5 processes are in the table"),
    ("and they may be the victim's", text_of("kernel-stacks--6.12-global-stacks"), "is in nobody's rss; next:"),
    ("a piece larger than all of the zone", words("order:0", "order:10")(words("managed:15360kB", "managed:3840kB")(
        text_of("dma-zone-exhausted--6.12-failure-dma"))), "  not     vm.lowmem_reserve_ratio: zone DMA could give 3.6 MiB"),
    ("what lost counters held is not in no counter", LOST_LRU, "  not in this log      7.0 MiB"),
    ("a large piece of a zone", words("order:0", "order:10")(text_of("dma-zone-exhausted--6.12-failure-dma")),
     "  not     vm.lowmem_reserve_ratio: it keeps pages back, not pieces of 4.0 MiB"),
    ("a zone without memory", words(r"(Node 0 DMA .*)managed:15360kB", r"\1managed:0kB")(
        text_of("dma-zone-exhausted--6.12-failure-dma")), "  not     vm.lowmem_reserve_ratio: zone DMA has nothing to keep"),
    ("the line of the kill is lost, the reaper's is there", lines_with("Killed process", "oom-kill:")(
        text_of("anon-no-swap--6.12-rt-global-noswap")) + REAPED % 154, "  killed  hog (154): reaped; the line of its kill"),
    ("the reaper comes for somebody who is not in the table", lines_with("Killed process", "oom-kill:")(
        text_of("anon-no-swap--6.12-rt-global-noswap")) + REAPED % 7154, "  killed  not in this log"),
    ("the reaper comes for somebody else than was chosen", lines_with("Killed process")(
        text_of("anon-no-swap--6.12-rt-global-noswap")) + REAPED % 146, "  killed  hog (154): chosen; its kill is not in"),
    ("the reaper comes late for the victim of the report before", TWO_TRIGGERS + REAPED % 154, "  killed  not in this log"),
    ("the kernel's choice alone, since 5.0", TALOS.splitlines()[1] + "\n",
     "killed  worker (77): chosen; its kill is not in this log"),
    ("SLUB's line behind a Mem-Info without a head: its zones speak for it", HEADLESS_SLUB,
     "240 KiB free; the kernel's last try needs more"),
    ("a row of a task table whose head is lost is not the only task",
     "[  10.1] [ 7747]     0  7748  3226957  2875051    5692        0             0 eater\n"
     "[  10.2] Killed process 7748 (eater) total-vm:12907828kB, anon-rss:11500204kB, file-rss:0kB\n",
     "the largest of what the log has of the task table (rows: 1)"),
    ("no letters, and no piece of the size: certain", SINGLE_PAGES % ("", 800, 3200, 800, 0, 3200),
     "fragmentation, certain"),
    ("no letters, and pieces of the size below the mark: they may be of another type",
     SINGLE_PAGES % ("", 800, 3200, 780, 10, 3200), "fragmentation (likely)"),
    ("vmalloc goes on with single pages", HUGE_FIRST, "vmalloc tried a huge page first and"),
    ("a kill alone: what it had", LONE_KILL, "should have had 762 MiB of its own"),
    ("a kill alone of next to nothing", LONE_KILL.replace("rss:780000kB", "rss:4100kB"),
     "look elsewhere than at eater"),
    ("sysrq-f alone is proof of itself", "[   61.200000] sysrq: Manual OOM execution\n", "sysrq-manual, certain"),
    ("a notice of suppressed reports between vmalloc's lines", VMAP % (
        "[  913.400050] warn_alloc: 3 callbacks suppressed\n"), "request-too-large, certain"),
    ("nobody to name: no heading of who held the memory", VMAP % "" + "[  913.400300] Mem-Info:\n"
     "[  913.400400] active_anon:1300 inactive_anon:0 isolated_anon:0\n"
     "[  913.400400]  active_file:4000 inactive_file:1300 isolated_file:0\n", "would have served this\n\nEvidence"),
    ("an OpenVZ container at its own limit",
     "[  913.400400] Out of memory in UB 101: OOM killed process 77 (php-cgi) score 0 vm:281988kB, rss:17004kB, swap:0kB\n",
     "the OpenVZ container 101 has used up its own limit"),
    ("such a container's command takes a number only",
     "[  913.400400] Out of memory in UB 101;id: OOM killed process 77 (php-cgi) score 0 vm:281988kB, rss:17004kB, swap:0kB\n",
     "only who\n          runs the node can\n"),
    ("OpenVZ's killer for the whole node blames no container",
     "[  913.400100] 55 (php) invoked oom-killer in ub -1 generation 0 gfp 0x2005a\n"
     "[  913.400400] Out of memory: OOM killed process 77 (mysqld) score 0 vm:281988kB, rss:17004kB, swap:0kB\n"
     "[  913.500400] OOM killed process mysqld (pid=77, ve=101) exited, free=512 gen=0.\n",
     "and not a cgroup within its limit"),
    ("journalctl -o verbose has its time in the head's cursor",
     "Thu 2026-11-26 11:49:13.015489 CET [s=1d8f87cf60064ba690c44490f14bb3e3;i=10;b=796d12a513054cf1bbde201dd1bca9a1;"
     "m=1f6726955fe3;t=6612bb1b278c1;x=e5]\n"
     "    MESSAGE=Memory cgroup out of memory: Killed process 77 (tail) total-vm:4296kB, anon-rss:60kB, file-rss:516kB\n",
     "when    2026-11-26T"),
    ("a serial console's log that begins behind its prompt",
     "db1 login: [   13.781363] Out of memory: Killed process 77 (x) total-vm:32740kB, anon-rss:0kB, file-rss:3352kB\n",
     "when    13.781363 s after boot"),
    ("who turns swap off dies first, and is not small by chance",
     "[  913.400400] Out of memory: Killed process 77 (swapoff) total-vm:4680kB, anon-rss:60kB, file-rss:1764kB\n",
     "leave the swap on until processes are small enough"),
    ("the kernel's message behind what no envelope is known for",
     "  Warning  SpecialKilling  2m  watcher, db1  Memory cgroup out of memory: Kill process 77 (x) score 2109 or sacrifice child\n",
     "a cgroup has used up its own limit or that of a"),
]


def printed(text, *options):
    return subprocess.run([BINARY, *options], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout.decode()


def main():
    passed = failed = 0
    for name, text, said in PRINTS:
        if said in printed(text):
            passed += 1
        else:
            print(f"FAIL near-misses: {name}: {printed(text)}")
            failed += 1
    for name, text, said in LISTS:
        if said in printed(text, "--list"):
            passed += 1
        else:
            print(f"FAIL near-misses: {name}: {printed(text, '--list')}")
            failed += 1
    for name, fixture, edits, said in SAYS:
        text = text_of(fixture)
        for edit in edits:
            text = edit(text)
        message = first(text)["cause"]["headline"]
        if said in message:
            passed += 1
        else:
            print(f"FAIL near-misses: {name}: {message}")
            failed += 1
    rows = [(n, f, e, w, True) for n, f, e, w in NEAR_MISSES]
    rows += [(n, f, e, {w}, False) for n, f, e, w in SAME]
    for name, fixture, edits, want, is_near in rows:
        try:
            text = text_of(fixture)
            for edit in edits:
                text = edit(text)
        except (OSError, AssertionError) as error:
            print(f"FAIL near-misses: {name}: {error}")
            failed += 1
            continue
        event = first(text)
        slug = event["cause"]["slug"] if event else None
        if slug in want:
            passed += 1
        else:
            sure = event["cause"]["confidence"] if event else "-"
            kind = "near miss" if is_near else "trap"
            print(f"FAIL near-misses: {kind}: {name}: {slug} ({sure}), want "
                  f"{sorted(map(str, want))}")
            failed += 1
    print(f"near-misses: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
