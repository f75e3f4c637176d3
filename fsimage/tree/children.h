/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The array of children of a directory, and walks over whole trees. */
#ifndef FSI_TREE_CHILDREN_H
#define FSI_TREE_CHILDREN_H

#include "tree/node.h"

/* Append a child and tell it its position. false: no memory. */
bool fsi_children_append(struct fsi_children *children, struct fsi_node *node);

/* Take a child out; the last one moves to its place. */
void fsi_children_remove(struct fsi_children *children, struct fsi_node *node);

/* Put the children in byte order of their names. */
void fsi_children_sort(struct fsi_children *children);

/*
 * The next node of a walk over all below root, parents before children, or
 * NULL at the end. Start with root itself. No memory is used.
 */
struct fsi_node *fsi_node_next(const struct fsi_node *root, const struct fsi_node *node);

#endif
