/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The codes of stash files and of the working directory, each met for its reason:
 * full, protected, missing and torn files.
 */
#include "tests/support/api.h"
#include "tests/support/privileges.h"
#include "tests/support/small_disk.h"
#include "tests/support/stash_fixture.h"
#include "tests/support/streams.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK_SIZE (1024 * 1024)

/* Of a file, and where copying it is told for the second time. */
#define SIZE   (3 * 1024 * 1024)
#define MIDDLE (1024 * 1024)

static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "work");
	scratch_folder(&api_folder, "disk");
	ck_assert_int_eq(chmod(api_folder.path, 0755), 0);
	ck_assert_int_eq(chmod(api_host("work"), 0777), 0);
	signal(SIGXFSZ, SIG_IGN);
	image = api_image(BRIDGE);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("work")));
	ASSERT_OK(fsi_image_put_stage_files(image, true));
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

static HRESULT add_sized(const char *path, uint64_t size)
{
	struct test_stream source = {.size = size};
	fsi_stream *stream = test_stream_open(&source);
	const HRESULT hr = fsi_directory_add_file(root, path, stream);

	fsi_stream_release(stream);
	return hr;
}

/* Of a stream whose size shows at the end. */
static HRESULT add_sequential(const char *path, uint64_t size)
{
	/* After a failure the image may keep them. */
	static struct test_stream source;
	static struct fsi_stream_ops ops;
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	source = (struct test_stream){.size = size};
	ops = test_stream_ops;
	ops.flags = FSI_STREAM_SEQUENTIAL;
	ops.get_size = NULL;
	ASSERT_OK(fsi_stream_create(&ops, &source, &stream));
	hr = fsi_directory_add_file(root, path, stream);
	fsi_stream_release(stream);
	return hr;
}

static void limit_file_size(rlim_t size)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* That a file that was staged before is as it was. */
static void assert_readable(const char *path, uint64_t size)
{
	const struct test_stream source = {.size = size};
	fsi_stream *data = NULL;
	size_t got = 0;
	uint8_t *bytes = NULL;

	ASSERT_OK(fsi_file_get_data(api_file(root, path), &data));
	bytes = api_read_all(data, &got);
	ck_assert_uint_eq(got, size);
	ck_assert(test_stream_matches(&source, 0, bytes, got));
	free(bytes);
	fsi_stream_release(data);
}

/* ---- opening ----------------------------------------------------------- */

START_TEST(a_working_directory_that_has_gone_holds_no_stash)
{
	char *before = api_describe(image);

	ck_assert_int_eq(rmdir(api_host("work")), 0);
	ASSERT_FAILS(add_sized("file", 10), IMAPI_E_STASHFILE_OPEN_FAILURE, "data");
	ASSERT_SAYS(api_text("No data stash file could be made in the working directory. "
			     "The system reports: No such file or directory. It is "
			     "\"%s\".",
			     api_host("work")));
	api_assert_unchanged(image, before);
	scratch_folder(&api_folder, "work");
	ASSERT_OK(add_sized("file", 10));
}
END_TEST

START_TEST(a_working_directory_that_is_closed_later_holds_no_stash)
{
	ck_assert_int_eq(chmod(api_host("work"), 0555), 0);
	privileges_drop();
	ASSERT_FAILS(add_sized("file", 10), IMAPI_E_STASHFILE_OPEN_FAILURE, "data");
	ASSERT_SAYS("The system reports: Permission denied.");
	privileges_restore();
	ck_assert_int_eq(chmod(api_host("work"), 0777), 0);
	ASSERT_OK(add_sized("file", 10));
}
END_TEST

START_TEST(a_protected_disk_holds_no_stash)
{
	if (!small_disk_begin(api_host("disk"), DISK_SIZE))
		return;
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("disk")));
	small_disk_protect(api_host("disk"), true);
	ASSERT_FAILS(add_sized("file", 10), IMAPI_E_STASHFILE_OPEN_FAILURE, "data");
	ASSERT_SAYS("The system reports: Read-only file system.");
	ASSERT_FAILS(fsi_image_put_working_directory(image,
						     api_text("%s/.", api_host("disk"))),
		     IMAPI_E_INVALID_WORKING_DIRECTORY,
		     api_text("%s/.", api_host("disk")));
	small_disk_protect(api_host("disk"), false);
	ASSERT_OK(add_sized("file", 10));
	assert_readable("file", 10);
	small_disk_end(api_host("disk"));
}
END_TEST

