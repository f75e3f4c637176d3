/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the elementary types of ECMA-167 and OSTA UDF. */
#include "udf/read_types.h"

#include "base/crc.h"
#include "base/text.h"

/* OSTA UDF 2.1.1: the compression identifiers of text that is in force. */
#define CS0_NARROW 8
#define CS0_WIDE   16

#define REPLACEMENT 0xFFFDu

/* ECMA-167 1/7.3.1 */
#define TIMESTAMP_UTC	   0
#define TIMESTAMP_LOCAL	   1
#define TIMESTAMP_ZONE_MAX 1440 /* minutes, to either side */

/* ECMA-167 4/14.14.1.1: the two highest bits are the type. */
#define EXTENT_LENGTH_MASK 0x3FFFFFFFu

const char *fsi_udf_fault_text(enum fsi_udf_fault fault)
{
	static const char *const texts[] = {
		[FSI_UDF_SOUND] = "nothing is wrong with it",
		[FSI_UDF_FAULT_CHECKSUM] = "the checksum of its tag is wrong",
		[FSI_UDF_FAULT_VERSION] = "the version of its tag is neither 2 nor 3",
		[FSI_UDF_FAULT_LOCATION] = "its tag says that it belongs elsewhere",
		[FSI_UDF_FAULT_CRC] = "its CRC is wrong",
		[FSI_UDF_FAULT_IDENTIFIER] = "another structure stands in its place",
		[FSI_UDF_FAULT_LENGTH] = "a length in it is wrong",
		[FSI_UDF_FAULT_CONTENT] = "a value in it is wrong",
	};

	return texts[fault];
}

unsigned fsi_udf_tag_identifier(const uint8_t *descriptor)
{
	FSI_UDF_RECORD(fsi_udf_tag, tag, descriptor);

	return fsi_get_le16(&tag->identifier);
}

enum fsi_udf_fault fsi_udf_tag_check(const uint8_t *descriptor, size_t size,
				     uint32_t location)
{
	FSI_UDF_RECORD(fsi_udf_tag, tag, descriptor);
	const uint16_t version = fsi_get_le16(&tag->version);
	const uint16_t crc_length = fsi_get_le16(&tag->crc_length);

	if (tag->checksum[0] != fsi_udf_tag_sum(tag))
		return FSI_UDF_FAULT_CHECKSUM;
	if (version != 2 && version != 3)
		return FSI_UDF_FAULT_VERSION;
	if (fsi_get_le32(&tag->location) != location)
		return FSI_UDF_FAULT_LOCATION;
	if (crc_length > 0 && sizeof(*tag) + crc_length <= size &&
	    fsi_get_le16(&tag->crc) != fsi_crc16(descriptor + sizeof(*tag), crc_length))
		return FSI_UDF_FAULT_CRC;
	return FSI_UDF_SOUND;
}

enum fsi_udf_fault fsi_udf_tag_check_identifier(const uint8_t *descriptor, size_t size,
						enum fsi_udf_tag_identifier identifier,
						uint32_t location)
{
	/* What is no tag at all is said to be so, not to be another structure. */
	if (fsi_udf_tag_identifier(descriptor) != identifier) {
		FSI_UDF_RECORD(fsi_udf_tag, tag, descriptor);

		return tag->checksum[0] != fsi_udf_tag_sum(tag)
			       ? FSI_UDF_FAULT_CHECKSUM
			       : FSI_UDF_FAULT_IDENTIFIER;
	}
	return fsi_udf_tag_check(descriptor, size, location);
}

bool fsi_udf_tag_is_blank(const uint8_t *descriptor)
{
	static const uint8_t zeros[sizeof(struct fsi_udf_tag)];

	return memcmp(descriptor, zeros, sizeof(zeros)) == 0;
}

