/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing to a disc that takes any block at any time. */
#include "error/fail.h"
#include "media/burn.h"
#include "media/drive.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* libburn asks for calls of no great size. */
#define PIECE_BLOCKS 32u

/* With this, the drive's buffer is written out. */
#define FLUSH 1

static HRESULT write_piece(struct fsi_drive *drive, uint32_t block, const uint8_t *bytes,
			   uint32_t block_count)
{
	char piece[PIECE_BLOCKS * FSI_BLOCK_SIZE];

	/* libburn takes what it only reads as if it changed it. */
	memcpy(piece, bytes, (size_t)block_count * FSI_BLOCK_SIZE);
	if (burn_random_access_write(drive->drive, (off_t)block * FSI_BLOCK_SIZE, piece,
				     (off_t)block_count * FSI_BLOCK_SIZE, 0) > 0)
		return S_OK;
	return fsi_burn_explain(FSI_FAIL(FSI_E_IO_DEVICE));
}

/* A part of one unit, where only whole units are written. */
static HRESULT write_part(struct fsi_drive *drive, uint32_t block, const uint8_t *bytes,
			  uint32_t block_count)
{
	uint8_t unit[PIECE_BLOCKS * FSI_BLOCK_SIZE];
	const uint32_t unit_blocks = (uint32_t)drive->facts.profile->unit_blocks;
	const uint32_t from = block % unit_blocks;

	if (from != 0 || block_count != unit_blocks)
		FSI_TRY(fsi_drive_read(drive, block - from, unit, unit_blocks));
	memcpy(unit + (size_t)from * FSI_BLOCK_SIZE, bytes,
	       (size_t)block_count * FSI_BLOCK_SIZE);
	return write_piece(drive, block - from, unit, unit_blocks);
}

/* As many as are written by one call. */
static uint32_t get_piece(const struct fsi_drive *drive, uint32_t block,
			  uint32_t block_count)
{
	const struct fsi_profile *profile = drive->facts.profile;
	const uint32_t unit = (uint32_t)profile->unit_blocks;
	const uint32_t limit =
		profile->is_unit_required ? unit - block % unit : PIECE_BLOCKS;

	return block_count < limit ? block_count : limit;
}

static HRESULT overwrite(struct fsi_drive *drive, uint32_t block, const uint8_t *bytes,
			 uint32_t block_count)
{
	const bool in_units = drive->facts.profile->is_unit_required;

	while (block_count > 0) {
		const uint32_t piece = get_piece(drive, block, block_count);

		FSI_TRY(in_units ? write_part(drive, block, bytes, piece)
				 : write_piece(drive, block, bytes, piece));
		block += piece;
		bytes += (size_t)piece * FSI_BLOCK_SIZE;
		block_count -= piece;
	}
	return S_OK;
}

HRESULT fsi_drive_overwrite(struct fsi_drive *drive, uint32_t block, const void *bytes,
			    uint32_t block_count)
{
	HRESULT hr = S_OK;

	FSI_TRY(fsi_burn_begin());
	hr = overwrite(drive, block, bytes, block_count);
	fsi_burn_end();
	return hr;
}

static HRESULT flush(struct fsi_drive *drive)
{
	char nothing[FSI_BLOCK_SIZE] = {0};

	if (burn_random_access_write(drive->drive, 0, nothing, 0, FLUSH) <= 0)
		return fsi_burn_explain(FSI_FAIL(FSI_E_IO_DEVICE));
	if (drive->lock_descriptor >= 0 && fsync(drive->lock_descriptor) != 0)
		return fsi_error_from_errno(errno);
	/* What lies behind the old end can be read from now on. */
	burn_drive_re_assess(drive->drive, 0);
	return fsi_drive_assess(drive);
}

HRESULT fsi_drive_flush(struct fsi_drive *drive)
{
	HRESULT hr = S_OK;

	FSI_TRY(fsi_burn_begin());
	hr = flush(drive);
	fsi_burn_end();
	return hr;
}
