/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bootable images byte by byte: the boot record, the catalog, images of their own. */
#include "tests/support/boot.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>

static const fsi_file_systems all_kinds[] = {ISO, ISO_JOLIET, BRIDGE, UDF};
#define KINDS (sizeof(all_kinds) / sizeof(all_kinds[0]))

/* An image with a few files, and a BIOS and an EFI image that are none of them. */
static fsi_image *make_image(fsi_file_systems file_systems)
{
	fsi_image *image = api_image(file_systems);
	fsi_boot_options *both[2] = {boot_sized(FSI_PLATFORM_X86, 4097),
				     boot_sized(FSI_PLATFORM_EFI, 100000)};

	api_add_directory(api_root(image), "dir");
	api_add_sized(api_root(image), "dir\\file", 5000);
	ASSERT_OK(fsi_boot_options_put_manufacturer(both[0], "Someone \xC3\xBC"));
	ASSERT_OK(fsi_boot_options_put_load_segment(both[0], 0x1234));
	ASSERT_OK(fsi_boot_options_put_sector_count(both[0], 4));
	boot_put(image, both, 2);
	return image;
}

/* ---- the descriptors --------------------------------------------------- */

START_TEST(the_boot_record_stands_behind_the_primary_descriptor)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = make_image(all_kinds[kind]);
		uint8_t *blocks = boot_build(image, NULL);
		const uint8_t *record = boot_block(blocks, 17);
		const uint8_t *next = boot_block(blocks, 18);

		ck_assert_mem_eq(boot_block(blocks, 16), "\1CD001\1", 7);
		ck_assert_mem_eq(
			record, "\0CD001\1EL TORITO SPECIFICATION\0\0\0\0\0\0\0\0\0", 39);
		boot_assert_zero(record + 39, 32);
		ck_assert_uint_gt(boot_le32(record + 71), 18);
		boot_assert_zero(record + 75, FSI_BLOCK_SIZE - 75);
		if ((all_kinds[kind] & FSI_FILE_SYSTEM_JOLIET) != 0) {
			ck_assert_mem_eq(next, "\2CD001\1", 7);
			next += FSI_BLOCK_SIZE;
		}
		ck_assert_mem_eq(next, "\377CD001\1", 7);
		if ((all_kinds[kind] & FSI_FILE_SYSTEM_UDF) != 0)
			ck_assert_mem_eq(next + FSI_BLOCK_SIZE, "\0BEA01\1", 7);
		free(blocks);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(an_image_without_boot_entries_has_no_boot_record)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = api_image(all_kinds[kind]);
		uint8_t *blocks = boot_build(image, NULL);
		fsi_image *other = make_image(all_kinds[kind]);
		uint8_t *other_blocks = NULL;

		ck_assert(boot_block(blocks, 17)[0] != 0 ||
			  boot_block(blocks, 17)[7] == '\0');
		free(blocks);
		/* And those that were taken away leave nothing. */
		ASSERT_OK(fsi_image_put_boot_image_options(other, NULL));
		ASSERT_OK(fsi_directory_remove_tree(api_root(other), "dir"));
		other_blocks = boot_build(other, NULL);
		blocks = boot_build(image, NULL);
		ck_assert_mem_eq(boot_block(other_blocks, 17), boot_block(blocks, 17),
				 FSI_BLOCK_SIZE);
		free(other_blocks);
		free(blocks);
		fsi_image_release(other);
		fsi_image_release(image);
	}
}
END_TEST

/* ---- the catalog ------------------------------------------------------- */

