/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of the metadata file and its mirror, OSTA UDF 2.2.13.1. */
#ifndef FSI_UDF_METADATA_H
#define FSI_UDF_METADATA_H

#include "udf/descriptors.h"

/* The blocks that the entry of a metadata file can describe. */
uint32_t fsi_udf_metadata_max_blocks(const struct fsi_udf_revision *revision);

/* The entry of the metadata file, or of its mirror, which is in the partition. */
void fsi_udf_put_metadata_file(const struct fsi_udf_volume *volume, bool is_mirror,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE]);

#endif
