/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirroring folders of this computer: what is refused, and taken back. */
#include "error/fail.h"
#include "tests/support/scan_fixture.h"
#include "tests/support/trees.h"
#include "tree/change.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scan_fixture fixture;
static struct scratch *const scratch = &fixture.scratch;
static struct fsi_tree *const tree = &fixture.tree;
static struct fsi_scan_request *const request = &fixture.request;

static void set_up(void)
{
	scan_fixture_begin(&fixture);
}

static void tear_down(void)
{
	scan_fixture_end(&fixture);
}

/* Something that comes before what is refused. */
static void fill(void)
{
	scratch_folder(scratch, "a");
	scratch_text(scratch, "a/one", "1");
	scratch_text(scratch, "four", "4444");
}

/* ---- names ------------------------------------------------------------- */

/* Names of files and folders that the rules of IMAPI, or all, forbid. */
static const struct {
	const char *name;
	const char *shown;
	bool is_utf8;
} bad_names[] = {
	{"caf\xE9", "/caf\\xE9", false},
	{"tab\there", "/tab\\x09here", true},
	{"a:b", "/a:b", true},
	{"dot.", "/dot.", true},
};

START_TEST(a_name_that_the_rules_forbid_is_refused_and_shown)
{
	char shown[SCRATCH_PATH_SIZE + 32];

	fill();
	if (_i % 2 == 0)
		scratch_text(scratch, bad_names[_i / 2].name, "");
	else
		scratch_folder(scratch, bad_names[_i / 2].name);
	scan_fixture_assert_refused(&fixture, IMAPI_E_INVALID_PATH);
	strcpy(stpcpy(shown, scratch->path), bad_names[_i / 2].shown);
	scan_fixture_assert_insert(0, shown);
	ck_assert_int_eq(strstr(fsi_error_get_message(), "not UTF-8") == NULL,
			 bad_names[_i / 2].is_utf8);
	/* What is no file needs no name. */
	ck_assert_int_eq(remove(scratch_at(scratch, bad_names[_i / 2].name)), 0);
	ck_assert_int_eq(mkfifo(scratch_at(scratch, bad_names[_i / 2].name), 0600), 0);
	ck_assert_int_eq(fsi_scan(request), S_OK);
}
END_TEST

START_TEST(a_restricted_name_has_a_code_of_its_own)
{
	fill();
	scratch_text(scratch, "caf\xC3\xA9", "");
	tree->rules.restricted = true;
	scan_fixture_assert_refused(&fixture, IMAPI_E_RESTRICTED_NAME_VIOLATION);
	scan_fixture_assert_insert(0, "caf\xC3\xA9");
}
END_TEST

START_TEST(two_names_that_differ_in_case_are_refused)
{
	if (_i == 0) {
		scratch_text(scratch, "Name", "1");
		scratch_text(scratch, "name", "2");
	} else {
		scratch_folder(scratch, "Name");
		scratch_folder(scratch, "name");
	}
	scan_fixture_assert_refused(&fixture, IMAPI_E_DUP_NAME);
	scan_fixture_assert_insert(0, "name");
	scan_fixture_assert_message("\"Name\"");
	/* Also when one of them is there from before. */
	tree_add_file(tree, &tree->root, "name", 5);
	scan_fixture_assert_refused(&fixture, IMAPI_E_DUP_NAME);
}
END_TEST

/* ---- what cannot be read ----------------------------------------------- */

START_TEST(a_source_that_is_not_there_is_a_system_error)
{
	fill();
	request->source = scratch_at(scratch, "missing");
	scan_fixture_assert_refused(&fixture, FSI_E_FILE_NOT_FOUND);
	request->source = scratch_at(scratch, "four/x");
	scan_fixture_assert_refused(&fixture, FSI_E_DIRECTORY);
	request->source = "";
	scan_fixture_assert_refused(&fixture, FSI_E_FILE_NOT_FOUND);
	request->source = "/dev/null";
	scan_fixture_assert_refused(&fixture, IMAPI_E_NOT_FILE);
}
END_TEST

