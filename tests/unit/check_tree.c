/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree: finding, adding, removing, taking back, numbering. */
#include "tree/tree.h"

#include "error/fail.h"
#include "tests/support/trees.h"
#include "tree/change.h"
#include "tree/children.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
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

static struct fsi_node *find(const struct fsi_node *directory, const char *name)
{
	return fsi_tree_find_child(&tree, directory, name, strlen(name));
}

/* A number that looks random, the same in each run. */
static uint32_t next_number(uint32_t *state)
{
	*state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
	return *state >> 8;
}

/* ---- nodes ------------------------------------------------------------- */

START_TEST(a_tree_begins_with_a_root)
{
	ck_assert(fsi_node_is_directory(&tree.root));
	ck_assert_uint_eq(tree.file_count + tree.directory_count, 0);
	ck_assert_uint_eq(fsi_node_level(&tree.root), 1);
	ck_assert(fsi_node_is_in_image(&tree.root));
	ck_assert_ptr_eq(fsi_node_tree(&tree.root), &tree);
	ck_assert_ptr_null(find(&tree.root, "anything"));
	ck_assert_uint_eq(fsi_tree_count_levels(&tree), 1);
	ck_assert_uint_eq(fsi_tree_largest_size(&tree), 0);
	ck_assert_int_eq(tree.root.modification_time, tree_time(TREE_TIME));
}
END_TEST

START_TEST(a_new_node_is_detached_and_made_not_found)
{
	const char name[] = "name and more";
	struct fsi_node *file = NULL;
	struct fsi_node *directory = tree_make_directory(&tree, "d");

	ck_assert_int_eq(fsi_tree_make_node(&tree, FSI_NODE_FILE, name, 4, &file), S_OK);
	ck_assert_str_eq(file->name, "name");
	ck_assert_uint_eq(file->name_length, 4);
	ck_assert(!fsi_node_is_in_image(file));
	ck_assert_ptr_eq(fsi_node_tree(file), &tree);
	ck_assert_uint_eq(fsi_node_size(file), 0);
	ck_assert_uint_eq(file->mode, 0644);
	ck_assert_uint_eq(directory->mode, 0755);
	ck_assert_uint_eq(file->uid, UINT32_MAX);
	ck_assert_uint_eq(file->gid, UINT32_MAX);
	ck_assert(!file->is_hidden);
	ck_assert_int_eq(file->creation_time, tree_time(TREE_TIME));
	ck_assert_int_eq(file->access_time, tree_time(TREE_TIME));
	ck_assert_int_eq(file->modification_time, tree_time(TREE_TIME));
	ck_assert_int_eq(file->attribute_time, tree_time(TREE_TIME));
	ck_assert_uint_eq(tree.file_count + tree.directory_count, 0);
}
END_TEST

START_TEST(what_was_inserted_is_found_and_counted)
{
	struct fsi_node *a = tree_add_directory(&tree, &tree.root, "a");
	struct fsi_node *b = tree_add_directory(&tree, a, "b");
	struct fsi_node *file = tree_add_file(&tree, b, "file", 77);
	struct fsi_node *other = tree_add_file(&tree, &tree.root, "file", 99);

	ck_assert_ptr_eq(find(b, "file"), file);
	ck_assert_ptr_eq(find(&tree.root, "file"), other);
	ck_assert_ptr_null(find(a, "file"));
	ck_assert_ptr_null(find(b, "fil"));
	ck_assert_ptr_null(find(b, "file2"));
	ck_assert_uint_eq(tree.file_count, 2);
	ck_assert_uint_eq(tree.directory_count, 2);
	ck_assert_uint_eq(fsi_node_level(b), 3);
	ck_assert_uint_eq(fsi_tree_count_levels(&tree), 3);
	ck_assert_uint_eq(fsi_tree_largest_size(&tree), 99);
	ck_assert_uint_eq(fsi_node_child_count(b), 1);
	ck_assert_uint_eq(fsi_node_child_count(file), 0);
	ck_assert(fsi_node_is_in_image(file));
	ck_assert_ptr_eq(fsi_node_tree(file), &tree);
	tree_check(&tree);
}
END_TEST

