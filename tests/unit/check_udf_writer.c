/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the UDF writer puts where: regions and file entries. */
#include "base/checked.h"
#include "tests/support/udf_fixture.h"
#include "tests/support/udf_reader.h"
#include "udf/file_entry.h"

#include <check.h>
#include <fsimage/error.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define EXTENT_MAX UINT64_C(0x3FFFF800)

/* The partition of every image here, as no ISO 9660 structures are before it. */
#define PARTITION UDF_FIXTURE_PARTITION

static struct udf_fixture fixture;

static void set_up(void)
{
	udf_fixture_init(&fixture);
}

static void tear_down(void)
{
	udf_fixture_free(&fixture);
}

static struct fsi_node *root(void)
{
	return udf_fixture_root(&fixture);
}

static void read_entry(const struct fsi_node *node, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	udf_fixture_read_entry(&fixture, node, ret_block);
}

/* ---- places ------------------------------------------------------------ */

START_TEST(an_empty_volume_has_every_structure_in_its_place)
{
	static const struct {
		const char *description;
		unsigned n;
		uint32_t first_block;
		uint32_t blocks;
	} rows[] = {
		{"UDF volume recognition sequence", 0, 16, 4},
		{"UDF main volume descriptor sequence", 0, 32, 16},
		{"UDF reserve volume descriptor sequence", 0, 64, 16},
		{"UDF logical volume integrity sequence", 0, 96, 4},
		{"UDF anchor volume descriptor pointer", 0, 256, 1},
		{"UDF file set descriptor", 0, 288, 2},
		{"UDF file entries", 0, 290, 1},
		{"UDF directories", 0, 291, 1},
		{"UDF anchor volume descriptor pointer", 1, 319, 1},
		{"UDF anchor volume descriptor pointer", 2, 575, 1},
	};
	const size_t count = sizeof(rows) / sizeof(rows[0]);

	udf_fixture_build(&fixture);
	ck_assert_uint_eq(fixture.layout.regions.count, count);
	ck_assert_uint_eq(fixture.layout.end_block, 576);
	for (size_t i = 0; i < count; i++) {
		const struct fsi_region *region =
			udf_fixture_region(&fixture, rows[i].description, rows[i].n);

		ck_assert_uint_eq(region->first_block, rows[i].first_block);
		ck_assert_uint_eq(region->blocks, rows[i].blocks);
	}
}
END_TEST

START_TEST(recognition_follows_iso_9660_without_a_gap)
{
	uint8_t block[FSI_BLOCK_SIZE];

	fixture.layout.next_block = 19;
	udf_fixture_build(&fixture);
	udf_fixture_read(&fixture, 19, &block);
	ck_assert_mem_eq(block, "\0BEA01\1", 7);
	udf_fixture_read(&fixture, 20, &block);
	ck_assert_mem_eq(block, "\0NSR02\1", 7);
	udf_fixture_read(&fixture, 21, &block);
	ck_assert_mem_eq(block, "\0TEA01\1", 7);
	udf_fixture_read(&fixture, 22, &block);
	udf_assert_zero(block, 0, sizeof(block));
}
END_TEST

START_TEST(the_reserve_sequence_repeats_the_main_one)
{
	uint8_t main_block[FSI_BLOCK_SIZE];
	uint8_t reserve_block[FSI_BLOCK_SIZE];

	udf_fixture_build(&fixture);
	for (uint32_t i = 0; i < 16; i++) {
		udf_fixture_read(&fixture, 32 + i, &main_block);
		udf_fixture_read(&fixture, 64 + i, &reserve_block);
		if (i < 6) {
			ck_assert_uint_eq(udf_u32(main_block, 12), 32 + i);
			ck_assert_uint_eq(udf_u32(reserve_block, 12), 64 + i);
		}
		ck_assert_mem_eq(main_block + 16, reserve_block + 16,
				 FSI_BLOCK_SIZE - 16);
		ck_assert_mem_eq(main_block, reserve_block, 4);
		if (i >= 6)
			udf_assert_zero(main_block, 0, sizeof(main_block));
	}
}
END_TEST

START_TEST(sequences_of_integrity_and_file_set_are_terminated)
{
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_build(&fixture);
	udf_fixture_read(&fixture, 96, &block);
	ck_assert_uint_eq(udf_u16(block, 0), 9);
	udf_fixture_read(&fixture, 97, &block);
	udf_assert_tag(block, 8, 512, 97);
	udf_fixture_read(&fixture, 98, &block);
	udf_assert_zero(block, 0, sizeof(block));
	udf_fixture_read(&fixture, PARTITION, &block);
	udf_assert_tag(block, 256, 512, 0);
	udf_fixture_read(&fixture, PARTITION + 1, &block);
	udf_assert_tag(block, 8, 512, 1);
}
END_TEST

