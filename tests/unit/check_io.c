/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams: the caller's own, of memory, of files. */
#include "io/stream.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/descriptor.h"
#include "tests/support/scratch.h"
#include "tests/support/streams.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct test_stream source;
static fsi_stream *stream;
static struct scratch scratch;
static uint8_t buffer[10000];

static void set_up(void)
{
	source = (struct test_stream){.size = 5000};
	stream = test_stream_open(&source);
	memset(buffer, 0xEE, sizeof(buffer));
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_stream_release(stream);
	stream = NULL;
}

static void set_up_files(void)
{
	scratch_begin(&scratch);
	stream = NULL;
	memset(buffer, 0xEE, sizeof(buffer));
}

static void tear_down_files(void)
{
	tear_down();
	scratch_end(&scratch);
}

static void assert_untouched(size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		ck_assert_uint_eq(buffer[i], 0xEE);
}

/* ---- the caller's own -------------------------------------------------- */

START_TEST(a_stream_is_made_of_complete_functions_only)
{
	struct fsi_stream_ops ops = test_stream_ops;
	struct test_stream self = {.size = 1};
	fsi_stream *made = NULL;

	ck_assert_int_eq(fsi_stream_create(NULL, &self, &made), E_POINTER);
	ck_assert_int_eq(fsi_stream_create(&ops, &self, NULL), E_POINTER);
	ops.size = sizeof(ops) - 1;
	ck_assert_int_eq(fsi_stream_create(&ops, &self, &made), E_INVALIDARG);
	ops = test_stream_ops;
	ops.read_at = NULL;
	ck_assert_int_eq(fsi_stream_create(&ops, &self, &made), E_POINTER);
	ops = test_stream_ops;
	ops.get_size = NULL;
	ck_assert_int_eq(fsi_stream_create(&ops, &self, &made), E_POINTER);
	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_stream_create(&test_stream_ops, &self, &made),
			 E_OUTOFMEMORY);
	ck_assert_ptr_null(made);
	ck_assert_uint_eq(self.destroyed, 0);
}
END_TEST

START_TEST(a_table_of_a_later_version_may_be_longer)
{
	struct fsi_stream_ops ops = test_stream_ops;
	struct test_stream self = {.size = 77};
	fsi_stream *made = NULL;
	uint64_t size = 0;

	ops.size = sizeof(ops) + 8;
	ops.destroy = NULL;
	ck_assert_int_eq(fsi_stream_create(&ops, &self, &made), S_OK);
	ck_assert_int_eq(fsi_stream_get_size(made, &size), S_OK);
	ck_assert_uint_eq(size, 77);
	fsi_stream_release(made);
}
END_TEST

START_TEST(a_stream_ends_with_its_last_reference)
{
	ck_assert_ptr_eq(fsi_stream_add_ref(stream), stream);
	ck_assert_ptr_eq(fsi_stream_add_ref(stream), stream);
	fsi_stream_release(stream);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 0);
	fsi_stream_release(stream);
	stream = NULL;
	ck_assert_uint_eq(source.destroyed, 1);
	ck_assert_ptr_null(fsi_stream_add_ref(NULL));
	fsi_stream_release(NULL);
}
END_TEST

START_TEST(null_is_told_from_a_stream)
{
	size_t got = 77;
	uint64_t size = 77;
	fsi_stream *clone = NULL;

	ck_assert_int_eq(fsi_stream_read_at(NULL, 0, buffer, 1, &got), E_POINTER);
	ck_assert_int_eq(fsi_error_get_code(), E_POINTER);
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, NULL, 1, &got), E_POINTER);
	ck_assert_int_eq(fsi_stream_get_size(NULL, &size), E_POINTER);
	ck_assert_int_eq(fsi_stream_get_size(stream, NULL), E_POINTER);
	ck_assert_int_eq(fsi_stream_clone(NULL, &clone), E_POINTER);
	ck_assert_int_eq(fsi_stream_clone(stream, NULL), E_POINTER);
	ck_assert_uint_eq(got, 77);
	ck_assert_uint_eq(size, 77);
	ck_assert_ptr_null(clone);
	/* Nothing into nowhere is fine, and clears what was wrong before. */
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, NULL, 0, &got), S_OK);
	ck_assert_uint_eq(got, 0);
	ck_assert_int_eq(fsi_error_get_code(), S_OK);
}
END_TEST

