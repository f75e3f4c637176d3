/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image object: life, properties, volume names, counts, sizes. */
#include "tests/support/api.h"
#include "tests/support/privileges.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Seconds since 1970 of the first and the last second of ISO 9660's years. */
#define FIRST_SECOND INT64_C(-2208988800) /* 1900-01-01 00:00:00 */
#define LAST_SECOND  INT64_C(5869583999)  /* 2155-12-31 23:59:59 */

static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	image = api_image(ISO_JOLIET);
	root = api_root(image);
}

static void tear_down(void)
{
	fsi_image_release(image);
}

/* ---- life -------------------------------------------------------------- */

START_TEST(a_new_image_has_the_documented_defaults)
{
	const struct timespec now = {.tv_sec = API_SECONDS};
	fsi_image *fresh = NULL;
	fsi_file_systems file_systems = 0;
	uint32_t number = 0;
	int64_t free_blocks = 0;

	ASSERT_OK(fsi_image_create(&now, &fresh));
	ASSERT_OK(fsi_image_get_file_systems_to_create(fresh, &file_systems));
	ck_assert_uint_eq(file_systems, FSI_FILE_SYSTEM_ISO9660 | FSI_FILE_SYSTEM_JOLIET);
	ASSERT_OK(fsi_image_get_file_systems_supported(fresh, &file_systems));
	ck_assert_uint_eq(file_systems, 7);
	ASSERT_OK(fsi_image_get_iso9660_interchange_level(fresh, &number));
	ck_assert_uint_eq(number, 2);
	ASSERT_OK(fsi_image_get_udf_revision(fresh, &number));
	ck_assert_uint_eq(number, 0x102);
	ASSERT_OK(fsi_image_get_free_media_blocks(fresh, &free_blocks));
	ck_assert_int_eq(free_blocks, 332800);
	ASSERT_TEXT(fsi_image_get_volume_name, fresh, "");
	ASSERT_TEXT(fsi_image_get_working_directory, fresh, "/tmp");
	fsi_image_release(fresh);
}
END_TEST

START_TEST(a_new_image_is_empty)
{
	uint32_t number = 99;
	uint64_t size = 99;

	ASSERT_OK(fsi_image_get_file_count(image, &number));
	ck_assert_uint_eq(number, 0);
	ASSERT_OK(fsi_image_get_directory_count(image, &number));
	ck_assert_uint_eq(number, 0);
	ASSERT_OK(fsi_image_get_directory_levels(image, &number));
	ck_assert_uint_eq(number, 1);
	ASSERT_OK(fsi_image_get_largest_file_size(image, &size));
	ck_assert_uint_eq(size, 0);
	ASSERT_OK(fsi_directory_get_count(root, &number));
	ck_assert_uint_eq(number, 0);
}
END_TEST

START_TEST(the_root_is_always_the_same_directory)
{
	fsi_directory *again = NULL;

	ASSERT_OK(fsi_image_get_root(image, &again));
	ck_assert_ptr_eq(again, root);
	ck_assert_int_eq(fsi_item_get_type(fsi_directory_as_item(root)),
			 FSI_ITEM_DIRECTORY);
	ASSERT_TEXT(fsi_item_get_name, fsi_directory_as_item(root), "");
	ASSERT_TEXT(fsi_item_get_full_path, fsi_directory_as_item(root), "\\");
}
END_TEST

static const struct {
	int64_t seconds;
	long nanoseconds;
	bool is_accepted;
} recording_times[] = {
	{FIRST_SECOND - 1, 999999999, false},
	{FIRST_SECOND, 0, true},
	{LAST_SECOND, 999999999, true},
	{LAST_SECOND + 1, 0, false},
	{API_SECONDS, -1, false},
	{API_SECONDS, 0, true},
	{API_SECONDS, 999999999, true},
	{API_SECONDS, 1000000000, false},
	{INT64_MAX, 0, false},
	{INT64_MIN, 0, false},
};

#define RECORDING_TIMES (int)(sizeof(recording_times) / sizeof(recording_times[0]))

START_TEST(the_recording_time_lies_in_the_years_of_iso_9660)
{
	const struct timespec time = {.tv_sec = recording_times[_i].seconds,
				      .tv_nsec = recording_times[_i].nanoseconds};
	fsi_image *fresh = NULL;

	if (recording_times[_i].is_accepted) {
		ASSERT_OK(fsi_image_create(&time, &fresh));
		fsi_image_release(fresh);
		return;
	}
	ASSERT_FAILS(fsi_image_create(&time, &fresh), IMAPI_E_INVALID_PARAM,
		     "recording_time");
	ck_assert_ptr_null(fresh);
}
END_TEST

