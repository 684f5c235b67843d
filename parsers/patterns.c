/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pattern table, one row a kind of line, and the only user of pcre2.
 *
 * A row matches the fixed part of a line; tails of "key:value" go to the field
 * scanner. Rows stand in the order in which they are tried. Versions and formats:
 * mm/oom_kill.c, mm/page_alloc.c, mm/show_mem.c, mm/memcontrol.c, 2.6.9 to 7.1. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "parsers/patterns.h"

#include "base/complain.h"
#include "parsers/plain_lines.h"
#include "parsers/sections.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* "0x100cca(GFP_HIGHUSER_MOVABLE)", "0x201da", "0x0()". */
/* What somebody made unreadable is no mask, and its beginning neither. */
#define MASK_BUT(more)                                                                 \
	"(?:(0x[0-9a-f]+(?![\\w*?#]" more ")|0(?![\\w*?#]" more                        \
	"))|[^\\s,(]+)(?:\\(([^()]*)\\))?"
#define MASK MASK_BUT("")
/* Of a line that goes on behind it always: what a cut left of it is none. */
#define MASK_AND_MORE MASK_BUT("|$|>|\xe2\x80\xa6|\\.\\.\\.")
#define NODE_LIST     "(\\(null\\)|[0-9]+(?:[-,][0-9]+)*)"
#define NODE_ZONE     "(?:Node (\\d+) )?"
/* ",cpuset=NAME,mems_allowed=LIST" behind a mask (5.0+). */
#define CPUSET_TAIL "(?:,cpuset=(?<cpuset>.*),mems_allowed=([0-9,-]*))?"

