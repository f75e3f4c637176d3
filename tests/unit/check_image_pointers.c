/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every pointer that a public function needs, given as NULL: E_POINTER. The
 * headers are read to see that no parameter was forgotten here.
 */
#include "tests/support/api.h"
#include "tests/support/prototypes.h"
#include "tests/support/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PARAMETERS 400

/* ---- what is passed where nothing is missing --------------------------- */

static fsi_image *image;
static fsi_directory *root;
static fsi_item *item; /* \file */
static fsi_file *file; /* detached */
static fsi_stream *stream;
static fsi_result *result;
static fsi_progress_items *progress_items;
static fsi_enum_items *enum_items;
static fsi_block_ranges *block_ranges;
static const struct timespec now = {.tv_sec = API_SECONDS};

static void set_up(void)
{
	api_begin_folder();
	image = api_image(BRIDGE);
	root = api_root(image);
	stream = api_text_stream("data");
	api_add_text(root, "file", "text");
	item = api_item(root, "file");
	ASSERT_OK(fsi_image_create_file_item(image, "detached", &file));
	ASSERT_OK(fsi_directory_get_enum_items(root, &enum_items));
	result = api_result(image);
	ASSERT_OK(fsi_result_get_progress_items(result, &progress_items));
	ASSERT_OK(fsi_result_get_modified_blocks(result, &block_ranges));
}

static void tear_down(void)
{
	fsi_block_ranges_release(block_ranges);
	fsi_progress_items_release(progress_items);
	fsi_result_release(result);
	fsi_enum_items_release(enum_items);
	fsi_stream_release(stream);
	fsi_image_release(image);
	api_end_folder();
}

/* ---- what was tried ---------------------------------------------------- */

static char tried[MOST_PARAMETERS][96]; /* "function parameter" */
static size_t tried_count;

static bool was_tried(const char *function, const char *parameter)
{
	const char *name = api_text("%s %s", function, parameter);

	for (size_t i = 0; i < tried_count; i++) {
		if (strcmp(tried[i], name) == 0)
			return true;
	}
	return false;
}

static void note(const char *function, const char *parameter)
{
	ck_assert_uint_lt(tried_count, MOST_PARAMETERS);
	snprintf(tried[tried_count++], sizeof(tried[0]), "%s %s", function, parameter);
}

