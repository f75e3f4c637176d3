/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Change points: what counts as a change, and going back. Random calls and
 * rollbacks are held against copies of the whole tree, one for each change point.
 */
#include "tests/support/api.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fsi_image *image;
static fsi_directory *root;
static uint64_t state;

static uint32_t dice(uint32_t limit)
{
	return api_random(&state, limit);
}

static int32_t point(void)
{
	int32_t value = -1;

	ASSERT_OK(fsi_image_get_change_point(image, &value));
	return value;
}

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_folder(&api_folder, "empty");
	scratch_text(&api_folder, "tree/one", "linked");
	scratch_text(&api_folder, "tree/NAME 1", "replaces");
	ck_assert_int_eq(link(api_host("tree/one"), api_host("tree/sub/other")), 0);
	image = api_image(BRIDGE);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x201));
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

/* ---- what counts ------------------------------------------------------- */

static HRESULT put_a_time(fsi_item *item)
{
	const struct timespec time = {.tv_sec = 1};

	return fsi_item_put_last_accessed_time(item, &time);
}

#define COUNTS(call) \
	do { \
		const int32_t before_ = point(); \
\
		ck_assert(SUCCEEDED(call)); \
		ck_assert_int_eq(point(), before_ + 1); \
	} while (0)

#define COUNTS_NOT(call) \
	do { \
		const int32_t before_ = point(); \
\
		(void)(call); \
		ck_assert_int_eq(point(), before_); \
	} while (0)

START_TEST(each_call_that_changes_the_content_is_one_change)
{
	fsi_stream *stream = api_text_stream("data");
	fsi_file *file = NULL;

	ck_assert_int_eq(point(), 0);
	COUNTS(fsi_directory_add_directory(root, "dir"));
	COUNTS(fsi_directory_add_file(root, "file", stream));
	COUNTS(fsi_directory_add_file_from_path(root, "host", api_host("tree/one")));
	COUNTS(fsi_directory_add_tree(root, api_host("tree"), true));
	COUNTS(fsi_directory_add_tree(root, api_host("empty"), false));
	COUNTS(fsi_directory_add_tree_with_named_streams(root, api_host("tree"), false));
	COUNTS(fsi_directory_add_tree_with_options(root, api_host("tree"), NULL, NULL));
	COUNTS(fsi_directory_add_symbolic_link(root, "link", "to"));
	COUNTS(fsi_directory_add_special(root, "pipe", 0010644, 0, 0));
	COUNTS(fsi_file_add_stream(api_file(root, "file"), "s", stream));
	COUNTS(fsi_file_remove_stream(api_file(root, "file"), "s"));
	COUNTS(put_a_time(api_item(root, "file")));
	COUNTS(fsi_item_put_is_hidden(api_item(root, "file"), true));
	COUNTS(fsi_file_put_is_real_time(api_file(root, "file"), true));
	COUNTS(fsi_directory_remove(root, "file"));
	COUNTS(fsi_directory_remove_tree(root, "dir"));
	COUNTS(fsi_directory_remove_tree(root, "\\"));
	COUNTS(fsi_directory_remove_tree(root, "\\"));
	COUNTS_NOT(fsi_image_create_file_item(image, "later", &file));
	COUNTS_NOT(fsi_file_put_data(file, stream));
	COUNTS_NOT(put_a_time(fsi_file_as_item(file)));
	COUNTS(fsi_directory_add(root, fsi_file_as_item(file)));
	COUNTS_NOT(fsi_directory_add(root, fsi_file_as_item(file)));
	COUNTS_NOT(fsi_directory_add_directory(root, "later"));
	COUNTS_NOT(fsi_directory_remove(root, "not there"));
	COUNTS_NOT(fsi_image_put_volume_name(image, "name"));
	COUNTS_NOT(fsi_image_put_file_systems_to_create(image, UDF));
	COUNTS_NOT(fsi_image_lock_in_change_point(image));
	fsi_result_release(api_result(image));
	COUNTS_NOT(put_a_time(fsi_file_as_item(NULL)));
	fsi_stream_release(stream);
}
END_TEST

START_TEST(only_what_was_a_change_point_and_is_not_locked_in_can_be_returned_to)
{
	api_add_directory(root, "a");
	api_add_directory(root, "b");
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, -1), IMAPI_E_INVALID_PARAM,
		     "change_point");
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 3), IMAPI_E_INVALID_PARAM,
		     "change_point");
	ASSERT_SAYS("0 to 2");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 2));
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 1));
	ck_assert_int_eq(point(), 1);
	/* There is no way forward. */
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 2), IMAPI_E_INVALID_PARAM,
		     "change_point");
	api_add_directory(root, "c");
	ck_assert_int_eq(point(), 2);
	ASSERT_OK(fsi_image_lock_in_change_point(image));
	ck_assert_int_eq(point(), 2);
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 1), IMAPI_E_INVALID_PARAM,
		     "change_point");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 2));
	api_add_directory(root, "d");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 2));
	(void)api_directory(root, "a");
	(void)api_directory(root, "c");
	ASSERT_OK(fsi_image_lock_in_change_point(image));
}
END_TEST

