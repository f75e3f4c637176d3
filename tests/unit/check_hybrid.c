/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that are disks too: what the options take, and what the tables tell. */
#include "tests/support/hybrid.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>

#define MIB 512u /* blocks */

static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, UDF, BRIDGE};

/* An entry of the MBR: active, type, first sector, number of sectors. */
static void assert_mbr_entry(unsigned number, uint8_t active, uint8_t type,
			     uint64_t first_sector, uint64_t sectors)
{
	const size_t entry = 446 + 16 * (size_t)number;

	ck_assert_uint_eq(hybrid.bytes[entry], active);
	ck_assert_uint_eq(hybrid.bytes[entry + 4], type);
	ck_assert_uint_eq(hybrid_number(entry + 8, 4), first_sector);
	ck_assert_uint_eq(hybrid_number(entry + 12, 4), sectors);
}

/* A partition of the GPT, by the array in that sector. */
static void assert_gpt_entry(uint64_t array_sector, unsigned number, bool is_efi,
			     uint64_t first_sector, uint64_t last_sector)
{
	const size_t entry = array_sector * SECTOR + 128 * (size_t)number;

	ck_assert_uint_eq(hybrid.bytes[entry], is_efi ? 0x28 : 0xA2);
	ck_assert_uint_eq(hybrid_number(entry + 32, 8), first_sector);
	ck_assert_uint_eq(hybrid_number(entry + 40, 8), last_sector);
}

static bool has_anchor(size_t block)
{
	return hybrid_number(block * FSI_BLOCK_SIZE, 2) == 2 &&
	       hybrid_number(block * FSI_BLOCK_SIZE + 12, 4) == block;
}

/* ---- options ----------------------------------------------------------- */

START_TEST(an_image_is_no_disk_unless_it_is_asked_for)
{
	uint32_t tables = 7;

	hybrid.image = api_image(BRIDGE);
	ASSERT_OK(fsi_image_get_hybrid_boot(hybrid.image, &tables));
	ck_assert_uint_eq(tables, FSI_PARTITION_TABLE_NONE);
	ASSERT_OK(hybrid_put(BOTH, NULL, 0, 0));
	ASSERT_OK(fsi_image_get_hybrid_boot(hybrid.image, &tables));
	ck_assert_uint_eq(tables, BOTH);
	ASSERT_OK(fsi_image_put_hybrid_boot(hybrid.image, NULL));
	ASSERT_OK(fsi_image_get_hybrid_boot(hybrid.image, &tables));
	ck_assert_uint_eq(tables, FSI_PARTITION_TABLE_NONE);
	hybrid_make();
	for (size_t i = 0; i < 16 * FSI_BLOCK_SIZE; i++)
		ck_assert_uint_eq(hybrid.bytes[i], 0);
	ck_assert(has_anchor(hybrid.size / FSI_BLOCK_SIZE - 1));
}
END_TEST

START_TEST(wrong_options_are_refused_and_the_old_ones_stay)
{
	struct fsi_hybrid_options options = {.size = sizeof(options) - 1, .tables = MBR};
	uint32_t tables = 0;
	uint8_t code[513] = {0};

	hybrid.image = api_image(ISO);
	ASSERT_OK(hybrid_put(GPT, NULL, 0, 0));
	ASSERT_FAILS(fsi_image_put_hybrid_boot(hybrid.image, &options), E_INVALIDARG, "");
	ASSERT_FAILS(hybrid_put(0, NULL, 0, 0), IMAPI_E_INVALID_PARAM, "options");
	ASSERT_FAILS(hybrid_put(4, NULL, 0, 0), IMAPI_E_INVALID_PARAM, "options");
	ASSERT_FAILS(hybrid_put(MBR, code, 0, 0), IMAPI_E_INVALID_PARAM, "mbr_template");
	ASSERT_FAILS(hybrid_put(MBR, code, 512, 0), IMAPI_E_INVALID_PARAM,
		     "mbr_template");
	ASSERT_SAYS("55 AA");
	ASSERT_FAILS(hybrid_put(MBR, code, 513, 0), IMAPI_E_INVALID_PARAM,
		     "mbr_template");
	ASSERT_SAYS("512 bytes");
	ASSERT_OK(fsi_image_get_hybrid_boot(hybrid.image, &tables));
	ck_assert_uint_eq(tables, GPT);
}
END_TEST

