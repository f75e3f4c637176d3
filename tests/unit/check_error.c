/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error of the calling thread, and what the system reports. */
#include "error/fail.h"

#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int row_count(void)
{
	return (int)fsi_code_get_count();
}

static const struct fsi_code *row_of(int index)
{
	return fsi_code_get_item((size_t)index);
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text);
	const size_t end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* ---- raising ----------------------------------------------------------- */

/* The typed functions behind FSI_FAIL(), one of each kind. */
#define HAS_TYPE(function, ...) \
	_Static_assert(_Generic(&(function), HRESULT(*)(__VA_ARGS__) : 1, default : 0), \
		       "")
HAS_TYPE(fsi_fail_IMAPI_E_READONLY, void);
HAS_TYPE(fsi_fail_IMAPI_E_DUP_NAME, const char *);
HAS_TYPE(fsi_fail_IMAPI_E_NO_UNIQUE_NAME, const char *, const char *);
HAS_TYPE(fsi_fail_IMAPI_E_DATA_STREAM_INCONSISTENCY, const char *, int64_t, int64_t);
HAS_TYPE(fsi_fail_IMAPI_E_IMPORT_SEEK_FAILURE, int64_t);
HAS_TYPE(fsi_fail_IMAPI_E_IMPORT_READ_FAILURE, uint32_t);

/* The one message that these tests need to know word for word, without inserts. */
static const char *text_of(HRESULT hr)
{
	return fsi_code_from_value(hr)->message;
}

static struct fsi_insert insert_at(unsigned index)
{
	struct fsi_insert insert = {FSI_INSERT_STRING, NULL, -1};

	ck_assert_int_eq(fsi_error_get_insert(index, &insert), S_OK);
	return insert;
}

static void assert_text_insert(unsigned index, const char *text)
{
	const struct fsi_insert insert = insert_at(index);

	ck_assert_int_eq(insert.type, FSI_INSERT_STRING);
	ck_assert_str_eq(insert.text, text);
	ck_assert_int_eq(insert.number, 0);
}

static void assert_number_insert(unsigned index, enum fsi_insert_type type,
				 int64_t number)
{
	const struct fsi_insert insert = insert_at(index);

	ck_assert_int_eq(insert.type, type);
	ck_assert_ptr_null(insert.text);
	ck_assert(insert.number == number);
}

static void assert_no_error(void)
{
	ck_assert_int_eq(fsi_error_get_code(), S_OK);
	ck_assert_str_eq(fsi_error_get_name(), "");
	ck_assert_str_eq(fsi_error_get_message(), "");
	ck_assert_uint_eq(fsi_error_get_insert_count(), 0);
}

START_TEST(a_thread_begins_without_an_error_and_forgets_it_when_told)
{
	assert_no_error();
	FSI_FAIL(IMAPI_E_DUP_NAME, "name");
	fsi_error_detail(IMAPI_E_DUP_NAME, "More.");
	fsi_error_clear();
	assert_no_error();
}
END_TEST

START_TEST(an_error_without_inserts_is_raised)
{
	ck_assert_int_eq(FSI_FAIL(IMAPI_E_READONLY), IMAPI_E_READONLY);
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_READONLY);
	ck_assert_str_eq(fsi_error_get_name(), "IMAPI_E_READONLY");
	ck_assert_str_eq(fsi_error_get_message(), text_of(IMAPI_E_READONLY));
	ck_assert_uint_eq(fsi_error_get_insert_count(), 0);
}
END_TEST

START_TEST(inserts_of_every_signature_are_kept_with_their_types)
{
	ck_assert_int_eq(FSI_FAIL(IMAPI_E_DUP_NAME, "one"), IMAPI_E_DUP_NAME);
	ck_assert_uint_eq(fsi_error_get_insert_count(), 1);
	assert_text_insert(0, "one");

	FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, "one", "two");
	ck_assert_uint_eq(fsi_error_get_insert_count(), 2);
	assert_text_insert(0, "one");
	assert_text_insert(1, "two");

	FSI_FAIL(IMAPI_E_DATA_STREAM_INCONSISTENCY, "file", INT64_MAX, INT64_MIN);
	ck_assert_uint_eq(fsi_error_get_insert_count(), 3);
	assert_text_insert(0, "file");
	assert_number_insert(1, FSI_INSERT_INT64, INT64_MAX);
	assert_number_insert(2, FSI_INSERT_INT64, INT64_MIN);

	FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE, -5);
	ck_assert_uint_eq(fsi_error_get_insert_count(), 1);
	assert_number_insert(0, FSI_INSERT_INT64, -5);

	FSI_FAIL(IMAPI_E_IMPORT_READ_FAILURE, UINT32_MAX);
	ck_assert_uint_eq(fsi_error_get_insert_count(), 1);
	assert_number_insert(0, FSI_INSERT_UINT32, UINT32_MAX);
}
END_TEST

