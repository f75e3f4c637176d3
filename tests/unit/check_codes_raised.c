/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each code of imapi2fserror.h that an image raises, by its real condition and
 * through the public API: value, inserts and the whole message. doc/codes.md is
 * made from these rows by tools/make_codes.py.
 */
#include "tests/support/privileges.h"
#include "tests/support/raised.h"
#include "tests/support/streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static fsi_image *image;
static fsi_directory *root;
static fsi_result *result;
static fsi_stream *stream;
static struct test_stream source;

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	root = api_root(image);
	stream = api_text_stream("data");
	result = NULL;
	source = (struct test_stream){.size = 0};
	api_add_directory(root, "dir");
	api_add_directory(root, "dir\\sub");
	api_add_text(root, "file", "text");
}

static void tear_down(void)
{
	fsi_result_release(result);
	fsi_stream_release(stream);
	fsi_image_release(image);
	api_end_folder();
}

/* Use the source as it is now in place of the stream. */
static fsi_stream *open_source(void)
{
	fsi_stream_release(stream);
	stream = test_stream_open(&source);
	return stream;
}

/* ---- state ------------------------------------------------------------- */

static HRESULT change_a_read_only_image(void)
{
	result = api_result(image);
	return fsi_directory_add_directory(root, "new");
}

static HRESULT replace_data_of_a_file(void)
{
	return fsi_file_put_data(api_file(root, "file"), stream);
}

static HRESULT make_no_file_system(void)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, FSI_FILE_SYSTEM_NONE));
	return fsi_image_create_result_image(image, &result);
}

static HRESULT turn_on_strict_mode(void)
{
	return fsi_image_put_strict_file_system_compliance(image, true);
}

static HRESULT name_items_by_other_rules(void)
{
	return fsi_image_put_case_sensitive_names(image, true);
}

static HRESULT fill_a_detached_directory(void)
{
	fsi_directory *loose = NULL;

	ASSERT_OK(fsi_image_create_directory_item(image, "loose", &loose));
	return fsi_directory_add_directory(loose, "new");
}

static HRESULT change_a_removed_item(void)
{
	fsi_item *item = api_item(root, "file");

	ASSERT_OK(fsi_directory_remove(root, "file"));
	return fsi_item_put_is_hidden(item, true);
}

static HRESULT ask_for_streams_of_a_stream(void)
{
	fsi_named_streams *streams = NULL;
	fsi_file *found = NULL;
	HRESULT hr = fsi_file_add_stream(api_file(root, "file"), "stream", stream);

	ck_assert(SUCCEEDED(hr));
	ASSERT_OK(fsi_file_get_named_streams(api_file(root, "file"), &streams));
	ASSERT_OK(fsi_named_streams_get_item(streams, 0, &found));
	fsi_named_streams_release(streams);
	return fsi_file_get_named_streams(found, &streams);
}

/* ---- parameters -------------------------------------------------------- */

static HRESULT choose_unknown_file_system(void)
{
	return fsi_image_put_file_systems_to_create(image, 8);
}

static HRESULT choose_a_disc_that_is_not_written(void)
{
	return fsi_image_choose_image_defaults_for_media_type(image,
							      IMAPI_MEDIA_TYPE_DVDROM);
}

static HRESULT return_to_a_later_change(void)
{
	return fsi_image_rollback_to_change_point(image, 100);
}

static HRESULT name_the_volume_too_long(void)
{
	return fsi_image_put_volume_name(image, "123456789012345678901234567890123");
}

static HRESULT name_the_volume_in_strict_mode(void)
{
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, true));
	return fsi_image_put_volume_name(image, "lower");
}

static HRESULT put_dates_in_strict_mode(void)
{
	const struct timespec early = {.tv_sec = 1000};

	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, true));
	api_add_text(root, "file", "");
	return fsi_item_put_last_modified_time(api_item(root, "file"), &early);
}

static HRESULT work_where_nothing_is(void)
{
	return fsi_image_put_working_directory(image, "/not/there");
}

/* ---- paths and names --------------------------------------------------- */

static HRESULT use_a_malformed_path(void)
{
	return fsi_directory_add_directory(root, "dir\\a:b");
}

static HRESULT restrict_names(void)
{
	ASSERT_OK(fsi_image_put_use_restricted_character_set(image, true));
	return fsi_directory_add_directory(root, "\xC3\xA4");
}

static HRESULT take_a_name_twice(void)
{
	return fsi_directory_add_directory(root, "DIR");
}