START_TEST(short_reads_are_put_together)
{
	size_t got = 0;

	source.piece = 7;
	ck_assert_int_eq(fsi_stream_read_at(stream, 10, buffer, 100, &got), S_OK);
	ck_assert_uint_eq(got, 100);
	ck_assert_uint_eq(source.reads, 15);
	ck_assert(test_stream_matches(&source, 10, buffer, 100));
	assert_untouched(100, sizeof(buffer));
}
END_TEST

static const struct {
	uint64_t offset;
	size_t length;
	size_t got;
} ranges[] = {
	{0, 0, 0},	     {0, 1, 1},		 {0, 4999, 4999},
	{0, 5000, 5000},     {0, 5001, 5000},	 {0, 10000, 5000},
	{4999, 1, 1},	     {4999, 2, 1},	 {5000, 1, 0},
	{5001, 1, 0},	     {123, 456, 456},	 {UINT64_C(1) << 40, 10, 0},
	{INT64_MAX, 10, 0},  {INT64_MAX, 1, 0},	 {(uint64_t)INT64_MAX + 1, 1, 0},
	{UINT64_MAX, 10, 0}, {UINT64_MAX, 0, 0}, {5000, 0, 0},
};
#define RANGE_COUNT (int)(sizeof(ranges) / sizeof(ranges[0]))

/* Whether a range of the stream is read as far as it goes, and not further. */
static void assert_range_is_read(int i)
{
	size_t got = 77;

	ck_assert_int_eq(fsi_stream_read_at(stream, ranges[i].offset, buffer,
					    ranges[i].length, &got),
			 S_OK);
	ck_assert_uint_eq(got, ranges[i].got);
	ck_assert(test_stream_matches(&source, ranges[i].offset, buffer, got));
	assert_untouched(got, sizeof(buffer));
}

START_TEST(reading_ends_at_the_end_of_the_stream)
{
	assert_range_is_read(_i);
}
END_TEST

START_TEST(a_short_read_that_nobody_asks_about_is_an_error)
{
	ck_assert_int_eq(fsi_stream_read_at(stream, 4990, buffer, 10, NULL), S_OK);
	ck_assert_int_eq(fsi_stream_read_at(stream, 4990, buffer, 11, NULL), E_FAIL);
	ck_assert_int_eq(fsi_error_get_code(), E_FAIL);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "ended too early"));
}
END_TEST

START_TEST(a_read_longer_than_asked_for_is_an_error)
{
	size_t got = 77;

	source.excess = 1;
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, buffer, 10, &got), E_UNEXPECTED);
	ck_assert_uint_eq(got, 77);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "more than it was asked"));
	/* Also when it is the second of two reads. */
	source.piece = 5;
	source.excess = 2;
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, buffer, 10, &got), E_UNEXPECTED);
	ck_assert_uint_eq(got, 77);
}
END_TEST

START_TEST(the_code_of_the_callers_own_function_is_passed_on)
{
	const HRESULT strange = (HRESULT)0xA0001234;
	size_t got = 77;
	uint64_t size = 77;

	source.fails = true;
	source.fail_at = 100;
	source.failure = strange;
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, buffer, 100, &got), S_OK);
	got = 77;
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, buffer, 101, &got), strange);
	ck_assert_int_eq(fsi_error_get_code(), strange);
	ck_assert_uint_eq(got, 77);
	source.size_failure = E_ACCESSDENIED;
	ck_assert_int_eq(fsi_stream_get_size(stream, &size), E_ACCESSDENIED);
	ck_assert_int_eq(fsi_error_get_code(), E_ACCESSDENIED);
	ck_assert_uint_eq(size, 77);
}
END_TEST