START_TEST(an_image_lives_until_its_last_reference_goes)
{
	ck_assert_ptr_eq(fsi_image_add_ref(image), image);
	fsi_image_release(image);
	api_add_text(root, "a", "still there");
	ck_assert_ptr_null(fsi_image_add_ref(NULL));
	fsi_image_release(NULL);
}
END_TEST

START_TEST(two_images_do_not_meet)
{
	fsi_image *other = api_image(UDF);
	uint32_t count = 99;

	api_add_text(root, "a", "one");
	ASSERT_OK(fsi_image_get_file_count(other, &count));
	ck_assert_uint_eq(count, 0);
	fsi_image_release(other);
}
END_TEST

/* ---- what it is to be -------------------------------------------------- */

START_TEST(joliet_needs_iso_9660_and_other_bits_are_refused)
{
	const fsi_file_systems good[] = {1, 3, 4, 5, 7, 0};
	const fsi_file_systems bad[] = {2, 6, 8, 9, 0x40000000, 0x40000001, UINT32_MAX};
	fsi_file_systems value = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ASSERT_OK(fsi_image_put_file_systems_to_create(image, good[i]));
		ASSERT_OK(fsi_image_get_file_systems_to_create(image, &value));
		ck_assert_uint_eq(value, good[i]);
	}
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ASSERT_FAILS(fsi_image_put_file_systems_to_create(image, bad[i]),
			     IMAPI_E_INVALID_PARAM, "new_val");
		ASSERT_OK(fsi_image_get_file_systems_to_create(image, &value));
		ck_assert_uint_eq(value, BRIDGE);
	}
}
END_TEST

START_TEST(iso_9660_has_the_levels_1_and_2)
{
	uint32_t value = 0;

	ASSERT_FAILS(fsi_image_put_iso9660_interchange_level(image, 0),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 1));
	ASSERT_FAILS(fsi_image_put_iso9660_interchange_level(image, 3),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_OK(fsi_image_get_iso9660_interchange_level(image, &value));
	ck_assert_uint_eq(value, 1);
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 2));
	ASSERT_OK(fsi_image_get_iso9660_interchange_level(image, &value));
	ck_assert_uint_eq(value, 2);
}
END_TEST

START_TEST(every_supported_udf_revision_can_be_chosen_and_no_other)
{
	const uint32_t *revisions = NULL;
	size_t count = 0;
	uint32_t value = 0;

	ASSERT_OK(fsi_image_get_udf_revisions_supported(image, &revisions, &count));
	ck_assert_uint_ge(count, 1);
	for (size_t i = 0; i < count; i++) {
		ASSERT_OK(fsi_image_put_udf_revision(image, revisions[i]));
		ASSERT_OK(fsi_image_get_udf_revision(image, &value));
		ck_assert_uint_eq(value, revisions[i]);
	}
	for (uint32_t other = 0; other <= 0x300; other++) {
		bool is_supported = false;

		for (size_t i = 0; i < count; i++)
			is_supported = is_supported || revisions[i] == other;
		if (!is_supported)
			ASSERT_FAILS(fsi_image_put_udf_revision(image, other),
				     IMAPI_E_INVALID_PARAM, "new_val");
	}
	ASSERT_OK(fsi_image_get_udf_revision(image, &value));
	ck_assert_uint_eq(value, revisions[count - 1]);
}
END_TEST

typedef HRESULT (*put_flag_function)(fsi_image *image, bool new_val);
typedef HRESULT (*get_flag_function)(fsi_image *image, bool *ret_val);

static const struct {
	put_flag_function put;
	get_flag_function get;
	bool needs_empty_image;
} flags[] = {
	{fsi_image_put_use_restricted_character_set,
	 fsi_image_get_use_restricted_character_set, false},
	{fsi_image_put_case_sensitive_names, fsi_image_get_case_sensitive_names, true},
	{fsi_image_put_any_character_names, fsi_image_get_any_character_names, true},
	{fsi_image_put_deep_directories, fsi_image_get_deep_directories, false},
	{fsi_image_put_large_iso_files, fsi_image_get_large_iso_files, false},
	{fsi_image_put_posix_attributes, fsi_image_get_posix_attributes, false},
	{fsi_image_put_reproducible_times, fsi_image_get_reproducible_times, false},
};

