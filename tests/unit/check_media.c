/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of discs: the cache, the end, and what can't be read. */
#include "media/media.h"
#include "tests/support/api.h"
#include "tests/support/faulty_stream.h"

#include <pthread.h>
#include <string.h>

#define SIZE (100 * FSI_BLOCK_SIZE + 100)

static uint8_t bytes[SIZE];
static struct faulty_stream source;
static struct fsi_media *media;

static void open_media(uint32_t session_block, uint32_t block_count)
{
	fsi_stream *stream = faulty_stream_open(&source);

	ck_assert_int_eq(fsi_media_open(stream, session_block, block_count, &media),
			 S_OK);
	fsi_stream_release(stream);
}

static void set_up(void)
{
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(i * 31 + i / 2048);
	source = (struct faulty_stream){.bytes = bytes, .size = SIZE};
}

static void tear_down(void)
{
	fsi_media_release(media);
	media = NULL;
}

typedef HRESULT read_function(struct fsi_media *self, uint64_t offset, void *buffer,
			      size_t length);

static read_function *const readers[] = {fsi_media_read, fsi_media_read_data};

START_TEST(any_bytes_are_read)
{
	uint8_t buffer[70000];
	uint64_t state = 7;

	open_media(0, 0);
	ck_assert_uint_eq(fsi_media_size(media), SIZE);
	for (int i = 0; i < 500; i++) {
		const uint32_t offset = api_random(&state, SIZE);
		uint32_t length = api_random(&state, sizeof(buffer));

		if (length > SIZE - offset)
			length = SIZE - offset;
		ck_assert_int_eq(readers[_i](media, offset, buffer, length), S_OK);
		ck_assert_mem_eq(buffer, bytes + offset, length);
	}
}
END_TEST

START_TEST(behind_the_end_is_nothing)
{
	uint8_t buffer[4];

	open_media(0, 0);
	ck_assert_int_eq(readers[_i](media, SIZE - 4, buffer, 4), S_OK);
	ck_assert_int_eq(readers[_i](media, SIZE, buffer, 0), S_OK);
	ASSERT_FAILS(readers[_i](media, SIZE - 3, buffer, 4), IMAPI_E_IMPORT_SEEK_FAILURE,
		     "100");
	ASSERT_FAILS(readers[_i](media, SIZE, buffer, 1), IMAPI_E_IMPORT_SEEK_FAILURE,
		     "100");
	ASSERT_FAILS(readers[_i](media, 5000 * FSI_BLOCK_SIZE, buffer, 1),
		     IMAPI_E_IMPORT_SEEK_FAILURE, "5000");
	ASSERT_FAILS(readers[_i](media, UINT64_MAX, buffer, 4),
		     IMAPI_E_IMPORT_SEEK_FAILURE, "9007199254740991");
}
END_TEST

START_TEST(the_recorded_blocks_may_be_fewer)
{
	uint8_t buffer[4];

	open_media(3, 10);
	ck_assert_uint_eq(fsi_media_size(media), 10 * FSI_BLOCK_SIZE);
	ck_assert_uint_eq(fsi_media_block_count(media), 10);
	ck_assert_uint_eq(fsi_media_session_block(media), 3);
	ASSERT_FAILS(readers[_i](media, 10 * FSI_BLOCK_SIZE, buffer, 1),
		     IMAPI_E_IMPORT_SEEK_FAILURE, "10");
}
END_TEST

START_TEST(a_block_that_cannot_be_read_is_told_and_spares_others)
{
	uint8_t buffer[5 * FSI_BLOCK_SIZE];

	source.bad_blocks[0] = 20;
	open_media(0, 0);
	ASSERT_FAILS(readers[_i](media, 18 * FSI_BLOCK_SIZE, buffer, sizeof(buffer)),
		     IMAPI_E_IMPORT_READ_FAILURE, "20");
	ck_assert_int_eq(
		readers[_i](media, 18 * FSI_BLOCK_SIZE, buffer, 2 * FSI_BLOCK_SIZE),
		S_OK);
	ck_assert_mem_eq(buffer, bytes + 18 * FSI_BLOCK_SIZE, 2 * FSI_BLOCK_SIZE);
	ck_assert_int_eq(readers[_i](media, 21 * FSI_BLOCK_SIZE + 5, buffer, 100), S_OK);
	ck_assert_mem_eq(buffer, bytes + 21 * FSI_BLOCK_SIZE + 5, 100);
}
END_TEST