START_TEST(case_counts_only_where_the_rules_say_so)
{
	struct fsi_node *file = NULL;

	tree.rules.case_sensitive = _i == 1;
	file = tree_add_file(&tree, &tree.root,
			     "Stra\xC3\x9F"
			     "e \xC3\x84",
			     1);
	ck_assert_ptr_eq(find(&tree.root, "Stra\xC3\x9F"
					  "e \xC3\x84"),
			 file);
	ck_assert_ptr_eq(find(&tree.root, "sTRA\xC3\x9F"
					  "E \xC3\xA4"),
			 _i == 1 ? NULL : file);
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root,
					 tree_make_file(&tree,
							"stra\xC3\x9F"
							"e \xC3\xA4",
							2)),
			 _i == 1 ? S_OK : IMAPI_E_DUP_NAME);
	ck_assert_uint_eq(tree.file_count, _i == 1 ? 2 : 1);
	tree_check(&tree);
}
END_TEST

START_TEST(a_name_goes_by_the_rules_of_when_it_is_added)
{
	struct fsi_node *made_before = tree_make_file(&tree, "name", 1);

	tree.rules.case_sensitive = true;
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root, made_before), S_OK);
	ck_assert_ptr_eq(find(&tree.root, "name"), made_before);
	ck_assert_ptr_null(find(&tree.root, "NAME"));
	ck_assert_int_eq(
		fsi_tree_insert(&tree, &tree.root, tree_make_file(&tree, "name", 2)),
		IMAPI_E_DUP_NAME);
}
END_TEST

START_TEST(a_name_that_is_taken_is_refused)
{
	struct fsi_node *node = tree_make_directory(&tree, "NAME");
	struct fsi_insert insert;
	char *before = NULL;
	char *after = NULL;

	tree_add_file(&tree, &tree.root, "name", 5);
	before = tree_dump(&tree);
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root, node), IMAPI_E_DUP_NAME);
	ck_assert_int_eq(fsi_error_get_insert(0, &insert), S_OK);
	ck_assert_str_eq(insert.text, "NAME");
	after = tree_dump(&tree);
	ck_assert_str_eq(before, after);
	ck_assert(!fsi_node_is_in_image(node));
	ck_assert_uint_eq(tree.changes.count, 0);
	free(before);
	free(after);
}
END_TEST

START_TEST(what_was_removed_is_gone_with_all_below_it)
{
	struct fsi_node *a = tree_add_directory(&tree, &tree.root, "a");
	struct fsi_node *b = tree_add_directory(&tree, a, "b");
	struct fsi_node *file = tree_add_file(&tree, b, "file", 5);

	tree_add_file(&tree, &tree.root, "stays", 1);
	fsi_tree_unlink(&tree, a);
	ck_assert_ptr_null(find(&tree.root, "a"));
	ck_assert_uint_eq(tree.file_count, 1);
	ck_assert_uint_eq(tree.directory_count, 0);
	ck_assert(!fsi_node_is_in_image(file));
	ck_assert_ptr_eq(fsi_node_tree(file), &tree);
	/* It keeps what it holds, and may be added again. */
	ck_assert_ptr_eq(find(b, "file"), file);
	ck_assert_int_eq(fsi_tree_insert(&tree, &tree.root, a), S_OK);
	ck_assert_ptr_eq(tree_at(&tree, "a/b/file"), file);
	ck_assert_uint_eq(tree.file_count, 2);
	ck_assert_uint_eq(tree.directory_count, 2);
	tree_check(&tree);
}
END_TEST

/* ---- many -------------------------------------------------------------- */

#define DIRECTORY_COUNT 7
#define NAME_COUNT	3000

struct model {
	struct fsi_node *directories[DIRECTORY_COUNT];
	struct fsi_node *nodes[DIRECTORY_COUNT][NAME_COUNT]; /* NULL: not there */
	uint32_t count;
};

