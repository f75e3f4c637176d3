/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes in an entry: the device that a device file stands for. */
#ifndef FSI_UDF_ATTRIBUTE_H
#define FSI_UDF_ATTRIBUTE_H

#include "udf/types.h"

/* Of an entry that stands in block location; returns their bytes. */
uint32_t fsi_udf_put_device_attributes(uint32_t major, uint32_t minor,
				       const struct fsi_udf_revision *revision,
				       uint32_t location, uint8_t *out);

#endif
