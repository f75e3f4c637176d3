/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image as a stream: any bytes, in any order, by several threads. */
#include "layout/image_stream.h"

#include "error/fail.h"
#include "io/stream.h"
#include "tests/support/streams.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What a region of these tests works on. */
struct part {
	uint8_t seed;	    /* of what is rendered */
	uint32_t fail_from; /* the block of which rendering fails; 0: none */
	struct test_stream source;
	HRESULT open_failure;
	unsigned opened;
};

static struct fsi_layout layout;
static fsi_stream *stream;
static int held; /* by streams */
static struct part parts[8];
static uint8_t *image; /* what all bytes should be */
static uint64_t image_size;

static void hold(void *keeper)
{
	__atomic_fetch_add((int *)keeper, 1, __ATOMIC_RELAXED);
}

static void let_go(void *keeper)
{
	__atomic_fetch_sub((int *)keeper, 1, __ATOMIC_RELAXED);
}

/* ---- regions ----------------------------------------------------------- */

static uint8_t rendered_byte(uint8_t seed, uint32_t block, uint32_t offset)
{
	return (uint8_t)(seed * 31 + block * 7 + offset % 251 + 1);
}

/* Half of each block, so that the rest must have come zeroed. */
static HRESULT render_part(const struct fsi_region *region, uint32_t block,
			   uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	const struct part *part = region->owner;

	if (part->fail_from > 0 && block >= part->fail_from)
		return FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, "name", "UDF");
	for (uint32_t i = 0; i < FSI_BLOCK_SIZE; i++) {
		if ((*ret_block)[i] != 0)
			return FSI_FAIL(E_UNEXPECTED);
		if (i % 2 == 0)
			(*ret_block)[i] = rendered_byte(part->seed, block, i);
	}
	return S_OK;
}

static HRESULT open_part(const struct fsi_region *region, fsi_stream **ret_stream)
{
	struct part *part = (struct part *)(uintptr_t)region->owner;

	__atomic_fetch_add(&part->opened, 1, __ATOMIC_RELAXED);
	if (FAILED(part->open_failure))
		return FSI_FAIL(IMAPI_E_DATA_STREAM_CREATE_FAILURE, "some path");
	return fsi_stream_make(&test_stream_ops, &part->source, ret_stream);
}

static const struct fsi_region_ops rendered_ops = {.render = render_part};
static const struct fsi_region_ops opened_ops = {.open = open_part};

static void place(unsigned number, const struct fsi_region_ops *ops, uint32_t blocks,
		  uint32_t first_block)
{
	ck_assert_int_eq(
		fsi_layout_append_at(&layout, ops, &parts[number], blocks, first_block),
		S_OK);
	parts[number].seed = (uint8_t)(number + 1);
}

/* An opened region, the last block of which is not full. */
static void place_opened(unsigned number, uint64_t size, uint32_t first_block)
{
	place(number, &opened_ops, (uint32_t)((size + 2047) / 2048), first_block);
	parts[number].source.size = size;
}

/*
 * A gap of 16 blocks, two regions that touch, a gap, regions that are opened, one
 * of them of one byte, a gap, another that is rendered, and a gap at the end.
 */
static void set_up(void)
{
	memset(&layout, 0, sizeof(layout));
	memset(parts, 0, sizeof(parts));
	held = 0;
	place(0, &rendered_ops, 3, 16);
	place(1, &rendered_ops, 1, 19);
	place_opened(2, 10000, 32);
	place_opened(3, 1, 37);
	place_opened(4, 3 * 2048, 38);
	place(5, &rendered_ops, 2, 41);
	place_opened(6, 70001, 48);
	ck_assert_int_eq(fsi_layout_seal(&layout, 96), S_OK);
	ck_assert_int_eq(fsi_image_stream_create(&layout, &held, hold, let_go, &stream),
			 S_OK);
	image_size = 96 * 2048;
}

static unsigned count_destroyed(void)
{
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		count += parts[i].source.destroyed;
	return count;
}

