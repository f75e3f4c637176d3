/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes in an entry: the device that a device file stands for. */
#ifndef FSI_UDF_ATTRIBUTE_H
#define FSI_UDF_ATTRIBUTE_H

#include "udf/types.h"

/* Extended attribute header descriptor, ECMA-167 4/14.10.1 */
struct fsi_udf_attribute_header {
	struct fsi_udf_tag tag;
	uint8_t implementation_offset RBP(16, 4);
	uint8_t application_offset RBP(20, 4);
};
_Static_assert(sizeof(struct fsi_udf_attribute_header) == 24, "ECMA-167 4/14.10.1");

/* Device specification, ECMA-167 4/14.10.7, with whose it is: OSTA UDF 3.3.4.4 */
struct fsi_udf_device_attribute {
	uint8_t type RBP(0, 4);
	uint8_t subtype RBP(4, 1);
	uint8_t reserved RBP(5, 3);
	uint8_t length RBP(8, 4);
	uint8_t implementation_use_length RBP(12, 4);
	uint8_t major RBP(16, 4);
	uint8_t minor RBP(20, 4);
	struct fsi_udf_regid implementation; /* 24 */
};
FSI_UDF_AT(fsi_udf_device_attribute, major, 16);
FSI_UDF_AT(fsi_udf_device_attribute, implementation, 24);
_Static_assert(sizeof(struct fsi_udf_device_attribute) == 56, "ECMA-167 4/14.10.7");

/* Of an entry that stands in block location; returns their bytes. */
uint32_t fsi_udf_put_device_attributes(uint32_t major, uint32_t minor,
				       const struct fsi_udf_revision *revision,
				       uint32_t location, uint8_t *out);

#endif
