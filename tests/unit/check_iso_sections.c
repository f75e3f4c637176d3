/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of several sections: how they are cut, and their directory records. */
#include "iso9660/section.h"
#include "tests/support/iso_reader.h"

#include <check.h>
#include <stdio.h>

#define SECTION UINT64_C(4294965248) /* the largest multiple of 2048 below 2^32 */
#define GIB4	UINT64_C(4294967296)

static struct iso_fixture fixture;

static void set_up(void)
{
	iso_fixture_init(&fixture);
}

static void tear_down(void)
{
	iso_fixture_free(&fixture);
}

static const struct {
	uint64_t size;
	uint32_t count;
	uint32_t last_size;
} cuts[] = {
	{0, 1, 0},
	{1, 1, 1},
	{SECTION, 1, 4294965248},
	{SECTION + 1, 1, 4294965249},
	{GIB4 - 1, 1, 4294967295},
	{GIB4, 2, 2048},
	{GIB4 + 1, 2, 2049},
	{2 * SECTION - 1, 2, 4294965247},
	{2 * SECTION, 2, 4294965248},
	{2 * SECTION + 1, 3, 1},
	{100 * SECTION - 1, 100, 4294965247},
	{100 * SECTION, 100, 4294965248},
	{100 * SECTION + 1, 101, 1},
};

START_TEST(a_file_of_4_gib_and_more_is_cut_into_full_sections_and_a_rest)
{
	const uint64_t size = cuts[_i].size;
	const uint32_t count = fsi_iso9660_section_count(size);
	uint64_t sum = 0;

	ck_assert_uint_eq(count, cuts[_i].count);
	ck_assert_uint_eq(fsi_iso9660_section_size(size, count - 1), cuts[_i].last_size);
	for (uint32_t section = 0; section < count; section++)
		sum += fsi_iso9660_section_size(size, section);
	ck_assert_uint_eq(sum, size);
	ck_assert_uint_eq(fsi_iso9660_section_size(size, 0), count > 1 ? SECTION : size);
	ck_assert_uint_eq((uint64_t)FSI_ISO9660_SECTION_BLOCKS * 2048, SECTION);
	ck_assert_uint_eq(FSI_ISO9660_SECTIONS_SIZE_MAX, 100 * SECTION);
}
END_TEST

START_TEST(each_section_has_a_record_with_every_byte_in_its_place)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *file = iso_fixture_add_file(&fixture, root, "F", NULL, GIB4 + 1);
	const uint8_t *record = NULL;

	iso_fixture_add_file(&fixture, root, "E", NULL, 1);
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	record = iso_reader_find_record(&fixture, file, false);
	/* The data begins behind two directories of a block and "E" of another. */
	ck_assert_uint_eq(iso_reader_le32(record + 2),
			  fixture.layout.first_data_block + 1);
	ck_assert_mem_eq(record + 10, "\x00\xF8\xFF\xFF\xFF\xFF\xF8\x00", 8);
	ck_assert_mem_eq(record + 18,
			 "\x65\x02\x03\x04\x05\x06\x00\x80\x00\x00\x01\x00\x00\x01"
			 "\x04"
			 "F.;1\x00",
			 20);
	record += record[0];
	ck_assert_uint_eq(record[0], 38);
	ck_assert_uint_eq(iso_reader_le32(record + 2),
			  fixture.layout.first_data_block + 1 + 2097151);
	ck_assert_mem_eq(record + 10, "\x01\x08\x00\x00\x00\x00\x08\x01", 8);
	ck_assert_mem_eq(record + 18,
			 "\x65\x02\x03\x04\x05\x06\x00\x00\x00\x00\x01\x00\x00\x01"
			 "\x04"
			 "F.;1\x00",
			 20);
	ck_assert_uint_eq(record[38], 0);
}
END_TEST

START_TEST(all_records_of_a_hidden_file_are_hidden)
{
	struct fsi_node *file = iso_fixture_add_file(&fixture, iso_fixture_root(&fixture),
						     "F", NULL, 3 * SECTION);
	const uint8_t *record = NULL;

	file->is_hidden = true;
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	for (int is_joliet = 0; is_joliet <= 1; is_joliet++) {
		record = iso_reader_find_record(&fixture, file, is_joliet != 0);
		ck_assert_uint_eq(record[25], 0x81);
		ck_assert_uint_eq(record[record[0] + 25], 0x81);
		ck_assert_uint_eq(record[2 * record[0] + 25], 0x01);
	}
}
END_TEST

/* Sections go on in the next block, wherever the border comes. */
START_TEST(sections_go_on_in_the_next_block_of_a_directory)
{
	static char names[64][16];
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *directory = iso_fixture_add_directory(&fixture, root, "D", NULL);

	for (int n = 0; n < _i; n++) {
		snprintf(names[n], sizeof(names[n]), "A%02d", n);
		iso_fixture_add_file(&fixture, directory, names[n], NULL, 1);
	}
	iso_fixture_add_file(&fixture, directory, "B", NULL, 100 * SECTION);
	iso_fixture_add_file(&fixture, directory, "C", NULL, 1);
	iso_fixture_add_file(&fixture, directory, "D", NULL, 2 * SECTION);
	iso_fixture_add_directory(&fixture, directory, "E", NULL);
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
}
END_TEST

START_TEST(names_of_the_same_large_file_have_the_same_extents)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *first =
		iso_fixture_add_file(&fixture, root, "F", NULL, 2 * SECTION + 5);
	struct fsi_node *second = iso_fixture_add_file(&fixture, root, "LINK", NULL, 0);
	const uint8_t *record = NULL;
	const uint8_t *other = NULL;

	second->content.data = first->content.data;
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	record = iso_reader_find_record(&fixture, first, false);
	other = iso_reader_find_record(&fixture, second, true);
	for (int n = 0; n < 3; n++) {
		ck_assert_mem_eq(record + 2, other + 2, 24);
		record += record[0];
		other += other[0];
	}
	ck_assert_uint_eq(fixture.layout.data_end_block - fixture.layout.first_data_block,
			  2 * 2097151 + 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sections");
	TCase *tcase = tcase_create("records");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase,
			    a_file_of_4_gib_and_more_is_cut_into_full_sections_and_a_rest,
			    0, (int)(sizeof(cuts) / sizeof(cuts[0])));
	tcase_add_test(tcase, each_section_has_a_record_with_every_byte_in_its_place);
	tcase_add_test(tcase, all_records_of_a_hidden_file_are_hidden);
	tcase_add_loop_test(tcase, sections_go_on_in_the_next_block_of_a_directory, 44,
			    56);
	tcase_add_test(tcase, names_of_the_same_large_file_have_the_same_extents);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
