# SPDX-License-Identifier: GPL-2.0-or-later
# Why: tests/rows.tsv lists every form that a kernel gave its reports; each needs a report that has it.
#
# compose.py calls this. A fixture *-composed-forms holds three reports of one kernel: the machine's, a cgroup's and a
# failed allocation; the others hold what only some kernels, vendors and machines print.

import random
import re

import compose as c
import traces

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


def text_of(log):
    """The messages without their stamps."""
    return "\n".join(line[15:] for line in log.lines)


def stamped(text, seed):
    log = c.Log(random.Random(seed))
    for line in text.split("\n"):
        log.say(line)
    return log


def change(log, seed, *pairs):
    """The log with each expression replaced; one that is not there is a mistake of this file."""
    text = text_of(log)
    for pattern, new in pairs:
        text, count = re.subn(pattern, new, text, flags=re.M)
        assert count, (seed, pattern)
    return stamped(text, seed)


def plain(v, seed, mix=None, tasks=None, **more):
    """The machine's report of a kernel, and its victim."""
    rng = random.Random(seed)
    fault, names, _, _ = c.masks(v)
    return c.global_oom(v, rng, mix or c.ANON, tasks or c.crowd(850000), fault, names, **more)


HOG = {"victim": "hog", "victim_pid": "4711", "filler": "anon"}


def trace_of_each_machine():
    for name, v, hardware, trace in traces.ALL:
        log, _ = plain(v, "trace" + name)
        text = text_of(log)
        name_line = f"Hardware name: {hardware}\n" if hardware and v >= (3, 10) else ""
        text = re.sub(r"^(?:Hardware name:.*\n)?Call Trace:\n(?: <TASK>\n)?(?: .*\+0x.*\n)+(?: </TASK>\n)?",
                      lambda m, new=name_line + trace + "\n": new, text, count=1, flags=re.M)
        assert trace in text, name
        one("anon-no-swap", v, "trace-" + name, f"The stack and registers of {name}.", stamped(text, name), **HOG)


