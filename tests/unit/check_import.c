/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Importing sessions: the items of a disc become those of an image. */
#include "base/memory.h"
#include "image/image.h"
#include "tests/support/api.h"
#include "tests/support/iso_volume.h"
#include "tests/support/paper_disc.h"
#include "tree/imported.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a disc ------------------------------------------------------------ */

static fsi_stream *stream; /* of the disc */
static fsi_multisession *multisession;
static struct paper_disc paper;
static fsi_image *image;
static fsi_directory *root;

static void set_up(void)
{
	api_begin_folder();
	stream = NULL;
	multisession = NULL;
	image = NULL;
}

static void tear_down(void)
{
	fsi_image_release(image);
	fsi_multisession_release(multisession);
	fsi_stream_release(stream);
	api_end_folder();
}

static int32_t blocks_of(fsi_stream *of)
{
	uint64_t size = 0;

	ASSERT_OK(fsi_stream_get_size(of, &size));
	return (int32_t)(size / FSI_BLOCK_SIZE);
}

/* An image to import into, which has been told of the disc in stream. */
static void put_disc(fsi_file_systems file_systems)
{
	paper_disc_random(&paper, stream, blocks_of(stream));
	multisession = paper_disc_open(&paper);
	image = api_image(file_systems);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
}

/* Small files, which UDF embeds where it is alone; larger ones; none; directories. */
static void fill(fsi_directory *directory)
{
	api_add_text(directory, "small", "a few bytes");
	api_add_text(directory, "empty", "");
	api_add_directory(directory, "dir");
	api_add_directory(directory, "dir\\sub");
	api_add_directory(directory, "void");
	api_add_sized(directory, "dir\\large", 100000);
	api_add_sized(directory, "dir\\sub\\block", FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_item_put_is_hidden(api_item(directory, "small"), true));
}

static void make_disc(fsi_file_systems file_systems, uint32_t revision)
{
	fsi_image *first = api_image(file_systems);

	ASSERT_OK(fsi_image_put_udf_revision(first, revision));
	ASSERT_OK(fsi_image_put_volume_name(first, "FIRST"));
	fill(api_root(first));
	stream = api_image_stream(first);
	fsi_image_release(first);
}

static enum fsi_file_system import(void)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;

	ASSERT_OK(fsi_image_import_file_system(image, &imported));
	return imported;
}

/* What is asked of files must be what they are on the disc. */
static void assert_file(const char *path, const void *bytes, size_t size)
{
	fsi_stream *data = NULL;
	size_t found = 0;
	uint8_t *read = NULL;

	ASSERT_OK(fsi_file_get_data(api_file(root, path), &data));
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

	ASSERT_OK(fsi_file_get_data(api_file(root, path), &data));
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

	make_disc(kinds[_i].file_systems, kinds[_i].revision);
	put_disc(kinds[_i].file_systems);
	ck_assert_int_eq(import(), kinds[_i].imported);
	ASSERT_OK(fsi_image_get_file_count(image, &count));
	ck_assert_uint_eq(count, 4);
	ASSERT_OK(fsi_image_get_directory_count(image, &count));
	ck_assert_uint_eq(count, 3);
	assert_file("small", "a few bytes", 11);
	assert_file("empty", "", 0);
	assert_sized("dir\\large", 100000);
	assert_sized("dir\\sub\\block", FSI_BLOCK_SIZE);
	ASSERT_OK(fsi_image_get_session_start_block(image, &start));
	ck_assert_int_ge(start, blocks_of(stream));
	ck_assert_int_lt(start, blocks_of(stream) + 32);
	ck_assert_int_eq(start % 32, 0);
	ASSERT_TEXT(fsi_image_get_imported_volume_name, image, "FIRST");
	ASSERT_TEXT(fsi_image_get_volume_name, image, "");
}
END_TEST

