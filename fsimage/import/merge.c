/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking what a file system of a disc holds into a tree. */
#include "import/merge.h"

#include "error/fail.h"
#include "import/file_systems.h"
#include "import/iso_view.h"
#include "import/merge_data.h"
#include "tree/change.h"
#include "tree/named_stream.h"
#include "tree/path.h"

#include <stdio.h>
#include <string.h>

/* Deeper than the path names of any system reach. */
#define DEPTH_MAX 4096

/* A directory that is still to be listed. */
struct pending {
	fsi_disc_entry *entry; /* one reference */
	struct fsi_node *node;
	unsigned depth; /* of the root: 0 */
};

struct merging {
	const struct fsi_merge_request *request;
	struct fsi_tree *tree;
	const char *file_system; /* its name, for messages */
	struct fsi_tree_rules rules;
	struct fsi_merge_data data;
	struct fsi_merge_counts counts;
	uint64_t greatest_unique_id;
	uint32_t posix_count;
	FSI_VECTOR(struct pending) pending; /* the last one is the next */
};

/* ---- telling ----------------------------------------------------------- */

/* name NULL: the directory itself, and a separator behind it. */
static HRESULT tell(const struct merging *merging, const struct fsi_node *directory,
		    const char *name)
{
	const struct fsi_merge_request *request = merging->request;
	char *path = NULL;
	HRESULT hr = S_OK;

	if (request->imported == NULL)
		return S_OK;
	/* An empty name leaves the separator; the root is one already. */
	if (name == NULL && directory->parent != NULL)
		name = "";
	path = fsi_path_format(merging->tree, directory, name);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = request->imported(request->context, path, &merging->counts);
	fsi_free(path);
	return hr;
}

/* Raise a code with the path of a name as its insert, and that of the file system. */
static HRESULT refuse(const struct merging *merging, const struct fsi_node *directory,
		      const char *name, HRESULT code)
{
	char *path = fsi_path_format(merging->tree, directory, name);
	const char *const insert = path != NULL ? path : name;
	HRESULT hr = S_OK;

	if (code == IMAPI_E_INVALID_PATH)
		hr = FSI_FAIL(IMAPI_E_INVALID_PATH, insert);
	else if (code == IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY)
		hr = FSI_FAIL(IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY,
			      insert, merging->file_system);
	else
		hr = FSI_FAIL(IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE,
			      insert, merging->file_system);
	fsi_free(path);
	return hr;
}

/* ---- what an item is --------------------------------------------------- */

static enum fsi_node_kind kind_of(enum fsi_disc_kind kind)
{
	switch (kind) {
	case FSI_DISC_DIRECTORY:
		return FSI_NODE_DIRECTORY;
	case FSI_DISC_LINK:
		return FSI_NODE_LINK;
	case FSI_DISC_BLOCK_DEVICE:
		return FSI_NODE_BLOCK_DEVICE;
	case FSI_DISC_CHARACTER_DEVICE:
		return FSI_NODE_CHARACTER_DEVICE;
	case FSI_DISC_FIFO:
		return FSI_NODE_FIFO;
	case FSI_DISC_SOCKET:
		return FSI_NODE_SOCKET;
	case FSI_DISC_FILE:
	default:
		return FSI_NODE_FILE;
	}
}

static fsi_ticks ticks_of(const struct fsi_disc_time *time, fsi_ticks otherwise)
{
	fsi_ticks ticks = otherwise;

	if (time->is_known)
		(void)fsi_ticks_from_timespec(&time->time, &ticks);
	return ticks;
}

/* What is not recorded is taken from what is; at last it is what a new item has. */
static void take_attributes(struct fsi_node *node, const struct fsi_disc_entry_info *info)
{
	const fsi_ticks modified =
		ticks_of(&info->modification_time, node->modification_time);

	node->modification_time = modified;
	node->creation_time = ticks_of(&info->creation_time, modified);
	node->access_time = ticks_of(&info->access_time, modified);
	node->attribute_time = ticks_of(&info->attribute_time, modified);
	node->is_hidden = info->is_hidden;
	if (info->has_uid)
		node->uid = info->uid;
	if (info->has_gid)
		node->gid = info->gid;
	if (info->has_mode)
		node->mode = (uint16_t)(info->mode & 07777);
}

