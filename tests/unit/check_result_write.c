/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a result to a file and to a descriptor. */
#include "tests/support/api.h"
#include "tests/support/privileges.h"
#include "tests/support/streams.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static fsi_image *image;
static fsi_result *result;
static uint8_t *expected; /* the bytes of the image */
static size_t expected_size;

static void set_up(void)
{
	fsi_stream *stream = NULL;

	api_begin_folder();
	image = api_image(BRIDGE);
	api_add_directory(api_root(image), "sub");
	api_add_sized(api_root(image), "sub\\large", 3000000);
	api_add_text(api_root(image), "small", "text");
	result = api_result(image);
	stream = api_result_stream(result);
	expected = api_read_all(stream, &expected_size);
	fsi_stream_release(stream);
}

static void tear_down(void)
{
	free(expected);
	fsi_result_release(result);
	fsi_image_release(image);
	api_end_folder();
}

static void assert_content(const char *name, const void *bytes, size_t size)
{
	size_t found_size = 0;
	char *found = scratch_read(&api_folder, name, &found_size);

	ck_assert_uint_eq(found_size, size);
	ck_assert_int_eq(memcmp(found, bytes, size), 0);
	free(found);
}

static void assert_written(const char *name)
{
	assert_content(name, expected, expected_size);
}

static struct fsi_write_options defaults(void)
{
	return (struct fsi_write_options){.size = sizeof(struct fsi_write_options)};
}

/* ---- files ------------------------------------------------------------- */

START_TEST(a_file_gets_the_bytes_of_the_stream)
{
	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), NULL));
	assert_written("a.iso");
	ck_assert_str_eq(scratch_list(&api_folder, ""), "a.iso ");
}
END_TEST

START_TEST(an_existing_file_is_replaced_only_when_that_is_wanted)
{
	struct fsi_write_options options = defaults();

	scratch_text(&api_folder, "a.iso", "precious");
	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), NULL),
		     FSI_E_FILE_EXISTS, "");
	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), &options),
		     FSI_E_FILE_EXISTS, "");
	ck_assert_uint_eq((uint32_t)fsi_error_get_code(), 0x80070050u);
	assert_content("a.iso", "precious", 8);
	options.replace = true;
	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), &options));
	assert_written("a.iso");
	ck_assert_str_eq(scratch_list(&api_folder, ""), "a.iso ");
}
END_TEST

START_TEST(syncing_can_be_left_out)
{
	struct fsi_write_options options = defaults();

	options.no_sync = true;
	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), &options));
	assert_written("a.iso");
}
END_TEST

START_TEST(where_nothing_can_be_written_the_system_says_why)
{
	scratch_folder(&api_folder, "closed");
	scratch_text(&api_folder, "file", "");
	ck_assert_int_eq(chmod(api_host("closed"), 0555), 0);
	ASSERT_FAILS(fsi_result_write_file(result, api_host("none/a.iso"), NULL),
		     FSI_E_FILE_NOT_FOUND, "");
	ASSERT_SAYS("No such file or directory");
	ASSERT_FAILS(fsi_result_write_file(result, api_host("file/a.iso"), NULL),
		     FSI_E_DIRECTORY, "");
	ASSERT_FAILS(fsi_result_write_file(result, api_host("closed"), NULL),
		     FSI_E_DIRECTORY_NOT_SUPPORTED, "");
	privileges_drop();
	ASSERT_FAILS(fsi_result_write_file(result, api_host("closed/a.iso"), NULL),
		     E_ACCESSDENIED, "");
	ASSERT_SAYS("Permission denied");
	privileges_restore();
	ck_assert_str_eq(scratch_list(&api_folder, ""), "closed file ");
	ck_assert_str_eq(scratch_list(&api_folder, "closed"), "");
}
END_TEST

