/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sources that are others when they are read than when they were added. */
#include "tests/support/api.h"
#include "tests/support/privileges.h"
#include "tests/support/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 10000

static fsi_image *image;
static fsi_directory *root;
static struct test_stream source; /* lives longer than the image */

static void set_up(void)
{
	api_begin_folder();
	image = api_image(ISO);
	root = api_root(image);
	source = (struct test_stream){.size = SIZE};
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* ---- reading ----------------------------------------------------------- */

/* Where the data of the only file of a result begins. */
static uint64_t data_offset(fsi_result *result)
{
	const struct fsi_progress_item *item = NULL;
	fsi_progress_items *items = NULL;
	uint64_t offset = 0;

	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	ASSERT_OK(fsi_progress_items_from_description(items, "\\file", &item));
	offset = (uint64_t)item->first_block * FSI_BLOCK_SIZE;
	fsi_progress_items_release(items);
	return offset;
}

/* An image with one file, laid out, and the place of its data in the stream. */
struct laid_out {
	fsi_result *result;
	fsi_stream *stream;
	uint64_t data;
};

static struct laid_out lay_out(void)
{
	struct laid_out it = {.result = api_result(image)};

	it.stream = api_result_stream(it.result);
	it.data = data_offset(it.result);
	return it;
}

static struct laid_out lay_out_host_file(void)
{
	scratch_text(&api_folder, "source", "");
	ck_assert_int_eq(truncate(api_host("source"), SIZE), 0);
	ASSERT_OK(fsi_directory_add_file_from_path(root, "file", api_host("source")));
	return lay_out();
}

static struct laid_out lay_out_stream(void)
{
	fsi_stream *stream = test_stream_open(&source);

	ASSERT_OK(fsi_directory_add_file(root, "file", stream));
	fsi_stream_release(stream);
	return lay_out();
}

static void give_back(struct laid_out *it)
{
	fsi_stream_release(it->stream);
	fsi_result_release(it->result);
}

static HRESULT read_all_of(fsi_stream *stream)
{
	uint64_t size = 0;
	uint8_t *bytes = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_stream_get_size(stream, &size));
	bytes = malloc((size_t)size);
	ck_assert_ptr_nonnull(bytes);
	hr = fsi_stream_read_at(stream, 0, bytes, (size_t)size, NULL);
	free(bytes);
	return hr;
}

static HRESULT read_data(const struct laid_out *it, uint64_t offset, size_t length)
{
	uint8_t bytes[SIZE];

	return fsi_stream_read_at(it->stream, it->data + offset, bytes, length, NULL);
}

/* That everything fails that reads the file, and that all else can be read. */
static void assert_unreadable(const struct laid_out *it, HRESULT code, const char *name,
			      const char *inserts)
{
	const struct api_place *place = API_PLACE(reading);
	fsi_stream *clone = NULL;
	uint8_t *bytes = malloc((size_t)it->data);
	FILE *target = fopen(api_host("descriptor"), "w");

	ck_assert_ptr_nonnull(bytes);
	ck_assert_ptr_nonnull(target);
	api_read(it->stream, 0, bytes, (size_t)it->data);
	free(bytes);
	api_assert_fails(place, read_all_of(it->stream), code, name, inserts);
	ASSERT_OK(fsi_stream_clone(it->stream, &clone));
	api_assert_fails(place, read_all_of(clone), code, name, inserts);
	fsi_stream_release(clone);
	api_assert_fails(place,
			 fsi_result_write_file(it->result, api_host("image"), NULL), code,
			 name, inserts);
	ck_assert_int_ne(access(api_host("image"), F_OK), 0);
	api_assert_fails(place,
			 fsi_result_write_descriptor(it->result, fileno(target), NULL),
			 code, name, inserts);
	fclose(target);
	unlink(api_host("descriptor"));
}