static HRESULT take_target(const struct merging *merging, fsi_disc_entry *entry,
			   struct fsi_node *node)
{
	char *target = NULL;

	FSI_TRY(fsi_view_get_link_target(entry, &target));
	node->content.target =
		fsi_arena_copy(&merging->tree->arena, target, strlen(target));
	fsi_free(target);
	return node->content.target != NULL ? S_OK : FSI_FAIL(E_OUTOFMEMORY);
}

static HRESULT take_content(struct merging *merging, fsi_disc_entry *entry,
			    struct fsi_node *node)
{
	const struct fsi_disc_entry_info *info = &entry->info;

	switch (info->kind) {
	case FSI_DISC_FILE:
		node->wants_real_time = node->is_real_time = info->is_real_time;
		return fsi_merge_data_take(&merging->data, entry, &node->content.data);
	case FSI_DISC_LINK:
		return take_target(merging, entry, node);
	case FSI_DISC_BLOCK_DEVICE:
	case FSI_DISC_CHARACTER_DEVICE:
		node->content.device.major = info->device_major;
		node->content.device.minor = info->device_minor;
		return S_OK;
	case FSI_DISC_DIRECTORY:
	case FSI_DISC_FIFO:
	case FSI_DISC_SOCKET:
	default:
		return S_OK;
	}
}

/* Only where links and devices are wanted are they taken; none is dropped. */
static HRESULT check_kind(const struct merging *merging, const fsi_disc_entry *entry)
{
	const enum fsi_disc_kind kind = entry->info.kind;

	if (kind == FSI_DISC_FILE || kind == FSI_DISC_DIRECTORY ||
	    merging->request->with_posix)
		return S_OK;
	return fsi_error_detail(
		FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, merging->file_system,
			 kind == FSI_DISC_LINK ? "symbolic links" : "device files"),
		"'%s' is one; attributes of POSIX are not taken.", entry->name);
}

/* ---- named streams ----------------------------------------------------- */

static HRESULT add_stream(struct merging *merging, struct fsi_node *owner,
			  fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;
	struct fsi_view_place place;
	struct fsi_node *stream = NULL;
	struct fsi_data *data = NULL;

	FSI_TRY(fsi_view_get_info(entry, &info));
	FSI_TRY(entry->view->ops->find_place(entry, &place));
	FSI_TRY(fsi_merge_data_take(&merging->data, entry, &data));
	FSI_TRY(fsi_change_reserve(merging->tree, 1));
	FSI_TRY(fsi_named_stream_add(merging->tree, owner, entry->name,
				     strlen(entry->name), data, &stream));
	take_attributes(stream, info);
	/* Those of other items come, and go, with them. */
	if (owner == &merging->tree->root)
		fsi_change_note_add_stream(merging->tree, stream);
	return S_OK;
}

static HRESULT take_streams(struct merging *merging, fsi_disc_entry *entry,
			    struct fsi_node *owner)
{
	fsi_disc_children *streams = NULL;
	HRESULT hr = S_OK;

	if (!entry->info.has_streams)
		return S_OK;
	FSI_TRY(fsi_view_get_streams(entry, &streams));
	for (;;) {
		fsi_disc_entry *stream = NULL;

		hr = streams->view->ops->next(streams, &stream);
		if (hr != S_OK)
			break;
		hr = add_stream(merging, owner, stream);
		fsi_disc_entry_release(stream);
		if (FAILED(hr))
			break;
	}
	fsi_disc_children_release(streams);
	return FAILED(hr) ? hr : S_OK;
}

/* ---- items ------------------------------------------------------------- */