static unsigned count_opened(void)
{
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		count += parts[i].opened;
	return count;
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_stream_release(stream);
	ck_assert_int_eq(held, 0);
	fsi_layout_free(&layout);
	free(image);
	image = NULL;
}

/* ---- what it should be ------------------------------------------------- */

static uint8_t expected_byte(uint64_t offset)
{
	const struct fsi_region *region = NULL;
	const struct part *part = NULL;

	for (size_t i = 0; i < layout.regions.count; i++) {
		const struct fsi_region *one = &layout.regions.items[i];

		if (offset / 2048 >= one->first_block &&
		    offset / 2048 < one->first_block + one->blocks)
			region = one;
	}
	if (region == NULL)
		return 0;
	part = region->owner;
	offset -= (uint64_t)region->first_block * 2048;
	if (region->ops->open != NULL)
		return offset < part->source.size ? test_stream_byte(offset) : 0;
	return offset % 2 == 0 ? rendered_byte(part->seed, (uint32_t)(offset / 2048),
					       (uint32_t)(offset % 2048))
			       : 0;
}

static void make_expected_image(void)
{
	image = malloc(image_size);
	ck_assert_ptr_nonnull(image);
	for (uint64_t i = 0; i < image_size; i++)
		image[i] = expected_byte(i);
}

/* Whether a range reads as it should; nothing is asserted, as this is in threads. */
static bool reads_well(fsi_stream *one, uint64_t offset, size_t length)
{
	const uint64_t left = offset < image_size ? image_size - offset : 0;
	const size_t wanted = left < length ? (size_t)left : length;
	uint8_t *buffer = malloc(length + 1);
	size_t got = 0;
	bool is_well = false;

	if (buffer == NULL)
		return false;
	buffer[length] = 0xEE;
	is_well = fsi_stream_read_at(one, offset, buffer, length, &got) == S_OK &&
		  got == wanted &&
		  (wanted == 0 || memcmp(buffer, image + offset, wanted) == 0) &&
		  buffer[length] == 0xEE;
	free(buffer);
	return is_well;
}

static uint32_t next_number(uint32_t *state)
{
	*state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
	return *state >> 8;
}

/* Ranges of any length, and of a few bytes around the borders of blocks. */
static bool random_ranges_read_well(fsi_stream *one, uint32_t seed, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint64_t offset = next_number(&seed) % (image_size + 5000);
		size_t length = next_number(&seed) % 40000;

		if (i % 3 == 0) {
			offset = offset / 2048 * 2048 + next_number(&seed) % 5;
			length = next_number(&seed) % 4100;
		}
		if (!reads_well(one, offset, length))
			return false;
	}
	return true;
}

/* ---- reading ----------------------------------------------------------- */

START_TEST(the_whole_image_reads_as_its_regions_say)
{
	uint64_t size = 0;

	make_expected_image();
	ck_assert_int_eq(fsi_stream_get_size(stream, &size), S_OK);
	ck_assert_uint_eq(size, image_size);
	ck_assert(reads_well(stream, 0, image_size));
	/* Each content was opened once, and closed when it was read. */
	ck_assert_uint_eq(count_opened(), 4);
	ck_assert_uint_eq(count_destroyed(), 4);
}
END_TEST

static const size_t piece_sizes[] = {1, 7, 2047, 2048, 2049, 4096, 65536, 100000};

START_TEST(pieces_of_any_size_make_the_same_image)
{
	make_expected_image();
	for (uint64_t at = 0; at < image_size; at += piece_sizes[_i]) {
		if (!reads_well(stream, at, piece_sizes[_i]))
			ck_abort_msg("at %llu", (unsigned long long)at);
	}
	/* Reading on opens nothing again. */
	ck_assert_uint_eq(count_opened(), 4);
	ck_assert_uint_eq(count_destroyed(), 4);
}
END_TEST

