/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a boot image as they go onto the disc: all of them or an error,
 * with a boot information table where one is wanted.
 */
#ifndef FSI_BOOT_STREAM_H
#define FSI_BOOT_STREAM_H

#include "boot/records.h"

/* What a boot image is told of where it is, in the places that it has for it. */
struct fsi_boot_info {
	uint32_t volume_block; /* of the primary volume descriptor */
	uint32_t image_block;
	bool has_table;	    /* a boot information table */
	bool has_grub_list; /* where GRUB's core goes on, for a start from a disk */
};

/*
 * A stream over size bytes of another one, of which one reference is taken. info
 * is copied; with a table there are at least FSI_BOOT_INFO_TABLE_END bytes, with
 * GRUB's list FSI_BOOT_GRUB_LIST_END. Reading fails with IMAPI_E_BOOT_IMAGE_DATA
 * where stream ends before size, and where it fails, unless is_file: what files of
 * the tree return has codes of its own.
 */
HRESULT fsi_boot_stream_create(fsi_stream *stream, uint64_t size, bool is_file,
			       const struct fsi_boot_info *info, fsi_stream **ret_stream);

/* Bytes of a boot image's own stream, all of them. IMAPI_E_BOOT_IMAGE_DATA. */
HRESULT fsi_boot_stream_read(fsi_stream *stream, uint64_t offset, void *buffer,
			     size_t length);

/* The bytes of a stream in memory. IMAPI_E_BOOT_IMAGE_DATA, E_OUTOFMEMORY. */
HRESULT fsi_boot_stream_copy(fsi_stream *stream, uint64_t size, fsi_stream **ret_copy);

/*
 * What a boot image's own stream returned: every failure but E_OUTOFMEMORY becomes
 * IMAPI_E_BOOT_IMAGE_DATA, with the message that there was.
 */
HRESULT fsi_boot_stream_adopt(HRESULT hr);

#endif
