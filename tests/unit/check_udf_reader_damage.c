/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader on volumes that are damaged or meant to do harm, file by file. */
#include "tests/support/hand.h"

#include <stdlib.h>
#include <string.h>

/* ---- tags -------------------------------------------------------------- */

/* What can be wrong with the tag of any structure, see damage_tag(). */
static const char *const faults[] = {
	"the checksum of its tag is wrong",
	"its CRC is wrong",
	"the version of its tag is neither 2 nor 3",
	"its tag says that it belongs elsewhere",
	"another structure stands in its place",
};

#define FAULTS (int)(sizeof(faults) / sizeof(faults[0]))

static void damage_tag(uint8_t *descriptor, int fault)
{
	switch (fault) {
	case 0:
		descriptor[4] ^= 1;
		return;
	case 1:
		descriptor[8] ^= 1;
		break;
	case 2:
		descriptor[2] = 4;
		break;
	case 3:
		descriptor[12] ^= 1;
		break;
	default:
		udf_put16(descriptor, 0, 7);
		break;
	}
	/* The sum of the tag, not the CRC behind it. */
	descriptor[4] = 0;
	for (unsigned i = 0; i < 16; i++)
		descriptor[4] = (uint8_t)(descriptor[4] + (i == 4 ? 0 : descriptor[i]));
}

START_TEST(the_tag_of_a_file_entry_is_checked)
{
	hand_begin(UDF_PLAIN, 0x102);
	udf_put_simple_file(&hand_volume, 8, 40, 3);
	damage_tag(udf_volume_entry(&hand_volume, 8), _i);
	hand_assert_damaged(api_text("The file entry in block 296: %s.", faults[_i]));
}
END_TEST

START_TEST(the_tag_of_a_directory_entry_is_checked)
{
	hand_begin(UDF_PLAIN, 0x102);
	damage_tag(udf_volume_entry(&hand_volume, 2), _i);
	hand_assert_damaged(api_text("The file entry in block 290: %s.", faults[_i]));
}
END_TEST

START_TEST(the_tag_of_a_name_is_checked)
{
	hand_begin(UDF_PLAIN, 0x102);
	damage_tag(udf_volume_data(&hand_volume, 4) + 40, _i);
	hand_assert_damaged(
		api_text("The file identifier descriptor in block 292: %s.", faults[_i]));
}
END_TEST

START_TEST(the_tag_of_a_file_set_is_checked)
{
	hand_begin(UDF_PLAIN, 0x102);
	damage_tag(udf_volume_entry(&hand_volume, 0), _i);
	hand_assert_damaged(
		api_text("The file set descriptor in block 288: %s.", faults[_i]));
}
END_TEST

START_TEST(the_tag_of_an_allocation_extent_is_checked)
{
	uint8_t list[16];

	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 5, list, udf_put_short(list, 3, UDF_BLOCK, 9));
	udf_put_allocation_extent(&hand_volume, 9, list, udf_put_short(list, 0, 5, 40));
	damage_tag(udf_volume_entry(&hand_volume, 9), _i);
	hand_assert_damaged(api_text("The allocation extent descriptor in block 297: %s.",
				     faults[_i]));
}
END_TEST

START_TEST(the_tag_of_an_indirect_entry_is_checked)
{
	uint8_t *block = NULL;

	hand_begin_chain(3);
	block = udf_volume_entry(&hand_volume, 9);
	udf_put_long(block + 36, 0, UDF_BLOCK, 20, 0);
	udf_seal(&hand_volume, block, 259, 52, 9);
	damage_tag(block, _i);
	hand_assert_damaged(api_text("The indirect entry in block 297: %s.", faults[_i]));
}
END_TEST

/* ---- entries ----------------------------------------------------------- */

/* Change a number in the entry of the one file. */
static void change_entry(size_t offset, size_t width, uint64_t value)
{
	uint8_t *block = NULL;

	hand_begin(UDF_PLAIN, 0x102);
	udf_put_simple_file(&hand_volume, 8, 40, 3000);
	block = udf_volume_entry(&hand_volume, 8);
	if (width == 2)
		udf_put16(block, offset, (unsigned)value);
	else if (width == 4)
		udf_put32(block, offset, (uint32_t)value);
	else
		udf_put64(block, offset, value);
	udf_reseal(block);
}