def kill_lines():
    def edited(cause, v, name, what, *pairs, **truth):
        log, _ = plain(v, name)
        one(cause, v, name, what, change(log, name, *pairs), **truth)

    edited("anon-no-swap", (4, 19), "kdump", "A tainted kernel with a crash kernel loaded.",
           (r"^(CPU: 1 PID: 4711 Comm: hog) Not tainted (.*)$",
            r"\1 Kdump: loaded Tainted: G        W  O      \2\nTainted: [W]=WARN, [O]=OOT_MODULE"), **HOG)
    edited("anon-no-swap", (4, 4), "allocating-4.4", "vm.oom_kill_allocating_task was set.",
           (r"^Out of memory: Kill process", "Out of memory (oom_kill_allocating_task): Kill process"),
           victim="hog", victim_finding="allocating-task")
    edited("anon-no-swap", (2, 6, 26), "mpol-bind", "A task bound to its nodes ran out of their memory.",
           (r"^Out of memory: kill", "No available memory (MPOL_BIND): kill"), victim="hog", constraint="mempolicy",
           second="mempolicy-bind")
    edited("anon-no-swap", (2, 6, 21), "in-cpuset", "A task ran out of its cpuset's memory.",
           (r"^Out of memory: kill", "No available memory in cpuset: kill"), victim="hog", constraint="cpuset",
           second="cpuset-hardwall unknown")
    edited("anon-no-swap", (4, 4), "child", "A child was killed in its parent's place.",
           (r"^Killed process 4711 \(hog\)", "Killed process 1034 (httpd)"), victim="httpd", victim_finding="child-sacrifice")
    edited("anon-no-swap", (3, 2), "sharing", "Two processes share their memory.",
           (r"^(Killed process 4711 .*)$", r"\1\nKill process 4712 (hog helper) sharing same memory"), **HOG)
    edited("anon-no-swap", (5, 10), "exiting", "The victim had begun to exit by itself.",
           (r"^Out of memory: Killed process.*$",
            "Out of memory: OOM victim 4711 (hog) is already exiting. Skip killing the task"), **HOG)
    edited("anon-no-swap", (4, 9), "pinned", "The victim shares its memory with init.",
           (r"^oom_reaper: .*$", "oom killer 4711 (hog) has mm pinned by 1 (init)"), **HOG)
    edited("anon-no-swap", (4, 9), "unreaped", "The reaper did not get the victim's mmap_sem.",
           (r"^oom_reaper: .*$", "oom_reaper: unable to reap pid:4711 (hog)"), **HOG)
    edited("anon-no-swap", (4, 8), "giving-up", "The reaper of 4.8 gives up.",
           (r"^oom_reaper: .*$", "oom_reaper: giving up pid:4711 (hog)"), **HOG)
    for v, lines in (((2, 6, 10), "Fixed up OOM kill of mm-less task"), ((2, 6, 26), "tried to kill init!"),
                     ((2, 6, 27), "tried to kill an mm-less task!"), ((2, 6, 33), "tried to kill an mm-less task 88 (kjob)!")):
        edited("unknown" if v < (2, 6, 11) else "anon-no-swap", v, "mm-less", "A candidate was none.",
               (r"^(Out of [mM]emory: [Kk]ill.*)$", r"\1\n" + lines), victim="hog")
    edited("anon-no-swap", (5, 10), "group", "memory.oom.group killed the rest of the cgroup.",
           (r"^(Out of memory: Killed process 4711.*)$",
            r"\1\nTasks in /user.slice are going to be killed due to memory.oom.group set\n"
            r"Out of memory: Killed process 1033 (httpd) total-vm:392448kB, anon-rss:18016kB, file-rss:32kB, shmem-rss:0kB, "
            r"UID:48 pgtables:44kB oom_score_adj:0"), victim="hog", outcome="group-killed", victim_finding="group|largest")
    edited("anon-no-swap", (5, 10), "bare-summary", "A kernel without cpusets and memory cgroups.",
           (r",cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice", ""), **HOG)
    edited("anon-no-swap", (6, 17), "bpf", "A BPF program asked for the kill.",
           (r"CONSTRAINT_NONE", "CONSTRAINT_BPF_PSI"), victim="hog", constraint="any", second="unknown userspace-policy")
    edited("anon-no-swap", (4, 4), "i915", "The GPU's shrinker says what it gave back.",
           (r"^(Call Trace:)$", r"Unable to purge GPU memory due lock contention.\n\1"),
           (r"^(Mem-Info:)$", r"Purging GPU memory, 0 bytes freed, 8294400 bytes still pinned.\n\1"), **HOG)
    edited("anon-no-swap", (3, 2), "no-table", "The task table was lost.",
           (r"^\[ pid \].*\n(?:\[ *\d+\].*\n)+", ""), victim="hog")
    edited("anon-no-swap", (5, 10), "names", "Names that are hard to read.",
           (r"^(\[   4711\].*)$", r"\1\n[   5001]     0  5001      100       10    28672        0             0 two words\n"
                                   r"[   5002]     0  5002      100       10    28672        0             0 "), **HOG)
    edited("anon-no-swap", (6, 18), "profiling-off", "Allocation profiling had been turned off.",
           (r"^(Tasks state.*)$", r"Memory allocations (profiling is currently turned off):\n"
                                 r"    22.0 MiB     5632 mm/slub.c:2433 func:alloc_slab_page\n\1"), **HOG)
    edited("anon-no-swap", (6, 19), "protection-runs-on", "The line of memcg protection has no newline of its own.",
           (r"^(Tasks state.*)$", r"Memory cgroup min protection 0kB -- low protection 16kB\1"), **HOG)
    edited("anon-no-swap", (4, 19), "nvm", "A vendor's zone of persistent memory.",
           (r"^Node 0 Normal free", "Node 0 NVM free"), (r"^Node 0 Normal: ", "Node 0 NVM: "), victim="hog", filler="anon")
    edited("anon-no-swap", (4, 9), "letters", "All migrate types among the free blocks.",
           (r"^Node 0 Normal: (\d+)\*4kB (?:\(\w+\) )?(\d+)\*8kB (?:\(\w+\) )?(\d+)\*16kB (?:\(\w+\) )?",
            r"Node 0 Normal: \1*4kB (UMEH) \2*8kB (UC) \3*16kB (MI) "), **HOG)
    edited("anon-no-swap", (2, 6, 18), "empty", "A zone without free pages.",
           (r"^(Swap cache: .*)$", r"HighMem: empty\n\1"), **HOG)
    edited("anon-no-swap", (3, 19), "huawei", "A vendor's field at the end of a zone's line.",
           (r"all_unreclaimable\? (?:yes|no)$", "all_unreclaimable? no cma_watermark:20480kB"), (r"^Node 0 (DMA|Normal|Node)", r"\1"),
           victim="hog", filler="anon")
    edited("anon-no-swap", (4, 1), "cma-wraps", "More CMA pages than reserved ones.",
           (r"^(\d+) pages reserved\n0 pages cma reserved$",
            lambda m: f"{2 ** 64 + int(m[1]) - 40960} pages reserved\n40960 pages cma reserved"), **HOG)
    edited("anon-no-swap", (3, 2), "order8", "A kernel whose largest block is 512 kB.",
           (r"(?m)^(Node 0 )?(\w+): (.*?)(\d+)\*512kB (\d+)\*1024kB (\d+)\*2048kB (\d+)\*4096kB =",
            lambda m: f"{m[2]}: {m[3]}{int(m[4]) + 2 * int(m[5]) + 4 * int(m[6]) + 8 * int(m[7])}*512kB ="),
           (r"^Node 0 (DMA32|DMA|Normal) ", r"\1 "), victim="hog", filler="anon")
    edited("anon-no-swap", (6, 12), "gfp-unnamed", "A bit of the mask has no name.",
           (r"gfp_mask=0x100dca\([^)]*\)", "gfp_mask=0x2140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|0x2000000)"), **HOG)
    edited("anon-no-swap", (5, 10), "mem-info-late", "A vendor's kernel prints Mem-Info behind the kill.",
           (r"(?s)(Mem-Info:\n.*?hwpoisoned\n)(.*?Out of memory: Killed process[^\n]*\n)", r"\2\1"), **HOG)
    edited("anon-no-swap", (6, 12), "trigger-cut", "The trigger's line was cut at the screen's edge, before its mask.",
           (r"(invoked oom-killer:) .*$", r"\1 gfp_m"), victim="hog", filler="anon")
    edited("anon-no-swap", (3, 13), "trigger-in-three", "The trigger's line was wrapped twice.",
           (r"(invoked oom-killer:) (gfp_mask=.*,) (order=.*,) (oom_score_adj=.*)$", r"\1\n\2\n\3\n\4"), **HOG)
    edited("anon-no-swap", (4, 6), "trigger-next", "linux-next of early 2016 printed the mask last.",
           (r"(invoked oom-killer:) (gfp_mask=.*), (order=.*)$", r"\1 \3, \2"), **HOG)
    edited("anon-no-swap", (3, 13), "gfp-cold", "A page of a file was read.", (r"gfp_mask=0x280da", "gfp_mask=0x201da"), **HOG)
    edited("anon-no-swap", (4, 4), "gfp-bare", "Only the mask tells the kernel.", (r"gfp_mask=0x24280ca", "gfp_mask=0x24201ca"),
           (r"^CPU: .*\n", ""), **HOG)
    log, _ = c.global_oom((3, 13), random.Random("fork"), c.LIGHT, c.crowd(330000), 0x3000d0, "", order=2, roomy=True,
                          frames=c.KERNEL)
    text = text_of(log)
    one("fragmentation", (3, 13), "gfp-fork", "fork asked for a stack of order 2.", stamped(text, "fork"), victim="hog", order="2")
    edited("mempolicy-bind", (4, 14), "policy-4.14", "The policy of the task allows node 1 alone.",
           (r"nodemask=\(null\)", "nodemask=1"), (r"mems_allowed=0", "mems_allowed=0-1"), (r"Node 0 ", "Node 1 "),
           (r"^(\d+) pages RAM$", lambda m: f"{2 * int(m[1])} pages RAM"),
           (r"^ free:(\d+)", lambda m: f" free:{int(m[1]) + 900000}"),
           victim="hog", constraint="mempolicy", second="anon-no-swap")
    edited("cpuset-hardwall", (4, 4), "cpuset-4.4", "The cpuset of the task allows node 1 alone.",
           (r"cpuset=/ mems_allowed=0", "cpuset=box mems_allowed=1"), (r"Node 0 ", "Node 1 "),
           (r"^(\d+) pages RAM$", lambda m: f"{2 * int(m[1])} pages RAM"),
           (r"^ free:(\d+)", lambda m: f" free:{int(m[1]) + 900000}"),
           victim="hog", constraint="cpuset", second="anon-no-swap")


