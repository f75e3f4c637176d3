/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader with the first, the second, … allocation failing; with bytes of the
 * disc changed at random; and where it keeps count of directories.
 */
#include "base/memory.h"
#include "import/visits.h"
#include "tests/support/hand.h"
#include "tests/support/udf_reader.h"

#include <stdlib.h>
#include <string.h>

/* No volume here takes more allocations. */
#define MOST_ALLOCATIONS 2000

/* A volume with something of everything that its revision has. */
static void make_volume(const struct hand_kind *kind)
{
	static const uint8_t path[] = "\x05\x02\0\0\x08x";
	uint8_t list[64];
	size_t size = 0;
	struct udf_directory sub;
	const bool has_streams = kind->revision >= 0x200;

	udf_volume_init(&hand_volume, kind->kind, kind->revision);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	udf_directory_add(&hand_directory, "file", 0, 8);
	udf_directory_add(&hand_directory, "link", 0, 9);
	udf_directory_add(&hand_directory, "sub", 2, 10);
	udf_directory_add(&hand_directory, "chain", 0, 20);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_file(&hand_volume, 8,
		     &(struct udf_file){.flags = 3,
					.size = 5,
					.stream_directory = has_streams ? 14 : 0,
					.descriptors = (const uint8_t *)"hello",
					.descriptors_size = 5});
	udf_put_file(&hand_volume, 9,
		     &(struct udf_file){.type = 12,
					.flags = 3,
					.size = 6,
					.descriptors = path,
					.descriptors_size = 6});
	udf_directory_begin(&sub, &hand_volume, 12, 2);
	udf_directory_add(&sub, "inner", 0, 20);
	udf_directory_end(&sub, 10, 4);
	if (has_streams) {
		udf_directory_begin(&sub, &hand_volume, 16, 8);
		udf_directory_add(&sub, "stream", 0, 20);
		udf_directory_end(&sub, 14, 13);
	}
	/* In pieces, and with its descriptors in two blocks. */
	size = udf_put_long(list, 0, UDF_BLOCK, 150, 0);
	size += udf_put_long(list + size, 2, UDF_BLOCK, 0, 0);
	size += udf_put_long(list + size, 3, UDF_BLOCK, 21, hand_volume.reference);
	udf_put_file(&hand_volume, 20,
		     &(struct udf_file){.flags = 1,
					.size = 3 * UDF_BLOCK,
					.descriptors = list,
					.descriptors_size = size});
	udf_put_allocation_extent(&hand_volume, 21, list,
				  udf_put_long(list, 0, UDF_BLOCK, 155, 0));
	udf_volume_finish(&hand_volume);
}

static fsi_stream *open_stream(void)
{
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(hand_volume.bytes,
					      udf_volume_size(&hand_volume), &stream));
	return stream;
}

START_TEST(running_out_of_memory_is_told_and_nothing_is_lost)
{
	fsi_stream *stream = NULL;
	HRESULT hr = E_OUTOFMEMORY;
	long allocations = 0;

	make_volume(&hand_kinds[_i]);
	stream = open_stream();
	for (; hr == E_OUTOFMEMORY && allocations < MOST_ALLOCATIONS; allocations++) {
		fsi_memory_fail_after(allocations);
		hr = disc_walk_stream(stream);
		fsi_memory_fail_after(-1);
		if (FAILED(hr))
			ASSERT_FAILS(hr, E_OUTOFMEMORY, "");
	}
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(allocations, 20);
	fsi_stream_release(stream);
	hand_end();
}
END_TEST

/* Whatever the reader makes of it, it comes to an end. */
static void walk(void)
{
	fsi_stream *stream = open_stream();
	const HRESULT hr = disc_walk_stream(stream);

	ck_assert(hr == S_OK || hr == IMAPI_E_FILE_SYSTEM_NOT_FOUND ||
		  hr == IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR ||
		  hr == IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED ||
		  hr == IMAPI_E_IMPORT_SEEK_FAILURE);
	fsi_stream_release(stream);
}

/* A block of those that are in use. */
static uint32_t random_block(uint64_t *state)
{
	for (;;) {
		const uint32_t n = api_random(state, hand_volume.blocks);
		const uint8_t *block = udf_volume_block(&hand_volume, n);

		if (block[0] != 0 || block[1] != 0 || memcmp(block, block + 1, 511) != 0)
			return n;
	}
}

