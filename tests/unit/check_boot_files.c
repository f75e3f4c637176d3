/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the tree that are booted, the boot information table, the catalog as a
 * file, and what is wrong when a result is made. */
#include "tests/support/boot.h"
#include "tests/support/streams.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const fsi_file_systems all_kinds[] = {ISO, ISO_JOLIET, BRIDGE, UDF};
#define KINDS (sizeof(all_kinds) / sizeof(all_kinds[0]))

/* A file of this computer with so many bytes. */
static void write_sized(const char *name, size_t size)
{
	uint8_t bytes[4096];

	ck_assert_uint_le(size, sizeof(bytes));
	for (size_t i = 0; i < size; i++)
		bytes[i] = test_stream_byte(i);
	scratch_write(&api_folder, name, bytes, size);
}

/* The disc in blocks. */
static fsi_disc *open_disc(const uint8_t *blocks, uint32_t count)
{
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;

	ASSERT_OK(fsi_stream_create_on_memory(blocks, (size_t)count * FSI_BLOCK_SIZE,
					      &stream));
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	fsi_stream_release(stream);
	return disc;
}

/* A file in one of the views of a disc. One reference. */
static fsi_disc_entry *find_file(fsi_disc *disc, enum fsi_file_system file_system,
				 const char *path)
{
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;

	ASSERT_OK(fsi_disc_open_view(disc, file_system, &view));
	ASSERT_OK(fsi_disc_view_get_entry(view, path, &entry));
	fsi_disc_view_release(view);
	return entry;
}

/* That a file of a view begins at a block of the disc and is not embedded. */
static void assert_file_at(fsi_disc *disc, enum fsi_file_system file_system,
			   const char *path, uint32_t block, uint64_t size)
{
	fsi_disc_entry *entry = find_file(disc, file_system, path);
	struct fsi_disc_extent extent;
	const struct fsi_disc_entry_info *info = NULL;

	ASSERT_OK(fsi_disc_entry_get_info(entry, &info));
	ck_assert_uint_eq(info->size, size);
	ASSERT_OK(fsi_disc_entry_get_extent(entry, 0, &extent));
	ck_assert_int_eq(extent.kind, FSI_DISC_EXTENT_RECORDED);
	ck_assert_uint_eq(extent.disc_offset, (uint64_t)block * FSI_BLOCK_SIZE);
	ck_assert_uint_eq(extent.length, size);
	fsi_disc_entry_release(entry);
}

/* That a file of each file system of the image lies there. */
static void assert_in_all_views(fsi_disc *disc, const char *upper, const char *path,
				uint32_t block, uint64_t size)
{
	fsi_file_systems found = 0;

	ASSERT_OK(fsi_disc_get_file_systems(disc, &found));
	if (found & FSI_FILE_SYSTEM_UDF)
		assert_file_at(disc, FSI_FILE_SYSTEM_UDF, path, block, size);
	if (found & FSI_FILE_SYSTEM_JOLIET)
		assert_file_at(disc, FSI_FILE_SYSTEM_JOLIET, path, block, size);
	/* Beside UDF alone there is an ISO 9660 volume without files. */
	if ((found & FSI_FILE_SYSTEM_ISO9660) && found != (ISO | UDF))
		assert_file_at(disc, FSI_FILE_SYSTEM_ISO9660, upper, block, size);
}

/* ---- files that are booted --------------------------------------------- */

