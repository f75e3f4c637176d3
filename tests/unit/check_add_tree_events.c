/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told while trees and files are added, cancelling, and undoing. */
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

static void assert_counts(uint32_t files, uint32_t directories)
{
	uint32_t count = 0;

	ASSERT_OK(fsi_image_get_file_count(image, &count));
	ck_assert_uint_eq(count, files);
	ASSERT_OK(fsi_image_get_directory_count(image, &count));
	ck_assert_uint_eq(count, directories);
}

/* ---- events ------------------------------------------------------------ */

struct events {
	char text[1000];
	const char *last; /* cancel at this event; NULL: never */
	HRESULT answer;
};

static HRESULT note_event(void *context, fsi_image *told, const char *current_file,
			  uint32_t copied_sectors, uint32_t total_sectors)
{
	struct events *events = context;
	const char *event =
		api_text("%s %u/%u ", current_file, copied_sectors, total_sectors);

	ck_assert_ptr_eq(told, image);
	/* Asked whether to go on, as the machine is slow. */
	if (current_file[0] == '\0')
		return S_OK;
	strncat(events->text, event, sizeof(events->text) - strlen(events->text) - 1);
	if (events->last != NULL && strstr(events->text, events->last) != NULL)
		return events->answer;
	return S_OK;
}

START_TEST(each_file_is_told_of_at_its_beginning_and_its_end)
{
	struct events events = {.last = NULL};
	fsi_file *file = NULL;

	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_text(&api_folder, "tree/empty", "");
	scratch_text(&api_folder, "tree/sub/one", "x");
	scratch_text(&api_folder, "tree/two", "");
	ck_assert_int_eq(truncate(api_host("tree/two"), 2049), 0);
	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), true));
	ck_assert_str_eq(events.text, "\\tree\\empty 0/0 \\tree\\two 0/2 \\tree\\two 2/2 "
				      "\\tree\\sub\\one 0/1 \\tree\\sub\\one 1/1 ");
	events.text[0] = '\0';
	api_add_text(root, "stream", "x");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "file", api_host("tree/two")));
	ASSERT_OK(fsi_image_create_file_item(image, "item", &file));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(file)));
	api_add_directory(root, "directory");
	ck_assert_str_eq(events.text, "\\stream 0/1 \\stream 1/1 \\file 0/2 \\file 2/2 "
				      "\\item 0/0 ");
	ASSERT_OK(fsi_image_put_update_handler(image, NULL, NULL));
	api_add_text(root, "silent", "x");
	ck_assert_ptr_null(strstr(events.text, "silent"));
}
END_TEST

static const char *const last_events[] = {
	"\\a.txt 0/1 ",
	"\\a.txt 1/1 ",
	"\\SUB\\b.txt 0/1 ",
	"\\SUB\\b.txt 1/1 ",
};

#define LAST_EVENTS (int)(sizeof(last_events) / sizeof(last_events[0]))

START_TEST(cancelling_at_any_event_undoes_all)
{
	struct events events = {.last = last_events[_i], .answer = E_FAIL};
	char *before = NULL;

	make_tree();
	api_add_text(root, "A.txt", "older");
	api_add_directory(root, "SUB");
	api_add_text(root, "sub\\kept", "kept");
	before = api_describe(image);
	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_FAILS(fsi_directory_add_tree(root, api_host("tree"), false),
		     E_IMAPI_REQUEST_CANCELLED, "");
	api_assert_unchanged(image, before);
	assert_text("a.txt", "older");
	ASSERT_TEXT(fsi_item_get_full_path, api_item(root, "a.txt"), "\\A.txt");
	/* Nothing that was undone is in the way. */
	ASSERT_OK(fsi_image_put_update_handler(image, NULL, NULL));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	assert_text("a.txt", "first");
}
END_TEST

static HRESULT add_one_file(int way)
{
	fsi_stream *stream = api_text_stream("x");
	fsi_file *file = NULL;
	HRESULT hr = S_OK;

	scratch_text(&api_folder, "source", "x");
	switch (way) {
	case 0:
		hr = fsi_directory_add_file(root, "file", stream);
		break;
	case 1:
		hr = fsi_directory_add_file_from_path(root, "file", api_host("source"));
		break;
	default:
		ASSERT_OK(fsi_image_create_file_item(image, "file", &file));
		ASSERT_OK(fsi_file_put_data(file, stream));
		hr = fsi_directory_add(root, fsi_file_as_item(file));
		break;
	}
	fsi_stream_release(stream);
	return hr;
}

