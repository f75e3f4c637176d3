/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each call of the API with the first, the second, … allocation failing: it
 * tells E_OUTOFMEMORY and leaves the image as it was, or it succeeds.
 */
#include "base/memory.h"
#include "tests/support/api.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No call here needs more allocations than this. */
#define MOST_ALLOCATIONS 5000

static fsi_image *image;
static fsi_directory *root;
static fsi_stream *stream; /* data for new files */
static fsi_file *detached;
static fsi_item *removed; /* a directory with a file */
static fsi_result *result;
static fsi_stream *image_stream;
static uint8_t *expected; /* the bytes of the image */
static size_t expected_size;

/* ---- what the calls work on -------------------------------------------- */

static void make_sources(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_folder(&api_folder, "tree/sub/deeper");
	for (int i = 0; i < 20; i++)
		scratch_text(&api_folder, api_text("tree/sub/file number %d", i), "text");
	scratch_text(&api_folder, "tree/kept.txt", "replaces");
	scratch_text(&api_folder, "tree/unwanted", "filtered");
	scratch_text(&api_folder, "host", "host");
}

/* An image with room to spare, which measures what is added to it. */
static void make_image(void)
{
	image = api_image(BRIDGE);
	root = api_root(image);
	stream = api_text_stream("data");
	/* Reading the sources is not to show. */
	ASSERT_OK(fsi_image_put_reproducible_times(image, true));
	ASSERT_OK(fsi_image_put_iso9660_1999(image, true));
	ASSERT_OK(fsi_image_put_relaxed_iso_names(image, true));
	api_add_text(root, "Kept.txt", "kept");
	api_add_directory(root, "dir");
	for (int i = 0; i < 30; i++)
		api_add_text(root,
			     api_text("dir\\a file, the name of which is long %d", i),
			     "x");
	ASSERT_OK(fsi_directory_add_file_from_path(root, "dir\\host", api_host("host")));
	api_add_directory(root, "gone");
	api_add_text(root, "gone\\with", "it");
	removed = api_item(root, "gone");
	ASSERT_OK(fsi_image_create_file_item(image, "detached", &detached));
	ASSERT_OK(fsi_image_put_free_media_blocks(image, 100000));
	/* Last, so that what is known of names and blocks is so no longer. */
	ASSERT_OK(fsi_directory_remove_tree(root, "gone"));
}

static void make_result(void)
{
	result = api_result(image);
	image_stream = api_result_stream(result);
	if (expected == NULL)
		expected = api_read_all(image_stream, &expected_size);
}

static void give_up_image(void)
{
	fsi_stream_release(image_stream);
	fsi_result_release(result);
	fsi_stream_release(stream);
	fsi_image_release(image);
	image = NULL;
	stream = image_stream = NULL;
	result = NULL;
}

static void forget_all(void)
{
	fsi_memory_fail_after(-1);
	free(expected);
	expected = NULL;
	api_end_folder();
}

/* ---- the calls --------------------------------------------------------- */

typedef HRESULT (*call_function)(void);

static HRESULT create_image(void)
{
	const struct timespec now = {.tv_sec = API_SECONDS};
	fsi_image *made = NULL;
	const HRESULT hr = fsi_image_create(&now, &made);

	fsi_image_release(made);
	return hr;
}

static HRESULT put_volume_name(void)
{
	return fsi_image_put_volume_name(image, "another name");
}

static HRESULT put_working_directory(void)
{
	return fsi_image_put_working_directory(image, api_host(""));
}

static HRESULT get_text(HRESULT (*get)(fsi_image *, char **))
{
	char *text = NULL;
	const HRESULT hr = get(image, &text);

	fsi_free(text);
	return hr;
}

static HRESULT get_volume_name(void)
{
	return get_text(fsi_image_get_volume_name);
}

static HRESULT get_iso_volume_name(void)
{
	return get_text(fsi_image_get_volume_name_iso9660);
}

static HRESULT get_working_directory(void)
{
	return get_text(fsi_image_get_working_directory);
}

static HRESULT get_used_blocks(void)
{
	uint32_t blocks = 0;

	return fsi_image_get_used_blocks(image, &blocks);
}

static HRESULT put_free_media_blocks(void)
{
	return fsi_image_put_free_media_blocks(image, 50000);
}

