/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mirroring folders of this computer: what comes, what is left out, what fails. */
#include "tests/support/api.h"
#include "tests/support/privileges.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	root = api_root(image);
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* tree/a.txt, tree/sub/b.txt, tree/sub/empty */
static void make_tree(void)
{
	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_folder(&api_folder, "tree/sub/empty");
	scratch_text(&api_folder, "tree/a.txt", "first");
	scratch_text(&api_folder, "tree/sub/b.txt", "second");
}

static void assert_text(const char *path, const char *text)
{
	fsi_stream *expected = api_text_stream(text);
	fsi_stream *data = NULL;

	ASSERT_OK(fsi_file_get_data(api_file(root, path), &data));
	api_assert_same_bytes(data, expected);
	fsi_stream_release(data);
	fsi_stream_release(expected);
}

static void assert_absent(const char *path)
{
	fsi_item *item = NULL;

	ASSERT_FAILS(fsi_directory_get_item(root, path, &item), IMAPI_E_ITEM_NOT_FOUND,
		     path);
}

static void assert_counts(uint32_t files, uint32_t directories)
{
	uint32_t count = 0;

	ASSERT_OK(fsi_image_get_file_count(image, &count));
	ck_assert_uint_eq(count, files);
	ASSERT_OK(fsi_image_get_directory_count(image, &count));
	ck_assert_uint_eq(count, directories);
}

/* ---- where it goes ----------------------------------------------------- */

START_TEST(the_content_of_a_folder_goes_into_the_directory)
{
	make_tree();
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	assert_text("a.txt", "first");
	assert_text("sub\\b.txt", "second");
	api_directory(root, "sub\\empty");
	assert_counts(2, 2);
}
END_TEST

START_TEST(the_folder_itself_comes_when_it_is_asked_for)
{
	make_tree();
	ASSERT_OK(
		fsi_directory_add_tree(root, api_host(_i == 0 ? "tree" : "tree/"), true));
	assert_text("tree\\a.txt", "first");
	assert_text("tree\\sub\\b.txt", "second");
	assert_counts(2, 3);
}
END_TEST

START_TEST(the_name_of_the_folder_is_the_real_one)
{
	make_tree();
	scratch_link(&api_folder, "tree", "link");
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree/sub/.."), true));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("link"), true));
	assert_text("tree\\a.txt", "first");
	assert_absent("link");
	assert_counts(2, 3);
}
END_TEST

START_TEST(a_folder_goes_into_a_directory_further_down)
{
	make_tree();
	api_add_directory(root, "x");
	api_add_directory(root, "x\\y");
	ASSERT_OK(fsi_directory_add_tree(api_directory(root, "x\\y"), api_host("tree"),
					 false));
	assert_text("x\\y\\sub\\b.txt", "second");
}
END_TEST

START_TEST(an_empty_folder_brings_nothing_or_itself)
{
	scratch_folder(&api_folder, "empty");
	ASSERT_OK(fsi_directory_add_tree(root, api_host("empty"), false));
	assert_counts(0, 0);
	ASSERT_OK(fsi_directory_add_tree(root, api_host("empty"), true));
	assert_counts(0, 1);
}
END_TEST

START_TEST(a_file_adds_itself_whether_or_not_the_base_is_wanted)
{
	scratch_text(&api_folder, "file.txt", "alone");
	ASSERT_OK(fsi_directory_add_tree(root, api_host("file.txt"), _i != 0));
	assert_text("file.txt", "alone");
	assert_counts(1, 0);
}
END_TEST

START_TEST(directories_are_merged_and_files_replaced)
{
	fsi_item *older = NULL;

	make_tree();
	api_add_text(root, "A.TXT", "older");
	api_add_directory(root, "SUB");
	api_add_text(root, "SUB\\kept", "kept");
	older = api_item(root, "a.txt");
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	assert_text("a.txt", "first");
	ck_assert_ptr_ne(api_item(root, "a.txt"), older);
	ASSERT_TEXT(fsi_item_get_name, api_item(root, "a.txt"), "a.txt");
	ASSERT_TEXT(fsi_item_get_name, api_item(root, "sub"), "SUB");
	assert_text("sub\\kept", "kept");
	assert_text("sub\\b.txt", "second");
	assert_counts(3, 2);
	/* The old one left the image, and is as it was. */
	ASSERT_TEXT(fsi_item_get_full_path, older, "A.TXT");
}
END_TEST