const struct pattern pattern_rows[] = {
	/* The head. */
	{ "invoked", OPENS, SECTION_TRIGGER, KIND_OOM, " invoked oom-killer: ", false,
		"^(?<process>.*) invoked oom-killer: gfp_mask=" MASK_AND_MORE
		"(?:, ?nodemask=" NODE_LIST "?)?(?:, {1,2}order=(-?\\d+))?"
		"(?:, (?:oomkilladj|oom_adj)=(-?\\d+))?(?:, oom_score_adj=(-?\\d+))?",
		take_invoked, false,
		{ "java invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), "
		  "order=0, oom_score_adj=0",
			"a b invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, "
			"oom_score_adj=0",
			"x invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), "
			"nodemask=(null),  order=0, oom_score_adj=-998",
			"cc1 invoked oom-killer: gfp_mask=0x1200d2, order=0, oomkilladj=0",
			"kworker/0:2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
			"order=-1, oom_score_adj=0" } },
	/* linux-next of early 2016, before 4.6 kept the old order. */
	{ "invoked-next", OPENS, SECTION_TRIGGER, KIND_OOM,
		" invoked oom-killer: order=", false,
		"^(?<process>.*) invoked oom-killer: order=(-?\\d+), oom_score_adj=(-?\\d+), "
		"gfp_mask=" MASK_AND_MORE,
		take_invoked_next, false,
		{ "a b invoked oom-killer: order=0, oom_score_adj=0, "
		  "gfp_mask=0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)" } },
	/* The same, cut by a terminal, a pager or who quoted it. A cgroup's path may end
	 * so, a name of 15 bytes may not. */
	{ "invoked-cut", OPENS, SECTION_TRIGGER, KIND_OOM, " invoked oom-kill", false,
		"^(?:\\.\\.\\. ?|\xe2\x80\xa6 ?)?(?<process>(?!/).{1,15}) invoked oom-kill(?:er?|er: ?(?:g[a-z_]{0,6}|"
		"gfp_mask=)?)?(?:>|\xe2\x80\xa6|\\.\\.\\.)?$",
		take_invoked_cut, false,
		{ "java invoked oom-killer:", "a b invoked oom-killer: gfp_ma",
			"x invoked oom-kill\xe2\x80\xa6", "x invoked oom-killer",
			"... x invoked oom-killer:" } },
	{ "invoked-bare", OPENS, SECTION_TRIGGER, KIND_OOM, "oom-killer: gfp_mask=",
		true, "^oom-killer: gfp_mask=(0x[0-9a-f]+)(?:, order=(-?\\d+))?",
		take_invoked_bare, false,
		{ "oom-killer: gfp_mask=0xd0",
			"oom-killer: gfp_mask=0x201d2, order=0" } },
	{ "invoked-rest", INSIDE, 0, KIND_OOM, " order=", false,
		"^, {1,2}order=(-?\\d+), oom_score_adj=(-?\\d+)", take_invoked_rest,
		false, { ",  order=0, oom_score_adj=0" } },
	{ "allocation-failure", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"page allocation ", false,
		"^(?:(?<process>.*): )?page allocation (failure|stalls for)(?: (\\d+)ms)?[.:,] "
		"order:(-?\\d+)(?:, mode:" MASK "(?:, ?nodemask=" NODE_LIST
		"?)?" CPUSET_TAIL ")?",
		take_allocation_failure, false,
		{ "swapper/0: page allocation failure: order:5, mode:0xcc1(GFP_KERNEL|"
		  "GFP_DMA), nodemask=(null),cpuset=/,mems_allowed=0",
			"httpd: page allocation failure. order:1, mode:0x20",
			"x: page allocation failure: order:0, mode:0x484020(GFP_ATOMIC|"
			"__GFP_COMP), nodemask=(null)",
			"c: page allocation stalls for 10044ms, order:0, "
			"mode:0x14201ca(GFP_HIGHUSER_MOVABLE|__GFP_COLD)",
			"page allocation failure: order:3" } },
	{ "allocation-failure-2.4", ALONE, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"-order allocation failed", false,
		"^__alloc_pages: (\\d+)-order allocation failed(?: \\(gfp=(0x[0-9a-f]+))?",
		take_allocation_failure_2_4, false,
		{ "__alloc_pages: 0-order allocation failed.",
			"__alloc_pages: 3-order allocation failed (gfp=0x20/1) from c01316ba" } },
	{ "mode-piece", INSIDE, 0, KIND_ALLOCATION_FAILURE, "mode:0x", false,
		"^,? ?mode:" MASK "(?:, ?nodemask=" NODE_LIST "?)?" CPUSET_TAIL,
		take_mode_piece, false,
		{ "mode:0xc04(GFP_NOIO|GFP_DMA32), nodemask=(null),cpuset=/,mems_allowed=0" } },
	{ "vmalloc-failure", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE, "vmalloc",
		false,
		"^(?<process>.*?): (?:vmalloc: allocation failure[,:] (?:allocated )?|vmalloc error: "
		"size |vmalloc size )(\\d+)(?: of (\\d+))?[^(]*?, mode:" MASK
		"(?:, ?nodemask=" NODE_LIST "?)?" CPUSET_TAIL,
		take_vmalloc, false,
		{ "syz-executor5: vmalloc: allocation failure: 8589934588 bytes, "
		  "mode:0x14080c0(GFP_KERNEL|__GFP_ZERO), nodemask=(null)",
			"a: vmalloc: allocation failure, allocated 4096 of 8192 bytes, "
			"mode:0xcc2(GFP_KERNEL|__GFP_HIGHMEM), nodemask=(null)",
			"x: vmalloc size 69632 allocation failure: vm_struct allocation "
			"failed, mode:0xcc0(GFP_KERNEL), nodemask=(null)",
			"x: vmalloc error: size 137438957568, exceeds total pages, "
			"mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0" } },
	{ "vmalloc-old", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"vmalloc: allocation failure", false,
		"^()(?:.*: )?vmalloc: allocation failure[,:] (?:allocated )?(\\d+)(?: of (\\d+))? bytes"
		"$",
		take_vmalloc, false,
		{ "vmalloc: allocation failure: 17178820608 bytes" } },
	{ "vmap-failure", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE, "vmap",
		false, "vmap allocation(?: for size (\\d+))? failed", take_vmap, false,
		{ "vmap allocation for size 1052672 failed: use vmalloc=<size> to increase "
		  "size" } },
	{ "vmalloc-space", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"out of vmalloc space", false,
		"^allocation failed: out of vmalloc space", take_vmap, false,
		{ "allocation failed: out of vmalloc space - use vmalloc=<size> to increase "
		  "size." } },
	{ "nommu", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"Allocation of length ", false,
		"^(?:nommu: )?Allocation of length (\\d+) from process (\\d+)(?: \\((.*)\\))? failed",
		take_nommu, false,
		{ "Allocation of length 69632 from process 71 (a b) failed",
			"Allocation of length 4128768 from process 57 failed",
			"nommu: Allocation of length 491520 from process 1 (sh) failed" } },
	{ "vmalloc-range", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"vmalloc_node_range for size", false,
		"vmalloc_node_range for size (\\d+) failed", take_vmap, false,
		{ "x: vmalloc_node_range for size 8192 failed: Address range restricted to "
		  "0xffffffffa0000000 - 0xffffffffff000000" } },
	{ "cma-failure", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"alloc failed, req-size: ", false,
		"^(?:cma: )?(?:__)?cma_alloc: (?:(\\S+): )?alloc failed, req-size: (\\d+) pages"
		"(?:, ret: -(\\d\\d+|[2-9]))?",
		take_cma_failure, false,
		{ "cma: cma_alloc: alloc failed, req-size: 2048 pages, ret: -12",
			"cma: __cma_alloc: linux,cma: alloc failed, req-size: 9 pages, "
			"ret: -16" } },
	{ "cma-free", INSIDE, 0, KIND_ALLOCATION_FAILURE, "cma: ", false,
		"^cma: (?:number of available pages: ?|range \\d+: ?)?([0-9@+]*)"
		"(?:=> ?(\\d+) free of (\\d+) total pages)?$",
		take_cma_free, false,
		{ "cma: number of available pages: 5@1027+112@1040=> 117 free of 65536 total "
		  "pages",
			"cma: range 0: 5@1027+112@1040",
			"cma: => 117 free of 65536 total pages" } },
	{ "cma-rest", INSIDE, 0, KIND_ALLOCATION_FAILURE, " total pages", false,
		"^([0-9@+]*)=> ?(\\d+) free of (\\d+) total pages$", take_cma_free,
		false, { "40@112+77@4096=> 917 free of 65536 total pages" } },
	{ "swiotlb-full", ALONE, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"swiotlb buffer is full", false,
		"^(?:(\\S+ \\S+): )?swiotlb buffer is full \\(sz: (\\d+) bytes\\)(?:, total (\\d+) "
		"\\(slots\\), used (\\d+) \\(slots\\))?",
		take_swiotlb_full, false,
		{ "e1000 0000:02:00.0: swiotlb buffer is full (sz: 4096 bytes)",
			"nvme 0000:02:00.0: swiotlb buffer is full (sz: 9000 bytes), total "
			"32768 (slots), used 32765 (slots)" } },
	{ "swiotlb-space", ALONE, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"Out of SW-IOMMU space", false,
		"^(?:(\\S+ \\S+): )?(?:PCI-)?DMA: Out of SW-IOMMU space for (\\d+) bytes"
		"(?: at device (\\S+))?",
		take_swiotlb_space, false,
		{ "DMA: Out of SW-IOMMU space for 9000 bytes at device 0000:02:00.0",
			"e1000 0000:02:00.0: DMA: Out of SW-IOMMU space for 4096 bytes" } },
	{ "percpu-failure", OPENS, SECTION_TRIGGER, KIND_ALLOCATION_FAILURE,
		"allocation failed, size=", false,
		"^(?:percpu|PERCPU): allocation failed, size=(\\d+) align=\\d+(?: atomic=\\d)?, "
		"(.*)",
		take_percpu_failure, false,
		{ "PERCPU: allocation failed, size=72 align=8, alloc from reserved chunk "
		  "failed",
			"percpu: allocation failed, size=8 align=8 atomic=0, failed to "
			"populate" } },
	{ "slub-failure", OPENS, 0, KIND_ALLOCATION_FAILURE,
		"Unable to allocate memory on ", false,
		"^SL[AU]B: Unable to allocate memory on (?:CPU.*?)?node -?\\d+.*?,? ?\\(?gfp=" MASK,
		take_slub, false,
		{ "SLUB: Unable to allocate memory on node -1, gfp=0x480020(GFP_ATOMIC)",
			"SLUB: Unable to allocate memory on node -1 (gfp=0x20)",
			"SLUB: Unable to allocate memory on CPU 1 (of node 0) on node -1, "
			"gfp=0x820(GFP_ATOMIC)" } },
	{ "slub-cache", INSIDE, 0, KIND_OOM, "cache: ", false,
		"^(?:  ?)?cache: (.*), object size: \\d+", take_slub_cache, false,
		{ "  cache: kmalloc-256, object size: 256, buffer size: 256, default "
		  "order: 1, min order: 0",
			"  cache: dentry, object size: 192, order: 0" } },
	{ "slub-node", INSIDE, 0, KIND_OOM, "slabs: ", false,
		"^ +node \\d+: slabs: \\d+", take_slub_node, false,
		{ "  node 0: slabs: 10, objs: 320, free: 0" } },
	{ "slub-debug", INSIDE, 0, KIND_OOM, "debugging increased min order", false,
		"debugging increased min order", take_ignore, false,
		{ "  kmalloc-8k debugging increased min order, use slab_debug=O to "
		  "disable." } },
	{ "overcommit", ALONE, SECTION_TRIGGER, KIND_OVERCOMMIT_REFUSAL,
		"enough memory for the allocation", false,
		"pid: (\\d+), comm: (?<process>.*?), (?:bytes: (\\d+) )?no[t]? enough memory for the "
		"allocation",
		take_overcommit, false,
		{ "__vm_enough_memory: pid: 1, comm: a, no enough memory for the allocation",
			"__vm_enough_memory: pid: 412, comm: a b, bytes: 8589934592 not "
			"enough memory for the allocation" } },
	{ "manual", HEADLESS, 0, KIND_OOM, "Manual OOM execution", false,
		"(?:^|sysrq: |SysRq : )Manual OOM execution\\s*$", take_manual, false,
		{ "sysrq: Manual OOM execution", "SysRq : Manual OOM execution",
			"sysrq: SysRq : Manual OOM execution" } },
	{ "manual-ignored", ENDS, 0, KIND_OOM, "OOM request ignored", true,
		"^OOM request ignored( because killer is disabled)?", take_ignored,
		false,
		{ "OOM request ignored. No task eligible",
			"OOM request ignored because killer is disabled" } },
	{ "cpuset", INSIDE, 0, KIND_OOM, " mems_allowed=", false,
		"^(?<process>.*) cpuset=(?<cpuset>.*) mems_allowed=([0-9,-]*)$",
		take_cpuset, false,
		{ "sed cpuset=/ mems_allowed=0", "a cpuset=b mems_allowed=0-1" } },
	{ "bpf-policy", INSIDE, 0, KIND_OOM, "oom_policy=", true, "^oom_policy=\\w*$",
		take_ignore, false, { "oom_policy=default" } },
	{ "compaction", INSIDE, 0, KIND_OOM, "COMPACTION is disabled", true,
		"^COMPACTION is disabled!!!", take_compaction, false,
		{ "COMPACTION is disabled!!!" } },
	{ "cpu", INSIDE, SECTION_TRACE, KIND_OOM, " Comm: ", false,
		"^CPU: (\\d+) (?:UID: (\\d+) )?PID: (\\d+) Comm: (?<process>.*?) (?:Kdump: loaded )?"
		"(?:Not tainted|Tainted: [A-Z -]+?) (\\d\\S*)",
		take_cpu, false,
		{ "CPU: 1 PID: 473206 Comm: doxygen Not tainted 6.1.1-arch1-1 #1 abc",
			"CPU: 0 UID: 0 PID: 99 Comm: a b Kdump: loaded Tainted: G        W  "
			"O       6.12.9+deb13-amd64 #1  Debian 6.12.9-1",
			"CPU: 4 PID: 1 Comm: sed Not tainted 3.10.0-514.el7.x86_64 #1",
			"CPU: 2 PID: 5 Comm: a b Tainted: G          I    ------------ T "
			"3.10.0-862.el7.x86_64 #1" } },
	{ "cpu-cut", INSIDE, SECTION_TRACE, KIND_OOM, " Comm: ", false,
		"^CPU: (\\d+) (?:UID: (\\d+) )?PID: (\\d+) Comm: (?<process>.*?)(?: (?:Not tainted|"
		"Tainted: [A-Z -]*))?$",
		take_cpu, false,
		{ "CPU: 1 PID: 5 Comm: x", "CPU: 1 PID: 5 Comm: x Tainted: G   " } },
	{ "pid-old", INSIDE, SECTION_TRACE, KIND_OOM, ", comm: ", false,
		"^()()Pid: (\\d+), comm: (?<process>.*?)(?: veid: \\d+)? "
		"(?:Not tainted|Tainted: [A-Z -]+?) \\(?(\\d[^ )]*)",
		take_cpu, false,
		{ "Pid: 2728, comm: php veid: 101 Not tainted 2.6.32-042stab108.8 #1",
			"Pid: 712, comm: x Not tainted (2.6.26-2-686 #1)",
			"Pid: 40738, comm: php-fpm Not tainted 2.6.32-642.11.1.el6.x86_64 #1",
			"Pid: 1, comm: x Tainted: G        W  ---------------    "
			"2.6.32-220.el6.x86_64 #1" } },
	{ "modules", INSIDE, SECTION_TRACE, KIND_OOM, "Modules linked in:", true,
		"^Modules linked in:(.*)", take_modules, false,
		{ "Modules linked in: zfs(PO) nvidia(POE)" } },

	/* The memcg block. */
	{ "memcg-task", HEADLESS, SECTION_MEMCG, KIND_OOM,
		" killed as a result of limit of ", false,
		"^Task in (?<cgroup>.*) killed as a result of limit of (?<cgroup2>.*)",
		take_memcg_task, false,
		{ "Task in /a/b killed as a result of limit of /a" } },
	/* "Task in " was a line of its own, and is not here. */
	{ "memcg-task-behind", HEADLESS, SECTION_MEMCG, KIND_OOM,
		" killed as a result of limit of /", false,
		"^(?<cgroup>/\\S*) killed as a result of limit of (?<cgroup2>/.*)",
		take_memcg_task, false, { "/a/b killed as a result of limit of /a" } },
	{ "memcg-task-cut", INSIDE, SECTION_MEMCG, KIND_OOM, "Task in /", true,
		"^Task in (?<cgroup>/\\S*)$", take_memcg_killed, false,
		{ "Task in /a" } },
	{ "memcg-limit-of", INSIDE, SECTION_MEMCG, KIND_OOM, "as a result of limit of ",
		false, "^ ?(?:killed )?as a result of limit of (?<cgroup>.*)",
		take_memcg_limit_of, false, { " as a result of limit of /mem2" } },
	{ "memcg-reached", HEADLESS, SECTION_MEMCG, KIND_OOM,
		"Memory limit reached of cgroup ", true,
		"^Memory limit reached of cgroup (?<cgroup>.*)", take_memcg_reached,
		false, { "Memory limit reached of cgroup /a" } },
	{ "memcg-charge", HEADLESS, SECTION_MEMCG, KIND_OOM, ": usage ", false,
		"^(memory|memory\\+swap|kmem|swap): usage (\\d+)kB, limit (\\d+)kB, failcnt "
		"(\\d+)",
		take_memcg_charge, false,
		{ "memory: usage 524288kB, limit 524288kB, failcnt 913",
			"memory+swap: usage 980kB, limit 18014398509481983kB, failcnt 0",
			"swap: usage 0kB, limit 0kB, failcnt 0" } },
	{ "memcg-stats", HEADLESS, SECTION_MEMCG_STATS, KIND_OOM, "Memory cgroup stats",
		true, "^Memory cgroup stats(?: for(?: |$))?(.*)", take_memcg_stats,
		false,
		{ "Memory cgroup stats for /a:",
			"Memory cgroup stats for /a: cache:0KB rss:980KB",
			"Memory cgroup stats: cache:4KB rss:0KB" } },
	{ "memcg-protection", INSIDE, 0, KIND_OOM, "Memory cgroup min protection ",
		true,
		"^Memory cgroup min protection (\\d+)kB -- low protection (\\d+)kB",
		take_memcg_protection, false,
		{ "Memory cgroup min protection 0kB -- low protection 0kB" } },

	/* Mem-Info. */
	{ "mem-info", HEADLESS, SECTION_MEM_INFO, KIND_OOM, "Mem-", true,
		"^Mem-[Ii]nfo:", take_mem_info, false, { "Mem-Info:", "Mem-info:" } },
	{ "node", HEADLESS, SECTION_ZONES, KIND_OOM, " active_anon:", false,
		"^Node (\\d+) (active_anon: ?\\d.*)", take_node, false,
		{ "Node 0 active_anon:0kB inactive_anon:1kB shmem_thp: 0kB "
		  "all_unreclaimable? no" } },
	{ "zone", HEADLESS, SECTION_ZONES, KIND_OOM, " free:", false,
		"^" NODE_ZONE "(\\w+) (free:\\d.*)", take_zone, false,
		{ "Node 0 DMA free:15360kB min:28kB low:40kB high:52kB",
			"Normal free:1884kB min:1920kB low:2400kB high:2880kB" } },
	{ "reserve", INSIDE, 0, KIND_OOM, "lowmem_reserve[]:", true,
		"^lowmem_reserve\\[\\]:(.*)", take_reserve, false,
		{ "lowmem_reserve[]: 0 2874 15907 15907" } },
	{ "protections", INSIDE, 0, KIND_OOM, "protections[]:", true,
		"^protections\\[\\]:(.*)", take_reserve, false,
		{ "protections[]: 0 0 0" } },
	{ "counters", HEADLESS, SECTION_COUNTERS, KIND_OOM, "active_anon:", false,
		"^ *(active_anon:\\d+(?: .*)?)$", take_counters, false,
		{ "active_anon:1 inactive_anon:2 isolated_anon:0" } },
	{ "counters-file", HEADLESS, SECTION_COUNTERS, KIND_OOM, "active_file:", false,
		"^ *((?:in)?active_file:\\d+ .*)", take_counters, false,
		{ " active_file:1 inactive_file:2 isolated_file:0",
			" inactive_file:13 dirty:1 writeback:0 unstable:0" } },
	{ "counters-unevictable", HEADLESS, SECTION_COUNTERS, KIND_OOM,
		"unevictable:", false, "^ *(unevictable:\\d+ .*)", take_counters, false,
		{ " unevictable:0 dirty:0 writeback:0" } },
	{ "counters-slab", HEADLESS, SECTION_COUNTERS, KIND_OOM,
		"slab_reclaimable:", false, "^ *(slab_reclaimable:\\d+ .*)",
		take_counters, false, { " slab_reclaimable:1 slab_unreclaimable:2" } },
	{ "counters-mapped", HEADLESS, SECTION_COUNTERS, KIND_OOM, "mapped:", false,
		"^ *(mapped:\\d+ .*)", take_counters, false,
		{ " mapped:1 shmem:2 pagetables:3" } },
	{ "counters-mapped-file", INSIDE, SECTION_COUNTERS, KIND_OOM,
		"mapped-file:", false, "^ *(mapped-file:\\d+ .*)", take_counters, false,
		{ " mapped-file:1 mapped-anon:2 pagetables:3" } },
	{ "counters-sec", HEADLESS, SECTION_COUNTERS, KIND_OOM,
		"sec_pagetables:", false, "^ *(sec_pagetables:\\d+(?: .*)?)$",
		take_counters, false, { " sec_pagetables:0 bounce:0" } },
	{ "counters-misc", HEADLESS, SECTION_COUNTERS, KIND_OOM,
		"kernel_misc_reclaimable:", false, "^ *(kernel_misc_reclaimable:\\d+)",
		take_counters, false, { " kernel_misc_reclaimable:0" } },
	{ "counters-free", HEADLESS, SECTION_COUNTERS, KIND_OOM, "free:", false,
		"^ *(free:\\d+(?: .*)?)$", take_counters, false,
		{ " free:33888 free_pcp:0 free_cma:0",
			" free:15 slab_reclaimable:1 slab_unreclaimable:2" } },
	{ "counters-cma", HEADLESS, SECTION_COUNTERS, KIND_OOM, "free_cma:", false,
		"^ *(free_cma:\\d+)$", take_counters, false, { " free_cma:0" } },
	{ "counters-old", HEADLESS, SECTION_COUNTERS, KIND_OOM, "ctive", false,
		"^(Active(?:_anon)?:\\d+ .*)", take_counters, false,
		{ "Active:1 inactive:2 dirty:0 writeback:0 unstable:0",
			"Active_anon:1 active_file:2 inactive_anon:3" } },
	{ "counters-bounce", HEADLESS, SECTION_COUNTERS, KIND_OOM, "bounce:", false,
		"^ *(bounce:\\d+)$", take_counters, false, { " bounce:0" } },
	{ "blocks", HEADLESS, SECTION_BUDDY, KIND_OOM, "*64kB", false,
		"^" NODE_ZONE "(\\w+): (\\d+\\*\\d+kB.*)", take_blocks, false,
		{ "Node 0 DMA: 1*4kB (U) 0*8kB 1*16kB (U) 0*64kB = 20kB",
			"Normal: 3*64kB 0*128kB 1*1024kB (M) = 1216kB",
			"Normal: 3*4kB 0*8kB 0*16kB 0*32kB 1*64kB 0*128kB = 76kB" } },
	/* Asterisks that a web site took for markup. */
	{ "blocks-marked-up", HEADLESS, SECTION_BUDDY, KIND_OOM, "_64kB", false,
		"^" NODE_ZONE "(\\w+): (\\d+_\\d+kB.*)", take_blocks, false,
		{ "Node 0 DMA: 9_4kB 4_8kB 9_16kB 8_32kB 5_64kB 0_128kB = 724kB" } },
	{ "blocks-empty", INSIDE, SECTION_BUDDY, KIND_OOM, ": empty", false,
		"^" NODE_ZONE "(\\w+): empty", take_ignore, false,
		{ "HighMem: empty" } },
	{ "hugepages", HEADLESS, 0, KIND_OOM, "hugepages_total=", false,
		"^" NODE_ZONE "hugepages_total=(\\d+) hugepages_free=(\\d+) "
		"hugepages_surp=(\\d+) hugepages_size=(\\d+)kB",
		take_hugepages, false,
		{ "Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 "
		  "hugepages_size=2048kB" } },
	{ "tail-pages", HEADLESS, 0, KIND_OOM, " pages", false,
		"^\\s*(?:Total of )?(\\d+) (total pagecache pages|pages in swap cache|pages "
		"swap cached|pages RAM|pages of RAM|pages HighMem/MovableOnly|pages HighMem|"
		"pages of HIGHMEM|pages reserved|reserved pages|pages cma reserved|pages "
		"hwpoisoned|pages shared|pages non-?shared|pages in page ?table cache|pages "
		"dirty|pages writeback|pages mapped|pages slab|pages pagetables|free pages|"
		"slab pages|free buffer pages) *$",
		take_tail_pages, false,
		{ "4190217 pages RAM", "0 pages HighMem/MovableOnly",
			"5 total pagecache pages", "0 pages cma reserved",
			"2048 slab pages" } },
	{ "swap-stats", HEADLESS, 0, KIND_OOM, "Swap cache", true,
		"^Swap cache(?: stats)?: add (\\d+), delete (\\d+)", take_swap_stats,
		false,
		{ "Swap cache stats: add 1, delete 2, find 3/4",
			"Swap cache: add 0, delete 0, find 0/0, race 0+0" } },
	{ "swap-free", HEADLESS, SECTION_SWAP, KIND_OOM, "Free swap", true,
		"^Free swap *[=:] *(-?\\d+)kB", take_swap_free, false,
		{ "Free swap  = 84kB", "Free swap:            0kB" } },
	{ "swap-total", HEADLESS, SECTION_SWAP, KIND_OOM, "Total swap", true,
		"^Total swap *[=:] *(-?\\d+)kB", take_swap_total, false,
		{ "Total swap = 25165820kB" } },
	{ "per-cpu", INSIDE, 0, KIND_OOM, "per-cpu:", false,
		"^" NODE_ZONE "\\w+ per-cpu:", take_ignore, false,
		{ "Node 0 DMA per-cpu:", "HighMem per-cpu: empty" } },
	{ "per-cpu-row", INSIDE, 0, KIND_OOM, "btch:", false,
		"^CPU +(\\d+): +(?:Hot: )?hi: *\\d+, btch: *\\d+ usd: *(\\d+)"
		"(?: +Cold: hi: *\\d+, btch: *\\d+ usd: *(\\d+))?",
		take_per_cpu, false,
		{ "CPU    0: hi:  186, btch:  31 usd:   0",
			"CPU    0: Hot: hi:  186, btch:  31 usd:   1   Cold: hi:   62, btch:  "
			"15 usd:   0" } },
	{ "per-cpu-old", INSIDE, 0, KIND_OOM, "cpu ", true,
		"^cpu (\\d+) (?:hot|cold): (?:low \\d+, )?high \\d+, batch \\d+"
		"(?: used:(\\d+))?",
		take_per_cpu, false,
		{ "cpu 0 hot: low 2, high 6, batch 1",
			"cpu 0 cold: high 6, batch 1 used:0" } },
	{ "free-pages", INSIDE, 0, KIND_OOM, "Free pages:", true,
		"^Free pages: +\\d+kB", take_ignore, false,
		{ "Free pages:        1892kB (0kB HighMem)" } },
	{ "slab-title", HEADLESS, SECTION_SLABS, KIND_OOM, "Unreclaimable slab info:",
		true, "^Unreclaimable slab info:", take_slab_title, false,
		{ "Unreclaimable slab info:" } },
	{ "slab-columns", HEADLESS, SECTION_SLABS, KIND_OOM, "Name   ", true,
		"^Name +Used +Total", take_slab_title, false,
		{ "Name                      Used          Total" } },
	{ "slab-busy", INSIDE, 0, KIND_OOM, "excessive unreclaimable slab", true,
		"^excessive unreclaimable slab but cannot dump stats", take_slab_busy,
		false, { "excessive unreclaimable slab but cannot dump stats" } },
	{ "sites-title", HEADLESS, 0, KIND_OOM, "Memory allocations", true,
		"^Memory allocations(?: \\(profiling is currently turned (on|off)\\))?:",
		take_sites_title, false,
		{ "Memory allocations:",
			"Memory allocations (profiling is currently turned on):" } },

	/* The task table. */
	{ "tasks-title", HEADLESS, 0, KIND_OOM, "Tasks state (memory values in pages):",
		true, "^Tasks state \\(memory values in pages\\):", take_tasks_title,
		false, { "Tasks state (memory values in pages):" } },
	{ "tasks-header", HEADLESS, SECTION_TASKS, KIND_OOM, "total_vm", false,
		"^\\[ *pid *\\] +(uid +tgid +total_vm .*?) +name", take_tasks_header,
		false,
		{ "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
		  "oom_score_adj name",
			"[ pid ]   uid  tgid total_vm      rss cpu oom_adj name" } },

	/* The end. */
	{ "summary", ENDS, SECTION_SUMMARY, KIND_OOM, "oom-kill:constraint=", true,
		"^oom-kill:constraint=([A-Z_]+)(.*)", take_summary, false,
		{ "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
		  "mems_allowed=0,global_oom,task_memcg=/a,task=b,pid=1,uid=0" } },
	{ "chosen", ENDS, SECTION_KILL, KIND_OOM, "ill process ", false,
		"^(.*?): [Kk]ill process (\\d+) \\((?<process>.*)\\) score (-?\\d+) (?:or sacrifice "
		"child|or a child|and children)",
		take_chosen, false,
		{ "Out of memory: Kill process 3 (x) score 651 or sacrifice child",
			"Memory cgroup out of memory: Kill process 3 (a) (b) score 1 or "
			"sacrifice child",
			"Out of memory: kill process 9 (x) score 12 or a child" } },
	{ "killed", ENDS, SECTION_KILL, KIND_OOM, "illed process ", false,
		"^(?:(Out of [Mm]emory[^:]*|Memory cgroup out of memory[^:]*|No available "
		"memory[^:]*): )?Killed process (\\d+) \\((?<process>.*)\\),? ?((?:UID \\d+, ?)?"
		"(?:total-vm|vsz):.*)",
		take_killed, false,
		{ "Out of memory: Killed process 4 (x) total-vm:8kB, anon-rss:4kB, "
		  "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:52kB oom_score_adj:0",
			"Killed process 4 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB",
			"Killed process 4 (x), UID 27, total-vm:8kB, anon-rss:4kB, "
			"file-rss:0kB, shmem-rss:0kB",
			"Killed process 4 (x) vsz:8kB, anon-rss:4kB, file-rss:0kB" } },
	{ "killed-el6", ENDS, SECTION_KILL, KIND_OOM, "Killed process ", false,
		"^(?:Out of memory: )?Killed process (\\d+), UID (\\d+), "
		"\\((?<process>.*)\\)( total-vm:.*|\\.?)$",
		take_killed_el6, false,
		{ "Killed process 9, UID 27, (mysqld) total-vm:8kB, anon-rss:4kB, "
		  "file-rss:0kB" } },
	{ "killed-bare", ENDS, SECTION_KILL, KIND_OOM, "illed process ", false,
		"^(?:(Out of [Mm]emory[^:]*|Memory cgroup out of memory[^:]*|No available "
		"memory[^:]*): )?Killed process (\\d+) \\((?<process>.*)\\)\\.?$",
		take_killed_old, false,
		{ "Out of Memory: Killed process 9 (x).", "Killed process 9 (a b)" } },
	/* OpenVZ and Virtuozzo up to 2.6.32: a container ("ub", of user beancounter) has a
	 * killer of its own. */
	{ "invoked-vz", OPENS, SECTION_TRIGGER, KIND_OOM, ") invoked ", false,
		"^(\\d+) \\((?<process>.*)\\) invoked (?:oom-killer in ub (\\S+) "
		"generation \\d+|(loc|glob) oom-killer:) gfp (0x[0-9a-f]+)(?: order (\\d+)"
		"(?: oomkilladj=(-?\\d+))?)?",
		take_invoked_vz, false,
		{ "9 (x) invoked oom-killer in ub 101 generation 0 gfp 0x2005a",
			"9 (x) invoked loc oom-killer: gfp 0x280da order 0 oomkilladj=0" } },
	{ "killed-vz", ENDS, SECTION_KILL, KIND_OOM, "OOM killed process ", false,
		"^(?:(Out of memory(?: in UB (\\S+))?): )?OOM killed process (\\d+) "
		"\\((?<process>.*)\\)(?: score -?\\d+)? (vm:\\d+kB, rss:\\d+kB.*)",
		take_killed_vz, false,
		{ "Out of memory in UB 101: OOM killed process 9 (x) score 0 vm:8kB, "
		  "rss:4kB, swap:0kB",
			"OOM killed process 9 (x) vm:8kB, rss:4kB, swap:0kB" } },
	{ "exited-vz", AFTER, 0, KIND_OOM, "OOM killed process ", true,
		"^OOM killed process .* \\(pid=\\d+, ve=\\d+\\) exited, free=",
		take_ignore, false,
		{ "OOM killed process x (pid=9, ve=101) exited, free=512 gen=3." } },
	{ "rage-vz", AFTER, 0, KIND_OOM, "OOM killer in rage, ", true,
		"^OOM killer in rage, \\d+ tasks killed", take_ignore, false,
		{ "OOM killer in rage, 16 tasks killed in ub 101" } },
	{ "generation-vz", AFTER, 0, KIND_OOM, " oom generation ", false,
		"^(?:>>>|<<<) -?\\d+ oom generation \\d+ (?:starts|ends)", take_ignore,
		false,
		{ ">>> 101 oom generation 3 starts",
			"<<< 101 oom generation 3 ends (task died)" } },
	{ "sharing", AFTER, 0, KIND_OOM, " sharing same memory", false,
		"^Kill process (\\d+) \\((?<process>.*)\\) sharing same memory",
		take_sharing, false, { "Kill process 9 (x) sharing same memory" } },
	{ "exiting", ENDS, SECTION_KILL, KIND_OOM, "is already exiting. Skip killing",
		false,
		"^(.*?): OOM victim (\\d+) \\((?<process>.*)\\) is already exiting",
		take_exiting, false,
		{ "Out of memory: OOM victim 9 (x) is already exiting. Skip killing the "
		  "task" } },
	{ "pinned", AFTER, 0, KIND_OOM, "has mm pinned by", false,
		"^oom killer (\\d+) \\(.*\\) has mm pinned by", take_unreaped, false,
		{ "oom killer 9 (x) has mm pinned by 1 (init)" } },
	{ "reaped", AFTER, 0, KIND_OOM, "oom_reaper: reaped process ", true,
		"^oom_reaper: reaped process (\\d+) \\((?<process>.*)\\)(?:, now anon-rss:(\\d+)kB, "
		"file-rss:(\\d+)kB, shmem-rss:(\\d+)kB)?",
		take_reaped, false,
		{ "oom_reaper: reaped process 9 (x), now anon-rss:0kB, file-rss:0kB, "
		  "shmem-rss:0kB" } },
	{ "unreaped", AFTER, 0, KIND_OOM, "oom_reaper: ", true,
		"^oom_reaper: (?:unable to reap|giving up) pid:(\\d+)", take_unreaped,
		false, { "oom_reaper: unable to reap pid:9 (x)" } },
	{ "group", AFTER, 0, KIND_OOM, "due to memory.oom.group set", false,
		"^Tasks in (?<cgroup>.*) are going to be killed due to memory.oom.group set",
		take_group, false,
		{ "Tasks in /a are going to be killed due to memory.oom.group set" } },
	{ "no-killable", ENDS, SECTION_KILL, KIND_OOM, "no killable processes", false,
		"^Out of memory and no killable processes\\.\\.\\.", take_no_killable,
		false, { "Out of memory and no killable processes..." } },
	{ "spared-el6", ENDS, SECTION_KILL, KIND_OOM, "Would have killed process ",
		true, "^Would have killed process \\d+ \\(.*\\)", take_spared, false,
		{ "Would have killed process 9 (x). But continuing instead." } },
	{ "spared-el4", ENDS, SECTION_KILL, KIND_OOM, "Would have oom-killed", true,
		"^Would have oom-killed but", take_spared, false,
		{ "Would have oom-killed but /proc/sys/vm/oom-kill is disabled" } },
	{ "pending-el3", AFTER, 0, KIND_OOM, "Avoiding OOM kill", true,
		"^Avoiding OOM kill due to \\d+ pending", take_ignore, false,
		{ "Avoiding OOM kill due to 1 pending" } },
	{ "mm-less", INSIDE, 0, KIND_OOM, " mm-less task", false,
		"^(?:tried to kill an|Fixed up OOM kill of) mm-less task", take_ignore,
		false,
		{ "tried to kill an mm-less task 88 (kjob)!",
			"Fixed up OOM kill of mm-less task" } },
	{ "init-spared", INSIDE, 0, KIND_OOM, "tried to kill init!", true,
		"^tried to kill init!", take_ignore, false, { "tried to kill init!" } },
	{ "points", INSIDE, 0, KIND_OOM, "OOMkill: task ", true,
		"^OOMkill: task \\d+ \\(.*\\) got \\d+ points", take_ignore, false,
		{ "OOMkill: task 9 (x) got 77 points" } },
	{ "vm-killing", ENDS, SECTION_KILL, KIND_OOM, "VM: killing process ", true,
		"^VM: killing process (.*)", take_vm_killing, false,
		{ "VM: killing process httpd" } },
	{ "i915-shrinker", INSIDE, 0, KIND_OOM, " GPU ", false,
		"^(?:\\[drm\\] )?(?:Purging GPU memory, \\d+|Unable to purge GPU memory|Unable to "
		"lock GPU to purge)",
		take_ignore, false,
		{ "Purging GPU memory, 0 pages freed, 512 pages still pinned, 8 pages left "
		  "available.",
			"Unable to purge GPU memory due lock contention.",
			"Unable to lock GPU to purge memory." } },
	{ "panic", ENDS, SECTION_KILL, KIND_OOM, "Kernel panic - not syncing: ", true,
		"^Kernel panic - not syncing: ((?:Out of memory|out of memory|System is "
		"deadlocked on memory).*)",
		take_panic, false,
		{ "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is "
		  "enabled",
			"Kernel panic - not syncing: System is deadlocked on memory" } },
	{ "panic-end", AFTER, 0, KIND_OOM, "end Kernel panic", false,
		"^---\\[ end Kernel panic", take_ignore, false,
		{ "---[ end Kernel panic - not syncing: Out of memory ]---" } },
	{ "vm-fault-leaked", INSIDE, 0, KIND_OOM, "VM_FAULT_OOM leaked", false,
		"^Huh VM_FAULT_OOM leaked out", take_ignore, false,
		{ "Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF" } },
	{ "dropped", INSIDE, 0, KIND_OOM, "messages dropped", false,
		"(\\d+) printk messages dropped", take_dropped, false,
		{ "** 31 printk messages dropped **" } },
	{ "suppressed", INSIDE, 0, KIND_OOM, "suppressed", false,
		"(\\d+) (?:callbacks|messages) suppressed", take_dropped, false,
		{ "oom_kill_process: 4 callbacks suppressed", "printk: 4 messages "
							      "suppressed." } },

	/* Android's driver (2.6.29 to 4.11): a rule of its own, inside the kernel. */
	{ "lowmem-killing", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL, "Killing '",
		false,
		"^(?:lowmemorykiller: )?Killing '(?<process>.*)' \\((\\d+)\\)(?: \\(tgid \\d+\\))?, adj "
		"(-?\\d+),? ?(?:score_adj (-?\\d+), ?)?(?:\n[^\n]*\n[^\n]*(?:\n.*)?)?$",
		take_lowmem_killing, NULL,
		{ "lowmemorykiller: Killing 'x' (9), adj 900,",
			"Killing 'a b' (9), adj 529,",
			"lowmemorykiller: Killing 'x' (9), adj 12, score_adj 700,",
			"lowmemorykiller: Killing 'x' (9), adj 900,\n   to free 8kB on behalf "
			"of 'y' (7) because\n   cache 4kB is below limit 8kB for oom_score_adj "
			"529\n   Free memory is -3kB above reserved" } },
	{ "lowmem-free", INSIDE, 0, KIND_USERSPACE_KILL, "to free ", false,
		"^ *to free (-?\\d+)kB on behalf of '(?<process>.*)' \\((\\d+)\\) because",
		take_lowmem_free, NULL,
		{ "   to free 8kB on behalf of 'y' (7) because" } },
	{ "lowmem-rule", INSIDE, 0, KIND_USERSPACE_KILL, " is below limit ", false,
		"^ *(cache -?\\d+kB is below limit -?\\d+kB for oom(?:_score_adj| score) -?\\d+)",
		take_killer_rule, NULL,
		{ "   cache 4kB is below limit 8kB for oom_score_adj 529",
			"cache 4kB is below limit 8kB for oom score 950" } },
	{ "lowmem-numbers", INSIDE, 0, KIND_USERSPACE_KILL, " is ", false,
		"^ *(?:Free memory is -?\\d+kB (?:above|below) reserved|Free CMA is|Total "
		"(?:reserve|free pages|file cache|Slab) is|Slab (?:Reclaimable|UnReclaimable) "
		"is|GFP mask is 0x)",
		take_ignore, NULL,
		{ "   Free memory is -3kB above reserved", "   Free CMA is 0kB",
			"   Total file cache is 9kB", "   GFP mask is 0x24201ca" } },
	{ "lowmem-sigkill", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"send sigkill to ", false,
		"^(?:lowmemorykiller: )?send sigkill to (\\d+) \\((?<process>.*)\\), (?:oom_)?(?:score_)?"
		"adj (-?\\d+), size (-?\\d+)",
		take_lowmem_sigkill, NULL,
		{ "lowmemorykiller: send sigkill to 9 (x), adj 12, size 4096",
			"send sigkill to 9 (a) (b), adj 900, size 4" } },
	{ "lowmem-select", INSIDE, 0, KIND_USERSPACE_KILL, ", to kill", false,
		"^(?:lowmemorykiller: )?select '?.*'? \\(.*\\), adj -?\\d+, size -?\\d+, to kill",
		take_ignore, NULL,
		{ "lowmemorykiller: select 9 (x), adj 12, size 4096, to kill",
			"select 'x' (9), adj 900, size 4, to kill" } },

	/* systemd-oomd (src/oom of systemd, 247 to 258). */
	{ "systemd-oomd", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL, " due to ",
		false,
		"^(?:Killed|Marked) (?<cgroup>/.*?)(?: for killing)? due to ((?:memory|swap)(?: "
		"(?:pressure for (?<cgroup2>/.*?) being|pressure|used) .*)?)$",
		take_systemd_oomd, "systemd-oomd",
		{ "Killed /user.slice/a.service due to memory pressure for /user.slice being "
		  "60.00% > 50.00% for > 20s with reclaim activity",
			"Marked /a b for killing due to memory pressure for / being 60.00% > "
			"50.00% for > 20s with reclaim activity",
			"Killed /a due to memory used (1) / total (2) and swap used (1) / "
			"total (1) being more than 90.00%",
			"Killed /a due to swap used (1) / total (1) being more than 90%" } },
	{ "systemd-oomd-dry", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"Would have tried to kill ", false,
		"^oomd dry-run: Would have tried to kill (?<cgroup>.*?)(?: with recurse=\\w+| and all its "
		"descendants)$",
		take_systemd_oomd_dry, "systemd-oomd",
		{ "oomd dry-run: Would have tried to kill /sys/fs/cgroup/a with recurse=true",
			"oomd dry-run: Would have tried to kill /sys/fs/cgroup/a and all its "
			"descendants" } },
	{ "systemd-oomd-lead", LEAD, 0, KIND_USERSPACE_KILL, "Memory ", true,
		"^(Memory pressure for .* is \\d.* with reclaim activity|Memory used \\(\\d+\\) "
		"/ total .* is more than .*)",
		take_killer_rule, "systemd-oomd",
		{ "Memory pressure for /a is 60.00% > 50.00% for > 20s with reclaim activity",
			"Memory used (1) / total (2) and swap used (1) / total (1) is more "
			"than 90.00%" } },
	{ "systemd-oomd-lead-swap", LEAD, 0, KIND_USERSPACE_KILL, "Swap used (", true,
		"^(Swap used \\(\\d+\\) / total .* is more than .*)", take_killer_rule,
		"systemd-oomd", { "Swap used (1) / total (1) is more than 90%" } },

	/* earlyoom (1.0 to 1.9). */
	{ "earlyoom", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL, "sending SIG", true,
		"^sending SIG(?:TERM|KILL) to process (\\d+) (?:uid (\\d+) )?\"(?<process>.*?)\":? "
		"((?:oom_score|badness) .*?(?:, cmdline \"(?<process2>.*)\")?)$",
		take_earlyoom, "earlyoom",
		{ "sending SIGTERM to process 9 uid 0 \"x\": oom_score 800, oom_score_adj 0, "
		  "VmRSS 900 MiB, cmdline \"x\"",
			"sending SIGKILL to process 9 uid 0 \"a \"b\": badness 634, VmRSS 65 "
			"MiB",
			"sending SIGTERM to process 9 \"x\": badness 305, VmRSS 4 MiB" } },
	{ "earlyoom-1.2", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"killing process ", true,
		"^killing process (\\d+)( )\"(?<process>.*?)\" with signal (?:9|15): (badness .*)$",
		take_earlyoom, "earlyoom",
		{ "killing process 9 \"a \"b\" with signal 15: badness 550, VmRSS 76 MiB" } },
	{ "earlyoom-1.0", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"Killing process '", true,
		"^Killing process (?=.*, pid: (\\d+), )( ?)'(?<process>.*)' with signal (?:9|15), "
		"pid: \\d+, (badness: .*)$",
		take_earlyoom, "earlyoom",
		{ "Killing process 'a 'b' with signal 15, pid: 9, badness: 538, VmRSS: 3160 "
		  "MiB" } },
	{ "earlyoom-low", LEAD, 0, KIND_USERSPACE_KILL, "low memory! at or below ",
		true, "^(low memory! at or below SIG(?:TERM|KILL) limits: .*)",
		take_killer_rule, "earlyoom",
		{ "low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%" } },
	{ "earlyoom-dry", PART, 0, KIND_USERSPACE_KILL, "not actually sending", false,
		"^dryrun, not actually sending any signal", take_killer_dry, "earlyoom",
		{ "dryrun, not actually sending any signal" } },
	{ "earlyoom-after", PART, 0, KIND_USERSPACE_KILL, " after ", false,
		"^(?:escalating to SIGKILL after|process (?:\\d+ )?exited after) [0-9.]+ "
		"seconds",
		take_ignore, "earlyoom",
		{ "escalating to SIGKILL after 0.5 seconds",
			"process exited after 0.1 seconds",
			"process 9 exited after 0.123 seconds" } },
	{ "earlyoom-group", PART, 0, KIND_USERSPACE_KILL, "killing whole process group",
		true, "^killing whole process group \\d+", take_ignore, "earlyoom",
		{ "killing whole process group 9 (-g flag is active)" } },
	{ "earlyoom-stays", PART, 0, KIND_USERSPACE_KILL, " did not exit", false,
		"^process (?:\\d+ )?did not exit", take_ignore, "earlyoom",
		{ "process did not exit", "process 9 did not exit" } },
	{ "earlyoom-failed", PART, 0, KIND_USERSPACE_KILL, "kill failed: ", true,
		"^kill failed: .*", take_kill_failed, "earlyoom",
		{ "kill failed: Operation not permitted" } },

	/* nohang (0.1 to 0.3), a line at a time. */
	{ "nohang-start", LEAD, 0, KIND_USERSPACE_KILL, "implement_corrective_action",
		false, "^>>=== STARTING implement_corrective_action\\(\\)", take_ignore,
		"nohang", { ">>=== STARTING implement_corrective_action() ====>>" } },
	{ "nohang-status", LEAD, 0, KIND_USERSPACE_KILL, "that requires corrective",
		false, "^Memory status that requires? corrective actions?", take_ignore,
		"nohang", { "Memory status that requires corrective actions:" } },
	{ "nohang-rule", PART, 0, KIND_USERSPACE_KILL, "_threshold_", false,
		"^ *((?:MemAvailable|PSI|MemUsedZram|Total).*(?:soft|hard)_threshold_.*)",
		take_killer_rule, "nohang",
		{ "  MemAvailable [977 MiB, 4.1 %] <= hard_threshold_min_mem [9642 MiB, 40.0 "
		  "%]",
			"  PSI (62.4) > soft_threshold_max_psi (60.0)" } },
	{ "nohang-swap-rule", PART, 0, KIND_USERSPACE_KILL, "SwapFree [", false,
		"^ *SwapFree \\[.*(?:soft|hard)_threshold_", take_ignore, "nohang",
		{ "  SwapFree [0 MiB, 0.0 %] <= soft_threshold_min_swap [0 MiB, - %]" } },
	{ "nohang-victim", PART, 0, KIND_USERSPACE_KILL, "PID: ", false,
		"^ *PID: +(\\d+), name: (?<process>.*), (?:badness|state): ",
		take_nohang_victim, "nohang",
		{ "  PID: 3, name: x, badness: 1334",
			"  PID:       3, name: a, b, state: S (sleeping), EUID: 0, SID: 3 (x), "
			"lifetime: 0.8s" } },
	{ "nohang-kill", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL, "to the victim",
		false, "^ *Sending SIG(?:TERM|KILL) to the victim", take_nohang,
		"nohang",
		{ "  Sending SIGTERM to the victim",
			"Sending SIGKILL to the victim" } },
	{ "nohang-command", PART, 0, KIND_USERSPACE_KILL, "Executing the command: ",
		false, "^ *Executing the command: (.*)", take_nohang_command, "nohang",
		{ "  Executing the command: systemctl restart x.service" } },
	{ "nohang-result", PART, 0, KIND_USERSPACE_KILL, "he victim ", false,
		"^The victim (?:died|became a zombie|doesn't respond)", take_ignore,
		"nohang", { "The victim died in 0.017s" } },

	/* oomd (Meta); its last words go to /dev/kmsg. */
	{ "oomd", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL, "oomd kill: ", true,
		"^oomd kill: [0-9.]+ [0-9.]+ [0-9.]+ (?<process>.*?) \\d+(?: (.*))?$",
		take_oomd, "oomd",
		{ "oomd kill: 10.00 20.00 30.00 /a 4096 ruleset:[r] detectorgroup:[d] "
		  "killer:kill_by_pressure v2",
			"oomd kill: 10.00 20.00 30.00 a.slice/b 4096 detector:memory_above "
			"killer:(dry)kill_by_memory_size_or_growth",
			"oomd kill: 10.00 20.00 30.00 /a 4096" } },
	{ "oomd-trying", LEAD, 0, KIND_USERSPACE_KILL, "Trying to kill /", false,
		"^(?:\\[[^\\]]*\\] )?Trying to kill (?<cgroup>/.*)", take_oomd_trying,
		"oomd",
		{ "[../oomd/plugins/BaseKillPlugin.cpp:196] Trying to kill /sys/fs/cgroup/a",
			"Trying to kill /a" } },
	{ "oomd-killed", PART, 0, KIND_USERSPACE_KILL, "Killed ", false,
		"^(?:\\[[^\\]]*\\] )?Killed \\d+:((?: \\d+\\(.*\\)| \\d+)+)",
		take_oomd_killed, "oomd",
		{ "[../oomd/plugins/BaseKillPlugin.cpp:230] Killed 2: 9(x) 10(a b)" } },
	{ "oomd-dry", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"would have tried to kill ", false,
		"^(?:\\[[^\\]]*\\] )?OOMD: In dry-run mode; would have tried to kill (?<cgroup>.*)",
		take_oomd_dry, "oomd",
		{ "OOMD: In dry-run mode; would have tried to kill /sys/fs/cgroup/a" } },

	/* Android's lmkd (tag lowmemorykiller). */
	{ "lmkd", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL, "Kill '", true,
		"^Kill '(?<process>.*)' \\((\\d+)\\), uid (\\d+), oom_(?:score_)?adj (-?\\d+) (to free "
		".*)",
		take_lmkd, "lmkd",
		{ "Kill 'com.x' (9), uid 10, oom_score_adj 900 to free 100kB rss, 0kB swap; "
		  "reason: low watermark is breached",
			"Kill 'com.x' (9), uid 10, oom_score_adj 900 to free 100kB",
			"Kill 'com.x' (9), uid 10, oom_adj 900 to free 100kB" } },
	{ "lmkd-old", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL, "Killing '", true,
		"^Killing '(?<process>.*)' \\((\\d+)\\), uid (\\d+), adj (-?\\d+)(?:\n *(to free .*))?",
		take_lmkd, "lmkd", { "Killing 'com.x' (9), uid 10, adj 900" } },
	{ "lmkd-watchdog", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"lmkd watchdog killed process ", true,
		"^lmkd watchdog killed process (\\d+), oom_score_adj (-?\\d+)",
		take_lmkd_watchdog, "lmkd",
		{ "lmkd watchdog killed process 9, oom_score_adj 900" } },
	{ "lmkd-rule", PART, 0, KIND_USERSPACE_KILL, "Killing ", true,
		"^(Killing (?:because cache|to reclaim) -?\\d+kB.*)", take_killer_rule,
		"lmkd",
		{ "Killing to reclaim 100kB, reclaimed 200kB, cache(9kB) and free(9kB)-reserved"
		  "(9kB) below min(9kB) for oom_adj 900" } },
	{ "lmkd-because", PART, 0, KIND_USERSPACE_KILL, "kB because cache ", false,
		"^ *(to free -?\\d+kB because cache .*)", take_killer_rule, "lmkd",
		{ "   to free 100kB because cache 9kB is below limit 9kB for oom_adj 900" } },

	/* The kubelet's evictions (klog). */
	{ "evict-lead", LEAD, 0, KIND_USERSPACE_KILL, "viction manager: ", false,
		"^\"?[Ee]viction manager: must evict pod\\(s\\) to reclaim(?:\" "
		"resourceName=\"| )([A-Za-z.-]+)",
		take_evict_lead, "kubelet",
		{ "\"Eviction manager: must evict pod(s) to reclaim\" resourceName=\"memory\"",
			"eviction manager: must evict pod(s) to reclaim memory" } },
	{ "evicted", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"evicted successfully", false,
		"^\"?[Ee]viction manager: pod (?:(\\S+) )?is evicted successfully\"?(?: "
		"pod=\"([^\"]*)\")?",
		take_evicted, "kubelet",
		{ "\"Eviction manager: pod is evicted successfully\" pod=\"default/web-1\"",
			"eviction manager: pod web-1_default(3f0e) is evicted successfully" } },
	{ "evicted-event", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"low on resource: memory", false,
		"^Event\\(v1\\.ObjectReference\\{Kind:\"Pod\", Namespace:\"([^\"]*)\", "
		"Name:\"([^\"]*)\".*?reason: 'Evicted' (.*)",
		take_evicted_event, "kubelet",
		{ "Event(v1.ObjectReference{Kind:\"Pod\", Namespace:\"default\", "
		  "Name:\"web-1\", UID:\"3f0e\"}): type: 'Warning' reason: 'Evicted' The node "
		  "was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi. " } },
	{ "evicted-occurred", ALONE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"low on resource: memory", false,
		"^\"Event occurred\" object=\"(?:([^\"/]*)/)?([^\"]*)\" .*?message=\"(.*?)\"$",
		take_evicted_event, "kubelet",
		{ "\"Event occurred\" object=\"default/web-1\" fieldPath=\"\" kind=\"Pod\" "
		  "apiVersion=\"v1\" type=\"Warning\" reason=\"Evicted\" message=\"The node was "
		  "low on resource: memory. Threshold quantity: 100Mi, available: 52Mi. \"" } },

	/* Other programs' notices of a kill. Their parts: pid, name, place. */
	{ "unit-oom", NOTICE, SECTION_TRIGGER, KIND_OOM, "OOM killer", false,
		"^()()(?<process>\\S+): (?:A process of this unit has been killed by the OOM killer|The "
		"kernel OOM killer killed some processes in this unit)",
		take_notice, "systemd",
		{ "a.service: A process of this unit has been killed by the OOM killer.",
			"a.service: The kernel OOM killer killed some processes in this "
			"unit." } },
	{ "unit-oomd", NOTICE, SECTION_TRIGGER, KIND_USERSPACE_KILL,
		"systemd-oomd killed ", false,
		"^()()(?<process>\\S+): systemd-oomd killed (?:\\d+|some) process\\(es\\) in this unit",
		take_notice, "systemd",
		{ "a.scope: systemd-oomd killed 14 process(es) in this unit.",
			"a.scope: systemd-oomd killed some process(es) in this unit." } },
	{ "unit-failed", NOTICE, SECTION_TRIGGER, KIND_OOM,
		"ailed with result 'oom-kill'", false,
		"^()()(?<process>\\S+): Failed with result 'oom-kill'", take_notice,
		"systemd", { "a.service: Failed with result 'oom-kill'." } },
	{ "unit-exited", HINT, 0, KIND_OOM, " process exited, code=killed", false,
		"^()()(?<process>\\S+): \\S+ process exited, code=killed, status=(?:9/KILL|15/TERM)",
		take_notice, "systemd",
		{ "a.service: Main process exited, code=killed, status=9/KILL" } },
	{ "system-oom", NOTICE, SECTION_TRIGGER, KIND_OOM, "System OOM encountered",
		false,
		"^(?=.*, pid: (\\d+))(?:\"Event occurred\" .*?message=\"|Event\\(v1\\.ObjectRefer"
		"ence\\{.*?reason: 'SystemOOM' )?System OOM encountered, victim process: (?<process>.*), "
		"pid: \\d+",
		take_notice, "kubelet",
		{ "\"Event occurred\" object=\"node-1\" fieldPath=\"\" kind=\"Node\" "
		  "apiVersion=\"\" type=\"Warning\" reason=\"SystemOOM\" message=\"System OOM "
		  "encountered, victim process: java, pid: 9\"",
			"Event(v1.ObjectReference{Kind:\"Node\", Namespace:\"\", Name:\"n\", "
			"UID:\"n\"}): type: 'Warning' reason: 'SystemOOM' System OOM "
			"encountered, victim process: a, b, pid: 9",
			"System OOM encountered, victim process: x, pid: 9" } },
	{ "task-oom", NOTICE, SECTION_TRIGGER, KIND_OOM, "TaskOOM", false,
		"^()()(?:time=\"[^\"]*\" )?level=\\w+ msg=\"TaskOOM event (?:&TaskOOM\\{Container"
		"ID:|container_id:\\\\\")([0-9A-Za-z_.-]+)",
		take_notice, "containerd",
		{ "time=\"2026-11-22T02:19:01.5Z\" level=info msg=\"TaskOOM event "
		  "container_id:\\\"3f0e\\\"\"",
			"level=info msg=\"TaskOOM event &TaskOOM{ContainerID:3f0e,}\"" } },
	{ "docker-oom", NOTICE, SECTION_TRIGGER, KIND_OOM, "container oom ", true,
		"^()()container oom ([0-9a-f]{12,64}) \\(", take_notice, "docker",
		{ "container oom 68801ac6fef5af34 (image=x, name=y)" } },
	{ "dockerd-oom", NOTICE, SECTION_TRIGGER, KIND_OOM, "topic=/tasks/oom", false,
		"^()()()(?:time=\"[^\"]*\" )?level=\\w+ msg=\\S+ .*topic=/tasks/oom",
		take_notice, "dockerd",
		{ "time=\"2026-11-22T02:19:01.5Z\" level=debug msg=event "
		  "module=libcontainerd namespace=moby topic=/tasks/oom" } },
	{ "conmon-oom", NOTICE, SECTION_TRIGGER, KIND_OOM, ">: OOM ", false,
		"^()()(?:conmon )?([0-9a-f]{12,64}) <n\\w+>: OOM (?:event )?received",
		take_notice, "conmon",
		{ "conmon 68801ac6fef5af345372 <ninfo>: OOM event received",
			"conmon 68801ac6fef5af345372 <ninfo>: OOM received" } },
	{ "slurm-oom", NOTICE, SECTION_TRIGGER, KIND_OOM, "kill event", false,
		"^()()()(?:\\[[^\\]]*\\] )?(?:slurmstepd: )?error: Detected \\d+ oom[_-]kill event",
		take_notice, "slurmstepd",
		{ "error: Detected 1 oom_kill event in StepId=7.batch. Some of the step tasks "
		  "have been OOM Killed.",
			"slurmstepd: error: Detected 1 oom-kill event(s) in step 7.batch "
			"cgroup." } },

	/* A state that somebody asked for. */
	{ "show-memory", HEADLESS, 0, KIND_OOM, "Show Memory", false,
		"^(?:sysrq: |SysRq : |sysrq: SysRq : )Show Memory", take_show_memory,
		NULL,
		{ "sysrq: Show Memory", "SysRq : Show Memory",
			"sysrq: SysRq : Show Memory" } },

	/* Which machine; only looked at, never an event. */
	{ "linux-version", INSIDE, 0, KIND_OOM, "Linux version ", true,
		"^Linux version (\\d\\S*)", take_linux_version, false,
		{ "Linux version 6.1.0-47-amd64 (debian-kernel@lists.debian.org)" } },
};
const size_t pattern_count = sizeof(pattern_rows) / sizeof(*pattern_rows);

