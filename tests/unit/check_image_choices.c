/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What suits a kind of disc, the strict mode, and the small getters of IMAPI. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>

static fsi_image *image;
static fsi_directory *root;
static struct test_stream source;

static void set_up(void)
{
	const struct timespec now = {.tv_sec = API_SECONDS};

	api_begin_folder();
	ASSERT_OK(fsi_image_create(&now, &image));
	root = api_root(image);
	source = (struct test_stream){.size = 0};
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* ---- kinds of discs ---------------------------------------------------- */

static const struct {
	int type;
	fsi_file_systems systems; /* 0: refused */
	uint32_t revision;
	int64_t blocks;
} media[] = {
	{-1, 0, 0, 0},
	{0, 0, 0, 0},
	{1, 3, 0x102, 332800},
	{2, 3, 0x102, 332800},
	{3, 3, 0x102, 332800},
	{4, 0, 0, 0},
	{5, 4, 0x102, 2236704},
	{6, 4, 0x102, 2295104},
	{7, 4, 0x102, 2295104},
	{8, 4, 0x102, 4173824},
	{9, 4, 0x102, 2297888},
	{10, 4, 0x102, 2297888},
	{11, 4, 0x102, 4171712},
	{12, 4, 0x102, 2147483647},
	{13, 4, 0x102, 4173824},
	{14, 0, 0, 0},
	{15, 4, 0x250, 7324218},
	{16, 4, 0x250, 7324218},
	{17, 0, 0, 0},
	{18, 4, 0x250, 12219392},
	{19, 4, 0x250, 11826176},
	{20, 0, 0, 0},
};

static HRESULT choose(int type)
{
	return fsi_image_choose_image_defaults_for_media_type(
		image, (enum imapi_media_physical_type)type);
}

START_TEST(a_kind_of_disc_has_its_file_systems_and_size)
{
	fsi_file_systems systems = 0;
	uint32_t revision = 0;
	int64_t blocks = 0;

	ASSERT_OK(fsi_image_put_volume_name(image, "kept"));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, -1));
	if (media[_i].systems == 0) {
		char *before = api_describe(image);

		ASSERT_FAILS(choose(media[_i].type), IMAPI_E_INVALID_PARAM, "value");
		api_assert_unchanged(image, before);
		return;
	}
	ASSERT_OK(choose(media[_i].type));
	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &systems));
	ASSERT_OK(fsi_image_get_udf_revision(image, &revision));
	ASSERT_OK(fsi_image_get_free_media_blocks(image, &blocks));
	ck_assert_uint_eq(systems, media[_i].systems);
	ck_assert_uint_eq(revision, media[_i].revision);
	ck_assert_int_eq(blocks, media[_i].blocks);
	ASSERT_TEXT(fsi_image_get_volume_name, image, "kept");
}
END_TEST

START_TEST(a_cd_leaves_the_udf_revision_as_it_is)
{
	uint32_t revision = 0;

	ASSERT_OK(fsi_image_put_udf_revision(image, 0x201));
	ASSERT_OK(choose(IMAPI_MEDIA_TYPE_CDRW));
	ASSERT_OK(fsi_image_get_udf_revision(image, &revision));
	ck_assert_uint_eq(revision, 0x201);
}
END_TEST

/* A file that makes the image have so many blocks on a CD. */
static void fill_to(uint32_t blocks)
{
	uint32_t used = 0;
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_image_put_free_media_blocks(image, 0));
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	source.size = (uint64_t)(blocks - used) * 2048;
	stream = test_stream_open(&source);
	ASSERT_OK(fsi_directory_add_file(root, "large", stream));
	fsi_stream_release(stream);
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	ck_assert_uint_eq(used, blocks);
}

START_TEST(a_disc_has_room_for_as_many_blocks_as_it_has)
{
	char *before = NULL;

	/* One below does not exist: images have whole units of 32 blocks. */
	fill_to(332800 + (uint32_t)_i * 32 - 32);
	before = api_describe(image);
	if (_i < 2) {
		free(before);
		ASSERT_OK(choose(IMAPI_MEDIA_TYPE_CDR));
		return;
	}
	ASSERT_FAILS(choose(IMAPI_MEDIA_TYPE_CDR), IMAPI_E_IMAGE_TOO_BIG, "");
	ASSERT_SAYS("332832");
	ASSERT_SAYS("332800");
	api_assert_unchanged(image, before);
	ASSERT_OK(choose(IMAPI_MEDIA_TYPE_DVDPLUSR));
}
END_TEST

START_TEST(content_that_a_cd_cannot_hold_is_told)
{
	char *before = NULL;
	char path[32] = "1";

	ASSERT_OK(choose(IMAPI_MEDIA_TYPE_DISK));
	for (int level = 2; level <= 9; level++) {
		api_add_directory(root, path);
		strcat(path, "\\1");
	}
	before = api_describe(image);
	ASSERT_FAILS(choose(IMAPI_MEDIA_TYPE_CDR), IMAPI_E_ISO9660_LEVELS, "");
	api_assert_unchanged(image, before);
}
END_TEST

