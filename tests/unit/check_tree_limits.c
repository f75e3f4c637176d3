/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tree may hold: levels, directories, sizes, capacity. */
#include "tree/tree.h"

#include "base/checked.h"
#include "error/fail.h"
#include "tests/support/trees.h"
#include "tree/change.h"
#include "tree/children.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fsi_tree tree;

/* A measurement that a test decides about. */
static struct {
	uint32_t fixed_blocks; /* of the empty image */
	uint32_t item_blocks;  /* of each item, beside its data */
	HRESULT failure;
	unsigned calls;
} measure;

static HRESULT measure_tree(void *context, uint32_t *ret_blocks)
{
	uint64_t blocks = measure.fixed_blocks;

	ck_assert_ptr_eq(context, &measure);
	measure.calls++;
	if (FAILED(measure.failure))
		return FSI_FAIL(IMAPI_E_NO_UNIQUE_NAME, "some name", "ISO9660");
	for (const struct fsi_node *node = &tree.root; node != NULL;
	     node = fsi_node_next(&tree.root, node))
		blocks += fsi_blocks_of(fsi_node_size(node));
	blocks +=
		(uint64_t)measure.item_blocks * (tree.file_count + tree.directory_count);
	*ret_blocks = (uint32_t)blocks;
	return S_OK;
}

static void set_up(void)
{
	ck_assert_int_eq(fsi_tree_init(&tree, tree_time(TREE_TIME)), S_OK);
	memset(&measure, 0, sizeof(measure));
	tree.limits.measure = measure_tree;
	tree.limits.context = &measure;
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_tree_destroy(&tree);
}

/* An insertion that must be refused and change nothing. */
static void assert_refused(struct fsi_node *parent, struct fsi_node *node,
			   HRESULT expected)
{
	char *before = tree_dump(&tree);
	char *after = NULL;

	ck_assert_int_eq(fsi_tree_insert(&tree, parent, node), expected);
	ck_assert_int_eq(fsi_error_get_code(), expected);
	after = tree_dump(&tree);
	ck_assert_str_eq(before, after);
	ck_assert(!fsi_node_is_in_image(node));
	ck_assert_uint_eq(tree.changes.count, 0);
	tree_check(&tree);
	free(before);
	free(after);
}

static void assert_insert(const char *expected)
{
	struct fsi_insert insert;

	ck_assert_int_eq(fsi_error_get_insert(0, &insert), S_OK);
	ck_assert_str_eq(insert.text, expected);
}

static void assert_message_has(const char *text)
{
	ck_assert_msg(strstr(fsi_error_get_message(), text) != NULL,
		      "\"%s\" is not in: %s", text, fsi_error_get_message());
}

/* A chain of directories below a node; the last one. */
static struct fsi_node *add_chain(struct fsi_node *parent, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		parent = tree_add_directory(&tree, parent, "d");
	return parent;
}

/* ---- levels ------------------------------------------------------------ */

START_TEST(directories_go_down_to_the_last_level)
{
	struct fsi_node *deepest = NULL;

	tree.limits.max_levels = 8;
	deepest = add_chain(&tree.root, 7);
	ck_assert_uint_eq(fsi_node_level(deepest), 8);
	tree_add_file(&tree, deepest, "a file is not a level", 1);
	assert_refused(deepest, tree_make_directory(&tree, "ninth"),
		       IMAPI_E_ISO9660_LEVELS);
	assert_message_has("\"\\d\\d\\d\\d\\d\\d\\d\\ninth\" is on level 9");
	ck_assert_uint_eq(fsi_tree_count_levels(&tree), 8);
	tree.limits.max_levels = 9;
	tree_add_directory(&tree, deepest, "ninth");
	tree.limits.max_levels = 0;
	add_chain(deepest, 20);
	ck_assert_uint_eq(fsi_tree_count_levels(&tree), 28);
}
END_TEST

