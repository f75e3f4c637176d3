/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the same contents, which are in the image once. */
#include "base/memory.h"
#include "tests/support/api.h"
#include "tests/support/boot.h"
#include "tests/support/weak_checksum.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024u * 1024)

static void set_up(void)
{
	api_begin_folder();
	weak_checksum = (struct weak_checksum){0};
}

/* A file of that size; its last byte tells it from others of the size. */
static void make_file(const char *name, size_t size, uint8_t last)
{
	uint8_t *bytes = calloc(1, size + 1);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i / 257 + i);
	if (size > 0)
		bytes[size - 1] = last;
	scratch_write(&api_folder, name, bytes, size);
	free(bytes);
}

static void add_file(fsi_image *image, const char *name, size_t size, uint8_t last)
{
	make_file(name, size, last);
	ASSERT_OK(
		fsi_directory_add_file_from_path(api_root(image), name, api_host(name)));
}

static fsi_image *new_image(fsi_file_systems file_systems)
{
	fsi_image *image = api_image(file_systems);

	ASSERT_OK(fsi_image_put_deduplicate(image, true));
	return image;
}

static HRESULT try_result(fsi_image *image)
{
	fsi_result *result = NULL;
	const HRESULT hr = fsi_image_create_result_image(image, &result);

	fsi_result_release(result);
	return hr;
}

static void assert_spared(fsi_result *result, uint32_t count, uint32_t blocks)
{
	uint32_t counts[2] = {~0u, ~0u};

	ASSERT_OK(fsi_result_get_duplicates(result, &counts[0], &counts[1]));
	ck_assert_uint_eq(counts[0], count);
	ck_assert_uint_eq(counts[1], blocks);
}

/* What a result of the image spares. */
static void assert_spares(fsi_image *image, uint32_t count, uint32_t blocks)
{
	fsi_result *result = api_result(image);

	assert_spared(result, count, blocks);
	fsi_result_release(result);
}

/* ---- what is the same -------------------------------------------------- */

