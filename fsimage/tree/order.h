/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The items of a tree in the order in which they are laid out: breadth first
 * from the root, the children of a directory side by side and in byte order of
 * their names, however they were added; behind the rest what is not plain, as some file
 * systems can't hold it: what only POSIX knows, and files that are too large. Everything
 * that a file system knows of an item beyond the tree is an array indexed by the item's
 * number here.
 */
#ifndef FSI_TREE_ORDER_H
#define FSI_TREE_ORDER_H

#include "base/patience.h"
#include "tree/node.h"

struct fsi_tree;

struct fsi_order {
	const struct fsi_patience *patience; /* of the tree */
	const struct fsi_node **items; /* items[n]->number == n; items[0] is the root */
	uint32_t item_count;
	uint32_t large_count; /* files that are too large for some file systems */
	/* directories[d]->content.children->number == d; the root is 0 */
	const struct fsi_node **directories;
	uint32_t directory_count;
	/*
	 * Named streams, those of one item side by side: items with streams in
	 * order, owners[o]->streams->number == o, its first stream at
	 * owners[o]->streams->first_child, streams[s]->number == s.
	 */
	const struct fsi_node **owners;
	uint32_t owner_count;
	const struct fsi_node **streams;
	uint32_t stream_count;
	/* Data that needs blocks, in order of first use; data[d]->number == d. */
	const struct fsi_data **data;
	uint32_t data_count;
	uint32_t item_data_count; /* of items, which comes before that of streams */
};

/*
 * Number the items of a tree. They keep their numbers until the tree changes
 * and is ordered anew. with_streams: named streams are to be laid out too.
 * E_OUTOFMEMORY; what the tree's patience returned.
 */
HRESULT fsi_order_create(struct fsi_tree *tree, bool with_streams,
			 struct fsi_order **ret_order);

void fsi_order_destroy(struct fsi_order *order);

/* The number of the first child of a directory; its children follow. */
static inline uint32_t fsi_order_first_child(const struct fsi_node *directory)
{
	return directory->content.children->first_child;
}

#endif
