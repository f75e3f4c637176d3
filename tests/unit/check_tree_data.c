/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes of files come from: shared, read, and found changed. */
#include "tree/data.h"

#include "error/fail.h"
#include "io/stream.h"
#include "tests/support/scratch.h"
#include "tests/support/streams.h"
#include "tests/support/trees.h"
#include "tree/order.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fsi_tree tree;
static struct scratch scratch;
static struct test_stream source;
static fsi_stream *stream; /* opened by a test */
static struct fsi_source_folder folder;
static unsigned descriptors;
static uint8_t buffer[20000];

static void set_up(void)
{
	scratch_begin(&scratch);
	source = (struct test_stream){.size = 10000};
	stream = NULL;
	folder = (struct fsi_source_folder){.path = scratch.path,
					    .cache = &tree.open_folder};
	ck_assert_int_eq(fsi_tree_init(&tree, tree_time(TREE_TIME)), S_OK);
	descriptors = scratch_count_descriptors();
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_stream_release(stream);
	fsi_tree_destroy(&tree);
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
	scratch_end(&scratch);
}

static struct fsi_data *take_host(const char *name, uint64_t size, uint64_t inode,
				  uint64_t device)
{
	const struct fsi_host_file host = {.folder = &folder,
					   .name = name,
					   .size = size,
					   .inode = inode,
					   .device = device};
	struct fsi_data *data = NULL;

	ck_assert_int_eq(fsi_data_from_host(&tree, &host, &data), S_OK);
	ck_assert_uint_eq(data->size, size);
	return data;
}

/* Error of a source: its path, and for a changed size what was expected and found. */
static void assert_error(HRESULT hr, HRESULT expected, const char *path, int64_t wanted,
			 int64_t found)
{
	struct fsi_insert insert;

	ck_assert_int_eq(hr, expected);
	ck_assert_int_eq(fsi_error_get_code(), expected);
	ck_assert_int_eq(fsi_error_get_insert(0, &insert), S_OK);
	ck_assert_str_eq(insert.text, path);
	if (expected != IMAPI_E_DATA_STREAM_INCONSISTENCY)
		return;
	ck_assert_int_eq(fsi_error_get_insert(1, &insert), S_OK);
	ck_assert_int_eq(insert.number, wanted);
	ck_assert_int_eq(fsi_error_get_insert(2, &insert), S_OK);
	ck_assert_int_eq(insert.number, found);
}

/* ---- sharing ----------------------------------------------------------- */

START_TEST(names_of_one_file_share_their_data)
{
	const struct fsi_data *data = take_host("name", 100, 5, 7);

	ck_assert_ptr_eq(take_host("name", 100, 5, 7), data);
	ck_assert_ptr_eq(take_host("hard link", 100, 5, 7), data);
	ck_assert_str_eq(data->name, "name");
	ck_assert_ptr_ne(take_host("name", 100, 6, 7), data);
	ck_assert_ptr_ne(take_host("name", 100, 5, 8), data);
	/* It has changed since: not the same bytes. */
	ck_assert_ptr_ne(take_host("name", 101, 5, 7), data);
	ck_assert_ptr_eq(take_host("name", 100, 5, 7), data);
}
END_TEST

START_TEST(files_that_are_not_numbered_share_nothing)
{
	const struct fsi_data *data = take_host("one", 100, 0, 7);

	ck_assert_ptr_ne(take_host("two", 100, 0, 7), data);
	ck_assert_uint_eq(tree.host_files.count, 0);
}
END_TEST

