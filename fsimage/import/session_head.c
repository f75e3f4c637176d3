/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the first blocks of a session tell. */
#include "import/session_head.h"

#include "base/bytes.h"
#include "error/fail.h"
#include "iso9660/read_records.h"

/* ECMA-167 3/8.4.2.1 */
#define ANCHOR_DISTANCE 256u
/* From the end of the partition to the end of the image, as this library writes it. */
#define TAIL_BLOCKS 257u
/* The blocks of a volume descriptor sequence that are looked at. */
#define SEQUENCE_MAX 64u

/* S_FALSE: it is not there or can't be read. */
static HRESULT read_block(struct fsi_media *media, uint64_t block,
			  uint8_t (*ret_bytes)[FSI_BLOCK_SIZE])
{
	const HRESULT hr = fsi_media_read(media, block * FSI_BLOCK_SIZE, *ret_bytes,
					  sizeof(*ret_bytes));

	return FAILED(hr) && hr != E_OUTOFMEMORY ? S_FALSE : hr;
}

static HRESULT read_iso9660(struct fsi_media *media, uint64_t block,
			    struct fsi_session_head *head)
{
	uint8_t bytes[FSI_BLOCK_SIZE];
	struct fsi_iso9660_volume volume;
	const HRESULT hr = read_block(media, block, &bytes);

	if (hr != S_OK)
		return hr;
	if (!fsi_iso9660_is_descriptor(bytes) || bytes[0] != FSI_ISO9660_PRIMARY)
		return S_OK;
	FSI_RECORD(fsi_iso9660_volume_descriptor, descriptor, bytes);
	fsi_iso9660_get_volume(bytes, &volume);
	head->has_iso9660 = true;
	head->root_block = volume.root_block;
	head->space_blocks = volume.block_count;
	head->path_table_block = fsi_get_le32(&descriptor->l_path_table);
	return S_OK;
}

static HRESULT read_udf(struct fsi_media *media, uint64_t block,
			struct fsi_session_head *head)
{
	uint8_t bytes[FSI_BLOCK_SIZE];
	const HRESULT hr = read_block(media, block, &bytes);

	if (hr != S_OK)
		return hr;
	if (block > UINT32_MAX || fsi_udf_tag_identifier(bytes) != FSI_UDF_TAG_ANCHOR ||
	    fsi_udf_tag_check(bytes, sizeof(bytes), (uint32_t)block) != FSI_UDF_SOUND)
		return S_OK;
	head->has_udf = true;
	fsi_udf_get_anchor(bytes, &head->anchor);
	return S_OK;
}

HRESULT fsi_import_read_head(struct fsi_media *media, uint32_t start_block,
			     uint32_t anchor_block, struct fsi_session_head *ret_head)
{
	const uint64_t anchor = anchor_block != 0
					? anchor_block
					: (uint64_t)start_block + ANCHOR_DISTANCE;
	HRESULT hr = S_OK;

	*ret_head = (struct fsi_session_head){.has_udf = false};
	hr = read_iso9660(media,
			  (uint64_t)start_block + FSI_ISO9660_FIRST_DESCRIPTOR_BLOCK,
			  ret_head);
	if (SUCCEEDED(hr))
		hr = read_udf(media, anchor, ret_head);
	return FAILED(hr) ? hr : S_OK;
}

bool fsi_import_is_same_iso9660(const struct fsi_session_head *one,
				const struct fsi_session_head *other)
{
	return one->has_iso9660 && other->has_iso9660 &&
	       one->root_block == other->root_block &&
	       one->path_table_block == other->path_table_block;
}

bool fsi_import_is_same_udf(const struct fsi_session_head *one,
			    const struct fsi_session_head *other)
{
	return one->has_udf && other->has_udf &&
	       one->anchor.main_sequence.block == other->anchor.main_sequence.block &&
	       one->anchor.main_sequence.length == other->anchor.main_sequence.length;
}

bool fsi_import_is_session(const struct fsi_session_head *head, uint32_t start_block)
{
	if (head->has_iso9660)
		return head->root_block > start_block && head->space_blocks > 0;
	return head->has_udf && head->anchor.main_sequence.block > start_block;
}

