/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The items of a tree in the order in which they are laid out. */
#include "tree/order.h"

#include "error/fail.h"
#include "name/view.h"
#include "tests/support/trees.h"
#include "tree/path.h"

#include <check.h>
#include <string.h>

static struct fsi_tree tree;

static void set_up(void)
{
	ck_assert_int_eq(fsi_tree_init(&tree, tree_time(TREE_TIME)), S_OK);
}

static void tear_down(void)
{
	fsi_memory_fail_after(-1);
	fsi_tree_destroy(&tree);
}

/* Directories end in "/", and are made where they are missing. */
static struct fsi_node *add_at(const char *path)
{
	struct fsi_node *node = &tree.root;

	while (*path != '\0') {
		const size_t length = strcspn(path, "/");
		struct fsi_node *parent = node;
		char name[64] = "";

		ck_assert_uint_lt(length, sizeof(name));
		memcpy(name, path, length);
		node = fsi_tree_find_child(&tree, parent, name, length);
		if (path[length] == '\0')
			return tree_add_file(&tree, parent, name, length);
		if (node == NULL)
			node = tree_add_directory(&tree, parent, name);
		path += length + 1;
	}
	return node;
}

static void assert_numbers_agree(const struct fsi_order *order)
{
	for (uint32_t i = 0; i < order->directory_count; i++) {
		const struct fsi_node *directory = order->directories[i];
		const struct fsi_children *children = directory->content.children;

		ck_assert_uint_eq(children->number, i);
		ck_assert_uint_eq(fsi_order_first_child(directory),
				  children->first_child);
		for (uint32_t k = 0; k < children->count; k++)
			ck_assert_uint_eq(children->items[k]->number,
					  children->first_child + k);
	}
	for (uint32_t i = 0; i < order->data_count; i++)
		ck_assert_uint_eq(order->data[i]->number, i);
}

/* The order of the tree as it is; to be destroyed. */
static struct fsi_order *assert_order(const char *expected)
{
	struct fsi_order *order = NULL;
	char text[1024] = "";
	char *end = text;

	ck_assert_int_eq(fsi_order_create(&tree, false, &order), S_OK);
	ck_assert_uint_eq(order->item_count, tree.file_count + tree.directory_count + 1);
	ck_assert_uint_eq(order->directory_count, tree.directory_count + 1);
	for (uint32_t i = 0; i < order->item_count; i++) {
		char *path = fsi_path_of_node(order->items[i]);

		ck_assert_uint_eq(order->items[i]->number, i);
		end = stpcpy(stpcpy(end, path), " ");
		fsi_free(path);
	}
	ck_assert_str_eq(text, expected);
	assert_numbers_agree(order);
	return order;
}

static const char *const paths[] = {
	"a/y/0", "a/y/1", "a/z",     "b/",	"b/empty/", "b/x/2/3",
	"B2",	 "c",	  "d/e/f/g", "d/e/f/h", "D",	    "e/d",
};
#define PATH_COUNT (sizeof(paths) / sizeof(paths[0]))

START_TEST(items_are_numbered_level_by_level_however_they_were_added)
{
	/* Steps that lead to each of twelve paths, from each of them. */
	static const size_t steps[] = {1, 5, 7, 11};
	const size_t step = steps[_i % 4];

	tree.rules.any_character = true;
	tree.rules.case_sensitive = true;
	for (size_t i = 0; i < PATH_COUNT; i++)
		add_at(paths[((size_t)_i / 4 + i * step) % PATH_COUNT]);
	fsi_order_destroy(assert_order(
		"/ /B2 /D /a /b /c /d /e /a/y /a/z /b/empty /b/x /d/e /e/d /a/y/0 "
		"/a/y/1 /b/x/2 /d/e/f /b/x/2/3 /d/e/f/g /d/e/f/h "));
}
END_TEST

