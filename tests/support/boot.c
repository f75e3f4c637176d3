/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of boot entries have in common. */
#include "tests/support/boot.h"

#include <stdlib.h>
#include <string.h>

fsi_boot_options *boot_sized(uint32_t platform, size_t size)
{
	fsi_boot_options *options = NULL;
	fsi_stream *stream = api_sized_stream(size);

	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	ASSERT_OK(fsi_boot_options_put_emulation(options, FSI_EMULATION_NONE));
	ASSERT_OK(fsi_boot_options_put_platform_id(options, platform));
	fsi_stream_release(stream);
	return options;
}

fsi_boot_options *boot_file(uint32_t platform, const char *full_path)
{
	fsi_boot_options *options = NULL;

	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, full_path));
	ASSERT_OK(fsi_boot_options_put_platform_id(options, platform));
	return options;
}

void boot_put(fsi_image *image, fsi_boot_options **options, size_t count)
{
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, options, count));
	for (size_t i = 0; i < count; i++)
		fsi_boot_options_release(options[i]);
}

void boot_put_one(fsi_image *image, fsi_boot_options *options)
{
	boot_put(image, &options, 1);
}

uint8_t *boot_build(fsi_image *image, uint32_t *ret_blocks)
{
	fsi_stream *stream = api_image_stream(image);
	size_t size = 0;
	uint8_t *bytes = api_read_all(stream, &size);

	ck_assert_uint_eq(size % FSI_BLOCK_SIZE, 0);
	if (ret_blocks != NULL)
		*ret_blocks = (uint32_t)(size / FSI_BLOCK_SIZE);
	fsi_stream_release(stream);
	return bytes;
}

const uint8_t *boot_block(const uint8_t *blocks, uint32_t block)
{
	return blocks + (size_t)block * FSI_BLOCK_SIZE;
}

uint32_t boot_le32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

uint16_t boot_le16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t boot_catalog_block(const uint8_t *blocks)
{
	return boot_le32(boot_block(blocks, BOOT_RECORD_BLOCK) + 71);
}

const uint8_t *boot_catalog(const uint8_t *blocks)
{
	return boot_block(blocks, boot_catalog_block(blocks));
}

const uint8_t *boot_entry(const uint8_t *blocks, size_t n)
{
	return boot_catalog(blocks) + 32 + 64 * n;
}

uint32_t boot_entry_block(const uint8_t *blocks, size_t n)
{
	return boot_le32(boot_entry(blocks, n) + 8);
}

void boot_assert_content(const uint8_t *blocks, uint32_t first_block, fsi_stream *stream)
{
	const uint8_t *bytes = boot_block(blocks, first_block);
	size_t size = 0;
	uint8_t *expected = api_read_all(stream, &size);

	ck_assert_int_eq(memcmp(bytes, expected, size), 0);
	boot_assert_zero(bytes + size,
			 (FSI_BLOCK_SIZE - size % FSI_BLOCK_SIZE) % FSI_BLOCK_SIZE);
	free(expected);
}

void boot_assert_zero(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		ck_assert_uint_eq(bytes[i], 0);
}
