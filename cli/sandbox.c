/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log is the most hostile text there is: whoever takes over its reader gets nothing.
 *
 * seccomp refuses the calls by which a reader of text could become something else.
 * It is a list of what is refused and not of what is allowed: the C library, and the
 * libraries that read archives and journals, may call what they like of the rest.
 * landlock (5.13+) then bounds the files. Both come without privileges. */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the reader of a log never needs. */
static const char *const refused_calls[] = {
	/* other programs */
	"execve", "execveat",
	/* the network, and other processes by socket */
	"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
	/* other processes */
	"ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp",
	"process_madvise",
	/* the tree of files and namespaces */
	"mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree",
	"fsopen", "fsmount", "mount_setattr", "unshare", "setns",
	/* the kernel itself */
	"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load",
	"reboot", "swapon", "swapoff", "bpf", "perf_event_open", "userfaultfd",
	"io_uring_setup", "iopl", "ioperm", "acct", "quotactl", "settimeofday",
	"clock_settime", "adjtimex", "sethostname", "setdomainname", "syslog",
	/* keys and identities */
	"add_key", "request_key", "keyctl", "setuid", "setgid", "setreuid", "setregid",
	"setresuid", "setresgid", "setgroups", "capset"
};

/* What the C library and loaded libraries read by themselves. */
static const char *const system_paths[] = { "/usr", "/lib", "/lib32", "/lib64",
	"/etc/ld.so.cache", "/etc/localtime", "/etc/machine-id", "/proc/self",
	"/proc/vmstat", "/proc/meminfo", "/sys/devices/system/cpu", "/dev/null" };

static scmp_filter_ctx filter_new(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (!filter)
		return NULL;
	for (size_t i = 0; i < sizeof(refused_calls) / sizeof(*refused_calls); i++) {
		int call = seccomp_syscall_resolve_name(refused_calls[i]);

		/* A call that this architecture does not have needs no rule. */
		if (call != __NR_SCMP_ERROR)
			seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
	}
	return filter;
}

static void refuse_calls(void)
{
	scmp_filter_ctx filter = filter_new();

	if (!filter)
		return;
	seccomp_load(filter);
	seccomp_release(filter);
}

/* Newer than the headers of Debian 12. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ_TREE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE                                                                     \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |                \
		LANDLOCK_ACCESS_FS_TRUNCATE)
#define WRITE_TREE                                                                     \
	(WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |      \
		LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* Every right that ABI 1 (5.13) can refuse; TRUNCATE came with ABI 3 (6.2). */
#define FIRST_ABI (((uint64_t)LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static long landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
		LANDLOCK_CREATE_RULESET_VERSION);
}

static void allow(
	int ruleset, const char *path, uint64_t file, uint64_t tree, uint64_t handled)
{
	struct landlock_path_beneath_attr rule = { 0 };
	struct stat st;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0) {
		rule.allowed_access = (S_ISDIR(st.st_mode) ? tree : file) & handled;
		syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
			&rule, 0U);
	}
	close(rule.parent_fd);
}

/* The directory that a path stands in; false when the path is too long for us. */
static bool directory_of(const char *path, char *directory, size_t room)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 1;

	if (n + 2 > room)
		return false;
	memcpy(directory, slash ? path : ".", n);
	if (n == 0)
		directory[n++] = '/';
	directory[n] = '\0';
	return true;
}

static void bound_files(const struct sandbox_paths *paths)
{
	long version = landlock_version();
	struct landlock_ruleset_attr attr = { .handled_access_fs = FIRST_ABI };
	char directory[4096];
	int ruleset;

	if (version < 1)
		return;
	if (version >= 3)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	ruleset = (int)syscall(
		SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0U);
	if (ruleset < 0)
		return;
	for (size_t i = 0; i < sizeof(system_paths) / sizeof(*system_paths); i++)
		allow(ruleset, system_paths[i], READ_FILE, READ_TREE,
			attr.handled_access_fs);
	for (size_t i = 0; i < paths->read_count; i++) {
		struct stat st;
		/* What is not there (yet) must be missed for that reason. */
		bool there = stat(paths->read[i], &st) == 0;

		if (there)
			allow(ruleset, paths->read[i], READ_FILE, READ_TREE,
				attr.handled_access_fs);
		if ((!there || paths->read_directories) &&
			directory_of(paths->read[i], directory, sizeof(directory)))
			allow(ruleset, directory, READ_FILE, READ_TREE,
				attr.handled_access_fs);
	}
	for (size_t i = 0; i < paths->write_count; i++)
		if (directory_of(paths->write[i], directory, sizeof(directory)))
			allow(ruleset, directory, WRITE_FILE, WRITE_TREE,
				attr.handled_access_fs);
	syscall(SYS_landlock_restrict_self, ruleset, 0U);
	close(ruleset);
}

void sandbox_enter(const struct sandbox_paths *paths)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return;
	bound_files(paths);
	refuse_calls();
}

const char *sandbox_describe(void)
{
	bool seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
	bool landlock = landlock_version() >= 1;

	if (seccomp)
		return landlock ? "+seccomp +landlock" : "+seccomp -landlock";
	return landlock ? "-seccomp +landlock" : "-seccomp -landlock";
}
