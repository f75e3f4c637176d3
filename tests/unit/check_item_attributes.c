/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items: names in each file system, times, being hidden, being detached. */
#include "tests/support/api.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_TIME INT64_C(-11644473600) /* 1601-01-01 00:00:00 */
#define LAST_TIME  INT64_C(253402300799) /* 9999-12-31 23:59:59 */

static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	image = api_image(BRIDGE);
	root = api_root(image);
}

static void tear_down(void)
{
	fsi_image_release(image);
}

/* ---- names in each file system ----------------------------------------- */

static const struct {
	const char *name;
	const char *iso;
	const char *joliet; /* NULL: the name itself */
} names[] = {
	{"README.TXT", "README.TXT", NULL},
	{"read me.txt", "READ_ME.TXT", NULL},
	{"noextension", "NOEXTENSION", NULL},
	{".profile", "_PROFILE", NULL},
	{"a.tar.gz", "A_TAR.GZ", NULL},
	{"\xC3\xBC.txt", "_.TXT", NULL},
	{"a;b", "A_B", "a_b"},
	{"\xF0\x9F\x92\xBF.iso", "_.ISO", "_.iso"},
};

#define NAMES (int)(sizeof(names) / sizeof(names[0]))

START_TEST(an_item_has_a_name_in_each_file_system)
{
	const char *joliet = names[_i].joliet != NULL ? names[_i].joliet : names[_i].name;
	fsi_item *item = NULL;

	api_add_directory(root, "Sub Folder");
	api_add_text(root, api_text("Sub Folder\\%s", names[_i].name), "text");
	item = api_item(api_directory(root, "Sub Folder"), names[_i].name);
	api_assert_name_in(item, FSI_FILE_SYSTEM_ISO9660, names[_i].iso);
	api_assert_name_in(item, FSI_FILE_SYSTEM_JOLIET, joliet);
	api_assert_name_in(item, FSI_FILE_SYSTEM_UDF, names[_i].name);
	api_assert_path_in(item, FSI_FILE_SYSTEM_ISO9660,
			   api_text("\\SUB_FOLDER\\%s", names[_i].iso));
	api_assert_path_in(item, FSI_FILE_SYSTEM_JOLIET,
			   api_text("\\Sub Folder\\%s", joliet));
	api_assert_path_in(item, FSI_FILE_SYSTEM_UDF,
			   api_text("\\Sub Folder\\%s", names[_i].name));
}
END_TEST

START_TEST(the_root_has_no_name_and_the_shortest_path)
{
	fsi_item *item = fsi_directory_as_item(root);

	api_assert_name_in(item, FSI_FILE_SYSTEM_ISO9660, "");
	api_assert_path_in(item, FSI_FILE_SYSTEM_ISO9660, "\\");
	api_assert_path_in(item, FSI_FILE_SYSTEM_UDF, "\\");
}
END_TEST

START_TEST(names_follow_the_interchange_level)
{
	fsi_item *item = NULL;

	api_add_text(root, "a long name.text", "text");
	item = api_item(root, "a long name.text");
	api_assert_name_in(item, FSI_FILE_SYSTEM_ISO9660, "A_LONG_NAME.TEXT");
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 1));
	api_assert_name_in(item, FSI_FILE_SYSTEM_ISO9660, "A_LONG_N.TEX");
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 2));
	api_assert_name_in(item, FSI_FILE_SYSTEM_ISO9660, "A_LONG_NAME.TEXT");
}
END_TEST

START_TEST(a_name_that_is_taken_gets_a_number)
{
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 1));
	api_add_text(root, "long name two.txt", "2");
	api_add_text(root, "long name one.txt", "1");
	api_assert_name_in(api_item(root, "long name one.txt"), FSI_FILE_SYSTEM_ISO9660,
			   "LONG_NAM.TXT");
	api_assert_name_in(api_item(root, "long name two.txt"), FSI_FILE_SYSTEM_ISO9660,
			   "LONG_NA1.TXT");
	/* The first is free again when its owner goes. */
	ASSERT_OK(fsi_directory_remove(root, "long name one.txt"));
	api_assert_name_in(api_item(root, "long name two.txt"), FSI_FILE_SYSTEM_ISO9660,
			   "LONG_NAM.TXT");
}
END_TEST

