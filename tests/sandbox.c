/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why: whoever takes over the parser by a crafted log must get nothing. Each thing that
 * the sandbox refuses is tried from inside the parser, as it hands on an event.
 * Usage: sandbox LOG DIRECTORY (a file may be made in DIRECTORY, nowhere else). */
#include "cli/sandbox.h"
#include "parsers/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *log_name, *directory;
static int passed, failed, skipped;
static bool landlock;

static void want(bool held, const char *what)
{
	if (held) {
		passed++;
	} else {
		failed++;
		printf("FAIL sandbox: %s (%s)\n", what, strerror(errno));
	}
}

static bool refused(long result)
{
	return result == -1 && errno == EPERM;
}

static void try_calls(void)
{
	char word[] = "true";
	char *const words[] = { word, NULL };
	char *const nothing[] = { NULL };

	want(refused(execve("/bin/true", words, nothing)), "execve is refused");
	want(refused(syscall(SYS_execveat, AT_FDCWD, "/bin/true", words, nothing, 0)),
		"execveat is refused");
	want(refused(socket(AF_INET, SOCK_STREAM, 0)), "a TCP socket is refused");
	want(refused(socket(AF_UNIX, SOCK_STREAM, 0)), "a local socket is refused");
	want(refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)), "ptrace is refused");
	want(refused(mount("none", "/", NULL, MS_REMOUNT, NULL)), "mount is refused");
	want(refused(syscall(SYS_bpf, 0, NULL, 0)), "bpf is refused");
	want(refused(syscall(SYS_unshare, 0)), "unshare is refused");
	want(refused(syscall(SYS_setuid, 0)), "setuid is refused");
	want(refused(syscall(SYS_process_vm_writev, getpid(), NULL, 0, NULL, 0, 0)),
		"writing into another process is refused");
	want(refused(syscall(SYS_init_module, NULL, 0, "")), "init_module is refused");
	want(refused(syscall(SYS_perf_event_open, NULL, 0, 0, -1, 0)),
		"perf_event_open is refused");
}

static bool closed(const char *path, int how)
{
	int fd = open(path, how, 0600);

	if (fd < 0)
		return errno == EACCES;
	close(fd);
	return false;
}

static void try_files(void)
{
	char path[4096];
	int fd = open(log_name, O_RDONLY);

	want(fd >= 0, "the log itself can be read again");
	close(fd);
	if (!landlock) {
		skipped += 5;
		return;
	}
	want(closed("/etc/passwd", O_RDONLY), "another file cannot be read");
	want(closed("/", O_RDONLY | O_DIRECTORY), "the root cannot be listed");
	want(closed(log_name, O_WRONLY), "the log cannot be written");
	want(closed("/tmp/oomwhy-sandbox-made-this", O_WRONLY | O_CREAT),
		"no file can be made elsewhere");
	snprintf(path, sizeof(path), "%s/made", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	want(fd >= 0, "a file can be made where the output goes");
	close(fd);
}

static void take(struct oom_event *event, void *context)
{
	int *events = context;

	event_free(event);
	if ((*events)++ == 0) {
		try_calls();
		try_files();
	}
}

int main(int argc, char **argv)
{
	struct sandbox_paths paths = { .read_count = 1, .write_count = 1 };
	struct source_options options = { 0 };
	struct source_facts facts;
	struct assembler *assembler;
	struct byte_stream stream;
	const char *output[1];
	char made[4096];
	int fd, events = 0;

	if (argc != 3)
		return 2;
	log_name = argv[1];
	directory = argv[2];
	snprintf(made, sizeof(made), "%s/made", directory);
	output[0] = made;
	paths.read = &log_name;
	paths.write = output;
	landlock = strstr(sandbox_describe(), "+landlock") != NULL;
	fd = open(log_name, O_RDONLY);
	if (fd < 0)
		return 2;
	stream = stream_of(fd);
	assembler = assembler_new(take, &events);
	sandbox_enter(&paths);
	source_read(&stream, log_name, assembler, &options, &facts);
	assembler_free(assembler);
	want(events > 0, "the log is read inside the sandbox");
	if (!landlock)
		puts("skip sandbox: this kernel has no landlock");
	printf("sandbox: %d passed, %d failed, %d skipped\n", passed, failed, skipped);
	return failed != 0;
}
