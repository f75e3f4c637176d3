/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The used blocks, asked for after each of many random changes: they are those of
 * the result. Names that meet, links, streams, large and small data, everything
 * that comes, goes, and comes back.
 */
#include "image/tally.h"
#include "tests/support/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	fsi_file_systems systems;
	uint32_t udf_revision;
} sets[] = {
	{ISO, 0x102},	 {ISO_JOLIET, 0x102}, {UDF, 0x102},
	{UDF, 0x201},	 {UDF, 0x250},	      {ISO | UDF, 0x102},
	{BRIDGE, 0x102}, {BRIDGE, 0x200},     {BRIDGE, 0x250},
};

#define SETS   (int)(sizeof(sets) / sizeof(sets[0]))
#define ROUNDS 20
#define STEPS  70

static fsi_image *image;
static fsi_directory *root;
static uint64_t state;
static int32_t points[STEPS];
static int point_count;
static bool has_boot;
static int told_count; /* how often no layout was needed */

static uint32_t dice(uint32_t limit)
{
	return api_random(&state, limit);
}

static uint32_t used_blocks(void)
{
	uint32_t blocks = 0;

	ASSERT_OK(fsi_image_get_used_blocks(image, &blocks));
	return blocks;
}

/* The blocks of all regions of a result that are called so; path: data of files. */
static uint64_t sum_blocks(fsi_progress_items *items, const char *beginning)
{
	uint64_t blocks = 0;
	uint32_t count = 0;

	ASSERT_OK(fsi_progress_items_get_count(items, &count));
	for (uint32_t i = 0; i < count; i++) {
		const struct fsi_progress_item *item = NULL;

		ASSERT_OK(fsi_progress_items_get_item(items, i, &item));
		if (strncmp(item->description, beginning, strlen(beginning)) == 0 &&
		    strstr(item->description, "mirror") == NULL)
			blocks += item->block_count;
	}
	return blocks;
}

static void assert_part(fsi_progress_items *items, const char *beginning, uint64_t blocks)
{
	const uint64_t found = sum_blocks(items, beginning);

	if (found != blocks)
		ck_abort_msg("%s: %" PRIu64 " blocks were foretold, %" PRIu64
			     " there are",
			     beginning, blocks, found);
}

/* The whole is rounded, its parts are not. */
static void assert_parts(const struct fsi_plan_sizes *sizes, fsi_result *result)
{
	static const char *const trees[] = {"ISO 9660", "Joliet", "ISO 9660:1999"};
	fsi_progress_items *items = NULL;
	fsi_file_systems systems = 0;
	uint32_t tree = 0;

	ASSERT_OK(fsi_image_get_file_systems_to_create(image, &systems));
	ASSERT_OK(fsi_result_get_progress_items(result, &items));
	for (uint32_t t = 0; t < 3 && tree < sizes->iso_count; t++) {
		if (t == 1 && (systems & FSI_FILE_SYSTEM_JOLIET) == 0)
			continue;
		assert_part(items, api_text("%s directories", trees[t]),
			    sizes->iso[tree].directory_blocks);
		assert_part(items, api_text("%s path table (L)", trees[t]),
			    (sizes->iso[tree].path_table_size + 2047) / 2048);
		tree++;
	}
	if (systems & FSI_FILE_SYSTEM_UDF) {
		assert_part(items, "UDF file entries", sizes->udf.entries);
		assert_part(items, "UDF directories", sizes->udf.directories);
		assert_part(items, "UDF allocation extents", sizes->udf.chains);
		assert_part(items, "UDF targets", sizes->udf.targets);
	}
	/* A catalog that is shown as a file is not among the data. */
	if (!has_boot)
		assert_part(items, "\\", sizes->data_blocks);
	fsi_progress_items_release(items);
}

static void assert_foretold(int step)
{
	struct fsi_plan_sizes sizes;
	const HRESULT hr = fsi_tally_get_sizes(image, &sizes);
	const uint32_t blocks = used_blocks();
	fsi_result *result = NULL;

	/* What is to be booted may have left; then there is no result. */
	if (FAILED(fsi_image_create_result_image(image, &result))) {
		ck_assert(has_boot);
		return;
	}
	ck_assert(hr == S_OK || hr == S_FALSE);
	if (api_total_blocks(result) != blocks)
		ck_abort_msg("step %d: %" PRIu32 " blocks were foretold, %" PRIu32
			     " there are",
			     step, blocks, api_total_blocks(result));
	if (hr == S_OK)
		assert_parts(&sizes, result);
	told_count += hr == S_OK;
	fsi_result_release(result);
}

