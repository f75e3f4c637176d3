/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a session begins, the head of the disc, and what a session is refused for. */
#include "tests/support/next_session.h"

#include "base/memory.h"
#include "tests/support/boot.h"

#include <stdlib.h>
#include <string.h>

static struct next_disc disc;
static fsi_image *image;
static fsi_boot_options *options;

static void set_up(void)
{
	api_begin_folder();
	disc = (struct next_disc){.covers_disc = true};
	image = NULL;
	options = boot_sized(FSI_PLATFORM_X86, 2048);
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_boot_options_release(options);
	fsi_image_release(image);
	next_disc_free(&disc);
	api_end_folder();
}

/* ---- where it begins --------------------------------------------------- */

START_TEST(a_session_is_laid_out_from_its_start_block_on)
{
	static const int32_t blocks[] = {1, 31, 32, 11702, 12219392};
	fsi_result *result = NULL;
	fsi_stream *stream = NULL;
	uint32_t used = 0;
	uint8_t block[FSI_BLOCK_SIZE];

	image = api_image(BRIDGE);
	api_add_sized(api_root(image), "file", 5000);
	ASSERT_OK(fsi_image_put_session_start_block(image, blocks[_i]));
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	result = api_result(image);
	ck_assert_uint_eq(api_total_blocks(result), used);
	ck_assert_uint_eq(((uint32_t)blocks[_i] + used) % 32, 0);
	stream = api_result_stream(result);
	api_read(stream, 16 * FSI_BLOCK_SIZE, block, sizeof(block));
	ck_assert_mem_eq(block, "\1CD001\1", 7);
	/* The volume ends with the session, counted from the start of the disc. */
	ck_assert_uint_eq(boot_le32(block + 80), (uint32_t)blocks[_i] + used);
	api_read(stream, 256 * FSI_BLOCK_SIZE, block, sizeof(block));
	ck_assert_uint_eq(boot_le16(block), 2);
	ck_assert_uint_eq(boot_le32(block + 12), (uint32_t)blocks[_i] + 256);
	ck_assert_uint_eq(boot_le32(block + 20), (uint32_t)blocks[_i] + 32);
	api_read(stream, (uint64_t)(used - 1) * FSI_BLOCK_SIZE, block, sizeof(block));
	ck_assert_uint_eq(boot_le32(block + 12), (uint32_t)blocks[_i] + used - 1);
	fsi_stream_release(stream);
	fsi_result_release(result);
}
END_TEST

/* Blocks are counted with 31 bits. */
START_TEST(a_session_ends_before_block_numbers_do)
{
	const int32_t blocks = 576; /* the smallest with UDF */
	const int32_t last = 0x7FFFFFE0 - blocks;
	int32_t block = 0;
	uint32_t used = 0;

	image = api_image(BRIDGE);
	ASSERT_FAILS(fsi_image_put_session_start_block(image, -1), IMAPI_E_INVALID_PARAM,
		     "new_val");
	ASSERT_OK(fsi_image_put_session_start_block(image, last - 32));
	ASSERT_OK(fsi_image_put_session_start_block(image, last));
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	ck_assert_uint_eq(used, (uint32_t)blocks);
	ASSERT_FAILS(fsi_image_put_session_start_block(image, last + 32),
		     IMAPI_E_IMAGE_TOO_BIG, "");
	ASSERT_FAILS(fsi_image_put_session_start_block(image, INT32_MAX),
		     IMAPI_E_IMAGE_TOO_BIG, "");
	ASSERT_OK(fsi_image_get_session_start_block(image, &block));
	ck_assert_int_eq(block, last);
	fsi_result_release(api_result(image));
}
END_TEST

/* What lies before the session is not its own. */
START_TEST(the_limit_of_blocks_is_that_of_the_session)
{
	uint32_t used = 0;

	image = api_image(BRIDGE);
	ASSERT_OK(fsi_image_put_session_start_block(image, 100000));
	ASSERT_OK(fsi_image_get_used_blocks(image, &used));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, used));
	fsi_result_release(api_result(image));
	ASSERT_FAILS(fsi_image_put_free_media_blocks(image, used - 1),
		     IMAPI_E_IMAGE_TOO_BIG, "");
}
END_TEST

START_TEST(items_of_a_session_count_from_its_image)
{
	fsi_result *result = NULL;
	fsi_progress_items *items = NULL;
	const struct fsi_progress_item *item = NULL;
	uint32_t blocks = 0;

	image = api_image(ISO);
	ASSERT_OK(fsi_image_put_session_start_block(image, 1000));
	result = api_result(image);
	blocks = api_total_blocks(result);
	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	ASSERT_OK(fsi_progress_items_from_block(items, 16, &item));
	ck_assert_str_eq(item->description, "ISO 9660 volume descriptors");
	ck_assert_uint_eq(item->first_block, 16);
	ck_assert_uint_eq(item->last_block, 17);
	ASSERT_FAILS(fsi_progress_items_from_block(items, 15, &item), E_INVALIDARG, "");
	ASSERT_FAILS(fsi_progress_items_from_block(items, blocks, &item), E_INVALIDARG,
		     "");
	ASSERT_FAILS(fsi_progress_items_from_block(items, 1016, &item), E_INVALIDARG, "");
	ASSERT_FAILS(fsi_progress_items_from_block(items, UINT32_MAX, &item),
		     E_INVALIDARG, "");
	fsi_progress_items_release(items);
	fsi_result_release(result);
}
END_TEST

