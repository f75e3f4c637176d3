/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image that is also a disk: partition tables in its system area, which no file
 * system uses, and at its end. They name the boot images of El Torito where they are,
 * so nothing is in the image twice.
 */
#ifndef FSI_BOOT_HYBRID_H
#define FSI_BOOT_HYBRID_H

#include "boot/mbr_template.h"
#include "boot/writer.h"
#include "layout/format.h"

#include <fsimage/hybrid.h>

/* What is to be made. */
struct fsi_hybrid {
	uint32_t tables;	/* set of enum fsi_partition_table; 0: nothing */
	uint8_t partition_type; /* 0: chosen */
	struct fsi_mbr_template loader;
};

struct fsi_hybrid_source {
	const struct fsi_hybrid *hybrid;
	const struct fsi_volume *volume;
	const struct fsi_format *boot;	     /* made by fsi_boot_create(); NULL: none */
	const struct fsi_boot_image *images; /* of it */
	uint32_t image_count;
};

/*
 * A format that records the tables. The source's parts are borrowed. E_OUTOFMEMORY.
 * Placing it fails with IMAPI_E_IMAGE_TOO_BIG when a table can't count its sectors.
 */
HRESULT fsi_hybrid_create(const struct fsi_hybrid_source *source,
			  struct fsi_format **ret_format);

#endif