START_TEST(cancelling_undoes_a_single_file_too)
{
	struct events events = {.last = "\\file 1/1 ", .answer = E_FAIL};
	char *before = api_describe(image);

	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_FAILS(add_one_file(_i), E_IMAPI_REQUEST_CANCELLED, "");
	api_assert_unchanged(image, before);
	ASSERT_OK(fsi_image_put_update_handler(image, NULL, NULL));
	ASSERT_OK(add_one_file(_i));
}
END_TEST

START_TEST(an_answer_that_is_a_success_does_not_cancel)
{
	struct events events = {.last = "\\a.txt 0/1 ", .answer = S_FALSE};

	make_tree();
	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	assert_counts(2, 2);
}
END_TEST

/* ---- being asked ------------------------------------------------------- */

struct asking {
	unsigned entries; /* that were looked at */
	unsigned last_entry;
	unsigned calls;
};

/* So slow that the handler is asked before the next entry. */
static bool look_slowly(void *context, const char *path, bool is_directory)
{
	struct asking *asking = context;

	(void)path;
	(void)is_directory;
	asking->entries++;
	usleep(60000);
	return true;
}

static HRESULT answer(void *context, fsi_image *told, const char *current_file,
		      uint32_t copied_sectors, uint32_t total_sectors)
{
	struct asking *asking = context;

	ck_assert_ptr_eq(told, image);
	ck_assert_str_eq(current_file, "");
	ck_assert_uint_eq(copied_sectors, 0);
	ck_assert_uint_eq(total_sectors, 0);
	asking->calls++;
	return asking->entries == asking->last_entry ? E_FAIL : S_OK;
}

START_TEST(a_tree_without_files_can_be_cancelled_too)
{
	struct asking asking = {.last_entry = 2};
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .filter = look_slowly,
						     .filter_context = &asking};
	char *before = NULL;

	scratch_folder(&api_folder, "tree");
	for (unsigned i = 0; i < 4; i++)
		scratch_folder(&api_folder, api_text("tree/%u", i));
	ASSERT_OK(fsi_image_put_update_handler(image, answer, &asking));
	before = api_describe(image);
	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
							 NULL),
		     E_IMAPI_REQUEST_CANCELLED, "");
	ck_assert_uint_eq(asking.entries, 2);
	ck_assert_uint_eq(asking.calls, 2);
	api_assert_unchanged(image, before);
	asking = (struct asking){.last_entry = 0};
	ASSERT_OK(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
						      NULL));
	ck_assert_uint_eq(asking.calls, 3);
	assert_counts(0, 4);
}
END_TEST

/* ---- handlers that meddle ---------------------------------------------- */

static HRESULT meddle(void *context, fsi_image *told, const char *current_file,
		      uint32_t copied_sectors, uint32_t total_sectors)
{
	const struct timespec now = {.tv_sec = 1};
	fsi_directory *top = api_root(told);
	fsi_stream *stream = api_text_stream("x");
	fsi_result *result = NULL;
	int *calls = context;

	(void)current_file;
	(void)copied_sectors;
	(void)total_sectors;
	ASSERT_FAILS(fsi_directory_add_directory(top, "new"), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_directory_add_file(top, "new", stream), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_directory_add_tree(top, api_host("tree"), false),
		     IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_directory_remove(top, "a.txt"), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_directory_remove_tree(top, "\\"), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_item_put_is_hidden(fsi_directory_as_item(top), true),
		     IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_item_put_creation_time(fsi_directory_as_item(top), &now),
		     IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_image_put_volume_name(told, "new"), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_image_put_file_systems_to_create(told, ISO), IMAPI_E_READONLY,
		     "");
	ASSERT_FAILS(fsi_image_put_deep_directories(told, true), IMAPI_E_READONLY, "");
	/* A result would not let the call that is under way go on. */
	ASSERT_FAILS(fsi_image_create_result_image(told, &result), IMAPI_E_READONLY, "");
	fsi_stream_release(stream);
	(*calls)++;
	return S_OK;
}

START_TEST(a_handler_may_not_change_the_image)
{
	int calls = 0;

	make_tree();
	ASSERT_OK(fsi_image_put_update_handler(image, meddle, &calls));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	ck_assert_int_eq(calls, 4);
	assert_counts(2, 2);
	/* And afterwards the image is writable. */
	ASSERT_OK(fsi_image_put_update_handler(image, NULL, NULL));
	api_add_directory(root, "new");
}
END_TEST

