/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding the elementary types of ECMA-167 and OSTA UDF. */
#include "udf/types.h"

#include "base/crc.h"
#include "base/text.h"
#include "udf/revision.h"

#include <assert.h>

/* OSTA UDF 2.1.1: the compression identifiers that are written. */
#define CS0_NARROW 8
#define CS0_WIDE   16

/* OSTA UDF 2.1.6: from 2.00 on one number for the volume, before it is free. */
#define TAG_SERIAL_NUMBER 1

/* ECMA-167 1/7.3.1: type 1, a local time; UTC is 0 minutes away from UTC. */
#define TIMESTAMP_LOCAL_UTC 0x1000

/* OSTA UDF 6.3 */
#define OS_CLASS_UNIX	    4
#define OS_IDENTIFIER_LINUX 5

/* OSTA UDF 2.1.5.3: hard and soft write protect; what is written is finished. */
#define DOMAIN_WRITE_PROTECTED 0x03

/* Domain identifier suffix, OSTA UDF 2.1.5.3 */
struct domain_suffix {
	uint8_t revision RBP(0, 2);
	uint8_t flags RBP(2, 1);
	uint8_t reserved RBP(3, 5);
};
_Static_assert(sizeof(struct domain_suffix) == 8, "OSTA UDF 2.1.5.3");

/* UDF identifier suffix, OSTA UDF 2.1.5.3 */
struct udf_suffix {
	uint8_t revision RBP(0, 2);
	uint8_t os_class RBP(2, 1);
	uint8_t os_identifier RBP(3, 1);
	uint8_t reserved RBP(4, 4);
};
_Static_assert(sizeof(struct udf_suffix) == 8, "OSTA UDF 2.1.5.3");

/* Implementation identifier suffix, OSTA UDF 2.1.5.3 */
struct implementation_suffix {
	uint8_t os_class RBP(0, 1);
	uint8_t os_identifier RBP(1, 1);
	uint8_t implementation_use RBP(2, 6);
};
_Static_assert(sizeof(struct implementation_suffix) == 8, "OSTA UDF 2.1.5.3");

uint8_t fsi_udf_tag_sum(const struct fsi_udf_tag *tag)
{
	uint8_t bytes[sizeof(*tag)];
	unsigned sum = 0;

	memcpy(bytes, tag, sizeof(bytes));
	for (unsigned i = 0; i < sizeof(bytes); i++)
		sum += i == offsetof(struct fsi_udf_tag, checksum) ? 0u : bytes[i];
	return (uint8_t)sum;
}

void fsi_udf_tag_seal(uint8_t *descriptor, size_t size,
		      enum fsi_udf_tag_identifier identifier,
		      const struct fsi_udf_revision *revision, uint32_t location)
{
	struct fsi_udf_tag tag = {0};
	const size_t crc_length = size - sizeof(tag);

	assert(size >= sizeof(tag) && crc_length <= UINT16_MAX);
	fsi_put_le16(&tag.identifier, (uint16_t)identifier);
	fsi_put_le16(&tag.version, revision->tag_version);
	fsi_put_le16(&tag.serial_number, TAG_SERIAL_NUMBER);
	fsi_put_le16(&tag.crc, fsi_crc16(descriptor + sizeof(tag), crc_length));
	fsi_put_le16(&tag.crc_length, (uint16_t)crc_length);
	fsi_put_le32(&tag.location, location);
	fsi_put_u8(&tag.checksum, fsi_udf_tag_sum(&tag));
	memcpy(descriptor, &tag, sizeof(tag));
}

void fsi_udf_tag_move(uint8_t *descriptor, uint32_t location)
{
	struct fsi_udf_tag tag;

	memcpy(&tag, descriptor, sizeof(tag));
	fsi_put_le32(&tag.location, location);
	fsi_put_u8(&tag.checksum, fsi_udf_tag_sum(&tag));
	memcpy(descriptor, &tag, sizeof(tag));
}

/* The part of a text that fits, in one width. */
struct cs0_prefix {
	const char *end;
	size_t bytes; /* with the compression identifier */
};

static struct cs0_prefix take_narrow(const char *text, const char *end, size_t room)
{
	struct cs0_prefix prefix = {text, 1};

	while (text < end && prefix.bytes < room && fsi_utf8_next(&text, end) <= 0xFF) {
		prefix.end = text;
		prefix.bytes++;
	}
	return prefix;
}

static struct cs0_prefix take_wide(const char *text, const char *end, size_t room)
{
	struct cs0_prefix prefix = {text, 1};

	while (text < end) {
		const size_t bytes = fsi_utf8_next(&text, end) > 0xFFFF ? 4 : 2;

		if (prefix.bytes + bytes > room)
			break;
		prefix.end = text;
		prefix.bytes += bytes;
	}
	return prefix;
}

static void put_narrow(uint8_t *out, const char *text, const char *end)
{
	*out++ = CS0_NARROW;
	while (text < end)
		*out++ = (uint8_t)fsi_utf8_next(&text, end);
}

static uint8_t *put_unit(uint8_t *out, uint32_t unit)
{
	*out++ = (uint8_t)(unit >> 8);
	*out++ = (uint8_t)unit;
	return out;
}

static void put_wide(uint8_t *out, const char *text, const char *end)
{
	*out++ = CS0_WIDE;
	while (text < end) {
		const uint32_t character = fsi_utf8_next(&text, end);

		if (character > 0xFFFF)
			out = put_unit(out, 0xD800 + ((character - 0x10000) >> 10));
		out = put_unit(out, character > 0xFFFF ? 0xDC00 + (character & 0x3FF)
						       : character);
	}
}

