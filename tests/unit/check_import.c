/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Importing sessions: the items of a disc become those of an image. */
#include "image/image.h"
#include "tests/support/import_case.h"
#include "tests/support/iso_volume.h"
#include "tree/imported.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a disc ------------------------------------------------------------ */

/* What is asked of files must be what they are on the disc. */
static void assert_file(const char *path, const void *bytes, size_t size)
{
	fsi_stream *data = NULL;
	size_t found = 0;
	uint8_t *read = NULL;

	ASSERT_OK(fsi_file_get_data(api_file(import_root, path), &data));
	read = api_read_all(data, &found);
	ck_assert_uint_eq(found, size);
	ck_assert_int_eq(memcmp(read, bytes, size), 0);
	free(read);
	fsi_stream_release(data);
}

static void assert_sized(const char *path, size_t size)
{
	fsi_stream *data = NULL;
	fsi_stream *expected = api_sized_stream(size);

	ASSERT_OK(fsi_file_get_data(api_file(import_root, path), &data));
	api_assert_same_bytes(data, expected);
	fsi_stream_release(expected);
	fsi_stream_release(data);
}

/* ---- what comes in ----------------------------------------------------- */

static const struct {
	fsi_file_systems file_systems;
	uint32_t revision;
	enum fsi_file_system imported;
} kinds[] = {
	{ISO, 0x102, FSI_FILE_SYSTEM_ISO9660},
	{ISO_JOLIET, 0x102, FSI_FILE_SYSTEM_JOLIET},
	{BRIDGE, 0x102, FSI_FILE_SYSTEM_UDF},
	{UDF, 0x102, FSI_FILE_SYSTEM_UDF},
	{UDF, 0x150, FSI_FILE_SYSTEM_UDF},
	{UDF, 0x201, FSI_FILE_SYSTEM_UDF},
	{UDF, 0x250, FSI_FILE_SYSTEM_UDF},
	{BRIDGE, 0x260, FSI_FILE_SYSTEM_UDF},
};

#define KINDS (int)(sizeof(kinds) / sizeof(kinds[0]))

START_TEST(all_items_of_a_disc_come_in)
{
	uint32_t count = 0;
	int32_t start = 0;

	import_make_disc(kinds[_i].file_systems, kinds[_i].revision);
	import_choose(kinds[_i].file_systems);
	ck_assert_int_eq(import_well(), kinds[_i].imported);
	ASSERT_OK(fsi_image_get_file_count(import_image, &count));
	ck_assert_uint_eq(count, 4);
	ASSERT_OK(fsi_image_get_directory_count(import_image, &count));
	ck_assert_uint_eq(count, 3);
	assert_file("small", "a few bytes", 11);
	assert_file("empty", "", 0);
	assert_sized("dir\\large", 100000);
	assert_sized("dir\\sub\\block", FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_image_get_session_start_block(import_image, &start));
	ck_assert_int_ge(start, (int32_t)(import_size / FSI_BLOCK_SIZE));
	ck_assert_int_lt(start, (int32_t)(import_size / FSI_BLOCK_SIZE) + 32);
	ck_assert_int_eq(start % 32, 0);
	ASSERT_TEXT(fsi_image_get_imported_volume_name, import_image, "FIRST");
	ASSERT_TEXT(fsi_image_get_volume_name, import_image, "");
}
END_TEST

START_TEST(attributes_are_those_of_the_disc)
{
	const struct timespec when = {.tv_sec = 1000000000};
	struct timespec time = {.tv_sec = 0};
	bool is_hidden = false;
	fsi_image *first = api_image(UDF);

	import_fill(api_root(first));
	ASSERT_OK(
		fsi_item_put_last_modified_time(api_item(api_root(first), "dir"), &when));
	import_record(first);
	import_choose(UDF);
	import_well();
	ASSERT_OK(fsi_item_get_last_modified_time(api_item(import_root, "dir"), &time));
	ck_assert_int_eq(time.tv_sec, when.tv_sec);
	ASSERT_OK(fsi_item_get_last_modified_time(api_item(import_root, "empty"), &time));
	ck_assert_int_eq(time.tv_sec, API_SECONDS);
	ASSERT_OK(fsi_item_get_is_hidden(api_item(import_root, "small"), &is_hidden));
	ck_assert(is_hidden);
	ASSERT_OK(fsi_item_get_is_hidden(api_item(import_root, "empty"), &is_hidden));
	ck_assert(!is_hidden);
}
END_TEST

