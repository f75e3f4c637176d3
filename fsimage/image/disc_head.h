/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The head of a disc whose blocks can be overwritten, which always shows the newest
 * session: the descriptors from block 16 on and the anchor in block 256. As a format it
 * puts the old blocks of the disc in front of the session, with these replaced, and what
 * they were, and a record of it (media/session_record.h), into the session.
 */
#ifndef FSI_IMAGE_DISC_HEAD_H
#define FSI_IMAGE_DISC_HEAD_H

#include "layout/format.h"

/* Where a session begins at least that is to have UDF, whose anchor in block 256 is not
 * to be part of it. */
#define FSI_DISC_HEAD_END_WITH_UDF FSI_HEAD_BLOCKS

/* The most blocks that are replaced. */
#define FSI_DISC_HEAD_WRITES_MAX 17u

struct fsi_disc_head_source {
	const struct fsi_continued *continued;
	const struct fsi_layout *layout; /* read when blocks are rendered */
	fsi_stream *disc;		 /* all of its blocks; borrowed */
	const struct fsi_format *udf;	 /* of the session; NULL: none */
	bool for_result; /* else the disc is not read, and only sizes are right */
};

/*
 * source is copied; what it points to must outlive the format. E_OUTOFMEMORY.
 * Placing fails with what the stream of the disc returns, and with
 * IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION where an earlier session has left no room for
 * what its head is to show.
 */
HRESULT fsi_disc_head_create(const struct fsi_disc_head_source *source,
			     struct fsi_format **ret_format);

/*
 * The blocks of the disc that change, once all is placed: returns how many. Written in
 * this order, one by one, when the session is safely there, each leaves every file
 * system of the disc as it was or as it is to be.
 */
uint32_t fsi_disc_head_list_writes(const struct fsi_format *format,
				   const uint32_t **ret_blocks);

#endif