static HRESULT create_directory_item(void)
{
	fsi_directory *directory = NULL;
	char name[200];

	/* Long, so that it needs memory of its own now and then. */
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < 400; i++) {
		const HRESULT hr =
			fsi_image_create_directory_item(image, name, &directory);

		if (FAILED(hr))
			return hr;
	}
	return S_OK;
}

static HRESULT add_directory(void)
{
	return fsi_directory_add_directory(root, "dir\\new");
}

static HRESULT add_file(void)
{
	return fsi_directory_add_file(root, "dir\\new", stream);
}

static HRESULT add_file_from_path(void)
{
	return fsi_directory_add_file_from_path(root, "dir\\new", api_host("host"));
}

static HRESULT put_data_and_add(void)
{
	HRESULT hr = fsi_file_put_data(detached, stream);

	if (SUCCEEDED(hr))
		hr = fsi_directory_add(root, fsi_file_as_item(detached));
	return hr;
}

static HRESULT add_removed(void)
{
	return fsi_directory_add(api_directory(root, "dir"), removed);
}

static HRESULT add_of_removed(void)
{
	fsi_item *item = NULL;
	HRESULT hr =
		fsi_directory_get_item(fsi_item_as_directory(removed), "with", &item);

	if (SUCCEEDED(hr))
		hr = fsi_directory_add(root, item);
	return hr;
}

static bool is_wanted(void *context, const char *path, bool is_directory)
{
	(void)context;
	(void)is_directory;
	return strcmp(path, "unwanted") != 0;
}

static HRESULT add_tree(void)
{
	const struct fsi_add_tree_options options = {
		.size = sizeof(options), .base_attributes = true, .filter = is_wanted};

	return fsi_directory_add_tree_with_options(root, api_host("tree"), &options,
						   NULL);
}

static HRESULT add_tree_with_base(void)
{
	return fsi_directory_add_tree(root, api_host("tree"), true);
}

static HRESULT ignore_event(void *context, fsi_image *told, const char *current_file,
			    uint32_t copied_sectors, uint32_t total_sectors)
{
	(void)context;
	(void)told;
	(void)current_file;
	(void)copied_sectors;
	(void)total_sectors;
	return S_OK;
}

static HRESULT add_tree_with_events(void)
{
	HRESULT hr = fsi_image_put_update_handler(image, ignore_event, NULL);

	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(root, api_host("tree"), false);
	return hr;
}

static HRESULT list_items(void)
{
	fsi_enum_items *items = NULL;
	fsi_enum_items *copy = NULL;
	HRESULT hr = fsi_directory_get_enum_items(root, &items);

	if (SUCCEEDED(hr))
		hr = fsi_enum_items_clone(items, &copy);
	fsi_enum_items_release(copy);
	fsi_enum_items_release(items);
	return hr;
}

static HRESULT tell_names(void)
{
	char *text = NULL;
	fsi_item *item = NULL;
	HRESULT hr = fsi_directory_get_item(root, "dir\\host", &item);

	if (SUCCEEDED(hr))
		hr = fsi_item_get_name(item, &text);
	fsi_free(text);
	text = NULL;
	if (SUCCEEDED(hr))
		hr = fsi_item_get_full_path(item, &text);
	fsi_free(text);
	text = NULL;
	if (SUCCEEDED(hr))
		hr = fsi_item_get_file_system_name(item, FSI_FILE_SYSTEM_JOLIET, &text);
	fsi_free(text);
	text = NULL;
	if (SUCCEEDED(hr))
		hr = fsi_item_get_file_system_path(item, FSI_FILE_SYSTEM_ISO9660, &text);
	fsi_free(text);
	return hr;
}

static HRESULT read_file_data(void)
{
	fsi_stream *data = NULL;
	char text[5] = "";
	HRESULT hr = fsi_file_get_data(api_file(root, "dir\\host"), &data);

	if (SUCCEEDED(hr))
		hr = fsi_stream_read_at(data, 0, text, 4, NULL);
	fsi_stream_release(data);
	if (SUCCEEDED(hr))
		ck_assert_str_eq(text, "host");
	return hr;
}

