/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs in a burner, which is not there: see tests/support/fake_burner.h. */
#include "media/multisession.h"
#include "tests/support/api.h"
#include "tests/support/fake_burner.h"

#include <stdlib.h>
#include <string.h>

static fsi_multisession *object;
static fsi_image *image;
static uint8_t bytes[600 * FSI_BLOCK_SIZE];

static void set_up(void)
{
	api_begin_folder();
	scratch_text(&api_folder, "drive", "");
	image = api_image(ISO_JOLIET);
	object = NULL;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 2048);
	fake_burner_dvd_r(1000);
}

static void tear_down(void)
{
	fsi_image_release(image);
	fsi_multisession_release(object);
	ck_assert(!fake_burner.is_grabbed);
	api_end_folder();
}

static void open_drive(void)
{
	ASSERT_OK(fsi_multisession_create_on_drive(api_host("drive"), &object));
	ck_assert(fake_burner.is_grabbed);
}

static int32_t number(enum fsi_multisession_value which)
{
	int32_t value = -99;

	ck_assert_int_eq(fsi_multisession_value(object, which, &value), S_OK);
	return value;
}

static HRESULT put(void)
{
	return fsi_image_put_multisession_interfaces(image, &object, 1);
}

/* ---- sequential discs -------------------------------------------------- */

START_TEST(a_disc_with_a_session_tells_where_it_goes_on)
{
	struct fsi_multisession_range range = {0, 0};
	size_t count = 0;

	open_drive();
	ck_assert_int_eq(fsi_multisession_kind(object), FSI_MULTISESSION_SEQUENTIAL);
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_SUPPORTED), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_MEDIA_TYPE), IMAPI_MEDIA_TYPE_DVDPLUSR);
	ck_assert_int_eq(number(FSI_MULTISESSION_WRITE_UNIT_SIZE), 16);
	ck_assert_int_eq(number(FSI_MULTISESSION_LARGEST_MEDIA), 2295104);
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_FIRST_DATA_SESSION), 0);
	ck_assert_int_eq(number(FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION), 0);
	ck_assert_int_eq(
		number(FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION), 999);
	ck_assert_int_eq(number(FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS), 1032);
	ck_assert_int_eq(number(FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA),
			 FAKE_BLOCKS - 1032);
	ASSERT_OK(fsi_multisession_get_ranges(object, &range, 1, &count));
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(range.first_block, 0);
	ck_assert_uint_eq(range.end_block, 1000);
	ck_assert(fake_burner.was_multi);
	ASSERT_OK(put());
}
END_TEST

START_TEST(sessions_of_a_cd_are_told_in_minutes_too)
{
	struct fsi_multisession_range ranges[2] = {{0, 0}};
	size_t count = 0;

	fake_burner.profile = 0x09;
	fake_burner.sessions[0].is_audio = true;
	fake_burner.sessions[0].in_minutes = true;
	fake_burner.sessions[1] = (struct fake_session){
		.start = 12400, .end = 13000, .is_audio = true, .in_minutes = true};
	fake_burner.session_count = 2;
	fake_burner.nwa = 19900;
	open_drive();
	ASSERT_OK(fsi_multisession_get_ranges(object, ranges, 2, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(ranges[0].first_block, 0);
	ck_assert_uint_eq(ranges[0].end_block, 1000);
	ck_assert_uint_eq(ranges[1].first_block, 12400);
	ck_assert_uint_eq(ranges[1].end_block, 13000);
	/* Music is no data. */
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_FIRST_DATA_SESSION), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION),
			 12400);
	ck_assert_int_eq(number(FSI_MULTISESSION_MEDIA_TYPE), IMAPI_MEDIA_TYPE_CDR);
	ck_assert_int_eq(number(FSI_MULTISESSION_WRITE_UNIT_SIZE), 1);
}
END_TEST