static void change_one(struct model *model, uint32_t number)
{
	const uint32_t directory = number % DIRECTORY_COUNT;
	const uint32_t which = number / DIRECTORY_COUNT % NAME_COUNT;
	struct fsi_node **node = &model->nodes[directory][which];
	char name[32];

	snprintf(name, sizeof(name), "%x name", which);
	if (find(model->directories[directory], name) != *node)
		ck_abort_msg("%s in directory %u", name, directory);
	if (*node != NULL) {
		fsi_tree_unlink(&tree, *node);
		*node = NULL;
		model->count--;
		return;
	}
	if (FAILED(fsi_tree_make_node(&tree, FSI_NODE_FILE, name, strlen(name), node)) ||
	    FAILED(fsi_tree_insert(&tree, model->directories[directory], *node)))
		ck_abort_msg("%s", fsi_error_get_message());
	fsi_change_keep(&tree);
	model->count++;
}

START_TEST(thousands_of_names_come_and_go)
{
	struct model *model = calloc(1, sizeof(*model));
	uint32_t state = 4711;

	ck_assert_ptr_nonnull(model);
	for (uint32_t i = 0; i < DIRECTORY_COUNT; i++) {
		char name[8];

		snprintf(name, sizeof(name), "d%u", i);
		model->directories[i] = tree_add_directory(&tree, &tree.root, name);
	}
	/* First more of them come than go, then the other way round. */
	for (uint32_t i = 0; i < 60000; i++)
		change_one(model, next_number(&state));
	ck_assert_uint_eq(tree.file_count, model->count);
	ck_assert_uint_gt(model->count, 5000);
	/* A table of a power of two, at most three quarters full. */
	ck_assert_uint_eq(tree.names.capacity & (tree.names.capacity - 1), 0);
	ck_assert_uint_le(tree.names.count, tree.names.capacity / 4 * 3);
	for (uint32_t i = 0; i < DIRECTORY_COUNT * NAME_COUNT; i++) {
		if (model->nodes[i % DIRECTORY_COUNT][i / DIRECTORY_COUNT] != NULL)
			change_one(model, i);
	}
	ck_assert_uint_eq(tree.file_count, 0);
	ck_assert_uint_eq(tree.names.count, DIRECTORY_COUNT);
	for (uint32_t i = 0; i < tree.names.capacity; i++) {
		const struct fsi_node *node = tree.names.slots[i];

		if (node != NULL && !fsi_node_is_directory(node))
			ck_abort_msg("%s is still in the table", node->name);
	}
	free(model);
}
END_TEST

START_TEST(children_are_sorted_by_bytes)
{
	static const char *const names[] = {"b",   "B",	 "a", "\xC3\xA4", "a.b",
					    "a b", "ab", "A", "z"};
	static const char *const sorted[] = {"A",  "B", "a", "a b",	"a.b",
					     "ab", "b", "z", "\xC3\xA4"};
	struct fsi_children *children = tree.root.content.children;

	tree.rules.case_sensitive = true;
	for (size_t i = 0; i < 9; i++)
		tree_add_file(&tree, &tree.root, names[i], 1);
	ck_assert(!children->is_sorted);
	for (unsigned round = 0; round < 2; round++) {
		fsi_children_sort(children);
		ck_assert(children->is_sorted);
		for (uint32_t i = 0; i < 9; i++) {
			ck_assert_str_eq(children->items[i]->name, sorted[i]);
			ck_assert_uint_eq(children->items[i]->position, i);
		}
	}
	/* Taking the last one leaves them so, taking another one does not. */
	fsi_tree_unlink(&tree, find(&tree.root, "\xC3\xA4"));
	ck_assert(children->is_sorted);
	fsi_tree_unlink(&tree, find(&tree.root, "A"));
	ck_assert(!children->is_sorted);
	tree_check(&tree);
}
END_TEST

/* ---- taking back ------------------------------------------------------- */

