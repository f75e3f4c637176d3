/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories: finding, adding, removing. */
#include "image/image.h"

#include "base/memory.h"
#include "image/addition.h"
#include "tree/change.h"
#include "tree/children.h"
#include "tree/data.h"
#include "tree/path.h"
#include "tree/scan.h"

#include <string.h>

/* ---- finding ----------------------------------------------------------- */

HRESULT fsi_directory_get_item(fsi_directory *directory, const char *path,
			       fsi_item **ret_item)
{
	struct fsi_node *node = NULL;
	struct fsi_path_end end;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (directory == NULL || path == NULL || ret_item == NULL)
		return FSI_FAIL(E_POINTER);
	hr = fsi_path_resolve(fsi_node_tree(fsi_directory_node(directory)),
			      fsi_directory_node(directory), path, "path", &end);
	/* What is missing on the way is missing all the same. */
	if (hr == IMAPI_E_DIR_NOT_FOUND || hr == IMAPI_E_NOT_DIR)
		return FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, path);
	if (FAILED(hr))
		return hr;
	node = fsi_path_find(fsi_node_tree(fsi_directory_node(directory)), &end);
	if (node == NULL)
		return FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, path);
	*ret_item = fsi_node_item(node);
	return S_OK;
}

HRESULT fsi_directory_get_count(fsi_directory *directory, uint32_t *ret_count)
{
	fsi_error_clear();
	if (directory == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = fsi_node_child_count(fsi_directory_node(directory));
	return S_OK;
}

/* ---- adding ------------------------------------------------------------ */

/* What all changes begin with: pointers, state, the end of the path. */
static HRESULT begin_change(fsi_directory *directory, const char *path,
			    struct fsi_path_end *ret_end)
{
	struct fsi_node *node = fsi_directory_node(directory);

	fsi_error_clear();
	if (directory == NULL || path == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_node_check_changeable(node));
	return fsi_path_resolve(fsi_node_tree(node), node, path, "path", ret_end);
}

/* The same for a path that is to get a new item. */
HRESULT fsi_addition_begin(fsi_directory *directory, const char *path,
			   struct fsi_path_end *ret_end)
{
	struct fsi_tree *tree = NULL;
	char *name = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(begin_change(directory, path, ret_end));
	tree = fsi_node_tree(fsi_directory_node(directory));
	name = fsi_duplicate_bytes(ret_end->name, ret_end->name_length);
	if (name == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = fsi_name_check_new(&tree->rules, name, ret_end->name_length);
	if (SUCCEEDED(hr) && fsi_path_find(tree, ret_end) != NULL &&
	    ret_end->name_length > 0)
		hr = FSI_FAIL(IMAPI_E_DUP_NAME, name);
	fsi_free(name);
	return hr == S_FALSE ? FSI_FAIL(IMAPI_E_INVALID_PATH, path) : hr;
}

static HRESULT stage_added(struct fsi_node *file)
{
	const struct fsi_copy_watcher watcher = fsi_image_watcher(fsi_node_image(file));

	return fsi_stage_added(fsi_node_tree(file), file, &watcher);
}

/* Make a node at the end of a path and put it there. */
static HRESULT insert_new(const struct fsi_path_end *end, enum fsi_node_kind kind,
			  struct fsi_data *data)
{
	struct fsi_tree *tree = fsi_node_tree(end->parent);
	struct fsi_node *node = NULL;
	HRESULT hr = fsi_tree_make_node(tree, kind, end->name, end->name_length, &node);

	if (SUCCEEDED(hr)) {
		if (data != NULL)
			node->content.data = data;
		hr = fsi_tree_insert(tree, end->parent, node);
	}
	return SUCCEEDED(hr) && kind == FSI_NODE_FILE ? stage_added(node) : hr;
}

HRESULT fsi_directory_add_directory(fsi_directory *directory, const char *path)
{
	struct fsi_path_end end;
	HRESULT hr = fsi_addition_begin(directory, path, &end);

	if (FAILED(hr))
		return hr;
	hr = insert_new(&end, FSI_NODE_DIRECTORY, NULL);
	return fsi_image_finish_changes(fsi_node_image(end.parent), hr);
}

HRESULT fsi_directory_add_file(fsi_directory *directory, const char *path,
			       fsi_stream *data)
{
	struct fsi_path_end end;
	struct fsi_data *source = NULL;
	HRESULT hr = S_OK;

	if (data == NULL)
		return FSI_FAIL(E_POINTER);
	hr = fsi_addition_begin(directory, path, &end);
	if (FAILED(hr))
		return hr;
	hr = fsi_data_from_stream(fsi_node_tree(end.parent), data, path, &source);
	if (SUCCEEDED(hr))
		hr = insert_new(&end, FSI_NODE_FILE, source);
	hr = fsi_image_finish_changes(fsi_node_image(end.parent), hr);
	if (FAILED(hr))
		fsi_image_discard_data(fsi_node_image(end.parent), source);
	return hr;
}

HRESULT fsi_directory_add_file_from_path(fsi_directory *directory, const char *path,
					 const char *source_path)
{
	struct fsi_scan_request request = {.source = source_path};
	struct fsi_path_end end;
	HRESULT hr = S_OK;

	if (source_path == NULL)
		return FSI_FAIL(E_POINTER);
	hr = fsi_addition_begin(directory, path, &end);
	if (FAILED(hr))
		return hr;
	request.tree = fsi_node_tree(end.parent);
	request.directory = end.parent;
	request.watcher = fsi_image_watcher(fsi_node_image(end.parent));
	hr = fsi_scan_file(&request, end.name, end.name_length, false);
	return fsi_image_finish_changes(fsi_node_image(end.parent), hr);
}

/* ---- trees ------------------------------------------------------------- */

static void add_counts(const struct fsi_add_tree_report *counts,
		       struct fsi_add_tree_report *report)
{
	report->files += counts->files;
	report->directories += counts->directories;
	report->bytes += counts->bytes;
	report->skipped_links += counts->skipped_links;
	report->skipped_special += counts->skipped_special;
	report->skipped_loops += counts->skipped_loops;
	report->filtered += counts->filtered;
	report->links += counts->links;
	report->special += counts->special;
	report->named_streams += counts->named_streams;
}

static HRESULT add_tree(fsi_directory *directory, const char *source_directory,
			const struct fsi_add_tree_options *options,
			struct fsi_add_tree_report *report)
{
	struct fsi_node *node = fsi_directory_node(directory);
	struct fsi_scan_request request = {.source = source_directory,
					   .options = *options};
	HRESULT hr = S_OK;

	FSI_TRY(fsi_node_check_changeable(node));
	if (source_directory[0] == '\0')
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "source_directory");
	request.tree = fsi_node_tree(node);
	request.directory = node;
	request.watcher = fsi_image_watcher(fsi_node_image(node));
	fsi_image_begin_work(fsi_node_image(node));
	hr = fsi_scan(&request);
	fsi_image_end_work(fsi_node_image(node));
	hr = fsi_image_finish_changes(fsi_node_image(node), hr);
	if (SUCCEEDED(hr) && report != NULL)
		add_counts(&request.report, report);
	return hr;
}

HRESULT fsi_directory_add_tree(fsi_directory *directory, const char *source_directory,
			       bool include_base_directory)
{
	const struct fsi_add_tree_options options = {
		.size = sizeof(options),
		.include_base_directory = include_base_directory,
		.links = FSI_LINKS_FOLLOW,
	};

	fsi_error_clear();
	if (directory == NULL || source_directory == NULL)
		return FSI_FAIL(E_POINTER);
	return add_tree(directory, source_directory, &options, NULL);
}

HRESULT fsi_directory_add_tree_with_named_streams(fsi_directory *directory,
						  const char *source_directory,
						  bool include_base_directory)
{
	const struct fsi_add_tree_options options = {
		.size = sizeof(options),
		.include_base_directory = include_base_directory,
		.links = FSI_LINKS_FOLLOW,
		.named_streams = true,
	};

	fsi_error_clear();
	if (directory == NULL || source_directory == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(add_tree(directory, source_directory, &options, NULL));
	return fsi_image_note_named_streams(
		fsi_node_image(fsi_directory_node(directory)));
}

HRESULT fsi_directory_add_tree_with_options(fsi_directory *directory,
					    const char *source_directory,
					    const struct fsi_add_tree_options *options,
					    struct fsi_add_tree_report *ret_report)
{
	const struct fsi_add_tree_options defaults = {
		.size = sizeof(defaults),
		.links = FSI_LINKS_FOLLOW,
	};

	fsi_error_clear();
	if (directory == NULL || source_directory == NULL)
		return FSI_FAIL(E_POINTER);
	if ((options != NULL && options->size < sizeof(*options)) ||
	    (ret_report != NULL && ret_report->size < sizeof(*ret_report)))
		return FSI_FAIL(E_INVALIDARG);
	return add_tree(directory, source_directory,
			options != NULL ? options : &defaults, ret_report);
}

/* ---- detached items ---------------------------------------------------- */

/* Whether the data of a file is there: see fsi_image_rollback_to_change_point(). */
static HRESULT check_data(const struct fsi_node *node)
{
	const struct fsi_data *data =
		node->kind == FSI_NODE_FILE ? node->content.data : NULL;

	return data != NULL && data->is_lost ? fsi_data_refuse_lost(node->name) : S_OK;
}

/*
 * Whether an item that is in no image may come into it, with all below it if it
 * was removed: the rules may have become stricter since.
 */
static HRESULT check_items(const struct fsi_tree *tree, const struct fsi_node *top)
{
	for (const struct fsi_node *node = top; node != NULL;
	     node = fsi_node_next(top, node)) {
		const HRESULT hr =
			fsi_name_check_new(&tree->rules, node->name, node->name_length);

		if (FAILED(hr))
			return hr;
		if (hr == S_FALSE)
			return FSI_FAIL(IMAPI_E_INVALID_PATH, node->name);
		if (node != top && fsi_tree_find_child(tree, node->parent, node->name,
						       node->name_length) != node)
			return FSI_FAIL(IMAPI_E_DUP_NAME, node->name);
		FSI_TRY(check_data(node));
	}
	return S_OK;
}

/* What was added before files were staged is added now. */
static HRESULT stage_all(struct fsi_tree *tree, struct fsi_node *top)
{
	if (!fsi_node_is_directory(top))
		return stage_added(top);
	for (struct fsi_node *node = top; node != NULL; node = fsi_node_next(top, node)) {
		if (node->kind == FSI_NODE_FILE)
			FSI_TRY(fsi_stage_added(tree, node, NULL));
	}
	return S_OK;
}

/* An item of a directory that was removed leaves it first. */
static HRESULT leave_removed(struct fsi_tree *tree, struct fsi_node *node)
{
	if (node->parent == &tree->detached)
		return S_OK;
	FSI_TRY(fsi_change_reserve(tree, 1));
	fsi_tree_remove(tree, node);
	return S_OK;
}

HRESULT fsi_directory_add(fsi_directory *directory, fsi_item *item)
{
	struct fsi_node *parent = fsi_directory_node(directory);
	struct fsi_node *node = fsi_item_node(item);
	struct fsi_tree *tree = NULL;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (directory == NULL || item == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_node_check_changeable(parent));
	tree = fsi_node_tree(parent);
	if (fsi_node_tree(node) != tree)
		return fsi_error_detail(FSI_FAIL(E_INVALIDARG),
					"The item was made by another image.");
	if (fsi_node_is_in_image(node))
		return FSI_FAIL(IMAPI_E_DUP_NAME, node->name);
	FSI_TRY(check_items(tree, node));
	hr = leave_removed(tree, node);
	if (SUCCEEDED(hr))
		hr = fsi_tree_insert(tree, parent, node);
	if (SUCCEEDED(hr))
		hr = stage_all(tree, node);
	return fsi_image_finish_changes(fsi_node_image(parent), hr);
}

/* ---- removing ---------------------------------------------------------- */

static HRESULT remove_node(struct fsi_tree *tree, struct fsi_node *node)
{
	FSI_TRY(fsi_change_reserve(tree, 1));
	fsi_tree_remove(tree, node);
	return S_OK;
}

static HRESULT remove_children(struct fsi_tree *tree, const struct fsi_node *directory)
{
	struct fsi_children *children = directory->content.children;

	FSI_TRY(fsi_change_reserve(tree, children->count));
	while (children->count > 0)
		fsi_tree_remove(tree, children->items[children->count - 1]);
	return S_OK;
}

HRESULT fsi_directory_remove(fsi_directory *directory, const char *path)
{
	struct fsi_path_end end;
	struct fsi_node *node = NULL;
	struct fsi_tree *tree = NULL;
	HRESULT hr = begin_change(directory, path, &end);

	if (FAILED(hr))
		return hr;
	tree = fsi_node_tree(end.parent);
	node = fsi_path_find(tree, &end);
	if (node == NULL)
		return FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, path);
	if (end.name_length == 0)
		return FSI_FAIL(IMAPI_E_INVALID_PATH, path);
	if (fsi_node_child_count(node) > 0) {
		char *full_path = fsi_path_of_node(node);

		hr = FSI_FAIL(IMAPI_E_DIR_NOT_EMPTY,
			      full_path != NULL ? full_path : path);
		fsi_free(full_path);
		return hr;
	}
	return fsi_image_finish_changes(fsi_node_image(end.parent),
					remove_node(tree, node));
}

HRESULT fsi_directory_remove_tree(fsi_directory *directory, const char *path)
{
	struct fsi_path_end end;
	struct fsi_node *node = NULL;
	HRESULT hr = begin_change(directory, path, &end);

	if (FAILED(hr))
		return hr;
	node = fsi_path_find(fsi_node_tree(end.parent), &end);
	if (node == NULL)
		return FSI_FAIL(IMAPI_E_DIR_NOT_FOUND, path);
	if (!fsi_node_is_directory(node)) {
		char *full_path = fsi_path_of_node(node);

		hr = FSI_FAIL(IMAPI_E_NOT_DIR, full_path != NULL ? full_path : path);
		fsi_free(full_path);
		return hr;
	}
	hr = end.name_length == 0 ? remove_children(fsi_node_tree(node), node)
				  : remove_node(fsi_node_tree(node), node);
	return fsi_image_finish_changes(fsi_node_image(end.parent), hr);
}
