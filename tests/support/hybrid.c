/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that are disks, and what is read of them. */
#include "tests/support/hybrid.h"

#include <stdlib.h>
#include <string.h>

struct hybrid hybrid;

const uint8_t hybrid_isolinux[432] = "\x33\xED isolinux.bin missing or corrupt";
const uint8_t hybrid_grub[512] = {
	[384] = 'G', 'R', 'U', 'B', ' ', [432] = 1, [510] = 0x55, 0xAA,
};

void hybrid_tear_down(void)
{
	free(hybrid.bytes);
	fsi_image_release(hybrid.image);
	hybrid = (struct hybrid){0};
}

HRESULT hybrid_put(uint32_t tables, const void *code, size_t length, uint8_t type)
{
	struct fsi_hybrid_options options = {
		.size = sizeof(options), .tables = tables, .partition_type = type};
	HRESULT hr = S_OK;

	if (code != NULL)
		ASSERT_OK(
			fsi_stream_create_on_memory(code, length, &options.mbr_template));
	hr = fsi_image_put_hybrid_boot(hybrid.image, &options);
	fsi_stream_release(options.mbr_template);
	return hr;
}

void hybrid_put_boot(size_t bios, size_t efi)
{
	fsi_boot_options *options[2] = {NULL, NULL};
	size_t count = 0;

	if (efi > 0)
		options[count++] = boot_sized(FSI_PLATFORM_EFI, efi);
	if (bios > 0)
		options[count++] = boot_sized(FSI_PLATFORM_X86, bios);
	boot_put(hybrid.image, options, count);
}

void hybrid_make(void)
{
	fsi_stream *stream = api_image_stream(hybrid.image);

	free(hybrid.bytes);
	hybrid.bytes = api_read_all(stream, &hybrid.size);
	fsi_stream_release(stream);
}

uint64_t hybrid_number(size_t offset, unsigned width)
{
	uint64_t value = 0;

	ck_assert_uint_le(offset + width, hybrid.size);
	for (unsigned i = 0; i < width; i++)
		value |= (uint64_t)hybrid.bytes[offset + i] << 8 * i;
	return value;
}

uint64_t hybrid_find(size_t length)
{
	fsi_stream *stream = api_sized_stream(length);
	size_t expected_size = 0;
	uint8_t *expected = api_read_all(stream, &expected_size);
	uint64_t block = 17;

	while ((block + 1) * FSI_BLOCK_SIZE <= hybrid.size &&
	       memcmp(hybrid.bytes + block * FSI_BLOCK_SIZE, expected, length) != 0)
		block++;
	ck_assert_uint_le((block + 1) * FSI_BLOCK_SIZE, hybrid.size);
	free(expected);
	fsi_stream_release(stream);
	return block;
}
