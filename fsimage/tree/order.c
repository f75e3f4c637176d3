/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The items of a tree in the order in which they are laid out. */
#include "tree/order.h"

#include "error/fail.h"
#include "tree/children.h"
#include "tree/tree.h"

static void add_child(struct fsi_order *order, struct fsi_node *child)
{
	child->number = order->item_count;
	order->items[order->item_count++] = child;
	if (fsi_node_is_directory(child)) {
		child->content.children->number = order->directory_count;
		order->directories[order->directory_count++] = child;
	}
}

/*
 * Number the children of a directory, and list the directories among them. What
 * some file systems can't hold comes last, so that they see the first so many.
 */
static void add_children(struct fsi_order *order, const struct fsi_tree *tree,
			 const struct fsi_node *directory)
{
	struct fsi_children *children = directory->content.children;

	fsi_children_sort(children);
	children->first_child = order->item_count;
	for (uint32_t i = 0; i < children->count; i++) {
		if (fsi_tree_is_plain(tree, children->items[i]))
			add_child(order, children->items[i]);
	}
	children->plain_count = order->item_count - children->first_child;
	for (uint32_t i = 0;
	     children->plain_count < children->count && i < children->count; i++) {
		const struct fsi_node *child = children->items[i];

		if (fsi_tree_is_plain(tree, child))
			continue;
		order->large_count += child->kind == FSI_NODE_FILE;
		add_child(order, children->items[i]);
	}
}

/* List the named streams of all items, in the order of the items. */
static void add_streams(struct fsi_order *order)
{
	for (uint32_t i = 0; i < order->item_count; i++) {
		const struct fsi_node *item = order->items[i];
		struct fsi_children *streams = item->streams;

		if (fsi_node_stream_count(item) == 0 || fsi_node_entry(item) != item)
			continue;
		fsi_children_sort(streams);
		streams->number = order->owner_count;
		streams->first_child = order->stream_count;
		order->owners[order->owner_count++] = item;
		for (uint32_t s = 0; s < streams->count; s++) {
			streams->items[s]->number = order->stream_count;
			order->streams[order->stream_count++] = streams->items[s];
		}
	}
}

static struct fsi_data *data_of(const struct fsi_node *node)
{
	return node->kind == FSI_NODE_FILE ? node->content.data : NULL;
}

/* Data that several files share is met several times, but listed once. */
static void number_data(struct fsi_order *order, const struct fsi_node **nodes,
			uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct fsi_data *data = data_of(nodes[i]);

		if (data == NULL || data->item != NULL)
			continue;
		data->item = nodes[i];
		if (data->size == 0)
			continue;
		data->number = order->data_count;
		order->data[order->data_count++] = data;
	}
}

static void forget_items(const struct fsi_node **nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct fsi_data *data = data_of(nodes[i]);

		if (data != NULL)
			data->item = NULL;
	}
}

static bool allocate_order(struct fsi_order *order, const struct fsi_tree *tree)
{
	const size_t items = (size_t)tree->file_count + tree->directory_count + 1;
	const size_t data = (size_t)tree->file_count + tree->stream_count;

	order->items = fsi_allocate_zeroed(items, sizeof(order->items[0]));
	order->directories = fsi_allocate_zeroed((size_t)tree->directory_count + 1,
						 sizeof(order->directories[0]));
	order->owners = fsi_allocate_zeroed(tree->stream_count, sizeof(order->owners[0]));
	order->streams =
		fsi_allocate_zeroed(tree->stream_count, sizeof(order->streams[0]));
	order->data = fsi_allocate_zeroed(data, sizeof(order->data[0]));
	return order->items != NULL && order->directories != NULL &&
	       order->owners != NULL && order->streams != NULL && order->data != NULL;
}

/* The list grows while it is walked: that is what makes it breadth first. */
static HRESULT add_items(struct fsi_order *order, const struct fsi_tree *tree)
{
	for (uint32_t i = 0; i < order->directory_count; i++) {
		FSI_TRY(fsi_patience_ask(order->patience));
		add_children(order, tree, order->directories[i]);
	}
	return fsi_patience_ask(order->patience);
}

HRESULT fsi_order_create(struct fsi_tree *tree, bool with_streams,
			 struct fsi_order **ret_order)
{
	struct fsi_order *order = fsi_allocate_zeroed(1, sizeof(*order));
	HRESULT hr = S_OK;

	if (order == NULL || !allocate_order(order, tree)) {
		fsi_order_destroy(order);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	order->patience = &tree->patience;
	tree->root.number = 0;
	tree->root.content.children->number = 0;
	order->items[order->item_count++] = &tree->root;
	order->directories[order->directory_count++] = &tree->root;
	hr = add_items(order, tree);
	if (FAILED(hr)) {
		fsi_order_destroy(order);
		return hr;
	}
	forget_items(order->items, order->item_count);
	number_data(order, order->items, order->item_count);
	order->item_data_count = order->data_count;
	if (with_streams) {
		add_streams(order);
		forget_items(order->streams, order->stream_count);
		number_data(order, order->streams, order->stream_count);
	}
	*ret_order = order;
	return S_OK;
}

void fsi_order_destroy(struct fsi_order *order)
{
	if (order == NULL)
		return;
	fsi_free(order->items);
	fsi_free(order->directories);
	fsi_free(order->owners);
	fsi_free(order->streams);
	fsi_free(order->data);
	fsi_free(order);
}
