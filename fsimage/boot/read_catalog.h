/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding the records of boot/records.h. What is decoded comes from a disc that
 * nobody vouches for: every function copes with every content.
 */
#ifndef FSI_BOOT_READ_CATALOG_H
#define FSI_BOOT_READ_CATALOG_H

#include "boot/records.h"

#include <fsimage/disc.h>

/* Whether a block is the boot record of El Torito, and where its catalog is. */
bool fsi_boot_get_record(const uint8_t *block, uint32_t *ret_catalog_block);

/*
 * Whether the validation entry that a catalog begins with is one; its checksum is
 * told apart, as firmware differs in whether it looks at that.
 */
bool fsi_boot_get_validation(const uint8_t (*entry)[FSI_BOOT_ENTRY_SIZE],
			     bool *ret_has_checksum);

/* Where one is in a catalog: zeroed at its start. */
struct fsi_boot_cursor {
	enum {
		FSI_BOOT_AT_VALIDATION,
		FSI_BOOT_AT_INITIAL,
		FSI_BOOT_AT_HEADER,
		FSI_BOOT_AT_ENTRY,
		FSI_BOOT_AT_EXTENSION
	} place;
	bool is_last; /* of the sections */
	uint8_t platform;
	uint8_t identifier[28];
	uint16_t entries_left; /* of the section */
	bool has_checksum;     /* of the validation entry; once it was read */
};

enum fsi_boot_step {
	FSI_BOOT_STEP_ON,     /* nothing to tell; go on with the next record */
	FSI_BOOT_STEP_IMAGE,  /* *ret_entry is filled in; go on */
	FSI_BOOT_STEP_END,    /* behind the last entry, which this was not */
	FSI_BOOT_STEP_DAMAGED /* this is no record that may stand here */
};

/* Take the next record of a catalog. */
enum fsi_boot_step fsi_boot_step(struct fsi_boot_cursor *cursor,
				 const uint8_t (*record)[FSI_BOOT_ENTRY_SIZE],
				 struct fsi_disc_boot_entry *ret_entry);

/* Whether all is read that the records so far have announced. */
bool fsi_boot_is_complete(const struct fsi_boot_cursor *cursor);

#endif
