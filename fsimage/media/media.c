/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of a disc or image, read through a small cache. */
#include "media/media.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/stream.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* A line is an ECC block of DVD; there are enough for directories, entries and
 * tables to be read by turns. */
#define LINE_SIZE  (16 * (size_t)FSI_BLOCK_SIZE)
#define LINE_COUNT 16

/* How much is kept of what a stream said of its failure. */
#define REASON_SIZE 512

struct line {
	uint64_t number; /* offset / LINE_SIZE */
	uint64_t used;	 /* when: the count of media->uses */
	uint8_t *bytes;	 /* NULL: the line is empty */
};

struct fsi_media {
	atomic_uint references;
	fsi_stream *stream;
	uint64_t size;
	uint32_t session_block;
	pthread_mutex_t lock; /* of what follows */
	uint64_t uses;
	struct line lines[LINE_COUNT];
};

HRESULT fsi_media_open(fsi_stream *stream, uint32_t session_block, uint32_t block_count,
		       struct fsi_media **ret_media)
{
	const uint64_t recorded = (uint64_t)block_count * FSI_BLOCK_SIZE;
	struct fsi_media *media = NULL;
	uint64_t size = 0;

	FSI_TRY(fsi_stream_measure(stream, &size));
	media = fsi_allocate_zeroed(1, sizeof(*media));
	if (media == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (pthread_mutex_init(&media->lock, NULL) != 0) {
		fsi_free(media);
		return FSI_FAIL(E_OUTOFMEMORY);
	}
	atomic_init(&media->references, 1);
	media->stream = fsi_stream_add_ref(stream);
	media->size = block_count != 0 && recorded < size ? recorded : size;
	media->session_block = session_block;
	*ret_media = media;
	return S_OK;
}

struct fsi_media *fsi_media_add_ref(struct fsi_media *media)
{
	atomic_fetch_add_explicit(&media->references, 1, memory_order_relaxed);
	return media;
}

void fsi_media_release(struct fsi_media *media)
{
	if (media == NULL ||
	    atomic_fetch_sub_explicit(&media->references, 1, memory_order_acq_rel) != 1)
		return;
	for (unsigned i = 0; i < LINE_COUNT; i++)
		fsi_free(media->lines[i].bytes);
	pthread_mutex_destroy(&media->lock);
	fsi_stream_release(media->stream);
	fsi_free(media);
}

uint64_t fsi_media_size(const struct fsi_media *media)
{
	return media->size;
}

uint32_t fsi_media_block_count(const struct fsi_media *media)
{
	const uint64_t blocks = media->size / FSI_BLOCK_SIZE;

	return blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX;
}

uint32_t fsi_media_session_block(const struct fsi_media *media)
{
	return media->session_block;
}

static HRESULT check_range(const struct fsi_media *media, uint64_t offset, size_t length)
{
	uint64_t first_missing = offset;

	if (offset <= media->size && length <= media->size - offset)
		return S_OK;
	if (offset < media->size)
		first_missing = media->size;
	return FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE,
			(int64_t)(first_missing / FSI_BLOCK_SIZE));
}

/* What the stream said becomes a sentence of the error that tells the block. */
static HRESULT cannot_read(HRESULT hr, uint64_t offset)
{
	const uint64_t block = offset / FSI_BLOCK_SIZE;
	char reason[REASON_SIZE] = "";

	if (hr == E_OUTOFMEMORY)
		return hr;
	strncat(reason, fsi_error_get_message(), sizeof(reason) - 1);
	return fsi_error_detail(
		FSI_FAIL(IMAPI_E_IMPORT_READ_FAILURE,
			 block < UINT32_MAX ? (uint32_t)block : UINT32_MAX),
		"%s", reason);
}

/* All of it, or an error that names the first block. */
static HRESULT read_piece(struct fsi_media *media, uint64_t offset, void *buffer,
			  size_t length)
{
	size_t done = 0;
	const HRESULT hr = fsi_stream_read(media->stream, offset, buffer, length, &done);

	if (FAILED(hr))
		return cannot_read(hr, offset);
	if (done < length)
		return FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE,
				(int64_t)((offset + done) / FSI_BLOCK_SIZE));
	return S_OK;
}