START_TEST(a_clone_is_what_the_callers_own_function_makes)
{
	fsi_stream *clone = NULL;

	ck_assert_int_eq(fsi_stream_clone(stream, &clone), S_OK);
	ck_assert_ptr_ne(clone, stream);
	ck_assert_uint_eq(source.clones, 1);
	fsi_stream_release(stream);
	stream = clone;
	ck_assert_uint_eq(source.destroyed, 1);
	assert_range_is_read(10);
	source.failure = E_ACCESSDENIED;
	clone = NULL;
	ck_assert_int_eq(fsi_stream_clone(stream, &clone), E_ACCESSDENIED);
	ck_assert_int_eq(fsi_error_get_code(), E_ACCESSDENIED);
	ck_assert_ptr_null(clone);
}
END_TEST

START_TEST(without_such_a_function_a_clone_is_one_more_reference)
{
	struct fsi_stream_ops ops = test_stream_ops;
	struct test_stream self = {.size = 3};
	fsi_stream *made = NULL;
	fsi_stream *clone = NULL;

	ops.clone = NULL;
	ck_assert_int_eq(fsi_stream_create(&ops, &self, &made), S_OK);
	ck_assert_int_eq(fsi_stream_clone(made, &clone), S_OK);
	ck_assert_ptr_eq(clone, made);
	fsi_stream_release(made);
	ck_assert_uint_eq(self.destroyed, 0);
	fsi_stream_release(clone);
	ck_assert_uint_eq(self.destroyed, 1);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

static uint8_t *make_bytes(size_t size)
{
	uint8_t *bytes = malloc(size);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = test_stream_byte(i);
	return bytes;
}

START_TEST(a_stream_of_memory_has_a_copy_of_the_bytes)
{
	uint8_t *bytes = make_bytes(5000);
	fsi_stream *clone = NULL;
	uint64_t size = 0;

	fsi_stream_release(stream);
	ck_assert_int_eq(fsi_stream_create_on_memory(bytes, 5000, &stream), S_OK);
	memset(bytes, 0, 5000);
	free(bytes);
	ck_assert_int_eq(fsi_stream_get_size(stream, &size), S_OK);
	ck_assert_uint_eq(size, 5000);
	assert_range_is_read(_i);
	ck_assert_int_eq(fsi_stream_clone(stream, &clone), S_OK);
	fsi_stream_release(stream);
	stream = clone;
	memset(buffer, 0xEE, sizeof(buffer));
	assert_range_is_read(_i);
}
END_TEST

START_TEST(a_stream_of_memory_may_be_empty)
{
	fsi_stream *made = NULL;
	uint64_t size = 77;

	ck_assert_int_eq(fsi_stream_create_on_memory(NULL, 0, &made), S_OK);
	ck_assert_int_eq(fsi_stream_get_size(made, &size), S_OK);
	ck_assert_uint_eq(size, 0);
	fsi_stream_release(made);
	ck_assert_int_eq(fsi_stream_create_on_memory(NULL, 1, &made), E_POINTER);
	ck_assert_int_eq(fsi_stream_create_on_memory("a", 1, NULL), E_POINTER);
}
END_TEST

START_TEST(a_stream_of_memory_needs_memory)
{
	const volatile size_t huge = SIZE_MAX;
	fsi_stream *made = NULL;

	for (long n = 0; n < 2; n++) {
		fsi_memory_fail_after(n);
		ck_assert_int_eq(fsi_stream_create_on_memory("abc", 3, &made),
				 E_OUTOFMEMORY);
		ck_assert_ptr_null(made);
	}
	fsi_memory_fail_after(-1);
	ck_assert_int_eq(fsi_stream_create_on_memory("abc", huge, &made), E_OUTOFMEMORY);
	ck_assert_ptr_null(made);
}
END_TEST

/* ---- files ------------------------------------------------------------- */

static void open_file_of_5000_bytes(void)
{
	uint8_t *bytes = make_bytes(5000);

	source = (struct test_stream){.size = 5000};
	scratch_write(&scratch, "file", bytes, 5000);
	free(bytes);
	ck_assert_int_eq(fsi_stream_create_on_file(scratch_at(&scratch, "file"), &stream),
			 S_OK);
}

START_TEST(a_stream_of_a_file_has_its_bytes)
{
	uint64_t size = 0;

	open_file_of_5000_bytes();
	ck_assert_int_eq(fsi_stream_get_size(stream, &size), S_OK);
	ck_assert_uint_eq(size, 5000);
	assert_range_is_read(_i);
}
END_TEST

START_TEST(a_stream_of_a_file_keeps_the_size_that_it_had)
{
	size_t got = 0;
	uint64_t size = 0;

	open_file_of_5000_bytes();
	ck_assert_int_eq(truncate(scratch_at(&scratch, "file"), 9000), 0);
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, buffer, 10000, &got), S_OK);
	ck_assert_uint_eq(got, 5000);
	ck_assert_int_eq(truncate(scratch_at(&scratch, "file"), 4000), 0);
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, buffer, 10000, &got), S_OK);
	ck_assert_uint_eq(got, 4000);
	ck_assert_int_eq(fsi_stream_get_size(stream, &size), S_OK);
	ck_assert_uint_eq(size, 5000);
	/* Its name is of no importance any more. */
	ck_assert_int_eq(unlink(scratch_at(&scratch, "file")), 0);
	ck_assert_int_eq(fsi_stream_read_at(stream, 3990, buffer, 10, NULL), S_OK);
}
END_TEST

