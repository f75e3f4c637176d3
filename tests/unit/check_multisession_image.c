/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disc that an image goes on from: which object is taken, and what it has to tell. */
#include "image/image.h"
#include "tests/support/paper_fixture.h"

#include <stdlib.h>
#include <string.h>

static bool is_in_use(unsigned i)
{
	bool value = false;

	ASSERT_OK(fsi_multisession_get_in_use(paper_objects[i], &value));
	return value;
}

static fsi_multisession *chosen(void)
{
	fsi_multisession *found = NULL;

	return SUCCEEDED(fsi_image_get_multisession(paper_image, &found)) ? found : NULL;
}

/* ---- which one --------------------------------------------------------- */

START_TEST(the_first_that_is_supported_is_taken_and_marked)
{
	paper_discs[0].values[FSI_MULTISESSION_IS_SUPPORTED] = 0;
	ASSERT_OK(paper_put(PAPER_OBJECTS));
	ck_assert_ptr_eq(chosen(), paper_objects[1]);
	ck_assert(!is_in_use(0));
	ck_assert(is_in_use(1));
	ck_assert(!is_in_use(2));
}
END_TEST

START_TEST(the_one_in_use_is_taken)
{
	ASSERT_OK(fsi_multisession_put_in_use(paper_objects[2], true));
	ASSERT_OK(paper_put(PAPER_OBJECTS));
	ck_assert_ptr_eq(chosen(), paper_objects[2]);
	ck_assert(!is_in_use(0));
}
END_TEST

START_TEST(one_that_cannot_be_asked_is_passed_over)
{
	paper_discs[0].failures[FSI_MULTISESSION_IS_SUPPORTED] = E_IMAPI_RECORDER_LOCKED;
	paper_discs[1].ops.kind = 77;
	ASSERT_OK(paper_put(PAPER_OBJECTS));
	ck_assert_ptr_eq(chosen(), paper_objects[2]);
}
END_TEST

