/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: logs for the benchmark, of any size, the same bytes on every machine.
 *
 *   generate quiet BYTES     a syslog with ten reports in it
 *   generate dense BYTES     a kernel log of nothing but reports of 300 tasks
 *   generate report TASKS    one report
 *   generate endless BYTES   one line without an end
 *
 * A third argument, a number, gives another log of the kind, as of another machine.
 * The numbers of every report differ, so that none can be answered by remembering
 * another. They agree with each other: counters, zones and free lists sum up. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = UINT64_C(88172645463325252);

static unsigned int pick(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)((state >> 20) % below);
}

static char buffer[1 << 20];
static size_t have;
static uint64_t written;

static void write_out(void)
{
	if (fwrite(buffer, 1, have, stdout) != have) {
		perror("generate");
		exit(2);
	}
	have = 0;
}

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
	va_list args;
	int n;

	if (sizeof(buffer) - have < 4096)
		write_out();
	va_start(args, format);
	n = vsnprintf(buffer + have, 4096, format, args);
	va_end(args);
	have += (size_t)n;
	written += (uint64_t)n;
}

static uint64_t clock_usec = 1000000;

/* What stands before each kernel line: dmesg's stamp, or a syslog's prefix too. */
static bool in_syslog;

static void put_syslog_time(void)
{
	uint64_t s = clock_usec / 1000000;

	put("Nov %2u %02u:%02u:%02u db1 ", (unsigned int)(s / 86400 % 28 + 1),
		(unsigned int)(s / 3600 % 24), (unsigned int)(s / 60 % 60),
		(unsigned int)(s % 60));
}

static void stamp(void)
{
	clock_usec += 3 + pick(60);
	if (in_syslog) {
		put_syslog_time();
		put("kernel: ");
	}
	put("[%5" PRIu64 ".%06" PRIu64 "] ", clock_usec / 1000000,
		clock_usec % 1000000);
}

#define LINE(...)                                                                      \
	do {                                                                           \
		stamp();                                                               \
		put(__VA_ARGS__);                                                      \
	} while (0)

static const char *const programs[] = { "systemd", "systemd-journal", "systemd-udevd",
	"dbus-daemon", "sshd", "cron", "agetty", "rsyslogd", "nginx", "nginx", "nginx",
	"postgres", "postgres", "postgres", "postgres", "java", "java", "python3",
	"node", "bash", "redis-server", "containerd", "containerd-shim", "kubelet",
	"calico-node", "fluent-bit", "php-fpm8.2", "php-fpm8.2", "mysqld", "chronyd",
	"(sd-pam)", "sh", "sleep", "prometheus", "node_exporter", "Web Content" };
enum { PROGRAMS = sizeof(programs) / sizeof(*programs) };

struct row {
	unsigned int pid, uid, total_vm, anon, file, shmem, tables;
	int adj;
	const char *name;
};
static struct row rows[1000000];

static void trace(void)
{
	static const char *const frames[] = { "dump_stack_lvl", "dump_header",
		"oom_kill_process", "out_of_memory", "__alloc_pages_slowpath",
		"__alloc_pages", "alloc_pages_vma", "wp_page_copy", "do_wp_page",
		"__handle_mm_fault", "handle_mm_fault", "do_user_addr_fault",
		"exc_page_fault", "asm_exc_page_fault" };

	LINE("Call Trace:\n");
	LINE(" <TASK>\n");
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++)
		LINE(" %s+0x%x/0x%x\n", frames[i], 0x10 + pick(0x200),
			0x300 + pick(0x900));
	LINE(" </TASK>\n");
}

/* Free lists of a zone that sum to about `kb`; returns what they sum to. */
static unsigned int put_free_list(char *line, size_t room, unsigned int kb)
{
	unsigned int sum = 0;
	size_t n = 0;

	for (unsigned int order = 0; order < 11; order++) {
		unsigned int size = 4u << order;
		unsigned int count = kb > sum ? pick((kb - sum) / size / 2 + 1) : 0;

		sum += count * size;
		n += (size_t)snprintf(line + n, room - n, "%u*%ukB%s ", count, size,
			count ? " (UME)" : "");
	}
	snprintf(line + n, room - n, "= %ukB", sum);
	return sum;
}

