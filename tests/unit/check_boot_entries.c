/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries as properties of images: copies, references, what replaces what. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fsi_image *image;
static fsi_boot_options *boot;

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	ASSERT_OK(fsi_boot_options_create(&boot));
}

static void tear_down(void)
{
	fsi_boot_options_release(boot);
	fsi_image_release(image);
	api_end_folder();
}

static void assign(fsi_boot_options *options, size_t size)
{
	fsi_stream *stream = api_sized_stream(size);

	ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	fsi_stream_release(stream);
}

static uint64_t size_of(fsi_boot_options *options)
{
	uint64_t size = 0;

	ASSERT_OK(fsi_boot_options_get_image_size(options, &size));
	return size;
}

/* ---- properties of an image -------------------------------------------- */

/* The first boot entry of the image; NULL: none. One reference is given up. */
static fsi_boot_options *first_entry(void)
{
	fsi_boot_options *entry = boot;

	ASSERT_OK(fsi_image_get_boot_image_options(image, &entry));
	fsi_boot_options_release(entry);
	return entry;
}

/* How many entries the array shows, and whether its first is that of the other. */
static size_t count_entries(void)
{
	fsi_boot_options **entries = NULL;
	size_t count = 99;

	ASSERT_OK(fsi_image_get_boot_image_options_array(image, &entries, &count));
	ck_assert_ptr_nonnull(entries);
	ck_assert_ptr_eq(count > 0 ? entries[0] : NULL, first_entry());
	for (size_t i = 0; i < count; i++)
		fsi_boot_options_release(entries[i]);
	fsi_free(entries);
	return count;
}

START_TEST(an_image_is_not_bootable_by_itself)
{
	ck_assert_uint_eq(count_entries(), 0);
	ck_assert_ptr_null(first_entry());
	ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "");
}
END_TEST

START_TEST(the_one_entry_is_a_copy_with_all_bytes_of_its_stream)
{
	struct test_stream source = {.size = 5000};
	fsi_stream *stream = test_stream_open(&source);
	fsi_stream *copy = NULL;
	fsi_boot_options *entry = NULL;
	uint8_t bytes[5000];

	ASSERT_OK(fsi_boot_options_assign_boot_image(boot, stream));
	fsi_stream_release(stream);
	ASSERT_OK(fsi_boot_options_put_manufacturer(boot, "before"));
	ASSERT_OK(fsi_boot_options_put_platform_id(boot, FSI_PLATFORM_EFI));
	ASSERT_OK(fsi_boot_options_put_load_segment(boot, 0x1000));
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	/* Later changes have no effect. */
	ASSERT_OK(fsi_boot_options_put_manufacturer(boot, "after"));
	ASSERT_OK(fsi_boot_options_put_platform_id(boot, FSI_PLATFORM_MAC));
	assign(boot, 10);
	ck_assert_uint_eq(source.destroyed, 1);

	ASSERT_OK(fsi_image_get_boot_image_options(image, &entry));
	ck_assert_ptr_ne(entry, boot);
	ASSERT_TEXT(fsi_boot_options_get_manufacturer, entry, "before");
	ck_assert_uint_eq(size_of(entry), 5000);
	ASSERT_OK(fsi_boot_options_get_boot_image(entry, &copy));
	api_read(copy, 0, bytes, sizeof(bytes));
	ck_assert(test_stream_matches(&source, 0, bytes, sizeof(bytes)));
	fsi_stream_release(copy);
	fsi_boot_options_release(entry);
	ck_assert_uint_eq(count_entries(), 1);
}
END_TEST

/* In memory, or in the working directory. */
#define IN_MEMORY (4u * 1024 * 1024)

