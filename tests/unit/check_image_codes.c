/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documented codes of images and items, each met for its reason. */
#include "tests/support/api.h"

#include <string.h>

static fsi_image *image;
static fsi_directory *root;
static fsi_stream *stream;

/* \dir, \dir\sub, \dir\inner, \file; host file "host". */
static void set_up(void)
{
	api_begin_folder();
	scratch_text(&api_folder, "host", "host");
	image = api_image(BRIDGE);
	root = api_root(image);
	stream = api_text_stream("data");
	api_add_directory(root, "dir");
	api_add_directory(root, "dir\\sub");
	api_add_text(root, "dir\\inner", "inner");
	api_add_text(root, "file", "file");
}

static void tear_down(void)
{
	fsi_stream_release(stream);
	fsi_image_release(image);
	api_end_folder();
}

/* ---- paths ------------------------------------------------------------- */

/* The functions that take a path below a directory. */
enum taker {
	GET_ITEM,
	REMOVE,
	REMOVE_TREE,
	ADD_DIRECTORY,
	ADD_FILE,
	ADD_FILE_FROM_PATH,
	TAKERS,
	FINDERS = ADD_DIRECTORY /* those before it make nothing */
};

static HRESULT pass_to(int taker, fsi_directory *directory, const char *path)
{
	fsi_item *item = NULL;

	switch (taker) {
	case GET_ITEM:
		return fsi_directory_get_item(directory, path, &item);
	case REMOVE:
		return fsi_directory_remove(directory, path);
	case REMOVE_TREE:
		return fsi_directory_remove_tree(directory, path);
	case ADD_DIRECTORY:
		return fsi_directory_add_directory(directory, path);
	case ADD_FILE:
		return fsi_directory_add_file(directory, path, stream);
	default:
		return fsi_directory_add_file_from_path(directory, path,
							api_host("host"));
	}
}

#define S63  "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define S252 S63 S63 S63 S63
#define S255 S252 "xyz"
#define PAIR "\xF0\x9F\x92\xBF" /* U+1F4BF, two UTF-16 units */
#define P16  PAIR PAIR PAIR PAIR PAIR PAIR PAIR PAIR
#define P126 P16 P16 P16 P16 P16 P16 P16 PAIR PAIR PAIR PAIR PAIR PAIR PAIR
#define P254 P126 P126 PAIR

static const char *const malformed_paths[] = {
	".",
	"..",
	"dir\\.",
	"dir\\..",
	"dir\\..\\file",
	".\\file",
	"\\\\",
	"\\\\file",
	"dir\\\\inner",
	"dir\\\\",
	"dir//inner",
	"dir\\/inner",
	"a:b",
	"a*b",
	"a?b",
	"a\"b",
	"a<b",
	"a>b",
	"a|b",
	"dir:\\inner",
	"tab\there",
	"line\n",
	"\x01",
	"\x1F",
	S255 "!",
	S255 "!\\file",
	"dir\\" S255 "!",
	P254 "ab",
};

#define MALFORMED_PATHS (int)(sizeof(malformed_paths) / sizeof(malformed_paths[0]))

START_TEST(a_malformed_path_is_told_as_it_was_given)
{
	const char *path = malformed_paths[_i];
	char *before = api_describe(image);
	enum fsi_item_type type = FSI_ITEM_FILE;

	/* Controls are told escaped: see the message of errors. */
	for (int taker = 0; taker < TAKERS; taker++) {
		const HRESULT hr = pass_to(taker, root, path);

		ck_assert_int_eq(hr, IMAPI_E_INVALID_PATH);
		if (strpbrk(path, "\t\n\x01\x1F") == NULL)
			ASSERT_FAILS(hr, IMAPI_E_INVALID_PATH, path);
	}
	if (path[0] != '\\') {
		ck_assert_int_eq(fsi_image_exists(image, api_text("\\%s", path), &type),
				 IMAPI_E_INVALID_PATH);
		ck_assert_int_eq(type, FSI_ITEM_FILE);
	}
	api_assert_unchanged(image, before);
}
END_TEST

START_TEST(an_empty_path_and_what_is_not_utf_8_are_bad_parameters)
{
	static const char *const paths[] = {"", "\xC3", "a\xFFz", "dir\\\xC0\xAF",
					    "\xED\xA0\x80"};
	enum fsi_item_type type = FSI_ITEM_FILE;

	for (int taker = 0; taker < TAKERS; taker++)
		ASSERT_FAILS(pass_to(taker, root, paths[_i]), IMAPI_E_INVALID_PARAM,
			     "path");
	ASSERT_FAILS(fsi_image_exists(image, _i == 0 ? "" : api_text("\\%s", paths[_i]),
				      &type),
		     IMAPI_E_INVALID_PARAM, "full_path");
}
END_TEST

