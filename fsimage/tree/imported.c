/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data that is on the disc from an earlier session. */
#include "tree/imported.h"

#include "base/checked.h"
#include "error/fail.h"
#include "io/stream.h"

#include <string.h>

static size_t size_of(uint32_t extent_count)
{
	return sizeof(struct fsi_imported_data) +
	       (size_t)extent_count * sizeof(struct fsi_imported_extent);
}

HRESULT fsi_tree_add_disc(struct fsi_tree *tree, fsi_stream *disc)
{
	if (!fsi_vector_reserve(&tree->discs, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	tree->discs.items[tree->discs.count++] = fsi_stream_add_ref(disc);
	return S_OK;
}

HRESULT fsi_data_from_disc(struct fsi_tree *tree, uint64_t size, uint64_t embedded_offset,
			   const struct fsi_imported_extent *extents,
			   uint32_t extent_count, struct fsi_data **ret_data)
{
	struct fsi_data *data = fsi_arena_allocate(&tree->arena, sizeof(*data));
	struct fsi_imported_data *imported =
		fsi_arena_allocate(&tree->arena, size_of(extent_count));

	if (data == NULL || imported == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	imported->disc = tree->discs.items[tree->discs.count - 1];
	imported->embedded_offset = embedded_offset;
	imported->extent_count = extent_count;
	for (uint32_t i = 0; i < extent_count; i++)
		imported->extents[i] = extents[i];
	data->size = size;
	data->is_imported = true;
	data->source.imported = imported;
	*ret_data = data;
	return S_OK;
}

/* ---- reading ----------------------------------------------------------- */

/* It keeps what it needs of the data, since a reader may outlive the image. */
struct reader {
	uint64_t size;
	struct fsi_imported_data *where; /* with a reference on the disc */
};

/* A part of the data that lies side by side. */
struct run {
	bool is_hole;
	uint64_t disc_offset;
	uint64_t length; /* in bytes; 0: behind the end */
};

static struct run find_run(const struct reader *reader, uint64_t offset)
{
	const struct fsi_imported_data *where = reader->where;
	const uint64_t left = offset < reader->size ? reader->size - offset : 0;
	struct run run = {.disc_offset = where->embedded_offset + offset, .length = left};
	uint64_t begin = 0;

	if (where->embedded_offset != 0)
		return run;
	for (uint32_t i = 0; i < where->extent_count; i++) {
		const struct fsi_imported_extent *extent = &where->extents[i];
		const uint64_t size = (uint64_t)extent->block_count * FSI_BLOCK_SIZE;

		if (offset - begin >= size) {
			begin += size;
			continue;
		}
		run.is_hole = extent->first_block == 0;
		run.disc_offset =
			(uint64_t)extent->first_block * FSI_BLOCK_SIZE + (offset - begin);
		if (size - (offset - begin) < left)
			run.length = size - (offset - begin);
		return run;
	}
	run.length = 0;
	return run;
}

static HRESULT read_piece(const struct reader *reader, const struct run *run,
			  uint8_t *buffer, size_t length)
{
	size_t done = 0;

	if (run->is_hole) {
		memset(buffer, 0, length);
		return S_OK;
	}
	FSI_TRY(fsi_stream_read(reader->where->disc, run->disc_offset, buffer, length,
				&done));
	if (done == length)
		return S_OK;
	return FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE,
			(int64_t)((run->disc_offset + done) / FSI_BLOCK_SIZE));
}

static HRESULT read_data(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	const struct reader *reader = self;
	uint8_t *out = buffer;
	size_t done = 0;

	while (done < length) {
		const struct run run = find_run(reader, offset + done);
		const size_t piece =
			run.length < length - done ? (size_t)run.length : length - done;

		if (piece == 0)
			break;
		FSI_TRY(read_piece(reader, &run, out + done, piece));
		done += piece;
	}
	*ret_read = done;
	return S_OK;
}

static HRESULT measure_data(void *self, uint64_t *ret_size)
{
	const struct reader *reader = self;

	*ret_size = reader->size;
	return S_OK;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	const struct reader *reader = self;
	const struct run run = find_run(reader, offset);
	uint64_t count = run.length;

	if (!run.is_hole && run.length > 0)
		FSI_TRY(fsi_stream_count_zeros(reader->where->disc, run.disc_offset,
					       &count));
	*ret_count = count < run.length ? count : run.length;
	return S_OK;
}

static void close_data(void *self)
{
	struct reader *reader = self;

	if (reader->where != NULL)
		fsi_stream_release(reader->where->disc);
	fsi_free(reader->where);
	fsi_free(reader);
}

static const struct fsi_stream_ops reader_ops = {
	.size = sizeof(reader_ops),
	.read_at = read_data,
	.get_size = measure_data,
	.count_zeros = count_zeros,
	.destroy = close_data,
};

HRESULT fsi_data_open_imported(const struct fsi_data *data, fsi_stream **ret_stream)
{
	const struct fsi_imported_data *imported = data->source.imported;
	struct reader *reader = fsi_allocate_zeroed(1, sizeof(*reader));
	HRESULT hr = S_OK;

	if (reader == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	reader->size = data->size;
	reader->where = fsi_allocate(size_of(imported->extent_count));
	if (reader->where == NULL) {
		close_data(reader);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	memcpy(reader->where, imported, size_of(imported->extent_count));
	(void)fsi_stream_add_ref(reader->where->disc);
	hr = fsi_stream_make(&reader_ops, reader, ret_stream);
	if (FAILED(hr))
		close_data(reader);
	return hr;
}
