/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot record and the boot catalog (El Torito 2.0 to 2.4). */
#include "boot/catalog.h"

/* The partition table of a hard disk, at the end of its first sector. */
#define PARTITIONS_OFFSET     446
#define PARTITIONS	      4
#define PARTITION_SIZE	      16
#define PARTITION_TYPE_OFFSET 4
#define SIGNATURE_OFFSET      510

/* El Torito 2.1: the words of the entry, this one among them, add up to 0. */
static uint16_t make_checksum(const struct fsi_boot_validation_entry *entry)
{
	uint8_t words[FSI_BOOT_ENTRY_SIZE / 2][2];
	uint16_t sum = 0;

	memcpy(words, entry, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sum = (uint16_t)(sum + fsi_get_le16((const uint8_t(*)[2]) & words[i]));
	return (uint16_t)(0u - sum);
}

static void put_validation(const struct fsi_boot_catalog_entry *first, uint8_t *out)
{
	struct fsi_boot_validation_entry entry = {.key = {0x55, 0xAA}};

	fsi_put_u8(&entry.header, FSI_BOOT_VALIDATION);
	fsi_put_u8(&entry.platform, first->platform);
	memcpy(entry.identifier, first->identifier, sizeof(entry.identifier));
	fsi_put_le16(&entry.checksum, make_checksum(&entry));
	memcpy(out, &entry, sizeof(entry));
}

static void put_section(const struct fsi_boot_catalog_entry *first, bool is_last,
			uint8_t *out)
{
	struct fsi_boot_section_header header = {0};

	fsi_put_u8(&header.header, is_last ? FSI_BOOT_LAST_SECTION : FSI_BOOT_SECTION);
	fsi_put_u8(&header.platform, first->platform);
	fsi_put_le16(&header.entry_count, 1);
	memcpy(header.identifier, first->identifier, sizeof(first->identifier));
	memcpy(out, &header, sizeof(header));
}

static void put_entry(const struct fsi_boot_catalog_entry *entry, uint8_t *out)
{
	struct fsi_boot_section_entry record = {0};

	fsi_put_u8(&record.indicator, FSI_BOOT_BOOTABLE);
	fsi_put_u8(&record.media_type, entry->emulation);
	fsi_put_le16(&record.load_segment, entry->load_segment);
	fsi_put_u8(&record.system_type, entry->system_type);
	fsi_put_le16(&record.sector_count, entry->sector_count);
	fsi_put_le32(&record.block, entry->block);
	memcpy(out, &record, sizeof(record));
}

void fsi_boot_put_catalog(const struct fsi_boot_catalog_entry *entries, uint32_t count,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	uint8_t *out = *ret_block;

	for (uint32_t i = 0; i < count; i++) {
		if (i == 0)
			put_validation(&entries[i], out);
		else
			put_section(&entries[i], i == count - 1, out);
		put_entry(&entries[i], out + FSI_BOOT_ENTRY_SIZE);
		out += (size_t)2 * FSI_BOOT_ENTRY_SIZE;
	}
}

void fsi_boot_put_record(uint32_t catalog_block, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	static const char standard_id[] = FSI_BOOT_STANDARD_ID;
	static const char system_id[] = FSI_BOOT_SYSTEM_ID;
	struct fsi_boot_record record = {0};

	memcpy(record.standard_id, standard_id, sizeof(standard_id) - 1);
	fsi_put_u8(&record.version, 1);
	memcpy(record.boot_system_id, system_id, sizeof(system_id) - 1);
	fsi_put_le32(&record.catalog_block, catalog_block);
	memcpy(*ret_block, &record, sizeof(record));
}

uint8_t fsi_boot_system_type(const uint8_t (*sector)[FSI_BOOT_SECTOR_SIZE])
{
	if ((*sector)[SIGNATURE_OFFSET] != 0x55 ||
	    (*sector)[SIGNATURE_OFFSET + 1] != 0xAA)
		return 0;
	for (size_t i = 0; i < PARTITIONS; i++) {
		const uint8_t type = (*sector)[PARTITIONS_OFFSET + i * PARTITION_SIZE +
					       PARTITION_TYPE_OFFSET];

		if (type != 0)
			return type;
	}
	return 0;
}
