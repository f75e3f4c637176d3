/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sinks: files that are there when they are complete, pipes, devices. */
#include "io/sink.h"

#include "base/memory.h"
#include "error/fail.h"
#include "tests/support/scratch.h"
#include "tests/support/streams.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024u * 1024)

static struct scratch scratch;
static struct test_stream source;
static fsi_stream *stream;
static struct fsi_write_options options;
static unsigned descriptors;

static void set_up(void)
{
	scratch_begin(&scratch);
	source = (struct test_stream){.size = 3 * MIB + 12345};
	stream = test_stream_open(&source);
	options = (struct fsi_write_options){.size = sizeof(options)};
	descriptors = scratch_count_descriptors();
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
	scratch_end(&scratch);
}

static HRESULT write_to(const char *name)
{
	return fsi_sink_write_file(stream, scratch_at(&scratch, name), &options);
}

static void assert_file_is_whole(const char *name)
{
	size_t size = 0;
	char *bytes = scratch_read(&scratch, name, &size);

	ck_assert_uint_eq(size, source.size);
	ck_assert(test_stream_matches(&source, 0, bytes, size));
	free(bytes);
}

static void assert_text(const char *name, const char *expected)
{
	size_t size = 0;
	char *text = scratch_read(&scratch, name, &size);

	ck_assert_str_eq(text, expected);
	free(text);
}

static mode_t mode_of(const char *name)
{
	struct stat status;

	ck_assert_int_eq(stat(scratch_at(&scratch, name), &status), 0);
	return status.st_mode & 07777;
}

/* ---- new files --------------------------------------------------------- */

static const uint64_t sizes[] = {0,   1,       2047,	2048,	 65536,		 MIB - 1,
				 MIB, MIB + 1, 2 * MIB, 5000000, 3 * MIB + 65536};
#define SIZE_COUNT (int)(sizeof(sizes) / sizeof(sizes[0]))

START_TEST(a_new_file_has_all_bytes)
{
	source.size = sizes[_i];
	ck_assert_int_eq(write_to("new"), S_OK);
	ck_assert_str_eq(scratch_list(&scratch, ""), "new ");
	assert_file_is_whole("new");
}
END_TEST

START_TEST(options_are_not_needed)
{
	ck_assert_int_eq(fsi_sink_write_file(stream, scratch_at(&scratch, "new"), NULL),
			 S_OK);
	assert_file_is_whole("new");
	options.no_sync = true;
	ck_assert_int_eq(write_to("not synced"), S_OK);
	assert_file_is_whole("not synced");
}
END_TEST

START_TEST(options_of_an_unknown_size_are_refused)
{
	options.size = sizeof(options) - 1;
	ck_assert_int_eq(write_to("new"), E_INVALIDARG);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, 1, &options), E_INVALIDARG);
	ck_assert_str_eq(scratch_list(&scratch, ""), "");
	ck_assert_uint_eq(source.reads, 0);
	options.size = sizeof(options) + 8;
	ck_assert_int_eq(write_to("new"), S_OK);
}
END_TEST

START_TEST(a_new_file_has_the_mode_that_the_process_gives_files)
{
	const mode_t old_mask = umask(027);
	const HRESULT hr = write_to("new");

	umask(old_mask);
	ck_assert_int_eq(hr, S_OK);
	ck_assert_uint_eq(mode_of("new"), 0640);
}
END_TEST

START_TEST(a_name_may_be_as_long_as_the_system_allows)
{
	char name[257];

	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	ck_assert_int_eq(write_to(name), S_OK);
	options.replace = true;
	ck_assert_int_eq(write_to(name), S_OK);
	assert_file_is_whole(name);
	name[255] = 'n';
	name[256] = '\0';
	ck_assert_int_eq(write_to(name), FSI_E_FILENAME_EXCED_RANGE);
	ck_assert_uint_eq(strlen(scratch_list(&scratch, "")), 256);
}
END_TEST