START_TEST(no_change_of_bytes_does_harm)
{
	uint64_t state = (uint64_t)_i + 1;
	uint8_t *sound = NULL;

	make_volume(&hand_kinds[_i]);
	sound = malloc(udf_volume_size(&hand_volume));
	ck_assert_ptr_nonnull(sound);
	memcpy(sound, hand_volume.bytes, udf_volume_size(&hand_volume));
	for (int round = 0; round < 300; round++) {
		const unsigned changes = 1 + api_random(&state, 4);

		for (unsigned i = 0; i < changes; i++) {
			uint8_t *block =
				udf_volume_block(&hand_volume, random_block(&state));
			const uint32_t at = api_random(&state, 512);

			block[at] = (uint8_t)api_random(&state, 256);
			if (at >= 16 && udf_u16(block, 10) <= 512 - 16)
				udf_reseal(block);
		}
		walk();
		memcpy(hand_volume.bytes, sound, udf_volume_size(&hand_volume));
	}
	free(sound);
	hand_end();
}
END_TEST

/* ---- directories that were entered ------------------------------------- */

START_TEST(a_directory_is_entered_by_one_name)
{
	struct fsi_visits visits;
	struct fsi_visit visit = {.directory = 7, .parent = 1, .position = 40};

	ck_assert(fsi_visits_init(&visits, 100));
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 60),
				 FSI_VISIT_ALLOWED);
	visit.position = 80;
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1), FSI_VISIT_OTHER_NAME);
	visit.position = 40;
	visit.parent = 2;
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1), FSI_VISIT_OTHER_NAME);
	fsi_visits_free(&visits);
}
END_TEST

START_TEST(directories_take_no_more_blocks_than_there_are)
{
	struct fsi_visits visits;
	struct fsi_visit visit = {.directory = 0};

	ck_assert(fsi_visits_init(&visits, 100));
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 99), FSI_VISIT_ALLOWED);
	visit.directory = 1;
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 2), FSI_VISIT_NO_ROOM);
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1), FSI_VISIT_ALLOWED);
	visit.directory = 2;
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1), FSI_VISIT_NO_ROOM);
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, UINT64_MAX),
			 FSI_VISIT_NO_ROOM);
	fsi_visits_free(&visits);
}
END_TEST

START_TEST(many_directories_are_remembered)
{
	struct fsi_visits visits;
	struct fsi_visit visit = {.directory = 0};

	ck_assert(fsi_visits_init(&visits, 100000));
	for (uint64_t i = 0; i < 10000; i++) {
		visit.directory = i << 32 | i * 3;
		visit.position = i;
		ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1), FSI_VISIT_ALLOWED);
	}
	for (uint64_t i = 0; i < 10000; i++) {
		visit.directory = i << 32 | i * 3;
		visit.position = i + 1;
		ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1),
				 FSI_VISIT_OTHER_NAME);
	}
	fsi_visits_free(&visits);
}
END_TEST

START_TEST(without_memory_no_directory_is_entered)
{
	struct fsi_visits visits;
	const struct fsi_visit visit = {.directory = 0};

	ck_assert(fsi_visits_init(&visits, 100));
	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1), FSI_VISIT_NO_MEMORY);
	fsi_memory_fail_after(-1);
	ck_assert_int_eq(fsi_visits_enter(&visits, &visit, 1), FSI_VISIT_ALLOWED);
	fsi_visits_free(&visits);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF reader, memory");
	TCase *memory = tcase_create("memory");
	TCase *visits = tcase_create("visits");

	tcase_add_loop_test(memory, running_out_of_memory_is_told_and_nothing_is_lost, 0,
			    HAND_KINDS);
	tcase_add_loop_test(memory, no_change_of_bytes_does_harm, 0, HAND_KINDS);
	tcase_add_test(visits, a_directory_is_entered_by_one_name);
	tcase_add_test(visits, directories_take_no_more_blocks_than_there_are);
	tcase_add_test(visits, many_directories_are_remembered);
	tcase_add_test(visits, without_memory_no_directory_is_entered);
	suite_add_tcase(suite, memory);
	suite_add_tcase(suite, visits);
	return api_run(suite);
}
