/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirroring folders of this computer: what comes into the tree. */
#include "error/fail.h"
#include "io/stream.h"
#include "tests/support/scan_fixture.h"
#include "tests/support/trees.h"
#include "tree/change.h"
#include "tree/data.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void assert_scanned(void)
{
	const HRESULT hr = fsi_scan(request);

	ck_assert_msg(hr == S_OK, "%s", fsi_error_get_message());
	fsi_change_keep(tree);
	tree_check(tree);
}

static void assert_paths(const char *expected)
{
	char *paths = tree_paths(tree);

	ck_assert_str_eq(paths, expected);
	free(paths);
}

static void assert_counts(uint64_t files, uint64_t directories, uint64_t bytes)
{
	ck_assert_uint_eq(request->report.files, files);
	ck_assert_uint_eq(request->report.directories, directories);
	ck_assert_uint_eq(request->report.bytes, bytes);
}

/* The bytes that a file of the tree has when they are read. */
static void assert_content(const char *path, const char *expected)
{
	const struct fsi_node *node = tree_at(tree, path);
	fsi_stream *stream = NULL;
	char text[100] = "";
	size_t got = 0;

	ck_assert_msg(node != NULL, "%s", path);
	ck_assert_int_eq(fsi_data_open(node->content.data, &stream), S_OK);
	ck_assert_int_eq(fsi_stream_read(stream, 0, text, sizeof(text) - 1, &got), S_OK);
	ck_assert_str_eq(text, expected);
	fsi_stream_release(stream);
}

/* a/ with one, two and b/ with three; four beside it. */
static void fill(void)
{
	scratch_folder(scratch, "a");
	scratch_folder(scratch, "a/b");
	scratch_text(scratch, "a/one", "1");
	scratch_text(scratch, "a/two", "22");
	scratch_text(scratch, "a/b/three", "333");
	scratch_text(scratch, "four", "4444");
}

/* ---- folders ----------------------------------------------------------- */

START_TEST(a_folder_is_mirrored_with_all_below_it)
{
	fill();
	scratch_folder(scratch, "empty");
	scratch_text(scratch, ".hidden", "");
	assert_scanned();
	assert_paths(".hidden a/ a\\b/ a\\b\\three a\\one a\\two empty/ four ");
	assert_counts(5, 3, 10);
	assert_content("a/b/three", "333");
	assert_content("four", "4444");
	ck_assert_uint_eq(
		request->report.skipped_links + request->report.skipped_special +
			request->report.skipped_loops + request->report.filtered,
		0);
}
END_TEST

START_TEST(an_empty_folder_brings_nothing)
{
	assert_scanned();
	assert_paths("");
	assert_counts(0, 0, 0);
}
END_TEST

START_TEST(a_folder_of_thousands_is_mirrored)
{
	char name[32];

	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "file %u", i * 7919 % 3000);
		scratch_text(scratch, name, i % 3 == 0 ? "" : "x");
	}
	assert_scanned();
	assert_counts(3000, 0, 2000);
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "file %u", i);
		if (tree_at(tree, name) == NULL)
			ck_abort_msg("%s is missing", name);
	}
}
END_TEST

/* How a source may be written; the folder of the test is the current one. */
static const char *const spellings[] = {"a", "./a", "a/", "a//", "a/b/..", "link"};

START_TEST(a_source_may_be_written_in_many_ways)
{
	char *old_folder = getcwd(NULL, 0);
	HRESULT hr = S_OK;

	fill();
	scratch_link(scratch, "a", "link");
	request->source = spellings[_i];
	ck_assert_int_eq(chdir(scratch->path), 0);
	hr = fsi_scan(request);
	assert_paths("b/ b\\three one two ");
	assert_content("b/three", "333");
	ck_assert_int_eq(chdir(old_folder), 0);
	free(old_folder);
	ck_assert_int_eq(hr, S_OK);
}
END_TEST

