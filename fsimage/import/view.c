/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views of file systems: what is the same for all of them. */
#include "import/view.h"

#include "base/memory.h"
#include "error/fail.h"

#include <string.h>

void fsi_view_init(fsi_disc_view *view, const struct fsi_view_ops *ops)
{
	view->ops = ops;
	atomic_init(&view->references, 1);
}

void fsi_view_init_entry(fsi_disc_entry *entry, fsi_disc_view *view, const char *name)
{
	entry->view = fsi_disc_view_add_ref(view);
	atomic_init(&entry->references, 1);
	entry->is_loaded = false;
	entry->name = name;
}

void fsi_view_init_children(fsi_disc_children *children, fsi_disc_view *view)
{
	children->view = fsi_disc_view_add_ref(view);
	atomic_init(&children->references, 1);
}

void fsi_view_free_entry(fsi_disc_entry *entry)
{
	fsi_disc_view_release(entry->view);
	fsi_free(entry);
}

void fsi_view_free_children(fsi_disc_children *children)
{
	fsi_disc_view_release(children->view);
	fsi_free(children);
}

/* ---- counting ---------------------------------------------------------- */

static void add_ref(atomic_uint *references)
{
	atomic_fetch_add_explicit(references, 1, memory_order_relaxed);
}

/* Whether that was the last one. */
static bool release(atomic_uint *references)
{
	return atomic_fetch_sub_explicit(references, 1, memory_order_acq_rel) == 1;
}

fsi_disc_view *fsi_disc_view_add_ref(fsi_disc_view *view)
{
	if (view != NULL)
		add_ref(&view->references);
	return view;
}

void fsi_disc_view_release(fsi_disc_view *view)
{
	if (view != NULL && release(&view->references))
		view->ops->destroy_view(view);
}

fsi_disc_entry *fsi_disc_entry_add_ref(fsi_disc_entry *entry)
{
	if (entry != NULL)
		add_ref(&entry->references);
	return entry;
}

void fsi_disc_entry_release(fsi_disc_entry *entry)
{
	if (entry != NULL && release(&entry->references))
		entry->view->ops->destroy_entry(entry);
}

fsi_disc_children *fsi_disc_children_add_ref(fsi_disc_children *children)
{
	if (children != NULL)
		add_ref(&children->references);
	return children;
}

void fsi_disc_children_release(fsi_disc_children *children)
{
	if (children != NULL && release(&children->references))
		children->view->ops->destroy_children(children);
}

/* ---- entries ----------------------------------------------------------- */

HRESULT fsi_view_get_info(fsi_disc_entry *entry,
			  const struct fsi_disc_entry_info **ret_info)
{
	if (!entry->is_loaded)
		FSI_TRY(entry->view->ops->load(entry));
	entry->is_loaded = true;
	*ret_info = &entry->info;
	return S_OK;
}

HRESULT fsi_view_get_children(fsi_disc_entry *entry, fsi_disc_children **ret_children)
{
	const struct fsi_disc_entry_info *info = NULL;

	FSI_TRY(fsi_view_get_info(entry, &info));
	if (info->kind != FSI_DISC_DIRECTORY)
		return FSI_FAIL(IMAPI_E_NOT_DIR, entry->name);
	return entry->view->ops->get_children(entry, ret_children);
}

HRESULT fsi_view_get_streams(fsi_disc_entry *entry, fsi_disc_children **ret_children)
{
	const struct fsi_disc_entry_info *info = NULL;

	FSI_TRY(fsi_view_get_info(entry, &info));
	return entry->view->ops->get_streams(entry, ret_children);
}

HRESULT fsi_view_get_extent(fsi_disc_entry *entry, uint64_t offset,
			    struct fsi_disc_extent *ret_extent)
{
	const struct fsi_disc_entry_info *info = NULL;

