// SPDX-License-Identifier: GPL-2.0-or-later
// Why: systemd-oomd asks systemd by varlink which cgroups it may act on, and the guest has no systemd.
// This answers in its place: one subscription, one cgroup.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET "/run/systemd/io.system.ManagedOOM"

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	char answer[512];

	if (argc != 4) {
		fprintf(stderr, "usage: oomd-manager CGROUP PROPERTY PERCENT\n");
		return 2;
	}
	// The limit is a share of 2^32 - 1.
	snprintf(answer, sizeof(answer),
		"{\"parameters\":{\"cgroups\":[{\"mode\":\"kill\",\"path\":\"%s\",\"property\":\"%s\",\"limit\":%u}]},"
		"\"continues\":true}",
		argv[1], argv[2], (unsigned)(4294967295.0 / 100 * atoi(argv[3])));
	mkdir("/run", 0755);
	mkdir("/run/systemd", 0755);
	unlink(SOCKET);
	if (listener < 0 ||
		bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
		listen(listener, 4)) {
		perror("oomd-manager");
		return 1;
	}
	for (;;) {
		int peer = accept(listener, NULL, NULL);
		char request[4096];

		if (peer < 0)
			return 1;
		if (read(peer, request, sizeof(request)) > 0 &&
			write(peer, answer, strlen(answer) + 1) < 0)
			perror("oomd-manager");
		// The subscription lasts as long as the connection.
	}
}
