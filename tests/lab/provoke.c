// SPDX-License-Identifier: GPL-2.0-or-later
// Why: the lab needs a process that takes one known kind of memory under a known name.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096UL

static int ready_fd = -1; // the parent of -b reads here that we hold what was asked for
static int leave;         // -x: exit instead of holding on to it
static long pause_usec;   // -s: sleep so long after each MiB
static unsigned sparse =
	16; // -d: one word in so many is random, the others zero: how well it compresses
static const char *name;

static void die(const char *what)
{
	fprintf(stderr, "provoke: %s: %s\n", what, strerror(errno));
	exit(1);
}

// "64M" to bytes.
static unsigned long size(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	switch (*end) {
	case 'G':
		n <<= 10; // fall through
	case 'M':
		n <<= 10; // fall through
	case 'K':
		n <<= 10;
	}
	return n;
}

// Names may hold any byte: \xHH and \n in the argument are undone here.
static char *unescape(const char *from)
{
	char *to = calloc(1, strlen(from) + 1), *at = to;

	for (; *from; from++) {
		if (from[0] == '\\' && from[1] == 'x') {
			char hex[3] = { from[2], from[3], 0 };
			*at++ = (char)strtoul(hex, NULL, 16);
			from += 3;
		} else if (from[0] == '\\' && from[1] == 'n') {
			*at++ = '\n';
			from++;
		} else {
			*at++ = *from;
		}
	}
	return to;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

// Says that everything is held, then holds it until killed.
static void hold(void)
{
	if (ready_fd >= 0) {
		if (write(ready_fd, "r", 1) < 0)
			die("ready");
		close(ready_fd);
	}
	if (leave)
		exit(0);
	for (;;)
		pause();
}

static char *map(unsigned long bytes, int flags, int fd)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

// Touches one byte every step, with a value that neither zram nor KSM can fold.
static void touch(char *p, unsigned long bytes, unsigned long step)
{
	uint64_t x = 88172645463325252ULL;

	for (unsigned long at = 0; at < bytes; at += step) {
		if (step > PAGE) {
			p[at] = 1;
			continue;
		}
		uint64_t *word = (uint64_t *)(p + at);
		for (unsigned i = 0; i < PAGE / sizeof(*word); i += sparse) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			word[i] = x;
		}
		if (pause_usec && at % (1 << 20) == 0)
			usleep((useconds_t)pause_usec);
	}
}

static void lift_file_limit(void)
{
	struct rlimit r = { 1 << 20, 1 << 20 };

	if (setrlimit(RLIMIT_NOFILE, &r))
		die("setrlimit");
}

static void anon(char **args)
{
	unsigned long bytes = size(args[0]);
	char *p = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	madvise(p, bytes, MADV_NOHUGEPAGE);
	touch(p, bytes, PAGE);
}

static void thp(char **args)
{
	unsigned long bytes = size(args[0]);
	char *p = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	madvise(p, bytes, MADV_HUGEPAGE);
	touch(p, bytes, PAGE);
}

static void locked(char **args)
{
	unsigned long bytes = size(args[0]);
	char *p = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	madvise(p, bytes, MADV_NOHUGEPAGE);
	for (unsigned long at = 0; at < bytes; at += 1 << 20) {
		unsigned long n = bytes - at < 1 << 20 ? bytes - at : 1 << 20;
		if (mlock(p + at, n))
			die("mlock");
	}
}

static void shared(char **args)
{
	unsigned long bytes = size(args[0]);

	touch(map(bytes, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1), bytes, PAGE);
}

// file PATH SIZE: written, closed, left behind.
static void file(char **args)
{
	static char buffer[1 << 16];
	unsigned long bytes = size(args[1]);
	int fd = open(args[0], O_CREAT | O_WRONLY | O_TRUNC, 0644);

	if (fd < 0)
		die(args[0]);
	touch(buffer, sizeof(buffer), PAGE);
	for (unsigned long at = 0; at < bytes; at += sizeof(buffer)) {
		if (write(fd, buffer, sizeof(buffer)) < 0) {
			perror("provoke: write");
			break;
		}
		if (pause_usec && at % (1 << 20) == 0)
			usleep((useconds_t)pause_usec);
	}
	close(fd);
}