START_TEST(options_of_another_size_are_refused)
{
	struct fsi_write_options options = defaults();

	options.size--;
	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), &options),
		     E_INVALIDARG, "");
	ASSERT_FAILS(fsi_result_write_descriptor(result, 1, &options), E_INVALIDARG, "");
	options.size = 0;
	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), &options),
		     E_INVALIDARG, "");
	ck_assert_str_eq(scratch_list(&api_folder, ""), "");
}
END_TEST

/* ---- progress ---------------------------------------------------------- */

struct progress {
	unsigned calls;
	unsigned last_call; /* the one that stops the writing; 0: none */
	uint64_t written;
	uint64_t total;
	bool meddles;
};

static HRESULT note_progress(void *context, uint64_t written, uint64_t total)
{
	struct progress *progress = context;
	fsi_directory *root = NULL;

	ck_assert_uint_ge(written, progress->written);
	ck_assert_uint_le(written, total);
	progress->written = written;
	progress->total = total;
	if (progress->meddles)
		ASSERT_FAILS(fsi_image_get_root(NULL, &root), E_POINTER, "");
	return ++progress->calls == progress->last_call ? E_FAIL : S_OK;
}

static struct fsi_write_options told(struct progress *progress)
{
	struct fsi_write_options options = defaults();

	options.progress = note_progress;
	options.progress_context = progress;
	return options;
}

START_TEST(progress_goes_from_nothing_to_all)
{
	struct progress progress = {.calls = 0};
	struct fsi_write_options options = told(&progress);

	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), &options));
	ck_assert_uint_gt(progress.calls, 2);
	ck_assert_uint_eq(progress.written, expected_size);
	ck_assert_uint_eq(progress.total, expected_size);
}
END_TEST

START_TEST(stopping_leaves_nothing_and_an_old_file_as_it_was)
{
	struct progress progress = {.last_call = (unsigned)_i};
	struct fsi_write_options options = told(&progress);

	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), &options),
		     E_IMAPI_REQUEST_CANCELLED, "");
	ck_assert_str_eq(scratch_list(&api_folder, ""), "");
	ck_assert_uint_eq(progress.calls, (unsigned)_i);

	scratch_text(&api_folder, "a.iso", "precious");
	progress = (struct progress){.last_call = (unsigned)_i};
	options.replace = true;
	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), &options),
		     E_IMAPI_REQUEST_CANCELLED, "");
	assert_content("a.iso", "precious", 8);
	ck_assert_str_eq(scratch_list(&api_folder, ""), "a.iso ");
}
END_TEST

START_TEST(errors_that_the_observer_meets_are_its_own)
{
	struct progress progress = {.meddles = true};
	struct fsi_write_options options = told(&progress);

	/* This asserts that no error is left behind. */
	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), &options));
	assert_written("a.iso");
}
END_TEST

/* ---- events ------------------------------------------------------------ */

/* So slow that whoever watches is told of each piece that is read. */
#define READING_US 60000

struct updates {
	fsi_progress_items *items;
	unsigned calls;
	unsigned last_call; /* the one that stops the writing; 0: none */
	unsigned ends;
	unsigned of_slow; /* that named the file that is read slowly */
	uint32_t copied;
};

static HRESULT read_slowly(void *self, uint64_t offset, void *buffer, size_t length,
			   size_t *ret_read)
{
	usleep(READING_US);
	return test_stream_ops.read_at(self, offset, buffer, length, ret_read);
}

/* What the image's map has at a block, or before it. */
static const char *description_at(fsi_progress_items *items, uint32_t block)
{
	const struct fsi_progress_item *item = NULL;
	const struct fsi_progress_item *found = NULL;

	for (uint32_t i = 0; SUCCEEDED(fsi_progress_items_get_item(items, i, &item));
	     i++) {
		if (item->first_block <= block || found == NULL)
			found = item;
	}
	return found->description;
}

