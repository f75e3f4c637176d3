/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking the files of a metadata partition: OSTA UDF 2.2.13; U-149 to U-155. */
#include "check/udf_tree.h"

#include <inttypes.h>

/* OSTA UDF 2.3.5.2 */
#define FILE_BITMAP 252

#define ECC_BLOCKS 16

/* ECMA-167 4/14.12: a tag, and how many bits and bytes follow */
#define TAG_SPACE_BITMAP 264
#define BITMAP_HEAD_SIZE 24

/* How much is compared at a time. */
#define PIECE_SIZE 32768u

struct files {
	struct fsi_check_udf *udf;
	const struct fsi_udf_space *space;
	uint32_t unit;	    /* of allocation, in blocks */
	uint32_t alignment; /* in blocks */
	bool has_hole;	    /* either has parts that are not recorded */
	bool is_duplicate;  /* the mirror has blocks of its own */
	struct fsi_check_place places[FSI_UDF_COPIES];
	struct fsi_udf_body bodies[FSI_UDF_COPIES];
	bool is_read[FSI_UDF_COPIES];
};

static const char *const names[FSI_UDF_COPIES] = {"metadata file entry",
						  "metadata mirror file entry"};

static void tell(struct files *files, unsigned copy, enum fsi_statement statement,
		 const struct fsi_check_details *details, const char *sentence)
{
	fsi_check_tell(files->udf->check, statement, &files->places[copy], details, "%s",
		       sentence);
}

/* U-149 */
static void check_entry(struct files *files, unsigned copy,
			const struct fsi_udf_entry_block *entry)
{
	const struct fsi_udf_icb *icb = &entry->icb;
	const unsigned expected =
		copy == 0 ? FSI_UDF_FILE_METADATA : FSI_UDF_FILE_METADATA_MIRROR;
	struct fsi_check *check = files->udf->check;
	const struct fsi_check_place *place = &files->places[copy];

	fsi_check_number(check, FSI_U_149, place, "kind", expected, icb->file_type);
	fsi_check_number(check, FSI_U_149, place, "unique identifier", 0, icb->unique_id);
	if (icb->stream_directory.length != 0 || icb->attributes_icb.length != 0)
		tell(files, copy, FSI_U_149,
		     &(struct fsi_check_details){.expected = "none"},
		     "A metadata file has streams or attributes");
	if (icb->link_count > 0)
		tell(files, copy, FSI_U_149,
		     &(struct fsi_check_details){
			     .severity = icb->link_count == 1 ? FSI_SEVERITY_WARNING
							      : (enum fsi_severity)0,
			     .expected = "0",
			     .found = FSI_TEXT("%u", icb->link_count)},
		     "A metadata file has links, though no name leads to it");
}

/* U-150, U-155 */
static void check_extents(struct files *files, unsigned copy)
{
	const struct fsi_udf_body *body = &files->bodies[copy];
	const uint32_t block_size = files->udf->block_size;

	for (size_t i = 0; i < body->pieces.count; i++) {
		const struct fsi_udf_piece *piece = &body->pieces.items[i];
		const uint64_t end = i + 1 < body->pieces.count
					     ? body->pieces.items[i + 1].offset
					     : body->size;
		const uint64_t size = end - piece->offset;
		const struct fsi_check_details details = {
			.expected = FSI_TEXT("units of %" PRIu32 " blocks", files->unit),
			.found = FSI_TEXT("%" PRIu64 " bytes from block %" PRIu32, size,
					  piece->block)};

		if (!piece->is_recorded) {
			files->has_hole = true;
			tell(files, copy, FSI_U_150, &details,
			     "A part of the metadata is not recorded");
			continue;
		}
		if (files->unit > 0 && size % ((uint64_t)files->unit * block_size) != 0)
			tell(files, copy, FSI_U_150, &details,
			     "An extent of metadata is no whole allocation units");
		if (files->alignment > 0 && piece->block % files->alignment != 0)
			tell(files, copy, FSI_U_150, &details,
			     "An extent of metadata begins within an alignment unit");
	}
	if (body->pieces.count > 1)
		tell(files, copy, FSI_U_155,
		     &(struct fsi_check_details){
			     .expected = "one extent",
			     .found = FSI_TEXT("%zu", body->pieces.count)},
		     "A metadata file lies in several pieces");
}

