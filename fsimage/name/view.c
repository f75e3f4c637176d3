/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views: the names of a whole tree in one file system. */
#include "name/view.h"

#include "error/fail.h"
#include "name/unique.h"

#include <stdlib.h>
#include <string.h>

/* A child to be sorted; most names differ in what fits a machine word. */
struct sort_key {
	uint64_t first_bytes;
	const char *name;
	uint32_t number;
};

static uint64_t get_first_bytes(const char *name)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++) {
		value = value << 8 | (uint8_t)*name;
		name += *name != '\0';
	}
	return value;
}

static int compare_keys(const void *a, const void *b)
{
	const struct sort_key *x = a;
	const struct sort_key *y = b;

	if (x->first_bytes != y->first_bytes)
		return x->first_bytes < y->first_bytes ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool are_children_sorted(const struct fsi_name_view *view, uint32_t first,
				uint32_t count)
{
	for (uint32_t n = 1; n < count; n++)
		if (strcmp(fsi_name_view_get(view, first + n - 1),
			   fsi_name_view_get(view, first + n)) > 0)
			return false;
	return true;
}

static HRESULT make_sorted(struct fsi_name_view *view)
{
	const uint32_t count = view->order->item_count;
	uint32_t *sorted = fsi_allocate_zeroed(count, sizeof(*sorted));

	if (sorted == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t n = 0; n < count; n++)
		sorted[n] = n;
	view->sorted = sorted;
	return S_OK;
}

/*
 * Order of directory records. ECMA-119 9.3 compares what is before the dot,
 * then what is behind it, each padded with spaces: with d-characters, all of
 * them above the dot, that is the byte order of the names. Joliet: the order of
 * UTF-16 units, which is the byte order of UTF-8 up to U+FFFF.
 */
static HRESULT sort_children(struct fsi_name_view *view, uint32_t first, uint32_t count)
{
	struct sort_key *keys = NULL;

	if (are_children_sorted(view, first, count))
		return S_OK;
	if (view->sorted == NULL)
		FSI_TRY(make_sorted(view));
	keys = fsi_allocate_zeroed(count, sizeof(*keys));
	if (keys == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t n = 0; n < count; n++) {
		keys[n].number = first + n;
		keys[n].name = fsi_name_view_get(view, first + n);
		keys[n].first_bytes = get_first_bytes(keys[n].name);
	}
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (uint32_t n = 0; n < count; n++)
		view->sorted[first + n] = keys[n].number;
	fsi_free(keys);
	return S_OK;
}

/* Name the children of one directory and put them in order. */
static HRESULT map_directory(struct fsi_name_view *view, const struct fsi_node *directory,
			     struct fsi_name_text *text)
{
	const uint32_t first = fsi_order_first_child(directory);
	const struct fsi_name_siblings siblings = {
		.nodes = view->order->items + first,
		.count = fsi_name_view_child_count(view, directory),
		.names = view->names + first,
	};
	uint32_t changed_count = 0;

	FSI_TRY(fsi_name_siblings_map(fsi_name_map_of(&view->rules), &siblings, text));
	view->text = text->bytes.items;
	for (uint32_t n = 0; n < siblings.count; n++)
		changed_count += siblings.names[n] != 0;
	view->changed_count += changed_count;
	if (changed_count == 0 || view->rules.file_system == FSI_FILE_SYSTEM_UDF)
		return S_OK;
	return sort_children(view, first, siblings.count);
}

static HRESULT map_tree(struct fsi_name_view *view, struct fsi_name_text *text)
{
	const struct fsi_order *order = view->order;
	char *fitting = NULL;

	FSI_TRY(fsi_name_text_begin(text));
	view->names = fsi_allocate_zeroed(order->item_count, sizeof(*view->names));
	if (view->names == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	for (uint32_t d = 0; d < order->directory_count; d++)
		if (fsi_name_view_child_count(view, order->directories[d]) > 0)
			FSI_TRY(map_directory(view, order->directories[d], text));
	fitting = fsi_reallocate(text->bytes.items, text->bytes.count, 1);
	if (fitting != NULL)
		text->bytes.items = fitting;
	return S_OK;
}

HRESULT fsi_name_view_create(const struct fsi_order *order,
			     const struct fsi_name_rules *rules,
			     struct fsi_name_view **ret_view)
{
	struct fsi_name_view *view = fsi_allocate_zeroed(1, sizeof(*view));
	struct fsi_name_text text = {0};
	HRESULT hr = S_OK;

	if (view == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	view->rules = *rules;
	view->order = order;
	hr = map_tree(view, &text);
	view->text = text.bytes.items;
	view->text_length = text.bytes.count;
	if (FAILED(hr)) {
		fsi_name_view_destroy(view);
		return hr;
	}
	*ret_view = view;
	return S_OK;
}

void fsi_name_view_destroy(struct fsi_name_view *view)
{
	if (view == NULL)
		return;
	fsi_free(view->names);
	fsi_free(view->sorted);
	fsi_free(view->text);
	fsi_free(view);
}
