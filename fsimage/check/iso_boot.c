/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot catalog of El Torito and what its entries lead to. */
#include "check/iso.h"

#include "base/checked.h"
#include "boot/records.h"

#include <inttypes.h>

#define ENTRIES_MAX	  (FSI_BLOCK_SIZE / FSI_BOOT_ENTRY_SIZE)
#define SECTORS_PER_BLOCK (FSI_BLOCK_SIZE / FSI_BOOT_SECTOR_SIZE)
#define PLATFORM_EFI	  0xEFu

/* UEFI 13.3.2.1: what 16 bits can't count; 0 and 1 stand for all the rest. */
#define EFI_COUNTED_MAX (UINT64_C(65535) * FSI_BOOT_SECTOR_SIZE)

/* Larger ones have no boot information table. */
#define TABLE_IMAGE_MAX (UINT32_C(4) << 20)

/* The kind in a media type (El Torito 2.2); others are floppies. */
enum {
	NO_EMULATION = 0,
	HARD_DISK = 4,
	MEDIA_UNUSED = 0x10
};

struct catalog {
	struct fsi_check_iso *iso;
	uint64_t offset; /* in the image */
	uint8_t bytes[FSI_BLOCK_SIZE];
};

static struct fsi_check_place place_of(const struct catalog *catalog, unsigned entry)
{
	return (struct fsi_check_place){catalog->offset +
						(uint64_t)entry * FSI_BOOT_ENTRY_SIZE,
					"boot catalog", NULL, false};
}

/* ---- boot images ------------------------------------------------------- */

static void claim(struct fsi_check_iso *iso, uint32_t block, uint64_t blocks,
		  const char *structure)
{
	const struct fsi_owner owner = {
		.first_block = block,
		.block_count = (uint32_t)blocks,
		.kind = FSI_OWNER_SHARED,
		.file_system = FSI_FILE_SYSTEM_ISO9660,
		.statement = FSI_I_089,
		.structure = structure,
	};

	fsi_owners_add(iso->check, &iso->check->owners, &owner);
}

/* The file of the primary tree that begins in a block; 0: there is none. */
static uint64_t size_of_file(const struct fsi_check_iso *iso, uint32_t block)
{
	const struct fsi_check_tree *tree = &iso->trees[FSI_CHECK_PRIMARY];
	uint64_t size = 0;

	for (size_t i = 0; i < tree->sections.count; i++) {
		if (tree->sections.items[i].first_block == block &&
		    tree->sections.items[i].size > size)
			size = tree->sections.items[i].size;
	}
	return size;
}

static uint64_t size_of_floppy(unsigned kind)
{
	static const uint64_t sizes[] = {0, 1228800, 1474560, 2949120};

	return sizes[kind];
}

/* El Torito 2.2: one partition, whose type the entry repeats. */
static void check_hard_disk(const struct catalog *catalog,
			    const struct fsi_boot_section_entry *entry,
			    const struct fsi_check_place *place)
{
	struct fsi_check *check = catalog->iso->check;
	uint8_t sector[FSI_BOOT_SECTOR_SIZE];
	unsigned partitions = 0;
	uint8_t type = 0;

	if (!fsi_check_read(check, (uint64_t)fsi_get_le32(&entry->block) * FSI_BLOCK_SIZE,
			    sector, sizeof(sector)))
		return;
	for (size_t i = 446; i < 510; i += 16) {
		if (sector[i + 4] == 0)
			continue;
		partitions++;
		type = sector[i + 4];
	}
	if (sector[510] != 0x55 || sector[511] != 0xAA || partitions != 1)
		fsi_check_tell(check, FSI_I_088, place, NULL,
			       "The image of a hard disk has no master boot record with "
			       "one partition");
	else
		fsi_check_hex(check, FSI_I_088, place, "system type", type,
			      entry->system_type[0]);
}

