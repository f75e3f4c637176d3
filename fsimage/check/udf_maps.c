/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking partition maps: OSTA UDF 2.2.8 to 2.2.10; U-051 to U-053, U-147, U-148. */
#include "check/udf.h"

#include <inttypes.h>

#define MAP "partition map"

/* OSTA UDF 2.2.10 */
#define ALLOCATION_UNIT_MIN 32
#define ECC_BLOCKS	    16

/* One map and what stands around it. */
struct found_map {
	struct fsi_check_udf *udf;
	struct fsi_check_place place;
	const uint8_t *bytes;
	size_t size;
	struct fsi_udf_map map;
};

static bool has_partition(const struct fsi_check_udf *udf, uint16_t number)
{
	for (size_t i = 0; i < udf->descriptors->count; i++) {
		struct fsi_udf_partition partition;

		if (udf->descriptors->items[i].identifier != FSI_UDF_TAG_PARTITION)
			continue;
		fsi_udf_get_partition(udf->descriptors->items[i].bytes, &partition);
		if (partition.number == number)
			return true;
	}
	return false;
}

static void tell(const struct found_map *found, enum fsi_statement statement,
		 const char *expected, const char *is, const char *sentence)
{
	fsi_check_tell(found->udf->check, statement, &found->place,
		       &(struct fsi_check_details){.expected = expected, .found = is},
		       "%s", sentence);
}

/* U-052 */
static void check_kind(const struct found_map *found)
{
	struct fsi_check_udf *udf = found->udf;
	const struct fsi_udf_map *map = &found->map;
	static const uint16_t since[FSI_DISC_PARTITION_METADATA + 1] = {
		[FSI_DISC_PARTITION_PHYSICAL] = 0x0102,
		[FSI_DISC_PARTITION_VIRTUAL] = 0x0150,
		[FSI_DISC_PARTITION_SPARABLE] = 0x0150,
		[FSI_DISC_PARTITION_METADATA] = 0x0250,
	};

	if (map->kind == 0)
		tell(found, FSI_U_052, "a map that UDF knows",
		     FSI_TEXT("type %u, '%s'", found->bytes[0], map->identifier),
		     "A partition map is of an unknown kind");
	else if (udf->revision != 0 && udf->revision < since[map->kind])
		tell(found, FSI_U_052,
		     FSI_TEXT("revision %x.%02x or later", since[map->kind] >> 8,
			      since[map->kind] & 0xFFu),
		     map->identifier, "A partition map is of a later revision");
	if (map->kind == 0)
		return;
	fsi_check_number(udf->check, FSI_U_052, &found->place, "length",
			 map->kind == FSI_DISC_PARTITION_PHYSICAL ? 6 : 64, found->size);
	fsi_check_number(udf->check, FSI_U_052, &found->place, "volume sequence number",
			 1, map->volume_number);
	if (!has_partition(udf, map->partition_number))
		tell(found, FSI_U_052, "the number of a partition descriptor",
		     FSI_TEXT("%u", map->partition_number),
		     "A partition map names a partition that is not there");
}

/* The identifier of a map of type 2, and what is reserved in it. */
static void check_type_2(const struct found_map *found)
{
	FSI_UDF_RECORD(fsi_udf_type_2_map, record, found->bytes);
	const struct fsi_check_place at = fsi_check_at(
		&found->place, offsetof(struct fsi_udf_type_2_map, identifier));

	fsi_check_udf_regid(found->udf, &at, &record->identifier, FSI_CHECK_SUFFIX_UDF,
			    FSI_STATEMENT_COUNT);
	fsi_check_zero(found->udf->check, FSI_U_052, &found->place, "reserved space",
		       record->reserved, sizeof(record->reserved));
	if (found->map.kind == FSI_DISC_PARTITION_VIRTUAL)
		fsi_check_zero(found->udf->check, FSI_U_052, &found->place,
			       "reserved space", record->parameters,
			       sizeof(record->parameters));
}

static bool is_power_of_two(uint32_t number)
{
	return number != 0 && (number & (number - 1)) == 0;
}

/* OSTA UDF 2.2.9 */
static void check_sparable(const struct found_map *found)
{
	const struct fsi_udf_map *map = &found->map;

	if (!is_power_of_two(map->packet_blocks))
		tell(found, FSI_U_159, "a power of two",
		     FSI_TEXT("%u", map->packet_blocks),
		     "The packets of a sparable partition have an odd length");
	if (map->table_count == 0 || map->table_count > FSI_UDF_SPARING_TABLES_MAX)
		tell(found, FSI_U_159, "1 to 4", FSI_TEXT("%u", map->table_count),
		     "The number of sparing tables is wrong");
}

/* U-148: OSTA UDF 2.2.10 */
static void check_metadata(const struct found_map *found)
{
	FSI_UDF_RECORD(fsi_udf_metadata_parameters, record,
		       found->bytes + offsetof(struct fsi_udf_type_2_map, parameters));
	struct fsi_check *check = found->udf->check;
	const uint32_t alignment = fsi_get_le16(&record->alignment_unit_blocks);
	const uint32_t unit = fsi_get_le32(&record->allocation_unit_blocks);

	if (alignment < ECC_BLOCKS)
		tell(found, FSI_U_148, FSI_TEXT("%d or more", ECC_BLOCKS),
		     FSI_TEXT("%" PRIu32, alignment),
		     "The alignment unit of metadata is smaller than an ECC block");
	if (unit < ALLOCATION_UNIT_MIN || alignment == 0 || unit % alignment != 0)
		tell(found, FSI_U_148,
		     FSI_TEXT("a multiple of %" PRIu32 " from %d on", alignment,
			      ALLOCATION_UNIT_MIN),
		     FSI_TEXT("%" PRIu32, unit),
		     "The allocation unit of metadata does not fit its alignment");
	if (record->flags[0] > 1)
		tell(found, FSI_U_148, "0 or 1", FSI_TEXT("0x%02X", record->flags[0]),
		     "The map of the metadata partition has flags that do not exist");
	fsi_check_zero(check, FSI_U_148, &found->place, "reserved space",
		       record->reserved, sizeof(record->reserved));
}