START_TEST(the_catalog_is_what_el_torito_says)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = make_image(all_kinds[kind]);
		uint8_t *blocks = boot_build(image, NULL);
		const uint8_t *catalog = boot_catalog(blocks);
		uint8_t expected[FSI_BLOCK_SIZE] = {0};
		uint16_t sum = 0;

		/* Validation entry: x86, the manufacturer, a checksum, a key. */
		memcpy(expected, "\1\0\0\0Someone \374", 13);
		memcpy(expected + 28, catalog + 28, 2);
		memcpy(expected + 30, "\x55\xAA", 2);
		/* Initial entry: no emulation, segment 0x1234, 4 sectors. */
		memcpy(expected + 32, "\x88\0\x34\x12\0\0\4\0", 8);
		memcpy(expected + 40, catalog + 40, 4);
		/* The last section: EFI, one entry; all 196 sectors. */
		memcpy(expected + 64, "\x91\xEF\1\0", 4);
		memcpy(expected + 96, "\x88\0\0\0\0\0\xC4\0", 8);
		memcpy(expected + 104, catalog + 104, 4);
		ck_assert_mem_eq(catalog, expected, FSI_BLOCK_SIZE);
		for (size_t i = 0; i < 32; i += 2)
			sum = (uint16_t)(sum + boot_le16(catalog + i));
		ck_assert_uint_eq(sum, 0);
		free(blocks);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(a_catalog_of_nothing_special_has_the_well_known_checksum)
{
	fsi_image *image = api_image(ISO);
	uint8_t *blocks = NULL;

	boot_put_one(image, boot_sized(FSI_PLATFORM_X86, 1));
	blocks = boot_build(image, NULL);
	ck_assert_mem_eq(boot_catalog(blocks) + 28, "\xAA\x55\x55\xAA", 4);
	boot_assert_zero(boot_catalog(blocks) + 64, FSI_BLOCK_SIZE - 64);
	free(blocks);
	fsi_image_release(image);
}
END_TEST

START_TEST(an_efi_image_alone_is_the_default_entry)
{
	fsi_image *image = api_image(UDF);
	uint8_t *blocks = NULL;

	boot_put_one(image, boot_sized(FSI_PLATFORM_EFI, 2048));
	blocks = boot_build(image, NULL);
	ck_assert_uint_eq(boot_catalog(blocks)[1], 0xEF);
	ck_assert_uint_eq(boot_entry(blocks, 0)[0], 0x88);
	boot_assert_zero(boot_catalog(blocks) + 64, FSI_BLOCK_SIZE - 64);
	free(blocks);
	fsi_image_release(image);
}
END_TEST

START_TEST(thirty_two_entries_fill_the_block_of_the_catalog)
{
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *many[FSI_BOOT_ENTRIES_MAX];
	uint8_t *blocks = NULL;

	for (size_t i = 0; i < FSI_BOOT_ENTRIES_MAX; i++)
		many[i] = boot_sized((uint32_t)i, 1000 + i);
	boot_put(image, many, FSI_BOOT_ENTRIES_MAX);
	blocks = boot_build(image, NULL);
	for (size_t i = 0; i < FSI_BOOT_ENTRIES_MAX; i++) {
		const uint8_t *header = boot_catalog(blocks) + 64 * i;
		fsi_stream *stream = api_sized_stream(1000 + i);

		ck_assert_uint_eq(header[0], i == 0 ? 1 : i == 31 ? 0x91 : 0x90);
		ck_assert_uint_eq(header[1], i);
		if (i > 0)
			ck_assert_uint_eq(boot_le16(header + 2), 1);
		ck_assert_uint_eq(boot_entry(blocks, i)[0], 0x88);
		boot_assert_content(blocks, boot_entry_block(blocks, i), stream);
		fsi_stream_release(stream);
	}
	free(blocks);
	fsi_image_release(image);
}
END_TEST

/* The sector count that an image of that many bytes gets. */
static uint16_t sectors_of(uint32_t platform, enum fsi_emulation emulation, uint64_t size)
{
	static struct test_stream source;
	fsi_image *image = api_image(ISO);
	fsi_boot_options *options = NULL;
	fsi_stream *stream = NULL;
	fsi_stream *made = NULL;
	uint8_t bytes[FSI_BLOCK_SIZE];
	uint32_t catalog = 0;

	source = (struct test_stream){.size = size};
	stream = test_stream_open(&source);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	ASSERT_OK(fsi_boot_options_put_emulation(options, emulation));
	ASSERT_OK(fsi_boot_options_put_platform_id(options, platform));
	boot_put_one(image, options);
	made = api_image_stream(image);
	api_read(made, (uint64_t)17 * FSI_BLOCK_SIZE, bytes, sizeof(bytes));
	catalog = boot_le32(bytes + 71);
	api_read(made, (uint64_t)catalog * FSI_BLOCK_SIZE, bytes, sizeof(bytes));
	fsi_stream_release(made);
	fsi_stream_release(stream);
	fsi_image_release(image);
	return boot_le16(bytes + 38);
}

