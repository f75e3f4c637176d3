/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The undo log of a tree. */
#include "tree/change.h"

#include "error/fail.h"

HRESULT fsi_change_reserve(struct fsi_tree *tree)
{
	/* Two: an addition may replace a file. */
	if (!fsi_vector_reserve(&tree->changes, 2))
		return FSI_FAIL(E_OUTOFMEMORY);
	return S_OK;
}

static void note(struct fsi_tree *tree, enum fsi_change_kind kind, struct fsi_node *node,
		 struct fsi_node *parent)
{
	tree->changes.items[tree->changes.count++] =
		(struct fsi_change){.kind = kind, .node = node, .parent = parent};
}

void fsi_change_note_insert(struct fsi_tree *tree, struct fsi_node *node)
{
	note(tree, FSI_CHANGE_INSERT, node, NULL);
}

void fsi_change_note_remove(struct fsi_tree *tree, struct fsi_node *node)
{
	note(tree, FSI_CHANGE_REMOVE, node, node->parent);
}

HRESULT fsi_change_note_attributes(struct fsi_tree *tree, struct fsi_node *node)
{
	struct fsi_node *copy = fsi_arena_allocate(&tree->arena, sizeof(*copy));

	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	FSI_TRY(fsi_change_reserve(tree));
	*copy = *node;
	note(tree, FSI_CHANGE_ATTRIBUTES, node, copy);
	return S_OK;
}

static void restore_attributes(struct fsi_node *node, const struct fsi_node *copy)
{
	node->creation_time = copy->creation_time;
	node->access_time = copy->access_time;
	node->modification_time = copy->modification_time;
	node->attribute_time = copy->attribute_time;
	node->uid = copy->uid;
	node->gid = copy->gid;
	node->mode = copy->mode;
	node->is_hidden = copy->is_hidden;
}

static void undo(struct fsi_tree *tree, const struct fsi_change *change)
{
	switch (change->kind) {
	case FSI_CHANGE_INSERT:
		fsi_tree_unlink(tree, change->node);
		break;
	case FSI_CHANGE_REMOVE:
		/* Needs no memory: its places in the table and array are free. */
		(void)fsi_tree_link(tree, change->parent, change->node);
		break;
	case FSI_CHANGE_ATTRIBUTES:
		restore_attributes(change->node, change->parent);
		break;
	}
}

void fsi_change_roll_back(struct fsi_tree *tree)
{
	while (tree->changes.count > 0)
		undo(tree, &tree->changes.items[--tree->changes.count]);
	tree->changes.count = 0;
	fsi_tree_forget_budget(tree);
}

void fsi_change_keep(struct fsi_tree *tree)
{
	tree->changes.count = 0;
}