/* ---- booting ----------------------------------------------------------- */

static HRESULT put_one(void)
{
	return fsi_image_put_boot_image_options(image, options);
}

static HRESULT put_several(void)
{
	return fsi_image_put_boot_image_options_array(image, &options, 1);
}

static HRESULT put_tables(void)
{
	const struct fsi_hybrid_options tables = {.size = sizeof(tables),
						  .tables = FSI_PARTITION_TABLE_MBR};

	return fsi_image_put_hybrid_boot(image, &tables);
}

static HRESULT (*const puts_boot[])(void) = {put_one, put_several, put_tables};

START_TEST(only_the_first_session_can_be_made_bootable)
{
	fsi_result *result = NULL;

	image = api_image(BRIDGE);
	ASSERT_OK(fsi_image_put_session_start_block(image, 32));
	ASSERT_FAILS(puts_boot[_i](), IMAPI_E_BOOT_OBJECT_CONFLICT, "");
	/* Nor by moving it. */
	ASSERT_OK(fsi_image_put_session_start_block(image, 0));
	ASSERT_OK(puts_boot[_i]());
	fsi_result_release(api_result(image));
	ASSERT_OK(fsi_image_put_session_start_block(image, 32));
	ASSERT_FAILS(fsi_image_create_result_image(image, &result),
		     IMAPI_E_BOOT_OBJECT_CONFLICT, "");
	/* To take it away is no conflict. */
	ASSERT_OK(fsi_image_put_boot_image_options(image, NULL));
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, &options, 0));
	ASSERT_OK(fsi_image_put_hybrid_boot(image, NULL));
	fsi_result_release(api_result(image));
}
END_TEST

START_TEST(what_was_imported_can_not_be_made_bootable)
{
	image = api_image(BRIDGE);
	next_disc_begin(&disc, image);
	fsi_image_release(image);
	image = next_disc_continue(&disc, BRIDGE, FSI_FILE_SYSTEM_UDF, 0);
	ASSERT_FAILS(puts_boot[_i](), IMAPI_E_BOOT_OBJECT_CONFLICT, "");
}
END_TEST

/* Firmware looks at the newest session, or at the first blocks of the disc. */
START_TEST(the_boot_record_is_repeated)
{
	const fsi_file_systems systems = _i == 0 ? BRIDGE : UDF;
	const uint8_t *own = NULL;
	uint32_t catalog = 0;

	image = api_image(systems);
	ASSERT_OK(put_one());
	next_disc_begin(&disc, image);
	fsi_image_release(image);
	catalog = boot_catalog_block(disc.bytes);
	ck_assert_uint_gt(catalog, 256);
	for (unsigned session = 2; session <= 3; session++) {
		image = next_disc_continue(&disc, systems, FSI_FILE_SYSTEM_UDF, 0);
		api_add_sized(api_root(image), api_text("file%u", session), 5000);
		next_disc_add(&disc, image);
		image = NULL;
		own = disc.bytes + (size_t)disc.session_block * FSI_BLOCK_SIZE;
		ck_assert_uint_eq(boot_catalog_block(disc.bytes), catalog);
		ck_assert_uint_eq(boot_catalog_block(own), catalog);
	}
	checked_assert_clean(disc.bytes, disc.size);
}
END_TEST

/* ---- the head of the disc ---------------------------------------------- */

/* A disc whose first session is behind a copy of its descriptors, as the libburnia
 * tools make them: there is room for more. */
static void begin_behind_copy(size_t file_size)
{
	fsi_stream *stream = NULL;
	uint8_t *bytes = NULL;
	size_t size = 0;

	image = api_image(ISO);
	if (file_size > 0)
		api_add_sized(api_root(image), "file", file_size);
	ASSERT_OK(fsi_image_put_session_start_block(image, 32));
	stream = api_image_stream(image);
	bytes = api_read_all(stream, &size);
	fsi_stream_release(stream);
	fsi_image_release(image);
	image = NULL;
	disc.size = size + 32 * (size_t)FSI_BLOCK_SIZE;
	disc.bytes = calloc(1, disc.size);
	memcpy(disc.bytes + 32 * FSI_BLOCK_SIZE, bytes, size);
	memcpy(disc.bytes + 16 * FSI_BLOCK_SIZE, bytes + 16 * FSI_BLOCK_SIZE,
	       2 * FSI_BLOCK_SIZE);
	disc.session_block = 32;
	free(bytes);
}

