/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder, an empty tree, and a request to mirror the one into the other. */
#include "tests/support/scan_fixture.h"

#include "error/fail.h"
#include "tests/support/trees.h"
#include "tree/change.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void scan_fixture_begin(struct scan_fixture *fixture)
{
	scratch_begin(&fixture->scratch);
	ck_assert_int_eq(fsi_tree_init(&fixture->tree, tree_time(TREE_TIME)), S_OK);
	fixture->request = (struct fsi_scan_request){
		.tree = &fixture->tree,
		.directory = &fixture->tree.root,
		.source = fixture->scratch.path,
		.options = {.size = sizeof(fixture->request.options)},
		.report = {.size = sizeof(fixture->request.report)},
	};
	fixture->descriptors = scratch_count_descriptors();
}

void scan_fixture_end(struct scan_fixture *fixture)
{
	fsi_memory_fail_after(-1);
	fsi_tree_destroy(&fixture->tree);
	ck_assert_uint_eq(scratch_count_descriptors(), fixture->descriptors);
	scratch_end(&fixture->scratch);
}

void scan_fixture_assert_paths(struct scan_fixture *fixture, const char *expected)
{
	const HRESULT hr = fsi_scan(&fixture->request);
	char *paths = NULL;

	ck_assert_msg(hr == S_OK, "%s", fsi_error_get_message());
	fsi_change_keep(&fixture->tree);
	tree_check(&fixture->tree);
	paths = tree_paths(&fixture->tree);
	ck_assert_str_eq(paths, expected);
	free(paths);
}

void scan_fixture_assert_refused(struct scan_fixture *fixture, HRESULT expected)
{
	struct fsi_tree *tree = &fixture->tree;
	struct fsi_error_state error;
	char *before = NULL;
	char *after = NULL;

	if (tree->file_count == 0) {
		struct fsi_node *older = tree_add_directory(tree, &tree->root, "a");

		tree_add_file(tree, older, "one", 2);
		tree_add_file(tree, &tree->root, "zzz", 1);
	}
	before = tree_dump(tree);
	ck_assert_int_eq(fsi_scan(&fixture->request), expected);
	ck_assert_int_eq(fsi_error_get_code(), expected);
	fsi_error_save(&error);
	fsi_change_roll_back(tree);
	after = tree_dump(tree);
	ck_assert_str_eq(before, after);
	tree_check(tree);
	ck_assert_uint_eq(scratch_count_descriptors(), fixture->descriptors);
	free(before);
	free(after);
	fsi_error_restore(&error);
}

void scan_fixture_assert_insert(unsigned index, const char *expected)
{
	struct fsi_insert insert;

	ck_assert_int_eq(fsi_error_get_insert(index, &insert), S_OK);
	ck_assert_str_eq(insert.text, expected);
}

void scan_fixture_assert_message(const char *part)
{
	ck_assert_msg(strstr(fsi_error_get_message(), part) != NULL,
		      "\"%s\" is not in: %s", part, fsi_error_get_message());
}
