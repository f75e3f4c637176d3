/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only POSIX systems have: links, devices, extended attributes. */
#ifndef FSI_TREE_POSIX_H
#define FSI_TREE_POSIX_H

#include "tree/tree.h"

#include <sys/stat.h>

/* The kind of a link or special file by the type bits of its mode. */
enum fsi_node_kind fsi_posix_kind(const struct statx *status);

/*
 * What a symbolic link holds, in the tree's arena. path names it in errors:
 * IMAPI_E_DATA_STREAM_CREATE_FAILURE (path); IMAPI_E_INVALID_PATH (target) when
 * it is not UTF-8; E_OUTOFMEMORY.
 */
HRESULT fsi_posix_read_link(struct fsi_tree *tree, const char *path,
			    const char **ret_target);

/*
 * Give a node that is in no directory yet the extended attributes of a host
 * file, ACLs among them, as named streams: "user.x" as "x", others under their
 * whole name; so "user.user.x" keeps it too. *count grows by their number.
 * IMAPI_E_DATA_STREAM_READ_FAILURE (path); E_OUTOFMEMORY.
 */
HRESULT fsi_posix_take_attributes(struct fsi_tree *tree, struct fsi_node *node,
				  const char *path, uint64_t *count);

#endif