static HRESULT add_pending(struct merging *merging, fsi_disc_entry *entry,
			   struct fsi_node *node, unsigned depth)
{
	if (depth > DEPTH_MAX)
		return FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
				merging->file_system,
				"more than 4096 levels of directories");
	if (!fsi_vector_reserve(&merging->pending, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	merging->pending.items[merging->pending.count++] =
		(struct pending){fsi_disc_entry_add_ref(entry), node, depth};
	return S_OK;
}

/* A name that can't be in the image. An older rule was none for what is there. */
static HRESULT check_name(const struct merging *merging, const struct fsi_node *directory,
			  const char *name)
{
	const HRESULT hr = fsi_name_check_new(&merging->rules, name, strlen(name));

	return hr == S_FALSE ? refuse(merging, directory, name, IMAPI_E_INVALID_PATH)
			     : hr;
}

/* Of two that the disc itself has one would be lost. */
static HRESULT refuse_twin(const struct merging *merging, const fsi_disc_entry *entry,
			   const struct fsi_node *twin)
{
	if (strcmp(entry->name, twin->name) != 0)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_DUP_NAME, entry->name),
					"The disc has \"%s\" beside it; case is no "
					"difference here.",
					twin->name);
	return fsi_error_detail(FSI_FAIL(IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
					 merging->file_system),
				"A directory has two items named \"%s\".", entry->name);
}

/* There is an item of that name: it stays. */
static HRESULT meet(struct merging *merging, const struct pending *above,
		    fsi_disc_entry *entry, struct fsi_node *known)
{
	const bool is_directory = entry->info.kind == FSI_DISC_DIRECTORY;

	if (known->is_imported)
		return refuse_twin(merging, entry, known);
	if (is_directory != fsi_node_is_directory(known))
		return refuse(
			merging, above->node, entry->name,
			is_directory
				? IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE
				: IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY);
	return is_directory ? add_pending(merging, entry, known, above->depth + 1) : S_OK;
}

static HRESULT make_item(struct merging *merging, fsi_disc_entry *entry,
			 const struct fsi_view_place *place, struct fsi_node **ret_node)
{
	const struct fsi_disc_entry_info *info = &entry->info;
	struct fsi_node *node = NULL;

	FSI_TRY(fsi_tree_make_imported(merging->tree, kind_of(info->kind), entry->name,
				       strlen(entry->name), &node));
	*fsi_node_imported(node) = (struct fsi_imported){
		.unique_id = place->has_entry ? info->unique_id : 0,
		.entry_block = place->block,
		.entry_partition = place->partition,
		.link_count = (uint16_t)(info->link_count < UINT16_MAX ? info->link_count
								       : UINT16_MAX),
		.has_entry = place->has_entry,
		.is_entry_current = place->has_entry,
	};
	if (place->has_entry && info->unique_id > merging->greatest_unique_id)
		merging->greatest_unique_id = info->unique_id;
	take_attributes(node, info);
	FSI_TRY(take_content(merging, entry, node));
	FSI_TRY(take_streams(merging, entry, node));
	*ret_node = node;
	return S_OK;
}

static HRESULT add_item(struct merging *merging, const struct pending *above,
			fsi_disc_entry *entry)
{
	struct fsi_tree *tree = merging->tree;
	struct fsi_view_place place;
	struct fsi_node *node = NULL;

	FSI_TRY(check_kind(merging, entry));
	FSI_TRY(entry->view->ops->find_place(entry, &place));
	FSI_TRY(make_item(merging, entry, &place, &node));
	FSI_TRY(fsi_change_reserve(tree, 1));
	FSI_TRY(fsi_tree_link(tree, above->node, node));
	fsi_change_note_insert(tree, node);
	merging->posix_count += fsi_node_is_posix_only(node);
	return fsi_node_is_directory(node)
		       ? add_pending(merging, entry, node, above->depth + 1)
		       : S_OK;
}

