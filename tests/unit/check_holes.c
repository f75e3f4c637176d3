/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holes: zeros that nobody reads, from a sparse source to an image and back. */
#include "tests/support/disc.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEBIBYTE  1048576
#define SIZE	  (64 * MEBIBYTE)
#define DATA_AT	  (40 * MEBIBYTE)
#define DATA_SIZE 4096

/* A file that is a hole but for some bytes in it. */
static void make_sparse(const char *name)
{
	const int file = open(api_host(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
	uint8_t bytes[DATA_SIZE];

	memset(bytes, 'x', sizeof(bytes));
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(ftruncate(file, SIZE), 0);
	ck_assert_int_eq(pwrite(file, bytes, sizeof(bytes), DATA_AT), DATA_SIZE);
	ck_assert_int_eq(close(file), 0);
}

static uint64_t zeros_at(fsi_stream *stream, uint64_t offset)
{
	uint64_t count = UINT64_MAX;

	ASSERT_OK(fsi_stream_count_zeros_at(stream, offset, &count));
	return count;
}

static fsi_image *sparse_image(fsi_file_systems file_systems)
{
	fsi_image *image = api_image(file_systems);

	make_sparse("sparse");
	ASSERT_OK(fsi_directory_add_file_from_path(api_root(image), "sparse",
						   api_host("sparse")));
	return image;
}

/* Kibibytes that a file takes on the disk. */
static long disk_usage(const char *name)
{
	struct stat status;

	ck_assert_int_eq(stat(api_host(name), &status), 0);
	return (long)status.st_blocks / 2;
}

/* ---- streams ----------------------------------------------------------- */

START_TEST(a_stream_of_a_file_tells_its_holes)
{
	fsi_stream *stream = NULL;

	make_sparse("sparse");
	ASSERT_OK(fsi_stream_create_on_file(api_host("sparse"), &stream));
	ck_assert_uint_eq(zeros_at(stream, 0), DATA_AT);
	ck_assert_uint_eq(zeros_at(stream, DATA_AT - 1), 1);
	ck_assert_uint_eq(zeros_at(stream, DATA_AT), 0);
	ck_assert_uint_eq(zeros_at(stream, SIZE - 1), 1);
	ck_assert_uint_eq(zeros_at(stream, SIZE), 0);
	ck_assert_uint_eq(zeros_at(stream, UINT64_MAX), 0);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_stream_that_does_not_know_has_no_zeros)
{
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_stream_create_on_memory("\0\0\0", 3, &stream));
	ck_assert_uint_eq(zeros_at(stream, 0), 0);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(pointers_are_asked_for)
{
	fsi_stream *stream = api_text_stream("text");
	uint64_t count = 0;

	ASSERT_FAILS(fsi_stream_count_zeros_at(NULL, 0, &count), E_POINTER, "");
	ASSERT_FAILS(fsi_stream_count_zeros_at(stream, 0, NULL), E_POINTER, "");
	fsi_stream_release(stream);
}
END_TEST

/* ---- images ------------------------------------------------------------ */

/* The sum of what the image says is zero, all of which has to be. */
static uint64_t sum_zeros(fsi_stream *stream)
{
	uint8_t *piece = malloc(MEBIBYTE);
	uint64_t size = 0;
	uint64_t sum = 0;

	ASSERT_OK(fsi_stream_get_size(stream, &size));
	for (uint64_t offset = 0; offset < size; offset += MEBIBYTE) {
		const size_t length =
			(size_t)(size - offset < MEBIBYTE ? size - offset : MEBIBYTE);
		const uint64_t zeros = zeros_at(stream, offset);
		const size_t here = zeros < length ? (size_t)zeros : length;

		ck_assert_uint_le(zeros, size - offset);
		api_read(stream, offset, piece, length);
		ck_assert(here == 0 ||
			  (piece[0] == 0 && memcmp(piece, piece + 1, here - 1) == 0));
		sum += here;
	}
	free(piece);
	return sum;
}

START_TEST(an_image_tells_the_holes_of_its_sources)
{
	fsi_image *image = sparse_image(BRIDGE);
	fsi_stream *stream = api_image_stream(image);

	ck_assert_uint_ge(sum_zeros(stream), SIZE - 4 * MEBIBYTE);
	ck_assert_uint_eq(zeros_at(stream, 0), 16 * FSI_BLOCK_SIZE);
	ck_assert_uint_eq(zeros_at(stream, 16 * FSI_BLOCK_SIZE), 0);
	ck_assert_uint_eq(zeros_at(stream, UINT64_MAX), 0);
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_hole_costs_nothing_in_the_file_of_an_image)
{
	fsi_image *image = sparse_image(BRIDGE);
	fsi_result *result = api_result(image);
	fsi_stream *stream = api_result_stream(result);
	fsi_stream *written = NULL;

	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), NULL));
	ASSERT_OK(fsi_stream_create_on_file(api_host("a.iso"), &written));
	api_assert_same_bytes(stream, written);
	ck_assert_int_le(disk_usage("a.iso"), 2048);
	fsi_stream_release(written);
	fsi_stream_release(stream);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

