/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small data of files in their entries, where nothing else wants it as an extent. */
#include "base/checked.h"
#include "tests/support/streams.h"
#include "tests/support/udf_fixture.h"

#include <check.h>
#include <fsimage/error.h>
#include <stdlib.h>

static struct udf_fixture fixture;
static struct test_stream source;

static void set_up(void)
{
	udf_fixture_init(&fixture);
	memset(&source, 0, sizeof(source));
}

static void tear_down(void)
{
	udf_fixture_free(&fixture);
}

/* A file with data of its own. */
static struct fsi_node *add_file(uint64_t size)
{
	struct fsi_node *file =
		udf_fixture_add_file(&fixture, udf_fixture_root(&fixture), "file", size);

	source.size = size;
	if (size > 0)
		file->content.data->source.stream = test_stream_open(&source);
	return file;
}

static void release(const struct fsi_node *file)
{
	fsi_stream_release(file->content.data->source.stream);
}

static const struct {
	uint32_t revision;
	uint32_t size;
	bool is_embedded;
} rows[] = {
	{0x0102, 1, true},     {0x0102, 1871, true},  {0x0102, 1872, true},
	{0x0102, 1873, false}, {0x0150, 1872, true},  {0x0150, 1873, false},
	{0x0200, 1, true},     {0x0200, 1831, true},  {0x0200, 1832, true},
	{0x0200, 1833, false}, {0x0201, 1832, true},  {0x0201, 1833, false},
	{0x0250, 1832, true},  {0x0250, 1833, false}, {0x0260, 1832, true},
	{0x0260, 1833, false},
};

#define ROWS (int)(sizeof(rows) / sizeof(rows[0]))

START_TEST(data_is_in_the_entry_as_far_as_there_is_room)
{
	struct fsi_node *file = add_file(rows[_i].size);
	struct udf_entry entry;
	const unsigned form = rows[_i].revision >= 0x0250 ? 1 : 0;

	fixture.revision = rows[_i].revision;
	fixture.is_alone = true;
	udf_fixture_build(&fixture);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.size, rows[_i].size);
	ck_assert_uint_eq(entry.object_size, rows[_i].size);
	if (rows[_i].is_embedded) {
		ck_assert_uint_eq(entry.flags & 7, 3);
		ck_assert_uint_eq(entry.recorded_blocks, 0);
		ck_assert_uint_eq(entry.descriptors_length, rows[_i].size);
		ck_assert(test_stream_matches(&source, 0, entry.descriptors,
					      entry.descriptors_length));
		ck_assert_uint_eq(fixture.layout.first_data_block,
				  fixture.layout.data_end_block);
	} else {
		ck_assert_uint_eq(entry.flags & 7, form);
		ck_assert_uint_eq(entry.recorded_blocks, 1);
		ck_assert_uint_eq(udf_u32(entry.descriptors, 0), rows[_i].size);
		ck_assert_uint_eq(fixture.layout.first_data_block + 1,
				  fixture.layout.data_end_block);
	}
	release(file);
}
END_TEST

START_TEST(nothing_is_embedded_that_another_file_system_needs)
{
	struct fsi_node *file = add_file(1);
	struct udf_entry entry;

	udf_fixture_build(&fixture);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.flags & 7, 0);
	ck_assert_uint_eq(entry.recorded_blocks, 1);
	ck_assert_uint_eq(source.reads, 0);
	release(file);
}
END_TEST

START_TEST(an_empty_file_has_nothing_to_embed)
{
	struct fsi_node *file = add_file(0);
	struct udf_entry entry;

	fixture.is_alone = true;
	udf_fixture_build(&fixture);
	udf_fixture_decode_entry(&fixture, file, &entry);
	ck_assert_uint_eq(entry.flags & 7, 0);
	ck_assert_uint_eq(entry.descriptors_length, 0);
}
END_TEST

/* Render the entry of the only file. */
static HRESULT render(const struct fsi_node *file)
{
	const struct fsi_region *region =
		udf_fixture_region(&fixture, "UDF file entries", 0);
	uint8_t block[FSI_BLOCK_SIZE] = {0};

	return region->ops->render(region, file->number, &block);
}

START_TEST(a_source_that_can_not_be_read_is_told_by_name)
{
	struct fsi_node *file = add_file(100);

	source.fails = true;
	source.failure = E_FAIL;
	fixture.is_alone = true;
	udf_fixture_build(&fixture);
	ck_assert_int_eq(render(file), IMAPI_E_DATA_STREAM_READ_FAILURE);
	ck_assert_ptr_nonnull(strstr(fsi_error_get_message(), "file"));
	release(file);
}
END_TEST

START_TEST(a_source_that_has_shrunk_is_never_padded)
{
	struct fsi_node *file = add_file(100);

	fixture.is_alone = true;
	udf_fixture_build(&fixture);
	source.size = 99;
	ck_assert_int_eq(render(file), IMAPI_E_DATA_STREAM_INCONSISTENCY);
	source.size = 101;
	ck_assert_int_eq(render(file), IMAPI_E_DATA_STREAM_INCONSISTENCY);
	source.size = 100;
	ck_assert_int_eq(render(file), S_OK);
	release(file);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("udf embedded data");
	TCase *tcase = tcase_create("embedded data");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, data_is_in_the_entry_as_far_as_there_is_room, 0, ROWS);
	tcase_add_test(tcase, nothing_is_embedded_that_another_file_system_needs);
	tcase_add_test(tcase, an_empty_file_has_nothing_to_embed);
	tcase_add_test(tcase, a_source_that_can_not_be_read_is_told_by_name);
	tcase_add_test(tcase, a_source_that_has_shrunk_is_never_padded);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