static void fill(void)
{
	struct fsi_node *a = tree_add_directory(&tree, &tree.root, "a");
	struct fsi_node *b = tree_add_directory(&tree, a, "b");

	tree_add_file(&tree, &tree.root, "one", 1);
	tree_add_file(&tree, a, "two", 2);
	tree_add_file(&tree, b, "three", 3);
	tree_add_file(&tree, b, "four", 4);
}

/* Changes of all kinds, many of them, one upon the other. */
static void change_much(void)
{
	struct fsi_node *a = tree_at(&tree, "a");

	ck_assert_int_eq(fsi_change_note_attributes(&tree, a), S_OK);
	a->mode = 0123;
	a->uid = 5;
	a->gid = 6;
	a->is_hidden = true;
	a->modification_time++;
	a->creation_time += 2;
	a->access_time += 3;
	a->attribute_time += 4;
	ck_assert_int_eq(fsi_change_reserve(&tree, 2), S_OK);
	fsi_tree_remove(&tree, tree_at(&tree, "a/two"));
	ck_assert_int_eq(fsi_tree_insert(&tree, a, tree_make_directory(&tree, "two")),
			 S_OK);
	ck_assert_int_eq(fsi_tree_insert(&tree, tree_at(&tree, "a/two"),
					 tree_make_file(&tree, "inside", 7)),
			 S_OK);
	ck_assert_int_eq(fsi_change_reserve(&tree, 2), S_OK);
	fsi_tree_remove(&tree, tree_at(&tree, "a/b"));
	for (unsigned i = 0; i < 1000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "new %u", i);
		if (FAILED(fsi_tree_insert(&tree, a, tree_make_file(&tree, name, i))))
			ck_abort_msg("%s", fsi_error_get_message());
	}
	ck_assert_int_eq(fsi_change_note_attributes(&tree, a), S_OK);
	a->mode = 0777;
	ck_assert_int_eq(fsi_change_reserve(&tree, 2), S_OK);
	fsi_tree_remove(&tree, a);
}

START_TEST(rolling_back_leaves_everything_as_it_was)
{
	char *before = NULL;
	char *after = NULL;

	fill();
	before = tree_dump(&tree);
	change_much();
	/* It needs no memory. */
	fsi_memory_fail_after(0);
	fsi_change_roll_back(&tree);
	fsi_memory_fail_after(-1);
	after = tree_dump(&tree);
	ck_assert_str_eq(before, after);
	tree_check(&tree);
	ck_assert_uint_eq(tree.changes.count, 0);
	fsi_change_roll_back(&tree);
	free(after);
	after = tree_dump(&tree);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

START_TEST(changes_that_are_kept_cannot_be_rolled_back)
{
	char *after = NULL;
	char *later = NULL;

	fill();
	change_much();
	fsi_change_keep(&tree);
	after = tree_dump(&tree);
	fsi_change_roll_back(&tree);
	later = tree_dump(&tree);
	ck_assert_str_eq(after, later);
	ck_assert_ptr_null(tree_at(&tree, "a"));
	free(after);
	free(later);
}
END_TEST

START_TEST(each_change_makes_a_new_generation)
{
	uint64_t generation = tree.generation;
	struct fsi_node *node = tree_add_file(&tree, &tree.root, "one", 1);

	ck_assert_uint_ne(tree.generation, generation);
	generation = tree.generation;
	fsi_tree_unlink(&tree, node);
	ck_assert_uint_ne(tree.generation, generation);
	generation = tree.generation;
	fsi_tree_forget_budget(&tree);
	ck_assert_uint_ne(tree.generation, generation);
	generation = tree.generation;
	ck_assert_ptr_null(find(&tree.root, "one"));
	ck_assert_uint_eq(tree.generation, generation);
}
END_TEST

/* ---- without memory ---------------------------------------------------- */

START_TEST(a_tree_without_memory_can_still_be_destroyed)
{
	struct fsi_tree poor;

	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_tree_init(&poor, 0), E_OUTOFMEMORY);
	fsi_tree_destroy(&poor);
}
END_TEST

