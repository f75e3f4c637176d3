/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of an image: used blocks are those of the result, and the limit. */
#include "tests/support/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, UDF, ISO | UDF, BRIDGE};

#define SETS (int)(sizeof(sets) / sizeof(sets[0]))

static uint32_t used_blocks(fsi_image *image)
{
	uint32_t blocks = 0;

	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
	return blocks;
}

/* That the result has the blocks that were foretold, and a stream of that size. */
static void assert_foretold(fsi_image *image)
{
	const uint32_t blocks = used_blocks(image);
	fsi_result *result = api_result(image);
	fsi_stream *stream = api_result_stream(result);
	uint32_t block_size = 0;
	uint64_t size = 0;

	ck_assert_uint_eq(api_total_blocks(result), blocks);
	ck_assert_uint_eq(used_blocks(image), blocks);
	ASSERT_OK(fsi_result_get_block_size(result, &block_size));
	ck_assert_uint_eq(block_size, 2048);
	ASSERT_OK(fsi_stream_get_size(stream, &size));
	ck_assert_uint_eq(size, (uint64_t)blocks * 2048);
	fsi_stream_release(stream);
	fsi_result_release(result);
}

/* ---- random trees ------------------------------------------------------ */

#define SEEDS	   120
#define STEPS	   60
#define MOST_NAMES 40

struct growth {
	uint64_t random;
	fsi_image *image;
	char directories[MOST_NAMES][200]; /* paths; the first is the root's, "" */
	uint32_t count;
	uint32_t siblings; /* that were made by add_many() */
};

/* A new name, sometimes long, so that directories and path tables grow. */
static void make_name(struct growth *growth, char (*ret_name)[100])
{
	const uint32_t length = api_random(&growth->random, 8) == 0 ? 60 : 3;

	snprintf(*ret_name, sizeof(*ret_name), "%0*" PRIu32 ".%c", (int)length,
		 api_random(&growth->random, 100000),
		 'a' + (char)api_random(&growth->random, 26));
}

static size_t make_size(struct growth *growth)
{
	static const size_t edges[] = {0, 1, 2047, 2048, 2049, 4096, 65536, 100000};

	return edges[api_random(&growth->random, sizeof(edges) / sizeof(edges[0]))];
}

/* Some names come twice, and some lie too deep. */
static void assert_added(HRESULT hr)
{
	ck_assert(hr == S_OK || hr == IMAPI_E_DUP_NAME || hr == IMAPI_E_ISO9660_LEVELS);
}

static void add_something(struct growth *growth)
{
	const char *parent =
		growth->directories[api_random(&growth->random, growth->count)];
	fsi_directory *root = api_root(growth->image);
	fsi_stream *stream = NULL;
	char name[100];
	char path[400];
	HRESULT hr = S_OK;

	make_name(growth, &name);
	snprintf(path, sizeof(path), "%s%s", parent, name);
	if (api_random(&growth->random, 3) == 0) {
		hr = fsi_directory_add_directory(root, path);
		if (hr == S_OK && growth->count < MOST_NAMES && strlen(path) < 190)
			snprintf(growth->directories[growth->count++], 200, "%.198s\\",
				 path);
	} else {
		stream = api_sized_stream(make_size(growth));
		hr = fsi_directory_add_file(root, path, stream);
		fsi_stream_release(stream);
	}
	assert_added(hr);
}

/* Many siblings at once fill directories over the edge of a block. */
static void add_many(struct growth *growth)
{
	fsi_directory *root = api_root(growth->image);
	const uint32_t count = 20 + api_random(&growth->random, 200);
	char path[400];

	for (uint32_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%ssibling %" PRIu32 " of many",
			 growth->directories[api_random(&growth->random, growth->count)],
			 growth->siblings++);
		assert_added(fsi_directory_add_directory(root, path));
	}
}

