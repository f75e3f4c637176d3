/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams handed on: as a FILE, and as a descriptor. */
#include "base/memory.h"
#include "error/fail.h"
#include "tests/support/scratch.h"
#include "tests/support/streams.h"

#include <fsimage/stream.h>

#include <check.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MIB (1024u * 1024)

static struct test_stream source;
static struct fsi_stream_ops ops; /* on source */
static sem_t gone;		  /* the stream has been destroyed */
static unsigned descriptors;	  /* of this process, before */
static uint8_t *bytes;

static void tell_gone(void *self)
{
	(void)self;
	sem_post(&gone);
}

static void set_up(void)
{
	source = (struct test_stream){.size = 3 * MIB + 17};
	ops = test_stream_ops;
	ops.destroy = tell_gone;
	ck_assert_int_eq(sem_init(&gone, 0, 0), 0);
	bytes = malloc(4 * MIB);
	ck_assert_ptr_nonnull(bytes);
	descriptors = scratch_count_descriptors();
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	free(bytes);
	sem_destroy(&gone);
}

/* Nothing but what it is handed on as holds the stream then. */
static FILE *open_file(void)
{
	fsi_stream *stream = NULL;
	FILE *file = NULL;

	ck_assert_int_eq(fsi_stream_create(&ops, &source, &stream), S_OK);
	ck_assert_int_eq(fsi_stream_open_file(stream, &file), S_OK);
	fsi_stream_release(stream);
	return file;
}

static int open_descriptor(void)
{
	fsi_stream *stream = NULL;
	int descriptor = -1;

	ck_assert_int_eq(fsi_stream_create(&ops, &source, &stream), S_OK);
	ck_assert_int_eq(fsi_stream_open_descriptor(stream, &descriptor), S_OK);
	fsi_stream_release(stream);
	return descriptor;
}

/* ---- a FILE ------------------------------------------------------------ */

START_TEST(a_file_has_the_bytes_of_the_stream)
{
	FILE *file = open_file();

	ck_assert_uint_eq(fread(bytes, 1, 4 * MIB, file), source.size);
	ck_assert(feof(file) != 0);
	ck_assert_int_eq(ferror(file), 0);
	ck_assert(test_stream_matches(&source, 0, bytes, source.size));
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(sem_trywait(&gone), 0);
}
END_TEST

START_TEST(a_file_is_read_at_any_place)
{
	FILE *file = open_file();
	const off_t size = (off_t)source.size;

	ck_assert_int_eq(fseeko(file, MIB + 5, SEEK_SET), 0);
	ck_assert_uint_eq(fread(bytes, 1, 100, file), 100);
	ck_assert(test_stream_matches(&source, MIB + 5, bytes, 100));
	ck_assert_int_eq(fseeko(file, -50, SEEK_CUR), 0);
	ck_assert_int_eq(ftello(file), MIB + 55);
	ck_assert_uint_eq(fread(bytes, 1, 100, file), 100);
	ck_assert(test_stream_matches(&source, MIB + 55, bytes, 100));
	ck_assert_int_eq(fseeko(file, -10, SEEK_END), 0);
	ck_assert_int_eq(ftello(file), size - 10);
	ck_assert_uint_eq(fread(bytes, 1, 100, file), 10);
	ck_assert(test_stream_matches(&source, source.size - 10, bytes, 10));
	ck_assert_int_eq(fclose(file), 0);
}
END_TEST

