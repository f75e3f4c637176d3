/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking what the descriptors of a volume tell: U-035 to U-050, U-054, U-055. */
#include "check/udf.h"

#include "udf/revision.h"

#include <inttypes.h>

#define PRIMARY	       "primary volume descriptor"
#define INFORMATION    "logical volume information"
#define PARTITION      "partition descriptor"
#define LOGICAL_VOLUME "logical volume descriptor"
#define UNALLOCATED    "unallocated space descriptor"

#define FIELD(statement, record, member, expected, name) \
	FSI_CHECK_FIELD(statement, record, member, expected, name)
#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

/* Blocks of an ECC block of DVD; of BD they are twice as many. */
#define ECC_BLOCKS 16

/* ECMA-167 3/8.1 and what UDF puts there: the first anchor. */
#define PARTITION_BLOCK_MIN 257

#define MEMBER_AT(place, record, member) \
	fsi_check_at(place, offsetof(struct record, member))

/* ---- primary volume descriptor, OSTA UDF 2.2.2 ------------------------- */

/* U-038: "unique" are the first 16 characters, 8 of them the time in hexadecimal. */
static void check_set_identifier(struct fsi_check_udf *udf,
				 const struct fsi_check_place *place,
				 const uint8_t *field)
{
	char text[FSI_UDF_TEXT_128];
	bool is_constant = true;
	size_t digits = 0;

	fsi_udf_get_dstring(field, 128, text);
	digits = strspn(text, "0123456789ABCDEFabcdef");
	for (size_t i = 1; i < 16 && text[i - 1] != '\0'; i++)
		is_constant = is_constant && text[i] == text[0];
	if (strlen(text) >= 16 && digits >= 8 && !is_constant)
		return;
	fsi_check_tell(udf->check, FSI_U_038, place,
		       &(struct fsi_check_details){
			       .expected = "8 hexadecimal digits and 8 characters",
			       .found = text},
		       "The volume set identifier '%.128s' is not unique", text);
}

static void check_extent(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 const struct fsi_udf_extent_ad *field, const char *name)
{
	struct fsi_udf_run run;

	fsi_udf_get_extent_ad(field, &run);
	if (run.block <= udf->block_count &&
	    run.length / udf->block_size <= udf->block_count - run.block &&
	    (run.length > 0 || run.block == 0))
		return;
	fsi_check_tell(udf->check, FSI_U_040, place,
		       &(struct fsi_check_details){
			       .expected = "an extent of the volume or none",
			       .found = FSI_TEXT("block %" PRIu32 ", %" PRIu32 " bytes",
						 run.block, run.length)},
		       "The %s of the %s is not on the volume", name, PRIMARY);
}

static void check_primary_levels(struct fsi_check_udf *udf,
				 const struct fsi_check_place *place,
				 const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_primary_volume_descriptor, record, bytes);
	const uint16_t level = fsi_get_le16(&record->interchange_level);
	const uint16_t level_max = fsi_get_le16(&record->interchange_level_max);
	const uint16_t flags = fsi_get_le16(&record->flags);
	const struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_primary_volume_descriptor, interchange_level);

	if ((level != 2 && level != 3) || level_max != 3)
		fsi_check_tell(udf->check, FSI_U_035, &at,
			       &(struct fsi_check_details){
				       .severity = level == 2 && level_max == 2
							   ? FSI_SEVERITY_WARNING
							   : (enum fsi_severity)0,
				       .expected = "levels 2 and 3",
				       .found = FSI_TEXT("%u and %u", level, level_max)},
			       "The interchange levels of the " PRIMARY " are %u and %u",
			       level, level_max);
	if (flags > 1) {
		const struct fsi_check_place flags_at =
			MEMBER_AT(place, fsi_udf_primary_volume_descriptor, flags);

		fsi_check_tell(
			udf->check, FSI_U_040, &flags_at,
			&(struct fsi_check_details){.expected = "0 or 1",
						    .found = FSI_TEXT("0x%04X", flags)},
			"The " PRIMARY " has flags that do not exist");
	}
}