static void remove_something(struct growth *growth)
{
	fsi_enum_items *items = NULL;
	fsi_item *item = NULL;
	char *name = NULL;

	ASSERT_OK(fsi_directory_get_enum_items(api_root(growth->image), &items));
	(void)fsi_enum_items_skip(items, api_random(&growth->random, 5));
	if (fsi_enum_items_next(items, 1, &item, NULL) == S_OK) {
		ASSERT_OK(fsi_item_get_name(item, &name));
		if (fsi_item_get_type(item) == FSI_ITEM_DIRECTORY) {
			ASSERT_OK(
				fsi_directory_remove_tree(api_root(growth->image), name));
			growth->count = 1;
		} else {
			ASSERT_OK(fsi_directory_remove(api_root(growth->image), name));
		}
		fsi_free(name);
	}
	fsi_enum_items_release(items);
}

/* Properties that change how much room names take, or add a tree of them. */
static void change_names(struct growth *growth)
{
	static HRESULT (*const properties[])(fsi_image * image, bool new_val) = {
		fsi_image_put_iso9660_1999, fsi_image_put_long_iso_names,
		fsi_image_put_omit_iso_versions, fsi_image_put_long_joliet_names};
	const uint32_t which = api_random(&growth->random, 4);
	const bool value = api_random(&growth->random, 2) != 0;

	ck_assert(SUCCEEDED(properties[which](growth->image, value)));
}

static void change_something(struct growth *growth)
{
	fsi_image *image = growth->image;
	const uint32_t choice = api_random(&growth->random, 8);

	if (choice == 0)
		ASSERT_OK(fsi_image_put_iso9660_interchange_level(
			image, 1 + api_random(&growth->random, 2)));
	else if (choice == 1)
		ASSERT_OK(fsi_image_put_volume_name(image, "Another name"));
	else if (choice == 2)
		ASSERT_OK(fsi_image_put_posix_attributes(image, true));
	else if (choice == 3)
		ASSERT_OK(fsi_item_put_is_hidden(fsi_directory_as_item(api_root(image)),
						 true));
	else if (choice <= 5)
		change_names(growth);
	else
		ASSERT_OK(fsi_image_put_file_systems_to_create(
			image, sets[api_random(&growth->random, (uint32_t)SETS)]));
}

static void take_step(struct growth *growth)
{
	const uint32_t choice = api_random(&growth->random, 20);

	if (choice == 0)
		add_many(growth);
	else if (choice == 1)
		remove_something(growth);
	else if (choice <= 4)
		change_something(growth);
	else
		add_something(growth);
}

START_TEST(used_blocks_are_those_of_the_result_whatever_was_done_before)
{
	struct growth growth = {.random = (uint64_t)_i, .count = 1};

	growth.image = api_image(sets[_i % SETS]);
	for (int step = 0; step < STEPS; step++) {
		take_step(&growth);
		if (api_random(&growth.random, 4) == 0)
			assert_foretold(growth.image);
	}
	assert_foretold(growth.image);
	fsi_image_release(growth.image);
}
END_TEST

START_TEST(used_blocks_of_an_empty_image_are_those_of_its_result)
{
	fsi_image *image = api_image(sets[_i]);

	assert_foretold(image);
	fsi_image_release(image);
}
END_TEST

