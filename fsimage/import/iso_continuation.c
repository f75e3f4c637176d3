/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where system use areas go on (SUSP 5.1). libisofs follows them for each record, and
 * neither looks whether an entry ends where its area does, nor whether an area that
 * begins far behind its block is there at all: so it is to see none that is not sound.
 */
#include "import/iso_reader.h"

#include "error/fail.h"

#include <inttypes.h>

/* An area begins in the block that is told, and is no larger than some of them. */
#define AREA_SIZE_MAX 65536u

/* How often the area of one record may go on. */
#define AREAS_MAX 64

static HRESULT read_area(struct fsi_iso_reader *reader,
			 const struct fsi_iso9660_continuation *area, uint8_t *bytes)
{
	const uint64_t offset = (uint64_t)area->block * FSI_BLOCK_SIZE + area->offset;

	return fsi_media_read(reader->media, offset, bytes, area->length);
}

static HRESULT refuse(const struct fsi_iso_reader *reader,
		      const struct fsi_iso9660_continuation *area)
{
	return fsi_iso_reader_inconsistent(reader,
					   "The continuation area of %" PRIu32
					   " bytes at byte %" PRIu32 " of block %" PRIu32
					   " is not one of whole entries.",
					   area->length, area->offset, area->block);
}

static HRESULT follow(struct fsi_iso_reader *reader, struct fsi_iso9660_found *found,
		      uint8_t **bytes)
{
	const struct fsi_iso9660_continuation area = found->continuation;

	if (area.offset >= FSI_BLOCK_SIZE || area.length > AREA_SIZE_MAX)
		return refuse(reader, &area);
	if (*bytes == NULL)
		*bytes = fsi_allocate(AREA_SIZE_MAX);
	if (*bytes == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	FSI_TRY(read_area(reader, &area, *bytes));
	found->continuation.length = 0;
	return fsi_iso9660_get_system_use(*bytes, area.length, found)
		       ? S_OK
		       : refuse(reader, &area);
}

HRESULT fsi_iso_reader_follow(struct fsi_iso_reader *reader,
			      struct fsi_iso9660_found *found)
{
	uint8_t *bytes = NULL;
	HRESULT hr = S_OK;

	for (unsigned n = 0; SUCCEEDED(hr) && found->continuation.length > 0; n++)
		hr = n < AREAS_MAX ? follow(reader, found, &bytes)
				   : refuse(reader, &found->continuation);
	fsi_free(bytes);
	return hr;
}

HRESULT fsi_iso_reader_check_first(struct fsi_iso_reader *reader, uint32_t block,
				   unsigned skipped)
{
	struct fsi_iso9660_found found;
	uint8_t bytes[FSI_BLOCK_SIZE];

	FSI_TRY(fsi_media_read(reader->media, (uint64_t)block * FSI_BLOCK_SIZE, bytes,
			       sizeof(bytes)));
	if (!fsi_iso9660_get_record(bytes, sizeof(bytes), skipped, &found) ||
	    (found.flags & (FSI_ISO9660_DIRECTORY | FSI_ISO9660_MULTI_EXTENT)) !=
		    FSI_ISO9660_DIRECTORY)
		return fsi_iso_reader_inconsistent(
			reader,
			"The first directory record of block %" PRIu32
			" is not that of a directory itself.",
			block);
	return fsi_iso_reader_follow(reader, &found);
}
