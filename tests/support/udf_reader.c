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

void udf_assert_tag(const uint8_t *bytes, uint16_t identifier, size_t size,
		    uint32_t location)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < 16; i++)
		sum += i == 4 ? 0u : bytes[i];
	ck_assert_uint_eq(udf_u16(bytes, 0), identifier);
	ck_assert_uint_eq(udf_u16(bytes, 2), 2);
	ck_assert_uint_eq(bytes[4], sum & 0xFF);
	ck_assert_uint_eq(bytes[5], 0);
	ck_assert_uint_eq(udf_u16(bytes, 6), 1);
	ck_assert_uint_eq(udf_u16(bytes, 8), udf_crc(bytes + 16, size - 16));
	ck_assert_uint_eq(udf_u16(bytes, 10), size - 16);
	ck_assert_uint_eq(udf_u32(bytes, 12), location);
}

void udf_assert_zero(const uint8_t *bytes, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		ck_assert_msg(bytes[i] == 0, "byte %zu is %02X, not zero", i, bytes[i]);
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
	udf_assert_tag(bytes, 257, ret_fid->size, ret_fid->location);
	ck_assert_uint_eq(udf_u16(bytes, 16), 1);
	ret_fid->characteristics = bytes[18];
	ck_assert_uint_eq(udf_u32(bytes, 20), 2048);
	ret_fid->icb_block = udf_u32(bytes, 24);
	ck_assert_uint_eq(udf_u16(bytes, 28), 0);
	ck_assert_uint_eq(udf_u16(bytes, 30), 0);
	ret_fid->unique_id = udf_u32(bytes, 32);
	ck_assert_uint_eq(udf_u16(bytes, 36), 0);
	memcpy(ret_fid->name, bytes + 38, ret_fid->name_length);
	udf_assert_zero(bytes, 38 + ret_fid->name_length, ret_fid->size);
	*offset += ret_fid->size;
	return true;
}
