/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking which blocks are said to be free: ECMA-167 4/14.11, 4/14.12, OSTA UDF 2.3.7,
 * 2.3.8; U-160, U-161, U-165 to U-167, U-170. */
#include "check/udf.h"
#include "udf/file_entry.h"

#include <inttypes.h>

#define BITMAP "space bitmap descriptor"
#define TABLE  "unallocated space entry"

/* Of BD; DVD has half as many. */
#define ECC_BLOCKS 32

/* ECMA-167 4/7.2.1 */
#define TAG_SPACE_ENTRY	 263
#define TAG_SPACE_BITMAP 264

/* Space bitmap descriptor, ECMA-167 4/14.12; the bitmap follows */
struct space_bitmap_descriptor {
	struct fsi_udf_tag tag;
	uint8_t bit_count RBP(16, 4);
	uint8_t byte_count RBP(20, 4);
};
_Static_assert(sizeof(struct space_bitmap_descriptor) == 24, "ECMA-167 4/14.12");

/* Unallocated space entry, ECMA-167 4/14.11; allocation descriptors follow */
struct space_entry {
	struct fsi_udf_tag tag;
	struct fsi_udf_icb_tag icb_tag;
	uint8_t descriptors_length RBP(36, 4);
};
_Static_assert(sizeof(struct space_entry) == 40, "ECMA-167 4/14.11");

struct space {
	struct fsi_check_udf *udf;
	uint16_t reference;
	struct fsi_udf_partition partition;
	uint32_t blocks; /* of the partition that the bitmap tells of */
	uint64_t bitmap; /* where its first byte is in the image */
	struct fsi_check_place place;
	uint8_t piece[FSI_BLOCK_SIZE];
	uint64_t piece_at; /* of the bitmap, in bytes; UINT64_MAX: nothing is read */
};

/* Whether a block of the partition is free. */
static bool is_free(struct space *space, uint32_t block)
{
	const uint64_t byte = block / 8;
	const uint64_t at = byte - byte % sizeof(space->piece);
	const uint64_t left = (space->blocks + UINT64_C(7)) / 8 - at;

	if (space->piece_at != at) {
		memset(space->piece, 0, sizeof(space->piece));
		(void)fsi_check_read(space->udf->check, space->bitmap + at, space->piece,
				     left < sizeof(space->piece) ? (size_t)left
								 : sizeof(space->piece));
		space->piece_at = at;
	}
	return (space->piece[byte - at] >> block % 8 & 1) != 0;
}

/* ---- bitmaps ----------------------------------------------------------- */

/* What is in use and said to be free. */
static void check_used(struct space *space, uint32_t first, uint32_t count)
{
	const uint32_t start = space->partition.first_block;

	for (uint32_t i = 0; i < count; i++) {
		const uint32_t block = first + i;
		const struct fsi_check_place at =
			fsi_check_udf_place(space->udf, block, "block of the partition");

		if (!is_free(space, block - start))
			continue;
		fsi_check_tell(space->udf->check, FSI_U_160, &at,
			       &(struct fsi_check_details){.expected = "in use",
							   .found = "free"},
			       "Block %" PRIu32 " of the partition is in use, but the "
			       "bitmap says that it is free",
			       block - start);
		return;
	}
}

/* What nobody uses; blocks are only counted, as it is no damage. */
static uint32_t count_lost(struct space *space, uint32_t first, uint32_t end)
{
	const uint32_t start = space->partition.first_block;
	uint32_t lost = 0;

	for (uint32_t block = first; block < end; block++)
		lost += !is_free(space, block - start);
	return lost;
}

static void compare_with_owners(struct space *space)
{
	struct fsi_check_udf *udf = space->udf;
	const uint32_t start = space->partition.first_block;
	const uint32_t end = start + space->blocks;
	uint32_t block = start;
	uint32_t lost = 0;
	uint32_t first = 0;
	uint32_t count = 0;

	while (block < end && fsi_owners_next_run(udf->owners, block, &first, &count)) {
		if (first >= end)
			break;
		if (count > end - first)
			count = end - first;
		lost += count_lost(space, block, first);
		check_used(space, first, count);
		block = first + count;
	}
	lost += count_lost(space, block, end);
	if (lost > 0 && !udf->is_owner_missing)
		fsi_check_tell(udf->check, FSI_U_160, &space->place,
			       &(struct fsi_check_details){
				       .severity = FSI_SEVERITY_WARNING,
				       .expected = "free",
				       .found = FSI_TEXT("%" PRIu32 " blocks", lost)},
			       "The bitmap says that blocks are in use which nothing "
			       "has: %" PRIu32,
			       lost);
}

