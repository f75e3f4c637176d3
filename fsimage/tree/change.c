/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The undo log of a tree. */
#include "tree/change.h"

#include "base/text.h"
#include "error/fail.h"
#include "stash/stash.h"
#include "tree/data.h"
#include "tree/imported.h"
#include "tree/named_stream.h"

/* ---- noting ------------------------------------------------------------ */

HRESULT fsi_change_reserve(struct fsi_tree *tree, size_t count)
{
	if (!fsi_vector_reserve(&tree->changes, count))
		return FSI_FAIL(E_OUTOFMEMORY);
	return S_OK;
}

static struct fsi_change *note(struct fsi_tree *tree, enum fsi_change_kind kind,
			       struct fsi_node *node)
{
	struct fsi_change *change = &tree->changes.items[tree->changes.count++];

	if (kind == FSI_CHANGE_ADD_STREAM || kind == FSI_CHANGE_REMOVE_STREAM)
		fsi_node_forget_entry(node->parent);
	else if (kind >= FSI_CHANGE_ATTRIBUTES && kind != FSI_CHANGE_IS_HIDDEN)
		fsi_node_forget_entry(node);
	*change = (struct fsi_change){.kind = (uint8_t)kind, .node = node};
	return change;
}

void fsi_change_note_insert(struct fsi_tree *tree, struct fsi_node *node)
{
	struct fsi_change *change = note(tree, FSI_CHANGE_INSERT, node);

	change->was_apart = node->is_apart;
	change->other.parent = node->parent;
	node->is_apart = false;
}

void fsi_change_note_remove(struct fsi_tree *tree, struct fsi_node *node)
{
	note(tree, FSI_CHANGE_REMOVE, node)->other.parent = node->parent;
}

void fsi_change_note_add_stream(struct fsi_tree *tree, struct fsi_node *stream)
{
	note(tree, FSI_CHANGE_ADD_STREAM, stream)->other.parent = stream->parent;
}

void fsi_change_note_remove_stream(struct fsi_tree *tree, struct fsi_node *stream)
{
	note(tree, FSI_CHANGE_REMOVE_STREAM, stream)->other.parent = stream->parent;
}

void fsi_change_note_stage(struct fsi_tree *tree, struct fsi_node *file)
{
	note(tree, FSI_CHANGE_STAGE, file)->other.staged =
		file->content.data->source.staged;
}

