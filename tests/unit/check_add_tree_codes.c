/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documented codes of adding files and folders of this computer. */
#include "tests/support/api.h"
#include "tests/support/privileges.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static fsi_image *image;
static fsi_directory *root;
static char *before; /* the image, which no failure changes */

/* tree/a, tree/sub/b */
static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_text(&api_folder, "tree/a", "a");
	scratch_text(&api_folder, "tree/sub/b", "b");
	scratch_text(&api_folder, "host", "host");
	image = api_image(BRIDGE);
	root = api_root(image);
	api_add_text(root, "A", "older");
	before = api_describe(image);
}

static void tear_down(void)
{
	api_assert_unchanged(image, before);
	fsi_image_release(image);
	api_end_folder();
}

static HRESULT add(const char *name)
{
	return fsi_directory_add_tree(root, api_host(name), false);
}

static HRESULT add_with_base(const char *name)
{
	return fsi_directory_add_tree(root, api_host(name), true);
}

/* Use this where the test itself has added something. */
static void describe_anew(void)
{
	free(before);
	before = api_describe(image);
}

/* ---- the source -------------------------------------------------------- */

START_TEST(an_empty_source_is_a_bad_parameter)
{
	ASSERT_FAILS(fsi_directory_add_tree(root, "", false), IMAPI_E_INVALID_PARAM,
		     "source_directory");
	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, "", NULL, NULL),
		     IMAPI_E_INVALID_PARAM, "source_directory");
}
END_TEST

START_TEST(a_source_that_is_not_there_is_told_as_the_system_tells_it)
{
	scratch_link(&api_folder, "loop", "loop");
	ASSERT_FAILS(add("none"), FSI_E_FILE_NOT_FOUND, "");
	ck_assert_uint_eq((uint32_t)fsi_error_get_code(), 0x80070002u);
	ASSERT_SAYS("No such file or directory");
	ASSERT_FAILS(add("none/none"), FSI_E_FILE_NOT_FOUND, "");
	ASSERT_FAILS(add("host/none"), FSI_E_DIRECTORY, "");
	ASSERT_FAILS(add("loop"), FSI_E_CANT_RESOLVE_FILENAME, "");
	ck_assert_int_eq(chmod(api_host("tree"), 0), 0);
	privileges_drop();
	ASSERT_FAILS(add("tree/sub"), E_ACCESSDENIED, "");
	ck_assert_uint_eq((uint32_t)fsi_error_get_code(), 0x80070005u);
	privileges_restore();
	ck_assert_int_eq(chmod(api_host("tree"), 0755), 0);
}
END_TEST

START_TEST(a_folder_that_can_not_be_listed_is_told_with_the_reason)
{
	const char *folder = _i == 0 ? "tree" : "tree/sub";

	ck_assert_int_eq(chmod(api_host(folder), 0), 0);
	privileges_drop();
	ASSERT_FAILS(add("tree"), IMAPI_E_DIRECTORY_READ_FAILURE, api_host(folder));
	ASSERT_SAYS("Permission denied");
	privileges_restore();
	ck_assert_int_eq(chmod(api_host(folder), 0755), 0);
}
END_TEST

START_TEST(a_folder_that_may_not_be_entered_is_told_with_the_reason)
{
	ck_assert_int_eq(chmod(api_host("tree/sub"), 0444), 0);
	privileges_drop();
	ASSERT_FAILS(add("tree"), IMAPI_E_DATA_STREAM_CREATE_FAILURE,
		     api_host("tree/sub/b"));
	ASSERT_SAYS("Permission denied");
	privileges_restore();
	ck_assert_int_eq(chmod(api_host("tree/sub"), 0755), 0);
}
END_TEST

START_TEST(a_file_that_can_not_be_read_is_told_with_the_reason)
{
	ck_assert_int_eq(chmod(api_host("tree/sub/b"), 0), 0);
	privileges_drop();
	ASSERT_FAILS(add("tree"), IMAPI_E_DATA_STREAM_CREATE_FAILURE,
		     api_host("tree/sub/b"));
	ASSERT_SAYS("Permission denied");
	ASSERT_FAILS(add("tree/sub/b"), IMAPI_E_DATA_STREAM_CREATE_FAILURE,
		     api_host("tree/sub/b"));
	privileges_restore();
}
END_TEST