static void check_bitmap(struct space *space, const struct fsi_udf_allocation *extent)
{
	struct fsi_check_udf *udf = space->udf;
	struct space_bitmap_descriptor head;
	const struct space_bitmap_descriptor *const record = &head;
	const uint32_t block = space->partition.first_block + extent->address.block;
	const struct fsi_check_tagged tagged = {
		.bytes = (const uint8_t *)&head,
		.available = sizeof(head),
		.identifiers = {TAG_SPACE_BITMAP, TAG_SPACE_BITMAP},
		.location = extent->address.block,
		.missing = FSI_U_160,
	};
	uint32_t bits = 0;
	uint32_t bytes = 0;

	space->place = fsi_check_udf_place(udf, block, BITMAP);
	if (!fsi_check_read(udf->check, space->place.offset, &head, sizeof(head)))
		return;
	/* OSTA UDF 2.3.8.1: the CRC may cover more than is read here, or nothing. */
	if (fsi_get_le16(&record->tag.crc_length) > 8) {
		const uint16_t none = 0;

		memcpy(head.tag.crc_length, &none, sizeof(none));
		memcpy(head.tag.crc, &none, sizeof(none));
		fsi_put_u8(&head.tag.checksum, fsi_udf_tag_sum(&head.tag));
	}
	fsi_check_udf_claim(udf, &space->place, FSI_U_108, block,
			    extent->length / udf->block_size +
				    (extent->length % udf->block_size != 0));
	if (!fsi_check_udf_tag(udf, &space->place, &tagged))
		return;
	bits = fsi_get_le32(&record->bit_count);
	bytes = fsi_get_le32(&record->byte_count);
	if (!fsi_check_number(udf->check, FSI_U_160, &space->place, "number of bits",
			      space->blocks, bits))
		return;
	if (bytes < (bits + UINT64_C(7)) / 8 || bytes > extent->length - sizeof(head)) {
		fsi_check_tell(udf->check, FSI_U_160, &space->place,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("%" PRIu64,
							    (bits + UINT64_C(7)) / 8),
				       .found = FSI_TEXT("%" PRIu32, bytes)},
			       "The number of bytes of the " BITMAP " is wrong");
		return;
	}
	space->bitmap = space->place.offset + sizeof(head);
	compare_with_owners(space);
}

/* ---- tables ------------------------------------------------------------ */

/* U-161 */
static void check_free_extents(struct space *space, const uint8_t *bytes, size_t size)
{
	struct fsi_check_udf *udf = space->udf;
	struct fsi_udf_allocation extent;
	uint64_t end = 0;
	size_t at = 0;

	while (fsi_udf_next_allocation(bytes, size, FSI_UDF_ICB_SHORT_AD,
				       space->reference, &at, &extent)) {
		const struct fsi_check_place place =
			fsi_check_at(&space->place, sizeof(struct space_entry) + at - 8);
		const uint32_t first =
			space->partition.first_block + extent.address.block;
		const uint32_t blocks = extent.length / udf->block_size;
		const struct fsi_owner *owner = NULL;
		const char *fault = NULL;

		if (extent.type == FSI_UDF_EXTENT_NEXT)
			return;
		if (extent.address.block > space->blocks ||
		    blocks > space->blocks - extent.address.block)
			fault = "is not inside the partition";
		else if (end > 0 && extent.address.block <= end)
			fault = "does not follow the one before at a distance";
		else if (extent.type == FSI_UDF_EXTENT_UNALLOCATED)
			fault = "is of a type that takes no space";
		else if (fsi_owners_find(udf->owners, first, blocks, &owner))
			fault = "is in use";
		if (fault != NULL)
			fsi_check_tell(udf->check, FSI_U_161, &place,
				       &(struct fsi_check_details){
					       .expected = "free extents in order",
					       .found = FSI_TEXT(
						       "%" PRIu32 " blocks from %" PRIu32,
						       blocks, extent.address.block)},
				       "A free extent %s", fault);
		end = (uint64_t)extent.address.block + blocks;
	}
}

static void check_table(struct space *space, const struct fsi_udf_allocation *extent)
{
	struct fsi_check_udf *udf = space->udf;
	uint8_t *buffer = fsi_check_udf_buffer(udf);
	const uint32_t block = space->partition.first_block + extent->address.block;
	struct fsi_check_tagged tagged = {
		.bytes = buffer,
		.available = udf->block_size,
		.identifiers = {TAG_SPACE_ENTRY, TAG_SPACE_ENTRY},
		.location = extent->address.block,
		.missing = FSI_U_161,
	};

	space->place = fsi_check_udf_place(udf, block, TABLE);
	fsi_check_udf_claim(udf, &space->place, FSI_U_108, block, 1);
	if (buffer != NULL && fsi_check_udf_read(udf, block, buffer) &&
	    fsi_check_udf_tag(udf, &space->place, &tagged)) {
		FSI_UDF_RECORD(space_entry, record, buffer);
		const uint32_t size = fsi_get_le32(&record->descriptors_length);

		if (size > udf->block_size - sizeof(*record))
			fsi_check_tell(udf->check, FSI_U_161, &space->place, NULL,
				       "The " TABLE " does not fit into its block");
		else
			check_free_extents(space, buffer + sizeof(*record), size);
	}
	fsi_free(buffer);
}

