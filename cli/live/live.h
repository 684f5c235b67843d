/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `oomwhy live`: what the rest of the program sees of the live view. */
#ifndef CLI_LIVE_LIVE_H
#define CLI_LIVE_LIVE_H

/* Run the live view; `argv[0]` is "live". Returns the exit status. */
int live_main(int argc, char **argv);
/* The key table, a line a key, for the manual (`make docs`) and the tests: "key", the
 * keys by name, where they work, what they do; tabs between. */
void live_print_keys(void);

#endif
