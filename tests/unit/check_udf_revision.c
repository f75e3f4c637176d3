/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between the revisions of UDF, and the metadata partition of the last. */
#include "base/checked.h"
#include "tests/support/udf_fixture.h"
#include "udf/descriptors.h"
#include "udf/metadata.h"
#include "udf/revision.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

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

static const struct {
	uint32_t number;
	const char *suffix; /* the number as in suffixes */
	const char *identifier;
	const char *contents;
	uint16_t minimum_read;
	bool has_metadata;
} revisions[] = {
	{0x0102, "02 01", "NSR02", "+NSR02", 0x0102, false},
	{0x0150, "50 01", "NSR02", "+NSR02", 0x0150, false},
	{0x0200, "00 02", "NSR03", "+NSR03", 0x0200, false},
	{0x0201, "01 02", "NSR03", "+NSR03", 0x0201, false},
	{0x0250, "50 02", "NSR03", "+NSR03", 0x0250, true},
	/* Linux does not mount what needs more than 2.50 to be read. */
	{0x0260, "60 02", "NSR03", "+NSR03", 0x0250, true},
};

#define REVISIONS (int)(sizeof(revisions) / sizeof(revisions[0]))

static void read_block(uint32_t block, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	udf_fixture_read(&fixture, block, ret_block);
}

static void build(uint32_t revision)
{
	fixture.revision = revision;
	udf_fixture_build(&fixture);
}

/* ---- every revision ---------------------------------------------------- */

START_TEST(a_volume_is_of_one_revision_throughout)
{
	const uint32_t number = revisions[_i].number;
	char suffix[24];
	uint8_t block[FSI_BLOCK_SIZE];

	build(number);
	read_block(17, &block);
	ck_assert_mem_eq(block + 1, revisions[_i].identifier, 5);
	read_block(256, &block);
	udf_assert_tag_of(number, block, 2, 512, 256);
	read_block(32, &block);
	udf_assert_tag_of(number, block, 1, 512, 32);
	read_block(33, &block);
	udf_assert_tag_of(number, block, 4, 512, 33);
	snprintf(suffix, sizeof(suffix), "%s 04 05 00 00 00 00", revisions[_i].suffix);
	udf_assert_regid(block + 20, "*UDF LV Info", suffix);
	read_block(34, &block);
	udf_assert_tag_of(number, block, 5, 512, 34);
	udf_assert_regid(block + 24, revisions[_i].contents, "00 00 00 00 00 00 00 00");
	ck_assert_uint_eq(udf_u32(block, 184), 1);
	read_block(35, &block);
	udf_assert_tag_of(number, block, 6, revisions[_i].has_metadata ? 510 : 446, 35);
	snprintf(suffix, sizeof(suffix), "%s 03 00 00 00 00 00", revisions[_i].suffix);
	udf_assert_regid(block + 216, "*OSTA UDF Compliant", suffix);
	read_block(36, &block);
	udf_assert_tag_of(number, block, 7, 24, 36);
	read_block(37, &block);
	udf_assert_tag_of(number, block, 8, 512, 37);
	read_block(udf_fixture_metadata(&fixture), &block);
	udf_assert_tag_of(number, block, 256, 512, 0);
	udf_assert_regid(block + 416, "*OSTA UDF Compliant", suffix);
	udf_assert_zero(block, 448, sizeof(block));
	read_block(udf_fixture_metadata(&fixture) + 1, &block);
	udf_assert_tag_of(number, block, 8, 512, 1);
}
END_TEST

START_TEST(integrity_tells_which_revision_reads_and_writes)
{
	const size_t use = revisions[_i].has_metadata ? 96 : 88;
	uint8_t block[FSI_BLOCK_SIZE];

	build(revisions[_i].number);
	read_block(96, &block);
	udf_assert_tag_of(revisions[_i].number, block, 9, use + 46, 96);
	ck_assert_uint_eq(udf_u16(block, use + 40), revisions[_i].minimum_read);
	ck_assert_uint_eq(udf_u16(block, use + 42), revisions[_i].number);
	ck_assert_uint_eq(udf_u16(block, use + 44), revisions[_i].number);
	udf_assert_zero(block, use + 46, sizeof(block));
}
END_TEST

