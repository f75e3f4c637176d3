/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each limit of an image: one below, at, one above; and what lifts it. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ISO_FILE_MAX   UINT64_C(2147483648)
#define LARGE_FILE_MAX UINT64_C(4294967295)
#define UDF_FILE_MAX   (UINT64_C(0x7FFFFFFF) * 2048) /* an image of one file */
#define DIRECTORY_MAX  65535u			     /* with the root */

static fsi_image *image;
static fsi_directory *root;
static struct test_stream source; /* claims any size; lives longer than the image */

static void set_up(void)
{
	api_begin_folder();
	source = (struct test_stream){.size = 0};
	image = api_image(BRIDGE);
	root = api_root(image);
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* Add a file that claims a size, in one of three ways. */
static HRESULT add_claim(int way, const char *name, uint64_t size)
{
	fsi_stream *stream = NULL;
	fsi_file *file = NULL;
	HRESULT hr = S_OK;

	if (way == 2) {
		scratch_text(&api_folder, "sparse", "");
		ck_assert_int_eq(truncate(api_host("sparse"), (off_t)size), 0);
		return fsi_directory_add_file_from_path(root, name, api_host("sparse"));
	}
	stream = test_stream_open(&source);
	source.size = size;
	if (way == 0) {
		hr = fsi_directory_add_file(root, name, stream);
	} else {
		ASSERT_OK(fsi_image_create_file_item(image, name, &file));
		ASSERT_OK(fsi_file_put_data(file, stream));
		hr = fsi_directory_add(root, fsi_file_as_item(file));
	}
	fsi_stream_release(stream);
	return hr;
}

/* ---- levels ------------------------------------------------------------ */

/* The path of a directory on a level; the root is on level 1. */
static const char *path_on_level(unsigned level)
{
	static char path[64];
	char *end = path;

	for (unsigned i = 2; i <= level; i++)
		end += snprintf(end, 4, "\\%u", i);
	return path;
}

static HRESULT make_level(unsigned level)
{
	return fsi_directory_add_directory(root, path_on_level(level));
}

static void make_levels(unsigned deepest)
{
	for (unsigned level = 2; level <= deepest; level++)
		ASSERT_OK(make_level(level));
}

static void assert_ninth_level(HRESULT hr)
{
	ASSERT_FAILS(hr, IMAPI_E_ISO9660_LEVELS, "");
	ASSERT_SAYS("eighth level");
	ASSERT_SAYS("\"\\2\\3\\4\\5\\6\\7\\8\\9\" is on level 9");
}

START_TEST(iso_9660_has_eight_levels_of_directories)
{
	fsi_directory *detached = NULL;
	uint32_t levels = 0;
	char *before = NULL;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, _i == 0 ? ISO : BRIDGE));
	make_levels(8);
	ASSERT_OK(fsi_image_get_directory_levels(image, &levels));
	ck_assert_uint_eq(levels, 8);
	/* Files may stand there. */
	api_add_text(root, api_text("%s\\file", path_on_level(8)), "text");
	before = api_describe(image);
	assert_ninth_level(make_level(9));
	ASSERT_OK(fsi_image_create_directory_item(image, "9", &detached));
	assert_ninth_level(fsi_directory_add(api_directory(root, path_on_level(8)),
					     fsi_directory_as_item(detached)));
	api_assert_unchanged(image, before);
	fsi_result_release(api_result(image));
}
END_TEST

START_TEST(a_new_image_has_its_limits_from_the_beginning)
{
	const struct timespec now = {.tv_sec = API_SECONDS};

	fsi_image_release(image);
	ASSERT_OK(fsi_image_create(&now, &image));
	root = api_root(image);
	ASSERT_FAILS(add_claim(0, "large", ISO_FILE_MAX + 1), IMAPI_E_DATA_TOO_BIG,
		     "ISO9660/Joliet");
	ASSERT_FAILS(add_claim(0, "medium", UINT64_C(332800) * 2048),
		     IMAPI_E_IMAGE_SIZE_LIMIT, "\\medium");
	ASSERT_SAYS("332800 blocks");
	ASSERT_OK(add_claim(0, "small", UINT64_C(332000) * 2048));
	make_levels(8);
	assert_ninth_level(make_level(9));
}
END_TEST

START_TEST(without_iso_9660_directories_may_lie_deeper)
{
	fsi_file_systems value = 0;
	uint32_t levels = 0;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	make_levels(9);
	ASSERT_OK(fsi_image_get_directory_levels(image, &levels));
	ck_assert_uint_eq(levels, 9);
	assert_ninth_level(fsi_image_put_file_systems_to_create(image, ISO));
	assert_ninth_level(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &value));
	ck_assert_uint_eq(value, UDF);
	ASSERT_OK(fsi_directory_remove(root, path_on_level(9)));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
}
END_TEST

