/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISO 9660 with its Joliet dialect (ECMA-119; Joliet specification): volume
 * descriptors, path tables and directories over one copy of the file data.
 */
#ifndef FSI_ISO9660_WRITER_H
#define FSI_ISO9660_WRITER_H

#include "layout/format.h"
#include "name/view.h"

/* Primary, Joliet, ISO 9660:1999. */
#define FSI_ISO9660_TREES_MAX 3

/* What one directory tree comes to. */
struct fsi_iso9660_sizes {
	uint64_t directory_blocks;
	uint64_t path_table_size; /* in bytes */
};

struct fsi_iso9660_source {
	const struct fsi_order *order;
	const struct fsi_name_view *iso;      /* names of the primary tree */
	const struct fsi_name_view *joliet;   /* NULL: no Joliet */
	const struct fsi_name_view *enhanced; /* of ISO 9660:1999; NULL: no such tree */
	const struct fsi_volume *volume;
	const struct fsi_layout *layout; /* read when blocks are rendered */
	/*
	 * Of so many trees the sizes; then nothing else of the source is looked at,
	 * and the format is only placed, to learn its size. NULL: they are measured.
	 */
	const struct fsi_iso9660_sizes *sizes;
	uint32_t tree_count;
	/* The boot record, right behind the primary descriptor (ECMA-119 8.2);
	 * NULL: none. */
	void (*render_boot_record)(const void *boot,
				   uint8_t (*ret_block)[FSI_BLOCK_SIZE]);
	const void *boot;
};

/* source is copied; what it points to must outlive the format. */
HRESULT fsi_iso9660_create(const struct fsi_iso9660_source *source,
			   struct fsi_format **ret_format);

#endif