START_TEST(any_range_reads_the_same_as_in_sequence)
{
	make_expected_image();
	ck_assert(random_ranges_read_well(stream, 4711 + (uint32_t)_i, 2000));
	/* Four regions are opened, and each of them once at a time. */
	ck_assert_uint_le(count_opened() - count_destroyed(), 4);
}
END_TEST

START_TEST(what_is_read_at_random_stays_open)
{
	make_expected_image();
	for (unsigned i = 0; i < 10; i++) {
		ck_assert(reads_well(stream, 32 * 2048 + i, 5));
		ck_assert(reads_well(stream, 48 * 2048 + i, 5));
	}
	ck_assert_uint_eq(count_opened(), 2);
	ck_assert_uint_eq(count_destroyed(), 0);
}
END_TEST

START_TEST(at_most_64_contents_stay_open)
{
	const unsigned count = 63 + (unsigned)_i;
	struct fsi_layout many = {.next_block = 0};
	fsi_stream *one = NULL;
	uint8_t byte = 0;

	parts[7].source.size = 2048;
	for (unsigned i = 0; i < count; i++)
		ck_assert_int_eq(
			fsi_layout_append_at(&many, &opened_ops, &parts[7], 1, i), S_OK);
	ck_assert_int_eq(fsi_layout_seal(&many, count), S_OK);
	ck_assert_int_eq(fsi_image_stream_create(&many, &held, hold, let_go, &one), S_OK);
	for (unsigned i = 0; i < count; i++)
		ck_assert_int_eq(
			fsi_stream_read_at(one, (uint64_t)i * 2048, &byte, 1, NULL),
			S_OK);
	ck_assert_uint_eq(count_opened(), count);
	ck_assert_uint_eq(count_opened() - count_destroyed(), count < 64 ? count : 64);
	fsi_stream_release(one);
	ck_assert_uint_eq(count_opened(), count_destroyed());
	fsi_layout_free(&many);
}
END_TEST

START_TEST(behind_the_end_there_is_nothing)
{
	make_expected_image();
	ck_assert(reads_well(stream, image_size - 1, 1));
	ck_assert(reads_well(stream, image_size - 1, 2));
	ck_assert(reads_well(stream, image_size, 1));
	ck_assert(reads_well(stream, image_size + 1, 5000));
	ck_assert(reads_well(stream, UINT64_C(0x80000000000), 1));
	ck_assert(reads_well(stream, UINT64_MAX, 1));
	ck_assert(reads_well(stream, 0, 0));
	ck_assert(reads_well(stream, UINT64_MAX, 0));
}
END_TEST

START_TEST(the_largest_image_of_all_can_be_read)
{
	const uint64_t last_block = (uint64_t)INT32_MAX - 1;
	uint8_t block[2048];
	uint64_t size = 0;
	size_t got = 0;

	place(7, &rendered_ops, 1, (uint32_t)last_block);
	ck_assert_int_eq(fsi_layout_seal(&layout, INT32_MAX), S_OK);
	ck_assert_int_eq(fsi_stream_get_size(stream, &size), S_OK);
	ck_assert_uint_eq(size, UINT64_C(4398046509056));
	ck_assert_int_eq(fsi_stream_read(stream, size - 2048, block, 2048, &got), S_OK);
	ck_assert_uint_eq(got, 2048);
	ck_assert_uint_eq(block[2], rendered_byte(8, 0, 2));
	ck_assert_int_eq(fsi_stream_read(stream, size - 2049, block, 2048, &got), S_OK);
	ck_assert_uint_eq(block[0], 0);
	ck_assert_uint_eq(block[3], rendered_byte(8, 0, 2));
	/* A gap in front, of which each byte is zero. */
	ck_assert_int_eq(fsi_stream_read(stream, size - 4096, block, 2048, &got), S_OK);
	ck_assert_uint_eq(block[0] | block[2047], 0);
}
END_TEST