HRESULT fsi_import_find_root(struct fsi_media *media, const struct fsi_session_head *head)
{
	uint8_t bytes[FSI_BLOCK_SIZE];
	struct fsi_iso9660_found found;
	const HRESULT hr = read_block(media, head->root_block, &bytes);

	if (hr != S_OK)
		return hr;
	/* ECMA-119 6.8.2.2: the first record is that of the directory itself. */
	return fsi_iso9660_get_record(bytes, sizeof(bytes), FSI_ISO9660_NO_SYSTEM_USE,
				      &found) &&
			       found.first_block == head->root_block
		       ? S_OK
		       : S_FALSE;
}

/* ---- where it ends ----------------------------------------------------- */

/* The end of the volume that a descriptor sequence describes; 0: not known. */
static HRESULT find_udf_end(struct fsi_media *media, const struct fsi_udf_run *sequence,
			    uint64_t *ret_end)
{
	const uint32_t count = sequence->length / FSI_BLOCK_SIZE;

	*ret_end = 0;
	for (uint32_t n = 0; n < count && n < SEQUENCE_MAX; n++) {
		const uint64_t block = (uint64_t)sequence->block + n;
		uint8_t bytes[FSI_BLOCK_SIZE];
		struct fsi_udf_partition partition;
		const HRESULT hr = read_block(media, block, &bytes);

		if (hr != S_OK || fsi_udf_tag_is_blank(bytes))
			return FAILED(hr) ? hr : S_OK;
		if (fsi_udf_tag_identifier(bytes) != FSI_UDF_TAG_PARTITION ||
		    fsi_udf_tag_check(bytes, sizeof(bytes), (uint32_t)block) !=
			    FSI_UDF_SOUND)
			continue;
		fsi_udf_get_partition(bytes, &partition);
		*ret_end = (uint64_t)partition.first_block + partition.block_count +
			   TAIL_BLOCKS;
	}
	return S_OK;
}

/* udf_end and limit tell which of both a volume space size means. */
static uint64_t choose_iso9660_end(const struct fsi_session_head *head,
				   uint32_t start_block, uint64_t udf_end,
				   uint32_t limit_block)
{
	const uint64_t absolute = head->space_blocks;
	const uint64_t relative = absolute + start_block;

	if (absolute <= head->root_block)
		return relative;
	return absolute == udf_end || relative > limit_block ? absolute : relative;
}

HRESULT fsi_import_find_session_end(struct fsi_media *media,
				    const struct fsi_session_head *head,
				    uint32_t start_block, uint32_t limit_block,
				    uint32_t *ret_end_block)
{
	struct fsi_session_record record;
	uint64_t end = 0;

	if (head->has_udf)
		FSI_TRY(find_udf_end(media, &head->anchor.main_sequence, &end));
	if (head->has_iso9660) {
		const HRESULT hr =
			fsi_import_read_session_record(media, start_block, &record);

		if (FAILED(hr))
			return hr;
		/* This library counts from the start of the disc. */
		end = hr == S_OK
			      ? head->space_blocks
			      : choose_iso9660_end(head, start_block, end, limit_block);
	}
	*ret_end_block =
		end > start_block && end < limit_block ? (uint32_t)end : limit_block;
	return S_OK;
}

HRESULT fsi_import_read_session_record(struct fsi_media *media, uint32_t start_block,
				       struct fsi_session_record *ret_record)
{
	static const uint32_t distances[] = {FSI_SESSION_RECORD_WITH_UDF,
					     FSI_SESSION_RECORD_WITHOUT_UDF};

	for (size_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
		const uint64_t block = (uint64_t)start_block + distances[i];
		uint8_t bytes[FSI_BLOCK_SIZE];
		struct fsi_session_record record;
		const HRESULT hr = read_block(media, block, &bytes);

		if (FAILED(hr))
			return hr;
		if (hr == S_OK && block <= UINT32_MAX &&
		    fsi_session_record_get((const uint8_t(*)[FSI_BLOCK_SIZE]) & bytes,
					   (uint32_t)block, &record) &&
		    record.start_block == start_block) {
			*ret_record = record;
			return S_OK;
		}
	}
	return S_FALSE;
}