int64_t capture_number(struct slice part)
{
	int64_t number = UNKNOWN;

	if (part.p)
		slice_take_int(&part, &number);
	return number;
}

enum {
	ROWS = sizeof(pattern_rows) / sizeof(*pattern_rows),
	WORDS = (ROWS + 63) / 64,
	PAIRS = 1024,
	MOST_PLAIN = 64, /* bytes that plain lines begin with, and 1 */
	NO_ROW = UINT16_MAX
};

/* Rows whose literal may stand in a line, found in one walk over the line: a row is
 * filed under a pair of neighbouring bytes of its literal (those with one literal
 * that begins the line, under its first byte). */
struct gate {
	uint16_t by_pair[PAIRS], by_start[256]; /* the first row so filed, or NO_ROW */
	uint16_t next[ROWS];                    /* the next one with the same pair */
};

/* The readers of plain lines, by the first byte of such a line. A place is a number in
 * `at`, 0 for none. */
struct plain_gate {
	uint8_t first[256];
	struct {
		uint16_t row;
		uint8_t reader, next;
	} at[MOST_PLAIN];
	uint8_t count;
	uint8_t in_turn[ROWS]; /* the reader of a row, and 1; 0: none */
};

struct pattern_set {
	struct gate gate;
	struct plain_gate plain;
	pcre2_code *code[ROWS];
	pcre2_match_data *match;
	pcre2_match_context *limits;
};

