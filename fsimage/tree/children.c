/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The array of children of a directory. */
#include "tree/children.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

bool fsi_children_append(struct fsi_children *children, struct fsi_node *node)
{
	const uint32_t count = children->count;

	if (count == children->capacity) {
		const uint32_t capacity = count < 4 ? 4 : count + count / 2;
		struct fsi_node **items = NULL;

		if (capacity <= count)
			return false;
		items = fsi_reallocate(children->items, capacity,
				       sizeof(struct fsi_node *));
		if (items == NULL)
			return false;
		children->items = items;
		children->capacity = capacity;
	}
	children->is_sorted =
		count == 0 || (children->is_sorted &&
			       strcmp(children->items[count - 1]->name, node->name) < 0);
	children->items[count] = node;
	children->count++;
	children->directory_count += fsi_node_is_directory(node);
	node->position = count;
	return true;
}

void fsi_children_remove(struct fsi_children *children, struct fsi_node *node)
{
	struct fsi_node *last = children->items[--children->count];

	children->directory_count -= fsi_node_is_directory(node);
	if (last == node)
		return;
	children->items[node->position] = last;
	last->position = node->position;
	children->is_sorted = false;
}

static int compare_names(const void *a, const void *b)
{
	const struct fsi_node *const *x = a;
	const struct fsi_node *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

void fsi_children_sort(struct fsi_children *children)
{
	if (children->is_sorted)
		return;
	if (children->count > 1)
		qsort(children->items, children->count, sizeof(children->items[0]),
		      compare_names);
	for (uint32_t i = 0; i < children->count; i++)
		children->items[i]->position = i;
	children->is_sorted = true;
}

struct fsi_node *fsi_node_next(const struct fsi_node *root, const struct fsi_node *node)
{
	if (fsi_node_child_count(node) > 0)
		return node->content.children->items[0];
	while (node != root) {
		const struct fsi_children *siblings = node->parent->content.children;

		if (node->position + 1 < siblings->count)
			return siblings->items[node->position + 1];
		node = node->parent;
	}
	return NULL;
}