START_TEST(with_its_base_a_folder_goes_under_its_own_name)
{
	char *old_folder = getcwd(NULL, 0);
	HRESULT hr = S_OK;

	fill();
	scratch_link(scratch, "a", "link");
	request->source = spellings[_i];
	request->options.include_base_directory = true;
	ck_assert_int_eq(chdir(scratch->path), 0);
	hr = fsi_scan(request);
	ck_assert_int_eq(chdir(old_folder), 0);
	free(old_folder);
	ck_assert_msg(hr == S_OK, "%s", fsi_error_get_message());
	/* Of a link the name is that of the folder. */
	assert_paths("a/ a\\b/ a\\b\\three a\\one a\\two ");
	assert_counts(3, 2, 6);
}
END_TEST

START_TEST(a_source_that_is_a_file_adds_that_file)
{
	fill();
	tree_add_file(tree, &tree->root, "TWO", 99);
	request->source = scratch_at(scratch, "a/two");
	assert_scanned();
	assert_paths("two ");
	assert_counts(1, 0, 2);
	assert_content("two", "22");
}
END_TEST

START_TEST(folders_are_merged_and_files_are_replaced)
{
	struct fsi_node *a = tree_add_directory(tree, &tree->root, "A");
	struct fsi_node *older = NULL;

	fill();
	tree_add_file(tree, a, "ONE", 99);
	tree_add_file(tree, a, "keeps", 5);
	older = tree_at(tree, "a/one");
	assert_scanned();
	/* The directory keeps its name, the file gets the new one. */
	assert_paths("A/ A\\b/ A\\b\\three A\\keeps A\\one A\\two four ");
	ck_assert_ptr_eq(tree_at(tree, "a"), a);
	ck_assert_ptr_ne(tree_at(tree, "a/one"), older);
	ck_assert(!fsi_node_is_in_image(older));
	ck_assert_uint_eq(fsi_node_size(tree_at(tree, "a/one")), 1);
	assert_counts(4, 1, 10);
	/* Once more: nothing is new, all files are replaced. */
	assert_scanned();
	assert_paths("A/ A\\b/ A\\b\\three A\\keeps A\\one A\\two four ");
	assert_counts(8, 1, 20);
	ck_assert_uint_eq(tree->file_count, 5);
}
END_TEST

START_TEST(a_file_and_a_directory_do_not_replace_each_other)
{
	fill();
	if (_i == 0)
		tree_add_file(tree, &tree->root, "A", 1);
	else
		tree_add_directory(tree, &tree->root, "FOUR");
	ck_assert_int_eq(fsi_scan(request), IMAPI_E_DUP_NAME);
	fsi_change_roll_back(tree);
	assert_paths(_i == 0 ? "A " : "FOUR/ ");
}
END_TEST

START_TEST(names_may_differ_in_case_where_the_rules_say_so)
{
	tree->rules.case_sensitive = true;
	tree->rules.any_character = true;
	scratch_text(scratch, "name", "small");
	scratch_text(scratch, "NAME", "capital");
	scratch_folder(scratch, "Name");
	scratch_text(scratch, "a:b\\c*", "x");
	assert_scanned();
	assert_paths("NAME Name/ a:b\\c* name ");
	assert_content("name", "small");
	assert_content("NAME", "capital");
}
END_TEST

/* ---- attributes -------------------------------------------------------- */

START_TEST(items_get_the_times_and_the_owner_of_their_source)
{
	const struct fsi_node *node = NULL;

	fill();
	ck_assert_int_eq(chmod(scratch_at(scratch, "four"), 04751), 0);
	scratch_date(scratch, "four", 1000000000);
	scratch_date(scratch, "a", 1000000001);
	assert_scanned();
	node = tree_at(tree, "four");
	ck_assert_int_eq(node->modification_time, tree_time(1000000000));
	ck_assert_int_eq(node->access_time, tree_time(1000000000));
	/* They are of this minute. */
	ck_assert_int_gt(node->attribute_time, tree_time(TREE_TIME));
	ck_assert_uint_eq(node->mode, 04751);
	ck_assert_uint_eq(node->uid, geteuid());
	ck_assert_uint_eq(node->gid, getegid());
	node = tree_at(tree, "a");
	ck_assert_int_eq(node->modification_time, tree_time(1000000001));
	ck_assert_uint_eq(node->mode, 0755);
	/* The root is not the folder. */
	ck_assert_int_eq(tree->root.modification_time, tree_time(TREE_TIME));
	ck_assert_uint_eq(tree->root.uid, UINT32_MAX);
}
END_TEST

