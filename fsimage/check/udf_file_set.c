/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking the file set: ECMA-167 4/8.3, 4/14.1, OSTA UDF 2.3.2; U-072 to U-079. */
#include "check/udf.h"

#include <inttypes.h>

#define FILE_SET "file set descriptor"

#define FIELD(member, expected, name) \
	FSI_CHECK_FIELD(FSI_U_073, fsi_udf_file_set_descriptor, member, expected, name)
#define AT(place, member) \
	fsi_check_at(place, offsetof(struct fsi_udf_file_set_descriptor, member))

/* A block of a partition in the buffer, and where it was. */
static bool read_block(struct fsi_check_udf *udf, struct fsi_udf_address address,
		       const char *structure, uint8_t *buffer,
		       struct fsi_check_place *ret_place)
{
	uint32_t block = 0;
	uint32_t count = 0;

	if (!fsi_check_udf_ok(
		    udf, fsi_import_udf_locate(udf->udf, address, 1, 0, &block, &count)))
		return false;
	*ret_place = fsi_check_udf_place(udf, block, structure);
	return fsi_check_udf_read(udf, block, buffer);
}

/* U-072: what the logical volume descriptor says of it. */
static void check_extent(struct fsi_check_udf *udf)
{
	const struct fsi_udf_allocation *extent = &udf->volume.file_set;
	uint32_t block = 0;
	uint32_t count = 0;
	const bool is_derived = udf->has_map[FSI_DISC_PARTITION_VIRTUAL] ||
				udf->has_map[FSI_DISC_PARTITION_METADATA];
	const struct fsi_check_place descriptor = fsi_check_udf_place(
		udf, udf->logical_volume->block, "logical volume descriptor");
	const struct fsi_check_place place = fsi_check_at(
		&descriptor,
		offsetof(struct fsi_udf_logical_volume_descriptor, file_set));

	if (extent->length == 0 || extent->length % udf->block_size != 0 ||
	    extent->type != FSI_UDF_EXTENT_RECORDED)
		fsi_check_tell(
			udf->check, FSI_U_072, &place,
			&(struct fsi_check_details){
				.expected = "whole recorded blocks",
				.found = FSI_TEXT("type %d, %" PRIu32 " bytes",
						  (int)extent->type, extent->length)},
			"The extent of the file set is no whole blocks");
	fsi_check_number(udf->check, FSI_U_072, &place,
			 "partition of the file set in the descriptor",
			 is_derived ? 1 : 0, extent->address.partition);
	if (!fsi_check_udf_ok(udf, fsi_import_udf_locate(udf->udf, extent->address, 1, 0,
							 &block, &count)))
		fsi_check_tell(
			udf->check, FSI_U_072, &place,
			&(struct fsi_check_details){
				.expected = "a block of a partition",
				.found = FSI_TEXT("block %" PRIu32 " of partition %u",
						  extent->address.block,
						  extent->address.partition)},
			"The file set is outside of the partitions");
}

static void check_names(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_file_set_descriptor, record, bytes);
	FSI_UDF_RECORD(fsi_udf_logical_volume_descriptor, volume,
		       udf->logical_volume->bytes);
	struct fsi_check_place at = AT(place, logical_volume_charset);
	char name[FSI_UDF_TEXT_128];

	fsi_check_udf_charspec(udf, &at, &record->logical_volume_charset, FSI_U_074);
	at = AT(place, charset);
	fsi_check_udf_charspec(udf, &at, &record->charset, FSI_U_074);
	at = AT(place, logical_volume_identifier);
	fsi_udf_get_dstring(record->logical_volume_identifier,
			    sizeof(record->logical_volume_identifier), name);
	if (strcmp(name, udf->volume.name) != 0)
		fsi_check_tell(udf->check, FSI_U_074, &at,
			       &(struct fsi_check_details){.expected = udf->volume.name,
							   .found = name},
			       "The file set calls the volume '%.128s', its descriptor "
			       "'%.128s'",
			       name, udf->volume.name);
	at = AT(place, domain);
	fsi_check_udf_regid(udf, &at, &record->domain, FSI_CHECK_SUFFIX_DOMAIN,
			    FSI_STATEMENT_COUNT);
	/* The flags behind the revision may differ. */
	if (memcmp(record->domain.identifier, volume->domain.identifier,
		   sizeof(record->domain.identifier)) != 0 ||
	    memcmp(record->domain.suffix, volume->domain.suffix, 2) != 0)
		fsi_check_tell(udf->check, FSI_U_074, &at,
			       &(struct fsi_check_details){
				       .expected = "the domain of the volume"},
			       "The file set is of another domain than the volume");
}

static void check_texts(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_file_set_descriptor, record, bytes);
	const uint8_t *const fields[] = {record->logical_volume_identifier,
					 record->identifier, record->copyright_file,
					 record->abstract_file};
	static const char *const names[] = {
		"logical volume identifier of the " FILE_SET,
		"identifier of the " FILE_SET,
		"copyright file identifier of the " FILE_SET,
		"abstract file identifier of the " FILE_SET,
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct fsi_check_place at = fsi_check_at(
			place, (uint64_t)(fields[i] - (const uint8_t *)record));

		at.structure = names[i];
		fsi_check_udf_dstring(udf, &at, fields[i], i == 0 ? 128 : 32, FSI_U_074,
				      true);
	}
}

