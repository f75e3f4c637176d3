/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The master boot record, byte by byte. */
#include "boot/mbr.h"

/* UEFI 5.2.1 */
#define ACTIVE		0x80
#define FIRST_SIGNATURE 0x55
#define LAST_SIGNATURE	0xAA

/* What a cylinder, head and sector is counted in. */
struct geometry {
	uint32_t heads;
	uint32_t sectors;
};

#define CYLINDERS 1024

/*
 * With the small one a cylinder is 1 MiB, so that whole cylinders are whole MiB; the
 * large one reaches as far as a BIOS can count.
 */
static struct geometry choose_geometry(uint64_t disk_sectors)
{
	const struct geometry small = {64, 32};
	const struct geometry large = {255, 63};

	return disk_sectors <= (uint64_t)CYLINDERS * small.heads * small.sectors ? small
										 : large;
}

/* The head; bits 8 and 9 of the cylinder and the sector, from 1; the cylinder. */
static void put_chs(uint8_t (*field)[3], uint64_t sector, struct geometry geometry)
{
	const uint64_t cylinder = sector / geometry.sectors / geometry.heads;

	if (cylinder >= CYLINDERS) {
		(*field)[0] = 0xFE;
		(*field)[1] = 0xFF;
		(*field)[2] = 0xFF;
		return;
	}
	(*field)[0] = (uint8_t)(sector / geometry.sectors % geometry.heads);
	(*field)[1] = (uint8_t)((sector % geometry.sectors + 1) | (cylinder >> 8) << 6);
	(*field)[2] = (uint8_t)cylinder;
}

static uint32_t saturate(uint64_t number)
{
	return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

static void put_entry(const struct fsi_mbr_partition *partition, struct geometry geometry,
		      struct fsi_mbr_entry *ret_entry)
{
	memset(ret_entry, 0, sizeof(*ret_entry));
	if (partition->sectors == 0)
		return;
	fsi_put_u8(&ret_entry->active, partition->is_active ? ACTIVE : 0);
	put_chs(&ret_entry->first_chs, partition->first_sector, geometry);
	fsi_put_u8(&ret_entry->type, partition->type);
	put_chs(&ret_entry->last_chs, partition->first_sector + partition->sectors - 1,
		geometry);
	fsi_put_le32(&ret_entry->first_sector, saturate(partition->first_sector));
	fsi_put_le32(&ret_entry->sectors, saturate(partition->sectors));
}

void fsi_mbr_put(const struct fsi_mbr *mbr, struct fsi_mbr_record *ret_record)
{
	const struct geometry geometry = choose_geometry(mbr->disk_sectors);

	fsi_put_le32(&ret_record->disk_id, mbr->disk_id);
	fsi_put_le16(&ret_record->reserved, 0);
	for (int i = 0; i < FSI_MBR_PARTITIONS; i++)
		put_entry(&mbr->partitions[i], geometry, &ret_record->entries[i]);
	ret_record->signature[0] = FIRST_SIGNATURE;
	ret_record->signature[1] = LAST_SIGNATURE;
}

bool fsi_mbr_has_signature(const struct fsi_mbr_record *record)
{
	return record->signature[0] == FIRST_SIGNATURE &&
	       record->signature[1] == LAST_SIGNATURE;
}