def panics():
    def end(v, name, what, lines, cut=True, **truth):
        log, _ = plain(v, name)
        text = text_of(log)
        at = min(i for i in (text.find("Out of memory: "), text.find("Out of Memory: "), text.find("oom-kill:constraint")) if i >= 0)
        one("anon-no-swap", v, name, what, stamped(text[:at] + lines, name), outcome="panic", victim_finding="nobody", **truth)

    panic = "Kernel panic - not syncing: "
    end((4, 4), "panic-no-killable", "Nobody was left to kill.", panic + "Out of memory and no killable processes...\n")
    end((4, 19), "deadlocked", "Nobody was left to kill.",
        "Out of memory and no killable processes...\n" + panic + "System is deadlocked on memory\n")
    for v, name, words in (((2, 6, 18), "panic-2.6.18", "out of memory. panic_on_oom is selected"),
                           ((2, 6, 26), "panic-2.6.22", "out of memory. Compulsory panic_on_oom is selected."),
                           ((2, 6, 29), "panic-2.6.29", "out of memory from page fault. panic_on_oom is selected."),
                           ((2, 6, 34), "panic-2.6.34", "out of memory(memcg). panic_on_oom is selected."),
                           ((3, 2), "panic-compulsory", "Out of memory: compulsory panic_on_oom is enabled")):
        more = {"constraint": "memcg", "second": "memcg-limit"} if "memcg" in words else {}
        end(v, name, "vm.panic_on_oom is set.", panic + words + "\n", **more)
    words = "Out of memory: system-wide panic_on_oom is enabled"
    end((4, 4), "panic-wide", "vm.panic_on_oom is 1.", f"{panic}{words}\n\n---[ end {panic}{words}\n ]---\n"
        .replace("\n ]---", " ]---"))