/* Blocks of data behind block 304; where the anchors are, and no block to spare. */
static void assert_anchors(uint32_t data_blocks, uint32_t anchor)
{
	const uint32_t places[] = {256, anchor, anchor + 256};
	uint8_t first[FSI_BLOCK_SIZE];
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_init(&fixture);
	udf_fixture_add_file(&fixture, root(), "file",
			     (uint64_t)data_blocks * FSI_BLOCK_SIZE);
	udf_fixture_build(&fixture);
	ck_assert_uint_eq(fixture.layout.data_end_block, 304 + data_blocks);
	ck_assert_uint_eq(fixture.layout.end_block, anchor + 257);
	ck_assert_uint_eq(fixture.layout.end_block % 32, 0);
	udf_fixture_read(&fixture, 256, &first);
	for (unsigned i = 0; i < 3; i++) {
		udf_fixture_read(&fixture, places[i], &block);
		udf_assert_tag(block, 2, 512, places[i]);
		ck_assert_mem_eq(block + 16, first + 16, FSI_BLOCK_SIZE - 16);
	}
	udf_fixture_read(&fixture, 34, &block);
	ck_assert_uint_eq(udf_u32(block, 188), PARTITION);
	ck_assert_uint_eq(udf_u32(block, 192), anchor - PARTITION);
	udf_fixture_read(&fixture, 96, &block);
	ck_assert_uint_eq(udf_u32(block, 84), anchor - PARTITION);
	udf_fixture_free(&fixture);
}

START_TEST(the_last_block_is_the_first_that_ends_an_ecc_block)
{
	/* The data ends right before the anchor, or one block too late for it. */
	assert_anchors(1, 319);
	assert_anchors(14, 319);
	assert_anchors(15, 319);
	assert_anchors(16, 351);
	assert_anchors(17, 351);
	assert_anchors(46, 351);
	assert_anchors(47, 351);
	assert_anchors(48, 383);
	assert_anchors(1000, 1311);
}
END_TEST

/* Place the end of a volume whose data ends before this block. */
static HRESULT place_end_at(uint32_t next_block)
{
	const struct fsi_format_ops *ops = NULL;

	udf_fixture_order(&fixture);
	ck_assert_int_eq(udf_fixture_create(&fixture), S_OK);
	ops = fixture.format->ops;
	ck_assert_int_eq(ops->place(fixture.format, FSI_STAGE_PARTITION, &fixture.layout),
			 S_OK);
	fixture.layout.next_block = next_block;
	return ops->place(fixture.format, FSI_STAGE_END, &fixture.layout);
}

/* The greatest multiple of 32 blocks below 2^31, less 257 for the end. */
#define LAST_END_BLOCK (UINT32_C(0x7FFFFFE0) - 257)

START_TEST(an_image_may_be_as_large_as_blocks_can_be_counted)
{
	ck_assert_int_eq(place_end_at(LAST_END_BLOCK), S_OK);
	ck_assert_uint_eq(fixture.layout.end_block, 0x7FFFFFE0);
}
END_TEST

START_TEST(a_larger_image_is_refused)
{
	ck_assert_int_eq(place_end_at(LAST_END_BLOCK + 1), IMAPI_E_IMAGE_TOO_BIG);
}
END_TEST

START_TEST(an_unknown_revision_is_refused)
{
	struct fsi_format *format = NULL;
	const struct fsi_udf_source source = {
		.order = &fixture.order,
		.names = &fixture.names,
		.volume = &fixture.volume,
		.layout = &fixture.layout,
		.revision = 0x0103,
	};

	udf_fixture_order(&fixture);
	ck_assert_int_eq(fsi_udf_create(&source, &format), IMAPI_E_INVALID_PARAM);
	ck_assert_ptr_null(format);
}
END_TEST

static HRESULT create_and_place(void)
{
	HRESULT hr = udf_fixture_create(&fixture);

	/* The fixture's own allocations must succeed: no files here. */
	for (int stage = 0; stage < FSI_STAGE_COUNT && SUCCEEDED(hr); stage++) {
		fixture.layout.next_block =
			stage == FSI_STAGE_END ? 400 : fixture.layout.next_block;
		hr = fixture.format->ops->place(fixture.format, (enum fsi_stage)stage,
						&fixture.layout);
	}
	return hr;
}