START_TEST(a_file_of_the_tree_is_booted_where_it_lies)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = api_image(all_kinds[kind]);
		fsi_boot_options *both[2] = {boot_file(0, "/BOOT.BIN"),
					     boot_file(0xEF, "\\SUB\\EFI.IMG")};
		uint32_t count = 0;
		uint8_t *blocks = NULL;
		fsi_disc *disc = NULL;

		/* Entries may come before the files. */
		boot_put(image, both, 2);
		/* Small enough to be in its entry, were it not for firmware. */
		api_add_sized(api_root(image), "BOOT.BIN", 700);
		api_add_directory(api_root(image), "SUB");
		api_add_sized(api_root(image), "SUB\\EFI.IMG", 9000);
		api_add_sized(api_root(image), "SUB\\OTHER", 700);
		blocks = boot_build(image, &count);
		disc = open_disc(blocks, count);
		assert_in_all_views(disc, "BOOT.BIN", "BOOT.BIN",
				    boot_entry_block(blocks, 0), 700);
		assert_in_all_views(disc, "SUB/EFI.IMG", "SUB/EFI.IMG",
				    boot_entry_block(blocks, 1), 9000);
		ck_assert_uint_eq(boot_le16(boot_entry(blocks, 0) + 6), 2);
		ck_assert_uint_eq(boot_le16(boot_entry(blocks, 1) + 6), 18);
		fsi_disc_release(disc);
		free(blocks);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(a_disc_of_udf_alone_has_an_iso9660_volume_without_files)
{
	fsi_image *image = api_image(UDF);
	uint32_t count = 0;
	uint8_t *blocks = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_entry *root = NULL;
	fsi_disc_children *children = NULL;
	fsi_disc_view *view = NULL;

	ASSERT_OK(fsi_image_put_volume_name(image, "Some Name"));
	api_add_text(api_root(image), "file", "text");
	boot_put_one(image, boot_sized(0, 2048));
	blocks = boot_build(image, &count);
	ck_assert_uint_eq(boot_le32(boot_block(blocks, 16) + 80), count);
	ck_assert_mem_eq(boot_block(blocks, 16) + 40, "SOME_NAME ", 10);
	disc = open_disc(blocks, count);
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_ISO9660, &view));
	ASSERT_OK(fsi_disc_view_get_root(view, &root));
	ASSERT_OK(fsi_disc_entry_get_children(root, &children));
	ck_assert_int_eq(fsi_disc_children_next(children, &root), S_FALSE);
	fsi_disc_children_release(children);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
	/* It is none of the file systems of the image. */
	{
		fsi_result *result = api_result(image);
		char *name = NULL;

		ck_assert_int_eq(fsi_result_get_volume_name(
					 result, FSI_FILE_SYSTEM_ISO9660, &name),
				 IMAPI_E_INVALID_PARAM);
		fsi_result_release(result);
	}
	free(blocks);
	fsi_image_release(image);
}
END_TEST

START_TEST(what_is_no_longer_booted_is_embedded_again)
{
	fsi_image *image = api_image(UDF);
	uint8_t *before = NULL;
	uint8_t *after = NULL;
	uint32_t before_count = 0;
	uint32_t after_count = 0;

	api_add_sized(api_root(image), "boot", 700);
	before = boot_build(image, &before_count);
	boot_put_one(image, boot_file(0, "/boot"));
	free(boot_build(image, NULL));
	ASSERT_OK(fsi_image_put_boot_image_options(image, NULL));
	after = boot_build(image, &after_count);
	ck_assert_uint_eq(before_count, after_count);
	ck_assert_mem_eq(before, after, (size_t)before_count * FSI_BLOCK_SIZE);
	free(before);
	free(after);
	fsi_image_release(image);
}
END_TEST

START_TEST(holes_of_what_is_booted_are_recorded)
{
	fsi_image *image = api_image(UDF);
	uint32_t count = 0;
	uint8_t *blocks = NULL;
	fsi_disc *disc = NULL;

	api_begin_folder();
	scratch_text(&api_folder, "sparse", "x");
	ck_assert_int_eq(truncate(api_host("sparse"), 1 << 20), 0);
	ASSERT_OK(fsi_image_put_udf_holes(image, true));
	ASSERT_OK(fsi_directory_add_file_from_path(api_root(image), "sparse",
						   api_host("sparse")));
	boot_put_one(image, boot_file(0, "/sparse"));
	blocks = boot_build(image, &count);
	disc = open_disc(blocks, count);
	assert_file_at(disc, FSI_FILE_SYSTEM_UDF, "sparse", boot_entry_block(blocks, 0),
		       1 << 20);
	fsi_disc_release(disc);
	free(blocks);
	fsi_image_release(image);
	api_end_folder();
}
END_TEST

/* ---- the boot information table ---------------------------------------- */

/* What the table makes of the bytes of a stream that lies at a block. */
static void expect_table(uint8_t *bytes, size_t size, uint32_t block)
{
	uint32_t fields[4] = {16, block, (uint32_t)size, 0};

	for (size_t i = 64; i < size; i++)
		fields[3] += (uint32_t)bytes[i] << 8 * (i % 4);
	memset(bytes + 8, 0, 56);
	for (size_t i = 0; i < 4; i++) {
		for (size_t b = 0; b < 4; b++)
			bytes[8 + 4 * i + b] = (uint8_t)(fields[i] >> 8 * b);
	}
}