#define FLAGS (int)(sizeof(flags) / sizeof(flags[0]))

static bool get_flag(int index)
{
	bool value = false;

	ASSERT_OK(flags[index].get(image, &value));
	return value;
}

START_TEST(each_flag_is_off_and_can_be_turned_on_and_off_alone)
{
	for (int i = 0; i < FLAGS; i++)
		ck_assert(!get_flag(i));
	ASSERT_OK(flags[_i].put(image, true));
	for (int i = 0; i < FLAGS; i++)
		ck_assert_int_eq(get_flag(i), i == _i);
	ASSERT_OK(flags[_i].put(image, false));
	ck_assert(!get_flag(_i));
}
END_TEST

START_TEST(how_names_are_found_is_settled_before_the_first_item)
{
	if (!flags[_i].needs_empty_image) {
		api_add_text(root, "a", "a");
		ASSERT_OK(flags[_i].put(image, true));
		return;
	}
	api_add_text(root, "a", "a");
	ASSERT_FAILS(flags[_i].put(image, true), IMAPI_E_FILE_SYSTEM_NOT_EMPTY, "");
	ck_assert(!get_flag(_i));
	ASSERT_OK(fsi_directory_remove(root, "a"));
	api_add_directory(root, "d");
	ASSERT_FAILS(flags[_i].put(image, true), IMAPI_E_FILE_SYSTEM_NOT_EMPTY, "");
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(flags[_i].put(image, true));
	ck_assert(get_flag(_i));
}
END_TEST

START_TEST(the_working_directory_must_be_a_folder_that_can_be_written_to)
{
	scratch_folder(&api_folder, "good");
	scratch_folder(&api_folder, "closed");
	scratch_text(&api_folder, "file", "");
	ck_assert_int_eq(chmod(api_host("closed"), 0555), 0);
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("good")));
	privileges_drop();
	ASSERT_FAILS(fsi_image_put_working_directory(image, ""), IMAPI_E_INVALID_PARAM,
		     "new_val");
	ASSERT_FAILS(fsi_image_put_working_directory(image, "."),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, ".");
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("none")),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, api_host("none"));
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("file")),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, api_host("file"));
	ASSERT_FAILS(fsi_image_put_working_directory(image, api_host("closed")),
		     IMAPI_E_INVALID_WORKING_DIRECTORY, api_host("closed"));
	privileges_restore();
	ASSERT_TEXT(fsi_image_get_working_directory, image, api_host("good"));
}
END_TEST

/* ---- volume names ------------------------------------------------------ */

#define EIGHT	   "abcdefgh"
#define THIRTY_TWO EIGHT EIGHT EIGHT EIGHT
#define DISC	   "\xF0\x9F\x92\xBF" /* U+1F4BF, two UTF-16 units */
#define FOUR_DISCS DISC DISC DISC DISC

static const struct {
	const char *name;
	const char *iso; /* NULL: the name is refused */
	const char *joliet;
} volume_names[] = {
	{"", "", ""},
	{"A", "A", "A"},
	{"Backup 2026-11", "BACKUP_2026_11", "Backup 2026-11"},
	{"a/b\\c:d*e?f", "A_B_C_D_E_F", "a/b\\c:d*e?f"},
	{"\xC3\xA4\xC3\xB6", "__", "\xC3\xA4\xC3\xB6"},
	{THIRTY_TWO, "ABCDEFGHABCDEFGHABCDEFGHABCDEFGH", "abcdefghabcdefgh"},
	{THIRTY_TWO "i", NULL, NULL},
	{FOUR_DISCS FOUR_DISCS FOUR_DISCS FOUR_DISCS, "________________",
	 "________________"},
	{FOUR_DISCS FOUR_DISCS FOUR_DISCS FOUR_DISCS "i", NULL, NULL},
	{"bell\a", NULL, NULL},
	{"line\n", NULL, NULL},
	{"\x1F", NULL, NULL},
	{" ", "_", " "},
	{"~", "_", "~"},
	{"\x7F", NULL, NULL},
	{"\xEF\xBB\xBF", NULL, NULL}, /* byte order mark */
	{"\xEF\xBF\xBE", NULL, NULL}, /* and what it is the other way round */
	{"\xC3", NULL, NULL},	      /* no UTF-8 */
	{"\xED\xA0\x80", NULL, NULL}, /* a surrogate */
};

