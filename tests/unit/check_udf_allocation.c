/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation descriptors: in an entry, and in the allocation extents behind it. */
#include "base/checked.h"
#include "tests/support/udf_fixture.h"
#include "udf/allocation.h"
#include "udf/file_entry.h"
#include "udf/revision.h"

#include <check.h>
#include <stdlib.h>

#define EXTENT_MAX	  UINT64_C(0x3FFFF800)
#define EXTENT_MAX_BLOCKS 524287

/* Behind the fixed fields of a file entry, and of an extended one. */
#define FILE_ENTRY_ROOM	    (2048 - 176)
#define EXTENDED_ENTRY_ROOM (2048 - 216)

static struct udf_fixture fixture;

static void set_up(void)
{
	udf_fixture_init(&fixture);
}

static void tear_down(void)
{
	udf_fixture_free(&fixture);
}

/* ---- counting ---------------------------------------------------------- */

static const struct {
	uint64_t extents;
	uint32_t room;
	bool is_long;
	uint64_t blocks;
} count_rows[] = {
	/* What an entry holds: 234 short ones, 117 long ones, 229 and 114. */
	{0, FILE_ENTRY_ROOM, false, 0},
	{1, FILE_ENTRY_ROOM, false, 0},
	{233, FILE_ENTRY_ROOM, false, 0},
	{234, FILE_ENTRY_ROOM, false, 0},
	{235, FILE_ENTRY_ROOM, false, 1},
	{117, FILE_ENTRY_ROOM, true, 0},
	{118, FILE_ENTRY_ROOM, true, 1},
	{228, EXTENDED_ENTRY_ROOM, false, 0},
	{229, EXTENDED_ENTRY_ROOM, false, 0},
	{230, EXTENDED_ENTRY_ROOM, false, 1},
	{113, EXTENDED_ENTRY_ROOM, true, 0},
	{114, EXTENDED_ENTRY_ROOM, true, 0},
	{115, EXTENDED_ENTRY_ROOM, true, 1},
	/* One in each list leads on; the last list holds 253, or 126. */
	{233 + 252, FILE_ENTRY_ROOM, false, 1},
	{233 + 253, FILE_ENTRY_ROOM, false, 1},
	{233 + 254, FILE_ENTRY_ROOM, false, 2},
	{233 + 252 + 253, FILE_ENTRY_ROOM, false, 2},
	{233 + 252 + 254, FILE_ENTRY_ROOM, false, 3},
	{113 + 126, EXTENDED_ENTRY_ROOM, true, 1},
	{113 + 127, EXTENDED_ENTRY_ROOM, true, 2},
	{113 + 10 * 125 + 126, EXTENDED_ENTRY_ROOM, true, 11},
	{113 + 10 * 125 + 127, EXTENDED_ENTRY_ROOM, true, 12},
};

#define COUNT_ROWS (int)(sizeof(count_rows) / sizeof(count_rows[0]))

START_TEST(as_many_extents_are_chained_as_the_entry_has_no_room_for)
{
	const struct fsi_udf_body body = {
		.size = count_rows[_i].extents * EXTENT_MAX,
		.extent_max_size = FSI_UDF_EXTENT_MAX_SIZE,
		.is_long = count_rows[_i].is_long,
	};

	ck_assert_uint_eq(fsi_udf_chain_blocks(&body, count_rows[_i].room),
			  count_rows[_i].blocks);
	ck_assert_uint_eq(fsi_udf_body_blocks(&body),
			  count_rows[_i].extents * EXTENT_MAX_BLOCKS);
}
END_TEST

/* ---- reading a chain --------------------------------------------------- */

/* What a reader knows while it goes through the descriptors of a body. */
struct walk {
	uint32_t revision;
	bool is_long;
	uint64_t bytes;	    /* found so far */
	uint32_t block;	    /* where the next extent must be */
	uint16_t partition; /* in which they must be, if they tell */
	uint32_t next_list; /* 0: the body has ended */
	uint16_t next_partition;
	unsigned extents;
};

/* Read one list; what it leads on to is in walk->next_list. */
static void read_list(struct walk *walk, const uint8_t *list, size_t length)
{
	const size_t size = walk->is_long ? 16 : 8;

	ck_assert_uint_eq(length % size, 0);
	walk->next_list = 0;
	for (size_t offset = 0; offset < length; offset += size) {
		const uint32_t extent = udf_u32(list, offset) & 0x3FFFFFFF;
		const uint32_t type = udf_u32(list, offset) >> 30;
		const uint32_t block = udf_u32(list, offset + 4);

		if (walk->is_long)
			udf_assert_zero(list, offset + 10, offset + 16);
		if (type == 3) {
			ck_assert_uint_eq(offset + size, length);
			ck_assert_uint_eq(extent, 2048);
			walk->next_list = block;
			walk->next_partition =
				walk->is_long ? udf_u16(list, offset + 8) : 0;
			return;
		}
		ck_assert_uint_eq(type, 0);
		ck_assert_uint_gt(extent, 0);
		ck_assert_uint_le(extent, EXTENT_MAX);
		/* Only the last one is not whole blocks. */
		ck_assert_uint_eq(walk->bytes % 2048, 0);
		ck_assert_uint_eq(block, walk->block);
		if (walk->is_long)
			ck_assert_uint_eq(udf_u16(list, offset + 8), walk->partition);
		walk->bytes += extent;
		walk->block += (extent + 2047) / 2048;
		walk->extents++;
	}
}

