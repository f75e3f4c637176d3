/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A decoder for UDF structures that fails the test on the first oddity. */
#include "tests/support/udf_reader.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

uint16_t udf_u16(const uint8_t *bytes, size_t offset)
{
	return (uint16_t)(bytes[offset] | bytes[offset + 1] << 8);
}

uint32_t udf_u32(const uint8_t *bytes, size_t offset)
{
	return udf_u16(bytes, offset) | (uint32_t)udf_u16(bytes, offset + 2) << 16;
}

uint64_t udf_u64(const uint8_t *bytes, size_t offset)
{
	return udf_u32(bytes, offset) | (uint64_t)udf_u32(bytes, offset + 4) << 32;
}

uint16_t udf_crc(const uint8_t *bytes, size_t length)
{
	unsigned crc = 0;

	for (size_t i = 0; i < 8 * length; i++) {
		const unsigned bit = ((unsigned)bytes[i / 8] >> (7 - i % 8)) & 1;

		crc = (crc << 1) ^ (((crc >> 15 & 1u) ^ bit) != 0 ? 0x1021u : 0u);
	}
	return (uint16_t)crc;
}

void udf_assert_tag_of(uint32_t revision, const uint8_t *bytes, uint16_t identifier,
		       size_t size, uint32_t location)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < 16; i++)
		sum += i == 4 ? 0u : bytes[i];
	ck_assert_uint_eq(udf_u16(bytes, 0), identifier);
	ck_assert_uint_eq(udf_u16(bytes, 2), revision >= 0x0200 ? 3 : 2);
	ck_assert_uint_eq(bytes[4], sum & 0xFF);
	ck_assert_uint_eq(bytes[5], 0);
	ck_assert_uint_eq(udf_u16(bytes, 6), 1);
	ck_assert_uint_eq(udf_u16(bytes, 8), udf_crc(bytes + 16, size - 16));
	ck_assert_uint_eq(udf_u16(bytes, 10), size - 16);
	ck_assert_uint_eq(udf_u32(bytes, 12), location);
}

void udf_assert_tag(const uint8_t *bytes, uint16_t identifier, size_t size,
		    uint32_t location)
{
	udf_assert_tag_of(0x0102, bytes, identifier, size, location);
}

void udf_assert_zero(const uint8_t *bytes, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (bytes[i] != 0)
			ck_abort_msg("byte %zu is %02X, not zero", i, bytes[i]);
}

void udf_assert_bytes(const uint8_t *bytes, size_t length, const char *hex)
{
	char text[3 * 512 + 1] = "";
	size_t used = 0;

	ck_assert_uint_le(length, 512);
	for (size_t i = 0; i < length; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%02X",
					 i > 0 ? " " : "", bytes[i]);
	ck_assert_str_eq(text, hex);
}

void udf_assert_dstring(const uint8_t *bytes, size_t size, const char *hex)
{
	const size_t used = bytes[size - 1];

	udf_assert_bytes(bytes, used, hex);
	udf_assert_zero(bytes, used, size - 1);
}

void udf_assert_regid(const uint8_t *bytes, const char *identifier, const char *suffix)
{
	char text[24] = "";

	memcpy(text, bytes + 1, 23);
	ck_assert_uint_eq(bytes[0], 0);
	ck_assert_str_eq(text, identifier);
	udf_assert_zero(bytes, 1 + strlen(identifier), 24);
	udf_assert_bytes(bytes + 24, 8, suffix);
}

void udf_assert_charspec(const uint8_t *bytes)
{
	ck_assert_uint_eq(bytes[0], 0);
	ck_assert_mem_eq(bytes + 1, "OSTA Compressed Unicode", 23);
	udf_assert_zero(bytes, 24, 64);
}

