/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The partition tables of a volume that is made by hand. */
#include "tests/support/iso_volume.h"

#include <string.h>

#define SECTOR	512u
#define SECTORS (ISO_VOLUME_BLOCKS * 4)

static uint32_t crc32_of(const uint8_t *bytes, size_t length)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc % 2 != 0 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

static void put_gpt(uint32_t own, uint32_t other, uint32_t array)
{
	uint8_t *entries = iso_volume + (size_t)array * SECTOR;
	uint8_t *header = iso_volume + (size_t)own * SECTOR;

	memset(entries, 0x11, 32);
	iso_volume_put_le(entries + 32, 64, 8);
	iso_volume_put_le(entries + 40, SECTORS - 64, 8);
	memcpy(header, "EFI PART\0\0\1\0", 12);
	iso_volume_put_le(header + 12, 92, 4);
	iso_volume_put_le(header + 24, own, 8);
	iso_volume_put_le(header + 32, other, 8);
	iso_volume_put_le(header + 40, 34, 8);
	iso_volume_put_le(header + 48, SECTORS - 34, 8);
	iso_volume_put_le(header + 72, array, 8);
	iso_volume_put_le(header + 80, 128, 4);
	iso_volume_put_le(header + 84, 128, 4);
	iso_volume_put_le(header + 88, crc32_of(entries, (size_t)128 * 128), 4);
	iso_volume_put_le(header + 16, crc32_of(header, 92), 4);
}

void iso_volume_put_partitions(void)
{
	uint8_t *entry = iso_volume + 446;

	entry[0] = 0x80;
	entry[4] = 0x17;
	iso_volume_put_le(entry + 12, SECTORS, 4);
	memcpy(iso_volume + 510, "\x55\xAA", 2);
	put_gpt(1, SECTORS - 1, 2);
	put_gpt(SECTORS - 1, 1, SECTORS - 33);
}
