/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eight threads that read one image, in order and at random, whatever it holds; and how
 * many files are open then. ThreadSanitizer sees most of it here.
 */
#include "tests/support/api.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define READERS 8
#define READS	150
#define PIECE	70000
#define LARGE	1500000

/* What stays open for the next reader, however many files and folders there are. */
#define SPARES (64 + 8)

/* A reader has a file and the folder that it is in. */
#define DESCRIPTORS (2 * READERS + SPARES)

static fsi_image *image;
static uint8_t data[LARGE];

static void fill_folder(void)
{
	int file = -1;

	for (uint64_t i = 0, seed = 1; i < LARGE; i++)
		data[i] = (uint8_t)api_random(&seed, 256);
	scratch_folder(&api_folder, "source");
	scratch_folder(&api_folder, "work");
	scratch_write(&api_folder, "source/large", data, LARGE);
	scratch_write(&api_folder, "source/same", data, LARGE);
	scratch_text(&api_folder, "source/empty", "");
	file = open(api_host("source/sparse"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(pwrite(file, data, 100000, LARGE), 100000);
	close(file);
	for (size_t i = 0; i < 12; i++) {
		scratch_folder(&api_folder, api_text("source/%d", (int)i));
		scratch_write(&api_folder, api_text("source/%d/small", (int)i), data + i,
			      100 + i);
		scratch_write(&api_folder, api_text("source/%d/file", (int)i), data + i,
			      2048 * i + 1);
	}
	ck_assert_int_eq(link(api_host("source/3/file"), api_host("source/link")), 0);
}

static void set_up(void)
{
	api_begin_folder();
	fill_folder();
	image = NULL;
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* ---- readers ----------------------------------------------------------- */

struct reader {
	pthread_t thread;
	fsi_stream *stream;
	const uint8_t *whole;
	uint64_t size;
	uint64_t number;
	unsigned failures;
};

static void read_and_compare(struct reader *reader, uint8_t *buffer, uint64_t offset,
			     size_t length)
{
	const uint64_t left = reader->size - offset;
	const size_t expected = left < length ? (size_t)left : length;
	uint64_t zeros = 0;
	size_t got = 0;

	if (fsi_stream_read_at(reader->stream, offset, buffer, length, &got) != S_OK ||
	    got != expected || memcmp(buffer, reader->whole + offset, got) != 0)
		reader->failures++;
	if (fsi_stream_count_zeros_at(reader->stream, offset, &zeros) != S_OK ||
	    zeros > left || (zeros > 0 && reader->whole[offset] != 0))
		reader->failures++;
}

/* Every other one in order, all of them in pieces of their own size. */
static void *read_image(void *context)
{
	struct reader *reader = context;
	uint8_t *buffer = malloc(PIECE);
	uint64_t seed = reader->number;

	if (reader->number % 2 == 0) {
		const size_t piece = PIECE - 3001 * reader->number;

		for (uint64_t at = 0; at < reader->size; at += piece)
			read_and_compare(reader, buffer, at, piece);
	} else {
		for (int i = 0; i < READS; i++) {
			const uint32_t at = api_random(&seed, (uint32_t)reader->size);

			read_and_compare(reader, buffer, at,
					 1 + api_random(&seed, PIECE));
		}
	}
	free(buffer);
	return NULL;
}

static void read_by_all(fsi_stream *stream, const uint8_t *whole, size_t size)
{
	struct reader readers[READERS] = {{.size = 0}};

	for (uint64_t i = 0; i < READERS; i++) {
		readers[i] = (struct reader){
			.stream = stream, .whole = whole, .size = size, .number = i};
		ck_assert_int_eq(
			pthread_create(&readers[i].thread, NULL, read_image, &readers[i]),
			0);
	}
	for (int i = 0; i < READERS; i++) {
		ck_assert_int_eq(pthread_join(readers[i].thread, NULL), 0);
		ck_assert_uint_eq(readers[i].failures, 0);
	}
}

/* ---- what an image may hold -------------------------------------------- */

static const struct {
	fsi_file_systems file_systems;
	bool deduplicates;
	bool stages;
	bool has_holes;
} kinds[] = {
	{BRIDGE, false, false, false}, /* every file has its extent */
	{UDF, false, false, false},    /* small ones are in their entries */
	{UDF, false, false, true},     /* and holes take no room */
	{BRIDGE, true, false, false},  {BRIDGE, false, true, false},
	{UDF, true, true, true},
};

#define KINDS (int)(sizeof(kinds) / sizeof(kinds[0]))

static void make_image(int kind)
{
	image = api_image(kinds[kind].file_systems);
	ASSERT_OK(fsi_image_put_deduplicate(image, kinds[kind].deduplicates));
	if (kinds[kind].has_holes)
		ASSERT_OK(fsi_image_put_udf_holes(image, true));
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("work")));
	ASSERT_OK(fsi_image_put_stage_files(image, kinds[kind].stages));
	ASSERT_OK(fsi_directory_add_tree(api_root(image), api_host("source"), false));
}

START_TEST(eight_threads_read_whatever_an_image_holds)
{
	fsi_stream *stream = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	make_image(_i);
	stream = api_image_stream(image);
	whole = api_read_all(stream, &size);
	read_by_all(stream, whole, size);
	fsi_stream_release(stream);
	free(whole);
}
END_TEST

static const unsigned thread_counts[] = {0, 1, 4, 8};

START_TEST(threads_that_read_ahead_write_the_same_image)
{
	struct fsi_write_options options = {.size = sizeof(options), .replace = true};
	fsi_result *result = NULL;
	fsi_stream *stream = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	make_image(_i);
	ASSERT_OK(fsi_image_create_result_image(image, &result));
	ASSERT_OK(fsi_result_get_image_stream(result, &stream));
	whole = api_read_all(stream, &size);
	for (size_t i = 0; i < sizeof(thread_counts) / sizeof(thread_counts[0]); i++) {
		size_t written_size = 0;
		char *written = NULL;

		options.threads = thread_counts[i];
		ASSERT_OK(fsi_result_write_file(result, api_host("image"), &options));
		written = scratch_read(&api_folder, "image", &written_size);
		ck_assert_uint_eq(written_size, size);
		ck_assert_mem_eq(written, whole, size);
		free(written);
	}
	fsi_stream_release(stream);
	fsi_result_release(result);
	free(whole);
}
END_TEST

/* ---- open files -------------------------------------------------------- */

static void fill_many_folders(void)
{
	scratch_folder(&api_folder, "many");
	for (int i = 0; i < 150; i++) {
		scratch_folder(&api_folder, api_text("many/%d", i));
		for (int k = 0; k < 4; k++)
			scratch_text(&api_folder, api_text("many/%d/%d", i, k), "text");
	}
}

/* No more than that many beside those that are open now; returns what it was. */
static struct rlimit limit_descriptors(unsigned count)
{
	struct rlimit before;
	struct rlimit now;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	now = before;
	/* A limit is of numbers: those below that are free count too. */
	now.rlim_cur = count;
	for (int i = 0; i < (int)now.rlim_cur; i++)
		now.rlim_cur += fcntl(i, F_GETFD) >= 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &now), 0);
	return before;
}