/* ---- names ------------------------------------------------------------- */

/* Few enough that they meet, of all lengths, in all alphabets. */
static void make_name(char (*ret_name)[300])
{
	static const char *const stems[] = {
		"a",
		"Readme",
		"README",
		"long name of a file, cut at the end",
		"long name of a file, cut at the END",
		"\xC3\xA4\xC3\xB6\xC3\xBC",
		"\xE6\xBC\xA2\xE5\xAD\x97",
		"x.y.z",
		"READM",
	};
	static const char *const ends[] = {"", ".txt", ".TXT", ".html", "_1", "1", "12"};
	const uint32_t length = dice(12) == 0 ? 100 + dice(100) : 0;

	snprintf(*ret_name, sizeof(*ret_name), "%s%.*s%s",
		 stems[dice(sizeof(stems) / sizeof(stems[0]))], (int)length,
		 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		 ends[dice(sizeof(ends) / sizeof(ends[0]))]);
	if (dice(3) == 0)
		snprintf(*ret_name + strlen(*ret_name), 20, "%" PRIu32, dice(40));
}

/* A directory somewhere below the root. */
static fsi_directory *pick_directory(void)
{
	fsi_directory *directory = root;

	for (uint32_t depth = dice(4); depth > 0; depth--) {
		fsi_enum_items *items = NULL;
		fsi_item *item = NULL;
		fsi_directory *found = NULL;

		ASSERT_OK(fsi_directory_get_enum_items(directory, &items));
		while (fsi_enum_items_next(items, 1, &item, NULL) == S_OK) {
			if (fsi_item_as_directory(item) != NULL &&
			    (found == NULL || dice(3) == 0))
				found = fsi_item_as_directory(item);
		}
		fsi_enum_items_release(items);
		if (found == NULL)
			break;
		directory = found;
	}
	return directory;
}

/* Any item of a directory, or NULL. */
static fsi_item *pick_item(fsi_directory *directory)
{
	fsi_enum_items *items = NULL;
	fsi_item *item = NULL;
	uint32_t count = 0;

	ASSERT_OK(fsi_directory_get_count(directory, &count));
	ASSERT_OK(fsi_directory_get_enum_items(directory, &items));
	if (count > 0) {
		(void)fsi_enum_items_skip(items, dice(count));
		ASSERT_OK(fsi_enum_items_next(items, 1, &item, NULL));
	}
	fsi_enum_items_release(items);
	return item;
}

/* ---- changes ----------------------------------------------------------- */

static void assert_done(HRESULT hr)
{
	if (FAILED(hr) && hr != IMAPI_E_DUP_NAME && hr != IMAPI_E_ISO9660_LEVELS)
		ck_abort_msg("%s", fsi_error_get_message());
}

static size_t make_size(void)
{
	static const size_t edges[] = {0, 1, 1000, 1872, 1873, 2047, 2048, 2049, 100000};

	return edges[dice(sizeof(edges) / sizeof(edges[0]))];
}

static void add_file(fsi_directory *directory)
{
	fsi_stream *stream = api_sized_stream(make_size());
	char name[300];

	make_name(&name);
	assert_done(fsi_directory_add_file(directory, name, stream));
	fsi_stream_release(stream);
}

static void add_directory(fsi_directory *directory)
{
	char name[300];

	make_name(&name);
	assert_done(fsi_directory_add_directory(directory, name));
}

static void add_many(fsi_directory *directory)
{
	const uint32_t first = dice(1000);
	const bool is_directory = dice(4) == 0;

	for (uint32_t i = 0; i < 150; i++) {
		const char *name = api_text("sibling number %04" PRIu32, first + i * 7);

		if (is_directory) {
			assert_done(fsi_directory_add_directory(directory, name));
		} else {
			fsi_stream *stream = api_text_stream("");

			assert_done(fsi_directory_add_file(directory, name, stream));
			fsi_stream_release(stream);
		}
		if (i % 10 == 0)
			(void)used_blocks();
	}
}

