/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Importing sessions: who is told, and what is without memory. */
#include "base/memory.h"
#include "tests/support/import_case.h"

#include <stdio.h>
#include <string.h>

/* ---- events ------------------------------------------------------------ */

struct told {
	char text[1024];
	unsigned left; /* calls until it cancels */
	HRESULT change;
};

static HRESULT note(void *context, fsi_image *of,
		    const struct fsi_import_progress *progress)
{
	struct told *told = context;

	ck_assert_int_eq(progress->file_system, FSI_FILE_SYSTEM_UDF);
	snprintf(told->text + strlen(told->text), sizeof(told->text) - strlen(told->text),
		 "%s %d/%d %d/%d\n", progress->current_item,
		 progress->imported_directories, progress->total_directories,
		 progress->imported_files, progress->total_files);
	told->change = fsi_directory_add_directory(api_root(of), "new");
	fsi_error_clear();
	return told->left-- > 0 ? S_OK : E_FAIL;
}

START_TEST(each_item_is_told)
{
	struct told told = {.left = 100};

	import_make_disc(UDF, 0x102);
	import_choose(UDF);
	ASSERT_OK(fsi_image_put_import_handler(import_image, note, &told));
	import_well();
	ck_assert_str_eq(told.text, "\\ 1/4 0/4\n"
				    "\\empty 1/4 1/4\n"
				    "\\small 1/4 2/4\n"
				    "\\void\\ 2/4 2/4\n"
				    "\\dir\\ 3/4 2/4\n"
				    "\\dir\\large 3/4 3/4\n"
				    "\\dir\\sub\\ 4/4 3/4\n"
				    "\\dir\\sub\\block 4/4 4/4\n");
	ck_assert_int_eq(told.change, IMAPI_E_READONLY);
}
END_TEST

START_TEST(a_handler_cancels_the_import_at_any_item)
{
	struct told told = {.left = (unsigned)_i};
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	char *before = NULL;

	import_make_disc(UDF, 0x102);
	import_choose(UDF);
	api_add_text(import_root, "own", "own");
	before = api_describe(import_image);
	ASSERT_OK(fsi_image_put_import_handler(import_image, note, &told));
	ASSERT_FAILS(fsi_image_import_file_system(import_image, &imported),
		     E_IMAPI_REQUEST_CANCELLED, "");
	api_assert_unchanged(import_image, before);
	ASSERT_OK(fsi_image_put_import_handler(import_image, NULL, NULL));
	ck_assert_int_eq(import_well(), FSI_FILE_SYSTEM_UDF);
}
END_TEST

static HRESULT hear_no_more(void *context, fsi_image *of,
			    const struct fsi_import_progress *progress)
{
	unsigned *calls = context;

	(void)progress;
	(*calls)++;
	return fsi_image_put_import_handler(of, NULL, NULL);
}

START_TEST(a_handler_may_be_taken_away_by_itself)
{
	unsigned calls = 0;

	import_make_disc(UDF, 0x102);
	import_choose(UDF);
	ASSERT_OK(fsi_image_put_import_handler(import_image, hear_no_more, &calls));
	import_well();
	ck_assert_uint_eq(calls, 1);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

START_TEST(an_import_without_memory_leaves_the_image_as_it_was)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	HRESULT hr = E_OUTOFMEMORY;
	long count = 0;

	if (_i == 0) {
		import_make_posix_disc();
		import_choose(UDF);
		ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	} else {
		import_make_disc(_i == 1 ? BRIDGE : ISO, 0x250);
	}
	api_add_text(import_root, "own", "own");
	while (hr == E_OUTOFMEMORY) {
		char *before = api_describe(import_image);

		fsi_memory_fail_after(count++);
		hr = fsi_image_import_file_system(import_image, &imported);
		fsi_memory_fail_after(-1);
		if (hr == E_OUTOFMEMORY)
			api_assert_unchanged(import_image, before);
		else
			fsi_free(before);
	}
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(count, 50);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("events of an import");
	TCase *tests = tcase_create("events");

	tcase_add_checked_fixture(tests, import_begin, import_end);
	tcase_add_test(tests, each_item_is_told);
	tcase_add_loop_test(tests, a_handler_cancels_the_import_at_any_item, 0, 8);
	tcase_add_test(tests, a_handler_may_be_taken_away_by_itself);
	tcase_add_loop_test(tests, an_import_without_memory_leaves_the_image_as_it_was, 0,
			    3);
	suite_add_tcase(suite, tests);
	return api_run(suite);
}