START_TEST(a_message_shows_the_inserts_in_their_places)
{
	FSI_FAIL(IMAPI_E_DATA_STREAM_INCONSISTENCY, "a b", 9223372036854775807, -12);
	ck_assert_str_eq(
		fsi_error_get_message(),
		"The file \"a b\" should have 9223372036854775807 bytes, but its "
		"data has -12.");
	FSI_FAIL(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, "UDF", "a symbolic link");
	ck_assert_str_eq(fsi_error_get_message(),
			 "Not supported in the UDF file system: a symbolic link.");
	FSI_FAIL(IMAPI_E_IMPORT_READ_FAILURE, 4294967295u);
	ck_assert_str_eq(fsi_error_get_message(),
			 "The earlier session cannot be read, probably because of block "
			 "4294967295.");
	FSI_FAIL(IMAPI_E_DUP_NAME, "50%1 off %2");
	ck_assert_str_eq(fsi_error_get_message(),
			 "The name \"50%1 off %2\" is taken already in its directory.");
}
END_TEST

START_TEST(every_row_gives_a_finished_message)
{
	const struct fsi_code *row = row_of(_i);
	const char *message;

	if (strcmp(row->inserts, "s") == 0)
		fsi_error_raise_s(row->value, "ALPHA");
	else if (strcmp(row->inserts, "ss") == 0)
		fsi_error_raise_ss(row->value, "ALPHA", "BETA");
	else if (strcmp(row->inserts, "sdd") == 0)
		fsi_error_raise_sdd(row->value, "ALPHA", 1111, 2222);
	else if (strcmp(row->inserts, "d") == 0)
		fsi_error_raise_d(row->value, 1111);
	else if (strcmp(row->inserts, "u") == 0)
		fsi_error_raise_u(row->value, 1111);
	else
		fsi_error_raise_none(row->value);
	message = fsi_error_get_message();
	ck_assert_ptr_null(strchr(message, '%'));
	ck_assert_ptr_null(strchr(message, '?'));
	if (row->value == S_OK)
		ck_assert_str_eq(message, "");
	else
		ck_assert_str_eq(fsi_error_get_name(), row->name);
	if (row->inserts[0] == 's')
		ck_assert_ptr_nonnull(strstr(message, "ALPHA"));
	if (strcmp(row->inserts, "ss") == 0)
		ck_assert_ptr_nonnull(strstr(message, "BETA"));
	if (strpbrk(row->inserts, "du") != NULL)
		ck_assert_ptr_nonnull(strstr(message, "1111"));
	if (strcmp(row->inserts, "sdd") == 0)
		ck_assert_ptr_nonnull(strstr(message, "2222"));
}
END_TEST

START_TEST(an_insert_that_is_not_there_is_refused_and_the_error_stays)
{
	struct fsi_insert insert = {FSI_INSERT_UINT32, NULL, 7};

	FSI_FAIL(IMAPI_E_DUP_NAME, "name");
	ck_assert_int_eq(fsi_error_get_insert(0, NULL), E_POINTER);
	ck_assert_int_eq(fsi_error_get_insert(1, &insert), E_INVALIDARG);
	ck_assert_int_eq(fsi_error_get_insert(UINT32_MAX, &insert), E_INVALIDARG);
	ck_assert_int_eq(insert.type, FSI_INSERT_UINT32);
	ck_assert(insert.number == 7);
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_DUP_NAME);
	assert_text_insert(0, "name");
}
END_TEST

START_TEST(a_new_error_replaces_the_old_one_whole)
{
	FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, "one", "two");
	fsi_error_detail(IMAPI_E_NO_UNIQUE_NAME, "More.");
	FSI_FAIL(IMAPI_E_DUP_NAME, "three");
	ck_assert_uint_eq(fsi_error_get_insert_count(), 1);
	assert_text_insert(0, "three");
	ck_assert_ptr_null(strstr(fsi_error_get_message(), "More"));
}
END_TEST

