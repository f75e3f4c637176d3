/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bodies of UDF directories, block by block. */
#include "tests/support/udf_fixture.h"
#include "tests/support/udf_reader.h"
#include "udf/directory.h"
#include "udf/revision.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define PARTITION UDF_FIXTURE_PARTITION

static struct udf_fixture fixture;

static void set_up(void)
{
	udf_fixture_init(&fixture);
}

static void tear_down(void)
{
	udf_fixture_free(&fixture);
}

static struct fsi_node *root(void)
{
	return udf_fixture_root(&fixture);
}

static void read_entry(const struct fsi_node *node, uint8_t (*ret_block)[FSI_BLOCK_SIZE])
{
	udf_fixture_read_entry(&fixture, node, ret_block);
}

/* A name of so many letters, all different from those of other numbers. */
static void make_name(char *name, unsigned length, unsigned number)
{
	memset(name, 'n', length);
	name[length] = '\0';
	for (unsigned i = 0; i < length && number > 0; i++, number /= 26)
		name[i] = (char)('a' + number % 26);
}

START_TEST(an_entry_is_padded_to_four_bytes)
{
	static const uint32_t sizes[] = {40, 40, 44, 44, 44, 44, 48};
	char name[255];

	for (unsigned length = 0; length < 7; length++) {
		make_name(name, length, 1);
		ck_assert_uint_eq(fsi_udf_identifier_size(name), sizes[length]);
	}
	make_name(name, 254, 1);
	ck_assert_uint_eq(fsi_udf_identifier_size(name), 296);
}
END_TEST

START_TEST(an_entry_takes_what_it_was_measured_to)
{
	static const char *const tails[] = {"", "\xC3\xA9", "\xC4\x80",
					    "\xF0\x9F\x98\x80"};
	uint8_t descriptor[FSI_UDF_FID_MAX_SIZE];
	const struct fsi_udf_revision *revision = fsi_udf_revision_find(0x0102);
	char name[300];

	for (unsigned tail = 0; tail < 4; tail++)
		for (unsigned length = 1; length < 255; length++) {
			struct fsi_udf_identifier identifier = {.name = name};
			uint32_t size = 0;

			make_name(name, length, length);
			strcat(name, tails[tail]);
			size = fsi_udf_put_identifier(&identifier, revision, 7,
						      &descriptor);
			ck_assert_uint_eq(size, fsi_udf_identifier_size(name));
			udf_assert_tag(descriptor, 257, size, 7);
			udf_assert_zero(descriptor, 38u + descriptor[19],
					sizeof(descriptor));
		}
}
END_TEST

START_TEST(a_directory_names_its_parent_then_its_children)
{
	struct fsi_node *outer = udf_fixture_add_directory(&fixture, root(), "outer");
	struct fsi_node *inner = udf_fixture_add_directory(&fixture, outer, "inner");

	udf_fixture_add_file(&fixture, outer, "file", 10);
	udf_fixture_add_file(&fixture, outer, "hidden", 10)->is_hidden = true;
	udf_fixture_add_directory(&fixture, outer, "also hidden")->is_hidden = true;
	udf_fixture_add_file(&fixture, inner, "\xD0\xB4\xD0\xB0", 0);
	udf_fixture_build(&fixture);
	udf_fixture_assert_directory(&fixture, root());
	udf_fixture_assert_directory(&fixture, outer);
	udf_fixture_assert_directory(&fixture, inner);
}
END_TEST

START_TEST(a_name_is_that_of_the_view)
{
	static const char mapped[] = "\0mapped";
	size_t size = 0;
	size_t offset = 40;
	uint8_t *body = NULL;
	struct udf_fid fid = {0};

	udf_fixture_add_file(&fixture, root(), "original", 0);
	udf_fixture_order(&fixture);
	fixture.names.text = fsi_duplicate_bytes(mapped, sizeof(mapped));
	fixture.names.names[1] = 1;
	ck_assert_int_eq(udf_fixture_create(&fixture), S_OK);
	ck_assert_int_eq(udf_fixture_place(&fixture), S_OK);
	body = udf_fixture_read_directory(&fixture, root(), &size);
	ck_assert(udf_next_fid(body, size, &offset, &fid));
	udf_assert_bytes(fid.name, fid.name_length, "08 6D 61 70 70 65 64");
	fsi_free(body);
}
END_TEST

