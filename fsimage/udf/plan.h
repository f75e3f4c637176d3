/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A volume that is being laid out: what renders a block finds all it needs here. */
#ifndef FSI_UDF_PLAN_H
#define FSI_UDF_PLAN_H

#include "udf/descriptors.h"
#include "udf/directory.h"
#include "udf/writer.h"

/* Blocks that one entry has besides its own. */
struct fsi_udf_place {
	uint32_t entry;
	uint32_t first; /* of them, among those of all entries */
};

/* Those of all entries that have some, one behind the other. */
struct fsi_udf_places {
	FSI_VECTOR(struct fsi_udf_place) items; /* ascending in both */
	uint64_t blocks;
};

struct fsi_udf_plan {
	struct fsi_udf_source source;
	struct fsi_udf_volume volume;
	struct fsi_udf_entries entries;
	struct fsi_udf_directories directories;
	struct fsi_udf_sizes sizes;    /* of all that is placed */
	struct fsi_udf_places chains;  /* allocation extents, udf/allocation.h */
	struct fsi_udf_places targets; /* of symbolic links, too long for an entry */
	/* Blocks of the partition that the entries are in. */
	uint32_t directories_block;
	uint32_t chains_block;
	uint32_t targets_block; /* of the image */
};

#endif
