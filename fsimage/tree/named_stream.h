/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Named streams: more bytes of an item, each under a name of its own. */
#ifndef FSI_TREE_NAMED_STREAM_H
#define FSI_TREE_NAMED_STREAM_H

#include "tree/tree.h"

/* The stream of an item with that name, in any case, or NULL. */
struct fsi_node *fsi_named_stream_find(const struct fsi_node *owner, const char *name,
				       size_t name_length);

/*
 * Give an item a stream. data is the stream's from then on; NULL: it is empty.
 * IMAPI_E_DUP_NAME (name); E_OUTOFMEMORY. Then nothing has changed.
 */
HRESULT fsi_named_stream_add(struct fsi_tree *tree, struct fsi_node *owner,
			     const char *name, size_t name_length, struct fsi_data *data,
			     struct fsi_node **ret_stream);

/* Take a stream from its item, and give it back. E_OUTOFMEMORY where it is not
 * one that was there before. */
void fsi_named_stream_unlink(struct fsi_tree *tree, struct fsi_node *stream);
HRESULT fsi_named_stream_link(struct fsi_tree *tree, struct fsi_node *owner,
			      struct fsi_node *stream);

#endif
