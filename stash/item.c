/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was put into the stash, and reading it. */
#include "base/checked.h"
#include "base/memory.h"
#include "error/fail.h"
#include "io/descriptor.h"
#include "io/stream.h"
#include "stash/file.h"

#include <errno.h>
#include <string.h>

/* ---- an item in memory ------------------------------------------------- */

static size_t holes_offset(void)
{
	return (size_t)fsi_align_u64(offsetof(struct fsi_stash_item, rest),
				     _Alignof(struct fsi_stash_hole));
}

size_t fsi_stash_item_room(size_t checksums, size_t holes)
{
	const size_t before =
		holes > 0 ? holes_offset() : offsetof(struct fsi_stash_item, rest);

	return before + holes * sizeof(struct fsi_stash_hole) +
	       checksums * sizeof(uint32_t);
}

struct fsi_stash_hole *fsi_stash_item_hole_list(struct fsi_stash_item *item)
{
	return (struct fsi_stash_hole *)(void *)((uint8_t *)item + holes_offset());
}

uint32_t *fsi_stash_item_checksum_list(struct fsi_stash_item *item)
{
	if (item->hole_count == 0)
		return item->rest;
	return (uint32_t *)(void *)(fsi_stash_item_hole_list(item) + item->hole_count);
}

const struct fsi_stash_hole *fsi_stash_item_holes(const struct fsi_stash_item *item,
						  size_t *ret_count)
{
	*ret_count = item->hole_count;
	return (const struct fsi_stash_hole *)(const void *)((const uint8_t *)item +
							     holes_offset());
}

static const uint32_t *checksums_of(const struct fsi_stash_item *item)
{
	size_t count = 0;
	const struct fsi_stash_hole *holes = fsi_stash_item_holes(item, &count);

	return count == 0 ? item->rest : (const uint32_t *)(const void *)(holes + count);
}

uint64_t fsi_stash_item_length(const struct fsi_stash_item *item)
{
	size_t count = 0;
	const struct fsi_stash_hole *holes = fsi_stash_item_holes(item, &count);

	return item->size - (count > 0 ? holes[count - 1].skipped : 0);
}

const void *fsi_stash_item_owner(const struct fsi_stash_item *item)
{
	return item->owner;
}

uint64_t fsi_stash_item_size(const struct fsi_stash_item *item)
{
	return item->size;
}