START_TEST(a_sector_count_follows_from_size_and_emulation)
{
	static const struct {
		uint32_t platform;
		enum fsi_emulation emulation;
		uint64_t size;
		uint16_t sectors;
	} rows[] = {
		{FSI_PLATFORM_X86, FSI_EMULATION_NONE, 1, 1},
		{FSI_PLATFORM_X86, FSI_EMULATION_NONE, 511, 1},
		{FSI_PLATFORM_X86, FSI_EMULATION_NONE, 512, 1},
		{FSI_PLATFORM_X86, FSI_EMULATION_NONE, 513, 2},
		{FSI_PLATFORM_X86, FSI_EMULATION_NONE, 33553920, 65535},
		{FSI_PLATFORM_X86, FSI_EMULATION_NONE, 33553921, 65535},
		{FSI_PLATFORM_EFI, FSI_EMULATION_NONE, 33553919, 65535},
		{FSI_PLATFORM_EFI, FSI_EMULATION_NONE, 33553920, 65535},
		{FSI_PLATFORM_EFI, FSI_EMULATION_NONE, 33553921, 0},
		{FSI_PLATFORM_X86, FSI_EMULATION_12M_FLOPPY, 1228800, 1},
		{FSI_PLATFORM_X86, FSI_EMULATION_144M_FLOPPY, 1474560, 1},
		{FSI_PLATFORM_X86, FSI_EMULATION_288M_FLOPPY, 2949120, 1},
		{FSI_PLATFORM_X86, FSI_EMULATION_HARD_DISK, 1000000, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_uint_eq(
			sectors_of(rows[i].platform, rows[i].emulation, rows[i].size),
			rows[i].sectors);
}
END_TEST

/* The system type that an image of a hard disk gets. */
static uint8_t type_of(const uint8_t *bytes, size_t size)
{
	fsi_image *image = api_image(ISO);
	fsi_boot_options *options = NULL;
	fsi_stream *stream = NULL;
	uint8_t *blocks = NULL;
	uint8_t type = 0;

	ASSERT_OK(fsi_stream_create_on_memory(bytes, size, &stream));
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	ASSERT_OK(fsi_boot_options_put_emulation(options, FSI_EMULATION_HARD_DISK));
	boot_put_one(image, options);
	blocks = boot_build(image, NULL);
	ck_assert_uint_eq(boot_entry(blocks, 0)[1], FSI_EMULATION_HARD_DISK);
	type = boot_entry(blocks, 0)[4];
	free(blocks);
	fsi_stream_release(stream);
	fsi_image_release(image);
	return type;
}

START_TEST(a_hard_disk_tells_the_type_of_its_partition)
{
	uint8_t disk[1024] = {0};

	disk[510] = 0x55;
	disk[511] = 0xAA;
	ck_assert_uint_eq(type_of(disk, sizeof(disk)), 0);
	disk[446 + 48 + 4] = 0x83;
	ck_assert_uint_eq(type_of(disk, sizeof(disk)), 0x83);
	disk[450] = 0x0C;
	ck_assert_uint_eq(type_of(disk, sizeof(disk)), 0x0C);
	ck_assert_uint_eq(type_of(disk, 512), 0x0C);
	/* No partition table. */
	ck_assert_uint_eq(type_of(disk, 511), 0);
	disk[510] = 0;
	ck_assert_uint_eq(type_of(disk, sizeof(disk)), 0);
}
END_TEST

/* ---- images of their own ----------------------------------------------- */

START_TEST(images_that_are_no_files_are_blocks_beside_the_file_systems)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = make_image(all_kinds[kind]);
		uint8_t *blocks = boot_build(image, NULL);
		fsi_stream *bios = api_sized_stream(4097);
		fsi_stream *efi = api_sized_stream(100000);

		boot_assert_content(blocks, boot_entry_block(blocks, 0), bios);
		boot_assert_content(blocks, boot_entry_block(blocks, 1), efi);
		fsi_stream_release(efi);
		fsi_stream_release(bios);
		free(blocks);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(entries_of_one_stream_share_its_blocks)
{
	fsi_image *image = api_image(ISO);
	fsi_stream *stream = api_sized_stream(100000);
	fsi_boot_options *four[4];
	uint8_t *blocks = NULL;

	for (size_t i = 0; i < 4; i++) {
		ASSERT_OK(fsi_boot_options_create(&four[i]));
		ASSERT_OK(fsi_boot_options_assign_boot_image(four[i], stream));
		/* What is changed in it makes it another. */
		ASSERT_OK(fsi_boot_options_put_boot_info_table(four[i], i % 2 == 1));
	}
	boot_put(image, four, 4);
	blocks = boot_build(image, NULL);
	ck_assert_uint_eq(boot_entry_block(blocks, 1), boot_entry_block(blocks, 0) + 49);
	ck_assert_uint_eq(boot_entry_block(blocks, 2), boot_entry_block(blocks, 0));
	ck_assert_uint_eq(boot_entry_block(blocks, 3), boot_entry_block(blocks, 1));
	boot_assert_content(blocks, boot_entry_block(blocks, 0), stream);
	ck_assert_uint_eq(boot_le32(boot_block(blocks, boot_entry_block(blocks, 1)) + 12),
			  boot_entry_block(blocks, 1));
	free(blocks);
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(an_image_in_any_piece_is_the_same)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = make_image(all_kinds[kind]);
		uint32_t count = 0;
		uint8_t *blocks = boot_build(image, &count);
		fsi_stream *stream = api_image_stream(image);
		fsi_image *again = make_image(all_kinds[kind]);
		fsi_stream *other = api_image_stream(again);
		uint64_t state = 1;
		uint8_t piece[5000];

		for (int i = 0; i < 300; i++) {
			const uint32_t length = 1 + api_random(&state, sizeof(piece) - 1);
			const uint32_t offset =
				api_random(&state, count * FSI_BLOCK_SIZE - length);

			api_read(stream, offset, piece, length);
			ck_assert_mem_eq(piece, blocks + offset, length);
		}
		/* And so is one that is made again. */
		api_assert_same_bytes(stream, other);
		fsi_stream_release(other);
		fsi_image_release(again);
		fsi_stream_release(stream);
		free(blocks);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(boot_images_count_as_used_blocks)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = make_image(all_kinds[kind]);
		fsi_boot_options *larger = NULL;
		fsi_result *result = api_result(image);
		uint32_t used = 0;
		uint32_t before = 0;

		ASSERT_OK(fsi_image_get_used_blocks(image, &used));
		ck_assert_uint_eq(used, api_total_blocks(result));
		fsi_result_release(result);
		ASSERT_OK(fsi_image_put_free_media_blocks(image, used));
		fsi_result_release(api_result(image));
		ASSERT_FAILS(fsi_image_put_free_media_blocks(image, used - 1),
			     IMAPI_E_IMAGE_TOO_BIG, "");

		/* Also those that change behind the image's back. */
		before = used;
		larger = boot_sized(FSI_PLATFORM_X86, 2048);
		ASSERT_OK(fsi_image_put_boot_image_options_array(image, &larger, 1));
		ASSERT_OK(fsi_image_get_used_blocks(image, &used));
		ck_assert_uint_lt(used, before);
		{
			fsi_stream *stream = api_sized_stream(1000000);

			ASSERT_OK(fsi_boot_options_assign_boot_image(larger, stream));
			fsi_stream_release(stream);
		}
		ASSERT_OK(fsi_image_get_used_blocks(image, &used));
		ck_assert_uint_gt(used, before);
		ASSERT_FAILS(fsi_image_create_result_image(image, &result),
			     IMAPI_E_IMAGE_TOO_BIG, "");
		fsi_boot_options_release(larger);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(a_result_shows_the_options_of_the_moment_when_the_first_was_made)
{
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *options = boot_sized(FSI_PLATFORM_X86, 3000);
	fsi_stream *first = NULL;
	fsi_stream *second = NULL;

	ASSERT_OK(fsi_image_put_boot_image_options_array(image, &options, 1));
	first = api_image_stream(image);
	ASSERT_OK(fsi_boot_options_put_platform_id(options, FSI_PLATFORM_EFI));
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/nowhere"));
	second = api_image_stream(image);
	api_assert_same_bytes(first, second);
	fsi_stream_release(second);
	fsi_stream_release(first);
	/* From then on what was changed counts. */
	ck_assert_int_eq(fsi_image_create_result_image(image, &(fsi_result *){NULL}),
			 IMAPI_E_ITEM_NOT_FOUND);
	fsi_boot_options_release(options);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_stream_that_fails_when_the_image_is_read_is_told)
{
	static struct test_stream source;
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *options = NULL;
	fsi_stream *stream = NULL;
	fsi_stream *made = NULL;
	uint8_t bytes[4096];
	uint8_t *blocks = NULL;
	uint64_t offset = 0;

	source = (struct test_stream){.size = 10000};
	stream = test_stream_open(&source);
	ASSERT_OK(fsi_boot_options_create(&options));
	ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	boot_put_one(image, options);
	blocks = boot_build(image, NULL);
	offset = (uint64_t)boot_entry_block(blocks, 0) * FSI_BLOCK_SIZE;
	free(blocks);
	made = api_image_stream(image);

	source.real_size = 9999;
	api_read(made, offset, bytes, sizeof(bytes));
	ASSERT_FAILS(fsi_stream_read_at(made, offset + 8192, bytes, 2048, NULL),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	source = (struct test_stream){.size = 10000, .fails = true, .failure = E_FAIL};
	ASSERT_FAILS(fsi_stream_read_at(made, offset, bytes, 2048, NULL),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	fsi_stream_release(made);

	/* What is no longer as it was assigned is refused when a result is made. */
	source = (struct test_stream){.size = 10001};
	ASSERT_FAILS(fsi_image_create_result_image(image, &(fsi_result *){NULL}),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	source = (struct test_stream){.size = 10000, .size_failure = E_FAIL};
	ASSERT_FAILS(fsi_image_create_result_image(image, &(fsi_result *){NULL}),
		     IMAPI_E_BOOT_IMAGE_DATA, "");
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(the_map_of_blocks_names_what_is_booted)
{
	fsi_image *image = make_image(BRIDGE);
	fsi_result *result = api_result(image);
	fsi_progress_items *items = NULL;
	uint32_t count = 0;
	char names[4000] = "";

	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	ASSERT_OK(fsi_progress_items_get_count(items, &count));
	for (uint32_t i = 0; i < count; i++) {
		const struct fsi_progress_item *item = NULL;

		ASSERT_OK(fsi_progress_items_get_item(items, i, &item));
		strcat(names, item->description);
		strcat(names, "\n");
	}
	ck_assert_ptr_nonnull(strstr(names, "\nEl Torito boot catalog\nboot image 1\n"
					    "boot image 2\n"));
	fsi_progress_items_release(items);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bootable images");
	TCase *tcase = tcase_create("records");

	tcase_add_test(tcase, the_boot_record_stands_behind_the_primary_descriptor);
	tcase_add_test(tcase, an_image_without_boot_entries_has_no_boot_record);
	tcase_add_test(tcase, the_catalog_is_what_el_torito_says);
	tcase_add_test(tcase, a_catalog_of_nothing_special_has_the_well_known_checksum);
	tcase_add_test(tcase, an_efi_image_alone_is_the_default_entry);
	tcase_add_test(tcase, thirty_two_entries_fill_the_block_of_the_catalog);
	tcase_add_test(tcase, a_sector_count_follows_from_size_and_emulation);
	tcase_add_test(tcase, a_hard_disk_tells_the_type_of_its_partition);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("images");
	tcase_add_test(tcase,
		       images_that_are_no_files_are_blocks_beside_the_file_systems);
	tcase_add_test(tcase, entries_of_one_stream_share_its_blocks);
	tcase_add_test(tcase, an_image_in_any_piece_is_the_same);
	tcase_add_test(tcase, boot_images_count_as_used_blocks);
	tcase_add_test(tcase,
		       a_result_shows_the_options_of_the_moment_when_the_first_was_made);
	tcase_add_test(tcase, a_stream_that_fails_when_the_image_is_read_is_told);
	tcase_add_test(tcase, the_map_of_blocks_names_what_is_booted);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
