/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking anchor volume descriptor pointers: ECMA-167 3/10.2; U-011 to U-020. */
#include "check/udf.h"

#include <inttypes.h>

#define ANCHOR "anchor volume descriptor pointer"

/* ECMA-167 3/8.4.2.1, OSTA UDF 2.2.3 */
#define ANCHOR_BLOCK	      256u
#define ANCHOR_BLOCK_UNCLOSED 512u
#define ANCHORS		      3

/* Blocks of an ECC block of DVD. */
#define ECC_BLOCKS 16

/* ECMA-167 3/8.4.2.2 */
#define SEQUENCE_BLOCKS 16
#define EXTENT_MAX_SIZE (UINT32_C(1) << 30)

struct anchors {
	struct fsi_check_udf *udf;
	uint8_t *buffer;
	unsigned count; /* of those that are valid */
	bool has_first;
};

static bool is_same_run(const struct fsi_udf_run *a, const struct fsi_udf_run *b)
{
	return a->block == b->block && a->length == b->length;
}

/* Whether a descriptor begins the main sequence of another state of the volume. */
static bool is_of_other_state(struct anchors *anchors, const struct fsi_udf_anchor *found)
{
	const struct fsi_udf_run *run = &found->main_sequence;
	struct fsi_check_udf *udf = anchors->udf;

	return run->block != udf->anchor.main_sequence.block &&
	       run->block < udf->block_count &&
	       fsi_check_udf_read(udf, run->block, anchors->buffer) &&
	       fsi_udf_tag_identifier(anchors->buffer) >= FSI_UDF_TAG_PRIMARY_VOLUME &&
	       fsi_udf_tag_identifier(anchors->buffer) <= FSI_UDF_TAG_TERMINATING &&
	       fsi_udf_tag_check(anchors->buffer, udf->block_size, run->block) ==
		       FSI_UDF_SOUND;
}

/* U-015, U-019 */
static void compare(struct anchors *anchors, const struct fsi_check_place *place)
{
	struct fsi_check_udf *udf = anchors->udf;
	struct fsi_udf_anchor found;
	struct fsi_check_details details = {.expected = ""};
	struct fsi_check_text expected;
	struct fsi_check_text text;

	fsi_udf_get_anchor(anchors->buffer, &found);
	if (is_same_run(&found.main_sequence, &udf->anchor.main_sequence) &&
	    is_same_run(&found.reserve_sequence, &udf->anchor.reserve_sequence))
		return;
	details.expected = fsi_check_format(
		&expected, "sequences in blocks %" PRIu32 " and %" PRIu32,
		udf->anchor.main_sequence.block, udf->anchor.reserve_sequence.block);
	details.found = fsi_check_format(
		&text,
		"blocks %" PRIu32 " and %" PRIu32 ", %" PRIu32 " and %" PRIu32 " bytes",
		found.main_sequence.block, found.reserve_sequence.block,
		found.main_sequence.length, found.reserve_sequence.length);
	if (is_of_other_state(anchors, &found))
		fsi_check_tell(udf->check, FSI_U_019, place, &details,
			       "The anchor leads to another state of the volume than "
			       "that in block %" PRIu32,
			       udf->anchor_block);
	else
		fsi_check_tell(
			udf->check, FSI_U_015, place, &details,
			"The anchor says something else than that in block %" PRIu32,
			udf->anchor_block);
}

/* What looks like an anchor; returns whether it is one. */
static void check_anchor(struct anchors *anchors, uint32_t block)
{
	static const struct fsi_check_field fields[] = {
		FSI_CHECK_FIELD(FSI_U_014, fsi_udf_anchor_descriptor, reserved, 0,
				"reserved space"),
	};
	struct fsi_check_udf *udf = anchors->udf;
	const struct fsi_check_place place = fsi_check_udf_place(udf, block, ANCHOR);
	const struct fsi_check_place rest =
		fsi_check_at(&place, sizeof(struct fsi_udf_anchor_descriptor));
	const struct fsi_check_tagged tagged = {
		.bytes = anchors->buffer,
		.available = sizeof(struct fsi_udf_anchor_descriptor),
		.identifiers = {FSI_UDF_TAG_ANCHOR, FSI_UDF_TAG_ANCHOR},
		.location = block,
		.missing = FSI_U_014,
	};

	if (!fsi_check_udf_tag(udf, &place, &tagged))
		return;
	fsi_check_udf_crc_length(udf, &place, anchors->buffer, tagged.available,
				 FSI_U_014);
	fsi_check_udf_fields(udf, &place, anchors->buffer, fields, 1);
	fsi_check_zero(udf->check, FSI_U_020, &rest, "rest of the block",
		       anchors->buffer + tagged.available,
		       udf->block_size - tagged.available);
	fsi_check_udf_claim(udf, &place, FSI_U_017, block, 1);
	if (fsi_udf_tag_check(anchors->buffer, tagged.available, block) != FSI_UDF_SOUND)
		return;
	anchors->count++;
	if (block == udf->session_block + ANCHOR_BLOCK)
		anchors->has_first = true;
	compare(anchors, &place);
}

static void look_at(struct anchors *anchors, uint32_t block)
{
	struct fsi_check_udf *udf = anchors->udf;

	if (block < udf->block_count && fsi_check_udf_read(udf, block, anchors->buffer) &&
	    fsi_udf_tag_identifier(anchors->buffer) == FSI_UDF_TAG_ANCHOR)
		check_anchor(anchors, block);
}

