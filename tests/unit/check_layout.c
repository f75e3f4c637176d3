/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ordered list of regions: placing, sealing, finding. */
#include "layout/layout.h"

#include "error/fail.h"

#include <check.h>
#include <string.h>

#define LAST_BLOCK ((uint32_t)INT32_MAX) /* no image has more blocks */

static struct fsi_layout layout;
static const struct fsi_region_ops ops;
static const char owners[100];

static void set_up(void)
{
	memset(&layout, 0, sizeof(layout));
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_layout_free(&layout);
}

/* Append a region and compare where it came to lie. */
static void append(unsigned owner, uint64_t blocks, uint32_t alignment, uint32_t expected)
{
	uint32_t first_block = 0;

	ck_assert_int_eq(fsi_layout_append(&layout, &ops, &owners[owner], blocks,
					   alignment, &first_block),
			 S_OK);
	ck_assert_uint_eq(first_block, expected);
}

/* The number of the region that holds a block; -1: none. */
static int owner_of(uint32_t block)
{
	const struct fsi_region *region = fsi_layout_find(&layout, block);

	if (region == NULL)
		return -1;
	ck_assert_ptr_eq(region->ops, &ops);
	ck_assert_uint_le(region->first_block, block);
	ck_assert_uint_lt(block - region->first_block, region->blocks);
	return (int)((const char *)region->owner - owners);
}

/* What a refusal must leave alone. */
static void assert_state(size_t regions, uint32_t next_block)
{
	ck_assert_uint_eq(layout.regions.count, regions);
	ck_assert_uint_eq(layout.next_block, next_block);
	ck_assert_uint_eq(layout.end_block, 0);
}

START_TEST(regions_follow_each_other)
{
	append(0, 3, 1, 0);
	append(1, 1, 1, 3);
	append(2, 10, 1, 4);
	assert_state(3, 14);
	ck_assert_int_eq(owner_of(0), 0);
	ck_assert_int_eq(owner_of(2), 0);
	ck_assert_int_eq(owner_of(3), 1);
	ck_assert_int_eq(owner_of(4), 2);
	ck_assert_int_eq(owner_of(13), 2);
	ck_assert_int_eq(owner_of(14), -1);
	ck_assert_int_eq(owner_of(UINT32_MAX), -1);
}
END_TEST

START_TEST(a_region_begins_at_a_multiple_of_its_alignment)
{
	append(0, 1, 16, 0);
	append(1, 1, 16, 16);
	append(2, 16, 16, 32);
	append(3, 1, 16, 48);
	append(4, 1, 1, 49);
	append(5, 1, 1024, 1024);
	ck_assert_int_eq(owner_of(1), -1);
	ck_assert_int_eq(owner_of(15), -1);
	ck_assert_int_eq(owner_of(16), 1);
	ck_assert_int_eq(owner_of(17), -1);
	ck_assert_int_eq(owner_of(47), 2);
	ck_assert_int_eq(owner_of(50), -1);
	ck_assert_int_eq(owner_of(1023), -1);
	ck_assert_int_eq(owner_of(1024), 5);
}
END_TEST

START_TEST(a_region_of_no_blocks_has_a_place_and_is_not_recorded)
{
	append(0, 5, 1, 0);
	append(1, 0, 1, 5);
	append(2, 0, 16, 16);
	assert_state(1, 16);
	append(3, 1, 1, 16);
	ck_assert_int_eq(owner_of(5), -1);
	ck_assert_int_eq(owner_of(16), 3);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, NULL, 0, 20), S_OK);
	assert_state(2, 20);
}
END_TEST

START_TEST(a_region_may_have_a_fixed_place)
{
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, &owners[0], 2, 16), S_OK);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, &owners[1], 1, 18), S_OK);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, &owners[2], 1, 256), S_OK);
	assert_state(3, 257);
	ck_assert_int_eq(owner_of(15), -1);
	ck_assert_int_eq(owner_of(17), 0);
	ck_assert_int_eq(owner_of(18), 1);
	ck_assert_int_eq(owner_of(255), -1);
	ck_assert_int_eq(owner_of(256), 2);
	append(3, 1, 1, 257);
}
END_TEST

