/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding partition maps. */
#include "udf/maps.h"

/* ECMA-167 3/10.7.1 */
#define TYPE_1 1
#define TYPE_2 2

static void get_type_1(const uint8_t *bytes, struct fsi_udf_map *ret_map)
{
	FSI_UDF_RECORD(fsi_udf_type_1_map, record, bytes);

	ret_map->kind = FSI_DISC_PARTITION_PHYSICAL;
	ret_map->volume_number = fsi_get_le16(&record->volume_number);
	ret_map->partition_number = fsi_get_le16(&record->partition_number);
}

static void get_sparable(const uint8_t (*parameters)[24], struct fsi_udf_map *ret_map)
{
	FSI_UDF_RECORD(fsi_udf_sparable_parameters, record, *parameters);

	ret_map->kind = FSI_DISC_PARTITION_SPARABLE;
	ret_map->packet_blocks = fsi_get_le16(&record->packet_blocks);
	ret_map->table_count = record->table_count[0];
	ret_map->table_size = fsi_get_le32(&record->table_size);
	for (unsigned i = 0; i < FSI_UDF_SPARING_TABLES_MAX; i++)
		ret_map->tables[i] = fsi_get_le32(&record->tables[i]);
}

static void get_metadata(const uint8_t (*parameters)[24], struct fsi_udf_map *ret_map)
{
	FSI_UDF_RECORD(fsi_udf_metadata_parameters, record, *parameters);

	ret_map->kind = FSI_DISC_PARTITION_METADATA;
	ret_map->main_file = fsi_get_le32(&record->main_file);
	ret_map->mirror_file = fsi_get_le32(&record->mirror_file);
}

static void get_type_2(const uint8_t *bytes, struct fsi_udf_map *ret_map)
{
	FSI_UDF_RECORD(fsi_udf_type_2_map, record, bytes);

	fsi_udf_get_regid(&record->identifier, &ret_map->identifier);
	ret_map->revision = fsi_udf_get_revision(&record->identifier);
	ret_map->volume_number = fsi_get_le16(&record->volume_number);
	ret_map->partition_number = fsi_get_le16(&record->partition_number);
	if (fsi_udf_regid_is(&record->identifier, "*UDF Virtual Partition"))
		ret_map->kind = FSI_DISC_PARTITION_VIRTUAL;
	else if (fsi_udf_regid_is(&record->identifier, "*UDF Sparable Partition"))
		get_sparable(&record->parameters, ret_map);
	else if (fsi_udf_regid_is(&record->identifier, "*UDF Metadata Partition"))
		get_metadata(&record->parameters, ret_map);
}

/* One of at least its head. */
static enum fsi_udf_fault get_map(const uint8_t *bytes, size_t size,
				  struct fsi_udf_map *ret_map, size_t *ret_size)
{
	FSI_UDF_RECORD(fsi_udf_map_head, head, bytes);
	const size_t length = head->length[0];

	*ret_size = length;
	if (length < sizeof(*head) || length > size)
		return FSI_UDF_FAULT_LENGTH;
	if (head->type[0] == TYPE_1) {
		if (length < sizeof(struct fsi_udf_type_1_map))
			return FSI_UDF_FAULT_LENGTH;
		get_type_1(bytes, ret_map);
	} else if (head->type[0] == TYPE_2) {
		if (length < sizeof(struct fsi_udf_type_2_map))
			return FSI_UDF_FAULT_LENGTH;
		get_type_2(bytes, ret_map);
	}
	return FSI_UDF_SOUND;
}

enum fsi_udf_fault fsi_udf_get_map(const uint8_t *bytes, size_t size,
				   struct fsi_udf_map *ret_map, size_t *ret_size)
{
	*ret_map = (struct fsi_udf_map){.kind = (enum fsi_disc_partition_kind)0};
	return size < sizeof(struct fsi_udf_map_head)
		       ? FSI_UDF_FAULT_LENGTH
		       : get_map(bytes, size, ret_map, ret_size);
}
