/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What our writer wrote reads back equal; discs, views and entries as an API. */
#include "tests/support/disc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- images to read back ----------------------------------------------- */

/* Files of all sizes around blocks, and names of all widths. */
static const struct {
	const char *path;
	size_t size;
} files[] = {
	{"empty", 0},
	{"one", 1},
	{"block less one", FSI_BLOCK_SIZE - 1},
	{"block", FSI_BLOCK_SIZE},
	{"block and one", FSI_BLOCK_SIZE + 1},
	{"large", 300000},
	{"dir/gr\303\274n", 5},
	{"dir/\346\227\245\346\234\254\350\252\236.txt", 6},
	{"dir/\360\235\204\236 clef", 7},
	{"dir/sub/deeper/file", 8},
	{"dir/a name of some length that goes on and on until it has become quite long",
	 9},
};

#define FILES (sizeof(files) / sizeof(files[0]))

/* Names that take several blocks. */
#define MANY 150

static fsi_image *make_image(fsi_file_systems file_systems, uint32_t revision)
{
	fsi_image *image = api_image(file_systems);
	fsi_directory *root = api_root(image);

	ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	ASSERT_OK(fsi_image_put_volume_name(image, "Label"));
	ASSERT_OK(fsi_image_put_deep_directories(image, true));
	api_add_directory(root, "dir");
	api_add_directory(root, "dir\\sub");
	api_add_directory(root, "dir\\sub\\deeper");
	api_add_directory(root, "void");
	api_add_directory(root, "many");
	for (size_t i = 0; i < FILES; i++)
		api_add_sized(root, files[i].path, files[i].size);
	for (unsigned i = 0; i < MANY; i++)
		api_add_text(root, api_text("many/number %03u", i), api_text("%u", i));
	return image;
}

/* The bytes of a stream for the whole image, and the view of it. */
static fsi_disc_view *view_of(fsi_image *image)
{
	fsi_stream *stream = api_image_stream(image);
	fsi_disc_view *view = disc_view_of_stream(stream);

	fsi_stream_release(stream);
	return view;
}

/* What the entries of one revision are enough for. */
static fsi_image *plain_image;
static fsi_disc_view *plain_view;

static void set_up_plain(void)
{
	plain_image = make_image(UDF, 0x102);
	plain_view = view_of(plain_image);
}

static void tear_down_plain(void)
{
	fsi_disc_view_release(plain_view);
	fsi_image_release(plain_image);
}

static void assert_same_data(fsi_disc_entry *entry, fsi_stream *expected)
{
	fsi_stream *stream = NULL;

	ASSERT_OK(fsi_disc_entry_open_data(entry, &stream));
	api_assert_same_bytes(stream, expected);
	fsi_stream_release(stream);
}

static void assert_files(fsi_disc_view *view)
{
	for (size_t i = 0; i < FILES; i++) {
		fsi_disc_entry *entry = disc_entry(view, files[i].path);
		fsi_stream *expected = api_sized_stream(files[i].size);

		ck_assert_int_eq(disc_info(entry)->kind, FSI_DISC_FILE);
		ck_assert_uint_eq(disc_info(entry)->size, files[i].size);
		assert_same_data(entry, expected);
		fsi_stream_release(expected);
		fsi_disc_entry_release(entry);
	}
}

static void assert_many(fsi_disc_view *view)
{
	for (unsigned i = 0; i < MANY; i++) {
		fsi_disc_entry *entry =
			disc_entry(view, api_text("/many/number %03u", i));
		fsi_stream *expected = api_text_stream(api_text("%u", i));

		assert_same_data(entry, expected);
		fsi_stream_release(expected);
		fsi_disc_entry_release(entry);
	}
}