/* The sum of all little-endian words; the last one may be cut off. */
static bool add_words(struct fsi_check *check, uint64_t offset, uint64_t size,
		      uint32_t *ret_sum)
{
	uint32_t sum = 0;

	for (uint64_t at = 0; at < size; at += FSI_BLOCK_SIZE) {
		uint8_t bytes[FSI_BLOCK_SIZE] = {0};
		const uint64_t left = size - at;

		if (!fsi_check_read(check, offset + at, bytes,
				    left < sizeof(bytes) ? (size_t)left : sizeof(bytes)))
			return false;
		for (size_t i = 0; i < sizeof(bytes); i += 4)
			sum += fsi_get_le32((const uint8_t(*)[4])(bytes + i));
	}
	*ret_sum = sum;
	return true;
}

/* Where there is such a table, it is right for the bytes that are stored. */
static void check_info_table(const struct catalog *catalog, uint32_t block, uint64_t size)
{
	struct fsi_check *check = catalog->iso->check;
	const uint64_t offset = (uint64_t)block * FSI_BLOCK_SIZE;
	const struct fsi_check_place place = {offset + FSI_BOOT_INFO_TABLE_OFFSET,
					      "boot image", NULL, false};
	uint8_t bytes[sizeof(struct fsi_boot_info_table)] = {0};
	const struct fsi_boot_info_table *const table =
		(const struct fsi_boot_info_table *)(const void *)bytes;
	uint32_t sum = 0;

	if (size < FSI_BOOT_INFO_TABLE_END || size > TABLE_IMAGE_MAX ||
	    !fsi_check_read(check, place.offset, bytes, sizeof(bytes)) ||
	    fsi_get_le32(&table->volume_block) != catalog->iso->first_block ||
	    fsi_get_le32(&table->image_block) != block)
		return;
	if (!add_words(check, offset + FSI_BOOT_INFO_TABLE_END,
		       size - FSI_BOOT_INFO_TABLE_END, &sum))
		return;
	fsi_check_number(check, FSI_I_090, &place, "size in the boot information table",
			 size, fsi_get_le32(&table->image_size));
	fsi_check_hex(check, FSI_I_090, &place, "checksum in the boot information table",
		      sum, fsi_get_le32(&table->checksum));
}

static void check_efi(const struct catalog *catalog,
		      const struct fsi_boot_section_entry *entry,
		      const struct fsi_check_place *place, uint64_t size)
{
	const uint16_t count = fsi_get_le16(&entry->sector_count);
	const uint64_t expected =
		size <= EFI_COUNTED_MAX
			? (size + FSI_BOOT_SECTOR_SIZE - 1) / FSI_BOOT_SECTOR_SIZE
			: 0;

	/* Some writers count whole blocks. */
	const uint64_t most = fsi_align_u64(expected, SECTORS_PER_BLOCK);

	if (size == 0 || (count >= expected && count <= most) ||
	    (expected == 0 && count == 1))
		return;
	fsi_check_number(catalog->iso->check, FSI_I_091, place,
			 "sector count of the entry for EFI", expected, count);
}

static void check_image(const struct catalog *catalog,
			const struct fsi_boot_section_entry *entry, uint8_t platform,
			const struct fsi_check_place *place)
{
	struct fsi_check_iso *iso = catalog->iso;
	const uint32_t block = fsi_get_le32(&entry->block);
	const unsigned kind = entry->media_type[0] & FSI_BOOT_MEDIA_KIND;
	const uint64_t size = size_of_file(iso, block);
	uint64_t bytes =
		(uint64_t)fsi_get_le16(&entry->sector_count) * FSI_BOOT_SECTOR_SIZE;

	if (kind != NO_EMULATION && kind < HARD_DISK) {
		bytes = size_of_floppy(kind);
		if (size != 0)
			fsi_check_number(iso->check, FSI_I_088, place,
					 "size of the image of a floppy disk", bytes,
					 size);
	} else if (kind == HARD_DISK) {
		check_hard_disk(catalog, entry, place);
	} else {
		check_info_table(catalog, block, size);
		if (platform == PLATFORM_EFI)
			check_efi(catalog, entry, place, size);
	}
	if (bytes == 0)
		bytes = 1;
	if (fsi_check_is_inside(iso, block, bytes))
		claim(iso, block, fsi_blocks_of(bytes), "boot image");
	else
		fsi_check_tell(iso->check, FSI_I_089, place, NULL,
			       "The boot image of %" PRIu64 " bytes from block %" PRIu32
			       " on is not in the image",
			       bytes, block);
}