def ignored():
    for v, words, outcome in (((4, 9), "OOM request ignored because killer is disabled", "none"),
                              ((4, 14), "OOM request ignored. No task eligible", "no-killable-process")):
        log = stamped(f"sysrq: SysRq : Manual OOM execution\n{words}", words)
        one("sysrq-manual", v, "ignored-4." + ("0" if v < (4, 12) else "12"), "sysrq-f asked in vain.", log, outcome=outcome,
            victim_finding="nobody|unknown")
    log, _ = c.manual((4, 4), random.Random("leaked"), c.crowd(330000))
    log, _ = plain((6, 1), "leaked")
    log.say("Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF")
    one("anon-no-swap", (6, 1), "leaked", "A fault was tried again.", log, **HOG)
    one("unknown", (2, 6, 26), "vm-killing", "A page fault got no page and killed who caused it.",
        stamped("VM: killing process httpd", "vm"), victim="httpd")


def refusals():
    def refused(v, name, what, text, cause="request-too-large", **truth):
        one(cause, v, name, what, stamped(text, name), kind="allocation-failure", **{"second": "any", **truth})

    one("unknown", (2, 4), "2.4", "2.4 says no more.", stamped(
        "__alloc_pages: 0-order allocation failed.\nOut of Memory: Killed process 911 (httpd).", "2.4"),
        kind="allocation-failure", events="2", second="cannot-wait", **{"event2.kind": "oom", "event2.victim": "httpd",
                                                                      "event2.outcome": "killed"})
    refused((2, 4), "2.4-gfp", "2.4 of a vendor.", "__alloc_pages: 3-order allocation failed (gfp=0x20/1)", "cannot-wait", order="3")
    old = "Call Trace:\n [<c0104c7a>] dump_stack+0x12/0x14\n [<c015d1f0>] __vmalloc_node+0x1f/0x3f"
    new = "Call Trace:\n dump_stack+0x46/0x5b\n warn_alloc+0xf9/0x171\n __vmalloc_node_range+0x1f8/0x232"
    cpu = "CPU: 0 PID: 2020 Comm: prog Not tainted {} #1\n"
    refused((2, 6, 24), "vmalloc-2.6.24", "The address space of vmalloc was used up.",
            "allocation failed: out of vmalloc space - use vmalloc=<size> to increase size.")
    refused((2, 6, 28), "vmap-2.6.28", "The address space of vmalloc was used up.",
            "vmap allocation failed: use vmalloc=<size> to increase size.")
    refused((3, 2), "vmap-3.2", "The address space of vmalloc was used up.",
            "vmap allocation for size 268439552 failed: use vmalloc=<size> to increase size")
    refused((6, 12), "vmap-6.12", "The address range of vmalloc was used up.",
            "vmalloc_node_range for size 268439552 failed: Address range restricted to 0xe0800000 - 0xff800000")
    memory = text_of(stamped("", "x"))
    m = c.Log(random.Random("vm"))
    c.mem_info(m, c.Machine((4, 9), random.Random("vm"), c.LIGHT, roomy=True))
    memory = text_of(m)
    refused((4, 9), "vmalloc-4.9", "More than the machine has.",
            "prog: vmalloc: allocation failure: 137438957568 bytes, mode:0x14080c2(GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO)\n"
            + cpu.format("4.9.0-1-amd64") + new + "\n" + memory)
    refused((4, 9), "vmalloc-part", "Not all pages were there.",
            "prog: vmalloc: allocation failure, allocated 1052672 of 2101248 bytes, mode:0x14080c2(GFP_KERNEL|__GFP_HIGHMEM|"
            "__GFP_ZERO)\n" + cpu.format("4.9.0-1-amd64") + new + "\n" + memory, "unknown")
    m = c.Log(random.Random("vm"))
    c.mem_info(m, c.Machine((5, 15), random.Random("vm"), c.LIGHT, roomy=True))
    memory = text_of(m)
    for name, words, size in (("exceeds", "exceeds total pages", 137438957568), ("struct", "vm_struct allocation failed", 8192),
                              ("array", "failed to allocated page array size 16384", 8392704),
                              ("order", "page order 9, failed to allocate pages", 4198400),
                              ("pages", "failed to allocate pages", 2101248), ("map", "failed to map pages", 2101248)):
        refused((5, 15), "vmalloc-error-" + name, "vmalloc failed.", f"prog: vmalloc error: size {size}, {words}, mode:0xcc2("
                "GFP_KERNEL|__GFP_HIGHMEM), nodemask=(null),cpuset=/,mems_allowed=0\n" + cpu.format("5.15.0-1-amd64") + new + "\n"
                + memory, "request-too-large" if name in ("exceeds", "struct") else "unknown")
    cache = ("  cache: kmalloc-2048, object size: 2048, buffer size: 2048, default order: 3, min order: 0\n{}"
             "  node 0: slabs: 34, objs: 544, free: 0")
    refused((3, 2), "slub-3.2", "SLUB got no page.", "SLUB: Unable to allocate memory on node -1 (gfp=0x20)\n" + cache.format(""),
            "cannot-wait")
    refused((4, 9), "slub-4.9", "SLUB got no page.", "SLUB: Unable to allocate memory on node -1, gfp=0x2080020(GFP_ATOMIC)\n"
            + cache.format("  kmalloc-2048 debugging increased min order, use slub_debug=O to disable.\n"), "cannot-wait")
    refused((6, 12), "slub-6.12", "SLUB got no page.", "SLUB: Unable to allocate memory on CPU 1 (of node 0) on node -1, "
            "gfp=0x820(GFP_ATOMIC)\n" + cache.format(""), "cannot-wait")
    refused((3, 2), "slab", "SLAB got no page.", "SLAB: Unable to allocate memory on node 0 (gfp=0x20)\n"
            "  cache: size-2048, object size: 2048, order: 0\n  node 0: slabs: 21/21, objs: 42/42, free: 0", "cannot-wait")
    refused((3, 2), "nommu", "A machine without an MMU had no block of that length.",
            "Allocation of length 1052672 from process 71 (busybox) failed", "unknown")
    refused((2, 6, 32), "nommu-2.6.32", "A machine without an MMU had no block of that length.",
            "Allocation of length 4128768 from process 57 failed", "unknown")
    small = ("DMA per-cpu:\ncpu 0 hot: high 18, batch 3 used:5\ncpu 0 cold: high 6, batch 1 used:5\nDMA32 per-cpu: empty\n"
             "Free pages:       19364kB (0kB HighMem)\n"
             "Active:2600 inactive:3900 dirty:0 writeback:0 unstable:0 free:4841 slab:1800 mapped:0 pagetables:0\n"
             "DMA free:19364kB min:948kB low:1184kB high:1420kB active:10400kB inactive:15600kB present:56320kB "
             "pages_scanned:0 all_unreclaimable? no\nlowmem_reserve[]: 0 0 0 0\n"
             "DMA32 free:0kB min:0kB low:0kB high:0kB active:0kB inactive:0kB present:0kB pages_scanned:0 "
             "all_unreclaimable? no\nlowmem_reserve[]: 0 0 0 0\n"
             "DMA: 47*4kB 25*8kB 24*16kB 17*32kB 18*64kB 20*128kB 16*256kB 10*512kB 5*1024kB 0*2048kB 0*4096kB "
             "= 19364kB\nDMA32: empty")
    refused((2, 6, 19), "nommu-2.6.19", "A machine without an MMU had no block of that length.",
            "Allocation of length 1200128 from process 57 failed\n" + small, "fragmentation", order="9")
    refused((4, 14), "cma-4.14", "A CMA area was full.",
            "cma: cma_alloc: alloc failed, req-size: 1350 pages, ret: -12", "area-full")
    refused((6, 1), "cma-6.1", "Pages in a CMA area could not be moved.",
            "cma: cma_alloc: linux,cma: alloc failed, req-size: 768 pages, ret: -16", "area-full")
    refused((6, 12), "cma-6.12", "A CMA area was full.",
            "cma: __cma_alloc: reserved: alloc failed, req-size: 4096 pages, ret: -12", "area-full")
    refused((6, 6), "cma-used-up", "A CMA area was used up.",
            "cma: cma_alloc: linux,cma: alloc failed, req-size: 2040 pages, ret: -16\n"
            "cma: number of available pages: 27@5+1@997+1100@11000=> 1128 free of 16384 total pages", "area-full")
    refused((6, 18), "cma-ranges", "A CMA area was in pieces.",
            "cma: __cma_alloc: linux,cma: alloc failed, req-size: 1024 pages, ret: -12\n"
            "cma: number of available pages: \ncma: range 0: 700@64+900@2048\ncma: => 1600 free of 16384 total pages",
            "area-full")
    refused((6, 6), "cma-signal", "A request for CMA was broken off.",
            "cma: cma_alloc: linux,cma: alloc failed, req-size: 768 pages, ret: -4", "unknown")
    refused((3, 2), "swiotlb-3.2", "The bounce buffers were full.",
            "DMA: Out of SW-IOMMU space for 9216 bytes at device 0000:03:00.0", "area-full")
    refused((4, 9), "swiotlb-4.9", "The bounce buffers were full.",
            "ahci 0000:00:1f.2: swiotlb buffer is full (sz: 65536 bytes)\n"
            "DMA: Out of SW-IOMMU space for 65536 bytes at device 0000:00:1f.2", "area-full")
    refused((6, 6), "swiotlb-6.6", "The bounce buffers were full.",
            "mt7921e 0000:02:00.0: swiotlb buffer is full (sz: 3776 bytes), total 32768 (slots), used 32767 (slots)",
            "area-full")
    refused((6, 12), "swiotlb-long", "A mapping was longer than swiotlb can bounce.",
            "vfe 1a000000.vfe: swiotlb buffer is full (sz: 786432 bytes), total 32768 (slots), used 12 (slots)",
            "area-full")
    refused((3, 2), "percpu-3.2", "The space for modules' per-CPU variables was full.",
            "PERCPU: allocation failed, size=2304 align=64, alloc from reserved chunk failed\n"
            "Pid: 2020, comm: modprobe Not tainted 3.2.0-1-amd64 #1\n"
            "Call Trace:\n [<ffffffff810f3a5c>] pcpu_alloc+0x3bd/0x3e0\n"
            " [<ffffffff8108d3f5>] load_module+0x8a1/0x19f0", "area-full")
    refused((6, 1), "percpu-atomic", "A request that may not wait found no room in the chunks.",
            "percpu: allocation failed, size=24 align=8 atomic=1, atomic alloc failed, no space left\n"
            "CPU: 3 PID: 2020 Comm: nft Not tainted 6.1.90 #1\n"
            "Call Trace:\n <TASK>\n dump_stack_lvl+0x48/0x70\n pcpu_alloc+0x6e2/0x7d0\n </TASK>", "area-full")
    refused((6, 6), "percpu-6.6", "No pages for a chunk of per-CPU variables.",
            "percpu: allocation failed, size=8 align=8 atomic=0, failed to populate\n"
            "CPU: 0 PID: 2020 Comm: ip Not tainted 6.6.9 #1\n"
            "Call Trace:\n <TASK>\n dump_stack_lvl+0x48/0x70\n pcpu_alloc+0x6e2/0x7d0\n </TASK>", "unknown")
    one("overcommit-refused", (6, 6), "overcommit-6.6", "The commit limit refused.",
        stamped("__vm_enough_memory: pid: 4711, comm: hog, not enough memory for the allocation", "oc"),
        kind="overcommit-refusal", outcome="none")


