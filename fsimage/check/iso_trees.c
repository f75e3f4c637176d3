/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is seen when all records of all trees are known. */
#include "check/iso.h"

#include <inttypes.h>
#include <stdlib.h>

static int compare_sections(const void *a, const void *b)
{
	const struct fsi_check_section *const one = a;
	const struct fsi_check_section *const other = b;

	if (one->first_block != other->first_block)
		return one->first_block < other->first_block ? -1 : 1;
	if (one->size != other->size)
		return one->size < other->size ? -1 : 1;
	return one->offset < other->offset ? -1 : one->offset > other->offset;
}

static void sort_sections(struct fsi_check_tree *tree)
{
	if (tree->sections.count > 1)
		qsort(tree->sections.items, tree->sections.count,
		      sizeof(*tree->sections.items), compare_sections);
}

/* ---- the primary tree and Joliet's ------------------------------------- */

static int compare_extents(const struct fsi_check_section *one,
			   const struct fsi_check_section *other)
{
	if (one->first_block != other->first_block)
		return one->first_block < other->first_block ? -1 : 1;
	return one->size < other->size ? -1 : one->size > other->size;
}

/* The first section at or behind index i that has another extent. */
static size_t skip_extent(const struct fsi_check_tree *tree, size_t i)
{
	const struct fsi_check_section *section = &tree->sections.items[i];

	while (i < tree->sections.count &&
	       compare_extents(&tree->sections.items[i], section) == 0)
		i++;
	return i;
}

static void tell_missing(struct fsi_check_tree *tree,
			 const struct fsi_check_section *section, const char *where)
{
	struct fsi_check *check = tree->iso->check;
	const enum fsi_file_system file_system = check->file_system;
	const struct fsi_check_place place = {section->offset, "directory record",
					      section->name, true};

	check->file_system = fsi_check_is_joliet(tree) ? FSI_FILE_SYSTEM_JOLIET
						       : FSI_FILE_SYSTEM_ISO9660;
	fsi_check_tell(check, FSI_I_068, &place, NULL,
		       "The extent of %" PRIu32 " bytes from block %" PRIu32
		       " on is not in %s",
		       section->size, section->first_block, where);
	check->file_system = file_system;
}

static void compare_trees(struct fsi_check_tree *primary, struct fsi_check_tree *joliet)
{
	size_t i = 0;
	size_t j = 0;

	while (i < primary->sections.count || j < joliet->sections.count) {
		const int order = i == primary->sections.count ? 1
				  : j == joliet->sections.count
					  ? -1
					  : compare_extents(&primary->sections.items[i],
							    &joliet->sections.items[j]);

		if (order < 0)
			tell_missing(primary, &primary->sections.items[i],
				     "Joliet's tree");
		if (order > 0)
			tell_missing(joliet, &joliet->sections.items[j],
				     "the primary tree");
		if (order <= 0)
			i = skip_extent(primary, i);
		if (order >= 0)
			j = skip_extent(joliet, j);
	}
}

/* ---- ends of files ----------------------------------------------------- */

/* What is behind a file in its last block may be what nobody wanted to give away. */
static void check_tail(struct fsi_check_tree *tree,
		       const struct fsi_check_section *section)
{
	const uint32_t used = section->size % FSI_BLOCK_SIZE;
	const uint64_t offset =
		(uint64_t)section->first_block * FSI_BLOCK_SIZE + section->size;
	const struct fsi_check_place place = {offset, "file", section->name, true};
	uint8_t bytes[FSI_BLOCK_SIZE];

	if (used == 0 ||
	    !fsi_check_read(tree->iso->check, offset, bytes, FSI_BLOCK_SIZE - used))
		return;
	for (size_t i = 0; i < FSI_BLOCK_SIZE - used; i++) {
		if (bytes[i] == 0)
			continue;
		fsi_check_tell(
			tree->iso->check, FSI_I_097, &place,
			&(struct fsi_check_details){.severity = FSI_SEVERITY_WARNING},
			"There are bytes behind the file in its last block");
		return;
	}
}

static void check_tails(struct fsi_check_tree *tree)
{
	for (size_t i = 0; i < tree->sections.count; i = skip_extent(tree, i))
		check_tail(tree, &tree->sections.items[i]);
}