START_TEST(behind_its_end_a_file_has_nothing_and_before_its_beginning_no_place)
{
	FILE *file = open_file();

	ck_assert_int_eq(fseeko(file, 10, SEEK_END), 0);
	ck_assert_uint_eq(fread(bytes, 1, 1, file), 0);
	ck_assert(feof(file) != 0);
	ck_assert_int_eq(fseeko(file, -1, SEEK_SET), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(fseeko(file, -(off_t)source.size - 1, SEEK_END), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(fseeko(file, INT64_MAX, SEEK_END), -1);
	ck_assert_int_eq(fseeko(file, -(off_t)source.size, SEEK_END), 0);
	ck_assert_int_eq(ftello(file), 0);
	ck_assert_int_eq(fclose(file), 0);
}
END_TEST

START_TEST(a_stream_that_fails_is_an_error_of_the_file)
{
	static const struct {
		HRESULT hr;
		int error;
	} failures[] = {{E_ACCESSDENIED, EIO}, {E_OUTOFMEMORY, ENOMEM}};
	FILE *file = NULL;

	source.fails = true;
	source.fail_at = 10000;
	source.failure = failures[_i].hr;
	file = open_file();
	ck_assert_uint_eq(fread(bytes, 1, MIB, file), 8192); /* two of its buffers */
	ck_assert(ferror(file) != 0);
	ck_assert(feof(file) == 0);
	ck_assert_int_eq(errno, failures[_i].error);
	ck_assert_int_eq(fsi_error_get_code(), failures[_i].hr);
	ck_assert_int_eq(fclose(file), 0);
}
END_TEST

START_TEST(a_file_on_a_sequential_stream_goes_forward_only)
{
	FILE *file = NULL;

	ops.flags = FSI_STREAM_SEQUENTIAL;
	ops.get_size = NULL;
	file = open_file();
	ck_assert_int_eq(ftello(file), 0);
	ck_assert_int_eq(fseeko(file, MIB, SEEK_SET), -1);
	ck_assert_int_eq(errno, ESPIPE);
	ck_assert_int_eq(fseeko(file, 0, SEEK_END), -1);
	ck_assert_uint_eq(fread(bytes, 1, 4 * MIB, file), source.size);
	ck_assert(test_stream_matches(&source, 0, bytes, source.size));
	ck_assert_int_eq(fclose(file), 0);
}
END_TEST

/* ---- a descriptor ------------------------------------------------------ */

/* Until the end or an error, which is returned; 0: the end. */
static int read_all(int descriptor, size_t *ret_size)
{
	ssize_t piece = 0;

	*ret_size = 0;
	do {
		piece = read(descriptor, bytes + *ret_size, 70001);
		if (piece > 0)
			*ret_size += (size_t)piece;
	} while (piece > 0);
	return piece < 0 ? errno : 0;
}

START_TEST(a_descriptor_has_the_bytes_of_the_stream)
{
	static const uint64_t sizes[] = {0, 1, 262143, 262144, 262145, 3 * MIB + 17};
	size_t size = 0;
	int descriptor = -1;

	source.size = sizes[_i];
	descriptor = open_descriptor();
	ck_assert_int_eq(read_all(descriptor, &size), 0);
	ck_assert_uint_eq(size, source.size);
	ck_assert(test_stream_matches(&source, 0, bytes, size));
	/* By now nothing reads the stream any more. */
	ck_assert_int_eq(sem_trywait(&gone), 0);
	ck_assert_int_eq(close(descriptor), 0);
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
}
END_TEST

START_TEST(a_reader_that_closes_ends_the_thread_without_a_signal)
{
	const int descriptor = open_descriptor();

	signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(read(descriptor, bytes, 1000), 1000);
	ck_assert(test_stream_matches(&source, 0, bytes, 1000));
	ck_assert_int_eq(close(descriptor), 0);
	ck_assert_int_eq(sem_wait(&gone), 0);
	/* It was not read on until its end. */
	ck_assert_uint_lt(source.reads, source.size / 262144);
}
END_TEST

START_TEST(a_stream_that_fails_does_not_end_the_descriptor_but_resets_it)
{
	size_t size = 0;
	int descriptor = -1;

	source.fails = true;
	source.fail_at = 2 * MIB;
	source.failure = E_ACCESSDENIED;
	descriptor = open_descriptor();
	ck_assert_int_eq(read_all(descriptor, &size), ECONNRESET);
	ck_assert_uint_eq(size, 2 * MIB);
	ck_assert(test_stream_matches(&source, 0, bytes, size));
	ck_assert_int_eq(close(descriptor), 0);
}
END_TEST

START_TEST(a_stream_that_ends_before_its_size_resets_the_descriptor)
{
	size_t size = 0;
	int descriptor = -1;

	source.real_size = source.size - 1;
	descriptor = open_descriptor();
	ck_assert_int_eq(read_all(descriptor, &size), ECONNRESET);
	ck_assert_uint_eq(size, source.size - 1);
	ck_assert_int_eq(close(descriptor), 0);
}
END_TEST

START_TEST(what_a_sequential_stream_guesses_is_not_its_size)
{
	size_t size = 0;
	int descriptor = -1;

	ops.flags = FSI_STREAM_SEQUENTIAL;
	source.real_size = source.size - 1;
	descriptor = open_descriptor();
	ck_assert_int_eq(read_all(descriptor, &size), 0);
	ck_assert_uint_eq(size, source.size - 1);
	ck_assert_int_eq(close(descriptor), 0);
}
END_TEST

START_TEST(a_descriptor_becomes_a_stream_again)
{
	const int descriptor = open_descriptor();
	fsi_stream *again = NULL;
	size_t got = 0;

	ck_assert_int_eq(fsi_stream_create_on_descriptor(descriptor, &again), S_OK);
	ck_assert_int_eq(close(descriptor), 0);
	ck_assert_int_eq(fsi_stream_read_at(again, 0, bytes, 4 * MIB, &got), S_OK);
	ck_assert_uint_eq(got, source.size);
	ck_assert(test_stream_matches(&source, 0, bytes, got));
	fsi_stream_release(again);
}
END_TEST

/* ---- without memory, without descriptors ------------------------------- */

START_TEST(without_memory_nothing_is_handed_on)
{
	fsi_stream *stream = NULL;
	FILE *file = NULL;
	int descriptor = -1;

	ck_assert_int_eq(fsi_stream_create(&ops, &source, &stream), S_OK);
	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_stream_open_file(stream, &file), E_OUTOFMEMORY);
	ck_assert_int_eq(fsi_stream_open_descriptor(stream, &descriptor), E_OUTOFMEMORY);
	fsi_memory_fail_after(-1);
	ck_assert_ptr_null(file);
	ck_assert_int_eq(descriptor, -1);
	fsi_stream_release(stream);
	ck_assert_int_eq(sem_trywait(&gone), 0);
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
}
END_TEST

START_TEST(without_descriptors_the_system_says_so)
{
	struct rlimit old;
	struct rlimit few;
	fsi_stream *stream = NULL;
	int descriptor = -1;

	ck_assert_int_eq(fsi_stream_create(&ops, &source, &stream), S_OK);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(fsi_stream_open_descriptor(stream, &descriptor),
			 fsi_error_code_from_errno(EMFILE));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	ck_assert_int_eq(descriptor, -1);
	fsi_stream_release(stream);
	ck_assert_int_eq(sem_trywait(&gone), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("streams handed on");
	TCase *tcase = tcase_create("file");
	SRunner *runner = NULL;
	int failed = 0;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_file_has_the_bytes_of_the_stream);
	tcase_add_test(tcase, a_file_is_read_at_any_place);
	tcase_add_test(
		tcase,
		behind_its_end_a_file_has_nothing_and_before_its_beginning_no_place);
	tcase_add_loop_test(tcase, a_stream_that_fails_is_an_error_of_the_file, 0, 2);
	tcase_add_test(tcase, a_file_on_a_sequential_stream_goes_forward_only);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("descriptor");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_descriptor_has_the_bytes_of_the_stream, 0, 6);
	tcase_add_test(tcase, a_reader_that_closes_ends_the_thread_without_a_signal);
	tcase_add_test(tcase,
		       a_stream_that_fails_does_not_end_the_descriptor_but_resets_it);
	tcase_add_test(tcase, a_stream_that_ends_before_its_size_resets_the_descriptor);
	tcase_add_test(tcase, what_a_sequential_stream_guesses_is_not_its_size);
	tcase_add_test(tcase, a_descriptor_becomes_a_stream_again);
	tcase_add_test(tcase, without_memory_nothing_is_handed_on);
	tcase_add_test(tcase, without_descriptors_the_system_says_so);
	suite_add_tcase(suite, tcase);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