static void claim_extents(struct files *files, unsigned copy)
{
	const struct fsi_udf_body *body = &files->bodies[copy];
	struct fsi_check_place place = files->places[copy];

	place.structure = copy == 0 ? "metadata" : "mirror of the metadata";
	for (size_t i = 0; i < body->pieces.count; i++) {
		const struct fsi_udf_piece *piece = &body->pieces.items[i];
		const uint64_t end = i + 1 < body->pieces.count
					     ? body->pieces.items[i + 1].offset
					     : body->size;
		const uint64_t blocks =
			(end - piece->offset + files->udf->block_size - 1) /
			files->udf->block_size;
		const struct fsi_check_claim claim = {
			.kind = FSI_OWNER_STRUCTURE,
			.statement = FSI_U_108,
			.address = {piece->block, piece->partition},
			.blocks = blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX,
		};

		if (piece->is_recorded)
			fsi_check_udf_claim_space(files->udf, &place, &claim);
	}
}

/* U-149 to U-155 for one of both. */
static void check_file(struct files *files, unsigned copy, uint32_t block)
{
	const struct fsi_udf_address address = {block, files->space->below};
	struct fsi_check_udf *udf = files->udf;
	struct fsi_udf_entry_block entry;

	files->places[copy] =
		(struct fsi_check_place){FSI_FINDING_NO_OFFSET, names[copy], NULL, false};
	if (!fsi_check_udf_lone_entry(udf, address, FSI_CHECK_METADATA, names[copy],
				      &entry)) {
		tell(files, copy, FSI_U_149, NULL,
		     "The entry of a metadata file is not sound");
		return;
	}
	files->places[copy].offset = (uint64_t)entry.block * udf->block_size;
	check_entry(files, copy, &entry);
	files->is_read[copy] =
		fsi_check_udf_ok(udf, fsi_import_udf_load_physical_body(
					      udf->udf, &entry, &files->bodies[copy]));
	if (files->is_read[copy])
		check_extents(files, copy);
	fsi_free(entry.bytes);
}

static bool is_same_body(const struct fsi_udf_body *a, const struct fsi_udf_body *b)
{
	if (a->size != b->size || a->pieces.count != b->pieces.count)
		return false;
	for (size_t i = 0; i < a->pieces.count; i++) {
		if (a->pieces.items[i].offset != b->pieces.items[i].offset ||
		    a->pieces.items[i].block != b->pieces.items[i].block)
			return false;
	}
	return true;
}

/* U-151: that both say the same, byte by byte. */
static void compare_content(struct files *files)
{
	struct fsi_check_udf *udf = files->udf;
	uint8_t *bytes = fsi_allocate(2 * (size_t)PIECE_SIZE);
	const uint64_t size = files->bodies[0].size;
	const uint32_t block_size = udf->block_size;

	for (uint64_t offset = 0; bytes != NULL && offset < size; offset += PIECE_SIZE) {
		const size_t length =
			size - offset < PIECE_SIZE ? (size_t)(size - offset) : PIECE_SIZE;
		bool is_read = true;

		for (unsigned copy = 0; copy < FSI_UDF_COPIES; copy++) {
			const struct fsi_udf_reading reading = {
				.offset = offset,
				.buffer = bytes + copy * (size_t)PIECE_SIZE,
				.length = length,
			};

			is_read = is_read &&
				  fsi_check_udf_ok(udf,
						   fsi_import_udf_read_body(
							   udf->udf, &files->bodies[copy],
							   &reading));
		}
		for (size_t at = 0; is_read && at < length; at += block_size) {
			const size_t part =
				length - at < block_size ? length - at : block_size;

			if (memcmp(bytes + at, bytes + PIECE_SIZE + at, part) != 0)
				tell(files, 1, FSI_U_151,
				     &(struct fsi_check_details){
					     .expected = "the same bytes",
					     .found = FSI_TEXT(
						     "others in metadata block %" PRIu64,
						     (offset + at) / block_size)},
				     "The mirror of the metadata differs from it");
		}
	}
	fsi_free(bytes);
}

static void compare_files(struct files *files)
{
	const bool is_same = is_same_body(&files->bodies[0], &files->bodies[1]);

	if (files->bodies[0].size != files->bodies[1].size)
		fsi_check_number(files->udf->check, FSI_U_150, &files->places[1],
				 "information length", files->bodies[0].size,
				 files->bodies[1].size);
	else if (is_same == files->is_duplicate)
		tell(files, 1, FSI_U_151,
		     &(struct fsi_check_details){
			     .expected = files->is_duplicate ? "extents of its own"
							     : "the same extents",
			     .found = is_same ? "the same" : "others"},
		     "The mirror of the metadata is not where its map says");
	else if (files->is_duplicate && !files->has_hole)
		compare_content(files);
	if (files->places[0].offset / files->udf->block_size / ECC_BLOCKS ==
	    files->places[1].offset / files->udf->block_size / ECC_BLOCKS)
		tell(files, 1, FSI_U_154,
		     &(struct fsi_check_details){.expected = "an ECC block of its own"},
		     "One scratch can take the entries of both metadata files");
}

