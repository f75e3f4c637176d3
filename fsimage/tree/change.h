/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The undo log: what one call changes is noted, so that it can be taken back
 * when the call fails half-way. Going back costs what was done, not what there
 * is.
 */
#ifndef FSI_TREE_CHANGE_H
#define FSI_TREE_CHANGE_H

#include "tree/tree.h"

enum fsi_change_kind {
	FSI_CHANGE_INSERT,
	FSI_CHANGE_REMOVE,
	FSI_CHANGE_ATTRIBUTES
};

struct fsi_change {
	enum fsi_change_kind kind;
	struct fsi_node *node;
	struct fsi_node *parent; /* REMOVE: where it was; ATTRIBUTES: a copy of node */
};

/* Room for one more note, so that noting can't fail. E_OUTOFMEMORY. */
HRESULT fsi_change_reserve(struct fsi_tree *tree);

/* Note a change that has been made (insert) or is about to be made. */
void fsi_change_note_insert(struct fsi_tree *tree, struct fsi_node *node);
void fsi_change_note_remove(struct fsi_tree *tree, struct fsi_node *node);

/* Note the times and attributes of a node before they change. E_OUTOFMEMORY. */
HRESULT fsi_change_note_attributes(struct fsi_tree *tree, struct fsi_node *node);

/* Undo everything in the log, the last change first. */
void fsi_change_roll_back(struct fsi_tree *tree);

/* The changes stay: forget how to undo them. */
void fsi_change_keep(struct fsi_tree *tree);

#endif
