/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stash: what goes in comes out, as long as the file is as it was written. */
#include "base/memory.h"
#include "tests/support/api.h"
#include "tests/support/stash_fixture.h"
#include "tests/support/streams.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fsi_stash *stash;

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "one");
	scratch_folder(&api_folder, "other");
	ck_assert_int_eq(fsi_stash_create(api_host("one"), &stash), S_OK);
}

static void tear_down(void)
{
	fsi_stash_release(stash);
	ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
	api_end_folder();
}

/* ---- what comes out ---------------------------------------------------- */

static const uint64_t sizes[] = {
	0,	   1,	      2048,	     CHUNK - 1, CHUNK,
	CHUNK + 1, 2 * CHUNK, 5 * CHUNK - 1, 5 * CHUNK, 5 * CHUNK + 1,
};

#define SIZES (int)(sizeof(sizes) / sizeof(sizes[0]))

START_TEST(data_of_any_size_comes_out_as_it_went_in)
{
	const struct fsi_stash_item *before = stash_add(stash, 3, 7);
	const struct fsi_stash_item *item = stash_add(stash, sizes[_i], 1000);
	const struct fsi_stash_item *behind = stash_add(stash, CHUNK + 2, 99);

	stash_assert_data(item, sizes[_i], 1000);
	stash_assert_data(before, 3, 7);
	stash_assert_data(behind, CHUNK + 2, 99);
	ck_assert_uint_eq(stash_file_size(api_folder.path), sizes[_i] + CHUNK + 5);
}
END_TEST

START_TEST(nothing_has_a_name_and_nothing_is_made_before_it_is_needed)
{
	ck_assert_str_eq(fsi_stash_directory(stash), api_host("one"));
	ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
	stash_add(stash, 10, 0);
	ck_assert_uint_eq(stash_count_files(api_host("one")), 1);
	ck_assert_str_eq(scratch_list(&api_folder, "one"), "");
}
END_TEST

/* Holes from none to a whole item, at and beside the limits of chunks. */
static const struct {
	struct stash_part parts[5];
	size_t count;
	uint64_t room; /* in the file */
	size_t holes;
} sparse[] = {
	{{{true, 1}}, 1, 0, 1},
	{{{true, CHUNK - 1}}, 1, 0, 1},
	{{{true, CHUNK}}, 1, 0, 1},
	{{{true, 3 * CHUNK + 1}}, 1, 0, 1},
	{{{true, CHUNK}, {false, 1}}, 2, 1, 1},
	{{{true, CHUNK - 1}, {false, 1}}, 2, CHUNK, 1},
	{{{true, CHUNK + 1}, {false, 1}}, 2, 2, 1},
	{{{false, 1}, {true, CHUNK}}, 2, CHUNK, 1},
	{{{false, 1}, {true, CHUNK - 1}}, 2, CHUNK, 1},
	{{{false, 1}, {true, CHUNK - 2}}, 2, CHUNK - 1, 1},
	{{{false, CHUNK}, {true, CHUNK}, {false, CHUNK}}, 3, 2 * CHUNK, 1},
	{{{false, CHUNK}, {true, 1}, {true, CHUNK - 1}, {false, 5}}, 4, CHUNK + 5, 1},
	{{{true, 7 * CHUNK}, {false, 9}, {true, 9 * CHUNK}, {false, 1}, {true, 2}},
	 5,
	 CHUNK + 12,
	 3},
	{{{false, 2}, {true, 0}, {false, 2}}, 3, 4, 0},
};

#define SPARSE (int)(sizeof(sparse) / sizeof(sparse[0]))

START_TEST(holes_read_as_zeros_and_take_no_room)
{
	const struct fsi_stash_item *item = NULL;
	const struct fsi_stash_item *behind = NULL;
	size_t holes = 0;

	ck_assert_int_eq(stash_try(stash, sparse[_i].parts, sparse[_i].count, 5, &item),
			 S_OK);
	behind = stash_add(stash, CHUNK + 1, 77);
	stash_assert_item(item, sparse[_i].parts, sparse[_i].count, 5);
	stash_assert_data(behind, CHUNK + 1, 77);
	ck_assert_uint_eq(stash_file_size(api_folder.path), sparse[_i].room + CHUNK + 1);
	(void)fsi_stash_item_holes(item, &holes);
	ck_assert_uint_eq(holes, sparse[_i].holes);
}
END_TEST