static void check_primary_texts(struct fsi_check_udf *udf,
				const struct fsi_check_place *place, const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_primary_volume_descriptor, record, bytes);
	struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_primary_volume_descriptor, volume_identifier);

	at.structure = "volume identifier of the " PRIMARY;
	fsi_check_udf_dstring(udf, &at, record->volume_identifier,
			      sizeof(record->volume_identifier), FSI_U_037, false);
	at = MEMBER_AT(place, fsi_udf_primary_volume_descriptor, volume_set_identifier);
	at.structure = "volume set identifier of the " PRIMARY;
	if (fsi_check_udf_dstring(udf, &at, record->volume_set_identifier,
				  sizeof(record->volume_set_identifier), FSI_U_038, true))
		check_set_identifier(udf, &at, record->volume_set_identifier);
	at = MEMBER_AT(place, fsi_udf_primary_volume_descriptor, descriptor_charset);
	fsi_check_udf_charspec(udf, &at, &record->descriptor_charset, FSI_U_036);
	at = MEMBER_AT(place, fsi_udf_primary_volume_descriptor, explanatory_charset);
	fsi_check_udf_charspec(udf, &at, &record->explanatory_charset, FSI_U_036);
}

static void check_primary(struct fsi_check_udf *udf)
{
	static const struct fsi_check_field fields[] = {
		FIELD(FSI_U_035, fsi_udf_primary_volume_descriptor, number, 0, "number"),
		FIELD(FSI_U_035, fsi_udf_primary_volume_descriptor, volume_number, 1,
		      "volume sequence number"),
		FIELD(FSI_U_035, fsi_udf_primary_volume_descriptor, volume_count, 1,
		      "maximum volume sequence number"),
		FIELD(FSI_U_035, fsi_udf_primary_volume_descriptor, character_sets, 1,
		      "character set list"),
		FIELD(FSI_U_035, fsi_udf_primary_volume_descriptor, character_sets_max, 1,
		      "maximum character set list"),
		FIELD(FSI_U_040, fsi_udf_primary_volume_descriptor, predecessor_block, 0,
		      "predecessor"),
		FIELD(FSI_U_040, fsi_udf_primary_volume_descriptor, reserved, 0,
		      "reserved space"),
	};
	const uint8_t *const bytes = udf->primary->bytes;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->primary->block, PRIMARY);
	FSI_UDF_RECORD(fsi_udf_primary_volume_descriptor, record, bytes);
	struct fsi_check_place at;

	fsi_check_udf_fields(udf, &place, bytes, fields, COUNT(fields));
	check_primary_levels(udf, &place, bytes);
	check_primary_texts(udf, &place, bytes);
	at = MEMBER_AT(&place, fsi_udf_primary_volume_descriptor, abstract);
	check_extent(udf, &at, &record->abstract, "abstract");
	at = MEMBER_AT(&place, fsi_udf_primary_volume_descriptor, copyright);
	check_extent(udf, &at, &record->copyright, "copyright notice");
	at = MEMBER_AT(&place, fsi_udf_primary_volume_descriptor, recording_time);
	fsi_check_udf_time(udf, &at, &record->recording_time, FSI_U_039,
			   "recording time");
	at = MEMBER_AT(&place, fsi_udf_primary_volume_descriptor, application);
	fsi_check_udf_regid(udf, &at, &record->application, FSI_CHECK_SUFFIX_FREE,
			    FSI_STATEMENT_COUNT);
	at = MEMBER_AT(&place, fsi_udf_primary_volume_descriptor, implementation);
	fsi_check_udf_regid(udf, &at, &record->implementation,
			    FSI_CHECK_SUFFIX_IMPLEMENTATION, FSI_U_057);
}

/* ---- logical volume information, OSTA UDF 2.2.7 ------------------------ */

static void check_information_texts(struct fsi_check_udf *udf,
				    const struct fsi_check_place *place,
				    const uint8_t *bytes)
{
	FSI_UDF_RECORD(fsi_udf_implementation_use_descriptor, record, bytes);
	struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_implementation_use_descriptor, owner);

	at.structure = "owner in the " INFORMATION;
	fsi_check_udf_dstring(udf, &at, record->owner, sizeof(record->owner), FSI_U_043,
			      true);
	at = MEMBER_AT(place, fsi_udf_implementation_use_descriptor, organisation);
	at.structure = "organisation in the " INFORMATION;
	fsi_check_udf_dstring(udf, &at, record->organisation,
			      sizeof(record->organisation), FSI_U_043, true);
	at = MEMBER_AT(place, fsi_udf_implementation_use_descriptor, contact);
	at.structure = "contact in the " INFORMATION;
	fsi_check_udf_dstring(udf, &at, record->contact, sizeof(record->contact),
			      FSI_U_043, true);
}