/* ECMA-167 4/14.9 and 4/14.17, which differ in places from byte 64 on. */
void udf_decode_entry(uint32_t revision, uint32_t location, struct udf_entry *entry)
{
	const uint8_t *const block = entry->block;
	const bool is_extended = revision >= 0x0200;
	const size_t fixed_size = is_extended ? 216 : 176;
	const size_t shift = is_extended ? 40 : 0; /* of the last fields */

	entry->file_type = block[16 + 11];
	entry->flags = udf_u16(block, 16 + 18);
	udf_assert_bytes(block + 16, 11, "00 00 00 00 04 00 00 00 01 00 00");
	udf_assert_zero(block, 16 + 12, 16 + 18);
	entry->uid = udf_u32(block, 36);
	entry->gid = udf_u32(block, 40);
	entry->permissions = udf_u32(block, 44);
	entry->link_count = udf_u16(block, 48);
	udf_assert_zero(block, 50, 56);
	entry->size = udf_u64(block, 56);
	entry->object_size = udf_u64(block, is_extended ? 64 : 56);
	entry->recorded_blocks = udf_u64(block, is_extended ? 72 : 64);
	entry->access_time = block + (is_extended ? 80 : 72);
	entry->modification_time = block + (is_extended ? 92 : 84);
	entry->creation_time = is_extended ? block + 104 : NULL;
	entry->attribute_time = block + (is_extended ? 116 : 96);
	ck_assert_uint_eq(udf_u32(block, is_extended ? 128 : 108), 1);
	if (is_extended)
		udf_assert_zero(block, 132, 136);
	udf_assert_zero(block, is_extended ? 136 : 112, is_extended ? 152 : 128);
	entry->stream_directory = is_extended ? block + 152 : NULL;
	udf_assert_regid(block + 128 + shift, "*LIBFSIMAGE", "04 05 00 00 00 00 00 00");
	entry->unique_id = udf_u64(block, 160 + shift);
	entry->attributes_length = udf_u32(block, 168 + shift);
	entry->descriptors_length = udf_u32(block, 172 + shift);
	entry->attributes = block + fixed_size;
	entry->descriptors = entry->attributes + entry->attributes_length;
	ck_assert_uint_le(
		fixed_size + entry->attributes_length + entry->descriptors_length, 2048);
	udf_assert_tag_of(revision, block, is_extended ? 266 : 261,
			  fixed_size + entry->attributes_length +
				  entry->descriptors_length,
			  location);
	udf_assert_zero(block,
			fixed_size + entry->attributes_length + entry->descriptors_length,
			2048);
}

bool udf_next_fid(const uint8_t *directory, size_t size, size_t *offset,
		  struct udf_fid *ret_fid)
{
	const uint8_t *bytes = directory + *offset;

	if (*offset == size)
		return false;
	ck_assert_uint_le(*offset + 40, size);
	ret_fid->offset = *offset;
	ret_fid->name_length = bytes[19];
	ret_fid->size = (38 + ret_fid->name_length + 3) / 4 * 4;
	ck_assert_uint_le(*offset + ret_fid->size, size);
	ret_fid->location = udf_u32(bytes, 12);
	udf_assert_tag_of(ret_fid->revision, bytes, 257, ret_fid->size,
			  ret_fid->location);
	ck_assert_uint_eq(udf_u16(bytes, 16), 1);
	ret_fid->characteristics = bytes[18];
	ck_assert_uint_eq(udf_u32(bytes, 20), 2048);
	ret_fid->icb_block = udf_u32(bytes, 24);
	ret_fid->icb_partition = udf_u16(bytes, 28);
	ck_assert_uint_eq(udf_u16(bytes, 30), 0);
	ret_fid->unique_id = udf_u32(bytes, 32);
	ck_assert_uint_eq(udf_u16(bytes, 36), 0);
	memcpy(ret_fid->name, bytes + 38, ret_fid->name_length);
	udf_assert_zero(bytes, 38 + ret_fid->name_length, ret_fid->size);
	*offset += ret_fid->size;
	return true;
}
