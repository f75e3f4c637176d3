/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions for the parts of sparse data. */
#include "image/sparse.h"

#include "base/checked.h"
#include "error/fail.h"
#include "io/stream.h"
#include "tree/data.h"
#include "tree/path.h"
#include "udf/types.h"

/* ---- a part as a stream ------------------------------------------------ */

struct part {
	fsi_stream *whole;
	uint64_t offset;
	uint32_t size;
};

static HRESULT read_part(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	const struct part *part = self;

	if (offset >= part->size)
		length = 0;
	else if (length > part->size - offset)
		length = (size_t)(part->size - offset);
	if (length == 0) {
		*ret_read = 0;
		return S_OK;
	}
	return fsi_stream_read(part->whole, part->offset + offset, buffer, length,
			       ret_read);
}

static HRESULT measure_part(void *self, uint64_t *ret_size)
{
	const struct part *part = self;

	*ret_size = part->size;
	return S_OK;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	const struct part *part = self;
	const uint64_t left = offset < part->size ? part->size - offset : 0;
	uint64_t count = 0;

	if (left > 0)
		FSI_TRY(fsi_stream_count_zeros(part->whole, part->offset + offset,
					       &count));
	*ret_count = count < left ? count : left;
	return S_OK;
}

static void close_part(void *self)
{
	struct part *part = self;

	fsi_stream_release(part->whole);
	fsi_free(part);
}

static const struct fsi_stream_ops part_ops = {
	.size = sizeof(part_ops),
	.read_at = read_part,
	.get_size = measure_part,
	.count_zeros = count_zeros,
	.destroy = close_part,
};

static HRESULT open_run(const struct fsi_region *region, fsi_stream **ret_stream)
{
	const struct fsi_data_run *run = region->owner;
	struct part *part = fsi_allocate(sizeof(*part));
	HRESULT hr = S_OK;

	if (part == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*part = (struct part){.offset = run->offset, .size = run->size};
	hr = fsi_data_open(run->data, &part->whole);
	if (SUCCEEDED(hr))
		hr = fsi_stream_make(&part_ops, part, ret_stream);
	if (FAILED(hr))
		close_part(part);
	return hr;
}

static HRESULT describe_run(const struct fsi_region *region, char **ret_description)
{
	const struct fsi_data_run *run = region->owner;
	const struct fsi_data *data = run->data;
	char *path = fsi_path_of_node(data->item);

	if (path == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = path;
	return S_OK;
}

static const struct fsi_region_ops run_ops = {
	.describe = describe_run,
	.open = open_run,
};

/* ---- finding and placing ----------------------------------------------- */

/* A hole, or what is between two, in pieces that an extent can be. */
static HRESULT add_runs(struct fsi_layout *layout, const struct fsi_data *data,
			struct fsi_hole part, bool is_hole)
{
	while (part.size > 0) {
		const uint32_t size = part.size < FSI_UDF_EXTENT_MAX_SIZE
					      ? (uint32_t)part.size
					      : FSI_UDF_EXTENT_MAX_SIZE;

		if (!fsi_vector_reserve(&layout->runs, 1))
			return FSI_FAIL(E_OUTOFMEMORY);
		layout->runs.items[layout->runs.count++] = (struct fsi_data_run){
			.data = data,
			.offset = part.offset,
			.size = size,
			/* Where is told later; a hole stays nowhere. */
			.first_block = is_hole ? 0 : 1,
		};
		part.offset += size;
		part.size -= size;
	}
	return S_OK;
}

static HRESULT add_data(struct fsi_layout *layout, const struct fsi_data *data,
			const struct fsi_holes *holes)
{
	uint64_t offset = 0;

	for (size_t i = 0; i < holes->list.count; i++) {
		const struct fsi_hole hole = holes->list.items[i];

		FSI_TRY(add_runs(layout, data,
				 (struct fsi_hole){offset, hole.offset - offset}, false));
		FSI_TRY(add_runs(layout, data, hole, true));
		offset = hole.offset + hole.size;
	}
	return add_runs(layout, data, (struct fsi_hole){offset, data->size - offset},
			false);
}

HRESULT fsi_sparse_find(const struct fsi_data *data, struct fsi_layout *layout)
{
	const size_t first_run = layout->runs.count;
	struct fsi_holes holes = {0};
	HRESULT hr = fsi_data_find_holes(data, &holes);

	if (SUCCEEDED(hr) && holes.list.count > 0) {
		hr = add_data(layout, data, &holes);
		if (SUCCEEDED(hr) && !fsi_vector_reserve(&layout->sparse, 1))
			hr = FSI_FAIL(E_OUTOFMEMORY);
		if (SUCCEEDED(hr))
			layout->sparse.items[layout->sparse.count++] =
				(struct fsi_data_runs){
					.number = data->number,
					.count = (uint32_t)(layout->runs.count -
							    first_run),
					.first_run = first_run,
				};
	}
	fsi_vector_free(&holes.list);
	return hr;
}

HRESULT fsi_sparse_place(const struct fsi_data_runs *runs, struct fsi_layout *layout)
{
	for (uint32_t n = 0; n < runs->count; n++) {
		struct fsi_data_run *run = &layout->runs.items[runs->first_run + n];

		if (run->first_block != 0)
			FSI_TRY(fsi_layout_append(layout, &run_ops, run,
						  fsi_blocks_of(run->size), 1,
						  &run->first_block));
	}
	return S_OK;
}
