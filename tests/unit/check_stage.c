/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are copied into the working directory when they are added. */
#include "tests/support/api.h"
#include "tests/support/stash_fixture.h"
#include "tests/support/streams.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEBIBYTE 1048576

static fsi_image *image;
static fsi_directory *root;

static fsi_image *make_image(bool stages)
{
	fsi_image *made = api_image(BRIDGE);

	ASSERT_OK(fsi_image_put_working_directory(made, api_host("work")));
	ASSERT_OK(fsi_image_put_stage_files(made, stages));
	return made;
}

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "work");
	scratch_text(&api_folder, "host", "host");
	image = make_image(true);
	root = api_root(image);
}

static void tear_down(void)
{
	fsi_image_release(image);
	ck_assert_uint_eq(stash_count_files(api_host("work")), 0);
	ck_assert_str_eq(scratch_list(&api_folder, "work"), "");
	api_end_folder();
}

static uint64_t stashed(void)
{
	return stash_file_size(api_host("work"));
}

static void add_host(const char *path, const char *name)
{
	ASSERT_OK(fsi_directory_add_file_from_path(root, path, api_host(name)));
}

/* That a file of the image has a text. */
static void assert_text(const char *path, const char *text)
{
	fsi_stream *stream = NULL;
	size_t size = 0;
	uint8_t *bytes = NULL;

	ASSERT_OK(fsi_file_get_data(api_file(root, path), &stream));
	bytes = api_read_all(stream, &size);
	ck_assert_uint_eq(size, strlen(text));
	ck_assert_int_eq(memcmp(bytes, text, size), 0);
	free(bytes);
	fsi_stream_release(stream);
}

static uint64_t size_of(const char *path)
{
	uint64_t size = 0;

	ASSERT_OK(fsi_file_get_data_size(api_file(root, path), &size));
	return size;
}

/* ---- the property ------------------------------------------------------ */

START_TEST(files_are_not_staged_unless_asked_for)
{
	fsi_image *fresh = api_image(BRIDGE);
	bool value = true;

	ASSERT_OK(fsi_image_get_stage_files(fresh, &value));
	ck_assert(!value);
	ASSERT_OK(
		fsi_directory_add_file_from_path(api_root(fresh), "a", api_host("host")));
	ck_assert_uint_eq(stash_count_files("/tmp/#"), 0);
	fsi_image_release(fresh);
	ASSERT_OK(fsi_image_get_stage_files(image, &value));
	ck_assert(value);
}
END_TEST

START_TEST(it_concerns_what_is_added_later)
{
	ASSERT_OK(fsi_image_put_stage_files(image, false));
	add_host("before", "host");
	ASSERT_OK(fsi_image_put_stage_files(image, true));
	add_host("after", "host");
	scratch_text(&api_folder, "host", "HOST");
	assert_text("before", "HOST");
	assert_text("after", "host");
	ASSERT_OK(fsi_image_put_stage_files(image, false));
	add_host("later", "host");
	ck_assert_uint_eq(stashed(), 4);
}
END_TEST

START_TEST(it_can_be_changed_while_a_result_is_alive)
{
	fsi_result *result = api_result(image);

	ASSERT_OK(fsi_image_put_stage_files(image, false));
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_folder.path),
		     IMAPI_E_READONLY, "");
	fsi_result_release(result);
}
END_TEST

/* ---- what is staged ---------------------------------------------------- */

START_TEST(a_file_is_what_it_was_when_it_was_added)
{
	fsi_stream *stream = NULL;
	fsi_stream *before = NULL;
	fsi_stream *behind = NULL;

	add_host("file", "host");
	before = api_image_stream(image);
	ASSERT_OK(fsi_stream_clone(before, &stream));
	scratch_text(&api_folder, "host", "something else, and longer");
	behind = api_image_stream(image);
	api_assert_same_bytes(stream, behind);
	ck_assert_int_eq(unlink(api_host("host")), 0);
	api_assert_same_bytes(stream, behind);
	assert_text("file", "host");
	fsi_stream_release(stream);
	fsi_stream_release(before);
	fsi_stream_release(behind);
}
END_TEST

