/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this computer tells of its folders and files. */
#ifndef FSI_TREE_HOST_H
#define FSI_TREE_HOST_H

#include "tree/tree.h"

#include <sys/stat.h>

/* The names in a folder, in byte order, whatever order the system lists. */
struct fsi_folder_listing {
	int descriptor; /* of the folder */
	FSI_VECTOR(char *) names;
};

/*
 * path as in struct fsi_source_folder. follow: it may be a symbolic link.
 * IMAPI_E_DIRECTORY_READ_FAILURE (folder), E_OUTOFMEMORY.
 */
HRESULT fsi_folder_list(const char *path, bool follow,
			struct fsi_folder_listing *ret_listing);

void fsi_folder_listing_free(struct fsi_folder_listing *listing);

bool fsi_folder_listing_has(const struct fsi_folder_listing *listing, const char *name);

/* The path of a name in a folder, to be freed; NULL: no memory. */
char *fsi_host_path(const struct fsi_source_folder *folder, const char *name);

/* Status of a name in an open folder. Returns 0 or errno. */
int fsi_host_status(int folder, const char *name, bool follow, struct statx *ret_status);

/* When a file was changed, to be compared only: it may wrap. */
int64_t fsi_host_modified_ns(const struct statx *status);

/* The device that a file is on, as one number. */
uint64_t fsi_host_device(const struct statx *status);

/* What something is that is neither a file nor a directory: "sockets", … */
const char *fsi_host_kind(const struct statx *status);

/* Give a node of a tree the times, owner and permissions of a host file. */
void fsi_host_take_attributes(const struct fsi_tree *tree, struct fsi_node *node,
			      const struct statx *status);

#endif