static void try_table(fsi_file_systems file_systems, size_t size, bool is_file)
{
	fsi_image *image = api_image(file_systems);
	fsi_boot_options *options = is_file ? boot_file(0, "/B") : boot_sized(0, size);
	fsi_stream *stream = api_sized_stream(size);
	uint8_t *expected = api_read_all(stream, &size);
	uint8_t *blocks = NULL;
	uint32_t block = 0;
	fsi_stream *made = NULL;

	api_add_sized(api_root(image), "B", size);
	ASSERT_OK(fsi_boot_options_put_boot_info_table(options, true));
	boot_put_one(image, options);
	blocks = boot_build(image, NULL);
	block = boot_entry_block(blocks, 0);
	expect_table(expected, size, block);
	ck_assert_mem_eq(boot_block(blocks, block), expected, size);
	/* In any piece around its borders. */
	made = api_image_stream(image);
	for (size_t begin = 0; begin < 70 && begin < size; begin++) {
		for (size_t end = begin + 1; end < 80 && end <= size; end += 7) {
			uint8_t piece[80];

			api_read(made, (uint64_t)block * FSI_BLOCK_SIZE + begin, piece,
				 end - begin);
			ck_assert_mem_eq(piece, expected + begin, end - begin);
		}
	}
	fsi_stream_release(made);
	free(blocks);
	free(expected);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

START_TEST(a_boot_information_table_is_in_the_bytes_that_are_read)
{
	static const size_t sizes[] = {64, 65, 67, 68, 2048, 2049, 16448, 16449, 50003};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t kind = 0; kind < KINDS; kind++) {
			try_table(all_kinds[kind], sizes[i], false);
			try_table(all_kinds[kind], sizes[i], true);
		}
	}
}
END_TEST

START_TEST(a_table_needs_64_bytes)
{
	fsi_image *image = api_image(BRIDGE);

	for (size_t size = 63; size <= 64; size++) {
		fsi_boot_options *options = boot_sized(0, size);
		fsi_result *result = NULL;
		HRESULT hr = S_OK;

		ASSERT_OK(fsi_boot_options_put_boot_info_table(options, true));
		boot_put_one(image, options);
		hr = fsi_image_create_result_image(image, &result);
		ck_assert_int_eq(hr, size < 64 ? IMAPI_E_BOOT_IMAGE_DATA : S_OK);
		if (FAILED(hr))
			ASSERT_SAYS("boot entry 1");
		fsi_result_release(result);
	}
	fsi_image_release(image);
}
END_TEST

START_TEST(hard_links_of_a_file_with_a_table_share_it)
{
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *both[2] = {boot_file(0, "/a"), boot_file(0xEF, "/b")};
	uint8_t *blocks = NULL;

	api_begin_folder();
	write_sized("one", 3000);
	ASSERT_OK(
		fsi_directory_add_file_from_path(api_root(image), "a", api_host("one")));
	ASSERT_OK(
		fsi_directory_add_file_from_path(api_root(image), "b", api_host("one")));
	ASSERT_OK(fsi_boot_options_put_boot_info_table(both[1], true));
	boot_put(image, both, 2);
	blocks = boot_build(image, NULL);
	ck_assert_uint_eq(boot_entry_block(blocks, 0), boot_entry_block(blocks, 1));
	ck_assert_uint_eq(boot_le32(boot_block(blocks, boot_entry_block(blocks, 0)) + 12),
			  boot_entry_block(blocks, 0));
	free(blocks);
	fsi_image_release(image);
	api_end_folder();
}
END_TEST

/* ---- the catalog as a file --------------------------------------------- */