START_TEST(a_tree_is_staged_with_all_its_files)
{
	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_text(&api_folder, "tree/a", "aaaa");
	scratch_text(&api_folder, "tree/sub/b", "bb");
	ck_assert_int_eq(link(api_host("tree/a"), api_host("tree/sub/link")), 0);
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	/* Two names of one file are one copy. */
	ck_assert_uint_eq(stashed(), 6);
	add_host("again", "tree/a");
	ck_assert_uint_eq(stashed(), 6);
	scratch_text(&api_folder, "tree/a", "AAAA");
	assert_text("sub\\link", "aaaa");
	assert_text("again", "aaaa");
	add_host("changed", "tree/a");
	assert_text("changed", "AAAA");
	ck_assert_uint_eq(stashed(), 10);
}
END_TEST

START_TEST(a_callers_stream_is_staged_and_let_go)
{
	struct test_stream source = {.size = 3 * CHUNK + 1, .piece = 1000};
	fsi_stream *stream = test_stream_open(&source);
	fsi_stream *data = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_directory_add_file(root, "file", stream));
	ck_assert_uint_eq(source.destroyed, 0);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
	ASSERT_OK(fsi_file_get_data(api_file(root, "file"), &data));
	bytes = api_read_all(data, &size);
	ck_assert_uint_eq(size, source.size);
	ck_assert(test_stream_matches(&source, 0, bytes, size));
	free(bytes);
	fsi_stream_release(data);
}
END_TEST

START_TEST(the_size_is_what_was_read)
{
	struct test_stream source = {.size = 5000, .real_size = 3000};
	fsi_stream *stream = test_stream_open(&source);

	ASSERT_OK(fsi_directory_add_file(root, "short", stream));
	ck_assert_uint_eq(size_of("short"), 3000);
	source.real_size = 9000; /* what came later is not waited for */
	ASSERT_OK(fsi_directory_add_file(root, "long", stream));
	ck_assert_uint_eq(size_of("long"), 5000);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_named_stream_is_staged)
{
	struct test_stream source = {.size = 3000};
	fsi_stream *stream = test_stream_open(&source);
	fsi_stream *data = NULL;
	fsi_named_streams *streams = NULL;
	fsi_file *named = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	add_host("file", "host");
	ck_assert_int_eq(fsi_file_add_stream(api_file(root, "file"), "s", stream),
			 IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
	ck_assert_uint_eq(stashed(), 3004);
	ASSERT_OK(fsi_file_get_named_streams(api_file(root, "file"), &streams));
	ASSERT_OK(fsi_named_streams_get_item(streams, 0, &named));
	ASSERT_OK(fsi_file_get_data(named, &data));
	bytes = api_read_all(data, &size);
	ck_assert(test_stream_matches(&source, 0, bytes, size));
	free(bytes);
	fsi_stream_release(data);
	fsi_named_streams_release(streams);
}
END_TEST

START_TEST(detached_files_are_staged_when_they_are_filled_or_added)
{
	struct test_stream source = {.size = 100};
	fsi_stream *stream = test_stream_open(&source);
	fsi_file *early = NULL;
	fsi_file *late = NULL;

	ASSERT_OK(fsi_image_create_file_item(image, "early", &early));
	ASSERT_OK(fsi_image_create_file_item(image, "late", &late));
	ASSERT_OK(fsi_file_put_data(early, stream));
	ck_assert_uint_eq(stashed(), 100);
	ASSERT_OK(fsi_image_put_stage_files(image, false));
	ASSERT_OK(fsi_file_put_data(late, stream));
	ck_assert_uint_eq(stashed(), 100);
	ASSERT_OK(fsi_image_put_stage_files(image, true));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(early)));
	ck_assert_uint_eq(stashed(), 100);
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(late)));
	ck_assert_uint_eq(stashed(), 200);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