static HRESULT note_update(void *context, const char *current_file,
			   uint32_t copied_sectors, uint32_t total_sectors)
{
	struct updates *updates = context;

	ck_assert(updates->calls > 0 || copied_sectors == 0);
	ck_assert_uint_ge(copied_sectors, updates->copied);
	ck_assert_uint_le(copied_sectors, total_sectors);
	ck_assert_str_eq(current_file, description_at(updates->items, copied_sectors));
	updates->copied = copied_sectors;
	updates->ends += copied_sectors == total_sectors;
	updates->of_slow += strcmp(current_file, "\\slow") == 0;
	return ++updates->calls == updates->last_call ? E_FAIL : S_OK;
}

static struct fsi_write_options updating(struct updates *updates, fsi_result *written)
{
	struct fsi_write_options options = defaults();

	ASSERT_OK(fsi_result_get_progress_items(written, &updates->items));
	options.update = note_update;
	options.update_context = updates;
	return options;
}

START_TEST(updates_begin_with_nothing_and_end_once)
{
	struct updates updates = {.calls = 0};
	struct progress progress = {.calls = 0};
	struct fsi_write_options options = updating(&updates, result);

	options.progress = note_progress;
	options.progress_context = &progress;
	options.threads = (unsigned)_i;
	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), &options));
	assert_written("a.iso");
	ck_assert_uint_ge(updates.calls, 2);
	ck_assert_uint_eq(updates.ends, 1);
	ck_assert_uint_eq(updates.copied, api_total_blocks(result));
	ck_assert_uint_eq(progress.written, expected_size);
	ck_assert_uint_ge(progress.calls, updates.calls);
	fsi_progress_items_release(updates.items);
}
END_TEST

START_TEST(updates_name_the_file_that_is_written)
{
	struct test_stream slow = {.size = 4 << 20};
	struct fsi_stream_ops ops = test_stream_ops;
	struct updates updates = {.calls = 0};
	struct fsi_write_options options = defaults();
	fsi_image *slow_image = api_image(BRIDGE);
	fsi_stream *stream = NULL;
	fsi_result *slow_result = NULL;

	ops.read_at = read_slowly;
	ASSERT_OK(fsi_stream_create(&ops, &slow, &stream));
	ASSERT_OK(fsi_directory_add_file(api_root(slow_image), "slow", stream));
	fsi_stream_release(stream);
	slow_result = api_result(slow_image);
	options = updating(&updates, slow_result);
	ASSERT_OK(fsi_result_write_file(slow_result, api_host("a.iso"), &options));
	/* A piece of 1 MiB each, of which one may be behind the structures. */
	ck_assert_uint_ge(updates.of_slow, 3);
	ck_assert_uint_eq(updates.ends, 1);
	fsi_progress_items_release(updates.items);
	fsi_result_release(slow_result);
	fsi_image_release(slow_image);
}
END_TEST

START_TEST(updates_can_stop_the_writing)
{
	struct updates updates = {.last_call = 1};
	struct fsi_write_options options = updating(&updates, result);

	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), &options),
		     E_IMAPI_REQUEST_CANCELLED, "");
	ck_assert_uint_eq(updates.calls, 1);
	ck_assert_str_eq(scratch_list(&api_folder, ""), "");
	fsi_progress_items_release(updates.items);
}
END_TEST

/* ---- descriptors ------------------------------------------------------- */

struct drain {
	pthread_t thread;
	int descriptor;
	uint8_t *bytes;
	size_t size;
	size_t most; /* stop there, and close */
};

static void *drain_pipe(void *context)
{
	struct drain *drain = context;

	while (drain->size < drain->most) {
		const ssize_t piece = read(drain->descriptor, drain->bytes + drain->size,
					   drain->most - drain->size);

		if (piece <= 0)
			break;
		drain->size += (size_t)piece;
	}
	close(drain->descriptor);
	return NULL;
}

