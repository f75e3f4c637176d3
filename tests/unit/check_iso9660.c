/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ISO 9660 writer: descriptors byte by byte, directories, path tables. */
#include "error/fail.h"
#include "tests/support/iso_reader.h"

#include <check.h>
#include <stdio.h>

static struct iso_fixture fixture;

static void set_up(void)
{
	iso_fixture_init(&fixture);
}

static void tear_down(void)
{
	iso_fixture_free(&fixture);
}

/* Names that last as long as the test program: prefix, number, suffix. */
static const char *make_name(const char *prefix, unsigned number, const char *suffix)
{
	static char names[4096][40];
	static unsigned next;
	char *name = names[next++ % 4096];

	snprintf(name, sizeof(names[0]), "%s%05u%s", prefix, number, suffix);
	return name;
}

static void add_files(struct fsi_node *parent, const char *prefix, unsigned count,
		      const char *suffix)
{
	for (unsigned i = 0; i < count; i++)
		iso_fixture_add_file(&fixture, parent, make_name(prefix, i, suffix), NULL,
				     0);
}

/* Volume descriptors */

struct expected_bytes {
	size_t at;
	size_t length;
	const char *bytes;
};

static void put_expected(uint8_t (*block)[FSI_BLOCK_SIZE],
			 const struct expected_bytes *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memcpy(*block + parts[i].at, parts[i].bytes, parts[i].length);
}

/* What a primary and a Joliet descriptor have in common. */
static const struct expected_bytes common[] = {
	{1, 6, "CD001\x01"},
	{120, 4, "\x01\x00\x00\x01"},
	{124, 4, "\x01\x00\x00\x01"},
	{128, 4, "\x00\x08\x08\x00"},
	{132, 8, "\x0A\x00\x00\x00\x00\x00\x00\x0A"},
	{813, 17, "2009021323313012"},
	{830, 17, "2009021323313012"},
	{847, 17, "0000000000000000"},
	{864, 17, "0000000000000000"},
	{881, 1, "\x01"},
};

START_TEST(the_primary_volume_descriptor_has_every_byte_in_its_place)
{
	static const struct expected_bytes parts[] = {
		{0, 1, "\x01"},
		{8, 5, "LINUX"},
		{40, 11, "TEST_VOLUME"},
		{80, 8, "\xAC\x00\x00\x00\x00\x00\x00\xAC"},
		{140, 4, "\x12\x00\x00\x00"},
		{148, 4, "\x00\x00\x00\x13"},
		{156, 34,
		 "\x22\x00\x14\x00\x00\x00\x00\x00\x00\x14\x00\x08\x00\x00\x00\x00\x08"
		 "\x00"
		 "\x65\x02\x03\x04\x05\x06\x00\x02\x00\x00\x01\x00\x00\x01\x01\x00"},
		{190, 11, "TEST_VOLUME"},
		{574, 10, "LIBFSIMAGE"},
	};
	uint8_t expected[FSI_BLOCK_SIZE] = {0};

	iso_fixture_add_file(&fixture, iso_fixture_root(&fixture), "A", NULL, 1);
	fixture.volume.recording_time += 1234567;
	iso_fixture_build(&fixture, false);
	memset(expected + 8, ' ', 64);
	memset(expected + 190, ' ', 813 - 190);
	put_expected(&expected, common, sizeof(common) / sizeof(common[0]));
	put_expected(&expected, parts, sizeof(parts) / sizeof(parts[0]));
	ck_assert_mem_eq(iso_fixture_block(&fixture, 16), expected, FSI_BLOCK_SIZE);
}
END_TEST

/* The filler of Joliet text. */
static void fill_units(uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = i % 2 != 0 ? ' ' : 0;
}