START_TEST(a_path_may_be_relative)
{
	const int old_folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	HRESULT hr = S_OK;

	ck_assert_int_eq(chdir(scratch.path), 0);
	hr = fsi_sink_write_file(stream, "new", &options);
	ck_assert_int_eq(fchdir(old_folder), 0);
	close(old_folder);
	ck_assert_int_eq(hr, S_OK);
	assert_file_is_whole("new");
}
END_TEST

START_TEST(a_place_that_cannot_hold_a_file_is_refused)
{
	scratch_folder(&scratch, "folder");
	scratch_text(&scratch, "file", "old");
	options.replace = true;
	ck_assert_int_eq(write_to("missing/new"), FSI_E_FILE_NOT_FOUND);
	ck_assert_int_eq(write_to("missing/"), FSI_E_FILE_NOT_FOUND);
	ck_assert_int_eq(write_to("folder"), FSI_E_DIRECTORY_NOT_SUPPORTED);
	ck_assert_int_eq(write_to("folder/"), FSI_E_DIRECTORY_NOT_SUPPORTED);
	ck_assert_int_eq(write_to("file/new"), FSI_E_DIRECTORY);
	ck_assert_int_eq(write_to("file/"), FSI_E_DIRECTORY);
	ck_assert_int_eq(fsi_sink_write_file(stream, "", &options), FSI_E_FILE_NOT_FOUND);
	ck_assert_int_eq(fsi_sink_write_file(stream, "/", &options),
			 FSI_E_DIRECTORY_NOT_SUPPORTED);
	ck_assert_uint_eq(source.reads, 0);
	ck_assert_str_eq(scratch_list(&scratch, ""), "file folder ");
	ck_assert_str_eq(scratch_list(&scratch, "folder"), "");
	assert_text("file", "old");
}
END_TEST

/* ---- files that are there ---------------------------------------------- */

START_TEST(an_existing_file_is_refused)
{
	scratch_text(&scratch, "old", "old bytes");
	ck_assert_int_eq(write_to("old"), FSI_E_FILE_EXISTS);
	ck_assert_int_eq(fsi_error_get_code(), FSI_E_FILE_EXISTS);
	ck_assert_uint_eq(source.reads, 0);
	assert_text("old", "old bytes");
	ck_assert_str_eq(scratch_list(&scratch, ""), "old ");
}
END_TEST

static HRESULT make_file_in_the_way(void *context, uint64_t written, uint64_t total)
{
	if (written == total)
		scratch_text(context, "new", "was faster");
	return S_OK;
}

START_TEST(a_file_that_appears_meanwhile_is_refused)
{
	options.progress = make_file_in_the_way;
	options.progress_context = &scratch;
	ck_assert_int_eq(write_to("new"), FSI_E_FILE_EXISTS);
	assert_text("new", "was faster");
	ck_assert_str_eq(scratch_list(&scratch, ""), "new ");
}
END_TEST

START_TEST(a_file_is_replaced_only_when_that_is_wanted)
{
	struct stat before, after;

	scratch_text(&scratch, "old", "old bytes");
	ck_assert_int_eq(chmod(scratch_at(&scratch, "old"), 0604), 0);
	ck_assert_int_eq(stat(scratch_at(&scratch, "old"), &before), 0);
	options.replace = true;
	ck_assert_int_eq(write_to("old"), S_OK);
	ck_assert_int_eq(stat(scratch_at(&scratch, "old"), &after), 0);
	/* Another file, which only looks like the old one. */
	ck_assert_uint_ne(before.st_ino, after.st_ino);
	ck_assert_uint_eq(mode_of("old"), 0604);
	assert_file_is_whole("old");
	ck_assert_str_eq(scratch_list(&scratch, ""), "old ");
	ck_assert_int_eq(write_to("new"), S_OK);
	assert_file_is_whole("new");
	ck_assert_str_eq(scratch_list(&scratch, ""), "new old ");
}
END_TEST