static size_t pair_of(const char *p)
{
	return ((size_t)(unsigned char)p[0] * 37 + (unsigned char)p[1]) % PAIRS;
}

/* The pair by which a literal is known: the one with the fewest small letters and
 * blanks, of which lines are full. */
static const char *rare_pair(const char *literal)
{
	const char *best = literal;
	int least = 3;

	for (const char *p = literal; p[0] && p[1]; p++) {
		int common = (p[0] == ' ' || (p[0] >= 'a' && p[0] <= 'z')) +
			     (p[1] == ' ' || (p[1] >= 'a' && p[1] <= 'z'));

		if (common < least) {
			least = common;
			best = p;
		}
	}
	return best;
}

static void gate_set_up(struct gate *gate)
{
	memset(gate, 0xff, sizeof(*gate));
	/* The last row first, so that chains stand in the table's order. */
	for (size_t i = ROWS; i-- > 0;) {
		const struct pattern *p = &pattern_rows[i];
		uint16_t *head =
			p->at_start ? &gate->by_start[(unsigned char)p->literal[0]]
				    : &gate->by_pair[pair_of(rare_pair(p->literal))];

		gate->next[i] = *head;
		*head = (uint16_t)i;
	}
}

static void plain_set_up(struct plain_gate *plain)
{
	size_t reader = plain_line_count;

	plain->count = 1;
	/* Both tables have one order; the last row first, as above. */
	for (size_t i = ROWS; i-- > 0 && reader > 0;) {
		const char *begins;

		if (strcmp(pattern_rows[i].name, plain_lines[reader - 1].row) != 0)
			continue;
		reader--;
		if (!plain_lines[reader].begins) {
			plain->in_turn[i] = (uint8_t)(reader + 1);
			continue;
		}
		for (begins = plain_lines[reader].begins; *begins; begins++) {
			uint8_t *head = &plain->first[(unsigned char)*begins];

			if (plain->count == MOST_PLAIN)
				die("BUG: too many plain lines");
			plain->at[plain->count].row = (uint16_t)i;
			plain->at[plain->count].reader = (uint8_t)reader;
			plain->at[plain->count].next = *head;
			*head = plain->count++;
		}
	}
	if (reader > 0)
		die("BUG: no row for the plain line %s", plain_lines[reader - 1].row);
}

