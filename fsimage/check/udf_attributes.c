/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking extended attributes: ECMA-167 4/14.10, OSTA UDF 3.3.4; U-135 to U-141. */
#include "check/udf_tree.h"

#include <inttypes.h>

#define HEADER "extended attribute header"

/* OSTA UDF 3.3.4.1: there are none of the kind. */
#define NO_ATTRIBUTES UINT32_MAX

/* Types, ECMA-167 4/14.10 */
#define ALTERNATE_PERMISSIONS 3
#define IMPLEMENTATION_USE    2048
#define APPLICATION_USE	      65536

/* Head, length of the use, identifier: what the checksum of OSTA UDF 3.3.4.5 covers. */
#define USE_SIZE 48

struct walk {
	struct fsi_check_entry *entry;
	struct fsi_check_udf *udf;
	struct fsi_check_place place; /* of the space */
	const uint8_t *bytes;
	size_t size;
	uint64_t implementation; /* where these begin; size: nowhere */
	uint64_t application;
	unsigned devices;
};

static void tell(struct walk *walk, enum fsi_statement statement, size_t offset,
		 const struct fsi_check_details *details, const char *sentence)
{
	const struct fsi_check_place at = fsi_check_at(&walk->place, offset);

	fsi_check_tell(walk->udf->check, statement, &at, details, "%s", sentence);
}

/* U-136; where a section begins. */
static uint64_t take_section(struct walk *walk, const uint8_t (*field)[4], size_t at)
{
	const uint32_t offset = fsi_get_le32(field);
	const bool is_late = fsi_check_udf_since(walk->udf, 0x0200);

	if (offset < walk->size && offset >= sizeof(struct fsi_udf_attributes_header))
		return offset;
	if (is_late ? offset != NO_ATTRIBUTES : offset != walk->size)
		tell(walk, FSI_U_136, at,
		     &(struct fsi_check_details){
			     .expected =
				     is_late ? "0xFFFFFFFF" : FSI_TEXT("%zu", walk->size),
			     .found = FSI_TEXT("%" PRIu32, offset)},
		     "A section of extended attributes begins outside of their space");
	return walk->size;
}

/* U-135 */
static bool check_header(struct walk *walk)
{
	FSI_UDF_RECORD(fsi_udf_attributes_header, record, walk->bytes);
	const struct fsi_check_tagged tagged = {
		.bytes = walk->bytes,
		.available = walk->size,
		.identifiers = {FSI_UDF_TAG_ATTRIBUTES, FSI_UDF_TAG_ATTRIBUTES},
		.location = walk->entry->block.address.block,
		.missing = FSI_U_135,
	};

	if (!fsi_check_udf_tag(walk->udf, &walk->place, &tagged))
		return false;
	fsi_check_udf_crc_length(walk->udf, &walk->place, walk->bytes, sizeof(*record),
				 FSI_U_135);
	walk->implementation = take_section(
		walk, &record->implementation_offset,
		offsetof(struct fsi_udf_attributes_header, implementation_offset));
	walk->application = take_section(
		walk, &record->application_offset,
		offsetof(struct fsi_udf_attributes_header, application_offset));
	if (walk->implementation > walk->application && walk->application < walk->size)
		tell(walk, FSI_U_136, 0, NULL,
		     "Attributes of applications are before those of implementations");
	return true;
}

/* U-138 */
static void check_use(struct walk *walk, size_t at, size_t length)
{
	const uint8_t *const bytes = walk->bytes + at;
	FSI_UDF_RECORD(fsi_udf_regid, identifier, bytes + 16);
	const struct fsi_check_place place = fsi_check_at(&walk->place, at + 16);
	unsigned sum = 0;

	fsi_check_udf_regid(walk->udf, &place, identifier,
			    memcmp(identifier->identifier, "*UDF", 4) == 0
				    ? FSI_CHECK_SUFFIX_UDF
				    : FSI_CHECK_SUFFIX_IMPLEMENTATION,
			    FSI_STATEMENT_COUNT);
	if (length < USE_SIZE + 2 || memcmp(identifier->identifier, "*UDF", 4) != 0)
		return;
	for (size_t i = 0; i < USE_SIZE; i++)
		sum += bytes[i];
	if ((sum & 0xFFFF) != (unsigned)(bytes[USE_SIZE] | bytes[USE_SIZE + 1] << 8))
		tell(walk, FSI_U_138, at + USE_SIZE,
		     &(struct fsi_check_details){
			     .expected = FSI_TEXT("0x%04X", sum & 0xFFFF),
			     .found = FSI_TEXT("0x%02X%02X", bytes[USE_SIZE + 1],
					       bytes[USE_SIZE])},
		     "The checksum of an extended attribute is wrong");
}

/* U-139 */
static void check_device(struct walk *walk, size_t at, size_t length)
{
	const uint8_t type = walk->entry->block.icb.file_type;
	uint32_t use_length = 0;

	walk->devices++;
	if (length < sizeof(struct fsi_udf_device_attribute)) {
		tell(walk, FSI_U_139, at, NULL, "The numbers of a device are cut off");
		return;
	}
	FSI_UDF_RECORD(fsi_udf_device_attribute, record, walk->bytes + at);
	use_length = fsi_get_le32(&record->implementation_use_length);
	if (type != FSI_UDF_FILE_BLOCK_DEVICE && type != FSI_UDF_FILE_CHARACTER_DEVICE)
		tell(walk, FSI_U_139, at,
		     &(struct fsi_check_details){.severity = FSI_SEVERITY_WARNING,
						 .expected = "a device",
						 .found = FSI_TEXT("kind %u", type)},
		     "A file that is no device has the numbers of one");
	else if (use_length < sizeof(struct fsi_udf_regid) ||
		 sizeof(*record) + (uint64_t)use_length != length)
		tell(walk, FSI_U_139, at,
		     &(struct fsi_check_details){
			     .expected = "an identifier of the implementation",
			     .found = FSI_TEXT("%" PRIu32 " bytes", use_length)},
		     "The numbers of a device do not tell what has written them");
}

