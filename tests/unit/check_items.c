/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items: finding, adding, removing and listing them. */
#include "tests/support/api.h"

#include <string.h>
#include <unistd.h>

static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	image = api_image(BRIDGE);
	root = api_root(image);
}

static void tear_down(void)
{
	fsi_image_release(image);
}

static uint32_t count_of(fsi_directory *directory)
{
	uint32_t count = 99;

	ASSERT_OK(fsi_directory_get_count(directory, &count));
	return count;
}

static void assert_bytes(fsi_file *file, const char *text)
{
	fsi_stream *expected = api_text_stream(text);
	fsi_stream *data = NULL;
	uint64_t size = 99;

	ASSERT_OK(fsi_file_get_data_size(file, &size));
	ck_assert_uint_eq(size, strlen(text));
	ASSERT_OK(fsi_file_get_data(file, &data));
	api_assert_same_bytes(data, expected);
	fsi_stream_release(data);
	fsi_stream_release(expected);
}

/* ---- kinds ------------------------------------------------------------- */

START_TEST(an_item_is_a_directory_or_a_file)
{
	fsi_item *directory = NULL;
	fsi_item *file = NULL;

	api_add_directory(root, "d");
	api_add_text(root, "f", "f");
	directory = api_item(root, "d");
	file = api_item(root, "f");
	ck_assert_int_eq(fsi_item_get_type(directory), FSI_ITEM_DIRECTORY);
	ck_assert_int_eq(fsi_item_get_type(file), FSI_ITEM_FILE);
	ck_assert_ptr_null(fsi_item_as_file(directory));
	ck_assert_ptr_null(fsi_item_as_directory(file));
	ck_assert_ptr_eq(fsi_directory_as_item(fsi_item_as_directory(directory)),
			 directory);
	ck_assert_ptr_eq(fsi_file_as_item(fsi_item_as_file(file)), file);
}
END_TEST

START_TEST(nothing_is_neither)
{
	ck_assert_int_eq(fsi_item_get_type(NULL), FSI_ITEM_NOT_FOUND);
	ck_assert_ptr_null(fsi_item_as_directory(NULL));
	ck_assert_ptr_null(fsi_item_as_file(NULL));
	ck_assert_ptr_null(fsi_directory_as_item(NULL));
	ck_assert_ptr_null(fsi_file_as_item(NULL));
}
END_TEST

/* ---- finding ----------------------------------------------------------- */

START_TEST(an_item_is_found_at_any_depth_in_any_case_by_either_separator)
{
	fsi_item *file = NULL;
	fsi_directory *a = NULL;

	api_add_directory(root, "A");
	api_add_directory(root, "A/b");
	api_add_text(root, "A\\b\\File.TXT", "text");
	file = api_item(root, "A\\b\\File.TXT");
	ck_assert_ptr_eq(api_item(root, "a/B/file.txt"), file);
	ck_assert_ptr_eq(api_item(root, "\\A\\b/FILE.txt"), file);
	ck_assert_ptr_eq(api_item(root, "/A/b/File.TXT"), file);
	a = api_directory(root, "a");
	ck_assert_ptr_eq(api_item(a, "b\\file.txt"), file);
	ck_assert_ptr_eq(api_item(root, "A\\"), fsi_directory_as_item(a));
	ck_assert_ptr_eq(api_item(root, "\\"), fsi_directory_as_item(root));
	ASSERT_TEXT(fsi_item_get_name, file, "File.TXT");
	ASSERT_TEXT(fsi_item_get_full_path, file, "\\A\\b\\File.TXT");
	ASSERT_TEXT(fsi_item_get_full_path, fsi_directory_as_item(a), "\\A");
}
END_TEST

