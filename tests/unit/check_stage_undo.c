/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left of staged data when a call is undone: by a failure, by the handler
 * of events, by returning to a change point, by running out of memory.
 */
#include "base/memory.h"
#include "tests/support/api.h"
#include "tests/support/stash_fixture.h"
#include "tests/support/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEBIBYTE 1048576

static fsi_image *image;
static fsi_directory *root;

static void make_image(void)
{
	image = api_image(BRIDGE);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_reproducible_times(image, true));
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("work")));
	ASSERT_OK(fsi_image_put_stage_files(image, true));
}

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "work");
	scratch_folder(&api_folder, "other");
	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_text(&api_folder, "tree/a", "aaaa");
	scratch_text(&api_folder, "tree/sub/b", "bb");
	scratch_text(&api_folder, "host", "host");
	make_image();
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_image_release(image);
	ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
	api_end_folder();
}

static uint64_t stashed(void)
{
	return stash_file_size(api_host("work"));
}

static HRESULT add_stream(const char *path, uint64_t size)
{
	static struct test_stream source;
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	source = (struct test_stream){.size = size};
	stream = test_stream_open(&source);
	hr = fsi_directory_add_file(root, path, stream);
	fsi_stream_release(stream);
	return hr;
}

static HRESULT add_host(const char *path)
{
	return fsi_directory_add_file_from_path(root, path, api_host("host"));
}

static int32_t point(void)
{
	int32_t value = 0;

	ASSERT_OK(fsi_image_get_change_point(image, &value));
	return value;
}

/* ---- calls that fail --------------------------------------------------- */

START_TEST(a_call_that_fails_gives_its_room_back)
{
	ASSERT_OK(add_stream("kept", 1000));
	/* The second file of the folder is in the way of a directory. */
	api_add_directory(root, "sub");
	api_add_directory(root, "sub\\b");
	ASSERT_FAILS(fsi_directory_add_tree(root, api_host("tree"), false),
		     IMAPI_E_DUP_NAME, "b");
	ck_assert_uint_eq(stashed(), 1000);
	ASSERT_FAILS(add_stream("kept", 50), IMAPI_E_DUP_NAME, "kept");
	ck_assert_uint_eq(stashed(), 1000);
	/* What it tried once can be added all the same. */
	ASSERT_OK(fsi_directory_add_file_from_path(root, "a", api_host("tree/a")));
	ck_assert_uint_eq(stashed(), 1004);
}
END_TEST

START_TEST(a_file_that_is_too_large_is_not_copied)
{
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 2000));
	ASSERT_FAILS(add_stream("file", 5000 * FSI_BLOCK_SIZE), IMAPI_E_IMAGE_SIZE_LIMIT,
		     "\\file");
	ck_assert_uint_eq(stash_count_files(api_host("work")), 0);
}
END_TEST

/* ---- events ------------------------------------------------------------ */

struct events {
	unsigned calls;
	unsigned stop_at; /* 0: never */
	char told[400];
};

static HRESULT note_event(void *context, fsi_image *told, const char *current_file,
			  uint32_t copied_sectors, uint32_t total_sectors)
{
	struct events *events = context;

	ck_assert_ptr_eq(told, image);
	ASSERT_FAILS(fsi_directory_remove(root, "x"), IMAPI_E_READONLY, "");
	snprintf(events->told + strlen(events->told),
		 sizeof(events->told) - strlen(events->told), "%s %u/%u ", current_file,
		 copied_sectors, total_sectors);
	return ++events->calls == events->stop_at ? E_FAIL : S_OK;
}

static const struct {
	uint64_t size;
	const char *told;
} copies[] = {
	{0, "\\f 0/0 "},
	{1, "\\f 0/1 \\f 1/1 "},
	{MEBIBYTE - 1, "\\f 0/512 \\f 512/512 "},
	{MEBIBYTE, "\\f 0/512 \\f 512/512 "},
	{MEBIBYTE + 1, "\\f 0/513 \\f 512/513 \\f 513/513 "},
	{3 * MEBIBYTE, "\\f 0/1536 \\f 512/1536 \\f 1024/1536 \\f 1536/1536 "},
};

#define COPIES (int)(sizeof(copies) / sizeof(copies[0]))

