/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documented codes of results, streams and lists. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <sys/stat.h>

static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	root = api_root(image);
	api_add_text(root, "file", "file");
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

START_TEST(an_image_without_a_file_system_has_no_result)
{
	fsi_result *result = NULL;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, 0));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result), IMAPI_E_NO_OUTPUT,
		     "");
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(a_stream_of_a_file_is_one_of_a_regular_file)
{
	fsi_stream *made = NULL;

	scratch_text(&api_folder, "host", "host");
	scratch_folder(&api_folder, "folder");
	ck_assert_int_eq(mkfifo(api_host("pipe"), 0644), 0);
	ASSERT_FAILS(fsi_stream_create_on_file(api_host("none"), &made),
		     FSI_E_FILE_NOT_FOUND, "");
	ASSERT_SAYS("No such file or directory");
	ASSERT_FAILS(fsi_stream_create_on_file(api_host("folder"), &made),
		     FSI_E_DIRECTORY_NOT_SUPPORTED, "");
	ASSERT_FAILS(fsi_stream_create_on_file(api_host("pipe"), &made),
		     FSI_E_SEEK_ON_DEVICE, "");
	ASSERT_FAILS(fsi_stream_create_on_file("/dev/null", &made), FSI_E_SEEK_ON_DEVICE,
		     "");
	ck_assert_ptr_null(made);
	ASSERT_OK(fsi_stream_create_on_file(api_host("host"), &made));
	fsi_stream_release(made);
}
END_TEST

START_TEST(functions_of_a_stream_need_their_full_table)
{
	struct test_stream source = {.size = 1};
	struct fsi_stream_ops ops = test_stream_ops;
	fsi_stream *made = NULL;

	ops.size = sizeof(ops) - 1;
	ASSERT_FAILS(fsi_stream_create(&ops, &source, &made), E_INVALIDARG, "");
	ops = test_stream_ops;
	ops.read_at = NULL;
	ASSERT_FAILS(fsi_stream_create(&ops, &source, &made), E_POINTER, "");
	ops = test_stream_ops;
	ops.get_size = NULL;
	ASSERT_FAILS(fsi_stream_create(&ops, &source, &made), E_POINTER, "");
	ck_assert_ptr_null(made);
	ck_assert_uint_eq(source.destroyed, 0);
	ops = test_stream_ops;
	ops.clone = NULL;
	ops.destroy = NULL;
	ASSERT_OK(fsi_stream_create(&ops, &source, &made));
	fsi_stream_release(made);
}
END_TEST

START_TEST(what_a_callers_function_returns_comes_through)
{
	struct test_stream source = {.size = 1, .fails = true, .failure = E_ACCESSDENIED};
	fsi_stream *made = test_stream_open(&source);
	uint64_t size = 0;
	uint8_t byte = 0;

	ASSERT_FAILS(fsi_stream_read_at(made, 0, &byte, 1, NULL), E_ACCESSDENIED, "");
	source.size_failure = E_NOTIMPL;
	ASSERT_FAILS(fsi_stream_get_size(made, &size), E_NOTIMPL, "");
	fsi_stream_release(made);
}
END_TEST

START_TEST(lists_refuse_to_fetch_nothing)
{
	fsi_enum_items *items = NULL;
	fsi_item *item = NULL;
	uint32_t fetched = 7;

	ASSERT_OK(fsi_directory_get_enum_items(root, &items));
	ASSERT_FAILS(fsi_enum_items_next(items, 0, &item, &fetched), E_INVALIDARG, "");
	ck_assert_uint_eq(fetched, 7);
	fsi_enum_items_release(items);
}
END_TEST

START_TEST(the_error_of_a_call_is_gone_with_the_next_success)
{
	uint32_t count = 0;

	ASSERT_FAILS(fsi_directory_remove(root, "none"), IMAPI_E_ITEM_NOT_FOUND, "none");
	ck_assert_int_eq(fsi_directory_get_count(root, &count), S_OK);
	ck_assert_str_eq(fsi_error_get_name(), "");
	ck_assert_str_eq(fsi_error_get_message(), "");
	ck_assert_uint_eq(fsi_error_get_insert_count(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stream codes");
	TCase *tcase = tcase_create("codes");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_image_without_a_file_system_has_no_result);
	tcase_add_test(tcase, a_stream_of_a_file_is_one_of_a_regular_file);
	tcase_add_test(tcase, functions_of_a_stream_need_their_full_table);
	tcase_add_test(tcase, what_a_callers_function_returns_comes_through);
	tcase_add_test(tcase, lists_refuse_to_fetch_nothing);
	tcase_add_test(tcase, the_error_of_a_call_is_gone_with_the_next_success);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