START_TEST(thousands_of_files_are_told_apart)
{
	static struct fsi_data *data[5000];
	char name[16];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 5000; i++) {
			const struct fsi_host_file host = {
				.folder = &folder,
				.name = name,
				.size = 10,
				.inode = 1 + i % 500,
				.device = UINT64_C(0x800000000) + i / 500,
			};
			struct fsi_data *found = NULL;

			snprintf(name, sizeof(name), "f%u", i);
			if (FAILED(fsi_data_from_host(&tree, &host, &found)))
				ck_abort_msg("%s", fsi_error_get_message());
			if (round == 0)
				data[i] = found;
			if (found != data[i] || strcmp(found->name, name) != 0)
				ck_abort_msg("%s is %s", name, found->name);
		}
	}
	ck_assert_uint_eq(tree.host_files.count, 5000);
	ck_assert_uint_le(tree.host_files.count, tree.host_files.capacity / 4 * 3);
	ck_assert_uint_eq(tree.devices.count, 10);
}
END_TEST

START_TEST(taking_a_file_without_memory_changes_nothing)
{
	const struct fsi_host_file host = {
		.folder = &folder, .name = "name", .size = 10, .inode = 5, .device = 7};
	struct fsi_data *data = NULL;
	HRESULT hr = E_OUTOFMEMORY;
	long n = 0;

	/* A new arena, so that each piece needs memory. */
	fsi_tree_destroy(&tree);
	memset(&tree, 0, sizeof(tree));
	for (; hr == E_OUTOFMEMORY; n++) {
		fsi_memory_fail_after(n);
		hr = fsi_data_from_host(&tree, &host, &data);
		fsi_memory_fail_after(-1);
		ck_assert(hr == S_OK || hr == E_OUTOFMEMORY);
		ck_assert_int_eq(data != NULL, hr == S_OK);
		ck_assert_uint_eq(tree.host_files.count, hr == S_OK ? 1 : 0);
	}
	ck_assert_int_eq(n, 3);
	/* The arena is full before the name. */
	while (tree.arena.left > sizeof(*data) + 8)
		fsi_arena_copy(&tree.arena, "", 0);
	fsi_memory_fail_after(0);
	hr = fsi_data_from_host(
		&tree,
		&(struct fsi_host_file){.folder = &folder, .name = "a longer name"},
		&data);
	ck_assert_int_eq(hr, E_OUTOFMEMORY);
}
END_TEST

/* ---- streams ----------------------------------------------------------- */

static struct fsi_data *take_stream(void)
{
	fsi_stream *made = test_stream_open(&source);
	struct fsi_data *data = NULL;

	ck_assert_int_eq(fsi_data_from_stream(&tree, made, "\\path", &data), S_OK);
	fsi_stream_release(made);
	ck_assert_uint_eq(source.destroyed, 0);
	return data;
}

START_TEST(a_stream_is_held_as_long_as_the_tree)
{
	struct fsi_data *data = take_stream();

	ck_assert_uint_eq(data->size, 10000);
	ck_assert_ptr_null(data->name);
	take_stream();
	fsi_tree_destroy(&tree);
	ck_assert_uint_eq(source.destroyed, 2);
	ck_assert_int_eq(fsi_tree_init(&tree, 0), S_OK);
}
END_TEST

START_TEST(a_stream_without_a_size_is_refused)
{
	fsi_stream *made = test_stream_open(&source);
	struct fsi_data *data = NULL;

	source.size_failure = E_ACCESSDENIED;
	assert_error(fsi_data_from_stream(&tree, made, "\\path", &data),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, "\\path", 0, 0);
	ck_assert_ptr_null(data);
	source.size_failure = S_OK;
	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_data_from_stream(&tree, made, "\\path", &data),
			 E_OUTOFMEMORY);
	ck_assert_ptr_null(data);
	fsi_stream_release(made);
	ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

START_TEST(a_stream_that_no_file_got_is_let_go)
{
	struct fsi_data *first = take_stream();
	struct fsi_data *second = take_stream();

	(void)take_stream();
	fsi_data_discard(&tree, first);
	ck_assert_uint_eq(source.destroyed, 1);
	fsi_data_discard(&tree, first);
	ck_assert_uint_eq(source.destroyed, 1);
	fsi_data_discard(&tree, second);
	ck_assert_uint_eq(source.destroyed, 2);
	fsi_tree_destroy(&tree);
	ck_assert_uint_eq(source.destroyed, 3);
	ck_assert_int_eq(fsi_tree_init(&tree, 0), S_OK);
}
END_TEST

