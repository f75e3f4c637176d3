/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers on a disc, checksums, checked sums, memory, arenas, vectors. */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/checked.h"
#include "base/crc.h"
#include "base/vector.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Let all allocations succeed again, whatever a test has set. */
static void tear_down(void)
{
	fsi_memory_fail_after(-1);
}

/* ---- bytes ------------------------------------------------------------- */

START_TEST(numbers_are_stored_byte_by_byte)
{
	uint8_t one[1], two[2], four[4], eight[8];

	fsi_put_u8(&one, 0xA5);
	ck_assert_mem_eq(one, "\xA5", 1);
	fsi_put_le16(&two, 0x1234);
	ck_assert_mem_eq(two, "\x34\x12", 2);
	fsi_put_be16(&two, 0x1234);
	ck_assert_mem_eq(two, "\x12\x34", 2);
	fsi_put_both16(&four, 0x1234);
	ck_assert_mem_eq(four, "\x34\x12\x12\x34", 4);
	fsi_put_le32(&four, 0x12345678);
	ck_assert_mem_eq(four, "\x78\x56\x34\x12", 4);
	fsi_put_be32(&four, 0x12345678);
	ck_assert_mem_eq(four, "\x12\x34\x56\x78", 4);
	fsi_put_both32(&eight, 0x12345678);
	ck_assert_mem_eq(eight, "\x78\x56\x34\x12\x12\x34\x56\x78", 8);
	fsi_put_le64(&eight, UINT64_C(0x123456789ABCDEF0));
	ck_assert_mem_eq(eight, "\xF0\xDE\xBC\x9A\x78\x56\x34\x12", 8);
}
END_TEST

static const uint64_t numbers[] = {
	0,
	1,
	0x7F,
	0x80,
	0xFF,
	0x100,
	0x7FFF,
	0x8000,
	0xFFFF,
	0x10000,
	0x7FFFFFFF,
	0x80000000,
	0xFFFFFFFF,
	0x100000000,
	INT64_MAX,
	(uint64_t)INT64_MAX + 1,
	UINT64_MAX,
	UINT64_C(0x0102030405060708),
	UINT64_C(0xFFFEFDFCFBFAF9F8),
};
#define NUMBER_COUNT (int)(sizeof(numbers) / sizeof(numbers[0]))

/* They are read through a pointer to const, as of a record that is decoded. */
struct fields {
	uint8_t two[2], four[4], eight[8];
};

START_TEST(what_was_stored_is_read_back)
{
	const uint64_t number = numbers[_i];
	struct fields fields;
	const struct fields *stored = &fields;
	uint16_t short_half = 0;
	uint32_t half = 0;

	fsi_put_le16(&fields.two, (uint16_t)number);
	ck_assert_uint_eq(fsi_get_le16(&stored->two), (uint16_t)number);
	fsi_put_be16(&fields.two, (uint16_t)number);
	ck_assert_uint_eq(fsi_get_be16(&stored->two), (uint16_t)number);
	fsi_put_both16(&fields.four, (uint16_t)number);
	ck_assert(fsi_get_both16(&stored->four, &short_half));
	ck_assert_uint_eq(short_half, (uint16_t)number);
	fsi_put_le32(&fields.four, (uint32_t)number);
	ck_assert_uint_eq(fsi_get_le32(&stored->four), (uint32_t)number);
	fsi_put_be32(&fields.four, (uint32_t)number);
	ck_assert_uint_eq(fsi_get_be32(&stored->four), (uint32_t)number);
	fsi_put_both32(&fields.eight, (uint32_t)number);
	ck_assert(fsi_get_both32(&stored->eight, &half));
	ck_assert_uint_eq(half, (uint32_t)number);
	fsi_put_le64(&fields.eight, number);
	ck_assert_uint_eq(fsi_get_le64(&stored->eight), number);
}
END_TEST

