/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An earlier session of a disc, looked at before another one goes on from it: whether
 * that is possible, and what has to stay.
 */
#ifndef FSI_IMPORT_EARLIER_H
#define FSI_IMPORT_EARLIER_H

#include "import/view.h"
#include "layout/format.h"

struct fsi_earlier_request {
	struct fsi_media *media;
	fsi_file_systems file_systems;	  /* that were recognised there */
	enum fsi_file_system file_system; /* that is wanted; NONE: the best */
	uint32_t anchor_block;		  /* of UDF; 0: search for it */
	/* Go on from UDF whose partition is not for reading only. */
	bool accepts_writable;
};

struct fsi_earlier {
	fsi_disc_view *view; /* of the file system that was chosen: one reference */
	/* But for end_block and first_data_block, which the tree tells. */
	struct fsi_continued continued;
};

/*
 * Open the file system, if another session can go on from it. Besides the errors of
 * reading: IMAPI_E_NO_SUPPORTED_FILE_SYSTEM;
 * IMAPI_E_FILE_SYSTEM_NOT_FOUND (file system); IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED
 * (file system, feature); IMAPI_E_UDF_NOT_WRITE_COMPATIBLE;
 * IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION.
 */
HRESULT fsi_import_open_earlier(const struct fsi_earlier_request *request,
				struct fsi_earlier *ret_earlier);

/*
 * Where the content of a disc ends by what its file systems say, for media that do not
 * know how far they are written to. S_FALSE: none of them says so.
 */
HRESULT fsi_import_find_end(struct fsi_media *media, uint32_t *ret_end_block);

#endif