/* ---- entries ----------------------------------------------------------- */

/* What initial and section entries have in common. */
static void check_section_entry(const struct catalog *catalog, unsigned number,
				enum fsi_statement statement, uint8_t platform)
{
	struct fsi_check_iso *iso = catalog->iso;
	const struct fsi_check_place place = place_of(catalog, number);
	FSI_RECORD(fsi_boot_section_entry, entry,
		   catalog->bytes + (size_t)number * FSI_BOOT_ENTRY_SIZE);
	const uint32_t block = fsi_get_le32(&entry->block);

	if (entry->indicator[0] != FSI_BOOT_BOOTABLE &&
	    entry->indicator[0] != FSI_BOOT_NOT_BOOTABLE)
		fsi_check_hex(iso->check, statement, &place, "boot indicator",
			      FSI_BOOT_BOOTABLE, entry->indicator[0]);
	if ((entry->media_type[0] & FSI_BOOT_MEDIA_KIND) > HARD_DISK ||
	    (entry->media_type[0] & MEDIA_UNUSED) != 0 ||
	    (statement == FSI_I_085 && entry->media_type[0] > HARD_DISK)) {
		fsi_check_tell(iso->check, statement, &place,
			       &(struct fsi_check_details){
				       .expected = "0 to 4",
				       .found = FSI_TEXT("0x%02X", entry->media_type[0])},
			       "The media type of a boot entry is 0x%02X",
			       entry->media_type[0]);
		return;
	}
	fsi_check_number(iso->check, statement, &place, "unused byte 5", 0,
			 entry->unused[0]);
	if (statement == FSI_I_085)
		fsi_check_zero(iso->check, statement, &place, "unused field at byte 12",
			       catalog->bytes + (size_t)number * FSI_BOOT_ENTRY_SIZE + 12,
			       FSI_BOOT_ENTRY_SIZE - 12);
	if (block <= iso->first_block || !fsi_check_is_inside(iso, block, 1))
		fsi_check_tell(iso->check, statement, &place, NULL,
			       "The boot image would begin in block %" PRIu32
			       ", which is no place for it",
			       block);
	else
		check_image(catalog, entry, platform, &place);
}

static void check_validation(const struct catalog *catalog)
{
	struct fsi_check *check = catalog->iso->check;
	const struct fsi_check_place place = place_of(catalog, 0);
	struct fsi_boot_validation_entry entry;
	unsigned sum = 0;

	memcpy(&entry, catalog->bytes, sizeof(entry));
	fsi_check_hex(check, FSI_I_084, &place, "header of the validation entry",
		      FSI_BOOT_VALIDATION, entry.header[0]);
	if (entry.platform[0] > 2 && entry.platform[0] != PLATFORM_EFI)
		fsi_check_tell(check, FSI_I_084, &place, NULL,
			       "The platform of the validation entry is 0x%02X",
			       entry.platform[0]);
	fsi_check_zero(check, FSI_I_084, &place, "reserved field at byte 2",
		       entry.reserved, sizeof(entry.reserved));
	for (size_t i = 0; i < FSI_BOOT_ENTRY_SIZE; i += 2)
		sum += catalog->bytes[i] | (unsigned)catalog->bytes[i + 1] << 8;
	fsi_check_hex(check, FSI_I_084, &place, "sum of the words", 0, sum & 0xFFFF);
	if (entry.key[0] != 0x55 || entry.key[1] != 0xAA)
		fsi_check_tell(check, FSI_I_084, &place, NULL,
			       "The validation entry does not end with 55 AA");
}