START_TEST(a_stream_of_an_item_tells_where_its_holes_are)
{
	static const struct stash_part parts[] = {
		{true, 10}, {false, 20}, {true, 4 * CHUNK}, {false, 1}};
	const uint64_t end = 4 * CHUNK + 30;
	const struct fsi_stash_item *item = NULL;
	const struct fsi_stash_hole *holes = NULL;
	size_t count = 0;
	fsi_stream *stream = NULL;
	static const uint64_t asked[][2] = {
		{0, 10},
		{9, 1},
		{10, 0},
		{29, 0},
		{30, 4 * CHUNK},
		{31, 4 * CHUNK - 1},
		{4 * CHUNK + 29, 1},
		{4 * CHUNK + 30, 0},
		{4 * CHUNK + 31, 0},
		{UINT64_MAX, 0},
	};

	ck_assert_int_eq(stash_try(stash, parts, 4, 0, &item), S_OK);
	holes = fsi_stash_item_holes(item, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(holes[1].offset, 30);
	ck_assert_uint_eq(holes[1].offset + holes[1].size, end);
	ck_assert_int_eq(fsi_stash_open(item, "name", &stream), S_OK);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		uint64_t zeros = 99;

		ASSERT_OK(fsi_stream_count_zeros_at(stream, asked[i][0], &zeros));
		ck_assert_uint_eq(zeros, asked[i][1]);
	}
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_large_hole_costs_nothing)
{
	const struct stash_part parts[] = {
		{false, 1}, {true, UINT64_C(1) << 62}, {false, 1}};
	const struct fsi_stash_item *item = NULL;
	fsi_stream *stream = NULL;
	uint8_t byte = 9;

	ck_assert_int_eq(stash_try(stash, parts, 3, 0, &item), S_OK);
	ck_assert_int_eq(fsi_stash_open(item, "name", &stream), S_OK);
	ASSERT_OK(fsi_stream_read_at(stream, UINT64_C(1) << 62, &byte, 1, NULL));
	ck_assert_uint_eq(byte, 0);
	ASSERT_OK(fsi_stream_read_at(stream, (UINT64_C(1) << 62) + 1, &byte, 1, NULL));
	ck_assert_uint_eq(byte, test_stream_byte((UINT64_C(1) << 62) + 1));
	fsi_stream_release(stream);
}
END_TEST

START_TEST(an_item_has_less_bytes_than_can_be_counted)
{
	static const struct stash_part parts[] = {{false, 2}, {true, UINT64_MAX - 1}};
	const struct fsi_stash_item *item = NULL;

	ck_assert_int_eq(stash_try(stash, parts, 2, 0, &item),
			 IMAPI_E_STASHFILE_WRITE_FAILURE);
	ck_assert_ptr_null(item);
	ck_assert_uint_eq(stash_file_size(api_folder.path), 0);
}
END_TEST

START_TEST(the_owner_is_the_callers)
{
	struct fsi_stash_writer *writer = NULL;
	const struct fsi_stash_item *item = NULL;

	ck_assert_int_eq(fsi_stash_begin(stash, 0, &writer), S_OK);
	ck_assert_int_eq(fsi_stash_finish(writer, &writer, &item), S_OK);
	ck_assert_ptr_eq(fsi_stash_item_owner(item), &writer);
	ck_assert_uint_eq(fsi_stash_item_size(item), 0);
	stash_assert_data(item, 0, 0);
}
END_TEST

/* ---- a file that was changed ------------------------------------------- */

static HRESULT read_byte(const struct fsi_stash_item *item, uint64_t offset)
{
	fsi_stream *stream = NULL;
	uint8_t byte = 0;
	HRESULT hr = fsi_stash_open(item, "\\dir\\file", &stream);

	ck_assert_int_eq(hr, S_OK);
	hr = fsi_stream_read_at(stream, offset, &byte, 1, NULL);
	fsi_stream_release(stream);
	return hr;
}

/* Which chunks of three a change of one byte is noticed in. */
START_TEST(a_changed_byte_is_noticed_in_its_chunk)
{
	static const uint64_t places[] = {0, CHUNK - 1, CHUNK, 2 * CHUNK, 2 * CHUNK + 9};
	const struct fsi_stash_item *item = stash_add(stash, 2 * CHUNK + 10, 0);
	const char byte = (char)~test_stream_byte(places[_i]);

	ck_assert_int_eq(
		pwrite(stash_descriptor(api_folder.path), &byte, 1, (off_t)places[_i]),
		1);
	for (uint64_t at = 0; at < 2 * CHUNK + 10; at += CHUNK) {
		if (at / CHUNK != places[_i] / CHUNK) {
			ASSERT_OK(read_byte(item, at));
			continue;
		}
		ASSERT_FAILS(read_byte(item, at), IMAPI_E_STASHFILE_READ_FAILURE, "data");
		ASSERT_SAYS(
			"The data stash file could not be read back. Its content is "
			"not what was written. It holds the data of \"\\dir\\file\".");
	}
}
END_TEST

