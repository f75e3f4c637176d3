/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the data of files lies: in a region, in entries, or where it was. */
#include "image/place_data.h"

#include "base/checked.h"
#include "base/memory.h"
#include "boot/writer.h"
#include "image/duplicates.h"
#include "image/sparse.h"
#include "io/share.h"
#include "tree/data.h"
#include "tree/imported.h"
#include "tree/path.h"

/* File data of a UDF volume begins at a multiple of an ECC block of DVD. */
#define UDF_DATA_ALIGNMENT 16

static HRESULT describe_data(const struct fsi_region *region, char **ret_description)
{
	const struct fsi_data *data = region->owner;
	char *path = fsi_path_of_node(data->item);

	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = path;
	return S_OK;
}

static HRESULT open_data(const struct fsi_region *region, fsi_stream **ret_stream)
{
	return fsi_data_open(region->owner, ret_stream);
}

const struct fsi_region_ops fsi_plan_data_ops = {
	.describe = describe_data,
	.open = open_data,
};

/* What stands for several files has to be what it was when they were compared. */
static HRESULT open_shared_data(const struct fsi_region *region, fsi_stream **ret_stream)
{
	return fsi_data_open_fixed(region->owner, ret_stream);
}

static const struct fsi_region_ops shared_data_ops = {
	.describe = describe_data,
	.open = open_shared_data,
};

/* Whether data is in the entries of UDF, as no other file system needs it. */
static bool is_embedded(const fsi_image *image, const struct fsi_data *data)
{
	return (image->file_systems & FSI_FILE_SYSTEM_UDF) != 0 &&
	       fsi_udf_embeds_data(image->udf_revision,
				   image->file_systems == FSI_FILE_SYSTEM_UDF, data);
}

/* ---- placing ----------------------------------------------------------- */

/* Whether data stays in the blocks that an earlier session has it in: only UDF knows
 * pieces. */
static bool is_kept(const fsi_image *image, const struct fsi_data *data)
{
	return data->is_imported && (fsi_data_is_one_run(data) ||
				     (image->file_systems == FSI_FILE_SYSTEM_UDF &&
				      data->source.imported->embedded_offset == 0));
}

bool fsi_plan_reads_disc(const fsi_image *image, const struct fsi_order *order)
{
	for (uint32_t i = 0; i < order->data_count; i++) {
		if (order->data[i]->is_imported && !is_kept(image, order->data[i]))
			return true;
	}
	return false;
}

/* Of data that is in pieces, all its runs. */
static HRESULT find_runs(const fsi_image *image, const struct fsi_data *data,
			 struct fsi_layout *layout)
{
	if (is_kept(image, data))
		return fsi_data_is_one_run(data) ? S_OK : fsi_sparse_keep(data, layout);
	return image->udf_holes && !data->needs_blocks ? fsi_sparse_find(data, layout)
						       : S_OK;
}

/* Where other file systems share the data, holes are recorded as zeros. */
HRESULT fsi_plan_find_runs(const fsi_image *image, const struct fsi_order *order,
			   struct fsi_layout *layout)
{
	if (image->file_systems != FSI_FILE_SYSTEM_UDF)
		return S_OK;
	for (uint32_t i = 0; i < order->data_count; i++) {
		if (!is_embedded(image, order->data[i]))
			FSI_TRY(find_runs(image, order->data[i], layout));
	}
	return S_OK;
}

/* What is booted may differ from its source. S_FALSE: it does not. */
static HRESULT place_boot_data(const struct fsi_data *data, struct fsi_plan *plan)
{
	return data->needs_blocks && plan->formats[FSI_PLAN_BOOT] != NULL
		       ? fsi_boot_place_data(plan->formats[FSI_PLAN_BOOT], data->number,
					     &plan->layout,
					     &plan->layout.data_blocks[data->number])
		       : S_FALSE;
}

/* So that file systems can share the blocks of large files. */
static uint32_t alignment_of(const fsi_image *image, const struct fsi_data *data)
{
	return image->align_large_files &&
			       fsi_blocks_of(data->size) >= FSI_SHARE_MIN_BLOCKS
		       ? FSI_SHARE_ALIGNMENT / FSI_BLOCK_SIZE
		       : 1;
}

