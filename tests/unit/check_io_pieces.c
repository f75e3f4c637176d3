/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading ahead: in order, whatever reads what; the first failure of the stream. */
#include "io/pieces.h"

#include "base/memory.h"
#include "error/fail.h"
#include "io/pace.h"
#include "tests/support/streams.h"

#include <check.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define SIZE (9 * (uint64_t)FSI_PIECE_SIZE + 12345)

/* A stream of which parts are slow, zeros or can't be read. Read from many threads. */
struct odd_stream {
	uint64_t size;
	uint64_t zeros_from;
	uint64_t zeros_to;
	uint64_t bad_from; /* all from here on, told with the offset; 0: none */
	atomic_uint reads;
};

static HRESULT read_odd(void *self, uint64_t offset, void *buffer, size_t length,
			size_t *ret_read)
{
	struct odd_stream *odd = self;
	const uint64_t left = offset < odd->size ? odd->size - offset : 0;
	uint8_t *bytes = buffer;

	/* Later pieces come sooner than those before them. */
	usleep(odd->reads++ % 3 == 0 ? 20000 : 0);
	if (odd->bad_from > 0 && offset >= odd->bad_from)
		return FSI_FAIL(IMAPI_E_IMPORT_SEEK_FAILURE, (int64_t)offset);
	if (length > left)
		length = (size_t)left;
	for (size_t i = 0; i < length; i++) {
		const uint64_t at = offset + i;

		bytes[i] = at >= odd->zeros_from && at < odd->zeros_to
				   ? 0
				   : test_stream_byte(at);
	}
	*ret_read = length;
	return S_OK;
}

static HRESULT measure_odd(void *self, uint64_t *ret_size)
{
	const struct odd_stream *odd = self;

	*ret_size = odd->size;
	return S_OK;
}

static HRESULT count_odd_zeros(void *self, uint64_t offset, uint64_t *ret_count)
{
	const struct odd_stream *odd = self;

	*ret_count = offset >= odd->zeros_from && offset < odd->zeros_to
			     ? odd->zeros_to - offset
			     : 0;
	return S_OK;
}

static const struct fsi_stream_ops odd_ops = {
	.size = sizeof(odd_ops),
	.read_at = read_odd,
	.get_size = measure_odd,
	.count_zeros = count_odd_zeros,
};

static struct odd_stream odd;
static fsi_stream *stream;
static struct fsi_pieces *pieces;

static void set_up(void)
{
	odd = (struct odd_stream){.size = SIZE};
	pieces = NULL;
	ck_assert_int_eq(fsi_stream_create(&odd_ops, &odd, &stream), S_OK);
}

static void tear_down(void)
{
	fsi_pieces_destroy(pieces);
	fsi_stream_release(stream);
}

static const unsigned thread_counts[] = {0, 1, 2, 5, 16, 100};
#define THREAD_CASES (int)(sizeof(thread_counts) / sizeof(thread_counts[0]))

static void begin(unsigned threads)
{
	ck_assert_int_eq(fsi_pieces_create(stream, odd.size, threads, NULL, &pieces),
			 S_OK);
}

/* All pieces: the sum of their lengths, up to the first failure. */
static uint64_t take_all(HRESULT expected)
{
	uint64_t offset = 0;
	struct fsi_piece piece;
	HRESULT hr = S_OK;

	while ((hr = fsi_pieces_next(pieces, &piece)) == S_OK) {
		for (uint64_t i = 0; piece.bytes != NULL && i < piece.length; i++) {
			const uint64_t at = offset + i;
			const bool zero = at >= odd.zeros_from && at < odd.zeros_to;

			if (piece.bytes[i] != (zero ? 0 : test_stream_byte(at)))
				ck_abort_msg("the byte at %llu is wrong",
					     (unsigned long long)at);
		}
		offset += piece.length;
	}
	ck_assert_int_eq(hr, expected);
	return offset;
}

START_TEST(pieces_come_in_order)
{
	begin(thread_counts[_i]);
	ck_assert_uint_eq(take_all(S_FALSE), SIZE);
	ck_assert_int_eq(fsi_pieces_next(pieces, &(struct fsi_piece){0}), S_FALSE);
	ck_assert_uint_eq(odd.reads, 10);
}
END_TEST

START_TEST(a_stream_without_bytes_has_no_piece)
{
	odd.size = 0;
	begin(thread_counts[_i]);
	ck_assert(fsi_pieces_wait(pieces, 0));
	ck_assert_uint_eq(take_all(S_FALSE), 0);
}
END_TEST

START_TEST(a_hole_is_not_read)
{
	odd.size = 1000 * SIZE;
	odd.zeros_from = 2 * (uint64_t)FSI_PIECE_SIZE;
	odd.zeros_to = odd.size - 100;
	begin(thread_counts[_i]);
	ck_assert_uint_eq(take_all(S_FALSE), odd.size);
	ck_assert_uint_le(odd.reads, 4);
}
END_TEST

