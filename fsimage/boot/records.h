/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * El Torito as it lies on a disc: the boot record, and the entries of the boot
 * catalog, 32 bytes each. Declared once for what writes and what reads them.
 */
#ifndef FSI_BOOT_RECORDS_H
#define FSI_BOOT_RECORDS_H

#include "base/bytes.h"

#include <fsimage/boot.h>

/* El Torito 2.0: right behind the primary volume descriptor. */
#define FSI_BOOT_RECORD_BLOCK 17u

/* Boot code counts in sectors of disks. */
#define FSI_BOOT_SECTOR_SIZE 512u

/* All entries of a catalog have one size (El Torito 2.1 to 2.5). */
#define FSI_BOOT_ENTRY_SIZE 32u

/* Boot record volume descriptor (ECMA-119 8.2; El Torito 2.0). */
struct fsi_boot_record {
	uint8_t type BP(1, 1); /* 0 */
	uint8_t standard_id BP(2, 6);
	uint8_t version BP(7, 7);
	uint8_t boot_system_id BP(8, 39);
	uint8_t boot_id BP(40, 71);
	uint8_t catalog_block BP(72, 75);
	uint8_t reserved BP(76, 2048);
};
_Static_assert(sizeof(struct fsi_boot_record) == FSI_BLOCK_SIZE, "ECMA-119 8.2");

#define FSI_BOOT_STANDARD_ID "CD001"
#define FSI_BOOT_SYSTEM_ID   "EL TORITO SPECIFICATION"

/* The first byte of an entry. */
enum {
	FSI_BOOT_NOT_BOOTABLE = 0x00,
	FSI_BOOT_VALIDATION = 0x01,
	FSI_BOOT_EXTENSION = 0x44,
	FSI_BOOT_BOOTABLE = 0x88,
	FSI_BOOT_SECTION = 0x90,
	FSI_BOOT_LAST_SECTION = 0x91
};

/* The media type of a section entry: the kind, and flags (El Torito 2.4). */
enum {
	FSI_BOOT_MEDIA_KIND = 0x0F,
	FSI_BOOT_MEDIA_EXTENDED = 0x20 /* an extension follows */
};

/* The flag of an extension: another one follows (El Torito 2.5). */
#define FSI_BOOT_EXTENSION_FOLLOWS 0x20

/* Validation entry, the first of a catalog (El Torito 2.1). */
struct fsi_boot_validation_entry {
	uint8_t header RBP(0, 1);
	uint8_t platform RBP(1, 1);
	uint8_t reserved RBP(2, 2);
	uint8_t identifier RBP(4, 24);
	uint8_t checksum RBP(28, 2); /* all words together are 0 */
	uint8_t key RBP(30, 2);	     /* 55 AA */
};
_Static_assert(sizeof(struct fsi_boot_validation_entry) == FSI_BOOT_ENTRY_SIZE,
	       "El Torito 2.1");

/* Section header (El Torito 2.3). */
struct fsi_boot_section_header {
	uint8_t header RBP(0, 1);
	uint8_t platform RBP(1, 1);
	uint8_t entry_count RBP(2, 2);
	uint8_t identifier RBP(4, 28);
};
_Static_assert(sizeof(struct fsi_boot_section_header) == FSI_BOOT_ENTRY_SIZE,
	       "El Torito 2.3");

/* Initial entry (El Torito 2.2) and section entry (2.4), which has criteria. */
struct fsi_boot_section_entry {
	uint8_t indicator RBP(0, 1);
	uint8_t media_type RBP(1, 1);
	uint8_t load_segment RBP(2, 2);
	uint8_t system_type RBP(4, 1);
	uint8_t unused RBP(5, 1);
	uint8_t sector_count RBP(6, 2);
	uint8_t block RBP(8, 4);
	uint8_t criteria_type RBP(12, 1);
	uint8_t criteria RBP(13, 19);
};
_Static_assert(sizeof(struct fsi_boot_section_entry) == FSI_BOOT_ENTRY_SIZE,
	       "El Torito 2.2, 2.4");

/* Characters of the manufacturer in a validation entry; a header has room for more. */
#define FSI_BOOT_IDENTIFIER_SIZE 24u

/* The boot information table inside a boot image (mkisofs, -boot-info-table). */
struct fsi_boot_info_table {
	uint8_t volume_block RBP(8, 4); /* of the primary volume descriptor */
	uint8_t image_block RBP(12, 4);
	uint8_t image_size RBP(16, 4); /* in bytes */
	uint8_t checksum RBP(20, 4);   /* of what is behind the table */
	uint8_t reserved RBP(24, 40);
};
#define FSI_BOOT_INFO_TABLE_OFFSET 8u
#define FSI_BOOT_INFO_TABLE_END	   64u
_Static_assert(sizeof(struct fsi_boot_info_table) ==
		       FSI_BOOT_INFO_TABLE_END - FSI_BOOT_INFO_TABLE_OFFSET,
	       "boot information table");

/*
 * In the second block of GRUB's image, the first entry of the list of sectors of 512
 * bytes from which the first one, which a disk's boot record loads, takes the others.
 */
#define FSI_BOOT_GRUB_LIST_OFFSET 2548u
#define FSI_BOOT_GRUB_LIST_END	  2556u
#define FSI_BOOT_GRUB_NEXT_SECTOR 5u /* of the image */

#endif
