/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which partitions an image has, and where their tables are. */
#include "boot/hybrid.h"

#include "base/memory.h"
#include "boot/gpt.h"
#include "error/fail.h"

/* A whole MiB, the cylinder of small disks. */
#define IMAGE_ALIGNMENT 512u

/* Of the system area, with its first sector; and at the end of the image. */
#define MBR_BLOCKS 1u
#define GPT_BLOCKS \
	((FSI_GPT_ARRAY_SECTOR + FSI_GPT_ARRAY_SECTORS + FSI_SECTORS_PER_BLOCK - 1) / \
	 FSI_SECTORS_PER_BLOCK)
#define BACKUP_BLOCKS \
	((FSI_GPT_BACKUP_SECTORS + FSI_SECTORS_PER_BLOCK - 1) / FSI_SECTORS_PER_BLOCK)

/*
 * Partitions of the GPT that are no file systems: those begin with the image, where no
 * partition can. Systems are not to mount them, nor to offer that they be formatted.
 */
#define HIDDEN	      (UINT64_C(1) << 62)
#define NOT_AUTOMOUNT (UINT64_C(1) << 63)

/* Where a boot image is; of size 0 where there is none. */
struct boot_extent {
	uint32_t first_block;
	uint64_t size;
};

struct hybrid_writer {
	struct fsi_format format;
	struct fsi_hybrid_source source;
	/* What follows is known when all has its place. */
	struct boot_extent bios;
	struct boot_extent efi;
	struct fsi_mbr mbr;
	struct fsi_gpt gpt;
};

static bool has_gpt(const struct hybrid_writer *writer)
{
	return (writer->source.hybrid->tables & FSI_PARTITION_TABLE_GPT) != 0;
}

static bool has_efi_image(const struct hybrid_writer *writer)
{
	return writer->efi.size > 0;
}

/* ---- regions ----------------------------------------------------------- */