START_TEST(levels_below_what_is_added_count_too)
{
	struct fsi_node *top = tree_add_directory(&tree, &tree.root, "top");
	struct fsi_node *parent = NULL;

	add_chain(top, 3);
	fsi_tree_unlink(&tree, top);
	parent = add_chain(&tree.root, 4);
	/* 4 levels to go below level 5. */
	tree.limits.max_levels = 8;
	assert_refused(parent, top, IMAPI_E_ISO9660_LEVELS);
	assert_message_has("\"\\d\\d\\d\\d\\top\\d\\d\\d\" is on level 9");
	tree.limits.max_levels = 9;
	ck_assert_int_eq(fsi_tree_insert(&tree, parent, top), S_OK);
	tree_check(&tree);
}
END_TEST

/* ---- the number of directories ----------------------------------------- */

static HRESULT add_numbered_directory(unsigned number, struct fsi_node **ret_node)
{
	char name[16];

	snprintf(name, sizeof(name), "d%u", number);
	if (FAILED(fsi_tree_make_node(&tree, FSI_NODE_DIRECTORY, name, strlen(name),
				      ret_node)))
		return E_OUTOFMEMORY;
	return fsi_tree_insert(&tree, &tree.root, *ret_node);
}

START_TEST(so_many_directories_there_are_and_no_more)
{
	struct fsi_node *node = NULL;

	tree.limits.max_directories = 65535;
	tree.limits.directory_limiter = "ISO9660";
	/* The root is the first. */
	for (unsigned i = 2; i <= 65535; i++) {
		if (FAILED(add_numbered_directory(i, &node)))
			ck_abort_msg("%u: %s", i, fsi_error_get_message());
	}
	fsi_change_keep(&tree);
	ck_assert_uint_eq(tree.directory_count, 65534);
	ck_assert_int_eq(add_numbered_directory(1, &node), IMAPI_E_TOO_MANY_DIRS);
	assert_insert("ISO9660");
	assert_message_has("The limit is 65535 with the root.");
	ck_assert_uint_eq(tree.directory_count, 65534);
	ck_assert(!fsi_node_is_in_image(node));
	tree_add_file(&tree, &tree.root, "a file is no directory", 1);
	/* When one goes, one may come. */
	fsi_tree_unlink(&tree, tree_at(&tree, "d4711"));
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root, node), S_OK);
	tree_check(&tree);
}
END_TEST

START_TEST(directories_below_what_is_added_count_too)
{
	struct fsi_node *top = tree_add_directory(&tree, &tree.root, "top");

	add_chain(top, 2);
	fsi_tree_unlink(&tree, top);
	tree.limits.max_directories = 3;
	assert_refused(&tree.root, top, IMAPI_E_TOO_MANY_DIRS);
	tree.limits.max_directories = 4;
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root, top), S_OK);
}
END_TEST

/* ---- the size of a file ------------------------------------------------ */

START_TEST(a_file_is_as_large_as_the_limit_and_no_larger)
{
	const uint64_t limit = UINT64_C(0x80000000);

	tree.limits.max_file_size = limit;
	tree.limits.size_limiter = "ISO9660/Joliet";
	tree_add_file(&tree, &tree.root, "below", limit - 1);
	tree_add_file(&tree, &tree.root, "at", limit);
	assert_refused(&tree.root, tree_make_file(&tree, "above", limit + 1),
		       IMAPI_E_DATA_TOO_BIG);
	assert_insert("ISO9660/Joliet");
	assert_message_has("\"\\above\" has 2147483649 bytes, the limit is 2147483648.");
	ck_assert_uint_eq(fsi_tree_largest_size(&tree), limit);
	tree.limits.max_file_size = 0;
	tree_add_file(&tree, &tree.root, "above", limit + 1);
	tree_add_file(&tree, &tree.root, "far above", UINT64_MAX);
}
END_TEST

START_TEST(sizes_below_what_is_added_count_too)
{
	struct fsi_node *top = tree_add_directory(&tree, &tree.root, "top");

	tree_add_file(&tree, top, "file", 1001);
	fsi_tree_unlink(&tree, top);
	tree.limits.max_file_size = 1000;
	assert_refused(&tree.root, top, IMAPI_E_DATA_TOO_BIG);
	assert_message_has("\"\\top\\file\" has 1001 bytes");
	tree.limits.max_file_size = 1001;
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root, top), S_OK);
}
END_TEST