/* ---- all partitions ---------------------------------------------------- */

static void check_partition(struct fsi_check_udf *udf,
			    const struct fsi_check_descriptor *descriptor)
{
	FSI_UDF_RECORD(fsi_udf_partition_descriptor, record, descriptor->bytes);
	const struct fsi_udf_short_ad *const bitmaps[] = {
		&record->header.unallocated_bitmap, &record->header.freed_bitmap};
	const struct fsi_udf_short_ad *const tables[] = {
		&record->header.unallocated_table, &record->header.freed_table};
	struct space space = {.udf = udf, .piece_at = UINT64_MAX};
	struct fsi_udf_allocation extent;

	fsi_udf_get_partition(descriptor->bytes, &space.partition);
	if ((uint64_t)space.partition.first_block + space.partition.block_count >
	    udf->block_count)
		return;
	space.blocks = space.partition.block_count;
	for (unsigned i = 0; i < 2; i++) {
		fsi_udf_get_short_ad(bitmaps[i], 0, &extent);
		/* Freed space is in use, too, until it is erased. */
		if (extent.length > sizeof(struct space_bitmap_descriptor) &&
		    extent.address.block < space.blocks && i == 0)
			check_bitmap(&space, &extent);
		fsi_udf_get_short_ad(tables[i], 0, &extent);
		if (extent.length > 0 && extent.address.block < space.blocks)
			check_table(&space, &extent);
	}
}

/* U-166: no anchor at the end is in the partition. */
static void check_end(struct fsi_check_udf *udf)
{
	const uint32_t last = udf->block_count - 1;

	for (size_t i = 0; i < udf->udf->spaces.count; i++) {
		const struct fsi_udf_space *space = &udf->udf->spaces.items[i];
		const struct fsi_check_place place =
			fsi_check_udf_place(udf, space->first_block, "partition");
		const uint64_t end = (uint64_t)space->first_block + space->block_count;

		if (space->below != i || udf->volume.map_count > 2)
			continue;
		if (end > last && end <= udf->block_count && udf->anchor_block != last)
			continue;
		if (end > last && end <= udf->block_count)
			fsi_check_tell(
				udf->check, FSI_U_166, &place,
				&(struct fsi_check_details){
					.expected = FSI_TEXT("at most block "
							     "%" PRIu32,
							     last - 1),
					.found = FSI_TEXT("block %" PRIu64, end - 1)},
				"The partition holds an anchor");
	}
}

/* U-167: or drives and readers disagree on which block is the last one. */
static void check_length(struct fsi_check_udf *udf)
{
	const struct fsi_check_place place = {FSI_FINDING_NO_OFFSET, "image", NULL,
					      false};

	if (udf->block_size == FSI_BLOCK_SIZE &&
	    udf->access == FSI_DISC_ACCESS_READ_ONLY &&
	    udf->block_count % ECC_BLOCKS != 0)
		fsi_check_tell(
			udf->check, FSI_U_167, &place,
			&(struct fsi_check_details){
				.expected = FSI_TEXT("a multiple of %d", ECC_BLOCKS),
				.found = FSI_TEXT("%" PRIu32, udf->block_count)},
			"The image has %" PRIu32 " blocks, which drives fill up",
			udf->block_count);
}

/* U-170: how the volume is called where there is less room for it. */
static void check_name(struct fsi_check_udf *udf)
{
	struct fsi_udf_primary primary;
	struct fsi_check_place place;

	if (udf->primary == NULL)
		return;
	place = fsi_check_udf_place(udf, udf->primary->block,
				    "primary volume descriptor");
	fsi_udf_get_primary(udf->primary->bytes, &primary);
	if (strncmp(udf->volume.name, primary.volume_identifier,
		    strlen(primary.volume_identifier)) != 0)
		fsi_check_tell(
			udf->check, FSI_U_170, &place,
			&(struct fsi_check_details){.expected = udf->volume.name,
						    .found = primary.volume_identifier},
			"The volume has two names");
}

void fsi_check_udf_space(struct fsi_check_udf *udf)
{
	for (size_t i = 0; i < udf->descriptors->count; i++) {
		if (udf->descriptors->items[i].identifier == FSI_UDF_TAG_PARTITION)
			check_partition(udf, &udf->descriptors->items[i]);
	}
	check_end(udf);
	check_length(udf);
	check_name(udf);
}
