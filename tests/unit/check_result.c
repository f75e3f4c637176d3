/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result: its stream, its map, and the image that is read-only meanwhile. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>

static fsi_image *image;
static fsi_directory *root;
static struct test_stream source; /* lives longer than the image */

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	root = api_root(image);
	source = (struct test_stream){.size = 0};
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* ---- read-only --------------------------------------------------------- */

/* What keeps the image read-only: the result, or something that was made of it. */
enum holder {
	HOLDER_RESULT,
	HOLDER_STREAM,
	HOLDER_CLONE,
	HOLDER_ITEMS,
	HOLDERS
};

struct held {
	fsi_result *result;
	fsi_stream *stream;
	fsi_progress_items *items;
};

static struct held hold(int holder)
{
	struct held held = {.result = api_result(image)};

	if (holder == HOLDER_RESULT)
		return held;
	if (holder == HOLDER_ITEMS)
		ASSERT_OK(fsi_result_get_progress_items(held.result, &held.items));
	else
		held.stream = api_result_stream(held.result);
	fsi_result_release(held.result);
	held.result = NULL;
	if (holder == HOLDER_CLONE) {
		fsi_stream *original = held.stream;

		ASSERT_OK(fsi_stream_clone(original, &held.stream));
		fsi_stream_release(original);
	}
	return held;
}

static void let_go(struct held *held)
{
	fsi_result_release(held->result);
	fsi_stream_release(held->stream);
	fsi_progress_items_release(held->items);
}

static HRESULT put_time(HRESULT (*put)(fsi_item *item, const struct timespec *new_val))
{
	const struct timespec time = {.tv_sec = 1000};

	return put(api_item(root, "file"), &time);
}

/* Each call that changes an image, and what undoes it, so that it can be made again. */
static HRESULT change_properties(int number)
{
	switch (number) {
	case 0:
		return fsi_image_put_file_systems_to_create(image, BRIDGE);
	case 1:
		return fsi_image_put_iso9660_interchange_level(image, 1);
	case 2:
		return fsi_image_put_udf_revision(image, 0x102);
	case 3:
		return fsi_image_put_volume_name(image, "name");
	case 4:
		return fsi_image_put_working_directory(image, api_host(""));
	case 5:
		return fsi_image_put_use_restricted_character_set(image, true);
	case 6:
		return fsi_image_put_deep_directories(image, true);
	case 7:
		return fsi_image_put_large_iso_files(image, true);
	case 8:
		return fsi_image_put_posix_attributes(image, true);
	case 9:
		return fsi_image_put_reproducible_times(image, true);
	case 10:
		return put_time(fsi_item_put_creation_time);
	case 11:
		return put_time(fsi_item_put_last_accessed_time);
	case 12:
		return put_time(fsi_item_put_last_modified_time);
	case 13:
		return fsi_item_put_is_hidden(api_item(root, "file"), true);
	default:
		return S_FALSE;
	}
}

static HRESULT change_content(int number)
{
	const struct fsi_add_tree_options options = {.size = sizeof(options)};
	fsi_stream *stream = api_text_stream("data");
	fsi_file *file = NULL;
	HRESULT hr = S_FALSE;

	switch (number) {
	case 0:
		hr = fsi_directory_add_directory(root, "new directory");
		break;
	case 1:
		hr = fsi_directory_add_file(root, "new file", stream);
		break;
	case 2:
		hr = fsi_directory_add_file_from_path(root, "new", api_host("tree/a"));
		break;
	case 3:
		hr = fsi_directory_add_tree(root, api_host("tree"), false);
		break;
	case 4:
		hr = fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
							 NULL);
		break;
	case 5:
		ASSERT_OK(fsi_image_create_file_item(image, "item", &file));
		hr = fsi_directory_add(root, fsi_file_as_item(file));
		break;
	case 6:
		hr = fsi_directory_remove(root, "file");
		break;
	case 7:
		hr = fsi_directory_remove_tree(root, "folder");
		break;
	default:
		break;
	}
	fsi_stream_release(stream);
	return hr;
}

START_TEST(an_image_is_read_only_as_long_as_anything_of_a_result_is_alive)
{
	struct held held;
	char *before = NULL;
	int changes = 0;

	scratch_folder(&api_folder, "tree");
	scratch_text(&api_folder, "tree/a", "a");
	api_add_text(root, "file", "text");
	api_add_directory(root, "folder");
	before = api_describe(image);
	held = hold(_i);
	for (int i = 0; i < 14; i++, changes++)
		ASSERT_FAILS(change_properties(i), IMAPI_E_READONLY, "");
	for (int i = 0; i < 8; i++, changes++)
		ASSERT_FAILS(change_content(i), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_image_put_case_sensitive_names(image, true), IMAPI_E_READONLY,
		     "");
	ASSERT_FAILS(fsi_image_put_any_character_names(image, true), IMAPI_E_READONLY,
		     "");
	ck_assert_int_eq(changes, 22);
	api_assert_unchanged(image, before);
	let_go(&held);
	for (int i = 0; i < 14; i++)
		ASSERT_OK(change_properties(i));
	for (int i = 0; i < 8; i++)
		ASSERT_OK(change_content(i));
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
}
END_TEST