START_TEST(directories_and_entries_are_of_that_revision)
{
	struct fsi_node *outer = udf_fixture_add_directory(&fixture, root(), "outer");
	struct fsi_node *inner = udf_fixture_add_directory(&fixture, outer, "inner");

	for (unsigned i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "file %u", i);
		udf_fixture_add_file(&fixture, inner, name, i % 3);
	}
	build(revisions[_i].number);
	udf_fixture_assert_directory(&fixture, root());
	udf_fixture_assert_directory(&fixture, outer);
	udf_fixture_assert_directory(&fixture, inner);
}
END_TEST

START_TEST(the_root_is_named_in_the_partition_of_entries)
{
	uint8_t block[FSI_BLOCK_SIZE];

	build(revisions[_i].number);
	read_block(udf_fixture_metadata(&fixture), &block);
	udf_assert_bytes(block + 400, 16,
			 revisions[_i].has_metadata
				 ? "00 08 00 00 02 00 00 00 01 00 00 00 00 00 00 00"
				 : "00 08 00 00 02 00 00 00 00 00 00 00 00 00 00 00");
	read_block(35, &block);
	udf_assert_bytes(block + 248, 16,
			 revisions[_i].has_metadata
				 ? "00 10 00 00 00 00 00 00 01 00 00 00 00 00 00 00"
				 : "00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
}
END_TEST

/* ---- extended entries -------------------------------------------------- */

static struct fsi_node *add_dated_file(void)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 1);

	file->creation_time = udf_fixture_time(1234567890, 4);
	file->access_time = udf_fixture_time(1234567890, 1);
	file->modification_time = udf_fixture_time(1234567890, 2);
	file->attribute_time = udf_fixture_time(1234567890, 3);
	return file;
}