static HRESULT copy_description(const char *text, char **ret_description)
{
	char *description = fsi_duplicate_string(text);

	if (description == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	*ret_description = description;
	return S_OK;
}

static HRESULT describe_tables(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	return copy_description("partition tables", ret_description);
}

static HRESULT describe_backup(const struct fsi_region *region, char **ret_description)
{
	(void)region;
	return copy_description("copy of the GUID partition table", ret_description);
}

static void put_mbr(const struct hybrid_writer *writer,
		    uint8_t (*ret_sector)[FSI_SECTOR_SIZE])
{
	struct fsi_mbr_record record = {0};

	fsi_mbr_template_put(&writer->source.hybrid->loader, writer->bios.first_block,
			     &record);
	fsi_mbr_put(&writer->mbr, &record);
	memcpy(*ret_sector, &record, sizeof(record));
}

static HRESULT render_tables(const struct fsi_region *region, uint32_t block,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct hybrid_writer *writer = region->owner;
	const uint64_t first_sector =
		(uint64_t)(region->first_block + block) * FSI_SECTORS_PER_BLOCK;

	for (uint32_t i = 0; i < FSI_SECTORS_PER_BLOCK; i++) {
		uint8_t(*sector)[FSI_SECTOR_SIZE] =
			(uint8_t(*)[FSI_SECTOR_SIZE])(*ret_block + i * FSI_SECTOR_SIZE);

		if (first_sector + i == 0)
			put_mbr(writer, sector);
		else if (has_gpt(writer))
			fsi_gpt_put_sector(&writer->gpt, first_sector + i, sector);
	}
	return S_OK;
}

static const struct fsi_region_ops tables_ops = {
	.describe = describe_tables,
	.render = render_tables,
};
static const struct fsi_region_ops backup_ops = {
	.describe = describe_backup,
	.render = render_tables,
};

/* ---- partitions -------------------------------------------------------- */

static uint64_t sector_of(uint32_t block)
{
	return (uint64_t)block * FSI_SECTORS_PER_BLOCK;
}

static uint64_t first_efi_sector(const struct hybrid_writer *writer)
{
	return sector_of(writer->efi.first_block);
}

static uint64_t efi_sectors(const struct hybrid_writer *writer)
{
	return (writer->efi.size + FSI_SECTOR_SIZE - 1) / FSI_SECTOR_SIZE;
}

/*
 * What partition 1 of an MBR is. Beside a partition inside it, it is an empty one to
 * firmware, some of which takes a table for broken whose partitions overlap.
 */
static uint8_t type_of_image(const struct hybrid_writer *writer)
{
	const struct fsi_hybrid *hybrid = writer->source.hybrid;

	if (hybrid->partition_type != 0)
		return hybrid->partition_type;
	if (has_efi_image(writer))
		return FSI_MBR_EMPTY;
	return hybrid->loader.loader == FSI_MBR_GRUB ? FSI_MBR_ISO9660
						     : FSI_MBR_HIDDEN_NTFS;
}

/* With GRUB partition 1 begins behind the record, so that nobody installs over it. */
static void list_in_mbr(struct hybrid_writer *writer, uint64_t disk_sectors)
{
	const uint64_t first_sector =
		writer->source.hybrid->loader.loader == FSI_MBR_GRUB ? 1 : 0;

	writer->mbr.partitions[0] = (struct fsi_mbr_partition){
		.is_active = true,
		.type = type_of_image(writer),
		.first_sector = first_sector,
		.sectors = disk_sectors - first_sector,
	};
	if (has_efi_image(writer))
		writer->mbr.partitions[1] = (struct fsi_mbr_partition){
			.type = FSI_MBR_EFI_SYSTEM,
			.first_sector = first_efi_sector(writer),
			.sectors = efi_sectors(writer),
		};
}

/* UEFI 5.2.3; and what a BIOS takes for a partition to boot from, others for none. */
static void protect_gpt(struct hybrid_writer *writer, uint64_t disk_sectors)
{
	writer->mbr.partitions[0] = (struct fsi_mbr_partition){
		.type = FSI_MBR_PROTECTIVE,
		.first_sector = FSI_GPT_HEADER_SECTOR,
		.sectors = disk_sectors - FSI_GPT_HEADER_SECTOR,
	};
	if (writer->source.hybrid->tables & FSI_PARTITION_TABLE_MBR)
		writer->mbr.partitions[1] = (struct fsi_mbr_partition){
			.is_active = true,
			.type = FSI_MBR_EMPTY,
			.first_sector = 0,
			.sectors = 1,
		};
}

/* A partition up to the sector before end_sector, if that leaves any. */
static void list_in_gpt(struct fsi_gpt *gpt, uint64_t first_sector, uint64_t end_sector,
			bool is_efi)
{
	if (first_sector >= end_sector)
		return;
	gpt->partitions[gpt->partition_count++] = (struct fsi_gpt_partition){
		.type = is_efi ? &fsi_gpt_efi_system : &fsi_gpt_basic_data,
		.first_sector = first_sector,
		.last_sector = end_sector - 1,
		.attributes = is_efi ? 0 : FSI_GPT_READ_ONLY | HIDDEN | NOT_AUTOMOUNT,
		.name = is_efi ? "EFI boot image" : "Part of the image",
	};
}

/* All is in some partition, so that no program takes it for free. */
static void divide_in_gpt(struct hybrid_writer *writer, uint64_t disk_sectors)
{
	struct fsi_gpt *gpt = &writer->gpt;
	const uint64_t end_sector = fsi_gpt_last_usable_sector(disk_sectors) + 1;
	uint64_t next_sector = FSI_GPT_FIRST_USABLE_SECTOR;

	if (has_efi_image(writer)) {
		const uint64_t first_sector = first_efi_sector(writer);

		list_in_gpt(gpt, next_sector, first_sector, false);
		next_sector = first_sector + efi_sectors(writer);
		list_in_gpt(gpt, first_sector, next_sector, true);
	}
	list_in_gpt(gpt, next_sector, end_sector, false);
}

static HRESULT list_partitions(struct hybrid_writer *writer, uint64_t disk_sectors)
{
	const struct fsi_volume *volume = writer->source.volume;

	if (!has_gpt(writer) && disk_sectors > UINT32_MAX)
		return fsi_error_detail(
			FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
			"An MBR counts %u sectors of 512 bytes, the image has %llu; a "
			"GPT has no such limit.",
			UINT32_MAX, (unsigned long long)disk_sectors);
	writer->mbr.disk_id = volume->serial;
	writer->mbr.disk_sectors = disk_sectors;
	writer->gpt.identity =
		(uint64_t)volume->serial << 32 ^ (uint64_t)volume->recording_time;
	writer->gpt.disk_sectors = disk_sectors;
	if (has_gpt(writer)) {
		protect_gpt(writer, disk_sectors);
		divide_in_gpt(writer, disk_sectors);
	} else {
		list_in_mbr(writer, disk_sectors);
	}
	return S_OK;
}

/* ---- the format -------------------------------------------------------- */

static HRESULT place_tables(struct hybrid_writer *writer, struct fsi_layout *layout)
{
	layout->end_alignment = IMAGE_ALIGNMENT;
	if (has_gpt(writer))
		layout->reserved_end_blocks = BACKUP_BLOCKS;
	return fsi_layout_append_at(layout, &tables_ops, writer,
				    has_gpt(writer) ? GPT_BLOCKS : MBR_BLOCKS,
				    layout->first_block);
}

static struct boot_extent find_image(const struct hybrid_writer *writer, uint8_t platform)
{
	const struct fsi_hybrid_source *source = &writer->source;
	const uint32_t number =
		fsi_boot_find(source->images, source->image_count, platform);

	if (source->boot == NULL || number == source->image_count)
		return (struct boot_extent){0};
	return (struct boot_extent){
		.first_block = fsi_boot_get_block(source->boot, number),
		.size = source->images[number].size,
	};
}

static HRESULT place_backup(struct hybrid_writer *writer, struct fsi_layout *layout)
{
	writer->bios = find_image(writer, FSI_PLATFORM_X86);
	writer->efi = find_image(writer, FSI_PLATFORM_EFI);
	if (writer->source.hybrid->loader.loader == FSI_MBR_ISOLINUX &&
	    sector_of(writer->bios.first_block) > UINT32_MAX)
		return fsi_error_detail(FSI_FAIL(IMAPI_E_IMAGE_TOO_BIG),
					"ISOLINUX's code of the MBR looks for its image "
					"in the first 2 TiB.");
	FSI_TRY(list_partitions(writer, sector_of(layout->end_block)));
	if (!has_gpt(writer))
		return S_OK;
	return fsi_layout_append_at(layout, &backup_ops, writer, BACKUP_BLOCKS,
				    layout->end_block - BACKUP_BLOCKS);
}

static HRESULT place(struct fsi_format *format, enum fsi_stage stage,
		     struct fsi_layout *layout)
{
	/* The format is the first member of the writer. */
	void *object = format;

	if (stage == FSI_STAGE_SYSTEM_AREA)
		return place_tables(object, layout);
	if (stage == FSI_STAGE_SEALED)
		return place_backup(object, layout);
	return S_OK;
}

static void destroy(struct fsi_format *format)
{
	fsi_free(format);
}

HRESULT fsi_hybrid_create(const struct fsi_hybrid_source *source,
			  struct fsi_format **ret_format)
{
	static const struct fsi_format_ops ops = {.place = place, .destroy = destroy};
	struct hybrid_writer *writer = fsi_allocate_zeroed(1, sizeof(*writer));

	if (writer == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	writer->format.ops = &ops;
	writer->source = *source;
	*ret_format = &writer->format;
	return S_OK;
}