START_TEST(a_source_that_is_neither_file_nor_folder_is_refused)
{
	ck_assert_int_eq(mkfifo(api_host("pipe"), 0644), 0);
	ASSERT_FAILS(add("pipe"), IMAPI_E_NOT_FILE, api_host("pipe"));
	ASSERT_FAILS(fsi_directory_add_tree(root, "/dev/null", false), IMAPI_E_NOT_FILE,
		     "/dev/null");
}
END_TEST

START_TEST(the_root_of_this_computer_has_no_name_to_go_under)
{
	ASSERT_FAILS(fsi_directory_add_tree(root, "/", true), IMAPI_E_INVALID_PARAM,
		     "source_directory");
}
END_TEST

/* ---- names ------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *shown;
} bad_names[] = {
	{"a:b", "a:b"},
	{"a*", "a*"},
	{"what?", "what?"},
	{"\"quoted\"", "\"quoted\""},
	{"a<b>c", "a<b>c"},
	{"a|b", "a|b"},
	{"back\\slash", "back\\slash"},
	{"trailing ", "trailing "},
	{"trailing.", "trailing."},
	{"bell\a", "bell\\x07"},
	{"line\nfeed", "line\\x0Afeed"},
	{"latin \xFC", "latin \\xFC"},
	{"\xC3", "\\xC3"},
	{"\xED\xA0\x80", "\\xED\\xA0\\x80"},
};

#define BAD_NAMES (int)(sizeof(bad_names) / sizeof(bad_names[0]))

START_TEST(a_source_name_that_the_rules_forbid_is_shown)
{
	const char *name = api_text("tree/sub/%s", bad_names[_i].name);
	const char *shown = api_text("%s/%s", api_host("tree/sub"), bad_names[_i].shown);

	scratch_text(&api_folder, name, "");
	ASSERT_FAILS(add("tree"), IMAPI_E_INVALID_PATH, shown);
	/* The same when it is a folder. */
	ck_assert_int_eq(unlink(api_host(name)), 0);
	scratch_folder(&api_folder, name);
	ASSERT_FAILS(add("tree"), IMAPI_E_INVALID_PATH, shown);
}
END_TEST

START_TEST(a_source_that_is_a_file_with_a_bad_name_is_shown)
{
	const char *name = api_text("tree/%s", bad_names[_i].name);
	HRESULT hr = S_OK;

	scratch_text(&api_folder, name, "");
	hr = add(name);
	ASSERT_FAILS(hr, IMAPI_E_INVALID_PATH,
		     api_text("%s/%s", api_host("tree"), bad_names[_i].shown));
}
END_TEST

START_TEST(a_base_folder_with_a_bad_name_is_shown)
{
	const char *name = bad_names[_i].name;
	char *folder = realpath(api_host(""), NULL);

	ck_assert_ptr_nonnull(folder);
	scratch_folder(&api_folder, name);
	ASSERT_FAILS(add_with_base(name), IMAPI_E_INVALID_PATH,
		     api_text("%s/%s", folder, bad_names[_i].shown));
	free(folder);
}
END_TEST

START_TEST(names_of_two_cases_can_not_both_come)
{
	scratch_text(&api_folder, "tree/sub/B", "B");
	ASSERT_FAILS(add("tree"), IMAPI_E_DUP_NAME, "b");
	ASSERT_SAYS("\"B\"");
	ASSERT_SAYS("case");
}
END_TEST

