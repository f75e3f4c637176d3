/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code of a master boot record, and the boot image that it loads. */
#include "tests/support/hybrid.h"
#include "tests/support/streams.h"

#include <string.h>

static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, UDF, BRIDGE};

START_TEST(isolinux_is_told_where_the_image_for_a_bios_is)
{
	hybrid.image = api_image(BRIDGE);
	hybrid_put_boot(BIOS_SIZE, EFI_SIZE);
	ASSERT_OK(hybrid_put(BOTH, hybrid_isolinux, sizeof(hybrid_isolinux), 0));
	hybrid_make();
	ck_assert_mem_eq(hybrid.bytes, hybrid_isolinux, 432);
	ck_assert_uint_eq(hybrid_number(432, 8), hybrid_find(BIOS_SIZE) * 4);
}
END_TEST

/* The sum of all words behind the table, the last of which is filled up. */
static uint32_t checksum(size_t offset, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 64; i < length; i++)
		sum += (uint32_t)hybrid.bytes[offset + i] << 8 * (i % 4);
	return sum;
}

START_TEST(grub_is_told_where_its_image_goes_on)
{
	fsi_boot_options *options = boot_sized(FSI_PLATFORM_X86, BIOS_SIZE);
	uint64_t block = 0;

	hybrid.image = api_image(BRIDGE);
	ASSERT_OK(fsi_boot_options_put_boot_info_table(options, true));
	ASSERT_OK(fsi_image_put_boot_image_options(hybrid.image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(hybrid_put(MBR, hybrid_grub, sizeof(hybrid_grub), 0));
	hybrid_make();
	block = hybrid_number(432, 8) / 4 - 1;
	ck_assert_uint_eq(hybrid_number(432, 8), block * 4 + 4);
	ck_assert_uint_eq(hybrid_number(block * FSI_BLOCK_SIZE + 2548, 8), block * 4 + 5);
	/* The boot information table, whose checksum is of what is recorded. */
	ck_assert_uint_eq(hybrid_number(block * FSI_BLOCK_SIZE + 12, 4), block);
	ck_assert_uint_eq(hybrid_number(block * FSI_BLOCK_SIZE + 20, 4),
			  checksum(block * FSI_BLOCK_SIZE, BIOS_SIZE));
}
END_TEST

START_TEST(only_the_image_that_grub_loads_is_changed)
{
	hybrid.image = api_image(ISO);
	hybrid_put_boot(BIOS_SIZE, EFI_SIZE);
	ASSERT_OK(hybrid_put(MBR, hybrid_grub, sizeof(hybrid_grub), 0));
	hybrid_make();
	ck_assert_uint_eq(hybrid_number(446 + 16 + 8, 4), hybrid_find(EFI_SIZE) * 4);
	ASSERT_OK(hybrid_put(MBR, hybrid_isolinux, sizeof(hybrid_isolinux), 0));
	hybrid_make();
	ck_assert_uint_eq(hybrid_number(432, 8), hybrid_find(BIOS_SIZE) * 4);
}
END_TEST

START_TEST(grub_is_told_in_a_file_of_the_tree_too)
{
	fsi_boot_options *options = NULL;
	uint64_t block = 0;

	hybrid.image = api_image(sets[_i]);
	api_add_sized(api_root(hybrid.image), "core.img", BIOS_SIZE);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/core.img"));
	ASSERT_OK(fsi_image_put_boot_image_options(hybrid.image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(hybrid_put(GPT, hybrid_grub, sizeof(hybrid_grub), 0));
	hybrid_make();
	block = hybrid_number(432, 8) / 4 - 1;
	ck_assert_uint_eq(hybrid_number(block * FSI_BLOCK_SIZE + 2548, 8), block * 4 + 5);
}
END_TEST

/* A file of 2 TiB, less so many blocks, in front of the image that is loaded. */
static HRESULT measure_far_image(const void *code, size_t length, uint64_t less)
{
	struct test_stream source = {.size = ((UINT64_C(1) << 30) - less) *
					     FSI_BLOCK_SIZE};
	fsi_stream *stream = test_stream_open(&source);
	fsi_boot_options *options = NULL;
	uint32_t blocks = 0;
	HRESULT hr = S_OK;

	hybrid.image = api_image(UDF);
	ASSERT_OK(hybrid_put(GPT, code, length, 0));
	ASSERT_OK(fsi_directory_add_file(api_root(hybrid.image), "a", stream));
	api_add_sized(api_root(hybrid.image), "b", BIOS_SIZE);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/b"));
	ASSERT_OK(fsi_image_put_boot_image_options(hybrid.image, options));
	fsi_boot_options_release(options);
	hr = fsi_image_get_used_blocks(hybrid.image, &blocks);
	fsi_image_release(hybrid.image);
	hybrid.image = NULL;
	fsi_stream_release(stream);
	return hr;
}

START_TEST(isolinux_counts_sectors_with_32_bits)
{
	ck_assert_int_eq(measure_far_image(hybrid_isolinux, sizeof(hybrid_isolinux), 0),
			 IMAPI_E_IMAGE_TOO_BIG);
	ASSERT_SAYS("2 TiB");
	ASSERT_OK(measure_far_image(hybrid_isolinux, sizeof(hybrid_isolinux), 30000));
	ASSERT_OK(measure_far_image(hybrid_grub, sizeof(hybrid_grub), 0));
}
END_TEST

START_TEST(grub_is_told_in_an_image_of_several_entries)
{
	fsi_boot_options *options[2] = {NULL, NULL};
	uint64_t block = 0;

	hybrid.image = api_image(BRIDGE);
	api_add_sized(api_root(hybrid.image), "core.img", BIOS_SIZE);
	options[0] =
		boot_file(_i == 0 ? FSI_PLATFORM_EFI : FSI_PLATFORM_X86, "/core.img");
	options[1] = boot_file(FSI_PLATFORM_X86, "/core.img");
	ASSERT_OK(fsi_boot_options_put_boot_info_table(options[1], true));
	boot_put(hybrid.image, options, 2);
	ASSERT_OK(hybrid_put(MBR, hybrid_grub, sizeof(hybrid_grub), 0));
	hybrid_make();
	block = hybrid_number(432, 8) / 4 - 1;
	ck_assert_uint_eq(hybrid_number(block * FSI_BLOCK_SIZE + 2548, 8), block * 4 + 5);
	ck_assert_uint_eq(hybrid_number(block * FSI_BLOCK_SIZE + 12, 4), block);
}
END_TEST

START_TEST(a_loader_needs_an_image)
{
	fsi_result *result = NULL;
	uint32_t blocks = 0;

	hybrid.image = api_image(ISO);
	hybrid_put_boot(0, EFI_SIZE);
	ASSERT_OK(hybrid_put(MBR, hybrid_isolinux, sizeof(hybrid_isolinux), 0));
	ASSERT_FAILS(fsi_image_create_result_image(hybrid.image, &result),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	ASSERT_SAYS("there is none");
	/* It may come yet. */
	ASSERT_OK(fsi_image_get_used_blocks(hybrid.image, &blocks));
	hybrid_put_boot(1, EFI_SIZE);
	hybrid_make();
}
END_TEST

START_TEST(an_image_that_is_a_floppy_disk_is_not_loaded)
{
	fsi_boot_options *options = boot_sized(FSI_PLATFORM_X86, 1228800);
	fsi_result *result = NULL;

	hybrid.image = api_image(ISO);
	ASSERT_OK(fsi_boot_options_put_emulation(options, FSI_EMULATION_12M_FLOPPY));
	ASSERT_OK(fsi_image_put_boot_image_options(hybrid.image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(hybrid_put(MBR, hybrid_isolinux, sizeof(hybrid_isolinux), 0));
	ASSERT_FAILS(fsi_image_create_result_image(hybrid.image, &result),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	ASSERT_SAYS("without emulation");
}
END_TEST

static const struct {
	size_t size;
	HRESULT result;
} grub_sizes[] = {
	{2555, IMAPI_E_BOOT_IMAGE_DATA},
	{2556, S_OK},
	{2557, S_OK},
};

START_TEST(an_image_of_grub_has_room_for_its_list)
{
	fsi_result *result = NULL;

	hybrid.image = api_image(ISO);
	hybrid_put_boot(grub_sizes[_i].size, 0);
	ASSERT_OK(hybrid_put(MBR, hybrid_grub, sizeof(hybrid_grub), 0));
	ck_assert_int_eq(fsi_image_create_result_image(hybrid.image, &result),
			 grub_sizes[_i].result);
	fsi_result_release(result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hybrid loaders");
	TCase *loaders = tcase_create("loaders");

	tcase_add_checked_fixture(loaders, NULL, hybrid_tear_down);
	tcase_add_test(loaders, isolinux_is_told_where_the_image_for_a_bios_is);
	tcase_add_test(loaders, grub_is_told_where_its_image_goes_on);
	tcase_add_test(loaders, only_the_image_that_grub_loads_is_changed);
	tcase_add_loop_test(loaders, grub_is_told_in_a_file_of_the_tree_too, 0, 4);
	tcase_add_test(loaders, isolinux_counts_sectors_with_32_bits);
	tcase_add_loop_test(loaders, grub_is_told_in_an_image_of_several_entries, 0, 2);
	tcase_add_test(loaders, a_loader_needs_an_image);
	tcase_add_test(loaders, an_image_that_is_a_floppy_disk_is_not_loaded);
	tcase_add_loop_test(loaders, an_image_of_grub_has_room_for_its_list, 0, 3);
	suite_add_tcase(suite, loaders);
	return api_run(suite);
}