START_TEST(the_lengths_in_an_entry_must_fit)
{
	change_entry(168, 4, 4);
	hand_assert_damaged(
		"block 296: its body has 3000 bytes, but extents for 40 only");
	change_entry(168, 4, UDF_BLOCK);
	hand_assert_damaged("The file entry in block 296: a length in it is wrong.");
	change_entry(168, 4, UINT32_MAX);
	hand_assert_damaged("block 296: a length in it is wrong");
	change_entry(172, 4, UDF_BLOCK - 176 + 1);
	hand_assert_damaged("block 296: a length in it is wrong");
	change_entry(172, 4, UINT32_MAX);
	hand_assert_damaged("block 296: a length in it is wrong");
}
END_TEST

START_TEST(a_file_is_as_long_as_its_extents)
{
	change_entry(56, 8, 3001);
	hand_assert_damaged(
		"The file entry in block 296: its body has 3001 bytes, but extents "
		"for 3000 only.");
	change_entry(56, 8, UINT64_MAX);
	hand_assert_damaged(
		"its body has 18446744073709551615 bytes, but extents for 3000");
	change_entry(56, 8, INT64_MAX);
	hand_assert_damaged("but extents for 3000 only");
	change_entry(172, 4, 0);
	hand_assert_damaged("its body has 3000 bytes, but extents for 0 only");
	change_entry(172, 4, 15);
	hand_assert_damaged("its body has 3000 bytes, but extents for 0 only");
}
END_TEST

START_TEST(what_the_reader_does_not_know_is_told)
{
	change_entry(20, 2, 1);
	hand_assert_unsupported("an ICB strategy other than 4 and 4096");
	change_entry(34, 2, 2);
	hand_assert_unsupported("extended allocation descriptors");
	change_entry(34, 2, 7);
	hand_assert_unsupported("extended allocation descriptors");
}
END_TEST

START_TEST(an_extent_lies_inside_its_partition)
{
	uint8_t list[16];

	for (unsigned form = 0; form <= 1; form++) {
		for (uint32_t first = 398; first <= 400; first++) {
			const size_t size =
				form == 0
					? udf_put_short(list, 0, 2 * UDF_BLOCK, first)
					: udf_put_long(list, 0, 2 * UDF_BLOCK, first, 0);

			hand_begin(UDF_PLAIN, 0x102);
			hand_put_body(form, 2 * UDF_BLOCK, list, size);
			if (first == 398) {
				ck_assert_int_eq(hand_walk(), S_OK);
				hand_end();
			} else {
				hand_assert_damaged(
					"The file entry in block 296: an extent of "
					"its body lies outside its partition.");
			}
		}
	}
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 2, list, udf_put_short(list, 0, 2, UINT32_MAX));
	hand_assert_damaged("lies outside its partition");
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(1, 2, list, udf_put_long(list, 0, 2, 40, 1));
	hand_assert_damaged("an extent of its body is in a partition that is not there");
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(1, 2, list, udf_put_long(list, 0, 2, 40, UINT16_MAX));
	hand_assert_damaged("is in a partition that is not there");
}
END_TEST

START_TEST(a_file_is_not_larger_than_its_partition)
{
	uint8_t list[16];
	size_t size = udf_put_short(list, 0, 400 * UDF_BLOCK, 0);

	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 400 * UDF_BLOCK, list, size);
	ck_assert_int_eq(hand_walk(), S_OK);
	size += udf_put_short(list + size, 0, 1, 0);
	hand_put_body(0, 400 * UDF_BLOCK + 1, list, size);
	hand_assert_damaged("an extent of its body lies over another one of it");
}
END_TEST

START_TEST(allocation_descriptors_do_not_lead_in_a_circle)
{
	uint8_t list[16];

	/* Of one, and of three, the first of which is not part of it. */
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 5, list, udf_put_short(list, 3, UDF_BLOCK, 9));
	udf_put_allocation_extent(&hand_volume, 9, list, 8);
	hand_assert_damaged(
		"The file entry in block 296: its allocation descriptors lead back "
		"to themselves.");
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 5, list, udf_put_short(list, 3, UDF_BLOCK, 9));
	for (uint32_t n = 9; n <= 12; n++)
		udf_put_allocation_extent(
			&hand_volume, n, list,
			udf_put_short(list, 3, UDF_BLOCK, n == 12 ? 10 : n + 1));
	hand_assert_damaged("lead back to themselves");
}
END_TEST

