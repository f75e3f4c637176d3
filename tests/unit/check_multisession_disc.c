/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is found on the disc that an image goes on from. */
#include "image/image.h"
#include "tests/support/faulty_stream.h"
#include "tests/support/hand.h"
#include "tests/support/paper_fixture.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is on it ----------------------------------------------------- */

static fsi_file_systems identify(fsi_multisession *object)
{
	fsi_file_systems found = 0x55;

	ASSERT_OK(fsi_image_identify_file_systems_on_disc(paper_image, object, &found));
	return found;
}

START_TEST(the_file_systems_of_a_disc_are_told)
{
	static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, UDF, BRIDGE};
	fsi_stream *bytes = paper_make_disc(sets[_i], "text");

	paper_make_random(0, bytes, paper_count_blocks(bytes));
	ck_assert_uint_eq(identify(paper_objects[0]), sets[_i]);
	ASSERT_OK(paper_put(1));
	ck_assert_uint_eq(identify(NULL), sets[_i]);
	fsi_stream_release(bytes);
}
END_TEST

START_TEST(a_blank_disc_has_none_and_others_have_an_unknown_one)
{
	static uint8_t bytes[2000 * FSI_BLOCK_SIZE];
	struct faulty_stream source = {.bytes = bytes, .size = sizeof(bytes)};
	fsi_stream *opened = faulty_stream_open(&source);

	paper_make_random(0, opened, 0);
	ck_assert_uint_eq(identify(paper_objects[0]), FSI_FILE_SYSTEM_NONE);
	paper_make_random(0, opened, 2000);
	ck_assert_uint_eq(identify(paper_objects[0]), FSI_FILE_SYSTEM_NONE);
	/* Zeros that a drive tells to be a session are not nothing. */
	paper_discs[1].stream = opened;
	ck_assert_uint_eq(identify(paper_objects[1]), FSI_FILE_SYSTEM_UNKNOWN);
	bytes[1024 * FSI_BLOCK_SIZE] = 1;
	ck_assert_uint_eq(identify(paper_objects[0]), FSI_FILE_SYSTEM_NONE);
	bytes[1024 * FSI_BLOCK_SIZE - 1] = 1;
	ck_assert_uint_eq(identify(paper_objects[0]), FSI_FILE_SYSTEM_UNKNOWN);
	bytes[1024 * FSI_BLOCK_SIZE - 1] = 0;
	source.bad_blocks[0] = 700;
	ASSERT_FAILS(fsi_image_identify_file_systems_on_disc(
			     paper_image, paper_objects[0], &(fsi_file_systems){0}),
		     IMAPI_E_IMPORT_READ_FAILURE, "700");
	fsi_stream_release(opened);
}
END_TEST

static char *identifier_of(fsi_stream *bytes)
{
	char *text = NULL;

	paper_make_random(0, bytes, paper_count_blocks(bytes));
	ASSERT_OK(paper_put(1));
	ASSERT_OK(fsi_image_calculate_disc_identifier(paper_image, &text));
	return text;
}

START_TEST(a_disc_is_known_again)
{
	static const fsi_file_systems sets[] = {ISO, UDF, BRIDGE};
	fsi_stream *bytes = paper_make_disc(sets[_i], "text");
	fsi_stream *same = paper_make_disc(sets[_i], "text");
	fsi_stream *other = NULL;
	fsi_image *made = api_image(sets[_i]);
	char *one = identifier_of(bytes);
	char *two = identifier_of(same);
	char *three = NULL;

	ASSERT_OK(fsi_image_put_volume_name(made, "OTHER"));
	other = api_image_stream(made);
	three = identifier_of(other);
	ck_assert_str_eq(one, two);
	ck_assert_str_ne(one, three);
	fsi_free(one);
	fsi_free(two);
	fsi_free(three);
	fsi_stream_release(bytes);
	fsi_stream_release(same);
	fsi_stream_release(other);
	fsi_image_release(made);
}
END_TEST

