/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a cgroup's path says to people who know Kubernetes, Docker or systemd. */
#include "explain/inquiry.h"

#include <string.h>

bool cgroup_below(struct slice inner, struct slice outer)
{
	if (outer.n == 0 || inner.n <= outer.n)
		return false;
	if (slice_is(outer, "/"))
		return inner.n > 1;
	return memcmp(inner.p, outer.p, outer.n) == 0 && inner.p[outer.n] == '/';
}

struct slice cgroup_unit(struct slice path)
{
	struct slice unit = SLICE(""), rest = path, part;

	while (slice_cut(&rest, '/', &part))
		if (slice_ends(part, ".service") || slice_ends(part, ".slice") ||
			slice_ends(part, ".scope"))
			unit = part;
		else if (part.n > 0)
			unit = SLICE("");
	return unit;
}

static bool is_id(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			    (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n >= 12;
}

/* The id in "cri-containerd-<id>.scope", "docker-<id>.scope" or "<id>". */
static struct slice container_id(struct slice part)
{
	static const char *const prefixes[] = { "cri-containerd-", "crio-", "docker-",
		"libpod-", "containerd-" };
	struct slice id = part;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (slice_take(&id, prefixes[i]))
			break;
	if (slice_ends(id, ".scope"))
		id.n -= 6;
	return is_id(id) ? slice_first(id, 12) : SLICE("");
}

/* systemd writes the UID's hyphens as underscores; kubectl knows hyphens only. */
static struct slice with_hyphens(struct inquiry *q, struct slice uid)
{
	char *p;

	if (uid.n == 0)
		return uid;
	p = arena_alloc(q->arena, uid.n);
	for (size_t i = 0; i < uid.n; i++)
		p[i] = (char)(uid.p[i] == '_' ? '-' : uid.p[i]);
	return (struct slice){ p, uid.n };
}

struct slice cgroup_meaning(struct inquiry *q, struct slice path)
{
	struct slice rest = path, part, container = SLICE(""), pod = SLICE("");
	bool kubernetes = slice_has(path, "kubepods"), docker = false;
	const char *qos = "Guaranteed";

	while (slice_cut(&rest, '/', &part)) {
		size_t at = slice_find(part, "pod");

		if (part.n == 0)
			continue;
		if (slice_has(part, "besteffort"))
			qos = "BestEffort";
		else if (slice_has(part, "burstable"))
			qos = "Burstable";
		if (slice_has(part, "kubepods"))
			at = slice_find_last(part, "-pod");
		else if (at != 0)
			at = SLICE_NONE;
		if (kubernetes && at != SLICE_NONE) {
			pod = slice_from(part, at + (part.p[at] == '-' ? 4 : 3));
			if (slice_ends(pod, ".slice"))
				pod.n -= 6;
			container = SLICE("");
			continue;
		}
		if (container_id(part).n > 0) {
			container = container_id(part);
			docker = slice_starts(part, "docker-") ||
				 slice_has(path, "/docker/");
		} else {
			container = SLICE("");
		}
	}
	pod = with_hyphens(q, pod);
	if (kubernetes && pod.n > 0 && container.n > 0)
		return say(q,
			"container %.*s of the Kubernetes pod with UID %.*s (QoS class %s): the "
			"limit is the container's resources.limits.memory",
			SLICE_ARG(container), SLICE_ARG(pod), qos);
	if (kubernetes && pod.n > 0)
		return say(q,
			"the Kubernetes pod with UID %.*s as a whole (QoS class %s): the limit is "
			"the sum of its containers' limits, shared with its tmpfs volumes",
			SLICE_ARG(pod), qos);
	if (kubernetes && pod.n == 0)
		return say(q,
			"all pods of the node%s: the limit is what kubelet keeps allocatable",
			slice_has(path, "burstable")
				? " of QoS class Burstable"
				: (slice_has(path, "besteffort")
						  ? " of QoS class BestEffort"
						  : ""));
	if (container.n > 0)
		return say(q,
			"the %scontainer %.*s: the limit is what %s set with --memory",
			docker ? "Docker " : "", SLICE_ARG(container),
			docker ? "docker" : "its runtime");
	if (cgroup_unit(path).n > 0 && slice_ends(cgroup_unit(path), ".service"))
		return say(q, "the systemd service %.*s: the limit is its MemoryMax=",
			SLICE_ARG(cgroup_unit(path)));
	if (cgroup_unit(path).n > 0 && slice_ends(cgroup_unit(path), ".slice"))
		return say(q,
			"the systemd slice %.*s, with all units in it: the limit is its "
			"MemoryMax=",
			SLICE_ARG(cgroup_unit(path)));
	return SLICE("");
}