START_TEST(a_full_path_begins_with_a_separator)
{
	enum fsi_item_type type = FSI_ITEM_NOT_FOUND;

	ASSERT_FAILS(fsi_image_exists(image, "file", &type), IMAPI_E_INVALID_PATH,
		     "file");
	ASSERT_FAILS(fsi_image_exists(image, "dir\\inner", &type), IMAPI_E_INVALID_PATH,
		     "dir\\inner");
	ASSERT_OK(fsi_image_exists(image, "\\file", &type));
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	ASSERT_FAILS(fsi_image_exists(image, "\\file", &type), IMAPI_E_INVALID_PATH,
		     "\\file");
}
END_TEST

START_TEST(a_directory_that_is_missing_on_the_way_is_told)
{
	enum fsi_item_type type = FSI_ITEM_NOT_FOUND;

	for (int taker = GET_ITEM + 1; taker < TAKERS; taker++) {
		ASSERT_FAILS(pass_to(taker, root, "None\\x"), IMAPI_E_DIR_NOT_FOUND,
			     "\\None");
		ASSERT_FAILS(pass_to(taker, root, "dir/none/x/y"), IMAPI_E_DIR_NOT_FOUND,
			     "\\dir\\none");
		ASSERT_FAILS(pass_to(taker, api_directory(root, "DIR"), "none\\x"),
			     IMAPI_E_DIR_NOT_FOUND, "\\dir\\none");
	}
	ASSERT_FAILS(fsi_image_exists(image, "\\dir\\none\\x", &type),
		     IMAPI_E_DIR_NOT_FOUND, "\\dir\\none");
	ASSERT_FAILS(fsi_directory_remove_tree(root, "none"), IMAPI_E_DIR_NOT_FOUND,
		     "none");
}
END_TEST

START_TEST(a_file_on_the_way_is_told)
{
	enum fsi_item_type type = FSI_ITEM_NOT_FOUND;

	for (int taker = GET_ITEM + 1; taker < TAKERS; taker++) {
		ASSERT_FAILS(pass_to(taker, root, "FILE\\x"), IMAPI_E_NOT_DIR, "\\file");
		ASSERT_FAILS(pass_to(taker, root, "dir\\inner\\x"), IMAPI_E_NOT_DIR,
			     "\\dir\\inner");
	}
	ASSERT_FAILS(fsi_image_exists(image, "\\file\\x", &type), IMAPI_E_NOT_DIR,
		     "\\file");
	ASSERT_FAILS(fsi_directory_remove_tree(root, "FILE"), IMAPI_E_NOT_DIR, "\\file");
	ASSERT_FAILS(fsi_directory_remove_tree(api_directory(root, "dir"), "inner"),
		     IMAPI_E_NOT_DIR, "\\dir\\inner");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	static const char *const paths[] = {"none",  "dir\\none", "none\\x", "file\\x",
					    "name ", "name.",	  S255};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		ASSERT_FAILS(pass_to(GET_ITEM, root, paths[i]), IMAPI_E_ITEM_NOT_FOUND,
			     paths[i]);
	ASSERT_FAILS(pass_to(REMOVE, root, "none"), IMAPI_E_ITEM_NOT_FOUND, "none");
	ASSERT_FAILS(pass_to(REMOVE, root, "dir\\none"), IMAPI_E_ITEM_NOT_FOUND,
		     "dir\\none");
}
END_TEST

START_TEST(a_full_path_is_a_path_of_the_root_only)
{
	for (int taker = 0; taker < TAKERS; taker++) {
		ASSERT_FAILS(pass_to(taker, api_directory(root, "dir"), "\\x"),
			     IMAPI_E_INVALID_PATH, "\\x");
		ASSERT_FAILS(pass_to(taker, api_directory(root, "dir"), "/"),
			     IMAPI_E_INVALID_PATH, "/");
	}
}
END_TEST

START_TEST(the_root_can_neither_be_removed_nor_made)
{
	ASSERT_FAILS(pass_to(REMOVE, root, "\\"), IMAPI_E_INVALID_PATH, "\\");
	for (int taker = FINDERS; taker < TAKERS; taker++)
		ASSERT_FAILS(pass_to(taker, root, "\\"), IMAPI_E_INVALID_PATH, "\\");
}
END_TEST

