/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder, an empty tree, and a request to mirror the one into the other. */
#ifndef TESTS_SUPPORT_SCAN_FIXTURE_H
#define TESTS_SUPPORT_SCAN_FIXTURE_H

#include "tests/support/scratch.h"
#include "tree/scan.h"

struct scan_fixture {
	struct scratch scratch;
	struct fsi_tree tree;
	struct fsi_scan_request request;
	unsigned descriptors; /* that are open before */
};

void scan_fixture_begin(struct scan_fixture *fixture);
/* Also sees that no descriptor has been left open. */
void scan_fixture_end(struct scan_fixture *fixture);

/* Scan, keep the changes, and compare what tree_paths() says. */
void scan_fixture_assert_paths(struct scan_fixture *fixture, const char *expected);

/*
 * A scan that fails, into a tree that holds something before: taken back, the
 * tree is what it was. The error stays.
 */
void scan_fixture_assert_refused(struct scan_fixture *fixture, HRESULT expected);

/* What the thread's error says. */
void scan_fixture_assert_insert(unsigned index, const char *expected);
void scan_fixture_assert_message(const char *part);

#endif
