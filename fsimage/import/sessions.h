/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sessions of a disc or image that has no table of them. On media that can be
 * overwritten the first blocks of the disc describe the newest session, from which
 * records lead back (media/session_record.h), or, where others have written, their own
 * descriptors. On the copy of a disc that is written once they describe the first
 * session, and one follows the other.
 */
#ifndef FSI_IMPORT_SESSIONS_H
#define FSI_IMPORT_SESSIONS_H

#include "base/vector.h"
#include "import/file_systems.h"
#include "media/media.h"

/* A session, and what to open it with. */
struct fsi_session {
	uint32_t start_block;
	uint32_t end_block;	       /* the first behind it */
	uint32_t head_block;	       /* 16 blocks before its descriptors */
	uint32_t anchor_block;	       /* of UDF; 0: none, or where it usually is */
	fsi_file_systems file_systems; /* NONE: they were overwritten */
};

struct fsi_sessions {
	FSI_VECTOR(struct fsi_session) items; /* the oldest first */
	/* The first blocks of the disc describe the newest session. */
	bool is_repointed;
};

/*
 * Find them; none on a disc without a known file system. Blocks that can't be read are
 * of no session. E_OUTOFMEMORY; then nothing is to be freed.
 */
HRESULT fsi_import_find_sessions(struct fsi_media *media,
				 struct fsi_sessions *ret_sessions);

void fsi_import_free_sessions(struct fsi_sessions *sessions);

#endif