START_TEST(the_catalog_may_be_a_file_in_all_views)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		fsi_image *image = api_image(all_kinds[kind]);
		uint32_t count = 0;
		uint8_t *blocks = NULL;
		fsi_disc *disc = NULL;

		api_add_directory(api_root(image), "BOOT");
		api_add_text(api_root(image), "BOOT\\ABC", "before");
		api_add_text(api_root(image), "Z", "behind");
		boot_put_one(image, boot_sized(0, 2048));
		ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/BOOT/BOOT.CAT"));
		ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "\\BOOT\\BOOT.CAT");
		blocks = boot_build(image, &count);
		ck_assert_uint_eq(boot_entry(blocks, 0)[0], 0x88);
		disc = open_disc(blocks, count);
		assert_in_all_views(disc, "BOOT/BOOT.CAT", "BOOT/BOOT.CAT",
				    boot_catalog_block(blocks), 2048);
		fsi_disc_release(disc);
		free(blocks);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(the_catalog_moves_and_hides)
{
	fsi_image *image = api_image(BRIDGE);
	enum fsi_item_type type = FSI_ITEM_NOT_FOUND;
	uint32_t count = 0;

	boot_put_one(image, boot_sized(0, 2048));
	api_add_text(api_root(image), "taken", "x");
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/a.cat"));
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/a.cat"));
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "\\b.cat"));
	ASSERT_OK(fsi_image_exists(image, "/a.cat", &type));
	ck_assert_int_eq(type, FSI_ITEM_NOT_FOUND);
	ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "\\b.cat");

	/* What fails leaves the old one. */
	ASSERT_FAILS(fsi_image_put_boot_catalog_path(image, "/taken"), IMAPI_E_DUP_NAME,
		     "taken");
	ASSERT_FAILS(fsi_image_put_boot_catalog_path(image, "/no/cat"),
		     IMAPI_E_DIR_NOT_FOUND, "\\no");
	ASSERT_FAILS(fsi_image_put_boot_catalog_path(image, "cat"), IMAPI_E_INVALID_PATH,
		     "cat");
	ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "\\b.cat");
	ASSERT_OK(fsi_image_exists(image, "/b.cat", &type));
	ck_assert_int_eq(type, FSI_ITEM_FILE);

	ASSERT_OK(fsi_image_put_boot_catalog_path(image, ""));
	ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "");
	ASSERT_OK(fsi_image_get_file_count(image, &count));
	ck_assert_uint_eq(count, 1);
	/* Removing the file hides it too. */
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/c.cat"));
	ASSERT_OK(fsi_directory_remove(api_root(image), "c.cat"));
	ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "");
	free(boot_build(image, NULL));
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, ""));
	fsi_image_release(image);
}
END_TEST

START_TEST(what_is_rolled_back_shows_the_catalog_of_before)
{
	fsi_image *image = api_image(BRIDGE);
	int32_t point = 0;
	int32_t later = 0;
	uint32_t count = 0;
	uint8_t *blocks = NULL;
	fsi_disc *disc = NULL;

	boot_put_one(image, boot_sized(0, 2048));
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/A.CAT"));
	ASSERT_OK(fsi_image_get_change_point(image, &point));
	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/B.CAT"));
	ASSERT_OK(fsi_image_get_change_point(image, &later));
	ck_assert_int_eq(later, point + 1);
	ASSERT_OK(fsi_image_rollback_to_change_point(image, point));
	ASSERT_TEXT(fsi_image_get_boot_catalog_path, image, "\\A.CAT");
	blocks = boot_build(image, &count);
	disc = open_disc(blocks, count);
	assert_in_all_views(disc, "A.CAT", "A.CAT", boot_catalog_block(blocks), 2048);
	fsi_disc_release(disc);
	free(blocks);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_catalog_without_entries_is_zeros)
{
	fsi_image *image = api_image(ISO);
	uint32_t count = 0;
	uint8_t *blocks = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_entry *entry = NULL;
	fsi_stream *data = NULL;
	uint8_t bytes[FSI_BLOCK_SIZE];

	ASSERT_OK(fsi_image_put_boot_catalog_path(image, "/BOOT.CAT"));
	blocks = boot_build(image, &count);
	disc = open_disc(blocks, count);
	entry = find_file(disc, FSI_FILE_SYSTEM_ISO9660, "BOOT.CAT");
	ASSERT_OK(fsi_disc_entry_open_data(entry, &data));
	api_read(data, 0, bytes, sizeof(bytes));
	boot_assert_zero(bytes, sizeof(bytes));
	fsi_stream_release(data);
	fsi_disc_entry_release(entry);
	fsi_disc_release(disc);
	free(blocks);
	fsi_image_release(image);
}
END_TEST

/* ---- what is wrong when a result is made ------------------------------- */

#define RESULT(image) fsi_image_create_result_image((image), &(fsi_result *){NULL})

