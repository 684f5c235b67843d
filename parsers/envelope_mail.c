/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quoted-printable, as mail travels and is archived: "=3D" for '=', and '=' at the end
 * of a line that goes on in the next one (RFC 2045, 6.7).
 *
 * A log may hold '=' in plenty, so nothing is decoded before a line proves the form: a
 * mail's header, or one of the kernel's keys with its '=' encoded. */
#include "parsers/envelope_layers.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_JOINED = 5120, BROKEN_LEAST = 72, BROKEN_MOST = 76 };

/* The value of "4F", capitals only as the encoders write; -1 when it is none. */
static int hex_pair(struct slice s)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *high, *low;

	if (s.n < 2 || s.p[0] == '\0' || s.p[1] == '\0')
		return -1;
	high = strchr(digits, s.p[0]);
	low = strchr(digits, s.p[1]);
	return high && low ? (int)(high - digits) * 16 + (int)(low - digits) : -1;
}

/* Whether every '=' of the line is encoded or ends it: else it is plain text. */
static bool is_encoded(struct slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '=' && i + 1 < line.n &&
			hex_pair(slice_from(line, i + 1)) < 0)
			return false;
	return true;
}

static bool is_proof(struct slice line)
{
	static const char *const proofs[] = { "gfp_mask=3D0x",
		"constraint=3DCONSTRAINT", "order=3D", "mems_allowed=3D",
		"oom_score_adj=3D" };
	static const char header[] = "content-transfer-encoding: quoted-printable";

	if (line.n >= sizeof(header) - 1 &&
		strncasecmp(line.p, header, sizeof(header) - 1) == 0)
		return true;
	/* A line broken where the encoders break them, at 76 columns. */
	if (line.n >= BROKEN_LEAST && line.n <= BROKEN_MOST && slice_ends(line, "=") &&
		slice_has(line, "kB") && is_encoded(line))
		return true;
	if (!slice_has(line, "=3D"))
		return false;
	for (size_t i = 0; i < sizeof(proofs) / sizeof(*proofs); i++)
		if (slice_has(line, proofs[i]))
			return true;
	return false;
}

static void decode(struct text *into, struct slice line)
{
	for (size_t i = 0; i < line.n; i++) {
		int byte = line.p[i] == '=' ? hex_pair(slice_from(line, i + 1)) : -1;

		if (byte >= 0)
			i += 2;
		text_putc(into, byte >= 0 ? (char)byte : line.p[i]);
	}
}

bool mail_take(
	struct envelope_memory *m, struct slice *line, uint32_t *number, uint64_t *byte)
{
	struct slice s = *line;
	bool goes_on;

	while (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	if (!m->quoted_printable && !is_proof(s))
		return false;
	m->quoted_printable = true;
	if (!is_encoded(s)) {
		m->quoted_printable = false;
		if (!m->soft_there)
			return false;
	}
	if (!m->soft_there) {
		text_clear(&m->soft);
		m->soft_line = *number;
		m->soft_byte = *byte;
	}
	goes_on = m->quoted_printable && s.n > 0 && s.p[s.n - 1] == '=' &&
		  m->soft.n < LONGEST_JOINED;
	if (goes_on)
		s.n--;
	decode(&m->soft, s);
	m->soft_there = goes_on;
	if (goes_on)
		return true;
	*line = text_slice(&m->soft);
	*number = m->soft_line;
	*byte = m->soft_byte;
	return false;
}