static HRESULT place_one(const fsi_image *image, const struct fsi_data *data,
			 struct fsi_plan *plan)
{
	struct fsi_layout *layout = &plan->layout;
	const struct fsi_data_runs *runs = fsi_layout_find_runs(layout, data->number);
	const struct fsi_data *first =
		plan->firsts != NULL ? plan->firsts[data->number] : NULL;
	HRESULT hr = S_OK;

	if (runs != NULL)
		return fsi_sparse_place(runs, layout);
	if (is_kept(image, data)) {
		layout->data_blocks[data->number] =
			data->source.imported->extents[0].first_block;
		return S_OK;
	}
	if (first != NULL && first != data) {
		layout->data_blocks[data->number] = layout->data_blocks[first->number];
		plan->duplicate_count++;
		plan->duplicate_blocks += (uint32_t)fsi_blocks_of(data->size);
		return S_OK;
	}
	hr = place_boot_data(data, plan);
	if (hr != S_FALSE)
		return hr;
	return fsi_layout_append(
		layout, first != NULL ? &shared_data_ops : &fsi_plan_data_ops, data,
		fsi_blocks_of(data->size), alignment_of(image, data),
		&layout->data_blocks[data->number]);
}

HRESULT fsi_plan_begin_data(const fsi_image *image, struct fsi_layout *layout)
{
	const uint32_t alignment =
		image->file_systems & FSI_FILE_SYSTEM_UDF ? UDF_DATA_ALIGNMENT : 1;

	return fsi_layout_append(layout, NULL, NULL, 0, alignment,
				 &layout->first_data_block);
}

/* Data whose blocks can be those of other data: not what boots, nor has holes. */
static void list_candidates(const fsi_image *image, const struct fsi_order *order,
			    const struct fsi_layout *layout,
			    const struct fsi_data **candidates, uint32_t *ret_count)
{
	const uint32_t count = order->data_count;

	*ret_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		/* In the order in which they get their places. */
		const uint32_t n = (order->item_data_count + i) % count;
		const struct fsi_data *data = order->data[n];

		if (!is_embedded(image, data) && !data->needs_blocks &&
		    fsi_layout_find_runs(layout, data->number) == NULL)
			candidates[(*ret_count)++] = data;
	}
}

static HRESULT find_duplicates(const fsi_image *image, const struct fsi_order *order,
			       struct fsi_plan *plan)
{
	const struct fsi_data **candidates = NULL;
	uint32_t count = 0;
	HRESULT hr = E_OUTOFMEMORY;

	plan->firsts = fsi_allocate_zeroed(order->data_count, sizeof(plan->firsts[0]));
	candidates = fsi_allocate_zeroed(order->data_count, sizeof(const void *));
	if (plan->firsts == NULL || candidates == NULL) {
		hr = FSI_FAIL(E_OUTOFMEMORY);
	} else {
		list_candidates(image, order, &plan->layout, candidates, &count);
		hr = fsi_duplicates_find(candidates, count, &plan->watcher, plan->firsts);
	}
	fsi_free(candidates);
	return hr;
}

static HRESULT place_some(const fsi_image *image, const struct fsi_order *order,
			  uint32_t first, uint32_t end, struct fsi_plan *plan)
{
	for (uint32_t i = first; i < end; i++) {
		if (i % FSI_PATIENCE_STEP == 0)
			FSI_TRY(fsi_patience_ask(plan->patience));
		if (!is_embedded(image, order->data[i]))
			FSI_TRY(place_one(image, order->data[i], plan));
	}
	return S_OK;
}

/*
 * One extent for the data of each file; several file systems point at it. That of
 * named streams comes first, since 7-Zip knows none and takes what lies behind the
 * last file for damage.
 */
HRESULT fsi_plan_place_data(const fsi_image *image, const struct fsi_order *order,
			    struct fsi_plan *plan)
{
	struct fsi_layout *layout = &plan->layout;

	layout->data_blocks =
		fsi_allocate_zeroed(order->data_count, sizeof(layout->data_blocks[0]));
	if (layout->data_blocks == NULL ||
	    !fsi_vector_reserve(&layout->regions, order->data_count))
		return FSI_FAIL(E_OUTOFMEMORY);
	if (plan->for_result && image->deduplicate)
		FSI_TRY(find_duplicates(image, order, plan));
	FSI_TRY(place_some(image, order, order->item_data_count, order->data_count,
			   plan));
	return place_some(image, order, 0, order->item_data_count, plan);
}