START_TEST(halves_that_differ_in_any_bit_are_noticed)
{
	struct fields fields;
	const struct fields *stored = &fields;
	uint16_t short_half = 0;
	uint32_t half = 0;

	for (unsigned bit = 0; bit < 32; bit++) {
		fsi_put_both16(&fields.four, 0x1234);
		fields.four[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert(!fsi_get_both16(&stored->four, &short_half));
		ck_assert_uint_eq(short_half, bit < 16 ? 0x1234 ^ 1u << bit : 0x1234);
	}
	for (unsigned bit = 0; bit < 64; bit++) {
		fsi_put_both32(&fields.eight, 0x12345678);
		fields.eight[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert(!fsi_get_both32(&stored->eight, &half));
		ck_assert_uint_eq(half, bit < 32 ? 0x12345678 ^ UINT32_C(1) << bit
						 : 0x12345678);
	}
}
END_TEST

START_TEST(a_member_is_as_wide_as_its_positions_say)
{
	struct {
		uint8_t counted_from_1 BP(3, 6);
		uint8_t one_byte BP(7, 7);
		uint8_t counted_from_0 RBP(16, 12);
	} record;

	ck_assert_uint_eq(sizeof(record.counted_from_1), 4);
	ck_assert_uint_eq(sizeof(record.one_byte), 1);
	ck_assert_uint_eq(sizeof(record.counted_from_0), 12);
	ck_assert_uint_eq(sizeof(record), 17);
}
END_TEST

/* ---- CRC --------------------------------------------------------------- */

/* Bit by bit, as the polynomial x^16 + x^12 + x^5 + 1 is divided by. */
static uint16_t crc_by_bits(const uint8_t *bytes, size_t length)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < 8 * length; i++) {
		const unsigned bit = bytes[i / 8] >> (7 - i % 8) & 1;
		const unsigned top = crc >> 15;

		crc = (uint16_t)(crc << 1 ^ (top ^ bit ? 0x1021 : 0));
	}
	return crc;
}

START_TEST(a_crc_is_that_of_the_known_examples)
{
	static const uint8_t zeros[16];

	/* The example of ECMA-167 1/7.2.6, and the usual check value. */
	ck_assert_uint_eq(fsi_crc16((const uint8_t *)"\x70\x6A\x77", 3), 0x3299);
	ck_assert_uint_eq(fsi_crc16((const uint8_t *)"123456789", 9), 0x31C3);
	ck_assert_uint_eq(fsi_crc16(zeros, 0), 0);
	ck_assert_uint_eq(fsi_crc16(zeros, sizeof(zeros)), 0);
	ck_assert_uint_eq(fsi_crc16((const uint8_t *)"A", 1), 0x58E5);
}
END_TEST

START_TEST(a_crc_is_the_rest_of_a_division_of_polynomials)
{
	uint8_t bytes[512];

	for (unsigned i = 0; i < 256; i++) {
		bytes[0] = (uint8_t)i;
		ck_assert_uint_eq(fsi_crc16(bytes, 1), crc_by_bits(bytes, 1));
	}
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i + 7 * i + 3);
	for (size_t length = 0; length <= sizeof(bytes); length++)
		ck_assert_uint_eq(fsi_crc16(bytes, length), crc_by_bits(bytes, length));
}
END_TEST

/* ---- checked sums ------------------------------------------------------ */

START_TEST(sums_and_products_that_overflow_are_refused)
{
	uint32_t sum = 0;
	uint64_t long_sum = 0;

	ck_assert(fsi_add_u32(UINT32_MAX - 1, 1, &sum));
	ck_assert_uint_eq(sum, UINT32_MAX);
	ck_assert(!fsi_add_u32(UINT32_MAX, 1, &sum));
	ck_assert(!fsi_add_u32(UINT32_MAX, UINT32_MAX, &sum));
	ck_assert(fsi_add_u64(UINT64_MAX - 1, 1, &long_sum));
	ck_assert_uint_eq(long_sum, UINT64_MAX);
	ck_assert(!fsi_add_u64(UINT64_MAX, 1, &long_sum));
	ck_assert(
		fsi_multiply_u64(UINT64_C(0xFFFFFFFF), UINT64_C(0x100000001), &long_sum));
	ck_assert_uint_eq(long_sum, UINT64_MAX);
	ck_assert(!fsi_multiply_u64(UINT64_C(0x100000000), UINT64_C(0x100000000),
				    &long_sum));
	ck_assert(fsi_multiply_u64(UINT64_MAX, 0, &long_sum));
	ck_assert_uint_eq(long_sum, 0);
}
END_TEST

START_TEST(bytes_are_counted_in_whole_blocks)
{
	ck_assert_uint_eq(fsi_blocks_of(0), 0);
	ck_assert_uint_eq(fsi_blocks_of(1), 1);
	ck_assert_uint_eq(fsi_blocks_of(2047), 1);
	ck_assert_uint_eq(fsi_blocks_of(2048), 1);
	ck_assert_uint_eq(fsi_blocks_of(2049), 2);
	ck_assert_uint_eq(fsi_blocks_of(UINT64_MAX), UINT64_C(1) << 53);
	ck_assert_uint_eq(fsi_blocks_of(UINT64_MAX - 2047), (UINT64_C(1) << 53) - 1);
}
END_TEST