START_TEST(each_mebibyte_of_a_copy_is_told)
{
	struct events events = {.calls = 0};

	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_OK(add_stream("f", copies[_i].size));
	ck_assert_str_eq(events.told, copies[_i].told);
}
END_TEST

START_TEST(the_total_of_a_pipe_grows)
{
	static struct test_stream source = {.size = MEBIBYTE + 1};
	static struct fsi_stream_ops ops;
	struct events events = {.calls = 0};
	fsi_stream *stream = NULL;

	ops = test_stream_ops;
	ops.flags = FSI_STREAM_SEQUENTIAL;
	ASSERT_OK(fsi_stream_create(&ops, &source, &stream));
	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_OK(fsi_directory_add_file(root, "f", stream));
	ck_assert_str_eq(events.told, "\\f 0/0 \\f 512/512 \\f 513/513 ");
	fsi_stream_release(stream);
}
END_TEST

START_TEST(cancelling_at_any_event_undoes_the_copy)
{
	struct events events = {.stop_at = (unsigned)_i};
	char *before = NULL;

	ASSERT_OK(add_stream("kept", 1000));
	before = api_describe(image);
	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_FAILS(add_stream("f", 2 * MEBIBYTE + 1), E_IMAPI_REQUEST_CANCELLED, "");
	api_assert_unchanged(image, before);
	ck_assert_uint_eq(stashed(), 1000);
}
END_TEST

/* ---- change points ----------------------------------------------------- */

START_TEST(returning_to_a_change_point_gives_the_room_back)
{
	ASSERT_OK(add_stream("one", 1000));
	ASSERT_OK(add_host("two"));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	ck_assert_uint_eq(stashed(), 1010);
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 2));
	ck_assert_uint_eq(stashed(), 1004);
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 1));
	ck_assert_uint_eq(stashed(), 1000);
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	ck_assert_uint_eq(stashed(), 1006);
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	ck_assert_uint_eq(stashed(), 0);
}
END_TEST

START_TEST(what_is_shared_stays_until_nobody_has_it)
{
	fsi_stream *data = NULL;
	char text[4];

	ASSERT_OK(add_host("one"));
	ASSERT_OK(add_host("two"));
	ASSERT_OK(fsi_directory_remove(root, "one"));
	ck_assert_uint_eq(stashed(), 4);
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 2));
	ck_assert_uint_eq(stashed(), 4);
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 1));
	ck_assert_uint_eq(stashed(), 4);
	ASSERT_OK(fsi_file_get_data(api_file(root, "one"), &data));
	ASSERT_OK(fsi_stream_read_at(data, 0, text, 4, NULL));
	fsi_stream_release(data);
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	ck_assert_uint_eq(stashed(), 0);
	/* It is known no more: the next is copied anew. */
	ASSERT_OK(add_host("again"));
	ck_assert_uint_eq(stashed(), 4);
}
END_TEST

START_TEST(a_return_that_is_refused_changes_nothing)
{
	fsi_stream *before = NULL;
	fsi_stream *after = NULL;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	for (int i = 0; i < 10; i++)
		api_add_directory(root, api_text("%.*s", 1 + 2 * i,
						 "a\\a\\a\\a\\a\\a\\a\\a\\a\\a"));
	ASSERT_OK(add_stream("deep", 5000));
	ASSERT_OK(fsi_directory_remove_tree(root, "a"));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_OK(add_stream("later", 777));
	before = api_image_stream(image);
	fsi_stream_release(before);
	ck_assert_int_eq(fsi_image_rollback_to_change_point(image, 10),
			 IMAPI_E_ISO9660_LEVELS);
	ck_assert_uint_eq(stashed(), 5777);
	after = api_image_stream(image);
	api_assert_same_bytes(after, after);
	fsi_stream_release(after);
	ck_assert_int_eq(point(), 13);
}
END_TEST

START_TEST(what_was_locked_in_keeps_its_room)
{
	ASSERT_OK(add_stream("one", 1000));
	ASSERT_OK(fsi_image_lock_in_change_point(image));
	ASSERT_OK(add_stream("two", 500));
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 1));
	ck_assert_uint_eq(stashed(), 1000);
}
END_TEST