START_TEST(adding_a_tree_twice_changes_nothing)
{
	char *once = NULL;
	char *twice = NULL;

	make_tree();
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	once = api_describe_content(image);
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	twice = api_describe_content(image);
	ck_assert_str_eq(twice, once);
	free(once);
	free(twice);
}
END_TEST

/* ---- attributes -------------------------------------------------------- */

static int64_t modified(fsi_item *item)
{
	struct timespec time;

	ASSERT_OK(fsi_item_get_last_modified_time(item, &time));
	return time.tv_sec;
}

START_TEST(times_are_those_of_the_source)
{
	make_tree();
	scratch_date(&api_folder, "tree/sub/b.txt", 1100000000);
	scratch_date(&api_folder, "tree/sub/empty", 1200000000);
	scratch_date(&api_folder, "tree/sub", 1300000000);
	scratch_date(&api_folder, "tree", 1400000000);
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), true));
	ck_assert_int_eq(modified(api_item(root, "tree")), 1400000000);
	ck_assert_int_eq(modified(api_item(root, "tree\\sub")), 1300000000);
	ck_assert_int_eq(modified(api_item(root, "tree\\sub\\empty")), 1200000000);
	ck_assert_int_eq(modified(api_item(root, "tree\\sub\\b.txt")), 1100000000);
	ck_assert_int_eq(modified(fsi_directory_as_item(root)), API_SECONDS);
}
END_TEST

START_TEST(the_directory_takes_the_attributes_of_the_folder_when_asked_to)
{
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .base_attributes = true};

	make_tree();
	scratch_date(&api_folder, "tree", 1400000000);
	ASSERT_OK(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
						      NULL));
	ck_assert_int_eq(modified(fsi_directory_as_item(root)), 1400000000);
}
END_TEST

START_TEST(reproducible_times_are_not_later_than_the_recording_time)
{
	struct timespec times[3];

	scratch_folder(&api_folder, "tree");
	scratch_text(&api_folder, "tree/old", "");
	scratch_text(&api_folder, "tree/new", "");
	scratch_date(&api_folder, "tree/old", 1000000000);
	scratch_date(&api_folder, "tree/new", API_SECONDS + 1);
	ASSERT_OK(fsi_image_put_reproducible_times(image, true));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	for (int i = 0; i < 2; i++) {
		fsi_item *item = api_item(root, i == 0 ? "old" : "new");

		ASSERT_OK(fsi_item_get_creation_time(item, &times[0]));
		ASSERT_OK(fsi_item_get_last_accessed_time(item, &times[1]));
		ASSERT_OK(fsi_item_get_last_modified_time(item, &times[2]));
		for (int k = 0; k < 3; k++)
			ck_assert_int_eq(times[k].tv_sec,
					 i == 0 ? 1000000000 : API_SECONDS);
	}
}
END_TEST

/* The image of "tree" with its only file, which has these permissions. */
static fsi_stream *image_with_mode(mode_t mode, bool posix_attributes)
{
	fsi_image *made = api_image(UDF);
	fsi_stream *stream = NULL;

	ck_assert_int_eq(chmod(api_host("tree/file"), mode), 0);
	ASSERT_OK(fsi_image_put_reproducible_times(made, true));
	ASSERT_OK(fsi_image_put_posix_attributes(made, posix_attributes));
	ASSERT_OK(fsi_directory_add_tree(api_root(made), api_host("tree"), false));
	stream = api_image_stream(made);
	fsi_image_release(made);
	return stream;
}