static HRESULT name_a_stream_that_udf_cannot_hold(void)
{
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x200));
	return fsi_file_add_stream(api_file(root, "file"), "a\xEF\xBB\xBF", stream);
}

static HRESULT find_nothing(void)
{
	fsi_item *item = NULL;

	return fsi_directory_get_item(root, "dir\\nothing", &item);
}

static HRESULT go_through_nothing(void)
{
	return fsi_directory_add_directory(root, "dir\\nothing\\new");
}

static HRESULT go_through_a_file(void)
{
	return fsi_directory_add_directory(root, "file\\new");
}

static HRESULT remove_a_directory_with_content(void)
{
	return fsi_directory_remove(root, "dir");
}

/* ---- limits ------------------------------------------------------------ */

static HRESULT add_over_the_limit(void)
{
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 640));
	source.size = 2000000;
	return fsi_directory_add_file(root, "large", open_source());
}

static HRESULT set_the_limit_too_low(void)
{
	return fsi_image_put_free_media_blocks(image, 100);
}

static HRESULT lie_too_deep(void)
{
	const char *path = "dir\\sub\\4\\5\\6\\7\\8\\9";

	for (size_t end = 9; end < strlen(path); end += 2)
		api_add_directory(root, api_text("%.*s", (int)end, path));
	return fsi_directory_add_directory(root, path);
}

static HRESULT add_too_many_directories(void)
{
	for (int i = 0; i < 65532; i++)
		api_add_directory(root, api_text("%d", i));
	return fsi_directory_add_directory(root, "one more");
}

static HRESULT add_a_file_of_2_gib_and_one_byte(void)
{
	source.size = UINT64_C(0x80000001);
	return fsi_directory_add_file(root, "large", open_source());
}

/* ---- data -------------------------------------------------------------- */

static HRESULT read_all(void)
{
	uint8_t block[4096];
	fsi_stream *image_stream = NULL;
	uint64_t size = 0;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_result_get_image_stream(result, &image_stream));
	ASSERT_OK(fsi_stream_get_size(image_stream, &size));
	for (uint64_t at = 0; at < size && SUCCEEDED(hr); at += sizeof(block)) {
		size_t got = 0;

		hr = fsi_stream_read_at(image_stream, at, block, sizeof(block), &got);
	}
	fsi_stream_release(image_stream);
	return hr;
}

static HRESULT read_a_source_that_has_grown(void)
{
	scratch_text(&api_folder, "host", "four");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "copy", api_host("host")));
	result = api_result(image);
	scratch_text(&api_folder, "host", "fours");
	return read_all();
}

static HRESULT read_a_source_that_has_gone(void)
{
	scratch_text(&api_folder, "host", "four");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "copy", api_host("host")));
	result = api_result(image);
	ck_assert_int_eq(unlink(api_host("host")), 0);
	return read_all();
}

static HRESULT add_a_stream_without_a_size(void)
{
	source.size_failure = E_FAIL;
	return fsi_directory_add_file(root, "new", open_source());
}

static HRESULT list_a_closed_folder(void)
{
	HRESULT hr = S_OK;

	scratch_folder(&api_folder, "closed");
	ck_assert_int_eq(chmod(api_host("closed"), 0), 0);
	privileges_drop();
	hr = fsi_directory_add_tree(root, api_host("closed"), false);
	privileges_restore();
	return hr;
}

static HRESULT add_a_folder_as_a_file(void)
{
	scratch_folder(&api_folder, "folder");
	return fsi_directory_add_file_from_path(root, "new", api_host("folder"));
}

static HRESULT refuse_links(void)
{
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .links = FSI_LINKS_REFUSE};

	scratch_folder(&api_folder, "folder");
	ck_assert_int_eq(symlink("to", api_host("folder/link")), 0);
	return fsi_directory_add_tree_with_options(root, api_host("folder"), &options,
						   NULL);
}

static HRESULT keep_a_stream_out(void)
{
	return fsi_file_add_stream(api_file(root, "file"), "stream", stream);
}

/* ---- all of them ------------------------------------------------------- */

