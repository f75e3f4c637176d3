/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an item of the tree to its entry, and to what the entry has no room for. */
#ifndef FSI_UDF_ITEM_H
#define FSI_UDF_ITEM_H

#include "udf/plan.h"

/* Count the allocation extents, once the entries are numbered. E_OUTOFMEMORY. */
HRESULT fsi_udf_items_measure(struct fsi_udf_plan *plan);

/*
 * The n-th entry. What is embedded in it is read from its source now, which
 * fails as fsi_data_open() does.
 */
HRESULT fsi_udf_item_render(const struct fsi_udf_plan *plan, uint32_t n,
			    uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

/* One block of the allocation extents of all entries. */
void fsi_udf_items_render_chain(const struct fsi_udf_plan *plan, uint32_t block,
				uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