START_TEST(a_file_that_is_booted_has_to_be_there)
{
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *options = boot_file(0, "/boot");

	/* What is added meanwhile is measured without it. */
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 2000));
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, &options, 1));
	api_add_text(api_root(image), "text", "x");
	ASSERT_FAILS(RESULT(image), IMAPI_E_ITEM_NOT_FOUND, "/boot");
	ASSERT_SAYS("boot entry 1");
	api_add_directory(api_root(image), "boot");
	ASSERT_FAILS(RESULT(image), IMAPI_E_NOT_FILE, "/boot");
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/no/boot"));
	ASSERT_FAILS(RESULT(image), IMAPI_E_DIR_NOT_FOUND, "\\no");
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/text/boot"));
	ASSERT_FAILS(RESULT(image), IMAPI_E_NOT_DIR, "\\text");
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/a*b"));
	ASSERT_FAILS(RESULT(image), IMAPI_E_INVALID_PATH, "/a*b");
	api_add_text(api_root(image), "empty", "");
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/empty"));
	ASSERT_FAILS(RESULT(image), IMAPI_E_BOOT_IMAGE_DATA, "");
	ASSERT_OK(fsi_boot_options_assign_boot_file(options, "/text"));
	fsi_result_release(api_result(image));
	fsi_boot_options_release(options);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_backslash_is_no_separator_where_names_may_have_it)
{
	fsi_image *image = api_image(BRIDGE);

	ASSERT_OK(fsi_image_put_any_character_names(image, true));
	api_add_text(api_root(image), "boot", "x");
	boot_put_one(image, boot_file(0, "\\boot"));
	ASSERT_FAILS(RESULT(image), IMAPI_E_INVALID_PATH, "\\boot");
	fsi_image_release(image);
}
END_TEST

START_TEST(an_emulation_that_does_not_fit_a_file_is_refused)
{
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *options = boot_file(0, "/floppy");

	ASSERT_OK(fsi_boot_options_put_emulation(options, FSI_EMULATION_144M_FLOPPY));
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, &options, 1));
	for (int difference = -1; difference <= 1; difference++) {
		fsi_result *result = NULL;
		HRESULT hr = S_OK;

		api_add_sized(api_root(image), "floppy", (size_t)(1474560 + difference));
		hr = fsi_image_create_result_image(image, &result);
		ck_assert_int_eq(
			hr, difference == 0 ? S_OK
					    : IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH);
		fsi_result_release(result);
		ASSERT_OK(fsi_directory_remove(api_root(image), "floppy"));
	}
	fsi_boot_options_release(options);
	fsi_image_release(image);
}
END_TEST

START_TEST(a_file_that_changes_before_it_is_read_is_told_by_its_name)
{
	fsi_image *image = api_image(BRIDGE);
	fsi_boot_options *options = boot_file(0, "/b");
	fsi_stream *made = NULL;
	uint8_t *bytes = malloc(4 << 20);

	ck_assert_ptr_nonnull(bytes);
	api_begin_folder();
	write_sized("b", 3000);
	ASSERT_OK(fsi_directory_add_file_from_path(api_root(image), "b", api_host("b")));
	ASSERT_OK(fsi_boot_options_put_boot_info_table(options, true));
	boot_put_one(image, options);
	made = api_image_stream(image);
	write_sized("b", 2999);
	ck_assert_int_eq(fsi_stream_read_at(made, 0, bytes, 4 << 20, &(size_t){0}),
			 IMAPI_E_DATA_STREAM_INCONSISTENCY);
	fsi_stream_release(made);
	fsi_image_release(image);
	api_end_folder();
	free(bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("files that are booted");
	TCase *tcase = tcase_create("files");

	tcase_add_test(tcase, a_file_of_the_tree_is_booted_where_it_lies);
	tcase_add_test(tcase, a_disc_of_udf_alone_has_an_iso9660_volume_without_files);
	tcase_add_test(tcase, what_is_no_longer_booted_is_embedded_again);
	tcase_add_test(tcase, holes_of_what_is_booted_are_recorded);
	tcase_add_test(tcase, a_boot_information_table_is_in_the_bytes_that_are_read);
	tcase_add_test(tcase, a_table_needs_64_bytes);
	tcase_add_test(tcase, hard_links_of_a_file_with_a_table_share_it);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("catalog and errors");
	tcase_add_test(tcase, the_catalog_may_be_a_file_in_all_views);
	tcase_add_test(tcase, the_catalog_moves_and_hides);
	tcase_add_test(tcase, what_is_rolled_back_shows_the_catalog_of_before);
	tcase_add_test(tcase, a_catalog_without_entries_is_zeros);
	tcase_add_test(tcase, a_file_that_is_booted_has_to_be_there);
	tcase_add_test(tcase, a_backslash_is_no_separator_where_names_may_have_it);
	tcase_add_test(tcase, an_emulation_that_does_not_fit_a_file_is_refused);
	tcase_add_test(tcase, a_file_that_changes_before_it_is_read_is_told_by_its_name);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
