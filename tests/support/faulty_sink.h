/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sinks of the library, over system calls that fail as a test wants. */
#ifndef TESTS_SUPPORT_FAULTY_SINK_H
#define TESTS_SUPPORT_FAULTY_SINK_H

#include "io/sink.h"

/* What each call answers instead of doing anything: errno; 0: it is done. */
struct faults {
	int nameless;  /* openat() with O_TMPFILE */
	int create;    /* openat() of a name */
	int proc;      /* access() */
	int exclusive; /* renameat2() that does not replace */
	int link;
	int rename;
	int unlink;
	int write;
	int fsync;
	int fsync_after; /* of this many that succeed */
	int chmod;
	int truncate;
	int seek;
	int flush;	  /* sync_file_range() */
	bool is_device;	  /* what stat() says */
	int wait;	  /* sync_file_range() that waits for what is written */
	uint64_t flushed; /* bytes from the start that sync_file_range() was told of */
	uint64_t awaited; /* and that it waited for */
	uint64_t dropped; /* and that are not to be cached */
	unsigned syncs;
};

extern struct faults faults;

#endif