/* The anchor of UDF is in block 256, which must not be the session's. */
START_TEST(udf_comes_to_a_short_disc_behind_its_anchor)
{
	fsi_findings *findings = NULL;
	char *text = NULL;
	int32_t start = 0;

	begin_behind_copy(5000);
	ck_assert_uint_lt(disc.size / FSI_BLOCK_SIZE, 256);
	image = next_disc_continue(&disc, BRIDGE, FSI_FILE_SYSTEM_ISO9660, 0);
	ASSERT_OK(fsi_image_get_session_start_block(image, &start));
	ck_assert_int_eq(start, 288);
	ASSERT_OK(fsi_image_put_session_start_block(image, start));
	next_disc_add(&disc, image);
	image = NULL;
	ck_assert_uint_eq(disc.session_block, 288);
	for (unsigned i = 0; i < 3; i++) {
		text = next_disc_describe(&disc, NULL, (enum fsi_file_system)(1 << i));
		ck_assert_ptr_nonnull(strcasestr(text, "/file"));
		free(text);
	}
	/* The check knows which session is the newest, and whose descriptors are whose.
	 */
	findings = checked_findings(disc.bytes, disc.size);
	ck_assert_uint_eq(checked_total(findings, "I-096"), 0);
	ck_assert_uint_eq(checked_total(findings, "U-004"), 0);
	/* What was there before UDF may lie where its partition should not be. */
	ck_assert_uint_eq(checked_total(findings, "U-046"), 1);
	fsi_findings_release(findings);
}
END_TEST

static void assert_refused(fsi_file_systems systems, const char *block)
{
	char *before = NULL;
	fsi_result *result = NULL;

	image = next_disc_continue(&disc, systems, FSI_FILE_SYSTEM_ISO9660, 0);
	before = api_describe(image);
	ASSERT_FAILS(fsi_image_create_result_image(image, &result),
		     IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION, "");
	ASSERT_SAYS(block);
	api_assert_unchanged(image, before);
}

/* Path tables begin right behind the descriptors. */
START_TEST(descriptors_do_not_take_blocks_of_an_earlier_session)
{
	image = api_image(ISO);
	next_disc_begin(&disc, image);
	fsi_image_release(image);
	assert_refused(_i == 0 ? ISO_JOLIET : BRIDGE, "block 18 ");
}
END_TEST

/* Nor one that holds zeros. */
START_TEST(an_anchor_does_not_take_the_block_of_a_file)
{
	begin_behind_copy(500 * FSI_BLOCK_SIZE);
	if (_i == 1)
		memset(disc.bytes + 256 * (size_t)FSI_BLOCK_SIZE, 0, FSI_BLOCK_SIZE);
	assert_refused(BRIDGE, "block 256 ");
}
END_TEST

/* On a disc that is written in sequence nothing is replaced. */
START_TEST(a_session_of_its_own_has_room_for_any_file_system)
{
	image = api_image(ISO);
	api_add_sized(api_root(image), "file", 5000);
	next_disc_begin(&disc, image);
	fsi_image_release(image);
	disc.covers_disc = false;
	image = next_disc_continue(&disc, BRIDGE, FSI_FILE_SYSTEM_ISO9660, 1000);
	next_disc_add(&disc, image);
	image = NULL;
	ck_assert_uint_eq(disc.session_block, 1000);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

START_TEST(a_session_that_runs_out_of_memory_is_not_made)
{
	HRESULT hr = E_OUTOFMEMORY;
	long allocations = 0;

	image = api_image(BRIDGE);
	api_add_sized(api_root(image), "file", 5000);
	next_disc_begin(&disc, image);
	fsi_image_release(image);
	image = next_disc_continue(&disc, BRIDGE, FSI_FILE_SYSTEM_UDF, 0);
	for (; FAILED(hr); allocations++) {
		fsi_result *result = NULL;
		char *before = api_describe(image);

		fsi_memory_fail_after(allocations);
		hr = fsi_image_create_result_image(image, &result);
		fsi_memory_fail_after(-1);
		if (FAILED(hr))
			ASSERT_FAILS(hr, E_OUTOFMEMORY, "");
		fsi_result_release(result);
		api_assert_unchanged(image, before);
	}
	ck_assert_int_gt(allocations, 20);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("next_session_head");
	TCase *tcase = tcase_create("head");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_session_is_laid_out_from_its_start_block_on, 0, 5);
	tcase_add_test(tcase, a_session_ends_before_block_numbers_do);
	tcase_add_test(tcase, the_limit_of_blocks_is_that_of_the_session);
	tcase_add_test(tcase, items_of_a_session_count_from_its_image);
	tcase_add_loop_test(tcase, only_the_first_session_can_be_made_bootable, 0, 3);
	tcase_add_loop_test(tcase, what_was_imported_can_not_be_made_bootable, 0, 3);
	tcase_add_loop_test(tcase, the_boot_record_is_repeated, 0, 2);
	tcase_add_test(tcase, udf_comes_to_a_short_disc_behind_its_anchor);
	tcase_add_loop_test(tcase, descriptors_do_not_take_blocks_of_an_earlier_session,
			    0, 2);
	tcase_add_loop_test(tcase, an_anchor_does_not_take_the_block_of_a_file, 0, 2);
	tcase_add_test(tcase, a_session_of_its_own_has_room_for_any_file_system);
	tcase_add_test(tcase, a_session_that_runs_out_of_memory_is_not_made);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return api_run(make_suite());
}