START_TEST(a_disc_that_cannot_hold_named_streams_is_chosen_all_the_same)
{
	fsi_stream *stream = api_text_stream("data");
	fsi_file_systems systems = 0;

	ASSERT_OK(choose(IMAPI_MEDIA_TYPE_BDR));
	api_add_text(root, "file", "text");
	ASSERT_OK(fsi_file_add_stream(api_file(root, "file"), "stream", stream));
	ck_assert_int_eq(choose(IMAPI_MEDIA_TYPE_CDR),
			 IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED);
	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &systems));
	ck_assert_uint_eq(systems, ISO_JOLIET);
	fsi_stream_release(stream);
}
END_TEST

/* ---- the strict mode --------------------------------------------------- */

START_TEST(strict_mode_can_be_turned_on_only_while_there_is_nothing)
{
	bool strict = true;

	ASSERT_OK(fsi_image_get_strict_file_system_compliance(image, &strict));
	ck_assert(!strict);
	api_add_directory(root, "dir");
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, false));
	ASSERT_FAILS(fsi_image_put_strict_file_system_compliance(image, true),
		     IMAPI_E_FILE_SYSTEM_NOT_EMPTY, "");
	ASSERT_OK(fsi_directory_remove(root, "dir"));
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, true));
	ASSERT_OK(fsi_image_get_strict_file_system_compliance(image, &strict));
	ck_assert(strict);
	/* Nor does what was there come back. */
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 1),
		     IMAPI_E_FILE_SYSTEM_NOT_EMPTY, "");
	api_add_directory(root, "dir");
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, false));
}
END_TEST

START_TEST(strict_volume_names_have_15_characters_of_their_file_systems)
{
	fsi_result *result = NULL;

	ASSERT_OK(fsi_image_put_volume_name(image, "any Name-at all"));
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, true));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result),
		     IMAPI_E_INVALID_VOLUME_NAME, "");
	ASSERT_OK(fsi_image_put_volume_name(image, "NAME_OF_14_CHA"));
	ASSERT_OK(fsi_image_put_volume_name(image, "NAME_OF_15_CHAR"));
	ASSERT_FAILS(fsi_image_put_volume_name(image, "NAME_OF_16_CHARS"),
		     IMAPI_E_INVALID_VOLUME_NAME, "");
	ASSERT_FAILS(fsi_image_put_volume_name(image, "name"),
		     IMAPI_E_INVALID_VOLUME_NAME, "");
	ASSERT_FAILS(fsi_image_put_volume_name(image, "A.B"), IMAPI_E_INVALID_VOLUME_NAME,
		     "");
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_image_put_volume_name(image, "name.of_Udf"));
	ASSERT_FAILS(fsi_image_put_volume_name(image, "a-b"), IMAPI_E_INVALID_VOLUME_NAME,
		     "");
	fsi_result_release(api_result(image));
	/* What is chosen last counts. */
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result),
		     IMAPI_E_INVALID_VOLUME_NAME, "");
	ASSERT_OK(fsi_image_put_volume_name(image, ""));
	fsi_result_release(api_result(image));
}
END_TEST

START_TEST(strict_times_are_not_before_the_creation)
{
	const struct timespec second = {.tv_sec = 1000, .tv_nsec = 100};
	const struct timespec before = {.tv_sec = 1000};
	const struct timespec after = {.tv_sec = 1000, .tv_nsec = 200};
	fsi_item *item = NULL;

	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, true));
	api_add_text(root, "file", "");
	item = api_item(root, "file");
	ASSERT_OK(fsi_item_put_creation_time(item, &second));
	ASSERT_FAILS(fsi_item_put_last_modified_time(item, &before), IMAPI_E_INVALID_DATE,
		     "Last Modified|Creation");
	ASSERT_OK(fsi_item_put_last_modified_time(item, &second));
	ASSERT_OK(fsi_item_put_last_modified_time(item, &after));
	ASSERT_FAILS(fsi_item_put_last_accessed_time(item, &before), IMAPI_E_INVALID_DATE,
		     "Last Accessed|Creation");
	ASSERT_OK(fsi_item_put_last_accessed_time(item, &second));
	ASSERT_OK(fsi_item_put_creation_time(item, &before));
	ASSERT_FAILS(fsi_item_put_creation_time(item, &after), IMAPI_E_INVALID_DATE,
		     "Last Accessed|Creation");
	ASSERT_OK(fsi_item_put_last_accessed_time(item, &after));
	ASSERT_OK(fsi_item_put_creation_time(item, &after));
	/* Without it anything goes. */
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, false));
	ASSERT_OK(fsi_item_put_last_modified_time(item, &before));
}
END_TEST

