/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding file entries. */
#include "udf/file_entry.h"

#include "base/checked.h"
#include "udf/revision.h"

#include <assert.h>

/* ECMA-167 4/14.6.2: one direct entry, in one block. */
#define STRATEGY 4

/* POSIX, as in st_mode. */
#define MODE_SET_UID 04000
#define MODE_SET_GID 02000
#define MODE_STICKY  01000

uint32_t fsi_udf_permissions_of_mode(uint16_t mode)
{
	/* Five bits for each of others, group, owner: the lowest three are rwx. */
	return (mode & 0007u) | (mode & 0070u) << 2 | (mode & 0700u) << 4;
}

uint16_t fsi_udf_icb_flags_of_mode(uint16_t mode)
{
	return (uint16_t)(((mode & MODE_SET_UID) != 0 ? FSI_UDF_ICB_SET_UID : 0) |
			  ((mode & MODE_SET_GID) != 0 ? FSI_UDF_ICB_SET_GID : 0) |
			  ((mode & MODE_STICKY) != 0 ? FSI_UDF_ICB_STICKY : 0));
}

/*
 * OSTA UDF 2.3.5. The parent's place stays zero: 2.50 demands it, and no reader
 * needs it.
 */
static void put_icb_tag(struct fsi_udf_icb_tag *field, const struct fsi_udf_entry *entry)
{
	fsi_put_le16(&field->strategy, STRATEGY);
	fsi_put_le16(&field->entry_count_max, 1);
	fsi_put_u8(&field->file_type, (uint8_t)entry->file_type);
	fsi_put_le16(&field->flags, entry->flags | FSI_UDF_ICB_SHORT_AD);
}

/* The body's extents, one behind the other; returns the bytes they took. */
static uint32_t put_extents(const struct fsi_udf_entry *entry, uint8_t *out)
{
	uint64_t left = entry->size;
	uint32_t block = entry->first_block;
	uint32_t used = 0;

	while (left > 0) {
		struct fsi_udf_short_ad extent;
		const uint32_t length = left < FSI_UDF_EXTENT_MAX_SIZE
						? (uint32_t)left
						: FSI_UDF_EXTENT_MAX_SIZE;

		fsi_udf_put_short_ad(&extent, length, block);
		memcpy(out + used, &extent, sizeof(extent));
		used += (uint32_t)sizeof(extent);
		block += length / FSI_BLOCK_SIZE;
		left -= length;
	}
	return used;
}

static void put_file_entry(const struct fsi_udf_entry *entry,
			   const struct fsi_udf_revision *revision, uint32_t location,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_file_entry record = {0};
	uint32_t descriptors_length = 0;

	assert(entry->size <=
	       (uint64_t)FSI_UDF_FILE_ENTRY_EXTENTS * FSI_UDF_EXTENT_MAX_SIZE);
	descriptors_length = put_extents(entry, *ret_block + sizeof(record));
	put_icb_tag(&record.icb_tag, entry);
	fsi_put_le32(&record.uid, entry->uid);
	fsi_put_le32(&record.gid, entry->gid);
	fsi_put_le32(&record.permissions, entry->permissions);
	fsi_put_le16(&record.link_count, entry->link_count);
	fsi_put_le64(&record.information_length, entry->size);
	fsi_put_le64(&record.recorded_blocks, fsi_blocks_of(entry->size));
	fsi_udf_put_timestamp(&record.access_time, entry->access_time);
	fsi_udf_put_timestamp(&record.modification_time, entry->modification_time);
	fsi_udf_put_timestamp(&record.attribute_time, entry->attribute_time);
	fsi_put_le32(&record.checkpoint, 1);
	fsi_udf_put_implementation(&record.implementation);
	fsi_put_le64(&record.unique_id, entry->unique_id);
	fsi_put_le32(&record.descriptors_length, descriptors_length);
	memcpy(*ret_block, &record, sizeof(record));
	fsi_udf_tag_seal(*ret_block, sizeof(record) + descriptors_length,
			 FSI_UDF_TAG_FILE_ENTRY, revision, location);
}

const struct fsi_udf_entry_form fsi_udf_file_entry_form = {
	.extents_max = FSI_UDF_FILE_ENTRY_EXTENTS,
	.put = put_file_entry,
};
