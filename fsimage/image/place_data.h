/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data of files in a layout: one extent each, which all file systems point at. */
#ifndef FSI_IMAGE_PLACE_DATA_H
#define FSI_IMAGE_PLACE_DATA_H

#include "image/pipeline.h"

/* Of a region that is the data of a file; owner: a struct fsi_data. */
extern const struct fsi_region_ops fsi_plan_data_ops;

/* Find what is not one run of blocks, before any entry is measured. As
 * fsi_data_find_holes(). */
HRESULT fsi_plan_find_runs(const fsi_image *image, const struct fsi_order *order,
			   struct fsi_layout *layout);

/* Whether reading the image reads the disc of the earlier sessions, as data of theirs is
 * recorded anew. */
bool fsi_plan_reads_disc(const fsi_image *image, const struct fsi_order *order);

/* Align the next block for it. */
HRESULT fsi_plan_begin_data(const fsi_image *image, struct fsi_layout *layout);

/* Place it all. As fsi_layout_append(), fsi_duplicates_find(). */
HRESULT fsi_plan_place_data(const fsi_image *image, const struct fsi_order *order,
			    struct fsi_plan *plan);

#endif