static const struct raised rows[] = {
	RAISED(IMAPI_E_INVALID_PARAM,
	       "a parameter has a value that is no use: file systems that there are not",
	       "new_val",
	       "The argument \"new_val\" has a value that is not accepted here.",
	       choose_unknown_file_system),
	RAISED(IMAPI_E_INVALID_PARAM, "a kind of disc that can't be written", "value",
	       "The argument \"value\" has a value that is not accepted here.",
	       choose_a_disc_that_is_not_written),
	RAISED(IMAPI_E_INVALID_PARAM, "a change point that is not there", "change_point",
	       "The argument \"change_point\" has a value that is not accepted here. It "
	       "must be 0 to 3.",
	       return_to_a_later_change),
	RAISED(IMAPI_E_READONLY, "the content is changed while a result is alive", "",
	       "The image or item that is to be changed is read-only at present.",
	       change_a_read_only_image),
	RAISED(IMAPI_E_READONLY, "the data of a file that is in the image is replaced",
	       "", "The image or item that is to be changed is read-only at present.",
	       replace_data_of_a_file),
	RAISED(IMAPI_E_NO_OUTPUT, "a result without a file system is asked for", "",
	       "The image is to have no file system at all.", make_no_file_system),
	RAISED(IMAPI_E_INVALID_VOLUME_NAME, "a volume name of 33 characters", "",
	       "The volume name has over 32 characters, or characters that it may not "
	       "have. It may have 32 characters, none of them a control character.",
	       name_the_volume_too_long),
	RAISED(IMAPI_E_INVALID_VOLUME_NAME,
	       "in strict mode, a volume name with a character that ISO 9660 does not "
	       "have",
	       "",
	       "The volume name has over 32 characters, or characters that it may not "
	       "have. In strict mode it may have 15 of the characters A-Z, 0-9 and "
	       "\"_\"; a-z and \".\" too where there is no ISO 9660.",
	       name_the_volume_in_strict_mode),
	RAISED(IMAPI_E_INVALID_DATE,
	       "in strict mode, an item would be modified before its creation",
	       "Last Modified|Creation",
	       "The Last Modified time of the item would be earlier than its Creation "
	       "time.",
	       put_dates_in_strict_mode),
	RAISED(IMAPI_E_FILE_SYSTEM_NOT_EMPTY,
	       "the strict mode is turned on while the image has items", "",
	       "The image has files or directories, and this can be set only before the "
	       "first.",
	       turn_on_strict_mode),
	RAISED(IMAPI_E_FILE_SYSTEM_NOT_EMPTY,
	       "rules of names are changed while the image has items", "",
	       "The image has files or directories, and this can be set only before the "
	       "first.",
	       name_items_by_other_rules),
	RAISED(IMAPI_E_NOT_FILE, "a folder of this computer is added as a file",
	       "{host}folder",
	       "A file is needed, and \"{host}folder\" is something else.",
	       add_a_folder_as_a_file),
	RAISED(IMAPI_E_NOT_DIR, "a path leads through a file", "\\file",
	       "A directory is needed, and \"\\file\" is something else.",
	       go_through_a_file),
	RAISED(IMAPI_E_DIR_NOT_EMPTY, "a directory with content is removed alone",
	       "\\dir",
	       "The directory \"\\dir\" is not empty and so cannot be removed on its "
	       "own.",
	       remove_a_directory_with_content),
	RAISED(IMAPI_E_NOT_IN_FILE_SYSTEM,
	       "an item is put into a directory that is not in the image", "loose",
	       "The item \"loose\" is not part of the image.", fill_a_detached_directory),
	RAISED(IMAPI_E_NOT_IN_FILE_SYSTEM, "an item is changed that has left the image",
	       "file", "The item \"file\" is not part of the image.",
	       change_a_removed_item),
	RAISED(IMAPI_E_INVALID_PATH, "a path with a character that no name has",
	       "dir\\a:b",
	       "\"dir\\a:b\" is not a path that the rules in force allow in the image.",
	       use_a_malformed_path),
	RAISED(IMAPI_E_RESTRICTED_NAME_VIOLATION,
	       "with the restricted character set, a name with a character beyond 127",
	       "\xC3\xA4",
	       "The name \"\xC3\xA4\" has characters outside the restricted set, which "
	       "is 32 to 127.",
	       restrict_names),
	RAISED(IMAPI_E_DUP_NAME, "a name that is taken, in another case", "DIR",
	       "The name \"DIR\" is taken already in its directory.", take_a_name_twice),
	RAISED(IMAPI_E_NO_UNIQUE_NAME, "a stream has a name that UDF can't hold",
	       "a\xEF\xBB\xBF|UDF",
	       "No name for \"a\xEF\xBB\xBF\" was found that would be unique in the UDF "
	       "file system. UDF can't hold this name of a stream.",
	       name_a_stream_that_udf_cannot_hold),
	RAISED(IMAPI_E_ITEM_NOT_FOUND, "an item that is not there is looked for",
	       "dir\\nothing", "Nothing in the image has the path \"dir\\nothing\".",
	       find_nothing),
	RAISED(IMAPI_E_DIR_NOT_FOUND,
	       "a path leads through a directory that is not there", "\\dir\\nothing",
	       "No directory of the image has the path \"\\dir\\nothing\".",
	       go_through_nothing),
	RAISED(IMAPI_E_IMAGE_SIZE_LIMIT,
	       "an addition would make the image larger than the free media blocks",
	       "\\large",
	       "There is no room for \"\\large\": the image would grow beyond its size "
	       "limit. The limit is 640 blocks.",
	       add_over_the_limit),
	RAISED(IMAPI_E_IMAGE_TOO_BIG,
	       "the free media blocks are set below what the image has", "",
	       "The image is larger than the room that there is for it. It needs 576 "
	       "blocks, the limit is 100.",
	       set_the_limit_too_low),
	RAISED(IMAPI_E_DATA_STREAM_INCONSISTENCY,
	       "a source has changed its size since it was added", "{host}host|4|5",
	       "The file \"{host}host\" should have 4 bytes, but its data has 5.",
	       read_a_source_that_has_grown),
	RAISED(IMAPI_E_DATA_STREAM_READ_FAILURE,
	       "a caller's stream does not tell its size", "new",
	       "Reading the data of the file \"new\" ended with an error.",
	       add_a_stream_without_a_size),
	RAISED(IMAPI_E_DATA_STREAM_CREATE_FAILURE,
	       "a source has gone when the image is read", "{host}host",
	       "The file \"{host}host\" cannot be opened to read its data: No such file "
	       "or directory.",
	       read_a_source_that_has_gone),
	RAISED(IMAPI_E_DIRECTORY_READ_FAILURE,
	       "a folder of this computer can't be listed", "{host}closed",
	       "The entries of the directory \"{host}closed\" cannot be listed: "
	       "Permission denied.",
	       list_a_closed_folder),
	RAISED(IMAPI_E_TOO_MANY_DIRS,
	       "the 65,536th directory, the root counted, with ISO 9660", "ISO9660",
	       "The image has too many directories for the ISO9660 file system. The "
	       "limit is 65535 with the root.",
	       add_too_many_directories),
	RAISED(IMAPI_E_ISO9660_LEVELS, "a directory on the ninth level", "",
	       "A directory would lie below the eighth level, the last that ISO 9660 "
	       "has. \"\\dir\\sub\\4\\5\\6\\7\\8\\9\" is on level 9.",
	       lie_too_deep),
	RAISED(IMAPI_E_DATA_TOO_BIG, "a file of 2 GiB and one byte, with ISO 9660",
	       "ISO9660/Joliet",
	       "A file is too large for ISO9660/Joliet. \"\\large\" has 2147483649 "
	       "bytes, the limit is 2147483648.",
	       add_a_file_of_2_gib_and_one_byte),
	RAISED(IMAPI_E_INVALID_WORKING_DIRECTORY, "a working directory that is not there",
	       "/not/there", "\"/not/there\" does not serve as a working directory.",
	       work_where_nothing_is),
	RAISED(IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
	       "a symbolic link, where links are to be refused", "image's|symbolic links",
	       "Not supported in the image's file system: symbolic links. It is "
	       "\"{host}folder/link\".",
	       refuse_links),
	RAISED(IMAPI_E_PROPERTY_NOT_ACCESSIBLE, "a named stream is asked for its streams",
	       "FsiNamedStreams",
	       "Items of this kind do not have the property \"FsiNamedStreams\".",
	       ask_for_streams_of_a_stream),
};

START_TEST(a_code_is_raised_by_its_condition)
{
	raised_assert(&rows[_i]);
}
END_TEST

/* The one success that tells something; it is no error, so there is no message. */
START_TEST(a_success_tells_what_is_left_out)
{
	ck_assert_int_eq(keep_a_stream_out(), IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
	ck_assert_int_eq(fsi_error_get_code(), S_OK);
	ck_assert_int_eq(fsi_image_create_result_image(image, &result),
			 IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
	fsi_result_release(result);
	result = NULL;
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x200));
	ASSERT_OK(fsi_image_create_result_image(image, &result));
	fsi_result_release(result);
	result = NULL;
	ck_assert_int_eq(fsi_image_put_udf_revision(image, 0x150),
			 IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
	ck_assert_int_eq(fsi_image_put_file_systems_to_create(image, ISO),
			 IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codes that an image raises");
	TCase *tcase = tcase_create("codes");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_code_is_raised_by_its_condition, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tcase, a_success_tells_what_is_left_out);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
