/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enumerators: the children of a directory as they were when it was asked. */
#include "image/image.h"

#include "base/memory.h"
#include "tree/children.h"

#include <string.h>

struct fsi_enum_items {
	atomic_uint references;
	uint32_t count;
	uint32_t next;
	fsi_item *items[];
};

static HRESULT create_enumerator(uint32_t count, fsi_enum_items **ret_items)
{
	fsi_enum_items *items =
		fsi_allocate(sizeof(*items) + (size_t)count * sizeof(items->items[0]));

	if (items == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&items->references, 1);
	items->count = count;
	items->next = 0;
	*ret_items = items;
	return S_OK;
}

HRESULT fsi_enum_items_create(fsi_item *const *items, uint32_t count,
			      fsi_enum_items **ret_items)
{
	FSI_TRY(create_enumerator(count, ret_items));
	memcpy((*ret_items)->items, items, count * sizeof(items[0]));
	return S_OK;
}

HRESULT fsi_directory_get_enum_items(fsi_directory *directory, fsi_enum_items **ret_items)
{
	struct fsi_children *children = NULL;

	fsi_error_clear();
	if (directory == NULL || ret_items == NULL)
		return FSI_FAIL(E_POINTER);
	children = fsi_directory_node(directory)->content.children;
	fsi_children_sort(children);
	FSI_TRY(create_enumerator(children->count, ret_items));
	for (uint32_t i = 0; i < children->count; i++)
		(*ret_items)->items[i] = fsi_node_item(children->items[i]);
	return S_OK;
}

HRESULT fsi_enum_items_next(fsi_enum_items *self, uint32_t count, fsi_item **items,
			    uint32_t *ret_fetched)
{
	uint32_t left = 0;

	fsi_error_clear();
	if (self == NULL || items == NULL || (ret_fetched == NULL && count > 1))
		return FSI_FAIL(E_POINTER);
	if (count == 0)
		return FSI_FAIL(E_INVALIDARG);
	left = self->count - self->next;
	if (left > count)
		left = count;
	memcpy(items, self->items + self->next, left * sizeof(items[0]));
	self->next += left;
	if (ret_fetched != NULL)
		*ret_fetched = left;
	return left == count ? S_OK : S_FALSE;
}

HRESULT fsi_enum_items_skip(fsi_enum_items *self, uint32_t count)
{
	fsi_error_clear();
	if (self == NULL)
		return FSI_FAIL(E_POINTER);
	if (count > self->count - self->next) {
		self->next = self->count;
		return S_FALSE;
	}
	self->next += count;
	return S_OK;
}

HRESULT fsi_enum_items_reset(fsi_enum_items *self)
{
	fsi_error_clear();
	if (self == NULL)
		return FSI_FAIL(E_POINTER);
	self->next = 0;
	return S_OK;
}

HRESULT fsi_enum_items_clone(fsi_enum_items *self, fsi_enum_items **ret_items)
{
	fsi_error_clear();
	if (self == NULL || ret_items == NULL)
		return FSI_FAIL(E_POINTER);
	FSI_TRY(fsi_enum_items_create(self->items, self->count, ret_items));
	(*ret_items)->next = self->next;
	return S_OK;
}

fsi_enum_items *fsi_enum_items_add_ref(fsi_enum_items *self)
{
	if (self != NULL)
		atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
	return self;
}

void fsi_enum_items_release(fsi_enum_items *self)
{
	if (self != NULL &&
	    atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) == 1)
		fsi_free(self);
}