/* ---- Rock Ridge -------------------------------------------------------- */

/* Fewer names than links: those are outside, or were lost (RRIP 4.1.1). */
static void check_links(struct fsi_check_tree *tree)
{
	for (size_t i = 0; i < tree->sections.count;) {
		const struct fsi_check_section *section = &tree->sections.items[i];
		const struct fsi_check_place place = {section->offset, "directory record",
						      section->name, true};
		const size_t next = skip_extent(tree, i);

		if (section->links > next - i)
			fsi_check_tell(
				tree->iso->check, FSI_I_083, &place,
				&(struct fsi_check_details){
					.expected = FSI_TEXT("%zu", next - i),
					.found = FSI_TEXT("%" PRIu32, section->links)},
				"The file has %" PRIu32 " links, but %zu name%s",
				section->links, next - i, next - i == 1 ? "" : "s");
		i = next;
	}
}

static int compare_relocations(const void *a, const void *b)
{
	const struct fsi_check_relocation *const one = a;
	const struct fsi_check_relocation *const other = b;

	if (one->target != other->target)
		return one->target < other->target ? -1 : 1;
	return one->offset < other->offset ? -1 : one->offset > other->offset;
}

static void tell_relocation(struct fsi_check_tree *tree,
			    const struct fsi_check_relocation *relocation,
			    const char *fault)
{
	const struct fsi_check_place place = {relocation->offset, "directory record",
					      relocation->name, true};

	fsi_check_tell(tree->iso->check, FSI_I_079, &place, NULL,
		       "The record stands for a relocated directory in block %" PRIu32
		       ", %s",
		       relocation->target, fault);
}

static void check_relocation(struct fsi_check_tree *tree,
			     const struct fsi_check_relocation *relocation,
			     bool is_second)
{
	const struct fsi_check_directory *directory =
		fsi_check_find_directory(tree, relocation->target);

	if (directory == NULL)
		tell_relocation(tree, relocation, "where no directory begins");
	else if (is_second)
		tell_relocation(tree, relocation, "as another record does");
	else if (!directory->is_relocated)
		tell_relocation(tree, relocation, "which has no RE entry");
	else if (directory->original != relocation->parent)
		tell_relocation(tree, relocation, "which has another PL entry");
}

/* A directory that came from elsewhere is to be found there. */
static bool has_relocation(const struct fsi_check_tree *tree, uint32_t target)
{
	size_t low = 0;
	size_t high = tree->relocations.count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (tree->relocations.items[middle].target < target)
			low = middle + 1;
		else
			high = middle;
	}
	return low < tree->relocations.count &&
	       tree->relocations.items[low].target == target;
}

static void check_relocations(struct fsi_check_tree *tree)
{
	if (tree->relocations.count > 1)
		qsort(tree->relocations.items, tree->relocations.count,
		      sizeof(*tree->relocations.items), compare_relocations);
	for (size_t i = 0; i < tree->relocations.count; i++)
		check_relocation(tree, &tree->relocations.items[i],
				 i > 0 && tree->relocations.items[i - 1].target ==
						  tree->relocations.items[i].target);
	for (size_t i = 0; i < tree->directories.count; i++) {
		const struct fsi_check_directory *directory = &tree->directories.items[i];
		const struct fsi_check_place place = {(uint64_t)directory->first_block *
							      FSI_BLOCK_SIZE,
						      "directory", directory->name, true};

		if (directory->original != 0 &&
		    !has_relocation(tree, directory->first_block))
			fsi_check_tell(tree->iso->check, FSI_I_079, &place, NULL,
				       "The directory has a PL entry, but no record "
				       "stands for it where it came from");
	}
}

void fsi_check_iso_trees(struct fsi_check_iso *iso)
{
	struct fsi_check_tree *primary = &iso->trees[FSI_CHECK_PRIMARY];
	struct fsi_check_tree *joliet = &iso->trees[FSI_CHECK_JOLIET];

	sort_sections(primary);
	sort_sections(joliet);
	check_tails(primary);
	if (primary->directories.count > 0 && joliet->directories.count > 0)
		compare_trees(primary, joliet);
	if (!primary->has_rock_ridge)
		return;
	check_links(primary);
	check_relocations(primary);
}
