/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a session to its disc, so that the disc reads as before or as after at every
 * moment: first the session, which nothing leads to yet; when that is safe, the blocks
 * that lead to it, one after the other, each safe before the next one is touched.
 */
#ifndef FSI_MEDIA_WRITE_SESSION_H
#define FSI_MEDIA_WRITE_SESSION_H

#include "media/multisession.h"

#include <fsimage/result.h>

/* What is to be written. Blocks are those of the disc. */
struct fsi_session_write {
	fsi_stream *image;
	uint32_t image_block; /* that the image begins with */
	uint32_t first_block; /* of the session */
	uint32_t end_block;   /* the first behind it */
	/* Blocks before the session, in the order in which they are to be replaced. */
	const uint32_t *replaced;
	size_t replaced_count;
};

/*
 * Of options, progress is used; NULL: nobody is told. Once blocks are being replaced,
 * it can't stop the writing any more. On failure before that, what was written is given
 * back, and the disc reads as before.
 *
 * E_ACCESSDENIED when the object can't write; IMAPI_E_IMAGE_TOO_BIG when the disc has
 * no room; IMAPI_E_BAD_MULTISESSION_PARAMETER when a sequential disc goes on elsewhere
 * now, or blocks are not whole units of what the disc writes;
 * E_IMAPI_REQUEST_CANCELLED; what the image and the object return.
 */
HRESULT fsi_media_write_session(fsi_multisession *multisession,
				const struct fsi_session_write *write,
				const struct fsi_write_options *options);

#endif