START_TEST(several_results_of_an_image_are_independent_and_equal)
{
	fsi_stream *one = NULL;
	fsi_stream *other = NULL;

	api_fill(root);
	one = api_image_stream(image);
	other = api_image_stream(image);
	api_assert_same_bytes(one, other);
	fsi_stream_release(one);
	ASSERT_FAILS(fsi_directory_remove(root, "host.txt"), IMAPI_E_READONLY, "");
	api_read(other, 0, (uint8_t[100]){0}, 100);
	fsi_stream_release(other);
	ASSERT_OK(fsi_directory_remove(root, "host.txt"));
}
END_TEST

START_TEST(a_read_only_image_can_be_asked_everything)
{
	fsi_result *result = NULL;
	fsi_directory *detached = NULL;
	char *before = NULL;

	api_fill(root);
	before = api_describe(image);
	result = api_result(image);
	api_assert_unchanged(image, before);
	api_assert_name_in(api_item(root, "host.txt"), FSI_FILE_SYSTEM_ISO9660,
			   "HOST.TXT");
	ASSERT_OK(fsi_image_create_directory_item(image, "for later", &detached));
	fsi_result_release(result);
	ASSERT_OK(fsi_directory_add(root, fsi_directory_as_item(detached)));
}
END_TEST

/* ---- properties -------------------------------------------------------- */

START_TEST(a_result_knows_its_size_and_comes_from_no_disc)
{
	fsi_result *result = api_result(image);
	uint32_t number = 0;

	ck_assert_uint_gt(api_total_blocks(result), 0);
	ASSERT_OK(fsi_result_get_block_size(result, &number));
	ck_assert_uint_eq(number, 2048);
	ASSERT_TEXT(fsi_result_get_disc_id, result, "");
	ck_assert_ptr_eq(fsi_result_add_ref(result), result);
	fsi_result_release(result);
	ck_assert_uint_gt(api_total_blocks(result), 0);
	fsi_result_release(result);
	ck_assert_ptr_null(fsi_result_add_ref(NULL));
	fsi_result_release(NULL);
}
END_TEST

START_TEST(mapped_names_are_counted_for_the_file_systems_of_the_image)
{
	fsi_result *result = NULL;
	uint32_t count = 99;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, ISO));
	result = api_result(image);
	ASSERT_OK(fsi_result_get_mapped_name_count(result, FSI_FILE_SYSTEM_ISO9660,
						   &count));
	ck_assert_uint_eq(count, 0);
	fsi_result_release(result);
}
END_TEST

/* ---- the stream -------------------------------------------------------- */

static void assert_range(fsi_stream *stream, const uint8_t *whole, size_t size,
			 uint64_t offset, size_t length)
{
	uint8_t *buffer = malloc(length + 1);
	const size_t left = offset < size ? size - (size_t)offset : 0;
	const size_t expected = left < length ? left : length;
	size_t got = 0;

	ck_assert_ptr_nonnull(buffer);
	buffer[length] = 0xA5;
	ASSERT_OK(fsi_stream_read_at(stream, offset, buffer, length, &got));
	ck_assert_uint_eq(got, expected);
	ck_assert_uint_eq(buffer[length], 0xA5);
	if (expected > 0)
		ck_assert_int_eq(memcmp(buffer, whole + offset, expected), 0);
	free(buffer);
}

START_TEST(any_range_reads_as_it_stands_in_the_whole)
{
	static const size_t lengths[] = {0, 1, 2047, 2048, 2049, 5000, 70000};
	uint64_t random = 1;
	fsi_stream *stream = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	api_fill(root);
	stream = api_image_stream(image);
	whole = api_read_all(stream, &size);
	for (int i = 0; i < 2000; i++)
		assert_range(stream, whole, size, api_random(&random, (uint32_t)size),
			     lengths[api_random(&random, 7)]);
	for (uint64_t block = 0; block < size / 2048; block++)
		assert_range(stream, whole, size, size - 2048 * (block + 1), 2048);
	fsi_stream_release(stream);
	free(whole);
}
END_TEST

START_TEST(a_stream_ends_where_it_says)
{
	fsi_stream *stream = api_image_stream(image);
	uint8_t *whole = NULL;
	size_t size = 0;
	uint8_t bytes[2];

	whole = api_read_all(stream, &size);
	assert_range(stream, whole, size, size - 1, 1);
	assert_range(stream, whole, size, size - 1, 2);
	assert_range(stream, whole, size, size, 1);
	assert_range(stream, whole, size, size + 1, 100);
	assert_range(stream, whole, size, UINT64_MAX, 100);
	assert_range(stream, whole, size, (uint64_t)1 << 43, 100);
	ASSERT_FAILS(fsi_stream_read_at(stream, size - 1, bytes, 2, NULL), E_FAIL, "");
	ASSERT_OK(fsi_stream_read_at(stream, size - 2, bytes, 2, NULL));
	fsi_stream_release(stream);
	free(whole);
}
END_TEST

