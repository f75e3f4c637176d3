/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader on volume structures: what prevails, and when they are damaged. */
#include "tests/support/hand.h"

#include <stdlib.h>
#include <string.h>

/* ---- sequences --------------------------------------------------------- */

START_TEST(the_reserve_serves_when_the_main_sequence_is_damaged)
{
	for (unsigned n = UDF_PVD; n <= UDF_TD; n++) {
		fsi_disc_view *view = NULL;
		const struct fsi_disc_volume *volume = NULL;

		hand_begin_file(UDF_PLAIN, 0x102);
		udf_volume_block(&hand_volume, UDF_MAIN + n)[17] ^= 1;
		volume = hand_describe(&view);
		ck_assert(volume->is_from_reserve);
		ck_assert_str_eq(volume->name, "By hand");
		fsi_disc_view_release(view);
		hand_end();
	}
}
END_TEST

START_TEST(what_is_left_of_both_sequences_may_be_enough)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_block(&hand_volume, UDF_MAIN + UDF_USD)[17] ^= 1;
	udf_volume_block(&hand_volume, UDF_RESERVE + UDF_PVD)[17] ^= 1;
	hand_assert_sound();
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_block(&hand_volume, UDF_MAIN + UDF_LVD)[17] ^= 1;
	udf_volume_block(&hand_volume, UDF_RESERVE + UDF_PVD)[17] ^= 1;
	hand_assert_sound();
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_block(&hand_volume, UDF_MAIN + UDF_LVD)[17] ^= 1;
	udf_volume_block(&hand_volume, UDF_RESERVE + UDF_LVD)[17] ^= 1;
	hand_assert_damaged("The volume descriptor in block 35: its CRC is wrong.");
}
END_TEST

START_TEST(descriptors_come_in_any_order)
{
	static const unsigned order[] = {UDF_USD, UDF_LVD, UDF_PD, UDF_IUVD, UDF_PVD};
	uint8_t blocks[5][UDF_BLOCK];

	hand_begin_file(UDF_PLAIN, 0x102);
	for (unsigned n = 0; n < 5; n++)
		memcpy(blocks[n], udf_volume_block(&hand_volume, UDF_MAIN + order[n]),
		       UDF_BLOCK);
	for (unsigned n = 0; n < 5; n++) {
		uint8_t *block = udf_volume_block(&hand_volume, UDF_MAIN + n);

		memcpy(block, blocks[n], UDF_BLOCK);
		udf_put32(block, 12, UDF_MAIN + n);
		udf_reseal(block);
	}
	hand_wipe(UDF_RESERVE);
	hand_assert_sound();
}
END_TEST

START_TEST(the_descriptor_with_the_highest_number_prevails)
{
	fsi_disc_view *view = NULL;

	for (unsigned number = 2; number <= 4; number++) {
		uint8_t *block = NULL;

		hand_begin_file(UDF_PLAIN, 0x102);
		/* In the place of the terminating descriptor; that of the other is 3. */
		block = udf_volume_block(&hand_volume, UDF_MAIN + UDF_TD);
		memcpy(block, udf_volume_block(&hand_volume, UDF_MAIN + UDF_LVD),
		       UDF_BLOCK);
		udf_put32(block, 12, UDF_MAIN + UDF_TD);
		udf_put32(block, 16, number);
		memcpy(block + 85, "Another", 7);
		udf_reseal(block);
		ck_assert_str_eq(hand_describe(&view)->name,
				 number < 3 ? "By hand" : "Another");
		fsi_disc_view_release(view);
		hand_end();
	}
}
END_TEST

/* Leave the main sequence after its n-th descriptor for another block. */
static void put_pointer(unsigned n, uint32_t target, uint32_t length)
{
	uint8_t *block = udf_volume_block(&hand_volume, UDF_MAIN + n);

	memset(block, 0, UDF_BLOCK);
	udf_put32(block, 20, length);
	udf_put32(block, 24, target);
	udf_seal(&hand_volume, block, 3, 512, UDF_MAIN + n);
}

START_TEST(a_sequence_goes_on_where_a_pointer_leads)
{
	fsi_disc_view *view = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	put_pointer(UDF_IUVD, UDF_RESERVE + UDF_PD, 4 * UDF_BLOCK);
	ck_assert(!hand_describe(&view)->is_from_reserve);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(a_sequence_that_leads_back_to_itself_ends)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	put_pointer(UDF_IUVD, UDF_MAIN, 16 * UDF_BLOCK);
	hand_assert_sound(); /* by its reserve */
	hand_begin_file(UDF_PLAIN, 0x102);
	put_pointer(UDF_IUVD, UDF_MAIN, 16 * UDF_BLOCK);
	hand_wipe(UDF_RESERVE);
	hand_assert_damaged(
		"The volume descriptor sequence from block 32 on has over 4096 "
		"blocks.");
}
END_TEST

