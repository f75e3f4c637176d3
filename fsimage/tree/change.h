/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The undo log: what each call changes is noted, so that it can be taken back
 * when the call fails half-way, and later, to any change point: the number of
 * calls that changed something. Going back costs what was done, not what there
 * is; what was undone can be done again as long as nothing else was noted.
 */
#ifndef FSI_TREE_CHANGE_H
#define FSI_TREE_CHANGE_H

#include "tree/tree.h"

enum fsi_change_kind {
	FSI_CHANGE_NONE, /* a call that changed nothing, but counts */
	FSI_CHANGE_INSERT,
	FSI_CHANGE_REMOVE,
	FSI_CHANGE_ADD_STREAM,
	FSI_CHANGE_REMOVE_STREAM,
	FSI_CHANGE_STAGE,
	FSI_CHANGE_NAME,       /* of an item that is in no directory at that moment */
	FSI_CHANGE_ATTRIBUTES, /* all that a folder of this computer brings */
	FSI_CHANGE_CREATION_TIME,
	FSI_CHANGE_ACCESS_TIME,
	FSI_CHANGE_MODIFICATION_TIME,
	FSI_CHANGE_IS_HIDDEN,
	FSI_CHANGE_IS_REAL_TIME
};

struct fsi_change_name;

struct fsi_change {
	uint8_t kind;	/* enum fsi_change_kind */
	bool ends_call; /* the change point behind it can be returned to */
	bool was_apart; /* INSERT: see struct fsi_node */
	struct fsi_node *node;
	union {
		struct fsi_node *parent;      /* INSERT, REMOVE and those of streams */
		struct fsi_node *copy;	      /* ATTRIBUTES: what they were, or will be */
		struct fsi_change_name *name; /* NAME: the other one */
		const struct fsi_stash_item *staged; /* STAGE: the data of the file */
		fsi_ticks time;			     /* the same of one time */
		bool flag; /* the same of IS_HIDDEN, IS_REAL_TIME */
	} other;
};

/* Room for so many more notes, so that noting can't fail. E_OUTOFMEMORY. */
HRESULT fsi_change_reserve(struct fsi_tree *tree, size_t count);

/* What one addition takes: it may replace a file. */
#define FSI_CHANGES_OF_ADDITION 2

/* Note a change that has been made (insert, add) or is about to be made. */
void fsi_change_note_insert(struct fsi_tree *tree, struct fsi_node *node);
void fsi_change_note_remove(struct fsi_tree *tree, struct fsi_node *node);
void fsi_change_note_add_stream(struct fsi_tree *tree, struct fsi_node *stream);
void fsi_change_note_remove_stream(struct fsi_tree *tree, struct fsi_node *stream);

/* The data of a file is in the stash. Room was reserved. */
void fsi_change_note_stage(struct fsi_tree *tree, struct fsi_node *file);

/* Note the times and attributes of a node before they change. E_OUTOFMEMORY. */
HRESULT fsi_change_note_attributes(struct fsi_tree *tree, struct fsi_node *node);

/* Give a node that is in no directory another name, and note it. E_OUTOFMEMORY. */
HRESULT fsi_change_rename(struct fsi_tree *tree, struct fsi_node *node, const char *name,
			  size_t name_length);

/* Note one time, or flag, of a node before it changes. E_OUTOFMEMORY. */
HRESULT fsi_change_note_value(struct fsi_tree *tree, struct fsi_node *node,
			      enum fsi_change_kind kind);

/* Where a node has the time that a kind of change is about; NULL: it is a flag. */
fsi_ticks *fsi_change_time(struct fsi_node *node, enum fsi_change_kind kind);

/* Undo everything since the last change point, the last change first. */
void fsi_change_roll_back(struct fsi_tree *tree);

/* The call has succeeded: a new change point. E_OUTOFMEMORY; then there is none. */
HRESULT fsi_change_commit(struct fsi_tree *tree);

/* The present change point, and the oldest that can be returned to. */
int32_t fsi_change_point(const struct fsi_tree *tree);
int32_t fsi_change_locked_point(const struct fsi_tree *tree);

/*
 * Return to a change point, which is not newer, nor older than the oldest. The room
 * of what was staged since is free, and given back when the stash is trimmed.
 */
void fsi_change_roll_back_to(struct fsi_tree *tree, int32_t point);

/* Take that back. Nothing was noted meanwhile. */
void fsi_change_roll_forward_to(struct fsi_tree *tree, int32_t point);

/* The changes stay: forget how to undo them. */
void fsi_change_keep(struct fsi_tree *tree);

#endif
