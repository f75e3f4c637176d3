/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the blocks of a disc are used for. */
#include "tests/support/api.h"

#include <string.h>

static fsi_image *image;
static fsi_stream *stream;
static fsi_disc *disc;
static fsi_block_map *map;

static void fill_and_open(void)
{
	fsi_directory *root = api_root(image);

	api_add_directory(root, "folder");
	api_add_sized(root, "folder\\file", 5000);
	api_add_sized(root, "empty", 0);
	stream = api_image_stream(image);
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_OK(fsi_disc_get_block_map(disc, &map));
}

static void open_map(fsi_file_systems file_systems)
{
	image = api_image(file_systems);
	fill_and_open();
}

static void close_map(void)
{
	fsi_block_map_release(map);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	fsi_image_release(image);
}

static const struct fsi_block_use *find_use(const char *structure, size_t *ret_index)
{
	const struct fsi_block_use *use = NULL;
	size_t count = 0;

	ASSERT_OK(fsi_block_map_get_count(map, &count));
	for (size_t i = 0; i < count; i++) {
		ASSERT_OK(fsi_block_map_get_item(map, i, &use));
		if (strcmp(use->structure, structure) != 0)
			continue;
		*ret_index = i;
		return use;
	}
	ck_abort_msg("there is no %s", structure);
	return NULL;
}

static void assert_path(size_t index, const char *expected)
{
	char *path = NULL;

	ASSERT_OK(fsi_block_map_get_path(map, index, &path));
	ck_assert_str_eq(path, expected);
	fsi_free(path);
}

START_TEST(a_file_is_one_extent_for_all_file_systems)
{
	const struct fsi_block_use *use = NULL;
	size_t index = 0;

	open_map(BRIDGE);
	use = find_use("file", &index);
	ck_assert_uint_eq(use->block_count, 3);
	ck_assert_uint_eq(use->file_systems, BRIDGE);
	ck_assert(use->is_file);
	ck_assert_uint_eq(use->name_count, 1);
	ck_assert_str_eq(use->name, "file"); /* and not FILE.;1 */
	assert_path(index, "/folder/file");
	close_map();
}
END_TEST

START_TEST(structures_tell_what_they_are)
{
	const struct fsi_block_use *use = NULL;
	size_t index = 0;

	open_map(ISO_JOLIET);
	use = find_use("primary volume descriptor", &index);
	ck_assert_uint_eq(index, 0);
	ck_assert_uint_eq(use->first_block, 16);
	ck_assert_uint_eq(use->block_count, 1);
	ck_assert_uint_eq(use->file_systems, ISO);
	ck_assert(!use->is_file);
	ck_assert_str_eq(use->name, "");
	assert_path(index, "");
	use = find_use("Joliet volume descriptor", &index);
	ck_assert_uint_eq(use->file_systems, FSI_FILE_SYSTEM_JOLIET);
	close_map();
}
END_TEST

START_TEST(what_is_in_a_metadata_partition_has_its_place_on_the_disc)
{
	const struct fsi_block_use *metadata = NULL;
	const struct fsi_block_use *entry = NULL;
	const struct fsi_block_use *directory = NULL;
	size_t index = 0;

	image = api_image(UDF);
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x250));
	fill_and_open();
	metadata = find_use("metadata", &index);
	entry = find_use("extended file entry", &index);
	directory = find_use("directory", &index);
	ck_assert_uint_gt(entry->first_block, metadata->first_block);
	ck_assert_uint_gt(directory->first_block, entry->first_block);
	ck_assert_uint_le(directory->first_block + directory->block_count,
			  metadata->first_block + metadata->block_count);
	close_map();
}
END_TEST

START_TEST(extents_come_in_order_and_do_not_overlap)
{
	const struct fsi_block_use *use = NULL;
	uint32_t blocks = 0;
	uint32_t end = 0;
	size_t count = 0;

	open_map(BRIDGE);
	ASSERT_OK(fsi_disc_get_total_blocks(disc, &blocks));
	ASSERT_OK(fsi_block_map_get_count(map, &count));
	for (size_t i = 0; i < count; i++) {
		ASSERT_OK(fsi_block_map_get_item(map, i, &use));
		ck_assert_uint_ge(use->first_block, end);
		ck_assert_uint_ge(use->block_count, 1);
		end = use->first_block + use->block_count;
	}
	ck_assert_uint_eq(end, blocks); /* an anchor is the last block */
	ASSERT_FAILS(fsi_block_map_get_item(map, count, &use), E_INVALIDARG, "");
	close_map();
}
END_TEST

START_TEST(a_map_outlives_its_disc)
{
	fsi_block_map *other = NULL;
	size_t index = 0;

	open_map(UDF);
	other = fsi_block_map_add_ref(map);
	fsi_block_map_release(map);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	disc = NULL;
	stream = NULL;
	map = other;
	find_use("file", &index);
	assert_path(index, "/folder/file");
	close_map();
	ck_assert_ptr_null(fsi_block_map_add_ref(NULL));
	fsi_block_map_release(NULL);
}
END_TEST

START_TEST(pointers_are_required)
{
	const struct fsi_block_use *use = NULL;
	fsi_block_map *other = NULL;
	char *path = NULL;
	size_t count = 7;

	open_map(ISO);
	ASSERT_FAILS(fsi_disc_get_block_map(NULL, &other), E_POINTER, "");
	ASSERT_FAILS(fsi_disc_get_block_map(disc, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_block_map_get_count(NULL, &count), E_POINTER, "");
	ASSERT_FAILS(fsi_block_map_get_count(map, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_block_map_get_item(NULL, 0, &use), E_POINTER, "");
	ASSERT_FAILS(fsi_block_map_get_item(map, 0, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_block_map_get_path(NULL, 0, &path), E_POINTER, "");
	ASSERT_FAILS(fsi_block_map_get_path(map, 0, NULL), E_POINTER, "");
	ASSERT_FAILS(fsi_block_map_get_path(map, SIZE_MAX, &path), E_INVALIDARG, "");
	ck_assert(other == NULL && use == NULL && path == NULL && count == 7);
	close_map();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("block map");
	TCase *tcase = tcase_create("map");

	tcase_add_test(tcase, a_file_is_one_extent_for_all_file_systems);
	tcase_add_test(tcase, structures_tell_what_they_are);
	tcase_add_test(tcase, what_is_in_a_metadata_partition_has_its_place_on_the_disc);
	tcase_add_test(tcase, extents_come_in_order_and_do_not_overlap);
	tcase_add_test(tcase, a_map_outlives_its_disc);
	tcase_add_test(tcase, pointers_are_required);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