/* What comes out of a pipe, as a file. */
static void drain(int from, const char *name)
{
	const int to = open(api_host(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
	static uint8_t bytes[65536];
	ssize_t got = 0;

	while ((got = read(from, bytes, sizeof(bytes))) > 0) {
		if (write(to, bytes, (size_t)got) != got)
			_exit(1);
	}
	_exit(got == 0 ? 0 : 1);
}

START_TEST(a_pipe_gets_the_zeros_of_a_hole)
{
	fsi_image *image = sparse_image(UDF);
	fsi_result *result = api_result(image);
	fsi_stream *stream = api_result_stream(result);
	fsi_stream *written = NULL;
	int ends[2];
	int status = 0;
	pid_t child = 0;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[1]);
		drain(ends[0], "piped");
	}
	close(ends[0]);
	ASSERT_OK(fsi_result_write_descriptor(result, ends[1], NULL));
	close(ends[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ASSERT_OK(fsi_stream_create_on_file(api_host("piped"), &written));
	api_assert_same_bytes(stream, written);
	fsi_stream_release(written);
	fsi_stream_release(stream);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_source_that_shrinks_in_a_hole_at_its_end_is_noticed)
{
	fsi_image *image = sparse_image(UDF);
	fsi_result *result = api_result(image);

	ck_assert_int_eq(truncate(api_host("sparse"), SIZE - MEBIBYTE), 0);
	ASSERT_FAILS(fsi_result_write_file(result, api_host("a.iso"), NULL),
		     IMAPI_E_DATA_STREAM_INCONSISTENCY,
		     api_text("%s|%d|%d", api_host("sparse"), SIZE, SIZE - MEBIBYTE));
	ck_assert_str_eq(scratch_list(&api_folder, ""), "sparse ");
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

/* ---- discs ------------------------------------------------------------- */

/* The stream of the file "sparse" on an image that was written. */
static fsi_stream *read_back(const char *image, enum fsi_file_system file_system)
{
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	fsi_stream *data = NULL;

	ASSERT_OK(fsi_stream_create_on_file(api_host(image), &stream));
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, file_system, &view));
	entry = disc_entry(view, "sparse");
	ASSERT_OK(fsi_disc_entry_open_data(entry, &data));
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	return data;
}

static void assert_read_back(const char *image, enum fsi_file_system file_system)
{
	fsi_stream *data = read_back(image, file_system);
	fsi_stream *source = NULL;

	ASSERT_OK(fsi_stream_create_on_file(api_host("sparse"), &source));
	api_assert_same_bytes(source, data);
	ck_assert_uint_ge(sum_zeros(data), SIZE - 4 * MEBIBYTE);
	ck_assert_uint_eq(zeros_at(data, DATA_AT), 0);
	ck_assert_uint_eq(zeros_at(data, SIZE), 0);
	ck_assert_uint_eq(zeros_at(data, UINT64_MAX), 0);
	fsi_stream_release(source);
	fsi_stream_release(data);
}

START_TEST(what_is_read_from_an_image_has_the_holes_of_its_file)
{
	fsi_image *image = sparse_image(BRIDGE);
	fsi_result *result = api_result(image);

	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), NULL));
	assert_read_back("a.iso", FSI_FILE_SYSTEM_UDF);
	assert_read_back("a.iso", FSI_FILE_SYSTEM_JOLIET);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

START_TEST(holes_that_udf_records_are_zeros)
{
	fsi_image *image = sparse_image(UDF);
	fsi_result *result = NULL;

	ASSERT_OK(fsi_image_put_udf_holes(image, true));
	result = api_result(image);
	ck_assert_uint_lt(api_total_blocks(result), SIZE / FSI_BLOCK_SIZE / 2);
	ASSERT_OK(fsi_result_write_file(result, api_host("a.iso"), NULL));
	assert_read_back("a.iso", FSI_FILE_SYSTEM_UDF);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("holes");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, api_begin_folder, api_end_folder);
	tcase_add_test(all, a_stream_of_a_file_tells_its_holes);
	tcase_add_test(all, a_stream_that_does_not_know_has_no_zeros);
	tcase_add_test(all, pointers_are_asked_for);
	tcase_add_test(all, an_image_tells_the_holes_of_its_sources);
	tcase_add_test(all, a_hole_costs_nothing_in_the_file_of_an_image);
	tcase_add_test(all, a_pipe_gets_the_zeros_of_a_hole);
	tcase_add_test(all, a_source_that_shrinks_in_a_hole_at_its_end_is_noticed);
	tcase_add_test(all, what_is_read_from_an_image_has_the_holes_of_its_file);
	tcase_add_test(all, holes_that_udf_records_are_zeros);
	suite_add_tcase(suite, all);
	return api_run(suite);
}
