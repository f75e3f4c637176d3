/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader on partitions and bodies that our writer does not make. */
#include "tests/support/hand.h"

#include <stdlib.h>
#include <string.h>

/* ---- partitions -------------------------------------------------------- */

START_TEST(every_kind_of_partition_is_read)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;
	const struct fsi_disc_volume *facts = NULL;
	char *text = NULL;

	hand_begin(hand_kinds[_i].kind, hand_kinds[_i].revision);
	/* In the packet that lies elsewhere, and across its end. */
	udf_put_simple_file(&hand_volume, 8, 63, 3000);
	hand_put_data(63, "first block");
	hand_put_data(64, "second block");
	view = hand_view();
	ASSERT_OK(fsi_disc_view_get_volume(view, &facts));
	ck_assert_int_eq(facts->partitions[facts->partition_count - 1].kind,
			 hand_kinds[_i].partition);
	ck_assert_uint_eq(facts->revision, hand_kinds[_i].revision);
	ck_assert_str_eq(facts->name, "By hand");
	ck_assert_str_eq(facts->owner, "owner");
	ck_assert_str_eq(facts->file_set_id, "files");
	ck_assert(facts->is_closed && facts->has_counts);
	ck_assert_uint_eq(facts->file_count,
			  hand_kinds[_i].kind == UDF_VIRTUAL && _i == 3 ? 7 : 3);
	ASSERT_OK(fsi_disc_view_get_root(view, &root));
	text = disc_list(root, false);
	ck_assert_str_eq(text, "file ");
	free(text);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	hand_assert_data("file", 0, "first block");
	hand_assert_data("file", UDF_BLOCK, "second block");
	hand_end();
}
END_TEST

START_TEST(a_packet_that_lies_elsewhere_parts_a_file)
{
	hand_begin(UDF_SPARABLE, 0x201);
	udf_put_simple_file(&hand_volume, 8, 31, 40 * UDF_BLOCK);
	/* Block 31, the packet of 32 blocks, and the seven behind it. */
	hand_assert_extents("recorded 0+2048@319 recorded 2048+65536@704 "
			    "recorded 67584+14336@352 ");
	hand_end();
}
END_TEST

START_TEST(of_two_sparing_tables_the_newer_counts_unless_it_is_damaged)
{
	hand_begin(UDF_SPARABLE, 0x201);
	udf_put_simple_file(&hand_volume, 8, 32, 10);
	udf_volume_block(&hand_volume, UDF_SPARING + 1)[20] ^= 1;
	hand_assert_extents("recorded 0+10@800 ");
	hand_end();
}
END_TEST

START_TEST(virtual_blocks_lie_anywhere)
{
	hand_begin(UDF_VIRTUAL, 0x201);
	udf_put_simple_file(&hand_volume, 8, 10, 3);
	(void)udf_volume_entry(&hand_volume, 9);
	hand_volume.virtual_blocks[9] = 31;
	memcpy(udf_volume_data(&hand_volume, 31), udf_volume_entry(&hand_volume, 8),
	       UDF_BLOCK);
	udf_put32(udf_volume_data(&hand_volume, 31), 12, 9);
	udf_reseal(udf_volume_data(&hand_volume, 31));
	hand_put_data(10, "abc");
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	udf_directory_add(&hand_directory, "file", 0, 9);
	udf_directory_end(&hand_directory, 2, 4);
	hand_assert_data("file", 0, "abc");
	hand_end();
}
END_TEST

START_TEST(a_disc_may_go_on_behind_its_virtual_allocation_table)
{
	const uint32_t behind[] = {0, 1, 2, 150, 300};

	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		hand_begin(UDF_VIRTUAL, 0x150);
		udf_put_simple_file(&hand_volume, 8, 10, 3);
		hand_put_data(10, "abc");
		hand_volume.blocks += behind[i];
		hand_assert_data("file", 0, "abc");
		hand_end();
	}
}
END_TEST