/* ---- full disks -------------------------------------------------------- */

START_TEST(what_has_no_room_is_refused_before_it_is_copied)
{
	struct test_stream source = {.size = UINT64_C(1) << 60};
	fsi_stream *stream = test_stream_open(&source);
	char *before = NULL;

	/* Without one there is no limit. */
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, 0));
	before = api_describe(image);
	ck_assert_int_eq(fsi_directory_add_file(root, "huge", stream),
			 IMAPI_E_WORKING_DIRECTORY_SPACE);
	ASSERT_SAYS(
		api_text("The working directory \"%s\" is too full: ", api_host("work")));
	ASSERT_SAYS(" bytes are free, about 1152921504606846976 are needed.");
	ck_assert_uint_eq(source.reads, 0);
	fsi_stream_release(stream);
	api_assert_unchanged(image, before);
}
END_TEST

START_TEST(a_full_disk_refuses_what_it_has_no_room_for)
{
	const uint64_t room = DISK_SIZE - 4096;

	if (!small_disk_begin(api_host("disk"), DISK_SIZE))
		return;
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("disk")));
	ASSERT_OK(add_sized("first", 4096));
	ASSERT_FAILS(add_sized("second", room + 1), IMAPI_E_WORKING_DIRECTORY_SPACE,
		     api_text("%s|%llu|%llu", api_host("disk"), (unsigned long long)room,
			      (unsigned long long)room + 1));
	ASSERT_OK(add_sized("second", room));
	assert_readable("first", 4096);
	assert_readable("second", room);
	small_disk_end(api_host("disk"));
}
END_TEST

START_TEST(a_disk_that_becomes_full_undoes_the_addition)
{
	char *before = NULL;

	if (!small_disk_begin(api_host("disk"), DISK_SIZE))
		return;
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("disk")));
	before = api_describe(image);
	ASSERT_FAILS(add_sequential("file", 2 * DISK_SIZE),
		     IMAPI_E_STASHFILE_WRITE_FAILURE, "data");
	ASSERT_SAYS("The data stash file could not be written. The system reports: No "
		    "space left on device.");
	api_assert_unchanged(image, before);
	ck_assert_uint_eq(stash_file_size(api_host("disk")), 0);
	ASSERT_OK(add_sized("all of it", DISK_SIZE));
	small_disk_end(api_host("disk"));
}
END_TEST

START_TEST(a_limit_of_the_file_size_undoes_the_addition)
{
	char *before = NULL;

	ASSERT_OK(add_sized("first", 1000));
	before = api_describe(image);
	limit_file_size(100000);
	ASSERT_FAILS(add_sized("file", 99001), IMAPI_E_STASHFILE_WRITE_FAILURE, "data");
	ASSERT_SAYS("The data stash file could not be written. The system reports: File "
		    "too large.");
	api_assert_unchanged(image, before);
	ck_assert_uint_eq(stash_file_size(api_host("work")), 1000);
	ASSERT_OK(add_sized("file", 99000));
	limit_file_size(RLIM_INFINITY);
	assert_readable("first", 1000);
	assert_readable("file", 99000);
}
END_TEST

/* ---- moving ------------------------------------------------------------ */

START_TEST(a_directory_without_room_for_what_is_there_is_refused)
{
	if (!small_disk_begin(api_host("disk"), DISK_SIZE))
		return;
	ASSERT_OK(add_sized("file", DISK_SIZE + 1));
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("disk")),
		     IMAPI_E_WORKING_DIRECTORY_SPACE,
		     api_text("%s|%d|%d", api_host("disk"), DISK_SIZE, DISK_SIZE + 1));
	ASSERT_TEXT(fsi_image_get_working_directory, image, api_host("work"));
	assert_readable("file", DISK_SIZE + 1);
	ck_assert_uint_eq(stash_count_files(api_host("disk")), 0);
	small_disk_end(api_host("disk"));
}
END_TEST

START_TEST(a_directory_with_just_the_room_is_taken)
{
	if (!small_disk_begin(api_host("disk"), DISK_SIZE))
		return;
	ASSERT_OK(add_sized("file", DISK_SIZE));
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("disk")));
	assert_readable("file", DISK_SIZE);
	small_disk_end(api_host("disk"));
}
END_TEST

