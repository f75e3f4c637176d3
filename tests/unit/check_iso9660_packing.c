/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packing of records against filling the blocks one by one. */
#include "iso9660/packing.h"
#include "tests/support/api.h"
#include "tests/support/trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 9000

static const struct fsi_name_rules rules = {.file_system = FSI_FILE_SYSTEM_ISO9660,
					    .iso_level = 2};

static struct fsi_tree tree;
static struct fsi_name_roster *roster;
static struct fsi_iso9660_packing *packing;
static uint64_t state;

static struct entry {
	char name[16]; /* as in the roster */
	uint32_t n;
	struct fsi_iso9660_item_size size;
} entries[MOST];
static uint32_t count;

static void set_up(void)
{
	ck_assert_int_eq(fsi_tree_init(&tree, tree_time(TREE_TIME)), S_OK);
	ck_assert_int_eq(fsi_name_roster_create(&rules, NULL, 0, &roster), S_OK);
	packing = fsi_iso9660_packing_create(roster);
	ck_assert_ptr_nonnull(packing);
	count = 0;
}

static void tear_down(void)
{
	fsi_iso9660_packing_destroy(packing);
	fsi_name_roster_destroy(roster);
	fsi_tree_destroy(&tree);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* ECMA-119 6.8.1.1, record by record. */
static uint64_t count_blocks(void)
{
	uint64_t blocks = 1;
	uint32_t fill = 68;

	qsort(entries, count, sizeof(entries[0]), compare_entries);
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t r = 0; r < entries[i].size.record_count; r++) {
			if (fill + entries[i].size.record_size > 2048) {
				blocks++;
				fill = 0;
			}
			fill += entries[i].size.record_size;
		}
	}
	return blocks;
}

static void add(const char *name, uint32_t record_size, uint32_t record_count)
{
	struct entry *entry = &entries[count];
	struct fsi_node *node = NULL;

	if (fsi_tree_find_child(&tree, &tree.root, name, strlen(name)) != NULL)
		return;
	node = tree_add_file(&tree, &tree.root, name, 1);
	ck_assert_uint_lt(count, MOST);
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	entry->size = (struct fsi_iso9660_item_size){
		.record_size = (uint16_t)record_size,
		.record_count = (uint16_t)record_count,
	};
	ck_assert_int_eq(fsi_name_roster_add(roster, node, &entry->n), S_OK);
	ck_assert(fsi_iso9660_packing_add(packing, entry->n, &entry->size));
	count++;
}

static void take_out(uint32_t i)
{
	fsi_iso9660_packing_remove(packing, entries[i].n);
	fsi_tree_unlink(&tree, tree_at(&tree, entries[i].name));
	fsi_name_roster_remove(roster, entries[i].n);
	entries[i] = entries[--count];
}

/* Whether records have one size, or several; come in order, or anywhere. */
START_TEST(blocks_are_those_of_filling_them_one_by_one)
{
	const bool is_ordered = _i % 2 == 0;
	const bool has_one_size = _i / 2 % 2 == 0;
	const uint32_t leaving = (uint32_t)(_i / 4 % 3 * 30);

	state = (uint64_t)_i + 1;
	ck_assert_uint_eq(fsi_iso9660_packing_blocks(packing), 1);
	for (uint32_t step = 0; step < 7000; step++) {
		if (count > 0 && api_random(&state, 100) < leaving)
			take_out(api_random(&state, count));
		else
			add(api_text("F%07u",
				     is_ordered ? step : api_random(&state, 10000000)),
			    has_one_size ? 46 : 34 + 2 * api_random(&state, 100),
			    api_random(&state, 50) == 0 ? 3 : 1);
		if (step % 31 == 0)
			ck_assert_uint_eq(fsi_iso9660_packing_blocks(packing),
					  count_blocks());
	}
	while (count > 0) {
		take_out(is_ordered ? count - 1 : api_random(&state, count));
		if (count % 7 == 0)
			ck_assert_uint_eq(fsi_iso9660_packing_blocks(packing),
					  count_blocks());
	}
	ck_assert_uint_eq(fsi_iso9660_packing_blocks(packing), 1);
}
END_TEST

START_TEST(a_block_is_filled_to_its_last_byte)
{
	/* 68 + 45 * 44 = 2048 */
	for (uint32_t i = 0; i < 45; i++)
		add(api_text("F%03u", i), 44, 1);
	ck_assert_uint_eq(fsi_iso9660_packing_blocks(packing), 1);
	add("F999", 34, 1);
	ck_assert_uint_eq(fsi_iso9660_packing_blocks(packing), 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("iso9660 packing");
	TCase *tcase = tcase_create("packing");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, blocks_are_those_of_filling_them_one_by_one, 0, 12);
	tcase_add_test(tcase, a_block_is_filled_to_its_last_byte);
	suite_add_tcase(suite, tcase);
	return api_run(suite);
}
