/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each code that an import raises, or what is fixed by one, by its real condition
 * and through the public API: value, inserts and the whole message. The image is as
 * before then. doc/codes.md is made from these rows by tools/make_codes.py.
 */
#include "tests/support/hand.h"
#include "tests/support/import_case.h"
#include "tests/support/raised.h"

#include <stdlib.h>
#include <string.h>

static fsi_boot_options *boot;
static char *before; /* the image, as it is to be after the failure; NULL: anyhow */

static void set_up(void)
{
	import_begin();
	boot = NULL;
	before = NULL;
}

static void tear_down(void)
{
	fsi_boot_options_release(boot);
	import_end();
}

/* ---- discs ------------------------------------------------------------- */

/* A disc with "dir" and "file". */
static fsi_image *make_first(fsi_file_systems file_systems)
{
	fsi_image *first = api_image(file_systems);

	api_add_directory(api_root(first), "dir");
	api_add_sized(api_root(first), "file", 5000);
	return first;
}

/* The disc is the volume that was made by hand. */
static void put_hand(void)
{
	udf_volume_finish(&hand_volume);
	import_put(hand_volume.bytes, udf_volume_size(&hand_volume));
	hand_end();
}

static HRESULT import(void)
{
	fsi_free(before);
	before = api_describe(import_image);
	return import_disc();
}

static HRESULT import_from(enum fsi_file_system file_system)
{
	before = api_describe(import_image);
	return fsi_image_import_specific_file_system(import_image, file_system);
}

/* A disc is imported; what comes next meets the code. */
static void begin_imported(fsi_file_systems file_systems)
{
	import_record(make_first(file_systems));
	ASSERT_OK(import());
	fsi_free(before);
	before = api_describe(import_image);
}

/* ---- before the disc is looked at -------------------------------------- */

static HRESULT import_without_a_disc(void)
{
	return import();
}

static HRESULT import_into_a_read_only_image(void)
{
	fsi_result *result = NULL;
	HRESULT hr = S_OK;

	import_record(make_first(BRIDGE));
	result = api_result(import_image);
	hr = import();
	fsi_free(before);
	before = NULL;
	fsi_result_release(result);
	return fsi_error_get_code() == hr ? hr : S_FALSE;
}

static HRESULT import_two_file_systems(void)
{
	import_record(make_first(BRIDGE));
	return import_from((enum fsi_file_system)ISO_JOLIET);
}

static HRESULT import_with_boot_options(void)
{
	fsi_stream *code = api_sized_stream(2048);

	import_record(make_first(BRIDGE));
	ASSERT_OK(fsi_boot_options_create(&boot));
	ASSERT_OK(fsi_boot_options_assign_boot_image(boot, code));
	ASSERT_OK(fsi_image_put_boot_image_options(import_image, boot));
	fsi_stream_release(code);
	return import();
}

/* ---- what is on it ----------------------------------------------------- */

static HRESULT import_from_zeros(void)
{
	static const uint8_t zeros[600 * FSI_BLOCK_SIZE];

	import_put(zeros, sizeof(zeros));
	return import();
}

static HRESULT import_from_no_file_system(void)
{
	static uint8_t noise[600 * FSI_BLOCK_SIZE];

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 7 + i / 251);
	import_put(noise, sizeof(noise));
	return import();
}

static HRESULT import_udf_from_iso9660(void)
{
	import_record(make_first(ISO));
	return import_from(FSI_FILE_SYSTEM_UDF);
}

static HRESULT import_joliet_from_iso9660(void)
{
	import_record(make_first(ISO));
	return import_from(FSI_FILE_SYSTEM_JOLIET);
}

static HRESULT import_a_damaged_entry(void)
{
	hand_begin_file(UDF_PLAIN, 0x102);
	udf_volume_entry(&hand_volume, 8)[20] ^= 1;
	put_hand();
	return import();
}

static HRESULT import_two_names_that_are_equal(void)
{
	udf_volume_init(&hand_volume, UDF_PLAIN, 0x102);
	udf_directory_begin(&hand_directory, &hand_volume, 4, 2);
	udf_directory_add(&hand_directory, "file", 0, 8);
	udf_directory_add(&hand_directory, "file", 0, 9);
	udf_directory_end(&hand_directory, 2, 4);
	udf_put_simple_file(&hand_volume, 8, 150, 3);
	udf_put_simple_file(&hand_volume, 9, 151, 3);
	put_hand();
	return import();
}

static HRESULT import_what_cannot_be_read(void)
{
	import_record(make_first(ISO));
	/* The root of ISO 9660 is in the bytes 158 to 161 of its descriptor. */
	import_faults.bad_blocks[0] = import_bytes[16 * FSI_BLOCK_SIZE + 158];
	return import();
}