START_TEST(a_success_with_something_to_say_is_kept)
{
	const HRESULT hr = FSI_FAIL(IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);

	ck_assert(SUCCEEDED(hr));
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
	ck_assert_str_eq(fsi_error_get_message(), text_of(hr));
}
END_TEST

START_TEST(a_text_that_is_null_counts_as_empty)
{
	FSI_FAIL(IMAPI_E_DUP_NAME, NULL);
	assert_text_insert(0, "");
}
END_TEST

static HRESULT try_twice(HRESULT first, HRESULT second)
{
	FSI_TRY(first);
	FSI_TRY(second);
	return S_FALSE;
}

START_TEST(trying_returns_the_first_failure_and_no_success)
{
	ck_assert_int_eq(try_twice(S_OK, IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED), S_FALSE);
	ck_assert_int_eq(try_twice(E_FAIL, E_POINTER), E_FAIL);
	ck_assert_int_eq(try_twice(S_FALSE, E_POINTER), E_POINTER);
}
END_TEST

/* ---- detail ------------------------------------------------------------ */

START_TEST(details_follow_the_message_in_order)
{
	const HRESULT hr = FSI_FAIL(IMAPI_E_DUP_NAME, "x");

	ck_assert_int_eq(fsi_error_detail(hr, "The limit is %u.", 8u), hr);
	ck_assert_int_eq(fsi_error_detail(hr, "%s has %" PRIu64 ".", "It", UINT64_MAX),
			 hr);
	ck_assert_str_eq(
		fsi_error_get_message(),
		"The name \"x\" is taken already in its directory. The limit is 8. "
		"It has 18446744073709551615.");
	assert_text_insert(0, "x");
}
END_TEST

START_TEST(a_detail_for_another_code_makes_that_the_error)
{
	FSI_FAIL(IMAPI_E_DUP_NAME, "x");
	fsi_error_detail(IMAPI_E_DUP_NAME, "Old.");
	ck_assert_int_eq(fsi_error_detail(E_FAIL, "New."), E_FAIL);
	ck_assert_int_eq(fsi_error_get_code(), E_FAIL);
	ck_assert_uint_eq(fsi_error_get_insert_count(), 0);
	ck_assert(ends_with(fsi_error_get_message(), ". New."));
	ck_assert_ptr_null(strstr(fsi_error_get_message(), "Old"));
}
END_TEST

START_TEST(a_detail_for_s_ok_changes_nothing)
{
	FSI_FAIL(IMAPI_E_DUP_NAME, "x");
	ck_assert_int_eq(fsi_error_detail(S_OK, "Nothing."), S_OK);
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_DUP_NAME);
	ck_assert_ptr_null(strstr(fsi_error_get_message(), "Nothing"));
}
END_TEST

START_TEST(a_code_of_the_callers_own_function_is_adopted)
{
	FSI_FAIL(IMAPI_E_DUP_NAME, "x");
	ck_assert_int_eq(fsi_error_adopt(IMAPI_E_DUP_NAME), IMAPI_E_DUP_NAME);
	assert_text_insert(0, "x");

	ck_assert_int_eq(fsi_error_adopt(IMAPI_E_DATA_STREAM_READ_FAILURE),
			 IMAPI_E_DATA_STREAM_READ_FAILURE);
	ck_assert_uint_eq(fsi_error_get_insert_count(), 0);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "\"?\""));

	fsi_error_adopt((HRESULT)0x8765ABCDu);
	ck_assert_int_eq(fsi_error_get_code(), (HRESULT)0x8765ABCDu);
	ck_assert_str_eq(fsi_error_get_name(), "");
	ck_assert_str_eq(fsi_error_get_message(),
			 "The code 0x8765ABCD is not known here.");

	ck_assert_int_eq(fsi_error_adopt(S_OK), S_OK);
	assert_no_error();
}
END_TEST

START_TEST(an_error_is_kept_while_cleaning_up)
{
	struct fsi_error_state kept;

	FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, "one", "two");
	fsi_error_detail(IMAPI_E_NO_UNIQUE_NAME, "Three.");
	fsi_error_save(&kept);
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_NO_UNIQUE_NAME);
	FSI_FAIL(IMAPI_E_DATA_STREAM_INCONSISTENCY, "overwritten", 4, 5);
	fsi_error_detail(E_FAIL, "Six.");
	fsi_error_restore(&kept);
	ck_assert_str_eq(fsi_error_get_name(), "IMAPI_E_NO_UNIQUE_NAME");
	ck_assert_uint_eq(fsi_error_get_insert_count(), 2);
	assert_text_insert(0, "one");
	assert_text_insert(1, "two");
	ck_assert(ends_with(fsi_error_get_message(), ". Three."));
}
END_TEST

