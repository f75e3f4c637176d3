/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extension: images that boot from a USB stick or a disk as well as from a CD. Tables
 * of partitions in the first 32 KiB, which no file system uses, and at the end of the
 * image make a disk of it.
 */
#ifndef FSIMAGE_HYBRID_H
#define FSIMAGE_HYBRID_H

#include <fsimage/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Tables of partitions; bits of a set. */
enum fsi_partition_table {
	FSI_PARTITION_TABLE_NONE = 0,
	FSI_PARTITION_TABLE_MBR = 1, /**< master boot record */
	FSI_PARTITION_TABLE_GPT = 2, /**< GUID partition table, UEFI 5.3 */
};

/** Set size to sizeof(struct fsi_hybrid_options) and the rest to zero for defaults. */
struct fsi_hybrid_options {
	size_t size;
	/**
	 * MBR: partition 1 is the image and active, partition 2 the EFI boot image.
	 * GPT: the EFI boot image is a partition, what is around it others; the MBR
	 * protects them. Both: as GPT, and an entry of the MBR that a BIOS takes for
	 * an active partition, without which some start no disk.
	 */
	uint32_t tables;
	/** The type of partition 1 of an MBR alone; 0: one that fits. */
	uint8_t partition_type;
	/**
	 * Borrowed for the call, or NULL: the code of the MBR, as ISOLINUX's
	 * isohdpfx.bin or GRUB's boot_hybrid.img: up to 440 bytes, or a record of
	 * 512 with its signature. These two are told where the first boot image for
	 * a BIOS is; other code is taken as it is.
	 */
	fsi_stream *mbr_template;
};

/**
 * Extension: let the image have tables of partitions. It then ends with a whole MiB.
 * With a GPT, whose copy is in the last block, UDF has no anchor there: those in
 * block 256 and 256 blocks before the last one remain, and two have to be.
 *
 * @param options  borrowed; NULL: no tables, the default
 * @return S_OK; IMAPI_E_READONLY; E_INVALIDARG when options->size is another;
 *         IMAPI_E_BOOT_OBJECT_CONFLICT when the session is not the first one of its disc;
 *         IMAPI_E_INVALID_PARAM (options) for tables that do not exist, or none;
 *         IMAPI_E_INVALID_PARAM (mbr_template) when it is empty, too long, has no
 *         signature, or is GRUB's for disks; what its stream returns.
 *         What boot images there are is looked at when the result is made: see
 *         fsi_image_create_result_image(), which returns IMAPI_E_BOOT_IMAGE_DATA when
 *         the template loads the boot image for a BIOS and there is none, and
 *         IMAPI_E_IMAGE_TOO_BIG when an MBR alone is to count over 4,294,967,295
 *         sectors of 512 bytes, or ISOLINUX's code to find its image beyond them
 */
FSI_API HRESULT fsi_image_put_hybrid_boot(fsi_image *image,
					  const struct fsi_hybrid_options *options);

/** @param ret_tables  set of FSI_PARTITION_TABLE_*; default NONE */
FSI_API HRESULT fsi_image_get_hybrid_boot(fsi_image *image, uint32_t *ret_tables);

#ifdef __cplusplus
}
#endif

#endif