START_TEST(case_is_that_of_every_script)
{
	api_add_text(root, "\xC3\x84pfel \xD0\x96", "x"); /* Äpfel Ж */
	api_item(root, "\xC3\xA4PFEL \xD0\xB6");
	ASSERT_FAILS(fsi_directory_add_directory(root, "\xC3\xA4pfel \xD0\xB6"),
		     IMAPI_E_DUP_NAME, "\xC3\xA4pfel \xD0\xB6");
}
END_TEST

START_TEST(a_path_of_another_directory_begins_there)
{
	fsi_item *item = NULL;

	api_add_directory(root, "a");
	api_add_text(root, "b", "b");
	ASSERT_FAILS(fsi_directory_get_item(api_directory(root, "a"), "b", &item),
		     IMAPI_E_ITEM_NOT_FOUND, "b");
	ASSERT_FAILS(fsi_directory_get_item(api_directory(root, "a"), "\\b", &item),
		     IMAPI_E_INVALID_PATH, "\\b");
	ck_assert_ptr_null(item);
}
END_TEST

START_TEST(names_that_differ_in_case_can_be_two)
{
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	api_add_text(root, "name", "lower");
	api_add_text(root, "NAME", "upper");
	assert_bytes(api_file(root, "name"), "lower");
	assert_bytes(api_file(root, "NAME"), "upper");
	ASSERT_FAILS(fsi_directory_add_directory(root, "Name\\x"), IMAPI_E_DIR_NOT_FOUND,
		     "\\Name");
}
END_TEST

START_TEST(any_character_may_be_in_a_name_and_only_the_slash_separates)
{
	static const char odd[] = "a\\b:c*?\"<>|\n ";

	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	api_add_directory(root, "d");
	api_add_text(root, "d/a\\b:c*?\"<>|\n ", "odd");
	ASSERT_TEXT(fsi_item_get_name, api_item(root, "/d/a\\b:c*?\"<>|\n "), odd);
	ASSERT_TEXT(fsi_item_get_full_path, api_item(api_directory(root, "d"), odd),
		    "/d/a\\b:c*?\"<>|\n ");
	ASSERT_TEXT(fsi_item_get_full_path, fsi_directory_as_item(root), "/");
	api_assert_path_in(api_item(api_directory(root, "d"), odd),
			   FSI_FILE_SYSTEM_ISO9660, "/D/A_B_C________");
}
END_TEST

/* ---- adding ------------------------------------------------------------ */

START_TEST(what_is_added_is_there)
{
	api_add_directory(root, "a");
	api_add_directory(root, "a\\b\\");
	api_add_text(root, "a\\b\\file", "bytes");
	api_add_text(root, "empty", "");
	ck_assert_uint_eq(count_of(root), 2);
	ck_assert_uint_eq(count_of(api_directory(root, "a")), 1);
	assert_bytes(api_file(root, "a\\b\\file"), "bytes");
	assert_bytes(api_file(root, "empty"), "");
}
END_TEST

START_TEST(the_stream_that_was_given_comes_back)
{
	fsi_stream *given = api_text_stream("given");
	fsi_stream *data = NULL;

	ASSERT_OK(fsi_directory_add_file(root, "file", given));
	ASSERT_OK(fsi_file_get_data(api_file(root, "file"), &data));
	api_assert_same_bytes(data, given);
	fsi_stream_release(data);
	fsi_stream_release(given);
}
END_TEST

START_TEST(a_file_of_this_computer_brings_its_bytes_and_times)
{
	struct timespec time;
	fsi_item *item = NULL;

	scratch_text(&api_folder, "source", "from outside");
	scratch_date(&api_folder, "source", 1100000000);
	ASSERT_OK(fsi_directory_add_file_from_path(root, "Name.txt", api_host("source")));
	item = api_item(root, "name.TXT");
	assert_bytes(fsi_item_as_file(item), "from outside");
	ASSERT_OK(fsi_item_get_last_modified_time(item, &time));
	ck_assert_int_eq(time.tv_sec, 1100000000);
	ASSERT_OK(fsi_item_get_last_accessed_time(item, &time));
	ck_assert_int_eq(time.tv_sec, 1100000000);
}
END_TEST