#define VOLUME_NAMES (int)(sizeof(volume_names) / sizeof(volume_names[0]))

START_TEST(a_volume_name_has_a_variant_in_each_file_system)
{
	const char *name = volume_names[_i].name;

	if (volume_names[_i].iso == NULL) {
		ASSERT_OK(fsi_image_put_volume_name(image, "Before"));
		ASSERT_FAILS(fsi_image_put_volume_name(image, name),
			     IMAPI_E_INVALID_VOLUME_NAME, "");
		ASSERT_SAYS("32");
		ASSERT_TEXT(fsi_image_get_volume_name, image, "Before");
		return;
	}
	ASSERT_OK(fsi_image_put_volume_name(image, name));
	ASSERT_TEXT(fsi_image_get_volume_name, image, name);
	ASSERT_TEXT(fsi_image_get_volume_name_iso9660, image, volume_names[_i].iso);
	ASSERT_TEXT(fsi_image_get_volume_name_joliet, image, volume_names[_i].joliet);
	ASSERT_TEXT(fsi_image_get_volume_name_udf, image, name);
}
END_TEST

static void assert_told_name(fsi_result *result, enum fsi_file_system file_system,
			     const char *expected)
{
	char *name = NULL;

	ASSERT_OK(fsi_result_get_volume_name(result, file_system, &name));
	ck_assert_str_eq(name, expected);
	fsi_free(name);
}

/* Volume identifiers of the result: ISO 9660 at byte 40 of block 16 and, for
 * Joliet, 17 (ECMA-119 8.4.7); UDF at byte 24 of block 32 (ECMA-167 3/10.1.4). */
static void assert_written_names(const char *iso, const char *joliet, const char *udf)
{
	fsi_result *result = api_result(image);
	fsi_stream *stream = api_result_stream(result);
	uint8_t bytes[32];
	char text[33] = "";

	assert_told_name(result, FSI_FILE_SYSTEM_ISO9660, iso);
	assert_told_name(result, FSI_FILE_SYSTEM_JOLIET, joliet);
	assert_told_name(result, FSI_FILE_SYSTEM_UDF, udf);
	fsi_result_release(result);
	api_read(stream, 16 * FSI_BLOCK_SIZE + 40, text, 32);
	ck_assert_int_eq(memcmp(text, iso, strlen(iso)), 0);
	ck_assert_uint_eq(strspn(text + strlen(iso), " "), 32 - strlen(iso));
	api_read(stream, 17 * FSI_BLOCK_SIZE + 40, bytes, 32);
	for (size_t i = 0; i < 16; i++) {
		ck_assert_uint_eq(bytes[2 * i], 0);
		ck_assert_uint_eq(bytes[2 * i + 1],
				  i < strlen(joliet) ? (uint8_t)joliet[i] : ' ');
	}
	api_read(stream, 32 * FSI_BLOCK_SIZE + 24, bytes, 32);
	ck_assert_uint_eq(bytes[0], 8);
	ck_assert_int_eq(memcmp(bytes + 1, udf, strlen(udf)), 0);
	ck_assert_uint_eq(bytes[31], strlen(udf) + 1);
	fsi_stream_release(stream);
}

START_TEST(the_variants_are_what_is_written)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_OK(fsi_image_put_volume_name(image, "Photos of last summer"));
	assert_written_names("PHOTOS_OF_LAST_SUMMER", "Photos of last s",
			     "Photos of last summer");
}
END_TEST

START_TEST(a_volume_without_a_name_gets_one_of_the_recording_time)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	assert_written_names("260102_0304", "260102_0304", "260102_0304");
	ASSERT_TEXT(fsi_image_get_volume_name, image, "");
	ASSERT_OK(fsi_image_put_volume_name(image, "A"));
	ASSERT_OK(fsi_image_put_volume_name(image, ""));
	assert_written_names("260102_0304", "260102_0304", "260102_0304");
}
END_TEST

/* ---- counts ------------------------------------------------------------ */