START_TEST(a_large_copy_is_in_the_working_directory)
{
	struct test_stream source = {.size = IN_MEMORY};
	fsi_stream *stream = test_stream_open(&source);
	fsi_stream *copy = NULL;
	size_t size = 0;
	uint8_t *bytes = NULL;

	scratch_folder(&api_folder, "work");
	ASSERT_OK(fsi_image_put_working_directory(image, api_host("work")));
	ck_assert_int_eq(rmdir(api_host("work")), 0);
	ASSERT_OK(fsi_boot_options_assign_boot_image(boot, stream));
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	source.size = IN_MEMORY + 1;
	ASSERT_OK(fsi_boot_options_assign_boot_image(boot, stream));
	ASSERT_FAILS(fsi_image_put_boot_image_options(image, boot),
		     IMAPI_E_STASHFILE_OPEN_FAILURE, "data");
	ck_assert_uint_eq(size_of(first_entry()), IN_MEMORY);

	scratch_folder(&api_folder, "work");
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	ck_assert_str_eq(scratch_list(&api_folder, "work"), "");
	ck_assert_uint_eq(size_of(first_entry()), IN_MEMORY + 1);
	/* Nothing is read from where it came. */
	source.fails = true;
	source.failure = E_FAIL;
	ASSERT_OK(fsi_boot_options_get_boot_image(first_entry(), &copy));
	bytes = api_read_all(copy, &size);
	ck_assert_uint_eq(size, IN_MEMORY + 1);
	ck_assert(test_stream_matches(&source, 0, bytes, size));
	free(bytes);
	fsi_stream_release(copy);
	fsi_stream_release(stream);
	assign(boot, 10);
	ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

START_TEST(a_copy_has_everything_that_was_put)
{
	fsi_boot_options *entry = NULL;
	enum fsi_emulation emulation = FSI_EMULATION_NONE;
	uint32_t platform = 0;
	uint32_t sectors = 0;
	uint16_t segment = 0;
	bool has_table = false;

	ASSERT_OK(fsi_boot_options_assign_boot_file(boot, "/some/file"));
	ASSERT_OK(fsi_boot_options_put_emulation(boot, FSI_EMULATION_HARD_DISK));
	ASSERT_OK(fsi_boot_options_put_platform_id(boot, 77));
	ASSERT_OK(fsi_boot_options_put_load_segment(boot, 0x1000));
	ASSERT_OK(fsi_boot_options_put_sector_count(boot, 9));
	ASSERT_OK(fsi_boot_options_put_boot_info_table(boot, true));
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	ASSERT_OK(fsi_image_get_boot_image_options(image, &entry));
	ck_assert_ptr_ne(entry, boot);
	ASSERT_TEXT(fsi_boot_options_get_boot_file, entry, "/some/file");
	ASSERT_OK(fsi_boot_options_get_emulation(entry, &emulation));
	ck_assert_int_eq(emulation, FSI_EMULATION_HARD_DISK);
	ASSERT_OK(fsi_boot_options_get_platform_id(entry, &platform));
	ck_assert_uint_eq(platform, 77);
	ASSERT_OK(fsi_boot_options_get_load_segment(entry, &segment));
	ck_assert_uint_eq(segment, 0x1000);
	ASSERT_OK(fsi_boot_options_get_sector_count(entry, &sectors));
	ck_assert_uint_eq(sectors, 9);
	ASSERT_OK(fsi_boot_options_get_boot_info_table(entry, &has_table));
	ck_assert(has_table);
	fsi_boot_options_release(entry);
}
END_TEST

START_TEST(the_array_keeps_references_in_its_order)
{
	fsi_boot_options *both[2] = {boot, NULL};
	fsi_boot_options **got = NULL;
	size_t count = 0;

	ASSERT_OK(fsi_boot_options_create(&both[1]));
	assign(both[0], 10);
	assign(both[1], 20);
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, both, 2));
	ASSERT_OK(fsi_image_get_boot_image_options_array(image, &got, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_ptr_eq(got[0], both[0]);
	ck_assert_ptr_eq(got[1], both[1]);
	for (size_t i = 0; i < count; i++)
		fsi_boot_options_release(got[i]);
	fsi_free(got);
	fsi_boot_options_release(both[1]);
	ck_assert_uint_eq(count_entries(), 2);
}
END_TEST

START_TEST(the_last_call_wins_and_both_getters_show_it)
{
	fsi_boot_options *three[3] = {boot, boot, boot};

	assign(boot, 10);
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, three, 3));
	ck_assert_uint_eq(count_entries(), 3);
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	ck_assert_uint_eq(count_entries(), 1);
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, three, 2));
	ck_assert_uint_eq(count_entries(), 2);
	ASSERT_OK(fsi_image_put_boot_image_options(image, NULL));
	ck_assert_uint_eq(count_entries(), 0);
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, three, 0));
	ck_assert_uint_eq(count_entries(), 0);
}
END_TEST

