/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session that goes on from another records anew, and what it does not. */
#include "tests/support/next_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct next_disc disc;

static void set_up(void)
{
	api_begin_folder();
	disc = (struct next_disc){.covers_disc = true};
}

static void tear_down(void)
{
	next_disc_free(&disc);
	api_end_folder();
}

/* The blocks of a result that are described so. */
static uint32_t blocks_of(fsi_result *result, const char *description)
{
	fsi_progress_items *items = NULL;
	uint32_t count = 0;
	uint32_t blocks = 0;

	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	ASSERT_OK(fsi_progress_items_get_count(items, &count));
	for (uint32_t i = 0; i < count; i++) {
		const struct fsi_progress_item *item = NULL;

		ASSERT_OK(fsi_progress_items_get_item(items, i, &item));
		if (strcmp(item->description, description) == 0)
			blocks += item->block_count;
	}
	fsi_progress_items_release(items);
	return blocks;
}

static void begin(fsi_file_systems systems, uint32_t revision)
{
	fsi_image *image = api_image(systems);
	fsi_directory *root = api_root(image);
	FILE *file = fopen(api_host("host"), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs("a file with two names", file), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(link(api_host("host"), api_host("other")), 0);
	ASSERT_OK(fsi_image_put_udf_revision(image, revision));
	api_add_text(root, "small", "a small file");
	api_add_sized(root, "big", 5000);
	api_add_sized(root, "empty", 0);
	api_add_directory(root, "dir");
	api_add_sized(root, "dir\\inner", 4096);
	ASSERT_OK(fsi_directory_add_tree(root, api_folder.path, false));
	next_disc_begin(&disc, image);
	fsi_image_release(image);
}

static fsi_image *go_on(fsi_file_systems systems)
{
	return next_disc_continue(&disc, systems, FSI_FILE_SYSTEM_UDF, 0);
}

/* ---- file entries ------------------------------------------------------ */

static void change_nothing(fsi_directory *root)
{
	(void)root;
}

static void change_a_time(fsi_directory *root)
{
	const struct timespec time = {.tv_sec = API_SECONDS + 1000};

	ASSERT_OK(fsi_item_put_last_modified_time(api_item(root, "big"), &time));
}

static void hide(fsi_directory *root)
{
	ASSERT_OK(fsi_item_put_is_hidden(api_item(root, "big"), true));
}

static void move(fsi_directory *root)
{
	ASSERT_OK(fsi_directory_move(root, "big", "dir\\moved"));
}

static void remove_file(fsi_directory *root)
{
	ASSERT_OK(fsi_directory_remove(root, "big"));
}

static void remove_link(fsi_directory *root)
{
	ASSERT_OK(fsi_directory_remove(root, "other"));
}

static void remove_links(fsi_directory *root)
{
	ASSERT_OK(fsi_directory_remove(root, "other"));
	ASSERT_OK(fsi_directory_remove(root, "host"));
}

static void replace(fsi_directory *root)
{
	ASSERT_OK(fsi_directory_remove(root, "big"));
	api_add_sized(root, "big", 6000);
}

static void add(fsi_directory *root)
{
	api_add_sized(root, "added", 6000);
}

static void add_stream(fsi_directory *root)
{
	fsi_stream *stream = api_text_stream("in a stream");

	ASSERT_OK(fsi_file_add_stream(api_file(root, "big"), "stream", stream));
	fsi_stream_release(stream);
}

static const struct {
	void (*change)(fsi_directory *root);
	fsi_file_systems began;
	fsi_file_systems systems;
	uint32_t revision;
	uint32_t entries; /* the root and a directory in any case */
} entries[] = {
	{change_nothing, UDF, UDF, 0x102, 2},
	{change_nothing, UDF, UDF, 0x201, 2},
	{change_nothing, BRIDGE, BRIDGE, 0x102, 2},
	{change_nothing, UDF, UDF, 0x250, 7},
	{change_nothing, BRIDGE, BRIDGE, 0x260, 7},
	/* What is in entries needs blocks for the others: small, host and other. */
	{change_nothing, UDF, BRIDGE, 0x102, 4},
	{change_a_time, UDF, UDF, 0x102, 3},
	{change_a_time, BRIDGE, BRIDGE, 0x201, 3},
	{hide, BRIDGE, BRIDGE, 0x201, 2},
	{move, BRIDGE, BRIDGE, 0x201, 2},
	{remove_file, UDF, UDF, 0x201, 2},
	{remove_link, UDF, UDF, 0x102, 3},
	{remove_link, BRIDGE, BRIDGE, 0x102, 3},
	{remove_links, BRIDGE, BRIDGE, 0x102, 2},
	{replace, BRIDGE, BRIDGE, 0x150, 3},
	{add, BRIDGE, BRIDGE, 0x150, 3},
	/* The file's, that of its streams, and that of the stream. */
	{add_stream, UDF, UDF, 0x201, 5},
};

START_TEST(a_file_entry_stays_while_all_that_it_tells_holds)
{
	fsi_image *image = NULL;
	fsi_result *result = NULL;

	begin(entries[_i].began, entries[_i].revision);
	image = go_on(entries[_i].systems);
	entries[_i].change(api_root(image));
	result = api_result(image);
	ck_assert_uint_eq(blocks_of(result, "UDF file entries"), entries[_i].entries);
	ck_assert_uint_eq(blocks_of(result, "\\dir\\inner"), 0);
	fsi_result_release(result);
	next_disc_add(&disc, image);
	checked_assert_clean(disc.bytes, disc.size);
}
END_TEST

/* Both names have one entry, and the next session sees that, too. */
START_TEST(names_of_one_file_stay_together_for_sessions)
{
	for (unsigned session = 2; session <= 4; session++) {
		char *text = NULL;

		if (session == 2)
			begin((fsi_file_systems)_i, 0x102);
		next_disc_add(&disc, go_on((fsi_file_systems)_i));
		text = next_disc_describe(&disc, NULL, FSI_FILE_SYSTEM_UDF);
		ck_assert_ptr_nonnull(strstr(text, "/host kind=1 links=2 size=21 "));
		ck_assert_ptr_nonnull(strstr(text, "/other kind=1 links=2 size=21 "));
		free(text);
	}
	checked_assert_clean(disc.bytes, disc.size);
}
END_TEST

/* ---- data -------------------------------------------------------------- */

/* A file with a hole is in pieces; what other file systems have must not be. */
START_TEST(data_in_pieces_stays_unless_others_are_to_have_it)
{
	const fsi_file_systems systems = _i == 0 ? UDF : BRIDGE;
	const struct timespec time = {.tv_sec = API_SECONDS + 1000};
	fsi_image *image = api_image(UDF);
	fsi_result *result = NULL;
	FILE *file = fopen(api_host("holes"), "w");
	char *before = NULL;
	char *after = NULL;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fputc('a', file), 'a');
	ck_assert_int_eq(fseek(file, 1 << 20, SEEK_SET), 0);
	ck_assert_int_eq(fputc('z', file), 'z');
	ck_assert_int_eq(fclose(file), 0);
	ASSERT_OK(fsi_image_put_udf_holes(image, true));
	ASSERT_OK(fsi_directory_add_tree(api_root(image), api_folder.path, false));
	next_disc_begin(&disc, image);
	fsi_image_release(image);
	ck_assert_uint_lt(disc.size, 3 << 19); /* it is a hole */
	before = next_disc_describe(&disc, NULL, FSI_FILE_SYSTEM_UDF);
	image = go_on(systems);
	result = api_result(image);
	ck_assert_uint_eq(blocks_of(result, "\\holes"), systems == UDF ? 0 : 513);
	fsi_result_release(result);
	/* Also when its entry is written anew. */
	ASSERT_OK(fsi_item_put_last_modified_time(api_item(api_root(image), "holes"),
						  &time));
	next_disc_add(&disc, image);
	after = next_disc_describe(&disc, NULL, FSI_FILE_SYSTEM_UDF);
	ck_assert_str_eq(before, after);
	checked_assert_clean(disc.bytes, disc.size);
	free(before);
	free(after);
}
END_TEST