START_TEST(aligning_goes_up_to_the_next_multiple)
{
	ck_assert_uint_eq(fsi_align_u64(0, 16), 0);
	ck_assert_uint_eq(fsi_align_u64(1, 16), 16);
	ck_assert_uint_eq(fsi_align_u64(16, 16), 16);
	ck_assert_uint_eq(fsi_align_u64(17, 16), 32);
	ck_assert_uint_eq(fsi_align_u64(12345, 1), 12345);
	ck_assert_uint_eq(fsi_align_u64(UINT32_MAX, 32), UINT64_C(0x100000000));
	ck_assert_uint_eq(fsi_align_u64(UINT64_MAX - 15, 16), UINT64_MAX - 15);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

START_TEST(memory_of_no_size_is_memory_all_the_same)
{
	void *pieces[] = {
		fsi_allocate(0),
		fsi_allocate_zeroed(0, 8),
		fsi_allocate_zeroed(8, 0),
		fsi_reallocate(NULL, 0, 8),
		fsi_reallocate(fsi_allocate(4), 4, 0),
	};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		ck_assert_ptr_nonnull(pieces[i]);
		fsi_free(pieces[i]);
	}
	fsi_free(NULL);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
	const volatile size_t huge = SIZE_MAX;
	char *memory = fsi_allocate(4);

	memcpy(memory, "abc", 4);
	ck_assert_ptr_null(fsi_allocate_zeroed(huge / 2, 3));
	ck_assert_ptr_null(fsi_reallocate(memory, huge / 2, 3));
	ck_assert_ptr_null(fsi_duplicate_bytes(memory, huge));
	ck_assert_str_eq(memory, "abc");
	fsi_free(memory);
}
END_TEST

START_TEST(copies_have_a_nul_behind_them)
{
	char *text = fsi_duplicate_string("some text");
	char *bytes = fsi_duplicate_bytes("a\0b and more", 3);
	char *empty = fsi_duplicate_bytes("x", 0);

	ck_assert_str_eq(text, "some text");
	ck_assert_mem_eq(bytes, "a\0b", 4);
	ck_assert_str_eq(empty, "");
	fsi_free(text);
	fsi_free(bytes);
	fsi_free(empty);
}
END_TEST

START_TEST(allocations_fail_from_the_chosen_one_on)
{
	void *memory = NULL;

	fsi_memory_fail_after(2);
	memory = fsi_reallocate(fsi_allocate(1), 2, 1);
	ck_assert_ptr_nonnull(memory);
	ck_assert_ptr_null(fsi_allocate(1));
	ck_assert_ptr_null(fsi_allocate_zeroed(1, 1));
	ck_assert_ptr_null(fsi_reallocate(memory, 4, 1));
	ck_assert_ptr_null(fsi_duplicate_string(""));
	ck_assert_ptr_null(fsi_duplicate_bytes("", 0));
	fsi_free(memory);
	fsi_memory_fail_after(-1);
	memory = fsi_allocate(1);
	ck_assert_ptr_nonnull(memory);
	fsi_free(memory);
}
END_TEST

static void *allocate_in_thread(void *context)
{
	(void)context;
	return fsi_allocate(1);
}

START_TEST(allocations_of_other_threads_do_not_fail)
{
	pthread_t thread;
	void *memory = NULL;

	fsi_memory_fail_after(0);
	ck_assert_int_eq(pthread_create(&thread, NULL, allocate_in_thread, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &memory), 0);
	ck_assert_ptr_nonnull(memory);
	fsi_free(memory);
}
END_TEST

/* ---- arenas ------------------------------------------------------------ */

/* Small ones, ones around a quarter of a chunk, and ones beyond a whole chunk. */
static const size_t piece_sizes[] = {1,	    2,	   3,	  7,	 8,	9,     40,   200,
				     16383, 16384, 16385, 65535, 65536, 65537, 99999};
#define PIECE_SIZE_COUNT (sizeof(piece_sizes) / sizeof(piece_sizes[0]))
#define PIECE_COUNT	 600

static size_t piece_size(unsigned i)
{
	return piece_sizes[i * 7 % PIECE_SIZE_COUNT];
}

static bool is_filled_with(const uint8_t *bytes, size_t size, uint8_t value)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != value)
			return false;
	}
	return true;
}