static void assert_lists(fsi_disc_view *view)
{
	fsi_disc_entry *entry = disc_entry(view, "/");
	char *text = disc_list(entry, false);

	ck_assert_str_eq(text, "block block and one block less one dir empty large many "
			       "one void ");
	free(text);
	fsi_disc_entry_release(entry);
	entry = disc_entry(view, "void");
	text = disc_list(entry, false);
	ck_assert_str_eq(text, "");
	free(text);
	fsi_disc_entry_release(entry);
}

static void assert_volume(fsi_disc_view *view, uint32_t revision)
{
	const struct fsi_disc_volume *volume = NULL;

	ASSERT_OK(fsi_disc_view_get_volume(view, &volume));
	ck_assert_int_eq(volume->file_system, FSI_FILE_SYSTEM_UDF);
	ck_assert_str_eq(volume->name, "Label");
	ck_assert_str_eq(volume->volume_id, "Label");
	ck_assert_str_eq(volume->file_set_id, "Label");
	ck_assert_uint_eq(volume->revision, revision);
	ck_assert_uint_eq(volume->block_size, FSI_BLOCK_SIZE);
	ck_assert(volume->has_integrity && volume->is_closed && volume->has_counts);
	ck_assert_uint_eq(volume->file_count, FILES + MANY);
	ck_assert_uint_eq(volume->directory_count, 6);
	ck_assert_int_eq(volume->recording_time.time.tv_sec, API_SECONDS);
	ck_assert_uint_eq(volume->anchor_block, 256);
	ck_assert(!volume->has_other_anchors && !volume->is_from_reserve);
	ck_assert_int_eq(volume->partitions[0].kind, FSI_DISC_PARTITION_PHYSICAL);
	ck_assert_int_eq(volume->partitions[0].access, FSI_DISC_ACCESS_READ_ONLY);
}

static void read_back(fsi_file_systems file_systems, uint32_t revision)
{
	fsi_image *image = make_image(file_systems, revision);
	fsi_disc_view *view = view_of(image);

	assert_volume(view, revision);
	assert_files(view);
	assert_many(view);
	assert_lists(view);
	fsi_disc_view_release(view);
	fsi_image_release(image);
}

START_TEST(what_was_written_reads_back_in_every_revision)
{
	const uint32_t *revisions = NULL;
	size_t count = 0;
	fsi_image *image = api_image(UDF);

	ASSERT_OK(fsi_image_get_udf_revisions_supported(image, &revisions, &count));
	fsi_image_release(image);
	ck_assert_uint_ge(count, 1);
	for (size_t i = 0; i < count; i++) {
		read_back(UDF, revisions[i]);
		read_back(BRIDGE, revisions[i]);
	}
}
END_TEST

START_TEST(directories_may_be_deep)
{
	char path[61 * 2 + 1] = "";
	fsi_image *image = api_image(UDF);
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;

	ASSERT_OK(fsi_image_put_deep_directories(image, true));
	for (int i = 0; i < 60; i++) {
		strcat(path, i > 0 ? "/d" : "d");
		api_add_directory(api_root(image), path);
	}
	view = view_of(image);
	entry = disc_entry(view, path);
	ck_assert_int_eq(disc_info(entry)->kind, FSI_DISC_DIRECTORY);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	fsi_image_release(image);
}
END_TEST

START_TEST(times_and_attributes_read_back)
{
	const struct timespec time = {.tv_sec = 1234567890, .tv_nsec = 123456700};
	fsi_image *image = api_image(UDF);
	fsi_item *item = NULL;
	fsi_disc_view *view = NULL;
	fsi_disc_entry *entry = NULL;
	const struct fsi_disc_entry_info *info = NULL;

	api_add_text(api_root(image), "hidden", "text");
	item = api_item(api_root(image), "hidden");
	ASSERT_OK(fsi_item_put_is_hidden(item, true));
	ASSERT_OK(fsi_item_put_last_modified_time(item, &time));
	view = view_of(image);
	entry = disc_entry(view, "hidden");
	info = disc_info(entry);
	ck_assert(info->is_hidden && !info->is_system && !info->has_streams);
	ck_assert(!info->has_uid && !info->has_gid && info->has_mode);
	ck_assert_uint_eq(info->mode, 0555);
	ck_assert_uint_eq(info->link_count, 1);
	ck_assert_uint_ge(info->unique_id, 16);
	ck_assert(info->modification_time.is_known && info->modification_time.has_zone);
	ck_assert_int_eq(info->modification_time.time.tv_sec, 1234567890);
	ck_assert_int_eq(info->modification_time.time.tv_nsec, 123456000);
	ck_assert_int_eq(info->access_time.time.tv_sec, API_SECONDS);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	fsi_image_release(image);
}
END_TEST