START_TEST(the_joliet_descriptor_has_every_byte_in_its_place)
{
	static const struct expected_bytes parts[] = {
		{0, 1, "\x02"},
		{8, 10, "\0L\0I\0N\0U\0X"},
		{40, 22, "\0T\0e\0s\0t\0 \0v\0o\0l\x00\xFC\0m\0e"},
		{80, 8, "\xB0\x00\x00\x00\x00\x00\x00\xB0"},
		{88, 3, "%/E"},
		{140, 4, "\x15\x00\x00\x00"},
		{148, 4, "\x00\x00\x00\x16"},
		{156, 34,
		 "\x22\x00\x18\x00\x00\x00\x00\x00\x00\x18\x00\x08\x00\x00\x00\x00\x08"
		 "\x00"
		 "\x65\x02\x03\x04\x05\x06\x00\x02\x00\x00\x01\x00\x00\x01\x01\x00"},
		{190, 22, "\0T\0e\0s\0t\0 \0v\0o\0l\x00\xFC\0m\0e"},
		{574, 20, "\0L\0I\0B\0F\0S\0I\0M\0A\0G\0E"},
	};
	uint8_t expected[FSI_BLOCK_SIZE] = {0};

	iso_fixture_add_file(&fixture, iso_fixture_root(&fixture), "A", NULL, 1);
	fixture.volume.recording_time += 1234567;
	iso_fixture_build(&fixture, true);
	fill_units(expected + 8, 64);
	fill_units(expected + 190, 702 - 190);
	for (size_t i = 0; i < 3; i++)
		fill_units(expected + 702 + 37 * i, 36);
	put_expected(&expected, common, sizeof(common) / sizeof(common[0]));
	put_expected(&expected, parts, sizeof(parts) / sizeof(parts[0]));
	ck_assert_mem_eq(iso_fixture_block(&fixture, 17), expected, FSI_BLOCK_SIZE);
}
END_TEST

START_TEST(the_volume_descriptors_end_with_a_terminator)
{
	uint8_t expected[FSI_BLOCK_SIZE] = "\xFF"
					   "CD001\x01";

	iso_fixture_build(&fixture, _i != 0);
	ck_assert_mem_eq(iso_fixture_block(&fixture, _i != 0 ? 18 : 17), expected,
			 FSI_BLOCK_SIZE);
	ck_assert_uint_eq(fixture.layout.regions.items[0].first_block, 16);
	ck_assert_uint_eq(fixture.layout.regions.items[0].blocks, _i != 0 ? 3 : 2);
}
END_TEST

/* Regions */

START_TEST(every_region_says_what_it_is)
{
	static const char *const descriptions[] = {
		"ISO 9660 volume descriptors", "ISO 9660 path table (L)",
		"ISO 9660 path table (M)",     "Joliet path table (L)",
		"Joliet path table (M)",       "ISO 9660 directories",
		"Joliet directories",
	};

	iso_fixture_build(&fixture, true);
	ck_assert_uint_eq(fixture.layout.regions.count, 7);
	for (size_t i = 0; i < 7; i++) {
		const struct fsi_region *region = &fixture.layout.regions.items[i];
		char *description = NULL;

		ck_assert(SUCCEEDED(region->ops->describe(region, &description)));
		ck_assert_str_eq(description, descriptions[i]);
		fsi_free(description);
		ck_assert(region->ops->open == NULL);
	}
}
END_TEST

START_TEST(without_joliet_there_is_one_tree)
{
	iso_fixture_add_file(&fixture, iso_fixture_root(&fixture), "A", NULL, 1);
	iso_fixture_build(&fixture, false);
	ck_assert_uint_eq(fixture.layout.regions.count, 4);
	ck_assert_uint_eq(fixture.layout.first_data_block, 21);
	iso_reader_check_volume(&fixture, false);
}
END_TEST

/* A tree in which both file systems have orders of their own. */
static void add_mixed_tree(void)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *b = iso_fixture_add_directory(&fixture, root, "bin", "ZZ");
	struct fsi_node *a = iso_fixture_add_directory(&fixture, root, "zebra", "AA");
	struct fsi_node *m = iso_fixture_add_directory(&fixture, root, "M.d", "M_D");
	struct fsi_node *deep = a;

	iso_fixture_add_directory(&fixture, b, "one", "ONE");
	iso_fixture_add_directory(&fixture, b, "\xF0\x9F\x98\x80", "TWO");
	iso_fixture_add_directory(&fixture, b, "\xEF\xBF\xBD", "TWO_");
	for (unsigned i = 0; i < 7; i++)
		deep = iso_fixture_add_directory(&fixture, deep, make_name("d", i, ""),
						 make_name("D", 9 - i, ""));
	iso_fixture_add_file(&fixture, deep, "deepest", "DEEPEST", 2049);
	iso_fixture_add_file(&fixture, root, "bin.", "ZZ.A", 2048);
	iso_fixture_add_file(&fixture, root, "x-1.txt", "X_1.TXT", 2047);
	iso_fixture_add_file(&fixture, root, "x.txt", "X.TXT", 1);
	iso_fixture_add_file(&fixture, root, "x", "X", 0);
	iso_fixture_add_file(&fixture, m, "largest", "LARGEST", 0xFFFFFFFF);
	add_files(m, "F", 300, ".DAT");
}

START_TEST(both_trees_keep_the_standard)
{
	add_mixed_tree();
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
}
END_TEST