START_TEST(reproducible_times_are_those_of_the_content)
{
	const struct fsi_node *node = NULL;

	fill();
	tree->rules.reproducible_times = true;
	scratch_date(scratch, "four", 1000000000);
	scratch_date(scratch, "a/one", TREE_TIME + 1);
	assert_scanned();
	node = tree_at(tree, "four");
	ck_assert_int_eq(node->modification_time, tree_time(1000000000));
	ck_assert_int_eq(node->access_time, tree_time(1000000000));
	ck_assert_int_eq(node->attribute_time, tree_time(1000000000));
	ck_assert_int_eq(node->creation_time, tree_time(1000000000));
	/* Nothing is later than the recording. */
	node = tree_at(tree, "a/one");
	ck_assert_int_eq(node->modification_time, tree_time(TREE_TIME));
	ck_assert_int_eq(node->creation_time, tree_time(TREE_TIME));
}
END_TEST

START_TEST(the_directory_itself_gets_attributes_when_that_is_wanted)
{
	fill();
	ck_assert_int_eq(chmod(scratch_at(scratch, "a"), 0711), 0);
	scratch_date(scratch, "a", 1000000000);
	request->source = scratch_at(scratch, "a");
	request->options.base_attributes = true;
	ck_assert_int_eq(fsi_scan(request), S_OK);
	ck_assert_int_eq(tree->root.modification_time, tree_time(1000000000));
	ck_assert_uint_eq(tree->root.mode, 0711);
	ck_assert_uint_eq(tree->root.uid, geteuid());
	fsi_change_roll_back(tree);
	ck_assert_int_eq(tree->root.modification_time, tree_time(TREE_TIME));
	ck_assert_uint_eq(tree->root.mode, 0755);
	ck_assert_uint_eq(tree->root.uid, UINT32_MAX);
}
END_TEST

START_TEST(hard_links_and_equal_sources_share_their_data)
{
	const struct fsi_data *data = NULL;

	fill();
	ck_assert_int_eq(
		link(scratch_at(scratch, "four"), scratch_at(scratch, "a/hard link")), 0);
	scratch_text(scratch, "a/equal bytes", "4444");
	scratch_link(scratch, "../four", "a/link");
	assert_scanned();
	data = tree_at(tree, "four")->content.data;
	ck_assert_ptr_eq(tree_at(tree, "a/hard link")->content.data, data);
	ck_assert_ptr_eq(tree_at(tree, "a/link")->content.data, data);
	ck_assert_ptr_ne(tree_at(tree, "a/equal bytes")->content.data, data);
	/* And from another scan too. */
	request->directory = tree_add_directory(tree, &tree->root, "again");
	assert_scanned();
	ck_assert_ptr_eq(tree_at(tree, "again/four")->content.data, data);
	assert_content("again/a/hard link", "4444");
}
END_TEST

/* ---- one file ---------------------------------------------------------- */

START_TEST(a_file_is_added_under_another_name)
{
	fill();
	scratch_link(scratch, "a/two", "link");
	request->source = scratch_at(scratch, "link");
	ck_assert_int_eq(fsi_scan_file(request, "new name/", 8, false), S_OK);
	assert_paths("new name ");
	assert_content("new name", "22");
	assert_counts(1, 0, 2);
	fsi_change_keep(tree);
	ck_assert_int_eq(fsi_scan_file(request, "NEW NAME", 8, false), IMAPI_E_DUP_NAME);
	fsi_change_roll_back(tree);
	ck_assert_int_eq(fsi_scan_file(request, "NEW NAME", 8, true), S_OK);
	assert_paths("NEW NAME ");
	fsi_change_roll_back(tree);
	assert_paths("new name ");
	tree_add_directory(tree, &tree->root, "dir");
	ck_assert_int_eq(fsi_scan_file(request, "DIR", 3, true), IMAPI_E_DUP_NAME);
}
END_TEST

START_TEST(a_relative_file_is_found_in_the_current_folder)
{
	char *old_folder = getcwd(NULL, 0);

	fill();
	ck_assert_int_eq(chdir(scratch->path), 0);
	request->source = "four";
	ck_assert_int_eq(fsi_scan_file(request, "x", 1, false), S_OK);
	assert_content("x", "4444");
	request->source = "a/one";
	ck_assert_int_eq(fsi_scan_file(request, "y", 1, false), S_OK);
	assert_content("y", "1");
	ck_assert_int_eq(chdir(old_folder), 0);
	free(old_folder);
}
END_TEST