START_TEST(what_leaves_by_a_rollback_is_as_it_was_before_it_came)
{
	fsi_file *made = NULL;
	fsi_item *added = NULL;
	fsi_stream *stream = api_text_stream("other data");
	uint64_t size = 0;

	ASSERT_OK(fsi_image_create_file_item(image, "made", &made));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(made)));
	api_add_text(root, "added", "text");
	added = api_item(root, "added");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	/* One is detached again, the other has left. */
	ASSERT_FAILS(put_a_time(added), IMAPI_E_NOT_IN_FILE_SYSTEM, "added");
	ASSERT_TEXT(fsi_item_get_full_path, added, "added");
	ASSERT_OK(fsi_file_put_data(made, stream));
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(made)));
	ASSERT_OK(fsi_file_get_data_size(made, &size));
	ck_assert_uint_eq(size, 10);
	fsi_stream_release(stream);
}
END_TEST

/* ---- limits that were set since ---------------------------------------- */

/* A rollback to content that the present limits do not allow changes nothing; where
 * they allow it again, it comes back. */
#define ASSERT_REFUSED(code, inserts) \
	do { \
		const int32_t older_ = point() - 1; \
		char *before_ = api_describe(image); \
\
		ASSERT_FAILS(fsi_image_rollback_to_change_point(image, older_), code, \
			     inserts); \
		api_assert_unchanged(image, before_); \
		ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF)); \
		ASSERT_OK(fsi_image_rollback_to_change_point(image, older_)); \
	} while (0)

START_TEST(a_tree_that_became_too_deep_does_not_come_back)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	scratch_folder(&api_folder, "tree/sub/3");
	scratch_folder(&api_folder, "tree/sub/3/4");
	scratch_folder(&api_folder, "tree/sub/3/4/5");
	scratch_folder(&api_folder, "tree/sub/3/4/5/6");
	scratch_folder(&api_folder, "tree/sub/3/4/5/6/7");
	scratch_folder(&api_folder, "tree/sub/3/4/5/6/7/8");
	ASSERT_OK(fsi_directory_add_tree(root, api_host("tree"), true));
	api_add_text(root, "kept", "text");
	ASSERT_OK(fsi_directory_remove_tree(root, "tree"));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, ISO));
	ASSERT_REFUSED(IMAPI_E_ISO9660_LEVELS, "");
}
END_TEST

START_TEST(a_file_that_became_too_large_does_not_come_back)
{
	const int file = open(api_host("large"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_eq(ftruncate(file, INT64_C(0x80000001)), 0);
	close(file);
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	ASSERT_OK(fsi_directory_add_file_from_path(root, "large", api_host("large")));
	ASSERT_OK(fsi_directory_remove(root, "large"));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_REFUSED(IMAPI_E_DATA_TOO_BIG, "ISO9660/Joliet");
}
END_TEST

START_TEST(more_directories_than_a_file_system_holds_do_not_come_back)
{
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, UDF));
	for (int i = 0; i < 65535; i++)
		api_add_directory(root, i % 32768 == 0
						? api_text("%d", i / 32768)
						: api_text("%d\\%d", i / 32768, i));
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(fsi_image_put_file_systems_to_create(image, BRIDGE));
	ASSERT_REFUSED(IMAPI_E_TOO_MANY_DIRS, "ISO9660");
}
END_TEST

START_TEST(items_do_not_come_back_under_other_rules_of_names)
{
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	api_add_text(root, "a", "");
	api_add_text(root, "A", "");
	ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, false));
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 2),
		     IMAPI_E_FILE_SYSTEM_NOT_EMPTY, "");
	ck_assert_int_eq(point(), 3);
	/* There was nothing then. */
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
	api_add_text(root, "a", "");
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 0));
}
END_TEST

START_TEST(a_rollback_is_refused_while_a_result_is_alive)
{
	fsi_result *result = NULL;

	api_add_text(root, "a", "");
	result = api_result(image);
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 0), IMAPI_E_READONLY, "");
	ASSERT_OK(fsi_image_lock_in_change_point(image));
	fsi_result_release(result);
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 0), IMAPI_E_INVALID_PARAM,
		     "change_point");
}
END_TEST

/* ---- against copies ---------------------------------------------------- */

#define STEPS 200

static char *copies[STEPS + 1]; /* by change point, the content then */
static int32_t locked;

static void copy_now(void)
{
	const int32_t now = point();

	ck_assert_int_le(now, STEPS);
	free(copies[now]);
	copies[now] = api_describe_content(image);
}

static void assert_like_copy(void)
{
	char *now = api_describe_content(image);

	ck_assert_str_eq(now, copies[point()]);
	free(now);
}

static const char *pick_name(void)
{
	static const char *const names[] = {"name 1", "Name 2", "n\xC3\xA4me", "4", "5"};

	return names[dice(5)];
}

