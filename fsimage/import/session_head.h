/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the first blocks of a session tell: the primary descriptor 16 blocks behind its
 * start, and the anchor 256 blocks behind it. Blocks that can't be read tell nothing;
 * the only failure is E_OUTOFMEMORY.
 */
#ifndef FSI_IMPORT_SESSION_HEAD_H
#define FSI_IMPORT_SESSION_HEAD_H

#include "media/media.h"
#include "media/session_record.h"
#include "udf/read_descriptors.h"

struct fsi_session_head {
	bool has_iso9660;
	uint32_t root_block; /* of the primary tree */
	uint32_t path_table_block;
	uint32_t space_blocks; /* the volume space size */
	bool has_udf;
	struct fsi_udf_anchor anchor;
};

/* anchor_block: of UDF's anchor; 0: at its usual place. */
HRESULT fsi_import_read_head(struct fsi_media *media, uint32_t start_block,
			     uint32_t anchor_block, struct fsi_session_head *ret_head);

/* Whether two heads lead to the same trees of files. */
bool fsi_import_is_same_iso9660(const struct fsi_session_head *one,
				const struct fsi_session_head *other);
bool fsi_import_is_same_udf(const struct fsi_session_head *one,
			    const struct fsi_session_head *other);

/*
 * Whether the head that was found at that start can be of a session there: what it
 * leads to is behind it. In an image that is a file of the disc addresses count from
 * the start of that file.
 */
bool fsi_import_is_session(const struct fsi_session_head *head, uint32_t start_block);

/*
 * Whether the root directory is where the descriptors of ISO 9660 say. S_FALSE: it is
 * not, or can't be read.
 */
HRESULT fsi_import_find_root(struct fsi_media *media,
			     const struct fsi_session_head *head);

/*
 * Where the session ends: the first block behind it, at most limit_block. Some writers
 * count the volume space from the start of the session, others from that of the disc.
 */
HRESULT fsi_import_find_session_end(struct fsi_media *media,
				    const struct fsi_session_head *head,
				    uint32_t start_block, uint32_t limit_block,
				    uint32_t *ret_end_block);

/* S_OK; S_FALSE: the session has none that says it is its own. */
HRESULT fsi_import_read_session_record(struct fsi_media *media, uint32_t start_block,
				       struct fsi_session_record *ret_record);

#endif