START_TEST(permissions_show_only_when_posix_attributes_are_wanted)
{
	fsi_stream *one = NULL;
	fsi_stream *other = NULL;
	uint8_t *one_bytes = NULL;
	uint8_t *other_bytes = NULL;
	size_t size = 0;

	scratch_folder(&api_folder, "tree");
	scratch_text(&api_folder, "tree/file", "text");
	one = image_with_mode(0640, _i == 1);
	other = image_with_mode(0444, _i == 1);
	one_bytes = api_read_all(one, &size);
	other_bytes = api_read_all(other, &size);
	ck_assert_int_eq(memcmp(one_bytes, other_bytes, size) != 0, _i == 1);
	free(one_bytes);
	free(other_bytes);
	fsi_stream_release(one);
	fsi_stream_release(other);
}
END_TEST

/* ---- links and special files ------------------------------------------- */

static struct fsi_add_tree_report add_with(enum fsi_link_policy links)
{
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .links = links};
	struct fsi_add_tree_report report = {.size = sizeof(report)};

	ASSERT_OK(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
						      &report));
	return report;
}

static void make_linked_tree(void)
{
	make_tree();
	scratch_folder(&api_folder, "outside");
	scratch_text(&api_folder, "outside/far", "from afar");
	scratch_link(&api_folder, "a.txt", "tree/to file");
	scratch_link(&api_folder, "../outside", "tree/to folder");
	scratch_link(&api_folder, "nowhere", "tree/to nothing");
	scratch_link(&api_folder, "..", "tree/sub/up");
	scratch_link(&api_folder, "self", "tree/self");
	ck_assert_int_eq(mkfifo(api_host("tree/pipe"), 0644), 0);
}

START_TEST(links_are_followed_except_round_in_a_circle)
{
	struct fsi_add_tree_report report;

	make_linked_tree();
	report = add_with(FSI_LINKS_FOLLOW);
	assert_text("to file", "first");
	assert_text("to folder\\far", "from afar");
	assert_absent("to nothing");
	assert_absent("self");
	assert_absent("sub\\up");
	assert_absent("pipe");
	ck_assert_uint_eq(report.files, 4);
	ck_assert_uint_eq(report.directories, 3);
	ck_assert_uint_eq(report.bytes, 5 + 6 + 5 + 9);
	ck_assert_uint_eq(report.skipped_links, 1);
	ck_assert_uint_eq(report.skipped_loops, 2);
	ck_assert_uint_eq(report.skipped_special, 1);
	ck_assert_uint_eq(report.filtered, 0);
}
END_TEST

START_TEST(links_are_left_out_and_counted_when_asked_to)
{
	struct fsi_add_tree_report report;

	make_linked_tree();
	report = add_with(FSI_LINKS_SKIP);
	assert_absent("to file");
	assert_absent("to folder");
	ck_assert_uint_eq(report.files, 2);
	ck_assert_uint_eq(report.directories, 2);
	ck_assert_uint_eq(report.skipped_links, 5);
	ck_assert_uint_eq(report.skipped_loops, 0);
	ck_assert_uint_eq(report.skipped_special, 1);
}
END_TEST

START_TEST(a_report_is_added_to)
{
	struct fsi_add_tree_report report = {.size = sizeof(report), .files = 10};

	make_tree();
	ASSERT_OK(fsi_directory_add_tree_with_options(root, api_host("tree"), NULL,
						      &report));
	ck_assert_uint_eq(report.files, 12);
	ck_assert_uint_eq(report.directories, 2);
	ASSERT_OK(fsi_directory_add_tree_with_options(root, api_host("tree"), NULL,
						      &report));
	ck_assert_uint_eq(report.files, 14);
	ck_assert_uint_eq(report.directories, 2);
}
END_TEST

START_TEST(a_report_is_left_alone_when_nothing_was_added)
{
	struct fsi_add_tree_report report = {.size = sizeof(report), .files = 10};
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .special = FSI_SPECIAL_REFUSE};

	make_linked_tree();
	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
							 &report),
		     IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, "image's|FIFOs");
	ck_assert_uint_eq(report.files, 10);
	ck_assert_uint_eq(report.skipped_links, 0);
}
END_TEST

/* ---- the filter -------------------------------------------------------- */

struct filter_log {
	char text[400];
	const char *unwanted;
};

static bool note_entry(void *context, const char *path, bool is_directory)
{
	struct filter_log *log = context;
	const size_t used = strlen(log->text);

	snprintf(log->text + used, sizeof(log->text) - used, "%s%s ", path,
		 is_directory ? "/" : "");
	return strcmp(path, log->unwanted) != 0;
}

