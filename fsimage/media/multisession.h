/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discs that a session is added to, from the library's side: what
 * <fsimage/multisession.h> offers without clearing the thread's error, the disc as
 * it is read, and writing.
 */
#ifndef FSI_MEDIA_MULTISESSION_H
#define FSI_MEDIA_MULTISESSION_H

#include "media/media.h"

#include <fsimage/multisession.h>

/* As fsi_multisession_create(); ops are known to be complete. */
HRESULT fsi_multisession_make(const struct fsi_multisession_ops *ops, void *self,
			      fsi_multisession **ret_multisession);

int fsi_multisession_kind(const fsi_multisession *multisession);
bool fsi_multisession_is_in_use(const fsi_multisession *multisession);
void fsi_multisession_set_in_use(fsi_multisession *multisession, bool in_use);

/* A number as the object tells it. E_NOTIMPL; whatever its function returns. */
HRESULT fsi_multisession_value(fsi_multisession *multisession,
			       enum fsi_multisession_value which, int32_t *ret_value);

/* As fsi_multisession_get_import_stream(). */
HRESULT fsi_multisession_open_stream(fsi_multisession *multisession,
				     fsi_stream **ret_stream);

/* As fsi_multisession_get_ranges(). */
HRESULT fsi_multisession_ranges(fsi_multisession *multisession,
				struct fsi_multisession_range *ret_ranges, size_t room,
				size_t *ret_count);

/* ---- the disc as it is ------------------------------------------------- */

/* What an object tells of its disc, fetched at once and found to go together. */
struct fsi_multisession_state {
	int kind;
	bool is_blank;		  /* nothing is recorded, as far as the object knows */
	bool has_end;		  /* whether end_block is known */
	uint32_t session_block;	  /* where the newest session begins; random write: 0 */
	uint32_t end_block;	  /* behind the last block that is recorded */
	uint32_t next_block;	  /* sequential: where the next session begins */
	uint32_t capacity_blocks; /* that the disc has, from block 0 to its end */
	uint32_t unit_blocks;	  /* at least 1 */
};

/*
 * IMAPI_E_BAD_MULTISESSION_PARAMETER when a number is missing or wrong;
 * IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE when it is of no known kind; E_OUTOFMEMORY.
 */
HRESULT fsi_multisession_get_state(fsi_multisession *multisession,
				   struct fsi_multisession_state *ret_state);

/*
 * The recorded blocks of the disc, to be read from its newest session on; one
 * reference. Errors of fsi_multisession_get_state() and of the stream.
 */
HRESULT fsi_multisession_open_media(fsi_multisession *multisession,
				    struct fsi_media **ret_media);

/*
 * Keep others from writing to an open file in the same way, until it is closed.
 * FSI_E_SHARING_VIOLATION; a system error.
 */
HRESULT fsi_media_lock_descriptor(int descriptor);

/* Give a regular file that is longer a size in bytes. A system error. */
HRESULT fsi_media_cut_descriptor(int descriptor, uint64_t size);

/* ---- writing ----------------------------------------------------------- */

bool fsi_multisession_can_write(const fsi_multisession *multisession);

/* Whether fsi_multisession_cut() does something. */
bool fsi_multisession_can_cut(const fsi_multisession *multisession);

/*
 * As the functions of struct fsi_multisession_ops. E_ACCESSDENIED when the object can't
 * write; block and block_count are within 32 bits. cut does nothing where it can't.
 */
HRESULT fsi_multisession_write(fsi_multisession *multisession, uint32_t block,
			       const void *bytes, uint32_t block_count);
HRESULT fsi_multisession_sync(fsi_multisession *multisession);
HRESULT fsi_multisession_cut(fsi_multisession *multisession, uint64_t size);

#endif
