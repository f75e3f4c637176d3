/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partition tables in the system area, for an image that starts from a disk. */
#include "check/iso.h"

#include "boot/gpt.h"

#include <inttypes.h>
#include <zlib.h>

#define MBR_ACTIVE 0x80u

/* A GPT has 128 entries; nobody needs more than this. */
#define GPT_ENTRIES_MAX 1024u

static uint64_t sectors_of(const struct fsi_check_iso *iso)
{
	return (uint64_t)iso->check->block_count * FSI_SECTORS_PER_BLOCK;
}

/* Sectors that a table has; blocks are no smaller. */
static void claim(struct fsi_check_iso *iso, uint64_t sector, uint64_t count,
		  const char *structure)
{
	const uint64_t first = sector / FSI_SECTORS_PER_BLOCK;
	const uint64_t end =
		(sector + count + FSI_SECTORS_PER_BLOCK - 1) / FSI_SECTORS_PER_BLOCK;
	const struct fsi_owner owner = {
		.first_block = (uint32_t)first,
		.block_count = (uint32_t)(end - first),
		.kind = FSI_OWNER_STRUCTURE,
		.file_system = FSI_FILE_SYSTEM_NONE,
		.statement = FSI_I_093,
		.structure = structure,
	};

	fsi_owners_add(iso->check, &iso->check->owners, &owner);
}

/* ---- master boot record (UEFI 5.2) ------------------------------------- */

static bool is_used(const struct fsi_mbr_entry *entry)
{
	static const struct fsi_mbr_entry none;

	return memcmp(entry, &none, sizeof(none)) != 0;
}

static void check_partition(struct fsi_check_iso *iso, const struct fsi_mbr_entry *entry,
			    unsigned number)
{
	const struct fsi_check_place place = {446 + number * sizeof(*entry),
					      "master boot record", NULL, false};
	const uint64_t first = fsi_get_le32(&entry->first_sector);
	const uint64_t end = first + fsi_get_le32(&entry->sectors);

	if (entry->active[0] != 0 && entry->active[0] != MBR_ACTIVE)
		fsi_check_tell(iso->check, FSI_I_092, &place, NULL,
			       "Partition %u is marked with 0x%02X", number + 1,
			       entry->active[0]);
	/* One that stands for all of the disk may be larger (UEFI 5.2.3). */
	if (end > sectors_of(iso) && entry->type[0] != FSI_MBR_PROTECTIVE)
		fsi_check_tell(
			iso->check, FSI_I_092, &place,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("at most %" PRIu64, sectors_of(iso)),
				.found = FSI_TEXT("%" PRIu64, end)},
			"Partition %u ends in front of sector %" PRIu64
			", but the image has %" PRIu64,
			number + 1, end, sectors_of(iso));
}

static void check_mbr(struct fsi_check_iso *iso, const struct fsi_mbr_record *record)
{
	const struct fsi_check_place place = {0, "master boot record", NULL, false};
	const bool has_signature =
		record->signature[0] == 0x55 && record->signature[1] == 0xAA;
	bool is_table = true;

	/* Without a signature, these are bytes of something else. */
	for (unsigned i = 0; i < FSI_MBR_PARTITIONS; i++)
		is_table = is_table && (record->entries[i].active[0] & 0x7F) == 0;
	if (has_signature)
		claim(iso, 0, FSI_SECTORS_PER_BLOCK, "master boot record");
	for (unsigned i = 0; i < FSI_MBR_PARTITIONS && has_signature; i++) {
		if (is_used(&record->entries[i]))
			check_partition(iso, &record->entries[i], i);
	}
	if (!has_signature && is_table && is_used(&record->entries[0]))
		fsi_check_tell(iso->check, FSI_I_092, &place, NULL,
			       "There is a partition table, but 55 AA behind it is "
			       "missing");
}

/* ---- GUID partition table (UEFI 5.3) ----------------------------------- */

static void tell_gpt(struct fsi_check_iso *iso, uint64_t sector, const char *fault)
{
	const struct fsi_check_place place = {sector * FSI_SECTOR_SIZE,
					      "GUID partition table", NULL, false};

	fsi_check_tell(iso->check, FSI_I_093, &place, NULL,
		       "The %s GUID partition table %s", sector == 1 ? "first" : "second",
		       fault);
}