START_TEST(a_file_does_not_replace_a_directory_nor_the_reverse)
{
	scratch_folder(&api_folder, "other");
	scratch_folder(&api_folder, "other/a");
	ASSERT_FAILS(add("other"), IMAPI_E_DUP_NAME, "a");
	api_add_directory(root, "SUB");
	api_add_directory(root, "SUB\\B");
	describe_anew();
	ASSERT_FAILS(add("tree"), IMAPI_E_DUP_NAME, "b");
	ASSERT_FAILS(fsi_directory_add_tree(api_directory(root, "sub"),
					    api_host("tree/sub/b"), false),
		     IMAPI_E_DUP_NAME, "b");
	api_add_text(root, "Tree", "in the way");
	describe_anew();
	ASSERT_FAILS(add_with_base("tree"), IMAPI_E_DUP_NAME, "tree");
}
END_TEST

START_TEST(the_restricted_set_holds_for_sources)
{
	scratch_text(&api_folder, "tree/sub/\xC3\xBC", "");
	ASSERT_OK(fsi_image_put_use_restricted_character_set(image, true));
	describe_anew();
	ASSERT_FAILS(add("tree"), IMAPI_E_RESTRICTED_NAME_VIOLATION, "\xC3\xBC");
	ASSERT_FAILS(add("tree/sub/\xC3\xBC"), IMAPI_E_RESTRICTED_NAME_VIOLATION,
		     "\xC3\xBC");
}
END_TEST

START_TEST(a_name_that_is_not_utf_8_is_refused_under_any_rules)
{
	ASSERT_OK(fsi_directory_remove(root, "A"));
	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	describe_anew();
	scratch_text(&api_folder, "tree/\xFF", "");
	ASSERT_FAILS(add("tree"), IMAPI_E_INVALID_PATH,
		     api_text("%s/\\xFF", api_host("tree")));
	ASSERT_SAYS("UTF-8");
}
END_TEST

/* ---- what options refuse ----------------------------------------------- */

static void make_socket(const char *name)
{
	const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = api_host(name);
	size_t i = 0;

	ck_assert_int_ge(descriptor, 0);
	for (; path[i] != '\0' && i + 1 < sizeof(address.sun_path); i++)
		address.sun_path[i] = path[i];
	ck_assert_int_eq(path[i], '\0');
	ck_assert_int_eq(
		bind(descriptor, (const void *)&address, (socklen_t)sizeof(address)), 0);
	close(descriptor);
}

START_TEST(links_and_special_files_can_be_refused)
{
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .links = FSI_LINKS_REFUSE,
						     .special = FSI_SPECIAL_REFUSE};
	static const char *const kinds[] = {"symbolic links", "FIFOs", "sockets"};

	if (_i == 0)
		scratch_link(&api_folder, "a", "tree/odd");
	else if (_i == 1)
		ck_assert_int_eq(mkfifo(api_host("tree/odd"), 0644), 0);
	else
		make_socket("tree/odd");
	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
							 NULL),
		     IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED,
		     api_text("image's|%s", kinds[_i]));
	ASSERT_SAYS(api_host("tree/odd"));
}
END_TEST

START_TEST(options_and_reports_of_another_size_are_refused)
{
	struct fsi_add_tree_options options = {.size = sizeof(options) - 1};
	struct fsi_add_tree_report report = {.size = sizeof(report) - 1};

	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
							 NULL),
		     E_INVALIDARG, "");
	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, api_host("tree"), NULL,
							 &report),
		     E_INVALIDARG, "");
	options.size = 0;
	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
							 NULL),
		     E_INVALIDARG, "");
}
END_TEST

/* ---- limits ------------------------------------------------------------ */

START_TEST(limits_hold_for_trees)
{
	scratch_text(&api_folder, "tree/sub/large", "");
	ck_assert_int_eq(truncate(api_host("tree/sub/large"), 2147483649LL), 0);
	ASSERT_FAILS(add("tree"), IMAPI_E_DATA_TOO_BIG, "ISO9660/Joliet");
	ASSERT_SAYS("\"\\sub\\large\"");
	ASSERT_SAYS("2147483648");
	ck_assert_int_eq(truncate(api_host("tree/sub/large"), 2147483648LL), 0);
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 1000000));
	describe_anew();
	ASSERT_FAILS(add("tree"), IMAPI_E_IMAGE_SIZE_LIMIT, "\\sub\\large");
	ASSERT_SAYS("1000000 blocks");
}
END_TEST