#define ASSERT_UNREADABLE(it, code, inserts) \
	assert_unreadable((it), (code), #code, (inserts))

/* ---- files of this computer -------------------------------------------- */

START_TEST(a_file_that_has_another_size_is_told_with_both)
{
	static const long long sizes[] = {0, 1, SIZE - 1, SIZE + 1, 5000000000LL};
	struct laid_out it = lay_out_host_file();

	ck_assert_int_eq(truncate(api_host("source"), sizes[_i]), 0);
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_INCONSISTENCY,
			  api_text("%s|%d|%lld", api_host("source"), SIZE, sizes[_i]));
	/* When it is again as it was, it can be read again. */
	ck_assert_int_eq(truncate(api_host("source"), SIZE), 0);
	ASSERT_OK(read_all_of(it.stream));
	give_back(&it);
}
END_TEST

START_TEST(a_file_that_has_vanished_can_not_be_opened)
{
	struct laid_out it = lay_out_host_file();

	ck_assert_int_eq(rename(api_host("source"), api_host("elsewhere")), 0);
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("source"));
	ck_assert_int_ne(read_all_of(it.stream), S_OK);
	ASSERT_SAYS("No such file or directory");
	ck_assert_int_eq(rename(api_host("elsewhere"), api_host("source")), 0);
	ASSERT_OK(read_all_of(it.stream));
	give_back(&it);
}
END_TEST

START_TEST(a_file_that_may_not_be_read_any_more_can_not_be_opened)
{
	struct laid_out it = lay_out_host_file();

	ck_assert_int_eq(chmod(api_host("source"), 0), 0);
	privileges_drop();
	ck_assert_int_eq(read_all_of(it.stream), IMAPI_E_DATA_STREAM_CREATE_FAILURE);
	ASSERT_FAILS(read_all_of(it.stream), IMAPI_E_DATA_STREAM_CREATE_FAILURE,
		     api_host("source"));
	ASSERT_SAYS("Permission denied");
	privileges_restore();
	ck_assert_int_eq(chmod(api_host("source"), 0644), 0);
	ASSERT_OK(read_all_of(it.stream));
	give_back(&it);
}
END_TEST

START_TEST(a_folder_in_the_place_of_the_file_can_not_be_read)
{
	struct laid_out it;
	struct stat status;

	scratch_folder(&api_folder, "folder");
	scratch_text(&api_folder, "folder/entry", "");
	ck_assert_int_eq(stat(api_host("folder"), &status), 0);
	ck_assert_int_gt(status.st_size, 0);
	/* A file of the same size, so that only reading can tell. */
	scratch_text(&api_folder, "source", "");
	ck_assert_int_eq(truncate(api_host("source"), status.st_size), 0);
	ASSERT_OK(fsi_directory_add_file_from_path(root, "file", api_host("source")));
	it = lay_out();
	ck_assert_int_eq(unlink(api_host("source")), 0);
	ck_assert_int_eq(rename(api_host("folder"), api_host("source")), 0);
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_READ_FAILURE, api_host("source"));
	ck_assert_int_ne(read_all_of(it.stream), S_OK);
	ASSERT_SAYS("Is a directory");
	give_back(&it);
}
END_TEST

START_TEST(a_pipe_in_the_place_of_the_file_is_not_waited_for)
{
	struct laid_out it = lay_out_host_file();

	ck_assert_int_eq(unlink(api_host("source")), 0);
	ck_assert_int_eq(mkfifo(api_host("source"), 0644), 0);
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_INCONSISTENCY,
			  api_text("%s|%d|0", api_host("source"), SIZE));
	give_back(&it);
}
END_TEST

