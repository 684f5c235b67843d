# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Made by share/make-docs from the option table: do not edit.
_oomwhy() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local -a files
	COMPREPLY=()
	# bash takes --option=value apart at the sign.
	if [[ $cur == "=" ]]; then
		cur=
	elif [[ $prev == "=" ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if ((COMP_CWORD > 1)); then
		case ${COMP_WORDS[1]} in
		live)
			mapfile -t COMPREPLY < <(compgen -W '--journal --lock --theme --color' -- "$cur")
			mapfile -t files < <(compgen -f -- "$cur")
			COMPREPLY+=("${files[@]}")
			return
			;;
		wiki)
			mapfile -t COMPREPLY < <(compgen -W 'index allocation-failures anon-no-swap anon-swap-full area-full badness cannot-wait cgroup-hierarchy cgroup-v1-memory cgroup-v2-memory cma-only-free containers-and-page-cache cpuset-hardwall cpusets dma-zone-exhausted flat-view fragmentation freed-before-report gfp-masks highatomic-reserve huge-pages hugetlb-pool kernel-stacks ksm kubernetes lowmem-exhausted memcg-ancestor-limit memcg-limit memcg-swap-limit memory-nobody-owns mempolicy-bind migratetypes min-free-too-high mlock movable-only-free node-bound-request numa-policy oom-reaper orders out-of-memory overcommit-refused overcommit page-fault-oom page-table-memory page-tables paging panic-on-oom prevention reading-a-report reclaim-failure reclaim request-too-large settings shmem-tmpfs slab-unreclaimable slab stack-memory state swap-unusable swap symptoms sysrq-manual tmpfs unaccounted-memory unevictable unknown userspace-oom userspace-policy watermarks zones' -- "$cur")
			return
			;;
		decode-gfp)
			mapfile -t COMPREPLY < <(compgen -W '--kernel' -- "$cur")
			return
			;;
		now)
			mapfile -t COMPREPLY < <(compgen -W '--json --seconds --request --root' -- "$cur")
			return
			;;
		esac
	fi
	case $prev in
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'text json list' -- "$cur")
		return
		;;
	--since)
		COMPREPLY=()
		return
		;;
	--until)
		COMPREPLY=()
		return
		;;
	--boot)
		COMPREPLY=()
		return
		;;
	--host)
		COMPREPLY=()
		return
		;;
	--cgroup)
		COMPREPLY=()
		return
		;;
	--comm)
		COMPREPLY=()
		return
		;;
	--kind)
		mapfile -t COMPREPLY < <(compgen -W 'oom allocation-failure overcommit-refusal userspace-kill' -- "$cur")
		return
		;;
	--cause)
		mapfile -t COMPREPLY < <(compgen -W 'sysrq-manual userspace-policy overcommit-refused request-too-large area-full page-fault-oom memcg-swap-limit memcg-ancestor-limit memcg-limit mempolicy-bind cpuset-hardwall fragmentation dma-zone-exhausted lowmem-exhausted movable-only-free cma-only-free highatomic-reserve min-free-too-high node-bound-request cannot-wait freed-before-report hugetlb-pool slab-unreclaimable page-tables kernel-stacks unevictable shmem-tmpfs unaccounted-memory reclaim-failure swap-unusable anon-swap-full anon-no-swap unknown' -- "$cur")
		return
		;;
	--event)
		COMPREPLY=()
		return
		;;
	--anonymized-log)
		COMPREPLY=()
		return
		;;
	--jobs)
		COMPREPLY=()
		return
		;;
	--why-not)
		mapfile -t COMPREPLY < <(compgen -W 'sysrq-manual userspace-policy overcommit-refused request-too-large area-full page-fault-oom memcg-swap-limit memcg-ancestor-limit memcg-limit mempolicy-bind cpuset-hardwall fragmentation dma-zone-exhausted lowmem-exhausted movable-only-free cma-only-free highatomic-reserve min-free-too-high node-bound-request cannot-wait freed-before-report hugetlb-pool slab-unreclaimable page-tables kernel-stacks unevictable shmem-tmpfs unaccounted-memory reclaim-failure swap-unusable anon-swap-full anon-no-swap unknown' -- "$cur")
		return
		;;
	--what-if)
		COMPREPLY=()
		return
		;;
	--output)
		COMPREPLY=()
		return
		;;
	--width)
		COMPREPLY=()
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
		return
		;;
	--wiki-url)
		COMPREPLY=()
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--json --format -l --list --full -q --quiet --since --until --boot --host --cgroup --comm --kind --cause --event --last --journal --dedupe --anonymize --anonymized-log -j --jobs -f --follow --why-not --what-if --output --width --color --wiki-url --no-sandbox --anchors -h --help -V --version' -- "$cur")
		return
	fi
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W 'live wiki decode-gfp now' -- "$cur")
	fi
	mapfile -t files < <(compgen -f -- "$cur")
	COMPREPLY+=("${files[@]}")
}
complete -o filenames -F _oomwhy oomwhy
