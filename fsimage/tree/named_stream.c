/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Named streams of items. */
#include "tree/named_stream.h"

#include "base/text.h"
#include "error/fail.h"
#include "tree/children.h"

struct fsi_node *fsi_named_stream_find(const struct fsi_node *owner, const char *name,
				       size_t name_length)
{
	for (uint32_t s = 0; s < fsi_node_stream_count(owner); s++) {
		struct fsi_node *stream = owner->streams->items[s];

		if (fsi_text_compare_ignoring_case(stream->name, stream->name_length,
						   name, name_length) == 0)
			return stream;
	}
	return NULL;
}

HRESULT fsi_named_stream_add(struct fsi_tree *tree, struct fsi_node *owner,
			     const char *name, size_t name_length, struct fsi_data *data)
{
	struct fsi_node *stream = NULL;

	if (fsi_named_stream_find(owner, name, name_length) != NULL)
		return FSI_FAIL(IMAPI_E_DUP_NAME, name);
	FSI_TRY(fsi_tree_make_node(tree, FSI_NODE_FILE, name, name_length, &stream));
	if (owner->streams == NULL)
		owner->streams = fsi_tree_make_children(tree);
	if (owner->streams == NULL || !fsi_children_append(owner->streams, stream))
		return FSI_FAIL(E_OUTOFMEMORY);
	stream->parent = owner;
	stream->is_stream = true;
	stream->content.data = data;
	if (fsi_node_is_in_image(owner)) {
		tree->stream_count++;
		tree->generation++;
	}
	return S_OK;
}

void fsi_named_stream_remove(struct fsi_tree *tree, struct fsi_node *stream)
{
	const bool was_in_image = fsi_node_is_in_image(stream);

	fsi_children_remove(stream->parent->streams, stream);
	stream->parent = &tree->detached;
	if (was_in_image) {
		tree->stream_count--;
		tree->generation++;
	}
}