/* The first header is in the block of the master boot record, which is claimed. */
static void claim_table(struct fsi_check_iso *iso, uint64_t sector, uint64_t first,
			uint64_t length)
{
	uint64_t end = first + length;

	if (sector == 1 && first < FSI_SECTORS_PER_BLOCK)
		first = FSI_SECTORS_PER_BLOCK;
	else if (sector != 1 && sector >= end && sector - end < FSI_SECTORS_PER_BLOCK)
		end = sector + 1;
	else if (sector != 1)
		claim(iso, sector, 1, "GUID partition table");
	if (first < end)
		claim(iso, first, end - first, "GUID partition table");
}

static void check_array(struct fsi_check_iso *iso, const struct fsi_gpt_header *header,
			uint64_t sector)
{
	const uint64_t first = fsi_get_le64(&header->array_sector);
	const uint32_t count = fsi_get_le32(&header->entry_count);
	const uint32_t size = fsi_get_le32(&header->entry_size);
	const uint64_t length =
		((uint64_t)count * size + FSI_SECTOR_SIZE - 1) / FSI_SECTOR_SIZE;
	uint8_t entry[FSI_SECTOR_SIZE];
	uLong crc = 0;

	if (size < 128 || size > sizeof(entry) || count > GPT_ENTRIES_MAX ||
	    first >= sectors_of(iso)) {
		tell_gpt(iso, sector, "has no array of entries in the image");
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (!fsi_check_read(iso->check,
				    first * FSI_SECTOR_SIZE + (uint64_t)i * size, entry,
				    size)) {
			tell_gpt(iso, sector, "has no array of entries in the image");
			return;
		}
		crc = crc32(crc, entry, size);
	}
	if (crc != fsi_get_le32(&header->array_crc))
		tell_gpt(iso, sector, "has a wrong CRC of its entries");
	claim_table(iso, sector, first, length);
}

/* other: where the header of the other table is. */
static void check_header(struct fsi_check_iso *iso, uint64_t sector, uint64_t other,
			 struct fsi_gpt_header *ret_header)
{
	uint8_t bytes[FSI_SECTOR_SIZE];
	const struct fsi_gpt_header *const header = ret_header;
	uint32_t size = 0;
	uint32_t crc = 0;

	memset(ret_header, 0, sizeof(*ret_header));
	if (!fsi_check_read(iso->check, sector * FSI_SECTOR_SIZE, bytes, sizeof(bytes)) ||
	    memcmp(bytes, "EFI PART", 8) != 0) {
		tell_gpt(iso, sector, "is not where it should be");
		return;
	}
	memcpy(ret_header, bytes, sizeof(*ret_header));
	size = fsi_get_le32(&header->header_size);
	crc = fsi_get_le32(&header->header_crc);
	memset(bytes + 16, 0, 4);
	if (size < sizeof(*ret_header) || size > sizeof(bytes))
		tell_gpt(iso, sector, "has a wrong length");
	else if (crc32(0, bytes, size) != crc)
		tell_gpt(iso, sector, "has a wrong CRC");
	else if (fsi_get_le64(&header->own_sector) != sector ||
		 (other != 0 && fsi_get_le64(&header->other_sector) != other))
		tell_gpt(iso, sector, "does not tell where it and the other one are");
	else
		check_array(iso, header, sector);
}

static void check_gpt(struct fsi_check_iso *iso)
{
	struct fsi_gpt_header first;
	struct fsi_gpt_header second;
	const struct fsi_gpt_header *const header = &first;
	uint64_t other = 0;

	check_header(iso, 1, 0, &first);
	other = fsi_get_le64(&header->other_sector);
	if (other <= 1 || other >= sectors_of(iso))
		tell_gpt(iso, 1, "leads to no second one in the image");
	else
		check_header(iso, other, 1, &second);
}

void fsi_check_iso_hybrid(struct fsi_check_iso *iso)
{
	uint8_t signature[8];
	struct fsi_mbr_record record;

	if (!fsi_check_read(iso->check, 0, &record, sizeof(record)))
		return;
	check_mbr(iso, &record);
	if (fsi_check_read(iso->check, FSI_SECTOR_SIZE, signature, sizeof(signature)) &&
	    memcmp(signature, "EFI PART", sizeof(signature)) == 0)
		check_gpt(iso);
}