static void check_information(struct fsi_check_udf *udf)
{
	const uint8_t *const bytes = udf->information->bytes;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->information->block, INFORMATION);
	FSI_UDF_RECORD(fsi_udf_implementation_use_descriptor, record, bytes);
	struct fsi_check_place at =
		MEMBER_AT(&place, fsi_udf_implementation_use_descriptor, identifier);
	char name[FSI_UDF_TEXT_128];

	if (udf->revision != 0)
		fsi_check_hex(udf->check, FSI_U_041, &at, "revision", udf->revision,
			      fsi_udf_get_revision(&record->identifier));
	fsi_check_udf_regid(udf, &at, &record->identifier, FSI_CHECK_SUFFIX_UDF,
			    FSI_STATEMENT_COUNT);
	at = MEMBER_AT(&place, fsi_udf_implementation_use_descriptor, charset);
	fsi_check_udf_charspec(udf, &at, &record->charset, FSI_U_041);
	at = MEMBER_AT(&place, fsi_udf_implementation_use_descriptor,
		       logical_volume_identifier);
	fsi_udf_get_dstring(record->logical_volume_identifier,
			    sizeof(record->logical_volume_identifier), name);
	if (udf->logical_volume != NULL && strcmp(name, udf->volume.name) != 0)
		fsi_check_tell(udf->check, FSI_U_042, &at,
			       &(struct fsi_check_details){.expected = udf->volume.name,
							   .found = name},
			       "The " INFORMATION " calls the volume '%.128s', its "
			       "descriptor '%.128s'",
			       name, udf->volume.name);
	check_information_texts(udf, &place, bytes);
	at = MEMBER_AT(&place, fsi_udf_implementation_use_descriptor, implementation);
	fsi_check_udf_regid(udf, &at, &record->implementation,
			    FSI_CHECK_SUFFIX_IMPLEMENTATION, FSI_STATEMENT_COUNT);
}

/* ---- partition descriptors, OSTA UDF 2.2.14 ---------------------------- */

static void check_contents(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			   const struct fsi_udf_regid *contents)
{
	const char *expected = fsi_check_udf_since(udf, 0x0200) ? "+NSR03" : "+NSR02";
	char found[24];

	if (udf->revision == 0 || fsi_udf_regid_is(contents, expected))
		return;
	fsi_udf_get_regid(contents, &found);
	fsi_check_tell(udf->check, FSI_U_044, place,
		       &(struct fsi_check_details){.expected = expected, .found = found},
		       "The contents of the " PARTITION " are '%s'", found);
}

static void check_access(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 uint32_t access)
{
	const struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_partition_descriptor, access_type);
	const bool is_allowed = access >= FSI_DISC_ACCESS_READ_ONLY &&
				access <= FSI_DISC_ACCESS_OVERWRITABLE;

	if (is_allowed || (access == 0 && udf->revision == 0x0260))
		return;
	fsi_check_tell(udf->check, FSI_U_045, &at,
		       &(struct fsi_check_details){.expected = "1 to 4",
						   .found = FSI_TEXT("%" PRIu32, access)},
		       "The access type of the " PARTITION " is %" PRIu32, access);
}

/* U-046, U-047 */
static void check_range(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			const struct fsi_udf_partition *partition)
{
	const struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_partition_descriptor, first_block);
	struct fsi_check_details details = {
		.expected =
			FSI_TEXT("at most %" PRIu32 " blocks in all", udf->block_count),
		.found = FSI_TEXT("%" PRIu32 " blocks from block %" PRIu32 " on",
				  partition->block_count, partition->first_block),
	};

	/* A disc that is written block by block is recorded as far as it is written. */
	if ((uint64_t)partition->first_block + partition->block_count >
		    udf->block_count &&
	    !udf->has_map[FSI_DISC_PARTITION_VIRTUAL])
		fsi_check_tell(udf->check, FSI_U_046, &at, &details,
			       "The partition goes on behind the end of the image");
	details.severity = FSI_SEVERITY_WARNING;
	details.expected = FSI_TEXT("block %d or later", PARTITION_BLOCK_MIN);
	if (partition->first_block < PARTITION_BLOCK_MIN)
		fsi_check_tell(udf->check, FSI_U_046, &at, &details,
			       "The partition begins before block %d",
			       PARTITION_BLOCK_MIN);
	if (fsi_check_udf_since(udf, 0x0250) && partition->first_block % ECC_BLOCKS != 0)
		fsi_check_tell(
			udf->check, FSI_U_047, &at,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("a multiple of %d", ECC_BLOCKS),
				.found = FSI_TEXT("%" PRIu32, partition->first_block)},
			"The partition does not begin with an ECC block");
}