size_t fsi_udf_put_cs0(uint8_t *out, size_t room, const char *text, size_t length)
{
	const char *end = text + length;
	const struct cs0_prefix narrow = take_narrow(text, end, room);
	struct cs0_prefix wide = {text, 1};

	/* A wide character far behind may lie beyond what fits anyway. */
	if (narrow.end < end)
		wide = take_wide(text, end, room);
	if (wide.end > narrow.end) {
		if (out != NULL)
			put_wide(out, text, wide.end);
		return wide.bytes;
	}
	if (narrow.end == text)
		return 0;
	if (out != NULL)
		put_narrow(out, text, narrow.end);
	return narrow.bytes;
}

bool fsi_udf_is_narrow(const char *text, size_t length)
{
	return take_narrow(text, text + length, SIZE_MAX).end == text + length;
}

static void put_dstring(uint8_t *field, size_t size, const char *text)
{
	memset(field, 0, size);
	/* The last byte tells how many of the others are used. */
	field[size - 1] = (uint8_t)fsi_udf_put_cs0(field, size - 1, text, strlen(text));
}

void fsi_udf_put_dstring32(uint8_t (*field)[32], const char *text)
{
	put_dstring(*field, sizeof(*field), text);
}

void fsi_udf_put_dstring128(uint8_t (*field)[128], const char *text)
{
	put_dstring(*field, sizeof(*field), text);
}

void fsi_udf_put_charspec(struct fsi_udf_charspec *field)
{
	static const char name[] = "OSTA Compressed Unicode";

	memset(field, 0, sizeof(*field));
	memcpy(field->information, name, sizeof(name) - 1);
}

void fsi_udf_put_timestamp(struct fsi_udf_timestamp *field, fsi_ticks ticks)
{
	struct fsi_date date;

	fsi_ticks_to_date(ticks, &date);
	fsi_put_le16(&field->type_and_timezone, TIMESTAMP_LOCAL_UTC);
	fsi_put_le16(&field->year, date.year);
	fsi_put_u8(&field->month, date.month);
	fsi_put_u8(&field->day, date.day);
	fsi_put_u8(&field->hour, date.hour);
	fsi_put_u8(&field->minute, date.minute);
	fsi_put_u8(&field->second, date.second);
	fsi_put_u8(&field->centiseconds, (uint8_t)(date.microsecond / 10000));
	fsi_put_u8(&field->hundreds_of_microseconds,
		   (uint8_t)(date.microsecond / 100 % 100));
	fsi_put_u8(&field->microseconds, (uint8_t)(date.microsecond % 100));
}

void fsi_udf_put_regid(struct fsi_udf_regid *field, const char *identifier)
{
	const size_t length = strlen(identifier);

	assert(length <= sizeof(field->identifier));
	memset(field->identifier, 0, sizeof(field->identifier));
	memcpy(field->identifier, identifier, length);
}

void fsi_udf_put_implementation(struct fsi_udf_regid *field)
{
	struct implementation_suffix suffix = {0};

	fsi_put_u8(&suffix.os_class, OS_CLASS_UNIX);
	fsi_put_u8(&suffix.os_identifier, OS_IDENTIFIER_LINUX);
	fsi_udf_put_regid(field, FSI_UDF_IMPLEMENTATION);
	memcpy(field->suffix, &suffix, sizeof(suffix));
}

void fsi_udf_put_domain(struct fsi_udf_regid *field,
			const struct fsi_udf_revision *revision)
{
	struct domain_suffix suffix = {0};

	fsi_put_le16(&suffix.revision, revision->number);
	fsi_put_u8(&suffix.flags, DOMAIN_WRITE_PROTECTED);
	fsi_udf_put_regid(field, "*OSTA UDF Compliant");
	memcpy(field->suffix, &suffix, sizeof(suffix));
}

void fsi_udf_put_udf_regid(struct fsi_udf_regid *field, const char *identifier,
			   const struct fsi_udf_revision *revision)
{
	struct udf_suffix suffix = {0};

	fsi_put_le16(&suffix.revision, revision->number);
	fsi_put_u8(&suffix.os_class, OS_CLASS_UNIX);
	fsi_put_u8(&suffix.os_identifier, OS_IDENTIFIER_LINUX);
	fsi_udf_put_regid(field, identifier);
	memcpy(field->suffix, &suffix, sizeof(suffix));
}

void fsi_udf_put_extent_ad(struct fsi_udf_extent_ad *field, struct fsi_udf_extent extent)
{
	fsi_put_le32(&field->length, extent.blocks * FSI_BLOCK_SIZE);
	fsi_put_le32(&field->location, extent.block);
}

void fsi_udf_put_short_ad(struct fsi_udf_short_ad *field, uint32_t length, uint32_t block)
{
	fsi_put_le32(&field->length, length);
	fsi_put_le32(&field->block, block);
}

void fsi_udf_put_long_ad(struct fsi_udf_long_ad *field, uint32_t length,
			 struct fsi_udf_address address, uint32_t unique_id)
{
	fsi_put_le32(&field->length, length);
	fsi_put_le32(&field->address.block, address.block);
	fsi_put_le16(&field->address.partition_reference, address.partition);
	memset(field->flags, 0, sizeof(field->flags));
	fsi_put_le32(&field->unique_id, unique_id);
}