static void add_rows(const struct gate *gate, uint16_t row, uint64_t candidates[WORDS])
{
	for (; row != NO_ROW; row = gate->next[row])
		candidates[row / 64] |= UINT64_C(1) << row % 64;
}

/* Mark the rows that the text may match. */
static void gate_open(
	const struct gate *gate, struct slice text, uint64_t candidates[WORDS])
{
	memset(candidates, 0, WORDS * sizeof(*candidates));
	if (text.n > 0)
		add_rows(gate, gate->by_start[(unsigned char)text.p[0]], candidates);
	for (size_t i = 0; i + 1 < text.n; i++) {
		uint16_t row = gate->by_pair[pair_of(text.p + i)];

		if (row != NO_ROW)
			add_rows(gate, row, candidates);
	}
}

struct pattern_set *pattern_set_new(void)
{
	struct pattern_set *set = must_alloc(sizeof(*set));

	gate_set_up(&set->gate);
	plain_set_up(&set->plain);
	set->match = pcre2_match_data_create(MAX_CAPTURES, NULL);
	set->limits = pcre2_match_context_create(NULL);
	if (!set->match || !set->limits)
		die("out of memory in pcre2");
	/* A hostile line costs time in proportion to its length, no more. */
	pcre2_set_match_limit(set->limits, 200000);
	pcre2_set_depth_limit(set->limits, 2000);
	return set;
}