	FSI_TRY(fsi_view_get_info(entry, &info));
	if (offset >= info->size)
		return S_FALSE;
	return entry->view->ops->get_extent(entry, offset, ret_extent);
}

HRESULT fsi_view_open_data(fsi_disc_entry *entry, fsi_stream **ret_data)
{
	const struct fsi_disc_entry_info *info = NULL;

	FSI_TRY(fsi_view_get_info(entry, &info));
	if (info->kind != FSI_DISC_FILE)
		return FSI_FAIL(IMAPI_E_NOT_FILE, entry->name);
	return entry->view->ops->open_data(entry, ret_data);
}

HRESULT fsi_view_get_link_target(fsi_disc_entry *entry, char **ret_target)
{
	const struct fsi_disc_entry_info *info = NULL;

	FSI_TRY(fsi_view_get_info(entry, &info));
	if (info->kind != FSI_DISC_LINK)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_INVALID_PARAM, "entry"),
					"'%s' is no symbolic link.", entry->name);
	return entry->view->ops->get_link_target(entry, ret_target);
}

/* ---- paths ------------------------------------------------------------- */

/* The part of a path at *cursor, which steps over it; empty: there is no more. */
static size_t next_part(const char **cursor, const char **ret_part)
{
	size_t length = 0;

	*ret_part = *cursor + strspn(*cursor, "/");
	length = strcspn(*ret_part, "/");
	*cursor = *ret_part + length;
	return length;
}

static bool has_name(const fsi_disc_entry *entry, const char *name, size_t length)
{
	return strncmp(entry->name, name, length) == 0 && entry->name[length] == '\0';
}

/*
 * S_FALSE when there is no such name. A damaged name does not hide those behind
 * it; when the name isn't there, the damage is what is told.
 */
static HRESULT search(fsi_disc_children *children, const char *name, size_t length,
		      fsi_disc_entry **ret_entry)
{
	struct fsi_error_state error;
	HRESULT failure = S_FALSE;

	for (;;) {
		fsi_disc_entry *child = NULL;
		const HRESULT hr = children->view->ops->next(children, &child);

		if (hr == E_OUTOFMEMORY)
			return hr;
		if (hr == S_FALSE)
			break;
		if (FAILED(hr) && SUCCEEDED(failure)) {
			fsi_error_save(&error);
			failure = hr;
		}
		if (FAILED(hr))
			continue;
		if (has_name(child, name, length)) {
			*ret_entry = child;
			return S_OK;
		}
		fsi_disc_entry_release(child);
	}
	if (FAILED(failure))
		fsi_error_restore(&error);
	return failure;
}

/* path: for messages. */
static HRESULT find_child(fsi_disc_entry *directory, const char *name, size_t length,
			  const char *path, fsi_disc_entry **ret_entry)
{
	fsi_disc_children *children = NULL;
	HRESULT hr = fsi_view_get_children(directory, &children);

	if (hr == IMAPI_E_NOT_DIR)
		return FSI_FAIL(IMAPI_E_NOT_DIR, path);
	FSI_TRY(hr);
	hr = search(children, name, length, ret_entry);
	fsi_disc_children_release(children);
	return hr == S_FALSE ? FSI_FAIL(IMAPI_E_ITEM_NOT_FOUND, path) : hr;
}

HRESULT fsi_view_get_entry(fsi_disc_view *view, const char *path,
			   fsi_disc_entry **ret_entry)
{
	fsi_disc_entry *entry = NULL;
	const char *cursor = path;
	const char *part = NULL;
	size_t length = 0;
	HRESULT hr = S_OK;

	FSI_TRY(view->ops->get_root(view, &entry));
	while ((length = next_part(&cursor, &part)) > 0) {
		fsi_disc_entry *child = NULL;

		hr = find_child(entry, part, length, path, &child);
		fsi_disc_entry_release(entry);
		FSI_TRY(hr);
		entry = child;
	}
	*ret_entry = entry;
	return S_OK;
}