START_TEST(a_link_brings_the_file_that_it_leads_to)
{
	scratch_text(&api_folder, "source", "from afar");
	scratch_link(&api_folder, "source", "link");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "file", api_host("link")));
	assert_bytes(api_file(root, "file"), "from afar");
}
END_TEST

START_TEST(data_of_a_file_outlives_the_image)
{
	fsi_stream *from_host = NULL;
	fsi_stream *from_caller = NULL;
	fsi_stream *expected = api_text_stream("kept");

	scratch_text(&api_folder, "source", "kept");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "host", api_host("source")));
	api_add_text(root, "caller", "kept");
	ASSERT_OK(fsi_file_get_data(api_file(root, "host"), &from_host));
	ASSERT_OK(fsi_file_get_data(api_file(root, "caller"), &from_caller));
	fsi_image_release(image);
	image = api_image(BRIDGE);
	api_assert_same_bytes(from_host, expected);
	api_assert_same_bytes(from_caller, expected);
	/* Also its errors, which tell the path. */
	ck_assert_int_eq(truncate(api_host("source"), 2), 0);
	ASSERT_FAILS(fsi_stream_read_at(from_host, 0, (char[4]){0}, 4, NULL),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|4|2", api_host("source")));
	fsi_stream_release(expected);
	fsi_stream_release(from_host);
	fsi_stream_release(from_caller);
}
END_TEST

START_TEST(data_of_a_file_may_go_into_the_image_again)
{
	fsi_stream *data = NULL;

	scratch_text(&api_folder, "source", "twice");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "one", api_host("source")));
	ASSERT_OK(fsi_file_get_data(api_file(root, "one"), &data));
	ASSERT_OK(fsi_directory_add_file(root, "two", data));
	fsi_stream_release(data);
	assert_bytes(api_file(root, "two"), "twice");
}
END_TEST

/* ---- removing ---------------------------------------------------------- */

START_TEST(files_and_empty_directories_can_be_removed)
{
	fsi_item *item = NULL;

	api_add_directory(root, "a");
	api_add_text(root, "a\\f", "f");
	ASSERT_FAILS(fsi_directory_remove(root, "a"), IMAPI_E_DIR_NOT_EMPTY, "\\a");
	ASSERT_OK(fsi_directory_remove(root, "A\\F"));
	ASSERT_OK(fsi_directory_remove(root, "a\\"));
	ck_assert_uint_eq(count_of(root), 0);
	ASSERT_FAILS(fsi_directory_get_item(root, "a", &item), IMAPI_E_ITEM_NOT_FOUND,
		     "a");
	api_add_text(root, "a", "the name is free again");
}
END_TEST

START_TEST(a_tree_is_removed_with_all_that_it_holds)
{
	api_add_directory(root, "a");
	api_add_directory(root, "a\\b");
	api_add_text(root, "a\\b\\f", "f");
	api_add_text(root, "g", "g");
	ASSERT_OK(fsi_directory_remove_tree(root, "a"));
	ck_assert_uint_eq(count_of(root), 1);
	api_item(root, "g");
	api_add_directory(root, "a");
	ck_assert_uint_eq(count_of(api_directory(root, "a")), 0);
}
END_TEST

START_TEST(the_root_is_emptied_and_stays)
{
	api_add_directory(root, "a");
	api_add_text(root, "a\\b", "b");
	api_add_text(root, "c", "c");
	ASSERT_OK(fsi_directory_remove_tree(root, _i == 0 ? "\\" : "/"));
	ck_assert_uint_eq(count_of(root), 0);
	ASSERT_TEXT(fsi_item_get_full_path, fsi_directory_as_item(root), "\\");
	api_add_text(root, "a", "a");
}
END_TEST