START_TEST(extents_are_where_the_map_of_the_image_says)
{
	fsi_image *image = make_image(BRIDGE, 0x102);
	fsi_result *result = api_result(image);
	fsi_progress_items *items = NULL;
	fsi_stream *stream = api_result_stream(result);
	fsi_disc_view *view = disc_view_of_stream(stream);
	const struct fsi_progress_item *item = NULL;
	fsi_disc_entry *entry = disc_entry(view, "large");
	struct fsi_disc_extent extent;

	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	ASSERT_OK(fsi_progress_items_from_description(items, "\\large", &item));
	ASSERT_OK(fsi_disc_entry_get_extent(entry, 0, &extent));
	ck_assert_int_eq(extent.kind, FSI_DISC_EXTENT_RECORDED);
	ck_assert_uint_eq(extent.block, item->first_block);
	ck_assert_uint_eq(extent.disc_offset,
			  (uint64_t)item->first_block * FSI_BLOCK_SIZE);
	ck_assert_uint_eq(extent.length, 300000);
	ASSERT_OK(fsi_disc_entry_get_extent(entry, 299999, &extent));
	ck_assert_uint_eq(extent.offset, 299999);
	ck_assert_uint_eq(extent.length, 1);
	ck_assert_uint_eq(extent.disc_offset,
			  (uint64_t)item->first_block * FSI_BLOCK_SIZE + 299999);
	ck_assert_int_eq(fsi_disc_entry_get_extent(entry, 300000, &extent), S_FALSE);
	ck_assert_int_eq(fsi_disc_entry_get_extent(entry, UINT64_MAX, &extent), S_FALSE);
	ck_assert_uint_eq(extent.offset, 299999);
	fsi_disc_entry_release(entry);
	fsi_disc_view_release(view);
	fsi_stream_release(stream);
	fsi_progress_items_release(items);
	fsi_result_release(result);
	fsi_image_release(image);
}
END_TEST

/* ---- discs ------------------------------------------------------------- */

static fsi_file_systems systems_of(fsi_stream *stream)
{
	fsi_disc *disc = NULL;
	fsi_file_systems systems = FSI_FILE_SYSTEM_UNKNOWN;

	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_OK(fsi_disc_get_file_systems(disc, &systems));
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	return systems;
}

START_TEST(file_systems_are_recognised)
{
	const fsi_file_systems wanted[] = {ISO, ISO_JOLIET, UDF, BRIDGE, ISO | UDF};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		fsi_image *image = api_image(wanted[i]);

		api_add_text(api_root(image), "file", "text");
		ck_assert_uint_eq(systems_of(api_image_stream(image)), wanted[i]);
		fsi_image_release(image);
	}
}
END_TEST

