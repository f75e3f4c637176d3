/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling a tree by hand, and looking at all of it. */
#ifndef TESTS_SUPPORT_TREES_H
#define TESTS_SUPPORT_TREES_H

#include "tree/tree.h"

/* The recording time of trees in tests: 2024-02-29 12:34:56 UTC. */
#define TREE_TIME INT64_C(1709210096)
fsi_ticks tree_time(int64_t seconds);

/* Nodes that are in no directory yet; a file has size bytes that can't be read. */
struct fsi_node *tree_make_directory(struct fsi_tree *tree, const char *name);
struct fsi_node *tree_make_file(struct fsi_tree *tree, const char *name, uint64_t size);

/* The same, put into a directory; the change is kept. */
struct fsi_node *tree_add_directory(struct fsi_tree *tree, struct fsi_node *parent,
				    const char *name);
struct fsi_node *tree_add_file(struct fsi_tree *tree, struct fsi_node *parent,
			       const char *name, uint64_t size);

/* The item at a path of the image, or NULL. */
struct fsi_node *tree_at(const struct fsi_tree *tree, const char *path);

/*
 * Every item with its attributes, one on a line, in byte order of the paths, and
 * the counts; the same for trees that hold the same. To be freed.
 */
char *tree_dump(struct fsi_tree *tree);

/* Only paths in that order, "/" behind each directory, a space behind each. */
char *tree_paths(struct fsi_tree *tree);

/* That parents, positions, counts and the table of names all agree. */
void tree_check(struct fsi_tree *tree);

#endif
