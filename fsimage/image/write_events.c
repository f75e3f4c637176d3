/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events while an image is written: which file it is at. */
#include "image/write_events.h"

#include "error/fail.h"

/* What a block belongs to; between two regions it is the one before. */
static const struct fsi_region *region_at(const struct fsi_layout *layout, uint32_t block)
{
	const size_t count = fsi_layout_count_until(layout, layout->image_block + block);

	if (layout->regions.count == 0)
		return NULL;
	return &layout->regions.items[count > 0 ? count - 1 : 0];
}

static HRESULT tell(struct fsi_write_events *events, uint32_t copied)
{
	const struct fsi_layout *layout = events->layout;
	const struct fsi_region *region = region_at(layout, copied);
	char *description = NULL;
	HRESULT hr = S_OK;

	if (region != NULL) {
		events->hr = region->ops->describe(region, &description);
		if (FAILED(events->hr))
			return events->hr;
	}
	hr = events->wanted->update(events->wanted->update_context,
				    description != NULL ? description : "", copied,
				    fsi_layout_image_blocks(layout));
	fsi_free(description);
	return hr;
}

static HRESULT on_progress(void *context, uint64_t written, uint64_t total)
{
	struct fsi_write_events *events = context;
	const struct fsi_write_options *wanted = events->wanted;
	const bool is_at_end = written == total;

	if (wanted->progress != NULL)
		FSI_TRY(wanted->progress(wanted->progress_context, written, total));
	if (events->is_at_end || !(fsi_pace_is_due(&events->pace) || is_at_end))
		return S_OK;
	events->is_at_end = is_at_end;
	return tell(events, (uint32_t)(written / FSI_BLOCK_SIZE));
}

const struct fsi_write_options *fsi_write_events_begin(
	struct fsi_write_events *events, const struct fsi_layout *layout,
	const struct fsi_write_options *wanted)
{
	*events = (struct fsi_write_events){.layout = layout, .wanted = wanted};
	/* Options of another size are refused by whom they are handed to. */
	if (wanted == NULL || wanted->size < sizeof(*wanted) || wanted->update == NULL)
		return wanted;
	events->options = *wanted;
	events->options.progress = on_progress;
	events->options.progress_context = events;
	return &events->options;
}

HRESULT fsi_write_events_end(const struct fsi_write_events *events, HRESULT hr)
{
	return FAILED(events->hr) ? FSI_FAIL(E_OUTOFMEMORY) : hr;
}
