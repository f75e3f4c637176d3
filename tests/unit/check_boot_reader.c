/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reader of discs tells of booting. */
#include "tests/support/boot.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>

/* A bootable image, to be changed by the tests. */
static uint8_t *blocks;
static uint32_t count;

static void set_up(void)
{
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *both[2] = {boot_sized(FSI_PLATFORM_X86, 2048),
				     boot_sized(FSI_PLATFORM_EFI, 100000)};

	ASSERT_OK(fsi_boot_options_put_manufacturer(both[0], "\xC3\xBCs"));
	boot_put(image, both, 2);
	blocks = boot_build(image, &count);
	fsi_image_release(image);
}

static void tear_down(void)
{
	free(blocks);
}

/* What reading the catalog of the first so many blocks comes to. */
static HRESULT read_blocks(uint32_t number, struct fsi_disc_boot_catalog **ret_catalog)
{
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	HRESULT hr = S_OK;

	ASSERT_OK(fsi_stream_create_on_memory(blocks, (size_t)number * FSI_BLOCK_SIZE,
					      &stream));
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	hr = fsi_disc_read_boot_catalog(disc, ret_catalog);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	return hr;
}

/* The number of entries of the catalog as it is now. */
static size_t count_entries(bool is_damaged)
{
	struct fsi_disc_boot_catalog *catalog = NULL;
	size_t number = 0;

	ASSERT_OK(read_blocks(count, &catalog));
	ck_assert(catalog->is_damaged == is_damaged);
	number = catalog->entry_count;
	fsi_free(catalog);
	return number;
}

static void put_catalog_block(uint32_t block)
{
	for (unsigned i = 0; i < 4; i++)
		blocks[17 * FSI_BLOCK_SIZE + 71 + i] = (uint8_t)(block >> 8 * i);
}

START_TEST(the_catalog_is_told_as_it_was_made)
{
	struct fsi_disc_boot_catalog *catalog = NULL;

	ASSERT_OK(read_blocks(count, &catalog));
	ck_assert_uint_eq(catalog->block, boot_catalog_block(blocks));
	ck_assert(!catalog->is_damaged);
	ck_assert(catalog->has_checksum);
	ck_assert_uint_eq(catalog->entry_count, 2);
	ck_assert_uint_eq(catalog->entries[0].platform, FSI_PLATFORM_X86);
	ck_assert_uint_eq(catalog->entries[0].block, boot_entry_block(blocks, 0));
	ck_assert_uint_eq(catalog->entries[0].sector_count, 4);
	ck_assert_uint_eq(catalog->entries[0].size, 2048);
	ck_assert_str_eq(catalog->entries[0].manufacturer, "\xC3\xBCs");
	ck_assert_uint_eq(catalog->entries[1].platform, FSI_PLATFORM_EFI);
	ck_assert_uint_eq(catalog->entries[1].block, boot_entry_block(blocks, 1));
	ck_assert_str_eq(catalog->entries[1].manufacturer, "");
	fsi_free(catalog);
}
END_TEST

START_TEST(a_disc_without_a_boot_record_has_no_catalog)
{
	struct fsi_disc_boot_catalog *catalog = NULL;

	blocks[17 * FSI_BLOCK_SIZE + 7] = 'X';
	ck_assert_int_eq(read_blocks(count, &catalog), S_FALSE);
	ck_assert_ptr_null(catalog);
	/* Nor has one that ends before. */
	blocks[17 * FSI_BLOCK_SIZE + 7] = 'E';
	for (uint32_t number = 0; number <= 17; number++)
		ck_assert_int_eq(read_blocks(number, &catalog), S_FALSE);
}
END_TEST

START_TEST(a_catalog_behind_the_end_is_damaged)
{
	static const uint32_t places[] = {UINT32_MAX / 2, UINT32_MAX};

	put_catalog_block(count);
	ck_assert_uint_eq(count_entries(true), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		put_catalog_block(places[i]);
		ck_assert_uint_eq(count_entries(true), 0);
	}
	/* Blocks of something else. */
	put_catalog_block(16);
	ck_assert_uint_eq(count_entries(true), 0);
}
END_TEST

START_TEST(a_catalog_without_an_end_is_read_so_far_only)
{
	uint8_t *catalog = blocks + (size_t)boot_catalog_block(blocks) * FSI_BLOCK_SIZE;

	/* A section of 65535 entries, in all blocks to the end of the disc. */
	memcpy(catalog + 64, "\x91\0\xFF\xFF", 4);
	for (uint8_t *at = catalog + 96; at < blocks + (size_t)count * FSI_BLOCK_SIZE;
	     at += 32) {
		memset(at, 0, 32);
		at[0] = 0x88;
	}
	ck_assert_uint_eq(count_entries(true), 16 * 64 - 2);
	/* And over the end of the disc. */
	put_catalog_block(count - 1);
	memcpy(blocks + (size_t)(count - 1) * FSI_BLOCK_SIZE, catalog, FSI_BLOCK_SIZE);
	ck_assert_uint_eq(count_entries(true), 62);
}
END_TEST

START_TEST(a_wrong_checksum_is_told)
{
	uint8_t *catalog = blocks + (size_t)boot_catalog_block(blocks) * FSI_BLOCK_SIZE;
	struct fsi_disc_boot_catalog *found = NULL;

	catalog[5] ^= 1;
	ASSERT_OK(read_blocks(count, &found));
	ck_assert(!found->has_checksum);
	ck_assert(!found->is_damaged);
	ck_assert_uint_eq(found->entry_count, 2);
	fsi_free(found);
}
END_TEST

START_TEST(a_block_that_can_not_be_read_is_an_error)
{
	struct test_stream source = {.size = (uint64_t)100 * FSI_BLOCK_SIZE,
				     .fails = true,
				     .failure = E_FAIL,
				     .fail_at = (uint64_t)17 * FSI_BLOCK_SIZE};
	fsi_stream *stream = test_stream_open(&source);
	struct fsi_disc_boot_catalog *catalog = NULL;
	fsi_disc *disc = NULL;

	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_FAILS(fsi_disc_read_boot_catalog(disc, &catalog),
		     IMAPI_E_IMPORT_READ_FAILURE, "17");
	ck_assert_ptr_null(catalog);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(a_pointer_that_is_needed_may_not_be_null)
{
	struct fsi_disc_boot_catalog *catalog = NULL;
	fsi_stream *stream = api_sized_stream(5);
	fsi_disc *disc = NULL;

	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_FAILS(fsi_disc_read_boot_catalog(NULL, &catalog), E_POINTER, "");
	ASSERT_FAILS(fsi_disc_read_boot_catalog(disc, NULL), E_POINTER, "");
	fsi_disc_release(disc);
	fsi_stream_release(stream);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boot catalogs of discs");
	TCase *tcase = tcase_create("catalogs");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_catalog_is_told_as_it_was_made);
	tcase_add_test(tcase, a_disc_without_a_boot_record_has_no_catalog);
	tcase_add_test(tcase, a_catalog_behind_the_end_is_damaged);
	tcase_add_test(tcase, a_catalog_without_an_end_is_read_so_far_only);
	tcase_add_test(tcase, a_wrong_checksum_is_told);
	tcase_add_test(tcase, a_block_that_can_not_be_read_is_an_error);
	tcase_add_test(tcase, a_pointer_that_is_needed_may_not_be_null);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