START_TEST(data_of_a_detached_file_is_not_undone_with_others)
{
	struct test_stream source = {.size = 300};
	fsi_stream *stream = test_stream_open(&source);
	fsi_file *apart = NULL;

	ASSERT_OK(fsi_image_create_file_item(image, "apart", &apart));
	ASSERT_OK(add_stream("one", 1000));
	ASSERT_OK(fsi_file_put_data(apart, stream));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(apart)));
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	/* It lies behind what was undone, so that nothing can be cut. */
	ck_assert_uint_eq(stashed(), 1300);
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(apart)));
	fsi_stream_release(stream);
	stream = api_image_stream(image);
	api_assert_same_bytes(stream, stream);
	fsi_stream_release(stream);
}
END_TEST

/* ---- items whose data was given up ------------------------------------- */

START_TEST(an_item_of_a_stream_has_lost_its_data_when_it_was_undone)
{
	fsi_item *item = NULL;
	fsi_stream *data = NULL;

	ASSERT_OK(add_stream("file", 1000));
	item = api_item(root, "file");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	ASSERT_FAILS(fsi_directory_add(root, item), IMAPI_E_STASHFILE_READ_FAILURE,
		     "data");
	ASSERT_SAYS("The data of \"file\" was given up when its addition was undone.");
	ASSERT_FAILS(fsi_file_get_data(fsi_item_as_file(item), &data),
		     IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ck_assert_ptr_null(data);
}
END_TEST

START_TEST(an_item_of_a_file_is_what_the_file_is_when_it_comes_back)
{
	fsi_item *item = NULL;
	fsi_stream *data = NULL;
	char text[4];

	ASSERT_OK(add_host("file"));
	item = api_item(root, "file");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	scratch_text(&api_folder, "host", "HOST");
	ASSERT_OK(fsi_directory_add(root, item));
	scratch_text(&api_folder, "host", "Host");
	ASSERT_OK(fsi_file_get_data(fsi_item_as_file(item), &data));
	ASSERT_OK(fsi_stream_read_at(data, 0, text, 4, NULL));
	ck_assert_int_eq(memcmp(text, "HOST", 4), 0);
	fsi_stream_release(data);
	ck_assert_uint_eq(stashed(), 4);
}
END_TEST

START_TEST(a_detached_file_that_lost_its_data_can_be_filled_again)
{
	struct test_stream source = {.size = 300};
	fsi_stream *stream = test_stream_open(&source);
	fsi_file *apart = NULL;

	ASSERT_OK(fsi_image_put_stage_files(image, false));
	ASSERT_OK(fsi_image_create_file_item(image, "apart", &apart));
	ASSERT_OK(fsi_file_put_data(apart, stream));
	ASSERT_OK(fsi_image_put_stage_files(image, true));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(apart)));
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	ASSERT_FAILS(fsi_directory_add(root, fsi_file_as_item(apart)),
		     IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ASSERT_OK(fsi_file_put_data(apart, stream));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(apart)));
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_detached_file_that_can_not_be_filled_keeps_its_data)
{
	struct test_stream bad = {.size = 500, .fails = true, .failure = E_FAIL};
	fsi_stream *stream = test_stream_open(&bad);
	fsi_stream *good = api_text_stream("good");
	fsi_file *apart = NULL;
	uint64_t size = 0;

	ASSERT_OK(fsi_image_create_file_item(image, "apart", &apart));
	ASSERT_OK(fsi_file_put_data(apart, good));
	ASSERT_FAILS(fsi_file_put_data(apart, stream), IMAPI_E_DATA_STREAM_READ_FAILURE,
		     "apart");
	fsi_stream_release(stream);
	ck_assert_uint_eq(bad.destroyed, 1);
	ASSERT_OK(fsi_file_get_data_size(apart, &size));
	ck_assert_uint_eq(size, 4);
	fsi_stream_release(good);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

static fsi_file *detached;
static fsi_stream *stream;

static HRESULT add_tree(void)
{
	return fsi_directory_add_tree(root, api_host("tree"), true);
}

static HRESULT add_file(void)
{
	return fsi_directory_add_file(root, "new", stream);
}

static HRESULT add_named_stream(void)
{
	return fsi_file_add_stream(api_file(root, "kept"), "s", stream);
}

static HRESULT put_data(void)
{
	HRESULT hr = fsi_file_put_data(detached, stream);

	if (SUCCEEDED(hr))
		hr = fsi_directory_add(root, fsi_file_as_item(detached));
	return hr;
}

static HRESULT move(void)
{
	return fsi_image_put_working_directory(image, api_host("other"));
}

static HRESULT read_data(void)
{
	fsi_stream *data = NULL;
	char byte = 0;
	HRESULT hr = fsi_file_get_data(api_file(root, "kept"), &data);

	if (SUCCEEDED(hr))
		hr = fsi_stream_read_at(data, 1, &byte, 1, NULL);
	fsi_stream_release(data);
	return hr;
}

static HRESULT open_descriptor(void)
{
	fsi_stream *made = NULL;
	int ends[2];
	HRESULT hr = S_OK;

	ck_assert_int_eq(pipe(ends), 0);
	hr = fsi_stream_create_on_descriptor(ends[0], &made);
	fsi_stream_release(made);
	close(ends[0]);
	close(ends[1]);
	return hr;
}

static HRESULT (*const calls[])(void) = {
	add_tree, add_file, add_named_stream, put_data, move, read_data, open_descriptor,
};

#define CALLS (int)(sizeof(calls) / sizeof(calls[0]))

/* Whether the call succeeds when so many allocations do. */
static bool succeeds_with(int index, long allocations)
{
	char *before = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x200));
	ASSERT_OK(add_stream("kept", 3 * CHUNK));
	ASSERT_OK(fsi_image_create_file_item(image, "detached", &detached));
	before = api_describe(image);
	fsi_memory_fail_after(allocations);
	hr = calls[index]();
	fsi_memory_fail_after(-1);
	if (FAILED(hr)) {
		ASSERT_FAILS(hr, E_OUTOFMEMORY, "");
		api_assert_unchanged(image, before);
		before = NULL;
		/* A detached file may have got its data before. */
		if (calls[index] != put_data)
			ck_assert_uint_eq(stashed(), 3 * CHUNK);
	}
	free(before);
	return SUCCEEDED(hr);
}