START_TEST(a_file_that_was_cut_is_noticed)
{
	const struct fsi_stash_item *item = stash_add(stash, CHUNK + 10, 0);

	ck_assert_int_eq(ftruncate(stash_descriptor(api_folder.path), CHUNK + 9), 0);
	ASSERT_OK(read_byte(item, CHUNK - 1));
	ASSERT_FAILS(read_byte(item, CHUNK), IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ASSERT_SAYS("It is shorter than it was.");
	/* Zeros in its place are not what was there, and no hole. */
	ck_assert_int_eq(ftruncate(stash_descriptor(api_folder.path), CHUNK + 10), 0);
	ASSERT_FAILS(read_byte(item, CHUNK), IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ASSERT_SAYS("Its content is not what was written.");
}
END_TEST

START_TEST(a_file_without_positions_is_told)
{
	const struct fsi_stash_item *item = stash_add(stash, 10, 0);
	const int file = stash_descriptor(api_folder.path);
	const struct fsi_stash_item *next = NULL;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[0], file), file);
	ASSERT_FAILS(read_byte(item, 0), IMAPI_E_STASHFILE_SEEK_FAILURE, "data");
	ASSERT_SAYS("The data stash file does not let its position be set. It holds the "
		    "data of \"\\dir\\file\".");
	ck_assert_int_eq(dup2(ends[1], file), file);
	ASSERT_FAILS(stash_try(stash, &(const struct stash_part){.size = 1}, 1, 0, &next),
		     IMAPI_E_STASHFILE_SEEK_FAILURE, "data");
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(a_file_that_can_not_be_read_is_told)
{
	const struct fsi_stash_item *item = stash_add(stash, 10, 0);
	const int file = stash_descriptor(api_folder.path);
	const int other = open(api_host("one"), O_RDONLY | O_DIRECTORY);

	ck_assert_int_eq(dup2(other, file), file);
	ASSERT_FAILS(read_byte(item, 0), IMAPI_E_STASHFILE_READ_FAILURE, "data");
	ASSERT_SAYS("The system reports: Is a directory.");
	close(other);
}
END_TEST

/* ---- giving room back -------------------------------------------------- */

START_TEST(an_abandoned_item_leaves_no_room)
{
	const struct fsi_stash_item *item = stash_add(stash, CHUNK, 1);
	struct fsi_stash_writer *writer = NULL;
	size_t room = 0;

	ck_assert_int_eq(fsi_stash_begin(stash, 0, &writer), S_OK);
	for (int i = 0; i < 3; i++) {
		memset(fsi_stash_buffer(writer, &room), 'x', CHUNK);
		ck_assert_uint_eq(room, CHUNK);
		ck_assert_int_eq(fsi_stash_advance(writer, room), S_OK);
	}
	ck_assert_uint_eq(stash_file_size(api_folder.path), 4 * CHUNK);
	fsi_stash_abandon(writer);
	fsi_stash_abandon(NULL);
	ck_assert_uint_eq(stash_file_size(api_folder.path), CHUNK);
	stash_assert_data(item, CHUNK, 1);
}
END_TEST

START_TEST(the_last_item_gives_its_room_back)
{
	const struct fsi_stash_item *first = stash_add(stash, 100, 1);
	const struct fsi_stash_item *second = stash_add(stash, 200, 2);
	const struct fsi_stash_item *third = stash_add(stash, 300, 3);

	/* In the middle there is nothing to be cut. */
	fsi_stash_give_back(second);
	fsi_stash_trim(stash);
	ck_assert_uint_eq(stash_file_size(api_folder.path), 600);
	stash_assert_data(second, 200, 2);
	fsi_stash_give_back(third);
	fsi_stash_give_back(second);
	fsi_stash_trim(stash);
	ck_assert_uint_eq(stash_file_size(api_folder.path), 100);
	stash_assert_data(first, 100, 1);
	ASSERT_FAILS(read_byte(third, 0), IMAPI_E_STASHFILE_READ_FAILURE, "data");
	third = stash_add(stash, 50, 4);
	stash_assert_data(third, 50, 4);
	ck_assert_uint_eq(stash_file_size(api_folder.path), 150);
}
END_TEST

START_TEST(what_was_given_back_can_be_taken_back_before_it_is_cut)
{
	const struct fsi_stash_item *first = stash_add(stash, 100, 1);
	const struct fsi_stash_item *second = stash_add(stash, 200, 2);

	fsi_stash_give_back(second);
	fsi_stash_give_back(first);
	fsi_stash_take_back(first);
	fsi_stash_take_back(second);
	fsi_stash_trim(stash);
	ck_assert_uint_eq(stash_file_size(api_folder.path), 300);
	stash_assert_data(first, 100, 1);
	stash_assert_data(second, 200, 2);
}
END_TEST

START_TEST(trimming_needs_no_file)
{
	fsi_stash_trim(NULL);
	fsi_stash_trim(stash);
	fsi_stash_release(NULL);
	ck_assert_ptr_null(fsi_stash_add_ref(NULL));
	ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
}
END_TEST

/* ---- moving ------------------------------------------------------------ */

START_TEST(what_is_moved_is_as_it_was)
{
	const struct fsi_stash_item *large = stash_add(stash, 40 * CHUNK + 1, 1);
	const struct fsi_stash_item *small = stash_add(stash, 9, 2);

	ck_assert_int_eq(fsi_stash_move(stash, api_host("other")), S_OK);
	ck_assert_str_eq(fsi_stash_directory(stash), api_host("other"));
	ck_assert_uint_eq(stash_count_files(api_host("one")), 0);
	ck_assert_uint_eq(stash_count_files(api_host("other")), 1);
	stash_assert_data(large, 40 * CHUNK + 1, 1);
	stash_assert_data(small, 9, 2);
	stash_assert_data(stash_add(stash, CHUNK, 3), CHUNK, 3);
	ck_assert_str_eq(scratch_list(&api_folder, "other"), "");
}
END_TEST

START_TEST(an_empty_stash_moves_without_a_file)
{
	stash_add(stash, 0, 0);
	ck_assert_int_eq(fsi_stash_move(stash, api_host("other")), S_OK);
	ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
	stash_add(stash, 1, 0);
	ck_assert_uint_eq(stash_count_files(api_host("other")), 1);
	/* Where it is already, it stays. */
	ck_assert_int_eq(fsi_stash_move(stash, api_host("other")), S_OK);
	ck_assert_uint_eq(stash_count_files(api_host("other")), 1);
}
END_TEST

START_TEST(an_open_stream_survives_the_move_and_the_stash)
{
	const struct fsi_stash_item *item = stash_add(stash, 100, 1);
	fsi_stream *stream = NULL;
	uint8_t bytes[100];

	ck_assert_int_eq(fsi_stash_open(item, "name", &stream), S_OK);
	ck_assert_int_eq(fsi_stash_move(stash, api_host("other")), S_OK);
	ck_assert_uint_eq(stash_count_files(api_folder.path), 2);
	fsi_stash_release(stash);
	stash = NULL;
	ASSERT_OK(fsi_stream_read_at(stream, 0, bytes, 100, NULL));
	for (size_t i = 0; i < 100; i++)
		bytes[i] ^= test_stream_byte(1 + i);
	ck_assert(bytes[0] == 0 && memcmp(bytes, bytes + 1, 99) == 0);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_torn_stash_is_not_moved)
{
	const struct fsi_stash_item *item = stash_add(stash, 100, 1);

	ck_assert_int_eq(ftruncate(stash_descriptor(api_folder.path), 99), 0);
	ASSERT_FAILS(fsi_stash_move(stash, api_host("other")), IMAPI_E_STASHFILE_MOVE,
		     api_host("other"));
	ck_assert_str_eq(fsi_stash_directory(stash), api_host("one"));
	ck_assert_uint_eq(stash_count_files(api_host("other")), 0);
	ck_assert_int_eq(ftruncate(stash_descriptor(api_folder.path), 100), 0);
	ASSERT_FAILS(read_byte(item, 0), IMAPI_E_STASHFILE_READ_FAILURE, "data");
}
END_TEST

/* ---- several readers --------------------------------------------------- */

#define READERS	    4
#define SHARED_SIZE (20 * CHUNK + 123)

static void *read_all_over(void *argument)
{
	fsi_stream *stream = argument;
	uint8_t *bytes = malloc(2 * CHUNK);
	uint64_t state = (uint64_t)(uintptr_t)&bytes;
	uintptr_t wrong = 0;

	for (int i = 0; i < 200; i++) {
		const uint64_t at = api_random(&state, (uint32_t)SHARED_SIZE);
		const size_t length = api_random(&state, 2 * CHUNK);
		size_t got = 0;

		if (FAILED(fsi_stream_read_at(stream, at, bytes, length, &got)))
			wrong++;
		for (size_t b = 0; b < got; b++)
			wrong += bytes[b] != test_stream_byte(at + b);
	}
	free(bytes);
	return (void *)wrong;
}

START_TEST(several_threads_read_while_one_adds_and_moves)
{
	const struct fsi_stash_item *item = stash_add(stash, SHARED_SIZE, 0);
	fsi_stream *streams[READERS];
	pthread_t threads[READERS];
	void *wrong = NULL;

	for (int i = 0; i < READERS; i++)
		ck_assert_int_eq(fsi_stash_open(item, "name", &streams[i]), S_OK);
	for (int i = 0; i < READERS; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, read_all_over, streams[i / 2]),
			0);
	for (int i = 0; i < 50; i++)
		stash_add(stash, (uint64_t)i * 1000, 1);
	ck_assert_int_eq(fsi_stash_move(stash, api_host("other")), S_OK);
	for (int i = 0; i < READERS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
	for (int i = 0; i < READERS; i++)
		fsi_stream_release(streams[i]);
	stash_assert_data(item, SHARED_SIZE, 0);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

static HRESULT use_memory(void)
{
	static const struct stash_part parts[] = {
		{false, 10}, {true, 3 * CHUNK}, {false, 12 * CHUNK}, {true, 1}};
	struct fsi_stash *made = NULL;
	const struct fsi_stash_item *item = NULL;
	fsi_stream *stream = NULL;
	uint8_t byte = 0;
	HRESULT hr = fsi_stash_create(api_host("one"), &made);

	if (SUCCEEDED(hr))
		hr = stash_try(made, parts, 4, 0, &item);
	if (SUCCEEDED(hr))
		hr = fsi_stash_move(made, api_host("other"));
	if (SUCCEEDED(hr))
		hr = fsi_stash_open(item, "name", &stream);
	if (SUCCEEDED(hr))
		hr = fsi_stream_read_at(stream, 1, &byte, 1, NULL);
	fsi_stream_release(stream);
	fsi_stash_release(made);
	return hr;
}

START_TEST(running_out_of_memory_is_told_and_leaves_nothing)
{
	HRESULT hr = E_OUTOFMEMORY;
	long allocations = 0;

	for (; hr == E_OUTOFMEMORY; allocations++) {
		fsi_memory_fail_after(allocations);
		hr = use_memory();
		fsi_memory_fail_after(-1);
		ck_assert_uint_eq(stash_count_files(api_folder.path), 0);
	}
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(allocations, 10);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	return tcase;
}

static TCase *make_content_case(void)
{
	TCase *tcase = make_case("content");

	tcase_add_loop_test(tcase, data_of_any_size_comes_out_as_it_went_in, 0, SIZES);
	tcase_add_test(tcase, nothing_has_a_name_and_nothing_is_made_before_it_is_needed);
	tcase_add_loop_test(tcase, holes_read_as_zeros_and_take_no_room, 0, SPARSE);
	tcase_add_test(tcase, a_stream_of_an_item_tells_where_its_holes_are);
	tcase_add_test(tcase, a_large_hole_costs_nothing);
	tcase_add_test(tcase, an_item_has_less_bytes_than_can_be_counted);
	tcase_add_test(tcase, the_owner_is_the_callers);
	tcase_add_loop_test(tcase, a_changed_byte_is_noticed_in_its_chunk, 0, 5);
	tcase_add_test(tcase, a_file_that_was_cut_is_noticed);
	tcase_add_test(tcase, a_file_without_positions_is_told);
	tcase_add_test(tcase, a_file_that_can_not_be_read_is_told);
	return tcase;
}

static TCase *make_room_case(void)
{
	TCase *tcase = make_case("room");

	tcase_add_test(tcase, an_abandoned_item_leaves_no_room);
	tcase_add_test(tcase, the_last_item_gives_its_room_back);
	tcase_add_test(tcase, what_was_given_back_can_be_taken_back_before_it_is_cut);
	tcase_add_test(tcase, trimming_needs_no_file);
	tcase_add_test(tcase, what_is_moved_is_as_it_was);
	tcase_add_test(tcase, an_empty_stash_moves_without_a_file);
	tcase_add_test(tcase, an_open_stream_survives_the_move_and_the_stash);
	tcase_add_test(tcase, a_torn_stash_is_not_moved);
	tcase_add_test(tcase, several_threads_read_while_one_adds_and_moves);
	tcase_add_test(tcase, running_out_of_memory_is_told_and_leaves_nothing);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("stash");

	suite_add_tcase(suite, make_content_case());
	suite_add_tcase(suite, make_room_case());
	return api_run(suite);
}
