/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding file entries. */
#include "udf/file_entry.h"

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
	fsi_put_le16(&field->strategy, FSI_UDF_STRATEGY_ONE_ENTRY);
	fsi_put_le16(&field->entry_count_max, 1);
	fsi_put_u8(&field->file_type, (uint8_t)entry->file_type);
	fsi_put_le16(&field->flags, entry->flags);
}

static void put_file_entry(const struct fsi_udf_entry *entry,
			   const struct fsi_udf_revision *revision, uint32_t location,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_file_entry record = {0};

	put_icb_tag(&record.icb_tag, entry);
	fsi_put_le32(&record.uid, entry->uid);
	fsi_put_le32(&record.gid, entry->gid);
	fsi_put_le32(&record.permissions, entry->permissions);
	fsi_put_le16(&record.link_count, entry->link_count);
	fsi_put_le64(&record.information_length, entry->size);
	fsi_put_le64(&record.recorded_blocks, entry->recorded_blocks);
	fsi_udf_put_timestamp(&record.access_time, entry->access_time);
	fsi_udf_put_timestamp(&record.modification_time, entry->modification_time);
	fsi_udf_put_timestamp(&record.attribute_time, entry->attribute_time);
	fsi_put_le32(&record.checkpoint, 1);
	fsi_udf_put_implementation(&record.implementation);
	fsi_put_le64(&record.unique_id, entry->unique_id);
	fsi_put_le32(&record.attributes_length, entry->attributes_length);
	fsi_put_le32(&record.descriptors_length, entry->descriptors_length);
	memcpy(*ret_block, &record, sizeof(record));
	fsi_udf_tag_seal(*ret_block,
			 sizeof(record) + entry->attributes_length +
				 entry->descriptors_length,
			 FSI_UDF_TAG_FILE_ENTRY, revision, location);
}

static void put_extended_file_entry(const struct fsi_udf_entry *entry,
				    const struct fsi_udf_revision *revision,
				    uint32_t location,
				    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_extended_file_entry record = {0};

	put_icb_tag(&record.icb_tag, entry);
	fsi_put_le32(&record.uid, entry->uid);
	fsi_put_le32(&record.gid, entry->gid);
	fsi_put_le32(&record.permissions, entry->permissions);
	fsi_put_le16(&record.link_count, entry->link_count);
	fsi_put_le64(&record.information_length, entry->size);
	fsi_put_le64(&record.object_size, entry->object_size);
	fsi_put_le64(&record.recorded_blocks, entry->recorded_blocks);
	fsi_udf_put_timestamp(&record.access_time, entry->access_time);
	fsi_udf_put_timestamp(&record.modification_time, entry->modification_time);
	fsi_udf_put_timestamp(&record.creation_time, entry->creation_time);
	fsi_udf_put_timestamp(&record.attribute_time, entry->attribute_time);
	fsi_put_le32(&record.checkpoint, 1);
	if (entry->has_streams)
		fsi_udf_put_long_ad(&record.stream_directory, FSI_BLOCK_SIZE,
				    entry->stream_directory, 0);
	fsi_udf_put_implementation(&record.implementation);
	fsi_put_le64(&record.unique_id, entry->unique_id);
	fsi_put_le32(&record.attributes_length, entry->attributes_length);
	fsi_put_le32(&record.descriptors_length, entry->descriptors_length);
	memcpy(*ret_block, &record, sizeof(record));
	fsi_udf_tag_seal(*ret_block,
			 sizeof(record) + entry->attributes_length +
				 entry->descriptors_length,
			 FSI_UDF_TAG_EXTENDED_FILE_ENTRY, revision, location);
}

const struct fsi_udf_entry_form fsi_udf_file_entry_form = {
	.size = sizeof(struct fsi_udf_file_entry),
	.put = put_file_entry,
};

const struct fsi_udf_entry_form fsi_udf_extended_file_entry_form = {
	.size = sizeof(struct fsi_udf_extended_file_entry),
	.put = put_extended_file_entry,
};