HRESULT fsi_change_note_attributes(struct fsi_tree *tree, struct fsi_node *node)
{
	struct fsi_node *copy = fsi_arena_allocate(&tree->arena, sizeof(*copy));

	if (copy == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	FSI_TRY(fsi_change_reserve(tree, 1));
	*copy = *node;
	note(tree, FSI_CHANGE_ATTRIBUTES, node)->other.copy = copy;
	return S_OK;
}

fsi_ticks *fsi_change_time(struct fsi_node *node, enum fsi_change_kind kind)
{
	if (kind == FSI_CHANGE_CREATION_TIME)
		return &node->creation_time;
	if (kind == FSI_CHANGE_ACCESS_TIME)
		return &node->access_time;
	return kind == FSI_CHANGE_MODIFICATION_TIME ? &node->modification_time : NULL;
}

static bool *find_flag(struct fsi_node *node, enum fsi_change_kind kind)
{
	return kind == FSI_CHANGE_IS_HIDDEN ? &node->is_hidden : &node->wants_real_time;
}

HRESULT fsi_change_note_value(struct fsi_tree *tree, struct fsi_node *node,
			      enum fsi_change_kind kind)
{
	const fsi_ticks *time = fsi_change_time(node, kind);

	FSI_TRY(fsi_change_reserve(tree, 1));
	if (time != NULL)
		note(tree, kind, node)->other.time = *time;
	else
		note(tree, kind, node)->other.flag = *find_flag(node, kind);
	return S_OK;
}

/* ---- names ------------------------------------------------------------- */

/* All that a node knows of its name. */
struct fsi_change_name {
	const char *text;
	uint32_t hash;
	uint16_t length;
};

static void swap_name(struct fsi_node *node, struct fsi_change_name *name)
{
	const struct fsi_change_name other = {node->name, node->name_hash,
					      node->name_length};

	node->name = name->text;
	node->name_hash = name->hash;
	node->name_length = name->length;
	*name = other;
}

HRESULT fsi_change_rename(struct fsi_tree *tree, struct fsi_node *node, const char *name,
			  size_t name_length)
{
	struct fsi_change_name *new_name =
		fsi_arena_allocate(&tree->arena, sizeof(*new_name));
	char *text = fsi_arena_copy(&tree->arena, name, name_length);

	if (new_name == NULL || text == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	FSI_TRY(fsi_change_reserve(tree, 1));
	*new_name = (struct fsi_change_name){text, fsi_text_hash(name, name_length, true),
					     (uint16_t)name_length};
	swap_name(node, new_name);
	note(tree, FSI_CHANGE_NAME, node)->other.name = new_name;
	return S_OK;
}

/* ---- undoing and doing again ------------------------------------------- */

#define SWAP(type, a, b) \
	do { \
		const type swapped_ = (a); \
		(a) = (b); \
		(b) = swapped_; \
	} while (0)

static void swap_attributes(struct fsi_node *node, struct fsi_node *copy)
{
	SWAP(fsi_ticks, node->creation_time, copy->creation_time);
	SWAP(fsi_ticks, node->access_time, copy->access_time);
	SWAP(fsi_ticks, node->modification_time, copy->modification_time);
	SWAP(fsi_ticks, node->attribute_time, copy->attribute_time);
	SWAP(uint32_t, node->uid, copy->uid);
	SWAP(uint32_t, node->gid, copy->gid);
	SWAP(uint16_t, node->mode, copy->mode);
	SWAP(bool, node->is_hidden, copy->is_hidden);
}

static void swap_value(struct fsi_change *change)
{
	fsi_ticks *time = fsi_change_time(change->node, change->kind);

	if (time != NULL) {
		SWAP(fsi_ticks, *time, change->other.time);
	} else if (change->kind == FSI_CHANGE_IS_HIDDEN) {
		SWAP(bool, change->node->is_hidden, change->other.flag);
	} else {
		const bool value = change->other.flag;

		change->other.flag = change->node->wants_real_time;
		fsi_tree_put_real_time(change->node, value, true);
	}
}

/* Linking again needs no memory: the places in the tables and arrays are free. */
static void take_out(struct fsi_tree *tree, struct fsi_change *change)
{
	fsi_tree_unlink(tree, change->node);
	change->node->is_apart = change->was_apart;
}

static void put_back(struct fsi_tree *tree, struct fsi_change *change)
{
	(void)fsi_tree_link(tree, change->other.parent, change->node);
	change->node->is_apart = false;
}

static void take_out_of_stash(const struct fsi_change *change)
{
	fsi_data_unstage(change->node->content.data);
	fsi_stash_give_back(change->other.staged);
}

static void put_back_into_stash(struct fsi_tree *tree, const struct fsi_change *change)
{
	fsi_stash_take_back(change->other.staged);
	fsi_data_stage(tree, change->node->content.data, change->other.staged);
}

static void undo(struct fsi_tree *tree, struct fsi_change *change)
{
	switch ((enum fsi_change_kind)change->kind) {
	case FSI_CHANGE_NONE:
		break;
	case FSI_CHANGE_INSERT:
		take_out(tree, change);
		break;
	case FSI_CHANGE_REMOVE:
		put_back(tree, change);
		break;
	case FSI_CHANGE_ADD_STREAM:
		fsi_named_stream_unlink(tree, change->node);
		break;
	case FSI_CHANGE_REMOVE_STREAM:
		(void)fsi_named_stream_link(tree, change->other.parent, change->node);
		break;
	case FSI_CHANGE_STAGE:
		take_out_of_stash(change);
		break;
	case FSI_CHANGE_NAME:
		swap_name(change->node, change->other.name);
		break;
	case FSI_CHANGE_ATTRIBUTES:
		swap_attributes(change->node, change->other.copy);
		break;
	case FSI_CHANGE_CREATION_TIME:
	case FSI_CHANGE_ACCESS_TIME:
	case FSI_CHANGE_MODIFICATION_TIME:
	case FSI_CHANGE_IS_HIDDEN:
	case FSI_CHANGE_IS_REAL_TIME:
		swap_value(change);
		break;
	}
}

/* What differs when a change is made again; the rest swaps back and forth. */
static void redo(struct fsi_tree *tree, struct fsi_change *change)
{
	switch ((enum fsi_change_kind)change->kind) {
	case FSI_CHANGE_INSERT:
		put_back(tree, change);
		break;
	case FSI_CHANGE_REMOVE:
		take_out(tree, change);
		break;
	case FSI_CHANGE_ADD_STREAM:
		(void)fsi_named_stream_link(tree, change->other.parent, change->node);
		break;
	case FSI_CHANGE_REMOVE_STREAM:
		fsi_named_stream_unlink(tree, change->node);
		break;
	case FSI_CHANGE_STAGE:
		put_back_into_stash(tree, change);
		break;
	case FSI_CHANGE_NONE:
	case FSI_CHANGE_NAME:
	case FSI_CHANGE_ATTRIBUTES:
	case FSI_CHANGE_CREATION_TIME:
	case FSI_CHANGE_ACCESS_TIME:
	case FSI_CHANGE_MODIFICATION_TIME:
	case FSI_CHANGE_IS_HIDDEN:
	case FSI_CHANGE_IS_REAL_TIME:
		undo(tree, change);
		break;
	}
}

/* The last change, if it is not before a change point. */
static struct fsi_change *get_uncommitted(struct fsi_tree *tree)
{
	struct fsi_change *last = NULL;

	if (tree->changes.count == 0)
		return NULL;
	last = &tree->changes.items[tree->changes.count - 1];
	return last->ends_call ? NULL : last;
}

void fsi_change_roll_back(struct fsi_tree *tree)
{
	for (struct fsi_change *change = get_uncommitted(tree); change != NULL;
	     change = get_uncommitted(tree)) {
		tree->changes.count--;
		undo(tree, change);
	}
	fsi_stash_trim(tree->stash);
	fsi_tree_forget_budget(tree);
}

/* ---- change points ----------------------------------------------------- */

HRESULT fsi_change_commit(struct fsi_tree *tree)
{
	if (get_uncommitted(tree) == NULL) {
		FSI_TRY(fsi_change_reserve(tree, 1));
		note(tree, FSI_CHANGE_NONE, NULL);
	}
	get_uncommitted(tree)->ends_call = true;
	tree->open_points++;
	return S_OK;
}

int32_t fsi_change_locked_point(const struct fsi_tree *tree)
{
	return tree->locked_point;
}

int32_t fsi_change_point(const struct fsi_tree *tree)
{
	return tree->locked_point + tree->open_points;
}

void fsi_change_roll_back_to(struct fsi_tree *tree, int32_t point)
{
	while (fsi_change_point(tree) > point) {
		do
			undo(tree, &tree->changes.items[--tree->changes.count]);
		while (get_uncommitted(tree) != NULL);
		tree->open_points--;
	}
	fsi_tree_forget_budget(tree);
}

void fsi_change_roll_forward_to(struct fsi_tree *tree, int32_t point)
{
	while (fsi_change_point(tree) < point) {
		do
			redo(tree, &tree->changes.items[tree->changes.count++]);
		while (get_uncommitted(tree) != NULL);
		tree->open_points++;
	}
	fsi_tree_forget_budget(tree);
}

void fsi_change_keep(struct fsi_tree *tree)
{
	tree->locked_point += tree->open_points;
	tree->open_points = 0;
	fsi_vector_free(&tree->changes);
}