def cgroups():
    rng = random.Random("cgroups")
    path = "/lab.slice/box.service"
    for v, name, version in (((5, 4), "v1-as-v2", 1), ((6, 6), "v1-stat", 1)):
        log, who = cgroup(v, rng, 65536, c.crowd(65100)[-1:], path, path, version)
        one("memcg-limit", v, name, "hog filled its v1 cgroup.", log, constraint="memcg", victim=who.name, filler="anon",
            limit_bytes="268435456")
    for v, name, page in (((6, 12), "64k-memcg", 64), ((6, 12), "16k-memcg", 16)):
        log, who = cgroup(v, rng, 65536, c.crowd(65100)[-1:], path, path, 2, page=page)
        big = page // 4
        log = change(log, name, (r"^(\[   4711\] +1000 +4711) .*$", rf"\1 {68121 // big:8} {65100 // big:8} {65092 // big:8} 0 0 "
                                 rf"1064960 0 0 hog"))
        one("memcg-limit", v, name, f"Pages of {page} kB.", log, constraint="memcg", victim=who.name, filler="anon",
            page_size_bytes=str(page * 1024))
    log, who = cgroup((4, 19), rng, 65536, c.crowd(65100)[-1:], path, path)
    one("memcg-limit", (4, 19), "32bit-memcg", "A 32-bit kernel's unlimited counter.",
        change(log, "32", (r"limit 9007199254740988kB", "limit 8589934588kB")), constraint="memcg", victim=who.name)
    log, who = cgroup((4, 4), rng, 65536, c.crowd(65100)[-1:], path, path)
    one("memcg-limit", (4, 4), "limit-reached", "Nobody in the cgroup may be killed.",
        change(log, "reached", (r"^Task in .*$", f"Memory limit reached of cgroup {path}"),
               (r"^Memory cgroup out of memory: .*\nKilled.*$", "Memory cgroup out of memory: no killable processes") if False else
               (r"^Memory cgroup out of memory: .*\nKilled.*$", "Out of memory and no killable processes...")),
        constraint="memcg", outcome="no-killable-process", victim_finding="nobody")
    log, who = cgroup((3, 10), rng, 65536, c.crowd(65100)[-1:], path, path)
    one("memcg-limit", (3, 10), "el7-memcg", "RHEL 7 leaves the path out.",
        change(log, "el7", (r"^Memory cgroup stats for \S+: ", "Memory cgroup stats: "),
               (r"3\.10\.0-1-amd64", "3.10.0-514.el7.x86_64")), constraint="memcg", victim=who.name)
    # The record is full within the last number of pglazyfreed.
    log, who = cgroup((5, 18), rng, 65536, c.crowd(65100)[-1:], path, path, 2)
    text = text_of(log)
    at = text.index("anon ", text.index("Memory cgroup stats"))
    body = text[at:text.index("\nTasks state")]
    body = body[:body.index("\nthp_fault")]
    body = body.replace("vmalloc 0", "vmalloc 0\n" + "\n".join(f"vendor_{n:03} {'0' * 9}1" for n in range(7)))
    body = body.replace("sock 0", "sock " + "0" * (995 - len(body)))[:991]
    one("memcg-limit", (5, 18), "stat-number", "memory.stat was cut within a number.",
        stamped(text[:at] + body + text[text.index("\nTasks state"):], "number"), constraint="memcg", victim=who.name)