static void take_map(const struct found_map *found)
{
	check_kind(found);
	if (found->map.kind != 0)
		found->udf->has_map[found->map.kind] = true;
	if (found->bytes[0] == 2 && found->size == sizeof(struct fsi_udf_type_2_map)) {
		check_type_2(found);
		if (found->map.kind == FSI_DISC_PARTITION_SPARABLE)
			check_sparable(found);
		else if (found->map.kind == FSI_DISC_PARTITION_METADATA)
			check_metadata(found);
	}
}

/* ---- all maps ---------------------------------------------------------- */

/* U-053: which kinds may stand in which order. */
static void check_order(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			const enum fsi_disc_partition_kind *kinds, size_t count)
{
	const bool is_physical = kinds[0] == FSI_DISC_PARTITION_PHYSICAL ||
				 kinds[0] == FSI_DISC_PARTITION_SPARABLE;
	bool is_legal = count == 1 && is_physical;

	if (count == 2)
		is_legal = (kinds[0] == FSI_DISC_PARTITION_PHYSICAL &&
			    kinds[1] == FSI_DISC_PARTITION_VIRTUAL) ||
			   (is_physical && kinds[1] == FSI_DISC_PARTITION_METADATA) ||
			   (kinds[0] == FSI_DISC_PARTITION_PHYSICAL &&
			    kinds[1] == FSI_DISC_PARTITION_PHYSICAL &&
			    udf->revision >= 0x0260);
	if (!is_legal)
		fsi_check_tell(
			udf->check, FSI_U_053, place,
			&(struct fsi_check_details){
				.expected = "a physical partition, and one upon it",
				.found = FSI_TEXT("%zu maps", count)},
			"The partition maps do not belong together");
}

/* U-147: OSTA UDF 2.2.10 */
static void check_need(struct fsi_check_udf *udf, const struct fsi_check_place *place,
		       size_t count)
{
	const bool is_pseudo = udf->access == 0 && udf->revision == 0x0260;
	const bool is_fixed = udf->access == FSI_DISC_ACCESS_READ_ONLY ||
			      udf->access == FSI_DISC_ACCESS_OVERWRITABLE;
	const bool has_metadata = udf->has_map[FSI_DISC_PARTITION_METADATA];
	const bool has_virtual = udf->has_map[FSI_DISC_PARTITION_VIRTUAL];

	if (!fsi_check_udf_since(udf, 0x0250))
		return;
	if (!has_metadata && !has_virtual && count == 1 && (is_fixed || is_pseudo))
		fsi_check_tell(
			udf->check, FSI_U_147, place,
			&(struct fsi_check_details){.expected = "a metadata partition",
						    .found = "none"},
			"Revision %x.%02x demands a metadata partition",
			udf->revision >> 8, udf->revision & 0xFFu);
	if (has_metadata && has_virtual)
		fsi_check_tell(udf->check, FSI_U_147, place, NULL,
			       "Metadata and virtual partition exclude each other");
}

static void tell_length(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			const char *expected, const char *found)
{
	fsi_check_tell(udf->check, FSI_U_051, place,
		       &(struct fsi_check_details){.expected = expected, .found = found},
		       "The table of partition maps has another length than its maps");
}

/* Returns how many maps there are; of more than kinds has room only those. */
static size_t walk_maps(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			enum fsi_disc_partition_kind (*kinds)[2])
{
	const struct fsi_udf_logical_volume *volume = &udf->volume;
	size_t offset = 0;
	size_t count = 0;

	while (offset < volume->maps_size) {
		struct found_map found = {
			.udf = udf,
			.place = fsi_check_at(place, offset),
			.bytes = volume->maps + offset,
		};

		found.place.structure = MAP;
		if (fsi_udf_get_map(found.bytes, volume->maps_size - offset, &found.map,
				    &found.size) != FSI_UDF_SOUND) {
			tell_length(
				udf, &found.place, "whole maps",
				FSI_TEXT("%zu bytes left", volume->maps_size - offset));
			break;
		}
		take_map(&found);
		if (count < sizeof(*kinds) / sizeof((*kinds)[0]))
			(*kinds)[count] = found.map.kind;
		count++;
		offset += found.size;
	}
	return count;
}

void fsi_check_udf_maps(struct fsi_check_udf *udf)
{
	const struct fsi_check_place descriptor = fsi_check_udf_place(
		udf, udf->logical_volume->block, "logical volume descriptor");
	const struct fsi_check_place place = fsi_check_at(
		&descriptor, sizeof(struct fsi_udf_logical_volume_descriptor));
	enum fsi_disc_partition_kind kinds[2] = {(enum fsi_disc_partition_kind)0};
	const size_t count = walk_maps(udf, &place, &kinds);

	if (count != udf->volume.map_count)
		tell_length(udf, &descriptor,
			    FSI_TEXT("%" PRIu32 " maps", udf->volume.map_count),
			    FSI_TEXT("%zu", count));
	check_order(udf, &place, kinds, count);
	check_need(udf, &place, count);
}