START_TEST(attributes_are_those_of_the_disc)
{
	const struct timespec when = {.tv_sec = 1000000000};
	struct timespec time = {.tv_sec = 0};
	bool is_hidden = false;
	fsi_image *first = api_image(UDF);

	fill(api_root(first));
	ASSERT_OK(
		fsi_item_put_last_modified_time(api_item(api_root(first), "dir"), &when));
	stream = api_image_stream(first);
	fsi_image_release(first);
	put_disc(UDF);
	import();
	ASSERT_OK(fsi_item_get_last_modified_time(api_item(root, "dir"), &time));
	ck_assert_int_eq(time.tv_sec, when.tv_sec);
	ASSERT_OK(fsi_item_get_last_modified_time(api_item(root, "empty"), &time));
	ck_assert_int_eq(time.tv_sec, API_SECONDS);
	ASSERT_OK(fsi_item_get_is_hidden(api_item(root, "small"), &is_hidden));
	ck_assert(is_hidden);
	ASSERT_OK(fsi_item_get_is_hidden(api_item(root, "empty"), &is_hidden));
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
	fill(api_root(first));
	file = api_file(api_root(first), "small");
	ASSERT_OK(fsi_file_add_stream(file, "notes", data));
	ASSERT_OK(fsi_file_put_is_real_time(file, true));
	stream = api_image_stream(first);
	fsi_image_release(first);
	put_disc(UDF);
	import();
	file = api_file(root, "small");
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
	return fsi_item_node(api_item(root, path));
}

START_TEST(data_of_a_file_is_where_the_disc_has_it)
{
	const struct fsi_imported_data *where = NULL;
	struct fsi_disc_extent extent;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;

	make_disc(BRIDGE, 0x102);
	put_disc(BRIDGE);
	import();
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
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
	char bytes[11];

	make_disc(UDF, 0x201);
	put_disc(UDF);
	import();
	where = node_of("small")->content.data->source.imported;
	ck_assert_uint_eq(where->extent_count, 0);
	ck_assert_uint_ne(where->embedded_offset, 0);
	api_read(stream, where->embedded_offset, bytes, sizeof(bytes));
	ck_assert_int_eq(memcmp(bytes, "a few bytes", sizeof(bytes)), 0);
	ck_assert_ptr_null(node_of("empty")->content.data);
}
END_TEST

START_TEST(an_entry_is_current_until_the_item_changes)
{
	const struct timespec when = {.tv_sec = 1000000000};
	const struct fsi_imported *entry = NULL;
	uint8_t tag[2];

	make_disc(UDF, 0x102);
	put_disc(UDF);
	import();
	entry = fsi_node_imported(node_of("dir\\large"));
	ck_assert(entry->has_entry && entry->is_entry_current);
	ck_assert_uint_eq(entry->entry_partition, 0);
	ck_assert_uint_eq(entry->link_count, 1);
	ck_assert_uint_ge(entry->unique_id, 16);
	/* ECMA-167 4/14.9: the tag of a file entry is 261. */
	api_read(stream,
		 (uint64_t)(image->continued->partition_block + entry->entry_block) *
			 FSI_BLOCK_SIZE,
		 tag, sizeof(tag));
	ck_assert_int_eq(tag[0] | tag[1] << 8, 261);
	ASSERT_OK(fsi_item_put_is_hidden(api_item(root, "dir\\large"), true));
	ck_assert(entry->is_entry_current);
	ASSERT_OK(fsi_directory_move(root, "dir\\large", "moved"));
	ck_assert(entry->is_entry_current);
	ASSERT_OK(fsi_item_put_last_modified_time(api_item(root, "moved"), &when));
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

	make_disc(BRIDGE, 0x250);
	put_disc(ISO);
	import();
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_OK(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view));
	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	continued = image->continued;
	ck_assert_int_eq(continued->imported, FSI_FILE_SYSTEM_UDF);
	ck_assert_uint_eq(continued->file_systems, BRIDGE);
	ck_assert(continued->has_udf && continued->has_metadata_partition);
	ck_assert_uint_eq(continued->udf_revision, 0x250);
	ck_assert_uint_eq(continued->partition_block, volume->partitions[0].first_block);
	ck_assert_uint_eq(continued->partition_blocks, volume->partitions[0].block_count);
	ck_assert_uint_eq(continued->previous_block, 0);
	ck_assert_uint_eq(continued->boot_catalog_block, 0);
	ck_assert_uint_eq(continued->end_block, (uint32_t)blocks_of(stream));
	/* The root has 0, and six items come after it from 16 on. */
	ck_assert_uint_eq(continued->next_unique_id, 16 + 7);
	ck_assert_uint_ne(continued->volume_set_id[0], 0);
	ck_assert_str_eq((const char *)continued->charset + 1, "OSTA Compressed Unicode");
	fsi_disc_view_release(view);
	fsi_disc_release(disc);
}
END_TEST