static void add_from_host(fsi_directory *directory)
{
	char name[300];

	make_name(&name);
	if (dice(3) == 0)
		assert_done(fsi_directory_add_tree(directory, api_host("tree"),
						   dice(2) == 0));
	else
		assert_done(fsi_directory_add_file_from_path(
			directory, name, api_host(dice(2) == 0 ? "tree/one" : "alone")));
}

static void add_posix(fsi_directory *directory)
{
	char name[300];
	char target[3000];

	make_name(&name);
	memset(target, 'a', sizeof(target));
	for (size_t i = 100; i < sizeof(target); i += 100)
		target[i] = '/';
	target[1 + dice(2800)] = '\0';
	if (dice(2) == 0)
		assert_done(fsi_directory_add_symbolic_link(directory, name, target));
	else
		assert_done(fsi_directory_add_special(directory, name, 0010644, 0, 0));
}

static void change_streams(fsi_directory *directory)
{
	fsi_item *item = pick_item(directory);
	fsi_stream *stream = NULL;
	char name[300];

	if (item == NULL || fsi_item_as_file(item) == NULL)
		return;
	make_name(&name);
	if (strlen(name) > 100 || dice(3) == 0) {
		const HRESULT hr = fsi_file_remove_stream(fsi_item_as_file(item), "a");

		ck_assert(SUCCEEDED(hr) || hr == IMAPI_E_ITEM_NOT_FOUND);
		return;
	}
	stream = api_sized_stream(make_size());
	assert_done(fsi_file_add_stream(fsi_item_as_file(item), dice(2) == 0 ? "a" : name,
					stream));
	fsi_stream_release(stream);
}

/* Take an item out; sometimes it comes back somewhere else. */
static void move_item(fsi_directory *directory)
{
	fsi_item *item = pick_item(directory);
	char *name = NULL;

	if (item == NULL)
		return;
	ASSERT_OK(fsi_item_get_name(item, &name));
	if (fsi_item_as_directory(item) != NULL)
		ASSERT_OK(fsi_directory_remove_tree(directory, name));
	else
		ASSERT_OK(fsi_directory_remove(directory, name));
	fsi_free(name);
	if (dice(2) == 0)
		assert_done(fsi_directory_add(pick_directory(), item));
}

static void change_property(void)
{
	const uint32_t choice = dice(4);

	if (choice == 0)
		ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 1 + dice(2)));
	else if (choice == 1)
		(void)fsi_image_put_create_redundant_udf_metadata_files(image, dice(2));
	else if (choice == 2)
		(void)fsi_image_put_file_systems_to_create(image,
							   sets[dice(SETS)].systems);
	else
		ASSERT_OK(fsi_image_put_long_joliet_names(image, dice(2)));
}

/* What is booted: a stream, a file of the tree that may go again, or nothing. */
static void change_boot(void)
{
	fsi_boot_options *options = NULL;
	fsi_stream *stream = api_sized_stream(1 + dice(9000));

	ASSERT_OK(fsi_boot_options_create(&options));
	if (dice(2) == 0) {
		ASSERT_OK(fsi_boot_options_assign_boot_image(options, stream));
	} else {
		assert_done(fsi_directory_add_file(root, "loader", stream));
		ASSERT_OK(fsi_boot_options_assign_boot_file(options, "\\loader"));
	}
	fsi_stream_release(stream);
	ASSERT_OK(fsi_image_put_boot_image_options_array(image, &options, dice(4) != 0));
	if (dice(3) == 0)
		assert_done(fsi_image_put_boot_catalog_path(
			image, dice(2) == 0 ? "" : "\\catalog"));
	fsi_boot_options_release(options);
}

static void go_back(void)
{
	if (point_count == 0)
		return;
	point_count = (int)dice((uint32_t)point_count);
	/* What was there may be too deep now; then nothing changes. */
	assert_done(fsi_image_rollback_to_change_point(image, points[point_count]));
}