START_TEST(temporary_names_that_are_taken_are_passed_over)
{
	scratch_text(&scratch, "old", "old bytes");
	scratch_text(&scratch, ".old.0.part", "of somebody");
	scratch_folder(&scratch, ".old.1.part");
	options.replace = true;
	ck_assert_int_eq(write_to("old"), S_OK);
	assert_file_is_whole("old");
	assert_text(".old.0.part", "of somebody");
	ck_assert_str_eq(scratch_list(&scratch, ""), ".old.0.part .old.1.part old ");
}
END_TEST

START_TEST(through_a_link_the_file_is_replaced_and_not_the_link)
{
	struct stat status;

	scratch_folder(&scratch, "folder");
	scratch_text(&scratch, "folder/old", "old bytes");
	scratch_link(&scratch, "folder/old", "link");
	ck_assert_int_eq(write_to("link"), FSI_E_FILE_EXISTS);
	options.replace = true;
	ck_assert_int_eq(write_to("link"), S_OK);
	ck_assert_int_eq(lstat(scratch_at(&scratch, "link"), &status), 0);
	ck_assert(S_ISLNK(status.st_mode));
	assert_file_is_whole("folder/old");
	ck_assert_str_eq(scratch_list(&scratch, ""), "folder link ");
	ck_assert_str_eq(scratch_list(&scratch, "folder"), "old ");
}
END_TEST

START_TEST(a_link_to_nowhere_stands_in_the_way)
{
	scratch_link(&scratch, "nowhere", "link");
	ck_assert_int_eq(write_to("link"), FSI_E_FILE_EXISTS);
	ck_assert_str_eq(scratch_list(&scratch, ""), "link ");
	scratch_link(&scratch, "loop", "loop");
	ck_assert_int_eq(write_to("loop"), FSI_E_CANT_RESOLVE_FILENAME);
}
END_TEST

/* ---- failures ---------------------------------------------------------- */

/* Write over an old file, and over none: both stay as they were. */
static void assert_nothing_is_written(HRESULT expected)
{
	scratch_text(&scratch, "old", "old bytes");
	options.replace = true;
	ck_assert_int_eq(write_to("old"), expected);
	ck_assert_int_eq(fsi_error_get_code(), expected);
	ck_assert_int_eq(write_to("new"), expected);
	assert_text("old", "old bytes");
	ck_assert_str_eq(scratch_list(&scratch, ""), "old ");
	ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
}

static const uint64_t failing_offsets[] = {0, 1, MIB, 2 * MIB + 5, 3 * MIB + 12344};
#define FAILING_COUNT (int)(sizeof(failing_offsets) / sizeof(failing_offsets[0]))

START_TEST(a_source_that_fails_leaves_nothing_behind)
{
	source.fails = true;
	source.fail_at = failing_offsets[_i];
	source.failure = IMAPI_E_DATA_STREAM_READ_FAILURE;
	assert_nothing_is_written(IMAPI_E_DATA_STREAM_READ_FAILURE);
}
END_TEST

START_TEST(a_source_that_ends_early_leaves_nothing_behind)
{
	source.real_size = source.size - 1;
	assert_nothing_is_written(E_UNEXPECTED);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "ended too early"));
}
END_TEST

START_TEST(a_source_without_a_size_leaves_nothing_behind)
{
	source.size_failure = E_ACCESSDENIED;
	assert_nothing_is_written(E_ACCESSDENIED);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, 1, NULL), E_ACCESSDENIED);
	ck_assert_uint_eq(source.reads, 0);
}
END_TEST

struct progress {
	unsigned calls;
	unsigned stop_at; /* the call that says stop; 0: none */
	uint64_t last;
	uint64_t total;
};