void pattern_set_free(struct pattern_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < pattern_count; i++)
		pcre2_code_free(set->code[i]);
	pcre2_match_data_free(set->match);
	pcre2_match_context_free(set->limits);
	free(set);
}

static const pcre2_code *compiled(struct pattern_set *set, size_t row)
{
	int error;
	PCRE2_SIZE offset;

	if (!set->code[row]) {
		set->code[row] = pcre2_compile((PCRE2_SPTR)pattern_rows[row].expression,
			PCRE2_ZERO_TERMINATED, PCRE2_DOTALL | PCRE2_NEVER_UTF, &error,
			&offset, NULL);
		if (!set->code[row])
			die("BUG: pattern %s does not compile (error %d at %zu)",
				pattern_rows[row].name, error, offset);
	}
	return set->code[row];
}

bool pattern_matches(struct pattern_set *set, size_t row, struct slice text,
	struct captures *captures)
{
	const struct pattern *p = &pattern_rows[row];
	const PCRE2_SIZE *ends;
	int count;

	if (p->at_start ? !slice_starts(text, p->literal)
			: !slice_has(text, p->literal))
		return false;
	count = pcre2_match(compiled(set, row), (PCRE2_SPTR)text.p, text.n, 0, 0,
		set->match, set->limits);
	if (count <= 0)
		return false;
	ends = pcre2_get_ovector_pointer(set->match);
	for (size_t i = 0; i < MAX_CAPTURES; i++) {
		captures->part[i] = (struct slice){ NULL, 0 };
		if (i < (size_t)count && ends[2 * i] != PCRE2_UNSET)
			captures->part[i] = (struct slice){ text.p + ends[2 * i],
				ends[2 * i + 1] - ends[2 * i] };
	}
	return true;
}