START_TEST(pieces_of_an_arena_are_zeroed_aligned_and_apart)
{
	struct fsi_arena arena = {.chunks = NULL};
	uint8_t *pieces[PIECE_COUNT];

	for (unsigned i = 0; i < PIECE_COUNT; i++) {
		const size_t size = piece_size(i);

		/* Text in between, which needs no alignment and destroys it. */
		if (i % 3 == 0)
			ck_assert_str_eq(fsi_arena_copy(&arena, "a\0b", 1), "a");
		pieces[i] = fsi_arena_allocate(&arena, size);
		ck_assert_ptr_nonnull(pieces[i]);
		ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(uint64_t), 0);
		ck_assert(is_filled_with(pieces[i], size, 0));
		memset(pieces[i], (int)(i % 255 + 1), size);
	}
	for (unsigned i = 0; i < PIECE_COUNT; i++)
		ck_assert(
			is_filled_with(pieces[i], piece_size(i), (uint8_t)(i % 255 + 1)));
	fsi_arena_free(&arena);
}
END_TEST

START_TEST(an_arena_packs_small_pieces_into_few_chunks)
{
	struct fsi_arena arena = {.chunks = NULL};

	/* 64 KiB for each chunk: 100 of them for this. */
	fsi_memory_fail_after(100);
	for (unsigned i = 0; i < 100 * 65536 / 16; i++)
		ck_assert_ptr_nonnull(fsi_arena_copy(&arena, "0123456789abcde", 15));
	ck_assert_ptr_null(fsi_arena_copy(&arena, "", 0));
	fsi_arena_free(&arena);
}
END_TEST

START_TEST(a_large_piece_does_not_end_the_chunk_that_is_being_filled)
{
	struct fsi_arena arena = {.chunks = NULL};
	char *first = NULL;
	char *second = NULL;

	/* Also when it is the first one of all. */
	ck_assert_ptr_nonnull(fsi_arena_allocate(&arena, 100000));
	first = fsi_arena_copy(&arena, "first", 5);
	ck_assert_ptr_nonnull(fsi_arena_allocate(&arena, 100000));
	second = fsi_arena_copy(&arena, "second", 6);
	ck_assert_ptr_eq(second, first + 6);
	fsi_arena_free(&arena);
}
END_TEST

START_TEST(an_arena_without_memory_goes_on_when_there_is_some_again)
{
	struct fsi_arena arena = {.chunks = NULL};
	char *text = NULL;

	fsi_memory_fail_after(0);
	ck_assert_ptr_null(fsi_arena_allocate(&arena, 1));
	ck_assert_ptr_null(fsi_arena_allocate(&arena, 100000));
	ck_assert_ptr_null(fsi_arena_copy(&arena, "text", 4));
	fsi_memory_fail_after(1);
	text = fsi_arena_copy(&arena, "text", 4);
	ck_assert_ptr_nonnull(text);
	/* The rest of the chunk is there still. */
	ck_assert_ptr_nonnull(fsi_arena_allocate(&arena, 1000));
	ck_assert_ptr_null(fsi_arena_allocate(&arena, 100000));
	ck_assert_str_eq(text, "text");
	fsi_arena_free(&arena);
}
END_TEST

START_TEST(an_arena_refuses_sizes_beyond_all_memory)
{
	const volatile size_t huge = SIZE_MAX;
	struct fsi_arena arena = {.chunks = NULL};

	ck_assert_ptr_null(fsi_arena_allocate(&arena, huge));
	ck_assert_ptr_null(fsi_arena_allocate(&arena, huge - 8));
	ck_assert_ptr_null(fsi_arena_copy(&arena, "", huge));
	ck_assert_ptr_null(fsi_arena_copy(&arena, "", huge - 1));
	ck_assert_ptr_null(arena.chunks);
}
END_TEST

START_TEST(an_arena_can_be_used_again_after_it_was_freed)
{
	struct fsi_arena arena = {.chunks = NULL};

	fsi_arena_free(&arena);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_ptr_nonnull(fsi_arena_allocate(&arena, 10));
		ck_assert_ptr_nonnull(fsi_arena_allocate(&arena, 100000));
		fsi_arena_free(&arena);
		ck_assert_ptr_null(arena.chunks);
		ck_assert_uint_eq(arena.left, 0);
	}
}
END_TEST

/* ---- vectors ----------------------------------------------------------- */

START_TEST(a_vector_keeps_its_elements_while_it_grows)
{
	FSI_VECTOR(uint32_t) vector = {.items = NULL};
	size_t moves = 0;

	for (uint32_t i = 0; i < 100000; i++) {
		const size_t old_capacity = vector.capacity;

		ck_assert(fsi_vector_reserve(&vector, 1));
		moves += vector.capacity != old_capacity;
		vector.items[vector.count++] = i;
	}
	for (uint32_t i = 0; i < 100000; i++)
		ck_assert_uint_eq(vector.items[i], i);
	/* It grows by a factor, so that adding n elements costs n. */
	ck_assert_uint_lt(moves, 40);
	fsi_vector_free(&vector);
	ck_assert_ptr_null(vector.items);
	ck_assert_uint_eq(vector.count + vector.capacity, 0);
}
END_TEST