/* Extensions of the entry before number; returns what follows them. */
static unsigned skip_extensions(const struct catalog *catalog, unsigned number)
{
	const uint8_t *entry =
		catalog->bytes + (size_t)(number - 1) * FSI_BOOT_ENTRY_SIZE;
	bool goes_on = (entry[1] & FSI_BOOT_MEDIA_EXTENDED) != 0;

	while (goes_on) {
		const struct fsi_check_place place = place_of(catalog, number);

		entry = catalog->bytes + (size_t)number * FSI_BOOT_ENTRY_SIZE;
		if (number == ENTRIES_MAX || entry[0] != FSI_BOOT_EXTENSION) {
			fsi_check_tell(catalog->iso->check, FSI_I_087, &place, NULL,
				       "The extension of a section entry is missing");
			return number;
		}
		goes_on = (entry[1] & FSI_BOOT_EXTENSION_FOLLOWS) != 0;
		number++;
	}
	return number;
}

/* A header and its entries; returns what follows them. */
static unsigned check_section(const struct catalog *catalog, unsigned number)
{
	const struct fsi_check_place place = place_of(catalog, number);
	FSI_RECORD(fsi_boot_section_header, header,
		   catalog->bytes + (size_t)number * FSI_BOOT_ENTRY_SIZE);
	const unsigned count = fsi_get_le16(&header->entry_count);

	number++;
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *entry =
			catalog->bytes + (size_t)number * FSI_BOOT_ENTRY_SIZE;

		if (number == ENTRIES_MAX || entry[0] == FSI_BOOT_SECTION ||
		    entry[0] == FSI_BOOT_LAST_SECTION) {
			fsi_check_tell(catalog->iso->check, FSI_I_086, &place,
				       &(struct fsi_check_details){
					       .expected = FSI_TEXT("%u", count),
					       .found = FSI_TEXT("%u", i)},
				       "A section of %u entries has %u", count, i);
			return number;
		}
		check_section_entry(catalog, number, FSI_I_087, header->platform[0]);
		number = skip_extensions(catalog, number + 1);
	}
	return number;
}

static void check_sections(const struct catalog *catalog)
{
	struct fsi_check *check = catalog->iso->check;
	unsigned number = 2;
	bool is_last = true;

	while (number < ENTRIES_MAX) {
		const struct fsi_check_place place = place_of(catalog, number);
		const uint8_t header =
			catalog->bytes[(size_t)number * FSI_BOOT_ENTRY_SIZE];

		if (header == FSI_BOOT_SECTION ||
		    (header == FSI_BOOT_LAST_SECTION && number == 2) ||
		    (header == FSI_BOOT_LAST_SECTION && !is_last)) {
			is_last = header == FSI_BOOT_LAST_SECTION;
			number = check_section(catalog, number);
			continue;
		}
		if (!is_last || header == FSI_BOOT_LAST_SECTION ||
		    header == FSI_BOOT_BOOTABLE)
			fsi_check_tell(
				check, FSI_I_086, &place, NULL,
				is_last ? "There is an entry behind those that the "
					  "last section header counts"
					: "The last section header does not say "
					  "that it is the last one");
		fsi_check_zero(check, FSI_I_087, &place, "rest",
			       catalog->bytes + (size_t)number * FSI_BOOT_ENTRY_SIZE,
			       FSI_BLOCK_SIZE - (size_t)number * FSI_BOOT_ENTRY_SIZE);
		return;
	}
}

void fsi_check_iso_boot(struct fsi_check_iso *iso)
{
	struct catalog catalog = {
		.iso = iso,
		.offset = (uint64_t)iso->catalog_block * FSI_BLOCK_SIZE,
	};

	if (!iso->has_boot_record ||
	    !fsi_check_read(iso->check, catalog.offset, catalog.bytes,
			    sizeof(catalog.bytes)))
		return;
	claim(iso, iso->catalog_block, 1, "boot catalog");
	check_validation(&catalog);
	check_section_entry(&catalog, 1, FSI_I_085, catalog.bytes[1]);
	check_sections(&catalog);
}