START_TEST(off_by_default_nothing_is_looked_for)
{
	fsi_image *image = api_image(BRIDGE);

	add_file(image, "a", 5000, 1);
	add_file(image, "b", 5000, 1);
	assert_spares(image, 0, 0);
	ck_assert_uint_eq(weak_checksum.sums, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(files_of_the_same_bytes_share_their_blocks)
{
	fsi_image *image = new_image(_i == 0 ? BRIDGE : _i == 1 ? ISO : UDF);

	add_file(image, "a", 5000, 1);
	add_file(image, "b", 5000, 2);
	add_file(image, "c", 5000, 1);
	add_file(image, "d", 5001, 1);
	add_file(image, "e", 5000, 2);
	add_file(image, "f", 5000, 1);
	assert_spares(image, 3, 9);
	fsi_image_release(image);
}
END_TEST

START_TEST(only_files_that_have_the_size_of_another_are_read)
{
	fsi_image *image = new_image(ISO);

	for (unsigned i = 0; i < 20; i++)
		add_file(image, api_text("file%u", i), 3000 + i, 1);
	assert_spares(image, 0, 0);
	ck_assert_uint_eq(weak_checksum.sums, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(the_same_checksum_is_not_enough)
{
	fsi_image *image = new_image(ISO);

	weak_checksum.is_weak = true;
	add_file(image, "a", 2 * MIB, 1);
	add_file(image, "b", 2 * MIB, 2);
	add_file(image, "c", 2 * MIB, 3);
	add_file(image, "d", 2 * MIB, 2);
	add_file(image, "e", 2 * MIB, 3);
	add_file(image, "f", 2 * MIB, 1);
	assert_spares(image, 3, 3072);
	ck_assert_uint_eq(weak_checksum.sums, 24);
	fsi_image_release(image);
}
END_TEST

START_TEST(empty_files_have_nothing_to_share_and_one_byte_has)
{
	fsi_image *image = new_image(ISO);

	add_file(image, "a", 0, 0);
	add_file(image, "b", 0, 0);
	assert_spares(image, 0, 0);
	add_file(image, "c", 1, 'c');
	add_file(image, "d", 1, 'd');
	assert_spares(image, 0, 0);
	add_file(image, "e", 1, 'c');
	assert_spares(image, 1, 1);
	fsi_image_release(image);
}
END_TEST

START_TEST(staged_data_and_streams_share_with_files)
{
	fsi_image *image = new_image(BRIDGE);
	fsi_stream *stream = NULL;

	add_file(image, "a", 5000, 1);
	ASSERT_OK(fsi_image_put_stage_files(image, true));
	add_file(image, "b", 5000, 1);
	ASSERT_OK(fsi_image_put_stage_files(image, false));
	ASSERT_OK(fsi_stream_create_on_file(api_host("a"), &stream));
	ASSERT_OK(fsi_directory_add_file(api_root(image), "c", stream));
	fsi_stream_release(stream);
	api_add_sized(api_root(image), "d", 70000);
	api_add_sized(api_root(image), "e", 70000);
	assert_spares(image, 3, 41);
	fsi_image_release(image);
}
END_TEST

START_TEST(hard_links_are_one_file_as_before)
{
	fsi_image *image = new_image(BRIDGE);

	add_file(image, "a", 5000, 1);
	ck_assert_int_eq(link(api_host("a"), api_host("b")), 0);
	ASSERT_OK(fsi_directory_add_file_from_path(api_root(image), "b", api_host("b")));
	assert_spares(image, 0, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(data_in_the_entries_of_udf_is_no_extent_to_share)
{
	fsi_image *image = new_image(UDF);

	add_file(image, "a", 1000, 1);
	add_file(image, "b", 1000, 1);
	assert_spares(image, 0, 0);
	ck_assert_uint_eq(weak_checksum.sums, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(named_streams_share_with_files)
{
	fsi_image *image = new_image(BRIDGE);
	fsi_stream *stream = api_sized_stream(5000);

	ASSERT_OK(fsi_image_put_udf_revision(image, 0x200));
	api_add_sized(api_root(image), "a", 5000);
	ASSERT_OK(fsi_file_add_stream(api_file(api_root(image), "a"), "s", stream));
	fsi_stream_release(stream);
	assert_spares(image, 1, 3);
	fsi_image_release(image);
}
END_TEST

START_TEST(what_is_booted_is_a_copy_of_its_own)
{
	fsi_image *image = new_image(BRIDGE);

	add_file(image, "a", 5000, 1);
	add_file(image, "b", 5000, 1);
	add_file(image, "c", 5000, 1);
	boot_put_one(image, boot_file(0, "/b"));
	assert_spares(image, 1, 3);
	fsi_image_release(image);
}
END_TEST

START_TEST(data_with_holes_that_stay_holes_is_left_alone)
{
	fsi_image *image = new_image(UDF);

	ASSERT_OK(fsi_image_put_udf_holes(image, _i == 0));
	for (unsigned i = 0; i < 2; i++) {
		const char *name = api_text("sparse%u", i);

		make_file(name, 3, 1);
		ck_assert_int_eq(truncate(api_host(name), 1 << 20), 0);
		ASSERT_OK(fsi_directory_add_file_from_path(api_root(image), name,
							   api_host(name)));
	}
	assert_spares(image, _i == 0 ? 0 : 1, _i == 0 ? 0 : 512);
	fsi_image_release(image);
}
END_TEST

/* ---- the image --------------------------------------------------------- */

START_TEST(the_image_is_smaller_by_what_is_there_once)
{
	fsi_image *image = new_image(_i == 0 ? BRIDGE : UDF);
	fsi_result *result = NULL;
	fsi_progress_items *items = NULL;
	const struct fsi_progress_item *item = NULL;
	uint32_t used = 0;

	add_file(image, "a", MIB, 1);
	add_file(image, "b", MIB, 1);
	add_file(image, "c", MIB, 2);
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	result = api_result(image);
	ck_assert_uint_eq(api_total_blocks(result), used - 512);
	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	ASSERT_OK(fsi_progress_items_from_description(items, "\\a", &item));
	ck_assert_uint_eq(item->block_count, 512);
	ck_assert_str_eq(item->description, "\\a");
	ASSERT_OK(fsi_progress_items_from_description(items, "\\b", &item));
	ck_assert_str_eq(item->description, "\\a");
	fsi_progress_items_release(items);
	/* What is used is told as before, also while there is a result. */
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	ck_assert_uint_eq(api_total_blocks(result), used - 512);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

START_TEST(two_results_are_the_same)
{
	fsi_image *images[2] = {new_image(BRIDGE), new_image(BRIDGE)};
	fsi_stream *streams[2];

	for (unsigned i = 0; i < 30; i++)
		make_file(api_text("file%u", i), 3000, (uint8_t)(i % 7));
	for (unsigned i = 0; i < 30; i++) {
		for (unsigned n = 0; n < 2; n++) {
			const char *name = api_text("file%u", n == 0 ? i : 29 - i);

			ASSERT_OK(fsi_directory_add_file_from_path(api_root(images[n]),
								   name, api_host(name)));
		}
	}
	for (unsigned n = 0; n < 2; n++)
		streams[n] = api_image_stream(images[n]);
	api_assert_same_bytes(streams[0], streams[1]);
	for (unsigned n = 0; n < 2; n++) {
		fsi_stream_release(streams[n]);
		fsi_image_release(images[n]);
	}
}
END_TEST

/* ---- what fails -------------------------------------------------------- */

START_TEST(a_file_that_has_gone_is_an_error)
{
	fsi_image *image = new_image(ISO);
	const char *path = api_host("b");

	add_file(image, "a", 5000, 1);
	add_file(image, "b", 5000, 1);
	ck_assert_int_eq(unlink(path), 0);
	ASSERT_FAILS(try_result(image), IMAPI_E_DATA_STREAM_CREATE_FAILURE, path);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_file_that_has_another_size_is_an_error)
{
	fsi_image *image = new_image(ISO);
	const char *path = api_host("b");

	add_file(image, "a", 5000, 1);
	add_file(image, "b", 5000, 1);
	ck_assert_int_eq(truncate(path, 4999), 0);
	ASSERT_FAILS(try_result(image), IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|5000|4999", path));
	fsi_image_release(image);
}
END_TEST

static void touch(const char *path)
{
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(a_file_that_stands_for_another_must_stay_as_it_is)
{
	fsi_image *image = new_image(ISO);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	uint64_t size = 0;
	size_t got = 0;

	add_file(image, "a", 5000, 1);
	add_file(image, "b", 5000, 1);
	add_file(image, "c", 5000, 2);
	stream = api_image_stream(image);
	ASSERT_OK(fsi_stream_get_size(stream, &size));
	bytes = malloc(size);
	ck_assert_ptr_nonnull(bytes);
	/* What was compared and is not there, or is there for itself, may change. */
	touch(api_host("b"));
	touch(api_host("c"));
	ASSERT_OK(fsi_stream_read_at(stream, 0, bytes, size, &got));
	touch(api_host("a"));
	ASSERT_FAILS(fsi_stream_read_at(stream, 0, bytes, size, &got),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, api_host("a"));
	ASSERT_SAYS("It was written to since it was added.");
	free(bytes);
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(without_memory_there_is_no_result)
{
	fsi_image *image = new_image(BRIDGE);
	HRESULT hr = E_OUTOFMEMORY;

	add_file(image, "a", 5000, 1);
	add_file(image, "b", 5000, 1);
	for (int i = 0; hr == E_OUTOFMEMORY; i++) {
		fsi_memory_fail_after(i);
		hr = try_result(image);
		fsi_memory_fail_after(-1);
		ck_assert_int_lt(i, 1000);
	}
	ck_assert_int_eq(hr, S_OK);
	fsi_image_release(image);
}
END_TEST

/* ---- events ------------------------------------------------------------ */

struct updates {
	unsigned calls;
	unsigned last_call; /* the one that cancels; 0: none */
	char last[16];
	uint32_t copied;
	uint32_t total;
};

static HRESULT note_update(void *context, fsi_image *image, const char *current_file,
			   uint32_t copied_sectors, uint32_t total_sectors)
{
	struct updates *updates = context;

	ASSERT_FAILS(fsi_image_put_deduplicate(image, false), IMAPI_E_READONLY, "");
	/* Asked whether to go on, as the machine is slow. */
	if (current_file[0] == '\0')
		return S_OK;
	ck_assert_uint_lt(strlen(current_file), sizeof(updates->last));
	strcpy(updates->last, current_file);
	updates->copied = copied_sectors;
	updates->total = total_sectors;
	return ++updates->calls == updates->last_call ? E_FAIL : S_OK;
}

static fsi_image *watched_image(struct updates *updates)
{
	fsi_image *image = new_image(BRIDGE);

	add_file(image, "a", 2 * MIB, 1);
	add_file(image, "b", 2 * MIB, 1);
	add_file(image, "c", 100, 1);
	ASSERT_OK(fsi_image_put_update_handler(image, note_update, updates));
	return image;
}

START_TEST(updates_tell_what_is_compared)
{
	struct updates updates = {.calls = 0};
	fsi_image *image = watched_image(&updates);

	assert_spares(image, 1, 1024);
	ck_assert_uint_ge(updates.calls, 1);
	ck_assert_str_eq(updates.last, "\\b");
	ck_assert_uint_eq(updates.copied, 1024);
	ck_assert_uint_eq(updates.total, 1024);
	fsi_image_release(image);
}
END_TEST

START_TEST(without_anything_to_compare_nothing_is_told)
{
	struct updates updates = {.calls = 0};
	fsi_image *image = watched_image(&updates);

	ASSERT_OK(fsi_directory_remove(api_root(image), "b"));
	assert_spares(image, 0, 0);
	ck_assert_uint_eq(updates.calls, 0);
	fsi_image_release(image);
}
END_TEST

START_TEST(comparing_can_be_cancelled_and_tried_again)
{
	struct updates updates = {.last_call = (unsigned)_i};
	fsi_image *image = watched_image(&updates);

	ASSERT_FAILS(try_result(image), E_IMAPI_REQUEST_CANCELLED, "");
	ck_assert_uint_eq(updates.calls, (unsigned)_i);
	updates.last_call = 0;
	ASSERT_OK(fsi_directory_remove(api_root(image), "c"));
	assert_spares(image, 1, 1024);
	fsi_image_release(image);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

int main(void)
{
	Suite *suite = suite_create("duplicates");
	TCase *tcase = tcase_create("duplicates");

	tcase_add_checked_fixture(tcase, set_up, api_end_folder);
	tcase_add_test(tcase, off_by_default_nothing_is_looked_for);
	tcase_add_loop_test(tcase, files_of_the_same_bytes_share_their_blocks, 0, 3);
	tcase_add_test(tcase, only_files_that_have_the_size_of_another_are_read);
	tcase_add_test(tcase, the_same_checksum_is_not_enough);
	tcase_add_test(tcase, empty_files_have_nothing_to_share_and_one_byte_has);
	tcase_add_test(tcase, staged_data_and_streams_share_with_files);
	tcase_add_test(tcase, hard_links_are_one_file_as_before);
	tcase_add_test(tcase, data_in_the_entries_of_udf_is_no_extent_to_share);
	tcase_add_test(tcase, named_streams_share_with_files);
	tcase_add_test(tcase, what_is_booted_is_a_copy_of_its_own);
	tcase_add_loop_test(tcase, data_with_holes_that_stay_holes_is_left_alone, 0, 2);
	tcase_add_loop_test(tcase, the_image_is_smaller_by_what_is_there_once, 0, 2);
	tcase_add_test(tcase, two_results_are_the_same);
	tcase_add_test(tcase, a_file_that_has_gone_is_an_error);
	tcase_add_test(tcase, a_file_that_has_another_size_is_an_error);
	tcase_add_test(tcase, a_file_that_stands_for_another_must_stay_as_it_is);
	tcase_add_test(tcase, without_memory_there_is_no_result);
	tcase_add_test(tcase, updates_tell_what_is_compared);
	tcase_add_test(tcase, without_anything_to_compare_nothing_is_told);
	tcase_add_loop_test(tcase, comparing_can_be_cancelled_and_tried_again, 1, 2);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
