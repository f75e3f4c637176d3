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

/* The watcher of an item of the image; NULL: nobody is to be told. */
static const struct fsi_tree_watcher *find_watcher(const struct fsi_tree *tree,
						   const struct fsi_node *owner)
{
	return fsi_node_is_in_image(owner) ? tree->watcher : NULL;
}

HRESULT fsi_named_stream_link(struct fsi_tree *tree, struct fsi_node *owner,
			      struct fsi_node *stream)
{
	const struct fsi_tree_watcher *watcher = find_watcher(tree, owner);
	HRESULT hr = S_OK;

	if (watcher != NULL)
		watcher->streams_change(watcher->context, owner);
	if (owner->streams == NULL)
		owner->streams = fsi_tree_make_children(tree);
	if (owner->streams == NULL || !fsi_children_append(owner->streams, stream))
		hr = FSI_FAIL(E_OUTOFMEMORY);
	if (SUCCEEDED(hr)) {
		stream->parent = owner;
		if (fsi_node_is_in_image(owner)) {
			fsi_tree_count_stream(tree, stream, 1);
			tree->generation++;
		}
	}
	if (watcher != NULL)
		watcher->streams_changed(watcher->context, owner);
	return hr;
}

void fsi_named_stream_unlink(struct fsi_tree *tree, struct fsi_node *stream)
{
	struct fsi_node *owner = stream->parent;
	const struct fsi_tree_watcher *watcher = find_watcher(tree, owner);

	if (watcher != NULL)
		watcher->streams_change(watcher->context, owner);
	fsi_children_remove(owner->streams, stream);
	stream->parent = &tree->detached;
	if (fsi_node_is_in_image(owner)) {
		fsi_tree_count_stream(tree, stream, UINT32_MAX); /* minus one */
		tree->generation++;
	}
	if (watcher != NULL)
		watcher->streams_changed(watcher->context, owner);
}

HRESULT fsi_named_stream_add(struct fsi_tree *tree, struct fsi_node *owner,
			     const char *name, size_t name_length, struct fsi_data *data,
			     struct fsi_node **ret_stream)
{
	struct fsi_node *stream = NULL;

	if (fsi_named_stream_find(owner, name, name_length) != NULL)
		return FSI_FAIL(IMAPI_E_DUP_NAME, name);
	FSI_TRY(fsi_tree_make_node(tree, FSI_NODE_FILE, name, name_length, &stream));
	stream->is_stream = true;
	stream->content.data = data;
	FSI_TRY(fsi_named_stream_link(tree, owner, stream));
	*ret_stream = stream;
	return S_OK;
}