START_TEST(inserting_without_memory_changes_nothing)
{
	unsigned failures = 0;

	fill();
	/* Enough of them to meet the growth of every table. */
	for (unsigned i = 0; i < 300; i++) {
		struct fsi_node *parent = i % 2 == 0 ? &tree.root : tree_at(&tree, "a/b");
		HRESULT hr = E_OUTOFMEMORY;
		char name[16];

		snprintf(name, sizeof(name), "new %u", i);
		for (long n = 0; hr == E_OUTOFMEMORY; n++) {
			struct fsi_node *node = tree_make_file(&tree, name, i);
			const uint32_t count = tree.file_count;

			fsi_memory_fail_after(n);
			hr = fsi_tree_insert(&tree, parent, node);
			fsi_memory_fail_after(-1);
			ck_assert(hr == S_OK || hr == E_OUTOFMEMORY);
			ck_assert_uint_eq(tree.file_count, count + (hr == S_OK));
			ck_assert_ptr_eq(find(parent, name), hr == S_OK ? node : NULL);
			ck_assert_uint_eq(tree.changes.count, hr == S_OK ? 1 : 0);
			failures += hr != S_OK;
			fsi_change_keep(&tree);
		}
	}
	ck_assert_uint_ge(failures, 10);
	tree_check(&tree);
}
END_TEST

START_TEST(making_a_node_or_a_note_without_memory_is_an_error)
{
	struct fsi_node *node = NULL;
	unsigned failures = 0;

	/* The arena has room left most of the time. */
	for (unsigned i = 0; i < 5000; i++) {
		fsi_memory_fail_after(0);
		if (fsi_tree_make_node(&tree, FSI_NODE_DIRECTORY, "name", 4, &node) ==
		    E_OUTOFMEMORY) {
			failures++;
			ck_assert_int_eq(fsi_error_get_code(), E_OUTOFMEMORY);
		}
		fsi_memory_fail_after(-1);
		ck_assert_ptr_nonnull(fsi_arena_copy(&tree.arena, "", 0));
	}
	ck_assert_uint_gt(failures, 0);
	node = tree_make_directory(&tree, "name");
	fsi_memory_fail_after(0);
	ck_assert_int_eq(fsi_change_reserve(&tree, 2), E_OUTOFMEMORY);
	ck_assert_int_eq(fsi_change_note_attributes(&tree, node), E_OUTOFMEMORY);
	ck_assert_uint_eq(tree.changes.count, 0);
}
END_TEST

/* ---- the suite --------------------------------------------------------- */

static TCase *make_node_case(void)
{
	TCase *tcase = tcase_create("nodes");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_tree_begins_with_a_root);
	tcase_add_test(tcase, a_new_node_is_detached_and_made_not_found);
	tcase_add_test(tcase, what_was_inserted_is_found_and_counted);
	tcase_add_loop_test(tcase, case_counts_only_where_the_rules_say_so, 0, 2);
	tcase_add_test(tcase, a_name_goes_by_the_rules_of_when_it_is_added);
	tcase_add_test(tcase, a_name_that_is_taken_is_refused);
	tcase_add_test(tcase, what_was_removed_is_gone_with_all_below_it);
	tcase_add_test(tcase, thousands_of_names_come_and_go);
	tcase_add_test(tcase, children_are_sorted_by_bytes);
	return tcase;
}

static TCase *make_change_case(void)
{
	TCase *tcase = tcase_create("taking back, and failing");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, rolling_back_leaves_everything_as_it_was);
	tcase_add_test(tcase, changes_that_are_kept_cannot_be_rolled_back);
	tcase_add_test(tcase, each_change_makes_a_new_generation);
	tcase_add_test(tcase, a_tree_without_memory_can_still_be_destroyed);
	tcase_add_test(tcase, inserting_without_memory_changes_nothing);
	tcase_add_test(tcase, making_a_node_or_a_note_without_memory_is_an_error);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("tree");
	SRunner *runner = srunner_create(suite);
	int failed = 0;

	suite_add_tcase(suite, make_node_case());
	suite_add_tcase(suite, make_change_case());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