START_TEST(a_sequence_has_a_logical_volume_and_a_partition)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	hand_wipe(UDF_MAIN);
	hand_wipe(UDF_RESERVE);
	hand_assert_damaged(
		"The volume descriptor sequence from block 32 on has no logical "
		"volume descriptor.");
	hand_begin_file(UDF_PLAIN, 0x102);
	for (unsigned i = 0; i < 2; i++) {
		const uint32_t block = (i == 0 ? UDF_MAIN : UDF_RESERVE) + UDF_PD;

		udf_seal(&hand_volume, udf_volume_block(&hand_volume, block), 77, 512,
			 block);
	}
	hand_assert_damaged("on has no partition descriptor.");
}
END_TEST

START_TEST(primary_and_information_descriptors_may_be_missing)
{
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	for (unsigned n = UDF_PVD; n <= UDF_IUVD; n++)
		udf_seal(&hand_volume, udf_volume_block(&hand_volume, UDF_MAIN + n), 77,
			 512, UDF_MAIN + n);
	volume = hand_describe(&view);
	ck_assert_str_eq(volume->volume_id, "");
	ck_assert_str_eq(volume->owner, "");
	ck_assert(!volume->recording_time.is_known);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

/* ---- logical volumes --------------------------------------------------- */

/* Change a number of the logical volume descriptor in both sequences. */
static void change_logical_volume(size_t offset, size_t width, uint32_t value)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *block = udf_volume_block(
			&hand_volume, (i == 0 ? UDF_MAIN : UDF_RESERVE) + UDF_LVD);

		if (width == 1)
			block[offset] = (uint8_t)value;
		else if (width == 2)
			udf_put16(block, offset, value);
		else
			udf_put32(block, offset, value);
		udf_reseal(block);
	}
}

START_TEST(a_logical_volume_is_of_the_domain_of_osta)
{
	change_logical_volume(217, 1, '?');
	hand_assert_unsupported("a domain other than that of OSTA");
}
END_TEST

START_TEST(logical_blocks_are_sectors)
{
	change_logical_volume(212, 4, 4096);
	hand_assert_unsupported("logical blocks that are no sectors");
	change_logical_volume(212, 4, 0);
	hand_assert_unsupported("logical blocks that are no sectors");
}
END_TEST

START_TEST(partition_maps_must_fit_and_be_known)
{
	change_logical_volume(264, 4, UDF_BLOCK - 439);
	hand_assert_damaged(
		"The logical volume descriptor in block 35: a length in it is "
		"wrong.");
	change_logical_volume(268, 4, 0);
	hand_assert_damaged("descriptor in block 35: a value in it is wrong");
	change_logical_volume(268, 4, 2);
	hand_assert_damaged("descriptor in block 35: a length in it is wrong");
	change_logical_volume(268, 4, UINT32_MAX);
	hand_assert_damaged("descriptor in block 35: a length in it is wrong");
	change_logical_volume(440, 1, 9);
	hand_assert_unsupported("a partition map of unknown kind");
	change_logical_volume(442, 2, 2);
	hand_assert_unsupported("a volume set of several volumes");
	change_logical_volume(444, 2, 1);
	hand_assert_damaged("Partition map 0 is of partition number 1, which has no "
			    "descriptor.");
}
END_TEST

START_TEST(a_file_set_is_where_the_logical_volume_says)
{
	change_logical_volume(252, 4, 400);
	hand_assert_damaged("Block 400 of partition 0 is used, which has 400 blocks.");
	change_logical_volume(252, 4, 7);
	hand_assert_damaged("The file set descriptor in block 295");
	change_logical_volume(248, 4, 0);
	hand_assert_damaged("The logical volume has no file set descriptor.");
	change_logical_volume(248, 4, 1);
	hand_assert_damaged("The logical volume has no file set descriptor.");
	change_logical_volume(248, 4, 1u << 30 | 2048);
	hand_assert_damaged("The logical volume has no file set descriptor.");
	change_logical_volume(252, 4, 1);
	hand_assert_damaged("The logical volume has no file set descriptor.");
}
END_TEST