static void take_step(void)
{
	fsi_directory *directory = pick_directory();
	const uint32_t choice = dice(has_boot ? 46 : 40);

	ASSERT_OK(fsi_image_get_change_point(image, &points[point_count++]));
	if (choice < 14)
		add_file(directory);
	else if (choice < 19)
		add_directory(directory);
	else if (choice < 21)
		add_many(directory);
	else if (choice < 24)
		add_from_host(directory);
	else if (choice < 26)
		add_posix(directory);
	else if (choice < 30)
		change_streams(directory);
	else if (choice < 35)
		move_item(directory);
	else if (choice < 37)
		change_property();
	else if (choice < 39)
		go_back();
	else if (choice >= 40)
		change_boot();
	else
		ASSERT_OK(fsi_directory_remove_tree(root, "\\"));
}

/* ---- the tests --------------------------------------------------------- */

static void set_up(void)
{
	api_begin_folder();
	scratch_folder(&api_folder, "tree");
	scratch_folder(&api_folder, "tree/sub");
	scratch_text(&api_folder, "tree/one", "linked");
	ck_assert_int_eq(link(api_host("tree/one"), api_host("tree/sub/other")), 0);
	ck_assert_int_eq(link(api_host("tree/one"), api_host("tree/two")), 0);
	scratch_text(&api_folder, "alone", "a file with one name");
	point_count = 0;
	told_count = 0;
	has_boot = false;
}

static void tear_down(void)
{
	fsi_image_release(image);
	api_end_folder();
}

START_TEST(they_are_those_of_the_result_after_each_change)
{
	const int set = _i % SETS;

	state = (uint64_t)_i * 7919 + 1;
	has_boot = _i % 7 == 3;
	image = api_image(sets[set].systems);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_deep_directories(image, true));
	ASSERT_OK(fsi_image_put_udf_revision(image, sets[set].udf_revision));
	if (_i % 4 == 0)
		ASSERT_OK(fsi_image_put_case_sensitive_names(image, true));
	if (_i % 5 == 0)
		ck_assert(SUCCEEDED(fsi_image_put_iso9660_1999(image, true)));
	for (int step = 0; step < STEPS; step++) {
		take_step();
		assert_foretold(step);
	}
	/* Streams of files with hard links need one. */
	ck_assert_int_gt(told_count, STEPS / 6);
}
END_TEST

/* Names that meet, in and out of their order, in one directory that is asked about
 * after each: 8.3 leaves room for nothing else. */
START_TEST(names_that_meet_are_numbered_as_in_the_result)
{
	char name[40];

	state = (uint64_t)_i;
	image = api_image(BRIDGE);
	root = api_root(image);
	ASSERT_OK(fsi_image_put_iso9660_interchange_level(image, 1));
	for (uint32_t i = 0; i < 400; i++) {
		const uint32_t number = _i % 2 == 0 ? i : dice(100000);
		fsi_stream *stream = api_text_stream("");

		snprintf(name, sizeof(name), "same beginning %05" PRIu32 "%s", number,
			 i % 3 == 0 ? ".txt" : "");
		assert_done(fsi_directory_add_file(root, name, stream));
		fsi_stream_release(stream);
		(void)used_blocks();
		if (i % 7 == 0)
			move_item(root);
		if (i % 20 == 0)
			assert_foretold((int)i);
	}
	assert_foretold(400);
}
END_TEST

/* Thousands of records of several lengths move each other over the borders of
 * blocks, wherever they come in and leave. */
START_TEST(records_are_packed_as_in_the_result)
{
	char name[100];

	state = (uint64_t)_i + 99;
	image = api_image(ISO_JOLIET);
	root = api_root(image);
	for (uint32_t i = 0; i < 3000; i++) {
		const uint32_t number = _i == 0 ? i : dice(1000000);
		fsi_stream *stream = api_text_stream("");

		snprintf(name, sizeof(name), "%0*" PRIu32, (int)(6 + number % 20),
			 number);
		assert_done(fsi_directory_add_file(root, name, stream));
		fsi_stream_release(stream);
		(void)used_blocks();
		if (i % 5 == 0 && _i == 2)
			move_item(root);
		if (i % 500 == 0)
			assert_foretold((int)i);
	}
	assert_foretold(3000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("used blocks");
	TCase *tcase = tcase_create("random");

	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, they_are_those_of_the_result_after_each_change, 0,
			    SETS * ROUNDS);
	tcase_add_loop_test(tcase, names_that_meet_are_numbered_as_in_the_result, 0, 4);
	tcase_add_loop_test(tcase, records_are_packed_as_in_the_result, 0, 3);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