/* ---- forms that only others, or POSIX, have ---------------------------- */

/* The names of one file of this computer, and links, with what they are. */
static void make_posix_disc(void)
{
	struct fsi_add_tree_options options = {.size = sizeof(options),
					       .links = FSI_LINKS_KEEP};
	fsi_image *first = api_image(UDF);

	scratch_write(&api_folder, "one", "linked", 6);
	ck_assert_int_eq(link(api_host("one"), api_host("two")), 0);
	ck_assert_int_eq(chmod(api_host("one"), 0640), 0);
	ck_assert_int_eq(symlink("one", api_host("link")), 0);
	ASSERT_OK(fsi_image_put_posix_attributes(first, true));
	ASSERT_OK(fsi_directory_add_tree_with_options(api_root(first), api_host(""),
						      &options, NULL));
	stream = api_image_stream(first);
	fsi_image_release(first);
}

START_TEST(names_of_one_file_stay_that)
{
	const struct fsi_node *one = NULL;

	make_posix_disc();
	put_disc(UDF);
	ASSERT_OK(fsi_image_put_posix_attributes(image, true));
	import();
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
	ASSERT_OK(fsi_directory_remove(root, "one"));
	ck_assert_uint_eq(node_of("two")->content.data->uses, 1);
}
END_TEST

START_TEST(rock_ridge_comes_in_with_posix_attributes)
{
	const struct fsi_imported_data *big = NULL;

	iso_volume_build();
	memcpy(iso_volume + iso_places.zf, "XX", 2);
	ASSERT_OK(fsi_stream_create_on_memory(iso_volume, sizeof(iso_volume), &stream));
	put_disc(ISO);
	ASSERT_OK(fsi_image_put_posix_attributes(image, true));
	ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	ASSERT_OK(fsi_image_import_specific_file_system(image, FSI_FILE_SYSTEM_ISO9660));
	ck_assert_uint_eq(image->tree.file_count, 9);
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
	ck_assert_uint_eq(image->continued->boot_catalog_block, BLOCK_CATALOG);
	ck_assert(!image->continued->has_udf);
	ck_assert_uint_eq(image->continued->first_data_block, BLOCK_BOOT_IMAGE);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

START_TEST(an_import_without_memory_leaves_the_image_as_it_was)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	HRESULT hr = E_OUTOFMEMORY;
	long count = 0;

	if (_i == 0) {
		make_posix_disc();
		put_disc(UDF);
		ASSERT_OK(fsi_image_put_posix_attributes(image, true));
	} else {
		make_disc(_i == 1 ? BRIDGE : ISO, 0x250);
		put_disc(BRIDGE);
	}
	api_add_text(root, "own", "own");
	while (hr == E_OUTOFMEMORY) {
		char *before = api_describe(image);

		fsi_memory_fail_after(count++);
		hr = fsi_image_import_file_system(image, &imported);
		fsi_memory_fail_after(-1);
		if (hr == E_OUTOFMEMORY)
			api_assert_unchanged(image, before);
		else
			fsi_free(before);
	}
	ck_assert_int_eq(hr, S_OK);
	ck_assert_int_gt(count, 50);
}
END_TEST

/* ---- merging ----------------------------------------------------------- */

