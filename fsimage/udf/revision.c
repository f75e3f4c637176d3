/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The revisions of UDF that can be written. */
#include "udf/revision.h"

#include "udf/file_entry.h"

/* ECMA-167, second edition: OSTA UDF 1.02 and 1.50. */
#define SECOND_EDITION \
	.tag_version = 2, .standard_identifier = "NSR02", \
	.partition_contents = "+NSR02", .entry_form = &fsi_udf_file_entry_form

/*
 * Third edition: OSTA UDF 2.00 and later. Of its two forms of entry the extended
 * one has room for the creation time and for streams; no volume mixes them.
 */
#define THIRD_EDITION \
	.tag_version = 3, .standard_identifier = "NSR03", \
	.partition_contents = "+NSR03", .entry_form = &fsi_udf_extended_file_entry_form

/* All that may read, or write, or have written a volume is that revision. */
#define ACCESS(revision) \
	.minimum_read = (revision), .minimum_write = (revision), \
	.maximum_write = (revision)

static const struct fsi_udf_revision revisions[] = {
	{SECOND_EDITION, .number = 0x0102, ACCESS(0x0102)},
	{SECOND_EDITION, .number = 0x0150, ACCESS(0x0150)},
	{THIRD_EDITION, .number = 0x0200, ACCESS(0x0200)},
	{THIRD_EDITION, .number = 0x0201, ACCESS(0x0201), .has_real_time_files = true},
	{
		THIRD_EDITION,
		.number = 0x0250,
		ACCESS(0x0250),
		.has_real_time_files = true,
		.has_metadata_partition = true,
	},
	{
		THIRD_EDITION,
		.number = 0x0260,
		/* OSTA UDF 2.2.6.4: who reads 2.50 reads what is written here. */
		.minimum_read = 0x0250,
		.minimum_write = 0x0260,
		.maximum_write = 0x0260,
		.has_real_time_files = true,
		.has_metadata_partition = true,
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