START_TEST(a_directory_with_content_is_not_removed_alone)
{
	ASSERT_FAILS(pass_to(REMOVE, root, "Dir"), IMAPI_E_DIR_NOT_EMPTY, "\\dir");
	ASSERT_OK(pass_to(REMOVE, root, "dir\\sub"));
	ASSERT_OK(pass_to(REMOVE, root, "dir\\inner"));
	ASSERT_OK(pass_to(REMOVE, root, "dir"));
}
END_TEST

/* ---- names of new items ------------------------------------------------ */

START_TEST(a_new_name_does_not_end_in_a_space_or_a_dot)
{
	static const char *const names[] = {"name ", "name.", " ", "...", "dir\\name "};

	for (int taker = FINDERS; taker < TAKERS; taker++)
		ASSERT_FAILS(pass_to(taker, root, names[_i]), IMAPI_E_INVALID_PATH,
			     names[_i]);
}
END_TEST

START_TEST(a_name_that_is_taken_is_told_as_it_was_given)
{
	for (int taker = FINDERS; taker < TAKERS; taker++) {
		ASSERT_FAILS(pass_to(taker, root, "file"), IMAPI_E_DUP_NAME, "file");
		ASSERT_FAILS(pass_to(taker, root, "FILE"), IMAPI_E_DUP_NAME, "FILE");
		ASSERT_FAILS(pass_to(taker, root, "dir"), IMAPI_E_DUP_NAME, "dir");
		ASSERT_FAILS(pass_to(taker, root, "dir\\Inner"), IMAPI_E_DUP_NAME,
			     "Inner");
	}
}
END_TEST

START_TEST(names_of_255_units_are_the_longest)
{
	const char *names[] = {S255, P254 "a"};

	ASSERT_OK(fsi_directory_add_directory(root, names[_i]));
	ASSERT_TEXT(fsi_item_get_name, api_item(root, names[_i]), names[_i]);
	ASSERT_OK(fsi_directory_add_directory(root,
					      api_text("%s\\%s", names[_i], names[_i])));
	ASSERT_FAILS(fsi_directory_add_directory(root, api_text("%s%s", names[_i], "b")),
		     IMAPI_E_INVALID_PATH, api_text("%s%s", names[_i], "b"));
	fsi_result_release(api_result(image));
}
END_TEST

static const struct {
	const char *name;
	bool is_restricted; /* may be a name under the restricted set */
} characters[] = {
	{"plain ASCII (32 to 126), even {these} & $them~", true},
	{"delete\x7F", true},
	{"\xC2\xA0", false}, /* 128 itself is a control: see below */
	{"\xC3\xBC", false},
	{"\xE4\xB8\xAD", false},
	{PAIR, false},
};

#define CHARACTERS (int)(sizeof(characters) / sizeof(characters[0]))

START_TEST(the_restricted_set_goes_from_32_to_127)
{
	const char *name = characters[_i].name;
	fsi_directory *directory = NULL;
	fsi_file *file = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_image_put_use_restricted_character_set(image, true));
	for (int taker = FINDERS; taker < TAKERS; taker++) {
		hr = pass_to(taker, root, name);
		if (characters[_i].is_restricted) {
			ASSERT_OK(hr);
			ASSERT_OK(fsi_directory_remove(root, name));
		} else {
			ASSERT_FAILS(hr, IMAPI_E_RESTRICTED_NAME_VIOLATION, name);
			ASSERT_SAYS("32 to 127");
		}
	}
	hr = fsi_image_create_directory_item(image, name, &directory);
	if (characters[_i].is_restricted)
		ASSERT_OK(hr);
	else
		ASSERT_FAILS(hr, IMAPI_E_RESTRICTED_NAME_VIOLATION, name);
	hr = fsi_image_create_file_item(image, name, &file);
	if (characters[_i].is_restricted)
		ASSERT_OK(hr);
	else
		ASSERT_FAILS(hr, IMAPI_E_RESTRICTED_NAME_VIOLATION, name);
}
END_TEST

START_TEST(the_first_character_beyond_the_restricted_set_is_refused)
{
	ASSERT_OK(fsi_directory_add_directory(root, "\xC2\x80"));
	ASSERT_OK(fsi_directory_remove(root, "\xC2\x80"));
	ASSERT_OK(fsi_image_put_use_restricted_character_set(image, true));
	ck_assert_int_eq(fsi_directory_add_directory(root, "\xC2\x80"),
			 IMAPI_E_RESTRICTED_NAME_VIOLATION);
}
END_TEST

