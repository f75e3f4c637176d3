/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and paths inside an image: what is legal, and what they lead to. */
#ifndef FSI_TREE_PATH_H
#define FSI_TREE_PATH_H

#include "tree/tree.h"

/* The longest name of an item, in UTF-16 units (imapi2fs: 255). */
#define FSI_NAME_MAX_UNITS 255

/* Where a path ends: its last part, and the directory that has or may get it. */
struct fsi_path_end {
	struct fsi_node *parent;
	const char *name;
	size_t name_length; /* 0: the path is the root itself */
};

/*
 * Whether a name may be given to a new item.
 * IMAPI_E_RESTRICTED_NAME_VIOLATION (name); S_FALSE when it is not legal at
 * all, which each caller has a code of its own for.
 */
HRESULT fsi_name_check_new(const struct fsi_tree_rules *rules, const char *name,
			   size_t name_length);

/*
 * Follow a path from a directory up to its last part.
 * IMAPI_E_INVALID_PARAM (parameter) when it is empty or not UTF-8;
 * IMAPI_E_INVALID_PATH (path); IMAPI_E_DIR_NOT_FOUND (directory);
 * IMAPI_E_NOT_DIR (path of a file on the way).
 */
HRESULT fsi_path_resolve(const struct fsi_tree *tree, struct fsi_node *directory,
			 const char *path, const char *parameter,
			 struct fsi_path_end *ret_end);

/* The child that a path ends at, the root for the root, or NULL. */
struct fsi_node *fsi_path_find(const struct fsi_tree *tree,
			       const struct fsi_path_end *end);

/*
 * The full path of a name in a directory; name NULL: of the directory itself.
 * To be freed. NULL: no memory; nothing is raised.
 */
char *fsi_path_format(const struct fsi_tree *tree, const struct fsi_node *directory,
		      const char *name);

/* The full path of a node; the bare name of one that is not in the image. */
char *fsi_path_of_node(const struct fsi_node *node);

#endif