START_TEST(data_is_numbered_where_it_is_used_first)
{
	struct fsi_node *late = add_at("z");
	struct fsi_node *early = add_at("b");
	struct fsi_node *deep = add_at("a/deep");
	struct fsi_order *order = NULL;

	tree_make_file(&tree, "detached", 9);
	tree_add_file(&tree, &tree.root, "empty", 0);
	early->content.data = late->content.data;
	deep->content.data = late->content.data;
	order = assert_order("\\ \\a \\b \\empty \\z \\a\\deep ");
	ck_assert_uint_eq(order->data_count, 1);
	ck_assert_ptr_eq(order->data[0], late->content.data);
	ck_assert_ptr_eq(order->data[0]->item, early);
	fsi_order_destroy(order);
	/* All numbers are new each time. */
	add_at("AA");
	order = assert_order("\\ \\AA \\a \\b \\empty \\z \\a\\deep ");
	ck_assert_uint_eq(order->data_count, 2);
	ck_assert_uint_eq(late->content.data->number, 1);
	fsi_order_destroy(order);
}
END_TEST

START_TEST(a_file_without_data_has_none_in_the_order)
{
	struct fsi_node *file = NULL;
	struct fsi_order *order = NULL;

	ck_assert_int_eq(fsi_tree_make_node(&tree, FSI_NODE_FILE, "bare", 4, &file),
			 S_OK);
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root, file), S_OK);
	order = assert_order("\\ \\bare ");
	ck_assert_uint_eq(order->data_count, 0);
	fsi_order_destroy(order);
}
END_TEST

START_TEST(an_empty_tree_has_an_order_too)
{
	struct fsi_order *order = assert_order("\\ ");

	ck_assert_uint_eq(order->data_count, 0);
	fsi_order_destroy(order);
	fsi_order_destroy(NULL);
}
END_TEST

START_TEST(an_order_needs_memory)
{
	struct fsi_order *order = NULL;

	add_at("a/b");
	for (long n = 0; n < 6; n++) {
		fsi_memory_fail_after(n);
		ck_assert_int_eq(fsi_order_create(&tree, false, &order), E_OUTOFMEMORY);
		ck_assert_ptr_null(order);
	}
	fsi_memory_fail_after(6);
	ck_assert_int_eq(fsi_order_create(&tree, false, &order), S_OK);
	fsi_order_destroy(order);
}
END_TEST

/* ---- patience ---------------------------------------------------------- */

static HRESULT give_up(void *context)
{
	unsigned *patience = context;

	return (*patience)-- == 0 ? FSI_FAIL(E_IMAPI_REQUEST_CANCELLED) : S_OK;
}

/* With that much patience; what is made is let go of. */
static HRESULT order_and_name(unsigned patience)
{
	const struct fsi_name_rules rules = {.file_system = FSI_FILE_SYSTEM_ISO9660,
					     .iso_level = 1};
	struct fsi_order *order = NULL;
	struct fsi_name_view *view = NULL;
	HRESULT hr = S_OK;

	tree.patience = (struct fsi_patience){.ask = give_up, .context = &patience};
	hr = fsi_order_create(&tree, false, &order);
	if (SUCCEEDED(hr))
		hr = fsi_name_view_create(order, &rules, &view);
	fsi_name_view_destroy(view);
	fsi_order_destroy(order);
	return hr;
}

START_TEST(whoever_has_no_patience_ends_ordering_and_naming)
{
	unsigned needed = 0;

	add_at("dir/one long name");
	add_at("dir/another one");
	add_at("other/");
	while (FAILED(order_and_name(needed))) {
		ck_assert_int_eq(fsi_error_get_code(), E_IMAPI_REQUEST_CANCELLED);
		ck_assert_uint_lt(++needed, 100);
	}
	/* Three directories to order, and the end; two with names, each in two ways. */
	ck_assert_uint_eq(needed, 3 + 1 + 2 * 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tree: order");
	SRunner *runner = srunner_create(suite);
	TCase *tcase = tcase_create("order");
	int failed = 0;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase,
			    items_are_numbered_level_by_level_however_they_were_added, 0,
			    4 * (int)PATH_COUNT);
	tcase_add_test(tcase, data_is_numbered_where_it_is_used_first);
	tcase_add_test(tcase, a_file_without_data_has_none_in_the_order);
	tcase_add_test(tcase, an_empty_tree_has_an_order_too);
	tcase_add_test(tcase, an_order_needs_memory);
	tcase_add_test(tcase, whoever_has_no_patience_ends_ordering_and_naming);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
