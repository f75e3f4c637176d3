/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes of a UDF file lie, and reading them. */
#include "import/udf.h"

#include "base/checked.h"
#include "error/fail.h"

#include <inttypes.h>

static const struct fsi_udf_wanted allocation_extent = {
	.name = "allocation extent descriptor",
	.identifiers = {FSI_UDF_TAG_ALLOCATION_EXTENT, FSI_UDF_TAG_ALLOCATION_EXTENT},
};

/*
 * Brent's way to notice that a chain runs in a circle: remember one place, and
 * after 1, 2, 4, … steps another one.
 */
struct chain {
	struct fsi_udf_address remembered;
	uint64_t steps;
	uint64_t steps_max;
};

static bool has_returned(struct chain *chain, struct fsi_udf_address address)
{
	if (chain->steps_max > 0 && address.block == chain->remembered.block &&
	    address.partition == chain->remembered.partition)
		return true;
	if (chain->steps++ == chain->steps_max) {
		chain->remembered = address;
		chain->steps = 0;
		chain->steps_max = 2 * chain->steps_max + 1;
	}
	return false;
}

/* A body whose allocation descriptors are being read. */
struct loading {
	const struct fsi_udf *udf;
	uint32_t entry_block; /* of the volume, for messages */
	uint16_t partition;   /* of the entry */
	unsigned form;	      /* of the descriptors */
	const uint8_t *descriptors;
	size_t descriptors_size;
	uint8_t *extent; /* block of the extent that they are in; NULL: the entry */
	struct chain chain;
	uint64_t offset; /* in the body, of the next piece */
	uint64_t end;	 /* of the last one, to the byte */
	uint64_t recorded_blocks;
	struct fsi_udf_body body;
};

static HRESULT wrong_extent(const struct loading *loading, const char *what)
{
	return fsi_import_udf_inconsistent("The file entry in block %" PRIu32
					   ": an extent of its body %s.",
					   loading->entry_block, what);
}