START_TEST(named_streams_and_real_time_files_come_in)
{
	fsi_image *first = api_image(UDF);
	fsi_named_streams *streams = NULL;
	fsi_stream *data = api_text_stream("of the stream");
	fsi_file *file = NULL;
	fsi_stream *found = NULL;
	uint32_t count = 0;
	bool is_real_time = false;

	ASSERT_OK(fsi_image_put_udf_revision(first, 0x201));
	import_fill(api_root(first));
	file = api_file(api_root(first), "small");
	ASSERT_OK(fsi_file_add_stream(file, "notes", data));
	ASSERT_OK(fsi_file_put_is_real_time(file, true));
	import_record(first);
	import_choose(UDF);
	import_well();
	file = api_file(import_root, "small");
	ASSERT_OK(fsi_file_get_is_real_time(file, &is_real_time));
	ck_assert(is_real_time);
	ASSERT_OK(fsi_file_get_named_streams(file, &streams));
	ASSERT_OK(fsi_named_streams_get_count(streams, &count));
	ck_assert_uint_eq(count, 1);
	ASSERT_OK(fsi_named_streams_get_item(streams, 0, &file));
	ASSERT_OK(fsi_file_get_data(file, &found));
	api_assert_same_bytes(found, data);
	fsi_stream_release(found);
	fsi_named_streams_release(streams);
	fsi_stream_release(data);
}
END_TEST

/* ---- where items are --------------------------------------------------- */

static const struct fsi_node *node_of(const char *path)
{
	return fsi_item_node(api_item(import_root, path));
}

START_TEST(data_of_a_file_is_where_the_disc_has_it)
{
	const struct fsi_imported_data *where = NULL;
	struct fsi_disc_extent extent;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;

	import_make_disc(BRIDGE, 0x102);
	import_well();
	ASSERT_OK(fsi_disc_open(import_stream, NULL, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_JOLIET, &view));
	ASSERT_OK(fsi_disc_view_get_entry(view, "dir/large", &entry));
	ASSERT_OK(fsi_disc_entry_get_extent(entry, 0, &extent));
	ck_assert(node_of("dir\\large")->content.data->is_imported);
	where = node_of("dir\\large")->content.data->source.imported;
	ck_assert_uint_eq(where->extent_count, 1);
	ck_assert_uint_eq(where->extents[0].first_block, extent.block);
	ck_assert_uint_eq(where->extents[0].block_count, 49);
	ck_assert_uint_eq(where->embedded_offset, 0);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
}
END_TEST

START_TEST(embedded_data_is_in_the_entry)
{
	const struct fsi_imported_data *where = NULL;
	char found[11];

	import_make_disc(UDF, 0x201);
	import_choose(UDF);
	import_well();
	where = node_of("small")->content.data->source.imported;
	ck_assert_uint_eq(where->extent_count, 0);
	ck_assert_uint_ne(where->embedded_offset, 0);
	api_read(import_stream, where->embedded_offset, found, sizeof(found));
	ck_assert_int_eq(memcmp(found, "a few bytes", sizeof(found)), 0);
	ck_assert_ptr_null(node_of("empty")->content.data);
}
END_TEST

START_TEST(an_entry_is_current_until_the_item_changes)
{
	const struct timespec when = {.tv_sec = 1000000000};
	const struct fsi_imported *entry = NULL;
	uint8_t tag[2];

	import_make_disc(UDF, 0x102);
	import_choose(UDF);
	import_well();
	entry = fsi_node_imported(node_of("dir\\large"));
	ck_assert(entry->has_entry && entry->is_entry_current);
	ck_assert_uint_eq(entry->entry_partition, 0);
	ck_assert_uint_eq(entry->link_count, 1);
	ck_assert_uint_ge(entry->unique_id, 16);
	/* ECMA-167 4/14.9: the tag of a file entry is 261. */
	api_read(import_stream,
		 (uint64_t)(import_image->continued->partition_block +
			    entry->entry_block) *
			 FSI_BLOCK_SIZE,
		 tag, sizeof(tag));
	ck_assert_int_eq(tag[0] | tag[1] << 8, 261);
	ASSERT_OK(fsi_item_put_is_hidden(api_item(import_root, "dir\\large"), true));
	ck_assert(entry->is_entry_current);
	ASSERT_OK(fsi_directory_move(import_root, "dir\\large", "moved"));
	ck_assert(entry->is_entry_current);
	ASSERT_OK(fsi_item_put_last_modified_time(api_item(import_root, "moved"), &when));
	ck_assert(!entry->is_entry_current);
	ck_assert(fsi_node_imported(node_of("small"))->is_entry_current);
}
END_TEST