/* Bytes of a disc that tell of its state: the anchor, a descriptor, the integrity. */
START_TEST(what_changes_the_volume_changes_the_identifier)
{
	static const uint32_t blocks[] = {16, UDF_MAIN + UDF_PVD, UDF_LVID};
	struct faulty_stream source;
	fsi_stream *opened = NULL;
	char *before = NULL;
	char *after = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_finish(&hand_volume);
	source = (struct faulty_stream){.bytes = hand_volume.bytes,
					.size = udf_volume_size(&hand_volume)};
	opened = faulty_stream_open(&source);
	before = identifier_of(opened);
	udf_volume_block(&hand_volume, blocks[_i])[100] ^= 1;
	after = identifier_of(opened);
	ck_assert_str_ne(before, after);
	udf_volume_block(&hand_volume, blocks[_i])[100] ^= 1;
	fsi_free(after);
	after = identifier_of(opened);
	ck_assert_str_eq(before, after);
	/* A sequence that can't be read has another in reserve. */
	source.bad_blocks[0] = UDF_MAIN;
	fsi_free(after);
	after = identifier_of(opened);
	ck_assert_str_ne(before, after);
	fsi_free(before);
	fsi_free(after);
	fsi_stream_release(opened);
	hand_end();
}
END_TEST

/* ---- a result ---------------------------------------------------------- */

static HRESULT remember_disc(void)
{
	return fsi_image_calculate_disc_identifier(
		paper_image, &paper_image->multisession.disc_identifier);
}

START_TEST(a_result_is_made_while_the_disc_is_the_same)
{
	fsi_stream *other = paper_make_disc(ISO, "other");
	fsi_result *result = NULL;

	paper_make_random(0, paper_stream, 576);
	paper_make_random(1, other, paper_count_blocks(other));
	paper_make_random(2, other, 0);
	ASSERT_OK(paper_put(1));
	result = api_result(paper_image);
	ASSERT_TEXT(fsi_result_get_disc_id, result, "");
	fsi_result_release(result);
	ck_assert_int_eq(remember_disc(), S_OK);
	result = api_result(paper_image);
	ASSERT_TEXT(fsi_result_get_disc_id, result,
		    paper_image->multisession.disc_identifier);
	fsi_result_release(result);
	result = NULL;
	paper_discs[0].stream = other;
	ASSERT_FAILS(fsi_image_create_result_image(paper_image, &result),
		     IMAPI_E_DISC_MISMATCH, "");
	/* So it is by another object. */
	for (unsigned i = 1; i <= 2; i++) {
		ASSERT_OK(fsi_image_put_multisession_interfaces(paper_image,
								&paper_objects[i], 1));
		ASSERT_FAILS(fsi_image_create_result_image(paper_image, &result),
			     IMAPI_E_DISC_MISMATCH, "");
	}
	ck_assert_ptr_null(result);
	fsi_stream_release(other);
}
END_TEST

/* ---- whether it can be continued --------------------------------------- */

static bool probe(enum fsi_file_system file_system)
{
	bool is_appendable = false;

	ASSERT_OK(fsi_image_probe_specific_file_system(paper_image, file_system,
						       &is_appendable));
	return is_appendable;
}

START_TEST(what_a_disc_has_can_be_continued)
{
	fsi_stream *bytes = paper_make_disc(ISO, "text");

	paper_make_random(0, paper_stream, 576);
	ASSERT_OK(paper_put(1));
	ck_assert(probe(FSI_FILE_SYSTEM_ISO9660));
	ck_assert(probe(FSI_FILE_SYSTEM_JOLIET));
	ck_assert(probe(FSI_FILE_SYSTEM_UDF));
	paper_make_random(0, bytes, paper_count_blocks(bytes));
	ASSERT_OK(paper_put(1));
	ck_assert(probe(FSI_FILE_SYSTEM_ISO9660));
	ck_assert(!probe(FSI_FILE_SYSTEM_JOLIET));
	ck_assert(!probe(FSI_FILE_SYSTEM_UDF));
	paper_discs[0].values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] = -1;
	ck_assert(!probe(FSI_FILE_SYSTEM_ISO9660));
	paper_discs[0].stream_failure = E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
	paper_discs[0].values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] = 500;
	ck_assert(!probe(FSI_FILE_SYSTEM_ISO9660));
	paper_discs[0].stream_failure = E_OUTOFMEMORY;
	ASSERT_FAILS(fsi_image_probe_specific_file_system(
			     paper_image, FSI_FILE_SYSTEM_ISO9660, &(bool){false}),
		     E_OUTOFMEMORY, "");
	fsi_stream_release(bytes);
}
END_TEST