START_TEST(what_the_stream_said_is_told)
{
	uint8_t buffer[1];

	source.bad_blocks[0] = 20;
	open_media(0, 0);
	ASSERT_FAILS(readers[_i](media, 20 * FSI_BLOCK_SIZE, buffer, 1),
		     IMAPI_E_IMPORT_READ_FAILURE, "20");
	ASSERT_SAYS(fsi_code_from_value(E_ACCESSDENIED)->message);
}
END_TEST

START_TEST(a_stream_that_ends_early_is_told)
{
	uint8_t buffer[3 * FSI_BLOCK_SIZE];

	source.real_size = 50 * FSI_BLOCK_SIZE + 10;
	open_media(0, 0);
	ASSERT_FAILS(readers[_i](media, 49 * FSI_BLOCK_SIZE, buffer, sizeof(buffer)),
		     IMAPI_E_IMPORT_SEEK_FAILURE, "50");
	ck_assert_int_eq(readers[_i](media, 50 * FSI_BLOCK_SIZE, buffer, 10), S_OK);
}
END_TEST

START_TEST(what_was_read_is_kept_for_a_while)
{
	uint8_t buffer[100];

	open_media(0, 0);
	for (unsigned i = 0; i < 32; i++)
		ck_assert_int_eq(fsi_media_read(media, 1000 * i, buffer, 100), S_OK);
	ck_assert_uint_eq(source.reads, 1);
	/* The data of files takes no place of it. */
	ck_assert_int_eq(fsi_media_read_data(media, 50000, buffer, 100), S_OK);
	ck_assert_int_eq(fsi_media_read_data(media, 50000, buffer, 100), S_OK);
	ck_assert_uint_eq(source.reads, 3);
	ck_assert_int_eq(fsi_media_read(media, 0, buffer, 100), S_OK);
	ck_assert_uint_eq(source.reads, 3);
}
END_TEST

START_TEST(what_was_not_used_for_the_longest_time_is_forgotten)
{
	static uint8_t large[20 * 32768];
	uint8_t byte = 0;

	source.bytes = large;
	source.size = sizeof(large);
	open_media(0, 0);
	/* Sixteen lines have a place; the first stays as it is used again. */
	for (unsigned i = 0; i < 17; i++) {
		ck_assert_int_eq(fsi_media_read(media, 32768 * i, &byte, 1), S_OK);
		ck_assert_int_eq(fsi_media_read(media, 0, &byte, 1), S_OK);
	}
	ck_assert_uint_eq(source.reads, 17);
	ck_assert_int_eq(fsi_media_read(media, 32768 * 2, &byte, 1), S_OK);
	ck_assert_uint_eq(source.reads, 17);
	ck_assert_int_eq(fsi_media_read(media, 32768 * 1, &byte, 1), S_OK);
	ck_assert_uint_eq(source.reads, 18);
}
END_TEST

static void *read_everywhere(void *context)
{
	uint64_t state = (uint64_t)(uintptr_t)context;
	uint8_t buffer[300];

	for (int i = 0; i < 2000; i++) {
		const uint32_t offset = api_random(&state, SIZE - 300);

		if (FAILED(fsi_media_read(media, offset, buffer, 300)) ||
		    memcmp(buffer, bytes + offset, 300) != 0)
			return &media;
	}
	return NULL;
}

START_TEST(threads_read_at_once)
{
	pthread_t threads[4];
	static int seeds[4];

	open_media(0, 0);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, read_everywhere, &seeds[i]), 0);
	for (unsigned i = 0; i < 4; i++) {
		void *result = NULL;

		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		ck_assert_ptr_null(result);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("media");
	TCase *tcase = tcase_create("blocks");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, any_bytes_are_read, 0, 2);
	tcase_add_loop_test(tcase, behind_the_end_is_nothing, 0, 2);
	tcase_add_loop_test(tcase, the_recorded_blocks_may_be_fewer, 0, 2);
	tcase_add_loop_test(tcase, a_block_that_cannot_be_read_is_told_and_spares_others,
			    0, 2);
	tcase_add_loop_test(tcase, what_the_stream_said_is_told, 0, 2);
	tcase_add_loop_test(tcase, a_stream_that_ends_early_is_told, 0, 2);
	tcase_add_test(tcase, what_was_read_is_kept_for_a_while);
	tcase_add_test(tcase, what_was_not_used_for_the_longest_time_is_forgotten);
	tcase_add_test(tcase, threads_read_at_once);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