static HRESULT import_what_is_cut(void)
{
	import_record(make_first(UDF));
	/* Behind the file are zeros and the anchors; the file is cut in two. */
	for (size_t block = import_size / FSI_BLOCK_SIZE; --block > 288;) {
		const uint8_t *at = import_bytes + block * FSI_BLOCK_SIZE;

		if (at[0] != 0 && at[0] != 2)
			break;
		import_paper.values[FSI_MULTISESSION_LAST_WRITTEN_ADDRESS] =
			(int32_t)block - 2;
	}
	return import();
}

/* ---- what is left ------------------------------------------------------ */

static HRESULT import_a_full_disc(void)
{
	import_record(make_first(BRIDGE));
	import_paper.values[FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA] =
		(int32_t)(import_size / FSI_BLOCK_SIZE);
	return import();
}

static HRESULT import_onto_a_disc_with_little_room(void)
{
	import_record(make_first(BRIDGE));
	import_paper.values[FSI_MULTISESSION_TOTAL_SECTORS_ON_MEDIA] =
		(int32_t)(import_size / FSI_BLOCK_SIZE) + 100;
	return import();
}

static HRESULT import_another_disc(void)
{
	begin_imported(BRIDGE);
	import_record(make_first(UDF));
	return import();
}

/* ---- names ------------------------------------------------------------- */

static HRESULT import_a_file_over_a_directory(void)
{
	import_record(make_first(BRIDGE));
	api_add_directory(import_root, "file");
	return import();
}

static HRESULT import_a_directory_over_a_file(void)
{
	import_record(make_first(ISO_JOLIET));
	api_add_text(import_root, "dir", "text");
	return import();
}

static HRESULT import_a_name_that_is_not_allowed(void)
{
	fsi_image *first = api_image(UDF);

	ASSERT_OK(fsi_image_put_any_character_names(first, true));
	api_add_directory(api_root(first), "dir");
	api_add_text(api_root(first), "dir/a:b", "text");
	import_record(first);
	return import();
}

static HRESULT import_names_that_differ_in_case(void)
{
	fsi_image *first = api_image(UDF);

	ASSERT_OK(fsi_image_put_case_sensitive_names(first, true));
	api_add_text(api_root(first), "NAME", "one");
	api_add_text(api_root(first), "name", "two");
	import_record(first);
	return import();
}

static HRESULT import_too_many_levels(void)
{
	fsi_image *first = api_image(UDF);
	char path[32] = "1";

	for (unsigned level = 2; level <= 9; level++) {
		api_add_directory(api_root(first), path);
		strcat(path, api_text("\\%u", level));
	}
	import_record(first);
	return import();
}

/* ---- what is fixed then ------------------------------------------------ */

static HRESULT leave_out_what_was_imported(void)
{
	begin_imported(BRIDGE);
	return fsi_image_put_file_systems_to_create(import_image, ISO_JOLIET);
}

static HRESULT leave_out_what_the_disc_has_too(void)
{
	begin_imported(BRIDGE);
	return fsi_image_put_file_systems_to_create(import_image, UDF);
}

static HRESULT choose_the_defaults_of_a_cd(void)
{
	begin_imported(UDF);
	return fsi_image_choose_image_defaults_for_media_type(import_image,
							      IMAPI_MEDIA_TYPE_CDR);
}

static HRESULT choose_another_revision(void)
{
	begin_imported(UDF);
	return fsi_image_put_udf_revision(import_image, 0x201);
}

static HRESULT begin_the_session_elsewhere(void)
{
	begin_imported(UDF);
	return fsi_image_put_session_start_block(import_image, 0);
}

/* ---- all of them ------------------------------------------------------- */

