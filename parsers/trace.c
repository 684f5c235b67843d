/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call traces and register dumps, of every architecture. */
#include "parsers/sections.h"

#include <string.h>

void take_modules(struct oom_event *e, const struct record *r, const struct captures *c)
{
	(void)r;
	e->modules = c->part[1];
}

/* Lines that begin so belong to a trace (the blanks before them dropped). */
static const char *const trace_starts[] = { "Call Trace:", "Call trace:", "Backtrace:",
	"=====", "Stack:", "Stack from ", "Stack : ", "<TASK>", "</TASK>", "<IRQ>",
	"</IRQ>", "<NMI>", "</NMI>", "<EOI>", "<<EOE>>", "<#DF>", "</#DF>", "<#PF>",
	"</#PF>", "<EOE>", "<ENTRY_TRAMPOLINE>", "</ENTRY_TRAMPOLINE>", "<SOFTIRQ>",
	"</SOFTIRQ>", "Code:", "Hardware name:", "Workqueue:", "Sched_ext:", "Tainted:",
	"RIP:", "RSP:", "EIP:", "Exception stack", "Exception type", "PC is at ",
	"LR is at ",
	"pc :", "lr :", "sp :", "PC:", "LR:", "pstate:", "PSTATE:", "Krnl PSW",
	"User PSW", "Krnl GPRS:", "Krnl Code:", "User GPRS:", "User Code:",
	"Last Breaking-Event-Address:", "NIP:", "NIP [", "LR [",
	"REGS:", "MSR:", "CFAR:", "DAR:", "IRQMASK:", "GPR", "--- interrupt",
	"--- Exception",
	"Instruction dump:", "epc :", "epc:", "ra :", "status:", "Process ",
	"Thread overran", "Modules linked in:", "Unwind",
	"CR2:", "CS:", "DS:", "FS:", "psr:", "Flags:", "Register r",
	"x29:", "Control:", "Reliability", "SOFTE:", "ORIG_RAX", "ORIG_EAX",
	"Preemption disabled at:", "irq event stamp:", "hardirqs last", "softirqs last",
	"softirqs", "$ ", "Hi    :", "Lo    :", "era",
	"ERA:", "ESTAT:", "PRMD:", "EUEN:", "ECFG:", "Exception:", "INFO: lockdep",
	"Showing all locks", "stack backtrace:", "Sp:", "Kernel Offset:", "task: ",
	"task.stack:", "dump_stack",
	/* ia64, alpha, parisc, sh, m68k, xtensa, arc, sparc64, loongarch, mips, s390 */
	"sp=", "psr :", "unat:", "Trace:", "IASQ:", "PSW:", "YZrvWESTHLNXBCVM",
	"CPU:     ", "RP(r2):", "ORIG_R28:", "Frame format=", "wb 1 stat",
	"SR:", "MACH:", "Stack Trace:", "[ECR", "[EFA", "[BLINK", "[STAT32]", "BTA:",
	"LPS:", "TSTATE:", "TPC:", "RPC:", "I7:", "CRMD:", "BADV:", "PRID:", "PrId ",
	"BadVA", "Cause :", "Status:", "R:0 T:", "R:1 T:", "Stack: (0x", "..." };

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* A byte of a function's name: "do_syscall_64", "do_sys_open.part.0". */
static bool is_in_name(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9') ||
	       c == '.' || (c >= 'A' && c <= 'Z');
}

static bool all_hex(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_hex(s.p[i]))
			return false;
	return s.n >= 4;
}

/* "RAX: 0000000000000000 RBX: ...", "x3 : 0000000000000000", "r10: 00000000":
 * a short name, a colon and hexadecimal digits. */
static bool registers(struct slice s)
{
	struct slice word, rest = s;

	if (!slice_take_word(&rest, &word) || word.n > 12)
		return false;
	if (word.p[word.n - 1] != ':') {
		struct slice colon;

		if (!slice_take_word(&rest, &colon) || !slice_is(colon, ":"))
			return false;
	}
	if (!slice_take_word(&rest, &word))
		return false;
	slice_take(&word, "0x");
	for (size_t i = 0; i < word.n; i++)
		if (!is_hex(word.p[i]) && word.p[i] != ':' &&
			!(word.p[i] == ',' && i + 1 == word.n))
			return false;
	return word.n >= 4;
}

/* "r7:00000000 r6:60000013", "v0 = 0000000000000001", "pc = [<fffffc000031>]": arm and
 * alpha put no blank behind the colon, or an equals sign in its place. */
static bool registers_bare(struct slice s)
{
	struct slice word, name, rest = s;

	if (!slice_take_word(&rest, &word) || word.n > 24)
		return false;
	if (slice_find(word, ":") != SLICE_NONE && slice_cut(&word, ':', &name))
		return name.n >= 2 && name.n <= 4 && word.n >= 8 && all_hex(word);
	if (!slice_take_word(&rest, &name) || !slice_is(name, "=") ||
		!slice_take_word(&rest, &name))
		return false;
	slice_take(&name, "[<");
	return word.n <= 3 && name.n >= 4 && is_hex(name.p[0]) && is_hex(name.p[3]);
}