START_TEST(a_circle_that_makes_a_file_longer_ends)
{
	uint8_t list[32];
	size_t size = udf_put_short(list, 3, UDF_BLOCK, 9);

	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, UINT64_C(1) << 60, list, size);
	size = udf_put_short(list, 2, 0x3FFFF800, 0);
	size += udf_put_short(list + size, 3, UDF_BLOCK, 9);
	udf_put_allocation_extent(&hand_volume, 9, list, size);
	hand_assert_damaged("lead back to themselves");
}
END_TEST

START_TEST(the_length_in_an_allocation_extent_must_fit)
{
	uint8_t list[16];

	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(0, 5, list, udf_put_short(list, 3, UDF_BLOCK, 9));
	udf_put_allocation_extent(&hand_volume, 9, list, 8);
	udf_put32(udf_volume_entry(&hand_volume, 9), 20, UDF_BLOCK - 23);
	udf_reseal(udf_volume_entry(&hand_volume, 9));
	hand_assert_damaged(
		"The allocation extent descriptor in block 297: a length in it is "
		"wrong.");
}
END_TEST

START_TEST(a_chain_of_entries_has_an_end)
{
	hand_begin_chain(8);
	udf_put_long(udf_volume_entry(&hand_volume, 9) + 36, 0, UDF_BLOCK, 8, 0);
	udf_seal(&hand_volume, udf_volume_entry(&hand_volume, 9), 259, 52, 9);
	hand_assert_damaged(
		"The file entry in block 296 was superseded over 1024 times.");
}
END_TEST

START_TEST(a_body_that_is_embedded_fits_its_entry)
{
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(3, 6, (const uint8_t *)"hello", 5);
	hand_assert_damaged("The file entry in block 296: a length in it is wrong.");
}
END_TEST

START_TEST(a_symbolic_link_leads_somewhere)
{
	static const uint8_t path[] = "\x05\x09\0\0\x08x";

	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(3, 6, path, 6);
	udf_volume_entry(&hand_volume, 8)[27] = 12;
	udf_reseal(udf_volume_entry(&hand_volume, 8));
	hand_assert_damaged(
		"The path of the symbolic link in block 296: a length in it is "
		"wrong.");
	hand_begin(UDF_PLAIN, 0x102);
	hand_put_body(3, 0, path, 0);
	udf_volume_entry(&hand_volume, 8)[27] = 12;
	udf_reseal(udf_volume_entry(&hand_volume, 8));
	hand_assert_damaged("The path of the symbolic link in block 296");
}
END_TEST

START_TEST(a_symbolic_link_is_not_endless)
{
	uint8_t list[16];

	for (uint32_t size = 65536; size <= 65537; size++) {
		hand_begin(UDF_PLAIN, 0x102);
		hand_put_body(0, size, list, udf_put_short(list, 2, size, 0));
		udf_volume_entry(&hand_volume, 8)[27] = 12;
		udf_reseal(udf_volume_entry(&hand_volume, 8));
		hand_assert_damaged(size == 65536
					    ? "path of the symbolic link in block 296"
					    : "The file entry in block 296: a length");
	}
}
END_TEST

/* ---- directories ------------------------------------------------------- */

/* The descriptor of the one name in the root. */
static uint8_t *name_of_file(void)
{
	return udf_volume_data(&hand_volume, 4) + 40;
}

START_TEST(the_lengths_in_a_name_must_fit)
{
	hand_begin(UDF_PLAIN, 0x102);
	name_of_file()[19] = 8; /* 4 bytes more than there are */
	udf_reseal(name_of_file());
	hand_assert_damaged(
		"The file identifier descriptor in block 292: a length in it is "
		"wrong.");
	hand_begin(UDF_PLAIN, 0x102);
	udf_put16(name_of_file(), 36, 0xFFFF);
	udf_reseal(name_of_file());
	hand_assert_damaged("in block 292: a length in it is wrong");
}
END_TEST

START_TEST(a_name_is_compressed_in_a_known_way)
{
	hand_begin(UDF_PLAIN, 0x102);
	name_of_file()[38] = 9;
	udf_reseal(name_of_file());
	hand_assert_damaged(
		"at byte 40 of the directory whose file entry is in block 2 of "
		"partition 0: its name is compressed in an unknown way.");
}
END_TEST