/* ---- threads ----------------------------------------------------------- */

struct meeting {
	pthread_barrier_t barrier;
	bool began_clean;
	bool kept_its_own;
};

static void *raise_in_another_thread(void *argument)
{
	struct meeting *meeting = argument;

	meeting->began_clean = fsi_error_get_code() == S_OK;
	FSI_FAIL(IMAPI_E_NOT_DIR, "there");
	pthread_barrier_wait(&meeting->barrier);
	pthread_barrier_wait(&meeting->barrier);
	meeting->kept_its_own = fsi_error_get_code() == IMAPI_E_NOT_DIR &&
				strstr(fsi_error_get_message(), "\"there\"") != NULL;
	return NULL;
}

START_TEST(two_threads_have_an_error_each)
{
	struct meeting meeting = {.began_clean = false};
	pthread_t thread;

	pthread_barrier_init(&meeting.barrier, NULL, 2);
	FSI_FAIL(IMAPI_E_DUP_NAME, "here");
	ck_assert_int_eq(pthread_create(&thread, NULL, raise_in_another_thread, &meeting),
			 0);
	pthread_barrier_wait(&meeting.barrier);
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_DUP_NAME);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "\"here\""));
	fsi_error_clear();
	pthread_barrier_wait(&meeting.barrier);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	pthread_barrier_destroy(&meeting.barrier);
	ck_assert(meeting.began_clean);
	ck_assert(meeting.kept_its_own);
}
END_TEST

/* ---- errno ------------------------------------------------------------- */

static const struct {
	int error_number;
	HRESULT code;
} errno_rows[] = {
	{ENOENT, FSI_E_FILE_NOT_FOUND},
	{ENOTDIR, FSI_E_DIRECTORY},
	{EISDIR, FSI_E_DIRECTORY_NOT_SUPPORTED},
	{EEXIST, FSI_E_FILE_EXISTS},
	{ENAMETOOLONG, FSI_E_FILENAME_EXCED_RANGE},
	{EILSEQ, FSI_E_INVALID_NAME},
	{ELOOP, FSI_E_CANT_RESOLVE_FILENAME},
	{EACCES, E_ACCESSDENIED},
	{EPERM, E_ACCESSDENIED},
	{EROFS, FSI_E_WRITE_PROTECT},
	{EMFILE, FSI_E_TOO_MANY_OPEN_FILES},
	{ENFILE, FSI_E_TOO_MANY_OPEN_FILES},
	{EBADF, FSI_E_INVALID_HANDLE},
	{ENOMEM, E_OUTOFMEMORY},
	{EINVAL, E_INVALIDARG},
	{EOPNOTSUPP, FSI_E_NOT_SUPPORTED},
	{EPIPE, FSI_E_BROKEN_PIPE},
	{ESPIPE, FSI_E_SEEK_ON_DEVICE},
	{ENOSPC, FSI_E_DISK_FULL},
	{EDQUOT, FSI_E_DISK_QUOTA_EXCEEDED},
	{EFBIG, FSI_E_FILE_TOO_LARGE},
	{EIO, FSI_E_IO_DEVICE},
	{ENOMEDIUM, FSI_E_NOT_READY},
	{ENODEV, FSI_E_DEV_NOT_EXIST},
	{EBUSY, FSI_E_BUSY},
	{ETXTBSY, FSI_E_SHARING_VIOLATION},
	{ESTALE, FSI_E_FILE_INVALID},
	{ENOTEMPTY, FSI_E_DIR_NOT_EMPTY},
	{ETIMEDOUT, FSI_E_TIMEOUT},
	{EUCLEAN, FSI_E_DISK_CORRUPT},
};

#define ERRNO_ROWS ((int)(sizeof(errno_rows) / sizeof(errno_rows[0])))

START_TEST(a_system_error_has_its_code_and_its_reason)
{
	const int number = errno_rows[_i].error_number;
	char end[128];

	ck_assert_int_eq(fsi_error_code_from_errno(number), errno_rows[_i].code);
	assert_no_error();
	ck_assert_int_eq(fsi_error_from_errno(number), errno_rows[_i].code);
	ck_assert_int_eq(fsi_error_get_code(), errno_rows[_i].code);
	snprintf(end, sizeof(end), ". The system reports: %s.", fsi_error_reason(number));
	ck_assert(ends_with(fsi_error_get_message(), end));
}
END_TEST

