/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several threads: reading one stream, letting go of it, images of their own. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define READS	400

static fsi_image *image;
static fsi_directory *root;
static struct test_stream source; /* lives longer than the image */

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	root = api_root(image);
	source = (struct test_stream){.size = 0};
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* ---- one stream -------------------------------------------------------- */

struct reader {
	pthread_t thread;
	fsi_stream *stream;
	const uint8_t *whole;
	size_t size;
	uint64_t random;
	unsigned failures;
};

static void *read_at_random(void *context)
{
	struct reader *reader = context;
	uint8_t *buffer = malloc(40000);

	for (int i = 0; i < READS; i++) {
		const uint32_t offset =
			api_random(&reader->random, (uint32_t)reader->size);
		const size_t length = 1 + api_random(&reader->random, 40000);
		size_t got = 0;

		if (fsi_stream_read_at(reader->stream, offset, buffer, length, &got) !=
			    S_OK ||
		    memcmp(buffer, reader->whole + offset, got) != 0)
			reader->failures++;
	}
	free(buffer);
	return NULL;
}

START_TEST(several_threads_read_one_stream_at_once)
{
	fsi_stream *given = test_stream_open(&source);
	struct reader readers[THREADS] = {{.size = 0}};
	fsi_stream *stream = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	api_fill(root);
	source.size = 100000;
	source.piece = 3000;
	ASSERT_OK(fsi_directory_add_file(root, "caller", given));
	fsi_stream_release(given);
	stream = api_image_stream(image);
	whole = api_read_all(stream, &size);
	for (uint64_t i = 0; i < THREADS; i++) {
		readers[i].stream = stream;
		readers[i].whole = whole;
		readers[i].size = size;
		readers[i].random = i;
		ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, read_at_random,
						&readers[i]),
				 0);
	}
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(readers[i].thread, NULL), 0);
		ck_assert_uint_eq(readers[i].failures, 0);
	}
	fsi_stream_release(stream);
	free(whole);
}
END_TEST

static void *read_and_release(void *context)
{
	struct reader *reader = context;

	read_at_random(reader);
	fsi_stream_release(reader->stream);
	return NULL;
}

START_TEST(threads_may_be_the_last_to_let_go_of_an_image)
{
	struct reader readers[THREADS] = {{.size = 0}};
	fsi_stream *stream = NULL;
	uint8_t *whole = NULL;
	size_t size = 0;

	api_fill(root);
	stream = api_image_stream(image);
	whole = api_read_all(stream, &size);
	for (uint64_t i = 0; i < THREADS; i++) {
		readers[i].whole = whole;
		readers[i].size = size;
		readers[i].random = 10 + i;
		ASSERT_OK(fsi_stream_clone(stream, &readers[i].stream));
		ck_assert_int_eq(pthread_create(&readers[i].thread, NULL,
						read_and_release, &readers[i]),
				 0);
	}
	fsi_stream_release(stream);
	fsi_image_release(image);
	image = NULL;
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(readers[i].thread, NULL), 0);
		ck_assert_uint_eq(readers[i].failures, 0);
	}
	free(whole);
}
END_TEST

/* ---- images of their own ------------------------------------------------ */

/* Make an image and read it all. No assertions: they are for the first thread. */
static HRESULT make_and_read(uint64_t *sum)
{
	const struct timespec now = {.tv_sec = API_SECONDS};
	fsi_image *made = NULL;
	fsi_directory *top = NULL;
	fsi_result *made_result = NULL;
	fsi_stream *made_stream = NULL;
	uint8_t bytes[4096];
	size_t got = sizeof(bytes);
	HRESULT hr = fsi_image_create(&now, &made);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_file_systems_to_create(made, BRIDGE);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(made, &top);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(top, api_folder.path, false);
	if (SUCCEEDED(hr))
		hr = fsi_image_create_result_image(made, &made_result);
	if (SUCCEEDED(hr))
		hr = fsi_result_get_image_stream(made_result, &made_stream);
	for (uint64_t at = 0; SUCCEEDED(hr) && got == sizeof(bytes); at += got) {
		hr = fsi_stream_read_at(made_stream, at, bytes, sizeof(bytes), &got);
		for (size_t i = 0; i < got; i++)
			*sum = *sum * 31 + bytes[i];
	}
	fsi_stream_release(made_stream);
	fsi_result_release(made_result);
	fsi_image_release(made);
	return hr;
}

static void *make_images(void *context)
{
	struct reader *reader = context;

	for (int i = 0; i < 10; i++) {
		uint64_t sum = 0;

		if (make_and_read(&sum) != S_OK || sum != reader->random)
			reader->failures++;
		/* An error of one thread is none of the others. */
		if (fsi_image_get_root(NULL, NULL) != E_POINTER ||
		    fsi_error_get_code() != E_POINTER)
			reader->failures++;
	}
	return NULL;
}

START_TEST(images_in_several_threads_do_not_meet)
{
	struct reader makers[THREADS] = {{.size = 0}};
	uint64_t sum = 0;

	for (int i = 0; i < 30; i++)
		scratch_text(&api_folder, api_text("file %d", i), "text");
	ASSERT_OK(make_and_read(&sum));
	/* Reading may have changed the times of access, which it does once. */
	sum = 0;
	ASSERT_OK(make_and_read(&sum));
	for (int i = 0; i < THREADS; i++) {
		makers[i].random = sum;
		ck_assert_int_eq(
			pthread_create(&makers[i].thread, NULL, make_images, &makers[i]),
			0);
	}
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(makers[i].thread, NULL), 0);
		ck_assert_uint_eq(makers[i].failures, 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("result threads");
	TCase *tcase = tcase_create("threads");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, several_threads_read_one_stream_at_once);
	tcase_add_test(tcase, images_in_several_threads_do_not_meet);
	tcase_add_test(tcase, threads_may_be_the_last_to_let_go_of_an_image);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