START_TEST(names_behind_a_damaged_one_are_found)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;
	fsi_disc_entry *entry = NULL;
	fsi_disc_children *children = NULL;

	hand_begin(UDF_PLAIN, 0x102);
	udf_directory_add(&hand_directory, "good", 0, 8);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_simple_file(&hand_volume, 8, 40, 3);
	name_of_file()[38] = 9;
	udf_reseal(name_of_file());
	view = hand_view();
	root = disc_entry(view, "");
	ASSERT_OK(fsi_disc_entry_get_children(root, &children));
	ASSERT_FAILS(fsi_disc_children_next(children, &entry),
		     IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
	ck_assert_ptr_null(entry);
	ASSERT_OK(fsi_disc_children_next(children, &entry));
	fsi_disc_entry_release(entry);
	ck_assert_int_eq(fsi_disc_children_next(children, &entry), S_FALSE);
	fsi_disc_children_release(children);
	/* By its path, too; of what is not there the damage is told. */
	entry = disc_entry(view, "good");
	fsi_disc_entry_release(entry);
	ASSERT_FAILS(fsi_disc_view_get_entry(view, "bad", &entry),
		     IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(behind_a_name_without_a_length_is_nothing)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *root = NULL;
	fsi_disc_entry *entry = NULL;
	fsi_disc_children *children = NULL;

	hand_begin(UDF_PLAIN, 0x102);
	name_of_file()[4] ^= 1;
	view = hand_view();
	root = disc_entry(view, "");
	ASSERT_OK(fsi_disc_entry_get_children(root, &children));
	ASSERT_FAILS(fsi_disc_children_next(children, &entry),
		     IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR, "UDF");
	ck_assert_int_eq(fsi_disc_children_next(children, &entry), S_FALSE);
	fsi_disc_children_release(children);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	hand_end();
}
END_TEST

START_TEST(a_name_leads_to_an_entry_that_is_recorded)
{
	hand_begin(UDF_PLAIN, 0x102);
	udf_put32(name_of_file(), 20, 0);
	udf_reseal(name_of_file());
	hand_assert_damaged("The file entry in block 8 of partition 0 is used, but not "
			    "recorded.");
	hand_begin(UDF_PLAIN, 0x102);
	udf_put32(name_of_file(), 20, 1u << 30 | UDF_BLOCK);
	udf_reseal(name_of_file());
	hand_assert_damaged("is used, but not recorded");
	hand_begin(UDF_PLAIN, 0x102);
	udf_put32(name_of_file(), 24, 400);
	udf_reseal(name_of_file());
	hand_assert_damaged("Block 400 of partition 0 is used, which has 400 blocks.");
	hand_begin(UDF_PLAIN, 0x102);
	udf_put16(name_of_file(), 28, 1);
	udf_reseal(name_of_file());
	hand_assert_damaged("Partition 1 is used, but not there.");
}
END_TEST

START_TEST(the_root_is_a_directory)
{
	hand_begin(UDF_PLAIN, 0x102);
	udf_put_simple_file(&hand_volume, 2, 40, 3);
	hand_assert_damaged(
		"The file entry in block 290, of the root, is no directory's.");
}
END_TEST

/* A directory "sub" in entry 8, whose one name leads to entry. */
static void put_subdirectory(uint32_t entry, uint32_t names)
{
	struct udf_directory sub;

	udf_volume_init(&hand_volume, UDF_PLAIN, 0x102);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	for (uint32_t i = 0; i < names; i++)
		udf_directory_add(&hand_directory, api_text("sub%u", i), 2, 8);
	udf_directory_end(&hand_directory, 2, 4);
	udf_directory_begin(&sub, &hand_volume, 10, 2);
	if (entry != 0)
		udf_directory_add(&sub, "x", 2, entry);
	udf_directory_end(&sub, 8, 4);
}

START_TEST(a_directory_is_not_within_itself)
{
	put_subdirectory(8, 1);
	hand_assert_damaged(
		"The directory whose file entry is in block 296 is in two places, or "
		"within itself.");
	put_subdirectory(2, 1);
	hand_assert_damaged(
		"The directory whose file entry is in block 290 is in two places");
}
END_TEST

START_TEST(a_directory_has_one_name)
{
	put_subdirectory(0, 1);
	ck_assert_int_eq(hand_walk(), S_OK);
	hand_end();
	put_subdirectory(0, 2);
	hand_assert_damaged("block 296 is in two places");
}
END_TEST

/* Each of the directories has the whole partition for its body. */
START_TEST(directories_are_not_larger_than_the_disc)
{
	uint8_t list[16];

	put_subdirectory(0, 1);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.type = 4,
					.size = 5000 * UDF_BLOCK,
					.descriptors = list,
					.descriptors_size = udf_put_short(
						list, 2, 5000 * UDF_BLOCK, 0)});
	hand_assert_damaged(
		"The directory whose file entry is in block 296 is larger than the "
		"disc has room for, with those before it.");
}
END_TEST