bool pattern_in_kmsg(const struct pattern *pattern)
{
	return pattern->take == take_oomd;
}

/* Whether a line that stands so, and that such a speaker says, may be this row's. */
static bool may_stand(const struct pattern *p, bool inside, enum speaker speaker)
{
	if (!inside && (p->place == INSIDE || p->place == AFTER))
		return false;
	/* Where the kernel speaks, a process's name may stand in the line; where a program
	 * does, it may say anything. */
	return p->program ? speaker != THE_KERNEL || pattern_in_kmsg(p)
			  : speaker != A_PROGRAM;
}

/* Does the row's reader know the line? */
static bool reads_in_turn(const struct pattern_set *set, size_t row, struct slice text,
	struct captures *captures)
{
	size_t reader = set->plain.in_turn[row];

	if (reader == 0)
		return false;
	*captures = (struct captures){ 0 };
	return plain_lines[reader - 1].read(&pattern_rows[row], text, captures);
}

/* The first row that matches, by its reader, where `readers` says so, or its
 * expression. */
static const struct pattern *match_in_turn(struct pattern_set *set, struct slice text,
	bool inside, enum speaker speaker, bool readers, struct captures *captures)
{
	uint64_t candidates[WORDS];

	gate_open(&set->gate, text, candidates);
	for (size_t word = 0; word < WORDS; word++) {
		for (uint64_t left = candidates[word]; left; left &= left - 1) {
			size_t row = word * 64 + (size_t)__builtin_ctzll(left);

			if (!may_stand(&pattern_rows[row], inside, speaker))
				continue;
			if ((readers && reads_in_turn(set, row, text, captures)) ||
				pattern_matches(set, row, text, captures))
				return &pattern_rows[row];
		}
	}
	return NULL;
}