/* U-076, U-077 */
static void check_icbs(struct fsi_check_udf *udf, const struct fsi_check_place *place,
		       const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_file_set_descriptor, record, bytes);
	struct fsi_check_place at = AT(place, root);
	struct fsi_udf_allocation root;

	fsi_udf_get_long_ad(&record->root, &root);
	/* The ICB of an entry that others may supersede has two blocks. */
	if ((root.length != udf->block_size && root.length != 2 * udf->block_size) ||
	    root.type != FSI_UDF_EXTENT_RECORDED)
		fsi_check_tell(udf->check, FSI_U_076, &at,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("%" PRIu32 " recorded bytes",
							    udf->block_size),
				       .found = FSI_TEXT("%" PRIu32 " of type %d",
							 root.length, (int)root.type)},
			       "The reference to the root directory is no block");
	at = AT(place, next_extent);
	fsi_check_zero(udf->check, FSI_U_075, &at, "next extent",
		       (const uint8_t *)&record->next_extent,
		       sizeof(record->next_extent));
	at = AT(place, stream_directory);
	if (!fsi_check_udf_since(udf, 0x0200))
		fsi_check_zero(udf->check, FSI_U_077, &at, "reserved space",
			       (const uint8_t *)&record->stream_directory,
			       sizeof(record->stream_directory));
	at = AT(place, reserved);
	fsi_check_zero(udf->check, FSI_U_077, &at, "reserved space", record->reserved,
		       sizeof(record->reserved));
}

/* U-078: in the block behind it. */
static void check_end(struct fsi_check_udf *udf, uint8_t *buffer)
{
	struct fsi_udf_address address = udf->volume.file_set.address;
	struct fsi_check_place place;
	static const struct fsi_check_field fields[] = {
		FSI_CHECK_FIELD(FSI_U_056, fsi_udf_terminating_descriptor, reserved, 0,
				"content"),
	};

	if (udf->volume.file_set.length <= udf->block_size || address.block == UINT32_MAX)
		return;
	address.block++;
	if (!read_block(udf, address, "terminating descriptor", buffer, &place))
		return;
	const struct fsi_check_tagged tagged = {
		.bytes = buffer,
		.available = udf->block_size,
		.identifiers = {FSI_UDF_TAG_TERMINATING, FSI_UDF_TAG_TERMINATING},
		.location = address.block,
		.size = sizeof(struct fsi_udf_terminating_descriptor),
		.missing = FSI_U_078,
	};

	if (fsi_check_udf_tag(udf, &place, &tagged))
		fsi_check_udf_fields(udf, &place, buffer, fields, 1);
	fsi_check_udf_claim_space(
		udf, &place,
		&(struct fsi_check_claim){FSI_OWNER_STRUCTURE, FSI_U_108, address, 1});
}

static void check_file_set(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			   const uint8_t *bytes)
{
	static const struct fsi_check_field fields[] = {
		FIELD(interchange_level, 3, "interchange level"),
		FIELD(interchange_level_max, 3, "maximum interchange level"),
		FIELD(character_sets, 1, "character set list"),
		FIELD(character_sets_max, 1, "maximum character set list"),
		FIELD(number, 0, "number"),
		FIELD(descriptor_number, 0, "descriptor number"),
	};
	FSI_UDF_RECORD(fsi_udf_file_set_descriptor, record, bytes);
	const struct fsi_check_place time_at = AT(place, recording_time);
	const struct fsi_check_place rest = fsi_check_at(place, sizeof(*record));

	fsi_check_udf_fields(udf, place, bytes, fields,
			     sizeof(fields) / sizeof(fields[0]));
	fsi_check_udf_time(udf, &time_at, &record->recording_time, FSI_U_073,
			   "recording time");
	check_names(udf, place, bytes);
	check_texts(udf, place, bytes);
	check_icbs(udf, place, bytes);
	fsi_check_zero(udf->check, FSI_U_060, &rest, "rest of the block",
		       bytes + sizeof(*record), udf->block_size - sizeof(*record));
}

/*
 * Whether the session goes on from another one: it begins elsewhere, or its descriptors
 * are in the partition, which is as old as the first one.
 */
static bool is_appended(const struct fsi_check_udf *udf)
{
	const struct fsi_udf_space *space = udf->udf != NULL && udf->udf->spaces.count > 0
						    ? &udf->udf->spaces.items[0]
						    : NULL;

	return udf->session_block != 0 ||
	       (space != NULL && udf->anchor.main_sequence.block > space->first_block);
}

void fsi_check_udf_file_set(struct fsi_check_udf *udf)
{
	const struct fsi_udf_address address = udf->volume.file_set.address;
	uint8_t *buffer = fsi_check_udf_buffer(udf);
	struct fsi_check_place place;

	check_extent(udf);
	if (buffer == NULL || !read_block(udf, address, FILE_SET, buffer, &place))
		goto out;
	const struct fsi_check_tagged tagged = {
		.bytes = buffer,
		.available = udf->block_size,
		.identifiers = {FSI_UDF_TAG_FILE_SET, FSI_UDF_TAG_FILE_SET},
		.location = address.block,
		.size = sizeof(struct fsi_udf_file_set_descriptor),
		.missing = FSI_U_073,
	};
	if (fsi_check_udf_tag(udf, &place, &tagged))
		check_file_set(udf, &place, buffer);
	/* One importer looks nowhere else; an appended session cannot help it. */
	if (!is_appended(udf))
		fsi_check_number(udf->check, FSI_U_079, &place, "block of the partition",
				 0, address.block);
	fsi_check_udf_claim_space(
		udf, &place,
		&(struct fsi_check_claim){FSI_OWNER_STRUCTURE, FSI_U_108, address, 1});
	check_end(udf, buffer);
out:
	fsi_free(buffer);
}
