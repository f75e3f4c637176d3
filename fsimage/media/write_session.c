/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a session, and then the blocks that lead to it. */
#include "media/write_session.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/stream.h"

#include <string.h>

/* Blocks that are written at a time: a multiple of every write unit. */
#define PIECE_BLOCKS 512u

/* ECMA-167 3/8.4.2.1: anchors are in the last block and 256 before it, where readers
 * find them though nothing leads there. */
#define TAIL_BLOCKS 257u

struct writing {
	fsi_multisession *multisession;
	const struct fsi_session_write *write;
	const struct fsi_write_options *options;
	struct fsi_multisession_state state; /* of the disc, as it was before */
	fsi_stream *disc;
	uint64_t disc_size; /* in bytes, as it was before */
	uint8_t *buffer;    /* PIECE_BLOCKS */
};

static HRESULT report(const struct writing *writing, uint32_t done_blocks)
{
	const struct fsi_write_options *options = writing->options;
	const struct fsi_session_write *write = writing->write;
	const uint64_t total = write->end_block - write->first_block;

	if (options == NULL || options->progress == NULL)
		return S_OK;
	if (FAILED(options->progress(options->progress_context,
				     (uint64_t)done_blocks * FSI_BLOCK_SIZE,
				     total * FSI_BLOCK_SIZE)))
		return FSI_FAIL(E_IMAPI_REQUEST_CANCELLED);
	return S_OK;
}

/* All of so many blocks of a stream, whose first one is that of the disc. */
static HRESULT read_blocks(fsi_stream *stream, uint32_t first_block, uint32_t block,
			   uint32_t count, uint8_t *buffer)
{
	const size_t length = (size_t)count * FSI_BLOCK_SIZE;
	size_t done = 0;

	FSI_TRY(fsi_stream_read(stream, (uint64_t)(block - first_block) * FSI_BLOCK_SIZE,
				buffer, length, &done));
	if (done < length)
		return fsi_error_detail(FSI_FAIL(E_UNEXPECTED),
					"A stream ended too early.");
	return S_OK;
}

static HRESULT check(const struct writing *writing)
{
	const struct fsi_session_write *write = writing->write;
	const struct fsi_multisession_state *state = &writing->state;

	if (!fsi_multisession_can_write(writing->multisession))
		return fsi_error_detail(FSI_FAIL(E_ACCESSDENIED),
					"The disc was opened to be read only.");
	if (write->end_block > state->capacity_blocks)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
					"The session ends before block %u, the disc "
					"before block %u.",
					write->end_block, state->capacity_blocks);
	if (state->kind == FSI_MULTISESSION_SEQUENTIAL) {
		if (write->replaced_count > 0 || write->first_block != state->next_block)
			return fsi_error_detail(
				FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER),
				"The session is for block %u, the disc goes on in block "
				"%u.",
				write->first_block, state->next_block);
		return S_OK;
	}
	if (write->first_block % state->unit_blocks != 0 ||
	    (write->end_block - write->first_block) % state->unit_blocks != 0 ||
	    PIECE_BLOCKS % state->unit_blocks != 0)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_BAD_MULTISESSION_PARAMETER),
					"The disc is written in units of %u blocks.",
					state->unit_blocks);
	return S_OK;
}

/* ---- the session ------------------------------------------------------- */

static HRESULT write_blocks(const struct writing *writing, uint32_t block, uint32_t end)
{
	const struct fsi_session_write *write = writing->write;

	while (block < end) {
		const uint32_t rest = end - block;
		const uint32_t count = rest < PIECE_BLOCKS ? rest : PIECE_BLOCKS;

		FSI_TRY(read_blocks(write->image, write->image_block, block, count,
				    writing->buffer));
		FSI_TRY(fsi_multisession_write(writing->multisession, block,
					       writing->buffer, count));
		block += count;
		FSI_TRY(report(writing, block - write->first_block));
	}
	return S_OK;
}

/* Where a session that others find by its end may end for now. */
static uint32_t find_tail(const struct writing *writing)
{
	const struct fsi_session_write *write = writing->write;
	uint32_t tail = write->end_block;

	/* A sync ends the session of a disc that is written in sequence. */
	if (writing->state.kind == FSI_MULTISESSION_SEQUENTIAL ||
	    tail - write->first_block <= TAIL_BLOCKS)
		return tail;
	tail -= TAIL_BLOCKS;
	tail -= tail % writing->state.unit_blocks;
	return tail > write->first_block ? tail : write->end_block;
}

