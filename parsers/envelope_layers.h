/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layers of envelopes, between the files that hold them and the table. */
#ifndef PARSERS_ENVELOPE_LAYERS_H
#define PARSERS_ENVELOPE_LAYERS_H

#include "parsers/envelope.h"

/* A line of so many bytes that ends with '>' may have been cut by a pager. */
enum { NARROWEST_PAGER = 40 };
/* A line that begins with '[' and is shorter is one line, and not several glued. */
enum { GLUED_LEAST = 160 };

/* Each takes its own layer off the front of `rest` and fills the record with what it
 * says; false, and nothing touched, where the layer is not there. */
typedef bool strip_layer(
	struct envelope_memory *memory, struct slice *rest, struct record *r);

/* envelope.c */
strip_layer strip_quote;

/* Take one mailer's quotation off the front: "> ", ">>> ", ">[" before a stamp; false, and
 * nothing touched, where there is none. */
bool take_quote(struct slice *s);

/* The rest of opening a line, for what was put together from several. */
void envelope_open_line(struct envelope_memory *memory, struct slice line,
	uint32_t number, uint64_t byte, give_record *give, void *context);
/* Give a record, or several where a daemon folded a message of many lines into one. */
void give_parts(struct envelope_memory *memory, struct record *r, give_record *give,
	void *context);

/* envelope_fold.c: lines that a terminal or a mailer wrapped, and the parts of pstore.
 * True when the line is held back; it is given with what completes it. */
bool fold_take(struct envelope_memory *memory, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context);
bool crash_take(struct envelope_memory *memory, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context);
/* A datagram's part of a record. True when it was the last; then `whole` is all. */
bool fragment_take(struct envelope_memory *memory, int64_t sequence, int64_t offset,
	int64_t length, struct slice body, struct slice *whole);
/* Give a record when those with smaller numbers were given, or will not come. */
void order_give(struct envelope_memory *memory, struct record *r, int64_t sequence,
	give_record *give, void *context);
/* How wide the window was that wrapped these lines; 0 where that is not to be seen. */
size_t fold_window(struct slice lines);
void fold_flush(struct envelope_memory *memory, give_record *give, void *context);
bool fold_waits(const struct envelope_memory *memory);
/* Whether fold_take() and crash_take() would pass the line of that number on as it is,
 * when it has a stamp. */
bool fold_passes(const struct envelope_memory *memory, uint32_t number);
void fold_free(struct envelope_memory *memory);

/* envelope_journal.c: blocks of lines (journalctl -o export, verbose, json-pretty).
 * True when the line is a part of one; its record is given with the block's last. */
bool block_take(struct envelope_memory *memory, struct slice line, uint32_t number,
	uint64_t byte, give_record *give, void *context);
void block_flush(struct envelope_memory *memory, give_record *give, void *context);

/* envelope_mail.c: quoted-printable. Decodes the line into `memory`, and `*line` is then
 * that; where a soft line break put several together, `*number` and `*byte` are the
 * first one's. True when the line is held back for its rest. */
bool mail_take(struct envelope_memory *memory, struct slice *line, uint32_t *number,
	uint64_t *byte);

/* envelope_json.c: an object on one line, or one line of `dmesg --json`. */
strip_layer strip_json;

/* envelope_console.c: what the kernel, dmesg and consoles print themselves. */
strip_layer strip_kmsg, strip_level, strip_inner_level, strip_decoded_level,
	strip_prompt, strip_ctime;
strip_layer strip_uptime, strip_relative, strip_caller, strip_mediatek;
/* All layers at once, for a line that has nothing but "[sec.usec] " before its text: what
 * they would do together. False, and nothing touched, where one may find more in it. */
strip_layer strip_stamp_alone;

/* envelope_syslog.c: log daemons and journalctl's short forms. */
strip_layer strip_rfc5424, strip_cri, strip_klog, strip_logcat, strip_weekday;
strip_layer strip_grep, strip_bsd, strip_local_bsd, strip_clock, strip_iso,
	strip_unix_time, strip_kernel_tag;

/* envelope_events.c: kubectl's tables. */
strip_layer strip_events;

/* "tag[12]: " comes next. */
bool names_pid(struct slice s);

/* envelope_time.c: forms of a wall clock. Each takes the time off `rest`, gives it in
 * microseconds since 1970 (in the year 2000 where it has none) and as the log has it. */

/* "Nov 22 02:19:01", "Nov 22 2026 02:19:01", "Nov 22 02:19:01 2026 ", "2026 Nov 22
 * 02:19:01". */
bool take_bsd_time(struct slice *rest, int64_t *usec, struct slice *text);
/* The same as journalctl prints it in any language: "nov. 22 02:19:01". The month is not
 * known then, and January stands for it: lines of one hour keep their order. */
bool take_local_time(struct slice *rest, int64_t *usec, struct slice *text);
/* The words of `dmesg -T` in any language: "Mon Jan  1 00:00:00 2024". */
bool read_ctime(struct slice words, int64_t *usec);
/* "02:19:01.123456" of a day in the year 2000. */
int64_t take_clock(struct slice *rest, bool *comma);
/* Exactly so many digits; UNKNOWN when they are not there. */
int64_t take_digits(struct slice *rest, size_t digits);
/* ".123456" or ",123" in microseconds; nothing there is 0. */
int64_t take_fraction(struct slice *rest, bool *comma);
bool digit_at(struct slice s, size_t at);
/* RFC 3339, in UTC: the journal does not say which zone the machine is in. */
struct slice utc_text(int64_t usec, char *to, size_t room);
void note_clock(struct record *r, struct slice text, int64_t usec, bool dated);

#endif