START_TEST(a_block_rendered_alone_is_the_same_as_in_sequence)
{
	add_mixed_tree();
	iso_fixture_build(&fixture, true);
	for (size_t i = fixture.layout.regions.count; i > 0; i--) {
		const struct fsi_region *region = &fixture.layout.regions.items[i - 1];

		for (uint32_t b = region->blocks; b > 0; b--) {
			uint8_t block[FSI_BLOCK_SIZE] = {0};

			ck_assert(SUCCEEDED(region->ops->render(region, b - 1, &block)));
			ck_assert_mem_eq(
				block,
				iso_fixture_block(&fixture, region->first_block + b - 1),
				FSI_BLOCK_SIZE);
		}
	}
}
END_TEST

/* Directories */

static uint32_t count_root_blocks(void)
{
	return iso_reader_both32(iso_fixture_block(&fixture, 16) + 156 + 10) /
	       FSI_BLOCK_SIZE;
}

/* 45 records of 44 bytes are as many as fit behind "." and "..". */
START_TEST(a_directory_goes_on_in_the_next_block_when_a_record_does_not_fit)
{
	static const struct {
		unsigned files;
		const char *last;
		uint32_t blocks;
	} cases[] = {
		{44, NULL, 1},	       {45, NULL, 1},	    {46, NULL, 2},
		{44, "G00000.AAA", 2}, {44, "G00000.A", 1},
	};
	struct fsi_node *root = iso_fixture_root(&fixture);

	add_files(root, "F", cases[_i].files, ".AA");
	if (cases[_i].last != NULL)
		iso_fixture_add_file(&fixture, root, cases[_i].last, NULL, 0);
	iso_fixture_build(&fixture, true);
	ck_assert_uint_eq(count_root_blocks(), cases[_i].blocks);
	iso_reader_check_volume(&fixture, true);
}
END_TEST

/* 30 records of 64 bytes in the first block, 32 in each that follows. */
START_TEST(a_directory_has_whole_blocks)
{
	static const struct {
		unsigned files;
		uint32_t blocks;
	} cases[] = {
		{0, 1}, {30, 1}, {31, 2}, {62, 2}, {63, 3}, {94, 3}, {95, 4}, {300, 10},
	};

	add_files(iso_fixture_root(&fixture), "NAME_OF_THIRTY_CHAR", cases[_i].files,
		  ".TEXT");
	iso_fixture_build(&fixture, true);
	ck_assert_uint_eq(count_root_blocks(), cases[_i].blocks);
	iso_reader_check_volume(&fixture, true);
}
END_TEST

START_TEST(what_is_hidden_has_the_existence_bit)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *directory = iso_fixture_add_directory(&fixture, root, "D", NULL);
	struct fsi_node *file = iso_fixture_add_file(&fixture, directory, "F", NULL, 1);

	directory->is_hidden = true;
	file->is_hidden = true;
	iso_fixture_add_file(&fixture, directory, "G", NULL, 1);
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	for (int joliet = 0; joliet < 2; joliet++) {
		const uint8_t *record =
			iso_reader_find_record(&fixture, file, joliet != 0);

		ck_assert_uint_eq(record[25], 1);
		record = iso_reader_find_record(&fixture, directory, joliet != 0);
		ck_assert_uint_eq(record[25], 3);
	}
}
END_TEST

START_TEST(an_empty_file_has_the_place_of_the_first_data)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *without_data =
		iso_fixture_add_file(&fixture, root, "A", NULL, 0);
	struct fsi_node *without_bytes =
		iso_fixture_add_file(&fixture, root, "B", NULL, 1);

	iso_fixture_add_file(&fixture, root, "C", NULL, 5000);
	without_bytes->content.data->size = 0;
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	for (int joliet = 0; joliet < 2; joliet++) {
		const uint8_t *a = iso_reader_find_record(&fixture, without_data, joliet);
		const uint8_t *b =
			iso_reader_find_record(&fixture, without_bytes, joliet);

		ck_assert_uint_eq(iso_reader_both32(a + 2),
				  fixture.layout.first_data_block);
		ck_assert_uint_eq(iso_reader_both32(a + 10), 0);
		ck_assert_mem_eq(a + 2, b + 2, 16);
	}
}
END_TEST