START_TEST(a_change_after_half_of_the_file_was_read_is_found)
{
	static const long long sizes[] = {0, 5000, SIZE - 1, SIZE + 1};
	struct laid_out it = lay_out_host_file();

	ASSERT_OK(read_data(&it, 0, 4096));
	ck_assert_int_eq(truncate(api_host("source"), sizes[_i]), 0);
	ASSERT_FAILS(read_data(&it, 8192, SIZE - 8192), IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|%d|%lld", api_host("source"), SIZE, sizes[_i]));
	give_back(&it);
}
END_TEST

START_TEST(several_files_are_told_apart)
{
	fsi_stream *stream = NULL;

	scratch_text(&api_folder, "one", "text");
	scratch_text(&api_folder, "two", "text");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "1", api_host("one")));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "2", api_host("two")));
	stream = api_image_stream(image);
	scratch_text(&api_folder, "two", "longer text");
	ASSERT_FAILS(read_all_of(stream), IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|4|11", api_host("two")));
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_changed_file_of_a_tree_is_told_by_its_path_on_this_computer)
{
	fsi_stream *stream = NULL;

	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_text(&api_folder, "tree/sub/source", "text");
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree/"), true));
	stream = api_image_stream(image);
	ck_assert_int_eq(unlink(api_host("tree/sub/source")), 0);
	ASSERT_FAILS(read_all_of(stream), IMAPI_E_DATA_STREAM_CREATE_FAILURE,
		     api_host("tree/sub/source"));
	fsi_stream_release(stream);
}
END_TEST

START_TEST(an_empty_file_is_not_looked_at_again)
{
	fsi_stream *stream = NULL;

	scratch_text(&api_folder, "source", "");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "file", api_host("source")));
	stream = api_image_stream(image);
	ck_assert_int_eq(unlink(api_host("source")), 0);
	ASSERT_OK(read_all_of(stream));
	fsi_stream_release(stream);
}
END_TEST

/* ---- streams of the caller --------------------------------------------- */

START_TEST(a_stream_that_ends_too_early_is_told_with_what_it_had)
{
	struct laid_out it = lay_out_stream();

	source.real_size = SIZE - 1;
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_INCONSISTENCY,
			  api_text("\\file|%d|%d", SIZE, SIZE - 1));
	give_back(&it);
}
END_TEST

START_TEST(a_stream_that_has_another_size_now_is_told_with_both)
{
	static const uint64_t sizes[] = {SIZE + 1, 3 * SIZE, SIZE - 1, 1};
	struct laid_out it = lay_out_stream();

	source.size = sizes[_i];
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_INCONSISTENCY,
			  api_text("\\file|%d|%d", SIZE, (int)sizes[_i]));
	give_back(&it);
}
END_TEST

START_TEST(a_stream_that_fails_is_told_by_the_path_in_the_image)
{
	static const uint64_t places[] = {0, 1, 2048, 4000, SIZE - 1};
	struct laid_out it = lay_out_stream();

	source.fails = true;
	source.fail_at = places[_i];
	source.failure = E_ACCESSDENIED;
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_READ_FAILURE, "\\file");
	source.fails = false;
	ASSERT_OK(read_all_of(it.stream));
	give_back(&it);
}
END_TEST

START_TEST(a_failure_beyond_what_is_wanted_does_not_matter)
{
	struct laid_out it = lay_out_stream();

	source.fails = true;
	source.fail_at = 4096;
	source.failure = E_FAIL;
	ASSERT_OK(read_data(&it, 0, 4096));
	ASSERT_FAILS(read_data(&it, 4096, 1), IMAPI_E_DATA_STREAM_READ_FAILURE, "\\file");
	give_back(&it);
}
END_TEST

START_TEST(a_stream_that_does_not_tell_its_size_any_more_can_not_be_read)
{
	struct laid_out it = lay_out_stream();

	source.size_failure = E_FAIL;
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_READ_FAILURE, "\\file");
	give_back(&it);
}
END_TEST

START_TEST(a_stream_that_returns_more_than_was_wanted_can_not_be_read)
{
	struct laid_out it = lay_out_stream();

	source.excess = 1;
	ASSERT_UNREADABLE(&it, IMAPI_E_DATA_STREAM_READ_FAILURE, "\\file");
	give_back(&it);
}
END_TEST