static const char *pick_path(void)
{
	const char *name = pick_name();

	return dice(2) == 0 ? name : api_text("%s\\%s", pick_name(), name);
}

/* An item if there is one; the root otherwise. */
static fsi_item *pick_item(void)
{
	fsi_item *item = NULL;

	if (FAILED(fsi_directory_get_item(root, pick_path(), &item)))
		return fsi_directory_as_item(root);
	return item;
}

static void change_item(void)
{
	const struct timespec time = {.tv_sec = 1000 + dice(1000)};
	fsi_item *item = pick_item();
	fsi_file *file = fsi_item_as_file(item);
	fsi_stream *stream = api_sized_stream(dice(5000));

	switch (dice(6)) {
	case 0:
		ASSERT_OK(fsi_item_put_creation_time(item, &time));
		break;
	case 1:
		ASSERT_OK(fsi_item_put_last_modified_time(item, &time));
		break;
	case 2:
		ASSERT_OK(fsi_item_put_is_hidden(item, dice(2)));
		break;
	case 3:
		if (file != NULL)
			ASSERT_OK(fsi_file_put_is_real_time(file, dice(2)));
		break;
	case 4:
		if (file != NULL)
			(void)fsi_file_add_stream(file, pick_name(), stream);
		break;
	default:
		if (file != NULL)
			(void)fsi_file_remove_stream(file, pick_name());
		break;
	}
	fsi_stream_release(stream);
}

/* Calls may fail; then nothing has changed. */
static void change_content(void)
{
	fsi_stream *stream = api_sized_stream(dice(5000));
	fsi_item *item = NULL;
	fsi_directory *directory = NULL;

	switch (dice(7)) {
	case 0:
	case 1:
		(void)fsi_directory_add_directory(root, pick_path());
		break;
	case 2:
		(void)fsi_directory_add_file(root, pick_path(), stream);
		break;
	case 3:
		directory = fsi_item_as_directory(pick_item());
		if (directory != NULL)
			(void)fsi_directory_add_tree(directory, api_host("tree"),
						     dice(2));
		break;
	case 4:
		(void)fsi_directory_remove(root, pick_path());
		break;
	case 5:
		(void)fsi_directory_remove_tree(root, dice(10) == 0 ? "\\" : pick_path());
		break;
	default:
		/* Take an item out and put it back somewhere: two changes. */
		item = pick_item();
		if (item != fsi_directory_as_item(root) && point() < STEPS - 1) {
			char *path = NULL;

			ASSERT_OK(fsi_item_get_full_path(item, &path));
			if (SUCCEEDED(fsi_directory_remove(root, path)))
				copy_now();
			fsi_free(path);
			(void)fsi_directory_add(root, item);
		}
		break;
	}
	fsi_stream_release(stream);
}

static void go_back(void)
{
	const int32_t present = point();
	const int32_t wanted = locked + (int32_t)dice((uint32_t)(present - locked) + 1);

	ASSERT_OK(fsi_image_rollback_to_change_point(image, wanted));
	ck_assert_int_eq(point(), wanted);
}

START_TEST(going_back_leads_to_what_was_there)
{
	state = (uint64_t)_i + 17;
	locked = 0;
	memset(copies, 0, sizeof(copies));
	copy_now();
	for (int step = 0; step < STEPS; step++) {
		const int32_t before = point();
		const uint32_t choice = dice(12);

		if (choice == 0) {
			go_back();
		} else if (choice == 1 && dice(4) == 0) {
			ASSERT_OK(fsi_image_lock_in_change_point(image));
			locked = point();
		} else if (choice < 5) {
			change_item();
		} else {
			change_content();
		}
		if (point() > before)
			copy_now();
		assert_like_copy();
		if (dice(20) == 0)
			fsi_result_release(api_result(image));
	}
	while (point() > locked) {
		ASSERT_OK(fsi_image_rollback_to_change_point(image, point() - 1));
		assert_like_copy();
	}
	for (int i = 0; i <= STEPS; i++)
		free(copies[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("change points");
	TCase *tcase = tcase_create("points");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, each_call_that_changes_the_content_is_one_change);
	tcase_add_test(
		tcase,
		only_what_was_a_change_point_and_is_not_locked_in_can_be_returned_to);
	tcase_add_test(tcase, what_leaves_by_a_rollback_is_as_it_was_before_it_came);
	tcase_add_test(tcase, a_tree_that_became_too_deep_does_not_come_back);
	tcase_add_test(tcase, a_file_that_became_too_large_does_not_come_back);
	tcase_add_test(tcase, more_directories_than_a_file_system_holds_do_not_come_back);
	tcase_add_test(tcase, items_do_not_come_back_under_other_rules_of_names);
	tcase_add_test(tcase, a_rollback_is_refused_while_a_result_is_alive);
	tcase_add_loop_test(tcase, going_back_leads_to_what_was_there, 0, 100);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
