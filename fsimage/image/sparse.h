/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data with holes that stay holes in the image: a region for each of its parts. */
#ifndef FSI_IMAGE_SPARSE_H
#define FSI_IMAGE_SPARSE_H

#include "layout/layout.h"
#include "tree/order.h"

/*
 * Find the runs of one of the data of an order, to be called in the order of
 * their numbers; data without holes gets none. As fsi_data_find_holes().
 */
HRESULT fsi_sparse_find(const struct fsi_data *data, struct fsi_layout *layout);

/* The runs of imported data, where they are on the disc: not embedded. E_OUTOFMEMORY. */
HRESULT fsi_sparse_keep(const struct fsi_data *data, struct fsi_layout *layout);

/* Place the runs of data that are no holes and have no place, one behind the other. */
HRESULT fsi_sparse_place(const struct fsi_data_runs *runs, struct fsi_layout *layout);

#endif