START_TEST(what_was_set_is_told_and_held)
{
	fsi_multisession **items = NULL;
	size_t count = 9;

	ASSERT_OK(fsi_image_get_multisession_interfaces(paper_image, &items, &count));
	ck_assert_ptr_nonnull(items);
	ck_assert_uint_eq(count, 0);
	fsi_free(items);
	ASSERT_OK(paper_put(2));
	fsi_multisession_release(paper_objects[0]);
	ASSERT_OK(fsi_image_get_multisession_interfaces(paper_image, &items, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_ptr_eq(items[0], paper_objects[0]);
	ck_assert_ptr_eq(items[1], paper_objects[1]);
	fsi_multisession_release(items[0]);
	fsi_multisession_release(items[1]);
	fsi_free(items);
	/* Others take their place. */
	ck_assert_uint_eq(paper_discs[0].destroyed, 0);
	ASSERT_OK(
		fsi_image_put_multisession_interfaces(paper_image, &paper_objects[2], 1));
	ck_assert_uint_eq(paper_discs[0].destroyed, 1);
	ck_assert_ptr_eq(chosen(), paper_objects[2]);
	paper_objects[0] = NULL;
}
END_TEST

START_TEST(a_refusal_leaves_what_was_set)
{
	ASSERT_OK(paper_put(1));
	paper_discs[1].values[FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS] = -1;
	ASSERT_FAILS(
		fsi_image_put_multisession_interfaces(paper_image, &paper_objects[1], 1),
		IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
	ck_assert_ptr_eq(chosen(), paper_objects[0]);
	ck_assert(!is_in_use(1));
}
END_TEST

START_TEST(kinds_of_discs_take_sessions_by_one_way_or_none)
{
	/* By type: s sequential, r random write, - neither, b both. */
	static const char ways[] = "b-ss-rsrssr-rr-sr-srb";
	const int kinds[] = {FSI_MULTISESSION_SEQUENTIAL, FSI_MULTISESSION_RANDOM_WRITE};

	for (int i = 0; i < 2; i++) {
		const char letter = i == 0 ? 's' : 'r';
		const bool is_allowed = ways[_i] == 'b' || ways[_i] == letter;

		fsi_multisession_release(paper_objects[0]);
		if (kinds[i] == FSI_MULTISESSION_SEQUENTIAL)
			paper_disc_sequential(&paper_discs[0], paper_stream,
					      paper_count_blocks(paper_stream));
		else
			paper_disc_random(&paper_discs[0], paper_stream,
					  paper_count_blocks(paper_stream));
		paper_objects[0] = paper_disc_open(&paper_discs[0]);
		paper_discs[0].values[FSI_MULTISESSION_MEDIA_TYPE] = _i;
		if (is_allowed)
			ASSERT_OK(paper_put(1));
		else
			ASSERT_FAILS(paper_put(1), IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED, "");
	}
}
END_TEST

/* ---- numbers that go together ------------------------------------------ */

/* One number of a sequential disc of 576 blocks whose session begins in block 0. */
static const struct {
	enum fsi_multisession_value which;
	int32_t value;
	const char *says; /* NULL: it will do */
} sequential[] = {
	{FSI_MULTISESSION_IS_FIRST_DATA_SESSION, -1,
	 "The mark of the first data session is -1."},
	{FSI_MULTISESSION_IS_FIRST_DATA_SESSION, 1, NULL},
	{FSI_MULTISESSION_IS_FIRST_DATA_SESSION, 2,
	 "The mark of the first data session is neither 0 nor 1."},
	{FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION, -2,
	 "The start address of the previous session is -2."},
	{FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION, -1,
	 "There is no previous session, but something of it."},
	{FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION, 575, NULL},
	{FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION, 576,
	 "The previous session ends before it begins."},
	{FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION, -2,
	 "The last written address of the previous session is -2."},
	{FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION, -1,
	 "The previous session ends before it begins."},
	{FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION, 0, NULL},
	{FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS, -1, "The next writable address is -1."},
	{FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS, 575,
	 "The next writable address is in the previous session."},
	{FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS, 576, NULL},
	{FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA, -1, "The number of free sectors is -1."},
	{FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA, 0, NULL},
	{FSI_MULTISESSION_WRITE_UNIT_SIZE, 0, "The write unit size is 0."},
	{FSI_MULTISESSION_WRITE_UNIT_SIZE, 16, NULL},
};

START_TEST(numbers_of_a_sequential_disc_go_together)
{
	ck_assert_int_eq(paper_count_blocks(paper_stream), 576);
	paper_discs[0].values[sequential[_i].which] = sequential[_i].value;
	if (sequential[_i].says == NULL) {
		ASSERT_OK(paper_put(1));
		return;
	}
	ASSERT_FAILS(paper_put(1), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
	ASSERT_SAYS(sequential[_i].says);
}
END_TEST

static const struct {
	enum fsi_multisession_value which;
	int32_t value;
	const char *says;
} random_write[] = {
	{FSI_MULTISESSION_LAST_WRITTEN_ADDRESS, -2, "The last written address is -2."},
	{FSI_MULTISESSION_LAST_WRITTEN_ADDRESS, -1, NULL},
	{FSI_MULTISESSION_LAST_WRITTEN_ADDRESS, 2295103, NULL},
	{FSI_MULTISESSION_LAST_WRITTEN_ADDRESS, 2295104,
	 "The last written address is behind the end."},
	{FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA, 0, "The total number of sectors is 0."},
	{FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA, 576, NULL},
	{FSI_MULTISESSION_WRITE_UNIT_SIZE, -1, "The write unit size is -1."},
	{FSI_MULTISESSION_WRITE_UNIT_SIZE, 1, NULL},
};

START_TEST(numbers_of_a_random_write_disc_go_together)
{
	paper_make_random(0, paper_stream, 576);
	paper_discs[0].values[random_write[_i].which] = random_write[_i].value;
	if (random_write[_i].says == NULL) {
		ASSERT_OK(paper_put(1));
		return;
	}
	ASSERT_FAILS(paper_put(1), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
	ASSERT_SAYS(random_write[_i].says);
}
END_TEST

START_TEST(a_number_that_cannot_be_had_is_told)
{
	static const enum fsi_multisession_value required[] = {
		FSI_MULTISESSION_IS_FIRST_DATA_SESSION,
		FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION,
		FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION,
		FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS,
		FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA};

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		paper_discs[0].failures[required[i]] = E_IMAPI_RECORDER_COMMAND_TIMEOUT;
		ASSERT_FAILS(paper_put(1), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
		ASSERT_SAYS("It does not tell the ");
		paper_discs[0].failures[required[i]] = E_OUTOFMEMORY;
		ASSERT_FAILS(paper_put(1), E_OUTOFMEMORY, "");
		paper_discs[0].failures[required[i]] = S_OK;
	}
	/* IMultisessionSequential2 came later. */
	paper_discs[0].failures[FSI_MULTISESSION_WRITE_UNIT_SIZE] = E_NOTIMPL;
	ASSERT_OK(paper_put(1));
	paper_discs[0].failures[FSI_MULTISESSION_WRITE_UNIT_SIZE] = E_FAIL;
	ASSERT_FAILS(paper_put(1), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
}
END_TEST

START_TEST(a_kind_of_disc_that_is_not_told_may_take_sessions)
{
	paper_discs[0].failures[FSI_MULTISESSION_MEDIA_TYPE] = E_OUTOFMEMORY;
	ASSERT_FAILS(paper_put(1), E_OUTOFMEMORY, "");
	paper_discs[0].failures[FSI_MULTISESSION_MEDIA_TYPE] = E_NOTIMPL;
	ASSERT_OK(paper_put(1));
}
END_TEST

START_TEST(media_that_do_not_tell_their_end_are_read_to_the_end)
{
	struct fsi_multisession_state state;

	paper_make_random(0, paper_stream, 576);
	paper_discs[0].failures[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] = E_NOTIMPL;
	ASSERT_OK(paper_put(1));
	ck_assert_int_eq(fsi_multisession_get_state(paper_objects[0], &state), S_OK);
	ck_assert(!state.has_end);
	ck_assert(!state.is_blank);
	ck_assert_uint_eq(state.end_block, 2295104);
	ck_assert_uint_eq(state.capacity_blocks, 2295104);
	ck_assert_uint_eq(state.unit_blocks, 16);
	paper_discs[0].failures[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] = E_FAIL;
	ASSERT_FAILS(paper_put(1), IMAPI_E_BAD_MULTISESSION_PARAMETER, "");
}
END_TEST

START_TEST(the_session_is_read_up_to_its_end_from_its_start)
{
	struct fsi_media *media = NULL;

	paper_discs[0].values[FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION] = 32;
	paper_discs[0].values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION] =
		99;
	ck_assert_int_eq(fsi_multisession_open_media(paper_objects[0], &media), S_OK);
	ck_assert_uint_eq(fsi_media_session_block(media), 32);
	ck_assert_uint_eq(fsi_media_block_count(media), 100);
	fsi_media_release(media);
}
END_TEST

START_TEST(pointers_that_are_required_are_not_null)
{
	fsi_multisession *none = NULL;
	fsi_multisession **items = NULL;
	fsi_file_systems systems = 0;
	size_t count = 0;
	bool is_appendable = false;
	char *text = NULL;

	ASSERT_FAILS(fsi_image_put_multisession_interfaces(NULL, paper_objects, 1),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_put_multisession_interfaces(paper_image, NULL, 0),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_put_multisession_interfaces(paper_image, &none, 1),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_multisession_interfaces(NULL, &items, &count),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_multisession_interfaces(paper_image, NULL, &count),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_multisession_interfaces(paper_image, &items, NULL),
		     E_POINTER, "");
	ASSERT_FAILS(
		fsi_image_identify_file_systems_on_disc(NULL, paper_objects[0], &systems),
		E_POINTER, "");
	ASSERT_FAILS(fsi_image_identify_file_systems_on_disc(paper_image,
							     paper_objects[0], NULL),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_calculate_disc_identifier(NULL, &text), E_POINTER, "");
	ASSERT_FAILS(fsi_image_calculate_disc_identifier(paper_image, NULL), E_POINTER,
		     "");
	ASSERT_FAILS(fsi_image_probe_specific_file_system(NULL, FSI_FILE_SYSTEM_UDF,
							  &is_appendable),
		     E_POINTER, "");
	ASSERT_FAILS(fsi_image_probe_specific_file_system(paper_image,
							  FSI_FILE_SYSTEM_UDF, NULL),
		     E_POINTER, "");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("the disc that an image goes on from");
	TCase *tcase = tcase_create("choosing");

	tcase_add_checked_fixture(tcase, paper_set_up, paper_tear_down);
	tcase_add_test(tcase, the_first_that_is_supported_is_taken_and_marked);
	tcase_add_test(tcase, the_one_in_use_is_taken);
	tcase_add_test(tcase, one_that_cannot_be_asked_is_passed_over);
	tcase_add_test(tcase, what_was_set_is_told_and_held);
	tcase_add_test(tcase, a_refusal_leaves_what_was_set);
	tcase_add_loop_test(tcase, kinds_of_discs_take_sessions_by_one_way_or_none, 0,
			    IMAPI_MEDIA_TYPE_MAX + 2);
	tcase_add_loop_test(tcase, numbers_of_a_sequential_disc_go_together, 0,
			    COUNT(sequential));
	tcase_add_loop_test(tcase, numbers_of_a_random_write_disc_go_together, 0,
			    COUNT(random_write));
	tcase_add_test(tcase, a_number_that_cannot_be_had_is_told);
	tcase_add_test(tcase, a_kind_of_disc_that_is_not_told_may_take_sessions);
	tcase_add_test(tcase, media_that_do_not_tell_their_end_are_read_to_the_end);
	tcase_add_test(tcase, the_session_is_read_up_to_its_end_from_its_start);
	tcase_add_test(tcase, pointers_that_are_required_are_not_null);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
