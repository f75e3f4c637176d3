/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The items of a tree in the order in which they are laid out. */
#include "tree/order.h"

#include "error/fail.h"
#include "tree/children.h"
#include "tree/tree.h"

/* Number the children of a directory, and list the directories among them. */
static void add_children(struct fsi_order *order, const struct fsi_node *directory)
{
	struct fsi_children *children = directory->content.children;

	fsi_children_sort(children);
	children->first_child = order->item_count;
	for (uint32_t i = 0; i < children->count; i++) {
		struct fsi_node *child = children->items[i];

		child->number = order->item_count;
		order->items[order->item_count++] = child;
		if (fsi_node_is_directory(child)) {
			child->content.children->number = order->directory_count;
			order->directories[order->directory_count++] = child;
		}
	}
}

/* Data that several files share is met several times, but listed once. */
static void number_data(struct fsi_order *order)
{
	for (uint32_t i = 0; i < order->item_count; i++) {
		if (fsi_node_size(order->items[i]) > 0)
			order->items[i]->content.data->number = UINT32_MAX;
	}
	for (uint32_t i = 0; i < order->item_count; i++) {
		const struct fsi_node *item = order->items[i];
		struct fsi_data *data = NULL;

		if (fsi_node_size(item) == 0)
			continue;
		data = item->content.data;
		if (data->number != UINT32_MAX)
			continue;
		data->item = item;
		data->number = order->data_count;
		order->data[order->data_count++] = data;
	}
}

HRESULT fsi_order_create(struct fsi_tree *tree, struct fsi_order **ret_order)
{
	const size_t items = (size_t)tree->file_count + tree->directory_count + 1;
	const size_t directories = (size_t)tree->directory_count + 1;
	struct fsi_order *order = fsi_allocate_zeroed(1, sizeof(*order));

	if (order == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	order->items = fsi_allocate_zeroed(items, sizeof(order->items[0]));
	order->directories =
		fsi_allocate_zeroed(directories, sizeof(order->directories[0]));
	order->data = fsi_allocate_zeroed(tree->file_count, sizeof(order->data[0]));
	if (order->items == NULL || order->directories == NULL || order->data == NULL) {
		fsi_order_destroy(order);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	tree->root.number = 0;
	tree->root.content.children->number = 0;
	order->items[order->item_count++] = &tree->root;
	order->directories[order->directory_count++] = &tree->root;
	/* The list grows while it is walked: that is what makes it breadth first. */
	for (uint32_t i = 0; i < order->directory_count; i++)
		add_children(order, order->directories[i]);
	number_data(order);
	*ret_order = order;
	return S_OK;
}

void fsi_order_destroy(struct fsi_order *order)
{
	if (order == NULL)
		return;
	fsi_free(order->items);
	fsi_free(order->directories);
	fsi_free(order->data);
	fsi_free(order);
}
