/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that are disks too: what the options take, and what the tables tell. */
#include "tests/support/api.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>

#define MBR  ((uint32_t)FSI_PARTITION_TABLE_MBR)
#define GPT  ((uint32_t)FSI_PARTITION_TABLE_GPT)
#define BOTH (MBR | GPT)

#define SECTOR	  512u
#define MIB	  512u /* blocks */
#define PADDING	  150u /* behind an image of ISO 9660 alone */
#define EFI_SIZE  5000u
#define BIOS_SIZE 3000u

/* What the code of ISOLINUX and of GRUB is known by. */
static uint8_t isolinux_code[432];
static uint8_t grub_record[512];

static fsi_image *image;
static uint8_t *bytes; /* of the result */
static size_t size;

static void set_up(void)
{
	memcpy(isolinux_code + 100, "isolinux.bin missing or corrupt", 31);
	memcpy(grub_record + 0x180, "GRUB ", 5);
	grub_record[432] = 1;
	grub_record[510] = 0x55;
	grub_record[511] = 0xAA;
	image = NULL;
	bytes = NULL;
}

static void tear_down(void)
{
	free(bytes);
	fsi_image_release(image);
}

static HRESULT put_hybrid(uint32_t tables, const void *code, size_t length, uint8_t type)
{
	struct fsi_hybrid_options options = {
		.size = sizeof(options), .tables = tables, .partition_type = type};
	HRESULT hr = S_OK;

	if (code != NULL)
		ASSERT_OK(
			fsi_stream_create_on_memory(code, length, &options.mbr_template));
	hr = fsi_image_put_hybrid_boot(image, &options);
	fsi_stream_release(options.mbr_template);
	return hr;
}

static fsi_boot_options *boot_entry(uint32_t platform, size_t length)
{
	fsi_boot_options *options = NULL;
	fsi_stream *stream = api_sized_stream(length);

	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	ASSERT_OK(fsi_boot_options_put_platform_id(options, platform));
	ASSERT_OK(fsi_boot_options_put_emulation(options, FSI_EMULATION_NONE));
	fsi_stream_release(stream);
	return options;
}

/* Images of 3000 bytes for a BIOS and of 5000 for EFI; a length of 0: none. */
static void put_boot(size_t bios, size_t efi)
{
	fsi_boot_options *options[2] = {NULL, NULL};
	size_t count = 0;

	if (efi > 0)
		options[count++] = boot_entry(FSI_PLATFORM_EFI, efi);
	if (bios > 0)
		options[count++] = boot_entry(FSI_PLATFORM_X86, bios);
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, options, count));
	fsi_boot_options_release(options[0]);
	fsi_boot_options_release(options[1]);
}

static void make(void)
{
	fsi_stream *stream = api_image_stream(image);

	free(bytes);
	bytes = api_read_all(stream, &size);
	fsi_stream_release(stream);
}

static uint64_t number_at(size_t offset, unsigned width)
{
	uint64_t value = 0;

	ck_assert_uint_le(offset + width, size);
	for (unsigned i = 0; i < width; i++)
		value |= (uint64_t)bytes[offset + i] << 8 * i;
	return value;
}

/* An entry of the MBR: active, type, first sector, number of sectors. */
static void assert_mbr_entry(unsigned number, uint8_t active, uint8_t type,
			     uint64_t first_sector, uint64_t sectors)
{
	const size_t entry = 446 + 16 * (size_t)number;

	ck_assert_uint_eq(bytes[entry], active);
	ck_assert_uint_eq(bytes[entry + 4], type);
	ck_assert_uint_eq(number_at(entry + 8, 4), first_sector);
	ck_assert_uint_eq(number_at(entry + 12, 4), sectors);
}

/* A partition of the GPT, by the array in that sector. */
static void assert_gpt_entry(uint64_t array_sector, unsigned number, bool is_efi,
			     uint64_t first_sector, uint64_t last_sector)
{
	const size_t entry = array_sector * SECTOR + 128 * (size_t)number;

	ck_assert_uint_eq(bytes[entry], is_efi ? 0x28 : 0xA2);
	ck_assert_uint_eq(number_at(entry + 32, 8), first_sector);
	ck_assert_uint_eq(number_at(entry + 40, 8), last_sector);
}

