/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress items: which blocks of a result belong to what. */
#include "tests/support/api.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fsi_image *image;
static fsi_directory *root;
static fsi_progress_items *items;

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	root = api_root(image);
	items = NULL;
}

static void tear_down(void)
{
	fsi_progress_items_release(items);
	fsi_image_release(image);
	api_end_folder();
}

/* Make a result of the image and keep its items. */
static void lay_out(void)
{
	fsi_result *result = api_result(image);

	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	fsi_result_release(result);
}

static uint32_t count_items(void)
{
	uint32_t count = 0;

	ASSERT_OK(fsi_progress_items_get_count(items, &count));
	return count;
}

static const struct fsi_progress_item *item_at(uint32_t index)
{
	const struct fsi_progress_item *item = NULL;

	ASSERT_OK(fsi_progress_items_get_item(items, index, &item));
	return item;
}

static const struct fsi_progress_item *item_of(const char *description)
{
	const struct fsi_progress_item *item = NULL;

	ASSERT_OK(fsi_progress_items_from_description(items, description, &item));
	return item;
}

static void assert_no_item_of(const char *description)
{
	const struct fsi_progress_item *item = NULL;

	ASSERT_FAILS(fsi_progress_items_from_description(items, description, &item),
		     E_INVALIDARG, "");
	ck_assert_ptr_null(item);
}

/* ---- the map ----------------------------------------------------------- */

START_TEST(items_are_runs_of_blocks_in_order_without_overlap)
{
	uint32_t next_block = 0;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, (fsi_file_systems)_i));
	api_add_directory(root, "sub");
	for (size_t i = 0; i < 50; i++)
		api_add_sized(root, api_text("sub\\file %zu", i), i * 700);
	lay_out();
	for (uint32_t i = 0; i < count_items(); i++) {
		const struct fsi_progress_item *item = item_at(i);

		ck_assert_uint_ge(item->first_block, next_block);
		ck_assert_uint_ge(item->block_count, 1);
		ck_assert_uint_eq(item->last_block,
				  item->first_block + item->block_count - 1);
		ck_assert_str_ne(item->description, "");
		next_block = item->last_block + 1;
	}
}
END_TEST

START_TEST(each_block_belongs_to_the_item_that_spans_it_or_to_none)
{
	fsi_result *result = NULL;
	uint32_t blocks = 0;
	uint32_t index = 0;

	api_add_sized(root, "one", 5000);
	api_add_sized(root, "two", 2048);
	result = api_result(image);
	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	blocks = api_total_blocks(result);
	for (uint32_t block = 0; block < blocks + 10; block++) {
		const struct fsi_progress_item *item = NULL;

		while (index < count_items() && item_at(index)->last_block < block)
			index++;
		if (index < count_items() && item_at(index)->first_block <= block) {
			ASSERT_OK(fsi_progress_items_from_block(items, block, &item));
			ck_assert_ptr_eq(item, item_at(index));
		} else {
			ASSERT_FAILS(fsi_progress_items_from_block(items, block, &item),
				     E_INVALIDARG, "");
		}
	}
	fsi_result_release(result);
}
END_TEST

START_TEST(each_item_is_found_by_its_description_the_first_of_several)
{
	uint32_t found = 0;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	api_add_sized(root, "one", 5000);
	lay_out();
	for (uint32_t i = 0; i < count_items(); i++) {
		const char *description = item_at(i)->description;
		uint32_t first = 0;

		while (strcmp(item_at(first)->description, description) != 0)
			first++;
		ck_assert_ptr_eq(item_of(description), item_at(first));
		found += first == i;
	}
	/* An anchor stands in three places. */
	ck_assert_uint_eq(found, count_items() - 2);
}
END_TEST

START_TEST(a_block_at_the_end_of_numbers_belongs_to_nothing)
{
	const struct fsi_progress_item *item = NULL;

	lay_out();
	ASSERT_FAILS(fsi_progress_items_from_block(items, UINT32_MAX, &item),
		     E_INVALIDARG, "");
	ASSERT_FAILS(fsi_progress_items_get_item(items, count_items(), &item),
		     E_INVALIDARG, "");
	ASSERT_FAILS(fsi_progress_items_get_item(items, UINT32_MAX, &item), E_INVALIDARG,
		     "");
	ck_assert_ptr_null(item);
}
END_TEST