START_TEST(an_item_of_the_image_wins_over_one_of_the_disc)
{
	uint32_t count = 0;

	make_disc(BRIDGE, 0x102);
	put_disc(BRIDGE);
	api_add_text(root, "small", "newer");
	api_add_directory(root, "dir");
	api_add_text(root, "dir\\mine", "mine");
	import();
	assert_file("small", "newer", 5);
	assert_file("dir\\mine", "mine", 4);
	assert_sized("dir\\large", 100000);
	ck_assert(!node_of("dir")->is_imported);
	ASSERT_OK(fsi_directory_get_count(api_directory(root, "dir"), &count));
	ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(an_import_is_one_change_that_is_locked_in)
{
	int32_t point = 0;

	make_disc(BRIDGE, 0x102);
	put_disc(BRIDGE);
	api_add_text(root, "own", "own");
	import();
	ASSERT_OK(fsi_image_get_change_point(image, &point));
	ck_assert_int_eq(point, 2);
	ASSERT_FAILS(fsi_image_rollback_to_change_point(image, 1), IMAPI_E_INVALID_PARAM,
		     "change_point");
	ASSERT_OK(fsi_directory_remove(root, "small"));
	ASSERT_OK(fsi_image_rollback_to_change_point(image, 2));
	assert_file("small", "a few bytes", 11);
}
END_TEST

START_TEST(the_same_disc_can_be_imported_again)
{
	char *before = NULL;

	make_disc(BRIDGE, 0x102);
	put_disc(BRIDGE);
	import();
	ASSERT_OK(fsi_directory_remove(root, "small"));
	before = api_describe(image);
	ck_assert_int_eq(import(), FSI_FILE_SYSTEM_UDF);
	api_assert_unchanged(image, before);
	ASSERT_FAILS(
		fsi_image_import_specific_file_system(image, FSI_FILE_SYSTEM_ISO9660),
		IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION, "");
}
END_TEST

START_TEST(imported_items_can_be_removed_and_replaced)
{
	make_disc(BRIDGE, 0x102);
	put_disc(BRIDGE);
	import();
	ASSERT_OK(fsi_directory_remove_tree(root, "dir"));
	ASSERT_OK(fsi_directory_remove(root, "small"));
	api_add_text(root, "small", "other");
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

	make_disc(UDF, 0x201);
	put_disc(ISO_JOLIET);
	import();
	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &file_systems));
	ck_assert_uint_eq(file_systems, BRIDGE);
	ASSERT_OK(fsi_image_get_udf_revision(image, &revision));
	ck_assert_uint_eq(revision, 0x201);
	ASSERT_OK(fsi_image_get_free_media_blocks(image, &free_blocks));
	ASSERT_OK(fsi_image_get_session_start_block(image, &start));
	ck_assert_int_eq(free_blocks, 2295104 - start);
}
END_TEST

START_TEST(a_disc_written_in_sequence_goes_on_where_the_drive_says)
{
	int32_t start = 0;
	int64_t free_blocks = 0;

	make_disc(BRIDGE, 0x102);
	paper_disc_sequential(&paper, stream, blocks_of(stream));
	multisession = paper_disc_open(&paper);
	image = api_image(BRIDGE);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_multisession_interfaces(image, &multisession, 1));
	import();
	ASSERT_OK(fsi_image_get_session_start_block(image, &start));
	ck_assert_int_eq(start, paper.values[FSI_MULTISESSION_NEXT_WRITABLE_ADDRESS]);
	ASSERT_OK(fsi_image_get_free_media_blocks(image, &free_blocks));
	ck_assert_int_eq(free_blocks,
			 paper.values[FSI_MULTISESSION_FREE_SECTORS_ON_MEDIA]);
}
END_TEST

START_TEST(nothing_is_imported_before_the_import)
{
	char unset[] = "";
	char *name = unset;

	image = api_image(BRIDGE);
	ASSERT_OK(fsi_image_get_imported_volume_name(image, &name));
	ck_assert_ptr_null(name);
}
END_TEST

