/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding the descriptors of a UDF volume. */
#include "udf/descriptors.h"

#include "udf/revision.h"

#include <inttypes.h>
#include <stdio.h>

/* ECMA-167 3/10.1.9: bit 0 is CS0, OSTA UDF 2.1.2 allows no other. */
#define CHARACTER_SET_0 1

/* ECMA-167 3/10.5.7: the partition is read-only. */
#define ACCESS_READ_ONLY 1

/* ECMA-167 3/10.10.3: the volume is complete, nothing is under way. */
#define INTEGRITY_CLOSED 1

/* OSTA UDF 2.2.10: where nothing can be written, free metadata is not mapped. */
#define NO_BITMAP UINT32_MAX

/* The partition itself, and the metadata partition in it. */
static uint32_t count_maps(const struct fsi_udf_volume *volume)
{
	return volume->revision->has_metadata_partition ? 2 : 1;
}

bool fsi_udf_put_recognition(const struct fsi_udf_volume *volume, uint32_t place,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	/* ECMA-167 2/9.2, 3/9.1, 2/9.3; OSTA UDF 2.1.7: nothing between them */
	const char *const identifiers[] = {"BEA01", volume->revision->standard_identifier,
					   "TEA01"};
	struct fsi_udf_volume_structure_descriptor descriptor = {0};

	if (place >= sizeof(identifiers) / sizeof(identifiers[0]))
		return false;
	memcpy(descriptor.standard_identifier, identifiers[place],
	       sizeof(descriptor.standard_identifier));
	fsi_put_u8(&descriptor.version, 1);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
	return true;
}

void fsi_udf_put_anchor(const struct fsi_udf_volume *volume, uint32_t location,
			uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_anchor_descriptor anchor = {0};

	fsi_udf_put_extent_ad(&anchor.main_sequence, volume->main_sequence);
	fsi_udf_put_extent_ad(&anchor.reserve_sequence, volume->reserve_sequence);
	memcpy(*ret_block, &anchor, sizeof(anchor));
	fsi_udf_tag_seal(*ret_block, sizeof(anchor), FSI_UDF_TAG_ANCHOR, volume->revision,
			 location);
}

/*
 * OSTA UDF 2.2.2.5: 16 characters that differ from volume to volume, the first
 * 8 of them the time. The name follows as far as it leaves them one byte wide.
 */
static void put_volume_set_identifier(const struct fsi_udf_volume *volume,
				      uint8_t (*field)[128])
{
	const uint32_t seconds =
		(uint32_t)fsi_ticks_to_timespec(volume->recording_time).tv_sec;
	const bool is_narrow = fsi_udf_is_narrow(volume->name, strlen(volume->name));
	char text[16 + 2 * sizeof(*field) + 1];
	int length = 0;

	if (volume->set_identifier != NULL) {
		memcpy(*field, *volume->set_identifier, sizeof(*field));
		return;
	}
	length = snprintf(text, sizeof(text), "%08" PRIX32 "%08" PRIX32, seconds,
			  volume->serial);
	/* Cut between characters by the dstring, which holds less than text does. */
	if (is_narrow)
		strncat(text, volume->name, sizeof(text) - (size_t)length - 1);
	fsi_udf_put_dstring128(field, text);
}

static void put_primary_volume(const struct fsi_udf_volume *volume,
			       uint32_t sequence_number, uint32_t location,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_primary_volume_descriptor descriptor = {0};

	fsi_put_le32(&descriptor.sequence_number, sequence_number);
	fsi_udf_put_dstring32(&descriptor.volume_identifier, volume->name);
	fsi_put_le16(&descriptor.volume_number, 1);
	fsi_put_le16(&descriptor.volume_count, 1);
	fsi_put_le16(&descriptor.interchange_level, 2);
	fsi_put_le16(&descriptor.interchange_level_max, 3);
	fsi_put_le32(&descriptor.character_sets, CHARACTER_SET_0);
	fsi_put_le32(&descriptor.character_sets_max, CHARACTER_SET_0);
	put_volume_set_identifier(volume, &descriptor.volume_set_identifier);
	fsi_udf_put_charspec(&descriptor.descriptor_charset);
	fsi_udf_put_charspec(&descriptor.explanatory_charset);
	fsi_udf_put_timestamp(&descriptor.recording_time, volume->recording_time);
	fsi_udf_put_implementation(&descriptor.implementation);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
	fsi_udf_tag_seal(*ret_block, sizeof(descriptor), FSI_UDF_TAG_PRIMARY_VOLUME,
			 volume->revision, location);
}