/* ---- files ------------------------------------------------------------- */

START_TEST(a_file_is_an_item_of_its_full_path_and_its_blocks)
{
	static const struct {
		size_t size;
		uint32_t blocks;
	} rows[] = {{1, 1}, {2047, 1}, {2048, 1}, {2049, 2}, {4096, 2}, {4097, 3}};

	api_add_directory(root, "Sub");
	for (size_t i = 0; i < 6; i++)
		api_add_sized(root, api_text("Sub\\File %zu", i), rows[i].size);
	api_add_text(root, "empty", "");
	lay_out();
	for (size_t i = 0; i < 6; i++) {
		const struct fsi_progress_item *item =
			item_of(api_text("\\Sub\\File %zu", i));

		ck_assert_str_eq(item->description, api_text("\\Sub\\File %zu", i));
		ck_assert_uint_eq(item->block_count, rows[i].blocks);
	}
	ck_assert_ptr_eq(item_of("\\SUB\\file 0"), item_of("\\Sub\\File 0"));
	/* What has no blocks of its own has no item. */
	assert_no_item_of("\\empty");
	assert_no_item_of("\\Sub");
	assert_no_item_of("");
	assert_no_item_of("Sub\\File 0");
}
END_TEST

START_TEST(the_bytes_of_a_file_stand_where_its_item_says)
{
	fsi_result *result = NULL;
	fsi_stream *stream = NULL;
	fsi_stream *source = api_sized_stream(5000);
	uint8_t expected[6144] = {0};
	uint8_t bytes[6144];

	ASSERT_OK(fsi_directory_add_file(root, "file", source));
	api_add_sized(root, "another", 3000);
	result = api_result(image);
	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	stream = api_result_stream(result);
	api_read(source, 0, expected, 5000);
	api_read(stream, (uint64_t)item_of("\\file")->first_block * 2048, bytes, 6144);
	ck_assert_int_eq(memcmp(bytes, expected, 6144), 0);
	fsi_stream_release(source);
	fsi_stream_release(stream);
	fsi_result_release(result);
}
END_TEST

START_TEST(structures_are_items_of_the_file_systems_that_are_made)
{
	static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, UDF, BRIDGE};
	bool has_iso = false;
	bool has_joliet = false;
	bool has_udf = false;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, sets[_i]));
	lay_out();
	for (uint32_t i = 0; i < count_items(); i++) {
		const char *description = item_at(i)->description;

		has_iso = has_iso || strstr(description, "ISO 9660") != NULL;
		has_joliet = has_joliet || strstr(description, "Joliet") != NULL;
		has_udf = has_udf || strstr(description, "UDF") != NULL;
	}
	ck_assert_int_eq(has_iso, (sets[_i] & FSI_FILE_SYSTEM_ISO9660) != 0);
	ck_assert_int_eq(has_joliet, (sets[_i] & FSI_FILE_SYSTEM_JOLIET) != 0);
	ck_assert_int_eq(has_udf, (sets[_i] & FSI_FILE_SYSTEM_UDF) != 0);
}
END_TEST

/* ---- shared data ------------------------------------------------------- */

START_TEST(one_source_has_one_extent_under_all_its_names)
{
	uint32_t blocks = 0;
	uint32_t blocks_of_one = 0;

	scratch_folder(&api_folder, "tree");
	scratch_text(&api_folder, "tree/b", "");
	ck_assert_int_eq(truncate(api_host("tree/b"), 100000), 0);
	ASSERT_OK(fsi_directory_add_file_from_path(root, "z", api_host("tree/b")));
	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks_of_one));
	ck_assert_int_eq(link(api_host("tree/b"), api_host("tree/a")), 0);
	scratch_link(&api_folder, "a", "tree/c");
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), true));
	ASSERT_OK(
		fsi_directory_add_file_from_path(root, "y", api_host("tree/../tree/b")));
	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
	ck_assert_uint_lt(blocks, blocks_of_one + 49);
	lay_out();
	/* It is named by the first of them in the order of the layout. */
	ck_assert_uint_eq(item_of("\\y")->block_count, 49);
	ck_assert_str_eq(item_of("\\y")->description, "\\y");
	ck_assert_ptr_eq(item_of("\\z"), item_of("\\y"));
	ck_assert_ptr_eq(item_of("\\tree\\a"), item_of("\\y"));
	ck_assert_ptr_eq(item_of("\\TREE\\b"), item_of("\\y"));
	ck_assert_ptr_eq(item_of("\\tree\\c"), item_of("\\y"));
	assert_no_item_of("z");
	assert_no_item_of("\\tree");
	assert_no_item_of("\\tree\\d");
	assert_no_item_of("\\y\\z");
}
END_TEST

