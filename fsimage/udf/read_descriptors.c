/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the descriptors of a UDF volume. */
#include "udf/read_descriptors.h"

/* ECMA-167 3/10.10.3 */
#define INTEGRITY_CLOSED 1

enum fsi_udf_recognition fsi_udf_get_recognition(const uint8_t *block)
{
	/* ECMA-119 8.1.2, ECMA-167 2/9 and 3/9.1, ECMA-168 */
	static const struct {
		char identifier[6];
		enum fsi_udf_recognition meaning;
	} known[] = {
		{"CD001", FSI_UDF_RECOGNISED_ISO9660},
		{"NSR02", FSI_UDF_RECOGNISED_UDF},
		{"NSR03", FSI_UDF_RECOGNISED_UDF},
		{"BEA01", FSI_UDF_RECOGNISED_OTHER},
		{"TEA01", FSI_UDF_RECOGNISED_OTHER},
		{"BOOT2", FSI_UDF_RECOGNISED_OTHER},
		{"CDW02", FSI_UDF_RECOGNISED_OTHER},
	};
	FSI_UDF_RECORD(fsi_udf_volume_structure_descriptor, descriptor, block);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (memcmp(descriptor->standard_identifier, known[i].identifier,
			   sizeof(descriptor->standard_identifier)) == 0)
			return known[i].meaning;
	}
	return FSI_UDF_RECOGNISED_NOTHING;
}

void fsi_udf_get_extent_ad(const struct fsi_udf_extent_ad *field,
			   struct fsi_udf_run *ret_run)
{
	ret_run->length = fsi_get_le32(&field->length);
	ret_run->block = fsi_get_le32(&field->location);
}

void fsi_udf_get_anchor(const uint8_t *block, struct fsi_udf_anchor *ret_anchor)
{
	FSI_UDF_RECORD(fsi_udf_anchor_descriptor, record, block);

	fsi_udf_get_extent_ad(&record->main_sequence, &ret_anchor->main_sequence);
	fsi_udf_get_extent_ad(&record->reserve_sequence, &ret_anchor->reserve_sequence);
}

uint32_t fsi_udf_get_sequence_number(const uint8_t *block)
{
	FSI_UDF_RECORD(fsi_udf_volume_pointer_descriptor, record, block);

	/* All have it behind the tag. */
	return fsi_get_le32(&record->sequence_number);
}

void fsi_udf_get_volume_pointer(const uint8_t *block, struct fsi_udf_run *ret_next)
{
	FSI_UDF_RECORD(fsi_udf_volume_pointer_descriptor, record, block);

	fsi_udf_get_extent_ad(&record->next_extent, ret_next);
}

void fsi_udf_get_primary(const uint8_t *block, struct fsi_udf_primary *ret_primary)
{
	FSI_UDF_RECORD(fsi_udf_primary_volume_descriptor, record, block);

	fsi_udf_get_dstring(record->volume_identifier, sizeof(record->volume_identifier),
			    ret_primary->volume_identifier);
	fsi_udf_get_dstring(record->volume_set_identifier,
			    sizeof(record->volume_set_identifier),
			    ret_primary->volume_set_identifier);
	memcpy(ret_primary->volume_set_field, record->volume_set_identifier,
	       sizeof(ret_primary->volume_set_field));
	fsi_udf_get_regid(&record->application, &ret_primary->application);
	fsi_udf_get_regid(&record->implementation, &ret_primary->implementation);
	ret_primary->volume_number = fsi_get_le16(&record->volume_number);
	fsi_udf_get_timestamp(&record->recording_time, &ret_primary->recording_time);
}

bool fsi_udf_get_information(const uint8_t *block, struct fsi_udf_information *ret_val)
{
	FSI_UDF_RECORD(fsi_udf_implementation_use_descriptor, record, block);

	if (!fsi_udf_regid_is(&record->identifier, "*UDF LV Info"))
		return false;
	fsi_udf_get_dstring(record->owner, sizeof(record->owner), ret_val->owner);
	fsi_udf_get_dstring(record->organisation, sizeof(record->organisation),
			    ret_val->organisation);
	fsi_udf_get_dstring(record->contact, sizeof(record->contact), ret_val->contact);
	return true;
}

