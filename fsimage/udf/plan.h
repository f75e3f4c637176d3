/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A volume that is being laid out: what renders a block finds all it needs here. */
#ifndef FSI_UDF_PLAN_H
#define FSI_UDF_PLAN_H

#include "udf/descriptors.h"
#include "udf/directory.h"
#include "udf/writer.h"

/* The allocation extents of one entry, whose descriptors do not fit there. */
struct fsi_udf_chain_place {
	uint32_t entry;
	uint32_t first; /* of them, among those of all entries */
};

struct fsi_udf_plan {
	struct fsi_udf_source source;
	struct fsi_udf_volume volume;
	struct fsi_udf_entries entries;
	struct fsi_udf_directories directories;
	FSI_VECTOR(struct fsi_udf_chain_place) chains; /* ascending in both */
	uint64_t chain_blocks;			       /* of all together */
	/* Blocks of the partition that the entries are in. */
	uint32_t directories_block;
	uint32_t chains_block;
};

#endif