static HRESULT watch(void *context, uint64_t written, uint64_t total)
{
	struct progress *progress = context;

	ck_assert_uint_ge(written, progress->last);
	progress->last = written;
	progress->total = total;
	progress->calls++;
	/* The code is the callback's own affair. */
	return progress->calls == progress->stop_at ? E_ACCESSDENIED : 1;
}

START_TEST(progress_goes_from_nothing_to_everything)
{
	struct progress progress = {.calls = 0};

	options.progress = watch;
	options.progress_context = &progress;
	ck_assert_int_eq(write_to("new"), S_OK);
	/* Before each of four pieces, behind the last one, and when it is on the disk. */
	ck_assert_uint_eq(progress.calls, 6);
	ck_assert_uint_eq(progress.last, source.size);
	ck_assert_uint_eq(progress.total, source.size);
}
END_TEST

START_TEST(cancelling_leaves_nothing_behind)
{
	struct progress progress = {.stop_at = (unsigned)_i};

	scratch_text(&scratch, "old", "old bytes");
	options.progress = watch;
	options.progress_context = &progress;
	options.replace = true;
	ck_assert_int_eq(write_to("old"), E_IMAPI_REQUEST_CANCELLED);
	ck_assert_int_eq(fsi_error_get_code(), E_IMAPI_REQUEST_CANCELLED);
	ck_assert_uint_eq(progress.calls, progress.stop_at);
	ck_assert_uint_eq(source.reads, progress.calls - 1);
	assert_text("old", "old bytes");
	ck_assert_str_eq(scratch_list(&scratch, ""), "old ");
}
END_TEST

START_TEST(without_memory_nothing_is_left_behind)
{
	const unsigned enough = 50;
	HRESULT hr = E_OUTOFMEMORY;
	long n = 0;

	for (; n < enough && FAILED(hr); n++) {
		fsi_memory_fail_after(n);
		options.replace = n % 2 == 0;
		hr = write_to("new");
		fsi_memory_fail_after(-1);
		if (SUCCEEDED(hr))
			break;
		ck_assert_int_eq(hr, E_OUTOFMEMORY);
		ck_assert_str_eq(scratch_list(&scratch, ""), "");
		ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
	}
	ck_assert_int_ge(n, 3);
	ck_assert_int_lt(n, enough);
	assert_file_is_whole("new");
}
END_TEST

START_TEST(a_file_beyond_the_limit_of_the_process_leaves_nothing_behind)
{
	struct rlimit old_limit, limit;
	HRESULT hr = S_OK;
	void (*old_handler)(int) = signal(SIGXFSZ, SIG_IGN);

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
	limit = old_limit;
	limit.rlim_cur = 2 * MIB + 1000;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	hr = write_to("new");
	/* Before anything is asserted: Check itself writes a file. */
	setrlimit(RLIMIT_FSIZE, &old_limit);
	signal(SIGXFSZ, old_handler);
	ck_assert_int_eq(hr, FSI_E_FILE_TOO_LARGE);
	ck_assert_str_eq(scratch_list(&scratch, ""), "");
}
END_TEST

/* ---- holes ------------------------------------------------------------- */

/* Zeros but for the bytes around some borders of 64 KiB and of 1 MiB. */
static uint8_t mostly_zero(uint64_t offset)
{
	static const uint64_t data[] = {
		0,   65535,	  3 * 65536,	   MIB - 1,
		MIB, 4 * MIB + 7, 7 * MIB + 65536, 8 * MIB - 65537};

	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
		if (offset == data[i])
			return 0xDA;
	}
	return 0;
}

static uint8_t all_zero(uint64_t offset)
{
	(void)offset;
	return 0;
}

static uint64_t blocks_of(const char *name)
{
	struct stat status;

	ck_assert_int_eq(stat(scratch_at(&scratch, name), &status), 0);
	return (uint64_t)status.st_blocks * 512;
}