void fsi_udf_get_partition(const uint8_t *block, struct fsi_udf_partition *ret_partition)
{
	FSI_UDF_RECORD(fsi_udf_partition_descriptor, record, block);

	ret_partition->number = fsi_get_le16(&record->number);
	ret_partition->access = fsi_get_le32(&record->access_type);
	ret_partition->first_block = fsi_get_le32(&record->first_block);
	ret_partition->block_count = fsi_get_le32(&record->blocks);
}

enum fsi_udf_fault fsi_udf_get_logical_volume(const uint8_t *block, size_t size,
					      struct fsi_udf_logical_volume *ret_volume)
{
	FSI_UDF_RECORD(fsi_udf_logical_volume_descriptor, record, block);
	uint32_t maps_size = 0;

	maps_size = fsi_get_le32(&record->map_table_length);
	if (maps_size > size - sizeof(*record))
		return FSI_UDF_FAULT_LENGTH;
	fsi_udf_get_dstring(record->logical_volume_identifier,
			    sizeof(record->logical_volume_identifier), ret_volume->name);
	fsi_udf_get_regid(&record->domain, &ret_volume->domain);
	fsi_udf_get_regid(&record->implementation, &ret_volume->implementation);
	ret_volume->is_udf = fsi_udf_regid_is(&record->domain, "*OSTA UDF Compliant");
	ret_volume->revision = fsi_udf_get_revision(&record->domain);
	ret_volume->block_size = fsi_get_le32(&record->block_size);
	fsi_udf_get_long_ad(&record->file_set, &ret_volume->file_set);
	fsi_udf_get_extent_ad(&record->integrity_sequence,
			      &ret_volume->integrity_sequence);
	ret_volume->map_count = fsi_get_le32(&record->map_count);
	ret_volume->maps = block + sizeof(*record);
	ret_volume->maps_size = maps_size;
	return FSI_UDF_SOUND;
}

static void get_integrity_use(const uint8_t *bytes,
			      struct fsi_udf_integrity *ret_integrity)
{
	FSI_UDF_RECORD(fsi_udf_integrity_use, record, bytes);

	ret_integrity->has_use = true;
	ret_integrity->file_count = fsi_get_le32(&record->file_count);
	ret_integrity->directory_count = fsi_get_le32(&record->directory_count);
	ret_integrity->minimum_read = fsi_get_le16(&record->minimum_read);
	ret_integrity->minimum_write = fsi_get_le16(&record->minimum_write);
	ret_integrity->maximum_write = fsi_get_le16(&record->maximum_write);
}

void fsi_udf_get_integrity(const uint8_t *block, size_t size,
			   struct fsi_udf_integrity *ret_integrity)
{
	FSI_UDF_RECORD(fsi_udf_integrity_descriptor, record, block);
	/* What UDF adds is behind two tables of 4 bytes for each partition map. */
	const uint64_t map_count = fsi_get_le32(&record->map_count);
	const uint64_t offset = sizeof(*record) + 8 * map_count;
	const uint32_t use_length = fsi_get_le32(&record->implementation_use_length);

	*ret_integrity = (struct fsi_udf_integrity){.has_use = false};
	fsi_udf_get_timestamp(&record->recording_time, &ret_integrity->recording_time);
	ret_integrity->is_closed =
		fsi_get_le32(&record->integrity_type) == INTEGRITY_CLOSED;
	fsi_udf_get_extent_ad(&record->next_extent, &ret_integrity->next_extent);
	ret_integrity->next_unique_id = fsi_get_le64(&record->next_unique_id);
	if (use_length >= sizeof(struct fsi_udf_integrity_use) &&
	    offset + sizeof(struct fsi_udf_integrity_use) <= size)
		get_integrity_use(block + offset, ret_integrity);
}

void fsi_udf_get_file_set(const uint8_t *block, struct fsi_udf_file_set *ret_file_set)
{
	FSI_UDF_RECORD(fsi_udf_file_set_descriptor, record, block);

	ret_file_set->number = fsi_get_le32(&record->number);
	ret_file_set->descriptor_number = fsi_get_le32(&record->descriptor_number);
	fsi_udf_get_dstring(record->identifier, sizeof(record->identifier),
			    ret_file_set->identifier);
	fsi_udf_get_long_ad(&record->root, &ret_file_set->root);
	fsi_udf_get_long_ad(&record->next_extent, &ret_file_set->next_extent);
}
