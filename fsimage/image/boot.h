/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an image has to boot from: its entries, and the file that shows the catalog. */
#ifndef FSI_IMAGE_BOOT_H
#define FSI_IMAGE_BOOT_H

#include "base/vector.h"
#include "boot/writer.h"
#include "tree/tree.h"

struct fsi_image_boot {
	fsi_boot_options **options; /* one reference each, in the order of the disc */
	uint32_t count;
	/* Files that were made to show the catalog: the last one that is in the image
	 * shows it. */
	FSI_VECTOR(struct fsi_node *) catalogs;
	/*
	 * The entries as they were laid out last. While a result is alive they
	 * stay: all results of that time are the same.
	 */
	struct fsi_boot_image *images;
	uint32_t image_count;
	struct fsi_data *marked[FSI_BOOT_ENTRIES_MAX + 1]; /* needs_blocks is set */
	uint32_t marked_count;
};

/* Changes of the options that were made behind the image's back. */
uint64_t fsi_image_count_boot_changes(const struct fsi_image_boot *boot);

/* IMAPI_E_BOOT_OBJECT_CONFLICT where the session is not the first one of its disc. */
HRESULT fsi_image_check_first_session(const fsi_image *image);

/*
 * Independent options of the same content, with a copy of their stream: a large one is
 * in the working directory. IMAPI_E_BOOT_IMAGE_DATA; E_OUTOFMEMORY; what
 * fsi_stash_begin() and fsi_stash_advance() return; E_IMAPI_REQUEST_CANCELLED.
 */
HRESULT fsi_image_copy_boot_options(fsi_image *image, const fsi_boot_options *options,
				    fsi_boot_options **ret_copy);

/*
 * Whether all that is to be booted is there and right: the codes that
 * fsi_image_create_result_image() tells of boot entries.
 */
HRESULT fsi_image_check_boot(fsi_image *image);

/*
 * Look at the options and mark the data of the tree that needs blocks of its own.
 * The naming has been made. What is missing gets no blocks; E_OUTOFMEMORY.
 */
HRESULT fsi_image_resolve_boot(fsi_image *image);

/*
 * Make the format of the entries that were resolved; *ret_format stays as it is
 * when there are none. layout is that of the plan.
 */
HRESULT fsi_image_create_boot(const fsi_image *image,
			      const struct fsi_region_ops *file_ops,
			      const struct fsi_layout *layout,
			      struct fsi_format **ret_format);

void fsi_image_clear_boot(struct fsi_image_boot *boot);

#endif