/* NEEDS(function, parameter, arguments…), where the argument for it is NULL. */
#define NEEDS(function, parameter, ...) \
	do { \
		note(#function, #parameter); \
		ASSERT_FAILS(function(__VA_ARGS__), E_POINTER, ""); \
	} while (0)

/* Both functions of a property that is true or false. */
#define NEEDS_FLAG(property) \
	do { \
		NEEDS(fsi_image_get_##property, image, NULL, &flag); \
		NEEDS(fsi_image_get_##property, ret_val, image, NULL); \
		NEEDS(fsi_image_put_##property, image, NULL, true); \
	} while (0)

/* NEEDS() for parameters that may be NULL, or for which it is another error. */
#define TAKES_NULL(function, parameter, ...) \
	do { \
		note(#function, #parameter); \
		ck_assert_int_ne(function(__VA_ARGS__), E_POINTER); \
	} while (0)

/* ---- fsimage/image.h --------------------------------------------------- */

static void try_image_getters(void)
{
	const uint32_t *revisions = NULL;
	size_t count = 0;
	uint32_t number = 0;
	uint64_t size = 0;
	int64_t blocks = 0;
	int32_t point = 0;
	enum fsi_file_system system = FSI_FILE_SYSTEM_NONE;
	char *text = NULL;
	bool flag = false;

	NEEDS(fsi_image_get_root, image, NULL, &(fsi_directory *){NULL});
	NEEDS(fsi_image_get_root, ret_root, image, NULL);
	NEEDS(fsi_image_get_file_systems_to_create, image, NULL, &number);
	NEEDS(fsi_image_get_file_systems_to_create, ret_val, image, NULL);
	NEEDS(fsi_image_get_file_systems_supported, image, NULL, &number);
	NEEDS(fsi_image_get_file_systems_supported, ret_val, image, NULL);
	NEEDS(fsi_image_get_iso9660_interchange_level, image, NULL, &number);
	NEEDS(fsi_image_get_iso9660_interchange_level, ret_val, image, NULL);
	NEEDS(fsi_image_get_iso9660_interchange_levels_supported, image, NULL, &revisions,
	      &count);
	NEEDS(fsi_image_get_iso9660_interchange_levels_supported, ret_levels, image, NULL,
	      &count);
	NEEDS(fsi_image_get_iso9660_interchange_levels_supported, ret_count, image,
	      &revisions, NULL);
	NEEDS(fsi_image_get_udf_revision, image, NULL, &number);
	NEEDS(fsi_image_get_udf_revision, ret_val, image, NULL);
	NEEDS(fsi_image_get_udf_revisions_supported, image, NULL, &revisions, &count);
	NEEDS(fsi_image_get_udf_revisions_supported, ret_revisions, image, NULL, &count);
	NEEDS(fsi_image_get_udf_revisions_supported, ret_count, image, &revisions, NULL);
	NEEDS(fsi_image_get_volume_name, image, NULL, &text);
	NEEDS(fsi_image_get_volume_name, ret_name, image, NULL);
	NEEDS(fsi_image_get_volume_name_iso9660, image, NULL, &text);
	NEEDS(fsi_image_get_volume_name_iso9660, ret_name, image, NULL);
	NEEDS(fsi_image_get_volume_name_joliet, image, NULL, &text);
	NEEDS(fsi_image_get_volume_name_joliet, ret_name, image, NULL);
	NEEDS(fsi_image_get_volume_name_udf, image, NULL, &text);
	NEEDS(fsi_image_get_volume_name_udf, ret_name, image, NULL);
	NEEDS(fsi_image_get_stage_files, image, NULL, &flag);
	NEEDS(fsi_image_get_stage_files, ret_val, image, NULL);
	NEEDS(fsi_image_get_working_directory, image, NULL, &text);
	NEEDS(fsi_image_get_working_directory, ret_val, image, NULL);
	NEEDS(fsi_image_get_free_media_blocks, image, NULL, &blocks);
	NEEDS(fsi_image_get_free_media_blocks, ret_blocks, image, NULL);
	NEEDS(fsi_image_get_used_blocks, image, NULL, &number);
	NEEDS(fsi_image_get_used_blocks, ret_blocks, image, NULL);
	NEEDS(fsi_image_get_file_count, image, NULL, &number);
	NEEDS(fsi_image_get_file_count, ret_count, image, NULL);
	NEEDS(fsi_image_get_directory_count, image, NULL, &number);
	NEEDS(fsi_image_get_directory_count, ret_count, image, NULL);
	NEEDS(fsi_image_get_directory_levels, image, NULL, &number);
	NEEDS(fsi_image_get_directory_levels, ret_levels, image, NULL);
	NEEDS(fsi_image_get_change_point, image, NULL, &point);
	NEEDS(fsi_image_get_change_point, ret_val, image, NULL);
	NEEDS(fsi_image_get_session_start_block, image, NULL, &point);
	NEEDS(fsi_image_get_session_start_block, ret_val, image, NULL);
	NEEDS(fsi_image_get_default_file_system_for_import, image, NULL, UDF, &system);
	NEEDS(fsi_image_get_default_file_system_for_import, ret_default, image, UDF,
	      NULL);
	NEEDS(fsi_image_get_largest_file_size, image, NULL, &size);
	NEEDS(fsi_image_get_largest_file_size, ret_size, image, NULL);
	ck_assert_ptr_null(text);
}

static void try_image_flags(void)
{
	bool flag = false;

	NEEDS_FLAG(use_restricted_character_set);
	NEEDS_FLAG(case_sensitive_names);
	NEEDS_FLAG(any_character_names);
	NEEDS_FLAG(deep_directories);
	NEEDS_FLAG(large_iso_files);
	NEEDS_FLAG(posix_attributes);
	NEEDS_FLAG(align_large_files);
	NEEDS_FLAG(deduplicate);
	NEEDS_FLAG(reproducible_times);
	NEEDS_FLAG(create_redundant_udf_metadata_files);
	NEEDS_FLAG(udf_holes);
	NEEDS_FLAG(multi_extent_iso_files);
	NEEDS_FLAG(omit_large_iso_files);
	NEEDS_FLAG(iso9660_1999);
	NEEDS_FLAG(long_iso_names);
	NEEDS_FLAG(lowercase_iso_names);
	NEEDS_FLAG(relaxed_iso_names);
	NEEDS_FLAG(multidot_iso_names);
	NEEDS_FLAG(omit_iso_versions);
	NEEDS_FLAG(long_joliet_names);
	NEEDS_FLAG(strict_file_system_compliance);
}

static void try_image(void)
{
	fsi_image *made = NULL;
	fsi_directory *directory = NULL;
	fsi_file *new_file = NULL;
	fsi_result *new_result = NULL;
	enum fsi_item_type type = FSI_ITEM_NOT_FOUND;

	NEEDS(fsi_image_create, recording_time, NULL, &made);
	NEEDS(fsi_image_create, ret_image, &now, NULL);
	NEEDS(fsi_image_exists, image, NULL, "\\file", &type);
	NEEDS(fsi_image_exists, full_path, image, NULL, &type);
	NEEDS(fsi_image_exists, ret_type, image, "\\file", NULL);
	NEEDS(fsi_image_create_directory_item, image, NULL, "name", &directory);
	NEEDS(fsi_image_create_directory_item, name, image, NULL, &directory);
	NEEDS(fsi_image_create_directory_item, ret_directory, image, "name", NULL);
	NEEDS(fsi_image_create_file_item, image, NULL, "name", &new_file);
	NEEDS(fsi_image_create_file_item, name, image, NULL, &new_file);
	NEEDS(fsi_image_create_file_item, ret_file, image, "name", NULL);
	NEEDS(fsi_image_put_file_systems_to_create, image, NULL, 1);
	NEEDS(fsi_image_put_iso9660_interchange_level, image, NULL, 1);
	NEEDS(fsi_image_put_udf_revision, image, NULL, 0x102);
	NEEDS(fsi_image_put_volume_name, image, NULL, "name");
	NEEDS(fsi_image_put_volume_name, new_val, image, NULL);
	NEEDS(fsi_image_put_stage_files, image, NULL, true);
	NEEDS(fsi_image_put_working_directory, image, NULL, "/tmp");
	NEEDS(fsi_image_put_working_directory, new_val, image, NULL);
	NEEDS(fsi_image_put_free_media_blocks, image, NULL, 0);
	NEEDS(fsi_image_put_session_start_block, image, NULL, 0);
	NEEDS(fsi_image_choose_image_defaults_for_media_type, image, NULL,
	      IMAPI_MEDIA_TYPE_CDR);
	NEEDS(fsi_image_rollback_to_change_point, image, NULL, 0);
	NEEDS(fsi_image_lock_in_change_point, image, NULL);
	NEEDS(fsi_image_put_update_handler, image, NULL, NULL, NULL);
	TAKES_NULL(fsi_image_put_update_handler, handler, image, NULL, image);
	TAKES_NULL(fsi_image_put_update_handler, context, image, NULL, NULL);
	NEEDS(fsi_image_create_result_image, image, NULL, &new_result);
	NEEDS(fsi_image_create_result_image, ret_result, image, NULL);
	ck_assert_ptr_null(made);
	ck_assert_ptr_null(directory);
	ck_assert_ptr_null(new_file);
	ck_assert_ptr_null(new_result);
}

/* ---- fsimage/item.h ---------------------------------------------------- */

static void try_imports(void)
{
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;
	char *name = NULL;
	uint32_t session = 0;
	bool value = false;

	NEEDS(fsi_image_import_file_system, image, NULL, &imported);
	NEEDS(fsi_image_import_file_system, ret_imported, image, NULL);
	NEEDS(fsi_image_import_specific_file_system, image, NULL, FSI_FILE_SYSTEM_UDF);
	NEEDS(fsi_image_get_imported_volume_name, image, NULL, &name);
	NEEDS(fsi_image_get_imported_volume_name, ret_name, image, NULL);
	NEEDS(fsi_image_put_import_session, image, NULL, 0);
	NEEDS(fsi_image_get_import_session, image, NULL, &session);
	NEEDS(fsi_image_get_import_session, ret_val, image, NULL);
	NEEDS(fsi_image_put_continue_writable_volumes, image, NULL, false);
	NEEDS(fsi_image_get_continue_writable_volumes, image, NULL, &value);
	NEEDS(fsi_image_get_continue_writable_volumes, ret_val, image, NULL);
	NEEDS(fsi_image_put_import_handler, image, NULL, NULL, NULL);
	TAKES_NULL(fsi_image_put_import_handler, handler, image, NULL, image);
	TAKES_NULL(fsi_image_put_import_handler, context, image, NULL, NULL);
}

static void try_items(void)
{
	struct timespec time;
	char *text = NULL;
	bool flag = false;

	NEEDS(fsi_item_get_name, item, NULL, &text);
	NEEDS(fsi_item_get_name, ret_name, item, NULL);
	NEEDS(fsi_item_get_full_path, item, NULL, &text);
	NEEDS(fsi_item_get_full_path, ret_path, item, NULL);
	NEEDS(fsi_item_get_creation_time, item, NULL, &time);
	NEEDS(fsi_item_get_creation_time, ret_val, item, NULL);
	NEEDS(fsi_item_get_last_accessed_time, item, NULL, &time);
	NEEDS(fsi_item_get_last_accessed_time, ret_val, item, NULL);
	NEEDS(fsi_item_get_last_modified_time, item, NULL, &time);
	NEEDS(fsi_item_get_last_modified_time, ret_val, item, NULL);
	NEEDS(fsi_item_put_creation_time, item, NULL, &now);
	NEEDS(fsi_item_put_creation_time, new_val, item, NULL);
	NEEDS(fsi_item_put_last_accessed_time, item, NULL, &now);
	NEEDS(fsi_item_put_last_accessed_time, new_val, item, NULL);
	NEEDS(fsi_item_put_last_modified_time, item, NULL, &now);
	NEEDS(fsi_item_put_last_modified_time, new_val, item, NULL);
	NEEDS(fsi_item_get_is_hidden, item, NULL, &flag);
	NEEDS(fsi_item_get_is_hidden, ret_val, item, NULL);
	NEEDS(fsi_item_put_is_hidden, item, NULL, true);
	NEEDS(fsi_item_get_file_system_name, item, NULL, FSI_FILE_SYSTEM_UDF, &text);
	NEEDS(fsi_item_get_file_system_name, ret_name, item, FSI_FILE_SYSTEM_UDF, NULL);
	NEEDS(fsi_item_get_file_system_path, item, NULL, FSI_FILE_SYSTEM_UDF, &text);
	NEEDS(fsi_item_get_file_system_path, ret_path, item, FSI_FILE_SYSTEM_UDF, NULL);
	ck_assert_ptr_null(text);
}

static void try_directories(void)
{
	fsi_item *found = NULL;
	fsi_enum_items *items = NULL;
	uint32_t count = 0;

	NEEDS(fsi_directory_get_item, directory, NULL, "file", &found);
	NEEDS(fsi_directory_get_item, path, root, NULL, &found);
	NEEDS(fsi_directory_get_item, ret_item, root, "file", NULL);
	NEEDS(fsi_directory_get_count, directory, NULL, &count);
	NEEDS(fsi_directory_get_count, ret_count, root, NULL);
	NEEDS(fsi_directory_get_enum_items, directory, NULL, &items);
	NEEDS(fsi_directory_get_enum_items, ret_items, root, NULL);
	NEEDS(fsi_directory_add_directory, directory, NULL, "new");
	NEEDS(fsi_directory_add_directory, path, root, NULL);
	NEEDS(fsi_directory_add_file, directory, NULL, "new", stream);
	NEEDS(fsi_directory_add_file, path, root, NULL, stream);
	NEEDS(fsi_directory_add_file, data, root, "new", NULL);
	NEEDS(fsi_directory_add_file_from_path, directory, NULL, "new", api_host(""));
	NEEDS(fsi_directory_add_file_from_path, path, root, NULL, api_host(""));
	NEEDS(fsi_directory_add_file_from_path, source_path, root, "new", NULL);
	NEEDS(fsi_directory_add_tree, directory, NULL, api_host(""), true);
	NEEDS(fsi_directory_add_tree, source_directory, root, NULL, true);
	NEEDS(fsi_directory_add_tree_with_options, directory, NULL, api_host(""), NULL,
	      NULL);
	NEEDS(fsi_directory_add_tree_with_options, source_directory, root, NULL, NULL,
	      NULL);
	TAKES_NULL(fsi_directory_add_tree_with_options, options, root, api_host(""), NULL,
		   &(struct fsi_add_tree_report){
			   .size = sizeof(struct fsi_add_tree_report)});
	TAKES_NULL(fsi_directory_add_tree_with_options, ret_report, root, api_host(""),
		   &(struct fsi_add_tree_options){
			   .size = sizeof(struct fsi_add_tree_options)},
		   NULL);
	NEEDS(fsi_directory_add, directory, NULL, fsi_file_as_item(file));
	NEEDS(fsi_directory_add, item, root, NULL);
	NEEDS(fsi_directory_remove, directory, NULL, "file");
	NEEDS(fsi_directory_remove, path, root, NULL);
	NEEDS(fsi_directory_remove_tree, directory, NULL, "\\");
	NEEDS(fsi_directory_remove_tree, path, root, NULL);
	NEEDS(fsi_directory_move, directory, NULL, "file", "other");
	NEEDS(fsi_directory_move, from_path, root, NULL, "other");
	NEEDS(fsi_directory_move, to_path, root, "file", NULL);
	ck_assert_ptr_null(found);
	ck_assert_ptr_null(items);
}

static void try_lists_and_files(void)
{
	fsi_item *items[2] = {NULL};
	fsi_enum_items *copy = NULL;
	fsi_stream *data = NULL;
	int32_t half = 0;
	uint32_t fetched = 9;
	uint64_t size = 9;

	NEEDS(fsi_enum_items_next, self, NULL, 1, items, &fetched);
	NEEDS(fsi_enum_items_next, items, enum_items, 1, NULL, &fetched);
	NEEDS(fsi_enum_items_next, ret_fetched, enum_items, 2, items, NULL);
	NEEDS(fsi_enum_items_skip, self, NULL, 0);
	NEEDS(fsi_enum_items_reset, self, NULL);
	NEEDS(fsi_enum_items_clone, self, NULL, &copy);
	NEEDS(fsi_enum_items_clone, ret_items, enum_items, NULL);
	NEEDS(fsi_file_get_data_size, file, NULL, &size);
	NEEDS(fsi_file_get_data_size, ret_size, file, NULL);
	NEEDS(fsi_file_get_data_size_32bit_low, file, NULL, &half);
	NEEDS(fsi_file_get_data_size_32bit_low, ret_half, file, NULL);
	NEEDS(fsi_file_get_data_size_32bit_high, file, NULL, &half);
	NEEDS(fsi_file_get_data_size_32bit_high, ret_half, file, NULL);
	NEEDS(fsi_file_get_data, file, NULL, &data);
	NEEDS(fsi_file_get_data, ret_data, file, NULL);
	NEEDS(fsi_file_put_data, file, NULL, stream);
	NEEDS(fsi_file_put_data, new_val, file, NULL);
	ck_assert_ptr_null(copy);
	ck_assert_ptr_null(data);
	ck_assert_ptr_null(items[0]);
	ck_assert_uint_eq(fetched, 9);
	ck_assert_uint_eq(size, 9);
}

static void try_posix(void)
{
	NEEDS(fsi_directory_add_tree_with_named_streams, directory, NULL, api_host(""),
	      true);
	NEEDS(fsi_directory_add_tree_with_named_streams, source_directory, root, NULL,
	      true);
	NEEDS(fsi_directory_add_symbolic_link, directory, NULL, "new", "to");
	NEEDS(fsi_directory_add_symbolic_link, path, root, NULL, "to");
	NEEDS(fsi_directory_add_symbolic_link, target, root, "new", NULL);
	NEEDS(fsi_directory_add_special, directory, NULL, "new", 0010644, 0, 0);
	NEEDS(fsi_directory_add_special, path, root, NULL, 0010644, 0, 0);
}

static void try_named_streams(void)
{
	fsi_named_streams *streams = NULL;
	fsi_named_streams *none = NULL;
	fsi_enum_items *items = NULL;
	fsi_file *found = NULL;
	uint32_t count = 9;
	bool flag = true;

	ASSERT_OK(fsi_file_get_named_streams(file, &streams));
	NEEDS(fsi_file_get_is_real_time, file, NULL, &flag);
	NEEDS(fsi_file_get_is_real_time, ret_val, file, NULL);
	NEEDS(fsi_file_put_is_real_time, file, NULL, true);
	NEEDS(fsi_file_get_is_named_stream, file, NULL, &flag);
	NEEDS(fsi_file_get_is_named_stream, ret_val, file, NULL);
	NEEDS(fsi_file_add_stream, file, NULL, "s", stream);
	NEEDS(fsi_file_add_stream, name, file, NULL, stream);
	NEEDS(fsi_file_add_stream, data, file, "s", NULL);
	NEEDS(fsi_file_remove_stream, file, NULL, "s");
	NEEDS(fsi_file_remove_stream, name, file, NULL);
	NEEDS(fsi_file_get_named_streams, file, NULL, &none);
	NEEDS(fsi_file_get_named_streams, ret_streams, file, NULL);
	NEEDS(fsi_named_streams_get_count, self, NULL, &count);
	NEEDS(fsi_named_streams_get_count, ret_count, streams, NULL);
	NEEDS(fsi_named_streams_get_item, self, NULL, 0, &found);
	NEEDS(fsi_named_streams_get_item, ret_file, streams, 0, NULL);
	NEEDS(fsi_named_streams_get_enum_named_streams, self, NULL, &items);
	NEEDS(fsi_named_streams_get_enum_named_streams, ret_items, streams, NULL);
	ck_assert_uint_eq(count, 9);
	fsi_named_streams_release(streams);
}

/* ---- fsimage/result.h and fsimage/stream.h ----------------------------- */

static void try_results(void)
{
	const char *path = api_host("image");
	fsi_stream *image_stream = NULL;
	fsi_progress_items *items = NULL;
	fsi_block_ranges *ranges = NULL;
	const struct fsi_block_range *range = NULL;
	uint32_t number = 0;
	char *text = NULL;
	const enum fsi_file_system udf = FSI_FILE_SYSTEM_UDF;

	NEEDS(fsi_result_get_image_stream, result, NULL, &image_stream);
	NEEDS(fsi_result_get_image_stream, ret_stream, result, NULL);
	NEEDS(fsi_result_get_total_blocks, result, NULL, &number);
	NEEDS(fsi_result_get_total_blocks, ret_blocks, result, NULL);
	NEEDS(fsi_result_get_block_size, result, NULL, &number);
	NEEDS(fsi_result_get_block_size, ret_size, result, NULL);
	NEEDS(fsi_result_get_volume_name, result, NULL, udf, &text);
	NEEDS(fsi_result_get_volume_name, ret_name, result, udf, NULL);
	NEEDS(fsi_result_get_disc_id, result, NULL, &text);
	NEEDS(fsi_result_get_disc_id, ret_id, result, NULL);
	NEEDS(fsi_result_get_mapped_name_count, result, NULL, udf, &number);
	NEEDS(fsi_result_get_mapped_name_count, ret_count, result, udf, NULL);
	NEEDS(fsi_result_get_omitted_file_count, result, NULL, udf, &number);
	NEEDS(fsi_result_get_omitted_file_count, ret_count, result, udf, NULL);
	NEEDS(fsi_result_get_duplicates, result, NULL, &number, &number);
	NEEDS(fsi_result_get_duplicates, ret_count, result, NULL, &number);
	NEEDS(fsi_result_get_duplicates, ret_blocks, result, &number, NULL);
	NEEDS(fsi_result_get_progress_items, result, NULL, &items);
	NEEDS(fsi_result_get_progress_items, ret_items, result, NULL);
	NEEDS(fsi_result_get_modified_blocks, result, NULL, &ranges);
	NEEDS(fsi_result_get_modified_blocks, ret_ranges, result, NULL);
	NEEDS(fsi_block_ranges_get_block_ranges, ranges, NULL, &range, &number);
	NEEDS(fsi_block_ranges_get_block_ranges, ret_block_ranges, block_ranges, NULL,
	      &number);
	NEEDS(fsi_block_ranges_get_block_ranges, ret_count, block_ranges, &range, NULL);
	NEEDS(fsi_result_write_file, result, NULL, path, NULL);
	NEEDS(fsi_result_write_file, path, result, NULL, NULL);
	TAKES_NULL(fsi_result_write_file, options, result, path, NULL);
	NEEDS(fsi_result_write_descriptor, result, NULL, 1, NULL);
	TAKES_NULL(fsi_result_write_descriptor, options, result, -1, NULL);
	NEEDS(fsi_result_write_session, result, NULL, NULL);
	TAKES_NULL(fsi_result_write_session, options, result, NULL);
	ck_assert_ptr_null(image_stream);
	ck_assert_ptr_null(items);
	ck_assert_ptr_null(ranges);
	ck_assert_ptr_null(range);
	ck_assert_ptr_null(text);
}

static void try_progress_items(void)
{
	const struct fsi_progress_item *found = NULL;
	uint32_t count = 0;

	NEEDS(fsi_progress_items_get_count, items, NULL, &count);
	NEEDS(fsi_progress_items_get_count, ret_count, progress_items, NULL);
	NEEDS(fsi_progress_items_get_item, items, NULL, 0, &found);
	NEEDS(fsi_progress_items_get_item, ret_item, progress_items, 0, NULL);
	NEEDS(fsi_progress_items_from_block, items, NULL, 16, &found);
	NEEDS(fsi_progress_items_from_block, ret_item, progress_items, 16, NULL);
	NEEDS(fsi_progress_items_from_description, items, NULL, "\\file", &found);
	NEEDS(fsi_progress_items_from_description, ret_item, progress_items, "\\file",
	      NULL);
	TAKES_NULL(fsi_progress_items_from_description, description, progress_items, NULL,
		   &found);
	ASSERT_FAILS(fsi_progress_items_from_description(progress_items, NULL, &found),
		     E_FAIL, "");
	ck_assert_ptr_null(found);
}

static void try_streams(void)
{
	struct test_stream source = {.size = 1};
	fsi_stream *made = NULL;
	uint64_t size = 0;
	size_t got = 0;
	char bytes[4];

	NEEDS(fsi_stream_count_zeros_at, stream, NULL, 0, &size);
	NEEDS(fsi_stream_count_zeros_at, ret_count, stream, 0, NULL);
	NEEDS(fsi_stream_create, ops, NULL, &source, &made);
	NEEDS(fsi_stream_create, ret_stream, &test_stream_ops, &source, NULL);
	TAKES_NULL(fsi_stream_create, self, &(struct fsi_stream_ops){.size = 0}, NULL,
		   &made);
	NEEDS(fsi_stream_create_on_memory, bytes, NULL, 1, &made);
	NEEDS(fsi_stream_create_on_memory, ret_stream, "x", 1, NULL);
	NEEDS(fsi_stream_create_on_file, path, NULL, &made);
	NEEDS(fsi_stream_create_on_file, ret_stream, "/dev/null", NULL);
	NEEDS(fsi_stream_create_on_descriptor, ret_stream, 0, NULL);
	NEEDS(fsi_stream_read_at, stream, NULL, 0, bytes, 4, &got);
	NEEDS(fsi_stream_read_at, buffer, stream, 0, NULL, 4, &got);
	TAKES_NULL(fsi_stream_read_at, ret_read, stream, 0, bytes, 4, NULL);
	ASSERT_OK(fsi_stream_read_at(stream, 0, NULL, 0, &got));
	NEEDS(fsi_stream_get_size, stream, NULL, &size);
	NEEDS(fsi_stream_get_size, ret_size, stream, NULL);
	NEEDS(fsi_stream_clone, stream, NULL, &made);
	NEEDS(fsi_stream_clone, ret_stream, stream, NULL);
	NEEDS(fsi_stream_open_file, stream, NULL, &(FILE *){NULL});
	NEEDS(fsi_stream_open_file, ret_file, stream, NULL);
	NEEDS(fsi_stream_open_descriptor, stream, NULL, &(int){-1});
	NEEDS(fsi_stream_open_descriptor, ret_descriptor, stream, NULL);
	ck_assert_ptr_null(made);
	ASSERT_OK(fsi_stream_create_on_memory(NULL, 0, &made));
	fsi_stream_release(made);
}

static void try_errors(void)
{
	struct fsi_insert insert;

	/* This one leaves the thread's error as it is. */
	note("fsi_error_get_insert", "ret_insert");
	fsi_error_clear();
	ck_assert_int_eq(fsi_error_get_insert(0, NULL), E_POINTER);
	ck_assert_int_eq(fsi_error_get_insert(0, &insert), E_INVALIDARG);
	ck_assert_int_eq(fsi_error_get_code(), S_OK);
}

static void try_all(void)
{
	tried_count = 0;
	try_image_getters();
	try_image_flags();
	try_image();
	try_imports();
	try_items();
	try_directories();
	try_lists_and_files();
	try_posix();
	try_named_streams();
	try_results();
	try_progress_items();
	try_streams();
	try_errors();
}

START_TEST(a_pointer_that_is_needed_may_not_be_null)
{
	char *before = api_describe(image);

	try_all();
	api_assert_unchanged(image, before);
}
END_TEST

/* ---- the headers ------------------------------------------------------- */

START_TEST(no_pointer_of_the_headers_is_forgotten)
{
	static const char *const headers[] = {"codes.h",  "error.h",  "fsimage.h",
					      "image.h",  "import.h", "item.h",
					      "result.h", "stream.h", "types.h"};
	unsigned pointers = 0;

	try_all();
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		pointers += prototypes_look_up(headers[i], was_tried);
	ck_assert_uint_eq(pointers, tried_count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image pointers");
	TCase *tcase = tcase_create("pointers");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_pointer_that_is_needed_may_not_be_null);
	tcase_add_test(tcase, no_pointer_of_the_headers_is_forgotten);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