START_TEST(one_file_that_is_not_there_has_the_code_of_a_stream)
{
	fill();
	request->source = scratch_at(scratch, "missing");
	ck_assert_int_eq(fsi_scan_file(request, "x", 1, false),
			 IMAPI_E_DATA_STREAM_CREATE_FAILURE);
	scan_fixture_assert_insert(0, scratch_at(scratch, "missing"));
	scan_fixture_assert_message("No such file or directory");
	request->source = scratch_at(scratch, "a");
	ck_assert_int_eq(fsi_scan_file(request, "x", 1, false), IMAPI_E_NOT_FILE);
	scan_fixture_assert_insert(0, scratch_at(scratch, "a"));
}
END_TEST

START_TEST(a_file_by_a_name_that_the_rules_forbid_is_refused)
{
	scratch_text(scratch, "a:b", "");
	scratch_text(scratch, "caf\xE9", "");
	request->source = scratch_at(scratch, "a:b");
	scan_fixture_assert_refused(&fixture, IMAPI_E_INVALID_PATH);
	request->source = scratch_at(scratch, "caf\xE9");
	scan_fixture_assert_refused(&fixture, IMAPI_E_INVALID_PATH);
	scan_fixture_assert_message("caf\\xE9");
	tree->rules.restricted = true;
	scratch_text(scratch, "caf\xC3\xA9", "");
	request->source = scratch_at(scratch, "caf\xC3\xA9");
	scan_fixture_assert_refused(&fixture, IMAPI_E_RESTRICTED_NAME_VIOLATION);
}
END_TEST

START_TEST(a_base_without_a_usable_name_is_refused)
{
	request->options.include_base_directory = true;
	request->source = "/";
	scan_fixture_assert_refused(&fixture, IMAPI_E_INVALID_PARAM);
	scan_fixture_assert_insert(0, "source_directory");
	scratch_folder(scratch, "a:b");
	request->source = scratch_at(scratch, "a:b/.");
	scan_fixture_assert_refused(&fixture, IMAPI_E_INVALID_PATH);
	scan_fixture_assert_insert(0, scratch_at(scratch, "a:b"));
	scratch_folder(scratch, "caf\xE9");
	request->source = scratch_at(scratch, "caf\xE9");
	scan_fixture_assert_refused(&fixture, IMAPI_E_INVALID_PATH);
	scan_fixture_assert_insert(0, scratch_at(scratch, "caf\\xE9"));
	scan_fixture_assert_message("not UTF-8");
	/* A file of that name is there. */
	scratch_folder(scratch, "zzz");
	request->source = scratch_at(scratch, "zzz");
	scan_fixture_assert_refused(&fixture, IMAPI_E_DUP_NAME);
}
END_TEST

/* The path in context goes while it is asked for. */
static bool remove_one(void *context, const char *path, bool is_directory)
{
	(void)is_directory;
	if (strcmp(path, context) == 0)
		ck_assert_int_eq(remove(scratch_at(scratch, path)), 0);
	return true;
}

START_TEST(what_vanishes_while_it_is_read_is_an_error)
{
	static const char *const names[] = {"four", "empty"};
	char name[8];

	fill();
	scratch_folder(scratch, "empty");
	/* What all may read is not asked about, and told when the image is read. */
	ck_assert_int_eq(chmod(scratch_at(scratch, "four"), 0600), 0);
	strcpy(name, names[_i]);
	request->options.filter = remove_one;
	request->options.filter_context = name;
	scan_fixture_assert_refused(&fixture, _i == 0 ? IMAPI_E_DATA_STREAM_CREATE_FAILURE
						      : IMAPI_E_DIRECTORY_READ_FAILURE);
	scan_fixture_assert_insert(0, scratch_at(scratch, names[_i]));
	scan_fixture_assert_message("No such file or directory");
}
END_TEST

static bool turn_into_link(void *context, const char *path, bool is_directory)
{
	(void)context;
	(void)is_directory;
	if (strcmp(path, "empty") == 0) {
		ck_assert_int_eq(rmdir(scratch_at(scratch, path)), 0);
		scratch_link(scratch, "/", path);
	}
	return true;
}

START_TEST(a_folder_that_becomes_a_link_is_not_followed)
{
	fill();
	scratch_folder(scratch, "empty");
	request->options.filter = turn_into_link;
	scan_fixture_assert_refused(&fixture, IMAPI_E_DIRECTORY_READ_FAILURE);
	scan_fixture_assert_insert(0, scratch_at(scratch, "empty"));
}
END_TEST