/* Those in the three places of ECMA-167, and the one that a reader has found. */
static void look_at_all(struct anchors *anchors)
{
	const struct fsi_check_udf *udf = anchors->udf;
	const uint32_t last = udf->block_count - 1;
	const uint32_t first = udf->session_block + ANCHOR_BLOCK;
	const uint32_t before = last > ANCHOR_BLOCK ? last - ANCHOR_BLOCK : first;
	uint32_t blocks[ANCHORS + 1] = {first, before, last, udf->anchor_block};

	for (unsigned i = 0; i < ANCHORS + 1; i++) {
		bool is_known = i == ANCHORS && !udf->has_anchor;

		for (unsigned n = 0; n < i; n++)
			is_known = is_known || blocks[n] == blocks[i];
		if (!is_known)
			look_at(anchors, blocks[i]);
	}
}

static void check_count(struct anchors *anchors)
{
	struct fsi_check_udf *udf = anchors->udf;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->session_block + ANCHOR_BLOCK, ANCHOR);
	const struct fsi_check_details details = {
		.expected = "two anchors",
		.found = FSI_TEXT("%u", anchors->count),
	};

	/* OSTA UDF 6.10: until the disc is closed one is enough. */
	if (udf->has_map[FSI_DISC_PARTITION_VIRTUAL] && anchors->count > 0)
		return;
	if (anchors->count < 2)
		fsi_check_tell(udf->check,
			       fsi_check_udf_since(udf, 0x0150) ? FSI_U_012 : FSI_U_011,
			       &place, &details,
			       "Of block 256, the last block and the one 256 before it "
			       "%u instead of two hold a valid anchor",
			       anchors->count);
	if (!anchors->has_first)
		fsi_check_tell(udf->check, FSI_U_013, &place,
			       &(struct fsi_check_details){.expected = "an anchor"},
			       "There is no valid anchor in block %" PRIu32,
			       udf->session_block + ANCHOR_BLOCK);
}

/* ---- where it leads ---------------------------------------------------- */

static void check_run(struct fsi_check_udf *udf, const struct fsi_udf_run *run,
		      const char *name)
{
	const struct fsi_check_place anchor =
		fsi_check_udf_place(udf, udf->anchor_block, ANCHOR);
	const struct fsi_check_place place = fsi_check_udf_place(udf, run->block, name);
	const uint32_t blocks = run->length / udf->block_size;

	if (run->length < SEQUENCE_BLOCKS * udf->block_size ||
	    run->length % udf->block_size != 0 || run->length >= EXTENT_MAX_SIZE)
		fsi_check_tell(udf->check, FSI_U_016, &anchor,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT(
					       "%" PRIu32 " bytes or more, whole blocks",
					       SEQUENCE_BLOCKS * udf->block_size),
				       .found = FSI_TEXT("%" PRIu32, run->length)},
			       "The %s has %" PRIu32 " bytes", name, run->length);
	if (run->block > udf->block_count || blocks > udf->block_count - run->block)
		fsi_check_tell(udf->check, FSI_U_017, &anchor,
			       &(struct fsi_check_details){
				       .expected = FSI_TEXT("at most block %" PRIu32,
							    udf->block_count - 1),
				       .found = FSI_TEXT("%" PRIu32 " blocks from block "
							 "%" PRIu32 " on",
							 blocks, run->block)},
			       "The %s goes on behind the end of the image", name);
	else
		fsi_check_udf_claim(udf, &place, FSI_U_017, run->block, blocks);
}

/* U-018 */
static void check_distance(struct fsi_check_udf *udf)
{
	const struct fsi_udf_run *main = &udf->anchor.main_sequence;
	const struct fsi_udf_run *reserve = &udf->anchor.reserve_sequence;
	const struct fsi_udf_run *first = main->block < reserve->block ? main : reserve;
	const struct fsi_udf_run *second = first == main ? reserve : main;
	const struct fsi_check_place place =
		fsi_check_udf_place(udf, udf->anchor_block, ANCHOR);
	const uint64_t end = (uint64_t)first->block + first->length / udf->block_size;

	if (end == 0 || (end - 1) / ECC_BLOCKS != second->block / ECC_BLOCKS)
		return;
	fsi_check_tell(
		udf->check, FSI_U_018, &place,
		&(struct fsi_check_details){
			.severity = fsi_check_udf_weight(udf, 0x0260),
			.expected = FSI_TEXT("ECC blocks of %d blocks of their own",
					     ECC_BLOCKS),
			.found = FSI_TEXT("blocks %" PRIu32 " and %" PRIu32, main->block,
					  reserve->block)},
		"One scratch can take both volume descriptor sequences");
}

void fsi_check_udf_anchors(struct fsi_check_udf *udf)
{
	struct anchors anchors = {.udf = udf, .buffer = fsi_check_udf_buffer(udf)};

	if (anchors.buffer == NULL || udf->block_count == 0)
		goto out;
	/* Of a session that was replaced, one is kept. */
	if (udf->check->anchor_block != 0) {
		look_at(&anchors, udf->check->anchor_block);
	} else {
		look_at_all(&anchors);
		check_count(&anchors);
	}
	if (udf->has_anchor) {
		check_run(udf, &udf->anchor.main_sequence,
			  "main volume descriptor sequence");
		check_run(udf, &udf->anchor.reserve_sequence,
			  "reserve volume descriptor sequence");
		check_distance(udf);
	}
out:
	fsi_free(anchors.buffer);
}