static const struct {
	uint32_t revision;
	unsigned extents;
	unsigned chained; /* allocation extents */
} chain_rows[] = {
	{0x0102, 234, 0}, {0x0102, 235, 1},  {0x0102, 600, 2}, {0x0201, 229, 0},
	{0x0201, 230, 1}, {0x0201, 1000, 4}, {0x0250, 114, 0}, {0x0250, 115, 1},
	{0x0250, 240, 2}, {0x0260, 500, 4},
};

#define CHAIN_ROWS (int)(sizeof(chain_rows) / sizeof(chain_rows[0]))

/* The extents of a file whose data begins where the layout says. */
static void assert_body(const struct fsi_node *file, unsigned extents,
			uint32_t first_list, unsigned chained)
{
	const bool has_metadata = fixture.revision >= 0x0250;
	struct udf_entry entry;
	struct walk walk = {
		.revision = fixture.revision,
		.is_long = has_metadata,
		.block = fixture.layout.data_blocks[file->content.data->number] -
			 UDF_FIXTURE_PARTITION,
	};

	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.flags & 7, has_metadata ? 1 : 0);
	ck_assert_uint_eq(entry.size, file->content.data->size);
	ck_assert_uint_eq(entry.object_size, entry.size);
	ck_assert_uint_eq(entry.recorded_blocks, fsi_blocks_of(entry.size));
	read_list(&walk, entry.descriptors, entry.descriptors_length);
	for (unsigned i = 0; i < chained; i++) {
		uint8_t block[FSI_BLOCK_SIZE];
		uint32_t length = 0;

		ck_assert_uint_eq(walk.next_list, first_list + i);
		ck_assert_uint_eq(walk.next_partition, has_metadata ? 1 : 0);
		udf_fixture_read(&fixture,
				 udf_fixture_metadata(&fixture) + walk.next_list, &block);
		length = udf_u32(block, 20);
		udf_assert_tag_of(fixture.revision, block, 258, 24 + length,
				  first_list + i);
		ck_assert_uint_eq(udf_u32(block, 16), 0);
		read_list(&walk, block + 24, length);
		udf_assert_zero(block, 24 + length, sizeof(block));
	}
	ck_assert_uint_eq(walk.next_list, 0);
	ck_assert_uint_eq(walk.bytes, entry.size);
	ck_assert_uint_eq(walk.extents, extents);
}

START_TEST(a_chain_leads_through_all_extents_of_a_file)
{
	const unsigned extents = chain_rows[_i].extents;
	struct fsi_node *root = udf_fixture_root(&fixture);
	struct fsi_node *before = NULL;
	struct fsi_node *file = NULL;
	uint32_t first = 0;

	fixture.revision = chain_rows[_i].revision;
	/* Another chain before it, and an entry without one between them. */
	before = udf_fixture_add_file(&fixture, root, "before", 235 * EXTENT_MAX + 1);
	udf_fixture_add_file(&fixture, root, "between", 1);
	file = udf_fixture_add_file(&fixture, root, "file",
				    (extents - 1) * EXTENT_MAX + 5);
	udf_fixture_add_directory(&fixture, root, "behind");
	udf_fixture_build(&fixture);
	first = udf_fixture_region(&fixture, "UDF allocation extents", 0)->first_block -
		udf_fixture_metadata(&fixture);
	assert_body(before, 236, first, 1);
	assert_body(file, extents, first + 1, chain_rows[_i].chained);
}
END_TEST

START_TEST(a_volume_without_long_files_has_no_allocation_extents)
{
	udf_fixture_add_file(&fixture, udf_fixture_root(&fixture), "file",
			     234 * EXTENT_MAX);
	udf_fixture_build(&fixture);
	for (size_t i = 0; i < fixture.layout.regions.count; i++) {
		const struct fsi_region *region = &fixture.layout.regions.items[i];
		char *text = NULL;

		ck_assert_int_eq(region->ops->describe(region, &text), S_OK);
		ck_assert_str_ne(text, "UDF allocation extents");
		fsi_free(text);
	}
}
END_TEST