START_TEST(a_duplicate_is_found_where_the_bytes_are)
{
	ASSERT_OK(fsi_image_put_deduplicate(image, true));
	api_add_text(root, "one", "same");
	api_add_text(root, "three", "else");
	api_add_text(root, "two", "same");
	lay_out();
	ck_assert_ptr_eq(item_of("\\two"), item_of("\\one"));
	ck_assert_ptr_ne(item_of("\\three"), item_of("\\one"));
}
END_TEST

START_TEST(data_in_an_entry_of_udf_has_no_item)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x250));
	api_add_text(root, "small", "text");
	api_add_sized(root, "large", 5000);
	lay_out();
	ck_assert_uint_eq(item_of("\\large")->block_count, 3);
	assert_no_item_of("\\small");
}
END_TEST

START_TEST(sources_that_are_merely_equal_have_extents_of_their_own)
{
	scratch_text(&api_folder, "one", "same");
	scratch_text(&api_folder, "two", "same");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "one", api_host("one")));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "two", api_host("two")));
	lay_out();
	ck_assert_uint_ne(item_of("\\one")->first_block, item_of("\\two")->first_block);
}
END_TEST

START_TEST(a_source_that_was_replaced_meanwhile_is_another_one)
{
	scratch_text(&api_folder, "one", "before");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "one", api_host("one")));
	scratch_text(&api_folder, "one", "longer than before");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "two", api_host("one")));
	lay_out();
	ck_assert_uint_ne(item_of("\\one")->first_block, item_of("\\two")->first_block);
}
END_TEST

START_TEST(removing_one_name_leaves_the_data_to_the_others)
{
	scratch_text(&api_folder, "source", "data");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "a", api_host("source")));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "b", api_host("source")));
	ASSERT_OK(fsi_directory_remove(root, "a"));
	lay_out();
	ck_assert_uint_eq(item_of("\\b")->block_count, 1);
	assert_no_item_of("\\a");
}
END_TEST

/* ---- life -------------------------------------------------------------- */

START_TEST(items_outlive_the_result_and_the_image)
{
	api_add_sized(root, "file", 5000);
	lay_out();
	fsi_image_release(image);
	image = NULL;
	ck_assert_ptr_eq(fsi_progress_items_add_ref(items), items);
	fsi_progress_items_release(items);
	ck_assert_uint_eq(item_of("\\file")->block_count, 3);
	ck_assert_ptr_null(fsi_progress_items_add_ref(NULL));
	fsi_progress_items_release(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("progress items");
	TCase *tcase = tcase_create("the map");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, items_are_runs_of_blocks_in_order_without_overlap, 3,
			    6);
	tcase_add_test(tcase, each_block_belongs_to_the_item_that_spans_it_or_to_none);
	tcase_add_test(tcase, each_item_is_found_by_its_description_the_first_of_several);
	tcase_add_test(tcase, a_block_at_the_end_of_numbers_belongs_to_nothing);
	tcase_add_test(tcase, a_file_is_an_item_of_its_full_path_and_its_blocks);
	tcase_add_test(tcase, the_bytes_of_a_file_stand_where_its_item_says);
	tcase_add_loop_test(tcase, structures_are_items_of_the_file_systems_that_are_made,
			    0, 4);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("shared data");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, one_source_has_one_extent_under_all_its_names);
	tcase_add_test(tcase, a_duplicate_is_found_where_the_bytes_are);
	tcase_add_test(tcase, data_in_an_entry_of_udf_has_no_item);
	tcase_add_test(tcase, sources_that_are_merely_equal_have_extents_of_their_own);
	tcase_add_test(tcase, a_source_that_was_replaced_meanwhile_is_another_one);
	tcase_add_test(tcase, removing_one_name_leaves_the_data_to_the_others);
	tcase_add_test(tcase, items_outlive_the_result_and_the_image);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