START_TEST(a_directory_of_holes_is_empty)
{
	uint8_t list[16];

	put_subdirectory(0, 1);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.type = 4,
					.size = 500 * UDF_BLOCK,
					.descriptors = list,
					.descriptors_size = udf_put_short(
						list, 2, 500 * UDF_BLOCK, 0)});
	ck_assert_int_eq(hand_walk(), S_OK);
	hand_end();
}
END_TEST

/* ---- named streams ----------------------------------------------------- */

static void put_streams(uint8_t type, uint32_t entry)
{
	hand_begin(UDF_PLAIN, 0x201);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.is_extended = true, .stream_directory = 9});
	udf_directory_begin(&hand_directory, &hand_volume, 11, 8);
	udf_directory_add(&hand_directory, "stream", 0, entry);
	udf_directory_end(&hand_directory, 9, type);
	udf_put_simple_file(&hand_volume, 10, 40, 6);
}

START_TEST(streams_are_files_in_a_stream_directory)
{
	put_streams(13, 10);
	ck_assert_int_eq(hand_walk(), S_OK);
	hand_end();
	put_streams(4, 10);
	hand_assert_damaged("block 297 is not that of a stream directory");
	put_streams(13, 2);
	hand_assert_damaged(
		"The file entry in block 290, of a named stream, is no file's.");
	/* Streams have no streams, not even themselves. */
	put_streams(13, 8);
	ck_assert_int_eq(hand_walk(), S_OK);
	hand_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("damaged UDF files");
	TCase *tags = tcase_create("tags");
	TCase *entries = tcase_create("entries");
	TCase *directories = tcase_create("directories");

	tcase_add_loop_test(tags, the_tag_of_a_file_entry_is_checked, 0, FAULTS);
	tcase_add_loop_test(tags, the_tag_of_a_directory_entry_is_checked, 0, FAULTS);
	tcase_add_loop_test(tags, the_tag_of_a_name_is_checked, 0, FAULTS);
	tcase_add_loop_test(tags, the_tag_of_a_file_set_is_checked, 0, FAULTS);
	tcase_add_loop_test(tags, the_tag_of_an_allocation_extent_is_checked, 0, FAULTS);
	tcase_add_loop_test(tags, the_tag_of_an_indirect_entry_is_checked, 0, FAULTS);
	tcase_add_test(entries, the_lengths_in_an_entry_must_fit);
	tcase_add_test(entries, a_file_is_as_long_as_its_extents);
	tcase_add_test(entries, what_the_reader_does_not_know_is_told);
	tcase_add_test(entries, an_extent_lies_inside_its_partition);
	tcase_add_test(entries, a_file_is_not_larger_than_its_partition);
	tcase_add_test(entries, allocation_descriptors_do_not_lead_in_a_circle);
	tcase_add_test(entries, a_circle_that_makes_a_file_longer_ends);
	tcase_add_test(entries, the_length_in_an_allocation_extent_must_fit);
	tcase_add_test(entries, a_chain_of_entries_has_an_end);
	tcase_add_test(entries, a_body_that_is_embedded_fits_its_entry);
	tcase_add_test(entries, a_symbolic_link_leads_somewhere);
	tcase_add_test(entries, a_symbolic_link_is_not_endless);
	tcase_add_test(directories, the_lengths_in_a_name_must_fit);
	tcase_add_test(directories, a_name_is_compressed_in_a_known_way);
	tcase_add_test(directories, names_behind_a_damaged_one_are_found);
	tcase_add_test(directories, behind_a_name_without_a_length_is_nothing);
	tcase_add_test(directories, a_name_leads_to_an_entry_that_is_recorded);
	tcase_add_test(directories, the_root_is_a_directory);
	tcase_add_test(directories, a_directory_is_not_within_itself);
	tcase_add_test(directories, a_directory_has_one_name);
	tcase_add_test(directories, directories_are_not_larger_than_the_disc);
	tcase_add_test(directories, a_directory_of_holes_is_empty);
	tcase_add_test(directories, streams_are_files_in_a_stream_directory);
	suite_add_tcase(suite, tags);
	suite_add_tcase(suite, entries);
	suite_add_tcase(suite, directories);
	return api_run(suite);
}