START_TEST(zeros_become_holes)
{
	source.byte = mostly_zero;
	source.size = 8 * MIB - 5000 * (unsigned)_i;
	ck_assert_int_eq(write_to("sparse"), S_OK);
	assert_file_is_whole("sparse");
	/* Eight bytes in runs of 64 KiB; a file system may be coarser. */
	ck_assert_uint_le(blocks_of("sparse"), 2 * MIB);
	ck_assert_uint_gt(blocks_of("sparse"), 0);
}
END_TEST

START_TEST(a_file_of_zeros_is_one_hole)
{
	source.byte = all_zero;
	source.size = 4 * MIB + 1;
	ck_assert_int_eq(write_to("sparse"), S_OK);
	assert_file_is_whole("sparse");
	ck_assert_uint_le(blocks_of("sparse"), 65536);
	options.replace = true;
	ck_assert_int_eq(write_to("sparse"), S_OK);
	assert_file_is_whole("sparse");
}
END_TEST

START_TEST(what_is_written_in_place_has_no_holes)
{
	int file = -1;

	/* Zeros must come over what was there before. */
	source.byte = mostly_zero;
	source.size = 8 * MIB;
	scratch_text(&scratch, "file", "");
	file = open(scratch_at(&scratch, "file"), O_WRONLY | O_CLOEXEC);
	for (uint64_t offset = 0; offset < 8 * MIB; offset += 4096)
		ck_assert_int_eq(pwrite(file, "x", 1, (off_t)offset), 1);
	ck_assert_int_eq(fsi_sink_write_descriptor(stream, file, &options), S_OK);
	close(file);
	assert_file_is_whole("file");
	ck_assert_uint_ge(blocks_of("file"), 8 * MIB);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_new_case(void)
{
	TCase *tcase = tcase_create("new files");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_new_file_has_all_bytes, 0, SIZE_COUNT);
	tcase_add_test(tcase, options_are_not_needed);
	tcase_add_test(tcase, options_of_an_unknown_size_are_refused);
	tcase_add_test(tcase, a_new_file_has_the_mode_that_the_process_gives_files);
	tcase_add_test(tcase, a_name_may_be_as_long_as_the_system_allows);
	tcase_add_test(tcase, a_path_may_be_relative);
	tcase_add_test(tcase, a_place_that_cannot_hold_a_file_is_refused);
	tcase_add_loop_test(tcase, zeros_become_holes, 0, 3);
	tcase_add_test(tcase, a_file_of_zeros_is_one_hole);
	tcase_add_test(tcase, what_is_written_in_place_has_no_holes);
	return tcase;
}

static TCase *make_old_case(void)
{
	TCase *tcase = tcase_create("files that are there");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_existing_file_is_refused);
	tcase_add_test(tcase, a_file_that_appears_meanwhile_is_refused);
	tcase_add_test(tcase, a_file_is_replaced_only_when_that_is_wanted);
	tcase_add_test(tcase, temporary_names_that_are_taken_are_passed_over);
	tcase_add_test(tcase, through_a_link_the_file_is_replaced_and_not_the_link);
	tcase_add_test(tcase, a_link_to_nowhere_stands_in_the_way);
	return tcase;
}

static TCase *make_failure_case(void)
{
	TCase *tcase = tcase_create("failures");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_source_that_fails_leaves_nothing_behind, 0,
			    FAILING_COUNT);
	tcase_add_test(tcase, a_source_that_ends_early_leaves_nothing_behind);
	tcase_add_test(tcase, a_source_without_a_size_leaves_nothing_behind);
	tcase_add_test(tcase, progress_goes_from_nothing_to_everything);
	tcase_add_loop_test(tcase, cancelling_leaves_nothing_behind, 1, 6);
	tcase_add_test(tcase, without_memory_nothing_is_left_behind);
	tcase_add_test(tcase,
		       a_file_beyond_the_limit_of_the_process_leaves_nothing_behind);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("io: sinks");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_new_case());
	suite_add_tcase(suite, make_old_case());
	suite_add_tcase(suite, make_failure_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
