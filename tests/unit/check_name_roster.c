/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rosters against views: a roster that children have come into and left has the
 * names that a view of the whole tree has, or says that it has to be made anew.
 */
#include "name/roster.h"
#include "tests/support/api.h"
#include "tests/support/trees.h"
#include "tree/children.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fsi_name_rules all_rules[] = {
	{.file_system = FSI_FILE_SYSTEM_ISO9660, .iso_level = 1},
	{.file_system = FSI_FILE_SYSTEM_ISO9660, .iso_level = 2},
	{.file_system = FSI_FILE_SYSTEM_ISO9660,
	 .iso_level = 1,
	 .extensions = {.lowercase_iso = true, .relaxed_iso = true}},
	{.file_system = FSI_FILE_SYSTEM_JOLIET},
	{.file_system = FSI_FILE_SYSTEM_UDF},
};

#define RULES  (int)(sizeof(all_rules) / sizeof(all_rules[0]))
#define ROUNDS 60
#define STEPS  150

static struct fsi_tree tree;
static struct fsi_name_roster *roster;
static uint64_t state;
static unsigned kept;	  /* changes that the roster went along with */
static unsigned numbered; /* of those, additions of a name that was taken */

static void set_up(void)
{
	ck_assert_int_eq(fsi_tree_init(&tree, tree_time(TREE_TIME)), S_OK);
	tree.rules.case_sensitive = true;
	tree.rules.any_character = true;
	roster = NULL;
	kept = numbered = 0;
}

static void tear_down(void)
{
	fsi_name_roster_destroy(roster);
	fsi_tree_destroy(&tree);
}

static void make_anew(const struct fsi_name_rules *rules)
{
	struct fsi_children *children = tree.root.content.children;

	fsi_name_roster_destroy(roster);
	roster = NULL;
	fsi_children_sort(children);
	ck_assert_int_eq(fsi_name_roster_create(
				 rules, (const struct fsi_node *const *)children->items,
				 children->count, &roster),
			 S_OK);
}

/* Of those that the roster has as the n-th. */
static const struct fsi_node *nodes[2 * STEPS];

static void assert_names(const struct fsi_name_rules *rules)
{
	struct fsi_order *order = NULL;
	struct fsi_name_view *view = NULL;
	uint32_t live = 0;

	ck_assert_int_eq(fsi_order_create(&tree, false, &order), S_OK);
	ck_assert_int_eq(fsi_name_view_create(order, rules, &view), S_OK);
	for (uint32_t n = 0; n < fsi_name_roster_count(roster); n++) {
		if (nodes[n] == NULL)
			continue;
		ck_assert_str_eq(fsi_name_roster_get(roster, n),
				 fsi_name_view_get(view, nodes[n]->number));
		live++;
	}
	ck_assert_uint_eq(live, tree.root.content.children->count);
	fsi_name_view_destroy(view);
	fsi_order_destroy(order);
}

/* After making it anew: its numbers are the places of the children. */
static void note_nodes(void)
{
	memset(nodes, 0, sizeof(nodes));
	for (uint32_t n = 0; n < fsi_name_roster_count(roster); n++)
		nodes[n] = tree.root.content.children->items[n];
}

static const char *make_name(bool is_ordered, int step)
{
	static const char *const stems[] = {"name",  "NAME",   "Name",	"name one",
					    "na me", "name_1", "NAME1", "long beginning"};
	static const char *const ends[] = {"", ".txt", ".TXT", "1", "_1", "_2", ".t x"};

	if (is_ordered)
		return api_text("same beginning %06d.txt", step);
	return api_text("%s%s%.*s", stems[api_random(&state, 8)],
			ends[api_random(&state, 7)], (int)api_random(&state, 3),
			&"123"[api_random(&state, 2)]);
}

static void add(const struct fsi_name_rules *rules, const char *name)
{
	struct fsi_node *node = NULL;
	uint32_t n = 0;
	HRESULT hr = S_OK;

	if (fsi_tree_find_child(&tree, &tree.root, name, strlen(name)) != NULL)
		return;
	node = api_random(&state, 4) == 0 ? tree_add_directory(&tree, &tree.root, name)
					  : tree_add_file(&tree, &tree.root, name, 1);
	hr = fsi_name_roster_add(roster, node, &n);
	ck_assert(hr == S_OK || hr == S_FALSE);
	if (hr == S_OK) {
		const char *own = fsi_name_roster_get(roster, n);

		nodes[n] = node;
		kept++;
		numbered += strpbrk(own, "0123456789") != NULL;
		return;
	}
	make_anew(rules);
	note_nodes();
}

static void take_out(const struct fsi_name_rules *rules)
{
	struct fsi_children *children = tree.root.content.children;
	struct fsi_node *node = NULL;
	uint32_t n = 0;
	HRESULT hr = S_OK;

	if (children->count == 0)
		return;
	node = children->items[api_random(&state, children->count)];
	hr = fsi_name_roster_find(roster, node, &n);
	fsi_tree_unlink(&tree, node);
	if (hr == S_OK) {
		ck_assert_ptr_eq(nodes[n], node);
		fsi_name_roster_remove(roster, n);
		nodes[n] = NULL;
		kept++;
		return;
	}
	ck_assert_int_eq(hr, S_FALSE);
	make_anew(rules);
	note_nodes();
}

START_TEST(a_roster_has_the_names_of_a_view)
{
	const struct fsi_name_rules *rules = &all_rules[_i % RULES];
	const bool is_ordered = _i / RULES % 3 == 0;
	const uint32_t leaving = (uint32_t)(_i / RULES % 4);

	state = (uint64_t)_i + 5;
	make_anew(rules);
	note_nodes();
	for (int step = 0; step < STEPS; step++) {
		if (api_random(&state, 10) < leaving)
			take_out(rules);
		else
			add(rules, make_name(is_ordered, step));
		assert_names(rules);
	}
	/* It would be easy to make it anew each time. */
	ck_assert_uint_gt(kept, is_ordered ? STEPS / 4 : 3);
}
END_TEST

/* What makes a million files with names that meet quick. */
START_TEST(names_that_come_in_order_never_need_a_new_roster)
{
	const struct fsi_name_rules *rules = &all_rules[_i];

	make_anew(rules);
	note_nodes();
	for (int step = 0; step < 2 * STEPS; step++)
		add(rules, make_name(true, step));
	ck_assert_uint_eq(kept, 2 * STEPS);
	assert_names(rules);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name roster");
	TCase *tcase = tcase_create("rosters");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_roster_has_the_names_of_a_view, 0, RULES * ROUNDS);
	tcase_add_loop_test(tcase, names_that_come_in_order_never_need_a_new_roster, 0,
			    RULES);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