START_TEST(what_the_next_session_keeps_is_that_of_the_disc)
{
	const struct fsi_continued *continued = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	const struct fsi_disc_volume *volume = NULL;

	import_make_disc(BRIDGE, 0x250);
	import_choose(ISO);
	import_well();
	ASSERT_OK(fsi_disc_open(import_stream, NULL, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view));
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	continued = import_image->continued;
	ck_assert_int_eq(continued->imported, FSI_FILE_SYSTEM_UDF);
	ck_assert_uint_eq(continued->file_systems, BRIDGE);
	ck_assert(continued->has_udf && !continued->keeps_entries);
	ck_assert_uint_eq(continued->udf_revision, 0x250);
	ck_assert_uint_eq(continued->partition_block, volume->partitions[0].first_block);
	ck_assert_uint_eq(continued->previous_block, 0);
	ck_assert_uint_eq(continued->boot_catalog_block, 0);
	ck_assert_uint_eq(continued->end_block, (uint32_t)(import_size / FSI_BLOCK_SIZE));
	/* The root has 0, and six items come after it from 16 on. */
	ck_assert_uint_eq(continued->next_unique_id, 16 + 7);
	ck_assert_uint_ne(continued->volume_set_id[0], 0);
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
}
END_TEST

/* ---- forms that only others, or POSIX, have ---------------------------- */

START_TEST(names_of_one_file_stay_that)
{
	const struct fsi_node *one = NULL;

	import_make_posix_disc();
	import_choose(UDF);
	ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	import_well();
	one = node_of("one");
	ck_assert_ptr_eq(one->content.data, node_of("two")->content.data);
	ck_assert(one->content.data->is_linked);
	ck_assert_uint_eq(one->content.data->uses, 2);
	ck_assert_uint_eq(fsi_node_imported(one)->link_count, 2);
	ck_assert_uint_eq(fsi_node_imported(one)->entry_block,
			  fsi_node_imported(node_of("two"))->entry_block);
	ck_assert_uint_eq(one->mode, 0640);
	ck_assert_uint_eq(one->uid, getuid());
	ck_assert_int_eq(node_of("link")->kind, FSI_NODE_LINK);
	ck_assert_str_eq(node_of("link")->content.target, "one");
	assert_file("two", "linked", 6);
	ASSERT_OK(fsi_directory_remove(import_root, "one"));
	ck_assert_uint_eq(node_of("two")->content.data->uses, 1);
}
END_TEST

START_TEST(rock_ridge_comes_in_with_posix_attributes)
{
	const struct fsi_imported_data *big = NULL;

	iso_volume_build();
	memcpy(iso_volume + iso_places.zf, "XX", 2);
	import_put(iso_volume, sizeof(iso_volume));
	ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	ASSERT_OK(fsi_image_put_case_sensitive_names(import_image, true));
	ASSERT_OK(fsi_image_import_specific_file_system(import_image,
							FSI_FILE_SYSTEM_ISO9660));
	ck_assert_uint_eq(import_image->tree.file_count, 9);
	ck_assert_ptr_eq(node_of("a long name.txt")->content.data,
			 node_of("dir\\hard.txt")->content.data);
	ck_assert_int_eq(node_of("dev")->kind, FSI_NODE_CHARACTER_DEVICE);
	ck_assert_uint_eq(node_of("dev")->content.device.major, 1);
	ck_assert_uint_eq(node_of("dev")->content.device.minor, 3);
	ck_assert_str_eq(node_of("link")->content.target, "target/file");
	ck_assert(fsi_node_is_directory(node_of("dir\\deep")));
	big = node_of("big.dat")->content.data->source.imported;
	ck_assert_uint_eq(big->extent_count, 1);
	ck_assert_uint_eq(big->extents[0].first_block, BLOCK_BIG);
	ck_assert_uint_eq(big->extents[0].block_count, 2);
	ck_assert_uint_eq(import_image->continued->boot_catalog_block, BLOCK_CATALOG);
	ck_assert(!import_image->continued->has_udf);
	ck_assert_uint_eq(import_image->continued->first_data_block, BLOCK_BOOT_IMAGE);
}
END_TEST