static void put_zone(const char *name, unsigned int free, unsigned int min,
	unsigned int anon, unsigned int file, unsigned int present,
	unsigned int managed)
{
	LINE("Node 0 %s free:%ukB boost:0kB min:%ukB low:%ukB high:%ukB "
	     "reserved_highatomic:0KB active_anon:%ukB inactive_anon:%ukB "
	     "active_file:%ukB inactive_file:%ukB unevictable:0kB writepending:0kB "
	     "present:%ukB managed:%ukB mlocked:0kB bounce:0kB free_pcp:%ukB "
	     "local_pcp:0kB free_cma:0kB\n",
		name, free, min, min + min / 4, min + min / 2, anon / 4,
		anon - anon / 4, file / 2, file - file / 2, present, managed,
		pick(200));
}

static void mem_info(unsigned int anon_pages, unsigned int table_pages)
{
	static char lists[3][512];
	unsigned int kb[3], free = 0, slab = 20000 + pick(9000);
	unsigned int stack = 4000 + pick(4000), file = pick(400),
		     shmem = 500 + pick(99);
	unsigned int reserved = 60000 + pick(999), ram;

	kb[0] = put_free_list(lists[0], sizeof(lists[0]), 14000);
	kb[1] = put_free_list(lists[1], sizeof(lists[1]), 42000 + pick(2000));
	kb[2] = put_free_list(lists[2], sizeof(lists[2]), 30000 + pick(9000));
	for (int i = 0; i < 3; i++)
		free += kb[i] / 4;
	ram = anon_pages + table_pages + slab + stack / 4 + file + shmem + free +
	      reserved + 1000;
	LINE("Mem-Info:\n");
	LINE("active_anon:%u inactive_anon:%u isolated_anon:0\n", anon_pages / 4,
		anon_pages - anon_pages / 4 + shmem);
	LINE(" active_file:%u inactive_file:%u isolated_file:0\n", file / 2,
		file - file / 2);
	LINE(" unevictable:0 dirty:%u writeback:0\n", pick(9));
	LINE(" slab_reclaimable:%u slab_unreclaimable:%u\n", slab / 3, slab - slab / 3);
	LINE(" mapped:%u shmem:%u pagetables:%u\n", 100 + pick(400), shmem,
		table_pages);
	LINE(" sec_pagetables:0 bounce:0\n");
	LINE(" kernel_misc_reclaimable:0\n");
	LINE(" free:%u free_pcp:%u free_cma:0\n", free, pick(900));
	LINE("Node 0 active_anon:%ukB inactive_anon:%ukB active_file:%ukB "
	     "inactive_file:%ukB unevictable:0kB isolated(anon):0kB "
	     "isolated(file):0kB mapped:%ukB dirty:0kB writeback:0kB shmem:%ukB "
	     "shmem_thp:0kB shmem_pmdmapped:0kB anon_thp:%ukB writeback_tmp:0kB "
	     "kernel_stack:%ukB pagetables:%ukB sec_pagetables:0kB "
	     "all_unreclaimable? no\n",
		anon_pages, (anon_pages - anon_pages / 4 + shmem) * 4, file * 2,
		file * 2, 400 + pick(1600), shmem * 4, pick(4000) * 2048 / 1000, stack,
		table_pages * 4);
	put_zone("DMA", kb[0], 64, 0, 0, 15992, 15360);
	LINE("lowmem_reserve[]: 0 2874 15907 15907 15907\n");
	put_zone("DMA32", kb[1], 45000, anon_pages, file * 2, 3129200, 2943100);
	LINE("lowmem_reserve[]: 0 0 13032 13032 13032\n");
	put_zone("Normal", kb[2], 52000, anon_pages * 3, file * 2,
		ram * 4 - 15992 - 3129200 + 40000, ram * 4 - reserved * 4 - 2900000);
	LINE("lowmem_reserve[]: 0 0 0 0 0\n");
	LINE("Node 0 DMA: %s\n", lists[0]);
	LINE("Node 0 DMA32: %s\n", lists[1]);
	LINE("Node 0 Normal: %s\n", lists[2]);
	LINE("Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 "
	     "hugepages_size=1048576kB\n");
	LINE("Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 "
	     "hugepages_size=2048kB\n");
	LINE("%u total pagecache pages\n", file + shmem);
	LINE("0 pages in swap cache\n");
	LINE("Free swap  = 0kB\n");
	LINE("Total swap = %ukB\n", pick(2) ? 0 : 2097148);
	LINE("%u pages RAM\n", ram);
	LINE("0 pages HighMem/MovableOnly\n");
	LINE("%u pages reserved\n", reserved);
	LINE("0 pages hwpoisoned\n");
}