START_TEST(a_hole_that_is_a_part_of_a_piece_is_read)
{
	odd.zeros_from = 100;
	odd.zeros_to = FSI_PIECE_SIZE - 1;
	begin(thread_counts[_i]);
	ck_assert_uint_eq(take_all(S_FALSE), SIZE);
}
END_TEST

START_TEST(the_first_failure_of_the_stream_is_told)
{
	struct fsi_insert insert;

	odd.bad_from = 3 * (uint64_t)FSI_PIECE_SIZE;
	begin(thread_counts[_i]);
	ck_assert_uint_eq(take_all(IMAPI_E_IMPORT_SEEK_FAILURE), odd.bad_from);
	ck_assert_int_eq(fsi_error_get_code(), IMAPI_E_IMPORT_SEEK_FAILURE);
	ck_assert_int_eq(fsi_error_get_insert(0, &insert), S_OK);
	ck_assert_int_eq(insert.number, (int64_t)odd.bad_from);
}
END_TEST

START_TEST(a_stream_that_ends_too_early_is_an_error)
{
	ck_assert_int_eq(
		fsi_pieces_create(stream, SIZE + 1, thread_counts[_i], NULL, &pieces),
		S_OK);
	ck_assert_uint_eq(take_all(E_UNEXPECTED), SIZE - 12345);
}
END_TEST

START_TEST(who_stops_waits_for_no_more_than_what_is_being_read)
{
	struct fsi_piece piece;

	begin(thread_counts[_i]);
	ck_assert_int_eq(fsi_pieces_next(pieces, &piece), S_OK);
	fsi_pieces_destroy(pieces);
	pieces = NULL;
}
END_TEST

/* What is lent stays as it is however long the others read. */
START_TEST(a_piece_is_good_until_the_next_call)
{
	struct fsi_piece piece;

	begin(thread_counts[_i]);
	ck_assert_int_eq(fsi_pieces_next(pieces, &piece), S_OK);
	usleep(100000);
	for (uint64_t i = 0; i < piece.length; i++)
		ck_assert_msg(piece.bytes[i] == test_stream_byte(i), "changed");
}
END_TEST

START_TEST(without_memory_nothing_is_left_behind)
{
	for (int n = 0;; n++) {
		HRESULT hr = S_OK;

		fsi_memory_fail_after(n);
		hr = fsi_pieces_create(stream, SIZE, thread_counts[_i], NULL, &pieces);
		fsi_memory_fail_after(-1);
		if (SUCCEEDED(hr))
			break;
		ck_assert_int_eq(hr, E_OUTOFMEMORY);
	}
	ck_assert_uint_eq(take_all(S_FALSE), SIZE);
}
END_TEST

/* ---- how often it is told ---------------------------------------------- */

START_TEST(nobody_is_told_more_than_twenty_times_a_second)
{
	const uint64_t begin = UINT64_C(86400000);
	struct fsi_pace pace = {0};
	unsigned told = 0;

	ck_assert(fsi_pace_take(&pace, begin));
	ck_assert(!fsi_pace_take(&pace, begin));
	ck_assert(!fsi_pace_take(&pace, begin + 49));
	ck_assert(fsi_pace_take(&pace, begin + 50));
	ck_assert(!fsi_pace_take(&pace, begin + 51));
	ck_assert(fsi_pace_take(&pace, begin + 999));
	pace = (struct fsi_pace){0};
	for (uint64_t i = 0; i < 1000; i++)
		told += fsi_pace_take(&pace, begin + i);
	ck_assert_uint_eq(told, 20);
	/* The clock that is asked has begun long before. */
	pace = (struct fsi_pace){0};
	ck_assert(fsi_pace_is_due(&pace));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("io: pieces");
	TCase *all = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	tcase_add_checked_fixture(all, set_up, tear_down);
	tcase_set_timeout(all, 60);
	tcase_add_loop_test(all, pieces_come_in_order, 0, THREAD_CASES);
	tcase_add_loop_test(all, a_stream_without_bytes_has_no_piece, 0, THREAD_CASES);
	tcase_add_loop_test(all, a_hole_is_not_read, 0, THREAD_CASES);
	tcase_add_loop_test(all, a_hole_that_is_a_part_of_a_piece_is_read, 0,
			    THREAD_CASES);
	tcase_add_loop_test(all, the_first_failure_of_the_stream_is_told, 0,
			    THREAD_CASES);
	tcase_add_loop_test(all, a_stream_that_ends_too_early_is_an_error, 0,
			    THREAD_CASES);
	tcase_add_loop_test(all, who_stops_waits_for_no_more_than_what_is_being_read, 0,
			    THREAD_CASES);
	tcase_add_loop_test(all, a_piece_is_good_until_the_next_call, 0, THREAD_CASES);
	tcase_add_loop_test(all, without_memory_nothing_is_left_behind, 0, THREAD_CASES);
	tcase_add_test(all, nobody_is_told_more_than_twenty_times_a_second);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