def vendors():
    def named(v, release, name, what, *pairs, tasks=None, cause="anon-no-swap", arch="amd64", mix=None, **truth):
        log, _ = plain(v, name, mix=mix, tasks=tasks, arch=arch)
        old = ".".join(map(str, v)) + ("" if v < (3, 0) else ".0") + "-1-amd64"
        if old not in text_of(log):
            old = "x"
        log = change(log, name, *((re.escape(old), release),) if old != "x" else (), *pairs)
        one(cause, v, name, what, log, **{"victim": "hog", **truth})

    named((2, 6, 36), "2.6.32-642.11.1.el6.x86_64", "el6", "RHEL 6.",
          (r"^Killed process 4711 \(hog\) ", "Killed process 4711, UID 1000, (hog) "), **HOG)
    named((2, 6, 36), "2.6.32-642.el6.x86_64", "el6-spared", "RHEL 6 went on without a kill.",
          (r"^Out of memory: Kill.*\nKilled.*$", "Would have killed process 4711 (hog). But continuing instead."),
          outcome="none", victim="any", victim_finding="any")
    named((2, 6, 9), "", "rhel4-off", "RHEL 4 with vm.oom-kill = 0.",
          (r"^Out of Memory: Killed.*$", "Would have oom-killed but /proc/sys/vm/oom-kill is disabled"), cause="unknown",
          outcome="none", victim="any", victim_finding="any")
    one("unknown", (2, 4), "rhel3", "RHEL 3 waits for a kill that is on its way.",
        stamped("Out of Memory: Killed process 911 (httpd).\nAvoiding OOM kill due to 1 pending", "rhel3"), victim="httpd")
    named((3, 10), "3.10.0-514.6.1.el7.x86_64", "el7-514", "RHEL 7.3.",
          (r"^(Killed process .*)$", r"\1, shmem-rss:16kB"), **HOG)
    named((3, 10), "3.10.0-1160.el7.x86_64", "el7-1160", "RHEL 7.9.", (r"gfp_mask=0x280da", "gfp_mask=0x1000d0"),
          (r"^Killed process 4711 \(hog\) (.*)$", r"Killed process 4711 (hog), UID 1000, \1, shmem-rss:0kB"), **HOG)
    named((4, 18), "4.18.0-147.el8.x86_64", "el8-147", "RHEL 8.1.",
          (r"^Out of memory: Kill process.*\nKilled process (.*)$", r"Out of memory: Killed process \1"), **HOG)
    named((4, 18), "4.18.0-240.el8.x86_64", "el8-240", "RHEL 8.3.",
          (r", nodemask=\(null\), order", ", order"), (r"^hog cpuset=.*\n", ""),
          (r"^Out of memory: Kill process.*\nKilled process (.*)$",
           r"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,"
           r"task=hog,pid=4711,uid=1000\nOut of memory: Killed process \1, UID:1000"), **HOG)
    named((5, 4), "5.4.17-2136.330.7.1.el8uek.x86_64", "uek6", "Oracle's kernel.",
          (r"(el8uek.x86_64) #1$", r"\1 #2"), **HOG)
    named((6, 1), "6.1.21-v7l+", "rpi-v7l", "A Raspberry Pi of 32 bits.", (r"Not tainted (6.1.21-v7l\+) #1$",
          r"Tainted: G         C        \1 #1642"), arch="i386", **HOG)
    named((3, 4), "3.4.0-g1a2b3c4", "android-3.4", "Android on arm, whose show_mem is its own.", (r"^Mem-Info:$", "Mem-info:"),
          (r"^(\d+) pages RAM\n(?:\d+ pages HighMem\n)?(\d+) pages reserved\n(\d+) pages shared\n\d+ pages non-shared$",
           r"\1 pages of RAM\n32010 free pages\n\2 reserved pages\n41200 slab pages\n\3 pages shared\n12 pages swap cached"), **HOG)