START_TEST(up_to_three_blocks_may_be_behind_the_virtual_allocation_table)
{
	for (uint32_t behind = 1; behind <= 4; behind++) {
		hand_begin(UDF_VIRTUAL, 0x201);
		udf_put_simple_file(&hand_volume, 8, 10, 3);
		hand_put_data(10, "abc");
		udf_volume_finish(&hand_volume);
		hand_volume.blocks += behind;
		udf_volume_block(&hand_volume, hand_volume.blocks - 1)[7] = 1;
		if (behind <= 3)
			ck_assert_int_eq(hand_walk(), S_OK);
		else
			ASSERT_FAILS(hand_walk(),
				     IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
		hand_end();
	}
}
END_TEST

/* ---- bodies ------------------------------------------------------------ */

START_TEST(a_body_may_be_embedded_in_its_entry)
{
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(3, 5, (const uint8_t *)"hello", 5);
	hand_assert_data("file", 0, "hello");
	hand_end();

	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(3, 5, (const uint8_t *)"hello", 5);
	hand_assert_extents("embedded 0+5@296 ");
	hand_end();
}
END_TEST

START_TEST(a_body_that_is_embedded_may_fill_its_block)
{
	static uint8_t body[UDF_BLOCK];

	memset(body, 'x', sizeof(body));
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(3, UDF_BLOCK - 176, body, UDF_BLOCK - 176);
	hand_assert_extents("embedded 0+1872@296 ");
	hand_end();
}
END_TEST

START_TEST(an_empty_file_has_no_extents_in_any_form)
{
	static const unsigned forms[] = {0, 1, 2, 3};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		hand_begin(UDF_PLAIN, 0x102);
		hand_put_body(forms[i], 0, NULL, 0);
		hand_assert_extents("");
		hand_end();
	}
}
END_TEST

START_TEST(extents_side_by_side_are_one)
{
	uint8_t list[64];
	size_t size = udf_put_short(list, 0, 2 * UDF_BLOCK, 20);

	size += udf_put_short(list + size, 0, UDF_BLOCK, 22);
	size += udf_put_short(list + size, 0, UDF_BLOCK, 30);
	size += udf_put_short(list + size, 0, 100, 31);
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 4 * UDF_BLOCK + 100, list, size);
	hand_assert_extents("recorded 0+6144@308 recorded 6144+2148@318 ");
	hand_end();
}
END_TEST

START_TEST(what_is_not_recorded_reads_as_zeros)
{
	uint8_t list[96];
	size_t size = udf_put_long(list, 2, 3 * UDF_BLOCK, 0, 0);

	size += udf_put_long(list + size, 1, UDF_BLOCK, 40, 0);
	size += udf_put_long(list + size, 0, UDF_BLOCK, 41, 0);
	size += udf_put_long(list + size, 2, UDF_BLOCK, 0, 0);
	size += udf_put_long(list + size, 0, 6, 40, 0);
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(1, 6 * UDF_BLOCK + 6, list, size);
	hand_put_data(40, "hidden");
	hand_put_data(41, "shown");
	hand_assert_data("file", 3 * UDF_BLOCK, "");
	hand_assert_data("file", 4 * UDF_BLOCK, "shown");
	hand_assert_data("file", 6 * UDF_BLOCK, "hidden");
	hand_assert_extents("hole 0+8192@0 recorded 8192+2048@329 hole 10240+2048@0 "
			    "recorded 12288+6@328 ");
	hand_end();
}
END_TEST

START_TEST(what_lies_behind_the_end_of_a_file_is_not_looked_at)
{
	uint8_t list[64];
	size_t size = udf_put_short(list, 0, 100, 20);

	size += udf_put_short(list + size, 1, 5 * UDF_BLOCK, UINT32_MAX);
	size += udf_put_short(list + size, 3, UDF_BLOCK, UINT32_MAX);
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 100, list, size);
	hand_assert_extents("recorded 0+100@308 ");
	hand_end();
}
END_TEST

/* Linux leaves such extents when a file grows. */
START_TEST(an_extent_that_another_follows_is_whole_blocks)
{
	uint8_t list[64];
	size_t size = udf_put_short(list, 0, 1, 20);

	size += udf_put_short(list + size, 2, 2 * UDF_BLOCK - 5, 0);
	size += udf_put_short(list + size, 0, 3, 21);
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 3 * UDF_BLOCK + 3, list, size);
	hand_assert_extents("recorded 0+2048@308 hole 2048+4096@0 recorded 6144+3@309 ");
	hand_end();
}
END_TEST

START_TEST(descriptors_go_on_in_other_blocks)
{
	uint8_t list[64];
	size_t size = udf_put_short(list, 0, UDF_BLOCK, 20);

	hand_begin(UDF_PLAIN, 0x102);
	size += udf_put_short(list + size, 3, UDF_BLOCK, 9);
	hand_put_body(0, 4 * UDF_BLOCK - 1, list, size);
	size = udf_put_short(list, 0, UDF_BLOCK, 22);
	size += udf_put_short(list + size, 3, UDF_BLOCK, 10);
	udf_put_allocation_extent(&hand_volume, 9, list, size);
	size = udf_put_short(list, 0, UDF_BLOCK, 24);
	size += udf_put_short(list + size, 0, UDF_BLOCK - 1, 26);
	udf_put_allocation_extent(&hand_volume, 10, list, size);
	hand_assert_extents("recorded 0+2048@308 recorded 2048+2048@310 "
			    "recorded 4096+2048@312 recorded 6144+2047@314 ");
	hand_end();
}
END_TEST

