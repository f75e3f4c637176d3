/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking files in: copying into the stash what does not stay at its source. */
#ifndef FSI_TREE_STAGE_H
#define FSI_TREE_STAGE_H

#include "tree/tree.h"

/* Who is told how far it is. A failure ends the call that is under way. */
struct fsi_copy_watcher {
	/*
	 * In bytes; total as far as known. While a file is taken in: 0, each full MiB,
	 * and the end, once each.
	 */
	HRESULT(*copied)
	(void *context, const struct fsi_node *file, uint64_t copied, uint64_t total);
	void *context;
};

/*
 * What follows when a file with data of its own, or none, was put into the image:
 * its data is staged if that is wanted or has to be. watcher may be NULL; it is
 * told the beginning and the end of what is not copied too. What is changed is in the
 * undo log, also after a failure.
 *
 * IMAPI_E_DATA_STREAM_CREATE_FAILURE (path of the source), _READ_FAILURE (path),
 * _INCONSISTENCY (path, expected, found), IMAPI_E_STASHFILE_OPEN_FAILURE ("data"),
 * _WRITE_FAILURE, _SEEK_FAILURE, IMAPI_E_WORKING_DIRECTORY_SPACE (directory, free,
 * needed), E_OUTOFMEMORY; for what is too large when its size is known,
 * IMAPI_E_DATA_TOO_BIG, _IMAGE_SIZE_LIMIT; what the watcher returned.
 */
HRESULT fsi_stage_added(struct fsi_tree *tree, struct fsi_node *file,
			const struct fsi_copy_watcher *watcher);

/* The same for a stream that belongs to an item, and nobody is told of. */
HRESULT fsi_stage_named_stream(struct fsi_tree *tree, struct fsi_node *stream);

/* The same for a file that is in no image yet: it is not noted, nor checked. */
HRESULT fsi_stage_apart(struct fsi_tree *tree, struct fsi_node *file);

#endif