START_TEST(files_of_the_same_data_have_the_same_extent)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *directory = iso_fixture_add_directory(&fixture, root, "D", NULL);
	struct fsi_node *first =
		iso_fixture_add_file(&fixture, directory, "F", NULL, 5000);
	struct fsi_node *second = iso_fixture_add_file(&fixture, root, "LINK", NULL, 0);
	const uint8_t *record = NULL;

	iso_fixture_add_file(&fixture, root, "OTHER", NULL, 5000);
	second->content.data = first->content.data;
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	record = iso_reader_find_record(&fixture, first, false);
	ck_assert_mem_eq(record + 2, iso_reader_find_record(&fixture, second, false) + 2,
			 16);
	ck_assert_mem_eq(record + 2, iso_reader_find_record(&fixture, second, true) + 2,
			 16);
	ck_assert_uint_eq(fixture.layout.data_end_block - fixture.layout.first_data_block,
			  6);
}
END_TEST

START_TEST(a_record_has_the_modification_time_of_its_item)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *directory = iso_fixture_add_directory(&fixture, root, "D", NULL);
	struct fsi_node *file = iso_fixture_add_file(&fixture, directory, "F", NULL, 1);
	const uint8_t *bytes = NULL;

	root->modification_time = iso_fixture_time(0);
	directory->modification_time = iso_fixture_time(951827696);
	file->modification_time = iso_fixture_time(5869584000);
	iso_fixture_build(&fixture, true);
	bytes = iso_fixture_block(&fixture, 16) + 156 + 18;
	ck_assert_mem_eq(bytes, "\x46\x01\x01\x00\x00\x00\x00", 7);
	bytes = iso_reader_find_record(&fixture, directory, true);
	ck_assert_mem_eq(bytes + 18, "\x64\x02\x1D\x0C\x22\x38\x00", 7);
	bytes = iso_fixture_block(&fixture, iso_reader_le32(bytes + 2));
	ck_assert_mem_eq(bytes + 18, "\x64\x02\x1D\x0C\x22\x38\x00", 7);
	ck_assert_mem_eq(bytes + 34 + 18, "\x46\x01\x01\x00\x00\x00\x00", 7);
	bytes = iso_reader_find_record(&fixture, file, false);
	ck_assert_mem_eq(bytes + 18, "\x00\x00\x00\x00\x00\x00\x00", 7);
}
END_TEST

/* Path tables */

START_TEST(a_path_table_goes_level_by_level_and_parent_by_parent)
{
	struct fsi_node *root = iso_fixture_root(&fixture);
	struct fsi_node *b = iso_fixture_add_directory(&fixture, root, "a", "B");
	struct fsi_node *a = iso_fixture_add_directory(&fixture, root, "b", "A");

	iso_fixture_add_directory(&fixture, b, "1", "1");
	iso_fixture_add_directory(&fixture, b, "2", "0");
	iso_fixture_add_directory(&fixture, a, "3", "Z");
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	ck_assert_mem_eq(iso_fixture_block(&fixture, 19),
			 "\x01\x00\x17\x00\x00\x00\x01\x00\x00\x00"
			 "\x01\x00\x18\x00\x00\x00\x01\x00"
			 "A\x00"
			 "\x01\x00\x19\x00\x00\x00\x01\x00"
			 "B\x00"
			 "\x01\x00\x1A\x00\x00\x00\x02\x00"
			 "Z\x00"
			 "\x01\x00\x1B\x00\x00\x00\x03\x00"
			 "0\x00"
			 "\x01\x00\x1C\x00\x00\x00\x03\x00"
			 "1\x00",
			 61);
	ck_assert_mem_eq(iso_fixture_block(&fixture, 22),
			 "\x01\x00\x00\x00\x00\x1D\x00\x01\x00\x00"
			 "\x02\x00\x00\x00\x00\x1E\x00\x01"
			 "\0a"
			 "\x02\x00\x00\x00\x00\x1F\x00\x01"
			 "\0b"
			 "\x02\x00\x00\x00\x00\x20\x00\x02"
			 "\0"
			 "1"
			 "\x02\x00\x00\x00\x00\x21\x00\x02"
			 "\0"
			 "2"
			 "\x02\x00\x00\x00\x00\x22\x00\x03"
			 "\0"
			 "3",
			 61);
}
END_TEST