static HRESULT write_session(const struct writing *writing)
{
	const struct fsi_session_write *write = writing->write;
	const uint32_t tail = find_tail(writing);

	FSI_TRY(report(writing, 0));
	FSI_TRY(write_blocks(writing, write->first_block, tail));
	if (tail < write->end_block) {
		FSI_TRY(fsi_multisession_sync(writing->multisession));
		FSI_TRY(write_blocks(writing, tail, write->end_block));
	}
	return fsi_multisession_sync(writing->multisession);
}

/* Whatever was in the way, a disc that is no longer than before reads as before; what
 * it says while it is cut is not what went wrong. */
static void give_back(const struct writing *writing)
{
	struct fsi_error_state error;

	fsi_error_save(&error);
	(void)fsi_multisession_cut(writing->multisession, writing->disc_size);
	fsi_error_restore(&error);
}

/* ---- what leads to it -------------------------------------------------- */

/* How many of the blocks from index on are in the unit of the first one. */
static size_t count_in_unit(const struct writing *writing, size_t index)
{
	const struct fsi_session_write *write = writing->write;
	const uint32_t unit = writing->state.unit_blocks;
	size_t end = index + 1;

	while (end < write->replaced_count &&
	       write->replaced[end] / unit == write->replaced[index] / unit)
		end++;
	return end - index;
}

/* Write a unit with some of its blocks changed, unless they are on the disc already. */
static HRESULT replace_unit(const struct writing *writing, const uint32_t *blocks,
			    size_t count)
{
	const struct fsi_session_write *write = writing->write;
	const uint32_t unit = writing->state.unit_blocks;
	const uint32_t first = blocks[0] - blocks[0] % unit;
	const size_t size = (size_t)unit * FSI_BLOCK_SIZE;
	uint8_t block[FSI_BLOCK_SIZE];
	bool is_changed = false;

	FSI_TRY(read_blocks(writing->disc, 0, first, unit, writing->buffer));
	for (size_t i = 0; i < count; i++) {
		uint8_t *place =
			writing->buffer + (size_t)(blocks[i] - first) * FSI_BLOCK_SIZE;

		FSI_TRY(read_blocks(write->image, write->image_block, blocks[i], 1,
				    block));
		is_changed = is_changed || memcmp(place, block, sizeof(block)) != 0;
		memcpy(place, block, sizeof(block));
	}
	if (!is_changed)
		return S_OK;
	FSI_TRY(fsi_multisession_write(writing->multisession, first, writing->buffer,
				       (uint32_t)(size / FSI_BLOCK_SIZE)));
	return fsi_multisession_sync(writing->multisession);
}

static HRESULT replace_all(const struct writing *writing)
{
	const struct fsi_session_write *write = writing->write;

	for (size_t i = 0; i < write->replaced_count;) {
		const size_t count = count_in_unit(writing, i);

		FSI_TRY(replace_unit(writing, &write->replaced[i], count));
		i += count;
	}
	return S_OK;
}

static HRESULT write_all(struct writing *writing)
{
	HRESULT hr = check(writing);

	if (FAILED(hr))
		return hr;
	hr = write_session(writing);
	if (FAILED(hr)) {
		give_back(writing);
		return hr;
	}
	return replace_all(writing);
}

HRESULT fsi_media_write_session(fsi_multisession *multisession,
				const struct fsi_session_write *write,
				const struct fsi_write_options *options)
{
	struct writing writing = {
		.multisession = multisession, .write = write, .options = options};
	HRESULT hr = fsi_multisession_get_state(multisession, &writing.state);

	if (SUCCEEDED(hr))
		hr = fsi_multisession_open_stream(multisession, &writing.disc);
	if (SUCCEEDED(hr))
		hr = fsi_stream_measure(writing.disc, &writing.disc_size);
	if (SUCCEEDED(hr)) {
		writing.buffer = fsi_allocate((size_t)PIECE_BLOCKS * FSI_BLOCK_SIZE);
		hr = writing.buffer != NULL ? write_all(&writing)
					    : FSI_FAIL(E_OUTOFMEMORY);
	}
	fsi_free(writing.buffer);
	fsi_stream_release(writing.disc);
	return hr;
}