START_TEST(a_place_that_is_taken_is_our_own_mistake)
{
	append(0, 17, 1, 0);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, NULL, 1, 16),
			 IMAPI_E_FSI_INTERNAL_ERROR);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, NULL, 1, 0),
			 IMAPI_E_FSI_INTERNAL_ERROR);
	assert_state(1, 17);
}
END_TEST

/* ---- limits ------------------------------------------------------------ */

START_TEST(an_image_has_2_to_the_31_less_one_blocks_and_no_more)
{
	uint32_t first_block = 77;

	append(0, LAST_BLOCK - 1, 1, 0);
	ck_assert_int_eq(fsi_layout_append(&layout, &ops, NULL, 2, 1, &first_block),
			 IMAPI_E_IMAGE_TOO_BIG);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "2147483647"));
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "2147483648"));
	ck_assert_int_eq(fsi_layout_append(&layout, &ops, NULL, 1, 2, &first_block),
			 S_OK);
	ck_assert_uint_eq(first_block, LAST_BLOCK - 1);
	first_block = 77;
	ck_assert_int_eq(fsi_layout_append(&layout, &ops, NULL, 1, 1, &first_block),
			 IMAPI_E_IMAGE_TOO_BIG);
	/* Nor is there a place that is aligned. */
	ck_assert_int_eq(fsi_layout_append(&layout, &ops, NULL, 0, 16, &first_block),
			 IMAPI_E_IMAGE_TOO_BIG);
	ck_assert_uint_eq(first_block, 77);
	assert_state(2, LAST_BLOCK);
	append(1, 0, 1, LAST_BLOCK);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, NULL, 1, LAST_BLOCK),
			 IMAPI_E_IMAGE_TOO_BIG);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, NULL, 0, LAST_BLOCK + 1),
			 IMAPI_E_IMAGE_TOO_BIG);
	assert_state(2, LAST_BLOCK);
}
END_TEST

static const uint64_t too_many_blocks[] = {
	(uint64_t)LAST_BLOCK + 1,  UINT32_MAX, UINT64_C(0x100000000),
	UINT64_C(0x1000000000000), UINT64_MAX,
};

START_TEST(a_region_that_is_too_large_is_refused)
{
	uint32_t first_block = 77;

	append(0, 2, 1, 0);
	ck_assert_int_eq(fsi_layout_append(&layout, &ops, NULL, too_many_blocks[_i], 1,
					   &first_block),
			 IMAPI_E_IMAGE_TOO_BIG);
	ck_assert_uint_eq(first_block, 77);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, NULL, UINT32_MAX, 5),
			 IMAPI_E_IMAGE_TOO_BIG);
	assert_state(1, 2);
}
END_TEST

START_TEST(an_image_ends_behind_its_last_region)
{
	append(0, 10, 1, 0);
	ck_assert_int_eq(fsi_layout_seal(&layout, 9), IMAPI_E_FSI_INTERNAL_ERROR);
	ck_assert_uint_eq(layout.end_block, 0);
	ck_assert_int_eq(fsi_layout_seal(&layout, 10), S_OK);
	ck_assert_uint_eq(layout.end_block, 10);
	ck_assert_int_eq(fsi_layout_seal(&layout, 160), S_OK);
	ck_assert_uint_eq(layout.end_block, 160);
	ck_assert_int_eq(fsi_layout_seal(&layout, (uint64_t)LAST_BLOCK + 1),
			 IMAPI_E_IMAGE_TOO_BIG);
	ck_assert_int_eq(fsi_layout_seal(&layout, UINT64_C(0x100000020)),
			 IMAPI_E_IMAGE_TOO_BIG);
	ck_assert_uint_eq(layout.end_block, 160);
	ck_assert_int_eq(fsi_layout_seal(&layout, LAST_BLOCK), S_OK);
	ck_assert_uint_eq(layout.end_block, LAST_BLOCK);
}
END_TEST

/* ---- many, and none ---------------------------------------------------- */