START_TEST(running_out_of_memory_is_told_wherever_it_happens)
{
	HRESULT hr = E_OUTOFMEMORY;
	long allocations = 0;

	for (unsigned i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "directory %u", i);
		udf_fixture_add_directory(&fixture, root(), name);
	}
	udf_fixture_order(&fixture);
	for (; hr == E_OUTOFMEMORY && allocations < 100; allocations++) {
		fsi_memory_fail_after(allocations);
		hr = create_and_place();
		fsi_memory_fail_after(-1);
		if (FAILED(hr)) {
			ck_assert_int_eq(hr, E_OUTOFMEMORY);
			if (fixture.format != NULL)
				fixture.format->ops->destroy(fixture.format);
			fixture.format = NULL;
			fsi_layout_free(&fixture.layout);
			memset(&fixture.layout, 0, sizeof(fixture.layout));
		}
	}
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(allocations, 4);
}
END_TEST

/* ---- file entries ------------------------------------------------------ */

static const struct {
	uint64_t size;
	unsigned extents;
	uint32_t last_length;
} extent_rows[] = {
	{0, 0, 0},
	{1, 1, 1},
	{2047, 1, 2047},
	{2048, 1, 2048},
	{2049, 1, 2049},
	{EXTENT_MAX - 1, 1, EXTENT_MAX - 1},
	{EXTENT_MAX, 1, EXTENT_MAX},
	{EXTENT_MAX + 1, 2, 1},
	{2 * EXTENT_MAX, 2, EXTENT_MAX},
	{UINT64_C(0xFFFFFFFF), 5, 0x1FFF},
	{UINT64_C(5) << 30, 6, 5 * 2048},
	{234 * EXTENT_MAX, 234, EXTENT_MAX},
};

#define EXTENT_ROWS (int)(sizeof(extent_rows) / sizeof(extent_rows[0]))

START_TEST(a_file_is_one_run_of_extents)
{
	const uint64_t size = extent_rows[_i].size;
	const unsigned extents = extent_rows[_i].extents;
	struct fsi_node *file = NULL;
	uint8_t entry[FSI_BLOCK_SIZE];
	uint32_t block = 0;

	udf_fixture_add_file(&fixture, root(), "before", 1);
	file = udf_fixture_add_file(&fixture, root(), "file", size);
	udf_fixture_build(&fixture);
	read_entry(file, &entry);
	ck_assert_uint_eq(entry[16 + 11], 5);
	ck_assert_uint_eq(udf_u16(entry, 16 + 18), 0);
	ck_assert_uint_eq(udf_u16(entry, 48), 1);
	ck_assert_uint_eq(udf_u64(entry, 56), size);
	ck_assert_uint_eq(udf_u64(entry, 64), fsi_blocks_of(size));
	ck_assert_uint_eq(udf_u32(entry, 168), 0);
	ck_assert_uint_eq(udf_u32(entry, 172), 8 * extents);
	if (size > 0)
		block = fixture.layout.data_blocks[file->content.data->number] -
			PARTITION;
	for (unsigned i = 0; i < extents; i++) {
		const bool is_last = i + 1 == extents;

		ck_assert_uint_eq(udf_u32(entry, 176 + 8 * i),
				  is_last ? extent_rows[_i].last_length : EXTENT_MAX);
		ck_assert_uint_eq(udf_u32(entry, 180 + 8 * i), block + i * 524287);
	}
}
END_TEST

START_TEST(hard_links_share_their_extent)
{
	struct fsi_node *first = udf_fixture_add_file(&fixture, root(), "first", 5000);
	struct fsi_node *second = udf_fixture_add_file(&fixture, root(), "second", 0);
	uint8_t first_entry[FSI_BLOCK_SIZE];
	uint8_t second_entry[FSI_BLOCK_SIZE];

	second->content.data = first->content.data;
	udf_fixture_build(&fixture);
	read_entry(first, &first_entry);
	read_entry(second, &second_entry);
	ck_assert_uint_eq(udf_u32(first_entry, 172), 8);
	ck_assert_mem_eq(first_entry + 172, second_entry + 172, 12);
	ck_assert_uint_ne(udf_u64(first_entry, 160), udf_u64(second_entry, 160));
	second->content.data = NULL;
}
END_TEST

START_TEST(an_entry_has_the_fixed_fields_of_udf)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 1);
	uint8_t entry[FSI_BLOCK_SIZE];

	udf_fixture_build(&fixture);
	read_entry(file, &entry);
	/* ICB tag: strategy 4, one entry, no parent. */
	udf_assert_bytes(entry + 16, 20,
			 "00 00 00 00 04 00 00 00 01 00 00 05 00 00 00 00 00 00 00 00");
	udf_assert_zero(entry, 50, 56);
	ck_assert_uint_eq(udf_u32(entry, 108), 1);
	udf_assert_zero(entry, 112, 128);
	udf_assert_regid(entry + 128, "*LIBFSIMAGE", "04 05 00 00 00 00 00 00");
}
END_TEST

