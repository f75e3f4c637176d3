/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going through a folder of this computer. Private to this room. */
#ifndef FSI_TREE_SCAN_FOLDER_H
#define FSI_TREE_SCAN_FOLDER_H

#include "tree/data.h"
#include "tree/host.h"
#include "tree/scan.h"

/* A folder of the host, by its path. */
struct fsi_found_folder {
	const char *path;
	const struct statx *status;
};

/* Whether a name of the source may be one in the image. S_FALSE: it is not legal. */
HRESULT fsi_scan_check_name(const struct fsi_scan_request *request, const char *name);

/* path ends with the name that can't be one in the image. */
HRESULT fsi_scan_refuse_path(const char *path, const char *name);

/* Mirror all below a folder into a directory; its path as fsi_source_folder's. */
HRESULT fsi_scan_folders(struct fsi_scan_request *request, struct fsi_node *directory,
			 const struct fsi_found_folder *found);

/* Put a file of the host into a directory, in place of one that is there. */
HRESULT fsi_scan_insert_file(struct fsi_scan_request *request, struct fsi_node *directory,
			     const char *name, struct fsi_node *older,
			     const struct fsi_host_file *host,
			     const struct statx *status);

/* The directory for a source folder: one that is there, or a new one. */
HRESULT fsi_scan_enter_directory(struct fsi_scan_request *request,
				 struct fsi_node *parent, const char *name,
				 const struct fsi_found_folder *found,
				 struct fsi_node *older, struct fsi_node **ret_directory);

#endif
