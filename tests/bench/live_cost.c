/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: what one refresh of the machine now costs, among 500 processes and 200 cgroups.
 *
 * Makes both itself (the cgroups where it may), looks once a second as the live view
 * does, and prints CPU time a refresh, as a share of a core, and anonymous memory. */
#include "explain/now.h"
#include "parsers/proc.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 500, CGROUPS = 200, LOOKS = 16, MOST_PROCESSES = 4096 };

static pid_t sleepers[MOST_PROCESSES];
static char top[256];

/* A process that holds a little memory of its own and sleeps. */
static pid_t sleeper(void)
{
	pid_t pid = fork();
	volatile char *p;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		0);
	if (p != MAP_FAILED)
		for (int i = 0; i < 65536; i += 4096)
			p[i] = 1;
	for (;;)
		pause();
}

static int write_to(const char *folder, const char *name, const char *text)
{
	char path[512];
	FILE *f;
	int bad;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f)
		return -1;
	bad = fputs(text, f) < 0;
	return fclose(f) != 0 || bad ? -1 : 0;
}

/* Where memory cgroups are: v1's folder, or v2's with the controller passed on. */
static int find_top(void)
{
	static const char *const tops[] = { "/sys/fs/cgroup/memory", "/sys/fs/cgroup" };

	for (int i = 0; i < 2; i++) {
		if (i == 1)
			write_to(tops[i], "cgroup.subtree_control", "+memory");
		snprintf(top, sizeof(top), "%s/oomwhy-cost-%d", tops[i], getpid());
		if (mkdir(top, 0755) != 0)
			continue;
		write_to(top, "cgroup.subtree_control", "+memory");
		return 0;
	}
	top[0] = '\0';
	return -1;
}

static int make_cgroups(int count)
{
	int made = 0;

	if (find_top() != 0)
		return 0;
	for (int i = 0; i < count - 1; i++) {
		char folder[300], pid[32];

		snprintf(folder, sizeof(folder), "%s/group-%03d.service", top, i);
		if (mkdir(folder, 0755) != 0)
			break;
		made++;
		if (write_to(folder, "memory.max", "1073741824") != 0)
			write_to(folder, "memory.limit_in_bytes", "1073741824");
		snprintf(pid, sizeof(pid), "%d", sleepers[i]);
		write_to(folder, "cgroup.procs", pid);
	}
	return made + 1;
}

static void remove_cgroups(int count)
{
	for (int i = 0; i < count - 1; i++) {
		char folder[300];

		snprintf(folder, sizeof(folder), "%s/group-%03d.service", top, i);
		for (int tries = 0; rmdir(folder) != 0 && errno == EBUSY && tries < 50;
			tries++)
			usleep(20000);
	}
	if (top[0])
		rmdir(top);
}

static int64_t cpu_usec(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
	       u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static long anonymous_kb(void)
{
	char line[256];
	long kb = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kb = strtol(line + 8, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

int main(int argc, char **argv)
{
	int processes = argc > 1 ? atoi(argv[1]) : PROCESSES;
	int cgroups = argc > 2 ? atoi(argv[2]) : CGROUPS;
	struct machine *machine;
	struct now *now;
	int64_t first, began = 0, reading = 0, spent;
	const struct machine_state *s;
	long before = anonymous_kb();

	if (processes > MOST_PROCESSES)
		processes = MOST_PROCESSES;
	for (int i = 0; i < processes; i++)
		sleepers[i] = sleeper();
	if (cgroups > processes + 1)
		cgroups = processes + 1;
	cgroups = make_cgroups(cgroups);
	machine = machine_open(NULL);
	now = now_new();
	first = cpu_usec();
	for (int i = 0; i <= LOOKS; i++) {
		int64_t at = cpu_usec();

		machine_refresh(machine);
		reading += cpu_usec() - at;
		now_judge(now, machine_state(machine), NULL, 0);
		if (i == 0) {
			began = cpu_usec();
			first = began - first;
			reading = 0;
		}
		usleep(1000000);
	}
	spent = (cpu_usec() - began) / LOOKS;
	s = machine_state(machine);
	printf("live-cost: %zu processes, %zu cgroups: %lld us of CPU a refresh (%lld.%02lld %% of a "
	       "core at one a second; %lld us of it reading), the first %lld us; %ld kB anonymous\n",
		s->tasks.count, s->cgroup_count, (long long)spent,
		(long long)(spent / 10000), (long long)(spent / 100 % 100),
		(long long)(reading / LOOKS), (long long)first,
		anonymous_kb() - before);
	machine_close(machine);
	now_free(now);
	for (int i = 0; i < processes; i++)
		kill(sleepers[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	remove_cgroups(cgroups);
	return spent <= 10000 && anonymous_kb() - before < 20 * 1024 ? 0 : 1;
}