START_TEST(names_that_are_there_may_stay_when_the_set_is_restricted)
{
	fsi_file *file = NULL;

	api_add_text(root, "\xC3\xBC", "x");
	ASSERT_OK(fsi_image_create_file_item(image, "\xC3\xA4", &file));
	ASSERT_OK(fsi_image_put_use_restricted_character_set(image, true));
	api_item(root, "\xC3\x9C");
	fsi_result_release(api_result(image));
	/* But what is made only now is new. */
	ASSERT_FAILS(fsi_directory_add(root, fsi_file_as_item(file)),
		     IMAPI_E_RESTRICTED_NAME_VIOLATION, "\xC3\xA4");
}
END_TEST

/* ---- detached items ---------------------------------------------------- */

static const char *const bad_names[] = {
	"",   "a\\b", "a/b",	"\\",	".",  "..",	 "a:b",
	"x ", "x.",   S255 "!", "\xC3", "\n", P254 "ab", "a*",
};

#define BAD_NAMES (int)(sizeof(bad_names) / sizeof(bad_names[0]))

START_TEST(a_detached_item_needs_a_bare_legal_name)
{
	fsi_directory *directory = NULL;
	fsi_file *file = NULL;

	ASSERT_FAILS(fsi_image_create_directory_item(image, bad_names[_i], &directory),
		     IMAPI_E_INVALID_PARAM, "name");
	ASSERT_FAILS(fsi_image_create_file_item(image, bad_names[_i], &file),
		     IMAPI_E_INVALID_PARAM, "name");
	ck_assert_ptr_null(directory);
	ck_assert_ptr_null(file);
}
END_TEST

START_TEST(a_detached_directory_takes_nothing)
{
	fsi_directory *detached = NULL;
	fsi_file *file = NULL;

	ASSERT_OK(fsi_image_create_directory_item(image, "Loose", &detached));
	ASSERT_OK(fsi_image_create_file_item(image, "f", &file));
	if (_i == 1) {
		/* The same of one that was removed. */
		ASSERT_OK(fsi_directory_add(root, fsi_directory_as_item(detached)));
		ASSERT_OK(fsi_directory_remove(root, "loose"));
	}
	for (int taker = GET_ITEM + 1; taker < TAKERS; taker++)
		ASSERT_FAILS(pass_to(taker, detached, "x"), IMAPI_E_NOT_IN_FILE_SYSTEM,
			     "Loose");
	ASSERT_FAILS(fsi_directory_add_tree(detached, api_host(""), false),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "Loose");
	ASSERT_FAILS(
		fsi_directory_add_tree_with_options(detached, api_host(""), NULL, NULL),
		IMAPI_E_NOT_IN_FILE_SYSTEM, "Loose");
	ASSERT_FAILS(fsi_directory_add(detached, fsi_file_as_item(file)),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "Loose");
}
END_TEST

START_TEST(an_item_is_added_once_and_to_its_own_image)
{
	fsi_image *other = api_image(ISO);
	fsi_file *file = NULL;
	fsi_file *foreign = NULL;

	ASSERT_FAILS(fsi_directory_add(root, api_item(root, "file")), IMAPI_E_DUP_NAME,
		     "file");
	ASSERT_FAILS(
		fsi_directory_add(api_directory(root, "dir"), api_item(root, "file")),
		IMAPI_E_DUP_NAME, "file");
	ASSERT_FAILS(fsi_directory_add(root, fsi_directory_as_item(root)),
		     IMAPI_E_DUP_NAME, "");
	ASSERT_OK(fsi_image_create_file_item(image, "FILE", &file));
	ASSERT_FAILS(fsi_directory_add(root, fsi_file_as_item(file)), IMAPI_E_DUP_NAME,
		     "FILE");
	ASSERT_OK(fsi_image_create_file_item(other, "foreign", &foreign));
	ASSERT_FAILS(fsi_directory_add(root, fsi_file_as_item(foreign)), E_INVALIDARG,
		     "");
	ASSERT_SAYS("another image");
	fsi_image_release(other);
}
END_TEST