static void assert_counts(uint32_t files, uint32_t directories, uint32_t levels,
			  uint64_t largest)
{
	uint32_t number = 0;
	uint64_t size = 0;

	ASSERT_OK(fsi_image_get_file_count(image, &number));
	ck_assert_uint_eq(number, files);
	ASSERT_OK(fsi_image_get_directory_count(image, &number));
	ck_assert_uint_eq(number, directories);
	ASSERT_OK(fsi_image_get_directory_levels(image, &number));
	ck_assert_uint_eq(number, levels);
	ASSERT_OK(fsi_image_get_largest_file_size(image, &size));
	ck_assert_uint_eq(size, largest);
}

START_TEST(counts_follow_what_is_added_and_removed)
{
	fsi_directory *detached = NULL;

	api_add_directory(root, "a");
	api_add_directory(root, "a\\b");
	api_add_directory(root, "a\\b\\c");
	api_add_sized(root, "a\\b\\c\\large", 5000);
	api_add_sized(root, "small", 3);
	assert_counts(2, 3, 4, 5000);
	ASSERT_OK(fsi_image_create_directory_item(image, "detached", &detached));
	assert_counts(2, 3, 4, 5000);
	ASSERT_OK(fsi_directory_add(root, fsi_directory_as_item(detached)));
	assert_counts(2, 4, 4, 5000);
	ASSERT_OK(fsi_directory_remove_tree(root, "a\\b"));
	assert_counts(1, 2, 2, 3);
	ASSERT_OK(fsi_directory_remove(root, "small"));
	assert_counts(0, 2, 2, 0);
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	assert_counts(0, 0, 1, 0);
}
END_TEST

static void assert_exists(const char *path, enum fsi_item_type expected)
{
	enum fsi_item_type type = FSI_ITEM_NOT_FOUND;

	ASSERT_OK(fsi_image_exists(image, path, &type));
	ck_assert_int_eq(type, expected);
}

START_TEST(what_stands_at_a_full_path_can_be_asked)
{
	api_add_directory(root, "Folder");
	api_add_text(root, "Folder\\File.txt", "text");
	assert_exists("\\", FSI_ITEM_DIRECTORY);
	assert_exists("/", FSI_ITEM_DIRECTORY);
	assert_exists("\\Folder", FSI_ITEM_DIRECTORY);
	assert_exists("/folder/", FSI_ITEM_DIRECTORY);
	assert_exists("/FOLDER\\FILE.TXT", FSI_ITEM_FILE);
	assert_exists("\\File.txt", FSI_ITEM_NOT_FOUND);
	assert_exists("\\Folder\\none", FSI_ITEM_NOT_FOUND);
}
END_TEST

/* ---- suites ------------------------------------------------------------ */

static void add_property_tests(Suite *suite)
{
	TCase *tcase = tcase_create("properties");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, joliet_needs_iso_9660_and_other_bits_are_refused);
	tcase_add_test(tcase, iso_9660_has_the_levels_1_and_2);
	tcase_add_test(tcase, every_supported_udf_revision_can_be_chosen_and_no_other);
	tcase_add_loop_test(tcase, each_flag_is_off_and_can_be_turned_on_and_off_alone, 0,
			    FLAGS);
	tcase_add_loop_test(tcase, how_names_are_found_is_settled_before_the_first_item,
			    0, FLAGS);
	tcase_add_loop_test(tcase, a_volume_name_has_a_variant_in_each_file_system, 0,
			    VOLUME_NAMES);
	tcase_add_test(tcase, the_variants_are_what_is_written);
	tcase_add_test(tcase, a_volume_without_a_name_gets_one_of_the_recording_time);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("folders");
	tcase_add_checked_fixture(tcase, api_begin_folder, api_end_folder);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase,
		       the_working_directory_must_be_a_folder_that_can_be_written_to);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("image");
	TCase *tcase = tcase_create("life");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_new_image_has_the_documented_defaults);
	tcase_add_test(tcase, a_new_image_is_empty);
	tcase_add_test(tcase, the_root_is_always_the_same_directory);
	tcase_add_loop_test(tcase, the_recording_time_lies_in_the_years_of_iso_9660, 0,
			    RECORDING_TIMES);
	tcase_add_test(tcase, an_image_lives_until_its_last_reference_goes);
	tcase_add_test(tcase, two_images_do_not_meet);
	suite_add_tcase(suite, tcase);

	add_property_tests(suite);

	tcase = tcase_create("counts");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, counts_follow_what_is_added_and_removed);
	tcase_add_test(tcase, what_stands_at_a_full_path_can_be_asked);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