static void add_filtered(struct filter_log *log, const char *source,
			 struct fsi_add_tree_report *report)
{
	const struct fsi_add_tree_options options = {
		.size = sizeof(options),
		.links = FSI_LINKS_SKIP,
		.filter = note_entry,
		.filter_context = log,
	};

	ASSERT_OK(fsi_directory_add_tree_with_options(root, api_host(source), &options,
						      report));
}

START_TEST(the_filter_is_asked_for_each_entry_by_its_path_in_the_folder)
{
	struct filter_log log = {.unwanted = ""};
	struct fsi_add_tree_report report = {.size = sizeof(report)};

	make_tree();
	scratch_link(&api_folder, "a.txt", "tree/link");
	add_filtered(&log, _i == 0 ? "tree" : "tree//", &report);
	ck_assert_str_eq(log.text, "a.txt link sub/ sub/b.txt sub/empty/ ");
	ck_assert_uint_eq(report.filtered, 0);
	ck_assert_uint_eq(report.skipped_links, 1);
}
END_TEST

START_TEST(what_the_filter_does_not_want_is_left_out_with_all_below)
{
	struct filter_log log = {.unwanted = "sub"};
	struct fsi_add_tree_report report = {.size = sizeof(report)};

	make_tree();
	add_filtered(&log, "tree", &report);
	ck_assert_str_eq(log.text, "a.txt sub/ ");
	ck_assert_uint_eq(report.filtered, 1);
	assert_counts(1, 0);
}
END_TEST

START_TEST(what_is_filtered_is_not_looked_at)
{
	struct filter_log log = {.unwanted = "sub"};
	struct fsi_add_tree_report report = {.size = sizeof(report)};

	make_tree();
	ck_assert_int_eq(chmod(api_host("tree/sub"), 0), 0);
	privileges_drop();
	add_filtered(&log, "tree", &report);
	privileges_restore();
	ck_assert_int_eq(chmod(api_host("tree/sub"), 0755), 0);
	assert_text("a.txt", "first");
}
END_TEST

/* ---- suites ------------------------------------------------------------ */

static void add_option_tests(Suite *suite)
{
	TCase *tcase = tcase_create("options");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, times_are_those_of_the_source);
	tcase_add_test(tcase,
		       the_directory_takes_the_attributes_of_the_folder_when_asked_to);
	tcase_add_test(tcase, reproducible_times_are_not_later_than_the_recording_time);
	tcase_add_loop_test(tcase, permissions_show_only_when_posix_attributes_are_wanted,
			    0, 2);
	tcase_add_test(tcase, links_are_followed_except_round_in_a_circle);
	tcase_add_test(tcase, links_are_left_out_and_counted_when_asked_to);
	tcase_add_test(tcase, a_report_is_added_to);
	tcase_add_test(tcase, a_report_is_left_alone_when_nothing_was_added);
	tcase_add_loop_test(tcase,
			    the_filter_is_asked_for_each_entry_by_its_path_in_the_folder,
			    0, 2);
	tcase_add_test(tcase, what_the_filter_does_not_want_is_left_out_with_all_below);
	tcase_add_test(tcase, what_is_filtered_is_not_looked_at);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("add tree");
	TCase *tcase = tcase_create("targets");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_content_of_a_folder_goes_into_the_directory);
	tcase_add_loop_test(tcase, the_folder_itself_comes_when_it_is_asked_for, 0, 2);
	tcase_add_test(tcase, the_name_of_the_folder_is_the_real_one);
	tcase_add_test(tcase, a_folder_goes_into_a_directory_further_down);
	tcase_add_test(tcase, an_empty_folder_brings_nothing_or_itself);
	tcase_add_loop_test(tcase, a_file_adds_itself_whether_or_not_the_base_is_wanted,
			    0, 2);
	tcase_add_test(tcase, directories_are_merged_and_files_replaced);
	tcase_add_test(tcase, adding_a_tree_twice_changes_nothing);
	suite_add_tcase(suite, tcase);
	add_option_tests(suite);
	return api_run(suite);
}
