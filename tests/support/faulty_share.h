/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sharing blocks, on any file system: by copying them, and as a test wants it. */
#ifndef TESTS_SUPPORT_FAULTY_SHARE_H
#define TESTS_SUPPORT_FAULTY_SHARE_H

#include "io/share.h"

struct share_faults {
	int probe;	     /* what is said of the file system: errno; 0: it can share */
	int error;	     /* what is answered instead of sharing */
	unsigned after;	     /* of this many that succeed */
	unsigned interrupts; /* EINTR, before anything else */
	const char *touch;   /* a file that gets another time when blocks are shared */
	const char *cut;     /* one that loses a byte then */

	/* What was done; several threads may do it, one at a time. */
	unsigned probes;
	unsigned shares;
	uint64_t bytes;
};

/* Zeroed: blocks can be shared, wherever files are. */
extern struct share_faults share_faults;

#endif
