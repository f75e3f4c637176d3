/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot options as objects: values, limits, codes. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <string.h>

#define FLOPPY_12  1228800
#define FLOPPY_144 1474560
#define FLOPPY_288 2949120
#define MAX_SIZE   UINT64_C(0x100000000)

static fsi_boot_options *boot;

static void set_up(void)
{
	api_begin_folder();
	ASSERT_OK(fsi_boot_options_create(&boot));
}

static void tear_down(void)
{
	fsi_boot_options_release(boot);
	api_end_folder();
}

static void assign(fsi_boot_options *options, size_t size)
{
	fsi_stream *stream = api_sized_stream(size);

	ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	fsi_stream_release(stream);
}

static enum fsi_emulation emulation_of(fsi_boot_options *options)
{
	enum fsi_emulation emulation = FSI_EMULATION_NONE;

	ASSERT_OK(fsi_boot_options_get_emulation(options, &emulation));
	return emulation;
}

static uint64_t size_of(fsi_boot_options *options)
{
	uint64_t size = 0;

	ASSERT_OK(fsi_boot_options_get_image_size(options, &size));
	return size;
}

/* ---- the object -------------------------------------------------------- */

START_TEST(options_begin_as_imapi_has_them)
{
	fsi_stream *stream = api_sized_stream(1);
	fsi_stream *none = stream;
	uint32_t platform = 9;
	uint32_t sectors = 9;
	uint16_t segment = 9;
	bool flag = true;

	ASSERT_OK(fsi_boot_options_get_boot_image(boot, &none));
	ck_assert_ptr_null(none);
	ck_assert_uint_eq(size_of(boot), 0);
	ASSERT_TEXT(fsi_boot_options_get_manufacturer, boot, "");
	ASSERT_TEXT(fsi_boot_options_get_boot_file, boot, "");
	ASSERT_OK(fsi_boot_options_get_platform_id(boot, &platform));
	ck_assert_uint_eq(platform, FSI_PLATFORM_X86);
	ck_assert_int_eq(emulation_of(boot), FSI_EMULATION_NONE);
	ASSERT_OK(fsi_boot_options_get_load_segment(boot, &segment));
	ck_assert_uint_eq(segment, 0);
	ASSERT_OK(fsi_boot_options_get_sector_count(boot, &sectors));
	ck_assert_uint_eq(sectors, FSI_BOOT_SECTOR_COUNT_AUTO);
	ASSERT_OK(fsi_boot_options_get_boot_info_table(boot, &flag));
	ck_assert(!flag);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(options_live_as_long_as_somebody_refers_to_them)
{
	fsi_boot_options *same = fsi_boot_options_add_ref(boot);

	ck_assert_ptr_eq(same, boot);
	fsi_boot_options_release(same);
	ASSERT_TEXT(fsi_boot_options_get_manufacturer, boot, "");
	ck_assert_ptr_null(fsi_boot_options_add_ref(NULL));
	fsi_boot_options_release(NULL);
}
END_TEST

/* ---- the image --------------------------------------------------------- */

START_TEST(the_emulation_follows_the_size_of_the_image)
{
	static const struct {
		uint64_t size;
		enum fsi_emulation emulation;
	} rows[] = {
		{1, FSI_EMULATION_NONE},
		{FLOPPY_12 - 1, FSI_EMULATION_NONE},
		{FLOPPY_12, FSI_EMULATION_12M_FLOPPY},
		{FLOPPY_12 + 1, FSI_EMULATION_NONE},
		{FLOPPY_144 - 1, FSI_EMULATION_NONE},
		{FLOPPY_144, FSI_EMULATION_144M_FLOPPY},
		{FLOPPY_144 + 1, FSI_EMULATION_NONE},
		{FLOPPY_288 - 1, FSI_EMULATION_NONE},
		{FLOPPY_288, FSI_EMULATION_288M_FLOPPY},
		{FLOPPY_288 + 1, FSI_EMULATION_NONE},
		{MAX_SIZE - 1, FSI_EMULATION_NONE},
		{MAX_SIZE, FSI_EMULATION_NONE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct test_stream source;
		fsi_stream *stream = NULL;

		source.size = rows[i].size;
		stream = test_stream_open(&source);
		/* What was put before is chosen anew. */
		ASSERT_OK(fsi_boot_options_put_emulation(boot, FSI_EMULATION_HARD_DISK));
		ASSERT_OK(fsi_boot_options_assign_boot_image(boot, stream));
		fsi_stream_release(stream);
		ck_assert_uint_eq(size_of(boot), rows[i].size);
		ck_assert_int_eq(emulation_of(boot), rows[i].emulation);
	}
}
END_TEST

START_TEST(an_image_that_is_none_is_refused)
{
	static const struct test_stream rows[] = {
		{.size = 0},
		{.size = MAX_SIZE + 1},
		{.size = 10, .size_failure = E_ACCESSDENIED},
		{.size = 10, .fails = true, .failure = E_ACCESSDENIED},
		{.size = 10, .excess = 1},
	};

	assign(boot, FLOPPY_144);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct test_stream source = rows[i];
		fsi_stream *stream = test_stream_open(&source);

		ASSERT_FAILS(fsi_boot_options_assign_boot_image(boot, stream),
			     IMAPI_E_BOOT_IMAGE_DATA, "");
		fsi_stream_release(stream);
		ck_assert_uint_eq(source.destroyed, 1);
		ck_assert_uint_eq(size_of(boot), FLOPPY_144);
		ck_assert_int_eq(emulation_of(boot), FSI_EMULATION_144M_FLOPPY);
	}
}
END_TEST

START_TEST(the_stream_that_was_assigned_is_handed_out_and_let_go)
{
	struct test_stream source = {.size = 100};
	fsi_stream *stream = test_stream_open(&source);
	fsi_stream *got = NULL;

	ASSERT_OK(fsi_boot_options_assign_boot_image(boot, stream));
	ASSERT_OK(fsi_boot_options_get_boot_image(boot, &got));
	ck_assert_ptr_eq(got, stream);
	fsi_stream_release(got);
	fsi_stream_release(stream);
	ck_assert_uint_eq(source.destroyed, 0);
	assign(boot, 7);
	ck_assert_uint_eq(source.destroyed, 1);
}
END_TEST

START_TEST(an_image_may_be_a_file_of_this_computer)
{
	fsi_stream *got = NULL;
	fsi_stream *expected = api_text_stream("boot code");

	scratch_text(&api_folder, "boot", "boot code");
	ASSERT_OK(fsi_boot_options_assign_boot_image_from_path(boot, api_host("boot")));
	ck_assert_uint_eq(size_of(boot), 9);
	ASSERT_OK(fsi_boot_options_get_boot_image(boot, &got));
	api_assert_same_bytes(got, expected);
	fsi_stream_release(got);
	fsi_stream_release(expected);

	scratch_text(&api_folder, "empty", "");
	ASSERT_FAILS(
		fsi_boot_options_assign_boot_image_from_path(boot, api_host("empty")),
		IMAPI_E_BOOT_IMAGE_DATA, "");
	ASSERT_FAILS(fsi_boot_options_assign_boot_image_from_path(boot, api_host("no")),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	ASSERT_SAYS("No such file");
	ASSERT_FAILS(fsi_boot_options_assign_boot_image_from_path(boot, api_host("")),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	ck_assert_uint_eq(size_of(boot), 9);
}
END_TEST

START_TEST(an_image_may_be_a_file_of_the_tree)
{
	static const char *const wrong[] = {"", "boot", "sub/boot", "/\xFF"};
	fsi_stream *got = NULL;

	assign(boot, FLOPPY_144);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_int_eq(fsi_boot_options_assign_boot_file(boot, wrong[i]),
				 IMAPI_E_INVALID_PATH);
	ck_assert_uint_eq(size_of(boot), FLOPPY_144);
	ASSERT_OK(fsi_boot_options_assign_boot_file(boot, "/boot/a"));
	ASSERT_OK(fsi_boot_options_assign_boot_file(boot, "\\boot\\b"));
	ASSERT_TEXT(fsi_boot_options_get_boot_file, boot, "\\boot\\b");
	ASSERT_OK(fsi_boot_options_get_boot_image(boot, &got));
	ck_assert_ptr_null(got);
	ck_assert_uint_eq(size_of(boot), 0);
	ck_assert_int_eq(emulation_of(boot), FSI_EMULATION_NONE);
	/* Nothing is known of its size, so nothing is checked. */
	ASSERT_OK(fsi_boot_options_put_emulation(boot, FSI_EMULATION_12M_FLOPPY));
	/* A stream takes its place. */
	assign(boot, 5);
	ASSERT_TEXT(fsi_boot_options_get_boot_file, boot, "");
	ck_assert_int_eq(emulation_of(boot), FSI_EMULATION_NONE);
}
END_TEST

/* ---- how it is started ------------------------------------------------- */

START_TEST(a_floppy_needs_an_image_of_its_size)
{
	static const uint32_t sizes[] = {0, FLOPPY_12, FLOPPY_144, FLOPPY_288};

	for (int kind = 1; kind <= 3; kind++) {
		for (int difference = -1; difference <= 1; difference++) {
			const size_t size = (size_t)((int)sizes[kind] + difference);
			HRESULT hr = S_OK;

			assign(boot, size);
			ASSERT_OK(
				fsi_boot_options_put_emulation(boot, FSI_EMULATION_NONE));
			hr = fsi_boot_options_put_emulation(boot,
							    (enum fsi_emulation)kind);
			ck_assert_int_eq(
				hr, difference == 0
					    ? S_OK
					    : IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH);
			ck_assert_int_eq(emulation_of(boot), difference == 0 ? kind : 0);
		}
	}
	ASSERT_FAILS(fsi_boot_options_put_emulation(boot, FSI_EMULATION_12M_FLOPPY),
		     IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH, "");
	/* These fit every size. */
	ASSERT_OK(fsi_boot_options_put_emulation(boot, FSI_EMULATION_HARD_DISK));
	ASSERT_OK(fsi_boot_options_put_emulation(boot, FSI_EMULATION_NONE));
}
END_TEST

START_TEST(an_emulation_is_one_of_five)
{
	ASSERT_OK(fsi_boot_options_put_emulation(boot, FSI_EMULATION_HARD_DISK));
	ASSERT_FAILS(fsi_boot_options_put_emulation(boot, (enum fsi_emulation)5),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_FAILS(fsi_boot_options_put_emulation(boot, (enum fsi_emulation) - 1),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ck_assert_int_eq(emulation_of(boot), FSI_EMULATION_HARD_DISK);
}
END_TEST

START_TEST(a_platform_is_one_byte)
{
	uint32_t platform = 0;

	for (uint32_t value = 0; value <= 255; value++) {
		ASSERT_OK(fsi_boot_options_put_platform_id(boot, value));
		ASSERT_OK(fsi_boot_options_get_platform_id(boot, &platform));
		ck_assert_uint_eq(platform, value);
	}
	ASSERT_FAILS(fsi_boot_options_put_platform_id(boot, 256), IMAPI_E_INVALID_PARAM,
		     "new_val");
	ASSERT_OK(fsi_boot_options_get_platform_id(boot, &platform));
	ck_assert_uint_eq(platform, 255);
}
END_TEST

START_TEST(a_manufacturer_has_24_characters_of_the_code_page)
{
	static const char *const right[] = {
		"",
		"12345678901234567890123",
		"123456789012345678901234",
		"Gr\xC3\xBC\xC3\x9F"
		"e \xE2\x82\xAC",
		/* 24 characters of two bytes each. */
		"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
		"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
		"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9",
	};
	static const char *const wrong[] = {
		"1234567890123456789012345",
		"\xC5\x82",	    /* Polish */
		"\xC2\x81",	    /* a control character of Latin 1 */
		"\xFF",		    /* not UTF-8 */
		"\xE2\x82",	    /* half a character */
		"\xF0\x9F\x92\xBF", /* a disc */
	};

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		ASSERT_OK(fsi_boot_options_put_manufacturer(boot, right[i]));
		ASSERT_TEXT(fsi_boot_options_get_manufacturer, boot, right[i]);
	}
	ASSERT_OK(fsi_boot_options_put_manufacturer(boot, "kept"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ASSERT_FAILS(fsi_boot_options_put_manufacturer(boot, wrong[i]),
			     IMAPI_E_INVALID_PARAM, "new_val");
		ASSERT_TEXT(fsi_boot_options_get_manufacturer, boot, "kept");
	}
}
END_TEST

START_TEST(a_sector_count_has_16_bits)
{
	static const uint32_t right[] = {0,	1,     4,
					 65534, 65535, FSI_BOOT_SECTOR_COUNT_AUTO};
	uint32_t got = 0;

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		ASSERT_OK(fsi_boot_options_put_sector_count(boot, right[i]));
		ASSERT_OK(fsi_boot_options_get_sector_count(boot, &got));
		ck_assert_uint_eq(got, right[i]);
	}
	ASSERT_FAILS(fsi_boot_options_put_sector_count(boot, 65536),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_FAILS(fsi_boot_options_put_sector_count(boot, UINT32_MAX - 1),
		     IMAPI_E_INVALID_PARAM, "new_val");
	ASSERT_OK(fsi_boot_options_get_sector_count(boot, &got));
	ck_assert_uint_eq(got, FSI_BOOT_SECTOR_COUNT_AUTO);
}
END_TEST

START_TEST(extensions_are_told_as_they_were_put)
{
	uint16_t segment = 0;
	bool flag = false;

	ASSERT_OK(fsi_boot_options_put_load_segment(boot, 0xFFFF));
	ASSERT_OK(fsi_boot_options_get_load_segment(boot, &segment));
	ck_assert_uint_eq(segment, 0xFFFF);
	ASSERT_OK(fsi_boot_options_put_boot_info_table(boot, true));
	ASSERT_OK(fsi_boot_options_get_boot_info_table(boot, &flag));
	ck_assert(flag);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boot options");
	TCase *tcase = tcase_create("options");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, options_begin_as_imapi_has_them);
	tcase_add_test(tcase, options_live_as_long_as_somebody_refers_to_them);
	tcase_add_test(tcase, the_emulation_follows_the_size_of_the_image);
	tcase_add_test(tcase, an_image_that_is_none_is_refused);
	tcase_add_test(tcase, the_stream_that_was_assigned_is_handed_out_and_let_go);
	tcase_add_test(tcase, an_image_may_be_a_file_of_this_computer);
	tcase_add_test(tcase, an_image_may_be_a_file_of_the_tree);
	tcase_add_test(tcase, a_floppy_needs_an_image_of_its_size);
	tcase_add_test(tcase, an_emulation_is_one_of_five);
	tcase_add_test(tcase, a_platform_is_one_byte);
	tcase_add_test(tcase, a_manufacturer_has_24_characters_of_the_code_page);
	tcase_add_test(tcase, a_sector_count_has_16_bits);
	tcase_add_test(tcase, extensions_are_told_as_they_were_put);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
