# SPDX-License-Identifier: GPL-2.0-or-later
# Why: tests/rows.tsv lists every form that a kernel gave its reports; each needs a report that has it.
#
# compose.py calls this. A fixture *-composed-forms holds three reports of one kernel: the machine's, a cgroup's and a
# failed allocation; the others hold what only some kernels, vendors and machines print.

import random

import compose as c

# The first kernel of each form (kernel-report.md, section A).
VERSIONS = [(2, 6, 9), (2, 6, 10), (2, 6, 11), (2, 6, 13), (2, 6, 16), (2, 6, 19), (2, 6, 20), (2, 6, 21), (2, 6, 25),
            (2, 6, 27), (2, 6, 28), (2, 6, 29), (2, 6, 30), (2, 6, 31), (2, 6, 32), (2, 6, 33), (2, 6, 36), (2, 6, 37),
            (2, 6, 39), (3, 0), (3, 4), (3, 5), (3, 6), (3, 7), (3, 8), (3, 9), (3, 12), (3, 14), (3, 15), (3, 17), (3, 19),
            (4, 0), (4, 1), (4, 2), (4, 4), (4, 5), (4, 6), (4, 8), (4, 9), (4, 11), (4, 12), (4, 13), (4, 15), (4, 17),
            (4, 19), (5, 0), (5, 1), (5, 3), (5, 4, 3), (5, 6), (5, 8), (5, 9), (5, 11), (5, 15), (5, 17), (5, 18), (6, 0),
            (6, 1), (6, 2), (6, 5), (6, 6), (6, 8), (6, 10), (6, 11), (6, 12), (6, 13), (6, 17), (6, 18), (6, 19), (7, 0),
            (7, 1)]

# Keys of cgroup v2's memory.stat in the order of 7.1, each with the first kernel that has it.
STAT = [("anon", (4, 5)), ("file", (4, 5)), ("kernel", (5, 18)), ("kernel_stack", (4, 6)), ("pagetables", (5, 11)),
        ("sec_pagetables", (6, 2)), ("percpu", (5, 9)), ("sock", (4, 5)), ("vmalloc", (5, 18)), ("shmem", (4, 12)),
        ("zswap", (5, 19)), ("zswapped", (5, 19)), ("zswap_incomp", (7, 1)), ("file_mapped", (4, 5)), ("file_dirty", (4, 5)),
        ("file_writeback", (4, 5)), ("swapcached", (5, 12)), ("anon_thp", (5, 2)), ("file_thp", (5, 11)),
        ("shmem_thp", (5, 11)), ("inactive_anon", (4, 5)), ("active_anon", (4, 5)), ("inactive_file", (4, 5)),
        ("active_file", (4, 5)), ("unevictable", (4, 5)), ("hugetlb", (6, 13)), ("slab_reclaimable", (4, 6)),
        ("slab_unreclaimable", (4, 6)), ("slab", (4, 6)), ("workingset_refault_anon", (5, 9)),
        ("workingset_refault_file", (5, 9)), ("workingset_activate_anon", (5, 9)), ("workingset_activate_file", (5, 9)),
        ("workingset_restore_anon", (5, 9)), ("workingset_restore_file", (5, 9)), ("workingset_nodereclaim", (4, 12)),
        ("pgdemote_kswapd", (6, 12)), ("pgdemote_direct", (6, 12)), ("pgdemote_khugepaged", (6, 12)),
        ("pgdemote_proactive", (6, 17)), ("pgscan", (4, 13)), ("pgsteal", (4, 13)),
        ("pgscan_kswapd", (6, 0)), ("pgscan_direct", (6, 0)), ("pgsteal_kswapd", (6, 0)), ("pgsteal_direct", (6, 0)),
        ("pgfault", (4, 5)),
        ("pgmajfault", (4, 5)), ("pgrefill", (4, 13)), ("pgactivate", (4, 13)), ("pgdeactivate", (4, 13)),
        ("pglazyfree", (4, 13)), ("pglazyfreed", (4, 13)), ("zswpin", (5, 19)), ("zswpout", (5, 19)),
        ("thp_fault_alloc", (5, 2)), ("thp_collapse_alloc", (5, 2))]
