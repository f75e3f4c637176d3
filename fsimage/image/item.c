/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What directories and files have in common. */
#include "image/image.h"

#include "base/memory.h"
#include "tree/path.h"

#include <string.h>

/* ---- kinds ------------------------------------------------------------- */

enum fsi_item_type fsi_item_get_type(const fsi_item *item)
{
	const struct fsi_node *node = (const struct fsi_node *)(const void *)item;

	return fsi_node_item_type(node);
}

enum fsi_item_type fsi_node_item_type(const struct fsi_node *node)
{
	if (node == NULL)
		return FSI_ITEM_NOT_FOUND;
	switch ((enum fsi_node_kind)node->kind) {
	case FSI_NODE_DIRECTORY:
		return FSI_ITEM_DIRECTORY;
	case FSI_NODE_FILE:
		return FSI_ITEM_FILE;
	case FSI_NODE_LINK:
		return FSI_ITEM_SYMBOLIC_LINK;
	case FSI_NODE_CHARACTER_DEVICE:
	case FSI_NODE_BLOCK_DEVICE:
	case FSI_NODE_FIFO:
	case FSI_NODE_SOCKET:
	default:
		return FSI_ITEM_SPECIAL;
	}
}

fsi_directory *fsi_item_as_directory(fsi_item *item)
{
	return fsi_item_get_type(item) == FSI_ITEM_DIRECTORY
		       ? (fsi_directory *)(void *)item
		       : NULL;
}

fsi_file *fsi_item_as_file(fsi_item *item)
{
	return fsi_item_get_type(item) == FSI_ITEM_FILE ? (fsi_file *)(void *)item : NULL;
}

fsi_item *fsi_directory_as_item(fsi_directory *directory)
{
	return (fsi_item *)(void *)directory;
}

fsi_item *fsi_file_as_item(fsi_file *file)
{
	return (fsi_item *)(void *)file;
}

/* ---- names ------------------------------------------------------------- */

HRESULT fsi_item_get_name(fsi_item *item, char **ret_name)
{
	fsi_error_clear();
	if (item == NULL || ret_name == NULL)
		return FSI_FAIL(E_POINTER);
	return fsi_hand_out_text(fsi_item_node(item)->name, ret_name);
}

HRESULT fsi_item_get_full_path(fsi_item *item, char **ret_path)
{
	char *path = NULL;

	fsi_error_clear();
	if (item == NULL || ret_path == NULL)
		return FSI_FAIL(E_POINTER);
	path = fsi_path_of_node(fsi_item_node(item));
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_path = path;
	return S_OK;
}

/* The view of one of the image's file systems that an item is asked about. */
static HRESULT find_view(fsi_item *item, enum fsi_file_system file_system,
			 const struct fsi_name_view **ret_view)
{
	struct fsi_node *node = fsi_item_node(item);
	fsi_image *image = fsi_node_image(node);
	const struct fsi_naming *naming = NULL;

	if ((file_system != FSI_FILE_SYSTEM_ISO9660 &&
	     file_system != FSI_FILE_SYSTEM_JOLIET &&
	     file_system != FSI_FILE_SYSTEM_UDF) ||
	    (image->file_systems & file_system) == 0)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "file_system");
	/* What is not plain is in UDF alone; named streams have no path at all. */
	if (!fsi_node_is_in_image(node) || node->is_stream ||
	    (!fsi_tree_is_plain(&image->tree, node) &&
	     file_system != FSI_FILE_SYSTEM_UDF))
		return FSI_FAIL(IMAPI_E_NOT_IN_FILE_SYSTEM, node->name);
	FSI_TRY(fsi_image_get_naming(image, &naming));
	*ret_view = fsi_naming_view(naming, file_system);
	return S_OK;
}