static HRESULT look_around(void *context, fsi_image *told, const char *current_file,
			   uint32_t copied_sectors, uint32_t total_sectors)
{
	(void)copied_sectors;
	(void)total_sectors;
	free(api_describe(told));
	ASSERT_TEXT(fsi_item_get_full_path, api_item(api_root(told), current_file),
		    current_file);
	(*(int *)context)++;
	return S_OK;
}

START_TEST(a_handler_may_look_at_the_image)
{
	struct events events = {.last = "\\sub\\b.txt 1/1 ", .answer = E_FAIL};
	char *before = NULL;
	int calls = 0;

	make_tree();
	ASSERT_OK(fsi_image_put_update_handler(image, look_around, &calls));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	ck_assert_int_eq(calls, 4);
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	before = api_describe(image);
	/* What it looked at is undone all the same. */
	ASSERT_OK(fsi_image_put_update_handler(image, note_event, &events));
	ASSERT_FAILS(fsi_directory_add_tree(root, api_host("tree"), false),
		     E_IMAPI_REQUEST_CANCELLED, "");
	api_assert_unchanged(image, before);
}
END_TEST

static HRESULT resign(void *context, fsi_image *told, const char *current_file,
		      uint32_t copied_sectors, uint32_t total_sectors)
{
	(void)current_file;
	(void)copied_sectors;
	(void)total_sectors;
	(*(int *)context)++;
	return fsi_image_put_update_handler(told, NULL, NULL);
}

START_TEST(a_handler_may_end_its_service)
{
	int calls = 0;

	make_tree();
	ASSERT_OK(fsi_image_put_update_handler(image, resign, &calls));
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), false));
	ck_assert_int_eq(calls, 1);
	assert_counts(2, 2);
}
END_TEST

/* ---- failures undo everything ------------------------------------------ */

START_TEST(a_tree_that_fails_at_its_end_leaves_the_image_as_it_was)
{
	char *before = NULL;

	make_tree();
	scratch_text(&api_folder, "tree/sub/z", "unreadable");
	ck_assert_int_eq(chmod(api_host("tree/sub/z"), 0), 0);
	api_add_text(root, "a.txt", "older");
	before = api_describe(image);
	privileges_drop();
	ASSERT_FAILS(fsi_directory_add_tree(root, api_host("tree"), false),
		     IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("tree/sub/z"));
	ASSERT_FAILS(fsi_directory_add_tree(root, api_host("tree"), true),
		     IMAPI_E_DATA_STREAM_CREATE_FAILURE, api_host("tree/sub/z"));
	privileges_restore();
	api_assert_unchanged(image, before);
	assert_text("a.txt", "older");
}
END_TEST

START_TEST(attributes_that_a_failed_call_had_taken_are_put_back)
{
	const struct fsi_add_tree_options options = {.size = sizeof(options),
						     .base_attributes = true,
						     .special = FSI_SPECIAL_REFUSE};
	char *before = NULL;

	make_tree();
	ck_assert_int_eq(mkfifo(api_host("tree/sub/z"), 0644), 0);
	scratch_date(&api_folder, "tree", 1400000000);
	before = api_describe(image);
	ASSERT_FAILS(fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
							 NULL),
		     IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED, "image's|FIFOs");
	api_assert_unchanged(image, before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("add tree events");
	TCase *tcase = tcase_create("events");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, each_file_is_told_of_at_its_beginning_and_its_end);
	tcase_add_loop_test(tcase, cancelling_at_any_event_undoes_all, 0, LAST_EVENTS);
	tcase_add_loop_test(tcase, cancelling_undoes_a_single_file_too, 0, 3);
	tcase_add_test(tcase, an_answer_that_is_a_success_does_not_cancel);
	tcase_add_test(tcase, a_tree_without_files_can_be_cancelled_too);
	tcase_add_test(tcase, a_handler_may_not_change_the_image);
	tcase_add_test(tcase, a_handler_may_look_at_the_image);
	tcase_add_test(tcase, a_handler_may_end_its_service);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("failures");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_tree_that_fails_at_its_end_leaves_the_image_as_it_was);
	tcase_add_test(tcase, attributes_that_a_failed_call_had_taken_are_put_back);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