static void put_implementation_use(const struct fsi_udf_volume *volume,
				   uint32_t sequence_number, uint32_t location,
				   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_implementation_use_descriptor descriptor = {0};

	fsi_put_le32(&descriptor.sequence_number, sequence_number);
	fsi_udf_put_udf_regid(&descriptor.identifier, "*UDF LV Info", volume->revision);
	fsi_udf_put_charspec(&descriptor.charset);
	fsi_udf_put_dstring128(&descriptor.logical_volume_identifier, volume->name);
	fsi_udf_put_implementation(&descriptor.implementation);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
	fsi_udf_tag_seal(*ret_block, sizeof(descriptor), FSI_UDF_TAG_IMPLEMENTATION_USE,
			 volume->revision, location);
}

/* OSTA UDF 2.3.3: a read-only partition lists no free space, its header is zero. */
static void put_partition(const struct fsi_udf_volume *volume, uint32_t sequence_number,
			  uint32_t location, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_partition_descriptor descriptor = {0};

	fsi_put_le32(&descriptor.sequence_number, sequence_number);
	fsi_put_le16(&descriptor.flags, 1); /* allocated, ECMA-167 3/10.5.3 */
	fsi_put_le16(&descriptor.number, volume->partition_number);
	fsi_udf_put_regid(&descriptor.contents, volume->revision->partition_contents);
	fsi_put_le32(&descriptor.access_type, ACCESS_READ_ONLY);
	fsi_put_le32(&descriptor.first_block, volume->partition.block);
	fsi_put_le32(&descriptor.blocks, volume->partition.blocks);
	fsi_udf_put_implementation(&descriptor.implementation);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
	fsi_udf_tag_seal(*ret_block, sizeof(descriptor), FSI_UDF_TAG_PARTITION,
			 volume->revision, location);
}

/* Returns the bytes that the map takes. */
static uint32_t put_type_1_map(const struct fsi_udf_volume *volume, uint8_t *out)
{
	struct fsi_udf_type_1_map map = {0};

	fsi_put_u8(&map.type, 1);
	fsi_put_u8(&map.length, sizeof(map));
	fsi_put_le16(&map.volume_number, 1);
	fsi_put_le16(&map.partition_number, volume->partition_number);
	memcpy(out, &map, sizeof(map));
	return sizeof(map);
}

static uint32_t put_metadata_map(const struct fsi_udf_volume *volume, uint8_t *out)
{
	const struct fsi_udf_metadata *metadata = &volume->metadata;
	struct fsi_udf_type_2_map map = {0};
	struct fsi_udf_metadata_parameters parameters = {0};

	fsi_put_u8(&map.type, 2);
	fsi_put_u8(&map.length, sizeof(map));
	fsi_udf_put_udf_regid(&map.identifier, "*UDF Metadata Partition",
			      volume->revision);
	fsi_put_le16(&map.volume_number, 1);
	fsi_put_le16(&map.partition_number, volume->partition_number);
	fsi_put_le32(&parameters.main_file, metadata->main_icb);
	fsi_put_le32(&parameters.mirror_file, metadata->mirror_icb);
	fsi_put_le32(&parameters.bitmap_file, NO_BITMAP);
	fsi_put_le32(&parameters.allocation_unit_blocks, FSI_UDF_METADATA_UNIT);
	fsi_put_le16(&parameters.alignment_unit_blocks, FSI_UDF_METADATA_UNIT);
	/* Bit 0: the mirror has blocks of its own. */
	fsi_put_u8(&parameters.flags, metadata->main_block != metadata->mirror_block);
	memcpy(map.parameters, &parameters, sizeof(map.parameters));
	memcpy(out, &map, sizeof(map));
	return sizeof(map);
}

static void put_logical_volume(const struct fsi_udf_volume *volume,
			       uint32_t sequence_number, uint32_t location,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_logical_volume_descriptor descriptor = {0};
	uint8_t *const maps = *ret_block + sizeof(descriptor);
	uint32_t maps_length = put_type_1_map(volume, maps);

	if (volume->revision->has_metadata_partition)
		maps_length += put_metadata_map(volume, maps + maps_length);
	fsi_put_le32(&descriptor.sequence_number, sequence_number);
	fsi_udf_put_charspec(&descriptor.charset);
	fsi_udf_put_dstring128(&descriptor.logical_volume_identifier, volume->name);
	fsi_put_le32(&descriptor.block_size, FSI_BLOCK_SIZE);
	fsi_udf_put_domain(&descriptor.domain, volume->revision);
	fsi_udf_put_long_ad(&descriptor.file_set, 2 * FSI_BLOCK_SIZE, volume->file_set,
			    0);
	fsi_put_le32(&descriptor.map_table_length, maps_length);
	fsi_put_le32(&descriptor.map_count, count_maps(volume));
	fsi_udf_put_implementation(&descriptor.implementation);
	fsi_udf_put_extent_ad(&descriptor.integrity_sequence, volume->integrity_sequence);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
	fsi_udf_tag_seal(*ret_block, sizeof(descriptor) + maps_length,
			 FSI_UDF_TAG_LOGICAL_VOLUME, volume->revision, location);
}