START_TEST(a_removed_item_stays_readable)
{
	fsi_item *directory = NULL;
	fsi_item *file = NULL;
	struct timespec time;
	bool hidden = false;

	api_add_directory(root, "d");
	api_add_text(root, "d\\f", "still here");
	directory = api_item(root, "d");
	file = api_item(root, "d\\f");
	ASSERT_OK(fsi_item_put_is_hidden(file, true));
	ASSERT_OK(fsi_directory_remove_tree(root, "d"));
	ASSERT_TEXT(fsi_item_get_name, directory, "d");
	ASSERT_TEXT(fsi_item_get_full_path, directory, "d");
	ASSERT_TEXT(fsi_item_get_name, file, "f");
	ASSERT_TEXT(fsi_item_get_full_path, file, "f");
	ASSERT_OK(fsi_item_get_creation_time(file, &time));
	ck_assert_int_eq(time.tv_sec, API_SECONDS);
	ASSERT_OK(fsi_item_get_is_hidden(file, &hidden));
	ck_assert(hidden);
	ck_assert_int_eq(fsi_item_get_type(file), FSI_ITEM_FILE);
	ck_assert_uint_eq(count_of(fsi_item_as_directory(directory)), 1);
	assert_bytes(fsi_item_as_file(file), "still here");
}
END_TEST

START_TEST(a_removed_item_can_be_added_again_elsewhere)
{
	fsi_item *directory = NULL;
	uint32_t files = 0;

	api_add_directory(root, "d");
	api_add_directory(root, "d\\e");
	api_add_text(root, "d\\e\\f", "moved");
	api_add_directory(root, "new");
	directory = api_item(root, "d");
	ASSERT_OK(fsi_directory_remove_tree(root, "d"));
	ASSERT_OK(fsi_directory_add(api_directory(root, "new"), directory));
	ASSERT_TEXT(fsi_item_get_full_path, directory, "\\new\\d");
	assert_bytes(api_file(root, "new\\d\\e\\f"), "moved");
	ASSERT_OK(fsi_image_get_file_count(image, &files));
	ck_assert_uint_eq(files, 1);
}
END_TEST

START_TEST(an_item_of_a_removed_tree_can_be_added_alone)
{
	fsi_item *file = NULL;
	fsi_item *directory = NULL;
	uint32_t number = 0;

	api_add_directory(root, "d");
	api_add_text(root, "d\\f", "saved");
	api_add_text(root, "d\\g", "lost");
	directory = api_item(root, "d");
	file = api_item(root, "d\\f");
	ASSERT_OK(fsi_directory_remove_tree(root, "d"));
	ASSERT_OK(fsi_directory_add(root, file));
	ASSERT_TEXT(fsi_item_get_full_path, file, "\\f");
	assert_bytes(api_file(root, "f"), "saved");
	ck_assert_uint_eq(count_of(fsi_item_as_directory(directory)), 1);
	ASSERT_OK(fsi_image_get_file_count(image, &number));
	ck_assert_uint_eq(number, 1);
	ASSERT_OK(fsi_image_get_directory_count(image, &number));
	ck_assert_uint_eq(number, 0);
}
END_TEST

START_TEST(an_item_of_a_removed_tree_stays_there_when_it_can_not_be_added)
{
	fsi_item *file = NULL;
	fsi_item *directory = NULL;
	char *before = NULL;

	api_add_directory(root, "d");
	api_add_text(root, "d\\f", "saved");
	directory = api_item(root, "d");
	file = api_item(root, "d\\f");
	ASSERT_OK(fsi_directory_remove_tree(root, "d"));
	api_add_text(root, "F", "in the way");
	before = api_describe(image);
	ASSERT_FAILS(fsi_directory_add(root, file), IMAPI_E_DUP_NAME, "f");
	api_assert_unchanged(image, before);
	ck_assert_uint_eq(count_of(fsi_item_as_directory(directory)), 1);
	ASSERT_OK(fsi_directory_add(root, directory));
	assert_bytes(api_file(root, "d\\f"), "saved");
}
END_TEST