START_TEST(deep_directories_lift_the_limit_as_long_as_they_are_on)
{
	bool flag = false;

	ASSERT_OK(fsi_image_put_deep_directories(image, true));
	make_levels(20);
	fsi_result_release(api_result(image));
	assert_ninth_level(fsi_image_put_deep_directories(image, false));
	ASSERT_OK(fsi_image_get_deep_directories(image, &flag));
	ck_assert(flag);
	ASSERT_OK(fsi_directory_remove_tree(root, path_on_level(9)));
	ASSERT_OK(fsi_image_put_deep_directories(image, false));
	assert_ninth_level(make_level(9));
}
END_TEST

START_TEST(a_removed_tree_is_as_deep_as_it_was_when_it_is_added_again)
{
	fsi_item *tree = NULL;
	char *before = NULL;

	make_levels(7);
	tree = api_item(root, path_on_level(2));
	ASSERT_OK(fsi_directory_remove_tree(root, path_on_level(2)));
	api_add_directory(root, "a");
	api_add_directory(root, "a\\b");
	before = api_describe(image);
	ASSERT_FAILS(fsi_directory_add(api_directory(root, "a\\b"), tree),
		     IMAPI_E_ISO9660_LEVELS, "");
	ASSERT_SAYS("\"\\a\\b\\2\\3\\4\\5\\6\\7\" is on level 9");
	api_assert_unchanged(image, before);
	ASSERT_OK(fsi_directory_add(api_directory(root, "a"), tree));
}
END_TEST

/* ---- directories ------------------------------------------------------- */

/* Fill up to so many directories, the root counted, 255 in each of them. */
static void make_directories(uint32_t count)
{
	uint32_t made = 1;

	for (uint32_t i = 0; made < count; i++) {
		api_add_directory(root, api_text("%" PRIu32, i));
		made++;
		for (uint32_t k = 0; k < 255 && made < count; k++, made++)
			api_add_directory(root, api_text("%" PRIu32 "\\%" PRIu32, i, k));
	}
}

static void assert_one_too_many(HRESULT hr)
{
	ASSERT_FAILS(hr, IMAPI_E_TOO_MANY_DIRS, "ISO9660");
	ASSERT_SAYS("65535");
}

START_TEST(iso_9660_numbers_65535_directories)
{
	uint32_t count = 0;

	make_directories(DIRECTORY_MAX);
	ASSERT_OK(fsi_image_get_directory_count(image, &count));
	ck_assert_uint_eq(count, DIRECTORY_MAX - 1);
	assert_one_too_many(fsi_directory_add_directory(root, "x"));
	api_add_text(root, "a file is none", "");
	scratch_folder(&api_folder, "tree");
	assert_one_too_many(fsi_directory_add_tree(root, api_host("tree"), true));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	fsi_result_release(api_result(image));
}
END_TEST

START_TEST(udf_has_room_for_more_directories)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	make_directories(DIRECTORY_MAX + 1);
	assert_one_too_many(fsi_image_put_file_systems_to_create(image, ISO));
	assert_one_too_many(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_OK(fsi_directory_remove(root, "0\\0"));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	assert_one_too_many(fsi_directory_add_directory(root, "x"));
}
END_TEST

START_TEST(a_directory_of_udf_has_65534_directories)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	api_add_directory(root, "many");
	for (uint32_t i = 0; i < 65534; i++)
		api_add_directory(root, api_text("many\\%" PRIu32, i));
	fsi_result_release(api_result(image));
	ASSERT_FAILS(fsi_directory_add_directory(root, "many\\one more"),
		     IMAPI_E_TOO_MANY_DIRS, "UDF");
	ASSERT_SAYS("\\many");
	ASSERT_SAYS("65534");
	api_add_text(root, "many\\file", "");
	fsi_result_release(api_result(image));
	ASSERT_OK(fsi_directory_remove(root, "many\\0"));
	api_add_directory(root, "many\\one more");
	/* Chosen later, it is held against what is there. */
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, FSI_FILE_SYSTEM_NONE));
	api_add_directory(root, "many\\0");
	ASSERT_FAILS(fsi_image_put_file_systems_to_create(image, UDF),
		     IMAPI_E_TOO_MANY_DIRS, "UDF");
}
END_TEST

/* ---- files ------------------------------------------------------------- */

static const struct {
	fsi_file_systems file_systems;
	bool large_iso_files;
	uint64_t most;
	const char *limiter;
} file_limits[] = {
	{ISO, false, ISO_FILE_MAX, "ISO9660/Joliet"},
	{ISO_JOLIET, false, ISO_FILE_MAX, "ISO9660/Joliet"},
	{BRIDGE, false, ISO_FILE_MAX, "ISO9660/Joliet"},
	{ISO, true, LARGE_FILE_MAX, "ISO9660/Joliet"},
	{BRIDGE, true, LARGE_FILE_MAX, "ISO9660/Joliet"},
};