UNSPLIT = [("workingset_refault", (4, 12), (5, 9)), ("workingset_activate", (4, 12), (5, 9)),
           ("workingset_restore", (4, 20), (5, 9))]


def stat_v2(v, rng, limit, shmem=0):
    """memory.stat of a cgroup whose `limit` pages are nearly all anonymous."""
    numbers = {"anon": (limit - shmem - 180) * 4096, "file": shmem * 4096, "shmem": shmem * 4096, "kernel": 180 * 4096,
               "active_anon": (limit - shmem - 180) * 4096, "inactive_anon": shmem * 4096, "kernel_stack": 16384,
               "pagetables": 548864, "slab": 155648, "slab_reclaimable": 40960, "slab_unreclaimable": 114688, "percpu": 12288,
               "pgscan": 911204, "pgsteal": 30118}
    keys = [k for k, since in STAT if v >= since] + [k for k, since, until in UNSPLIT if since <= v < until]
    counts = ("workingset", "pg", "thp", "zswp")
    return [f"{k} {numbers.get(k, rng.randint(10 ** 9, 10 ** 11) if k.startswith(counts) else 0)}" for k in keys]


def stat_v1(limit, shmem=0):
    """memory.stat of cgroup v1, as 6.5 and later print it."""
    own = [("cache", shmem), ("rss", limit - shmem - 180), ("shmem", shmem), ("mapped_file", 0), ("dirty", 0),
           ("writeback", 0), ("workingset_refault_anon", 0), ("workingset_refault_file", 0), ("swap", 0)]
    lists = [("inactive_anon", shmem), ("active_anon", limit - shmem - 180), ("inactive_file", 0), ("active_file", 0),
             ("unevictable", 0)]
    lines = [f"{k} {n * 4096}" for k, n in own] + ["pgpgin 70011", "pgpgout 4655", "pgfault 90120", "pgmajfault 0"]
    lines += [f"{k} {n * 4096}" for k, n in lists] + [f"hierarchical_memory_limit {limit * 4096}",
                                                     "hierarchical_memsw_limit 9223372036854771712"]
    return lines + [f"total_{k} {n * 4096}" for k, n in own + lists]


def say_stats(log, v, lines):
    """One record up to 6.4, which is full at 992 bytes (with the NUL), 1024 from 6.3 on; then a line each."""
    if v >= (6, 5):
        for line in lines:
            log.say(line)
    else:
        log.say("\n".join(lines)[:991 if v < (6, 3) else 1023].rstrip())


def charge(log, what, usage, limit, failcnt):
    log.say(f"{what}: usage {usage}kB, limit {limit}kB, failcnt {failcnt}")


def cgroup(v, rng, limit, tasks, path, above, version=1, shmem=0, log=None, page=4, table=True):
    """The report of a cgroup at its limit of `limit` pages of 4 kB; with 2.6.29 to 3.8 Mem-Info comes too."""
    log, victim = log or c.Log(rng), tasks[-1]
    none = (9223372036854775807 // (page * 1024) * page if v >= (3, 19) else
            9007199254740991 if v < (3, 12) else 18014398509481983)
    mask, names = (0xd0, "") if v < (4, 4) else (c.masks(v)[2], "GFP_KERNEL")
    c.trigger(log, v, victim, mask, 0, names)
    c.stack(log, v, victim, c.CHARGE)
    if (2, 6, 30) <= v < (5, 0):
        if (3, 15) <= v < (3, 18):
            log.say(f"Task in {path}")
            log.say(f" killed as a result of limit of {above}")
            log.say("")
        else:
            log.say(f"Task in {path} killed as a result of limit of {above}")
    if v >= (2, 6, 30):
        charge(log, "memory", c.kb(limit), c.kb(limit), 4711)
        if version == 2 and v >= (5, 3):
            charge(log, "swap", 0, 0 if v < (6, 0) else none, 0)
        else:
            charge(log, "memory+swap", c.kb(limit), none, 0)
            if v >= (3, 8):
                charge(log, "kmem", 720 if v >= (4, 5) else 0, none, 0)
    if (3, 9) <= v < (5, 3):
        for one in [above] + ([path] if path != above else []):
            mine = one == path
            anon, shared = (c.kb(limit - shmem - 180), c.kb(shmem)) if mine else (0, 0)
            log.say(f"Memory cgroup stats for {one}: cache:{shared}KB rss:{anon}KB" + (" rss_huge:0KB" if v >= (3, 10) else "")
                    + (f" shmem:{shared}KB" if v >= (4, 12) else "") + f" mapped_file:{shared // 4}KB"
                    + (" dirty:0KB" if v >= (4, 2) else "") + (" writeback:0KB" if v >= (3, 12) else "")
                    + f" swap:0KB inactive_anon:{shared}KB active_anon:{anon}KB inactive_file:0KB active_file:0KB unevictable:0KB")
    elif v >= (5, 3):
        log.say(f"Memory cgroup stats for {above}:")
        say_stats(log, v, stat_v1(limit, shmem) if version == 1 and v >= (6, 5) else stat_v2(v, rng, limit, shmem))
    if v < (3, 9):
        c.mem_info(log, c.Machine(v, rng, c.LIGHT, roomy=True))
    if v >= (6, 19):
        log.say("Memory cgroup min protection 4096kB -- low protection 8192kB")
    c.task_table(log, v, tasks, asked=v >= (2, 6, 25))
    if v >= (5, 0):
        # 5.0 and 5.1 tell a stale constraint.
        what = "CONSTRAINT_NONE" if v < (5, 2) else "CONSTRAINT_MEMCG"
        log.say(f"oom-kill:constraint={what},nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={above},task_memcg={path},"
                f"task={victim.name},pid={victim.pid},uid={victim.uid}")
    c.kill(log, v, victim, limit, "Memory cgroup out of memory")
    return log, victim