START_TEST(what_may_not_be_read_is_an_error)
{
	const uid_t user = geteuid();
	HRESULT hr = S_OK;

	fill();
	scratch_folder(scratch, "locked");
	ck_assert_int_eq(chmod(scratch->path, 0755), 0);
	ck_assert_int_eq(chmod(scratch_at(scratch, "four"), 0), 0);
	ck_assert_int_eq(chmod(scratch_at(scratch, "locked"), 0), 0);
	request->source = scratch_at(scratch, _i == 2 ? "locked" : "four");
	/* Who may read everything becomes somebody else for a moment. */
	if (user == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	hr = _i == 0 ? fsi_scan(request) : fsi_scan_file(request, "x", 1, false);
	if (_i == 2)
		hr = fsi_scan(request);
	if (user == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(hr, _i == 2 ? IMAPI_E_DIRECTORY_READ_FAILURE
				     : IMAPI_E_DATA_STREAM_CREATE_FAILURE);
	scan_fixture_assert_insert(0, scratch_at(scratch, _i == 2 ? "locked" : "four"));
	scan_fixture_assert_message("Permission denied");
}
END_TEST

START_TEST(a_folder_needs_descriptors)
{
	const int next = dup(0);
	struct rlimit old_limit, limit;
	HRESULT hr[2];

	close(next);
	fill();
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old_limit), 0);
	limit = old_limit;
	/* None at all, and one where two are needed. */
	for (int i = 0; i < 2; i++) {
		limit.rlim_cur = (rlim_t)(next + i);
		setrlimit(RLIMIT_NOFILE, &limit);
		hr[i] = fsi_scan(request);
	}
	setrlimit(RLIMIT_NOFILE, &old_limit);
	ck_assert_int_eq(hr[0], IMAPI_E_DIRECTORY_READ_FAILURE);
	ck_assert_int_eq(hr[1], IMAPI_E_DIRECTORY_READ_FAILURE);
	scan_fixture_assert_insert(0, scratch->path);
	scan_fixture_assert_message("Too many open files");
}
END_TEST

START_TEST(a_limit_that_is_met_half_way_takes_everything_back)
{
	fill();
	scratch_folder(scratch, "a/b");
	scratch_folder(scratch, "a/b/c");
	tree->limits = (struct fsi_tree_limits){.max_levels = 3};
	scan_fixture_assert_refused(&fixture, IMAPI_E_ISO9660_LEVELS);
	scan_fixture_assert_message("\"\\a\\b\\c\"");
	tree->limits =
		(struct fsi_tree_limits){.max_file_size = 3, .size_limiter = "UDF"};
	tree_at(tree, "a/one")->content.data->size = 2;
	scan_fixture_assert_refused(&fixture, IMAPI_E_DATA_TOO_BIG);
	scan_fixture_assert_message("\"\\four\" has 4 bytes");
}
END_TEST

/* ---- without memory ---------------------------------------------------- */

static bool take_all_but_two(void *context, const char *path, bool is_directory)
{
	(void)context;
	(void)is_directory;
	return strcmp(path, "two") != 0 && strcmp(path, "fifo") != 0;
}

static void make_some_of_everything(void)
{
	char name[64];

	fill();
	scratch_folder(scratch, "a/b");
	scratch_text(scratch, "two", "22");
	scratch_link(scratch, "a/b", "link");
	ck_assert_int_eq(mkfifo(scratch_at(scratch, "fifo"), 0600), 0);
	ck_assert_int_eq(mkfifo(scratch_at(scratch, "pipe"), 0600), 0);
	/* So many that tables grow while they are added. */
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "a/b/a name of some length, number %u", i);
		scratch_text(scratch, name, "x");
	}
}