/* A file of the image with the stream as its data, and that data opened. */
static void open_stream(void)
{
	struct fsi_node *file = tree_add_file(
		&tree, tree_add_directory(&tree, &tree.root, "dir"), "file", 0);
	struct fsi_order *order = NULL;

	file->content.data = take_stream();
	ck_assert_int_eq(fsi_order_create(&tree, false, &order), S_OK);
	fsi_order_destroy(order);
	ck_assert_int_eq(fsi_data_open(file->content.data, &stream), S_OK);
}

static const struct {
	uint64_t offset;
	size_t length;
	size_t got;
} ranges[] = {
	{0, 10000, 10000}, {0, 20000, 10000},	 {9999, 1, 1},	    {9999, 2, 1},
	{10000, 10, 0},	   {UINT64_MAX, 100, 0}, {0, 1, 1},	    {5000, 5000, 5000},
	{1234, 0, 0},	   {1234, 4321, 4321},	 {INT64_MAX, 1, 0}, {10001, 0, 0},
};
#define RANGE_COUNT (int)(sizeof(ranges) / sizeof(ranges[0]))

static void assert_range_is_read(int i)
{
	size_t got = 77;

	ck_assert_int_eq(
		fsi_stream_read(stream, ranges[i].offset, buffer, ranges[i].length, &got),
		S_OK);
	ck_assert_uint_eq(got, ranges[i].got);
	ck_assert(test_stream_matches(&source, ranges[i].offset, buffer, got));
}

START_TEST(the_bytes_of_a_stream_are_read)
{
	uint64_t size = 0;

	open_stream();
	assert_range_is_read(_i);
	ck_assert_int_eq(fsi_stream_measure(stream, &size), S_OK);
	ck_assert_uint_eq(size, 10000);
}
END_TEST

START_TEST(a_stream_that_fails_is_told_with_the_path_of_its_file)
{
	size_t got = 77;

	open_stream();
	source.fails = true;
	source.fail_at = 5000;
	source.failure = E_ACCESSDENIED;
	ck_assert_int_eq(fsi_stream_read(stream, 0, buffer, 5000, &got), S_OK);
	got = 77;
	assert_error(fsi_stream_read(stream, 0, buffer, 5001, &got),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, "\\dir\\file", 0, 0);
	source.fails = false;
	source.size_failure = E_ACCESSDENIED;
	/* It is asked only at the end. */
	ck_assert_int_eq(fsi_stream_read(stream, 0, buffer, 9999, &got), S_OK);
	got = 77;
	assert_error(fsi_stream_read(stream, 0, buffer, 10000, &got),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, "\\dir\\file", 0, 0);
	ck_assert_uint_eq(got, 77);
}
END_TEST

START_TEST(a_stream_that_changes_its_size_is_told)
{
	size_t got = 77;

	open_stream();
	source.real_size = 6000;
	assert_error(fsi_stream_read(stream, 4000, buffer, 6000, &got),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, "\\dir\\file", 10000, 6000);
	source.real_size = 0;
	source.size = 10001;
	assert_error(fsi_stream_read(stream, 9999, buffer, 1, &got),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, "\\dir\\file", 10000, 10001);
	ck_assert_uint_eq(got, 77);
	ck_assert_int_eq(fsi_stream_read(stream, 0, buffer, 9999, &got), S_OK);
}
END_TEST

/* ---- host files -------------------------------------------------------- */

/* A file of 10000 bytes, and its path. */
static const char *write_file(void)
{
	for (size_t i = 0; i < 10000; i++)
		buffer[i] = test_stream_byte(i);
	scratch_write(&scratch, "file", buffer, 10000);
	memset(buffer, 0, sizeof(buffer));
	return scratch_at(&scratch, "file");
}