START_TEST(folders_that_nest_too_deep_are_told)
{
	const char *path = "tree/sub";

	for (int level = 3; level <= 9; level++) {
		path = api_text("%s/%d", path, level);
		scratch_folder(&api_folder, path);
	}
	ASSERT_FAILS(add("tree"), IMAPI_E_ISO9660_LEVELS, "");
	ASSERT_SAYS("eighth level");
	ASSERT_SAYS("\"\\sub\\3\\4\\5\\6\\7\\8\\9\"");
}
END_TEST

/* ---- files of this computer -------------------------------------------- */

START_TEST(a_source_that_can_not_be_opened_is_told_with_the_reason)
{
	ck_assert_int_eq(chmod(api_host("host"), 0), 0);
	scratch_link(&api_folder, "loop", "loop");
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", api_host("none")),
		     IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("none"));
	ASSERT_SAYS("No such file or directory");
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", api_host("host/none")),
		     IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("host/none"));
	ASSERT_SAYS("Not a directory");
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", api_host("loop")),
		     IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("loop"));
	ASSERT_SAYS("symbolic links");
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", ""),
		     IMAPI_E_DATA_STREAM_CREATE_FAILURE, "");
	privileges_drop();
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", api_host("host")),
		     IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("host"));
	ASSERT_SAYS("Permission denied");
	privileges_restore();
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused)
{
	scratch_folder(&api_folder, "folder");
	ck_assert_int_eq(mkfifo(api_host("pipe"), 0644), 0);
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", api_host("folder")),
		     IMAPI_E_NOT_FILE, api_host("folder"));
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", api_host("pipe")),
		     IMAPI_E_NOT_FILE, api_host("pipe"));
	ASSERT_FAILS(fsi_directory_add_file_from_path(root, "x", "/dev/null"),
		     IMAPI_E_NOT_FILE, "/dev/null");
}
END_TEST

/* ---- suites ------------------------------------------------------------ */

static void add_name_tests(Suite *suite)
{
	TCase *tcase = tcase_create("names");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_source_name_that_the_rules_forbid_is_shown, 0,
			    BAD_NAMES);
	tcase_add_loop_test(tcase, a_source_that_is_a_file_with_a_bad_name_is_shown, 0,
			    BAD_NAMES);
	tcase_add_loop_test(tcase, a_base_folder_with_a_bad_name_is_shown, 0, BAD_NAMES);
	tcase_add_test(tcase, names_of_two_cases_can_not_both_come);
	tcase_add_test(tcase, a_file_does_not_replace_a_directory_nor_the_reverse);
	tcase_add_test(tcase, the_restricted_set_holds_for_sources);
	tcase_add_test(tcase, a_name_that_is_not_utf_8_is_refused_under_any_rules);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("add tree codes");
	TCase *tcase = tcase_create("sources");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_source_is_a_bad_parameter);
	tcase_add_test(tcase, a_source_that_is_not_there_is_told_as_the_system_tells_it);
	tcase_add_loop_test(
		tcase, a_folder_that_can_not_be_listed_is_told_with_the_reason, 0, 2);
	tcase_add_test(tcase, a_folder_that_may_not_be_entered_is_told_with_the_reason);
	tcase_add_test(tcase, a_file_that_can_not_be_read_is_told_with_the_reason);
	tcase_add_test(tcase, a_source_that_is_neither_file_nor_folder_is_refused);
	tcase_add_test(tcase, the_root_of_this_computer_has_no_name_to_go_under);
	tcase_add_test(tcase, a_source_that_can_not_be_opened_is_told_with_the_reason);
	tcase_add_test(tcase, what_is_no_regular_file_is_refused);
	suite_add_tcase(suite, tcase);

	add_name_tests(suite);

	tcase = tcase_create("options and limits");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, links_and_special_files_can_be_refused, 0, 3);
	tcase_add_test(tcase, options_and_reports_of_another_size_are_refused);
	tcase_add_test(tcase, limits_hold_for_trees);
	tcase_add_test(tcase, folders_that_nest_too_deep_are_told);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
