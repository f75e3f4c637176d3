/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is inside a metadata partition, at its place in the image, for a map. */
#include "check/udf.h"

/* The reference of the first metadata partition; false: there is none. */
static bool find_metadata(const struct fsi_check_udf *udf, uint16_t *ret_partition)
{
	for (size_t i = 0; i < udf->udf->spaces.count; i++) {
		if (udf->udf->spaces.items[i].kind != FSI_DISC_PARTITION_METADATA)
			continue;
		*ret_partition = (uint16_t)i;
		return true;
	}
	return false;
}

/* The metadata file may be in several pieces; an extent is so in as many at most. */
static void show(struct fsi_check_udf *udf, uint16_t partition,
		 const struct fsi_owner *inside)
{
	struct fsi_udf_address address = {.block = inside->first_block,
					  .partition = partition};
	uint32_t left = inside->block_count;

	while (left > 0 && udf->pieces_left > 0) {
		struct fsi_owner owner = *inside;
		uint32_t count = 0;

		if (FAILED(fsi_import_udf_locate(udf->udf, address, left, 0,
						 &owner.first_block, &count)) ||
		    count == 0)
			return;
		owner.block_count = count;
		fsi_owners_add(udf->check, &udf->check->owners, &owner);
		address.block += count;
		left -= count;
		udf->pieces_left--;
	}
}

void fsi_check_udf_show_metadata(struct fsi_check_udf *udf)
{
	uint16_t partition = 0;

	if (udf->owners != &udf->check->owners || !find_metadata(udf, &partition))
		return;
	for (size_t i = 0; i < udf->metadata_owners.items.count; i++)
		show(udf, partition, &udf->metadata_owners.items.items[i]);
}