def sites(log, v):
    """The ten largest allocation sites (6.10+)."""
    log.say("Memory allocations:" if v < (6, 18) else "Memory allocations (profiling is currently turned on):")
    for size, human, calls, where in ((3523215360, "3.28 GiB", 860160, "mm/memory.c:1103 func:folio_prealloc"),
                                      (23068672, "22.0 MiB", 5632, "mm/slub.c:2433 func:alloc_slab_page"),
                                      (4194304, "4.00 MiB", 256, "net/core/skbuff.c:660 [veth] func:__alloc_skb"),
                                      (524288, "512 KiB", 128, "kernel/fork.c:314 func:alloc_thread_stack_node")):
        log.say(f"{human if v >= (6, 12) else size:>12} {calls:8} {where}")


def machine(v, rng, log, tasks):
    """hog filled the machine: every table of the report, with numbers in places that are often zero."""
    m = c.Machine(v, rng, c.ANON)
    top = m.zones[-1]
    top.boost, top.highatomic, top.zspages = (512 if v >= (5, 17) else 0), 256, 640
    if v >= (5, 0):  # the printed marks hold the boost
        top.min, top.low, top.high = top.min + top.boost, top.low + top.boost, top.high + top.boost
    top.free = top.min + top.reserve[-1] - 31
    m.sec, m.thp = 96, 2048
    fault, names, _, _ = c.masks(v)
    victim = tasks[-1]
    c.trigger(log, v, tasks[1] if v >= (2, 6, 19) else victim, fault, 0, names)
    c.stack(log, v, tasks[1], c.FAULT)
    c.mem_info(log, m)
    if v >= (6, 10):
        sites(log, v)
    if v >= (6, 19):
        log.say("Memory cgroup min protection 0kB -- low protection 0kB")
    c.task_table(log, v, tasks, asked=True)
    if v >= (5, 0):
        log.say("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,"
                f"task={victim.name},pid={victim.pid},uid={victim.uid}")
    c.kill(log, v, victim, m.ram)
    return victim