static HRESULT make_streams(void)
{
	fsi_stream *made = NULL;
	HRESULT hr = fsi_stream_create_on_memory("x", 1, &made);

	fsi_stream_release(made);
	made = NULL;
	if (SUCCEEDED(hr))
		hr = fsi_stream_create_on_file(api_host("host"), &made);
	fsi_stream_release(made);
	return hr;
}

static HRESULT lay_out(void)
{
	fsi_result *made = NULL;
	const HRESULT hr = fsi_image_create_result_image(image, &made);

	fsi_result_release(made);
	return hr;
}

/* ---- the calls of a result --------------------------------------------- */

static HRESULT get_stream_and_clone(void)
{
	fsi_stream *made = NULL;
	fsi_stream *clone = NULL;
	HRESULT hr = fsi_result_get_image_stream(result, &made);

	if (SUCCEEDED(hr))
		hr = fsi_stream_clone(made, &clone);
	fsi_stream_release(clone);
	fsi_stream_release(made);
	return hr;
}

static HRESULT get_progress_items_and_ranges(void)
{
	fsi_progress_items *items = NULL;
	fsi_block_ranges *ranges = NULL;
	HRESULT hr = fsi_result_get_progress_items(result, &items);

	if (SUCCEEDED(hr))
		hr = fsi_result_get_modified_blocks(result, &ranges);
	fsi_block_ranges_release(ranges);
	fsi_progress_items_release(items);
	return hr;
}

static HRESULT get_disc_id_and_volume_name(void)
{
	char *text = NULL;
	HRESULT hr = fsi_result_get_disc_id(result, &text);

	fsi_free(text);
	text = NULL;
	if (SUCCEEDED(hr))
		hr = fsi_result_get_volume_name(result, FSI_FILE_SYSTEM_UDF, &text);
	fsi_free(text);
	return hr;
}

static HRESULT read_image(void)
{
	uint8_t *bytes = malloc(expected_size);
	HRESULT hr = S_OK;

	ck_assert_ptr_nonnull(bytes);
	hr = fsi_stream_read_at(image_stream, 0, bytes, expected_size, NULL);
	if (SUCCEEDED(hr))
		ck_assert_int_eq(memcmp(bytes, expected, expected_size), 0);
	free(bytes);
	return hr;
}

static void assert_written(void)
{
	size_t size = 0;
	char *bytes = scratch_read(&api_folder, "image.iso", &size);

	ck_assert_uint_eq(size, expected_size);
	ck_assert_int_eq(memcmp(bytes, expected, size), 0);
	free(bytes);
}

static HRESULT write_file(void)
{
	const struct fsi_write_options options = {
		.size = sizeof(options), .replace = true, .no_sync = true};
	HRESULT hr = S_OK;

	scratch_text(&api_folder, "image.iso", "older");
	hr = fsi_result_write_file(result, api_host("image.iso"), &options);
	if (SUCCEEDED(hr)) {
		assert_written();
	} else {
		size_t size = 0;
		char *bytes = scratch_read(&api_folder, "image.iso", &size);

		ck_assert_str_eq(bytes, "older");
		free(bytes);
	}
	ck_assert_str_eq(scratch_list(&api_folder, ""), "host image.iso tree ");
	return hr;
}

