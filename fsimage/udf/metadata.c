/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encoding the entries of metadata files. */
#include "udf/metadata.h"

#include "udf/allocation.h"
#include "udf/file_entry.h"
#include "udf/revision.h"

/*
 * OSTA UDF 2.2.13.1: each extent is whole allocation units, so the longest one is
 * a little shorter than that of other files.
 */
#define EXTENT_MAX_SIZE \
	(FSI_UDF_EXTENT_MAX_SIZE / (FSI_UDF_METADATA_UNIT * FSI_BLOCK_SIZE) * \
	 (FSI_UDF_METADATA_UNIT * FSI_BLOCK_SIZE))

uint32_t fsi_udf_metadata_max_blocks(const struct fsi_udf_revision *revision)
{
	const uint32_t room = FSI_BLOCK_SIZE - revision->entry_form->size;

	return room / (uint32_t)sizeof(struct fsi_udf_short_ad) *
	       (EXTENT_MAX_SIZE / FSI_BLOCK_SIZE);
}

void fsi_udf_put_metadata_file(const struct fsi_udf_volume *volume, bool is_mirror,
			       uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct fsi_udf_metadata *metadata = &volume->metadata;
	const struct fsi_udf_entry_form *form = volume->revision->entry_form;
	const struct fsi_udf_body body = {
		.size = (uint64_t)metadata->blocks * FSI_BLOCK_SIZE,
		.first_block = is_mirror ? metadata->mirror_block : metadata->main_block,
		.extent_max_size = EXTENT_MAX_SIZE,
	};
	const struct fsi_udf_chain chain = {.body = &body,
					    .room = FSI_BLOCK_SIZE - form->size};
	struct fsi_udf_entry entry = {
		.file_type =
			is_mirror ? FSI_UDF_FILE_METADATA_MIRROR : FSI_UDF_FILE_METADATA,
		.flags = FSI_UDF_ICB_SHORT_AD,
		.uid = FSI_UDF_NO_ID,
		.gid = FSI_UDF_NO_ID,
		.permissions = FSI_UDF_PERMISSIONS_ALL,
		.size = body.size,
		.object_size = body.size,
		.recorded_blocks = metadata->blocks,
		.access_time = volume->recording_time,
		.modification_time = volume->recording_time,
		.creation_time = volume->recording_time,
		.attribute_time = volume->recording_time,
	};

	entry.descriptors_length =
		fsi_udf_put_descriptors(&chain, *ret_block + form->size);
	form->put(&entry, volume->revision,
		  is_mirror ? metadata->mirror_icb : metadata->main_icb, ret_block);
}