START_TEST(limits_that_come_later_are_checked_against_all)
{
	struct fsi_tree_limits limits = {.size_limiter = "UDF",
					 .directory_limiter = "ISO9660"};
	struct fsi_node *deepest = add_chain(&tree.root, 4);

	tree_add_file(&tree, deepest, "file", 1000);
	ck_assert_int_eq(fsi_tree_check_limits(&tree, &limits), S_OK);
	limits.max_levels = 4;
	ck_assert_int_eq(fsi_tree_check_limits(&tree, &limits), IMAPI_E_ISO9660_LEVELS);
	assert_message_has("\"\\d\\d\\d\\d\" is on level 5");
	limits.max_levels = 5;
	limits.max_directories = 4;
	ck_assert_int_eq(fsi_tree_check_limits(&tree, &limits), IMAPI_E_TOO_MANY_DIRS);
	limits.max_directories = 5;
	limits.max_file_size = 999;
	ck_assert_int_eq(fsi_tree_check_limits(&tree, &limits), IMAPI_E_DATA_TOO_BIG);
	assert_insert("UDF");
	limits.max_file_size = 1000;
	ck_assert_int_eq(fsi_tree_check_limits(&tree, &limits), S_OK);
}
END_TEST

START_TEST(refusing_works_without_memory_for_the_message)
{
	struct fsi_node *deepest = add_chain(&tree.root, 2);
	struct fsi_node *directory = tree_make_directory(&tree, "one more");
	struct fsi_node *file = tree_make_file(&tree, "file", 11);
	struct fsi_tree_limits limits = {.max_levels = 3,
					 .max_file_size = 10,
					 .size_limiter = "UDF",
					 .capacity_blocks = 20,
					 .measure = measure_tree,
					 .context = &measure};

	tree_add_file(&tree, deepest, "room in its list", 1);
	ck_assert_int_eq(fsi_change_reserve(&tree, 2), S_OK);
	tree.limits = limits;
	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_tree_insert(&tree, deepest, directory),
			 IMAPI_E_ISO9660_LEVELS);
	ck_assert_int_eq(fsi_tree_insert(&tree, deepest, file), IMAPI_E_DATA_TOO_BIG);
	tree.limits.max_file_size = 0;
	measure.fixed_blocks = 21;
	ck_assert_int_eq(fsi_tree_insert(&tree, deepest, file), IMAPI_E_IMAGE_SIZE_LIMIT);
	assert_insert("file");
}
END_TEST

/* ---- capacity ---------------------------------------------------------- */

START_TEST(an_image_is_as_large_as_its_capacity_and_no_larger)
{
	measure.fixed_blocks = 1000;
	measure.item_blocks = 10;
	tree.limits.capacity_blocks = 1020;
	tree_add_file(&tree, &tree.root, "one", 0);
	tree_add_directory(&tree, &tree.root, "two");
	assert_refused(tree_at(&tree, "two"), tree_make_directory(&tree, "three"),
		       IMAPI_E_IMAGE_SIZE_LIMIT);
	assert_insert("\\two\\three");
	assert_message_has("The limit is 1020 blocks.");
	tree.limits.capacity_blocks = 1029;
	assert_refused(&tree.root, tree_make_file(&tree, "three", 0),
		       IMAPI_E_IMAGE_SIZE_LIMIT);
	assert_insert("\\three");
	tree.limits.capacity_blocks = 1030;
	tree_add_file(&tree, &tree.root, "three", 0);
	tree.limits.capacity_blocks = 1140;
	assert_refused(&tree.root, tree_make_file(&tree, "four", 2048 * 100 + 1),
		       IMAPI_E_IMAGE_SIZE_LIMIT);
	tree_add_file(&tree, &tree.root, "four", 2048 * 100);
}
END_TEST