START_TEST(each_block_of_many_regions_is_found)
{
	uint32_t next_block = 0;

	/* Some touch, some do not; regions of 1 to 5 blocks. */
	for (uint32_t i = 0; i < 5000; i++) {
		uint32_t first_block = 0;
		const uint32_t alignment = UINT32_C(1) << i % 4;

		if (FAILED(fsi_layout_append(&layout, &ops, &owners[i % 100], i % 5 + 1,
					     alignment, &first_block)))
			ck_abort_msg("%s", fsi_error_get_message());
		if (first_block % alignment != 0 || first_block < next_block ||
		    first_block >= next_block + alignment)
			ck_abort_msg("region %u is at %u", i, first_block);
		next_block = first_block + i % 5 + 1;
	}
	ck_assert_uint_eq(layout.next_block, next_block);
	for (uint32_t block = 0, at = 0; block < next_block; block++) {
		const struct fsi_region *region = &layout.regions.items[at];
		const bool is_inside = block >= region->first_block;

		if (fsi_layout_find(&layout, block) != (is_inside ? region : NULL))
			ck_abort_msg("block %u", block);
		at += block + 1 == region->first_block + region->blocks;
	}
}
END_TEST

START_TEST(in_an_empty_layout_nothing_is_found)
{
	ck_assert_int_eq(owner_of(0), -1);
	ck_assert_int_eq(owner_of(LAST_BLOCK), -1);
	ck_assert_int_eq(fsi_layout_seal(&layout, 0), S_OK);
}
END_TEST

START_TEST(placing_without_memory_changes_nothing)
{
	uint32_t first_block = 77;

	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_layout_append(&layout, &ops, NULL, 5, 16, &first_block),
			 E_OUTOFMEMORY);
	assert_state(0, 0);
	fsi_memory_fail_after(1);
	append(0, 5, 1, 0);
	while (layout.regions.count < layout.regions.capacity)
		append(1, 1, 1, layout.next_block);
	ck_assert_int_eq(fsi_layout_append(&layout, &ops, NULL, 5, 16, &first_block),
			 E_OUTOFMEMORY);
	ck_assert_int_eq(fsi_layout_append_at(&layout, &ops, NULL, 5, 1000),
			 E_OUTOFMEMORY);
	ck_assert_uint_eq(first_block, 77);
	assert_state(layout.regions.capacity, (uint32_t)layout.regions.capacity + 4);
	/* What is not recorded needs no memory. */
	append(2, 0, 1, layout.next_block);
}
END_TEST

START_TEST(freeing_twice_does_no_harm)
{
	append(0, 5, 1, 0);
	layout.data_blocks = fsi_allocate(16);
	fsi_layout_free(&layout);
	ck_assert_ptr_null(layout.data_blocks);
	ck_assert_ptr_null(layout.regions.items);
	fsi_layout_free(&layout);
}
END_TEST

static const struct {
	uint32_t alignment;
	uint64_t blocks;
	uint64_t expected;
} ends[] = {
	{0, 0, 0},	  {0, 1, 32},
	{0, 31, 32},	  {0, 32, 32},
	{0, 33, 64},	  {16, 33, 64},
	{32, 33, 64},	  {64, 33, 64},
	{512, 511, 512},  {512, 512, 512},
	{512, 513, 1024}, {512, UINT64_C(0x100000001), UINT64_C(0x100000200)},
};

START_TEST(an_image_ends_with_whole_ecc_blocks_or_more)
{
	layout.end_alignment = ends[_i].alignment;
	ck_assert_uint_eq(fsi_layout_align_end(&layout, ends[_i].blocks),
			  ends[_i].expected);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("layout");
	SRunner *runner = srunner_create(suite);
	TCase *tcase = tcase_create("regions");
	int failed = 0;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, regions_follow_each_other);
	tcase_add_test(tcase, a_region_begins_at_a_multiple_of_its_alignment);
	tcase_add_test(tcase, a_region_of_no_blocks_has_a_place_and_is_not_recorded);
	tcase_add_test(tcase, a_region_may_have_a_fixed_place);
	tcase_add_test(tcase, a_place_that_is_taken_is_our_own_mistake);
	tcase_add_test(tcase, an_image_has_2_to_the_31_less_one_blocks_and_no_more);
	tcase_add_loop_test(tcase, a_region_that_is_too_large_is_refused, 0, 5);
	tcase_add_test(tcase, an_image_ends_behind_its_last_region);
	tcase_add_test(tcase, each_block_of_many_regions_is_found);
	tcase_add_test(tcase, in_an_empty_layout_nothing_is_found);
	tcase_add_test(tcase, placing_without_memory_changes_nothing);
	tcase_add_test(tcase, freeing_twice_does_no_harm);
	tcase_add_loop_test(tcase, an_image_ends_with_whole_ecc_blocks_or_more, 0,
			    sizeof(ends) / sizeof(ends[0]));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