/* Each name has a size of its own there, and a disc may tell two of one file. */
START_TEST(names_with_different_sizes_are_not_those_of_one_file)
{
	const struct fsi_data *data[2] = {NULL};

	iso_volume_build();
	memcpy(iso_volume + iso_places.zf, "XX", 2);
	iso_volume_put_le(iso_volume + iso_places.hard + 10, 500, 4);
	import_put(iso_volume, sizeof(iso_volume));
	ASSERT_OK(fsi_image_put_posix_attributes(import_image, true));
	ASSERT_OK(fsi_image_put_case_sensitive_names(import_image, true));
	ASSERT_OK(fsi_image_import_specific_file_system(import_image,
							FSI_FILE_SYSTEM_ISO9660));
	data[0] = node_of("a long name.txt")->content.data;
	data[1] = node_of("dir\\hard.txt")->content.data;
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_uint_eq(data[i]->size, i == 0 ? 1000 : 500);
		ck_assert_uint_eq(data[i]->uses, 1);
		ck_assert_uint_eq(data[i]->source.imported->extents[0].first_block,
				  BLOCK_FILE);
	}
}
END_TEST

START_TEST(names_of_iso9660_alone_are_those_that_are_recorded)
{
	fsi_item *item = NULL;
	HRESULT hr = S_OK;

	import_make_disc(ISO, 0x102);
	import_choose(ISO);
	ASSERT_OK(fsi_image_put_case_sensitive_names(import_image, _i != 0));
	import_well();
	ASSERT_OK(fsi_directory_get_item(import_root, "DIR\\SUB\\BLOCK", &item));
	ASSERT_TEXT(fsi_item_get_name, item, "BLOCK");
	hr = fsi_directory_get_item(import_root, "dir\\sub\\block", &item);
	ck_assert_int_eq(FAILED(hr), _i);
}
END_TEST

/* ---- merging ----------------------------------------------------------- */

