/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that two files have together, in file systems that can share blocks. */
#ifndef FSI_IO_SHARE_H
#define FSI_IO_SHARE_H

#include <fsimage/stream.h>

/* Both offsets and the length are multiples of this: a block of most file systems. */
#define FSI_SHARE_ALIGNMENT 4096u
/* Fewer bytes are copied as quickly. */
#define FSI_SHARE_MIN_BLOCKS 32

/* Whether the file system of an open file can share blocks. Returns 0 or errno. */
int fsi_share_probe(int descriptor);

/*
 * Share what can be of a file of that size, from offset on. Its last byte never is, so
 * that it is read, which is when its size is compared. S_FALSE, with how many bytes
 * further it may be possible: nothing was, as it can't be, or it is too little; a
 * system error as HRESULT_FROM_WIN32 when it can't be and has to, or went wrong.
 */
HRESULT fsi_share_descriptor(int descriptor, uint64_t offset, uint64_t size,
			     const struct fsi_share_target *target, uint64_t *ret_length);

#endif
