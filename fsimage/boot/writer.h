/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * El Torito as a format: the boot catalog and the boot images that are no files
 * of the tree are blocks of their own; images that are files are pointed at.
 */
#ifndef FSI_BOOT_WRITER_H
#define FSI_BOOT_WRITER_H

#include "boot/records.h"
#include "layout/format.h"

/* In the place of a number of data: there is none. */
#define FSI_BOOT_NO_DATA UINT32_MAX

/* A boot image as it is laid out: what its options said, and where its bytes are. */
struct fsi_boot_image {
	uint8_t platform;
	enum fsi_emulation emulation;
	uint16_t load_segment;
	uint16_t sector_count;
	bool has_info_table;
	bool has_grub_list; /* for a start from a disk; see boot/stream.h */
	uint8_t identifier[FSI_BOOT_IDENTIFIER_SIZE];
	uint64_t size;
	fsi_stream *stream;   /* one reference; NULL: a file of the tree, or nothing */
	const void *file;     /* what file_ops work on, or NULL */
	uint32_t data_number; /* of file, or FSI_BOOT_NO_DATA */
};

struct fsi_boot_source {
	const struct fsi_boot_image *images; /* the first one is the default */
	uint32_t count;			     /* at least 1 */
	const struct fsi_layout *layout;     /* read when blocks are rendered */
	/* How files of the tree are described and opened: as regions with them for
	 * an owner. */
	const struct fsi_region_ops *file_ops;
	const void *catalog_file;     /* shows the catalog; NULL: hidden */
	uint32_t catalog_data_number; /* of it, or FSI_BOOT_NO_DATA */
};

/* source is copied; what it points to must outlive the format. E_OUTOFMEMORY. */
HRESULT fsi_boot_create(const struct fsi_boot_source *source,
			struct fsi_format **ret_format);

/*
 * Place the data of a file when it is the catalog's or gets a boot information
 * table, and so is not what its source has. S_FALSE: it is neither.
 */
HRESULT fsi_boot_place_data(const struct fsi_format *format, uint32_t data_number,
			    struct fsi_layout *layout, uint32_t *ret_first_block);

/* Render the boot record volume descriptor; format: made by fsi_boot_create(). */
void fsi_boot_render_record(const void *format, uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/*
 * The number of the first boot image for a platform that is started as it is; count
 * where there is none.
 */
uint32_t fsi_boot_find(const struct fsi_boot_image *images, uint32_t count,
		       uint8_t platform);

/* The first block of the n-th boot image, once all is placed. */
uint32_t fsi_boot_get_block(const struct fsi_format *format, uint32_t n);

#endif
