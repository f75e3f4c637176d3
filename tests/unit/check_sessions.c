/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the sessions of a disc, reading each, and going back to one. */
#include "tests/support/appended.h"

#include <stdlib.h>
#include <string.h>

static struct appended appended;
static struct fsi_disc_session *sessions;
static size_t count;

static void tear_down(void)
{
	fsi_free(sessions);
	sessions = NULL;
	appended_end(&appended);
}

static void find(void)
{
	fsi_free(sessions);
	sessions = appended_sessions(appended.disc.bytes, appended.disc.blocks, &count);
}

static const struct {
	fsi_file_systems file_systems;
	uint32_t revision;
	enum fsi_file_system best;
} kinds[] = {
	{ISO, 0, FSI_FILE_SYSTEM_ISO9660},    {ISO_JOLIET, 0, FSI_FILE_SYSTEM_JOLIET},
	{BRIDGE, 0x102, FSI_FILE_SYSTEM_UDF}, {BRIDGE, 0x250, FSI_FILE_SYSTEM_UDF},
	{UDF, 0x150, FSI_FILE_SYSTEM_UDF},    {UDF, 0x201, FSI_FILE_SYSTEM_UDF},
	{UDF, 0x260, FSI_FILE_SYSTEM_UDF},
};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

/* That a session, or for -1 the disc without one, shows these names. */
static void assert_shows(int session, enum fsi_file_system file_system,
			 const char *expected)
{
	char *text =
		appended_describe(appended.disc.bytes, appended.disc.blocks,
				  session < 0 ? NULL : &sessions[session], file_system);

	ck_assert_str_eq(text, expected);
	free(text);
}

#define ONE   "one: text of one; "
#define TWO   "two: text of two; "
#define THREE "three: text of three; "

/* ISO 9660 has capitals; each directory is in the order of its names. */
static void assert_history(enum fsi_file_system best)
{
	const bool is_iso = best == FSI_FILE_SYSTEM_ISO9660;

	assert_shows(0, best, is_iso ? "ONE: text of one; " : ONE);
	assert_shows(1, best, is_iso ? "ONE: text of one; TWO: text of two; " : ONE TWO);
	assert_shows(2, best,
		     is_iso ? "ONE: text of one; THREE: text of three; TWO: text of two; "
			    : ONE THREE TWO);
	assert_shows(-1, best,
		     is_iso ? "ONE: text of one; THREE: text of three; TWO: text of two; "
			    : ONE THREE TWO);
}

START_TEST(each_session_shows_what_it_did_when_it_was_new)
{
	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	appended_add(&appended, "two");
	appended_add(&appended, "three");
	find();
	ck_assert_uint_eq(count, 3);
	for (size_t n = 0; n < count; n++) {
		ck_assert_uint_eq(sessions[n].file_systems, kinds[_i].file_systems);
		ck_assert_uint_eq(sessions[n].start_block,
				  n == 0 ? 0 : sessions[n - 1].end_block);
	}
	ck_assert_uint_eq(sessions[2].end_block, appended.disc.blocks);
	assert_history(kinds[_i].best);
}
END_TEST

START_TEST(an_image_of_one_session_has_one)
{
	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	find();
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(sessions[0].start_block, 0);
	ck_assert_uint_eq(sessions[0].end_block, appended.disc.blocks);
	ck_assert_uint_eq(sessions[0].session_block, 0);
	ck_assert_uint_eq(sessions[0].anchor_block, 0);
	ck_assert_uint_eq(sessions[0].file_systems, kinds[_i].file_systems);
}
END_TEST

START_TEST(a_disc_without_a_file_system_has_no_session)
{
	const uint8_t zeros[FSI_BLOCK_SIZE] = {0};

	recording_disc_init(&appended.disc, zeros, 1, 400);
	find();
	ck_assert_uint_eq(count, 0);
	ck_assert_ptr_null(sessions);
	appended.disc.blocks = 400;
	find();
	ck_assert_uint_eq(count, 0);
}
END_TEST

/* ---- what was begun and not completed ---------------------------------- */