static void memcg_info(unsigned int anon_pages, const char *path)
{
	uint64_t anon = (uint64_t)anon_pages * 4096, file = pick(300) * 4096;
	uint64_t kernel = (2000 + pick(3000)) * UINT64_C(4096);
	unsigned int limit = (unsigned int)((anon + file + kernel) / 1024);
	static const char *const zeros[] = { "sock", "vmalloc", "shmem", "zswap",
		"zswapped", "file_dirty", "file_writeback", "swapcached", "shmem_thp",
		"active_file", "unevictable", "workingset_refault_anon",
		"workingset_refault_file", "workingset_activate_anon",
		"workingset_activate_file", "workingset_nodereclaim", "pgscan",
		"pgsteal", "pgscan_kswapd", "pgscan_direct", "pgsteal_kswapd",
		"pgsteal_direct" };

	LINE("memory: usage %ukB, limit %ukB, failcnt %u\n", limit, limit, pick(90000));
	LINE("swap: usage 0kB, limit 0kB, failcnt 0\n");
	LINE("Memory cgroup stats for %s:\n", path);
	LINE("anon %" PRIu64 "\n", anon);
	LINE("file %" PRIu64 "\n", file);
	LINE("kernel %" PRIu64 "\n", kernel);
	LINE("kernel_stack %u\n", 16384 * pick(40));
	LINE("pagetables %" PRIu64 "\n", kernel / 3);
	LINE("percpu 4160\n");
	LINE("inactive_anon %" PRIu64 "\n", anon);
	LINE("active_anon 4096\n");
	LINE("inactive_file %" PRIu64 "\n", file);
	LINE("slab_reclaimable %" PRIu64 "\n", kernel / 9);
	LINE("slab_unreclaimable %" PRIu64 "\n", kernel / 4);
	LINE("pgfault %u\n", pick(9000000));
	for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++)
		LINE("%s 0\n", zeros[i]);
}

