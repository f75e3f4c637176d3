/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each code that is raised about the disc that an image goes on from, by its real
 * condition: value, inserts and the whole message. doc/codes.md is made from these rows
 * by tools/make_codes.py.
 */
#include "image/image.h"
#include "tests/support/faulty_stream.h"
#include "tests/support/hand.h"
#include "tests/support/paper_fixture.h"
#include "tests/support/raised.h"

#include <stdlib.h>
#include <string.h>

static fsi_file_systems found;
static char *text;
static fsi_result *result;
static bool is_appendable;
static uint8_t bytes[64 * FSI_BLOCK_SIZE];
static struct faulty_stream source;
static fsi_stream *opened;

static void set_up(void)
{
	paper_set_up();
	memset(bytes, 0, sizeof(bytes));
	source = (struct faulty_stream){.bytes = bytes, .size = sizeof(bytes)};
	opened = faulty_stream_open(&source);
	result = NULL;
}

static void tear_down(void)
{
	fsi_result_release(result);
	fsi_stream_release(opened);
	paper_tear_down();
}

static HRESULT choose_by_disc(void)
{
	return fsi_image_choose_image_defaults(paper_image, paper_objects[0]);
}

/* ---- objects ----------------------------------------------------------- */

static HRESULT set_objects_of_a_read_only_image(void)
{
	result = api_result(paper_image);
	return paper_put(1);
}

static HRESULT choose_for_a_read_only_image(void)
{
	result = api_result(paper_image);
	return choose_by_disc();
}

static HRESULT use_an_object_of_a_third_kind(void)
{
	paper_discs[0].ops.kind = 3;
	ASSERT_OK(fsi_multisession_put_in_use(paper_objects[0], true));
	return paper_put(2);
}

static HRESULT put_a_dvd_rom_in(void)
{
	paper_discs[0].values[FSI_MULTISESSION_MEDIA_TYPE] = IMAPI_MEDIA_TYPE_DVDROM;
	return paper_put(1);
}

static HRESULT use_a_dvd_rw_in_sequence(void)
{
	paper_discs[0].values[FSI_MULTISESSION_MEDIA_TYPE] = IMAPI_MEDIA_TYPE_DVDDASHRW;
	ASSERT_OK(fsi_multisession_put_in_use(paper_objects[0], true));
	return paper_put(2);
}

static HRESULT give_no_object(void)
{
	return paper_put(0);
}

static HRESULT use_a_disc_that_is_closed(void)
{
	paper_discs[0].values[FSI_MULTISESSION_IS_SUPPORTED] = 0;
	return paper_put(1);
}

static HRESULT use_an_object_that_does_not_suit(void)
{
	paper_discs[0].values[FSI_MULTISESSION_IS_SUPPORTED] = 0;
	ASSERT_OK(fsi_multisession_put_in_use(paper_objects[0], true));
	return paper_put(2);
}

static HRESULT use_an_empty_drive(void)
{
	paper_discs[0].failures[FSI_MULTISESSION_IS_SUPPORTED] =
		E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
	ASSERT_OK(fsi_multisession_put_in_use(paper_objects[0], true));
	return paper_put(1);
}

static HRESULT use_two_objects(void)
{
	ASSERT_OK(fsi_multisession_put_in_use(paper_objects[0], true));
	ASSERT_OK(fsi_multisession_put_in_use(paper_objects[1], true));
	return paper_put(2);
}

static HRESULT go_on_before_the_disc(void)
{
	paper_discs[0].values[FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS] = -150;
	return paper_put(1);
}

static HRESULT go_on_from_a_disc_that_cannot_be_opened(void)
{
	paper_discs[0].stream_failure = E_IMAPI_RECORDER_MEDIA_BECOMING_READY;
	return paper_put(1);
}

static HRESULT go_on_behind_the_end(void)
{
	paper_discs[0].values[FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION] = 64;
	paper_discs[0].stream = opened;
	return paper_put(1);
}

static HRESULT go_on_from_a_blank_disc(void)
{
	paper_discs[0].values[FSI_MULTISESSION_IS_FIRST_DATA_SESSION] = 1;
	paper_discs[0].values[FSI_MULTISESSION_START_ADDRESS_OF_PREVIOUS_SESSION] = -1;
	paper_discs[0].values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS_OF_PREVIOUS_SESSION] =
		-1;
	paper_discs[0].values[FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS] = 0;
	return paper_put(1);
}

/* ---- discs ------------------------------------------------------------- */

static HRESULT identify_nothing(void)
{
	return fsi_image_identify_file_systems_on_disc(paper_image, NULL, &found);
}