START_TEST(an_extent_may_have_thirty_bits_of_length)
{
	uint8_t list[64];
	size_t size = udf_put_short(list, 2, 0x3FFFF800, 0);

	size += udf_put_short(list + size, 2, 0x3FFFF800, 0);
	size += udf_put_short(list + size, 0, 1, 20);
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 2 * UINT64_C(0x3FFFF800) + 1, list, size);
	udf_volume_data(&hand_volume, 20)[0] = 'x';
	udf_volume_finish(&hand_volume);
	{
		fsi_disc_view *view =
			disc_view(hand_volume.bytes, udf_volume_size(&hand_volume));
		fsi_disc_entry *file = disc_entry(view, "file");
		char *extents = disc_describe_extents(file);
		fsi_stream *stream = NULL;
		char byte = 0;

		ck_assert_str_eq(extents,
				 "hole 0+2147479552@0 recorded 2147479552+1@308 ");
		ASSERT_OK(fsi_disc_entry_open_data(file, &stream));
		api_read(stream, 2147479552, &byte, 1);
		ck_assert_int_eq(byte, 'x');
		api_read(stream, 2147479551, &byte, 1);
		ck_assert_int_eq(byte, 0);
		fsi_stream_release(stream);
		free(extents);
		fsi_disc_entry_release(file);
		fsi_disc_view_release(view);
	}
	hand_end();
}
END_TEST

START_TEST(a_virtual_body_is_read_block_by_block)
{
	uint8_t list[16];
	const size_t size = udf_put_short(list, 0, 2 * UDF_BLOCK + 3, 20);

	hand_begin(UDF_VIRTUAL, 0x150);
	hand_put_body(0, 2 * UDF_BLOCK + 3, list, size);
	memcpy(udf_volume_entry(&hand_volume, 20), "one", 3);
	memcpy(udf_volume_entry(&hand_volume, 21), "two", 3);
	memcpy(udf_volume_entry(&hand_volume, 22), "end", 3);
	hand_assert_data("file", 0, "one");
	hand_assert_data("file", UDF_BLOCK, "two");
	hand_assert_data("file", 2 * UDF_BLOCK, "end");
	hand_assert_extents(
		"recorded 0+2048@548 recorded 2048+2048@551 recorded 4096+3@554 ");
	hand_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF of every form");
	TCase *partitions = tcase_create("partitions");
	TCase *bodies = tcase_create("bodies");

	tcase_add_loop_test(partitions, every_kind_of_partition_is_read, 0, HAND_KINDS);
	tcase_add_test(partitions, a_packet_that_lies_elsewhere_parts_a_file);
	tcase_add_test(partitions,
		       of_two_sparing_tables_the_newer_counts_unless_it_is_damaged);
	tcase_add_test(partitions, virtual_blocks_lie_anywhere);
	tcase_add_test(partitions, a_disc_may_go_on_behind_its_virtual_allocation_table);
	tcase_add_test(partitions,
		       up_to_three_blocks_may_be_behind_the_virtual_allocation_table);
	tcase_add_test(bodies, a_body_may_be_embedded_in_its_entry);
	tcase_add_test(bodies, a_body_that_is_embedded_may_fill_its_block);
	tcase_add_test(bodies, an_empty_file_has_no_extents_in_any_form);
	tcase_add_test(bodies, extents_side_by_side_are_one);
	tcase_add_test(bodies, what_is_not_recorded_reads_as_zeros);
	tcase_add_test(bodies, what_lies_behind_the_end_of_a_file_is_not_looked_at);
	tcase_add_test(bodies, an_extent_that_another_follows_is_whole_blocks);
	tcase_add_test(bodies, descriptors_go_on_in_other_blocks);
	tcase_add_test(bodies, an_extent_may_have_thirty_bits_of_length);
	tcase_add_test(bodies, a_virtual_body_is_read_block_by_block);
	suite_add_tcase(suite, partitions);
	suite_add_tcase(suite, bodies);
	return api_run(suite);
}