START_TEST(udf_is_continued_in_a_read_only_partition)
{
	/* ECMA-167 3/10.5.7: 1 is read-only. */
	static const uint32_t accesses[] = {0, 1, 2, 3, 4};
	struct faulty_stream source;
	fsi_stream *opened = NULL;

	hand_begin_file(UDF_PLAIN, 0x102);
	for (unsigned copy = 0; copy < 2; copy++) {
		uint8_t *block = udf_volume_block(
			&hand_volume, (copy == 0 ? UDF_MAIN : UDF_RESERVE) + UDF_PD);

		udf_put32(block, 184, accesses[_i]);
		udf_reseal(block);
	}
	udf_volume_finish(&hand_volume);
	source = (struct faulty_stream){.bytes = hand_volume.bytes,
					.size = udf_volume_size(&hand_volume)};
	opened = faulty_stream_open(&source);
	paper_make_random(0, opened, paper_count_blocks(opened));
	ASSERT_OK(paper_put(1));
	ck_assert_int_eq(probe(FSI_FILE_SYSTEM_UDF), accesses[_i] == 1);
	ASSERT_OK(fsi_image_put_continue_writable_volumes(paper_image, true));
	ck_assert(probe(FSI_FILE_SYSTEM_UDF));
	fsi_stream_release(opened);
	hand_end();
}
END_TEST

/* ---- what suits it ----------------------------------------------------- */

static void assert_choice(fsi_file_systems systems, uint32_t revision, int64_t blocks)
{
	fsi_file_systems got_systems = 0;
	uint32_t got_revision = 0;
	int64_t got_blocks = 0;

	ASSERT_OK(fsi_image_get_file_systems_to_create(paper_image, &got_systems));
	ASSERT_OK(fsi_image_get_udf_revision(paper_image, &got_revision));
	ASSERT_OK(fsi_image_get_free_media_blocks(paper_image, &got_blocks));
	ck_assert_uint_eq(got_systems, systems);
	ck_assert_uint_eq(got_revision, revision);
	ck_assert_int_eq(got_blocks, blocks);
}

START_TEST(a_blank_disc_gets_what_suits_its_kind)
{
	paper_make_random(0, paper_stream, 0);
	ASSERT_OK(fsi_image_choose_image_defaults(paper_image, paper_objects[0]));
	assert_choice(UDF, 0x102, 2295104);
	paper_discs[0].values[FSI_MULTISESSION_MEDIA_TYPE] = IMAPI_MEDIA_TYPE_BDRE;
	paper_discs[0].values[FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA] = 11826176;
	ASSERT_OK(fsi_image_choose_image_defaults(paper_image, paper_objects[0]));
	assert_choice(UDF, 0x250, 11826176);
}
END_TEST

START_TEST(a_disc_that_holds_a_session_goes_on_as_it_began)
{
	fsi_image *made = api_image(UDF);
	fsi_stream *bytes = NULL;

	ASSERT_OK(fsi_image_choose_image_defaults(paper_image, paper_objects[0]));
	assert_choice(BRIDGE, 0x102, 300000 - 576 - 11400);
	ASSERT_OK(fsi_image_put_udf_revision(made, 0x201));
	bytes = api_image_stream(made);
	paper_make_random(0, bytes, paper_count_blocks(bytes));
	ASSERT_OK(fsi_image_choose_image_defaults(paper_image, paper_objects[0]));
	assert_choice(UDF, 0x201, 2295104 - paper_count_blocks(bytes));
	fsi_image_release(made);
	fsi_stream_release(bytes);
}
END_TEST

START_TEST(a_disc_without_a_known_end_ends_where_its_content_does)
{
	paper_make_random(0, paper_stream, 576);
	paper_discs[0].failures[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] = E_NOTIMPL;
	ASSERT_OK(fsi_image_choose_image_defaults(paper_image, paper_objects[0]));
	assert_choice(BRIDGE, 0x102, 2295104 - 576);
}
END_TEST