START_TEST(strict_directories_have_eight_levels_whatever_is_lifted)
{
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, true));
	ASSERT_OK(fsi_image_put_deep_directories(image, true));
	api_add_directory(root, "2");
	api_add_directory(root, "2\\3");
	api_add_directory(root, "2\\3\\4");
	api_add_directory(root, "2\\3\\4\\5");
	api_add_directory(root, "2\\3\\4\\5\\6");
	api_add_directory(root, "2\\3\\4\\5\\6\\7");
	api_add_directory(root, "2\\3\\4\\5\\6\\7\\8");
	ASSERT_FAILS(fsi_directory_add_directory(root, "2\\3\\4\\5\\6\\7\\8\\9"),
		     IMAPI_E_ISO9660_LEVELS, "");
	ASSERT_OK(fsi_image_put_strict_file_system_compliance(image, false));
	api_add_directory(root, "2\\3\\4\\5\\6\\7\\8\\9");
}
END_TEST

/* ---- small ones -------------------------------------------------------- */

START_TEST(the_levels_are_listed)
{
	const uint32_t *levels = NULL;
	size_t count = 0;

	ASSERT_OK(fsi_image_get_iso9660_interchange_levels_supported(image, &levels,
								     &count));
	ck_assert_uint_eq(count, 2);
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(levels[i], i + 1);
		ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, levels[i]));
	}
}
END_TEST

START_TEST(a_session_begins_at_block_0_unless_told_otherwise)
{
	int32_t block = 9;

	ASSERT_OK(fsi_image_get_session_start_block(image, &block));
	ck_assert_int_eq(block, 0);
	ASSERT_OK(fsi_image_put_session_start_block(image, 0));
	ASSERT_FAILS(fsi_image_put_session_start_block(image, -1), IMAPI_E_INVALID_PARAM,
		     "new_val");
	ASSERT_OK(fsi_image_get_session_start_block(image, &block));
	ck_assert_int_eq(block, 0);
}
END_TEST

START_TEST(an_import_would_take_udf_before_joliet_before_iso_9660)
{
	static const enum fsi_file_system expected[] = {0, 1, 2, 2, 4, 4, 4, 4};

	for (uint32_t systems = 0; systems < 16; systems++) {
		enum fsi_file_system found = FSI_FILE_SYSTEM_UNKNOWN;

		if (expected[systems % 8] == 0) {
			ASSERT_FAILS(fsi_image_get_default_file_system_for_import(
					     image, systems, &found),
				     IMAPI_E_INVALID_PARAM, "file_systems");
			continue;
		}
		ASSERT_OK(fsi_image_get_default_file_system_for_import(image, systems,
								       &found));
		ck_assert_int_eq(found, expected[systems % 8]);
	}
}
END_TEST

START_TEST(a_size_has_two_halves_of_32_bits)
{
	static const struct {
		uint64_t size;
		int32_t low;
		int32_t high;
	} sizes[] = {
		{0, 0, 0},
		{0x7FFFFFFF, INT32_MAX, 0},
		{0x80000000, INT32_MIN, 0},
		{0xFFFFFFFF, -1, 0},
		{UINT64_C(0x100000000), 0, 1},
		{UINT64_C(0x3FFFFFFFFFF), -1, 0x3FF},
	};
	fsi_file *file = NULL;
	fsi_stream *stream = NULL;
	int32_t half = 9;

	ASSERT_OK(fsi_image_create_file_item(image, "file", &file));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		source.size = sizes[i].size;
		stream = test_stream_open(&source);
		ASSERT_OK(fsi_file_put_data(file, stream));
		fsi_stream_release(stream);
		ASSERT_OK(fsi_file_get_data_size_32bit_low(file, &half));
		ck_assert_int_eq(half, sizes[i].low);
		ASSERT_OK(fsi_file_get_data_size_32bit_high(file, &half));
		ck_assert_int_eq(half, sizes[i].high);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image choices");
	TCase *tcase = tcase_create("choices");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_kind_of_disc_has_its_file_systems_and_size, 0,
			    (int)(sizeof(media) / sizeof(media[0])));
	tcase_add_test(tcase, a_cd_leaves_the_udf_revision_as_it_is);
	tcase_add_loop_test(tcase, a_disc_has_room_for_as_many_blocks_as_it_has, 0, 3);
	tcase_add_test(tcase, content_that_a_cd_cannot_hold_is_told);
	tcase_add_test(tcase,
		       a_disc_that_cannot_hold_named_streams_is_chosen_all_the_same);
	tcase_add_test(tcase, strict_mode_can_be_turned_on_only_while_there_is_nothing);
	tcase_add_test(tcase,
		       strict_volume_names_have_15_characters_of_their_file_systems);
	tcase_add_test(tcase, strict_times_are_not_before_the_creation);
	tcase_add_test(tcase, strict_directories_have_eight_levels_whatever_is_lifted);
	tcase_add_test(tcase, the_levels_are_listed);
	tcase_add_test(tcase, a_session_begins_at_block_0_unless_told_otherwise);
	tcase_add_test(tcase, an_import_would_take_udf_before_joliet_before_iso_9660);
	tcase_add_test(tcase, a_size_has_two_halves_of_32_bits);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