START_TEST(what_has_no_file_system_is_opened_all_the_same)
{
	static const size_t sizes[] = {0, 1, 32768, 34815, 34816, 100000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		ck_assert_uint_eq(systems_of(api_sized_stream(sizes[i])),
				  FSI_FILE_SYSTEM_NONE);
}
END_TEST

START_TEST(a_file_system_that_is_not_there_is_not_found)
{
	fsi_image *image = api_image(ISO);
	fsi_stream *stream = NULL;
	fsi_disc *disc = NULL;
	fsi_disc_view *view = NULL;

	api_add_text(api_root(image), "file", "text");
	stream = api_image_stream(image);
	ASSERT_OK(fsi_disc_open(stream, NULL, &disc));
	ASSERT_FAILS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_UDF, &view),
		     IMAPI_E_FILE_SYSTEM_NOT_FOUND, "UDF");
	ASSERT_FAILS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_JOLIET, &view),
		     IMAPI_E_FILE_SYSTEM_NOT_FOUND, "Joliet");
	ASSERT_FAILS(fsi_disc_open_view(disc, FSI_FILE_SYSTEM_NONE, &view),
		     IMAPI_E_INVALID_PARAM, "file_system");
	ASSERT_FAILS(fsi_disc_open_view(disc, (enum fsi_file_system)ISO_JOLIET, &view),
		     IMAPI_E_INVALID_PARAM, "file_system");
	ck_assert_ptr_null(view);
	fsi_disc_release(disc);
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(options_have_a_size)
{
	fsi_stream *stream = api_text_stream("");
	fsi_disc *disc = NULL;
	struct fsi_disc_options options = {.size = sizeof(options) - 1};

	ASSERT_FAILS(fsi_disc_open(stream, &options, &disc), E_INVALIDARG, "");
	options.size = 0;
	ASSERT_FAILS(fsi_disc_open(stream, &options, &disc), E_INVALIDARG, "");
	options.size = sizeof(options);
	ASSERT_OK(fsi_disc_open(stream, &options, &disc));
	fsi_disc_release(disc);
	fsi_stream_release(stream);
}
END_TEST

START_TEST(blocks_are_counted_whole)
{
	static const struct {
		size_t size;
		uint32_t block_count; /* the option */
		uint32_t expected;
	} cases[] = {{0, 0, 0},	    {2047, 0, 0},    {2048, 0, 1},   {4095, 0, 1},
		     {20480, 5, 5}, {20480, 10, 10}, {20480, 11, 10}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct fsi_disc_options options = {
			.size = sizeof(options), .block_count = cases[i].block_count};
		fsi_stream *stream = api_sized_stream(cases[i].size);
		fsi_disc *disc = NULL;
		uint32_t blocks = UINT32_MAX;

		ASSERT_OK(fsi_disc_open(stream, &options, &disc));
		ASSERT_OK(fsi_disc_get_total_blocks(disc, &blocks));
		ck_assert_uint_eq(blocks, cases[i].expected);
		fsi_disc_release(disc);
		fsi_stream_release(stream);
	}
}
END_TEST

/* ---- lives ------------------------------------------------------------- */

START_TEST(what_came_from_a_disc_outlives_it)
{
	fsi_image *image = make_image(UDF, 0x102);
	fsi_disc_view *view = view_of(image); /* its disc and stream are released */
	fsi_disc_entry *root = NULL;
	fsi_disc_entry *child = NULL;
	fsi_disc_children *children = NULL;
	fsi_stream *stream = NULL;
	uint8_t bytes[16];

	ASSERT_OK(fsi_disc_view_get_root(view, &root));
	fsi_disc_view_release(view);
	ASSERT_OK(fsi_disc_entry_get_children(root, &children));
	fsi_disc_entry_release(root);
	ASSERT_OK(fsi_disc_children_next(children, &child));
	fsi_disc_children_release(children);
	ASSERT_OK(fsi_disc_entry_open_data(child, &stream));
	fsi_disc_entry_release(child);
	api_read(stream, 100, bytes, sizeof(bytes));
	fsi_stream_release(stream);
	fsi_image_release(image);
}
END_TEST