START_TEST(the_result_counts_the_names_that_were_changed)
{
	fsi_result *result = NULL;
	uint32_t count = 99;

	api_add_text(root, "KEPT.TXT", "");
	api_add_text(root, "lower.txt", "");
	api_add_text(root, "semi;colon", "");
	result = api_result(image);
	ASSERT_OK(fsi_result_get_mapped_name_count(result, FSI_FILE_SYSTEM_ISO9660,
						   &count));
	ck_assert_uint_eq(count, 2);
	ASSERT_OK(
		fsi_result_get_mapped_name_count(result, FSI_FILE_SYSTEM_JOLIET, &count));
	ck_assert_uint_eq(count, 1);
	ASSERT_OK(fsi_result_get_mapped_name_count(result, FSI_FILE_SYSTEM_UDF, &count));
	ck_assert_uint_eq(count, 0);
	fsi_result_release(result);
}
END_TEST

/* ---- times ------------------------------------------------------------- */

typedef HRESULT (*get_function)(fsi_item *item, struct timespec *ret_val);
typedef HRESULT (*put_function)(fsi_item *item, const struct timespec *new_val);

static const struct {
	get_function get;
	put_function put;
} times[] = {
	{fsi_item_get_creation_time, fsi_item_put_creation_time},
	{fsi_item_get_last_accessed_time, fsi_item_put_last_accessed_time},
	{fsi_item_get_last_modified_time, fsi_item_put_last_modified_time},
};

#define TIMES (int)(sizeof(times) / sizeof(times[0]))

static void assert_time(fsi_item *item, int index, int64_t seconds, long nanoseconds)
{
	struct timespec time;

	ASSERT_OK(times[index].get(item, &time));
	ck_assert_int_eq(time.tv_sec, seconds);
	ck_assert_int_eq(time.tv_nsec, nanoseconds);
}

static HRESULT put_time(fsi_item *item, int index, int64_t seconds, long nanoseconds)
{
	const struct timespec time = {.tv_sec = seconds, .tv_nsec = nanoseconds};

	return times[index].put(item, &time);
}

START_TEST(the_recording_time_is_the_default_of_each_time)
{
	fsi_directory *detached = NULL;

	api_add_text(root, "f", "f");
	ASSERT_OK(fsi_image_create_directory_item(image, "d", &detached));
	assert_time(api_item(root, "f"), _i, API_SECONDS, 0);
	assert_time(fsi_directory_as_item(detached), _i, API_SECONDS, 0);
	assert_time(fsi_directory_as_item(root), _i, API_SECONDS, 0);
}
END_TEST

START_TEST(each_time_is_set_alone)
{
	fsi_item *item = NULL;

	api_add_text(root, "f", "f");
	item = api_item(root, "f");
	ASSERT_OK(put_time(item, _i, 12345, 678900000));
	for (int i = 0; i < TIMES; i++) {
		if (i == _i)
			assert_time(item, i, 12345, 678900000);
		else
			assert_time(item, i, API_SECONDS, 0);
	}
}
END_TEST

START_TEST(times_have_a_resolution_of_100_nanoseconds)
{
	fsi_item *item = fsi_directory_as_item(root);

	ASSERT_OK(put_time(item, _i, -1, 999999999));
	assert_time(item, _i, -1, 999999900);
	ASSERT_OK(put_time(item, _i, 0, 99));
	assert_time(item, _i, 0, 0);
	ASSERT_OK(put_time(item, _i, 0, 100));
	assert_time(item, _i, 0, 100);
}
END_TEST