START_TEST(an_image_that_has_a_result_stays_as_it_is)
{
	fsi_result *result = NULL;

	hybrid.image = api_image(ISO);
	result = api_result(hybrid.image);
	ASSERT_FAILS(hybrid_put(MBR, NULL, 0, 0), IMAPI_E_READONLY, "");
	fsi_result_release(result);
	ASSERT_OK(hybrid_put(MBR, NULL, 0, 0));
}
END_TEST

START_TEST(pointers_are_required)
{
	uint32_t tables = 0;

	hybrid.image = api_image(ISO);
	ASSERT_FAILS(hybrid_put(0, NULL, 0, 0), IMAPI_E_INVALID_PARAM, "options");
	ASSERT_FAILS(fsi_image_put_hybrid_boot(NULL, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_hybrid_boot(NULL, &tables), E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_hybrid_boot(hybrid.image, NULL), E_POINTER, "");
}
END_TEST

/* ---- the end of the image ---------------------------------------------- */

/* Blocks of an image with one file of so many. */
static uint32_t blocks_with(fsi_file_systems file_systems, uint32_t tables,
			    uint32_t file_blocks)
{
	uint32_t blocks = 0;

	fsi_image_release(hybrid.image);
	hybrid.image = api_image(file_systems);
	if (tables != 0)
		ASSERT_OK(hybrid_put(tables, NULL, 0, 0));
	api_add_sized(api_root(hybrid.image), "file",
		      (size_t)file_blocks * FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_image_get_used_blocks(hybrid.image, &blocks));
	return blocks;
}

START_TEST(an_image_ends_with_a_whole_mib)
{
	const fsi_file_systems file_systems = sets[_i / 2];
	const uint32_t tables = _i % 2 == 0 ? MBR : GPT;
	uint32_t most = 1; /* blocks of a file, so that the image does not grow */
	uint32_t blocks = 0;

	blocks = blocks_with(file_systems, tables, most);
	ck_assert_uint_eq(blocks % MIB, 0);
	while (blocks_with(file_systems, tables, most + 1) == blocks)
		most++;
	ck_assert_uint_eq(blocks_with(file_systems, tables, most + 1), blocks + MIB);
	ck_assert_uint_eq(blocks_with(file_systems, tables, most), blocks);
	/* It fills its room, without which it ends with whole ECC blocks. */
	ck_assert_uint_eq(blocks_with(file_systems, 0, most), blocks);
	ck_assert_uint_eq(blocks_with(file_systems, 0, most + 1), blocks + 32);
}
END_TEST

/* Of UDF with one file of so many blocks that nobody reads. */
static HRESULT measure_huge(uint32_t tables, uint64_t file_blocks, uint32_t *ret_blocks)
{
	struct test_stream source = {.size = file_blocks * FSI_BLOCK_SIZE};
	fsi_stream *stream = test_stream_open(&source);
	HRESULT hr = S_OK;

	hybrid.image = api_image(UDF);
	ASSERT_OK(hybrid_put(tables, NULL, 0, 0));
	ASSERT_OK(fsi_directory_add_file(api_root(hybrid.image), "file", stream));
	hr = fsi_image_get_used_blocks(hybrid.image, ret_blocks);
	fsi_image_release(hybrid.image);
	hybrid.image = NULL;
	fsi_stream_release(stream);
	return hr;
}

START_TEST(an_mbr_alone_counts_sectors_with_32_bits)
{
	const uint32_t most = (1u << 30) - MIB;
	uint64_t file_blocks = most;
	uint32_t blocks = 0;

	while (measure_huge(MBR, file_blocks, &blocks) == IMAPI_E_IMAGE_TOO_BIG)
		file_blocks -= 64;
	ck_assert_uint_eq(blocks, most);
	ck_assert_int_eq(measure_huge(MBR, file_blocks + 64, &blocks),
			 IMAPI_E_IMAGE_TOO_BIG);
	ASSERT_SAYS("GPT");
	ASSERT_OK(measure_huge(BOTH, file_blocks + 64, &blocks));
	ck_assert_uint_eq(blocks, most + MIB);
}
END_TEST

START_TEST(the_last_block_is_of_one_table_or_of_udf)
{
	const bool has_gpt = _i > 0;
	size_t last = 0;

	hybrid.image = api_image(BRIDGE);
	ASSERT_OK(hybrid_put(_i == 0 ? MBR : _i == 1 ? GPT : BOTH, NULL, 0, 0));
	api_add_sized(api_root(hybrid.image), "file", 100);
	hybrid_make();
	last = hybrid.size / FSI_BLOCK_SIZE - 1;
	ck_assert(has_anchor(256));
	ck_assert(has_anchor(last - 256));
	ck_assert_int_eq(has_anchor(last), !has_gpt);
	ck_assert_int_eq(memcmp(hybrid.bytes + hybrid.size - SECTOR, "EFI PART", 8) == 0,
			 has_gpt);
	ck_assert_int_eq(memcmp(hybrid.bytes + SECTOR, "EFI PART", 8) == 0, has_gpt);
}
END_TEST

/* ---- partitions -------------------------------------------------------- */

START_TEST(without_an_efi_image_the_mbr_has_one_partition)
{
	static const struct {
		const void *code;
		size_t length;
		uint8_t asked;
		uint8_t type;
		uint64_t first_sector;
	} cases[] = {
		{NULL, 0, 0, 0x17, 0},
		{hybrid_isolinux, sizeof(hybrid_isolinux), 0, 0x17, 0},
		{hybrid_grub, sizeof(hybrid_grub), 0, 0xCD, 1},
		{hybrid_isolinux, sizeof(hybrid_isolinux), 0x83, 0x83, 0},
	};

	hybrid.image = api_image(BRIDGE);
	hybrid_put_boot(BIOS_SIZE, 0);
	ASSERT_OK(hybrid_put(MBR, cases[_i].code, cases[_i].length, cases[_i].asked));
	hybrid_make();
	assert_mbr_entry(0, 0x80, cases[_i].type, cases[_i].first_sector,
			 hybrid.size / SECTOR - cases[_i].first_sector);
	assert_mbr_entry(1, 0, 0, 0, 0);
	ck_assert_uint_eq(hybrid_number(510, 2), 0xAA55);
	ck_assert_uint_ne(hybrid_number(440, 4), 0);
}
END_TEST

START_TEST(the_efi_image_is_a_partition_inside_that_of_the_image)
{
	uint64_t block = 0;

	hybrid.image = api_image(sets[_i]);
	hybrid_put_boot(BIOS_SIZE, EFI_SIZE);
	ASSERT_OK(hybrid_put(MBR, NULL, 0, 0));
	hybrid_make();
	block = hybrid_find(EFI_SIZE);
	assert_mbr_entry(0, 0x80, 0, 0, hybrid.size / SECTOR);
	assert_mbr_entry(1, 0, 0xEF, block * 4, 10);
}
END_TEST

START_TEST(a_gpt_is_divided_by_the_efi_image)
{
	uint64_t first = 0;
	uint64_t sectors = 0;

	hybrid.image = api_image(sets[_i]);
	hybrid_put_boot(0, EFI_SIZE);
	ASSERT_OK(hybrid_put(GPT, NULL, 0, 0));
	hybrid_make();
	sectors = hybrid.size / SECTOR;
	first = hybrid_find(EFI_SIZE) * 4;
	for (unsigned i = 0; i < 2; i++) {
		const uint64_t array = i == 0 ? 2 : sectors - 33;

		assert_gpt_entry(array, 0, false, 64, first - 1);
		assert_gpt_entry(array, 1, true, first, first + 9);
		assert_gpt_entry(array, 2, false, first + 10, sectors - 34);
		ck_assert_uint_eq(hybrid_number(array * SECTOR + 3 * 128, 8), 0);
	}
	assert_mbr_entry(0, 0, 0xEE, 1, sectors - 1);
	assert_mbr_entry(1, 0, 0, 0, 0);
}
END_TEST

START_TEST(a_gpt_without_an_efi_image_is_one_partition)
{
	hybrid.image = api_image(BRIDGE);
	ASSERT_OK(hybrid_put(BOTH, NULL, 0, 0));
	hybrid_make();
	assert_gpt_entry(2, 0, false, 64, hybrid.size / SECTOR - 34);
	ck_assert_uint_eq(hybrid_number(2 * SECTOR + 128, 8), 0);
	assert_mbr_entry(0, 0, 0xEE, 1, hybrid.size / SECTOR - 1);
	/* For a BIOS that starts no disk without an active partition. */
	assert_mbr_entry(1, 0x80, 0, 0, 1);
}
END_TEST

START_TEST(a_file_of_the_tree_may_be_the_efi_image)
{
	fsi_boot_options *options = NULL;

	hybrid.image = api_image(BRIDGE);
	api_add_sized(api_root(hybrid.image), "efi.img", EFI_SIZE);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/efi.img"));
	ASSERT_OK(fsi_boot_options_put_platform_id(options, FSI_PLATFORM_EFI));
	ASSERT_OK(fsi_image_put_boot_image_options(hybrid.image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(hybrid_put(MBR, NULL, 0, 0));
	hybrid_make();
	assert_mbr_entry(1, 0, 0xEF, hybrid_find(EFI_SIZE) * 4, 10);
}
END_TEST

/* ---- determinism ------------------------------------------------------- */

START_TEST(the_same_input_gives_the_same_tables)
{
	uint8_t *first = NULL;
	size_t first_size = 0;

	for (int i = 0; i < 2; i++) {
		fsi_image_release(hybrid.image);
		hybrid.image = api_image(BRIDGE);
		api_add_sized(api_root(hybrid.image), "file", 100);
		hybrid_put_boot(BIOS_SIZE, EFI_SIZE);
		ASSERT_OK(hybrid_put(BOTH, hybrid_grub, sizeof(hybrid_grub), 0));
		hybrid_make();
		if (i == 0) {
			first = hybrid.bytes;
			first_size = hybrid.size;
			hybrid.bytes = NULL;
		}
	}
	ck_assert_uint_eq(hybrid.size, first_size);
	ck_assert_mem_eq(hybrid.bytes, first, hybrid.size);
	free(first);
	/* Another content is another disk. */
	api_add_sized(api_root(hybrid.image), "other", 100);
	first_size = hybrid_number(440, 4);
	hybrid_make();
	ck_assert_uint_ne(hybrid_number(440, 4), first_size);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hybrid");
	TCase *options = tcase_create("options");
	TCase *tables = tcase_create("tables");

	tcase_add_checked_fixture(options, NULL, hybrid_tear_down);
	tcase_add_test(options, an_image_is_no_disk_unless_it_is_asked_for);
	tcase_add_test(options, wrong_options_are_refused_and_the_old_ones_stay);
	tcase_add_test(options, an_image_that_has_a_result_stays_as_it_is);
	tcase_add_test(options, pointers_are_required);
	suite_add_tcase(suite, options);
	tcase_add_checked_fixture(tables, NULL, hybrid_tear_down);
	tcase_add_loop_test(tables, an_image_ends_with_a_whole_mib, 0, 8);
	tcase_add_test(tables, an_mbr_alone_counts_sectors_with_32_bits);
	tcase_add_loop_test(tables, the_last_block_is_of_one_table_or_of_udf, 0, 3);
	tcase_add_loop_test(tables, without_an_efi_image_the_mbr_has_one_partition, 0, 4);
	tcase_add_loop_test(tables, the_efi_image_is_a_partition_inside_that_of_the_image,
			    0, 4);
	tcase_add_loop_test(tables, a_gpt_is_divided_by_the_efi_image, 0, 4);
	tcase_add_test(tables, a_gpt_without_an_efi_image_is_one_partition);
	tcase_add_test(tables, a_file_of_the_tree_may_be_the_efi_image);
	tcase_add_test(tables, the_same_input_gives_the_same_tables);
	suite_add_tcase(suite, tables);
	return api_run(suite);
}