/* Block by block, to find the one that can't be read. */
static HRESULT read_blocks(struct fsi_media *media, uint64_t offset, uint8_t *buffer,
			   size_t length)
{
	size_t done = 0;

	while (done < length) {
		size_t piece =
			FSI_BLOCK_SIZE - (size_t)((offset + done) % FSI_BLOCK_SIZE);

		if (piece > length - done)
			piece = length - done;
		FSI_TRY(read_piece(media, offset + done, buffer + done, piece));
		done += piece;
	}
	return S_OK;
}

HRESULT fsi_media_read_data(struct fsi_media *media, uint64_t offset, void *buffer,
			    size_t length)
{
	FSI_TRY(check_range(media, offset, length));
	if (SUCCEEDED(read_piece(media, offset, buffer, length)))
		return S_OK;
	return read_blocks(media, offset, buffer, length);
}

uint64_t fsi_media_count_zeros(struct fsi_media *media, uint64_t offset)
{
	uint64_t count = 0;

	/* What can't be told now will be told when it is read. */
	if (offset >= media->size ||
	    FAILED(fsi_stream_count_zeros(media->stream, offset, &count)))
		return 0;
	return count < media->size - offset ? count : media->size - offset;
}

/* Copy from a line of the cache; false when it is not there. */
static bool copy_from_cache(struct fsi_media *media, uint64_t number, size_t from,
			    uint8_t *buffer, size_t length)
{
	bool found = false;

	pthread_mutex_lock(&media->lock);
	for (unsigned i = 0; i < LINE_COUNT && !found; i++) {
		struct line *line = &media->lines[i];

		found = line->bytes != NULL && line->number == number;
		if (found) {
			line->used = ++media->uses;
			memcpy(buffer, line->bytes + from, length);
		}
	}
	pthread_mutex_unlock(&media->lock);
	return found;
}

/* Takes bytes, in the place of the line that was not used for the longest time. */
static void put_into_cache(struct fsi_media *media, uint64_t number, uint8_t *bytes)
{
	struct line *oldest = &media->lines[0];
	uint8_t *superseded = NULL;

	pthread_mutex_lock(&media->lock);
	for (unsigned i = 1; i < LINE_COUNT && oldest->bytes != NULL; i++) {
		struct line *line = &media->lines[i];

		if (line->bytes == NULL || line->used < oldest->used)
			oldest = line;
	}
	superseded = oldest->bytes;
	oldest->bytes = bytes;
	oldest->number = number;
	oldest->used = ++media->uses;
	pthread_mutex_unlock(&media->lock);
	fsi_free(superseded);
}

/* A part of one line, which is read as a whole unless a block of it is bad. */
static HRESULT read_part(struct fsi_media *media, uint64_t offset, uint8_t *buffer,
			 size_t length)
{
	const uint64_t number = offset / LINE_SIZE;
	const uint64_t begin = number * LINE_SIZE;
	const size_t from = (size_t)(offset - begin);
	const size_t size = media->size - begin < LINE_SIZE
				    ? (size_t)(media->size - begin)
				    : LINE_SIZE;
	uint8_t *bytes = NULL;

	if (copy_from_cache(media, number, from, buffer, length))
		return S_OK;
	bytes = fsi_allocate(LINE_SIZE);
	if (bytes == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	if (FAILED(read_piece(media, begin, bytes, size))) {
		fsi_free(bytes);
		return read_blocks(media, offset, buffer, length);
	}
	memcpy(buffer, bytes + from, length);
	put_into_cache(media, number, bytes);
	return S_OK;
}

HRESULT fsi_media_read(struct fsi_media *media, uint64_t offset, void *buffer,
		       size_t length)
{
	uint8_t *out = buffer;
	size_t done = 0;

	FSI_TRY(check_range(media, offset, length));
	while (done < length) {
		size_t piece = LINE_SIZE - (size_t)((offset + done) % LINE_SIZE);

		if (piece > length - done)
			piece = length - done;
		FSI_TRY(read_part(media, offset + done, out + done, piece));
		done += piece;
	}
	return S_OK;
}