START_TEST(a_scan_without_memory_takes_everything_back)
{
	HRESULT hr = E_OUTOFMEMORY;
	char *before = NULL;
	long n = 0;

	make_some_of_everything();
	tree_add_file(tree, &tree->root, "FOUR", 7);
	before = tree_dump(tree);
	request->options.filter = take_all_but_two;
	request->options.links = FSI_LINKS_FOLLOW;
	request->options.base_attributes = true;
	request->options.include_base_directory = _i == 1;
	for (; hr == E_OUTOFMEMORY; n++) {
		request->report = (struct fsi_add_tree_report){.size = 0};
		fsi_memory_fail_after(n);
		hr = fsi_scan(request);
		if (hr != S_OK) {
			char *after = NULL;

			/* This needs no memory. */
			fsi_change_roll_back(tree);
			fsi_memory_fail_after(-1);
			after = tree_dump(tree);
			ck_assert_str_eq(before, after);
			ck_assert_uint_eq(scratch_count_descriptors(),
					  fixture.descriptors);
			free(after);
		}
	}
	fsi_memory_fail_after(-1);
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(n, 200);
	/* Nothing was forgotten for want of memory. */
	ck_assert_uint_eq(request->report.files, 202);
	ck_assert_uint_eq(request->report.directories, _i == 1 ? 4 : 3);
	ck_assert_uint_eq(request->report.filtered, 2);
	ck_assert_uint_eq(request->report.skipped_special, 1);
	tree_check(tree);
	free(before);
}
END_TEST

START_TEST(adding_one_file_without_memory_takes_everything_back)
{
	HRESULT hr = E_OUTOFMEMORY;
	long n = 0;

	fill();
	tree_add_file(tree, &tree->root, "x", 7);
	request->source = scratch_at(scratch, "four");
	for (; hr == E_OUTOFMEMORY; n++) {
		fsi_memory_fail_after(n);
		hr = fsi_scan_file(request, "X", 1, true);
		if (hr == S_OK)
			break;
		fsi_change_roll_back(tree);
		ck_assert_uint_eq(fsi_node_size(tree_at(tree, "x")), 7);
		ck_assert_str_eq(tree_at(tree, "x")->name, "x");
	}
	fsi_memory_fail_after(-1);
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(n, 2);
	ck_assert_str_eq(tree_at(tree, "x")->name, "X");
}
END_TEST

START_TEST(an_error_is_told_without_memory_for_its_path)
{
	HRESULT hr = E_OUTOFMEMORY;
	const HRESULT expected = _i == 0 ? IMAPI_E_INVALID_PATH
					 : IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED;

	if (_i == 0)
		scratch_text(scratch, "caf\xE9", "");
	else
		scratch_link(scratch, "nowhere", "link");
	request->options.links = FSI_LINKS_REFUSE;
	for (long n = 0; n < 100; n++) {
		fsi_memory_fail_after(n);
		hr = fsi_scan(request);
		fsi_memory_fail_after(-1);
		fsi_change_roll_back(tree);
		ck_assert(hr == E_OUTOFMEMORY || hr == expected);
		ck_assert_int_eq(fsi_error_get_code(), hr);
	}
	ck_assert_int_eq(hr, expected);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_name_case(void)
{
	TCase *tcase = tcase_create("names");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_name_that_the_rules_forbid_is_refused_and_shown, 0,
			    8);
	tcase_add_test(tcase, a_restricted_name_has_a_code_of_its_own);
	tcase_add_loop_test(tcase, two_names_that_differ_in_case_are_refused, 0, 2);
	tcase_add_test(tcase, a_file_by_a_name_that_the_rules_forbid_is_refused);
	tcase_add_test(tcase, a_base_without_a_usable_name_is_refused);
	return tcase;
}

static TCase *make_reading_case(void)
{
	TCase *tcase = tcase_create("what cannot be read");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_source_that_is_not_there_is_a_system_error);
	tcase_add_test(tcase, one_file_that_is_not_there_has_the_code_of_a_stream);
	tcase_add_loop_test(tcase, what_vanishes_while_it_is_read_is_an_error, 0, 2);
	tcase_add_test(tcase, a_folder_that_becomes_a_link_is_not_followed);
	tcase_add_loop_test(tcase, what_may_not_be_read_is_an_error, 0, 3);
	tcase_add_test(tcase, a_folder_needs_descriptors);
	tcase_add_test(tcase, a_limit_that_is_met_half_way_takes_everything_back);
	tcase_add_loop_test(tcase, a_scan_without_memory_takes_everything_back, 0, 2);
	tcase_add_test(tcase, adding_one_file_without_memory_takes_everything_back);
	tcase_add_loop_test(tcase, an_error_is_told_without_memory_for_its_path, 0, 2);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("scan: refusals");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_name_case());
	suite_add_tcase(suite, make_reading_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