START_TEST(a_stream_may_return_less_than_was_wanted)
{
	static const size_t pieces[] = {1, 7, 2047, 2048, 2049};
	struct laid_out it = lay_out_stream();
	uint8_t bytes[SIZE];

	source.piece = pieces[_i];
	api_read(it.stream, it.data, bytes, SIZE);
	ck_assert(test_stream_matches(&source, 0, bytes, SIZE));
	give_back(&it);
}
END_TEST

START_TEST(a_stream_that_tells_no_size_is_not_added)
{
	fsi_stream *stream = test_stream_open(&source);
	fsi_file *file = NULL;
	char *before = api_describe(image);

	source.size_failure = E_FAIL;
	ASSERT_FAILS(fsi_directory_add_file(root, "file", stream),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, "file");
	ASSERT_OK(fsi_image_create_file_item(image, "item", &file));
	ASSERT_FAILS(fsi_file_put_data(file, stream), IMAPI_E_DATA_STREAM_READ_FAILURE,
		     "item");
	api_assert_unchanged(image, before);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

/* An image as data of another one: an error from deep inside. */
START_TEST(a_source_of_a_source_fails_with_the_name_that_is_known_outside)
{
	struct laid_out it = lay_out_host_file();
	fsi_image *outer = api_image(ISO);
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_directory_add_file(api_root(outer), "inner.iso", it.stream));
	stream = api_image_stream(outer);
	ASSERT_OK(read_all_of(stream));
	ck_assert_int_eq(unlink(api_host("source")), 0);
	ASSERT_FAILS(read_all_of(stream), IMAPI_E_DATA_STREAM_READ_FAILURE,
		     "\\inner.iso");
	fsi_stream_release(stream);
	fsi_image_release(outer);
	give_back(&it);
}
END_TEST

static void add_stream_tests(Suite *suite)
{
	TCase *tcase = tcase_create("streams of the caller");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_stream_that_ends_too_early_is_told_with_what_it_had);
	tcase_add_loop_test(tcase, a_stream_that_has_another_size_now_is_told_with_both,
			    0, 4);
	tcase_add_loop_test(tcase, a_stream_that_fails_is_told_by_the_path_in_the_image,
			    0, 5);
	tcase_add_test(tcase, a_failure_beyond_what_is_wanted_does_not_matter);
	tcase_add_test(tcase,
		       a_stream_that_does_not_tell_its_size_any_more_can_not_be_read);
	tcase_add_test(tcase, a_stream_that_returns_more_than_was_wanted_can_not_be_read);
	tcase_add_loop_test(tcase, a_stream_may_return_less_than_was_wanted, 0, 5);
	tcase_add_test(tcase, a_stream_that_tells_no_size_is_not_added);
	tcase_add_test(tcase,
		       a_source_of_a_source_fails_with_the_name_that_is_known_outside);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("sources");
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_file_that_has_another_size_is_told_with_both, 0, 5);
	tcase_add_test(tcase, a_file_that_has_vanished_can_not_be_opened);
	tcase_add_test(tcase, a_file_that_may_not_be_read_any_more_can_not_be_opened);
	tcase_add_test(tcase, a_folder_in_the_place_of_the_file_can_not_be_read);
	tcase_add_test(tcase, a_pipe_in_the_place_of_the_file_is_not_waited_for);
	tcase_add_loop_test(tcase, a_change_after_half_of_the_file_was_read_is_found, 0,
			    4);
	tcase_add_test(tcase, several_files_are_told_apart);
	tcase_add_test(tcase,
		       a_changed_file_of_a_tree_is_told_by_its_path_on_this_computer);
	tcase_add_test(tcase, an_empty_file_is_not_looked_at_again);
	suite_add_tcase(suite, tcase);
	add_stream_tests(suite);
	return api_run(suite);
}