/* The first block that begins with the bytes of api_sized_stream(). */
static uint64_t find_image(size_t length)
{
	fsi_stream *stream = api_sized_stream(length);
	size_t expected_size = 0;
	uint8_t *expected = api_read_all(stream, &expected_size);
	uint64_t block = 17;

	while ((block + 1) * FSI_BLOCK_SIZE <= size &&
	       memcmp(bytes + block * FSI_BLOCK_SIZE, expected, length) != 0)
		block++;
	ck_assert_uint_le((block + 1) * FSI_BLOCK_SIZE, size);
	free(expected);
	fsi_stream_release(stream);
	return block;
}

static bool has_anchor(size_t block)
{
	return number_at(block * FSI_BLOCK_SIZE, 2) == 2 &&
	       number_at(block * FSI_BLOCK_SIZE + 12, 4) == block;
}

/* ---- options ----------------------------------------------------------- */

START_TEST(an_image_is_no_disk_unless_it_is_asked_for)
{
	uint32_t tables = 7;

	image = api_image(BRIDGE);
	ASSERT_OK(fsi_image_get_hybrid_boot(image, &tables));
	ck_assert_uint_eq(tables, FSI_PARTITION_TABLE_NONE);
	ASSERT_OK(put_hybrid(BOTH, NULL, 0, 0));
	ASSERT_OK(fsi_image_get_hybrid_boot(image, &tables));
	ck_assert_uint_eq(tables, BOTH);
	ASSERT_OK(fsi_image_put_hybrid_boot(image, NULL));
	ASSERT_OK(fsi_image_get_hybrid_boot(image, &tables));
	ck_assert_uint_eq(tables, FSI_PARTITION_TABLE_NONE);
	make();
	for (size_t i = 0; i < 16 * FSI_BLOCK_SIZE; i++)
		ck_assert_uint_eq(bytes[i], 0);
	ck_assert(has_anchor(size / FSI_BLOCK_SIZE - 1));
}
END_TEST

START_TEST(wrong_options_are_refused_and_the_old_ones_stay)
{
	struct fsi_hybrid_options options = {.size = sizeof(options) - 1, .tables = MBR};
	uint32_t tables = 0;
	uint8_t code[513] = {0};

	image = api_image(ISO);
	ASSERT_OK(put_hybrid(GPT, NULL, 0, 0));
	ASSERT_FAILS(fsi_image_put_hybrid_boot(image, &options), E_INVALIDARG, "");
	ASSERT_FAILS(put_hybrid(0, NULL, 0, 0), IMAPI_E_INVALID_PARAM, "options");
	ASSERT_FAILS(put_hybrid(4, NULL, 0, 0), IMAPI_E_INVALID_PARAM, "options");
	ASSERT_FAILS(put_hybrid(MBR, code, 0, 0), IMAPI_E_INVALID_PARAM, "mbr_template");
	ASSERT_FAILS(put_hybrid(MBR, code, 512, 0), IMAPI_E_INVALID_PARAM,
		     "mbr_template");
	ASSERT_SAYS("55 AA");
	ASSERT_FAILS(put_hybrid(MBR, code, 513, 0), IMAPI_E_INVALID_PARAM,
		     "mbr_template");
	ASSERT_SAYS("512 bytes");
	ASSERT_OK(fsi_image_get_hybrid_boot(image, &tables));
	ck_assert_uint_eq(tables, GPT);
}
END_TEST

START_TEST(an_image_that_has_a_result_stays_as_it_is)
{
	fsi_result *result = NULL;

	image = api_image(ISO);
	result = api_result(image);
	ASSERT_FAILS(put_hybrid(MBR, NULL, 0, 0), IMAPI_E_READONLY, "");
	fsi_result_release(result);
	ASSERT_OK(put_hybrid(MBR, NULL, 0, 0));
}
END_TEST