static HRESULT take_child(struct merging *merging, const struct pending *above,
			  fsi_disc_entry *entry)
{
	const struct fsi_disc_entry_info *info = NULL;
	struct fsi_node *known = NULL;

	FSI_TRY(fsi_view_get_info(entry, &info));
	FSI_TRY(check_name(merging, above->node, entry->name));
	known = fsi_tree_find_child(merging->tree, above->node, entry->name,
				    strlen(entry->name));
	FSI_TRY(known != NULL ? meet(merging, above, entry, known)
			      : add_item(merging, above, entry));
	if (info->kind == FSI_DISC_DIRECTORY)
		return S_OK;
	merging->counts.files++;
	return tell(merging, above->node, entry->name);
}

/* ---- directories ------------------------------------------------------- */

static HRESULT take_directory(struct merging *merging, const struct pending *directory)
{
	fsi_disc_children *children = NULL;
	HRESULT hr = S_OK;

	merging->counts.directories++;
	FSI_TRY(tell(merging, directory->node, NULL));
	FSI_TRY(fsi_view_get_children(directory->entry, &children));
	for (;;) {
		fsi_disc_entry *child = NULL;

		hr = children->view->ops->next(children, &child);
		if (hr != S_OK)
			break;
		hr = take_child(merging, directory, child);
		fsi_disc_entry_release(child);
		if (FAILED(hr))
			break;
	}
	fsi_disc_children_release(children);
	return FAILED(hr) ? hr : S_OK;
}

/* The root is there always; what the disc tells of its own is as good. */
static HRESULT take_root(struct merging *merging)
{
	struct fsi_node *root = &merging->tree->root;
	fsi_disc_view *view = merging->request->view;
	const struct fsi_disc_entry_info *info = NULL;
	struct fsi_view_place place;
	fsi_disc_entry *entry = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(view->ops->get_root(view, &entry));
	hr = fsi_view_get_info(entry, &info);
	if (SUCCEEDED(hr))
		hr = view->ops->find_place(entry, &place);
	if (SUCCEEDED(hr))
		hr = fsi_change_note_attributes(merging->tree, root);
	if (SUCCEEDED(hr)) {
		take_attributes(root, info);
		hr = take_streams(merging, entry, root);
	}
	if (SUCCEEDED(hr))
		hr = add_pending(merging, entry, root, 0);
	fsi_disc_entry_release(entry);
	return hr;
}

static HRESULT merge(struct merging *merging)
{
	FSI_TRY(take_root(merging));
	while (merging->pending.count > 0) {
		const struct pending next =
			merging->pending.items[--merging->pending.count];
		const HRESULT hr = take_directory(merging, &next);

		fsi_disc_entry_release(next.entry);
		FSI_TRY(hr);
	}
	return S_OK;
}

static int32_t total_of(const struct fsi_disc_volume *volume, uint32_t count)
{
	if (!volume->has_counts)
		return -1;
	return count < INT32_MAX ? (int32_t)count : INT32_MAX;
}

HRESULT fsi_import_merge(const struct fsi_merge_request *request,
			 struct fsi_merge_report *ret_report)
{
	const struct fsi_disc_volume *volume = &request->view->volume;
	struct merging merging = {
		.request = request,
		.tree = request->tree,
		.file_system = fsi_import_name(volume->file_system),
		.rules = request->tree->rules,
		.data = {.tree = request->tree,
			 .end_block = request->end_block,
			 .first_block = UINT32_MAX},
		.counts = {.total_directories = total_of(volume, volume->directory_count),
			   .total_files = total_of(volume, volume->file_count)},
	};
	HRESULT hr = S_OK;

	merging.data.file_system = merging.file_system;
	merging.rules.restricted = false;
	hr = merge(&merging);
	for (size_t i = 0; i < merging.pending.count; i++)
		fsi_disc_entry_release(merging.pending.items[i].entry);
	fsi_vector_free(&merging.pending);
	fsi_merge_data_free(&merging.data);
	if (FAILED(hr))
		return hr;
	*ret_report = (struct fsi_merge_report){
		.greatest_unique_id = merging.greatest_unique_id,
		.posix_count = merging.posix_count,
		.first_data_block = merging.data.first_block,
		.head_data = merging.data.head_data,
	};
	return S_OK;
}