START_TEST(open_files_do_not_grow_with_those_of_the_image)
{
	fsi_stream *stream = NULL;
	struct rlimit before;
	uint8_t *whole = NULL;
	unsigned open_before = 0;
	size_t size = 0;

	fill_many_folders();
	image = api_image(BRIDGE);
	open_before = scratch_count_descriptors();
	before = limit_descriptors(2); /* the folder, and its list */
	ASSERT_OK(fsi_directory_add_tree(api_root(image), api_host("many"), false));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	stream = api_image_stream(image);
	before = limit_descriptors(2 + SPARES); /* a file, and its folder */
	whole = api_read_all(stream, &size);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_uint_le(scratch_count_descriptors(), open_before + SPARES);
	before = limit_descriptors(DESCRIPTORS);
	read_by_all(stream, whole, size);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_uint_le(scratch_count_descriptors(), open_before + SPARES);
	fsi_stream_release(stream);
	fsi_image_release(image);
	image = NULL;
	ck_assert_uint_eq(scratch_count_descriptors(), open_before);
	free(whole);
}
END_TEST

START_TEST(too_few_descriptors_are_told_and_lose_nothing)
{
	fsi_stream *stream = NULL;
	struct rlimit before;
	uint8_t *whole = NULL;
	uint8_t *again = NULL;
	uint8_t byte = 0;
	size_t size = 0;
	size_t place = 0;
	HRESULT hr = S_OK;

	fill_many_folders();
	image = api_image(BRIDGE);
	ASSERT_OK(fsi_directory_add_tree(api_root(image), api_host("many"), false));
	stream = api_image_stream(image);
	whole = api_read_all(stream, &size);
	while (memcmp(whole + place, "text", 4) != 0)
		place += 2048;
	before = limit_descriptors(0); /* that of the last folder is given back */
	hr = fsi_stream_read_at(stream, place, &byte, 1, NULL);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ASSERT_FAILS(hr, IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("many/0/0"));
	again = api_read_all(stream, &size);
	ck_assert_mem_eq(again, whole, size);
	fsi_stream_release(stream);
	free(again);
	free(whole);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("readers");
	TCase *threads = tcase_create("threads");
	TCase *descriptors = tcase_create("descriptors");

	tcase_add_checked_fixture(threads, set_up, tear_down);
	tcase_set_timeout(threads, 60);
	tcase_add_loop_test(threads, eight_threads_read_whatever_an_image_holds, 0,
			    KINDS);
	tcase_add_loop_test(threads, threads_that_read_ahead_write_the_same_image, 0,
			    KINDS);
	suite_add_tcase(suite, threads);
	tcase_add_checked_fixture(descriptors, set_up, tear_down);
	tcase_set_timeout(descriptors, 60);
	tcase_add_test(descriptors, open_files_do_not_grow_with_those_of_the_image);
	tcase_add_test(descriptors, too_few_descriptors_are_told_and_lose_nothing);
	suite_add_tcase(suite, descriptors);
	return api_run(suite);
}