/* ---- listing ----------------------------------------------------------- */

static void assert_next(fsi_enum_items *items, const char *name)
{
	fsi_item *item = NULL;

	ASSERT_OK(fsi_enum_items_next(items, 1, &item, NULL));
	ASSERT_TEXT(fsi_item_get_name, item, name);
}

static void assert_end(fsi_enum_items *items)
{
	fsi_item *item = NULL;
	uint32_t fetched = 99;

	ck_assert_int_eq(fsi_enum_items_next(items, 1, &item, &fetched), S_FALSE);
	ck_assert_uint_eq(fetched, 0);
	ck_assert_ptr_null(item);
}

static fsi_enum_items *list_root(void)
{
	fsi_enum_items *items = NULL;

	ASSERT_OK(fsi_directory_get_enum_items(root, &items));
	return items;
}

START_TEST(items_are_listed_in_byte_order_whatever_the_order_of_adding)
{
	fsi_enum_items *items = NULL;

	api_add_text(root, "b", "");
	api_add_directory(root, "\xC3\xA4");
	api_add_text(root, "a", "");
	api_add_directory(root, "Z");
	items = list_root();
	assert_next(items, "Z");
	assert_next(items, "a");
	assert_next(items, "b");
	assert_next(items, "\xC3\xA4");
	assert_end(items);
	fsi_enum_items_release(items);
}
END_TEST

START_TEST(a_list_is_a_snapshot)
{
	fsi_enum_items *items = NULL;

	api_add_text(root, "a", "");
	api_add_text(root, "b", "");
	items = list_root();
	ASSERT_OK(fsi_directory_remove(root, "a"));
	api_add_text(root, "c", "");
	assert_next(items, "a");
	assert_next(items, "b");
	assert_end(items);
	fsi_enum_items_release(items);
}
END_TEST

START_TEST(several_items_can_be_fetched_at_once)
{
	fsi_enum_items *items = NULL;
	fsi_item *some[4] = {NULL};
	uint32_t fetched = 0;

	api_add_text(root, "a", "");
	api_add_text(root, "b", "");
	api_add_text(root, "c", "");
	items = list_root();
	ASSERT_OK(fsi_enum_items_next(items, 2, some, &fetched));
	ck_assert_uint_eq(fetched, 2);
	ASSERT_TEXT(fsi_item_get_name, some[1], "b");
	ck_assert_int_eq(fsi_enum_items_next(items, 4, some, &fetched), S_FALSE);
	ck_assert_uint_eq(fetched, 1);
	ASSERT_TEXT(fsi_item_get_name, some[0], "c");
	assert_end(items);
	ASSERT_OK(fsi_enum_items_reset(items));
	ASSERT_OK(fsi_enum_items_next(items, 3, some, &fetched));
	ck_assert_uint_eq(fetched, 3);
	fsi_enum_items_release(items);
}
END_TEST

START_TEST(items_can_be_skipped_and_begun_anew)
{
	fsi_enum_items *items = NULL;

	api_add_text(root, "a", "");
	api_add_text(root, "b", "");
	api_add_text(root, "c", "");
	items = list_root();
	ASSERT_OK(fsi_enum_items_skip(items, 0));
	ASSERT_OK(fsi_enum_items_skip(items, 2));
	assert_next(items, "c");
	ASSERT_OK(fsi_enum_items_skip(items, 0));
	ck_assert_int_eq(fsi_enum_items_skip(items, 1), S_FALSE);
	ASSERT_OK(fsi_enum_items_reset(items));
	ASSERT_OK(fsi_enum_items_skip(items, 3));
	assert_end(items);
	ASSERT_OK(fsi_enum_items_reset(items));
	ck_assert_int_eq(fsi_enum_items_skip(items, UINT32_MAX), S_FALSE);
	assert_end(items);
	fsi_enum_items_release(items);
}
END_TEST

