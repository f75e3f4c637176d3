/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The GUID partition table, UEFI 5.3: a header and an array of entries behind the
 * master boot record, and a copy of both at the end of the disk. Sectors have 512
 * bytes.
 */
#ifndef FSI_BOOT_GPT_H
#define FSI_BOOT_GPT_H

#include "boot/mbr.h"

#define FSI_GUID_SIZE 16

/* UEFI 5.3.1: the least that there must be. */
#define FSI_GPT_ENTRIES	      128u
#define FSI_GPT_ARRAY_SECTORS 32u

#define FSI_GPT_HEADER_SECTOR 1u
#define FSI_GPT_ARRAY_SECTOR  2u
/* What is at the end of the disk: an array and a header. */
#define FSI_GPT_BACKUP_SECTORS (FSI_GPT_ARRAY_SECTORS + 1)
/* Partitions begin behind the system area of ISO 9660, a whole block. */
#define FSI_GPT_FIRST_USABLE_SECTOR 64u

/* UEFI 5.3.2; everything is little-endian. */
struct fsi_gpt_header {
	uint8_t signature RBP(0, 8);
	uint8_t revision RBP(8, 4);
	uint8_t header_size RBP(12, 4);
	uint8_t header_crc RBP(16, 4);
	uint8_t reserved RBP(20, 4);
	uint8_t own_sector RBP(24, 8);
	uint8_t other_sector RBP(32, 8);
	uint8_t first_usable_sector RBP(40, 8);
	uint8_t last_usable_sector RBP(48, 8);
	uint8_t disk_guid RBP(56, FSI_GUID_SIZE);
	uint8_t array_sector RBP(72, 8);
	uint8_t entry_count RBP(80, 4);
	uint8_t entry_size RBP(84, 4);
	uint8_t array_crc RBP(88, 4);
};
_Static_assert(sizeof(struct fsi_gpt_header) == 92, "UEFI 5.3.2");

/* UEFI 5.3.3 */
struct fsi_gpt_entry {
	uint8_t type RBP(0, FSI_GUID_SIZE);
	uint8_t guid RBP(16, FSI_GUID_SIZE);
	uint8_t first_sector RBP(32, 8);
	uint8_t last_sector RBP(40, 8);
	uint8_t attributes RBP(48, 8);
	uint8_t name RBP(56, 72); /* UTF-16 */
};
_Static_assert(sizeof(struct fsi_gpt_entry) == 128, "UEFI 5.3.3");

/* Partition types, as they are recorded. */
extern const uint8_t fsi_gpt_basic_data[FSI_GUID_SIZE];
extern const uint8_t fsi_gpt_efi_system[FSI_GUID_SIZE];

/* What an entry says of its partition. */
#define FSI_GPT_READ_ONLY (UINT64_C(1) << 60)

struct fsi_gpt_partition {
	const uint8_t (*type)[FSI_GUID_SIZE];
	uint64_t first_sector;
	uint64_t last_sector; /* of the partition, not behind it */
	uint64_t attributes;
	const char *name; /* ASCII, up to 36 characters */
};

/* A table to be recorded. */
#define FSI_GPT_MAX_PARTITIONS 3u
struct fsi_gpt {
	uint64_t identity; /* GUIDs are made from it: same table, same bytes */
	uint64_t disk_sectors;
	uint32_t partition_count;
	struct fsi_gpt_partition partitions[FSI_GPT_MAX_PARTITIONS];
};

/* The last sector that partitions may have. */
uint64_t fsi_gpt_last_usable_sector(uint64_t disk_sectors);

/* One sector of the disk, zeroed, if it is of the table or of its copy. */
void fsi_gpt_put_sector(const struct fsi_gpt *gpt, uint64_t sector,
			uint8_t (*ret_sector)[FSI_SECTOR_SIZE]);

#endif
