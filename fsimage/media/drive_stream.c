/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blocks of a disc in a drive, as a stream. */
#include "error/fail.h"
#include "io/stream.h"
#include "media/burn.h"
#include "media/drive.h"

#include <string.h>

/* How many blocks are read at once: libburn asks for calls of no great size. */
#define PIECE_BLOCKS 32u

/* Do not try again block by block: whoever reads does that. */
#define NO_SECOND_TRY 4

HRESULT fsi_drive_read(struct fsi_drive *drive, uint32_t block, void *bytes,
		       uint32_t block_count)
{
	const off_t length = (off_t)block_count * FSI_BLOCK_SIZE;
	off_t got = 0;

	/* While it writes, a drive does not read. */
	if (drive->run.is_active)
		return FSI_FAIL(E_IMAPI_DF2DATA_WRITE_IN_PROGRESS);
	if (burn_read_data(drive->drive, (off_t)block * FSI_BLOCK_SIZE, bytes, length,
			   &got, NO_SECOND_TRY) > 0 &&
	    got == length)
		return S_OK;
	return fsi_burn_explain(FSI_FAIL(FSI_E_IO_DEVICE));
}

/* A part of the blocks around it; *ret_read is at least 1. */
static HRESULT read_piece(struct fsi_drive *drive, uint64_t offset, uint8_t *buffer,
			  size_t length, size_t *ret_read)
{
	uint8_t piece[PIECE_BLOCKS * FSI_BLOCK_SIZE];
	const size_t skipped = (size_t)(offset % FSI_BLOCK_SIZE);
	const uint32_t block = (uint32_t)(offset / FSI_BLOCK_SIZE);
	const size_t wanted =
		length < sizeof(piece) - skipped ? length : sizeof(piece) - skipped;
	const uint32_t count =
		(uint32_t)((skipped + wanted + FSI_BLOCK_SIZE - 1) / FSI_BLOCK_SIZE);

	FSI_TRY(fsi_drive_read(drive, block, piece, count));
	memcpy(buffer, piece + skipped, wanted);
	*ret_read = wanted;
	return S_OK;
}

static uint64_t size_of(const struct fsi_drive *drive)
{
	return (uint64_t)drive->facts.readable * FSI_BLOCK_SIZE;
}

static HRESULT read_drive(void *self, uint64_t offset, void *buffer, size_t length,
			  size_t *ret_read)
{
	struct fsi_drive *drive = self;
	size_t done = 0;
	uint64_t left = 0;
	HRESULT hr = S_OK;

	FSI_TRY(fsi_burn_begin());
	left = offset < size_of(drive) ? size_of(drive) - offset : 0;
	if (length > left)
		length = (size_t)left;
	while (done < length && SUCCEEDED(hr)) {
		size_t piece = 0;

		hr = read_piece(drive, offset + done, (uint8_t *)buffer + done,
				length - done, &piece);
		done += piece;
	}
	fsi_burn_end();
	*ret_read = done;
	return hr;
}

static HRESULT measure_drive(void *self, uint64_t *ret_size)
{
	struct fsi_drive *drive = self;

	FSI_TRY(fsi_burn_begin());
	*ret_size = size_of(drive);
	fsi_burn_end();
	return S_OK;
}

static void let_go(void *self)
{
	fsi_drive_release(self);
}

static const struct fsi_stream_ops ops = {
	.size = sizeof(ops),
	.read_at = read_drive,
	.get_size = measure_drive,
	.destroy = let_go,
};

HRESULT fsi_drive_open_stream(struct fsi_drive *drive, fsi_stream **ret_stream)
{
	FSI_TRY(fsi_stream_make(&ops, drive, ret_stream));
	fsi_drive_add_ref(drive);
	return S_OK;
}