START_TEST(an_image_without_a_file_system_needs_no_blocks)
{
	fsi_image *image = api_image(0);

	api_add_sized(api_root(image), "file", 100000);
	ck_assert_uint_eq(used_blocks(image), 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(one_copy_of_the_data_serves_all_file_systems)
{
	const size_t size = 8 * 1024 * 1024;
	uint32_t one = 0;
	uint32_t all = 0;

	for (int i = 0; i < SETS; i++) {
		fsi_image *image = api_image(sets[i]);

		api_add_sized(api_root(image), "large", size);
		one = i == 0 ? used_blocks(image) : one;
		all = used_blocks(image);
		fsi_image_release(image);
		ck_assert_uint_lt(all, one + 1024);
	}
}
END_TEST

/* ---- the limit --------------------------------------------------------- */

static int64_t free_blocks(fsi_image *image)
{
	int64_t blocks = 0;

	ASSERT_OK(fsi_image_get_free_media_blocks(image, &blocks));
	return blocks;
}

START_TEST(a_limit_may_be_as_low_as_the_used_blocks_and_no_lower)
{
	fsi_image *image = api_image(sets[_i]);
	int64_t blocks = 0;

	api_add_sized(api_root(image), "file", 300000);
	blocks = used_blocks(image);
	ASSERT_OK(fsi_image_put_free_media_blocks(image, blocks + 1));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, blocks));
	ASSERT_FAILS(fsi_image_put_free_media_blocks(image, blocks - 1),
		     IMAPI_E_IMAGE_TOO_BIG, "");
	ASSERT_SAYS(api_text("%" PRId64, blocks));
	ASSERT_SAYS(api_text("%" PRId64, blocks - 1));
	ck_assert_int_eq(free_blocks(image), blocks);
	assert_foretold(image);
	ASSERT_FAILS(fsi_image_put_free_media_blocks(image, 1), IMAPI_E_IMAGE_TOO_BIG,
		     "");
	fsi_image_release(image);
}
END_TEST

START_TEST(zero_and_less_mean_no_limit)
{
	const int64_t values[] = {0, -1, INT64_MIN, INT32_MAX, INT64_MAX};
	fsi_image *image = api_image(BRIDGE);

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		ASSERT_OK(fsi_image_put_free_media_blocks(image, values[i]));
		ck_assert_int_eq(free_blocks(image), values[i]);
		api_add_sized(api_root(image), api_text("file %zu", i), 100000);
		assert_foretold(image);
	}
	fsi_image_release(image);
}
END_TEST

START_TEST(the_limit_may_be_changed_while_a_result_is_alive)
{
	fsi_image *image = api_image(ISO);
	fsi_result *result = api_result(image);

	ASSERT_OK(fsi_image_put_free_media_blocks(image, api_total_blocks(result)));
	ASSERT_FAILS(fsi_image_put_free_media_blocks(image, api_total_blocks(result) - 1),
		     IMAPI_E_IMAGE_TOO_BIG, "");
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

/* Add files until the limit is met; returns how many have found room. */
static uint32_t fill(fsi_image *image)
{
	char *before = NULL;

	for (uint32_t count = 0;; count++) {
		fsi_stream *stream = api_sized_stream(20000);
		const char *path = api_text("\\file %06" PRIu32, count);
		HRESULT hr = S_OK;

		free(before);
		before = api_describe(image);
		hr = fsi_directory_add_file(api_root(image), path, stream);
		fsi_stream_release(stream);
		if (hr == S_OK)
			continue;
		ASSERT_FAILS(hr, IMAPI_E_IMAGE_SIZE_LIMIT, path);
		ASSERT_SAYS(" blocks");
		api_assert_unchanged(image, before);
		return count;
	}
}

START_TEST(files_are_taken_as_long_as_they_fit_and_not_one_more)
{
	const int64_t limit = 2000;
	fsi_image *image = api_image(sets[_i % SETS]);
	uint32_t count = 0;

	ck_assert(SUCCEEDED(fsi_image_put_iso9660_1999(image, _i >= SETS)));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, limit));
	count = fill(image);
	ASSERT_OK(fsi_image_put_free_media_blocks(image, limit));
	ck_assert_uint_le(used_blocks(image), limit);
	assert_foretold(image);

	/* The one that was refused would have passed the limit. */
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 0));
	api_add_sized(api_root(image), "one more", 20000);
	ck_assert_uint_gt(used_blocks(image), limit);
	ck_assert_uint_gt(count, 80);
	ASSERT_OK(fsi_directory_remove(api_root(image), "one more"));

	/* And what was removed has made room. */
	ASSERT_OK(fsi_image_put_free_media_blocks(image, limit));
	ASSERT_OK(fsi_directory_remove(api_root(image), "file 000000"));
	api_add_sized(api_root(image), "file 000000", 20000);
	fsi_image_release(image);
}
END_TEST

