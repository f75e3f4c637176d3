/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDF (ECMA-167 and OSTA UDF): alone, or as a bridge over ISO 9660's data. */
#ifndef FSI_UDF_WRITER_H
#define FSI_UDF_WRITER_H

#include "layout/format.h"
#include "name/view.h"

/*
 * The largest file whose short allocation descriptors fit its entry: 234 in the
 * 1872 bytes behind a file entry, each for 2^30 - 2048 bytes (ECMA-167 4/14.9).
 */
#define FSI_UDF_MAX_FILE_SIZE (UINT64_C(234) * 0x3FFFF800)

struct fsi_udf_source {
	const struct fsi_order *order;
	const struct fsi_name_view *names;
	const struct fsi_volume *volume;
	const struct fsi_layout *layout; /* read when blocks are rendered */
	uint32_t revision;		 /* as in suffixes: 0x0102 */
};

/* source is copied; what it points to must outlive the format. */
HRESULT fsi_udf_create(const struct fsi_udf_source *source,
		       struct fsi_format **ret_format);

#endif
