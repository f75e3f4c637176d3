/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what the tree knows of an item, or of its streams, to an entry. */
#ifndef FSI_UDF_ITEM_H
#define FSI_UDF_ITEM_H

#include "udf/plan.h"

/*
 * The n-th entry. What is embedded in it is read from its source now, which
 * fails as fsi_data_open() does.
 */
HRESULT fsi_udf_render_entry(const struct fsi_udf_plan *plan, uint32_t n,
			     uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
