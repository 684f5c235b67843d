/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `oomwhy decode-gfp`: what a mask means, and where it may look. */
#ifndef CLI_DECODE_GFP_H
#define CLI_DECODE_GFP_H

/* Returns the exit status. */
int decode_gfp_main(int argc, char **argv);

#endif