START_TEST(the_session_that_is_mounted_is_the_earlier_one)
{
	/* CD Extra: the first track of the last session; libburn knows it. */
	fake_burner.sessions[0].start = 0;
	fake_burner.msc1 = 500;
	open_drive();
	ck_assert_int_eq(number(FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION), 500);
}
END_TEST

START_TEST(a_session_is_written_by_one_run)
{
	struct fsi_multisession_range ranges[2] = {{0, 0}};
	fsi_stream *stream = NULL;
	uint8_t back[FSI_BLOCK_SIZE];
	size_t count = 0;

	open_drive();
	ASSERT_OK(fsi_multisession_get_import_stream(object, &stream));
	for (uint32_t done = 0; done < 600; done += 60)
		ck_assert_int_eq(fsi_multisession_write(object, 1032 + done,
							bytes + done * FSI_BLOCK_SIZE,
							60),
				 S_OK);
	/* While it is written, nothing is read. */
	ASSERT_FAILS(fsi_stream_read_at(stream, 0, back, sizeof(back), NULL),
		     E_IMAPI_DF2DATA_WRITE_IN_PROGRESS, "");
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_uint_eq(fake_burner.runs, 1);
	ck_assert_int_eq(fake_burner.run_blocks, 600);
	ck_assert_mem_eq(fake_burner.bytes + 1032 * FSI_BLOCK_SIZE, bytes, sizeof(bytes));
	ck_assert(!fake_burner.was_cancelled);
	/* It is there now, and can be read. */
	ck_assert_int_eq(number(FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION),
			 1032);
	ck_assert_int_eq(number(FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS), 1664);
	ASSERT_OK(fsi_multisession_get_ranges(object, ranges, 2, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(ranges[1].end_block, 1632);
	api_read(stream, 1631 * FSI_BLOCK_SIZE, back, sizeof(back));
	ck_assert_mem_eq(back, bytes + 599 * FSI_BLOCK_SIZE, sizeof(back));
	/* There was nothing else to be ended. */
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_uint_eq(fake_burner.runs, 1);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_run_goes_on_where_it_has_come_to)
{
	open_drive();
	ASSERT_FAILS(fsi_multisession_write(object, 1000, bytes, 16), E_INVALIDARG, "");
	ASSERT_SAYS("A session begins in block 1032, and not in block 1000.");
	ck_assert_uint_eq(fake_burner.runs, 0);
	ck_assert_int_eq(fsi_multisession_write(object, 1032, bytes, 16), S_OK);
	ASSERT_FAILS(fsi_multisession_write(object, 1049, bytes, 16), E_INVALIDARG, "");
	ASSERT_SAYS("The session goes on in block 1048, and not in block 1049.");
	ck_assert_int_eq(fsi_multisession_write(object, 1048, bytes, 16), S_OK);
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_int_eq(fake_burner.run_blocks, 32);
}
END_TEST

START_TEST(a_drive_that_fails_is_told)
{
	HRESULT hr = S_OK;

	fake_burner.fails_after = 20;
	open_drive();
	/* So much that it can't wait in between. */
	for (uint32_t i = 0; SUCCEEDED(hr) && i < 100; i++)
		hr = fsi_multisession_write(object, 1032 + i * 600, bytes, 600);
	ck_assert_int_eq(hr, FSI_E_IO_DEVICE);
	ASSERT_SAYS("libburn: SCSI error on write.");
	ASSERT_FAILS(fsi_multisession_sync(object), FSI_E_IO_DEVICE, "");
}
END_TEST

START_TEST(a_drive_that_fails_at_the_end_is_told)
{
	fake_burner.fails_after = 4;
	open_drive();
	ck_assert_int_eq(fsi_multisession_write(object, 1032, bytes, 5), S_OK);
	ASSERT_FAILS(fsi_multisession_sync(object), FSI_E_IO_DEVICE, "");
	ASSERT_SAYS("libburn: SCSI error on write.");
}
END_TEST

START_TEST(who_lets_go_of_a_run_cancels_it)
{
	open_drive();
	ck_assert_int_eq(fsi_multisession_write(object, 1032, bytes, 16), S_OK);
	fsi_multisession_release(object);
	object = NULL;
	ck_assert(fake_burner.was_cancelled);
	ck_assert(!fake_burner.is_grabbed);
}
END_TEST

START_TEST(a_disc_without_a_write_type_is_told)
{
	fake_burner.has_no_type = true;
	open_drive();
	ASSERT_FAILS(fsi_multisession_write(object, 1032, bytes, 16),
		     E_IMAPI_DF2DATA_INVALID_MEDIA_STATE, "");
	ASSERT_SAYS("libburn: no suitable write type.");
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_uint_eq(fake_burner.runs, 0);
}
END_TEST

/* In the entries of UDF, where ISO 9660 can't find it: the data is recorded anew. */
START_TEST(data_that_the_disc_has_is_read_before_the_session_is_written)
{
	const struct fsi_disc_options options = {.size = sizeof(options),
						 .session_block = 1032};
	fsi_image *first = api_image(UDF);
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	fsi_stream *stream = NULL;
	fsi_result *result = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	char text[9] = "";
	uint8_t *made = NULL;
	size_t size = 0;

	api_add_text(api_root(first), "FILE.TXT", "embedded");
	stream = api_image_stream(first);
	made = api_read_all(stream, &size);
	ck_assert_uint_le(size, 1000 * FSI_BLOCK_SIZE);
	memcpy(fake_burner.bytes, made, size);
	free(made);
	fsi_stream_release(stream);
	fsi_image_release(first);
	open_drive();
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_OK(put());
	ASSERT_OK(fsi_image_import_file_system(image, &imported));
	/* So that it is not needed at once. */
	api_add_sized(api_root(image), "A.BIN", 1000 * FSI_BLOCK_SIZE);
	result = api_result(image);
	ASSERT_OK(fsi_result_write_session(result, NULL));
	fsi_result_release(result);
	ASSERT_OK(fsi_multisession_get_import_stream(object, &stream));
	ASSERT_OK(fsi_disc_open(stream, &options, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_JOLIET, &view));
	ASSERT_OK(fsi_disc_view_get_entry(view, "FILE.TXT", &entry));
	fsi_stream_release(stream);
	ASSERT_OK(fsi_disc_entry_open_data(entry, &stream));
	api_read(stream, 0, text, 8);
	ck_assert_str_eq(text, "embedded");
	fsi_stream_release(stream);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
}
END_TEST

/* ---- discs that are written at random ---------------------------------- */

static void put_in(int profile)
{
	fake_burner.status = BURN_DISC_BLANK;
	fake_burner.profile = profile;
	fake_burner.session_count = 0;
	fake_burner.nwa = -1;
	fake_burner.msc1 = -1;
	fake_burner.readable = FAKE_BLOCKS;
	fake_burner.smallest_unit = 32;
}

START_TEST(an_overwritable_disc_has_no_sessions_of_its_own)
{
	static const struct {
		int profile;
		int type;
		int unit;
	} rows[] = {{0x12, IMAPI_MEDIA_TYPE_DVDRAM, 16},
		    {0x13, IMAPI_MEDIA_TYPE_DVDDASHRW, 16},
		    {0x1a, IMAPI_MEDIA_TYPE_DVDPLUSRW, 16},
		    {0x43, IMAPI_MEDIA_TYPE_BDRE, 32}};
	int32_t value = 0;

	put_in(rows[_i].profile);
	open_drive();
	ck_assert_int_eq(fsi_multisession_kind(object), FSI_MULTISESSION_RANDOM_WRITE);
	ck_assert_int_eq(number(FSI_MULTISESSION_MEDIA_TYPE), rows[_i].type);
	ck_assert_int_eq(number(FSI_MULTISESSION_WRITE_UNIT_SIZE), rows[_i].unit);
	ck_assert_int_eq(number(FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA), FAKE_BLOCKS);
	ASSERT_FAILS(fsi_multisession_get_last_written_address(object, &value), E_NOTIMPL,
		     "");
	ck_assert(!fsi_multisession_can_cut(object));
	ASSERT_OK(put());
}
END_TEST

START_TEST(blocks_are_overwritten_where_they_are)
{
	put_in(0x1a);
	open_drive();
	ck_assert_int_eq(fsi_multisession_write(object, 17, bytes, 70), S_OK);
	ck_assert_uint_eq(fake_burner.random_writes, 3);
	ck_assert_mem_eq(fake_burner.bytes + 17 * FSI_BLOCK_SIZE, bytes,
			 70 * FSI_BLOCK_SIZE);
	ck_assert_uint_eq(fake_burner.flushes, 0);
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_uint_eq(fake_burner.flushes, 1);
	ck_assert_uint_eq(fake_burner.assessments, 1);
}
END_TEST

START_TEST(a_dvd_rw_is_written_in_whole_units_and_keeps_what_is_beside)
{
	uint8_t before[FSI_BLOCK_SIZE];

	put_in(0x13);
	memset(fake_burner.bytes, 0x77, sizeof(fake_burner.bytes));
	memcpy(before, fake_burner.bytes, sizeof(before));
	open_drive();
	ck_assert_int_eq(fsi_multisession_write(object, 20, bytes, 40), S_OK);
	ck_assert_int_eq(fake_burner.smallest_unit, 16);
	ck_assert_mem_eq(fake_burner.bytes + 20 * FSI_BLOCK_SIZE, bytes,
			 40 * FSI_BLOCK_SIZE);
	ck_assert_mem_eq(fake_burner.bytes + 19 * FSI_BLOCK_SIZE, before, sizeof(before));
	ck_assert_mem_eq(fake_burner.bytes + 60 * FSI_BLOCK_SIZE, before, sizeof(before));
}
END_TEST

START_TEST(a_block_that_is_bad_is_told)
{
	uint8_t back[FSI_BLOCK_SIZE];
	fsi_stream *stream = NULL;

	put_in(0x1a);
	fake_burner.bad_block = 40;
	open_drive();
	ASSERT_FAILS(fsi_multisession_write(object, 40, bytes, 1), FSI_E_IO_DEVICE, "");
	ASSERT_SAYS("libburn: SCSI error on write.");
	ASSERT_OK(fsi_multisession_get_import_stream(object, &stream));
	ASSERT_FAILS(
		fsi_stream_read_at(stream, 40 * FSI_BLOCK_SIZE, back, sizeof(back), NULL),
		FSI_E_IO_DEVICE, "");
	ASSERT_SAYS("libburn: Read error on read address.");
	api_read(stream, 41 * FSI_BLOCK_SIZE, back, sizeof(back));
	fsi_stream_release(stream);
}
END_TEST

/* ---- discs that will not do -------------------------------------------- */

static const struct {
	enum burn_disc_status status;
	int profile;
	bool is_unformatted;
	HRESULT supported; /* what asking for it comes to */
	HRESULT put;
	const char *name;
} refused[] = {
	{BURN_DISC_EMPTY, 0, false, E_IMAPI_RECORDER_MEDIA_NO_MEDIA,
	 IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	 "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE"},
	{BURN_DISC_UNREADY, 0, false, E_IMAPI_RECORDER_MEDIA_BECOMING_READY,
	 IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	 "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE"},
	{BURN_DISC_BLANK, 0x1a, true, E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED,
	 IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	 "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE"},
	{BURN_DISC_FULL, 0x1b, false, S_OK, IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	 "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE"},
	{BURN_DISC_FULL, 0x10, false, S_OK, IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED,
	 "IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED"},
	{BURN_DISC_UNSUITABLE, 0x9999, false, S_OK,
	 IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	 "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE"},
	{BURN_DISC_APPENDABLE, 0x42, false, S_OK, IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	 "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE"},
	{BURN_DISC_APPENDABLE, 0x14, false, S_OK, IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED,
	 "IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED"},
};

START_TEST(a_disc_that_will_not_do_is_refused)
{
	const struct api_place place = {__FILE__, __LINE__, "put()"};
	bool is_supported = false;
	HRESULT hr = S_OK;

	fake_burner.status = refused[_i].status;
	fake_burner.profile = refused[_i].profile;
	fake_burner.is_unformatted = refused[_i].is_unformatted;
	open_drive();
	hr = fsi_multisession_get_is_supported_on_current_media_state(object,
								      &is_supported);
	ck_assert_int_eq(hr, refused[_i].supported);
	if (refused[_i].profile != 0x14)
		ck_assert(!is_supported);
	hr = put();
	api_assert_fails(&place, hr, refused[_i].put, refused[_i].name, "");
}
END_TEST

START_TEST(a_blank_disc_has_nothing_to_go_on_from)
{
	fake_burner.status = BURN_DISC_BLANK;
	fake_burner.session_count = 0;
	fake_burner.msc1 = -1;
	fake_burner.nwa = 0;
	fake_burner.readable = 0;
	open_drive();
	ck_assert_int_eq(number(FSI_MULTISESSION_IS_FIRST_DATA_SESSION), 1);
	ck_assert_int_eq(number(FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION), -1);
	ck_assert_int_eq(number(FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA), FAKE_BLOCKS);
	ASSERT_FAILS(put(), IMAPI_E_IMPORT_SEEK_FAILURE, "0");
	/* A first session can be written all the same. */
	ck_assert_int_eq(fsi_multisession_write(object, 0, bytes, 600), S_OK);
	ck_assert_int_eq(fsi_multisession_sync(object), S_OK);
	ck_assert_int_eq(number(FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION), 0);
}
END_TEST

START_TEST(what_is_no_drive_or_not_free_is_told)
{
	fake_burner.is_missing = true;
	ASSERT_FAILS(fsi_multisession_create_on_drive(api_host("drive"), &object),
		     FSI_E_DEV_NOT_EXIST, "");
	fake_burner.is_missing = false;
	fake_burner.is_busy = true;
	ASSERT_FAILS(fsi_multisession_create_on_drive(api_host("drive"), &object),
		     E_IMAPI_RECORDER_LOCKED, "");
	ASSERT_SAYS("libburn: Cannot open busy device.");
	ck_assert_ptr_null(object);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("discs in a burner");
	TCase *tcase = tcase_create("sequential");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_disc_with_a_session_tells_where_it_goes_on);
	tcase_add_test(tcase, sessions_of_a_cd_are_told_in_minutes_too);
	tcase_add_test(tcase, the_session_that_is_mounted_is_the_earlier_one);
	tcase_add_test(tcase, a_session_is_written_by_one_run);
	tcase_add_test(tcase,
		       data_that_the_disc_has_is_read_before_the_session_is_written);
	tcase_add_test(tcase, a_run_goes_on_where_it_has_come_to);
	tcase_add_test(tcase, a_drive_that_fails_is_told);
	tcase_add_test(tcase, a_drive_that_fails_at_the_end_is_told);
	tcase_add_test(tcase, who_lets_go_of_a_run_cancels_it);
	tcase_add_test(tcase, a_disc_without_a_write_type_is_told);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("random write");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, an_overwritable_disc_has_no_sessions_of_its_own, 0, 4);
	tcase_add_test(tcase, blocks_are_overwritten_where_they_are);
	tcase_add_test(tcase,
		       a_dvd_rw_is_written_in_whole_units_and_keeps_what_is_beside);
	tcase_add_test(tcase, a_block_that_is_bad_is_told);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("refused");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_disc_that_will_not_do_is_refused, 0,
			    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tcase, a_blank_disc_has_nothing_to_go_on_from);
	tcase_add_test(tcase, what_is_no_drive_or_not_free_is_told);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