START_TEST(the_bytes_of_a_file_are_read)
{
	uint64_t size = 0;

	write_file();
	ck_assert_int_eq(fsi_data_open(take_host("file", 10000, 5, 7), &stream), S_OK);
	/* The file, and the folder that the next one may be in. */
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors + 2);
	assert_range_is_read(_i);
	ck_assert_int_eq(fsi_stream_measure(stream, &size), S_OK);
	ck_assert_uint_eq(size, 10000);
	fsi_stream_release(stream);
	stream = NULL;
}
END_TEST

START_TEST(a_reader_may_outlive_the_tree)
{
	const char *path = write_file();
	struct fsi_data *data = take_host("file", 10000, 5, 7);
	size_t got = 0;

	ck_assert_int_eq(fsi_data_open(data, &stream), S_OK);
	fsi_tree_destroy(&tree);
	memset(&folder, 0, sizeof(folder));
	assert_range_is_read(0);
	ck_assert_int_eq(truncate(path, 5000), 0);
	assert_error(fsi_stream_read(stream, 0, buffer, 10000, &got),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, path, 10000, 5000);
	fsi_stream_release(stream);
	stream = NULL;
	ck_assert_int_eq(fsi_tree_init(&tree, 0), S_OK);
}
END_TEST

START_TEST(a_file_that_has_gone_is_told)
{
	const char *path = write_file();
	struct fsi_data *data = take_host("file", 10000, 5, 7);

	ck_assert_int_eq(unlink(path), 0);
	assert_error(fsi_data_open(data, &stream), IMAPI_E_DATA_STREAM_CREATE_FAILURE,
		     path, 0, 0);
	ck_assert_ptr_nonnull(
		strstr(fsi_error_get_message(), "No such file or directory"));
	ck_assert_ptr_null(stream);
}
END_TEST

START_TEST(a_file_that_has_become_something_else_is_told)
{
	const char *path = write_file();
	struct fsi_data *data = take_host("file", 10000, 5, 7);
	struct stat status;
	size_t got = 0;

	ck_assert_int_eq(unlink(path), 0);
	/* Nobody writes into it, and nobody must be waited for. */
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(fsi_data_open(data, &stream), S_OK);
	assert_error(fsi_stream_read(stream, 0, buffer, 10000, &got),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, path, 10000, 0);
	fsi_stream_release(stream);
	stream = NULL;
	ck_assert_int_eq(unlink(path), 0);
	/* A folder that happens to have the size. */
	scratch_folder(&scratch, "file");
	ck_assert_int_eq(stat(path, &status), 0);
	data = take_host("file", (uint64_t)status.st_size, 6, 7);
	ck_assert_int_eq(fsi_data_open(data, &stream), S_OK);
	assert_error(fsi_stream_read(stream, 0, buffer, 1, &got),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, path, 0, 0);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "Is a directory"));
	fsi_stream_release(stream);
	stream = NULL;
}
END_TEST

/* A short file is told when it is read, with all that this takes; a long one before. */
START_TEST(a_file_that_has_changed_its_size_is_told)
{
	const off_t sizes[] = {0, 9999, 10001};
	const char *path = write_file();
	size_t got = 0;

	ck_assert_int_eq(truncate(path, sizes[_i]), 0);
	assert_error(fsi_data_open(take_host("file", 1048576, 5, 7), &stream),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, path, 1048576, sizes[_i]);
	ck_assert_ptr_null(stream);
	ck_assert_int_eq(fsi_data_open(take_host("file", 10000, 5, 7), &stream), S_OK);
	assert_error(fsi_stream_read(stream, 0, buffer, 10000, &got),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, path, 10000, sizes[_i]);
	fsi_stream_release(stream);
	stream = NULL;
}
END_TEST

