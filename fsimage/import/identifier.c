/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By what a disc is known again. */
#include "import/identifier.h"

#include "base/memory.h"
#include "error/fail.h"
#include "import/file_systems.h"
#include "import/udf_mount.h"

#include <inttypes.h>
#include <stdio.h>
#include <xxhash.h>

/* Of a sequence of UDF; more than any writer records. */
#define SEQUENCE_BYTES_MAX (32u * FSI_BLOCK_SIZE)

struct digest {
	struct fsi_media *media;
	uint64_t value;
};

static void add(struct digest *digest, const void *bytes, size_t length)
{
	digest->value = XXH3_64bits_withSeed(bytes, length, digest->value);
}

/* ECMA-167 2/8, ECMA-119 6.7.1: all descriptors of the sequence that is recognised. */
static HRESULT add_recognition(struct digest *digest)
{
	uint64_t offset =
		(uint64_t)fsi_media_session_block(digest->media) * FSI_BLOCK_SIZE +
		FSI_IMPORT_RECOGNITION_OFFSET;

	for (unsigned n = 0; n < FSI_IMPORT_RECOGNITION_BLOCKS_MAX; n++) {
		uint8_t block[FSI_BLOCK_SIZE];
		const HRESULT hr =
			fsi_media_read(digest->media, offset, block, sizeof(block));

		/* A disc may end here. */
		if (hr == IMAPI_E_IMPORT_SEEK_FAILURE)
			break;
		FSI_TRY(hr);
		if (fsi_udf_get_recognition(block) == FSI_UDF_RECOGNISED_NOTHING)
			break;
		add(digest, block, sizeof(block));
		offset += FSI_BLOCK_SIZE;
	}
	return S_OK;
}

/*
 * A run of descriptors. The reserve may stand in for one that can't be read, so that is
 * noted like a content.
 */
static HRESULT add_run(struct digest *digest, const struct fsi_udf_run *run,
		       uint32_t block_size, uint8_t *buffer, size_t *ret_length)
{
	const size_t length =
		run->length < SEQUENCE_BYTES_MAX ? run->length : SEQUENCE_BYTES_MAX;
	const HRESULT hr = fsi_media_read(
		digest->media, (uint64_t)run->block * block_size, buffer, length);

	*ret_length = 0;
	if (hr == E_OUTOFMEMORY)
		return hr;
	add(digest, FAILED(hr) ? (const void *)&hr : buffer,
	    FAILED(hr) ? sizeof(hr) : length);
	if (SUCCEEDED(hr))
		*ret_length = length;
	return S_OK;
}

/* The logical volume names the descriptors that every change of the volume changes. */
static HRESULT add_integrity(struct digest *digest, const uint8_t *sequence,
			     size_t length, uint32_t block_size, uint8_t *buffer)
{
	for (size_t at = 0; at + block_size <= length; at += block_size) {
		struct fsi_udf_logical_volume volume;
		size_t ignored = 0;

		if (fsi_udf_tag_identifier(sequence + at) != FSI_UDF_TAG_LOGICAL_VOLUME ||
		    fsi_udf_get_logical_volume(sequence + at, block_size, &volume) !=
			    FSI_UDF_SOUND)
			continue;
		FSI_TRY(add_run(digest, &volume.integrity_sequence, block_size, buffer,
				&ignored));
	}
	return S_OK;
}

static HRESULT add_volumes(struct digest *digest, const struct fsi_udf_places *places,
			   uint8_t *sequence, uint8_t *buffer)
{
	for (unsigned i = 0; i < places->count; i++) {
		size_t length = 0;

		FSI_TRY(add_run(digest, &places->items[i].anchor.main_sequence,
				places->block_size, sequence, &length));
		FSI_TRY(add_integrity(digest, sequence, length, places->block_size,
				      buffer));
	}
	return S_OK;
}

/* Of UDF, if it is there. */
static HRESULT add_udf(struct digest *digest)
{
	struct fsi_udf_places places;
	uint8_t *buffers = NULL;
	HRESULT hr = fsi_import_udf_find_anchors(digest->media, 0, &places);

	if (FAILED(hr))
		return hr == E_OUTOFMEMORY ? hr : S_OK;
	buffers = fsi_allocate(2 * (size_t)SEQUENCE_BYTES_MAX);
	if (buffers == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	hr = add_volumes(digest, &places, buffers, buffers + SEQUENCE_BYTES_MAX);
	fsi_free(buffers);
	return hr;
}

HRESULT fsi_import_identify(struct fsi_media *media,
			    char ret_identifier[FSI_IMPORT_IDENTIFIER_SIZE])
{
	/* The sessions of a disc differ by where they begin. */
	struct digest digest = {.media = media, .value = fsi_media_session_block(media)};

	FSI_TRY(add_recognition(&digest));
	FSI_TRY(add_udf(&digest));
	fsi_error_clear();
	snprintf(ret_identifier, FSI_IMPORT_IDENTIFIER_SIZE, "%016" PRIx64, digest.value);
	return S_OK;
}
