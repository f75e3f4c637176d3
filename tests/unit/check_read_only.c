/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image while a result is alive: every function of the headers that changes an
 * image is tried, and is refused or is one of the few that are not.
 */
#include "tests/support/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsi_image *image;
static fsi_directory *root;
static fsi_item *item;
static fsi_file *file;
static fsi_directory *loose;
static fsi_stream *stream;
static const struct timespec when = {.tv_sec = 1000};

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "tree");
	scratch_text(&api_folder, "tree/a", "a");
	image = api_image(BRIDGE);
	root = api_root(image);
	stream = api_text_stream("data");
	ASSERT_OK(fsi_image_put_udf_revision(image, 0x201));
	api_add_text(root, "file", "text");
	api_add_directory(root, "folder");
	item = api_item(root, "file");
	file = api_file(root, "file");
	ASSERT_OK(fsi_file_add_stream(file, "stream", stream));
	ASSERT_OK(fsi_image_create_directory_item(image, "loose", &loose));
}

static void tear_down(void)
{
	fsi_stream_release(stream);
	fsi_image_release(image);
	api_end_folder();
}

static HRESULT ignore_update(void *context, fsi_image *sender, const char *current_file,
			     uint32_t copied_sectors, uint32_t total_sectors)
{
	(void)context;
	(void)sender;
	(void)current_file;
	(void)copied_sectors;
	(void)total_sectors;
	return S_OK;
}

/* ---- all that change something ----------------------------------------- */

#define MOST 100

static char tried[MOST][80]; /* functions */
static int tried_count;

/* A call, with the image as it was before or after: what is to come of it. */
static void note(const char *call, HRESULT hr, HRESULT expected)
{
	ck_assert_int_lt(tried_count, MOST);
	snprintf(tried[tried_count++], sizeof(tried[0]), "%.*s", (int)strcspn(call, "("),
		 call);
	if (hr != expected && !(SUCCEEDED(hr) && SUCCEEDED(expected)))
		ck_abort_msg("%s: 0x%08X", call, (unsigned)hr);
}

#define REFUSED(call) note(#call, (call), IMAPI_E_READONLY)
#define ALLOWED(call) note(#call, (call), S_OK)

static void try_flags(void)
{
	REFUSED(fsi_image_put_strict_file_system_compliance(image, false));
	REFUSED(fsi_image_put_use_restricted_character_set(image, true));
	REFUSED(fsi_image_put_create_redundant_udf_metadata_files(image, true));
	REFUSED(fsi_image_put_udf_holes(image, true));
	REFUSED(fsi_image_put_case_sensitive_names(image, true));
	REFUSED(fsi_image_put_any_character_names(image, true));
	REFUSED(fsi_image_put_deep_directories(image, true));
	REFUSED(fsi_image_put_large_iso_files(image, true));
	REFUSED(fsi_image_put_multi_extent_iso_files(image, true));
	REFUSED(fsi_image_put_omit_large_iso_files(image, true));
	REFUSED(fsi_image_put_iso9660_1999(image, true));
	REFUSED(fsi_image_put_posix_attributes(image, true));
	REFUSED(fsi_image_put_align_large_files(image, true));
	REFUSED(fsi_image_put_deduplicate(image, true));
	REFUSED(fsi_image_put_reproducible_times(image, true));
	REFUSED(fsi_image_put_long_iso_names(image, true));
	REFUSED(fsi_image_put_lowercase_iso_names(image, true));
	REFUSED(fsi_image_put_relaxed_iso_names(image, true));
	REFUSED(fsi_image_put_multidot_iso_names(image, true));
	REFUSED(fsi_image_put_omit_iso_versions(image, true));
	REFUSED(fsi_image_put_long_joliet_names(image, true));
}

static void try_image(void)
{
	const struct fsi_hybrid_options hybrid = {.size = sizeof(hybrid)};
	fsi_boot_options *none = NULL;

	REFUSED(fsi_image_put_file_systems_to_create(image, BRIDGE));
	REFUSED(fsi_image_put_iso9660_interchange_level(image, 2));
	REFUSED(fsi_image_put_udf_revision(image, 0x201));
	REFUSED(fsi_image_put_volume_name(image, "name"));
	REFUSED(fsi_image_put_working_directory(image, "/tmp"));
	REFUSED(fsi_image_choose_image_defaults_for_media_type(image,
							       IMAPI_MEDIA_TYPE_CDR));
	REFUSED(fsi_image_rollback_to_change_point(image, 0));
	REFUSED(fsi_image_put_boot_image_options(image, NULL));
	REFUSED(fsi_image_put_boot_image_options_array(image, &none, 0));
	REFUSED(fsi_image_put_boot_catalog_path(image, "\\catalog"));
	REFUSED(fsi_image_put_hybrid_boot(image, &hybrid));
	ALLOWED(fsi_image_put_free_media_blocks(image, 0));
	ALLOWED(fsi_image_put_stage_files(image, true));
	ALLOWED(fsi_image_put_update_handler(image, ignore_update, NULL));
	ALLOWED(fsi_image_lock_in_change_point(image));
}

static void try_sessions(void)
{
	fsi_multisession *multisession = NULL;
	enum fsi_file_system imported = FSI_FILE_SYSTEM_NONE;

	ASSERT_OK(fsi_multisession_create_on_file(api_host("tree/a"), false,
						  &multisession));
	REFUSED(fsi_image_put_session_start_block(image, 0));
	REFUSED(fsi_image_put_multisession_interfaces(image, &multisession, 1));
	REFUSED(fsi_image_choose_image_defaults(image, multisession));
	REFUSED(fsi_image_import_file_system(image, &imported));
	REFUSED(fsi_image_import_specific_file_system(image, FSI_FILE_SYSTEM_UDF));
	REFUSED(fsi_image_put_import_session(image, 1));
	REFUSED(fsi_image_put_continue_writable_volumes(image, true));
	ALLOWED(fsi_image_put_import_handler(image, NULL, NULL));
	fsi_multisession_release(multisession);
}