START_TEST(a_session_to_which_nothing_leads_is_none)
{
	uint64_t lottery = 1;
	uint8_t *bytes = NULL;
	uint32_t blocks = 0;
	unsigned synced = 0;

	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	appended_add(&appended, "two");
	while (appended.disc.events[synced].kind != DISC_SYNC)
		synced++;
	bytes = recording_disc_after(&appended.disc, synced + 1, &lottery, &blocks);
	ck_assert_uint_gt(blocks, appended.disc.old_blocks);
	sessions = appended_sessions(bytes, blocks, &count);
	ck_assert_uint_eq(count, 1);
	free(bytes);
}
END_TEST

/* ---- discs that are written once --------------------------------------- */

/* A session alone, for a block of the disc, is put there. */
static void put_session(uint32_t block, const char *name)
{
	fsi_image *image = api_image(appended.file_systems);
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_image_put_session_start_block(image, (int32_t)block));
	api_add_text(api_root(image), name, api_text("text of %s", name));
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	ck_assert_uint_le(block + size / FSI_BLOCK_SIZE, appended.disc.room);
	memcpy(appended.disc.bytes + (size_t)block * FSI_BLOCK_SIZE, bytes, size);
	appended.disc.blocks = block + (uint32_t)(size / FSI_BLOCK_SIZE);
	free(bytes);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

/* What may lie between two sessions: nothing, what fills up, what a CD has. */
static const uint32_t gaps[] = {0, 16, 160, 11400, 6900};
#define GAPS ((int)(sizeof(gaps) / sizeof(gaps[0])))

START_TEST(sessions_that_follow_one_another_are_found)
{
	const fsi_file_systems systems = _i % 2 == 0 ? BRIDGE : ISO_JOLIET;
	uint32_t start = 0;

	appended_begin(&appended, systems, 0);
	start = appended.disc.blocks + gaps[_i / 2];
	put_session(start, "two");
	find();
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(sessions[1].start_block, start);
	ck_assert_uint_eq(sessions[1].session_block, start);
	ck_assert_uint_eq(sessions[1].end_block, appended.disc.blocks);
	assert_shows(0, FSI_FILE_SYSTEM_JOLIET, ONE);
	assert_shows(1, FSI_FILE_SYSTEM_JOLIET, TWO);
	if (systems == BRIDGE) {
		assert_shows(0, FSI_FILE_SYSTEM_UDF, ONE);
		assert_shows(1, FSI_FILE_SYSTEM_UDF, TWO);
	}
}
END_TEST

