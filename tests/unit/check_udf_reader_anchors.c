/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the reader finds UDF volumes, and which of several it takes. */
#include "tests/support/hand.h"

#include <stdlib.h>
#include <string.h>

/* ---- anchors ----------------------------------------------------------- */

START_TEST(any_one_anchor_will_do)
{
	static const uint32_t anchors[] = {256, UDF_VOLUME_BLOCKS - 257,
					   UDF_VOLUME_BLOCKS - 1};

	for (unsigned kept = 0; kept < 3; kept++) {
		fsi_disc_view *view = NULL;
		const struct fsi_disc_volume *volume = NULL;

		hand_begin_file(UDF_PLAIN, 0x102);
		for (unsigned i = 0; i < 3; i++) {
			if (i != kept)
				hand_wipe(anchors[i]);
		}
		volume = hand_describe(&view);
		ck_assert_uint_eq(volume->anchor_block, anchors[kept]);
		ck_assert(!volume->has_other_anchors);
		fsi_disc_view_release(view);
		hand_end();
	}
}
END_TEST

/* The anchor of block 256 as one of another block. */
static void move_anchor(uint32_t block)
{
	uint8_t *anchor = udf_volume_block(&hand_volume, block);

	memcpy(anchor, udf_volume_block(&hand_volume, 256), UDF_BLOCK);
	udf_put32(anchor, 12, block);
	udf_reseal(anchor);
	hand_wipe(256);
	hand_wipe(UDF_VOLUME_BLOCKS - 257);
	if (block != UDF_VOLUME_BLOCKS - 1)
		hand_wipe(UDF_VOLUME_BLOCKS - 1);
}

START_TEST(an_anchor_may_be_where_drives_and_writers_put_it)
{
	static const uint32_t blocks[] = {512,
					  UDF_VOLUME_BLOCKS - 2,
					  UDF_VOLUME_BLOCKS - 3,
					  UDF_VOLUME_BLOCKS - 258,
					  UDF_VOLUME_BLOCKS - 259,
					  UDF_VOLUME_BLOCKS - 151,
					  UDF_VOLUME_BLOCKS - 153};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		hand_begin_file(UDF_PLAIN, 0x102);
		/* Blocks from 512 on are part of the partition, but not used. */
		move_anchor(blocks[i]);
		hand_assert_sound();
	}
	hand_begin_file(UDF_PLAIN, 0x102);
	move_anchor(UDF_VOLUME_BLOCKS - 20);
	hand_assert_damaged("There is no anchor volume descriptor pointer.");
}
END_TEST

START_TEST(an_anchor_that_is_damaged_is_told_when_there_is_no_other)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_block(&hand_volume, 256)[20] ^= 1;
	hand_assert_sound();
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_block(&hand_volume, 256)[20] ^= 1;
	hand_wipe(UDF_VOLUME_BLOCKS - 257);
	hand_wipe(UDF_VOLUME_BLOCKS - 1);
	hand_assert_damaged(
		"The anchor volume descriptor pointer in block 256: its CRC is "
		"wrong.");
}
END_TEST

START_TEST(the_block_of_an_anchor_may_be_told)
{
	const struct fsi_disc_options options = {.size = sizeof(options),
						 .anchor_block = 600};
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;

	/* And then neither recognition nor any other anchor matters. */
	hand_begin_file(UDF_PLAIN, 0x102);
	move_anchor(600);
	hand_wipe(16);
	ASSERT_OK(fsi_stream_create_on_memory(hand_volume.bytes,
					      udf_volume_size(&hand_volume), &stream));
	ASSERT_OK(fsi_disc_open(stream, &options, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view));
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	ck_assert_uint_eq(volume->anchor_block, 600);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	hand_end();
}
END_TEST