START_TEST(a_clone_reads_the_same_bytes_and_outlives_the_first)
{
	fsi_stream *stream = NULL;
	fsi_stream *clone = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	api_fill(root);
	stream = api_image_stream(image);
	ASSERT_OK(fsi_stream_clone(stream, &clone));
	api_assert_same_bytes(stream, clone);
	whole = api_read_all(stream, &size);
	fsi_stream_release(stream);
	assert_range(clone, whole, size, size / 2, 100000);
	fsi_stream_release(clone);
	free(whole);
}
END_TEST

START_TEST(a_stream_outlives_the_image_and_the_result)
{
	fsi_stream *stream = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	api_fill(root);
	stream = api_image_stream(image);
	whole = api_read_all(stream, &size);
	fsi_image_release(image);
	image = NULL;
	for (size_t offset = 0; offset < size; offset += 50000)
		assert_range(stream, whole, size, offset, 50000);
	fsi_stream_release(stream);
	free(whole);
}
END_TEST

START_TEST(what_a_caller_gave_is_kept_as_long_as_it_is_needed)
{
	fsi_stream *given = test_stream_open(&source);
	fsi_stream *stream = NULL;
	size_t size = 0;

	source.size = 5000;
	ASSERT_OK(fsi_directory_add_file(root, "file", given));
	fsi_stream_release(given);
	ck_assert_uint_eq(source.reads, 0);
	stream = api_image_stream(image);
	ck_assert_uint_eq(source.reads, 0);
	fsi_image_release(image);
	image = NULL;
	ck_assert_uint_eq(source.destroyed, 0);
	free(api_read_all(stream, &size));
	ck_assert_uint_gt(source.reads, 0);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

/* ---- blocks to be recorded --------------------------------------------- */

START_TEST(all_of_an_image_that_begins_a_disc_has_to_be_recorded)
{
	fsi_block_ranges *ranges = NULL;
	const struct fsi_block_range *range = NULL;
	fsi_result *result = NULL;
	uint32_t count = 0;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, (fsi_file_systems)_i));
	api_add_sized(root, "file", 5000);
	result = api_result(image);
	ASSERT_OK(fsi_result_get_modified_blocks(result, &ranges));
	ASSERT_OK(fsi_block_ranges_get_block_ranges(ranges, &range, &count));
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(range->start_lba, 0);
	ck_assert_uint_eq(range->end_lba, api_total_blocks(result) - 1);
	fsi_result_release(result);
	fsi_block_ranges_release(ranges);
}
END_TEST

START_TEST(ranges_outlive_the_result_and_do_not_keep_the_image)
{
	fsi_block_ranges *ranges = NULL;
	const struct fsi_block_range *range = NULL;
	fsi_result *result = api_result(image);
	uint32_t count = 0;

	ASSERT_OK(fsi_result_get_modified_blocks(result, &ranges));
	fsi_result_release(result);
	api_add_text(root, "file", "text");
	ck_assert_ptr_eq(fsi_block_ranges_add_ref(ranges), ranges);
	fsi_block_ranges_release(ranges);
	ASSERT_OK(fsi_block_ranges_get_block_ranges(ranges, &range, &count));
	ck_assert_uint_eq(range[count - 1].start_lba, 0);
	fsi_block_ranges_release(ranges);
	ck_assert_ptr_null(fsi_block_ranges_add_ref(NULL));
	fsi_block_ranges_release(NULL);
}
END_TEST

/* ---- suites ------------------------------------------------------------ */

int main(void)
{
	Suite *suite = suite_create("result");
	TCase *tcase = tcase_create("read-only");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(
		tcase, an_image_is_read_only_as_long_as_anything_of_a_result_is_alive, 0,
		HOLDERS);
	tcase_add_test(tcase, several_results_of_an_image_are_independent_and_equal);
	tcase_add_test(tcase, a_read_only_image_can_be_asked_everything);
	tcase_add_test(tcase, a_result_knows_its_size_and_comes_from_no_disc);
	tcase_add_test(tcase, mapped_names_are_counted_for_the_file_systems_of_the_image);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("the stream");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, any_range_reads_as_it_stands_in_the_whole);
	tcase_add_test(tcase, a_stream_ends_where_it_says);
	tcase_add_test(tcase, a_clone_reads_the_same_bytes_and_outlives_the_first);
	tcase_add_test(tcase, a_stream_outlives_the_image_and_the_result);
	tcase_add_test(tcase, what_a_caller_gave_is_kept_as_long_as_it_is_needed);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("blocks to be recorded");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, all_of_an_image_that_begins_a_disc_has_to_be_recorded,
			    3, 6);
	tcase_add_test(tcase, ranges_outlive_the_result_and_do_not_keep_the_image);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