// dirty PATH SIZE: pages of a file dirtied through a shared mapping, which no writer throttles at once.
static void dirty(char **args)
{
	unsigned long bytes = size(args[1]);
	int fd = open(args[0], O_CREAT | O_RDWR, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		die(args[0]);
	touch(map(bytes, MAP_SHARED, fd), bytes, PAGE);
}

// warm PATH...: reads files through a mapping, again and again if held.
static void warm(char **args)
{
	volatile char sum = 0;

	for (int i = 0; args[i]; i++) {
		int fd = open(args[i], O_RDONLY);
		struct stat st;
		if (fd < 0 || fstat(fd, &st))
			die(args[i]);
		char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			die("mmap");
		for (int round = 0; round < 2; round++)
			for (off_t at = 0; at < st.st_size; at += (off_t)PAGE)
				sum += p[at];
		close(fd);
	}
}

// pagetables SIZE: one zero page read in every 2 MiB, so that rss stays tiny and page tables do not.
static void pagetables(char **args)
{
	unsigned long bytes = size(args[0]);
	volatile char sum = 0;
	char *p = mmap(NULL, bytes, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	madvise(p, bytes, MADV_NOHUGEPAGE);
	for (unsigned long at = 0; at < bytes; at += 2UL << 20)
		sum += p[at];
}

static void *sleeper(void *unused)
{
	for (;;)
		pause();
	return unused;
}

// threads N: kernel stacks and task structures, next to no memory of their own.
static void threads(char **args)
{
	unsigned long count = size(args[0]);
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setguardsize(&attr, 0);
	for (unsigned long i = 0; i < count; i++) {
		char *stack = mmap(NULL, 16384, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (stack == MAP_FAILED || pthread_attr_setstack(&attr, stack, 16384) ||
			pthread_create(&thread, &attr, sleeper, NULL)) {
			fprintf(stderr, "provoke: stopped at thread %lu\n", i);
			break;
		}
	}
}

// pipes N SIZE: filled pipes, whose pages no counter of the machine shows.
static void pipes(char **args)
{
	unsigned long count = size(args[0]), bytes = size(args[1]);
	static char buffer[1 << 16];

	lift_file_limit();
	touch(buffer, sizeof(buffer), PAGE);
	for (unsigned long i = 0; i < count; i++) {
		int fd[2];
		if (pipe2(fd, O_NONBLOCK))
			die("pipe");
		if (fcntl(fd[1], F_SETPIPE_SZ, (int)bytes) < 0)
			die("F_SETPIPE_SZ");
		while (write(fd[1], buffer, sizeof(buffer)) > 0)
			;
	}
}

// files N: open files, which are slab objects and nothing else.
static void files(char **args)
{
	unsigned long count = size(args[0]);

	lift_file_limit();
	for (unsigned long i = 0; i < count; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			die("open");
}

// unix N SIZE: socket pairs whose readers never read.
static void unixes(char **args)
{
	unsigned long count = size(args[0]), bytes = size(args[1]);
	static char buffer[1 << 15];

	lift_file_limit();
	touch(buffer, sizeof(buffer), PAGE);
	for (unsigned long i = 0; i < count; i++) {
		int fd[2], want = (int)bytes;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd))
			die("socketpair");
		setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, &want, sizeof(want));
		while (write(fd[0], buffer, sizeof(buffer)) > 0)
			;
	}
}

// tcp N SIZE: connections over loopback whose receivers never read.
static void tcp(char **args)
{
	unsigned long count = size(args[0]), bytes = size(args[1]);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(8080) };
	static char buffer[1 << 15];
	int one = 1, want = (int)bytes, server = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lift_file_limit();
	touch(buffer, sizeof(buffer), PAGE);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(server, SOL_SOCKET, SO_RCVBUFFORCE, &want, sizeof(want));
	if (bind(server, (struct sockaddr *)&to, sizeof(to)) || listen(server, 128))
		die("listen");
	for (unsigned long i = 0; i < count; i++) {
		int client = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(client, SOL_SOCKET, SO_SNDBUFFORCE, &want, sizeof(want));
		if (connect(client, (struct sockaddr *)&to, sizeof(to)) ||
			accept(server, NULL, NULL) < 0)
			die("connect");
		fcntl(client, F_SETFL, O_NONBLOCK);
		for (int idle = 0; idle < 3;) {
			if (write(client, buffer, sizeof(buffer)) > 0) {
				idle = 0;
			} else {
				idle++;
				usleep(10000);
			}
		}
	}
}

// entries DIR N: empty files, so that inodes and dentries are what fills.
static void entries(char **args)
{
	unsigned long count = size(args[1]);
	char path[256];

	for (unsigned long i = 0; i < count; i++) {
		snprintf(path, sizeof(path),
			"%s/session-%08lu-of-an-application-with-a-long-file-name",
			args[0], i);
		int fd = open(path, O_CREAT | O_WRONLY, 0644);
		if (fd < 0) {
			fprintf(stderr, "provoke: stopped at file %lu\n", i);
			break;
		}
		close(fd);
	}
}