static HRESULT write_descriptor(void)
{
	const int file = open(api_host("image.iso"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	HRESULT hr = S_OK;

	ck_assert_int_ge(file, 0);
	hr = fsi_result_write_descriptor(result, file, NULL);
	close(file);
	if (SUCCEEDED(hr))
		assert_written();
	return hr;
}

/* ---- from the first call to the last ----------------------------------- */

static HRESULT fill(fsi_image *made)
{
	const struct fsi_hybrid_options disk = {.size = sizeof(disk),
						.tables = FSI_PARTITION_TABLE_GPT,
						.mbr_template = stream};
	fsi_directory *top = NULL;
	HRESULT hr = fsi_image_put_file_systems_to_create(made, BRIDGE);

	if (SUCCEEDED(hr))
		hr = fsi_image_put_hybrid_boot(made, &disk);
	if (SUCCEEDED(hr))
		hr = fsi_image_get_root(made, &top);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_file(top, "data", stream);
	if (SUCCEEDED(hr))
		hr = fsi_directory_add_tree(top, api_host("tree"), false);
	return hr;
}

static HRESULT write_from(fsi_image *made)
{
	fsi_result *made_result = NULL;
	const struct fsi_write_options options = {
		.size = sizeof(options), .replace = true, .no_sync = true};
	HRESULT hr = fsi_image_create_result_image(made, &made_result);

	if (SUCCEEDED(hr))
		hr = fsi_result_write_file(made_result, api_host("whole.iso"), &options);
	fsi_result_release(made_result);
	return hr;
}

static HRESULT do_everything(void)
{
	const struct timespec now = {.tv_sec = API_SECONDS};
	fsi_image *made = NULL;
	HRESULT hr = fsi_image_create(&now, &made);

	if (SUCCEEDED(hr))
		hr = fill(made);
	if (SUCCEEDED(hr))
		hr = write_from(made);
	fsi_image_release(made);
	return hr;
}

/* ---- the torture ------------------------------------------------------- */

static const struct {
	call_function call;
	bool needs_result;
} calls[] = {
	{create_image, false},
	{put_volume_name, false},
	{put_working_directory, false},
	{get_volume_name, false},
	{get_iso_volume_name, false},
	{get_working_directory, false},
	{get_used_blocks, false},
	{put_free_media_blocks, false},
	{create_directory_item, false},
	{add_directory, false},
	{add_file, false},
	{add_file_from_path, false},
	{put_data_and_add, false},
	{add_removed, false},
	{add_of_removed, false},
	{add_tree, false},
	{add_tree_with_base, false},
	{add_tree_with_events, false},
	{list_items, false},
	{tell_names, false},
	{read_file_data, false},
	{make_streams, false},
	{lay_out, false},
	{do_everything, false},
	{get_stream_and_clone, true},
	{get_progress_items_and_ranges, true},
	{get_disc_id_and_volume_name, true},
	{read_image, true},
	{write_file, true},
	{write_descriptor, true},
};

#define CALLS (int)(sizeof(calls) / sizeof(calls[0]))

static char *describe_untouched_image(void)
{
	char *description = NULL;

	make_image();
	description = api_describe(image);
	give_up_image();
	return description;
}

/* Whether a call succeeds when so many allocations do. */
static bool succeeds_with(int index, long allocations, const char *untouched)
{
	HRESULT hr = S_OK;

	make_image();
	if (calls[index].needs_result)
		make_result();
	fsi_memory_fail_after(allocations);
	hr = calls[index].call();
	fsi_memory_fail_after(-1);
	if (hr != S_OK) {
		ASSERT_FAILS(hr, E_OUTOFMEMORY, "");
		api_assert_unchanged(image, strdup(untouched));
	}
	give_up_image();
	return hr == S_OK;
}

START_TEST(a_call_tells_that_it_ran_out_of_memory_and_changes_nothing)
{
	char *untouched = describe_untouched_image();
	long allocations = 0;

	while (!succeeds_with(_i, allocations, untouched)) {
		allocations++;
		ck_assert_int_lt(allocations, MOST_ALLOCATIONS);
	}
	/* With none at all it can't have done anything. */
	ck_assert_int_gt(allocations, 0);
	free(untouched);
}
END_TEST

START_TEST(what_needs_no_memory_succeeds_without)
{
	fsi_item *item = NULL;
	uint32_t count = 0;
	HRESULT hr = S_OK;

	make_image();
	fsi_memory_fail_after(0);
	hr = fsi_directory_get_item(root, "dir\\host", &item);
	if (SUCCEEDED(hr))
		hr = fsi_item_put_is_hidden(item, true);
	if (SUCCEEDED(hr))
		hr = fsi_directory_get_count(root, &count);
	if (SUCCEEDED(hr))
		hr = fsi_directory_remove(root, "dir\\host");
	if (SUCCEEDED(hr))
		hr = fsi_directory_remove_tree(root, "\\");
	fsi_memory_fail_after(-1);
	ASSERT_OK(hr);
	ck_assert_uint_eq(count, 2);
	give_up_image();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory torture");
	TCase *tcase = tcase_create("torture");

	tcase_add_checked_fixture(tcase, make_sources, forget_all);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase,
			    a_call_tells_that_it_ran_out_of_memory_and_changes_nothing, 0,
			    CALLS);
	tcase_add_test(tcase, what_needs_no_memory_succeeds_without);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