START_TEST(a_vector_makes_room_for_many_at_once)
{
	FSI_VECTOR(uint64_t) vector = {.items = NULL};

	ck_assert(fsi_vector_reserve(&vector, 0));
	ck_assert_ptr_null(vector.items);
	ck_assert(fsi_vector_reserve(&vector, 1000));
	ck_assert_uint_ge(vector.capacity, 1000);
	memset(vector.items, 0xFF, 1000 * sizeof(uint64_t));
	vector.count = 1000;
	fsi_memory_fail_after(0);
	ck_assert(fsi_vector_reserve(&vector, vector.capacity - 1000));
	ck_assert(!fsi_vector_reserve(&vector, vector.capacity - 999));
	fsi_vector_free(&vector);
}
END_TEST

START_TEST(a_vector_that_cannot_grow_is_as_it_was)
{
	FSI_VECTOR(uint32_t) vector = {.items = NULL};
	const volatile size_t huge = SIZE_MAX;
	uint32_t *items = NULL;
	size_t capacity = 0;

	fsi_memory_fail_after(1);
	ck_assert(fsi_vector_reserve(&vector, 1));
	items = vector.items;
	capacity = vector.capacity;
	for (uint32_t i = 0; i < capacity; i++)
		items[i] = i;
	vector.count = capacity;
	ck_assert(!fsi_vector_reserve(&vector, 1));
	fsi_memory_fail_after(-1);
	ck_assert(!fsi_vector_reserve(&vector, huge));
	ck_assert(!fsi_vector_reserve(&vector, huge / 2));
	ck_assert_ptr_eq(vector.items, items);
	ck_assert_uint_eq(vector.capacity, capacity);
	ck_assert_uint_eq(vector.count, capacity);
	for (uint32_t i = 0; i < capacity; i++)
		ck_assert_uint_eq(vector.items[i], i);
	fsi_vector_free(&vector);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_bytes_case(void)
{
	TCase *tcase = tcase_create("bytes and checksums");

	tcase_add_test(tcase, numbers_are_stored_byte_by_byte);
	tcase_add_loop_test(tcase, what_was_stored_is_read_back, 0, NUMBER_COUNT);
	tcase_add_test(tcase, halves_that_differ_in_any_bit_are_noticed);
	tcase_add_test(tcase, a_member_is_as_wide_as_its_positions_say);
	tcase_add_test(tcase, a_crc_is_that_of_the_known_examples);
	tcase_add_test(tcase, a_crc_is_the_rest_of_a_division_of_polynomials);
	tcase_add_test(tcase, sums_and_products_that_overflow_are_refused);
	tcase_add_test(tcase, bytes_are_counted_in_whole_blocks);
	tcase_add_test(tcase, aligning_goes_up_to_the_next_multiple);
	return tcase;
}

static TCase *make_memory_case(void)
{
	TCase *tcase = tcase_create("memory");

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_test(tcase, memory_of_no_size_is_memory_all_the_same);
	tcase_add_test(tcase, sizes_that_overflow_are_refused);
	tcase_add_test(tcase, copies_have_a_nul_behind_them);
	tcase_add_test(tcase, allocations_fail_from_the_chosen_one_on);
	tcase_add_test(tcase, allocations_of_other_threads_do_not_fail);
	tcase_add_test(tcase, pieces_of_an_arena_are_zeroed_aligned_and_apart);
	tcase_add_test(tcase, an_arena_packs_small_pieces_into_few_chunks);
	tcase_add_test(tcase, a_large_piece_does_not_end_the_chunk_that_is_being_filled);
	tcase_add_test(tcase, an_arena_without_memory_goes_on_when_there_is_some_again);
	tcase_add_test(tcase, an_arena_refuses_sizes_beyond_all_memory);
	tcase_add_test(tcase, an_arena_can_be_used_again_after_it_was_freed);
	tcase_add_test(tcase, a_vector_keeps_its_elements_while_it_grows);
	tcase_add_test(tcase, a_vector_makes_room_for_many_at_once);
	tcase_add_test(tcase, a_vector_that_cannot_grow_is_as_it_was);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("base");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_bytes_case());
	suite_add_tcase(suite, make_memory_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