START_TEST(a_directory_that_comes_back_is_staged_with_its_files)
{
	fsi_item *dir = NULL;

	ASSERT_OK(fsi_image_put_stage_files(image, false));
	api_add_directory(root, "dir");
	add_host("dir\\file", "host");
	dir = api_item(root, "dir");
	ASSERT_OK(fsi_directory_remove_tree(root, "dir"));
	ASSERT_OK(fsi_image_put_stage_files(image, true));
	ASSERT_OK(fsi_directory_add(root, dir));
	scratch_text(&api_folder, "host", "HOST");
	assert_text("dir\\file", "host");
}
END_TEST

/* ---- holes ------------------------------------------------------------- */

START_TEST(holes_stay_holes)
{
	const int file = open(api_host("sparse"), O_WRONLY | O_CREAT, 0600);
	fsi_stream *stream = NULL;
	uint64_t zeros = 0;

	ck_assert_int_eq(ftruncate(file, 64 * MEBIBYTE), 0);
	ck_assert_int_eq(pwrite(file, "x", 1, 40 * MEBIBYTE), 1);
	close(file);
	add_host("sparse", "sparse");
	ck_assert_uint_eq(size_of("sparse"), 64 * MEBIBYTE);
	ck_assert_uint_eq(stashed(), CHUNK);
	ASSERT_OK(fsi_file_get_data(api_file(root, "sparse"), &stream));
	ASSERT_OK(fsi_stream_count_zeros_at(stream, 0, &zeros));
	ck_assert_uint_eq(zeros, 40 * MEBIBYTE);
	fsi_stream_release(stream);
}
END_TEST

/* ---- same bytes -------------------------------------------------------- */

static fsi_stream *image_of_tree(fsi_file_systems file_systems, bool stages, bool holes)
{
	fsi_image *made = make_image(stages);
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_image_put_file_systems_to_create(made, file_systems));
	ASSERT_OK(fsi_image_put_reproducible_times(made, true));
	if (holes)
		ASSERT_OK(fsi_image_put_udf_holes(made, true));
	api_fill(api_root(made));
	ASSERT_OK(fsi_directory_add_tree(api_root(made), api_host("tree"), true));
	stream = api_image_stream(made);
	fsi_image_release(made);
	return stream;
}

START_TEST(an_image_has_the_same_bytes_whether_files_are_staged_or_not)
{
	static const fsi_file_systems file_systems[] = {ISO, BRIDGE, UDF, UDF};
	const bool holes = _i == 3;
	fsi_stream *staged = NULL;
	fsi_stream *plain = NULL;
	int file = -1;

	scratch_folder(&api_folder, "tree");
	scratch_text(&api_folder, "tree/text", "text");
	ck_assert_int_eq(link(api_host("tree/text"), api_host("tree/link")), 0);
	scratch_text(&api_folder, "tree/empty", "");
	file = open(api_host("tree/sparse"), O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(ftruncate(file, 3 * MEBIBYTE + 5), 0);
	/* Holes that begin and end inside of chunks. */
	ck_assert_int_eq(pwrite(file, "xyz", 3, 8192), 3);
	ck_assert_int_eq(pwrite(file, "xyz", 3, 2 * MEBIBYTE - 1), 3);
	close(file);
	staged = image_of_tree(file_systems[_i], true, holes);
	plain = image_of_tree(file_systems[_i], false, holes);
	api_assert_same_bytes(staged, plain);
	fsi_stream_release(staged);
	fsi_stream_release(plain);
}
END_TEST

/* ---- the result -------------------------------------------------------- */

static void *read_image(void *argument)
{
	fsi_stream *stream = argument;
	size_t size = 0;

	return api_read_all(stream, &size);
}

START_TEST(several_threads_read_an_image_of_staged_files)
{
	struct test_stream source = {.size = 2 * MEBIBYTE + 77};
	fsi_stream *data = test_stream_open(&source);
	fsi_stream *streams[3];
	pthread_t threads[3];
	void *bytes[3];
	uint64_t size = 0;

	for (int i = 0; i < 5; i++)
		ASSERT_OK(fsi_directory_add_file(root, api_text("f%d", i), data));
	fsi_stream_release(data);
	streams[0] = api_image_stream(image);
	streams[1] = fsi_stream_add_ref(streams[0]);
	ASSERT_OK(fsi_stream_clone(streams[0], &streams[2]));
	ASSERT_OK(fsi_stream_get_size(streams[0], &size));
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, read_image, streams[i]), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &bytes[i]), 0);
		ck_assert_int_eq(memcmp(bytes[i], bytes[0], (size_t)size), 0);
		fsi_stream_release(streams[i]);
	}
	for (int i = 0; i < 3; i++)
		free(bytes[i]);
}
END_TEST

