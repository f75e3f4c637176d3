/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moving and renaming items of an image. */
#include "base/memory.h"
#include "image/image.h"
#include "tests/support/api.h"

#include <string.h>

static fsi_image *image;
static fsi_directory *root;
static char *before;

static void set_up(void)
{
	image = api_image(BRIDGE);
	root = api_root(image);
	api_add_directory(root, "dir");
	api_add_directory(root, "dir\\sub");
	api_add_text(root, "dir\\sub\\file", "text");
	api_add_directory(root, "other");
	api_add_text(root, "file", "text");
	before = api_describe(image);
}

static void tear_down(void)
{
	fsi_free(before);
	fsi_image_release(image);
}

START_TEST(an_item_gets_another_name)
{
	fsi_item *item = api_item(root, "file");
	uint32_t blocks = 0;
	uint32_t blocks_then = 0;

	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
	ASSERT_OK(fsi_directory_move(root, "file", "renamed"));
	ck_assert_ptr_eq(api_item(root, "renamed"), item);
	ASSERT_TEXT(fsi_item_get_name, item, "renamed");
	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks_then));
	ck_assert_uint_eq(blocks, blocks_then);
}
END_TEST

START_TEST(a_directory_moves_with_all_below_it)
{
	fsi_item *item = api_item(root, "dir\\sub\\file");
	uint32_t count = 0;

	ASSERT_OK(fsi_directory_move(root, "dir\\sub", "other\\new"));
	ck_assert_ptr_eq(api_item(root, "other\\new\\file"), item);
	ASSERT_TEXT(fsi_item_get_full_path, item, "\\other\\new\\file");
	ASSERT_OK(fsi_directory_get_count(api_directory(root, "dir"), &count));
	ck_assert_uint_eq(count, 0);
	ASSERT_OK(fsi_image_get_directory_count(image, &count));
	ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(paths_begin_at_the_directory)
{
	ASSERT_OK(
		fsi_directory_move(api_directory(root, "dir"), "sub\\file", "elsewhere"));
	(void)api_file(root, "dir\\elsewhere");
}
END_TEST

START_TEST(a_name_can_change_its_case)
{
	ASSERT_OK(fsi_directory_move(root, "file", "FILE"));
	ASSERT_TEXT(fsi_item_get_name, api_item(root, "file"), "FILE");
}
END_TEST

START_TEST(a_move_is_one_change_that_can_be_undone)
{
	int32_t point = 0;

	ASSERT_OK(fsi_image_get_change_point(image, &point));
	ASSERT_OK(fsi_directory_move(root, "dir\\sub", "moved"));
	ASSERT_OK(fsi_directory_move(root, "moved", "file2"));
	ASSERT_OK(fsi_image_rollback_to_change_point(image, point + 1));
	(void)api_file(root, "moved\\file");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, point));
	api_assert_unchanged(image, before);
	before = NULL;
}
END_TEST

static const struct {
	HRESULT code;
	const char *name;
	const char *inserts;
	const char *from;
	const char *to;
} failures[] = {
#define FAILURE(code, inserts, from, to) \
	{ \
		code, #code, inserts, from, to \
	}
	FAILURE(IMAPI_E_INVALID_PARAM, "from_path", "", "new"),
	FAILURE(IMAPI_E_INVALID_PARAM, "to_path", "file", ""),
	FAILURE(IMAPI_E_ITEM_NOT_FOUND, "missing", "missing", "new"),
	FAILURE(IMAPI_E_ITEM_NOT_FOUND, "missing\\file", "missing\\file", "new"),
	FAILURE(IMAPI_E_ITEM_NOT_FOUND, "file\\file", "file\\file", "new"),
	FAILURE(IMAPI_E_INVALID_PATH, "\\", "\\", "new"),
	FAILURE(IMAPI_E_INVALID_PATH, "a:b", "file", "a:b"),
	FAILURE(IMAPI_E_INVALID_PATH, "dir\\sub\\dir", "dir", "dir\\sub\\dir"),
	FAILURE(IMAPI_E_INVALID_PATH, "dir\\dir", "dir", "dir\\dir"),
	FAILURE(IMAPI_E_DIR_NOT_FOUND, "\\missing", "file", "missing\\file"),
	FAILURE(IMAPI_E_NOT_DIR, "\\file", "dir", "file\\dir"),
	FAILURE(IMAPI_E_DUP_NAME, "dir", "file", "DIR"),
	FAILURE(IMAPI_E_DUP_NAME, "sub", "file", "dir\\sub"),
};

