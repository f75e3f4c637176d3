/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code of a master boot record: which files are taken, and what they are told. */
#include "boot/mbr_template.h"
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <string.h>

#define ISOLINUX_TEXT "isolinux.bin missing or corrupt"
#define CODE_BYTE     0xC3

static uint8_t bytes[1000];
static struct fsi_mbr_template found;

static void set_up(void)
{
	memset(bytes, CODE_BYTE, sizeof(bytes));
	memset(&found, 0xEE, sizeof(found));
}

static HRESULT read_template(size_t size)
{
	fsi_stream *stream = NULL;
	HRESULT hr = S_OK;

	ck_assert_int_eq(fsi_stream_create_on_memory(bytes, size, &stream), S_OK);
	hr = fsi_mbr_template_read(stream, &found);
	fsi_stream_release(stream);
	return hr;
}

static void sign(void)
{
	bytes[510] = 0x55;
	bytes[511] = 0xAA;
}

/* What GRUB's records have in common, and that for images alone. */
static void imitate_grub(bool is_for_images)
{
	memcpy(bytes + 0x180, "GRUB \0Geom", 10);
	memcpy(bytes + 432, is_for_images ? "\1\0\0\0\0\0\0\0" : "\0\0\0\0\0\0\0\0", 8);
	sign();
}

/* The field that tells where the boot image is, in a record made for one there. */
static uint64_t image_sector(uint32_t image_block)
{
	struct fsi_mbr_record record;

	memset(&record, 0xEE, sizeof(record));
	fsi_mbr_template_put(&found, image_block, &record);
	ck_assert_mem_eq(record.code.instructions, found.code.instructions, 432);
	/* The rest of the record is not the template's. */
	ck_assert_uint_eq(record.disk_id[0], 0xEE);
	ck_assert_uint_eq(record.signature[1], 0xEE);
	return fsi_get_le64((const uint8_t(*)[8]) & record.code.image_sector);
}

static const struct {
	size_t size;
	HRESULT result;
} sizes[] = {
	{0, IMAPI_E_INVALID_PARAM},
	{1, S_OK},
	{439, S_OK},
	{440, S_OK},
	{441, IMAPI_E_INVALID_PARAM},
	{511, IMAPI_E_INVALID_PARAM},
	{512, S_OK},
	{513, IMAPI_E_INVALID_PARAM},
	{1000, IMAPI_E_INVALID_PARAM},
};

START_TEST(a_template_is_code_alone_or_a_whole_record)
{
	sign();
	ck_assert_int_eq(read_template(sizes[_i].size), sizes[_i].result);
	if (FAILED(sizes[_i].result))
		ck_assert_uint_eq(found.code.instructions[0], 0xEE);
}
END_TEST

START_TEST(what_is_behind_short_code_is_zero)
{
	ck_assert_int_eq(read_template(3), S_OK);
	ck_assert_uint_eq(found.code.instructions[2], CODE_BYTE);
	ck_assert_uint_eq(found.code.instructions[3], 0);
	ck_assert_uint_eq(found.code.image_sector[7], 0);
}
END_TEST

START_TEST(a_record_needs_its_signature)
{
	sign();
	bytes[510 + _i] ^= 1;
	ck_assert_int_eq(read_template(512), IMAPI_E_INVALID_PARAM);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "55 AA"));
}
END_TEST

START_TEST(code_of_nobody_known_stays_as_it_is)
{
	ck_assert_int_eq(read_template(440), S_OK);
	ck_assert_int_eq(found.loader, FSI_MBR_OTHER_LOADER);
	ck_assert(!fsi_mbr_template_loads_image(&found));
	ck_assert_uint_eq(image_sector(100), UINT64_C(0xC3C3C3C3C3C3C3C3));
}
END_TEST

START_TEST(isolinux_is_told_where_its_image_begins)
{
	/* The last place that it may have, and one byte too far. */
	memcpy(bytes + 432 - (sizeof(ISOLINUX_TEXT) - 1), ISOLINUX_TEXT,
	       sizeof(ISOLINUX_TEXT) - 1);
	ck_assert_int_eq(read_template(432), S_OK);
	ck_assert_int_eq(found.loader, FSI_MBR_ISOLINUX);
	ck_assert(fsi_mbr_template_loads_image(&found));
	ck_assert_uint_eq(image_sector(0), 0);
	ck_assert_uint_eq(image_sector(300), 1200);
	ck_assert_uint_eq(image_sector(0x7FFFFFFF), UINT64_C(0x1FFFFFFFC));
}
END_TEST

START_TEST(code_is_searched_up_to_its_end_only)
{
	memcpy(bytes + 433 - (sizeof(ISOLINUX_TEXT) - 1), ISOLINUX_TEXT,
	       sizeof(ISOLINUX_TEXT) - 1);
	ck_assert_int_eq(read_template(440), S_OK);
	ck_assert_int_eq(found.loader, FSI_MBR_OTHER_LOADER);
}
END_TEST

START_TEST(grub_is_told_of_the_second_block_of_its_image)
{
	imitate_grub(true);
	ck_assert_int_eq(read_template(512), S_OK);
	ck_assert_int_eq(found.loader, FSI_MBR_GRUB);
	ck_assert(fsi_mbr_template_loads_image(&found));
	ck_assert_uint_eq(image_sector(300), 1204);
	ck_assert_uint_eq(image_sector(0x7FFFFFFF), UINT64_C(0x200000000));
}
END_TEST

START_TEST(the_record_of_grub_for_disks_is_refused)
{
	imitate_grub(false);
	ck_assert_int_eq(read_template(512), IMAPI_E_INVALID_PARAM);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "boot_hybrid.img"));
}
END_TEST

START_TEST(what_the_stream_says_is_told)
{
	struct test_stream source = {
		.size = 432, .fails = true, .failure = STG_E_ACCESSDENIED};
	fsi_stream *stream = test_stream_open(&source);

	ck_assert_int_eq(fsi_mbr_template_read(stream, &found), STG_E_ACCESSDENIED);
	fsi_stream_release(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mbr_template");
	TCase *tcase = tcase_create("templates");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, a_template_is_code_alone_or_a_whole_record, 0,
			    sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(tcase, what_is_behind_short_code_is_zero);
	tcase_add_loop_test(tcase, a_record_needs_its_signature, 0, 2);
	tcase_add_test(tcase, code_of_nobody_known_stays_as_it_is);
	tcase_add_test(tcase, isolinux_is_told_where_its_image_begins);
	tcase_add_test(tcase, code_is_searched_up_to_its_end_only);
	tcase_add_test(tcase, grub_is_told_of_the_second_block_of_its_image);
	tcase_add_test(tcase, the_record_of_grub_for_disks_is_refused);
	tcase_add_test(tcase, what_the_stream_says_is_told);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