static bool is_zero(const void *bytes, size_t size)
{
	const uint8_t *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		if (byte[i] != 0)
			return false;
	}
	return true;
}

/* U-048: OSTA UDF 2.3.3 */
static void check_header(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 const struct fsi_udf_partition_header_descriptor *header,
			 uint32_t access)
{
	const struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_partition_descriptor, header);
	const bool has_table =
		!is_zero(&header->unallocated_table, sizeof(header->unallocated_table)) ||
		!is_zero(&header->freed_table, sizeof(header->freed_table));
	const bool has_bitmap =
		!is_zero(&header->unallocated_bitmap,
			 sizeof(header->unallocated_bitmap)) ||
		!is_zero(&header->freed_bitmap, sizeof(header->freed_bitmap));
	const bool has_none = access == FSI_DISC_ACCESS_READ_ONLY ||
			      udf->has_map[FSI_DISC_PARTITION_VIRTUAL] ||
			      (access == 0 && udf->revision == 0x0260);
	const struct fsi_check_place integrity_at =
		fsi_check_at(&at, offsetof(struct fsi_udf_partition_header_descriptor,
					   integrity_table));
	const uint8_t *table = (const uint8_t *)&header->integrity_table;

	fsi_check_zero(udf->check, FSI_U_048, &integrity_at, "partition integrity table",
		       table, sizeof(header->integrity_table));
	fsi_check_zero(udf->check, FSI_U_048, &at, "reserved space of the header",
		       header->reserved, sizeof(header->reserved));
	if (has_table && has_bitmap)
		fsi_check_tell(
			udf->check, FSI_U_048, &at,
			&(struct fsi_check_details){.expected = "a table or a bitmap",
						    .found = "both"},
			"Free space of the partition is in a table and in a "
			"bitmap");
	if (has_none && (has_table || has_bitmap))
		fsi_check_tell(udf->check, FSI_U_048, &at,
			       &(struct fsi_check_details){
				       .expected = "none",
				       .found = has_table ? "a table" : "a bitmap"},
			       "Free space is listed of a partition that cannot be "
			       "written to at any place");
}

static void check_partition(struct fsi_check_udf *udf,
			    const struct fsi_check_descriptor *descriptor)
{
	static const struct fsi_check_field fields[] = {
		FIELD(FSI_U_044, fsi_udf_partition_descriptor, flags, 1, "flags"),
		FIELD(FSI_U_044, fsi_udf_partition_descriptor, reserved, 0,
		      "reserved space"),
	};
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, descriptor->block, PARTITION);
	FSI_UDF_RECORD(fsi_udf_partition_descriptor, record, descriptor->bytes);
	struct fsi_check_place at =
		MEMBER_AT(&place, fsi_udf_partition_descriptor, contents);
	struct fsi_udf_partition partition;

	fsi_udf_get_partition(descriptor->bytes, &partition);
	fsi_check_udf_fields(udf, &place, descriptor->bytes, fields, COUNT(fields));
	check_contents(udf, &at, &record->contents);
	fsi_check_udf_regid(udf, &at, &record->contents, FSI_CHECK_SUFFIX_FREE,
			    FSI_STATEMENT_COUNT);
	check_access(udf, &place, partition.access);
	check_range(udf, &place, &partition);
	check_header(udf, &place, &record->header, partition.access);
	at = MEMBER_AT(&place, fsi_udf_partition_descriptor, implementation);
	fsi_check_udf_regid(udf, &at, &record->implementation,
			    FSI_CHECK_SUFFIX_IMPLEMENTATION, FSI_STATEMENT_COUNT);
}

/* ---- logical volume descriptor, OSTA UDF 2.2.4 ------------------------- */