START_TEST(a_move_that_fails_changes_nothing)
{
	const struct api_place place = {__FILE__, __LINE__, failures[_i].from};

	api_assert_fails(&place,
			 fsi_directory_move(root, failures[_i].from, failures[_i].to),
			 failures[_i].code, failures[_i].name, failures[_i].inserts);
	api_assert_unchanged(image, before);
	before = NULL;
}
END_TEST

START_TEST(a_place_has_to_be_within_the_limits)
{
	fsi_free(before);
	for (unsigned level = 3; level <= 8; level++) {
		char path[64] = "other";

		for (unsigned i = 3; i <= level; i++)
			strcat(path, "\\d");
		api_add_directory(root, path);
	}
	before = api_describe(image);
	ASSERT_FAILS(fsi_directory_move(root, "dir", "other\\d\\d\\d\\d\\d\\dir"),
		     IMAPI_E_ISO9660_LEVELS, "");
	api_assert_unchanged(image, before);
	before = NULL;
	ASSERT_OK(fsi_directory_move(root, "dir", "other\\d\\d\\d\\d\\dir"));
}
END_TEST

START_TEST(what_is_read_only_is_not_moved)
{
	fsi_result *result = api_result(image);

	ASSERT_FAILS(fsi_directory_move(root, "file", "new"), IMAPI_E_READONLY, "");
	fsi_result_release(result);
	ASSERT_FAILS(fsi_directory_move(NULL, "file", "new"), E_POINTER, "");
	ASSERT_FAILS(fsi_directory_move(root, NULL, "new"), E_POINTER, "");
	ASSERT_FAILS(fsi_directory_move(root, "file", NULL), E_POINTER, "");
}
END_TEST

START_TEST(a_move_without_memory_changes_nothing)
{
	HRESULT hr = E_OUTOFMEMORY;
	long count = 0;

	while (hr == E_OUTOFMEMORY) {
		char *now = api_describe_content(image);

		fsi_memory_fail_after(count++);
		hr = fsi_directory_move(root, "dir\\sub", "other\\new");
		fsi_memory_fail_after(-1);
		if (hr == E_OUTOFMEMORY) {
			char *then = api_describe_content(image);

			ck_assert_str_eq(now, then);
			fsi_free(then);
		}
		fsi_free(now);
	}
	ck_assert_int_eq(hr, S_OK);
	(void)api_file(root, "other\\new\\file");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("moving items");
	TCase *tests = tcase_create("moving");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, an_item_gets_another_name);
	tcase_add_test(tests, a_directory_moves_with_all_below_it);
	tcase_add_test(tests, paths_begin_at_the_directory);
	tcase_add_test(tests, a_name_can_change_its_case);
	tcase_add_test(tests, a_move_is_one_change_that_can_be_undone);
	tcase_add_loop_test(tests, a_move_that_fails_changes_nothing, 0,
			    (int)(sizeof(failures) / sizeof(failures[0])));
	tcase_add_test(tests, a_place_has_to_be_within_the_limits);
	tcase_add_test(tests, what_is_read_only_is_not_moved);
	tcase_add_test(tests, a_move_without_memory_changes_nothing);
	suite_add_tcase(suite, tests);
	return api_run(suite);
}