/* ECMA-167 4/12: the descriptors go on in a block of their own. */
static HRESULT follow(struct loading *loading, struct fsi_udf_address address)
{
	enum fsi_udf_fault fault = FSI_UDF_SOUND;
	uint32_t block = 0;

	if (has_returned(&loading->chain, address))
		return fsi_import_udf_inconsistent(
			"The file entry in block %" PRIu32
			": its allocation descriptors lead back to themselves.",
			loading->entry_block);
	if (loading->extent == NULL)
		loading->extent = fsi_allocate(loading->udf->block_size);
	if (loading->extent == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	FSI_TRY(fsi_import_udf_read_structure(loading->udf, address, &allocation_extent,
					      loading->extent, &block));
	fault = fsi_udf_get_allocation_extent(loading->extent, loading->udf->block_size,
					      &loading->descriptors,
					      &loading->descriptors_size);
	if (fault != FSI_UDF_SOUND)
		return fsi_import_udf_damaged(allocation_extent.name, block, fault);
	return S_OK;
}

static uint32_t count_blocks(const struct loading *loading,
			     const struct fsi_udf_allocation *allocation)
{
	const uint32_t block_size = loading->udf->block_size;

	return allocation->length / block_size + (allocation->length % block_size != 0);
}

static HRESULT check_recorded(struct loading *loading,
			      const struct fsi_udf_allocation *allocation)
{
	const struct fsi_udf *udf = loading->udf;
	const uint32_t blocks = allocation->length / udf->block_size +
				(allocation->length % udf->block_size != 0);
	const struct fsi_udf_space *space = NULL;

	if (allocation->address.partition >= udf->spaces.count)
		return wrong_extent(loading, "is in a partition that is not there");
	space = &udf->spaces.items[allocation->address.partition];
	if (blocks > space->block_count ||
	    allocation->address.block > space->block_count - blocks)
		return wrong_extent(loading, "lies outside its partition");
	loading->recorded_blocks += blocks;
	if (loading->recorded_blocks > space->block_count)
		return wrong_extent(loading, "lies over another one of it");
	return S_OK;
}

/* Whether a piece goes on where the last one ends. */
static bool continues(const struct loading *loading, const struct fsi_udf_piece *piece)
{
	const struct fsi_udf_body *body = &loading->body;
	const struct fsi_udf_piece *last = NULL;

	if (body->pieces.count == 0)
		return false;
	last = &body->pieces.items[body->pieces.count - 1];
	if (!piece->is_recorded || !last->is_recorded)
		return piece->is_recorded == last->is_recorded;
	return piece->partition == last->partition &&
	       piece->block == last->block + (piece->offset - last->offset) /
						     loading->udf->block_size;
}

static HRESULT add_piece(struct loading *loading,
			 const struct fsi_udf_allocation *allocation)
{
	const struct fsi_udf_piece piece = {
		.offset = loading->offset,
		.block = allocation->address.block,
		.partition = allocation->address.partition,
		.is_recorded = allocation->type == FSI_UDF_EXTENT_RECORDED,
	};

	if (piece.is_recorded)
		FSI_TRY(check_recorded(loading, allocation));
	loading->end = loading->offset + allocation->length;
	/*
	 * ECMA-167 4/12.1: what another piece follows is whole blocks, even where
	 * Linux forgot to say so of a piece that was the last one once.
	 */
	loading->offset +=
		count_blocks(loading, allocation) * (uint64_t)loading->udf->block_size;
	if (continues(loading, &piece))
		return S_OK;
	if (!fsi_vector_reserve(&loading->body.pieces, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	loading->body.pieces.items[loading->body.pieces.count++] = piece;
	return S_OK;
}

static HRESULT is_short(const struct loading *loading)
{
	return fsi_import_udf_inconsistent(
		"The file entry in block %" PRIu32 ": its body has %" PRIu64
		" bytes, but extents for %" PRIu64 " only.",
		loading->entry_block, loading->body.size, loading->end);
}

/* What lies behind the end of the body is nobody's concern. */
static HRESULT load_pieces(struct loading *loading)
{
	size_t at = 0;

	while (loading->offset < loading->body.size) {
		struct fsi_udf_allocation allocation;

		if (!fsi_udf_next_allocation(loading->descriptors,
					     loading->descriptors_size, loading->form,
					     loading->partition, &at, &allocation))
			return is_short(loading);
		if (allocation.type == FSI_UDF_EXTENT_NEXT) {
			FSI_TRY(follow(loading, allocation.address));
			at = 0;
		} else {
			FSI_TRY(add_piece(loading, &allocation));
		}
	}
	return loading->end < loading->body.size ? is_short(loading) : S_OK;
}

static HRESULT load_embedded(const struct fsi_udf *udf,
			     const struct fsi_udf_entry_block *entry,
			     struct fsi_udf_body *body)
{
	const size_t offset = (size_t)(entry->icb.descriptors - entry->bytes);

	if (body->size > entry->icb.descriptors_size)
		return fsi_import_udf_damaged("file entry", entry->block,
					      FSI_UDF_FAULT_LENGTH);
	body->bytes = fsi_allocate((size_t)body->size);
	if (body->bytes == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	memcpy(body->bytes, entry->icb.descriptors, (size_t)body->size);
	body->disc_offset = (uint64_t)entry->block * udf->block_size + offset;
	body->location = entry->address.block;
	return S_OK;
}

HRESULT fsi_import_udf_load_body(const struct fsi_udf *udf,
				 const struct fsi_udf_entry_block *entry,
				 struct fsi_udf_body *ret_body)
{
	struct loading loading = {
		.udf = udf,
		.entry_block = entry->block,
		.partition = entry->address.partition,
		.form = entry->icb.flags & FSI_UDF_ICB_AD_MASK,
		.descriptors = entry->icb.descriptors,
		.descriptors_size = entry->icb.descriptors_size,
		.body.size = entry->icb.size,
	};
	HRESULT hr = S_OK;

	if (loading.form == FSI_UDF_ICB_EMBEDDED && loading.body.size > 0)
		hr = load_embedded(udf, entry, &loading.body);
	else if (loading.form == FSI_UDF_ICB_SHORT_AD ||
		 loading.form == FSI_UDF_ICB_LONG_AD || loading.body.size == 0)
		hr = load_pieces(&loading);
	else
		hr = fsi_import_udf_unsupported("extended allocation descriptors");
	fsi_free(loading.extent);
	if (FAILED(hr))
		fsi_import_udf_free_body(&loading.body);
	else
		*ret_body = loading.body;
	return hr;
}

void fsi_import_udf_free_body(struct fsi_udf_body *body)
{
	fsi_vector_free(&body->pieces);
	fsi_free(body->bytes);
	body->bytes = NULL;
}

/* ---- reading ----------------------------------------------------------- */

/* The piece that holds the byte at offset. */
static const struct fsi_udf_piece *find_piece(const struct fsi_udf_body *body,
					      uint64_t offset)
{
	size_t low = 0;
	size_t high = body->pieces.count;

	/* items[low] begins at or before offset, items[high] behind it. */
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (body->pieces.items[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return &body->pieces.items[low];
}

static uint64_t end_of_piece(const struct fsi_udf_body *body,
			     const struct fsi_udf_piece *piece)
{
	return piece == &body->pieces.items[body->pieces.count - 1] ? body->size
								    : piece[1].offset;
}

HRESULT fsi_import_udf_find_span(const struct fsi_udf *udf,
				 const struct fsi_udf_body *body, uint64_t offset,
				 unsigned copy, struct fsi_udf_span *ret_span)
{
	struct fsi_udf_span span = {.kind = FSI_DISC_EXTENT_EMBEDDED,
				    .length = body->size - offset,
				    .disc_offset = body->disc_offset + offset,
				    .location = body->location};

	if (body->bytes == NULL) {
		const struct fsi_udf_piece *piece = find_piece(body, offset);
		const uint64_t into = offset - piece->offset;
		const uint32_t into_block = (uint32_t)(into % udf->block_size);
		const uint64_t left = end_of_piece(body, piece) - offset;
		uint64_t wanted = (into_block + left - 1) / udf->block_size + 1;
		uint32_t block = 0;
		uint32_t count = 0;

		span.kind = FSI_DISC_EXTENT_HOLE;
		span.length = left;
		span.disc_offset = 0;
		span.location = piece->block + (uint32_t)(into / udf->block_size);
		if (piece->is_recorded) {
			const struct fsi_udf_address address = {span.location,
								piece->partition};

			if (wanted > UINT32_MAX)
				wanted = UINT32_MAX;
			FSI_TRY(fsi_import_udf_locate(udf, address, (uint32_t)wanted,
						      copy, &block, &count));
			span.kind = FSI_DISC_EXTENT_RECORDED;
			span.disc_offset = (uint64_t)block * udf->block_size + into_block;
			if (left > (uint64_t)count * udf->block_size - into_block)
				span.length =
					(uint64_t)count * udf->block_size - into_block;
		}
	}
	*ret_span = span;
	return S_OK;
}

/* A part of a span that is recorded in blocks. */
static HRESULT read_recorded(const struct fsi_udf *udf, const struct fsi_udf_span *span,
			     bool is_data, uint8_t *buffer, size_t length)
{
	return is_data ? fsi_media_read_data(udf->media, span->disc_offset, buffer,
					     length)
		       : fsi_media_read(udf->media, span->disc_offset, buffer, length);
}

HRESULT fsi_import_udf_read_body(const struct fsi_udf *udf,
				 const struct fsi_udf_body *body,
				 const struct fsi_udf_reading *reading)
{
	uint8_t *buffer = reading->buffer;
	uint64_t offset = reading->offset;
	size_t left = reading->length;

	while (left > 0) {
		struct fsi_udf_span span;
		size_t piece = left;

		FSI_TRY(fsi_import_udf_find_span(udf, body, offset, reading->copy,
						 &span));
		if (piece > span.length)
			piece = (size_t)span.length;
		if (span.kind == FSI_DISC_EXTENT_RECORDED)
			FSI_TRY(read_recorded(udf, &span, reading->is_data, buffer,
					      piece));
		else if (span.kind == FSI_DISC_EXTENT_EMBEDDED)
			memcpy(buffer, body->bytes + offset, piece);
		else
			memset(buffer, 0, piece);
		buffer += piece;
		offset += piece;
		left -= piece;
	}
	return S_OK;
}