#define FILE_LIMITS (int)(sizeof(file_limits) / sizeof(file_limits[0]))

static void assert_too_large(HRESULT hr, const char *limiter, const char *name,
			     uint64_t size, uint64_t most)
{
	ASSERT_FAILS(hr, IMAPI_E_DATA_TOO_BIG, limiter);
	ASSERT_SAYS(api_text("\"\\%s\" has %" PRIu64 " bytes, the limit is %" PRIu64,
			     name, size, most));
}

START_TEST(a_file_may_be_as_large_as_its_file_systems_allow)
{
	const uint64_t most = file_limits[_i].most;
	const char *limiter = file_limits[_i].limiter;
	uint64_t largest = 0;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image,
						       file_limits[_i].file_systems));
	ASSERT_OK(fsi_image_put_large_iso_files(image, file_limits[_i].large_iso_files));
	for (int way = 0; way < 3; way++) {
		char *before = NULL;

		ASSERT_OK(add_claim(way, api_text("below %d", way), most - 1));
		ASSERT_OK(add_claim(way, api_text("at %d", way), most));
		before = api_describe(image);
		assert_too_large(add_claim(way, "above", most + 1), limiter, "above",
				 most + 1, most);
		api_assert_unchanged(image, before);
	}
	assert_too_large(add_claim(0, "far above", INT64_MAX), limiter, "far above",
			 INT64_MAX, most);
	ASSERT_OK(fsi_image_get_largest_file_size(image, &largest));
	ck_assert_uint_eq(largest, most);
	fsi_result_release(api_result(image));
}
END_TEST

START_TEST(a_large_file_keeps_iso_9660_out)
{
	fsi_file_systems value = 0;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(add_claim(0, "large", ISO_FILE_MAX + 1));
	assert_too_large(fsi_image_put_file_systems_to_create(image, BRIDGE),
			 "ISO9660/Joliet", "large", ISO_FILE_MAX + 1, ISO_FILE_MAX);
	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &value));
	ck_assert_uint_eq(value, UDF);
	ASSERT_OK(fsi_image_put_large_iso_files(image, true));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	assert_too_large(fsi_image_put_large_iso_files(image, false), "ISO9660/Joliet",
			 "large", ISO_FILE_MAX + 1, ISO_FILE_MAX);
	ASSERT_OK(fsi_directory_remove(root, "large"));
	ASSERT_OK(fsi_image_put_large_iso_files(image, false));
}
END_TEST

START_TEST(a_removed_tree_is_as_large_as_it_was_when_it_is_added_again)
{
	fsi_item *tree = NULL;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	api_add_directory(root, "tree");
	ASSERT_OK(add_claim(0, "tree\\large", ISO_FILE_MAX + 1));
	tree = api_item(root, "tree");
	ASSERT_OK(fsi_directory_remove_tree(root, "tree"));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, ISO));
	assert_too_large(fsi_directory_add(root, tree), "ISO9660/Joliet", "tree\\large",
			 ISO_FILE_MAX + 1, ISO_FILE_MAX);
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 1000));
	ASSERT_FAILS(fsi_directory_add(root, tree), IMAPI_E_IMAGE_SIZE_LIMIT, "\\tree");
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 0));
	ASSERT_OK(fsi_directory_add(root, tree));
}
END_TEST

START_TEST(the_names_of_a_removed_tree_obey_the_rules_when_it_is_added_again)
{
	fsi_item *tree = NULL;

	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	api_add_directory(root, "tree");
	api_add_text(root, "tree/name", "lower");
	api_add_text(root, _i == 0 ? "tree/NAME" : "tree/a:b", "upper");
	tree = api_item(root, "tree");
	ASSERT_OK(fsi_directory_remove_tree(root, "tree"));
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, false));
	ASSERT_OK(fsi_image_put_any_character_names(image, false));
	if (_i == 0)
		ck_assert_int_eq(fsi_directory_add(root, tree), IMAPI_E_DUP_NAME);
	else
		ASSERT_FAILS(fsi_directory_add(root, tree), IMAPI_E_INVALID_PATH, "a:b");
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	ASSERT_OK(fsi_directory_add(root, tree));
	api_item(root, "tree/name");
}
END_TEST