START_TEST(a_measurement_that_fails_is_told)
{
	tree.limits.capacity_blocks = 1000;
	measure.failure = E_FAIL;
	assert_refused(&tree.root, tree_make_file(&tree, "file", 0),
		       IMAPI_E_NO_UNIQUE_NAME);
	assert_insert("some name");
}
END_TEST

START_TEST(the_capacity_holds_whatever_the_items_need)
{
	uint32_t blocks = 0;
	unsigned count = 0;
	HRESULT hr = S_OK;

	/* The most that an item may need; files of very different sizes. */
	measure.item_blocks = 16;
	measure.fixed_blocks = 300;
	tree.limits.capacity_blocks = 100000;
	for (; count < 20000; count++) {
		struct fsi_node *node = NULL;
		char name[16];

		snprintf(name, sizeof(name), "f%u", count);
		node = tree_make_file(&tree, name, count * count * 7919u % 300000u);
		hr = fsi_tree_insert(&tree, &tree.root, node);
		fsi_change_keep(&tree);
		if (FAILED(hr))
			break;
	}
	ck_assert_int_eq(hr, IMAPI_E_IMAGE_SIZE_LIMIT);
	ck_assert_uint_gt(count, 500);
	/* It was not asked for each of them. */
	ck_assert_uint_lt(measure.calls, 50);
	ck_assert_int_eq(measure_tree(&measure, &blocks), S_OK);
	ck_assert_uint_le(blocks, 100000);
	ck_assert_uint_gt(blocks, 100000 - 16 - 150);
}
END_TEST

START_TEST(what_is_below_an_item_is_measured_too)
{
	struct fsi_node *top = tree_add_directory(&tree, &tree.root, "top");

	for (unsigned i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		tree_add_file(&tree, top, name, 0);
	}
	fsi_tree_unlink(&tree, top);
	measure.item_blocks = 10;
	tree.limits.capacity_blocks = 1000;
	/* A measurement that leaves much room, but not for 101 items. */
	tree_add_file(&tree, &tree.root, "one", 0);
	ck_assert_uint_eq(measure.calls, 1);
	assert_refused(&tree.root, top, IMAPI_E_IMAGE_SIZE_LIMIT);
	ck_assert_uint_eq(measure.calls, 2);
}
END_TEST

START_TEST(after_rolling_back_the_room_is_measured_anew)
{
	tree.limits.capacity_blocks = 10000;
	tree_add_file(&tree, &tree.root, "one", 0);
	ck_assert_uint_eq(measure.calls, 1);
	tree_add_file(&tree, &tree.root, "two", 0);
	ck_assert_uint_eq(measure.calls, 1);
	fsi_change_roll_back(&tree);
	tree_add_file(&tree, &tree.root, "three", 0);
	ck_assert_uint_eq(measure.calls, 2);
	tree.limits.capacity_blocks = 0;
	fsi_tree_forget_budget(&tree);
	tree_add_file(&tree, &tree.root, "four", 0);
	ck_assert_uint_eq(measure.calls, 2);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_limit_case(void)
{
	TCase *tcase = tcase_create("limits");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, directories_go_down_to_the_last_level);
	tcase_add_test(tcase, levels_below_what_is_added_count_too);
	tcase_add_test(tcase, so_many_directories_there_are_and_no_more);
	tcase_add_test(tcase, directories_below_what_is_added_count_too);
	tcase_add_test(tcase, a_file_is_as_large_as_the_limit_and_no_larger);
	tcase_add_test(tcase, sizes_below_what_is_added_count_too);
	tcase_add_test(tcase, limits_that_come_later_are_checked_against_all);
	tcase_add_test(tcase, refusing_works_without_memory_for_the_message);
	tcase_add_test(tcase, an_image_is_as_large_as_its_capacity_and_no_larger);
	tcase_add_test(tcase, a_measurement_that_fails_is_told);
	tcase_add_test(tcase, the_capacity_holds_whatever_the_items_need);
	tcase_add_test(tcase, what_is_below_an_item_is_measured_too);
	tcase_add_test(tcase, after_rolling_back_the_room_is_measured_anew);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("tree: limits");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_limit_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