/* A directory so large would take millions of files: only its descriptors. */
START_TEST(a_body_over_the_longest_extent_takes_two)
{
	static const struct {
		uint64_t size;
		uint32_t length;
		const char *hex;
	} rows[] = {
		{EXTENT_MAX - 4, 8, "FC F7 FF 3F 07 00 00 00"},
		{EXTENT_MAX, 8, "00 F8 FF 3F 07 00 00 00"},
		{EXTENT_MAX + 4, 16, "00 F8 FF 3F 07 00 00 00 04 00 00 00 06 00 08 00"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fsi_udf_body body = {
			.size = rows[i].size,
			.first_block = 7,
			.extent_max_size = FSI_UDF_EXTENT_MAX_SIZE,
		};
		const struct fsi_udf_chain chain = {.body = &body, .room = 1872};
		uint8_t out[1872];

		ck_assert_uint_eq(fsi_udf_put_descriptors(&chain, out), rows[i].length);
		udf_assert_bytes(out, rows[i].length, rows[i].hex);
	}
}
END_TEST

/* ---- holes ------------------------------------------------------------- */

static void add_run(uint32_t size, bool is_hole)
{
	struct fsi_layout *layout = &fixture.layout;

	ck_assert(fsi_vector_reserve(&layout->runs, 1));
	layout->runs.items[layout->runs.count++] =
		(struct fsi_data_run){.size = size, .first_block = is_hole ? 0 : 1};
}

/* Of the data with that number: the last count runs. */
static void add_sparse(uint32_t number, uint32_t count)
{
	struct fsi_layout *layout = &fixture.layout;

	ck_assert(fsi_vector_reserve(&layout->sparse, 1));
	layout->sparse.items[layout->sparse.count++] = (struct fsi_data_runs){
		.number = number,
		.count = count,
		.first_run = layout->runs.count - count,
	};
}

START_TEST(a_hole_is_an_extent_that_is_nowhere)
{
	static const struct {
		uint32_t revision;
		const char *hex;
	} rows[] = {
		/* 4096 of data in block 17, behind a file of one; 6144 of hole; 5 of
		   data. */
		{0x0102, "00 10 00 00 11 00 00 00 00 18 00 80 00 00 00 00 "
			 "05 00 00 00 13 00 00 00"},
		{0x0250, "00 10 00 00 41 00 00 00 00 00 00 00 00 00 00 00 "
			 "00 18 00 80 00 00 00 00 00 00 00 00 00 00 00 00 "
			 "05 00 00 00 43 00 00 00 00 00 00 00 00 00 00 00"},
	};
	struct fsi_node *file = NULL;
	struct fsi_node *behind = NULL;
	struct udf_entry entry;

	udf_fixture_add_file(&fixture, udf_fixture_root(&fixture), "before", 1);
	file = udf_fixture_add_file(&fixture, udf_fixture_root(&fixture), "file", 10245);
	behind = udf_fixture_add_file(&fixture, udf_fixture_root(&fixture), "behind", 1);
	add_run(4096, false);
	add_run(6144, true);
	add_run(5, false);
	add_sparse(1, 3);
	fixture.revision = rows[_i].revision;
	udf_fixture_build(&fixture);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.size, 10245);
	ck_assert_uint_eq(entry.recorded_blocks, 3);
	udf_assert_bytes(entry.descriptors, entry.descriptors_length, rows[_i].hex);
	udf_fixture_decode_entry(&fixture, behind, &entry);
	ck_assert_uint_eq(udf_u32(entry.descriptors, 4), _i == 0 ? 0x14 : 0x44);
}
END_TEST

START_TEST(holes_are_chained_as_extents_are)
{
	struct fsi_node *file = udf_fixture_add_file(&fixture, udf_fixture_root(&fixture),
						     "file", UINT64_C(300) * 2048);
	struct udf_entry entry;
	uint8_t block[FSI_BLOCK_SIZE];

	for (unsigned i = 0; i < 300; i++)
		add_run(2048, i % 2 == 0);
	add_sparse(0, 300);
	udf_fixture_build(&fixture);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.recorded_blocks, 150);
	ck_assert_uint_eq(entry.descriptors_length, 234 * 8);
	/* The last in the entry leads on. */
	udf_assert_bytes(entry.descriptors + 232 * 8, 8, "00 08 00 80 00 00 00 00");
	ck_assert_uint_eq(udf_u32(entry.descriptors, 233 * 8), 0xC0000800);
	udf_fixture_read(&fixture,
			 UDF_FIXTURE_PARTITION + udf_u32(entry.descriptors, 233 * 8 + 4),
			 &block);
	ck_assert_uint_eq(udf_u32(block, 20), (300 - 233) * 8);
	ck_assert_uint_eq(udf_u32(block, 24), 2048);
	udf_assert_bytes(block + 32, 8, "00 08 00 80 00 00 00 00");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("udf allocation");
	TCase *tcase = tcase_create("allocation");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase,
			    as_many_extents_are_chained_as_the_entry_has_no_room_for, 0,
			    COUNT_ROWS);
	tcase_add_loop_test(tcase, a_chain_leads_through_all_extents_of_a_file, 0,
			    CHAIN_ROWS);
	tcase_add_test(tcase, a_volume_without_long_files_has_no_allocation_extents);
	tcase_add_test(tcase, a_body_over_the_longest_extent_takes_two);
	tcase_add_loop_test(tcase, a_hole_is_an_extent_that_is_nowhere, 0, 2);
	tcase_add_test(tcase, holes_are_chained_as_extents_are);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
