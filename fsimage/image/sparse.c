/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions for the parts of sparse data. */
#include "image/sparse.h"

#include "base/checked.h"
#include "error/fail.h"
#include "io/stream.h"
#include "tree/data.h"
#include "tree/imported.h"
#include "tree/path.h"
#include "udf/types.h"

static HRESULT open_run(const struct fsi_region *region, fsi_stream **ret_stream)
{
	const struct fsi_data_run *run = region->owner;
	fsi_stream *whole = NULL;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_data_open(run->data, &whole));
	hr = fsi_stream_make_part(whole, run->offset, run->size, ret_stream);
	fsi_stream_release(whole);
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

/*
 * Where a run is while that is not known. Neither is a block of data: they are in the
 * system area of a disc.
 */
#define HOLE	       0u
#define NOT_YET_PLACED 1u

/* A hole, or what is between two, in pieces that an extent can be. */
static HRESULT add_runs(struct fsi_layout *layout, const struct fsi_data *data,
			struct fsi_hole part, uint32_t first_block)
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
			.first_block = first_block,
		};
		part.offset += size;
		part.size -= size;
		if (first_block != HOLE && first_block != NOT_YET_PLACED)
			first_block += size / FSI_BLOCK_SIZE;
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
				 (struct fsi_hole){offset, hole.offset - offset},
				 NOT_YET_PLACED));
		FSI_TRY(add_runs(layout, data, hole, HOLE));
		offset = hole.offset + hole.size;
	}
	return add_runs(layout, data, (struct fsi_hole){offset, data->size - offset},
			NOT_YET_PLACED);
}

/* From now on the runs that were added last are those of the data. */
static HRESULT own_runs(struct fsi_layout *layout, const struct fsi_data *data,
			size_t first_run)
{
	if (!fsi_vector_reserve(&layout->sparse, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	layout->sparse.items[layout->sparse.count++] = (struct fsi_data_runs){
		.number = data->number,
		.count = (uint32_t)(layout->runs.count - first_run),
		.first_run = first_run,
	};
	return S_OK;
}

HRESULT fsi_sparse_find(const struct fsi_data *data, struct fsi_layout *layout)
{
	const size_t first_run = layout->runs.count;
	struct fsi_holes holes = {0};
	HRESULT hr = fsi_data_find_holes(data, &holes);

	if (SUCCEEDED(hr) && holes.list.count > 0) {
		hr = add_data(layout, data, &holes);
		if (SUCCEEDED(hr))
			hr = own_runs(layout, data, first_run);
	}
	fsi_vector_free(&holes.list);
	return hr;
}

HRESULT fsi_sparse_keep(const struct fsi_data *data, struct fsi_layout *layout)
{
	const struct fsi_imported_data *imported = data->source.imported;
	const size_t first_run = layout->runs.count;
	struct fsi_hole part = {0};

	for (uint32_t i = 0; i < imported->extent_count; i++) {
		const struct fsi_imported_extent *extent = &imported->extents[i];
		const uint64_t left = data->size - part.offset;

		part.size = (uint64_t)extent->block_count * FSI_BLOCK_SIZE;
		if (part.size > left)
			part.size = left;
		FSI_TRY(add_runs(layout, data, part, extent->first_block));
		part.offset += part.size;
	}
	return own_runs(layout, data, first_run);
}

HRESULT fsi_sparse_place(const struct fsi_data_runs *runs, struct fsi_layout *layout)
{
	for (uint32_t n = 0; n < runs->count; n++) {
		struct fsi_data_run *run = &layout->runs.items[runs->first_run + n];

		if (run->first_block == NOT_YET_PLACED)
			FSI_TRY(fsi_layout_append(layout, &run_ops, run,
						  fsi_blocks_of(run->size), 1,
						  &run->first_block));
	}
	return S_OK;
}