START_TEST(every_system_error_is_a_failure_with_a_reason)
{
	for (int number = -1; number < 200; number++) {
		const HRESULT hr = fsi_error_from_errno(number);

		ck_assert(FAILED(hr));
		ck_assert_ptr_nonnull(fsi_code_from_value(hr));
		ck_assert_uint_gt(strlen(fsi_error_reason(number)), 3);
	}
	ck_assert_int_eq(fsi_error_from_errno(ECHILD), E_FAIL);
	ck_assert_str_eq(fsi_error_reason(ENOENT), "No such file or directory");
	ck_assert_str_eq(fsi_error_reason(0), "Unknown error");
	ck_assert_str_eq(fsi_error_reason(99999), "Unknown error");
}
END_TEST

START_TEST(a_reason_follows_the_colon_of_a_message)
{
	HRESULT hr = FSI_FAIL(IMAPI_E_DIRECTORY_READ_FAILURE, "/d");

	ck_assert_int_eq(fsi_error_with_reason(hr, EACCES), hr);
	ck_assert_str_eq(fsi_error_get_message(),
			 "The entries of the directory \"/d\" cannot be listed: "
			 "Permission denied.");
	hr = FSI_FAIL(IMAPI_E_DATA_STREAM_CREATE_FAILURE, "/f");
	ck_assert_int_eq(fsi_error_with_reason(hr, ENOENT), hr);
	ck_assert_str_eq(fsi_error_get_message(),
			 "The file \"/f\" cannot be opened to read its data: "
			 "No such file or directory.");
	hr = FSI_FAIL(IMAPI_E_STASHFILE_WRITE_FAILURE, "data");
	fsi_error_with_reason(hr, ENOSPC);
	ck_assert(ends_with(fsi_error_get_message(),
			    ". The system reports: No space left on device."));
}
END_TEST

START_TEST(raising_leaves_errno_alone)
{
	errno = ENOTDIR;
	FSI_FAIL(IMAPI_E_DUP_NAME, "x\xFF");
	fsi_error_detail(IMAPI_E_DUP_NAME, "%s %d.", "detail", 5);
	fsi_error_from_errno(ENOENT);
	ck_assert_int_eq(errno, ENOTDIR);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static void add_raising_tests(Suite *suite)
{
	TCase *tcase = tcase_create("raising");

	tcase_add_checked_fixture(tcase, fsi_error_clear, NULL);
	tcase_add_test(tcase, a_thread_begins_without_an_error_and_forgets_it_when_told);
	tcase_add_test(tcase, an_error_without_inserts_is_raised);
	tcase_add_test(tcase, inserts_of_every_signature_are_kept_with_their_types);
	tcase_add_test(tcase, a_message_shows_the_inserts_in_their_places);
	tcase_add_loop_test(tcase, every_row_gives_a_finished_message, 0, row_count());
	tcase_add_test(tcase, an_insert_that_is_not_there_is_refused_and_the_error_stays);
	tcase_add_test(tcase, a_new_error_replaces_the_old_one_whole);
	tcase_add_test(tcase, a_success_with_something_to_say_is_kept);
	tcase_add_test(tcase, a_text_that_is_null_counts_as_empty);
	tcase_add_test(tcase, trying_returns_the_first_failure_and_no_success);
	tcase_add_test(tcase, details_follow_the_message_in_order);
	tcase_add_test(tcase, a_detail_for_another_code_makes_that_the_error);
	tcase_add_test(tcase, a_detail_for_s_ok_changes_nothing);
	tcase_add_test(tcase, a_code_of_the_callers_own_function_is_adopted);
	tcase_add_test(tcase, an_error_is_kept_while_cleaning_up);
	tcase_add_test(tcase, two_threads_have_an_error_each);
	suite_add_tcase(suite, tcase);
}

static void add_errno_tests(Suite *suite)
{
	TCase *tcase = tcase_create("errno");

	tcase_add_checked_fixture(tcase, fsi_error_clear, NULL);
	tcase_add_loop_test(tcase, a_system_error_has_its_code_and_its_reason, 0,
			    ERRNO_ROWS);
	tcase_add_test(tcase, every_system_error_is_a_failure_with_a_reason);
	tcase_add_test(tcase, a_reason_follows_the_colon_of_a_message);
	tcase_add_test(tcase, raising_leaves_errno_alone);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("error");
	SRunner *runner;
	int failed;

	add_raising_tests(suite);
	add_errno_tests(suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
