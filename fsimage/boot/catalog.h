/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of El Torito, filled in. No allocation, no input and no output. */
#ifndef FSI_BOOT_CATALOG_H
#define FSI_BOOT_CATALOG_H

#include "boot/records.h"

/* What the catalog says of one boot image. */
struct fsi_boot_catalog_entry {
	uint8_t platform;
	uint8_t emulation; /* enum fsi_emulation */
	uint8_t system_type;
	uint16_t load_segment;
	uint16_t sector_count;
	uint32_t block;
	uint8_t identifier[FSI_BOOT_IDENTIFIER_SIZE];
};

/* A catalog of as many entries as there may be is one block. */
_Static_assert((2 + 2 * (FSI_BOOT_ENTRIES_MAX - 1)) * FSI_BOOT_ENTRY_SIZE <=
		       FSI_BLOCK_SIZE,
	       "the catalog is one block");

/*
 * The first entry becomes the initial one, each further one a section of its own.
 * count: 0 (an empty block) to FSI_BOOT_ENTRIES_MAX. *ret_block comes zeroed.
 */
void fsi_boot_put_catalog(const struct fsi_boot_catalog_entry *entries, uint32_t count,
			  uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* The boot record volume descriptor. *ret_block comes zeroed. */
void fsi_boot_put_record(uint32_t catalog_block, uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/*
 * The type of the partition that an image of a hard disk has, from its first
 * sector; 0 when there is no table or nothing in it (El Torito 2.2).
 */
uint8_t fsi_boot_system_type(const uint8_t (*sector)[FSI_BOOT_SECTOR_SIZE]);

#endif