START_TEST(references_are_counted)
{
	fsi_image *image = make_image(UDF, 0x102);
	fsi_disc_view *view = view_of(image);
	fsi_disc_entry *root = disc_entry(view, "");
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;

	ASSERT_OK(fsi_disc_entry_get_children(root, &children));
	ck_assert_ptr_eq(fsi_disc_view_add_ref(view), view);
	ck_assert_ptr_eq(fsi_disc_entry_add_ref(root), root);
	ck_assert_ptr_eq(fsi_disc_children_add_ref(children), children);
	fsi_disc_view_release(view);
	fsi_disc_entry_release(root);
	fsi_disc_children_release(children);
	ASSERT_OK(fsi_disc_children_next(children, &child));
	fsi_disc_entry_release(child);
	fsi_disc_children_release(children);
	ck_assert_int_eq(disc_info(root)->kind, FSI_DISC_DIRECTORY);
	fsi_disc_entry_release(root);
	fsi_disc_view_release(view);
	fsi_image_release(image);
	ck_assert_ptr_null(fsi_disc_add_ref(NULL));
	ck_assert_ptr_null(fsi_disc_view_add_ref(NULL));
	ck_assert_ptr_null(fsi_disc_entry_add_ref(NULL));
	ck_assert_ptr_null(fsi_disc_children_add_ref(NULL));
	fsi_disc_release(NULL);
	fsi_disc_view_release(NULL);
	fsi_disc_entry_release(NULL);
	fsi_disc_children_release(NULL);
}
END_TEST

/* ---- paths and kinds --------------------------------------------------- */

START_TEST(a_path_leads_to_an_entry)
{
	static const char *const roots[] = {"", "/", "//", "///"};
	static const char *const deeper[] = {"dir/sub/deeper", "/dir/sub/deeper/",
					     "//dir//sub///deeper//"};
	fsi_disc_entry *entry = NULL;
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		entry = disc_entry(plain_view, roots[i]);
		ASSERT_OK(fsi_disc_entry_get_name(entry, &name));
		ck_assert_str_eq(name, "");
		fsi_disc_entry_release(entry);
	}
	for (size_t i = 0; i < sizeof(deeper) / sizeof(deeper[0]); i++) {
		entry = disc_entry(plain_view, deeper[i]);
		ASSERT_OK(fsi_disc_entry_get_name(entry, &name));
		ck_assert_str_eq(name, "deeper");
		fsi_disc_entry_release(entry);
	}
}
END_TEST

START_TEST(a_path_that_leads_nowhere_is_told)
{
	static const char *const missing[] = {"x",	"on",	"onee",	  "ONE",
					      "dir/x",	".",	"dir/..", "dir/sub/x/y",
					      "void/x", "\\one"};
	fsi_disc_entry *entry = NULL;

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		ASSERT_FAILS(fsi_disc_view_get_entry(plain_view, missing[i], &entry),
			     IMAPI_E_ITEM_NOT_FOUND, missing[i]);
		ck_assert_ptr_null(entry);
	}
	ASSERT_FAILS(fsi_disc_view_get_entry(plain_view, "one/x", &entry),
		     IMAPI_E_NOT_DIR, "one/x");
}
END_TEST

START_TEST(each_kind_is_asked_for_what_it_has)
{
	fsi_disc_entry *file = disc_entry(plain_view, "one");
	fsi_disc_entry *folder = disc_entry(plain_view, "dir");
	fsi_disc_children *children = NULL;
	fsi_stream *stream = NULL;
	char *target = NULL;

	ASSERT_FAILS(fsi_disc_entry_get_children(file, &children), IMAPI_E_NOT_DIR,
		     "one");
	ASSERT_FAILS(fsi_disc_entry_open_data(folder, &stream), IMAPI_E_NOT_FILE, "dir");
	ASSERT_FAILS(fsi_disc_entry_get_link_target(file, &target), IMAPI_E_INVALID_PARAM,
		     "entry");
	ASSERT_SAYS("'one'");
	ck_assert(children == NULL && stream == NULL && target == NULL);
	fsi_disc_entry_release(file);
	fsi_disc_entry_release(folder);
}
END_TEST