static const struct raised rows[] = {
	RAISED(IMAPI_E_MULTISESSION_NOT_SET,
	       "a session is to be imported, and no multisession object was set", "",
	       "The image has no multisession object that says which disc it continues.",
	       import_without_a_disc),
	RAISED(IMAPI_E_READONLY, "a session is imported while a result is alive", "",
	       "The image or item that is to be changed is read-only at present.",
	       import_into_a_read_only_image),
	RAISED(IMAPI_E_INVALID_PARAM, "two file systems are to be imported at once",
	       "file_system",
	       "The argument \"file_system\" has a value that is not accepted here.",
	       import_two_file_systems),
	RAISED(IMAPI_E_BOOT_OBJECT_CONFLICT,
	       "a session is imported into an image with boot options", "",
	       "Only the first session of a disc can have a boot image, and this is a "
	       "later one.",
	       import_with_boot_options),
	RAISED(IMAPI_E_EMPTY_DISC, "a disc of zeros is imported", "",
	       "Nothing has been recorded on the disc.", import_from_zeros),
	RAISED(IMAPI_E_NO_SUPPORTED_FILE_SYSTEM,
	       "a disc is imported that has no known file system", "",
	       "Neither ISO 9660 nor Joliet nor UDF was found on the disc.",
	       import_from_no_file_system),
	RAISED(IMAPI_E_FILE_SYSTEM_NOT_FOUND, "UDF is imported from a disc without it",
	       "UDF", "There is no UDF file system on the disc.",
	       import_udf_from_iso9660),
	RAISED(IMAPI_E_FILE_SYSTEM_NOT_FOUND, "Joliet is imported from a disc without it",
	       "Joliet", "There is no Joliet file system on the disc.",
	       import_joliet_from_iso9660),
	RAISED(IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
	       "a file entry is damaged on the disc that is imported", "UDF",
	       "The structures of the UDF file system on the disc do not agree with one "
	       "another. The file entry in block 296: its CRC is wrong.",
	       import_a_damaged_entry),
	RAISED(IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR,
	       "a directory that is imported has two names that are equal", "UDF",
	       "The structures of the UDF file system on the disc do not agree with one "
	       "another. A directory has two items named \"file\".",
	       import_two_names_that_are_equal),
	RAISED(IMAPI_E_IMPORT_READ_FAILURE,
	       "a block of a directory that is imported can't be read", "20",
	       "The earlier session cannot be read, probably because of block 20. The "
	       "system does not permit this access.",
	       import_what_cannot_be_read),
	RAISED(IMAPI_E_IMPORT_SEEK_FAILURE,
	       "a file on the disc that is imported reaches behind its end", "306",
	       "Block 306 of the disc is out of reach.", import_what_is_cut),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "a disc is imported that has no blocks left", "",
	       "The layout of the imported session does not go with this. It leaves no "
	       "blocks of the disc.",
	       import_a_full_disc),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "another disc is imported into the same image", "",
	       "The layout of the imported session does not go with this. Another "
	       "session was imported before.",
	       import_another_disc),
	RAISED(IMAPI_E_IMAGE_TOO_BIG,
	       "a disc is imported that has no room for the structures of a session", "",
	       "The image is larger than the room that there is for it. The session has "
	       "576 blocks, and there is room for 100.",
	       import_onto_a_disc_with_little_room),
	RAISED(IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY,
	       "the image has a directory where the disc has a file", "\\file|UDF",
	       "\"\\file\" is a file in the UDF file system of the disc, but a directory "
	       "in the image.",
	       import_a_file_over_a_directory),
	RAISED(IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE,
	       "the image has a file where the disc has a directory", "\\dir|Joliet",
	       "\"\\dir\" is a directory in the Joliet file system of the disc, but a "
	       "file in the image.",
	       import_a_directory_over_a_file),
	RAISED(IMAPI_E_INVALID_PATH,
	       "a name on the disc has a character that no name has", "\\dir\\a:b",
	       "\"\\dir\\a:b\" is not a path that the rules in force allow in the image.",
	       import_a_name_that_is_not_allowed),
	RAISED(IMAPI_E_DUP_NAME, "two names on the disc differ in case only", "name",
	       "The name \"name\" is taken already in its directory. The disc has "
	       "\"NAME\" beside it; case is no difference here.",
	       import_names_that_differ_in_case),
	RAISED(IMAPI_E_ISO9660_LEVELS,
	       "UDF of nine levels is imported into an image with ISO 9660", "",
	       "A directory would lie below the eighth level, the last that ISO 9660 "
	       "has. \"\\1\\2\\3\\4\\5\\6\\7\\8\" is on level 9.",
	       import_too_many_levels),
	RAISED(IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED,
	       "after an import, file systems without the imported one are chosen", "",
	       "The file systems chosen leave out one that the imported session has.",
	       leave_out_what_was_imported),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "after an import, another file system of the disc is left out", "",
	       "The layout of the imported session does not go with this. It has another "
	       "file system, which would go on showing it.",
	       leave_out_what_the_disc_has_too),
	RAISED(IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED,
	       "after an import of UDF, what suits a CD is chosen", "",
	       "The file systems chosen leave out one that the imported session has.",
	       choose_the_defaults_of_a_cd),
	RAISED(IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED,
	       "after an import of UDF 1.02, revision 2.01 is chosen", "",
	       "Another UDF revision is not possible: the imported session has set it. "
	       "It is 1.02.",
	       choose_another_revision),
	RAISED(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION,
	       "after an import, the session is to begin somewhere else", "",
	       "The layout of the imported session does not go with this.",
	       begin_the_session_elsewhere),
};

START_TEST(a_code_is_raised_by_its_condition)
{
	raised_assert(&rows[_i]);
	if (before != NULL)
		api_assert_unchanged(import_image, before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codes that an import raises");
	TCase *tcase = tcase_create("codes");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_code_is_raised_by_its_condition, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