START_TEST(pointers_are_required)
{
	uint32_t tables = 0;

	image = api_image(ISO);
	ASSERT_FAILS(put_hybrid(0, NULL, 0, 0), IMAPI_E_INVALID_PARAM, "options");
	ASSERT_FAILS(fsi_image_put_hybrid_boot(NULL, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_hybrid_boot(NULL, &tables), E_POINTER, "");
	ASSERT_FAILS(fsi_image_get_hybrid_boot(image, NULL), E_POINTER, "");
}
END_TEST

/* ---- the end of the image ---------------------------------------------- */

static const fsi_file_systems sets[] = {ISO, ISO_JOLIET, UDF, BRIDGE};

/* Blocks of an image with one file of so many. */
static uint32_t blocks_with(fsi_file_systems file_systems, uint32_t tables,
			    uint32_t file_blocks)
{
	uint32_t blocks = 0;

	fsi_image_release(image);
	image = api_image(file_systems);
	if (tables != 0)
		ASSERT_OK(put_hybrid(tables, NULL, 0, 0));
	api_add_sized(api_root(image), "file", (size_t)file_blocks * FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
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

	image = api_image(UDF);
	ASSERT_OK(put_hybrid(tables, NULL, 0, 0));
	ASSERT_OK(fsi_directory_add_file(api_root(image), "file", stream));
	hr = fsi_image_get_used_blocks(image, ret_blocks);
	fsi_image_release(image);
	image = NULL;
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

	image = api_image(BRIDGE);
	ASSERT_OK(put_hybrid(_i == 0 ? MBR : _i == 1 ? GPT : BOTH, NULL, 0, 0));
	api_add_sized(api_root(image), "file", 100);
	make();
	last = size / FSI_BLOCK_SIZE - 1;
	ck_assert(has_anchor(256));
	ck_assert(has_anchor(last - 256));
	ck_assert_int_eq(has_anchor(last), !has_gpt);
	ck_assert_int_eq(memcmp(bytes + size - SECTOR, "EFI PART", 8) == 0, has_gpt);
	ck_assert_int_eq(memcmp(bytes + SECTOR, "EFI PART", 8) == 0, has_gpt);
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
		{isolinux_code, sizeof(isolinux_code), 0, 0x17, 0},
		{grub_record, sizeof(grub_record), 0, 0xCD, 1},
		{isolinux_code, sizeof(isolinux_code), 0x83, 0x83, 0},
	};

	image = api_image(BRIDGE);
	put_boot(BIOS_SIZE, 0);
	ASSERT_OK(put_hybrid(MBR, cases[_i].code, cases[_i].length, cases[_i].asked));
	make();
	assert_mbr_entry(0, 0x80, cases[_i].type, cases[_i].first_sector,
			 size / SECTOR - cases[_i].first_sector);
	assert_mbr_entry(1, 0, 0, 0, 0);
	ck_assert_uint_eq(number_at(510, 2), 0xAA55);
	ck_assert_uint_ne(number_at(440, 4), 0);
}
END_TEST

START_TEST(the_efi_image_is_a_partition_inside_that_of_the_image)
{
	uint64_t block = 0;

	image = api_image(sets[_i]);
	put_boot(BIOS_SIZE, EFI_SIZE);
	ASSERT_OK(put_hybrid(MBR, NULL, 0, 0));
	make();
	block = find_image(EFI_SIZE);
	assert_mbr_entry(0, 0x80, 0, 0, size / SECTOR);
	assert_mbr_entry(1, 0, 0xEF, block * 4, 10);
}
END_TEST

START_TEST(a_gpt_is_divided_by_the_efi_image)
{
	uint64_t first = 0;
	uint64_t sectors = 0;

	image = api_image(sets[_i]);
	put_boot(0, EFI_SIZE);
	ASSERT_OK(put_hybrid(GPT, NULL, 0, 0));
	make();
	sectors = size / SECTOR;
	first = find_image(EFI_SIZE) * 4;
	for (unsigned i = 0; i < 2; i++) {
		const uint64_t array = i == 0 ? 2 : sectors - 33;

		assert_gpt_entry(array, 0, false, 64, first - 1);
		assert_gpt_entry(array, 1, true, first, first + 9);
		assert_gpt_entry(array, 2, false, first + 10, sectors - 34);
		ck_assert_uint_eq(number_at(array * SECTOR + 3 * 128, 8), 0);
	}
	assert_mbr_entry(0, 0, 0xEE, 1, sectors - 1);
	assert_mbr_entry(1, 0, 0, 0, 0);
}
END_TEST

START_TEST(a_gpt_without_an_efi_image_is_one_partition)
{
	image = api_image(BRIDGE);
	ASSERT_OK(put_hybrid(BOTH, NULL, 0, 0));
	make();
	assert_gpt_entry(2, 0, false, 64, size / SECTOR - 34);
	ck_assert_uint_eq(number_at(2 * SECTOR + 128, 8), 0);
	assert_mbr_entry(0, 0, 0xEE, 1, size / SECTOR - 1);
	/* For a BIOS that starts no disk without an active partition. */
	assert_mbr_entry(1, 0x80, 0, 0, 1);
}
END_TEST

START_TEST(a_file_of_the_tree_may_be_the_efi_image)
{
	fsi_boot_options *options = NULL;

	image = api_image(BRIDGE);
	api_add_sized(api_root(image), "efi.img", EFI_SIZE);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/efi.img"));
	ASSERT_OK(fsi_boot_options_put_platform_id(options, FSI_PLATFORM_EFI));
	ASSERT_OK(fsi_image_put_boot_image_options(image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(put_hybrid(MBR, NULL, 0, 0));
	make();
	assert_mbr_entry(1, 0, 0xEF, find_image(EFI_SIZE) * 4, 10);
}
END_TEST

/* ---- loaders ----------------------------------------------------------- */

START_TEST(isolinux_is_told_where_the_image_for_a_bios_is)
{
	image = api_image(BRIDGE);
	put_boot(BIOS_SIZE, EFI_SIZE);
	ASSERT_OK(put_hybrid(BOTH, isolinux_code, sizeof(isolinux_code), 0));
	make();
	ck_assert_mem_eq(bytes, isolinux_code, 432);
	ck_assert_uint_eq(number_at(432, 8), find_image(BIOS_SIZE) * 4);
}
END_TEST

/* The sum of all words behind the table, the last of which is filled up. */
static uint32_t checksum(size_t offset, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 64; i < length; i++)
		sum += (uint32_t)bytes[offset + i] << 8 * (i % 4);
	return sum;
}

START_TEST(grub_is_told_where_its_image_goes_on)
{
	fsi_boot_options *options = boot_entry(FSI_PLATFORM_X86, BIOS_SIZE);
	uint64_t block = 0;

	image = api_image(BRIDGE);
	ASSERT_OK(fsi_boot_options_put_boot_info_table(options, true));
	ASSERT_OK(fsi_image_put_boot_image_options(image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(put_hybrid(MBR, grub_record, sizeof(grub_record), 0));
	make();
	block = number_at(432, 8) / 4 - 1;
	ck_assert_uint_eq(number_at(432, 8), block * 4 + 4);
	ck_assert_uint_eq(number_at(block * FSI_BLOCK_SIZE + 2548, 8), block * 4 + 5);
	/* The boot information table, whose checksum is of what is recorded. */
	ck_assert_uint_eq(number_at(block * FSI_BLOCK_SIZE + 12, 4), block);
	ck_assert_uint_eq(number_at(block * FSI_BLOCK_SIZE + 20, 4),
			  checksum(block * FSI_BLOCK_SIZE, BIOS_SIZE));
}
END_TEST

START_TEST(only_the_image_that_grub_loads_is_changed)
{
	image = api_image(ISO);
	put_boot(BIOS_SIZE, EFI_SIZE);
	ASSERT_OK(put_hybrid(MBR, grub_record, sizeof(grub_record), 0));
	make();
	ck_assert_uint_eq(number_at(446 + 16 + 8, 4), find_image(EFI_SIZE) * 4);
	ASSERT_OK(put_hybrid(MBR, isolinux_code, sizeof(isolinux_code), 0));
	make();
	ck_assert_uint_eq(number_at(432, 8), find_image(BIOS_SIZE) * 4);
}
END_TEST

START_TEST(grub_is_told_in_a_file_of_the_tree_too)
{
	fsi_boot_options *options = NULL;
	uint64_t block = 0;

	image = api_image(sets[_i]);
	api_add_sized(api_root(image), "core.img", BIOS_SIZE);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/core.img"));
	ASSERT_OK(fsi_image_put_boot_image_options(image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(put_hybrid(GPT, grub_record, sizeof(grub_record), 0));
	make();
	block = number_at(432, 8) / 4 - 1;
	ck_assert_uint_eq(number_at(block * FSI_BLOCK_SIZE + 2548, 8), block * 4 + 5);
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

	image = api_image(UDF);
	ASSERT_OK(put_hybrid(GPT, code, length, 0));
	ASSERT_OK(fsi_directory_add_file(api_root(image), "a", stream));
	api_add_sized(api_root(image), "b", BIOS_SIZE);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/b"));
	ASSERT_OK(fsi_image_put_boot_image_options(image, options));
	fsi_boot_options_release(options);
	hr = fsi_image_get_used_blocks(image, &blocks);
	fsi_image_release(image);
	image = NULL;
	fsi_stream_release(stream);
	return hr;
}

START_TEST(isolinux_counts_sectors_with_32_bits)
{
	ck_assert_int_eq(measure_far_image(isolinux_code, sizeof(isolinux_code), 0),
			 IMAPI_E_IMAGE_TOO_BIG);
	ASSERT_SAYS("2 TiB");
	ASSERT_OK(measure_far_image(isolinux_code, sizeof(isolinux_code), 30000));
	ASSERT_OK(measure_far_image(grub_record, sizeof(grub_record), 0));
}
END_TEST

START_TEST(a_loader_needs_an_image)
{
	fsi_result *result = NULL;
	uint32_t blocks = 0;

	image = api_image(ISO);
	put_boot(0, EFI_SIZE);
	ASSERT_OK(put_hybrid(MBR, isolinux_code, sizeof(isolinux_code), 0));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	ASSERT_SAYS("there is none");
	/* It may come yet. */
	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
	put_boot(1, EFI_SIZE);
	make();
}
END_TEST

START_TEST(an_image_that_is_a_floppy_disk_is_not_loaded)
{
	fsi_boot_options *options = boot_entry(FSI_PLATFORM_X86, 1228800);
	fsi_result *result = NULL;

	image = api_image(ISO);
	ASSERT_OK(fsi_boot_options_put_emulation(options, FSI_EMULATION_12M_FLOPPY));
	ASSERT_OK(fsi_image_put_boot_image_options(image, options));
	fsi_boot_options_release(options);
	ASSERT_OK(put_hybrid(MBR, isolinux_code, sizeof(isolinux_code), 0));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result),
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

	image = api_image(ISO);
	put_boot(grub_sizes[_i].size, 0);
	ASSERT_OK(put_hybrid(MBR, grub_record, sizeof(grub_record), 0));
	ck_assert_int_eq(fsi_image_create_result_image(image, &result),
			 grub_sizes[_i].result);
	fsi_result_release(result);
}
END_TEST

/* ---- determinism ------------------------------------------------------- */

START_TEST(the_same_input_gives_the_same_tables)
{
	uint8_t *first = NULL;
	size_t first_size = 0;

	for (int i = 0; i < 2; i++) {
		fsi_image_release(image);
		image = api_image(BRIDGE);
		api_add_sized(api_root(image), "file", 100);
		put_boot(BIOS_SIZE, EFI_SIZE);
		ASSERT_OK(put_hybrid(BOTH, grub_record, sizeof(grub_record), 0));
		make();
		if (i == 0) {
			first = bytes;
			first_size = size;
			bytes = NULL;
		}
	}
	ck_assert_uint_eq(size, first_size);
	ck_assert_mem_eq(bytes, first, size);
	free(first);
	/* Another content is another disk. */
	api_add_sized(api_root(image), "other", 100);
	first_size = number_at(440, 4);
	make();
	ck_assert_uint_ne(number_at(440, 4), first_size);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hybrid");
	TCase *options = tcase_create("options");
	TCase *tables = tcase_create("tables");
	TCase *loaders = tcase_create("loaders");

	tcase_add_checked_fixture(options, set_up, tear_down);
	tcase_add_test(options, an_image_is_no_disk_unless_it_is_asked_for);
	tcase_add_test(options, wrong_options_are_refused_and_the_old_ones_stay);
	tcase_add_test(options, an_image_that_has_a_result_stays_as_it_is);
	tcase_add_test(options, pointers_are_required);
	suite_add_tcase(suite, options);
	tcase_add_checked_fixture(tables, set_up, tear_down);
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
	tcase_add_checked_fixture(loaders, set_up, tear_down);
	tcase_add_test(loaders, isolinux_is_told_where_the_image_for_a_bios_is);
	tcase_add_test(loaders, grub_is_told_where_its_image_goes_on);
	tcase_add_test(loaders, only_the_image_that_grub_loads_is_changed);
	tcase_add_loop_test(loaders, grub_is_told_in_a_file_of_the_tree_too, 0, 4);
	tcase_add_test(loaders, isolinux_counts_sectors_with_32_bits);
	tcase_add_test(loaders, a_loader_needs_an_image);
	tcase_add_test(loaders, an_image_that_is_a_floppy_disk_is_not_loaded);
	tcase_add_loop_test(loaders, an_image_of_grub_has_room_for_its_list, 0, 3);
	suite_add_tcase(suite, loaders);
	return api_run(suite);
}