START_TEST(an_image_without_regions_is_zero)
{
	struct fsi_layout empty = {.next_block = 0};
	fsi_stream *zeros = NULL;
	uint8_t bytes[3000];
	size_t got = 0;

	ck_assert_int_eq(fsi_layout_seal(&empty, 1), S_OK);
	ck_assert_int_eq(fsi_image_stream_create(&empty, &held, hold, let_go, &zeros),
			 S_OK);
	memset(bytes, 0xEE, sizeof(bytes));
	ck_assert_int_eq(fsi_stream_read(zeros, 0, bytes, sizeof(bytes), &got), S_OK);
	ck_assert_uint_eq(got, 2048);
	for (size_t i = 0; i < sizeof(bytes); i++)
		ck_assert_uint_eq(bytes[i], i < 2048 ? 0 : 0xEE);
	fsi_stream_release(zeros);
}
END_TEST

/* ---- several readers --------------------------------------------------- */

#define THREAD_COUNT 4

struct reader {
	pthread_t thread;
	fsi_stream *stream;
	uint32_t seed;
	bool is_well;
};

static void *read_ranges(void *context)
{
	struct reader *reader = context;

	reader->is_well = random_ranges_read_well(reader->stream, reader->seed, 2000);
	return NULL;
}

START_TEST(threads_read_the_same_image)
{
	struct reader readers[THREAD_COUNT];

	make_expected_image();
	for (unsigned i = 0; i < THREAD_COUNT; i++) {
		readers[i] = (struct reader){.stream = stream, .seed = 99 + i};
		/* All of them by one stream, or each by its own. */
		if (_i == 1)
			ck_assert_int_eq(fsi_stream_clone(stream, &readers[i].stream),
					 S_OK);
		ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, read_ranges,
						&readers[i]),
				 0);
	}
	for (unsigned i = 0; i < THREAD_COUNT; i++) {
		ck_assert_int_eq(pthread_join(readers[i].thread, NULL), 0);
		ck_assert(readers[i].is_well);
		if (_i == 1)
			fsi_stream_release(readers[i].stream);
	}
	fsi_stream_release(stream);
	stream = NULL;
	ck_assert_uint_eq(count_opened(), count_destroyed());
	ck_assert_int_eq(held, 0);
}
END_TEST

START_TEST(a_clone_keeps_the_image_too)
{
	fsi_stream *clone = NULL;

	ck_assert_int_eq(held, 1);
	ck_assert_int_eq(fsi_stream_clone(stream, &clone), S_OK);
	ck_assert_ptr_ne(clone, stream);
	ck_assert_int_eq(held, 2);
	fsi_stream_release(stream);
	ck_assert_int_eq(held, 1);
	stream = clone;
	make_expected_image();
	ck_assert(reads_well(stream, 0, image_size));
}
END_TEST

/* ---- failures ---------------------------------------------------------- */

START_TEST(a_block_that_cannot_be_rendered_is_an_error)
{
	uint8_t buffer[5000];
	size_t got = 77;

	make_expected_image();
	parts[0].fail_from = 2;
	ck_assert(reads_well(stream, 16 * 2048, 2 * 2048));
	/* Whole, or in part. */
	ck_assert_int_eq(fsi_stream_read_at(stream, 17 * 2048, buffer, 4096, &got),
			 IMAPI_E_NO_UNIQUE_NAME);
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_NO_UNIQUE_NAME);
	ck_assert_int_eq(fsi_stream_read_at(stream, 18 * 2048 + 5, buffer, 10, &got),
			 IMAPI_E_NO_UNIQUE_NAME);
	ck_assert_uint_eq(got, 77);
	ck_assert(reads_well(stream, 19 * 2048, 50 * 2048));
}
END_TEST

START_TEST(content_that_cannot_be_opened_is_an_error)
{
	uint8_t byte = 0;
	size_t got = 77;

	make_expected_image();
	parts[4].open_failure = E_FAIL;
	ck_assert_int_eq(fsi_stream_read_at(stream, 38 * 2048, &byte, 1, &got),
			 IMAPI_E_DATA_STREAM_CREATE_FAILURE);
	ck_assert_uint_eq(got, 77);
	ck_assert(reads_well(stream, 0, 38 * 2048));
	ck_assert(reads_well(stream, 41 * 2048, 20 * 2048));
	parts[4].open_failure = S_OK;
	ck_assert(reads_well(stream, 38 * 2048, 4 * 2048));
}
END_TEST