START_TEST(only_files_and_block_devices_can_be_streams)
{
	const unsigned descriptors = scratch_count_descriptors();

	scratch_folder(&scratch, "folder");
	ck_assert_int_eq(mkfifo(scratch_at(&scratch, "fifo"), 0600), 0);
	ck_assert_int_eq(
		fsi_stream_create_on_file(scratch_at(&scratch, "missing"), &stream),
		FSI_E_FILE_NOT_FOUND);
	ck_assert_int_eq(
		fsi_stream_create_on_file(scratch_at(&scratch, "folder"), &stream),
		FSI_E_DIRECTORY_NOT_SUPPORTED);
	/* It must not wait for somebody to write into it. */
	ck_assert_int_eq(fsi_stream_create_on_file(scratch_at(&scratch, "fifo"), &stream),
			 FSI_E_SEEK_ON_DEVICE);
	ck_assert_int_eq(fsi_stream_create_on_file("/dev/null", &stream),
			 FSI_E_SEEK_ON_DEVICE);
	ck_assert_int_eq(fsi_stream_create_on_file("", &stream), FSI_E_FILE_NOT_FOUND);
	ck_assert_int_eq(fsi_stream_create_on_file(NULL, &stream), E_POINTER);
	ck_assert_int_eq(fsi_stream_create_on_file("/dev/null", NULL), E_POINTER);
	ck_assert_ptr_null(stream);
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
}
END_TEST

START_TEST(streams_of_files_close_what_they_opened)
{
	const unsigned descriptors = scratch_count_descriptors();
	fsi_stream *clone = NULL;

	open_file_of_5000_bytes();
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors + 1);
	ck_assert_int_eq(fsi_stream_clone(stream, &clone), S_OK);
	fsi_stream_release(clone);
	fsi_stream_release(stream);
	stream = NULL;
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
	for (long n = 0; n < 2; n++) {
		fsi_memory_fail_after(n);
		ck_assert_int_eq(
			fsi_stream_create_on_file(scratch_at(&scratch, "file"), &stream),
			E_OUTOFMEMORY);
		ck_assert_ptr_null(stream);
		ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
	}
}
END_TEST