static struct fsi_node *add_node_with_attributes(void)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 1);

	file->uid = 1000;
	file->gid = 100;
	file->mode = 06754;
	file->access_time = udf_fixture_time(1234567890, 1);
	file->modification_time = udf_fixture_time(1234567890, 2);
	file->attribute_time = udf_fixture_time(1234567890, 3);
	return file;
}

START_TEST(an_entry_tells_posix_attributes_when_asked_to)
{
	struct fsi_node *file = add_node_with_attributes();
	uint8_t entry[FSI_BLOCK_SIZE];

	fixture.volume.posix_attributes = true;
	udf_fixture_build(&fixture);
	read_entry(file, &entry);
	ck_assert_uint_eq(udf_u16(entry, 16 + 18), 1 << 6 | 1 << 7);
	ck_assert_uint_eq(udf_u32(entry, 36), 1000);
	ck_assert_uint_eq(udf_u32(entry, 40), 100);
	/* rwx r-x r--, five bits each. */
	ck_assert_uint_eq(udf_u32(entry, 44), 7 << 10 | 5 << 5 | 4);
	udf_assert_bytes(entry + 72, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 01");
	udf_assert_bytes(entry + 84, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 02");
	udf_assert_bytes(entry + 96, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 03");
}
END_TEST

START_TEST(an_entry_keeps_posix_attributes_to_itself_otherwise)
{
	struct fsi_node *file = add_node_with_attributes();
	uint8_t entry[FSI_BLOCK_SIZE];

	udf_fixture_build(&fixture);
	for (unsigned i = 0; i < 2; i++) {
		read_entry(i == 0 ? root() : file, &entry);
		ck_assert_uint_eq(udf_u16(entry, 16 + 18), 0);
		ck_assert_uint_eq(udf_u32(entry, 36), UINT32_MAX);
		ck_assert_uint_eq(udf_u32(entry, 40), UINT32_MAX);
		ck_assert_uint_eq(udf_u32(entry, 44), 0x14A5);
	}
	udf_assert_bytes(entry + 72, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 01");
	udf_assert_bytes(entry + 84, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 02");
	udf_assert_bytes(entry + 96, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 02");
}
END_TEST

START_TEST(permissions_are_ordered_as_udf_has_them)
{
	ck_assert_uint_eq(fsi_udf_permissions_of_mode(0), 0);
	ck_assert_uint_eq(fsi_udf_permissions_of_mode(0555), 0x14A5);
	ck_assert_uint_eq(fsi_udf_permissions_of_mode(0444), 0x1084);
	ck_assert_uint_eq(fsi_udf_permissions_of_mode(0777), 0x1CE7);
	ck_assert_uint_eq(fsi_udf_permissions_of_mode(07001), 1);
	ck_assert_uint_eq(fsi_udf_icb_flags_of_mode(0777), 0);
	ck_assert_uint_eq(fsi_udf_icb_flags_of_mode(04000), 1 << 6);
	ck_assert_uint_eq(fsi_udf_icb_flags_of_mode(02000), 1 << 7);
	ck_assert_uint_eq(fsi_udf_icb_flags_of_mode(01000), 1 << 8);
}
END_TEST

START_TEST(unique_ids_count_up_from_16)
{
	struct fsi_node *directory = udf_fixture_add_directory(&fixture, root(), "a");
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "b", 0);
	struct fsi_node *last = udf_fixture_add_file(&fixture, directory, "c", 0);
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_build(&fixture);
	read_entry(root(), &block);
	ck_assert_uint_eq(udf_u64(block, 160), 0);
	read_entry(directory, &block);
	ck_assert_uint_eq(udf_u64(block, 160), 16);
	read_entry(file, &block);
	ck_assert_uint_eq(udf_u64(block, 160), 17);
	read_entry(last, &block);
	ck_assert_uint_eq(udf_u64(block, 160), 18);
	udf_fixture_read(&fixture, 96, &block);
	ck_assert_uint_eq(udf_u64(block, 40), 19);
}
END_TEST

START_TEST(integrity_counts_files_and_directories_with_the_root)
{
	struct fsi_node *directory = udf_fixture_add_directory(&fixture, root(), "a");
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_add_directory(&fixture, directory, "b");
	for (unsigned i = 0; i < 5; i++)
		udf_fixture_add_file(&fixture, directory, "file", i);
	udf_fixture_build(&fixture);
	udf_fixture_read(&fixture, 96, &block);
	ck_assert_uint_eq(udf_u32(block, 120), 5);
	ck_assert_uint_eq(udf_u32(block, 124), 3);
}
END_TEST

START_TEST(an_empty_volume_counts_its_root)
{
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_build(&fixture);
	udf_fixture_read(&fixture, 96, &block);
	ck_assert_uint_eq(udf_u64(block, 40), 16);
	ck_assert_uint_eq(udf_u32(block, 120), 0);
	ck_assert_uint_eq(udf_u32(block, 124), 1);
	read_entry(root(), &block);
	ck_assert_uint_eq(udf_u16(block, 48), 1);
	udf_fixture_assert_directory(&fixture, root());
}
END_TEST

START_TEST(a_directory_is_linked_once_and_by_each_subdirectory)
{
	struct fsi_node *middle = udf_fixture_add_directory(&fixture, root(), "middle");
	struct fsi_node *leaf = udf_fixture_add_directory(&fixture, middle, "leaf");
	uint8_t block[FSI_BLOCK_SIZE];

	udf_fixture_add_directory(&fixture, middle, "other");
	udf_fixture_add_file(&fixture, middle, "file", 1);
	udf_fixture_build(&fixture);
	read_entry(root(), &block);
	ck_assert_uint_eq(udf_u16(block, 48), 2);
	read_entry(middle, &block);
	ck_assert_uint_eq(udf_u16(block, 48), 3);
	read_entry(leaf, &block);
	ck_assert_uint_eq(udf_u16(block, 48), 1);
}
END_TEST

static HRESULT place_subdirectories(unsigned count)
{
	struct fsi_node *full = udf_fixture_add_directory(&fixture, root(), "full");

	for (unsigned i = 0; i < count; i++)
		udf_fixture_add_directory(&fixture, full, "d");
	udf_fixture_order(&fixture);
	ck_assert_int_eq(udf_fixture_create(&fixture), S_OK);
	return udf_fixture_place(&fixture);
}

START_TEST(a_directory_holds_65534_subdirectories)
{
	uint8_t block[FSI_BLOCK_SIZE];

	ck_assert_int_eq(place_subdirectories(65534), S_OK);
	read_entry(fixture.order.items[1], &block);
	ck_assert_uint_eq(udf_u16(block, 48), 65535);
}
END_TEST

START_TEST(one_subdirectory_more_is_refused_by_name)
{
	ck_assert_int_eq(place_subdirectories(65535), IMAPI_E_TOO_MANY_DIRS);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "'full'"));
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "65534"));
}
END_TEST

static void add_place_tests(Suite *suite)
{
	TCase *tcase = tcase_create("places");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_volume_has_every_structure_in_its_place);
	tcase_add_test(tcase, recognition_follows_iso_9660_without_a_gap);
	tcase_add_test(tcase, the_reserve_sequence_repeats_the_main_one);
	tcase_add_test(tcase, sequences_of_integrity_and_file_set_are_terminated);
	tcase_add_test(tcase, an_image_may_be_as_large_as_blocks_can_be_counted);
	tcase_add_test(tcase, a_larger_image_is_refused);
	tcase_add_test(tcase, an_unknown_revision_is_refused);
	tcase_add_test(tcase, running_out_of_memory_is_told_wherever_it_happens);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("anchors");
	tcase_add_test(tcase, the_last_block_is_the_first_that_ends_an_ecc_block);
	suite_add_tcase(suite, tcase);
}

static void add_entry_tests(Suite *suite)
{
	TCase *tcase = tcase_create("file entries");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_file_is_one_run_of_extents, 0, EXTENT_ROWS);
	tcase_add_test(tcase, hard_links_share_their_extent);
	tcase_add_test(tcase, an_entry_has_the_fixed_fields_of_udf);
	tcase_add_test(tcase, an_entry_tells_posix_attributes_when_asked_to);
	tcase_add_test(tcase, an_entry_keeps_posix_attributes_to_itself_otherwise);
	tcase_add_test(tcase, permissions_are_ordered_as_udf_has_them);
	tcase_add_test(tcase, unique_ids_count_up_from_16);
	tcase_add_test(tcase, integrity_counts_files_and_directories_with_the_root);
	tcase_add_test(tcase, an_empty_volume_counts_its_root);
	tcase_add_test(tcase, a_directory_is_linked_once_and_by_each_subdirectory);
	tcase_add_test(tcase, a_directory_holds_65534_subdirectories);
	tcase_add_test(tcase, one_subdirectory_more_is_refused_by_name);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("udf writer");
	SRunner *runner;
	int failed;

	add_place_tests(suite);
	add_entry_tests(suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
