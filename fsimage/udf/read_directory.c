/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding file identifier descriptors. */
#include "udf/read_directory.h"

size_t fsi_udf_fid_size(const uint8_t *head)
{
	FSI_UDF_RECORD(fsi_udf_file_identifier_descriptor, record, head);

	/* ECMA-167 4/14.4.9: padded to a multiple of 4. */
	return (sizeof(*record) + fsi_get_le16(&record->implementation_use_length) +
		record->identifier_length[0] + 3) &
	       ~(size_t)3;
}

void fsi_udf_get_fid(const uint8_t *descriptor, struct fsi_udf_fid *ret_fid)
{
	FSI_UDF_RECORD(fsi_udf_file_identifier_descriptor, record, descriptor);

	ret_fid->characteristics = record->characteristics[0];
	fsi_udf_get_long_ad(&record->icb, &ret_fid->icb);
	ret_fid->identifier = descriptor + sizeof(*record) +
			      fsi_get_le16(&record->implementation_use_length);
	ret_fid->identifier_length = record->identifier_length[0];
}
