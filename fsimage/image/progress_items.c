/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress items: the regions of a result, described. */
#include "image/result.h"

#include "base/memory.h"
#include "base/text.h"
#include "tree/path.h"

#include <string.h>

struct fsi_progress_items {
	atomic_uint references;
	fsi_result *result; /* one reference: items keep the image read-only */
	uint32_t count;
	struct fsi_progress_item items[];
};

static void destroy_items(fsi_progress_items *items)
{
	for (uint32_t i = 0; i < items->count; i++)
		fsi_free((char *)(uintptr_t)items->items[i].description);
	fsi_result_release(items->result);
	fsi_free(items);
}

static HRESULT describe_regions(const struct fsi_layout *layout,
				fsi_progress_items *items)
{
	for (size_t i = 0; i < layout->regions.count; i++) {
		const struct fsi_region *region = &layout->regions.items[i];
		const uint32_t first_block = region->first_block - layout->image_block;
		char *description = NULL;

		FSI_TRY(region->ops->describe(region, &description));
		items->items[items->count++] = (struct fsi_progress_item){
			.description = description,
			.first_block = first_block,
			.last_block = first_block + region->blocks - 1,
			.block_count = region->blocks,
		};
	}
	return S_OK;
}

HRESULT fsi_result_get_progress_items(fsi_result *result, fsi_progress_items **ret_items)
{
	fsi_progress_items *items = NULL;
	size_t count = 0;
	HRESULT hr = S_OK;

	fsi_error_clear();
	if (result == NULL || ret_items == NULL)
		return FSI_FAIL(E_POINTER);
	count = result->plan->layout.regions.count;
	items = fsi_allocate_zeroed(1, sizeof(*items) + count * sizeof(items->items[0]));
	if (items == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&items->references, 1);
	items->result = fsi_result_add_ref(result);
	hr = describe_regions(&result->plan->layout, items);
	if (FAILED(hr)) {
		destroy_items(items);
		return hr;
	}
	*ret_items = items;
	return S_OK;
}

fsi_progress_items *fsi_progress_items_add_ref(fsi_progress_items *items)
{
	if (items != NULL)
		atomic_fetch_add_explicit(&items->references, 1, memory_order_relaxed);
	return items;
}

void fsi_progress_items_release(fsi_progress_items *items)
{
	if (items != NULL &&
	    atomic_fetch_sub_explicit(&items->references, 1, memory_order_acq_rel) == 1)
		destroy_items(items);
}

HRESULT fsi_progress_items_get_count(fsi_progress_items *items, uint32_t *ret_count)
{
	fsi_error_clear();
	if (items == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = items->count;
	return S_OK;
}

HRESULT fsi_progress_items_get_item(fsi_progress_items *items, uint32_t index,
				    const struct fsi_progress_item **ret_item)
{
	fsi_error_clear();
	if (items == NULL || ret_item == NULL)
		return FSI_FAIL(E_POINTER);
	if (index >= items->count)
		return FSI_FAIL(E_INVALIDARG);
	*ret_item = &items->items[index];
	return S_OK;
}

/* Item n is region n. NULL: no item has the block of the disc, or of the image. */
static const struct fsi_progress_item *find_block(const fsi_progress_items *items,
						  uint32_t block)
{
	const struct fsi_layout *layout = &items->result->plan->layout;
	const struct fsi_region *region = fsi_layout_find(layout, block);

	return region != NULL ? &items->items[region - layout->regions.items] : NULL;
}

static const struct fsi_progress_item *find_image_block(const fsi_progress_items *items,
							uint32_t block)
{
	const struct fsi_layout *layout = &items->result->plan->layout;

	return block < fsi_layout_image_blocks(layout)
		       ? find_block(items, layout->image_block + block)
		       : NULL;
}

HRESULT fsi_progress_items_from_block(fsi_progress_items *items, uint32_t block,
				      const struct fsi_progress_item **ret_item)
{
	const struct fsi_progress_item *item = NULL;

	fsi_error_clear();
	if (items == NULL || ret_item == NULL)
		return FSI_FAIL(E_POINTER);
	item = find_image_block(items, block);
	if (item == NULL)
		return FSI_FAIL(E_INVALIDARG);
	*ret_item = item;
	return S_OK;
}

static const struct fsi_progress_item *find_description(const fsi_progress_items *items,
							const char *description)
{
	const size_t length = strlen(description);

	for (uint32_t i = 0; i < items->count; i++) {
		const char *other = items->items[i].description;

		if (fsi_text_compare_ignoring_case(other, strlen(other), description,
						   length) == 0)
			return &items->items[i];
	}
	return NULL;
}

/* Where the data of a file is that has no item by its own name. */
static const struct fsi_progress_item *find_file(const fsi_progress_items *items,
						 const char *path)
{
	struct fsi_tree *tree = &items->result->image->tree;
	struct fsi_path_end end;
	const struct fsi_node *node = NULL;
	const struct fsi_data *data = NULL;
	uint32_t block = 0;

	/* A description is a full path. */
	if (path[0] != '\\' && path[0] != '/')
		return NULL;
	if (SUCCEEDED(fsi_path_resolve(tree, &tree->root, path, "description", &end)))
		node = fsi_path_find(tree, &end);
	if (node != NULL && node->kind == FSI_NODE_FILE)
		data = node->content.data;
	/* What is empty has the place of whatever comes next, and no block of it. */
	if (data == NULL || data->size == 0)
		return NULL;
	block = items->result->plan->layout.data_blocks[data->number];
	return block > 0 ? find_block(items, block) : NULL;
}

HRESULT fsi_progress_items_from_description(fsi_progress_items *items,
					    const char *description,
					    const struct fsi_progress_item **ret_item)
{
	const struct fsi_progress_item *item = NULL;

	fsi_error_clear();
	if (description == NULL)
		return FSI_FAIL(E_FAIL);
	if (items == NULL || ret_item == NULL)
		return FSI_FAIL(E_POINTER);
	item = find_description(items, description);
	if (item == NULL)
		item = find_file(items, description);
	/* What a path met on the way that leads nowhere. */
	fsi_error_clear();
	if (item == NULL)
		return FSI_FAIL(E_INVALIDARG);
	*ret_item = item;
	return S_OK;
}
