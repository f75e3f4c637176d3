/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that one directory of a disc holds. */

#include "cli/children.h"

#include <fsimage/codes.h>

#include <stdlib.h>
#include <string.h>

/* Takes over the reference, also on failure. */
static HRESULT append(struct child_list *list, fsi_disc_entry *entry)
{
	struct child child = {.entry = entry};

	if (list->count == list->capacity) {
		const size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
		struct child *items = reallocarray(list->items, capacity, sizeof(*items));

		if (items == NULL) {
			fsi_disc_entry_release(entry);
			return E_OUTOFMEMORY;
		}
		list->items = items;
		list->capacity = capacity;
	}
	fsi_disc_entry_get_name(entry, &child.name);
	list->items[list->count++] = child;
	return S_OK;
}

HRESULT children_read(fsi_disc_entry *directory, children_refusal refuse, void *context,
		      struct child_list *ret_list)
{
	fsi_disc_children *children = NULL;
	HRESULT hr = S_OK;

	*ret_list = (struct child_list){0};
	hr = fsi_disc_entry_get_children(directory, &children);
	while (SUCCEEDED(hr)) {
		fsi_disc_entry *entry = NULL;

		hr = fsi_disc_children_next(children, &entry);
		if (hr == S_OK)
			hr = append(ret_list, entry);
		else if (SUCCEEDED(hr))
			break;
		else if (hr != E_OUTOFMEMORY && refuse(context, hr))
			hr = S_OK;
	}
	fsi_disc_children_release(children);
	return FAILED(hr) ? hr : S_OK;
}

static int compare_names(const void *left, const void *right)
{
	const struct child *a = left;
	const struct child *b = right;

	return strcmp(a->name, b->name);
}

void children_sort_by_name(struct child_list *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items), compare_names);
}

static int compare_places(const void *left, const void *right)
{
	const struct child *a = left;
	const struct child *b = right;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return strcmp(a->name, b->name);
}

void children_sort_by_place(struct child_list *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items), compare_places);
}

void children_clear(struct child_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		fsi_disc_entry_release(list->items[i].entry);
	free(list->items);
	*list = (struct child_list){0};
}
