/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting an item into the stash, chunk by chunk. */
#include "base/checked.h"
#include "base/vector.h"
#include "error/fail.h"
#include "stash/file.h"

#include <errno.h>
#include <string.h>

struct fsi_stash_writer {
	struct fsi_stash *stash;
	uint64_t size;	  /* of the item so far, with what is in the chunk */
	uint64_t skipped; /* of them, in chunks that take no room */
	bool in_hole;	  /* the last bytes were */
	bool is_zero;	  /* the chunk has bytes of a hole only */
	size_t used;	  /* of the chunk */
	FSI_VECTOR(uint32_t) checksums;
	FSI_VECTOR(struct fsi_stash_hole) holes;
	uint8_t chunk[FSI_STASH_CHUNK_SIZE];
};

static HRESULT refuse_writing(int error)
{
	if (error == ESPIPE)
		return FSI_FAIL(IMAPI_E_STASHFILE_SEEK_FAILURE, FSI_STASH_KIND);
	return fsi_error_with_reason(
		FSI_FAIL(IMAPI_E_STASHFILE_WRITE_FAILURE, FSI_STASH_KIND), error);
}

static HRESULT open_file(struct fsi_stash *stash)
{
	int error = 0;

	if (stash->file != NULL)
		return S_OK;
	error = fsi_stash_file_open(stash->directory, &stash->file);
	if (error == ENOMEM)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (error == 0)
		return S_OK;
	return fsi_error_detail(
		fsi_error_with_reason(
			FSI_FAIL(IMAPI_E_STASHFILE_OPEN_FAILURE, FSI_STASH_KIND), error),
		"It is \"%s\".", stash->directory);
}

HRESULT fsi_stash_begin(struct fsi_stash *stash, uint64_t needed,
			struct fsi_stash_writer **ret_writer)
{
	struct fsi_stash_writer *writer = NULL;

	FSI_TRY(open_file(stash));
	FSI_TRY(fsi_stash_file_check_room(stash->file, stash->directory, needed));
	writer = fsi_allocate(sizeof(*writer));
	if (writer == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	/* The chunk is set when it is used. */
	memset(writer, 0, offsetof(struct fsi_stash_writer, chunk));
	writer->stash = stash;
	*ret_writer = writer;
	return S_OK;
}

static void free_writer(struct fsi_stash_writer *writer)
{
	fsi_vector_free(&writer->checksums);
	fsi_vector_free(&writer->holes);
	fsi_free(writer);
}

void fsi_stash_abandon(struct fsi_stash_writer *writer)
{
	if (writer == NULL)
		return;
	fsi_stash_trim(writer->stash);
	free_writer(writer);
}

/* The chunk is complete, or the item is. */
static HRESULT put_chunk(struct fsi_stash_writer *writer)
{
	const struct fsi_stash *stash = writer->stash;
	int error = 0;

	if (writer->is_zero) {
		writer->skipped += writer->used;
	} else if (writer->used > 0) {
		if (!fsi_vector_reserve(&writer->checksums, 1))
			return FSI_FAIL(E_OUTOFMEMORY);
		error = fsi_stash_file_write(stash->file,
					     stash->end + writer->size - writer->used -
						     writer->skipped,
					     writer->chunk, writer->used);
		if (error != 0)
			return refuse_writing(error);
		writer->checksums.items[writer->checksums.count++] =
			fsi_stash_checksum(writer->chunk, writer->used);
	}
	writer->used = 0;
	writer->is_zero = false;
	return S_OK;
}

uint8_t *fsi_stash_buffer(struct fsi_stash_writer *writer, size_t *ret_room)
{
	*ret_room = FSI_STASH_CHUNK_SIZE - writer->used;
	return writer->chunk + writer->used;
}

static HRESULT add_bytes(struct fsi_stash_writer *writer, size_t length)
{
	if (!fsi_add_u64(writer->size, length, &writer->size))
		return refuse_writing(EFBIG);
	writer->used += length;
	return writer->used == FSI_STASH_CHUNK_SIZE ? put_chunk(writer) : S_OK;
}

/* All that was skipped up to here was in this hole, or before. */
static void end_hole(struct fsi_stash_writer *writer)
{
	if (writer->in_hole)
		writer->holes.items[writer->holes.count - 1].skipped = writer->skipped;
	writer->in_hole = false;
}

HRESULT fsi_stash_advance(struct fsi_stash_writer *writer, size_t length)
{
	if (length == 0)
		return S_OK;
	/* A chunk that a hole began is in the file after all. */
	end_hole(writer);
	writer->is_zero = false;
	return add_bytes(writer, length);
}

static HRESULT begin_hole(struct fsi_stash_writer *writer)
{
	if (writer->in_hole)
		return S_OK;
	/* The item has 32 bits for their number. */
	if (writer->holes.count == UINT32_MAX || !fsi_vector_reserve(&writer->holes, 1))
		return FSI_FAIL(E_OUTOFMEMORY);
	writer->holes.items[writer->holes.count++] =
		(struct fsi_stash_hole){.offset = writer->size};
	writer->in_hole = true;
	return S_OK;
}

HRESULT fsi_stash_skip(struct fsi_stash_writer *writer, uint64_t length)
{
	uint64_t end = 0;

	if (length == 0)
		return S_OK;
	if (!fsi_add_u64(writer->size, length, &end))
		return refuse_writing(EFBIG);
	FSI_TRY(begin_hole(writer));
	writer->holes.items[writer->holes.count - 1].size += length;
	while (length > 0) {
		const size_t room = FSI_STASH_CHUNK_SIZE - writer->used;
		const size_t piece = length < room ? (size_t)length : room;

		if (writer->used == 0 && length >= FSI_STASH_CHUNK_SIZE) {
			const uint64_t whole = length - length % FSI_STASH_CHUNK_SIZE;

			writer->size += whole;
			writer->skipped += whole;
			length -= whole;
			continue;
		}
		if (writer->used == 0)
			writer->is_zero = true;
		memset(writer->chunk + writer->used, 0, piece);
		FSI_TRY(add_bytes(writer, piece));
		length -= piece;
	}
	return S_OK;
}

/* ---- the item ---------------------------------------------------------- */

static HRESULT make_item(struct fsi_stash_writer *writer, const void *owner,
			 const struct fsi_stash_item **ret_item)
{
	struct fsi_stash *stash = writer->stash;
	struct fsi_stash_item *item = fsi_arena_allocate(
		&stash->arena,
		fsi_stash_item_room(writer->checksums.count, writer->holes.count));

	if (item == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	item->stash = stash;
	item->owner = owner;
	item->offset = stash->end;
	item->size = writer->size;
	item->hole_count = (uint32_t)writer->holes.count;
	if (writer->holes.count > 0)
		memcpy(fsi_stash_item_hole_list(item), writer->holes.items,
		       writer->holes.count * sizeof(struct fsi_stash_hole));
	if (writer->checksums.count > 0)
		memcpy(fsi_stash_item_checksum_list(item), writer->checksums.items,
		       writer->checksums.count * sizeof(uint32_t));
	stash->end += writer->size - writer->skipped;
	*ret_item = item;
	return S_OK;
}

HRESULT fsi_stash_finish(struct fsi_stash_writer *writer, const void *owner,
			 const struct fsi_stash_item **ret_item)
{
	HRESULT hr = put_chunk(writer);

	end_hole(writer);
	if (SUCCEEDED(hr))
		hr = make_item(writer, owner, ret_item);
	if (FAILED(hr))
		fsi_stash_abandon(writer);
	else
		free_writer(writer);
	return hr;
}