START_TEST(a_move_that_fails_leaves_the_old_directory_in_force)
{
	scratch_folder(&api_folder, "other");
	ASSERT_OK(add_sized("file", 100001));
	limit_file_size(100000);
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("other")),
		     IMAPI_E_STASHFILE_MOVE, api_host("other"));
	ASSERT_SAYS(api_text("The stash file that holds the data could not be moved into "
			     "\"%s\". The system reports: File too large.",
			     api_host("other")));
	ASSERT_TEXT(fsi_image_get_working_directory, image, api_host("work"));
	ck_assert_uint_eq(stash_count_files(api_host("other")), 0);
	assert_readable("file", 100001);
	limit_file_size(100001);
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("other")));
	limit_file_size(RLIM_INFINITY);
	assert_readable("file", 100001);
}
END_TEST

START_TEST(a_directory_is_one_that_can_be_written_to_by_its_whole_path)
{
	scratch_text(&api_folder, "text", "text");
	scratch_folder(&api_folder, "closed");
	ck_assert_int_eq(chmod(api_host("closed"), 0555), 0);
	ASSERT_FAILS(fsi_image_put_working_directory(image, ""), IMAPI_E_INVALID_PARAM,
		     "new_val");
	ASSERT_FAILS(fsi_image_put_working_directory(image, "work"),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, "work");
	ASSERT_SAYS("\"work\" does not serve as a working directory.");
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("none")),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, api_host("none"));
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("text")),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, api_host("text"));
	privileges_drop();
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("closed")),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, api_host("closed"));
	privileges_restore();
	ASSERT_TEXT(fsi_image_get_working_directory, image, api_host("work"));
}
END_TEST

/* ---- torn files -------------------------------------------------------- */

static HRESULT read_image(void)
{
	fsi_stream *stream = api_image_stream(image);
	uint8_t *bytes = NULL;
	uint64_t size = 0;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_stream_get_size(stream, &size));
	bytes = malloc((size_t)size);
	hr = fsi_stream_read_at(stream, 0, bytes, (size_t)size, NULL);
	fsi_stream_release(stream);
	free(bytes);
	return hr;
}

/* Through the list of open files, as another process might. */
static int open_stash(void)
{
	return open(api_text("/proc/self/fd/%d", stash_descriptor(api_host("work"))),
		    O_RDWR);
}

START_TEST(a_torn_stash_makes_no_image)
{
	int file = -1;

	ASSERT_OK(add_sized("one", 5000));
	ASSERT_OK(add_sized("other", 5000));
	ASSERT_OK(read_image());
	file = open_stash();
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(pwrite(file, "torn", 4, 7000), 4);
	close(file);
	ASSERT_FAILS(read_image(), IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ASSERT_SAYS("The data stash file could not be read back. Its content is not what "
		    "was written. It holds the data of \"\\other\".");
	assert_readable("one", 5000);
}
END_TEST

START_TEST(an_error_about_a_stash_names_the_source)
{
	int file = -1;

	scratch_text(&api_folder, "host", "host");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "file", api_host("host")));
	file = open_stash();
	ck_assert_int_eq(ftruncate(file, 2), 0);
	close(file);
	ASSERT_FAILS(read_image(), IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ASSERT_SAYS(api_text("It holds the data of \"%s\".", api_host("host")));
}
END_TEST

static const struct {
	off_t cut;   /* when this much has been copied, to no more than that */
	off_t found; /* that it has then; 0: it is cut too late */
} cuts[] = {{MIDDLE - 1, MIDDLE - 1}, {SIZE - 1, SIZE - 1}, {SIZE, 0}};

static HRESULT cut_file(void *context, fsi_image *told, const char *current_file,
			uint32_t copied_sectors, uint32_t total_sectors)
{
	const off_t *size = context;

	(void)told;
	(void)current_file;
	(void)total_sectors;
	if (copied_sectors == MIDDLE / 2048)
		ck_assert_int_eq(truncate(api_host("host"), *size), 0);
	return S_OK;
}