START_TEST(a_file_that_changes_its_size_while_it_is_read_is_told)
{
	const char *path = write_file();
	size_t got = 77;

	ck_assert_int_eq(fsi_data_open(take_host("file", 10000, 5, 7), &stream), S_OK);
	ck_assert_int_eq(truncate(path, 9999), 0);
	assert_error(fsi_stream_read(stream, 5000, buffer, 5000, &got),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, path, 10000, 9999);
	ck_assert_int_eq(truncate(path, 10001), 0);
	assert_error(fsi_stream_read(stream, 5000, buffer, 5000, &got),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY, path, 10000, 10001);
	ck_assert_uint_eq(got, 77);
	/* What is not the end can't tell. */
	ck_assert_int_eq(fsi_stream_read(stream, 5000, buffer, 4999, &got), S_OK);
	fsi_stream_release(stream);
	stream = NULL;
}
END_TEST

START_TEST(data_has_the_path_of_its_source)
{
	struct fsi_data *data = take_host("file", 10, 5, 7);
	char *path = fsi_data_path(data);

	ck_assert_str_eq(path, scratch_at(&scratch, "file"));
	fsi_free(path);
	folder.path = "";
	path = fsi_data_path(data);
	ck_assert_str_eq(path, "/file");
	fsi_free(path);
	fsi_memory_fail_after(0);
	ck_assert_ptr_null(fsi_data_path(data));
	fsi_memory_fail_after(-1);
	/* A stream has none but that of its file, once that is known. */
	path = fsi_data_path(take_stream());
	ck_assert_str_eq(path, "");
	fsi_free(path);
	open_stream();
	path = fsi_data_path(tree_at(&tree, "dir/file")->content.data);
	ck_assert_str_eq(path, "\\dir\\file");
	fsi_free(path);
}
END_TEST

START_TEST(opening_needs_memory)
{
	struct fsi_data *data[2] = {NULL, NULL};

	write_file();
	data[0] = take_host("file", 10000, 5, 7);
	data[1] = take_stream();
	for (unsigned i = 0; i < 2; i++) {
		HRESULT hr = E_OUTOFMEMORY;
		long n = 0;

		for (; hr == E_OUTOFMEMORY; n++) {
			fsi_folder_cache_close(&tree.open_folder);
			ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
			ck_assert_ptr_null(stream);
			fsi_memory_fail_after(n);
			hr = fsi_data_open(data[i], &stream);
			fsi_memory_fail_after(-1);
		}
		ck_assert_int_eq(hr, S_OK);
		ck_assert_int_ge(n, 4);
		fsi_stream_release(stream);
		stream = NULL;
	}
	ck_assert_uint_eq(source.destroyed, 0);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_sharing_case(void)
{
	TCase *tcase = tcase_create("sharing");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, names_of_one_file_share_their_data);
	tcase_add_test(tcase, files_that_are_not_numbered_share_nothing);
	tcase_add_test(tcase, thousands_of_files_are_told_apart);
	tcase_add_test(tcase, taking_a_file_without_memory_changes_nothing);
	tcase_add_test(tcase, data_has_the_path_of_its_source);
	return tcase;
}

static TCase *make_reading_case(void)
{
	TCase *tcase = tcase_create("reading");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_stream_is_held_as_long_as_the_tree);
	tcase_add_test(tcase, a_stream_without_a_size_is_refused);
	tcase_add_test(tcase, a_stream_that_no_file_got_is_let_go);
	tcase_add_loop_test(tcase, the_bytes_of_a_stream_are_read, 0, RANGE_COUNT);
	tcase_add_test(tcase, a_stream_that_fails_is_told_with_the_path_of_its_file);
	tcase_add_test(tcase, a_stream_that_changes_its_size_is_told);
	tcase_add_loop_test(tcase, the_bytes_of_a_file_are_read, 0, RANGE_COUNT);
	tcase_add_test(tcase, a_reader_may_outlive_the_tree);
	tcase_add_test(tcase, a_file_that_has_gone_is_told);
	tcase_add_test(tcase, a_file_that_has_become_something_else_is_told);
	tcase_add_loop_test(tcase, a_file_that_has_changed_its_size_is_told, 0, 3);
	tcase_add_test(tcase, a_file_that_changes_its_size_while_it_is_read_is_told);
	tcase_add_test(tcase, opening_needs_memory);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("tree: data");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_sharing_case());
	suite_add_tcase(suite, make_reading_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
