/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of ranges of blocks: what of an image has to be recorded. */
#include "image/result.h"

#include "base/memory.h"
#include "image/disc_head.h"

struct fsi_block_ranges {
	atomic_uint references;
	uint32_t count;
	struct fsi_block_range ranges[];
};

/* A copy of ranges, in the order in which they are to be recorded. E_OUTOFMEMORY. */
static HRESULT create_ranges(const struct fsi_block_range *ranges, uint32_t count,
			     fsi_block_ranges **ret_ranges)
{
	fsi_block_ranges *list =
		fsi_allocate(sizeof(*list) + count * sizeof(list->ranges[0]));

	if (list == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&list->references, 1);
	list->count = count;
	for (uint32_t i = 0; i < count; i++)
		list->ranges[i] = ranges[i];
	*ret_ranges = list;
	return S_OK;
}

/*
 * Of the session, which is new, everything: whatever is there has to go. Then what leads
 * to it, in an order in which the disc can be read all the time.
 */
HRESULT fsi_result_get_modified_blocks(fsi_result *result, fsi_block_ranges **ret_ranges)
{
	struct fsi_block_range ranges[1 + FSI_DISC_HEAD_WRITES_MAX];
	const struct fsi_layout *layout = NULL;
	const struct fsi_format *head = NULL;
	const uint32_t *writes = NULL;
	uint32_t count = 0;

	fsi_error_clear();
	if (result == NULL || ret_ranges == NULL)
		return FSI_FAIL(E_POINTER);
	layout = &result->plan->layout;
	head = result->plan->formats[FSI_PLAN_DISC_HEAD];
	ranges[0] = (struct fsi_block_range){
		.start_lba = layout->first_block - layout->image_block,
		.end_lba = fsi_layout_image_blocks(layout) - 1,
	};
	if (head != NULL)
		count = fsi_disc_head_list_writes(head, &writes);
	for (uint32_t i = 0; i < count; i++)
		ranges[1 + i] = (struct fsi_block_range){writes[i], writes[i]};
	return create_ranges(ranges, 1 + count, ret_ranges);
}

fsi_block_ranges *fsi_block_ranges_add_ref(fsi_block_ranges *ranges)
{
	if (ranges != NULL)
		atomic_fetch_add_explicit(&ranges->references, 1, memory_order_relaxed);
	return ranges;
}

void fsi_block_ranges_release(fsi_block_ranges *ranges)
{
	if (ranges != NULL &&
	    atomic_fetch_sub_explicit(&ranges->references, 1, memory_order_acq_rel) == 1)
		fsi_free(ranges);
}

HRESULT fsi_block_ranges_get_block_ranges(fsi_block_ranges *ranges,
					  const struct fsi_block_range **ret_block_ranges,
					  uint32_t *ret_count)
{
	fsi_error_clear();
	if (ranges == NULL || ret_block_ranges == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_block_ranges = ranges->ranges;
	*ret_count = ranges->count;
	return S_OK;
}
