/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ordered list of regions. */
#include "layout/layout.h"

#include "base/checked.h"
#include "error/fail.h"
#include "io/share.h"

/* Block counts are 32-bit signed numbers in IMAPI. */
#define MAX_BLOCKS INT32_MAX

/* An ECC block of BD, which is two of DVD. */
#define ECC_BLOCKS 32

static HRESULT refuse_size(uint64_t blocks)
{
	return fsi_error_detail(
		FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
		"An image has at most %lld blocks, this one would have %llu.",
		(long long)MAX_BLOCKS, (unsigned long long)blocks);
}

void fsi_layout_free(struct fsi_layout *layout)
{
	fsi_vector_free(&layout->regions);
	fsi_vector_free(&layout->runs);
	fsi_vector_free(&layout->sparse);
	fsi_free(layout->data_blocks);
	layout->data_blocks = NULL;
}

static HRESULT add_region(struct fsi_layout *layout, const struct fsi_region_ops *ops,
			  const void *owner, uint64_t blocks, uint64_t first_block)
{
	if (blocks > MAX_BLOCKS || first_block + blocks > MAX_BLOCKS)
		return refuse_size(first_block + blocks);
	if (blocks > 0 && !fsi_vector_reserve(&layout->regions, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	layout->next_block = (uint32_t)(first_block + blocks);
	if (blocks == 0)
		return S_OK;
	layout->regions.items[layout->regions.count++] = (struct fsi_region){
		.ops = ops,
		.owner = owner,
		.first_block = (uint32_t)first_block,
		.blocks = (uint32_t)blocks,
	};
	return S_OK;
}

HRESULT fsi_layout_append(struct fsi_layout *layout, const struct fsi_region_ops *ops,
			  const void *owner, uint64_t blocks, uint32_t alignment,
			  uint32_t *ret_first_block)
{
	const uint64_t first_block = fsi_align_u64(layout->next_block, alignment);

	FSI_TRY(add_region(layout, ops, owner, blocks, first_block));
	*ret_first_block = (uint32_t)first_block;
	return S_OK;
}

HRESULT fsi_layout_append_at(struct fsi_layout *layout, const struct fsi_region_ops *ops,
			     const void *owner, uint32_t blocks, uint32_t first_block)
{
	if (first_block < layout->next_block)
		return FSI_FAIL(IMAPI_E_FSI_INTERNAL_ERROR,
				"two regions want the same block");
	return add_region(layout, ops, owner, blocks, first_block);
}

bool fsi_region_may_share(const struct fsi_region *region)
{
	return region->ops->open != NULL && region->blocks >= FSI_SHARE_MIN_BLOCKS;
}

const struct fsi_data_runs *fsi_layout_find_runs(const struct fsi_layout *layout,
						 uint32_t number)
{
	size_t low = 0;
	size_t high = layout->sparse.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (layout->sparse.items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < layout->sparse.count && layout->sparse.items[low].number == number
		       ? &layout->sparse.items[low]
		       : NULL;
}

uint64_t fsi_layout_align_end(const struct fsi_layout *layout, uint64_t end_block)
{
	return fsi_align_u64(end_block, layout->end_alignment > ECC_BLOCKS
						? layout->end_alignment
						: ECC_BLOCKS);
}

HRESULT fsi_layout_seal(struct fsi_layout *layout, uint64_t end_block)
{
	if (end_block < layout->next_block)
		return FSI_FAIL(IMAPI_E_FSI_INTERNAL_ERROR,
				"the image ends inside a region");
	if (end_block > MAX_BLOCKS)
		return refuse_size(end_block);
	layout->end_block = (uint32_t)end_block;
	return S_OK;
}

size_t fsi_layout_count_until(const struct fsi_layout *layout, uint32_t block)
{
	size_t low = 0;
	size_t high = layout->regions.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (layout->regions.items[middle].first_block <= block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct fsi_region *fsi_layout_find(const struct fsi_layout *layout, uint32_t block)
{
	const size_t count = fsi_layout_count_until(layout, block);
	const struct fsi_region *last =
		count > 0 ? &layout->regions.items[count - 1] : NULL;

	return last != NULL && block - last->first_block < last->blocks ? last : NULL;
}
