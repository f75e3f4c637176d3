/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot options from the library's side. */
#ifndef FSI_BOOT_OPTIONS_H
#define FSI_BOOT_OPTIONS_H

#include "boot/records.h"

#include <stdatomic.h>

/* imapi2fs: larger boot images are refused. */
#define FSI_BOOT_IMAGE_MAX_SIZE UINT64_C(0x100000000)

struct fsi_boot_options {
	atomic_uint references;
	uint64_t changes;   /* grows with every change */
	fsi_stream *stream; /* the image, one reference; NULL: none, or a file */
	uint64_t size;	    /* of stream */
	char *file;	    /* the image is this file of the tree; NULL: it is not */
	char *manufacturer; /* as put; NULL: "" */
	uint8_t identifier[FSI_BOOT_IDENTIFIER_SIZE]; /* the same on the disc */
	uint8_t platform;
	enum fsi_emulation emulation;
	uint16_t load_segment;
	uint32_t sector_count; /* FSI_BOOT_SECTOR_COUNT_AUTO */
	bool has_info_table;
};

/* The sizes of floppy disks; 0 for what may have any size. */
uint64_t fsi_boot_emulated_size(enum fsi_emulation emulation);

/* IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH, with both sizes. */
HRESULT fsi_boot_check_emulation(enum fsi_emulation emulation, uint64_t size);

/* The sector count that options without one of their own get for an image. */
uint16_t fsi_boot_default_sector_count(uint8_t platform, enum fsi_emulation emulation,
				       uint64_t size);

/*
 * Independent options of the same content, with another stream in place of theirs, of
 * which one reference is taken; NULL: they have none. E_OUTOFMEMORY.
 */
HRESULT fsi_boot_options_copy(const fsi_boot_options *options, fsi_stream *stream,
			      fsi_boot_options **ret_copy);

#endif
