/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multisession objects with the first, the second, … allocation failing. */
#include "base/memory.h"
#include "tests/support/paper_fixture.h"

#include <stdlib.h>
#include <string.h>

/* No call here needs more allocations than this. */
#define MOST_ALLOCATIONS 3000

static fsi_multisession *object;
static fsi_multisession **items;
static fsi_stream *stream;
static char *text;

static void set_up(void)
{
	static const uint8_t bytes[3 * FSI_BLOCK_SIZE];

	paper_set_up();
	api_begin_folder();
	scratch_write(&api_folder, "disc", bytes, sizeof(bytes));
	paper_make_random(1, paper_stream, paper_count_blocks(paper_stream));
	ASSERT_OK(paper_put(1));
	object = NULL;
	items = NULL;
	stream = NULL;
	text = NULL;
}

static void tear_down(void)
{
	api_end_folder();
	paper_tear_down();
}

/* ---- calls ------------------------------------------------------------- */

static HRESULT make_on_file(void)
{
	return fsi_multisession_create_on_file(api_host("disc"), true, &object);
}

static HRESULT make_on_drive(void)
{
	return fsi_multisession_create_on_drive(api_text("stdio:%s", api_host("disc")),
						&object);
}

static HRESULT make_of_functions(void)
{
	return fsi_multisession_create(&paper_discs[0].ops, &paper_discs[0], &object);
}

static HRESULT make_of_what_is_told(void)
{
	const struct fsi_sequential_disc told = {.size = sizeof(told)};

	return fsi_multisession_create_sequential(paper_stream, &told, &object);
}

/* On a file, and on a drive: the object is made with all the memory that it takes. */
static HRESULT read_by(HRESULT (*make)(void), long allocations)
{
	HRESULT hr = S_OK;

	fsi_memory_fail_after(-1);
	ASSERT_OK(make());
	fsi_memory_fail_after(allocations);
	hr = fsi_multisession_get_import_stream(object, &stream);
	fsi_memory_fail_after(-1);
	fsi_multisession_release(object);
	object = NULL;
	return hr;
}

static long allocations_left;

static HRESULT read_a_file(void)
{
	return read_by(make_on_file, allocations_left);
}

static HRESULT read_a_drive(void)
{
	return read_by(make_on_drive, allocations_left);
}

static HRESULT set_objects(void)
{
	return paper_put(PAPER_OBJECTS);
}

static HRESULT get_objects(void)
{
	size_t count = 0;

	return fsi_image_get_multisession_interfaces(paper_image, &items, &count);
}

static HRESULT identify(void)
{
	fsi_file_systems found = 0;

	return fsi_image_identify_file_systems_on_disc(paper_image, NULL, &found);
}

static HRESULT name_the_disc(void)
{
	return fsi_image_calculate_disc_identifier(paper_image, &text);
}

static HRESULT probe(void)
{
	bool is_appendable = false;

	return fsi_image_probe_specific_file_system(paper_image, FSI_FILE_SYSTEM_UDF,
						    &is_appendable);
}

static HRESULT choose_by_disc(void)
{
	return fsi_image_choose_image_defaults(paper_image, paper_objects[1]);
}

static HRESULT (*const calls[])(void) = {
	make_on_file,	      make_on_drive, make_of_functions,
	make_of_what_is_told, read_a_file,   read_a_drive,
	set_objects,	      get_objects,   identify,
	name_the_disc,	      probe,	     choose_by_disc,
};

/* ---- with less and less ------------------------------------------------- */

static void release_items(void)
{
	for (unsigned i = 0; items != NULL && i < 1; i++)
		fsi_multisession_release(items[i]);
	fsi_free(items);
	items = NULL;
}

START_TEST(a_call_without_memory_tells_that_and_changes_nothing)
{
	const unsigned descriptors = scratch_count_descriptors();
	char *before = api_describe(paper_image);
	HRESULT hr = E_OUTOFMEMORY;
	long n = 0;

	for (n = 0; hr == E_OUTOFMEMORY; n++) {
		ck_assert_int_lt(n, MOST_ALLOCATIONS);
		allocations_left = n;
		fsi_memory_fail_after(n);
		hr = calls[_i]();
		fsi_memory_fail_after(-1);
		if (hr != E_OUTOFMEMORY)
			break;
		ck_assert_int_eq(fsi_error_get_code(), E_OUTOFMEMORY);
		ck_assert_ptr_null(object);
		ck_assert_ptr_null(items);
		ck_assert_ptr_null(stream);
		ck_assert_ptr_null(text);
		ck_assert_uint_eq(scratch_count_descriptors(), descriptors);
		api_assert_unchanged(paper_image, before);
		before = api_describe(paper_image);
	}
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(n, 0);
	free(before);
	fsi_multisession_release(object);
	fsi_stream_release(stream);
	fsi_free(text);
	release_items();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("multisession objects without memory");
	TCase *tcase = tcase_create("memory");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_call_without_memory_tells_that_and_changes_nothing,
			    0, (int)(sizeof(calls) / sizeof(calls[0])));
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
