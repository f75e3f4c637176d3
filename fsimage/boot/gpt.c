/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The GUID partition table, sector by sector. */
#include "boot/gpt.h"

#include <zlib.h>

#define ENTRIES_PER_SECTOR (FSI_SECTOR_SIZE / sizeof(struct fsi_gpt_entry))
_Static_assert(ENTRIES_PER_SECTOR *FSI_GPT_ARRAY_SECTORS == FSI_GPT_ENTRIES,
	       "UEFI 5.3.1");

/* UEFI 5.3.2 */
#define SIGNATURE "EFI PART"
#define REVISION  0x00010000u

/* The GUID of the disk; those of partitions have the numbers from 1 on. */
#define DISK_NUMBER 0

const uint8_t fsi_gpt_basic_data[FSI_GUID_SIZE] = {
	0xA2, 0xA0, 0xD0, 0xEB, 0xE5, 0xB9, 0x33, 0x44,
	0x87, 0xC0, 0x68, 0xB6, 0xB7, 0x26, 0x99, 0xC7,
};
const uint8_t fsi_gpt_efi_system[FSI_GUID_SIZE] = {
	0x28, 0x73, 0x2A, 0xC1, 0x1F, 0xF8, 0xD2, 0x11,
	0xBA, 0x4B, 0x00, 0xA0, 0xC9, 0x3E, 0xC9, 0x3B,
};

/* Spreads each bit over all (the finaliser of MurmurHash3). */
static uint64_t spread(uint64_t value)
{
	value = (value ^ value >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
	value = (value ^ value >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
	return value ^ value >> 33;
}

/*
 * A GUID that is not random but follows from the volume: of version 8 (RFC 9562 5.8),
 * whose first three fields are recorded with their low byte first.
 */
static void put_guid(uint64_t identity, uint64_t number, uint8_t (*ret_guid)[16])
{
	const uint64_t base = spread(identity + 1);
	const uint64_t first = spread(base + number + 1);
	const uint64_t second = spread(first ^ base);

	for (unsigned i = 0; i < 8; i++) {
		(*ret_guid)[i] = (uint8_t)(first >> 8 * i);
		(*ret_guid)[8 + i] = (uint8_t)(second >> 8 * i);
	}
	(*ret_guid)[7] = (uint8_t)(((*ret_guid)[7] & 0x0F) | 0x80);
	(*ret_guid)[8] = (uint8_t)(((*ret_guid)[8] & 0x3F) | 0x80);
}

uint64_t fsi_gpt_last_usable_sector(uint64_t disk_sectors)
{
	return disk_sectors - FSI_GPT_BACKUP_SECTORS - 1;
}

/* An entry, which is zeroed; those behind the last partition stay so. */
static void put_entry(const struct fsi_gpt *gpt, uint32_t number,
		      struct fsi_gpt_entry *ret_entry)
{
	const struct fsi_gpt_partition *partition = &gpt->partitions[number];

	if (number >= gpt->partition_count)
		return;
	memcpy(ret_entry->type, *partition->type, sizeof(ret_entry->type));
	put_guid(gpt->identity, DISK_NUMBER + 1 + number, &ret_entry->guid);
	fsi_put_le64(&ret_entry->first_sector, partition->first_sector);
	fsi_put_le64(&ret_entry->last_sector, partition->last_sector);
	fsi_put_le64(&ret_entry->attributes, partition->attributes);
	for (size_t i = 0; partition->name[i] != '\0'; i++)
		ret_entry->name[2 * i] = (uint8_t)partition->name[i];
}

static void put_array_sector(const struct fsi_gpt *gpt, uint32_t sector,
			     uint8_t (*ret_sector)[FSI_SECTOR_SIZE])
{
	for (uint32_t i = 0; i < ENTRIES_PER_SECTOR; i++) {
		struct fsi_gpt_entry entry = {0};

		put_entry(gpt, sector * (uint32_t)ENTRIES_PER_SECTOR + i, &entry);
		memcpy(*ret_sector + i * sizeof(entry), &entry, sizeof(entry));
	}
}

static uint32_t checksum(const void *bytes, size_t length)
{
	return (uint32_t)crc32(0, bytes, (uInt)length);
}

static uint32_t checksum_of_array(const struct fsi_gpt *gpt)
{
	uint8_t sector[FSI_SECTOR_SIZE];
	uLong crc = 0;

	for (uint32_t i = 0; i < FSI_GPT_ARRAY_SECTORS; i++) {
		put_array_sector(gpt, i, &sector);
		crc = crc32(crc, sector, sizeof(sector));
	}
	return (uint32_t)crc;
}

static void put_header(const struct fsi_gpt *gpt, bool is_backup,
		       uint8_t (*ret_sector)[FSI_SECTOR_SIZE])
{
	const uint64_t last_sector = gpt->disk_sectors - 1;
	struct fsi_gpt_header header = {0};

	memcpy(header.signature, SIGNATURE, sizeof(header.signature));
	fsi_put_le32(&header.revision, REVISION);
	fsi_put_le32(&header.header_size, sizeof(header));
	fsi_put_le64(&header.own_sector, is_backup ? last_sector : FSI_GPT_HEADER_SECTOR);
	fsi_put_le64(&header.other_sector,
		     is_backup ? FSI_GPT_HEADER_SECTOR : last_sector);
	fsi_put_le64(&header.first_usable_sector, FSI_GPT_FIRST_USABLE_SECTOR);
	fsi_put_le64(&header.last_usable_sector,
		     fsi_gpt_last_usable_sector(gpt->disk_sectors));
	put_guid(gpt->identity, DISK_NUMBER, &header.disk_guid);
	fsi_put_le64(&header.array_sector, is_backup ? last_sector - FSI_GPT_ARRAY_SECTORS
						     : FSI_GPT_ARRAY_SECTOR);
	fsi_put_le32(&header.entry_count, FSI_GPT_ENTRIES);
	fsi_put_le32(&header.entry_size, sizeof(struct fsi_gpt_entry));
	fsi_put_le32(&header.array_crc, checksum_of_array(gpt));
	/* Of the header with zeros where it stands. */
	fsi_put_le32(&header.header_crc, checksum(&header, sizeof(header)));
	memcpy(*ret_sector, &header, sizeof(header));
}

void fsi_gpt_put_sector(const struct fsi_gpt *gpt, uint64_t sector,
			uint8_t (*ret_sector)[FSI_SECTOR_SIZE])
{
	const uint64_t last_sector = gpt->disk_sectors - 1;
	const uint64_t backup_sector = last_sector - FSI_GPT_ARRAY_SECTORS;

	if (sector == FSI_GPT_HEADER_SECTOR || sector == last_sector)
		put_header(gpt, sector == last_sector, ret_sector);
	else if (sector >= FSI_GPT_ARRAY_SECTOR &&
		 sector < FSI_GPT_ARRAY_SECTOR + FSI_GPT_ARRAY_SECTORS)
		put_array_sector(gpt, (uint32_t)(sector - FSI_GPT_ARRAY_SECTOR),
				 ret_sector);
	else if (sector >= backup_sector && sector < last_sector)
		put_array_sector(gpt, (uint32_t)(sector - backup_sector), ret_sector);
}