static uint32_t get_unit(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* The character that begins at *cursor, which steps over it. */
static uint32_t next_wide(const uint8_t **cursor, const uint8_t *end)
{
	const uint32_t unit = get_unit(*cursor);

	*cursor += 2;
	if (unit < 0xD800 || unit > 0xDFFF)
		return unit;
	if (unit < 0xDC00 && end - *cursor >= 2) {
		const uint32_t low = get_unit(*cursor);

		if (low >= 0xDC00 && low <= 0xDFFF) {
			*cursor += 2;
			return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
		}
	}
	return REPLACEMENT;
}

/* Each character that text may not hold becomes U+FFFD; U+0000 always does. */
static bool decode(const uint8_t *bytes, size_t length, uint32_t forbidden, char *out)
{
	const uint8_t *cursor = bytes + 1;
	const uint8_t *end = bytes + length;
	const size_t width = length > 0 && bytes[0] == CS0_WIDE ? 2 : 1;

	*out = '\0';
	if (length == 0)
		return true;
	if (bytes[0] != CS0_NARROW && bytes[0] != CS0_WIDE)
		return false;
	while ((size_t)(end - cursor) >= width) {
		uint32_t character = width == 2 ? next_wide(&cursor, end) : *cursor++;

		if (character == 0 || character == forbidden)
			character = REPLACEMENT;
		out += fsi_utf8_put(out, character);
	}
	*out = '\0';
	return true;
}

bool fsi_udf_get_cs0(const uint8_t *bytes, size_t length, char *out)
{
	return decode(bytes, length, 0, out);
}

bool fsi_udf_get_name(const uint8_t *bytes, size_t length, char *out)
{
	size_t replaced = 0;

	if (!decode(bytes, length, '/', out))
		return false;
	if (out[0] == '\0' || strcmp(out, ".") == 0)
		replaced = 1;
	else if (strcmp(out, "..") == 0)
		replaced = 2;
	for (size_t i = 0; i < replaced; i++)
		out += fsi_utf8_put(out, REPLACEMENT);
	if (replaced > 0)
		*out = '\0';
	return true;
}

/* Without the zeros at its end, which are no part of any text. */
static size_t trim_zeros(const uint8_t *field, size_t length)
{
	const size_t width = field[0] == CS0_WIDE ? 2 : 1;

	/* Wide text has its compression identifier and pairs. */
	if (width == 2 && length % 2 == 0)
		length--;
	while (length > width && field[length - 1] == 0 &&
	       (width == 1 || field[length - 2] == 0))
		length -= width;
	return length;
}

void fsi_udf_get_dstring(const uint8_t *field, size_t size, char *out)
{
	size_t length = field[size - 1];

	*out = '\0';
	if (length == 0 || length > size - 1)
		length = size - 1;
	length = trim_zeros(field, length);
	if (!fsi_udf_get_cs0(field, length, out))
		*out = '\0';
}

/* ECMA-167 1/7.3.1: twelve bits with a sign; -2047 stands for "not specified". */
static int get_zone(uint16_t type_and_timezone)
{
	const int zone = type_and_timezone & 0x0FFF;

	return zone >= 0x0800 ? zone - 0x1000 : zone;
}

/* A fraction that is none is no reason to forget the date. */
static uint32_t get_microseconds(const struct fsi_udf_timestamp *field)
{
	const uint8_t hundredths = field->centiseconds[0];
	const uint8_t hundreds = field->hundreds_of_microseconds[0];
	const uint8_t ones = field->microseconds[0];

	if (hundredths > 99 || hundreds > 99 || ones > 99)
		return 0;
	return hundredths * 10000u + hundreds * 100u + ones;
}

void fsi_udf_get_timestamp(const struct fsi_udf_timestamp *field,
			   struct fsi_disc_time *ret_time)
{
	const uint16_t type_and_timezone = fsi_get_le16(&field->type_and_timezone);
	const unsigned type = type_and_timezone >> 12;
	const int zone = type == TIMESTAMP_UTC ? 0 : get_zone(type_and_timezone);
	const struct fsi_date date = {
		.year = fsi_get_le16(&field->year),
		.month = field->month[0],
		.day = field->day[0],
		.hour = field->hour[0],
		.minute = field->minute[0],
		.second = field->second[0],
		.microsecond = get_microseconds(field),
	};
	struct fsi_disc_time found = {.is_known = true};

	*ret_time = (struct fsi_disc_time){.is_known = false};
	if (!fsi_date_to_timespec(&date, &found.time))
		return;
	if (type <= TIMESTAMP_LOCAL && zone >= -TIMESTAMP_ZONE_MAX &&
	    zone <= TIMESTAMP_ZONE_MAX) {
		found.has_zone = true;
		found.zone_minutes = (int16_t)zone;
		found.time.tv_sec -= zone * 60;
	}
	*ret_time = found;
}

bool fsi_udf_regid_is(const struct fsi_udf_regid *field, const char *identifier)
{
	char expected[sizeof(field->identifier)] = {0};

	memcpy(expected, identifier, strlen(identifier));
	return memcmp(field->identifier, expected, sizeof(expected)) == 0;
}

void fsi_udf_get_regid(const struct fsi_udf_regid *field, char (*ret_text)[24])
{
	size_t length = 0;

	_Static_assert(sizeof(*ret_text) == sizeof(field->identifier) + 1,
		       "ECMA-167 1/7.4");
	while (length < sizeof(field->identifier) && field->identifier[length] != 0) {
		const uint8_t byte = field->identifier[length];

		(*ret_text)[length++] = byte >= 0x20 && byte < 0x7F ? (char)byte : '?';
	}
	(*ret_text)[length] = '\0';
}

uint16_t fsi_udf_get_revision(const struct fsi_udf_regid *field)
{
	return (uint16_t)(field->suffix[0] | field->suffix[1] << 8);
}

static void split_length(uint32_t length, struct fsi_udf_allocation *ret_allocation)
{
	ret_allocation->type = (enum fsi_udf_extent_type)(length >> 30);
	ret_allocation->length = length & EXTENT_LENGTH_MASK;
}

void fsi_udf_get_short_ad(const struct fsi_udf_short_ad *field, uint16_t partition,
			  struct fsi_udf_allocation *ret_allocation)
{
	split_length(fsi_get_le32(&field->length), ret_allocation);
	ret_allocation->address.block = fsi_get_le32(&field->block);
	ret_allocation->address.partition = partition;
}

void fsi_udf_get_long_ad(const struct fsi_udf_long_ad *field,
			 struct fsi_udf_allocation *ret_allocation)
{
	split_length(fsi_get_le32(&field->length), ret_allocation);
	ret_allocation->address.block = fsi_get_le32(&field->address.block);
	ret_allocation->address.partition =
		fsi_get_le16(&field->address.partition_reference);
}