static void try_items(void)
{
	REFUSED(fsi_item_put_creation_time(item, &when));
	REFUSED(fsi_item_put_last_accessed_time(item, &when));
	REFUSED(fsi_item_put_last_modified_time(item, &when));
	REFUSED(fsi_item_put_is_hidden(item, true));
	REFUSED(fsi_directory_add_directory(root, "new"));
	REFUSED(fsi_directory_add_file(root, "new", stream));
	REFUSED(fsi_directory_add_file_from_path(root, "new", api_host("tree/a")));
	REFUSED(fsi_directory_add_tree(root, api_host("tree"), true));
	REFUSED(fsi_directory_add_tree_with_named_streams(root, api_host("tree"), true));
	REFUSED(fsi_directory_add_tree_with_options(root, api_host("tree"), NULL, NULL));
	REFUSED(fsi_directory_add_symbolic_link(root, "new", "to"));
	REFUSED(fsi_directory_add_special(root, "new", 0010644, 0, 0));
	REFUSED(fsi_directory_add(root, fsi_directory_as_item(loose)));
	REFUSED(fsi_directory_remove(root, "file"));
	REFUSED(fsi_directory_remove_tree(root, "folder"));
	REFUSED(fsi_directory_move(root, "file", "other"));
	REFUSED(fsi_file_put_data(file, stream));
	REFUSED(fsi_file_add_stream(file, "other", stream));
	REFUSED(fsi_file_remove_stream(file, "stream"));
	ALLOWED(fsi_file_put_is_real_time(file, true));
}

START_TEST(what_would_change_it_is_refused_while_a_result_is_alive)
{
	fsi_result *result = NULL;
	fsi_stream *before = NULL;
	fsi_stream *after = NULL;
	fsi_file *made = NULL;
	char *content = NULL;
	char *now = NULL;

	result = api_result(image);
	before = api_result_stream(result);
	content = api_describe_content(image);
	tried_count = 0;
	try_flags();
	try_image();
	try_sessions();
	try_items();
	/* The one that is told, and does not get into this result. */
	after = api_image_stream(image);
	api_assert_same_bytes(before, after);
	ASSERT_OK(fsi_file_put_is_real_time(file, false));
	now = api_describe_content(image);
	ck_assert_str_eq(content, now);
	free(now);
	fsi_stream_release(after);
	fsi_stream_release(before);
	ASSERT_OK(fsi_image_create_file_item(image, "for later", &made));
	fsi_result_release(result);
	free(content);
	ASSERT_OK(fsi_directory_add(root, fsi_file_as_item(made)));
}
END_TEST

/* ---- the headers ------------------------------------------------------- */

static bool changes_something(const char *function)
{
	static const char *const beginnings[] = {
		"fsi_image_put_",	  "fsi_image_choose_", "fsi_image_rollback_",
		"fsi_image_lock_in_",	  "fsi_item_put_",     "fsi_directory_add",
		"fsi_directory_remove",	  "fsi_file_put_",     "fsi_file_add_stream",
		"fsi_file_remove_stream", "fsi_image_import_", "fsi_directory_move",
	};

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		if (strncmp(function, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	}
	return false;
}

static bool was_tried(const char *function)
{
	for (int i = 0; i < tried_count; i++) {
		if (strcmp(tried[i], function) == 0)
			return true;
	}
	return false;
}

static int look_up(const char *header)
{
	FILE *in = fopen(api_text("%s/%s", TEST_INCLUDE_DIR, header), "r");
	char line[400];
	int count = 0;

	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		char function[80] = "";

		if (sscanf(line, "FSI_API HRESULT %79[a-z0-9_](", function) != 1 ||
		    !changes_something(function))
			continue;
		count++;
		if (!was_tried(function))
			ck_abort_msg("%s was not tried", function);
	}
	fclose(in);
	return count;
}

START_TEST(no_function_that_changes_something_is_forgotten)
{
	fsi_result *result = api_result(image);

	tried_count = 0;
	try_flags();
	try_image();
	try_sessions();
	try_items();
	ck_assert_int_eq(look_up("image.h") + look_up("item.h") + look_up("boot.h") +
				 look_up("hybrid.h") + look_up("import.h") +
				 look_up("multisession.h"),
			 tried_count);
	fsi_result_release(result);
}
END_TEST

START_TEST(a_real_time_file_is_one_in_the_next_result)
{
	fsi_stream *old = api_image_stream(image);
	fsi_stream *next = NULL;
	uint8_t *old_bytes = NULL;
	uint8_t *new_bytes = NULL;
	size_t size = 0;

	ASSERT_OK(fsi_file_put_is_real_time(file, true));
	/* As long as the stream is alive, so is the old layout. */
	next = api_image_stream(image);
	api_assert_same_bytes(old, next);
	fsi_stream_release(next);
	old_bytes = api_read_all(old, &size);
	fsi_stream_release(old);
	next = api_image_stream(image);
	new_bytes = api_read_all(next, &size);
	ck_assert_int_ne(memcmp(old_bytes, new_bytes, size), 0);
	free(old_bytes);
	free(new_bytes);
	fsi_stream_release(next);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("read-only");
	TCase *tcase = tcase_create("read-only");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_would_change_it_is_refused_while_a_result_is_alive);
	tcase_add_test(tcase, no_function_that_changes_something_is_forgotten);
	tcase_add_test(tcase, a_real_time_file_is_one_in_the_next_result);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