START_TEST(a_copy_of_a_list_goes_its_own_way_from_the_same_place)
{
	fsi_enum_items *items = NULL;
	fsi_enum_items *copy = NULL;

	api_add_text(root, "a", "");
	api_add_text(root, "b", "");
	items = list_root();
	assert_next(items, "a");
	ASSERT_OK(fsi_enum_items_clone(items, &copy));
	assert_next(items, "b");
	assert_end(items);
	fsi_enum_items_release(items);
	ck_assert_ptr_eq(fsi_enum_items_add_ref(copy), copy);
	fsi_enum_items_release(copy);
	assert_next(copy, "b");
	ASSERT_OK(fsi_enum_items_reset(copy));
	assert_next(copy, "a");
	fsi_enum_items_release(copy);
	ck_assert_ptr_null(fsi_enum_items_add_ref(NULL));
	fsi_enum_items_release(NULL);
}
END_TEST

START_TEST(an_empty_directory_lists_nothing)
{
	fsi_enum_items *items = list_root();

	assert_end(items);
	ASSERT_OK(fsi_enum_items_skip(items, 0));
	fsi_enum_items_release(items);
}
END_TEST

/* ---- suites ------------------------------------------------------------ */

static void add_removal_tests(Suite *suite)
{
	TCase *tcase = tcase_create("removing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, files_and_empty_directories_can_be_removed);
	tcase_add_test(tcase, a_tree_is_removed_with_all_that_it_holds);
	tcase_add_loop_test(tcase, the_root_is_emptied_and_stays, 0, 2);
	tcase_add_test(tcase, a_removed_item_stays_readable);
	tcase_add_test(tcase, a_removed_item_can_be_added_again_elsewhere);
	tcase_add_test(tcase, an_item_of_a_removed_tree_can_be_added_alone);
	tcase_add_test(tcase,
		       an_item_of_a_removed_tree_stays_there_when_it_can_not_be_added);
	suite_add_tcase(suite, tcase);
}

static void add_listing_tests(Suite *suite)
{
	TCase *tcase = tcase_create("listing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase,
		       items_are_listed_in_byte_order_whatever_the_order_of_adding);
	tcase_add_test(tcase, a_list_is_a_snapshot);
	tcase_add_test(tcase, several_items_can_be_fetched_at_once);
	tcase_add_test(tcase, items_can_be_skipped_and_begun_anew);
	tcase_add_test(tcase, a_copy_of_a_list_goes_its_own_way_from_the_same_place);
	tcase_add_test(tcase, an_empty_directory_lists_nothing);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("items");
	TCase *tcase = tcase_create("finding");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_item_is_a_directory_or_a_file);
	tcase_add_test(tcase, nothing_is_neither);
	tcase_add_test(tcase,
		       an_item_is_found_at_any_depth_in_any_case_by_either_separator);
	tcase_add_test(tcase, case_is_that_of_every_script);
	tcase_add_test(tcase, a_path_of_another_directory_begins_there);
	tcase_add_test(tcase, names_that_differ_in_case_can_be_two);
	tcase_add_test(tcase,
		       any_character_may_be_in_a_name_and_only_the_slash_separates);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("adding");
	tcase_add_checked_fixture(tcase, api_begin_folder, api_end_folder);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_added_is_there);
	tcase_add_test(tcase, the_stream_that_was_given_comes_back);
	tcase_add_test(tcase, a_file_of_this_computer_brings_its_bytes_and_times);
	tcase_add_test(tcase, a_link_brings_the_file_that_it_leads_to);
	tcase_add_test(tcase, data_of_a_file_outlives_the_image);
	tcase_add_test(tcase, data_of_a_file_may_go_into_the_image_again);
	suite_add_tcase(suite, tcase);

	add_removal_tests(suite);
	add_listing_tests(suite);
	return api_run(suite);
}
