/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding extended attributes. */
#include "udf/attribute.h"

#include "udf/file_entry.h"
#include "udf/revision.h"

/* OSTA UDF 3.3.4.1, from 2.00 on: there are none of the kind. */
#define NO_ATTRIBUTES UINT32_MAX

uint32_t fsi_udf_put_device_attributes(uint32_t major, uint32_t minor,
				       const struct fsi_udf_revision *revision,
				       uint32_t location, uint8_t *out)
{
	struct fsi_udf_attributes_header header = {0};
	struct fsi_udf_device_attribute device = {0};
	struct fsi_udf_regid implementation = {0}; /* its implementation use */
	const uint32_t device_length = sizeof(device) + sizeof(implementation);
	const uint32_t length = sizeof(header) + device_length;
	/* Before 2.00 what is not there begins where everything has ended. */
	const uint32_t none = revision->number >= 0x0200 ? NO_ATTRIBUTES : length;

	fsi_put_le32(&header.implementation_offset, none);
	fsi_put_le32(&header.application_offset, none);
	memcpy(out, &header, sizeof(header));
	fsi_udf_tag_seal(out, sizeof(header), FSI_UDF_TAG_ATTRIBUTES, revision, location);
	fsi_put_le32(&device.head.type, FSI_UDF_ATTRIBUTE_DEVICE);
	fsi_put_u8(&device.head.subtype, 1);
	fsi_put_le32(&device.head.length, device_length);
	fsi_put_le32(&device.implementation_use_length, sizeof(implementation));
	fsi_put_le32(&device.major, major);
	fsi_put_le32(&device.minor, minor);
	fsi_udf_put_implementation(&implementation);
	memcpy(out + sizeof(header), &device, sizeof(device));
	memcpy(out + sizeof(header) + sizeof(device), &implementation,
	       sizeof(implementation));
	return length;
}