START_TEST(entries_straddle_blocks_at_every_offset)
{
	char name[256];
	uint8_t straddles[512] = {0}; /* by words of a tag or a name before the edge */
	struct udf_fid fid = {0};
	size_t size = 0;
	size_t offset = 0;
	uint8_t *body = NULL;
	unsigned found = 0;

	for (unsigned i = 0; i < 6000; i++) {
		make_name(name, 4 + (i * 37 + i / 254) % 251, i + 1);
		udf_fixture_add_file(&fixture, root(), name, 0);
	}
	udf_fixture_build(&fixture);
	udf_fixture_assert_directory(&fixture, root());
	body = udf_fixture_read_directory(&fixture, root(), &size);
	while (udf_next_fid(body, size, &offset, &fid))
		if (fid.offset / 2048 != (offset - 1) / 2048)
			straddles[(2048 - fid.offset % 2048) / 4] = 1;
	/* All but the last word or two of the longest entries, however it falls. */
	for (unsigned i = 1; i < 70; i++)
		found += straddles[i];
	ck_assert_uint_ge(found, 60);
	fsi_free(body);
}
END_TEST

START_TEST(every_directory_begins_a_block_of_its_own)
{
	char name[256];
	uint8_t entry[FSI_BLOCK_SIZE];
	uint32_t block = 0;

	for (unsigned d = 0; d < 40; d++) {
		struct fsi_node *directory = NULL;

		snprintf(name, sizeof(name), "directory %u", d);
		directory = udf_fixture_add_directory(&fixture, root(), name);
		for (unsigned i = 0; i < d * 5; i++) {
			make_name(name, 10 + i, i + 1);
			udf_fixture_add_file(&fixture, directory, name, i);
		}
	}
	udf_fixture_build(&fixture);
	block = udf_fixture_region(&fixture, "UDF directories", 0)->first_block -
		PARTITION;
	for (uint32_t d = 0; d < fixture.order.directory_count; d++) {
		const struct fsi_node *directory = fixture.order.directories[d];

		udf_fixture_assert_directory(&fixture, directory);
		read_entry(directory, &entry);
		ck_assert_uint_eq(udf_u32(entry, 180), block);
		block += (uint32_t)udf_u64(entry, 64);
	}
	ck_assert_uint_eq(
		block,
		udf_fixture_region(&fixture, "UDF directories", 0)->first_block +
			udf_fixture_region(&fixture, "UDF directories", 0)->blocks -
			PARTITION);
}
END_TEST

/* Seven entries of 248 bytes, and one that fills the block but for spare bytes. */
static void fill_block(unsigned spare, unsigned more)
{
	char name[256];

	for (unsigned i = 0; i < 7 + more; i++) {
		make_name(name, 209, i + 1);
		udf_fixture_add_file(&fixture, root(), name, 0);
		if (i == 6) {
			make_name(name, 233 - spare, 1);
			udf_fixture_add_file(&fixture, root(), name, 0);
		}
	}
	udf_fixture_build(&fixture);
	udf_fixture_assert_directory(&fixture, root());
}

static uint64_t root_size(void)
{
	uint8_t entry[FSI_BLOCK_SIZE];

	read_entry(root(), &entry);
	return udf_u64(entry, 56);
}

START_TEST(a_directory_may_fill_its_block_to_the_last_byte)
{
	fill_block(0, 0);
	ck_assert_uint_eq(root_size(), 2048);
	ck_assert_uint_eq(udf_fixture_region(&fixture, "UDF directories", 0)->blocks, 1);
}
END_TEST

START_TEST(an_entry_may_begin_a_block)
{
	fill_block(0, 1);
	ck_assert_uint_eq(root_size(), 2048 + 248);
	ck_assert_uint_eq(udf_fixture_region(&fixture, "UDF directories", 0)->blocks, 2);
}
END_TEST

START_TEST(an_entry_may_have_four_bytes_in_the_block_before)
{
	fill_block(4, 1);
	ck_assert_uint_eq(root_size(), 2044 + 248);
	ck_assert_uint_eq(udf_fixture_region(&fixture, "UDF directories", 0)->blocks, 2);
}
END_TEST

static void add_directory_tests(Suite *suite)
{
	TCase *tcase = tcase_create("directories");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_entry_is_padded_to_four_bytes);
	tcase_add_test(tcase, an_entry_takes_what_it_was_measured_to);
	tcase_add_test(tcase, a_directory_names_its_parent_then_its_children);
	tcase_add_test(tcase, a_name_is_that_of_the_view);
	tcase_add_test(tcase, entries_straddle_blocks_at_every_offset);
	tcase_add_test(tcase, every_directory_begins_a_block_of_its_own);
	tcase_add_test(tcase, a_directory_may_fill_its_block_to_the_last_byte);
	tcase_add_test(tcase, an_entry_may_begin_a_block);
	tcase_add_test(tcase, an_entry_may_have_four_bytes_in_the_block_before);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	Suite *suite = suite_create("udf directories");
	SRunner *runner;
	int failed;

	add_directory_tests(suite);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