static void check_type(struct walk *walk, size_t at, uint32_t type, size_t length)
{
	const bool is_use = type == IMPLEMENTATION_USE || type == APPLICATION_USE;
	const uint64_t section_end =
		is_use ? walk->size
		       : (walk->implementation < walk->application ? walk->implementation
								   : walk->application);

	/* U-137: attributes of ECMA-167 come first. */
	if (at >= section_end ||
	    (type == IMPLEMENTATION_USE && at < walk->implementation))
		tell(walk, FSI_U_137, at,
		     &(struct fsi_check_details){.expected = "sections in order",
						 .found =
							 FSI_TEXT("type %" PRIu32, type)},
		     "An extended attribute is in the section of others");
	if (type == ALTERNATE_PERMISSIONS)
		tell(walk, FSI_U_140, at,
		     &(struct fsi_check_details){.expected = "none", .found = "type 3"},
		     "There are alternate permissions, which UDF forbids");
	if (type == FSI_UDF_ATTRIBUTE_DEVICE)
		check_device(walk, at, length);
	if (is_use && length >= USE_SIZE)
		check_use(walk, at, length);
	if (type == FSI_UDF_ATTRIBUTE_FILE_TIMES && walk->entry->block.icb.is_extended &&
	    length >= sizeof(struct fsi_udf_file_times_attribute)) {
		FSI_UDF_RECORD(fsi_udf_file_times_attribute, record, walk->bytes + at);

		if ((fsi_get_le32(&record->existence) & 1) != 0)
			tell(walk, FSI_U_141, at, NULL,
			     "The creation time is in the entry and in an attribute");
	}
}

/* U-137; the bytes that it takes, 0 when that cannot be. */
static size_t take_attribute(struct walk *walk, size_t at)
{
	const size_t left = walk->size - at;
	uint32_t length = 0;

	if (left < sizeof(struct fsi_udf_attribute_head))
		length = 0;
	else
		length = (uint32_t)walk->bytes[at + 8] |
			 (uint32_t)walk->bytes[at + 9] << 8 |
			 (uint32_t)walk->bytes[at + 10] << 16 |
			 (uint32_t)walk->bytes[at + 11] << 24;
	if (length < sizeof(struct fsi_udf_attribute_head) || length % 4 != 0 ||
	    length > left) {
		tell(walk, FSI_U_137, at,
		     &(struct fsi_check_details){
			     .expected =
				     FSI_TEXT("12 to %zu bytes, a multiple of 4", left),
			     .found = FSI_TEXT("%" PRIu32, length)},
		     "The length of an extended attribute is wrong");
		return 0;
	}
	FSI_UDF_RECORD(fsi_udf_attribute_head, head, walk->bytes + at);
	if (head->subtype[0] != 1 || head->reserved[0] != 0 || head->reserved[1] != 0 ||
	    head->reserved[2] != 0)
		tell(walk, FSI_U_137, at + 4,
		     &(struct fsi_check_details){
			     .expected = "subtype 1, zeros",
			     .found = FSI_TEXT("subtype %u", head->subtype[0])},
		     "The head of an extended attribute is wrong");
	check_type(walk, at, fsi_get_le32(&head->type), length);
	return length;
}

void fsi_check_udf_attributes(struct fsi_check_entry *entry)
{
	const struct fsi_udf_icb *icb = &entry->block.icb;
	const bool is_device = icb->file_type == FSI_UDF_FILE_BLOCK_DEVICE ||
			       icb->file_type == FSI_UDF_FILE_CHARACTER_DEVICE;
	struct walk walk = {
		.entry = entry,
		.udf = entry->tree->udf,
		.place = fsi_check_at(&entry->place,
				      (uint64_t)(icb->attributes - entry->block.bytes)),
		.bytes = icb->attributes,
		.size = icb->attributes_size,
	};
	size_t at = sizeof(struct fsi_udf_attributes_header);

	walk.place.structure = HEADER;
	if (walk.size > 0 && fsi_check_node_of(entry)->kind == FSI_CHECK_STREAM_DIRECTORY)
		tell(&walk, FSI_U_142, 0, &(struct fsi_check_details){.expected = "none"},
		     "A stream directory has extended attributes");
	if (walk.size > 0 && walk.size < at)
		tell(&walk, FSI_U_135, 0,
		     &(struct fsi_check_details){.expected = FSI_TEXT("%zu bytes", at),
						 .found = FSI_TEXT("%zu", walk.size)},
		     "The space of extended attributes has no room for their header");
	else if (walk.size > 0 && check_header(&walk)) {
		while (at < walk.size) {
			const size_t taken = take_attribute(&walk, at);

			if (taken == 0)
				break;
			at += taken;
		}
	}
	if (is_device && walk.devices != 1)
		tell(&walk, FSI_U_139, 0,
		     &(struct fsi_check_details){.expected = "one",
						 .found = FSI_TEXT("%u", walk.devices)},
		     "A device has its numbers not once");
}