static void report(unsigned int tasks)
{
	bool memcg = tasks < 1000 && pick(3) == 0;
	unsigned int anon = 0, tables = 0, largest = 0, asks;
	char path[128];

	if (tasks < 4)
		tasks = 4;
	if (tasks > sizeof(rows) / sizeof(*rows))
		tasks = sizeof(rows) / sizeof(*rows);
	for (unsigned int i = 0; i < tasks; i++) {
		struct row *r = &rows[i];

		*r = (struct row){ .pid = 300 + i * 7 + pick(7),
			.uid = pick(3) ? 0 : pick(1000),
			.anon = 100 + pick(pick(20) ? 3000 : 90000),
			.file = pick(40),
			.shmem = pick(90),
			.tables = (12 + pick(60)) * 4096,
			.adj = i < 3 ? -1000 : (pick(12) ? 0 : (int)pick(1000)),
			.name = programs[i == 0 ? 0 : pick(PROGRAMS)] };
		r->total_vm = r->anon * 3 + pick(90000);
		anon += r->anon;
		tables += r->tables / 4096;
		if (r->adj == 0 &&
			(rows[largest].adj != 0 || r->anon > rows[largest].anon))
			largest = i;
	}
	/* One that is plainly the largest. */
	rows[largest].anon += 400000;
	rows[largest].total_vm += 900000;
	anon += 400000;
	asks = pick(tasks);
	snprintf(path, sizeof(path),
		"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod%08x_%04x."
		"slice/cri-containerd-%08x%08x.scope",
		pick(0x7fffffff), pick(0xffff), pick(0x7fffffff), pick(0x7fffffff));
	LINE("%s invoked oom-killer: gfp_mask=0x%s, order=0, oom_score_adj=%d\n",
		rows[asks].name,
		memcg ? "cc0(GFP_KERNEL)" : "140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP)",
		rows[asks].adj);
	LINE("CPU: %u PID: %u Comm: %s Not tainted 6.1.0-47-amd64 #1  Debian 6.1.170-3\n",
		pick(8), rows[asks].pid, rows[asks].name);
	LINE("Hardware name: Bench 1, BIOS 1.0 01/01/2024\n");
	trace();
	if (memcg)
		memcg_info(anon, path);
	else
		mem_info(anon, tables);
	LINE("Tasks state (memory values in pages):\n");
	LINE("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
	     "oom_score_adj name\n");
	for (unsigned int i = 0; i < tasks; i++) {
		const struct row *r = &rows[i];

		LINE("[%7u] %5u %5u %8u %8u %8u %8u         %5d %s\n", r->pid, r->uid,
			r->pid, r->total_vm, r->anon + r->file + r->shmem, r->tables,
			0u, r->adj, r->name);
	}
	{
		const struct row *v = &rows[largest];

		if (memcg)
			LINE("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),"
			     "cpuset=%s,mems_allowed=0,oom_memcg=%s,task_memcg=%s,"
			     "task=%s,pid=%u,uid=%u\n",
				path, path, path, v->name, v->pid, v->uid);
		else
			LINE("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),"
			     "cpuset=/,mems_allowed=0,global_oom,task_memcg=/"
			     "system.slice/%s.service,task=%s,pid=%u,uid=%u\n",
				v->name, v->name, v->pid, v->uid);
		LINE("%s: Killed process %u (%s) total-vm:%ukB, anon-rss:%ukB, "
		     "file-rss:%ukB, shmem-rss:%ukB, UID:%u pgtables:%ukB "
		     "oom_score_adj:%d\n",
			memcg ? "Memory cgroup out of memory" : "Out of memory", v->pid,
			v->name, v->total_vm * 4, v->anon * 4, v->file * 4,
			v->shmem * 4, v->uid, v->tables / 1024, v->adj);
		if (pick(2))
			LINE("oom_reaper: reaped process %u (%s), now anon-rss:0kB, "
			     "file-rss:0kB, shmem-rss:0kB\n",
				v->pid, v->name);
	}
	clock_usec += 2000000 + pick(5000000);
}