static HRESULT name_the_disc_of_nothing(void)
{
	return fsi_image_calculate_disc_identifier(paper_image, &text);
}

static HRESULT probe_nothing(void)
{
	return fsi_image_probe_specific_file_system(paper_image, FSI_FILE_SYSTEM_UDF,
						    &is_appendable);
}

static HRESULT probe_two_file_systems(void)
{
	return fsi_image_probe_specific_file_system(
		paper_image, (enum fsi_file_system)BRIDGE, &is_appendable);
}

static HRESULT name_a_blank_disc(void)
{
	paper_make_random(0, opened, 64);
	ASSERT_OK(paper_put(1));
	return name_the_disc_of_nothing();
}

static HRESULT identify_what_cannot_be_read(void)
{
	source.bad_blocks[0] = 16;
	return fsi_image_identify_file_systems_on_disc(paper_image, paper_objects[0],
						       &found);
}

static HRESULT name_what_cannot_be_read(void)
{
	paper_discs[0].stream = opened;
	bytes[0] = 1;
	source.bad_blocks[0] = 16;
	ASSERT_OK(paper_put(1));
	return name_the_disc_of_nothing();
}

static HRESULT identify_a_bad_disc(void)
{
	paper_discs[0].stream = opened;
	return identify_what_cannot_be_read();
}

static HRESULT change_the_disc(void)
{
	ASSERT_OK(paper_put(1));
	ASSERT_OK(fsi_image_calculate_disc_identifier(
		paper_image, &paper_image->multisession.disc_identifier));
	paper_discs[0].stream = opened;
	return fsi_image_create_result_image(paper_image, &result);
}

/* ---- what suits them --------------------------------------------------- */

static HRESULT suit_a_disc_of_something_else(void)
{
	bytes[0] = 1;
	paper_discs[0].stream = opened;
	return choose_by_disc();
}

/* OSTA UDF 2.1.5.3: the domain has the revision in its suffix. */
static HRESULT suit_a_disc_of_the_future(void)
{
	struct faulty_stream future;
	fsi_stream *disc = NULL;
	HRESULT hr = S_OK;

	hand_begin_file(UDF_PLAIN, 0x201);
	for (unsigned copy = 0; copy < 2; copy++) {
		uint8_t *block = udf_volume_block(
			&hand_volume, (copy == 0 ? UDF_MAIN : UDF_RESERVE) + UDF_LVD);

		udf_put16(block, 216 + 24, 0x270);
		udf_reseal(block);
	}
	udf_volume_finish(&hand_volume);
	future = (struct faulty_stream){.bytes = hand_volume.bytes,
					.size = udf_volume_size(&hand_volume)};
	disc = faulty_stream_open(&future);
	paper_make_random(0, disc, paper_count_blocks(disc));
	hr = choose_by_disc();
	fsi_stream_release(disc);
	hand_end();
	return hr;
}

static HRESULT suit_a_full_disc(void)
{
	paper_discs[0].values[FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA] = 0;
	return choose_by_disc();
}

static HRESULT suit_a_drive_that_knows_nothing(void)
{
	paper_discs[0].failures[FSI_MULTISESSION_LARGEST_MEDIA] = E_FAIL;
	return fsi_image_set_max_media_blocks_from_device(paper_image, paper_objects[0]);
}

/* ---- all of them ------------------------------------------------------- */

#define NONE_FITS "No multisession object fits the disc, or the drive has no disc."
#define BAD_VALUE "The multisession object has a value that is missing or wrong."

#define NOT_SET "The image has no multisession object that says which disc it continues."