START_TEST(the_file_set_descriptor_with_the_highest_number_prevails)
{
	for (uint32_t number = 0; number <= 1; number++) {
		uint8_t *block = NULL;

		/* The second one has an empty root. */
		hand_begin_file(UDF_PLAIN, 0x102);
		block = udf_volume_entry(&hand_volume, 1);
		memcpy(block, udf_volume_entry(&hand_volume, 0), UDF_BLOCK);
		udf_put32(block, 12, 1);
		udf_put32(block, 40, number); /* another file set is not shown */
		udf_put32(block, 44, 1);
		udf_put32(block, 404, 20);
		udf_reseal(block);
		udf_directory_begin(&hand_directory, &hand_volume, 21, 20);
		udf_directory_end(&hand_directory, 20, 4);
		hand_assert_root(number == 0 ? "" : "file ");
		hand_end();
	}
}
END_TEST

START_TEST(file_sets_do_not_lead_in_a_circle)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_put_long(udf_volume_entry(&hand_volume, 0) + 448, 0, UDF_BLOCK, 0, 0);
	udf_reseal(udf_volume_entry(&hand_volume, 0));
	hand_assert_sound();
}
END_TEST

/* ---- integrity --------------------------------------------------------- */

START_TEST(a_volume_is_read_without_integrity)
{
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	hand_wipe(UDF_LVID);
	volume = hand_describe(&view);
	ck_assert(!volume->has_integrity && !volume->is_closed && !volume->has_counts);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(the_last_integrity_descriptor_prevails)
{
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;
	uint8_t *block = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	block = udf_volume_block(&hand_volume, UDF_LVID);
	udf_put32(block, 32, 2 * UDF_BLOCK);
	udf_put32(block, 36, 120);
	udf_reseal(block);
	for (unsigned n = 120; n <= 121; n++) {
		uint8_t *next = udf_volume_block(&hand_volume, n);

		memcpy(next, block, UDF_BLOCK);
		udf_put32(next, 12, n);
		udf_put32(next, 28, n == 120); /* closed, then open */
		udf_put32(next, 32, 0);
		udf_reseal(next);
	}
	volume = hand_describe(&view);
	ck_assert(volume->has_integrity && !volume->is_closed);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(integrity_does_not_lead_in_a_circle)
{
	uint8_t *block = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	block = udf_volume_block(&hand_volume, UDF_LVID);
	udf_put32(block, 32, UDF_BLOCK);
	udf_put32(block, 36, UDF_LVID);
	udf_reseal(block);
	hand_assert_sound();
}
END_TEST

START_TEST(a_volume_may_demand_a_revision_up_to_the_newest)
{
	uint8_t *block = NULL;

	for (unsigned revision = 0x260; revision <= 0x261; revision++) {
		hand_begin_file(UDF_PLAIN, 0x102);
		block = udf_volume_block(&hand_volume, UDF_LVID);
		udf_put16(block, 128, revision);
		udf_reseal(block);
		if (revision == 0x260)
			hand_assert_sound();
		else
			hand_assert_unsupported("a revision above 2.60");
	}
	change_logical_volume(240, 2, 0x300);
	hand_assert_sound();
	change_logical_volume(240, 2, 0x300);
	hand_wipe(UDF_LVID);
	hand_assert_unsupported("a revision above 2.60");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF volumes");
	TCase *sequences = tcase_create("sequences");
	TCase *volumes = tcase_create("volumes");

	tcase_add_test(sequences, the_reserve_serves_when_the_main_sequence_is_damaged);
	tcase_add_test(sequences, what_is_left_of_both_sequences_may_be_enough);
	tcase_add_test(sequences, descriptors_come_in_any_order);
	tcase_add_test(sequences, the_descriptor_with_the_highest_number_prevails);
	tcase_add_test(sequences, a_sequence_goes_on_where_a_pointer_leads);
	tcase_add_test(sequences, a_sequence_that_leads_back_to_itself_ends);
	tcase_add_test(sequences, a_sequence_has_a_logical_volume_and_a_partition);
	tcase_add_test(sequences, primary_and_information_descriptors_may_be_missing);
	tcase_add_test(volumes, a_logical_volume_is_of_the_domain_of_osta);
	tcase_add_test(volumes, logical_blocks_are_sectors);
	tcase_add_test(volumes, partition_maps_must_fit_and_be_known);
	tcase_add_test(volumes, a_file_set_is_where_the_logical_volume_says);
	tcase_add_test(volumes, the_file_set_descriptor_with_the_highest_number_prevails);
	tcase_add_test(volumes, file_sets_do_not_lead_in_a_circle);
	tcase_add_test(volumes, a_volume_is_read_without_integrity);
	tcase_add_test(volumes, the_last_integrity_descriptor_prevails);
	tcase_add_test(volumes, integrity_does_not_lead_in_a_circle);
	tcase_add_test(volumes, a_volume_may_demand_a_revision_up_to_the_newest);
	suite_add_tcase(suite, sequences);
	suite_add_tcase(suite, volumes);
	return api_run(suite);
}