START_TEST(an_extended_entry_tells_when_a_file_was_created)
{
	struct fsi_node *file = add_dated_file();
	struct udf_entry entry;

	fixture.volume.posix_attributes = true;
	build(0x0201);
	udf_fixture_decode_entry(&fixture, file, &entry);
	udf_assert_bytes(entry.access_time, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 01");
	udf_assert_bytes(entry.modification_time, 12,
			 "00 10 D9 07 02 0D 17 1F 1E 00 00 02");
	udf_assert_bytes(entry.attribute_time, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 03");
	udf_assert_bytes(entry.creation_time, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 04");
	udf_assert_zero(entry.stream_directory, 0, 16);
}
END_TEST

START_TEST(without_posix_attributes_nothing_is_modified_before_it_is_created)
{
	struct fsi_node *file = add_dated_file();
	struct udf_entry entry;

	build(0x0201);
	udf_fixture_decode_entry(&fixture, file, &entry);
	udf_assert_bytes(entry.creation_time, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 02");
	file->creation_time = udf_fixture_time(1234567890, 1);
	udf_fixture_decode_entry(&fixture, file, &entry);
	udf_assert_bytes(entry.creation_time, 12, "00 10 D9 07 02 0D 17 1F 1E 00 00 01");
}
END_TEST

/* ---- the metadata partition -------------------------------------------- */

START_TEST(the_metadata_map_has_every_field)
{
	uint8_t block[FSI_BLOCK_SIZE];

	fixture.redundant_metadata = true;
	build(0x0250);
	read_block(35, &block);
	ck_assert_uint_eq(udf_u32(block, 264), 70);
	ck_assert_uint_eq(udf_u32(block, 268), 2);
	udf_assert_bytes(block + 440, 6, "01 06 01 00 00 00");
	udf_assert_bytes(block + 446, 4, "02 40 00 00");
	udf_assert_regid(block + 450, "*UDF Metadata Partition",
			 "50 02 04 05 00 00 00 00");
	/* The volume, the partition, the main file, its mirror, no bitmap, 32, 32. */
	udf_assert_bytes(block + 482, 28,
			 "01 00 00 00 00 00 00 00 60 00 00 00 FF FF FF FF "
			 "20 00 00 00 20 00 01 00 00 00 00 00");
	udf_assert_zero(block, 510, sizeof(block));
	read_block(96, &block);
	ck_assert_uint_eq(udf_u32(block, 72), 2);
	udf_assert_zero(block, 80, 88);
	read_block(34, &block);
	ck_assert_uint_eq(udf_u32(block, 188) % 32, 0);
	ck_assert_uint_gt(udf_u32(block, 192), 96);
	read_block(96, &block);
	ck_assert_uint_eq(udf_u32(block, 92), 32);
}
END_TEST

/* A metadata file that describes so many blocks from that block on. */
static void assert_metadata_file(uint32_t icb, uint8_t type, uint32_t first_block,
				 uint32_t blocks)
{
	struct udf_entry entry;

	read_block(PARTITION + icb, &entry.block);
	udf_decode_entry(fixture.revision, icb, &entry);
	ck_assert_uint_eq(entry.file_type, type);
	ck_assert_uint_eq(entry.flags, 0);
	ck_assert_uint_eq(entry.link_count, 0);
	ck_assert_uint_eq(entry.unique_id, 0);
	ck_assert_uint_eq(entry.size, (uint64_t)blocks * 2048);
	ck_assert_uint_eq(entry.object_size, entry.size);
	ck_assert_uint_eq(entry.recorded_blocks, blocks);
	ck_assert_uint_eq(entry.descriptors_length, 8);
	ck_assert_uint_eq(udf_u32(entry.descriptors, 0), blocks * 2048);
	ck_assert_uint_eq(udf_u32(entry.descriptors, 4), first_block);
	udf_assert_zero(entry.stream_directory, 0, 16);
}

/* Files so that entries and the root directory take that many blocks. */
static void fill_metadata(uint32_t blocks)
{
	/* File set and terminator, the root's entry, one block of its directory. */
	for (uint32_t i = 4; i < blocks; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%02u", i);
		udf_fixture_add_file(&fixture, root(), name, 1);
	}
}

static const struct {
	uint32_t used_blocks;
	uint32_t blocks;
} metadata_rows[] = {{4, 32}, {31, 32}, {32, 32}, {33, 64}};

#define METADATA_ROWS (int)(sizeof(metadata_rows) / sizeof(metadata_rows[0]))

START_TEST(metadata_files_are_whole_allocation_units)
{
	const uint32_t blocks = metadata_rows[_i].blocks;
	const uint32_t data = metadata_rows[_i].used_blocks > 4 ? 32 : 0;
	uint8_t block[FSI_BLOCK_SIZE];

	fill_metadata(metadata_rows[_i].used_blocks);
	fixture.redundant_metadata = true;
	build(0x0250);
	ck_assert_uint_eq(fixture.layout.first_data_block, PARTITION + 32 + blocks);
	assert_metadata_file(0, 250, 32, blocks);
	assert_metadata_file(32 + blocks + data + blocks, 251, 32 + blocks + data,
			     blocks);
	read_block(35, &block);
	ck_assert_uint_eq(udf_u32(block, 490), 32 + 2 * blocks + data);
	read_block(96, &block);
	ck_assert_uint_eq(udf_u32(block, 92), blocks);
	udf_fixture_assert_directory(&fixture, root());
}
END_TEST

START_TEST(a_mirror_is_a_copy_in_other_blocks)
{
	uint8_t block[FSI_BLOCK_SIZE];
	uint8_t copy[FSI_BLOCK_SIZE];
	uint32_t mirror = 0;

	fill_metadata(40);
	fixture.redundant_metadata = true;
	build(0x0260);
	mirror = udf_fixture_region(&fixture, "UDF file set descriptor (mirror)", 0)
			 ->first_block;
	ck_assert_uint_eq(mirror % 32, 0);
	ck_assert_uint_ge(mirror, fixture.layout.data_end_block);
	for (uint32_t i = 0; i < 64; i++) {
		read_block(PARTITION + 32 + i, &block);
		read_block(mirror + i, &copy);
		ck_assert_mem_eq(block, copy, sizeof(block));
		ck_assert(i >= 40 || udf_u16(block, 0) != 0);
	}
}
END_TEST

START_TEST(without_a_copy_both_files_describe_the_same_blocks)
{
	uint8_t block[FSI_BLOCK_SIZE];

	fill_metadata(10);
	build(0x0250);
	assert_metadata_file(0, 250, 32, 32);
	/* Six blocks of data are between them. */
	assert_metadata_file(96, 251, 32, 32);
	read_block(35, &block);
	ck_assert_uint_eq(udf_u32(block, 490), 96);
	ck_assert_uint_eq(block[446 + 58], 0);
}
END_TEST

START_TEST(the_partition_holds_the_mirror_and_the_anchor_is_behind_it)
{
	uint8_t block[FSI_BLOCK_SIZE];

	for (unsigned n = 0; n < 2; n++) {
		fixture.redundant_metadata = n > 0;
		build(0x0250);
		read_block(34, &block);
		ck_assert_uint_gt(udf_u32(block, 192), n > 0 ? 96 : 64);
		ck_assert_uint_eq(fixture.layout.end_block % 32, 0);
		read_block(fixture.layout.end_block - 257, &block);
		udf_assert_tag_of(0x0250, block, 2, 512, fixture.layout.end_block - 257);
		tear_down();
		set_up();
	}
}
END_TEST

START_TEST(data_of_files_is_told_by_long_descriptors)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, root(), "file", 5000);
	struct udf_entry entry;

	build(0x0250);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.flags & 7, 1);
	ck_assert_uint_eq(entry.descriptors_length, 16);
	/* In the partition itself, behind the metadata. */
	udf_assert_bytes(entry.descriptors, 16,
			 "88 13 00 00 40 00 00 00 00 00 00 00 00 00 00 00");
}
END_TEST

START_TEST(a_metadata_file_over_one_extent_takes_whole_units_in_each)
{
	/* 524256 blocks are the most that are both: an extent, and whole units. */
	const struct fsi_udf_volume volume = {
		.revision = fsi_udf_revision_find(0x0250),
		.metadata = {.main_block = 32, .blocks = 524256 + 32},
	};
	struct udf_entry entry = {0};

	fsi_udf_put_metadata_file(&volume, false, &entry.block);
	udf_decode_entry(0x0250, 0, &entry);
	udf_assert_bytes(entry.descriptors, entry.descriptors_length,
			 "00 00 FF 3F 20 00 00 00 00 00 01 00 00 00 08 00");
	ck_assert_uint_eq(fsi_udf_metadata_max_blocks(volume.revision),
			  UINT32_C(229) * 524256);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	suite_add_tcase(suite, tcase);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("udf revisions");
	TCase *tcase = add_case(suite, "every revision");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, a_volume_is_of_one_revision_throughout, 0, REVISIONS);
	tcase_add_loop_test(tcase, integrity_tells_which_revision_reads_and_writes, 0,
			    REVISIONS);
	tcase_add_loop_test(tcase, directories_and_entries_are_of_that_revision, 0,
			    REVISIONS);
	tcase_add_loop_test(tcase, the_root_is_named_in_the_partition_of_entries, 0,
			    REVISIONS);
	tcase = add_case(suite, "extended entries");
	tcase_add_test(tcase, an_extended_entry_tells_when_a_file_was_created);
	tcase_add_test(tcase,
		       without_posix_attributes_nothing_is_modified_before_it_is_created);
	tcase = add_case(suite, "the metadata partition");
	tcase_add_test(tcase, the_metadata_map_has_every_field);
	tcase_add_loop_test(tcase, metadata_files_are_whole_allocation_units, 0,
			    METADATA_ROWS);
	tcase_add_test(tcase, a_mirror_is_a_copy_in_other_blocks);
	tcase_add_test(tcase, without_a_copy_both_files_describe_the_same_blocks);
	tcase_add_test(tcase, the_partition_holds_the_mirror_and_the_anchor_is_behind_it);
	tcase_add_test(tcase, data_of_files_is_told_by_long_descriptors);
	tcase_add_test(tcase, a_metadata_file_over_one_extent_takes_whole_units_in_each);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