// hugetlb SIZE: pages of a hugetlb pool, used.
static void hugetlb(char **args)
{
	unsigned long bytes = size(args[0]);

	touch(map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1), bytes,
		2UL << 20);
}

// secret SIZE: memfd_secret, unevictable and nobody's mlock.
static void secret(char **args)
{
	unsigned long bytes = size(args[0]);
	int fd = (int)syscall(447, 0);

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		die("memfd_secret");
	touch(map(bytes, MAP_SHARED, fd), bytes, PAGE);
}

// many N SIZE: N children with that much each, the first ones ready before the last.
static void many(char **args)
{
	unsigned long count = size(args[0]);

	for (unsigned long i = 0; i < count; i++) {
		int fd[2];
		char c;
		if (pipe(fd))
			die("pipe");
		pid_t pid = fork();
		if (pid < 0) {
			perror("provoke: fork");
			break;
		}
		if (!pid) {
			close(fd[0]);
			anon(args + 1);
			if (write(fd[1], "r", 1) < 0)
				exit(1);
			close(fd[1]);
			for (;;)
				pause();
		}
		close(fd[1]);
		if (read(fd[0], &c, 1) < 0)
			die("read");
		close(fd[0]);
	}
}

// bomb N SIZE: every process forks twice, down to N levels, and takes its share.
static void bomb(char **args)
{
	unsigned long depth = size(args[0]);

	signal(SIGCHLD, SIG_IGN);
	for (unsigned long level = 0; level < depth; level++)
		if (fork() < 0)
			break;
	anon(args + 1);
}

// prefork SIZE N: so much memory, and N children that share it with us until somebody writes.
static void prefork(char **args)
{
	unsigned long count = size(args[1]);

	anon(args);
	for (unsigned long i = 0; i < count; i++)
		if (fork() == 0)
			for (;;)
				pause();
}

// swapoff PATH: in our own name.
static void swap_off(char **args)
{
	if (swapoff(args[0]))
		perror("provoke: swapoff");
}

// write PATH TEXT: so that the name on the report is ours and not the shell's.
static void text(char **args)
{
	put(args[0], args[1]);
}

// vm SIZE: asks for address space only.
static void vm(char **args)
{
	if (mmap(NULL, size(args[0]), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		perror("provoke: mmap");
}

// A thread with its own name takes the memory: the report names it, the kill line the process.
static void *worker(void *args)
{
	prctl(PR_SET_NAME, "worker-3");
	anon(args);
	return NULL;
}

static void threaded(char **args)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, worker, args))
		die("pthread_create");
	pthread_join(thread, NULL);
}

static void nothing(char **args)
{
	(void)args;
}

static double uptime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// pty FILE COMMAND...: runs it on a terminal of 80x24. FILE gets what it draws, each piece after a line
// "@SECONDS BYTES" with the time since boot. Pieces are kept in locked memory and written when it is quiet, so that
// a machine without memory does not make us late.
static void pty(char **args)
{
	static char kept[4 << 20], piece[4096];
	size_t n = 0;
	int master = posix_openpt(O_RDWR | O_NOCTTY),
	    out = open(args[0], O_WRONLY | O_CREAT | O_APPEND, 0644);
	struct winsize window = { .ws_row = 24, .ws_col = 80 };
	pid_t pid;

	if (master < 0 || out < 0 || grantpt(master) || unlockpt(master) ||
		mlockall(MCL_CURRENT))
		die("pty");
	pid = fork();
	if (pid == 0) {
		int slave;

		setsid();
		slave = open(ptsname(master), O_RDWR);
		if (slave < 0 || ioctl(slave, TIOCSWINSZ, &window))
			die("pty");
		for (int fd = 0; fd < 3; fd++)
			dup2(slave, fd);
		execvp(args[1], args + 1);
		die(args[1]);
	}
	put("/proc/self/oom_score_adj", "-1000");
	for (;;) {
		struct pollfd ready = { master, POLLIN, 0 };
		ssize_t got;

		if (poll(&ready, 1, 200) == 0) {
			if (n && write(out, kept, n) != (ssize_t)n)
				die(args[0]);
			n = 0;
			continue;
		}
		got = read(master, piece, sizeof(piece));
		if (got <= 0)
			break;
		if (n + (size_t)got + 64 < sizeof(kept)) {
			n += (size_t)sprintf(kept + n, "@%.3f %zd\n", uptime(), got);
			memcpy(kept + n, piece, (size_t)got);
			n += (size_t)got;
			kept[n++] = '\n';
		}
	}
	if (n && write(out, kept, n) != (ssize_t)n)
		die(args[0]);
	waitpid(pid, NULL, 0);
	exit(0);
}