/* A second volume on the disc: its own sequence, and other anchors for it. */
static void put_second_volume(uint8_t hour)
{
	for (unsigned n = UDF_PVD; n <= UDF_TD; n++) {
		uint8_t *block = udf_volume_block(&hand_volume, 720 + n);

		memcpy(block, udf_volume_block(&hand_volume, UDF_MAIN + n), UDF_BLOCK);
		udf_put32(block, 12, 720 + n);
		if (n == UDF_PVD)
			block[376 + 6] = hour;
		if (n == UDF_LVD) {
			memcpy(block + 85, "Second!", 7);
			udf_put32(block, 432, 0); /* no integrity, its own time counts */
		}
		udf_reseal(block);
	}
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *block =
			udf_volume_block(&hand_volume, UDF_VOLUME_BLOCKS - 1 - 256 * i);

		udf_put32(block, 20, 720);
		udf_put32(block, 28, 720);
		udf_reseal(block);
	}
}

START_TEST(of_several_volumes_the_newest_is_shown)
{
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	put_second_volume(22);
	volume = hand_describe(&view);
	ck_assert_str_eq(volume->name, "By hand");
	ck_assert_uint_eq(volume->anchor_block, 256);
	ck_assert(volume->has_other_anchors);
	fsi_disc_view_release(view);
	hand_end();

	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_block(&hand_volume, UDF_LVID)[16 + 6] = 21;
	udf_reseal(udf_volume_block(&hand_volume, UDF_LVID));
	udf_volume_block(&hand_volume, UDF_MAIN)[376 + 6] = 20;
	udf_reseal(udf_volume_block(&hand_volume, UDF_MAIN));
	put_second_volume(22);
	volume = hand_describe(&view);
	ck_assert_str_eq(volume->name, "Second!");
	ck_assert_uint_eq(volume->anchor_block, UDF_VOLUME_BLOCKS - 1);
	ck_assert(volume->has_other_anchors);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(an_anchor_that_leads_nowhere_is_passed_over)
{
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	put_second_volume(23);
	hand_wipe(720 + UDF_LVD);
	volume = hand_describe(&view);
	ck_assert_str_eq(volume->name, "By hand");
	ck_assert(volume->has_other_anchors);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(a_session_has_its_own_recognition_and_anchor)
{
	const struct fsi_disc_options options = {.size = sizeof(options),
						 .session_block = 400};
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;
	uint8_t *anchor = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	put_second_volume(1);
	for (unsigned i = 16; i <= 18; i++)
		memcpy(udf_volume_block(&hand_volume, 400 + i),
		       udf_volume_block(&hand_volume, i), UDF_BLOCK);
	anchor = udf_volume_block(&hand_volume, 656);
	memcpy(anchor, udf_volume_block(&hand_volume, UDF_VOLUME_BLOCKS - 1), UDF_BLOCK);
	udf_put32(anchor, 12, 656);
	udf_reseal(anchor);
	ASSERT_OK(fsi_stream_create_on_memory(hand_volume.bytes,
					      udf_volume_size(&hand_volume), &stream));
	ASSERT_OK(fsi_disc_open(stream, &options, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view));
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	ck_assert_str_eq(volume->name, "Second!");
	ck_assert_uint_eq(volume->anchor_block, 656);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	hand_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF anchors");
	TCase *anchors = tcase_create("anchors");

	tcase_add_test(anchors, any_one_anchor_will_do);
	tcase_add_test(anchors, an_anchor_may_be_where_drives_and_writers_put_it);
	tcase_add_test(anchors, an_anchor_that_is_damaged_is_told_when_there_is_no_other);
	tcase_add_test(anchors, the_block_of_an_anchor_may_be_told);
	tcase_add_test(anchors, of_several_volumes_the_newest_is_shown);
	tcase_add_test(anchors, an_anchor_that_leads_nowhere_is_passed_over);
	tcase_add_test(anchors, a_session_has_its_own_recognition_and_anchor);
	suite_add_tcase(suite, anchors);
	return api_run(suite);
}