def sized(v, seed, page, orders, names, what, cause="anon-no-swap"):
    """The report of a machine whose pages are larger: the counts stay, the sizes grow."""
    log, _ = plain(v, seed)
    factor = page // 4
    lines = []
    for line in text_of(log).split("\n"):
        buddy = re.match(r"(Node 0 )?(\w+): (\d+\*4kB .*) = (\d+)kB$", line)
        if buddy:
            counts = [int(n) for n in re.findall(r"(\d+)\*\d+kB", line)]
            letters = dict(re.findall(r"\*(\d+)kB (\(\w+\))", line))
            more = sum(n << o for o, n in enumerate(counts[orders:], orders))
            counts = counts[:orders] + [0] * (orders - len(counts))
            if more:
                counts[orders - 1] += more >> (orders - 1)
            if orders > 11:
                counts[orders - 1], counts[10] = counts[10] >> (orders - 11), counts[10] & ((1 << (orders - 11)) - 1)
            items = "".join(f"{n}*{page << o}kB " + ((letters.get(str(4 << o), "(M)") + " ") if n and v >= (3, 8) else "")
                            for o, n in enumerate(counts))
            line = f"{buddy[1] or ''}{buddy[2]}: {items}= {int(buddy[4]) * factor}kB"
        elif re.match(r"(Node 0 )?\w+ free:|Node 0 active_anon|Free swap|Total swap|.*Killed process", line):
            line = re.sub(r"(\d+)(?=kB)", lambda m: str(int(m[1]) * factor), line)
        elif re.match(r"\[ *\d+\].* \d+ ", line) and v >= (4, 15):
            line = re.sub(r"^((?:\[ *\d+\])(?: +\d+){%d} +)(\d+)" % (7 if v >= (6, 8) else 4),
                          lambda m: m[1] + str(int(m[2]) * factor), line)
        for old, new in names:
            line = re.sub(old, new, line)
        lines.append(line)
    return "\n".join(lines)