START_TEST(a_file_in_the_first_folder_of_all_has_its_path)
{
	const struct fsi_source_folder root = {.path = ""};
	const struct fsi_data data = {.source.folder = &root, .name = "name"};
	char *path = fsi_data_path(&data);

	ck_assert_str_eq(path, "/name");
	fsi_free(path);
	/* There is hardly a file in "/" that a test may rely on. */
	request->source = "/dev/null";
	ck_assert_int_eq(fsi_scan_file(request, "x", 1, false), IMAPI_E_NOT_FILE);
}
END_TEST

/* ---- telling ----------------------------------------------------------- */

struct listener {
	unsigned calls;
	unsigned stop_at;
	char names[100];
};

static HRESULT listen(void *context, const struct fsi_node *file, uint64_t copied,
		      uint64_t total)
{
	struct listener *listener = context;

	ck_assert(fsi_node_is_in_image(file));
	if (copied == 0)
		strcat(strcat(listener->names, file->name), " ");
	ck_assert_uint_eq(total, fsi_node_size(file));
	return ++listener->calls == listener->stop_at
		       ? FSI_FAIL(E_IMAPI_REQUEST_CANCELLED)
		       : S_OK;
}

START_TEST(each_file_is_told_of_in_one_order)
{
	struct listener listener = {.calls = 0};

	fill();
	request->watcher = (struct fsi_copy_watcher){listen, &listener};
	assert_scanned();
	/* Folder by folder, each by the bytes of its names. */
	ck_assert_str_eq(listener.names, "four one two three ");
}
END_TEST

START_TEST(who_is_told_can_end_it)
{
	struct listener listener = {.stop_at = (unsigned)_i};

	fill();
	request->watcher = (struct fsi_copy_watcher){listen, &listener};
	ck_assert_int_eq(fsi_scan(request), E_IMAPI_REQUEST_CANCELLED);
	ck_assert_uint_eq(listener.calls, listener.stop_at);
	fsi_change_roll_back(tree);
	assert_paths("");
	tree_check(tree);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_folder_case(void)
{
	const int spelling_count = sizeof(spellings) / sizeof(spellings[0]);
	TCase *tcase = tcase_create("folders");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_folder_is_mirrored_with_all_below_it);
	tcase_add_test(tcase, an_empty_folder_brings_nothing);
	tcase_add_test(tcase, a_folder_of_thousands_is_mirrored);
	tcase_add_loop_test(tcase, a_source_may_be_written_in_many_ways, 0,
			    spelling_count);
	tcase_add_loop_test(tcase, with_its_base_a_folder_goes_under_its_own_name, 0,
			    spelling_count);
	tcase_add_test(tcase, a_source_that_is_a_file_adds_that_file);
	tcase_add_test(tcase, folders_are_merged_and_files_are_replaced);
	tcase_add_loop_test(tcase, a_file_and_a_directory_do_not_replace_each_other, 0,
			    2);
	tcase_add_test(tcase, names_may_differ_in_case_where_the_rules_say_so);
	return tcase;
}

static TCase *make_file_case(void)
{
	TCase *tcase = tcase_create("attributes and files");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, items_get_the_times_and_the_owner_of_their_source);
	tcase_add_test(tcase, reproducible_times_are_those_of_the_content);
	tcase_add_test(tcase, the_directory_itself_gets_attributes_when_that_is_wanted);
	tcase_add_test(tcase, hard_links_and_equal_sources_share_their_data);
	tcase_add_test(tcase, a_file_is_added_under_another_name);
	tcase_add_test(tcase, a_relative_file_is_found_in_the_current_folder);
	tcase_add_test(tcase, a_file_in_the_first_folder_of_all_has_its_path);
	tcase_add_test(tcase, each_file_is_told_of_in_one_order);
	tcase_add_loop_test(tcase, who_is_told_can_end_it, 1, 9);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("scan");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_folder_case());
	suite_add_tcase(suite, make_file_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