START_TEST(rules_that_became_stricter_hold_for_detached_items)
{
	fsi_file *file = NULL;

	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	ASSERT_OK(fsi_image_create_file_item(image, "a:b", &file));
	ASSERT_OK(fsi_image_put_any_character_names(image, false));
	ASSERT_FAILS(fsi_directory_add(root, fsi_file_as_item(file)),
		     IMAPI_E_INVALID_PATH, "a:b");
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(file)));
}
END_TEST

START_TEST(only_a_file_system_of_the_image_has_names)
{
	static const int bad[] = {0, 2, 4, 3, 7, 8, 0x40000000, -1};
	fsi_result *result = NULL;
	char *name = NULL;
	uint32_t count = 0;

	ASSERT_OK(fsi_image_put_file_systems_to_create(image, ISO));
	result = api_result(image);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const enum fsi_file_system value = (enum fsi_file_system)bad[i];

		ASSERT_FAILS(fsi_item_get_file_system_name(api_item(root, "file"), value,
							   &name),
			     IMAPI_E_INVALID_PARAM, "file_system");
		ASSERT_FAILS(fsi_item_get_file_system_path(api_item(root, "file"), value,
							   &name),
			     IMAPI_E_INVALID_PARAM, "file_system");
		ASSERT_FAILS(fsi_result_get_volume_name(result, value, &name),
			     IMAPI_E_INVALID_PARAM, "file_system");
		ASSERT_FAILS(fsi_result_get_mapped_name_count(result, value, &count),
			     IMAPI_E_INVALID_PARAM, "file_system");
	}
	ck_assert_ptr_null(name);
	fsi_result_release(result);
}
END_TEST

START_TEST(a_detached_item_has_no_name_in_a_file_system)
{
	fsi_file *file = NULL;
	char *text = NULL;

	ASSERT_OK(fsi_image_create_file_item(image, "Loose", &file));
	ASSERT_FAILS(fsi_item_get_file_system_name(fsi_file_as_item(file),
						   FSI_FILE_SYSTEM_UDF, &text),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "Loose");
	ASSERT_FAILS(fsi_item_get_file_system_path(fsi_file_as_item(file),
						   FSI_FILE_SYSTEM_UDF, &text),
		     IMAPI_E_NOT_IN_FILE_SYSTEM, "Loose");
	ck_assert_ptr_null(text);
}
END_TEST

/* ---- suites ------------------------------------------------------------ */

static void add_path_tests(Suite *suite)
{
	TCase *tcase = tcase_create("paths");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_malformed_path_is_told_as_it_was_given, 0,
			    MALFORMED_PATHS);
	tcase_add_loop_test(tcase, an_empty_path_and_what_is_not_utf_8_are_bad_parameters,
			    0, 5);
	tcase_add_test(tcase, a_full_path_begins_with_a_separator);
	tcase_add_test(tcase, a_directory_that_is_missing_on_the_way_is_told);
	tcase_add_test(tcase, a_file_on_the_way_is_told);
	tcase_add_test(tcase, what_is_not_there_is_not_found);
	tcase_add_test(tcase, a_full_path_is_a_path_of_the_root_only);
	tcase_add_test(tcase, the_root_can_neither_be_removed_nor_made);
	tcase_add_test(tcase, a_directory_with_content_is_not_removed_alone);
	suite_add_tcase(suite, tcase);
}

static void add_name_tests(Suite *suite)
{
	TCase *tcase = tcase_create("names");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_new_name_does_not_end_in_a_space_or_a_dot, 0, 5);
	tcase_add_test(tcase, a_name_that_is_taken_is_told_as_it_was_given);
	tcase_add_loop_test(tcase, names_of_255_units_are_the_longest, 0, 2);
	tcase_add_loop_test(tcase, the_restricted_set_goes_from_32_to_127, 0, CHARACTERS);
	tcase_add_test(tcase, the_first_character_beyond_the_restricted_set_is_refused);
	tcase_add_test(tcase, names_that_are_there_may_stay_when_the_set_is_restricted);
	tcase_add_loop_test(tcase, a_detached_item_needs_a_bare_legal_name, 0, BAD_NAMES);
	tcase_add_loop_test(tcase, a_detached_directory_takes_nothing, 0, 2);
	tcase_add_test(tcase, an_item_is_added_once_and_to_its_own_image);
	tcase_add_test(tcase, rules_that_became_stricter_hold_for_detached_items);
	tcase_add_test(tcase, only_a_file_system_of_the_image_has_names);
	tcase_add_test(tcase, a_detached_item_has_no_name_in_a_file_system);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("image codes");

	add_path_tests(suite);
	add_name_tests(suite);
	return api_run(suite);
}
