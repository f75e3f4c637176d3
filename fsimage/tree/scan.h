/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirroring a folder of this computer into the tree. */
#ifndef FSI_TREE_SCAN_H
#define FSI_TREE_SCAN_H

#include "tree/stage.h"

#include <fsimage/item.h>

struct fsi_scan_request {
	struct fsi_tree *tree;
	struct fsi_node *directory; /* to be filled */
	const char *source;	    /* host path of a folder or a file */
	struct fsi_add_tree_options options;
	struct fsi_add_tree_report report; /* counts are added to it */
	struct fsi_copy_watcher watcher;   /* told of each file that was added */
};

/*
 * Errors as fsi_directory_add_tree_with_options(). What was added is in the
 * tree's undo log, also after a failure.
 */
HRESULT fsi_scan(struct fsi_scan_request *request);

/*
 * Add one host file under a name in a directory; a link is followed. replace:
 * an existing file gives way. Errors as fsi_directory_add_file_from_path(); the
 * undo log as above.
 */
HRESULT fsi_scan_file(struct fsi_scan_request *request, const char *name,
		      size_t name_length, bool replace);

#endif