START_TEST(content_that_cannot_be_read_is_an_error)
{
	uint8_t buffer[5000];
	size_t got = 77;

	make_expected_image();
	parts[2].source.fails = true;
	parts[2].source.fail_at = 5000;
	parts[2].source.failure = IMAPI_E_DATA_STREAM_READ_FAILURE;
	ck_assert(reads_well(stream, 32 * 2048, 5000));
	ck_assert_int_eq(fsi_stream_read_at(stream, 32 * 2048 + 4000, buffer, 1001, &got),
			 IMAPI_E_DATA_STREAM_READ_FAILURE);
	ck_assert_uint_eq(got, 77);
	/* It was closed then: what comes next is tried anew. */
	ck_assert_uint_eq(parts[2].source.destroyed, 1);
	parts[2].source.fails = false;
	ck_assert(reads_well(stream, 32 * 2048 + 4000, 5000));
	ck_assert_uint_eq(parts[2].opened, 2);
}
END_TEST

START_TEST(reading_needs_memory_to_open_only)
{
	uint8_t buffer[100];
	size_t got = 77;

	make_expected_image();
	fsi_memory_fail_after(0);
	ck_assert(reads_well(stream, 0, 32 * 2048));
	for (long n = 0; n < 2; n++) {
		fsi_memory_fail_after(n);
		ck_assert_int_eq(fsi_stream_read_at(stream, 32 * 2048, buffer, 100, &got),
				 E_OUTOFMEMORY);
		ck_assert_uint_eq(got, 77);
	}
	fsi_memory_fail_after(2);
	ck_assert(reads_well(stream, 32 * 2048, 100));
	fsi_memory_fail_after(0);
	ck_assert(reads_well(stream, 32 * 2048 + 100, 100));
}
END_TEST

START_TEST(a_stream_without_memory_holds_nothing)
{
	fsi_stream *made = NULL;

	for (long n = 0; n < 2; n++) {
		fsi_memory_fail_after(n);
		ck_assert_int_eq(
			fsi_image_stream_create(&layout, &held, hold, let_go, &made),
			E_OUTOFMEMORY);
		fsi_memory_fail_after(n);
		ck_assert_int_eq(fsi_stream_clone(stream, &made), E_OUTOFMEMORY);
		ck_assert_ptr_null(made);
		ck_assert_int_eq(held, 1);
	}
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_reading_case(void)
{
	TCase *tcase = tcase_create("reading");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_whole_image_reads_as_its_regions_say);
	tcase_add_loop_test(tcase, pieces_of_any_size_make_the_same_image, 0, 8);
	tcase_add_loop_test(tcase, any_range_reads_the_same_as_in_sequence, 0, 3);
	tcase_add_test(tcase, what_is_read_at_random_stays_open);
	tcase_add_loop_test(tcase, at_most_64_contents_stay_open, 0, 3);
	tcase_add_test(tcase, behind_the_end_there_is_nothing);
	tcase_add_test(tcase, the_largest_image_of_all_can_be_read);
	tcase_add_test(tcase, an_image_without_regions_is_zero);
	tcase_add_loop_test(tcase, threads_read_the_same_image, 0, 2);
	tcase_add_test(tcase, a_clone_keeps_the_image_too);
	return tcase;
}

static TCase *make_failure_case(void)
{
	TCase *tcase = tcase_create("failures");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_block_that_cannot_be_rendered_is_an_error);
	tcase_add_test(tcase, content_that_cannot_be_opened_is_an_error);
	tcase_add_test(tcase, content_that_cannot_be_read_is_an_error);
	tcase_add_test(tcase, reading_needs_memory_to_open_only);
	tcase_add_test(tcase, a_stream_without_memory_holds_nothing);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("layout: stream");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_reading_case());
	suite_add_tcase(suite, make_failure_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
