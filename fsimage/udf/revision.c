/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The revisions of UDF that can be written. */
#include "udf/revision.h"

#include "udf/file_entry.h"

#include <stddef.h>

static const struct fsi_udf_revision revisions[] = {
	{
		.number = 0x0102,
		.tag_version = 2,
		.standard_identifier = "NSR02",
		.partition_contents = "+NSR02",
		.minimum_read = 0x0102,
		.minimum_write = 0x0102,
		.maximum_write = 0x0102,
		.entry_form = &fsi_udf_file_entry_form,
	},
};

const struct fsi_udf_revision *fsi_udf_revision_find(uint32_t number)
{
	for (size_t i = 0; i < sizeof(revisions) / sizeof(revisions[0]); i++) {
		if (revisions[i].number == number)
			return &revisions[i];
	}
	return NULL;
}
