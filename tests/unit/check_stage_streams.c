/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams that can't be read twice, and descriptors that are such. */
#include "tests/support/api.h"
#include "tests/support/stash_fixture.h"
#include "tests/support/streams.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MEBIBYTE 1048576

static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "work");
	scratch_text(&api_folder, "host", "host");
	image = api_image(BRIDGE);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("work")));
}

static void tear_down(void)
{
	fsi_image_release(image);
	ck_assert_uint_eq(stash_count_files(api_host("work")), 0);
	api_end_folder();
}

/* That a file of the image has these bytes of test_stream_byte(), or a text. */
static void assert_data(const char *path, const char *text, size_t expected)
{
	static const struct test_stream source;
	fsi_stream *data = NULL;
	size_t size = 0;
	uint8_t *bytes = NULL;

	ASSERT_OK(fsi_file_get_data(api_file(root, path), &data));
	bytes = api_read_all(data, &size);
	ck_assert_uint_eq(size, expected);
	ck_assert(text != NULL ? memcmp(bytes, text, size) == 0
			       : test_stream_matches(&source, 0, bytes, size));
	free(bytes);
	fsi_stream_release(data);
}

static uint64_t size_of(const char *path)
{
	uint64_t size = 0;

	ASSERT_OK(fsi_file_get_data_size(api_file(root, path), &size));
	return size;
}

START_TEST(a_pipe_is_staged_whatever_was_asked_for)
{
	fsi_stream *stream = NULL;
	int ends[2];

	ck_assert_int_eq(_i == 0 ? pipe(ends) : socketpair(AF_UNIX, SOCK_STREAM, 0, ends),
			 0);
	ck_assert_int_eq(write(ends[1], "from a pipe", 11), 11);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, _i == 2 ? O_NONBLOCK : 0), 0);
	close(ends[1]);
	ASSERT_OK(fsi_stream_create_on_descriptor(ends[0], &stream));
	close(ends[0]);
	ASSERT_OK(fsi_directory_add_file(root, "piped", stream));
	assert_data("piped", "from a pipe", 11);
	/* All of it has been read. */
	ASSERT_FAILS(fsi_directory_add_file(root, "again", stream),
		     IMAPI_E_DATA_STREAM_READ_FAILURE, "\\again");
	fsi_stream_release(stream);
}
END_TEST

static void *write_slowly(void *argument)
{
	const int *end = argument;
	uint8_t bytes[5000];

	for (uint64_t at = 0; at < 3 * MEBIBYTE; at += sizeof(bytes)) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = test_stream_byte(at + i);
		if (write(*end, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes))
			break;
		if (at % 500000 == 0)
			usleep(1000);
	}
	close(*end);
	return NULL;
}

START_TEST(a_pipe_that_does_not_wait_is_waited_for)
{
	fsi_stream *stream = NULL;
	pthread_t writer;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	ASSERT_OK(fsi_stream_create_on_descriptor(ends[0], &stream));
	ck_assert_int_eq(pthread_create(&writer, NULL, write_slowly, &ends[1]), 0);
	ASSERT_OK(fsi_directory_add_file(root, "piped", stream));
	ck_assert_int_eq(pthread_join(writer, NULL), 0);
	assert_data("piped", NULL, 3 * MEBIBYTE / 5000 * 5000 + 5000);
	fsi_stream_release(stream);
	close(ends[0]);
}
END_TEST

START_TEST(a_descriptor_is_what_it_is_open_on)
{
	const int file = open(api_host("host"), O_RDONLY);
	const int folder = open(api_host("work"), O_RDONLY | O_DIRECTORY);
	const int written = open(api_host("written"), O_WRONLY | O_CREAT, 0600);
	fsi_stream *stream = NULL;
	uint64_t size = 0;
	char text[4];

	ck_assert_int_eq(lseek(file, 2, SEEK_SET), 2);
	ASSERT_OK(fsi_stream_create_on_descriptor(file, &stream));
	close(file);
	ASSERT_OK(fsi_stream_get_size(stream, &size));
	ck_assert_uint_eq(size, 4);
	ASSERT_OK(fsi_stream_read_at(stream, 0, text, 4, NULL));
	ck_assert_int_eq(memcmp(text, "host", 4), 0);
	fsi_stream_release(stream);
	ASSERT_FAILS(fsi_stream_create_on_descriptor(folder, &stream),
		     FSI_E_DIRECTORY_NOT_SUPPORTED, "");
	ASSERT_FAILS(fsi_stream_create_on_descriptor(written, &stream),
		     FSI_E_INVALID_HANDLE, "");
	ASSERT_FAILS(fsi_stream_create_on_descriptor(-1, &stream), FSI_E_INVALID_HANDLE,
		     "");
	close(folder);
	close(written);
}
END_TEST

START_TEST(a_sequential_stream_is_read_in_order_and_does_not_know_its_size)
{
	fsi_stream *stream = NULL;
	const int null = open("/dev/null", O_RDONLY);
	uint64_t size = 0;
	char byte = 0;

	ASSERT_OK(fsi_stream_create_on_descriptor(null, &stream));
	ASSERT_FAILS(fsi_stream_get_size(stream, &size), E_NOTIMPL, "");
	ASSERT_FAILS(fsi_stream_read_at(stream, 1, &byte, 1, NULL), FSI_E_SEEK_ON_DEVICE,
		     "");
	ASSERT_OK(fsi_directory_add_file(root, "empty", stream));
	ck_assert_uint_eq(size_of("empty"), 0);
	fsi_stream_release(stream);
	close(null);
}
END_TEST

/* The caller's own streams, of which flags are all that differs. */
static fsi_stream *open_with_flags(struct fsi_stream_ops *ops, struct test_stream *source,
				   unsigned flags)
{
	fsi_stream *stream = NULL;

	*ops = test_stream_ops;
	ops->flags = flags;
	if ((flags & FSI_STREAM_SEQUENTIAL) != 0)
		ops->get_size = NULL;
	ASSERT_OK(fsi_stream_create(ops, source, &stream));
	return stream;
}

START_TEST(a_stream_with_a_flag_is_staged_whatever_was_asked_for)
{
	const unsigned flags = (unsigned)_i;
	/* Without a flag, the image keeps the stream. */
	static struct test_stream source = {.size = 12345};
	static struct fsi_stream_ops ops;
	fsi_stream *stream = open_with_flags(&ops, &source, flags);
	fsi_file *file = NULL;

	ASSERT_OK(fsi_directory_add_file(root, "file", stream));
	ck_assert_uint_eq(size_of("file"), 12345);
	ck_assert_uint_eq(stash_count_files(api_host("work")), flags != 0);
	ASSERT_OK(fsi_image_create_file_item(image, "apart", &file));
	ASSERT_OK(fsi_file_put_data(file, stream));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(file)));
	ck_assert_uint_eq(size_of("apart"), 12345);
	if (flags != 0)
		ck_assert_uint_eq(stash_file_size(api_host("work")), 2 * 12345);
	fsi_stream_release(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stage: streams");
	TCase *tcase = tcase_create("streams");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, a_pipe_is_staged_whatever_was_asked_for, 0, 3);
	tcase_add_test(tcase, a_pipe_that_does_not_wait_is_waited_for);
	tcase_add_test(tcase, a_descriptor_is_what_it_is_open_on);
	tcase_add_test(tcase,
		       a_sequential_stream_is_read_in_order_and_does_not_know_its_size);
	tcase_add_loop_test(tcase, a_stream_with_a_flag_is_staged_whatever_was_asked_for,
			    0, 4);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