/* Write through a pipe whose reader takes so many bytes. */
static HRESULT write_to_pipe(struct drain *drain)
{
	int ends[2];
	HRESULT hr = S_OK;

	ck_assert_int_eq(pipe(ends), 0);
	drain->descriptor = ends[0];
	drain->bytes = malloc(expected_size + 1);
	ck_assert_ptr_nonnull(drain->bytes);
	ck_assert_int_eq(pthread_create(&drain->thread, NULL, drain_pipe, drain), 0);
	hr = fsi_result_write_descriptor(result, ends[1], NULL);
	ck_assert_int_eq(fcntl(ends[1], F_GETFD) < 0, false); /* it stays open */
	close(ends[1]);
	ck_assert_int_eq(pthread_join(drain->thread, NULL), 0);
	return hr;
}

START_TEST(a_pipe_gets_the_bytes_of_the_stream)
{
	struct drain drain = {.most = expected_size + 1};

	ASSERT_OK(write_to_pipe(&drain));
	ck_assert_uint_eq(drain.size, expected_size);
	ck_assert_int_eq(memcmp(drain.bytes, expected, expected_size), 0);
	free(drain.bytes);
}
END_TEST

START_TEST(a_reader_that_leaves_is_told)
{
	struct drain drain = {.most = 100000};

	signal(SIGPIPE, SIG_IGN);
	ASSERT_FAILS(write_to_pipe(&drain), FSI_E_BROKEN_PIPE, "");
	signal(SIGPIPE, SIG_DFL);
	free(drain.bytes);
}
END_TEST

START_TEST(a_descriptor_is_written_from_its_position_on)
{
	const int file = open(api_host("a.bin"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	uint8_t *bytes = malloc(expected_size + 8);

	ck_assert_int_ge(file, 0);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(write(file, "before: ", 8), 8);
	ASSERT_OK(fsi_result_write_descriptor(result, file, NULL));
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), (off_t)expected_size + 8);
	close(file);
	memcpy(bytes, "before: ", 8);
	memcpy(bytes + 8, expected, expected_size);
	assert_content("a.bin", bytes, expected_size + 8);
	free(bytes);
}
END_TEST

START_TEST(a_descriptor_that_takes_nothing_is_told)
{
	const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	const int read_only = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(full, 0);
	ASSERT_FAILS(fsi_result_write_descriptor(result, full, NULL), FSI_E_DISK_FULL,
		     "");
	ASSERT_FAILS(fsi_result_write_descriptor(result, read_only, NULL),
		     FSI_E_INVALID_HANDLE, "");
	ASSERT_FAILS(fsi_result_write_descriptor(result, -1, NULL), FSI_E_INVALID_HANDLE,
		     "");
	close(full);
	close(read_only);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("result writing");
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_file_gets_the_bytes_of_the_stream);
	tcase_add_test(tcase, an_existing_file_is_replaced_only_when_that_is_wanted);
	tcase_add_test(tcase, syncing_can_be_left_out);
	tcase_add_test(tcase, where_nothing_can_be_written_the_system_says_why);
	tcase_add_test(tcase, options_of_another_size_are_refused);
	tcase_add_test(tcase, progress_goes_from_nothing_to_all);
	tcase_add_loop_test(tcase, stopping_leaves_nothing_and_an_old_file_as_it_was, 1,
			    5);
	tcase_add_test(tcase, errors_that_the_observer_meets_are_its_own);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("events");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, updates_begin_with_nothing_and_end_once, 0, 3);
	tcase_add_test(tcase, updates_name_the_file_that_is_written);
	tcase_add_test(tcase, updates_can_stop_the_writing);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("descriptors");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_pipe_gets_the_bytes_of_the_stream);
	tcase_add_test(tcase, a_reader_that_leaves_is_told);
	tcase_add_test(tcase, a_descriptor_is_written_from_its_position_on);
	tcase_add_test(tcase, a_descriptor_that_takes_nothing_is_told);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