START_TEST(an_item_of_the_image_wins_over_one_of_the_disc)
{
	uint32_t count = 0;

	import_make_disc(BRIDGE, 0x102);
	api_add_text(import_root, "small", "newer");
	api_add_directory(import_root, "dir");
	api_add_text(import_root, "dir\\mine", "mine");
	import_well();
	assert_file("small", "newer", 5);
	assert_file("dir\\mine", "mine", 4);
	assert_sized("dir\\large", 100000);
	ck_assert(!node_of("dir")->is_imported);
	ASSERT_OK(fsi_directory_get_count(api_directory(import_root, "dir"), &count));
	ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(an_import_is_one_change_that_is_locked_in)
{
	int32_t point = 0;

	import_make_disc(BRIDGE, 0x102);
	api_add_text(import_root, "own", "own");
	import_well();
	ASSERT_OK(fsi_image_get_change_point(import_image, &point));
	ck_assert_int_eq(point, 2);
	ASSERT_FAILS(fsi_image_rollback_to_change_point(import_image, 1),
		     IMAPI_E_INVALID_PARAM, "change_point");
	ASSERT_OK(fsi_directory_remove(import_root, "small"));
	ASSERT_OK(fsi_image_rollback_to_change_point(import_image, 2));
	assert_file("small", "a few bytes", 11);
}
END_TEST

START_TEST(the_same_disc_can_be_imported_again)
{
	char *before = NULL;

	import_make_disc(BRIDGE, 0x102);
	import_well();
	ASSERT_OK(fsi_directory_remove(import_root, "small"));
	before = api_describe(import_image);
	ck_assert_int_eq(import_well(), FSI_FILE_SYSTEM_UDF);
	api_assert_unchanged(import_image, before);
	ASSERT_FAILS(fsi_image_import_specific_file_system(import_image,
							   FSI_FILE_SYSTEM_ISO9660),
		     IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION, "");
}
END_TEST

START_TEST(imported_items_can_be_removed_and_replaced)
{
	import_make_disc(BRIDGE, 0x102);
	import_well();
	ASSERT_OK(fsi_directory_remove_tree(import_root, "dir"));
	ASSERT_OK(fsi_directory_remove(import_root, "small"));
	api_add_text(import_root, "small", "other");
	assert_file("small", "other", 5);
	ck_assert(!node_of("small")->is_imported);
}
END_TEST

/* ---- what follows ------------------------------------------------------ */

START_TEST(file_systems_and_revision_are_those_of_the_disc)
{
	fsi_file_systems file_systems = 0;
	uint32_t revision = 0;
	int64_t free_blocks = 0;
	int32_t start = 0;

	import_make_disc(UDF, 0x201);
	import_choose(ISO_JOLIET);
	import_well();
	ASSERT_OK(fsi_image_get_file_systems_to_create(import_image, &file_systems));
	ck_assert_uint_eq(file_systems, BRIDGE);
	ASSERT_OK(fsi_image_get_udf_revision(import_image, &revision));
	ck_assert_uint_eq(revision, 0x201);
	ASSERT_OK(fsi_image_get_free_media_blocks(import_image, &free_blocks));
	ASSERT_OK(fsi_image_get_session_start_block(import_image, &start));
	ck_assert_int_eq(free_blocks, 2295104 - start);
}
END_TEST

START_TEST(a_disc_written_in_sequence_goes_on_where_the_drive_says)
{
	static struct paper_disc paper; /* that of the image until it ends */
	fsi_multisession *object = NULL;
	int32_t start = 0;
	int64_t free_blocks = 0;

	import_make_disc(BRIDGE, 0x102);
	paper_disc_sequential(&paper, import_stream,
			      (int32_t)(import_size / FSI_BLOCK_SIZE));
	object = paper_disc_open(&paper);
	ASSERT_OK(fsi_image_put_multisession_interfaces(import_image, &object, 1));
	fsi_multisession_release(object);
	import_well();
	ASSERT_OK(fsi_image_get_session_start_block(import_image, &start));
	ck_assert_int_eq(start, paper.values[FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS]);
	ASSERT_OK(fsi_image_get_free_media_blocks(import_image, &free_blocks));
	ck_assert_int_eq(free_blocks,
			 paper.values[FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA]);
}
END_TEST

START_TEST(nothing_is_imported_before_the_import)
{
	char unset[] = "";
	char *name = unset;

	ASSERT_OK(fsi_image_get_imported_volume_name(import_image, &name));
	ck_assert_ptr_null(name);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("import");
	TCase *tests = tcase_create("import");

	tcase_add_checked_fixture(tests, import_begin, import_end);
	tcase_add_loop_test(tests, all_items_of_a_disc_come_in, 0, KINDS);
	tcase_add_test(tests, attributes_are_those_of_the_disc);
	tcase_add_test(tests, named_streams_and_real_time_files_come_in);
	tcase_add_test(tests, data_of_a_file_is_where_the_disc_has_it);
	tcase_add_test(tests, embedded_data_is_in_the_entry);
	tcase_add_test(tests, an_entry_is_current_until_the_item_changes);
	tcase_add_test(tests, what_the_next_session_keeps_is_that_of_the_disc);
	tcase_add_test(tests, names_of_one_file_stay_that);
	tcase_add_test(tests, rock_ridge_comes_in_with_posix_attributes);
	tcase_add_test(tests, names_with_different_sizes_are_not_those_of_one_file);
	tcase_add_loop_test(tests, names_of_iso9660_alone_are_those_that_are_recorded, 0,
			    2);
	tcase_add_test(tests, an_item_of_the_image_wins_over_one_of_the_disc);
	tcase_add_test(tests, an_import_is_one_change_that_is_locked_in);
	tcase_add_test(tests, the_same_disc_can_be_imported_again);
	tcase_add_test(tests, imported_items_can_be_removed_and_replaced);
	tcase_add_test(tests, file_systems_and_revision_are_those_of_the_disc);
	tcase_add_test(tests, a_disc_written_in_sequence_goes_on_where_the_drive_says);
	tcase_add_test(tests, nothing_is_imported_before_the_import);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return api_run(make_suite());
}