START_TEST(a_file_that_is_cut_while_it_is_copied_is_told)
{
	static char data[SIZE];
	off_t size = cuts[_i].cut;
	const int file = open(api_host("host"), O_WRONLY | O_CREAT, 0600);

	memset(data, 'x', sizeof(data));
	ck_assert_int_eq(write(file, data, SIZE), SIZE);
	close(file);
	ASSERT_OK(fsi_image_put_update_handler(image, cut_file, &size));
	if (cuts[_i].found == 0) {
		ASSERT_OK(
			fsi_directory_add_file_from_path(root, "file", api_host("host")));
		return;
	}
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "file", api_host("host")),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|%d|%d", api_host("host"), SIZE, (int)cuts[_i].found));
}
END_TEST

START_TEST(a_stash_without_positions_is_told)
{
	int ends[2];
	int file = -1;

	ASSERT_OK(add_sized("file", 5000));
	file = stash_descriptor(api_host("work"));
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], file), file);
	ASSERT_FAILS(add_sized("more", 10), IMAPI_E_STASHFILE_SEEK_FAILURE, "data");
	ASSERT_SAYS("The data stash file does not let its position be set.");
	ASSERT_FAILS(read_image(), IMAPI_E_STASHFILE_SEEK_FAILURE, "data");
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* ---- sources ----------------------------------------------------------- */

START_TEST(a_source_that_can_not_be_read_is_told_by_its_path)
{
	struct test_stream source = {
		.size = 200000, .fails = true, .fail_at = 150000, .failure = E_FAIL};
	fsi_stream *stream = test_stream_open(&source);
	char *before = api_describe(image);

	ASSERT_FAILS(fsi_directory_add_file(root, "file", stream),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, "\\file");
	api_assert_unchanged(image, before);
	ck_assert_uint_eq(stash_file_size(api_host("work")), 0);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_stream_may_cancel_the_call)
{
	struct test_stream source = {.size = 200000,
				     .fails = true,
				     .fail_at = 150000,
				     .failure = E_IMAPI_REQUEST_CANCELLED};
	fsi_stream *stream = test_stream_open(&source);

	ASSERT_FAILS(fsi_directory_add_file(root, "file", stream),
		     E_IMAPI_REQUEST_CANCELLED, "");
	ck_assert_uint_eq(stash_file_size(api_host("work")), 0);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_stream_without_an_end_is_refused_where_it_is_too_large)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 2000));
	ASSERT_FAILS(add_sequential("file", UINT64_MAX), IMAPI_E_IMAGE_SIZE_LIMIT,
		     "\\file");
	ck_assert_uint_eq(stash_file_size(api_host("work")), 0);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	return tcase;
}

static TCase *make_directory_case(void)
{
	TCase *tcase = make_case("directory");

	tcase_add_test(tcase, a_working_directory_that_has_gone_holds_no_stash);
	tcase_add_test(tcase, a_working_directory_that_is_closed_later_holds_no_stash);
	tcase_add_test(tcase, a_protected_disk_holds_no_stash);
	tcase_add_test(tcase, what_has_no_room_is_refused_before_it_is_copied);
	tcase_add_test(tcase, a_full_disk_refuses_what_it_has_no_room_for);
	tcase_add_test(tcase, a_disk_that_becomes_full_undoes_the_addition);
	tcase_add_test(tcase, a_limit_of_the_file_size_undoes_the_addition);
	tcase_add_test(tcase, a_directory_without_room_for_what_is_there_is_refused);
	tcase_add_test(tcase, a_directory_with_just_the_room_is_taken);
	tcase_add_test(tcase, a_move_that_fails_leaves_the_old_directory_in_force);
	tcase_add_test(tcase,
		       a_directory_is_one_that_can_be_written_to_by_its_whole_path);
	return tcase;
}

static TCase *make_data_case(void)
{
	TCase *tcase = make_case("data");

	tcase_add_test(tcase, a_torn_stash_makes_no_image);
	tcase_add_test(tcase, an_error_about_a_stash_names_the_source);
	tcase_add_loop_test(tcase, a_file_that_is_cut_while_it_is_copied_is_told, 0,
			    sizeof(cuts) / sizeof(cuts[0]));
	tcase_add_test(tcase, a_stash_without_positions_is_told);
	tcase_add_test(tcase, a_source_that_can_not_be_read_is_told_by_its_path);
	tcase_add_test(tcase, a_stream_may_cancel_the_call);
	tcase_add_test(tcase, a_stream_without_an_end_is_refused_where_it_is_too_large);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("stage: codes");

	suite_add_tcase(suite, make_directory_case());
	suite_add_tcase(suite, make_data_case());
	return api_run(suite);
}