START_TEST(running_out_of_memory_undoes_the_call)
{
	const unsigned descriptors = scratch_count_descriptors();
	long allocations = 0;

	stream = api_sized_stream(2 * CHUNK + 3);
	while (!succeeds_with(_i, allocations)) {
		allocations++;
		ck_assert_int_lt(allocations, 1000);
		fsi_image_release(image);
		ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
		make_image();
	}
	ck_assert_int_gt(allocations, 0);
	fsi_stream_release(stream);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	return tcase;
}

static TCase *make_calls_case(void)
{
	TCase *tcase = make_case("calls");

	tcase_add_test(tcase, a_call_that_fails_gives_its_room_back);
	tcase_add_test(tcase, a_file_that_is_too_large_is_not_copied);
	tcase_add_loop_test(tcase, each_mebibyte_of_a_copy_is_told, 0, COPIES);
	tcase_add_test(tcase, the_total_of_a_pipe_grows);
	tcase_add_loop_test(tcase, cancelling_at_any_event_undoes_the_copy, 1, 5);
	tcase_add_loop_test(tcase, running_out_of_memory_undoes_the_call, 0, CALLS);
	return tcase;
}

static TCase *make_points_case(void)
{
	TCase *tcase = make_case("change points");

	tcase_add_test(tcase, returning_to_a_change_point_gives_the_room_back);
	tcase_add_test(tcase, what_is_shared_stays_until_nobody_has_it);
	tcase_add_test(tcase, a_return_that_is_refused_changes_nothing);
	tcase_add_test(tcase, what_was_locked_in_keeps_its_room);
	tcase_add_test(tcase, data_of_a_detached_file_is_not_undone_with_others);
	tcase_add_test(tcase, an_item_of_a_stream_has_lost_its_data_when_it_was_undone);
	tcase_add_test(tcase, an_item_of_a_file_is_what_the_file_is_when_it_comes_back);
	tcase_add_test(tcase, a_detached_file_that_lost_its_data_can_be_filled_again);
	tcase_add_test(tcase, a_detached_file_that_can_not_be_filled_keeps_its_data);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("stage: undoing");

	suite_add_tcase(suite, make_calls_case());
	suite_add_tcase(suite, make_points_case());
	return api_run(suite);
}