static const struct raised rows[] = {
	RAISED(IMAPI_E_FSI_INTERNAL_ERROR,
	       "a drive does not tell what the largest disc is that it can write",
	       "the drive does not tell what it can write",
	       "The library met a state that it should never be in: the drive does not "
	       "tell what it can write.",
	       suit_a_drive_that_knows_nothing),
	RAISED(IMAPI_E_INVALID_PARAM, "two file systems are probed at once",
	       "file_system",
	       "The argument \"file_system\" has a value that is not accepted here.",
	       probe_two_file_systems),
	RAISED(IMAPI_E_READONLY, "multisession objects are set while a result is alive",
	       "", "The image or item that is to be changed is read-only at present.",
	       set_objects_of_a_read_only_image),
	RAISED(IMAPI_E_READONLY,
	       "what suits the disc in a drive is chosen while a result is alive", "",
	       "The image or item that is to be changed is read-only at present.",
	       choose_for_a_read_only_image),
	RAISED(IMAPI_E_IMAGE_TOO_BIG, "the disc in a drive has no room at all", "",
	       "The image is larger than the room that there is for it. The disc is "
	       "full.",
	       suit_a_full_disc),
	RAISED(IMAPI_E_EMPTY_DISC, "a blank disc is to be known again", "",
	       "Nothing has been recorded on the disc.", name_a_blank_disc),
	RAISED(IMAPI_E_NO_SUPPORTED_FILE_SYSTEM,
	       "what suits a disc is asked that holds something unknown", "",
	       "Neither ISO 9660 nor Joliet nor UDF was found on the disc.",
	       suit_a_disc_of_something_else),
	RAISED(IMAPI_E_IMPORT_SEEK_FAILURE,
	       "the earlier session is said to begin behind the end of the disc", "64",
	       "Block 64 of the disc is out of reach.", go_on_behind_the_end),
	RAISED(IMAPI_E_IMPORT_SEEK_FAILURE,
	       "a blank disc that is written in sequence is to be gone on from", "0",
	       "Block 0 of the disc is out of reach. There is no earlier session.",
	       go_on_from_a_blank_disc),
	RAISED(IMAPI_E_IMPORT_READ_FAILURE,
	       "the file systems of a disc are asked for whose descriptors can't be read",
	       "16",
	       "The earlier session cannot be read, probably because of block 16. The "
	       "system does not permit this access.",
	       identify_a_bad_disc),
	RAISED(IMAPI_E_IMPORT_READ_FAILURE,
	       "a disc is to be known again whose descriptors can't be read", "16",
	       "The earlier session cannot be read, probably because of block 16. The "
	       "system does not permit this access.",
	       name_what_cannot_be_read),
	RAISED(IMAPI_E_DISC_MISMATCH,
	       "another disc is in the drive when the result is made", "",
	       "The session was imported from another disc than the one in the drive.",
	       change_the_disc),
	RAISED(IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED, "the disc is a DVD-ROM", "",
	       "A disc of this kind cannot be continued with another session.",
	       put_a_dvd_rom_in),
	RAISED(IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED,
	       "the object in use is of a DVD-RW in its sequential mode", "",
	       "A disc of this kind cannot be continued with another session.",
	       use_a_dvd_rw_in_sequence),
	RAISED(IMAPI_E_UDF_NOT_WRITE_COMPATIBLE,
	       "what suits a disc is asked that has UDF of a later revision", "",
	       "The disc has a UDF revision in which no further session can be written.",
	       suit_a_disc_of_the_future),
	RAISED(IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE,
	       "the object in use is neither sequential nor random write", "",
	       "The multisession object is of a kind that cannot be used.",
	       use_an_object_of_a_third_kind),
	RAISED(IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	       "an image is given no multisession object", "", NONE_FITS, give_no_object),
	RAISED(IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	       "the disc is closed, so no object is supported", "", NONE_FITS,
	       use_a_disc_that_is_closed),
	RAISED(IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	       "the object in use is not supported, although another one is", "",
	       NONE_FITS, use_an_object_that_does_not_suit),
	RAISED(IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE,
	       "there is no disc in the drive of the object in use", "",
	       NONE_FITS " It was told: There is no disc in the drive.",
	       use_an_empty_drive),
	RAISED(IMAPI_E_MULTISESSION_NOT_SET,
	       "file systems are asked for, and it is not said of which disc", "",
	       NOT_SET, identify_nothing),
	RAISED(IMAPI_E_MULTISESSION_NOT_SET,
	       "a disc is to be known again, and it is not said which", "", NOT_SET,
	       name_the_disc_of_nothing),
	RAISED(IMAPI_E_MULTISESSION_NOT_SET,
	       "a file system is probed, and it is not said of which disc", "", NOT_SET,
	       probe_nothing),
	RAISED(IMAPI_E_BAD_MULTISESSION_PARAMETER, "two objects are in use at once", "",
	       BAD_VALUE " More than one object is in use.", use_two_objects),
	RAISED(IMAPI_E_BAD_MULTISESSION_PARAMETER, "an address is negative", "",
	       BAD_VALUE " The next writable address is -150.", go_on_before_the_disc),
	RAISED(IMAPI_E_BAD_MULTISESSION_PARAMETER,
	       "the disc of an object can't be opened", "",
	       BAD_VALUE " The disc can't be opened: The drive is not ready yet; it is "
			 "still looking at the disc.",
	       go_on_from_a_disc_that_cannot_be_opened),
};

START_TEST(a_code_is_raised_by_its_condition)
{
	char *before = api_describe(paper_image);

	raised_assert(&rows[_i]);
	api_assert_unchanged(paper_image, before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codes about the disc that an image goes on from");
	TCase *tcase = tcase_create("codes");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_code_is_raised_by_its_condition, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
