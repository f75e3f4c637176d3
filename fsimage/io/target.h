/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that an image is written to. It has no name until it is complete
 * (or a temporary one, where the file system knows no nameless files), so that
 * whatever happens before leaves nothing behind and an old file as it was.
 */
#ifndef FSI_IO_TARGET_H
#define FSI_IO_TARGET_H

#include <fsimage/types.h>

struct fsi_target {
	int descriptor;	 /* open for writing */
	int folder;	 /* of the file; -1: written in place (a device, a pipe) */
	char *name;	 /* in folder */
	char *temporary; /* the name it has meanwhile; NULL: none */
	bool replace;
	bool has_older;	     /* a file is replaced */
	bool may_have_holes; /* nothing was there before: unwritten is zero */
	uint64_t capacity;   /* bytes of a block device; 0: not known */
};

/* Errors as fsi_result_write_file(). On failure there is nothing to undo. */
HRESULT fsi_target_open(const char *path, bool replace, struct fsi_target *ret_target);

/* Make the bytes safe, give the file its name. The target is closed either way. */
HRESULT fsi_target_commit(struct fsi_target *target, bool no_sync);

/* Forget what was written. */
void fsi_target_abandon(struct fsi_target *target);

#endif