START_TEST(what_lies_below_is_found_when_case_matters_no_more)
{
	fsi_item *tree = NULL;

	ASSERT_OK(fsi_image_put_case_sensitive_names(image, _i == 0));
	api_add_directory(root, "tree");
	api_add_text(root, "tree\\Name", "text");
	tree = api_item(root, "tree");
	ASSERT_OK(fsi_directory_remove_tree(root, "tree"));
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, _i != 0));
	ASSERT_OK(fsi_directory_add(root, tree));
	api_item(root, "tree\\Name");
	ASSERT_FAILS(fsi_directory_add_directory(root, "tree\\Name"), IMAPI_E_DUP_NAME,
		     "Name");
	ASSERT_OK(fsi_directory_remove(root, "tree\\Name"));
}
END_TEST

START_TEST(a_stream_that_is_refused_is_not_kept)
{
	fsi_stream *stream = test_stream_open(&source);

	source.size = ISO_FILE_MAX + 1;
	ASSERT_FAILS(fsi_directory_add_file(root, "large", stream), IMAPI_E_DATA_TOO_BIG,
		     "ISO9660/Joliet");
	ASSERT_FAILS(fsi_directory_add_file(root, "a:b", stream), IMAPI_E_INVALID_PATH,
		     "a:b");
	ck_assert_uint_eq(source.destroyed, 0);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

/* ---- the whole image --------------------------------------------------- */

START_TEST(a_file_of_udf_may_be_as_large_as_a_volume)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	for (int way = 0; way < 3; way++) {
		ASSERT_OK(add_claim(way, api_text("at %d", way), UDF_FILE_MAX));
		assert_too_large(add_claim(way, "above", UDF_FILE_MAX + 1), "UDF",
				 "above", UDF_FILE_MAX + 1, UDF_FILE_MAX);
	}
}
END_TEST

/* 17 files of 122,683,158 blocks each fit; the next is too much. */
static void make_huge(void)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	for (int i = 0; i < 17; i++)
		ASSERT_OK(add_claim(0, api_text("%d", i), UINT64_C(122683158) * 2048));
}

START_TEST(an_image_has_at_most_2147483647_blocks)
{
	fsi_result *result = NULL;
	uint32_t blocks = 0;

	make_huge();
	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
	fsi_result_release(api_result(image));
	ASSERT_OK(add_claim(0, "one more", UDF_FILE_MAX));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result), IMAPI_E_IMAGE_TOO_BIG,
		     "");
	ASSERT_SAYS("2147483647");
	ASSERT_FAILS(fsi_image_get_used_blocks(image, &blocks), IMAPI_E_IMAGE_TOO_BIG,
		     "");
	ASSERT_FAILS(fsi_image_put_free_media_blocks(image, INT64_MAX),
		     IMAPI_E_IMAGE_TOO_BIG, "");
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(no_limit_is_higher_than_what_an_image_can_have)
{
	make_huge();
	ASSERT_OK(fsi_image_put_free_media_blocks(image, INT64_MAX));
	ASSERT_FAILS(add_claim(0, "one more", UDF_FILE_MAX), IMAPI_E_IMAGE_SIZE_LIMIT,
		     "\\one more");
	ASSERT_SAYS("2147483647 blocks");
	fsi_result_release(api_result(image));
}
END_TEST

/* ---- suites ------------------------------------------------------------ */

static TCase *make_file_tests(void)
{
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_file_of_udf_may_be_as_large_as_a_volume);
	tcase_add_loop_test(tcase, a_file_may_be_as_large_as_its_file_systems_allow, 0,
			    FILE_LIMITS);
	tcase_add_test(tcase, a_large_file_keeps_iso_9660_out);
	tcase_add_test(tcase,
		       a_removed_tree_is_as_large_as_it_was_when_it_is_added_again);
	tcase_add_loop_test(
		tcase, the_names_of_a_removed_tree_obey_the_rules_when_it_is_added_again,
		0, 2);
	tcase_add_loop_test(tcase, what_lies_below_is_found_when_case_matters_no_more, 0,
			    2);
	tcase_add_test(tcase, a_stream_that_is_refused_is_not_kept);
	tcase_add_test(tcase, an_image_has_at_most_2147483647_blocks);
	tcase_add_test(tcase, no_limit_is_higher_than_what_an_image_can_have);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("image limits");
	TCase *tcase = tcase_create("directories");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, iso_9660_has_eight_levels_of_directories, 0, 2);
	tcase_add_test(tcase, a_new_image_has_its_limits_from_the_beginning);
	tcase_add_test(tcase, without_iso_9660_directories_may_lie_deeper);
	tcase_add_test(tcase, deep_directories_lift_the_limit_as_long_as_they_are_on);
	tcase_add_test(tcase, a_removed_tree_is_as_deep_as_it_was_when_it_is_added_again);
	tcase_add_test(tcase, iso_9660_numbers_65535_directories);
	tcase_add_test(tcase, udf_has_room_for_more_directories);
	tcase_add_test(tcase, a_directory_of_udf_has_65534_directories);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, make_file_tests());
	return api_run(suite);
}