START_TEST(there_may_be_32_entries)
{
	fsi_boot_options *many[FSI_BOOT_ENTRIES_MAX + 1];

	assign(boot, 10);
	for (size_t i = 0; i < FSI_BOOT_ENTRIES_MAX + 1; i++)
		many[i] = boot;
	for (size_t count = FSI_BOOT_ENTRIES_MAX - 1; count <= FSI_BOOT_ENTRIES_MAX;
	     count++) {
		ASSERT_OK(fsi_image_put_boot_image_options_array(image, many, count));
		ck_assert_uint_eq(count_entries(), count);
	}
	ASSERT_FAILS(fsi_image_put_boot_image_options_array(image, many,
							    FSI_BOOT_ENTRIES_MAX + 1),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ck_assert_uint_eq(count_entries(), FSI_BOOT_ENTRIES_MAX);
}
END_TEST

START_TEST(an_entry_needs_an_image)
{
	fsi_boot_options *both[2] = {boot, NULL};

	ASSERT_FAILS(fsi_image_put_boot_image_options(image, boot),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	ASSERT_FAILS(fsi_image_put_boot_image_options_array(image, both, 1),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	assign(boot, 10);
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	ASSERT_FAILS(fsi_image_put_boot_image_options_array(image, both, 2), E_POINTER,
		     "");
	ck_assert_uint_eq(count_entries(), 1);
}
END_TEST

START_TEST(a_stream_that_can_not_be_copied_is_refused)
{
	static const struct test_stream rows[] = {
		{.size = 5000, .fails = true, .fail_at = 4096, .failure = E_FAIL},
		{.size = 5000, .real_size = 4999},
		{.size = IN_MEMORY + 1, .real_size = IN_MEMORY},
		{.size = IN_MEMORY + 1,
		 .fails = true,
		 .fail_at = IN_MEMORY,
		 .failure = E_FAIL},
	};

	assign(boot, 10);
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct test_stream source = rows[i];
		fsi_stream *stream = test_stream_open(&source);

		ASSERT_OK(fsi_boot_options_assign_boot_image(boot, stream));
		fsi_stream_release(stream);
		ASSERT_FAILS(fsi_image_put_boot_image_options(image, boot),
			     IMAPI_E_BOOT_IMAGE_DATA, "");
		assign(boot, 10);
		ck_assert_uint_eq(source.destroyed, 1);
		ck_assert_uint_eq(size_of(first_entry()), 10);
	}
}
END_TEST

START_TEST(what_is_booted_does_not_change_while_a_result_is_alive)
{
	fsi_result *result = api_result(image);

	assign(boot, 10);
	ASSERT_FAILS(fsi_image_put_boot_image_options(image, boot), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_image_put_boot_image_options(image, NULL), IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_image_put_boot_image_options_array(image, &boot, 1),
		     IMAPI_E_READONLY, "");
	ASSERT_FAILS(fsi_image_put_boot_catalog_path(image, "/boot.cat"),
		     IMAPI_E_READONLY, "");
	ck_assert_uint_eq(count_entries(), 0);
	fsi_result_release(result);
	ASSERT_OK(fsi_image_put_boot_image_options(image, boot));
	ck_assert_uint_eq(count_entries(), 1);
}
END_TEST

/* ---- pointers ---------------------------------------------------------- */

#define NEEDS(call) ASSERT_FAILS((call), E_POINTER, "")

START_TEST(a_pointer_that_is_needed_may_not_be_null)
{
	fsi_boot_options **entries = NULL;
	fsi_boot_options *one = NULL;
	size_t count = 0;
	uint64_t size = 0;
	uint32_t number = 0;
	uint16_t word = 0;
	bool flag = false;
	char *text = NULL;
	enum fsi_emulation emulation = FSI_EMULATION_NONE;
	fsi_stream *stream = api_sized_stream(3);
	fsi_stream *got = NULL;

	NEEDS(fsi_boot_options_create(NULL));
	NEEDS(fsi_boot_options_get_boot_image(NULL, &got));
	NEEDS(fsi_boot_options_get_boot_image(boot, NULL));
	NEEDS(fsi_boot_options_assign_boot_image(NULL, stream));
	NEEDS(fsi_boot_options_assign_boot_image(boot, NULL));
	NEEDS(fsi_boot_options_assign_boot_image_from_path(NULL, "x"));
	NEEDS(fsi_boot_options_assign_boot_image_from_path(boot, NULL));
	NEEDS(fsi_boot_options_assign_boot_file(NULL, "/x"));
	NEEDS(fsi_boot_options_assign_boot_file(boot, NULL));
	NEEDS(fsi_boot_options_get_boot_file(NULL, &text));
	NEEDS(fsi_boot_options_get_boot_file(boot, NULL));
	NEEDS(fsi_boot_options_get_image_size(NULL, &size));
	NEEDS(fsi_boot_options_get_image_size(boot, NULL));
	NEEDS(fsi_boot_options_get_manufacturer(NULL, &text));
	NEEDS(fsi_boot_options_get_manufacturer(boot, NULL));
	NEEDS(fsi_boot_options_put_manufacturer(NULL, "x"));
	NEEDS(fsi_boot_options_put_manufacturer(boot, NULL));
	NEEDS(fsi_boot_options_get_platform_id(NULL, &number));
	NEEDS(fsi_boot_options_get_platform_id(boot, NULL));
	NEEDS(fsi_boot_options_put_platform_id(NULL, 0));
	NEEDS(fsi_boot_options_get_emulation(NULL, &emulation));
	NEEDS(fsi_boot_options_get_emulation(boot, NULL));
	NEEDS(fsi_boot_options_put_emulation(NULL, FSI_EMULATION_NONE));
	NEEDS(fsi_boot_options_put_load_segment(NULL, 0));
	NEEDS(fsi_boot_options_get_load_segment(NULL, &word));
	NEEDS(fsi_boot_options_get_load_segment(boot, NULL));
	NEEDS(fsi_boot_options_put_sector_count(NULL, 0));
	NEEDS(fsi_boot_options_get_sector_count(NULL, &number));
	NEEDS(fsi_boot_options_get_sector_count(boot, NULL));
	NEEDS(fsi_boot_options_put_boot_info_table(NULL, true));
	NEEDS(fsi_boot_options_get_boot_info_table(NULL, &flag));
	NEEDS(fsi_boot_options_get_boot_info_table(boot, NULL));
	NEEDS(fsi_image_put_boot_image_options(NULL, boot));
	NEEDS(fsi_image_get_boot_image_options(NULL, &one));
	NEEDS(fsi_image_get_boot_image_options(image, NULL));
	NEEDS(fsi_image_put_boot_image_options_array(NULL, &boot, 1));
	NEEDS(fsi_image_put_boot_image_options_array(image, NULL, 0));
	NEEDS(fsi_image_get_boot_image_options_array(NULL, &entries, &count));
	NEEDS(fsi_image_get_boot_image_options_array(image, NULL, &count));
	NEEDS(fsi_image_get_boot_image_options_array(image, &entries, NULL));
	NEEDS(fsi_image_put_boot_catalog_path(NULL, "/x"));
	NEEDS(fsi_image_put_boot_catalog_path(image, NULL));
	NEEDS(fsi_image_get_boot_catalog_path(NULL, &text));
	NEEDS(fsi_image_get_boot_catalog_path(image, NULL));
	fsi_stream_release(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boot entries");
	TCase *tcase = tcase_create("images");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_image_is_not_bootable_by_itself);
	tcase_add_test(tcase, the_one_entry_is_a_copy_with_all_bytes_of_its_stream);
	tcase_add_test(tcase, a_large_copy_is_in_the_working_directory);
	tcase_add_test(tcase, a_copy_has_everything_that_was_put);
	tcase_add_test(tcase, the_array_keeps_references_in_its_order);
	tcase_add_test(tcase, the_last_call_wins_and_both_getters_show_it);
	tcase_add_test(tcase, there_may_be_32_entries);
	tcase_add_test(tcase, an_entry_needs_an_image);
	tcase_add_test(tcase, a_stream_that_can_not_be_copied_is_refused);
	tcase_add_test(tcase, what_is_booted_does_not_change_while_a_result_is_alive);
	tcase_add_test(tcase, a_pointer_that_is_needed_may_not_be_null);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