/* ---- events ------------------------------------------------------------ */

struct told {
	char text[1024];
	unsigned left; /* calls until it cancels */
	HRESULT change;
};

static HRESULT note(void *context, fsi_image *of, enum fsi_file_system file_system,
		    const char *current_item, int32_t imported_directories,
		    int32_t total_directories, int32_t imported_files,
		    int32_t total_files)
{
	struct told *told = context;

	ck_assert_int_eq(file_system, FSI_FILE_SYSTEM_UDF);
	snprintf(told->text + strlen(told->text), sizeof(told->text) - strlen(told->text),
		 "%s %d/%d %d/%d\n", current_item, imported_directories,
		 total_directories, imported_files, total_files);
	told->change = fsi_directory_add_directory(api_root(of), "new");
	fsi_error_clear();
	return told->left-- > 0 ? S_OK : E_FAIL;
}

START_TEST(each_item_is_told)
{
	struct told told = {.left = 100};

	make_disc(UDF, 0x102);
	put_disc(UDF);
	ASSERT_OK(fsi_image_put_import_handler(image, note, &told));
	import();
	ck_assert_str_eq(told.text, "\\ 1/4 0/4\n"
				    "\\empty 1/4 1/4\n"
				    "\\small 1/4 2/4\n"
				    "\\void\\ 2/4 2/4\n"
				    "\\dir\\ 3/4 2/4\n"
				    "\\dir\\large 3/4 3/4\n"
				    "\\dir\\sub\\ 4/4 3/4\n"
				    "\\dir\\sub\\block 4/4 4/4\n");
	ck_assert_int_eq(told.change, IMAPI_E_READONLY);
}
END_TEST

START_TEST(a_handler_cancels_the_import_at_any_item)
{
	struct told told = {.left = (unsigned)_i};
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	char *before = NULL;

	make_disc(UDF, 0x102);
	put_disc(UDF);
	api_add_text(root, "own", "own");
	before = api_describe(image);
	ASSERT_OK(fsi_image_put_import_handler(image, note, &told));
	ASSERT_FAILS(fsi_image_import_file_system(image, &imported),
		     E_IMAPI_REQUEST_CANCELLED, "");
	api_assert_unchanged(image, before);
	ASSERT_OK(fsi_image_put_import_handler(image, NULL, NULL));
	ck_assert_int_eq(import(), FSI_FILE_SYSTEM_UDF);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("import");
	TCase *tests = tcase_create("import");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, all_items_of_a_disc_come_in, 0, KINDS);
	tcase_add_test(tests, attributes_are_those_of_the_disc);
	tcase_add_test(tests, named_streams_and_real_time_files_come_in);
	tcase_add_test(tests, data_of_a_file_is_where_the_disc_has_it);
	tcase_add_test(tests, embedded_data_is_in_the_entry);
	tcase_add_test(tests, an_entry_is_current_until_the_item_changes);
	tcase_add_test(tests, what_the_next_session_keeps_is_that_of_the_disc);
	tcase_add_test(tests, names_of_one_file_stay_that);
	tcase_add_test(tests, rock_ridge_comes_in_with_posix_attributes);
	tcase_add_loop_test(tests, an_import_without_memory_leaves_the_image_as_it_was, 0,
			    3);
	tcase_add_test(tests, an_item_of_the_image_wins_over_one_of_the_disc);
	tcase_add_test(tests, an_import_is_one_change_that_is_locked_in);
	tcase_add_test(tests, the_same_disc_can_be_imported_again);
	tcase_add_test(tests, imported_items_can_be_removed_and_replaced);
	tcase_add_test(tests, file_systems_and_revision_are_those_of_the_disc);
	tcase_add_test(tests, a_disc_written_in_sequence_goes_on_where_the_drive_says);
	tcase_add_test(tests, nothing_is_imported_before_the_import);
	tcase_add_test(tests, each_item_is_told);
	tcase_add_loop_test(tests, a_handler_cancels_the_import_at_any_item, 0, 8);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return api_run(make_suite());
}