static const struct {
	const char *name;
	int args;
	void (*run)(char **args);
} verbs[] = {
	{ "anon", 1, anon },
	{ "thp", 1, thp },
	{ "mlock", 1, locked },
	{ "shared", 1, shared },
	{ "file", 2, file },
	{ "dirty", 2, dirty },
	{ "warm", 1, warm },
	{ "pagetables", 1, pagetables },
	{ "threads", 1, threads },
	{ "pipes", 2, pipes },
	{ "files", 1, files },
	{ "unix", 2, unixes },
	{ "tcp", 2, tcp },
	{ "entries", 2, entries },
	{ "hugetlb", 1, hugetlb },
	{ "secret", 1, secret },
	{ "many", 2, many },
	{ "bomb", 2, bomb },
	{ "prefork", 2, prefork },
	{ "swapoff", 1, swap_off },
	{ "write", 2, text },
	{ "vm", 1, vm },
	{ "threaded", 1, threaded },
	{ "pty", 2, pty },
	{ "sleep", 0, nothing },
};

// The kernel log as dmesg prints it: syslog(2) without the level.
static int print_log(int argc)
{
	static char buffer[16 << 20];
	int n = klogctl(3, buffer, sizeof(buffer));

	(void)argc;
	if (n < 0)
		die("syslog");
	for (char *line = buffer, *end = buffer + n; line < end;) {
		char *next = memchr(line, '\n', (size_t)(end - line));
		char *text = line;
		next = next ? next + 1 : end;
		if (*text == '<') {
			char *close = memchr(text, '>', (size_t)(next - text));
			if (close)
				text = close + 1;
		}
		fwrite(text, 1, (size_t)(next - text), stdout);
		line = next;
	}
	return 0;
}

// bind:1 or prefer:0 or interleave:0-1 (nodes below 8, listed digit by digit: 01).
static void policy(const char *text)
{
	const char *colon = strchr(text, ':');
	unsigned long mask = 0;
	int mode = *text == 'b'   ? MPOL_BIND
		   : *text == 'p' ? MPOL_PREFERRED
				  : MPOL_INTERLEAVE;

	for (const char *at = colon + 1; *at; at++)
		mask |= 1UL << (*at - '0');
	if (syscall(SYS_set_mempolicy, mode, &mask, sizeof(mask) * 8))
		die("set_mempolicy");
}

int main(int argc, char **argv)
{
	const char *adj = "0", *group = NULL, *mempolicy = NULL, *cpu = NULL;
	int background = 0, option;

	while ((option = getopt(argc, argv, "+n:a:g:m:c:s:u:d:bxl")) != -1) {
		switch (option) {
		case 'n':
			name = unescape(optarg);
			break;
		case 'a':
			adj = optarg;
			break;
		case 'g':
			group = optarg;
			break;
		case 'm':
			mempolicy = optarg;
			break;
		case 'c':
			cpu = optarg;
			break;
		case 'd':
			sparse = (unsigned)atoi(optarg);
			break;
		case 's':
			pause_usec = atol(optarg);
			break;
		case 'u':
			if (setuid((uid_t)atoi(optarg)))
				die("setuid");
			break;
		case 'b':
			background = 1;
			break;
		case 'x':
			leave = 1;
			break;
		case 'l':
			return print_log(argc);
		default:
			return 2;
		}
	}
	argv += optind;
	if (!*argv)
		return 2;
	if (background) {
		int fd[2];
		char c;
		if (pipe(fd))
			die("pipe");
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (pid) {
			close(fd[1]);
			printf("%d\n", pid);
			fflush(stdout);
			return read(fd[0], &c, 1) != 1;
		}
		close(fd[0]);
		close(1); // a shell that reads our output must not wait for us
		open("/dev/console", O_WRONLY);
		ready_fd = fd[1];
		setsid();
	}
	put("/proc/self/oom_score_adj", adj);
	if (cpu) {
		unsigned long mask = 1UL << atoi(cpu);
		if (syscall(SYS_sched_setaffinity, 0, sizeof(mask), &mask))
			die("sched_setaffinity");
	}
	if (group) {
		char path[512], pid[16];
		snprintf(path, sizeof(path), "%s/cgroup.procs", group);
		snprintf(pid, sizeof(pid), "%d", getpid());
		put(path, pid);
	}
	if (mempolicy)
		policy(mempolicy);
	prctl(PR_SET_NAME, name ? name : argv[0]);
	for (unsigned i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(verbs[i].name, argv[0]))
			continue;
		for (int n = 0; n < verbs[i].args; n++)
			if (!argv[n + 1])
				return 2;
		verbs[i].run(argv + 1);
		hold();
	}
	fprintf(stderr, "provoke: no verb %s\n", argv[0]);
	return 2;
}