START_TEST(a_descriptor_is_read_at_once_or_not_at_all)
{
	const int folder = open(scratch.path, O_RDONLY | O_CLOEXEC);
	size_t got = 77;

	ck_assert_int_eq(fsi_read_descriptor(folder, 0, buffer, 1, false, &got), EISDIR);
	ck_assert_int_eq(fsi_read_descriptor(-1, 0, buffer, 1, false, &got), EBADF);
	ck_assert_int_eq(fsi_read_descriptor(folder, (uint64_t)INT64_MAX - 9, buffer, 10,
					     false, &got),
			 EINVAL);
	ck_assert_uint_eq(got, 77);
	ck_assert_int_eq(fsi_read_descriptor(-1, 0, buffer, 0, false, &got), 0);
	ck_assert_uint_eq(got, 0);
	close(folder);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_any_more_is_an_error)
{
	const int folder = open(scratch.path, O_RDONLY | O_CLOEXEC);
	/* The descriptor that the stream is about to get. */
	const int descriptor = dup(folder);
	size_t got = 77;

	close(descriptor);
	open_file_of_5000_bytes();
	ck_assert_int_eq(dup3(folder, descriptor, O_CLOEXEC), descriptor);
	ck_assert_int_eq(fsi_stream_read_at(stream, 0, buffer, 10, &got),
			 FSI_E_DIRECTORY_NOT_SUPPORTED);
	ck_assert_int_eq(fsi_error_get_code(), FSI_E_DIRECTORY_NOT_SUPPORTED);
	ck_assert_uint_eq(got, 77);
	close(folder);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_callers_case(void)
{
	TCase *tcase = tcase_create("the caller's own");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_stream_is_made_of_complete_functions_only);
	tcase_add_test(tcase, a_table_of_a_later_version_may_be_longer);
	tcase_add_test(tcase, a_stream_ends_with_its_last_reference);
	tcase_add_test(tcase, null_is_told_from_a_stream);
	tcase_add_test(tcase, short_reads_are_put_together);
	tcase_add_loop_test(tcase, reading_ends_at_the_end_of_the_stream, 0, RANGE_COUNT);
	tcase_add_test(tcase, a_short_read_that_nobody_asks_about_is_an_error);
	tcase_add_test(tcase, a_read_longer_than_asked_for_is_an_error);
	tcase_add_test(tcase, the_code_of_the_callers_own_function_is_passed_on);
	tcase_add_test(tcase, a_clone_is_what_the_callers_own_function_makes);
	tcase_add_test(tcase, without_such_a_function_a_clone_is_one_more_reference);
	tcase_add_loop_test(tcase, a_stream_of_memory_has_a_copy_of_the_bytes, 0,
			    RANGE_COUNT);
	tcase_add_test(tcase, a_stream_of_memory_may_be_empty);
	tcase_add_test(tcase, a_stream_of_memory_needs_memory);
	return tcase;
}

static TCase *make_files_case(void)
{
	TCase *tcase = tcase_create("files");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up_files, tear_down_files);
	tcase_add_loop_test(tcase, a_stream_of_a_file_has_its_bytes, 0, RANGE_COUNT);
	tcase_add_test(tcase, a_stream_of_a_file_keeps_the_size_that_it_had);
	tcase_add_test(tcase, only_files_and_block_devices_can_be_streams);
	tcase_add_test(tcase, streams_of_files_close_what_they_opened);
	tcase_add_test(tcase, a_descriptor_is_read_at_once_or_not_at_all);
	tcase_add_test(tcase, a_file_that_cannot_be_read_any_more_is_an_error);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("io: streams");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_callers_case());
	suite_add_tcase(suite, make_files_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