static void check_block_size(struct fsi_check_udf *udf,
			     const struct fsi_check_place *place)
{
	const struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_logical_volume_descriptor, block_size);

	if (!fsi_check_number(udf->check, FSI_U_049, &at, "logical block size",
			      udf->block_size, udf->volume.block_size))
		return;
	/* Hard disks have other sectors, but no optical disc has. */
	if (udf->block_size != FSI_BLOCK_SIZE)
		fsi_check_tell(udf->check, FSI_U_049, &at,
			       &(struct fsi_check_details){
				       .severity = FSI_SEVERITY_NOTE,
				       .expected = FSI_TEXT("%u", FSI_BLOCK_SIZE),
				       .found = FSI_TEXT("%" PRIu32, udf->block_size)},
			       "Blocks have %" PRIu32 " bytes, as no optical disc has "
			       "them",
			       udf->block_size);
}

/* U-050: OSTA UDF 2.1.5.3 */
static void check_domain(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 const struct fsi_udf_regid *domain)
{
	const struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_logical_volume_descriptor, domain);
	const uint8_t *suffix = domain->suffix;

	if (!udf->volume.is_udf)
		fsi_check_tell(
			udf->check, FSI_U_050, &at,
			&(struct fsi_check_details){.expected = "*OSTA UDF Compliant",
						    .found = udf->volume.domain},
			"The domain of the volume is '%s'", udf->volume.domain);
	if (fsi_udf_revision_find(udf->volume.revision) == NULL)
		fsi_check_tell(
			udf->check, FSI_U_050, &at,
			&(struct fsi_check_details){
				.expected = "1.02 to 2.60",
				.found = FSI_TEXT("%x.%02x", udf->volume.revision >> 8,
						  udf->volume.revision & 0xFFu)},
			"There is no revision %x.%02x of UDF", udf->volume.revision >> 8,
			udf->volume.revision & 0xFFu);
	if ((suffix[2] & 0xFC) != 0 || !is_zero(suffix + 3, 5))
		fsi_check_tell(udf->check, FSI_U_050, &at,
			       &(struct fsi_check_details){
				       .expected = "flags 0 to 3, then zeros",
				       .found = FSI_TEXT("flags 0x%02X", suffix[2])},
			       "The suffix of the domain has bits that mean nothing");
}

/* U-054: OSTA UDF 2.2.4.6 */
static void check_integrity_extent(struct fsi_check_udf *udf,
				   const struct fsi_check_place *place)
{
	const struct fsi_udf_run *run = &udf->volume.integrity_sequence;
	const struct fsi_check_place at =
		MEMBER_AT(place, fsi_udf_logical_volume_descriptor, integrity_sequence);
	const struct fsi_check_place there =
		fsi_check_udf_place(udf, run->block, "logical volume integrity sequence");
	const uint32_t blocks = run->length / udf->block_size;
	const bool is_written = udf->access == FSI_DISC_ACCESS_REWRITABLE ||
				udf->access == FSI_DISC_ACCESS_OVERWRITABLE;
	const uint32_t least = is_written ? 8192 : udf->block_size;

	if (run->length < least || run->block > udf->block_count ||
	    blocks > udf->block_count - run->block)
		fsi_check_tell(udf->check, FSI_U_054, &at,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("%" PRIu32
							    " bytes or more in the image",
							    least),
				       .found = FSI_TEXT("%" PRIu32 " bytes from block "
							 "%" PRIu32 " on",
							 run->length, run->block)},
			       "The logical volume integrity sequence has no room");
	else
		fsi_check_udf_claim(udf, &there, FSI_U_054, run->block, blocks);
}