START_TEST(a_disc_that_does_not_suit_changes_nothing)
{
	char *before = NULL;

	api_add_sized(api_root(paper_image), "file", 100000);
	before = api_describe(paper_image);
	paper_discs[0].values[FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA] = 0;
	ASSERT_FAILS(fsi_image_choose_image_defaults(paper_image, paper_objects[0]),
		     IMAPI_E_IMAGE_TOO_BIG, "");
	ASSERT_SAYS("The disc is full.");
	paper_discs[0].values[FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA] = 30;
	ASSERT_FAILS(fsi_image_choose_image_defaults(paper_image, paper_objects[0]),
		     IMAPI_E_IMAGE_TOO_BIG, "");
	paper_discs[0].values[FSI_MULTISESSION_MEDIA_TYPE] = IMAPI_MEDIA_TYPE_DVDROM;
	ASSERT_FAILS(fsi_image_choose_image_defaults(paper_image, paper_objects[0]),
		     E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE, "");
	paper_discs[0].values[FSI_MULTISESSION_MEDIA_TYPE] = IMAPI_MEDIA_TYPE_CDR;
	paper_discs[0].values[FSI_MULTISESSION_IS_SUPPORTED] = 0;
	ASSERT_FAILS(fsi_image_choose_image_defaults(paper_image, paper_objects[0]),
		     E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE, "");
	paper_discs[0].failures[FSI_MULTISESSION_MEDIA_TYPE] =
		E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
	ASSERT_FAILS(fsi_image_choose_image_defaults(paper_image, paper_objects[0]),
		     E_IMAPI_RECORDER_MEDIA_NO_MEDIA, "");
	ASSERT_FAILS(fsi_image_choose_image_defaults(paper_image, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_choose_image_defaults(NULL, paper_objects[0]), E_POINTER,
		     "");
	api_assert_unchanged(paper_image, before);
}
END_TEST

START_TEST(the_largest_disc_of_a_drive_is_the_limit)
{
	int64_t blocks = 0;

	paper_discs[0].failures[FSI_MULTISESSION_LARGEST_MEDIA] = S_OK;
	paper_discs[0].values[FSI_MULTISESSION_LARGEST_MEDIA] = 2295104;
	ASSERT_OK(fsi_image_set_max_media_blocks_from_device(paper_image,
							     paper_objects[0]));
	ASSERT_OK(fsi_image_get_free_media_blocks(paper_image, &blocks));
	ck_assert_int_eq(blocks, 2295104);
	paper_discs[0].values[FSI_MULTISESSION_LARGEST_MEDIA] = 31;
	ASSERT_FAILS(
		fsi_image_set_max_media_blocks_from_device(paper_image, paper_objects[0]),
		IMAPI_E_IMAGE_TOO_BIG, "");
	paper_discs[0].failures[FSI_MULTISESSION_LARGEST_MEDIA] = E_OUTOFMEMORY;
	ASSERT_FAILS(
		fsi_image_set_max_media_blocks_from_device(paper_image, paper_objects[0]),
		E_OUTOFMEMORY, "");
	ASSERT_OK(fsi_image_get_free_media_blocks(paper_image, &blocks));
	ck_assert_int_eq(blocks, 2295104);
	/* A drive that does not know sets no limit. */
	ASSERT_OK(fsi_image_set_max_media_blocks_from_device(paper_image,
							     paper_objects[1]));
	ASSERT_OK(fsi_image_get_free_media_blocks(paper_image, &blocks));
	ck_assert_int_eq(blocks, 0);
	ASSERT_FAILS(fsi_image_set_max_media_blocks_from_device(NULL, paper_objects[0]),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_set_max_media_blocks_from_device(paper_image, NULL),
		     E_POINTER, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("what is on a disc that is gone on from");
	TCase *tcase = tcase_create("content");
	tcase_add_checked_fixture(tcase, paper_set_up, paper_tear_down);
	tcase_add_loop_test(tcase, the_file_systems_of_a_disc_are_told, 0, 4);
	tcase_add_test(tcase, a_blank_disc_has_none_and_others_have_an_unknown_one);
	tcase_add_loop_test(tcase, a_disc_is_known_again, 0, 3);
	tcase_add_loop_test(tcase, what_changes_the_volume_changes_the_identifier, 0, 3);
	tcase_add_test(tcase, a_result_is_made_while_the_disc_is_the_same);
	tcase_add_test(tcase, what_a_disc_has_can_be_continued);
	tcase_add_loop_test(tcase, udf_is_continued_in_a_read_only_partition, 0, 5);
	tcase_add_test(tcase, a_blank_disc_gets_what_suits_its_kind);
	tcase_add_test(tcase, a_disc_that_holds_a_session_goes_on_as_it_began);
	tcase_add_test(tcase, a_disc_without_a_known_end_ends_where_its_content_does);
	tcase_add_test(tcase, a_disc_that_does_not_suit_changes_nothing);
	tcase_add_test(tcase, the_largest_disc_of_a_drive_is_the_limit);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