/* U-152: the head of the bitmap, which has a bit for each block of the partition. */
static void check_bits(struct files *files, const struct fsi_check_place *place,
		       const struct fsi_udf_entry_block *entry)
{
	struct fsi_check_udf *udf = files->udf;
	struct fsi_udf_body body = {.size = 0};
	uint8_t head[BITMAP_HEAD_SIZE];
	const struct fsi_udf_reading reading = {.buffer = head, .length = sizeof(head)};

	if (entry->icb.size < sizeof(head) ||
	    !fsi_check_udf_ok(
		    udf, fsi_import_udf_load_physical_body(udf->udf, entry, &body)) ||
	    !fsi_check_udf_ok(udf, fsi_import_udf_read_body(udf->udf, &body, &reading))) {
		fsi_check_tell(udf->check, FSI_U_152, place, NULL,
			       "The metadata bitmap cannot be read");
	} else {
		FSI_UDF_RECORD(fsi_udf_tag, tag, head);
		FSI_UDF_RECORD(fsi_udf_allocation_table_entry, bits, head + sizeof(*tag));

		fsi_check_number(udf->check, FSI_U_152, place, "tag", TAG_SPACE_BITMAP,
				 fsi_udf_tag_identifier(head));
		fsi_check_number(udf->check, FSI_U_152, place, "CRC length", 0,
				 fsi_get_le16(&tag->crc_length));
		fsi_check_number(udf->check, FSI_U_152, place, "number of bits",
				 files->space->block_count, fsi_get_le32(&bits->block));
	}
	fsi_import_udf_free_body(&body);
}

/* U-152: a bitmap of what is free in the metadata partition. */
static void check_bitmap(struct files *files, uint32_t block)
{
	struct fsi_check_udf *udf = files->udf;
	const bool is_written = udf->access == FSI_DISC_ACCESS_REWRITABLE ||
				udf->access == FSI_DISC_ACCESS_OVERWRITABLE;
	const struct fsi_udf_address address = {block, files->space->below};
	struct fsi_check_place place = {FSI_FINDING_NO_OFFSET, "metadata bitmap", NULL,
					false};
	struct fsi_udf_entry_block entry;

	if ((block != FSI_UDF_NO_BLOCK) != is_written)
		fsi_check_tell(udf->check, FSI_U_152, &place,
			       &(struct fsi_check_details){
				       .expected = is_written ? "a bitmap" : "none",
				       .found = is_written ? "none" : "one"},
			       "The metadata bitmap does not go with the access type");
	if (block == FSI_UDF_NO_BLOCK)
		return;
	if (!fsi_check_udf_lone_entry(udf, address, FSI_CHECK_BITMAP,
				      "metadata bitmap file entry", &entry))
		return;
	place.offset = (uint64_t)entry.block * udf->block_size;
	fsi_check_number(udf->check, FSI_U_152, &place, "kind", FILE_BITMAP,
			 entry.icb.file_type);
	check_bits(files, &place, &entry);
	fsi_free(entry.bytes);
}

void fsi_check_udf_metadata(struct fsi_check_udf *udf, const struct fsi_udf_space *space,
			    const uint8_t *map)
{
	FSI_UDF_RECORD(fsi_udf_metadata_parameters, record,
		       map + offsetof(struct fsi_udf_type_2_map, parameters));
	struct files files = {
		.udf = udf,
		.space = space,
		.unit = fsi_get_le32(&record->allocation_unit_blocks),
		.alignment = fsi_get_le16(&record->alignment_unit_blocks),
		.is_duplicate = (record->flags[0] & 1) != 0,
	};

	check_file(&files, 0, fsi_get_le32(&record->main_file));
	check_file(&files, 1, fsi_get_le32(&record->mirror_file));
	if (files.is_read[0])
		claim_extents(&files, 0);
	if (files.is_read[1] && (files.is_duplicate || !files.is_read[0] ||
				 !is_same_body(&files.bodies[0], &files.bodies[1])))
		claim_extents(&files, 1);
	if (files.is_read[0] && files.is_read[1])
		compare_files(&files);
	check_bitmap(&files, fsi_get_le32(&record->bitmap_file));
	fsi_import_udf_free_body(&files.bodies[0]);
	fsi_import_udf_free_body(&files.bodies[1]);
}