/* The root has 10 bytes, 53 directories 38 each, and one of 16 letters 24. */
START_TEST(a_path_table_has_as_many_blocks_as_its_records_fill)
{
	static const struct {
		unsigned directories;
		const char *last;
		uint32_t size;
	} cases[] = {
		{53, "A234567890123", 2046},
		{53, "A234567890123456", 2048},
		{53, "A23456789012345678", 2050},
		{54, "A234567890123456", 2086},
		{300, "A", 11420},
	};
	struct fsi_node *root = iso_fixture_root(&fixture);
	const uint8_t *primary = NULL;

	for (unsigned i = 0; i < cases[_i].directories; i++)
		iso_fixture_add_directory(&fixture, root,
					  make_name("NAME_OF_THIRTY_CHAR", i, "_LONG"),
					  make_name("NAME_OF_THIRTY_CHARS_THE", i, ""));
	iso_fixture_add_directory(&fixture, root, cases[_i].last, NULL);
	iso_fixture_build(&fixture, true);
	iso_reader_check_volume(&fixture, true);
	primary = iso_fixture_block(&fixture, 16);
	ck_assert_uint_eq(iso_reader_both32(primary + 132), cases[_i].size);
	ck_assert_uint_eq(fixture.layout.regions.items[1].blocks,
			  (cases[_i].size + 2047) / 2048);
}
END_TEST

/* Failures */

START_TEST(every_allocation_that_fails_is_told_and_leaves_nothing_behind)
{
	HRESULT hr = E_FAIL;

	add_mixed_tree();
	iso_fixture_order(&fixture);
	for (long allocations = 0; FAILED(hr); allocations++) {
		ck_assert_int_lt(allocations, 100);
		if (fixture.format != NULL)
			fixture.format->ops->destroy(fixture.format);
		fixture.format = NULL;
		fsi_layout_free(&fixture.layout);
		memset(&fixture.layout, 0, sizeof(fixture.layout));
		fsi_memory_fail_after(allocations);
		hr = iso_fixture_place(&fixture, true);
		fsi_memory_fail_after(-1);
		ck_assert(hr == E_OUTOFMEMORY || SUCCEEDED(hr));
		ck_assert(allocations > 0 || hr == E_OUTOFMEMORY);
	}
	iso_fixture_render(&fixture);
	iso_reader_check_volume(&fixture, true);
}
END_TEST

START_TEST(a_description_without_memory_is_an_error)
{
	char *description = NULL;

	iso_fixture_build(&fixture, true);
	for (size_t i = 0; i < fixture.layout.regions.count; i++) {
		const struct fsi_region *region = &fixture.layout.regions.items[i];

		fsi_memory_fail_after(0);
		ck_assert_int_eq(region->ops->describe(region, &description),
				 E_OUTOFMEMORY);
		fsi_memory_fail_after(-1);
		ck_assert_ptr_null(description);
	}
}
END_TEST

START_TEST(a_name_that_has_no_room_in_a_record_is_refused)
{
	char name[256] = {0};

	memset(name, 'A', 219);
	iso_fixture_add_file(&fixture, iso_fixture_root(&fixture), name, NULL, 0);
	iso_fixture_order(&fixture);
	ck_assert_int_eq(iso_fixture_place(&fixture, false), IMAPI_E_FSI_INTERNAL_ERROR);
}
END_TEST

static TCase *make_volume_case(void)
{
	TCase *tcase = tcase_create("volume");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_primary_volume_descriptor_has_every_byte_in_its_place);
	tcase_add_test(tcase, the_joliet_descriptor_has_every_byte_in_its_place);
	tcase_add_loop_test(tcase, the_volume_descriptors_end_with_a_terminator, 0, 2);
	tcase_add_test(tcase, every_region_says_what_it_is);
	tcase_add_test(tcase, without_joliet_there_is_one_tree);
	tcase_add_test(tcase, both_trees_keep_the_standard);
	tcase_add_test(tcase, a_block_rendered_alone_is_the_same_as_in_sequence);
	tcase_add_test(tcase,
		       every_allocation_that_fails_is_told_and_leaves_nothing_behind);
	tcase_add_test(tcase, a_description_without_memory_is_an_error);
	tcase_add_test(tcase, a_name_that_has_no_room_in_a_record_is_refused);
	return tcase;
}

static TCase *make_directories_case(void)
{
	TCase *tcase = tcase_create("directories and path tables");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(
		tcase, a_directory_goes_on_in_the_next_block_when_a_record_does_not_fit,
		0, 5);
	tcase_add_loop_test(tcase, a_directory_has_whole_blocks, 0, 8);
	tcase_add_test(tcase, what_is_hidden_has_the_existence_bit);
	tcase_add_test(tcase, an_empty_file_has_the_place_of_the_first_data);
	tcase_add_test(tcase, files_of_the_same_data_have_the_same_extent);
	tcase_add_test(tcase, a_record_has_the_modification_time_of_its_item);
	tcase_add_test(tcase, a_path_table_goes_level_by_level_and_parent_by_parent);
	tcase_add_loop_test(tcase, a_path_table_has_as_many_blocks_as_its_records_fill, 0,
			    5);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("iso9660");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_volume_case());
	suite_add_tcase(suite, make_directories_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
