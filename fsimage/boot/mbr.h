/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The master boot record of a disk: code that a BIOS loads, and a table of four
 * partitions. Its sectors have 512 bytes, four to a block, and count from the
 * start of the image.
 */
#ifndef FSI_BOOT_MBR_H
#define FSI_BOOT_MBR_H

#include "base/bytes.h"

#include <fsimage/types.h>

#define FSI_SECTOR_SIZE	      512
#define FSI_SECTORS_PER_BLOCK 4u
_Static_assert(FSI_SECTOR_SIZE *FSI_SECTORS_PER_BLOCK == FSI_BLOCK_SIZE, "a block");

#define FSI_MBR_CODE_SIZE  440
#define FSI_MBR_PARTITIONS 4

/* Partition types. */
enum fsi_mbr_type {
	FSI_MBR_EMPTY = 0x00,
	FSI_MBR_HIDDEN_NTFS = 0x17, /* what systems take for no file system of theirs */
	FSI_MBR_ISO9660 = 0xCD,
	FSI_MBR_PROTECTIVE = 0xEE, /* UEFI 5.2.3: a GPT describes the disk */
	FSI_MBR_EFI_SYSTEM = 0xEF
};

struct fsi_mbr_entry {
	uint8_t active RBP(0, 1); /* 0x80: what a BIOS boots from */
	uint8_t first_chs RBP(1, 3);
	uint8_t type RBP(4, 1);
	uint8_t last_chs RBP(5, 3);
	uint8_t first_sector RBP(8, 4);
	uint8_t sectors RBP(12, 4);
};
_Static_assert(sizeof(struct fsi_mbr_entry) == 16, "UEFI 5.2.1");

/* The last bytes are those in which boot loaders for images look for theirs. */
struct fsi_mbr_code {
	uint8_t instructions RBP(0, 432);
	uint8_t image_sector RBP(432, 8);
};
_Static_assert(sizeof(struct fsi_mbr_code) == FSI_MBR_CODE_SIZE, "UEFI 5.2.1");

struct fsi_mbr_record {
	struct fsi_mbr_code code; /* RBP(0, 440) */
	uint8_t disk_id RBP(440, 4);
	uint8_t reserved RBP(444, 2);
	struct fsi_mbr_entry entries[FSI_MBR_PARTITIONS]; /* RBP(446, 64) */
	uint8_t signature RBP(510, 2);
};
_Static_assert(sizeof(struct fsi_mbr_record) == FSI_SECTOR_SIZE, "UEFI 5.2.1");

struct fsi_mbr_partition {
	bool is_active;
	uint8_t type;
	uint64_t first_sector;
	uint64_t sectors; /* 0: the entry is not used */
};

/* A table to be recorded. */
struct fsi_mbr {
	uint32_t disk_id;
	uint64_t disk_sectors;
	struct fsi_mbr_partition partitions[FSI_MBR_PARTITIONS];
};

/*
 * Everything but the code, which stays. A partition's sectors that 32 bits can't
 * count are as many as they can, as UEFI 5.2.3 asks.
 */
void fsi_mbr_put(const struct fsi_mbr *mbr, struct fsi_mbr_record *ret_record);

/* Whether it ends with the two bytes that a BIOS looks for. */
bool fsi_mbr_has_signature(const struct fsi_mbr_record *record);

#endif