START_TEST(the_working_directory_may_change_in_between)
{
	scratch_folder(&api_folder, "work/elsewhere");
	add_host("file", "host");
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("work/elsewhere")));
	scratch_text(&api_folder, "host", "HOST");
	add_host("more", "host");
	assert_text("file", "host");
	assert_text("more", "HOST");
	ck_assert_uint_eq(stash_count_files(api_host("work/elsewhere")), 1);
	ck_assert_uint_eq(stash_count_files(api_host("work")), 1);
	ck_assert_int_eq(rmdir(api_host("work/elsewhere")), 0);
	assert_text("file", "host");
}
END_TEST

static HRESULT stop_at_end(void *self, uint64_t offset, void *buffer, size_t length,
			   size_t *ret_read)
{
	const int *end = self;

	if (offset >= 10 * CHUNK && write(*end, "!", 1) == 1)
		pause();
	memset(buffer, 'x', length);
	*ret_read = length;
	return S_OK;
}

START_TEST(who_is_killed_while_staging_leaves_nothing)
{
	static const struct fsi_stream_ops ops = {.size = sizeof(ops),
						  .flags = FSI_STREAM_SEQUENTIAL,
						  .read_at = stop_at_end};
	fsi_stream *stream = NULL;
	int ends[2];
	char byte = 0;
	int status = 0;
	pid_t child = -1;

	ck_assert_int_eq(pipe(ends), 0);
	ASSERT_OK(fsi_stream_create(&ops, &ends[1], &stream));
	child = fork();
	if (child == 0) {
		(void)fsi_directory_add_file(root, "file", stream);
		_exit(1);
	}
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_str_eq(scratch_list(&api_folder, "work"), "");
	fsi_stream_release(stream);
	close(ends[0]);
	close(ends[1]);
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

static TCase *make_files_case(void)
{
	TCase *tcase = make_case("files");

	tcase_add_test(tcase, files_are_not_staged_unless_asked_for);
	tcase_add_test(tcase, it_concerns_what_is_added_later);
	tcase_add_test(tcase, it_can_be_changed_while_a_result_is_alive);
	tcase_add_test(tcase, a_file_is_what_it_was_when_it_was_added);
	tcase_add_test(tcase, a_tree_is_staged_with_all_its_files);
	tcase_add_test(tcase, a_callers_stream_is_staged_and_let_go);
	tcase_add_test(tcase, the_size_is_what_was_read);
	tcase_add_test(tcase, a_named_stream_is_staged);
	tcase_add_test(tcase, detached_files_are_staged_when_they_are_filled_or_added);
	tcase_add_test(tcase, a_directory_that_comes_back_is_staged_with_its_files);
	tcase_add_test(tcase, holes_stay_holes);
	tcase_add_loop_test(
		tcase, an_image_has_the_same_bytes_whether_files_are_staged_or_not, 0, 4);
	return tcase;
}

static TCase *make_results_case(void)
{
	TCase *tcase = make_case("results");

	tcase_add_test(tcase, several_threads_read_an_image_of_staged_files);
	tcase_add_test(tcase, the_working_directory_may_change_in_between);
	tcase_add_test(tcase, who_is_killed_while_staging_leaves_nothing);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("stage");

	suite_add_tcase(suite, make_files_case());
	suite_add_tcase(suite, make_results_case());
	return api_run(suite);
}