/* The last hole that begins at offset or before; NULL: none does. */
static const struct fsi_stash_hole *find_hole(const struct fsi_stash_item *item,
					      uint64_t offset)
{
	size_t count = 0;
	const struct fsi_stash_hole *holes = fsi_stash_item_holes(item, &count);
	size_t first = 0;

	while (count > 0) {
		const size_t half = count / 2;

		if (holes[first + half].offset <= offset) {
			first += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return first > 0 ? &holes[first - 1] : NULL;
}

/* ---- reading ----------------------------------------------------------- */

/* An item that is open. It keeps the file that it was in then, and the stash. */
struct reader {
	const struct fsi_stash_item *item;
	struct fsi_stash *stash;
	struct fsi_stash_file *file;
	char *name;
};

static HRESULT name_item(const struct reader *reader, HRESULT hr)
{
	return fsi_error_detail(hr, "It holds the data of \"%s\".", reader->name);
}

static HRESULT refuse_reading(const struct reader *reader, int error)
{
	HRESULT hr = S_OK;

	if (error == ESPIPE)
		hr = FSI_FAIL(IMAPI_E_STASHFILE_SEEK_FAILURE, FSI_STASH_KIND);
	else
		hr = fsi_error_with_reason(
			FSI_FAIL(IMAPI_E_STASHFILE_READ_FAILURE, FSI_STASH_KIND), error);
	return name_item(reader, hr);
}

static HRESULT refuse_content(const struct reader *reader, const char *what)
{
	const HRESULT hr = FSI_FAIL(IMAPI_E_STASHFILE_READ_FAILURE, FSI_STASH_KIND);

	return name_item(reader, fsi_error_detail(hr, "%s", what));
}

/* A whole chunk; start is where it is in the item. */
static HRESULT read_chunk(const struct reader *reader, uint64_t start, void *buffer,
			  size_t length)
{
	const struct fsi_stash_item *item = reader->item;
	const struct fsi_stash_hole *hole = find_hole(item, start);
	const uint64_t place = start - (hole != NULL ? hole->skipped : 0);
	size_t got = 0;
	int error = 0;

	if (hole != NULL && hole->offset + hole->size >= start + length) {
		memset(buffer, 0, length);
		return S_OK;
	}
	error = fsi_read_descriptor(reader->file->descriptor, item->offset + place,
				    buffer, length, false, &got);
	if (error != 0)
		return refuse_reading(reader, error);
	if (got < length)
		return refuse_content(reader, "It is shorter than it was.");
	if (fsi_stash_checksum(buffer, length) !=
	    checksums_of(item)[place / FSI_STASH_CHUNK_SIZE])
		return refuse_content(reader, "Its content is not what was written.");
	return S_OK;
}

/* A part of a chunk: all of it has to be read for its checksum. */
static HRESULT read_part(const struct reader *reader, uint64_t start, size_t length,
			 size_t skip, void *buffer, size_t wanted)
{
	uint8_t *chunk = fsi_allocate(length);
	HRESULT hr = S_OK;

	if (chunk == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = read_chunk(reader, start, chunk, length);
	if (SUCCEEDED(hr))
		memcpy(buffer, chunk + skip, wanted);
	fsi_free(chunk);
	return hr;
}

static HRESULT read_item(void *self, uint64_t offset, void *buffer, size_t length,
			 size_t *ret_read)
{
	const struct reader *reader = self;
	const uint64_t size = reader->item->size;
	const uint64_t left = offset < size ? size - offset : 0;
	const size_t wanted = left < length ? (size_t)left : length;
	size_t done = 0;

	while (done < wanted) {
		const uint64_t at = offset + done;
		const size_t skip = (size_t)(at % FSI_STASH_CHUNK_SIZE);
		const uint64_t start = at - skip;
		const size_t whole = size - start < FSI_STASH_CHUNK_SIZE
					     ? (size_t)(size - start)
					     : FSI_STASH_CHUNK_SIZE;
		const size_t piece =
			wanted - done < whole - skip ? wanted - done : whole - skip;
		uint8_t *to = (uint8_t *)buffer + done;

		FSI_TRY(piece == whole
				? read_chunk(reader, start, to, whole)
				: read_part(reader, start, whole, skip, to, piece));
		done += piece;
	}
	*ret_read = wanted;
	return S_OK;
}

static HRESULT measure_item(void *self, uint64_t *ret_size)
{
	const struct reader *reader = self;

	*ret_size = reader->item->size;
	return S_OK;
}

static HRESULT count_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	const struct reader *reader = self;
	const struct fsi_stash_hole *hole = find_hole(reader->item, offset);

	*ret_count = 0;
	if (hole != NULL && offset < hole->offset + hole->size)
		*ret_count = hole->offset + hole->size - offset;
	return S_OK;
}

static void close_item(void *self)
{
	struct reader *reader = self;

	fsi_stash_file_release(reader->file);
	fsi_stash_release(reader->stash);
	fsi_free(reader->name);
	fsi_free(reader);
}

static const struct fsi_stream_ops item_ops = {
	.size = sizeof(item_ops),
	.read_at = read_item,
	.get_size = measure_item,
	.count_zeros = count_zeros,
	.destroy = close_item,
};

HRESULT fsi_stash_open(const struct fsi_stash_item *item, const char *name,
		       fsi_stream **ret_stream)
{
	struct reader *reader = fsi_allocate(sizeof(*reader));
	HRESULT hr = S_OK;

	if (reader == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*reader = (struct reader){
		.item = item,
		.stash = fsi_stash_add_ref(item->stash),
		.file = fsi_stash_file_add_ref(item->stash->file),
		.name = fsi_duplicate_string(name),
	};
	hr = reader->name != NULL ? fsi_stream_make(&item_ops, reader, ret_stream)
				  : FSI_FAIL(E_OUTOFMEMORY);
	if (FAILED(hr))
		close_item(reader);
	return hr;
}