def pages():
    arm = ((r"\bDMA32\b", "DMA32"),)
    for v, seed, page, orders, names, what in (
            ((5, 15), "arm64-64k", 64, 14, arm, "arm64 with pages of 64 kB."),
            ((6, 12), "rpi-2712", 16, 12, ((r"6\.12\.0-1-amd64", "6.12.20+rpt-rpi-2712"),), "A Raspberry Pi 5: pages of 16 kB."),
            ((4, 18), "ppc64-4.18", 64, 9, (), "ppc64le with pages of 64 kB."),
            ((2, 6, 32), "sparc64-2.6.32", 8, 11, ((r"^Node 0 ", ""), (r"^(\d+ pages shared)$", r"\1\n61 pages in pagetable cache")),
             "sparc64: pages of 8 kB.")):
        text = sized(v, seed, page, orders, names, what)
        one("anon-no-swap", v, seed, what, stamped(text, seed), victim="hog", page_size_bytes=str(page * 1024), filler="anon")
    log, _ = plain((5, 15), "android-arm64")
    one("anon-no-swap", (5, 15), "arm64-5.15-android", "Shadow call stacks.",
        change(log, "scs", (r" kernel_stack:(\d+)kB pagetables", r" kernel_stack:\1kB shadow_call_stack:4096kB pagetables")), **HOG)


def torn():
    """The kernel prints these in pieces, which a record each may become."""
    def tear(v, name, pattern, **truth):
        log, _ = plain(v, name) if not truth.get("log") else (truth.pop("log"), None)
        pieces = "\n".join(f"\\{n}" for n in range(1, re.compile(pattern).groups + 1))
        one(truth.pop("cause", "anon-no-swap"), v, "torn-" + name, "A line came out in pieces.",
            change(log, name, (pattern, pieces)), **{"victim": "hog", **truth})

    tear((5, 10), "oom-kill", r"^(oom-kill:constraint=CONSTRAINT_NONE,nodemask=\(null\))(,cpuset=/,mems_allowed=0)(,global_oom)"
         r"(,task_memcg=/user.slice)(,task=.*)$")
    tear((4, 4), "reserve", r"^(lowmem_reserve\[\]:)( .*)$")
    tear((4, 4), "node", r"^(Node 0 )((?:DMA32|DMA|Normal)(?: free|:).*)$")
    tear((4, 4), "blocks", r"^(Node 0 \w+: \d+\*4kB (?:\(\w+\) )?)(\d+\*8kB .*?)(= \d+kB)$")
    tear((4, 14), "trigger", r"^(hog invoked oom-killer: .*nodemask=)(\(null\))(,  order=.*)$")
    tear((4, 4), "cpuset", r"^(hog cpuset=)(/)( mems_allowed=0)$")
    rng = random.Random("torn")
    log = c.failure((4, 9), rng, c.crowd(330000)[-1])
    tear((4, 9), "failure", r"^(hog: )(page allocation failure: order:0)(, mode:.*)$", log=log, cause="cannot-wait",
         kind="allocation-failure", victim="any")
    path = "/lab.slice/box of hog"
    log, _ = cgroup((3, 14), rng, 65536, c.crowd(65100)[-1:], path, path)
    tear((3, 14), "task-in", r"^(Task in )(/lab.slice/box of hog)( killed as a result of limit of )(/lab.slice/box of hog)$",
         log=log, cause="memcg-limit", constraint="memcg")
    log, _ = cgroup((3, 16), rng, 65536, c.crowd(65100)[-1:], path, path)
    tear((3, 16), "stats", r"^(Memory cgroup stats for )(/lab.slice/box of hog:)( cache:.*)$", log=log, cause="memcg-limit",
         constraint="memcg")
    log, _ = cgroup((5, 10), rng, 65536, c.crowd(65100)[-1:], "/lab.slice/box", "/lab.slice/box", 2)
    log.lines = [line for line in log.lines if "oom_reaper" not in line]
    log.say("Tasks in /lab.slice/box are going to be killed due to memory.oom.group set")
    log.say("Memory cgroup out of memory: Killed process 4720 (sleep) total-vm:5264kB, anon-rss:96kB, file-rss:64kB, "
            "shmem-rss:0kB, UID:1000 pgtables:44kB oom_score_adj:0")
    tear((5, 10), "group", r"^(Tasks in )(/lab.slice/box)( are going to be killed due to memory.oom.group set)$", log=log,
         cause="memcg-limit", constraint="memcg", outcome="group-killed", victim_finding="group|largest")


def keep_all():
    for v in VERSIONS:
        keep_three(v)
    stalls()
    no_compaction()
    slab_busy()
    trace_of_each_machine()
    kill_lines()
    panics()
    ignored()
    refusals()
    cgroups()
    vendors()
    pages()
    torn()
