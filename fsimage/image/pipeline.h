/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a tree to a layout: the stages of design, one call each. */
#ifndef FSI_IMAGE_PIPELINE_H
#define FSI_IMAGE_PIPELINE_H

#include "image/image.h"
#include "image/stub.h"
#include "iso9660/writer.h"
#include "layout/format.h"
#include "udf/writer.h"

/* What the content of an image comes to, without its items. */
struct fsi_plan_sizes {
	struct fsi_iso9660_sizes iso[FSI_ISO9660_TREES_MAX];
	uint32_t iso_count;
	struct fsi_udf_sizes udf;
	uint64_t data_blocks; /* outside of entries */
};

/* The formats of a plan, in the order in which each stage asks them. */
enum fsi_plan_format {
	FSI_PLAN_DISC_HEAD,
	FSI_PLAN_ISO9660,
	FSI_PLAN_BOOT,
	FSI_PLAN_UDF,
	FSI_PLAN_HYBRID,
	FSI_PLAN_FORMATS
};

/* An image laid out: every block has its place and can be rendered. */
struct fsi_plan {
	struct fsi_volume volume;
	struct fsi_layout layout;
	struct fsi_format *formats[FSI_PLAN_FORMATS]; /* NULL: not in this image */
	bool for_result;
	const struct fsi_patience *patience; /* NULL: it is only measured */
	struct fsi_copy_watcher watcher;     /* told while duplicates are looked for */
	/*
	 * By data number: the first of those that are the same, itself or the one
	 * whose extent it has; NULL: none is. NULL: nobody has looked.
	 */
	const struct fsi_data **firsts;
	uint32_t duplicate_count;
	uint32_t duplicate_blocks; /* which they would have */
	struct fsi_stub *stub;	   /* NULL: ISO 9660 is whole or not there at all */
};

/*
 * Lay out the image as it is. The plan borrows the image's naming and tree,
 * which must not change while it lives. for_result: duplicates are looked for, if that
 * is wanted, which reads files and fails as fsi_duplicates_find() does.
 * IMAPI_E_NO_OUTPUT, IMAPI_E_NO_UNIQUE_NAME, IMAPI_E_IMAGE_TOO_BIG over 2^31 - 1 blocks,
 * E_OUTOFMEMORY.
 */
HRESULT fsi_plan_create(fsi_image *image, bool for_result, struct fsi_plan **ret_plan);

/* Where the session of an image begins on its disc: with UDF not before an anchor in
 * block 256 that is to be there as well. */
uint32_t fsi_plan_first_block(const fsi_image *image);

/*
 * The blocks that an image has whose content comes to these sizes; its own items
 * are not looked at. IMAPI_E_IMAGE_TOO_BIG over 2^31 - 1 blocks; E_OUTOFMEMORY.
 */
HRESULT fsi_plan_count_blocks(const fsi_image *image, const struct fsi_plan_sizes *sizes,
			      uint32_t *ret_blocks);

void fsi_plan_destroy(struct fsi_plan *plan);

#endif