def keep_three(v):
    rng = random.Random("forms" + repr(v))
    log = c.Log(rng)
    tasks = c.crowd(850000)
    tasks[1].adj, tasks[1].name = 300, "trigger task"
    victim = machine(v, rng, log, tasks)
    truth = {"victim": victim.name, "victim_pid": str(victim.pid), "order": "0" if v >= (2, 6, 13) else "any", "filler": "anon",
             "reclaim": "no-swap", "victim_finding": "largest|unknown", "page_size_bytes": "4096"}
    events = 1
    if v >= (2, 6, 29):
        log.rest(40)
        path = "/lab.slice/box.service" if v >= (3, 10) else "/lab/box"
        _, who = cgroup(v, rng, 65536, c.crowd(65100)[-1:], path, path, 2 if v >= (5, 3) else 1, log=log)
        events += 1
        truth.update({"event2.kind": "oom", "event2.cause": "memcg-limit", "event2.constraint": "memcg", "event2.victim": who.name,
                      "event2.outcome": "killed"})
        if v >= (2, 6, 30):
            truth.update({"event2.usage_bytes": "268435456", "event2.limit_bytes": "268435456", "event2.oom_memcg": path})
    log.rest(40)
    c.failure(v, rng, c.crowd(330000)[-1], log)
    events += 1
    truth.update({f"event{events}.kind": "allocation-failure", f"event{events}.outcome": "none",
                  f"event{events}.order": "0", f"event{events}.cause": "cannot-wait"})
    cause = "anon-no-swap"
    if v < (2, 6, 11):  # no line tells of swap
        cause, truth["reclaim"] = "unknown", "unknown"
    c.keep(cause, v, "forms", "Three reports in the form of this kernel: hog filled the machine; hog filled its cgroup; "
           "a driver could not wait.", log, {**truth, "events": str(events)})


# ---- what only some kernels, vendors and machines print -------------------------------------------------------------

def one(cause, v, name, what, log, **truth):
    truth = {"victim_finding": "any", **truth}
    if truth.get("kind") == "allocation-failure":
        truth = {"outcome": "none", **truth}
    c.keep(cause, v, "form-" + name, what, log, truth)


def stalls():
    for v in ((4, 9), (4, 11), (4, 14)):
        rng, log = random.Random("stall" + repr(v)), None
        log, task = c.Log(rng), c.Task(2210, 0, 99, 9, "tar")
        mask, names, _, _ = c.masks(v)
        policy = ", nodemask=(null)" if v >= (4, 11) else ""
        log.say(f"{task.name}: page allocation stalls for 10044ms, order:0, mode:0x{mask:x}({names}){policy}")
        if v >= (4, 11):
            log.say(f"{task.name} cpuset=/ mems_allowed=0")
        c.stack(log, v, task, ["dump_stack", "warn_alloc", "__alloc_pages_slowpath", "__alloc_pages_nodemask",
                               "alloc_pages_vma", "handle_mm_fault", "__do_page_fault"])
        c.mem_info(log, c.Machine(v, rng, c.ANON))
        one("anon-no-swap", v, "stall", "A request had been tried for ten seconds and was not given up.", log,
            kind="allocation-failure", order="0")


def no_compaction():
    v, rng = (4, 19), random.Random("compaction")
    log, tasks = c.Log(rng), c.crowd(330000)
    m = c.Machine(v, rng, c.LIGHT, order=3, roomy=True)
    c.trigger(log, v, tasks[-1], 0x6000c0, 3, "GFP_KERNEL")
    log.lines.insert(1, log.lines[0].split("] ")[0] + "] COMPACTION is disabled!!!")
    c.stack(log, v, tasks[-1], c.KERNEL)
    c.mem_info(log, m)
    c.task_table(log, v, tasks)
    c.kill(log, v, tasks[-1], m.ram)
    one("fragmentation", v, "no-compaction", "A kernel built without compaction had no block of order 3 left.", log,
        order="3", victim="hog")


def slab_busy():
    for v in ((4, 15), (5, 10)):
        rng = random.Random("busy" + repr(v))
        log, tasks = c.Log(rng), c.crowd(150000)
        m = c.Machine(v, rng, c.SLAB)
        mask, names = c.masks(v)[2:]
        c.trigger(log, v, tasks[-1], mask, 0, names)
        c.stack(log, v, tasks[-1], c.KERNEL)
        c.mem_info(log, m)
        log.say("excessive unreclaimable slab but cannot dump stats")
        c.task_table(log, v, tasks)
        if v >= (5, 0):
            log.say("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,"
                    f"task=hog,pid={tasks[-1].pid},uid={tasks[-1].uid}")
        c.kill(log, v, tasks[-1], m.ram)
        one("slab-unreclaimable", v, "slab-busy", "Slab filled the machine while its table was locked.", log, victim="hog",
            filler="slab")


def keep_all():
    for v in VERSIONS:
        keep_three(v)
    stalls()
    no_compaction()
    slab_busy()