static void check_logical_volume(struct fsi_check_udf *udf)
{
	const uint8_t *const bytes = udf->logical_volume->bytes;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->logical_volume->block, LOGICAL_VOLUME);
	FSI_UDF_RECORD(fsi_udf_logical_volume_descriptor, record, bytes);
	struct fsi_check_place at =
		MEMBER_AT(&place, fsi_udf_logical_volume_descriptor, charset);

	fsi_check_udf_charspec(udf, &at, &record->charset, FSI_U_049);
	at = MEMBER_AT(&place, fsi_udf_logical_volume_descriptor,
		       logical_volume_identifier);
	at.structure = "identifier of the " LOGICAL_VOLUME;
	fsi_check_udf_dstring(udf, &at, record->logical_volume_identifier,
			      sizeof(record->logical_volume_identifier), FSI_U_049,
			      false);
	check_block_size(udf, &place);
	check_domain(udf, &place, &record->domain);
	at = MEMBER_AT(&place, fsi_udf_logical_volume_descriptor, domain);
	fsi_check_udf_regid(udf, &at, &record->domain, FSI_CHECK_SUFFIX_DOMAIN,
			    FSI_STATEMENT_COUNT);
	at = MEMBER_AT(&place, fsi_udf_logical_volume_descriptor, implementation);
	fsi_check_udf_regid(udf, &at, &record->implementation,
			    FSI_CHECK_SUFFIX_IMPLEMENTATION, FSI_STATEMENT_COUNT);
	check_integrity_extent(udf, &place);
}

/* ---- unallocated space descriptor, OSTA UDF 2.2.5 ---------------------- */

static bool is_in_partition(const struct fsi_check_udf *udf,
			    const struct fsi_udf_run *run)
{
	const uint64_t end = (uint64_t)run->block + run->length / udf->block_size;

	for (size_t i = 0; i < udf->descriptors->count; i++) {
		struct fsi_udf_partition partition;

		if (udf->descriptors->items[i].identifier != FSI_UDF_TAG_PARTITION)
			continue;
		fsi_udf_get_partition(udf->descriptors->items[i].bytes, &partition);
		if (run->block <
			    (uint64_t)partition.first_block + partition.block_count &&
		    end > partition.first_block)
			return true;
	}
	return false;
}

static void check_free_run(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			   const struct fsi_udf_run *run)
{
	const struct fsi_check_place there =
		fsi_check_udf_place(udf, run->block, "unallocated space");
	const uint32_t blocks = run->length / udf->block_size;
	const char *fault = NULL;

	if (run->block > udf->block_count || blocks > udf->block_count - run->block)
		fault = "goes on behind the end of the image";
	else if ((uint64_t)run->block * udf->block_size < UINT64_C(32768))
		fault = "is in the first 32768 bytes";
	else if (is_in_partition(udf, run))
		fault = "is in a partition";
	else
		fsi_check_udf_claim(udf, &there, FSI_U_055, run->block, blocks);
	if (fault != NULL)
		fsi_check_tell(udf->check, FSI_U_055, place,
			       &(struct fsi_check_details){
				       .expected = "free space outside of partitions",
				       .found = FSI_TEXT("%" PRIu32 " blocks from block "
							 "%" PRIu32 " on",
							 blocks, run->block)},
			       "Unallocated space %s", fault);
}

static void check_unallocated(struct fsi_check_udf *udf)
{
	const uint8_t *const bytes = udf->unallocated->bytes;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->unallocated->block, UNALLOCATED);
	FSI_UDF_RECORD(fsi_udf_unallocated_space_descriptor, record, bytes);
	const uint32_t count = fsi_get_le32(&record->extent_count);
	const size_t room =
		(udf->block_size - sizeof(*record)) / sizeof(struct fsi_udf_extent_ad);

	if (count > room)
		fsi_check_tell(udf->check, FSI_U_055, &place,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("at most %zu", room),
				       .found = FSI_TEXT("%" PRIu32, count)},
			       "The " UNALLOCATED " has more extents than room");
	for (size_t i = 0; i < count && i < room; i++) {
		const size_t offset =
			sizeof(*record) + i * sizeof(struct fsi_udf_extent_ad);
		const struct fsi_check_place at = fsi_check_at(&place, offset);
		FSI_UDF_RECORD(fsi_udf_extent_ad, extent, bytes + offset);
		struct fsi_udf_run run;

		fsi_udf_get_extent_ad(extent, &run);
		check_free_run(udf, &at, &run);
	}
}

void fsi_check_udf_volume(struct fsi_check_udf *udf)
{
	if (udf->primary != NULL)
		check_primary(udf);
	if (udf->information != NULL)
		check_information(udf);
	for (size_t i = 0; i < udf->descriptors->count; i++) {
		if (udf->descriptors->items[i].identifier == FSI_UDF_TAG_PARTITION)
			check_partition(udf, &udf->descriptors->items[i]);
	}
	if (udf->logical_volume != NULL)
		check_logical_volume(udf);
	if (udf->unallocated != NULL)
		check_unallocated(udf);
}