/* One line of a machine that goes about its work. */
static void quiet_line(void)
{
	unsigned int a = pick(250), b = pick(250), n = pick(60000) + 1024;

	clock_usec += pick(20000);
	put_syslog_time();
	switch (pick(20)) {
	case 0:
		put("sshd[%u]: Accepted publickey for deploy from 10.0.%u.%u port %u ssh2: "
		    "ED25519 SHA256:%08x%08x\n",
			n, a, b, n, pick(0x7fffffff), pick(0x7fffffff));
		break;
	case 1:
		put("sshd[%u]: pam_unix(sshd:session): session opened for user "
		    "deploy(uid=%u) by (uid=0)\n",
			n, a + 1000);
		break;
	case 2:
		put("systemd[1]: Started session-%u.scope - Session %u of User deploy.\n",
			n, n);
		break;
	case 3:
		put("CRON[%u]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 "
		    "1 1)\n",
			n);
		break;
	case 4:
	case 5:
	case 6:
		put("nginx[%u]: 10.1.%u.%u - - \"GET /api/v1/orders/%u?page=%u HTTP/1.1\" "
		    "200 %u \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 "
		    "Firefox/128.0\"\n",
			n, a, b, pick(900000), a, pick(90000));
		break;
	case 7:
		put("kernel: [%5u.%06u] [UFW BLOCK] IN=eth0 OUT= "
		    "MAC=52:54:00:%02x:%02x:01:00 SRC=192.0.2.%u DST=10.0.0.7 LEN=40 "
		    "TOS=0x00 PREC=0x00 TTL=%u ID=%u PROTO=TCP SPT=%u DPT=23 "
		    "WINDOW=1024 RES=0x00 SYN URGP=0\n",
			n, n, a, b, a, b, n, n);
		break;
	case 8:
		put("postfix/smtpd[%u]: connect from unknown[203.0.113.%u]\n", n, a);
		break;
	case 9:
		put("dockerd[%u]: time=\"2026-11-22T02:%02u:%02u.%06uZ\" level=info "
		    "msg=\"ignoring event\" container=%08x%08x module=libcontainerd "
		    "namespace=moby topic=/tasks/delete type=\"*events.TaskDelete\"\n",
			n, a % 60, b % 60, n, pick(0x7fffffff), pick(0x7fffffff));
		break;
	case 10:
		put("kubelet[%u]: I1122 02:%02u:%02u.%06u %7u kubelet.go:2345] \"SyncLoop "
		    "(PLEG): event for pod\" pod=\"shop/cart-%08x\" "
		    "event={\"Type\":\"ContainerStarted\",\"Data\":\"%08x\"}\n",
			n, a % 60, b % 60, n, n, pick(0x7fffffff), pick(0x7fffffff));
		break;
	case 11:
		put("dhclient[%u]: DHCPACK of 10.0.%u.%u from 10.0.0.1 (xid=0x%08x)\n",
			n, a, b, pick(0x7fffffff));
		break;
	case 12:
		put("postgres[%u]: [%u-1] LOG:  duration: %u.%03u ms  statement: select "
		    "id, total from orders where customer = %u order by id desc "
		    "limit 20\n",
			n, a, a, b, n);
		break;
	case 13:
		put("systemd[1]: logrotate.service: Consumed %u.%03us CPU time, %uM memory "
		    "peak.\n",
			a, b, a);
		break;
	case 14:
		put("kernel: [%5u.%06u] device veth%07x entered promiscuous mode\n", n,
			n, pick(0xfffffff));
		break;
	case 15:
		put("app[%u]: WARN  [worker-%u] c.e.shop.Cart - room %u not found, retrying "
		    "in %u ms\n",
			n, a % 16, n, b);
		break;
	case 16:
		put("app[%u]: INFO  [worker-%u] c.e.shop.Order - order %u processed in %u "
		    "ms\n",
			n, a % 16, pick(900000), b);
		break;
	case 17:
		put("chronyd[%u]: Selected source 198.51.100.%u (2.debian.pool.ntp.org)\n",
			n, a);
		break;
	case 18:
		put("java[%u]: [GC (Allocation Failure) %uK->%uK(%uK), 0.%03u secs]\n",
			n, n * 30, n * 11, n * 64, b);
		break;
	default:
		put("rsyslogd: action 'action-%u-builtin:omfwd' resumed (module "
		    "'builtin:omfwd') [v8.2302.0]\n",
			a);
		break;
	}
}

static void quiet(uint64_t bytes)
{
	uint64_t reports = 0;

	in_syslog = true;
	while (written < bytes) {
		quiet_line();
		if (reports < 10 && written > bytes / 11 * (reports + 1)) {
			report(300);
			reports++;
		}
	}
}

int main(int argc, char **argv)
{
	uint64_t amount = argc >= 3 ? strtoull(argv[2], NULL, 10) : 0;

	if (amount == 0) {
		fputs("usage: generate quiet|dense|report|endless AMOUNT [NUMBER]\n",
			stderr);
		return 2;
	}
	if (argc > 3)
		state ^= strtoull(argv[3], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15);
	if (strcmp(argv[1], "quiet") == 0)
		quiet(amount);
	else if (strcmp(argv[1], "dense") == 0)
		while (written < amount)
			report(300);
	else if (strcmp(argv[1], "report") == 0)
		report((unsigned int)amount);
	else
		while (written < amount)
			put("%s", "a line that does not end, ");
	write_out();
	return 0;
}