START_TEST(times_lie_between_1601_and_9999)
{
	fsi_item *item = fsi_directory_as_item(root);

	ASSERT_FAILS(put_time(item, _i, FIRST_TIME - 1, 999999999), IMAPI_E_INVALID_PARAM,
		     "new_val");
	ASSERT_OK(put_time(item, _i, FIRST_TIME, 0));
	assert_time(item, _i, FIRST_TIME, 0);
	ASSERT_OK(put_time(item, _i, LAST_TIME, 999999999));
	assert_time(item, _i, LAST_TIME, 999999900);
	ASSERT_FAILS(put_time(item, _i, LAST_TIME + 1, 0), IMAPI_E_INVALID_PARAM,
		     "new_val");
	ASSERT_FAILS(put_time(item, _i, 0, -1), IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_FAILS(put_time(item, _i, 0, 1000000000), IMAPI_E_INVALID_PARAM, "new_val");
	assert_time(item, _i, LAST_TIME, 999999900);
}
END_TEST

START_TEST(any_time_of_an_item_can_be_laid_out)
{
	fsi_stream *stream = NULL;
	size_t size = 0;

	api_add_text(root, "first", "f");
	api_add_text(root, "last", "l");
	ASSERT_OK(put_time(api_item(root, "first"), _i, FIRST_TIME, 0));
	ASSERT_OK(put_time(api_item(root, "last"), _i, LAST_TIME, 999999999));
	stream = api_image_stream(image);
	free(api_read_all(stream, &size));
	fsi_stream_release(stream);
}
END_TEST

/* ---- hidden ------------------------------------------------------------ */

static bool is_hidden(fsi_item *item)
{
	bool hidden = false;

	ASSERT_OK(fsi_item_get_is_hidden(item, &hidden));
	return hidden;
}

START_TEST(an_item_can_be_hidden_and_shown)
{
	api_add_text(root, "f", "f");
	api_add_directory(root, "d");
	ck_assert(!is_hidden(api_item(root, "f")));
	ASSERT_OK(fsi_item_put_is_hidden(api_item(root, "f"), true));
	ck_assert(is_hidden(api_item(root, "f")));
	ck_assert(!is_hidden(api_item(root, "d")));
	ASSERT_OK(fsi_item_put_is_hidden(api_item(root, "f"), false));
	ck_assert(!is_hidden(api_item(root, "f")));
}
END_TEST

START_TEST(being_hidden_shows_in_each_file_system)
{
	fsi_stream *plain = NULL;
	fsi_stream *hidden = NULL;
	size_t size = 0;
	uint8_t *before = NULL;
	uint8_t *after = NULL;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, _i == 0 ? ISO : UDF));
	api_add_text(root, "f", "f");
	plain = api_image_stream(image);
	before = api_read_all(plain, &size);
	fsi_stream_release(plain);
	ASSERT_OK(fsi_item_put_is_hidden(api_item(root, "f"), true));
	hidden = api_image_stream(image);
	after = api_read_all(hidden, &size);
	fsi_stream_release(hidden);
	ck_assert_int_ne(memcmp(before, after, size), 0);
	free(before);
	free(after);
}
END_TEST

/* ---- detached items ---------------------------------------------------- */

START_TEST(a_detached_item_has_a_name_and_times_and_no_place)
{
	fsi_file *file = NULL;
	fsi_item *item = NULL;
	uint64_t size = 99;

	ASSERT_OK(fsi_image_create_file_item(image, "Name.txt", &file));
	item = fsi_file_as_item(file);
	ASSERT_TEXT(fsi_item_get_name, item, "Name.txt");
	ASSERT_TEXT(fsi_item_get_full_path, item, "Name.txt");
	ASSERT_OK(put_time(item, 2, 1000, 0));
	ASSERT_OK(fsi_item_put_is_hidden(item, true));
	ASSERT_OK(fsi_file_get_data_size(file, &size));
	ck_assert_uint_eq(size, 0);
	ASSERT_OK(fsi_directory_add(root, item));
	ASSERT_TEXT(fsi_item_get_full_path, item, "\\Name.txt");
	assert_time(item, 2, 1000, 0);
	ck_assert(is_hidden(item));
	ck_assert_ptr_eq(api_item(root, "name.TXT"), item);
}
END_TEST

START_TEST(a_file_without_data_is_empty)
{
	fsi_file *file = NULL;
	fsi_stream *data = NULL;
	uint64_t size = 99;

	ASSERT_OK(fsi_image_create_file_item(image, "empty", &file));
	ASSERT_OK(fsi_file_get_data(file, &data));
	ASSERT_OK(fsi_stream_get_size(data, &size));
	ck_assert_uint_eq(size, 0);
	fsi_stream_release(data);
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(file)));
	fsi_result_release(api_result(image));
}
END_TEST

START_TEST(data_is_set_before_the_file_is_added)
{
	fsi_file *file = NULL;
	fsi_stream *one = api_text_stream("one");
	fsi_stream *two = api_text_stream("two!");
	fsi_stream *data = NULL;

	ASSERT_OK(fsi_image_create_file_item(image, "file", &file));
	ASSERT_OK(fsi_file_put_data(file, one));
	ASSERT_OK(fsi_file_put_data(file, two));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(file)));
	ASSERT_FAILS(fsi_file_put_data(file, one), IMAPI_E_READONLY, "");
	ASSERT_OK(fsi_file_get_data(file, &data));
	api_assert_same_bytes(data, two);
	fsi_stream_release(data);
	fsi_stream_release(one);
	fsi_stream_release(two);
}
END_TEST

