/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Items that are on the disc already, from an earlier session: where they are
 * there, and where their bytes are. Other items cost nothing for it.
 */
#ifndef FSI_TREE_IMPORTED_H
#define FSI_TREE_IMPORTED_H

#include "tree/tree.h"

/*
 * What is behind the node of an imported item. Without UDF all of it is 0 but the
 * number of links.
 */
struct fsi_imported {
	uint64_t unique_id;	  /* as it is recorded; 0: it has none */
	uint32_t entry_block;	  /* of the file entry, in its partition; see has_entry */
	uint16_t entry_partition; /* the reference number of that */
	uint16_t link_count;	  /* as it is recorded */
	bool has_entry;		  /* it was imported from UDF */
	/* The file entry still tells what the item is. It may be false where it does:
	 * what was changed and changed back. */
	bool is_entry_current;
};

/* Blocks side by side. */
struct fsi_imported_extent {
	uint32_t first_block; /* of the disc; 0: a hole, which reads as zeros */
	uint32_t block_count;
};

/*
 * Where the bytes of a file are: embedded, or in extents one behind the other, which
 * together have as many blocks as the size of the data needs. No two of them could
 * be one.
 */
struct fsi_imported_data {
	fsi_stream *disc;	  /* the tree's: all bytes of it */
	uint64_t embedded_offset; /* in bytes from the start of the disc; 0: extents */
	uint32_t extent_count;
	struct fsi_imported_extent extents[];
};

/* What is known of an imported item; NULL for any other. */
static inline struct fsi_imported *fsi_node_imported(const struct fsi_node *node)
{
	return node->is_imported ? (struct fsi_imported *)(uintptr_t)(node + 1) : NULL;
}

/* The entry of an item on the disc, if it has one, tells something else now. */
static inline void fsi_node_forget_entry(const struct fsi_node *node)
{
	if (node->is_imported)
		fsi_node_imported(node)->is_entry_current = false;
}

/* As fsi_tree_make_node(), for an item of an earlier session. */
HRESULT fsi_tree_make_imported(struct fsi_tree *tree, enum fsi_node_kind kind,
			       const char *name, size_t name_length,
			       struct fsi_node **ret_node);

/*
 * Keep a disc as long as the tree lives, also when the import fails: somebody may have
 * got hold of an item meanwhile. One reference is taken. E_OUTOFMEMORY.
 */
HRESULT fsi_tree_add_disc(struct fsi_tree *tree, fsi_stream *disc);

/*
 * Data of size bytes on the disc that was added last. extents are copied;
 * embedded_offset is not 0 where there are none. E_OUTOFMEMORY.
 */
HRESULT fsi_data_from_disc(struct fsi_tree *tree, uint64_t size, uint64_t embedded_offset,
			   const struct fsi_imported_extent *extents,
			   uint32_t extent_count, struct fsi_data **ret_data);

/* Its bytes as a stream, which fails as that of the disc does. One reference. */
HRESULT fsi_data_open_imported(const struct fsi_data *data, fsi_stream **ret_stream);

/* Whether the bytes of imported data lie in one run of blocks. */
static inline bool fsi_data_is_one_run(const struct fsi_data *data)
{
	const struct fsi_imported_data *imported = data->source.imported;

	return imported->embedded_offset == 0 && imported->extent_count == 1 &&
	       imported->extents[0].first_block != 0;
}

#endif