/* OSTA UDF 2.2.5: mandatory, though no space outside the partition is on offer. */
static void put_unallocated_space(const struct fsi_udf_volume *volume,
				  uint32_t sequence_number, uint32_t location,
				  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_unallocated_space_descriptor descriptor = {0};

	fsi_put_le32(&descriptor.sequence_number, sequence_number);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
	fsi_udf_tag_seal(*ret_block, sizeof(descriptor), FSI_UDF_TAG_UNALLOCATED_SPACE,
			 volume->revision, location);
}

bool fsi_udf_put_sequence(const struct fsi_udf_volume *volume, uint32_t place,
			  uint32_t location, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	static void (*const descriptors[])(const struct fsi_udf_volume *volume,
					   uint32_t sequence_number, uint32_t location,
					   uint8_t(*ret_block)[FSI_BLOCK_SIZE]) = {
		put_primary_volume, put_implementation_use, put_partition,
		put_logical_volume, put_unallocated_space,
	};
	const uint32_t count = sizeof(descriptors) / sizeof(descriptors[0]);

	if (place > count)
		return false;
	if (place == count)
		fsi_udf_put_terminator(volume, location, ret_block);
	else
		descriptors[place](volume, place, location, ret_block);
	return true;
}

/* OSTA UDF 2.2.6.4 */
static void put_integrity_use(const struct fsi_udf_volume *volume, uint8_t *out)
{
	struct fsi_udf_integrity_use use = {0};

	fsi_udf_put_implementation(&use.implementation);
	fsi_put_le32(&use.file_count, volume->file_count);
	fsi_put_le32(&use.directory_count, volume->directory_count);
	fsi_put_le16(&use.minimum_read, volume->revision->minimum_read);
	fsi_put_le16(&use.minimum_write, volume->revision->minimum_write);
	fsi_put_le16(&use.maximum_write, volume->revision->maximum_write);
	memcpy(out, &use, sizeof(use));
}

void fsi_udf_put_integrity(const struct fsi_udf_volume *volume, uint32_t location,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_integrity_descriptor head = {0};
	const uint32_t maps = count_maps(volume);
	/* By map: the free blocks, which stay 0; then the size. */
	uint8_t *const sizes = *ret_block + sizeof(head) + 4 * (size_t)maps;
	uint8_t *const use = sizes + 4 * (size_t)maps;

	fsi_udf_put_timestamp(&head.recording_time, volume->recording_time);
	fsi_put_le32(&head.integrity_type, INTEGRITY_CLOSED);
	fsi_put_le64(&head.next_unique_id, volume->next_unique_id);
	fsi_put_le32(&head.map_count, maps);
	fsi_put_le32(&head.implementation_use_length,
		     sizeof(struct fsi_udf_integrity_use));
	memcpy(*ret_block, &head, sizeof(head));
	fsi_put_le32((uint8_t(*)[4])sizes, volume->partition.blocks);
	if (maps > 1)
		fsi_put_le32((uint8_t(*)[4])(sizes + 4), volume->metadata.blocks);
	put_integrity_use(volume, use);
	fsi_udf_tag_seal(*ret_block,
			 (size_t)(use - *ret_block) +
				 sizeof(struct fsi_udf_integrity_use),
			 FSI_UDF_TAG_INTEGRITY, volume->revision, location);
}

void fsi_udf_put_file_set(const struct fsi_udf_volume *volume, uint32_t location,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	struct fsi_udf_file_set_descriptor descriptor = {0};

	fsi_udf_put_timestamp(&descriptor.recording_time, volume->recording_time);
	fsi_put_le16(&descriptor.interchange_level, 3);
	fsi_put_le16(&descriptor.interchange_level_max, 3);
	fsi_put_le32(&descriptor.character_sets, CHARACTER_SET_0);
	fsi_put_le32(&descriptor.character_sets_max, CHARACTER_SET_0);
	fsi_udf_put_charspec(&descriptor.logical_volume_charset);
	fsi_udf_put_dstring128(&descriptor.logical_volume_identifier, volume->name);
	fsi_udf_put_charspec(&descriptor.charset);
	fsi_udf_put_dstring32(&descriptor.identifier, volume->name);
	fsi_udf_put_long_ad(&descriptor.root, FSI_BLOCK_SIZE, volume->root, 0);
	fsi_udf_put_domain(&descriptor.domain, volume->revision);
	memcpy(*ret_block, &descriptor, sizeof(descriptor));
	fsi_udf_tag_seal(*ret_block, sizeof(descriptor), FSI_UDF_TAG_FILE_SET,
			 volume->revision, location);
}

void fsi_udf_put_terminator(const struct fsi_udf_volume *volume, uint32_t location,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	fsi_udf_tag_seal(*ret_block, sizeof(struct fsi_udf_terminating_descriptor),
			 FSI_UDF_TAG_TERMINATING, volume->revision, location);
}