START_TEST(directories_and_detached_items_meet_the_limit_too)
{
	fsi_image *image = api_image(UDF);
	fsi_directory *root = api_root(image);
	fsi_file *file = NULL;
	fsi_stream *stream = api_sized_stream(200000);
	const char *path = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_image_create_file_item(image, "file", &file));
	ASSERT_OK(fsi_file_put_data(file, stream));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, used_blocks(image)));
	ASSERT_FAILS(fsi_directory_add(root, fsi_file_as_item(file)),
		     IMAPI_E_IMAGE_SIZE_LIMIT, "\\file");
	ASSERT_SAYS(" blocks");
	for (unsigned i = 0; SUCCEEDED(hr); i++) {
		path = api_text("\\directory %u", i);
		hr = fsi_directory_add_directory(root, path);
	}
	ASSERT_FAILS(hr, IMAPI_E_IMAGE_SIZE_LIMIT, path);
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_tree_that_does_not_fit_is_not_added_at_all)
{
	fsi_image *image = api_image(BRIDGE);
	char *before = NULL;

	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_text(&api_folder, "tree/a", "small");
	scratch_text(&api_folder, "tree/sub/large", "");
	ck_assert_int_eq(truncate(api_host("tree/sub/large"), 50LL * 1024 * 1024), 0);
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 20000));
	before = api_describe(image);
	ASSERT_FAILS(fsi_directory_add_tree(api_root(image), api_host("tree"), false),
		     IMAPI_E_IMAGE_SIZE_LIMIT, "\\sub\\large");
	ASSERT_SAYS("20000 blocks");
	api_assert_unchanged(image, before);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_result_over_the_limit_is_refused)
{
	fsi_image *image = api_image(ISO);
	fsi_result *result = NULL;

	api_add_sized(api_root(image), "file", 300000);
	ASSERT_OK(fsi_image_put_free_media_blocks(image, used_blocks(image)));
	/* UDF makes it larger, and nothing is added that would be checked. */
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, ISO | UDF));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result), IMAPI_E_IMAGE_TOO_BIG,
		     "");
	ASSERT_SAYS("limit");
	ck_assert_ptr_null(result);
	/* It was not made, so the image is not read-only. */
	ASSERT_OK(fsi_directory_remove(api_root(image), "file"));
	fsi_image_release(image);
}
END_TEST

static TCase *make_limit_tests(void)
{
	TCase *tcase = tcase_create("the limit");

	tcase_add_checked_fixture(tcase, api_begin_folder, api_end_folder);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_limit_may_be_as_low_as_the_used_blocks_and_no_lower,
			    0, SETS);
	tcase_add_test(tcase, zero_and_less_mean_no_limit);
	tcase_add_test(tcase, the_limit_may_be_changed_while_a_result_is_alive);
	tcase_add_loop_test(tcase, files_are_taken_as_long_as_they_fit_and_not_one_more,
			    0, 2 * SETS);
	tcase_add_test(tcase, directories_and_detached_items_meet_the_limit_too);
	tcase_add_test(tcase, a_tree_that_does_not_fit_is_not_added_at_all);
	tcase_add_test(tcase, a_result_over_the_limit_is_refused);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("image size");
	TCase *tcase = tcase_create("used blocks");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase,
			    used_blocks_are_those_of_the_result_whatever_was_done_before,
			    0, SEEDS);
	tcase_add_loop_test(tcase, used_blocks_of_an_empty_image_are_those_of_its_result,
			    0, SETS);
	tcase_add_test(tcase, an_image_without_a_file_system_needs_no_blocks);
	tcase_add_test(tcase, one_copy_of_the_data_serves_all_file_systems);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, make_limit_tests());
	return api_run(suite);
}