START_TEST(a_session_that_is_cut_off_is_none)
{
	appended_begin(&appended, ISO, 0);
	put_session(appended.disc.blocks, "two");
	find();
	ck_assert_uint_eq(count, 2);
	appended.disc.blocks--;
	find();
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(the_newest_of_sessions_in_sequence_is_gone_on_from)
{
	appended_begin(&appended, BRIDGE, 0);
	put_session(appended.disc.blocks, "two");
	appended_add(&appended, "three");
	find();
	ck_assert_uint_ge(count, 2);
	assert_shows(-1, FSI_FILE_SYSTEM_UDF, THREE TWO);
	assert_shows((int)count - 1, FSI_FILE_SYSTEM_UDF, THREE TWO);
	assert_shows((int)count - 2, FSI_FILE_SYSTEM_UDF, TWO);
}
END_TEST

/* ---- going back -------------------------------------------------------- */

static void revert(uint32_t session)
{
	fsi_image *image = appended_image(&appended, session);
	fsi_result *result = api_result(image);

	ASSERT_OK(fsi_result_write_session(result, NULL));
	fsi_result_release(result);
	fsi_image_release(image);
}

START_TEST(an_earlier_session_is_shown_again_and_nothing_is_lost)
{
	const enum fsi_file_system best = kinds[_i].best;

	appended_begin(&appended, kinds[_i].file_systems, kinds[_i].revision);
	appended_add(&appended, "two");
	appended_add(&appended, "three");
	revert(1);
	find();
	ck_assert_uint_eq(count, 4);
	assert_shows(0, best,
		     best == FSI_FILE_SYSTEM_ISO9660 ? "ONE: text of one; " : ONE);
	assert_shows(3, best,
		     best == FSI_FILE_SYSTEM_ISO9660 ? "ONE: text of one; " : ONE);
	assert_shows(-1, best,
		     best == FSI_FILE_SYSTEM_ISO9660 ? "ONE: text of one; " : ONE);
	revert(3);
	find();
	ck_assert_uint_eq(count, 5);
	assert_history(best);
}
END_TEST

START_TEST(a_session_that_is_not_there_is_not_imported)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	fsi_multisession *multisession = NULL;
	fsi_image *image = NULL;
	uint32_t session = 0;

	appended_begin(&appended, ISO, 0);
	appended_add(&appended, "two");
	multisession = recording_disc_open(&appended.disc);
	image = api_image(ISO);
	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
	ASSERT_OK(fsi_image_put_import_session(image, 3));
	ASSERT_OK(fsi_image_get_import_session(image, &session));
	ck_assert_uint_eq(session, 3);
	ASSERT_FAILS(fsi_image_import_file_system(image, &imported),
		     IMAPI_E_INVALID_PARAM, "import_session");
	ASSERT_SAYS("2 sessions");
	ASSERT_OK(fsi_image_put_import_session(image, 2));
	ASSERT_OK(fsi_image_import_file_system(image, &imported));
	/* It was the newest one; another would have to be told apart. */
	ASSERT_OK(fsi_image_put_import_session(image, 0));
	ASSERT_OK(fsi_image_import_file_system(image, &imported));
	ASSERT_OK(fsi_image_put_import_session(image, 1));
	ASSERT_FAILS(fsi_image_import_file_system(image, &imported),
		     IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION, "");
	fsi_image_release(image);
	fsi_multisession_release(multisession);
}
END_TEST

START_TEST(pointers_are_required)
{
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	char *identifier = NULL;
	uint32_t session = 0;

	appended_begin(&appended, ISO, 0);
	stream = recording_disc_stream(appended.disc.bytes, appended.disc.blocks);
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_FAILS(fsi_disc_get_sessions(NULL, &sessions, &count), E_POINTER, "");
	ASSERT_FAILS(fsi_disc_get_sessions(disc, NULL, &count), E_POINTER, "");
	ASSERT_FAILS(fsi_disc_get_sessions(disc, &sessions, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_disc_get_identifier(NULL, &identifier), E_POINTER, "");
	ASSERT_FAILS(fsi_disc_get_identifier(disc, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_put_import_session(NULL, 1), E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_import_session(NULL, &session), E_POINTER, "");
	fsi_disc_release(disc);
	fsi_stream_release(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sessions");
	TCase *found = tcase_create("found");
	TCase *back = tcase_create("back");

	tcase_add_checked_fixture(found, NULL, tear_down);
	tcase_add_loop_test(found, each_session_shows_what_it_did_when_it_was_new, 0,
			    KINDS);
	tcase_add_loop_test(found, an_image_of_one_session_has_one, 0, KINDS);
	tcase_add_test(found, a_disc_without_a_file_system_has_no_session);
	tcase_add_loop_test(found, a_session_to_which_nothing_leads_is_none, 0, KINDS);
	tcase_add_loop_test(found, sessions_that_follow_one_another_are_found, 0,
			    2 * GAPS);
	tcase_add_test(found, a_session_that_is_cut_off_is_none);
	tcase_add_test(found, the_newest_of_sessions_in_sequence_is_gone_on_from);
	suite_add_tcase(suite, found);
	tcase_add_checked_fixture(back, NULL, tear_down);
	tcase_add_loop_test(back, an_earlier_session_is_shown_again_and_nothing_is_lost,
			    0, KINDS);
	tcase_add_test(back, a_session_that_is_not_there_is_not_imported);
	tcase_add_test(back, pointers_are_required);
	suite_add_tcase(suite, back);
	return api_run(suite);
}