HRESULT fsi_item_get_file_system_name(fsi_item *item, enum fsi_file_system file_system,
				      char **ret_name)
{
	const struct fsi_name_view *view = NULL;

	fsi_error_clear();
	if (item == NULL || ret_name == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(find_view(item, file_system, &view));
	return fsi_hand_out_text(fsi_name_view_get(view, fsi_item_node(item)->number),
				 ret_name);
}

HRESULT fsi_item_get_file_system_path(fsi_item *item, enum fsi_file_system file_system,
				      char **ret_path)
{
	const struct fsi_name_view *view = NULL;
	const struct fsi_node *node = NULL;
	size_t length = 0;
	char *path = NULL;
	char *start = NULL;
	char separator = '\\';

	fsi_error_clear();
	if (item == NULL || ret_path == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(find_view(item, file_system, &view));
	if (fsi_node_tree(fsi_item_node(item))->rules.any_character)
		separator = '/';
	for (node = fsi_item_node(item); node->parent != NULL; node = node->parent)
		length += strlen(fsi_name_view_get(view, node->number)) + 1;
	if (length == 0)
		length = 1; /* the root itself */
	path = fsi_allocate(length + 1);
	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	start = path + length;
	*start = '\0';
	for (node = fsi_item_node(item); node->parent != NULL; node = node->parent) {
		const char *name = fsi_name_view_get(view, node->number);

		start -= strlen(name) + 1;
		memcpy(start + 1, name, strlen(name));
		*start = separator;
	}
	path[0] = separator;
	*ret_path = path;
	return S_OK;
}

/* ---- changing what an item tells of itself ----------------------------- */

HRESULT fsi_item_note(struct fsi_node *node, enum fsi_change_kind kind)
{
	return node->is_apart ? S_OK
			      : fsi_change_note_value(fsi_node_tree(node), node, kind);
}

HRESULT fsi_item_finish(const struct fsi_node *node, HRESULT hr)
{
	return node->is_apart ? hr : fsi_image_finish_changes(fsi_node_image(node), hr);
}

/* ---- times ------------------------------------------------------------- */

static HRESULT get_time(fsi_item *item, enum fsi_change_kind kind,
			struct timespec *ret_val)
{
	fsi_error_clear();
	if (item == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = fsi_ticks_to_timespec(*fsi_change_time(fsi_item_node(item), kind));
	return S_OK;
}

/*
 * Nothing is read or changed before it is made: a rule of the strict mode. Times
 * that are not being set may come from a source, and are let be.
 */
static HRESULT check_order(const struct fsi_node *node, enum fsi_change_kind kind)
{
	if (!fsi_node_image(node)->strict)
		return S_OK;
	if (kind != FSI_CHANGE_ACCESS_TIME &&
	    node->modification_time < node->creation_time)
		return FSI_FAIL(IMAPI_E_INVALID_DATE, "Last Modified", "Creation");
	if (kind != FSI_CHANGE_MODIFICATION_TIME &&
	    node->access_time < node->creation_time)
		return FSI_FAIL(IMAPI_E_INVALID_DATE, "Last Accessed", "Creation");
	return S_OK;
}

static HRESULT put_time(fsi_item *item, enum fsi_change_kind kind,
			const struct timespec *new_val)
{
	struct fsi_node *node = fsi_item_node(item);
	fsi_ticks *time = NULL;
	fsi_ticks old = 0;
	fsi_ticks ticks = 0;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (item == NULL || new_val == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_node_check_own_change(node));
	if (!fsi_ticks_from_timespec(new_val, &ticks))
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "new_val");
	FSI_TRY(fsi_item_note(node, kind));
	time = fsi_change_time(node, kind);
	old = *time;
	*time = ticks;
	hr = check_order(node, kind);
	if (FAILED(hr) && node->is_apart)
		*time = old;
	return fsi_item_finish(node, hr);
}

HRESULT fsi_item_get_creation_time(fsi_item *item, struct timespec *ret_val)
{
	return get_time(item, FSI_CHANGE_CREATION_TIME, ret_val);
}

HRESULT fsi_item_put_creation_time(fsi_item *item, const struct timespec *new_val)
{
	return put_time(item, FSI_CHANGE_CREATION_TIME, new_val);
}

HRESULT fsi_item_get_last_accessed_time(fsi_item *item, struct timespec *ret_val)
{
	return get_time(item, FSI_CHANGE_ACCESS_TIME, ret_val);
}

HRESULT fsi_item_put_last_accessed_time(fsi_item *item, const struct timespec *new_val)
{
	return put_time(item, FSI_CHANGE_ACCESS_TIME, new_val);
}

HRESULT fsi_item_get_last_modified_time(fsi_item *item, struct timespec *ret_val)
{
	return get_time(item, FSI_CHANGE_MODIFICATION_TIME, ret_val);
}

HRESULT fsi_item_put_last_modified_time(fsi_item *item, const struct timespec *new_val)
{
	return put_time(item, FSI_CHANGE_MODIFICATION_TIME, new_val);
}

/* ---- hiding ------------------------------------------------------------ */

HRESULT fsi_item_get_is_hidden(fsi_item *item, bool *ret_val)
{
	fsi_error_clear();
	if (item == NULL || ret_val == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_val = fsi_item_node(item)->is_hidden;
	return S_OK;
}

HRESULT fsi_item_put_is_hidden(fsi_item *item, bool new_val)
{
	fsi_error_clear();
	if (item == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_node_check_own_change(fsi_item_node(item)));
	FSI_TRY(fsi_item_note(fsi_item_node(item), FSI_CHANGE_IS_HIDDEN));
	fsi_item_node(item)->is_hidden = new_val;
	return fsi_item_finish(fsi_item_node(item), S_OK);
}