START_TEST(a_removed_item_is_only_read)
{
	fsi_file *file = NULL;
	fsi_stream *other = api_text_stream("other");
	const struct timespec time = {.tv_sec = 1};
	uint64_t size = 0;

	api_add_text(root, "file", "a");
	file = api_file(root, "file");
	ASSERT_OK(fsi_directory_remove(root, "file"));
	/* It may come back, and then as it was. */
	ASSERT_FAILS(fsi_file_put_data(file, other), IMAPI_E_NOT_IN_FILE_SYSTEM, "file");
	ASSERT_FAILS(fsi_item_put_is_hidden(fsi_file_as_item(file), true),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "file");
	ASSERT_FAILS(fsi_item_put_creation_time(fsi_file_as_item(file), &time),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "file");
	ASSERT_FAILS(fsi_file_put_is_real_time(file, true), IMAPI_E_NOT_IN_FILE_SYSTEM,
		     "file");
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(file)));
	ASSERT_OK(fsi_file_get_data_size(api_file(root, "file"), &size));
	ck_assert_uint_eq(size, 1);
	fsi_stream_release(other);
}
END_TEST

START_TEST(an_item_goes_into_any_directory_of_its_image)
{
	fsi_directory *outer = NULL;
	fsi_file *inner = NULL;

	ASSERT_OK(fsi_image_create_directory_item(image, "outer", &outer));
	ASSERT_OK(fsi_image_create_file_item(image, "inner", &inner));
	ASSERT_FAILS(fsi_directory_add(outer, fsi_file_as_item(inner)),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "outer");
	ASSERT_OK(fsi_directory_add(root, fsi_directory_as_item(outer)));
	ASSERT_OK(fsi_directory_add(outer, fsi_file_as_item(inner)));
	ASSERT_TEXT(fsi_item_get_full_path, fsi_file_as_item(inner), "\\outer\\inner");
}
END_TEST

START_TEST(an_item_is_found_whatever_the_rules_were_when_it_was_made)
{
	fsi_file *file = NULL;
	fsi_item *found = NULL;

	ASSERT_OK(fsi_image_put_case_sensitive_names(image, _i == 0));
	ASSERT_OK(fsi_image_create_file_item(image, "Name", &file));
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, _i != 0));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(file)));
	ck_assert_ptr_eq(api_item(root, "Name"), fsi_file_as_item(file));
	ASSERT_FAILS(fsi_directory_add_directory(root, "Name"), IMAPI_E_DUP_NAME, "Name");
	if (_i == 0)
		ck_assert_ptr_eq(api_item(root, "nAME"), fsi_file_as_item(file));
	else
		ASSERT_FAILS(fsi_directory_get_item(root, "nAME", &found),
			     IMAPI_E_ITEM_NOT_FOUND, "nAME");
}
END_TEST

static void add_detached_tests(Suite *suite)
{
	TCase *tcase = tcase_create("detached items");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_detached_item_has_a_name_and_times_and_no_place);
	tcase_add_test(tcase, a_file_without_data_is_empty);
	tcase_add_test(tcase, data_is_set_before_the_file_is_added);
	tcase_add_test(tcase, a_removed_item_is_only_read);
	tcase_add_test(tcase, an_item_goes_into_any_directory_of_its_image);
	tcase_add_loop_test(
		tcase, an_item_is_found_whatever_the_rules_were_when_it_was_made, 0, 2);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("item attributes");
	TCase *tcase = tcase_create("names");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, an_item_has_a_name_in_each_file_system, 0, NAMES);
	tcase_add_test(tcase, the_root_has_no_name_and_the_shortest_path);
	tcase_add_test(tcase, names_follow_the_interchange_level);
	tcase_add_test(tcase, a_name_that_is_taken_gets_a_number);
	tcase_add_test(tcase, the_result_counts_the_names_that_were_changed);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("times");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, the_recording_time_is_the_default_of_each_time, 0,
			    TIMES);
	tcase_add_loop_test(tcase, each_time_is_set_alone, 0, TIMES);
	tcase_add_loop_test(tcase, times_have_a_resolution_of_100_nanoseconds, 0, TIMES);
	tcase_add_loop_test(tcase, times_lie_between_1601_and_9999, 0, TIMES);
	tcase_add_loop_test(tcase, any_time_of_an_item_can_be_laid_out, 0, TIMES);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("hidden");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_item_can_be_hidden_and_shown);
	tcase_add_loop_test(tcase, being_hidden_shows_in_each_file_system, 0, 2);
	suite_add_tcase(suite, tcase);

	add_detached_tests(suite);
	return api_run(suite);
}