/* "#00000000002b1c38: e31032b80024 stg %r1": s390's code around the fault. */
static bool code_line(struct slice s)
{
	struct slice word, rest = s;

	if (s.n > 0 && (s.p[0] == '#' || s.p[0] == '>' || s.p[0] == '*'))
		rest = slice_from(s, 1);
	if (!slice_take_word(&rest, &word) || word.n < 9 || word.p[word.n - 1] != ':')
		return false;
	return all_hex(slice_first(word, word.n - 1)) &&
	       slice_take_word(&rest, &word) && all_hex(word);
}

/* "ffff8800 0000000000000000 ...": words of a raw stack; parisc puts "r00-03" before
 * them, ppc "<...>" around one and XXXXXXXX for what cannot be read. */
static bool stack_words(struct slice s)
{
	struct slice word, rest = s;
	size_t words = 0;

	/* xtensa marks each frame of its stack with ">". */
	slice_take(&rest, "> ");
	while (slice_take_word(&rest, &word)) {
		if (words == 0 && word.n <= 7 && slice_has(word, "-") &&
			(word.p[0] == 'r' || word.p[0] == 's' || word.p[0] == 'f'))
			continue;
		slice_take(&word, "<");
		if (slice_ends(word, ">"))
			word.n--;
		if (word.n < 8 || !(all_hex(word) || slice_is(word, "XXXXXXXX")))
			return false;
		words++;
	}
	return words > 0;
}

/* The function of "[<ffffffff81>] ? dump_header+0x1a/0x2b", "[c0..] [c0..]
 * x+0x1/0x2", "unwind_backtrace from show_stack+0x10/0x14" or ".x.y+0x1/0x2". */
static bool frame(struct slice s, struct slice *function)
{
	size_t plus = slice_find(s, "+0x");
	size_t at;

	if (plus == SLICE_NONE || !slice_has(slice_from(s, plus), "/0x"))
		return false;
	at = plus;
	while (at > 0 && s.p[at - 1] != ' ' && s.p[at - 1] != '[' && s.p[at - 1] != '(')
		at--;
	*function = (struct slice){ s.p + at, plus - at };
	return function->n > 0;
}

bool trace_is_others(struct slice text)
{
	static const char *const begins[] = { "------------[ cut here ]",
		"WARNING: ", "BUG: ", "INFO: task ", "INFO: rcu", "rcu: INFO",
		"watchdog: ", "Oops", "NMI watchdog: ", "NMI backtrace",
		"general protection fault", "Unable to handle kernel",
		"Internal error: ", "kernel BUG at " };
	struct slice s = slice_trim(text);

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (slice_starts(s, begins[i]))
			return true;
	return false;
}

static bool take_hex_digits(const char **p, const char *end)
{
	const char *from;

	if (end - *p < 3 || (*p)[0] != '0' || (*p)[1] != 'x')
		return false;
	for (from = *p += 2; *p < end && is_hex(**p); ++*p)
		;
	return *p > from;
}

bool trace_is_frame(struct slice text)
{
	const char *p = text.p, *end = text.p + text.n, *name;

	if (text.n < 8 || *p != ' ')
		return false;
	for (name = ++p; p < end && *p != '+'; p++)
		if (!is_in_name(*p))
			return false;
	if (p == name || p == end)
		return false;
	p++;
	return take_hex_digits(&p, end) && p < end && *p++ == '/' &&
	       take_hex_digits(&p, end) && p == end;
}

bool trace_take(struct oom_event *e, struct slice text)
{
	struct slice s = slice_trim(text), function;

	if (s.n == 0)
		return true;
	if (frame(s, &function)) {
		e->sections |= SECTION_TRACE;
		e->frames = arena_room(e->arena, e->frames, e->frame_count,
			&e->frame_room, sizeof(*e->frames));
		e->frames[e->frame_count++] = function;
		if (slice_is(function, "pagefault_out_of_memory"))
			e->page_fault = true;
		if (slice_is(function, "moom_callback") ||
			slice_is(function, "sysrq_handle_moom"))
			e->manual = true;
		if (slice_starts(function, "mem_cgroup_out_of_memory") ||
			slice_starts(function, "mem_cgroup_oom_synchronize"))
			e->memcg_mentioned = true;
		return true;
	}
	for (size_t i = 0; i < sizeof(trace_starts) / sizeof(*trace_starts); i++)
		if (slice_starts(s, trace_starts[i]))
			return true;
	/* "[<ffffffff8105>] 0xffffffff8105", "[ffff..] (unreliable)" and the like. */
	if (s.p[0] == '[' && s.n > 2 && (s.p[1] == '<' || is_hex(s.p[1])) &&
		!tasks_row_shape(s))
		return true;
	return registers(s) || registers_bare(s) || code_line(s) || stack_words(s);
}
