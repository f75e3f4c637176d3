/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding file identifier descriptors. */
#ifndef FSI_UDF_READ_DIRECTORY_H
#define FSI_UDF_READ_DIRECTORY_H

#include "udf/directory.h"
#include "udf/read_types.h"

/* The part of a descriptor that tells its length. */
#define FSI_UDF_FID_HEAD_SIZE sizeof(struct fsi_udf_file_identifier_descriptor)

/* What a file identifier descriptor tells. */
struct fsi_udf_fid {
	uint8_t characteristics;
	struct fsi_udf_allocation icb;
	const uint8_t *identifier; /* CS0, in the descriptor */
	size_t identifier_length;
};

/* The bytes of a descriptor with all its parts, from its first 38 bytes. */
size_t fsi_udf_fid_size(const uint8_t *head);

/* Decode a descriptor of as many bytes, whose tag was checked. */
void fsi_udf_get_fid(const uint8_t *descriptor, struct fsi_udf_fid *ret_fid);

#endif
