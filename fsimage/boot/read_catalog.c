/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the boot record and the boot catalog. */
#include "boot/read_catalog.h"

#include "boot/ansi.h"
#include "boot/options.h"

_Static_assert(sizeof(((struct fsi_disc_boot_entry *)0)->manufacturer) >=
		       FSI_ANSI_UTF8_SIZE(28),
	       "El Torito 2.3");

bool fsi_boot_get_record(const uint8_t *block, uint32_t *ret_catalog_block)
{
	static const char standard_id[] = FSI_BOOT_STANDARD_ID;
	static const char system_id[] = FSI_BOOT_SYSTEM_ID;
	struct fsi_boot_record record;

	memcpy(&record, block, sizeof(record));
	if (record.type[0] != 0 ||
	    memcmp(record.standard_id, standard_id, sizeof(standard_id) - 1) != 0 ||
	    memcmp(record.boot_system_id, system_id, sizeof(system_id) - 1) != 0)
		return false;
	*ret_catalog_block = fsi_get_le32((const uint8_t(*)[4]) & record.catalog_block);
	return true;
}

bool fsi_boot_get_validation(const uint8_t (*entry)[FSI_BOOT_ENTRY_SIZE],
			     bool *ret_has_checksum)
{
	struct fsi_boot_validation_entry validation;
	uint16_t sum = 0;

	memcpy(&validation, entry, sizeof(validation));
	for (size_t i = 0; i < sizeof(*entry); i++)
		sum = (uint16_t)(sum + ((*entry)[i] << 8 * (i % 2)));
	*ret_has_checksum = sum == 0;
	return validation.header[0] == FSI_BOOT_VALIDATION && validation.key[0] == 0x55 &&
	       validation.key[1] == 0xAA;
}

static enum fsi_boot_step take_validation(struct fsi_boot_cursor *cursor,
					  const uint8_t (*record)[FSI_BOOT_ENTRY_SIZE])
{
	struct fsi_boot_validation_entry validation;

	if (!fsi_boot_get_validation(record, &cursor->has_checksum))
		return FSI_BOOT_STEP_DAMAGED;
	memcpy(&validation, record, sizeof(validation));
	cursor->platform = validation.platform[0];
	memset(cursor->identifier, 0, sizeof(cursor->identifier));
	memcpy(cursor->identifier, validation.identifier, sizeof(validation.identifier));
	cursor->place = FSI_BOOT_AT_INITIAL;
	return FSI_BOOT_STEP_ON;
}

static enum fsi_boot_step take_header(struct fsi_boot_cursor *cursor,
				      const uint8_t (*record)[FSI_BOOT_ENTRY_SIZE])
{
	struct fsi_boot_section_header header;

	memcpy(&header, record, sizeof(header));
	/* Catalogs without sections just end. */
	if (header.header[0] == 0 || cursor->is_last)
		return FSI_BOOT_STEP_END;
	if (header.header[0] != FSI_BOOT_SECTION &&
	    header.header[0] != FSI_BOOT_LAST_SECTION)
		return FSI_BOOT_STEP_DAMAGED;
	cursor->is_last = header.header[0] == FSI_BOOT_LAST_SECTION;
	cursor->platform = header.platform[0];
	memcpy(cursor->identifier, header.identifier, sizeof(cursor->identifier));
	cursor->entries_left = fsi_get_le16((const uint8_t(*)[2]) & header.entry_count);
	cursor->place = cursor->entries_left > 0 ? FSI_BOOT_AT_ENTRY : FSI_BOOT_AT_HEADER;
	return FSI_BOOT_STEP_ON;
}

/* What firmware makes of an image; 0: that is for the image itself to say. */
static uint64_t find_size(uint8_t emulation, uint16_t sector_count)
{
	if (emulation == FSI_EMULATION_NONE)
		return (uint64_t)sector_count * FSI_BOOT_SECTOR_SIZE;
	return emulation <= FSI_EMULATION_HARD_DISK
		       ? fsi_boot_emulated_size((enum fsi_emulation)emulation)
		       : 0;
}

static enum fsi_boot_step take_entry(struct fsi_boot_cursor *cursor,
				     const uint8_t (*record)[FSI_BOOT_ENTRY_SIZE],
				     struct fsi_disc_boot_entry *ret_entry)
{
	struct fsi_boot_section_entry entry;
	bool is_extended = false;

	memcpy(&entry, record, sizeof(entry));
	if (entry.indicator[0] != FSI_BOOT_BOOTABLE &&
	    entry.indicator[0] != FSI_BOOT_NOT_BOOTABLE)
		return FSI_BOOT_STEP_DAMAGED;
	*ret_entry = (struct fsi_disc_boot_entry){
		.platform = cursor->platform,
		.emulation = entry.media_type[0] & FSI_BOOT_MEDIA_KIND,
		.system_type = entry.system_type[0],
		.load_segment = fsi_get_le16((const uint8_t(*)[2]) & entry.load_segment),
		.sector_count = fsi_get_le16((const uint8_t(*)[2]) & entry.sector_count),
		.block = fsi_get_le32((const uint8_t(*)[4]) & entry.block),
		.is_bootable = entry.indicator[0] == FSI_BOOT_BOOTABLE,
	};
	ret_entry->size = find_size(ret_entry->emulation, ret_entry->sector_count);
	fsi_ansi_to_utf8(cursor->identifier, sizeof(cursor->identifier),
			 ret_entry->manufacturer);
	/* The initial entry has no extensions (El Torito 2.2). */
	is_extended = cursor->place == FSI_BOOT_AT_ENTRY &&
		      (entry.media_type[0] & FSI_BOOT_MEDIA_EXTENDED) != 0;
	if (cursor->place == FSI_BOOT_AT_ENTRY)
		cursor->entries_left--;
	if (is_extended)
		cursor->place = FSI_BOOT_AT_EXTENSION;
	else
		cursor->place =
			cursor->entries_left > 0 ? FSI_BOOT_AT_ENTRY : FSI_BOOT_AT_HEADER;
	return FSI_BOOT_STEP_IMAGE;
}

static enum fsi_boot_step take_extension(struct fsi_boot_cursor *cursor,
					 const uint8_t (*record)[FSI_BOOT_ENTRY_SIZE])
{
	if ((*record)[0] != FSI_BOOT_EXTENSION)
		return FSI_BOOT_STEP_DAMAGED;
	if (((*record)[1] & FSI_BOOT_EXTENSION_FOLLOWS) == 0)
		cursor->place =
			cursor->entries_left > 0 ? FSI_BOOT_AT_ENTRY : FSI_BOOT_AT_HEADER;
	return FSI_BOOT_STEP_ON;
}

enum fsi_boot_step fsi_boot_step(struct fsi_boot_cursor *cursor,
				 const uint8_t (*record)[FSI_BOOT_ENTRY_SIZE],
				 struct fsi_disc_boot_entry *ret_entry)
{
	switch (cursor->place) {
	case FSI_BOOT_AT_VALIDATION:
		return take_validation(cursor, record);
	case FSI_BOOT_AT_INITIAL:
	case FSI_BOOT_AT_ENTRY:
		return take_entry(cursor, record, ret_entry);
	case FSI_BOOT_AT_HEADER:
		return take_header(cursor, record);
	case FSI_BOOT_AT_EXTENSION:
		return take_extension(cursor, record);
	}
	return FSI_BOOT_STEP_DAMAGED;
}

bool fsi_boot_is_complete(const struct fsi_boot_cursor *cursor)
{
	return cursor->place == FSI_BOOT_AT_HEADER && cursor->is_last;
}