const struct pattern *pattern_match_expressions(struct pattern_set *set,
	struct slice text, bool inside, enum speaker speaker, struct captures *captures)
{
	return match_in_turn(set, text, inside, speaker, false, captures);
}

const struct pattern *pattern_match_plain(struct pattern_set *set, struct slice text,
	bool inside, enum speaker speaker, struct captures *captures)
{
	uint8_t at = text.n > 0 ? set->plain.first[(unsigned char)text.p[0]] : 0;

	if (at > 0)
		*captures = (struct captures){ 0 };
	for (; at > 0; at = set->plain.at[at].next) {
		const struct pattern *p = &pattern_rows[set->plain.at[at].row];

		if (!plain_lines[set->plain.at[at].reader].read(p, text, captures))
			continue;
		captures->part[0] = text;
		return may_stand(p, inside, speaker) ? p : NULL;
	}
	return NULL;
}

const struct pattern *pattern_match(struct pattern_set *set, struct slice text,
	bool inside, enum speaker speaker, struct captures *captures)
{
	const struct pattern *p =
		pattern_match_plain(set, text, inside, speaker, captures);

	return p ? p : match_in_turn(set, text, inside, speaker, true, captures);
}

/* A person's expression may be hostile, or only unlucky: what it may cost is bounded. */
enum {
	LONGEST_SEARCH = 1000,
	SEARCH_MATCHES = 20000,
	SEARCH_DEPTH = 500,
	SEARCH_HEAP_KIB = 1024,
	SEARCH_NESTING = 50
};

struct search {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
};

static bool has_capital(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return true;
	return false;
}

struct search *search_new(struct slice expression, bool utf8, const char **wrong)
{
	static PCRE2_UCHAR message[128];
	struct search *search = must_alloc(sizeof(*search));
	pcre2_compile_context *bounds = pcre2_compile_context_create(NULL);
	uint32_t options = PCRE2_NEVER_BACKSLASH_C;
	int error;
	PCRE2_SIZE at;

	if (!bounds)
		die("out of memory in pcre2");
	pcre2_set_max_pattern_length(bounds, LONGEST_SEARCH);
	pcre2_set_parens_nest_limit(bounds, SEARCH_NESTING);
	if (utf8)
		options |= PCRE2_UTF;
	if (!has_capital(expression))
		options |= PCRE2_CASELESS;
	search->code = pcre2_compile(
		(PCRE2_SPTR)expression.p, expression.n, options, &error, &at, bounds);
	pcre2_compile_context_free(bounds);
	if (!search->code) {
		pcre2_get_error_message(error, message, sizeof(message));
		*wrong = (const char *)message;
		free(search);
		return NULL;
	}
	search->match = pcre2_match_data_create(1, NULL);
	search->limits = pcre2_match_context_create(NULL);
	if (!search->match || !search->limits)
		die("out of memory in pcre2");
	pcre2_set_match_limit(search->limits, SEARCH_MATCHES);
	pcre2_set_depth_limit(search->limits, SEARCH_DEPTH);
	pcre2_set_heap_limit(search->limits, SEARCH_HEAP_KIB);
	return search;
}

bool search_in(const struct search *search, struct slice line)
{
	return pcre2_match(search->code, (PCRE2_SPTR)line.p, line.n, 0, 0,
		       search->match, search->limits) >= 0;
}

void search_free(struct search *search)
{
	if (!search)
		return;
	pcre2_code_free(search->code);
	pcre2_match_data_free(search->match);
	pcre2_match_context_free(search->limits);
	free(search);
}

const char *pattern_capture_name(
	struct pattern_set *set, const struct pattern *row, size_t capture)
{
	const pcre2_code *code = compiled(set, (size_t)(row - pattern_rows));
	uint32_t count = 0, size = 0;
	PCRE2_SPTR entry = NULL;

	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &entry);
	/* An entry is the capture's number in two bytes, and its name. */
	for (uint32_t i = 0; i < count; i++, entry += size)
		if (((size_t)entry[0] << 8 | entry[1]) == capture)
			return (const char *)entry + 2;
	return NULL;
}