/* What is on the disc already is not recorded again where that is asked for. */
START_TEST(a_duplicate_of_old_data_has_its_blocks)
{
	const bool is_wanted = _i == 1;
	fsi_image *image = NULL;
	fsi_result *result = NULL;
	uint32_t count = 0;
	uint32_t blocks = 0;
	char *text = NULL;

	begin(BRIDGE, 0x102);
	image = go_on(BRIDGE);
	api_add_sized(api_root(image), "duplicate", 5000);
	ASSERT_OK(fsi_image_put_deduplicate(image, is_wanted));
	result = api_result(image);
	ASSERT_OK(fsi_result_get_duplicates(result, &count, &blocks));
	ck_assert_uint_eq(count, is_wanted);
	ck_assert_uint_eq(blocks, is_wanted ? 3 : 0);
	ck_assert_uint_eq(blocks_of(result, "\\duplicate"), is_wanted ? 0 : 3);
	fsi_result_release(result);
	next_disc_add(&disc, image);
	text = next_disc_describe(&disc, NULL, FSI_FILE_SYSTEM_UDF);
	ck_assert_ptr_nonnull(strstr(text, "/duplicate kind=1 links=1 size=5000 "));
	free(text);
	checked_assert_clean(disc.bytes, disc.size);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("next_session_items");
	TCase *tcase = tcase_create("items");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_file_entry_stays_while_all_that_it_tells_holds, 0,
			    (int)(sizeof(entries) / sizeof(entries[0])));
	tcase_add_loop_test(tcase, names_of_one_file_stay_together_for_sessions, UDF,
			    UDF + 1);
	tcase_add_loop_test(tcase, names_of_one_file_stay_together_for_sessions, BRIDGE,
			    BRIDGE + 1);
	tcase_add_loop_test(tcase, data_in_pieces_stays_unless_others_are_to_have_it, 0,
			    2);
	tcase_add_loop_test(tcase, a_duplicate_of_old_data_has_its_blocks, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return api_run(make_suite());
}