START_TEST(an_enumeration_that_has_ended_stays_so)
{
	fsi_disc_entry *folder = disc_entry(plain_view, "dir/sub");
	fsi_disc_children *children = NULL;
	fsi_disc_entry *child = NULL;

	ASSERT_OK(fsi_disc_entry_get_children(folder, &children));
	ASSERT_OK(fsi_disc_children_next(children, &child));
	fsi_disc_entry_release(child);
	child = NULL;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(fsi_disc_children_next(children, &child), S_FALSE);
	ck_assert_ptr_null(child);
	fsi_disc_children_release(children);
	/* It can be listed again, by the same name. */
	ASSERT_OK(fsi_disc_entry_get_children(folder, &children));
	fsi_disc_children_release(children);
	fsi_disc_entry_release(folder);
}
END_TEST

START_TEST(data_is_read_at_any_offset)
{
	fsi_disc_entry *entry = disc_entry(plain_view, "large");
	fsi_stream *expected = api_sized_stream(300000);
	fsi_stream *stream = NULL;
	uint64_t state = 1;
	uint64_t size = 0;
	size_t got = 1;

	ASSERT_OK(fsi_disc_entry_open_data(entry, &stream));
	ASSERT_OK(fsi_stream_get_size(stream, &size));
	ck_assert_uint_eq(size, 300000);
	for (int i = 0; i < 200; i++) {
		const uint32_t offset = api_random(&state, 300000);
		uint32_t length = api_random(&state, 9000);
		uint8_t found[9000];
		uint8_t wanted[9000];

		if (length > 300000 - offset)
			length = 300000 - offset;
		api_read(stream, offset, found, length);
		api_read(expected, offset, wanted, length);
		ck_assert_mem_eq(found, wanted, length);
	}
	ASSERT_OK(fsi_stream_read_at(stream, 300000, &state, 8, &got));
	ck_assert_uint_eq(got, 0);
	ASSERT_OK(fsi_stream_read_at(stream, UINT64_MAX, &state, 8, &got));
	ck_assert_uint_eq(got, 0);
	ASSERT_OK(fsi_stream_read_at(stream, 299998, &state, 8, &got));
	ck_assert_uint_eq(got, 2);
	fsi_stream_release(stream);
	fsi_stream_release(expected);
	fsi_disc_entry_release(entry);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("UDF reader");
	TCase *images = tcase_create("images");
	TCase *discs = tcase_create("discs");
	TCase *entries = tcase_create("entries");

	tcase_add_test(images, what_was_written_reads_back_in_every_revision);
	tcase_add_test(images, directories_may_be_deep);
	tcase_add_test(images, times_and_attributes_read_back);
	tcase_add_test(images, extents_are_where_the_map_of_the_image_says);
	tcase_add_test(discs, file_systems_are_recognised);
	tcase_add_test(discs, what_has_no_file_system_is_opened_all_the_same);
	tcase_add_test(discs, a_file_system_that_is_not_there_is_not_found);
	tcase_add_test(discs, options_have_a_size);
	tcase_add_test(discs, blocks_are_counted_whole);
	tcase_add_test(discs, what_came_from_a_disc_outlives_it);
	tcase_add_test(discs, references_are_counted);
	tcase_add_checked_fixture(entries, set_up_plain, tear_down_plain);
	tcase_add_test(entries, data_is_read_at_any_offset);
	tcase_add_test(entries, a_path_leads_to_an_entry);
	tcase_add_test(entries, a_path_that_leads_nowhere_is_told);
	tcase_add_test(entries, each_kind_is_asked_for_what_it_has);
	tcase_add_test(entries, an_enumeration_that_has_ended_stays_so);
	suite_add_tcase(suite, images);
	suite_add_tcase(suite, discs);
	suite_add_tcase(suite, entries);
	return api_run(suite);
}
