/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stash of the library, over system calls that fail as a test wants. */
#ifndef TESTS_SUPPORT_FAULTY_STASH_H
#define TESTS_SUPPORT_FAULTY_STASH_H

#include "stash/stash.h"

/* What each call answers instead of doing anything: errno; 0: it is done. */
struct stash_faults {
	int nameless;  /* open() with O_TMPFILE */
	int create;    /* open() of a name */
	int creations; /* that it happens to; then they succeed. 0: to all */
	int unlink;
	int write;
	int write_after; /* of this many that succeed */
	int read;
	int read_after;
	size_t piece;	  /* no call writes more; 0: no limit */
	bool writes_none; /* pwrite() answers 0 */
	bool interrupts;  /* each second write is told EINTR */
	bool spoils;	  /* what is written is not what was given */
	int statvfs;
	uint64_t free_bytes; /* what fstatvfs() tells; 0: the truth */
	bool tells_nothing;  /* it knows of no blocks at all */
	char last_name[64];  /* that was made, then unlinked */
	unsigned writes;
	unsigned reads;
};

extern struct stash_faults stash_faults;

#endif
